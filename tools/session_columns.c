// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "pppctl.h"
#include "session.h"
#include "session_columns.h"
#include "util/text.h"

enum kind {
	TEXT,
	STATE,
	ENCRYPTION,
	NUMBER,		/* this and what follows is aligned to the right */
	OCTETS,
	DURATION,
	RATE,
};

struct session_column {
	const char *name;
	const char *heading;
	enum kind kind;
	const char *member;	/* of Session */
	const char *second;	/* another one, that is added to it; or NULL */
	const char *order;	/* by which the daemon sorts; NULL: it does not */
	const char *help;
};

static const struct session_column all[] = {
	{ "id", "ID", NUMBER, "id", NULL, "id", "its number" },
	{ "role", "ROLE", TEXT, "role", NULL, NULL, "server if we were called, or client" },
	{ "server", "SERVER", TEXT, "server", NULL, "server", "the server that was called" },
	{ "client", "CLIENT", TEXT, "client", NULL, "client", "the client that called" },
	{ "user", "USER", TEXT, "user", NULL, "user", "who has logged in" },
	{ "peer", "PEER", TEXT, "peer", NULL, "peer", "address at the other end" },
	{ "local", "LOCAL", TEXT, "local_address", NULL, NULL, "our address in the tunnel" },
	{ "remote", "REMOTE", TEXT, "remote_address", NULL, "remote_address",
	  "the peer's address in the tunnel" },
	{ "interface", "INTERFACE", TEXT, "interface", NULL, "interface", "what its traffic passes" },
	{ "vrf", "VRF", TEXT, "vrf", NULL, NULL, "VRF of the interface" },
	{ "state", "STATE", STATE, "state", NULL, "state", "up, or the phase of PPP" },
	{ "auth", "AUTH", TEXT, "auth", NULL, NULL, "how the caller has proved himself" },
	{ "source", "SOURCE", TEXT, "source", NULL, NULL, "who has let the user in" },
	{ "mppe", "MPPE", ENCRYPTION, "mppe", NULL, NULL, "encryption" },
	{ "mtu", "MTU", NUMBER, "mtu", NULL, NULL, "largest packet in the tunnel, octets" },
	{ "call-id", "CALL ID", NUMBER, "call_id", NULL, NULL, "our call ID" },
	{ "peer-call-id", "PEER CALL ID", NUMBER, "peer_call_id", NULL, NULL, "the peer's call ID" },
	{ "uptime", "UPTIME", DURATION, "uptime_s", NULL, "uptime_s", "how long it has been up" },
	{ "idle", "IDLE", DURATION, "idle_s", NULL, "idle_s", "how long there was no traffic" },
	{ "rx", "RX", OCTETS, "rx_bytes", NULL, "rx_bytes", "received, in units" },
	{ "tx", "TX", OCTETS, "tx_bytes", NULL, "tx_bytes", "sent, in units" },
	{ "rx-bytes", "RX BYTES", NUMBER, "rx_bytes", NULL, "rx_bytes", "octets received" },
	{ "rx-packets", "RX PACKETS", NUMBER, "rx_packets", NULL, NULL, "packets received" },
	{ "rx-dropped", "RX DROPPED", NUMBER, "rx_dropped", NULL, NULL, "of those, dropped" },
	{ "tx-bytes", "TX BYTES", NUMBER, "tx_bytes", NULL, "tx_bytes", "octets sent" },
	{ "tx-packets", "TX PACKETS", NUMBER, "tx_packets", NULL, NULL, "packets sent" },
	{ "tx-dropped", "TX DROPPED", NUMBER, "tx_dropped", NULL, NULL, "not sent, but dropped" },
	{ "rx-rate", "RX BIT/S", RATE, "rx_bit_s", NULL, "rx_bit_s", "bits a second, received" },
	{ "tx-rate", "TX BIT/S", RATE, "tx_bit_s", NULL, "tx_bit_s", "bits a second, sent" },
	{ "rate", "BIT/S", RATE, "rx_bit_s", "tx_bit_s", "bit_s", "bits a second, both together" },
};

#define N_ALL (sizeof(all) / sizeof(all[0]))

/* Returns NULL after complaining. */
static const struct session_column *find(const char *name, bool sorts)
{
	for (size_t i = 0; i < N_ALL; i++)
		if (!strcmp(all[i].name, name) && (all[i].order || !sorts))
			return &all[i];
	for (size_t i = 0; i < N_ALL; i++) {
		if (!text_resembles(name, all[i].name) || (sorts && !all[i].order) ||
		    !strcmp(all[i].name, name))
			continue;
		misused("there is no column \"%s\"; did you mean \"%s\"?", name, all[i].name);
		return NULL;
	}
	misused(sorts ? "sessions cannot be sorted by \"%s\"; \"-o help\" shows by what they can" :
			"there is no column \"%s\"; \"-o help\" shows all", name);
	return NULL;
}

static bool choose(struct choice *choice, const char *names)
{
	while (*names) {
		size_t len = strcspn(names, ",");
		const struct session_column *column;
		char name[64];

		snprintf(name, sizeof(name), "%.*s", (int)len, names);
		column = find(name, false);
		if (!column)
			return false;
		if (choice->n == MAX_COLUMNS) {
			misused("there may be %d columns at most", MAX_COLUMNS);
			return false;
		}
		choice->headings[choice->n] = (struct column){ column->heading, column->kind >= NUMBER };
		choice->columns[choice->n++] = column;
		names += len + (names[len] == ',');
	}
	return true;
}

bool choose_columns(struct choice *choice, const char *names, const char *usual)
{
	choice->n = 0;
	if (*names == '+')
		return choose(choice, usual) && choose(choice, names + 1);
	if (*names)
		return choose(choice, names);
	misused("-o has to be followed by columns; \"-o help\" shows all");
	return false;
}

json_t *fields_of(const struct choice *choice)
{
	json_t *fields = json_array();

	for (size_t i = 0; i < choice->n; i++) {
		/* Each session has that one. */
		if (strcmp(choice->columns[i]->member, "id"))
			json_array_append_new(fields, json_string(choice->columns[i]->member));
		if (choice->columns[i]->second)
			json_array_append_new(fields, json_string(choice->columns[i]->second));
	}
	return fields;
}

struct table *table_of_sessions(const struct choice *choice)
{
	return table_new(choice->headings, choice->n);
}

/* Returns what stands in a column for @session, in @shown or not. */
static const char *cell_of(const struct session_column *column, const json_t *session,
			   char shown[UNIT_SIZE])
{
	uint64_t number = number_of(session, column->member);

	if (column->second)
		number += number_of(session, column->second);
	switch (column->kind) {
	case TEXT:
	case STATE:
		break;
	case ENCRYPTION:
		return show_mppe(session, shown);
	case NUMBER:
		snprintf(shown, UNIT_SIZE, "%ju", (uintmax_t)number);
		return shown;
	case OCTETS:
		return show_octets(number, shown);
	case DURATION:
		return show_duration(number, shown);
	case RATE:
		return show_rate(number, shown);
	}
	return text_of(session, column->member);
}

void add_session(struct table *table, const struct choice *choice, const json_t *session)
{
	for (size_t i = 0; i < choice->n; i++) {
		char shown[UNIT_SIZE];
		const char *text = cell_of(choice->columns[i], session, shown);
		enum colour colour = strcmp(text, "up") ? COLOUR_WARNING : COLOUR_GOOD;

		table_add_coloured(table, text,
				   choice->columns[i]->kind == STATE ? colour : COLOUR_NONE);
	}
}

size_t n_session_columns(void)
{
	return N_ALL;
}

const char *session_column_name(size_t i)
{
	return all[i].name;
}

const char *session_heading(const char *name, bool *right)
{
	const struct session_column *column = find(name, false);

	*right = column->kind >= NUMBER;
	return column->heading;
}

const char *session_cell(const char *name, const json_t *session, char text[UNIT_SIZE], bool *right)
{
	const struct session_column *column = find(name, false);

	*right = column->kind >= NUMBER;
	return cell_of(column, session, text);
}

const char *order_by(const char *name, char order[32])
{
	bool falling = *name == '-';
	const struct session_column *column = find(name + falling, true);

	if (!column)
		return NULL;
	snprintf(order, 32, "%s%s", falling ? "-" : "", column->order);
	return order;
}

void print_columns(void)
{
	for (size_t i = 0; i < N_ALL; i++)
		printf("  %-14s %s%s\n", all[i].name, all[i].help, all[i].order ? " (sort)" : "");
}
