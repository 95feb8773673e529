/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What netlink messages tell of a session.
 *
 * Context: RCU read side.  All return 0, or -EMSGSIZE when the message has no room.
 */
#ifndef _CULVERT_NETLINK_PUT_H
#define _CULVERT_NETLINK_PUT_H

struct pptp_session;
struct sk_buff;

/* Its name: local address and call ID. */
int pptp_put_name(struct sk_buff *msg, struct pptp_session *s);

/* Its peer: address and call ID. */
int pptp_put_peer(struct sk_buff *msg, struct pptp_session *s);

/* All that there is to know of it. */
int pptp_put_session(struct sk_buff *msg, struct pptp_session *s);

#endif /* _CULVERT_NETLINK_PUT_H */
