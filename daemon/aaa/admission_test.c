// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tests keep the list of sessions that the view shows, as the daemon's registry would. A struct
 * peer holds what an owner would embed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admission.h"
#include "pool.h"
#include "ppp/mschap.h"
#include "ppp/ppp.h"
#include "secrets.h"
#include "throttle.h"
#include "util/diag.h"
#include "util/ip_literal_test.h"

#define HERE	"192.0.2.1"		/* our outer address */
#define INSIDE	"10.0.0.1"		/* our inner address */
#define OTHER	"203.0.113.5"		/* has a tunnel with another server of ours */
#define CAROLS	"10.0.0.11"		/* carol's own address, which is in the pool of the tests */
#define MAX	1024

/* The default limits of culvert.conf(5). */
#define FAILURES_OF_USER	10
#define FAILURES_OF_ADDRESS	60

/* A session as the registry knows it. */
struct known {
	uint64_t id;			/* 0: the entry is free */
	bool admitted;			/* logged in on this server */
	char user[32];
	struct ip_addr inner;		/* not set: no address yet */
	struct ip_addr remote;
	uint16_t peer_call_id;
	uint64_t heard;
};

/* A peer with one connection, which has one call. */
struct peer {
	struct admission_connection c;
	struct admission_call call;
	struct admission_login login;
	struct known *session;		/* NULL: none */
	const char *from;
};

struct world {
	struct admission *a;
	struct admission_limits limits;
	unsigned int of_user;		/* sessions that each user may have; 0: no limit */
	enum policy_single single;
	unsigned int elsewhere;		/* sessions of other servers */
	bool carol_owns;		/* CAROLS is carol's */
	bool choice;			/* users may choose their addresses */
	bool disabled;			/* the accounts of all users are */
	uint64_t expires_s, clock_s;
	const char *banned;		/* address of a peer; NULL: none */
	struct pool *pool;
	uint64_t now;
	uint64_t last_id;
	struct known sessions[MAX];
	struct peer peers[MAX];
	unsigned int met[ADMISSION_REASONS][ADMISSION_PROBE + 1]; /* answers */
};

/* --- the view ------------------------------------------------------------------------------ */

static bool is_of(const struct known *k, const char *user)
{
	return k->id && k->admitted && !strcmp(k->user, user);
}

static unsigned int count_user(void *ctx, const char *user)
{
	const struct world *w = ctx;
	unsigned int n = 0;

	for (size_t i = 0; i < MAX; i++)
		n += is_of(&w->sessions[i], user);
	return n;
}

static void each_of_user(void *ctx, const char *user, admission_each_fn fn, void *arg)
{
	struct world *w = ctx;

	for (size_t i = 0; i < MAX; i++) {
		struct known *k = &w->sessions[i];

		if (is_of(k, user) &&
		    !fn(arg, &(struct admission_session){ k->id, k->user, k->heard }))
			return;
	}
}

static unsigned int count_all(void *ctx)
{
	const struct world *w = ctx;
	unsigned int n = w->elsewhere;

	for (size_t i = 0; i < MAX; i++)
		n += w->sessions[i].id && w->sessions[i].admitted;
	return n;
}

static uint64_t holder(void *ctx, struct place place, struct ip_addr inner)
{
	const struct world *w = ctx;

	for (size_t i = 0; i < MAX; i++)
		if (w->sessions[i].id && ip_equal(w->sessions[i].inner, inner))
			return w->sessions[i].id;
	return 0;
}

static uint64_t call_of(void *ctx, struct ip_addr local, struct ip_addr remote,
			uint16_t peer_call_id)
{
	const struct world *w = ctx;

	assert_ip(local, HERE);
	for (size_t i = 0; i < MAX; i++) {
		const struct known *k = &w->sessions[i];

		if (k->id && k->peer_call_id && k->peer_call_id == peer_call_id &&
		    ip_equal(k->remote, remote))
			return k->id;
	}
	return 0;
}

static bool is_ours(void *ctx, struct ip_addr address)
{
	return ip_equal(address, ip(INSIDE));
}

static bool is_outer(void *ctx, struct ip_addr address)
{
	return ip_equal(address, ip(OTHER));
}

static const char *owner(void *ctx, struct ip_addr address)
{
	const struct world *w = ctx;

	return w->carol_owns && ip_equal(address, ip(CAROLS)) ? "carol" : NULL;
}

static bool is_banned(void *ctx, struct ip_addr from, uint64_t now)
{
	const struct world *w = ctx;

	assert_int_equal(now, w->now);
	return w->banned && ip_equal(from, ip(w->banned));
}

static const struct admission_view view = {
	.count_user = count_user,
	.each_of_user = each_of_user,
	.count_all = count_all,
	.holder = holder,
	.call = call_of,
	.is_ours = is_ours,
	.is_outer = is_outer,
	.owner = owner,
	.is_banned = is_banned,
};

/* Add a session to the view, without a call. @user "": not logged in; @inner "": no address yet. */
static struct known *add_session(struct world *w, const char *user, const char *inner)
{
	struct known *k = w->sessions;

	while (k->id)
		k++;
	*k = (struct known){ .id = ++w->last_id, .admitted = *user, .inner = ip(inner) };
	snprintf(k->user, sizeof(k->user), "%s", user);
	return k;
}

/* --- the world ----------------------------------------------------------------------------- */

static int set_up(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct ipv4_range range;

	assert_non_null(w);
	w->a = admission_new(&view, w, 1);
	assert_non_null(w->a);
	w->now = 1000000;
	assert_null(ipv4_parse_range("10.0.0.10-10.0.0.12", &range));
	w->pool = pool_new(&range, 1, NULL, 0);
	assert_non_null(w->pool);
	*state = w;
	return 0;
}

static void set_limits(struct world *w)
{
	admission_set_limits(w->a, &w->limits);
}

static void hang_up(struct world *w, struct peer *p)
{
	admission_forget(&p->login, w->now);
	admission_call_end(&p->call, w->now);
	if (p->session)
		memset(p->session, 0, sizeof(*p->session));
	p->session = NULL;
}

static void disconnect(struct world *w, struct peer *p)
{
	hang_up(w, p);
	admission_connection_end(&p->c);
}

static struct admission_counts counts(struct world *w, const char *from)
{
	struct ip_addr address = ip(from);
	struct admission_counts n;

	admission_count(w->a, *from ? &address : NULL, &n);
	return n;
}

/* After any test everything can be given back, and then nothing is counted any more. */
static int tear_down(void **state)
{
	struct world *w = *state;
	struct admission_counts n;

	for (size_t i = 0; i < MAX; i++)
		disconnect(w, &w->peers[i]);
	n = counts(w, "");
	assert_int_equal(n.connections + n.waiting + n.starting + n.sessions + n.sources, 0);
	assert_int_equal(pool_used(w->pool), 0);
	pool_put(w->pool);
	admission_free(w->a);
	free(w);
	return 0;
}

/* --- what peers do ------------------------------------------------------------------------- */

static struct peer *new_peer(struct world *w)
{
	struct peer *p = w->peers;

	while (p->c.admission)
		p++;
	assert_true(p < w->peers + MAX);
	return p;
}

static struct admission_answer note(struct world *w, struct admission_answer answer)
{
	w->met[answer.reason][answer.verdict]++;
	return answer;
}

static struct admission_answer try_connect(struct world *w, struct peer *p, const char *from)
{
	p->from = from;
	return note(w, admission_connection(w->a, &p->c, ip(from), w->now));
}

static struct peer *peer_of(struct world *w, const struct admission_connection *c)
{
	for (size_t i = 0; i < MAX; i++)
		if (&w->peers[i].c == c)
			return &w->peers[i];
	return NULL;
}

static struct peer *with_session(struct world *w, uint64_t id)
{
	for (size_t i = 0; i < MAX; i++)
		if (w->peers[i].session && w->peers[i].session->id == id)
			return &w->peers[i];
	return NULL;
}

/* Do what an owner does after REPLACE: end what the answer names. */
static void end_for(struct world *w, const struct admission_answer *answer)
{
	struct peer *p = answer->session ? with_session(w, answer->session) :
					   peer_of(w, answer->connection);

	assert_int_equal(answer->verdict, ADMISSION_REPLACE);
	if (!answer->session || p) {
		assert_non_null(p);
		disconnect(w, p);
		return;
	}
	for (size_t i = 0; i < MAX; i++)
		if (w->sessions[i].id == answer->session)
			memset(&w->sessions[i], 0, sizeof(w->sessions[i]));
}

static struct peer *connects(struct world *w, const char *from)
{
	struct peer *p = new_peer(w);
	struct admission_answer answer;

	while ((answer = try_connect(w, p, from)).verdict == ADMISSION_REPLACE)
		end_for(w, &answer);
	assert_int_equal(answer.verdict, ADMISSION_ALLOW);
	return p;
}

static struct peer *speaks(struct world *w, const char *from)
{
	struct peer *p = connects(w, from);

	admission_connection_spoke(&p->c, w->now);
	return p;
}

static struct admission_answer try_call(struct world *w, struct peer *p, uint16_t call_id,
					struct admission_probed probed)
{
	const struct admission_call_question q = {
		.local = ip(HERE), .peer_call_id = call_id, .probed = probed,
		.session = p->session ? p->session->id : 0,
	};

	return note(w, admission_call(&p->call, &p->c, &q, w->now));
}

static const struct admission_probed not_probed;

static struct admission_probed probed(const struct known *k, bool alive)
{
	return (struct admission_probed){ k->id, alive };
}

static struct peer *calls(struct world *w, const char *from)
{
	struct peer *p = speaks(w, from);
	struct admission_answer answer;

	while ((answer = try_call(w, p, 0, not_probed)).verdict == ADMISSION_REPLACE)
		end_for(w, &answer);
	assert_int_equal(answer.verdict, ADMISSION_ALLOW);
	p->session = add_session(w, "", "");
	p->session->remote = ip(from);
	return p;
}

/* Ask for a try; if that is allowed, the backend judges the proof with @result. */
static struct admission_answer try_login(struct world *w, struct peer *p, const char *user,
					 enum auth_result result)
{
	struct admission_answer answer = admission_try(&p->login, &p->call, user, strlen(user),
						       w->now);

	if (answer.verdict == ADMISSION_ALLOW)
		admission_tried(&p->login, result, w->now);
	return note(w, answer);
}

static struct admission_answer try_enter(struct world *w, struct peer *p, const char *user,
					 const char *fixed, struct admission_probed probed)
{
	const struct admission_login_question q = {
		.user = user,
		.current = p->session ? p->session->user : "",
		.address_kind = *fixed ? AUTH_ADDRESS_FIXED :
				w->choice ? AUTH_ADDRESS_CHOSEN : AUTH_ADDRESS_POOL,
		.address = ip(fixed),
		.disabled = w->disabled, .expires_s = w->expires_s, .clock_s = w->clock_s,
		.pool = w->pool,
		.max_sessions = w->of_user,
		.single = w->single,
		.local = ip(HERE),
		.probed = probed,
	};
	struct admission_answer answer = admission_login(&p->login, &p->call, &q, w->now);

	if (answer.verdict == ADMISSION_ALLOW && p->session) {
		p->session->admitted = true;
		p->session->inner = answer.address;
		snprintf(p->session->user, sizeof(p->session->user), "%s", user);
	}
	return note(w, answer);
}

static struct admission_answer enters(struct world *w, struct peer *p, const char *user,
				      const char *fixed)
{
	assert_int_equal(try_login(w, p, user, AUTH_OK).verdict, ADMISSION_ALLOW);
	return try_enter(w, p, user, fixed, not_probed);
}

static struct peer *logs_in(struct world *w, const char *from, const char *user, const char *fixed)
{
	struct peer *p = calls(w, from);

	assert_int_equal(enters(w, p, user, fixed).verdict, ADMISSION_ALLOW);
	return p;
}

static bool chooses(struct peer *p, const char *address)
{
	return admission_choose(&p->call, ip(address), ip(HERE), (struct place){ 0 });
}

static void refused(struct admission_answer answer, enum admission_reason reason)
{
	assert_int_equal(answer.verdict, ADMISSION_REFUSE);
	assert_int_equal(answer.reason, reason);
}

static void replaces(struct admission_answer answer, const struct peer *p)
{
	assert_int_equal(answer.verdict, ADMISSION_REPLACE);
	assert_int_equal(answer.session, 0);
	assert_ptr_equal(answer.connection, &p->c);
}

static void about(struct admission_answer answer, enum admission_verdict verdict,
		  enum admission_reason reason, const struct known *k)
{
	assert_int_equal(answer.verdict, verdict);
	assert_int_equal(answer.reason, reason);
	assert_int_equal(answer.session, k->id);
}

static void allowed(struct admission_answer answer, const char *address)
{
	assert_int_equal(answer.verdict, ADMISSION_ALLOW);
	assert_ip(answer.address, address);
}

/* --- connections --------------------------------------------------------------------------- */

static void without_limits_everybody_comes_in(void **state)
{
	struct world *w = *state;
	struct admission_counts n;

	pool_put(w->pool);
	w->pool = pool_new(&(struct ipv4_range){ 0x0a010000, 0x0a01ffff }, 1, NULL, 0);
	for (int i = 0; i < MAX; i++)
		logs_in(w, "198.51.100.1", "alice", "");
	n = counts(w, "");
	assert_int_equal(n.connections, MAX);
	assert_int_equal(n.sessions, MAX);
	assert_int_equal(n.waiting + n.starting, 0);
	assert_int_equal(n.sources, 1);
}

static void behind_silent_ones_the_next_login_works_at_once(void **state)
{
	struct world *w = *state;

	w->limits.max_connections_per_address = 64;
	w->limits.max_starting_per_address = 32;
	set_limits(w);
	for (int i = 0; i < 300; i++)
		connects(w, "198.51.100.1");
	assert_int_equal(counts(w, "198.51.100.1").connections, 64);
	allowed(enters(w, calls(w, "198.51.100.1"), "alice", ""), "10.0.0.10");
	assert_int_equal(counts(w, "198.51.100.1").connections, 64);
	assert_int_equal(counts(w, "198.51.100.1").waiting, 63);
}

static void the_oldest_silent_one_gives_way_first(void **state)
{
	struct world *w = *state;
	struct peer *idle, *silent, *younger, *p;

	w->limits.max_connections_per_address = 3;
	set_limits(w);
	idle = speaks(w, "198.51.100.1");
	w->now++;
	silent = connects(w, "198.51.100.1");
	younger = connects(w, "198.51.100.1");
	p = new_peer(w);
	replaces(try_connect(w, p, "198.51.100.1"), silent);
	/* nothing was counted, so the answer is the same again */
	replaces(try_connect(w, p, "198.51.100.1"), silent);
	assert_int_equal(counts(w, "").connections, 3);
	admission_connection_spoke(&silent->c, w->now);
	replaces(try_connect(w, p, "198.51.100.1"), younger);
	admission_connection_spoke(&younger->c, w->now);
	replaces(try_connect(w, p, "198.51.100.1"), idle);
	assert_int_equal(try_connect(w, p, "198.51.100.2").verdict, ADMISSION_ALLOW);
}

static void calls_have_time_to_log_in(void **state)
{
	struct world *w = *state;
	struct peer *first, *p;

	w->limits.max_connections_per_address = 2;
	set_limits(w);
	first = calls(w, "198.51.100.1");
	w->now += 10;
	calls(w, "198.51.100.1");
	p = new_peer(w);
	w->now += ADMISSION_GRACE_MS - 11;
	refused(try_connect(w, p, "198.51.100.1"), ADMISSION_CONNECTIONS_OF_ADDRESS);
	w->now += 1;
	replaces(try_connect(w, p, "198.51.100.1"), first);
}

static void who_is_logged_in_does_not_count_for_the_address(void **state)
{
	struct world *w = *state;
	struct peer *p;

	pool_put(w->pool);
	w->pool = pool_new(&(struct ipv4_range){ 0x0a010000, 0x0a01ffff }, 1, NULL, 0);
	w->limits.max_connections_per_address = 2;
	w->limits.max_starting_per_address = 1;
	set_limits(w);
	for (int i = 0; i < 500; i++)
		p = logs_in(w, "198.51.100.1", "alice", "");
	assert_int_equal(counts(w, "198.51.100.1").waiting, 0);
	/* after the logout the connection waits again, as one whose peer has sent something */
	hang_up(w, p);
	assert_int_equal(counts(w, "198.51.100.1").waiting, 1);
	connects(w, "198.51.100.1");
	hang_up(w, p - 1);
	assert_int_equal(counts(w, "198.51.100.1").waiting, 3);
}

static void the_limit_in_all_is_for_everybody(void **state)
{
	struct world *w = *state;
	struct peer *p = new_peer(w);

	w->limits.max_connections = 2;
	set_limits(w);
	logs_in(w, "198.51.100.1", "alice", "");
	p = connects(w, "198.51.100.2");
	replaces(try_connect(w, new_peer(w), "198.51.100.3"), p);
	disconnect(w, p);
	logs_in(w, "198.51.100.3", "bob", "");
	refused(try_connect(w, new_peer(w), "198.51.100.4"), ADMISSION_CONNECTIONS);
	refused(try_connect(w, new_peer(w), "198.51.100.1"), ADMISSION_CONNECTIONS);
}

/* Without descriptors, one that waits gives way, and nobody who has logged in. */
static void for_a_descriptor_one_that_waits_gives_way(void **state)
{
	struct world *w = *state;
	struct peer *one, *two;

	logs_in(w, "198.51.100.1", "alice", "");
	refused(admission_no_descriptors(w->a, NULL, w->now), ADMISSION_DESCRIPTORS);
	connects(w, "198.51.100.2");
	one = connects(w, "198.51.100.3");
	two = connects(w, "198.51.100.3");
	replaces(admission_no_descriptors(w->a, NULL, w->now), one);
	disconnect(w, one);
	disconnect(w, two);
}

/* For a newcomer that is admitted already another one gives way, even one that has got further. */
static void nobody_gives_way_to_itself(void **state)
{
	struct world *w = *state;
	struct peer *idle, *other, *p;

	p = connects(w, "198.51.100.2");
	refused(admission_no_descriptors(w->a, &p->c, w->now), ADMISSION_DESCRIPTORS);
	idle = speaks(w, "198.51.100.2");
	replaces(admission_no_descriptors(w->a, &p->c, w->now), idle);
	other = connects(w, "198.51.100.3");
	disconnect(w, idle);
	replaces(admission_no_descriptors(w->a, &p->c, w->now), other);
}

/* A flood pushes out connections of its own address; so does a new peer; all others stay. */
static void a_flood_pushes_out_itself(void **state)
{
	struct world *w = *state;
	struct peer *good, *other;

	w->limits.max_waiting = 20;
	set_limits(w);
	good = connects(w, "203.0.113.1");
	for (int i = 0; i < 500; i++)
		connects(w, "198.51.100.1");
	other = connects(w, "203.0.113.2");
	for (int i = 0; i < 500; i++)
		speaks(w, "198.51.100.1");
	assert_int_equal(counts(w, "203.0.113.1").connections, 1);
	assert_int_equal(counts(w, "203.0.113.2").connections, 1);
	assert_int_equal(counts(w, "198.51.100.1").connections, 18);
	admission_connection_spoke(&good->c, w->now);
	assert_int_equal(try_call(w, good, 1, not_probed).verdict, ADMISSION_ALLOW);
	disconnect(w, other);
}

static void a_newcomer_pushes_out_the_oldest_of_many(void **state)
{
	struct world *w = *state;
	struct peer *first;

	w->limits.max_waiting = 20;
	set_limits(w);
	first = connects(w, "198.51.100.1");
	for (int i = 1; i < 20; i++)
		connects(w, "198.51.100.1");
	replaces(try_connect(w, new_peer(w), "203.0.113.1"), first);
}

static void giving_back_twice_is_harmless(void **state)
{
	struct world *w = *state;
	struct peer *p = logs_in(w, "198.51.100.1", "alice", "");
	struct admission_login none = { 0 };

	connects(w, "198.51.100.2");
	for (int i = 0; i < 2; i++) {
		admission_call_end(&p->call, w->now);
		admission_connection_end(&p->c);
		admission_connection_spoke(&p->c, w->now);
		admission_forget(&none, w->now);
		admission_tried(&none, AUTH_WRONG_SECRET, w->now);
	}
	assert_int_equal(counts(w, "").connections, 1);
	assert_int_equal(counts(w, "").sessions, 0);
	assert_int_equal(counts(w, "").sources, 1);
	assert_int_equal(pool_used(w->pool), 0);
}

/* --- calls --------------------------------------------------------------------------------- */

static void one_call_until_one_has_logged_in(void **state)
{
	struct world *w = *state;
	struct peer *p = calls(w, "198.51.100.1");
	struct peer more[3] = { { .c = { 0 } } };
	const struct admission_call_question q = { .local = ip(HERE) };

	w->limits.max_calls_per_connection = 3;
	set_limits(w);
	refused(admission_call(&more[0].call, &p->c, &q, w->now), ADMISSION_CALL_STARTING);
	allowed(enters(w, p, "alice", ""), "10.0.0.10");
	assert_int_equal(admission_call(&more[0].call, &p->c, &q, w->now).verdict,
			 ADMISSION_ALLOW);
	refused(admission_call(&more[1].call, &p->c, &q, w->now), ADMISSION_CALL_STARTING);
	allowed(enters(w, &more[0], "alice", ""), "10.0.0.11");
	assert_int_equal(admission_call(&more[1].call, &p->c, &q, w->now).verdict,
			 ADMISSION_ALLOW);
	refused(admission_call(&more[2].call, &p->c, &q, w->now), ADMISSION_CALLS);
	for (int i = 0; i < 3; i++)
		hang_up(w, &more[i]);
	assert_int_equal(counts(w, "").sessions, 1);
	assert_int_equal(counts(w, "").starting, 0);
}

static void calls_that_start_are_limited(void **state)
{
	struct world *w = *state;
	struct peer *first, *p, *other;

	w->limits.max_starting = 3;
	w->limits.max_starting_per_address = 2;
	set_limits(w);
	first = calls(w, "198.51.100.1");
	calls(w, "198.51.100.1");
	p = speaks(w, "198.51.100.1");
	refused(try_call(w, p, 0, not_probed), ADMISSION_STARTING_OF_ADDRESS);
	calls(w, "198.51.100.2");
	other = speaks(w, "198.51.100.3");
	refused(try_call(w, other, 0, not_probed), ADMISSION_STARTING);
	assert_int_equal(counts(w, "").starting, 3);
	/*
	 * a call that has not logged in in time gives way, and no silent connection, which has no
	 * call
	 */
	w->now += ADMISSION_GRACE_MS;
	connects(w, "198.51.100.1");
	replaces(try_call(w, p, 0, not_probed), first);
	replaces(try_call(w, other, 0, not_probed), first);
	disconnect(w, first);
	assert_int_equal(try_call(w, other, 0, not_probed).verdict, ADMISSION_ALLOW);
}

static void a_login_makes_room_for_calls(void **state)
{
	struct world *w = *state;
	struct peer *p;

	w->limits.max_starting = 1;
	set_limits(w);
	logs_in(w, "198.51.100.1", "alice", "");
	p = calls(w, "198.51.100.2");
	hang_up(w, p);
	calls(w, "198.51.100.3");
	assert_int_equal(counts(w, "").starting, 1);
}

static void a_call_id_that_is_silent_is_replaced(void **state)
{
	struct world *w = *state;
	struct peer *old = calls(w, "198.51.100.1");
	struct peer *p = speaks(w, "198.51.100.1");
	struct known *k = old->session;
	struct admission_answer answer;

	k->peer_call_id = 7;
	about(try_call(w, p, 7, not_probed), ADMISSION_PROBE, ADMISSION_CALL_ID, k);
	/* a call that waits for a probe is counted once, and may hang up */
	about(try_call(w, p, 7, not_probed), ADMISSION_PROBE, ADMISSION_CALL_ID, k);
	assert_int_equal(counts(w, "").starting, 2);
	hang_up(w, p);
	assert_int_equal(counts(w, "").starting, 1);
	about(try_call(w, p, 7, not_probed), ADMISSION_PROBE, ADMISSION_CALL_ID, k);
	answer = try_call(w, p, 7, probed(k, false));
	about(answer, ADMISSION_REPLACE, ADMISSION_CALL_ID, k);
	end_for(w, &answer);
	assert_int_equal(try_call(w, p, 7, not_probed).verdict, ADMISSION_ALLOW);
}

static void a_call_id_that_is_alive_is_a_nat(void **state)
{
	struct world *w = *state;
	struct peer *old = logs_in(w, "198.51.100.1", "alice", "");
	struct peer *p = speaks(w, "198.51.100.1");
	struct known *k = old->session;

	k->peer_call_id = 7;
	about(try_call(w, p, 7, not_probed), ADMISSION_PROBE, ADMISSION_CALL_ID, k);
	refused(try_call(w, p, 7, probed(k, true)), ADMISSION_CALL_ID);
	assert_non_null(strstr(admission_reason_info(ADMISSION_CALL_ID)->log, "NAT"));
	assert_int_equal(counts(w, "").starting, 0);
	/* another call ID, and the same call ID from another address, are free */
	assert_int_equal(try_call(w, p, 8, not_probed).verdict, ADMISSION_ALLOW);
	p = speaks(w, "198.51.100.2");
	assert_int_equal(try_call(w, p, 7, not_probed).verdict, ADMISSION_ALLOW);
}

static void a_probe_counts_for_whom_it_was_of(void **state)
{
	struct world *w = *state;
	struct peer *p = speaks(w, "198.51.100.1");
	struct known *k = add_session(w, "", "");

	k->peer_call_id = 7;
	k->remote = ip("198.51.100.1");
	about(try_call(w, p, 7, (struct admission_probed){ 99, false }), ADMISSION_PROBE,
	      ADMISSION_CALL_ID, k);
	about(try_call(w, p, 7, (struct admission_probed){ 99, true }), ADMISSION_PROBE,
	      ADMISSION_CALL_ID, k);
	/* the call's own session in the view does not stand in its way */
	p->session = k;
	assert_int_equal(try_call(w, p, 7, not_probed).verdict, ADMISSION_ALLOW);
}

/* --- addresses ----------------------------------------------------------------------------- */

/* Addresses that a restricted user may have. */
static const struct ipv4_range up_to_11[] = { { 0x0a000000, 0x0a00000b } };
static const struct ipv4_range elsewhere[] = { { 0x0b000000, 0x0b0000ff } };

static const struct address_case {
	const char *name;
	const char *fixed;		/* "": from the pool */
	const char *from;
	const char *held;		/* address of another session in the view; "": none */
	const char *taken;		/* address taken from the pool; "": none */
	const struct ipv4_range *within; /* one range; NULL: any address */
	const char *range;		/* of the pool; NULL: no pool */
	const char *excluded;
	enum admission_reason no;
	const char *want;
} address_cases[] = {
#define FROM	"198.51.100.1"
#define POOL	"10.0.0.10-10.0.0.12"
	{ "the first", "", FROM, "", "", NULL, POOL, "", 0, "10.0.0.10" },
	{ "taken", "", FROM, "", "10.0.0.10", NULL, POOL, "", 0, "10.0.0.11" },
	{ "held elsewhere: the next", "", FROM, "10.0.0.10", "", NULL, POOL, "", 0, "10.0.0.11" },
	{ "held and taken", "", FROM, "10.0.0.11", "10.0.0.10", NULL, POOL, "", 0, "10.0.0.12" },
	{ "restricted", "", FROM, "10.0.0.10", "", up_to_11, POOL, "", 0, "10.0.0.11" },
	{ "restricted, held", "", FROM, "10.0.0.11", "10.0.0.10", up_to_11, POOL, "",
	  ADMISSION_NO_ADDRESS, "" },
	{ "none allowed", "", FROM, "", "", elsewhere, POOL, "", ADMISSION_NO_ADDRESS, "" },
	{ "the last is held", "", FROM, "10.0.0.10", "", NULL, "10.0.0.10", "",
	  ADMISSION_NO_ADDRESS, "" },
	{ "no pool", "", FROM, "", "", NULL, NULL, "", ADMISSION_NO_POOL, "" },
	{ "one's outer: the next", "", "10.0.0.10", "", "", NULL, POOL, "", 0, "10.0.0.11" },
	{ "ours: the next", "", FROM, "", "", NULL, "10.0.0.1-10.0.0.2", "", 0, "10.0.0.2" },
	{ "our outer: the next", "", FROM, "", "", NULL, "192.0.2.1-192.0.2.2", "", 0,
	  "192.0.2.2" },
	{ "fixed", "10.7.0.1", FROM, "", "", NULL, POOL, "", 0, "10.7.0.1" },
	{ "fixed without pool", "10.7.0.1", FROM, "", "", NULL, NULL, "", 0, "10.7.0.1" },
	{ "fixed in the pool", "10.0.0.12", FROM, "", "10.0.0.10", NULL, POOL, "", 0,
	  "10.0.0.12" },
	{ "fixed and reserved", "10.0.0.12", FROM, "", "", NULL, POOL, "10.0.0.12", 0,
	  "10.0.0.12" },
	{ "fixed, taken", "10.0.0.12", FROM, "", "10.0.0.12", NULL, POOL, "",
	  ADMISSION_ADDRESS_HELD, "" },
	{ "fixed, held", "10.7.0.1", FROM, "10.7.0.1", "", NULL, POOL, "",
	  ADMISSION_ADDRESS_HELD, "" },
	{ "fixed, reserved, held", "10.0.0.12", FROM, "10.0.0.12", "", NULL, POOL, "10.0.0.12",
	  ADMISSION_ADDRESS_HELD, "" },
	{ "fixed, one's outer", FROM, FROM, "", "", NULL, POOL, "", ADMISSION_ADDRESS_OUTER, "" },
	{ "fixed, another's outer", "203.0.113.99", FROM, "", "", NULL, POOL, "",
	  ADMISSION_ADDRESS_OUTER, "" },
	{ "fixed, outer of another server's", OTHER, FROM, "", "", NULL, POOL, "",
	  ADMISSION_ADDRESS_OUTER, "" },
	{ "outer of another server's: the next", "", FROM, "", "", NULL, "203.0.113.5-203.0.113.6",
	  "", 0, "203.0.113.6" },
	{ "fixed, our outer", HERE, FROM, "", "", NULL, POOL, "", ADMISSION_ADDRESS_OURS, "" },
	{ "fixed, our inner", INSIDE, FROM, "", "", NULL, POOL, "", ADMISSION_ADDRESS_OURS, "" },
	{ "0.0.0.0", "0.0.0.0", FROM, "", "", NULL, POOL, "", ADMISSION_ADDRESS_UNUSABLE, "" },
	{ "loopback", "127.0.0.1", FROM, "", "", NULL, POOL, "", ADMISSION_ADDRESS_UNUSABLE, "" },
	{ "group", "224.0.0.1", FROM, "", "", NULL, POOL, "", ADMISSION_ADDRESS_UNUSABLE, "" },
	{ "broadcast", "255.255.255.255", FROM, "", "", NULL, POOL, "",
	  ADMISSION_ADDRESS_UNUSABLE, "" },
};

static struct pool *pool_of(const struct address_case *t)
{
	struct ip_addr excluded = ip(t->excluded);
	struct ipv4_range range;
	struct pool *pool;

	if (!t->range)
		return NULL;
	assert_null(ipv4_parse_range(t->range, &range));
	pool = pool_new(&range, 1, &excluded, 1);
	assert_non_null(pool);
	if (*t->taken)
		assert_int_equal(pool_take_address(pool, ip(t->taken)), 0);
	return pool;
}

static void address_case(struct world *w, const struct address_case *t)
{
	struct pool *pool = pool_of(t);
	const struct admission_login_question q = {
		.user = "alice",
		.address_kind = *t->fixed ? AUTH_ADDRESS_FIXED : AUTH_ADDRESS_POOL,
		.address = ip(t->fixed), .within = t->within, .n_within = 1, .pool = pool,
		.local = ip(HERE),
	};
	size_t used = pool ? pool_used(pool) : 0;
	struct known *other = *t->held ? add_session(w, "bob", t->held) : NULL;
	struct peer *p = calls(w, t->from);
	struct admission_answer answer = admission_login(&p->login, &p->call, &q, w->now);

	print_message("address: %s\n", t->name);
	if (t->no)
		refused(answer, t->no);
	else
		allowed(answer, t->want);
	disconnect(w, p);
	if (pool)
		assert_int_equal(pool_used(pool), used);
	pool_put(pool);
	if (other)
		memset(other, 0, sizeof(*other));
}

static void addresses_are_chosen(void **state)
{
	struct world *w = *state;

	connects(w, "203.0.113.99");
	for (size_t i = 0; i < sizeof(address_cases) / sizeof(address_cases[0]); i++)
		address_case(w, &address_cases[i]);
}

static const struct own_case {
	const char *name;
	const char *user;
	const char *own;		/* the address of the user's section; "": none */
	enum auth_address kind;		/* what the answerer says */
	const char *fixed;
	bool granted;			/* the answerer is RADIUS */
	bool claimed;
	enum admission_reason no;
	const char *want;
} own_cases[] = {
	{ "before the pool", "carol", CAROLS, AUTH_ADDRESS_POOL, "", false, false, 0, CAROLS },
	{ "before the secret's", "carol", CAROLS, AUTH_ADDRESS_FIXED, "10.7.0.1", false, false,
	  0, CAROLS },
	{ "before a choice", "carol", CAROLS, AUTH_ADDRESS_CHOSEN, "", false, false, 0, CAROLS },
	{ "behind RADIUS", "carol", CAROLS, AUTH_ADDRESS_FIXED, "10.7.0.1", true, false, 0,
	  "10.7.0.1" },
	{ "behind a choice that RADIUS grants", "carol", CAROLS, AUTH_ADDRESS_CHOSEN, "", true,
	  false, 0, "10.0.0.10" },
	{ "before the pool that RADIUS leaves open", "carol", CAROLS, AUTH_ADDRESS_POOL, "", true,
	  false, 0, CAROLS },
	{ "not for who only claims to be carol", "carol", CAROLS, AUTH_ADDRESS_POOL, "", false,
	  true, 0, "10.0.0.10" },
	{ "the secret has it, too", "carol", CAROLS, AUTH_ADDRESS_FIXED, CAROLS, false, false, 0,
	  CAROLS },
	{ "not bob's by his secret", "bob", "", AUTH_ADDRESS_FIXED, CAROLS, false, false,
	  ADMISSION_ADDRESS_RESERVED, "" },
	{ "not bob's by RADIUS", "bob", "", AUTH_ADDRESS_FIXED, CAROLS, true, false,
	  ADMISSION_ADDRESS_RESERVED, "" },
	{ "not by RADIUS for a claim", "carol", CAROLS, AUTH_ADDRESS_FIXED, CAROLS, true, true,
	  ADMISSION_ADDRESS_RESERVED, "" },
};

static void own_case(struct world *w, const struct own_case *t)
{
	struct peer *p = calls(w, FROM);
	const struct admission_login_question q = {
		.user = t->user, .current = "", .address_kind = t->kind, .address = ip(t->fixed),
		.own = ip(t->own), .granted = t->granted, .claimed = t->claimed, .pool = w->pool,
		.local = ip(HERE),
	};
	struct admission_answer answer = admission_login(&p->login, &p->call, &q, w->now);

	print_message("own address: %s\n", t->name);
	if (t->no)
		refused(answer, t->no);
	else
		allowed(answer, t->want);
	disconnect(w, p);
}

static void own_addresses_are_their_owners_alone(void **state)
{
	struct world *w = *state;

	w->carol_owns = true;
	for (size_t i = 0; i < sizeof(own_cases) / sizeof(own_cases[0]); i++)
		own_case(w, &own_cases[i]);
	/* a pool that has it gives it to nobody, though nobody is there */
	logs_in(w, FROM, "alice", "");
	logs_in(w, FROM, "bob", "");
	assert_int_equal(pool_used(w->pool), 2);
	refused(enters(w, calls(w, FROM), "dave", ""), ADMISSION_NO_ADDRESS);
	allowed(enters(w, calls(w, FROM), "carol", ""), CAROLS);
}

static void chain_next(struct world *w, const char *range)
{
	struct pool *next;
	struct ipv4_range r;

	assert_null(ipv4_parse_range(range, &r));
	next = pool_new(&r, 1, NULL, 0);
	assert_non_null(next);
	pool_set_next(w->pool, next);
	pool_put(next);
}

/* An address that cannot be had is no address of the pool: the next one is asked, and so on. */
static void what_is_held_elsewhere_is_passed_over_in_a_chain(void **state)
{
	struct world *w = *state;
	struct pool *next;
	struct peer *p;

	chain_next(w, "10.1.0.1-10.1.0.4");
	next = pool_next(w->pool);
	add_session(w, "", "10.0.0.10");
	add_session(w, "", "10.1.0.1");
	logs_in(w, FROM, "alice", "");
	logs_in(w, FROM, "bob", "");
	connects(w, "10.1.0.2");
	p = calls(w, FROM);
	allowed(enters(w, p, "carol", ""), "10.1.0.3");
	assert_int_equal(pool_used(w->pool), 2);
	assert_int_equal(pool_used(next), 1);
	allowed(enters(w, calls(w, FROM), "dave", ""), "10.1.0.4");
	refused(enters(w, calls(w, FROM), "erin", ""), ADMISSION_NO_ADDRESS);
	/* each goes back to where it came from */
	disconnect(w, p);
	assert_int_equal(pool_used(w->pool), 2);
	assert_int_equal(pool_used(next), 1);
	allowed(enters(w, calls(w, FROM), "erin", ""), "10.1.0.3");
}

/* Else the chain would give it to somebody else as well. */
static void a_fixed_address_is_taken_from_its_pool_of_the_chain(void **state)
{
	struct world *w = *state;
	struct pool *next;
	struct peer *p;

	chain_next(w, "10.1.0.1-10.1.0.2");
	next = pool_next(w->pool);
	p = logs_in(w, FROM, "alice", "10.1.0.2");
	assert_int_equal(pool_used(w->pool), 0);
	assert_int_equal(pool_used(next), 1);
	refused(enters(w, calls(w, FROM), "bob", "10.1.0.2"), ADMISSION_ADDRESS_HELD);
	disconnect(w, p);
	assert_int_equal(pool_used(next), 0);
}

static void addresses_come_back(void **state)
{
	struct world *w = *state;
	struct peer *p = logs_in(w, FROM, "alice", "10.0.0.11");
	struct pool *pool = w->pool;

	assert_int_equal(pool_used(pool), 1);
	logs_in(w, FROM, "bob", "");
	logs_in(w, FROM, "carol", "");
	assert_int_equal(pool_used(pool), 3);
	refused(enters(w, calls(w, FROM), "dave", ""), ADMISSION_NO_ADDRESS);
	hang_up(w, p);
	assert_int_equal(pool_used(pool), 2);
	allowed(enters(w, calls(w, FROM), "dave", ""), "10.0.0.11");
}

static void another_free_address_can_be_chosen(void **state)
{
	struct world *w = *state;
	struct peer *p, *other;

	w->choice = true;
	p = logs_in(w, FROM, "alice", "");
	other = logs_in(w, FROM, "bob", "");
	assert_ip(p->call.address, "10.0.0.10");
	assert_ip(other->call.address, "10.0.0.11");
	assert_true(chooses(p, "10.0.0.12"));
	p->session->inner = ip("10.0.0.12");
	assert_ip(p->call.address, "10.0.0.12");
	assert_int_equal(pool_used(w->pool), 2);
	/* the first one is free for others now */
	allowed(enters(w, calls(w, FROM), "carol", "10.0.0.10"), "10.0.0.10");
	hang_up(w, p);
	assert_int_equal(pool_used(w->pool), 2);
}

static void no_other_address_can_be_chosen(void **state)
{
	static const char *const no[] = {
		"10.0.0.11", INSIDE, HERE, OTHER, "203.0.113.7", "127.0.0.1", "8.8.8.8",
		"198.51.100.9",
	};
	struct world *w = *state;
	struct peer *p = calls(w, FROM), *bob, *fixed;

	w->choice = true;
	assert_false(chooses(p, "10.0.0.12"));
	assert_int_equal(enters(w, p, "alice", "").verdict, ADMISSION_ALLOW);
	bob = logs_in(w, FROM, "bob", "");
	connects(w, "203.0.113.7");
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		assert_false(chooses(p, no[i]));
	/* held by a session of which the pool does not know */
	w->sessions[MAX - 1] = (struct known){ .id = 99, .inner = ip("10.0.0.12") };
	assert_false(chooses(p, "10.0.0.12"));
	assert_ip(p->call.address, "10.0.0.10");
	assert_int_equal(pool_used(w->pool), 2);
	/* who has an address of no pool has nothing to choose from */
	memset(&w->sessions[MAX - 1], 0, sizeof(w->sessions[0]));
	fixed = logs_in(w, FROM, "carol", "10.7.7.7");
	assert_false(chooses(fixed, "10.0.0.12"));
	/* nor who has one of the pool that is not his to choose, or not any more */
	hang_up(w, bob);
	fixed = logs_in(w, FROM, "carol", "10.0.0.11");
	assert_non_null(fixed->call.pool);
	assert_false(chooses(fixed, "10.0.0.12"));
	w->choice = false;
	assert_int_equal(enters(w, p, "alice", "").verdict, ADMISSION_ALLOW);
	assert_false(chooses(p, "10.0.0.12"));
}

static void somebodys_own_address_cannot_be_chosen(void **state)
{
	struct world *w = *state;
	struct peer *p;

	w->choice = true;
	p = logs_in(w, FROM, "alice", "");
	w->carol_owns = true;
	assert_false(chooses(p, CAROLS));
	w->carol_owns = false;
	assert_true(chooses(p, CAROLS));
	p->session->inner = ip(CAROLS);
}

static void own_addresses_in_a_pool_are_found(void **state)
{
	static const char text[] =
		"alice * secret 10.0.0.12\n"
		"bob * secret 10.0.0.10\n"
		"robert * secret 10.0.0.10\n"
		"carol * secret 10.0.0.0/30\n"
		"dave * secret 10.0.0.11 10.0.0.12\n"
		"eve * secret 10.9.9.9\n"
		"frank * secret 10.0.1.5\n"
		"grace * secret *\n";
	struct ipv4_range ranges[] = { { 0x0a000105, 0x0a000105 }, { 0x0a00000a, 0x0a00000c } };
	struct secrets *secrets;
	struct ip_addr *list;
	struct diag diag;
	size_t n;

	diag_init(&diag);
	secrets = secrets_parse("file", text, strlen(text), &diag);
	assert_non_null(secrets);
	list = admission_reserved(secrets, ranges, 2, &n);
	assert_int_equal(n, 3);
	assert_ip(list[0], "10.0.0.10");
	assert_ip(list[1], "10.0.0.12");
	assert_ip(list[2], "10.0.1.5");
	free(list);
	assert_null(admission_reserved(secrets, ranges, 0, &n));
	assert_int_equal(n, 0);
	secrets_put(secrets);
	diag_free(&diag);
}

/* --- sessions ------------------------------------------------------------------------------ */

static void sessions_are_counted_when_users_come_in(void **state)
{
	struct world *w = *state;
	struct peer *first, *second, *third;

	w->limits.max_sessions = 2;
	set_limits(w);
	for (int i = 0; i < 50; i++)
		calls(w, FROM);
	first = logs_in(w, FROM, "alice", "");
	second = calls(w, FROM);
	third = calls(w, FROM);
	allowed(enters(w, third, "carol", ""), "10.0.0.11");
	refused(enters(w, second, "bob", ""), ADMISSION_SESSIONS);
	assert_int_equal(pool_used(w->pool), 2);
	hang_up(w, first);
	allowed(enters(w, second, "bob", ""), "10.0.0.12");
}

static void sessions_of_an_address_are_counted(void **state)
{
	struct world *w = *state;
	struct peer *first, *p;

	w->limits.max_sessions_per_address = 2;
	set_limits(w);
	first = logs_in(w, FROM, "alice", "");
	logs_in(w, FROM, "bob", "");
	assert_int_equal(counts(w, FROM).sessions, 2);
	p = calls(w, FROM);
	refused(enters(w, p, "carol", ""), ADMISSION_SESSIONS_OF_ADDRESS);
	assert_int_equal(pool_used(w->pool), 2);
	logs_in(w, "198.51.100.2", "carol", "");
	disconnect(w, first);
	allowed(enters(w, p, "dave", ""), "10.0.0.10");
}

static void sessions_of_all_servers_are_counted(void **state)
{
	struct world *w = *state;
	struct peer *p;

	w->limits.max_sessions_of_all = 5;
	set_limits(w);
	w->elsewhere = 4;
	logs_in(w, FROM, "alice", "");
	p = calls(w, FROM);
	refused(enters(w, p, "bob", ""), ADMISSION_SESSIONS_OF_ALL);
	assert_int_equal(pool_used(w->pool), 1);
	w->elsewhere = 3;
	allowed(enters(w, p, "bob", ""), "10.0.0.11");
}

/* Also when the server is full of others, or there is a session to be replaced. */
static void nobody_new_comes_in(void **state)
{
	struct world *w = *state;
	struct peer *in, *called, *idle;

	w->of_user = 1;
	w->limits.max_calls_per_connection = 1;
	set_limits(w);
	in = logs_in(w, FROM, "alice", "");
	called = calls(w, FROM);
	idle = speaks(w, FROM);
	w->limits.nobody_new = true;
	set_limits(w);
	refused(try_connect(w, new_peer(w), FROM), ADMISSION_DRAINED);
	refused(try_call(w, idle, 0, not_probed), ADMISSION_DRAINED);
	refused(enters(w, called, "alice", ""), ADMISSION_DRAINED);
	/* Who is in proves who he is once more. */
	allowed(enters(w, in, "alice", ""), "10.0.0.10");
	assert_int_equal(counts(w, "").sessions, 1);
	w->limits.nobody_new = false;
	set_limits(w);
	allowed(enters(w, called, "bob", ""), "10.0.0.11");
}

static void a_silent_session_of_the_user_is_replaced(void **state)
{
	struct world *w = *state;
	struct peer *old, *p;
	struct admission_answer answer;
	struct known *k;

	w->of_user = 1;
	w->limits.max_sessions = 1;	/* full, but not for long */
	set_limits(w);
	old = logs_in(w, FROM, "alice", "");
	k = old->session;
	p = calls(w, "198.51.100.2");
	about(enters(w, p, "alice", ""), ADMISSION_PROBE, ADMISSION_SESSIONS_OF_USER, k);
	assert_int_equal(counts(w, "").sessions, 1);
	answer = try_enter(w, p, "alice", "", probed(k, false));
	about(answer, ADMISSION_REPLACE, ADMISSION_SESSIONS_OF_USER, k);
	end_for(w, &answer);
	/* the user gets the last address again */
	allowed(try_enter(w, p, "alice", "", probed(&(struct known){ .id = 1 }, false)),
		"10.0.0.10");
	assert_int_equal(counts(w, "").sessions, 1);
}

static void the_first_session_of_two(struct world *w, struct peer **old, struct peer **new)
{
	*old = logs_in(w, FROM, "alice", "");
	*new = calls(w, "198.51.100.2");
}

static void a_second_session_is_denied(void **state)
{
	struct world *w = *state;
	struct peer *old, *new;

	w->single = POLICY_SINGLE_DENY;
	the_first_session_of_two(w, &old, &new);
	refused(enters(w, new, "alice", ""), ADMISSION_SESSIONS_OF_USER);
	/* not by its address either */
	refused(enters(w, new, "alice", "10.0.0.10"), ADMISSION_SESSIONS_OF_USER);
	allowed(enters(w, new, "bob", ""), "10.0.0.11");
	hang_up(w, old);
	allowed(enters(w, calls(w, FROM), "alice", ""), "10.0.0.10");
}

static void a_second_session_replaces_the_first_that_is_silent(void **state)
{
	struct world *w = *state;
	struct admission_answer answer;
	struct peer *old, *new;

	w->single = POLICY_SINGLE_REPLACE;
	w->of_user = 5;			/* does not count */
	the_first_session_of_two(w, &old, &new);
	about(enters(w, new, "alice", ""), ADMISSION_PROBE, ADMISSION_SESSIONS_OF_USER,
	      old->session);
	answer = try_enter(w, new, "alice", "", probed(old->session, false));
	about(answer, ADMISSION_REPLACE, ADMISSION_SESSIONS_OF_USER, old->session);
	end_for(w, &answer);
	allowed(try_enter(w, new, "alice", "", not_probed), "10.0.0.10");
}

static void a_second_session_replaces_the_first_at_once(void **state)
{
	struct world *w = *state;
	struct admission_answer answer;
	struct peer *old, *new;

	w->single = POLICY_SINGLE_REPLACE_NOW;
	the_first_session_of_two(w, &old, &new);
	answer = enters(w, new, "alice", "");
	about(answer, ADMISSION_REPLACE, ADMISSION_SESSIONS_OF_USER, old->session);
	end_for(w, &answer);
	allowed(try_enter(w, new, "alice", "", not_probed), "10.0.0.10");
	/* another user's stays */
	refused(enters(w, calls(w, FROM), "bob", "10.0.0.10"), ADMISSION_ADDRESS_HELD);
}

/* Else whoever can log in by EAP could end sessions of others, by calling itself like them. */
static void no_session_gives_way_to_a_mere_name(void **state)
{
	struct world *w = *state;
	struct admission_login_question q = {
		.user = "alice", .current = "", .pool = w->pool, .local = ip(HERE),
		.max_sessions = 1, .claimed = true,
	};
	struct peer *p;

	logs_in(w, FROM, "alice", "");
	p = calls(w, "198.51.100.2");
	assert_int_equal(try_login(w, p, "alice", AUTH_OK).verdict, ADMISSION_ALLOW);
	refused(admission_login(&p->login, &p->call, &q, w->now), ADMISSION_SESSIONS_OF_USER);
}

static void a_session_that_lives_stays(void **state)
{
	struct world *w = *state;
	struct peer *old, *p = calls(w, FROM);

	w->of_user = 1;
	old = logs_in(w, FROM, "alice", "");
	about(enters(w, p, "alice", ""), ADMISSION_PROBE, ADMISSION_SESSIONS_OF_USER,
	      old->session);
	refused(try_enter(w, p, "alice", "", probed(old->session, true)),
		ADMISSION_SESSIONS_OF_USER);
	/* the session stays alive for this login, even if a later result says otherwise */
	refused(try_enter(w, p, "alice", "", probed(old->session, false)),
		ADMISSION_SESSIONS_OF_USER);
	/* another user is not concerned */
	allowed(enters(w, calls(w, FROM), "bob", ""), "10.0.0.11");
}

static void two_takers_of_one_session_do_not_end_each_other(void **state)
{
	struct world *w = *state;
	struct peer *old, *a = calls(w, FROM), *b = calls(w, FROM);
	struct known stale;
	struct admission_answer answer;

	w->of_user = 1;
	old = logs_in(w, FROM, "alice", "");
	stale = *old->session;
	about(enters(w, a, "alice", ""), ADMISSION_PROBE, ADMISSION_SESSIONS_OF_USER, &stale);
	about(enters(w, b, "alice", ""), ADMISSION_PROBE, ADMISSION_SESSIONS_OF_USER, &stale);
	answer = try_enter(w, a, "alice", "", probed(&stale, false));
	end_for(w, &answer);
	allowed(try_enter(w, a, "alice", "", not_probed), "10.0.0.10");
	about(try_enter(w, b, "alice", "", probed(&stale, false)), ADMISSION_PROBE,
	      ADMISSION_SESSIONS_OF_USER, a->session);
	refused(try_enter(w, b, "alice", "", probed(a->session, true)),
		ADMISSION_SESSIONS_OF_USER);
}

static void the_quietest_are_probed_first_and_not_without_end(void **state)
{
	struct world *w = *state;
	struct known *k[ADMISSION_PROBES + 1];
	struct peer *p = calls(w, FROM);
	struct admission_answer answer;

	w->of_user = ADMISSION_PROBES + 1;
	for (unsigned int i = 0; i < ADMISSION_PROBES + 1; i++) {
		k[i] = add_session(w, "alice", "");
		k[i]->inner = ip("10.3.0.1");
		k[i]->heard = 1000 - i;
	}
	add_session(w, "bob", "10.3.0.2");
	answer = enters(w, p, "alice", "");
	for (unsigned int i = ADMISSION_PROBES; i > 0; i--) {
		about(answer, ADMISSION_PROBE, ADMISSION_SESSIONS_OF_USER, k[i]);
		answer = try_enter(w, p, "alice", "", probed(k[i], true));
	}
	refused(answer, ADMISSION_SESSIONS_OF_USER);

	/* the probed one is replaced, though another is quieter by now */
	about(enters(w, p, "alice", ""), ADMISSION_PROBE, ADMISSION_SESSIONS_OF_USER,
	      k[ADMISSION_PROBES]);
	k[1]->heard = 1;
	about(try_enter(w, p, "alice", "", probed(k[ADMISSION_PROBES], false)),
	      ADMISSION_REPLACE, ADMISSION_SESSIONS_OF_USER, k[ADMISSION_PROBES]);
	/* if the view does not know when peers were heard, the oldest session is probed */
	for (unsigned int i = 0; i < ADMISSION_PROBES + 1; i++)
		k[i]->heard = 0;
	about(enters(w, p, "alice", ""), ADMISSION_PROBE, ADMISSION_SESSIONS_OF_USER, k[0]);
}

static void ones_own_address_is_taken_over(void **state)
{
	struct world *w = *state;
	struct peer *old = logs_in(w, FROM, "alice", "10.0.0.11");
	struct peer *p = calls(w, "198.51.100.2");
	struct known *k = old->session;
	struct admission_answer answer;

	about(enters(w, p, "alice", "10.0.0.11"), ADMISSION_PROBE, ADMISSION_ADDRESS_HELD, k);
	refused(try_enter(w, p, "alice", "10.0.0.11", probed(k, true)), ADMISSION_ADDRESS_HELD);
	about(enters(w, p, "alice", "10.0.0.11"), ADMISSION_PROBE, ADMISSION_ADDRESS_HELD, k);
	answer = try_enter(w, p, "alice", "10.0.0.11", probed(k, false));
	about(answer, ADMISSION_REPLACE, ADMISSION_ADDRESS_HELD, k);
	end_for(w, &answer);
	allowed(try_enter(w, p, "alice", "10.0.0.11", not_probed), "10.0.0.11");
	/* the address of another user is not, nor that of a session of another server */
	refused(enters(w, calls(w, FROM), "bob", "10.0.0.11"), ADMISSION_ADDRESS_HELD);
	add_session(w, "alice", "10.4.0.1")->admitted = false;
	refused(enters(w, calls(w, FROM), "alice", "10.4.0.1"), ADMISSION_ADDRESS_HELD);
}

static const struct account_case {
	const char *name;
	bool disabled;
	uint64_t expires_s, clock_s;
	enum admission_reason no;
} account_cases[] = {
	{ "open", false, 0, 1000, 0 },
	{ "disabled", true, 0, 1000, ADMISSION_USER_DISABLED },
	{ "a second before it expires", false, 1000, 999, 0 },
	{ "expires", false, 1000, 1000, ADMISSION_USER_EXPIRED },
	{ "has expired", false, 1000, 1001, ADMISSION_USER_EXPIRED },
	{ "disabled, and has expired", true, 1000, 1001, ADMISSION_USER_DISABLED },
};

static void account_case(struct world *w, const struct account_case *t)
{
	struct peer *in, *p;

	print_message("account: %s\n", t->name);
	w->disabled = false;
	w->expires_s = 0;
	in = logs_in(w, FROM, "bob", "");
	w->disabled = t->disabled;
	w->expires_s = t->expires_s;
	w->clock_s = t->clock_s;
	p = calls(w, FROM);
	if (t->no) {
		refused(enters(w, p, "alice", ""), t->no);
		assert_int_equal(counts(w, "").starting, 1);
		/* nor does who is in pass another challenge; it is the owner who ends the session */
		refused(enters(w, in, "bob", ""), t->no);
		assert_int_equal(counts(w, "").sessions, 1);
	} else {
		assert_int_equal(enters(w, p, "alice", "").verdict, ADMISSION_ALLOW);
		allowed(enters(w, in, "bob", ""), "10.0.0.10");
	}
	disconnect(w, p);
	disconnect(w, in);
	assert_int_equal(pool_used(w->pool), 0);
}

static void closed_accounts_let_nobody_in(void **state)
{
	for (size_t i = 0; i < sizeof(account_cases) / sizeof(account_cases[0]); i++)
		account_case(*state, &account_cases[i]);
}

static void who_is_banned_neither_calls_nor_tries(void **state)
{
	struct world *w = *state;
	struct peer *in = logs_in(w, FROM, "alice", ""), *calling = calls(w, FROM);
	struct peer *connected = speaks(w, FROM);

	w->limits.max_failed_logins = 1;
	set_limits(w);
	w->banned = FROM;
	refused(try_call(w, connected, 1, not_probed), ADMISSION_BANNED);
	assert_int_equal(counts(w, "").starting, 1);
	refused(try_login(w, calling, "bob", AUTH_OK), ADMISSION_BANNED);
	/* who is in stays, and others are not concerned */
	allowed(enters(w, in, "alice", ""), "10.0.0.10");
	allowed(enters(w, calls(w, "198.51.100.2"), "carol", ""), "10.0.0.11");
	/* what was refused has not been counted as failed */
	w->banned = NULL;
	allowed(enters(w, calling, "bob", ""), "10.0.0.12");
	assert_int_equal(try_call(w, connected, 1, not_probed).verdict, ADMISSION_ALLOW);
}

static void another_user_does_not_get_the_call(void **state)
{
	struct world *w = *state;
	struct peer *p = logs_in(w, FROM, "alice", "");

	w->of_user = 1;
	w->limits.max_sessions = 1;
	set_limits(w);
	/* the same user keeps session and address, whatever the limits and the question are now */
	allowed(enters(w, p, "alice", ""), "10.0.0.10");
	allowed(enters(w, p, "alice", "10.7.0.7"), "10.0.0.10");
	/* another user is refused before the backend is asked: no password can be guessed so */
	refused(try_login(w, p, "bob", AUTH_OK), ADMISSION_OTHER_USER);
	/* another user is refused, too, if only the backend can tell that it is another user */
	assert_int_equal(try_login(w, p, "alice", AUTH_OK).verdict, ADMISSION_ALLOW);
	refused(try_enter(w, p, "bob", "", not_probed), ADMISSION_OTHER_USER);
	assert_int_equal(counts(w, "").sessions, 1);
	assert_int_equal(pool_used(w->pool), 1);
}

/* --- failed logins ------------------------------------------------------------------------- */

static void limit_failures(struct world *w)
{
	w->limits.max_failed_logins = FAILURES_OF_USER;
	w->limits.max_failed_logins_per_address = FAILURES_OF_ADDRESS;
	set_limits(w);
}

static void fails_as(struct world *w, struct peer *p, const char *user, unsigned int times)
{
	while (times--)
		assert_int_equal(try_login(w, p, user, AUTH_WRONG_SECRET).verdict, ADMISSION_ALLOW);
}

static void guessing_is_slow(void **state)
{
	struct world *w = *state;
	struct peer *p = calls(w, FROM);
	struct admission_answer answer;

	limit_failures(w);
	fails_as(w, p, "alice", FAILURES_OF_USER);
	answer = try_login(w, p, "alice", AUTH_OK);
	refused(answer, ADMISSION_FAILED_LOGINS);
	assert_int_equal(answer.wait, THROTTLE_REFILL_MS / FAILURES_OF_USER);
	/* upper case does not make another user */
	refused(try_login(w, p, "ALICE", AUTH_OK), ADMISSION_FAILED_LOGINS);
	w->now += answer.wait - 1;
	refused(try_login(w, p, "alice", AUTH_OK), ADMISSION_FAILED_LOGINS);
	w->now++;
	fails_as(w, p, "alice", 1);
	refused(try_login(w, p, "alice", AUTH_OK), ADMISSION_FAILED_LOGINS);
	/* hanging up does not help */
	disconnect(w, p);
	refused(try_login(w, calls(w, FROM), "alice", AUTH_OK), ADMISSION_FAILED_LOGINS);
}

static void nobody_can_be_locked_out_from_elsewhere(void **state)
{
	struct world *w = *state;
	char from[32];

	limit_failures(w);
	for (int i = 0; i < 200; i++) {
		snprintf(from, sizeof(from), "203.0.113.%d", i + 1);
		fails_as(w, calls(w, from), "alice", FAILURES_OF_USER);
	}
	allowed(enters(w, calls(w, FROM), "alice", ""), "10.0.0.10");
}

static void names_do_not_hide_who_guesses(void **state)
{
	struct world *w = *state;
	struct peer *p;
	char user[32];

	limit_failures(w);
	assert_int_equal(try_login(w, calls(w, FROM), "alice", AUTH_OK).verdict,
			 ADMISSION_ALLOW);
	p = calls(w, FROM);
	for (int i = 0; i < FAILURES_OF_ADDRESS; i++) {
		snprintf(user, sizeof(user), "user%d", i);
		fails_as(w, p, user, 1);
	}
	refused(try_login(w, p, "bob", AUTH_OK), ADMISSION_FAILED_LOGINS_OF_ADDRESS);
	/* a user who is known there is let in, and so are all users at other addresses */
	allowed(enters(w, calls(w, FROM), "alice", ""), "10.0.0.10");
	allowed(enters(w, calls(w, "198.51.100.2"), "bob", ""), "10.0.0.11");
	/* the name of a known user does not give more tries than its own limit */
	fails_as(w, p, "alice", FAILURES_OF_USER);
	refused(try_login(w, p, "alice", AUTH_OK), ADMISSION_FAILED_LOGINS);
}

static void only_wrong_proofs_are_failures(void **state)
{
	static const enum auth_result others[] = {
		AUTH_OK, AUTH_NO_ADDRESS, AUTH_REFUSED, AUTH_UNAVAILABLE,
	};
	struct world *w = *state;
	struct peer *p = calls(w, FROM);

	limit_failures(w);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(try_login(w, p, "alice", others[i % 4]).verdict,
				 ADMISSION_ALLOW);
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(admission_try(&p->login, &p->call, "alice", 5, w->now).verdict,
				 ADMISSION_ALLOW);
		admission_forget(&p->login, w->now);
	}
	for (int i = 0; i < FAILURES_OF_USER; i++)
		assert_int_equal(try_login(w, p, "alice", AUTH_UNKNOWN_USER).verdict,
				 ADMISSION_ALLOW);
	refused(try_login(w, p, "alice", AUTH_OK), ADMISSION_FAILED_LOGINS);
}

/* Tries that a slow backend has not judged yet count, or they would get around the limit. */
static void tries_under_way_count(void **state)
{
	struct world *w = *state;
	struct peer *p[FAILURES_OF_USER + 1];

	limit_failures(w);
	for (int i = 0; i <= FAILURES_OF_USER; i++)
		p[i] = calls(w, FROM);
	for (int i = 0; i < FAILURES_OF_USER; i++)
		assert_int_equal(admission_try(&p[i]->login, &p[i]->call, "alice", 5,
					       w->now).verdict, ADMISSION_ALLOW);
	refused(try_login(w, p[FAILURES_OF_USER], "alice", AUTH_OK),
		ADMISSION_FAILED_LOGINS);
	admission_tried(&p[0]->login, AUTH_UNAVAILABLE, w->now);
	assert_int_equal(try_login(w, p[FAILURES_OF_USER], "alice", AUTH_OK).verdict,
			 ADMISSION_ALLOW);
}

static void neighbours_do_not_end_a_session(void **state)
{
	struct world *w = *state;
	struct peer *in, *p;

	limit_failures(w);
	in = logs_in(w, FROM, "alice", "");
	p = calls(w, FROM);
	fails_as(w, p, "alice", FAILURES_OF_USER);
	refused(try_login(w, p, "alice", AUTH_OK), ADMISSION_FAILED_LOGINS);
	/* a new challenge */
	allowed(enters(w, in, "alice", ""), "10.0.0.10");
	/* does not give back tries that other peers have used up with the same name */
	refused(try_login(w, p, "alice", AUTH_OK), ADMISSION_FAILED_LOGINS);
}

static void long_and_odd_names_are_users_too(void **state)
{
	struct world *w = *state;
	struct peer *p = calls(w, FROM);
	char name[PPP_NAME_MAX + 10];

	memset(name, 'x', sizeof(name));
	limit_failures(w);
	assert_int_equal(admission_try(&p->login, &p->call, name, sizeof(name), w->now).verdict,
			 ADMISSION_ALLOW);
	admission_tried(&p->login, AUTH_UNKNOWN_USER, w->now);
	for (int i = 0; i < FAILURES_OF_USER; i++)
		fails_as(w, p, "", 1);
	refused(try_login(w, p, "", AUTH_OK), ADMISSION_FAILED_LOGINS);
	assert_int_equal(try_login(w, p, "x", AUTH_OK).verdict, ADMISSION_ALLOW);
}

/* --- reasons ------------------------------------------------------------------------------- */

static void every_reason_has_its_words(void **state)
{
	for (unsigned int i = ADMISSION_NONE + 1; i < ADMISSION_REASONS; i++) {
		const struct admission_reason_info *info = admission_reason_info(i);
		bool login = i >= ADMISSION_FAILED_LOGINS;

		assert_true(info->log && *info->log && info->peer);
		assert_true(strlen(info->peer) <= PPP_TEXT_MAX);
		/* logins have a text and a code for PPP; the code tells temporary reasons apart */
		assert_int_equal(*info->peer != 0, login);
		assert_int_equal(info->mschap,
				 !login ? 0 :
				 info->temporary ? MSCHAP_ERR_RESTRICTED_LOGON_HOURS :
				 i >= ADMISSION_USER_DISABLED ? MSCHAP_ERR_ACCT_DISABLED :
								MSCHAP_ERR_NO_DIALIN_PERMISSION);
		for (unsigned int j = ADMISSION_NONE + 1; j < i; j++) {
			assert_string_not_equal(info->log, admission_reason_info(j)->log);
			assert_string_not_equal(admission_reason_name(i), admission_reason_name(j));
		}
	}
}

/* --- anything at all ----------------------------------------------------------------------- */

#define SOURCES	6
#define USERS	5

static const char *source(unsigned int i)
{
	static const char *addresses[SOURCES] = {
		"198.51.100.1", "198.51.100.2", "198.51.100.3", "198.51.100.4", "198.51.100.5",
		"198.51.100.6",
	};

	return addresses[i % SOURCES];
}

static const char *user(unsigned int i)
{
	static const char *names[USERS] = { "alice", "bob", "carol", "dave", "eve" };

	return names[i % USERS];
}

/* User eve has a fixed address of the pool, user dave one that is not in the pool. */
static const char *fixed_of(const char *name)
{
	return !strcmp(name, "eve") ? "10.0.0.12" : !strcmp(name, "dave") ? "10.7.0.1" : "";
}

/* Count what is held by the state of the peers, of one source or (NULL) of all. */
static struct admission_counts recount(const struct world *w, const char *from)
{
	struct admission_counts n = { 0 };

	for (size_t i = 0; i < MAX; i++) {
		const struct peer *p = &w->peers[i];
		bool admitted = p->session && p->session->admitted;

		if (!p->c.admission || (from && strcmp(p->from, from)))
			continue;
		n.connections++;
		n.waiting += !admitted;
		n.sessions += admitted;
		n.starting += p->session && !admitted;
	}
	return n;
}

static void check_users(struct world *w)
{
	for (unsigned int i = 0; i < USERS; i++)
		assert_true(count_user(w, user(i)) <= w->of_user);
}

static void check_addresses(struct world *w)
{
	for (size_t i = 0; i < MAX; i++) {
		const struct known *k = &w->sessions[i];

		/* no two sessions have the same inner address */
		if (k->id && ip_is_set(k->inner))
			assert_int_equal(holder(w, (struct place){ 0 }, k->inner), k->id);
		if (k->id && fixed_of(k->user)[0] && k->admitted)
			assert_true(ip_equal(k->inner, ip(fixed_of(k->user))));
	}
}

static void check(struct world *w)
{
	struct admission_counts is = counts(w, ""), should = recount(w, NULL);

	assert_int_equal(is.connections, should.connections);
	assert_int_equal(is.waiting, should.waiting);
	assert_int_equal(is.starting, should.starting);
	assert_int_equal(is.sessions, should.sessions);
	for (unsigned int i = 0; i < SOURCES; i++) {
		struct admission_counts n = counts(w, source(i));

		should = recount(w, source(i));
		assert_int_equal(n.connections, should.connections);
		assert_int_equal(n.waiting, should.waiting);
		assert_int_equal(n.starting, should.starting);
		assert_true(n.starting <= w->limits.max_starting_per_address);
		is.sources -= n.connections > 0;
	}
	assert_int_equal(is.sources, 0);
	assert_true(is.connections <= w->limits.max_connections);
	assert_true(is.sessions <= w->limits.max_sessions);
	assert_true(is.starting <= w->limits.max_starting);
	check_users(w);
	check_addresses(w);
}

static void random_connect(struct world *w, unsigned int r)
{
	struct peer *p = new_peer(w);
	struct admission_answer answer;
	unsigned int rounds = 0;

	while ((answer = try_connect(w, p, source(r))).verdict == ADMISSION_REPLACE) {
		end_for(w, &answer);
		assert_true(++rounds < 4);
	}
	assert_int_equal(p->c.admission != NULL, answer.verdict == ADMISSION_ALLOW);
}

/* Sessions of even IDs do not answer probes. */
static bool probe(struct world *w, const struct admission_answer *answer,
		  struct admission_probed *probed)
{
	*probed = (struct admission_probed){ answer->session, answer->session % 2 };
	w->now += ADMISSION_PROBE_MS;
	return random() % 8;		/* false: the peer hangs up meanwhile */
}

static void random_call(struct world *w, struct peer *p)
{
	struct admission_probed probed = { 0 };
	unsigned int rounds = 0;
	struct admission_answer answer;
	uint16_t id = (uint16_t)(1 + random() % 40);

	if (!p->c.admission || p->session)
		return;
	admission_connection_spoke(&p->c, w->now);
	for (;;) {
		answer = try_call(w, p, id, probed);
		if (answer.verdict == ADMISSION_REPLACE)
			end_for(w, &answer);
		else if (answer.verdict != ADMISSION_PROBE)
			break;
		else if (!probe(w, &answer, &probed)) {
			hang_up(w, p);
			return;
		}
		assert_true(++rounds < 10);
	}
	assert_int_equal(p->call.connection != NULL, answer.verdict == ADMISSION_ALLOW);
	if (answer.verdict != ADMISSION_ALLOW)
		return;
	p->session = add_session(w, "", "");
	p->session->peer_call_id = id;
	p->session->remote = ip(p->from);
}

static void random_login(struct world *w, struct peer *p, const char *name)
{
	enum auth_result result = random() % 4 ? AUTH_OK : random() % AUTH_UNAVAILABLE + 1;
	struct admission_probed probed = { 0 };
	unsigned int rounds = 0;
	struct admission_answer answer;

	if (!p->session)
		return;
	answer = try_login(w, p, name, result);
	if (answer.verdict != ADMISSION_ALLOW || result != AUTH_OK)
		return;
	for (;;) {
		answer = try_enter(w, p, name, fixed_of(name), probed);
		if (answer.verdict == ADMISSION_REPLACE)
			end_for(w, &answer);
		else if (answer.verdict != ADMISSION_PROBE)
			break;
		else if (!probe(w, &answer, &probed)) {
			hang_up(w, p);
			return;
		}
		assert_true(++rounds < 20);
	}
}

static void random_event(struct world *w)
{
	unsigned int r = (unsigned int)random();
	struct peer *p = &w->peers[random() % 40];

	w->now += (unsigned int)random() % 500;
	switch (random() % 8) {
	case 0 ... 1:
		random_connect(w, r);
		break;
	case 2 ... 3:
		random_call(w, p);
		break;
	case 4 ... 5:
		random_login(w, p, user(r));
		break;
	case 6:
		if (p->session)
			try_login(w, p, r % 2 ? "mallory" : user(r), AUTH_WRONG_SECRET);
		break;
	case 7:
		if (r % 2)
			hang_up(w, p);
		else
			disconnect(w, p);
		break;
	}
}

static void random_events_leave_the_counts_right(void **state)
{
	struct world *w = *state;

	w->limits = (struct admission_limits){
		.max_sessions = 4, .max_sessions_per_address = 2, .max_connections = 30,
		.max_connections_per_address = 6, .max_waiting = 20,
		.max_calls_per_connection = 1, .max_starting = 10,
		.max_starting_per_address = 3, .max_failed_logins = 3,
		.max_failed_logins_per_address = 5,
	};
	w->of_user = 2;
	set_limits(w);
	srandom(12);
	for (unsigned int step = 0; step < 30000; step++) {
		random_event(w);
		check(w);
	}
	/* every reason that can occur here has occurred */
	for (unsigned int i = ADMISSION_CONNECTIONS; i <= ADMISSION_ADDRESS_HELD; i++)
		if (i != ADMISSION_CALLS && i != ADMISSION_CALL_STARTING &&
		    i != ADMISSION_DESCRIPTORS && i != ADMISSION_NO_POOL && i != ADMISSION_BANNED &&
		    i != ADMISSION_SESSIONS_OF_ALL && i != ADMISSION_DRAINED)
			assert_true(w->met[i][ADMISSION_REFUSE] + w->met[i][ADMISSION_REPLACE]);
	assert_true(w->met[ADMISSION_CALL_ID][ADMISSION_REPLACE]);
	assert_true(w->met[ADMISSION_SESSIONS_OF_USER][ADMISSION_REPLACE]);
	assert_true(w->met[ADMISSION_ADDRESS_HELD][ADMISSION_REPLACE]);
}

#define test(t)	cmocka_unit_test_setup_teardown(t, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		test(without_limits_everybody_comes_in),
		test(behind_silent_ones_the_next_login_works_at_once),
		test(the_oldest_silent_one_gives_way_first),
		test(calls_have_time_to_log_in),
		test(who_is_logged_in_does_not_count_for_the_address),
		test(the_limit_in_all_is_for_everybody),
		test(for_a_descriptor_one_that_waits_gives_way),
		test(nobody_gives_way_to_itself),
		test(a_flood_pushes_out_itself),
		test(a_newcomer_pushes_out_the_oldest_of_many),
		test(giving_back_twice_is_harmless),
		test(one_call_until_one_has_logged_in),
		test(calls_that_start_are_limited),
		test(a_login_makes_room_for_calls),
		test(a_call_id_that_is_silent_is_replaced),
		test(a_call_id_that_is_alive_is_a_nat),
		test(a_probe_counts_for_whom_it_was_of),
		test(addresses_are_chosen),
		test(what_is_held_elsewhere_is_passed_over_in_a_chain),
		test(a_fixed_address_is_taken_from_its_pool_of_the_chain),
		test(own_addresses_are_their_owners_alone),
		test(addresses_come_back),
		test(another_free_address_can_be_chosen),
		test(no_other_address_can_be_chosen),
		test(somebodys_own_address_cannot_be_chosen),
		test(own_addresses_in_a_pool_are_found),
		test(sessions_are_counted_when_users_come_in),
		test(sessions_of_an_address_are_counted),
		test(sessions_of_all_servers_are_counted),
		test(nobody_new_comes_in),
		test(a_silent_session_of_the_user_is_replaced),
		test(a_second_session_is_denied),
		test(a_second_session_replaces_the_first_that_is_silent),
		test(a_second_session_replaces_the_first_at_once),
		test(no_session_gives_way_to_a_mere_name),
		test(a_session_that_lives_stays),
		test(two_takers_of_one_session_do_not_end_each_other),
		test(the_quietest_are_probed_first_and_not_without_end),
		test(ones_own_address_is_taken_over),
		test(closed_accounts_let_nobody_in),
		test(who_is_banned_neither_calls_nor_tries),
		test(another_user_does_not_get_the_call),
		test(guessing_is_slow),
		test(nobody_can_be_locked_out_from_elsewhere),
		test(names_do_not_hide_who_guesses),
		test(only_wrong_proofs_are_failures),
		test(tries_under_way_count),
		test(neighbours_do_not_end_a_session),
		test(long_and_odd_names_are_users_too),
		test(every_reason_has_its_words),
		test(random_events_leave_the_counts_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
