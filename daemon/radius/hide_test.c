// SPDX-License-Identifier: GPL-2.0-only
/*
 * The password of RFC 2865 section 7.1; what has no example in an RFC was computed by another
 * program.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "radius/hex_test.h"
#include "radius/hide.h"

static const struct radius_secret secret = { "xyzzy5461", 9 };

static const uint8_t authenticator[RADIUS_AUTHENTICATOR_LEN] = {
	0x0f, 0x40, 0x3f, 0x94, 0x73, 0x97, 0x80, 0x57,
	0xbd, 0x83, 0xd5, 0xcb, 0x98, 0xf4, 0x22, 0x7a,
};

static void assert_hidden(const char *password, const char *hex)
{
	uint8_t want[RADIUS_PASSWORD_MAX], got[RADIUS_PASSWORD_MAX];
	size_t len = from_hex(hex, want);

	assert_int_equal(radius_hide_password(password, strlen(password), authenticator, secret,
					      got),
			 len);
	assert_memory_equal(got, want, len);
}

static void passwords_are_hidden(void **state)
{
	assert_hidden("arctangent", "0dbe708d93d413ce3196e43f782a0aee");
	assert_hidden("", "6ccc13f9f2ba74ab5fe2e43f782a0aee");
	assert_hidden("a password of more than one block",
		      "0dec639881c903c42d86c4501e0a6781d0437e29f88f2bd1d0a0303dff42f7ff"
		      "f15c796ecd8864b1065ee90eff2cd605");
}

static void passwords_have_whole_blocks(void **state)
{
	uint8_t password[RADIUS_PASSWORD_MAX + 1], got[RADIUS_PASSWORD_MAX];

	memset(password, 'x', sizeof(password));
	assert_int_equal(radius_hide_password(password, 16, authenticator, secret, got), 16);
	assert_int_equal(radius_hide_password(password, 17, authenticator, secret, got), 32);
	assert_int_equal(radius_hide_password(password, 128, authenticator, secret, got), 128);
	assert_int_equal(radius_hide_password(password, 129, authenticator, secret, got), 0);
}

static void keys_of_mschap_are_shown(void **state)
{
	uint8_t value[RADIUS_MPPE_KEYS_LEN + 1] = { 0 }, keys[RADIUS_MPPE_KEYS_LEN], want[32];

	from_hex("6dce10fdf7bc73a3ff43469cdc8fac49ab81e074f4ff4483b689b8fbea8e772d", value);
	from_hex("0102030405060708 a0a1a2a3a4a5a6a7a8a9aaabacadaeaf 0000000000000000", want);
	assert_true(radius_show_mppe_keys(value, 32, authenticator, secret, keys));
	assert_memory_equal(keys, want, sizeof(want));
	for (size_t len = 0; len < 32; len++)
		assert_false(radius_show_mppe_keys(value, len, authenticator, secret, keys));
	assert_false(radius_show_mppe_keys(value, 33, authenticator, secret, keys));
}

static void salted_keys_are_shown(void **state)
{
	static const struct {
		const char *hidden;
		const char *key;	/* "": it is none */
	} table[] = {
		{ "8a31fc0c5b8f9e7e26a3acc3337d5015db1dcd7157d8a26c34e0e8130bff75051866",
		  "101112131415161718191a1b1c1d1e1f" },
		{ "8a31cc5c0bdfce2e76f3fc93632d00458b4d2a457177cdbceadffef1e97fd5e8c2e8bf21"
		  "aa354f53355668d0fc96ef4df241",
		  "404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f" },
		{ "8a31e31d489e896f35b2b3d2206c4704c80c", "0102030405060708090a0b0c0d0e0f" },
		/* lengths of 17, 16 and 0 in one block */
		{ "8a31fd1c4a9d8d6a33b5bbdb2a674b09c603", "" },
		{ "8a31fc1c4a9d8d6a33b5bbdb2a674b09c603", "" },
		{ "8a31ec1c4a9d8d6a33b5bbdb2a674b09c603", "" },
		/* a length of 65 in five blocks */
		{ "8a31ad1c4a9d8d6a33b5bbdb2a674b09c603c11842822587c04c338fe63a0461d4371faa"
		  "7820b9b90642908ce3b2cc773a8c055680581cd58b58959297f23203a96068239f1ce75d"
		  "071ce5d1b576498d5293",
		  "" },
		/* a salt alone, no whole block, and nothing */
		{ "8a31", "" },
		{ "8a31e31d489e896f35b2b3d2206c4704c8", "" },
		{ "8a31e31d489e896f35b2b3d2206c4704c80c00", "" },
		{ "8a", "" },
		{ "", "" },
	};
	uint8_t value[RADIUS_VALUE_MAX], want[RADIUS_KEY_MAX], key[RADIUS_KEY_MAX], key_len;

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		size_t len = from_hex(table[i].hidden, value);

		memset(want, 0, sizeof(want));
		memset(key, 0xee, sizeof(key));
		assert_int_equal(radius_show_key(value, len, authenticator, secret, key, &key_len),
				 !!table[i].key[0]);
		assert_int_equal(key_len, from_hex(table[i].key, want));
		assert_memory_equal(key, want, sizeof(want));
	}
}

static void keys_of_all_lengths_come_back(void **state)
{
	uint8_t plain[RADIUS_KEY_MAX], value[RADIUS_HIDDEN_KEY_MAX], key[RADIUS_KEY_MAX], key_len;

	for (size_t i = 0; i < sizeof(plain); i++)
		plain[i] = (uint8_t)(i * 7);
	for (size_t len = 1; len <= sizeof(plain); len++) {
		size_t n = radius_hide_key(plain, len, (uint16_t)len, authenticator, secret, value);

		assert_true(n <= sizeof(value));
		assert_true(value[0] & 0x80);
		assert_true(radius_show_key(value, n, authenticator, secret, key, &key_len));
		assert_int_equal(key_len, len);
		assert_memory_equal(key, plain, len);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(passwords_are_hidden),
		cmocka_unit_test(passwords_have_whole_blocks),
		cmocka_unit_test(keys_of_mschap_are_shown),
		cmocka_unit_test(salted_keys_are_shown),
		cmocka_unit_test(keys_of_all_lengths_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
