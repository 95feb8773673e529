// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "control.h"
#include "json.h"
#include "kernel_session.h"
#include "session.h"
#include "session_filter.h"
#include "table.h"

#define DEFAULT_INTERVAL_S	2

struct wishes {
	json_t *filter;
	uint64_t id;		/* 0: those of @filter */
	bool some;		/* it was said which sessions */
	struct pace pace;
};

/* ---- what is typed ---- */

/* Take "all" or the number of a session, which can only come first. Returns as take_filter() does. */
static int take_first(struct wishes *w, const char *word)
{
	return !strcmp(word, "all") || is_session_id(word, &w->id);
}

/* Returns false after complaining. */
static bool read_words(struct wishes *w, int argc, char **argv)
{
	static const char * const others[] = { "all", "interval", "count", "the number of a session",
					       NULL };
	int n = argc ? take_first(w, argv[0]) : 0;
	const bool whole = n;

	w->some = n;
	for (int i = n; i < argc; i += n) {
		n = whole ? 0 : take_filter(w->filter, argc - i, argv + i);
		w->some |= n > 0;
		if (!n)
			n = take_pace(&w->pace, argc - i, argv + i);
		if (!n)
			no_filter("session stats", argv[i], others);
		if (n <= 0)
			return false;
	}
	if (!w->some)
		misused("session stats needs the number of a session, a filter, or all");
	else if (!w->pace.interval_s)
		misused("what is told by the second needs an interval of one at least");
	return w->some && w->pace.interval_s;
}

/* ---- what is shown ---- */

static json_t *stats(const struct options *options, const struct wishes *w, int *status)
{
	struct call call = { .method = "org.culvert.Session.Stats" };

	call.parameters = w->id ? json_pack("{s:I}", "id", (json_int_t)w->id) :
				  json_pack("{s:O}", "filter", w->filter);
	return ask(options, call, status);
}

static void print_head(const struct wishes *w, const json_t *reply)
{
	const uint64_t n = number_of(reply, "sessions");
	char rx[UNIT_SIZE], tx[UNIT_SIZE];

	if (w->id)
		printf("session %" PRIu64, w->id);
	else
		printf("%" PRIu64 " session%s", n, n == 1 ? "" : "s");
	printf(": receiving %sbit/s, sending %sbit/s\n", show_rate(number_of(reply, "rx_bit_s"), rx),
	       show_rate(number_of(reply, "tx_bit_s"), tx));
}

/* Print what was counted since @before, by the second. */
static void print_rises(const json_t *counters, const json_t *before, uint64_t interval_s)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)counters, name, value) {
		const uint64_t now = number_of(counters, name), then = number_of(before, name);
		char words[64];

		/* Sessions that have ended take along what they had counted. */
		if (now > then)
			print_property(counter_in_words(name, words), "%.1f/s",
				       (double)(now - then) / (double)interval_s);
	}
}

static void show(const struct options *options, const struct wishes *w, const json_t *reply,
		 const json_t *before)
{
	const json_t *counters = json_object_get(reply, "counters");

	if (options->json) {
		print_json(options, reply);
		return;
	}
	print_head(w, reply);
	if (before)
		print_rises(counters, json_object_get(before, "counters"), w->pace.interval_s);
	else
		print_counters(counters);
	fflush(stdout);
}

/* Show @reply, whose reference is taken, and then what comes after it, until all was shown. */
static int show_again_and_again(const struct options *options, const struct wishes *w,
				json_t *reply)
{
	const struct timespec pause = { .tv_sec = (time_t)w->pace.interval_s };
	int status = STATUS_OK;

	for (uint64_t i = 0; reply && (!w->pace.count || i < w->pace.count); i++) {
		json_t *before = reply;

		nanosleep(&pause, NULL);
		reply = stats(options, w, &status);
		if (reply && i && !options->json)
			putchar('\n');
		if (reply)
			show(options, w, reply, before);
		json_decref(before);
	}
	json_decref(reply);
	return status;
}

static int tell(const struct options *options, const struct wishes *w)
{
	int status;
	json_t *reply = stats(options, w, &status);

	if (!reply)
		return status;
	if (w->pace.given)
		return show_again_and_again(options, w, reply);
	show(options, w, reply, NULL);
	json_decref(reply);
	return STATUS_OK;
}

int cmd_session_stats(const struct options *options, int argc, char **argv)
{
	struct wishes w = { .filter = json_object(), .pace.interval_s = DEFAULT_INTERVAL_S };
	int status = read_words(&w, argc, argv) ? tell(options, &w) : STATUS_USAGE;

	json_decref(w.filter);
	return status;
}
