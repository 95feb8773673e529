// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "text.h"

static void check(const char *in, size_t len, const char *want)
{
	char out[256];
	size_t n = text_show(out, sizeof(out), in, len);

	assert_string_equal(out, want);
	assert_int_equal(n, strlen(want));
}

static void plain_text_is_left_alone(void **state)
{
	check("alice", 5, "alice");
	check("", 0, "");
	check("DOMAIN\\bob", 10, "DOMAIN\\bob");
	check("J\xc3\xbcrgen \xe2\x82\xac \xf0\x9f\x98\x80", 16,
	      "J\xc3\xbcrgen \xe2\x82\xac \xf0\x9f\x98\x80");
}

static void controls_are_escaped(void **state)
{
	check("a\nb\x1b[31m\x7f", 9, "a\\x0ab\\x1b[31m\\x7f");
	check("a\0b", 3, "a\\x00b");
	check("\xc2\x9b", 2, "\\xc2\\x9b");		/* CSI of C1 */
	check("\xe2\x80\xae", 3, "\\xe2\\x80\\xae");	/* right-to-left override */
	check("\xe2\x80\xa8", 3, "\\xe2\\x80\\xa8");	/* line separator */
}

static void broken_utf8_is_escaped(void **state)
{
	check("\xff", 1, "\\xff");
	check("\xc3", 1, "\\xc3");
	check("\xc3" "a", 2, "\\xc3a");
	check("\xc0\xaf", 2, "\\xc0\\xaf");			/* overlong */
	check("\xe0\x80\xaf", 3, "\\xe0\\x80\\xaf");		/* overlong */
	check("\xed\xa0\x80", 3, "\\xed\\xa0\\x80");		/* surrogate */
	check("\xf4\x90\x80\x80", 4, "\\xf4\\x90\\x80\\x80");	/* beyond U+10FFFF */
	check("\x80", 1, "\\x80");
}

static void quoted(const char *in, const char *want)
{
	char out[TEXT_QUOTE_SIZE];

	assert_string_equal(text_quote(out, in), want);
}

static void quotes_end_where_they_seem_to(void **state)
{
	char in[2 * TEXT_QUOTE_SIZE], out[TEXT_QUOTE_SIZE], shown[4 * TEXT_QUOTE_SIZE];

	quoted("alice", "\"alice\"");
	quoted("", "\"\"");
	quoted("a\" refused: x \"b", "\"a\\x22 refused: x \\x22b\"");
	quoted("J\xc3\xbcrgen", "\"J\xc3\xbcrgen\"");
	/* Of each length, and of what needs most room, nothing is written too far or cut in two. */
	for (size_t n = 1; n < sizeof(in); n++) {
		memset(in, '"', n);
		in[n] = '\0';
		text_quote(out, in);
		assert_in_range(strlen(out), 1, TEXT_QUOTE_SIZE - 1);
		assert_int_equal(!!strstr(out, "..."), strlen(out) != 2 + 4 * n);
		for (size_t i = 0; i + 2 < n; i += 3)
			memcpy(in + i, "\xe2\x82\xac", 3);
		text_quote(out, in);
		assert_in_range(strlen(out), 1, TEXT_QUOTE_SIZE - 1);
		text_show(shown, sizeof(shown), out, strlen(out));
		assert_string_equal(shown, out);
	}
}

static void named(const char *in, const char *want)
{
	char out[TEXT_QUOTE_SIZE];

	assert_string_equal(text_name(out, in), want);
}

static void names_are_quoted_if_they_could_mislead(void **state)
{
	named("alice", "alice");
	named("CORP\\alice", "CORP\\alice");
	named("alice@example.org", "alice@example.org");
	named("J\xc3\xbcrgen", "J\xc3\xbcrgen");
	named("", "\"\"");
	named("bob, 192.0.2.9", "\"bob, 192.0.2.9\"");
	named("x): down", "\"x): down\"");
	named("a\"b", "\"a\\x22b\"");
}

static void short_buffers_cut_at_characters(void **state)
{
	char out[5];

	assert_int_equal(text_show(out, 5, "abc\n", 4), 3);
	assert_string_equal(out, "abc");
	assert_int_equal(text_show(out, 5, "abc\xc3\xa9", 5), 3);
	assert_string_equal(out, "abc");
	assert_int_equal(text_show(out, 5, "\n", 1), 4);
	assert_string_equal(out, "\\x0a");
	assert_int_equal(text_show(out, 1, "a", 1), 0);
	assert_string_equal(out, "");
	assert_int_equal(text_show(out, 0, "a", 1), 0);
}

static void distance_counts_edits(void **state)
{
	char longest[65];

	assert_int_equal(text_distance("listen", "listen"), 0);
	assert_int_equal(text_distance("", "abc"), 3);
	assert_int_equal(text_distance("abc", ""), 3);
	assert_int_equal(text_distance("lisen", "listen"), 1);
	assert_int_equal(text_distance("litsen", "listen"), 1);
	assert_int_equal(text_distance("kitten", "sitting"), 3);
	memset(longest, 'a', 64);
	longest[64] = '\0';
	assert_int_equal(text_distance(longest, "a"), 63);
}

static void suggestions_are_near(void **state)
{
	assert_true(text_resembles("prot", "port"));
	assert_true(text_resembles("mppe_bits", "mppe-bits"));
	assert_false(text_resembles("colour", "port"));
	assert_false(text_resembles("a", "dns"));
}

static void numbers_are_whole_and_bounded(void **state)
{
	uint64_t n = 77;

	assert_true(text_number("0", 0, 9, &n));
	assert_true(n == 0);
	assert_true(text_number("18446744073709551615", 0, UINT64_MAX, &n));
	assert_true(n == UINT64_MAX);
	assert_false(text_number("18446744073709551616", 0, UINT64_MAX, &n));
	assert_false(text_number("99999999999999999999999", 0, UINT64_MAX, &n));
	assert_false(text_number("", 0, 9, &n));
	assert_false(text_number("-1", 0, 9, &n));
	assert_false(text_number("+1", 0, 9, &n));
	assert_false(text_number(" 1", 0, 9, &n));
	assert_false(text_number("1s", 0, 9, &n));
	assert_false(text_number("010", 0, 99, &n));
	assert_false(text_number("0x1", 0, 99, &n));
	assert_false(text_number("10", 0, 9, &n));
	assert_false(text_number("1", 2, 9, &n));
}

static void folding_is_of_ascii_capitals(void **state)
{
	char text[] = "AZ@[az`{09\xc3\x84\\";

	text_fold(text);
	assert_string_equal(text, "az@[az`{09\xc3\x84\\");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_text_is_left_alone),
		cmocka_unit_test(controls_are_escaped),
		cmocka_unit_test(broken_utf8_is_escaped),
		cmocka_unit_test(quotes_end_where_they_seem_to),
		cmocka_unit_test(names_are_quoted_if_they_could_mislead),
		cmocka_unit_test(short_buffers_cut_at_characters),
		cmocka_unit_test(distance_counts_edits),
		cmocka_unit_test(suggestions_are_near),
		cmocka_unit_test(numbers_are_whole_and_bounded),
		cmocka_unit_test(folding_is_of_ascii_capitals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
