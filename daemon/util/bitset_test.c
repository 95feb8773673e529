// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "util/bitset.h"

static void members_are_found_across_any_gap(void **state)
{
	static const uint32_t members[] = { 0, 1, 63, 64, 4095, 4096, 262143, 262144, BITSET_MAX - 1 };
	const size_t n = sizeof(members) / sizeof(members[0]);
	struct bitset set;

	assert_true(bitset_init(&set, BITSET_MAX));
	assert_int_equal(bitset_next(&set, 0), BITSET_NONE);
	for (size_t i = 0; i < n; i++)
		bitset_add(&set, members[i]);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(bitset_next(&set, members[i]), members[i]);
		assert_int_equal(bitset_next(&set, members[i] + 1),
				 i + 1 < n ? members[i + 1] : BITSET_NONE);
	}
	for (size_t i = 0; i < n; i++) {
		bitset_remove(&set, members[i]);
		bitset_remove(&set, members[i]);
		assert_int_equal(bitset_next(&set, 0), i + 1 < n ? members[i + 1] : BITSET_NONE);
	}
	assert_int_equal(bitset_next(&set, BITSET_NONE), BITSET_NONE);
	bitset_free(&set);
	bitset_free(&set);
}

static void small_sets(void **state)
{
	struct bitset set;

	assert_true(bitset_init(&set, 0));
	assert_int_equal(bitset_next(&set, 0), BITSET_NONE);
	bitset_free(&set);
	for (uint32_t bound = 1; bound < 200; bound++) {
		assert_true(bitset_init(&set, bound));
		bitset_add(&set, bound - 1);
		assert_int_equal(bitset_next(&set, 0), bound - 1);
		assert_int_equal(bitset_next(&set, bound), BITSET_NONE);
		bitset_free(&set);
	}
}

/* After any sequence of calls the set has the same members as a plain array. */
static void random_use_agrees_with_a_list(void **state)
{
	enum { BOUND = 10000, STEPS = 200000 };
	static bool member[BOUND];
	struct bitset set;
	uint32_t seed = 1;

	memset(member, 0, sizeof(member));
	assert_true(bitset_init(&set, BOUND));
	for (unsigned int step = 0; step < STEPS; step++) {
		uint32_t i, want;

		seed = seed * 1664525 + 1013904223;
		i = (seed >> 8) % BOUND;
		/* In the first half of the steps the set fills up, in the second it empties. */
		member[i] = (seed >> 28) % 8 < (step < STEPS / 2 ? 6 : 1);
		if (member[i])
			bitset_add(&set, i);
		else
			bitset_remove(&set, i);
		for (want = i; want < BOUND && !member[want]; want++)
			;
		assert_int_equal(bitset_next(&set, i), want < BOUND ? want : BITSET_NONE);
	}
	bitset_free(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_are_found_across_any_gap),
		cmocka_unit_test(small_sets),
		cmocka_unit_test(random_use_agrees_with_a_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
