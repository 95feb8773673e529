// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/resource.h>

#include "util/descriptors.h"

static void set_limit(rlim_t soft)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = soft;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

static void some_are_kept_in_reserve(void **state)
{
	set_limit(1024);
	assert_int_equal(descriptors_limit(), 1024);
	assert_false(descriptor_is_scarce(-1));
	assert_false(descriptor_is_scarce(0));
	assert_false(descriptor_is_scarce(959));
	assert_true(descriptor_is_scarce(960));
	assert_true(descriptor_is_scarce(1023));
	set_limit(100);
	assert_false(descriptor_is_scarce(74));
	assert_true(descriptor_is_scarce(75));
}

static void the_limit_is_raised(void **state)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	set_limit(64);
	descriptors_raise_limit();
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_true(limit.rlim_cur == limit.rlim_max);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(some_are_kept_in_reserve),
		cmocka_unit_test(the_limit_is_raised),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
