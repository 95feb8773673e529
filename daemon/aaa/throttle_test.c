// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "throttle.h"

#define BURST	10
#define EACH	(THROTTLE_REFILL_MS / BURST)
#define ENTRIES	64

static int set_up(void **state)
{
	*state = throttle_new(ENTRIES, 7);
	return *state ? 0 : -1;
}

static int tear_down(void **state)
{
	throttle_free(*state);
	return 0;
}

static struct throttle_key key(uint32_t from, uint32_t user)
{
	return (struct throttle_key){ .from = ip_from_number(from), .user = user };
}

static void fails(struct throttle *t, struct throttle_key k, unsigned int times, uint64_t now)
{
	while (times--)
		assert_true(throttle_take(t, k, BURST, now));
}

static void a_burst_then_as_it_refills(void **state)
{
	struct throttle *t = *state;

	fails(t, key(1, 2), BURST, 1000);
	assert_int_equal(throttle_wait(t, key(1, 2), BURST, 1000), EACH);
	assert_false(throttle_take(t, key(1, 2), BURST, 1000));
	assert_int_equal(throttle_wait(t, key(1, 2), BURST, 1000 + EACH - 1), 1);
	fails(t, key(1, 2), 1, 1000 + EACH);
	assert_false(throttle_take(t, key(1, 2), BURST, 1000 + EACH));
	fails(t, key(1, 2), BURST, 1000 + EACH + THROTTLE_REFILL_MS);
}

static void refused_tries_prolong_nothing(void **state)
{
	struct throttle *t = *state;

	fails(t, key(1, 2), BURST, 1000);
	for (unsigned int i = 0; i < EACH; i++)
		assert_false(throttle_take(t, key(1, 2), BURST, 1000 + i));
	assert_true(throttle_take(t, key(1, 2), BURST, 1000 + EACH));
}

static void failures_are_counted_until_they_are_forgiven(void **state)
{
	struct throttle *t = *state;

	assert_int_equal(throttle_failures(t, key(1, 2), BURST, 0), 0);
	fails(t, key(1, 2), 3, 1000);
	assert_int_equal(throttle_failures(t, key(1, 2), BURST, 1000), 3);
	assert_int_equal(throttle_failures(t, key(1, 2), BURST, 1000 + EACH - 1), 3);
	assert_int_equal(throttle_failures(t, key(1, 2), BURST, 1000 + EACH), 2);
	assert_int_equal(throttle_failures(t, key(1, 2), BURST, 1000 + 3 * EACH), 0);
	assert_int_equal(throttle_failures(t, key(1, 2), 0, 1000), 0);
}

static void keys_do_not_touch_each_other(void **state)
{
	struct throttle *t = *state;

	fails(t, key(1, 2), BURST, 0);
	assert_int_equal(throttle_wait(t, key(2, 2), BURST, 0), 0);
	assert_int_equal(throttle_wait(t, key(1, 3), BURST, 0), 0);
	assert_int_equal(throttle_wait(t, key(1, 0), BURST, 0), 0);
}

static void no_burst_is_no_limit(void **state)
{
	struct throttle *t = *state;

	fails(t, key(1, 2), BURST, 0);
	assert_int_equal(throttle_wait(t, key(1, 2), 0, 0), 0);
	assert_false(throttle_take(t, key(1, 2), 0, 0));
	throttle_give_back(t, key(1, 2), 0, 0);
	assert_int_equal(throttle_wait(t, key(1, 2), BURST, 0), EACH);
}

static void huge_bursts_are_counted(void **state)
{
	struct throttle *t = *state;

	assert_true(throttle_take(t, key(1, 2), UINT32_MAX, 0));
	assert_int_equal(throttle_wait(t, key(1, 2), UINT32_MAX, 0), 0);
	assert_int_equal(throttle_used(t, 0), 1);
}

static void what_is_given_back_did_not_happen(void **state)
{
	struct throttle *t = *state;

	fails(t, key(1, 2), BURST, 0);
	throttle_give_back(t, key(1, 2), BURST, 0);
	fails(t, key(1, 2), 1, 0);
	assert_false(throttle_take(t, key(1, 2), BURST, 0));
	/* giving back more than was counted, or for a key without an entry, does nothing */
	for (int i = 0; i < 2 * BURST; i++)
		throttle_give_back(t, key(1, 2), BURST, 5);
	throttle_give_back(t, key(9, 9), BURST, 5);
	fails(t, key(1, 2), BURST, 5);
	assert_false(throttle_take(t, key(1, 2), BURST, 5));
}

static void success_forgives_and_is_known(void **state)
{
	struct throttle *t = *state;

	fails(t, key(1, 2), BURST, 0);
	assert_false(throttle_knows(t, key(1, 2), 0));
	throttle_succeeded(t, key(1, 2), 0);
	assert_true(throttle_knows(t, key(1, 2), THROTTLE_KNOWN_MS - 1));
	assert_false(throttle_knows(t, key(1, 2), THROTTLE_KNOWN_MS));
	assert_false(throttle_knows(t, key(2, 2), 0));
	fails(t, key(1, 2), BURST, 0);
	assert_true(throttle_knows(t, key(1, 2), 0));
}

/* Many keys that fail once do not push out a key that failed often, nor is another key refused. */
static void a_flood_of_keys_pushes_out_no_hot_one(void **state)
{
	struct throttle *t = *state;

	fails(t, key(1, 2), BURST, 1000);
	for (uint32_t i = 0; i < 100 * ENTRIES; i++) {
		assert_true(throttle_take(t, key(5, 10 + i), BURST, 1000));
		throttle_succeeded(t, key(6, 10 + i), 1000);
		assert_false(throttle_take(t, key(1, 2), BURST, 1000));
	}
	assert_true(throttle_used(t, 1000) <= ENTRIES);
	assert_int_equal(throttle_wait(t, key(7, 2), BURST, 1000), 0);
}

/* A new key is counted even if all entries of its set have many failures. */
static void a_full_table_counts_newcomers(void **state)
{
	struct throttle *t = *state;

	for (uint32_t i = 0; i < 100 * ENTRIES; i++)
		fails(t, key(100 + i, 1), BURST, 1000);
	assert_int_equal(throttle_used(t, 1000), ENTRIES);
	fails(t, key(1, 2), BURST, 1000);
	assert_false(throttle_take(t, key(1, 2), BURST, 1000));
}

static void known_keys_give_way_to_failures_only(void **state)
{
	struct throttle *t = *state;
	unsigned int known = 0;

	for (uint32_t i = 0; i < 2 * ENTRIES; i++)
		throttle_succeeded(t, key(1, 1 + i), 1000);
	for (uint32_t i = 0; i < 100 * ENTRIES; i++)
		fails(t, key(100 + i, 1), 1, 1000);
	for (uint32_t i = 0; i < 2 * ENTRIES; i++) {
		throttle_succeeded(t, key(1, 1 + i), 1000);
		known += throttle_knows(t, key(1, 1 + i), 1000);
	}
	assert_int_equal(known, 0);
	assert_int_equal(throttle_used(t, 1000), ENTRIES);
	/* entries that do not matter any more are free again */
	assert_int_equal(throttle_used(t, 1000 + THROTTLE_REFILL_MS), 0);
}

/* A list of the times of all failures shows that no window has more than burst and refill allow. */
static void random_use_never_exceeds_the_rate(void **state)
{
	enum { STEPS = 20000 };
	static uint64_t when[STEPS];
	struct throttle *t = *state;
	uint64_t now = 0;
	size_t n = 0;

	srandom(1);
	for (int i = 0; i < STEPS; i++) {
		now += (uint64_t)random() % (2 * EACH);
		for (int try = random() % (2 * BURST); try >= 0 && n < STEPS; try--)
			if (throttle_take(t, key(1, 2), BURST, now))
				when[n++] = now;
	}
	assert_true(n > BURST);
	for (size_t i = 0; i + BURST < n; i++)
		for (size_t k = BURST; k <= 3 * BURST && i + k < n; k++)
			assert_true(when[i + k] - when[i] >= (k - BURST + 1) * EACH);
}

#define test(t)	cmocka_unit_test_setup_teardown(t, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		test(a_burst_then_as_it_refills),
		test(refused_tries_prolong_nothing),
		test(failures_are_counted_until_they_are_forgiven),
		test(keys_do_not_touch_each_other),
		test(no_burst_is_no_limit),
		test(huge_bursts_are_counted),
		test(what_is_given_back_did_not_happen),
		test(success_forgives_and_is_known),
		test(a_flood_of_keys_pushes_out_no_hot_one),
		test(a_full_table_counts_newcomers),
		test(known_keys_give_way_to_failures_only),
		test(random_use_never_exceeds_the_rate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
