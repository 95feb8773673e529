// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "control.h"
#include "json.h"
#include "session.h"
#include "table.h"
#include "util/text.h"

/* Print a blank and @text, made fit for a terminal; "-" in place of "". */
static void print_word(const char *text)
{
	char shown[1024];

	text_show(shown, sizeof(shown), *text ? text : "-", *text ? strlen(text) : 1);
	printf(" %s", shown);
}

/* Returns false if @event is not of ours, but the daemon's. */
static bool print_gap(const json_t *event)
{
	char text[UNIT_SIZE];

	if (json_object_get(event, "lost"))
		printf(" %ju events were not seen here, since they were not read in time\n",
		       (uintmax_t)number_of(event, "lost"));
	else if (json_object_get(event, "gap_ms"))
		printf(" what happened in %s is not known: culvertd was not there\n",
		       show_duration((number_of(event, "gap_ms") + 999) / 1000, text));
	else
		return false;
	return true;
}

static void print_event(const json_t *event)
{
	const json_t *session = json_object_get(event, "session");
	const char *type = text_of(event, "type");
	time_t t = (time_t)(number_of(event, "time_ms") / 1000);
	const char *user = text_of(event, "user");
	char now[32], text[UNIT_SIZE];

	strftime(now, sizeof(now), "%Y-%m-%d %H:%M:%S", localtime(&t));
	printf("%s %-21s", now, type);
	if (print_gap(event))
		return;
	print_word(*user ? user : text_of(session, "user"));
	print_word(text_of(session, "peer"));
	if (!strcmp(type, "session.up") || !strcmp(type, "session.resumed")) {
		print_word(text_of(session, "remote_address"));
		print_word(text_of(session, "interface"));
		printf(" MPPE %s", show_mppe(session, text));
	}
	if (!strcmp(type, "session.down")) {
		print_word(text_of(session, "interface"));
		printf(", up %s", show_duration(number_of(session, "uptime_s"), text));
		printf(", received %s", show_octets(number_of(session, "rx_bytes"), text));
		printf(", sent %s", show_octets(number_of(session, "tx_bytes"), text));
	}
	if (*text_of(event, "reason")) {
		putchar(':');
		print_word(text_of(event, "reason"));
	}
	putchar('\n');
}

static void event_came(const struct options *options, const json_t *event)
{
	if (options->json)
		print_json(options, event);
	else
		print_event(event);
	/* Each event is written at once, to a pipe as well. */
	fflush(stdout);
}

int cmd_monitor(const struct options *options, int argc, char **argv)
{
	if (argc)
		return misused("monitor takes no arguments; there is \"%s\"", argv[0]);
	return monitor(options, event_came);
}
