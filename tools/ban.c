// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "control.h"
#include "json.h"
#include "table.h"
#include "util/text.h"

static void add_left(struct table *table, const json_t *ban)
{
	if (!json_is_integer(json_object_get(ban, "left_s")))
		table_add(table, "ever");
	else
		table_add_duration(table, number_of(ban, "left_s"));
}

static void print_list(const struct options *options, const json_t *bans)
{
	static const struct column columns[] = {
		{ "NETWORK", false }, { "REASON", false }, { "SINCE", true }, { "LEFT", true },
		{ "FAILURES", true }, { "TIMES", true }, { "TURNED AWAY", true },
	};
	struct table *table = table_new(columns, sizeof(columns) / sizeof(columns[0]));
	const json_t *ban;
	size_t i;

	json_array_foreach(bans, i, ban) {
		table_add(table, text_of(ban, "network"));
		table_add(table, text_of(ban, "reason"));
		table_add_duration(table, number_of(ban, "age_s"));
		add_left(table, ban);
		table_add_number(table, number_of(ban, "failures"));
		table_add_number(table, number_of(ban, "times"));
		table_add_number(table, number_of(ban, "turned_away"));
	}
	table_print(table, true, options->colour);
}

static void print_brief(const struct options *options, const json_t *bans)
{
	static const struct column columns[3];
	struct table *table = table_new(columns, sizeof(columns) / sizeof(columns[0]));
	const json_t *ban;
	size_t i;

	json_array_foreach(bans, i, ban) {
		table_add(table, text_of(ban, "network"));
		table_add(table, text_of(ban, "reason"));
		add_left(table, ban);
	}
	table_print(table, false, options->colour);
}

static void show(const struct options *options, const json_t *bans)
{
	if (options->brief)
		print_brief(options, bans);
	else if (json_array_size(bans))
		print_list(options, bans);
	else
		puts("nobody is banned");
}

int cmd_ban_list(const struct options *options, int argc, char **argv)
{
	if (argc)
		return misused("ban list takes no arguments; there is \"%s\"", argv[0]);
	return list_and_show(options, (struct call){ .method = "org.culvert.Ban.List", .member = "bans" }, show);
}

int cmd_ban_add(const struct options *options, int argc, char **argv)
{
	uint64_t time_s;
	struct call call = { .method = "org.culvert.Ban.Add" };

	if (argc != 1 && (argc != 3 || strcmp(argv[1], "for")))
		return misused("ban add needs a network, and may have a time: for SECONDS");
	if (argc == 3 && !text_number(argv[2], 1, UINT32_MAX, &time_s))
		return misused("for is \"%s\": expected a number of seconds", argv[2]);
	call.parameters = json_pack("{s:s}", "network", argv[0]);
	if (argc == 3)
		json_object_set_new(call.parameters, "time_s", json_integer((json_int_t)time_s));
	return ask_and_show(options, call, NULL);
}

int cmd_ban_remove(const struct options *options, int argc, char **argv)
{
	struct call call = { .method = "org.culvert.Ban.Remove" };

	if (argc != 1)
		return misused("ban remove needs a network");
	call.parameters = json_pack("{s:s}", "network", argv[0]);
	return ask_and_show(options, call, NULL);
}
