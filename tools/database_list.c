// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "control.h"
#include "json.h"
#include "table.h"

static enum colour colour_of(const json_t *database)
{
	const char *state = text_of(database, "state");

	if (!strcmp(state, "up"))
		return COLOUR_GOOD;
	return !strcmp(state, "down") ? COLOUR_BAD : COLOUR_WARNING;
}

/* Add what both forms of the list begin with. */
static void add_head(struct table *table, const json_t *database)
{
	table_add(table, text_of(database, "name"));
	table_add(table, text_of(database, "type"));
	table_add(table, text_of(database, "where"));
	table_add_coloured(table, text_of(database, "state"), colour_of(database));
}

static void print_list(const struct options *options, const json_t *databases)
{
	static const struct column columns[] = {
		{ "DATABASE", false }, { "TYPE", false }, { "WHERE", false }, { "STATE", false },
		{ "SINCE", true }, { "UNDER WAY", true }, { "QUEUED", true }, { "ASKED", true },
		{ "FOUND", true }, { "UNKNOWN", true }, { "FAILED", true }, { "REFUSED", true },
		{ "REMARK", false },
	};
	static const char * const counters[] = { "asked", "found", "unknown", "failed", "refused" };
	struct table *table = table_new(columns, sizeof(columns) / sizeof(columns[0]));
	const json_t *database;
	size_t i;

	json_array_foreach(databases, i, database) {
		add_head(table, database);
		table_add_duration(table, number_of(database, "state_s"));
		table_add_number(table, number_of(database, "under_way"));
		table_add_number(table, number_of(database, "queued"));
		for (size_t j = 0; j < sizeof(counters) / sizeof(counters[0]); j++)
			table_add_number(table, number_of(json_object_get(database, "counters"),
							  counters[j]));
		table_add(table, text_of(database, "fault"));
	}
	table_goes_on(table);
	table_print(table, true, options->colour);
}

static void print_brief(const struct options *options, const json_t *databases)
{
	static const struct column columns[4];
	struct table *table = table_new(columns, sizeof(columns) / sizeof(columns[0]));
	const json_t *database;
	size_t i;

	json_array_foreach(databases, i, database)
		add_head(table, database);
	table_print(table, false, options->colour);
}

static void show(const struct options *options, const json_t *databases)
{
	if (options->brief)
		print_brief(options, databases);
	else if (json_array_size(databases))
		print_list(options, databases);
	else
		puts("no databases");
}

int cmd_database_list(const struct options *options, int argc, char **argv)
{
	if (argc)
		return misused("database list takes no arguments; there is \"%s\"", argv[0]);
	return ask_and_show(options, (struct call){ .method = "org.culvert.Database.List", .member = "databases" }, show);
}
