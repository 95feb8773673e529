/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is wrong with a file that a person wrote, as `file:line: words`.
 *
 * Readers of configuration and secrets add to a report and go on as far as
 * they can, so that somebody who made three mistakes hears of all three. The
 * number of lines kept is bounded; further ones are only counted. The report
 * never holds a secret: callers quote names, never passwords.
 */
#ifndef CULVERT_UTIL_DIAG_H
#define CULVERT_UTIL_DIAG_H

#include <stdbool.h>
#include <stddef.h>

#define DIAG_MAX_LINES 64

struct diag_line {
	bool warning;		/* the file can be used all the same */
	char *text;		/* "file:line: words", no newline, printable UTF-8 */
};

struct diag {
	struct diag_line lines[DIAG_MAX_LINES];
	size_t n_lines;		/* how many of @lines are set */
	unsigned int errors;	/* all that were reported, kept or not */
	unsigned int warnings;
};

/* Start an empty report. */
void diag_init(struct diag *d);

/* Free the lines; the report is empty afterwards. */
void diag_free(struct diag *d);

/*
 * Report an error or a warning at line @line of @file. @line 0 stands for the
 * file as a whole and is left out. Control characters in the words, which
 * may quote the file, are escaped.
 */
void diag_error(struct diag *d, const char *file, unsigned int line, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void diag_warning(struct diag *d, const char *file, unsigned int line, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

#endif
