// SPDX-License-Identifier: GPL-2.0-only
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "control.h"
#include "json.h"
#include "session.h"
#include "table.h"
#include "util/text.h"

#define DEFAULT_INTERVAL_S	2
#define HEAD_LINES		3	/* two above the sessions, and the cursor's line below */

/* Returns how many sessions are shown. What is no screen gets as many as one reply can have. */
static int lines_on_screen(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) ||
	    size.ws_row <= HEAD_LINES)
		return INT_MAX;
	return size.ws_row - HEAD_LINES;
}

static void print_rates(const struct options *options, const json_t *reply)
{
	static const struct column columns[] = {
		{ "ID", true }, { "USER", false }, { "REMOTE", false }, { "INTERFACE", false },
		{ "RX BIT/S", true }, { "TX BIT/S", true }, { "IDLE", true },
	};
	struct table *table = table_new(columns, sizeof(columns) / sizeof(columns[0]));
	char text[UNIT_SIZE], other[UNIT_SIZE];
	const json_t *s;
	size_t i;

	json_array_foreach(json_object_get(reply, "sessions"), i, s) {
		table_add_number(table, number_of(s, "id"));
		table_add(table, text_of(s, "user"));
		table_add(table, text_of(s, "remote_address"));
		table_add(table, text_of(s, "interface"));
		table_add(table, show_rate(number_of(s, "rx_bit_s"), text));
		table_add(table, show_rate(number_of(s, "tx_bit_s"), text));
		table_add_duration(table, number_of(s, "idle_s"));
	}
	printf("sessions: %ju, receiving %sbit/s, sending %sbit/s\n",
	       (uintmax_t)number_of(reply, "matched"), show_rate(number_of(reply, "rx_bit_s"), text),
	       show_rate(number_of(reply, "tx_bit_s"), other));
	table_print(table, true, options->colour);
}

/* The daemon has the rates between this reading and the one before. */
static json_t *busiest(const struct options *options, int *status)
{
	return ask(options, (struct call){
		.method = "org.culvert.Session.List",
		.parameters = json_pack("{s:s, s:i, s:[s, s, s, s, s, s]}", "sort", "-bit_s", "limit",
					lines_on_screen(), "fields", "user", "remote_address",
					"interface", "rx_bit_s", "tx_bit_s", "idle_s"),
	}, status);
}

static int show_again_and_again(const struct options *options, uint64_t interval_s, uint64_t count)
{
	const struct timespec pause = { .tv_sec = (time_t)interval_s };
	bool screen = isatty(STDOUT_FILENO);
	int status;
	json_t *reply = busiest(options, &status);

	for (uint64_t i = 0; reply && (!count || i < count); i++) {
		json_decref(reply);
		nanosleep(&pause, NULL);
		reply = busiest(options, &status);
		if (!reply)
			break;
		if (screen)
			fputs("\033[H\033[J", stdout);
		else if (i)
			putchar('\n');
		print_rates(options, reply);
		fflush(stdout);
	}
	json_decref(reply);
	return status;
}

int cmd_top(const struct options *options, int argc, char **argv)
{
	uint64_t interval_s = DEFAULT_INTERVAL_S, count = 0;

	if (options->json)
		return misused("top is for eyes; \"pppctl -j session list\" has the counters");
	for (int i = 0; i < argc; i += 2) {
		bool is_interval = !strcmp(argv[i], "interval");

		if (!is_interval && strcmp(argv[i], "count"))
			return misused("top has \"%s\": expected interval or count", argv[i]);
		if (i + 1 == argc || !text_number(argv[i + 1], is_interval ? 0 : 1, 86400,
						  is_interval ? &interval_s : &count))
			return misused("%s has to be followed by a number up to 86400", argv[i]);
	}
	return show_again_and_again(options, interval_s, count);
}
