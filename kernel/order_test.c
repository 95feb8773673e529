// SPDX-License-Identifier: GPL-2.0-only
/*
 * The turn of a CPU that passes frames on: its length, and the order of the frames.
 */
#include <kunit/test.h>
#include <linux/skbuff.h>

#include "order.h"

#define FRAMES	(8 * PPTP_ORDER_TURN + 5)

struct order_fixture {
	struct pptp_order order;
	struct sk_buff_head frames;
	u32 made;
	u32 passed;
};

/* The number of the first frame that waits; a callback has no other argument than the frame. */
static u32 first_waiting;

static int order_test_init(struct kunit *test)
{
	struct order_fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	if (!f)
		return -ENOMEM;
	pptp_order_init(&f->order);
	__skb_queue_head_init(&f->frames);
	test->priv = f;
	return 0;
}

static void order_test_exit(struct kunit *test)
{
	struct order_fixture *f = test->priv;

	if (!f)
		return;
	__skb_queue_purge(&f->order.left);
	__skb_queue_purge(&f->frames);
}

static bool waits(struct sk_buff *skb)
{
	return *(u32 *)skb->data >= first_waiting;
}

/* Put @n frames, numbered in the order in which they are made, at the end of f->frames. */
static void make(struct order_fixture *f, u32 n)
{
	for (; n; n--) {
		struct sk_buff *skb = alloc_skb(sizeof(u32), GFP_KERNEL | __GFP_NOFAIL);

		*(u32 *)skb_put(skb, sizeof(u32)) = f->made++;
		__skb_queue_tail(&f->frames, skb);
	}
}

/* Pass f->frames on, and expect that they are the next ones.  Returns how many there were. */
static u32 pass_on(struct kunit *test)
{
	struct order_fixture *f = test->priv;
	struct sk_buff *skb;
	u32 n = 0;

	for (; (skb = __skb_dequeue(&f->frames)); n++) {
		KUNIT_EXPECT_EQ(test, *(u32 *)skb->data, f->passed++);
		kfree_skb(skb);
	}
	return n;
}

/* A whole turn, with @own frames of the caller.  Returns how many frames it passed on. */
static u32 turn(struct kunit *test, u32 own, bool (*callback)(struct sk_buff *skb))
{
	struct order_fixture *f = test->priv;
	unsigned int room = PPTP_ORDER_TURN;
	u32 n = 0;

	make(f, own);
	if (!pptp_order_begin(&f->order, &f->frames, &room, callback))
		return 0;
	do
		n += pass_on(test);
	while (pptp_order_more(&f->order, &f->frames, &room, callback));
	KUNIT_EXPECT_FALSE(test, f->order.busy);
	return n;
}

/* Other CPUs leave frames to the one that has the turn, as often as it comes back for them. */
static void order_turn_is_bounded(struct kunit *test)
{
	struct order_fixture *f = test->priv;
	unsigned int room = PPTP_ORDER_TURN, other;
	u32 n = 0;

	make(f, 1);
	KUNIT_ASSERT_TRUE(test, pptp_order_begin(&f->order, &f->frames, &room, NULL));
	do {
		n += pass_on(test);
		make(f, 100);
		other = PPTP_ORDER_TURN;
		KUNIT_EXPECT_FALSE(test, pptp_order_begin(&f->order, &f->frames, &other, NULL));
	} while (pptp_order_more(&f->order, &f->frames, &room, NULL));

	KUNIT_EXPECT_LE(test, n, PPTP_ORDER_TURN + 1);
	KUNIT_EXPECT_TRUE(test, pptp_order_due(&f->order, NULL));
}

/* So many frames are left that the next turns, of whoever, do not take all of them at once. */
static void order_hands_on(struct kunit *test)
{
	struct order_fixture *f = test->priv;

	make(f, FRAMES);
	skb_queue_splice_tail_init(&f->frames, &f->order.left);
	while (pptp_order_due(&f->order, NULL))
		KUNIT_ASSERT_LE(test, turn(test, f->passed % 2, NULL), PPTP_ORDER_TURN);
	KUNIT_EXPECT_EQ(test, f->passed, f->made);
	KUNIT_EXPECT_TRUE(test, pptp_order_idle(&f->order));
	KUNIT_EXPECT_EQ(test, turn(test, 1, NULL), 1);
}

/* Frames that wait hold up those behind them, and nobody is due for them. */
static void order_waits(struct kunit *test)
{
	struct order_fixture *f = test->priv;

	first_waiting = 10;
	KUNIT_EXPECT_EQ(test, turn(test, 20, waits), 10);
	KUNIT_EXPECT_FALSE(test, pptp_order_due(&f->order, waits));
	KUNIT_EXPECT_EQ(test, turn(test, 5, waits), 0);
	first_waiting = FRAMES;
	KUNIT_EXPECT_TRUE(test, pptp_order_due(&f->order, waits));
	KUNIT_EXPECT_EQ(test, turn(test, 0, waits), 15);
	KUNIT_EXPECT_TRUE(test, pptp_order_idle(&f->order));
}

static struct kunit_case order_cases[] = {
	KUNIT_CASE(order_turn_is_bounded),
	KUNIT_CASE(order_hands_on),
	KUNIT_CASE(order_waits),
	{}
};

static struct kunit_suite order_suite = {
	.name = "culvert_order",
	.init = order_test_init,
	.exit = order_test_exit,
	.test_cases = order_cases,
};

kunit_test_suites(&order_suite);
