// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <poll.h>
#include <sched.h>

#include "net/genl.h"
#include "net/played_netlink_test.h"
#include "util/ip_literal_test.h"

#define NAME "local 192.0.2.1 call 5"

static struct genl genl;
static struct net_session_addr name;

static int setup(void **state)
{
	name = (struct net_session_addr){
		.local = ip("192.0.2.1"), .remote = ip("192.0.2.2"),
		.call_id = 5, .peer_call_id = 6,
	};
	play_family();
	if (genl_open(&genl))
		return -1;
	expect_requests("GETFAMILY family pptp\njoin 7\n");
	return 0;
}

static int teardown(void **state)
{
	genl_close(&genl);
	play_end();
	return 0;
}

/* --- the family ---------------------------------------------------------------------------- */

/*
 * Returns what genl_open() returns when the kernel answers with @message, or refuses with @err if
 * @message is NULL.
 */
static int open_with(const struct nlmsghdr *message, int err)
{
	struct genl other;

	if (message)
		play_answer("GETFAMILY", message);
	else
		play_refusal("GETFAMILY", err, NULL);
	err = genl_open(&other);
	assert_int_equal(played_open, 0);
	expect_requests("GETFAMILY family pptp\n");
	return err;
}

static void without_the_module_there_is_no_family(void **state)
{
	assert_int_equal(open_with(NULL, -ENOENT), -ENOENT);
}

/*
 * Returns an answer about a family with this ID and one group. Parts that are 0 or NULL are left
 * out.
 */
static struct nlmsghdr *family(uint16_t id, const char *group_name, uint32_t group_id)
{
	struct nlmsghdr *nlh = play_message(GENL_ID_CTRL, GENL_HDRLEN);
	struct nlattr *groups, *group;

	if (id)
		mnl_attr_put_u16(nlh, CTRL_ATTR_FAMILY_ID, id);
	groups = mnl_attr_nest_start(nlh, CTRL_ATTR_MCAST_GROUPS);
	group = mnl_attr_nest_start(nlh, 1);
	if (group_name)
		mnl_attr_put_strz(nlh, CTRL_ATTR_MCAST_GRP_NAME, group_name);
	if (group_id)
		mnl_attr_put_u32(nlh, CTRL_ATTR_MCAST_GRP_ID, group_id);
	mnl_attr_nest_end(nlh, group);
	mnl_attr_nest_end(nlh, groups);
	return nlh;
}

static void half_a_family_is_none(void **state)
{
	struct nlmsghdr *nlh = play_message(GENL_ID_CTRL, GENL_HDRLEN);

	assert_int_equal(open_with(play_message(GENL_ID_CTRL, GENL_HDRLEN), 0), -ENOENT);
	assert_int_equal(open_with(family(0, "events", 7), 0), -ENOENT);
	assert_int_equal(open_with(family(30, "other", 7), 0), -ENOENT);
	assert_int_equal(open_with(family(30, NULL, 7), 0), -ENOENT);
	assert_int_equal(open_with(family(30, "events", 0), 0), -ENOENT);
	/* A number of another size, and a message shorter than the header. */
	nlh = play_message(GENL_ID_CTRL, GENL_HDRLEN);
	mnl_attr_put_u32(nlh, CTRL_ATTR_FAMILY_ID, 30);
	assert_int_equal(open_with(nlh, 0), -ENOENT);
	assert_int_equal(open_with(play_message(GENL_ID_CTRL, 0), 0), -ENOENT);
}

/* --- keys ---------------------------------------------------------------------------------- */

static const struct net_mppe stateless_128 = { 128, true, { 0x11, 0x22, 0x33 } };
static const struct net_mppe stateful_40 = { 40, false, { 0x44 } };

#define KEY_128 "bits 128 stateless 1 start 11223300000000000000000000000000"
#define KEY_40	"bits 40 stateless 0 start 44000000000000000000000000000000"

/* Check that the buffer of requests was erased. */
static void assert_no_keys_left(void)
{
	static const char zeroes[NL_REQUEST_MAX];

	assert_memory_equal(genl.nl.request, zeroes, sizeof(zeroes));
}

static void keys_of_both_directions(void **state)
{
	const struct net_keys keys = {
		.required = true, .set_rx = true, .rx = stateless_128, .set_tx = true,
		.tx = stateful_40,
	};

	assert_int_equal(genl_set_keys(&genl, &name, &keys), 0);
	expect_requests("KEY_SET " NAME " mppe (required 1 tx (" KEY_40 ") rx (" KEY_128 ")) ack\n");
	assert_no_keys_left();
}

static void keys_of_one_direction(void **state)
{
	const struct net_keys rx = { .set_rx = true, .rx = stateless_128, .tx = stateful_40 };
	const struct net_keys tx = { .set_tx = true, .rx = stateless_128, .tx = stateful_40 };
	const struct net_keys none = { .required = true, .rx = stateless_128 };

	assert_int_equal(genl_set_keys(&genl, &name, &rx), 0);
	assert_int_equal(genl_set_keys(&genl, &name, &tx), 0);
	assert_int_equal(genl_set_keys(&genl, &name, &none), 0);
	expect_requests("KEY_SET " NAME " mppe (required 0 rx (" KEY_128 ")) ack\n"
			"KEY_SET " NAME " mppe (required 0 tx (" KEY_40 ")) ack\n"
			"KEY_SET " NAME " mppe (required 1) ack\n");
}

static void keys_that_are_taken_away(void **state)
{
	const struct net_keys keys = { .set_rx = true, .set_tx = true };

	assert_int_equal(genl_set_keys(&genl, &name, &keys), 0);
	expect_requests("KEY_SET " NAME " mppe (required 0 tx (bits 0) rx (bits 0)) ack\n");
}

static void keys_that_are_refused(void **state)
{
	const struct net_keys keys = { .set_rx = true, .rx = stateless_128 };

	play_refusal("KEY_SET", -ENOTCONN, "session has no peer yet");
	assert_int_equal(genl_set_keys(&genl, &name, &keys), -ENOTCONN);
	assert_string_equal(genl.nl.reason, "session has no peer yet");
	assert_no_keys_left();
	expect_requests("KEY_SET " NAME " mppe (required 0 rx (" KEY_128 ")) ack\n");
}

/* --- traffic ------------------------------------------------------------------------------- */

static void all_that_lets_traffic_flow_is_one_message(void **state)
{
	const struct net_keys keys = {
		.required = true, .set_rx = true, .rx = stateless_128, .set_tx = true,
		.tx = stateless_128,
	};
	const struct genl_traffic up = {
		.keys = &keys, .ifindex = 9, .next_hop = ip("10.0.0.7"),
		.protocols = PPTP_PROTOCOL_IPV4, .frame = PPTP_FRAME_ACFC | PPTP_FRAME_PFC,
	};

	assert_int_equal(genl_up(&genl, &name, &up), 0);
	/* The requirement comes first: with it, no user traffic passes without a key. */
	expect_requests("KEY_SET " NAME " mppe (required 1) + "
			"KEY_SET " NAME " mppe (required 1 tx (" KEY_128 ") rx (" KEY_128 ")) + "
			"LINK_ATTACH " NAME " ifindex 9 hop 10.0.0.7 + "
			"SESSION_SET " NAME " protocols 1 frame 3 ack\n");
	assert_no_keys_left();
}

static void what_is_not_needed_is_not_asked(void **state)
{
	const struct net_keys required = { .required = true };
	const struct net_keys optional = { .set_rx = true, .rx = stateless_128 };
	struct genl_traffic up = { .ifindex = 9, .protocols = PPTP_PROTOCOL_IPV4 };

	assert_int_equal(genl_up(&genl, &name, &up), 0);
	up.keys = &required;
	assert_int_equal(genl_up(&genl, &name, &up), 0);
	up.keys = &optional;
	up.ifindex = 0;
	assert_int_equal(genl_up(&genl, &name, &up), 0);
	expect_requests("LINK_ATTACH " NAME " ifindex 9 + SESSION_SET " NAME " protocols 1 frame 0 ack\n"
			"KEY_SET " NAME " mppe (required 1) + LINK_ATTACH " NAME " ifindex 9 + "
			"SESSION_SET " NAME " protocols 1 frame 0 ack\n"
			"KEY_SET " NAME " mppe (required 0 rx (" KEY_128 ")) + "
			"SESSION_SET " NAME " protocols 1 frame 0 ack\n");
}

static void the_first_thing_refused_is_told(void **state)
{
	const struct genl_traffic up = { .ifindex = 9, .protocols = PPTP_PROTOCOL_IPV4 };

	play_refusal("LINK_ATTACH", -EADDRINUSE, "another session has that address");
	assert_int_equal(genl_up(&genl, &name, &up), -EADDRINUSE);
	assert_string_equal(genl.nl.reason, "another session has that address");
	expect_requests("LINK_ATTACH " NAME " ifindex 9 + SESSION_SET " NAME " protocols 1 frame 0 ack\n");
}

static void an_outer_header_is_told_where_it_is_not_the_usual_one(void **state)
{
	const struct outer outers[] = {
		OUTER_DEFAULT,
		{ .tos = 0 },
		{ .tos = OUTER_TOS_INHERIT, .ttl = 255 },
		{ .tos = OUTER_TOS_INHERIT, .df = OUTER_DF_CLEAR },
		{ .tos = OUTER_TOS_INHERIT, .mark = 0xffffffff },
		{ .tos = 0xfc, .ecn = true },
	};

	for (size_t i = 0; i < sizeof(outers) / sizeof(outers[0]); i++)
		assert_int_equal(genl_set_outer(&genl, &name, &outers[i]), 0);
	expect_requests("SESSION_SET " NAME " outer (tos 0) ack\n"
			"SESSION_SET " NAME " outer (ttl 255) ack\n"
			"SESSION_SET " NAME " outer (df 1) ack\n"
			"SESSION_SET " NAME " outer (mark 4294967295) ack\n"
			"SESSION_SET " NAME " outer (tos 252 ecn 1) ack\n");
}

static void a_shape_is_told_whole(void **state)
{
	const struct net_shape none = { 0 };
	const struct net_shape shape = {
		.rx_rate = 5000000000, .tx_rate = 64000, .tx_burst = 4000, .priority = 0x10001,
	};

	assert_int_equal(genl_set_shape(&genl, &name, &shape), 0);
	assert_int_equal(genl_set_shape(&genl, &name, &none), 0);
	expect_requests("SESSION_SET " NAME " shape (rx-rate 5000000000 tx-rate 64000 tx-burst 4000 "
			"mark 0 priority 65537) ack\n"
			"SESSION_SET " NAME " shape (rx-rate 0 tx-rate 0 mark 0 priority 0) ack\n");
}

static void a_pause_is_one_attribute(void **state)
{
	assert_int_equal(genl_pause(&genl, &name), 0);
	assert_int_equal(genl_down(&genl, &name), 0);
	expect_requests("SESSION_SET " NAME " protocols 0 ack\n"
			"SESSION_SET " NAME " protocols 0 + LINK_DETACH " NAME " ack\n");
}

/* --- counters ------------------------------------------------------------------------------ */

static struct nlmsghdr *session_message(uint16_t call_id, uint64_t rx_bytes)
{
	struct nlmsghdr *nlh = play_message(PLAYED_FAMILY, GENL_HDRLEN);
	struct nlattr *nest;

	mnl_attr_put_u32(nlh, PPTP_A_SESSION_LOCAL_ADDRESS, name.local.v4.s_addr);
	mnl_attr_put_u16(nlh, PPTP_A_SESSION_CALL_ID, call_id);
	mnl_attr_put_u32(nlh, PPTP_A_SESSION_IDLE, 4999);
	nest = mnl_attr_nest_start(nlh, PPTP_A_SESSION_STATS);
	mnl_attr_put_u64(nlh, PPTP_A_STATS_RX_BYTES, rx_bytes);
	mnl_attr_put_u64(nlh, PPTP_A_STATS_RX_PACKETS, 2);
	mnl_attr_put_u64(nlh, PPTP_A_STATS_TX_BYTES, 300);
	mnl_attr_put_u64(nlh, PPTP_A_STATS_TX_PACKETS, 4);
	mnl_attr_put_u64(nlh, PPTP_A_STATS_TX_ACKS, 99);
	mnl_attr_put_u64(nlh, PPTP_A_STATS_RX_RESYNCS, 99);
	mnl_attr_put_u64(nlh, PPTP_A_STATS_RX_DROP_MALFORMED, 1);
	mnl_attr_put_u64(nlh, PPTP_A_STATS_RX_DROP_NO_MEMORY, 20);
	mnl_attr_put_u64(nlh, PPTP_A_STATS_RX_DROP_RATE, 300);
	mnl_attr_put_u64(nlh, PPTP_A_STATS_TX_DROP_NO_SESSION, 4000);
	mnl_attr_put_u64(nlh, PPTP_A_STATS_TX_DROP_NO_MEMORY, 50000);
	mnl_attr_put_u64(nlh, PPTP_A_STATS_TX_DROP_RATE, 600000);
	mnl_attr_nest_end(nlh, nest);
	return nlh;
}

static void the_counters_of_one(void **state)
{
	uint64_t counters[NET_COUNTERS] = { 0 };
	struct net_stats stats = { 0 };

	play_answer("SESSION_GET", session_message(5, 0x100000001));
	assert_int_equal(genl_stats(&genl, &name, &stats, counters), 0);
	assert_int_equal(counters[PPTP_A_STATS_TX_ACKS], 99);
	assert_int_equal(counters[PPTP_A_STATS_RX_LOST], 0);
	assert_int_equal(stats.rx_bytes, 0x100000001);
	assert_int_equal(stats.rx_packets, 2);
	assert_int_equal(stats.tx_bytes, 300);
	assert_int_equal(stats.tx_packets, 4);
	assert_int_equal(stats.rx_dropped, 321);
	assert_int_equal(stats.tx_dropped, 654000);
	assert_int_equal(stats.idle_s, 4);
	expect_requests("SESSION_GET " NAME "\n");

	play_refusal("SESSION_GET", -ENOENT, "no session has this local address and call ID");
	assert_int_equal(genl_stats(&genl, &name, &stats, NULL), -ENOENT);
	expect_requests("SESSION_GET " NAME "\n");
}

static void numbers_of_another_size_are_not_read(void **state)
{
	struct nlmsghdr *nlh = play_message(PLAYED_FAMILY, GENL_HDRLEN);
	struct net_stats stats = { 0 };
	struct nlattr *nest;

	mnl_attr_put_u16(nlh, PPTP_A_SESSION_IDLE, 9);
	nest = mnl_attr_nest_start(nlh, PPTP_A_SESSION_STATS);
	mnl_attr_put_u32(nlh, PPTP_A_STATS_RX_BYTES, 1);
	mnl_attr_put(nlh, PPTP_A_STATS_TX_BYTES, 0, NULL);
	mnl_attr_nest_end(nlh, nest);
	/* An attribute that claims to be longer than the message. */
	mnl_attr_put_u32(nlh, PPTP_A_SESSION_IDLE, 9000);
	((struct nlattr *)((char *)mnl_nlmsg_get_payload_tail(nlh) - 8))->nla_len = 400;
	play_answer("SESSION_GET", nlh);
	assert_int_equal(genl_stats(&genl, &name, &stats, NULL), 0);
	assert_int_equal(stats.idle_s, 0);
	assert_int_equal(stats.rx_bytes, 0);

	/* A message shorter than the family's header. */
	play_answer("SESSION_GET", play_message(PLAYED_FAMILY, 0));
	assert_int_equal(genl_stats(&genl, &name, &stats, NULL), 0);
	expect_requests("SESSION_GET " NAME "\nSESSION_GET " NAME "\n");
}

static void note_stats(void *ctx, const char *netns, const struct net_session_addr *session,
		       const struct net_stats *stats)
{
	char *text = ctx;

	assert_true(ip_equal(session->local, name.local));
	sprintf(text + strlen(text), "%u:%llu ", session->call_id,
		(unsigned long long)stats->rx_bytes);
}

static void the_counters_of_all(void **state)
{
	char seen[64] = "";

	play_answer("SESSION_GET", session_message(5, 50));
	play_answer("SESSION_GET", session_message(6, 60));
	play_answer("SESSION_GET", session_message(7, 70));
	for (unsigned int i = 0; i < 3; i++)
		assert_int_equal(genl_survey(&genl, note_stats, seen), 1);
	assert_int_equal(genl_survey(&genl, note_stats, seen), 0);
	assert_string_equal(seen, "5:50 6:60 7:70 ");
	expect_requests("SESSION_GET dump\n");

	play_refusal("SESSION_GET", -EPERM, NULL);
	assert_int_equal(genl_survey(&genl, note_stats, seen), -EPERM);
	assert_int_equal(genl_survey(&genl, note_stats, seen), 0);
	expect_requests("SESSION_GET dump\nSESSION_GET dump\n");
}

/* Which namespace was entered last, for which the program need not have the right. */
static int entered;

int setns(int fd, int type)
{
	entered = fd;
	return 0;
}

/* The namespace may have lost its name by then, or another one may have it. */
static void a_survey_is_of_the_namespace_that_was_opened(void **state)
{
	char seen[64] = "";

	genl.netns = "culvert-test-none";
	genl.netns_fd = 77;
	play_answer("SESSION_GET", session_message(5, 50));
	assert_int_equal(genl_survey(&genl, note_stats, seen), 1);
	assert_int_equal(genl_survey(&genl, note_stats, seen), 0);
	assert_int_equal(entered, 77);
	assert_string_equal(seen, "5:50 ");
	/* nor does an error bring the name back */
	entered = 0;
	play_refusal("SESSION_GET", -EPERM, NULL);
	assert_int_equal(genl_survey(&genl, note_stats, seen), -EPERM);
	assert_int_equal(genl_survey(&genl, note_stats, seen), 0);
	assert_int_equal(entered, 77);
	expect_requests("SESSION_GET dump\nSESSION_GET dump\nSESSION_GET dump\n");
}

static void what_the_kernel_drops(void **state)
{
	struct nlmsghdr *nlh = play_message(PLAYED_FAMILY, GENL_HDRLEN);
	struct net_totals totals = { .sessions = 1, .drops = { 5 } };
	struct nlattr *nest;

	mnl_attr_put_u32(nlh, PPTP_A_NET_SESSIONS, 60000);
	nest = mnl_attr_nest_start(nlh, PPTP_A_NET_STATS);
	mnl_attr_put_u64(nlh, PPTP_A_STATS_RX_LOST, 77);
	mnl_attr_put_u64(nlh, PPTP_A_STATS_RX_DROP_MALFORMED, 2);
	mnl_attr_put_u64(nlh, PPTP_A_STATS_RX_DROP_NO_SESSION, 0x100000003);
	mnl_attr_put_u64(nlh, PPTP_A_STATS_TX_DROP_RATE, 4);
	mnl_attr_put_u64(nlh, PPTP_A_STATS_MAX + 1, 99);
	mnl_attr_nest_end(nlh, nest);
	play_answer("NET_GET", nlh);
	assert_int_equal(genl_add_totals(&genl, &totals), 0);
	assert_false(totals.has_traffic);	/* as a module says that is too old */
	assert_int_equal(totals.sessions, 60001);
	assert_int_equal(totals.drops[0], 7);
	assert_string_equal(net_drops[2].reason, "no-session");
	assert_false(net_drops[2].sent);
	assert_int_equal(totals.drops[2], 0x100000003);
	assert_string_equal(net_drops[NET_DROPS - 1].reason, "rate");
	assert_true(net_drops[NET_DROPS - 1].sent);
	assert_int_equal(totals.drops[NET_DROPS - 1], 4);
	assert_int_equal(totals.drops[1] + totals.drops[3], 0);
	expect_requests("NET_GET\n");
}

/* Packets without a session, and what all sessions have and had. */
static void what_the_kernel_has_seen(void **state)
{
	struct nlmsghdr *nlh = play_message(PLAYED_FAMILY, GENL_HDRLEN);
	struct net_totals totals = { 0 }, sum = { .sessions = 3, .rx_bytes = 7 }, before;
	struct nlattr *nest = mnl_attr_nest_start(nlh, PPTP_A_NET_STATS);

	mnl_attr_put_u64(nlh, PPTP_A_STATS_RX_DROP_WRONG_PEER, 2);
	mnl_attr_nest_end(nlh, nest);
	nest = mnl_attr_nest_start(nlh, PPTP_A_NET_TOTALS);
	mnl_attr_put_u64(nlh, PPTP_A_STATS_RX_PACKETS, 10);
	mnl_attr_put_u64(nlh, PPTP_A_STATS_RX_BYTES, 0x200000001);
	mnl_attr_put_u64(nlh, PPTP_A_STATS_TX_PACKETS, 12);
	mnl_attr_put_u64(nlh, PPTP_A_STATS_TX_BYTES, 13);
	mnl_attr_put_u64(nlh, PPTP_A_STATS_RX_DROP_WRONG_PEER, 40);
	mnl_attr_nest_end(nlh, nest);
	play_answer("NET_GET", nlh);
	assert_int_equal(genl_add_totals(&genl, &totals), 0);
	assert_true(totals.has_traffic);
	assert_int_equal(totals.rx_packets, 10);
	assert_int_equal(totals.rx_bytes, 0x200000001);
	assert_int_equal(totals.tx_packets, 12);
	assert_int_equal(totals.tx_bytes, 13);
	assert_string_equal(net_drops[3].reason, "wrong-peer");
	assert_int_equal(totals.drops[3], 42);
	expect_requests("NET_GET\n");

	before = (struct net_totals){ .rx_bytes = 1, .drops = { [3] = 2 } };
	net_totals_add(&sum, &totals, &before);
	assert_true(sum.has_traffic);
	assert_int_equal(sum.sessions, 3);
	assert_int_equal(sum.rx_bytes, 0x200000007);
	assert_int_equal(sum.tx_packets, 12);
	assert_int_equal(sum.drops[3], 40);
}

/* --- events -------------------------------------------------------------------------------- */

static void tell(const void *data, size_t len)
{
	assert_int_equal(write(played_feed, data, len), len);
}

static struct nlmsghdr *event(uint16_t type, uint8_t command, uint16_t call_id)
{
	struct nlmsghdr *nlh = play_message(type, GENL_HDRLEN);

	((struct genlmsghdr *)mnl_nlmsg_get_payload(nlh))->cmd = command;
	mnl_attr_put_u32(nlh, PPTP_A_SESSION_LOCAL_ADDRESS, name.local.v4.s_addr);
	mnl_attr_put_u16(nlh, PPTP_A_SESSION_CALL_ID, call_id);
	return nlh;
}

static void note_lost(void *ctx, const char *netns, const struct net_session_addr *session)
{
	char *text = ctx;

	sprintf(text + strlen(text), "%u ", session->call_id);
}

static const char *events(void)
{
	static char seen[64];

	seen[0] = '\0';
	genl_events(&genl, note_lost, seen);
	return seen;
}

static void sessions_that_lost_step_are_named(void **state)
{
	_Alignas(8) char two[256];
	struct nlmsghdr *nlh = event(PLAYED_FAMILY, PPTP_CMD_MPPE_RESYNC_NTF, 5);
	size_t len = nlh->nlmsg_len;

	memcpy(two, nlh, len);
	nlh = event(PLAYED_FAMILY, PPTP_CMD_MPPE_RESYNC_NTF, 6);
	memcpy(two + MNL_ALIGN(len), nlh, nlh->nlmsg_len);
	tell(two, MNL_ALIGN(len) + nlh->nlmsg_len);
	nlh = event(PLAYED_FAMILY, PPTP_CMD_MPPE_RESYNC_NTF, 7);
	tell(nlh, nlh->nlmsg_len);
	assert_string_equal(events(), "5 6 7 ");
	assert_string_equal(events(), "");
}

static void other_events_are_not_for_us(void **state)
{
	struct nlmsghdr *nlh = event(PLAYED_FAMILY, PPTP_CMD_SESSION_DOWN_NTF, 5);

	tell(nlh, nlh->nlmsg_len);
	nlh = event(PLAYED_FAMILY + 1, PPTP_CMD_MPPE_RESYNC_NTF, 5);
	tell(nlh, nlh->nlmsg_len);
	nlh = play_message(PLAYED_FAMILY, 0);
	tell(nlh, nlh->nlmsg_len);
	assert_string_equal(events(), "");
}

static void other_events_do_not_wake_us(void **state)
{
	struct nlmsghdr *nlh = event(PLAYED_FAMILY, PPTP_CMD_SESSION_UP_NTF, 5);
	struct pollfd fd = {
		.fd = mnl_socket_get_fd(genl.events.sock), .events = POLLIN,
	};

	tell(nlh, nlh->nlmsg_len);
	assert_int_equal(poll(&fd, 1, 0), 0);
	nlh = event(PLAYED_FAMILY, PPTP_CMD_MPPE_RESYNC_NTF, 5);
	tell(nlh, nlh->nlmsg_len);
	assert_int_equal(poll(&fd, 1, 0), 1);
	assert_string_equal(events(), "5 ");
}

static void malformed_events_end_their_datagram(void **state)
{
	struct nlmsghdr *nlh = event(PLAYED_FAMILY, PPTP_CMD_MPPE_RESYNC_NTF, 5);

	tell(nlh, nlh->nlmsg_len - 4);
	nlh->nlmsg_len = UINT32_MAX;
	tell(nlh, 40);
	tell("", 1);
	nlh = event(PLAYED_FAMILY, PPTP_CMD_MPPE_RESYNC_NTF, 6);
	tell(nlh, nlh->nlmsg_len);
	assert_string_equal(events(), "6 ");
}

/* One call reads at most NL_EVENTS, so that it does not block the loop; the next call goes on. */
static void a_flood_of_events_comes_in_parts(void **state)
{
	const struct nlmsghdr *nlh = event(PLAYED_FAMILY, PPTP_CMD_MPPE_RESYNC_NTF, 5);
	char seen[NL_EVENTS * 4] = "";

	for (unsigned int i = 0; i < NL_EVENTS + 1; i++)
		tell(nlh, nlh->nlmsg_len);
	genl_events(&genl, note_lost, seen);
	assert_int_equal(strlen(seen), NL_EVENTS * strlen("5 "));
	assert_string_equal(events(), "5 ");
	assert_string_equal(events(), "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_the_module_there_is_no_family),
		cmocka_unit_test(half_a_family_is_none),
		TEST(keys_of_both_directions),
		TEST(keys_of_one_direction),
		TEST(keys_that_are_taken_away),
		TEST(keys_that_are_refused),
		TEST(all_that_lets_traffic_flow_is_one_message),
		TEST(what_is_not_needed_is_not_asked),
		TEST(the_first_thing_refused_is_told),
		TEST(an_outer_header_is_told_where_it_is_not_the_usual_one),
		TEST(a_shape_is_told_whole),
		TEST(a_pause_is_one_attribute),
		TEST(the_counters_of_one),
		TEST(numbers_of_another_size_are_not_read),
		TEST(the_counters_of_all),
		TEST(a_survey_is_of_the_namespace_that_was_opened),
		TEST(what_the_kernel_drops),
		TEST(what_the_kernel_has_seen),
		TEST(sessions_that_lost_step_are_named),
		TEST(other_events_are_not_for_us),
		TEST(other_events_do_not_wake_us),
		TEST(malformed_events_end_their_datagram),
		TEST(a_flood_of_events_comes_in_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
