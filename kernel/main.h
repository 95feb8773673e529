/* SPDX-License-Identifier: GPL-2.0 */
/*
 * State of one network namespace.
 */
#ifndef _CULVERT_MAIN_H
#define _CULVERT_MAIN_H

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
 * @lock: held to change @locals and what hangs from it
 * @locals: local addresses that have call IDs, struct pptp_local, hashed; read under RCU
 * @peers: connected sessions by peer; struct pptp_session.peer_node
 * @sessions: sessions that hold a call ID; changed under @lock
 * @counts: packets that met no session
 *
 * A session belongs to a socket and a socket keeps its namespace alive, so when a namespace goes
 * there is no session in it any more.
 */
struct pptp_net {
	struct mutex lock;	/* of @locals and below */
	struct hlist_head locals[PPTP_LOCAL_BUCKETS];
	struct rhashtable peers;
	u32 sessions;
	struct pptp_counts counts;
};

extern unsigned int pptp_net_id;

static inline struct pptp_net *pptp_pernet(const struct net *net)
{
	return net_generic(net, pptp_net_id);
}

#endif /* _CULVERT_MAIN_H */
