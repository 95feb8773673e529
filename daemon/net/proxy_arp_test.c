// SPDX-License-Identifier: GPL-2.0-only
/* Entries of proxy ARP and LANs, as a list of requests to the kernel. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "net/played_netlink_test.h"
#include "net/proxy_arp.h"
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

/* --- entries ------------------------------------------------------------------------------- */

/* Returns an entry of somebody; @protocol 0: of one that says nothing. */
static struct nlmsghdr *an_entry(const char *address, uint8_t protocol)
{
	struct nlmsghdr *nlh = play_message(RTM_NEWNEIGH, sizeof(struct ndmsg));
	struct ndmsg *ndm = mnl_nlmsg_get_payload(nlh);

	ndm->ndm_family = AF_INET;
	ndm->ndm_ifindex = 2;
	ndm->ndm_flags = NTF_PROXY;
	mnl_attr_put_u32(nlh, NDA_DST, ip(address).v4.s_addr);
	if (protocol)
		mnl_attr_put_u8(nlh, NDA_PROTOCOL, protocol);
	return nlh;
}

static void an_entry_is_made_and_removed(void **state)
{
	play_refusal("GETNEIGH", -ENOENT, NULL);
	assert_int_equal(proxy_arp_add(&rtnl, 2, ip("192.168.1.7")), 0);
	assert_int_equal(proxy_arp_del(&rtnl, 2, ip("192.168.1.7")), 0);
	expect_requests("GETNEIGH index 2 dst 192.168.1.7\n"
			"NEWNEIGH create index 2 dst 192.168.1.7 proto 47 ack\n"
			"DELNEIGH index 2 dst 192.168.1.7 ack\n");
}

static void that_of_somebody_else_stays(void **state)
{
	play_answer("GETNEIGH", an_entry("192.168.1.7", 0));
	assert_int_equal(proxy_arp_add(&rtnl, 2, ip("192.168.1.7")), -EEXIST);
	assert_string_equal(rtnl.nl.reason, "somebody has an entry there");
	expect_requests("GETNEIGH index 2 dst 192.168.1.7\n");
	/* One of ours is made again. */
	play_answer("GETNEIGH", an_entry("192.168.1.7", ROUTE_PROTOCOL));
	assert_int_equal(proxy_arp_add(&rtnl, 2, ip("192.168.1.7")), 0);
	forget_requests();
}

static void it_is_told_whether_there_is_one(void **state)
{
	play_answer("GETNEIGH", an_entry("192.168.1.7", 0));
	assert_int_equal(proxy_arp_find(&rtnl, 2, ip("192.168.1.7")), 0);
	play_refusal("GETNEIGH", -ENOENT, NULL);
	assert_int_equal(proxy_arp_find(&rtnl, 2, ip("192.168.1.7")), -ENOENT);
	forget_requests();
}

static void ours_are_removed(void **state)
{
	play_answer("GETNEIGH", an_entry("192.168.1.7", ROUTE_PROTOCOL));
	play_answer("GETNEIGH", an_entry("192.168.1.8", 0));
	play_answer("GETNEIGH", an_entry("192.168.1.9", RTPROT_STATIC));
	play_answer("GETNEIGH", an_entry("192.168.1.10", ROUTE_PROTOCOL));
	play_refusal("DELNEIGH", -ENOENT, NULL);
	assert_int_equal(proxy_arp_del_ours(&rtnl), 1);
	expect_requests("GETNEIGH dump ack\n"
			"DELNEIGH index 2 dst 192.168.1.7 ack\n"
			"DELNEIGH index 2 dst 192.168.1.10 ack\n");
	play_answer("GETNEIGH", an_entry("192.168.1.7", ROUTE_PROTOCOL));
	play_refusal("DELNEIGH", -EPERM, NULL);
	assert_int_equal(proxy_arp_del_ours(&rtnl), -EPERM);
	play_answer("GETNEIGH", play_message(RTM_NEWNEIGH, sizeof(struct ndmsg) - 4));
	assert_int_equal(proxy_arp_del_ours(&rtnl), -EBADMSG);
	forget_requests();
}

/* --- LANs ---------------------------------------------------------------------------------- */

static void answer_address(const char *address, uint8_t length, unsigned int ifindex)
{
	struct nlmsghdr *nlh = play_message(RTM_NEWADDR, sizeof(struct ifaddrmsg));
	struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);

	ifa->ifa_family = AF_INET;
	ifa->ifa_prefixlen = length;
	ifa->ifa_index = ifindex;
	mnl_attr_put_u32(nlh, IFA_ADDRESS, ip(address).v4.s_addr);
	play_answer("GETADDR", nlh);
}

static void answer_link(const char *name, unsigned int flags)
{
	struct nlmsghdr *nlh = play_message(RTM_NEWLINK, sizeof(struct ifinfomsg));
	struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);

	ifi->ifi_flags = flags;
	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	play_answer("GETLINK", nlh);
}

#define LAN	(IFF_UP | IFF_BROADCAST)

static void lans_are_interfaces_with_arp(void **state)
{
	struct lans lans;

	answer_address("127.0.0.1", 8, 1);
	answer_address("192.168.1.1", 24, 2);
	answer_address("192.168.1.129", 25, 3);
	answer_address("192.168.1.193", 26, 4);
	/* Users' interfaces are not asked for. */
	answer_address("10.0.0.7", 32, 9);
	answer_link("lo", IFF_UP | IFF_LOOPBACK);
	answer_link("eth0", LAN);
	answer_link("eth1", LAN);
	answer_link("eth2", IFF_BROADCAST);
	assert_int_equal(lans_read(&rtnl, &lans), 0);
	assert_int_equal(lans.n, 2);
	expect_requests("GETADDR dump index 0 length 0 ack\n"
			"GETLINK index 1 ext-mask 8\nGETLINK index 2 ext-mask 8\n"
			"GETLINK index 3 ext-mask 8\nGETLINK index 4 ext-mask 8\n");
	assert_string_equal(lans_find(&lans, ip("192.168.1.7"))->name, "eth0");
	/* The smallest network counts. */
	assert_string_equal(lans_find(&lans, ip("192.168.1.200"))->name, "eth1");
	assert_int_equal(lans_find(&lans, ip("192.168.1.200"))->ifindex, 3);
	assert_null(lans_find(&lans, ip("127.0.0.2")));
	assert_null(lans_find(&lans, ip("192.168.2.1")));
}

static void links_without_arp_are_none(void **state)
{
	static const unsigned int more[] = { IFF_NOARP, IFF_POINTOPOINT, IFF_LOOPBACK };
	struct lans lans;

	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
		answer_address("192.168.1.1", 24, 2);
		answer_link("eth0", LAN | more[i]);
		assert_int_equal(lans_read(&rtnl, &lans), 0);
		assert_int_equal(lans.n, 0);
	}
	answer_address("192.168.1.1", 24, 2);
	play_refusal("GETLINK", -ENODEV, NULL);
	assert_int_equal(lans_read(&rtnl, &lans), 0);
	assert_int_equal(lans.n, 0);
	play_refusal("GETADDR", -ENOMEM, NULL);
	assert_int_equal(lans_read(&rtnl, &lans), -ENOMEM);
	forget_requests();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_entry_is_made_and_removed),
		TEST(that_of_somebody_else_stays),
		TEST(it_is_told_whether_there_is_one),
		TEST(ours_are_removed),
		TEST(lans_are_interfaces_with_arp),
		TEST(links_without_arp_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
