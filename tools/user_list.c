// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "control.h"
#include "json.h"
#include "session_filter.h"
#include "table.h"
#include "util/text.h"

/* What lists of users can be sorted by: as it is typed, and as the daemon calls it. */
static const struct {
	const char *name, *order;
} orders[] = {
	{ "user", "user" },
	{ "sessions", "sessions" },
	{ "uptime", "uptime_s" },
	{ "idle", "idle_s" },
	{ "rx", "rx_bytes" },
	{ "tx", "tx_bytes" },
	{ "rx-rate", "rx_bit_s" },
	{ "tx-rate", "tx_bit_s" },
	{ "rate", "bit_s" },
};

#define N_ORDERS (sizeof(orders) / sizeof(orders[0]))

/* ---- what is shown ---- */

/* Write "203.0.113.1" or "203.0.113.1 and 2 more". */
static const char *show_peers(const json_t *user, char text[80])
{
	const json_t *peers = json_object_get(user, "peers");
	const char *first = json_string_value(json_array_get(peers, 0));
	const size_t n = json_array_size(peers);

	snprintf(text, 80, "%s", first ? first : "");
	if (n > 1)
		snprintf(text + strlen(text), 80 - strlen(text), " and %zu more", n - 1);
	return text;
}

/* Write "up 512k, down 10M, 2 sessions" of what limits there are. */
static const char *show_limits(const json_t *user, char text[80])
{
	const json_t *policy = json_object_get(user, "policy");
	const char *single = text_of(policy, "single_session");
	const uint64_t most = *single ? 1 : number_of(policy, "max_sessions");
	char rate[UNIT_SIZE];
	size_t len = 0;

	*text = '\0';
	if (number_of(policy, "rate_up"))
		len += (size_t)snprintf(text, 80, "up %s", show_rate(number_of(policy, "rate_up"), rate));
	if (number_of(policy, "rate_down"))
		len += (size_t)snprintf(text + len, 80 - len, "%sdown %s", len ? ", " : "",
					show_rate(number_of(policy, "rate_down"), rate));
	if (most)
		snprintf(text + len, 80 - len, "%s%ju session%s", len ? ", " : "", (uintmax_t)most,
			 most == 1 ? "" : "s");
	return text;
}

static void print_list(const struct options *options, const json_t *users)
{
	static const struct column columns[] = {
		{ "USER", false }, { "SESSIONS", true }, { "PEERS", false }, { "SOURCE", false },
		{ "LIMITS", false }, { "UPTIME", true }, { "IDLE", true }, { "RX", true },
		{ "TX", true }, { "RX-RATE", true }, { "TX-RATE", true },
	};
	struct table *table = table_new(columns, sizeof(columns) / sizeof(columns[0]));
	const json_t *user;
	size_t i;

	json_array_foreach(users, i, user) {
		char text[80], rate[UNIT_SIZE];

		table_add(table, text_of(user, "user"));
		table_add_number(table, number_of(user, "sessions"));
		table_add(table, show_peers(user, text));
		table_add(table, text_of(user, "source"));
		table_add(table, show_limits(user, text));
		table_add_duration(table, number_of(user, "uptime_s"));
		table_add_duration(table, number_of(user, "idle_s"));
		table_add_octets(table, number_of(user, "rx_bytes"));
		table_add_octets(table, number_of(user, "tx_bytes"));
		table_add(table, show_rate(number_of(user, "rx_bit_s"), rate));
		table_add(table, show_rate(number_of(user, "tx_bit_s"), rate));
	}
	table_print(table, true, options->colour);
}

static void print_statistics(const struct options *options, const json_t *users)
{
	static const struct column columns[] = {
		{ "USER", false }, { "SESSIONS", true }, { "IDLE", true }, { "RX BYTES", true },
		{ "RX DROPPED", true }, { "TX BYTES", true }, { "TX DROPPED", true },
	};
	struct table *table = table_new(columns, sizeof(columns) / sizeof(columns[0]));
	const json_t *user;
	size_t i;

	json_array_foreach(users, i, user) {
		table_add(table, text_of(user, "user"));
		table_add_number(table, number_of(user, "sessions"));
		table_add_duration(table, number_of(user, "idle_s"));
		table_add_number(table, number_of(user, "rx_bytes"));
		table_add_number(table, number_of(user, "rx_dropped"));
		table_add_number(table, number_of(user, "tx_bytes"));
		table_add_number(table, number_of(user, "tx_dropped"));
	}
	table_print(table, true, options->colour);
}

static void print_brief(const json_t *users)
{
	static const struct column columns[2];
	struct table *table = table_new(columns, 2);
	const json_t *user;
	size_t i;

	json_array_foreach(users, i, user) {
		table_add(table, text_of(user, "user"));
		table_add_number(table, number_of(user, "sessions"));
	}
	table_print(table, false, false);
}

static void show(const struct options *options, const json_t *users)
{
	if (options->brief)
		print_brief(users);
	else if (!json_array_size(users))
		puts("nobody is in");
	else if (options->statistics)
		print_statistics(options, users);
	else
		print_list(options, users);
}

/* ---- what is typed ---- */

/* Take the name of an order, which may have a hyphen before it. Returns false after complaining. */
static bool take_order(json_t *parameters, const char *name)
{
	const bool descending = *name == '-';
	char order[32];

	for (size_t i = 0; i < N_ORDERS; i++) {
		if (strcmp(orders[i].name, name + descending))
			continue;
		snprintf(order, sizeof(order), "%s%s", descending ? "-" : "", orders[i].order);
		json_object_set_new(parameters, "sort", json_string(order));
		return true;
	}
	misused("users cannot be sorted by \"%s\": expected user, sessions, uptime, idle, rx, tx, rx-rate, "
		"tx-rate or rate, with - before it for the largest first", name + descending);
	return false;
}

int cmd_user_list(const struct options *options, int argc, char **argv)
{
	json_t *parameters = json_object();

	if (!read_list_words(parameters, "user list", take_order, argc, argv)) {
		json_decref(parameters);
		return STATUS_USAGE;
	}
	/* Nothing of the counters is shown. */
	if (options->brief && !options->json)
		json_object_set_new(parameters, "unread", json_true());
	return list_and_show(options, (struct call){
		.method = "org.culvert.User.List",
		.member = "users",
		.parameters = parameters,
	}, show);
}
