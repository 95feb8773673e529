/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Routes, over rtnetlink: those that we make, and how the host routes.
 *
 * Functions return 0 or a negative errno; rtnl->nl.reason then says
 * why in words.
 */
#ifndef CULVERT_NET_ROUTE_H
#define CULVERT_NET_ROUTE_H

#include <stdbool.h>

#include "net/rtnl.h"

struct route {
	struct ip_prefix to;
	struct ip_addr via;		/* gateway; none: @to is on the link itself */
	struct ip_addr from;		/* source of what the host itself sends; none: any */
	int ifindex;
	unsigned int metric;		/* less comes first */
	uint32_t table;			/* 0: the main one */
};

/* -EEXIST if there is one to the same network with the same metric. */
int route_add(struct rtnl *rtnl, const struct route *route);

/* In place of one to the same network with the same metric, if there is one. */
int route_replace(struct rtnl *rtnl, const struct route *route);

int route_del(struct rtnl *rtnl, const struct route *route);

/* How @to is reached now: a route to it alone. */
int route_lookup(struct rtnl *rtnl, struct ip_addr to, struct route *route);

/* Is the address one of this host? False, too, if that cannot be told. */
bool route_is_local(struct rtnl *rtnl, struct ip_addr address);

#endif
