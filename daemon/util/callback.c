// SPDX-License-Identifier: GPL-2.0-only
#include <time.h>

#include "util/callback.h"

#define NOTHING_SEEN	{ .longest = "", .busiest = "" }

static struct callbacks seen = NOTHING_SEEN;
static uint64_t began_ns;		/* start of the callback that runs now or ran last */

static uint64_t read_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

static uint64_t now_ns(void)
{
	return read_ns(CLOCK_MONOTONIC);
}

struct callback callback_begin(const char *what)
{
	began_ns = now_ns();
	return (struct callback){
		.what = what, .began_ns = began_ns, .cpu_ns = read_ns(CLOCK_THREAD_CPUTIME_ID),
	};
}

bool callback_has_time(void)
{
	return now_ns() - began_ns < CALLBACK_SLICE_NS;
}

bool callback_has_time_for_steps(void)
{
	static unsigned int steps;

	return ++steps % 16 || callback_has_time();
}

static void note_work(const struct callback *callback)
{
	uint64_t worked = read_ns(CLOCK_THREAD_CPUTIME_ID) - callback->cpu_ns;

	if (worked <= seen.busiest_ns)
		return;
	seen.busiest_ns = worked;
	seen.busiest = callback->what;
}

void callback_end(struct callback *callback)
{
	uint64_t took = now_ns() - callback->began_ns;

	note_work(callback);
	seen.too_long += took > CALLBACK_LIMIT_NS;
	if (took <= seen.longest_ns)
		return;
	seen.longest_ns = took;
	seen.longest = callback->what;
}

const struct callbacks *callbacks_seen(void)
{
	return &seen;
}

void callbacks_forget(void)
{
	seen = (struct callbacks)NOTHING_SEEN;
}
