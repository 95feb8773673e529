// SPDX-License-Identifier: GPL-2.0-only
/* Messages of the kernel, made by hand, and the JSON that they become. */
#include <arpa/inet.h>
#include <linux/pptp.h>
#include <netlink/genl/genl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernel.h"
#include "kernel_session.h"

static struct nl_msg *message(uint8_t command)
{
	struct nl_msg *msg = nlmsg_alloc();

	assert_non_null(msg);
	assert_non_null(genlmsg_put(msg, 1, 1, 30, 0, 0, command, PPTP_FAMILY_VERSION));
	return msg;
}

static void put_name(struct nl_msg *msg)
{
	assert_int_equal(nla_put_u32(msg, PPTP_A_SESSION_LOCAL_ADDRESS,
				     inet_addr("192.0.2.1")), 0);
	assert_int_equal(nla_put_u16(msg, PPTP_A_SESSION_CALL_ID, 7), 0);
}

static void becomes(struct nl_msg *msg, const char *want)
{
	json_t *object = kernel_parse(nlmsg_hdr(msg));
	char *text;

	nlmsg_free(msg);
	if (!want) {
		assert_null(object);
		return;
	}
	assert_non_null(object);
	text = json_dumps(object, JSON_COMPACT);
	assert_string_equal(text, want);
	free(text);
	json_decref(object);
}

static void sessions_are_translated(void **state)
{
	struct nl_msg *msg = message(PPTP_CMD_SESSION_GET);
	struct nlattr *nest, *inner;
	struct in6_addr in6;

	put_name(msg);
	nla_put_u32(msg, PPTP_A_SESSION_PEER_ADDRESS, inet_addr("192.0.2.9"));
	nla_put_u16(msg, PPTP_A_SESSION_PEER_CALL_ID, 65535);
	nla_put_u32(msg, PPTP_A_SESSION_UPPER, PPTP_UPPER_LINK);
	nla_put_u32(msg, PPTP_A_SESSION_LINK_IPV4, inet_addr("10.0.0.2"));
	inet_pton(AF_INET6, "fe80::1", &in6);
	nla_put(msg, PPTP_A_SESSION_LINK_IPV6, sizeof(in6), &in6);
	nla_put_u32(msg, PPTP_A_SESSION_PROTOCOLS, PPTP_PROTOCOL_IPV4 | PPTP_PROTOCOL_IPV6);
	nla_put_u32(msg, PPTP_A_SESSION_FRAME, PPTP_FRAME_PFC);
	nla_put_u32(msg, PPTP_A_SESSION_UPTIME, 61);
	nest = nla_nest_start(msg, PPTP_A_SESSION_MPPE);
	nla_put_u8(msg, PPTP_A_MPPE_REQUIRED, 1);
	inner = nla_nest_start(msg, PPTP_A_MPPE_TX);
	nla_put_u8(msg, PPTP_A_MPPE_KEY_BITS, 128);
	nla_put_u8(msg, PPTP_A_MPPE_KEY_STATELESS, 1);
	nla_nest_end(msg, inner);
	nla_nest_end(msg, nest);
	nest = nla_nest_start(msg, PPTP_A_SESSION_STATS);
	nla_put_u64(msg, PPTP_A_STATS_RX_PACKETS, UINT64_C(1) << 40);
	nla_put_u64(msg, PPTP_A_STATS_TX_DROP_NO_MEMORY, 3);
	nla_nest_end(msg, nest);
	nest = nla_nest_start(msg, PPTP_A_SESSION_OUTER);
	nla_put_u8(msg, PPTP_A_OUTER_TOS, PPTP_TOS_INHERIT);
	nla_put_u8(msg, PPTP_A_OUTER_TTL, 64);
	nla_put_u8(msg, PPTP_A_OUTER_DF, PPTP_DF_CLEAR);
	nla_put_u32(msg, PPTP_A_OUTER_MARK, 0xffffffff);
	nla_put_u8(msg, PPTP_A_OUTER_ECN, 1);
	nla_nest_end(msg, nest);
	nest = nla_nest_start(msg, PPTP_A_SESSION_SHAPE);
	nla_put_u64(msg, PPTP_A_SHAPE_RX_RATE, 1000000);
	nla_put_u32(msg, PPTP_A_SHAPE_RX_BURST, 25000);
	nla_put_u32(msg, PPTP_A_SHAPE_PRIORITY, 0x10001);
	nla_nest_end(msg, nest);
	becomes(msg, "{\"local_address\":\"192.0.2.1\",\"call_id\":7,"
		"\"peer_address\":\"192.0.2.9\",\"peer_call_id\":65535,\"upper\":\"link\","
		"\"link_ipv4\":\"10.0.0.2\",\"link_ipv6\":\"fe80::1\","
		"\"protocols\":[\"ipv4\",\"ipv6\"],\"frame\":[\"pfc\"],\"uptime_s\":61,"
		"\"mppe\":{\"required\":true,\"tx\":{\"bits\":128,\"stateless\":true}},"
		"\"stats\":{\"rx_packets\":1099511627776,\"tx_drop_no_memory\":3},"
		"\"outer\":{\"tos\":\"inherit\",\"ttl\":64,\"df\":\"clear\","
		"\"mark\":4294967295,\"ecn\":true},"
		"\"shape\":{\"rx_rate\":1000000,\"rx_burst\":25000,\"priority\":65537}}");
}

static void interfaces_have_their_name(void **state)
{
	struct nl_msg *msg = message(PPTP_CMD_SESSION_GET);

	nla_put_u32(msg, PPTP_A_SESSION_IFINDEX, 1);
	becomes(msg, "{\"ifindex\":1,\"interface\":\"lo\"}");
}

static void events_say_what_they_are(void **state)
{
	struct nl_msg *msg = message(PPTP_CMD_SESSION_DOWN_NTF);

	put_name(msg);
	nla_put_u32(msg, PPTP_A_SESSION_DOWN, PPTP_DOWN_DELETED);
	becomes(msg, "{\"local_address\":\"192.0.2.1\",\"call_id\":7,\"down\":\"deleted\","
		"\"event\":\"down\"}");
}

static void the_namespace_is_translated(void **state)
{
	struct nl_msg *msg = message(PPTP_CMD_NET_GET);
	struct nlattr *nest;

	nla_put_u32(msg, PPTP_A_NET_SESSIONS, 5);
	nest = nla_nest_start(msg, PPTP_A_NET_STATS);
	nla_put_u64(msg, PPTP_A_STATS_RX_DROP_MALFORMED, 9);
	nla_nest_end(msg, nest);
	nest = nla_nest_start(msg, PPTP_A_NET_TOTALS);
	nla_put_u64(msg, PPTP_A_STATS_RX_BYTES, 12);
	nla_nest_end(msg, nest);
	becomes(msg, "{\"sessions\":5,\"stats\":{\"rx_drop_malformed\":9},"
		"\"totals\":{\"rx_bytes\":12}}");
}

/* A newer module may send attributes and values that pppctl does not know. */
static void the_unknown_is_left_out(void **state)
{
	struct nl_msg *msg = message(PPTP_CMD_SESSION_GET);

	nla_put_u32(msg, PPTP_A_SESSION_MAX + 40, 1);
	nla_put_u32(msg, PPTP_A_SESSION_UPPER, 77);
	nla_put_u32(msg, PPTP_A_SESSION_FRAME, 0xf0);
	becomes(msg, "{\"upper\":77,\"frame\":[]}");
}

static void the_malformed_is_refused(void **state)
{
	struct nl_msg *msg = message(PPTP_CMD_SESSION_GET);

	nla_put_u16(msg, PPTP_A_SESSION_LOCAL_ADDRESS, 1);
	becomes(msg, NULL);
	msg = message(PPTP_CMD_SESSION_GET);
	nla_put(msg, PPTP_A_SESSION_LINK_IPV6, 4, "abcd");
	becomes(msg, NULL);
}

static void texts_sum_up(void **state)
{
	json_t *session = json_pack("{s:s,s:s,s:{s:{s:i,s:b}}}", "upper", "link", "interface",
				    "pptp0", "mppe", "tx", "bits", 128, "stateless", 0);
	json_t *stats = json_pack("{s:i,s:i,s:i}", "rx_packets", 100, "rx_drop_far", 2,
				  "tx_drop_loop", 3);
	char text[SHOWN_SIZE];

	assert_string_equal(show_upper(session, text), "link pptp0");
	assert_string_equal(show_kernel_mppe(session, text), "tx 128 stateful, rx off");
	json_object_del(session, "mppe");
	assert_string_equal(show_kernel_mppe(session, text), "off");
	assert_int_equal(drops_in(stats), 5);
	json_decref(session);
	json_decref(stats);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(sessions_are_translated),
		cmocka_unit_test(interfaces_have_their_name),
		cmocka_unit_test(events_say_what_they_are),
		cmocka_unit_test(the_namespace_is_translated),
		cmocka_unit_test(the_unknown_is_left_out),
		cmocka_unit_test(the_malformed_is_refused),
		cmocka_unit_test(texts_sum_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
