// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include <linux/netfilter.h>

#include "util/nft_name.h"

static struct nft_name names[NFT_NAMES_MAX];

static void names_are_read(void **state)
{
	char text[NFT_NAME_TEXT_SIZE];

	assert_int_equal(nft_names_parse("", names), 0);
	assert_int_equal(nft_names_parse("  ", names), 0);
	assert_int_equal(nft_names_parse("filter guests", names), 1);
	assert_string_equal(nft_name_format(&names[0], text), "inet filter guests");
	assert_int_equal(nft_names_parse(" ip  nat trusted-1 , inet filter a.b,bridge b c,netdev d e",
					 names), 4);
	assert_int_equal(names[0].family, NFPROTO_IPV4);
	assert_string_equal(names[0].table, "nat");
	assert_string_equal(names[0].set, "trusted-1");
	assert_string_equal(nft_name_format(&names[1], text), "inet filter a.b");
	assert_string_equal(nft_name_format(&names[3], text), "netdev d e");
	assert_true(nft_name_equal(&names[1], &names[1]));
	assert_false(nft_name_equal(&names[1], &names[2]));
	/* A table may be called like a family. */
	assert_int_equal(nft_names_parse("ip guests", names), 1);
	assert_string_equal(nft_name_format(&names[0], text), "inet ip guests");
}

static void what_is_no_name_is_told(void **state)
{
	static const char * const wrong[] = {
		"guests", "ip6 filter guests", "inet filter guests more", "filter guests,", ",",
		"filter 1guests", "filter gu{ests", "a b,a c,a d,a e,a f", "filter \"guests\"",
		"filter a123456789012345678901234567890123456789012345678901234567890123",
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_int_equal(nft_names_parse(wrong[i], names), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_read),
		cmocka_unit_test(what_is_no_name_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
