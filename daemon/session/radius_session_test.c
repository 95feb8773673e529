// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "session/radius_session.h"
#include "util/ip_literal_test.h"

static struct sessions sessions;
static struct session session;

static int set_up(void **state)
{
	memset(&session, 0, sizeof(session));
	sessions.opened_s = 0x6929168f;
	sessions.nonce = 0x0c0ffee1;
	session.all = &sessions;
	session.record.id = 0x100000011;
	session.record.user = "alice";
	strcpy(session.record.owner, "office");
	session.record.addr.local = ip("192.0.2.1");
	session.record.addr.remote = ip("2001:db8::9");
	return 0;
}

static void a_session_has_names(void **state)
{
	struct radius_session_texts texts;
	struct radius_session r;

	radius_session_of(&session, &r, &texts);
	assert_int_equal(r.user_len, 5);
	assert_memory_equal(r.user, "alice", 5);
	assert_string_equal(r.id, "6929168f0c0ffee1-100000011");
	assert_string_equal(r.multi_id, r.id);
	assert_true(r.port.given);
	assert_int_equal(r.port.value, 0x11);
	assert_string_equal(r.port_id, "office:4294967313");
	assert_string_equal(r.calling, "2001:db8::9");
	assert_string_equal(r.called, "192.0.2.1");
	assert_ip(r.peer, "2001:db8::9");
	assert_ip(r.local, "192.0.2.1");
}

static void the_longest_names_have_room(void **state)
{
	char longest[SESSION_OWNER_MAX];
	struct radius_session_texts texts;
	struct radius_session r;

	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	strcpy(session.record.owner, longest);
	session.record.id = UINT64_MAX;
	sessions.opened_s = sessions.nonce = UINT32_MAX;
	radius_session_of(&session, &r, &texts);
	assert_string_equal(r.id, "ffffffffffffffff-ffffffffffffffff");
	assert_string_equal(strchr(r.port_id, ':'), ":18446744073709551615");
}

static void a_granted_name_is_the_users(void **state)
{
	static struct radius_reply reply;
	struct radius_session_texts texts;
	struct radius_session r;

	session.grant = grant_new(&reply);
	radius_session_of(&session, &r, &texts);
	assert_string_equal(r.user, "alice");
	grant_put(session.grant);

	strcpy(reply.user, "alice@example.org");
	session.grant = grant_new(&reply);
	radius_session_of(&session, &r, &texts);
	assert_string_equal(r.user, "alice@example.org");
	assert_int_equal(r.user_len, strlen("alice@example.org"));
	grant_put(session.grant);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_session_has_names, set_up),
		cmocka_unit_test_setup(the_longest_names_have_room, set_up),
		cmocka_unit_test_setup(a_granted_name_is_the_users, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
