// SPDX-License-Identifier: GPL-2.0-only
/* Sessions at both ends of a simulated kernel, on a real loop with a simulated clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "aaa/admission.h"
#include "diagnosis/verdict.h"
#include "session/played_clock_test.h"
#include "session/played_kernel_test.h"
#include "session/remember.h"
#include "session/session.h"
#include "session/tap.h"
#include "util/container.h"
#include "util/ip_literal_test.h"
#include "util/scarce_test.h"

struct end {
	struct session session;
	struct session_config config;
	unsigned int ups;
	unsigned int not_made;
	unsigned int pauses;
	unsigned int downs;
	unsigned int asked;		/* logins of the peer */
	enum ppp_reason reason;
	char text[256];
	bool freed;
	struct ip_addr free;		/* that the peer may choose; not set: none */
	enum ppp_mppe_policy mppe;	/* of the user; PPP_MPPE_OFF: nothing is said of it */
};

struct bench {
	uv_loop_t loop;
	struct sessions sessions;
	struct end ours;
	struct end theirs;
	struct subscriber sub;
	char heard[512];		/* events of our session */
};

static void hear(struct subscriber *sub, const struct event *event)
{
	struct bench *b = container_of(sub, struct bench, sub);
	size_t len = strlen(b->heard);

	if (event->session == &b->ours.session)
		snprintf(b->heard + len, sizeof(b->heard) - len, "%s%s%s\n",
			 event_name(event->type), event->cause ? " " : "",
			 event_cause_name(event->cause));
}

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	kernel_reset();
	uv_loop_init(&b->loop);
	assert_int_equal(sessions_open(&b->sessions, &b->loop, &fake_backend), 0);
	b->sub.hear = hear;
	events_subscribe(&b->sessions.events, &b->sub);
	ppp_config_init(&b->ours.config.ppp);
	ppp_config_init(&b->theirs.config.ppp);
	*state = b;
	return 0;
}

static void run_until(struct bench *b, bool (*done)(void *ctx))
{
	loop_until(&b->loop, done, b);
}

static void freed(struct session *s)
{
	struct end *end = s->owner;

	end->freed = true;
}

static void end_one(struct end *end)
{
	if (end->session.all && end->session.freed == NULL)
		session_end(&end->session, EVENT_CAUSE_NAS_REQUEST, "over", freed);
}

static int teardown(void **state)
{
	struct bench *b = *state;

	end_one(&b->ours);
	end_one(&b->theirs);
	sessions_close(&b->sessions);
	uv_run(&b->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&b->loop), 0);
	assert_int_equal(b->sessions.registry.n, 0);
	assert_true(b->ours.freed);
	kernel_end();
	free(b);
	return 0;
}

static void up(struct session *s)
{
	struct end *end = s->owner;

	end->ups++;
}

static void paused(struct session *s)
{
	struct end *end = s->owner;

	end->pauses++;
}

static void down(struct session *s, const struct ppp_end *how)
{
	struct end *end = s->owner;

	end->downs++;
	end->reason = how->reason;
	snprintf(end->text, sizeof(end->text), "%s", how->text);
}

static const struct session_ops ops = { .up = up, .paused = paused, .down = down };

/*
 * Start both ends of a call between 192.0.2.1 (ours, inner 10.0.0.1) and 192.0.2.9 (inner
 * 10.0.0.9).
 */
static void start(struct bench *b)
{
	const struct net_session_addr ours = { ip("192.0.2.1"), ip("192.0.2.9"), 1, 2 };
	const struct net_session_addr theirs = { ip("192.0.2.9"), ip("192.0.2.1"), 2, 1 };
	const struct ppp_ipv4 inner = {
		.local = ip("10.0.0.1").v4, .remote = ip("10.0.0.9").v4,
	};
	const struct ppp_ipv4 any = { 0 };

	session_init(&b->ours.session, &b->sessions, SESSION_OF_SERVER, "office", &b->ours.config,
		     &ops, &b->ours);
	session_init(&b->theirs.session, &b->sessions, SESSION_OF_CLIENT, "home",
		     &b->theirs.config, &ops, &b->theirs);
	assert_int_equal(session_open(&b->ours.session, &ours, -1), 0);
	assert_int_equal(session_open(&b->theirs.session, &theirs, -1), 0);
	session_set_ipv4(&b->ours.session, &inner);
	session_set_ipv4(&b->theirs.session, &any);
	session_start(&b->ours.session);
	session_start(&b->theirs.session);
}

static bool both_up(void *ctx)
{
	const struct bench *b = ctx;

	return b->ours.session.record.up && b->theirs.session.record.up;
}

static bool ours_down(void *ctx)
{
	const struct bench *b = ctx;

	return b->ours.downs;
}

static void test_up(void **state)
{
	const struct net_session_addr call = { .local = ip("192.0.2.1"), .call_id = 1 };
	struct bench *b = *state;
	const struct session_record *r = &b->ours.session.record;

	start(b);
	/* The session has a number and can be found right after session_init(). */
	assert_int_equal(r->id, 1);
	assert_ptr_equal(registry_find_id(&b->sessions.registry, 1), &b->ours.session);
	assert_ptr_equal(registry_find_call(&b->sessions.registry, NULL, &call), &b->ours.session);
	assert_ptr_equal(registry_next_of_call(&b->sessions.registry, ip("192.0.2.9"), 2, NULL),
			 &b->ours.session);
	run_until(b, both_up);
	assert_string_equal(b->heard,
			    "session.starting\nsession.authenticated\nsession.up\n");
	assert_string_equal(session_state_name(&b->ours.session), "up");
	assert_ip(r->ip4.remote, "10.0.0.9");
	/* 1500 less 20 of IP, 16 of GRE, 4 of PPP */
	assert_int_equal(r->ip4.mtu, 1460);
	assert_ptr_equal(registry_next_on_interface(&b->sessions.registry, r->ifname, NULL),
			 &b->ours.session);
	assert_int_equal(b->ours.ups, 1);
}

/* Frames that the tap has seen, of the two sessions; and the first octet of the first one's protocol. */
static struct seen {
	struct tap tap;
	unsigned int sent[2], received[2];
	uint8_t first;
} seen;

static void see_frame(struct tap *tap, struct session *s, bool sent, const uint8_t *frame,
		      size_t len)
{
	struct seen *all = container_of(tap, struct seen, tap);
	const unsigned int i = s->record.role == SESSION_OF_CLIENT;

	assert_true(len > 2);
	if (!all->sent[0] && !all->sent[1])
		all->first = frame[0];
	(sent ? all->sent : all->received)[i]++;
}

static void test_tap_sees_all_frames(void **state)
{
	struct bench *b = *state;
	unsigned int n;

	seen = (struct seen){ .tap.frame = see_frame };
	b->sessions.tap = &seen.tap;
	start(b);
	run_until(b, both_up);
	assert_int_equal(seen.first, 0xc0);
	assert_true(seen.sent[0] >= 4 && seen.sent[1] >= 4);
	assert_int_equal(seen.received[0], b->ours.session.heard);
	assert_int_equal(seen.received[1], b->theirs.session.heard);
	assert_in_range(seen.sent[1], seen.received[0], seen.received[0] + 1);
	n = seen.sent[0];
	session_probe(&b->ours.session);
	assert_int_equal(seen.sent[0], n + 1);
	b->sessions.tap = NULL;
	session_probe(&b->ours.session);
	assert_int_equal(seen.sent[0], n + 1);
}

static void test_peer_closes(void **state)
{
	struct bench *b = *state;

	start(b);
	run_until(b, both_up);
	session_close(&b->theirs.session, EVENT_CAUSE_ADMIN_RESET, "enough");
	run_until(b, ours_down);
	assert_int_equal(b->ours.reason, PPP_REASON_PEER_CLOSED);
	assert_int_equal(b->theirs.session.cause, EVENT_CAUSE_ADMIN_RESET);
	*b->heard = '\0';
	session_end(&b->ours.session, EVENT_CAUSE_NONE, "over", freed);
	assert_string_equal(b->heard, "session.down user-request\n");
	assert_null(registry_find_id(&b->sessions.registry, 1));
}

static bool ours_terminates(void *ctx)
{
	struct bench *b = ctx;

	return ppp_link_state(&b->ours.session.link)->phase == PPP_PHASE_TERMINATE;
}

/* A peer that ends the link, and closes the connection at once, has left in good order. */
static void test_peer_closes_and_goes(void **state)
{
	struct bench *b = *state;

	start(b);
	run_until(b, both_up);
	session_close(&b->theirs.session, EVENT_CAUSE_ADMIN_RESET, "enough");
	run_until(b, ours_terminates);
	assert_false(ours_down(b));
	*b->heard = '\0';
	session_end(&b->ours.session, EVENT_CAUSE_LOST_SERVICE, "over", freed);
	assert_string_equal(b->heard, "session.down user-request\n");
}

static void test_nobody_answers(void **state)
{
	struct bench *b = *state;

	b->ours.config.ppp.restart_first_ms = 1;
	b->ours.config.ppp.restart_max_ms = 2;
	lose_frames = true;
	start(b);
	run_until(b, ours_down);
	assert_int_equal(b->ours.reason, PPP_REASON_NO_ANSWER);
	assert_int_equal(b->ours.ups, 0);
	session_end(&b->ours.session, EVENT_CAUSE_NONE, "over", freed);
	assert_string_equal(b->heard, "session.starting\nsession.down lost-carrier\n");
}

/* What ICMP says of our frames is told with what it explains, and with nothing else. */
static void test_icmp(void **state)
{
	struct bench *b = *state;

	b->ours.config.ppp.restart_first_ms = 1;
	b->ours.config.ppp.restart_max_ms = 2;
	lose_frames = true;
	icmp = EHOSTUNREACH;
	start(b);
	assert_null(session_wire(&b->ours.session));
	run_until(b, ours_down);
	assert_string_equal(b->ours.text, "no answer to LCP: does a firewall drop GRE (IP protocol "
			    "47)? (ICMP says of our packets: No route to host)");
	assert_null(session_wire(&b->ours.session));
}

static void test_icmp_of_a_good_session(void **state)
{
	struct bench *b = *state;

	icmp = EHOSTUNREACH;
	start(b);
	run_until(b, both_up);
	session_close(&b->theirs.session, EVENT_CAUSE_ADMIN_RESET, "enough");
	run_until(b, ours_down);
	assert_string_equal(b->ours.text, "closed by the peer: closed on request: enough");
}

static void test_idle(void **state)
{
	struct bench *b = *state;

	b->ours.config.idle_timeout_s = 1;
	idle_s = 5;
	start(b);
	run_until(b, both_up);
	run_until(b, ours_down);
	assert_int_equal(b->ours.session.cause, EVENT_CAUSE_IDLE_TIMEOUT);
}

static bool looked_often(void *ctx)
{
	return looks >= 5;
}

/* LCP sends no Echo-Request to a peer whose data the kernel has counted. */
static void test_echo(void **state)
{
	struct bench *b = *state;

	b->ours.config.ppp.echo_interval_ms = 20;
	b->ours.config.ppp.echo_failures = 2;
	b->theirs.config.ppp.echo_interval_ms = 0;
	start(b);
	run_until(b, both_up);
	data_flows = true;
	looks = 0;
	kernel_find(1)->echoes = 0;
	run_until(b, looked_often);
	assert_int_equal(kernel_find(1)->echoes, 0);
	/* The peer's Echo-Replies are counted by the kernel, too, but are not data. */
	data_flows = false;
	looks = 0;
	run_until(b, looked_often);
	assert_in_range(kernel_find(1)->echoes, 4, 5);
	assert_int_equal(b->ours.downs, 0);
	lose_frames = true;
	run_until(b, ours_down);
	assert_int_equal(b->ours.reason, PPP_REASON_ECHO_TIMEOUT);
}

static void test_session_timeout(void **state)
{
	struct bench *b = *state;

	b->ours.config.session_timeout_s = 1;
	start(b);
	run_until(b, ours_down);
	assert_int_equal(b->ours.ups, 1);
	assert_int_equal(b->ours.session.cause, EVENT_CAUSE_SESSION_TIMEOUT);
}

/* The clock of the host goes with the one of the loop, and may be set. */
static time_t clock_offset_s = 1800000000;

time_t time(time_t *to)
{
	const time_t now = clock_offset_s + (time_t)(played_ms / 1000);

	if (to)
		*to = now;
	return now;
}

static uint64_t expires_s;

static struct policy policy_that_expires(const struct session *s, const struct auth_grant *grant)
{
	return (struct policy){ .given = POLICY_BIT(POLICY_EXPIRES), .expires_s = expires_s };
}

static const struct session_ops expiring_ops = {
	.policy = policy_that_expires, .up = up, .paused = paused, .down = down,
};

/* Start a session whose user expires after 100 seconds. */
static void start_expiring(struct bench *b)
{
	start(b);
	expires_s = (uint64_t)time(NULL) + 100;
	b->ours.session.ops = &expiring_ops;
	session_set_grant(&b->ours.session, AUTH_SOURCE_LOCAL, NULL);
	run_until(b, both_up);
}

static void ends_by_expiry(struct bench *b)
{
	run_until(b, ours_down);
	assert_int_equal(b->ours.session.cause, EVENT_CAUSE_SESSION_TIMEOUT);
	assert_string_equal(b->ours.text, "closed on request: the user has expired");
}

static bool minutes_are_over(void *ctx)
{
	return played_ms >= *(uint64_t *)ctx;
}

static void test_user_expires(void **state)
{
	struct bench *b = *state;

	start_expiring(b);
	ends_by_expiry(b);
	assert_in_range(time(NULL), expires_s, expires_s + 5);
}

static void test_user_expires_when_the_clock_is_set(void **state)
{
	struct bench *b = *state;
	uint64_t begin;

	start_expiring(b);
	begin = played_ms;
	clock_offset_s += 7200;
	ends_by_expiry(b);
	assert_in_range(played_ms, begin, begin + 65000);
	clock_offset_s -= 7200;
}

/* A clock that is set back gives the user the time again. */
static void test_user_expires_later_when_the_clock_is_set_back(void **state)
{
	struct bench *b = *state;
	uint64_t end;

	start_expiring(b);
	clock_offset_s -= 30;
	end = played_ms + 120000;
	loop_until(&b->loop, minutes_are_over, &end);
	assert_int_equal(b->ours.downs, 0);
	ends_by_expiry(b);
	assert_in_range(time(NULL), expires_s, expires_s + 5);
}

/* Give our session, which runs, a grant with these limits. */
static void grant(struct bench *b, uint32_t session_timeout_s, uint32_t idle_timeout_s)
{
	static struct radius_reply reply;
	struct auth_grant *made;

	reply.session_timeout.given = reply.idle_timeout.given = true;
	reply.session_timeout.value = session_timeout_s;
	reply.idle_timeout.value = idle_timeout_s;
	made = grant_new(&reply);
	assert_non_null(made);
	session_set_grant(&b->ours.session, AUTH_SOURCE_RADIUS, made);
	grant_put(made);
}

static void set_rates(struct bench *b, uint64_t up, uint64_t down)
{
	static struct radius_reply reply;
	struct auth_grant *made;

	reply.rates = (struct radius_rates){ .up = up, .down = down };
	made = grant_changed(b->ours.session.grant, &reply);
	assert_non_null(made);
	session_change_grant(&b->ours.session, made);
	grant_put(made);
}

/* The kernel is asked when a rate changes, and not otherwise. */
static void test_granted_rates(void **state)
{
	struct bench *b = *state;
	struct kernel_session *k;
	const struct net_shape *shape = &b->ours.session.net.shape;

	start(b);
	grant(b, 60, 0);
	run_until(b, both_up);
	k = kernel_find(b->ours.session.record.addr.call_id);
	assert_int_equal(k->shapes, 0);
	set_rates(b, 64000, 1000000);
	assert_int_equal(k->shapes, 1);
	assert_int_equal(shape->rx_rate, 64000);
	assert_int_equal(shape->tx_rate, 1000000);
	set_rates(b, 64000, 1000000);
	assert_int_equal(k->shapes, 1);
	set_rates(b, 128000, 1000000);
	assert_int_equal(k->shapes, 2);
	assert_int_equal(shape->rx_rate, 128000);
	assert_int_equal(b->ours.downs, 0);
}

static void test_granted_time(void **state)
{
	struct bench *b = *state;
	uint64_t up;

	b->ours.config.session_timeout_s = 1;
	start(b);
	grant(b, 60, 0);
	run_until(b, both_up);
	up = uv_now(&b->loop);
	run_until(b, ours_down);
	assert_in_range(uv_now(&b->loop) - up, 59000, 61000);
	assert_int_equal(b->ours.session.cause, EVENT_CAUSE_SESSION_TIMEOUT);
}

/* Else a user could stay for ever by negotiating LCP anew. */
static void test_time_is_not_prolonged_by_a_login(void **state)
{
	struct bench *b = *state;
	uint64_t up;

	start(b);
	grant(b, 60, 0);
	run_until(b, both_up);
	up = uv_now(&b->loop);
	loop_for(&b->loop, 30000);
	grant(b, 60, 0);
	run_until(b, ours_down);
	assert_in_range(uv_now(&b->loop) - up, 59000, 61000);
}

static void test_time_is_shortened_by_a_login(void **state)
{
	struct bench *b = *state;
	uint64_t up;

	start(b);
	grant(b, 0, 0);
	run_until(b, both_up);
	up = uv_now(&b->loop);
	loop_for(&b->loop, 30000);
	assert_int_equal(b->ours.downs, 0);
	grant(b, 10, 0);
	run_until(b, ours_down);
	assert_in_range(uv_now(&b->loop) - up, 39000, 41000);
}

static void test_granted_idleness(void **state)
{
	struct bench *b = *state;
	uint64_t up;

	b->ours.config.idle_timeout_s = 1;
	idle_s = 5;
	start(b);
	grant(b, 0, 7);
	run_until(b, both_up);
	up = uv_now(&b->loop);
	loop_for(&b->loop, 6000);
	assert_int_equal(b->ours.downs, 0);
	idle_s = 8;
	run_until(b, ours_down);
	assert_in_range(uv_now(&b->loop) - up, 7000, 11000);
	assert_int_equal(b->ours.session.cause, EVENT_CAUSE_IDLE_TIMEOUT);
}

/* Change the grant of our session, as a CoA-Request does. 0: as configured. */
static void change(struct bench *b, uint32_t session_timeout_s, uint32_t idle_timeout_s)
{
	static struct radius_reply reply;
	struct auth_grant *made;

	reply.session_timeout.given = reply.idle_timeout.given = true;
	reply.session_timeout.value = session_timeout_s;
	reply.idle_timeout.value = idle_timeout_s;
	made = grant_changed(b->ours.session.grant, &reply);
	assert_non_null(made);
	session_change_grant(&b->ours.session, made);
	grant_put(made);
}

/* Returns whether our session fits into another Session-Timeout. */
static bool fits(struct bench *b, uint32_t session_timeout_s)
{
	const struct auth_grant grant = { .pool = "", .session_timeout_s = session_timeout_s };

	return session_fits(&b->ours.session, &grant);
}

/* It counts from when the session came up, whenever it was told. */
static void test_session_timeout_is_changed(void **state)
{
	struct bench *b = *state;
	uint64_t up;

	start(b);
	grant(b, 60, 0);
	run_until(b, both_up);
	up = uv_now(&b->loop);
	*b->heard = '\0';
	change(b, 90, 0);
	assert_string_equal(b->heard, "session.changed\n");
	loop_for(&b->loop, 70000);
	assert_int_equal(b->ours.downs, 0);
	assert_false(fits(b, 60));
	assert_true(fits(b, 75));
	assert_true(fits(b, 90));
	assert_true(fits(b, 0));
	change(b, 75, 0);
	run_until(b, ours_down);
	assert_in_range(uv_now(&b->loop) - up, 74000, 76000);
	assert_int_equal(b->ours.session.cause, EVENT_CAUSE_SESSION_TIMEOUT);
	assert_int_equal(b->ours.ups, 1);
}

/* Then what is configured counts, and that is no limit here. */
static void test_session_timeout_is_taken_back(void **state)
{
	struct bench *b = *state;

	start(b);
	grant(b, 60, 0);
	run_until(b, both_up);
	change(b, 0, 0);
	loop_for(&b->loop, 120000);
	assert_int_equal(b->ours.downs, 0);
}

/* A login made the session shorter than the grant says; another change does not undo that. */
static void test_a_timeout_that_stays_is_left_alone(void **state)
{
	struct bench *b = *state;
	uint64_t up;

	start(b);
	grant(b, 60, 0);
	run_until(b, both_up);
	up = uv_now(&b->loop);
	loop_for(&b->loop, 30000);
	grant(b, 10, 0);
	change(b, 10, 7);
	assert_true(fits(b, 10));
	loop_for(&b->loop, 5000);
	assert_int_equal(b->ours.downs, 0);
	run_until(b, ours_down);
	assert_in_range(uv_now(&b->loop) - up, 39000, 41000);
}

/* It counts from the last traffic, and so may have expired before it was told. */
static void test_idle_timeout_is_changed(void **state)
{
	struct bench *b = *state;

	start(b);
	grant(b, 0, 20);
	run_until(b, both_up);
	change(b, 0, 30);
	idle_s = 25;
	loop_for(&b->loop, 60000);
	assert_int_equal(b->ours.downs, 0);
	change(b, 0, 0);
	idle_s = 1000;
	loop_for(&b->loop, 60000);
	assert_int_equal(b->ours.downs, 0);
	*b->heard = '\0';
	change(b, 0, 999);
	run_until(b, ours_down);
	assert_int_equal(b->ours.session.cause, EVENT_CAUSE_IDLE_TIMEOUT);
	/* once it is over, nothing changes */
	*b->heard = '\0';
	change(b, 0, 5);
	assert_string_equal(b->heard, "");
	assert_int_equal(b->ours.session.grant->idle_timeout_s, 999);
}

static unsigned int granted_at_the_end;

static void hear_the_end(struct subscriber *sub, const struct event *event)
{
	if (event->type == EVENT_DOWN && event->session->grant)
		granted_at_the_end = event->session->grant->session_timeout_s;
}

static void test_a_grant_lasts_until_the_end_was_told(void **state)
{
	struct bench *b = *state;
	struct subscriber sub = { .hear = hear_the_end };

	start(b);
	grant(b, 60, 0);
	assert_int_equal(b->ours.session.source, AUTH_SOURCE_RADIUS);
	events_subscribe(&b->sessions.events, &sub);
	granted_at_the_end = 0;
	session_end(&b->ours.session, EVENT_CAUSE_NAS_REQUEST, "over", freed);
	assert_int_equal(granted_at_the_end, 60);
	assert_null(b->ours.session.grant);
	events_unsubscribe(&b->sessions.events, &sub);
}

static void test_accounting_ids(void **state)
{
	struct bench *b = *state;
	char one[SESSION_ACCT_ID_SIZE], two[SESSION_ACCT_ID_SIZE], again[SESSION_ACCT_ID_SIZE];

	start(b);
	session_acct_id(&b->ours.session, one);
	session_acct_id(&b->theirs.session, two);
	assert_string_not_equal(one, two);
	assert_string_equal(session_acct_id(&b->ours.session, again), one);
	/* Another run of the daemon numbers its sessions from 1, too. */
	b->sessions.nonce++;
	assert_string_not_equal(session_acct_id(&b->ours.session, again), one);
}

static void test_kernel_session_goes(void **state)
{
	struct bench *b = *state;

	start(b);
	run_until(b, both_up);
	shutdown(kernel_find(1)->feed, SHUT_RDWR);
	run_until(b, ours_down);
	assert_int_equal(b->ours.reason, PPP_REASON_LOWER_DOWN);
	assert_int_equal(b->ours.session.cause, EVENT_CAUSE_LOST_CARRIER);
}

static void test_kernel_has_none(void **state)
{
	const struct net_session_addr addr = { ip("192.0.2.1"), ip("192.0.2.9"), 1, 2 };
	struct bench *b = *state;

	refuse_sessions = true;
	session_init(&b->ours.session, &b->sessions, SESSION_OF_SERVER, "office", &b->ours.config,
		     &ops, &b->ours);
	assert_int_equal(session_open(&b->ours.session, &addr, -1), -ENODEV);
	assert_string_equal(net_reason(), "PPTP socket: no such module");
	session_end(&b->ours.session, EVENT_CAUSE_NAS_ERROR, "no module", freed);
	/* session_start() was not called, so subscribers hear no EVENT_DOWN. */
	assert_string_equal(b->heard, "");
}

static void test_user(void **state)
{
	struct bench *b = *state;
	struct session *s = &b->ours.session;

	session_init(s, &b->sessions, SESSION_OF_SERVER, "office", &b->ours.config, &ops, &b->ours);
	assert_string_equal(s->record.user, "");
	assert_int_equal(session_set_user(s, "alice"), 0);
	texts_fail = true;
	assert_int_equal(session_set_user(s, "bob"), -ENOMEM);
	texts_fail = false;
	assert_string_equal(net_reason(), "user: Cannot allocate memory");
	assert_string_equal(s->record.user, "alice");
	assert_ptr_equal(registry_next_of_user(&b->sessions.registry, "alice", NULL), s);
	assert_int_equal(session_set_user(s, "bob"), 0);
	assert_null(registry_next_of_user(&b->sessions.registry, "alice", NULL));
	assert_ptr_equal(registry_next_of_user(&b->sessions.registry, "bob", NULL), s);
}

static bool paused_once(void *ctx)
{
	const struct bench *b = ctx;

	return b->ours.pauses == 1;
}

static bool up_again(void *ctx)
{
	const struct bench *b = ctx;

	return b->ours.ups == 2;
}

static void test_renegotiation(void **state)
{
	static const uint8_t configure_request[] = { 0xc0, 0x21, 1, 77, 0, 4 };
	struct bench *b = *state;

	start(b);
	run_until(b, both_up);
	*b->heard = '\0';
	assert_int_equal(write(kernel_find(1)->feed, configure_request, sizeof(configure_request)),
			 sizeof(configure_request));
	run_until(b, paused_once);
	run_until(b, up_again);
	assert_string_equal(b->heard,
			    "session.paused\nsession.authenticated\nsession.resumed\n");
}

static bool paused_again(void *ctx)
{
	const struct bench *b = ctx;

	return b->ours.pauses > b->ours.ups - 1;
}

static bool up_or_down(void *ctx)
{
	const struct bench *b = ctx;

	return b->ours.session.record.up || b->ours.downs;
}

static void test_renegotiation_without_end(void **state)
{
	static const uint8_t configure_request[] = { 0x80, 0x21, 1, 77, 0, 4 };
	struct bench *b = *state;
	unsigned int links;

	start(b);
	run_until(b, both_up);
	links = kernel_find(1)->links;
	for (unsigned int i = 0; i < 100 && !b->ours.downs; i++) {
		assert_int_equal(write(kernel_find(1)->feed, configure_request,
				       sizeof(configure_request)),
				 sizeof(configure_request));
		run_until(b, paused_again);
		run_until(b, up_or_down);
	}
	assert_int_equal(b->ours.downs, 1);
	assert_int_equal(b->ours.session.cause, EVENT_CAUSE_USER_ERROR);
	assert_in_range(b->ours.pauses, 10, 12);
	/* Interface and addresses were made only once. */
	assert_int_equal(links, 1);
	assert_int_equal(kernel_find(1)->links, 1);
}

/* A call that waits for something before its session can be opened may be ended meanwhile. */
static void test_close_before_open(void **state)
{
	struct bench *b = *state;

	session_init(&b->ours.session, &b->sessions, SESSION_OF_SERVER, "office", &b->ours.config,
		     &ops, &b->ours);
	session_init(&b->theirs.session, &b->sessions, SESSION_OF_CLIENT, "home",
		     &b->theirs.config, &ops, &b->theirs);
	session_close(&b->ours.session, EVENT_CAUSE_ADMIN_RESET, "ended by the administrator");
	assert_true(session_is_over(&b->ours.session));
	run_until(b, ours_down);
	assert_int_equal(b->ours.reason, PPP_REASON_LOCAL);
	assert_int_equal(b->ours.session.cause, EVENT_CAUSE_ADMIN_RESET);
	session_lost(&b->theirs.session);
	assert_int_equal(b->theirs.downs, 1);
	assert_int_equal(b->theirs.reason, PPP_REASON_LOWER_DOWN);
}

/* --- the link takes its time --------------------------------------------------------------- */

/* The peer's password is right, and the session gets the addresses with the verdict. */
static void let_in(struct session *s, const struct ppp_auth_request *request)
{
	const struct ppp_auth_verdict yes = { .result = PPP_AUTH_OK };
	const struct ppp_ipv4 inner = {
		.local = ip("10.0.0.1").v4, .remote = ip("10.0.0.9").v4,
	};
	struct end *end = s->owner;

	end->asked++;
	if (end->mppe)
		session_set_mppe(s, end->mppe, PPP_MPPE_128);
	session_verdict(s, &yes, &inner);
}

static bool choose_address(struct session *s, struct ip_addr address)
{
	struct end *end = s->owner;

	return ip_is_set(end->free) && ip_equal(end->free, address) &&
	       session_claim_inner(s, (struct place){ 0 }, address);
}

static const struct session_ops server_ops = {
	.authenticate = let_in, .up = up, .paused = paused, .down = down,
	.choose_address = choose_address,
};

/* Our end demands PAP. Links are made when the test says so. */
static void start_with_login(struct bench *b)
{
	static const struct ppp_ipv4 any;
	const struct net_session_addr ours = { ip("192.0.2.1"), ip("192.0.2.9"), 1, 2 };
	const struct net_session_addr theirs = { ip("192.0.2.9"), ip("192.0.2.1"), 2, 1 };

	links_take_time = true;
	b->ours.config.ppp.demand[0] = PPP_AUTH_PAP;
	b->theirs.config.ppp.accept = PPP_AUTH_BIT(PPP_AUTH_PAP);
	session_init(&b->ours.session, &b->sessions, SESSION_OF_SERVER, "office", &b->ours.config,
		     &server_ops, &b->ours);
	session_init(&b->theirs.session, &b->sessions, SESSION_OF_CLIENT, "home",
		     &b->theirs.config, &ops, &b->theirs);
	assert_int_equal(session_open(&b->ours.session, &ours, -1), 0);
	assert_int_equal(session_open(&b->theirs.session, &theirs, -1), 0);
	session_set_ipv4(&b->theirs.session, &any);
	session_set_credentials(&b->theirs.session, "alice", "wonderland");
	session_start(&b->ours.session);
	session_start(&b->theirs.session);
}

static bool our_link_is_made(void *ctx)
{
	return kernel_find(1)->making;
}

static bool their_link_is_made(void *ctx)
{
	return kernel_find(2)->making;
}

static bool theirs_down(void *ctx)
{
	const struct bench *b = ctx;

	return b->theirs.downs;
}

/* A caller hears that it was let in when its link is there: its first packet can pass. */
static void test_verdict_waits_for_link(void **state)
{
	struct bench *b = *state;

	start_with_login(b);
	run_until(b, our_link_is_made);
	loop_for(&b->loop, 100);
	assert_string_equal(session_state_name(&b->theirs.session), "authenticate");
	assert_string_equal(b->heard, "session.starting\n");
	/* 1500 less 40 */
	assert_int_equal(kernel_find(1)->ip.mtu, 1460);
	kernel_make_link(kernel_find(1), 0);
	run_until(b, their_link_is_made);
	kernel_make_link(kernel_find(2), 0);
	run_until(b, both_up);
	assert_int_equal(b->ours.asked, 1);
	assert_int_equal(kernel_find(1)->links, 1);
	assert_null(b->ours.session.verdict);
	/* The peer may send as soon as it has our Ack. */
	assert_true(kernel_find(1)->up_at_ack);
	assert_string_equal(b->heard, "session.starting\nsession.authenticated\nsession.up\n");
}

static void test_room_for_mppe(void **state)
{
	struct bench *b = *state;

	b->ours.config.ppp.mppe = PPP_MPPE_PREFERRED;
	start_with_login(b);
	run_until(b, our_link_is_made);
	assert_int_equal(kernel_find(1)->ip.mtu, 1456);
	kernel_make_link(kernel_find(1), 0);
	run_until(b, their_link_is_made);
	kernel_make_link(kernel_find(2), 0);
	run_until(b, both_up);
	/* PAP gives no keys, so nothing is encrypted. */
	assert_int_equal(kernel_find(1)->ip.mtu, 1460);
	assert_int_equal(kernel_find(1)->links, 1);
}

/* The user must encrypt, which the link only preferred; and PAP gives no keys. */
static void test_user_must_encrypt(void **state)
{
	struct bench *b = *state;

	b->ours.config.ppp.mppe = PPP_MPPE_PREFERRED;
	b->ours.mppe = PPP_MPPE_REQUIRED;
	start_with_login(b);
	assert_false(kernel_find(1)->mppe_required);
	run_until(b, our_link_is_made);
	/* before anything can pass */
	assert_true(kernel_find(1)->mppe_required);
	kernel_make_link(kernel_find(1), 0);
	run_until(b, ours_down);
	assert_int_equal(b->ours.reason, PPP_REASON_MPPE_NO_KEYS);
	assert_int_equal(b->ours.ups, 0);
}

static void test_peer_chooses_its_address(void **state)
{
	static const struct ppp_ipv4 any;
	struct ppp_ipv4 wish = any;
	struct bench *b = *state;

	b->ours.free = ip("10.0.0.5");
	start_with_login(b);
	wish.local = ip("10.0.0.5").v4;
	session_set_ipv4(&b->theirs.session, &wish);
	run_until(b, our_link_is_made);
	assert_ip(kernel_find(1)->ip.remote, "10.0.0.9");
	kernel_make_link(kernel_find(1), 0);
	/* the link is made anew for the other address */
	while (kernel_find(1)->links < 2)
		uv_run(&b->loop, UV_RUN_ONCE);
	kernel_make_link(kernel_find(1), 0);
	run_until(b, their_link_is_made);
	kernel_make_link(kernel_find(2), 0);
	run_until(b, both_up);
	assert_ip(b->ours.session.record.ip4.remote, "10.0.0.5");
	assert_ip(kernel_find(1)->ip.remote, "10.0.0.5");
	assert_ptr_equal(registry_find_inner(&b->sessions.registry, (struct place){ 0 }, ip("10.0.0.5")),
			 &b->ours.session);
}

static bool our_address_is_chosen(void *ctx)
{
	struct bench *b = ctx;

	return registry_find_inner(&b->sessions.registry, (struct place){ 0 }, ip("10.0.0.5"));
}

/* The address that it had may be another session's from then on. */
static void test_the_link_goes_with_the_address(void **state)
{
	struct ppp_ipv4 wish = { .local = ip("10.0.0.5").v4 };
	struct bench *b = *state;

	b->ours.free = ip("10.0.0.5");
	/* we know no name server, so that the request is not acknowledged that has the address */
	b->theirs.config.ppp.ask_dns = true;
	start_with_login(b);
	session_set_ipv4(&b->theirs.session, &wish);
	run_until(b, our_link_is_made);
	kernel_make_link(kernel_find(1), 0);
	run_until(b, our_address_is_chosen);
	assert_false(b->ours.session.ready);
	assert_int_equal(kernel_find(1)->links, 2);
	assert_ip(kernel_find(1)->ip.local, "10.0.0.1");
	assert_ip(kernel_find(1)->ip.remote, "10.0.0.5");
	kernel_make_link(kernel_find(1), 0);
	run_until(b, their_link_is_made);
	kernel_make_link(kernel_find(2), 0);
	run_until(b, both_up);
	assert_int_equal(kernel_find(1)->links, 2);
}

/* That ends the session when the peer is to use the address, not in the midst of its request. */
static void test_the_link_of_a_choice_is_refused(void **state)
{
	struct ppp_ipv4 wish = { .local = ip("10.0.0.5").v4 };
	struct bench *b = *state;

	b->ours.free = ip("10.0.0.5");
	start_with_login(b);
	session_set_ipv4(&b->theirs.session, &wish);
	run_until(b, our_link_is_made);
	kernel_make_link(kernel_find(1), 0);
	refuse_links = -ENOMEM;
	run_until(b, ours_down);
	assert_int_equal(b->ours.session.cause, EVENT_CAUSE_NAS_ERROR);
	assert_int_equal(b->ours.ups, 0);
}

static void test_link_cannot_be_made(void **state)
{
	struct bench *b = *state;

	start_with_login(b);
	run_until(b, our_link_is_made);
	kernel_make_link(kernel_find(1), -ENOSPC);
	run_until(b, ours_down);
	assert_int_equal(b->ours.session.cause, EVENT_CAUSE_NAS_ERROR);
	assert_int_equal(b->ours.ups, 0);
	run_until(b, theirs_down);
	assert_int_equal(b->theirs.reason, PPP_REASON_PEER_CLOSED);
}

static void give_up(struct session *s)
{
	const struct ppp_auth_verdict no = { .result = PPP_AUTH_FAILED };
	struct end *side = s->owner;

	assert_string_equal(net_reason(), "link: not today");
	side->not_made++;
	session_verdict(s, &no, NULL);
}

/* The owner that may say something of it refuses the login. */
static void test_link_of_a_login_cannot_be_made(void **state)
{
	struct bench *b = *state;
	struct session_ops mine;

	start_with_login(b);
	mine = *b->ours.session.ops;
	mine.not_made = give_up;
	b->ours.session.ops = &mine;
	run_until(b, our_link_is_made);
	assert_non_null(b->ours.session.verdict);
	kernel_make_link(kernel_find(1), -ENODEV);
	assert_int_equal(b->ours.not_made, 1);
	run_until(b, ours_down);
	assert_int_equal(b->ours.session.cause, EVENT_CAUSE_LOGIN_FAILED);
	assert_int_equal(b->ours.ups, 0);
}

static void test_link_is_refused(void **state)
{
	struct bench *b = *state;

	refuse_links = -EPERM;
	start_with_login(b);
	run_until(b, ours_down);
	assert_int_equal(b->ours.session.cause, EVENT_CAUSE_NAS_ERROR);
	assert_null(b->ours.session.verdict);
}

/* LCP is negotiated anew while the link is made: the login that waits counts no more. */
static void test_new_login_while_link_is_made(void **state)
{
	static const uint8_t configure_request[] = { 0xc0, 0x21, 1, 77, 0, 4 };
	struct bench *b = *state;

	start_with_login(b);
	run_until(b, our_link_is_made);
	assert_non_null(b->ours.session.verdict);
	assert_int_equal(write(kernel_find(1)->feed, configure_request, sizeof(configure_request)),
			 sizeof(configure_request));
	while (b->ours.asked < 2)
		uv_run(&b->loop, UV_RUN_ONCE);
	kernel_make_link(kernel_find(1), 0);
	run_until(b, their_link_is_made);
	kernel_make_link(kernel_find(2), 0);
	run_until(b, both_up);
	assert_int_equal(kernel_find(1)->links, 1);
}

static void test_end_while_link_is_made(void **state)
{
	struct bench *b = *state;

	start_with_login(b);
	run_until(b, our_link_is_made);
	session_lost(&b->ours.session);
	kernel_make_link(kernel_find(1), 0);
	run_until(b, ours_down);
	assert_int_equal(b->ours.reason, PPP_REASON_LOWER_DOWN);
	assert_int_equal(b->ours.ups, 0);
	/* The verdict, which holds keys, is wiped at the end at the latest. */
	session_end(&b->ours.session, EVENT_CAUSE_NONE, "over", freed);
}

static bool their_ipv4_is_open(void *ctx)
{
	const struct bench *b = ctx;

	return b->theirs.session.rising;
}

static bool their_ipv4_is_closed(void *ctx)
{
	const struct bench *b = ctx;

	return !b->theirs.session.rising;
}

/* IPCP closes before the link is there: no traffic may flow then. */
static void test_pause_while_link_is_made(void **state)
{
	static const uint8_t configure_request[] = { 0xc0, 0x21, 1, 77, 0, 4 };
	struct bench *b = *state;

	start_with_login(b);
	run_until(b, our_link_is_made);
	kernel_make_link(kernel_find(1), 0);
	run_until(b, their_ipv4_is_open);
	assert_int_equal(write(kernel_find(2)->feed, configure_request, sizeof(configure_request)),
			 sizeof(configure_request));
	run_until(b, their_ipv4_is_closed);
	kernel_make_link(kernel_find(2), 0);
	assert_false(b->theirs.session.record.up);
	assert_int_equal(b->theirs.ups, 0);
	run_until(b, both_up);
	assert_int_equal(b->theirs.ups, 1);
}

/*
 * The peer's Acks get lost, and the one that we send all the same opens IPv4 at the peer: what it
 * sends at once must pass, although our side is not up.
 */
static void test_peer_is_open_first(void **state)
{
	struct bench *b = *state;

	start_with_login(b);
	lose_acks_of = 2;
	run_until(b, our_link_is_made);
	kernel_make_link(kernel_find(1), 0);
	run_until(b, their_ipv4_is_open);
	assert_true(kernel_find(1)->up_at_ack);
	assert_true(kernel_find(1)->up);
	assert_false(b->ours.session.record.up);
	assert_int_equal(b->ours.ups, 0);
	assert_string_equal(b->heard, "session.starting\nsession.authenticated\n");
	lose_acks_of = 0;
	kernel_make_link(kernel_find(2), 0);
	run_until(b, both_up);
	assert_int_equal(b->ours.ups, 1);
	assert_int_equal(kernel_find(1)->links, 1);
}

static bool nothing_passes(void *ctx)
{
	return !kernel_find(1)->up;
}

/* What the peer may send no more is not let in; no owner hears of it, and nothing ends. */
static void test_peer_goes_back(void **state)
{
	static const uint8_t terminate[] = { 0x80, 0x21, 5, 78, 0, 4 };
	struct bench *b = *state;

	start_with_login(b);
	lose_acks_of = 2;
	run_until(b, our_link_is_made);
	kernel_make_link(kernel_find(1), 0);
	run_until(b, their_ipv4_is_open);
	assert_true(kernel_find(1)->up);
	assert_int_equal(write(kernel_find(1)->feed, terminate, sizeof(terminate)),
			 sizeof(terminate));
	run_until(b, nothing_passes);
	assert_int_equal(b->ours.pauses, 0);
	assert_int_equal(b->ours.session.renegotiations, 0);
	assert_int_equal(b->ours.downs, 0);
}

/* --- a verdict that waited ----------------------------------------------------------------- */

static const struct ppp_link_ops *true_ops;

/* The login is cancelled while the link reads the verdict: when it tells the peer. */
static void send_and_cancel(struct ppp_link *link, const uint8_t *frame, size_t len)
{
	static const struct ppp_event cancelled = { .type = PPP_EVENT_AUTH_CANCELLED };

	true_ops->send(link, frame, len);
	/* PAP Authenticate-Ack */
	if (!memcmp(frame, "\xc0\x23\x02", 3))
		true_ops->event(link, &cancelled);
}

/* What waits may go because the call goes; what the link is given stays until it has read it. */
static void test_verdict_that_waited_is_dropped_meanwhile(void **state)
{
	struct bench *b = *state;
	struct ppp_link_ops cancelling;

	start_with_login(b);
	run_until(b, our_link_is_made);
	assert_non_null(b->ours.session.verdict);
	true_ops = b->ours.session.link.ops;
	cancelling = *true_ops;
	cancelling.send = send_and_cancel;
	b->ours.session.link.ops = &cancelling;
	kernel_make_link(kernel_find(1), 0);
	b->ours.session.link.ops = true_ops;
	assert_null(b->ours.session.verdict);
	run_until(b, their_link_is_made);
	kernel_make_link(kernel_find(2), 0);
	run_until(b, both_up);
}

/* --- what is remembered -------------------------------------------------------------------- */

static struct facts facts_of_latest(struct bench *b)
{
	struct facts facts;

	facts_of(&facts, history_latest(b->sessions.histories, NULL, uv_now(&b->loop)));
	return facts;
}

static void remember_ours(struct bench *b)
{
	struct history *none = NULL;

	remember_session(&b->ours.session, &none);
	assert_non_null(b->ours.session.history);
}

static void test_a_session_is_remembered(void **state)
{
	struct bench *b = *state;
	struct facts facts;

	start(b);
	remember_ours(b);
	run_until(b, both_up);
	facts = facts_of_latest(b);
	assert_string_equal(facts.section, "office");
	assert_int_equal(facts.head.session, 1);
	assert_true(facts.head.up && facts.authenticated && facts.lcp_answered);
	assert_true(facts.frames_in >= 4 && facts.frames_out >= 3);
	assert_true(facts.head.ended == NEVER);
	session_close(&b->theirs.session, EVENT_CAUSE_ADMIN_RESET, "enough");
	run_until(b, ours_down);
	session_end(&b->ours.session, EVENT_CAUSE_NONE, b->ours.text, freed);
	facts = facts_of_latest(b);
	assert_true(facts.head.well);
	assert_string_equal(facts.reason, b->ours.text);
	/* the counters of the kernel that is played */
	assert_int_equal(facts.counters[2], 4);
}

static void test_a_failure_is_remembered(void **state)
{
	struct bench *b = *state;
	struct facts facts;

	b->ours.config.ppp.restart_first_ms = 1;
	b->ours.config.ppp.restart_max_ms = 2;
	lose_frames = true;
	start(b);
	remember_ours(b);
	run_until(b, ours_down);
	session_end(&b->ours.session, EVENT_CAUSE_NONE, b->ours.text, freed);
	facts = facts_of_latest(b);
	assert_false(facts.head.up);
	assert_false(facts.head.well);
	assert_int_equal(facts.frames_in, 0);
	assert_string_equal(facts.reason, "no answer to LCP: does a firewall drop GRE (IP protocol "
			    "47)?");
}

/* When there was no room for the history of a session that lasts, its end is remembered still. */
static void test_the_end_is_remembered_without_a_history(void **state)
{
	struct bench *b = *state;
	struct facts facts;

	start(b);
	remember_ours(b);
	run_until(b, both_up);
	histories_free(b->sessions.histories);
	b->sessions.histories = histories_new();
	assert_null(b->ours.session.history);
	session_end(&b->ours.session, EVENT_CAUSE_LOST_CARRIER, "over", freed);
	facts = facts_of_latest(b);
	assert_true(facts.head.up);
	assert_false(facts.head.well);
	assert_string_equal(facts.reason, "over");
}

static void need_rule(const char *reason)
{
	const struct surroundings around = { .forwards = true };
	static struct history *history;
	struct histories *all = histories_new();
	struct verdict verdict;
	struct facts facts;

	history_begin(all, &history, HISTORY_OF_SERVER, "office", ip("192.0.2.9"), 1, 1);
	history_add(history, HISTORY_REFUSED, 1, "%s", reason);
	history_end(history, false, 1, "the peer failed to authenticate itself");
	facts_of(&facts, history);
	verdict_of(&verdict, &facts, &around);
	if (!strcmp(verdict.rule, "as-told")) {
		print_error("no rule is about \"%s\"\n", reason);
		fail();
	}
	histories_free(all);
}

static void test_each_refusal_has_a_verdict(void **state)
{
	for (int i = ADMISSION_NONE + 1; i < ADMISSION_REASONS; i++)
		need_rule(admission_reason_info(i)->log);
	for (int i = AUTH_OK; i <= AUTH_UNAVAILABLE; i++)
		if (i != AUTH_OK && i != AUTH_CONTINUES)
			need_rule(auth_result_text(i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_up, setup, teardown),
		cmocka_unit_test_setup_teardown(test_tap_sees_all_frames, setup, teardown),
		cmocka_unit_test_setup_teardown(test_peer_closes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_peer_closes_and_goes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nobody_answers, setup, teardown),
		cmocka_unit_test_setup_teardown(test_icmp, setup, teardown),
		cmocka_unit_test_setup_teardown(test_icmp_of_a_good_session, setup, teardown),
		cmocka_unit_test_setup_teardown(test_idle, setup, teardown),
		cmocka_unit_test_setup_teardown(test_echo, setup, teardown),
		cmocka_unit_test_setup_teardown(test_session_timeout, setup, teardown),
		cmocka_unit_test_setup_teardown(test_user_expires, setup, teardown),
		cmocka_unit_test_setup_teardown(test_user_expires_when_the_clock_is_set, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_user_expires_later_when_the_clock_is_set_back,
						setup, teardown),
		cmocka_unit_test_setup_teardown(test_granted_rates, setup, teardown),
		cmocka_unit_test_setup_teardown(test_granted_time, setup, teardown),
		cmocka_unit_test_setup_teardown(test_time_is_not_prolonged_by_a_login, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_time_is_shortened_by_a_login, setup, teardown),
		cmocka_unit_test_setup_teardown(test_granted_idleness, setup, teardown),
		cmocka_unit_test_setup_teardown(test_session_timeout_is_changed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_session_timeout_is_taken_back, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_a_timeout_that_stays_is_left_alone, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_idle_timeout_is_changed, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_grant_lasts_until_the_end_was_told, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_accounting_ids, setup, teardown),
		cmocka_unit_test_setup_teardown(test_kernel_session_goes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_kernel_has_none, setup, teardown),
		cmocka_unit_test_setup_teardown(test_user, setup, teardown),
		cmocka_unit_test_setup_teardown(test_renegotiation, setup, teardown),
		cmocka_unit_test_setup_teardown(test_renegotiation_without_end, setup, teardown),
		cmocka_unit_test_setup_teardown(test_close_before_open, setup, teardown),
		cmocka_unit_test_setup_teardown(test_verdict_waits_for_link, setup, teardown),
		cmocka_unit_test_setup_teardown(test_room_for_mppe, setup, teardown),
		cmocka_unit_test_setup_teardown(test_user_must_encrypt, setup, teardown),
		cmocka_unit_test_setup_teardown(test_peer_chooses_its_address, setup, teardown),
		cmocka_unit_test_setup_teardown(test_the_link_goes_with_the_address, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_the_link_of_a_choice_is_refused, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_link_cannot_be_made, setup, teardown),
		cmocka_unit_test_setup_teardown(test_link_of_a_login_cannot_be_made, setup, teardown),
		cmocka_unit_test_setup_teardown(test_link_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(test_new_login_while_link_is_made, setup, teardown),
		cmocka_unit_test_setup_teardown(test_end_while_link_is_made, setup, teardown),
		cmocka_unit_test_setup_teardown(test_pause_while_link_is_made, setup, teardown),
		cmocka_unit_test_setup_teardown(test_peer_is_open_first, setup, teardown),
		cmocka_unit_test_setup_teardown(test_peer_goes_back, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_session_is_remembered, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_failure_is_remembered, setup, teardown),
		cmocka_unit_test_setup_teardown(test_the_end_is_remembered_without_a_history,
						setup, teardown),
		cmocka_unit_test(test_each_refusal_has_a_verdict),
		cmocka_unit_test_setup_teardown(test_verdict_that_waited_is_dropped_meanwhile,
						setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
