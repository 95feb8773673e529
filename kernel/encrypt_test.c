// SPDX-License-Identifier: GPL-2.0-only
/*
 * The turn of a CPU that encrypts and sends a line: its length, and who does the rest.
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/refcount.h>
#include <linux/skbuff.h>

#include "encrypt.h"
#include "mppe.h"
#include "session.h"

#define FRAMES	(8 * PPTP_LINE_TURN)

/* What a sender may do at most: a turn in which it encrypts and sends, and the rest of a batch. */
#define TURN_MAX	(PPTP_LINE_TURN / 2 + MPPE_BATCH)

/* A session as it is in its socket, which the helper keeps by a reference. */
struct line_fixture {
	struct pptp_sock sock;
	struct completion all;
	u32 made;
	u32 sent;
	bool wrong;
};

static struct pptp_session *session_of(struct line_fixture *f)
{
	return &f->sock.session;
}

/* What other CPUs do while one is sending: a batch joins the line. */
static void join(struct line_fixture *f)
{
	struct sk_buff_head frames;
	unsigned int i;

	__skb_queue_head_init(&frames);
	for (i = 0; i < MPPE_BATCH; i++) {
		struct sk_buff *skb = alloc_skb(sizeof(u32), GFP_ATOMIC);

		if (!skb)
			break;
		*(u32 *)skb_put(skb, sizeof(u32)) = f->made++;
		__skb_queue_tail(&frames, skb);
	}
	if (pptp_line_join(&session_of(f)->line, &frames))
		return;
	f->wrong = true;
	__skb_queue_purge(&frames);
}

/* For each batch that leaves another one comes, until there were FRAMES. */
static void send(struct pptp_session *s, struct sk_buff_head *frames)
{
	struct line_fixture *f = container_of(s, struct line_fixture, sock.session);
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(frames))) {
		f->wrong |= *(u32 *)skb->data != f->sent++;
		kfree_skb(skb);
	}
	if (f->made < FRAMES && !f->wrong)
		join(f);
	else if (f->sent == f->made)
		complete(&f->all);
}

static enum hrtimer_restart no_rx_timer(struct hrtimer *timer)
{
	return HRTIMER_NORESTART;
}

static void no_tx_timer(struct timer_list *timer)
{
}

static const struct pptp_session_ops line_ops = {
	.rx_timer = no_rx_timer,
	.tx_timer = no_tx_timer,
	.tx_send = send,
};

static int line_test_init(struct kunit *test)
{
	struct line_fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);
	int err;

	if (!f)
		return -ENOMEM;
	err = pptp_session_init(session_of(f), &init_net, &line_ops);
	if (err)
		return err;
	init_completion(&f->all);
	refcount_set(&pptp_session_sk(session_of(f))->sk_refcnt, 1);
	/* As if a frame were in the line: else few frames do not join it, or none on one CPU. */
	session_of(f)->line.frames = 1;
	test->priv = f;
	return 0;
}

static void line_test_exit(struct kunit *test)
{
	struct line_fixture *f = test->priv;

	if (f)
		pptp_session_destroy(session_of(f));
}

static void push(struct line_fixture *f)
{
	local_bh_disable();
	rcu_read_lock();
	join(f);
	pptp_line_push(session_of(f));
	rcu_read_unlock();
	local_bh_enable();
}

/*
 * A sender that finds ever more frames stops after its turn, and a helper comes for the rest.  How
 * long the turn was shows on one CPU alone: with more the helper sends meanwhile, and what was sent
 * by then says nothing of the sender.
 */
static void line_turn_is_bounded(struct kunit *test)
{
	struct line_fixture *f = test->priv;
	struct pptp_session *s = session_of(f);

	local_bh_disable();
	push(f);
	/* The helper, which is on this CPU then, does not send before local_bh_enable(). */
	if (num_online_cpus() == 1)
		KUNIT_EXPECT_LE(test, f->sent, TURN_MAX);
	local_bh_enable();

	KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&f->all, 60 * HZ), 0);
	while (refcount_read(&pptp_session_sk(s)->sk_refcnt) > 1)
		usleep_range(1000, 2000);
	KUNIT_EXPECT_EQ(test, f->sent, FRAMES);
	KUNIT_EXPECT_FALSE(test, f->wrong);
	KUNIT_EXPECT_EQ(test, s->line.frames, 1);
	KUNIT_EXPECT_TRUE(test, list_empty(&s->line.batches));
	KUNIT_EXPECT_FALSE(test, s->line.called);
}

/* Without a reference there is no helper; then nothing may be left in the line. */
static void line_of_dead_session(struct kunit *test)
{
	struct line_fixture *f = test->priv;
	struct pptp_session *s = session_of(f);

	refcount_set(&pptp_session_sk(s)->sk_refcnt, 0);
	push(f);
	KUNIT_EXPECT_EQ(test, f->sent, FRAMES);
	KUNIT_EXPECT_FALSE(test, f->wrong);
	KUNIT_EXPECT_EQ(test, s->line.frames, 1);
	KUNIT_EXPECT_TRUE(test, list_empty(&s->line.batches));
}

/* Who needs no helper does not change who was it last.  With more CPUs one would be called. */
static void line_keeps_its_helper(struct kunit *test)
{
	struct line_fixture *f = test->priv;
	struct pptp_session *s = session_of(f);

	if (num_online_cpus() > 1)
		return;
	f->made = FRAMES;
	f->sent = FRAMES;
	s->line.cpu = 7;
	push(f);
	KUNIT_EXPECT_EQ(test, f->sent, FRAMES + MPPE_BATCH);
	KUNIT_EXPECT_FALSE(test, s->line.called);
	KUNIT_EXPECT_EQ(test, s->line.cpu, 7);
}

static struct kunit_case line_cases[] = {
	KUNIT_CASE(line_turn_is_bounded),
	KUNIT_CASE(line_keeps_its_helper),
	KUNIT_CASE(line_of_dead_session),
	{}
};

static struct kunit_suite line_suite = {
	.name = "culvert_line",
	.init = line_test_init,
	.exit = line_test_exit,
	.test_cases = line_cases,
};

kunit_test_suites(&line_suite);
