// SPDX-License-Identifier: GPL-2.0-only
#include <crypto/arc4.h>
#include <kunit/test.h>
#include <linux/prandom.h>
#include <linux/string.h>

#include "rc4.h"

#define MAX_LANES	11
#define MAX_LEN		1600
#define SEED		0x5eed0004

/* RFC 6229: 16 bytes of key stream from 0 and from 1024 on. */
static const struct {
	u8 key_len;
	u8 first[16];
	u8 later[16];
} vectors[] = {
	{
		8,
		{ 0x97, 0xab, 0x8a, 0x1b, 0xf0, 0xaf, 0xb9, 0x61,
		  0x32, 0xf2, 0xf6, 0x72, 0x58, 0xda, 0x15, 0xa8 },
		{ 0xc6, 0xd0, 0xe7, 0xb2, 0x26, 0x25, 0x9f, 0xa9,
		  0x02, 0x34, 0x90, 0xb2, 0x61, 0x67, 0xad, 0x1d },
	}, {
		16,
		{ 0x9a, 0xc7, 0xcc, 0x9a, 0x60, 0x9d, 0x1e, 0xf7,
		  0xb2, 0x93, 0x28, 0x99, 0xcd, 0xe4, 0x1b, 0x97 },
		{ 0xbd, 0xf0, 0x32, 0x4e, 0x60, 0x83, 0xdc, 0xc6,
		  0xd3, 0xce, 0xdd, 0x3c, 0xa8, 0xc5, 0x3c, 0x16 },
	},
};

static const u8 vector_key[RC4_KEY_MAX] = {
	0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,
	0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10,
};

struct rc4_fixture {
	struct rnd_state rnd;
	struct arc4_ctx arc4;
	struct pptp_rc4 rc4;
	struct pptp_rc4_work work;
	struct pptp_rc4_lane lane[MAX_LANES];
	u8 data[MAX_LANES][MAX_LEN];
	u8 want[MAX_LANES][MAX_LEN];
};

static int rc4_test_init(struct kunit *test)
{
	struct rc4_fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	if (!f)
		return -ENOMEM;
	prandom_seed_state(&f->rnd, SEED);
	test->priv = f;
	return 0;
}

static unsigned int below(struct rc4_fixture *f, unsigned int n)
{
	return prandom_u32_state(&f->rnd) % n;
}

static void rc4_published_vectors(struct kunit *test)
{
	struct rc4_fixture *f = test->priv;
	u8 *stream = f->data[0];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vectors); i++) {
		memset(stream, 0, MAX_LEN);
		pptp_rc4_init(&f->rc4, vector_key, vectors[i].key_len);
		pptp_rc4_crypt(&f->rc4, stream, MAX_LEN);
		KUNIT_EXPECT_EQ(test, memcmp(stream, vectors[i].first, 16), 0);
		KUNIT_EXPECT_EQ(test, memcmp(stream + 1024, vectors[i].later, 16), 0);
	}
}

/* However a stream is cut into pieces, it equals the stream of the kernel's own RC4. */
static void rc4_stream_in_pieces(struct kunit *test)
{
	struct rc4_fixture *f = test->priv;
	unsigned int round, at, len, key_len;
	u8 key[RC4_KEY_MAX];

	for (round = 0; round < 200; round++) {
		key_len = below(f, 2) ? RC4_KEY_MAX : RC4_KEY_MAX / 2;
		prandom_bytes_state(&f->rnd, key, sizeof(key));
		prandom_bytes_state(&f->rnd, f->data[0], MAX_LEN);

		arc4_setkey(&f->arc4, key, key_len);
		arc4_crypt(&f->arc4, f->want[0], f->data[0], MAX_LEN);

		pptp_rc4_init(&f->rc4, key, key_len);
		for (at = 0; at < MAX_LEN; at += len) {
			len = min(below(f, round % 2 ? 20 : 700), MAX_LEN - at);
			pptp_rc4_crypt(&f->rc4, f->data[0] + at, len);
		}
		KUNIT_ASSERT_EQ_MSG(test, memcmp(f->data[0], f->want[0], MAX_LEN), 0,
				    "round %u, key of %u", round, key_len);
	}
}

static unsigned int lane_len(struct rc4_fixture *f, unsigned int kind)
{
	switch (kind) {
	case 0:
		return 1400;
	case 1:
		return below(f, 24);
	default:
		return below(f, MAX_LEN + 1);
	}
}

/* Any number of lanes, of any lengths, keys and alignment; bytes behind the end do not change. */
static void rc4_lanes(struct kunit *test)
{
	struct rc4_fixture *f = test->priv;
	struct pptp_rc4_lane *lane[MAX_LANES];
	unsigned int round, i, n, at;

	for (round = 0; round < 400; round++) {
		n = 1 + below(f, MAX_LANES);
		for (i = 0; i < n; i++) {
			struct pptp_rc4_lane *l = &f->lane[i];

			lane[i] = l;
			at = below(f, 8);
			l->len = min(lane_len(f, round % 3), MAX_LEN - at);
			l->data = f->data[i] + at;
			l->key_len = below(f, 2) ? RC4_KEY_MAX : RC4_KEY_MAX / 2;
			prandom_bytes_state(&f->rnd, l->key, sizeof(l->key));
			prandom_bytes_state(&f->rnd, f->data[i], MAX_LEN);

			memcpy(f->want[i], f->data[i], MAX_LEN);
			arc4_setkey(&f->arc4, l->key, l->key_len);
			arc4_crypt(&f->arc4, f->want[i] + at, f->want[i] + at, l->len);
		}

		pptp_rc4_crypt_lanes(&f->work, lane, n);
		for (i = 0; i < n; i++)
			KUNIT_ASSERT_EQ_MSG(test, memcmp(f->data[i], f->want[i], MAX_LEN), 0,
					    "round %u, lane %u of %u", round, i, n);
	}
}

static void rc4_wipe(struct kunit *test)
{
	struct rc4_fixture *f = test->priv;
	struct pptp_rc4_lane *lane = &f->lane[0];

	lane->data = f->data[0];
	lane->len = 100;
	lane->key_len = RC4_KEY_MAX;
	pptp_rc4_crypt_lanes(&f->work, &lane, 1);
	KUNIT_EXPECT_NOT_NULL(test, memchr_inv(&f->work, 0, sizeof(f->work)));
	pptp_rc4_work_wipe(&f->work);
	KUNIT_EXPECT_NULL(test, memchr_inv(&f->work, 0, sizeof(f->work)));
}

static struct kunit_case rc4_cases[] = {
	KUNIT_CASE(rc4_published_vectors),
	KUNIT_CASE(rc4_stream_in_pieces),
	KUNIT_CASE(rc4_lanes),
	KUNIT_CASE(rc4_wipe),
	{}
};

static struct kunit_suite rc4_suite = {
	.name = "culvert_rc4",
	.init = rc4_test_init,
	.test_cases = rc4_cases,
};

kunit_test_suites(&rc4_suite);
