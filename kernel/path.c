// SPDX-License-Identifier: GPL-2.0-only
#include <linux/ip.h>
#include <net/dst.h>
#include <net/inet_ecn.h>
#include <net/ip.h>
#include <net/route.h>

#include "compat.h"
#include "path.h"
#include "session.h"

u32 pptp_path_mark(struct pptp_session *s)
{
	return READ_ONCE(s->outer.mark) ?: READ_ONCE(pptp_session_sk(s)->sk_mark);
}

u8 pptp_path_tos(const struct pptp_session *s, u8 inner)
{
	u8 tos = READ_ONCE(s->outer.tos);

	if (tos == PPTP_TOS_INHERIT)
		tos = inner & ~INET_ECN_MASK;
	/* RFC 6040 4.1: in compatibility mode the field is Not-ECT, in normal mode it is copied. */
	return READ_ONCE(s->outer.ecn) ? tos | (inner & INET_ECN_MASK) : tos;
}

static struct dst_entry *pptp_route_lookup(struct pptp_session *s, u32 mark)
{
	struct sock *sk = pptp_session_sk(s);
	struct net *net = sock_net(sk);
	struct rtable *rt;
	struct flowi4 fl4 = {
		.flowi4_oif = READ_ONCE(sk->sk_bound_dev_if),
		.flowi4_mark = mark,
		.flowi4_proto = IPPROTO_GRE,
		.flowi4_uid = sock_net_uid(net, sk),
		.daddr = s->key.raddr,
		.saddr = s->laddr,
	};

	security_sk_classify_flow(sk, flowi4_to_flowi_common(&fl4));
	rt = ip_route_output_flow(net, &fl4, sk);
	return IS_ERR(rt) ? NULL : &rt->dst;
}

/*
 * The route is cached in the socket and used without a reference: a CPU that replaces it releases
 * the old one, which is freed only after our RCU read side has ended.
 */
static struct dst_entry *pptp_route(struct pptp_session *s)
{
	struct sock *sk = pptp_session_sk(s);
	struct dst_entry *dst = rcu_dereference(sk->sk_dst_cache);
	u32 mark;

	if (likely(dst && dst_check(dst, 0)))
		return dst;

	mark = pptp_path_mark(s);
	dst = pptp_route_lookup(s, mark);
	sk_dst_set(sk, dst);
	/*
	 * Who changes the mark empties the cache then.  If that was before this route came in, it
	 * is seen here: both exchange the pointer, which is a full barrier.
	 */
	if (unlikely(mark != pptp_path_mark(s)))
		sk_dst_reset(sk);
	return dst;
}

static bool pptp_path_to_peer(struct pptp_session *s, struct pptp_path *path)
{
	path->dst = pptp_route(s);
	if (unlikely(!path->dst))
		return false;
	path->mtu = dst_mtu(path->dst);
	path->encrypt = READ_ONCE(s->tx_mppe);
	return true;
}

bool pptp_path_find(struct pptp_session *s, struct pptp_path *path, enum pptp_count *why)
{
	*why = PPTP_COUNT_TX_DROP_CLOSED;
	if (unlikely(!pptp_session_connected(s)))
		return false;
	*why = PPTP_COUNT_TX_DROP_NO_ROUTE;
	return pptp_path_to_peer(s, path);
}

unsigned int pptp_path_room(const struct pptp_path *path)
{
	unsigned int overhead = PPTP_PATH_OVERHEAD;

	if (!path->encrypt)
		overhead -= PPTP_PATH_MPPE;
	return max(path->mtu, overhead + IPV4_MIN_MTU) - overhead;
}

unsigned int pptp_path_mtu(struct pptp_session *s)
{
	struct pptp_path path;

	return pptp_path_to_peer(s, &path) ? pptp_path_room(&path) : 0;
}

/*
 * Returns a packet as the routing code wants one, to find a route by: an IP header, a device and a
 * mark.  They lead to the route that pptp_route_lookup() finds.
 */
static struct sk_buff *pptp_path_sample(struct pptp_session *s, struct net_device *dev)
{
	struct sk_buff *skb = alloc_skb(sizeof(struct iphdr), GFP_ATOMIC);
	struct iphdr *iph;

	if (!skb)
		return NULL;
	skb_reset_network_header(skb);
	iph = skb_put_zero(skb, sizeof(*iph));
	iph->version = 4;
	iph->ihl = sizeof(*iph) >> 2;
	iph->protocol = IPPROTO_GRE;
	iph->saddr = s->laddr;
	iph->daddr = s->key.raddr;
	skb->dev = dev;
	skb->mark = pptp_path_mark(s);
	return skb;
}

void pptp_path_learn_mtu(struct pptp_session *s, unsigned int mtu)
{
	struct dst_entry *dst = pptp_route(s);
	struct sk_buff *skb;

	if (!dst)
		return;
	skb = pptp_path_sample(s, dst->dev);
	if (!skb)
		return;
	skb_dst_set_noref(skb, dst);
	skb_dst_update_pmtu_no_confirm(skb, mtu);
	consume_skb(skb);
}

void pptp_path_flow(struct pptp_session *s, struct sk_buff *skb)
{
	/*
	 * The socket inside is asked for its pacing, its transmit queue and its place in fq.  It
	 * was charged for the frame until now, so that it does not fill our own queues.
	 */
	skb_orphan(skb);
	skb_set_delivery_time(skb, 0, 0);
	skb->ooo_okay = 0;
	skb->priority = READ_ONCE(s->priority) ?: READ_ONCE(pptp_session_sk(s)->sk_priority);
	skb_set_queue_mapping(skb, 0);
#ifdef CONFIG_XPS
	skb->sender_cpu = READ_ONCE(s->tx_cpu);
#endif
	/* Marked as L4: otherwise qdiscs would look for a flow in the packet inside. */
	__skb_set_sw_hash(skb, s->hash, true);
}

/* Returns whether a packet that fits the path must not be fragmented on the way. */
static bool pptp_path_df(const struct pptp_session *s, const struct dst_entry *dst)
{
	return READ_ONCE(s->outer.df) == PPTP_DF_SET && !ip_mtu_locked(dst);
}

void pptp_path_send(struct pptp_session *s, struct sk_buff *skb, struct dst_entry *dst, u8 tos,
		    bool fits)
{
	struct net *net = pptp_session_net(s);
	u32 mark = READ_ONCE(s->mark) ?: pptp_path_mark(s);
	struct iphdr *iph;

	skb_reset_transport_header(skb);
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	if (mark)
		skb->mark = mark;
	pptp_path_flow(s, skb);
	skb->ip_summed = CHECKSUM_NONE;
	skb->encapsulation = 0;
	skb_dst_set_noref(skb, dst);

	iph = __skb_push(skb, sizeof(*iph));
	skb_reset_network_header(skb);
	iph->version = 4;
	iph->ihl = sizeof(*iph) >> 2;
	iph->tos = tos;
	iph->frag_off = fits && pptp_path_df(s, dst) ? htons(IP_DF) : 0;
	iph->ttl = READ_ONCE(s->outer.ttl) ?: ip4_dst_hoplimit(dst);
	iph->protocol = IPPROTO_GRE;
	iph->saddr = s->laddr;
	iph->daddr = s->key.raddr;
	ip_select_ident(net, skb, NULL);

	ip_local_out(net, NULL, skb);
}
