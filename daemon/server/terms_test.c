// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "aaa/grant.h"
#include "config/config.h"
#include "server/terms.h"

static struct config_pool pool = { .name = "of-server" };

/* Idle timeouts tell who has said something last. */
static struct config_profile profiles[] = {
	{ "of-server", { .given = POLICY_BIT(POLICY_IDLE_TIMEOUT) | POLICY_BIT(POLICY_POOL),
			 .idle_timeout_s = 2, .pool = "of-profile" } },
	{ "of-user", { .given = POLICY_BIT(POLICY_IDLE_TIMEOUT), .idle_timeout_s = 3 } },
	{ "strict", { .given = POLICY_BIT(POLICY_IDLE_TIMEOUT), .idle_timeout_s = 5 } },
	{ "night", { .given = POLICY_BIT(POLICY_SESSION_TIMEOUT), .session_timeout_s = 50 } },
};

static struct config_user users[] = {
	{ .name = "alice", .profile = &profiles[1],
	  .policy = { .given = POLICY_BIT(POLICY_IDLE_TIMEOUT), .idle_timeout_s = 4 } },
	{ .name = "bob", .profile = &profiles[1] },
};

static struct config config = {
	.profiles = profiles, .n_profiles = 4, .users = users, .n_users = 2,
};

static char sets[] = "filter guests";

static const struct config_server plain = {
	.name = "office", .pool = &pool, .idle_timeout_s = 1, .session_timeout_s = 10,
	.max_sessions_per_user = 7, .single = POLICY_SINGLE_DENY,
	.shape = { .rate_up = 1, .rate_down = 2, .burst_up = 3, .burst_down = 4, .mark = 5,
		   .priority = 6, .netns = "beyond", .vrf = "blue", .interface = "ppp-%u",
		   .nft_sets = sets },
	.rechallenge_s = 8,
};

static void a_server_has_a_say_in_all(void **state)
{
	const struct policy policy = terms_of(&config, &plain, "mallory", NULL);

	assert_int_equal(policy.given, POLICY_BIT(POLICY_TERMS) - 1);
	assert_string_equal(policy.pool, "of-server");
	assert_int_equal(policy.max_sessions, 7);
	assert_int_equal(policy.single, POLICY_SINGLE_DENY);
	assert_int_equal(policy.idle_timeout_s, 1);
	assert_int_equal(policy.session_timeout_s, 10);
	assert_int_equal(policy.rate_up, 1);
	assert_int_equal(policy.rate_down, 2);
	assert_int_equal(policy.burst_up, 3);
	assert_int_equal(policy.burst_down, 4);
	assert_int_equal(policy.mark, 5);
	assert_int_equal(policy.priority, 6);
	assert_string_equal(policy.netns, "beyond");
	assert_string_equal(policy.vrf, "blue");
	assert_string_equal(policy.interface, "ppp-%u");
	assert_int_equal(policy.rechallenge_s, 8);
	assert_string_equal(policy.nft_sets, "filter guests");
}

static void a_server_may_not_regard_case(void **state)
{
	struct config_server server = plain;

	assert_int_equal(terms_of(&config, &server, "ALICE", NULL).idle_timeout_s, 1);
	server.fold_case = true;
	assert_int_equal(terms_of(&config, &server, "ALICE", NULL).idle_timeout_s, 4);
}

static void a_server_may_have_no_pool(void **state)
{
	const struct config_server server = { .name = "office" };

	assert_string_equal(terms_of(&config, &server, "alice", NULL).pool, "");
}

static void each_counts_more_than_those_before(void **state)
{
	static const char * const filters[] = { "unknown", "strict", "night" };
	struct config_server server = plain;
	struct auth_grant grant = { .pool = "", .filters = filters, .n_filters = 3 };
	struct policy policy;

	server.profile = &profiles[0];
	policy = terms_of(&config, &server, "mallory", NULL);
	assert_int_equal(policy.idle_timeout_s, 2);
	assert_string_equal(policy.pool, "of-profile");
	assert_int_equal(terms_of(&config, &server, "bob", NULL).idle_timeout_s, 3);
	assert_int_equal(terms_of(&config, &server, "alice", NULL).idle_timeout_s, 4);
	policy = terms_of(&config, &server, "alice", &grant);
	assert_int_equal(policy.idle_timeout_s, 5);
	assert_int_equal(policy.session_timeout_s, 50);
	grant.idle_timeout_s = 6;
	policy = terms_of(&config, &server, "alice", &grant);
	assert_int_equal(policy.idle_timeout_s, 6);
	assert_int_equal(policy.session_timeout_s, 50);
	assert_string_equal(policy.pool, "of-profile");
}

/* Else whoever can call himself like a user would have what that user has. */
static void nobody_has_what_nothing_proves(void **state)
{
	assert_int_equal(terms_of(&config, &plain, NULL, NULL).idle_timeout_s, 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_server_has_a_say_in_all),
		cmocka_unit_test(a_server_may_not_regard_case),
		cmocka_unit_test(a_server_may_have_no_pool),
		cmocka_unit_test(each_counts_more_than_those_before),
		cmocka_unit_test(nobody_has_what_nothing_proves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
