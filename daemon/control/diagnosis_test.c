// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "control/called_test.h"
#include "control/diagnosis.h"
#include "server/server.h"
#include "session/remember.h"
#include "util/ip_literal_test.h"

struct bench {
	uv_loop_t loop;
	struct sessions sessions;
	struct servers servers;
	struct server server;
	struct api api;
	struct history *history;
};

static int set_up(void **state)
{
	static const struct config_abuse config = { .burst = 1 };
	struct bench *b = calloc(1, sizeof(*b));

	uv_loop_init(&b->loop);
	b->sessions.loop = &b->loop;
	b->sessions.histories = histories_new();
	registry_init(&b->sessions.registry);
	TAILQ_INIT(&b->servers.list);
	TAILQ_INSERT_TAIL(&b->servers.list, &b->server, link);
	b->api.servers = &b->servers;
	b->api.sessions = &b->sessions;
	assert_int_equal(abuse_open(&b->servers.abuse, &b->loop), 0);
	abuse_configure(&b->servers.abuse, &config);
	*state = b;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *b = *state;

	histories_free(b->sessions.histories);
	abuse_close(&b->servers.abuse, NULL);
	uv_run(&b->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&b->loop), 0);
	abuse_free(&b->servers.abuse);
	free(b);
	return 0;
}

static void fail_login(struct bench *b, const char *from, const char *user, const char *why)
{
	remember_attempt(&b->sessions, &b->history, SESSION_OF_SERVER, "office", ip(from));
	history_add(b->history, HISTORY_CONNECTED, uv_now(&b->loop), "192.0.2.1");
	history_set_user(b->history, user);
	history_add(b->history, HISTORY_REFUSED, uv_now(&b->loop), "%s", why);
	history_end(b->history, false, uv_now(&b->loop), "the peer failed to authenticate itself");
}

/* Clients are asked for behind the method, which has none here. */
static json_t *answer(struct bench *b, const char *user, const char *peer, const char *client)
{
	const struct diagnosis_question q = { .client = client };
	json_t *parameters;

	if (client)
		return diagnosis_answer(&b->api, &q);
	parameters = json_object();
	if (user)
		json_object_set_new(parameters, "user", json_string(user));
	if (peer)
		json_object_set_new(parameters, "peer", json_string(peer));
	return called(&b->api, "org.culvert.Diagnosis.Diagnose", parameters);
}

static const char *text_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

/* Compare the rule of the verdict and the number of attempts and groups. */
static void expect(json_t *got, const char *rule, size_t attempts, size_t groups)
{
	const json_t *verdict = json_object_get(got, "verdict");

	if (rule)
		assert_string_equal(text_of(verdict, "rule"), rule);
	else
		assert_true(!verdict || json_is_null(verdict));
	assert_int_equal(json_array_size(json_object_get(got, "attempts")), attempts);
	assert_int_equal(json_array_size(json_object_get(got, "groups")), groups);
	json_decref(got);
}

static void test_attempts_are_found(void **state)
{
	struct bench *b = *state;

	fail_login(b, "192.0.2.9", "alice", "unknown user");
	fail_login(b, "192.0.2.9", "alice", "wrong password");
	fail_login(b, "192.0.2.10", "bob", "no address is free in pool a");
	expect(answer(b, "alice", NULL, NULL), "wrong-password", 2, 0);
	expect(answer(b, NULL, "192.0.2.9", NULL), "wrong-password", 2, 0);
	expect(answer(b, "bob", NULL, NULL), "pool-empty", 1, 0);
	expect(answer(b, "carol", NULL, NULL), "nobody-came", 0, 0);
	expect(answer(b, NULL, "192.0.2.11", NULL), "nothing-came", 0, 0);
	expect(answer(b, NULL, NULL, "alice"), "never-dialed", 0, 0);
	expect(answer(b, NULL, NULL, NULL), NULL, 0, 3);
}

static void test_clients_are_found_by_name(void **state)
{
	struct bench *b = *state;

	remember_attempt(&b->sessions, &b->history, SESSION_OF_CLIENT, "hq", ip_none());
	history_set_user(b->history, "alice");
	history_end(b->history, false, uv_now(&b->loop),
		    "192.0.2.9 port 1723: connection refused");
	expect(answer(b, NULL, NULL, "hq"), "tcp-refused", 1, 0);
	expect(answer(b, NULL, NULL, "office"), "never-dialed", 0, 0);
	expect(answer(b, "alice", NULL, NULL), "nobody-came", 0, 0);
}

static void test_who_was_banned_since(void **state)
{
	struct bench *b = *state;
	const struct ip_addr peer = ip("192.0.2.9");

	remember_attempt(&b->sessions, &b->history, SESSION_OF_SERVER, "office", peer);
	assert_int_equal(bans_add(b->servers.abuse.bans, &(struct ip_prefix){ peer, 32 }, NEVER, 0), 0);
	expect(answer(b, NULL, "192.0.2.9", NULL), "under-way", 1, 0);
	history_end(b->history, true, uv_now(&b->loop), "the peer hung up");
	expect(answer(b, NULL, "192.0.2.9", NULL), "banned", 1, 0);
}

static void test_what_may_be_the_cause_without_an_attempt(void **state)
{
	struct bench *b = *state;

	expect(answer(b, NULL, NULL, NULL), "nothing", 0, 0);
	assert_int_equal(bans_add(b->servers.abuse.bans, &(struct ip_prefix){ ip("192.0.2.0"), 24 },
				  NEVER, 0), 0);
	expect(answer(b, NULL, "192.0.2.9", NULL), "banned", 0, 0);
	b->server.drain.on = true;
	expect(answer(b, NULL, "192.0.3.9", NULL), "drained", 0, 0);
	expect(answer(b, "alice", NULL, NULL), "drained", 0, 0);
	b->server.retired = true;
	expect(answer(b, "alice", NULL, NULL), "no-server", 0, 0);
}

static void test_groups(void **state)
{
	struct bench *b = *state;
	const json_t *group;
	json_t *got;

	fail_login(b, "192.0.2.9", "alice", "wrong password");
	for (unsigned int i = 0; i < 9; i++) {
		char from[32];

		snprintf(from, sizeof(from), "192.0.3.%u", i);
		fail_login(b, from, "bob", "wrong password");
	}
	got = answer(b, NULL, NULL, NULL);
	group = json_array_get(json_object_get(got, "groups"), 0);
	assert_int_equal(json_integer_value(json_object_get(group, "attempts")), 10);
	assert_int_equal(json_array_size(json_object_get(group, "peers")), 5);
	assert_int_equal(json_array_size(json_object_get(group, "users")), 2);
	assert_int_equal(json_integer_value(json_object_get(got, "remembered")), 10);
	json_decref(got);
}

/* However much a peer sends, and whatever it is, the answer has a bound and is JSON. */
static void test_answers_have_a_bound(void **state)
{
	struct bench *b = *state;
	char *dumped;
	json_t *got;

	for (unsigned int n = 0; n < HISTORY_PER_SOURCE; n++) {
		fail_login(b, "192.0.2.9", "alice", "wrong password");
		for (unsigned int i = 0; i < 2000; i++) {
			uint8_t frame[] = { 0xc0, 0x25, (uint8_t)i, 1, 0, 4 };

			history_frame(b->history, i % 2, frame, sizeof(frame), 0);
			history_add(b->history, HISTORY_NOTE, 0, "%c%c", 0xf0 | i % 16, i % 7 + 1);
		}
	}
	got = answer(b, "alice", NULL, NULL);
	assert_true(json_array_size(json_object_get(got, "attempts")) > 4);
	dumped = json_dumps(got, JSON_COMPACT);
	assert_non_null(dumped);
	assert_true(strlen(dumped) < 256 * 1024);
	free(dumped);
	json_decref(got);
}

static void test_without_histories(void **state)
{
	struct bench *b = *state;

	histories_free(b->sessions.histories);
	b->sessions.histories = NULL;
	expect(answer(b, "alice", NULL, NULL), "nobody-came", 0, 0);
	expect(answer(b, NULL, NULL, NULL), "nothing", 0, 0);
}

static void refuse(struct bench *b, const char *parameters, const char *why)
{
	json_t *reply = called(&b->api, "org.culvert.Diagnosis.Diagnose",
			       json_loads(parameters, 0, NULL));

	assert_null(reply);
	assert_string_equal(called_error.text, why);
}

static void test_what_is_wrong_is_said(void **state)
{
	struct bench *b = *state;

	refuse(b, "{\"peer\":\"here\"}", "\"here\" is not an address");
	refuse(b, "{\"peer\":\"192.0.2.1\",\"user\":\"alice\"}",
	       "\"user\", \"peer\" and \"client\": expected one of them");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(test_attempts_are_found),
		TEST(test_clients_are_found_by_name),
		TEST(test_who_was_banned_since),
		TEST(test_what_may_be_the_cause_without_an_attempt),
		TEST(test_groups),
		TEST(test_answers_have_a_bound),
		TEST(test_without_histories),
		TEST(test_what_is_wrong_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
