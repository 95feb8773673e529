// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "control.h"
#include "json.h"
#include "pool.h"
#include "table.h"

/* A server that is open, with @absent addresses that no interface has. */
static void add_absent(struct table *table, const json_t *server, size_t absent)
{
	const json_t *first = json_array_get(json_object_get(server, "absent"), 0);
	char text[128];

	if (absent == json_array_size(json_object_get(server, "listen")))
		snprintf(text, sizeof(text), "waits for an address");
	else if (absent == 1)
		snprintf(text, sizeof(text), "open, but not %s", json_string_value(first));
	else
		snprintf(text, sizeof(text), "open, but not %s and %zu more",
			 json_string_value(first), absent - 1);
	table_add_coloured(table, text, COLOUR_WARNING);
}

static void add_state(struct table *table, const json_t *server)
{
	uintmax_t left_s = number_of(server, "drain_left_s");
	char left[UNIT_SIZE], text[UNIT_SIZE + 32];
	size_t absent = json_array_size(json_object_get(server, "absent"));

	if (!json_is_true(json_object_get(server, "draining"))) {
		if (absent)
			add_absent(table, server, absent);
		else
			table_add(table, "open");
		return;
	}
	snprintf(text, sizeof(text), "%s", number_of(server, "sessions") ? "draining" : "drained");
	if (left_s && number_of(server, "sessions"))
		snprintf(text, sizeof(text), "draining, ends in %s", show_duration(left_s, left));
	table_add_coloured(table, text, COLOUR_WARNING);
}

static void add_place(char *listen, size_t size, const char *how, const char *place)
{
	size_t len = strlen(listen);

	if (*place)
		snprintf(listen + len, size - len, "%s%s", how, place);
}

static void list_servers(const struct options *options, const json_t *servers)
{
	static const struct column columns[] = {
		{ "SERVER", false }, { "LISTEN", false }, { "CONNECTIONS", true },
		{ "SESSIONS", true }, { "STATE", false },
	};
	struct table *table = table_new(columns, sizeof(columns) / sizeof(columns[0]));
	const json_t *server, *address;
	size_t i, j;

	json_array_foreach(servers, i, server) {
		char listen[512] = "";

		json_array_foreach(json_object_get(server, "listen"), j, address) {
			size_t len = strlen(listen);

			snprintf(listen + len, sizeof(listen) - len, "%s%s", j ? " " : "",
				 json_string_value(address));
		}
		add_place(listen, sizeof(listen), " by ", text_of(server, "device"));
		add_place(listen, sizeof(listen), " in ", text_of(server, "netns"));
		table_add(table, text_of(server, "name"));
		table_add(table, listen);
		table_add_number(table, number_of(server, "connections"));
		table_add_number(table, number_of(server, "sessions"));
		add_state(table, server);
	}
	table_print(table, true, options->colour);
}

static void print_proxy_arp(const json_t *servers)
{
	const json_t *server;
	uintmax_t n = 0;
	size_t i;

	json_array_foreach(servers, i, server)
		n += number_of(server, "proxied");
	if (n)
		print_property("proxy ARP", "for %ju session%s", n, n == 1 ? "" : "s");
}

static void print_nft(const json_t *status)
{
	uintmax_t there = number_of(status, "nft_elements"), no = number_of(status, "nft_missing");

	if (there || no)
		print_property("nft sets", "%ju elements, %ju refused", there, no);
}

static void print_coa(const json_t *coa)
{
	if (!json_is_object(coa))
		return;
	print_property("CoA requests", "%ju acknowledged, %ju refused, %ju dropped",
		       (uintmax_t)number_of(coa, "acked"), (uintmax_t)number_of(coa, "refused"),
		       (uintmax_t)number_of(coa, "dropped"));
	print_property("by them", "%ju sessions ended, %ju changed",
		       (uintmax_t)number_of(coa, "ended"), (uintmax_t)number_of(coa, "changed"));
}

/* Who has none never had one. */
static void print_hooks(const json_t *hooks)
{
	if (!number_of(hooks, "run") && !number_of(hooks, "running") && !number_of(hooks, "dropped"))
		return;
	print_property("hooks", "%ju run: %ju failed, %ju took too long; %ju dropped",
		       (uintmax_t)number_of(hooks, "run"), (uintmax_t)number_of(hooks, "failed"),
		       (uintmax_t)number_of(hooks, "timed_out"),
		       (uintmax_t)number_of(hooks, "dropped"));
	print_property("hooks now", "%ju running, %ju waiting",
		       (uintmax_t)number_of(hooks, "running"),
		       (uintmax_t)number_of(hooks, "waiting"));
}

static void print_status(const struct options *options, const json_t *status)
{
	const json_t *pools = json_object_get(status, "pools");
	char up[UNIT_SIZE];

	puts("culvertd");
	print_property("version", "%s, process %ju, up %s", text_of(status, "version"),
		       (uintmax_t)number_of(status, "pid"),
		       show_duration(number_of(status, "uptime_s"), up));
	print_property("configuration", "%s", text_of(status, "config"));
	print_property("data plane", "%s", text_of(status, "backend"));
	print_property("connections", "%ju", (uintmax_t)number_of(status, "connections"));
	print_property("sessions", "%ju", (uintmax_t)number_of(status, "sessions"));
	print_property("held at most", "%.1f ms (%s); at work for %.1f ms (%s)",
		       json_real_value(json_object_get(status, "longest_callback_ms")),
		       text_of(status, "longest_callback"),
		       json_real_value(json_object_get(status, "busiest_callback_ms")),
		       text_of(status, "busiest_callback"));
	print_proxy_arp(json_object_get(status, "servers"));
	print_nft(status);
	print_coa(json_object_get(status, "coa"));
	print_hooks(json_object_get(status, "hooks"));
	putchar('\n');
	list_servers(options, json_object_get(status, "servers"));
	if (json_array_size(pools)) {
		putchar('\n');
		print_pools(options, pools, true);
	}
}

static void show(const struct options *options, const json_t *status)
{
	if (options->brief)
		printf("up %ju sessions\n", (uintmax_t)number_of(status, "sessions"));
	else
		print_status(options, status);
}

int cmd_status(const struct options *options, int argc, char **argv)
{
	if (argc)
		return misused("status takes no arguments; there is \"%s\"", argv[0]);
	return ask_and_show(options, (struct call){ .method = "org.culvert.Daemon.Status" }, show);
}
