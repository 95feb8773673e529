// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "control/called_test.h"
#include "control/played_sessions_test.h"

#define MANY 60000

static struct played_world world;
static struct api api = { .sessions = &world.sessions };

/* Five sessions; bob has two. */
static int set_up(void **state)
{
	static const struct {
		const char *server, *user, *outer, *inner;
		uint64_t rx;
	} who[] = {
		{ "office", "bob", "198.51.100.1", "10.0.0.5", 100 },
		{ "office", "alice", "198.51.100.2", "10.0.0.4", 500 },
		{ "lab", "carol", "203.0.113.3", "10.0.1.3", 300 },
		{ "office", "bob", "198.51.100.4", "10.0.0.2", 300 },
		{ "lab", "dave", "203.0.113.5", "10.0.1.1", 0 },
	};

	world_open(&world, 5);
	for (size_t i = 0; i < 5; i++) {
		struct session *s = world_add(&world, who[i].server, who[i].user, ip(who[i].outer),
					      ip(who[i].inner));

		s->rate.rx = who[i].rx;
		s->record.up = i != 4;
		s->record.ip4.remote = ip(who[i].inner);
	}
	return 0;
}

static int tear_down(void **state)
{
	world_close(&world);
	return 0;
}

static json_t *reply;

/* Lists sessions; returns their numbers as "2 1". */
static const char *listed(const char *parameters)
{
	static char text[256];
	json_t *session;
	size_t i;

	json_decref(reply);
	reply = called(&api, "org.culvert.Session.List", json_loads(parameters, 0, NULL));
	*text = '\0';
	json_array_foreach(json_object_get(reply, "sessions"), i, session)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%d", i ? " " : "",
			 (int)json_integer_value(json_object_get(session, "id")));
	return text;
}

static json_int_t member(const char *name)
{
	return json_integer_value(json_object_get(reply, name));
}

static void done(void)
{
	json_decref(reply);
	reply = NULL;
}

static void filters_choose(void **state)
{
	static const char * const filters[][2] = {
		{ "{}", "1 2 3 4 5" },
		{ "{\"user\":\"bob\"}", "1 4" },
		{ "{\"user\":\"bob\",\"peer\":\"198.51.100.4\"}", "4" },
		{ "{\"user\":\"Bob\"}", "" },
		{ "{\"server\":\"lab\"}", "3 5" },
		{ "{\"client\":\"lab\"}", "" },
		{ "{\"role\":\"server\"}", "1 2 3 4 5" },
		{ "{\"role\":\"client\"}", "" },
		{ "{\"peer\":\"198.51.100.0/24\"}", "1 2 4" },
		{ "{\"peer\":\"0.0.0.0/0\"}", "1 2 3 4 5" },
		{ "{\"remote_address\":\"10.0.1.0/24\"}", "3" },
		{ "{\"state\":\"dead\"}", "5" },
		{ "{\"bit_s\":300}", "2 3 4" },
		{ "{\"uptime_s\":1}", "" },
		{ "{\"interface\":\"ppp0\"}", "" },
		{ "{\"search\":\"OB\"}", "1 4" },
		{ "{\"search\":\"198.51.100.\"}", "1 2 4" },
		{ "{\"search\":\"51.100.\"}", "" },
		{ "{\"search\":\"10.0.1.\"}", "3" },
		{ "{\"search\":\"\"}", "1 2 3 4 5" },
	};

	for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
		char text[256];

		snprintf(text, sizeof(text), "{\"filter\":%s}", filters[i][0]);
		assert_string_equal(listed(text), filters[i][1]);
		assert_int_equal(member("matched"),
				 json_array_size(json_object_get(reply, "sessions")));
	}
	done();
}

static void sessions_are_sorted(void **state)
{
	static const char * const orders[][2] = {
		{ "id", "1 2 3 4 5" },
		{ "-id", "5 4 3 2 1" },
		{ "user", "2 1 4 3 5" },
		{ "-user", "5 3 1 4 2" },
		{ "server", "3 5 1 2 4" },
		{ "peer", "1 2 4 3 5" },
		{ "remote_address", "5 4 2 1 3" },
		{ "rx_bit_s", "5 1 3 4 2" },
		{ "-bit_s", "2 3 4 1 5" },
	};

	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		char text[64];

		snprintf(text, sizeof(text), "{\"sort\":\"%s\"}", orders[i][0]);
		assert_string_equal(listed(text), orders[i][1]);
		assert_null(json_object_get(reply, "next"));
		/* and the first ones alone */
		for (size_t n = 1; n < 5; n++) {
			snprintf(text, sizeof(text), "{\"sort\":\"%s\",\"limit\":%zu}",
				 orders[i][0], n);
			assert_memory_equal(listed(text), orders[i][1], 2 * n - 1);
			assert_int_equal(strlen(listed(text)), 2 * n - 1);
			assert_int_equal(member("matched"), 5);
			assert_non_null(json_object_get(reply, "next"));
		}
	}
	assert_string_equal(listed("{\"sort\":\"-bit_s\",\"limit\":1}"), "2");
	assert_int_equal(member("rx_bit_s"), 1200);
	done();
}

/* Pages one behind the other are the list, in any order. */
static void pages_follow_each_other(void **state)
{
	static const char * const orders[] = { "id", "user", "-user", "-bit_s", "remote_address" };

	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		char all[64], pages[64] = "", text[256];

		snprintf(text, sizeof(text), "{\"sort\":\"%s\"}", orders[i]);
		strcpy(all, listed(text));
		snprintf(text, sizeof(text), "{\"sort\":\"%s\",\"limit\":2}", orders[i]);
		for (unsigned int n = 0; n < 3; n++) {
			const char *next;

			snprintf(pages + strlen(pages), sizeof(pages) - strlen(pages), "%s%s",
				 n ? " " : "", listed(text));
			next = json_string_value(json_object_get(reply, "next"));
			assert_true(!next == (n == 2));
			if (next)
				snprintf(text, sizeof(text),
					 "{\"sort\":\"%s\",\"limit\":2,\"after\":\"%s\"}",
					 orders[i], next);
		}
		assert_string_equal(pages, all);
	}
	done();
}

static void members_are_chosen(void **state)
{
	char *text;

	listed("{\"fields\":[\"user\",\"server\",\"source\"],\"limit\":1}");
	text = json_dumps(json_object_get(reply, "sessions"), JSON_COMPACT);
	assert_string_equal(text, "[{\"id\":1,\"user\":\"bob\",\"server\":\"office\",\"source\":\"\"}]");
	free(text);
	done();
}

static void what_is_wrong_is_said(void **state)
{
	static const char * const wrong[][2] = {
		{ "{\"limit\":0}", "\"limit\": expected a number from 1" },
		{ "{\"sort\":\"colour\"}",
		  "\"sort\" is \"colour\": expected id, user, server, client, peer, remote_address, "
		  "interface, state, uptime_s, idle_s, rx_bytes, tx_bytes, rx_bit_s, tx_bit_s or bit_s; "
		  "or - before it" },
		{ "{\"after\":\"x\"}", "\"after\": expected what \"next\" said in this order" },
		{ "{\"after\":\"3:x\"}", "\"after\": expected what \"next\" said in this order" },
		{ "{\"sort\":\"peer\",\"after\":\"3:x\"}",
		  "\"after\": expected what \"next\" said in this order" },
		{ "{\"filter\":{\"peer\":\"here\"}}",
		  "\"peer\" is \"here\": expected an address or a network like 192.0.2.0/24" },
		{ "{\"filter\":{\"colour\":1}}", "\"filter.colour\": there is no such member" },
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		listed(wrong[i][0]);
		assert_null(reply);
		assert_string_equal(called_error.text, wrong[i][1]);
	}
	assert_null(called(&api, "org.culvert.Session.List",
			   json_loads("{\"fields\":[\"colour\"]}", 0, NULL)));
	assert_string_equal(called_error.subject, "fields[0]");
}

static void kills_can_be_tried(void **state)
{
	json_t *killed;

	called_loop = &world.loop;
	killed = called(&api, "org.culvert.Session.Kill",
			json_loads("{\"filter\":{\"server\":\"lab\"},\"dry_run\":true}", 0, NULL));
	assert_int_equal(json_integer_value(json_object_get(killed, "killed")), 2);
	json_decref(killed);
	assert_int_equal(world_over(&world), 0);
	assert_null(called(&api, "org.culvert.Session.Kill", NULL));
	assert_null(called(&api, "org.culvert.Session.Kill",
			   json_loads("{\"id\":1,\"filter\":{}}", 0, NULL)));
	assert_int_equal(world_over(&world), 0);
	killed = called(&api, "org.culvert.Session.Kill", json_loads("{\"filter\":{}}", 0, NULL));
	assert_int_equal(json_integer_value(json_object_get(killed, "killed")), 5);
	json_decref(killed);
}

static void no_slice_of_many_is_long(void **state)
{
	static const struct {
		const char *parameters;
		size_t expected;
	} lists[] = {
		{ "{}", MANY },
		{ "{\"fields\":[\"user\"]}", MANY },
		{ "{\"filter\":{\"user\":\"nobody\"}}", 0 },
		{ "{\"sort\":\"-user\"}", MANY },
		{ "{\"sort\":\"-bit_s\",\"limit\":40}", 40 },
	};

	world_open(&world, MANY);
	for (uint32_t i = 0; i < MANY; i++) {
		char user[16];

		snprintf(user, sizeof(user), "u%u", i * 7919 % MANY);
		world_add(&world, "office", user, ip_from_number(0x0a000000 + i),
			  ip_from_number(0x0b000000 + i))->rate.rx = i * 104729 % MANY;
	}
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		assert_true(called_longest_slice(&api, "org.culvert.Session.List",
						 lists[i].parameters, lists[i].expected) <
			    CALLBACK_LIMIT_NS);
	world_close(&world);
}

/* A kernel that counts as many octets of a session as its call ID says, and who asks it how. */
static unsigned int questions, parts;

static int count_one(struct net_session *s, struct net_stats *stats, uint64_t *counters)
{
	questions++;
	stats->rx_bytes = s->addr.call_id;
	return 0;
}

static void play_close(struct net_session *s)
{
}

static int count_some(const struct net_backend *b, net_stats_fn fn, void *ctx)
{
	static unsigned int at;

	parts++;
	for (unsigned int i = 0; i < 20; i++) {
		const struct session_record *r = &world.list[at].session.record;
		const struct net_stats stats = { .rx_bytes = r->addr.call_id };

		fn(ctx, NULL, &r->addr, &stats);
		at = (at + 1) % world.n;
		if (!at)
			return 0;
	}
	return 1;
}

static const struct net_backend counter = {
	.stats = count_one, .survey = count_some, .close = play_close,
};

/* Begins a world of @n sessions that count. */
static void count_world(unsigned int n)
{
	world_open(&world, n);
	world.sessions.backend = &counter;
	for (uint16_t i = 0; i < n; i++) {
		struct session *s = world_add(&world, "office", i % 10 ? "bob" : "alice",
					      ip_from_number(0x0a000000 + i),
					      ip_from_number(0x0b000000 + i));

		s->record.addr.call_id = i + 1;
		registry_set(&world.sessions.registry, s, REGISTRY_CALL);
		s->net.addr = s->record.addr;
		s->net.backend = &counter;
	}
	questions = parts = 0;
}

static json_int_t last_counted(void)
{
	json_t *sessions = json_object_get(reply, "sessions");
	json_t *last = json_array_get(sessions, json_array_size(sessions) - 1);

	return json_integer_value(json_object_get(last, "rx_bytes"));
}

/* Few are asked for one by one, and many by a survey, which does for a second. */
static void many_are_counted_at_once(void **state)
{
	count_world(100);
	listed("{\"limit\":20}");
	assert_int_equal(last_counted(), 20);
	listed("{\"filter\":{\"user\":\"alice\"}}");
	assert_int_equal(last_counted(), 91);
	assert_int_equal(questions, 20 + 10);
	listed("{\"fields\":[\"user\"]}");
	assert_int_equal(questions, 20 + 10);
	assert_int_equal(parts, 0);

	questions = 0;
	listed("{}");
	assert_int_equal(last_counted(), 100);
	assert_int_equal(questions, COUNTING_FEW);
	assert_int_equal(parts, 5);
	listed("{\"sort\":\"-rx_bytes\",\"limit\":3}");
	assert_int_equal(last_counted(), 98);
	assert_int_equal(parts, 5);
	played_ns += 2000000000;
	uv_update_time(&world.loop);
	listed("{\"sort\":\"rx_bytes\"}");
	assert_int_equal(last_counted(), 100);
	assert_int_equal(questions, 3 * COUNTING_FEW);
	assert_int_equal(parts, 10);
	done();
	world_close(&world);
}

/* A survey of all would cost more than a question for each of those that are wanted. */
static void some_of_many_are_asked_for(void **state)
{
	count_world(1000);
	listed("{\"limit\":100}");
	assert_int_equal(last_counted(), 100);
	assert_int_equal(questions, 100);
	listed("{\"filter\":{\"user\":\"alice\"},\"limit\":50}");
	assert_int_equal(questions, 100 + 50);
	assert_int_equal(parts, 0);
	listed("{}");
	assert_int_equal(last_counted(), 1000);
	assert_int_equal(questions, 100 + 50 + COUNTING_FEW);
	assert_int_equal(parts, 50);
	done();
	world_close(&world);
}

/* In a slice that has no time left. */
static void leave_off(const struct counting *counting)
{
	CALLBACK("test");

	while (callback_has_time())
		;
	assert_false(counting_goes_on(counting));
}

/* Who leaves off leaves a survey that is too old for the next one. */
static void a_survey_that_was_left_is_repeated(void **state)
{
	struct counting first, second;

	count_world(100);
	counting_begin(&first, &world.sessions, SIZE_MAX);
	for (unsigned int i = 0; i < COUNTING_FEW; i++)
		counting_read(&first, &world.list[i].session);
	leave_off(&first);
	assert_int_equal(parts, 1);

	played_ns += 2000000000;
	uv_update_time(&world.loop);
	counting_begin(&second, &world.sessions, SIZE_MAX);
	for (unsigned int i = 0; i < COUNTING_FEW; i++)
		counting_read(&second, &world.list[i].session);
	while (!counting_goes_on(&second)) {
		CALLBACK("test");
	}
	assert_int_equal(parts, 10);
	world_close(&world);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(filters_choose, set_up, tear_down),
		cmocka_unit_test_setup_teardown(sessions_are_sorted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(pages_follow_each_other, set_up, tear_down),
		cmocka_unit_test_setup_teardown(members_are_chosen, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_wrong_is_said, set_up, tear_down),
		cmocka_unit_test_setup_teardown(kills_can_be_tried, set_up, tear_down),
		cmocka_unit_test(no_slice_of_many_is_long),
		cmocka_unit_test(many_are_counted_at_once),
		cmocka_unit_test(some_of_many_are_asked_for),
		cmocka_unit_test(a_survey_that_was_left_is_repeated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
