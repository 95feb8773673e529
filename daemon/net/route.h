/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Routes, over rtnetlink: to add and remove routes, and to ask how the host routes.
 *
 * Functions return 0 or a negative errno unless they say otherwise. After an error rtnl->nl.reason
 * describes the error in words.
 */
#ifndef CULVERT_NET_ROUTE_H
#define CULVERT_NET_ROUTE_H

#include <stdbool.h>

#include "net/rtnl.h"

/*
 * The protocol of routes that culvertd made (rtm_protocol): "proto 47" in ip-route(8). GRE has this
 * number among protocols of IP; no routing daemon has it among those of routes.
 */
#define ROUTE_PROTOCOL	47

struct route {
	struct ip_prefix to;
	bool unreachable;		/* packets are refused by ICMP; no @via and no @ifindex */
	struct ip_addr via;		/* gateway; not set: @to is on the link itself */
	struct ip_addr from;		/* source address of packets of the host; not set: any */
	int ifindex;
	/*
	 * @via is on the link, though no address of the interface says so. The kernel finds that out by
	 * itself; who reads routes does not, unless the route has RTNH_F_ONLINK.
	 */
	bool onlink;
	unsigned int metric;		/* the kernel prefers the smallest */
	uint32_t table;			/* 0: the main table */
};

/* Add a route. Returns -EEXIST if the table has a route to the same prefix with the same metric. */
int route_add(struct rtnl *rtnl, const struct route *route);

/*
 * Add a route, or replace the route to the same prefix with the same metric if the table has one.
 */
int route_replace(struct rtnl *rtnl, const struct route *route);

int route_del(struct rtnl *rtnl, const struct route *route);

/*
 * Remove all IPv4 routes that culvertd made, in all tables. Returns how many were removed, or the
 * negative errno of one that could not be; others were removed then all the same.
 */
int route_del_ours(struct rtnl *rtnl);

/*
 * Find the route of the main table to the same prefix with the same metric as @like, and fill in
 * @there. Returns -ENOENT if there is none, or if another route is preferred to it.
 */
int route_find(struct rtnl *rtnl, const struct route *like, struct route *there);

/*
 * Ask how the host now routes packets with this mark to @to. Fills in @to, @via and @ifindex of
 * @route and zeroes the rest. Returns -ENETUNREACH if the answer names no interface.
 */
int route_lookup(struct rtnl *rtnl, struct ip_addr to, uint32_t mark, struct route *route);

/* How packets of this host get to an address. */
struct route_way {
	bool there;			/* there is a route; the rest is zeroed if not */
	bool runs;			/* the interface is up and has a carrier */
	int ifindex;
	struct ip_addr via;
	struct ip_addr from;
};

/* Ask how the host now gets packets with this mark to @to. Errors count as if there were no way. */
void route_way(struct rtnl *rtnl, struct ip_addr to, uint32_t mark, struct route_way *way);

bool route_same_way(const struct route_way *a, const struct route_way *b);

/*
 * Returns true if this host has the address. Returns false if it has not, or if the kernel refuses.
 */
bool route_is_local(struct rtnl *rtnl, struct ip_addr address);

#endif
