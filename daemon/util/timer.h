/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Timers of the loop that go by deadlines (deadline.h) in the time of uv_now(). Only for layers
 * that have a loop; all of it is in this header, so that util/ needs none.
 */
#ifndef CULVERT_UTIL_TIMER_H
#define CULVERT_UTIL_TIMER_H

#include <uv.h>

#include "util/deadline.h"

/* Let @timer call @cb at @at and no other time; soon if that is over; with NEVER, not at all. */
static inline void timer_arm(uv_timer_t *timer, uv_timer_cb cb, uint64_t at)
{
	uint64_t now = uv_now(timer->loop);

	if (at == NEVER)
		uv_timer_stop(timer);
	else
		uv_timer_start(timer, cb, at > now ? at - now : 0, 0);
}

#endif
