// SPDX-License-Identifier: GPL-2.0-only
#include <linux/pptp.h>
#include <net/netlink.h>

#include "compat.h"
#include "pernet.h"
#include "session.h"
#include "stats.h"
#include "trace.h"

/* These two tables are in the order of enum pptp_count, because they use the same lists. */
#define PPTP_EVENT_REASON(name)		SKB_DROP_REASON_NOT_SPECIFIED,
#define PPTP_DROP_REASON(name, reason)	SKB_DROP_REASON_##reason,
static const enum skb_drop_reason pptp_drop_reasons[PPTP_COUNT_MAX] = {
	PPTP_EVENTS(PPTP_EVENT_REASON)
	PPTP_DROPS(PPTP_DROP_REASON)
};

#define PPTP_EVENT_ATTR(name)		PPTP_A_STATS_##name,
#define PPTP_DROP_ATTR(name, reason)	PPTP_A_STATS_##name,
static const u8 pptp_count_attrs[PPTP_COUNT_MAX] = {
	PPTP_EVENTS(PPTP_EVENT_ATTR)
	PPTP_DROPS(PPTP_DROP_ATTR)
};

void pptp_drop(struct net *net, struct pptp_session *s, struct sk_buff *skb,
	       enum pptp_count why)
{
	if (s)
		pptp_session_count(s, why, 1);
	else
		atomic_long_inc(&pptp_pernet(net)->counts.n[why]);
	trace_pptp_drop(s, skb, why);
	kfree_skb_reason(skb, pptp_drop_reasons[why]);
}

static int pptp_traffic_put(struct sk_buff *msg, const struct pptp_traffic __percpu *traffic)
{
	u64 rx_packets = 0, rx_bytes = 0, tx_packets = 0, tx_bytes = 0;
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct pptp_traffic *t = per_cpu_ptr(traffic, cpu);
		u64 rp, rb, tp, tb;
		unsigned int start;

		do {
			start = u64_stats_fetch_begin(&t->syncp);
			rp = u64_stats_read(&t->rx_packets);
			rb = u64_stats_read(&t->rx_bytes);
			tp = u64_stats_read(&t->tx_packets);
			tb = u64_stats_read(&t->tx_bytes);
		} while (u64_stats_fetch_retry(&t->syncp, start));

		rx_packets += rp;
		rx_bytes += rb;
		tx_packets += tp;
		tx_bytes += tb;
	}

	if (nla_put_u64_64bit(msg, PPTP_A_STATS_RX_PACKETS, rx_packets, PPTP_A_STATS_PAD) ||
	    nla_put_u64_64bit(msg, PPTP_A_STATS_RX_BYTES, rx_bytes, PPTP_A_STATS_PAD) ||
	    nla_put_u64_64bit(msg, PPTP_A_STATS_TX_PACKETS, tx_packets, PPTP_A_STATS_PAD) ||
	    nla_put_u64_64bit(msg, PPTP_A_STATS_TX_BYTES, tx_bytes, PPTP_A_STATS_PAD))
		return -EMSGSIZE;
	return 0;
}

/* Put the nest @type.  @n: a number for each value of enum pptp_count.  @traffic may be NULL. */
static int pptp_stats_put(struct sk_buff *msg, int type, const unsigned long *n,
			  const struct pptp_traffic __percpu *traffic)
{
	struct nlattr *nest = nla_nest_start(msg, type);
	unsigned int i;

	if (!nest)
		return -EMSGSIZE;
	if (traffic && pptp_traffic_put(msg, traffic))
		goto cancel;
	for (i = 0; i < PPTP_COUNT_MAX; i++)
		if (nla_put_u64_64bit(msg, pptp_count_attrs[i], n[i], PPTP_A_STATS_PAD))
			goto cancel;
	nla_nest_end(msg, nest);
	return 0;

cancel:
	nla_nest_cancel(msg, nest);
	return -EMSGSIZE;
}

int pptp_counts_put(struct sk_buff *msg, int type, const struct pptp_counts *counts,
		    const struct pptp_traffic __percpu *traffic)
{
	unsigned long n[PPTP_COUNT_MAX];
	unsigned int i;

	for (i = 0; i < PPTP_COUNT_MAX; i++)
		n[i] = atomic_long_read(&counts->n[i]);
	return pptp_stats_put(msg, type, n, traffic);
}

struct pptp_totals __percpu *pptp_totals_alloc(void)
{
	struct pptp_totals __percpu *totals = alloc_percpu(struct pptp_totals);
	int cpu;

	if (!totals)
		return NULL;
	for_each_possible_cpu(cpu)
		u64_stats_init(&per_cpu_ptr(totals, cpu)->traffic.syncp);
	return totals;
}

int pptp_totals_put(struct sk_buff *msg, int type, const struct pptp_totals __percpu *totals)
{
	unsigned long n[PPTP_COUNT_MAX] = {};
	unsigned int i;
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct pptp_totals *t = per_cpu_ptr(totals, cpu);

		for (i = 0; i < PPTP_COUNT_MAX; i++)
			n[i] += READ_ONCE(t->n[i]);
	}
	return pptp_stats_put(msg, type, n, &totals->traffic);
}
