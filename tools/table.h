/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Output for people: aligned columns, numbers with units, colours.
 *
 * All text that is added is made fit for a terminal (util/text.h), so that a
 * user's name cannot do harm when it is listed.
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

/* @columns, of which there are @n, must outlive the table. Out of memory ends the program. */
struct table *table_new(const struct column *columns, size_t n);

/* Add the next cell, row by row from left to right. "" is shown as "-". */
void table_add(struct table *table, const char *text);
void table_add_coloured(struct table *table, const char *text, enum colour colour);
void table_add_number(struct table *table, uint64_t number);
void table_add_octets(struct table *table, uint64_t octets);	/* by show_octets() */
void table_add_duration(struct table *table, uint64_t seconds);	/* by show_duration() */

/* The last column is not to be cut where the terminal ends: it goes on in the next line. */
void table_goes_on(struct table *table);

/*
 * Print all rows, with a row of headings before them if @headings is true; then the widest columns of
 * text are cut if standard output is a terminal that is too narrow. Frees the table.
 */
void table_print(struct table *table, bool headings, bool coloured);

/* Free the table without printing it. */
void table_drop(struct table *table);

/* Print one line of a list of properties: the name and, aligned, the value. */
void print_property(const char *name, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#define UNIT_SIZE 32	/* octets of the buffers below */

/* Returns @text: "512 B", "1.4 KiB", "23.0 GiB". */
const char *show_octets(uint64_t octets, char text[UNIT_SIZE]);

/* Returns @text: "12s", "5m12s", "3h05m", "17d04h". */
const char *show_duration(uint64_t seconds, char text[UNIT_SIZE]);

/* Returns @text: bits a second, as "512", "1.5k", "20M". */
const char *show_rate(uint64_t bits, char text[UNIT_SIZE]);

#endif
