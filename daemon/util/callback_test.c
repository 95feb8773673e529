// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "util/callback.h"
#include "util/played_time_test.h"

static void take(const char *what, unsigned int ms)
{
	CALLBACK(what);

	played_ns += ms * 1000000ull;
}

static void test_the_longest_is_told(void **state)
{
	const struct callbacks *seen = callbacks_seen();

	callbacks_forget();
	assert_string_equal(seen->longest, "");
	assert_int_equal(seen->longest_ns, 0);
	take("something", 1);
	assert_string_equal(seen->longest, "something");
	take("much", 20);
	assert_string_equal(seen->longest, "much");
	assert_int_equal(seen->longest_ns, 20000000);
	take("little", 2);
	assert_string_equal(seen->longest, "much");
	/* 5 ms are allowed. */
	assert_int_equal(seen->too_long, 1);
	take("enough", 5);
	assert_int_equal(seen->too_long, 1);
	take("too much", 6);
	assert_int_equal(seen->too_long, 2);
}

static void work(const char *what, unsigned int ms, unsigned int cpu_ms)
{
	CALLBACK(what);

	played_ns += ms * 1000000ull;
	played_cpu_ns += cpu_ms * 1000000ull;
}

static void test_who_works_is_told_from_who_waits(void **state)
{
	const struct callbacks *seen = callbacks_seen();

	callbacks_forget();
	assert_string_equal(seen->busiest, "");
	assert_int_equal(seen->busiest_ns, 0);
	work("works", 4, 3);
	work("waits", 30, 1);
	assert_string_equal(seen->longest, "waits");
	assert_int_equal(seen->longest_ns, 30000000);
	assert_string_equal(seen->busiest, "works");
	assert_int_equal(seen->busiest_ns, 3000000);
}

static void test_slices_end(void **state)
{
	CALLBACK("something long");
	unsigned int steps = 0;

	assert_true(callback_has_time());
	played_ns += CALLBACK_SLICE_NS - 1;
	assert_true(callback_has_time());
	played_ns++;
	assert_false(callback_has_time());
	while (steps < 16 && callback_has_time_for_steps())
		steps++;
	assert_true(steps < 16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_longest_is_told),
		cmocka_unit_test(test_who_works_is_told_from_who_waits),
		cmocka_unit_test(test_slices_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
