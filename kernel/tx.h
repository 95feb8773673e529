/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Transmit: PPP frame to GRE to IP.
 *
 * Numbering and the serial half of encryption run under the session's send lock; cipher, headers
 * and IP run outside of it, for each session on one CPU at a time, so that frames leave in the
 * order of their numbers.  Everything here wants the RCU read lock and bottom halves off
 * unless it says otherwise.
 */
#ifndef _CULVERT_TX_H
#define _CULVERT_TX_H

#include <linux/timer.h>
#include <linux/types.h>

struct pptp_path;
struct pptp_session;
struct sk_buff;
struct sk_buff_head;

/**
 * pptp_tx_data() - send IP packets of one protocol
 * @s: session
 * @path: from pptp_path_find()
 * @list: packets linked by skb->next, consumed; data at the IP header, no superpackets, checksums
 *	resolved; linear if pptp_session_encrypts()
 * @proto: PPP_IP or PPP_IPV6
 * @tos: TOS octet of the outer headers
 *
 * Encrypts, if the session does.  What exceeds the path MTU leaves in IP fragments.  Goes without a
 * copy if there are PPTP_PATH_OVERHEAD octets and the link layer's header of room in front.
 */
void pptp_tx_data(struct pptp_session *s, const struct pptp_path *path, struct sk_buff *list,
		  u16 proto, u8 tos);

/**
 * pptp_tx_frame() - send one PPP frame as it is
 * @s: session
 * @skb: frame, consumed; data at the two-octet protocol field, at least two octets linear
 * @tos: TOS octet of the outer header
 *
 * Adds address and control and compresses the protocol field as LCP agreed; LCP itself is sent
 * in full always (RFC 1661 6.5, 6.6).
 */
void pptp_tx_frame(struct pptp_session *s, struct sk_buff *skb, u8 tos);

/* The peer acknowledged @ack and everything before. */
void pptp_tx_acked(struct pptp_session *s, u32 ack);

/* For struct pptp_session_ops; see there. */
void pptp_tx_send(struct pptp_session *s, struct sk_buff_head *frames);
void pptp_tx_room(struct pptp_session *s);
void pptp_tx_timer(struct timer_list *timer);

#endif /* _CULVERT_TX_H */
