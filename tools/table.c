// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"
#include "util/text.h"
#include "width.h"

#define GAP 2			/* blanks between columns */
#define MAX_SHOWN 1024		/* octets of a cell or property */
#define PROPERTY_WIDTH 16

struct cell {
	char *text;
	size_t width;		/* columns of the terminal */
	enum colour colour;
};

struct table {
	const struct column *columns;
	size_t n_columns;
	bool goes_on;
	struct cell *cells;
	size_t n_cells;
	size_t room;
};

static const char * const escapes[] = {
	[COLOUR_NONE] = "",
	[COLOUR_GOOD] = "\033[32m",
	[COLOUR_WARNING] = "\033[33m",
	[COLOUR_BAD] = "\033[31m",
	[COLOUR_HEADING] = "\033[1m",
};

static void *need(void *memory)
{
	if (memory)
		return memory;
	fputs("pppctl: out of memory\n", stderr);
	exit(1);
}

struct table *table_new(const struct column *columns, size_t n)
{
	struct table *table = need(calloc(1, sizeof(*table)));

	table->columns = columns;
	table->n_columns = n;
	return table;
}

void table_goes_on(struct table *table)
{
	table->goes_on = true;
}

void table_add_coloured(struct table *table, const char *text, enum colour colour)
{
	char shown[MAX_SHOWN];
	struct cell *cell;

	if (table->n_cells == table->room) {
		table->room = table->room ? 2 * table->room : 64;
		table->cells = need(realloc(table->cells, table->room * sizeof(*cell)));
	}
	text_show(shown, sizeof(shown), *text ? text : "-", *text ? strlen(text) : 1);
	cell = &table->cells[table->n_cells++];
	cell->text = need(strdup(shown));
	cell->width = width_of(shown);
	cell->colour = colour;
}

void table_add(struct table *table, const char *text)
{
	table_add_coloured(table, text, COLOUR_NONE);
}

void table_add_number(struct table *table, uint64_t number)
{
	char text[UNIT_SIZE];

	snprintf(text, sizeof(text), "%ju", (uintmax_t)number);
	table_add(table, text);
}

void table_add_octets(struct table *table, uint64_t octets)
{
	char text[UNIT_SIZE];

	table_add(table, show_octets(octets, text));
}

void table_add_duration(struct table *table, uint64_t seconds)
{
	char text[UNIT_SIZE];

	table_add(table, show_duration(seconds, text));
}

/* Returns the widest cell of each column. */
static size_t *widths_of(const struct table *table, bool headings)
{
	size_t *widths = need(calloc(table->n_columns, sizeof(*widths)));
	size_t n = table->n_columns;

	for (size_t i = 0; headings && i < n; i++)
		widths[i] = strlen(table->columns[i].heading);
	for (size_t i = 0; i < table->n_cells; i++)
		if (table->cells[i].width > widths[i % n])
			widths[i % n] = table->cells[i].width;
	return widths;
}

/*
 * Make columns of text narrower, if the terminal is too narrow for them. Numbers stay as they are, and
 * so does a last column that may be long, since it goes on in the next line.
 */
static void fit(const struct table *table, size_t *widths, size_t room)
{
	size_t n = table->n_columns - table->goes_on;
	bool *narrows = need(calloc(table->n_columns, sizeof(*narrows)));
	size_t gaps = (table->n_columns - 1) * GAP;

	for (size_t i = 0; i < n; i++)
		narrows[i] = !table->columns[i].right;
	if (room)
		fit_widths(widths, narrows, n, room > gaps ? room - gaps : 0);
	free(narrows);
}

/* How a row is printed. */
struct layout {
	const struct table *table;
	const size_t *widths;
	bool coloured;
};

/* Print what stands in column @i of a row. */
static void print_cell(const struct layout *l, size_t i, const char *text, enum colour colour)
{
	size_t width = width_of(text);
	bool right = l->table->columns[i].right;
	char cut[MAX_SHOWN];
	int pad;

	if (width > l->widths[i] && !(l->table->goes_on && i + 1 == l->table->n_columns)) {
		width = cut_to_width(cut, sizeof(cut), text, l->widths[i]);
		text = cut;
	}
	pad = width < l->widths[i] ? (int)(l->widths[i] - width) : 0;
	if (right)
		printf("%*s", pad, "");
	colour = l->coloured ? colour : COLOUR_NONE;
	printf("%s%s%s", escapes[colour], text, colour ? "\033[0m" : "");
	if (i + 1 == l->table->n_columns)
		putchar('\n');
	else
		printf("%*s", right ? GAP : pad + GAP, "");
}

void table_print(struct table *table, bool headings, bool coloured)
{
	size_t *widths = widths_of(table, headings);
	const struct layout layout = { table, widths, coloured };

	if (headings)
		fit(table, widths, width_of_terminal());
	for (size_t i = 0; headings && i < table->n_columns; i++)
		print_cell(&layout, i, table->columns[i].heading, COLOUR_HEADING);
	for (size_t i = 0; i < table->n_cells; i++)
		print_cell(&layout, i % table->n_columns, table->cells[i].text,
			   table->cells[i].colour);
	free(widths);
	table_drop(table);
}

void table_drop(struct table *table)
{
	for (size_t i = 0; i < table->n_cells; i++)
		free(table->cells[i].text);
	free(table->cells);
	free(table);
}

void print_property(const char *name, const char *fmt, ...)
{
	char text[MAX_SHOWN], shown[TEXT_SHOW_SIZE(MAX_SHOWN)];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	text_show(shown, sizeof(shown), text, strlen(text));
	printf("  %-*s %s\n", PROPERTY_WIDTH, name, shown);
}

const char *show_octets(uint64_t octets, char text[UNIT_SIZE])
{
	static const char * const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	double value = (double)octets;
	size_t unit = 0;

	if (octets < 1024) {
		snprintf(text, UNIT_SIZE, "%u B", (unsigned int)octets);
		return text;
	}
	/* A value that would be rounded to 1024.0 is shown in the next unit. */
	for (value /= 1024; value >= 1023.95; value /= 1024)
		unit++;
	snprintf(text, UNIT_SIZE, "%.1f %s", value, units[unit]);
	return text;
}

const char *show_duration(uint64_t seconds, char text[UNIT_SIZE])
{
	unsigned long long s = seconds;

	if (s < 60)
		snprintf(text, UNIT_SIZE, "%llus", s);
	else if (s < 3600)
		snprintf(text, UNIT_SIZE, "%llum%02llus", s / 60, s % 60);
	else if (s < 86400)
		snprintf(text, UNIT_SIZE, "%lluh%02llum", s / 3600, s / 60 % 60);
	else
		snprintf(text, UNIT_SIZE, "%llud%02lluh", s / 86400, s / 3600 % 24);
	return text;
}

const char *show_rate(uint64_t bits, char text[UNIT_SIZE])
{
	static const char * const units[] = { "", "k", "M", "G", "T" };
	double rate = (double)bits;
	size_t unit = 0;

	for (; rate >= 999.5 && unit < 4; rate /= 1000)
		unit++;
	snprintf(text, UNIT_SIZE, unit && rate < 9.95 ? "%.1f%s" : "%.0f%s", rate, units[unit]);
	return text;
}
