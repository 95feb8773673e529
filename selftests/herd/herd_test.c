// SPDX-License-Identifier: GPL-2.0-only
/*
 * The herd's reading and writing of packets, and its statistics.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "gre.h"
#include "ping.h"
#include "stats.h"
#include "util/bytes.h"

/* 192.0.2.1 to 10.64.0.7: GRE with both numbers, FF 03, LCP Echo-Request. */
static const uint8_t sound[] = {
	0x45, 0, 0, 46, 0, 0, 0, 0, 64, 47, 0, 0, 192, 0, 2, 1, 10, 64, 0, 7,
	0x30, 0x81, 0x88, 0x0b, 0, 10, 0x12, 0x34, 0, 0, 0, 5, 0, 0, 0, 9,
	0xff, 0x03, 0xc0, 0x21, 9, 1, 0, 4, 0xaa, 0xbb,
};

/* Parse a copy in memory of exactly its length, so that ASan notices reading beyond the end. */
static bool parses(const uint8_t *packet, size_t len, struct gre *gre)
{
	uint8_t *copy = malloc(len ? len : 1);
	bool ok;

	memcpy(copy, packet, len);
	ok = gre_parse(copy, len, gre);
	free(copy);
	return ok;
}

static void packet_is_read(void **state)
{
	struct gre gre;

	assert_true(gre_parse(sound, sizeof(sound), &gre));
	assert_int_equal(gre.source.s_addr, inet_addr("192.0.2.1"));
	assert_int_equal(gre.destination.s_addr, inet_addr("10.64.0.7"));
	assert_int_equal(gre.call_id, 0x1234);
	assert_true(gre.has_seq && gre.has_ack);
	assert_int_equal(gre.seq, 5);
	assert_int_equal(gre.ack, 9);
	assert_int_equal(gre.frame_len, 8);
	assert_ptr_equal(gre.frame, sound + 38);
}

static void packet_cut_short_is_refused(void **state)
{
	struct gre gre;

	for (size_t len = 0; len < sizeof(sound); len++)
		assert_false(parses(sound, len, &gre));
	assert_true(parses(sound, sizeof(sound), &gre));
}

/* One octet of a sound packet is changed. */
static bool parses_with(size_t at, uint8_t octet)
{
	uint8_t packet[sizeof(sound)];
	struct gre gre;

	memcpy(packet, sound, sizeof(sound));
	packet[at] = octet;
	return parses(packet, sizeof(packet), &gre);
}

static void what_is_not_pptp_is_refused(void **state)
{
	assert_true(parses_with(1, 0xfc));
	assert_false(parses_with(0, 0x65));	/* IPv6 */
	assert_false(parses_with(0, 0x44));	/* a header of 16 octets */
	assert_false(parses_with(0, 0x4f));	/* ... of 60: no GRE behind it */
	assert_false(parses_with(3, 47));	/* longer than it is */
	assert_false(parses_with(3, 19));
	assert_false(parses_with(6, 0x20));	/* a fragment */
	assert_false(parses_with(9, 17));
	assert_false(parses_with(20, 0x10));	/* no key */
	assert_false(parses_with(20, 0xb0));	/* a checksum */
	assert_false(parses_with(20, 0x20));	/* a frame without number */
	assert_false(parses_with(21, 0x80));	/* version 0 */
	assert_false(parses_with(22, 0x08));
	assert_false(parses_with(25, 11));	/* a frame longer than the packet */
}

static void what_is_built_is_read(void **state)
{
	const uint8_t frame[] = { 0x00, 0x21, 1, 2, 3 };
	struct gre out = {
		.source = { inet_addr("10.64.0.7") }, .destination = { inet_addr("192.0.2.1") },
		.call_id = 0xfffe, .frame = frame, .frame_len = sizeof(frame), .seq = 1u << 31,
		.ack = 0xffffffff,
	}, in;
	uint8_t packet[64];

	for (int flags = 1; flags < 4; flags++) {
		size_t len;

		out.has_seq = flags & 1;
		out.has_ack = flags & 2;
		len = gre_build(&out, packet, sizeof(packet));
		assert_int_equal(len, 28 + (out.has_seq ? 4 + 2 + 5 : 0) + (out.has_ack ? 4 : 0));
		put_be16(packet + 2, len);	/* as the kernel does */
		assert_true(parses(packet, len, &in));
		assert_int_equal(in.source.s_addr, out.source.s_addr);
		assert_int_equal(in.destination.s_addr, out.destination.s_addr);
		assert_int_equal(in.call_id, out.call_id);
		assert_int_equal(in.has_seq, out.has_seq);
		assert_int_equal(in.seq, out.has_seq ? out.seq : 0);
		assert_int_equal(in.ack, out.has_ack ? out.ack : 0);
		assert_int_equal(in.frame_len, out.has_seq ? sizeof(frame) : 0);
		assert_int_equal(gre_build(&out, packet, len - 1), 0);
	}
}

static void protocol_field_may_be_compressed(void **state)
{
	const uint8_t whole[] = { 0xc0, 0x21 }, compressed[] = { 0x21, 0x45 }, half[] = { 0x00 };
	uint16_t protocol;
	size_t len;

	assert_true(gre_frame_protocol(whole, 2, &protocol, &len));
	assert_int_equal(protocol, 0xc021);
	assert_int_equal(len, 2);
	assert_true(gre_frame_protocol(compressed, 2, &protocol, &len));
	assert_int_equal(protocol, 0x21);
	assert_int_equal(len, 1);
	assert_false(gre_frame_protocol(half, 1, &protocol, &len));
	assert_false(gre_frame_protocol(half, 0, &protocol, &len));
}

static const struct ping question = {
	.source = { 0x0100630a }, .destination = { 0x0200630a }, .id = 0xbeef, .seq = 3,
	.data = (const uint8_t *)"abc", .data_len = 3,
};

static void ping_is_read_as_built(void **state)
{
	uint8_t packet[64];
	size_t len = ping_build(&question, packet, sizeof(packet));
	struct ping in;

	assert_int_equal(len, PING_HEADERS + 3);
	assert_true(ping_parse(packet, len, &in));
	assert_int_equal(in.source.s_addr, question.source.s_addr);
	assert_int_equal(in.destination.s_addr, question.destination.s_addr);
	assert_false(in.reply);
	assert_int_equal(in.id, 0xbeef);
	assert_int_equal(in.seq, 3);
	assert_int_equal(in.data_len, 3);
	assert_memory_equal(in.data, "abc", 3);
	assert_int_equal(ping_build(&question, packet, len - 1), 0);
}

/* What ping -s 2 sends, as captured on a loopback device. */
static void ping_of_linux_is_read(void **state)
{
	static const uint8_t packet[] = {
		0x45, 0x00, 0x00, 0x1e, 0x68, 0xbc, 0x40, 0x00, 0x40, 0x01, 0xd4, 0x20,
		0x7f, 0x00, 0x00, 0x01, 0x7f, 0x00, 0x00, 0x01,
		0x08, 0x00, 0xde, 0xee, 0x19, 0x0f, 0x00, 0x01, 0x00, 0x01,
	};
	struct ping in;

	assert_true(ping_parse(packet, sizeof(packet), &in));
	assert_int_equal(in.id, 6415);
	assert_int_equal(in.seq, 1);
	assert_int_equal(in.data_len, 2);
}

static void damaged_ping_is_refused(void **state)
{
	uint8_t packet[64], *copy;
	size_t len = ping_build(&question, packet, sizeof(packet));
	struct ping in;

	for (size_t i = 0; i < len; i++) {
		packet[i] ^= 0x10;
		assert_false(ping_parse(packet, len, &in));
		packet[i] ^= 0x10;
	}
	for (size_t cut = 0; cut < len; cut++) {
		copy = malloc(cut ? cut : 1);
		memcpy(copy, packet, cut);
		assert_false(ping_parse(copy, cut, &in));
		free(copy);
	}
}

static void percentiles_are_nearest_ranks(void **state)
{
	struct samples s = { 0 };

	assert_int_equal(samples_percentile(&s, 50), 0);
	for (uint64_t value = 200; value >= 1; value--)
		samples_add(&s, value);
	assert_int_equal(samples_percentile(&s, 50), 100);
	assert_int_equal(samples_percentile(&s, 99), 198);
	assert_int_equal(samples_percentile(&s, 100), 200);
	samples_free(&s);
	samples_add(&s, 7);
	assert_int_equal(samples_percentile(&s, 50), 7);
	assert_int_equal(samples_percentile(&s, 99), 7);
	samples_add(&s, 9);
	samples_add(&s, 8);
	assert_int_equal(samples_percentile(&s, 50), 8);
	assert_int_equal(samples_percentile(&s, 99), 9);
	samples_free(&s);
}

static void reasons_are_counted(void **state)
{
	struct tally t = { 0 };
	char text[2 * TALLY_TEXT];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	for (char c = 'a'; c < 'a' + TALLY_REASONS + 4; c++) {
		text[0] = c;
		tally_add(&t, text);
		tally_add(&t, text);
	}
	assert_int_equal(tally_sum(&t), 2 * (TALLY_REASONS + 4));
	assert_int_equal(t.n, TALLY_REASONS + 1);
	assert_int_equal(t.list[0].count, 2);
	assert_int_equal(strlen(t.list[0].text), TALLY_TEXT - 1);
	assert_string_equal(t.list[TALLY_REASONS].text, "other");
	assert_int_equal(t.list[TALLY_REASONS].count, 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packet_is_read),
		cmocka_unit_test(packet_cut_short_is_refused),
		cmocka_unit_test(what_is_not_pptp_is_refused),
		cmocka_unit_test(what_is_built_is_read),
		cmocka_unit_test(protocol_field_may_be_compressed),
		cmocka_unit_test(ping_is_read_as_built),
		cmocka_unit_test(ping_of_linux_is_read),
		cmocka_unit_test(damaged_ping_is_refused),
		cmocka_unit_test(percentiles_are_nearest_ranks),
		cmocka_unit_test(reasons_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
