// SPDX-License-Identifier: GPL-2.0-only
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "inet.h"

static void addresses(void **state)
{
	struct in_addr in;

	assert_true(ipv4_parse("192.0.2.1", &in));
	assert_int_equal(ntohl(in.s_addr), 0xc0000201);
	assert_false(ipv4_parse("192.0.2", &in));
	assert_false(ipv4_parse("192.0.2.256", &in));
	assert_false(ipv4_parse("192.0.2.1 ", &in));
	assert_false(ipv4_parse("::1", &in));
	assert_false(ipv4_parse("", &in));
}

static void prefixes(void **state)
{
	unsigned int length;
	uint32_t address;

	assert_true(ipv4_parse_prefix("10.1.2.3/8", &address, &length));
	assert_int_equal(address, 0x0a010203);
	assert_int_equal(length, 8);
	assert_true(ipv4_parse_prefix("0.0.0.0/0", &address, &length));
	assert_false(ipv4_parse_prefix("10.0.0.0/33", &address, &length));
	assert_false(ipv4_parse_prefix("10.0.0.0/", &address, &length));
	assert_false(ipv4_parse_prefix("10.0.0.0", &address, &length));
	assert_false(ipv4_parse_prefix("/8", &address, &length));
	assert_false(ipv4_parse_prefix("10.0.0.0/8/8", &address, &length));
	assert_int_equal(ipv4_mask(0), 0);
	assert_int_equal(ipv4_mask(1), 0x80000000);
	assert_int_equal(ipv4_mask(32), 0xffffffff);
}

static void range_is(const char *text, uint32_t first, uint32_t last)
{
	struct ipv4_range range;
	const char *wrong = ipv4_parse_range(text, &range);

	if (wrong)
		fail_msg("%s %s", text, wrong);
	assert_int_equal(range.first, first);
	assert_int_equal(range.last, last);
}

static void ranges(void **state)
{
	range_is("10.0.0.9", 0x0a000009, 0x0a000009);
	range_is("10.0.0.10-10.0.1.20", 0x0a00000a, 0x0a000114);
	range_is("10.0.0.0/24", 0x0a000001, 0x0a0000fe);
	range_is("10.0.0.2/31", 0x0a000002, 0x0a000003);
	range_is("10.0.0.2/32", 0x0a000002, 0x0a000002);
	range_is("255.255.255.254-255.255.255.255", 0xfffffffe, 0xffffffff);
}

static void wrong_ranges(void **state)
{
	static const char * const wrong[][2] = {
		{ "10.0.0.9-10.0.0.1", "ends before it begins" },
		{ "10.0.0.9-", "is not a range like 10.0.0.10-10.0.0.99" },
		{ "10.0.0.1-20", "is not a range like 10.0.0.10-10.0.0.99" },
		{ "10.0.0.1/24", "has bits set beyond the prefix length" },
		{ "10.0.0.0/40", "is not a prefix like 10.0.0.0/24" },
		{ "everybody", "is not an address, a range or a prefix" },
		{ "", "is not an address, a range or a prefix" },
		{ "111111111111111111111111111111111111111111-1.2.3.4",
		  "is not an address, a range or a prefix" },
	};
	struct ipv4_range range;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_string_equal(ipv4_parse_range(wrong[i][0], &range), wrong[i][1]);
}

static void overlaps(void **state)
{
	struct ipv4_range a = { 10, 20 }, b = { 20, 30 }, c = { 21, 30 }, d = { 12, 13 };

	assert_true(ipv4_ranges_overlap(&a, &b));
	assert_true(ipv4_ranges_overlap(&b, &a));
	assert_false(ipv4_ranges_overlap(&a, &c));
	assert_true(ipv4_ranges_overlap(&a, &d));
	assert_true(ipv4_ranges_overlap(&d, &a));
}

static void formats(void **state)
{
	char text[INET_ADDRSTRLEN];

	assert_string_equal(ipv4_format(0xfffefdfc, text), "255.254.253.252");
	assert_string_equal(ipv4_format(0, text), "0.0.0.0");
}

static void a_line_shows_four(void **state)
{
	const struct in_addr a = { htonl(0xc0000201) }, b = { htonl(0xc6336402) };
	const char *first = ipv4_text(a), *second = ipv4_text(b);

	ipv4_text(b);
	ipv4_text(b);
	assert_string_equal(first, "192.0.2.1");
	assert_string_equal(second, "198.51.100.2");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(prefixes),
		cmocka_unit_test(ranges),
		cmocka_unit_test(wrong_ranges),
		cmocka_unit_test(overlaps),
		cmocka_unit_test(formats),
		cmocka_unit_test(a_line_shows_four),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
