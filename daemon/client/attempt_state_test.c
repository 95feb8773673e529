// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "client/attempt_state.h"

#define LOGIN_S	30

static struct attempt_clock begun_at(uint64_t now)
{
	struct attempt_clock clock;

	attempt_clock_begin(&clock, LOGIN_S, now);
	return clock;
}

static void each_state_on_the_way_up_is_a_step(void **state)
{
	assert_int_equal(attempt_step(ATTEMPT_LOOKUP, STEP_LOGIN), STEP_LOOKUP);
	assert_int_equal(attempt_step(ATTEMPT_CONNECTING, STEP_LOGIN), STEP_CONNECT);
	assert_int_equal(attempt_step(ATTEMPT_STARTING, STEP_LOGIN), STEP_START);
	assert_int_equal(attempt_step(ATTEMPT_CALLING, STEP_LOGIN), STEP_CALL);
	assert_int_equal(attempt_step(ATTEMPT_LINK, STEP_LOGIN), STEP_LOGIN);
	assert_int_equal(attempt_step(ATTEMPT_UP, STEP_LOGIN), STEP_UP);
}

static void the_link_tells_how_far_it_has_come(void **state)
{
	assert_int_equal(attempt_link_step(PPP_PHASE_DEAD, 0, PPP_MPPE_REQUIRED), STEP_LCP);
	assert_int_equal(attempt_link_step(PPP_PHASE_ESTABLISH, 0, PPP_MPPE_REQUIRED), STEP_LCP);
	assert_int_equal(attempt_link_step(PPP_PHASE_AUTHENTICATE, PPP_OPEN_LCP, PPP_MPPE_REQUIRED),
			 STEP_LOGIN);
	assert_int_equal(attempt_link_step(PPP_PHASE_NETWORK, PPP_OPEN_LCP, PPP_MPPE_REQUIRED),
			 STEP_CCP);
	assert_int_equal(attempt_link_step(PPP_PHASE_NETWORK, PPP_OPEN_LCP | PPP_OPEN_CCP,
					   PPP_MPPE_REQUIRED),
			 STEP_IPCP);
	/* without PPP_MPPE_REQUIRED encryption is not a step */
	assert_int_equal(attempt_link_step(PPP_PHASE_NETWORK, PPP_OPEN_LCP, PPP_MPPE_PREFERRED),
			 STEP_IPCP);
	assert_int_equal(attempt_link_step(PPP_PHASE_NETWORK, PPP_OPEN_LCP, PPP_MPPE_OFF),
			 STEP_IPCP);
}

static void names_are_for_people(void **state)
{
	for (int s = STEP_LOOKUP; s <= STEP_UP; s++)
		assert_non_null(attempt_step_name(s));
	for (int s = ATTEMPT_LOOKUP; s <= ATTEMPT_GONE; s++)
		assert_non_null(attempt_state_name(s));
	assert_string_equal(attempt_step_name(STEP_CONNECT), "TCP connection");
	assert_string_equal(attempt_step_name(STEP_UP), "session");
}

static void login_is_bounded_until_it_is_up(void **state)
{
	static const enum attempt_state states[] = {
		ATTEMPT_LOOKUP, ATTEMPT_CONNECTING, ATTEMPT_STARTING, ATTEMPT_CALLING,
		ATTEMPT_LINK,
	};
	const struct attempt_clock clock = begun_at(5);

	for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++) {
		assert_int_equal(attempt_clock_deadline(&clock, states[i]), 30005);
		assert_int_equal(attempt_clock_expired(&clock, states[i], 30004), ATTEMPT_IN_TIME);
		assert_int_equal(attempt_clock_expired(&clock, states[i], 30005),
				 ATTEMPT_LOGIN_TIMEOUT);
	}
	assert_true(attempt_clock_deadline(&clock, ATTEMPT_UP) == NEVER);
	assert_int_equal(attempt_clock_expired(&clock, ATTEMPT_UP, 99999), ATTEMPT_IN_TIME);
}

static void link_and_connection_have_a_goodbye_each(void **state)
{
	struct attempt_clock clock = begun_at(0);

	attempt_clock_enter(&clock, ATTEMPT_UP, ATTEMPT_HANGING_UP, 100000);
	assert_int_equal(attempt_clock_deadline(&clock, ATTEMPT_HANGING_UP), 103000);
	attempt_clock_enter(&clock, ATTEMPT_HANGING_UP, ATTEMPT_CLEARING, 102000);
	assert_int_equal(attempt_clock_deadline(&clock, ATTEMPT_CLEARING), 105000);
	/* the ends of the call and of the control connection share one goodbye */
	attempt_clock_enter(&clock, ATTEMPT_CLEARING, ATTEMPT_STOPPING, 104000);
	assert_int_equal(attempt_clock_deadline(&clock, ATTEMPT_STOPPING), 105000);
	assert_int_equal(attempt_clock_expired(&clock, ATTEMPT_STOPPING, 104999), ATTEMPT_IN_TIME);
	assert_int_equal(attempt_clock_expired(&clock, ATTEMPT_STOPPING, 105000),
			 ATTEMPT_GOODBYE_TIMEOUT);
}

static void a_failure_has_a_goodbye_too(void **state)
{
	struct attempt_clock clock = begun_at(0);

	attempt_clock_enter(&clock, ATTEMPT_CALLING, ATTEMPT_STOPPING, 50);
	assert_int_equal(attempt_clock_deadline(&clock, ATTEMPT_STOPPING), 3050);
	clock = begun_at(0);
	attempt_clock_enter(&clock, ATTEMPT_LINK, ATTEMPT_CLEARING, 60);
	assert_int_equal(attempt_clock_deadline(&clock, ATTEMPT_CLEARING), 3060);
}

static void what_is_closed_waits_for_nothing(void **state)
{
	struct attempt_clock clock = begun_at(0);

	attempt_clock_enter(&clock, ATTEMPT_LINK, ATTEMPT_CLOSED, 60);
	assert_true(attempt_clock_deadline(&clock, ATTEMPT_CLOSED) == NEVER);
	assert_int_equal(attempt_clock_expired(&clock, ATTEMPT_CLOSED, 99999), ATTEMPT_IN_TIME);
	assert_true(attempt_clock_deadline(&clock, ATTEMPT_GONE) == NEVER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_state_on_the_way_up_is_a_step),
		cmocka_unit_test(the_link_tells_how_far_it_has_come),
		cmocka_unit_test(names_are_for_people),
		cmocka_unit_test(login_is_bounded_until_it_is_up),
		cmocka_unit_test(link_and_connection_have_a_goodbye_each),
		cmocka_unit_test(a_failure_has_a_goodbye_too),
		cmocka_unit_test(what_is_closed_waits_for_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
