// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <net/if.h>

#include "client/claims.h"
#include "client/host_ops.h"
#include "client/log.h"
#include "util/callback.h"
#include "util/container.h"
#include "util/hash.h"

#define AT_LEAST	16	/* claims in a slice */

/* --- which claims are for the same route -------------------------------------------------- */

static bool is_same(const struct route *a, const struct route *b)
{
	return ip_prefix_equal(&a->to, &b->to) && a->metric == b->metric && a->table == b->table;
}

static struct claim_list *bucket_of(const struct claim *c)
{
	const uint32_t key[] = {
		ip_number(c->route.to.address), c->route.to.length, c->route.metric,
		c->route.table,
	};

	return &c->claims->net->claims.buckets[hash_bytes(key, sizeof(key)) % CLAIMS_BUCKETS];
}

static bool has_route(const struct claim *c)
{
	return c->state == CLAIM_HELD || c->state == CLAIM_INHERITED;
}

/* Returns the other claim that has the route of @c; NULL if there is none. */
static struct claim *holder(const struct claim *c)
{
	struct claim *other;

	LIST_FOREACH(other, bucket_of(c), link)
		if (other != c && has_route(other) && is_same(&other->route, &c->route))
			return other;
	return NULL;
}

/* Returns the claim that gets the route of @c: the one that has waited for longest. */
static struct claim *heir(const struct claim *c)
{
	struct claim *other, *found = NULL;

	/* New claims are at the head of the list. */
	LIST_FOREACH(other, bucket_of(c), link)
		if (other != c && !has_route(other) && is_same(&other->route, &c->route))
			found = other;
	return found;
}

/* --- what people are told ----------------------------------------------------------------- */

#define log_claim(c, level, fmt, ...)							\
	do {										\
		char text_[IP_TEXT_SIZE];						\
											\
		log_client((c)->claims->config, level, "route to %s%s: " fmt,		\
			   ip_prefix_format(&(c)->route.to, text_), (c)->claims->what,	\
			   ##__VA_ARGS__);						\
	} while (0)

/* Another route is in the way. It is said once. */
static void tell_blocked(struct claim *c, const struct claim *by)
{
	struct host_net *net = c->claims->net;
	char name[IFNAMSIZ] = "?";
	struct route there;

	if (c->told || c->claims->any_serves)
		return;
	c->told = true;
	if (by)
		log_claim(c, LOG_LEVEL_WARNING, "client %s has the same one, which is taken over "
			  "when it goes", by->claims->config->name);
	else if (net->ops->route_find(&net->rtnl, &c->route, &there))
		log_claim(c, LOG_LEVEL_WARNING, "this host has the same one already");
	else if (ip_is_set(there.via))
		log_claim(c, LOG_LEVEL_WARNING, "this host has the same one already, through %s via "
			  "%s", if_indextoname(there.ifindex, name) ?: name, ip_text(there.via));
	else
		log_claim(c, LOG_LEVEL_WARNING, "this host has the same one already, through %s",
			  if_indextoname(there.ifindex, name) ?: name);
}

/* --- carrying out ------------------------------------------------------------------------- */

static void hold(struct claim *c)
{
	if (c->told)
		log_claim(c, LOG_LEVEL_INFO, "nothing is in the way any more");
	c->told = false;
	c->state = CLAIM_HELD;
}

static void fail(struct claim *c, int err)
{
	struct host_net *net = c->claims->net;

	c->state = CLAIM_BLOCKED;
	c->claims->blocked = true;
	if (err == -EEXIST) {
		tell_blocked(c, NULL);
		return;
	}
	if (!c->told)
		log_claim(c, LOG_LEVEL_WARNING, "%s", net->rtnl.nl.reason);
	c->told = true;
}

static void carry_out(struct claim *c)
{
	struct host_net *net = c->claims->net;
	const struct claim *by = c->state == CLAIM_WANTED ? holder(c) : NULL;
	int err;

	if (by) {
		c->state = CLAIM_BLOCKED;
		c->claims->blocked = true;
		tell_blocked(c, by);
		return;
	}
	err = c->state == CLAIM_WANTED ? net->ops->route_add(&net->rtnl, &c->route) :
					 net->ops->route_replace(&net->rtnl, &c->route);
	if (err)
		fail(c, err);
	else
		hold(c);
}

static bool is_due(const struct claim *c)
{
	return c->state == CLAIM_WANTED || c->state == CLAIM_INHERITED;
}

void claims_work(struct claims *cs)
{
	for (size_t done = 0; cs->next < cs->n && (done < AT_LEAST || callback_has_time());
	     cs->next++, done++)
		if (is_due(&cs->list[cs->next]))
			carry_out(&cs->list[cs->next]);
	if (cs->next < cs->n)
		later_add(&cs->net->works, &cs->later);
}

static void turn(struct later *later)
{
	claims_work(container_of(later, struct claims, later));
}

/* @c has become due. */
static void schedule(const struct claim *c)
{
	struct claims *cs = c->claims;
	size_t i = (size_t)(c - cs->list);

	if (i < cs->next)
		cs->next = i;
	later_add(&cs->net->works, &cs->later);
}

/* --- the set ------------------------------------------------------------------------------ */

void claims_init(struct claims *cs, struct host_net *net, const struct config_client *config,
		 const char *what, bool any_serves)
{
	*cs = (struct claims){
		.net = net, .config = config, .what = what, .any_serves = any_serves,
		.later.turn = turn,
	};
}

bool claims_begin(struct claims *cs, const struct route *list, size_t n)
{
	cs->list = calloc(n ? n : 1, sizeof(*cs->list));
	if (!cs->list) {
		log_client(cs->config, LOG_LEVEL_ERROR, "routes: out of memory");
		return false;
	}
	cs->n = n;
	cs->next = 0;
	for (size_t i = 0; i < n; i++) {
		cs->list[i] = (struct claim){ .route = list[i], .claims = cs };
		LIST_INSERT_HEAD(bucket_of(&cs->list[i]), &cs->list[i], link);
	}
	claims_work(cs);
	return true;
}

/* @c, which has the route, gives it up. */
static void pass_on(struct claim *c, bool remove)
{
	struct host_net *net = c->claims->net;
	struct claim *next = heir(c);
	int err = 0;

	if (next)
		next->state = CLAIM_INHERITED;
	if (next && remove)
		carry_out(next);
	else if (next)
		schedule(next);
	if (remove && !(next && next->state == CLAIM_HELD))
		err = net->ops->route_del(&net->rtnl, &c->route);
	/* The kernel removes a route with the interface or the address that it needs. */
	if (err && err != -ESRCH)
		log_claim(c, LOG_LEVEL_WARNING, "%s", net->rtnl.nl.reason);
}

void claims_end(struct claims *cs, bool remove)
{
	for (size_t i = 0; i < cs->n; i++) {
		if (has_route(&cs->list[i]))
			pass_on(&cs->list[i], remove);
		LIST_REMOVE(&cs->list[i], link);
	}
	later_cancel(&cs->net->works, &cs->later);
	free(cs->list);
	cs->list = NULL;
	cs->n = 0;
	cs->next = 0;
	cs->blocked = false;
}

/* Packets that another client waits for are not refused. */
static bool yields(const struct claim *c)
{
	return c->route.unreachable && heir(c);
}

static void change(struct claims *cs, int ifindex, bool unreachable)
{
	for (size_t i = 0; i < cs->n; i++) {
		struct claim *c = &cs->list[i];

		c->route.ifindex = ifindex;
		c->route.unreachable = unreachable;
		if (c->state == CLAIM_HELD && yields(c)) {
			pass_on(c, false);
			c->state = CLAIM_BLOCKED;
			cs->blocked = true;
		} else if (c->state == CLAIM_HELD) {
			c->state = CLAIM_INHERITED;
		}
	}
	cs->next = 0;
	claims_work(cs);
}

void claims_refuse(struct claims *cs)
{
	change(cs, 0, true);
}

void claims_lead_to(struct claims *cs, int ifindex)
{
	change(cs, ifindex, false);
}

void claims_retry(struct claims *cs)
{
	if (!cs->blocked)
		return;
	cs->blocked = false;
	for (size_t i = 0; i < cs->n; i++)
		if (cs->list[i].state == CLAIM_BLOCKED)
			cs->list[i].state = CLAIM_WANTED;
	cs->next = 0;
	later_add(&cs->net->works, &cs->later);
}
