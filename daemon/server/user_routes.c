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

/* One route. Only jobs use the lower half, and a job's @done. */
struct held_route {
	struct ip_prefix to;
	unsigned int metric;

	bool there;			/* it leads through this session */
	int err;			/* why it could not be made; 0: it could */
	char *why;			/* words of the kernel for @err; NULL: strerror(-err) */
};

struct held_routes {
	struct sessions *sessions;
	uint64_t session;		/* number of the session */
	int ifindex;
	uint32_t table;
	char *netns;			/* that the interface is in; NULL: the daemon's own */
	struct ip_addr via;		/* next hop: selects the session on a shared interface */
	bool go_by_themselves;		/* the interface is removed, and the routes with it */

	struct held_routes *from;	/* for @take: routes that are moved, and freed then */
	struct worker_job take;
	struct worker_job remove;
	size_t n;
	struct held_route list[];
};

/* --- the host: on the worker's thread ------------------------------------------------------ */

static struct route route_to(const struct held_routes *held, size_t i)
{
	return (struct route){
		.to = held->list[i].to, .metric = held->list[i].metric,
		.via = held->via, .onlink = ip_is_set(held->via), .ifindex = held->ifindex,
		.table = held->table,
	};
}

static void remove_those(struct rtnl *rtnl, struct held_routes *held)
{
	for (size_t i = 0; i < held->n && !held->go_by_themselves; i++) {
		const struct route route = route_to(held, i);

		if (held->list[i].there)
			route_del(rtnl, &route);
	}
}

/* If the namespace is gone, so are the routes in it. */
static void remove_all(struct rtnl *rtnl, struct held_routes *held)
{
	struct rtnl there;

	if (!held->netns) {
		remove_those(rtnl, held);
	} else if (!rtnl_open_in(&there, held->netns)) {
		remove_those(&there, held);
		rtnl_close(&there);
	}
}

static bool is_same(const struct held_route *a, const struct held_route *b)
{
	return a->metric == b->metric && ip_prefix_equal(&a->to, &b->to);
}

/* Returns the same route in @held; NULL if there is none. Element @i is tried first. */
static struct held_route *find(struct held_routes *held, const struct held_route *like, size_t i)
{
	if (i < held->n && is_same(&held->list[i], like))
		return &held->list[i];
	for (i = 0; i < held->n; i++)
		if (is_same(&held->list[i], like))
			return &held->list[i];
	return NULL;
}

static bool is_same_table(const struct held_routes *a, const struct held_routes *b)
{
	return a->table == b->table && place_name_equal(a->netns, b->netns);
}

/*
 * Make route @i. It is moved if @from has it. A route that is not ours is not replaced: an
 * administrator may have made it.
 */
static void make_route(struct rtnl *rtnl, struct held_routes *held, size_t i,
		       struct held_routes *from)
{
	const struct route route = route_to(held, i);
	struct held_route *new = &held->list[i];
	/* A route in another table is not in the way, and not to be replaced. */
	struct held_route *old = from && is_same_table(from, held) ? find(from, new, i) : NULL;

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

	struct rtnl there;
	int err = held->netns ? rtnl_open_in(&there, held->netns) : 0;

	for (size_t i = 0; i < held->n; i++)
		if (err)
			held->list[i].err = err;
		else
			make_route(held->netns ? &there : rtnl, held, i, held->from);
	if (held->netns && !err)
		rtnl_close(&there);
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
	for (size_t i = 0; i < held->n; i++)
		free(held->list[i].why);
	free(held->netns);
	free(held);
}

static void log_failure(const struct held_routes *held, size_t i)
{
	const struct held_route *route = &held->list[i];
	struct session *s = registry_find_id(&held->sessions->registry, held->session);
	char text[IP_TEXT_SIZE];

	if (s)
		log_call((struct call *)s->owner, LOG_LEVEL_WARNING, "route to %s: %s",
			 ip_prefix_format(&route->to, text),
			 route->why ? route->why : strerror(-route->err));
}

static void take_done(struct worker_job *job)
{
	struct held_routes *held = container_of(job, struct held_routes, take);

	for (size_t i = 0; i < held->n; i++)
		if (held->list[i].err)
			log_failure(held, i);
	held_free(held->from);
	held->from = NULL;
}

static void remove_done(struct worker_job *job)
{
	held_free(container_of(job, struct held_routes, remove));
}

/* Remove the routes in @held, which may be NULL, and free it. */
static void drop(struct held_routes *held)
{
	if (held)
		net_work(held->sessions->backend, &held->remove);
}

/* --- which routes a session is to have ------------------------------------------------------ */

/* The list is only counted if it is NULL. */
struct wanted {
	struct held_route *list;
	size_t n;
};

static void want(struct wanted *w, struct ip_prefix to, unsigned int metric)
{
	const struct held_route route = { .to = to, .metric = metric };

	for (size_t i = 0; w->list && i < w->n; i++)
		if (is_same(&w->list[i], &route))
			return;
	if (w->list)
		w->list[w->n] = route;
	w->n++;
}

/* Returns true if a RADIUS server is asked by an address in @network, by way of the same table. */
static bool has_radius_servers(const struct call *c, const struct ip_prefix *network)
{
	const struct config *config = c->config;

	for (size_t i = 0; i < config->n_radius; i++) {
		const struct config_radius *radius = &config->radius[i];

		if (place_equal((struct place){ radius->netns, radius->vrf }, c->session.entry.place) &&
		    ip_prefix_contains(network, radius->address))
			return true;
	}
	return false;
}

/*
 * Returns true if a route to @network, where the session is inside, would lead packets to the peer
 * into the tunnel.
 */
static bool is_on_the_way(const struct call *c, const struct ip_prefix *network)
{
	return ip_prefix_contains(network, c->session.record.addr.remote) &&
	       place_equal(c->session.entry.place, session_outside(&c->session));
}

/* Returns NULL if the IPv4 route can lead to the user, or why it cannot. */
static const char *flaw_of(const struct call *c, const struct radius_route *route)
{
	const struct session_record *r = &c->session.record;

	if (ip_is_set(route->gateway) && !ip_is_any(route->gateway) &&
	    !ip_equal(route->gateway, r->ip4.remote))
		return "its gateway is not the user's address";
	if (is_on_the_way(c, &route->to))
		return "the tunnel itself would be led through it";
	if (has_radius_servers(c, &route->to))
		return "a RADIUS server would be asked through it";
	return NULL;
}

static bool has_addresses_of_pools(const struct config *config, const struct ip_prefix *network)
{
	const uint32_t first = ip_number(network->address);
	const struct ipv4_range range = {
		first, network->length ? first | (UINT32_MAX >> network->length) : UINT32_MAX,
	};

	for (size_t i = 0; i < config->n_pools; i++)
		for (size_t j = 0; j < config->pools[i].n_ranges; j++)
			if (ipv4_ranges_overlap(&config->pools[i].ranges[j], &range))
				return true;
	return false;
}

/*
 * Framed-IP-Netmask: the user is a router to the network that its address is in (RFC 2865 section
 * 5.9). Servers send a mask out of habit, too, which would lead the addresses of everybody to one
 * user. So no network counts that has our own inner address, addresses of pools, or a RADIUS
 * server. Nor does one of an address that the user has not got, since another login keeps the
 * address of the first.
 */
static void want_network(struct wanted *w, const struct call *c)
{
	const struct auth_grant *grant = c->session.grant;
	struct ip_prefix network;

	if (!grant->has_netmask || !grant->netmask || grant->netmask >= 32 ||
	    grant->address_choice != RADIUS_ADDRESS_GIVEN ||
	    !ip_equal(grant->address, c->session.record.ip4.remote))
		return;
	network.address = ip_network(grant->address, grant->netmask);
	network.length = grant->netmask;
	if (!ip_prefix_contains(&network, c->upper->local) && !is_on_the_way(c, &network) &&
	    !has_addresses_of_pools(c->config, &network) && !has_radius_servers(c, &network))
		want(w, network, 0);
}

static void want_granted(struct wanted *w, const struct call *c)
{
	const struct auth_grant *grant = c->session.grant;

	for (unsigned int i = 0; i < grant->n_routes; i++)
		if (grant->routes[i].to.address.family == AF_INET && !flaw_of(c, &grant->routes[i]))
			want(w, grant->routes[i].to, grant->routes[i].metric);
	want_network(w, c);
}

/* Those of the configuration, and those that the session was granted. */
static void want_all(struct wanted *w, const struct call *c)
{
	const struct config_user *user =
		c->claimed ? NULL : config_match_user(c->config, c->session.record.user,
						      c->server->config->fold_case);

	w->n = 0;
	for (size_t i = 0; user && i < user->routes.n; i++)
		want(w, user->routes.list[i], 0);
	if (c->session.grant)
		want_granted(w, c);
}

/* Returns how many routes there are at most. */
static size_t count_wanted(const struct call *c)
{
	struct wanted w = { 0 };

	want_all(&w, c);
	return w.n;
}

static struct held_routes *held_new(const struct call *c)
{
	const char *netns = c->session.entry.place.netns;
	const size_t n = count_wanted(c);
	struct held_routes *held = calloc(1, sizeof(*held) + n * sizeof(held->list[0]));
	struct wanted w;

	if (!held) {
		log_call(c, LOG_LEVEL_ERROR, "no routes: out of memory");
		return NULL;
	}
	w.list = held->list;
	want_all(&w, c);
	held->n = w.n;
	held->sessions = c->server->all->sessions;
	held->session = c->session.record.id;
	held->ifindex = c->session.record.ifindex;
	held->table = c->session.record.table;
	if (!place_name_equal(netns, NULL)) {
		held->netns = strdup(netns);
		held->n = held->netns ? held->n : 0;
	}
	if (c->upper->interface->net.mode == NET_LINK_SHARED)
		held->via = c->session.record.ip4.remote;
	held->take = (struct worker_job){ .run = run_take, .done = take_done };
	held->remove = (struct worker_job){ .run = run_remove, .done = remove_done };
	return held;
}

/* Tell of routes that were granted and cannot be had. */
static void log_flaws(const struct call *c)
{
	const struct auth_grant *grant = c->session.grant;
	char text[IP_TEXT_SIZE];

	for (unsigned int i = 0; grant && i < grant->n_routes; i++) {
		const struct radius_route *route = &grant->routes[i];
		const char *flaw = route->to.address.family == AF_INET ? flaw_of(c, route) : NULL;

		if (flaw)
			log_call(c, LOG_LEVEL_WARNING, "route to %s: left out, since %s",
				 ip_prefix_format(&route->to, text), flaw);
	}
}

/*
 * Give @c the routes of its user. @from is the routes of the session that had them, which may be @c
 * itself with another interface or address; NULL if there was none. A route in @from is moved, so
 * that it never is missing.
 */
static void take(struct call *c, struct held_routes *from)
{
	c->routes = held_new(c);
	if (!c->routes) {
		drop(from);
		return;
	}
	c->routes->from = from;
	net_work(c->routes->sessions->backend, &c->routes->take);
}

/* --- which session has the routes --------------------------------------------------------- */

/* Returns true if both sessions, which have the same name of a user, are surely of that user. */
static bool is_of_same_user(const struct call *c, const struct session *s)
{
	const struct call *other = s->owner;

	return s->record.role == SESSION_OF_SERVER &&
	       (other == c || (!c->claimed && !other->claimed));
}

/*
 * Returns the call of the user's next session after *@s, on any server, and moves *@s there; NULL
 * if there are no more.
 */
static struct call *next_of_user(const struct call *c, struct session **s)
{
	const struct registry *registry = &c->server->all->sessions->registry;

	do {
		*s = registry_next_of_user(registry, c->session.record.user, *s);
	} while (*s && !is_of_same_user(c, *s));
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
		if (other->ended || session_is_over(s) || !s->record.up_s || !count_wanted(other))
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

/* Returns true if the session has the routes that it is to have; another login may change them. */
static bool has_what_it_wants(const struct call *c)
{
	struct held_routes *held = held_new(c);
	bool same = held && held->n == c->routes->n;

	for (size_t i = 0; same && i < held->n; i++)
		same = is_same(&held->list[i], &c->routes->list[i]);
	held_free(held);
	return same;
}

void user_routes_up(struct call *c)
{
	const size_t n = count_wanted(c);
	struct held_routes *from = NULL;
	struct call *old;

	log_flaws(c);
	if (!n && !c->routes)
		return;
	old = holder(c);
	if (old && old != c && old->session.record.id > c->session.record.id)
		return;
	if (old == c && is_where_it_was(c) && has_what_it_wants(c))
		return;
	if (old) {
		from = old->routes;
		old->routes = NULL;
	}
	if (n)
		take(c, from);
	else
		drop(from);
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
		take(next, from);
	else
		drop(from);
}
