/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A report of what is wrong with a file that a person wrote, as lines of the form
 * `file:line: words`.
 *
 * The parsers of configuration and secrets add lines to a report and continue
 * after an error as far as they can, so that a person who made three mistakes is
 * told all three. The number of lines kept is bounded; further lines are only
 * counted. The report never holds a secret: callers quote names, never passwords.
 *
 * Lines are ordered by rank, lowest first; lines of one rank stay in the order
 * in which they were reported. When there are too many, errors are kept rather
 * than warnings, and lower ranks rather than higher ranks. A caller that needs no
 * order leaves @rank at 0.
 */
#ifndef CULVERT_UTIL_DIAG_H
#define CULVERT_UTIL_DIAG_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIAG_MAX_LINES	50
#define DIAG_LAST	UINT64_MAX	/* the rank of lines that come last */

struct diag_line {
	uint64_t rank;
	bool warning;		/* not an error: the file can still be used */
	char *text;		/* "file:line: words", no newline, printable UTF-8 */
};

struct diag {
	struct diag_line lines[DIAG_MAX_LINES];
	size_t n_lines;		/* how many of @lines are set */
	unsigned int errors;	/* number reported, whether kept or not */
	unsigned int warnings;
	uint64_t rank;		/* rank of the lines reported next; set by the caller */
};

/* Initialise @d as an empty report. */
void diag_init(struct diag *d);

/* Free all lines. The report is empty afterwards. */
void diag_free(struct diag *d);

/*
 * Report an error or a warning at line @line of @file. @line 0 means the file as
 * a whole; then the text has no line number. Control characters in the words,
 * which may quote the file, are escaped. Words of more than 1023 octets are cut.
 */
void diag_error(struct diag *d, const char *file, unsigned int line, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void diag_warning(struct diag *d, const char *file, unsigned int line, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* The same as diag_error() or diag_warning(), with the arguments in a va_list. */
void diag_report(struct diag *d, bool warning, const char *file, unsigned int line, const char *fmt,
		 va_list args) __attribute__((format(printf, 5, 0)));

/*
 * Move all lines of @from to @to, with the current rank of @to. Lines for which @to has no room are
 * freed and only counted. @from is empty afterwards.
 */
void diag_move(struct diag *to, struct diag *from);

/*
 * If lines were reported but not kept, make the last line say how many. Call this
 * once, when everything has been reported.
 */
void diag_close(struct diag *d, const char *file);

#endif
