// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "util/hash.h"

/* The values are from draft-eastlake-fnv, appendix C. */
static void published_values(void **state)
{
	assert_int_equal(hash_text(""), 0x811c9dc5);
	assert_int_equal(hash_text("a"), 0xe40c292c);
	assert_int_equal(hash_text("foobar"), 0xbf9cf968);
	assert_int_equal(hash_bytes("foobar", 6), 0xbf9cf968);
}

static void octets_are_unsigned_and_nul_is_one(void **state)
{
	assert_int_equal(hash_bytes("\xff", 1), (2166136261u ^ 0xff) * 16777619u);
	assert_int_equal(hash_bytes("a\0", 2), 0xe40c292cu * 16777619u);
	assert_int_equal(hash_bytes(NULL, 0), hash_text(""));
}

static void capitals_count_as_small_letters(void **state)
{
	assert_int_equal(hash_folded("FooBAR", 6), 0xbf9cf968);
	assert_int_equal(hash_folded("a@[`{\xc3\x84", 7), hash_bytes("a@[`{\xc3\x84", 7));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_values),
		cmocka_unit_test(octets_are_unsigned_and_nul_is_one),
		cmocka_unit_test(capitals_count_as_small_letters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
