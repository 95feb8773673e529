// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
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

/* The traffic of a session, from the difference of its counters between two readings. */
struct rate {
	const json_t *session;
	double rx;		/* bit/s */
	double tx;
};

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static const char *show_rate(double rate, char text[UNIT_SIZE])
{
	static const char * const units[] = { "", "k", "M", "G", "T" };
	size_t unit = 0;

	for (; rate >= 999.5 && unit < 4; rate /= 1000)
		unit++;
	snprintf(text, UNIT_SIZE, unit && rate < 9.95 ? "%.1f%s" : "%.0f%s", rate, units[unit]);
	return text;
}

static double rate_of(const json_t *then, const json_t *now, const char *member, double seconds)
{
	uint64_t before = number_of(then, member), after = number_of(now, member);

	return then && after > before && seconds > 0 ?
	       (double)(after - before) * 8 / seconds : 0;
}

static int by_id(const void *a, const void *b)
{
	const json_t *x = *(const json_t * const *)a, *y = *(const json_t * const *)b;
	uint64_t m = number_of(x, "id"), n = number_of(y, "id");

	return (m > n) - (m < n);
}

static int busiest_first(const void *a, const void *b)
{
	const struct rate *x = a, *y = b;
	double m = x->rx + x->tx, n = y->rx + y->tx;

	if (m != n)
		return m < n ? 1 : -1;
	return by_id(&x->session, &y->session);
}

/*
 * Returns the elements of @sessions, sorted by ID, in an array that the caller frees; the elements
 * are borrowed. NULL if there is no memory.
 */
static const json_t **sort(const json_t *sessions)
{
	size_t n = json_array_size(sessions);
	const json_t **sorted = calloc(n, sizeof(*sorted));

	for (size_t i = 0; sorted && i < n; i++)
		sorted[i] = json_array_get(sessions, i);
	if (sorted)
		qsort(sorted, n, sizeof(*sorted), by_id);
	return sorted;
}

static struct rate *compare(const json_t *before, const json_t *after, double seconds)
{
	size_t n = json_array_size(after), n_before = json_array_size(before);
	struct rate *rates = calloc(n + 1, sizeof(*rates));
	const json_t **sorted = sort(before);

	for (size_t i = 0; rates && i < n; i++) {
		const json_t *now = json_array_get(after, i);
		const json_t **found = sorted ? bsearch(&now, sorted, n_before, sizeof(*sorted),
							by_id) : NULL;
		const json_t *then = found ? *found : NULL;

		rates[i].session = now;
		rates[i].rx = rate_of(then, now, "rx_bytes", seconds);
		rates[i].tx = rate_of(then, now, "tx_bytes", seconds);
	}
	free(sorted);
	if (rates)
		qsort(rates, n, sizeof(*rates), busiest_first);
	return rates;
}

static size_t lines_on_screen(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) ||
	    size.ws_row <= HEAD_LINES)
		return SIZE_MAX;
	return size.ws_row - HEAD_LINES;
}

static void print_rates(const struct options *options, const struct rate *rates, size_t n)
{
	static const struct column columns[] = {
		{ "ID", true }, { "USER", false }, { "REMOTE", false }, { "INTERFACE", false },
		{ "RX BIT/S", true }, { "TX BIT/S", true }, { "IDLE", true },
	};
	struct table *table = table_new(columns, sizeof(columns) / sizeof(columns[0]));
	size_t shown = lines_on_screen();
	double rx = 0, tx = 0;
	char text[UNIT_SIZE], other[UNIT_SIZE];

	for (size_t i = 0; i < n; i++) {
		const json_t *s = rates[i].session;

		rx += rates[i].rx;
		tx += rates[i].tx;
		if (i >= shown)
			continue;
		table_add_number(table, number_of(s, "id"));
		table_add(table, text_of(s, "user"));
		table_add(table, text_of(s, "remote_address"));
		table_add(table, text_of(s, "interface"));
		table_add(table, show_rate(rates[i].rx, text));
		table_add(table, show_rate(rates[i].tx, text));
		table_add_duration(table, number_of(s, "idle_s"));
	}
	printf("sessions: %zu, receiving %sbit/s, sending %sbit/s\n", n, show_rate(rx, text),
	       show_rate(tx, other));
	table_print(table, true, options->colour);
}

static json_t *list(const struct options *options, int *status)
{
	return ask(options, json_pack("{s:s}", "cmd", "session.list"), status);
}

static int show_again_and_again(const struct options *options, uint64_t interval_s, uint64_t count)
{
	bool screen = isatty(STDOUT_FILENO);
	json_t *before, *after;
	int status;
	double then = now_s();

	before = list(options, &status);
	for (uint64_t i = 0; before && (!count || i < count); i++) {
		struct timespec pause = { .tv_sec = (time_t)interval_s };
		struct rate *rates;
		double now;

		nanosleep(&pause, NULL);
		after = list(options, &status);
		now = now_s();
		if (!after)
			break;
		rates = compare(before, after, now - then);
		if (screen)
			fputs("\033[H\033[J", stdout);
		else if (i)
			putchar('\n');
		if (rates)
			print_rates(options, rates, json_array_size(after));
		fflush(stdout);
		free(rates);
		json_decref(before);
		before = after;
		then = now;
	}
	json_decref(before);
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
