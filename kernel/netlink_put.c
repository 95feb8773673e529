// SPDX-License-Identifier: GPL-2.0-only
#include <linux/pptp.h>
#include <net/ipv6.h>
#include <net/netlink.h>

#include "compat.h"
#include "link.h"
#include "mppe.h"
#include "netlink_put.h"
#include "path.h"
#include "session.h"
#include "stats.h"

static int pptp_put_window(struct sk_buff *msg, struct pptp_session *s)
{
	const struct pptp_window *w = &s->window;
	struct nlattr *nest = nla_nest_start(msg, PPTP_A_SESSION_WINDOW);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u16(msg, PPTP_A_WINDOW_SEND, READ_ONCE(w->tx_window_max)) ||
	    nla_put_u16(msg, PPTP_A_WINDOW_RECEIVE, READ_ONCE(s->receive_window)) ||
	    nla_put_u8(msg, PPTP_A_WINDOW_SLIDING, pptp_window_tx_sliding(w)) ||
	    nla_put_u16(msg, PPTP_A_WINDOW_REORDER_MAX, READ_ONCE(w->rx_held_max)) ||
	    nla_put_u32(msg, PPTP_A_WINDOW_REORDER_TIMEOUT,
			READ_ONCE(w->rx_hold_cap) / NSEC_PER_USEC) ||
	    nla_put_u32(msg, PPTP_A_WINDOW_TX_SEQ, READ_ONCE(w->tx_next) - 1) ||
	    nla_put_u32(msg, PPTP_A_WINDOW_TX_ACKED, READ_ONCE(w->tx_acked) - 1) ||
	    nla_put_u32(msg, PPTP_A_WINDOW_RX_SEQ, READ_ONCE(w->rx_next) - 1) ||
	    nla_put_u32(msg, PPTP_A_WINDOW_RX_ACKED, READ_ONCE(w->ack_sent) - 1)) {
		nla_nest_cancel(msg, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(msg, nest);
	return 0;
}

static int pptp_put_outer(struct sk_buff *msg, const struct pptp_session *s)
{
	struct nlattr *nest = nla_nest_start(msg, PPTP_A_SESSION_OUTER);

	if (!nest)
		return -EMSGSIZE;
	if (pptp_outer_put(msg, PPTP_A_OUTER_TOS, &s->outer)) {
		nla_nest_cancel(msg, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(msg, nest);
	return 0;
}

static int pptp_put_rate(struct sk_buff *msg, const struct pptp_rates *rates,
			 enum pptp_direction to, int rate, int burst)
{
	if (!rates || !rates->rate[to])
		return 0;
	if (nla_put_u64_64bit(msg, rate, rates->rate[to], PPTP_A_SHAPE_PAD) ||
	    nla_put_u32(msg, burst, rates->burst[to]))
		return -EMSGSIZE;
	return 0;
}

/* What is not limited and not set has no attribute. */
static int pptp_put_shape(struct sk_buff *msg, const struct pptp_session *s)
{
	const struct pptp_rates *rates = rcu_dereference(s->rates);
	struct nlattr *nest = nla_nest_start(msg, PPTP_A_SESSION_SHAPE);
	u32 mark = READ_ONCE(s->mark), priority = READ_ONCE(s->priority);

	if (!nest)
		return -EMSGSIZE;
	if (pptp_put_rate(msg, rates, PPTP_FROM_PEER, PPTP_A_SHAPE_RX_RATE,
			  PPTP_A_SHAPE_RX_BURST) ||
	    pptp_put_rate(msg, rates, PPTP_TO_PEER, PPTP_A_SHAPE_TX_RATE, PPTP_A_SHAPE_TX_BURST) ||
	    (mark && nla_put_u32(msg, PPTP_A_SHAPE_MARK, mark)) ||
	    (priority && nla_put_u32(msg, PPTP_A_SHAPE_PRIORITY, priority))) {
		nla_nest_cancel(msg, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(msg, nest);
	return 0;
}

/* Put the nest @type, which describes a key, if *@mppe is set.  @lock protects *@mppe. */
static int pptp_put_key(struct sk_buff *msg, int type, spinlock_t *lock, struct pptp_mppe **mppe)
{
	struct nlattr *nest;
	bool stateless = false;
	unsigned int bits = 0;
	u16 coherency = 0;

	spin_lock_bh(lock);
	if (*mppe) {
		bits = pptp_mppe_bits(*mppe);
		stateless = pptp_mppe_stateless(*mppe);
		coherency = pptp_mppe_coherency(*mppe);
	}
	spin_unlock_bh(lock);
	if (!bits)
		return 0;

	nest = nla_nest_start(msg, type);
	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u8(msg, PPTP_A_MPPE_KEY_BITS, bits) ||
	    nla_put_u8(msg, PPTP_A_MPPE_KEY_STATELESS, stateless) ||
	    nla_put_u16(msg, PPTP_A_MPPE_KEY_COHERENCY, coherency)) {
		nla_nest_cancel(msg, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(msg, nest);
	return 0;
}

static int pptp_put_mppe(struct sk_buff *msg, struct pptp_session *s)
{
	struct nlattr *nest = nla_nest_start(msg, PPTP_A_SESSION_MPPE);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u8(msg, PPTP_A_MPPE_REQUIRED, READ_ONCE(s->mppe_required)) ||
	    pptp_put_key(msg, PPTP_A_MPPE_TX, &s->tx_lock, &s->tx_mppe) ||
	    pptp_put_key(msg, PPTP_A_MPPE_RX, &s->rx_lock, &s->rx_mppe)) {
		nla_nest_cancel(msg, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(msg, nest);
	return 0;
}

int pptp_put_name(struct sk_buff *msg, struct pptp_session *s)
{
	if (nla_put_in_addr(msg, PPTP_A_SESSION_LOCAL_ADDRESS, s->laddr) ||
	    nla_put_u16(msg, PPTP_A_SESSION_CALL_ID, s->call_id))
		return -EMSGSIZE;
	return 0;
}

int pptp_put_peer(struct sk_buff *msg, struct pptp_session *s)
{
	if (nla_put_in_addr(msg, PPTP_A_SESSION_PEER_ADDRESS, s->key.raddr) ||
	    nla_put_u16(msg, PPTP_A_SESSION_PEER_CALL_ID, s->key.peer_call_id))
		return -EMSGSIZE;
	return 0;
}

static int pptp_put_connected(struct sk_buff *msg, struct pptp_session *s)
{
	u64 uptime = get_jiffies_64() - s->connected_at;
	/* Read ahead of jiffies, lest a frame that passes meanwhile be in the future. */
	u32 active = READ_ONCE(s->active);
	unsigned int mtu;

	/* Look up the route with bottom halves off, as the packet paths do. */
	local_bh_disable();
	mtu = pptp_path_mtu(s);
	local_bh_enable();

	if (pptp_put_peer(msg, s) ||
	    nla_put_u32(msg, PPTP_A_SESSION_PROTOCOLS, READ_ONCE(s->protocols)) ||
	    nla_put_u32(msg, PPTP_A_SESSION_IDLE_TIMEOUT, READ_ONCE(s->idle_timeout)) ||
	    nla_put_u32(msg, PPTP_A_SESSION_IDLE,
			jiffies_to_msecs((u32)jiffies - active)) ||
	    nla_put_u32(msg, PPTP_A_SESSION_UPTIME, div_u64(uptime, HZ)) ||
	    nla_put_u32(msg, PPTP_A_SESSION_PATH_MTU, mtu) ||
	    pptp_put_window(msg, s) || pptp_put_outer(msg, s) || pptp_put_shape(msg, s) ||
	    pptp_put_mppe(msg, s))
		return -EMSGSIZE;
	return 0;
}

static int pptp_put_link(struct sk_buff *msg, struct pptp_session *s, const struct net *net)
{
	int ifindex = pptp_link_ifindex(s, net);

	if ((ifindex && nla_put_u32(msg, PPTP_A_SESSION_IFINDEX, ifindex)) ||
	    (s->hop4 && nla_put_in_addr(msg, PPTP_A_SESSION_LINK_IPV4, s->hop4)) ||
	    (!ipv6_addr_any(&s->hop6) &&
	     nla_put_in6_addr(msg, PPTP_A_SESSION_LINK_IPV6, &s->hop6)))
		return -EMSGSIZE;
	return 0;
}

int pptp_put_session(struct sk_buff *msg, struct pptp_session *s)
{
	u8 upper = READ_ONCE(s->upper);

	if (pptp_put_name(msg, s) ||
	    nla_put_u32(msg, PPTP_A_SESSION_UPPER, upper) ||
	    nla_put_u32(msg, PPTP_A_SESSION_FRAME, READ_ONCE(s->frame)) ||
	    (upper == PPTP_UPPER_LINK && pptp_put_link(msg, s, pptp_session_net(s))) ||
	    (pptp_session_connected(s) && pptp_put_connected(msg, s)) ||
	    pptp_counts_put(msg, PPTP_A_SESSION_STATS, &s->counts, s->traffic))
		return -EMSGSIZE;
	return 0;
}
