/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Prometheus's text format, version 0.0.4: lines "name{label="value"} number" below two lines that
 * tell what the name means. All lines of a family stand together: who writes goes through the
 * families one after the other.
 *
 * The text is bounded. Lines for which there is no room are left out and counted; the last line
 * says how many, for which there always is room.
 */
#ifndef CULVERT_METRICS_TEXT_H
#define CULVERT_METRICS_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "metrics/family.h"
#include "metrics/histogram.h"

#define METRICS_CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"

struct metrics_text {
	/* may be read by anyone */
	char *text;			/* @len octets and a NUL; NULL while @len is 0 */
	size_t len;
	uint64_t left_out;		/* lines */
	bool failed;			/* there was no memory: the text is worth nothing */

	/* private */
	size_t size;
	size_t max;
	int family;			/* that was written last; -1: none */
	bool told[METRICS_NAMES];
};

/* Begin an empty text of at most @max octets. metrics_text_free() must be called. */
void metrics_text_init(struct metrics_text *t, size_t max);
void metrics_text_free(struct metrics_text *t);

/*
 * Write one line of @name. @values are those of its labels, in the order of the family; they may
 * have any octets that are UTF-8. Use the macros below.
 */
void metrics_write_count(struct metrics_text *t, enum metrics_name name, uint64_t count,
			 const char * const *values);
void metrics_write_number(struct metrics_text *t, enum metrics_name name, double number,
			  const char * const *values);

/* Write the lines of a histogram of seconds; either all or none. */
void metrics_write_histogram(struct metrics_text *t, enum metrics_name name,
			     const struct histogram *h, const char * const *values);

/* Write the last line. */
void metrics_text_end(struct metrics_text *t);

#define METRICS_VALUES(...)	((const char *const[]){ __VA_ARGS__ __VA_OPT__(,) NULL })

#define metrics_count(t, name, count, ...) \
	metrics_write_count(t, name, count, METRICS_VALUES(__VA_ARGS__))
#define metrics_number(t, name, number, ...) \
	metrics_write_number(t, name, number, METRICS_VALUES(__VA_ARGS__))
#define metrics_histogram(t, name, h, ...) \
	metrics_write_histogram(t, name, h, METRICS_VALUES(__VA_ARGS__))

#endif
