// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "json.h"
#include "kernel.h"
#include "kernel_session.h"
#include "table.h"

static void add_name(struct table *table, const json_t *session)
{
	table_add(table, text_of(session, "local_address"));
	table_add_number(table, number_of(session, "call_id"));
	table_add(table, text_of(session, "peer_address"));
	table_add_number(table, number_of(session, "peer_call_id"));
}

static void print_list(const struct options *options, const json_t *sessions)
{
	static const struct column columns[] = {
		{ "LOCAL", false }, { "CALL", true }, { "PEER", false }, { "CALL", true },
		{ "UPPER", false }, { "ADDRESS", false }, { "MPPE", false },
		{ "UPTIME", true }, { "RX", true }, { "TX", true }, { "DROPS", true },
	};
	struct table *table = table_new(columns, sizeof(columns) / sizeof(columns[0]));
	const json_t *session;
	size_t i;

	json_array_foreach(sessions, i, session) {
		const json_t *stats = json_object_get(session, "stats");
		char text[SHOWN_SIZE];

		add_name(table, session);
		table_add(table, show_upper(session, text));
		table_add(table, text_of(session, "link_ipv4"));
		table_add(table, show_kernel_mppe(session, text));
		table_add_duration(table, number_of(session, "uptime_s"));
		table_add_octets(table, number_of(stats, "rx_bytes"));
		table_add_octets(table, number_of(stats, "tx_bytes"));
		table_add_number(table, drops_in(stats));
	}
	table_print(table, true, options->colour);
}

static void print_brief(const json_t *sessions)
{
	static const struct column columns[] = {
		{ "", false }, { "", true }, { "", false }, { "", true }, { "", false },
	};
	struct table *table = table_new(columns, sizeof(columns) / sizeof(columns[0]));
	const json_t *session;
	size_t i;

	json_array_foreach(sessions, i, session) {
		char text[SHOWN_SIZE];

		add_name(table, session);
		table_add(table, show_upper(session, text));
	}
	table_print(table, false, false);
}

int cmd_kernel_session_list(const struct options *options, int argc, char **argv)
{
	json_t *sessions;
	int status;

	if (argc)
		return misused("kernel session list takes no arguments; there is \"%s\"", argv[0]);
	sessions = kernel_sessions(&status);
	if (!sessions)
		return status;
	if (options->json)
		print_json(options, sessions);
	else if (options->brief)
		print_brief(sessions);
	else if (json_array_size(sessions))
		print_list(options, sessions);
	else
		puts("no sessions");
	json_decref(sessions);
	return STATUS_OK;
}
