/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Receive path: from a GRE packet to the upper half of its session.
 *
 * The way of one received frame, in the order of the calls.  (In all files functions stand before
 * their callers, so a file reads from the bottom up.)
 *
 *  1. pptp_rx(), the handler of the GRE demultiplexer, reads the GRE header (pptp_gre_parse(),
 *     gre.c), finds the session (pptp_session_lookup(), session.c) and checks the address of the
 *     peer.  With the GRE header goes what the device said of it (pptp_rx_forget_outer()).
 *  2. pptp_rx_session() passes the acknowledgment to the transmit path (pptp_tx_acked(), tx.c).
 *     Then it takes the receive lock and asks the window (window.h) whether the frame is the next
 *     one.  If not, pptp_rx_disorder() does what the window says: hold, drop or deliver the frame.
 *  3. pptp_rx_deliver() gets the frames in order, and takes address and control off.  Then:
 *      - If the upper half is a channel of ppp_generic, pptp_channel_input() (channel.c) gets the
 *        frame, and the way ends here.
 *      - For an encrypted frame, pptp_rx_decrypt() runs the first half of decryption
 *        (pptp_mppe_decrypt(), mppe.c).  In stateful mode that decrypts the frame, and it goes on
 *        as plaintext.  In stateless mode the frame goes to the list @data, and it waits in the
 *        queue of this CPU for the second half (pptp_decrypt_later(), decrypt.c).
 *      - A frame in plaintext goes through pptp_rx_demux(): IP packets to the list @data,
 *        everything else to the socket, where a program reads it with recvmsg().
 *  4. pptp_rx_end() appends @data to the session's frames on their way up (struct pptp_order,
 *     order.h), releases the receive lock, and lets acknowledgments out (pptp_ack_owed(), ack.c).
 *  5. pptp_rx_up() passes the frames that do not wait for decryption to pptp_link_rx()
 *     (link_rx.c), which checks their source (link_source.c) and takes them into the network
 *     stack.  Decrypted frames that are no IP packets go to the socket.
 *  6. Later in the same round of the softirq, pptp_decrypt_poll() (decrypt.c) decrypts the frames
 *     that wait, in batches, and calls pptp_rx_resume() for their sessions, which goes on with 4.
 *
 * Context: softirq, under the RCU read lock of the GRE demultiplexer.  The receive path itself
 * takes neither the socket lock nor any lock that sessions share.  The receive lock of the session
 * is held from the window to the upper half, so that the upper half gets the frames of a session
 * in order, whichever CPUs they came in by.  Only pptp_rx_up() runs without the receive lock,
 * because pptp_link_rx() may run through the whole stack; there one CPU at a time passes the
 * frames of a session on (order.h).
 */
#ifndef _CULVERT_RX_H
#define _CULVERT_RX_H

#include <linux/hrtimer.h>
#include <linux/skbuff.h>
#include <net/checksum.h>

struct pptp_session;

/**
 * pptp_rx_init() - take the version 1 slot of the GRE demultiplexer
 *
 * Return: 0, or -EBUSY if another module, such as pptp, has it.
 */
int pptp_rx_init(void);

/* Gives the slot back and waits until no CPU is in the receive path. */
void pptp_rx_exit(void);

/**
 * pptp_rx_resume() - pass up frames of a session after they have been decrypted
 * @s: session; may have died meanwhile
 *
 * Context: RCU read side, bottom halves off, no locks.
 */
void pptp_rx_resume(struct pptp_session *s);

/*
 * Forget what the device said of the outer packet, now that @skb is the frame that was in it:
 *  - the receive queue: RPS does nothing for a packet of a queue that the link does not have;
 *  - the hash, which is the same for all packets of the session;
 *  - that there are headers of a packet inside, whose checksum a device may compute;
 *  - that a checksum is right, which need not be the one of the packet inside.
 * A sum of all octets (CHECKSUM_COMPLETE) still holds.
 */
static inline void pptp_rx_forget_outer(struct sk_buff *skb)
{
	skb_set_queue_mapping(skb, 0);
	skb_clear_hash(skb);
	skb->encapsulation = 0;
	if (skb->ip_summed == CHECKSUM_UNNECESSARY)
		skb->ip_summed = CHECKSUM_NONE;
}

/*
 * Make a compressed protocol field, which is one octet, two octets: put an octet of 0 in front, for
 * which there is room.  In a sum of words (CHECKSUM_COMPLETE) all octets behind it change places.
 */
static inline void pptp_rx_widen(struct sk_buff *skb)
{
	*(u8 *)__skb_push(skb, 1) = 0;
	if (skb->ip_summed == CHECKSUM_COMPLETE)
		skb->csum = csum_shift(skb->csum, 1);
}

/* For struct pptp_session.rx_timer. */
enum hrtimer_restart pptp_rx_timer(struct hrtimer *timer);

#endif /* _CULVERT_RX_H */
