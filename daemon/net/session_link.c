// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <linux/pptp.h>

#include "net/route.h"
#include "net/session_link.h"
#include "util/container.h"
#include "util/netns.h"

int session_links_open(struct session_links *all)
{
	return worker_open(&all->worker);
}

void session_links_close(struct session_links *all)
{
	worker_close(&all->worker);
}

/* --- on the worker's thread --------------------------------------------------------------- */

static void failed(struct session_link *l, int err, const char *what, const char *why)
{
	l->err = err;
	l->what = what;
	l->why = strdup(why);
}

/*
 * Some servers have the same address inside the tunnel as outside. A route to it would lead the
 * tunnel's own packets into the tunnel.
 */
static int add_address(const struct session_link *l, struct rtnl *rtnl)
{
	if (l->same_inside_and_outside)
		return rtnl_addr_add_routeless(rtnl, l->made_ifindex, l->local, l->remote);
	return rtnl_addr_add(rtnl, l->made_ifindex, l->local, l->remote);
}

static int add_interface(struct session_link *l, struct rtnl *rtnl)
{
	if (l->may_number)
		return rtnl_pptp_add_numbered(rtnl, l->pattern, l->numbered, &l->all->next_number,
					      &l->settings, l->made_name, &l->made_ifindex);
	return rtnl_pptp_add_free(rtnl, l->pattern, &l->all->next_number, &l->settings,
				  l->made_name, &l->made_ifindex);
}

static void make_interface(struct session_link *l, struct rtnl *rtnl)
{
	int err = rtnl_vrf_find(rtnl, l->vrf, &l->settings.vrf, &l->made_table);

	if (err) {
		failed(l, err, "interface", rtnl->nl.reason);
		return;
	}
	err = add_interface(l, rtnl);
	if (err) {
		failed(l, err, l->made_name, rtnl->nl.reason);
		return;
	}
	err = add_address(l, rtnl);
	if (!err)
		return;
	failed(l, err, "address of link", rtnl->nl.reason);
	rtnl_link_del(rtnl, l->made_ifindex);
}

/* The route to the peer's inner address, with our inner address as the source. */
static struct route route_to_peer(const struct session_link *l)
{
	return (struct route){
		.to = ip_host(l->remote), .from = l->local, .ifindex = l->made_ifindex,
		.table = l->made_table,
	};
}

static void make_route(struct session_link *l, struct rtnl *rtnl)
{
	const struct route route = route_to_peer(l);
	int err = route_replace(rtnl, &route);

	if (err)
		failed(l, err, "route to peer", rtnl->nl.reason);
}

/*
 * Do it in the namespace that the interface is in, and not in one that has got its name: there, the
 * same index is another interface.
 */
static int do_there(struct session_link *l, struct rtnl *rtnl,
		    void (*what)(struct session_link *l, struct rtnl *rtnl))
{
	struct rtnl there;
	int err;

	if (!l->netns) {
		what(l, rtnl);
		return 0;
	}
	err = rtnl_open_at(&there, l->netns_fd);
	if (err)
		return err;
	what(l, &there);
	rtnl_close(&there);
	return 0;
}

static void run_make(struct worker_job *job, struct rtnl *rtnl)
{
	struct session_link *l = container_of(job, struct session_link, make);
	int err = 0;

	if (l->netns)
		l->netns_fd = netns_open(l->netns);
	if (l->netns_fd < 0)
		err = l->netns_fd;
	else
		err = do_there(l, rtnl, l->shared ? make_route : make_interface);
	if (err)
		failed(l, err, l->netns, strerror(-err));
}

/* Fails only if the interface is gone, and then nobody needs it. */
static void set_mtu(struct session_link *l, struct rtnl *rtnl)
{
	rtnl_link_up(rtnl, l->made_ifindex, l->mtu_there);
}

static void remove_interface(struct session_link *l, struct rtnl *rtnl)
{
	rtnl_link_del(rtnl, l->made_ifindex);
}

static void run_set_mtu(struct worker_job *job, struct rtnl *rtnl)
{
	struct session_link *l = container_of(job, struct session_link, set_mtu);

	do_there(l, rtnl, set_mtu);
}

static void run_remove(struct worker_job *job, struct rtnl *rtnl)
{
	struct session_link *l = container_of(job, struct session_link, remove);
	const struct route route = route_to_peer(l);

	if (l->fd >= 0)
		close(l->fd);
	if (!l->delete_it || l->err)
		return;
	if (l->shared)
		route_del(rtnl, &route);
	else
		do_there(l, rtnl, remove_interface);
}

/* --- on the loop's thread ----------------------------------------------------------------- */

static void make_done(struct worker_job *job)
{
	struct session_link *l = container_of(job, struct session_link, make);

	l->making = false;
	if (!l->err) {
		l->ifindex = l->made_ifindex;
		memcpy(l->name, l->made_name, sizeof(l->name));
		l->table = l->made_table;
	}
	if (l->made)
		l->made(l, l->err, l->what, l->why ? l->why : strerror(-l->err));
}

static void send_mtu(struct session_link *l)
{
	l->setting_mtu = true;
	l->mtu_there = l->mtu;
	worker_add(&l->all->worker, &l->set_mtu);
}

static void mtu_done(struct worker_job *job)
{
	struct session_link *l = container_of(job, struct session_link, set_mtu);

	l->setting_mtu = false;
	/* It may have been changed again meanwhile. */
	if (l->made && l->mtu != l->mtu_there)
		send_mtu(l);
}

static void free_link(struct session_link *l)
{
	if (l->netns_fd > 0)
		close(l->netns_fd);
	free(l->netns);
	free(l->why);
	free(l);
}

static void remove_done(struct worker_job *job)
{
	free_link(container_of(job, struct session_link, remove));
}

static void fill_in(struct session_link *l, const struct net_session *s, const struct net_ip4 *ip)
{
	const struct net_link *link = s->link;

	l->local = ip->local;
	l->remote = ip->remote;
	l->mtu = ip->mtu;
	l->mtu_there = ip->mtu;
	l->shared = link->mode == NET_LINK_SHARED;
	l->same_inside_and_outside = ip_equal(ip->remote, s->addr.remote);
	memcpy(l->pattern, link->name, sizeof(l->pattern));
	memcpy(l->vrf, link->vrf, sizeof(l->vrf));
	if (l->shared) {
		l->made_ifindex = link->ifindex;
		l->made_table = link->table;
		memcpy(l->made_name, link->name, sizeof(l->made_name));
		return;
	}
	l->settings = (struct rtnl_pptp){
		.mode = PPTP_LINK_MODE_SESSION, .mss_clamp = link->mss_clamp, .mtu = ip->mtu,
		.owner = s->fd,
	};
	if (!*s->wanted.name)
		return;
	memcpy(l->pattern, s->wanted.name, sizeof(l->pattern));
	memcpy(l->vrf, s->wanted.vrf, sizeof(l->vrf));
	l->may_number = !strstr(l->pattern, "%d");
	l->numbered = s->wanted.numbered;
}

/* Returns false if there is no memory. */
static bool set_namespace(struct session_link *l, const struct net_session *s)
{
	if (l->shared || !s->wanted.netns || !*s->wanted.netns)
		return true;
	l->netns = strdup(s->wanted.netns);
	return l->netns;
}

struct session_link *session_link_new(struct session_links *all, const struct net_session *s,
				      const struct net_ip4 *ip, session_link_made_fn made,
				      void *owner)
{
	struct session_link *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->all = all;
	l->made = made;
	l->owner = owner;
	l->fd = -1;
	l->make = (struct worker_job){ .run = run_make, .done = make_done };
	l->set_mtu = (struct worker_job){ .run = run_set_mtu, .done = mtu_done };
	l->remove = (struct worker_job){ .run = run_remove, .done = remove_done };
	fill_in(l, s, ip);
	if (set_namespace(l, s))
		return l;
	free(l);
	return NULL;
}

void session_link_make(struct session_link *l)
{
	l->making = true;
	worker_add(&l->all->worker, &l->make);
}

void session_link_set_mtu(struct session_link *l, unsigned int mtu)
{
	l->mtu = mtu;
	if (!l->shared && !l->setting_mtu && mtu != l->mtu_there)
		send_mtu(l);
}

/* Returns true if the kernel does not remove by itself what was made. */
static bool must_delete(const struct session_link *l, enum session_link_end end)
{
	if (end == SESSION_LINK_KEEP_ROUTE)
		return false;
	return l->shared || end == SESSION_LINK_LEAVE || !strstr(l->pattern, "%d");
}

void session_link_remove(struct session_link *l, enum session_link_end end, int fd)
{
	l->made = NULL;
	l->fd = fd;
	/*
	 * A peer that hangs up as soon as it has logged in leaves nothing in the line of jobs, so
	 * that this line is no longer than there are sessions.
	 */
	if (l->making && worker_cancel(&l->all->worker, &l->make)) {
		if (fd >= 0)
			close(fd);
		free_link(l);
		return;
	}
	l->delete_it = must_delete(l, end);
	/* Jobs are done in order, so a job that is under way ends before @remove begins. */
	if (l->making || l->setting_mtu || (l->delete_it && !l->err) || fd >= 0)
		worker_add(&l->all->worker, &l->remove);
	else
		free_link(l);
}
