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
#include "session_columns.h"
#include "session_filter.h"
#include "table.h"
#include "top/screen.h"

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
	struct choice choice;
	struct table *table;
	char text[UNIT_SIZE], other[UNIT_SIZE];
	const json_t *session;
	size_t i;

	choose_columns(&choice, "id,user,remote,interface,rx-rate,tx-rate,idle", "");
	table = table_of_sessions(&choice);
	json_array_foreach(json_object_get(reply, "sessions"), i, session)
		add_session(table, &choice, session);
	printf("sessions: %ju, receiving %sbit/s, sending %sbit/s\n",
	       (uintmax_t)number_of(reply, "matched"), show_rate(number_of(reply, "rx_bit_s"), text),
	       show_rate(number_of(reply, "tx_bit_s"), other));
	table_print(table, true, options->colour);
}

json_t *top_parameters(const json_t *filter, const char *order, int limit)
{
	json_t *parameters = json_object();
	struct choice choice;
	char by[32];

	choose_columns(&choice, "user,remote,interface,rx-rate,tx-rate,rx,tx,idle", "");
	json_object_set_new(parameters, "sort", json_string(order_by(order, by)));
	json_object_set_new(parameters, "limit", json_integer(limit));
	json_object_set_new(parameters, "fields", fields_of(&choice));
	if (json_object_size(filter))
		json_object_set_new(parameters, "filter", json_deep_copy(filter));
	return parameters;
}

/* The daemon has the rates between this reading and the one before. */
static json_t *busiest(const struct options *options, const json_t *filter, int *status)
{
	return ask(options, (struct call){
		.method = "org.culvert.Session.List",
		.parameters = top_parameters(filter, "-rate", lines_on_screen()),
	}, status);
}

static int show_again_and_again(const struct options *options, const json_t *filter,
				const struct pace *pace)
{
	const struct timespec pause = { .tv_sec = (time_t)pace->interval_s };
	bool screen = isatty(STDOUT_FILENO);
	int status;
	json_t *reply = busiest(options, filter, &status);

	for (uint64_t i = 0; reply && (!pace->count || i < pace->count); i++) {
		json_decref(reply);
		nanosleep(&pause, NULL);
		reply = busiest(options, filter, &status);
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

/* Returns false after complaining. */
static bool read_words(json_t *filter, struct pace *pace, int argc, char **argv)
{
	static const char * const others[] = { "interval", "count", NULL };
	int n = 1;

	for (int i = 0; i < argc && n > 0; i += n) {
		n = take_filter(filter, argc - i, argv + i);
		if (!n)
			n = take_pace(pace, argc - i, argv + i);
		if (!n)
			no_filter("top", argv[i], others);
	}
	return n > 0;
}

int cmd_top(const struct options *options, int argc, char **argv)
{
	struct pace pace = { .interval_s = DEFAULT_INTERVAL_S };
	int status = STATUS_USAGE;
	json_t *filter;

	if (options->json)
		return misused("top is for eyes; \"pppctl -j session list\" has the counters");
	filter = json_object();
	if (read_words(filter, &pace, argc, argv)) {
		bool screen = !pace.given && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);

		if (!screen || !top_on_screen(options, filter, &status))
			status = show_again_and_again(options, filter, &pace);
	}
	json_decref(filter);
	return status;
}
