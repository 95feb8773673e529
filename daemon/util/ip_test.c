// SPDX-License-Identifier: GPL-2.0-only
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "util/ip_literal_test.h"

static void addresses(void **state)
{
	struct ip_addr address;

	assert_true(ip_parse("192.0.2.1", &address));
	assert_int_equal(address.family, AF_INET);
	assert_int_equal(ip_number(address), 0xc0000201);
	assert_true(ip_parse("2001:db8::1", &address));
	assert_int_equal(address.family, AF_INET6);
	assert_int_equal(ip_number(address), 0);
	assert_false(ip_parse("192.0.2", &address));
	assert_false(ip_parse("192.0.2.256", &address));
	assert_false(ip_parse("192.0.2.1 ", &address));
	assert_false(ip_parse("fe80::1%eth0", &address));
	assert_false(ip_parse("", &address));
	assert_false(ip_parse_v4("::1", &address));
}

static void an_address_is_one_of_its_kind(void **state)
{
	const struct ip_addr none = { .family = AF_UNSPEC };

	assert_false(ip_is_set(none));
	assert_false(ip_is_any(none));
	assert_false(ip_is_unicast(none));
	assert_true(ip_is_any(ip("0.0.0.0")));
	assert_true(ip_is_any(ip("::")));
	assert_false(ip_is_any(ip("0.0.0.1")));
	assert_false(ip_is_any(ip("::1")));
}

static void hosts_have_unicast_addresses(void **state)
{
	static const char * const are[] = {
		"1.0.0.0", "126.255.255.255", "128.0.0.0", "223.255.255.255", "2001:db8::1",
		"fe80::1",
	};
	static const char * const are_not[] = {
		"0.0.0.0", "0.255.255.255", "127.0.0.1", "224.0.0.0", "255.255.255.255", "::",
		"::1", "ff02::1",
	};

	for (size_t i = 0; i < sizeof(are) / sizeof(are[0]); i++)
		if (!ip_is_unicast(ip(are[i])))
			fail_msg("%s", are[i]);
	for (size_t i = 0; i < sizeof(are_not) / sizeof(are_not[0]); i++)
		if (ip_is_unicast(ip(are_not[i])))
			fail_msg("%s", are_not[i]);
}

static void addresses_have_an_order(void **state)
{
	static const char * const sorted[] = {
		"", "0.0.0.0", "10.0.0.2", "10.0.0.10", "192.0.2.1", "::", "::1", "2001:db8::",
	};
	const size_t n = sizeof(sorted) / sizeof(sorted[0]);

	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < n; j++) {
			const int order = ip_compare(ip(sorted[i]), ip(sorted[j]));

			assert_int_equal((order > 0) - (order < 0), (i > j) - (i < j));
			assert_int_equal(ip_equal(ip(sorted[i]), ip(sorted[j])), i == j);
		}
	}
}

/* The octets of the union after an IPv4 address are ignored. */
static void an_address_ends_where_it_ends(void **state)
{
	struct ip_addr a = ip("192.0.2.1"), b = ip("192.0.2.1");

	a.v6.s6_addr[15] = 1;
	assert_true(ip_equal(a, b));
	assert_int_equal(ip_hash(a), ip_hash(b));
	assert_int_not_equal(ip_hash(a), ip_hash(ip("192.0.2.2")));
	assert_int_not_equal(ip_hash(ip("::1")), ip_hash(ip("::2")));
}

static void socket_is(const char *text, socklen_t len)
{
	struct sockaddr_storage sa;

	assert_int_equal(ip_to_sockaddr(ip(text), 1723, &sa), len);
	assert_true(ip_equal(ip_from_sockaddr((struct sockaddr *)&sa), ip(text)));
	if (sa.ss_family == AF_INET)
		assert_int_equal(((struct sockaddr_in *)&sa)->sin_port, htons(1723));
	if (sa.ss_family == AF_INET6)
		assert_int_equal(((struct sockaddr_in6 *)&sa)->sin6_port, htons(1723));
}

static void sockets_have_addresses(void **state)
{
	socket_is("192.0.2.1", sizeof(struct sockaddr_in));
	socket_is("2001:db8::1", sizeof(struct sockaddr_in6));
	socket_is("", 0);
}

static void prefix_is(const char *text, const char *network, unsigned int length)
{
	struct ip_prefix prefix;

	assert_true(ip_parse_prefix_v4(text, &prefix));
	assert_int_equal(prefix.length, length);
	assert_ip(ip_network(prefix.address, length), network);
}

static void prefixes(void **state)
{
	static const char * const wrong[] = {
		"10.0.0.0/33", "10.0.0.0/", "10.0.0.0", "/8", "10.0.0.0/8/8", "::/0",
	};
	struct ip_prefix prefix;

	prefix_is("10.1.2.3/8", "10.0.0.0", 8);
	prefix_is("10.255.2.3/9", "10.128.0.0", 9);
	prefix_is("10.1.2.3/32", "10.1.2.3", 32);
	prefix_is("10.1.2.3/31", "10.1.2.2", 31);
	prefix_is("255.0.0.0/0", "0.0.0.0", 0);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(ip_parse_prefix_v4(wrong[i], &prefix));
	assert_ip(ip_network(ip("2001:db8:ffff::1"), 33), "2001:db8:8000::");
}

static void prefixes_contain(void **state)
{
	const struct ip_prefix net = { ip("10.1.2.0"), 23 }, all = { ip("0.0.0.0"), 0 };
	const struct ip_prefix one = ip_host(ip("10.1.2.3")), net6 = { ip("2001:db8::"), 32 };

	assert_true(ip_prefix_contains(&net, ip("10.1.3.255")));
	assert_false(ip_prefix_contains(&net, ip("10.1.4.0")));
	assert_true(ip_prefix_contains(&all, ip("192.0.2.1")));
	assert_false(ip_prefix_contains(&all, ip("::1")));
	assert_int_equal(one.length, 32);
	assert_true(ip_prefix_contains(&one, ip("10.1.2.3")));
	assert_false(ip_prefix_contains(&one, ip("10.1.2.2")));
	assert_true(ip_prefix_contains(&net6, ip("2001:db8:1::1")));
	assert_false(ip_prefix_contains(&net6, ip("2001:db9::1")));
	assert_int_equal(ip_host(ip("::1")).length, 128);
	assert_true(ip_prefix_equal(&net, &net));
	assert_false(ip_prefix_equal(&net, &(struct ip_prefix){ net.address, 24 }));
	assert_false(ip_prefix_equal(&net, &(struct ip_prefix){ ip("10.1.0.0"), 23 }));
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
	const struct ip_prefix longest = {
		ip("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255"), 128
	};
	char text[IP_TEXT_SIZE];

	assert_string_equal(ip_format(ip("255.254.253.252"), text), "255.254.253.252");
	assert_string_equal(ip_format(ip_from_number(0), text), "0.0.0.0");
	assert_string_equal(ip_format(ip("2001:db8:0::1"), text), "2001:db8::1");
	assert_string_equal(ip_format(ip(""), text), "");
	assert_string_equal(ip_prefix_format(&(struct ip_prefix){ ip("10.0.0.0"), 8 }, text),
			    "10.0.0.0/8");
	assert_string_equal(ip_prefix_format(&longest, text),
			    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128");
}

static void a_line_shows_four(void **state)
{
	const char *first = ip_text(ip("192.0.2.1")), *second = ip_text(ip("198.51.100.2"));

	ip_text(ip("::"));
	ip_text(ip("::"));
	assert_string_equal(first, "192.0.2.1");
	assert_string_equal(second, "198.51.100.2");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses),
		cmocka_unit_test(an_address_is_one_of_its_kind),
		cmocka_unit_test(hosts_have_unicast_addresses),
		cmocka_unit_test(addresses_have_an_order),
		cmocka_unit_test(an_address_ends_where_it_ends),
		cmocka_unit_test(sockets_have_addresses),
		cmocka_unit_test(prefixes),
		cmocka_unit_test(prefixes_contain),
		cmocka_unit_test(ranges),
		cmocka_unit_test(wrong_ranges),
		cmocka_unit_test(overlaps),
		cmocka_unit_test(formats),
		cmocka_unit_test(a_line_shows_four),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
