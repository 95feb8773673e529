// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "client.h"
#include "control.h"
#include "json.h"
#include "session.h"
#include "table.h"

/* Print one line for each element, the first with @name. */
static void print_list(const char *name, const json_t *list)
{
	const json_t *element;
	size_t i;

	json_array_foreach(list, i, element)
		print_property(i ? "" : name, "%s", json_string_value(element));
}

static void print_session(const struct options *options, const json_t *c)
{
	print_property("call IDs", "%ju here, %ju there", (uintmax_t)number_of(c, "call_id"),
		       (uintmax_t)number_of(c, "peer_call_id"));
	print_property("addresses", "%s here, %s there", text_or_dash(c, "local_address"),
		       text_or_dash(c, "remote_address"));
	print_property("interface", "%s, MTU %ju", text_of(c, "interface"),
		       (uintmax_t)number_of(c, "mtu"));
	print_list("name servers", json_object_get(c, "dns"));
	print_session_counters(options, c);
}

/* Print the last failure, and when the next attempt begins. */
static void print_failure(const json_t *c)
{
	char text[UNIT_SIZE];
	const char *next = show_next_try(c, text);

	if (*text_of(c, "failure"))
		print_property("failed", "%s: %s", text_of(c, "failed_step"),
			       text_of(c, "failure"));
	if (failed_for_good(c))
		print_property("", "permanent: it takes a change, here or at the server");
	if (number_of(c, "failures"))
		print_property("failures", "%ju in a row", (uintmax_t)number_of(c, "failures"));
	if (*next)
		print_property("next try", "%s", next);
}

static void print_client(const struct options *options, const json_t *c)
{
	const char *origin = text_of(c, "origin");

	printf("client %s\n", text_of(c, "name"));
	print_property("state", "%s", text_of(c, "state"));
	if (!strcmp(origin, "run-time"))
		print_property("made", "at run time");
	else if (!strcmp(origin, "ephemeral"))
		print_property("made", "at run time, and goes with whoever made it");
	print_property("server", "%s", text_of(c, "server"));
	print_property("peer", "%s", text_or_dash(c, "peer"));
	print_property("user", "%s", text_or_dash(c, "user"));
	if (*text_of(c, "step"))
		print_property("trying", "%s", text_of(c, "step"));
	print_failure(c);
	if (*text_of(c, "local_address"))
		print_session(options, c);
	if (*text_of(c, "vrf"))
		print_property("VRF", "%s", text_of(c, "vrf"));
	if (json_is_true(json_object_get(c, "masquerade")))
		print_property("masquerade", "yes");
	print_list("routes", json_object_get(c, "routes"));
}

static void print_brief(const json_t *c)
{
	static const struct column columns[6];
	struct table *table = table_new(columns, sizeof(columns) / sizeof(columns[0]));
	char text[UNIT_SIZE];

	table_add(table, text_of(c, "name"));
	table_add(table, text_of(c, "interface"));
	table_add(table, text_of(c, "state"));
	table_add(table, text_of(c, "local_address"));
	table_add(table, show_mppe(c, text));
	table_add(table, text_of(c, "failure"));
	table_print(table, false, false);
}

static void show(const struct options *options, const json_t *client)
{
	if (options->brief)
		print_brief(client);
	else
		print_client(options, client);
}

int cmd_client_show(const struct options *options, int argc, char **argv)
{
	return argc ? each_named(options, (struct call){ .method = "org.culvert.Client.Show", .member = "client" }, argc, argv, show) :
		      misused("client show needs the name of a client");
}
