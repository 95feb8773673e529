// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "radius/coa.h"
#include "radius/hex_test.h"

static const struct radius_secret secret = { "xyzzy5461", 9 };

#define NOW	1700000000ull
#define SEEN	4

struct world {
	struct radius_coa coa;
	struct radius_coa_seen seen[SEEN];
	struct radius_coa_request request;
	struct radius_coa_answer answer;
	struct ip_addr from;
	uint16_t port;
	uint64_t time;
	/* the request being made */
	struct radius_writer w;
	uint8_t buf[RADIUS_PACKET_MAX];
	size_t len;
	uint8_t id;
};

static const struct radius_coa_config config = { .window_s = 300 };

static void begin(struct world *w, enum radius_code code)
{
	radius_begin(&w->w, w->buf, sizeof(w->buf), code, ++w->id, NULL);
}

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	*state = w;
	if (!w)
		return -1;
	radius_coa_init(&w->coa, &config, w->seen, SEEN);
	w->from = ip_from_number(0xc0000207);
	w->port = 40000;
	w->time = NOW;
	begin(w, RADIUS_DISCONNECT_REQUEST);
	return 0;
}

static int tear_down(void **state)
{
	free(*state);
	return 0;
}

static void put_text(struct world *w, uint8_t type, const char *text)
{
	radius_put_text(&w->w, type, text);
}

static void put_hex(struct world *w, uint32_t vendor, uint8_t type, const char *hex)
{
	uint8_t value[RADIUS_VALUE_MAX];
	size_t len = from_hex(hex, value);

	if (vendor)
		radius_put_vendor(&w->w, vendor, type, value, len);
	else
		radius_put(&w->w, type, value, len);
}

/* Receive the packet once more, as it was ended. */
static enum radius_coa_outcome receive(struct world *w)
{
	return radius_coa_received(&w->coa, &w->request, &w->answer, w->from, w->port, secret,
				   w->buf, w->len, w->time);
}

static enum radius_coa_outcome end(struct world *w)
{
	w->len = radius_end_request(&w->w, secret);
	assert_int_not_equal(w->len, 0);
	return receive(w);
}

/* The answer is authentic, of this code, and has this Error-Cause, or none if it is 0. */
static void assert_answer(const struct world *w, enum radius_code code, uint32_t error)
{
	struct radius_iterator it;
	struct radius_attribute a;
	struct radius_packet p;
	uint32_t got = 0;

	assert_int_equal(radius_parse(&p, w->answer.octets, w->answer.len), RADIUS_SOUND);
	assert_int_equal(p.code, code);
	assert_int_equal(p.id, w->id);
	assert_int_not_equal(p.signed_at, 0);
	assert_int_equal(radius_check_reply(&p, w->buf + RADIUS_AUTHENTICATOR, secret),
			 RADIUS_SOUND);
	for (it = radius_attributes(&p); radius_next(&it, &a);)
		if (a.type == RADIUS_ERROR_CAUSE)
			got = (uint32_t)(a.value[2] << 8 | a.value[3]);
	assert_int_equal(got, error);
}

static void assert_refused(struct world *w, enum radius_code nak, uint32_t error)
{
	assert_int_equal(end(w), RADIUS_COA_ANSWER);
	assert_answer(w, nak, error);
}

/* --- what is taken --------------------------------------------------------------------------- */

static void a_session_is_ended(void **state)
{
	struct world *w = *state;

	put_text(w, RADIUS_USER_NAME, "nemo");
	put_text(w, RADIUS_ACCT_SESSION_ID, "5f00-1");
	assert_int_equal(end(w), RADIUS_COA_TAKEN);
	assert_true(w->request.disconnect);
	assert_string_equal(w->request.selectors.user, "nemo");
	assert_string_equal(w->request.selectors.session_id, "5f00-1");
	w->answer = radius_coa_answer(&w->coa, &w->request, RADIUS_ERROR_NONE, secret);
	assert_answer(w, RADIUS_DISCONNECT_ACK, 0);
}

static void all_that_names(void **state)
{
	struct world *w = *state;
	struct radius_selectors *s = &w->request.selectors;

	put_text(w, RADIUS_NAS_IDENTIFIER, "lns1");
	put_hex(w, 0, RADIUS_NAS_IP_ADDRESS, "c0000201");
	put_hex(w, 0, RADIUS_NAS_IPV6_ADDRESS, "20010db8000000000000000000000001");
	put_text(w, RADIUS_USER_NAME, "nemo");
	put_text(w, RADIUS_ACCT_SESSION_ID, "1");
	put_text(w, RADIUS_ACCT_MULTI_SESSION_ID, "2");
	put_text(w, RADIUS_CALLING_STATION_ID, "3");
	put_text(w, RADIUS_CALLED_STATION_ID, "4");
	put_text(w, RADIUS_NAS_PORT_ID, "5");
	put_hex(w, 0, RADIUS_NAS_PORT, "00000000");
	put_hex(w, 0, RADIUS_FRAMED_IP_ADDRESS, "0a000001");
	put_hex(w, 0, RADIUS_FRAMED_INTERFACE_ID, "0000000000000009");
	put_hex(w, 0, RADIUS_FRAMED_IPV6_PREFIX, "0040 20010db800000001");
	put_text(w, RADIUS_REPLY_MESSAGE, "good bye");
	put_hex(w, 0, RADIUS_CLASS, "00");
	assert_int_equal(end(w), RADIUS_COA_TAKEN);
	assert_string_equal(s->nas_identifier, "lns1");
	assert_string_equal(ip_text(s->nas_address), "192.0.2.1");
	assert_string_equal(ip_text(s->nas_address6), "2001:db8::1");
	assert_string_equal(s->user, "nemo");
	assert_string_equal(s->session_id, "1");
	assert_string_equal(s->multi_id, "2");
	assert_string_equal(s->calling, "3");
	assert_string_equal(s->called, "4");
	assert_string_equal(s->port_id, "5");
	assert_true(s->port.given);
	assert_int_equal(s->port.value, 0);
	assert_string_equal(ip_text(s->address), "10.0.0.1");
	assert_true(s->has_ifid);
	assert_int_equal(s->ifid[7], 9);
	assert_string_equal(ip_text(s->prefix6.address), "2001:db8:0:1::");
	assert_int_equal(s->prefix6.length, 64);
}

static void a_session_is_changed(void **state)
{
	struct world *w = *state;

	begin(w, RADIUS_COA_REQUEST);
	put_text(w, RADIUS_USER_NAME, "nemo");
	put_hex(w, 0, RADIUS_SERVICE_TYPE, "00000002");
	put_hex(w, 0, RADIUS_SESSION_TIMEOUT, "0000003c");
	put_hex(w, 0, RADIUS_IDLE_TIMEOUT, "0000003d");
	put_text(w, RADIUS_FILTER_ID, "slow");
	radius_put_vendor(&w->w, RADIUS_MIKROTIK, RADIUS_MIKROTIK_RATE_LIMIT, "1M/2M", 5);
	assert_int_equal(end(w), RADIUS_COA_TAKEN);
	assert_false(w->request.disconnect);
	assert_int_equal(w->request.changes.session_timeout.value, 60);
	assert_int_equal(w->request.changes.idle_timeout.value, 61);
	assert_string_equal(w->request.changes.filters[0], "slow");
	assert_int_equal(w->request.changes.rates.down, 2000000);
	w->answer = radius_coa_answer(&w->coa, &w->request, RADIUS_ERROR_NO_SESSION, secret);
	assert_answer(w, RADIUS_COA_NAK, 503);
}

/* Class alone is a change, too; in a Disconnect-Request it means nothing (see all_that_names()). */
static void a_session_gets_another_class(void **state)
{
	struct world *w = *state;

	begin(w, RADIUS_COA_REQUEST);
	put_text(w, RADIUS_USER_NAME, "nemo");
	put_text(w, RADIUS_CLASS, "gold");
	put_text(w, RADIUS_CLASS, "2");
	assert_int_equal(end(w), RADIUS_COA_TAKEN);
	assert_int_equal(w->request.changes.n_classes, 2);
	assert_int_equal(w->request.changes.classes[0].len, 4);
	assert_memory_equal(w->request.changes.classes[0].octets, "gold", 4);
}

static void proxies_get_back_what_they_sent(void **state)
{
	struct world *w = *state;
	struct radius_packet p;
	uint8_t states[100];
	size_t len;

	put_text(w, RADIUS_USER_NAME, "nemo");
	put_text(w, RADIUS_PROXY_STATE, "first");
	put_text(w, RADIUS_PROXY_STATE, "second");
	assert_int_equal(end(w), RADIUS_COA_TAKEN);
	w->answer = radius_coa_answer(&w->coa, &w->request, RADIUS_ERROR_NONE, secret);
	assert_answer(w, RADIUS_DISCONNECT_ACK, 0);
	assert_int_equal(radius_parse(&p, w->answer.octets, w->answer.len), RADIUS_SOUND);
	assert_true(radius_join(&p, RADIUS_PROXY_STATE, states, sizeof(states), &len));
	assert_int_equal(len, 11);
	assert_memory_equal(states, "firstsecond", 11);
}

static void proxies_have_a_bound(void **state)
{
	struct world *w = *state;
	uint8_t state_of_proxy[RADIUS_VALUE_MAX] = { 0 };

	put_text(w, RADIUS_USER_NAME, "nemo");
	radius_put(&w->w, RADIUS_PROXY_STATE, state_of_proxy, 253);
	radius_put(&w->w, RADIUS_PROXY_STATE, state_of_proxy,
		   RADIUS_COA_ANSWER_MAX - 20 - 18 - 6 - 255 - 2);
	assert_int_equal(end(w), RADIUS_COA_TAKEN);
	w->answer = radius_coa_answer(&w->coa, &w->request, RADIUS_ERROR_PROHIBITED, secret);
	assert_int_equal(w->answer.len, RADIUS_COA_ANSWER_MAX);
	assert_answer(w, RADIUS_DISCONNECT_NAK, 501);

	begin(w, RADIUS_DISCONNECT_REQUEST);
	put_text(w, RADIUS_USER_NAME, "nemo");
	for (int i = 0; i < 2; i++)
		radius_put(&w->w, RADIUS_PROXY_STATE, state_of_proxy, 253);
	assert_int_equal(end(w), RADIUS_COA_DROPPED);
	assert_int_equal(w->coa.counters.too_long, 1);
}

/* --- what is refused ------------------------------------------------------------------------- */

static void requests_that_cannot_be_carried_out(void **state)
{
	static const struct {
		enum radius_code code;
		uint32_t vendor;
		uint8_t type;
		const char *hex;
		uint32_t error;
	} table[] = {
		/* not known, not allowed here, or nothing that we can change */
		{ RADIUS_DISCONNECT_REQUEST, 0, 240, "00", 401 },
		{ RADIUS_DISCONNECT_REQUEST, 4711, 1, "00", 401 },
		{ RADIUS_DISCONNECT_REQUEST, RADIUS_CISCO, RADIUS_CISCO_AVPAIR, "61", 401 },
		{ RADIUS_DISCONNECT_REQUEST, 0, RADIUS_FILTER_ID, "61", 401 },
		{ RADIUS_DISCONNECT_REQUEST, 0, RADIUS_TYPE_VENDOR_SPECIFIC, "00", 401 },
		{ RADIUS_COA_REQUEST, 0, RADIUS_FRAMED_POOL, "61", 401 },
		{ RADIUS_COA_REQUEST, 0, RADIUS_EAP_MESSAGE, "61", 401 },
		{ RADIUS_COA_REQUEST, 0, RADIUS_USER_PASSWORD, "00000000000000000000000000000000",
		  401 },
		{ RADIUS_COA_REQUEST, RADIUS_MICROSOFT, RADIUS_MS_MPPE_ENCRYPTION_POLICY,
		  "00000001", 401 },
		/* malformed */
		{ RADIUS_COA_REQUEST, 0, RADIUS_SESSION_TIMEOUT, "01", 407 },
		{ RADIUS_COA_REQUEST, 0, RADIUS_FRAMED_IP_ADDRESS, "0a00", 407 },
		{ RADIUS_COA_REQUEST, RADIUS_MIKROTIK, RADIUS_MIKROTIK_RATE_LIMIT, "78", 407 },
		{ RADIUS_DISCONNECT_REQUEST, 0, RADIUS_CALLING_STATION_ID, "6100", 407 },
		/* twice */
		{ RADIUS_DISCONNECT_REQUEST, 0, RADIUS_USER_NAME, "61", 404 },
		/* Authorize-Only, Login */
		{ RADIUS_COA_REQUEST, 0, RADIUS_SERVICE_TYPE, "00000011", 405 },
		{ RADIUS_DISCONNECT_REQUEST, 0, RADIUS_SERVICE_TYPE, "00000001", 405 },
	};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		begin(w, table[i].code);
		put_text(w, RADIUS_USER_NAME, "nemo");
		if (table[i].code == RADIUS_COA_REQUEST)
			put_hex(w, 0, RADIUS_IDLE_TIMEOUT, "0000003c");
		put_hex(w, table[i].vendor, table[i].type, table[i].hex);
		assert_refused(w, table[i].code == RADIUS_COA_REQUEST ? RADIUS_COA_NAK :
			       RADIUS_DISCONNECT_NAK, table[i].error);
	}
	assert_int_equal(w->coa.counters.refused, sizeof(table) / sizeof(table[0]));
}

static void something_is_missing(void **state)
{
	struct world *w = *state;

	assert_refused(w, RADIUS_DISCONNECT_NAK, 402);
	begin(w, RADIUS_DISCONNECT_REQUEST);
	put_text(w, RADIUS_NAS_IDENTIFIER, "lns1");
	assert_refused(w, RADIUS_DISCONNECT_NAK, 402);
	begin(w, RADIUS_COA_REQUEST);
	put_text(w, RADIUS_USER_NAME, "nemo");
	assert_refused(w, RADIUS_COA_NAK, 402);
	begin(w, RADIUS_COA_REQUEST);
	put_text(w, RADIUS_FILTER_ID, "slow");
	assert_refused(w, RADIUS_COA_NAK, 402);
}

static void two_prefixes_name_no_session(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < 2; i++)
		put_hex(w, 0, RADIUS_FRAMED_IPV6_PREFIX, "0040 20010db800000001");
	assert_refused(w, RADIUS_DISCONNECT_NAK, 404);
}

/* --- what is dropped ------------------------------------------------------------------------- */

static void what_is_not_authentic_gets_no_answer(void **state)
{
	struct world *w = *state;

	put_text(w, RADIUS_USER_NAME, "nemo");
	w->len = radius_end_request(&w->w, secret);
	for (size_t bit = 0; bit < w->len * 8; bit++) {
		w->buf[bit / 8] ^= 1 << bit % 8;
		assert_int_equal(receive(w), RADIUS_COA_DROPPED);
		w->buf[bit / 8] ^= 1 << bit % 8;
	}
	for (size_t len = 0; len < w->len; len++)
		assert_int_equal(radius_coa_received(&w->coa, &w->request, &w->answer, w->from,
						     w->port, secret, w->buf, len, w->time),
				 RADIUS_COA_DROPPED);
	assert_int_equal(receive(w), RADIUS_COA_TAKEN);
	assert_int_equal(w->coa.counters.taken, 1);
	assert_true(w->coa.counters.bad_authenticator && w->coa.counters.malformed);
	assert_true(w->coa.counters.bad_code);
}

static void other_codes_get_no_answer(void **state)
{
	struct world *w = *state;

	begin(w, RADIUS_ACCOUNTING_REQUEST);
	put_text(w, RADIUS_USER_NAME, "nemo");
	assert_int_equal(end(w), RADIUS_COA_DROPPED);
	assert_int_equal(w->coa.counters.bad_code, 1);
}

static void a_signature_may_be_demanded(void **state)
{
	struct world *w = *state;

	for (int demanded = 0; demanded < 2; demanded++) {
		w->coa.config.require_signature = demanded;
		begin(w, RADIUS_DISCONNECT_REQUEST);
		/* begin anew without Message-Authenticator, as accounting does */
		radius_begin(&w->w, w->buf, sizeof(w->buf), RADIUS_ACCOUNTING_REQUEST, w->id, NULL);
		w->buf[0] = RADIUS_DISCONNECT_REQUEST;
		put_text(w, RADIUS_USER_NAME, "nemo");
		assert_int_equal(end(w), demanded ? RADIUS_COA_DROPPED : RADIUS_COA_TAKEN);
	}
	assert_int_equal(w->coa.counters.unsigned_requests, 1);
}

static enum radius_coa_outcome with_time(struct world *w, uint64_t time)
{
	begin(w, RADIUS_DISCONNECT_REQUEST);
	put_text(w, RADIUS_USER_NAME, "nemo");
	radius_put_number(&w->w, RADIUS_EVENT_TIMESTAMP, (uint32_t)time);
	return end(w);
}

static void old_requests_are_dropped(void **state)
{
	struct world *w = *state;

	assert_int_equal(with_time(w, NOW), RADIUS_COA_TAKEN);
	assert_int_equal(with_time(w, NOW - 300), RADIUS_COA_TAKEN);
	assert_int_equal(with_time(w, NOW + 300), RADIUS_COA_TAKEN);
	assert_int_equal(with_time(w, NOW - 301), RADIUS_COA_DROPPED);
	assert_int_equal(with_time(w, NOW + 301), RADIUS_COA_DROPPED);
	assert_int_equal(with_time(w, 0), RADIUS_COA_DROPPED);
	assert_int_equal(w->coa.counters.bad_time, 3);
	/* recorded, and sent again when others have taken its place */
	w->time = NOW;
	assert_int_equal(with_time(w, NOW - 200), RADIUS_COA_TAKEN);
	memset(w->seen, 0, sizeof(w->seen));
	w->time += 200;
	assert_int_equal(receive(w), RADIUS_COA_DROPPED);
}

static void a_time_may_be_demanded(void **state)
{
	struct world *w = *state;

	w->coa.config.require_timestamp = true;
	put_text(w, RADIUS_USER_NAME, "nemo");
	assert_int_equal(end(w), RADIUS_COA_DROPPED);
	assert_int_equal(w->coa.counters.bad_time, 1);
	assert_int_equal(with_time(w, NOW), RADIUS_COA_TAKEN);
}

/* --- what comes twice ------------------------------------------------------------------------ */

static void repetitions_get_the_same_answer(void **state)
{
	struct world *w = *state;
	struct radius_coa_request *taken = malloc(sizeof(*taken));
	uint8_t first[RADIUS_COA_ANSWER_MAX];
	size_t len;

	assert_non_null(taken);
	put_text(w, RADIUS_USER_NAME, "nemo");
	assert_int_equal(end(w), RADIUS_COA_TAKEN);
	*taken = w->request;
	assert_int_equal(receive(w), RADIUS_COA_DROPPED);	/* not answered yet */
	w->answer = radius_coa_answer(&w->coa, taken, RADIUS_ERROR_NONE, secret);
	free(taken);
	len = w->answer.len;
	memcpy(first, w->answer.octets, len);
	w->time += 10000;
	assert_int_equal(receive(w), RADIUS_COA_ANSWER);
	assert_int_equal(w->answer.len, len);
	assert_memory_equal(w->answer.octets, first, len);
	assert_int_equal(w->coa.counters.repeated, 2);
	assert_int_equal(w->coa.counters.taken, 1);
	/* without a time, the same octets from another port are another request */
	w->port++;
	assert_int_equal(receive(w), RADIUS_COA_TAKEN);
}

/* Who has recorded a request can send it from any port of a source that he can forge. */
static void a_recorded_request_is_a_repetition(void **state)
{
	struct world *w = *state;

	assert_int_equal(with_time(w, NOW), RADIUS_COA_TAKEN);
	radius_coa_answer(&w->coa, &w->request, RADIUS_ERROR_NO_SESSION, secret);
	w->port++;
	assert_int_equal(receive(w), RADIUS_COA_ANSWER);
	assert_answer(w, RADIUS_DISCONNECT_NAK, 503);
	w->from = ip_from_number(0xc0000208);
	assert_int_equal(receive(w), RADIUS_COA_ANSWER);
	assert_answer(w, RADIUS_DISCONNECT_NAK, 503);
	assert_int_equal(w->coa.counters.taken, 1);
	assert_int_equal(w->coa.counters.repeated, 2);
	/* made a second later it is another one */
	w->id--;
	assert_int_equal(with_time(w, NOW + 1), RADIUS_COA_TAKEN);
}

/* More come than can be remembered: what was recorded is not carried out once more, all the same. */
static void a_forgotten_request_is_dropped(void **state)
{
	uint8_t recorded[RADIUS_PACKET_MAX];
	struct world *w = *state;
	size_t len;

	assert_int_equal(with_time(w, NOW), RADIUS_COA_TAKEN);
	len = w->len;
	memcpy(recorded, w->buf, len);
	for (int i = 0; i < SEEN - 1; i++)
		assert_int_equal(with_time(w, NOW + 1), RADIUS_COA_TAKEN);
	assert_int_equal(with_time(w, NOW - 5), RADIUS_COA_TAKEN);
	assert_int_equal(w->coa.counters.doubtful, 0);
	assert_int_equal(radius_coa_received(&w->coa, &w->request, &w->answer, w->from, w->port,
					     secret, recorded, len, w->time),
			 RADIUS_COA_DROPPED);
	assert_int_equal(w->coa.counters.doubtful, 1);
	/* as is another one of the same second, which cannot be told from those that were forgotten */
	assert_int_equal(with_time(w, NOW), RADIUS_COA_DROPPED);
	assert_int_equal(with_time(w, NOW + 1), RADIUS_COA_TAKEN);
	/* those without a time are what they were */
	begin(w, RADIUS_DISCONNECT_REQUEST);
	put_text(w, RADIUS_USER_NAME, "nemo");
	assert_int_equal(end(w), RADIUS_COA_TAKEN);
	assert_int_equal(w->coa.counters.doubtful, 2);
	assert_int_equal(w->coa.counters.bad_time, 0);
}

static void a_request_of_an_earlier_run_is_dropped(void **state)
{
	struct world *w = *state;

	radius_coa_forgot(&w->coa, NOW - 10);
	radius_coa_forgot(&w->coa, NOW - 20);
	assert_int_equal(with_time(w, NOW - 10), RADIUS_COA_DROPPED);
	assert_int_equal(with_time(w, NOW - 9), RADIUS_COA_TAKEN);
	/* which has ended in the future, by a clock that was wrong */
	radius_coa_forgot(&w->coa, NOW + 300);
	assert_int_equal(with_time(w, NOW), RADIUS_COA_DROPPED);
	radius_coa_forgot(&w->coa, NOW + 301);
	assert_int_equal(with_time(w, NOW), RADIUS_COA_TAKEN);
}

static void refusals_are_repeated_too(void **state)
{
	struct world *w = *state;

	assert_refused(w, RADIUS_DISCONNECT_NAK, 402);
	assert_int_equal(receive(w), RADIUS_COA_ANSWER);
	assert_answer(w, RADIUS_DISCONNECT_NAK, 402);
	assert_int_equal(w->coa.counters.refused, 1);
}

/* Answers may be late, when the request is not remembered any more. */
static void answers_in_any_order(void **state)
{
	struct world *w = *state;
	struct radius_coa_request *first = malloc(sizeof(*first));
	uint8_t authenticator[RADIUS_AUTHENTICATOR_LEN];
	struct radius_packet p;

	assert_non_null(first);
	put_text(w, RADIUS_USER_NAME, "nemo");
	assert_int_equal(end(w), RADIUS_COA_TAKEN);
	*first = w->request;
	memcpy(authenticator, w->buf + RADIUS_AUTHENTICATOR, sizeof(authenticator));
	for (int i = 0; i < SEEN; i++) {
		begin(w, RADIUS_DISCONNECT_REQUEST);
		put_text(w, RADIUS_USER_NAME, "nemo");
		assert_int_equal(end(w), RADIUS_COA_TAKEN);
		w->answer = radius_coa_answer(&w->coa, &w->request, RADIUS_ERROR_NONE, secret);
		assert_answer(w, RADIUS_DISCONNECT_ACK, 0);
	}
	w->answer = radius_coa_answer(&w->coa, first, RADIUS_ERROR_NONE, secret);
	assert_int_equal(radius_parse(&p, w->answer.octets, w->answer.len), RADIUS_SOUND);
	assert_int_equal(radius_check_reply(&p, authenticator, secret), RADIUS_SOUND);
	/* the last one is remembered */
	assert_int_equal(receive(w), RADIUS_COA_ANSWER);
	free(first);
}

#define test(t)	cmocka_unit_test_setup_teardown(t, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		test(a_session_is_ended),
		test(all_that_names),
		test(a_session_is_changed),
		test(a_session_gets_another_class),
		test(proxies_get_back_what_they_sent),
		test(proxies_have_a_bound),
		test(requests_that_cannot_be_carried_out),
		test(something_is_missing),
		test(two_prefixes_name_no_session),
		test(what_is_not_authentic_gets_no_answer),
		test(other_codes_get_no_answer),
		test(a_signature_may_be_demanded),
		test(old_requests_are_dropped),
		test(a_time_may_be_demanded),
		test(repetitions_get_the_same_answer),
		test(a_recorded_request_is_a_repetition),
		test(a_forgotten_request_is_dropped),
		test(a_request_of_an_earlier_run_is_dropped),
		test(refusals_are_repeated_too),
		test(answers_in_any_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
