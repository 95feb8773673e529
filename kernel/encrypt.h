/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sending: the second half of encryption, on the CPU that sends or on others.
 *
 * Frames that are sent together (mostly one superpacket) make a batch.  Batches of a session stand
 * in its line, in the order of their sequence numbers, from when they were numbered until they are
 * sent:
 *
 *	NEW -- claimed by a CPU --> TAKEN -- encrypted --> DONE -- at the head of the line: sent
 *
 * The first batch of a line calls a helper, which is another CPU.  The sender, the CPU that has
 * numbered the batch, goes on with its own work.  As long as the helper keeps up, the helper
 * encrypts and sends everything; so several batches pass through several CPUs as through a pipe.
 * If the helper does not keep up (PPTP_LINE_AHEAD), the sender encrypts batches too, so that both
 * work on one session and neither waits for a CPU that has no time.
 *
 * Batches of one line leave by one CPU at a time, so that frames do not overtake each other; by the
 * helper while it serves the line.  A helper serves its lines in turn, one batch a turn, so that a
 * busy session delays another session by one batch at most.  A helper that has nothing left to
 * serve computes keys for the next frames of the session that it served last.
 *
 * Other CPUs may add batches, and encrypt some, as fast as one CPU sends; and that one may be in
 * somebody's system call.  So a turn is PPTP_LINE_TURN steps, and what is left of the batch that it
 * ends in; a step encrypts one frame or sends one, and a batch is MPPE_BATCH frames or one
 * superpacket.  A sender whose turn ends leaves the line to the helper.  If it could call none
 * before, because all are busy or no other CPU is online, it calls one now, which comes in its
 * time.  So whoever leaves a line has seen, under its lock, that nothing is due, or that a helper
 * will come and see the same: no batch is stranded.  Only when the last reference of a session is
 * gone can no helper be called; nobody adds frames any more then, and its last sender does all that
 * is left.
 *
 * Few frames go the short way: their sender encrypts and sends them at once, unless their session
 * is busy or its line has batches that must leave before.  With one CPU all frames go that way.
 * Frames that join a line are added to the last batch if no CPU has taken it yet.  So single
 * packets of a busy session gather to full batches, but only while the helper is busy with earlier
 * batches.
 *
 * A line that has called a helper holds a reference on its session, and so on socket, namespace and
 * module, until the helper has served it.
 */
#ifndef _CULVERT_ENCRYPT_H
#define _CULVERT_ENCRYPT_H

#include <linux/list.h>
#include <linux/skbuff.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include "rc4.h"

struct pptp_session;

/* Steps of one turn: frames that a CPU encrypts, and frames that it sends. */
#define PPTP_LINE_TURN	512

/**
 * struct pptp_tx_cb - a frame on its way through the transmit path, in skb->cb
 * @job: second half of its encryption, if @encrypted
 * @seq: its sequence number
 * @ack: the sequence number that it acknowledges, if @has_ack
 * @len: octets from the protocol field on
 * @mppe: offset of the MPPE header in the frame, 0 if the frame is not to be encrypted
 * @tos: TOS octet of the outer header
 * @has_ack: the frame takes an acknowledgment along
 * @fits: the path takes the packet in one piece
 * @encrypted: @job is to be run
 * @flushes: the next encrypted frame is to be flushed
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
 * @lock: protects what is not said to be under another lock; nests inside the session's send lock,
 *	bottom halves off
 * @batches: struct pptp_batch, in order of sequence numbers
 * @node: in struct pptp_helper.lines, under the lock of the helper
 * @frames: frames in @batches and in the batch that is being sent; also read without @lock
 * @jiffy: the jiffy that @recent counts; under the session's send lock
 * @recent: frames that were numbered in @jiffy; under the session's send lock
 * @before: frames that were numbered in the jiffy before; under the session's send lock
 * @cpu: CPU of the helper that was called last
 * @called: the helper will come, or is here; also read without @lock
 * @served: the helper is here, and sends batches that become DONE
 * @sending: a CPU is sending batches from the head
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

/*
 * Returns true if the line is full, so that no more frames to be encrypted may be numbered.  A
 * guess without the lock.
 */
bool pptp_line_full(const struct pptp_line *line);

/* Returns true if the line has frames, which must leave before later ones.  A guess, as above. */
static inline bool pptp_line_moves(const struct pptp_line *line)
{
	return READ_ONCE(line->frames);
}

/**
 * pptp_line_join() - put numbered frames into a line if that is the better way
 * @line: line of their session
 * @frames: the frames; emptied if they join
 *
 * Without memory frames do not join, even if the line has frames that they then overtake.
 *
 * Context: under the session's send lock, so that frames join in the order of their numbers.
 * Return: true if the frames are in the line, and pptp_line_push() is due; false if the caller is
 * to encrypt and send them.
 */
bool pptp_line_join(struct pptp_line *line, struct sk_buff_head *frames);

/**
 * pptp_line_push() - call a helper for a line, or encrypt and send what is in it
 * @s: session, after frames have joined its line
 *
 * May encrypt and send frames of others, too, but for one turn only, see above.
 *
 * Context: RCU read side, bottom halves off, no locks.
 */
void pptp_line_push(struct pptp_session *s);

/* Run the second half of encryption on numbered frames.  Bottom halves off. */
void pptp_encrypt_frames(struct sk_buff_head *frames);

/* Free numbered frames that no CPU will send, and wipe their keys. */
void pptp_encrypt_purge(struct sk_buff_head *frames);

/**
 * pptp_encrypt_init() - set up a helper on each CPU
 *
 * Return: 0 or -ENOMEM.
 */
int pptp_encrypt_init(void);

/* Ends the helpers.  No session may be left. */
void pptp_encrypt_exit(void);

#endif /* _CULVERT_ENCRYPT_H */
