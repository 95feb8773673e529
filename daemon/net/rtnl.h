/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Links and addresses, over rtnetlink. Routes are in net/route.h.
 *
 * Interfaces are indices. Every function
 * returns 0 or a negative errno; rtnl->nl.reason then says why in words.
 */
#ifndef CULVERT_NET_RTNL_H
#define CULVERT_NET_RTNL_H

#include <stdbool.h>
#include <stdint.h>
#include <net/if.h>

#include "net/nl.h"

struct rtnl {
	struct nl nl;
};

int rtnl_open(struct rtnl *rtnl);
void rtnl_close(struct rtnl *rtnl);

/* Set the MTU and bring the interface up, in one step. */
int rtnl_link_up(struct rtnl *rtnl, int ifindex, unsigned int mtu);

/* Make the interface belong to the VRF device @vrf. */
int rtnl_link_set_vrf(struct rtnl *rtnl, int ifindex, int vrf);

/* The VRF device called @name and the routing table that it stands for. -EINVAL: it is none. */
int rtnl_vrf_get(struct rtnl *rtnl, const char *name, int *ifindex, uint32_t *table);

/* What a link of kind "pptp" is made of; see uapi/linux/pptp.h. */
struct rtnl_pptp {
	uint32_t mode;			/* enum pptp_link_mode */
	bool reverse_path;
	bool mss_clamp;
	unsigned int mtu;
	int owner;			/* PPTP socket: when it goes, so does the link */
	int vrf;			/* interface that it belongs to; 0: none */
};

/* Make one named @name, and bring it up. -EEXIST if an interface has that name; *@ifindex is 0 then. */
int rtnl_pptp_add(struct rtnl *rtnl, const char *name, const struct rtnl_pptp *settings,
		  int *ifindex);

/* Let one clamp the MSS of TCP, or not, from now on. */
int rtnl_pptp_set_mss_clamp(struct rtnl *rtnl, int ifindex, bool on);

/* Remove the interface. */
int rtnl_link_del(struct rtnl *rtnl, int ifindex);

/*
 * Give the interface the point-to-point address @local with the peer @remote/32, whose route comes
 * with it. One that is there already is not an error.
 */
int rtnl_addr_add(struct rtnl *rtnl, int ifindex, struct ip_addr local, struct ip_addr remote);

/* Take it away, and with it all routes that name it as their source. */
int rtnl_addr_del(struct rtnl *rtnl, int ifindex, struct ip_addr local, struct ip_addr remote);

/*
 * A socket that hears of addresses of this host that come and go. rtnl_watch_read() takes what waits
 * there, NL_EVENTS at most, and does not say what it was: look whether what you depend on is there
 * still.
 */
int rtnl_watch_open(struct rtnl *rtnl);
void rtnl_watch_read(struct rtnl *rtnl);

#endif
