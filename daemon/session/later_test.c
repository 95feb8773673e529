// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <time.h>

#include "session/later.h"
#include "util/container.h"

#define SLOW	5

struct guest {
	struct later later;
	unsigned int turns;
	unsigned int place;		/* in the order of turns */
	struct guest *dismisses;
	bool stays;			/* joins the line once more in its turn */
	bool slow;			/* its turn takes longer than a slice */
};

static uv_loop_t loop;
static struct later_line line;
static unsigned int places;

static void take_time(void)
{
	const struct timespec pause = { .tv_nsec = 3000000 };

	nanosleep(&pause, NULL);
}

static void turn(struct later *later)
{
	struct guest *g = container_of(later, struct guest, later);

	g->turns++;
	g->place = ++places;
	if (g->dismisses)
		later_cancel(&line, &g->dismisses->later);
	if (g->stays && g->turns < 2)
		later_add(&line, &g->later);
	if (g->slow)
		take_time();
}

static int set_up(void **state)
{
	places = 0;
	if (uv_loop_init(&loop))
		return -1;
	later_line_open(&line, &loop);
	return 0;
}

static int tear_down(void **state)
{
	later_line_close(&line, NULL);
	uv_run(&loop, UV_RUN_DEFAULT);
	return uv_loop_close(&loop);
}

static void each_has_one_turn_in_order(void **state)
{
	struct guest a = { .later.turn = turn }, b = { .later.turn = turn };

	later_add(&line, &b.later);
	later_add(&line, &a.later);
	later_add(&line, &b.later);
	assert_int_equal(places, 0);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(b.turns, 1);
	assert_int_equal(b.place, 1);
	assert_int_equal(a.turns, 1);
	assert_int_equal(a.place, 2);
}

static void one_may_go_before_the_others(void **state)
{
	struct guest a = { .later.turn = turn }, b = { .later.turn = turn };

	later_add(&line, &a.later);
	later_add_first(&line, &b.later);
	/* One that waits already keeps its place. */
	later_add_first(&line, &a.later);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(b.turns, 1);
	assert_int_equal(b.place, 1);
	assert_int_equal(a.turns, 1);
	assert_int_equal(a.place, 2);
}

static void who_leaves_has_none(void **state)
{
	struct guest a = { .later.turn = turn }, b = { .later.turn = turn };
	struct guest c = { .later.turn = turn, .dismisses = &b };

	later_add(&line, &a.later);
	later_add(&line, &c.later);
	later_add(&line, &b.later);
	later_cancel(&line, &a.later);
	later_cancel(&line, &a.later);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(a.turns, 0);
	assert_int_equal(b.turns, 0);
	assert_int_equal(c.turns, 1);
	/* and the loop does not spin while the line is empty */
	assert_false(uv_is_active((uv_handle_t *)&line.idle));
}

static void one_may_come_again(void **state)
{
	struct guest a = { .later.turn = turn, .stays = true };

	later_add(&line, &a.later);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(a.turns, 2);
}

static void others_are_served_between_slices(void **state)
{
	struct guest guests[SLOW] = { 0 };

	for (unsigned int i = 0; i < SLOW; i++) {
		guests[i] = (struct guest){ .later.turn = turn, .slow = true };
		later_add(&line, &guests[i].later);
	}
	for (unsigned int i = 1; i <= SLOW; i++) {
		uv_run(&loop, UV_RUN_NOWAIT);
		assert_int_equal(places, i);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_has_one_turn_in_order, set_up, tear_down),
		cmocka_unit_test_setup_teardown(one_may_go_before_the_others, set_up, tear_down),
		cmocka_unit_test_setup_teardown(who_leaves_has_none, set_up, tear_down),
		cmocka_unit_test_setup_teardown(one_may_come_again, set_up, tear_down),
		cmocka_unit_test_setup_teardown(others_are_served_between_slices, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
