/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counters of a session and of a namespace.
 *
 * Traffic is counted per CPU.  Each other counter of a session is one atomic variable: it counts
 * something rare, or packets that are dropped anyway.  Per-CPU copies of these more than thirty
 * counters would be most of the memory of a session on a large machine.
 *
 * What is counted of a session is also counted, per CPU, of its namespace (struct pptp_totals): a
 * sum of what the sessions have would take as long as there are many of them, and would have to
 * remember those that have ended.
 */
#ifndef _CULVERT_STATS_H
#define _CULVERT_STATS_H

#include <linux/atomic.h>
#include <linux/percpu.h>
#include <linux/u64_stats_sync.h>

struct net;
struct pptp_session;
struct sk_buff;

/* Events: X(name).  Each has an attribute PPTP_A_STATS_<name>. */
#define PPTP_EVENTS(X)			\
	X(RX_ACKS)			\
	X(TX_ACKS)			\
	X(RX_REORDERED)			\
	X(RX_LOST)			\
	X(RX_RESYNCS)

/*
 * Drops: X(name, reason).  The reason is the skb drop reason of the kernel that fits best: no
 * module can add reasons of its own, and TCP's are the only ones about sequence numbers.  Each drop
 * has an attribute PPTP_A_STATS_<name>.
 */
#define PPTP_DROPS(X)					\
	X(RX_DROP_MALFORMED, INVALID_PROTO)		\
	X(RX_DROP_TRUNCATED, HDR_TRUNC)			\
	X(RX_DROP_NO_SESSION, NO_SOCKET)		\
	X(RX_DROP_WRONG_PEER, NO_SOCKET)		\
	X(RX_DROP_DUPLICATE, TCP_OLD_DATA)		\
	X(RX_DROP_STALE, TCP_OLD_DATA)			\
	X(RX_DROP_FAR, TCP_OVERWINDOW)			\
	X(RX_DROP_FRAME, INVALID_PROTO)			\
	X(RX_DROP_NO_UPPER, DEV_READY)			\
	X(RX_DROP_PROTOCOL_DOWN, UNHANDLED_PROTO)	\
	X(RX_DROP_LINK_DOWN, DEV_READY)			\
	X(RX_DROP_INNER, IP_INHDR)			\
	X(RX_DROP_REVERSE_PATH, IP_RPFILTER)		\
	X(RX_DROP_RATE, QDISC_DROP)			\
	X(RX_DROP_QUEUE_FULL, SOCKET_RCVBUFF)		\
	X(RX_DROP_PLAINTEXT, XFRM_POLICY)		\
	X(RX_DROP_MPPE_COHERENCY, TCP_INVALID_SEQUENCE)	\
	X(RX_DROP_MPPE_RESYNC, TCP_INVALID_SEQUENCE)	\
	X(RX_DROP_BACKLOG, CPU_BACKLOG)			\
	X(RX_DROP_NO_MEMORY, NOMEM)			\
	X(TX_DROP_NO_SESSION, IP_OUTNOROUTES)		\
	X(TX_DROP_PROTOCOL_DOWN, UNHANDLED_PROTO)	\
	X(TX_DROP_CLOSED, DEV_READY)			\
	X(TX_DROP_NO_ROUTE, IP_OUTNOROUTES)		\
	X(TX_DROP_LOOP, IP_OUTNOROUTES)			\
	X(TX_DROP_TOO_BIG, PKT_TOO_BIG)			\
	X(TX_DROP_RATE, QDISC_DROP)			\
	X(TX_DROP_SEGMENT, SKB_GSO_SEG)			\
	X(TX_DROP_WINDOW, FULL_RING)			\
	X(TX_DROP_PLAINTEXT, XFRM_POLICY)		\
	X(TX_DROP_BACKLOG, CPU_BACKLOG)			\
	X(TX_DROP_NO_MEMORY, NOMEM)

#define PPTP_COUNT_EVENT(name)		PPTP_COUNT_##name,
#define PPTP_COUNT_DROP(name, reason)	PPTP_COUNT_##name,
enum pptp_count {
	PPTP_EVENTS(PPTP_COUNT_EVENT)
	PPTP_DROPS(PPTP_COUNT_DROP)
	PPTP_COUNT_MAX
};

#undef PPTP_COUNT_EVENT
#undef PPTP_COUNT_DROP

/**
 * struct pptp_traffic - traffic of one session on one CPU
 * @rx_packets: PPP frames accepted
 * @rx_bytes: octets of these frames, from the protocol field on
 * @tx_packets: PPP frames handed to IP
 * @tx_bytes: octets of these frames, from the protocol field on
 * @syncp: makes reads of 64-bit values consistent on 32-bit machines
 */
struct pptp_traffic {
	u64_stats_t rx_packets;
	u64_stats_t rx_bytes;
	u64_stats_t tx_packets;
	u64_stats_t tx_bytes;
	struct u64_stats_sync syncp;
};

/**
 * struct pptp_counts - counters of events and drops
 * @n: one counter for each value of enum pptp_count
 */
struct pptp_counts {
	atomic_long_t n[PPTP_COUNT_MAX];
};

/**
 * struct pptp_totals - what is counted on one CPU of all sessions of a namespace, past and present
 * @traffic: traffic
 * @n: one counter of events or drops for each value of enum pptp_count
 */
struct pptp_totals {
	struct pptp_traffic traffic;
	unsigned long n[PPTP_COUNT_MAX];
};

/* Count one frame of @len octets.  pptp_traffic_rx() and _tx() need bottom halves off. */
static inline void pptp_traffic_rx(struct pptp_traffic __percpu *traffic, unsigned int len)
{
	struct pptp_traffic *t = this_cpu_ptr(traffic);

	u64_stats_update_begin(&t->syncp);
	u64_stats_inc(&t->rx_packets);
	u64_stats_add(&t->rx_bytes, len);
	u64_stats_update_end(&t->syncp);
}

static inline void pptp_traffic_tx(struct pptp_traffic __percpu *traffic, unsigned int len)
{
	struct pptp_traffic *t = this_cpu_ptr(traffic);

	u64_stats_update_begin(&t->syncp);
	u64_stats_inc(&t->tx_packets);
	u64_stats_add(&t->tx_bytes, len);
	u64_stats_update_end(&t->syncp);
}

/**
 * pptp_drop() - count, trace and free a packet
 * @net: namespace whose counter of packets without a session is incremented if @s is NULL
 * @s: session whose counter is incremented, or NULL if the packet belongs to no session
 * @skb: packet, consumed
 * @why: counter of the drop, PPTP_COUNT_*_DROP_*
 */
void pptp_drop(struct net *net, struct pptp_session *s, struct sk_buff *skb,
	       enum pptp_count why);

/**
 * pptp_counts_put() - write counters into a netlink message
 * @msg: message
 * @type: attribute type of the nest, which holds PPTP_A_STATS_* attributes
 * @counts: events and drops
 * @traffic: traffic, or NULL to put no traffic
 *
 * Return: 0 or -EMSGSIZE.
 */
int pptp_counts_put(struct sk_buff *msg, int type, const struct pptp_counts *counts,
		    const struct pptp_traffic __percpu *traffic);

/**
 * pptp_totals_alloc() - make the totals of a namespace
 *
 * Context: process; may sleep.
 * Return: totals, all 0, which free_percpu() frees; or NULL.
 */
struct pptp_totals __percpu *pptp_totals_alloc(void);

/**
 * pptp_totals_put() - write totals into a netlink message
 * @msg: message
 * @type: attribute type of the nest, which holds PPTP_A_STATS_* attributes
 * @totals: totals
 *
 * Return: 0 or -EMSGSIZE.
 */
int pptp_totals_put(struct sk_buff *msg, int type, const struct pptp_totals __percpu *totals);

#endif /* _CULVERT_STATS_H */
