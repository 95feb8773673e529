// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "radius/rtt.h"

#define MINUTE	60000ull

static int set_up(void **state)
{
	*state = calloc(1, sizeof(struct radius_rtt));
	return *state ? 0 : -1;
}

static int tear_down(void **state)
{
	free(*state);
	return 0;
}

static void nothing_was_answered(void **state)
{
	assert_int_equal(radius_rtt_count(*state, MINUTE, 0), 0);
	assert_int_equal(radius_rtt_quantile(*state, 50, MINUTE, 0), 0);
	assert_int_equal(radius_rtt_quantile(*state, 99, 5 * MINUTE, 1ull << 60), 0);
}

/* One time alone is every quantile, and is told at most an eighth too large. */
static void times_are_told_nearly(void **state)
{
	for (uint64_t ms = 0; ms <= RADIUS_RTT_MAX_MS; ms++) {
		struct radius_rtt_slot *slot = &((struct radius_rtt *)*state)->slots[1];
		uint32_t told;

		*slot = (struct radius_rtt_slot){ 0 };
		radius_rtt_add(*state, ms, 0);
		told = radius_rtt_quantile(*state, 50, MINUTE, 0);
		assert_true(told >= ms && told <= ms + ms / 8);
	}
	radius_rtt_add(*state, UINT64_MAX, 0);
	assert_true(radius_rtt_quantile(*state, 100, MINUTE, 0) <= RADIUS_RTT_MAX_MS * 9 / 8);
}

static void quantiles(void **state)
{
	for (int i = 0; i < 98; i++)
		radius_rtt_add(*state, 5, 1000);
	radius_rtt_add(*state, 10, 1000);
	radius_rtt_add(*state, 15, 1000);
	assert_int_equal(radius_rtt_count(*state, MINUTE, 1000), 100);
	assert_int_equal(radius_rtt_quantile(*state, 50, MINUTE, 1000), 5);
	assert_int_equal(radius_rtt_quantile(*state, 98, MINUTE, 1000), 5);
	assert_int_equal(radius_rtt_quantile(*state, 99, MINUTE, 1000), 10);
	assert_int_equal(radius_rtt_quantile(*state, 100, MINUTE, 1000), 15);
}

static void old_times_are_forgotten(void **state)
{
	uint64_t now = 100 * MINUTE;

	radius_rtt_add(*state, 7, now);
	assert_int_equal(radius_rtt_quantile(*state, 50, MINUTE, now + MINUTE), 7);
	assert_int_equal(radius_rtt_quantile(*state, 50, MINUTE, now + 2 * MINUTE), 0);
	assert_int_equal(radius_rtt_quantile(*state, 50, 5 * MINUTE, now + 5 * MINUTE), 7);
	assert_int_equal(radius_rtt_quantile(*state, 50, 5 * MINUTE, now + 6 * MINUTE), 0);
	/* the slot is used again */
	radius_rtt_add(*state, 9, now + RADIUS_RTT_SLOTS * RADIUS_RTT_SLOT_MS);
	assert_int_equal(radius_rtt_count(*state, 5 * MINUTE, now + 6 * MINUTE), 1);
}

static void counts_do_not_run_over(void **state)
{
	for (int i = 0; i < 70000; i++)
		radius_rtt_add(*state, 3, 0);
	assert_int_equal(radius_rtt_count(*state, MINUTE, 0), UINT16_MAX);
	assert_int_equal(radius_rtt_quantile(*state, 99, MINUTE, 0), 3);
}

#define test(t)	cmocka_unit_test_setup_teardown(t, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		test(nothing_was_answered),
		test(times_are_told_nearly),
		test(quantiles),
		test(old_times_are_forgotten),
		test(counts_do_not_run_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
