/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Receiving: the second half of MPPE, in batches.
 *
 * A frame whose key is known joins a queue of the CPU that it came in by, and a NAPI of ours, which
 * runs in the same round of the softirq, decrypts what has gathered there by then, of all sessions
 * together.  Under load that makes full batches; a frame alone waits for nothing.  So several CPUs
 * may decrypt frames of one session; in its order (order.h) each frame waits until it is decrypted,
 * and goes up behind those before it.  The queue is bounded, and so is the share of one session in
 * it, so that a flood on one session drops its own frames.
 *
 * A frame in a queue holds a reference on its session, and so on socket, namespace and module.
 */
#ifndef _CULVERT_DECRYPT_H
#define _CULVERT_DECRYPT_H

#include <linux/build_bug.h>
#include <linux/skbuff.h>
#include <linux/types.h>

#include "rc4.h"

struct pptp_session;

/* What a data frame on its way up a link is. */
enum pptp_rx_state {
	PPTP_RX_PLAIN,		/* data is at a two-octet protocol field, of network data */
	PPTP_RX_WAITS,		/* it is to be decrypted, and nobody else may touch it */
	PPTP_RX_DECRYPTED,	/* data is at the MPPE header, behind it is plaintext of any kind */
};

/**
 * struct pptp_rx_cb - a data frame on its way up a link, in skb->cb
 * @job: its decryption, in state WAITS
 * @session: whose it is, in state WAITS
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
	/* Pairs with the release in pptp_decrypt_done(): who sees DECRYPTED sees plaintext. */
	return smp_load_acquire(&pptp_rx_cb(skb)->state);
}

/* For order.h. */
static inline bool pptp_rx_waits(struct sk_buff *skb)
{
	return pptp_rx_state(skb) == PPTP_RX_WAITS;
}

/**
 * pptp_decrypt_later() - decrypt a frame with the next batch, then call rx_resume of its session
 * @s: session
 * @skb: frame, data at the MPPE header; stays the caller's, who keeps it while pptp_rx_waits()
 * @job: from pptp_mppe_decrypt(), consumed
 *
 * Context: bottom halves off.
 * Return: false if the queue or the session's share of it is full; nothing has happened then.
 */
bool pptp_decrypt_later(struct pptp_session *s, struct sk_buff *skb, struct pptp_rc4_lane *job);

/**
 * pptp_decrypt_init() - queues of all CPUs
 *
 * Return: 0 or -ENOMEM.
 */
int pptp_decrypt_init(void);

/* When no session is left. */
void pptp_decrypt_exit(void);

#endif /* _CULVERT_DECRYPT_H */
