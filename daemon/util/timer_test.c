// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <unistd.h>

#include "util/timer.h"

#define RUNS_MAX	1000

struct bench {
	uv_loop_t loop;
	uv_timer_t timer;
	unsigned int runs;
};

static int set_up(void **state)
{
	static struct bench b;

	b.runs = 0;
	uv_loop_init(&b.loop);
	uv_timer_init(&b.loop, &b.timer);
	b.timer.data = &b;
	*state = &b;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *b = *state;

	uv_close((uv_handle_t *)&b->timer, NULL);
	uv_run(&b->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&b->loop), 0);
	return 0;
}

static void run(uv_timer_t *timer)
{
	struct bench *b = timer->data;

	b->runs++;
}

static void run_again(uv_timer_t *timer)
{
	run(timer);
	if (((struct bench *)timer->data)->runs < RUNS_MAX)
		timer_arm(timer, run_again, uv_now(timer->loop));
}

/* Let a millisecond or two pass, and the loop take one turn. */
static void turn(struct bench *b)
{
	usleep(2000);
	uv_run(&b->loop, UV_RUN_NOWAIT);
}

static void deadlines_are_kept(void **state)
{
	struct bench *b = *state;
	const uint64_t now = uv_now(&b->loop);

	timer_arm(&b->timer, run, now + 5000);
	assert_int_equal(uv_timer_get_due_in(&b->timer), 5000);
	timer_arm(&b->timer, run, now + 1);
	assert_int_equal(uv_timer_get_due_in(&b->timer), 1);
	turn(b);
	assert_int_equal(b->runs, 1);
	assert_false(uv_is_active((uv_handle_t *)&b->timer));
}

static void never_is_never(void **state)
{
	struct bench *b = *state;

	timer_arm(&b->timer, run, 0);
	timer_arm(&b->timer, run, NEVER);
	turn(b);
	assert_int_equal(b->runs, 0);
}

static void what_is_past_waits_for_a_moment(void **state)
{
	struct bench *b = *state;
	const uint64_t now = uv_now(&b->loop);

	for (uint64_t ago = 0; ago < 3; ago++) {
		timer_arm(&b->timer, run, now - ago);
		assert_int_equal(uv_timer_get_due_in(&b->timer), 1);
	}
	timer_arm(&b->timer, run, 0);
	assert_int_equal(uv_timer_get_due_in(&b->timer), 1);
}

/* Work that is always due leaves the loop time for all else. */
static void one_turn_runs_it_once(void **state)
{
	struct bench *b = *state;

	timer_arm(&b->timer, run_again, 0);
	for (unsigned int i = 1; i <= 3; i++) {
		turn(b);
		assert_int_equal(b->runs, i);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(deadlines_are_kept),
		TEST(never_is_never),
		TEST(what_is_past_waits_for_a_moment),
		TEST(one_turn_runs_it_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
