// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "control.h"
#include "json.h"
#include "radius.h"
#include "table.h"

/* Packets that were dropped, and how that is said. */
static const struct {
	const char *counter;
	const char *words;
} drops[] = {
	{ "late", "late, after the request was given up or asked elsewhere" },
	{ "doubled", "doubled" },
	{ "stray", "to nothing that was asked" },
	{ "malformed", "malformed" },
	{ "bad_authenticator", "with a wrong authenticator: forged, or another secret" },
	{ "bad_signature", "with a wrong Message-Authenticator: forged, or another secret" },
	{ "unsigned", "without Message-Authenticator" },
	{ "bad_code", "of a kind that does not answer" },
};

static void print_times(const char *name, const json_t *times)
{
	char median[UNIT_SIZE], p99[UNIT_SIZE];

	if (number_of(times, "answers"))
		print_property(name, "%ju answers, half of them within %s, 99 of 100 within %s",
			       (uintmax_t)number_of(times, "answers"),
			       show_radius_time(times, "median_ms", median),
			       show_radius_time(times, "p99_ms", p99));
	else
		print_property(name, "no answers");
}

static void print_drops(const json_t *counters)
{
	const char *name = "dropped";

	for (size_t i = 0; i < sizeof(drops) / sizeof(drops[0]); i++) {
		uint64_t n = number_of(counters, drops[i].counter);

		if (!n)
			continue;
		print_property(name, "%ju %s", (uintmax_t)n, drops[i].words);
		name = "";
	}
}

static void print_counters(const json_t *c)
{
	print_property("sent", "%ju, of which %ju repeated", (uintmax_t)number_of(c, "sent"),
		       (uintmax_t)number_of(c, "retransmitted"));
	print_property("answered", "%ju", (uintmax_t)number_of(c, "answered"));
	print_property("lost", "%ju; %ju requests went to another server",
		       (uintmax_t)number_of(c, "lost"), (uintmax_t)number_of(c, "moved"));
	if (number_of(c, "refused"))
		print_property("refused", "%ju, since too many were queued",
			       (uintmax_t)number_of(c, "refused"));
	print_drops(c);
}

static void print_server(const json_t *s)
{
	char since[UNIT_SIZE];

	printf("radius %s, %s\n", text_of(s, "name"), text_of(s, "use"));
	print_property("address", "%s port %ju", text_of(s, "address"),
		       (uintmax_t)number_of(s, "port"));
	print_property("state", "%s for %s", text_of(s, "state"),
		       show_duration(number_of(s, "state_s"), since));
	if (*text_of(s, "fault"))
		print_property("", "cannot be asked: %s", text_of(s, "fault"));
	if (!strcmp(text_of(s, "use"), "logins"))
		print_property("signs replies", "%s", json_is_true(json_object_get(s, "signs")) ?
			       "yes" : "not seen yet");
	print_property("under way", "%ju of %ju", (uintmax_t)number_of(s, "under_way"),
		       (uintmax_t)number_of(s, "window"));
	print_property("queued", "%ju of %ju", (uintmax_t)number_of(s, "queued"),
		       (uintmax_t)number_of(s, "max_queued"));
	print_times("last minute", json_object_get(s, "last_minute"));
	print_times("last 5 minutes", json_object_get(s, "last_5_minutes"));
	print_counters(json_object_get(s, "counters"));
}

static void print_brief(const json_t *servers)
{
	static const struct column columns[5];
	struct table *table = table_new(columns, sizeof(columns) / sizeof(columns[0]));
	const json_t *server;
	size_t i;

	json_array_foreach(servers, i, server) {
		const json_t *times = json_object_get(server, "last_minute");
		char text[UNIT_SIZE];

		table_add(table, text_of(server, "name"));
		table_add(table, text_of(server, "use"));
		table_add(table, text_of(server, "state"));
		table_add(table, show_radius_time(times, "median_ms", text));
		table_add(table, show_radius_time(times, "p99_ms", text));
	}
	table_print(table, false, false);
}

static void show(const struct options *options, const json_t *servers)
{
	const json_t *server;
	size_t i;

	if (options->brief) {
		print_brief(servers);
		return;
	}
	json_array_foreach(servers, i, server)
		print_server(server);
}

int cmd_radius_show(const struct options *options, int argc, char **argv)
{
	return argc ? each_named(options, (struct call){ .method = "org.culvert.Radius.Show", .member = "servers" }, argc, argv, show) :
		      misused("radius show needs the name of a RADIUS server");
}
