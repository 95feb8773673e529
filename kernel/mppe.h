/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * MPPE, Microsoft Point-to-Point Encryption (RFC 3078), with the key schedule of RFC 3079.
 *
 * Frame, from the protocol field on (all lengths here are bytes):
 *
 *	| 00fd | A B C D + coherency count (12 bits) | protocol, information: encrypted |
 *	         `-- @frame of the functions below starts here
 *
 * So encryption makes a frame that begins with its own protocol field longer by MPPE_OVERHEAD.
 * Only protocols 0x0021 to 0x00fa are encrypted (RFC 3078 3); see pptp_mppe_covers().
 *
 * There are two halves, because only the first must happen in order:
 *
 *  1. pptp_mppe_encrypt() and pptp_mppe_decrypt() do the serial part: coherency count and key
 *     chain.  In stateless mode they fill a job, a struct pptp_rc4_lane, with the packet's own key
 *     and do not touch the payload (when decrypting after a loss, they read its first bytes).
 *  2. pptp_mppe_run() does the rest, RC4 itself: a batch of jobs of any sessions at once, on any
 *     CPU, in any order, without the state.
 *
 * Stateful mode has one RC4 stream for all packets.  So there the first half does everything at
 * once and returns MPPE_DONE.
 *
 * Locking: a struct pptp_mppe is one direction of one session.  The caller serialises all calls on
 * it; the states for encrypting and decrypting are independent of each other.  Any context, softirq
 * included; only pptp_mppe_create() may sleep, if its gfp allows that.  A job is independent of the
 * state, which may be replaced or destroyed while jobs made from it still wait.
 *
 * Order: pptp_mppe_decrypt() needs frames in the order of their GRE sequence numbers, as the window
 * releases them.  In stateless mode a frame that comes out of order is refused as stale; in
 * stateful mode it counts as a loss.
 *
 * Buffers: frame and job data must be linear and writable (not shared with a clone).
 *
 * Key material is wiped by pptp_mppe_destroy(), in a job by pptp_mppe_run() or
 * pptp_mppe_job_wipe().  It is never logged, nor copied anywhere else.
 *
 * What a forged frame can do.  Neither GRE nor MPPE authenticates, so everything that a frame
 * says is a claim:
 *  - A frame that claims the expected count, right behind the last frame, takes the key of the
 *    genuine frame whose sequence number it also took.  The chain moves by the step by which the
 *    genuine frame would have moved it.
 *  - Any other claim moves nothing until the frame proves itself: the keys up to the claimed count
 *    are computed aside and the first bytes of the frame are decrypted on trial.  The chain moves
 *    only if the result is an IPv4 or IPv6 packet whose length suits the frame.  Of the keys
 *    computed for a trial, the first MPPE_AHEAD are kept as ready keys, so that the same claim
 *    again costs no hash.
 *  - A claim may be ahead by what was lost according to the GRE sequence numbers, plus MPPE_AHEAD:
 *    every encrypted frame also has a sequence number, so counts cannot run faster than sequence
 *    numbers.  How far those may run is bounded by the window.
 *  - A peer that loses frames between its cipher and its GRE can exceed that bound.  So
 *    MPPE_WITNESSES frames in a row that agree about the count buy one long trial, by up to one
 *    round of the count.
 *  - Key steps of trials come out of a budget of MPPE_BUDGET steps, whether or not the trial
 *    succeeds: a peer that knows the keys can claim what it likes, too.  The budget grows by
 *    MPPE_STEPS_A_SECOND with the time, and by MPPE_AHEAD with each frame.  So short gaps always
 *    find enough in it, and a session that is out of budget catches up with any peer that gets
 *    more than one of MPPE_AHEAD frames through.  No trial costs more than MPPE_STEPS_MAX steps.
 *  - Claims beyond what the sequence numbers say leave MPPE_RESERVE steps of the budget alone.
 *    So forged claims of that kind never keep the state from following a genuine loss.
 *  - In stateful mode a forged frame without bit A puts the state out of step: either its count is
 *    not the expected one, or it uses up a part of the stream.  A frame that then decrypts to
 *    anything but an IP packet (mostly the forged frame itself) shows that.  The state asks for a
 *    reset, and is in step again with the next flushed packet, one round trip later.
 */
#ifndef _CULVERT_MPPE_H
#define _CULVERT_MPPE_H

#include <linux/types.h>
#include "rc4.h"

#define MPPE_KEY_MAX	16	/* bytes of a start key; 40-bit and 56-bit keys use the first 8 */
#define MPPE_HEADER	2	/* bytes of flags and coherency count */
#define MPPE_OVERHEAD	4	/* MPPE_HEADER and the outer protocol field 0x00fd */

#define MPPE_BATCH	64	/* jobs of one pptp_mppe_run(), at most */
#define MPPE_AHEAD	16	/* ready keys, computed ahead of the packets, at most */
#define MPPE_WITNESSES	4	/* frames in a row that must agree before a long trial */
#define MPPE_STEPS_MAX	8192	/* key steps that one frame may cost, whatever was lost */
#define MPPE_BUDGET	16384	/* key steps that trials may cost at once */
#define MPPE_RESERVE	8192	/* part of it that is only for what sequence numbers say */

#define MPPE_STEPS_A_SECOND	16384	/* key steps that trials may cost for long: 2 % of a CPU */

struct pptp_mppe;

/*
 * @bits: 40, 56 or 128.  @start_key: the result of GetAsymmetricStartKey (RFC 3079), all 16 bytes
 * for 40 and 56 bits, too.
 */
struct pptp_mppe_params {
	u8 start_key[MPPE_KEY_MAX];
	u8 bits;
	bool stateless;
};

enum pptp_mppe_verdict {
	MPPE_READY,		/* the job is filled; run it */
	MPPE_DONE,		/* the payload has been encrypted or decrypted in place */
	/* Decrypting only; the caller drops the frame: */
	MPPE_SHORT,		/* too short to be an MPPE frame */
	MPPE_CLEAR,		/* bit D not set: not encrypted */
	MPPE_STALE,		/* stateless: count of the past, or a duplicate */
	MPPE_BEYOND,		/* no key fits the claim, or no bit A in stateless mode */
	MPPE_AWAIT,		/* stateful, out of step: only a flushed packet helps */
	MPPE_RESET,		/* out of step: a CCP Reset-Request should go out now */
};

/* Returns true if frames of @protocol (PPP, host order) are encrypted; others pass as they are. */
static inline bool pptp_mppe_covers(u16 protocol)
{
	return protocol >= 0x0021 && protocol <= 0x00fa;
}

/*
 * Returns a new state, as it is after CCP has opened, or NULL without memory or if params->bits is
 * wrong.  A state has about 340 bytes in stateless mode, 260 more in stateful mode.
 */
struct pptp_mppe *pptp_mppe_create(const struct pptp_mppe_params *params, gfp_t gfp);

/* Wipes and frees a state; @mppe may be NULL. */
void pptp_mppe_destroy(struct pptp_mppe *mppe);

/*
 * Encrypt: @frame has room for the header, then the plaintext.  @len is the length of both, at
 * least MPPE_HEADER + 1.  Writes the header.  Returns MPPE_READY (@job covers the plaintext) or
 * MPPE_DONE.
 */
enum pptp_mppe_verdict pptp_mppe_encrypt(struct pptp_mppe *mppe, u8 *frame, unsigned int len,
					 struct pptp_rc4_lane *job);

/*
 * Decrypt: @frame of @len bytes as received after the protocol field 0x00fd, in the GRE packet with
 * sequence number @seq, at the time @now, in jiffies.  After MPPE_DONE, or MPPE_READY and
 * pptp_mppe_run(), the plaintext stands at @frame + MPPE_HEADER.  It starts with a protocol field
 * of two bytes, or of one if the peer compresses it.  The plaintext is not checked: it may be as
 * hostile as the frame.
 */
enum pptp_mppe_verdict pptp_mppe_decrypt(struct pptp_mppe *mppe, u8 *frame, unsigned int len,
					 u32 seq, unsigned long now, struct pptp_rc4_lane *job);

/*
 * Encrypting side, after a CCP Reset-Request: the next packet is flushed.  Does nothing in
 * stateless mode, where every packet is flushed.
 *
 * For a flushed packet RFC 3078 8.2 initialises the tables from the current key, but Linux's
 * ppp_mppe changes the key first.  A peer with ppp_mppe that misses such a packet has the wrong key
 * for good.  So the count skips to the next flag packet, which is flushed in any case.  All
 * implementations agree what that does to the key, and a peer that misses the packet learns it from
 * the count.
 */
void pptp_mppe_flush(struct pptp_mppe *mppe);

/* Returns the last coherency count sent or accepted; 0x0fff before the first packet. */
u16 pptp_mppe_coherency(const struct pptp_mppe *mppe);

/* Returns the key steps computed so far, for genuine and forged packets.  Wraps. */
u32 pptp_mppe_key_steps(const struct pptp_mppe *mppe);

/* Returns 40, 56 or 128. */
unsigned int pptp_mppe_bits(const struct pptp_mppe *mppe);

bool pptp_mppe_stateless(const struct pptp_mppe *mppe);

/*
 * Compute one key before it is needed.  Returns false if there was nothing to do: MPPE_AHEAD keys
 * are ready, or the mode is stateful, where a key lasts for 256 packets.
 */
bool pptp_mppe_run_ahead(struct pptp_mppe *mppe);

/*
 * Run @n jobs, MPPE_BATCH at most, RC4_LANES at a time, and wipe their keys.  @job is sorted by
 * length on return.
 *
 * Context: bottom halves off, not in a hard interrupt, since the RC4 tables are those of the CPU.
 */
void pptp_mppe_run(struct pptp_rc4_lane **job, unsigned int n);

/* Wipe the key of a job that will not run. */
void pptp_mppe_job_wipe(struct pptp_rc4_lane *job);

#endif /* _CULVERT_MPPE_H */
