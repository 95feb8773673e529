// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "client/dialer.h"

#define MIN_MS	1000
#define MAX_MS	60000
#define REFUSED_MIN_MS	300000
#define REFUSED_MAX_MS	2000000
#define MIDDLE	(MIN_MS / 4)	/* random number for which a delay of MIN_MS is not changed */

static struct dialer make(enum dialer_connect connect)
{
	const struct dialer_config config = {
		.connect = connect, .reconnect = true, .retry_min_ms = MIN_MS,
		.retry_max_ms = MAX_MS, .refused_min_ms = REFUSED_MIN_MS,
		.refused_max_ms = REFUSED_MAX_MS,
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
	dialer_over(&d, DIALER_END_TEMPORARY, DIALER_AT_SERVER, 0, 2);
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

	dialer_over(&d, DIALER_END_TEMPORARY, DIALER_AT_SERVER, 0, 5);
	assert_true(dialer_ask_up(&d, 6));
	assert_int_equal(d.state, DIALER_DIALING);
	assert_true(dialer_deadline(&d) == NEVER);
}

static void asking_down(void **state)
{
	struct dialer d = make(DIALER_AT_START);

	assert_true(dialer_ask_down(&d, 1));
	assert_int_equal(d.state, DIALER_CLOSING);
	assert_false(dialer_ask_down(&d, 2));
	dialer_succeeded(&d, 3);
	assert_int_equal(d.state, DIALER_CLOSING);
	dialer_over(&d, DIALER_END_TEMPORARY, DIALER_AT_SERVER, 0, 4);
	assert_int_equal(d.state, DIALER_DOWN);
	assert_true(dialer_deadline(&d) == NEVER);
	assert_false(dialer_ask_down(&d, 5));
}

static void asking_down_ends_waiting_and_listening(void **state)
{
	struct dialer d = make(DIALER_AT_START);

	dialer_over(&d, DIALER_END_TEMPORARY, DIALER_AT_SERVER, 0, 1);
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
	dialer_over(&d, DIALER_END_TEMPORARY, DIALER_AT_SERVER, 0, 3);
	assert_int_equal(d.state, DIALER_DIALING);
	dialer_ask_down(&d, 4);
	dialer_ask_up(&d, 5);
	assert_true(dialer_ask_down(&d, 6));
	dialer_over(&d, DIALER_END_TEMPORARY, DIALER_AT_SERVER, 0, 7);
	assert_int_equal(d.state, DIALER_DOWN);
}

/* End the attempt or session by @how, @ms after its state began. Returns the delay that follows. */
static uint64_t lose_after(struct dialer *d, uint64_t ms, enum dialer_end how, uint32_t random)
{
	uint64_t now = d->since + ms;

	dialer_over(d, how, DIALER_AT_SERVER, random, now);
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
		assert_int_equal(lose(&d, DIALER_END_TEMPORARY, nominal / 4), nominal);
		nominal = nominal * 2 < MAX_MS ? nominal * 2 : MAX_MS;
	}
}

static void delays_are_spread(void **state)
{
	const uint64_t least = MIN_MS - MIN_MS / 4, most = MIN_MS + MIN_MS / 4;
	uint64_t low = UINT64_MAX, high = 0;

	for (uint32_t random = 0; random < 3000; random++) {
		struct dialer d = make(DIALER_AT_START);
		uint64_t ms = lose(&d, DIALER_END_TEMPORARY, random * 2654435761u);

		assert_in_range(ms, least, most);
		low = ms < low ? ms : low;
		high = ms > high ? ms : high;
	}
	assert_in_range(low, least, least + 10);
	assert_in_range(high, most - 10, most);
}

/* Fail permanently. Returns the delay that follows, in the middle of its spread. */
static uint64_t refuse(struct dialer *d)
{
	static const uint64_t nominal[] = {
		REFUSED_MIN_MS, 2 * REFUSED_MIN_MS, 4 * REFUSED_MIN_MS, REFUSED_MAX_MS,
	};
	uint64_t ms = nominal[d->refusals < 3 ? d->refusals : 3];

	return lose(d, DIALER_END_PERMANENT, ms / 4);
}

static void permanent_failures_have_longer_delays(void **state)
{
	struct dialer d = make(DIALER_AT_START);

	assert_int_equal(refuse(&d), REFUSED_MIN_MS);
	assert_int_equal(refuse(&d), 2 * REFUSED_MIN_MS);
	assert_int_equal(refuse(&d), 4 * REFUSED_MIN_MS);
	for (int i = 0; i < 100; i++)
		assert_int_equal(refuse(&d), REFUSED_MAX_MS);
	assert_int_equal(d.failures, 103);
}

/* Temporary failures do not reset the delay of permanent ones: no login has succeeded between. */
static void temporary_failures_do_not_shorten_them(void **state)
{
	struct dialer d = make(DIALER_AT_START);

	refuse(&d);
	for (int i = 0; i < 10; i++)
		assert_true(lose(&d, DIALER_END_TEMPORARY, 0) < REFUSED_MIN_MS);
	assert_int_equal(refuse(&d), 2 * REFUSED_MIN_MS);
}

static void sessions_and_people_begin_them_anew(void **state)
{
	struct dialer d = make(DIALER_AT_START);

	refuse(&d);
	dialer_succeeded(&d, d.since);
	lose_after(&d, 1, DIALER_END_TEMPORARY, 0);
	assert_int_equal(refuse(&d), REFUSED_MIN_MS);

	dialer_over(&d, DIALER_END_PERMANENT, DIALER_AT_SERVER, 0, d.since);
	assert_true(dialer_ask_up(&d, d.since));
	assert_int_equal(refuse(&d), REFUSED_MIN_MS);

	assert_true(dialer_ask_down(&d, d.since));
	dialer_over(&d, DIALER_END_TEMPORARY, DIALER_AT_SERVER, 0, d.since);
	assert_true(dialer_ask_up(&d, d.since));
	assert_int_equal(refuse(&d), REFUSED_MIN_MS);
}

/* With refused_max_ms of 0 people have to ask after a permanent failure, in all modes. */
static void permanent_failures_may_end_it(void **state)
{
	static const enum dialer_connect connects[] = {
		DIALER_AT_START, DIALER_ON_DEMAND, DIALER_BY_HAND,
	};

	for (size_t i = 0; i < 3; i++) {
		struct dialer d = make(connects[i]);

		d.config.refused_max_ms = 0;
		dialer_ask_up(&d, 1);
		lose(&d, DIALER_END_TEMPORARY, 0);
		dialer_over(&d, DIALER_END_PERMANENT, DIALER_AT_SERVER, 0, d.since);
		assert_int_equal(d.state, DIALER_DOWN);
		assert_true(dialer_deadline(&d) == NEVER);
		dialer_packet(&d, d.since);
		assert_int_equal(d.state, DIALER_DOWN);
		assert_true(dialer_ask_up(&d, d.since));
		assert_int_equal(d.state, DIALER_DIALING);
	}
}

static void a_stable_session_ends_a_row_of_failures(void **state)
{
	struct dialer d = make(DIALER_AT_START);

	for (int i = 0; i < 5; i++)
		lose(&d, DIALER_END_TEMPORARY, 0);
	dialer_succeeded(&d, d.since);
	assert_true(lose_after(&d, DIALER_STABLE_MS - 1, DIALER_END_TEMPORARY, MIDDLE) >
		    2 * MIN_MS);
	dialer_succeeded(&d, d.since);
	assert_int_equal(lose_after(&d, DIALER_STABLE_MS, DIALER_END_TEMPORARY, MIDDLE), MIN_MS);
}

static void without_reconnecting(void **state)
{
	struct dialer d = make(DIALER_AT_START);

	d.config.reconnect = false;
	dialer_over(&d, DIALER_END_TEMPORARY, DIALER_AT_SERVER, 0, 1);
	assert_int_equal(d.state, DIALER_DOWN);
}

static void idleness(void **state)
{
	struct dialer d = make(DIALER_ON_DEMAND);

	dialer_packet(&d, 1);
	dialer_succeeded(&d, 2);
	dialer_over(&d, DIALER_END_IDLE, DIALER_AT_SERVER, 0, 3);
	assert_int_equal(d.state, DIALER_LISTENING);
	d = make(DIALER_BY_HAND);
	dialer_ask_up(&d, 1);
	dialer_succeeded(&d, 2);
	dialer_over(&d, DIALER_END_IDLE, DIALER_AT_SERVER, 0, 3);
	assert_int_equal(d.state, DIALER_DOWN);
}

/* After a failure the dialer tries again only if somebody asked: a packet is worth one attempt. */
static void on_demand_after_a_failure(void **state)
{
	struct dialer d = make(DIALER_ON_DEMAND);

	dialer_packet(&d, 1);
	dialer_over(&d, DIALER_END_TEMPORARY, DIALER_AT_SERVER, 0, 2);
	assert_int_equal(d.state, DIALER_WAITING);
	dialer_tick(&d, d.due);
	assert_int_equal(d.state, DIALER_LISTENING);
	dialer_ask_up(&d, d.due + 1);
	dialer_over(&d, DIALER_END_TEMPORARY, DIALER_AT_SERVER, 0, d.due + 2);
	dialer_tick(&d, d.due);
	assert_int_equal(d.state, DIALER_DIALING);
}

/* A cause on this host does not make the delays of the server's failures longer. */
static void causes_here_are_counted_apart(void **state)
{
	struct dialer d = make(DIALER_AT_START);

	for (unsigned int i = 0; i < 5; i++) {
		dialer_over(&d, DIALER_END_TEMPORARY, DIALER_HERE, MIDDLE, d.since);
		assert_int_equal(d.failures, 0);
		dialer_tick(&d, d.due);
	}
	assert_true(d.since > 4 * MIN_MS);
	assert_int_equal(lose(&d, DIALER_END_TEMPORARY, MIN_MS / 4), MIN_MS);
}

/* Lose by @where, 10 ms before the way changes. Returns how long the dialer waits after that. */
static uint64_t change_after(enum dialer_where where, uint64_t ms)
{
	struct dialer d = make(DIALER_AT_START);

	d.config.retry_min_ms = d.config.retry_max_ms = 100000;
	dialer_over(&d, DIALER_END_TEMPORARY, where, 0, 5);
	assert_int_equal(dialer_minds_way(&d), where != DIALER_AT_SERVER);
	dialer_way_changed(&d, 5 + ms);
	assert_int_equal(d.state, DIALER_WAITING);
	return dialer_deadline(&d) - (5 + ms);
}

static void another_way_ends_the_waiting(void **state)
{
	struct dialer d = make(DIALER_AT_START);

	assert_int_equal(change_after(DIALER_HERE, 40000), 0);
	assert_int_equal(change_after(DIALER_ON_THE_WAY, 40000), 0);
	assert_int_equal(change_after(DIALER_ON_THE_WAY, 1), DIALER_HASTE_MS - 1);
	assert_true(change_after(DIALER_AT_SERVER, 40000) > 10000);
	dialer_way_changed(&d, 1);
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
		cmocka_unit_test(permanent_failures_have_longer_delays),
		cmocka_unit_test(temporary_failures_do_not_shorten_them),
		cmocka_unit_test(sessions_and_people_begin_them_anew),
		cmocka_unit_test(permanent_failures_may_end_it),
		cmocka_unit_test(a_stable_session_ends_a_row_of_failures),
		cmocka_unit_test(without_reconnecting),
		cmocka_unit_test(idleness),
		cmocka_unit_test(on_demand_after_a_failure),
		cmocka_unit_test(causes_here_are_counted_apart),
		cmocka_unit_test(another_way_ends_the_waiting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
