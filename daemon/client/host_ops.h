/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What clients ask of the host that the daemon runs on, beside sessions: interfaces, addresses,
 * routes and packets of the kernel, and the name service. Tests play a host with another table.
 */
#ifndef CULVERT_CLIENT_HOST_OPS_H
#define CULVERT_CLIENT_HOST_OPS_H

#include "client/claims.h"
#include "client/host_work.h"
#include "client/lookup.h"
#include "net/masquerade.h"
#include "net/route.h"
#include "net/rtnl.h"
#include "net/tun.h"

/*
 * Each op has the contract of the function of similar name in net/rtnl.h, net/route.h,
 * net/masquerade.h, net/tun.h or client/lookup.h. Those up to tun_close() wait for locks of the
 * kernel: they are for the worker (host_work.h).
 */
struct host_ops {
	bool (*addr_is_local)(struct rtnl *rtnl, struct ip_addr address);
	int (*addr_add)(struct rtnl *rtnl, int ifindex, struct ip_addr local,
			struct ip_addr remote);
	int (*vrf_get)(struct rtnl *rtnl, const char *name, int *ifindex, uint32_t *table);
	int (*link_set_vrf)(struct rtnl *rtnl, int ifindex, int vrf);
	int (*link_up)(struct rtnl *rtnl, int ifindex, unsigned int mtu);
	int (*route_add)(struct rtnl *rtnl, const struct route *route);
	int (*route_replace)(struct rtnl *rtnl, const struct route *route);
	int (*route_del)(struct rtnl *rtnl, const struct route *route);
	int (*route_find)(struct rtnl *rtnl, const struct route *like, struct route *there);
	int (*route_lookup)(struct rtnl *rtnl, struct ip_addr to, uint32_t mark,
			    struct route *route);
	void (*route_way)(struct rtnl *rtnl, struct ip_addr to, uint32_t mark,
			  struct route_way *way);

	int (*masquerade_open)(struct masquerade *m, int ifindex);
	void (*masquerade_close)(struct masquerade *m);

	int (*tun_open)(struct tun *tun, const char *pattern);
	void (*tun_close)(struct tun *tun);

	/* The caller polls *@fd for reading. */
	int (*watch_open)(struct rtnl *watch, int *fd);
	void (*watch_read)(struct rtnl *watch);
	void (*watch_close)(struct rtnl *watch);

	ssize_t (*tun_read)(struct tun *tun, uint8_t *packet, size_t size);
	int (*tun_pass_on)(const char *ifname, const uint8_t *packet, size_t len);

	void (*lookup_start)(struct lookup *l, struct later_line *line, const char *name,
			     void (*done)(struct lookup *l));
	void (*lookup_cancel)(struct lookup *l);
};

/* The host that the daemon runs on. */
extern const struct host_ops host_ops_real;

/* The part of the host that all clients share. */
struct host_net {
	const struct host_ops *ops;
	const struct net_backend *backend;	/* has the worker */
	unsigned int jobs;		/* number that are with the worker */
	void (*idle)(struct host_net *net);	/* @jobs has become 0; may be NULL */
	struct later_line works;	/* lookups to be started, routes to be asked for */
	struct claim_index claims;
};

#endif
