/* SPDX-License-Identifier: GPL-2.0-only */
/* Which secrets a user interface of NetworkManager has to ask for. */
#ifndef NM_CULVERT_DIALOG_H
#define NM_CULVERT_DIALOG_H

#include <stdbool.h>

/*
 * Read a connection named @id from standard input, as user interfaces write it, and say on standard
 * output what to ask: the form that their option --external-ui-mode is for. With @again what is known
 * was wrong. Returns an exit status.
 */
int dialog_run(const char *id, bool interactive, bool again);

#endif
