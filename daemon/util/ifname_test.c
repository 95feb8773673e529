// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "util/ifname.h"
#include "util/ip_literal_test.h"

static void patterns(void **state)
{
	static const char * const good[] = {
		"ppp-%u", "pptp%d", "p%i", "vpn.%p", "a", "x%u-%i", "abcdefghijklm", "abcdefghijklm%d",
	};
	static const char * const bad[] = {
		"", "%u", "1%u", "-%u", ".%u", "a/%u", "a %u", "a%", "a%x", "a%%", "a%s", "a~%u", "a%u%d",
		"a%d%u", "a%d.", "abcdefghijklmn", "abcdefghijklmn%d", "abcdefghijklm%u", "ppp:%u",
	};

	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_null(ifname_pattern_flaw(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_non_null(ifname_pattern_flaw(bad[i]));
}

struct name_case {
	const char *pattern, *user, *name;
	bool exact;
};

static void names(void **state)
{
	static const struct name_case cases[] = {
		{ "ppp-%u", "alice", "ppp-alice", true },
		{ "ppp-%u", "john.doe", "ppp-john.doe", true },
		{ "ppp-%u", "elevenoctet", "ppp-elevenoctet", true },
		{ "ppp-%u", "twelveoctets", "ppp-twelveoctet", false },
		{ "ppp-%u", "../../etc", "ppp-.._.._etc", false },
		{ "ppp-%u", "a b;rm -rf", "ppp-a_b_rm_-rf", false },
		{ "ppp-%u", "alice@example", "ppp-alice_examp", false },
		{ "ppp-%u", "CORP\\bob", "ppp-CORP_bob", false },
		{ "ppp-%u", "j\xc3\xbcrgen", "ppp-j__rgen", false },
		{ "ppp-%u", "a~1", "ppp-a_1", false },
		{ "ppp-%u", "%d%n", "ppp-_d_n", false },
		{ "ppp-%u", "", "ppp-", false },
		{ "p%i", "alice", "p4711", true },
		{ "p%i-%u", "alice", "p4711-alice", true },
		{ "%p", "", "192-0-2-7", true },
		{ "x%p", "alice", "x192-0-2-7", true },
		{ "x%u%p", "alice", "xalice192-0-2-7", true },
		{ "x%u%p", "charlie", "xcharl192-0-2-7", false },
		{ "abcdefghij%u%i", "bob", "abcdefghijb4711", false },
		{ "lan", "alice", "lan", true },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct ifname_values values = {
			.user = cases[i].user, .session = 4711, .peer = ip("192.0.2.7"),
		};
		char name[IFNAMSIZ];

		assert_int_equal(ifname_of(name, cases[i].pattern, &values), cases[i].exact);
		assert_string_equal(name, cases[i].name);
	}
}

static void nobody_proves_it(void **state)
{
	const struct ifname_values values = { .user = "alice", .unproven = true };
	char name[IFNAMSIZ];

	assert_false(ifname_of(name, "ppp-%u", &values));
	assert_string_equal(name, "ppp-alice");
}

static void numbers(void **state)
{
	char name[IFNAMSIZ];

	ifname_number(name, "ppp-alice", 1);
	assert_string_equal(name, "ppp-alice~1");
	ifname_number(name, "ppp-elevenoctet", 10);
	assert_string_equal(name, "ppp-elevenoc~10");
	ifname_number(name, "ppp-elevenoctet", 99999);
	assert_string_equal(name, "ppp-eleve~99999");
}

/* Whatever a peer calls itself, the name is one that the kernel takes, and begins as the pattern. */
static void any_user(void **state)
{
	static const char * const patterns[] = { "ppp-%u", "a%u%u", "x%i%u%p", "abcdefghijkl%u" };
	char user[32], name[IFNAMSIZ];

	srand(1);
	for (unsigned int i = 0; i < 20000; i++) {
		const struct ifname_values values = {
			.user = user, .session = (uint64_t)rand() << (i % 33), .peer = ip("192.0.2.7"),
		};
		const char *pattern = patterns[i % 4];
		size_t len = (size_t)rand() % (sizeof(user) - 1);

		for (size_t j = 0; j < len; j++)
			user[j] = (char)(1 + rand() % 255);
		user[len] = '\0';
		ifname_of(name, pattern, &values);
		assert_true(strlen(name) && strlen(name) < IFNAMSIZ);
		assert_int_equal(strspn(name, IFNAME_PLAIN), strlen(name));
		assert_memory_equal(name, pattern, strcspn(pattern, "%"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(patterns),
		cmocka_unit_test(names),
		cmocka_unit_test(nobody_proves_it),
		cmocka_unit_test(numbers),
		cmocka_unit_test(any_user),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
