// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "net/route.h"
#include "server/call.h"
#include "server/servers.h"
#include "server/user_routes.h"
#include "util/log.h"

struct held_routes {
	const struct config_user *user;	/* in the configuration that the call holds */
	int ifindex;
	struct ip_addr via;		/* next hop: selects the session on a shared interface */
	bool there[];			/* for each route of @user: it leads through this session */
};

/* --- the host ----------------------------------------------------------------------------- */

/* Returns the rtnetlink socket; NULL, after logging the reason, if there is none. */
static struct rtnl *rtnl_of(struct user_routes *ur)
{
	int err;

	if (ur->open)
		return &ur->rtnl;
	err = rtnl_open(&ur->rtnl);
	ur->open = !err;
	if (!err)
		return &ur->rtnl;
	log_error("rtnetlink: %s", strerror(-err));
	return NULL;
}

void user_routes_close(struct user_routes *ur)
{
	if (ur->open)
		rtnl_close(&ur->rtnl);
	ur->open = false;
}

static struct route route_to(const struct held_routes *held, size_t i)
{
	return (struct route){
		.to = held->user->routes.list[i], .via = held->via, .ifindex = held->ifindex,
	};
}

static void remove_all(struct user_routes *ur, struct held_routes *held)
{
	for (size_t i = 0; i < held->user->routes.n; i++) {
		const struct route route = route_to(held, i);

		if (held->there[i])
			route_del(&ur->rtnl, &route);
	}
}

/*
 * Returns where @held notes that it has the route to @prefix; NULL if @prefix is not among its
 * routes. Element @i is tried first.
 */
static bool *find(struct held_routes *held, const struct ip_prefix *prefix, size_t i)
{
	const struct config_prefixes *routes = &held->user->routes;

	if (i < routes->n && ip_prefix_equal(&routes->list[i], prefix))
		return &held->there[i];
	for (i = 0; i < routes->n; i++)
		if (ip_prefix_equal(&routes->list[i], prefix))
			return &held->there[i];
	return NULL;
}

/*
 * Make route @i of the call's user. It is moved if @from has it. A route that is not ours is not
 * replaced: an administrator may have made it.
 */
static void make_route(struct call *c, struct rtnl *rtnl, size_t i, struct held_routes *from)
{
	const struct route route = route_to(c->routes, i);
	bool *old = from ? find(from, &route.to, i) : NULL;
	char text[IP_TEXT_SIZE];
	int err = old && *old ? route_replace(rtnl, &route) : route_add(rtnl, &route);

	if (err) {
		log_call(c, LOG_LEVEL_WARNING, "route to %s: %s",
			 ip_prefix_format(&route.to, text), rtnl->nl.reason);
		return;
	}
	c->routes->there[i] = true;
	if (old)
		*old = false;
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

static struct held_routes *held_new(const struct call *c, const struct config_user *user)
{
	struct held_routes *held = calloc(1, sizeof(*held) +
						user->routes.n * sizeof(held->there[0]));

	if (!held) {
		log_call(c, LOG_LEVEL_ERROR, "no routes: out of memory");
		return NULL;
	}
	held->user = user;
	held->ifindex = c->session.record.ifindex;
	if (c->upper->interface->net.mode == NET_LINK_SHARED)
		held->via = c->session.record.ip4.remote;
	return held;
}

/*
 * Give the routes of @user to @c. @from is the routes of the session that had them, which may be @c
 * itself with another interface or address; NULL if there was none. A route in @from is moved, so
 * that it never is missing.
 */
static void take(struct call *c, const struct config_user *user, struct held_routes *from)
{
	struct rtnl *rtnl = rtnl_of(&c->server->all->routes);

	c->routes = rtnl ? held_new(c, user) : NULL;
	if (!c->routes)
		return;
	for (size_t i = 0; i < user->routes.n; i++)
		make_route(c, rtnl, i, from);
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
	if (from)
		remove_all(&c->server->all->routes, from);
	free(from);
}

void user_routes_end(struct call *c)
{
	struct held_routes *from = c->routes;
	struct call *next;

	if (!from)
		return;
	c->routes = NULL;
	next = heir(c);
	if (next)
		take(next, config_find_user(next->config, next->session.record.user), from);
	/* Routes through the session's own interface are removed together with it. */
	if (c->upper->interface->net.mode == NET_LINK_SHARED)
		remove_all(&c->server->all->routes, from);
	free(from);
}
