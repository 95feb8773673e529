// SPDX-License-Identifier: GPL-2.0-only
/* Claims of clients, on a host of one routing table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "client/claims.h"
#include "client/host_ops.h"
#include "util/ip_literal_test.h"
#include "util/log.h"

static uv_loop_t loop;
static struct host_net net;
static struct config_client office, branch;
static struct claims ours, theirs;
static struct route route;
static int there;			/* interface of the route of the host; 0: it has none */
static bool refuse;			/* routes cannot be replaced */

static int add(struct rtnl *rtnl, const struct route *r)
{
	if (there)
		return -EEXIST;
	there = r->ifindex;
	return 0;
}

static int replace(struct rtnl *rtnl, const struct route *r)
{
	if (refuse)
		return -ENETDOWN;
	there = r->ifindex;
	return 0;
}

static int del(struct rtnl *rtnl, const struct route *r)
{
	there = 0;
	return 0;
}

static int find(struct rtnl *rtnl, const struct route *like, struct route *found)
{
	return -ESRCH;
}

static const struct host_ops ops = {
	.route_add = add, .route_replace = replace, .route_del = del, .route_find = find,
};

static int set_up(void **state)
{
	static char one[] = "office", two[] = "branch";
	const struct log_options quiet = { .level = LOG_LEVEL_ERROR };

	log_open(&quiet);
	uv_loop_init(&loop);
	memset(&net, 0, sizeof(net));
	net.ops = &ops;
	later_line_open(&net.works, &loop);
	office.name = one;
	branch.name = two;
	route = (struct route){ .to = { ip("192.168.5.0"), 24 }, .ifindex = 1 };
	there = 0;
	refuse = false;
	claims_init(&ours, &net, &office, "", false);
	claims_init(&theirs, &net, &branch, "", false);
	return 0;
}

static int tear_down(void **state)
{
	claims_end(&theirs, true);
	claims_end(&ours, true);
	assert_int_equal(there, 0);
	later_line_close(&net.works, NULL);
	uv_run(&loop, UV_RUN_DEFAULT);
	return uv_loop_close(&loop);
}

static void claim(struct claims *cs, int ifindex)
{
	struct route wanted = route;

	wanted.ifindex = ifindex;
	assert_true(claims_begin(cs, &wanted, 1));
}

static void the_next_gets_it_when_it_goes(void **state)
{
	claim(&ours, 1);
	claim(&theirs, 2);
	assert_int_equal(there, 1);
	claims_end(&ours, true);
	assert_int_equal(there, 2);
}

/* The set has ended, and its memory may go: it must not stand in line for another try. */
static void a_set_that_has_ended_is_not_tried_again(void **state)
{
	there = 9;
	claim(&ours, 1);
	claims_end(&ours, false);
	claims_retry(&ours);
	memset(&ours, 0xa5, sizeof(ours));
	uv_run(&loop, UV_RUN_NOWAIT);
	claims_init(&ours, &net, &office, "", false);
	there = 0;
}

/* The heir cannot have the route either: it is removed, and who waits behind gets it later. */
static void an_heir_that_fails_keeps_nobody_out(void **state)
{
	claim(&ours, 1);
	claim(&theirs, 2);
	refuse = true;
	claims_end(&ours, true);
	assert_int_equal(there, 0);
	claims_retry(&theirs);
	uv_run(&loop, UV_RUN_NOWAIT);
	assert_int_equal(there, 2);
}

/* The route of another client has gone without being passed on. */
static void a_claim_behind_another_is_tried_again(void **state)
{
	claim(&ours, 1);
	claim(&theirs, 2);
	ours.list[0].state = CLAIM_BLOCKED;
	there = 0;
	claims_retry(&theirs);
	uv_run(&loop, UV_RUN_NOWAIT);
	assert_int_equal(there, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_next_gets_it_when_it_goes),
		TEST(a_set_that_has_ended_is_not_tried_again),
		TEST(an_heir_that_fails_keeps_nobody_out),
		TEST(a_claim_behind_another_is_tried_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
