// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "accounting/record.h"
#include "radius/attribute.h"
#include "session/session.h"
#include "util/ip_literal_test.h"

/* --- causes ---------------------------------------------------------------------------------- */

/* RFC 2866 section 5.10, row by row. */
static void every_end_has_its_cause(void **state)
{
	static const struct {
		enum event_cause cause;
		uint32_t number;
	} rows[] = {
		{ EVENT_CAUSE_NONE, 0 },
		{ EVENT_CAUSE_USER_REQUEST, 1 },
		{ EVENT_CAUSE_LOST_CARRIER, 2 },
		{ EVENT_CAUSE_LOST_SERVICE, 3 },
		{ EVENT_CAUSE_IDLE_TIMEOUT, 4 },
		{ EVENT_CAUSE_SESSION_TIMEOUT, 5 },
		{ EVENT_CAUSE_ADMIN_RESET, 6 },
		{ EVENT_CAUSE_ADMIN_REBOOT, 7 },
		{ EVENT_CAUSE_NAS_ERROR, 9 },
		{ EVENT_CAUSE_NAS_REQUEST, 10 },
		{ EVENT_CAUSE_USER_ERROR, 17 },
		{ EVENT_CAUSE_LOGIN_FAILED, 17 },
	};
	unsigned int named = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(account_cause(rows[i].cause), rows[i].number);
	/* and there is no cause that has no row */
	for (unsigned int cause = 0; cause < 256; cause++)
		named += *event_cause_name(cause) != '\0';
	assert_int_equal(named + 1, sizeof(rows) / sizeof(rows[0]));
}

/* --- a record of everything ------------------------------------------------------------------ */

static const struct grant_octets classes[] = {
	{ (const uint8_t *)"a\0b", 3 }, { (const uint8_t *)"gold", 4 },
};

static const struct auth_grant grant = { .user = "", .classes = classes, .n_classes = 2 };

static struct session_record session(void)
{
	return (struct session_record){
		.ip4 = { .local = ip("10.0.0.1"), .remote = ip("10.0.0.7") },
		/* more than 32 bits, and each way another number */
		.stats = {
			.rx_bytes = 0x100000005, .tx_bytes = 0x300000007,
			.rx_packets = 11, .tx_packets = 13,
		},
	};
}

static void name_session(struct account_record *r)
{
	r->nas = (struct radius_nas){ .identifier = "nas", .address = ip("192.0.2.1") };
	r->session = (struct radius_session){
		.user = "alice", .user_len = 5, .id = "5f00-1", .multi_id = "5f00-1",
		.port = { true, 17 }, .port_id = "office:17", .calling = "198.51.100.9",
		.called = "192.0.2.1", .peer = ip("198.51.100.9"), .local = ip("192.0.2.1"),
	};
}

static void describe(struct account_record *r, enum radius_status status)
{
	const struct session_record s = session();

	memset(r, 0, sizeof(*r));
	name_session(r);
	account_describe(r, status, &s, AUTH_SOURCE_RADIUS, &grant, 3600, EVENT_CAUSE_IDLE_TIMEOUT,
			 1700000000);
}

/* Put the attributes of a record into the log-like text "name=value ...", sorted as written. */
static const char *attributes(const struct account_record *r, uint32_t age_s)
{
	static char text[4096];
	const struct radius_secret secret = { "s", 1 };
	uint8_t octets[RADIUS_PACKET_MAX];
	struct radius_attribute a;
	struct radius_packet packet;
	struct radius_iterator it;
	struct radius_writer w;
	size_t len, at = 0;

	radius_begin(&w, octets, sizeof(octets), RADIUS_ACCOUNTING_REQUEST, 1, NULL);
	account_write(r, &w, age_s);
	len = radius_end_request(&w, secret);
	assert_int_equal(radius_parse(&packet, octets, len), RADIUS_SOUND);
	text[0] = '\0';
	it = radius_attributes(&packet);
	while (radius_next(&it, &a)) {
		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%u=", at ? " " : "",
				       a.type);
		for (unsigned int i = 0; i < a.len; i++)
			at += (size_t)snprintf(text + at, sizeof(text) - at, "%02x", a.value[i]);
	}
	return text;
}

static bool has(const char *text, const char *attribute)
{
	return strstr(text, attribute) != NULL;
}

static void input_is_what_came_from_the_user(void **state)
{
	struct account_record r;
	const char *text;

	describe(&r, RADIUS_STATUS_STOP);
	text = attributes(&r, 7);
	assert_true(has(text, "40=00000002"));		/* Acct-Status-Type: Stop */
	assert_true(has(text, "41=00000007"));		/* Acct-Delay-Time */
	assert_true(has(text, "42=00000005"));		/* Acct-Input-Octets: received, ... */
	assert_true(has(text, "52=00000001"));		/* ... -Gigawords */
	assert_true(has(text, "43=00000007"));		/* Acct-Output-Octets: sent */
	assert_true(has(text, "53=00000003"));
	assert_true(has(text, "47=0000000b"));
	assert_true(has(text, "48=0000000d"));
	assert_true(has(text, "46=00000e10"));		/* Acct-Session-Time */
	assert_true(has(text, "49=00000004"));		/* Acct-Terminate-Cause */
	assert_true(has(text, "45=00000001"));		/* Acct-Authentic: RADIUS */
	assert_true(has(text, "55=6553f100"));		/* Event-Timestamp */
	assert_true(has(text, "8=0a000007"));		/* Framed-IP-Address */
	assert_true(has(text, "25=610062 25=676f6c64"));	/* Class, in their order */
	assert_true(has(text, "1=616c696365"));
	assert_true(has(text, "32=6e6173"));
}

static void a_start_has_no_counts_and_only_a_stop_a_cause(void **state)
{
	struct account_record r;
	const char *text;

	describe(&r, RADIUS_STATUS_START);
	text = attributes(&r, 0);
	assert_true(has(text, "40=00000001"));
	assert_false(has(text, " 42=") || has(text, " 46=") || has(text, " 49="));
	describe(&r, RADIUS_STATUS_INTERIM);
	text = attributes(&r, 0);
	assert_true(has(text, "40=00000003"));
	assert_true(has(text, " 42=") && has(text, " 46="));
	assert_false(has(text, " 49="));
}

static void a_user_of_our_own_secrets(void **state)
{
	const struct session_record s = session();
	struct account_record r = { 0 };
	const char *text;

	name_session(&r);
	account_describe(&r, RADIUS_STATUS_START, &s, AUTH_SOURCE_LOCAL, NULL, 0, EVENT_CAUSE_NONE,
			 1);
	text = attributes(&r, 0);
	assert_true(has(text, "45=00000002"));		/* Local */
	assert_false(has(text, " 25="));
	/* and where nobody asks who it is */
	account_describe(&r, RADIUS_STATUS_START, &s, AUTH_SOURCE_NONE, NULL, 0, EVENT_CAUSE_NONE,
			 1);
	assert_false(has(attributes(&r, 0), " 45="));
}

/* --- as octets ------------------------------------------------------------------------------- */

static void what_is_kept_is_what_was_said(void **state)
{
	static const enum radius_status all[] = {
		RADIUS_STATUS_START, RADIUS_STATUS_STOP, RADIUS_STATUS_INTERIM,
	};
	static const uint8_t ifid[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	struct ip_prefix prefix6 = { ip("2001:db8:1::"), 64 };
	struct ip_prefix delegated6 = { ip("2001:db8:8000::"), 48 };
	uint8_t body[ACCOUNT_BODY_MAX];
	struct account_record r, again;
	char said[4096];
	size_t len;

	for (size_t i = 0; i < 3; i++) {
		describe(&r, all[i]);
		r.record.ifid = ifid;
		r.record.prefixes6 = &prefix6;
		r.record.delegated6 = &delegated6;
		r.record.n_prefixes6 = r.record.n_delegated6 = 1;
		snprintf(said, sizeof(said), "%s", attributes(&r, 3));
		len = account_encode(&r, body);
		assert_true(len);
		assert_true(account_decode(&again, body, len));
		assert_string_equal(attributes(&again, 3), said);
	}
}

static void our_own_start(void **state)
{
	const struct radius_nas nas = { .identifier = "nas" };
	struct account_record r = { 0 }, again;
	uint8_t body[ACCOUNT_BODY_MAX];
	size_t len;

	account_of_nas(&r, RADIUS_STATUS_ON, &nas, "5f00", 5);
	len = account_encode(&r, body);
	assert_true(account_decode(&again, body, len));
	assert_string_equal(attributes(&again, 0), "40=00000007 32=6e6173 41=00000000 55=00000005 "
						   "44=35663030");
}

static void what_a_newer_daemon_added_is_skipped(void **state)
{
	uint8_t body[ACCOUNT_BODY_MAX];
	struct account_record r, again;
	size_t len;

	describe(&r, RADIUS_STATUS_START);
	len = account_encode(&r, body);
	memcpy(body + len, "\xf0\0\2xy", 5);
	assert_true(account_decode(&again, body, len + 5));
	assert_string_equal(again.session.id, "5f00-1");
}

/* Whatever the length, nothing is read behind it, and half a field is not taken. */
static void what_is_cut_is_refused(void **state)
{
	uint8_t body[ACCOUNT_BODY_MAX];
	struct account_record r, again;
	unsigned int taken = 0;
	size_t len;

	describe(&r, RADIUS_STATUS_STOP);
	len = account_encode(&r, body);
	for (size_t i = 0; i < len; i++) {
		uint8_t *cut = malloc(i + 1);

		memcpy(cut, body, i);
		taken += account_decode(&again, cut, i);
		free(cut);
	}
	assert_in_range(taken, 1, 10);	/* between two fields, behind the name of the session */
	body[0] = 2;
	assert_false(account_decode(&again, body, len));
}

static void what_does_not_fit_is_told(void **state)
{
	static char user[ACCOUNT_BODY_MAX];
	uint8_t body[ACCOUNT_BODY_MAX];
	struct account_record r;

	describe(&r, RADIUS_STATUS_START);
	r.session.user = user;
	r.session.user_len = sizeof(user);
	assert_int_equal(account_encode(&r, body), 0);
}

static void a_stop_that_was_never_written(void **state)
{
	uint8_t body[ACCOUNT_BODY_MAX], stop[ACCOUNT_BODY_MAX];
	struct account_record r, made;
	const char *text;
	size_t len;

	describe(&r, RADIUS_STATUS_INTERIM);
	len = account_make_stop(body, account_encode(&r, body), 0, stop);
	assert_true(account_decode(&made, stop, len));
	text = attributes(&made, 0);
	assert_true(has(text, "40=00000002"));
	assert_true(has(text, "49=0000000b"));		/* NAS Reboot */
	assert_true(has(text, "42=00000005"));
	assert_true(has(text, "46=00000e10"));
	assert_true(has(text, "55=6553f100"));
	/* without any Interim-Update nothing was counted */
	describe(&r, RADIUS_STATUS_START);
	len = account_make_stop(body, account_encode(&r, body), 0, stop);
	assert_true(account_decode(&made, stop, len));
	text = attributes(&made, 0);
	assert_true(has(text, "42=00000000"));
	assert_true(has(text, "46=00000000"));
	assert_int_equal(account_make_stop((const uint8_t *)"\1\1", 2, 0, stop), 0);
}

/* --- as JSON --------------------------------------------------------------------------------- */

static void a_line_of_json(void **state)
{
	struct account_record r;
	char *line;

	describe(&r, RADIUS_STATUS_STOP);
	line = account_json(&r);
	assert_string_equal(line, "{\"type\":\"stop\",\"time\":1700000000,\"nas\":\"nas\","
			    "\"session\":\"5f00-1\",\"multi_session\":\"5f00-1\","
			    "\"user\":\"alice\",\"port_id\":\"office:17\","
			    "\"peer\":\"198.51.100.9\",\"local\":\"192.0.2.1\","
			    "\"address\":\"10.0.0.7\",\"classes\":[\"610062\",\"676f6c64\"],"
			    "\"authentic\":\"radius\",\"session_time_s\":3600,"
			    "\"input_octets\":4294967301,\"output_octets\":12884901895,"
			    "\"input_packets\":11,\"output_packets\":13,\"terminate_cause\":4}\n");
	free(line);
}

/* A user may call himself anything. It is one line, and JSON. */
static void a_name_that_is_no_text(void **state)
{
	static const char user[] = "\"}\n\xff\0\x1b[2J";
	struct account_record r;
	json_t *read;
	char *line;

	describe(&r, RADIUS_STATUS_START);
	r.session.user = user;
	r.session.user_len = sizeof(user) - 1;
	line = account_json(&r);
	assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
	read = json_loads(line, 0, NULL);
	assert_non_null(read);
	assert_string_equal(json_string_value(json_object_get(read, "user")),
			    "\"}\\x0a\\xff\\x00\\x1b[2J");
	json_decref(read);
	free(line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_end_has_its_cause),
		cmocka_unit_test(input_is_what_came_from_the_user),
		cmocka_unit_test(a_start_has_no_counts_and_only_a_stop_a_cause),
		cmocka_unit_test(a_user_of_our_own_secrets),
		cmocka_unit_test(what_is_kept_is_what_was_said),
		cmocka_unit_test(our_own_start),
		cmocka_unit_test(what_a_newer_daemon_added_is_skipped),
		cmocka_unit_test(what_is_cut_is_refused),
		cmocka_unit_test(what_does_not_fit_is_told),
		cmocka_unit_test(a_stop_that_was_never_written),
		cmocka_unit_test(a_line_of_json),
		cmocka_unit_test(a_name_that_is_no_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
