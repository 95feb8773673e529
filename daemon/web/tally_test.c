// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "control/played_sessions_test.h"
#include "web/tally.h"

static struct played_world w;
static struct tally t;

static int set_up(void **state)
{
	world_open(&w, 200);
	tally_open(&t, &w.sessions);
	return 0;
}

static int tear_down(void **state)
{
	tally_close(&t);
	world_close(&w);
	return 0;
}

static struct session *add(const char *server)
{
	return world_add(&w, server, "alice", ip("198.51.100.1"),
			 ip_from_number(0x0a000001 + w.n));
}

static void tell(struct session *s, enum event_type type, const char *kind, enum event_cause cause)
{
	const struct event event = {
		.type = type, .session = s, .user = "", .text = "", .kind = kind, .cause = cause,
	};

	events_tell(&w.sessions.events, &event);
}

static void comes_up(struct session *s)
{
	tell(s, EVENT_STARTING, "", EVENT_CAUSE_NONE);
	s->record.up = true;
	s->record.up_s = 1;
	tell(s, EVENT_UP, "", EVENT_CAUSE_NONE);
}

static void expect_now(const struct tally_server *server, unsigned int starting, unsigned int up,
		       unsigned int paused)
{
	assert_int_equal(server->starting, starting);
	assert_int_equal(server->up, up);
	assert_int_equal(server->paused, paused);
}

static void sessions_are_counted_by_state_and_server(void **state)
{
	struct session *a = add("office"), *b = add("office"), *c = add("shop");

	comes_up(a);
	tell(b, EVENT_STARTING, "", EVENT_CAUSE_NONE);
	comes_up(c);
	assert_int_equal(t.n, 2);
	assert_string_equal(t.servers[1].name, "shop");
	expect_now(&t.servers[0], 1, 1, 0);
	expect_now(&t.servers[1], 0, 1, 0);
	a->record.up = false;
	tell(a, EVENT_PAUSED, "", EVENT_CAUSE_NONE);
	expect_now(&t.servers[0], 1, 0, 1);
	a->record.up = true;
	tell(a, EVENT_RESUMED, "", EVENT_CAUSE_NONE);
	expect_now(&t.servers[0], 1, 1, 0);
	a->record.up = false;
	tell(a, EVENT_PAUSED, "", EVENT_CAUSE_NONE);
	tell(a, EVENT_DOWN, "", EVENT_CAUSE_IDLE_TIMEOUT);
	tell(c, EVENT_DOWN, "", EVENT_CAUSE_USER_REQUEST);
	expect_now(&t.servers[0], 1, 0, 0);
	expect_now(&t.servers[1], 0, 0, 0);
	assert_int_equal(t.servers[0].started, 2);
	assert_int_equal(t.servers[0].came_up, 1);
	assert_int_equal(t.servers[0].ended[EVENT_CAUSE_IDLE_TIMEOUT], 1);
	assert_int_equal(t.servers[1].ended[EVENT_CAUSE_USER_REQUEST], 1);
}

static void failures_are_counted_by_reason(void **state)
{
	struct session *s = add("office");
	const struct tally_server *server;

	tell(s, EVENT_STARTING, "", EVENT_CAUSE_NONE);
	tell(s, EVENT_REFUSED, "wrong-password", EVENT_CAUSE_NONE);
	tell(s, EVENT_REFUSED, "wrong-password", EVENT_CAUSE_NONE);
	tell(s, EVENT_REFUSED, "banned", EVENT_CAUSE_NONE);
	s->cause = EVENT_CAUSE_LOST_SERVICE;
	tell(s, EVENT_DOWN, "", EVENT_CAUSE_LOST_SERVICE);
	server = &t.servers[0];
	expect_now(server, 0, 0, 0);
	assert_int_equal(server->refusals.n, 2);
	assert_string_equal(server->refusals.words[0], "wrong-password");
	assert_int_equal(server->refusals.counts[0], 2);
	assert_int_equal(server->failures.n, 1);
	assert_string_equal(server->failures.words[0], "lost-service");
	assert_int_equal(server->ended[EVENT_CAUSE_LOST_SERVICE], 0);
}

static uint64_t n_of(const struct histogram *h)
{
	uint64_t n = 0;

	for (unsigned int i = 0; i <= HISTOGRAM_BOUNDS; i++)
		n += h->counts[i];
	return n;
}

static void steps_are_counted_once(void **state)
{
	struct session *up = add("office"), *fails = add("office");

	up->steps = (struct steps){ .began = 1, .ended = { 2, 3, 4, 5, 3000006 } };
	comes_up(up);
	tell(up, EVENT_DOWN, "", EVENT_CAUSE_USER_REQUEST);
	fails->steps = (struct steps){ .began = 1, .ended = { 2, 3 } };
	tell(fails, EVENT_STARTING, "", EVENT_CAUSE_NONE);
	tell(fails, EVENT_DOWN, "", EVENT_CAUSE_USER_ERROR);
	assert_int_equal(n_of(&t.steps[SETUP_CONNECTION]), 2);
	assert_int_equal(n_of(&t.steps[SETUP_CALL]), 2);
	assert_int_equal(n_of(&t.steps[SETUP_LCP]), 1);
	assert_int_equal(n_of(&t.steps[SETUP_NETWORK]), 1);
	assert_int_equal(t.steps[SETUP_NETWORK].sum_us, 3000001);
	assert_int_equal(n_of(&t.all_steps), 1);
	assert_int_equal(t.all_steps.sum_us, 3000005);
}

/* Those of clients are told by client. */
static void sessions_of_clients_are_not_counted(void **state)
{
	struct session *s = add("home");

	s->record.role = SESSION_OF_CLIENT;
	comes_up(s);
	assert_int_equal(t.n, 0);
}

static void there_is_a_bound(void **state)
{
	static char words[TALLY_WORDS + 1][8];
	struct session *s;
	char name[16];

	for (unsigned int i = 0; i < TALLY_SERVERS + 5; i++) {
		snprintf(name, sizeof(name), "s%u", i);
		comes_up(add(name));
	}
	assert_int_equal(t.n, TALLY_SERVERS);
	assert_string_equal(t.servers[TALLY_SERVERS - 1].name, "");
	assert_int_equal(t.servers[TALLY_SERVERS - 1].up, 6);
	s = add("s0");
	for (unsigned int i = 0; i <= TALLY_WORDS; i++) {
		snprintf(words[i], sizeof(words[i]), "w%u", i);
		tell(s, EVENT_REFUSED, words[i], EVENT_CAUSE_NONE);
	}
	assert_int_equal(t.servers[0].refusals.n, TALLY_WORDS);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(sessions_are_counted_by_state_and_server),
		TEST(failures_are_counted_by_reason),
		TEST(steps_are_counted_once),
		TEST(sessions_of_clients_are_not_counted),
		TEST(there_is_a_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
