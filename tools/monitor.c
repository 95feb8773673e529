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

static void print_event(const json_t *event)
{
	const json_t *session = json_object_get(event, "session");
	const char *type = text_of(event, "type");
	time_t t = (time_t)(number_of(event, "time_ms") / 1000);
	const char *user = text_of(event, "user");
	char now[16], text[UNIT_SIZE];

	strftime(now, sizeof(now), "%H:%M:%S", localtime(&t));
	printf("%s %-21s", now, type);
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

static void event_came(const struct options *options, const json_t *reply)
{
	const json_t *event = json_object_get(reply, "event");

	complain_of_lost(reply, "events");
	if (!event)
		return;
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
	return follow(options, (struct call){ .method = "org.culvert.Session.Monitor" },
		      event_came);
}
