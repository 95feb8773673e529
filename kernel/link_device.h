/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The inside of a link, for the files link*.c alone.
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

struct netlink_ext_ack;
struct pptp_session;

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

/* See link.h. */
extern struct mutex pptp_link_lock;

/* Tables of sessions by their peers' inner addresses. */
int pptp_link_hops_init(struct pptp_link *link);
void pptp_link_hops_destroy(struct pptp_link *link);

/* The session with that inner address, or NULL.  RCU read side. */
struct pptp_session *pptp_link_hop4(struct pptp_link *link, __be32 hop);
struct pptp_session *pptp_link_hop6(struct pptp_link *link, const struct in6_addr *hop);

/* As pptp_link_attach(), once the link is found. */
int pptp_link_add(struct pptp_link *link, struct pptp_session *s, __be32 hop4,
		  const struct in6_addr *hop6, struct netlink_ext_ack *extack);

/* Detach all sessions, and let no more come. */
void pptp_link_empty(struct pptp_link *link);

/* Returns the DS field of an IP packet, @skb with the network header at it. */
static inline u8 pptp_link_dsfield(const struct sk_buff *skb, u16 proto)
{
	return proto == PPP_IP ? ipv4_get_dsfield(ip_hdr(skb)) : ipv6_get_dsfield(ipv6_hdr(skb));
}

/* For struct net_device_ops. */
netdev_tx_t pptp_link_xmit(struct sk_buff *skb, struct net_device *dev);

/**
 * pptp_link_own() - let a link go when a socket does
 * @link: registered link without an owner; under the RTNL
 * @s: session of the socket, with a reference
 *
 * Return: 0; -EBUSY if the socket owns a link already, or is dead.
 */
int pptp_link_own(struct pptp_link *link, struct pptp_session *s);

/* The link has no owner any more. */
void pptp_link_unown(struct pptp_link *link);

/* The worker that removes links whose owners have gone.  Return: 0 or -ENOMEM. */
int pptp_link_owner_init(void);
void pptp_link_owner_exit(void);

#endif /* _CULVERT_LINK_DEVICE_H */
