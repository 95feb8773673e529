// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "util/ip_literal_test.h"
#include "util/log_rules.h"

static struct log_rules rules;

static int set_up(void **state)
{
	memset(&rules, 0, sizeof(rules));
	return 0;
}

static bool set(const struct log_subject *subject, enum log_level level, uint64_t until_ms)
{
	const struct log_rule rule = { .subject = *subject, .level = level, .until_ms = until_ms };

	return log_rules_set(&rules, &rule);
}

static const struct log_fields alice = {
	.user = "alice", .session = 7, .server = "office",
};

static enum log_level level_of(const struct log_fields *about, bool *asked)
{
	return log_rules_level(&rules, about, LOG_LEVEL_INFO, asked);
}

static void all_that_is_set_has_to_apply(void **state)
{
	const struct log_subject subjects[] = {
		{ .user = "ALICE" },
		{ .session = 7 },
		{ .server = "office" },
		{ .user = "alice", .session = 7, .server = "office" },
		{ .peer = { ip("192.0.2.0"), 24 } },
	};
	const struct log_subject others[] = {
		{ .user = "alic" },
		{ .session = 8 },
		{ .client = "office" },
		{ .user = "alice", .session = 8 },
		{ .peer = { ip("192.0.2.8"), 32 } },
	};
	struct log_fields about = alice;
	bool asked;

	about.peer = ip("192.0.2.7");
	for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++) {
		set_up(NULL);
		set(&subjects[i], LOG_LEVEL_DEBUG, UINT64_MAX);
		assert_int_equal(level_of(&about, &asked), LOG_LEVEL_DEBUG);
		assert_true(asked);
		assert_int_equal(level_of(NULL, &asked), LOG_LEVEL_INFO);
		assert_false(asked);
		set_up(NULL);
		set(&others[i], LOG_LEVEL_DEBUG, UINT64_MAX);
		assert_int_equal(level_of(&about, &asked), LOG_LEVEL_INFO);
		assert_false(asked);
	}
	/* nothing is known of the peer of a line that names none */
	set_up(NULL);
	set(&subjects[4], LOG_LEVEL_DEBUG, UINT64_MAX);
	assert_int_equal(level_of(&alice, &asked), LOG_LEVEL_INFO);
}

static void the_least_important_level_counts(void **state)
{
	bool asked;

	set(&(struct log_subject){ .server = "office" }, LOG_LEVEL_ERROR, UINT64_MAX);
	assert_int_equal(level_of(&alice, &asked), LOG_LEVEL_ERROR);
	set(&(struct log_subject){ .user = "alice" }, LOG_LEVEL_NOTICE, UINT64_MAX);
	assert_int_equal(level_of(&alice, &asked), LOG_LEVEL_NOTICE);
	/* that of all is for others */
	set(&(struct log_subject){ 0 }, LOG_LEVEL_DEBUG, UINT64_MAX);
	assert_int_equal(level_of(&alice, &asked), LOG_LEVEL_NOTICE);
	assert_int_equal(level_of(NULL, &asked), LOG_LEVEL_DEBUG);
	assert_false(asked);
}

static void rules_are_replaced_removed_and_over(void **state)
{
	const struct log_subject user = { .user = "alice" }, session = { .session = 7 };

	assert_true(set(&user, LOG_LEVEL_DEBUG, 1000));
	assert_true(set(&session, LOG_LEVEL_DEBUG, 2000));
	assert_true(set(&user, LOG_LEVEL_ERROR, 3000));
	assert_int_equal(rules.n, 2);
	assert_int_equal(rules.list[0].level, LOG_LEVEL_ERROR);
	log_rules_expire(&rules, 1999);
	assert_int_equal(rules.n, 2);
	log_rules_expire(&rules, 2000);
	assert_int_equal(rules.n, 1);
	assert_int_equal(log_rules_remove(&rules, &session), 0);
	assert_int_equal(log_rules_remove(&rules, &user), 1);
	assert_int_equal(rules.n, 0);
}

static void the_table_has_a_bound(void **state)
{
	for (uint64_t i = 1; i <= LOG_RULES_MAX; i++)
		assert_true(set(&(struct log_subject){ .session = i }, LOG_LEVEL_DEBUG, 1));
	assert_false(set(&(struct log_subject){ .session = 99 }, LOG_LEVEL_DEBUG, 1));
	assert_true(set(&(struct log_subject){ .session = 5 }, LOG_LEVEL_INFO, 1));
	assert_int_equal(log_rules_remove(&rules, NULL), LOG_RULES_MAX);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(all_that_is_set_has_to_apply, set_up),
		cmocka_unit_test_setup(the_least_important_level_counts, set_up),
		cmocka_unit_test_setup(rules_are_replaced_removed_and_over, set_up),
		cmocka_unit_test_setup(the_table_has_a_bound, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
