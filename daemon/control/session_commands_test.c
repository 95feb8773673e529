// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <linux/pptp.h>

#include "aaa/grant.h"
#include "control/called_test.h"
#include "control/played_sessions_test.h"

static struct played_world world;
static struct api api = { .sessions = &world.sessions };

/* A kernel that is asked for rates and counters. */
static int shape(struct net_session *s, const struct net_shape *shape)
{
	return 0;
}

static unsigned int questions;

static int count(struct net_session *s, struct net_stats *stats, uint64_t *counters)
{
	questions++;
	stats->idle_s = 60;
	if (!counters)
		return 0;
	counters[PPTP_A_STATS_RX_PACKETS] = 1000000000000;
	counters[PPTP_A_STATS_RX_DROP_STALE] = 5;
	counters[PPTP_A_STATS_TX_DROP_RATE] = 7;
	return 0;
}

static const struct net_backend shaper = { .shape = shape, .stats = count };

/* Sessions 1 and 2; nobody was let in to the second one. */
static int set_up(void **state)
{
	world_open(&world, 2);
	world_add(&world, "office", "alice", ip("198.51.100.1"), ip("10.0.0.1"))->net.backend =
		&shaper;
	world_add(&world, "office", "bob", ip("198.51.100.2"), ip("10.0.0.2"))->reached =
		PPP_PHASE_AUTHENTICATE;
	return 0;
}

static int tear_down(void **state)
{
	world.list[0].session.net.backend = NULL;
	world_close(&world);
	return 0;
}

/* Returns true if the session @id has been given @terms, pairs of a name and a value. */
static bool set(json_int_t id, const char *name, const char *value, const char *name2,
		const char *value2)
{
	json_t *request = json_pack("{s:I, s:{s:s}}", "id", id, "terms", name, value);
	json_t *answer;

	if (name2)
		json_object_set_new(json_object_get(request, "terms"), name2, json_string(value2));
	answer = called(&api, "org.culvert.Session.Set", request);
	assert_true(!answer == (*called_error.text != '\0'));
	json_decref(answer);
	return answer;
}

static const struct policy *policy(void)
{
	return &world.list[0].session.policy;
}

static void limits_are_set_and_lifted(void **state)
{
	assert_true(set(1, "rate-down", "10M", "session-timeout", "3600"));
	assert_int_equal(policy()->rate_down, 10000000);
	assert_int_equal(policy()->burst_down, 0);
	assert_int_equal(policy()->session_timeout_s, 3600);
	assert_int_equal(world.list[0].changes, 1);
	/* The rate in effect stays, and the other direction has none. */
	assert_true(set(1, "burst-down", "64k", NULL, NULL));
	assert_int_equal(policy()->rate_down, 10000000);
	assert_int_equal(policy()->burst_down, 64000);
	assert_true(set(1, "rate-up", "512k", "burst-up", "20000"));
	assert_int_equal(policy()->rate_up, 512000);
	assert_int_equal(policy()->burst_up, 20000);
	assert_int_equal(policy()->burst_down, 64000);
	assert_true(set(1, "rate-up", "0", "session-timeout", "0"));
	assert_int_equal(policy()->rate_up, 0);
	assert_int_equal(policy()->burst_up, 0);
	assert_int_equal(policy()->session_timeout_s, 0);
	assert_int_equal(policy()->rate_down, 10000000);
	assert_int_equal(world.list[0].changes, 4);
	assert_false(session_is_over(&world.list[0].session));
}

static void what_cannot_be_is_refused(void **state)
{
	assert_false(set(1, "rate-up", "fast", "idle-timeout", "60"));
	assert_string_equal(called_error.text, "rate-up is \"fast\": expected bits per second like 512k, 10M "
				   "or 1G, from 8k to 1000G; or 0");
	assert_false(set(1, "idle-timeout", "60", "rate-up", "7k"));
	assert_false(set(1, "pool", "gold", NULL, NULL));
	assert_string_equal(called_error.text, "\"pool\" cannot be set: expected rate-up, rate-down, burst-up, "
				   "burst-down, session-timeout or idle-timeout");
	assert_false(set(1, "colour", "red", NULL, NULL));
	assert_false(set(1, "burst-up", "64k", NULL, NULL));
	assert_string_equal(called_error.text, "a burst needs a rate");
	assert_false(set(2, "rate-up", "512k", NULL, NULL));
	assert_false(set(3, "rate-up", "512k", NULL, NULL));
	assert_string_equal(called_error.subject, "session");
	assert_string_equal(called_error.text, "3");
	assert_int_equal(world.changes, 0);
	assert_null(world.list[0].session.grant);
}

static void a_timeout_that_is_over_is_refused(void **state)
{
	struct session *s = &world.list[0].session;

	s->record.up_s = 1;
	s->up_at = uv_now(&world.loop) - 50000;
	assert_false(set(1, "session-timeout", "50", NULL, NULL));
	assert_non_null(strstr(called_error.text, "up for longer"));
	assert_true(set(1, "session-timeout", "51", NULL, NULL));
}

static json_int_t killed(const char *user)
{
	json_t *answer = called(&api, "org.culvert.Session.Kill",
				json_pack("{s:{s:s}}", "filter", "user", user));
	json_int_t n = json_integer_value(json_object_get(answer, "killed"));

	json_decref(answer);
	return n;
}

static void users_are_killed_as_their_server_knows_them(void **state)
{
	world.list[0].session.config.fold_case = true;
	called_loop = &world.loop;
	assert_int_equal(killed("BOB"), 0);
	assert_int_equal(killed("ALICE"), 1);
	/* who is ended already is not ended again */
	assert_int_equal(killed("ALICE"), 0);
	for (unsigned int i = 0; i < 100 && !world_over(&world); i++)
		uv_run(&world.loop, UV_RUN_ONCE);
	assert_true(session_is_over(&world.list[0].session));
	assert_false(session_is_over(&world.list[1].session));
}

static void tells(const char *parameters, const char *expected)
{
	json_t *reply = called(&api, "org.culvert.Session.Stats", json_loads(parameters, 0, NULL));
	char *text = reply ? json_dumps(reply, JSON_COMPACT) : NULL;

	assert_string_equal(text ? text : called_error.text, expected);
	free(text);
	json_decref(reply);
}

static void counters_are_added_up(void **state)
{
#define ONE "\"counters\":{\"rx_packets\":1000000000000,\"rx_drop_stale\":5,\"tx_drop_rate\":7}"
	called_loop = &world.loop;
	world.list[0].session.rate = (struct rate){ .rx = 500, .tx = 20 };
	world.list[1].session.rate = (struct rate){ .rx = 1, .tx = 2 };
	tells("{\"id\":1}", "{\"sessions\":1," ONE ",\"rx_bit_s\":500,\"tx_bit_s\":20}");
	tells("{\"filter\":{\"user\":\"alice\"}}",
	      "{\"sessions\":1," ONE ",\"rx_bit_s\":500,\"tx_bit_s\":20}");
	/* the kernel has nothing of the second one */
	tells("{\"filter\":{}}", "{\"sessions\":2," ONE ",\"rx_bit_s\":501,\"tx_bit_s\":22}");
	world.list[1].session.net.backend = &shaper;
	tells("{\"filter\":{}}", "{\"sessions\":2,\"counters\":{\"rx_packets\":2000000000000,"
	      "\"rx_drop_stale\":10,\"tx_drop_rate\":14},\"rx_bit_s\":501,\"tx_bit_s\":22}");
	/* counters that decide are asked for once, and only if all else fits */
	questions = 0;
	tells("{\"filter\":{\"user\":\"alice\",\"idle_s\":60}}",
	      "{\"sessions\":1," ONE ",\"rx_bit_s\":500,\"tx_bit_s\":20}");
	assert_int_equal(questions, 1);
	tells("{\"filter\":{\"idle_s\":61}}",
	      "{\"sessions\":0,\"counters\":{},\"rx_bit_s\":0,\"tx_bit_s\":0}");
	assert_int_equal(questions, 3);
	world.list[1].session.net.backend = NULL;
	tells("{\"filter\":{\"user\":\"x\"}}",
	      "{\"sessions\":0,\"counters\":{},\"rx_bit_s\":0,\"tx_bit_s\":0}");
	tells("{}", "expected either \"id\" or \"filter\"");
	tells("{\"id\":9}", "9");
	tells("{\"filter\":{\"peer\":\"x\"}}", "\"peer\" is \"x\": expected an address or a network "
	      "like 192.0.2.0/24");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(limits_are_set_and_lifted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_cannot_be_is_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_timeout_that_is_over_is_refused, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(counters_are_added_up, set_up, tear_down),
		cmocka_unit_test_setup_teardown(users_are_killed_as_their_server_knows_them, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
