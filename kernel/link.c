// SPDX-License-Identifier: GPL-2.0
#include <linux/delay.h>
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/ppp_defs.h>
#include <linux/rhashtable.h>
#include <linux/workqueue.h>
#include <net/dst_metadata.h>
#include <net/gro_cells.h>
#include <net/icmp.h>
#include <net/inet_ecn.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ip_fib.h>
#include <net/ip_tunnels.h>
#include <net/ipv6.h>
#include <net/nexthop.h>
#include <net/route.h>
#include <net/rtnetlink.h>

#include "clamp.h"
#include "compat.h"
#include "link.h"
#include "main.h"
#include "pppox.h"
#include "session.h"
#include "stats.h"
#include "tx.h"

/* What the outside of a full frame leaves of an Ethernet frame. */
#define PPTP_LINK_MTU		(ETH_DATA_LEN - PPTP_TX_OVERHEAD)
#define PPTP_LINK_MTU_MAX	(IP_MAX_MTU - PPTP_TX_OVERHEAD)

#define PPTP_LINK_HEADROOM_MAX	512

#define PPTP_LINK_FEATURES	(NETIF_F_SG | NETIF_F_FRAGLIST | NETIF_F_HIGHDMA |	\
				 NETIF_F_HW_CSUM | NETIF_F_GSO_SOFTWARE)

/**
 * struct pptp_link - private data of the device
 * @dev: the device
 * @cells: GRO after decapsulation
 * @mode: enum pptp_link_mode; constant
 * @reverse_path: take only sources that are routed to the session
 * @mss_clamp: clamp TCP MSS to the device's MTU
 * @dead: takes no more sessions; under pptp_link_lock
 * @count: sessions attached; under pptp_link_lock
 * @session: the session of mode session
 * @hops4: sessions of mode shared by inner IPv4 address
 * @hops6: and by inner IPv6 address
 * @sessions: all attached; under pptp_link_lock
 * @owner: session with whose socket the link goes, or NULL; under pptp_link_lock
 * @removal: among those to be unregistered, since the owner has gone, with a reference to the
 *	device; under pptp_link_lock
 */
struct pptp_link {
	struct net_device *dev;
	struct gro_cells cells;
	u8 mode;
	bool reverse_path;
	bool mss_clamp;
	bool dead;
	u32 count;
	struct pptp_session __rcu *session;
	struct rhashtable hops4;
	struct rhashtable hops6;
	struct list_head sessions;
	struct pptp_session *owner;
	struct list_head removal;
};

static DEFINE_MUTEX(pptp_link_lock);
static LIST_HEAD(pptp_link_removals);

/* Received packets that this CPU is taking through the stack, one inside the other. */
#define PPTP_LINK_DEPTH		2
static DEFINE_PER_CPU(unsigned int, pptp_link_depth);
static struct workqueue_struct *pptp_link_wq;

static const struct rhashtable_params pptp_hop4_params = {
	.key_len = sizeof(__be32),
	.key_offset = offsetof(struct pptp_session, hop4),
	.head_offset = offsetof(struct pptp_session, hop4_node),
	.automatic_shrinking = true,
};

static const struct rhashtable_params pptp_hop6_params = {
	.key_len = sizeof(struct in6_addr),
	.key_offset = offsetof(struct pptp_session, hop6),
	.head_offset = offsetof(struct pptp_session, hop6_node),
	.automatic_shrinking = true,
};

/* Transmit. */

static struct pptp_session *pptp_link_hop4(struct pptp_link *link, __be32 hop)
{
	return rhashtable_lookup(&link->hops4, &hop, pptp_hop4_params);
}

static struct pptp_session *pptp_link_hop6(struct pptp_link *link, const struct in6_addr *hop)
{
	return rhashtable_lookup(&link->hops6, hop, pptp_hop6_params);
}

/*
 * The session that a packet is for.  A packet without a route, as from a packet socket, goes to
 * its own destination.
 */
static struct pptp_session *pptp_link_session(struct pptp_link *link, struct sk_buff *skb,
					      u16 proto)
{
	struct dst_entry *dst = skb_valid_dst(skb) ? skb_dst(skb) : NULL;
	const struct rtable *rt;

	if (link->mode == PPTP_LINK_MODE_SESSION)
		return rcu_dereference(link->session);

	if (proto == PPP_IPV6)
		return pptp_link_hop6(link, dst ? rt6_nexthop((struct rt6_info *)dst,
							      &ipv6_hdr(skb)->daddr) :
						  &ipv6_hdr(skb)->daddr);
	rt = (const struct rtable *)dst;
	if (rt && rt->rt_gw_family == AF_INET6)
		return pptp_link_hop6(link, &rt->rt_gw6);
	return pptp_link_hop4(link, rt ? rt_nexthop(rt, ip_hdr(skb)->daddr) : ip_hdr(skb)->daddr);
}

static u8 pptp_link_dsfield(const struct sk_buff *skb, u16 proto)
{
	return proto == PPP_IP ? ipv4_get_dsfield(ip_hdr(skb)) : ipv6_get_dsfield(ipv6_hdr(skb));
}

/* Tell the sender of a packet that does not fit.  True if it asked not to be fragmented. */
static bool pptp_link_too_big(struct sk_buff *skb, u16 proto, unsigned int mtu)
{
	if (proto == PPP_IP && !(ip_hdr(skb)->frag_off & htons(IP_DF)))
		return false;

	skb_dst_update_pmtu_no_confirm(skb, mtu);
	if (proto == PPP_IP) {
		memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
		icmp_ndo_send(skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, htonl(mtu));
	} else {
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
 * Superpackets into packets, checksums into place.  Ciphers want linear packets, so then the copy
 * that makes them linear is the one that sums them.  NULL: it is gone.
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
 * Room in front of packets for all that comes, down to the link layer below, so that it need not be
 * made packet by packet.  It starts with what drivers leave in front of received packets anyway
 * and grows where a device below needs more.
 */
static void pptp_link_adapt_headroom(struct net_device *dev, const struct net_device *lower)
{
	unsigned int headroom = min_t(unsigned int, LL_RESERVED_SPACE(lower) + PPTP_TX_OVERHEAD,
				      PPTP_LINK_HEADROOM_MAX);

	if (unlikely(headroom > READ_ONCE(dev->needed_headroom)))
		WRITE_ONCE(dev->needed_headroom, headroom);
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
	if (unlikely(!pptp_tx_route(s, &path, &why)))
		goto drop;
	why = PPTP_COUNT_TX_DROP_LOOP;
	if (unlikely(path.dst->dev == dev))
		goto drop;
	pptp_link_adapt_headroom(dev, path.dst->dev);
	mtu = pptp_tx_room(s, &path);
	why = PPTP_COUNT_TX_DROP_TOO_BIG;
	if (unlikely(!pptp_link_fits(skb, mtu)) && pptp_link_too_big(skb, proto, mtu))
		goto drop;

	if (READ_ONCE(link->mss_clamp))
		pptp_clamp_mss(skb, READ_ONCE(dev->mtu));
	pptp_session_touch(s);

	packets = skb_is_gso(skb) ? skb_shinfo(skb)->gso_segs : 1;
	why = PPTP_COUNT_TX_DROP_SEGMENT;
	list = pptp_link_segment(skb, pptp_tx_encrypts(s));
	if (unlikely(!list))
		goto drop;
	dev_sw_netstats_tx_add(dev, packets, len);
	pptp_tx_data(s, &path, list, proto, INET_ECN_encapsulate(dsfield, dsfield));
	return;

drop:
	DEV_STATS_INC(dev, tx_dropped);
	pptp_drop(pptp_session_net(s), s, skb, why);
}

static void pptp_link_unreachable(struct sk_buff *skb, u16 proto)
{
	if (proto == PPP_IP)
		icmp_ndo_send(skb, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 0);
	else
		icmpv6_ndo_send(skb, ICMPV6_DEST_UNREACH, ICMPV6_ADDR_UNREACH, 0);
}

static netdev_tx_t pptp_link_xmit(struct sk_buff *skb, struct net_device *dev)
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
		kfree_skb(skb);
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

/* Receive. */

static bool pptp_nexthop_is(const struct fib_nh_common *nhc, const struct net_device *dev,
			    const struct pptp_session *s, __be32 addr)
{
	if (nhc->nhc_dev != dev)
		return false;
	switch (nhc->nhc_gw_family) {
	case AF_INET:
		return nhc->nhc_gw.ipv4 == s->hop4;
	case AF_INET6:
		return ipv6_addr_equal(&nhc->nhc_gw.ipv6, &s->hop6);
	default:
		return addr == s->hop4;
	}
}

/* Would a packet to @addr go to this session? */
static bool pptp_routed4(const struct pptp_link *link, const struct pptp_session *s, __be32 addr)
{
	struct fib_result res = {};
	struct flowi4 fl4 = {
		.daddr = addr,
		.flowi4_iif = LOOPBACK_IFINDEX,
		.flowi4_l3mdev = l3mdev_master_ifindex_rcu(link->dev),
	};
	int i;

	if (likely(addr == s->hop4))
		return true;
	if (link->mode == PPTP_LINK_MODE_SESSION && !s->hop4 && ipv4_is_zeronet(addr))
		return false;
	if (fib_lookup(dev_net(link->dev), &fl4, &res, 0) || res.type != RTN_UNICAST)
		return false;
	for (i = 0; i < fib_info_num_path(res.fi); i++) {
		const struct fib_nh_common *nhc = fib_info_nhc(res.fi, i);

		if (link->mode == PPTP_LINK_MODE_SESSION ? nhc->nhc_dev == link->dev :
							   pptp_nexthop_is(nhc, link->dev, s, addr))
			return true;
	}
	return false;
}

#if IS_ENABLED(CONFIG_IPV6)
static bool pptp_routed6(const struct pptp_link *link, const struct pptp_session *s,
			 const struct in6_addr *addr)
{
	struct flowi6 fl6 = {
		.daddr = *addr,
		.flowi6_l3mdev = l3mdev_master_ifindex_rcu(link->dev),
	};
	struct dst_entry *dst;
	bool routed;

	if (ipv6_addr_equal(addr, &s->hop6))
		return true;
	/* A link-local address is on this link, and there it is one peer's. */
	if (ipv6_addr_type(addr) & IPV6_ADDR_LINKLOCAL)
		return link->mode == PPTP_LINK_MODE_SESSION;

	dst = ip6_dst_lookup_flow(dev_net(link->dev), NULL, &fl6, NULL);
	if (IS_ERR(dst))
		return false;
	routed = dst->dev == link->dev;
	if (link->mode == PPTP_LINK_MODE_SHARED)
		routed = routed && ipv6_addr_equal(rt6_nexthop((struct rt6_info *)dst, &fl6.daddr),
						   &s->hop6);
	dst_release(dst);
	return routed;
}
#else
static bool pptp_routed6(const struct pptp_link *link, const struct pptp_session *s,
			 const struct in6_addr *addr)
{
	return false;
}
#endif

static bool pptp_link_source_ok(const struct pptp_link *link, const struct pptp_session *s,
				const struct sk_buff *skb, u16 proto)
{
	if (proto == PPP_IP)
		return pptp_routed4(link, s, ip_hdr(skb)->saddr);
	return pptp_routed6(link, s, &ipv6_hdr(skb)->saddr);
}

/* From the frame to a packet of the protocol it says.  Leaves data at the inner IP header. */
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
	/* RFC 6040 4.2: congestion on the way of a packet that cannot be told is loss. */
	return INET_ECN_decapsulate(skb, outer, pptp_link_dsfield(skb, proto)) <= 1;
}

/*
 * Into the stack.  GRO by default merges TCP and nothing else, so only TCP is worth the way through
 * a cell; every CPU has its own, so TCP may still be swapped there when the session's turn moves to
 * another CPU, which the merged packets make up for.  Everything else goes directly, but not more
 * than two deep: a packet may be one of a tunnel in the tunnel.
 */
static void pptp_link_up(struct pptp_link *link, struct sk_buff *skb)
{
	bool tcp = skb->protocol == htons(ETH_P_IP) ? ip_hdr(skb)->protocol == IPPROTO_TCP :
						      ipv6_hdr(skb)->nexthdr == IPPROTO_TCP;

	if (tcp || __this_cpu_inc_return(pptp_link_depth) > PPTP_LINK_DEPTH)
		gro_cells_receive(&link->cells, skb);
	else
		netif_receive_skb(skb);
	if (!tcp)
		__this_cpu_dec(pptp_link_depth);
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

	pptp_session_touch(s);
	skb->dev = dev;
	skb_scrub_packet(skb, !net_eq(dev_net(dev), net));
	/* What a device verified was the outside. */
	if (skb->ip_summed == CHECKSUM_UNNECESSARY)
		skb->ip_summed = CHECKSUM_NONE;
	skb_clear_hash(skb);
	if (READ_ONCE(link->mss_clamp))
		pptp_clamp_mss(skb, READ_ONCE(dev->mtu));
	dev_sw_netstats_rx_add(dev, skb->len);
	pptp_link_up(link, skb);
	return;

drop:
	DEV_STATS_INC(dev, rx_dropped);
	pptp_drop(net, s, skb, why);
}

/* Sessions. */

static const struct net_device_ops pptp_link_ops;

static int pptp_link_add_hops(struct pptp_link *link, struct pptp_session *s,
			      struct netlink_ext_ack *extack)
{
	int err;

	if (s->hop4) {
		err = rhashtable_lookup_insert_fast(&link->hops4, &s->hop4_node, pptp_hop4_params);
		if (err)
			goto taken;
	}
	if (!ipv6_addr_any(&s->hop6)) {
		err = rhashtable_lookup_insert_fast(&link->hops6, &s->hop6_node, pptp_hop6_params);
		if (err) {
			if (s->hop4)
				rhashtable_remove_fast(&link->hops4, &s->hop4_node,
						       pptp_hop4_params);
			goto taken;
		}
	}
	return 0;

taken:
	if (err != -EEXIST)
		return err;
	NL_SET_ERR_MSG(extack, "another session of this link has that inner address");
	return -EADDRINUSE;
}

static int pptp_link_add(struct pptp_link *link, struct pptp_session *s,
			 struct netlink_ext_ack *extack)
{
	if (link->dead) {
		NL_SET_ERR_MSG(extack, "link is being removed");
		return -ENODEV;
	}
	if (link->mode == PPTP_LINK_MODE_SHARED) {
		if (!s->hop4 && ipv6_addr_any(&s->hop6)) {
			NL_SET_ERR_MSG(extack, "a shared link needs the peer's inner address");
			return -EINVAL;
		}
		return pptp_link_add_hops(link, s, extack);
	}
	if (link->count) {
		NL_SET_ERR_MSG(extack, "link is in mode session and has one already");
		return -EBUSY;
	}
	rcu_assign_pointer(link->session, s);
	return 0;
}

static void pptp_link_remove(struct pptp_link *link, struct pptp_session *s)
{
	if (link->mode == PPTP_LINK_MODE_SESSION) {
		RCU_INIT_POINTER(link->session, NULL);
	} else {
		if (s->hop4)
			rhashtable_remove_fast(&link->hops4, &s->hop4_node, pptp_hop4_params);
		if (!ipv6_addr_any(&s->hop6))
			rhashtable_remove_fast(&link->hops6, &s->hop6_node, pptp_hop6_params);
	}
	list_del_init(&s->link_node);
	link->count--;
	WRITE_ONCE(s->upper, PPTP_UPPER_NONE);
	RCU_INIT_POINTER(s->link, NULL);
}

int pptp_link_attach(struct net *net, struct pptp_session *s, int ifindex, __be32 hop4,
		     const struct in6_addr *hop6, struct netlink_ext_ack *extack)
{
	struct net_device *dev;
	struct pptp_link *link;
	int err;

	if (s->upper == PPTP_UPPER_LINK) {
		NL_SET_ERR_MSG(extack, "session is attached to a link already");
		return -EBUSY;
	}
	if (s->upper == PPTP_UPPER_CHANNEL) {
		NL_SET_ERR_MSG(extack, "session is a channel of ppp_generic");
		return -EBUSY;
	}
	dev = dev_get_by_index(net, ifindex);
	if (!dev || dev->netdev_ops != &pptp_link_ops) {
		NL_SET_ERR_MSG(extack, "no link of kind pptp has this index");
		dev_put(dev);
		return -ENODEV;
	}
	link = netdev_priv(dev);

	mutex_lock(&pptp_link_lock);
	s->hop4 = hop4;
	s->hop6 = hop6 ? *hop6 : in6addr_any;
	err = pptp_link_add(link, s, extack);
	if (!err) {
		list_add_tail(&s->link_node, &link->sessions);
		link->count++;
		rcu_assign_pointer(s->link, link);
		/* Pairs with the acquire in pptp_rx_deliver(): it finds the link. */
		smp_store_release(&s->upper, PPTP_UPPER_LINK);
	}
	mutex_unlock(&pptp_link_lock);
	dev_put(dev);
	return err;
}

bool pptp_link_detach(struct pptp_session *s)
{
	struct pptp_link *link;

	mutex_lock(&pptp_link_lock);
	link = rcu_dereference_protected(s->link, lockdep_is_held(&pptp_link_lock));
	if (link)
		pptp_link_remove(link, s);
	mutex_unlock(&pptp_link_lock);
	return link;
}

int pptp_link_ifindex(const struct pptp_session *s, const struct net *net)
{
	const struct pptp_link *link = rcu_dereference(s->link);

	return link && net_eq(dev_net(link->dev), net) ? link->dev->ifindex : 0;
}

/* Links that go with a socket. */

/*
 * Links are removed in batches, of which each holds the rtnl lock and waits for grace periods once.
 * Batches are as large as others can wait for the lock.
 */
#define PPTP_LINK_BATCH_MIN	4
#define PPTP_LINK_BATCH_MAX	64
#define PPTP_LINK_HOLD_NS	NSEC_PER_MSEC

static bool pptp_link_take_removals(struct list_head *batch, int max)
{
	int n = 0;

	mutex_lock(&pptp_link_lock);
	for (; n < max && !list_empty(&pptp_link_removals); n++)
		list_move_tail(pptp_link_removals.next, batch);
	mutex_unlock(&pptp_link_lock);
	return n;
}

/* Returns how long the rtnl lock was held, in nanoseconds. */
static u64 pptp_link_remove_batch(struct list_head *batch)
{
	struct pptp_link *link, *next;
	LIST_HEAD(devices);
	u64 begin, held;

	rtnl_lock();
	begin = ktime_get_ns();
	list_for_each_entry(link, batch, removal)
		if (link->dev->reg_state == NETREG_REGISTERED)
			unregister_netdevice_queue(link->dev, &devices);
	unregister_netdevice_many(&devices);
	/* Before the lock is let go: that waits until nobody has a reference. */
	list_for_each_entry_safe(link, next, batch, removal) {
		list_del(&link->removal);
		dev_put(link->dev);
	}
	held = ktime_get_ns() - begin;
	rtnl_unlock();
	return held;
}

/*
 * One worker for all links: each of many would stand in line for the lock, and whoever wants it for
 * something else behind them.
 */
static void pptp_link_removal(struct work_struct *work)
{
	int max = PPTP_LINK_BATCH_MIN;
	LIST_HEAD(batch);

	while (pptp_link_take_removals(&batch, max)) {
		if (pptp_link_remove_batch(&batch) > PPTP_LINK_HOLD_NS)
			max = max(max / 2, PPTP_LINK_BATCH_MIN);
		else
			max = min(max * 2, PPTP_LINK_BATCH_MAX);
		/* Who runs takes a mutex before those who wait for it are awake. */
		usleep_range(20, 50);
	}
}

static DECLARE_WORK(pptp_link_removal_work, pptp_link_removal);

void pptp_link_disown(struct pptp_session *s)
{
	struct pptp_link *link;

	mutex_lock(&pptp_link_lock);
	link = s->owned;
	if (link) {
		s->owned = NULL;
		link->owner = NULL;
		/* Its uninit, which would have reset @owned, is still to come. */
		dev_hold(link->dev);
		list_add_tail(&link->removal, &pptp_link_removals);
		queue_work(pptp_link_wq, &pptp_link_removal_work);
	}
	mutex_unlock(&pptp_link_lock);
}

static int pptp_link_own(struct pptp_link *link, struct nlattr *attr,
			 struct netlink_ext_ack *extack)
{
	struct pptp_session *s;
	struct sock *sk;
	int err;

	sk = pptp_pppox_from_fd(nla_get_s32(attr), &err);
	if (!sk) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "no PX_PROTO_PPTP socket");
		return err;
	}
	s = pptp_session_of(sk);
	mutex_lock(&pptp_link_lock);
	/* Pairs with pptp_pppox_shutdown(): dead first, then disowned. */
	if (s->owned || sk->sk_state == PPPOX_DEAD) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "socket owns a link already, or is dead");
		err = -EBUSY;
	} else {
		s->owned = link;
		link->owner = s;
		err = 0;
	}
	mutex_unlock(&pptp_link_lock);
	sock_put(sk);
	return err;
}

/* Device. */

static int pptp_link_dev_init(struct net_device *dev)
{
	struct pptp_link *link = netdev_priv(dev);
	int err;

	dev->tstats = netdev_alloc_pcpu_stats(struct pcpu_sw_netstats);
	if (!dev->tstats)
		return -ENOMEM;
	err = gro_cells_init(&link->cells, dev);
	if (err)
		goto err_stats;
	err = rhashtable_init(&link->hops4, &pptp_hop4_params);
	if (err)
		goto err_cells;
	err = rhashtable_init(&link->hops6, &pptp_hop6_params);
	if (err)
		goto err_hops4;
	return 0;

err_hops4:
	rhashtable_destroy(&link->hops4);
err_cells:
	gro_cells_destroy(&link->cells);
err_stats:
	free_percpu(dev->tstats);
	return err;
}

/* The core waits for a grace period between this and pptp_link_dev_free(). */
static void pptp_link_dev_uninit(struct net_device *dev)
{
	struct pptp_link *link = netdev_priv(dev);
	struct pptp_session *s, *next;

	mutex_lock(&pptp_link_lock);
	link->dead = true;
	list_for_each_entry_safe(s, next, &link->sessions, link_node)
		pptp_link_remove(link, s);
	if (link->owner)
		link->owner->owned = NULL;
	link->owner = NULL;
	mutex_unlock(&pptp_link_lock);
}

static void pptp_link_dev_free(struct net_device *dev)
{
	struct pptp_link *link = netdev_priv(dev);

	rhashtable_destroy(&link->hops6);
	rhashtable_destroy(&link->hops4);
	gro_cells_destroy(&link->cells);
	free_percpu(dev->tstats);
}

static const struct net_device_ops pptp_link_ops = {
	.ndo_init = pptp_link_dev_init,
	.ndo_uninit = pptp_link_dev_uninit,
	.ndo_start_xmit = pptp_link_xmit,
	.ndo_get_stats64 = dev_get_tstats64,
};

static const struct device_type pptp_link_type = { .name = "pptp" };

static void pptp_link_setup(struct net_device *dev)
{
	struct pptp_link *link = netdev_priv(dev);

	link->dev = dev;
	link->mss_clamp = true;
	INIT_LIST_HEAD(&link->sessions);

	dev->netdev_ops = &pptp_link_ops;
	dev->header_ops = &ip_tunnel_header_ops;
	dev->needs_free_netdev = true;
	dev->priv_destructor = pptp_link_dev_free;
	dev->type = ARPHRD_PPP;
	dev->flags = IFF_POINTOPOINT | IFF_NOARP | IFF_MULTICAST;
	dev->priv_flags |= IFF_NO_QUEUE;
	dev->mtu = PPTP_LINK_MTU;
	dev->min_mtu = IPV4_MIN_MTU;
	dev->max_mtu = PPTP_LINK_MTU_MAX;
	dev->needed_headroom = PPTP_TX_OVERHEAD;
	dev->features |= PPTP_LINK_FEATURES;
	dev->hw_features |= PPTP_LINK_FEATURES;
	pptp_dev_set_lockless(dev);
	/* The next hop is in the route. */
	netif_keep_dst(dev);
	SET_NETDEV_DEVTYPE(dev, &pptp_link_type);
}

static const struct nla_policy pptp_link_policy[IFLA_PPTP_MAX + 1] = {
	[IFLA_PPTP_MODE] = NLA_POLICY_MAX(NLA_U32, PPTP_LINK_MODE_SHARED),
	[IFLA_PPTP_REVERSE_PATH] = NLA_POLICY_MAX(NLA_U8, 1),
	[IFLA_PPTP_MSS_CLAMP] = NLA_POLICY_MAX(NLA_U8, 1),
	[IFLA_PPTP_SESSIONS] = { .type = NLA_REJECT },
	[IFLA_PPTP_OWNER] = { .type = NLA_S32 },
};

static int pptp_link_validate(struct nlattr *tb[], struct nlattr *data[],
			      struct netlink_ext_ack *extack)
{
	if (tb[IFLA_ADDRESS]) {
		NL_SET_ERR_MSG_ATTR(extack, tb[IFLA_ADDRESS], "links of kind pptp have no address");
		return -EINVAL;
	}
	return 0;
}

static void pptp_link_change(struct pptp_link *link, struct nlattr *data[])
{
	if (data && data[IFLA_PPTP_REVERSE_PATH])
		WRITE_ONCE(link->reverse_path, nla_get_u8(data[IFLA_PPTP_REVERSE_PATH]));
	if (data && data[IFLA_PPTP_MSS_CLAMP])
		WRITE_ONCE(link->mss_clamp, nla_get_u8(data[IFLA_PPTP_MSS_CLAMP]));
}

static int PPTP_NEWLINK(pptp_link_newlink)
{
	struct nlattr **attrs = pptp_newlink_data;
	struct pptp_link *link = netdev_priv(dev);
	int err;

	if (attrs && attrs[IFLA_PPTP_MODE])
		link->mode = nla_get_u32(attrs[IFLA_PPTP_MODE]);
	/* Users of one link do not trust each other; one link's one user may have any network. */
	link->reverse_path = link->mode == PPTP_LINK_MODE_SHARED;
	pptp_link_change(link, attrs);
	err = register_netdevice(dev);
	if (err || !attrs || !attrs[IFLA_PPTP_OWNER])
		return err;
	err = pptp_link_own(link, attrs[IFLA_PPTP_OWNER], extack);
	if (err)
		unregister_netdevice(dev);
	return err;
}

static int pptp_link_changelink(struct net_device *dev, struct nlattr *tb[],
				struct nlattr *data[], struct netlink_ext_ack *extack)
{
	struct pptp_link *link = netdev_priv(dev);

	if (data && data[IFLA_PPTP_MODE] && nla_get_u32(data[IFLA_PPTP_MODE]) != link->mode) {
		NL_SET_ERR_MSG_ATTR(extack, data[IFLA_PPTP_MODE],
				    "the mode of a link is fixed when it is created");
		return -EOPNOTSUPP;
	}
	if (data && data[IFLA_PPTP_OWNER]) {
		NL_SET_ERR_MSG_ATTR(extack, data[IFLA_PPTP_OWNER],
				    "the owner of a link is named when it is created");
		return -EOPNOTSUPP;
	}
	pptp_link_change(link, data);
	return 0;
}

static size_t pptp_link_get_size(const struct net_device *dev)
{
	return nla_total_size(sizeof(u32)) +	/* IFLA_PPTP_MODE */
	       nla_total_size(sizeof(u8)) +	/* IFLA_PPTP_REVERSE_PATH */
	       nla_total_size(sizeof(u8)) +	/* IFLA_PPTP_MSS_CLAMP */
	       nla_total_size(sizeof(u32));	/* IFLA_PPTP_SESSIONS */
}

static int pptp_link_fill_info(struct sk_buff *skb, const struct net_device *dev)
{
	struct pptp_link *link = netdev_priv(dev);

	if (nla_put_u32(skb, IFLA_PPTP_MODE, link->mode) ||
	    nla_put_u8(skb, IFLA_PPTP_REVERSE_PATH, link->reverse_path) ||
	    nla_put_u8(skb, IFLA_PPTP_MSS_CLAMP, link->mss_clamp) ||
	    nla_put_u32(skb, IFLA_PPTP_SESSIONS, READ_ONCE(link->count)))
		return -EMSGSIZE;
	return 0;
}

static struct rtnl_link_ops pptp_link_rtnl_ops __read_mostly = {
	.kind = "pptp",
	.maxtype = IFLA_PPTP_MAX,
	.policy = pptp_link_policy,
	.priv_size = sizeof(struct pptp_link),
	.setup = pptp_link_setup,
	.validate = pptp_link_validate,
	.newlink = pptp_link_newlink,
	.changelink = pptp_link_changelink,
	.get_size = pptp_link_get_size,
	.fill_info = pptp_link_fill_info,
};

int pptp_link_init(void)
{
	int err;

	pptp_link_wq = alloc_workqueue("culvert_link", WQ_UNBOUND, 0);
	if (!pptp_link_wq)
		return -ENOMEM;
	err = rtnl_link_register(&pptp_link_rtnl_ops);
	if (err)
		destroy_workqueue(pptp_link_wq);
	return err;
}

void pptp_link_exit(void)
{
	rtnl_link_unregister(&pptp_link_rtnl_ops);
	destroy_workqueue(pptp_link_wq);
}
