// SPDX-License-Identifier: GPL-2.0
#include <crypto/sha1.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "compat.h"
#include "mppe.h"

#define MPPE_FLUSHED		0x8000	/* bit A */
#define MPPE_ENCRYPTED		0x1000	/* bit D */
#define MPPE_COUNT		0x0fff
#define MPPE_COUNTS		0x1000
#define MPPE_FLAG		0x00ff	/* low octet of a "flag" packet: the key changes (7.2) */
#define MPPE_FLAGS		16	/* flag packets in one round of the coherency count */
#define MPPE_LOST_FLUSHES	8	/* flushed packets that may be lost in a row */
#define MPPE_LOST_ROUNDS	2	/* rounds of the count that may be lost in stateful mode */

#define MPPE_SHORT_KEY		8	/* bytes of a 40 or 56 bit key */
#define MPPE_PAD		40	/* of GetNewKeyFromSHA */
#define MPPE_PRICE_MAX		1024	/* frames between two long trials that failed */
#define MPPE_LOST		64	/* frames refused in a row that mean we are out of step */
#define MPPE_ASK_AGAIN		16	/* frames discarded before the Reset-Request is repeated */

#define PPP_PROTO_IP		0x0021
#define PPP_PROTO_IPV6		0x0057
#define IPV4_HEADER		20
#define IPV6_HEADER		40
#define PROOF			8	/* protocol field and the header up to its length field */
#define PADDING_MAX		255	/* what may follow the packet (RFC 1570 2.1) */

/*
 * The chain of session keys.  @key is in use.  In @ready wait those after it that were computed
 * and not used yet; @tail is the last of them, or @key while there are none.
 */
struct mppe_chain {
	u8 start[MPPE_KEY_MAX];
	u8 key[MPPE_KEY_MAX];
	u8 tail[MPPE_KEY_MAX];
	u8 ready[MPPE_AHEAD][MPPE_KEY_MAX];
	u8 ready_first;
	u8 ready_count;
	u8 key_len;
	u8 bits;
	u32 steps;		/* computed so far */
};

/* A look along the chain that leaves it where it is: @key is @steps after the one in use. */
struct mppe_walk {
	u8 key[MPPE_KEY_MAX];
	u32 steps;
};

struct mppe {
	struct mppe_chain chain;
	bool stateless;
	bool flush;		/* encrypting: the next packet is flushed */
	bool waiting;		/* decrypting, stateful: for a flushed packet */
	bool have_seq;
	u16 count;		/* of the last packet made or accepted */
	u16 claim;		/* decrypting: count that the next of a row of witnesses has */
	u16 claims;		/* frames in that row */
	u16 price;		/* frames between two long trials, after failures */
	u16 unpaid;		/* of them still to come */
	u32 refused;		/* frames in a row that were not accepted */
	u32 seq;		/* GRE sequence number of the last frame accepted */
	struct rc4 stream[];	/* one when stateful */
};

/* RFC 3078 7.3: a 40-bit key keeps five octets of its own, a 56-bit key seven. */
static void mppe_salt(const struct mppe_chain *chain, u8 *key)
{
	static const u8 salt[] = { 0xd1, 0x26, 0x9e };

	if (chain->bits == 40)
		memcpy(key, salt, 3);
	else if (chain->bits == 56)
		memcpy(key, salt, 1);
}

/* GetNewKeyFromSHA: @key becomes the interim key. */
static void mppe_interim_key(const struct mppe_chain *chain, u8 *key)
{
	u8 message[2 * MPPE_KEY_MAX + 2 * MPPE_PAD];
	u8 digest[SHA1_DIGEST_SIZE];
	unsigned int len = chain->key_len;
	u8 *p = message;

	memcpy(p, chain->start, len);
	memset(p + len, 0x00, MPPE_PAD);
	p += len + MPPE_PAD;
	memcpy(p, key, len);
	memset(p + len, 0xf2, MPPE_PAD);
	p += len + MPPE_PAD;

	sha1(message, p - message, digest);
	memcpy(key, digest, len);
	memzero_explicit(message, sizeof(message));
	memzero_explicit(digest, sizeof(digest));
}

/* One step: @key becomes the key after it. */
static void mppe_next_key(struct mppe_chain *chain, u8 *key)
{
	struct rc4 rc4;

	chain->steps++;
	mppe_interim_key(chain, key);
	rc4_init(&rc4, key, chain->key_len);
	rc4_crypt(&rc4, key, chain->key_len);
	mppe_salt(chain, key);
	memzero_explicit(&rc4, sizeof(rc4));
}

static u8 *mppe_ready_key(struct mppe_chain *chain, unsigned int n)
{
	return chain->ready[(chain->ready_first + n) % MPPE_AHEAD];
}

static void mppe_make_ready(struct mppe_chain *chain, unsigned int n)
{
	while (chain->ready_count < n) {
		mppe_next_key(chain, chain->tail);
		memcpy(mppe_ready_key(chain, chain->ready_count), chain->tail, MPPE_KEY_MAX);
		chain->ready_count++;
	}
}

/* The next key is in use from now on. */
static void mppe_rekey(struct mppe_chain *chain)
{
	if (!chain->ready_count) {
		mppe_next_key(chain, chain->tail);
		memcpy(chain->key, chain->tail, MPPE_KEY_MAX);
		return;
	}
	memcpy(chain->key, mppe_ready_key(chain, 0), MPPE_KEY_MAX);
	chain->ready_first = (chain->ready_first + 1) % MPPE_AHEAD;
	chain->ready_count--;
}

static void mppe_walk_start(const struct mppe_chain *chain, struct mppe_walk *walk)
{
	memcpy(walk->key, chain->key, MPPE_KEY_MAX);
	walk->steps = 0;
}

/*
 * The first MPPE_AHEAD steps stay in the chain as ready keys, so that nobody can make us repeat
 * them.
 */
static void mppe_walk_to(struct mppe_chain *chain, struct mppe_walk *walk, u32 steps)
{
	for (; walk->steps < steps; walk->steps++) {
		if (walk->steps < MPPE_AHEAD) {
			mppe_make_ready(chain, walk->steps + 1);
			memcpy(walk->key, mppe_ready_key(chain, walk->steps), MPPE_KEY_MAX);
		} else {
			mppe_next_key(chain, walk->key);
		}
	}
}

/* Move the chain to where the walk is. */
static void mppe_walk_commit(struct mppe_chain *chain, const struct mppe_walk *walk)
{
	memcpy(chain->key, walk->key, MPPE_KEY_MAX);
	if (walk->steps <= chain->ready_count) {
		chain->ready_first = (chain->ready_first + walk->steps) % MPPE_AHEAD;
		chain->ready_count -= walk->steps;
	} else {
		chain->ready_count = 0;
		memcpy(chain->tail, walk->key, MPPE_KEY_MAX);
	}
}

/*
 * Is this the start of a PPP frame of @len bytes with an IP packet?  Of random bytes one in a
 * million is, and far fewer where the protocol field has two.
 */
static bool mppe_is_ip(const u8 *p, unsigned int len)
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

/* Does @key make sense of this frame? */
static bool mppe_key_fits(const struct mppe_chain *chain, const u8 *key, const u8 *frame,
			  unsigned int len)
{
	u8 proof[PROOF] = { };
	struct rc4 rc4;
	bool fits;

	memcpy(proof, frame + MPPE_HEADER, min_t(unsigned int, len - MPPE_HEADER, PROOF));
	rc4_init(&rc4, key, chain->key_len);
	rc4_crypt(&rc4, proof, PROOF);
	fits = mppe_is_ip(proof, len - MPPE_HEADER);
	memzero_explicit(&rc4, sizeof(rc4));
	memzero_explicit(proof, sizeof(proof));
	return fits;
}

/*
 * Try the keys @steps, @steps + @stride, ... up to @limit ahead, MPPE_STEPS_MAX at most.  True:
 * one fits, and the chain is there.
 */
static bool mppe_try_keys(struct mppe *m, const u8 *frame, unsigned int len, u32 steps,
			  u32 stride, u32 limit)
{
	struct mppe_walk walk;
	bool fits = false;

	limit = min_t(u32, limit, MPPE_STEPS_MAX);
	mppe_walk_start(&m->chain, &walk);
	for (; steps <= limit && !fits; steps += stride) {
		mppe_walk_to(&m->chain, &walk, steps);
		fits = mppe_key_fits(&m->chain, walk.key, frame, len);
	}
	if (fits)
		mppe_walk_commit(&m->chain, &walk);
	memzero_explicit(&walk, sizeof(walk));
	return fits;
}

static enum mppe_verdict mppe_job(const struct mppe *m, u8 *frame, unsigned int len,
				  struct rc4_lane *job)
{
	job->data = frame + MPPE_HEADER;
	job->len = len - MPPE_HEADER;
	job->key_len = m->chain.key_len;
	memcpy(job->key, m->chain.key, MPPE_KEY_MAX);
	return MPPE_READY;
}

static enum mppe_verdict mppe_stream(struct mppe *m, u8 *frame, unsigned int len)
{
	rc4_crypt(m->stream, frame + MPPE_HEADER, len - MPPE_HEADER);
	return MPPE_DONE;
}

static void mppe_restart_stream(struct mppe *m)
{
	rc4_init(m->stream, m->chain.key, m->chain.key_len);
}

static bool mppe_is_flag(u16 count)
{
	return (count & MPPE_FLAG) == MPPE_FLAG;
}

enum mppe_verdict mppe_encrypt(struct mppe *m, u8 *frame, unsigned int len,
			       struct rc4_lane *job)
{
	m->count = (m->count + 1) & MPPE_COUNT;
	if (m->stateless) {
		put_unaligned_be16(MPPE_FLUSHED | MPPE_ENCRYPTED | m->count, frame);
		mppe_rekey(&m->chain);
		return mppe_job(m, frame, len, job);
	}

	if (m->flush)
		m->count |= MPPE_FLAG;
	m->flush = false;
	if (!mppe_is_flag(m->count)) {
		put_unaligned_be16(MPPE_ENCRYPTED | m->count, frame);
		return mppe_stream(m, frame, len);
	}
	put_unaligned_be16(MPPE_FLUSHED | MPPE_ENCRYPTED | m->count, frame);
	mppe_rekey(&m->chain);
	mppe_restart_stream(m);
	return mppe_stream(m, frame, len);
}

/* Frames since the last one accepted, this one included, as far as sequence numbers tell. */
static u32 mppe_frames(const struct mppe *m, u32 seq)
{
	s32 frames = seq - m->seq;

	return m->have_seq && frames > 0 ? frames : 1;
}

/*
 * Nothing is missing before this frame, nor did the window jump: it may have the next key without
 * proof.  If it is forged, it has taken the place of the genuine frame with that key.
 */
static bool mppe_follows(const struct mppe *m, u16 count, u32 seq)
{
	return count == ((m->count + 1) & MPPE_COUNT) && (!m->have_seq || seq == m->seq + 1);
}

static void mppe_accepted(struct mppe *m, u16 count, u32 seq)
{
	m->count = count;
	m->seq = seq;
	m->have_seq = true;
	m->waiting = false;
	m->refused = 0;
}

/* The frame claims more than sequence numbers allow: is it the last of a row that does? */
static bool mppe_witnessed(struct mppe *m, u16 count)
{
	m->claims = m->claims && count == m->claim ? m->claims + 1 : 1;
	m->claim = (count + 1) & MPPE_COUNT;
	return m->claims >= MPPE_WITNESSES;
}

/* A trial beyond the keys that are kept ready.  Each one that fails makes the next one rarer. */
static bool mppe_long_trial(struct mppe *m, const u8 *frame, unsigned int len, u32 steps,
			    u32 limit)
{
	if (m->unpaid)
		return false;
	m->claims = 0;
	if (mppe_try_keys(m, frame, len, steps, MPPE_COUNTS, limit)) {
		m->price = 0;
		return true;
	}
	m->price = clamp_t(u16, 2 * m->price, MPPE_WITNESSES, MPPE_PRICE_MAX);
	m->unpaid = m->price;
	return false;
}

/* Find the key of a frame whose count is not simply the next. */
static bool mppe_catch_up(struct mppe *m, const u8 *frame, unsigned int len, u16 count, u32 limit)
{
	u32 steps = (count - m->count) & MPPE_COUNT;

	if (!steps)
		steps = MPPE_COUNTS;
	if (steps <= MPPE_AHEAD) {
		if (mppe_try_keys(m, frame, len, steps, 1, steps))
			return true;
		steps += MPPE_COUNTS;
	}
	if (steps > limit) {
		limit = MPPE_COUNTS;
		if (!mppe_witnessed(m, count) || steps > limit)
			return false;
	}
	return mppe_long_trial(m, frame, len, steps, limit);
}

static enum mppe_verdict mppe_refuse(struct mppe *m, u16 count)
{
	u32 steps = (count - m->count) & MPPE_COUNT;

	m->refused++;
	if (m->refused >= MPPE_LOST && is_power_of_2(m->refused))
		return MPPE_RESET;
	return !steps || steps > MPPE_COUNTS / 2 ? MPPE_STALE : MPPE_BEYOND;
}

static enum mppe_verdict mppe_decrypt_stateless(struct mppe *m, u8 *frame, unsigned int len,
						u16 flags, u32 seq, struct rc4_lane *job)
{
	u16 count = flags & MPPE_COUNT;
	u32 limit = mppe_frames(m, seq) + MPPE_AHEAD - 1;

	if (!(flags & MPPE_FLUSHED))
		return mppe_refuse(m, count);
	if (likely(mppe_follows(m, count, seq)))
		mppe_rekey(&m->chain);
	else if (!mppe_catch_up(m, frame, len, count, limit))
		return mppe_refuse(m, count);

	mppe_accepted(m, count, seq);
	return mppe_job(m, frame, len, job);
}

static enum mppe_verdict mppe_out_of_step(struct mppe *m)
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
 * A flushed packet.  The key has changed at least with each flag packet since, this one included.
 * A peer for which every flush changes the key has changed it with each flushed packet that was
 * lost besides, and with this one.
 */
static enum mppe_verdict mppe_accept_flushed(struct mppe *m, u8 *frame, unsigned int len,
					     u16 count, u32 seq)
{
	u16 expected = (m->count + 1) & MPPE_COUNT;
	u32 least = (((u32)count >> 8) - (expected >> 8)) % MPPE_FLAGS + mppe_is_flag(count);
	u32 rounds = min_t(u32, mppe_frames(m, seq) / MPPE_COUNTS, MPPE_LOST_ROUNDS);
	u32 most = least + MPPE_LOST_FLUSHES + rounds * MPPE_FLAGS;

	if (!mppe_try_keys(m, frame, len, least, 1, most))
		return m->waiting ? mppe_out_of_step(m) : MPPE_BEYOND;

	mppe_accepted(m, count, seq);
	mppe_restart_stream(m);
	return mppe_stream(m, frame, len);
}

static enum mppe_verdict mppe_decrypt_stateful(struct mppe *m, u8 *frame, unsigned int len,
					       u16 flags, u32 seq)
{
	u16 count = flags & MPPE_COUNT;

	if (flags & MPPE_FLUSHED)
		return mppe_accept_flushed(m, frame, len, count, seq);
	if (m->waiting || count != ((m->count + 1) & MPPE_COUNT) || mppe_is_flag(count))
		return mppe_out_of_step(m);

	mppe_stream(m, frame, len);
	if (!mppe_is_ip(frame + MPPE_HEADER, len - MPPE_HEADER))
		return mppe_out_of_step(m);
	mppe_accepted(m, count, seq);
	return MPPE_DONE;
}

enum mppe_verdict mppe_decrypt(struct mppe *m, u8 *frame, unsigned int len, u32 seq,
			       struct rc4_lane *job)
{
	u16 flags;

	if (len <= MPPE_HEADER)
		return MPPE_SHORT;
	flags = get_unaligned_be16(frame);
	if (!(flags & MPPE_ENCRYPTED))
		return MPPE_CLEAR;
	if (m->unpaid)
		m->unpaid--;
	return m->stateless ? mppe_decrypt_stateless(m, frame, len, flags, seq, job) :
			      mppe_decrypt_stateful(m, frame, len, flags, seq);
}

void mppe_flush(struct mppe *m)
{
	m->flush = true;
}

u16 mppe_coherency(const struct mppe *m)
{
	return m->count;
}

u32 mppe_key_steps(const struct mppe *m)
{
	return m->chain.steps;
}

unsigned int mppe_bits(const struct mppe *m)
{
	return m->chain.bits;
}

bool mppe_stateless(const struct mppe *m)
{
	return m->stateless;
}

bool mppe_run_ahead(struct mppe *m)
{
	struct mppe_chain *chain = &m->chain;

	if (!m->stateless || chain->ready_count == MPPE_AHEAD)
		return false;
	mppe_make_ready(chain, chain->ready_count + 1);
	return true;
}

struct mppe *mppe_create(const struct mppe_params *params, gfp_t gfp)
{
	struct mppe_chain *chain;
	struct mppe *m;

	if (params->bits != 40 && params->bits != 56 && params->bits != 128)
		return NULL;
	m = kzalloc(struct_size(m, stream, !params->stateless), gfp);
	if (!m)
		return NULL;

	chain = &m->chain;
	chain->bits = params->bits;
	chain->key_len = params->bits == 128 ? MPPE_KEY_MAX : MPPE_SHORT_KEY;
	memcpy(chain->start, params->start_key, MPPE_KEY_MAX);

	/* RFC 3079 3.1 to 3.3: the first session key is the interim key itself. */
	memcpy(chain->key, params->start_key, MPPE_KEY_MAX);
	mppe_interim_key(chain, chain->key);
	mppe_salt(chain, chain->key);
	memcpy(chain->tail, chain->key, MPPE_KEY_MAX);

	m->stateless = params->stateless;
	m->count = MPPE_COUNT;
	if (!m->stateless)
		mppe_restart_stream(m);
	return m;
}

void mppe_destroy(struct mppe *m)
{
	kfree_sensitive(m);
}

void mppe_run(struct rc4_work *work, struct rc4_lane **job, unsigned int n)
{
	unsigned int i;

	rc4_crypt_lanes(work, job, n);
	rc4_work_wipe(work);
	for (i = 0; i < n; i++)
		mppe_job_wipe(job[i]);
}

void mppe_job_wipe(struct rc4_lane *job)
{
	memzero_explicit(job->key, sizeof(job->key));
}
