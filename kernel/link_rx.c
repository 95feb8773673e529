// SPDX-License-Identifier: GPL-2.0-only
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/ppp_defs.h>
#include <net/gro_cells.h>
#include <net/inet_ecn.h>
#include <net/ip_tunnels.h>

#include "clamp.h"
#include "compat.h"
#include "link.h"
#include "link_device.h"
#include "session.h"
#include "stats.h"

/*
 * Number of received packets that this CPU is taking through the stack, nested: a packet may be one
 * of a tunnel inside the tunnel.  On PREEMPT_RT several tasks may do so on one CPU.
 */
#define PPTP_LINK_DEPTH		2
static DEFINE_PER_CPU(unsigned int, pptp_link_depth);

/*
 * Make a frame an IP packet of protocol @proto, with data and network header at the inner IP
 * header.  Returns false if the caller must drop @skb: it is no such packet, or ECN demands it.
 */
static bool pptp_link_inner(struct sk_buff *skb, u16 proto)
{
	u8 outer = ip_hdr(skb)->tos;

	skb_pull_rcsum(skb, 2);
	skb_reset_network_header(skb);
	skb_reset_mac_header(skb);
	if (proto == PPP_IP) {
		skb->protocol = htons(ETH_P_IP);
		if (!pskb_may_pull(skb, sizeof(struct iphdr)) || ip_hdr(skb)->version != 4)
			return false;
	} else {
		skb->protocol = htons(ETH_P_IPV6);
		if (!pskb_may_pull(skb, sizeof(struct ipv6hdr)) || ipv6_hdr(skb)->version != 6)
			return false;
	}
	/*
	 * RFC 6040 4.2: if the outer header reports congestion, and the inner packet cannot carry
	 * that mark (Not-ECT), the packet is dropped.
	 */
	return INET_ECN_decapsulate(skb, outer, pptp_link_dsfield(skb, proto)) <= 1;
}

/*
 * Returns true if GRO may merge a packet: TCP, and UDP if the device was told to (ethtool -K: the
 * features rx-udp-gro-forwarding and rx-gro-list).
 */
static bool pptp_link_merges(const struct net_device *dev, const struct sk_buff *skb)
{
	u8 transport = skb->protocol == htons(ETH_P_IP) ? ip_hdr(skb)->protocol :
							  ipv6_hdr(skb)->nexthdr;

	if (transport == IPPROTO_TCP)
		return true;
	return transport == IPPROTO_UDP &&
	       unlikely(dev->features & (NETIF_F_GRO_UDP_FWD | NETIF_F_GRO_FRAGLIST));
}

/*
 * Pass a packet to the stack, through a GRO cell if GRO may merge it.  Each CPU has its own cell,
 * so these packets can still change their order when the turn of the session (order.h) moves to
 * another CPU; merging packets is worth that.  All other packets go to the stack directly, but
 * through a cell if PPTP_LINK_DEPTH packets are nested on this CPU already.
 */
static void pptp_link_up(struct pptp_link *link, struct sk_buff *skb)
{
	bool merges = pptp_link_merges(link->dev, skb);

	if (merges || this_cpu_inc_return(pptp_link_depth) > PPTP_LINK_DEPTH)
		gro_cells_receive(&link->cells, skb);
	else
		netif_receive_skb(skb);
	if (!merges)
		this_cpu_dec(pptp_link_depth);
}

/* Let an administrator's rules and qdiscs know whose packet it is. */
static void pptp_link_class(const struct pptp_session *s, struct sk_buff *skb)
{
	u32 mark = READ_ONCE(s->mark), priority = READ_ONCE(s->priority);

	if (mark)
		skb->mark = mark;
	if (priority)
		skb->priority = priority;
}

void pptp_link_rx(struct pptp_session *s, struct sk_buff *skb, u16 proto)
{
	u8 bit = proto == PPP_IP ? PPTP_PROTOCOL_IPV4 : PPTP_PROTOCOL_IPV6;
	struct pptp_link *link = rcu_dereference(s->link);
	struct net *net = pptp_session_net(s);
	struct net_device *dev;
	enum pptp_count why;

	if (unlikely(!link)) {
		pptp_drop(net, s, skb, PPTP_COUNT_RX_DROP_NO_UPPER);
		return;
	}
	dev = link->dev;

	why = PPTP_COUNT_RX_DROP_PROTOCOL_DOWN;
	if (unlikely(!(READ_ONCE(s->protocols) & bit)))
		goto drop;
	why = PPTP_COUNT_RX_DROP_LINK_DOWN;
	if (unlikely(!(dev->flags & IFF_UP)))
		goto drop;
	why = PPTP_COUNT_RX_DROP_INNER;
	if (unlikely(!pptp_link_inner(skb, proto)))
		goto drop;
	why = PPTP_COUNT_RX_DROP_REVERSE_PATH;
	if (READ_ONCE(link->reverse_path) && unlikely(!pptp_link_source_ok(link, s, skb, proto)))
		goto drop;

	why = PPTP_COUNT_RX_DROP_RATE;
	if (unlikely(!pptp_session_may_pass(s, PPTP_FROM_PEER, skb->len)))
		goto drop;

	pptp_session_touch(s);
	skb->dev = dev;
	skb_scrub_packet(skb, !net_eq(dev_net(dev), net));
	pptp_link_class(s, skb);
	if (READ_ONCE(link->mss_clamp))
		pptp_clamp_mss(skb, READ_ONCE(dev->mtu));
	dev_sw_netstats_rx_add(dev, skb->len);
	pptp_link_up(link, skb);
	return;

drop:
	DEV_STATS_INC(dev, rx_dropped);
	pptp_drop(net, s, skb, why);
}
