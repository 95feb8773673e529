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
 * Let @timer call @cb once at @at, instead of any earlier setting. If @at has passed, @cb is called
 * as soon as possible; if @at is NEVER, @cb is not called.
 */
static inline void timer_arm(uv_timer_t *timer, uv_timer_cb cb, uint64_t at)
{
	uint64_t now = uv_now(timer->loop);

	if (at == NEVER)
		uv_timer_stop(timer);
	else
		uv_timer_start(timer, cb, at > now ? at - now : 0, 0);
}

/*
 * As timer_arm(), for the next slice of a work, from within the callback of this one. The loop is
 * served between them: a timer of 0 ms may run again before it is.
 */
static inline void timer_arm_next(uv_timer_t *timer, uv_timer_cb cb, uint64_t at)
{
	uint64_t soon = uv_now(timer->loop) + 1;

	timer_arm(timer, cb, at > soon ? at : soon);
}

#endif
