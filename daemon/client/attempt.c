// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/attempt.h"
#include "client/log.h"
#include "pptp/call.h"
#include "session/describe.h"
#include "session/remember.h"
#include "util/callback.h"
#include "util/container.h"
#include "util/ip.h"
#include "util/timer.h"

static void go_on_racing(struct attempt *a);
static void timer_cb(uv_timer_t *timer);

static uint64_t now_ms(const struct attempt *a)
{
	return uv_now(a->setup.sessions->loop);
}

static void arm(struct attempt *a)
{
	uint64_t at = attempt_clock_deadline(&a->clock, a->state);

	if (a->state == ATTEMPT_CONNECTING)
		at = earlier(at, race_deadline(&a->race));
	if (a->state != ATTEMPT_GONE)
		timer_arm(&a->timer, timer_cb, at);
}

static void enter(struct attempt *a, enum attempt_state state)
{
	log_client(a->setup.config, LOG_LEVEL_DEBUG, "attempt: %s", attempt_state_name(state));
	attempt_clock_enter(&a->clock, a->state, state, now_ms(a));
	a->state = state;
	arm(a);
}

enum attempt_step attempt_step_now(const struct attempt *a)
{
	const struct session *s = &a->session;

	if (a->state >= ATTEMPT_HANGING_UP)
		return a->failure.step;
	return attempt_step(a->state,
			    attempt_link_step(s->reached, s->opened, a->setup.config->mppe));
}

/* --- the end ------------------------------------------------------------------------------ */

/* Record the first failure at an address, and report it. Ignored once the end has begun. */
static void note(struct attempt *a, const struct failure *why)
{
	bool ending = a->asked || a->state >= ATTEMPT_HANGING_UP;

	if (ending || a->failure.words[0] || !why->words[0])
		return;
	a->failure = *why;
	a->failure.step = attempt_step_now(a);
	/* What worked may work again: the message that says otherwise may be forged. */
	if (a->failure.step == STEP_UP && why->end == DIALER_END_PERMANENT)
		a->failure.end = DIALER_END_TEMPORARY;
	log_client_event(a->setup.config, LOG_EVENT_CLIENT_FAILED,
			 why->end == DIALER_END_IDLE ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING, "%s%s: %s",
		   attempt_step_name(a->failure.step),
		   a->failure.step == STEP_UP ? " ended" : " failed", why->words);
	a->ops->failed(a, &a->failure);
}

static const char *why_ended(const struct attempt *a)
{
	return a->failure.words[0] ? a->failure.words : "closed on request";
}

static void timer_closed(uv_handle_t *handle)
{
	CALLBACK("attempt: closed");
	struct attempt *a = handle->data;

	history_end(a->history, a->asked, now_ms(a), why_ended(a));
	history_let_go(&a->history, now_ms(a));
	a->ops->over(a, a->failure.words[0] ? a->failure.end : DIALER_END_TEMPORARY);
	explicit_bzero(a, sizeof(*a));
	free(a);
}

/*
 * Returns true if the server's other addresses are to be tried. Another address may be another
 * machine, which accepts what the first one refused; a failure of PPP is that of all addresses.
 */
static bool try_another(const struct attempt *a)
{
	return !a->asked && a->failure.words[0] && a->failure.step < STEP_LCP &&
	       race_has_more(&a->race) && now_ms(a) < a->clock.login_by;
}

/* The lookup, the tunnel or the session is no longer in use. */
static void part_freed(struct attempt *a)
{
	if (a->parts || a->state != ATTEMPT_CLOSED)
		return;
	if (try_another(a)) {
		go_on_racing(a);
		return;
	}
	enter(a, ATTEMPT_GONE);
	uv_close((uv_handle_t *)&a->timer, timer_closed);
}

static void session_freed(struct session *session)
{
	struct attempt *a = session->owner;

	a->parts--;
	part_freed(a);
}

static void log_totals(struct attempt *a)
{
	char text[DESCRIBE_SIZE];

	log_client_event(a->setup.config, LOG_EVENT_CLIENT_DOWN, LOG_LEVEL_INFO, "down after %llu s; %s",
		   (unsigned long long)session_uptime_s(&a->session),
		   describe_traffic(&a->session.record, text));
}

/* Enter @next, a state on the way down that has no session, and remove the session. */
static void leave_session(struct attempt *a, enum attempt_state next)
{
	bool had = a->state >= ATTEMPT_CALLING && a->state <= ATTEMPT_HANGING_UP;

	enter(a, next);
	if (!had)
		return;
	a->ops->down(a);
	session_end(&a->session, EVENT_CAUSE_NAS_REQUEST, why_ended(a), session_freed);
	history_move(&a->history, &a->session.history);
	if (a->session.record.up_s)
		log_totals(a);
}

static void tunnel_freed(struct tunnel *tunnel)
{
	struct attempt *a = container_of(tunnel, struct attempt, tunnel);

	a->parts--;
	part_freed(a);
}

static void close_tunnel(struct attempt *a)
{
	leave_session(a, ATTEMPT_CLOSED);
	tunnel_close(&a->tunnel, tunnel_freed);
}

/*
 * Send the next of the requests that end the call and the control connection. Events of pptp/ bring
 * the step after that.
 */
static void say_goodbye(struct attempt *a)
{
	struct pptp_conn *pptp = &a->tunnel.pptp;

	if (pptp->nr_calls) {
		leave_session(a, ATTEMPT_CLEARING);
		pptp_call_clear(&a->call, PPTP_DISC_REQUEST, now_ms(a));
	} else if (pptp->state == PPTP_CONN_ESTABLISHED) {
		leave_session(a, ATTEMPT_STOPPING);
		pptp_conn_stop(pptp, PPTP_STOP_NONE, now_ms(a));
	} else if (pptp->state != PPTP_CONN_WAIT_STOP_REPLY) {
		pptp_conn_abort(pptp, now_ms(a));
	}
	if (a->state < ATTEMPT_CLOSED)
		tunnel_sync(&a->tunnel);
}

/* Do not wait for the server's answers any longer. */
static void break_off(struct attempt *a)
{
	if (a->state == ATTEMPT_CLEARING || a->state == ATTEMPT_STOPPING)
		pptp_conn_abort(&a->tunnel.pptp, now_ms(a));
}

/* End the attempt before TCP is connected: the server does not know of it yet. */
static void give_up(struct attempt *a)
{
	enter(a, ATTEMPT_CLOSED);
	race_stop(&a->race);
	if (a->parts)
		a->setup.host->net->ops->lookup_cancel(&a->lookup);
	else
		part_freed(a);
}

/* Begin to take down what the attempt has made, unless that has begun. */
static void take_down(struct attempt *a)
{
	if (a->state <= ATTEMPT_CONNECTING)
		give_up(a);
	else if (a->state <= ATTEMPT_HANGING_UP)
		say_goodbye(a);
}

static void fail_by(struct attempt *a, const struct failure *why)
{
	note(a, why);
	take_down(a);
}

/* Fail with a cause at the place @at. Later attempts may succeed. */
#define fail(a, at, ...)							\
	do {									\
		struct failure failure_;					\
										\
		failure_set(&failure_, DIALER_END_TEMPORARY, __VA_ARGS__);	\
		failure_.where = (at);						\
		fail_by(a, &failure_);						\
	} while (0)

void attempt_close(struct attempt *a, enum event_cause cause)
{
	a->asked = true;
	if (a->state == ATTEMPT_LINK || a->state == ATTEMPT_UP) {
		enter(a, ATTEMPT_HANGING_UP);
		session_close(&a->session, cause, "closed on request");
	} else if (a->state < ATTEMPT_HANGING_UP) {
		take_down(a);
	}
}

/* --- the session -------------------------------------------------------------------------- */

static void log_up(struct attempt *a, const struct session_record *r)
{
	char text[DESCRIBE_SIZE];

	log_client_event(a->setup.config, LOG_EVENT_CLIENT_UP, LOG_LEVEL_INFO, "up %s", describe_up(r, text));
	if (ip_equal(r->ip4.remote, r->addr.remote))
		log_client(a->setup.config, LOG_LEVEL_WARNING,
			   "the server has the address %s inside the tunnel, too: it is reached past "
			   "the tunnel only", ip_text(r->addr.remote));
}

static void session_up(struct session *session)
{
	struct attempt *a = session->owner;
	const struct session_record *r = &session->record;

	if (a->state != ATTEMPT_LINK && a->state != ATTEMPT_UP)
		return;
	/* A server can pause and resume at will: log the first time and new addresses only. */
	if (a->state == ATTEMPT_LINK || !ip_equal(a->local, r->ip4.local))
		log_up(a, r);
	a->local = r->ip4.local;
	a->was_up = true;
	enter(a, ATTEMPT_UP);
	a->ops->up(a, r);
}

static void session_paused(struct session *session)
{
	struct attempt *a = session->owner;

	a->ops->paused(a);
}

static void session_note(struct session *session, bool wrong, const char *what)
{
	struct attempt *a = session->owner;
	const char *name = a->setup.config->name;

	log_of(session, log_limited(name, now_ms(a), wrong ? LOG_LEVEL_NOTICE : LOG_LEVEL_DEBUG,
				    "client %s: %s", name, what));
}

static void session_down(struct session *session, const struct ppp_end *end)
{
	struct attempt *a = session->owner;
	bool lost = end->reason == PPP_REASON_LOWER_DOWN;
	struct failure why;

	failure_of_link(&why, end, session->cause == EVENT_CAUSE_IDLE_TIMEOUT);
	if (a->tunnel.pptp.nr_calls) {
		if (lost)
			failure_set(&why, DIALER_END_TEMPORARY, "the kernel's session is gone");
		fail_by(a, &why);
	} else if (!lost) {
		/* The call has ended. If @why is empty, call_down() or conn_closed() knows it. */
		note(a, &why);
	}
}

static struct tunnel *session_tunnel_of(const struct session *session)
{
	struct attempt *a = session->owner;

	return &a->tunnel;
}

static const struct session_ops session_ops = {
	.up = session_up,
	.paused = session_paused,
	.note = session_note,
	.down = session_down,
	.tunnel = session_tunnel_of,
};

/* The only place where the session of an attempt begins. */
static int reserve_session(struct attempt *a)
{
	struct session_config config = a->setup.settings->session;
	int err;

	a->link = a->setup.settings->link;
	config.link = &a->link;
	session_init(&a->session, a->setup.sessions, SESSION_OF_CLIENT, a->setup.config->name,
		     &config, &session_ops, a);
	a->parts++;
	session_set_outer(&a->session, a->tunnel.local, a->tunnel.remote);
	remember_session(&a->session, &a->history);
	err = session_set_user(&a->session, a->setup.config->user);
	if (err)
		return err;
	return session_reserve(&a->session, a->tunnel.local);
}

static int open_session(struct attempt *a)
{
	const struct config_client *config = a->setup.config;
	const struct net_session_addr addr = {
		.local = a->tunnel.local,
		.remote = a->tunnel.remote,
		.call_id = a->call.local_id,
		.peer_call_id = a->call.peer_id,
	};
	const struct ppp_ipv4 ipv4 = { .local = ip_to_v4(config->local_address) };
	int err;

	session_set_window(&a->session, a->call.peer_window);
	err = session_open(&a->session, &addr, tunnel_socket(&a->tunnel));
	if (err)
		return err;
	if (config->password)
		session_set_credentials(&a->session, config->user, config->password);
	session_set_ipv4(&a->session, &ipv4);
	return 0;
}

struct session *attempt_session(struct attempt *a)
{
	return a->state >= ATTEMPT_LINK && a->state <= ATTEMPT_HANGING_UP ? &a->session : NULL;
}

/* --- the call ----------------------------------------------------------------------------- */

static void dial_call(struct attempt *a)
{
	struct pptp_out_request rq = {
		.min_bps = 2400,
		.max_bps = TUNNEL_SPEED,
		.bearer = PPTP_BEARER_ANY,
		.framing = PPTP_FRAMING_ANY,
		.window = TUNNEL_WINDOW,
	};
	uint8_t id[2];

	enter(a, ATTEMPT_CALLING);
	if (reserve_session(a)) {
		fail(a, DIALER_HERE, "%s", net_reason());
		return;
	}
	rq.call_id = a->session.record.addr.call_id;
	id[0] = (uint8_t)(rq.call_id >> 8);
	id[1] = (uint8_t)rq.call_id;
	history_add_octets(a->session.history, HISTORY_CALL_ASKED, now_ms(a), id, sizeof(id));
	rq.serial = rq.call_id;
	snprintf(rq.phone, sizeof(rq.phone), "%s", a->setup.config->phone);
	if (pptp_call_dial(&a->call, &a->tunnel.pptp, &rq, now_ms(a)))
		fail(a, DIALER_AT_SERVER, "no call can be placed");
}

static void call_up(struct pptp_call *call)
{
	struct attempt *a = container_of(call, struct attempt, call);
	const struct host_vrf *vrf = &a->setup.host->vrf;

	if (a->state != ATTEMPT_CALLING)
		return;
	enter(a, ATTEMPT_LINK);
	if (vrf->err) {
		fail(a, DIALER_HERE, "VRF: %s", vrf->why);
		return;
	}
	snprintf(a->link.vrf, sizeof(a->link.vrf), "%s", a->setup.config->vrf);
	if (open_session(a)) {
		fail(a, DIALER_HERE, "%s", net_reason());
		return;
	}
	log_client(a->setup.config, LOG_LEVEL_DEBUG, "call with IDs %u and %u", call->local_id,
		   call->peer_id);
	remember_call(&a->session);
	session_start(&a->session);
}

static void call_down(struct pptp_call *call, enum pptp_call_end end)
{
	struct attempt *a = container_of(call, struct attempt, call);
	struct failure why;

	/* The reason of the link comes first: a server that refuses a user clears the call. */
	if (attempt_session(a))
		session_lost(&a->session);
	failure_of_call(&why, call, end);
	note(a, &why);
	if (end != PPTP_END_CONN)
		say_goodbye(a);
}

/* --- the control connection --------------------------------------------------------------- */

static struct attempt *attempt_of(struct pptp_conn *pptp)
{
	struct tunnel *tunnel = container_of(pptp, struct tunnel, pptp);

	return container_of(tunnel, struct attempt, tunnel);
}

static void conn_up(struct pptp_conn *pptp, const struct pptp_start *peer)
{
	struct attempt *a = attempt_of(pptp);
	char host[TEXT_QUOTE_SIZE], vendor[TEXT_QUOTE_SIZE];

	log_client(a->setup.config, LOG_LEVEL_DEBUG, "%s is host %s, vendor %s",
		   ip_text(a->tunnel.remote), text_quote(host, peer->host),
		   text_quote(vendor, peer->vendor));
	history_add(a->history, HISTORY_STARTED, now_ms(a), "host %s, vendor %s", host, vendor);
	if (a->state == ATTEMPT_STARTING)
		dial_call(a);
}

static void conn_closed(struct pptp_conn *pptp, enum pptp_close end)
{
	struct attempt *a = attempt_of(pptp);
	struct failure why;

	failure_of_conn(&why, pptp, end);
	note(a, &why);
	close_tunnel(a);
}

static void conn_note(struct pptp_conn *pptp, const char *what)
{
	struct attempt *a = attempt_of(pptp);

	const struct log_fields about = {
		.client = a->setup.config->name, .peer = a->tunnel.remote,
	};

	history_add(a->history, HISTORY_NOTE, now_ms(a), "%s", what);
	log_with(&about, log_limited(ip_text(about.peer), now_ms(a), LOG_LEVEL_NOTICE,
				     "client %s, %s: %s", about.client, ip_text(about.peer), what));
}

static uint64_t conn_signs(struct pptp_conn *pptp)
{
	struct session *session = attempt_session(attempt_of(pptp));

	return session ? session_signs(session) : 0;
}

static const struct pptp_conn_ops conn_ops = {
	.send = tunnel_send,
	.heard = tunnel_heard,
	.closed = conn_closed,
	.up = conn_up,
	.note = conn_note,
	.signs = conn_signs,
	.call_up = call_up,
	.call_down = call_down,
};

/* --- the history --------------------------------------------------------------------------- */

/* What was tried at an address where there was a session has a history of its own. */
static void remember(struct attempt *a)
{
	remember_attempt(a->setup.sessions, &a->history, SESSION_OF_CLIENT, a->setup.config->name,
			 ip_none());
	history_set_user(a->history, a->setup.config->user);
}

static void remember_addresses(struct attempt *a)
{
	char text[HISTORY_STEP_MAX + 1];
	size_t len = 0;

	for (unsigned int i = 0; i < a->lookup.n && len + IP_TEXT_SIZE + 2 < sizeof(text); i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s", i ? ", " : "",
					ip_text(a->lookup.list[i]));
	history_add(a->history, HISTORY_LOOKED_UP, now_ms(a), "%s", text);
}

/* --- the server's addresses --------------------------------------------------------------- */

static void address_failed(struct race *race, unsigned int i, int err)
{
	struct attempt *a = container_of(race, struct attempt, race);
	char to[IP_TEXT_SIZE + sizeof(" port 65535")];
	struct failure why;

	a->failure.words[0] = '\0';
	snprintf(to, sizeof(to), "%s port %u", ip_text(a->lookup.list[i]), a->setup.config->port);
	failure_of_tcp(&why, to, err);
	history_set_peer(a->history, a->lookup.list[i]);
	history_add(a->history, HISTORY_TCP_FAILED, now_ms(a), "%s", why.words);
	note(a, &why);
}

static void address_won(struct race *race, unsigned int i, int fd)
{
	struct attempt *a = container_of(race, struct attempt, race);
	int err = tunnel_open(&a->tunnel, a->setup.sessions, fd, a->lookup.list[i],
			      ip_from_number(0));

	a->parts++;
	if (err) {
		address_failed(race, i, err);
		close_tunnel(a);
		return;
	}
	a->failure.words[0] = '\0';
	if (history_has_ended(a->history))
		remember(a);
	history_set_peer(a->history, a->tunnel.remote);
	history_add(a->history, HISTORY_CONNECTED, now_ms(a), "%s", ip_text(a->tunnel.local));
	enter(a, ATTEMPT_STARTING);
	tunnel_originate(&a->tunnel, &a->setup.settings->pptp, &conn_ops);
}

static void no_address_is_left(struct race *race)
{
	take_down(container_of(race, struct attempt, race));
}

static const struct race_ops race_ops = {
	.won = address_won,
	.failed = address_failed,
	.lost = no_address_is_left,
};

/* Leave out addresses to which the routes that are there already lead into the tunnel. */
static void exclude_covered(struct attempt *a)
{
	struct failure why;

	for (unsigned int i = 0; i < a->lookup.n; i++) {
		if (!a->setup.routed || !client_host_covers(a->setup.host, a->lookup.list[i]))
			continue;
		a->failure.words[0] = '\0';
		failure_set(&why, DIALER_END_PERMANENT,
			    "the routes cover the server's address %s, so that it cannot be "
			    "reached", ip_text(a->lookup.list[i]));
		race_exclude(&a->race, i);
		note(a, &why);
	}
}

/* Returns the index of the address to begin with. */
static unsigned int first_address(const struct attempt *a)
{
	for (unsigned int i = 0; i < a->lookup.n; i++)
		if (ip_equal(a->lookup.list[i], a->setup.last))
			return (i + !a->setup.last_was_good) % a->lookup.n;
	return 0;
}

static void begin_race(struct attempt *a)
{
	struct sessions *sessions = a->setup.sessions;

	enter(a, ATTEMPT_CONNECTING);
	race_init(&a->race, &sessions->tunnels, sessions->loop, a->lookup.list, a->lookup.n,
		  first_address(a), a->setup.config->port, &race_ops);
	if (!ip_is_any(a->setup.config->source_address))
		a->race.from = a->setup.config->source_address;
	a->race.mark = a->setup.config->outer.mark;
	exclude_covered(a);
	race_go(&a->race);
	arm(a);
}

/* The address that won has proved to be of no use. */
static void go_on_racing(struct attempt *a)
{
	enter(a, ATTEMPT_CONNECTING);
	race_go(&a->race);
	arm(a);
}

struct ip_addr attempt_peer(const struct attempt *a)
{
	return a->race.n ? a->lookup.list[a->race.last] : ip_none();
}

bool attempt_was_good(const struct attempt *a)
{
	return a->was_up && (!a->failure.words[0] || a->failure.end == DIALER_END_IDLE);
}

static void look_up(struct attempt *a);

static void found(struct attempt *a)
{
	remember_addresses(a);
	begin_race(a);
}

static void looked_up(struct lookup *l)
{
	struct attempt *a = container_of(l, struct attempt, lookup);
	bool again = a->again;

	a->parts--;
	a->again = false;
	if (a->state == ATTEMPT_CLOSED)
		part_freed(a);
	else if (l->n)
		found(a);
	else if (again)
		look_up(a);
	else
		fail(a, DIALER_ON_THE_WAY, "%s has no address: %s", a->setup.config->server,
		     uv_strerror(l->status ? l->status : UV_EAI_NONAME));
}

static void look_up(struct attempt *a)
{
	struct host_net *net = a->setup.host->net;

	a->parts++;
	net->ops->lookup_start(&a->lookup, &net->works, a->setup.config->server, looked_up);
}

void attempt_begin(struct attempt *a)
{
	const char *server = a->setup.config->server;

	log_client(a->setup.config, LOG_LEVEL_DEBUG, "dialing %s", server);
	remember(a);
	attempt_clock_begin(&a->clock, a->setup.config->login_timeout_s, now_ms(a));
	enter(a, ATTEMPT_LOOKUP);
	if (!ip_parse_v4(server, &a->lookup.list[0])) {
		look_up(a);
		return;
	}
	a->lookup.n = 1;
	begin_race(a);
}

/* --- the way to the server ---------------------------------------------------------------- */

#define RESTARTS	8	/* of one attempt: a way that changes all the time leads nowhere */

bool attempt_minds_way(const struct attempt *a)
{
	return (a->state == ATTEMPT_LOOKUP || a->state == ATTEMPT_CONNECTING) &&
	       a->restarts < RESTARTS;
}

void attempt_way_changed(struct attempt *a)
{
	if (!attempt_minds_way(a))
		return;
	a->restarts++;
	if (a->state == ATTEMPT_LOOKUP) {
		a->again = true;
		a->setup.host->net->ops->lookup_cancel(&a->lookup);
		return;
	}
	race_stop(&a->race);
	race_go(&a->race);
	arm(a);
}

enum dialer_where attempt_where(const struct attempt *a)
{
	return a->failure.where;
}

/* --- the clock ---------------------------------------------------------------------------- */

static void timer_cb(uv_timer_t *timer)
{
	CALLBACK("attempt: clock");
	struct attempt *a = timer->data;

	switch (attempt_clock_expired(&a->clock, a->state, now_ms(a))) {
	case ATTEMPT_LOGIN_TIMEOUT:
		/* It says more than how an address failed while others were still tried. */
		a->failure.words[0] = '\0';
		fail(a, DIALER_ON_THE_WAY, "not done within the login-timeout of %u s",
		     a->setup.config->login_timeout_s);
		break;
	case ATTEMPT_GOODBYE_TIMEOUT:
		take_down(a);
		break_off(a);
		break;
	case ATTEMPT_IN_TIME:
		if (a->state == ATTEMPT_CONNECTING)
			race_tick(&a->race);
		arm(a);
		break;
	}
}

struct ip_addr attempt_local(const struct attempt *a)
{
	return a->state >= ATTEMPT_STARTING && a->state <= ATTEMPT_HANGING_UP ? a->tunnel.local :
										ip_none();
}

void attempt_address_gone(struct attempt *a, struct ip_addr local)
{
	if (!ip_equal(attempt_local(a), local))
		return;
	fail(a, DIALER_HERE, "the address %s of this host is gone", ip_text(local));
	break_off(a);
}

/* --- life --------------------------------------------------------------------------------- */

struct attempt *attempt_new(const struct attempt_setup *setup, const struct attempt_ops *ops,
			    void *owner)
{
	struct attempt *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->setup = *setup;
	a->ops = ops;
	a->owner = owner;
	uv_timer_init(setup->sessions->loop, &a->timer);
	a->timer.data = a;
	return a;
}
