/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The backend that uses links of kind "pptp", which the kernel module implements. Control frames
 * pass through the PPTP socket. Generic netlink sets keys and attaches sessions to links. The
 * kernel's session does MPPE. A session is attached to its link when traffic may flow; stateless
 * keys are kept in struct net_session until then.
 */
#ifndef CULVERT_NET_LINK_BACKEND_H
#define CULVERT_NET_LINK_BACKEND_H

#include "net/genl.h"
#include "net/namespaces.h"
#include "net/rtnl.h"
#include "net/session.h"
#include "net/session_link.h"

/* All sessions of the process share one backend, which must outlive them. */
struct link_backend {
	struct net_backend base;
	struct rtnl rtnl;		/* for net_work_now() */
	struct genl genl;		/* of the daemon's own network namespace */
	struct namespaces namespaces;	/* the others */
	struct session_links links;
	unsigned int next_number;	/* in the name of a shared interface */
	bool surveys_others;		/* a survey has come to the other network namespaces */
	char reason[160];		/* why link_backend_open() failed, in words */
};

/*
 * Open the backend; this loads the kernel module if it is not loaded. Returns 0, or a negative
 * errno with b->reason. link_backend_close() must be called after an error, too.
 */
int link_backend_open(struct link_backend *b);
void link_backend_close(struct link_backend *b);

#endif
