/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Links, addresses and routes, over rtnetlink.
 *
 * Addresses are in network byte order, as in struct in_addr; interfaces are indices. Every function
 * returns 0 or a negative errno; rtnl->nl.reason then says why in words.
 */
#ifndef CULVERT_NET_RTNL_H
#define CULVERT_NET_RTNL_H

#include <stdbool.h>
#include <stdint.h>
#include <net/if.h>
#include <netinet/in.h>

#include "net/nl.h"

struct rtnl {
	struct nl nl;
};

/* Octets and packets as the interface counts them. */
struct rtnl_stats {
	uint64_t rx_bytes;
	uint64_t tx_bytes;
	uint64_t rx_packets;
	uint64_t tx_packets;
};

int rtnl_open(struct rtnl *rtnl);
void rtnl_close(struct rtnl *rtnl);

/* Set the MTU and bring the interface up, in one step. */
int rtnl_link_up(struct rtnl *rtnl, int ifindex, unsigned int mtu);

/* Make the interface belong to the VRF device @vrf. */
int rtnl_link_set_vrf(struct rtnl *rtnl, int ifindex, int vrf);

/* The VRF device called @name and the routing table that it stands for. -EINVAL: it is none. */
int rtnl_vrf_get(struct rtnl *rtnl, const char *name, int *ifindex, uint32_t *table);

/* Bring the interface down; its addresses stay. */
int rtnl_link_down(struct rtnl *rtnl, int ifindex);

/* What a link of kind "pptp" is made of; see uapi/linux/pptp.h. */
struct rtnl_pptp {
	uint32_t mode;			/* enum pptp_link_mode */
	bool reverse_path;
	bool mss_clamp;
	unsigned int mtu;
	int owner;			/* PPTP socket: when it goes, so does the link */
	int vrf;			/* interface that it belongs to; 0: none */
};

/* Make one named @name, and bring it up. -EEXIST if an interface has that name. */
int rtnl_pptp_add(struct rtnl *rtnl, const char *name, const struct rtnl_pptp *settings,
		  int *ifindex);

/* Remove the interface. */
int rtnl_link_del(struct rtnl *rtnl, int ifindex);

/* Any of @name (IFNAMSIZ octets), @mtu and @stats may be NULL. */
int rtnl_link_get(struct rtnl *rtnl, int ifindex, char *name, unsigned int *mtu,
		  struct rtnl_stats *stats);

/*
 * Give the interface the point-to-point address @local with the peer @remote/32, whose route comes
 * with it. One that is there already is not an error.
 */
int rtnl_addr_add(struct rtnl *rtnl, int ifindex, struct in_addr local, struct in_addr remote);
int rtnl_addr_del(struct rtnl *rtnl, int ifindex, struct in_addr local, struct in_addr remote);

/* Is the address one of this host? False, too, if that cannot be told. */
bool rtnl_addr_is_local(struct rtnl *rtnl, struct in_addr address);

/* The route to @to/32 out of the interface, from the address @from. */
int rtnl_route_add(struct rtnl *rtnl, int ifindex, struct in_addr from, struct in_addr to);
int rtnl_route_del(struct rtnl *rtnl, int ifindex, struct in_addr from, struct in_addr to);

/*
 * The MTU, in octets, of the path to @to from the address @from: what the route says, else the
 * MTU of the interface that it leaves by.
 */
int rtnl_path_mtu(struct rtnl *rtnl, struct in_addr from, struct in_addr to, unsigned int *mtu);

/*
 * A socket that hears of addresses of this host that come and go. rtnl_watch_read() takes all that
 * waits there and does not say what it was: look whether what you depend on is there still.
 */
int rtnl_watch_open(struct rtnl *rtnl);
void rtnl_watch_read(struct rtnl *rtnl);

#endif
