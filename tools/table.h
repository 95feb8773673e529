/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Output for eyes: aligned columns, numbers with units, colours.
 *
 * All text is made fit for a terminal (util/text.h) on its way in, so that a
 * user with a hostile name cannot do harm by being listed.
 */
#ifndef PPPCTL_TABLE_H
#define PPPCTL_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum colour {
	COLOUR_NONE,
	COLOUR_GOOD,
	COLOUR_WARNING,
	COLOUR_BAD,
	COLOUR_HEADING,
};

struct column {
	const char *heading;
	bool right;		/* aligned to the right, as numbers are */
};

struct table;

/* @columns must outlive the table. Ends the program if there is no memory. */
struct table *table_new(const struct column *columns, size_t n);

/* The next cell, row by row from left to right. "" is shown as "-". */
void table_add(struct table *table, const char *text);
void table_add_coloured(struct table *table, const char *text, enum colour colour);
void table_add_number(struct table *table, uint64_t number);
void table_add_octets(struct table *table, uint64_t octets);	/* by show_octets() */
void table_add_duration(struct table *table, uint64_t seconds);	/* by show_duration() */

/* Print all rows, with headings if told, and free the table. */
void table_print(struct table *table, bool headings, bool coloured);

/* "name: value" for lists of properties; the value is aligned. */
void print_property(const char *name, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#define UNIT_SIZE 32	/* of the buffers below */

/* "512 B", "1.4 KiB", "23.0 GiB" */
const char *show_octets(uint64_t octets, char text[UNIT_SIZE]);

/* "12s", "5m12s", "3h05m", "17d04h" */
const char *show_duration(uint64_t seconds, char text[UNIT_SIZE]);

#endif
