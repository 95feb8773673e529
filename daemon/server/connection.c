// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>

#include "server/call.h"
#include "server/connection.h"
#include "server/servers.h"
#include "util/callback.h"
#include "util/container.h"
#include "util/log.h"

struct connection *connection_of(struct pptp_conn *pptp)
{
	struct tunnel *tunnel = container_of(pptp, struct tunnel, pptp);

	return container_of(tunnel, struct connection, tunnel);
}

/* --- its end ----------------------------------------------------------------------------- */

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
	drop(c);
}

static void expired(struct tunnel *tunnel)
{
	struct connection *c = container_of(tunnel, struct connection, tunnel);

	log_connection(c, LOG_LEVEL_NOTICE, "no session came up in time");
	pptp_conn_stop(&tunnel->pptp, PPTP_STOP_NONE, server_now(c->server));
}

/* Without a session it may stay for as long as a login may take. */
static void expect_session(struct connection *c)
{
	unsigned int timeout_s = c->server->config->login_timeout_s;

	c->tunnel.expired = expired;
	c->tunnel.expires = timeout_s ? server_now(c->server) + timeout_s * 1000ull : UINT64_MAX;
}

void connection_may_stay(struct connection *c)
{
	c->tunnel.expires = UINT64_MAX;
}

void connection_has_no_call(struct connection *c)
{
	if (c->tunnel.pptp.nr_calls || c->tunnel.pptp.state != PPTP_CONN_ESTABLISHED)
		return;
	if (c->server->all->stopping || c->server->retired)
		pptp_conn_stop(&c->tunnel.pptp, PPTP_STOP_SHUTDOWN, server_now(c->server));
	else
		expect_session(c);
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

/* --- its life ---------------------------------------------------------------------------- */

static void up(struct pptp_conn *pptp)
{
	log_connection(connection_of(pptp), LOG_LEVEL_INFO,
		       "connected, host \"%s\", vendor \"%s\"", pptp->peer_host,
		       pptp->peer_vendor);
}

static void note(struct pptp_conn *pptp, const char *what)
{
	log_connection(connection_of(pptp), LOG_LEVEL_NOTICE, "%s", what);
}

static const struct pptp_conn_ops ops = {
	.send = tunnel_send,
	.closed = closed,
	.up = up,
	.note = note,
	.call_alloc = call_alloc,
	.call_asked = call_asked,
	.call_up = call_up,
	.call_down = call_down,
};

static unsigned int bucket(struct in_addr address)
{
	return ntohl(address.s_addr) & (CONNECTION_BUCKETS - 1);
}

/* Why this connection may not be, or NULL. */
static const char *over_limit(const struct connection *c)
{
	const struct config_server *config = c->server->config;
	const struct in_addr from = c->tunnel.remote.sin_addr;
	struct connection *other;
	unsigned int n = 0;

	if (config->max_connections && c->server->n_conns > config->max_connections)
		return "too many connections";
	LIST_FOREACH(other, &c->server->all->conns->by_address[bucket(from)], by_address) {
		if (other->server == c->server &&
		    other->tunnel.remote.sin_addr.s_addr == from.s_addr)
			n++;
	}
	if (config->max_connections_per_address && n >= config->max_connections_per_address)
		return "too many connections from this address";
	return NULL;
}

static struct connection *connection_new(struct server *server)
{
	struct connection *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->server = server;
	server_get(server);
	server->n_conns++;
	server->all->n_conns++;
	return c;
}

int connection_accept(struct server *server, uv_stream_t *listener)
{
	struct connection *c = connection_new(server);
	const char *why;

	if (!c)
		return -ENOMEM;
	if (tunnel_accept(&c->tunnel, server->all->loop, listener)) {
		/* it was gone before we looked */
		drop(c);
		return 0;
	}
	why = over_limit(c);
	if (why) {
		log_connection(c, LOG_LEVEL_WARNING, "connection refused: %s", why);
		drop(c);
		return 0;
	}
	LIST_INSERT_HEAD(&server->all->conns->by_address[bucket(c->tunnel.remote.sin_addr)], c,
			 by_address);
	c->listed = true;
	expect_session(c);
	tunnel_serve(&c->tunnel, &server->pptp, &ops);
	return 0;
}

/* --- all of them ------------------------------------------------------------------------- */

struct walk {
	uv_idle_t idle;
	struct servers *all;
	void (*fn)(struct connection *c);
	unsigned int bucket;		/* that is next */
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
