// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "session/describe.h"
#include "util/ip_literal_test.h"

static void what_is_up(void **state)
{
	struct session_record r = { .ifname = "hq" };
	char text[DESCRIBE_SIZE];

	r.ip4.local = ip("10.0.0.1");
	r.ip4.remote = ip("10.0.0.7");
	r.ip4.mtu = 1460;
	assert_string_equal(describe_up(&r, text),
			    "on hq, 10.0.0.1 to 10.0.0.7, no encryption, MTU 1460");
	r.ppp.open = PPP_OPEN_CCP;
	r.ppp.tx = (struct ppp_mppe){ .bits = 128, .stateless = true };
	r.ppp.rx = (struct ppp_mppe){ .bits = 40 };
	assert_string_equal(describe_up(&r, text),
			    "on hq, 10.0.0.1 to 10.0.0.7, MPPE 128 bit stateless, MTU 1460");
	r.ppp.tx = (struct ppp_mppe){ .bits = 40 };
	assert_string_equal(describe_up(&r, text),
			    "on hq, 10.0.0.1 to 10.0.0.7, MPPE 40 bit stateful, MTU 1460");
}

static void what_it_carried(void **state)
{
	const struct session_record r = {
		.stats = {
			.rx_bytes = UINT64_MAX, .rx_packets = 4, .tx_bytes = 3, .tx_packets = 2,
		},
	};
	char text[DESCRIBE_SIZE];

	assert_string_equal(describe_traffic(&r, text),
			    "received 18446744073709551615 bytes in 4 packets, sent 3 in 2");
}

static void what_it_is_for_programs(void **state)
{
	struct session_record r = { .id = 5, .user = "alice", .owner = "office" };
	struct log_fields f;

	r.addr.remote = ip("192.0.2.1");
	f = describe_fields(&r, LOG_EVENT_SESSION_UP);
	assert_int_equal(f.event, LOG_EVENT_SESSION_UP);
	assert_int_equal(f.session, 5);
	assert_string_equal(f.user, "alice");
	assert_ip(f.peer, "192.0.2.1");
	assert_string_equal(f.server, "office");
	assert_null(f.client);
	r.role = SESSION_OF_CLIENT;
	f = describe_fields(&r, LOG_EVENT_NONE);
	assert_null(f.server);
	assert_string_equal(f.client, "office");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_up),
		cmocka_unit_test(what_it_carried),
		cmocka_unit_test(what_it_is_for_programs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
