// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "web/logins.h"

static struct logins logins;
static const struct token alice = { .name = "alice", .hash = { 1 }, .rights = TOKEN_READ };

static int set_up(void **state)
{
	memset(&logins, 0, sizeof(logins));
	return 0;
}

static void a_cookie_is_found(void **state)
{
	char cookies[2][LOGIN_COOKIE];
	uint64_t number;

	for (unsigned int i = 0; i < 2; i++)
		strcpy(cookies[i], logins_add(&logins, &alice, 5)->cookie);
	assert_string_not_equal(cookies[0], cookies[1]);
	assert_int_equal(strlen(cookies[0]), LOGIN_COOKIE - 1);
	number = logins_find(&logins, cookies[0], 5)->number;
	assert_string_equal(logins_find(&logins, cookies[0], 5)->token.name, "alice");
	assert_null(logins_find(&logins, "", 5));
	cookies[1][LOGIN_COOKIE - 2] ^= 1;
	assert_null(logins_find(&logins, cookies[1], 5));
	assert_true(logins_has(&logins, number));
	logins_remove(&logins, number);
	assert_false(logins_has(&logins, number));
	assert_null(logins_find(&logins, cookies[0], 5));
	logins_remove(&logins, number);
	logins_remove(&logins, 0);
}

/* An empty place has no cookie, and nobody has it by being as empty. */
static void an_empty_place_is_nobodys(void **state)
{
	char none[LOGIN_COOKIE];

	memset(none, 0, sizeof(none));
	assert_null(logins_find(&logins, none, 5));
	assert_false(logins_has(&logins, 0));
}

static void who_is_idle_is_logged_out(void **state)
{
	const struct login *login = logins_add(&logins, &alice, 0);
	const uint64_t number = login->number;
	char cookie[LOGIN_COOKIE];

	strcpy(cookie, login->cookie);
	assert_non_null(logins_find(&logins, cookie, LOGIN_IDLE_MS - 1));
	assert_non_null(logins_find(&logins, cookie, 2 * LOGIN_IDLE_MS - 2));
	logins_touch(&logins, number, 3 * LOGIN_IDLE_MS - 3);
	assert_non_null(logins_find(&logins, cookie, 4 * LOGIN_IDLE_MS - 4));
	assert_null(logins_find(&logins, cookie, 5 * LOGIN_IDLE_MS));
}

static void there_is_a_bound(void **state)
{
	char first[LOGIN_COOKIE], second[LOGIN_COOKIE];

	strcpy(first, logins_add(&logins, &alice, 1)->cookie);
	strcpy(second, logins_add(&logins, &alice, 2)->cookie);
	for (unsigned int i = 2; i < LOGINS_MAX; i++)
		logins_add(&logins, &alice, 3);
	assert_non_null(logins_find(&logins, first, 4));
	logins_add(&logins, &alice, 5);
	assert_non_null(logins_find(&logins, first, 5));
	assert_null(logins_find(&logins, second, 5));
}

static void logins_go_with_their_tokens(void **state)
{
	static const char text[] = "alice write "
		"0100000000000000000000000000000000000000000000000000000000000000\n";
	const struct token bob = { .name = "bob", .hash = { 2 }, .rights = TOKEN_READ };
	char a[LOGIN_COOKIE], b[LOGIN_COOKIE];
	struct tokens *tokens;
	struct diag diag;

	diag_init(&diag);
	tokens = tokens_parse("t", text, strlen(text), &diag);
	strcpy(a, logins_add(&logins, &alice, 1)->cookie);
	strcpy(b, logins_add(&logins, &bob, 1)->cookie);
	logins_review(&logins, tokens);
	assert_int_equal(logins_find(&logins, a, 1)->token.rights, TOKEN_READ | TOKEN_WRITE);
	assert_null(logins_find(&logins, b, 1));
	logins_review(&logins, NULL);
	assert_null(logins_find(&logins, a, 1));
	tokens_put(tokens);
	diag_free(&diag);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_cookie_is_found, set_up),
		cmocka_unit_test_setup(an_empty_place_is_nobodys, set_up),
		cmocka_unit_test_setup(who_is_idle_is_logged_out, set_up),
		cmocka_unit_test_setup(there_is_a_bound, set_up),
		cmocka_unit_test_setup(logins_go_with_their_tokens, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
