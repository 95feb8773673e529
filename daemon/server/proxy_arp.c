// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "server/call.h"
#include "server/proxy_arp.h"
#include "server/servers.h"
#include "server/user_place.h"
#include "util/container.h"
#include "util/log.h"

/* The entry of one session. */
struct proxy_arp {
	struct call *call;		/* NULL once the session is over */
	struct servers *all;
	struct ip_addr address;
	bool any;			/* on whichever interface has a LAN with @address in it */
	bool shown;			/* the entry was made */

	/* for jobs, and for @add's done */
	TAILQ_ENTRY(proxy_arp) of_made;
	bool made;
	int ifindex;
	char name[IFNAMSIZ];		/* "": there is no such LAN */
	int err;
	char *why;			/* words of the kernel for @err; NULL: strerror(-err) */

	struct worker_job add;
	struct worker_job remove;	/* frees the structure, too */
};

/* --- on the worker's thread ----------------------------------------------------------------- */

/* Find the interface for the entry. It is 0 if there is no LAN with the address. */
static int choose(struct proxy_arp *p, struct rtnl *rtnl)
{
	struct proxy_arps *arps = &p->all->proxy_arps;
	const struct lan *lan;
	int err;

	if (!p->any)
		return rtnl_link_find(rtnl, p->name, &p->ifindex);
	if (!arps->lans_known) {
		err = lans_read(rtnl, &arps->lans);
		if (err)
			return err;
		arps->lans_known = true;
	}
	lan = lans_find(&arps->lans, p->address);
	if (lan) {
		p->ifindex = lan->ifindex;
		memcpy(p->name, lan->name, sizeof(p->name));
	}
	return 0;
}

static void run_add(struct worker_job *job, struct rtnl *rtnl)
{
	struct proxy_arp *p = container_of(job, struct proxy_arp, add);

	p->err = choose(p, rtnl);
	if (!p->err && p->ifindex)
		p->err = proxy_arp_add(rtnl, p->ifindex, p->address);
	p->made = !p->err && p->ifindex;
	if (p->made)
		TAILQ_INSERT_TAIL(&p->all->proxy_arps.made, p, of_made);
	else if (p->err)
		p->why = strdup(rtnl->nl.reason);
}

/* Fails only if the entry is gone, and then it need not be removed. */
static void run_remove(struct worker_job *job, struct rtnl *rtnl)
{
	struct proxy_arp *p = container_of(job, struct proxy_arp, remove);

	if (!p->made)
		return;
	TAILQ_REMOVE(&p->all->proxy_arps.made, p, of_made);
	proxy_arp_del(rtnl, p->ifindex, p->address);
}

/*
 * The kernel removes all entries of an interface together: where one is still there, so are all that
 * were made after it.
 */
static void run_look(struct worker_job *job, struct rtnl *rtnl)
{
	struct proxy_arps *arps = container_of(job, struct proxy_arps, look);
	const struct proxy_arp *p;
	int good = 0;

	arps->lans_known = false;
	TAILQ_FOREACH(p, &arps->made, of_made) {
		if (p->ifindex == good)
			continue;
		if (proxy_arp_find(rtnl, p->ifindex, p->address) == -ENOENT)
			proxy_arp_add(rtnl, p->ifindex, p->address);
		else
			good = p->ifindex;
	}
}

/* --- on the loop's thread ------------------------------------------------------------------- */

static void add_done(struct worker_job *job)
{
	struct proxy_arp *p = container_of(job, struct proxy_arp, add);

	if (!p->call)
		return;
	p->shown = p->made;
	if (p->made)
		p->call->server->n_proxied++;
	else if (p->err)
		log_call(p->call, LOG_LEVEL_WARNING, "proxy ARP for %s%s%s: %s",
			 ip_text(p->address), *p->name ? " on " : "", p->name,
			 p->why ? p->why : strerror(-p->err));
}

static void remove_done(struct worker_job *job)
{
	struct proxy_arp *p = container_of(job, struct proxy_arp, remove);

	free(p->why);
	free(p);
}

static void look_done(struct worker_job *job)
{
	container_of(job, struct proxy_arps, look)->looking = false;
}

static struct proxy_arp *proxy_arp_new(struct call *c)
{
	const char *where = c->server->config->proxy_arp;
	struct proxy_arp *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->call = c;
	p->all = c->server->all;
	p->address = c->session.record.ip4.remote;
	p->any = !strcmp(where, "on");
	if (!p->any)
		snprintf(p->name, sizeof(p->name), "%s", where);
	p->add = (struct worker_job){ .run = run_add, .done = add_done };
	p->remove = (struct worker_job){ .run = run_remove, .done = remove_done };
	return p;
}

void proxy_arp_up(struct call *c)
{
	struct proxy_arps *arps = &c->server->all->proxy_arps;

	if (c->proxy && ip_equal(c->proxy->address, c->session.record.ip4.remote))
		return;
	proxy_arp_end(c);
	if (!strcmp(c->server->config->proxy_arp, "off") || user_place_is_beyond(c))
		return;
	c->proxy = proxy_arp_new(c);
	if (!c->proxy) {
		log_call(c, LOG_LEVEL_ERROR, "no proxy ARP: out of memory");
		return;
	}
	arps->n++;
	arps->used = true;
	net_work(c->server->all->sessions->backend, &c->proxy->add);
}

void proxy_arp_end(struct call *c)
{
	struct proxy_arp *p = c->proxy;

	if (!p)
		return;
	c->proxy = NULL;
	if (p->shown)
		c->server->n_proxied--;
	p->call = NULL;
	p->all->proxy_arps.n--;
	net_work(p->all->sessions->backend, &p->remove);
}

void proxy_arps_init(struct proxy_arps *arps)
{
	TAILQ_INIT(&arps->made);
}

const char *proxy_arp_interface(const struct call *c)
{
	return c->proxy && c->proxy->shown ? c->proxy->name : NULL;
}

void proxy_arps_look(struct servers *all)
{
	struct proxy_arps *arps = &all->proxy_arps;

	if (!arps->used || arps->looking)
		return;
	arps->used = arps->n;
	arps->looking = true;
	arps->look = (struct worker_job){ .run = run_look, .done = look_done };
	net_work(all->sessions->backend, &arps->look);
}
