// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
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

/* Remove all sessions from @sessions except those in which @member is @value. */
static void keep(json_t *sessions, const char *member, const char *value)
{
	for (size_t i = json_array_size(sessions); i-- > 0;)
		if (strcmp(text_of(json_array_get(sessions, i), member), value))
			json_array_remove(sessions, i);
}

int cmd_session_list(const struct options *options, int argc, char **argv)
{
	json_t *sessions;
	int status;

	for (int i = 0; i < argc; i += 2) {
		if (strcmp(argv[i], "user") && strcmp(argv[i], "server") &&
		    strcmp(argv[i], "client"))
			return misused("session list has \"%s\": expected user, server or client",
				       argv[i]);
		if (i + 1 == argc)
			return misused("%s has to be followed by a name", argv[i]);
	}
	sessions = ask(options, json_pack("{s:s}", "cmd", "session.list"), &status);
	if (!sessions)
		return status;
	for (int i = 0; i < argc; i += 2)
		keep(sessions, argv[i], argv[i + 1]);
	if (options->json)
		print_json(options, sessions);
	else if (options->brief)
		print_brief(options, sessions);
	else if (json_array_size(sessions) && options->statistics)
		print_statistics(options, sessions);
	else if (json_array_size(sessions))
		print_list(options, sessions);
	else
		puts("no sessions");
	json_decref(sessions);
	return STATUS_OK;
}
