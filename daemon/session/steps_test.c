// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "session/steps.h"

static uint32_t took(const struct steps *s, enum setup_step step)
{
	uint32_t us;

	assert_true(steps_took(s, step, &us));
	return us;
}

static void a_step_begins_where_the_last_one_ended(void **state)
{
	const struct steps s = { .began = UINT32_MAX - 9, .ended = { 90, 100, 300, 0, 1300 } };
	uint32_t us;

	assert_int_equal(took(&s, SETUP_CONNECTION), 100);	/* the clock has wrapped around */
	assert_int_equal(took(&s, SETUP_CALL), 10);
	assert_int_equal(took(&s, SETUP_LCP), 200);
	assert_false(steps_took(&s, SETUP_AUTH, &us));
	assert_int_equal(took(&s, SETUP_NETWORK), 1000);
	assert_true(steps_took_all(&s, &us));
	assert_int_equal(us, 1310);
}

/* A second call of a connection did not begin with it. */
static void what_is_not_known_took_no_time(void **state)
{
	struct steps s = { .ended = { 0, 100, 300 } };
	uint32_t us;

	assert_false(steps_took(&s, SETUP_CONNECTION, &us));
	assert_false(steps_took(&s, SETUP_CALL, &us));
	assert_int_equal(took(&s, SETUP_LCP), 200);
	assert_false(steps_took(&s, SETUP_NETWORK, &us));
	s.ended[SETUP_NETWORK] = 400;
	assert_false(steps_took_all(&s, &us));
	s.began = 1;
	assert_true(steps_took_all(&s, &us));
}

static void marks_are_never_zero_and_go_on(void **state)
{
	const uint32_t first = steps_mark();

	assert_int_not_equal(first, 0);
	assert_true(steps_mark() - first < 60000000);
}

static void all_have_names(void **state)
{
	for (unsigned int i = 0; i < SETUP_STEPS; i++)
		assert_true(*setup_step_name(i));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_step_begins_where_the_last_one_ended),
		cmocka_unit_test(what_is_not_known_took_no_time),
		cmocka_unit_test(marks_are_never_zero_and_go_on),
		cmocka_unit_test(all_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
