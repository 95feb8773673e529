// SPDX-License-Identifier: GPL-2.0-only
#include <kunit/test.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/string.h>

#include "compat.h"
#include "gre.h"

/* Write a header with @flags to @p, with values in all fields that may follow. */
static void put_header(u8 *p, u16 flags, u16 payload_len)
{
	put_unaligned_be16(flags, p);
	put_unaligned_be16(0x880b, p + 2);
	put_unaligned_be16(payload_len, p + 4);
	put_unaligned_be16(0x1234, p + 6);
	put_unaligned_be32(0xa1b2c3d4, p + 8);
	put_unaligned_be32(0x01020304, p + 12);
}

/* Of the 65536 values of the first 16 bits, three are valid. */
static void gre_every_flag_combination(struct kunit *test)
{
	struct pptp_gre gre;
	unsigned int good = 0;
	u8 p[16];
	u32 flags;
	int ret;

	for (flags = 0; flags <= 0xffff; flags++) {
		bool seq = flags & 0x1000;
		bool ack = flags & 0x0080;

		put_header(p, flags, 0);
		ret = pptp_gre_parse(&gre, p, sizeof(p), sizeof(p));

		if ((flags & ~0x1080u) != 0x2001 || !(seq || ack)) {
			KUNIT_ASSERT_EQ_MSG(test, ret, -PPTP_GRE_MALFORMED, "flags %04x", flags);
			continue;
		}
		good++;
		KUNIT_ASSERT_EQ(test, ret, 8 + 4 * seq + 4 * ack);
		KUNIT_EXPECT_EQ(test, gre.call_id, 0x1234);
		KUNIT_EXPECT_EQ(test, gre.has_seq, seq);
		KUNIT_EXPECT_EQ(test, gre.has_ack, ack);
		if (seq)
			KUNIT_EXPECT_EQ(test, gre.seq, 0xa1b2c3d4);
		if (ack)
			KUNIT_EXPECT_EQ(test, gre.ack, seq ? 0x01020304 : 0xa1b2c3d4);
	}
	KUNIT_EXPECT_EQ(test, good, 3);
}

static void gre_other_protocol(struct kunit *test)
{
	struct pptp_gre gre;
	u8 p[16];

	put_header(p, 0x3001, 0);
	put_unaligned_be16(0x0800, p + 2);
	KUNIT_EXPECT_EQ(test, pptp_gre_parse(&gre, p, sizeof(p), sizeof(p)), -PPTP_GRE_MALFORMED);
}

/* A packet cut at any length is refused, until header and payload are complete. */
static void gre_truncated(struct kunit *test)
{
	static const u16 flags[] = { 0x2081, 0x3001, 0x3081 };
	unsigned int i, len, header, payload;
	struct pptp_gre gre;
	u8 p[32] = { 0 };

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		header = flags[i] == 0x3081 ? 16 : 12;
		payload = flags[i] == 0x2081 ? 0 : 10;
		put_header(p, flags[i], payload);
		for (len = 0; len <= sizeof(p); len++) {
			int want = len < header + payload ? -PPTP_GRE_TRUNCATED : (int)header;

			KUNIT_EXPECT_EQ_MSG(test, pptp_gre_parse(&gre, p, len, len), want,
					    "flags %04x length %u", flags[i], len);
		}
	}
}

/* Only the header is in linear memory; the payload may lie elsewhere but must be there. */
static void gre_payload_elsewhere(struct kunit *test)
{
	struct pptp_gre gre;
	u8 p[16];

	put_header(p, 0x3081, 1400);
	KUNIT_EXPECT_EQ(test, pptp_gre_parse(&gre, p, 16, 1416), 16);
	KUNIT_EXPECT_EQ(test, gre.payload_len, 1400);
	KUNIT_EXPECT_EQ(test, pptp_gre_parse(&gre, p, 16, 1415), -PPTP_GRE_TRUNCATED);
	KUNIT_EXPECT_EQ(test, pptp_gre_parse(&gre, p, 16, 1500), 16);
}

static void gre_lying_length(struct kunit *test)
{
	struct pptp_gre gre;
	u8 p[64] = { 0 };

	/* The header declares more payload than the packet has, up to the largest value. */
	put_header(p, 0x3001, 53);
	KUNIT_EXPECT_EQ(test, pptp_gre_parse(&gre, p, 64, 64), -PPTP_GRE_TRUNCATED);
	put_header(p, 0x3001, 0xffff);
	KUNIT_EXPECT_EQ(test, pptp_gre_parse(&gre, p, 64, 64), -PPTP_GRE_TRUNCATED);

	/* The header declares less: the rest is padding of a lower layer; the caller trims it. */
	put_header(p, 0x3001, 7);
	KUNIT_EXPECT_EQ(test, pptp_gre_parse(&gre, p, 64, 64), 12);
	KUNIT_EXPECT_EQ(test, gre.payload_len, 7);

	/* An acknowledgment has no payload. */
	put_header(p, 0x2081, 1);
	KUNIT_EXPECT_EQ(test, pptp_gre_parse(&gre, p, 64, 64), -PPTP_GRE_MALFORMED);
}

static void gre_build_then_parse(struct kunit *test)
{
	struct pptp_gre in, out;
	unsigned int i, header;
	u8 p[17];

	for (i = 0; i < 1000; i++) {
		in = (struct pptp_gre) {
			.call_id = get_random_u32(),
			.has_seq = get_random_u32() & 1,
		};
		in.has_ack = !in.has_seq || (get_random_u32() & 1);
		if (in.has_seq) {
			in.seq = get_random_u32();
			in.payload_len = get_random_u32();
		}
		if (in.has_ack)
			in.ack = get_random_u32();

		memset(p, 0xee, sizeof(p));
		pptp_gre_build(p, &in);
		header = pptp_gre_header_len(in.has_seq, in.has_ack);
		KUNIT_EXPECT_EQ(test, p[header], 0xee);

		KUNIT_ASSERT_EQ(test, pptp_gre_parse(&out, p, header, header + in.payload_len),
				(int)header);
		KUNIT_EXPECT_EQ(test, out.call_id, in.call_id);
		KUNIT_EXPECT_EQ(test, out.payload_len, in.payload_len);
		KUNIT_EXPECT_EQ(test, out.has_seq, in.has_seq);
		KUNIT_EXPECT_EQ(test, out.has_ack, in.has_ack);
		KUNIT_EXPECT_EQ(test, out.seq, in.seq);
		KUNIT_EXPECT_EQ(test, out.ack, in.ack);
	}
}

/* The bytes of a packet as peers send it: K, S, A, version 1, 33 octets for call 7. */
static void gre_known_bytes(struct kunit *test)
{
	static const u8 wire[] = {
		0x30, 0x81, 0x88, 0x0b, 0x00, 0x21, 0x00, 0x07,
		0x00, 0x00, 0x00, 0x2a, 0xff, 0xff, 0xff, 0xff,
	};
	const struct pptp_gre gre = {
		.call_id = 7, .payload_len = 33, .has_seq = true, .has_ack = true,
		.seq = 42, .ack = 0xffffffff,
	};
	u8 p[16];

	pptp_gre_build(p, &gre);
	KUNIT_EXPECT_EQ(test, memcmp(p, wire, sizeof(wire)), 0);
}

static struct kunit_case gre_cases[] = {
	KUNIT_CASE(gre_every_flag_combination),
	KUNIT_CASE(gre_other_protocol),
	KUNIT_CASE(gre_truncated),
	KUNIT_CASE(gre_payload_elsewhere),
	KUNIT_CASE(gre_lying_length),
	KUNIT_CASE(gre_build_then_parse),
	KUNIT_CASE(gre_known_bytes),
	{}
};

static struct kunit_suite gre_suite = {
	.name = "culvert_gre",
	.test_cases = gre_cases,
};

kunit_test_suites(&gre_suite);

MODULE_DESCRIPTION("Unit tests of the PPTP data plane");
MODULE_LICENSE("GPL");
