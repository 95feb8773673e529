// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "table.h"
#include "util/text.h"

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

/* Returns how many columns of a terminal @text takes. */
static size_t width_of(const char *text)
{
	size_t len = strlen(text), width = 0;
	const uint8_t *p = (const uint8_t *)text;

	while (len) {
		uint32_t code;
		size_t n = text_utf8(p, len, &code);
		int columns = n ? wcwidth((wchar_t)code) : 1;

		/* In the C locale wcwidth() knows ASCII only: count 1 for others. */
		width += columns < 0 ? 1 : (size_t)columns;
		n = n ? n : 1;
		p += n;
		len -= n;
	}
	return width;
}

struct table *table_new(const struct column *columns, size_t n)
{
	struct table *table = need(calloc(1, sizeof(*table)));

	table->columns = columns;
	table->n_columns = n;
	return table;
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

static void print_cell(const char *text, size_t width, size_t column_width, bool right, bool last,
		       enum colour colour)
{
	int pad = (int)(column_width - width);

	if (right)
		printf("%*s", pad, "");
	printf("%s%s%s", escapes[colour], text, colour ? "\033[0m" : "");
	if (!last)
		printf("%*s", right ? GAP : pad + GAP, "");
}

void table_print(struct table *table, bool headings, bool coloured)
{
	size_t *widths = need(calloc(table->n_columns, sizeof(*widths)));
	size_t n = table->n_columns;

	for (size_t i = 0; headings && i < n; i++)
		widths[i] = strlen(table->columns[i].heading);
	for (size_t i = 0; i < table->n_cells; i++)
		if (table->cells[i].width > widths[i % n])
			widths[i % n] = table->cells[i].width;
	for (size_t i = 0; headings && i < n; i++) {
		const struct column *c = &table->columns[i];

		print_cell(c->heading, strlen(c->heading), widths[i], c->right, i + 1 == n,
			   coloured ? COLOUR_HEADING : COLOUR_NONE);
	}
	if (headings)
		putchar('\n');
	for (size_t i = 0; i < table->n_cells; i++) {
		const struct cell *cell = &table->cells[i];

		print_cell(cell->text, cell->width, widths[i % n], table->columns[i % n].right,
			   i % n + 1 == n, coloured ? cell->colour : COLOUR_NONE);
		if (i % n + 1 == n)
			putchar('\n');
		free(cell->text);
	}
	free(widths);
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
