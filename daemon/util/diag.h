/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is wrong with a file that a person wrote, as `file:line: words`.
 *
 * Readers of configuration and secrets add to a report and go on as far as
 * they can, so that somebody who made three mistakes hears of all three. The
 * number of lines kept is bounded; further ones are only counted. The report
 * never holds a secret: callers quote names, never passwords.
 *
 * Lines stand in the order of their ranks, and lines of one rank in the order
 * in which they were reported. Of too many, those of the lowest ranks are kept,
 * and errors rather than warnings. Whoever does not care leaves the rank alone.
 */
#ifndef CULVERT_UTIL_DIAG_H
#define CULVERT_UTIL_DIAG_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DIAG_MAX_LINES	50
#define DIAG_LAST	UINT64_MAX	/* the rank of what comes behind all else */

struct diag_line {
	uint64_t rank;
	bool warning;		/* the file can be used all the same */
	char *text;		/* "file:line: words", no newline, printable UTF-8 */
};

struct diag {
	struct diag_line lines[DIAG_MAX_LINES];
	size_t n_lines;		/* how many of @lines are set */
	unsigned int errors;	/* all that were reported, kept or not */
	unsigned int warnings;
	uint64_t rank;		/* of the lines reported from now on; the caller sets it */
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

/* The same with the arguments in a list. */
void diag_report(struct diag *d, bool warning, const char *file, unsigned int line,
		 const char *fmt, va_list args) __attribute__((format(printf, 5, 0)));

/* Move all of @from, which is empty then, into @to, where it gets the rank that @to has now. */
void diag_move(struct diag *to, struct diag *from);

/*
 * Let the last line say how many lines were not kept, if there are any. To be
 * called once, when all has been reported.
 */
void diag_close(struct diag *d, const char *file);

#endif
