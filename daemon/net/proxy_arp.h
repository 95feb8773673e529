/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Proxy ARP, over rtnetlink: the host answers on a LAN for an address that it forwards to. And which
 * LANs there are.
 *
 * An entry has the protocol of our routes (net/route.h), by which a daemon knows what an earlier one
 * has left behind. The kernel removes the entries of an interface that is set down or loses its
 * carrier, without telling anybody; and it answers only where it forwards IPv4.
 *
 * Functions return 0 or a negative errno unless they say otherwise. After an error rtnl->nl.reason
 * describes the error in words.
 */
#ifndef CULVERT_NET_PROXY_ARP_H
#define CULVERT_NET_PROXY_ARP_H

#include "net/rtnl.h"

/*
 * Answer for @address on the interface. Returns -EEXIST if somebody else has that done already,
 * which is left as it is.
 */
int proxy_arp_add(struct rtnl *rtnl, int ifindex, struct ip_addr address);

int proxy_arp_del(struct rtnl *rtnl, int ifindex, struct ip_addr address);

/* Returns -ENOENT if nobody answers for @address on the interface. */
int proxy_arp_find(struct rtnl *rtnl, int ifindex, struct ip_addr address);

/*
 * Remove all entries that culvertd made. Returns how many were removed, or the negative errno of one
 * that could not be; others were removed then all the same.
 */
int proxy_arp_del_ours(struct rtnl *rtnl);

#define LANS_MAX	64

/* A network on an interface that has ARP and is up. */
struct lan {
	struct ip_prefix network;
	int ifindex;
	char name[IFNAMSIZ];
};

/* The first LANS_MAX of this host. */
struct lans {
	struct lan list[LANS_MAX];
	size_t n;
};

int lans_read(struct rtnl *rtnl, struct lans *lans);

/* Returns the smallest of the networks that @address is in; NULL if it is in none. */
const struct lan *lans_find(const struct lans *lans, struct ip_addr address);

#endif
