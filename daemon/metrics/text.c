// SPDX-License-Identifier: GPL-2.0-only
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "metrics/text.h"

#define LAST_WORDS	256		/* octets that the last line has, with its heading */
#define FIRST_SIZE	16384

void metrics_text_init(struct metrics_text *t, size_t max)
{
	*t = (struct metrics_text){ .max = max, .family = -1 };
}

void metrics_text_free(struct metrics_text *t)
{
	free(t->text);
	metrics_text_init(t, 0);
}

/* --- octets -------------------------------------------------------------------------------- */

/* Returns false if there is no memory, which t->failed says from then on. */
static bool has_room(struct metrics_text *t, size_t more)
{
	size_t size = t->size ? t->size : FIRST_SIZE;
	char *text;

	if (t->failed)
		return false;
	if (t->len + more < t->size)
		return true;
	while (size <= t->len + more)
		size *= 2;
	text = realloc(t->text, size);
	if (!text) {
		t->failed = true;
		return false;
	}
	t->text = text;
	t->size = size;
	return true;
}

static void put_octets(struct metrics_text *t, const char *octets, size_t n)
{
	if (!has_room(t, n))
		return;
	memcpy(t->text + t->len, octets, n);
	t->len += n;
	t->text[t->len] = '\0';
}

static void put(struct metrics_text *t, const char *text)
{
	put_octets(t, text, strlen(text));
}

/* Backslash, quote and newline are the three that a value of a label cannot have as they are. */
static void put_value(struct metrics_text *t, const char *value)
{
	size_t n;

	while (*value) {
		n = strcspn(value, "\\\"\n");
		put_octets(t, value, n);
		value += n;
		if (*value)
			put(t, *value == '\n' ? "\\n" : *value == '"' ? "\\\"" : "\\\\");
		value += !!*value;
	}
}

/* --- lines --------------------------------------------------------------------------------- */

/* What was written since @start is taken back if it does not fit. */
static void settle(struct metrics_text *t, size_t start, size_t max, int family, unsigned int lines)
{
	if (t->failed || t->len <= max) {
		t->told[t->family] = true;
		return;
	}
	t->len = start;
	t->text[start] = '\0';
	t->family = family;
	t->left_out += lines;
}

/* The two lines above the first one of a family. */
static void head(struct metrics_text *t, enum metrics_name name)
{
	const struct metrics_family *f = &metrics_families[name];

	if (t->family == (int)name)
		return;
	assert(!t->told[name]);
	t->family = (int)name;
	put(t, "# HELP ");
	put(t, f->name);
	put(t, " ");
	put(t, f->help);
	put(t, "\n# TYPE ");
	put(t, f->name);
	put(t, " ");
	put(t, metrics_type_name(f->type));
	put(t, "\n");
}

/* @bound: value of the label "le" of a bucket; NULL: there is none. */
static void put_line(struct metrics_text *t, enum metrics_name name, const char *suffix,
		     const char * const *values, const char *bound, const char *number)
{
	const struct metrics_family *f = &metrics_families[name];
	const char *before = "{";

	put(t, f->name);
	put(t, suffix);
	for (unsigned int i = 0; f->labels[i]; i++) {
		assert(values[i]);
		put(t, before);
		put(t, f->labels[i]);
		put(t, "=\"");
		put_value(t, values[i]);
		put(t, "\"");
		before = ",";
	}
	if (bound) {
		put(t, before);
		put(t, "le=\"");
		put(t, bound);
		put(t, "\"");
		before = ",";
	}
	put(t, *before == ',' ? "} " : " ");
	put(t, number);
	put(t, "\n");
}

static void write_line(struct metrics_text *t, enum metrics_name name, const char *number,
		       const char * const *values, size_t max)
{
	const size_t start = t->len;
	const int family = t->family;

	head(t, name);
	put_line(t, name, "", values, NULL, number);
	settle(t, start, max, family, 1);
}

static size_t room(const struct metrics_text *t)
{
	return t->max > LAST_WORDS ? t->max - LAST_WORDS : 0;
}

void metrics_write_count(struct metrics_text *t, enum metrics_name name, uint64_t count,
			 const char * const *values)
{
	char number[24];

	snprintf(number, sizeof(number), "%" PRIu64, count);
	write_line(t, name, number, values, room(t));
}

void metrics_write_number(struct metrics_text *t, enum metrics_name name, double number,
			  const char * const *values)
{
	char text[32];

	snprintf(text, sizeof(text), "%.15g", number);
	write_line(t, name, text, values, room(t));
}

void metrics_write_histogram(struct metrics_text *t, enum metrics_name name,
			     const struct histogram *h, const char * const *values)
{
	const size_t start = t->len;
	const int family = t->family;
	char bound[32], number[32];
	uint64_t n = 0;

	head(t, name);
	for (unsigned int i = 0; i <= HISTOGRAM_BOUNDS; i++) {
		n += h->counts[i];
		snprintf(bound, sizeof(bound), "%.15g",
			 i < HISTOGRAM_BOUNDS ? histogram_bounds_us[i] / 1e6 : 0);
		snprintf(number, sizeof(number), "%" PRIu64, n);
		put_line(t, name, "_bucket", values, i < HISTOGRAM_BOUNDS ? bound : "+Inf", number);
	}
	snprintf(number, sizeof(number), "%.15g", (double)h->sum_us / 1e6);
	put_line(t, name, "_sum", values, NULL, number);
	snprintf(number, sizeof(number), "%" PRIu64, n);
	put_line(t, name, "_count", values, NULL, number);
	settle(t, start, room(t), family, HISTOGRAM_BOUNDS + 3);
}

void metrics_text_end(struct metrics_text *t)
{
	char number[24];

	snprintf(number, sizeof(number), "%" PRIu64, t->left_out);
	write_line(t, METRICS_LEFT_OUT, number, METRICS_VALUES(), t->max);
}
