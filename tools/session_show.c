// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "json.h"
#include "session.h"
#include "table.h"

static void print_session(const json_t *s)
{
	printf("session %ju\n", (uintmax_t)number_of(s, "id"));
	print_property("user", "%s", text_or_dash(s, "user"));
	print_property("state", "%s", text_of(s, "state"));
	if (*text_of(s, "client"))
		print_property("client", "%s", text_of(s, "client"));
	else
		print_property("server", "%s", text_of(s, "server"));
	print_property("peer", "%s", text_of(s, "peer"));
	print_property("call IDs", "%ju here, %ju there", (uintmax_t)number_of(s, "call_id"),
		       (uintmax_t)number_of(s, "peer_call_id"));
	print_property("addresses", "%s here, %s there", text_or_dash(s, "local_address"),
		       text_or_dash(s, "remote_address"));
	if (number_of(s, "mtu"))
		print_property("interface", "%s, MTU %ju", text_or_dash(s, "interface"),
			       (uintmax_t)number_of(s, "mtu"));
	else
		print_property("interface", "%s", text_or_dash(s, "interface"));
	print_session_counters(s);
}

static void print_brief(const json_t *s)
{
	char text[UNIT_SIZE];
	static const struct column columns[6];
	struct table *table = table_new(columns, sizeof(columns) / sizeof(columns[0]));

	table_add_number(table, number_of(s, "id"));
	table_add(table, text_of(s, "user"));
	table_add(table, text_of(s, "remote_address"));
	table_add(table, text_of(s, "interface"));
	table_add(table, text_of(s, "state"));
	table_add(table, show_mppe(s, text));
	table_print(table, false, false);
}

static void show(const struct options *options, const json_t *session)
{
	if (options->brief)
		print_brief(session);
	else
		print_session(session);
}

int cmd_session_show(const struct options *options, int argc, char **argv)
{
	return argc ? each_session(options, "session.show", argc, argv, show) :
		      misused("session show needs the number of a session");
}
