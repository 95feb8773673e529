// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control.h"
#include "json.h"
#include "session.h"
#include "table.h"

static void add_state(struct table *table, const json_t *session)
{
	const char *state = text_of(session, "state");

	table_add_coloured(table, state, strcmp(state, "up") ? COLOUR_WARNING : COLOUR_GOOD);
}

static void print_list(const struct options *options, const json_t *sessions)
{
	static const struct column columns[] = {
		{ "ID", true }, { "ROLE", false }, { "USER", false }, { "PEER", false }, { "LOCAL", false },
		{ "REMOTE", false }, { "INTERFACE", false }, { "STATE", false },
		{ "MPPE", false }, { "UPTIME", true }, { "RX", true }, { "TX", true },
	};
	struct table *table = table_new(columns, sizeof(columns) / sizeof(columns[0]));
	const json_t *session;
	size_t i;

	json_array_foreach(sessions, i, session) {
		char text[UNIT_SIZE];

		table_add_number(table, number_of(session, "id"));
		table_add(table, text_of(session, "role"));
		table_add(table, text_of(session, "user"));
		table_add(table, text_of(session, "peer"));
		table_add(table, text_of(session, "local_address"));
		table_add(table, text_of(session, "remote_address"));
		table_add(table, text_of(session, "interface"));
		add_state(table, session);
		table_add(table, show_mppe(session, text));
		table_add_duration(table, number_of(session, "uptime_s"));
		table_add_octets(table, number_of(session, "rx_bytes"));
		table_add_octets(table, number_of(session, "tx_bytes"));
	}
	table_print(table, true, options->colour);
}

static void print_statistics(const struct options *options, const json_t *sessions)
{
	static const struct column columns[] = {
		{ "ID", true }, { "USER", false }, { "INTERFACE", false }, { "IDLE", true },
		TRAFFIC_COLUMNS,
	};
	struct table *table = table_new(columns, sizeof(columns) / sizeof(columns[0]));
	const json_t *session;
	size_t i;

	json_array_foreach(sessions, i, session) {
		table_add_number(table, number_of(session, "id"));
		table_add(table, text_of(session, "user"));
		table_add(table, text_of(session, "interface"));
		table_add_duration(table, number_of(session, "idle_s"));
		add_traffic(table, session);
	}
	table_print(table, true, options->colour);
}

static void print_brief(const struct options *options, const json_t *sessions)
{
	static const struct column columns[] = {
		{ "", true }, { "", false }, { "", false }, { "", false }, { "", false },
	};
	struct table *table = table_new(columns, sizeof(columns) / sizeof(columns[0]));
	const json_t *session;
	size_t i;

	json_array_foreach(sessions, i, session) {
		table_add_number(table, number_of(session, "id"));
		table_add(table, text_of(session, "user"));
		table_add(table, text_of(session, "remote_address"));
		table_add(table, text_of(session, "interface"));
		add_state(table, session);
	}
	table_print(table, false, options->colour);
}

/* Members that are shown; NULL: all of them. */
static json_t *shown(const struct options *options)
{
	if (options->json)
		return NULL;
	if (options->brief)
		return json_pack("[s, s, s, s]", "user", "remote_address", "interface", "state");
	if (options->statistics)
		return json_pack("[s, s, s, s, s, s, s, s, s]", "user", "interface", "idle_s",
				 "rx_bytes", "rx_packets", "rx_dropped", "tx_bytes", "tx_packets",
				 "tx_dropped");
	return json_pack("[s, s, s, s, s, s, s, s, s, s, s]", "role", "user", "peer",
			 "local_address", "remote_address", "interface", "state", "mppe", "uptime_s",
			 "rx_bytes", "tx_bytes");
}

/* Print the elements of an array as they come: there may be more than fit into memory well. */
static void print_next(void *ctx, json_t *session)
{
	bool *began = ctx;
	char *text = json_dumps(session, JSON_COMPACT | JSON_ENCODE_ANY);

	printf("%s%s", *began ? "," : "[", text ? text : "null");
	*began = true;
	free(text);
}

static int print_as_it_comes(const struct options *options, struct call call)
{
	bool began = false;
	int status = ask_each(options, call, print_next, &began);

	if (status == STATUS_OK)
		puts(began ? "]" : "[]");
	else if (began)
		putchar('\n');
	return status;
}

static void show(const struct options *options, const json_t *sessions)
{
	if (options->brief)
		print_brief(options, sessions);
	else if (json_array_size(sessions) && options->statistics)
		print_statistics(options, sessions);
	else if (json_array_size(sessions))
		print_list(options, sessions);
	else
		puts("no sessions");
}

int cmd_session_list(const struct options *options, int argc, char **argv)
{
	struct call call = { .method = "org.culvert.Session.List", .member = "sessions" };
	json_t *filter;

	for (int i = 0; i < argc; i += 2) {
		if (strcmp(argv[i], "user") && strcmp(argv[i], "server") &&
		    strcmp(argv[i], "client"))
			return misused("session list has \"%s\": expected user, server or client",
				       argv[i]);
		if (i + 1 == argc)
			return misused("%s has to be followed by a name", argv[i]);
	}
	filter = json_object();
	for (int i = 0; i < argc; i += 2)
		json_object_set_new(filter, argv[i], json_string(argv[i + 1]));
	call.parameters = json_pack("{s:o*, s:o*}", "fields", shown(options), "filter",
				    argc ? json_incref(filter) : NULL);
	json_decref(filter);
	if (options->json && !options->pretty)
		return print_as_it_comes(options, call);
	return list_and_show(options, call, show);
}
