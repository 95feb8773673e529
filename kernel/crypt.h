/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where and when the second half of MPPE runs: in batches, on several CPUs.
 *
 * Receiving.  A frame whose key is known joins a queue of the CPU that it came in by, and a NAPI of
 * ours, which runs in the same round of the softirq, decrypts what has gathered there by then, of
 * all sessions together.  Under load that makes full batches; a frame alone waits for nothing.  So
 * several CPUs may decrypt frames of one session; in its order (order.h) each of them waits until
 * it is decrypted, and goes up behind those before it.  The queue is bounded, and so is the share
 * of one session in it, so that a flood on one session drops its own frames.
 *
 * Sending.  The frames of one call (mostly one superpacket) make a batch.  Batches of a session
 * stand in its line, in the order of their sequence numbers, from when they were numbered until
 * they are sent:
 *
 *	NEW -- claimed by whoever has time --> TAKEN -- enciphered --> DONE -- at the head: sent
 *
 * The first batch of a line calls a helper, another CPU; the sender goes on with its own work,
 * and as long as the helper keeps up it does everything: several batches pass through several
 * CPUs like through a pipe.  If it does not keep up, the sender enciphers batches too: so both
 * work on one session, and nobody waits for a CPU that has no time.  Batches leave by one CPU at
 * a time, by the helper while it serves the line, so that frames do not overtake each other.  A
 * helper serves its lines in turn, a batch a turn, so that a busy session costs another at most
 * one batch of time.  One that has nothing left to serve computes keys for what comes next.
 *
 * Few frames take the short way, enciphered and sent at once, unless their session is busy or its
 * line has batches that must go before.  So does everything with one CPU.  Frames that join find
 * room in the last batch while nobody has taken it, so single packets of a busy session gather to
 * full batches, but only as long as the helper is busy with those before them.
 *
 * A frame or line that waits holds a reference on its session, and so on socket, namespace and
 * module.
 */
#ifndef _CULVERT_CRYPT_H
#define _CULVERT_CRYPT_H

#include <linux/list.h>
#include <linux/skbuff.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "rc4.h"

struct pptp_session;

/**
 * struct pptp_decrypt_cb - a data frame on its way up, in skb->cb
 * @job: its decryption; the key has no length if it needed none
 * @session: whose it is while it waits, NULL otherwise
 * @next: behind it in the queue of the CPU, while it waits
 */
struct pptp_decrypt_cb {
	struct rc4_lane job;
	struct pptp_session *session;
	struct sk_buff *next;
};

static inline struct pptp_decrypt_cb *pptp_decrypt_cb(struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct pptp_decrypt_cb) > sizeof(skb->cb));
	return (struct pptp_decrypt_cb *)skb->cb;
}

/* Is it still to be decrypted?  Then nobody else may touch it. */
static inline bool pptp_decrypt_waits(struct sk_buff *skb)
{
	/* Pairs with the release where it was decrypted. */
	return smp_load_acquire(&pptp_decrypt_cb(skb)->session);
}

/* Was there something to decrypt? */
static inline bool pptp_decrypt_was(struct sk_buff *skb)
{
	return pptp_decrypt_cb(skb)->job.key_len;
}

/* There is nothing to decrypt. */
static inline void pptp_decrypt_not(struct sk_buff *skb)
{
	pptp_decrypt_cb(skb)->job.key_len = 0;
	pptp_decrypt_cb(skb)->session = NULL;
}

/**
 * struct pptp_line - batches of a session that are on their way out
 * @lock: protects everything here; bottom halves off, inside the session's send lock
 * @batches: struct pptp_batch, in order of sequence numbers
 * @node: in the list of the helper that is to serve the line, while @called
 * @frames: in @batches, and in the batch that is being sent; read without lock
 * @jiffy: of @recent; this and the next two under the session's send lock
 * @recent: frames that were numbered in @jiffy
 * @before: in the jiffy before
 * @cpu: of the helper
 * @called: a helper will come, or is here
 * @served: the helper is here, and sends what gets DONE
 * @sending: somebody is sending the head
 */
struct pptp_line {
	spinlock_t lock;	/* see @lock above */
	struct list_head batches;
	struct list_head node;
	u32 frames;
	u32 recent;
	u32 before;
	unsigned long jiffy;
	u16 cpu;
	bool called;
	bool served;
	bool sending;
};

void pptp_line_init(struct pptp_line *line);

/* Is there so much in a line that nothing more may be numbered? */
bool pptp_line_full(const struct pptp_line *line);

/* Is there anything in a line that must go before? */
static inline bool pptp_line_moves(const struct pptp_line *line)
{
	return READ_ONCE(line->frames);
}

/**
 * pptp_line_join() - which way do numbered frames go?
 * @line: of their session
 * @frames: emptied if they join
 *
 * Context: under the session's send lock, which makes the order of lines that of sequence numbers.
 * Return: true if they are in the line now, and pptp_line_push() is due; false if the caller is to
 * encipher and send them.
 */
bool pptp_line_join(struct pptp_line *line, struct sk_buff_head *frames);

/**
 * pptp_line_push() - see to it that a line moves
 * @s: session, after frames joined its line
 *
 * Context: RCU read side, bottom halves off, no locks.
 */
void pptp_line_push(struct pptp_session *s);

/**
 * pptp_decrypt_later() - decrypt a frame with the next batch, then pptp_rx_resume()
 * @s: session
 * @skb: frame, data at the MPPE header; stays the caller's, who keeps it until it no longer
 *	pptp_decrypt_waits()
 * @job: from mppe_decrypt(), consumed
 *
 * Context: bottom halves off.
 * Return: false if the queue or the session's share of it is full; nothing has happened then.
 */
bool pptp_decrypt_later(struct pptp_session *s, struct sk_buff *skb, struct rc4_lane *job);

/**
 * pptp_crypt_init() - queues and helpers of all CPUs
 *
 * Return: 0 or -ENOMEM.
 */
int pptp_crypt_init(void);

/* When no session is left. */
void pptp_crypt_exit(void);

#endif /* _CULVERT_CRYPT_H */
