// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "client/failure.h"

static void is(const struct failure *f, enum dialer_end end, const char *words)
{
	assert_string_equal(f->words, words);
	assert_int_equal(f->end, end);
}

/* What PPP says of @reason, with @more details. */
static const char *said(enum ppp_reason reason, const char *more)
{
	static char text[PPP_TEXT_MAX + 1];

	snprintf(text, sizeof(text), "%s: %s", ppp_reason_text(reason), more);
	return text;
}

static void of_link(struct failure *f, enum ppp_reason reason, const char *text)
{
	memset(f, 0xff, sizeof(*f));
	failure_of_link(f, reason, text, false);
}

static void refused_logins_wait_for_people(void **state)
{
	struct failure f;

	of_link(&f, PPP_REASON_AUTH_WE_FAILED,
		said(PPP_REASON_AUTH_WE_FAILED, "password expired (MS-CHAP 648)"));
	is(&f, DIALER_END_REFUSED, "server refused: password expired (MS-CHAP 648)");
	of_link(&f, PPP_REASON_AUTH_WE_FAILED, ppp_reason_text(PPP_REASON_AUTH_WE_FAILED));
	is(&f, DIALER_END_REFUSED, "server refused: wrong user or password");
	of_link(&f, PPP_REASON_AUTH_NO_METHOD, "no common method");
	is(&f, DIALER_END_REFUSED, "no common method");
	of_link(&f, PPP_REASON_AUTH_PEER_UNPROVEN, "an impostor");
	is(&f, DIALER_END_REFUSED, "an impostor");
}

static void other_ends_of_links_may_pass(void **state)
{
	struct failure f;

	of_link(&f, PPP_REASON_NO_ANSWER, "no answer");
	is(&f, DIALER_END_FAILED, "no answer");
	of_link(&f, PPP_REASON_AUTH_TIMEOUT, "too late");
	is(&f, DIALER_END_FAILED, "too late");
	of_link(&f, PPP_REASON_PEER_CLOSED, said(PPP_REASON_PEER_CLOSED, "terminated"));
	is(&f, DIALER_END_FAILED, "closed by the peer: terminated");
}

static void idleness_is_no_failure(void **state)
{
	struct failure f;

	failure_of_link(&f, PPP_REASON_LOCAL, said(PPP_REASON_LOCAL, "idle for too long"), true);
	is(&f, DIALER_END_IDLE, "idle for too long");
	failure_of_link(&f, PPP_REASON_LOCAL, "idle for too long", true);
	is(&f, DIALER_END_IDLE, "idle for too long");
}

static void calls(void **state)
{
	struct pptp_call call = { .result = PPTP_OUT_BUSY };
	struct failure f;

	failure_of_call(&f, &call, PPTP_END_REFUSED);
	is(&f, DIALER_END_FAILED, "server refused: busy");
	call.result = PPTP_OUT_GENERAL;
	call.error = PPTP_ERR_NO_RESOURCE;
	failure_of_call(&f, &call, PPTP_END_REFUSED);
	is(&f, DIALER_END_FAILED, "server refused: general error, insufficient resources");
	call.result = PPTP_DISC_ADMIN;
	failure_of_call(&f, &call, PPTP_END_DISCONNECTED);
	is(&f, DIALER_END_FAILED, "server ended the call: administrative shutdown");
	failure_of_call(&f, &call, PPTP_END_CLEARED);
	is(&f, DIALER_END_FAILED, pptp_call_end_text(PPTP_END_CLEARED));
}

static void others_know_more_than_the_call(void **state)
{
	const struct pptp_call call = { 0 };
	struct failure f;

	memset(&f, 0xff, sizeof(f));
	failure_of_call(&f, &call, PPTP_END_CONN);
	assert_string_equal(f.words, "");
	memset(&f, 0xff, sizeof(f));
	failure_of_call(&f, &call, PPTP_END_LOCAL);
	assert_string_equal(f.words, "");
}

static void connections(void **state)
{
	struct pptp_conn pptp = {
		.result = PPTP_START_NOT_AUTHORIZED, .stop_reason = PPTP_STOP_SHUTDOWN,
	};
	struct failure f;

	failure_of_conn(&f, &pptp, PPTP_CLOSE_REFUSED);
	is(&f, DIALER_END_FAILED,
	   "server refused: not authorized to establish a control connection");
	pptp.result = PPTP_START_GENERAL;
	pptp.error = PPTP_ERR_PAC;
	failure_of_conn(&f, &pptp, PPTP_CLOSE_REFUSED);
	is(&f, DIALER_END_FAILED,
	   "server refused: general error, vendor-specific error in the access concentrator");
	failure_of_conn(&f, &pptp, PPTP_CLOSE_PEER_STOP);
	is(&f, DIALER_END_FAILED, "server ended the connection: peer is being shut down");
	failure_of_conn(&f, &pptp, PPTP_CLOSE_EOF);
	is(&f, DIALER_END_FAILED, pptp_close_text(PPTP_CLOSE_EOF));
}

static void long_words_are_cut(void **state)
{
	char text[2 * FAILURE_MAX];
	struct failure f;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	failure_set(&f, DIALER_END_FAILED, "%s", text);
	assert_int_equal(strlen(f.words), FAILURE_MAX - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refused_logins_wait_for_people),
		cmocka_unit_test(other_ends_of_links_may_pass),
		cmocka_unit_test(idleness_is_no_failure),
		cmocka_unit_test(calls),
		cmocka_unit_test(others_know_more_than_the_call),
		cmocka_unit_test(connections),
		cmocka_unit_test(long_words_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
