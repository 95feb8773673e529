// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names of sessions: allocation, lookup, order; and what is counted of them.  The tests run in the
 * initial namespace, with addresses of RFC 5737, which no other session has, so that they also work
 * on a machine in use.
 */
#include <kunit/test.h>
#include <linux/inet.h>
#include <linux/vmalloc.h>
#include <net/net_namespace.h>
#include <net/netlink.h>

#include "compat.h"
#include "session.h"

static enum hrtimer_restart no_rx_timer(struct hrtimer *timer)
{
	return HRTIMER_NORESTART;
}

static void no_tx_timer(struct timer_list *timer)
{
}

/* These tests receive and send no packets. */
static const struct pptp_session_ops no_ops = {
	.rx_timer = no_rx_timer,
	.tx_timer = no_tx_timer,
};

#define LOCAL_A		cpu_to_be32(0xc0000201)		/* 192.0.2.1 */
#define LOCAL_B		cpu_to_be32(0xc0000202)
#define PEER		cpu_to_be32(0xc6336401)		/* 198.51.100.1 */
#define CALL_IDS	65535

static struct pptp_session *session_alloc(struct kunit *test)
{
	struct pptp_session *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, s);
	KUNIT_ASSERT_EQ(test, pptp_session_init(s, &init_net, &no_ops), 0);
	return s;
}

/* Does what the socket does at its end; needs no grace period, since no lookup is under way. */
static void session_free(struct pptp_session *s)
{
	pptp_session_close(&init_net, s);
	pptp_session_destroy(s);
}

static struct pptp_session *lookup(__be32 laddr, u16 call_id)
{
	struct pptp_session *s;

	rcu_read_lock();
	s = pptp_session_lookup(&init_net, laddr, call_id);
	rcu_read_unlock();
	return s;
}

static void session_names(struct kunit *test)
{
	struct pptp_session *a = session_alloc(test);
	struct pptp_session *b = session_alloc(test);
	struct pptp_session *c = session_alloc(test);

	KUNIT_ASSERT_EQ(test, pptp_session_bind(&init_net, a, LOCAL_A, 7), 0);
	KUNIT_EXPECT_PTR_EQ(test, lookup(LOCAL_A, 7), a);
	KUNIT_EXPECT_PTR_EQ(test, lookup(LOCAL_A, 8), NULL);
	KUNIT_EXPECT_PTR_EQ(test, lookup(LOCAL_B, 7), NULL);

	/* The call ID is taken on this address, but free on another address. */
	KUNIT_EXPECT_EQ(test, pptp_session_bind(&init_net, b, LOCAL_A, 7), -EBUSY);
	KUNIT_EXPECT_EQ(test, pptp_session_bind(&init_net, b, LOCAL_B, 7), 0);
	KUNIT_EXPECT_PTR_EQ(test, lookup(LOCAL_B, 7), b);

	/* The call ID is free again when the session is DEAD. */
	KUNIT_EXPECT_FALSE(test, pptp_session_close(&init_net, a));
	KUNIT_EXPECT_PTR_EQ(test, lookup(LOCAL_A, 7), NULL);
	KUNIT_EXPECT_EQ(test, pptp_session_bind(&init_net, c, LOCAL_A, 7), 0);

	pptp_session_destroy(a);
	session_free(b);
	session_free(c);
}

static void session_peers(struct kunit *test)
{
	struct pptp_peer_key key = { .raddr = PEER, .laddr = LOCAL_A, .peer_call_id = 9 };
	struct pptp_session *a = session_alloc(test);
	struct pptp_session *b = session_alloc(test);
	struct pptp_session *c = session_alloc(test);

	KUNIT_ASSERT_EQ(test, pptp_session_bind(&init_net, a, LOCAL_A, 1), 0);
	KUNIT_ASSERT_EQ(test, pptp_session_bind(&init_net, b, LOCAL_A, 2), 0);
	KUNIT_EXPECT_EQ(test, pptp_session_connect(&init_net, a, 0, PEER, 9), 0);
	KUNIT_EXPECT_EQ(test, pptp_session_connect(&init_net, b, 0, PEER, 9), -EALREADY);

	rcu_read_lock();
	KUNIT_EXPECT_PTR_EQ(test, pptp_session_lookup_peer(&init_net, &key), a);
	rcu_read_unlock();

	/* By another device, the same addresses are another peer. */
	KUNIT_ASSERT_EQ(test, pptp_session_bind(&init_net, c, LOCAL_A, 3), 0);
	KUNIT_EXPECT_EQ(test, pptp_session_connect(&init_net, c, 4, PEER, 9), 0);
	KUNIT_EXPECT_EQ(test, pptp_session_connect(&init_net, b, 4, PEER, 9), -EALREADY);
	rcu_read_lock();
	KUNIT_EXPECT_PTR_EQ(test, pptp_session_lookup_peer(&init_net, &key), a);
	key.dev = 4;
	KUNIT_EXPECT_PTR_EQ(test, pptp_session_lookup_peer(&init_net, &key), c);
	key.dev = 5;
	KUNIT_EXPECT_NULL(test, pptp_session_lookup_peer(&init_net, &key));
	rcu_read_unlock();
	session_free(c);

	KUNIT_EXPECT_TRUE(test, pptp_session_close(&init_net, a));
	KUNIT_EXPECT_EQ(test, pptp_session_connect(&init_net, b, 0, PEER, 9), 0);
	pptp_session_destroy(a);
	session_free(b);
}

/* Every call ID of an address is allocated once; then the next allocation fails. */
static void session_all_call_ids(struct kunit *test)
{
	struct pptp_session *all, *extra = session_alloc(test);
	unsigned int i, wrong = 0;

	all = vzalloc(array_size(CALL_IDS, sizeof(*all)));
	KUNIT_ASSERT_NOT_NULL(test, all);

	for (i = 0; i < CALL_IDS; i++)
		if (pptp_session_init(&all[i], &init_net, &no_ops) ||
		    pptp_session_bind(&init_net, &all[i], LOCAL_A, 0) || !all[i].call_id)
			break;
	KUNIT_EXPECT_EQ(test, i, CALL_IDS);
	KUNIT_EXPECT_EQ(test, pptp_session_bind(&init_net, extra, LOCAL_A, 0), -EBUSY);

	/* The lookup of each session's call ID finds that session: no call ID was used twice. */
	while (i--)
		wrong += lookup(LOCAL_A, all[i].call_id) != &all[i];
	KUNIT_EXPECT_EQ(test, wrong, 0);

	/* The only call ID that is free is the one that is allocated next. */
	pptp_session_close(&init_net, &all[4711]);
	KUNIT_EXPECT_EQ(test, pptp_session_bind(&init_net, extra, LOCAL_A, 0), 0);
	KUNIT_EXPECT_EQ(test, extra->call_id, all[4711].call_id);

	session_free(extra);
	for (i = 0; i < CALL_IDS; i++)
		session_free(&all[i]);
	vfree(all);
}

/* A walk returns in order, and once, each session that exists all the time, while others die. */
static void session_walk(struct kunit *test)
{
	static const u16 ids[] = { 3, 70, 4000, 65535 };
	struct pptp_session_cursor cursor = { .laddr = 0xc0000201 };
	struct pptp_session *a[ARRAY_SIZE(ids)], *b[ARRAY_SIZE(ids)], *s;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		a[i] = session_alloc(test);
		b[i] = session_alloc(test);
		KUNIT_ASSERT_EQ(test, pptp_session_bind(&init_net, a[i], LOCAL_A, ids[i]), 0);
		KUNIT_ASSERT_EQ(test, pptp_session_bind(&init_net, b[i], LOCAL_B, ids[i]), 0);
	}

	rcu_read_lock();
	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		s = pptp_session_next(&init_net, &cursor);
		KUNIT_EXPECT_PTR_EQ(test, s, a[i]);
	}
	rcu_read_unlock();

	/* All sessions of the first address die, and so does the next session of the walk. */
	for (i = 0; i < ARRAY_SIZE(ids); i++)
		pptp_session_close(&init_net, a[i]);
	pptp_session_close(&init_net, b[0]);

	rcu_read_lock();
	for (i = 1; i < ARRAY_SIZE(ids); i++) {
		s = pptp_session_next(&init_net, &cursor);
		KUNIT_EXPECT_PTR_EQ(test, s, b[i]);
	}
	s = pptp_session_next(&init_net, &cursor);
	KUNIT_EXPECT_TRUE(test, !s || ntohl(s->laddr) > ntohl(LOCAL_B));
	rcu_read_unlock();

	for (i = 0; i < ARRAY_SIZE(ids); i++) {
		session_free(a[i]);
		session_free(b[i]);
	}
}

/* Idle timeouts up to the longest one, in a range of jiffies that wraps. */
static void session_idle_left(struct kunit *test)
{
	/* The longest one is a month of 1000 jiffies a second. */
	static const u32 timeouts[] = { 100, 3600000, 2592000000U };
	static const u32 actives[] = { 0, 1000, S32_MAX - 5, U32_MAX - 5 };
	unsigned int i, k;

	for (i = 0; i < ARRAY_SIZE(timeouts); i++) {
		for (k = 0; k < ARRAY_SIZE(actives); k++) {
			u32 timeout = timeouts[i], active = actives[k];

			KUNIT_EXPECT_EQ(test, pptp_session_idle_left(active, active, timeout),
					timeout);
			KUNIT_EXPECT_EQ(test, pptp_session_idle_left(active + timeout - 1, active,
								     timeout), 1);
			KUNIT_EXPECT_EQ(test, pptp_session_idle_left(active + timeout, active,
								     timeout), 0);
			KUNIT_EXPECT_EQ(test, pptp_session_idle_left(active + timeout + 5 * HZ,
								     active, timeout), 0);
			/* A frame passes while somebody looks. */
			KUNIT_EXPECT_EQ(test, pptp_session_idle_left(active - 1, active, timeout),
					timeout);
		}
	}
}

/* What @totals tell of the counter PPTP_A_STATS_*. */
static u64 total(struct kunit *test, const struct pptp_totals __percpu *totals, int counter)
{
	struct sk_buff *msg = nlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
	struct nlattr *attr;
	u64 n;

	KUNIT_ASSERT_NOT_NULL(test, msg);
	KUNIT_EXPECT_EQ(test, pptp_totals_put(msg, 1, totals), 0);
	attr = nla_find_nested((struct nlattr *)msg->data, counter);
	n = attr ? nla_get_u64(attr) : U64_MAX;
	nlmsg_free(msg);
	return n;
}

/* What sessions count adds up, on all CPUs, and stays when they end. */
static void session_totals(struct kunit *test)
{
	struct pptp_totals __percpu *totals = pptp_totals_alloc();
	struct pptp_session *a = session_alloc(test);
	struct pptp_session *b = session_alloc(test);

	KUNIT_ASSERT_NOT_NULL(test, totals);
	a->totals = totals;
	b->totals = totals;
	local_bh_disable();
	pptp_session_count_rx(a, 1000);
	pptp_session_count_rx(b, 500);
	pptp_session_count_tx(b, 70);
	local_bh_enable();
	pptp_session_count(a, PPTP_COUNT_RX_DROP_STALE, 1);
	pptp_session_count(b, PPTP_COUNT_RX_LOST, 40);
	per_cpu_ptr(totals, cpumask_last(cpu_possible_mask))->n[PPTP_COUNT_RX_LOST] += 2;
	session_free(a);
	session_free(b);

	KUNIT_EXPECT_EQ(test, total(test, totals, PPTP_A_STATS_RX_PACKETS), 2);
	KUNIT_EXPECT_EQ(test, total(test, totals, PPTP_A_STATS_RX_BYTES), 1500);
	KUNIT_EXPECT_EQ(test, total(test, totals, PPTP_A_STATS_TX_PACKETS), 1);
	KUNIT_EXPECT_EQ(test, total(test, totals, PPTP_A_STATS_TX_BYTES), 70);
	KUNIT_EXPECT_EQ(test, total(test, totals, PPTP_A_STATS_RX_DROP_STALE), 1);
	KUNIT_EXPECT_EQ(test, total(test, totals, PPTP_A_STATS_RX_LOST), 42);
	KUNIT_EXPECT_EQ(test, total(test, totals, PPTP_A_STATS_TX_DROP_RATE), 0);
	free_percpu(totals);
}

static struct kunit_case session_cases[] = {
	KUNIT_CASE(session_names),
	KUNIT_CASE(session_peers),
	KUNIT_CASE(session_all_call_ids),
	KUNIT_CASE(session_walk),
	KUNIT_CASE(session_idle_left),
	KUNIT_CASE(session_totals),
	{}
};

static struct kunit_suite session_suite = {
	.name = "culvert_session",
	.test_cases = session_cases,
};

kunit_test_suites(&session_suite);
