// SPDX-License-Identifier: GPL-2.0-only
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/ppp_defs.h>
#include <net/dst_metadata.h>
#include <net/icmp.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/route.h>

#include "clamp.h"
#include "compat.h"
#include "link_device.h"
#include "path.h"
#include "session.h"
#include "stats.h"
#include "tx.h"

#define PPTP_LINK_HEADROOM_MAX	512

/* Links that a frame may lead through, one in the other. */
#define PPTP_LINK_NESTED	8

/* Returns the session of a packet to @daddr with the route @rt, or without a route, or NULL. */
static struct pptp_session *pptp_link_session4(struct pptp_link *link, const struct rtable *rt,
					       __be32 daddr)
{
	if (link->mode == PPTP_LINK_MODE_SESSION)
		return rcu_dereference(link->session);
	if (rt && rt->rt_gw_family == AF_INET6)
		return pptp_link_hop6(link, &rt->rt_gw6);
	return pptp_link_hop4(link, rt ? rt_nexthop(rt, daddr) : daddr);
}

/*
 * Returns the session that a packet is for, or NULL.  In mode shared, the next hop of its route
 * names the session.  A packet without a route, for example from a packet socket, has its
 * destination address as the next hop.
 */
static struct pptp_session *pptp_link_session(struct pptp_link *link, struct sk_buff *skb,
					      u16 proto)
{
	struct dst_entry *dst = skb_valid_dst(skb) ? skb_dst(skb) : NULL;

	if (proto == PPP_IP)
		return pptp_link_session4(link, (const struct rtable *)dst, ip_hdr(skb)->daddr);
	if (link->mode == PPTP_LINK_MODE_SESSION)
		return rcu_dereference(link->session);
	return pptp_link_hop6(link, dst ? rt6_nexthop((struct rt6_info *)dst,
						      &ipv6_hdr(skb)->daddr) :
			      &ipv6_hdr(skb)->daddr);
}

/*
 * Returns true if frames of @s, which leave by @path, would come back to the link @dev, directly or
 * through other links.  The core cannot tell: a frame that finds another CPU, or this one, sending
 * is left to that, and so does not nest.
 */
static bool pptp_link_loops(const struct net_device *dev, const struct pptp_session *s,
			    const struct pptp_path *path)
{
	struct pptp_path next = *path;
	enum pptp_count why;
	unsigned int i;

	for (i = 0; i < PPTP_LINK_NESTED; i++) {
		struct net_device *lower = next.dst->dev;
		struct pptp_session *below;

		if (unlikely(lower == dev))
			return true;
		if (likely(lower->netdev_ops != dev->netdev_ops))
			return false;
		below = pptp_link_session4(netdev_priv(lower), (struct rtable *)next.dst,
					   s->key.raddr);
		if (!below || !pptp_path_find(below, &next, &why))
			return false;
		s = below;
	}
	return true;
}

/*
 * Returns the largest packet that is taken.  IPv6 asks of every link that it takes 1280 octets, so
 * those go in any case, in IP fragments if the path is smaller (RFC 8200 5).
 */
static unsigned int pptp_link_room(const struct pptp_path *path, u16 proto)
{
	unsigned int room = pptp_path_room(path);

	return proto == PPP_IPV6 ? max_t(unsigned int, room, IPV6_MIN_MTU) : room;
}

/*
 * Handle a packet that is larger than @mtu.  Returns true if the packet must not be fragmented
 * (IPv6, or IPv4 with DF): then the sender has been told the MTU, and the caller drops the packet.
 */
static bool pptp_link_too_big(struct sk_buff *skb, u16 proto, unsigned int mtu)
{
	if (proto == PPP_IP && !(ip_hdr(skb)->frag_off & htons(IP_DF)))
		return false;

	skb_dst_update_pmtu_no_confirm(skb, mtu);
	if (proto == PPP_IP) {
		memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
		icmp_ndo_send(skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, htonl(mtu));
	} else if (ipv6_mod_enabled()) {
		memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
		icmpv6_ndo_send(skb, ICMPV6_PKT_TOOBIG, 0, mtu);
	}
	return true;
}

static bool pptp_link_fits(const struct sk_buff *skb, unsigned int mtu)
{
	return skb_is_gso(skb) ? skb_gso_validate_network_len(skb, mtu) : skb->len <= mtu;
}

/*
 * Split a superpacket into packets, and compute checksums that were left to the device.  @linear:
 * make the packets linear, as ciphers need them; the same copy then makes the packets of a
 * superpacket linear and computes their checksums.  Returns a list of packets linked by skb->next,
 * in place of @skb.  Returns NULL on an error: the caller still owns @skb and must drop it.
 */
static struct sk_buff *pptp_link_segment(struct sk_buff *skb, bool linear)
{
	struct sk_buff *segs;

	if (skb_is_gso(skb)) {
		segs = skb_gso_segment(skb, linear ? 0 : NETIF_F_SG | NETIF_F_HIGHDMA);
		if (IS_ERR_OR_NULL(segs))
			return NULL;
		consume_skb(skb);
		return segs;
	}
	if (skb->ip_summed == CHECKSUM_PARTIAL && skb_checksum_help(skb))
		return NULL;
	if (linear && skb_linearize_cow(skb))
		return NULL;
	return skb;
}

/*
 * Make the stack leave enough headroom in front of packets for all headers, down to the link layer
 * of device @lower, so that packets need not be copied to get it.  The headroom starts at a size
 * that drivers leave in front of received packets anyway, and grows if a lower device needs more.
 */
static void pptp_link_adapt_headroom(struct net_device *dev, const struct net_device *lower)
{
	unsigned int headroom = min_t(unsigned int, LL_RESERVED_SPACE(lower) + PPTP_PATH_OVERHEAD,
				      PPTP_LINK_HEADROOM_MAX);

	if (unlikely(headroom > READ_ONCE(dev->needed_headroom)))
		WRITE_ONCE(dev->needed_headroom, headroom);
}

/*
 * Drop those packets of @list that are beyond the rate of the session.  Writes to @packets and @len
 * how many packets of how many octets are left.  Returns the list of these, or NULL.
 */
static struct sk_buff *pptp_link_limit(struct pptp_session *s, struct net_device *dev,
				       struct sk_buff *list, unsigned int *packets,
				       unsigned int *len)
{
	struct sk_buff *skb, *next, *passing = NULL, **last = &passing;

	*packets = 0;
	*len = 0;
	skb_list_walk_safe(list, skb, next) {
		skb_mark_not_on_list(skb);
		if (unlikely(!pptp_session_may_pass(s, PPTP_TO_PEER, skb->len))) {
			DEV_STATS_INC(dev, tx_dropped);
			pptp_drop(pptp_session_net(s), s, skb, PPTP_COUNT_TX_DROP_RATE);
			continue;
		}
		++*packets;
		*len += skb->len;
		*last = skb;
		last = &skb->next;
	}
	return passing;
}

static void pptp_link_xmit_session(struct pptp_link *link, struct pptp_session *s,
				   struct sk_buff *skb, u16 proto)
{
	u8 bit = proto == PPP_IP ? PPTP_PROTOCOL_IPV4 : PPTP_PROTOCOL_IPV6;
	u8 dsfield = pptp_link_dsfield(skb, proto);
	struct net_device *dev = link->dev;
	enum pptp_count why;
	unsigned int mtu, packets, len = skb->len;
	struct pptp_path path;
	struct sk_buff *list;

	why = PPTP_COUNT_TX_DROP_PROTOCOL_DOWN;
	if (unlikely(!(READ_ONCE(s->protocols) & bit)))
		goto drop;
	if (unlikely(!pptp_path_find(s, &path, &why)))
		goto drop;
	why = PPTP_COUNT_TX_DROP_LOOP;
	if (unlikely(pptp_link_loops(dev, s, &path)))
		goto drop;
	pptp_link_adapt_headroom(dev, path.dst->dev);
	mtu = pptp_link_room(&path, proto);
	why = PPTP_COUNT_TX_DROP_TOO_BIG;
	if (unlikely(!pptp_link_fits(skb, mtu)) && pptp_link_too_big(skb, proto, mtu))
		goto drop;

	if (READ_ONCE(link->mss_clamp))
		pptp_clamp_mss(skb, READ_ONCE(dev->mtu));
	pptp_session_touch(s);

	packets = skb_is_gso(skb) ? skb_shinfo(skb)->gso_segs : 1;
	why = PPTP_COUNT_TX_DROP_SEGMENT;
	list = pptp_link_segment(skb, path.encrypt);
	if (unlikely(!list))
		goto drop;
	if (unlikely(rcu_access_pointer(s->rates))) {
		list = pptp_link_limit(s, dev, list, &packets, &len);
		if (!list)
			return;
	}
	dev_sw_netstats_tx_add(dev, packets, len);
	pptp_tx_data(s, &path, list, proto, pptp_path_tos(s, dsfield));
	return;

drop:
	DEV_STATS_INC(dev, tx_dropped);
	pptp_drop(pptp_session_net(s), s, skb, why);
}

static void pptp_link_unreachable(struct sk_buff *skb, u16 proto)
{
	if (proto == PPP_IP)
		icmp_ndo_send(skb, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 0);
	else if (ipv6_mod_enabled())
		icmpv6_ndo_send(skb, ICMPV6_DEST_UNREACH, ICMPV6_ADDR_UNREACH, 0);
}

netdev_tx_t pptp_link_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct pptp_link *link = netdev_priv(dev);
	struct pptp_session *s;
	u16 proto;

	if (skb->protocol == htons(ETH_P_IP))
		proto = PPP_IP;
	else if (skb->protocol == htons(ETH_P_IPV6))
		proto = PPP_IPV6;
	else
		proto = 0;
	if (unlikely(!proto || !pskb_inet_may_pull(skb))) {
		DEV_STATS_INC(dev, tx_dropped);
		kfree_skb_reason(skb, proto ? SKB_DROP_REASON_HDR_TRUNC :
				      SKB_DROP_REASON_UNHANDLED_PROTO);
		return NETDEV_TX_OK;
	}

	rcu_read_lock();
	s = pptp_link_session(link, skb, proto);
	if (likely(s)) {
		pptp_link_xmit_session(link, s, skb, proto);
	} else {
		pptp_link_unreachable(skb, proto);
		DEV_STATS_INC(dev, tx_dropped);
		pptp_drop(dev_net(dev), NULL, skb, PPTP_COUNT_TX_DROP_NO_SESSION);
	}
	rcu_read_unlock();
	return NETDEV_TX_OK;
}
