// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "net/route.h"
#include "net/played_netlink_test.h"
#include "util/ip_literal_test.h"

static struct rtnl rtnl;

static int setup(void **state)
{
	return rtnl_open(&rtnl);
}

static int teardown(void **state)
{
	rtnl_close(&rtnl);
	play_end();
	return 0;
}

/* --- our routes ---------------------------------------------------------------------------- */

static void a_route_on_the_link(void **state)
{
	const struct route route = {
		.to = { ip("10.0.0.7"), 32 }, .from = ip("10.0.0.1"), .ifindex = 9,
	};

	assert_int_equal(route_replace(&rtnl, &route), 0);
	assert_int_equal(route_del(&rtnl, &route), 0);
	expect_requests("NEWROUTE create replace length 32 in 254 scope 253 dst 10.0.0.7 "
			"from 10.0.0.1 oif 9 metric 0 ack\n"
			"DELROUTE length 32 in 254 scope 253 dst 10.0.0.7 from 10.0.0.1 oif 9 "
			"metric 0 ack\n");
}

static void a_route_by_a_gateway_in_a_table(void **state)
{
	const struct route route = {
		.to = { ip("192.168.5.0"), 24 }, .via = ip("10.0.0.7"), .ifindex = 9,
		.metric = 50, .table = 1001,
	};

	assert_int_equal(route_add(&rtnl, &route), 0);
	expect_requests("NEWROUTE create excl length 24 in 0 scope 0 dst 192.168.5.0 via 10.0.0.7 "
			"table 1001 oif 9 metric 50 ack\n");
}

static void the_route_to_everything_has_no_destination(void **state)
{
	const struct route route = { .to = { ip("0.0.0.0"), 0 }, .ifindex = 9 };

	play_refusal("NEWROUTE", -EEXIST, "File exists");
	assert_int_equal(route_add(&rtnl, &route), -EEXIST);
	expect_requests("NEWROUTE create excl length 0 in 254 scope 253 oif 9 metric 0 ack\n");
}

static void a_route_that_refuses(void **state)
{
	const struct route route = {
		.to = { ip("192.168.5.0"), 24 }, .unreachable = true, .metric = 8,
	};

	assert_int_equal(route_add(&rtnl, &route), 0);
	expect_requests("NEWROUTE create excl length 24 in 254 scope 0 type 7 "
			"dst 192.168.5.0 metric 8 ack\n");
}

/* --- routes that were left behind ----------------------------------------------------------- */

static struct nlmsghdr *a_route(uint8_t protocol, uint8_t type)
{
	struct nlmsghdr *nlh = play_message(RTM_NEWROUTE, sizeof(struct rtmsg));
	struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);

	rtm->rtm_dst_len = 32;
	rtm->rtm_protocol = protocol;
	rtm->rtm_type = type;
	mnl_attr_put_u32(nlh, RTA_DST, ip("192.0.2.1").v4.s_addr);
	mnl_attr_put_u32(nlh, RTA_TABLE, 1001);
	mnl_attr_put_u32(nlh, RTA_PRIORITY, 3);
	return nlh;
}

static void ours_are_removed(void **state)
{
	struct nlmsghdr *nlh = a_route(ROUTE_PROTOCOL, RTN_UNICAST);

	mnl_attr_put_u32(nlh, RTA_GATEWAY, ip("10.0.0.7").v4.s_addr);
	mnl_attr_put_u32(nlh, RTA_OIF, 9);
	play_answer("GETROUTE", nlh);
	assert_int_equal(route_del_ours(&rtnl), 1);
	play_answer("GETROUTE", a_route(ROUTE_PROTOCOL, RTN_UNREACHABLE));
	assert_int_equal(route_del_ours(&rtnl), 1);
	expect_requests("GETROUTE dump length 0 proto 47 ack\n"
			"DELROUTE length 32 in 0 scope 0 dst 192.0.2.1 via 10.0.0.7 "
			"table 1001 oif 9 metric 3 ack\n"
			"GETROUTE dump length 0 proto 47 ack\n"
			"DELROUTE length 32 in 0 scope 0 type 7 dst 192.0.2.1 table 1001 "
			"metric 3 ack\n");
}

/* The kernel may be removing an interface of the daemon that was killed, and its routes with it. */
static void one_that_is_gone_does_not_keep_the_others(void **state)
{
	play_answer("GETROUTE", a_route(ROUTE_PROTOCOL, RTN_UNICAST));
	play_answer("GETROUTE", a_route(ROUTE_PROTOCOL, RTN_UNREACHABLE));
	play_refusal("DELROUTE", -ESRCH, NULL);
	assert_int_equal(route_del_ours(&rtnl), 1);
	expect_requests("GETROUTE dump length 0 proto 47 ack\n"
			"DELROUTE length 32 in 0 scope 253 dst 192.0.2.1 table 1001 oif 0 metric 3 ack\n"
			"DELROUTE length 32 in 0 scope 0 type 7 dst 192.0.2.1 table 1001 "
			"metric 3 ack\n");
}

static void those_of_others_stay(void **state)
{
	play_answer("GETROUTE", a_route(RTPROT_STATIC, RTN_UNICAST));
	assert_int_equal(route_del_ours(&rtnl), 0);
	play_answer("GETROUTE", play_message(RTM_NEWROUTE, sizeof(struct rtmsg) - 4));
	assert_int_equal(route_del_ours(&rtnl), -EBADMSG);
	play_answer("GETROUTE", a_route(ROUTE_PROTOCOL, RTN_UNICAST));
	play_refusal("DELROUTE", -EPERM, NULL);
	assert_int_equal(route_del_ours(&rtnl), -EPERM);
	forget_requests();
}

/* --- how the host routes ------------------------------------------------------------------- */

/* Prepare the answer to GETROUTE; parts that are 0 or NULL are left out. */
static void answer_route(uint8_t type, int oif, const char *via)
{
	struct nlmsghdr *nlh = play_message(RTM_NEWROUTE, sizeof(struct rtmsg));
	struct nlattr *metrics;

	((struct rtmsg *)mnl_nlmsg_get_payload(nlh))->rtm_type = type;
	if (oif)
		mnl_attr_put_u32(nlh, RTA_OIF, oif);
	if (via)
		mnl_attr_put_u32(nlh, RTA_GATEWAY, ip(via).v4.s_addr);
	metrics = mnl_attr_nest_start(nlh, RTA_METRICS);
	mnl_attr_put_u32(nlh, RTAX_HOPLIMIT, 64);
	mnl_attr_nest_end(nlh, metrics);
	play_answer("GETROUTE", nlh);
}

static void a_route_is_looked_up(void **state)
{
	struct route route;

	answer_route(RTN_UNICAST, 2, "192.0.2.254");
	assert_int_equal(route_lookup(&rtnl, ip("198.51.100.9"), 0, &route), 0);
	assert_ip(route.to.address, "198.51.100.9");
	assert_int_equal(route.to.length, 32);
	assert_ip(route.via, "192.0.2.254");
	assert_false(ip_is_set(route.from));
	assert_int_equal(route.ifindex, 2);

	answer_route(RTN_UNICAST, 3, NULL);
	assert_int_equal(route_lookup(&rtnl, ip("192.0.2.9"), 7, &route), 0);
	assert_false(ip_is_set(route.via));
	expect_requests("GETROUTE length 32 dst 198.51.100.9\n"
			"GETROUTE length 32 dst 192.0.2.9 mark 7\n");
}

static void a_route_like_another_is_found(void **state)
{
	const struct route like = { .to = { ip("192.0.2.1"), 32 }, .metric = 3 };
	const struct route other = { .to = { ip("192.0.2.1"), 32 }, .metric = 4 };
	struct route there;
	struct nlmsghdr *nlh = a_route(RTPROT_STATIC, RTN_UNICAST);

	mnl_attr_put_u32(nlh, RTA_OIF, 9);
	play_answer("GETROUTE", nlh);
	assert_int_equal(route_find(&rtnl, &like, &there), 0);
	assert_int_equal(there.ifindex, 9);
	play_answer("GETROUTE", nlh);
	assert_int_equal(route_find(&rtnl, &other, &there), -ENOENT);
	play_refusal("GETROUTE", -ENETUNREACH, NULL);
	assert_int_equal(route_find(&rtnl, &like, &there), -ENETUNREACH);
	forget_requests();
}

static void a_route_that_leads_nowhere(void **state)
{
	struct route route;

	answer_route(RTN_UNICAST, 0, NULL);
	assert_int_equal(route_lookup(&rtnl, ip("198.51.100.9"), 0, &route), -ENETUNREACH);
	assert_string_equal(rtnl.nl.reason, "Network is unreachable");
	play_refusal("GETROUTE", -ENETUNREACH, NULL);
	assert_int_equal(route_lookup(&rtnl, ip("198.51.100.9"), 0, &route), -ENETUNREACH);
	play_answer("GETROUTE", play_message(RTM_NEWROUTE, sizeof(struct rtmsg) - 4));
	assert_int_equal(route_lookup(&rtnl, ip("198.51.100.9"), 0, &route), -EBADMSG);
	assert_int_equal(played_round_trips(), 3);
	forget_requests();
}

static void the_way_to_an_address(void **state)
{
	struct nlmsghdr *link = play_message(RTM_NEWLINK, sizeof(struct ifinfomsg));
	struct route_way way, again;

	((struct ifinfomsg *)mnl_nlmsg_get_payload(link))->ifi_flags = IFF_UP | IFF_RUNNING;
	play_answer("GETLINK", link);
	play_answer("GETLINK", link);
	answer_route(RTN_UNICAST, 2, "192.0.2.254");
	route_way(&rtnl, ip("198.51.100.9"), 0, &way);
	assert_true(way.there && way.runs);
	assert_int_equal(way.ifindex, 2);
	assert_ip(way.via, "192.0.2.254");
	answer_route(RTN_UNICAST, 2, "192.0.2.254");
	route_way(&rtnl, ip("198.51.100.9"), 0, &again);
	assert_true(route_same_way(&way, &again));
	play_refusal("GETROUTE", -ENETUNREACH, NULL);
	route_way(&rtnl, ip("198.51.100.9"), 0, &again);
	assert_false(again.there);
	assert_false(route_same_way(&way, &again));
	forget_requests();
	route_way(&rtnl, ip("198.51.100.9"), 7, &again);
	expect_requests("GETROUTE length 32 dst 198.51.100.9 mark 7\n");
}

static void addresses_of_this_host(void **state)
{
	answer_route(RTN_LOCAL, 1, NULL);
	assert_true(route_is_local(&rtnl, ip("192.0.2.1")));
	answer_route(RTN_UNICAST, 1, NULL);
	assert_false(route_is_local(&rtnl, ip("192.0.2.2")));
	play_refusal("GETROUTE", -ENOMEM, NULL);
	assert_false(route_is_local(&rtnl, ip("192.0.2.1")));
	expect_requests("GETROUTE length 32 dst 192.0.2.1\n"
			"GETROUTE length 32 dst 192.0.2.2\n"
			"GETROUTE length 32 dst 192.0.2.1\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_route_on_the_link),
		TEST(a_route_by_a_gateway_in_a_table),
		TEST(the_route_to_everything_has_no_destination),
		TEST(a_route_that_refuses),
		TEST(ours_are_removed),
		TEST(one_that_is_gone_does_not_keep_the_others),
		TEST(those_of_others_stay),
		TEST(a_route_is_looked_up),
		TEST(a_route_like_another_is_found),
		TEST(a_route_that_leads_nowhere),
		TEST(the_way_to_an_address),
		TEST(addresses_of_this_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
