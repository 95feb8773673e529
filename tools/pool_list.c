// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "control.h"
#include "json.h"
#include "pool.h"
#include "table.h"

static void add_percent(struct table *table, const json_t *pool)
{
	uintmax_t used = number_of(pool, "used"), size = number_of(pool, "size");
	uintmax_t percent = size ? used * 100 / size : 100;
	char number[UNIT_SIZE];

	snprintf(number, sizeof(number), "%ju%%", percent);
	table_add_coloured(table, number, percent >= 100 ? COLOUR_BAD :
			   percent >= 90 ? COLOUR_WARNING : COLOUR_NONE);
}

/* The columns that all tables of pools begin with, and those that "pool list" has besides. */
static const struct column columns[] = {
	{ "POOL", false }, { "USED", true }, { "SIZE", true }, { "FULL", true },
	{ "MOST", true }, { "RESERVED", true }, { "REFUSED", true }, { "NEXT", false },
};

#define N_FEW	4
#define N_ALL	(sizeof(columns) / sizeof(columns[0]))

static void add_few(struct table *table, const json_t *pool)
{
	table_add(table, text_of(pool, "name"));
	table_add_number(table, number_of(pool, "used"));
	table_add_number(table, number_of(pool, "size"));
	add_percent(table, pool);
}

void print_pools(const struct options *options, const json_t *pools, bool headings)
{
	struct table *table = table_new(columns, N_FEW);
	const json_t *pool;
	size_t i;

	json_array_foreach(pools, i, pool)
		add_few(table, pool);
	table_print(table, headings, options->colour);
}

static void print_list(const struct options *options, const json_t *pools)
{
	struct table *table = table_new(columns, N_ALL);
	const json_t *pool;
	size_t i;

	json_array_foreach(pools, i, pool) {
		add_few(table, pool);
		table_add_number(table, number_of(pool, "most"));
		table_add_number(table, number_of(pool, "reserved"));
		table_add_number(table, number_of(pool, "refused"));
		table_add(table, text_of(pool, "next"));
	}
	table_print(table, true, options->colour);
}

static void show(const struct options *options, const json_t *pools)
{
	if (options->brief)
		print_pools(options, pools, false);
	else if (json_array_size(pools))
		print_list(options, pools);
	else
		puts("no pools");
}

int cmd_pool_list(const struct options *options, int argc, char **argv)
{
	if (argc)
		return misused("pool list takes no arguments; there is \"%s\"", argv[0]);
	return ask_and_show(options, (struct call){ .method = "org.culvert.Pool.List", .member = "pools" }, show);
}
