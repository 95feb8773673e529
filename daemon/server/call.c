// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/call.h"
#include "server/login.h"
#include "server/probe.h"
#include "server/proxy_arp.h"
#include "server/servers.h"
#include "server/terms.h"
#include "server/user_routes.h"
#include "session/describe.h"
#include "session/remember.h"
#include "util/container.h"
#include "util/descriptors.h"
#include "util/ip.h"
#include "util/log.h"

static struct call *call_of(struct pptp_call *pptp)
{
	return container_of(pptp, struct call, pptp);
}

const struct server *call_server(const struct session *session)
{
	const struct call *c = session->owner;

	return c->server;
}

const char *call_name(const struct call *c)
{
	static char text[DESCRIBE_NAME_SIZE];

	return describe_name(&c->session.record, text);
}

const char *call_topic(const struct call *c, const char *what)
{
	static char text[64];

	snprintf(text, sizeof(text), "%s %s", what, ip_text(c->session.record.addr.remote));
	return text;
}

struct policy call_terms(const struct call *c, const char *user, const struct auth_grant *grant)
{
	const struct config_server *server = config_find_server(c->terms, c->server->config->name);

	return terms_of(c->terms, server, c->claimed ? NULL : user, grant);
}

/* --- the end of a call ------------------------------------------------------------------- */

static void free_call(struct call *c)
{
	struct server *server = c->server;

	if (c->connection || !c->session_gone)
		return;
	server_link_put(c->upper);
	config_put(c->config);
	config_put(c->terms);
	explicit_bzero(c, sizeof(*c));
	free(c);
	server_put(server);
}

static void session_freed(struct session *session)
{
	struct call *c = session->owner;

	c->session_gone = true;
	free_call(c);
}

/* Returns true if a line of the log says already why no user comes in by this call. */
static bool is_told(const struct call *c)
{
	return c->refused || (c->connection && c->connection->told);
}

/* @wire is what seems to be wrong with the wire, or NULL. */
static void log_end(struct call *c, const char *why, const char *wire)
{
	char text[DESCRIBE_SIZE];

	if (c->session.record.up_s)
		log_trail(c, LOG_EVENT_SESSION_DOWN, LOG_LEVEL_INFO, "down after %llu s: %s; %s",
			  (unsigned long long)session_uptime_s(&c->session), why,
			  describe_traffic(&c->session.record, text));
	else
		log_topic("calls of", c,
			  wire ? LOG_EVENT_GRE_NOT_HEARD : LOG_EVENT_SESSION_FAILED,
			  is_told(c) ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO,
			  "ended before it was up: %s%s%s", why, wire ? "; " : "",
			 wire ? wire : "");
}

/* End the session and give back everything that it holds. @text is the reason, for the log. */
static void end_session(struct call *c, enum event_cause cause, const char *text)
{
	const char *wire;

	if (c->ended)
		return;
	wire = is_told(c) ? NULL : session_wire(&c->session);
	if (wire)
		history_add(c->session.history, HISTORY_TOLD, server_now(c->server), "%s", wire);
	c->ended = true;
	user_routes_end(c);
	proxy_arp_end(c);
	user_sets_end(c);
	login_cancelled(&c->session);
	probe_cancel(c->probe);
	c->probe = NULL;
	session_end(&c->session, cause, text, session_freed);
	/* How the connection ends may say why. */
	if (c->connection && history_has_ended(c->connection->tunnel.history))
		history_move(&c->connection->tunnel.history, &c->session.history);
	log_end(c, text, wire);
	admission_call_end(&c->admission, server_now(c->server));
	c->server->n_calls--;
	c->server->all->n_calls--;
	server_drain_less(c->server);
}

/* Returns the cause for the session if it has not ended by itself before the call ended. */
static enum event_cause cause_of(enum pptp_call_end why)
{
	switch (why) {
	case PPTP_END_CLEARED:
	case PPTP_END_DISCONNECTED:
		return EVENT_CAUSE_USER_REQUEST;
	case PPTP_END_CONN:
		return EVENT_CAUSE_LOST_SERVICE;
	default:
		return EVENT_CAUSE_NAS_ERROR;
	}
}

static enum pptp_disconnect_result disconnect_result(enum ppp_reason reason)
{
	switch (reason) {
	case PPP_REASON_LOCAL:
		return PPTP_DISC_ADMIN;
	case PPP_REASON_PEER_CLOSED:
		return PPTP_DISC_REQUEST;
	default:
		return PPTP_DISC_LOST_CARRIER;
	}
}

/* End the session, and with it the call. */
static void end_call(struct call *c, enum event_cause cause, const char *text,
		     enum pptp_disconnect_result result)
{
	struct connection *connection = c->connection;

	end_session(c, cause, text);
	if (!connection)
		return;
	pptp_call_clear(&c->pptp, result, server_now(c->server));
	tunnel_sync(&connection->tunnel);
}

static void session_down(struct session *session, const struct ppp_end *end)
{
	end_call(session->owner, EVENT_CAUSE_NONE, end->text, disconnect_result(end->reason));
}

void call_replace(struct servers *all, uint64_t id, const char *why)
{
	struct session *session = registry_find_id(&all->sessions->registry, id);

	if (session && session->record.role == SESSION_OF_SERVER)
		end_call(session->owner, EVENT_CAUSE_NAS_REQUEST, why, PPTP_DISC_ADMIN);
}

uint64_t call_signs(struct pptp_call *pptp)
{
	return session_signs(&call_of(pptp)->session);
}

const char *call_wire(struct pptp_call *pptp)
{
	return session_wire(&call_of(pptp)->session);
}

struct history *call_history(struct pptp_call *pptp)
{
	return call_of(pptp)->session.history;
}

bool call_is_heard(const struct pptp_call *pptp)
{
	const struct call *c = container_of(pptp, struct call, pptp);

	return pptp->state != PPTP_CALL_ESTABLISHED || c->session.heard;
}

/* --- the session ------------------------------------------------------------------------- */

static void session_up(struct session *session)
{
	struct call *c = session->owner;
	const struct session_record *r = &session->record;
	char text[DESCRIBE_SIZE];

	log_trail(c, LOG_EVENT_SESSION_UP, LOG_LEVEL_INFO, "up %s", describe_up(r, text));
	if (ip_equal(r->ip4.local, r->addr.local))
		log_of(session, log_limited(c->server->config->name, server_now(c->server),
					    LOG_LEVEL_WARNING, "server %s: local-address %s is what "
					    "clients call, too: some lead the tunnel into itself "
					    "then; take another one", c->server->config->name,
					    ip_text(r->addr.local)));
	user_routes_up(c);
	proxy_arp_up(c);
	user_sets_up(c);
	if (c->connection)
		connection_may_stay(c->connection);
}

static void session_note(struct session *session, bool wrong, const char *what)
{
	struct call *c = session->owner;

	log_frame(c, wrong ? LOG_LEVEL_NOTICE : LOG_LEVEL_DEBUG, "%s", what);
}

static struct policy session_policy(const struct session *session, const struct auth_grant *grant)
{
	return call_terms(session->owner, session->record.user, grant);
}

static struct tunnel *session_tunnel_of(const struct session *session)
{
	const struct call *c = session->owner;

	return c->connection ? &c->connection->tunnel : NULL;
}

static const struct session_ops session_ops = {
	.policy = session_policy,
	.authenticate = login_authenticate,
	.auth_cancelled = login_cancelled,
	.not_made = login_not_made,
	.choose_address = login_choose_address,
	.up = session_up,
	.note = session_note,
	.down = session_down,
	.tunnel = session_tunnel_of,
};

/* --- the PPTP call ----------------------------------------------------------------------- */

static struct call *call_new(struct connection *connection)
{
	struct server *server = connection->server;
	struct call *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->server = server;
	c->config = config_get(server->whole);
	c->terms = config_get(server->whole);
	c->upper = server_link_get(server->upper);
	c->connection = connection;
	c->mppe = server->session.ppp.mppe;
	c->mppe_bits = server->session.ppp.mppe_bits;
	server_get(server);
	server->n_calls++;
	server->all->n_calls++;
	session_init(&c->session, server->all->sessions, SESSION_OF_SERVER, server->config->name,
		     &server->session, &session_ops, c);
	session_set_outer(&c->session, connection->tunnel.local, connection->tunnel.remote);
	remember_session(&c->session, &connection->tunnel.history);
	return c;
}

struct pptp_call *call_alloc(struct pptp_conn *pptp, enum pptp_call_kind kind,
			     const struct pptp_msg *rq, struct pptp_refusal *no)
{
	struct connection *connection = connection_of(pptp);
	struct server *server = connection->server;
	struct call *c;

	if (server->all->stopping || server->retired)
		return NULL;
	c = call_new(connection);
	if (!c) {
		log_connection(connection, LOG_LEVEL_ERROR, "call refused: out of memory");
		return NULL;
	}
	return &c->pptp;
}

static void refuse(struct call *c, uint8_t result)
{
	const struct pptp_refusal no = {
		.result = result,
		.error = result == PPTP_RESULT_GENERAL ? PPTP_ERR_NO_RESOURCE : PPTP_ERR_NONE,
	};

	pptp_call_refuse(&c->pptp, &no, server_now(c->server));
}

static void remember_refusal(struct call *c, const char *why)
{
	history_add(c->session.history, HISTORY_TOLD, server_now(c->server), "%s", why);
}

/* The call is admitted: make its session in the kernel, and tell the peer. */
static void answer(struct call *c)
{
	struct session_record *record = &c->session.record;
	const struct net_session_addr addr = {
		.local = record->addr.local,
		.remote = record->addr.remote,
		.peer_call_id = c->pptp.peer_id,
	};
	struct pptp_call_params params = { .window = TUNNEL_WINDOW, .speed = TUNNEL_SPEED };

	session_set_window(&c->session, c->pptp.peer_window);
	if (session_open(&c->session, &addr, tunnel_socket(&c->connection->tunnel))) {
		log_call(c, LOG_LEVEL_ERROR, "%s", net_reason());
		remember_refusal(c, net_reason());
		refuse(c, PPTP_RESULT_GENERAL);
		return;
	}
	if (descriptor_is_scarce(c->session.net.fd) && !connection_makes_room(c->connection)) {
		log_call(c, LOG_LEVEL_WARNING, "call refused: %s",
			 admission_reason_info(ADMISSION_DESCRIPTORS)->log);
		remember_refusal(c, admission_reason_info(ADMISSION_DESCRIPTORS)->log);
		connection_refuses_call(c->connection, ADMISSION_DESCRIPTORS);
		refuse(c, PPTP_RESULT_GENERAL);
		return;
	}
	params.local_id = record->addr.call_id;
	params.channel = record->id;
	if (pptp_call_answer(&c->pptp, &params, server_now(c->server)))
		refuse(c, PPTP_RESULT_GENERAL);
}

/*
 * Make room as @a demands: end a connection, and so a call on it that makes no progress to a login,
 * or end a session.
 */
static void make_room(struct call *c, const struct admission_answer *a)
{
	if (a->connection)
		connection_give_way(a->connection, a->reason);
	else
		call_replace(c->server->all, a->session, "the peer placed the same call anew");
}

static void admit(struct call *c, struct admission_probed probed);

static void probe_done(void *ctx, uint64_t id, bool alive)
{
	const struct admission_probed probed = { .session = id, .alive = alive };
	struct call *c = ctx;
	struct connection *connection = c->connection;

	c->probe = NULL;
	admit(c, probed);
	tunnel_sync(&connection->tunnel);
}

/*
 * Ask whether the call is admitted, and answer the peer. If another session must be probed first,
 * the answer comes later.
 */
static void admit(struct call *c, struct admission_probed probed)
{
	struct admission_call_question q = {
		.local = c->session.record.addr.local,
		.peer_call_id = c->pptp.peer_id,
		.session = c->session.record.id,
		.probed = probed,
	};
	struct admission_answer a;

	/* The session was closed during a probe, and still waits in the line of ends. */
	if (session_is_over(&c->session)) {
		refuse(c, PPTP_RESULT_GENERAL);
		return;
	}
	for (;;) {
		a = admission_call(&c->admission, &c->connection->admission, &q,
				   server_now(c->server));
		if (a.verdict == ADMISSION_PROBE && probe_is_needless(c->server->all, a.session))
			q.probed = (struct admission_probed){ .session = a.session };
		else if (a.verdict == ADMISSION_REPLACE)
			make_room(c, &a);
		else
			break;
	}
	if (a.verdict == ADMISSION_ALLOW) {
		answer(c);
		return;
	}
	if (a.verdict == ADMISSION_PROBE) {
		c->probe = probe_start(c, a.session, probe_done, c);
		if (c->probe)
			return;
		a.reason = ADMISSION_NO_MEMORY;
	}
	log_call(c, LOG_LEVEL_WARNING, "call refused: %s", admission_reason_info(a.reason)->log);
	remember_refusal(c, admission_reason_info(a.reason)->log);
	connection_refuses_call(c->connection, a.reason);
	refuse(c, a.reason == ADMISSION_NO_MEMORY ? PPTP_RESULT_GENERAL : PPTP_OUT_BUSY);
}

void call_asked(struct pptp_call *pptp)
{
	static const struct admission_probed nothing;
	const uint8_t id[] = { (uint8_t)(pptp->peer_id >> 8), (uint8_t)pptp->peer_id };
	struct call *c = call_of(pptp);

	history_add_octets(c->session.history, HISTORY_CALL_ASKED, server_now(c->server), id,
			   sizeof(id));
	admit(c, nothing);
}

/* The steps of a connection are those of its first call. */
static void begin_steps(struct call *c)
{
	c->session.steps.began = c->connection->accepted;
	c->session.steps.ended[SETUP_CONNECTION] = c->connection->asked;
	c->connection->accepted = 0;
	c->connection->asked = 0;
}

void call_up(struct pptp_call *pptp)
{
	struct call *c = call_of(pptp);

	log_call(c, LOG_LEVEL_DEBUG, "call with IDs %u and %u",
		 c->session.record.addr.call_id, c->session.record.addr.peer_call_id);
	remember_call(&c->session);
	/* The peer should know of the call before its first frame arrives. */
	tunnel_flush(&c->connection->tunnel);
	connection_has_call(c->connection);
	begin_steps(c);
	session_start(&c->session);
}

void call_down(struct pptp_call *pptp, enum pptp_call_end why)
{
	struct call *c = call_of(pptp);
	struct connection *connection = c->connection;
	const char *said = session_ending(&c->session);
	char text[SESSION_END_SIZE];

	/* Who ends a link by LCP clears the call at once, and what was said first is why. */
	snprintf(text, sizeof(text), "%s", said ? said : pptp_call_end_text(why));
	end_session(c, cause_of(why), text);
	c->connection = NULL;
	free_call(c);
	connection_has_no_call(connection);
}
