/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * State of one network namespace.
 */
#ifndef _CULVERT_PERNET_H
#define _CULVERT_PERNET_H

#include <linux/bits.h>
#include <linux/mutex.h>
#include <linux/rhashtable.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "stats.h"

#define PPTP_LOCAL_BITS		6
#define PPTP_LOCAL_BUCKETS	BIT(PPTP_LOCAL_BITS)

/**
 * struct pptp_net - one namespace
 * @lock: serialises changes of @locals, of the local addresses in it, and of @sessions
 * @locals: hash table of struct pptp_local, the local addresses that have call IDs; read under RCU
 * @peers: connected sessions by peer; struct pptp_session.peer_node
 * @sessions: number of sessions that hold a call ID; changed under @lock
 * @counts: packets that belong to no session
 * @totals: all sessions, past and present
 *
 * A session belongs to a socket, and a socket keeps its namespace alive.  So a namespace that is
 * removed contains no session.
 */
struct pptp_net {
	struct mutex lock;	/* changes of @locals and @sessions */
	struct hlist_head locals[PPTP_LOCAL_BUCKETS];
	struct rhashtable peers;
	u32 sessions;
	struct pptp_counts counts;
	struct pptp_totals __percpu *totals;
};

extern unsigned int pptp_net_id;

static inline struct pptp_net *pptp_pernet(const struct net *net)
{
	return net_generic(net, pptp_net_id);
}

#endif /* _CULVERT_PERNET_H */
