// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "aaa/secrets.h"
#include "control/called_test.h"
#include "control/played_sessions_test.h"

#define MANY 12000

static struct played_world world;
static struct servers servers;
static struct api api = { .sessions = &world.sessions, .servers = &servers };

/* Six sessions; bob has two, and nobody is in by the last one yet. */
static int set_up(void **state)
{
	static const struct {
		const char *server, *user, *outer;
		uint64_t rx, rx_bytes, idle_s;
	} who[] = {
		{ "office", "bob", "198.51.100.1", 100, 1, 5 },
		{ "office", "alice", "198.51.100.2", 500, 2, 6 },
		{ "lab", "carol", "203.0.113.3", 300, 4, 0 },
		{ "lab", "bob", "198.51.100.4", 300, 8, 3 },
		{ "lab", "dave", "203.0.113.5", 0, 16, 9 },
		{ "lab", "eve", "203.0.113.6", 0, 32, 0 },
	};

	world_open(&world, 6);
	for (uint32_t i = 0; i < 6; i++) {
		struct session *s = world_add(&world, who[i].server, who[i].user, ip(who[i].outer),
					      ip_from_number(0x0a000000 + i));

		s->rate.rx = who[i].rx;
		s->record.stats.rx_bytes = who[i].rx_bytes;
		s->record.stats.idle_s = who[i].idle_s;
		s->reached = i < 5 ? PPP_PHASE_NETWORK : PPP_PHASE_AUTHENTICATE;
	}
	return 0;
}

static int tear_down(void **state)
{
	world_close(&world);
	return 0;
}

static json_t *reply;

static void done(void)
{
	json_decref(reply);
	reply = NULL;
}

/* Lists users; returns "bob 2, alice 1" with how many sessions they have. */
static const char *listed(const char *parameters)
{
	static char text[256];
	json_t *user;
	size_t i;

	done();
	reply = called(&api, "org.culvert.User.List", json_loads(parameters, 0, NULL));
	*text = '\0';
	json_array_foreach(json_object_get(reply, "users"), i, user)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s %d", i ? ", " : "",
			 json_string_value(json_object_get(user, "user")),
			 (int)json_integer_value(json_object_get(user, "sessions")));
	return text;
}

static json_int_t of_first(const char *name)
{
	const json_t *user = json_array_get(json_object_get(reply, "users"), 0);

	return json_integer_value(json_object_get(user, name));
}

static void sessions_are_added_up(void **state)
{
	const json_t *peers;

	world.list[3].session.policy.rate_up = 512000;
	assert_string_equal(listed("{\"filter\":{\"user\":\"bob\"}}"), "bob 2");
	assert_int_equal(of_first("rx_bytes"), 9);
	assert_int_equal(of_first("rx_bit_s"), 400);
	assert_int_equal(of_first("idle_s"), 3);
	peers = json_object_get(json_array_get(json_object_get(reply, "users"), 0), "peers");
	assert_int_equal(json_array_size(peers), 2);
	/* what counts for the newest one */
	assert_int_equal(json_integer_value(json_object_get(
		json_object_get(json_array_get(json_object_get(reply, "users"), 0), "policy"),
		"rate_up")), 512000);
	assert_int_equal(json_integer_value(json_object_get(reply, "matched")), 1);
	assert_int_equal(json_integer_value(json_object_get(reply, "sessions")), 2);
	done();
}

static unsigned int questions;

static int count(struct net_session *s, struct net_stats *stats, uint64_t *counters)
{
	questions++;
	stats->idle_s = 60;
	return 0;
}

/* Who is in is asked for when he is added up, and not again when he is given. */
static void counters_that_decide_are_asked_for_once(void **state)
{
	static const struct net_backend counter = { .stats = count };

	for (unsigned int i = 0; i < world.n; i++)
		world.list[i].session.net.backend = &counter;
	questions = 0;
	assert_string_equal(listed("{\"filter\":{\"idle_s\":60},\"unread\":true}"),
			    "alice 1, bob 2, carol 1, dave 1");
	assert_int_equal(json_array_size(json_object_get(
		json_array_get(json_object_get(reply, "users"), 1), "peers")), 2);
	assert_int_equal(questions, 5);
	for (unsigned int i = 0; i < world.n; i++)
		world.list[i].session.net.backend = NULL;
	done();
}

static void users_are_filtered_and_sorted(void **state)
{
	static const char * const lists[][2] = {
		{ "{}", "alice 1, bob 2, carol 1, dave 1" },
		{ "{\"sort\":\"-user\"}", "dave 1, carol 1, bob 2, alice 1" },
		{ "{\"sort\":\"-sessions\",\"limit\":2}", "bob 2, dave 1" },
		{ "{\"sort\":\"-rx_bit_s\"}", "alice 1, bob 2, carol 1, dave 1" },
		{ "{\"sort\":\"rx_bytes\"}", "alice 1, carol 1, bob 2, dave 1" },
		{ "{\"filter\":{\"server\":\"lab\"}}", "bob 1, carol 1, dave 1" },
		{ "{\"filter\":{\"peer\":\"198.51.100.0/24\"}}", "alice 1, bob 2" },
		{ "{\"filter\":{\"user\":\"nobody\"}}", "" },
	};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		assert_string_equal(listed(lists[i][0]), lists[i][1]);
	done();
}

static void pages_follow_each_other(void **state)
{
	static const char * const orders[][2] = {
		{ "user", "alice 1, bob 2, carol 1, dave 1, " },
		{ "-sessions", "bob 2, dave 1, carol 1, alice 1, " },
		{ "bit_s", "dave 1, carol 1, bob 2, alice 1, " },
	};

	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		char parameters[256], all[256] = "";
		const char *next = NULL;

		do {
			snprintf(parameters, sizeof(parameters),
				 "{\"sort\":\"%s\",\"limit\":1%s%s%s}", orders[i][0],
				 next ? ",\"after\":\"" : "", next ? next : "", next ? "\"" : "");
			strcat(strcat(all, listed(parameters)), ", ");
			assert_int_equal(json_integer_value(json_object_get(reply, "matched")), 4);
			next = json_string_value(json_object_get(reply, "next"));
		} while (next);
		assert_string_equal(all, orders[i][1]);
	}
	done();
}

static void names_count_as_at_their_server(void **state)
{
	assert_int_equal(session_set_user(&world.list[3].session, "BOB"), 0);
	assert_string_equal(listed("{}"), "BOB 1, alice 1, bob 1, carol 1, dave 1");
	world.list[0].session.config.fold_case = true;
	world.list[3].session.config.fold_case = true;
	assert_string_equal(listed("{}"), "alice 1, bob 2, carol 1, dave 1");
	done();
}

static void what_is_wrong_is_said(void **state)
{
	assert_string_equal(listed("{\"sort\":\"colour\"}"), "");
	assert_string_equal(called_error.text, "\"sort\" is \"colour\": expected user, sessions, uptime_s, "
			    "idle_s, rx_bytes, tx_bytes, rx_bit_s, tx_bit_s or bit_s; or - before it");
	listed("{\"limit\":0}");
	assert_string_equal(called_error.text, "\"limit\": expected a number from 1");
	listed("{\"after\":\"alice\"}");
	assert_string_equal(called_error.text, "\"after\": expected what \"next\" said in this order");
	listed("{\"filter\":{\"peer\":\"here\"}}");
	assert_string_equal(called_error.subject, "peer");
}

/* Shows @user; returns the text of what it is, without blanks. */
static char *shown(const char *user)
{
	char *text;

	reply = called(&api, "org.culvert.User.Show", json_pack("{s:s}", "user", user));
	text = json_dumps(reply, JSON_COMPACT);
	done();
	return text;
}

static void it_is_told_where_a_user_is_known(void **state)
{
	static const char secrets[] = "alice * geheim *\nBob * {NT}short *\n";
	struct config_realm realm = { .name = "example.org", .radius_group = "far" };
	struct config_user user = { .name = "alice", .policy = { .rate_up = 512000 },
				    .disabled = true };
	struct config_server list[] = {
		{ .name = "office", .users = { CONFIG_JUDGE_SECRETS, CONFIG_JUDGE_RADIUS },
		  .secrets_path = "/s", .auth_name = "office", .radius_group = "near" },
		{ .name = "lab", .users = { CONFIG_JUDGE_DATABASE }, .database = "people" },
	};
	struct config config = {
		.servers = list, .n_servers = 2, .users = &user, .n_users = 1,
		.realms = &realm, .n_realms = 1,
	};
	struct diag diag;
	char *text;

	diag_init(&diag);
	list[0].secrets = secrets_parse("/s", secrets, sizeof(secrets) - 1, &diag);
	diag_free(&diag);
	servers.config = &config;
	text = shown("alice");
	assert_string_equal(text, "{\"section\":{\"disabled\":true,\"profile\":\"\",\"address\":\"\","
		"\"policy\":{\"rate_up\":512000}},\"sources\":["
		"{\"server\":\"office\",\"judge\":\"secrets\",\"where\":\"/s\",\"line\":1},"
		"{\"server\":\"office\",\"judge\":\"radius\",\"where\":\"near\"},"
		"{\"server\":\"lab\",\"judge\":\"database\",\"where\":\"people\"}]}");
	free(text);
	text = shown("Alice");
	assert_null(strstr(text, "\"section\""));
	assert_null(strstr(text, "\"line\""));
	free(text);
	/* letters do not count where a server says so, and the secret is told nowhere */
	list[0].fold_case = true;
	text = shown("ALICE");
	assert_non_null(strstr(text, "\"disabled\":true"));
	assert_non_null(strstr(text, "\"line\":1"));
	assert_null(strstr(text, "geheim"));
	free(text);
	text = shown("bob");
	assert_non_null(strstr(text, "\"line\":2,\"flaw\":\"/s:2: "));
	free(text);
	text = shown("carol@Example.org");
	assert_non_null(strstr(text, "\"where\":\"far\""));
	free(text);
	text = shown("EXAMPLE.ORG\\carol");
	assert_non_null(strstr(text, "\"where\":\"far\""));
	free(text);
	secrets_put(list[0].secrets);
	servers.config = NULL;
}

/* As the socket does: each slice is in a callback. */
static void no_slice_of_many_is_long(void **state)
{
	static const char * const lists[] = { "{}", "{\"sort\":\"-bit_s\"}", "{\"limit\":5}" };

	world_open(&world, MANY);
	for (uint32_t i = 0; i < MANY; i++) {
		char user[16];

		snprintf(user, sizeof(user), "u%u", i * 7919 % MANY / 2);
		world_add(&world, "office", user, ip_from_number(0x0a000000 + i),
			  ip_from_number(0x0b000000 + i))->rate.rx = i;
	}
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		assert_true(called_longest_slice(&api, "org.culvert.User.List", lists[i],
						 i == 2 ? 5 : MANY / 2) < CALLBACK_LIMIT_NS);
	}
	world_close(&world);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(sessions_are_added_up, set_up, tear_down),
		cmocka_unit_test_setup_teardown(counters_that_decide_are_asked_for_once, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(users_are_filtered_and_sorted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(pages_follow_each_other, set_up, tear_down),
		cmocka_unit_test_setup_teardown(names_count_as_at_their_server, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_wrong_is_said, set_up, tear_down),
		cmocka_unit_test_setup_teardown(it_is_told_where_a_user_is_known, set_up, tear_down),
		cmocka_unit_test(no_slice_of_many_is_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
