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

#include "stats.h"

struct dst_entry;
struct pptp_session;
struct sk_buff;
struct sk_buff_head;

/* Octets that a data frame adds to an IP packet, at most. */
#define PPTP_TX_IP_GRE		(20 + 16)	/* IP, GRE with both numbers */
#define PPTP_TX_PPP		4		/* address, control, protocol */
#define PPTP_TX_MPPE		4		/* protocol 0x00fd, coherency count */
#define PPTP_TX_OVERHEAD	(PPTP_TX_IP_GRE + PPTP_TX_PPP + PPTP_TX_MPPE)

/**
 * struct pptp_path - the way to the peer
 * @dst: route; valid on this RCU read side
 * @mtu: of the path, octets of outer IP
 */
struct pptp_path {
	struct dst_entry *dst;
	unsigned int mtu;
};

/**
 * pptp_tx_route() - find the way to the peer
 * @s: session
 * @path: filled in on success
 * @why: otherwise, what to count
 *
 * Return: false if there is no route or the session is not connected.
 */
bool pptp_tx_route(struct pptp_session *s, struct pptp_path *path, enum pptp_count *why);

/* Octets of the largest IP packet of ours that need not be fragmented on the way. */
unsigned int pptp_tx_room(const struct pptp_session *s, const struct pptp_path *path);

/**
 * pptp_tx_data() - send IP packets of one protocol
 * @s: session
 * @path: from pptp_tx_route()
 * @list: packets linked by skb->next, consumed; data at the IP header, no superpackets, checksums
 *	resolved; linear if pptp_tx_encrypts()
 * @proto: PPP_IP or PPP_IPV6
 * @tos: TOS octet of the outer headers
 *
 * Encrypts, if the session does.  What exceeds the path MTU leaves in IP fragments.  Goes without a
 * copy if there are PPTP_TX_OVERHEAD octets and the link layer's header of room in front.
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

/* Run the second half of encryption, on numbered frames. */
void pptp_tx_cipher(struct sk_buff_head *frames);

/* Send numbered, enciphered frames, or drop them if the session has ended; empties @frames. */
void pptp_tx_release(struct pptp_session *s, struct sk_buff_head *frames);

/* Free what nobody came to send, and wipe its keys; when no packet path is inside any more. */
void pptp_tx_purge(struct pptp_session *s);

/**
 * pptp_tx_run_ahead() - compute keys of the frames to come, for a CPU that has nothing else to do
 * @s: session
 *
 * Until there are enough, or frames come.
 *
 * Context: RCU read side, bottom halves off, no locks.
 */
void pptp_tx_run_ahead(struct pptp_session *s);

/* Does the session encrypt what it sends? */
bool pptp_tx_encrypts(const struct pptp_session *s);

/**
 * pptp_tx_mtu() - how much the path to the peer takes
 * @s: session with local address and peer, connected or not
 *
 * Return: as pptp_tx_room(), or 0 without a route.
 */
unsigned int pptp_tx_mtu(struct pptp_session *s);

/* The peer acknowledged @ack and everything before. */
void pptp_tx_acked(struct pptp_session *s, u32 ack);

/* After frames were received: acknowledge now, or by timer, or with the next frame. */
void pptp_tx_ack_owed(struct pptp_session *s);

/* For struct pptp_session.ack_timer. */
void pptp_tx_ack_timer(struct timer_list *timer);

/**
 * pptp_tx_set_sliding() - turn the sliding window of RFC 2637 4.2 on or off
 * @s: session
 * @window: what the peer announced, packets; 0 turns it off
 * @ppd: the peer's packet processing delay, 1/10 s
 *
 * Context: process, under the socket lock.
 * Return: 0 or -ENOMEM.
 */
int pptp_tx_set_sliding(struct pptp_session *s, u16 window, u16 ppd);

#endif /* _CULVERT_TX_H */
