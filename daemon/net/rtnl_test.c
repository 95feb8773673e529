// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "net/rtnl.h"
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

static struct nlmsghdr *link_message(int ifindex)
{
	struct nlmsghdr *nlh = play_message(RTM_NEWLINK, sizeof(struct ifinfomsg));

	((struct ifinfomsg *)mnl_nlmsg_get_payload(nlh))->ifi_index = ifindex;
	return nlh;
}

/* --- links of kind pptp -------------------------------------------------------------------- */

static void a_link_is_made_and_known_by_one_message(void **state)
{
	const struct rtnl_pptp own = { .mtu = 1400, .mss_clamp = true, .owner = 11 };
	const struct rtnl_pptp shared = {
		.mode = PPTP_LINK_MODE_SHARED, .reverse_path = true, .mtu = 1456, .owner = 12, .vrf = 4,
	};
	int ifindex;

	play_answer("GETLINK name ppp0", link_message(33));
	assert_int_equal(rtnl_pptp_add(&rtnl, "ppp0", &own, &ifindex), 0);
	assert_int_equal(ifindex, 33);
	play_answer("GETLINK name all", link_message(34));
	assert_int_equal(rtnl_pptp_add(&rtnl, "all", &shared, &ifindex), 0);
	assert_int_equal(ifindex, 34);
	expect_requests("NEWLINK create excl up name ppp0 mtu 1400 info (kind pptp "
			"data (mode 0 reverse-path 0 mss-clamp 1 owner 11)) + "
			"GETLINK name ppp0 ext-mask 8\n"
			"NEWLINK create excl up name all mtu 1456 master 4 info (kind pptp "
			"data (mode 1 reverse-path 1 mss-clamp 0 owner 12)) + "
			"GETLINK name all ext-mask 8\n");
}

/* The second request finds the interface that has the name already: it is not ours. */
static void a_name_that_is_taken_gives_no_index(void **state)
{
	const struct rtnl_pptp settings = { .mtu = 1400 };
	int ifindex = 1;

	play_refusal("NEWLINK", -EEXIST, NULL);
	play_answer("GETLINK", link_message(2));
	assert_int_equal(rtnl_pptp_add(&rtnl, "eth0", &settings, &ifindex), -EEXIST);
	assert_int_equal(ifindex, 0);
	assert_string_equal(rtnl.nl.reason, "File exists");

	/* The kernel does not answer the question for the index, or its answer is malformed. */
	assert_int_equal(rtnl_pptp_add(&rtnl, "eth0", &settings, &ifindex), -EAGAIN);
	assert_int_equal(ifindex, 0);
	play_answer("GETLINK", play_message(RTM_NEWLINK, 4));
	assert_int_equal(rtnl_pptp_add(&rtnl, "eth0", &settings, &ifindex), -EBADMSG);
	assert_int_equal(ifindex, 0);
	assert_int_equal(played_round_trips(), 3);
	forget_requests();
}

static void links_change_and_go(void **state)
{
	assert_int_equal(rtnl_link_up(&rtnl, 33, 1300), 0);
	assert_int_equal(rtnl_link_set_vrf(&rtnl, 33, 4), 0);
	assert_int_equal(rtnl_pptp_set_mss_clamp(&rtnl, 33, false), 0);
	assert_int_equal(rtnl_link_del(&rtnl, 33), 0);
	expect_requests("NEWLINK index 33 up mtu 1300 ack\n"
			"NEWLINK index 33 master 4 ack\n"
			"NEWLINK index 33 info (kind pptp data (mss-clamp 0)) ack\n"
			"DELLINK index 33 ack\n");

	play_refusal("DELLINK", -ENODEV, NULL);
	assert_int_equal(rtnl_link_del(&rtnl, 33), -ENODEV);
	expect_requests("DELLINK index 33 ack\n");
}

/* --- VRFs ---------------------------------------------------------------------------------- */

static struct nlmsghdr *kind_message(int ifindex, const char *kind, uint16_t type, uint32_t value)
{
	struct nlmsghdr *nlh = link_message(ifindex);
	struct nlattr *info = mnl_attr_nest_start(nlh, IFLA_LINKINFO), *data;

	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, kind);
	data = mnl_attr_nest_start(nlh, IFLA_INFO_DATA);
	mnl_attr_put_u32(nlh, type, value);
	mnl_attr_nest_end(nlh, data);
	mnl_attr_nest_end(nlh, info);
	return nlh;
}

static void a_vrf_has_a_table(void **state)
{
	uint32_t table;
	int ifindex;

	play_answer("GETLINK name blue", kind_message(4, "vrf", IFLA_VRF_TABLE, 1001));
	assert_int_equal(rtnl_vrf_get(&rtnl, "blue", &ifindex, &table), 0);
	assert_int_equal(ifindex, 4);
	assert_int_equal(table, 1001);
	expect_requests("GETLINK name blue ext-mask 8\n");
}

static void no_name_is_no_vrf(void **state)
{
	uint32_t table = 1;
	int ifindex = 1;

	assert_int_equal(rtnl_vrf_find(&rtnl, "", &ifindex, &table), 0);
	assert_int_equal(ifindex, 0);
	assert_int_equal(table, 0);
	expect_requests("");
	play_answer("GETLINK name blue", kind_message(4, "vrf", IFLA_VRF_TABLE, 1001));
	assert_int_equal(rtnl_vrf_find(&rtnl, "blue", &ifindex, &table), 0);
	assert_int_equal(ifindex, 4);
	assert_int_equal(table, 1001);
	forget_requests();
}

static void a_name_of_a_user_gets_a_number(void **state)
{
	const struct rtnl_pptp settings = { .mtu = 1400 };
	unsigned int next = 4710;
	char name[IFNAMSIZ];
	int ifindex;

	play_answer("GETLINK name ppp-bob ", link_message(33));
	assert_int_equal(rtnl_pptp_add_numbered(&rtnl, "ppp-bob", false, &next, &settings, name,
						&ifindex), 0);
	assert_string_equal(name, "ppp-bob");
	assert_int_equal(ifindex, 33);
	play_answer("GETLINK name ppp-bob~1 ", link_message(34));
	assert_int_equal(rtnl_pptp_add_numbered(&rtnl, "ppp-bob", true, &next, &settings, name,
						&ifindex), 0);
	assert_string_equal(name, "ppp-bob~1");
	forget_requests();

	/* All of these are somebody else's. */
	for (unsigned int i = 0; i <= 8; i++) {
		play_refusal("NEWLINK", -EEXIST, NULL);
		play_answer("GETLINK", link_message(2));
	}
	play_answer("GETLINK name ppp-bob~4711 ", link_message(35));
	assert_int_equal(rtnl_pptp_add_numbered(&rtnl, "ppp-bob", false, &next, &settings, name,
						&ifindex), 0);
	assert_string_equal(name, "ppp-bob~4711");
	assert_int_equal(ifindex, 35);
	assert_int_equal(next, 4711);
	play_refusal("NEWLINK", -EPERM, NULL);
	play_answer("GETLINK", link_message(2));
	assert_int_equal(rtnl_pptp_add_numbered(&rtnl, "ppp-bob", false, &next, &settings, name,
						&ifindex), -EPERM);
	forget_requests();
}

static void what_is_no_vrf(void **state)
{
	uint32_t table;
	int ifindex;

	play_refusal("GETLINK", -ENODEV, NULL);
	assert_int_equal(rtnl_vrf_get(&rtnl, "blue", &ifindex, &table), -ENODEV);
	assert_string_equal(rtnl.nl.reason, "there is no VRF blue");
	play_answer("GETLINK", kind_message(4, "bridge", IFLA_VRF_TABLE, 1001));
	assert_int_equal(rtnl_vrf_get(&rtnl, "blue", &ifindex, &table), -EINVAL);
	assert_string_equal(rtnl.nl.reason, "blue is no VRF");
	play_answer("GETLINK", link_message(4));
	assert_int_equal(rtnl_vrf_get(&rtnl, "blue", &ifindex, &table), -EINVAL);
	play_answer("GETLINK", kind_message(4, "vrf", IFLA_VRF_TABLE + 1, 1001));
	assert_int_equal(rtnl_vrf_get(&rtnl, "blue", &ifindex, &table), -EINVAL);
	assert_int_equal(played_round_trips(), 4);
	forget_requests();
}

static void answer_flags(unsigned int flags)
{
	struct nlmsghdr *nlh = play_message(RTM_NEWLINK, sizeof(struct ifinfomsg));

	((struct ifinfomsg *)mnl_nlmsg_get_payload(nlh))->ifi_flags = flags;
	play_answer("GETLINK", nlh);
}

static void a_link_runs(void **state)
{
	answer_flags(IFF_UP | IFF_RUNNING);
	assert_true(rtnl_link_runs(&rtnl, 2));
	answer_flags(IFF_UP);
	assert_false(rtnl_link_runs(&rtnl, 2));
	play_refusal("GETLINK", -ENODEV, NULL);
	assert_false(rtnl_link_runs(&rtnl, 2));
	expect_requests("GETLINK index 2 ext-mask 8\n"
			"GETLINK index 2 ext-mask 8\n"
			"GETLINK index 2 ext-mask 8\n");
}

/* --- addresses ----------------------------------------------------------------------------- */

static void an_address_with_its_peer(void **state)
{
	assert_int_equal(rtnl_addr_add(&rtnl, 33, ip("10.0.0.1"), ip("10.0.0.7")), 0);
	expect_requests("NEWADDR create replace index 33 length 32 local 10.0.0.1 "
			"address 10.0.0.7 ack\n");
}

static bool waits(const struct rtnl *watch)
{
	char octet;

	return recv(mnl_socket_get_fd(watch->nl.sock), &octet, 1, MSG_DONTWAIT) == 1;
}

static void addresses_routes_and_links_are_watched(void **state)
{
	struct rtnl watch;

	assert_int_equal(rtnl_watch_open(&watch), 0);
	expect_requests("join 5\njoin 7\njoin 1\n");
	assert_int_equal(write(played_feed, "one", 3), 3);
	assert_int_equal(write(played_feed, "two", 3), 3);
	rtnl_watch_read(&watch);
	assert_false(waits(&watch));
	for (unsigned int i = 0; i < NL_EVENTS + 1; i++)
		assert_int_equal(write(played_feed, "many", 4), 4);
	rtnl_watch_read(&watch);
	assert_true(waits(&watch));
	assert_false(waits(&watch));
	rtnl_close(&watch);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_link_is_made_and_known_by_one_message),
		TEST(a_name_that_is_taken_gives_no_index),
		TEST(links_change_and_go),
		TEST(a_vrf_has_a_table),
		TEST(what_is_no_vrf),
		TEST(no_name_is_no_vrf),
		TEST(a_name_of_a_user_gets_a_number),
		TEST(a_link_runs),
		TEST(an_address_with_its_peer),
		TEST(addresses_routes_and_links_are_watched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
