// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aaa/radius.h"
#include "config/radius_settings.h"
#include "server/backends.h"
#include "server/connection.h"
#include "server/databases.h"
#include "server/link_plan.h"
#include "server/listener.h"
#include "server/pool_plan.h"
#include "server/presence.h"
#include "server/server.h"
#include "server/servers.h"
#include "util/ip.h"
#include "util/log.h"

/*
 * The change to a new configuration has two steps. The first makes everything that can fail; nobody
 * notices it, and it is undone if it fails. The second cannot fail, except that a listener whose
 * address a listener of the old configuration holds is opened only then; a failure of it is logged.
 */
struct plan {
	struct config *config;
	struct pool_plan *fresh;	/* made from @config */
	struct link_plan *links;	/* likewise */
	struct radius *radius;		/* a reference; NULL: there are no RADIUS servers */
	struct databases *databases;	/* NULL: there are none */
	struct pool **pools;		/* old ones, or some of @fresh; references */
	struct server **servers;	/* old servers, or new ones that are in no list yet */
	struct auth **auths;		/* one for each server; references */
	struct server_link **uppers;	/* one for each server; references */
	struct listener **listeners;	/* one for each address of each server; NULL: later */
	size_t n_listeners;
	char *error;
	size_t size;
};

static int plan_failed(struct plan *plan, int err, const char *name, const char *what)
{
	snprintf(plan->error, plan->size, "%s%s%s: %s", what, *name ? " " : "", name,
		 uv_strerror(err));
	return err;
}

static void plan_pools(const struct servers *s, struct plan *plan)
{
	for (size_t i = 0; i < plan->config->n_pools; i++) {
		const struct config_pool *pool = &plan->config->pools[i];
		struct pool *old = servers_find_pool(s, pool->name);

		plan->pools[i] = pool_get(old ? old : plan->fresh->pools[i]);
	}
}

static int plan_radius(const struct servers *s, struct plan *plan)
{
	struct config_radius_settings made;

	if (!plan->config->n_radius)
		return 0;
	if (config_radius_settings(plan->config, &made))
		plan->radius = s->radius && radius_is_made_of(s->radius, &made.settings) ?
			       radius_keep(s->radius) :
			       radius_new(s->loop, &made.settings, plan->error, plan->size);
	config_radius_settings_free(&made);
	return plan->radius ? 0 : plan_failed(plan, -ENOMEM, "", "RADIUS");
}

static int plan_databases(const struct servers *s, struct plan *plan)
{
	if (!plan->config->n_databases)
		return 0;
	plan->databases = databases_new(s->loop, plan->config, s->databases, plan->error,
					plan->size);
	return plan->databases ? 0 : -ENOMEM;
}

static int plan_server(struct servers *s, struct plan *plan, size_t i)
{
	const struct config_server *config = &plan->config->servers[i];

	plan->servers[i] = servers_find(s, config->name);
	plan->auths[i] = server_backend(plan->config, config, plan->radius, plan->databases);
	if (!plan->auths[i])
		return plan_failed(plan, -ENOMEM, config->name, "server");
	plan->uppers[i] = server_link_get(plan->links->list[i]);
	if (!plan->servers[i])
		plan->servers[i] = server_new(s);
	return plan->servers[i] ? 0 : plan_failed(plan, -ENOMEM, config->name, "server");
}

static int plan_listeners(struct servers *s, struct plan *plan, const struct config_server *config)
{
	for (size_t i = 0; i < config->listen.n; i++) {
		const struct place place = config_outside(config);
		struct ip_addr address = config->listen.list[i];
		struct listener *l = listener_find(s, place, address, config->port);
		bool ours = listener_is_in_the_way(s, place, address, config->port);
		char text[LISTENER_TEXT_SIZE], what[LISTENER_TEXT_SIZE + 16];
		int err = 0;

		if (!l && !ours)
			l = listener_open(s, place, address, config->port, config->outer.mark,
					  &err);
		if (err == -EADDRINUSE && listener_may_conflict(s, place, address, config->port))
			err = 0;
		if (err) {
			snprintf(what, sizeof(what), "listen on %s",
				 listener_text(place, address, config->port, text));
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
	int err = 0;

	for (size_t i = 0; i < config->n_servers; i++)
		n_listeners += config->servers[i].listen.n;
	/* One element more than needed: calloc() of an empty array may return NULL. */
	plan->pools = calloc(config->n_pools + 1, sizeof(*plan->pools));
	plan->servers = calloc(config->n_servers + 1, sizeof(*plan->servers));
	plan->auths = calloc(config->n_servers + 1, sizeof(*plan->auths));
	plan->uppers = calloc(config->n_servers + 1, sizeof(*plan->uppers));
	plan->listeners = calloc(n_listeners + 1, sizeof(*plan->listeners));
	if (!plan->pools || !plan->servers || !plan->auths || !plan->uppers || !plan->listeners)
		return plan_failed(plan, -ENOMEM, "", "configuration");
	plan_pools(s, plan);
	err = plan_radius(s, plan);
	if (!err)
		err = plan_databases(s, plan);
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
		server_link_put(plan->uppers[i]);
	radius_drop(plan->radius);
	databases_free(plan->databases);
	for (l = LIST_FIRST(&s->listeners); l; l = next) {
		next = LIST_NEXT(l, link);
		if (!l->server)
			listener_close(l);
	}
	free_plan(plan);
}

static void carry_out_pools(struct servers *s, struct plan *plan)
{
	const struct config *config = plan->config;

	for (size_t i = 0; i < config->n_pools; i++) {
		const size_t n = pool_counts(plan->fresh->pools[i]).reserved;

		if (n)
			log_with(&(struct log_fields){ .pool = config->pools[i].name },
				 log_info("pool %s: %zu address%s that users have as their own %s "
					  "left out", config->pools[i].name, n,
					  n == 1 ? "" : "es", n == 1 ? "is" : "are"));
		if (plan->pools[i] == plan->fresh->pools[i])
			continue;
		pool_become(plan->pools[i], plan->fresh->pools[i]);
		plan->fresh->pools[i] = NULL;
	}
	for (size_t i = 0; s->config && i < s->config->n_pools; i++) {
		pool_set_next(s->pools[i], NULL);
		pool_put(s->pools[i]);
	}
	free(s->pools);
	s->pools = plan->pools;
	plan->pools = NULL;
}

/* Let each pool of s->config have its next one. None has one yet. */
static void chain_pools(struct servers *s)
{
	for (size_t i = 0; i < s->config->n_pools; i++)
		if (s->config->pools[i].next)
			pool_set_next(s->pools[i], servers_find_pool(s, s->config->pools[i].next));
}

/* If the old one does not stay, questions that are under way go on with it, and have references. */
static void carry_out_radius(struct servers *s, struct plan *plan)
{
	if (plan->radius && s->radius && plan->radius != s->radius)
		radius_inherit(plan->radius, s->radius);
	radius_drop(s->radius);
	s->radius = plan->radius;
}

/* Those of the old ones that stay are among the new ones, too. */
static void carry_out_databases(struct servers *s, struct plan *plan)
{
	databases_free(s->databases);
	s->databases = plan->databases;
}

static void carry_out_server(struct servers *s, struct plan *plan, size_t i)
{
	const struct config_server *config = &plan->config->servers[i];
	struct server *server = plan->servers[i];
	struct pool *pool = config->pool ?
			    pool_get(s->pools[config->pool - plan->config->pools]) : NULL;

	if (!server->config)
		TAILQ_INSERT_TAIL(&s->list, server, link);
	server_configure(server, plan->config, config, plan->auths[i], pool, plan->uppers[i]);
}

static bool is_planned(const struct plan *plan, const struct server *server)
{
	for (size_t i = 0; i < plan->config->n_servers; i++)
		if (plan->servers[i] == server)
			return true;
	return false;
}

static void end_if_retired(struct connection *c)
{
	if (c->server->retired)
		connection_end(c);
}

/* End everything that the server has; it is freed when that is done. */
static void retire(struct server *server)
{
	struct servers *s = server->all;

	server_retire(server);
	server_get(server);
	servers_close_sessions(s, server, "the server is closed");
	connections_each(s, end_if_retired);
	server_put(server);
}

/*
 * Give each listener to its server, close listeners that no server uses, and open those whose
 * address was held by a listener that is closed.
 */
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
				listener_serve(plan->listeners[n], plan->servers[i]);
	for (l = LIST_FIRST(&s->listeners); l; l = next) {
		next = LIST_NEXT(l, link);
		if (!l->server)
			listener_close(l);
	}
	n = 0;
	for (size_t i = 0; i < config->n_servers; i++) {
		const struct config_server *server = &config->servers[i];

		for (size_t j = 0; j < server->listen.n; j++, n++) {
			const struct place place = config_outside(server);
			char text[LISTENER_TEXT_SIZE];
			int err;

			if (plan->listeners[n])
				continue;
			l = listener_open(s, place, server->listen.list[j], server->port,
					  server->outer.mark, &err);
			if (l)
				listener_serve(l, plan->servers[i]);
			else
				log_with(&(struct log_fields){ .server = server->name },
					 log_error("server %s: listen on %s: %s", server->name,
						   listener_text(place, server->listen.list[j],
								 server->port, text),
						   uv_strerror(err)));
		}
	}
}

static void carry_out(struct servers *s, struct plan *plan)
{
	struct config *old = s->config;
	struct server *server, *next;

	carry_out_pools(s, plan);
	carry_out_radius(s, plan);
	carry_out_databases(s, plan);
	for (size_t i = 0; i < plan->config->n_servers; i++)
		carry_out_server(s, plan, i);
	carry_out_listeners(s, plan);
	presence_watch(s);
	abuse_configure(&s->abuse, &plan->config->abuse);
	server_interfaces_settle(&s->interfaces);
	s->config = config_get(plan->config);
	chain_pools(s);
	for (server = TAILQ_FIRST(&s->list); server; server = next) {
		next = TAILQ_NEXT(server, link);
		if (!server->retired && !is_planned(plan, server))
			retire(server);
	}
	config_put(old);
	free_plan(plan);
}

int servers_reload(struct servers *s, struct config *config, struct pool_plan *pools,
		   struct link_plan *links, char *error, size_t size)
{
	struct plan plan = {
		.config = config, .fresh = pools, .links = links, .error = error, .size = size,
	};
	int err = make_plan(s, &plan);

	if (err)
		drop_plan(s, &plan);
	else
		carry_out(s, &plan);
	return err;
}
