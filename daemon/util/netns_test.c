// SPDX-License-Identifier: GPL-2.0-only
/* What needs no rights; selftests/functional/radius_places.sh has the rest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "util/netns.h"

static int return_number(const void *arg)
{
	return *(const int *)arg;
}

static void test_own_namespace(void **state)
{
	const int fd = 7, err = -EACCES;

	assert_int_equal(netns_make("", return_number, &fd), 7);
	assert_int_equal(netns_make("", return_number, &err), -EACCES);
}

static void test_no_such_namespace(void **state)
{
	const int fd = 7;
	char longest[NETNS_NAME_MAX + 1];

	assert_int_equal(netns_make("culvert-test-none", return_number, &fd), -ENOENT);
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_int_equal(netns_make(longest, return_number, &fd), -ENOENT);
}

static void test_no_descriptor(void **state)
{
	const int fd = 7;

	assert_int_equal(netns_make_in(-1, return_number, &fd), -EBADF);
}

static void test_numbers(void **state)
{
	assert_int_equal(netns_number(""), 0);
	assert_int_equal(netns_number("culvert-test-none"), 0);
	assert_false(netns_exists("culvert-test-none"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own_namespace),
		cmocka_unit_test(test_no_such_namespace),
		cmocka_unit_test(test_no_descriptor),
		cmocka_unit_test(test_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
