// SPDX-License-Identifier: GPL-2.0-only
/*
 * MPPE against published vectors and against a plain implementation of RFC 3078 that is written
 * from the RFC's pseudocode on the kernel's own RC4; then losses, forged frames and resets.
 */
#include <crypto/arc4.h>
#include <kunit/test.h>
#include <linux/prandom.h>
#include <linux/string.h>

#include "compat.h"
#include "mppe.h"

#define SEED		0x5eed0005
#define PLAIN_MAX	1500
#define FRAME_MAX	(MPPE_HEADER + PLAIN_MAX)
#define BATCH		9
#define LONG_RUN	9000	/* packets: the coherency count wraps twice */
#define RTT		20	/* packets under way between a reset and the flush */
#define ASK_AGAIN	16	/* packets after which a reset is asked for again */

/* RFC 3079 3.5: the server's send direction of all three samples. */
static const u8 vector_start[MPPE_KEY_MAX] = {
	0x8b, 0x7c, 0xdc, 0x14, 0x9b, 0x99, 0x3a, 0x1b,
	0xa1, 0x18, 0xcb, 0x15, 0x3f, 0x56, 0xdc, 0xcb,
};

static const struct {
	u8 bits;
	u8 session_key[MPPE_KEY_MAX];
	u8 cipher[12];		/* of "test message"; the RFC misprints the last octet of 56 bits */
} vectors[] = {
	{
		40,
		{ 0xd1, 0x26, 0x9e, 0xc4, 0x9f, 0xa6, 0x2e, 0x3e },
		{ 0x92, 0x91, 0x37, 0x91, 0x7e, 0x58, 0x03, 0xd6, 0x68, 0xd7, 0x58, 0x98 },
	}, {
		56,
		{ 0xd1, 0x5c, 0x00, 0xc4, 0x9f, 0xa6, 0x2e, 0x3e },
		{ 0x3f, 0x10, 0x68, 0x33, 0xfa, 0x44, 0x8d, 0xa8, 0x42, 0xbc, 0x57, 0xb8 },
	}, {
		128,
		{ 0x40, 0x5c, 0xb2, 0x24, 0x7a, 0x79, 0x56, 0xe6,
		  0xe2, 0x11, 0x00, 0x7a, 0xe2, 0x7b, 0x22, 0xd4 },
		{ 0x81, 0x84, 0x83, 0x17, 0xdf, 0x68, 0x84, 0x62, 0x72, 0xfb, 0x5a, 0xbe },
	},
};

/*
 * A peer as RFC 3078 describes it.  With @rekey_on_flush it changes the key with each flushed
 * packet, as ppp_mppe does.
 */
struct peer {
	u8 start[MPPE_KEY_MAX];
	u8 key[MPPE_KEY_MAX];
	struct arc4_ctx arc4;
	unsigned int bits;
	unsigned int len;
	bool stateless;
	bool flush;
	bool rekey_on_flush;
	bool discards;
	u16 count;
};

struct mppe_fixture {
	struct rnd_state rnd;
	struct peer peer;
	struct pptp_mppe *mppe;
	struct pptp_rc4_lane job[BATCH];
	u8 plain[PLAIN_MAX];
	u8 frame[BATCH][FRAME_MAX];
	u8 want[BATCH][FRAME_MAX];
	u32 seq;
	u32 accepted;
	u32 resets;
	unsigned long now;
};

static const u8 all_bits[] = { 40, 56, 128 };

static void run(struct pptp_rc4_lane **job, unsigned int n)
{
	local_bh_disable();
	pptp_mppe_run(job, n);
	local_bh_enable();
}

static void peer_sha(struct peer *p, u8 *out)
{
	u8 buf[2 * MPPE_KEY_MAX + 80] = { }, digest[SHA1_DIGEST_SIZE];

	memcpy(buf, p->start, p->len);
	memcpy(buf + p->len + 40, p->key, p->len);
	memset(buf + 2 * p->len + 40, 0xf2, 40);
	sha1(buf, 2 * p->len + 80, digest);
	memcpy(out, digest, p->len);
}

static void peer_reduce(struct peer *p)
{
	if (p->bits <= 56)
		p->key[0] = 0xd1;
	if (p->bits == 40) {
		p->key[1] = 0x26;
		p->key[2] = 0x9e;
	}
}

static void peer_rekey(struct peer *p)
{
	u8 interim[MPPE_KEY_MAX];

	peer_sha(p, interim);
	arc4_setkey(&p->arc4, interim, p->len);
	arc4_crypt(&p->arc4, p->key, interim, p->len);
	peer_reduce(p);
}

static void peer_init(struct peer *p, const u8 *start, unsigned int bits, bool stateless)
{
	memset(p, 0, sizeof(*p));
	memcpy(p->start, start, MPPE_KEY_MAX);
	memcpy(p->key, start, MPPE_KEY_MAX);
	p->bits = bits;
	p->len = bits == 128 ? 16 : 8;
	p->stateless = stateless;
	p->rekey_on_flush = true;
	p->count = 4095;
	peer_sha(p, p->key);
	peer_reduce(p);
	arc4_setkey(&p->arc4, p->key, p->len);
}

/* One packet, as it goes out after the protocol field 0x00fd. */
static void peer_encrypt(struct peer *p, u8 *frame, const u8 *plain, unsigned int len)
{
	bool flag, flushed;

	p->count = (p->count + 1) % 4096;
	flag = p->stateless || (p->count & 0xff) == 0xff;
	flushed = flag || p->flush;
	if (flag || (p->flush && p->rekey_on_flush))
		peer_rekey(p);
	if (flushed)
		arc4_setkey(&p->arc4, p->key, p->len);
	p->flush = false;
	put_unaligned_be16((flushed ? 0x9000 : 0x1000) | p->count, frame);
	arc4_crypt(&p->arc4, frame + 2, plain, len);
}

/* As peer_encrypt() of one packet in stateless mode, which is never seen. */
static void peer_skip(struct peer *p)
{
	p->count = (p->count + 1) % 4096;
	peer_rekey(p);
}

/* RFC 3078 8.2.  Decrypts in place and returns true, or discards the frame and returns false. */
static bool peer_decrypt_stateful(struct peer *p, u8 *frame, unsigned int len)
{
	u16 flags = get_unaligned_be16(frame);
	bool flushed = flags & 0x8000, flag = (flags & 0xff) == 0xff;
	u16 count = flags & 0xfff;

	if (!p->discards) {
		p->count = (p->count + 1) % 4096;
		p->discards = count != p->count;
		if (p->discards)
			return false;
	}
	if (p->discards && !flushed)
		return false;

	/* The key changed with each flag packet that was missed. */
	for (; p->count >> 8 != count >> 8; p->count = (p->count + 256) % 4096)
		peer_rekey(p);
	p->count = count;
	p->discards = false;
	if (flag || (flushed && p->rekey_on_flush))
		peer_rekey(p);
	if (flushed)
		arc4_setkey(&p->arc4, p->key, p->len);
	arc4_crypt(&p->arc4, frame + 2, frame + 2, len - 2);
	return true;
}

static int mppe_test_init(struct kunit *test)
{
	struct mppe_fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	if (!f)
		return -ENOMEM;
	prandom_seed_state(&f->rnd, SEED);
	test->priv = f;
	return 0;
}

static void mppe_test_exit(struct kunit *test)
{
	struct mppe_fixture *f = test->priv;

	if (f)
		pptp_mppe_destroy(f->mppe);
}

static u32 below(struct mppe_fixture *f, u32 n)
{
	return prandom_u32_state(&f->rnd) % n;
}

/* Both ends of one direction, from a random start key. */
static void begin(struct kunit *test, unsigned int bits, bool stateless)
{
	struct mppe_fixture *f = test->priv;
	struct pptp_mppe_params params = { .bits = bits, .stateless = stateless };

	prandom_bytes_state(&f->rnd, params.start_key, sizeof(params.start_key));
	peer_init(&f->peer, params.start_key, bits, stateless);
	pptp_mppe_destroy(f->mppe);
	f->mppe = pptp_mppe_create(&params, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, f->mppe);
	f->seq = prandom_u32_state(&f->rnd);
	f->accepted = 0;
	f->resets = 0;
}

/*
 * Make an IP packet of random contents in f->plain, behind a protocol field.  Returns the length of
 * both.
 */
static unsigned int make_packet(struct mppe_fixture *f)
{
	unsigned int field = below(f, 2) ? 2 : 1;
	bool v6 = below(f, 2);
	unsigned int len = 40 + below(f, below(f, 3) ? 60 : PLAIN_MAX - 42);
	u8 *p = f->plain;

	prandom_bytes_state(&f->rnd, p, field + len);
	p[0] = 0;
	p[field - 1] = v6 ? 0x57 : 0x21;
	p += field;
	p[0] = v6 ? 0x60 : 0x45;
	if (v6)
		put_unaligned_be16(len - 40, p + 4);
	else
		put_unaligned_be16(len, p + 2);
	return field + len;
}

static bool is_drop(enum pptp_mppe_verdict verdict)
{
	return verdict != MPPE_READY && verdict != MPPE_DONE;
}

/* Decrypt f->frame[0], which has @len bytes behind the MPPE header. */
static enum pptp_mppe_verdict take(struct mppe_fixture *f, unsigned int len)
{
	struct pptp_rc4_lane *job = &f->job[0];
	enum pptp_mppe_verdict verdict;

	verdict = pptp_mppe_decrypt(f->mppe, f->frame[0], MPPE_HEADER + len, f->seq, f->now, job);
	if (verdict == MPPE_READY)
		run(&job, 1);
	if (verdict == MPPE_RESET)
		f->resets++;
	return verdict;
}

/* The peer sends a packet and it arrives; what is accepted must be what was sent. */
static enum pptp_mppe_verdict pass(struct kunit *test)
{
	struct mppe_fixture *f = test->priv;
	unsigned int len = make_packet(f);
	enum pptp_mppe_verdict verdict;

	peer_encrypt(&f->peer, f->frame[0], f->plain, len);
	f->seq++;
	verdict = take(f, len);
	if (is_drop(verdict))
		return verdict;
	f->accepted++;
	KUNIT_EXPECT_EQ(test, memcmp(f->frame[0] + MPPE_HEADER, f->plain, len), 0);
	KUNIT_EXPECT_EQ(test, pptp_mppe_coherency(f->mppe), f->peer.count);
	return verdict;
}

/*
 * The peer sends @n packets that nobody receives.  Stateless, all that they leave is another key,
 * and so they are not made.
 */
static void lose(struct mppe_fixture *f, u32 n)
{
	for (; n; n--, f->seq++) {
		if (f->peer.stateless)
			peer_skip(&f->peer);
		else
			peer_encrypt(&f->peer, f->frame[0], f->plain, make_packet(f));
	}
}

static void forge(struct mppe_fixture *f, u16 flags, unsigned int len)
{
	prandom_bytes_state(&f->rnd, f->frame[0], MPPE_HEADER + len);
	put_unaligned_be16(flags, f->frame[0]);
}

/* The first packet of stateful mode is encrypted with the first session key. */
static void mppe_published_vectors(struct kunit *test)
{
	struct pptp_mppe_params params = { };
	u8 frame[MPPE_HEADER + 12];
	struct pptp_rc4_lane job;
	struct pptp_mppe *m;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vectors); i++) {
		params.bits = vectors[i].bits;
		memcpy(params.start_key, vector_start, MPPE_KEY_MAX);
		m = pptp_mppe_create(&params, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, m);
		memcpy(frame + MPPE_HEADER, "test message", 12);
		KUNIT_EXPECT_EQ(test, pptp_mppe_encrypt(m, frame, sizeof(frame), &job), MPPE_DONE);
		KUNIT_EXPECT_EQ(test, get_unaligned_be16(frame), 0x1000);
		KUNIT_EXPECT_EQ(test, memcmp(frame + MPPE_HEADER, vectors[i].cipher, 12), 0);
		pptp_mppe_destroy(m);
	}
}

/* The reference, struct peer, makes the published session keys, too. */
static void mppe_reference_vectors(struct kunit *test)
{
	struct mppe_fixture *f = test->priv;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vectors); i++) {
		peer_init(&f->peer, vector_start, vectors[i].bits, false);
		KUNIT_EXPECT_EQ(test, memcmp(f->peer.key, vectors[i].session_key, f->peer.len), 0);
	}
}

static void mppe_refuses_parameters(struct kunit *test)
{
	struct pptp_mppe_params params = { };
	unsigned int bits;

	for (bits = 0; bits <= U8_MAX; bits++) {
		struct pptp_mppe *m;

		params.bits = bits;
		m = pptp_mppe_create(&params, GFP_KERNEL);
		if (bits == 40 || bits == 56 || bits == 128) {
			KUNIT_EXPECT_EQ(test, pptp_mppe_bits(m), bits);
			KUNIT_EXPECT_FALSE(test, pptp_mppe_stateless(m));
		} else {
			KUNIT_EXPECT_NULL(test, m);
		}
		pptp_mppe_destroy(m);
	}
	KUNIT_EXPECT_FALSE(test, pptp_mppe_covers(0x0020));
	KUNIT_EXPECT_TRUE(test, pptp_mppe_covers(0x0021));
	KUNIT_EXPECT_TRUE(test, pptp_mppe_covers(0x00fa));
	KUNIT_EXPECT_FALSE(test, pptp_mppe_covers(0x00fd));
	KUNIT_EXPECT_FALSE(test, pptp_mppe_covers(0xc021));
}

/* Compute up to @n keys ahead. */
static void run_ahead(struct kunit *test, unsigned int n)
{
	struct mppe_fixture *f = test->priv;
	unsigned int made = 0;

	while (made < n && pptp_mppe_run_ahead(f->mppe))
		made++;
	KUNIT_ASSERT_LE(test, made, f->peer.stateless ? MPPE_AHEAD : 0);
}

/* What we send is what the reference sends, whatever is ready ahead and however it is batched. */
static void encrypt_batch(struct kunit *test, unsigned int n)
{
	struct mppe_fixture *f = test->priv;
	struct pptp_rc4_lane *job[BATCH];
	unsigned int k, len[BATCH];

	for (k = 0; k < n; k++) {
		enum pptp_mppe_verdict verdict;

		len[k] = MPPE_HEADER + make_packet(f);
		job[k] = &f->job[k];
		peer_encrypt(&f->peer, f->want[k], f->plain, len[k] - MPPE_HEADER);
		memcpy(f->frame[k] + MPPE_HEADER, f->plain, len[k] - MPPE_HEADER);
		verdict = pptp_mppe_encrypt(f->mppe, f->frame[k], len[k], job[k]);
		KUNIT_ASSERT_EQ(test, verdict, f->peer.stateless ? MPPE_READY : MPPE_DONE);
	}
	if (f->peer.stateless)
		run(job, n);

	for (k = 0; k < n; k++) {
		KUNIT_ASSERT_EQ(test, memcmp(f->frame[k], f->want[k], len[k]), 0);
		KUNIT_ASSERT_NULL(test, memchr_inv(f->job[k].key, 0, MPPE_KEY_MAX));
	}
}

static void mppe_encrypts_like_reference(struct kunit *test)
{
	struct mppe_fixture *f = test->priv;
	unsigned int i, n;
	u32 sent;

	for (i = 0; i < 2 * ARRAY_SIZE(all_bits); i++) {
		bool stateless = i % 2;

		begin(test, all_bits[i / 2], stateless);
		for (sent = 0; sent < LONG_RUN; sent += n) {
			n = 1 + below(f, BATCH);
			if (!below(f, 20)) {
				/* The next packet is a flag packet, and so flushed. */
				if (!stateless)
					f->peer.count = ((f->peer.count + 1) | 0xff) - 1;
				pptp_mppe_flush(f->mppe);
			}
			if (!below(f, 3))
				run_ahead(test, below(f, 30));
			encrypt_batch(test, n);
		}
	}
}

/*
 * The peer loses packets, flushed ones too, and asks for a flush as long as it discards packets.
 * Whether or not it changes the key with a flush, what it decrypts is what was sent.
 */
static void mppe_flush_survives_loss(struct kunit *test)
{
	struct mppe_fixture *f = test->priv;
	u32 i, sent, accepted, asked;
	unsigned int len;

	for (i = 0; i < 2 * ARRAY_SIZE(all_bits); i++) {
		begin(test, all_bits[i / 2], false);
		f->peer.rekey_on_flush = i % 2;
		accepted = 0;
		asked = 0;
		for (sent = 1; sent < LONG_RUN; sent++) {
			if (sent == asked)
				pptp_mppe_flush(f->mppe);
			len = MPPE_HEADER + make_packet(f);
			memcpy(f->frame[0] + MPPE_HEADER, f->plain, len - MPPE_HEADER);
			pptp_mppe_encrypt(f->mppe, f->frame[0], len, &f->job[0]);
			if (below(f, 20) == 0 || (sent == asked && below(f, 2)))
				continue;
			if (peer_decrypt_stateful(&f->peer, f->frame[0], len)) {
				accepted++;
				KUNIT_ASSERT_EQ(test, memcmp(f->frame[0] + MPPE_HEADER, f->plain,
							     len - MPPE_HEADER), 0);
			} else if (asked <= sent) {
				asked = sent + RTT;
			}
		}
		KUNIT_EXPECT_GT(test, accepted, LONG_RUN / 4);
	}
}

static void mppe_decrypts_like_reference(struct kunit *test)
{
	struct mppe_fixture *f = test->priv;
	unsigned int i;
	u32 sent;

	for (i = 0; i < 2 * ARRAY_SIZE(all_bits); i++) {
		begin(test, all_bits[i / 2], i % 2);
		for (sent = 0; sent < LONG_RUN; sent++) {
			/* Frames that are not encrypted take sequence numbers, too. */
			f->seq += !below(f, 50);
			if (!below(f, 40))
				run_ahead(test, below(f, 30));
			KUNIT_ASSERT_FALSE(test, is_drop(pass(test)));
		}
	}
}

/* Stateless: any loss is over with the first packet after it. */
static void mppe_stateless_loss(struct kunit *test)
{
	static const u32 longest[] = { 2, 15, 16, 17, 100, 4000, 4095, 4096, 4097, 8000 };
	struct mppe_fixture *f = test->priv;
	unsigned int i, round;

	for (i = 0; i < ARRAY_SIZE(longest); i++) {
		begin(test, all_bits[i % 3], true);
		KUNIT_ASSERT_EQ(test, pass(test), MPPE_READY);
		for (round = 0; round < 10; round++, f->now += HZ) {
			lose(f, round < 5 ? longest[i] - 1 : below(f, longest[i]));
			f->seq += below(f, 3);
			KUNIT_ASSERT_EQ_MSG(test, pass(test), MPPE_READY, "%u lost", longest[i]);
			KUNIT_ASSERT_EQ(test, pass(test), MPPE_READY);
		}
	}
}

static void mppe_stateless_stale(struct kunit *test)
{
	struct mppe_fixture *f = test->priv;
	unsigned int len[3], i;

	begin(test, 128, true);
	for (i = 0; i < 3; i++) {
		len[i] = make_packet(f);
		peer_encrypt(&f->peer, f->want[i], f->plain, len[i]);
	}
	for (i = 0; i < 10; i++)
		KUNIT_EXPECT_EQ(test, pass(test), MPPE_READY);
	for (i = 0; i < 3; i++) {
		memcpy(f->frame[0], f->want[i], MPPE_HEADER + len[i]);
		KUNIT_EXPECT_EQ(test, take(f, len[i]), MPPE_STALE);
		KUNIT_EXPECT_EQ(test, pass(test), MPPE_READY);
	}
}

/*
 * Frames of random contents with every count there is, each in the place of a genuine one, which
 * the window then takes for a duplicate.  Now and then the window has been led far away as well.
 * No genuine frame but the displaced ones is lost.
 */
static void mppe_stateless_forged(struct kunit *test)
{
	struct mppe_fixture *f = test->priv;
	u32 round;

	begin(test, 128, true);
	KUNIT_ASSERT_EQ(test, pass(test), MPPE_READY);
	for (round = 0; round < 6000; round++) {
		u16 count = round < 4096 ? round : f->peer.count + 1 + below(f, 20);
		u32 away = below(f, 20) ? 0 : below(f, 100000);

		lose(f, 1);
		forge(f, 0x9000 | (count & 0xfff), 200);
		f->seq += away;
		take(f, 1 + below(f, 200));
		f->seq -= away;
		KUNIT_ASSERT_EQ_MSG(test, pass(test), MPPE_READY, "round %u", round);
	}
}

/* What forged frames cost in key steps, with the window led far away by each. */
static void mppe_forged_is_cheap(struct kunit *test)
{
	struct mppe_fixture *f = test->priv;
	u32 i, before;

	begin(test, 128, true);
	KUNIT_ASSERT_EQ(test, pass(test), MPPE_READY);

	/* As the next in sequence: the keys ahead are computed once. */
	before = pptp_mppe_key_steps(f->mppe);
	for (i = 0; i < 1000; i++) {
		forge(f, 0x9000 | ((f->peer.count + 2 + below(f, 4000)) & 0xfff), 100);
		take(f, 100);
	}
	KUNIT_EXPECT_LE(test, pptp_mppe_key_steps(f->mppe) - before, MPPE_AHEAD);

	/* In rows that agree, and behind a gap of any length. */
	for (i = 0; i < 1000; i++) {
		forge(f, 0x9000 | ((f->peer.count + 2000 + i) & 0xfff), 100);
		f->seq += 5 * i;
		take(f, 100);
		f->seq -= 5 * i;
	}
	KUNIT_EXPECT_LE(test, pptp_mppe_key_steps(f->mppe) - before,
			MPPE_BUDGET + 1000 * MPPE_AHEAD);
	KUNIT_EXPECT_EQ(test, pass(test), MPPE_READY);

	/* Flushed packets in stateful mode. */
	begin(test, 128, false);
	KUNIT_ASSERT_EQ(test, pass(test), MPPE_DONE);
	for (i = 0; i < 4096; i += 3) {
		before = pptp_mppe_key_steps(f->mppe);
		forge(f, 0x9000 | i, 100);
		take(f, 100);
		KUNIT_ASSERT_LE(test, pptp_mppe_key_steps(f->mppe) - before, 2 * MPPE_AHEAD);
	}
	KUNIT_EXPECT_EQ(test, pass(test), MPPE_DONE);
}

/* A peer that knows the keys cannot buy more steps either, with claims of both kinds. */
static void mppe_peer_is_cheap(struct kunit *test)
{
	static const u32 jump[] = { 2000, 4000, 8000 };
	struct mppe_fixture *f = test->priv;
	u32 i, k, frames, before, cost, len;

	for (i = 0; i < 2 * ARRAY_SIZE(jump); i++) {
		begin(test, 128, true);
		before = pptp_mppe_key_steps(f->mppe);
		for (frames = 0; frames < 64; frames++) {
			lose(f, frames % MPPE_WITNESSES ? 0 : jump[i / 2]);
			f->seq -= i % 2 && !(frames % MPPE_WITNESSES) ? jump[i / 2] : 0;
			len = make_packet(f);
			peer_encrypt(&f->peer, f->frame[0], f->plain, len);
			take(f, len);
			f->seq++;
			f->now = i * 10 * HZ + frames * HZ / 128;
		}
		cost = pptp_mppe_key_steps(f->mppe) - before;
		/* All that took half a second; the trials would cost 16 jumps. */
		k = MPPE_BUDGET + MPPE_STEPS_A_SECOND / 2 + frames * MPPE_AHEAD;
		KUNIT_EXPECT_LE_MSG(test, cost, k, "jumps of %u", jump[i / 2]);
	}
}

/*
 * Forged frames of all kinds use up the budget, and then genuine frames are lost: at once with
 * forged claims that exceed the sequence numbers, else after a few frames the state follows.
 */
static void mppe_loss_after_forged(struct kunit *test)
{
	static const u32 lost[] = { 17, 50, 100, 1000, 4000 };
	struct mppe_fixture *f = test->priv;
	u32 i, k, away, refused;

	for (i = 0; i < 2 * ARRAY_SIZE(lost); i++) {
		begin(test, 128, true);
		KUNIT_ASSERT_EQ(test, pass(test), MPPE_READY);
		for (k = 0; k < 500; k++) {
			away = i % 2 ? 3000 + k : 0;
			forge(f, 0x9000 | ((f->peer.count + 2000 + k) & 0xfff), 100);
			f->seq += away;
			take(f, 100);
			f->seq -= away;
		}
		lose(f, lost[i / 2]);
		for (refused = 0; refused <= lost[i / 2]; refused++)
			if (pass(test) == MPPE_READY)
				break;
		KUNIT_EXPECT_LE_MSG(test, refused, i % 2 * (lost[i / 2] / 12 + 1), "%u lost",
				    lost[i / 2]);
	}
}

/* A peer that loses frames between its cipher and its sequence numbers. */
static void mppe_stateless_skips(struct kunit *test)
{
	struct mppe_fixture *f = test->priv;
	u32 round, i, skip;

	begin(test, 128, true);
	for (round = 0; round < 20; round++, f->now += HZ) {
		skip = 200 + below(f, 3000);
		lose(f, skip);
		f->seq -= skip;
		for (i = 1; i < MPPE_WITNESSES; i++)
			KUNIT_ASSERT_TRUE(test, is_drop(pass(test)));
		for (i = 0; i < 30; i++)
			KUNIT_ASSERT_EQ(test, pass(test), MPPE_READY);
	}
}

/* With a wrong key for good, the state asks for resets, but not with each frame. */
static void mppe_stateless_wrong_key(struct kunit *test)
{
	struct mppe_fixture *f = test->priv;
	u32 i;

	begin(test, 128, true);
	lose(f, 3000);
	f->seq -= 3000;
	f->peer.key[0] ^= 1;
	for (i = 0; i < 1000; i++)
		KUNIT_ASSERT_TRUE(test, is_drop(pass(test)));
	KUNIT_EXPECT_EQ(test, f->resets, 4);
}

static void mppe_malformed(struct kunit *test)
{
	struct mppe_fixture *f = test->priv;
	u32 i;

	for (i = 0; i < 2; i++) {
		begin(test, 128, i);
		KUNIT_EXPECT_EQ(test, take(f, -2), MPPE_SHORT);
		KUNIT_EXPECT_EQ(test, take(f, -1), MPPE_SHORT);
		KUNIT_EXPECT_EQ(test, take(f, 0), MPPE_SHORT);
		forge(f, 0x8000, 100);
		KUNIT_EXPECT_EQ(test, take(f, 100), MPPE_CLEAR);
		forge(f, 0xe000, 100);
		KUNIT_EXPECT_EQ(test, take(f, 100), MPPE_CLEAR);
		KUNIT_EXPECT_FALSE(test, is_drop(pass(test)));
	}
	/* Stateless without bit A. */
	forge(f, 0x1000 | ((f->peer.count + 1) & 0xfff), 100);
	KUNIT_EXPECT_EQ(test, take(f, 100), MPPE_BEYOND);
	KUNIT_EXPECT_FALSE(test, is_drop(pass(test)));
}

/*
 * A stateful session over a path that loses @lost of 1000 packets and where a Reset-Request takes
 * RTT packets.  @forged of 1000 packets are displaced by forged ones.  Returns the longest time out
 * of step, in packets that arrived.
 */
static u32 stateful_session(struct kunit *test, u32 lost, u32 forged, bool rekey)
{
	struct mppe_fixture *f = test->priv;
	u32 sent, resets, out = 0, worst = 0, flush_at = 0;

	f->peer.rekey_on_flush = rekey;
	for (sent = 1; sent < LONG_RUN; sent++) {
		if (sent == flush_at)
			f->peer.flush = true;
		if (below(f, 1000) < lost) {
			lose(f, 1);
			continue;
		}
		resets = f->resets;
		if (below(f, 1000) < forged) {
			lose(f, 1);
			forge(f, (below(f, 2) ? 0x9000 : 0x1000) |
			      (below(f, 2) ? f->peer.count : below(f, 4096)), 300);
			take(f, 1 + below(f, 300));
		} else {
			out = is_drop(pass(test)) ? out + 1 : 0;
			worst = max(worst, out);
		}
		if (f->resets != resets && flush_at <= sent)
			flush_at = sent + RTT;
	}
	return worst;
}

static void mppe_stateful_loss(struct kunit *test)
{
	struct mppe_fixture *f = test->priv;
	unsigned int i;

	for (i = 0; i < 12; i++) {
		u32 lost = i < 6 ? 2 : 10;
		u32 worst;

		begin(test, all_bits[i % 3], false);
		worst = stateful_session(test, lost, 0, i % 2);
		/* Flush and repetition may get lost, too: each costs as much again and a bit. */
		KUNIT_EXPECT_LE(test, worst, 4 * (RTT + ASK_AGAIN));
		KUNIT_EXPECT_GT(test, f->accepted, LONG_RUN * (lost == 2 ? 8 : 5) / 10);
	}
}

static void mppe_stateful_forged(struct kunit *test)
{
	struct mppe_fixture *f = test->priv;
	unsigned int i;
	u32 worst;

	for (i = 0; i < 4; i++) {
		begin(test, all_bits[i % 3], false);
		worst = stateful_session(test, 0, 5, i % 2);
		KUNIT_EXPECT_LE(test, worst, 2 * (RTT + ASK_AGAIN));
		KUNIT_EXPECT_GT(test, f->accepted, LONG_RUN * 7 / 10);
	}
}

/* More packets lost than the coherency count can count, with many key changes among them. */
static void mppe_stateful_long_loss(struct kunit *test)
{
	static const u32 lost[] = { 255, 256, 300, 4000, 4096, 5000 };
	struct mppe_fixture *f = test->priv;
	unsigned int i, k;

	for (i = 0; i < ARRAY_SIZE(lost); i++) {
		begin(test, 128, false);
		for (k = 0; k < 77; k++)
			KUNIT_ASSERT_EQ(test, pass(test), MPPE_DONE);
		lose(f, lost[i]);
		pass(test);
		f->peer.flush = true;
		KUNIT_EXPECT_EQ_MSG(test, pass(test), MPPE_DONE, "%u lost", lost[i]);
		KUNIT_EXPECT_EQ(test, pass(test), MPPE_DONE);
	}
}

/* Our two directions understand each other in every mode. */
static void mppe_round_trip(struct kunit *test)
{
	struct mppe_fixture *f = test->priv;
	struct pptp_mppe_params params = { };
	struct pptp_rc4_lane *job = &f->job[0];
	struct pptp_mppe *tx, *rx;
	unsigned int i, n, len;
	u8 *frame = f->frame[0];

	for (i = 0; i < 2 * ARRAY_SIZE(all_bits); i++) {
		params.bits = all_bits[i / 2];
		params.stateless = i % 2;
		tx = pptp_mppe_create(&params, GFP_KERNEL);
		rx = pptp_mppe_create(&params, GFP_KERNEL);
		for (n = 0; tx && rx && n < 600; n++) {
			len = make_packet(f);
			memcpy(frame + MPPE_HEADER, f->plain, len);
			len += MPPE_HEADER;
			if (pptp_mppe_encrypt(tx, frame, len, job) == MPPE_READY)
				run(&job, 1);
			if (pptp_mppe_decrypt(rx, frame, len, n, f->now, job) == MPPE_READY)
				run(&job, 1);
			KUNIT_EXPECT_EQ(test, memcmp(frame + MPPE_HEADER, f->plain,
						     len - MPPE_HEADER), 0);
		}
		KUNIT_EXPECT_EQ(test, n, 600);
		pptp_mppe_destroy(tx);
		pptp_mppe_destroy(rx);
	}
}

static struct kunit_case mppe_cases[] = {
	KUNIT_CASE(mppe_published_vectors),
	KUNIT_CASE(mppe_reference_vectors),
	KUNIT_CASE(mppe_refuses_parameters),
	KUNIT_CASE(mppe_encrypts_like_reference),
	KUNIT_CASE(mppe_flush_survives_loss),
	KUNIT_CASE(mppe_decrypts_like_reference),
	KUNIT_CASE(mppe_round_trip),
	KUNIT_CASE(mppe_malformed),
	KUNIT_CASE(mppe_stateless_loss),
	KUNIT_CASE(mppe_stateless_stale),
	KUNIT_CASE(mppe_stateless_forged),
	KUNIT_CASE(mppe_forged_is_cheap),
	KUNIT_CASE(mppe_peer_is_cheap),
	KUNIT_CASE(mppe_loss_after_forged),
	KUNIT_CASE(mppe_stateless_skips),
	KUNIT_CASE(mppe_stateless_wrong_key),
	KUNIT_CASE(mppe_stateful_loss),
	KUNIT_CASE(mppe_stateful_forged),
	KUNIT_CASE(mppe_stateful_long_loss),
	{}
};

static struct kunit_suite mppe_suite = {
	.name = "culvert_mppe",
	.init = mppe_test_init,
	.exit = mppe_test_exit,
	.test_cases = mppe_cases,
};

kunit_test_suites(&mppe_suite);
