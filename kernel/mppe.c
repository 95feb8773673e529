// SPDX-License-Identifier: GPL-2.0-only
#include <linux/jiffies.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "compat.h"
#include "mppe.h"
#include "mppe_key.h"

#define MPPE_FLUSHED		0x8000	/* bit A */
#define MPPE_ENCRYPTED		0x1000	/* bit D */
#define MPPE_COUNT		0x0fff
#define MPPE_COUNTS		0x1000
#define MPPE_FLAG		0x00ff	/* low octet of a flag packet: the key changes (7.2) */
#define MPPE_FLAGS		16	/* flag packets in one round of the coherency count */
#define MPPE_LOST_FLUSHES	8	/* flushed packets lost in a row that we recover from */
#define MPPE_LOST_ROUNDS	2	/* stateful: rounds of the count lost that we catch up */

#define MPPE_LOST		64	/* stateless: frames refused in a row before a reset */
#define MPPE_ASK_AGAIN		16	/* stateful: frames discarded before a reset is repeated */

#define PPP_PROTO_IP		0x0021
#define PPP_PROTO_IPV6		0x0057
#define IPV4_HEADER		20
#define IPV6_HEADER		40
#define PROOF			8	/* bytes: protocol field and IP header up to its length */
#define PADDING_MAX		255	/* bytes that may follow the packet (RFC 1570 2.1) */

/* The RC4 tables of a CPU.  @bh_lock: see compat.h. */
struct pptp_mppe_tables {
	struct pptp_rc4_work work;
	local_lock_t bh_lock;
};

static DEFINE_PER_CPU(struct pptp_mppe_tables, pptp_mppe_tables) = {
	.bh_lock = INIT_LOCAL_LOCK(bh_lock),
};

struct pptp_mppe {
	struct pptp_mppe_chain chain;
	bool stateless;
	bool flush;		/* encrypting: the next packet is flushed */
	bool waiting;		/* decrypting, stateful: out of step until a flushed packet comes */
	bool have_seq;
	u16 count;		/* coherency count of the last packet made or accepted */
	u16 claim;		/* decrypting: count that the next witness of the row has */
	u16 claims;		/* witnesses in the row so far */
	u32 budget;		/* decrypting: key steps that trials may cost now */
	u32 refused;		/* frames in a row that were not accepted */
	u32 seq;		/* GRE sequence number of the last frame accepted */
	unsigned long earned;	/* jiffies when @budget grew last with the time */
	struct pptp_rc4 stream[];	/* one in stateful mode, else none */
};

/*
 * Returns true if @p is the start of a PPP frame of @len bytes with an IP packet.  About one in a
 * million frames of random bytes is, and far fewer with a protocol field of two bytes.
 */
static bool pptp_mppe_is_ip(const u8 *p, unsigned int len)
{
	unsigned int protocol_len = p[0] & 1 ? 1 : 2;
	unsigned int rest, header, total;

	if (len < protocol_len + IPV4_HEADER)
		return false;
	rest = len - protocol_len;
	header = protocol_len == 1 ? p[0] : get_unaligned_be16(p);
	p += protocol_len;

	switch (header) {
	case PPP_PROTO_IP:
		header = (p[0] & 0x0f) * 4;
		total = get_unaligned_be16(p + 2);
		return p[0] >> 4 == 4 && header >= IPV4_HEADER && header <= total &&
		       total <= rest && rest - total <= PADDING_MAX;
	case PPP_PROTO_IPV6:
		total = IPV6_HEADER + get_unaligned_be16(p + 4);
		return p[0] >> 4 == 6 && total <= rest && rest - total <= PADDING_MAX;
	default:
		return false;
	}
}

/* Returns true if @frame decrypts to an IP packet with @key.  Leaves @frame as it is. */
static bool pptp_mppe_key_fits(const struct pptp_mppe_chain *chain, const u8 *key, const u8 *frame,
			       unsigned int len)
{
	u8 proof[PROOF] = { };
	struct pptp_rc4 rc4;
	bool fits;

	memcpy(proof, frame + MPPE_HEADER, min_t(unsigned int, len - MPPE_HEADER, PROOF));
	pptp_rc4_init(&rc4, key, chain->key_len);
	pptp_rc4_crypt(&rc4, proof, PROOF);
	fits = pptp_mppe_is_ip(proof, len - MPPE_HEADER);
	memzero_explicit(&rc4, sizeof(rc4));
	memzero_explicit(proof, sizeof(proof));
	return fits;
}

/* A frame has come: the budget grows by what each frame earns, and with the time. */
static void pptp_mppe_earn(struct pptp_mppe *m, unsigned long now)
{
	u32 steps = MPPE_AHEAD;

	if (m->earned != now) {
		steps += min_t(unsigned long, now - m->earned, HZ) * MPPE_STEPS_A_SECOND / HZ;
		m->earned = now;
	}
	m->budget = min_t(u32, m->budget + steps, MPPE_BUDGET);
}

/*
 * Try the keys that are @steps, @steps + @stride, ... up to @limit steps ahead, MPPE_STEPS_MAX at
 * most, if the budget suffices for all of them.  Returns true if one fits; the chain has moved to
 * it then.
 */
static bool pptp_mppe_try_keys(struct pptp_mppe *m, const u8 *frame, unsigned int len, u32 steps,
			       u32 stride, u32 limit)
{
	u32 before = m->chain.steps;
	struct pptp_mppe_walk walk;
	bool fits = false;

	limit = min_t(u32, limit, MPPE_STEPS_MAX);
	if (limit < steps)
		return false;
	limit -= (limit - steps) % stride;
	if (limit > m->budget)
		return false;
	pptp_mppe_walk_start(&m->chain, &walk);
	for (; steps <= limit && !fits; steps += stride) {
		pptp_mppe_walk_to(&m->chain, &walk, steps);
		fits = pptp_mppe_key_fits(&m->chain, walk.key, frame, len);
	}
	if (fits)
		pptp_mppe_walk_commit(&m->chain, &walk);
	m->budget -= m->chain.steps - before;
	memzero_explicit(&walk, sizeof(walk));
	return fits;
}

static enum pptp_mppe_verdict pptp_mppe_job(const struct pptp_mppe *m, u8 *frame, unsigned int len,
					    struct pptp_rc4_lane *job)
{
	job->data = frame + MPPE_HEADER;
	job->len = len - MPPE_HEADER;
	job->key_len = m->chain.key_len;
	memcpy(job->key, m->chain.key, MPPE_KEY_MAX);
	return MPPE_READY;
}

static enum pptp_mppe_verdict pptp_mppe_stream(struct pptp_mppe *m, u8 *frame, unsigned int len)
{
	pptp_rc4_crypt(m->stream, frame + MPPE_HEADER, len - MPPE_HEADER);
	return MPPE_DONE;
}

static void pptp_mppe_restart_stream(struct pptp_mppe *m)
{
	pptp_rc4_init(m->stream, m->chain.key, m->chain.key_len);
}

static bool pptp_mppe_is_flag(u16 count)
{
	return (count & MPPE_FLAG) == MPPE_FLAG;
}

enum pptp_mppe_verdict pptp_mppe_encrypt(struct pptp_mppe *m, u8 *frame, unsigned int len,
					 struct pptp_rc4_lane *job)
{
	m->count = (m->count + 1) & MPPE_COUNT;
	if (m->stateless) {
		put_unaligned_be16(MPPE_FLUSHED | MPPE_ENCRYPTED | m->count, frame);
		pptp_mppe_rekey(&m->chain);
		return pptp_mppe_job(m, frame, len, job);
	}

	if (m->flush)
		m->count |= MPPE_FLAG;
	m->flush = false;
	if (!pptp_mppe_is_flag(m->count)) {
		put_unaligned_be16(MPPE_ENCRYPTED | m->count, frame);
		return pptp_mppe_stream(m, frame, len);
	}
	put_unaligned_be16(MPPE_FLUSHED | MPPE_ENCRYPTED | m->count, frame);
	pptp_mppe_rekey(&m->chain);
	pptp_mppe_restart_stream(m);
	return pptp_mppe_stream(m, frame, len);
}

/*
 * Returns the frames since the last one accepted, including this one, according to the sequence
 * numbers; 1 if they tell nothing.
 */
static u32 pptp_mppe_frames(const struct pptp_mppe *m, u32 seq)
{
	s32 frames = seq - m->seq;

	return m->have_seq && frames > 0 ? frames : 1;
}

/*
 * Returns true if nothing is missing before this frame, nor has the window jumped.  Then the frame
 * gets the next key without proof: if it is forged, it has taken the place of the genuine frame
 * with that key.
 */
static bool pptp_mppe_follows(const struct pptp_mppe *m, u16 count, u32 seq)
{
	return count == ((m->count + 1) & MPPE_COUNT) && (!m->have_seq || seq == m->seq + 1);
}

static void pptp_mppe_accepted(struct pptp_mppe *m, u16 count, u32 seq)
{
	m->count = count;
	m->seq = seq;
	m->have_seq = true;
	m->waiting = false;
	m->refused = 0;
}

/*
 * Count a frame that claims more than the sequence numbers allow.  Returns true if it is at least
 * the MPPE_WITNESSES-th in a row of frames that agree about the count.
 */
static bool pptp_mppe_witnessed(struct pptp_mppe *m, u16 count)
{
	m->claims = m->claims && count == m->claim ? m->claims + 1 : 1;
	m->claim = (count + 1) & MPPE_COUNT;
	return m->claims >= MPPE_WITNESSES;
}

/*
 * Find the key of a frame whose count is not simply the next one, at most @limit steps ahead.
 * Returns true if the chain has moved to it.
 */
static bool pptp_mppe_catch_up(struct pptp_mppe *m, const u8 *frame, unsigned int len, u16 count,
			       u32 limit)
{
	u32 steps = (count - m->count) & MPPE_COUNT;

	if (!steps)
		steps = MPPE_COUNTS;
	if (steps <= MPPE_AHEAD) {
		if (pptp_mppe_try_keys(m, frame, len, steps, 1, steps))
			return true;
		steps += MPPE_COUNTS;
	}
	if (steps > limit) {
		limit = MPPE_COUNTS;
		if (!pptp_mppe_witnessed(m, count) || steps > limit ||
		    steps + MPPE_RESERVE > m->budget)
			return false;
		m->claims = 0;
	}
	return pptp_mppe_try_keys(m, frame, len, steps, MPPE_COUNTS, limit);
}

static enum pptp_mppe_verdict pptp_mppe_refuse(struct pptp_mppe *m, u16 count)
{
	u32 steps = (count - m->count) & MPPE_COUNT;

	m->refused++;
	if (m->refused >= MPPE_LOST && is_power_of_2(m->refused))
		return MPPE_RESET;
	return !steps || steps > MPPE_COUNTS / 2 ? MPPE_STALE : MPPE_BEYOND;
}

static enum pptp_mppe_verdict pptp_mppe_decrypt_stateless(struct pptp_mppe *m, u8 *frame,
							  unsigned int len, u16 flags, u32 seq,
							  struct pptp_rc4_lane *job)
{
	u16 count = flags & MPPE_COUNT;
	u32 limit = pptp_mppe_frames(m, seq) + MPPE_AHEAD - 1;

	if (!(flags & MPPE_FLUSHED))
		return pptp_mppe_refuse(m, count);
	if (likely(pptp_mppe_follows(m, count, seq)))
		pptp_mppe_rekey(&m->chain);
	else if (!pptp_mppe_catch_up(m, frame, len, count, limit))
		return pptp_mppe_refuse(m, count);

	pptp_mppe_accepted(m, count, seq);
	return pptp_mppe_job(m, frame, len, job);
}

static enum pptp_mppe_verdict pptp_mppe_out_of_step(struct pptp_mppe *m)
{
	if (!m->waiting) {
		m->waiting = true;
		m->refused = 0;
		return MPPE_RESET;
	}
	m->refused++;
	return m->refused % MPPE_ASK_AGAIN ? MPPE_AWAIT : MPPE_RESET;
}

/*
 * A flushed packet.  Since the last packet accepted, the key has changed at least with each flag
 * packet, this packet included.  If the peer changes the key with every flush, the key has also
 * changed with each flushed packet that was lost, and with this one.
 */
static enum pptp_mppe_verdict pptp_mppe_accept_flushed(struct pptp_mppe *m, u8 *frame,
						       unsigned int len, u16 count, u32 seq)
{
	u16 expected = (m->count + 1) & MPPE_COUNT;
	u32 least = (((u32)count >> 8) - (expected >> 8)) % MPPE_FLAGS + pptp_mppe_is_flag(count);
	u32 rounds = min_t(u32, pptp_mppe_frames(m, seq) / MPPE_COUNTS, MPPE_LOST_ROUNDS);
	u32 most = least + MPPE_LOST_FLUSHES + rounds * MPPE_FLAGS;

	if (!pptp_mppe_try_keys(m, frame, len, least, 1, most))
		return m->waiting ? pptp_mppe_out_of_step(m) : MPPE_BEYOND;

	pptp_mppe_accepted(m, count, seq);
	pptp_mppe_restart_stream(m);
	return pptp_mppe_stream(m, frame, len);
}

static enum pptp_mppe_verdict pptp_mppe_decrypt_stateful(struct pptp_mppe *m, u8 *frame,
							 unsigned int len, u16 flags, u32 seq)
{
	u16 count = flags & MPPE_COUNT;

	if (flags & MPPE_FLUSHED)
		return pptp_mppe_accept_flushed(m, frame, len, count, seq);
	if (m->waiting || count != ((m->count + 1) & MPPE_COUNT) || pptp_mppe_is_flag(count))
		return pptp_mppe_out_of_step(m);

	pptp_mppe_stream(m, frame, len);
	if (!pptp_mppe_is_ip(frame + MPPE_HEADER, len - MPPE_HEADER))
		return pptp_mppe_out_of_step(m);
	pptp_mppe_accepted(m, count, seq);
	return MPPE_DONE;
}

enum pptp_mppe_verdict pptp_mppe_decrypt(struct pptp_mppe *m, u8 *frame, unsigned int len, u32 seq,
					 unsigned long now, struct pptp_rc4_lane *job)
{
	u16 flags;

	if (len <= MPPE_HEADER)
		return MPPE_SHORT;
	flags = get_unaligned_be16(frame);
	if (!(flags & MPPE_ENCRYPTED))
		return MPPE_CLEAR;
	pptp_mppe_earn(m, now);
	return m->stateless ? pptp_mppe_decrypt_stateless(m, frame, len, flags, seq, job) :
			      pptp_mppe_decrypt_stateful(m, frame, len, flags, seq);
}

void pptp_mppe_flush(struct pptp_mppe *m)
{
	m->flush = true;
}

u16 pptp_mppe_coherency(const struct pptp_mppe *m)
{
	return m->count;
}

u32 pptp_mppe_key_steps(const struct pptp_mppe *m)
{
	return m->chain.steps;
}

unsigned int pptp_mppe_bits(const struct pptp_mppe *m)
{
	return m->chain.bits;
}

bool pptp_mppe_stateless(const struct pptp_mppe *m)
{
	return m->stateless;
}

bool pptp_mppe_run_ahead(struct pptp_mppe *m)
{
	struct pptp_mppe_chain *chain = &m->chain;

	if (!m->stateless || chain->ready_count == MPPE_AHEAD)
		return false;
	pptp_mppe_make_ready(chain, chain->ready_count + 1);
	return true;
}

struct pptp_mppe *pptp_mppe_create(const struct pptp_mppe_params *params, gfp_t gfp)
{
	struct pptp_mppe *m;

	if (params->bits != 40 && params->bits != 56 && params->bits != 128)
		return NULL;
	m = kzalloc(struct_size(m, stream, !params->stateless), gfp);
	if (!m)
		return NULL;

	pptp_mppe_chain_start(&m->chain, params->start_key, params->bits);
	m->stateless = params->stateless;
	m->count = MPPE_COUNT;
	m->budget = MPPE_BUDGET;
	if (!m->stateless)
		pptp_mppe_restart_stream(m);
	return m;
}

void pptp_mppe_destroy(struct pptp_mppe *m)
{
	kfree_sensitive(m);
}

void pptp_mppe_run(struct pptp_rc4_lane **job, unsigned int n)
{
	struct pptp_rc4_work *work;
	unsigned int i;

	local_lock_nested_bh(&pptp_mppe_tables.bh_lock);
	work = this_cpu_ptr(&pptp_mppe_tables.work);
	pptp_rc4_crypt_lanes(work, job, n);
	pptp_rc4_work_wipe(work);
	local_unlock_nested_bh(&pptp_mppe_tables.bh_lock);
	for (i = 0; i < n; i++)
		pptp_mppe_job_wipe(job[i]);
}

void pptp_mppe_job_wipe(struct pptp_rc4_lane *job)
{
	memzero_explicit(job->key, sizeof(job->key));
}
