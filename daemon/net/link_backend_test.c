// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of sessions, checked as a list of the requests to the kernel. PPTP sockets are faked,
 * too: this file implements the functions of net/pppox.h. So is the worker's thread.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>

#include "net/link_backend.h"
#include "net/pppox.h"
#include "net/played_netlink_test.h"
#include "net/played_worker_test.h"
#include "util/ip_literal_test.h"

#define NAME	"local 192.0.2.1 call 5"
#define KEY(n)	"bits 128 stateless 1 start " n "000000000000000000000000000000"
#define STATEFUL_KEY(n)	"bits 128 stateless 0 start " n "000000000000000000000000000000"

/* --- PPTP sockets -------------------------------------------------------------------------- */

static int last_fd;
static bool refuse_sockets;

int pppox_socket(void)
{
	if (refuse_sockets)
		return -EPROTONOSUPPORT;
	last_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	played_say("socket\n");
	return last_fd;
}

int pppox_probe(void)
{
	return refuse_sockets ? -EPROTONOSUPPORT : 0;
}

int pppox_bind(struct net_session *s)
{
	s->fd = pppox_socket();
	s->addr.call_id = 5;
	played_say("bind\n");
	return 0;
}

int pppox_open(struct net_session *s)
{
	if (refuse_sockets)
		return net_failed(-EPROTONOSUPPORT, "PPTP socket", "no such module");
	if (s->fd < 0)
		pppox_bind(s);
	played_say("connect%s\n", s->outer.mark ? " marked" : "");
	return 0;
}

int pppox_icmp(struct net_session *s)
{
	return 0;
}

void pppox_close(struct net_session *s)
{
	if (s->fd >= 0) {
		close(s->fd);
		played_say("close\n");
	}
	s->fd = -1;
}

/* --- what all tests need ------------------------------------------------------------------- */

static struct link_backend backend;
static const struct net_backend *base = &backend.base;
static struct rtnl * const link_rtnl = &backend.links.worker.rtnl;
static struct net_link link_;
static struct outer outer;
static struct net_session session;

static struct net_ip4 inner;
static int prepared;			/* result of net_session_prepare(), in the end */

static int setup(void **state)
{
	memset(&session, 0, sizeof(session));
	link_ = (struct net_link){ .name = "ppp%d", .mss_clamp = true };
	outer = OUTER_DEFAULT;
	inner = (struct net_ip4){
		.local = ip("10.0.0.1"), .remote = ip("10.0.0.7"), .mtu = 1396, .acfc = true,
		.pfc = true,
	};
	refuse_sockets = false;
	played_has_begun = false;
	play_family();
	if (link_backend_open(&backend))
		return -1;
	forget_requests();
	return net_link_open(base, link_rtnl, &link_);
}

static int teardown(void **state)
{
	link_backend_close(&backend);
	play_end();
	return 0;
}

static void answer_link(const char *request, int ifindex)
{
	struct nlmsghdr *nlh = play_message(RTM_NEWLINK, sizeof(struct ifinfomsg));

	((struct ifinfomsg *)mnl_nlmsg_get_payload(nlh))->ifi_index = ifindex;
	mnl_attr_put_u32(nlh, IFLA_MTU, 1500);
	play_answer(request, nlh);
}

/* Like setup(), with a shared link, which is interface 9. */
static int setup_shared(void **state)
{
	if (setup(state))
		return -1;
	link_.mode = NET_LINK_SHARED;
	strcpy(link_.name, "all");
	answer_link("GETLINK name all", 9);
	if (net_link_open(base, link_rtnl, &link_))
		return -1;
	forget_requests();
	return 0;
}

static int teardown_shared(void **state)
{
	net_link_close(base, link_rtnl, &link_);
	expect_requests("DELLINK index 9 ack\n");
	return teardown(state);
}

static void open_session(bool mppe_required)
{
	const struct net_session_addr addr = {
		.local = ip("192.0.2.1"), .remote = ip("192.0.2.2"), .peer_call_id = 6,
	};

	assert_int_equal(net_session_open(&session, base, &link_, &outer, &addr, mppe_required), 0);
	expect_requests("socket\nbind\nconnect\n");
}

static int set_key(bool rx, uint8_t first, bool stateless)
{
	const struct net_mppe key = { .bits = 128, .stateless = stateless, .key = { first } };

	return net_session_mppe(&session, rx ? &key : NULL, rx ? NULL : &key);
}

/* CCP opens, with a key for each direction. */
static void agree_on_keys(bool stateless)
{
	assert_int_equal(set_key(false, 0x22, stateless), 0);
	assert_int_equal(set_key(true, 0x11, stateless), 0);
	assert_int_equal(net_session_mppe_state(&session, true), 0);
}

static void note_prepared(struct net_session *s, int err)
{
	assert_ptr_equal(s, &session);
	assert_int_equal(prepared, -EINPROGRESS);
	prepared = err;
}

static void finish_work(void)
{
	play_work();
	net_work_done(base);
}

/* Begin to make the link. Unless the link is shared, the session gets the interface 33. */
static int prepare(void)
{
	if (link_.mode == NET_LINK_SESSION && !session.ifindex)
		answer_link("GETLINK name", 33);
	prepared = net_session_prepare(&session, &inner, note_prepared);
	return prepared;
}

/* IPCP opens. */
static int go_up(void)
{
	int err = prepare();

	if (err == -EINPROGRESS) {
		finish_work();
		err = prepared;
	}
	if (!err)
		err = net_session_up(&session, &inner);
	finish_work();
	return err;
}

static void end_session(void)
{
	net_session_close(&session);
	finish_work();
}

#define MAKE(name, mtu)									\
	"NEWLINK create excl up name " name " mtu " mtu " info (kind pptp data (mode 0 "	\
	"reverse-path 0 mss-clamp 1 owner %d)) + GETLINK name " name " ext-mask 8\n"
#define ADDRESS	"NEWADDR create replace index 33 length 32 local 10.0.0.1 address 10.0.0.7 ack\n"
#define ROUTE	"length 32 in 254 scope 253 dst 10.0.0.7 from 10.0.0.1 oif 9 metric 0 ack\n"
#define KEYS	"KEY_SET " NAME " mppe (required 1) + "					\
		"KEY_SET " NAME " mppe (required 1 tx (" KEY("22") ") rx (" KEY("11") ")) + "
#define PASS	"SESSION_SET " NAME " protocols 1 frame 3 ack\n"

/* Like expect_requests(); each %d in @want, two at most, stands for the session's socket. */
static void expect_with_socket(const char *want)
{
	char text[4096];

	snprintf(text, sizeof(text), want, last_fd, last_fd);
	expect_requests(text);
}

static void close_session(void)
{
	end_session();
	forget_requests();
}

/* --- a link of its own --------------------------------------------------------------------- */

static void a_login_takes_three_messages(void **state)
{
	open_session(true);
	agree_on_keys(true);
	expect_requests("");
	assert_int_equal(go_up(), 0);
	assert_int_equal(session.ifindex, 33);
	assert_string_equal(session.ifname, "ppp0");
	expect_with_socket(MAKE("ppp0", "1396") ADDRESS
			   KEYS "LINK_ATTACH " NAME " ifindex 33 + " PASS);
	close_session();
}

/* A route to it would lead GRE into the tunnel. */
static void a_peer_with_one_address_inside_and_outside_has_no_route(void **state)
{
	open_session(false);
	inner.remote = ip("192.0.2.2");
	assert_int_equal(go_up(), 0);
	expect_with_socket(MAKE("ppp0", "1396")
			   "NEWADDR create replace index 33 length 32 local 10.0.0.1 "
			   "address 192.0.2.2 flags 512 ack\n"
			   "LINK_ATTACH " NAME " ifindex 33 + " PASS);
	close_session();
}

static void a_login_without_encryption(void **state)
{
	open_session(false);
	inner.acfc = inner.pfc = false;
	assert_int_equal(go_up(), 0);
	expect_with_socket(MAKE("ppp0", "1396") ADDRESS "LINK_ATTACH " NAME " ifindex 33 + "
			   "SESSION_SET " NAME " protocols 1 frame 0 ack\n");
	close_session();
}

static void a_window_that_is_kept_to(void **state)
{
	open_session(false);
	inner.acfc = inner.pfc = false;
	inner.window = 300;
	assert_int_equal(go_up(), 0);
	expect_with_socket(MAKE("ppp0", "1396") ADDRESS "LINK_ATTACH " NAME " ifindex 33 + "
			   "SESSION_SET " NAME " protocols 1 frame 0 "
			   "window (send 300 sliding 1) ack\n");
	close_session();
}

static void an_end_takes_none(void **state)
{
	open_session(true);
	agree_on_keys(true);
	assert_int_equal(go_up(), 0);
	forget_requests();
	end_session();
	expect_requests("close\n");
	end_session();
	expect_requests("");
}

/* Otherwise the next session could not get the name. */
static void a_fixed_name_is_free_after_the_end(void **state)
{
	strcpy(link_.name, "work");
	open_session(false);
	assert_int_equal(go_up(), 0);
	assert_string_equal(session.ifname, "work");
	forget_requests();
	end_session();
	expect_requests("close\nDELLINK index 33 ack\n");
}

static void names_that_are_taken_are_passed_over(void **state)
{
	open_session(false);
	play_refusal("NEWLINK create excl up name ppp0", -EEXIST, NULL);
	answer_link("GETLINK name ppp0", 77);
	play_refusal("NEWLINK create excl up name ppp1", -EEXIST, NULL);
	answer_link("GETLINK name ppp1", 78);
	assert_int_equal(go_up(), 0);
	assert_string_equal(session.ifname, "ppp2");
	assert_int_equal(session.ifindex, 33);
	close_session();
}

static struct nlmsghdr *vrf_message(int ifindex, uint32_t table)
{
	struct nlmsghdr *nlh = play_message(RTM_NEWLINK, sizeof(struct ifinfomsg));
	struct nlattr *info, *data;

	((struct ifinfomsg *)mnl_nlmsg_get_payload(nlh))->ifi_index = ifindex;
	info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, "vrf");
	data = mnl_attr_nest_start(nlh, IFLA_INFO_DATA);
	mnl_attr_put_u32(nlh, IFLA_VRF_TABLE, table);
	mnl_attr_nest_end(nlh, data);
	mnl_attr_nest_end(nlh, info);
	return nlh;
}

/* The name that a user's interface is to have is free at once for the user's next session. */
static void an_interface_as_the_user_has_it(void **state)
{
	const struct net_interface wanted = { .name = "ppp-bob", .vrf = "blue" };

	open_session(false);
	net_session_want(&session, &wanted);
	play_answer("GETLINK name blue", vrf_message(4, 1001));
	play_refusal("NEWLINK create excl up name ppp-bob ", -EEXIST, NULL);
	answer_link("GETLINK name ppp-bob ", 77);
	assert_int_equal(go_up(), 0);
	assert_string_equal(session.ifname, "ppp-bob~1");
	assert_string_equal(session.vrf, "blue");
	assert_int_equal(session.table, 1001);
	assert_non_null(strstr(played_text, "name ppp-bob~1 mtu 1396 master 4 "));
	forget_requests();
	end_session();
	expect_requests("close\nDELLINK index 33 ack\n");
}

/* Nothing is asked of anybody. */
static void a_namespace_that_is_missing(void **state)
{
	const struct net_interface wanted = { .name = "ppp-bob", .netns = "culvert-test-none" };

	open_session(false);
	net_session_want(&session, &wanted);
	prepared = net_session_prepare(&session, &inner, note_prepared);
	assert_int_equal(prepared, -EINPROGRESS);
	finish_work();
	assert_int_equal(prepared, -ENOENT);
	assert_string_equal(net_reason(), "culvert-test-none: No such file or directory");
	expect_requests("");
	end_session();
	expect_requests("close\n");
}

static void a_vrf_that_is_missing(void **state)
{
	const struct net_interface wanted = { .name = "ppp-bob", .vrf = "blue" };

	open_session(false);
	net_session_want(&session, &wanted);
	play_refusal("GETLINK name blue", -ENODEV, NULL);
	prepared = net_session_prepare(&session, &inner, note_prepared);
	assert_int_equal(prepared, -EINPROGRESS);
	finish_work();
	assert_int_equal(prepared, -ENODEV);
	assert_string_equal(net_reason(), "interface: there is no VRF blue");
	assert_int_equal(session.ifindex, 0);
	expect_requests("GETLINK name blue ext-mask 8\n");
	end_session();
	expect_requests("close\n");
}

/* What the session made is removed after @request is refused, and nothing else. */
static void refused(const char *request, int err, const char *reason, const char *undone)
{
	open_session(true);
	agree_on_keys(true);
	play_refusal(request, err, "for a reason");
	assert_int_equal(go_up(), err);
	assert_string_equal(net_reason(), reason);
	assert_int_equal(session.ifindex, 0);
	assert_false(session.flows);
	assert_true(strlen(played_text) >= strlen(undone));
	assert_string_equal(played_text + strlen(played_text) - strlen(undone), undone);
	close_session();
}

static void what_a_refused_login_made_is_removed(void **state)
{
	refused("NEWLINK", -EPERM, "ppp0: for a reason", "GETLINK name ppp0 ext-mask 8\n");
	refused("NEWADDR", -ENOMEM, "address of link: for a reason", "DELLINK index 33 ack\n");
	refused("KEY_SET", -ENOMEM, "let IPv4 pass: for a reason", "DELLINK index 33 ack\n");
	refused("LINK_ATTACH", -ENODEV, "let IPv4 pass: for a reason", "DELLINK index 33 ack\n");
	refused("SESSION_SET", -ENOTCONN, "let IPv4 pass: for a reason", "DELLINK index 33 ack\n");
}

/* --- what happens while the link is made ---------------------------------------------------- */

static void a_link_is_made_before_traffic_flows(void **state)
{
	open_session(false);
	assert_int_equal(prepare(), -EINPROGRESS);
	expect_requests("");
	assert_int_equal(net_session_prepare(&session, &inner, note_prepared), -EINPROGRESS);
	finish_work();
	assert_int_equal(prepared, 0);
	assert_int_equal(session.ifindex, 33);
	expect_with_socket(MAKE("ppp0", "1396") ADDRESS);
	assert_int_equal(net_session_prepare(&session, &inner, note_prepared), 0);
	assert_int_equal(net_session_up(&session, &inner), 0);
	expect_requests("LINK_ATTACH " NAME " ifindex 33 + " PASS);
	close_session();
}

/*
 * The worker names the owner of the interface by the number of its socket, so the number must not
 * be used for another socket before.
 */
static void the_socket_of_a_session_that_ends_outlives_the_making(void **state)
{
	int fd;

	open_session(false);
	fd = session.fd;
	assert_int_equal(prepare(), -EINPROGRESS);
	played_has_begun = true;
	net_session_close(&session);
	assert_int_equal(session.fd, -1);
	assert_int_not_equal(fcntl(fd, F_GETFD), -1);
	finish_work();
	expect_with_socket(MAKE("ppp0", "1396") ADDRESS);
	assert_int_equal(prepared, -EINPROGRESS);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
}

/* Otherwise peers that log in and hang up could make the line of jobs as long as they like. */
static void a_session_that_ends_leaves_the_line_of_jobs(void **state)
{
	int fd;

	open_session(false);
	fd = session.fd;
	prepared = net_session_prepare(&session, &inner, note_prepared);
	assert_int_equal(prepared, -EINPROGRESS);
	net_session_close(&session);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	finish_work();
	expect_requests("");
	assert_int_equal(prepared, -EINPROGRESS);
}

/* The same, but the worker is through and the loop has not heard of it yet. */
static void a_session_ends_before_it_hears_of_its_link(void **state)
{
	int fd;

	open_session(false);
	fd = session.fd;
	assert_int_equal(prepare(), -EINPROGRESS);
	play_work();
	net_session_close(&session);
	finish_work();
	finish_work();
	assert_int_equal(prepared, -EINPROGRESS);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	forget_requests();
}

static void other_addresses_while_the_link_is_made(void **state)
{
	open_session(false);
	assert_int_equal(prepare(), -EINPROGRESS);
	played_has_begun = true;
	inner.remote = ip("10.0.0.8");
	answer_link("GETLINK name ppp1", 34);
	assert_int_equal(net_session_prepare(&session, &inner, note_prepared), -EINPROGRESS);
	finish_work();
	assert_int_equal(prepared, 0);
	assert_int_equal(session.ifindex, 34);
	expect_with_socket(MAKE("ppp0", "1396") ADDRESS "DELLINK index 33 ack\n"
			   MAKE("ppp1", "1396")
			   "NEWADDR create replace index 34 length 32 local 10.0.0.1 "
			   "address 10.0.0.8 ack\n");
	close_session();
}

static void an_mtu_that_changes_twice_is_set_twice_at_most(void **state)
{
	open_session(false);
	assert_int_equal(go_up(), 0);
	forget_requests();
	for (inner.mtu = 1300; inner.mtu > 1296; inner.mtu--)
		assert_int_equal(net_session_up(&session, &inner), 0);
	forget_requests();
	finish_work();
	expect_requests("NEWLINK index 33 up mtu 1300 ack\n");
	finish_work();
	expect_requests("NEWLINK index 33 up mtu 1297 ack\n");
	finish_work();
	expect_requests("");
	close_session();
}

/* The route that the next session makes to the same address must not be removed. */
static void a_route_is_removed_before_the_next_is_made(void **state)
{
	open_session(false);
	assert_int_equal(prepare(), -EINPROGRESS);
	played_has_begun = true;
	net_session_close(&session);
	open_session(false);
	assert_int_equal(prepare(), -EINPROGRESS);
	finish_work();
	expect_requests("NEWROUTE create replace " ROUTE "DELROUTE " ROUTE
			"NEWROUTE create replace " ROUTE);
	close_session();
}

/* --- pauses -------------------------------------------------------------------------------- */

static void a_pause_leaves_everything(void **state)
{
	open_session(true);
	agree_on_keys(true);
	assert_int_equal(go_up(), 0);
	forget_requests();
	assert_int_equal(net_session_pause(&session), 0);
	assert_int_equal(net_session_pause(&session), 0);
	assert_int_equal(session.ifindex, 33);
	expect_requests("SESSION_SET " NAME " protocols 0 ack\n");
	assert_int_equal(go_up(), 0);
	expect_requests(PASS);
	close_session();
}

static void after_a_pause_keys_and_mtu_may_be_others(void **state)
{
	open_session(true);
	agree_on_keys(true);
	assert_int_equal(go_up(), 0);
	assert_int_equal(net_session_pause(&session), 0);
	forget_requests();
	assert_int_equal(net_session_mppe_state(&session, false), 0);
	agree_on_keys(true);
	expect_requests("");
	inner.mtu = 1300;
	assert_int_equal(go_up(), 0);
	expect_requests(KEYS PASS "NEWLINK index 33 up mtu 1300 ack\n");
	close_session();
}

static void after_a_pause_another_address_begins_anew(void **state)
{
	open_session(false);
	assert_int_equal(go_up(), 0);
	assert_int_equal(net_session_pause(&session), 0);
	forget_requests();
	inner.remote = ip("10.0.0.8");
	answer_link("GETLINK name", 34);
	assert_int_equal(go_up(), 0);
	assert_int_equal(session.ifindex, 34);
	expect_with_socket("DELLINK index 33 ack\n" MAKE("ppp1", "1396")
			   "NEWADDR create replace index 34 length 32 local 10.0.0.1 "
			   "address 10.0.0.8 ack\n"
			   "LINK_ATTACH " NAME " ifindex 34 + " PASS);
	close_session();
}

static void a_pause_that_is_refused(void **state)
{
	open_session(false);
	assert_int_equal(go_up(), 0);
	play_refusal("SESSION_SET", -ENOENT, "no such session");
	assert_int_equal(net_session_pause(&session), -ENOENT);
	assert_string_equal(net_reason(), "let nothing pass: no such session");
	close_session();
}

/* --- encryption ---------------------------------------------------------------------------- */

/* Each packet changes the state of a stateful key, even if the packet is dropped. */
static void stateful_keys_do_not_wait(void **state)
{
	open_session(true);
	agree_on_keys(false);
	expect_requests("KEY_SET " NAME " mppe (required 1 tx (" STATEFUL_KEY("22") ")) ack\n"
			"KEY_SET " NAME " mppe (required 1 rx (" STATEFUL_KEY("11") ")) ack\n");
	assert_int_equal(go_up(), 0);
	expect_with_socket(MAKE("ppp0", "1396") ADDRESS "LINK_ATTACH " NAME " ifindex 33 + " PASS);
	close_session();
}

static void encryption_that_is_preferred_is_required_once_there(void **state)
{
	open_session(false);
	agree_on_keys(true);
	assert_int_equal(go_up(), 0);
	expect_with_socket(MAKE("ppp0", "1396") ADDRESS KEYS
			   "LINK_ATTACH " NAME " ifindex 33 + " PASS);
	assert_int_equal(net_session_mppe_state(&session, false), 0);
	expect_requests("KEY_SET " NAME " mppe (required 0 tx (bits 0) rx (bits 0)) ack\n");
	close_session();
}

/* The peer asks anew, and gets another Ack, before its own Ack opens CCP. */
static void a_key_that_is_replaced_does_not_let_clear_packets_pass(void **state)
{
	open_session(false);
	agree_on_keys(true);
	assert_int_equal(go_up(), 0);
	forget_requests();
	assert_int_equal(set_key(false, 0x33, true), 0);
	expect_requests("KEY_SET " NAME " mppe (required 1 tx (" KEY("33") ")) ack\n");
	assert_int_equal(net_session_mppe_state(&session, false), 0);
	forget_requests();
	assert_int_equal(set_key(false, 0x44, true), 0);
	expect_requests("KEY_SET " NAME " mppe (required 0 tx (" KEY("44") ")) ack\n");
	close_session();
}

/* IPCP opened before CCP, or CCP is negotiated again. */
static void while_traffic_flows_keys_do_not_wait(void **state)
{
	open_session(false);
	assert_int_equal(go_up(), 0);
	forget_requests();
	agree_on_keys(true);
	expect_requests("KEY_SET " NAME " mppe (required 0 tx (" KEY("22") ")) ack\n"
			"KEY_SET " NAME " mppe (required 0 rx (" KEY("11") ")) ack\n"
			"KEY_SET " NAME " mppe (required 1) ack\n");
	close_session();
}

static void a_requirement_without_keys_is_one_all_the_same(void **state)
{
	open_session(true);
	assert_int_equal(go_up(), 0);
	expect_with_socket(MAKE("ppp0", "1396") ADDRESS "KEY_SET " NAME " mppe (required 1) + "
			   "LINK_ATTACH " NAME " ifindex 33 + " PASS);
	close_session();
}

static void a_key_that_is_refused(void **state)
{
	open_session(true);
	play_refusal("KEY_SET", -ENOMEM, "no memory for it");
	assert_int_equal(set_key(true, 0x11, false), -ENOMEM);
	assert_string_equal(net_reason(), "set MPPE key: no memory for it");
	close_session();
}

/* Keys that will not be used any more are erased. */
static void keys_are_wiped(void **state)
{
	const struct net_keys none = { 0 };

	open_session(true);
	agree_on_keys(true);
	assert_memory_not_equal(&session.keys, &none, sizeof(none));
	net_session_close(&session);
	assert_memory_equal(&session.keys, &none, sizeof(none));
	forget_requests();

	open_session(true);
	agree_on_keys(true);
	assert_int_equal(go_up(), 0);
	assert_memory_equal(&session.keys, &none, sizeof(none));
	close_session();
}

/* --- a shared link ------------------------------------------------------------------------- */

static void a_shared_link_is_made_before(void **state)
{
	link_.mode = NET_LINK_SHARED;
	strcpy(link_.name, "all");
	answer_link("GETLINK name all", 9);
	assert_int_equal(net_link_open(base, link_rtnl, &link_), 0);
	assert_int_equal(link_.ifindex, 9);
	expect_with_socket("socket\nNEWLINK create excl up name all mtu 1456 info (kind pptp data "
			   "(mode 1 reverse-path 1 mss-clamp 1 owner %d)) + "
			   "GETLINK name all ext-mask 8\n");
	net_link_close(base, link_rtnl, &link_);
	expect_requests("DELLINK index 9 ack\n");

	play_refusal("NEWLINK", -EEXIST, NULL);
	answer_link("GETLINK name all", 2);
	assert_int_equal(net_link_open(base, link_rtnl, &link_), -EEXIST);
	assert_string_equal(link_.reason, "all: File exists");
	assert_int_equal(link_.ifindex, 0);
	refuse_sockets = true;
	assert_int_equal(net_link_open(base, link_rtnl, &link_), -EPROTONOSUPPORT);
	assert_string_equal(link_.reason, "PPTP socket: Protocol not supported");
	forget_requests();
}

static void addresses_of_a_shared_link_come_and_go(void **state)
{
	assert_int_equal(net_link_add_address(base, link_rtnl, &link_, ip("10.0.0.1")), 0);
	assert_int_equal(net_link_add_address(base, link_rtnl, &link_, ip("10.0.0.2")), 0);
	net_link_del_address(base, link_rtnl, &link_, ip("10.0.0.1"));
	expect_requests("NEWADDR create replace index 9 length 32 local 10.0.0.1 "
			"address 10.0.0.1 ack\n"
			"NEWADDR create replace index 9 length 32 local 10.0.0.2 "
			"address 10.0.0.2 ack\n"
			"DELADDR index 9 length 32 local 10.0.0.1 address 10.0.0.1 ack\n");
	play_refusal("NEWADDR", -ENOMEM, NULL);
	assert_int_equal(net_link_add_address(base, link_rtnl, &link_, ip("10.0.0.3")), -ENOMEM);
	assert_string_equal(link_.reason, "address of all: Cannot allocate memory");
	forget_requests();
}

static void a_shared_link_clamps_or_not(void **state)
{
	assert_int_equal(net_link_set_mss_clamp(base, link_rtnl, &link_, true), 0);
	expect_requests("");
	assert_int_equal(net_link_set_mss_clamp(base, link_rtnl, &link_, false), 0);
	assert_false(link_.mss_clamp);
	expect_requests("NEWLINK index 9 info (kind pptp data (mss-clamp 0)) ack\n");
	play_refusal("NEWLINK", -EPERM, NULL);
	assert_int_equal(net_link_set_mss_clamp(base, link_rtnl, &link_, true), -EPERM);
	assert_string_equal(link_.reason, "MSS clamp of all: Operation not permitted");
	assert_false(link_.mss_clamp);
	forget_requests();
}

/* What does not change is not written, since another thread reads it: here it cannot be written. */
static void a_link_that_stays_as_it_is_is_left_alone(void **state)
{
	static const struct net_link constant = { .ifindex = 9, .mss_clamp = true };
	struct net_link *link = (struct net_link *)(uintptr_t)&constant;

	assert_int_equal(net_link_set_mss_clamp(base, link_rtnl, link, true), 0);
	expect_requests("");
}

/* The link has no interface, so that there is nothing to ask the kernel for. */
static void a_link_without_an_interface_changes_by_itself(void **state)
{
	assert_int_equal(net_link_add_address(base, link_rtnl, &link_, ip("10.0.0.1")), 0);
	net_link_del_address(base, link_rtnl, &link_, ip("10.0.0.1"));
	assert_int_equal(net_link_set_mss_clamp(base, link_rtnl, &link_, false), 0);
	assert_false(link_.mss_clamp);
	expect_requests("");
}

static void a_shared_login_takes_two_messages(void **state)
{
	open_session(true);
	agree_on_keys(true);
	assert_int_equal(go_up(), 0);
	assert_int_equal(session.ifindex, 9);
	assert_string_equal(session.ifname, "all");
	expect_requests("NEWROUTE create replace " ROUTE
			KEYS "LINK_ATTACH " NAME " ifindex 9 hop 10.0.0.7 + " PASS);
	end_session();
	expect_requests("close\nDELROUTE " ROUTE);
}

static void a_shared_link_may_be_in_a_vrf(void **state)
{
	struct net_link blue = { .mode = NET_LINK_SHARED, .name = "lan", .vrf = "blue" };

	play_refusal("GETLINK name blue", -ENODEV, NULL);
	assert_int_equal(net_link_open(base, link_rtnl, &blue), -ENODEV);
	assert_string_equal(blue.reason, "there is no VRF blue");
	play_answer("GETLINK name blue", vrf_message(4, 1001));
	answer_link("GETLINK name lan", 10);
	assert_int_equal(net_link_open(base, link_rtnl, &blue), 0);
	assert_non_null(strstr(played_text, "name lan mtu 1456 master 4 "));
	forget_requests();

	link_.table = blue.table;
	strcpy(link_.vrf, "blue");
	open_session(true);
	agree_on_keys(true);
	assert_int_equal(go_up(), 0);
	assert_int_equal(session.table, 1001);
	assert_string_equal(session.vrf, "blue");
	assert_non_null(strstr(played_text, "table 1001"));
	forget_requests();
	end_session();
	assert_non_null(strstr(played_text, "table 1001"));
	net_link_close(base, link_rtnl, &blue);
	forget_requests();
}

static void a_shared_pause_leaves_route_and_mtu(void **state)
{
	open_session(false);
	assert_int_equal(go_up(), 0);
	forget_requests();
	assert_int_equal(net_session_pause(&session), 0);
	inner.mtu = 1300;
	assert_int_equal(go_up(), 0);
	expect_requests("SESSION_SET " NAME " protocols 0 ack\n" PASS);
	close_session();
}

static void the_route_of_another_session_stays(void **state)
{
	open_session(false);
	play_refusal("LINK_ATTACH", -EADDRINUSE, "another session has it");
	assert_int_equal(go_up(), -EADDRINUSE);
	assert_string_equal(net_reason(), "let IPv4 pass: another session has it");
	expect_requests("NEWROUTE create replace " ROUTE
			"LINK_ATTACH " NAME " ifindex 9 hop 10.0.0.7 + " PASS
			"SESSION_SET " NAME " protocols 0 + LINK_DETACH " NAME " ack\n");
	end_session();
	expect_requests("close\n");

	/* After any other refusal the route is removed. */
	open_session(false);
	play_refusal("LINK_ATTACH", -ENODEV, NULL);
	assert_int_equal(go_up(), -ENODEV);
	assert_non_null(strstr(played_text, "LINK_DETACH " NAME " ack\nDELROUTE " ROUTE));
	forget_requests();

	play_refusal("NEWROUTE", -ENETDOWN, NULL);
	assert_int_equal(go_up(), -ENETDOWN);
	assert_string_equal(net_reason(), "route to peer: Network is down");
	expect_requests("NEWROUTE create replace " ROUTE);
	close_session();
}

/* --- the rest ------------------------------------------------------------------------------ */

static void the_mtu_of_the_path_is_that_of_a_socket(void **state)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_port = htons(9) };
	int sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	unsigned int mtu = 0;

	assert_int_equal(net_path_mtu(base, sock, &mtu), -ENOTCONN);
	sin.sin_addr = ip("127.0.0.1").v4;
	assert_int_equal(connect(sock, (struct sockaddr *)&sin, sizeof(sin)), 0);
	assert_int_equal(net_path_mtu(base, sock, &mtu), 0);
	/* whatever the loopback has here */
	assert_in_range(mtu, 1280, 65536);
	close(sock);
	expect_requests("");
}

/* A call that drops all its frames returns 0: so a flood of such frames does not block the loop. */
static void a_frame_that_is_too_long_is_lost(void **state)
{
	uint8_t frame[16];
	struct iovec place = { frame, sizeof(frame) };
	int fds[2];

	open_session(false);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
	assert_int_equal(dup2(fds[0], session.fd), session.fd);
	assert_int_equal(write(fds[1], "longer than sixteen", 19), 19);
	assert_int_equal(write(fds[1], "fits", 4), 4);
	assert_int_equal(net_session_receive(&session, &place, 1), 0);
	assert_int_equal(net_session_receive(&session, &place, 1), 1);
	assert_int_equal(place.iov_len, 4);
	assert_memory_equal(frame, "fits", 4);
	assert_int_equal(net_session_receive(&session, &place, 1), 0);
	close(fds[0]);
	close(fds[1]);
	close_session();
}

static void a_session_may_be_reserved(void **state)
{
	assert_int_equal(net_session_reserve(&session, base, ip("192.0.2.1")), 0);
	assert_int_equal(session.addr.call_id, 5);
	expect_requests("socket\nbind\n");
	net_session_close(&session);
	expect_requests("close\n");
}

static void a_session_without_a_socket(void **state)
{
	const struct net_session_addr addr = { .local = ip("192.0.2.1") };

	refuse_sockets = true;
	assert_int_equal(net_session_open(&session, base, &link_, &outer, &addr, true),
			 -EPROTONOSUPPORT);
	assert_string_equal(net_reason(), "PPTP socket: no such module");
	expect_requests("");
}

/* The same for an interface of its own and a shared one: the values are the session's. */
static void a_session_has_its_outer_header_before_it_sends(void **state)
{
	const struct net_session_addr addr = { .local = ip("192.0.2.1") };

	outer = (struct outer){ .tos = 0xb8, .ttl = 9, .df = OUTER_DF_CLEAR, .mark = 7, .ecn = true };
	assert_int_equal(net_session_open(&session, base, &link_, &outer, &addr, true), 0);
	expect_requests("socket\nbind\nconnect marked\n"
			"SESSION_SET " NAME " outer (tos 184 ttl 9 df 1 mark 7 ecn 1) ack\n");
	net_session_close(&session);
	expect_requests("close\n");
}

static void an_outer_header_that_is_refused(void **state)
{
	const struct net_session_addr addr = { .local = ip("192.0.2.1") };

	outer.tos = 0x48;
	play_refusal("SESSION_SET", -EINVAL, "not today");
	assert_int_equal(net_session_open(&session, base, &link_, &outer, &addr, true), -EINVAL);
	assert_string_equal(net_reason(), "header of packets to the peer: not today");
	expect_requests("socket\nbind\nconnect\nSESSION_SET " NAME " outer (tos 72) ack\nclose\n");
}

static void without_the_module_there_is_no_backend(void **state)
{
	struct link_backend other;

	refuse_sockets = true;
	assert_int_equal(link_backend_open(&other), -EPROTONOSUPPORT);
	assert_non_null(strstr(other.reason, "PPTP socket"));
	refuse_sockets = false;
	play_refusal("GETFAMILY", -ENOENT, NULL);
	assert_int_equal(link_backend_open(&other), -ENOENT);
	assert_non_null(strstr(other.reason, "netlink family"));
	link_backend_close(&other);
	forget_requests();
}

/* Open the session with one end of a socket pair as its socket. Returns the other end. */
static int open_pair(void)
{
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds), 0);
	assert_int_equal(net_session_open(&session, base, &link_, &outer, &(struct net_session_addr){
		.local = ip("192.0.2.1"), .remote = ip("192.0.2.2"), .peer_call_id = 6,
	}, false), 0);
	close(session.fd);
	session.fd = fds[0];
	return fds[1];
}

static struct iovec frame(char *text)
{
	return (struct iovec){ text, strlen(text) };
}

static void frames_are_sent_together(void **state)
{
	char one[] = "one", two[] = "twice", buf[8];
	struct iovec frames[] = { frame(one), frame(two) };
	int peer = open_pair();

	assert_int_equal(net_session_send(&session, frames, 2), 0);
	assert_int_equal(recv(peer, buf, sizeof(buf), 0), 3);
	assert_memory_equal(buf, "one", 3);
	assert_int_equal(recv(peer, buf, sizeof(buf), 0), 5);
	assert_memory_equal(buf, "twice", 5);
	/*
	 * Frames that the socket has no room for are lost. Sending to a closed socket is an error.
	 */
	for (unsigned int i = 0; i < 1000; i++)
		assert_int_equal(net_session_send(&session, frames, 2), 0);
	while (recv(peer, buf, sizeof(buf), MSG_DONTWAIT) > 0)
		;
	close(peer);
	assert_int_equal(net_session_send(&session, frames, 2), -EPIPE);
	assert_string_equal(net_reason(), "send PPP frame: Broken pipe");
	net_session_close(&session);
	forget_requests();
}

static void frames_are_taken_together(void **state)
{
	static char octets[NET_FRAMES][4];
	struct iovec frames[NET_FRAMES];
	int peer = open_pair();

	for (unsigned int i = 0; i < NET_FRAMES; i++)
		frames[i] = (struct iovec){ octets[i], sizeof(octets[i]) };
	assert_int_equal(net_session_receive(&session, frames, NET_FRAMES), 0);
	assert_int_equal(send(peer, "too long", 8, 0), 8);
	assert_int_equal(send(peer, "a", 1, 0), 1);
	assert_int_equal(send(peer, "too long", 8, 0), 8);
	assert_int_equal(send(peer, "bcde", 4, 0), 4);
	close(peer);
	assert_int_equal(net_session_receive(&session, frames, NET_FRAMES), 2);
	assert_int_equal(frames[0].iov_len, 1);
	assert_memory_equal(frames[0].iov_base, "a", 1);
	assert_int_equal(frames[1].iov_len, 4);
	assert_memory_equal(frames[1].iov_base, "bcde", 4);
	/* Each buffer is still in @frames exactly once. */
	for (unsigned int i = 0; i < NET_FRAMES; i++)
		for (unsigned int j = 0; j < i; j++)
			assert_ptr_not_equal(frames[i].iov_base, frames[j].iov_base);
	assert_int_equal(net_session_receive(&session, frames, NET_FRAMES), -ENOTCONN);
	net_session_close(&session);
	forget_requests();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define SHARED(name) cmocka_unit_test_setup_teardown(name, setup_shared, teardown_shared)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_login_takes_three_messages),
		TEST(a_peer_with_one_address_inside_and_outside_has_no_route),
		TEST(a_login_without_encryption),
		TEST(a_window_that_is_kept_to),
		TEST(an_end_takes_none),
		TEST(a_fixed_name_is_free_after_the_end),
		TEST(names_that_are_taken_are_passed_over),
		TEST(an_interface_as_the_user_has_it),
		TEST(a_vrf_that_is_missing),
		TEST(a_namespace_that_is_missing),
		TEST(what_a_refused_login_made_is_removed),
		TEST(a_link_is_made_before_traffic_flows),
		TEST(the_socket_of_a_session_that_ends_outlives_the_making),
		TEST(a_session_that_ends_leaves_the_line_of_jobs),
		TEST(a_session_ends_before_it_hears_of_its_link),
		TEST(other_addresses_while_the_link_is_made),
		TEST(an_mtu_that_changes_twice_is_set_twice_at_most),
		SHARED(a_route_is_removed_before_the_next_is_made),
		TEST(a_pause_leaves_everything),
		TEST(after_a_pause_keys_and_mtu_may_be_others),
		TEST(after_a_pause_another_address_begins_anew),
		TEST(a_pause_that_is_refused),
		TEST(stateful_keys_do_not_wait),
		TEST(encryption_that_is_preferred_is_required_once_there),
		TEST(a_key_that_is_replaced_does_not_let_clear_packets_pass),
		TEST(while_traffic_flows_keys_do_not_wait),
		TEST(a_requirement_without_keys_is_one_all_the_same),
		TEST(a_key_that_is_refused),
		TEST(keys_are_wiped),
		TEST(a_shared_link_is_made_before),
		SHARED(addresses_of_a_shared_link_come_and_go),
		SHARED(a_shared_link_clamps_or_not),
		TEST(a_link_that_stays_as_it_is_is_left_alone),
		TEST(a_link_without_an_interface_changes_by_itself),
		SHARED(a_shared_login_takes_two_messages),
		SHARED(a_shared_link_may_be_in_a_vrf),
		SHARED(a_shared_pause_leaves_route_and_mtu),
		SHARED(the_route_of_another_session_stays),
		TEST(frames_are_sent_together),
		TEST(frames_are_taken_together),
		TEST(the_mtu_of_the_path_is_that_of_a_socket),
		TEST(a_frame_that_is_too_long_is_lost),
		TEST(a_session_may_be_reserved),
		TEST(a_session_without_a_socket),
		TEST(a_session_has_its_outer_header_before_it_sends),
		TEST(an_outer_header_that_is_refused),
		TEST(without_the_module_there_is_no_backend),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
