/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Receiving: the second half of decryption, in batches.
 *
 * A frame whose key is known joins a queue of the CPU that it came in by.  A NAPI instance of ours,
 * which runs in the same round of the softirq, decrypts the frames that the queue has by then, of
 * all sessions together.  Under load that makes full batches; a single frame waits for no others.
 *
 * So several CPUs may decrypt frames of one session.  In the session's order (order.h) each frame
 * waits until it is decrypted, and goes up behind the frames before it.
 *
 * A queue is bounded, and so is the number of frames that one session has in all queues (512), so
 * that a flood on one session drops frames of that session only.  What exceeds the bound when the
 * window releases many frames at once is dropped as well.
 *
 * The frames that a session has in queues together hold one reference on it, and so on socket,
 * namespace and module.
 */
#ifndef _CULVERT_DECRYPT_H
#define _CULVERT_DECRYPT_H

#include <linux/build_bug.h>
#include <linux/skbuff.h>
#include <linux/types.h>

#include "rc4.h"

struct pptp_session;

/* The states of a data frame on its way up a link. */
enum pptp_rx_state {
	PPTP_RX_PLAIN,		/* data is at a two-octet protocol field, which says IP or IPv6 */
	PPTP_RX_WAITS,		/* decryption is due; only decrypt.c may touch the frame */
	PPTP_RX_DECRYPTED,	/* data is at the MPPE header; behind it is plaintext of any kind */
};

/**
 * struct pptp_rx_cb - a data frame on its way up a link, in skb->cb
 * @job: second half of its decryption, in state WAITS
 * @session: its session, in state WAITS
 * @state: enum pptp_rx_state
 */
struct pptp_rx_cb {
	struct pptp_rc4_lane job;
	struct pptp_session *session;
	u8 state;
};

static inline struct pptp_rx_cb *pptp_rx_cb(struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct pptp_rx_cb) > sizeof(skb->cb));
	return (struct pptp_rx_cb *)skb->cb;
}

static inline enum pptp_rx_state pptp_rx_state(struct sk_buff *skb)
{
	/* Pairs with the release in pptp_decrypt_done(): if DECRYPTED, plaintext is seen. */
	return smp_load_acquire(&pptp_rx_cb(skb)->state);
}

/* The callback @waits of order.h. */
static inline bool pptp_rx_waits(struct sk_buff *skb)
{
	return pptp_rx_state(skb) == PPTP_RX_WAITS;
}

/**
 * pptp_decrypt_later() - decrypt a frame with the next batch, then call rx_resume of its session
 * @s: session
 * @skb: frame, data at the MPPE header; stays the caller's, who must keep it while pptp_rx_waits()
 * @job: from pptp_mppe_decrypt(); copied and wiped on success
 *
 * Context: under the session's receive lock, bottom halves off.
 * Return: true; false, and nothing has happened, if the queue is full, the session has too many
 * frames in queues, or the session is being freed.
 */
bool pptp_decrypt_later(struct pptp_session *s, struct sk_buff *skb, struct pptp_rc4_lane *job);

/**
 * pptp_decrypt_init() - set up the queues of all CPUs
 *
 * Return: 0 or -ENOMEM.
 */
int pptp_decrypt_init(void);

/* Frees the queues.  No session may be left. */
void pptp_decrypt_exit(void);

#endif /* _CULVERT_DECRYPT_H */
