// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ban.h"
#include "util/ip_literal_test.h"

#define TIME	10000ull
#define MAX	35000ull

struct bench {
	struct bans *bans;
	struct ban_settings settings;
	unsigned int begun, ended;
	struct ban last;		/* that has begun or ended */
	enum ban_end why;
};

static void begun(void *ctx, const struct ban *ban)
{
	struct bench *b = ctx;

	b->begun++;
	b->last = *ban;
}

static void ended(void *ctx, const struct ban *ban, enum ban_end why)
{
	struct bench *b = ctx;

	b->ended++;
	b->last = *ban;
	b->why = why;
}

static const struct ban_ops ops = { .begun = begun, .ended = ended };

static int set_up(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	b->bans = bans_new(7, &ops, b);
	b->settings = (struct ban_settings){
		.failures = 3, .within_ms = 1000, .time_ms = TIME, .max_time_ms = MAX,
		.length = 32, .burst = 1,
	};
	bans_set(b->bans, &b->settings);
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *b = *state;

	bans_free(b->bans);
	free(b);
	return 0;
}

static void fails(struct bench *b, struct ip_addr from, unsigned int times, uint64_t now)
{
	while (times--)
		bans_failed(b->bans, from, now);
}

static bool is_out(struct bench *b, struct ip_addr from, uint64_t now)
{
	return bans_connection(b->bans, from, now) == BAN_BANNED;
}

static struct ip_prefix net(const char *text)
{
	struct ip_prefix prefix;

	assert_true(ip_parse_prefix_v4(text, &prefix));
	return prefix;
}

static void too_many_failures_ban(void **state)
{
	struct bench *b = *state;

	fails(b, ip("192.0.2.1"), 2, 100);
	assert_false(is_out(b, ip("192.0.2.1"), 100));
	fails(b, ip("192.0.2.1"), 1, 1099);
	assert_int_equal(b->begun, 1);
	assert_int_equal(b->last.failures, 3);
	assert_int_equal(b->last.until, 1099 + TIME);
	assert_true(is_out(b, ip("192.0.2.1"), 1099));
	assert_true(is_out(b, ip("192.0.2.1"), 1099 + TIME - 1));
	assert_false(is_out(b, ip("192.0.2.2"), 1099));
	assert_false(is_out(b, ip("192.0.2.1"), 1099 + TIME));
}

static void slow_failures_do_not(void **state)
{
	struct bench *b = *state;

	for (unsigned int i = 0; i < 100; i++)
		fails(b, ip("192.0.2.1"), 1, 1000 * i + (i & 1) * 500);
	assert_int_equal(b->begun, 0);
}

static void the_end_is_told_once(void **state)
{
	struct bench *b = *state;

	assert_true(bans_due(b->bans) == NEVER);
	fails(b, ip("192.0.2.1"), 3, 0);
	assert_int_equal(bans_due(b->bans), TIME);
	is_out(b, ip("192.0.2.1"), 1);
	is_out(b, ip("192.0.2.1"), 2);
	bans_run(b->bans, TIME - 1);
	assert_int_equal(b->ended, 0);
	bans_run(b->bans, TIME);
	bans_run(b->bans, TIME + 1);
	assert_int_equal(b->ended, 1);
	assert_int_equal(b->why, BAN_END_TIME);
	assert_int_equal(b->last.turned_away, 2);
	assert_true(bans_due(b->bans) == NEVER);
}

/* Whoever comes again is banned for longer; after a long quiet time it begins anew. */
static void bans_grow(void **state)
{
	static const uint64_t times[] = { TIME, 2 * TIME, MAX, MAX };
	struct bench *b = *state;
	uint64_t now = 0;

	for (unsigned int i = 0; i < 4; i++) {
		fails(b, ip("192.0.2.1"), 3, now);
		assert_int_equal(b->begun, i + 1);
		assert_int_equal(b->last.until - now, times[i]);
		assert_int_equal(b->last.times, i + 1);
		now += times[i];
		bans_run(b->bans, now);
		assert_int_equal(b->ended, i + 1);
	}
	now += MAX;
	fails(b, ip("192.0.2.1"), 3, now);
	assert_int_equal(b->last.until - now, TIME);
	assert_int_equal(b->last.times, 1);
}

/* Also if nobody has called bans_run() since the first one was over. */
static void a_ban_follows_one_that_is_over(void **state)
{
	struct bench *b = *state;

	fails(b, ip("192.0.2.1"), 3, 0);
	fails(b, ip("192.0.2.1"), 3, TIME);
	assert_int_equal(b->begun, 2);
	assert_int_equal(b->ended, 1);
	assert_true(is_out(b, ip("192.0.2.1"), TIME));
	bans_run(b->bans, TIME);
	assert_int_equal(b->ended, 1);
}

static void failures_during_a_ban_do_not_count(void **state)
{
	struct bench *b = *state;

	fails(b, ip("192.0.2.1"), 300, 0);
	assert_int_equal(b->begun, 1);
	assert_int_equal(b->last.until, TIME);
}

static void a_network_is_banned_as_one(void **state)
{
	struct bench *b = *state;

	b->settings.length = 24;
	bans_set(b->bans, &b->settings);
	fails(b, ip("192.0.2.1"), 1, 0);
	fails(b, ip("192.0.2.2"), 1, 0);
	fails(b, ip("192.0.2.3"), 1, 0);
	assert_int_equal(b->begun, 1);
	assert_true(is_out(b, ip("192.0.2.255"), 0));
	assert_false(is_out(b, ip("192.0.3.0"), 0));
	/* A ban that there is goes on when sources become smaller. */
	b->settings.length = 32;
	bans_set(b->bans, &b->settings);
	assert_true(is_out(b, ip("192.0.2.255"), 0));
}

static void exceptions_are_not_banned(void **state)
{
	const struct ip_prefix except = net("192.0.2.64/26");
	struct bench *b = *state;

	b->settings.except = &except;
	b->settings.n_except = 1;
	b->settings.length = 24;
	b->settings.per_second = 1;
	bans_set(b->bans, &b->settings);
	fails(b, ip("192.0.2.64"), 30, 0);
	assert_int_equal(b->begun, 0);
	fails(b, ip("192.0.2.1"), 3, 0);
	assert_true(is_out(b, ip("192.0.2.1"), 0));
	for (unsigned int i = 0; i < 10; i++)
		assert_int_equal(bans_connection(b->bans, ip("192.0.2.64"), 0), BAN_WELCOME);
	/* What an administrator says counts all the same. */
	assert_int_equal(bans_add(b->bans, &except, NEVER, 0), 0);
	assert_true(is_out(b, ip("192.0.2.64"), 0));
}

static void by_hand(void **state)
{
	const struct ip_prefix wide = net("198.51.100.7/16"), narrow = net("198.51.100.7/32");
	struct bench *b = *state;
	struct ban ban;

	assert_int_equal(bans_add(b->bans, &wide, NEVER, 5), 0);
	assert_true(b->last.by_hand);
	assert_true(is_out(b, ip("198.51.7.7"), UINT64_MAX - 1));
	assert_false(is_out(b, ip("198.52.7.7"), 5));
	assert_true(bans_due(b->bans) == NEVER);
	/* One inside of it is another one. */
	assert_false(bans_remove(b->bans, &narrow, NULL));
	assert_int_equal(bans_add(b->bans, &narrow, 100, 5), 0);
	assert_int_equal(bans_due(b->bans), 100);
	assert_int_equal(bans_find(b->bans, ip("198.51.100.7"), 5)->network.length, 32);
	assert_true(bans_remove(b->bans, &wide, &ban));
	assert_int_equal(ban.network.length, 16);
	assert_int_equal(b->why, BAN_END_REMOVED);
	assert_false(is_out(b, ip("198.51.7.7"), 5));
	assert_true(is_out(b, ip("198.51.100.7"), 5));
	assert_false(is_out(b, ip("198.51.100.7"), 100));
}

/* It takes the place of what there was for the network. */
static void by_hand_instead(void **state)
{
	const struct ip_prefix host = net("192.0.2.1/32");
	struct bench *b = *state;

	fails(b, ip("192.0.2.1"), 3, 0);
	assert_int_equal(bans_add(b->bans, &host, 100, 0), 0);
	assert_int_equal(bans_add(b->bans, &host, 200, 0), 0);
	bans_run(b->bans, 199);
	assert_true(is_out(b, ip("192.0.2.1"), 199));
	bans_run(b->bans, 200);
	assert_int_equal(b->ended, 1);
	assert_false(is_out(b, ip("192.0.2.1"), 200));
}

static void removed_is_forgotten(void **state)
{
	const struct ip_prefix host = net("192.0.2.9/32");
	struct bench *b = *state;
	struct ban ban;

	b->settings.length = 24;
	bans_set(b->bans, &b->settings);
	fails(b, ip("192.0.2.1"), 3, 0);
	assert_true(bans_remove(b->bans, &host, &ban));
	assert_int_equal(ban.network.length, 24);
	assert_false(is_out(b, ip("192.0.2.1"), 0));
	fails(b, ip("192.0.2.1"), 2, 0);
	assert_int_equal(b->begun, 1);
	fails(b, ip("192.0.2.1"), 1, 0);
	assert_int_equal(b->begun, 2);
	assert_int_equal(b->last.times, 1);
}

static void by_hand_is_bounded(void **state)
{
	struct bench *b = *state;

	for (unsigned int i = 0; i < BANS_BY_HAND_MAX; i++) {
		const struct ip_prefix host = ip_host(ip_from_number(0x0a000000 + i));

		assert_int_equal(bans_add(b->bans, &host, NEVER, 0), 0);
	}
	assert_int_equal(bans_add(b->bans, &(struct ip_prefix){ ip("192.0.2.1"), 32 }, NEVER, 0),
			 -ENOSPC);
	assert_int_equal(bans_add(b->bans, &(struct ip_prefix){ ip("10.0.0.1"), 32 }, 9, 0), 0);
}

/* A flood of sources has no more bans than there is room for; those by hand stay. */
static void bans_are_bounded(void **state)
{
	const struct ip_prefix by_hand = net("203.0.113.1/32");
	struct bench *b = *state;
	struct ban *list;
	size_t n;

	assert_int_equal(bans_add(b->bans, &by_hand, 1, 0), 0);
	for (unsigned int i = 0; i < BANS_MAX; i++)
		fails(b, ip_from_number(0x0a000000 + i), 3, i);
	assert_int_equal(b->ended, 0);
	fails(b, ip("192.0.2.1"), 3, BANS_MAX);
	assert_int_equal(b->ended, 1);
	assert_int_equal(b->why, BAN_END_ROOM);
	assert_false(is_out(b, ip("10.0.0.0"), 0));
	assert_true(is_out(b, ip("10.0.0.1"), 0));
	assert_true(is_out(b, ip("192.0.2.1"), 0));
	list = bans_copy(b->bans, &n);
	assert_int_equal(n, BANS_MAX + 1);
	assert_int_equal(bans_count(b->bans, false), BANS_MAX);
	assert_int_equal(bans_count(b->bans, true), 1);
	assert_true(list[0].by_hand);
	assert_true(ip_equal(list[n - 1].network.address, ip("192.0.2.1")));
	free(list);
}

static void connections_have_a_rate(void **state)
{
	struct bench *b = *state;

	b->settings.per_second = 10;
	b->settings.burst = 5;
	bans_set(b->bans, &b->settings);
	for (unsigned int i = 0; i < 5; i++)
		assert_int_equal(bans_connection(b->bans, ip("192.0.2.1"), 1000), BAN_WELCOME);
	assert_int_equal(bans_connection(b->bans, ip("192.0.2.1"), 1000), BAN_TOO_FAST);
	assert_int_equal(bans_connection(b->bans, ip("192.0.2.2"), 1000), BAN_WELCOME);
	assert_int_equal(bans_connection(b->bans, ip("192.0.2.1"), 1099), BAN_TOO_FAST);
	assert_int_equal(bans_connection(b->bans, ip("192.0.2.1"), 1100), BAN_WELCOME);
	assert_int_equal(bans_connection(b->bans, ip("192.0.2.1"), 1100), BAN_TOO_FAST);
}

/* A flood of connections from everywhere does not wash failures away. */
static void connections_do_not_hide_failures(void **state)
{
	struct bench *b = *state;

	b->settings.per_second = 1;
	bans_set(b->bans, &b->settings);
	fails(b, ip("192.0.2.1"), 2, 0);
	for (unsigned int i = 0; i < 100000; i++)
		bans_connection(b->bans, ip_from_number(0x0a000000 + i), 0);
	fails(b, ip("192.0.2.1"), 1, 0);
	assert_int_equal(b->begun, 1);
}

/* Where all places are those of sources that failed, connections are not counted. */
static void connections_take_no_place_of_failures(void **state)
{
	struct bench *b = *state;

	b->settings.per_second = 1;
	bans_set(b->bans, &b->settings);
	assert_int_equal(bans_connection(b->bans, ip("192.0.2.1"), 0), BAN_WELCOME);
	assert_int_equal(bans_connection(b->bans, ip("192.0.2.1"), 0), BAN_TOO_FAST);
	for (unsigned int i = 0; i < 100000; i++)
		bans_failed(b->bans, ip_from_number(0x0a000000 + i), 0);
	assert_int_equal(bans_connection(b->bans, ip("192.0.2.1"), 0), BAN_WELCOME);
	assert_int_equal(bans_connection(b->bans, ip("192.0.2.1"), 0), BAN_WELCOME);
}

static void nothing_is_asked_for(void **state)
{
	struct bench *b = *state;

	b->settings.failures = 0;
	bans_set(b->bans, &b->settings);
	fails(b, ip("192.0.2.1"), 1000, 0);
	assert_int_equal(b->begun, 0);
	for (unsigned int i = 0; i < 1000; i++)
		assert_int_equal(bans_connection(b->bans, ip("192.0.2.1"), 0), BAN_WELCOME);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(too_many_failures_ban),
		TEST(slow_failures_do_not),
		TEST(the_end_is_told_once),
		TEST(bans_grow),
		TEST(a_ban_follows_one_that_is_over),
		TEST(failures_during_a_ban_do_not_count),
		TEST(a_network_is_banned_as_one),
		TEST(exceptions_are_not_banned),
		TEST(by_hand),
		TEST(by_hand_instead),
		TEST(removed_is_forgotten),
		TEST(by_hand_is_bounded),
		TEST(bans_are_bounded),
		TEST(connections_have_a_rate),
		TEST(connections_do_not_hide_failures),
		TEST(connections_take_no_place_of_failures),
		TEST(nothing_is_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
