// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "control/commands_priv.h"
#include "control/history.h"
#include "control/idl_check.h"
#include "control/interfaces.h"
#include "control/played_sessions_test.h"

/* What somebody was told last, member by member, and how often. */
struct control_answer {
	struct control_teller *teller;
	json_t *samples, *sample, *now;
	unsigned int n_samples, n_nows;
	bool full;
};

static struct played_world world;
static struct api api;
static struct net_backend backend;
static struct net_totals totals;	/* what the kernel says */

static int tell_totals(const struct net_backend *b, struct net_totals *t)
{
	*t = totals;
	return 0;
}

static void keep(json_t **place, const json_t *reply, const char *name, unsigned int *n)
{
	json_t *value = json_object_get(reply, name);

	if (!value)
		return;
	json_decref(*place);
	*place = json_incref(value);
	++*n;
}

void control_answer(struct control_answer *answer, json_t *parameters)
{
	fail();
}

bool control_continue(struct control_answer *a, const char *parameters)
{
	static struct interfaces all;
	json_t *reply = json_loads(parameters, 0, NULL);
	unsigned int firsts = 0;
	struct idl_misfit misfit;
	char error[256];

	if (!all.n && interfaces_parse(&all, "interface a.b", api_descriptions, error, sizeof(error)))
		fail_msg("%s", error);
	if (!idl_check(interfaces_method(&all, "org.culvert.Daemon.Watch")->out, reply, &misfit))
		fail_msg("%s: %s", misfit.path, misfit.text);
	keep(&a->samples, reply, "samples", &firsts);
	keep(&a->sample, reply, "sample", &a->n_samples);
	keep(&a->now, reply, "now", &a->n_nows);
	json_decref(reply);
	return !a->full;
}

void control_tell(struct control_answer *answer, struct control_teller *teller)
{
	answer->teller = teller;
}

void control_fail(struct control_answer *answer, const struct control_error *error)
{
	fail();
}

static int set_up(void **state)
{
	world_open(&world, 3);
	backend = *world.sessions.backend;
	backend.totals = tell_totals;
	world.sessions.backend = &backend;
	totals = (struct net_totals){ .has_traffic = true };
	api = (struct api){ .sessions = &world.sessions, .history = history_new(&world.sessions) };
	assert_non_null(api.history);
	return 0;
}

static int tear_down(void **state)
{
	history_close(api.history);
	world_close(&world);
	return 0;
}

static void watch(struct control_answer *a)
{
	json_t *none = json_object();

	*a = (struct control_answer){ 0 };
	api_watch(&api, none, a);
	json_decref(none);
	assert_non_null(a->samples);
}

/* The client has disconnected. */
static void leave(struct control_answer *a)
{
	a->teller->gone(a->teller);
	json_decref(a->samples);
	json_decref(a->sample);
	json_decref(a->now);
}

/* Let so many seconds pass, in steps that no timer is missed in. */
static void pass(unsigned int s)
{
	while (s--) {
		played_ns += 1000000000;
		uv_run(&world.loop, UV_RUN_NOWAIT);
	}
}

static void tell_of(struct session *s, enum event_type type)
{
	const struct event event = { .type = type, .session = s, .kind = "", .text = "" };

	events_tell(&world.sessions.events, &event);
}

static struct session *add(void)
{
	return world_add(&world, "office", "alice", ip("192.0.2.10"),
			 ip_from_number(0x0a000001 + world.n));
}

static void is(const json_t *sample, int sessions, int logins, int failures)
{
	assert_int_equal(json_integer_value(json_object_get(sample, "sessions")), sessions);
	assert_int_equal(json_integer_value(json_object_get(sample, "logins")), logins);
	assert_int_equal(json_integer_value(json_object_get(sample, "failures")), failures);
}

static void samples_are_taken_and_told(void **state)
{
	struct control_answer early, late;
	struct session *s;

	watch(&early);
	assert_int_equal(json_array_size(early.samples), 0);
	s = add();
	tell_of(s, EVENT_STARTING);
	s->record.up_s = 1;
	tell_of(s, EVENT_UP);
	tell_of(add(), EVENT_DOWN);
	pass(HISTORY_NOW_S);
	assert_int_equal(early.n_nows, 1);
	is(early.now, 2, 1, 1);
	pass(HISTORY_STEP_S - HISTORY_NOW_S);
	assert_int_equal(early.n_samples, 1);
	is(early.sample, 2, 1, 1);
	/* The end of one that was up is no failure. */
	tell_of(s, EVENT_DOWN);
	pass(HISTORY_STEP_S);
	is(early.sample, 2, 0, 0);
	watch(&late);
	assert_int_equal(json_array_size(late.samples), 2);
	is(json_array_get(late.samples, 0), 2, 1, 1);
	is(json_array_get(late.samples, 1), 2, 0, 0);
	leave(&early);
	pass(HISTORY_STEP_S);
	assert_int_equal(late.n_samples, 1);
	leave(&late);
}

static json_int_t rate_of(const json_t *sample, const char *name)
{
	return json_integer_value(json_object_get(sample, name));
}

static void traffic_is_told_as_a_rate(void **state)
{
	struct control_answer a;

	watch(&a);
	pass(HISTORY_STEP_S - HISTORY_NOW_S);
	assert_int_equal(rate_of(a.now, "rx_bit_s"), 0);
	totals.rx_bytes = 1000000;
	totals.tx_bytes = 2000000;
	pass(HISTORY_NOW_S);
	assert_in_range(rate_of(a.now, "rx_bit_s"), 3990000, 4000000);
	assert_in_range(rate_of(a.now, "tx_bit_s"), 7980000, 8000000);
	assert_in_range(rate_of(a.sample, "rx_bit_s"), 799000, 800000);
	assert_in_range(rate_of(a.sample, "tx_bit_s"), 1598000, 1600000);
	/* The module was loaded again. */
	totals.rx_bytes = 5;
	pass(HISTORY_STEP_S);
	assert_int_equal(rate_of(a.sample, "rx_bit_s"), 0);
	totals.has_traffic = false;
	pass(HISTORY_STEP_S);
	assert_false(json_is_integer(json_object_get(a.sample, "rx_bit_s")));
	assert_false(json_is_integer(json_object_get(a.now, "tx_bit_s")));
	leave(&a);
}

static void an_hour_is_remembered(void **state)
{
	struct control_answer a;

	pass(HISTORY_STEP_S * 5);
	tell_of(add(), EVENT_UP);
	pass(HISTORY_STEP_S * HISTORY_SAMPLES);
	watch(&a);
	assert_int_equal(json_array_size(a.samples), HISTORY_SAMPLES);
	is(json_array_get(a.samples, 0), 1, 1, 0);
	is(json_array_get(a.samples, 1), 1, 0, 0);
	is(json_array_get(a.samples, HISTORY_SAMPLES - 1), 1, 0, 0);
	leave(&a);
}

/* Who has no room misses replies, and hears the next ones. */
static void who_reads_slowly_misses_some(void **state)
{
	struct control_answer a;

	watch(&a);
	a.full = true;
	pass(HISTORY_STEP_S);
	a.teller->room(a.teller);
	a.full = false;
	pass(HISTORY_STEP_S);
	assert_int_equal(a.n_samples, 2);
	leave(&a);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(samples_are_taken_and_told),
		TEST(traffic_is_told_as_a_rate),
		TEST(an_hour_is_remembered),
		TEST(who_reads_slowly_misses_some),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
