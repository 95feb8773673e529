/* SPDX-License-Identifier: GPL-2.0 */
/*
 * MPPE, Microsoft Point-to-Point Encryption (RFC 3078), with the key schedule of RFC 3079.
 *
 * Frame, from the protocol field on (all lengths here are bytes):
 *
 *	| 00fd | A B C D + coherency count (12 bits) | protocol, information: encrypted |
 *	         `-- "frame" in the calls below starts here
 *
 * so that a frame which would have begun with its own protocol field grows by MPPE_OVERHEAD. Only
 * protocols 0x0021 to 0x00fa are encrypted (RFC 3078 3); see pptp_mppe_covers().
 *
 * Two halves, because only the first must happen in order:
 *
 *  1. pptp_mppe_encrypt() and pptp_mppe_decrypt() do the serial part: coherency count and key
 *     chain.  In stateless mode they fill a job, a struct pptp_rc4_lane, with the packet's own key
 *     and do not touch the payload (when decrypting after a loss, they read its first bytes).
 *  2. pptp_mppe_run() does the rest, RC4 itself: a batch of jobs of any sessions at once, on any
 *     CPU, in any order, without the state.
 *
 * Stateful mode has one RC4 stream for all packets, so there the first half does everything at
 * once and answers MPPE_DONE.
 *
 * Locking: a struct pptp_mppe is one direction of one session.  The caller serialises all calls on
 * it; encrypting and decrypting states are independent of each other.  Any context, softirq included;
 * only pptp_mppe_create() may sleep, as its gfp says.  A job stands alone, so the state may be
 * replaced or destroyed while jobs made from it still wait.
 *
 * Order: pptp_mppe_decrypt() wants frames in the order of their GRE sequence numbers, as the window
 * releases them.  Frames that come out of order are dropped as stale.
 *
 * Buffers: frame and job data must be linear and writable (not shared with a clone).
 *
 * Key material: wiped by pptp_mppe_destroy(), in a job by pptp_mppe_run() or
 * pptp_mppe_job_wipe(), never logged or copied out.
 *
 * What a forged frame can do.  Neither GRE nor MPPE authenticates, so everything that a frame
 * says is a claim:
 *  - A claim of the expected count right after the last frame takes the key of the genuine frame
 *    whose sequence number it also took.  The chain moves by the step it would have moved anyway.
 *  - Any other claim moves nothing until the frame proves itself: keys up to it are computed
 *    aside and its first bytes are decrypted on trial.  Only what decrypts to an IPv4 or IPv6
 *    packet of the frame's length commits.  Steps are never thrown away within MPPE_AHEAD: they
 *    wait in the state as ready keys, so asking again costs no hash.
 *  - How far it may claim is bounded by what the GRE sequence numbers say was lost, plus
 *    MPPE_AHEAD: every encrypted frame also carries a sequence number, so counts cannot run
 *    faster than those.  The window bounds in its turn how far sequence numbers may run.  A peer
 *    that loses frames between its cipher and its GRE can exceed that: MPPE_WITNESSES frames in a
 *    row that agree about the count buy one longer trial (at most MPPE_STEPS_MAX steps), and each
 *    failed trial doubles the price.
 *  - In stateful mode a forged frame that is accepted puts the stream out of step.  What then
 *    decrypts is not an IP packet: the state notices, asks for a reset, and is right again with
 *    the next flushed packet, one round trip later.
 */
#ifndef _CULVERT_MPPE_H
#define _CULVERT_MPPE_H

#include <linux/types.h>
#include "rc4.h"

#define MPPE_KEY_MAX	16	/* bytes of a start key; 40 and 56 bit use the first 8 */
#define MPPE_HEADER	2	/* bytes of flags and coherency count */
#define MPPE_OVERHEAD	4	/* MPPE_HEADER and the outer protocol field 0x00fd */

#define MPPE_BATCH	64	/* jobs of one pptp_mppe_run(), at most */
#define MPPE_AHEAD	16	/* keys ready ahead of the packets, at most */
#define MPPE_WITNESSES	4	/* frames that must agree before a longer trial */
#define MPPE_STEPS_MAX	8192	/* key steps that one frame may cost, proven loss or not */

struct pptp_mppe;

/* @bits: 40, 56 or 128.  @start_key: RFC 3079 GetAsymmetricStartKey, whole even for short keys. */
struct pptp_mppe_params {
	u8 start_key[MPPE_KEY_MAX];
	u8 bits;
	bool stateless;
};

enum pptp_mppe_verdict {
	MPPE_READY,		/* job is filled; run it */
	MPPE_DONE,		/* payload is already encrypted or decrypted in place */
	/* Decrypting only; the caller drops the frame: */
	MPPE_SHORT,		/* too short to be an MPPE frame */
	MPPE_CLEAR,		/* bit D not set: not encrypted */
	MPPE_STALE,		/* count of the past, or a duplicate */
	MPPE_BEYOND,		/* count or flags that cannot be believed */
	MPPE_AWAIT,		/* stateful, out of step: waits for a flushed packet */
	MPPE_RESET,		/* as MPPE_AWAIT, and a CCP Reset-Request should go out now */
};

/* True when frames of this PPP protocol (host order) are encrypted; others pass as they are. */
static inline bool pptp_mppe_covers(u16 protocol)
{
	return protocol >= 0x0021 && protocol <= 0x00fa;
}

/*
 * A fresh state, as after CCP opened; NULL with no memory or wrong @bits.  About 340 bytes when
 * stateless, 260 more when stateful.
 */
struct pptp_mppe *pptp_mppe_create(const struct pptp_mppe_params *params, gfp_t gfp);

/* NULL is fine. */
void pptp_mppe_destroy(struct pptp_mppe *mppe);

/*
 * Encrypt: @frame has room for the header, then the plaintext; @len is all of it, at least
 * MPPE_HEADER + 1.  Writes the header.  MPPE_READY (@job covers the plaintext) or MPPE_DONE.
 */
enum pptp_mppe_verdict pptp_mppe_encrypt(struct pptp_mppe *mppe, u8 *frame, unsigned int len,
					 struct pptp_rc4_lane *job);

/*
 * Decrypt: @frame of @len bytes as received after the protocol field 0x00fd, in the GRE packet with
 * sequence number @seq.  After MPPE_DONE, or MPPE_READY and pptp_mppe_run(), the plaintext stands
 * at @frame + MPPE_HEADER and starts with a protocol field of two bytes, or of one where the peer
 * compresses it.  Its contents are not checked: they are as hostile as before.
 */
enum pptp_mppe_verdict pptp_mppe_decrypt(struct pptp_mppe *mppe, u8 *frame, unsigned int len,
					 u32 seq, struct pptp_rc4_lane *job);

/*
 * Encrypting side, after a CCP Reset-Request: the next packet is flushed.  Nothing to do in
 * stateless mode, where every packet is.
 *
 * RFC 3078 8.2 initialises the tables of a flushed packet from the current key; Linux's ppp_mppe
 * changes the key first, and is lost for good when such a packet is.  So the count skips to the
 * next flag packet, which is flushed in any case: all agree about what that does to the key, and
 * the count tells who missed it.
 */
void pptp_mppe_flush(struct pptp_mppe *mppe);

/* Last coherency count sent or accepted; 0x0fff before the first. */
u16 pptp_mppe_coherency(const struct pptp_mppe *mppe);

/* Key steps computed so far: what packets, genuine and forged, have cost.  Wraps. */
u32 pptp_mppe_key_steps(const struct pptp_mppe *mppe);

/* 40, 56 or 128. */
unsigned int pptp_mppe_bits(const struct pptp_mppe *mppe);

bool pptp_mppe_stateless(const struct pptp_mppe *mppe);

/*
 * Compute one key before it is asked for.  False: MPPE_AHEAD are ready, or the mode is stateful,
 * where a key lasts for 256 packets; there is nothing to do.
 */
bool pptp_mppe_run_ahead(struct pptp_mppe *mppe);

/*
 * Run @n jobs, MPPE_BATCH at most, RC4_LANES at a time, and wipe their keys. @job is sorted by
 * length on return. Bottom halves off, not from hard interrupts: the tables are those of the CPU.
 */
void pptp_mppe_run(struct pptp_rc4_lane **job, unsigned int n);

/* For a job that will not run. */
void pptp_mppe_job_wipe(struct pptp_rc4_lane *job);

#endif /* _CULVERT_MPPE_H */
