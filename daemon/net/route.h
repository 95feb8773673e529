/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * IPv4 routes, over rtnetlink.
 *
 * Addresses are in network order. Functions return 0 or a negative errno; rtnl->nl.reason then says
 * why in words.
 */
#ifndef CULVERT_NET_ROUTE_H
#define CULVERT_NET_ROUTE_H

#include <netinet/in.h>

#include "net/rtnl.h"

struct route {
	struct in_addr to;
	unsigned int length;		/* of the prefix @to, 0 to 32 */
	struct in_addr via;		/* gateway; 0.0.0.0: @to is on the link itself */
	int ifindex;
	unsigned int metric;		/* less comes first */
	uint32_t table;			/* 0: the main one */
};

/* -EEXIST if there is one to the same network with the same metric. */
int route_add(struct rtnl *rtnl, const struct route *route);
int route_del(struct rtnl *rtnl, const struct route *route);

/* How @to is reached now: a route to it alone. */
int route_lookup(struct rtnl *rtnl, struct in_addr to, struct route *route);

#endif
