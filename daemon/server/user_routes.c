// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "net/route.h"
#include "net/worker.h"
#include "server/call.h"
#include "server/servers.h"
#include "server/user_routes.h"
#include "util/container.h"
#include "util/log.h"

/* One route. Only jobs use it, and a job's @done. */
struct held_route {
	bool there;			/* it leads through this session */
	int err;			/* why it could not be made; 0: it could */
	char *why;			/* words of the kernel for @err; NULL: strerror(-err) */
};

struct held_routes {
	struct sessions *sessions;
	struct config *config;		/* the configuration of the call; keeps @user valid */
	const struct config_user *user;
	uint64_t session;		/* number of the session */
	int ifindex;
	struct ip_addr via;		/* next hop: selects the session on a shared interface */
	bool go_by_themselves;		/* the interface is removed, and the routes with it */

	struct held_routes *from;	/* for @take: routes that are moved, and freed then */
	struct worker_job take;
	struct worker_job remove;
	struct held_route list[];	/* for each route of @user */
};

/* --- the host: on the worker's thread ------------------------------------------------------ */

static struct route route_to(const struct held_routes *held, size_t i)
{
	return (struct route){
		.to = held->user->routes.list[i], .via = held->via, .ifindex = held->ifindex,
	};
}

static void remove_all(struct rtnl *rtnl, struct held_routes *held)
{
	for (size_t i = 0; i < held->user->routes.n && !held->go_by_themselves; i++) {
		const struct route route = route_to(held, i);

		if (held->list[i].there)
			route_del(rtnl, &route);
	}
}

/* Returns the route to @prefix in @held; NULL if there is none. Element @i is tried first. */
static struct held_route *find(struct held_routes *held, const struct ip_prefix *prefix, size_t i)
{
	const struct config_prefixes *routes = &held->user->routes;

	if (i < routes->n && ip_prefix_equal(&routes->list[i], prefix))
		return &held->list[i];
	for (i = 0; i < routes->n; i++)
		if (ip_prefix_equal(&routes->list[i], prefix))
			return &held->list[i];
	return NULL;
}

/*
 * Make route @i. It is moved if @from has it. A route that is not ours is not replaced: an
 * administrator may have made it.
 */
static void make_route(struct rtnl *rtnl, struct held_routes *held, size_t i,
		       struct held_routes *from)
{
	const struct route route = route_to(held, i);
	struct held_route *old = from ? find(from, &route.to, i) : NULL;
	struct held_route *new = &held->list[i];

	new->err = old && old->there ? route_replace(rtnl, &route) : route_add(rtnl, &route);
	new->there = !new->err;
	if (new->err)
		new->why = strdup(rtnl->nl.reason);
	else if (old)
		old->there = false;
}

static void run_take(struct worker_job *job, struct rtnl *rtnl)
{
	struct held_routes *held = container_of(job, struct held_routes, take);

	for (size_t i = 0; i < held->user->routes.n; i++)
		make_route(rtnl, held, i, held->from);
	if (held->from)
		remove_all(rtnl, held->from);
}

static void run_remove(struct worker_job *job, struct rtnl *rtnl)
{
	remove_all(rtnl, container_of(job, struct held_routes, remove));
}

/* --- the host: on the loop's thread -------------------------------------------------------- */

static void held_free(struct held_routes *held)
{
	if (!held)
		return;
	for (size_t i = 0; i < held->user->routes.n; i++)
		free(held->list[i].why);
	config_put(held->config);
	free(held);
}

static void log_failure(const struct held_routes *held, size_t i)
{
	const struct held_route *route = &held->list[i];
	struct session *s = registry_find_id(&held->sessions->registry, held->session);
	char text[IP_TEXT_SIZE];

	if (s)
		log_call((struct call *)s->owner, LOG_LEVEL_WARNING, "route to %s: %s",
			 ip_prefix_format(&held->user->routes.list[i], text),
			 route->why ? route->why : strerror(-route->err));
}

static void take_done(struct worker_job *job)
{
	struct held_routes *held = container_of(job, struct held_routes, take);

	for (size_t i = 0; i < held->user->routes.n; i++)
		if (held->list[i].err)
			log_failure(held, i);
	held_free(held->from);
	held->from = NULL;
}

static void remove_done(struct worker_job *job)
{
	held_free(container_of(job, struct held_routes, remove));
}

static struct held_routes *held_new(const struct call *c, const struct config_user *user)
{
	struct held_routes *held = calloc(1,
					  sizeof(*held) + user->routes.n * sizeof(held->list[0]));

	if (!held) {
		log_call(c, LOG_LEVEL_ERROR, "no routes: out of memory");
		return NULL;
	}
	held->sessions = c->server->all->sessions;
	held->config = config_get(c->config);
	held->user = user;
	held->session = c->session.record.id;
	held->ifindex = c->session.record.ifindex;
	if (c->upper->interface->net.mode == NET_LINK_SHARED)
		held->via = c->session.record.ip4.remote;
	held->take = (struct worker_job){ .run = run_take, .done = take_done };
	held->remove = (struct worker_job){ .run = run_remove, .done = remove_done };
	return held;
}

/* Remove the routes in @held, which may be NULL, and free it. */
static void drop(struct held_routes *held)
{
	if (held)
		net_work(held->sessions->backend, &held->remove);
}

/*
 * Give the routes of @user to @c. @from is the routes of the session that had them, which may be @c
 * itself with another interface or address; NULL if there was none. A route in @from is moved, so
 * that it never is missing.
 */
static void take(struct call *c, const struct config_user *user, struct held_routes *from)
{
	c->routes = held_new(c, user);
	if (!c->routes) {
		drop(from);
		return;
	}
	c->routes->from = from;
	net_work(c->routes->sessions->backend, &c->routes->take);
}

/* --- which session has the routes --------------------------------------------------------- */

/*
 * Returns the call of the user's next session after *@s, on any server, and moves *@s there; NULL
 * if there are no more.
 */
static struct call *next_of_user(const struct call *c, struct session **s)
{
	const struct registry *registry = &c->server->all->sessions->registry;

	do {
		*s = registry_next_of_user(registry, c->session.record.user, *s);
	} while (*s && (*s)->record.role != SESSION_OF_SERVER);
	return *s ? (*s)->owner : NULL;
}

static struct call *holder(const struct call *c)
{
	struct session *s = NULL;
	struct call *other;

	while ((other = next_of_user(c, &s)))
		if (other->routes)
			break;
	return other;
}

/*
 * Returns true if @a should rather have the routes than @b. A paused session may be about to end.
 */
static bool is_better(const struct session *a, const struct session *b)
{
	if (a->record.up != b->record.up)
		return a->record.up;
	return a->record.id > b->record.id;
}

/* Returns the call that gets the routes of @c, which has ended; NULL if there is none. */
static struct call *heir(const struct call *c)
{
	struct call *found = NULL, *other;
	struct session *s = NULL;

	while ((other = next_of_user(c, &s))) {
		if (other->ended || session_is_over(s) || !s->record.up_s ||
		    !config_find_user(other->config, s->record.user))
			continue;
		if (!found || is_better(s, &found->session))
			found = other;
	}
	return found;
}

static bool is_where_it_was(const struct call *c)
{
	return c->routes->ifindex == c->session.record.ifindex &&
	       (!ip_is_set(c->routes->via) ||
		ip_equal(c->routes->via, c->session.record.ip4.remote));
}

void user_routes_up(struct call *c)
{
	const struct config_user *user = config_find_user(c->config, c->session.record.user);
	struct held_routes *from = NULL;
	struct call *old;

	if (!user)
		return;
	old = holder(c);
	if (old == c ? is_where_it_was(c) : old && old->session.record.id > c->session.record.id)
		return;
	if (old) {
		from = old->routes;
		old->routes = NULL;
	}
	take(c, user, from);
}

void user_routes_end(struct call *c)
{
	struct held_routes *from = c->routes;
	struct call *next;

	if (!from)
		return;
	c->routes = NULL;
	from->go_by_themselves = c->upper->interface->net.mode != NET_LINK_SHARED;
	next = heir(c);
	if (next)
		take(next, config_find_user(next->config, next->session.record.user), from);
	else
		drop(from);
}
