// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "server/connection.h"
#include "server/drain.h"
#include "server/listener.h"
#include "server/server.h"
#include "server/servers.h"
#include "util/callback.h"
#include "util/deadline.h"
#include "util/log.h"
#include "util/timer.h"

static void set_timer(struct servers *s);

static void time_is_up(struct server *server)
{
	server->drain.until = NEVER;
	if (server->retired || !server->n_calls)
		return;
	log_server(server, log_notice("server %s: the time for draining is up, %u session%s ended",
				      server->config->name, server->n_calls,
				      server->n_calls == 1 ? " is" : "s are"));
	servers_close_sessions(server->all, server, "the server is drained");
}

static void timer_cb(uv_timer_t *timer)
{
	CALLBACK("servers: drained");
	struct servers *s = timer->data;
	struct server *server;

	TAILQ_FOREACH(server, &s->list, link)
		if (server->drain.until <= uv_now(s->loop))
			time_is_up(server);
	set_timer(s);
}

/* For the first server whose time is up. */
static void set_timer(struct servers *s)
{
	const struct server *server;
	uint64_t first = NEVER;

	TAILQ_FOREACH(server, &s->list, link)
		first = earlier(first, server->drain.until);
	timer_arm(&s->drain_timer, timer_cb, s->stopping ? NEVER : first);
}

static void settle_listeners(struct server *server)
{
	struct listener *l;

	LIST_FOREACH(l, &server->all->listeners, link)
		if (l->server == server)
			listener_settle(l);
}

static void end_if_drained(struct connection *c)
{
	if (c->server->drain.on)
		connection_end(c);
}

static void change(struct server *server, const struct server_drain *drain)
{
	server->drain = *drain;
	server_set_limits(server);
	settle_listeners(server);
	set_timer(server->all);
}

void server_drain(struct server *server, uint32_t timeout_s)
{
	const struct server_drain drain = {
		.on = true,
		.until = timeout_s ? server_now(server) + timeout_s * 1000ull : NEVER,
	};
	char limit[32] = "";

	if (timeout_s)
		snprintf(limit, sizeof(limit), " for %u s at most", timeout_s);
	log_server(server, log_notice("server %s is drained: nobody new comes in, and %u session%s "
				      "left%s", server->config->name, server->n_calls,
				      server->n_calls == 1 ? " is" : "s are", limit));
	change(server, &drain);
	connections_each(server->all, end_if_drained);
	server_drain_less(server);
}

bool server_undrain(struct server *server)
{
	static const struct server_drain off = { .until = NEVER };

	if (!server->drain.on)
		return false;
	log_server(server, log_notice("server %s is not drained any more: users may come in",
				      server->config->name));
	change(server, &off);
	return true;
}

void server_drain_less(struct server *server)
{
	if (!server->drain.on || server->drain.told || server->n_calls)
		return;
	server->drain.told = true;
	log_server(server, log_notice("server %s has been drained: no session is left",
				      server->config->name));
}

uint32_t server_drain_left_s(const struct server *server)
{
	const uint64_t now = server_now(server);

	if (server->drain.until == NEVER || server->drain.until <= now)
		return 0;
	return (uint32_t)((server->drain.until - now + 999) / 1000);
}
