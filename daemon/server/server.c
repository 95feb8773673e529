// SPDX-License-Identifier: GPL-2.0-only
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aaa/auth.h"
#include "aaa/pool.h"
#include "session/tunnel.h"
#include "util/log.h"
#include "pptp/call.h"
#include "server/server.h"
#include "util/container.h"

#define CONN_BUCKETS		4096
#define BACKLOG			512

/* What we tell of ourselves; nothing depends on it. */
#define VENDOR			"Culvert"
#define FIRMWARE		1
#define LINE_SPEED		100000000	/* bit/s */
#define RECEIVE_WINDOW		64		/* packets */

/* Stopping: peers have this long to agree to the end of the links, then of the connections. */
#define STOP_LINKS_MS		2000
#define STOP_CONNS_MS		2000

/* A socket that waits for connections. A new configuration may give it to another server. */
struct listener {
	LIST_ENTRY(listener) link;
	uv_tcp_t tcp;
	struct in_addr address;
	uint16_t port;
	struct server *server;
};

/* What sessions are attached to. It stays until the last of them is gone. */
struct server_link {
	struct net_link net;
	const struct net_backend *backend;
	unsigned int refs;
};

struct server {
	TAILQ_ENTRY(server) link;
	struct servers *all;
	struct config *whole;		/* a reference, which keeps @config */
	const struct config_server *config;
	struct auth *auth;
	struct pool *pool;		/* NULL: only users with an address of their own */
	struct session_config session;
	struct server_link *upper;	/* a reference */
	struct pptp_conn_config pptp;
	unsigned int n_conns;
	unsigned int n_calls;
	unsigned int refs;		/* connections and calls whose memory is there */
	bool retired;			/* not in the configuration any more */
};

LIST_HEAD(conn_bucket, server_conn);

struct conn_table {
	struct conn_bucket by_address[CONN_BUCKETS];
};

/* A control connection to one of our servers. */
struct server_conn {
	struct tunnel conn;
	struct server *server;
	LIST_ENTRY(server_conn) by_address;
	bool listed;
};

/*
 * A call that a peer placed. It lives until both the PPTP call and the session are gone, which may
 * happen in either order.
 */
struct call {
	struct pptp_call pptp;
	struct session session;
	struct auth_job job;
	struct server *server;
	struct config *config;		/* a reference: the session uses names in it */
	struct pool *pool;		/* a reference, to where @address came from; may be NULL */
	struct server_link *upper;	/* a reference */
	struct server_conn *sc;		/* NULL once the PPTP call is down */
	enum ppp_auth_method method;	/* of the login attempt under way, for the log */
	struct in_addr address;		/* of the peer inside, valid with @has_address */
	bool has_address;
	bool routed;			/* user_routes_del() is to be called */
	bool refused;			/* why the login failed was logged */
	bool ended;			/* session_end() was called */
	bool session_gone;		/* and is done */
};

static struct server_conn *conn_of(struct pptp_conn *pptp)
{
	struct tunnel *conn = container_of(pptp, struct tunnel, pptp);

	return container_of(conn, struct server_conn, conn);
}

static struct call *call_of(struct pptp_call *pptp)
{
	return container_of(pptp, struct call, pptp);
}

static uint64_t now_ms(const struct server *server)
{
	return uv_now(server->all->loop);
}

/* The text of an address, in one of a few static places, so that a line can show some. */
static const char *show(struct in_addr address)
{
	static char text[4][INET_ADDRSTRLEN];
	static unsigned int next;
	char *p = text[next++ % 4];

	return inet_ntop(AF_INET, &address, p, INET_ADDRSTRLEN);
}

/*
 * What a peer can cause is bounded per peer and topic: what it may send at will must not hide who
 * tried to log in from there, nor which sessions came up.
 */
static const char *topic(const char *what, const struct call *c)
{
	static char text[64];

	snprintf(text, sizeof(text), "%s %s", what, show(c->session.record.addr.remote));
	return text;
}

#define log_about(what, call, level, fmt, ...)							\
	log_limited(topic(what, call), now_ms((call)->server), level,				\
		    "session %llu (%s%s%s): " fmt,						\
		    (unsigned long long)(call)->session.record.id,				\
		    (call)->session.record.user, (call)->session.record.user[0] ? ", " : "",	\
		    show((call)->session.record.addr.remote), ##__VA_ARGS__)

#define log_call(call, level, ...)	log_about("sessions of", call, level, __VA_ARGS__)
#define log_login(call, level, ...)	log_about("logins from", call, level, __VA_ARGS__)
#define log_frame(call, level, ...)	log_about("frames from", call, level, __VA_ARGS__)

#define log_conn(sc, level, fmt, ...)							\
	log_limited((sc)->conn.name, now_ms((sc)->server), level,				\
		    "server %s, %s: " fmt, (sc)->server->config->name, (sc)->conn.name,	\
		    ##__VA_ARGS__)

/* --- the end of a call ------------------------------------------------------------------- */

static struct server_link *link_get(struct server_link *link)
{
	link->refs++;
	return link;
}

static void link_put(struct server_link *link)
{
	if (!link || --link->refs)
		return;
	net_link_close(link->backend, &link->net);
	free(link);
}

static void server_free(struct server *server)
{
	link_put(server->upper);
	auth_put(server->auth);
	pool_put(server->pool);
	config_put(server->whole);
	free(server);
}

/* A connection or a call of the server is freed. */
static void server_unref(struct server *server)
{
	server->refs--;
	if (!server->retired || server->refs)
		return;
	TAILQ_REMOVE(&server->all->list, server, link);
	server_free(server);
}

static void free_call(struct call *c)
{
	struct server *server = c->server;

	if (c->sc || !c->session_gone)
		return;
	pool_put(c->pool);
	link_put(c->upper);
	config_put(c->config);
	explicit_bzero(c, sizeof(*c));
	free(c);
	server_unref(server);
}

static void session_freed(struct session *session)
{
	struct call *c = session->owner;

	c->session_gone = true;
	free_call(c);
}

static void forget_routes(struct call *c)
{
	if (c->routed)
		user_routes_del(&c->server->all->routes, c->config, &c->session.record);
	c->routed = false;
}

static void log_end(struct call *c, const char *text)
{
	const struct net_stats *stats = &c->session.record.stats;

	if (c->session.record.up_s)
		log_call(c, LOG_LEVEL_INFO,
			 "down after %llu s: %s; received %llu bytes in %llu packets, sent %llu in %llu",
			 (unsigned long long)session_uptime_s(&c->session), text,
			 (unsigned long long)stats->rx_bytes, (unsigned long long)stats->rx_packets,
			 (unsigned long long)stats->tx_bytes, (unsigned long long)stats->tx_packets);
	else
		log_call(c, c->refused ? LOG_LEVEL_DEBUG : LOG_LEVEL_INFO,
			 "ended before it was up: %s", text);
}

/* Take everything from the session that it holds; @text says why, for the log. */
static void end_session(struct call *c, enum event_cause cause, const char *text)
{
	if (c->ended)
		return;
	c->ended = true;
	forget_routes(c);
	auth_cancel(&c->job);
	session_end(&c->session, cause, text, session_freed);
	log_end(c, text);
	if (c->has_address && c->pool)
		pool_give_back(c->pool, c->address);
	c->server->n_calls--;
	c->server->all->n_calls--;
}

/* What the end of the call means for its session, if that has not ended by itself. */
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

static void session_down(struct session *session, enum ppp_reason reason, const char *text)
{
	struct call *c = session->owner;
	struct server_conn *sc = c->sc;

	end_session(c, EVENT_CAUSE_NONE, text);
	if (!sc)
		return;
	pptp_call_clear(&c->pptp, disconnect_result(reason), now_ms(c->server));
	tunnel_sync(&sc->conn);
}

/* --- login ------------------------------------------------------------------------------- */

static bool allowed(const void *ctx, struct in_addr address)
{
	return auth_allows_address(ctx, address);
}

/* Find an address for the user that @verdict lets in. NULL, or why there is none. */
static const char *take_address(struct call *c, const struct auth_verdict *verdict)
{
	struct server *server = c->server;
	size_t len = strlen(verdict->user);
	int err = -ENOSPC;

	switch (verdict->address_kind) {
	case AUTH_ADDRESS_FIXED:
		c->address = verdict->address;
		err = server->pool ? pool_take_address(server->pool, c->address) : -ENOENT;
		if (err == -ENOENT)
			err = 0;	/* not the pool's, so nobody else is given it */
		if (err)
			return "the user's address is in use";
		break;
	case AUTH_ADDRESS_POOL:
		if (!server->pool)
			return "the server has no pool and the user no address";
		err = verdict->restriction ?
		      pool_take_matching(server->pool, verdict->user, len, allowed, verdict,
					 &c->address) :
		      pool_take(server->pool, verdict->user, len, &c->address);
		if (err)
			return "no address is free";
		break;
	}
	if (!session_claim_inner(&c->session, c->address)) {
		if (server->pool)
			pool_give_back(server->pool, c->address);
		return "the user's address is in use";
	}
	c->has_address = true;
	c->pool = server->pool ? pool_get(server->pool) : NULL;
	return NULL;
}

static const char *admit(struct call *c, const struct auth_verdict *verdict)
{
	const struct config_server *config = c->server->config;
	const struct registry *registry = &c->server->all->sessions->registry;

	if (config->max_sessions_per_user &&
	    registry_count_user(registry, config->name, verdict->user) >=
	    config->max_sessions_per_user)
		return "the user has too many sessions";
	return take_address(c, verdict);
}

static void addresses(const struct config_server *config, struct in_addr remote,
		      struct ppp_ipv4 *ipv4)
{
	memset(ipv4, 0, sizeof(*ipv4));
	ipv4->local = config->local_address;
	ipv4->remote = remote;
	for (size_t i = 0; i < config->dns.n && i < PPP_DNS_MAX; i++)
		ipv4->dns[i] = config->dns.list[i];
	for (size_t i = 0; i < config->nbns.n && i < PPP_DNS_MAX; i++)
		ipv4->nbns[i] = config->nbns.list[i];
}

static void refuse(struct call *c, const struct ppp_auth_verdict *verdict)
{
	c->refused = true;
	session_verdict(&c->session, verdict, NULL);
}

/* The right password, but not now. */
static void refuse_admission(struct call *c, const char *why)
{
	struct ppp_auth_verdict no = {
		.result = PPP_AUTH_FAILED, .error = MSCHAP_ERR_NO_DIALIN_PERMISSION,
	};

	log_login(c, LOG_LEVEL_WARNING, "login refused: %s", why);
	session_login_refused(&c->session, c->session.record.user, why);
	snprintf(no.message, sizeof(no.message), "%s", why);
	refuse(c, &no);
}

static void accept_user(struct call *c, const struct ppp_auth_verdict *verdict)
{
	struct ppp_ipv4 ipv4;

	addresses(c->server->config, c->address, &ipv4);
	session_verdict(&c->session, verdict, &ipv4);
}

static void auth_done(void *ctx, const struct auth_verdict *verdict)
{
	struct call *c = ctx;
	const char *method = ppp_auth_name(c->method);
	const char *why;

	if (verdict->result != AUTH_OK) {
		log_login(c, LOG_LEVEL_NOTICE, "login of user \"%s\" refused (%s): %s",
			  verdict->user, method, auth_result_text(verdict->result));
		session_login_refused(&c->session, verdict->user,
				      auth_result_text(verdict->result));
		refuse(c, &verdict->link);
		return;
	}
	if (c->has_address) {
		/* a rechallenge of a link that is up */
		accept_user(c, &verdict->link);
		return;
	}
	why = admit(c, verdict);
	session_set_user(&c->session, verdict->user);
	if (why) {
		refuse_admission(c, why);
		return;
	}
	log_login(c, LOG_LEVEL_INFO, "authenticated (%s)", method);
	accept_user(c, &verdict->link);
}

static void authenticate(struct session *session, const struct ppp_auth_request *request)
{
	struct call *c = session->owner;
	const struct auth_request rq = {
		.proof = request,
		.server = c->server->config->auth_name,
		.strip_domain = c->server->config->strip_domain,
		.peer = session->record.addr.remote,
	};

	c->method = request->method;
	auth_start(c->server->auth, &c->job, &rq, auth_done, c);
}

static void auth_cancelled(struct session *session)
{
	struct call *c = session->owner;

	auth_cancel(&c->job);
}

/* --- sessions ---------------------------------------------------------------------------- */

static void session_up(struct session *session)
{
	struct call *c = session->owner;
	const struct session_record *r = &session->record;
	char mppe[48] = "no encryption";

	if (r->ppp.open & PPP_OPEN_CCP)
		snprintf(mppe, sizeof(mppe), "MPPE %u bit %s", r->ppp.tx.bits,
			 r->ppp.tx.stateless ? "stateless" : "stateful");
	log_call(c, LOG_LEVEL_INFO, "up on %s, %s to %s, %s, MTU %u", r->ifname,
		 show(r->ip4.local), show(r->ip4.remote), mppe, r->ip4.mtu);
	c->routed = user_routes_add(&c->server->all->routes, c->config, r, c->upper->net.mode);
	if (c->sc)
		c->sc->conn.expires = UINT64_MAX;
}

static void session_paused(struct session *session)
{
	forget_routes(session->owner);
}

static void session_note(struct session *session, bool wrong, const char *what)
{
	struct call *c = session->owner;

	log_frame(c, wrong ? LOG_LEVEL_NOTICE : LOG_LEVEL_DEBUG, "%s", what);
}

static const struct session_ops session_ops = {
	.authenticate = authenticate,
	.auth_cancelled = auth_cancelled,
	.up = session_up,
	.paused = session_paused,
	.note = session_note,
	.down = session_down,
};

/* --- calls ------------------------------------------------------------------------------- */

static struct pptp_call *call_alloc(struct pptp_conn *pptp, enum pptp_call_kind kind,
				    const struct pptp_msg *rq, struct pptp_refusal *no)
{
	struct server_conn *sc = conn_of(pptp);
	struct server *server = sc->server;
	const struct config_server *config = server->config;
	struct call *c;

	if (server->all->stopping || server->retired)
		return NULL;
	if (config->max_sessions && server->n_calls >= config->max_sessions) {
		log_conn(sc, LOG_LEVEL_WARNING, "call refused: the server has %u sessions",
			 server->n_calls);
		return NULL;
	}
	c = calloc(1, sizeof(*c));
	if (!c) {
		log_conn(sc, LOG_LEVEL_ERROR, "call refused: out of memory");
		return NULL;
	}
	c->server = server;
	c->config = config_get(server->whole);
	c->upper = link_get(server->upper);
	c->sc = sc;
	server->refs++;
	server->n_calls++;
	server->all->n_calls++;
	session_init(&c->session, server->all->sessions, SESSION_OF_SERVER, config->name,
		     &server->session, &session_ops, c);
	session_set_outer(&c->session, sc->conn.local.sin_addr, sc->conn.remote.sin_addr);
	return &c->pptp;
}

static void call_asked(struct pptp_call *pptp)
{
	struct call *c = call_of(pptp);
	struct session_record *record = &c->session.record;
	const struct net_session_addr addr = {
		.local = record->addr.local,
		.remote = record->addr.remote,
		.peer_call_id = pptp->peer_id,
	};
	struct pptp_call_params params = { .window = RECEIVE_WINDOW, .speed = LINE_SPEED };

	if (session_open(&c->session, &addr)) {
		const struct pptp_refusal no = {
			.result = PPTP_RESULT_GENERAL, .error = PPTP_ERR_NO_RESOURCE,
		};

		log_call(c, LOG_LEVEL_ERROR, "%s", c->session.net.reason);
		pptp_call_refuse(pptp, &no, now_ms(c->server));
		return;
	}
	params.local_id = record->addr.call_id;
	params.channel = record->id;
	if (pptp_call_answer(pptp, &params, now_ms(c->server))) {
		const struct pptp_refusal no = {
			.result = PPTP_RESULT_GENERAL, .error = PPTP_ERR_NO_RESOURCE,
		};

		pptp_call_refuse(pptp, &no, now_ms(c->server));
	}
}

static void call_up(struct pptp_call *pptp)
{
	struct call *c = call_of(pptp);

	log_call(c, LOG_LEVEL_INFO, "call with IDs %u and %u",
		 c->session.record.addr.call_id, c->session.record.addr.peer_call_id);
	/* The peer should know of the call before the first frame of it comes. */
	tunnel_flush(&c->sc->conn);
	session_start(&c->session);
}

static void call_down(struct pptp_call *pptp, enum pptp_call_end why)
{
	struct call *c = call_of(pptp);
	struct server_conn *sc = c->sc;
	struct server *server = c->server;

	end_session(c, cause_of(why), pptp_call_end_text(why));
	c->sc = NULL;
	free_call(c);

	if (sc->conn.pptp.nr_calls || sc->conn.pptp.state != PPTP_CONN_ESTABLISHED)
		return;
	if (server->all->stopping || server->retired)
		pptp_conn_stop(&sc->conn.pptp, PPTP_STOP_SHUTDOWN, now_ms(server));
	else if (server->config->login_timeout_s)
		/* it may place another call, but not stay for nothing */
		sc->conn.expires = now_ms(server) + server->config->login_timeout_s * 1000ull;
}

/* --- control connections ----------------------------------------------------------------- */

static void conn_freed(struct tunnel *conn)
{
	struct server_conn *sc = container_of(conn, struct server_conn, conn);
	struct server *server = sc->server;
	struct servers *all = server->all;

	free(sc);
	all->n_conns--;
	server_unref(server);
	if (all->stopping)
		servers_stop(all, all->stopped, all->ctx);
}

static void drop_conn(struct server_conn *sc)
{
	if (sc->listed)
		LIST_REMOVE(sc, by_address);
	sc->listed = false;
	sc->server->n_conns--;
	tunnel_close(&sc->conn, conn_freed);
}

static void conn_closed(struct pptp_conn *pptp, enum pptp_close why)
{
	struct server_conn *sc = conn_of(pptp);

	switch (why) {
	case PPTP_CLOSE_LOCAL:
	case PPTP_CLOSE_PEER_STOP:
	case PPTP_CLOSE_EOF:
	case PPTP_CLOSE_ABORTED:
		log_conn(sc, LOG_LEVEL_DEBUG, "connection closed: %s", pptp_close_text(why));
		break;
	default:
		log_conn(sc, LOG_LEVEL_NOTICE, "connection closed: %s", pptp_close_text(why));
		break;
	}
	drop_conn(sc);
}

static void conn_up(struct pptp_conn *pptp)
{
	struct server_conn *sc = conn_of(pptp);

	log_conn(sc, LOG_LEVEL_INFO, "connected, host \"%s\", vendor \"%s\"", pptp->peer_host,
		 pptp->peer_vendor);
}

static void conn_note(struct pptp_conn *pptp, const char *what)
{
	log_conn(conn_of(pptp), LOG_LEVEL_NOTICE, "%s", what);
}

static void conn_expired(struct tunnel *conn)
{
	struct server_conn *sc = container_of(conn, struct server_conn, conn);

	log_conn(sc, LOG_LEVEL_NOTICE, "no session came up in time");
	pptp_conn_stop(&conn->pptp, PPTP_STOP_NONE, now_ms(sc->server));
}

static const struct pptp_conn_ops conn_ops = {
	.send = tunnel_send,
	.closed = conn_closed,
	.up = conn_up,
	.note = conn_note,
	.call_alloc = call_alloc,
	.call_asked = call_asked,
	.call_up = call_up,
	.call_down = call_down,
};

static struct conn_bucket *bucket_of(struct servers *all, struct in_addr address)
{
	return &all->conns->by_address[ntohl(address.s_addr) & (CONN_BUCKETS - 1)];
}

/* Why this connection may not be, or NULL. */
static const char *over_limit(const struct server_conn *sc)
{
	const struct config_server *config = sc->server->config;
	struct server_conn *other;
	unsigned int n = 0;

	if (config->max_connections && sc->server->n_conns > config->max_connections)
		return "too many connections";
	LIST_FOREACH(other, bucket_of(sc->server->all, sc->conn.remote.sin_addr), by_address) {
		if (other->server == sc->server &&
		    other->conn.remote.sin_addr.s_addr == sc->conn.remote.sin_addr.s_addr)
			n++;
	}
	if (config->max_connections_per_address && n >= config->max_connections_per_address)
		return "too many connections from this address";
	return NULL;
}

static void connection_cb(uv_stream_t *stream, int status)
{
	struct listener *l = container_of((uv_tcp_t *)stream, struct listener, tcp);
	struct server *server = l->server;
	struct server_conn *sc;
	const char *why;
	int err;

	if (status < 0) {
		log_limited("accept", now_ms(server), LOG_LEVEL_ERROR, "server %s: accept: %s",
			    server->config->name, uv_strerror(status));
		return;
	}
	sc = calloc(1, sizeof(*sc));
	if (!sc)
		return;		/* it waits in the backlog */
	sc->server = server;
	server->refs++;
	server->n_conns++;
	server->all->n_conns++;
	err = tunnel_accept(&sc->conn, server->all->loop, stream);
	if (err) {
		/* it was gone before we looked */
		drop_conn(sc);
		return;
	}
	why = over_limit(sc);
	if (why) {
		log_conn(sc, LOG_LEVEL_WARNING, "connection refused: %s", why);
		drop_conn(sc);
		return;
	}
	LIST_INSERT_HEAD(bucket_of(server->all, sc->conn.remote.sin_addr), sc, by_address);
	sc->listed = true;
	if (server->config->login_timeout_s) {
		sc->conn.expires = now_ms(server) + server->config->login_timeout_s * 1000ull;
		sc->conn.expired = conn_expired;
	}
	tunnel_serve(&sc->conn, &server->pptp, &conn_ops);
}

static void for_each_conn(struct servers *s, void (*fn)(struct server_conn *sc))
{
	for (unsigned int i = 0; i < CONN_BUCKETS; i++) {
		struct server_conn *sc = LIST_FIRST(&s->conns->by_address[i]);

		while (sc) {
			struct server_conn *next = LIST_NEXT(sc, by_address);

			fn(sc);
			sc = next;
		}
	}
}

static void end_conn(struct server_conn *sc)
{
	struct pptp_call *pptp = sc->conn.pptp.calls;

	if (!pptp)
		pptp_conn_stop(&sc->conn.pptp, PPTP_STOP_SHUTDOWN, now_ms(sc->server));
	tunnel_sync(&sc->conn);
}

/* --- servers ----------------------------------------------------------------------------- */

static void session_settings(struct server *server)
{
	const struct config_server *config = server->config;
	struct ppp_config *ppp = &server->session.ppp;

	ppp_config_init(ppp);
	memcpy(ppp->demand, config->auth, sizeof(ppp->demand));
	memcpy(ppp->eap, config->eap, sizeof(ppp->eap));
	ppp->name = config->auth_name;
	ppp->echo_interval_ms = config->lcp_echo_interval_s * 1000;
	ppp->echo_failures = config->lcp_echo_failure;
	ppp->mppe = config->mppe;
	ppp->mppe_bits = config->mppe_bits;
	ppp->mppe_modes = config->mppe_modes;
	server->session.mtu = config->mtu == CONFIG_MTU_AUTO ? 0 : config->mtu;
	server->session.link = &server->upper->net;
	server->session.idle_timeout_s = config->idle_timeout_s;
	server->session.session_timeout_s = config->session_timeout_s;
}

static void pptp_settings(struct server *server)
{
	const struct config_server *config = server->config;
	struct pptp_conn_config *pptp = &server->pptp;

	pptp_conn_config_init(pptp);
	pptp->host = config->host_name;
	pptp->vendor = VENDOR;
	pptp->firmware = FIRMWARE;
	pptp->max_channels = config->max_calls_per_connection > UINT16_MAX ?
			     UINT16_MAX : config->max_calls_per_connection;
	pptp->max_calls = config->max_calls_per_connection;
	pptp->echo_interval_ms = config->echo_interval_s * 1000;
	pptp->echo_timeout_ms = config->echo_timeout_s * 1000;
}

/* --- listening --------------------------------------------------------------------------- */

static void listener_closed(uv_handle_t *handle)
{
	struct listener *l = container_of((uv_tcp_t *)handle, struct listener, tcp);
	struct servers *s = handle->data;

	free(l);
	s->open_handles--;
	if (s->stopping)
		servers_stop(s, s->stopped, s->ctx);
}

static void close_listener(struct listener *l)
{
	LIST_REMOVE(l, link);
	uv_close((uv_handle_t *)&l->tcp, listener_closed);
}

/* Listen, for nobody yet. NULL with a negative errno in @err. */
static struct listener *open_listener(struct servers *s, struct in_addr address, uint16_t port,
				      int *err)
{
	const struct sockaddr_in sin = {
		.sin_family = AF_INET, .sin_addr = address, .sin_port = htons(port),
	};
	struct listener *l = calloc(1, sizeof(*l));

	*err = -ENOMEM;
	if (!l)
		return NULL;
	l->address = address;
	l->port = port;
	uv_tcp_init(s->loop, &l->tcp);
	l->tcp.data = s;
	s->open_handles++;
	LIST_INSERT_HEAD(&s->listeners, l, link);
	*err = uv_tcp_bind(&l->tcp, (const struct sockaddr *)&sin, 0);
	if (!*err)
		*err = uv_listen((uv_stream_t *)&l->tcp, BACKLOG, connection_cb);
	if (!*err)
		return l;
	close_listener(l);
	return NULL;
}

static struct listener *find_listener(const struct servers *s, struct in_addr address,
				      uint16_t port)
{
	struct listener *l;

	LIST_FOREACH(l, &s->listeners, link)
		if (l->address.s_addr == address.s_addr && l->port == port)
			return l;
	return NULL;
}

/* Does one of our own sockets keep this address from being listened on? */
static bool is_in_our_way(const struct servers *s, struct in_addr address, uint16_t port)
{
	const struct listener *l;

	LIST_FOREACH(l, &s->listeners, link)
		if (l->port == port && (!l->address.s_addr || !address.s_addr))
			return true;
	return false;
}

/* --- from one configuration to the next -------------------------------------------------- */

/*
 * A new configuration is gone over to in two steps. The first makes all that can fail to be made,
 * and nothing that would be noticed; if it fails, it is undone. The second cannot fail.
 */
struct plan {
	struct config *config;
	struct pool **pools;		/* one for each of config->pools; references */
	struct server **servers;	/* likewise; old ones, or new ones that are in no list */
	struct auth **auths;		/* likewise; references */
	struct server_link **uppers;	/* likewise; references */
	struct listener **listeners;	/* all addresses of all servers in turn; NULL: later */
	size_t n_listeners;
	char *error;
	size_t size;
};

static struct server *find_server(const struct servers *s, const char *name)
{
	struct server *server;

	TAILQ_FOREACH(server, &s->list, link)
		if (!server->retired && !strcmp(server->config->name, name))
			return server;
	return NULL;
}

static int plan_failed(struct plan *plan, int err, const char *name, const char *what)
{
	snprintf(plan->error, plan->size, "%s%s%s: %s", what, *name ? " " : "", name,
		 uv_strerror(err));
	return err;
}

static struct pool *old_pool(const struct servers *s, const char *name)
{
	for (size_t i = 0; s->config && i < s->config->n_pools; i++)
		if (!strcmp(s->config->pools[i].name, name))
			return s->pools[i];
	return NULL;
}

static int plan_pools(const struct servers *s, struct plan *plan)
{
	for (size_t i = 0; i < plan->config->n_pools; i++) {
		const struct config_pool *pool = &plan->config->pools[i];
		struct pool *old = old_pool(s, pool->name);

		plan->pools[i] = old ? pool_get(old) :
				       pool_new(pool->ranges, pool->n_ranges, pool->exclude,
						pool->n_exclude);
		if (!plan->pools[i])
			return plan_failed(plan, -ENOMEM, pool->name, "pool");
	}
	return 0;
}

static struct server_link *open_link(const struct servers *s, struct plan *plan,
				     const struct config_server *config, int *err)
{
	struct server_link *link = calloc(1, sizeof(*link));

	if (!link) {
		*err = plan_failed(plan, -ENOMEM, config->name, "server");
		return NULL;
	}
	link->refs = 1;
	link->backend = s->sessions->backend;
	link->net.mode = config->link == CONFIG_LINK_SHARED ? NET_LINK_SHARED : NET_LINK_SESSION;
	link->net.local = config->local_address;
	link->net.mss_clamp = config->mss_clamp;
	snprintf(link->net.name, sizeof(link->net.name), "%s",
		 link->net.mode == NET_LINK_SHARED ? config->interface : "pptp%d");
	*err = net_link_open(link->backend, &link->net);
	if (!*err)
		return link;
	snprintf(plan->error, plan->size, "server %s: link: %s", config->name, link->net.reason);
	link_put(link);
	return NULL;
}

static bool same_link(const struct config_server *a, const struct config_server *b)
{
	return a->link == b->link && a->local_address.s_addr == b->local_address.s_addr &&
	       a->mss_clamp == b->mss_clamp && !strcmp(a->interface, b->interface);
}

static int plan_server(struct servers *s, struct plan *plan, size_t i)
{
	const struct config_server *config = &plan->config->servers[i];
	struct server *server = find_server(s, config->name);
	int err = 0;

	plan->servers[i] = server;
	plan->auths[i] = auth_secrets_new(config->secrets);
	if (!plan->auths[i])
		return plan_failed(plan, -ENOMEM, config->name, "server");
	if (server && same_link(server->config, config))
		plan->uppers[i] = link_get(server->upper);
	else
		plan->uppers[i] = open_link(s, plan, config, &err);
	if (err || server)
		return err;
	server = calloc(1, sizeof(*server));
	if (!server)
		return plan_failed(plan, -ENOMEM, config->name, "server");
	server->all = s;
	plan->servers[i] = server;
	return 0;
}

static int plan_listeners(struct servers *s, struct plan *plan, const struct config_server *config)
{
	for (size_t i = 0; i < config->listen.n; i++) {
		struct in_addr address = config->listen.list[i];
		struct listener *l = find_listener(s, address, config->port);
		bool ours = is_in_our_way(s, address, config->port);
		char what[64];
		int err = 0;

		if (!l && !ours)
			l = open_listener(s, address, config->port, &err);
		if (err) {
			snprintf(what, sizeof(what), "listen on %s port %u", show(address),
				 config->port);
			return plan_failed(plan, err, "", what);
		}
		plan->listeners[plan->n_listeners++] = l;
	}
	return 0;
}

static int make_plan(struct servers *s, struct plan *plan)
{
	const struct config *config = plan->config;
	size_t n_listeners = 0;
	int err;

	for (size_t i = 0; i < config->n_servers; i++)
		n_listeners += config->servers[i].listen.n;
	/* One more of each: an empty array is not a lack of memory. */
	plan->pools = calloc(config->n_pools + 1, sizeof(*plan->pools));
	plan->servers = calloc(config->n_servers + 1, sizeof(*plan->servers));
	plan->auths = calloc(config->n_servers + 1, sizeof(*plan->auths));
	plan->uppers = calloc(config->n_servers + 1, sizeof(*plan->uppers));
	plan->listeners = calloc(n_listeners + 1, sizeof(*plan->listeners));
	if (!plan->pools || !plan->servers || !plan->auths || !plan->uppers || !plan->listeners)
		return plan_failed(plan, -ENOMEM, "", "configuration");
	err = plan_pools(s, plan);
	for (size_t i = 0; !err && i < config->n_servers; i++)
		err = plan_server(s, plan, i);
	for (size_t i = 0; !err && i < config->n_servers; i++)
		err = plan_listeners(s, plan, &config->servers[i]);
	return err;
}

static void free_plan(struct plan *plan)
{
	free(plan->pools);
	free(plan->servers);
	free(plan->auths);
	free(plan->uppers);
	free(plan->listeners);
}

static void drop_plan(struct servers *s, struct plan *plan)
{
	struct listener *l, *next;

	for (size_t i = 0; plan->pools && i < plan->config->n_pools; i++)
		pool_put(plan->pools[i]);
	for (size_t i = 0; plan->servers && i < plan->config->n_servers; i++)
		if (plan->servers[i] && !plan->servers[i]->config)
			server_free(plan->servers[i]);
	for (size_t i = 0; plan->auths && i < plan->config->n_servers; i++)
		auth_put(plan->auths[i]);
	for (size_t i = 0; plan->uppers && i < plan->config->n_servers; i++)
		link_put(plan->uppers[i]);
	for (l = LIST_FIRST(&s->listeners); l; l = next) {
		next = LIST_NEXT(l, link);
		if (!l->server)
			close_listener(l);
	}
	free_plan(plan);
}

static void carry_out_pools(struct servers *s, struct plan *plan)
{
	const struct config *config = plan->config;

	for (size_t i = 0; i < config->n_pools; i++) {
		const struct config_pool *pool = &config->pools[i];

		if (old_pool(s, pool->name) &&
		    !pool_change(plan->pools[i], pool->ranges, pool->n_ranges, pool->exclude,
				 pool->n_exclude))
			log_error("pool %s: out of memory, it stays as it was", pool->name);
	}
	for (size_t i = 0; s->config && i < s->config->n_pools; i++)
		pool_put(s->pools[i]);
	free(s->pools);
	s->pools = plan->pools;
	plan->pools = NULL;
}

static void set_server(struct servers *s, const struct plan *plan, size_t i)
{
	const struct config_server *config = &plan->config->servers[i];
	struct server *server = plan->servers[i];
	struct config *old = server->whole;

	if (!server->config)
		TAILQ_INSERT_TAIL(&s->list, server, link);
	server->whole = config_get(plan->config);
	server->config = config;
	config_put(old);
	link_put(server->upper);
	server->upper = plan->uppers[i];
	session_settings(server);
	pptp_settings(server);
	auth_put(server->auth);
	server->auth = plan->auths[i];
	pool_put(server->pool);
	server->pool = config->pool ?
		       pool_get(s->pools[config->pool - plan->config->pools]) : NULL;
}

static bool is_planned(const struct plan *plan, const struct server *server)
{
	for (size_t i = 0; i < plan->config->n_servers; i++)
		if (plan->servers[i] == server)
			return true;
	return false;
}

static void end_conn_if_retired(struct server_conn *sc)
{
	if (sc->server->retired)
		end_conn(sc);
}

/* End the sessions of @server, or of all servers if it is NULL, in good order. */
static void close_sessions(const struct servers *s, const struct server *server, const char *why)
{
	const struct registry *registry = &s->sessions->registry;
	struct session *session, *next;

	for (session = registry_next(registry, NULL); session; session = next) {
		struct call *c = session->owner;

		next = registry_next(registry, session);
		if (session->record.role == SESSION_OF_SERVER && (!server || c->server == server))
			session_close(session, EVENT_CAUSE_ADMIN_REBOOT, why);
	}
}

/* End all that the server has to do; it is freed when that is done. */
static void retire(struct server *server)
{
	struct servers *s = server->all;

	log_notice("server %s is no longer configured", server->config->name);
	server->retired = true;
	server->refs++;
	close_sessions(s, server, "the server is closed");
	for_each_conn(s, end_conn_if_retired);
	server_unref(server);
}

/* Give each listener to its server, close what nobody wants, and open what had to wait for that. */
static void carry_out_listeners(struct servers *s, const struct plan *plan)
{
	const struct config *config = plan->config;
	struct listener *l, *next;
	size_t n = 0;

	LIST_FOREACH(l, &s->listeners, link)
		l->server = NULL;
	for (size_t i = 0; i < config->n_servers; i++)
		for (size_t j = 0; j < config->servers[i].listen.n; j++, n++)
			if (plan->listeners[n])
				plan->listeners[n]->server = plan->servers[i];
	for (l = LIST_FIRST(&s->listeners); l; l = next) {
		next = LIST_NEXT(l, link);
		if (!l->server)
			close_listener(l);
	}
	n = 0;
	for (size_t i = 0; i < config->n_servers; i++) {
		const struct config_server *server = &config->servers[i];

		for (size_t j = 0; j < server->listen.n; j++, n++) {
			int err;

			if (plan->listeners[n])
				continue;
			l = open_listener(s, server->listen.list[j], server->port, &err);
			if (l)
				l->server = plan->servers[i];
			else
				log_error("server %s: listen on %s port %u: %s", server->name,
					  show(server->listen.list[j]), server->port,
					  uv_strerror(err));
		}
	}
}

static void carry_out(struct servers *s, struct plan *plan)
{
	struct config *old = s->config;
	struct server *server, *next;

	carry_out_pools(s, plan);
	for (size_t i = 0; i < plan->config->n_servers; i++)
		set_server(s, plan, i);
	carry_out_listeners(s, plan);
	s->config = config_get(plan->config);
	for (server = TAILQ_FIRST(&s->list); server; server = next) {
		next = TAILQ_NEXT(server, link);
		if (!server->retired && !is_planned(plan, server))
			retire(server);
	}
	config_put(old);
	free_plan(plan);
}

int servers_reload(struct servers *s, struct config *config, char *error, size_t size)
{
	struct plan plan = { .config = config, .error = error, .size = size };
	int err = make_plan(s, &plan);

	if (err)
		drop_plan(s, &plan);
	else
		carry_out(s, &plan);
	return err;
}

int servers_open(struct servers *s, struct sessions *sessions, struct config *config)
{
	char error[256];
	int err;

	memset(s, 0, sizeof(*s));
	s->sessions = sessions;
	s->loop = sessions->loop;
	TAILQ_INIT(&s->list);
	LIST_INIT(&s->listeners);
	uv_timer_init(s->loop, &s->stop_timer);
	s->stop_timer.data = s;
	s->open_handles = 1;
	s->conns = calloc(1, sizeof(*s->conns));
	if (!s->conns) {
		log_error("out of memory");
		return -ENOMEM;
	}
	err = servers_reload(s, config, error, sizeof(error));
	if (err)
		log_error("%s", error);
	return err;
}

/* --- the end ----------------------------------------------------------------------------- */

static void stop_conn(struct server_conn *sc)
{
	pptp_conn_stop(&sc->conn.pptp, PPTP_STOP_SHUTDOWN, now_ms(sc->server));
	tunnel_sync(&sc->conn);
}

static void abort_conn(struct server_conn *sc)
{
	pptp_conn_abort(&sc->conn.pptp, now_ms(sc->server));
}

static void close_listeners(struct servers *s)
{
	struct listener *l;

	while ((l = LIST_FIRST(&s->listeners)))
		close_listener(l);
}

static void handle_closed(uv_handle_t *handle)
{
	struct servers *s = handle->data;

	s->open_handles--;
	servers_stop(s, s->stopped, s->ctx);
}

static void stop_timer_cb(uv_timer_t *timer)
{
	struct servers *s = timer->data;

	if (s->stop_step++ == 0) {
		uv_timer_start(timer, stop_timer_cb, STOP_CONNS_MS, 0);
		for_each_conn(s, stop_conn);
	} else {
		for_each_conn(s, abort_conn);
	}
}

void servers_stop(struct servers *s, void (*stopped)(void *ctx), void *ctx)
{
	if (!s->stopping) {
		s->stopping = true;
		s->stopped = stopped;
		s->ctx = ctx;
		close_listeners(s);
		close_sessions(s, NULL, "server is shut down");
		if (s->conns)
			for_each_conn(s, end_conn);
		uv_timer_start(&s->stop_timer, stop_timer_cb, STOP_LINKS_MS, 0);
	}
	if (s->n_conns || s->n_calls)
		return;
	if (!uv_is_closing((uv_handle_t *)&s->stop_timer)) {
		uv_close((uv_handle_t *)&s->stop_timer, handle_closed);
	} else if (s->open_handles == 0) {
		stopped(ctx);
	}
}

void servers_free(struct servers *s)
{
	struct server *server;

	user_routes_close(&s->routes);
	while ((server = TAILQ_FIRST(&s->list))) {
		TAILQ_REMOVE(&s->list, server, link);
		server_free(server);
	}
	for (size_t i = 0; s->config && i < s->config->n_pools; i++)
		pool_put(s->pools[i]);
	free(s->pools);
	free(s->conns);
	config_put(s->config);
}

void server_count(const struct servers *s, const char *name, unsigned int *conns,
		  unsigned int *sessions)
{
	const struct server *server = find_server(s, name);

	*conns = server ? server->n_conns : 0;
	*sessions = server ? server->n_calls : 0;
}
