// SPDX-License-Identifier: GPL-2.0-only
/* What clients are told who trace: a tap is played to, and replies are compared with their description. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "control/commands_priv.h"
#include "control/idl_check.h"
#include "control/interfaces.h"
#include "control/played_sessions_test.h"

#define METHOD	"org.culvert.Trace.Trace"

#define LCP_REQUEST	"\xc0\x21\x01\x01\x00\x08\x01\x04\x05\x78"
#define PAP_REQUEST	"\xc0\x23\x01\x05\x00\x11\x05" "alice" "\x06" "secret"
#define ECHO_REQUEST	"\x00\x10\x00\x01\x1a\x2b\x3c\x4d\x00\x05\x00\x00\x00\x00\x00\x07"

/* A client of the control socket. */
struct control_answer {
	struct control_teller *teller;
	bool full;			/* it does not read */
	bool given;
	char error[256];
	json_t *last;			/* reply; NULL: none yet */
	json_t *line;			/* the last one; NULL: none yet */
	unsigned int lines;
	json_int_t lost;
};

static struct interfaces all;
static struct played_world world;
static struct tunnel tunnel;
static struct session_ops traced_ops;
static struct api api;

static void check(json_t *reply)
{
	struct idl_misfit misfit;

	if (!idl_check(interfaces_method(&all, METHOD)->out, reply, &misfit))
		fail_msg("%s: %s", misfit.path, misfit.text);
}

void control_answer(struct control_answer *answer, json_t *parameters)
{
	answer->given = true;
	check(parameters);
	json_decref(answer->last);
	answer->last = parameters;
}

void control_fail(struct control_answer *answer, const struct control_error *error)
{
	answer->given = true;
	snprintf(answer->error, sizeof(answer->error), "%s", error->text);
}

bool control_continue(struct control_answer *answer, const char *parameters)
{
	json_t *reply = json_loads(parameters, 0, NULL);

	check(reply);
	if (!answer->full) {
		json_decref(answer->last);
		answer->last = json_incref(reply);
		answer->lost += json_integer_value(json_object_get(reply, "lost"));
	}
	if (!answer->full && json_object_get(reply, "line")) {
		json_decref(answer->line);
		answer->line = json_incref(json_object_get(reply, "line"));
		answer->lines++;
	}
	json_decref(reply);
	return !answer->full;
}

void control_tell(struct control_answer *answer, struct control_teller *teller)
{
	answer->teller = teller;
}

static struct tunnel *tunnel_of(const struct session *s)
{
	return s == &world.list[0].session && tunnel.sessions ? &tunnel : NULL;
}

/* alice, whose control connection is @tunnel, and bob. */
static int set_up(void **state)
{
	struct session *s;

	world_open(&world, 2);
	s = world_add(&world, "office", "alice", ip("192.0.2.10"), ip("10.0.0.10"));
	traced_ops = *s->ops;
	traced_ops.tunnel = tunnel_of;
	s->ops = &traced_ops;
	world_add(&world, "office", "bob", ip("192.0.2.11"), ip("10.0.0.11"));
	tunnel = (struct tunnel){ .sessions = &world.sessions, .remote = ip("192.0.2.10") };
	api = (struct api){ .sessions = &world.sessions };
	return 0;
}

static int tear_down(void **state)
{
	tunnel.sessions = NULL;
	world_close(&world);
	return 0;
}

static void begin(struct control_answer *a, json_t *parameters)
{
	*a = (struct control_answer){ 0 };
	api_trace(&api, parameters, a);
	json_decref(parameters);
}

/* The client has disconnected. */
static void leave(struct control_answer *a)
{
	if (!a->given && a->teller)
		a->teller->gone(a->teller);
	json_decref(a->last);
	json_decref(a->line);
}

static void frame_comes(unsigned int i, bool sent, const void *octets, size_t len)
{
	tap_frame(&world.list[i].session, sent, octets, len);
}

#define frame(i, sent, octets)	frame_comes(i, sent, octets, sizeof(octets) - 1)

static void message(bool sent)
{
	tap_message(&tunnel, sent, (const uint8_t *)ECHO_REQUEST, sizeof(ECHO_REQUEST) - 1);
}

static void event(unsigned int i, enum event_type type)
{
	events_tell(&world.sessions.events, &(struct event){
		.type = type, .session = &world.list[i].session, .user = "", .text = "because",
	});
}

static const char *text(const struct control_answer *a)
{
	return json_string_value(json_object_get(a->line, "text"));
}

static const char *ended(const struct control_answer *a)
{
	const char *reason = json_string_value(json_object_get(a->last, "ended"));

	return a->given && reason ? reason : "";
}

static void a_session_is_traced(void **state)
{
	struct control_answer a;

	begin(&a, json_pack("{s:i}", "id", 1));
	assert_int_equal(json_integer_value(json_object_get(a.last, "session")), 1);
	frame(0, true, LCP_REQUEST);
	assert_int_equal(a.lines, 1);
	assert_string_equal(text(&a), "LCP Configure-Request id 1 <mru 1400>");
	assert_string_equal(json_string_value(json_object_get(a.line, "direction")), "sent");
	assert_string_equal(json_string_value(json_object_get(a.line, "code")), "Configure-Request");
	assert_string_equal(json_string_value(json_array_get(json_object_get(a.line, "fields"), 0)),
			    "mru 1400");
	assert_int_equal(json_integer_value(json_object_get(a.line, "identifier")), 1);
	assert_int_equal(json_integer_value(json_object_get(a.line, "session")), 1);
	assert_true(json_integer_value(json_object_get(a.line, "time_us")) > 1500000000000000);
	frame(0, false, PAP_REQUEST);
	assert_null(strstr(text(&a), "secret"));
	assert_string_equal(json_string_value(json_object_get(a.line, "direction")), "received");
	message(false);
	assert_string_equal(text(&a), "PPTP Echo-Request <identifier 7>");
	assert_null(json_object_get(a.line, "session"));
	event(0, EVENT_PAUSED);
	assert_string_equal(text(&a), "session session.paused");
	assert_int_equal(a.lines, 4);
	/* others are not */
	frame(1, true, LCP_REQUEST);
	event(1, EVENT_PAUSED);
	assert_int_equal(a.lines, 4);
	leave(&a);
	assert_null(world.sessions.tap);
	frame(0, true, LCP_REQUEST);
	event(0, EVENT_PAUSED);
}

static void octets_come_on_request(void **state)
{
	struct control_answer a, b;

	begin(&a, json_pack("{s:i, s:b}", "id", 1, "octets", true));
	begin(&b, json_pack("{s:i}", "id", 1));
	frame(0, false, PAP_REQUEST);
	/* but for the password */
	assert_string_equal(json_string_value(json_object_get(a.line, "octets")),
			    "c0230105001105616c69636506000000000000");
	assert_null(json_object_get(b.line, "octets"));
	message(true);
	assert_null(json_object_get(a.line, "octets"));
	leave(&a);
	leave(&b);
}

static const json_t *where(json_int_t id, struct control_error *error)
{
	static json_t *reply;
	json_t *parameters = json_pack("{s:I}", "id", id);
	struct idl_misfit misfit;

	json_decref(reply);
	reply = api_trace_where(&api, parameters, error);
	json_decref(parameters);
	if (reply && !idl_check(interfaces_method(&all, "org.culvert.Trace.Where")->out, reply, &misfit))
		fail_msg("%s: %s", misfit.path, misfit.text);
	return json_object_get(reply, "where");
}

static void who_captures_is_told_where(void **state)
{
	static const struct net_link shared = { .mode = NET_LINK_SHARED }, own;
	struct session *s = &world.list[0].session;
	struct control_error error = { 0 };
	const json_t *w;

	s->config.link = &shared;
	s->config.outer.from.netns = "wan";
	w = where(1, &error);
	assert_string_equal(json_string_value(json_object_get(w, "peer")), "192.0.2.10");
	assert_string_equal(json_string_value(json_object_get(w, "outer_netns")), "wan");
	assert_true(json_is_true(json_object_get(w, "shared")));
	assert_null(json_string_value(json_object_get(w, "remote_address")));
	s->config.link = &own;
	s->record.up = true;
	s->record.ip4.remote = ip("10.0.0.10");
	snprintf(s->record.ifname, sizeof(s->record.ifname), "pptp0");
	w = where(1, &error);
	assert_string_equal(json_string_value(json_object_get(w, "interface")), "pptp0");
	assert_string_equal(json_string_value(json_object_get(w, "netns")), "");
	assert_string_equal(json_string_value(json_object_get(w, "remote_address")), "10.0.0.10");
	assert_false(json_is_true(json_object_get(w, "shared")));
	s->record.up = false;
	assert_null(where(3, &error));
	assert_string_equal(error.text, "3");
}

static void a_trace_ends_with_the_connection(void **state)
{
	struct control_answer a;

	begin(&a, json_pack("{s:s}", "user", "alice"));
	event(0, EVENT_DOWN);
	assert_string_equal(json_string_value(json_object_get(a.line, "code")), "session.down");
	assert_false(a.given);
	message(true);
	assert_int_equal(a.lines, 2);
	world.sessions.tap->closed(world.sessions.tap, &tunnel);
	assert_string_equal(ended(&a), "because");
	assert_null(world.sessions.tap);
	leave(&a);
}

/* ... but not with one that others use, or that there is none of. */
static void a_trace_ends_with_the_session(void **state)
{
	struct control_answer a, b;

	tunnel.pptp.nr_calls = 2;
	begin(&a, json_pack("{s:i}", "id", 1));
	begin(&b, json_pack("{s:i}", "id", 2));
	event(0, EVENT_DOWN);
	assert_string_equal(ended(&a), "because");
	assert_non_null(world.sessions.tap);
	event(1, EVENT_DOWN);
	assert_string_equal(ended(&b), "because");
	assert_null(world.sessions.tap);
	leave(&a);
	leave(&b);
}

static void the_next_connection_is_waited_for(void **state)
{
	struct tunnel other = { .sessions = &world.sessions, .remote = ip("198.51.100.1") };
	struct control_answer a;

	begin(&a, json_pack("{s:s}", "from", "192.0.2.0/24"));
	assert_null(json_object_get(a.last, "session"));
	/* what is there already is not the next one */
	frame(0, true, LCP_REQUEST);
	message(true);
	world.sessions.tap->opened(world.sessions.tap, &other);
	assert_int_equal(a.lines, 0);
	world.sessions.tap->opened(world.sessions.tap, &tunnel);
	assert_string_equal(text(&a), "TCP connected: peer 192.0.2.10");
	message(false);
	assert_int_equal(a.lines, 2);
	event(0, EVENT_STARTING);
	frame(0, false, LCP_REQUEST);
	frame(1, false, LCP_REQUEST);
	assert_int_equal(a.lines, 4);
	/* the one after it is not followed */
	other.remote = ip("192.0.2.12");
	world.sessions.tap->opened(world.sessions.tap, &other);
	assert_int_equal(a.lines, 4);
	leave(&a);
}

/* Nobody who connects need place a call. */
static void a_connection_may_have_no_session(void **state)
{
	struct control_answer a;

	begin(&a, json_pack("{s:s}", "from", "192.0.2.10"));
	world.sessions.tap->opened(world.sessions.tap, &tunnel);
	world.sessions.tap->closed(world.sessions.tap, &tunnel);
	assert_string_equal(ended(&a), "the control connection is closed");
	leave(&a);
}

static void who_does_not_read_hears_what_was_lost(void **state)
{
	struct control_answer a, b;

	begin(&a, json_pack("{s:i}", "id", 1));
	begin(&b, json_pack("{s:i}", "id", 1));
	a.full = true;
	frame(0, true, LCP_REQUEST);
	a.full = false;
	frame(0, true, LCP_REQUEST);
	assert_int_equal(a.lines, 0);
	assert_int_equal(b.lines, 2);
	a.teller->room(a.teller);
	assert_int_equal(a.lost, 2);
	frame(0, true, LCP_REQUEST);
	assert_int_equal(a.lines, 1);
	/* the last reply has what was lost since */
	a.full = true;
	frame(0, true, LCP_REQUEST);
	event(0, EVENT_DOWN);
	world.sessions.tap->closed(world.sessions.tap, &tunnel);
	assert_string_equal(ended(&a), "because");
	assert_int_equal(json_integer_value(json_object_get(a.last, "lost")), 2);
	assert_null(json_object_get(b.last, "lost"));
	leave(&a);
	leave(&b);
}

static void is_refused(json_t *parameters, const char *why)
{
	struct control_answer a;

	begin(&a, parameters);
	assert_true(a.given);
	assert_null(a.last);
	assert_string_equal(a.error, why);
	assert_null(world.sessions.tap);
}

static void what_cannot_be_traced_is_refused(void **state)
{
	is_refused(json_object(), "expected one of \"id\", \"user\" and \"from\"");
	is_refused(json_pack("{s:i, s:s}", "id", 1, "user", "alice"),
		   "expected one of \"id\", \"user\" and \"from\"");
	is_refused(json_pack("{s:i}", "id", 3), "3");
	is_refused(json_pack("{s:s}", "user", "carol"), "carol");
	is_refused(json_pack("{s:s}", "from", "alice"),
		   "\"from\" is \"alice\": expected an address or a network like 192.0.2.0/24");
}

static int open_all(void **state)
{
	char error[256];

	if (!interfaces_parse(&all, "interface a.b", api_descriptions, error, sizeof(error)))
		return 0;
	print_error("%s\n", error);
	return -1;
}

static int close_all(void **state)
{
	interfaces_free(&all);
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_session_is_traced, set_up, tear_down),
		cmocka_unit_test_setup_teardown(octets_come_on_request, set_up, tear_down),
		cmocka_unit_test_setup_teardown(who_captures_is_told_where, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_trace_ends_with_the_connection, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_trace_ends_with_the_session, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_next_connection_is_waited_for, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_connection_may_have_no_session, set_up, tear_down),
		cmocka_unit_test_setup_teardown(who_does_not_read_hears_what_was_lost, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(what_cannot_be_traced_is_refused, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, open_all, close_all);
}
