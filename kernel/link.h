/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Links of rtnetlink kind "pptp": the native upper half.
 *
 * A link carries IPv4 and IPv6 packets of the sessions attached to it.  In mode session there is at
 * most one; in mode shared any number, and the next hop of a packet's route, which is the inner
 * address of a peer, names the session.  Links and sessions come and go independently; what
 * goes first is detached from the other.
 *
 * Locks: pptp_link_lock, a mutex, serialises attaching and detaching of all links; it nests
 * inside the socket lock and inside the RTNL and is never held while taking either.  The packet
 * paths run under RCU alone.
 */
#ifndef _CULVERT_LINK_H
#define _CULVERT_LINK_H

#include <linux/in6.h>
#include <linux/types.h>

struct net;
struct netlink_ext_ack;
struct pptp_session;
struct sk_buff;

int pptp_link_init(void);
void pptp_link_exit(void);

/**
 * pptp_link_attach() - let a session's packets pass over a link
 * @net: namespace in which @ifindex is meant
 * @s: connected session; under its socket lock
 * @ifindex: the link
 * @hop4: inner IPv4 address of the peer, or 0
 * @hop6: inner IPv6 address of the peer, or NULL
 * @extack: says why not
 *
 * A shared link needs an address, and none that another session has.
 *
 * Return: 0; -ENODEV, -EBUSY, -EINVAL, -EADDRINUSE or -ENOMEM.
 */
int pptp_link_attach(struct net *net, struct pptp_session *s, int ifindex, __be32 hop4,
		     const struct in6_addr *hop6, struct netlink_ext_ack *extack);

/**
 * pptp_link_detach() - undo pptp_link_attach()
 * @s: session; under its socket lock
 *
 * Return: false if it was not attached.
 */
bool pptp_link_detach(struct pptp_session *s);

/**
 * pptp_link_disown() - remove the link that was made to go with this socket, if there is one
 * @s: session whose socket is dead; under its socket lock
 *
 * The device goes from a workqueue, since that takes the RTNL.
 */
void pptp_link_disown(struct pptp_session *s);

/**
 * pptp_link_ifindex() - the link of a session
 * @s: session
 * @net: namespace
 *
 * Context: RCU read side.
 * Return: index of the link if it is in @net, else 0.
 */
int pptp_link_ifindex(const struct pptp_session *s, const struct net *net);

/**
 * pptp_link_rx() - receive an IP packet of a session
 * @s: session
 * @skb: frame, consumed; data at the two-octet protocol field, network header at the outer IP
 *	header
 * @proto: PPP_IP or PPP_IPV6
 *
 * May run the packet's whole way through the stack, so never under a lock.
 *
 * Context: RCU read side, bottom halves off.
 */
void pptp_link_rx(struct pptp_session *s, struct sk_buff *skb, u16 proto);

#endif /* _CULVERT_LINK_H */
