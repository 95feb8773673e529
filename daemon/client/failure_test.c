// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "client/failure.h"

static void is(const struct failure *f, enum dialer_end end, const char *words)
{
	assert_string_equal(f->words, words);
	assert_int_equal(f->end, end);
}

/* Returns the text of PPP for @reason, followed by the details @more. */
static const char *said(enum ppp_reason reason, const char *more)
{
	static char text[PPP_TEXT_MAX + 1];

	snprintf(text, sizeof(text), "%s: %s", ppp_reason_text(reason), more);
	return text;
}

static void of_link(struct failure *f, enum ppp_reason reason, unsigned int error, const char *text)
{
	const struct ppp_end end = { .reason = reason, .error = error, .text = text };

	memset(f, 0xff, sizeof(*f));
	failure_of_link(f, &end, false);
}

static void links_have_words(void **state)
{
	struct failure f;

	of_link(&f, PPP_REASON_AUTH_WE_FAILED, 648,
		said(PPP_REASON_AUTH_WE_FAILED, "password expired (MS-CHAP 648)"));
	is(&f, DIALER_END_PERMANENT, "server refused: password expired (MS-CHAP 648)");
	of_link(&f, PPP_REASON_AUTH_WE_FAILED, 0, ppp_reason_text(PPP_REASON_AUTH_WE_FAILED));
	is(&f, DIALER_END_PERMANENT, "server refused: wrong user or password");
	of_link(&f, PPP_REASON_AUTH_WE_FAILED, 646,
		said(PPP_REASON_AUTH_WE_FAILED, "try again later"));
	is(&f, DIALER_END_TEMPORARY, "server refused: try again later");
	of_link(&f, PPP_REASON_PEER_CLOSED, 0, said(PPP_REASON_PEER_CLOSED, "terminated"));
	is(&f, DIALER_END_TEMPORARY, "closed by the peer: terminated");
}

static void causes_have_a_place(void **state)
{
	static const struct {
		int err;
		enum dialer_where where;
	} tcp[] = {
		{ -ECONNREFUSED, DIALER_AT_SERVER }, { -ECONNRESET, DIALER_AT_SERVER },
		{ -ETIMEDOUT, DIALER_ON_THE_WAY }, { -EHOSTUNREACH, DIALER_ON_THE_WAY },
		{ -ENETUNREACH, DIALER_HERE }, { -EADDRNOTAVAIL, DIALER_HERE },
	};
	struct failure f;

	for (size_t i = 0; i < sizeof(tcp) / sizeof(*tcp); i++) {
		failure_of_tcp(&f, "192.0.2.1 port 1723", tcp[i].err);
		assert_int_equal(f.where, tcp[i].where);
	}
	of_link(&f, PPP_REASON_ECHO_TIMEOUT, 0, "");
	assert_int_equal(f.where, DIALER_ON_THE_WAY);
	of_link(&f, PPP_REASON_PEER_CLOSED, 0, "");
	assert_int_equal(f.where, DIALER_AT_SERVER);
}

static void which_ends_of_links_last(void **state)
{
	static const struct {
		enum ppp_reason reason;
		enum dialer_end end;
	} cases[] = {
		{ PPP_REASON_NONE, DIALER_END_TEMPORARY },
		{ PPP_REASON_LOCAL, DIALER_END_TEMPORARY },
		{ PPP_REASON_LOWER_DOWN, DIALER_END_TEMPORARY },
		{ PPP_REASON_PEER_CLOSED, DIALER_END_TEMPORARY },
		{ PPP_REASON_NO_ANSWER, DIALER_END_TEMPORARY },
		{ PPP_REASON_UNHEARD, DIALER_END_TEMPORARY },
		{ PPP_REASON_LCP_FAILED, DIALER_END_TEMPORARY },
		{ PPP_REASON_LOOPBACK, DIALER_END_TEMPORARY },
		{ PPP_REASON_ECHO_TIMEOUT, DIALER_END_TEMPORARY },
		{ PPP_REASON_AUTH_NO_METHOD, DIALER_END_PERMANENT },
		{ PPP_REASON_AUTH_PEER_REFUSED, DIALER_END_PERMANENT },
		{ PPP_REASON_AUTH_PEER_FAILED, DIALER_END_PERMANENT },
		{ PPP_REASON_AUTH_WE_FAILED, DIALER_END_PERMANENT },
		{ PPP_REASON_AUTH_WE_CANNOT, DIALER_END_PERMANENT },
		{ PPP_REASON_AUTH_PEER_UNPROVEN, DIALER_END_PERMANENT },
		{ PPP_REASON_AUTH_TIMEOUT, DIALER_END_TEMPORARY },
		{ PPP_REASON_MPPE_REFUSED, DIALER_END_PERMANENT },
		{ PPP_REASON_MPPE_ENDED, DIALER_END_TEMPORARY },
		{ PPP_REASON_MPPE_NO_KEYS, DIALER_END_PERMANENT },
		{ PPP_REASON_NO_NETWORK, DIALER_END_TEMPORARY },
		{ PPP_REASON_PROTOCOL, DIALER_END_TEMPORARY },
		{ PPP_REASON_NO_MEMORY, DIALER_END_TEMPORARY },
	};
	struct failure f;

	assert_int_equal(sizeof(cases) / sizeof(cases[0]), PPP_REASONS);
	for (size_t i = 0; i < PPP_REASONS; i++) {
		of_link(&f, cases[i].reason, 0, ppp_reason_text(cases[i].reason));
		assert_int_equal(f.end, cases[i].end);
	}
}

/* Codes of RFC 2759 section 6. A code that the RFC does not have is a refused login, too. */
static void one_code_of_mschap_passes(void **state)
{
	static const struct {
		unsigned int error;
		enum dialer_end end;
	} cases[] = {
		{ 646, DIALER_END_TEMPORARY }, { 647, DIALER_END_PERMANENT },
		{ 648, DIALER_END_PERMANENT }, { 649, DIALER_END_PERMANENT },
		{ 691, DIALER_END_PERMANENT }, { 709, DIALER_END_PERMANENT },
		{ 1, DIALER_END_PERMANENT }, { 65535, DIALER_END_PERMANENT },
	};
	struct failure f;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		of_link(&f, PPP_REASON_AUTH_WE_FAILED, cases[i].error, "no");
		assert_int_equal(f.end, cases[i].end);
	}
}

static void idleness_is_no_failure(void **state)
{
	struct ppp_end end = {
		.reason = PPP_REASON_LOCAL, .text = said(PPP_REASON_LOCAL, "idle for too long"),
	};
	struct failure f;

	failure_of_link(&f, &end, true);
	is(&f, DIALER_END_IDLE, "idle for too long");
	end.text = "idle for too long";
	failure_of_link(&f, &end, true);
	is(&f, DIALER_END_IDLE, "idle for too long");
}

/* A result, the general error beside it, and the failure that they make. */
struct code {
	uint8_t result;
	uint8_t error;
	enum dialer_end end;
	const char *words;
};

static void refused_calls(void **state)
{
	static const struct code codes[] = {
		{ PPTP_OUT_NO_CARRIER, 0, DIALER_END_TEMPORARY,
		  "server refused: no carrier (result 3)" },
		{ PPTP_OUT_BUSY, 0, DIALER_END_TEMPORARY, "server refused: busy (result 4)" },
		{ PPTP_OUT_NO_DIAL_TONE, 0, DIALER_END_TEMPORARY,
		  "server refused: no dial tone (result 5)" },
		{ PPTP_OUT_TIMEOUT, 0, DIALER_END_TEMPORARY,
		  "server refused: not connected in time (result 6)" },
		{ PPTP_OUT_PROHIBITED, 0, DIALER_END_PERMANENT,
		  "server refused: administratively prohibited (result 7)" },
		{ 0, 0, DIALER_END_TEMPORARY, "server refused: unknown result (result 0)" },
		{ 255, 0, DIALER_END_TEMPORARY, "server refused: unknown result (result 255)" },
		{ PPTP_OUT_GENERAL, PPTP_ERR_NONE, DIALER_END_TEMPORARY,
		  "server refused: general error (result 2)" },
		{ PPTP_OUT_GENERAL, PPTP_ERR_NOT_CONNECTED, DIALER_END_TEMPORARY, NULL },
		{ PPTP_OUT_GENERAL, PPTP_ERR_BAD_FORMAT, DIALER_END_PERMANENT, NULL },
		{ PPTP_OUT_GENERAL, PPTP_ERR_BAD_VALUE, DIALER_END_PERMANENT, NULL },
		{ PPTP_OUT_GENERAL, PPTP_ERR_NO_RESOURCE, DIALER_END_TEMPORARY,
		  "server refused: general error, insufficient resources (result 2, error 4)" },
		{ PPTP_OUT_GENERAL, PPTP_ERR_BAD_CALL_ID, DIALER_END_TEMPORARY, NULL },
		{ PPTP_OUT_GENERAL, PPTP_ERR_PAC, DIALER_END_TEMPORARY, NULL },
		{ PPTP_OUT_GENERAL, 255, DIALER_END_TEMPORARY, NULL },
		/* the general error counts with the result "general error" only */
		{ PPTP_OUT_BUSY, PPTP_ERR_BAD_VALUE, DIALER_END_TEMPORARY, NULL },
	};
	struct failure f;

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		const struct pptp_call call = {
			.result = codes[i].result, .error = codes[i].error,
		};

		failure_of_call(&f, &call, PPTP_END_REFUSED);
		is(&f, codes[i].end, codes[i].words ? codes[i].words : f.words);
	}
}

/* Whatever the reason, the failure is temporary: the server had accepted the call. */
static void calls_that_end_may_come_back(void **state)
{
	struct pptp_call call = { 0 };
	struct failure f;

	for (unsigned int result = 0; result < 256; result++) {
		call.result = result;
		failure_of_call(&f, &call, PPTP_END_DISCONNECTED);
		assert_int_equal(f.end, DIALER_END_TEMPORARY);
	}
	call.result = PPTP_DISC_ADMIN;
	failure_of_call(&f, &call, PPTP_END_DISCONNECTED);
	is(&f, DIALER_END_TEMPORARY, "server ended the call: administrative shutdown (result 3)");
	failure_of_call(&f, &call, PPTP_END_CLEARED);
	is(&f, DIALER_END_TEMPORARY, pptp_call_end_text(PPTP_END_CLEARED));
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

static void refused_connections(void **state)
{
	static const struct code codes[] = {
		{ PPTP_START_EXISTS, 0, DIALER_END_TEMPORARY,
		  "server refused: control connection exists already (result 3)" },
		{ PPTP_START_NOT_AUTHORIZED, 0, DIALER_END_PERMANENT,
		  "server refused: not authorized to establish a control connection (result 4)" },
		{ PPTP_START_BAD_VERSION, 0, DIALER_END_PERMANENT,
		  "server refused: protocol version not supported (result 5)" },
		{ 6, 0, DIALER_END_TEMPORARY, "server refused: unknown result (result 6)" },
		{ PPTP_START_GENERAL, PPTP_ERR_NO_RESOURCE, DIALER_END_TEMPORARY,
		  "server refused: general error, insufficient resources (result 2, error 4)" },
		{ PPTP_START_GENERAL, PPTP_ERR_BAD_VALUE, DIALER_END_PERMANENT, NULL },
		{ PPTP_START_GENERAL, PPTP_ERR_PAC, DIALER_END_TEMPORARY,
		  "server refused: general error, vendor-specific error in the access "
		  "concentrator (result 2, error 6)" },
	};
	struct failure f;

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		const struct pptp_conn pptp = {
			.result = codes[i].result, .error = codes[i].error,
		};

		failure_of_conn(&f, &pptp, PPTP_CLOSE_REFUSED);
		is(&f, codes[i].end, codes[i].words ? codes[i].words : f.words);
	}
}

static void other_ends_of_connections(void **state)
{
	struct pptp_conn pptp = { .stop_reason = PPTP_STOP_SHUTDOWN };
	struct failure f;

	failure_of_conn(&f, &pptp, PPTP_CLOSE_PEER_STOP);
	is(&f, DIALER_END_TEMPORARY, "server ended the connection: peer is being shut down");
	pptp.stop_reason = PPTP_STOP_PROTOCOL;
	failure_of_conn(&f, &pptp, PPTP_CLOSE_PEER_STOP);
	is(&f, DIALER_END_PERMANENT, "server ended the connection: protocol version not supported");
	for (unsigned int why = PPTP_CLOSE_EOF; why <= PPTP_CLOSE_COLLISION; why++) {
		if (why == PPTP_CLOSE_REFUSED)
			continue;
		failure_of_conn(&f, &pptp, why);
		is(&f, why == PPTP_CLOSE_VERSION ? DIALER_END_PERMANENT : DIALER_END_TEMPORARY,
		   pptp_close_text(why));
	}
}

static void long_words_are_cut(void **state)
{
	char text[2 * FAILURE_MAX];
	struct failure f;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	failure_set(&f, DIALER_END_TEMPORARY, "%s", text);
	assert_int_equal(strlen(f.words), FAILURE_MAX - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_have_words),
		cmocka_unit_test(causes_have_a_place),
		cmocka_unit_test(which_ends_of_links_last),
		cmocka_unit_test(one_code_of_mschap_passes),
		cmocka_unit_test(idleness_is_no_failure),
		cmocka_unit_test(refused_calls),
		cmocka_unit_test(calls_that_end_may_come_back),
		cmocka_unit_test(others_know_more_than_the_call),
		cmocka_unit_test(refused_connections),
		cmocka_unit_test(other_ends_of_connections),
		cmocka_unit_test(long_words_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
