/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Links and addresses, over rtnetlink. Routes are in net/route.h.
 *
 * An interface is named by its index. Functions return 0 or a negative errno. After an error
 * rtnl->nl.reason describes the error in words, except after the functions that open.
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

/* As rtnl_open(), in the network namespace @netns; NULL or "" is the caller's own. */
int rtnl_open_in(struct rtnl *rtnl, const char *netns);

/* The same by a descriptor of the namespace. */
int rtnl_open_at(struct rtnl *rtnl, int ns);

/* Set the MTU (octets) and bring the interface up, in one request. */
int rtnl_link_up(struct rtnl *rtnl, int ifindex, unsigned int mtu);

/* Returns true if the interface is up and has a carrier. Returns false after an error, too. */
bool rtnl_link_runs(struct rtnl *rtnl, int ifindex);

/* Get the index of the interface @name. Returns -ENODEV if there is none. */
int rtnl_link_find(struct rtnl *rtnl, const char *name, int *ifindex);

/* Get the name of the interface and its flags (IFF_*). */
int rtnl_link_get(struct rtnl *rtnl, int ifindex, char name[IFNAMSIZ], unsigned int *flags);

/* Put the interface into the VRF of the device @vrf (an index). */
int rtnl_link_set_vrf(struct rtnl *rtnl, int ifindex, int vrf);

/*
 * Get the index and the routing table of the VRF device @name. Returns -ENODEV if no interface has
 * that name, -EINVAL if the interface is not a VRF device.
 */
int rtnl_vrf_get(struct rtnl *rtnl, const char *name, int *ifindex, uint32_t *table);

/* The same, but if @name is "", for which both are 0. */
int rtnl_vrf_find(struct rtnl *rtnl, const char *name, int *ifindex, uint32_t *table);

/* The settings of a link of kind "pptp"; see uapi/linux/pptp.h. */
struct rtnl_pptp {
	uint32_t mode;			/* enum pptp_link_mode */
	bool reverse_path;		/* accept only sources that are routed to the session */
	bool mss_clamp;			/* clamp the MSS of TCP to the MTU */
	unsigned int mtu;		/* octets */
	int owner;			/* PPTP socket; the link is removed when it is closed */
	int vrf;			/* index of the VRF device; 0: none */
};

/*
 * Create a link of kind "pptp" with the name @name and bring it up. Returns -EEXIST if an interface
 * has that name. *@ifindex is the index of the link, or 0 after any error.
 */
int rtnl_pptp_add(struct rtnl *rtnl, const char *name, const struct rtnl_pptp *settings,
		  int *ifindex);

/*
 * As rtnl_pptp_add(), with the first name of @pattern that is free. A %d at the end of @pattern
 * stands for a number; without one there is a single name. *@next_number is where the search
 * begins, and is moved on. The name is in @name even after an error.
 */
int rtnl_pptp_add_free(struct rtnl *rtnl, const char *pattern, unsigned int *next_number,
		       const struct rtnl_pptp *settings, char name[IFNAMSIZ], int *ifindex);

/*
 * As rtnl_pptp_add(), with the name @wanted or, if that is taken or @numbered, with one that
 * ifname_number() makes of it. *@next_number is where the search goes on after the first few.
 */
int rtnl_pptp_add_numbered(struct rtnl *rtnl, const char *wanted, bool numbered,
			   unsigned int *next_number, const struct rtnl_pptp *settings,
			   char name[IFNAMSIZ], int *ifindex);

/* Switch the clamping of the TCP MSS on or off, on a link of kind "pptp". */
int rtnl_pptp_set_mss_clamp(struct rtnl *rtnl, int ifindex, bool on);

int rtnl_link_del(struct rtnl *rtnl, int ifindex);

/*
 * Give the interface the point-to-point address @local with the peer @remote (/32). The kernel adds
 * the route to @remote. It is not an error if the interface has this address already.
 */
int rtnl_addr_add(struct rtnl *rtnl, int ifindex, struct ip_addr local, struct ip_addr remote);

/* As rtnl_addr_add(), but the kernel adds no route to @remote. */
int rtnl_addr_add_routeless(struct rtnl *rtnl, int ifindex, struct ip_addr local,
			    struct ip_addr remote);

/* Remove the address. The kernel removes all routes that have @local as their source, too. */
int rtnl_addr_del(struct rtnl *rtnl, int ifindex, struct ip_addr local, struct ip_addr remote);

/*
 * Open a socket that becomes readable when an IPv4 address, an IPv4 route or a link of this host
 * comes, goes or changes. rtnl_watch_read() reads at most NL_EVENTS datagrams from it, without
 * blocking, and does not tell what changed: the caller must look at what it depends on.
 */
int rtnl_watch_open(struct rtnl *rtnl);
void rtnl_watch_read(struct rtnl *rtnl);

#endif
