// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "client.h"
#include "control.h"
#include "json.h"
#include "session.h"
#include "table.h"

static void add_state(struct table *table, const json_t *client)
{
	const char *state = text_of(client, "state");
	enum colour colour = COLOUR_WARNING;

	if (!strcmp(state, "up"))
		colour = COLOUR_GOOD;
	else if (!strcmp(state, "down") || !strcmp(state, "listening"))
		colour = COLOUR_NONE;
	table_add_coloured(table, state, colour);
}

/* Write "login: server refused: account disabled (MS-CHAP 647); permanent, next try in 5m00s". */
static void show_failure(const json_t *client, char *text, size_t size)
{
	const char *kind = failed_for_good(client) ? "permanent" : "";
	char wait[UNIT_SIZE];
	const char *next = show_next_try(client, wait);

	snprintf(text, size, "%s: %s%s%s%s%s%s", text_of(client, "failed_step"),
		 text_of(client, "failure"), *kind || *next ? "; " : "", kind,
		 *kind && *next ? ", " : "", *next ? "next try " : "", next);
}

/* Of a client that is not up: the step that is under way, or else the last failure. */
static void add_remark(struct table *table, const json_t *client)
{
	const char *step = text_of(client, "step");
	char text[512] = "";

	if (*step)
		snprintf(text, sizeof(text), "%s", step);
	else if (*text_of(client, "failure"))
		show_failure(client, text, sizeof(text));
	table_add(table, text);
}

static void print_list(const struct options *options, const json_t *clients)
{
	static const struct column columns[] = {
		{ "CLIENT", false }, { "SERVER", false }, { "INTERFACE", false },
		{ "STATE", false }, { "LOCAL", false }, { "REMOTE", false }, { "MPPE", false },
		{ "UPTIME", true }, { "RX", true }, { "TX", true }, { "REMARK", false },
	};
	struct table *table = table_new(columns, sizeof(columns) / sizeof(columns[0]));
	const json_t *client;
	size_t i;

	json_array_foreach(clients, i, client) {
		char text[UNIT_SIZE];

		table_add(table, text_of(client, "name"));
		table_add(table, text_of(client, "server"));
		table_add(table, text_of(client, "interface"));
		add_state(table, client);
		table_add(table, text_of(client, "local_address"));
		table_add(table, text_of(client, "remote_address"));
		table_add(table, show_mppe(client, text));
		table_add_duration(table, number_of(client, "uptime_s"));
		table_add_octets(table, number_of(client, "rx_bytes"));
		table_add_octets(table, number_of(client, "tx_bytes"));
		add_remark(table, client);
	}
	table_goes_on(table);
	table_print(table, true, options->colour);
}

static void print_statistics(const struct options *options, const json_t *clients)
{
	static const struct column columns[] = {
		{ "CLIENT", false }, { "INTERFACE", false }, { "IDLE", true },
		{ "RX BYTES", true }, { "RX PACKETS", true }, { "RX DROPPED", true },
		{ "TX BYTES", true }, { "TX PACKETS", true }, { "TX DROPPED", true },
	};
	struct table *table = table_new(columns, sizeof(columns) / sizeof(columns[0]));
	const json_t *client;
	size_t i;

	json_array_foreach(clients, i, client) {
		table_add(table, text_of(client, "name"));
		table_add(table, text_of(client, "interface"));
		table_add_duration(table, number_of(client, "idle_s"));
		table_add_number(table, number_of(client, "rx_bytes"));
		table_add_number(table, number_of(client, "rx_packets"));
		table_add_number(table, number_of(client, "rx_dropped"));
		table_add_number(table, number_of(client, "tx_bytes"));
		table_add_number(table, number_of(client, "tx_packets"));
		table_add_number(table, number_of(client, "tx_dropped"));
	}
	table_print(table, true, options->colour);
}

static void print_brief(const struct options *options, const json_t *clients)
{
	static const struct column columns[5];
	struct table *table = table_new(columns, sizeof(columns) / sizeof(columns[0]));
	const json_t *client;
	size_t i;

	json_array_foreach(clients, i, client) {
		table_add(table, text_of(client, "name"));
		table_add(table, text_of(client, "interface"));
		add_state(table, client);
		table_add(table, text_of(client, "local_address"));
		add_remark(table, client);
	}
	table_print(table, false, options->colour);
}

static void show(const struct options *options, const json_t *clients)
{
	if (options->brief)
		print_brief(options, clients);
	else if (json_array_size(clients) && options->statistics)
		print_statistics(options, clients);
	else if (json_array_size(clients))
		print_list(options, clients);
	else
		puts("no clients");
}

int cmd_client_list(const struct options *options, int argc, char **argv)
{
	if (argc)
		return misused("client list takes no arguments; there is \"%s\"", argv[0]);
	return list_and_show(options, (struct call){ .method = "org.culvert.Client.List", .member = "clients" }, show);
}
