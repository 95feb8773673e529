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
#define ASKED_MAX	32	/* claims of a set that the worker has at a time */

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

	return &c->block->net->claims.buckets[hash_bytes(key, sizeof(key)) % CLAIMS_BUCKETS];
}

static bool has_route(const struct claim *c)
{
	return c->state == CLAIM_HELD || c->state == CLAIM_INHERITED;
}

/* Returns the other claim that has the route of @c, or may have it soon; NULL if there is none. */
static struct claim *holder(const struct claim *c)
{
	struct claim *other;

	LIST_FOREACH(other, bucket_of(c), link)
		if (other != c && (has_route(other) || other->state == CLAIM_ASKED) &&
		    is_same(&other->route, &c->route))
			return other;
	return NULL;
}

/* Returns true if @c waits for the route of @of. */
static bool waits_for(const struct claim *c, const struct claim *of)
{
	return (c->state == CLAIM_WANTED || c->state == CLAIM_BLOCKED) && c->block->claims &&
	       is_same(&c->route, &of->route);
}

/* Returns the claim that gets the route of @c: the one that has waited for longest. */
static struct claim *heir(const struct claim *c)
{
	struct claim *other, *found = NULL;

	/* New claims are at the head of the list. */
	LIST_FOREACH(other, bucket_of(c), link)
		if (other != c && waits_for(other, c))
			found = other;
	return found;
}

/* --- what people are told ----------------------------------------------------------------- */

#define log_claim(c, level, fmt, ...)							\
	do {										\
		char text_[IP_TEXT_SIZE];						\
											\
		log_client((c)->block->claims->config, level, "route to %s%s: " fmt,	\
			   ip_prefix_format(&(c)->route.to, text_), (c)->block->what,	\
			   ##__VA_ARGS__);						\
	} while (0)

/* Another client has the route. It is said once. */
static void tell_holder(struct claim *c, const struct claim *by)
{
	const struct claims *theirs = by->block->claims;

	if (c->told || c->block->claims->any_serves || !theirs)
		return;
	c->told = true;
	log_claim(c, LOG_LEVEL_WARNING, "client %s has the same one, which is taken over when it "
		  "goes", theirs->config->name);
}

/* The worker could not make the route. It is said once. */
static void tell_failure(struct claim *c)
{
	if (c->told || (c->err == -EEXIST && c->block->claims->any_serves))
		return;
	c->told = true;
	log_claim(c, LOG_LEVEL_WARNING, "%s", c->why ? c->why : strerror(-c->err));
}

/* --- on the worker's thread --------------------------------------------------------------- */

/* Returns words that say which route of this host is in the way of @c; NULL without memory. */
static char *describe_rival(const struct claim *c, struct rtnl *rtnl)
{
	static const char known[] = "this host has the same one already";
	char name[IFNAMSIZ] = "?";
	struct route there;
	char *words;
	int n;

	if (c->job.net->ops->route_find(rtnl, &c->asked, &there))
		return strdup(known);
	if_indextoname(there.ifindex, name);
	if (ip_is_set(there.via))
		n = asprintf(&words, "%s, through %s via %s", known, name, ip_text(there.via));
	else
		n = asprintf(&words, "%s, through %s", known, name);
	return n < 0 ? NULL : words;
}

static void describe_failure(struct claim *c, struct rtnl *rtnl)
{
	if (c->err != -EEXIST)
		c->why = strdup(rtnl->nl.reason);
	else if (c->ask_who)
		c->why = describe_rival(c, rtnl);
}

static void run_make(struct host_job *job, struct rtnl *rtnl)
{
	struct claim *c = container_of(job, struct claim, job);
	const struct host_ops *ops = job->net->ops;

	c->err = c->replaces ? ops->route_replace(rtnl, &c->asked) :
			       ops->route_add(rtnl, &c->asked);
	if (!c->err)
		return;
	describe_failure(c, rtnl);
	/* What cannot be replaced must not keep others out. */
	if (c->replaces)
		ops->route_del(rtnl, &c->there);
}

static void run_remove(struct host_job *job, struct rtnl *rtnl)
{
	struct claim *c = container_of(job, struct claim, job);

	c->err = job->net->ops->route_del(rtnl, &c->there);
	if (c->err)
		c->why = strdup(rtnl->nl.reason);
}

/* --- carrying out ------------------------------------------------------------------------- */

static void make_done(struct host_job *job);

static void block_put(struct claim_block *block)
{
	if (--block->users == 0)
		free(block);
}

static void give_to_worker(struct claim *c, void (*run)(struct host_job *job, struct rtnl *rtnl),
			   void (*done)(struct host_job *job))
{
	c->err = 0;
	c->job.run = run;
	c->job.done = done;
	c->block->users++;
	host_job_add(c->block->net, &c->job);
}

static void forget_why(struct claim *c)
{
	free(c->why);
	c->why = NULL;
}

static void ask(struct claim *c)
{
	struct claims *cs = c->block->claims;

	c->replaces = c->state == CLAIM_INHERITED;
	c->asked = c->route;
	c->ask_who = !c->told && !cs->any_serves;
	c->again = false;
	c->state = CLAIM_ASKED;
	cs->asked++;
	give_to_worker(c, run_make, make_done);
}

static void block(struct claim *c)
{
	c->state = CLAIM_BLOCKED;
	c->block->claims->blocked = true;
}

static void carry_out(struct claim *c)
{
	const struct claim *by = c->state == CLAIM_WANTED ? holder(c) : NULL;

	if (!by) {
		ask(c);
	} else if (by->state != CLAIM_ASKED) {
		block(c);
		tell_holder(c, by);
	}
}

static bool is_due(const struct claim *c)
{
	return c->state == CLAIM_WANTED || c->state == CLAIM_INHERITED;
}

/* Returns true if a claim has no answer: it is with the worker, or waits for another that is. */
static bool is_unanswered(const struct claims *cs)
{
	if (cs->asked)
		return true;
	for (size_t i = 0; i < cs->n; i++)
		if (cs->block->list[i].state == CLAIM_WANTED)
			return true;
	return false;
}

static void settle(struct claims *cs)
{
	if (cs->settled || is_unanswered(cs))
		return;
	cs->settled = true;
	if (cs->when_settled)
		cs->when_settled(cs);
}

/* Let the set have its turn, unless it has to wait for answers first. */
static void go_on(struct claims *cs)
{
	if (cs->next == cs->n)
		settle(cs);
	else if (cs->asked < ASKED_MAX)
		later_add(&cs->net->works, &cs->later);
}

static void work(struct claims *cs)
{
	for (size_t done = 0;
	     cs->next < cs->n && cs->asked < ASKED_MAX && (done < AT_LEAST || callback_has_time());
	     cs->next++, done++)
		if (is_due(&cs->block->list[cs->next]))
			carry_out(&cs->block->list[cs->next]);
	go_on(cs);
}

static void turn(struct later *later)
{
	work(container_of(later, struct claims, later));
}

/* @c has become due. */
static void schedule(const struct claim *c)
{
	struct claims *cs = c->block->claims;
	size_t i = (size_t)(c - c->block->list);

	if (i < cs->next)
		cs->next = i;
	go_on(cs);
}

/* --- giving up ---------------------------------------------------------------------------- */

static void remove_done(struct host_job *job)
{
	struct claim *c = container_of(job, struct claim, job);

	/* The kernel removes a route with the interface or the address that it needs. */
	if (c->err && c->err != -ESRCH)
		log_with(&(struct log_fields){ .client = c->block->client },
			 log_warning("route to %s/%u%s: %s", ip_text(c->there.to.address),
				     c->there.to.length, c->block->what,
				     c->why ? c->why : strerror(-c->err)));
	forget_why(c);
	block_put(c->block);
}

/* The route of @c goes to @next at once if possible: the interface of @c may be about to go. */
static void pass_on(const struct claim *c, struct claim *next)
{
	next->there = c->there;
	next->state = CLAIM_INHERITED;
	if (next->block->claims->asked < ASKED_MAX)
		ask(next);
	else
		schedule(next);
}

/* The set of @c has ended, and the worker has answered. */
static void leave(struct claim *c)
{
	struct claim *next = heir(c);
	/* What @c has inherited, or what refuses, does not go with the interface of @c. */
	bool remove = c->block->remove || c->state == CLAIM_INHERITED || c->there.unreachable;

	LIST_REMOVE(c, link);
	if (!has_route(c))
		return;
	if (next)
		pass_on(c, next);
	else if (remove)
		give_to_worker(c, run_remove, remove_done);
}

/* --- answers ------------------------------------------------------------------------------ */

static bool is_as_wanted(const struct claim *c)
{
	return c->there.ifindex == c->route.ifindex && c->there.unreachable == c->route.unreachable;
}

/* Packets that another client waits for are not refused. */
static bool yields(const struct claim *c)
{
	return c->route.unreachable && heir(c);
}

/* @c is HELD; let the route be as the client wants it now. */
static void adapt(struct claim *c)
{
	if (is_as_wanted(c))
		return;
	if (yields(c)) {
		pass_on(c, heir(c));
		block(c);
	} else {
		c->state = CLAIM_INHERITED;
		schedule(c);
	}
}

static void hold(struct claim *c)
{
	if (c->told)
		log_claim(c, LOG_LEVEL_INFO, "nothing is in the way any more");
	c->told = false;
	adapt(c);
}

static void fail(struct claim *c)
{
	if (c->again) {
		c->state = CLAIM_WANTED;
		schedule(c);
		return;
	}
	block(c);
	tell_failure(c);
}

/* Those who waited for the answer for @c have their turn. */
static void wake_others(const struct claim *c)
{
	struct claim *other;

	LIST_FOREACH(other, bucket_of(c), link)
		if (other != c && other->state == CLAIM_WANTED && waits_for(other, c))
			schedule(other);
}

static void answered(struct claims *cs, struct claim *c)
{
	cs->asked--;
	if (c->err)
		fail(c);
	else
		hold(c);
	go_on(cs);
}

static void make_done(struct host_job *job)
{
	struct claim *c = container_of(job, struct claim, job);
	struct claim_block *block = c->block;

	c->state = c->err ? CLAIM_BLOCKED : CLAIM_HELD;
	if (!c->err)
		c->there = c->asked;
	if (block->claims)
		answered(block->claims, c);
	forget_why(c);
	/* From here on @c may be with the worker again. */
	if (!block->claims)
		leave(c);
	wake_others(c);
	block_put(block);
}

/* --- the set ------------------------------------------------------------------------------ */

void claims_init(struct claims *cs, struct host_net *net, const struct config_client *config,
		 const char *what, bool any_serves, void (*when_settled)(struct claims *cs))
{
	*cs = (struct claims){
		.net = net, .config = config, .what = what, .any_serves = any_serves,
		.when_settled = when_settled, .later.turn = turn,
	};
}

static struct claim_block *block_new(struct claims *cs, size_t n)
{
	struct claim_block *block = calloc(1, sizeof(*block) + n * sizeof(block->list[0]));

	if (!block)
		return NULL;
	block->net = cs->net;
	block->claims = cs;
	block->what = cs->what;
	snprintf(block->client, sizeof(block->client), "%s", cs->config->name);
	block->users = 1;
	return block;
}

bool claims_begin(struct claims *cs, const struct route *list, size_t n)
{
	cs->block = block_new(cs, n);
	if (!cs->block) {
		log_client(cs->config, LOG_LEVEL_ERROR, "routes: out of memory");
		return false;
	}
	cs->n = n;
	cs->next = 0;
	cs->settled = false;
	for (size_t i = 0; i < n; i++) {
		struct claim *c = &cs->block->list[i];

		c->route = list[i];
		c->block = cs->block;
		LIST_INSERT_HEAD(bucket_of(c), c, link);
	}
	work(cs);
	return true;
}

void claims_end(struct claims *cs, bool remove)
{
	struct claim_block *block = cs->block;
	size_t n = cs->n;

	if (!block)
		return;
	later_cancel(&cs->net->works, &cs->later);
	cs->block = NULL;
	cs->n = 0;
	cs->next = 0;
	cs->asked = 0;
	cs->blocked = false;
	cs->settled = false;
	block->claims = NULL;
	block->remove = remove;
	/* All at once, also what is given to the worker then: there are no turns any more. */
	for (size_t i = 0; i < n; i++)
		if (block->list[i].state != CLAIM_ASKED)
			leave(&block->list[i]);
	block_put(block);
}

bool claims_settled(const struct claims *cs)
{
	return !cs->n || cs->settled;
}

static void change(struct claims *cs, int ifindex, bool unreachable)
{
	for (size_t i = 0; i < cs->n; i++) {
		struct claim *c = &cs->block->list[i];

		c->route.ifindex = ifindex;
		c->route.unreachable = unreachable;
		c->again = true;
		if (c->state == CLAIM_HELD)
			adapt(c);
	}
	work(cs);
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
	if (!cs->blocked && !cs->asked)
		return;
	cs->blocked = false;
	for (size_t i = 0; i < cs->n; i++) {
		struct claim *c = &cs->block->list[i];

		c->again = true;
		if (c->state == CLAIM_BLOCKED) {
			c->state = CLAIM_WANTED;
			schedule(c);
		}
	}
}
