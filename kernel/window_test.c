// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sequence window: cases made by hand, and random streams that are compared with a simple but
 * slow model.
 */
#include <kunit/test.h>
#include <linux/prandom.h>
#include <linux/skbuff.h>
#include <linux/sort.h>
#include <linux/string.h>

#include "window.h"

#define SEED		0x5eed0003
#define FRAMES		3000	/* frames of one random stream */
#define ARRIVALS	(2 * FRAMES)
#define MS		NSEC_PER_MSEC
#define US		NSEC_PER_USEC
#define START		(1000 * NSEC_PER_SEC)

struct arrival {
	u64 at;
	u32 k;			/* frame number, from 0 on */
};

/* What the window decided about the frames of a stream. */
struct outcome {
	u32 order[ARRIVALS];	/* frame numbers in the order of delivery */
	u32 delivered;
	u32 duplicate;
	u32 stale;
	u32 far;
};

/* The model: the state of every frame in plain arrays.  @hold is constant. */
struct model {
	u64 arrived[FRAMES];	/* when the frame was held; 0: it is not held */
	bool done[FRAMES];
	u64 progress;
	u64 hold;
	u32 next;
	u32 held;
	u32 run;
	u32 run_first;
	u32 run_next;
	u64 run_since;
	u32 row;		/* number of the row of suspects */
	u32 spoke[FRAMES];	/* the last row in which the frame was a suspect */
	struct outcome out;
};

struct window_fixture {
	struct rnd_state rnd;
	struct pptp_window w;
	struct pptp_window_memory memory;
	struct model model;
	struct outcome out;
	struct arrival arrival[ARRIVALS];
	u32 arrivals;
	u32 first;		/* sequence number of frame 0 */
	bool never_lossy;	/* the window must never take the path for lossy */
	u64 now;
};

static int window_test_init(struct kunit *test)
{
	struct window_fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	if (!f)
		return -ENOMEM;
	prandom_seed_state(&f->rnd, SEED);
	f->memory.max = LONG_MAX;
	pptp_window_init(&f->w, 64, &f->memory);
	f->now = START;
	test->priv = f;
	return 0;
}

static void window_test_exit(struct kunit *test)
{
	struct window_fixture *f = test->priv;

	if (f)
		pptp_window_rx_purge(&f->w);
}

static u32 below(struct window_fixture *f, u32 n)
{
	return prandom_u32_state(&f->rnd) % n;
}

/* Returns a frame whose payload is its sequence number. */
static struct sk_buff *frame(u32 seq)
{
	struct sk_buff *skb = alloc_skb(sizeof(seq), GFP_KERNEL | __GFP_NOFAIL);

	memcpy(skb_put(skb, sizeof(seq)), &seq, sizeof(seq));
	return skb;
}

static void settle(struct kunit *test, struct sk_buff *skb, u32 seq,
		   enum pptp_window_verdict verdict)
{
	struct window_fixture *f = test->priv;
	u32 own;

	switch (verdict) {
	case WINDOW_HELD:
		return;
	case WINDOW_PASS:
		memcpy(&own, skb->data, sizeof(own));
		KUNIT_EXPECT_EQ(test, own, seq);
		f->out.order[f->out.delivered++] = seq - f->first;
		break;
	case WINDOW_DUPLICATE:
		f->out.duplicate++;
		break;
	case WINDOW_STALE:
		f->out.stale++;
		break;
	case WINDOW_FAR:
		f->out.far++;
		break;
	}
	kfree_skb(skb);
}

static enum pptp_window_verdict poll_one(struct window_fixture *f, struct sk_buff **skb)
{
	if (f->never_lossy)
		f->w.rx_fruitless = 0;
	return pptp_window_rx_poll(&f->w, f->now, skb);
}

static void poll(struct kunit *test)
{
	struct window_fixture *f = test->priv;
	enum pptp_window_verdict verdict;
	struct sk_buff *skb;
	u32 seq;

	while ((verdict = poll_one(f, &skb)) != WINDOW_HELD) {
		KUNIT_EXPECT_NULL(test, skb->next);
		KUNIT_EXPECT_NULL(test, skb->prev);
		KUNIT_EXPECT_NULL(test, skb->dev);
		memcpy(&seq, skb->data, sizeof(seq));
		settle(test, skb, seq, verdict);
	}
}

/* Let time pass until @at, and run the timers of the window meanwhile, as its owner does. */
static void until(struct kunit *test, u64 at)
{
	struct window_fixture *f = test->priv;
	u64 due;

	while ((due = pptp_window_rx_deadline(&f->w)) <= at) {
		f->now = max(f->now, due);
		poll(test);
		if (pptp_window_rx_deadline(&f->w) == due) {
			KUNIT_FAIL(test, "a deadline that polling does not move");
			break;
		}
	}
	f->now = at;
}

static enum pptp_window_verdict receive(struct kunit *test, u32 seq)
{
	struct window_fixture *f = test->priv;
	enum pptp_window_verdict verdict = WINDOW_PASS;
	struct sk_buff *skb = frame(seq);

	if (!pptp_window_rx_in_order(&f->w, seq))
		verdict = pptp_window_rx(&f->w, skb, seq, f->now);
	settle(test, skb, seq, verdict);
	poll(test);
	return verdict;
}

/*
 * Receive @n frames in order from @seq on, @interval apart.  Returns how many of them were passed
 * at once.
 */
static u32 receive_row(struct kunit *test, u32 seq, u32 n, u64 interval)
{
	struct window_fixture *f = test->priv;
	u32 passed = 0;

	for (; n; n--, seq++) {
		until(test, f->now + interval);
		passed += receive(test, seq) == WINDOW_PASS;
	}
	return passed;
}

static u32 model_witnesses(u32 gap)
{
	return gap <= 4 ? 1 : gap <= 16 ? 2 : WINDOW_WITNESSES;
}

static bool model_in_row(const struct model *m, u32 k)
{
	return m->run && k + WINDOW_ROW >= m->run_first && k <= m->run_next + WINDOW_ROW;
}

static u32 model_speak(struct model *m, u32 k, u64 now)
{
	if (!model_in_row(m, k)) {
		m->row++;
		m->run = 0;
		m->run_first = k;
		m->run_next = k;
		m->run_since = now;
	}
	/* The window remembers which of the last 64 numbers of a row it has seen. */
	if (k + 64 >= m->run_next && m->spoke[k] != m->row)
		m->run++;
	m->spoke[k] = m->row;
	m->run_next = max(m->run_next, k + 1);
	return m->run;
}

static void model_deliver(struct model *m, u32 k)
{
	m->done[k] = true;
	m->out.order[m->out.delivered++] = k;
	m->next = k + 1;
	m->run = 0;
}

static u32 model_first(const struct model *m)
{
	u32 k = m->held ? m->next : FRAMES;

	while (k < FRAMES && !m->arrived[k])
		k++;
	return k;
}

static u64 model_due(const struct model *m)
{
	u32 k = model_first(m);

	return k == FRAMES ? U64_MAX : max(m->arrived[k], m->progress) + m->hold;
}

static void model_poll(struct model *m, u64 now)
{
	while (m->held) {
		u32 k = model_first(m);
		u32 gap = k - m->next;

		if (gap && now < model_due(m) && m->held <= WINDOW_HELD_MAX)
			return;
		m->arrived[k] = 0;
		if (m->held-- < model_witnesses(gap) && model_speak(m, k, now) < WINDOW_WITNESSES)
			m->out.far++;
		else
			model_deliver(m, k);
	}
}

/* The window leaves: what is held goes, as far as it has witnesses. */
static void model_let_go(struct model *m)
{
	while (m->held) {
		u32 k = model_first(m);

		m->arrived[k] = 0;
		if (m->held-- < model_witnesses(k - m->next))
			m->out.far++;
		else
			model_deliver(m, k);
	}
}

static void model_behind(struct model *m, u32 k, u64 now)
{
	u32 back = m->next - 1 - k;
	bool near = back < 64;

	if (near && m->done[k]) {
		m->out.duplicate++;
		return;
	}
	if (model_speak(m, k, now) < (near ? WINDOW_WITNESSES_NEAR : WINDOW_WITNESSES) ||
	    (back < WINDOW_REACH && now - m->run_since < m->hold)) {
		m->out.stale++;
		return;
	}
	model_let_go(m);
	memset(m->done, 0, sizeof(m->done));
	model_deliver(m, k);
}

static void model_receive(struct model *m, u32 k, u64 now)
{
	u64 due;

	while ((due = model_due(m)) <= now)
		model_poll(m, due);

	if (k < m->next) {
		model_behind(m, k, now);
	} else if (k == m->next) {
		if (m->held)
			m->progress = now;
		model_deliver(m, k);
	} else if (m->arrived[k]) {
		m->out.duplicate++;
	} else {
		m->arrived[k] = now;
		m->held++;
		m->run_since = now;
	}
	model_poll(m, now);
}

static int by_time(const void *a, const void *b)
{
	const struct arrival *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->k < y->k ? -1 : x->k > y->k;
}

/*
 * Make a stream of FRAMES frames, @interval apart, each late by up to @jitter.  Of 1000 frames,
 * @lost are lost and @twice come twice.  The first frame and the last frame are neither, and are
 * not late.
 */
static void make_stream(struct window_fixture *f, u64 interval, u32 jitter, u32 lost, u32 twice)
{
	struct arrival *a = f->arrival;
	u32 k;

	for (k = 0; k < FRAMES; k++) {
		bool edge = !k || k == FRAMES - 1;
		u64 sent = START + k * interval + (k == FRAMES - 1) * NSEC_PER_SEC;

		if (!edge && below(f, 1000) < lost)
			continue;
		*a++ = (struct arrival){ sent + (edge ? 0 : below(f, jitter + 1)), k };
		if (!edge && below(f, 1000) < twice)
			*a++ = (struct arrival){ sent + below(f, 2 * jitter + 1), k };
	}
	f->arrivals = a - f->arrival;
	sort(f->arrival, f->arrivals, sizeof(*a), by_time, NULL);
}

/* Start a stream with sequence number @first.  Without a stream the window expects 0. */
static void start_stream(struct kunit *test, u32 first)
{
	struct window_fixture *f = test->priv;

	pptp_window_init(&f->w, 64, &f->memory);
	memset(&f->out, 0, sizeof(f->out));
	f->first = first;
	f->now = START;
}

static void run_stream(struct kunit *test)
{
	struct window_fixture *f = test->priv;
	u32 i;

	for (i = 0; i < f->arrivals; i++) {
		until(test, f->arrival[i].at);
		receive(test, f->first + f->arrival[i].k);
	}
	until(test, f->now + NSEC_PER_SEC);
}

static void run_model(struct window_fixture *f)
{
	struct model *m = &f->model;
	u32 i;

	memset(m, 0, sizeof(*m));
	m->hold = WINDOW_HOLD_MIN;
	for (i = 0; i < f->arrivals; i++)
		model_receive(m, f->arrival[i].k, f->arrival[i].at);
	model_poll(m, U64_MAX);
}

static void expect_conserved(struct kunit *test)
{
	struct window_fixture *f = test->priv;
	struct outcome *o = &f->out;

	KUNIT_EXPECT_EQ(test, f->w.rx_held_count, 0);
	KUNIT_EXPECT_EQ(test, f->w.rx_held_bytes, 0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->memory.used), 0);
	KUNIT_EXPECT_EQ(test, o->delivered + o->duplicate + o->stale + o->far, f->arrivals);
}

/* Returns a first sequence number; half of the streams go beyond the wrap of numbers. */
static u32 any_first(struct window_fixture *f)
{
	return below(f, 2) ? -below(f, FRAMES) : prandom_u32_state(&f->rnd) | 0x100;
}

static void window_like_the_model(struct kunit *test)
{
	static const u32 interval[] = { 1 * US, 10 * US, 100 * US, 1 * MS };
	struct window_fixture *f = test->priv;
	struct outcome *o = &f->out;
	struct outcome *want = &f->model.out;
	u32 round;

	/* In the model the hold time is constant, and only its end or a full queue ends a wait. */
	f->never_lossy = true;
	for (round = 0; round < 32; round++) {
		u64 step = interval[round % 4];
		u32 jitter = below(f, 4) * step * below(f, 40);

		make_stream(f, step, jitter, below(f, 3) * below(f, 150), below(f, 100));
		start_stream(test, any_first(f));
		pptp_window_rx_set_reorder(&f->w, WINDOW_HELD_MAX, 0);
		run_stream(test);
		run_model(f);

		expect_conserved(test);
		KUNIT_ASSERT_EQ_MSG(test, o->delivered, want->delivered, "round %u", round);
		KUNIT_ASSERT_EQ_MSG(test, memcmp(o->order, want->order, sizeof(o->order)), 0,
				    "round %u", round);
		KUNIT_ASSERT_EQ_MSG(test, o->duplicate, want->duplicate, "round %u", round);
		KUNIT_ASSERT_EQ_MSG(test, o->stale, want->stale, "round %u", round);
		KUNIT_ASSERT_EQ_MSG(test, o->far, want->far, "round %u", round);
	}
}

/* With its own hold times the window must keep order, deliver nothing twice, and learn the path. */
static void window_learns_any_path(struct kunit *test)
{
	struct window_fixture *f = test->priv;
	struct outcome *o = &f->out;
	u32 round, i, missing;

	for (round = 0; round < 16; round++) {
		u32 jitter = (1 + below(f, 8)) * MS / 2;
		u32 lost = round % 2 ? below(f, 30) : 0;

		make_stream(f, (5 + below(f, 100)) * US, jitter, lost, 10);
		start_stream(test, any_first(f));
		run_stream(test);
		expect_conserved(test);

		for (i = 1; i < o->delivered; i++)
			KUNIT_ASSERT_LT(test, o->order[i - 1], o->order[i]);

		KUNIT_EXPECT_EQ(test, f->w.rx_resyncs, 0);
		/*
		 * After WINDOW_FRUITLESS losses the window does not wait, and then does not
		 * believe a single frame far ahead.
		 */
		KUNIT_EXPECT_LE(test, o->far, lost ? FRAMES / 1000 : 0);
		/* Late frames are dropped only until the hold time has grown to the jitter. */
		missing = o->stale;
		KUNIT_EXPECT_LE_MSG(test, missing, 3 * FRAMES / 10, "round %u, jitter %u",
				    round, jitter);
	}
}

/* Expect that @n frames were delivered, each behind the one before. */
static void expect_in_order(struct kunit *test, u32 n)
{
	struct outcome *o = &((struct window_fixture *)test->priv)->out;
	u32 i;

	KUNIT_EXPECT_EQ(test, o->delivered, n);
	for (i = 1; i < o->delivered; i++)
		KUNIT_ASSERT_LT(test, (s32)(o->order[i - 1] - o->order[i]), 0);
}

static void window_in_order_is_cheap(struct kunit *test)
{
	struct window_fixture *f = test->priv;
	u32 seq = -500, n;

	start_stream(test, seq);
	KUNIT_EXPECT_EQ(test, receive(test, seq++), WINDOW_PASS);
	for (n = 0; n < 1000; n++, seq++) {
		if (!pptp_window_rx_in_order(&f->w, seq)) {
			KUNIT_FAIL(test, "slow at %u", seq);
			return;
		}
	}
	KUNIT_EXPECT_EQ(test, f->w.rx_lost, 0);
	KUNIT_EXPECT_EQ(test, pptp_window_rx_deadline(&f->w), WINDOW_NEVER);
}

/* A peer may start with any sequence number. */
static void window_first_frame(struct kunit *test)
{
	static const struct {
		u32 first;
		enum pptp_window_verdict verdict;
		u64 lost;
	} cases[] = {
		{ 0, WINDOW_PASS, 0 },
		{ 1, WINDOW_PASS, 0 },
		{ 3, WINDOW_HELD, 3 },
		{ 17, WINDOW_PASS, 0 },
		{ 0x80000001, WINDOW_PASS, 0 },
		{ U32_MAX, WINDOW_PASS, 0 },
	};
	struct window_fixture *f = test->priv;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		start_stream(test, cases[i].first);
		KUNIT_EXPECT_EQ(test, receive(test, cases[i].first), cases[i].verdict);
		until(test, f->now + 10 * MS);
		KUNIT_EXPECT_EQ(test, receive_row(test, cases[i].first + 1, 5, MS), 5);
		KUNIT_EXPECT_EQ(test, f->out.delivered, 6);
		KUNIT_EXPECT_EQ(test, f->w.rx_lost, cases[i].lost);
		KUNIT_EXPECT_EQ(test, f->w.rx_resyncs, 0);
	}
}

/* The first frames are missing, and the next are held until one comes that ends the wait. */
static void window_start_loses_nothing_held(struct kunit *test)
{
	struct window_fixture *f = test->priv;
	u32 i;

	start_stream(test, 5);
	for (i = 5; i <= WINDOW_FIRST_MAX; i++)
		KUNIT_EXPECT_EQ(test, receive(test, i), WINDOW_HELD);
	receive(test, i);
	expect_in_order(test, WINDOW_FIRST_MAX - 3);
	KUNIT_EXPECT_EQ(test, f->w.rx_held_count, 0);
	KUNIT_EXPECT_EQ(test, receive_row(test, i + 1, 5, MS), 5);
	until(test, f->now + NSEC_PER_SEC);
	expect_in_order(test, WINDOW_FIRST_MAX + 2);
	KUNIT_EXPECT_EQ(test, f->w.rx_lost, 5);
	KUNIT_EXPECT_EQ(test, f->w.rx_resyncs, 0);
	KUNIT_EXPECT_TRUE(test, pptp_window_rx_in_order(&f->w, i + 6));
}

/* What is held at the beginning does not keep the window from where the peer is. */
static void window_start_far_from_held(struct kunit *test)
{
	static const u32 to[] = { 1000, 500000 };
	struct window_fixture *f = test->priv;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(to); i++) {
		start_stream(test, 3);
		receive(test, 3);
		receive_row(test, to[i], 20, MS);
		until(test, f->now + WINDOW_HOLD_MAX);
		expect_in_order(test, 21);
		KUNIT_EXPECT_EQ(test, f->out.order[1], to[i] - 3);
	}
}

static void window_first_frames_swapped(struct kunit *test)
{
	struct window_fixture *f = test->priv;

	start_stream(test, 0);
	KUNIT_EXPECT_EQ(test, receive(test, 2), WINDOW_HELD);
	KUNIT_EXPECT_EQ(test, receive(test, 0), WINDOW_PASS);
	KUNIT_EXPECT_EQ(test, receive(test, 1), WINDOW_PASS);
	KUNIT_EXPECT_EQ(test, f->out.delivered, 3);
	KUNIT_EXPECT_EQ(test, f->out.order[2], 2);
}

/* Make a session that has run for a while, with @seq as the expected number. */
static void settled(struct kunit *test, u32 seq)
{
	struct window_fixture *f = test->priv;

	start_stream(test, seq - 100);
	receive_row(test, seq - 100, 100, MS);
	KUNIT_ASSERT_EQ(test, f->out.delivered, 100);
	f->out.delivered = 0;
	f->first = seq;
}

static void window_swapped(struct kunit *test)
{
	struct window_fixture *f = test->priv;

	settled(test, U32_MAX);
	KUNIT_EXPECT_EQ(test, receive(test, 0), WINDOW_HELD);
	KUNIT_EXPECT_EQ(test, receive(test, 0), WINDOW_DUPLICATE);
	f->now += 300 * US;
	KUNIT_EXPECT_EQ(test, receive(test, U32_MAX), WINDOW_PASS);
	KUNIT_EXPECT_EQ(test, receive(test, U32_MAX), WINDOW_DUPLICATE);
	KUNIT_EXPECT_EQ(test, receive(test, 0), WINDOW_DUPLICATE);
	KUNIT_EXPECT_EQ(test, f->out.delivered, 2);
	KUNIT_EXPECT_EQ(test, f->out.order[0], 0);
	KUNIT_EXPECT_EQ(test, f->out.order[1], 1);
	KUNIT_EXPECT_EQ(test, f->w.rx_reordered, 1);
	KUNIT_EXPECT_EQ(test, f->w.rx_lost, 0);
}

/* Reordered is what came before a frame with a lower number, not what waited or was set aside. */
static void window_counts_reordered(struct kunit *test)
{
	struct window_fixture *f = test->priv;
	u32 i;

	/* Held in vain for 1000, but for 1005, which came before 1004. */
	settled(test, 1000);
	for (i = 1001; i < 1011; i++)
		receive(test, i == 1004 ? 1005 : i == 1005 ? 1004 : i);
	until(test, f->now + 2 * WINDOW_HOLD_START);
	expect_in_order(test, 10);
	KUNIT_EXPECT_EQ(test, f->w.rx_reordered, 1);

	/* Held until 1011 came. */
	receive_row(test, 1012, 3, US);
	receive(test, 1011);
	KUNIT_EXPECT_EQ(test, f->w.rx_reordered, 4);

	/* Set aside in order, then out of order. */
	receive_row(test, 700000, 20, MS);
	KUNIT_EXPECT_EQ(test, f->w.rx_resyncs, 1);
	KUNIT_EXPECT_EQ(test, f->w.rx_reordered, 4);
	for (i = 0; i < 20; i++)
		receive(test, 800000 + (i ^ 1));
	until(test, f->now + WINDOW_AGREE);
	KUNIT_EXPECT_EQ(test, f->w.rx_resyncs, 2);
	KUNIT_EXPECT_EQ(test, f->w.rx_reordered, 14);
}

static void window_lost_frame(struct kunit *test)
{
	struct window_fixture *f = test->priv;
	u64 due;

	settled(test, 1000);
	KUNIT_EXPECT_EQ(test, receive(test, 1001), WINDOW_HELD);
	due = pptp_window_rx_deadline(&f->w);
	KUNIT_EXPECT_GE(test, due, f->now + WINDOW_HOLD_MIN);
	KUNIT_EXPECT_LE(test, due, f->now + WINDOW_HOLD_START);

	f->now = due - 1;
	poll(test);
	KUNIT_EXPECT_EQ(test, f->out.delivered, 0);
	f->now = due;
	poll(test);
	KUNIT_EXPECT_EQ(test, f->out.delivered, 1);
	KUNIT_EXPECT_EQ(test, f->w.rx_lost, 1);

	/* The frame comes late and is dropped.  The next hold time is longer than its lateness. */
	f->now += 4 * MS;
	KUNIT_EXPECT_EQ(test, receive(test, 1000), WINDOW_STALE);
	KUNIT_EXPECT_EQ(test, receive(test, 1003), WINDOW_HELD);
	KUNIT_EXPECT_GE(test, pptp_window_rx_deadline(&f->w), f->now + 8 * MS);
}

/* Gaps given up together are late together: their lateness is learned from the first gap. */
static void window_late_together(struct kunit *test)
{
	struct window_fixture *f = test->priv;
	u64 missed;
	u32 i;

	settled(test, 1000);
	missed = f->now;
	for (i = 1; i < 20; i += 2)
		receive(test, 1000 + i);
	until(test, pptp_window_rx_deadline(&f->w));
	KUNIT_EXPECT_EQ(test, f->out.delivered, 10);

	until(test, f->now + MS);
	for (i = 0; i < 20; i += 2)
		receive(test, 1000 + i);
	KUNIT_EXPECT_GE(test, f->out.stale, 10);
	receive(test, 1021);
	KUNIT_EXPECT_EQ(test, pptp_window_rx_deadline(&f->w), f->now + 2 * (f->now - missed));
}

/* Lose frames until the window takes the path for lossy.  Returns the expected number. */
static u32 lossy_path(struct kunit *test, u32 seq)
{
	struct window_fixture *f = test->priv;
	u32 i;

	settled(test, seq);
	for (i = 0; i < 2 * WINDOW_FRUITLESS; i++, seq += 2) {
		receive(test, seq + 1);
		until(test, f->now + 2 * WINDOW_HOLD_START);
	}
	KUNIT_EXPECT_EQ(test, f->out.delivered, 2 * WINDOW_FRUITLESS);
	f->out.delivered = 0;
	return seq;
}

/* On a path with many losses and few late frames, a lateness is soon forgotten. */
static void window_forgets_on_a_lossy_path(struct kunit *test)
{
	struct window_fixture *f = test->priv;
	u32 seq = lossy_path(test, 1000), i;

	receive(test, seq + 1);
	f->now += 20 * US;
	KUNIT_EXPECT_EQ(test, receive(test, seq), WINDOW_STALE);
	for (i = 0, seq += 2; i < WINDOW_FRUITLESS; i++, seq += 2) {
		receive(test, seq + 1);
		KUNIT_EXPECT_EQ(test, f->w.rx_held_count, 1);
		until(test, f->now + WINDOW_HOLD_MIN);
	}
	receive(test, seq + 1);
	KUNIT_EXPECT_EQ(test, f->w.rx_held_count, 0);
}

/* On a lossy path the window does not wait, until a frame comes late. */
static void window_loss_on_a_lossy_path(struct kunit *test)
{
	struct window_fixture *f = test->priv;
	u32 seq = lossy_path(test, 1000), i;

	for (i = 1; i <= 10; i++, seq += 2) {
		receive(test, seq + 1);
		KUNIT_EXPECT_EQ(test, f->out.delivered, i);
		KUNIT_EXPECT_EQ(test, f->w.rx_held_count, 0);
	}

	/* The frame was late, not lost, so the window waits for the next missing frame. */
	f->now += 20 * US;
	KUNIT_EXPECT_EQ(test, receive(test, seq - 2), WINDOW_STALE);
	for (i = 1; i < 50; i++)
		KUNIT_EXPECT_EQ(test, receive(test, seq + i), WINDOW_HELD);
	KUNIT_EXPECT_EQ(test, receive(test, seq), WINDOW_PASS);
	KUNIT_EXPECT_EQ(test, f->out.delivered, 10 + 50);
}

/* A longer gap needs more witnesses, which have to come after the last frame in place. */
static void window_gaps_on_a_lossy_path(struct kunit *test)
{
	struct window_fixture *f = test->priv;
	u32 seq = lossy_path(test, 1000);

	KUNIT_EXPECT_EQ(test, receive(test, seq + 10), WINDOW_HELD);
	KUNIT_EXPECT_EQ(test, f->out.delivered, 0);
	receive(test, seq + 11);
	KUNIT_EXPECT_EQ(test, f->out.delivered, 2);
	seq += 12;

	/* Of these two frames, only the first is behind a single gap. */
	receive(test, seq + 10);
	receive(test, seq + 30);
	KUNIT_EXPECT_EQ(test, f->out.delivered, 3);
	KUNIT_EXPECT_EQ(test, f->w.rx_held_count, 1);
	KUNIT_EXPECT_EQ(test, f->out.far, 0);
	receive(test, seq + 31);
	receive(test, seq + 32);
	KUNIT_EXPECT_EQ(test, f->out.delivered, 3);
	receive(test, seq + 33);
	KUNIT_EXPECT_EQ(test, f->out.delivered, 7);
}

/* Forged frames ahead of a busy stream do not make the window give up frames on their way. */
static void window_forged_on_a_lossy_path(struct kunit *test)
{
	struct window_fixture *f = test->priv;
	u32 seq = lossy_path(test, 1000), lost = f->w.rx_lost, i;

	for (i = 0; i < 300; i++, seq++) {
		receive(test, seq + 600);
		if (i % 2)
			receive(test, seq + 1);
		KUNIT_ASSERT_EQ(test, receive(test, seq), WINDOW_PASS);
		if (i % 2)
			seq++;
	}
	KUNIT_EXPECT_EQ(test, f->w.rx_lost, lost);
}

/* A forged frame just ahead costs the frames of its gap, but once: then the window waits. */
static void window_forged_close_on_a_lossy_path(struct kunit *test)
{
	struct window_fixture *f = test->priv;
	u32 seq = lossy_path(test, 1000);

	receive(test, seq + 4);
	KUNIT_EXPECT_EQ(test, f->out.delivered, 1);
	KUNIT_EXPECT_EQ(test, receive(test, seq), WINDOW_STALE);
	KUNIT_EXPECT_EQ(test, receive(test, seq + 9), WINDOW_HELD);
	KUNIT_EXPECT_EQ(test, receive(test, seq + 5), WINDOW_PASS);
	KUNIT_EXPECT_EQ(test, f->w.rx_held_count, 1);
}

/* If the hold time ended while the CPU was held up, it starts again, once. */
static void window_held_up(struct kunit *test)
{
	struct window_fixture *f = test->priv;

	settled(test, 1000);
	receive(test, 1001);
	f->now = pptp_window_rx_deadline(&f->w) + 30 * MS;
	KUNIT_EXPECT_EQ(test, receive(test, 1002), WINDOW_HELD);
	KUNIT_EXPECT_EQ(test, receive(test, 1000), WINDOW_PASS);
	KUNIT_EXPECT_EQ(test, f->out.delivered, 3);
	KUNIT_EXPECT_EQ(test, f->w.rx_lost, 0);

	receive(test, 1004);
	f->now = pptp_window_rx_deadline(&f->w) + 30 * MS;
	poll(test);
	KUNIT_EXPECT_EQ(test, f->out.delivered, 3);
	f->now = pptp_window_rx_deadline(&f->w) + 30 * MS;
	poll(test);
	KUNIT_EXPECT_EQ(test, f->out.delivered, 4);
	KUNIT_EXPECT_EQ(test, f->w.rx_lost, 1);
}

/* Losses without a late frame make the hold time shorter, and an old lateness is forgotten. */
static void window_hold_shrinks(struct kunit *test)
{
	struct window_fixture *f = test->priv;
	u32 seq = lossy_path(test, 1000), i;

	receive(test, seq + 5);
	KUNIT_EXPECT_EQ(test, pptp_window_rx_deadline(&f->w), f->now + WINDOW_HOLD_MIN);

	f->now += 150 * US;
	for (i = 0; i < 5; i++)
		receive(test, seq + i);
	seq += 6;
	receive(test, seq + 1);
	KUNIT_EXPECT_EQ(test, pptp_window_rx_deadline(&f->w), f->now + 300 * US);
	until(test, f->now + 3 * WINDOW_EPOCH);
	seq += 2;
	receive(test, seq + 1);
	until(test, f->now + MS);
	seq += 2;
	receive(test, seq + 1);
	KUNIT_EXPECT_EQ(test, pptp_window_rx_deadline(&f->w), f->now + WINDOW_HOLD_MIN);
}

static void window_forged_far(struct kunit *test)
{
	struct window_fixture *f = test->priv;
	u32 seq = 1000, n = 0, i;

	settled(test, seq);
	for (i = 0; i < 200; i++) {
		u32 forged = prandom_u32_state(&f->rnd);

		if (forged - (seq - 64) < 64 + WINDOW_REACH)
			continue;
		n++;
		KUNIT_EXPECT_NE(test, receive(test, forged), WINDOW_PASS);
		KUNIT_EXPECT_EQ(test, receive(test, seq++), WINDOW_PASS);
	}
	/* Nor does a row of suspects move the window while genuine frames come between them. */
	for (i = 0; i < 200; i++, n++) {
		until(test, f->now + WINDOW_AGREE / 20);
		KUNIT_EXPECT_EQ(test, receive(test, 500000 + i), WINDOW_HELD);
		if (i % 20 == 19)
			KUNIT_EXPECT_EQ(test, receive(test, seq++), WINDOW_PASS);
	}
	KUNIT_EXPECT_EQ(test, f->out.far + f->out.stale, n);
	KUNIT_EXPECT_EQ(test, f->w.rx_resyncs, 0);
	KUNIT_EXPECT_EQ(test, f->w.rx_lost, 0);
}

/* A busy session cannot be moved while it waits for a missing frame, either. */
static void window_forged_far_while_waiting(struct kunit *test)
{
	struct window_fixture *f = test->priv;
	u32 i;

	settled(test, 1000);
	f->w.rx_late_before = WINDOW_HOLD_MAX / 2;
	for (i = 0; i < 40; i++) {
		receive(test, 1001 + i);
		receive(test, 700000 + i);
		until(test, f->now + MS);
	}
	KUNIT_EXPECT_EQ(test, f->out.delivered, 0);
	receive(test, 1000);
	expect_in_order(test, 41);
	KUNIT_EXPECT_EQ(test, f->out.far, 40);
	KUNIT_EXPECT_EQ(test, f->w.rx_resyncs, 0);
	KUNIT_EXPECT_EQ(test, f->w.rx_lost, 0);
	KUNIT_EXPECT_TRUE(test, pptp_window_rx_in_order(&f->w, 1041));
}

/* Nor can it by a row that ends behind the window, but so close that early frames agree with it. */
static void window_forged_behind_while_waiting(struct kunit *test)
{
	struct window_fixture *f = test->priv;
	u32 seq;

	settled(test, 5000);
	f->w.rx_late_before = WINDOW_HOLD_MAX / 2;
	for (seq = 5000 - WINDOW_REACH - 1; seq < 4930; seq += WINDOW_ROW)
		receive(test, seq);
	receive(test, 4930);
	receive_row(test, 5001, 187, 100 * US);
	KUNIT_EXPECT_EQ(test, f->out.delivered, 0);
	receive(test, 5000);
	expect_in_order(test, 188);
	KUNIT_EXPECT_EQ(test, f->w.rx_resyncs, 0);
	KUNIT_EXPECT_EQ(test, f->w.rx_lost, 0);
}

/* A forged frame within reach: a busy stream passes it, a slow stream has it dropped. */
static void window_forged_ahead(struct kunit *test)
{
	struct window_fixture *f = test->priv;

	settled(test, 1000);
	KUNIT_EXPECT_EQ(test, receive(test, 1500), WINDOW_HELD);
	KUNIT_EXPECT_EQ(test, receive_row(test, 1000, 500, 10 * US), 500);
	/* The window cannot know which of the two frames with this number is genuine. */
	KUNIT_EXPECT_EQ(test, receive(test, 1500), WINDOW_DUPLICATE);
	KUNIT_EXPECT_EQ(test, receive_row(test, 1501, 100, 10 * US), 100);

	KUNIT_EXPECT_EQ(test, receive(test, 2000), WINDOW_HELD);
	until(test, f->now + NSEC_PER_SEC);
	KUNIT_EXPECT_EQ(test, f->out.far, 1);
	KUNIT_EXPECT_EQ(test, receive_row(test, 1601, 20, NSEC_PER_SEC), 20);
	KUNIT_EXPECT_EQ(test, f->w.rx_lost, 0);

	/* A forged frame just ahead is believed, but costs no more than a small lost burst. */
	KUNIT_EXPECT_EQ(test, receive(test, 1625), WINDOW_HELD);
	until(test, f->now + NSEC_PER_SEC);
	KUNIT_EXPECT_EQ(test, f->w.rx_lost, 4);
	KUNIT_EXPECT_EQ(test, receive_row(test, 1621, 30, NSEC_PER_SEC), 25);
}

/* After a lost burst, frames that come slowly, with more losses, are soon believed. */
static void window_slow_after_burst(struct kunit *test)
{
	struct window_fixture *f = test->priv;
	u32 i;

	settled(test, 1000);
	for (i = 0; i < 10; i++) {
		receive(test, 1200 + 3 * i);
		until(test, f->now + NSEC_PER_SEC);
	}
	KUNIT_EXPECT_EQ(test, f->out.far, WINDOW_WITNESSES - 1);
	KUNIT_EXPECT_EQ(test, f->out.delivered, 10 - (WINDOW_WITNESSES - 1));
}

/* Forged frames, be they one, do not keep the window from a slow peer that lost a few frames. */
static void window_forged_far_after_loss(struct kunit *test)
{
	static const struct {
		u32 forged;
		u64 interval;
	} cases[] = {
		{ 1, 20 * MS },
		{ 1, 4 * MS },
		{ WINDOW_WITNESSES, 4 * MS },
	};
	struct window_fixture *f = test->priv;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		settled(test, 1000);
		receive_row(test, 700000, cases[i].forged, 0);
		receive_row(test, 1020, 20, cases[i].interval);
		until(test, f->now + WINDOW_HOLD_MAX);
		KUNIT_EXPECT_EQ_MSG(test, f->out.delivered, 20 - (WINDOW_WITNESSES - 1),
				    "case %u", i);
		KUNIT_EXPECT_EQ(test, f->w.rx_aside_count, 0);
		KUNIT_EXPECT_EQ(test, f->w.rx_resyncs, 0);
	}
}

/*
 * Suspects are set aside for WINDOW_ASIDE and no longer, be they few or enough, while
 * early frames come all the time, too.
 */
static void window_aside_expires(struct kunit *test)
{
	struct window_fixture *f = test->priv;
	u32 forged, k;

	for (forged = 1; forged <= WINDOW_WITNESSES; forged += WINDOW_WITNESSES - 1) {
		settled(test, 1000);
		pptp_window_rx_set_reorder(&f->w, WINDOW_HELD_MAX, USEC_PER_SEC);
		f->w.rx_late_before = WINDOW_HOLD_TOP;
		receive_row(test, 700000, forged, 0);
		for (k = 1; k < WINDOW_ASIDE / (4 * MS); k++) {
			until(test, f->now + 4 * MS);
			receive(test, 1000 + k);
		}
		KUNIT_EXPECT_EQ(test, f->w.rx_aside_count, forged);
		until(test, f->now + 3 * MS);
		KUNIT_EXPECT_EQ(test, f->w.rx_aside_count, forged);
		receive(test, 1000 + k);
		until(test, f->now + MS);
		KUNIT_EXPECT_EQ(test, f->w.rx_aside_count, 0);
		KUNIT_EXPECT_EQ(test, f->out.far, forged);
		receive(test, 1000);
		expect_in_order(test, k + 1);
		KUNIT_EXPECT_EQ(test, f->w.rx_resyncs, 0);
	}
}

/* A jump is followed after WINDOW_AGREE, and costs no frame. */
static void window_peer_jumps(struct kunit *test)
{
	static const u32 to[] = { 0, 1, 100, 5000000, 0x80000000 + 2999, 0x80000000 + 3001 };
	struct window_fixture *f = test->priv;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(to); i++) {
		settled(test, 3000);
		KUNIT_EXPECT_EQ_MSG(test, receive_row(test, to[i], 50, MS), 50 - WINDOW_AGREE / MS,
				    "to %u", to[i]);
		expect_in_order(test, 50);
		KUNIT_EXPECT_EQ(test, f->w.rx_resyncs, 1);
		KUNIT_EXPECT_TRUE(test, pptp_window_rx_in_order(&f->w, to[i] + 50));
	}
}

/*
 * A jump to numbers that late frames may have is followed only after a while, and a restart as soon
 * as others if nothing was given up lately.
 */
static void window_peer_jumps_near(struct kunit *test)
{
	static const struct {
		u32 to;
		bool gave_up;
		u32 lost;
	} cases[] = {
		{ 0, false, 0 },
		{ 1, false, 0 },
		{ 1, true, WINDOW_HOLD_MAX / MS },
		{ 970, false, WINDOW_HOLD_MAX / MS },
		{ 1800, false, WINDOW_HOLD_MAX / MS },
	};
	struct window_fixture *f = test->priv;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		settled(test, 2000 - cases[i].gave_up);
		if (cases[i].gave_up) {
			receive(test, 2000);
			until(test, f->now + 2 * WINDOW_HOLD_MAX);
			f->out.delivered = 0;
		}
		receive_row(test, cases[i].to, 200, MS);
		expect_in_order(test, 200 - cases[i].lost);
		KUNIT_EXPECT_EQ(test, f->w.rx_resyncs, 1);
		KUNIT_EXPECT_TRUE(test, pptp_window_rx_in_order(&f->w, cases[i].to + 200));
	}
}

/*
 * After a number is given up no quick restart is believed for WINDOW_LATE, however long the window
 * waited for it, and with reordering off, too.
 */
static void window_no_restart_after_loss(struct kunit *test)
{
	struct window_fixture *f = test->priv;
	u32 i;

	for (i = 0; i < 4; i++) {
		settled(test, 1000);
		pptp_window_rx_set_reorder(&f->w, i & 1 ? 0 : WINDOW_HELD_MAX, USEC_PER_SEC);
		f->w.rx_late_before = WINDOW_HOLD_TOP;
		receive(test, 1001);
		if (!(i & 1))
			until(test, f->now + WINDOW_HOLD_TOP);
		KUNIT_EXPECT_EQ(test, f->w.rx_lost, 1);
		f->out.delivered = 0;
		if (i & 2)
			until(test, f->now + WINDOW_LATE);

		receive_row(test, 0, 20, MS);
		KUNIT_EXPECT_EQ_MSG(test, f->w.rx_resyncs, i >> 1, "round %u", i);
		if (i == 2)
			expect_in_order(test, 20);
	}
}

/* Reordering is turned off, or almost, while frames are set aside: none of their row is lost. */
static void window_aside_whatever_is_held(struct kunit *test)
{
	struct window_fixture *f = test->priv;
	u32 i;

	for (i = 0; i < 2; i++) {
		settled(test, 1000);
		receive(test, 700000);
		pptp_window_rx_set_reorder(&f->w, i ? WINDOW_HELD_MIN : 0, 1000);
		receive_row(test, 700001, 99, 10 * US);
		KUNIT_EXPECT_EQ(test, f->w.rx_aside_count, 100);
		until(test, f->now + WINDOW_AGREE);
		expect_in_order(test, 100);
		KUNIT_EXPECT_EQ(test, f->w.rx_lost, 700000 - 1000);
	}
}

/* The peer's numbers restart, and all its frames come at once, in order or not. */
static void window_restart_in_a_burst(struct kunit *test)
{
	static const u32 next[] = { 1000, 4000, 5000000, 0x80000100 };
	struct window_fixture *f = test->priv;
	u32 i, k, other, burst[200];

	for (i = 0; i < 2 * ARRAY_SIZE(next); i++) {
		settled(test, next[i / 2]);
		for (k = 0; k < ARRAY_SIZE(burst); k++)
			burst[k] = k;
		for (k = 0; i % 2 && k < ARRAY_SIZE(burst) - 10; k++) {
			other = k + below(f, 10);
			swap(burst[k], burst[other]);
		}
		for (k = 0; k < ARRAY_SIZE(burst); k++) {
			receive(test, burst[k]);
			until(test, f->now + 2 * US);
		}
		KUNIT_EXPECT_EQ(test, f->out.delivered, 0);
		until(test, f->now + WINDOW_AGREE);
		expect_in_order(test, ARRAY_SIZE(burst));
		KUNIT_EXPECT_EQ(test, f->w.rx_resyncs, 1);
		KUNIT_EXPECT_EQ(test, pptp_window_rx_deadline(&f->w), WINDOW_NEVER);
		KUNIT_EXPECT_TRUE(test, pptp_window_rx_in_order(&f->w, ARRAY_SIZE(burst)));
	}
}

/* Suspects that stay too few are dropped; what a busy forger sends is set aside within bounds. */
static void window_suspects_are_bounded(struct kunit *test)
{
	struct window_fixture *f = test->priv;
	u32 i;

	settled(test, 1000);
	receive_row(test, 700000, WINDOW_WITNESSES - 1, 0);
	KUNIT_EXPECT_EQ(test, pptp_window_rx_deadline(&f->w), f->now + WINDOW_ASIDE);
	until(test, f->now + 2 * WINDOW_ASIDE);
	KUNIT_EXPECT_EQ(test, f->out.far, WINDOW_WITNESSES - 1);
	KUNIT_EXPECT_EQ(test, pptp_window_rx_deadline(&f->w), WINDOW_NEVER);

	for (i = 0; i < 2 * WINDOW_HELD_MAX; i++)
		receive(test, 800000 + i);
	KUNIT_EXPECT_EQ(test, f->w.rx_aside_count, WINDOW_HELD_MAX);
	KUNIT_EXPECT_EQ(test, receive(test, 1000), WINDOW_PASS);
	KUNIT_EXPECT_EQ(test, f->w.rx_aside_count, 0);
	KUNIT_EXPECT_EQ(test, f->w.rx_held_bytes, 0);
	KUNIT_EXPECT_EQ(test, f->out.far, WINDOW_WITNESSES - 1 + 2 * WINDOW_HELD_MAX);

	receive_row(test, 900000, WINDOW_WITNESSES, 0);
	pptp_window_rx_purge(&f->w);
	KUNIT_EXPECT_EQ(test, f->w.rx_held_bytes, 0);
	KUNIT_EXPECT_EQ(test, pptp_window_rx_deadline(&f->w), WINDOW_NEVER);
}

/* A row of frames given up before does not lead the window back, which would end ppp_mppe. */
static void window_late_row(struct kunit *test)
{
	static const u32 row[] = { 4, 90, 1500 };
	struct window_fixture *f = test->priv;
	u32 i, k;

	for (i = 0; i < ARRAY_SIZE(row); i++) {
		settled(test, 2000);
		receive_row(test, 2000 + row[i], 10, 10 * US);
		until(test, f->now + 2 * WINDOW_HOLD_MAX);
		KUNIT_EXPECT_EQ(test, f->out.delivered, 10);
		KUNIT_EXPECT_EQ(test, f->w.rx_lost, row[i]);

		for (k = 0; k < row[i]; k++, f->now += 10 * US)
			KUNIT_ASSERT_EQ(test, receive(test, 2000 + k), WINDOW_STALE);
		KUNIT_EXPECT_EQ(test, receive(test, 2010 + row[i]), WINDOW_PASS);
		KUNIT_EXPECT_EQ(test, f->w.rx_resyncs, 0);
	}
}

/* Receive @n frames from @seq on, @interval apart, each two of them swapped. */
static void receive_swapped(struct kunit *test, u32 seq, u32 n, u64 interval)
{
	struct window_fixture *f = test->priv;
	u32 i;

	for (i = 0; i < n; i++) {
		receive(test, seq + (i ^ 1));
		until(test, f->now + interval);
	}
}

/* When the window follows the peer, what was held goes first, unless it has too few witnesses. */
static void window_jump_loses_nothing_held(struct kunit *test)
{
	static const u32 to[] = { 50, 700000, 100000 + WINDOW_REACH + 2 };
	struct window_fixture *f = test->priv;
	u32 i;

	for (i = 0; i < 2 * ARRAY_SIZE(to); i++) {
		bool forged = i % 2;

		settled(test, 100000);
		KUNIT_EXPECT_EQ(test, receive(test, 100002 + 500 * forged), WINDOW_HELD);
		receive_row(test, to[i / 2], 4, 0);
		until(test, f->now + WINDOW_AGREE);
		KUNIT_EXPECT_EQ(test, f->w.rx_held_count, 0);
		KUNIT_EXPECT_EQ(test, f->out.far, forged);
		KUNIT_EXPECT_EQ(test, f->out.delivered, 5 - forged);
		if (!forged)
			KUNIT_EXPECT_EQ(test, f->out.order[0], 2);
		KUNIT_EXPECT_EQ(test, f->out.order[1 - forged], to[i / 2] - 100000);
		KUNIT_EXPECT_TRUE(test, pptp_window_rx_in_order(&f->w, to[i / 2] + 4));
	}
}

/* A jump to both sides of where frames are held ahead, or late frames may be, costs no frame. */
static void window_jump_across_the_reach(struct kunit *test)
{
	static const s32 within[] = { 1, 2, 3, 4, 10, 300 };
	struct window_fixture *f = test->priv;
	u32 round, i;

	for (round = 0; round < 8 * ARRAY_SIZE(within); round++) {
		bool back = round & 1, swapped = round & 2, slow = round & 4;
		s32 in = within[round / 8];
		u32 to = back ? 5000 - WINDOW_REACH - in : 5000 + WINDOW_REACH + 1 - in;

		/* The first to come looks like a late frame, and is dropped as one. */
		if (back && swapped && in == 1)
			continue;
		settled(test, 5000);
		/* The hold time ends after the row is believed, or long before. */
		f->w.rx_late_before = slow ? WINDOW_HOLD_MAX / 2 : 1;
		for (i = 0; i < 3; i++) {
			if (swapped)
				receive_swapped(test, to + 200 * i, 200, 10 * US);
			else
				receive_row(test, to + 200 * i, 200, 10 * US);
		}
		until(test, f->now + 2 * WINDOW_HOLD_MAX);
		KUNIT_EXPECT_EQ_MSG(test, f->out.delivered, 600, "round %u", round);
		expect_in_order(test, f->out.delivered);
		KUNIT_EXPECT_TRUE(test, pptp_window_rx_in_order(&f->w, to + 600));
		KUNIT_EXPECT_EQ(test, f->w.rx_held_bytes, 0);
		if (!back)
			KUNIT_EXPECT_EQ(test, f->w.rx_lost, to - 5000);
	}
}

/* Frames beyond the reach come near when the missing frame arrives. */
static void window_reach_moves_to_suspects(struct kunit *test)
{
	struct window_fixture *f = test->priv;

	settled(test, 1000);
	receive_row(test, 1001, 499, US);
	receive_row(test, 1600, 1501, US);
	KUNIT_EXPECT_GT(test, f->w.rx_aside_count, 50);
	receive(test, 1000);
	KUNIT_EXPECT_EQ(test, f->w.rx_aside_count, 0);
	until(test, f->now + 2 * WINDOW_HOLD_MAX);
	expect_in_order(test, 2001);
	KUNIT_EXPECT_EQ(test, f->w.rx_lost, 100);
	KUNIT_EXPECT_EQ(test, f->w.rx_resyncs, 0);
}

/* A few frames within the reach and a few beyond make the row together, slow as they come. */
static void window_few_across_the_reach(struct kunit *test)
{
	struct window_fixture *f = test->priv;
	u32 i;

	settled(test, 1000);
	for (i = 0; i < 10; i++) {
		receive(test, 1000 + WINDOW_REACH - 1 + i);
		until(test, f->now + (i == 2 ? 3 * WINDOW_HOLD_START : 10 * US));
	}
	until(test, f->now + 2 * WINDOW_HOLD_MAX);
	expect_in_order(test, 10);
}

/* The hold time of a frame that came before the jump ends: the row goes on. */
static void window_jump_after_a_loss(struct kunit *test)
{
	struct window_fixture *f = test->priv;
	u32 i;

	for (i = 0; i < 4; i++) {
		u32 to = i & 1 ? 700000 : 0;

		settled(test, 100000);
		/* The other one is too far ahead to be believed. */
		receive(test, i & 2 ? 101000 : 100001);
		until(test, f->now + WINDOW_HOLD_START - 2 * MS);
		receive_row(test, to, 50, 50 * US);
		until(test, f->now + WINDOW_AGREE);
		KUNIT_EXPECT_EQ_MSG(test, f->out.delivered, i & 2 ? 50 : 51, "round %u", i);
		KUNIT_EXPECT_EQ(test, f->out.far, i >> 1);
		KUNIT_EXPECT_EQ(test, f->w.rx_resyncs, 1);
		KUNIT_EXPECT_TRUE(test, pptp_window_rx_in_order(&f->w, to + 50));
	}
}

/* One frame of a jump is much later than the others: it belongs to their row. */
static void window_late_in_a_row(struct kunit *test)
{
	struct window_fixture *f = test->priv;

	settled(test, 1000);
	receive_row(test, 700000, 5, US);
	receive_row(test, 700006, 600, US);
	receive(test, 700005);
	until(test, f->now + WINDOW_AGREE);
	expect_in_order(test, 606);
}

/* If forged frames move the window of a quiet session, as many genuine frames bring it back. */
static void window_returns(struct kunit *test)
{
	struct window_fixture *f = test->priv;

	settled(test, 1000);
	receive_row(test, 700000, WINDOW_WITNESSES, 0);
	until(test, f->now + WINDOW_AGREE);
	KUNIT_EXPECT_EQ(test, f->w.rx_resyncs, 1);
	f->out.delivered = 0;
	receive_row(test, 1000, 20, MS);
	expect_in_order(test, 20);
	KUNIT_EXPECT_EQ(test, f->w.rx_resyncs, 2);
}

/* A frame that comes again and again is one witness, wherever it is, and whatever comes between. */
static void window_copies_are_no_witnesses(struct kunit *test)
{
	static const u32 to[] = { 700000, 2000, 600, 1400 };
	struct window_fixture *f = test->priv;
	u32 i, n;

	for (i = 0; i < 2 * ARRAY_SIZE(to); i++) {
		u32 seq = to[i / 2];

		settled(test, i / 2 == 1 ? 5000 : 1000);
		for (n = 0; n < 100; n++) {
			/* Two numbers, or three, are too few. */
			receive(test, seq + (n & 1));
			if (i % 2)
				receive(test, seq + 2);
			until(test, f->now + 2 * WINDOW_HOLD_MAX / 3);
		}
		until(test, f->now + 2 * WINDOW_ASIDE);
		KUNIT_EXPECT_EQ_MSG(test, f->out.delivered, 0, "round %u", i);
		KUNIT_EXPECT_EQ_MSG(test, f->w.rx_resyncs, 0, "round %u", i);
		KUNIT_EXPECT_EQ(test, f->w.rx_aside_count, 0);
		KUNIT_EXPECT_EQ(test, f->w.rx_held_bytes, 0);
	}
}

/* A jump is still followed if each frame comes twice, and then none is delivered twice. */
static void window_jump_with_copies(struct kunit *test)
{
	struct window_fixture *f = test->priv;
	u32 i;

	settled(test, 1000);
	for (i = 0; i < 50; i++) {
		receive(test, 700000 + i);
		receive(test, 700000 + i);
		until(test, f->now + MS);
	}
	expect_in_order(test, 50);
	KUNIT_EXPECT_EQ(test, f->out.duplicate, 50);
	KUNIT_EXPECT_EQ(test, f->w.rx_resyncs, 1);
}

static void window_queue_is_bounded(struct kunit *test)
{
	struct window_fixture *f = test->priv;
	u32 most = WINDOW_REACH / 4, i;

	settled(test, 1000);
	pptp_window_rx_set_reorder(&f->w, most, USEC_PER_SEC);
	for (i = 1; i <= most; i++)
		KUNIT_ASSERT_EQ(test, receive(test, 1000 + 2 * i), WINDOW_HELD);
	KUNIT_EXPECT_EQ(test, f->w.rx_held_count, most);
	KUNIT_EXPECT_EQ(test, f->out.delivered, 0);
	/* One frame more than may be held: the first gap is given up at once. */
	receive(test, 1000 + 2 * i);
	KUNIT_EXPECT_EQ(test, f->w.rx_held_count, most);
	KUNIT_EXPECT_EQ(test, f->out.delivered, 1);
	pptp_window_rx_purge(&f->w);
	KUNIT_EXPECT_EQ(test, f->w.rx_held_bytes, 0);
	KUNIT_EXPECT_EQ(test, pptp_window_rx_deadline(&f->w), WINDOW_NEVER);
}

static void window_bytes_are_bounded(struct kunit *test)
{
	struct window_fixture *f = test->priv;
	struct sk_buff *skb;
	u32 i;

	settled(test, 1000);
	for (i = 1; i < 100; i++) {
		skb = frame(1000 + i);
		skb->truesize += WINDOW_HELD_BYTES / 10;
		KUNIT_EXPECT_EQ(test, pptp_window_rx(&f->w, skb, 1000 + i, f->now), WINDOW_HELD);
		poll(test);
		if (f->out.delivered)
			break;
	}
	KUNIT_EXPECT_EQ(test, i, 10);
	KUNIT_EXPECT_EQ(test, f->w.rx_held_count, 0);
}

/* Many windows share a bound: beyond it gaps are given up at once, and nothing is set aside. */
static void window_memory_is_shared(struct kunit *test)
{
	struct window_fixture *f = test->priv;
	long size, other;
	u32 i;

	settled(test, 1000);
	receive(test, 1002);
	size = atomic_long_read(&f->memory.used);
	KUNIT_EXPECT_EQ(test, size, f->w.rx_held_bytes);

	/* Other windows keep nine frames, and there is room for ten more. */
	other = 9 * size;
	f->memory.max = 19 * size;
	atomic_long_add(other, &f->memory.used);
	for (i = 1; i < 10; i++)
		KUNIT_ASSERT_EQ(test, receive(test, 1002 + 2 * i), WINDOW_HELD);
	KUNIT_EXPECT_EQ(test, f->out.delivered, 0);
	receive(test, 1002 + 2 * i);
	KUNIT_EXPECT_EQ(test, f->out.delivered, 1);
	KUNIT_EXPECT_EQ(test, f->w.rx_held_count, 10);

	KUNIT_EXPECT_EQ(test, receive(test, 700000), WINDOW_FAR);
	atomic_long_sub(other, &f->memory.used);
	KUNIT_EXPECT_EQ(test, receive(test, 700001), WINDOW_HELD);
	pptp_window_rx_purge(&f->w);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&f->memory.used), 0);
}

static void window_reordering_off(struct kunit *test)
{
	struct window_fixture *f = test->priv;

	settled(test, 1000);
	pptp_window_rx_set_reorder(&f->w, 0, 1000);
	KUNIT_EXPECT_EQ(test, receive(test, 1003), WINDOW_PASS);
	KUNIT_EXPECT_EQ(test, receive(test, 1002), WINDOW_STALE);
	KUNIT_EXPECT_EQ(test, receive(test, 1003), WINDOW_DUPLICATE);
	KUNIT_EXPECT_EQ(test, f->w.rx_lost, 3);
	KUNIT_EXPECT_EQ(test, receive(test, 1200), WINDOW_FAR);
	KUNIT_EXPECT_EQ(test, receive(test, 1004), WINDOW_PASS);
	KUNIT_EXPECT_EQ(test, receive_row(test, 1200, 8, MS), 8 - WINDOW_AGREE / MS);
	KUNIT_EXPECT_EQ(test, f->w.rx_held_count, 0);
}

/* Reordering is turned off while frames are held: nothing is delivered out of order. */
static void window_reordering_off_while_holding(struct kunit *test)
{
	struct window_fixture *f = test->priv;
	u32 i;

	for (i = 0; i < 3; i++) {
		settled(test, 1000);
		KUNIT_EXPECT_EQ(test, receive(test, 1002), WINDOW_HELD);
		KUNIT_EXPECT_EQ(test, receive(test, 1004), WINDOW_HELD);
		pptp_window_rx_set_reorder(&f->w, 0, 1000);
		if (i)
			receive(test, i == 1 ? 1005 : 1003);
		until(test, f->now + NSEC_PER_SEC);
		expect_in_order(test, 2 + !!i);
		KUNIT_EXPECT_EQ(test, receive(test, 1006), WINDOW_PASS);
		expect_in_order(test, 3 + !!i);
		KUNIT_EXPECT_EQ(test, f->w.rx_held_count, 0);
	}
}

static void window_acks_we_owe(struct kunit *test)
{
	struct window_fixture *f = test->priv;
	struct pptp_window *w = &f->w;
	u32 ack = 0;

	start_stream(test, 0);
	KUNIT_EXPECT_FALSE(test, pptp_window_ack_pending(w));
	KUNIT_EXPECT_FALSE(test, pptp_window_ack_take(w, &ack));

	receive_row(test, 0, 15, 0);
	KUNIT_EXPECT_TRUE(test, pptp_window_ack_pending(w));
	KUNIT_EXPECT_FALSE(test, pptp_window_ack_urgent(w));
	/* A held frame is not acknowledged. */
	receive(test, 16);
	KUNIT_EXPECT_FALSE(test, pptp_window_ack_urgent(w));
	receive(test, 15);
	KUNIT_EXPECT_TRUE(test, pptp_window_ack_urgent(w));
	KUNIT_EXPECT_TRUE(test, pptp_window_ack_take(w, &ack));
	KUNIT_EXPECT_EQ(test, ack, 16);
	KUNIT_EXPECT_FALSE(test, pptp_window_ack_pending(w));
	KUNIT_EXPECT_FALSE(test, pptp_window_ack_take(w, &ack));

	/* With a window of less than eight packets, each frame is acknowledged at once. */
	pptp_window_rx_set_window(w, 1);
	receive(test, 17);
	KUNIT_EXPECT_TRUE(test, pptp_window_ack_urgent(w));
}

/* Bare acknowledgments are limited within a tick, and allowed again with the next; ticks wrap. */
static void window_acks_within_a_tick(struct kunit *test)
{
	struct window_fixture *f = test->priv;
	u32 tick = U32_MAX - 1;
	unsigned int i, n;

	for (i = 0; i < 4; i++, tick++) {
		for (n = 0; n < WINDOW_ACKS_A_TICK; n++)
			KUNIT_ASSERT_TRUE(test, pptp_window_ack_affordable(&f->w, tick));
		KUNIT_EXPECT_FALSE(test, pptp_window_ack_affordable(&f->w, tick));
		KUNIT_EXPECT_FALSE(test, pptp_window_ack_affordable(&f->w, tick));
	}
}

static void window_sends_without_limit(struct kunit *test)
{
	struct window_fixture *f = test->priv;
	struct pptp_window *w = &f->w;

	KUNIT_EXPECT_EQ(test, pptp_window_tx_take(w, 1, 0), 0);
	KUNIT_EXPECT_EQ(test, pptp_window_tx_take(w, 44, 0), 1);
	KUNIT_EXPECT_EQ(test, pptp_window_tx_take(w, 1, 0), 45);
	KUNIT_EXPECT_EQ(test, pptp_window_tx_room(w), U32_MAX);
	KUNIT_EXPECT_EQ(test, pptp_window_tx_deadline(w), WINDOW_NEVER);
	KUNIT_EXPECT_FALSE(test, pptp_window_tx_ack(w, 30, 0));
	KUNIT_EXPECT_EQ(test, w->tx_acked, 31);
	/* Ignored: the first acknowledgment is old, the second is of a frame never sent. */
	pptp_window_tx_ack(w, 10, 0);
	pptp_window_tx_ack(w, 46, 0);
	KUNIT_EXPECT_EQ(test, w->tx_acked, 31);
}

static void window_slides(struct kunit *test)
{
	struct window_fixture *f = test->priv;
	struct pptp_window *w = &f->w;
	u32 sent = 0, i;

	w->tx_next = U32_MAX - 3;
	pptp_window_tx_set_sliding(w, 8, 1);

	/* RFC 2637 4.2.1: half the window at first; 4.2.3: one more per window acknowledged. */
	KUNIT_EXPECT_EQ(test, pptp_window_tx_room(w), 4);
	pptp_window_tx_take(w, 3, f->now);
	KUNIT_EXPECT_EQ(test, pptp_window_tx_room(w), 1);
	pptp_window_tx_take(w, 1, f->now);
	KUNIT_EXPECT_EQ(test, pptp_window_tx_room(w), 0);
	KUNIT_EXPECT_TRUE(test, pptp_window_tx_ack(w, U32_MAX, f->now + 10 * MS));
	KUNIT_EXPECT_EQ(test, pptp_window_tx_room(w), 5);

	for (i = 0; i < 20; i++) {
		u32 room = pptp_window_tx_room(w);
		u32 first = pptp_window_tx_take(w, room, f->now);

		KUNIT_EXPECT_EQ(test, first, sent);
		sent += room;
		f->now += 10 * MS;
		KUNIT_EXPECT_TRUE(test, pptp_window_tx_ack(w, sent - 1, f->now));
	}
	KUNIT_EXPECT_EQ(test, pptp_window_tx_room(w), 8);

	/* Round trips of 10 ms have brought the estimate down from the 100 ms of the seed. */
	KUNIT_EXPECT_LT(test, w->tx_rtt, 20000);
	KUNIT_EXPECT_GE(test, w->tx_rtt, 10000 - 8);
}

static void window_times_out(struct kunit *test)
{
	struct window_fixture *f = test->priv;
	struct pptp_window *w = &f->w;
	u64 due;

	pptp_window_tx_set_sliding(w, 9, 1);
	KUNIT_EXPECT_EQ(test, pptp_window_tx_room(w), 5);
	pptp_window_tx_take(w, 5, f->now);

	due = pptp_window_tx_deadline(w);
	KUNIT_EXPECT_EQ(test, due, f->now + 100 * MS);
	KUNIT_EXPECT_FALSE(test, pptp_window_tx_expire(w, due - 1));
	KUNIT_EXPECT_TRUE(test, pptp_window_tx_expire(w, due));

	/* RFC 2637 4.2.2: half the window, rounded up; 4.4.2: twice the time-out. */
	KUNIT_EXPECT_EQ(test, pptp_window_tx_room(w), 3);
	KUNIT_EXPECT_EQ(test, pptp_window_tx_deadline(w), WINDOW_NEVER);
	pptp_window_tx_take(w, 3, due);
	KUNIT_EXPECT_EQ(test, pptp_window_tx_deadline(w), due + 200 * MS);

	/* The acknowledgment of a frame that is no longer waited for is ignored. */
	KUNIT_EXPECT_FALSE(test, pptp_window_tx_ack(w, 4, due));
	KUNIT_EXPECT_EQ(test, pptp_window_tx_room(w), 0);

	while (pptp_window_tx_deadline(w) != WINDOW_NEVER) {
		due = pptp_window_tx_deadline(w);
		KUNIT_EXPECT_LE(test, due - f->now, 10 * WINDOW_TIMEOUT_MAX);
		pptp_window_tx_expire(w, due);
		if (pptp_window_tx_room(w) > 1)
			pptp_window_tx_take(w, 1, due);
	}
	KUNIT_EXPECT_EQ(test, pptp_window_tx_room(w), 1);
	pptp_window_tx_set_sliding(w, 0, 0);
	KUNIT_EXPECT_EQ(test, pptp_window_tx_room(w), U32_MAX);
}

/* Round trips longer than the least time-out are learned, whatever delay the peer announced. */
static void window_slides_on_a_long_path(struct kunit *test)
{
	struct window_fixture *f = test->priv;
	struct pptp_window *w = &f->w;
	u64 rtt = 250 * MS;
	u32 i, room, first;

	pptp_window_tx_set_sliding(w, 16, 0);
	for (i = 0; i < 60; i++) {
		room = pptp_window_tx_room(w);
		KUNIT_ASSERT_GT(test, room, 0);
		first = pptp_window_tx_take(w, room, f->now);
		while (pptp_window_tx_deadline(w) < f->now + rtt)
			pptp_window_tx_expire(w, pptp_window_tx_deadline(w));
		f->now += rtt;
		pptp_window_tx_ack(w, first + room - 1, f->now);
	}
	KUNIT_EXPECT_EQ(test, pptp_window_tx_room(w), 16);
}

static void window_is_small(struct kunit *test)
{
	KUNIT_EXPECT_LE(test, sizeof(struct pptp_window), 256);
}

static struct kunit_case window_cases[] = {
	KUNIT_CASE(window_like_the_model),
	KUNIT_CASE(window_learns_any_path),
	KUNIT_CASE(window_in_order_is_cheap),
	KUNIT_CASE(window_first_frame),
	KUNIT_CASE(window_start_loses_nothing_held),
	KUNIT_CASE(window_start_far_from_held),
	KUNIT_CASE(window_first_frames_swapped),
	KUNIT_CASE(window_swapped),
	KUNIT_CASE(window_counts_reordered),
	KUNIT_CASE(window_lost_frame),
	KUNIT_CASE(window_late_together),
	KUNIT_CASE(window_loss_on_a_lossy_path),
	KUNIT_CASE(window_forgets_on_a_lossy_path),
	KUNIT_CASE(window_gaps_on_a_lossy_path),
	KUNIT_CASE(window_forged_on_a_lossy_path),
	KUNIT_CASE(window_forged_close_on_a_lossy_path),
	KUNIT_CASE(window_held_up),
	KUNIT_CASE(window_hold_shrinks),
	KUNIT_CASE(window_forged_far),
	KUNIT_CASE(window_forged_far_while_waiting),
	KUNIT_CASE(window_forged_behind_while_waiting),
	KUNIT_CASE(window_forged_ahead),
	KUNIT_CASE(window_slow_after_burst),
	KUNIT_CASE(window_forged_far_after_loss),
	KUNIT_CASE(window_aside_expires),
	KUNIT_CASE(window_peer_jumps),
	KUNIT_CASE(window_peer_jumps_near),
	KUNIT_CASE(window_no_restart_after_loss),
	KUNIT_CASE(window_aside_whatever_is_held),
	KUNIT_CASE(window_restart_in_a_burst),
	KUNIT_CASE(window_suspects_are_bounded),
	KUNIT_CASE(window_late_row),
	KUNIT_CASE(window_jump_loses_nothing_held),
	KUNIT_CASE(window_jump_across_the_reach),
	KUNIT_CASE(window_reach_moves_to_suspects),
	KUNIT_CASE(window_few_across_the_reach),
	KUNIT_CASE(window_jump_after_a_loss),
	KUNIT_CASE(window_late_in_a_row),
	KUNIT_CASE(window_returns),
	KUNIT_CASE(window_copies_are_no_witnesses),
	KUNIT_CASE(window_jump_with_copies),
	KUNIT_CASE(window_queue_is_bounded),
	KUNIT_CASE(window_bytes_are_bounded),
	KUNIT_CASE(window_memory_is_shared),
	KUNIT_CASE(window_reordering_off),
	KUNIT_CASE(window_reordering_off_while_holding),
	KUNIT_CASE(window_acks_we_owe),
	KUNIT_CASE(window_acks_within_a_tick),
	KUNIT_CASE(window_sends_without_limit),
	KUNIT_CASE(window_slides),
	KUNIT_CASE(window_times_out),
	KUNIT_CASE(window_slides_on_a_long_path),
	KUNIT_CASE(window_is_small),
	{}
};

static struct kunit_suite window_suite = {
	.name = "culvert_window",
	.init = window_test_init,
	.exit = window_test_exit,
	.test_cases = window_cases,
};

kunit_test_suites(&window_suite);
