// SPDX-License-Identifier: GPL-2.0-only
/* MS-CHAP against the published vectors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "ppp/mschap.h"

/* RFC 2759 section 9.2 */
static const char user[] = "User";
static const char password[] = "clientPass";
static const uint8_t auth_challenge[] = {
	0x5b, 0x5d, 0x7c, 0x7d, 0x7b, 0x3f, 0x2f, 0x3e,
	0x3c, 0x2c, 0x60, 0x21, 0x32, 0x26, 0x26, 0x28,
};
static const uint8_t peer_challenge[] = {
	0x21, 0x40, 0x23, 0x24, 0x25, 0x5e, 0x26, 0x2a,
	0x28, 0x29, 0x5f, 0x2b, 0x3a, 0x33, 0x7c, 0x7e,
};
static const uint8_t challenge[] = { 0xd0, 0x2e, 0x43, 0x86, 0xbc, 0xe9, 0x12, 0x26 };
static const uint8_t hash[] = {
	0x44, 0xeb, 0xba, 0x8d, 0x53, 0x12, 0xb8, 0xd6,
	0x11, 0x47, 0x44, 0x11, 0xf5, 0x69, 0x89, 0xae,
};
static const uint8_t nt_response[] = {
	0x82, 0x30, 0x9e, 0xcd, 0x8d, 0x70, 0x8b, 0x5e, 0xa0, 0x8f, 0xaa, 0x39,
	0x81, 0xcd, 0x83, 0x54, 0x42, 0x33, 0x11, 0x4a, 0x3d, 0x85, 0xd6, 0xdf,
};
static const uint8_t hash_hash[] = {
	0x41, 0xc0, 0x0c, 0x58, 0x4b, 0xd2, 0xd9, 0x1c,
	0x40, 0x17, 0xa2, 0xa1, 0x2f, 0xa5, 0x9f, 0x3f,
};

static void rfc2759_vectors(void **state)
{
	uint8_t got[MSCHAP_RESPONSE_LEN];
	uint8_t digest[MSCHAPV2_AUTHRESP_LEN];
	char text[MSCHAPV2_AUTHRESP_TEXT_LEN + 1];

	mschapv2_challenge_hash(peer_challenge, auth_challenge, user, strlen(user), got);
	assert_memory_equal(got, challenge, sizeof(challenge));
	assert_true(nt_hash(password, strlen(password), got));
	assert_memory_equal(got, hash, sizeof(hash));
	mschap_challenge_response(challenge, hash, got);
	assert_memory_equal(got, nt_response, sizeof(nt_response));
	mschap_hash_nt_password_hash(hash, got);
	assert_memory_equal(got, hash_hash, sizeof(hash_hash));
	mschapv2_authenticator_response(hash_hash, nt_response, challenge, digest);
	mschapv2_authenticator_text(digest, text);
	assert_string_equal(text, "S=407A5589115FD0D6209F510FE9C04566932CDA56");
}

/* RFC 2433 appendix B */
static void rfc2433_vectors(void **state)
{
	static const uint8_t chal[] = { 0x10, 0x2d, 0xb5, 0xdf, 0x08, 0x5d, 0x30, 0x41 };
	static const uint8_t lm_hash[] = {
		0x75, 0xba, 0x30, 0x19, 0x8e, 0x6d, 0x19, 0x75,
		0xaa, 0xd3, 0xb4, 0x35, 0xb5, 0x14, 0x04, 0xee,
	};
	static const uint8_t lm_response[] = {
		0x91, 0x88, 0x1d, 0x01, 0x52, 0xab, 0x0c, 0x33, 0xc5, 0x24, 0x13, 0x5e,
		0xc2, 0x4a, 0x95, 0xee, 0x64, 0xe2, 0x3c, 0xdc, 0x2d, 0x33, 0x34, 0x7d,
	};
	static const uint8_t nt[] = {
		0xfc, 0x15, 0x6a, 0xf7, 0xed, 0xcd, 0x6c, 0x0e,
		0xdd, 0xe3, 0x33, 0x7d, 0x42, 0x7f, 0x4e, 0xac,
	};
	static const uint8_t response[] = {
		0x4e, 0x9d, 0x3c, 0x8f, 0x9c, 0xfd, 0x38, 0x5d, 0x5b, 0xf4, 0xd3, 0x24,
		0x67, 0x91, 0x95, 0x6c, 0xa4, 0xc3, 0x51, 0xab, 0x40, 0x9a, 0x3d, 0x61,
	};
	uint8_t got[MSCHAP_RESPONSE_LEN];

	assert_true(mschap_lm_password_hash("MyPw", 4, got));
	assert_memory_equal(got, lm_hash, sizeof(lm_hash));
	mschap_challenge_response(chal, lm_hash, got);
	assert_memory_equal(got, lm_response, sizeof(lm_response));
	assert_true(nt_hash("MyPw", 4, got));
	assert_memory_equal(got, nt, sizeof(nt));
	mschap_challenge_response(chal, nt, got);
	assert_memory_equal(got, response, sizeof(response));
}

static void lm_hash_folds_case_and_knows_its_limits(void **state)
{
	uint8_t one[MSCHAP_HASH_LEN], other[MSCHAP_HASH_LEN];

	assert_true(mschap_lm_password_hash("Secret14chars!", 14, one));
	assert_true(mschap_lm_password_hash("SECRET14CHARS!", 14, other));
	assert_memory_equal(one, other, sizeof(one));
	assert_false(mschap_lm_password_hash("fifteen octets!", 15, one));
	assert_false(mschap_lm_password_hash("\xc3\xa4", 2, one));
}

static void names_lose_their_domain(void **state)
{
	static const struct {
		const char *name, *bare;
	} cases[] = {
		{ "User", "User" },
		{ "DOMAIN\\User", "User" },
		{ "A\\B\\User", "User" },
		{ "DOMAIN\\", "" },
		{ "", "" },
		{ "user@realm", "user@realm" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t len = strlen(cases[i].name);
		const char *bare = mschap_bare_name(cases[i].name, &len);

		assert_int_equal(len, strlen(cases[i].bare));
		assert_memory_equal(bare, cases[i].bare, len);
	}
}

static void every_error_has_words(void **state)
{
	assert_string_equal(mschap_error_text(691), "wrong user or password");
	assert_string_not_equal(mschap_error_text(648), mschap_error_text(649));
	assert_non_null(mschap_error_text(0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc2759_vectors),
		cmocka_unit_test(rfc2433_vectors),
		cmocka_unit_test(lm_hash_folds_case_and_knows_its_limits),
		cmocka_unit_test(names_lose_their_domain),
		cmocka_unit_test(every_error_has_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
