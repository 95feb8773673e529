/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Internals of links, only for the files link*.c.
 */
#ifndef _CULVERT_LINK_DEVICE_H
#define _CULVERT_LINK_DEVICE_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/ppp_defs.h>
#include <linux/rhashtable-types.h>
#include <net/dsfield.h>
#include <net/gro_cells.h>

#include "outer.h"

struct netlink_ext_ack;
struct pptp_session;

/**
 * struct pptp_link - private data of the device
 * @dev: the device
 * @cells: GRO after decapsulation
 * @mode: enum pptp_link_mode; constant
 * @reverse_path: drop received packets whose source address is not routed to the session
 * @outer: values of the outer IP header for sessions that have none of their own; written under
 *	pptp_link_lock
 * @mss_clamp: clamp TCP MSS to the MTU of the device
 * @dead: no more sessions can be attached; under pptp_link_lock
 * @count: number of attached sessions; written under pptp_link_lock
 * @session: in mode session, the attached session or NULL; RCU
 * @hops4: in mode shared, sessions by inner IPv4 address of the peer
 * @hops6: in mode shared, sessions by inner IPv6 address of the peer
 * @sessions: list of all attached sessions; under pptp_link_lock
 * @owner: session at whose death the link is removed, or NULL; under pptp_link_lock
 * @removal: node in the list of links to remove because their owner died, each with a reference on
 *	its device; under pptp_link_lock until the worker moves the link to its batch
 */
struct pptp_link {
	struct net_device *dev;
	struct gro_cells cells;
	u8 mode;
	bool reverse_path;
	bool mss_clamp;
	bool dead;
	u32 count;
	struct pptp_outer outer;
	struct pptp_session __rcu *session;
	struct rhashtable hops4;
	struct rhashtable hops6;
	struct list_head sessions;
	struct pptp_session *owner;
	struct list_head removal;
};

/* Serialises attaching and detaching; see link.h. */
extern struct mutex pptp_link_lock;

/* Tables of sessions by their peers' inner addresses. */
int pptp_link_hops_init(struct pptp_link *link);
void pptp_link_hops_destroy(struct pptp_link *link);

/* Return the session of a link in mode shared with inner address @hop, or NULL.  RCU read side. */
struct pptp_session *pptp_link_hop4(struct pptp_link *link, __be32 hop);
struct pptp_session *pptp_link_hop6(struct pptp_link *link, const struct in6_addr *hop);

/* The part of pptp_link_attach() after it has found the link; the same contract. */
int pptp_link_add(struct pptp_link *link, struct pptp_session *s, __be32 hop4,
		  const struct in6_addr *hop6, struct netlink_ext_ack *extack);

/* Set the values of a link's outer header whose bits are in @given, also for attached sessions. */
void pptp_link_set_outer(struct pptp_link *link, const struct pptp_outer *outer, u8 given);

/* Detach all sessions from a link, and let no more sessions be attached. */
void pptp_link_empty(struct pptp_link *link);

/* Returns the DS field of the IP packet at the network header.  @proto: PPP_IP or PPP_IPV6. */
static inline u8 pptp_link_dsfield(const struct sk_buff *skb, u16 proto)
{
	return proto == PPP_IP ? ipv4_get_dsfield(ip_hdr(skb)) : ipv6_get_dsfield(ipv6_hdr(skb));
}

/**
 * pptp_link_source_ok() - check the source address of a received packet
 * @link: link of the session
 * @s: session that the packet came by; only one CPU at a time may call this for it
 * @skb: packet, network header at the IP header
 * @proto: PPP_IP or PPP_IPV6
 *
 * Context: RCU read side, bottom halves off.
 * Return: true if a packet to that address would be routed to the session.
 */
bool pptp_link_source_ok(const struct pptp_link *link, struct pptp_session *s,
			 const struct sk_buff *skb, u16 proto);

/* After a session was detached from its link: drop the route that it keeps for the above. */
void pptp_link_forget_source(struct pptp_session *s);

/* Likewise for all sessions of a link by which no packet is received now. */
void pptp_link_forget_sources(struct pptp_link *link);

/* ndo_start_xmit of struct net_device_ops. */
netdev_tx_t pptp_link_xmit(struct sk_buff *skb, struct net_device *dev);

/**
 * pptp_link_own() - make a session the owner of a link
 * @link: registered link without an owner; the rtnl lock is held
 * @s: session on which the caller holds a reference
 *
 * The link is removed when the session dies.
 *
 * Return: 0; -EBUSY if the session owns a link already, or is DEAD.
 */
int pptp_link_own(struct pptp_link *link, struct pptp_session *s);

/* Make a link have no owner. */
void pptp_link_unown(struct pptp_link *link);

/* Set up the worker that removes links whose owner died.  Returns 0 or -ENOMEM. */
int pptp_link_owner_init(void);
void pptp_link_owner_exit(void);

#endif /* _CULVERT_LINK_DEVICE_H */
