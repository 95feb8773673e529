// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which session has the routes of a user, tested as a list of requests to the kernel. Sessions are
 * records in a registry, without PPP or a tunnel.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "net/played_netlink_test.h"
#include "net/worker.h"
#include "server/call.h"
#include "server/servers.h"
#include "server/user_routes.h"
#include "util/captured_log_test.h"
#include "util/ip_literal_test.h"

/* --- sessions ------------------------------------------------------------------------------ */

static struct rtnl rtnl;

/* The worker has done each job before anything else happens. */
static void work(const struct net_backend *b, struct worker_job *job)
{
	job->run(job, &rtnl);
	job->done(job);
}

static const struct net_backend backend = { .work = work };

static uv_loop_t loop;
static struct sessions sessions;
static struct servers servers;
static struct server office;
static struct server_interface shared_interface, own_interface;
static struct server_link shared, own;
static struct ip_prefix lans[2], other_lans[2];
static struct config_user branch, other_branch;
static struct config config, other_config;
static struct config_server section;
static struct call one, two, three;
static struct radius_reply reply;

static int setup(void **state)
{
	memset(&reply, 0, sizeof(reply));
	uv_loop_init(&loop);
	memset(&sessions, 0, sizeof(sessions));
	registry_init(&sessions.registry);
	sessions.backend = &backend;
	assert_int_equal(rtnl_open(&rtnl), 0);
	servers = (struct servers){ .sessions = &sessions, .loop = &loop };
	section = (struct config_server){ .name = "office" };
	office = (struct server){ .all = &servers, .config = &section };
	shared_interface.net.mode = NET_LINK_SHARED;
	own_interface.net.mode = NET_LINK_SESSION;
	shared.interface = &shared_interface;
	own.interface = &own_interface;
	lans[0] = (struct ip_prefix){ ip("192.168.5.0"), 24 };
	lans[1] = (struct ip_prefix){ ip("192.168.6.0"), 24 };
	other_lans[0] = lans[1];
	other_lans[1] = (struct ip_prefix){ ip("192.168.7.0"), 24 };
	branch = (struct config_user){ .name = "branch", .routes = { lans, 1 } };
	other_branch = (struct config_user){ .name = "branch", .routes = { other_lans, 2 } };
	config = (struct config){ .refs = 1, .users = &branch, .n_users = 1 };
	other_config = (struct config){ .refs = 1, .users = &other_branch, .n_users = 1 };
	return 0;
}

static int teardown(void **state)
{
	rtnl_close(&rtnl);
	uv_loop_close(&loop);
	play_end();
	return 0;
}

/* Begin a session of @user, whose peer has the inner address @address. */
static void begin(struct call *c, const char *user, struct server_link *upper, int ifindex,
		  const char *address)
{
	struct session_record *r = &c->session.record;

	memset(c, 0, sizeof(*c));
	c->server = &office;
	c->config = &config;
	c->upper = upper;
	c->session.owner = c;
	c->session.loop = &loop;
	registry_add(&sessions.registry, &c->session);
	r->user = user;
	registry_set(&sessions.registry, &c->session, REGISTRY_USER);
	r->ifindex = ifindex;
	r->ip4.remote = ip(address);
}

static void up(struct call *c)
{
	c->session.record.up = true;
	c->session.record.up_s = 1;
	user_routes_up(c);
}

/* Grant the session of @c what is in @reply. */
static void grant(struct call *c)
{
	grant_put(c->session.grant);
	c->session.grant = grant_new(&reply);
	assert_non_null(c->session.grant);
}

static void end(struct call *c)
{
	c->ended = true;
	user_routes_end(c);
	grant_put(c->session.grant);
	c->session.grant = NULL;
	registry_remove(&sessions.registry, &c->session);
	assert_null(c->routes);
}

#define VIA(lan, address)	"length 24 in 254 scope 0 onlink dst " lan " via " address \
				" oif 9 metric 0 ack\n"
#define OIF(lan, oif)		"length 24 in 254 scope 253 dst " lan " oif " oif " metric 0 ack\n"
#define ADD			"NEWROUTE create excl "
#define REPLACE			"NEWROUTE create replace "
#define DEL			"DELROUTE "

/* --- one session ----------------------------------------------------------------------------- */

static void a_session_has_them_while_it_is(void **state)
{
	begin(&one, "branch", &shared, 9, "10.0.0.7");
	expect_requests("");
	up(&one);
	expect_requests(ADD VIA("192.168.5.0", "10.0.0.7"));
	/* After a pause. */
	up(&one);
	expect_requests("");
	end(&one);
	expect_requests(DEL VIA("192.168.5.0", "10.0.0.7"));
}

static void those_of_an_own_interface_go_with_it(void **state)
{
	begin(&one, "branch", &own, 33, "10.0.0.7");
	up(&one);
	expect_requests(ADD OIF("192.168.5.0", "33"));
	end(&one);
	expect_requests("");
}

static void a_user_without_a_section_has_none(void **state)
{
	begin(&one, "alice", &shared, 9, "10.0.0.7");
	up(&one);
	end(&one);
	expect_requests("");
}

/* After a pause the interface or the address may have changed. */
static void they_follow_the_session(void **state)
{
	begin(&one, "branch", &own, 33, "10.0.0.7");
	up(&one);
	forget_requests();
	one.session.record.ifindex = 34;
	up(&one);
	expect_requests(REPLACE OIF("192.168.5.0", "34"));
	end(&one);

	begin(&one, "branch", &shared, 9, "10.0.0.7");
	up(&one);
	forget_requests();
	one.session.record.ip4.remote = ip("10.0.0.8");
	up(&one);
	expect_requests(REPLACE VIA("192.168.5.0", "10.0.0.8"));
	end(&one);
	expect_requests(DEL VIA("192.168.5.0", "10.0.0.8"));
}

/* In the table of a VRF, where one that was in another table replaces nothing. */
static void they_are_where_the_session_is(void **state)
{
	begin(&one, "branch", &own, 33, "10.0.0.7");
	one.session.record.table = 1001;
	up(&one);
	assert_non_null(strstr(played_text, "create excl "));
	assert_non_null(strstr(played_text, "table 1001"));
	forget_requests();
	begin(&two, "branch", &own, 34, "10.0.0.8");
	up(&two);
	assert_non_null(strstr(played_text, "NEWROUTE create excl "));
	assert_non_null(strstr(played_text, "DELROUTE "));
	assert_non_null(strstr(strstr(played_text, "DELROUTE "), "table 1001"));
	forget_requests();
	end(&one);
	end(&two);
	forget_requests();
}

/* A route that an administrator made is neither replaced nor removed. */
static void a_route_that_is_not_ours_stays(void **state)
{
	branch.routes.n = 2;
	begin(&one, "branch", &shared, 9, "10.0.0.7");
	begin(&two, "branch", &shared, 9, "10.0.0.8");
	play_refusal("NEWROUTE create excl length 24 in 254 scope 0 onlink dst 192.168.5.0", -EEXIST,
		     "File exists");
	up(&one);
	forget_requests();
	play_refusal("NEWROUTE create excl length 24 in 254 scope 0 onlink dst 192.168.5.0", -EEXIST,
		     "File exists");
	up(&two);
	expect_requests(ADD VIA("192.168.5.0", "10.0.0.8") REPLACE VIA("192.168.6.0", "10.0.0.8"));
	end(&one);
	expect_requests("");
	end(&two);
	expect_requests(DEL VIA("192.168.6.0", "10.0.0.8"));
}

/* --- several sessions ------------------------------------------------------------------------ */

/* A branch that has lost its line calls again before the server knows that. */
static void a_reconnect_takes_them_over(void **state)
{
	begin(&one, "branch", &shared, 9, "10.0.0.7");
	up(&one);
	forget_requests();
	begin(&two, "branch", &shared, 9, "10.0.0.8");
	up(&two);
	expect_requests(REPLACE VIA("192.168.5.0", "10.0.0.8"));
	end(&one);
	expect_requests("");
	end(&two);
	expect_requests(DEL VIA("192.168.5.0", "10.0.0.8"));
}

static void they_move_between_own_interfaces(void **state)
{
	begin(&one, "branch", &own, 33, "10.0.0.7");
	up(&one);
	forget_requests();
	begin(&two, "branch", &own, 34, "10.0.0.8");
	up(&two);
	expect_requests(REPLACE OIF("192.168.5.0", "34"));
	end(&two);
	expect_requests(REPLACE OIF("192.168.5.0", "33"));
	end(&one);
	expect_requests("");
}

static void they_move_from_one_kind_of_link_to_the_other(void **state)
{
	begin(&one, "branch", &own, 33, "10.0.0.7");
	up(&one);
	forget_requests();
	begin(&two, "branch", &shared, 9, "10.0.0.8");
	up(&two);
	expect_requests(REPLACE VIA("192.168.5.0", "10.0.0.8"));
	end(&two);
	expect_requests(REPLACE OIF("192.168.5.0", "33"));
	end(&one);
}

/* An older session that comes up late, or again after a pause, does not take the routes. */
static void the_newest_keeps_them(void **state)
{
	begin(&one, "branch", &shared, 9, "10.0.0.7");
	begin(&two, "branch", &shared, 9, "10.0.0.8");
	up(&two);
	forget_requests();
	up(&one);
	expect_requests("");
	end(&one);
	expect_requests("");
	end(&two);
	expect_requests(DEL VIA("192.168.5.0", "10.0.0.8"));
}

static void the_newest_of_the_rest_inherits_them(void **state)
{
	begin(&one, "branch", &shared, 9, "10.0.0.7");
	begin(&two, "branch", &shared, 9, "10.0.0.8");
	begin(&three, "branch", &shared, 9, "10.0.0.9");
	up(&one);
	up(&two);
	up(&three);
	forget_requests();
	end(&three);
	expect_requests(REPLACE VIA("192.168.5.0", "10.0.0.8"));
	end(&two);
	expect_requests(REPLACE VIA("192.168.5.0", "10.0.0.7"));
	end(&one);
	expect_requests(DEL VIA("192.168.5.0", "10.0.0.7"));
}

static void who_is_up_comes_before_who_is_paused(void **state)
{
	begin(&one, "branch", &shared, 9, "10.0.0.7");
	begin(&two, "branch", &shared, 9, "10.0.0.8");
	begin(&three, "branch", &shared, 9, "10.0.0.9");
	up(&one);
	up(&two);
	up(&three);
	two.session.record.up = false;
	forget_requests();
	end(&three);
	expect_requests(REPLACE VIA("192.168.5.0", "10.0.0.7"));
	/* The newest session is up again. */
	up(&two);
	expect_requests(REPLACE VIA("192.168.5.0", "10.0.0.8"));
	/* A pause leaves the routes in place. */
	two.session.record.up = false;
	up(&two);
	expect_requests("");
	one.session.record.up = false;
	end(&two);
	expect_requests(REPLACE VIA("192.168.5.0", "10.0.0.7"));
	end(&one);
	forget_requests();
}

/*
 * A session that was never up, or is one of a client with the same name, does not get the routes.
 */
static void nobody_else_inherits_them(void **state)
{
	begin(&one, "branch", &shared, 9, "10.0.0.7");
	begin(&two, "branch", &shared, 9, "10.0.0.8");
	begin(&three, "branch", &shared, 9, "10.0.0.9");
	two.session.record.role = SESSION_OF_CLIENT;
	two.session.record.up = true;
	two.session.record.up_s = 1;
	up(&one);
	forget_requests();
	end(&one);
	expect_requests(DEL VIA("192.168.5.0", "10.0.0.7"));

	/* Nor does a session that is about to end. */
	registry_remove(&sessions.registry, &two.session);
	begin(&two, "branch", &shared, 9, "10.0.0.8");
	up(&three);
	up(&two);
	three.session.over = true;
	forget_requests();
	end(&two);
	expect_requests(DEL VIA("192.168.5.0", "10.0.0.8"));
	end(&three);
	expect_requests("");
}

/* --- another configuration ------------------------------------------------------------------- */

/* Each session has the routes of the configuration that it began with. */
static void routes_that_are_new_come_and_old_ones_go(void **state)
{
	branch.routes.n = 2;
	begin(&one, "branch", &shared, 9, "10.0.0.7");
	up(&one);
	forget_requests();
	begin(&two, "branch", &shared, 9, "10.0.0.8");
	two.config = &other_config;
	up(&two);
	expect_requests(REPLACE VIA("192.168.6.0", "10.0.0.8") ADD VIA("192.168.7.0", "10.0.0.8")
			DEL VIA("192.168.5.0", "10.0.0.7"));
	end(&two);
	expect_requests(ADD VIA("192.168.5.0", "10.0.0.7") REPLACE VIA("192.168.6.0", "10.0.0.7")
			DEL VIA("192.168.7.0", "10.0.0.8"));
	end(&one);
	forget_requests();
}

static void a_session_that_knows_no_routes_inherits_none(void **state)
{
	static struct config empty;

	begin(&one, "branch", &shared, 9, "10.0.0.7");
	begin(&two, "branch", &shared, 9, "10.0.0.8");
	two.config = &empty;
	up(&one);
	forget_requests();
	up(&two);
	expect_requests("");
	end(&one);
	expect_requests(DEL VIA("192.168.5.0", "10.0.0.7"));
	end(&two);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* --- what RADIUS grants ---------------------------------------------------------------------- */

#define METRIC(lan, address, number)	"length 24 in 254 scope 0 onlink dst " lan " via " address \
					" oif 9 metric " number " ack\n"

static void add_route(const char *to, uint8_t length, const char *gateway, uint32_t metric)
{
	reply.routes[reply.n_routes++] = (struct radius_route){
		.to = { ip(to), length }, .gateway = ip(gateway), .metric = metric,
	};
}

static void granted_routes_are_the_sessions(void **state)
{
	add_route("192.168.20.0", 24, "", 0);
	add_route("192.168.21.0", 24, "0.0.0.0", 7);
	add_route("192.168.22.0", 24, "10.0.0.7", 0);
	begin(&one, "alice", &shared, 9, "10.0.0.7");
	grant(&one);
	up(&one);
	expect_requests(ADD VIA("192.168.20.0", "10.0.0.7")
			ADD METRIC("192.168.21.0", "10.0.0.7", "7")
			ADD VIA("192.168.22.0", "10.0.0.7"));
	up(&one);
	expect_requests("");
	end(&one);
	expect_requests(DEL VIA("192.168.20.0", "10.0.0.7")
			DEL METRIC("192.168.21.0", "10.0.0.7", "7")
			DEL VIA("192.168.22.0", "10.0.0.7"));
}

static void what_is_not_behind_the_user_is_left_out(void **state)
{
	const struct log_options all = { .level = LOG_LEVEL_INFO, .target = LOG_TARGET_STDERR };
	const char *text;

	log_open(&all);
	add_route("192.168.20.0", 24, "10.0.0.9", 0);
	add_route("2001:db8::", 32, "", 0);
	add_route("0.0.0.0", 0, "", 0);
	begin(&one, "alice", &shared, 9, "10.0.0.7");
	one.session.record.addr.remote = ip("192.0.2.9");
	grant(&one);
	capture();
	up(&one);
	text = captured();
	assert_non_null(strstr(text, "route to 192.168.20.0/24: left out, since its gateway is not "
			       "the user's address"));
	assert_non_null(strstr(text, "route to 0.0.0.0/0: left out, since the tunnel itself would "
			       "be led through it"));
	expect_requests("");
	end(&one);
	expect_requests("");
}

static void granted_routes_come_beside_those_of_the_section(void **state)
{
	add_route("192.168.5.0", 24, "", 0);
	add_route("192.168.20.0", 24, "", 0);
	begin(&one, "branch", &shared, 9, "10.0.0.7");
	grant(&one);
	up(&one);
	expect_requests(ADD VIA("192.168.5.0", "10.0.0.7") ADD VIA("192.168.20.0", "10.0.0.7"));
	/* A newer session has what it was granted, and no more. */
	reply.n_routes = 1;
	begin(&two, "branch", &shared, 9, "10.0.0.8");
	grant(&two);
	up(&two);
	expect_requests(REPLACE VIA("192.168.5.0", "10.0.0.8") DEL VIA("192.168.20.0", "10.0.0.7"));
	end(&two);
	expect_requests(REPLACE VIA("192.168.5.0", "10.0.0.7") ADD VIA("192.168.20.0", "10.0.0.7"));
	end(&one);
	expect_requests(DEL VIA("192.168.5.0", "10.0.0.7") DEL VIA("192.168.20.0", "10.0.0.7"));
}

static void who_has_none_leaves_them_where_they_are(void **state)
{
	add_route("192.168.20.0", 24, "", 0);
	begin(&one, "alice", &shared, 9, "10.0.0.7");
	grant(&one);
	up(&one);
	forget_requests();
	begin(&two, "alice", &shared, 9, "10.0.0.8");
	up(&two);
	expect_requests("");
	end(&one);
	expect_requests(DEL VIA("192.168.20.0", "10.0.0.7"));
	end(&two);
}

static void another_login_may_change_them(void **state)
{
	add_route("192.168.20.0", 24, "", 0);
	begin(&one, "alice", &shared, 9, "10.0.0.7");
	grant(&one);
	up(&one);
	forget_requests();
	reply.routes[0].to.address = ip("192.168.21.0");
	grant(&one);
	up(&one);
	expect_requests(ADD VIA("192.168.21.0", "10.0.0.7") DEL VIA("192.168.20.0", "10.0.0.7"));
	reply.n_routes = 0;
	grant(&one);
	up(&one);
	expect_requests(DEL VIA("192.168.21.0", "10.0.0.7"));
	end(&one);
	expect_requests("");
}

static void grant_network(struct call *c, const char *address, uint32_t netmask)
{
	reply.address_choice = RADIUS_ADDRESS_GIVEN;
	reply.address = ip(address);
	reply.netmask = (struct radius_number){ .given = true, .value = netmask };
	begin(c, "alice", &shared, 9, address);
	grant(c);
	up(c);
}

static void a_netmask_makes_a_network(void **state)
{
	shared.local = ip("10.0.0.1");
	grant_network(&one, "192.168.20.7", 24);
	expect_requests(ADD VIA("192.168.20.0", "192.168.20.7"));
	end(&one);
	expect_requests(DEL VIA("192.168.20.0", "192.168.20.7"));
}

/* Else the packets of others would go to whoever logs in with a mask that means nothing. */
static void a_network_of_everybody_is_nobodys(void **state)
{
	struct ipv4_range range = { number("10.7.0.10"), number("10.7.0.20") };
	struct config_pool pool = { .name = "users", .ranges = &range, .n_ranges = 1 };

	shared.local = ip("10.0.0.1");
	config.pools = &pool;
	config.n_pools = 1;
	grant_network(&one, "10.0.0.7", 24);
	end(&one);
	grant_network(&one, "10.7.0.200", 24);
	end(&one);
	grant_network(&one, "10.8.0.1", 0);
	end(&one);
	grant_network(&one, "10.8.0.1", 32);
	end(&one);
	expect_requests("");
	/* beside the pool there is room */
	grant_network(&one, "10.7.1.200", 24);
	expect_requests(ADD VIA("10.7.1.0", "10.7.1.200"));
	end(&one);
	forget_requests();
	/* an address of the pool has no network of its own */
	reply.address_choice = RADIUS_ADDRESS_BY_NAS;
	begin(&two, "alice", &shared, 9, "10.9.0.1");
	grant(&two);
	up(&two);
	end(&two);
	expect_requests("");
}

/* Another login, or a server that changes its mind, may grant an address that nobody has. */
static void a_network_is_that_of_the_address(void **state)
{
	shared.local = ip("10.0.0.1");
	reply.address_choice = RADIUS_ADDRESS_GIVEN;
	reply.address = ip("192.168.20.7");
	reply.netmask = (struct radius_number){ .given = true, .value = 24 };
	begin(&one, "alice", &shared, 9, "192.168.30.7");
	grant(&one);
	up(&one);
	end(&one);
	expect_requests("");
}

/* Else a user could answer for the server that lets users in. */
static void a_radius_server_is_not_behind_a_user(void **state)
{
	const struct log_options all = { .level = LOG_LEVEL_INFO, .target = LOG_TARGET_STDERR };
	struct config_radius radius[] = {
		{ .name = "a", .address = ip("192.0.2.20"), .vrf = "", .netns = "" },
		{ .name = "b", .address = ip("192.168.40.9"), .vrf = "", .netns = "" },
		/* asked by way of another table, or from elsewhere */
		{ .name = "c", .address = ip("192.168.60.9"), .vrf = "mgmt", .netns = "" },
		{ .name = "d", .address = ip("192.168.60.9"), .vrf = "", .netns = "mgmt" },
	};

	log_open(&all);
	shared.local = ip("10.0.0.1");
	config.radius = radius;
	config.n_radius = 4;
	add_route("192.168.40.0", 24, "", 0);
	add_route("192.168.60.0", 24, "", 0);
	begin(&one, "alice", &shared, 9, "10.0.0.7");
	grant(&one);
	capture();
	up(&one);
	assert_non_null(strstr(captured(), "route to 192.168.40.0/24: left out, since a RADIUS "
			       "server would be asked through it"));
	expect_requests(ADD VIA("192.168.60.0", "10.0.0.7"));
	end(&one);
	forget_requests();
	reply.n_routes = 0;
	grant_network(&one, "192.168.40.200", 24);
	end(&one);
	expect_requests("");
}

/* EAP may have called anybody by the name of the section. */
static void who_only_claims_to_be_the_user_has_none_of_its(void **state)
{
	begin(&one, "branch", &shared, 9, "10.0.0.7");
	up(&one);
	forget_requests();
	add_route("192.168.20.0", 24, "", 0);
	begin(&two, "branch", &shared, 9, "10.0.0.8");
	two.claimed = true;
	grant(&two);
	up(&two);
	expect_requests(ADD VIA("192.168.20.0", "10.0.0.8"));
	end(&one);
	expect_requests(DEL VIA("192.168.5.0", "10.0.0.7"));
	end(&two);
	expect_requests(DEL VIA("192.168.20.0", "10.0.0.8"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_session_has_them_while_it_is),
		TEST(those_of_an_own_interface_go_with_it),
		TEST(a_user_without_a_section_has_none),
		TEST(they_follow_the_session),
		TEST(they_are_where_the_session_is),
		TEST(a_route_that_is_not_ours_stays),
		TEST(a_reconnect_takes_them_over),
		TEST(they_move_between_own_interfaces),
		TEST(they_move_from_one_kind_of_link_to_the_other),
		TEST(the_newest_keeps_them),
		TEST(the_newest_of_the_rest_inherits_them),
		TEST(who_is_up_comes_before_who_is_paused),
		TEST(nobody_else_inherits_them),
		TEST(routes_that_are_new_come_and_old_ones_go),
		TEST(a_session_that_knows_no_routes_inherits_none),
		TEST(granted_routes_are_the_sessions),
		TEST(what_is_not_behind_the_user_is_left_out),
		TEST(granted_routes_come_beside_those_of_the_section),
		TEST(who_has_none_leaves_them_where_they_are),
		TEST(another_login_may_change_them),
		TEST(a_netmask_makes_a_network),
		TEST(a_network_of_everybody_is_nobodys),
		TEST(a_network_is_that_of_the_address),
		TEST(a_radius_server_is_not_behind_a_user),
		TEST(who_only_claims_to_be_the_user_has_none_of_its),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
