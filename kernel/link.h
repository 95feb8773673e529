/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Links of rtnetlink kind "pptp": the native upper half.
 *
 * A link carries the IPv4 and IPv6 packets of the sessions attached to it.  A link in mode session
 * has at most one session.  A link in mode shared has any number of sessions: the next hop of the
 * route of a packet, which is the inner address of a peer, names the session.  Links and sessions
 * are created and removed independently; when one is removed, it is detached from the other.
 *
 * Locks: pptp_link_lock, a mutex, serialises attaching and detaching for all links.  It nests
 * inside the socket lock and inside the rtnl lock; code that holds it takes neither of them.  The
 * packet paths run under RCU only.
 */
#ifndef _CULVERT_LINK_H
#define _CULVERT_LINK_H

#include <linux/in6.h>
#include <linux/types.h>

struct net;
struct netlink_ext_ack;
struct pptp_outer;
struct pptp_session;
struct sk_buff;

int pptp_link_init(void);
void pptp_link_exit(void);

/**
 * pptp_link_attach() - attach a session to a link
 * @net: namespace of @ifindex
 * @s: connected session; its socket lock is held
 * @ifindex: interface index of the link
 * @hop4: inner IPv4 address of the peer; 0 if there is none
 * @hop6: inner IPv6 address of the peer; NULL or all zero if there is none
 * @extack: gets the reason of an error
 *
 * For a link in mode shared, the peer needs at least one inner address, and no other session of the
 * link may have the same address.
 *
 * Return: 0; -ENODEV if there is no such link, or it is being removed; -EBUSY if the session has an
 * upper half already, or the link is in mode session and has a session; -EINVAL or -EADDRINUSE if
 * the inner addresses do not suit a link in mode shared; -ENOMEM.
 */
int pptp_link_attach(struct net *net, struct pptp_session *s, int ifindex, __be32 hop4,
		     const struct in6_addr *hop6, struct netlink_ext_ack *extack);

/**
 * pptp_link_detach() - undo pptp_link_attach()
 * @s: session; its socket lock is held
 *
 * Return: true if the session was attached to a link.
 */
bool pptp_link_detach(struct pptp_session *s);

/**
 * pptp_link_own_outer() - set the values of the outer header that a session has of its own
 * @s: session; its socket lock is held
 * @own: the values
 * @given: bits of enum pptp_outer_bit of the values that are in @own; for all others those of the
 *	session's link are in effect
 */
void pptp_link_own_outer(struct pptp_session *s, const struct pptp_outer *own, u8 given);

/**
 * pptp_link_disown() - remove the link that a session owns, if there is one
 * @s: session whose socket has sk_state PPPOX_DEAD; its socket lock is held
 *
 * A worker removes the device later, because that takes the rtnl lock.
 */
void pptp_link_disown(struct pptp_session *s);

/**
 * pptp_link_ifindex() - get the interface index of the link of a session
 * @s: session
 * @net: namespace
 *
 * Context: RCU read side.
 * Return: index of the link; 0 if the session has no link, or the link is not in @net.
 */
int pptp_link_ifindex(const struct pptp_session *s, const struct net *net);

/**
 * pptp_link_rx() - receive an IP packet of a session
 * @s: session
 * @skb: frame, consumed; data at the two-octet protocol field, network header at the outer IP
 *	header
 * @proto: PPP_IP or PPP_IPV6
 *
 * May take the packet through the whole network stack, so the caller holds no lock.
 *
 * Context: RCU read side, bottom halves off.
 */
void pptp_link_rx(struct pptp_session *s, struct sk_buff *skb, u16 proto);

#endif /* _CULVERT_LINK_H */
