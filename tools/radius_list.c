// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "control.h"
#include "json.h"
#include "radius.h"
#include "table.h"

static void add_times(struct table *table, const json_t *server)
{
	const json_t *times = json_object_get(server, "last_minute");
	char text[UNIT_SIZE];

	table_add(table, show_radius_time(times, "median_ms", text));
	table_add(table, show_radius_time(times, "p99_ms", text));
	times = json_object_get(server, "last_5_minutes");
	table_add(table, show_radius_time(times, "median_ms", text));
	table_add(table, show_radius_time(times, "p99_ms", text));
}

static void print_list(const struct options *options, const json_t *servers)
{
	static const struct column columns[] = {
		{ "RADIUS", false }, { "USE", false }, { "ADDRESS", false }, { "PORT", true },
		{ "STATE", false }, { "SINCE", true }, { "MEDIAN 1M", true }, { "P99 1M", true },
		{ "MEDIAN 5M", true }, { "P99 5M", true }, { "UNDER WAY", true },
		{ "QUEUED", true }, { "LOST", true }, { "REMARK", false },
	};
	struct table *table = table_new(columns, sizeof(columns) / sizeof(columns[0]));
	const json_t *server;
	size_t i;

	json_array_foreach(servers, i, server) {
		table_add(table, text_of(server, "name"));
		table_add(table, text_of(server, "use"));
		table_add(table, text_of(server, "address"));
		table_add_number(table, number_of(server, "port"));
		table_add_coloured(table, text_of(server, "state"), radius_colour(server));
		table_add_duration(table, number_of(server, "state_s"));
		add_times(table, server);
		table_add_number(table, number_of(server, "under_way"));
		table_add_number(table, number_of(server, "queued"));
		table_add_number(table, number_of(json_object_get(server, "counters"), "lost"));
		table_add(table, text_of(server, "fault"));
	}
	table_goes_on(table);
	table_print(table, true, options->colour);
}

static void print_brief(const struct options *options, const json_t *servers)
{
	static const struct column columns[5];
	struct table *table = table_new(columns, sizeof(columns) / sizeof(columns[0]));
	const json_t *server;
	size_t i;

	json_array_foreach(servers, i, server) {
		table_add(table, text_of(server, "name"));
		table_add(table, text_of(server, "use"));
		table_add(table, text_of(server, "address"));
		table_add_number(table, number_of(server, "port"));
		table_add_coloured(table, text_of(server, "state"), radius_colour(server));
	}
	table_print(table, false, options->colour);
}

static void show(const struct options *options, const json_t *servers)
{
	if (options->brief)
		print_brief(options, servers);
	else if (json_array_size(servers))
		print_list(options, servers);
	else
		puts("no RADIUS servers");
}

int cmd_radius_list(const struct options *options, int argc, char **argv)
{
	if (argc)
		return misused("radius list takes no arguments; there is \"%s\"", argv[0]);
	return ask_and_show(options, (struct call){ .method = "org.culvert.Radius.List", .member = "servers" }, show);
}
