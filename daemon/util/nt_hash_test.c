// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#include "util/nt_hash.h"

static bool hashes(const char *text)
{
	uint8_t got[NT_HASH_LEN];

	return nt_hash(text, strlen(text), got);
}

/* The hash of the octets of @text is that of the same characters in UTF-8. */
static void is_latin1(const char *text)
{
	uint8_t got[NT_HASH_LEN], want[NT_HASH_LEN];
	char utf8[64], *out = utf8;

	for (const uint8_t *p = (const uint8_t *)text; *p; p++) {
		if (*p >= 0x80)
			*out++ = (char)(0xc0 | *p >> 6);
		*out++ = (char)(*p < 0x80 ? *p : 0x80 | (*p & 0x3f));
	}
	assert_true(nt_hash(text, strlen(text), got));
	assert_true(nt_hash(utf8, (size_t)(out - utf8), want));
	assert_memory_equal(got, want, sizeof(got));
}

static void passwords_are_utf8_or_else_latin1(void **state)
{
	/* MD4 of "ä" and of U+1F511 in UTF-16LE, from an independent implementation */
	static const uint8_t a_umlaut[] = {
		0x31, 0x04, 0xea, 0xb4, 0x84, 0xd5, 0x9e, 0xfa,
		0xbc, 0xea, 0x2c, 0x44, 0xb0, 0x7f, 0x41, 0xd3,
	};
	static const uint8_t key_symbol[] = {
		0x5f, 0x7b, 0x3f, 0xf4, 0x74, 0xe4, 0x23, 0x7a,
		0xfd, 0x6a, 0x07, 0x8f, 0x3c, 0x4d, 0x86, 0x32,
	};
	char longest[NT_PASSWORD_MAX + 2];
	uint8_t got[NT_HASH_LEN];

	assert_true(nt_hash("\xc3\xa4", 2, got));
	assert_memory_equal(got, a_umlaut, sizeof(got));
	assert_true(nt_hash("\xf0\x9f\x94\x91", 4, got));
	assert_memory_equal(got, key_symbol, sizeof(got));

	assert_true(hashes(""));
	is_latin1("\xe4");
	is_latin1("caf\xe9");
	is_latin1("x\xc3");		/* cut short */
	is_latin1("\xc0\x80");		/* overlong */
	is_latin1("\xe0\x80\x80");
	is_latin1("\xed\xa0\x80");	/* surrogate */
	is_latin1("\xf4\x90\x80\x80");	/* beyond Unicode */
	is_latin1("\xff\xc3\xa4");	/* partly UTF-8 */

	memset(longest, 'x', sizeof(longest));
	assert_true(nt_hash(longest, NT_PASSWORD_MAX, got));
	assert_false(nt_hash(longest, NT_PASSWORD_MAX + 1, got));
}

/* RFC 2759 section 9.2 */
static void a_hash_has_a_text(void **state)
{
	static const char want[] = "{NT}44ebba8d5312b8d611474411f56989ae";
	uint8_t hash[NT_HASH_LEN], got[NT_HASH_LEN];
	char text[NT_HASH_TEXT_LEN + 1];

	assert_true(nt_hash("clientPass", 10, hash));
	nt_hash_text(hash, text);
	assert_string_equal(text, want);
	assert_true(nt_hash_parse(want, strlen(want), got));
	assert_memory_equal(got, hash, sizeof(hash));
	assert_true(nt_hash_parse("{nt}44EBBA8D5312B8D611474411F56989AE", NT_HASH_TEXT_LEN, got));
	assert_memory_equal(got, hash, sizeof(hash));
}

static void other_texts_are_no_hashes(void **state)
{
	static const struct {
		const char *text;
		bool marked;
	} cases[] = {
		{ "", false },
		{ "{NT", false },
		{ "{NT}", true },
		{ "{NT}44ebba8d5312b8d611474411f56989a", true },
		{ "{NT}44ebba8d5312b8d611474411f56989aee", true },
		{ "{NT}44ebba8d5312b8d611474411f56989ag", true },
		{ "44ebba8d5312b8d611474411f56989ae", false },
		{ "{NX}44ebba8d5312b8d611474411f56989ae", false },
	};
	uint8_t got[NT_HASH_LEN];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const size_t len = strlen(cases[i].text);

		assert_int_equal(nt_hash_is_marked(cases[i].text, len), cases[i].marked);
		assert_false(nt_hash_parse(cases[i].text, len, got));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(passwords_are_utf8_or_else_latin1),
		cmocka_unit_test(a_hash_has_a_text),
		cmocka_unit_test(other_texts_are_no_hashes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
