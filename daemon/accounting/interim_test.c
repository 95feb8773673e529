// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "accounting/interim.h"

#define SESSIONS	60000
#define INTERVAL_S	600

static uint32_t random_state = 1;

static uint32_t random_number(void)
{
	random_state = random_state * 1664525 + 1013904223;
	return random_state;
}

static void the_server_has_the_first_word(void **state)
{
	assert_int_equal(interim_interval(0, 0), 0);
	assert_int_equal(interim_interval(0, 300), 300);
	assert_int_equal(interim_interval(900, 300), 900);
	assert_int_equal(interim_interval(1, 300), 60);
	assert_int_equal(interim_interval(0, 59), 60);
	assert_int_equal(interim_interval(60, 0), 60);
	assert_int_equal(interim_interval(UINT32_MAX, 0), UINT32_MAX);
}

static void without_an_interval_there_is_none(void **state)
{
	assert_true(interim_first(5, 0, 7) == NEVER);
	assert_true(interim_next(5, 0, 7) == NEVER);
}

static void no_interval_is_far_from_its_length(void **state)
{
	assert_int_equal(interim_first(1000, 600, 0), 301000);
	assert_in_range(interim_first(1000, 600, UINT32_MAX), 600000, 601000);
	assert_int_equal(interim_next(1000, 600, 0), 541000);
	assert_in_range(interim_next(1000, 600, UINT32_MAX), 660000, 661000);
	/* the longest that a server can name */
	assert_in_range(interim_next(0, UINT32_MAX, UINT32_MAX), UINT32_MAX * UINT64_C(1000),
			UINT32_MAX * UINT64_C(1100));
}

/* All come up in the same moment. In no second do more than thrice as many speak as on average. */
static void sixty_thousand_do_not_speak_at_once(void **state)
{
	static uint64_t due[SESSIONS];
	static unsigned int seconds[4 * INTERVAL_S];
	const unsigned int most = 3 * SESSIONS / INTERVAL_S;

	for (unsigned int i = 0; i < SESSIONS; i++)
		due[i] = interim_first(0, INTERVAL_S, random_number());
	for (unsigned int i = 0; i < SESSIONS; i++)
		while (due[i] / 1000 < 4 * INTERVAL_S) {
			seconds[due[i] / 1000]++;
			due[i] = interim_next(due[i], INTERVAL_S, random_number());
		}
	for (unsigned int i = 0; i < 4 * INTERVAL_S; i++)
		assert_true(seconds[i] <= most);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_server_has_the_first_word),
		cmocka_unit_test(without_an_interval_there_is_none),
		cmocka_unit_test(no_interval_is_far_from_its_length),
		cmocka_unit_test(sixty_thousand_do_not_speak_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
