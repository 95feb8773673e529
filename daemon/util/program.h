/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Programs that a configuration names, and the daemon runs with its own rights.
 */
#ifndef CULVERT_UTIL_PROGRAM_H
#define CULVERT_UTIL_PROGRAM_H

#include <stdbool.h>

#define PROGRAM_REASON_SIZE	160

/*
 * The programs that a section server or client names; "" for those that it does not. Whoever has
 * the section owns the texts.
 */
struct programs {
	char *pre_up;			/* says whether a user may come in */
	char *on_up;			/* told that user traffic flows, for the first time */
	char *on_down;			/* told that a session that was up has ended */
	char *on_change;		/* told of another grant, or of other addresses */
};

/*
 * Returns true if @path, links followed, is a file that can be executed, and that nobody can change
 * but root and who runs this process: neither the file nor any folder on the way to it. Otherwise
 * writes to @reason what is wrong, to be printed after the path. May wait for a disk.
 */
bool program_is_safe(const char *path, char reason[PROGRAM_REASON_SIZE]);

#endif
