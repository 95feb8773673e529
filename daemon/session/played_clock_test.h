/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A simulated ("played") monotonic clock for tests with an event loop. It stands still while there
 * is something to do, and otherwise jumps to the next timer. Included by one file of a test
 * program.
 *
 * clock_gettime() of the program replaces that of the C library, so libuv calls it. Sockets do not
 * follow this clock: the test waits in real time for what they have under way.
 */
#ifndef CULVERT_PLAYED_CLOCK_TEST_H
#define CULVERT_PLAYED_CLOCK_TEST_H

#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#define PATIENCE_MS	200000	/* in ms of the simulated clock */
#define TURNS		20000	/* iterations of the loop, if no timer ends the wait */

/*
 * Real time for the kernel to deliver what was sent over loopback, in ms; more before a long jump.
 */
#define GRACE_MS(jump)	((jump) < 1000 ? 2 : 20)

static uint64_t played_ms = 1000000;

int clock_gettime(clockid_t id, struct timespec *now)
{
	if (id != CLOCK_MONOTONIC && id != CLOCK_MONOTONIC_COARSE)
		return (int)syscall(SYS_clock_gettime, id, now);
	now->tv_sec = (time_t)(played_ms / 1000);
	now->tv_nsec = (long)(played_ms % 1000) * 1000000;
	return 0;
}

static inline bool something_waits(uv_loop_t *loop, int ms)
{
	struct pollfd fd = { .fd = uv_backend_fd(loop), .events = POLLIN };

	return poll(&fd, 1, ms) > 0;
}

/*
 * Run one iteration of the loop. If nothing is to be done before the next timer, jump to its time.
 */
static inline void turn(uv_loop_t *loop)
{
	int ms = uv_backend_timeout(loop);

	/* Without a timer (-1) the loop waits for the kernel to deliver something. */
	if (ms != 0 && !something_waits(loop, GRACE_MS(ms)) && ms > 0)
		played_ms += (uint64_t)ms;
	uv_update_time(loop);
	uv_run(loop, UV_RUN_NOWAIT);
}

/* Run the loop until @done returns true; fail if that takes too long. */
static inline void loop_until(uv_loop_t *loop, bool (*done)(void *ctx), void *ctx)
{
	uint64_t late = uv_now(loop) + PATIENCE_MS;

	for (unsigned int i = 0; !done(ctx); i++) {
		assert_true(uv_now(loop) < late);
		assert_true(i < TURNS);
		turn(loop);
	}
}

static inline void nothing_is_due(uv_timer_t *timer)
{
}

/* Run the loop for @ms of the simulated clock. */
static inline void loop_for(uv_loop_t *loop, uint64_t ms)
{
	uv_timer_t *timer = malloc(sizeof(*timer));
	uint64_t until;

	uv_update_time(loop);
	until = uv_now(loop) + ms;
	uv_timer_init(loop, timer);
	/* The timer only bounds how far the clock jumps. */
	uv_timer_start(timer, nothing_is_due, ms, 0);
	while (uv_now(loop) < until)
		turn(loop);
	uv_close((uv_handle_t *)timer, (uv_close_cb)free);
	uv_run(loop, UV_RUN_NOWAIT);
}

#endif
