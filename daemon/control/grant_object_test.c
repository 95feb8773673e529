// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "aaa/grant.h"
#include "control/objects.h"
#include "util/ip_literal_test.h"

static struct radius_reply reply;

static int set_up(void **state)
{
	memset(&reply, 0, sizeof(reply));
	return 0;
}

/* Compare what is made of @reply. */
static void shows(const char *text)
{
	struct auth_grant *grant = grant_new(&reply);
	json_t *object = object_of_grant(grant);
	char *made;

	assert_non_null(object);
	made = json_dumps(object, JSON_COMPACT);
	assert_string_equal(made, text);
	free(made);
	json_decref(object);
	grant_put(grant);
}

static struct radius_number given(uint32_t value)
{
	return (struct radius_number){ .given = true, .value = value };
}

static void nothing_is_nothing(void **state)
{
	shows("{}");
}

static void what_was_granted_is_there(void **state)
{
	strcpy(reply.user, "alice");
	reply.n_classes = 2;
	reply.classes[0].len = reply.classes[1].len = 1;
	reply.address_choice = RADIUS_ADDRESS_GIVEN;
	reply.address = ip("10.1.2.3");
	reply.netmask = given(0);
	strcpy(reply.pool, "gold");
	reply.routes[0] = (struct radius_route){ .to = { ip("192.168.5.0"), 24 } };
	reply.routes[1] = (struct radius_route){
		.to = { ip("192.168.6.0"), 24 }, .gateway = ip("10.1.2.3"), .metric = 7,
	};
	reply.n_routes = 2;
	reply.dns[1] = ip("10.0.0.53");
	reply.prefixes6[0] = (struct ip_prefix){ ip("2001:db8:1::"), 64 };
	reply.n_prefixes6 = 1;
	reply.has_ifid = true;
	memcpy(reply.ifid, "\1\2\3\4\5\6\7\xfe", 8);
	shows("{\"user\":\"alice\",\"classes\":2,\"address\":\"10.1.2.3\",\"netmask\":0,"
	      "\"pool\":\"gold\",\"routes\":[\"192.168.5.0/24\","
	      "\"192.168.6.0/24 via 10.1.2.3 metric 7\"],\"dns\":[\"10.0.0.53\"],"
	      "\"prefixes6\":[\"2001:db8:1::/64\"],\"interface_id\":\"0102:0304:0506:07fe\"}");
}

static void limits_are_there(void **state)
{
	reply.session_timeout = given(UINT32_MAX);
	reply.idle_timeout = given(60);
	reply.interim_interval = given(300);
	reply.port_limit = given(2);
	reply.rates = (struct radius_rates){ .up = 5000000000ull, .down = 2, .burst_down_s = 3 };
	strcpy(reply.filters[0], "strict");
	strcpy(reply.filters[1], "night");
	reply.n_filters = 2;
	strcpy(reply.avpairs[0], "ip:addr-pool=gold");
	reply.n_avpairs = 1;
	shows("{\"session_timeout_s\":4294967295,\"idle_timeout_s\":60,\"interim_interval_s\":300,"
	      "\"port_limit\":2,\"filters\":[\"strict\",\"night\"],\"rate_up\":5000000000,"
	      "\"rate_down\":2,\"burst_down_s\":3,\"avpairs\":[\"ip:addr-pool=gold\"]}");
}

static void special_addresses_have_words(void **state)
{
	reply.address_choice = RADIUS_ADDRESS_BY_USER;
	shows("{\"address\":\"chosen by the user\"}");
	reply.address_choice = RADIUS_ADDRESS_BY_NAS;
	shows("{\"address\":\"of a pool\"}");
}

static void texts_need_not_be_utf8(void **state)
{
	strcpy(reply.user, "al\xff\nice");
	strcpy(reply.filters[0], "\x1b[2J");
	reply.n_filters = 1;
	shows("{\"user\":\"al\\\\xff\\\\x0aice\",\"filters\":[\"\\\\x1b[2J\"]}");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(nothing_is_nothing, set_up),
		cmocka_unit_test_setup(what_was_granted_is_there, set_up),
		cmocka_unit_test_setup(limits_are_there, set_up),
		cmocka_unit_test_setup(special_addresses_have_words, set_up),
		cmocka_unit_test_setup(texts_need_not_be_utf8, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
