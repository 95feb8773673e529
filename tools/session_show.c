// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "session.h"
#include "table.h"

static void join(const json_t *list, char *text, size_t size)
{
	const json_t *value;
	size_t i, len = 0;

	*text = '\0';
	json_array_foreach(list, i, value) {
		snprintf(text + len, size - len, "%s%s", i ? ", " : "", json_string_value(value));
		len = strlen(text);
	}
}

/* Each member is shown as it is called, and so is one that only a newer daemon has. */
static void print_member(const char *what, const char *name, const json_t *value)
{
	const size_t len = strlen(name);
	const bool seconds = len > 2 && !strcmp(name + len - 2, "_s");
	const bool rate = !seconds && !strstr(name, "_octets") &&
			  (!strncmp(name, "rate_", 5) || !strncmp(name, "burst_", 6));
	char label[64], text[1024];

	snprintf(label, sizeof(label), "%.*s", (int)(seconds ? len - 2 : len), name);
	for (char *p = label; *p; p++)
		if (*p == '_')
			*p = ' ';
	if (json_is_array(value))
		join(value, text, sizeof(text));
	else if (json_is_integer(value))
		snprintf(text, sizeof(text), "%jd%s", (intmax_t)json_integer_value(value),
			 seconds ? " s" : rate ? " bit/s" : "");
	else
		snprintf(text, sizeof(text), "%s",
			 json_is_string(value) ? json_string_value(value) : "?");
	print_property(what, "%s %s", label, text);
}

void print_members(const char *what, const json_t *object)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)object, name, value)
		print_member(what, name, value);
}

static void print_terms(const json_t *s)
{
	if (*text_of(s, "source"))
		print_property("let in by", "%s", text_of(s, "source"));
	print_members("granted", json_object_get(s, "grant"));
	print_members("in effect", json_object_get(s, "policy"));
}

static void print_session(const struct options *options, const json_t *s)
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
	if (*text_of(s, "vrf"))
		print_property("VRF", "%s", text_of(s, "vrf"));
	if (*text_of(s, "proxy_arp"))
		print_property("proxy ARP", "on %s", text_of(s, "proxy_arp"));
	print_session_counters(options, s);
	print_terms(s);
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
		print_session(options, session);
}

int cmd_session_show(const struct options *options, int argc, char **argv)
{
	return argc ? each_session(options, (struct call){ .method = "org.culvert.Session.Show", .member = "session" }, argc, argv, show) :
		      misused("session show needs the number of a session");
}
