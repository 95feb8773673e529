/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sending: the second half of MPPE, on the CPU that sends or on others.
 *
 * The frames of one call (mostly one superpacket) make a batch.  Batches of a session stand in its
 * line, in the order of their sequence numbers, from when they were numbered until they are sent:
 *
 *	NEW -- claimed by whoever has time --> TAKEN -- encrypted --> DONE -- at the head: sent
 *
 * The first batch of a line calls a helper, another CPU; the sender goes on with its own work,
 * and as long as the helper keeps up it does everything: several batches pass through several
 * CPUs like through a pipe.  If the helper does not keep up, the sender encrypts batches too: so
 * both work on one session, and nobody waits for a CPU that has no time.  Batches leave by one CPU
 * at a time, by the helper while it serves the line, so that frames do not overtake each other.  A
 * helper serves its lines in turn, a batch a turn, so that a busy session costs another session at
 * most one batch of time.  A helper that has nothing left to serve computes keys for the next frames.
 *
 * Few frames take the short way, encrypted and sent at once, unless their session is busy or its
 * line has batches that must go before.  So does everything with one CPU.  Frames that join find
 * room in the last batch while nobody has taken it, so single packets of a busy session gather to
 * full batches, but only as long as the helper is busy with those before them.
 *
 * A line that waits for a helper holds a reference on its session, and so on socket, namespace and
 * module.
 */
#ifndef _CULVERT_ENCRYPT_H
#define _CULVERT_ENCRYPT_H

#include <linux/list.h>
#include <linux/skbuff.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "rc4.h"

struct pptp_session;

/**
 * struct pptp_tx_cb - a frame on its way through here, in skb->cb
 * @job: second half of its encryption, if @encrypted
 * @seq: its sequence number
 * @ack: what it acknowledges, with @has_ack
 * @len: octets from the protocol field on
 * @mppe: offset of the MPPE header in the frame, 0 if it is not encrypted
 * @tos: of the outer header
 * @has_ack: takes an acknowledgement along
 * @fits: the path takes it in one piece
 * @encrypted: @job is to be run
 * @flushes: the next encrypted frame is flushed
 */
struct pptp_tx_cb {
	struct pptp_rc4_lane job;
	u32 seq;
	u32 ack;
	u16 len;
	u8 mppe;
	u8 tos;
	u8 has_ack : 1;
	u8 fits : 1;
	u8 encrypted : 1;
	u8 flushes : 1;
};

static inline struct pptp_tx_cb *pptp_tx_cb(struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct pptp_tx_cb) > sizeof(skb->cb));
	return (struct pptp_tx_cb *)skb->cb;
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

/* Run the second half of encryption, on numbered frames.  Bottom halves off. */
void pptp_encrypt_frames(struct sk_buff_head *frames);

/* Free numbered frames that nobody has come to send, and wipe their keys. */
void pptp_encrypt_purge(struct sk_buff_head *frames);

/**
 * pptp_encrypt_init() - helpers on all CPUs
 *
 * Return: 0 or -ENOMEM.
 */
int pptp_encrypt_init(void);

/* When no session is left. */
void pptp_encrypt_exit(void);

#endif /* _CULVERT_ENCRYPT_H */
