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
#include "client/played_work_test.h"
#include "util/ip_literal_test.h"
#include "util/log.h"

#define NOT_OURS	9	/* for @there: the route that somebody else made */
#define REFUSES		-1	/* the same: packets are refused */

static uv_loop_t loop;
static struct host_net net;
static struct config_client office, branch;
static struct claims ours, theirs;
static struct route route;
static int there;			/* interface of the route of the host; 0: it has none */
static bool not_ours;			/* somebody else made it */
static int err;				/* of route_add() and route_replace(); 0: none */
static unsigned int others_lost;	/* number of routes of others that were replaced or removed */

static int add(struct rtnl *rtnl, const struct route *r)
{
	if (there)
		return -EEXIST;
	if (err)
		return err;
	there = r->unreachable ? REFUSES : r->ifindex;
	return 0;
}

static int replace(struct rtnl *rtnl, const struct route *r)
{
	others_lost += there && not_ours;
	if (err)
		return err;
	there = r->unreachable ? REFUSES : r->ifindex;
	return 0;
}

/* The kernel removes no other route than the one that is asked for. */
static int del(struct rtnl *rtnl, const struct route *r)
{
	if (there != (r->unreachable ? REFUSES : r->ifindex))
		return -ESRCH;
	others_lost += not_ours;
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

static const struct net_backend backend = {
	.work = played_work, .work_fd = played_work_fd, .work_done = played_work_done,
};

static int set_up(void **state)
{
	static char one[] = "office", two[] = "branch";
	const struct log_options quiet = { .level = LOG_LEVEL_ERROR };

	log_open(&quiet);
	uv_loop_init(&loop);
	memset(&net, 0, sizeof(net));
	net.ops = &ops;
	net.backend = &backend;
	open_work();
	later_line_open(&net.works, &loop);
	office.name = one;
	branch.name = two;
	route = (struct route){ .to = { ip("192.168.5.0"), 24 }, .ifindex = 1 };
	there = 0;
	not_ours = false;
	err = 0;
	others_lost = 0;
	claims_init(&ours, &net, &office, "", false, NULL);
	claims_init(&theirs, &net, &branch, "", false, NULL);
	return 0;
}

static int tear_down(void **state)
{
	claims_end(&theirs, true);
	claims_end(&ours, true);
	do_jobs();
	assert_int_equal(there, not_ours ? NOT_OURS : 0);
	assert_int_equal(others_lost, 0);
	assert_int_equal(net.jobs, 0);
	close_work();
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

/* Let everything take its course. On a busy machine nobody may have a turn in one of the loop's. */
static void settle(void)
{
	do {
		do_jobs();
		uv_run(&loop, UV_RUN_NOWAIT);
	} while (!TAILQ_EMPTY(&played_jobs) || !TAILQ_EMPTY(&net.works.line));
}

static void somebody_has_it(void)
{
	there = NOT_OURS;
	not_ours = true;
}

static void nobody_has_it(void)
{
	there = 0;
	not_ours = false;
}

static void the_next_gets_it_when_it_goes(void **state)
{
	claim(&ours, 1);
	claim(&theirs, 2);
	settle();
	assert_int_equal(there, 1);
	claims_end(&ours, true);
	settle();
	assert_int_equal(there, 2);
}

/* The set has ended, and its memory may go: it must not stand in line for another try. */
static void a_set_that_has_ended_is_not_tried_again(void **state)
{
	somebody_has_it();
	claim(&ours, 1);
	settle();
	claims_retry(&ours);
	claims_end(&ours, false);
	claims_retry(&ours);
	memset(&ours, 0xa5, sizeof(ours));
	settle();
	claims_init(&ours, &net, &office, "", false, NULL);
}

/* The heir cannot have the route either: it is removed, and who waits behind gets it later. */
static void an_heir_that_fails_keeps_nobody_out(void **state)
{
	claim(&ours, 1);
	claim(&theirs, 2);
	settle();
	err = -ENETDOWN;
	claims_end(&ours, true);
	settle();
	assert_int_equal(there, 0);
	err = 0;
	claims_retry(&theirs);
	settle();
	assert_int_equal(there, 2);
}

/* The route of another client has gone without being passed on. */
static void a_claim_behind_another_is_tried_again(void **state)
{
	claim(&ours, 1);
	claim(&theirs, 2);
	settle();
	ours.block->list[0].state = CLAIM_BLOCKED;
	there = 0;
	claims_retry(&theirs);
	settle();
	assert_int_equal(there, 2);
}

/* --- while the worker has the request ------------------------------------------------------ */

/* Nobody waits in vain for a client that could not have the route. */
static void who_waits_has_a_turn_after_a_failure(void **state)
{
	err = -ENETDOWN;
	claim(&ours, 1);
	claim(&theirs, 2);
	assert_int_equal(theirs.block->list[0].state, CLAIM_WANTED);
	do_job();
	err = 0;
	settle();
	assert_int_equal(there, 2);
	assert_int_equal(ours.block->list[0].state, CLAIM_BLOCKED);
}

/* The interface stays, and so the route would. */
static void a_set_ends_while_it_is_asked(void **state)
{
	claim(&ours, 1);
	claims_end(&ours, true);
	settle();
	assert_int_equal(there, 0);
}

/* The route goes with the interface; here somebody else waits for it. */
static void a_set_ends_while_another_waits_for_the_answer(void **state)
{
	claim(&ours, 1);
	claim(&theirs, 2);
	claims_end(&ours, false);
	memset(&ours, 0xa5, sizeof(ours));
	settle();
	assert_int_equal(there, 2);
	claims_init(&ours, &net, &office, "", false, NULL);
}

/* As when a session gets another interface: the answer to the old request is no longer wanted. */
static void a_set_begins_anew_while_it_is_asked(void **state)
{
	claim(&ours, 1);
	claims_end(&ours, false);
	claim(&ours, 3);
	settle();
	assert_int_equal(there, 3);
	assert_int_equal(ours.block->list[0].state, CLAIM_HELD);
}

/* A claim that waits for the answer to that of another client has no answer either. */
static void who_waits_is_not_settled(void **state)
{
	claim(&ours, 1);
	claim(&theirs, 2);
	assert_false(claims_settled(&theirs));
	settle();
	assert_true(claims_settled(&ours));
	assert_true(claims_settled(&theirs));
	assert_int_equal(theirs.block->list[0].state, CLAIM_BLOCKED);
}

static void what_came_before_settles_nothing(void **state)
{
	claims_refuse(&ours);
	claim(&ours, 1);
	assert_false(claims_settled(&ours));
	settle();
	assert_true(claims_settled(&ours));
	assert_int_equal(there, 1);
}

/* A route that is not ours is not given to the next, since nobody has had it. */
static void what_was_refused_is_not_passed_on(void **state)
{
	somebody_has_it();
	claim(&ours, 1);
	claim(&theirs, 2);
	claims_end(&ours, true);
	settle();
	assert_int_equal(there, NOT_OURS);
	assert_int_equal(theirs.block->list[0].state, CLAIM_BLOCKED);
}

/* The heir goes as well before it has the route, which leads to an interface that stays. */
static void an_heir_ends_while_it_is_asked(void **state)
{
	claim(&ours, 1);
	claim(&theirs, 2);
	settle();
	claims_end(&ours, true);
	assert_int_equal(theirs.block->list[0].state, CLAIM_ASKED);
	claims_end(&theirs, true);
	settle();
	assert_int_equal(there, 0);
}

/* What was to be removed still is, though the heir needs nothing to be removed of its own. */
static void an_heir_ends_before_it_asks(void **state)
{
	claim(&ours, 1);
	claim(&theirs, 2);
	settle();
	theirs.asked = 1000;
	claims_end(&ours, true);
	assert_int_equal(theirs.block->list[0].state, CLAIM_INHERITED);
	claims_end(&theirs, false);
	settle();
	assert_int_equal(there, 0);
}

/* Each change counts, in the end the last one. */
static void directions_change_while_it_is_asked(void **state)
{
	claim(&ours, 1);
	claims_refuse(&ours);
	settle();
	assert_int_equal(there, REFUSES);
	claims_lead_to(&ours, 1);
	claims_refuse(&ours);
	claims_lead_to(&ours, 4);
	settle();
	assert_int_equal(there, 4);
}

/* What refuses packets does not go with the interface to which the route led. */
static void a_set_ends_while_directions_change(void **state)
{
	claim(&ours, 1);
	settle();
	claims_refuse(&ours);
	claims_lead_to(&ours, 1);
	claims_end(&ours, false);
	settle();
	assert_int_equal(there, 0);
}

/* An interface to which the route could not lead is of no matter when packets are refused. */
static void a_direction_changes_before_a_failure(void **state)
{
	err = -ENETDOWN;
	claim(&ours, 1);
	claims_refuse(&ours);
	do_job();
	err = 0;
	settle();
	assert_int_equal(there, REFUSES);
}

/* Somebody waits: packets are not refused, but go the other way. */
static void who_refuses_yields_while_it_is_asked(void **state)
{
	claim(&ours, 1);
	claim(&theirs, 2);
	claims_refuse(&ours);
	settle();
	assert_int_equal(there, 2);
	assert_int_equal(ours.block->list[0].state, CLAIM_BLOCKED);
	claims_end(&theirs, true);
	settle();
	assert_int_equal(there, REFUSES);
}

/* The route that was in the way goes after the worker has met it, and before that is known. */
static void news_come_before_the_answer(void **state)
{
	somebody_has_it();
	claim(&ours, 1);
	claims_retry(&ours);
	do_job();
	nobody_has_it();
	settle();
	assert_int_equal(there, 1);
}

/* The line of jobs stays short, whatever a client wants. */
static void few_of_many_are_with_the_worker(void **state)
{
	static struct route many[1000];

	for (unsigned int i = 0; i < 1000; i++)
		many[i] = (struct route){
			.to = { ip_from_number(0x0a000000 + (i << 8)), 24 }, .ifindex = 1,
		};
	err = -ENETDOWN;
	assert_true(claims_begin(&ours, many, 1000));
	while (!net.jobs)
		uv_run(&loop, UV_RUN_NOWAIT);
	assert_in_range(net.jobs, 1, 100);
	settle();
	for (unsigned int i = 0; i < 1000; i++)
		assert_int_equal(ours.block->list[i].state, CLAIM_BLOCKED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_next_gets_it_when_it_goes),
		TEST(a_set_that_has_ended_is_not_tried_again),
		TEST(an_heir_that_fails_keeps_nobody_out),
		TEST(a_claim_behind_another_is_tried_again),
		TEST(who_waits_has_a_turn_after_a_failure),
		TEST(a_set_ends_while_it_is_asked),
		TEST(a_set_ends_while_another_waits_for_the_answer),
		TEST(a_set_begins_anew_while_it_is_asked),
		TEST(who_waits_is_not_settled),
		TEST(what_came_before_settles_nothing),
		TEST(what_was_refused_is_not_passed_on),
		TEST(an_heir_ends_while_it_is_asked),
		TEST(an_heir_ends_before_it_asks),
		TEST(directions_change_while_it_is_asked),
		TEST(a_set_ends_while_directions_change),
		TEST(a_direction_changes_before_a_failure),
		TEST(who_refuses_yields_while_it_is_asked),
		TEST(news_come_before_the_answer),
		TEST(few_of_many_are_with_the_worker),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
