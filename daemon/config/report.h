/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Private to the configuration: reports of mistakes by file and line, in the order in which the
 * files were read, and of their lines.
 */
#ifndef CULVERT_CONFIG_REPORT_H
#define CULVERT_CONFIG_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "util/diag.h"

struct config_place {
	unsigned int file;	/* the number from report_file() */
	unsigned int line;	/* from 1; 0 stands for the file as a whole */
};

struct config_report {
	struct diag *diag;
	char **files;		/* the paths as the user wrote them */
	unsigned int n_files;
	unsigned int before;	/* errors in @diag at report_init() */
	bool no_lines;		/* it is no file that is read */
};

#define REPORT_NO_FILE (~0u)

/* Octets for the result of report_where(); a longer text is cut. */
#define REPORT_WHERE_SIZE 256

void report_init(struct config_report *r, struct diag *diag);
void report_free(struct config_report *r);

/*
 * Returns the number of the file @path, which is read next; REPORT_NO_FILE if there is no memory.
 */
unsigned int report_file(struct config_report *r, const char *path);

void report_error(struct config_report *r, struct config_place place, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void report_warning(struct config_report *r, struct config_place place, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void report_no_memory(struct config_report *r);

/* Returns true if no error was reported since report_init(). */
bool report_is_good(const struct config_report *r);

/*
 * Move the lines of @from, which are about another file, to the report; @from is empty afterwards.
 * If they have an error, they are placed at @place, where the configuration names that file;
 * otherwise at the end.
 */
void report_other_file(struct config_report *r, struct config_place place, struct diag *from);

/*
 * Write "line 3" to @text; or "other.conf:3" if @there is in another file than @here. Returns
 * @text.
 */
const char *report_where(const struct config_report *r, struct config_place here,
			 struct config_place there, char text[REPORT_WHERE_SIZE]);

#endif
