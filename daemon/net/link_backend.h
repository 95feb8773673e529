/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The backend on links of kind "pptp", the module's own: control frames pass through the PPTP socket,
 * keys and attachment by generic netlink, MPPE in the kernel's session. A session is attached when
 * its inner addresses are known; its keys wait until then.
 */
#ifndef CULVERT_NET_LINK_BACKEND_H
#define CULVERT_NET_LINK_BACKEND_H

#include "net/genl.h"
#include "net/rtnl.h"
#include "net/session.h"

/* Shared by all sessions of the process; must outlive them. */
struct link_backend {
	struct net_backend base;
	struct rtnl rtnl;
	struct genl genl;
	unsigned int next_unit;		/* number for the next interface's name */
	char reason[160];		/* why it could not be opened */
};

/* 0 or a negative errno, with @b->reason. The kernel module is loaded if need be. */
int link_backend_open(struct link_backend *b);
void link_backend_close(struct link_backend *b);

#endif
