// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "server/call.h"
#include "server/connection.h"
#include "server/servers.h"
#include "session/remember.h"
#include "util/callback.h"
#include "util/container.h"
#include "util/descriptors.h"
#include "util/log.h"
#include "util/text.h"

/*
 * For each step to a login: a Start-Control-Connection-Request, a call, the first PPP frame. Clients
 * take them as fast as the network allows.
 */
#define STEP_MS	10000

struct connection *connection_of(struct pptp_conn *pptp)
{
	struct tunnel *tunnel = container_of(pptp, struct tunnel, pptp);

	return container_of(tunnel, struct connection, tunnel);
}

/* --- the end of a connection ------------------------------------------------------------- */

static void tunnel_freed(struct tunnel *tunnel)
{
	struct connection *c = container_of(tunnel, struct connection, tunnel);
	struct server *server = c->server;
	struct servers *all = server->all;

	free(c);
	all->n_conns--;
	server_put(server);
	servers_have_less(all);
}

static void drop(struct connection *c)
{
	if (c->listed)
		LIST_REMOVE(c, by_address);
	c->listed = false;
	history_let_go(&c->tunnel.history, server_now(c->server));
	admission_connection_end(&c->admission);
	c->server->n_conns--;
	tunnel_close(&c->tunnel, tunnel_freed);
}

static void closed(struct pptp_conn *pptp, enum pptp_close why)
{
	struct connection *c = connection_of(pptp);
	enum log_level level = LOG_LEVEL_NOTICE;

	switch (why) {
	case PPTP_CLOSE_LOCAL:
	case PPTP_CLOSE_PEER_STOP:
	case PPTP_CLOSE_EOF:
	case PPTP_CLOSE_ABORTED:
		level = LOG_LEVEL_DEBUG;
		break;
	default:
		break;
	}
	log_connection(c, level, "connection closed: %s", pptp_close_text(why));
	if (history_has_ended(c->tunnel.history))
		history_add(c->tunnel.history, HISTORY_CLOSED, server_now(c->server), "%s",
			    pptp_close_text(why));
	else
		history_end(c->tunnel.history, false, server_now(c->server), pptp_close_text(why));
	drop(c);
}

/*
 * Returns true if each call of the connection has received a PPP frame, or is not established yet.
 */
static bool calls_are_heard(const struct connection *c)
{
	for (const struct pptp_call *call = c->tunnel.pptp.calls; call; call = call->next)
		if (!call_is_heard(call))
			return false;
	return true;
}

/* Returns what seems to be wrong with the wire of one of the calls; NULL if nothing does. */
static const char *what_is_wrong(const struct connection *c)
{
	const char *wire;

	for (struct pptp_call *call = c->tunnel.pptp.calls; call; call = call->next) {
		wire = call_wire(call);
		if (wire)
			return wire;
	}
	return NULL;
}

const char *connection_lack_name(enum connection_lack lack)
{
	static const char * const names[CONNECTION_LACKS] = {
		[CONNECTION_LACKS_REQUEST] = "request",
		[CONNECTION_LACKS_CALL] = "call",
		[CONNECTION_LACKS_FRAMES] = "frames",
		[CONNECTION_LACKS_SESSION] = "session",
	};

	return names[lack];
}

/* Returns what keeps the connection from going on to a login, or that it only lacks the session. */
static enum connection_lack what_is_missing(const struct connection *c)
{
	if (c->tunnel.pptp.state != PPTP_CONN_ESTABLISHED)
		return CONNECTION_LACKS_REQUEST;
	if (!c->called && !c->tunnel.pptp.nr_calls)
		return CONNECTION_LACKS_CALL;
	if (!calls_are_heard(c))
		return CONNECTION_LACKS_FRAMES;
	return CONNECTION_LACKS_SESSION;
}

/* What ends the connection goes into the history of each attempt on it. */
static void remember_told(struct connection *c, const char *before, const char *what)
{
	history_add(c->tunnel.history, HISTORY_TOLD, server_now(c->server), "%s%s", before, what);
	for (struct pptp_call *call = c->tunnel.pptp.calls; call; call = call->next)
		history_add(call_history(call), HISTORY_TOLD, server_now(c->server), "%s%s", before,
			    what);
}

static void expired(struct tunnel *tunnel)
{
	struct connection *c = container_of(tunnel, struct connection, tunnel);
	static const char * const words[CONNECTION_LACKS] = {
		[CONNECTION_LACKS_REQUEST] = "no Start-Control-Connection-Request came",
		[CONNECTION_LACKS_CALL] = "no call was placed",
		[CONNECTION_LACKS_FRAMES] = "no PPP frame came: does GRE (IP protocol 47) reach us?",
		[CONNECTION_LACKS_SESSION] = "no session came up in time",
	};
	const enum connection_lack missing = what_is_missing(c);
	enum log_event event = LOG_EVENT_GRE_NOT_HEARD;
	const char *wrong;

	if (missing == CONNECTION_LACKS_SESSION && server_now(c->server) < c->login_by) {
		tunnel->expires = c->login_by;
		return;
	}
	wrong = what_is_wrong(c);
	if (!wrong && missing != CONNECTION_LACKS_FRAMES)
		event = LOG_EVENT_NONE;
	if (!wrong)
		wrong = words[missing];
	c->server->all->conns->counts.expired[missing]++;
	log_connection_event(c, event, LOG_LEVEL_NOTICE, "%s", wrong);
	remember_told(c, "", wrong);
	c->told = true;
	pptp_conn_stop(&tunnel->pptp, PPTP_STOP_NONE, server_now(c->server));
}

/* The next step must follow within STEP_MS; without a session the time ends at login_by, too. */
static void expect_step(struct connection *c)
{
	if (!c->settled)
		c->tunnel.expires = earlier(server_now(c->server) + STEP_MS, c->login_by);
}

static void expect_session(struct connection *c)
{
	unsigned int timeout_s = c->server->config->login_timeout_s;

	c->tunnel.expired = expired;
	c->settled = false;
	c->login_by = timeout_s ? server_now(c->server) + timeout_s * 1000ull : NEVER;
	c->tunnel.expires = c->login_by;
}

void connection_has_call(struct connection *c)
{
	c->called = true;
	expect_step(c);
}

void connection_may_stay(struct connection *c)
{
	c->settled = true;
	c->tunnel.expires = NEVER;
}

void connection_has_no_call(struct connection *c)
{
	if (c->tunnel.pptp.nr_calls || c->tunnel.pptp.state != PPTP_CONN_ESTABLISHED)
		return;
	c->called = true;
	if (c->server->all->stopping || c->server->retired || c->server->drain.on)
		pptp_conn_stop(&c->tunnel.pptp, PPTP_STOP_SHUTDOWN, server_now(c->server));
	else if (c->settled)
		expect_session(c);
	else
		/* Calls that come to nothing do not prolong the time. */
		c->tunnel.expires = c->login_by;
}

void connection_end(struct connection *c)
{
	if (!c->tunnel.pptp.calls)
		pptp_conn_stop(&c->tunnel.pptp, PPTP_STOP_SHUTDOWN, server_now(c->server));
	tunnel_sync(&c->tunnel);
}

void connection_stop(struct connection *c)
{
	pptp_conn_stop(&c->tunnel.pptp, PPTP_STOP_SHUTDOWN, server_now(c->server));
	tunnel_sync(&c->tunnel);
}

void connection_abort(struct connection *c)
{
	pptp_conn_abort(&c->tunnel.pptp, server_now(c->server));
}

/* --- the life of a connection ------------------------------------------------------------ */

static void up(struct pptp_conn *pptp, const struct pptp_start *peer)
{
	struct connection *c = connection_of(pptp);
	char host[TEXT_QUOTE_SIZE], vendor[TEXT_QUOTE_SIZE];

	admission_connection_spoke(&c->admission, server_now(c->server));
	c->asked = steps_mark();
	expect_step(c);
	text_quote(host, peer->host);
	text_quote(vendor, peer->vendor);
	log_connection(c, LOG_LEVEL_DEBUG, "connected, host %s, vendor %s", host, vendor);
	history_add(c->tunnel.history, HISTORY_STARTED, server_now(c->server),
		    "host %s, vendor %s", host, vendor);
}

static void note(struct pptp_conn *pptp, const char *what)
{
	struct connection *c = connection_of(pptp);

	log_connection(c, LOG_LEVEL_NOTICE, "%s", what);
	history_add(c->tunnel.history, HISTORY_NOTE, server_now(c->server), "%s", what);
}

static uint64_t signs(struct pptp_conn *pptp)
{
	uint64_t sum = 0;

	for (struct pptp_call *call = pptp->calls; call; call = call->next)
		sum += call_signs(call);
	return sum;
}

static const struct pptp_conn_ops ops = {
	.send = tunnel_send,
	.heard = tunnel_heard,
	.closed = closed,
	.up = up,
	.note = note,
	.signs = signs,
	.call_alloc = call_alloc,
	.call_asked = call_asked,
	.call_up = call_up,
	.call_down = call_down,
};

static unsigned int bucket(struct ip_addr address)
{
	return ip_hash(address) & (CONNECTION_BUCKETS - 1);
}

void connection_give_way(struct admission_connection *admission, enum admission_reason why)
{
	struct connection *c = container_of(admission, struct connection, admission);

	c->server->all->conns->counts.displaced[why]++;
	log_connection(c, LOG_LEVEL_NOTICE, "gives way to a newer one: %s",
		       admission_reason_info(why)->log);
	remember_told(c, "gives way to a newer one: ", admission_reason_info(why)->log);
	pptp_conn_abort(&c->tunnel.pptp, server_now(c->server));
}

static bool one_gives_way(const struct connection *c, const struct server *server)
{
	struct admission_answer a = admission_no_descriptors(server->admission, &c->admission,
							     server_now(server));

	if (a.verdict != ADMISSION_REPLACE)
		return false;
	connection_give_way(a.connection, a.reason);
	return true;
}

void connection_refuses_call(struct connection *c, enum admission_reason why)
{
	c->server->all->conns->counts.refused_calls[why]++;
}

bool connection_makes_room(struct connection *c)
{
	struct server *server;

	if (one_gives_way(c, c->server))
		return true;
	TAILQ_FOREACH(server, &c->server->all->list, link)
		if (server != c->server && one_gives_way(c, server))
			return true;
	return false;
}

/* Returns true if @c has a descriptor to spare, or another connection gave its own up for it. */
static bool has_room(struct connection *c, bool one_gave_way)
{
	return one_gave_way || !descriptor_is_scarce(tunnel_socket(&c->tunnel)) ||
	       connection_makes_room(c);
}

/*
 * Returns false, after logging the reason, if the connection is refused. Others give way only to a
 * connection that is let in, unless there is no memory left when they have.
 */
static bool is_admitted(struct connection *c)
{
	enum admission_reason reason;
	struct admission_answer a;
	bool one_gave_way = false;

	do {
		a = admission_connection(c->server->admission, &c->admission, c->tunnel.remote,
					 server_now(c->server));
		if (a.verdict == ADMISSION_REPLACE) {
			connection_give_way(a.connection, a.reason);
			one_gave_way = true;
		}
	} while (a.verdict == ADMISSION_REPLACE);
	if (a.verdict == ADMISSION_ALLOW && has_room(c, one_gave_way))
		return true;
	reason = a.verdict == ADMISSION_REFUSE ? a.reason : ADMISSION_DESCRIPTORS;
	c->server->all->conns->counts.refused[reason]++;
	log_connection(c, LOG_LEVEL_WARNING, "connection refused: %s",
		       admission_reason_info(reason)->log);
	history_end(c->tunnel.history, false, server_now(c->server),
		    admission_reason_info(reason)->log);
	return false;
}

static struct connection *connection_new(struct server *server)
{
	struct connection *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->server = server;
	c->accepted = steps_mark();
	server_get(server);
	server->n_conns++;
	server->all->n_conns++;
	return c;
}

static void remember(struct connection *c)
{
	remember_attempt(c->server->all->sessions, &c->tunnel.history, SESSION_OF_SERVER,
			 c->server->config->name, c->tunnel.remote);
	history_add(c->tunnel.history, HISTORY_CONNECTED, server_now(c->server), "%s",
		    ip_text(c->tunnel.local));
}

/* Returns 0 if the connection may stay. */
static int open_tunnel(struct connection *c, int fd, struct ip_addr remote, struct ip_addr bound)
{
	int err = tunnel_open(&c->tunnel, c->server->all->sessions, fd, remote, bound);

	if (err)
		return err;
	remember(c);
	return is_admitted(c) ? 0 : -EBUSY;
}

void connection_accept(struct server *server, int fd, struct ip_addr remote, struct ip_addr bound)
{
	const struct log_fields about = { .server = server->config->name, .peer = remote };
	struct connection *c = connection_new(server);

	if (!c) {
		log_with(&about,
			 log_limited("accept", server_now(server), LOG_LEVEL_ERROR,
				     "server %s: connection refused: out of memory",
				     server->config->name));
		close(fd);
		return;
	}
	if (open_tunnel(c, fd, remote, bound)) {
		drop(c);
		return;
	}
	LIST_INSERT_HEAD(&server->all->conns->by_address[bucket(c->tunnel.remote)], c, by_address);
	c->listed = true;
	server->all->conns->counts.accepted++;
	expect_session(c);
	expect_step(c);
	tunnel_serve(&c->tunnel, &server->pptp, &ops);
}

/* --- all connections --------------------------------------------------------------------- */

bool connections_have(const struct servers *all, struct ip_addr remote)
{
	const struct connection *c;

	LIST_FOREACH(c, &all->conns->by_address[bucket(remote)], by_address)
		if (ip_equal(c->tunnel.remote, remote))
			return true;
	return false;
}

struct walk {
	uv_idle_t idle;
	struct servers *all;
	void (*fn)(struct connection *c);
	unsigned int bucket;		/* to be visited next */
};

static void walk_freed(uv_handle_t *handle)
{
	free(container_of((uv_idle_t *)handle, struct walk, idle));
}

static void each_in_bucket(struct servers *all, unsigned int i, void (*fn)(struct connection *c))
{
	struct connection *c, *next;

	for (c = LIST_FIRST(&all->conns->by_address[i]); c; c = next) {
		next = LIST_NEXT(c, by_address);
		fn(c);
	}
}

static void walk_slice(uv_idle_t *idle)
{
	CALLBACK("connections: sweep");
	struct walk *walk = container_of(idle, struct walk, idle);

	while (walk->bucket < CONNECTION_BUCKETS && callback_has_time())
		each_in_bucket(walk->all, walk->bucket++, walk->fn);
	if (walk->bucket == CONNECTION_BUCKETS)
		uv_close((uv_handle_t *)idle, walk_freed);
}

void connections_each(struct servers *all, void (*fn)(struct connection *c))
{
	struct walk *walk = calloc(1, sizeof(*walk));

	if (!walk) {
		for (unsigned int i = 0; i < CONNECTION_BUCKETS; i++)
			each_in_bucket(all, i, fn);
		return;
	}
	walk->all = all;
	walk->fn = fn;
	uv_idle_init(all->loop, &walk->idle);
	uv_idle_start(&walk->idle, walk_slice);
}
