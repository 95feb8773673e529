// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "aaa/grant.h"
#include "aaa/policy.h"
#include "util/ip_literal_test.h"

static struct radius_reply reply;

static int set_up(void **state)
{
	memset(&reply, 0, sizeof(reply));
	return 0;
}

static struct radius_number given(uint32_t value)
{
	return (struct radius_number){ .given = true, .value = value };
}

static void put_class(const char *text)
{
	struct radius_octets *class = &reply.classes[reply.n_classes++];

	class->len = (uint8_t)strlen(text);
	memcpy(class->octets, text, class->len);
}

static struct ip_prefix prefix(const char *text, uint8_t length)
{
	return (struct ip_prefix){ ip(text), length };
}

static void all_that_a_server_may_grant(void)
{
	strcpy(reply.user, "alice@example.org");
	put_class("first");
	put_class("second one");
	reply.address_choice = RADIUS_ADDRESS_GIVEN;
	reply.address = ip("10.1.2.3");
	reply.netmask = given(0);
	strcpy(reply.pool, "gold");
	reply.routes[reply.n_routes++] = (struct radius_route){
		.to = prefix("192.168.5.0", 24),
	};
	reply.routes[reply.n_routes++] = (struct radius_route){
		.to = prefix("192.168.6.0", 24), .gateway = ip("10.1.2.3"), .metric = 7,
	};
	reply.dns[0] = ip("10.0.0.53");
	reply.nbns[1] = ip("10.0.0.54");
	reply.dns6[reply.n_dns6++] = ip("2001:db8::53");
	reply.prefixes6[reply.n_prefixes6++] = prefix("2001:db8:1::", 64);
	reply.delegated6[reply.n_delegated6++] = prefix("2001:db8:2::", 56);
	reply.addresses6[reply.n_addresses6++] = ip("2001:db8::7");
	strcpy(reply.pool6, "six");
	strcpy(reply.delegated_pool6, "delegated");
	reply.has_ifid = true;
	memcpy(reply.ifid, "\1\2\3\4\5\6\7\10", 8);
	reply.session_timeout = given(3600);
	reply.idle_timeout = given(600);
	reply.interim_interval = given(300);
	reply.termination_action = given(1);
	reply.port_limit = given(2);
	reply.mtu = given(1400);
	strcpy(reply.filters[reply.n_filters++], "strict");
	strcpy(reply.filters[reply.n_filters++], "night");
	reply.rates = (struct radius_rates){ .up = 1000, .down = 2000, .burst_down = 4000 };
	strcpy(reply.avpairs[reply.n_avpairs++], "ip:addr-pool=gold");
	reply.mppe_policy = given(RADIUS_MPPE_REQUIRED);
	reply.mppe_types = given(RADIUS_MPPE_128);
}

static void a_grant_has_all_of_it(void **state)
{
	struct auth_grant *g;

	all_that_a_server_may_grant();
	g = grant_new(&reply);
	assert_non_null(g);
	/* Nothing points into the reply any more. */
	memset(&reply, 0xee, sizeof(reply));

	assert_string_equal(g->user, "alice@example.org");
	assert_int_equal(g->n_classes, 2);
	assert_int_equal(g->classes[0].len, 5);
	assert_memory_equal(g->classes[0].octets, "first", 5);
	assert_int_equal(g->classes[1].len, 10);
	assert_memory_equal(g->classes[1].octets, "second one", 10);
	assert_int_equal(g->address_choice, RADIUS_ADDRESS_GIVEN);
	assert_ip(g->address, "10.1.2.3");
	assert_true(g->has_netmask);
	assert_int_equal(g->netmask, 0);
	assert_string_equal(g->pool, "gold");
	assert_int_equal(g->n_routes, 2);
	assert_ip(g->routes[1].to.address, "192.168.6.0");
	assert_ip(g->routes[1].gateway, "10.1.2.3");
	assert_int_equal(g->routes[1].metric, 7);
	assert_ip(g->dns[0], "10.0.0.53");
	assert_false(ip_is_set(g->dns[1]));
	assert_false(ip_is_set(g->nbns[0]));
	assert_ip(g->nbns[1], "10.0.0.54");
	assert_int_equal(g->n_dns6, 1);
	assert_ip(g->dns6[0], "2001:db8::53");
	assert_int_equal(g->n_prefixes6, 1);
	assert_ip(g->prefixes6[0].address, "2001:db8:1::");
	assert_int_equal(g->n_delegated6, 1);
	assert_int_equal(g->delegated6[0].length, 56);
	assert_int_equal(g->n_addresses6, 1);
	assert_ip(g->addresses6[0], "2001:db8::7");
	assert_string_equal(g->pool6, "six");
	assert_string_equal(g->delegated_pool6, "delegated");
	assert_true(g->has_ifid);
	assert_int_equal(g->ifid[7], 8);
	assert_int_equal(g->session_timeout_s, 3600);
	assert_int_equal(g->idle_timeout_s, 600);
	assert_int_equal(g->interim_s, 300);
	assert_int_equal(g->termination_action, 1);
	assert_int_equal(g->port_limit, 2);
	assert_int_equal(g->mtu, 1400);
	assert_int_equal(g->n_filters, 2);
	assert_string_equal(g->filters[0], "strict");
	assert_string_equal(g->filters[1], "night");
	assert_int_equal(g->rates.burst_down, 4000);
	assert_int_equal(g->n_avpairs, 1);
	assert_string_equal(g->avpairs[0], "ip:addr-pool=gold");
	assert_int_equal(g->mppe_policy.value, RADIUS_MPPE_REQUIRED);
	assert_int_equal(g->mppe_types.value, RADIUS_MPPE_128);
	grant_put(g);
}

static void an_empty_reply_grants_nothing(void **state)
{
	struct auth_grant *g = grant_new(&reply);

	assert_non_null(g);
	assert_string_equal(g->user, "");
	assert_string_equal(g->pool, "");
	assert_int_equal(g->n_classes + g->n_routes + g->n_filters + g->n_avpairs, 0);
	assert_int_equal(g->session_timeout_s, 0);
	assert_false(g->has_netmask);
	assert_false(g->mppe_policy.given);
	grant_put(g);
}

static void references_keep_it(void **state)
{
	struct auth_grant *g = grant_new(&reply);

	assert_ptr_equal(grant_get(g), g);
	grant_put(g);
	assert_string_equal(g->user, "");
	grant_put(g);
	assert_null(grant_get(NULL));
	grant_put(NULL);
}

static void a_change_replaces_what_it_names(void **state)
{
	struct auth_grant *old, *new;

	all_that_a_server_may_grant();
	old = grant_new(&reply);
	memset(&reply, 0, sizeof(reply));
	reply.session_timeout = given(60);
	reply.idle_timeout = given(0);
	strcpy(reply.filters[reply.n_filters++], "closed");
	put_class("third");
	reply.rates.up = 500;
	new = grant_changed(old, &reply);
	assert_non_null(new);
	memset(&reply, 0xee, sizeof(reply));

	assert_int_equal(new->session_timeout_s, 60);
	assert_int_equal(new->idle_timeout_s, 0);
	assert_int_equal(new->n_filters, 1);
	assert_string_equal(new->filters[0], "closed");
	assert_int_equal(new->n_classes, 1);
	assert_memory_equal(new->classes[0].octets, "third", 5);
	assert_int_equal(new->rates.up, 500);
	assert_int_equal(new->rates.down, 0);
	assert_int_equal(new->rates.burst_down, 0);
	/* The old one is as it was. */
	assert_int_equal(old->session_timeout_s, 3600);
	assert_string_equal(old->filters[0], "strict");
	grant_put(old);
	/* What was not named is the new one's own. */
	assert_string_equal(new->user, "alice@example.org");
	assert_string_equal(new->avpairs[0], "ip:addr-pool=gold");
	assert_int_equal(new->n_routes, 2);
	assert_ip(new->routes[0].to.address, "192.168.5.0");
	assert_int_equal(new->interim_s, 300);
	assert_int_equal(new->port_limit, 2);
	grant_put(new);
}

/* In a CoA-Request they name the session (RFC 5176 section 3.6, note 1). */
static void names_are_no_changes(void **state)
{
	struct auth_grant *old, *new;

	all_that_a_server_may_grant();
	old = grant_new(&reply);
	memset(&reply, 0, sizeof(reply));
	strcpy(reply.user, "mallory");
	strcpy(reply.pool, "silver");
	reply.address_choice = RADIUS_ADDRESS_GIVEN;
	reply.address = ip("10.9.9.9");
	reply.prefixes6[reply.n_prefixes6++] = prefix("2001:db8:9::", 64);
	reply.interim_interval = given(900);
	new = grant_changed(old, &reply);
	assert_string_equal(new->user, "alice@example.org");
	assert_string_equal(new->pool, "gold");
	assert_ip(new->address, "10.1.2.3");
	assert_ip(new->prefixes6[0].address, "2001:db8:1::");
	assert_int_equal(new->interim_s, 900);
	grant_put(old);
	grant_put(new);
}

static void what_is_lifted_is_so_until_it_is_given(void **state)
{
	const struct policy none = {
		.given = POLICY_BIT(POLICY_IDLE_TIMEOUT) | POLICY_BIT(POLICY_RATE_UP) |
			 POLICY_BIT(POLICY_POOL),
		.pool = "elsewhere",
	};
	struct policy policy = {
		.given = POLICY_BIT(POLICY_TERMS) - 1, .pool = "", .rate_up = 8000, .burst_up = 9000,
		.rate_down = 8000, .idle_timeout_s = 10, .session_timeout_s = 20,
	};
	const struct policy before = policy;
	struct auth_grant *old, *lifted, *new;

	all_that_a_server_may_grant();
	old = grant_new(&reply);
	lifted = grant_set(old, &none);
	policy_add_grant(&policy, lifted);
	assert_int_equal(policy.idle_timeout_s, 0);
	assert_int_equal(policy.session_timeout_s, 3600);
	assert_int_equal(policy.rate_up, 0);
	assert_int_equal(policy.burst_up, 0);
	assert_int_equal(policy.rate_down, 2000);
	assert_string_equal(policy.pool, "gold");
	assert_string_equal(lifted->avpairs[0], "ip:addr-pool=gold");
	/* A CoA-Request that takes it back leaves it to the configuration. */
	memset(&reply, 0, sizeof(reply));
	reply.idle_timeout = given(0);
	reply.rates.down = 500000;
	new = grant_changed(lifted, &reply);
	policy = before;
	policy_add_grant(&policy, new);
	assert_int_equal(policy.idle_timeout_s, 10);
	assert_int_equal(policy.rate_up, 8000);
	assert_int_equal(policy.rate_down, 500000);
	grant_put(old);
	grant_put(lifted);
	grant_put(new);
}

static void what_had_no_grant_gets_one(void **state)
{
	struct auth_grant *new;

	reply.session_timeout = given(60);
	new = grant_changed(NULL, &reply);
	assert_non_null(new);
	assert_int_equal(new->session_timeout_s, 60);
	assert_string_equal(new->user, "");
	grant_put(new);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_grant_has_all_of_it, set_up),
		cmocka_unit_test_setup(an_empty_reply_grants_nothing, set_up),
		cmocka_unit_test_setup(references_keep_it, set_up),
		cmocka_unit_test_setup(a_change_replaces_what_it_names, set_up),
		cmocka_unit_test_setup(names_are_no_changes, set_up),
		cmocka_unit_test_setup(what_is_lifted_is_so_until_it_is_given, set_up),
		cmocka_unit_test_setup(what_had_no_grant_gets_one, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
