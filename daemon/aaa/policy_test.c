// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "aaa/grant.h"
#include "aaa/policy.h"

/* A policy that gives every term, with values that tell it from another one. */
static struct policy whole(const char *pool, uint32_t value)
{
	return (struct policy){
		.given = POLICY_BIT(POLICY_TERMS) - 1,
		.pool = pool,
		.max_sessions = value,
		.single = (enum policy_single)(value % 4),
		.idle_timeout_s = value + 1,
		.session_timeout_s = value + 2,
		.rate_up = value + 3,
		.rate_down = value + 4,
		.burst_up = value + 5,
		.burst_down = value + 6,
		.mark = value + 7,
		.priority = value + 8,
		.rechallenge_s = value + 9,
		.expires_s = value + 9,
		.nft_sets = pool,
		.netns = pool,
		.vrf = pool,
		.interface = pool,
	};
}

static void assert_equal(const struct policy *a, const struct policy *b)
{
	assert_int_equal(a->given, b->given);
	assert_ptr_equal(a->pool, b->pool);
	assert_int_equal(a->max_sessions, b->max_sessions);
	assert_int_equal(a->single, b->single);
	assert_int_equal(a->idle_timeout_s, b->idle_timeout_s);
	assert_int_equal(a->session_timeout_s, b->session_timeout_s);
	assert_int_equal(a->rate_up, b->rate_up);
	assert_int_equal(a->rate_down, b->rate_down);
	assert_int_equal(a->burst_up, b->burst_up);
	assert_int_equal(a->burst_down, b->burst_down);
	assert_int_equal(a->mark, b->mark);
	assert_int_equal(a->priority, b->priority);
	assert_int_equal(a->rechallenge_s, b->rechallenge_s);
	assert_int_equal(a->expires_s, b->expires_s);
	assert_ptr_equal(a->nft_sets, b->nft_sets);
	assert_ptr_equal(a->netns, b->netns);
	assert_ptr_equal(a->vrf, b->vrf);
	assert_ptr_equal(a->interface, b->interface);
}

static void what_is_said_last_counts(void **state)
{
	const struct policy first = whole("first", 1), second = whole("second", 6);
	struct policy policy = { 0 };

	policy_add(&policy, &first);
	assert_equal(&policy, &first);
	policy_add(&policy, &second);
	assert_equal(&policy, &second);
}

/* Each term by itself: what is left open stays, also if its value is not 0. */
static void what_is_left_open_stays(void **state)
{
	const struct policy first = whole("first", 1), second = whole("second", 6);

	for (unsigned int term = 0; term < POLICY_TERMS; term++) {
		struct policy one = second, rest = second, policy = first;

		/* A burst goes with its rate; see below. */
		if (term == POLICY_RATE_UP || term == POLICY_RATE_DOWN)
			continue;
		one.given = POLICY_BIT(term);
		rest.given &= ~POLICY_BIT(term);
		policy_add(&policy, &one);
		assert_int_equal(memcmp(&policy, &first, sizeof(policy)) != 0, true);
		policy_add(&policy, &rest);
		policy_add(&policy, &one);
		assert_equal(&policy, &second);
	}
}

static void a_rate_comes_with_its_burst(void **state)
{
	const struct policy rates = {
		.given = POLICY_BIT(POLICY_RATE_UP) | POLICY_BIT(POLICY_RATE_DOWN) |
			 POLICY_BIT(POLICY_BURST_DOWN),
		.rate_up = 64000, .rate_down = 128000, .burst_down = 5000,
	};
	struct policy policy = whole("pool", 9);

	policy_add(&policy, &rates);
	assert_int_equal(policy.rate_up, 64000);
	assert_int_equal(policy.burst_up, 0);
	assert_int_equal(policy.rate_down, 128000);
	assert_int_equal(policy.burst_down, 5000);
}

static void no_limit_can_be_said(void **state)
{
	const struct policy none = {
		.given = POLICY_BIT(POLICY_IDLE_TIMEOUT) | POLICY_BIT(POLICY_MAX_SESSIONS),
	};
	struct policy policy = whole("pool", 9);

	policy_add(&policy, &none);
	assert_int_equal(policy.idle_timeout_s, 0);
	assert_int_equal(policy.max_sessions, 0);
	assert_int_equal(policy.session_timeout_s, 11);
}

static void what_is_granted_counts(void **state)
{
	const struct auth_grant grant = {
		.pool = "gold", .port_limit = 2, .idle_timeout_s = 300, .session_timeout_s = 3600,
	};
	struct policy policy = whole("pool", 9);

	policy_add_grant(&policy, &grant);
	assert_string_equal(policy.pool, "gold");
	assert_int_equal(policy.max_sessions, 2);
	assert_int_equal(policy.idle_timeout_s, 300);
	assert_int_equal(policy.session_timeout_s, 3600);
	assert_int_equal(policy.single, 1);
}

/* Mikrotik-Rate-Limit "1M/2M 3M/2M 0/0 8/8", for instance. */
static void rates_are_granted_with_bursts(void **state)
{
	struct auth_grant grant = { .pool = "", .rates = {
		.up = 1000000, .down = 2000000, .burst_up = 3000000, .burst_down = 2000000,
		.burst_up_s = 8, .burst_down_s = 8,
	} };
	struct policy policy = whole("pool", 9);

	policy_add_grant(&policy, &grant);
	assert_int_equal(policy.rate_up, 1000000);
	assert_int_equal(policy.rate_down, 2000000);
	/* 2 Mbit/s more than the rate, for 8 seconds */
	assert_int_equal(policy.burst_up, 2000000);
	assert_int_equal(policy.burst_down, 0);
	grant.rates.burst_up = UINT64_MAX;
	policy_add_grant(&policy, &grant);
	assert_int_equal(policy.burst_up, POLICY_BURST_MAX);
	/* one direction alone leaves the other one */
	grant.rates = (struct radius_rates){ .down = 9000000 };
	policy_add_grant(&policy, &grant);
	assert_int_equal(policy.rate_up, 1000000);
	assert_int_equal(policy.rate_down, 9000000);
}

static void what_is_not_granted_stays(void **state)
{
	const struct auth_grant grant = { .pool = "" };
	const struct policy before = whole("pool", 9);
	struct policy policy = before;

	policy_add_grant(&policy, &grant);
	assert_equal(&policy, &before);
	policy_add_grant(&policy, NULL);
	assert_equal(&policy, &before);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_said_last_counts),
		cmocka_unit_test(what_is_left_open_stays),
		cmocka_unit_test(a_rate_comes_with_its_burst),
		cmocka_unit_test(no_limit_can_be_said),
		cmocka_unit_test(what_is_granted_counts),
		cmocka_unit_test(rates_are_granted_with_bursts),
		cmocka_unit_test(what_is_not_granted_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
