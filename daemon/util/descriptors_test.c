// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

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

static unsigned int count_all(void)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < descriptors_end(); i += DESCRIPTORS_AT_ONCE)
		n += descriptors_count(i);
	return n;
}

static void those_that_are_open_are_counted(void **state)
{
	unsigned int before;
	int fds[2];

	descriptors_raise_limit();
	before = count_all();
	assert_true(before >= 2);
	fds[0] = open("/dev/null", O_RDONLY);
	fds[1] = fcntl(fds[0], F_DUPFD, 1500);
	assert_true(fds[1] >= 1500);
	assert_int_equal(count_all(), before + 2);
	close(fds[0]);
	assert_int_equal(count_all(), before + 1);
	close(fds[1]);
	assert_int_equal(count_all(), before);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(some_are_kept_in_reserve),
		cmocka_unit_test(the_limit_is_raised),
		cmocka_unit_test(those_that_are_open_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
