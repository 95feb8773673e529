// SPDX-License-Identifier: GPL-2.0-only
/* Lookups by libuv, of names that need no name server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <arpa/inet.h>
#include <cmocka.h>

#include "client/lookup.h"

static unsigned int n_done;

static void done(struct lookup *l)
{
	n_done++;
}

static void look_up(struct lookup *l, const char *name, bool cancel)
{
	uv_loop_t loop;

	n_done = 0;
	uv_loop_init(&loop);
	assert_int_equal(lookup_start(l, &loop, name, done), 0);
	assert_int_equal(n_done, 0);
	if (cancel)
		lookup_cancel(l);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(n_done, 1);
	assert_int_equal(uv_loop_close(&loop), 0);
}

static void an_address_is_its_own(void **state)
{
	struct lookup l;

	look_up(&l, "192.0.2.7", false);
	assert_int_equal(l.status, 0);
	assert_int_equal(l.n, 1);
	assert_string_equal(ip_text(l.list[0]), "192.0.2.7");
}

static void another_family_is_not_taken(void **state)
{
	struct lookup l;

	look_up(&l, "::1", false);
	assert_int_not_equal(l.status, 0);
	assert_int_equal(l.n, 0);
}

static void an_impossible_name_is_refused_at_once(void **state)
{
	char name[2000];
	struct lookup l;
	uv_loop_t loop;

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	uv_loop_init(&loop);
	assert_int_not_equal(lookup_start(&l, &loop, name, done), 0);
	assert_int_equal(uv_loop_close(&loop), 0);
}

/* @done is called once, whether the lookup could be cancelled in time or not. */
static void it_may_be_cancelled(void **state)
{
	struct lookup l;

	look_up(&l, "192.0.2.7", true);
	assert_true(l.status == UV_EAI_CANCELED || l.n == 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_is_its_own),
		cmocka_unit_test(another_family_is_not_taken),
		cmocka_unit_test(an_impossible_name_is_refused_at_once),
		cmocka_unit_test(it_may_be_cancelled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
