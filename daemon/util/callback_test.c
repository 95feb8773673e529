// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <time.h>

#include "util/callback.h"

static void take(const char *what, unsigned int ms)
{
	const struct timespec pause = { .tv_nsec = ms * 1000000l };
	CALLBACK(what);

	nanosleep(&pause, NULL);
}

static void test_the_longest_is_told(void **state)
{
	const struct callbacks *seen = callbacks_seen();

	callbacks_forget();
	assert_string_equal(seen->longest, "");
	assert_int_equal(seen->longest_ns, 0);
	take("nothing", 0);
	assert_string_equal(seen->longest, "nothing");
	take("much", 20);
	assert_string_equal(seen->longest, "much");
	assert_true(seen->longest_ns >= 20000000);
	assert_true(seen->too_long >= 1);
	take("little", 0);
	assert_string_equal(seen->longest, "much");
}

static void test_slices_end(void **state)
{
	const struct timespec pause = { .tv_nsec = CALLBACK_SLICE_NS };
	CALLBACK("something long");

	assert_true(callback_has_time());
	nanosleep(&pause, NULL);
	assert_false(callback_has_time());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_longest_is_told),
		cmocka_unit_test(test_slices_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
