/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A look of a client at the host: how its server is reached now, whether the host still has the
 * address that the session comes from, and the VRF. The worker looks, since rtnetlink answers such
 * questions under the kernel's rtnl lock, too.
 */
#ifndef CULVERT_CLIENT_LOOK_H
#define CULVERT_CLIENT_LOOK_H

#include <stdbool.h>
#include <stdint.h>
#include <net/if.h>

#include "client/host_work.h"
#include "net/route.h"

/* A VRF, as it was found. All is 0 if none was asked for. */
struct host_vrf {
	int ifindex;
	uint32_t table;
	int err;			/* 0, or a negative errno; nothing else is valid then, but */
	char why[NL_REASON_SIZE];	/* words for it */
};

/* Embedded by its owner, and zeroed before the first use. The owner fills in the question. */
struct look {
	bool busy;			/* for the owner to read: the rest is not to be touched */

	/* the question */
	struct ip_addr to;		/* the server; not set: @way is not asked for */
	uint32_t mark;			/* of the packets to it */
	struct ip_addr from;		/* the address to reach it from; 0.0.0.0: any */
	struct ip_addr local;		/* an address of the host, perhaps; not set: not asked for */
	char vrf[IFNAMSIZ];		/* "": none */

	/* the answer */
	struct route_way way;
	bool has_local;
	struct host_vrf there;		/* @vrf */

	/* private */
	struct host_job job;
	void (*done)(struct look *l);
};

/* Ask. @done is called later, on the loop's thread. */
void look_start(struct look *l, struct host_net *net, void (*done)(struct look *l));

#endif
