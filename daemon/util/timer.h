/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Timers of the loop that run at deadlines (deadline.h) in the time of uv_now(). Only for layers
 * that use the loop. Everything is in this header, so that util/ does not need libuv.
 */
#ifndef CULVERT_UTIL_TIMER_H
#define CULVERT_UTIL_TIMER_H

#include <uv.h>

#include "util/deadline.h"

/*
 * Let @timer call @cb once at @at, instead of any earlier setting, but not before 1 ms has passed.
 * If @at is NEVER, @cb is not called.
 *
 * libuv 1.44 runs a timer of 0 ms that a timer's callback sets within the same turn, and
 * again, as often as it is set: the loop would serve nothing else.
 */
static inline void timer_arm(uv_timer_t *timer, uv_timer_cb cb, uint64_t at)
{
	uint64_t now = uv_now(timer->loop);

	if (at == NEVER)
		uv_timer_stop(timer);
	else
		uv_timer_start(timer, cb, at > now ? at - now : 1, 0);
}

#endif
