// SPDX-License-Identifier: GPL-2.0-only
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/ppp_defs.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ip_fib.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>
#include <net/nexthop.h>

#include "compat.h"
#include "link_device.h"
#include "session.h"

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

/* Returns true if a packet to @addr is routed to session @s. */
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

void pptp_link_forget_source(struct pptp_session *s)
{
	dst_release(unrcu_pointer(xchg(&s->source6.dst, NULL)));
}

/*
 * Keep the route to @addr with the session, in place of another one.  @dst: with a reference, which
 * the session takes over.
 *
 * A route belongs to the namespace of the link, and must not outlive it.  When the link leaves the
 * namespace, pptp_link_forget_sources() finds the route.  When the session is detached, either
 * pptp_link_forget_source() finds the route, or the session is seen to be detached here.
 */
static void pptp_keep_source(const struct pptp_link *link, struct pptp_session *s,
			     const struct in6_addr *addr, struct dst_entry *dst)
{
	pptp_link_forget_source(s);
	s->source6.addr = *addr;
	s->source6.cookie = rt6_get_cookie((struct rt6_info *)dst);
	/* Pairs with the xchg() in pptp_link_forget_source(): both are full barriers. */
	dst_release(unrcu_pointer(xchg(&s->source6.dst, RCU_INITIALIZER(dst))));
	if (unlikely(rcu_access_pointer(s->link) != link))
		pptp_link_forget_source(s);
}

/*
 * Returns the route to @addr by the link, valid on the caller's RCU read side, or NULL.  Most
 * packets of a session have one source, so the session keeps the route to the last one.
 *
 * When the link goes to another VRF, or leaves one, the core takes it down and removes the routes
 * by it, and so ends the one that is kept.  A route by another device would stay valid, and hide
 * the one that the new VRF has.
 */
static struct dst_entry *pptp_route6(const struct pptp_link *link, struct pptp_session *s,
				     const struct in6_addr *addr)
{
	struct dst_entry *dst = rcu_dereference(s->source6.dst);
	struct flowi6 fl6 = {
		.daddr = *addr,
		.flowi6_l3mdev = l3mdev_master_ifindex_rcu(link->dev),
	};

	if (likely(dst && ipv6_addr_equal(addr, &s->source6.addr) &&
		   dst_check(dst, s->source6.cookie)))
		return dst;

	dst = ip6_route_output(dev_net(link->dev), NULL, &fl6);
	if (dst->error || dst->dev != link->dev) {
		dst_release(dst);
		return NULL;
	}
	pptp_keep_source(link, s, addr, dst);
	return dst;
}

static bool pptp_routed6(const struct pptp_link *link, struct pptp_session *s,
			 const struct in6_addr *addr)
{
	struct dst_entry *dst;

	if (ipv6_addr_equal(addr, &s->hop6))
		return true;
	/*
	 * A link-local address needs no route.  In mode session it can only be the peer's; in mode
	 * shared the peer has no other link-local address than @hop6.
	 */
	if (ipv6_addr_type(addr) & IPV6_ADDR_LINKLOCAL)
		return link->mode == PPTP_LINK_MODE_SESSION;
	/* With ipv6.disable=1 there are no routes to look at. */
	if (!ipv6_mod_enabled())
		return false;

	dst = pptp_route6(link, s, addr);
	if (!dst)
		return false;
	return link->mode == PPTP_LINK_MODE_SESSION ||
	       ipv6_addr_equal(rt6_nexthop((struct rt6_info *)dst, addr), &s->hop6);
}

#else

void pptp_link_forget_source(struct pptp_session *s)
{
}

static bool pptp_routed6(const struct pptp_link *link, struct pptp_session *s,
			 const struct in6_addr *addr)
{
	return false;
}

#endif

bool pptp_link_source_ok(const struct pptp_link *link, struct pptp_session *s,
			 const struct sk_buff *skb, u16 proto)
{
	if (proto == PPP_IP)
		return pptp_routed4(link, s, ip_hdr(skb)->saddr);
	return pptp_routed6(link, s, &ipv6_hdr(skb)->saddr);
}
