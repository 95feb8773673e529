// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "client/dialer.h"

#define MIN_MS	1000
#define MAX_MS	60000
#define MIDDLE	(MIN_MS / 4)	/* a random number that makes the smallest delay the nominal one */

static struct dialer make(enum dialer_connect connect)
{
	const struct dialer_config config = {
		.connect = connect, .reconnect = true, .retry_min_ms = MIN_MS,
		.retry_max_ms = MAX_MS,
	};
	struct dialer d;

	dialer_init(&d, &config, 0);
	return d;
}

static void begins_as_configured(void **state)
{
	assert_int_equal(make(DIALER_AT_START).state, DIALER_DIALING);
	assert_int_equal(make(DIALER_ON_DEMAND).state, DIALER_LISTENING);
	assert_int_equal(make(DIALER_BY_HAND).state, DIALER_DOWN);
}

static void packets_dial_only_when_listened_for(void **state)
{
	struct dialer d = make(DIALER_BY_HAND);

	dialer_packet(&d, 1);
	assert_int_equal(d.state, DIALER_DOWN);
	d = make(DIALER_ON_DEMAND);
	dialer_packet(&d, 1);
	assert_int_equal(d.state, DIALER_DIALING);
	dialer_over(&d, DIALER_END_FAILED, 0, 2);
	dialer_packet(&d, 3);
	assert_int_equal(d.state, DIALER_WAITING);
}

static void asking_up(void **state)
{
	struct dialer d = make(DIALER_BY_HAND);

	assert_true(dialer_ask_up(&d, 1));
	assert_int_equal(d.state, DIALER_DIALING);
	assert_false(dialer_ask_up(&d, 2));
	dialer_succeeded(&d, 3);
	assert_int_equal(d.state, DIALER_UP);
	assert_int_equal(d.since, 3);
	assert_false(dialer_ask_up(&d, 4));
}

static void asking_up_ends_the_waiting(void **state)
{
	struct dialer d = make(DIALER_AT_START);

	dialer_over(&d, DIALER_END_FAILED, 0, 5);
	assert_true(dialer_ask_up(&d, 6));
	assert_int_equal(d.state, DIALER_DIALING);
	assert_true(dialer_deadline(&d) == DIALER_NEVER);
}

static void asking_down(void **state)
{
	struct dialer d = make(DIALER_AT_START);

	assert_true(dialer_ask_down(&d, 1));
	assert_int_equal(d.state, DIALER_CLOSING);
	assert_false(dialer_ask_down(&d, 2));
	dialer_succeeded(&d, 3);
	assert_int_equal(d.state, DIALER_CLOSING);
	dialer_over(&d, DIALER_END_FAILED, 0, 4);
	assert_int_equal(d.state, DIALER_DOWN);
	assert_true(dialer_deadline(&d) == DIALER_NEVER);
	assert_false(dialer_ask_down(&d, 5));
}

static void asking_down_ends_waiting_and_listening(void **state)
{
	struct dialer d = make(DIALER_AT_START);

	dialer_over(&d, DIALER_END_FAILED, 0, 1);
	assert_true(dialer_ask_down(&d, 2));
	assert_int_equal(d.state, DIALER_DOWN);
	assert_int_equal(d.failures, 0);
	d = make(DIALER_ON_DEMAND);
	assert_true(dialer_ask_down(&d, 2));
	assert_int_equal(d.state, DIALER_DOWN);
}

static void the_last_wish_counts(void **state)
{
	struct dialer d = make(DIALER_AT_START);

	dialer_ask_down(&d, 1);
	assert_true(dialer_ask_up(&d, 2));
	assert_int_equal(d.state, DIALER_CLOSING);
	dialer_over(&d, DIALER_END_FAILED, 0, 3);
	assert_int_equal(d.state, DIALER_DIALING);
	dialer_ask_down(&d, 4);
	dialer_ask_up(&d, 5);
	assert_true(dialer_ask_down(&d, 6));
	dialer_over(&d, DIALER_END_FAILED, 0, 7);
	assert_int_equal(d.state, DIALER_DOWN);
}

/* Let it end after so long in its state; how long it waits then. */
static uint64_t lose_after(struct dialer *d, uint64_t ms, enum dialer_end how, uint32_t random)
{
	uint64_t now = d->since + ms;

	dialer_over(d, how, random, now);
	assert_int_equal(d->state, DIALER_WAITING);
	assert_true(dialer_deadline(d) == d->due);
	dialer_tick(d, d->due - 1);
	assert_int_equal(d->state, DIALER_WAITING);
	dialer_tick(d, d->due);
	assert_int_equal(d->state, DIALER_DIALING);
	return d->due - now;
}

static uint64_t lose(struct dialer *d, enum dialer_end how, uint32_t random)
{
	return lose_after(d, 10, how, random);
}

static void delays_grow_up_to_a_bound(void **state)
{
	struct dialer d = make(DIALER_AT_START);
	uint64_t nominal = MIN_MS;

	for (int i = 0; i < 100; i++) {
		assert_int_equal(lose(&d, DIALER_END_FAILED, nominal / 4), nominal);
		nominal = nominal * 2 < MAX_MS ? nominal * 2 : MAX_MS;
	}
}

static void delays_are_spread(void **state)
{
	const uint64_t least = MIN_MS - MIN_MS / 4, most = MIN_MS + MIN_MS / 4;
	uint64_t low = UINT64_MAX, high = 0;

	for (uint32_t random = 0; random < 3000; random++) {
		struct dialer d = make(DIALER_AT_START);
		uint64_t ms = lose(&d, DIALER_END_FAILED, random * 2654435761u);

		assert_in_range(ms, least, most);
		low = ms < low ? ms : low;
		high = ms > high ? ms : high;
	}
	assert_in_range(low, least, least + 10);
	assert_in_range(high, most - 10, most);
}

static void a_refusal_waits_longest(void **state)
{
	struct dialer d = make(DIALER_AT_START);

	assert_int_equal(lose(&d, DIALER_END_REFUSED, MAX_MS / 4), MAX_MS);
}

static void a_stable_session_ends_a_row_of_failures(void **state)
{
	struct dialer d = make(DIALER_AT_START);

	for (int i = 0; i < 5; i++)
		lose(&d, DIALER_END_FAILED, 0);
	dialer_succeeded(&d, d.since);
	assert_true(lose_after(&d, DIALER_STABLE_MS - 1, DIALER_END_FAILED, MIDDLE) > 2 * MIN_MS);
	dialer_succeeded(&d, d.since);
	assert_int_equal(lose_after(&d, DIALER_STABLE_MS, DIALER_END_FAILED, MIDDLE), MIN_MS);
}

static void without_reconnecting(void **state)
{
	struct dialer d = make(DIALER_AT_START);

	d.config.reconnect = false;
	dialer_over(&d, DIALER_END_FAILED, 0, 1);
	assert_int_equal(d.state, DIALER_DOWN);
}

static void idleness(void **state)
{
	struct dialer d = make(DIALER_ON_DEMAND);

	dialer_packet(&d, 1);
	dialer_succeeded(&d, 2);
	dialer_over(&d, DIALER_END_IDLE, 0, 3);
	assert_int_equal(d.state, DIALER_LISTENING);
	d = make(DIALER_BY_HAND);
	dialer_ask_up(&d, 1);
	dialer_succeeded(&d, 2);
	dialer_over(&d, DIALER_END_IDLE, 0, 3);
	assert_int_equal(d.state, DIALER_DOWN);
}

/* A packet is worth one attempt; what somebody asks for is tried again. */
static void on_demand_after_a_failure(void **state)
{
	struct dialer d = make(DIALER_ON_DEMAND);

	dialer_packet(&d, 1);
	dialer_over(&d, DIALER_END_FAILED, 0, 2);
	assert_int_equal(d.state, DIALER_WAITING);
	dialer_tick(&d, d.due);
	assert_int_equal(d.state, DIALER_LISTENING);
	dialer_ask_up(&d, d.due + 1);
	dialer_over(&d, DIALER_END_FAILED, 0, d.due + 2);
	dialer_tick(&d, d.due);
	assert_int_equal(d.state, DIALER_DIALING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(begins_as_configured),
		cmocka_unit_test(packets_dial_only_when_listened_for),
		cmocka_unit_test(asking_up),
		cmocka_unit_test(asking_up_ends_the_waiting),
		cmocka_unit_test(asking_down),
		cmocka_unit_test(asking_down_ends_waiting_and_listening),
		cmocka_unit_test(the_last_wish_counts),
		cmocka_unit_test(delays_grow_up_to_a_bound),
		cmocka_unit_test(delays_are_spread),
		cmocka_unit_test(a_refusal_waits_longest),
		cmocka_unit_test(a_stable_session_ends_a_row_of_failures),
		cmocka_unit_test(without_reconnecting),
		cmocka_unit_test(idleness),
		cmocka_unit_test(on_demand_after_a_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
