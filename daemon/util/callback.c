// SPDX-License-Identifier: GPL-2.0-only
#include <time.h>

#include "util/callback.h"

static struct callbacks seen = { .longest = "" };
static uint64_t began_ns;		/* start of the callback that runs now or ran last */

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ull + now.tv_nsec;
}

struct callback callback_begin(const char *what)
{
	began_ns = now_ns();
	return (struct callback){ .what = what, .began_ns = began_ns };
}

bool callback_has_time(void)
{
	return now_ns() - began_ns < CALLBACK_SLICE_NS;
}

void callback_end(struct callback *callback)
{
	uint64_t took = now_ns() - callback->began_ns;

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
	seen = (struct callbacks){ .longest = "" };
}
