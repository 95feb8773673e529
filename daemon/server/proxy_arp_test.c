// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which sessions have proxy ARP, tested as a list of requests to the kernel. Sessions are records in
 * a registry, without PPP or a tunnel.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "net/played_netlink_test.h"
#include "net/worker.h"
#include "server/call.h"
#include "server/proxy_arp.h"
#include "server/servers.h"
#include "util/captured_log_test.h"
#include "util/ip_literal_test.h"

static struct rtnl rtnl;
static struct worker_job *waiting[8];
static unsigned int n_waiting;

static void work(const struct net_backend *b, struct worker_job *job)
{
	waiting[n_waiting++] = job;
}

/* Let the worker do the jobs that wait, in their order. */
static void play_work(void)
{
	for (unsigned int i = 0; i < n_waiting; i++) {
		struct worker_job *job = waiting[i];

		job->run(job, &rtnl);
		job->done(job);
	}
	n_waiting = 0;
}

static const struct net_backend backend = { .work = work };

static uv_loop_t loop;
static struct sessions sessions;
static struct servers servers;
static struct server office;
static struct config_server section;
static struct call one, two;
static char on[] = "on", off[] = "off", br0[] = "br0";

static int setup(void **state)
{
	uv_loop_init(&loop);
	memset(&sessions, 0, sizeof(sessions));
	registry_init(&sessions.registry);
	sessions.backend = &backend;
	assert_int_equal(rtnl_open(&rtnl), 0);
	memset(&servers, 0, sizeof(servers));
	servers.sessions = &sessions;
	servers.loop = &loop;
	proxy_arps_init(&servers.proxy_arps);
	section = (struct config_server){ .name = "office", .proxy_arp = on };
	office = (struct server){ .all = &servers, .config = &section };
	return 0;
}

static int teardown(void **state)
{
	assert_int_equal(n_waiting, 0);
	assert_int_equal(office.n_proxied, 0);
	assert_true(TAILQ_EMPTY(&servers.proxy_arps.made));
	rtnl_close(&rtnl);
	uv_loop_close(&loop);
	play_end();
	return 0;
}

static void begin(struct call *c)
{
	memset(c, 0, sizeof(*c));
	c->server = &office;
	c->session.owner = c;
	c->session.loop = &loop;
	c->session.record.user = "alice";
}

static void up(struct call *c, const char *address)
{
	c->session.record.ip4.remote = ip(address);
	proxy_arp_up(c);
	play_work();
}

static void end(struct call *c)
{
	proxy_arp_end(c);
	assert_null(proxy_arp_interface(c));
	play_work();
}

/* The host has the network 192.168.1.0/24 on eth0, which is interface 2. */
static void answer_lan(void)
{
	struct nlmsghdr *nlh = play_message(RTM_NEWADDR, sizeof(struct ifaddrmsg));
	struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	struct ifinfomsg *ifi;

	ifa->ifa_family = AF_INET;
	ifa->ifa_prefixlen = 24;
	ifa->ifa_index = 2;
	mnl_attr_put_u32(nlh, IFA_ADDRESS, ip("192.168.1.1").v4.s_addr);
	play_answer("GETADDR", nlh);
	nlh = play_message(RTM_NEWLINK, sizeof(struct ifinfomsg));
	ifi = mnl_nlmsg_get_payload(nlh);
	ifi->ifi_flags = IFF_UP | IFF_BROADCAST;
	mnl_attr_put_strz(nlh, IFLA_IFNAME, "eth0");
	play_answer("GETLINK", nlh);
}

#define LOOK		"GETADDR dump index 0 length 0 ack\nGETLINK index 2 ext-mask 8\n"
#define GET(at, of)	"GETNEIGH index " at " dst " of "\n"
#define NEW(at, of)	GET(at, of) "NEWNEIGH create index " at " dst " of " proto 47 ack\n"
#define DEL(at, of)	"DELNEIGH index " at " dst " of " ack\n"

static void an_address_of_a_lan_is_answered_for(void **state)
{
	begin(&one);
	begin(&two);
	answer_lan();
	up(&one, "192.168.1.7");
	expect_requests(LOOK NEW("2", "192.168.1.7"));
	assert_string_equal(proxy_arp_interface(&one), "eth0");
	/* After a pause. */
	up(&one, "192.168.1.7");
	expect_requests("");
	/* LANs are not asked for with each login. */
	up(&two, "192.168.1.8");
	expect_requests(NEW("2", "192.168.1.8"));
	assert_int_equal(office.n_proxied, 2);
	end(&one);
	expect_requests(DEL("2", "192.168.1.7"));
	/* After a pause, with another address. */
	up(&two, "192.168.1.9");
	expect_requests(DEL("2", "192.168.1.8") NEW("2", "192.168.1.9"));
	assert_int_equal(office.n_proxied, 1);
	end(&two);
	expect_requests(DEL("2", "192.168.1.9"));
}

static void other_addresses_are_not(void **state)
{
	begin(&one);
	answer_lan();
	capture();
	up(&one, "10.0.0.7");
	assert_string_equal(captured(), "");
	expect_requests(LOOK);
	assert_null(proxy_arp_interface(&one));
	end(&one);
	section.proxy_arp = off;
	up(&one, "192.168.1.7");
	assert_null(one.proxy);
	expect_requests("");
}

static void an_interface_may_be_named(void **state)
{
	struct nlmsghdr *nlh = play_message(RTM_NEWLINK, sizeof(struct ifinfomsg));
	struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);

	section.proxy_arp = br0;
	ifi->ifi_index = 5;
	play_answer("GETLINK name br0", nlh);
	begin(&one);
	up(&one, "10.0.0.7");
	expect_requests("GETLINK name br0 ext-mask 8\n" NEW("5", "10.0.0.7"));
	assert_string_equal(proxy_arp_interface(&one), "br0");
	end(&one);
	expect_requests(DEL("5", "10.0.0.7"));
}

static void what_cannot_be_is_told(void **state)
{
	section.proxy_arp = br0;
	play_refusal("GETLINK name br0", -ENODEV, "no such thing");
	begin(&one);
	capture();
	up(&one, "10.0.0.7");
	assert_non_null(strstr(captured(), "proxy ARP for 10.0.0.7 on br0: no such thing"));
	assert_null(proxy_arp_interface(&one));
	end(&one);
	expect_requests("GETLINK name br0 ext-mask 8\n");
}

/* The session ends before the worker comes to its entry. */
static void who_leaves_at_once_leaves_nothing(void **state)
{
	begin(&one);
	answer_lan();
	one.session.record.ip4.remote = ip("192.168.1.7");
	proxy_arp_up(&one);
	proxy_arp_end(&one);
	memset(&one, 0xff, sizeof(one));
	play_work();
	expect_requests(LOOK NEW("2", "192.168.1.7") DEL("2", "192.168.1.7"));
}

/* The kernel forgets the entries of a link that went down, and LANs come and go. */
static void what_the_kernel_forgot_is_made_again(void **state)
{
	begin(&one);
	begin(&two);
	proxy_arps_look(&servers);
	assert_int_equal(n_waiting, 0);
	answer_lan();
	up(&one, "192.168.1.7");
	up(&two, "192.168.1.8");
	forget_requests();
	/* One that is there tells of all that were made later. */
	proxy_arps_look(&servers);
	proxy_arps_look(&servers);
	assert_int_equal(n_waiting, 1);
	play_work();
	expect_requests(GET("2", "192.168.1.7"));
	play_refusal("GETNEIGH", -ENOENT, NULL);
	play_refusal("GETNEIGH index 2 dst 192.168.1.8", -ENOENT, NULL);
	proxy_arps_look(&servers);
	play_work();
	expect_requests(GET("2", "192.168.1.7") NEW("2", "192.168.1.7")
			GET("2", "192.168.1.8") NEW("2", "192.168.1.8"));
	end(&two);
	forget_requests();
	/* LANs are asked for again. */
	answer_lan();
	up(&two, "192.168.1.8");
	expect_requests(LOOK NEW("2", "192.168.1.8"));
	end(&one);
	end(&two);
	proxy_arps_look(&servers);
	play_work();
	proxy_arps_look(&servers);
	assert_int_equal(n_waiting, 0);
	forget_requests();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_address_of_a_lan_is_answered_for),
		TEST(other_addresses_are_not),
		TEST(an_interface_may_be_named),
		TEST(what_cannot_be_is_told),
		TEST(who_leaves_at_once_leaves_nothing),
		TEST(what_the_kernel_forgot_is_made_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
