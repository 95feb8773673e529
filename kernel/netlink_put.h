/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Attributes by which netlink messages describe a session.
 *
 * All functions return 0, or -EMSGSIZE if the message has no room.
 */
#ifndef _CULVERT_NETLINK_PUT_H
#define _CULVERT_NETLINK_PUT_H

struct pptp_session;
struct sk_buff;

/* Put the name of a session: local address and call ID.  Any context. */
int pptp_put_name(struct sk_buff *msg, struct pptp_session *s);

/* Put the peer of a session: outer address and call ID.  Any context. */
int pptp_put_peer(struct sk_buff *msg, struct pptp_session *s);

/* Put all attributes of a session that can be read.  RCU read side. */
int pptp_put_session(struct sk_buff *msg, struct pptp_session *s);

#endif /* _CULVERT_NETLINK_PUT_H */
