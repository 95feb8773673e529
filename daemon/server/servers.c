// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aaa/pool.h"
#include "aaa/radius.h"
#include "server/call.h"
#include "server/connection.h"
#include "server/databases.h"
#include "server/link_plan.h"
#include "server/listener.h"
#include "server/pool_plan.h"
#include "server/server.h"
#include "server/servers.h"
#include "session/sweep.h"
#include "util/callback.h"
#include "util/log.h"

/*
 * When stopping, peers have this long to agree to the end of the links, and then of the
 * connections.
 */
#define STOP_LINKS_MS		2000
#define STOP_CONNS_MS		2000

/* What is needed to start. */
struct opening {
	struct servers *servers;
	struct config *config;
	int err;
	char error[256];
};

static void links_made(struct link_plan *links, void *ctx)
{
	struct opening *o = ctx;
	struct pool_plan *pools = links->err ? NULL : pool_plan_new(o->config);

	if (pools)
		o->err = servers_reload(o->servers, o->config, pools, links, o->error,
					sizeof(o->error));
	else if (links->err)
		snprintf(o->error, sizeof(o->error), "%s", links->error);
	o->err = links->err ? links->err : o->err;
	pool_plan_free(pools);
	link_plan_free(links);
}

int servers_open(struct servers *s, struct sessions *sessions, struct config *config)
{
	struct opening o = {
		.servers = s, .config = config, .err = -ENOMEM, .error = "out of memory",
	};
	bool has_abuse;

	memset(s, 0, sizeof(*s));
	s->sessions = sessions;
	s->loop = sessions->loop;
	TAILQ_INIT(&s->list);
	LIST_INIT(&s->listeners);
	LIST_INIT(&s->interfaces);
	proxy_arps_init(&s->proxy_arps);
	user_sets_init(&s->user_sets, s->loop, &nft_ops);
	uv_timer_init(s->loop, &s->stop_timer);
	s->stop_timer.data = s;
	has_abuse = !abuse_open(&s->abuse, s->loop);
	s->abuse.timer.data = s;
	uv_timer_init(s->loop, &s->drain_timer);
	s->drain_timer.data = s;
	uv_timer_init(s->loop, &s->presence_timer);
	s->presence_timer.data = s;
	s->open_handles = 4;
	s->conns = calloc(1, sizeof(*s->conns));
	/* Nobody is served yet: the kernel is waited for. */
	if (has_abuse && s->conns)
		link_plan_begin(s, config, true, links_made, &o);
	if (o.err)
		log_error("%s", o.error);
	return o.err;
}

struct server *servers_find(const struct servers *s, const char *name)
{
	struct server *server;

	TAILQ_FOREACH(server, &s->list, link)
		if (!server->retired && !strcmp(server->config->name, name))
			return server;
	return NULL;
}

struct pool *servers_find_pool(const struct servers *s, const char *name)
{
	for (size_t i = 0; s->config && i < s->config->n_pools; i++)
		if (!strcmp(s->config->pools[i].name, name))
			return s->pools[i];
	return NULL;
}

/* Returns what the configuration says of @pool; NULL if it is none of it any more. */
static const struct config_pool *config_of(const struct servers *s, const struct pool *pool)
{
	for (size_t i = 0; i < s->config->n_pools; i++)
		if (s->pools[i] == pool)
			return &s->config->pools[i];
	return NULL;
}

const char *servers_pool_name(const struct servers *s, const struct pool *pool)
{
	const struct config_pool *config = config_of(s, pool);

	return config ? config->name : "";
}

uint32_t servers_pool_place(const struct servers *s, const struct pool *pool)
{
	const struct config_pool *config = config_of(s, pool);

	return config ? config->place : 0;
}

void servers_recall(struct servers *s, const struct pool_entry *entry)
{
	for (size_t i = 0; i < s->config->n_pools; i++)
		if (s->config->pools[i].place == entry->place)
			pool_recall(s->pools[i], ip_from_number(entry->address), entry->user);
}

/* The sessions to be ended, and the reason. */
struct closing {
	struct server *server;		/* a reference; NULL: sessions of all servers */
	const char *why;
};

static bool close_one(void *ctx, struct session *session)
{
	const struct closing *closing = ctx;

	if (session->record.role == SESSION_OF_SERVER &&
	    (!closing->server || call_server(session) == closing->server))
		session_close(session, EVENT_CAUSE_ADMIN_REBOOT, closing->why);
	return true;
}

static void closing_done(void *ctx)
{
	struct closing *closing = ctx;

	if (closing->server)
		server_put(closing->server);
	free(closing);
}

void servers_close_sessions(struct servers *s, struct server *server, const char *why)
{
	struct closing *closing = malloc(sizeof(*closing));

	if (closing) {
		*closing = (struct closing){ .server = server, .why = why };
		if (server)
			server_get(server);
		if (!sweep_sessions(s->sessions, close_one, closing_done, closing))
			return;
		closing_done(closing);
	}
	/* The sessions stay until their peers end them, or until the daemon exits. */
	log_error("out of memory: sessions are not ended in good order");
}

/* --- the end ----------------------------------------------------------------------------- */

static void close_listeners(struct servers *s)
{
	struct listener *l;

	while ((l = LIST_FIRST(&s->listeners)))
		listener_close(l);
}

static void timer_closed(uv_handle_t *handle)
{
	CALLBACK("servers: closed");
	struct servers *s = handle->data;

	s->open_handles--;
	servers_have_less(s);
}

/* The time for the links to end is over; the second time, that for the connections. */
static void stop_timer_cb(uv_timer_t *timer)
{
	CALLBACK("servers: stopping");
	struct servers *s = timer->data;

	if (s->stop_step++ == 0) {
		uv_timer_start(timer, stop_timer_cb, STOP_CONNS_MS, 0);
		connections_each(s, connection_stop);
	} else {
		connections_each(s, connection_abort);
	}
}

/* Nobody asks any more. What they asked through has handles, which the loop has yet to close. */
static void forget_backends(struct servers *s)
{
	struct server *server;

	TAILQ_FOREACH(server, &s->list, link) {
		auth_put(server->auth);
		server->auth = NULL;
	}
	radius_drop(s->radius);
	s->radius = NULL;
	databases_free(s->databases);
	s->databases = NULL;
}

void servers_have_less(struct servers *s)
{
	if (!s->stopping || s->n_conns || s->n_calls)
		return;
	if (!uv_is_closing((uv_handle_t *)&s->stop_timer)) {
		uv_close((uv_handle_t *)&s->stop_timer, timer_closed);
		abuse_close(&s->abuse, timer_closed);
		s->user_sets.poll.data = s;
		s->open_handles += user_sets_close(&s->user_sets, timer_closed);
		uv_close((uv_handle_t *)&s->drain_timer, timer_closed);
		uv_close((uv_handle_t *)&s->presence_timer, timer_closed);
	} else if (s->open_handles == 0) {
		forget_backends(s);
		s->stopped(s->ctx);
	}
}

void servers_stop(struct servers *s, void (*stopped)(void *ctx), void *ctx)
{
	s->stopping = true;
	s->stopped = stopped;
	s->ctx = ctx;
	close_listeners(s);
	uv_timer_stop(&s->drain_timer);
	servers_close_sessions(s, NULL, "server is shut down");
	if (s->conns)
		connections_each(s, connection_end);
	uv_timer_start(&s->stop_timer, stop_timer_cb, STOP_LINKS_MS, 0);
	servers_have_less(s);
}

void servers_free(struct servers *s)
{
	struct server *server;

	while ((server = TAILQ_FIRST(&s->list))) {
		TAILQ_REMOVE(&s->list, server, link);
		server_free(server);
	}
	for (size_t i = 0; s->config && i < s->config->n_pools; i++)
		pool_put(s->pools[i]);
	free(s->pools);
	free(s->conns);
	abuse_free(&s->abuse);
	config_put(s->config);
}
