// SPDX-License-Identifier: GPL-2.0-only
/* MPPE key derivation against the published vectors of RFC 3079 sections 2.5 and 3.5. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <nettle/sha1.h>
#include <string.h>

#include "ppp/mppe_key.h"

/*
 * What the data plane derives from a start key: GetNewKeyFromSHA (section 3.4) and the
 * salts of the short keys. The tests need it to compare with the session keys that the RFC
 * prints.
 */
static void session_key(const uint8_t *start, unsigned int bits, uint8_t key[MPPE_KEY_LEN])
{
	size_t len = bits == 128 ? 16 : 8;
	uint8_t pad1[40] = { 0 }, pad2[40];
	struct sha1_ctx ctx;

	memset(pad2, 0xf2, sizeof(pad2));
	memset(key, 0, MPPE_KEY_LEN);
	sha1_init(&ctx);
	sha1_update(&ctx, len, start);
	sha1_update(&ctx, sizeof(pad1), pad1);
	sha1_update(&ctx, len, start);
	sha1_update(&ctx, sizeof(pad2), pad2);
	sha1_digest(&ctx, len, key);
	if (bits == 40)
		memcpy(key, "\xd1\x26\x9e", 3);
	else if (bits == 56)
		key[0] = 0xd1;
}

static void assert_session_key(const struct mppe_keys *keys, bool send, unsigned int bits,
			       const char *expected)
{
	uint8_t start[MPPE_KEY_LEN], key[MPPE_KEY_LEN];

	mppe_start_key(keys, send, bits, start);
	session_key(start, bits, key);
	assert_memory_equal(key, expected, bits == 128 ? 16 : 8);
}

static const uint8_t hash_hash[] = {
	0x41, 0xc0, 0x0c, 0x58, 0x4b, 0xd2, 0xd9, 0x1c,
	0x40, 0x17, 0xa2, 0xa1, 0x2f, 0xa5, 0x9f, 0x3f,
};
static const uint8_t nt_response[] = {
	0x82, 0x30, 0x9e, 0xcd, 0x8d, 0x70, 0x8b, 0x5e, 0xa0, 0x8f, 0xaa, 0x39,
	0x81, 0xcd, 0x83, 0x54, 0x42, 0x33, 0x11, 0x4a, 0x3d, 0x85, 0xd6, 0xdf,
};

/* Section 3.5: keys after MS-CHAPv2, as the server sends */
static void rfc3079_mschapv2_vectors(void **state)
{
	static const uint8_t master[] = {
		0xfd, 0xec, 0xe3, 0x71, 0x7a, 0x8c, 0x83, 0x8c,
		0xb3, 0x88, 0xe5, 0x27, 0xae, 0x3c, 0xdd, 0x31,
	};
	static const uint8_t send_start[] = {
		0x8b, 0x7c, 0xdc, 0x14, 0x9b, 0x99, 0x3a, 0x1b,
		0xa1, 0x18, 0xcb, 0x15, 0x3f, 0x56, 0xdc, 0xcb,
	};
	uint8_t got[MPPE_KEY_LEN];
	struct mppe_keys keys;

	mppe_master_key(hash_hash, nt_response, got);
	assert_memory_equal(got, master, sizeof(master));
	mppe_keys_mschapv2(&keys, hash_hash, nt_response, true);
	assert_true(keys.valid);
	assert_memory_equal(keys.send, send_start, sizeof(send_start));
	assert_session_key(&keys, true, 40, "\xd1\x26\x9e\xc4\x9f\xa6\x2e\x3e");
	assert_session_key(&keys, true, 56, "\xd1\x5c\x00\xc4\x9f\xa6\x2e\x3e");
	assert_session_key(&keys, true, 128, "\x40\x5c\xb2\x24\x7a\x79\x56\xe6"
					     "\xe2\x11\x00\x7a\xe2\x7b\x22\xd4");
}

static void both_ends_meet(void **state)
{
	struct mppe_keys server, client;

	mppe_keys_mschapv2(&server, hash_hash, nt_response, true);
	mppe_keys_mschapv2(&client, hash_hash, nt_response, false);
	assert_memory_equal(server.send, client.recv, MPPE_KEY_LEN);
	assert_memory_equal(server.recv, client.send, MPPE_KEY_LEN);
	assert_memory_not_equal(server.send, server.recv, MPPE_KEY_LEN);
}

/* Section 2.5: keys after MS-CHAPv1 */
static void rfc3079_mschap_vectors(void **state)
{
	static const uint8_t challenge[] = { 0x10, 0x2d, 0xb5, 0xdf, 0x08, 0x5d, 0x30, 0x41 };
	uint8_t nt[MSCHAP_HASH_LEN], hash2[MSCHAP_HASH_LEN], lm[MSCHAP_HASH_LEN];
	struct mppe_keys keys;

	assert_true(nt_hash("clientPass", 10, nt));
	mschap_hash_nt_password_hash(nt, hash2);
	assert_true(mschap_lm_password_hash("clientPass", 10, lm));
	assert_memory_equal(lm, "\x76\xa1\x52\x93\x60\x96\xd7\x83", 8);

	mppe_keys_mschap(&keys, hash2, challenge, lm);
	/* Step 3 of section 2.5.3 prints "ca" for the eighth octet, step 4 "c1". */
	assert_memory_equal(keys.send, "\xa8\x94\x78\x50\xcf\xc0\xac\xc1"
				       "\xd1\x78\x9f\xb6\x2d\xdc\xdd\xb0", 16);
	assert_session_key(&keys, true, 40, "\xd1\x26\x9e\x53\x8c\xec\x4a\x08");
	assert_session_key(&keys, true, 56, "\xd1\x08\x01\x53\x8c\xec\x4a\x08");
	assert_session_key(&keys, true, 128, "\x59\xd1\x59\xbc\x09\xf7\x6f\x1d"
					     "\xa2\xa8\x6a\x28\xff\xec\x0b\x1e");

	assert_false(keys.long_only);
	mppe_keys_mschap(&keys, hash2, challenge, NULL);
	assert_true(keys.valid && keys.long_only);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc3079_mschapv2_vectors),
		cmocka_unit_test(both_ends_meet),
		cmocka_unit_test(rfc3079_mschap_vectors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
