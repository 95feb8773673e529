/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * RC4 for MPPE: one stream that continues from packet to packet (stateful mode), and many short
 * streams at once, each with a key of its own (stateless mode).
 *
 * One RC4 stream is a chain of dependent loads: the processor waits most of the time.  Streams
 * with different keys do not depend on each other, so pptp_rc4_crypt_lanes() sets up and runs
 * RC4_LANES of them in lockstep.  The tables are of bytes, not words: so four of them (1 KiB) leave
 * the rest of the first-level cache to the packets.
 *
 * Pure: no locks, no allocation, no globals; any context.  Everything is done in place.  Lengths
 * are bytes.  RC4 has been broken for a long time: nothing but MPPE should use it.
 */
#ifndef _CULVERT_RC4_H
#define _CULVERT_RC4_H

#include <linux/cache.h>
#include <linux/types.h>

#define RC4_TABLE	256
#define RC4_KEY_MAX	16	/* longest key that MPPE uses */
#define RC4_LANES	4	/* streams in lockstep; more are slower, tables fall out of L1 */

/* A stream between two calls.  Secret: the owner must wipe it. */
struct pptp_rc4 {
	u8 i;
	u8 j;
	u8 s[RC4_TABLE];
};

/*
 * One buffer with its key.  It is encrypted or decrypted (the same operation) from the first byte
 * of the key stream on.  @data need not be aligned; buffers of one call must not overlap.  @key_len
 * is RC4_KEY_MAX or half of it.
 */
struct pptp_rc4_lane {
	u8 *data;
	u32 len;
	u8 key_len;
	u8 key[RC4_KEY_MAX];
};

/*
 * Tables for pptp_rc4_crypt_lanes(), 1 KiB, owned by the caller: too big for a stack, one per CPU
 * is right.  Contents before a call do not matter; after a call they are secret until
 * pptp_rc4_work_wipe().
 */
struct pptp_rc4_work {
	u8 s[RC4_LANES][RC4_TABLE];
} ____cacheline_aligned;

/* Start a stream.  @len: RC4_KEY_MAX or half of it. */
void pptp_rc4_init(struct pptp_rc4 *rc4, const u8 *key, unsigned int len);

/* Run @len bytes of key stream over @data, continuing where the last call stopped. */
void pptp_rc4_crypt(struct pptp_rc4 *rc4, u8 *data, unsigned int len);

/*
 * Encrypt or decrypt @n lanes, of any lengths.  Sorts @lane by length, since lanes of similar
 * lengths are fastest together; the sort is meant for batches of some dozens.  Does not wipe keys.
 */
void pptp_rc4_crypt_lanes(struct pptp_rc4_work *work, struct pptp_rc4_lane **lane, unsigned int n);

void pptp_rc4_work_wipe(struct pptp_rc4_work *work);

#endif /* _CULVERT_RC4_H */
