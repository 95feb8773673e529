// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "radius/hex_test.h"
#include "radius/packet.h"

/* What RFC 2865 section 7.1 uses. */
static const struct radius_secret secret = { "xyzzy5461", 9 };
static const struct radius_secret other = { "xyzzy5462", 9 };

static const uint8_t random_octets[RADIUS_AUTHENTICATOR_LEN] = {
	0x0f, 0x40, 0x3f, 0x94, 0x73, 0x97, 0x80, 0x57,
	0xbd, 0x83, 0xd5, 0xcb, 0x98, 0xf4, 0x22, 0x7a,
};

/* Parses @n octets in memory of just that size, which is freed at the end of the test. */
static uint8_t *memory;

static enum radius_fault parse(struct radius_packet *p, const uint8_t *octets, size_t n)
{
	free(memory);
	memory = malloc(n ? n : 1);
	assert_non_null(memory);
	memcpy(memory, octets, n);
	return radius_parse(p, memory, n);
}

static enum radius_fault parse_hex(struct radius_packet *p, const char *hex)
{
	uint8_t octets[RADIUS_PACKET_MAX + 1];

	return parse(p, octets, from_hex(hex, octets));
}

static int tear_down(void **state)
{
	free(memory);
	memory = NULL;
	return 0;
}

/* --- made ------------------------------------------------------------------------------------ */

static void assert_made(const uint8_t *octets, size_t len, const char *hex)
{
	uint8_t want[RADIUS_PACKET_MAX];

	assert_int_equal(len, from_hex(hex, want));
	assert_memory_equal(octets, want, len);
}

/* The packets were computed by another program from the words of RFC 3579 section 3.2. */
static void requests_are_signed_first(void **state)
{
	uint8_t buf[RADIUS_PACKET_MAX];
	struct radius_writer w;

	radius_begin(&w, buf, sizeof(buf), RADIUS_ACCESS_REQUEST, 7, random_octets);
	radius_put_text(&w, 1, "nemo");
	assert_made(buf, radius_end_request(&w, secret),
		    "0107002c 0f403f9473978057bd83d5cb98f4227a"
		    "5012deda131b1912dbf79289c29271f3a015 01066e656d6f");

	radius_begin(&w, buf, sizeof(buf), RADIUS_STATUS_SERVER, 9, random_octets);
	assert_made(buf, radius_end_request(&w, secret),
		    "0c090026 0f403f9473978057bd83d5cb98f4227a"
		    "5012e38fb171d890ef914e14449c28f9afcf");

	radius_begin(&w, buf, sizeof(buf), RADIUS_COA_REQUEST, 3, NULL);
	radius_put_text(&w, 1, "nemo");
	assert_made(buf, radius_end_request(&w, secret),
		    "2b03002c 6449516bb8688cf6975531dbb474187d"
		    "50128d648823ece677678e4e5b55b86db6c3 01066e656d6f");
}

static void accounting_has_a_hash_alone(void **state)
{
	uint8_t buf[RADIUS_PACKET_MAX];
	struct radius_writer w;

	radius_begin(&w, buf, sizeof(buf), RADIUS_ACCOUNTING_REQUEST, 5, NULL);
	radius_put_number(&w, 40, 1);
	radius_put_text(&w, 44, "abc");
	assert_made(buf, radius_end_request(&w, secret),
		    "0405001f 4ab37326607f7435a15fdc895bec22d9 280600000001 2c05616263");
}

static void replies_are_made_for_their_request(void **state)
{
	uint8_t buf[RADIUS_PACKET_MAX];
	struct radius_writer w;

	radius_begin(&w, buf, sizeof(buf), RADIUS_ACCESS_ACCEPT, 7, NULL);
	radius_put_text(&w, 18, "hi");
	assert_made(buf, radius_end_reply(&w, random_octets, secret),
		    "0207002a 4e96cc56abf2f114a42600d7c24beb38"
		    "50122e487381fe11839b2f36121800c1c919 12046869");
}

static void vendors_and_pieces(void **state)
{
	uint8_t buf[RADIUS_PACKET_MAX], eap[600], back[600];
	struct radius_packet p;
	struct radius_writer w;
	size_t len;

	for (size_t i = 0; i < sizeof(eap); i++)
		eap[i] = (uint8_t)i;
	radius_begin(&w, buf, sizeof(buf), RADIUS_ACCESS_REQUEST, 1, random_octets);
	radius_put_vendor(&w, 311, 11, "\1\2\3", 3);
	radius_put_pieces(&w, RADIUS_TYPE_EAP_MESSAGE, eap, sizeof(eap));
	len = radius_end_request(&w, secret);
	assert_int_equal(len, 20 + 18 + 11 + 255 + 255 + 96);
	assert_made(buf + 38, 11, "1a0b00000137 0b05010203");
	assert_int_equal(parse(&p, buf, len), RADIUS_SOUND);
	assert_true(p.has_eap);
	assert_true(radius_join(&p, RADIUS_TYPE_EAP_MESSAGE, back, sizeof(back), &len));
	assert_int_equal(len, sizeof(eap));
	assert_memory_equal(back, eap, len);
	assert_false(radius_join(&p, RADIUS_TYPE_EAP_MESSAGE, back, sizeof(back) - 1, &len));
	assert_true(radius_join(&p, 200, back, sizeof(back), &len));
	assert_int_equal(len, 0);
}

static void what_does_not_fit_is_no_packet(void **state)
{
	uint8_t buf[2 * RADIUS_PACKET_MAX];
	uint8_t value[RADIUS_VALUE_MAX + 1] = { 0 };
	struct radius_writer w;

	radius_begin(&w, buf, sizeof(buf), RADIUS_ACCESS_REQUEST, 1, random_octets);
	for (int i = 0; i < 15; i++)
		radius_put(&w, 25, value, RADIUS_VALUE_MAX);
	radius_put(&w, 25, value, RADIUS_PACKET_MAX - 38 - 15 * 255 - 2);
	assert_int_equal(radius_end_request(&w, secret), RADIUS_PACKET_MAX);
	radius_put(&w, 25, value, 1);
	assert_int_equal(radius_end_request(&w, secret), 0);

	radius_begin(&w, buf, sizeof(buf), RADIUS_ACCESS_REQUEST, 1, random_octets);
	radius_put(&w, 25, value, RADIUS_VALUE_MAX + 1);
	assert_int_equal(radius_end_request(&w, secret), 0);

	radius_begin(&w, buf, sizeof(buf), RADIUS_ACCESS_REQUEST, 1, random_octets);
	radius_put_vendor(&w, 9, 1, value, RADIUS_VENDOR_VALUE_MAX + 1);
	assert_int_equal(radius_end_request(&w, secret), 0);

	for (size_t size = 0; size < 38; size++) {
		radius_begin(&w, buf, size, RADIUS_ACCESS_REQUEST, 1, random_octets);
		assert_int_equal(radius_end_request(&w, secret), 0);
		radius_begin(&w, buf, size, RADIUS_ACCESS_REJECT, 1, NULL);
		assert_int_equal(radius_end_reply(&w, random_octets, secret), 0);
	}
}

static void empty_values_are_left_out(void **state)
{
	uint8_t buf[64];
	struct radius_writer w;

	radius_begin(&w, buf, sizeof(buf), RADIUS_ACCOUNTING_REQUEST, 1, NULL);
	radius_put_text(&w, 1, "");
	radius_put_vendor(&w, 9, 1, NULL, 0);
	radius_put_pieces(&w, 79, NULL, 0);
	assert_int_equal(radius_end_request(&w, secret), RADIUS_HEADER_LEN);
}

/* --- lengths --------------------------------------------------------------------------------- */

#define HEADER(length)	"0201" length "00000000000000000000000000000000"

static void lengths_are_checked(void **state)
{
	static const struct {
		const char *hex;
		enum radius_fault fault;
	} table[] = {
		{ "", RADIUS_FAULT_SHORT },
		{ "020100", RADIUS_FAULT_SHORT },
		{ "02010014 000000000000000000000000000000", RADIUS_FAULT_SHORT },
		{ HEADER("0013"), RADIUS_FAULT_LENGTH },
		{ HEADER("0000"), RADIUS_FAULT_LENGTH },
		{ HEADER("1001"), RADIUS_FAULT_LENGTH },
		{ HEADER("ffff"), RADIUS_FAULT_LENGTH },
		{ HEADER("0015"), RADIUS_FAULT_SHORT },
		{ HEADER("1000"), RADIUS_FAULT_SHORT },
		{ HEADER("0014"), RADIUS_SOUND },
		/* padding behind the packet, which looks like a bad attribute */
		{ HEADER("0014") "0100", RADIUS_SOUND },
		/* attributes */
		{ HEADER("0015") "01", RADIUS_FAULT_ATTRIBUTE },
		{ HEADER("0016") "0100", RADIUS_FAULT_ATTRIBUTE },
		{ HEADER("0016") "0101", RADIUS_FAULT_ATTRIBUTE },
		{ HEADER("0016") "0102", RADIUS_SOUND },
		{ HEADER("0016") "0103", RADIUS_FAULT_ATTRIBUTE },
		/* the octet is there, but behind the end */
		{ HEADER("0016") "0103ff", RADIUS_FAULT_ATTRIBUTE },
		{ HEADER("0017") "0102ff", RADIUS_FAULT_ATTRIBUTE },
		{ HEADER("0018") "0102ffff", RADIUS_FAULT_ATTRIBUTE },
		/* Message-Authenticator */
		{ HEADER("0026") "501200000000000000000000000000000000", RADIUS_SOUND },
		{ HEADER("0025") "5011000000000000000000000000000000", RADIUS_FAULT_DOUBLED },
		{ HEADER("0016") "5002", RADIUS_FAULT_DOUBLED },
		{ HEADER("0038") "501200000000000000000000000000000000"
		  "501200000000000000000000000000000000", RADIUS_FAULT_DOUBLED },
	};
	struct radius_packet p;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		assert_int_equal(parse_hex(&p, table[i].hex), table[i].fault);
}

static void the_largest_packet_is_read(void **state)
{
	uint8_t octets[RADIUS_PACKET_MAX + 1] = { 2, 1, 0x10, 0 };
	struct radius_iterator it;
	struct radius_attribute a;
	struct radius_packet p;
	unsigned int n = 0;

	for (size_t i = RADIUS_HEADER_LEN; i < RADIUS_PACKET_MAX; i += 2) {
		octets[i] = 25;
		octets[i + 1] = 2;
	}
	assert_int_equal(parse(&p, octets, RADIUS_PACKET_MAX - 1), RADIUS_FAULT_SHORT);
	assert_int_equal(parse(&p, octets, RADIUS_PACKET_MAX + 1), RADIUS_SOUND);
	assert_int_equal(p.len, RADIUS_PACKET_MAX);
	for (it = radius_attributes(&p); radius_next(&it, &a); n++)
		assert_int_equal(a.len, 0);
	assert_int_equal(n, (RADIUS_PACKET_MAX - RADIUS_HEADER_LEN) / 2);
}

/* --- attributes ------------------------------------------------------------------------------ */

static void assert_attribute(struct radius_iterator *it, uint32_t vendor, uint8_t type,
			     const char *hex)
{
	struct radius_attribute a;
	uint8_t value[RADIUS_VALUE_MAX];
	size_t len = from_hex(hex, value);

	assert_true(radius_next(it, &a));
	assert_int_equal(a.vendor, vendor);
	assert_int_equal(a.type, type);
	assert_int_equal(a.len, len);
	assert_memory_equal(a.value, value, len);
}

static void attributes_one_by_one(void **state)
{
	struct radius_packet p;
	struct radius_iterator it;
	struct radius_attribute a;

	assert_int_equal(parse_hex(&p, HEADER("0055")
				   "01066e656d6f"
				   "1a10 00000137 0706 00000001 0804 0004"	/* two inside one */
				   "1902"				/* empty */
				   "1a06 00000137"			/* nothing inside */
				   "1a05 000137"			/* no room for a vendor */
				   "1a0a 00000137 07060000"	/* one too long inside */
				   "1a09 00000137 070101"		/* a length of 1 inside */
				   "1a08 00000000 0102"		/* vendor 0 */
				   "1203 21"), RADIUS_SOUND);
	it = radius_attributes(&p);
	assert_attribute(&it, 0, 1, "6e656d6f");
	assert_attribute(&it, 311, 7, "00000001");
	assert_attribute(&it, 311, 8, "0004");
	assert_attribute(&it, 0, 25, "");
	assert_attribute(&it, 0, 26, "00000137");
	assert_attribute(&it, 0, 26, "000137");
	assert_attribute(&it, 0, 26, "0000013707060000");
	assert_attribute(&it, 0, 26, "00000137070101");
	assert_attribute(&it, 0, 26, "000000000102");
	assert_attribute(&it, 0, 18, "21");
	assert_false(radius_next(&it, &a));
	assert_false(radius_next(&it, &a));
}

/* --- authenticated --------------------------------------------------------------------------- */

/* RFC 2865 section 7.1: the answer to nemo's request. */
#define NEMO	"02000026 86fe220e7624ba2a1005f6bf9b55e0b2 060600000001 0f0600000000 0e06c0a80103"

static void the_example_of_the_rfc(void **state)
{
	struct radius_packet p;

	assert_int_equal(parse_hex(&p, NEMO), RADIUS_SOUND);
	assert_int_equal(radius_check_reply(&p, random_octets, secret), RADIUS_SOUND);
	assert_int_equal(p.signed_at, 0);
	assert_int_equal(radius_check_reply(&p, random_octets, other), RADIUS_FAULT_AUTHENTICATOR);
	/* padding is no part of it */
	assert_int_equal(parse_hex(&p, NEMO "0000"), RADIUS_SOUND);
	assert_int_equal(radius_check_reply(&p, random_octets, secret), RADIUS_SOUND);
}

/* Makes a reply with a text and an EAP-Message or without, signed or not. */
static size_t make_reply(uint8_t *buf, bool eap, bool is_signed)
{
	struct radius_writer w;

	/* those of accounting have no Message-Authenticator */
	radius_begin(&w, buf, RADIUS_PACKET_MAX,
		     is_signed ? RADIUS_ACCESS_CHALLENGE : RADIUS_ACCOUNTING_RESPONSE, 1, NULL);
	if (eap)
		radius_put(&w, RADIUS_TYPE_EAP_MESSAGE, "\1\2\0\4", 4);
	radius_put_text(&w, 18, "hello");
	return radius_end_reply(&w, random_octets, secret);
}

/* No octet of a reply can be changed, nor can it answer another request. */
static void every_bit_of_a_reply_counts(void **state)
{
	uint8_t buf[RADIUS_PACKET_MAX], random2[RADIUS_AUTHENTICATOR_LEN];
	size_t len = make_reply(buf, true, true);
	struct radius_packet p;

	assert_int_equal(parse(&p, buf, len), RADIUS_SOUND);
	assert_int_equal(radius_check_reply(&p, random_octets, secret), RADIUS_SOUND);
	for (size_t bit = 0; bit < len * 8; bit++) {
		buf[bit / 8] ^= 1 << bit % 8;
		assert_true(parse(&p, buf, len) || radius_check_reply(&p, random_octets, secret));
		buf[bit / 8] ^= 1 << bit % 8;
	}
	for (size_t bit = 0; bit < sizeof(random2) * 8; bit++) {
		memcpy(random2, random_octets, sizeof(random2));
		random2[bit / 8] ^= 1 << bit % 8;
		assert_int_equal(parse(&p, buf, len), RADIUS_SOUND);
		assert_int_equal(radius_check_reply(&p, random2, secret),
				 RADIUS_FAULT_AUTHENTICATOR);
	}
}

/* Blast-RADIUS: a hash that fits does not help who has no key for the signature. */
static void a_right_hash_does_not_replace_a_signature(void **state)
{
	uint8_t buf[RADIUS_PACKET_MAX];
	struct radius_packet p;
	struct radius_writer w;
	size_t len;

	radius_begin(&w, buf, sizeof(buf), RADIUS_ACCESS_ACCEPT, 1, NULL);
	w.signed_at = 0;	/* it stays zero, and the hash is made of that */
	len = radius_end_reply(&w, random_octets, secret);
	assert_int_equal(parse(&p, buf, len), RADIUS_SOUND);
	assert_int_equal(radius_check_reply(&p, random_octets, secret), RADIUS_FAULT_SIGNATURE);
}

static void eap_has_to_be_signed(void **state)
{
	uint8_t buf[RADIUS_PACKET_MAX];
	struct radius_packet p;

	assert_int_equal(parse(&p, buf, make_reply(buf, true, false)), RADIUS_SOUND);
	assert_int_equal(radius_check_reply(&p, random_octets, secret), RADIUS_FAULT_UNSIGNED);
	assert_int_equal(parse(&p, buf, make_reply(buf, false, false)), RADIUS_SOUND);
	assert_int_equal(radius_check_reply(&p, random_octets, secret), RADIUS_SOUND);
}

static void requests_are_authenticated(void **state)
{
	static const enum radius_code codes[] = {
		RADIUS_ACCOUNTING_REQUEST, RADIUS_COA_REQUEST, RADIUS_DISCONNECT_REQUEST,
	};
	uint8_t buf[RADIUS_PACKET_MAX];
	struct radius_packet p;
	struct radius_writer w;
	size_t len;

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		radius_begin(&w, buf, sizeof(buf), codes[i], 9, NULL);
		radius_put_text(&w, 1, "nemo");
		len = radius_end_request(&w, secret);
		assert_int_equal(parse(&p, buf, len), RADIUS_SOUND);
		assert_int_equal(!p.signed_at, codes[i] == RADIUS_ACCOUNTING_REQUEST);
		assert_int_equal(radius_check_request(&p, secret), RADIUS_SOUND);
		assert_int_equal(radius_check_request(&p, other), RADIUS_FAULT_AUTHENTICATOR);
		buf[len - 1] ^= 1;
		assert_int_equal(parse(&p, buf, len), RADIUS_SOUND);
		assert_int_equal(radius_check_request(&p, secret), RADIUS_FAULT_AUTHENTICATOR);
	}
	/* the authenticator of this one proves nothing */
	radius_begin(&w, buf, sizeof(buf), RADIUS_ACCESS_REQUEST, 9, random_octets);
	assert_int_equal(parse(&p, buf, radius_end_request(&w, secret)), RADIUS_SOUND);
	assert_int_equal(radius_check_request(&p, secret), RADIUS_FAULT_CODE);
}

static void everything_has_words(void **state)
{
	static const enum radius_code codes[] = {
		RADIUS_ACCESS_REQUEST, RADIUS_ACCESS_ACCEPT, RADIUS_ACCESS_REJECT,
		RADIUS_ACCOUNTING_REQUEST, RADIUS_ACCOUNTING_RESPONSE, RADIUS_ACCESS_CHALLENGE,
		RADIUS_STATUS_SERVER, RADIUS_DISCONNECT_REQUEST, RADIUS_DISCONNECT_ACK,
		RADIUS_DISCONNECT_NAK, RADIUS_COA_REQUEST, RADIUS_COA_ACK, RADIUS_COA_NAK,
	};

	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		assert_string_not_equal(radius_code_text(codes[i]), "unknown code");
	for (unsigned int i = RADIUS_SOUND; i <= RADIUS_FAULT_UNSIGNED; i++)
		assert_string_not_equal(radius_fault_text((enum radius_fault)i), "malformed");
	assert_string_equal(radius_code_text(RADIUS_COA_NAK), "CoA-NAK");
	assert_string_equal(radius_code_text(0), "unknown code");
	assert_string_equal(radius_fault_text((enum radius_fault)99), "malformed");
}

#define test(t)	cmocka_unit_test_teardown(t, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		test(requests_are_signed_first),
		test(accounting_has_a_hash_alone),
		test(replies_are_made_for_their_request),
		test(vendors_and_pieces),
		test(what_does_not_fit_is_no_packet),
		test(empty_values_are_left_out),
		test(lengths_are_checked),
		test(the_largest_packet_is_read),
		test(attributes_one_by_one),
		test(the_example_of_the_rfc),
		test(every_bit_of_a_reply_counts),
		test(a_right_hash_does_not_replace_a_signature),
		test(eap_has_to_be_signed),
		test(requests_are_authenticated),
		test(everything_has_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
