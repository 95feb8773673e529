// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "util/ip_literal_test.h"
#include "util/local.h"

/* Addresses for documentation (RFC 5737) are on no interface. */
static void own_addresses(void **state)
{
	assert_true(local_has_address(ip("127.0.0.1")));
	assert_false(local_has_address(ip("203.0.113.77")));
	assert_false(local_has_address(ip("0.0.0.0")));
	assert_false(local_has_address((struct ip_addr){ 0 }));
}

static void networks(void **state)
{
	struct local_network *list;
	size_t n;

	list = local_networks(&n);
	assert_true(list || !n);
	for (size_t i = 0; i < n; i++) {
		assert_true(local_has_address(list[i].address));
		assert_true(ip_prefix_contains(&list[i].network, list[i].address));
		assert_true(ip_equal(list[i].network.address,
				     ip_network(list[i].address, list[i].network.length)));
		assert_in_range(list[i].network.length, 0, 30);
		assert_string_not_equal(list[i].interface, "lo");
		assert_true(*list[i].interface);
	}
	free(list);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_addresses),
		cmocka_unit_test(networks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
