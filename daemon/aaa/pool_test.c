// SPDX-License-Identifier: GPL-2.0-only
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pool.h"
#include "util/ip_literal_test.h"

static struct pool *pool_of(const char *range)
{
	struct ipv4_range r;
	struct pool *pool;

	assert_null(ipv4_parse_range(range, &r));
	pool = pool_new(&r, 1, NULL, 0);
	assert_non_null(pool);
	return pool;
}

static int take(struct pool *pool, const char *user, struct ip_addr *got)
{
	const struct pool_wish wish = { .user = user, .user_len = strlen(user) };

	return pool_take(pool, &wish, got) == pool ? 0 : -ENOSPC;
}

static void takes(struct pool *pool, const char *user, const char *want)
{
	struct ip_addr got;

	assert_int_equal(take(pool, user, &got), 0);
	assert_ip(got, want);
}

static void gives_all_then_none(void **state)
{
	struct pool *pool = pool_of("10.0.0.1-10.0.0.3");
	struct ip_addr got;

	assert_int_equal(pool_size(pool), 3);
	takes(pool, "a", "10.0.0.1");
	takes(pool, "b", "10.0.0.2");
	takes(pool, "", "10.0.0.3");
	assert_int_equal(pool_used(pool), 3);
	assert_int_equal(take(pool, "d", &got), -ENOSPC);
	pool_give_back(pool, ip("10.0.0.2"));
	assert_int_equal(pool_used(pool), 2);
	takes(pool, "d", "10.0.0.2");
	pool_put(pool);
}

static void users_get_their_last_address_again(void **state)
{
	struct pool *pool = pool_of("10.0.0.1-10.0.0.4");

	takes(pool, "a", "10.0.0.1");
	takes(pool, "b", "10.0.0.2");
	pool_give_back(pool, ip("10.0.0.1"));
	pool_give_back(pool, ip("10.0.0.2"));
	takes(pool, "b", "10.0.0.2");
	takes(pool, "a", "10.0.0.1");
	/* a second session of the same user gets another address */
	takes(pool, "a", "10.0.0.3");
	pool_put(pool);
}

static void longest_free_goes_first(void **state)
{
	struct pool *pool = pool_of("10.0.0.1-10.0.0.3");

	takes(pool, "a", "10.0.0.1");
	pool_give_back(pool, ip("10.0.0.1"));
	takes(pool, "b", "10.0.0.2");
	takes(pool, "c", "10.0.0.3");
	takes(pool, "d", "10.0.0.1");
	/* user d has the last address of user a now; a does not get the address of another user */
	pool_give_back(pool, ip("10.0.0.3"));
	takes(pool, "a", "10.0.0.3");
	pool_put(pool);
}

static void excluded_addresses_are_never_given(void **state)
{
	struct ipv4_range ranges[] = { { 0x0a000100, 0x0a000101 }, { 0x0a000001, 0x0a000002 } };
	struct ip_addr exclude[] = { ip("10.0.0.1"), ip("10.0.0.1"), ip("172.16.0.1") };
	struct pool *pool = pool_new(ranges, 2, exclude, 3);
	struct ip_addr got;

	assert_non_null(pool);
	assert_int_equal(pool_size(pool), 3);
	takes(pool, "a", "10.0.0.2");
	takes(pool, "b", "10.0.1.0");
	takes(pool, "c", "10.0.1.1");
	assert_int_equal(take(pool, "d", &got), -ENOSPC);
	assert_int_equal(pool_take_address(pool, ip("10.0.0.1")), -EADDRNOTAVAIL);
	pool_give_back(pool, ip("10.0.0.1"));
	assert_int_equal(take(pool, "d", &got), -ENOSPC);
	pool_put(pool);
}

static void given_addresses_can_be_asked_for(void **state)
{
	struct pool *pool = pool_of("10.0.0.1-10.0.0.3");

	assert_int_equal(pool_take_address(pool, ip("10.0.0.2")), 0);
	assert_int_equal(pool_take_address(pool, ip("10.0.0.2")), -EBUSY);
	assert_int_equal(pool_take_address(pool, ip("10.0.0.4")), -ENOENT);
	assert_int_equal(pool_take_address(pool, ip("10.0.0.0")), -ENOENT);
	takes(pool, "a", "10.0.0.1");
	takes(pool, "b", "10.0.0.3");
	pool_put(pool);
}

static void giving_back_twice_is_harmless(void **state)
{
	struct pool *pool = pool_of("10.0.0.1-10.0.0.2");
	struct ip_addr got;

	takes(pool, "a", "10.0.0.1");
	pool_give_back(pool, ip("10.0.0.1"));
	pool_give_back(pool, ip("10.0.0.1"));
	pool_give_back(pool, ip("192.0.2.1"));
	assert_int_equal(pool_used(pool), 0);
	takes(pool, "b", "10.0.0.2");
	takes(pool, "c", "10.0.0.1");
	assert_int_equal(take(pool, "d", &got), -ENOSPC);
	pool_put(pool);
}

static bool is_even(const void *ctx, struct ip_addr address)
{
	return ip_number(address) % 2 == 0;
}

static void what_is_not_allowed_is_passed_over(void **state)
{
	const struct pool_wish wish = { .user = "r", .user_len = 1, .allowed = is_even };
	struct pool *pool = pool_of("10.0.0.1-10.0.0.5");
	struct ip_addr got;

	assert_ptr_equal(pool_take(pool, &wish, &got), pool);
	assert_ip(got, "10.0.0.2");
	assert_ptr_equal(pool_take(pool, &wish, &got), pool);
	assert_ip(got, "10.0.0.4");
	assert_null(pool_take(pool, &wish, &got));
	takes(pool, "a", "10.0.0.1");
	pool_put(pool);
}

/* --- users who may have some addresses only -------------------------------------------------- */

static struct ipv4_range within[2];
static struct pool_wish restricted;

/* Let @restricted allow the addresses that end in @first to @last, or else in 12 to 13. */
static void restrict_to(const char *user, unsigned int first, unsigned int last)
{
	within[0] = (struct ipv4_range){ 0x0a000000 + first, 0x0a000000 + last };
	within[1] = (struct ipv4_range){ 0x0a00000c, 0x0a00000d };
	restricted = (struct pool_wish){
		.user = user, .user_len = strlen(user), .within = within, .n_within = 2,
	};
}

static void takes_one_of(struct pool *pool, const char *want)
{
	struct ip_addr got;

	assert_ptr_equal(pool_take(pool, &restricted, &got), pool);
	assert_ip(got, want);
}

static void restricted_users_get_what_they_may(void **state)
{
	struct pool *pool = pool_of("10.0.0.1-10.0.0.15");
	struct ip_addr got;

	takes(pool, "a", "10.0.0.1");
	restrict_to("r", 8, 9);
	takes_one_of(pool, "10.0.0.8");
	takes_one_of(pool, "10.0.0.9");
	/* The second range is used when no address of the first range is free. */
	takes_one_of(pool, "10.0.0.12");
	pool_give_back(pool, ip("10.0.0.9"));
	restrict_to("s", 8, 9);
	takes_one_of(pool, "10.0.0.9");
	takes_one_of(pool, "10.0.0.13");
	assert_null(pool_take(pool, &restricted, &got));
	takes(pool, "b", "10.0.0.2");
	/* A user who may have no address gets none. */
	restricted.n_within = 0;
	assert_null(pool_take(pool, &restricted, &got));
	pool_put(pool);
}

static void restricted_users_get_their_last_address_again(void **state)
{
	struct pool *pool = pool_of("10.0.0.1-10.0.0.15");

	restrict_to("r", 5, 9);
	takes_one_of(pool, "10.0.0.5");
	pool_give_back(pool, ip("10.0.0.5"));
	restrict_to("s", 5, 9);
	takes_one_of(pool, "10.0.0.6");
	restrict_to("r", 5, 9);
	takes_one_of(pool, "10.0.0.5");
	pool_give_back(pool, ip("10.0.0.5"));
	/* Unless the user may not have this address any more. */
	restrict_to("r", 8, 9);
	takes_one_of(pool, "10.0.0.8");
	pool_put(pool);
}

/* The address that was given back last is given last. */
static void restricted_users_take_turns(void **state)
{
	static const char * const users[] = { "a", "b", "c", "d", "e" };
	static const char * const want[] = {
		"10.0.0.5", "10.0.0.6", "10.0.0.7", "10.0.0.5", "10.0.0.6",
	};
	struct pool *pool = pool_of("10.0.0.1-10.0.0.15");

	for (unsigned int i = 0; i < 5; i++) {
		restrict_to(users[i], 5, 7);
		takes_one_of(pool, want[i]);
		pool_give_back(pool, ip(want[i]));
	}
	pool_put(pool);

	/* An address that was given back just now is better than none. */
	pool = pool_of("10.0.0.5-10.0.0.7");
	restrict_to("a", 5, 7);
	takes_one_of(pool, "10.0.0.5");
	takes(pool, "x", "10.0.0.6");
	takes(pool, "y", "10.0.0.7");
	pool_give_back(pool, ip("10.0.0.5"));
	restrict_to("b", 5, 7);
	takes_one_of(pool, "10.0.0.5");
	pool_put(pool);
}

static void ranges_and_spans_need_not_match(void **state)
{
	struct ipv4_range ranges[] = {
		{ 0x0a000020, 0x0a000021 }, { 0x0a000001, 0x0a000002 }, { 0x0a000005, 0x0a000006 },
	};
	struct ip_addr exclude = ip("10.0.0.5");
	struct pool *pool = pool_new(ranges, 3, &exclude, 1);
	struct ip_addr got;

	restrict_to("r", 2, 0x20);
	restricted.n_within = 1;
	takes_one_of(pool, "10.0.0.2");
	takes_one_of(pool, "10.0.0.6");
	takes_one_of(pool, "10.0.0.32");
	assert_null(pool_take(pool, &restricted, &got));
	pool_become(pool, pool_new(ranges, 2, NULL, 0));
	assert_null(pool_take(pool, &restricted, &got));
	pool_give_back(pool, ip("10.0.0.2"));
	takes_one_of(pool, "10.0.0.2");
	pool_put(pool);
}

static unsigned int questions;

static bool is_asked(const void *ctx, struct ip_addr address)
{
	questions++;
	return true;
}

/* Even if the pool is large and few of its addresses are free or allowed to the user. */
static void nobody_looks_at_a_whole_pool(void **state)
{
	struct pool *pool = pool_of("10.0.0.0-10.15.255.255");
	struct ip_addr got;

	restrict_to("r", 0xfffff, 0xfffff);
	restricted.n_within = 1;
	restricted.allowed = is_asked;
	questions = 0;
	takes_one_of(pool, "10.15.255.255");
	assert_null(pool_take(pool, &restricted, &got));
	restrict_to("s", 0, 0xfffff);
	restricted.allowed = is_asked;
	while (pool_used(pool) < pool_size(pool))
		assert_int_equal(take(pool, "", &got), 0);
	pool_give_back(pool, ip("10.7.7.7"));
	takes_one_of(pool, "10.7.7.7");
	assert_int_equal(questions, 2);
	pool_put(pool);
}

static void overlaps_and_giants_are_refused(void **state)
{
	struct ipv4_range overlap[] = { { 5, 9 }, { 1, 5 } };
	struct ipv4_range giant = { 0, POOL_MAX_ADDRESSES };
	struct ipv4_range all = { 0, UINT32_MAX };

	assert_null(pool_new(overlap, 2, NULL, 0));
	assert_null(pool_new(&giant, 1, NULL, 0));
	assert_null(pool_new(&all, 1, NULL, 0));
}

static void a_changed_pool_keeps_what_it_can(void **state)
{
	struct pool *pool = pool_of("10.0.0.1-10.0.0.4");
	struct ipv4_range smaller = { 0x0a000002, 0x0a000003 };
	struct ipv4_range ranges[] = { { 0x0a000002, 0x0a000004 }, { 0x0a000101, 0x0a000101 } };
	struct ipv4_range overlap[] = { { 1, 5 }, { 5, 9 } };
	struct ip_addr exclude = ip("10.0.0.4");
	struct ip_addr got;

	takes(pool, "a", "10.0.0.1");
	takes(pool, "b", "10.0.0.2");
	takes(pool, "c", "10.0.0.3");
	takes(pool, "d", "10.0.0.4");
	pool_give_back(pool, ip("10.0.0.3"));
	assert_null(pool_new(overlap, 2, NULL, 0));
	assert_int_equal(pool_size(pool), 4);
	assert_int_equal(pool_used(pool), 3);

	pool_become(pool, pool_new(ranges, 2, &exclude, 1));
	assert_int_equal(pool_size(pool), 3);
	assert_int_equal(pool_used(pool), 1);
	/* the first is not in the pool any more, the second is excluded */
	pool_give_back(pool, ip("10.0.0.1"));
	pool_give_back(pool, ip("10.0.0.4"));
	assert_int_equal(pool_used(pool), 1);
	/* a new address counts as free for longest; user c gets the last address again */
	takes(pool, "x", "10.0.1.1");
	takes(pool, "c", "10.0.0.3");
	assert_int_equal(take(pool, "y", &got), -ENOSPC);

	pool_become(pool, pool_new(&smaller, 1, NULL, 0));
	assert_int_equal(pool_used(pool), 2);
	pool_give_back(pool, ip("10.0.0.2"));
	takes(pool, "b", "10.0.0.2");
	pool_put(pool);
}

/* The pools "10.0.0.1-10.0.0.2", "10.1.0.1" and "10.2.0.1", in this order. */
static void make_chain(struct pool *chain[3])
{
	chain[0] = pool_of("10.0.0.1-10.0.0.2");
	chain[1] = pool_of("10.1.0.1");
	chain[2] = pool_of("10.2.0.1");
	pool_set_next(chain[0], chain[1]);
	pool_set_next(chain[1], chain[2]);
}

static void takes_from(struct pool *first, struct pool *from, const char *user, const char *want)
{
	const struct pool_wish wish = { .user = user, .user_len = strlen(user) };
	struct ip_addr got;

	assert_ptr_equal(pool_take(first, &wish, &got), from);
	assert_ip(got, want);
}

static void the_next_pool_is_asked_when_one_is_exhausted(void **state)
{
	const struct pool_wish wish = { .user = "z", .user_len = 1 };
	struct pool *chain[3];
	struct ip_addr got;

	make_chain(chain);
	takes_from(chain[0], chain[0], "a", "10.0.0.1");
	takes_from(chain[0], chain[0], "b", "10.0.0.2");
	takes_from(chain[0], chain[1], "c", "10.1.0.1");
	takes_from(chain[0], chain[2], "d", "10.2.0.1");
	assert_null(pool_take(chain[0], &wish, &got));
	/* who begins further on never gets one of those before */
	pool_give_back(chain[0], ip("10.0.0.1"));
	assert_null(pool_take(chain[1], &wish, &got));
	takes_from(chain[0], chain[0], "z", "10.0.0.1");
	for (int i = 0; i < 3; i++)
		pool_put(chain[i]);
}

/* Also when an earlier pool has free addresses again. */
static void the_last_address_comes_first_in_a_chain(void **state)
{
	struct pool *chain[3];

	make_chain(chain);
	takes_from(chain[0], chain[0], "a", "10.0.0.1");
	takes_from(chain[0], chain[0], "b", "10.0.0.2");
	takes_from(chain[0], chain[1], "c", "10.1.0.1");
	pool_give_back(chain[0], ip("10.0.0.1"));
	pool_give_back(chain[1], ip("10.1.0.1"));
	takes_from(chain[0], chain[1], "c", "10.1.0.1");
	takes_from(chain[0], chain[0], "d", "10.0.0.1");
	for (int i = 0; i < 3; i++)
		pool_put(chain[i]);
}

static void a_changed_pool_keeps_its_next_one(void **state)
{
	struct pool *chain[3];

	make_chain(chain);
	pool_become(chain[0], pool_of("10.0.0.9"));
	takes_from(chain[0], chain[0], "a", "10.0.0.9");
	takes_from(chain[0], chain[1], "b", "10.1.0.1");
	pool_set_next(chain[0], chain[2]);
	pool_put(chain[1]);
	takes_from(chain[0], chain[2], "c", "10.2.0.1");
	pool_put(chain[2]);
	assert_ptr_equal(pool_next(chain[0]), chain[2]);
	pool_put(chain[0]);
}

static void it_is_counted_what_a_pool_has_come_to(void **state)
{
	const struct ip_addr own[] = {
		ip("10.0.0.4"), ip("10.0.0.4"), ip("10.0.0.5"), ip("10.9.0.1"),
	};
	const struct ipv4_range range = { 0x0a000001, 0x0a000005 };
	const struct ip_addr excluded = ip("10.0.0.5");
	struct pool *pool = pool_new(&range, 1, &excluded, 1);
	struct pool_counts n;
	struct ip_addr got;

	pool_reserve(pool, own, 4);
	n = pool_counts(pool);
	assert_int_equal(n.size, 3);
	assert_int_equal(n.reserved, 1);
	assert_int_equal(pool_take_address(pool, ip("10.0.0.4")), -EADDRNOTAVAIL);
	takes(pool, "a", "10.0.0.1");
	takes(pool, "b", "10.0.0.2");
	assert_int_equal(pool_take_address(pool, ip("10.0.0.3")), 0);
	assert_int_equal(take(pool, "c", &got), -ENOSPC);
	pool_give_back(pool, ip("10.0.0.1"));
	pool_give_back(pool, ip("10.0.0.2"));
	takes(pool, "c", "10.0.0.1");
	/* as much of it as counts goes over to another configuration */
	pool_become(pool, pool_of("10.0.0.1-10.0.0.9"));
	n = pool_counts(pool);
	assert_int_equal(n.size, 9);
	assert_int_equal(n.used, 2);
	assert_int_equal(n.most, 3);
	assert_int_equal(n.reserved, 0);
	assert_int_equal(n.refused, 1);
	pool_put(pool);
}

static void scarcity_is_told_once(void **state)
{
	struct pool *pool = pool_of("10.0.0.1-10.0.0.10");
	struct ip_addr got;

	for (int i = 0; i < 8; i++)
		assert_int_equal(take(pool, "", &got), 0);
	assert_false(pool_becomes_scarce(pool));
	assert_int_equal(take(pool, "", &got), 0);
	assert_true(pool_becomes_scarce(pool));
	assert_false(pool_becomes_scarce(pool));
	/* 80 % are not few enough to tell it again */
	pool_give_back(pool, ip("10.0.0.1"));
	assert_int_equal(take(pool, "", &got), 0);
	assert_false(pool_becomes_scarce(pool));
	pool_give_back(pool, ip("10.0.0.2"));
	pool_give_back(pool, ip("10.0.0.3"));
	assert_false(pool_becomes_scarce(pool));
	assert_int_equal(take(pool, "", &got), 0);
	assert_false(pool_becomes_scarce(pool));
	assert_int_equal(take(pool, "", &got), 0);
	assert_true(pool_becomes_scarce(pool));
	pool_put(pool);
}

static void users_are_recalled(void **state)
{
	struct pool *pool = pool_of("10.0.0.1-10.0.0.5");

	pool_recall(pool, ip("10.0.0.1"), pool_user("a", 1));
	pool_recall(pool, ip("10.0.0.2"), pool_user("b", 1));
	pool_recall(pool, ip("10.0.0.9"), pool_user("b", 1));
	pool_recall(pool, ip("10.0.0.3"), pool_user("c", 1));
	/* the latest counts */
	pool_recall(pool, ip("10.0.0.1"), pool_user("d", 1));
	assert_int_equal(pool_used(pool), 0);
	takes(pool, "b", "10.0.0.2");
	takes(pool, "d", "10.0.0.1");
	pool_recall(pool, ip("10.0.0.1"), pool_user("x", 1));
	/* others get those first that nobody had, then those that were had least lately */
	takes(pool, "a", "10.0.0.4");
	takes(pool, "x", "10.0.0.5");
	takes(pool, "y", "10.0.0.3");
	pool_put(pool);
}

static void a_pool_that_is_not_sticky_knows_no_users(void **state)
{
	struct pool *pool = pool_of("10.0.0.1-10.0.0.4");
	struct pool *fresh = pool_of("10.0.0.1-10.0.0.4");

	takes(pool, "a", "10.0.0.1");
	pool_give_back(pool, ip("10.0.0.1"));
	pool_set_sticky(fresh, false);
	pool_become(pool, fresh);
	assert_false(pool_is_sticky(pool));
	pool_recall(pool, ip("10.0.0.4"), pool_user("b", 1));
	takes(pool, "b", "10.0.0.2");
	pool_give_back(pool, ip("10.0.0.2"));
	takes(pool, "b", "10.0.0.3");
	pool_put(pool);
}

static void the_last_reference_frees(void **state)
{
	struct pool *pool = pool_of("10.0.0.1-10.0.0.4");

	assert_ptr_equal(pool_get(pool), pool);
	pool_put(pool);
	takes(pool, "a", "10.0.0.1");
	pool_put(pool);
	pool_put(NULL);
}

/* After any order of taking and giving back, the pool agrees with a plain list of takers. */
static void random_use_agrees_with_a_list(void **state)
{
	enum { SIZE = 300, STEPS = 20000 };
	struct ipv4_range ranges[] = {
		{ 0x0a000000, 0x0a000063 }, { 0xfffffed4, 0xfffffeff }, { 0x01000000, 0x0100009b },
	};
	struct pool *pool = pool_new(ranges, 3, NULL, 0);
	struct ip_addr held[SIZE];
	size_t n = 0;
	uint32_t seed = 1;

	assert_non_null(pool);
	assert_int_equal(pool_size(pool), SIZE);
	for (int step = 0; step < STEPS; step++) {
		struct ip_addr got;
		char user[16];

		seed = seed * 1664525 + 1013904223;
		snprintf(user, sizeof(user), "u%u", (seed >> 8) % 400);
		if (seed >> 31 && n) {
			size_t i = (seed >> 4) % n;

			pool_give_back(pool, held[i]);
			held[i] = held[--n];
		} else if (n == SIZE) {
			assert_int_equal(take(pool, user, &got), -ENOSPC);
		} else {
			assert_int_equal(take(pool, user, &got), 0);
			for (size_t i = 0; i < n; i++)
				assert_false(ip_equal(held[i], got));
			held[n++] = got;
		}
		assert_int_equal(pool_used(pool), n);
	}
	pool_put(pool);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(gives_all_then_none),
		cmocka_unit_test(users_get_their_last_address_again),
		cmocka_unit_test(longest_free_goes_first),
		cmocka_unit_test(excluded_addresses_are_never_given),
		cmocka_unit_test(given_addresses_can_be_asked_for),
		cmocka_unit_test(giving_back_twice_is_harmless),
		cmocka_unit_test(what_is_not_allowed_is_passed_over),
		cmocka_unit_test(restricted_users_get_what_they_may),
		cmocka_unit_test(restricted_users_get_their_last_address_again),
		cmocka_unit_test(restricted_users_take_turns),
		cmocka_unit_test(ranges_and_spans_need_not_match),
		cmocka_unit_test(nobody_looks_at_a_whole_pool),
		cmocka_unit_test(overlaps_and_giants_are_refused),
		cmocka_unit_test(a_changed_pool_keeps_what_it_can),
		cmocka_unit_test(the_next_pool_is_asked_when_one_is_exhausted),
		cmocka_unit_test(the_last_address_comes_first_in_a_chain),
		cmocka_unit_test(a_changed_pool_keeps_its_next_one),
		cmocka_unit_test(it_is_counted_what_a_pool_has_come_to),
		cmocka_unit_test(scarcity_is_told_once),
		cmocka_unit_test(users_are_recalled),
		cmocka_unit_test(a_pool_that_is_not_sticky_knows_no_users),
		cmocka_unit_test(the_last_reference_frees),
		cmocka_unit_test(random_use_agrees_with_a_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
