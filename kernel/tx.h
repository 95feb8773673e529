/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Transmit path: from an IP packet or a PPP frame to a GRE packet.
 *
 * The way of one sent frame, in the order of the calls.  (In all files functions stand before
 * their callers, so a file reads from the bottom up.)
 *
 *  1. pptp_link_xmit() (link_tx.c), the transmit function of the network device, finds the session.
 *     pptp_link_xmit_session() finds the path to the peer (pptp_path_find(), path.c), splits a
 *     superpacket into packets, and calls pptp_tx_data().  Frames that are not from a link come by
 *     pptp_tx_frame(): those of a program from pptp_sendmsg() (pppox.c), those of ppp_generic from
 *     pptp_channel_xmit() (channel.c).
 *  2. pptp_tx_prepare() makes a PPP frame of each packet: it adds protocol, address and control,
 *     and room for the MPPE header.
 *  3. pptp_tx_single() sends one frame by the short way if the session has no MPPE key, no sliding
 *     window and nothing on its way out: it numbers the frame under the send lock and goes on with
 *     5.  All other frames go through pptp_tx_batch().
 *  4. pptp_tx_number() runs under the send lock.  If the sliding window is on, it holds back what
 *     has no room (pptp_sliding_pass(), sliding.c).  The frames that go get the first half of
 *     encryption (pptp_mppe_encrypt(), mppe.c), a sequence number and the acknowledgment that is
 *     due (window.h).  Then one CPU sends them (enum pptp_tx_by):
 *      - this CPU: it runs the second half of encryption (pptp_encrypt_frames(), encrypt.c), sends
 *        the frames with pptp_tx_all(), and then what other CPUs left to it (pptp_tx_end());
 *      - a CPU that is sending frames of the session already: it finds these in its pptp_tx_end();
 *      - a CPU that serves the line of the session: the frames have joined the line
 *        (pptp_line_join(), encrypt.c), this CPU and others encrypt them, and one of these sends
 *        them with pptp_tx_send().
 *  5. pptp_tx_one() puts the GRE header in front (pptp_gre_build(), gre.c), and pptp_path_send()
 *     (path.c) the IP header (outer.h), and makes the packet belong to the one flow that the
 *     session is outside (pptp_path_flow()).  It leaves through ip_local_out().
 *
 * Numbering and the first half of encryption run under the session's send lock.  The second half
 * runs outside of it, for frames in a line on several CPUs at once.  GRE and IP headers are made
 * outside of it too, but for each session on one CPU at a time, so that frames leave in the order
 * of their numbers.
 *
 * Context of everything here: RCU read side, bottom halves off, no lock of the session, unless it
 * says otherwise.
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
 *	in place; linear if @path->encrypt
 * @proto: PPP_IP or PPP_IPV6
 * @tos: TOS octet of the outer headers
 *
 * Encrypts the packets if @path->encrypt; drops them if the session must encrypt and has no key.
 * A packet that exceeds the path MTU leaves in IP fragments.  A packet is not copied if it has room
 * in front for PPTP_PATH_OVERHEAD octets and the link layer's header.
 */
void pptp_tx_data(struct pptp_session *s, const struct pptp_path *path, struct sk_buff *list,
		  u16 proto, u8 tos);

/**
 * pptp_tx_frame() - send one PPP frame as it is, without encryption
 * @s: session
 * @skb: frame, consumed; data at the two-octet protocol field, at least two octets linear
 * @tos: TOS octet of the outer header
 *
 * Adds address and control and compresses the protocol field as LCP agreed.  LCP itself is always
 * sent in full (RFC 1661 6.5, 6.6).
 */
void pptp_tx_frame(struct pptp_session *s, struct sk_buff *skb, u8 tos);

/* The peer has acknowledged @ack and all sequence numbers before it.  May send held frames. */
void pptp_tx_acked(struct pptp_session *s, u32 ack);

/* For struct pptp_session_ops; see there. */
void pptp_tx_send(struct pptp_session *s, struct sk_buff_head *frames);
void pptp_tx_room(struct pptp_session *s);
void pptp_tx_timer(struct timer_list *timer);

#endif /* _CULVERT_TX_H */
