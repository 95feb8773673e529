// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "json.h"
#include "kernel.h"
#include "kernel_session.h"
#include "table.h"

static void print_event(const json_t *event)
{
	const char *down = text_of(event, "down");
	const json_t *stats = json_object_get(event, "stats");
	char now[16], rx[UNIT_SIZE], tx[UNIT_SIZE];
	time_t t = time(NULL);

	strftime(now, sizeof(now), "%H:%M:%S", localtime(&t));
	printf("%s %-11s %s call %ju", now, text_of(event, "event"),
	       text_of(event, "local_address"), (uintmax_t)number_of(event, "call_id"));
	if (*text_of(event, "peer_address"))
		printf(" peer %s call %ju", text_of(event, "peer_address"),
		       (uintmax_t)number_of(event, "peer_call_id"));
	if (*down)
		printf(": %s", down);
	if (stats)
		printf(", received %s, sent %s", show_octets(number_of(stats, "rx_bytes"), rx),
		       show_octets(number_of(stats, "tx_bytes"), tx));
	putchar('\n');
}

static void event_came(const void *ctx, const json_t *event)
{
	const struct options *options = ctx;

	if (options->json)
		print_json(options, event);
	else
		print_event(event);
	/* Each event is written at once, to a pipe as well. */
	fflush(stdout);
}

int cmd_kernel_session_monitor(const struct options *options, int argc, char **argv)
{
	if (argc)
		return misused("kernel session monitor takes no arguments; there is \"%s\"",
			       argv[0]);
	return kernel_monitor(event_came, options);
}
