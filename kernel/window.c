// SPDX-License-Identifier: GPL-2.0-only
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "window.h"

#define WINDOW_HISTORY	64	/* bits of rx_history and rx_suspect_seen */

static struct sk_buff *pptp_window_first(const struct pptp_window *w)
{
	return rb_to_skb(rb_first_cached(&w->rx_held));
}

static void pptp_window_judge_calm(struct pptp_window *w)
{
	w->rx_calm = w->rx_synced && !w->rx_held_count && !w->rx_suspect_run && !w->rx_aside;
}

static void pptp_window_lose(struct pptp_window *w, u32 lost, u64 now)
{
	w->rx_lost += lost;
	w->rx_gave_up = now;
}

/* Give up @lost sequence numbers; the frame after them is delivered. */
static void pptp_window_advance(struct pptp_window *w, u32 lost, u64 now)
{
	WRITE_ONCE(w->rx_next, w->rx_next + lost + 1);
	w->rx_history = lost + 1 < WINDOW_HISTORY ? w->rx_history << (lost + 1) | 1 : 1;
	if (lost)
		pptp_window_lose(w, lost, now);
	w->rx_synced = true;
	w->rx_moved = true;
}

/*
 * Start a new epoch when this one is over.  The lateness used is the worst of this epoch and of the
 * epoch before, so that an old lateness is forgotten.
 */
static void pptp_window_check_epoch(struct pptp_window *w, u64 now)
{
	if (!w->rx_epoch)
		w->rx_epoch = now;
	if (now - w->rx_epoch < WINDOW_EPOCH)
		return;
	w->rx_late_before = now - w->rx_epoch < 2 * WINDOW_EPOCH ? w->rx_late_worst : 0;
	w->rx_late_worst = 0;
	w->rx_epoch = now;
}

/* Learn that a frame came @late ns after a frame with a higher number. */
static void pptp_window_learn(struct pptp_window *w, u64 late, u64 now)
{
	pptp_window_check_epoch(w, now);
	w->rx_fruitless = 0;
	late = clamp_t(u64, late, 1, w->rx_hold_cap);
	w->rx_late_worst = max_t(u32, w->rx_late_worst, late);
}

static u64 pptp_window_late(const struct pptp_window *w)
{
	return max(w->rx_late_worst, w->rx_late_before);
}

static u64 pptp_window_hold(const struct pptp_window *w)
{
	return min_t(u64, max_t(u64, 2 * pptp_window_late(w), WINDOW_HOLD_MIN), w->rx_hold_cap);
}

/* Returns since when the frame before @first is missing, as far as the window knows. */
static u64 pptp_window_missed_since(const struct pptp_window *w, struct sk_buff *first)
{
	return max(pptp_window_cb(first)->arrived, w->rx_progress);
}

/* Count memory of frames that the window keeps; @bytes may be negative. */
static void pptp_window_charge(struct pptp_window *w, long bytes)
{
	w->rx_held_bytes += bytes;
	atomic_long_add(bytes, &w->rx_memory->used);
}

/* Returns true if @more bytes would exceed a bound of memory, of this window or of all. */
static bool pptp_window_short_of_memory(const struct pptp_window *w, u32 more)
{
	return w->rx_held_bytes + more > WINDOW_HELD_BYTES ||
	       atomic_long_read(&w->rx_memory->used) + more > w->rx_memory->max;
}

static void pptp_window_unlink(struct sk_buff *skb)
{
	skb->next = NULL;
	skb->prev = NULL;
	skb->dev = NULL;
}

static void pptp_window_unhold(struct pptp_window *w, struct sk_buff *skb)
{
	rb_erase_cached(&skb->rbnode, &w->rx_held);
	pptp_window_charge(w, -(long)skb->truesize);
	w->rx_held_count--;
	pptp_window_unlink(skb);
}

/* Hold a frame, whose control block is filled in, unless one with its number is held already. */
static bool pptp_window_hold_frame(struct pptp_window *w, struct sk_buff *skb)
{
	u32 seq = pptp_window_cb(skb)->seq;
	struct rb_node **link = &w->rx_held.rb_root.rb_node;
	struct rb_node *parent = NULL;
	bool leftmost = true;

	while (*link) {
		s32 after = seq - pptp_window_cb(rb_to_skb(*link))->seq;

		if (!after)
			return false;
		parent = *link;
		if (after < 0) {
			link = &parent->rb_left;
		} else {
			link = &parent->rb_right;
			leftmost = false;
		}
	}

	rb_link_node(&skb->rbnode, parent, link);
	rb_insert_color_cached(&skb->rbnode, &w->rx_held, leftmost);
	pptp_window_charge(w, skb->truesize);
	w->rx_regained = w->rx_regained && w->rx_held_count;
	w->rx_behind = w->rx_held_count++ ? min(w->rx_behind + 1, WINDOW_WITNESSES) : 1;
	return true;
}

/* The next polls return @skb and @verdict, in the order of these calls. */
static void pptp_window_let_go(struct pptp_window *w, struct sk_buff *skb,
			       enum pptp_window_verdict verdict)
{
	pptp_window_cb(skb)->verdict = verdict;
	skb->next = NULL;
	if (w->rx_out)
		w->rx_out_last->next = skb;
	else
		w->rx_out = skb;
	w->rx_out_last = skb;
}

/* Take the frame that @at, a link of the list w->rx_aside, points to out of the list. */
static struct sk_buff *pptp_window_take_aside(struct pptp_window *w, struct sk_buff **at)
{
	struct sk_buff *skb = *at;

	*at = skb->next;
	w->rx_aside_count--;
	pptp_window_charge(w, -(long)skb->truesize);
	pptp_window_unlink(skb);
	return skb;
}

/* The frames that are set aside are not believed. */
static void pptp_window_refuse_aside(struct pptp_window *w)
{
	while (w->rx_aside) {
		struct sk_buff *skb = pptp_window_take_aside(w, &w->rx_aside);
		s32 ahead = pptp_window_cb(skb)->seq - w->rx_next;

		pptp_window_let_go(w, skb, ahead > 0 ? WINDOW_FAR : WINDOW_STALE);
	}
}

/* The next poll holds what is set aside of the row, if the window has come near, or drops it. */
static void pptp_window_end_row(struct pptp_window *w)
{
	w->rx_suspect_run = 0;
}

/* Returns true if @seq agrees with the row of suspects. */
static bool pptp_window_in_row(const struct pptp_window *w, u32 seq)
{
	u32 from = w->rx_suspect_first - WINDOW_ROW;

	return w->rx_suspect_run && seq - from <= w->rx_suspect_next + WINDOW_ROW - from;
}

/* Returns true if the window, which delivers @seq, comes to a row that is ahead. */
static bool pptp_window_meets_row(const struct pptp_window *w, u32 seq)
{
	return w->rx_aside && pptp_window_in_row(w, seq) && (s32)(w->rx_suspect_next - seq) > 0;
}

static u32 pptp_window_witnesses(u32 gap)
{
	if (gap <= 4)
		return 1;
	return gap <= 16 ? 2 : WINDOW_WITNESSES;
}

/* Held frame @skb is delivered: was it reordered, or did all frames delivered come before it? */
static void pptp_window_count_order(struct pptp_window *w, struct sk_buff *skb)
{
	u32 order = pptp_window_cb(skb)->order;

	if ((s32)(order - w->rx_passed) < 0)
		w->rx_reordered++;
	else
		w->rx_passed = order;
}

/* Make @seq the expected number, since the peer has jumped to it. */
static void pptp_window_resync(struct pptp_window *w, u32 seq, u64 now)
{
	s32 jump = seq - w->rx_next;

	if (jump > 0 && w->rx_synced)
		pptp_window_lose(w, jump, now);
	WRITE_ONCE(w->rx_next, seq);
	w->rx_history = 0;
	w->rx_lost_to = w->rx_lost_from;
	w->rx_suspect_run = 0;
	w->rx_resyncs += w->rx_synced;
	w->rx_synced = true;
}

/* Returns the lowest number of a frame that is set aside; @seq if none is. */
static u32 pptp_window_lowest_aside(const struct pptp_window *w, u32 seq)
{
	struct sk_buff *skb;

	for (skb = w->rx_aside; skb; skb = skb->next) {
		u32 own = pptp_window_cb(skb)->seq;

		if ((s32)(own - seq) < 0)
			seq = own;
	}
	return seq;
}

/* Let the first held frame go, as if its hold time were over.  @believed: it has witnesses. */
static void pptp_window_release(struct pptp_window *w, struct sk_buff *first, bool believed,
				u64 now)
{
	pptp_window_unhold(w, first);
	if (believed) {
		pptp_window_count_order(w, first);
		pptp_window_advance(w, pptp_window_cb(first)->seq - w->rx_next, now);
	}
	pptp_window_let_go(w, first, believed ? WINDOW_PASS : WINDOW_FAR);
}

/* The window leaves for @row: let the held frames go, but for those that are not before it. */
static void pptp_window_release_before(struct pptp_window *w, u32 row, u64 now)
{
	bool forwards = (s32)(row - w->rx_next) > 0;
	struct sk_buff *first;

	while ((first = pptp_window_first(w))) {
		u32 seq = pptp_window_cb(first)->seq;
		bool enough = w->rx_held_count >= pptp_window_witnesses(seq - w->rx_next);

		if (forwards && (s32)(seq - row) >= 0)
			return;
		pptp_window_release(w, first, enough || (forwards && pptp_window_in_row(w, seq)),
				    now);
	}
}

/* Hold a frame that was set aside. */
static void pptp_window_adopt(struct pptp_window *w, struct sk_buff **at)
{
	struct sk_buff *skb = pptp_window_take_aside(w, at);

	if (!pptp_window_hold_frame(w, skb))
		pptp_window_let_go(w, skb, WINDOW_DUPLICATE);
}

/*
 * Hold the suspects that the window has come near to, since they are early frames now.  Returns
 * true if there were any.
 */
static bool pptp_window_adopt_near(struct pptp_window *w)
{
	struct sk_buff **at = &w->rx_aside;
	u16 before = w->rx_aside_count;

	w->rx_moved = false;
	while (*at) {
		if (pptp_window_cb(*at)->seq - w->rx_next <= WINDOW_REACH)
			pptp_window_adopt(w, at);
		else
			at = &(*at)->next;
	}
	if (!w->rx_aside)
		pptp_window_end_row(w);
	return w->rx_aside_count < before;
}

/*
 * Follow the peer to its row of suspects, the last of which has number @seq.  The frames that are
 * set aside become held frames, to be delivered in order, after those held so far.
 */
static void pptp_window_follow(struct pptp_window *w, u32 seq, u64 now)
{
	u32 row = pptp_window_lowest_aside(w, seq);

	pptp_window_release_before(w, row, now);
	if (row != w->rx_next)
		pptp_window_resync(w, row, now);
	pptp_window_end_row(w);
	while (w->rx_aside)
		pptp_window_adopt(w, &w->rx_aside);
}

static void pptp_window_start_row(struct pptp_window *w, u32 seq, u64 now)
{
	pptp_window_refuse_aside(w);
	w->rx_suspect_run = 0;
	w->rx_suspect_order = w->rx_arrivals;
	w->rx_suspect_first = seq;
	w->rx_suspect_next = seq;
	w->rx_suspect_seen = 0;
	w->rx_suspect_since = now;
}

/* Returns true if a suspect with number @seq is in the row, as far as the window remembers. */
static bool pptp_window_spoken(const struct pptp_window *w, u32 seq)
{
	u32 back = w->rx_suspect_next - 1 - seq;

	return w->rx_suspect_run && back < WINDOW_HISTORY && w->rx_suspect_seen >> back & 1;
}

/*
 * Remember that a suspect with number @seq is in the row.  Returns false if it is no witness: it is
 * a copy of another suspect, or so far behind the highest that it may be one.
 */
static bool pptp_window_remember(struct pptp_window *w, u32 seq)
{
	u32 back = w->rx_suspect_next - 1 - seq;
	s32 ahead = seq - w->rx_suspect_next;

	if (ahead >= 0) {
		w->rx_suspect_seen = ahead + 1 < WINDOW_HISTORY ?
				     w->rx_suspect_seen << (ahead + 1) | 1 : 1;
		w->rx_suspect_next = seq + 1;
		return true;
	}
	if (back >= WINDOW_HISTORY || pptp_window_spoken(w, seq))
		return false;
	w->rx_suspect_seen |= 1ULL << back;
	return true;
}

/* Add @seq to the row of suspects, or start a new row if it does not agree with it. */
static void pptp_window_speak(struct pptp_window *w, u32 seq, u64 now)
{
	if (!pptp_window_in_row(w, seq))
		pptp_window_start_row(w, seq, now);
	if (pptp_window_remember(w, seq))
		w->rx_suspect_run = min(w->rx_suspect_run + 1, WINDOW_WITNESSES_NEAR);
}

/* Returns true if there are as many suspects as a row that has come to @seq needs. */
static bool pptp_window_row_suffices(const struct pptp_window *w, u32 seq)
{
	u32 back = w->rx_next - 1 - seq;

	return w->rx_suspect_run >= (back < WINDOW_HISTORY ? WINDOW_WITNESSES_NEAR :
							     WINDOW_WITNESSES);
}

/*
 * Returns true if suspect @seq of the row is no late frame, nor a copy of a frame that was
 * delivered, as far as the window knows.  A restart mostly begins with the first numbers.
 */
static bool pptp_window_jumped(const struct pptp_window *w, u32 seq, u64 now)
{
	u32 back = w->rx_next - 1 - seq;

	if (back >= WINDOW_REACH)
		return true;
	return w->rx_suspect_first <= WINDOW_FIRST_MAX &&
	       (!w->rx_gave_up || now - w->rx_gave_up >= WINDOW_LATE);
}

/*
 * Returns false if the frame cannot be set aside, for lack of room, or since reordering is off and
 * none of its row is.
 */
static bool pptp_window_set_aside(struct pptp_window *w, struct sk_buff *skb, u64 now)
{
	if (!w->rx_held_max && !w->rx_aside)
		return false;
	if (w->rx_aside_count >= WINDOW_HELD_MAX ||
	    pptp_window_short_of_memory(w, skb->truesize))
		return false;
	if (!w->rx_aside)
		w->rx_aside_since = now;
	skb->next = w->rx_aside;
	w->rx_aside = skb;
	w->rx_aside_count++;
	pptp_window_charge(w, skb->truesize);
	return true;
}

/*
 * Handle a suspect.  @verdict: what becomes of it if it is dropped.  If it is set aside,
 * pptp_window_rx_poll() decides when its row is believed.
 */
static enum pptp_window_verdict pptp_window_suspect(struct pptp_window *w, struct sk_buff *skb,
						    u32 seq, enum pptp_window_verdict verdict,
						    u64 now)
{
	u64 lasting = w->rx_hold_cap;

	if (w->rx_aside && pptp_window_spoken(w, seq))
		return WINDOW_DUPLICATE;
	pptp_window_speak(w, seq, now);
	/* Part of a row may be where late frames are. */
	if (w->rx_aside || pptp_window_jumped(w, seq, now)) {
		if (pptp_window_set_aside(w, skb, now))
			return WINDOW_HELD;
		lasting = WINDOW_AGREE;
	}
	if (w->rx_aside || !pptp_window_row_suffices(w, seq) ||
	    now - w->rx_suspect_since < lasting)
		return verdict;
	pptp_window_follow(w, seq, now);
	pptp_window_advance(w, 0, now);
	return WINDOW_PASS;
}

/* Handle the expected frame.  If frames are held, it was missing and is late. */
static enum pptp_window_verdict pptp_window_in_place(struct pptp_window *w, u64 now)
{
	struct sk_buff *first = pptp_window_first(w);

	if (first) {
		pptp_window_learn(w, now - pptp_window_missed_since(w, first), now);
		w->rx_progress = now;
		w->rx_behind = 0;
		w->rx_regained = false;
	}
	if (!pptp_window_meets_row(w, w->rx_next))
		pptp_window_end_row(w);
	pptp_window_advance(w, 0, now);
	return WINDOW_PASS;
}

static enum pptp_window_verdict pptp_window_behind(struct pptp_window *w, struct sk_buff *skb,
						   u32 seq, u64 now)
{
	u32 back = w->rx_next - 1 - seq;

	if (back < WINDOW_HISTORY && w->rx_history >> back & 1)
		return WINDOW_DUPLICATE;

	/*
	 * The frame was given up too early: wait longer from now on.  A frame from before the last
	 * gaps is even later than a frame from these gaps.
	 */
	if (w->rx_lost_since && (back < WINDOW_HISTORY ||
				 seq - w->rx_lost_from < w->rx_lost_to - w->rx_lost_from))
		pptp_window_learn(w, now - w->rx_lost_since, now);
	return pptp_window_suspect(w, skb, seq, WINDOW_STALE, now);
}

static enum pptp_window_verdict pptp_window_early(struct pptp_window *w, struct sk_buff *skb,
						  u32 seq, u64 now)
{
	u32 gap = seq - w->rx_next;

	/* Frames held when reordering was turned off go first, and do so with the next poll. */
	if (!w->rx_held_max && !w->rx_held_count) {
		if (pptp_window_witnesses(gap) > 1)
			return pptp_window_suspect(w, skb, seq, WINDOW_FAR, now);
		pptp_window_advance(w, gap, now);
		pptp_window_end_row(w);
		return WINDOW_PASS;
	}
	if (!pptp_window_hold_frame(w, skb))
		return WINDOW_DUPLICATE;
	/* The peer seems to be here still: a row that is not ahead has to agree for longer. */
	if (!pptp_window_meets_row(w, seq))
		w->rx_suspect_since = now;
	return WINDOW_HELD;
}

/* Frame @seq may be where the peer begins, unless those held so far are. */
static void pptp_window_begin(struct pptp_window *w, u32 seq, u64 now)
{
	pptp_window_release_before(w, seq, now);
	if (!w->rx_synced)
		pptp_window_resync(w, seq, now);
}

static enum pptp_window_verdict pptp_window_place(struct pptp_window *w, struct sk_buff *skb,
						  u32 seq, u64 now)
{
	s32 ahead;

	if (!w->rx_synced && seq > WINDOW_FIRST_MAX)
		pptp_window_begin(w, seq, now);
	if (!w->rx_synced && seq == 1)
		w->rx_next = seq;
	ahead = seq - w->rx_next;
	if (!ahead)
		return pptp_window_in_place(w, now);
	if (ahead < 0)
		return pptp_window_behind(w, skb, seq, now);
	if (ahead > WINDOW_REACH)
		return pptp_window_suspect(w, skb, seq, WINDOW_FAR, now);
	return pptp_window_early(w, skb, seq, now);
}

enum pptp_window_verdict pptp_window_rx(struct pptp_window *w, struct sk_buff *skb, u32 seq,
					u64 now)
{
	enum pptp_window_verdict verdict;

	*pptp_window_cb(skb) = (struct pptp_window_cb){
		.arrived = now, .seq = seq, .order = ++w->rx_arrivals,
	};
	verdict = pptp_window_place(w, skb, seq, now);
	if (verdict == WINDOW_PASS)
		w->rx_passed = w->rx_arrivals;
	if (verdict == WINDOW_PASS && w->rx_out) {
		/* Held frames go first. */
		pptp_window_let_go(w, skb, verdict);
		verdict = WINDOW_HELD;
	}
	pptp_window_judge_calm(w);
	return verdict;
}

static void pptp_window_give_up(struct pptp_window *w, struct sk_buff *first, u32 gap, u64 now)
{
	/* Gaps given up because of one delay are late together: count the delay only once. */
	if (!w->rx_lost_since || now - w->rx_lost_since > 2 * pptp_window_hold(w)) {
		w->rx_lost_from = w->rx_next;
		w->rx_lost_since = pptp_window_missed_since(w, first);
	}
	w->rx_lost_to = w->rx_next + gap;

	pptp_window_check_epoch(w, now);
	w->rx_fruitless = min(w->rx_fruitless + 1, WINDOW_FRUITLESS);
	/* The path is lossy: it loses more than it reorders, so forget the lateness so far. */
	if (w->rx_fruitless == WINDOW_FRUITLESS) {
		w->rx_late_worst = 0;
		w->rx_late_before = 0;
	}
}

/*
 * Returns true if the path is lossy, so that @gap is taken for lost, and there are enough witnesses
 * for it.  Frames that have been held since before the last frame in place are no witnesses: they
 * may be forged.
 */
static bool pptp_window_lossy(const struct pptp_window *w, u32 gap)
{
	return w->rx_fruitless == WINDOW_FRUITLESS &&
	       min_t(u32, w->rx_behind, w->rx_held_count) >= pptp_window_witnesses(gap);
}

static bool pptp_window_overdue(const struct pptp_window *w, struct sk_buff *first, u32 gap,
				u64 now)
{
	return w->rx_held_count > w->rx_held_max || pptp_window_short_of_memory(w, 0) ||
	       pptp_window_lossy(w, gap) ||
	       now >= pptp_window_missed_since(w, first) + pptp_window_hold(w);
}

/*
 * Start the hold time again if it ended more than a quarter of it ago and the window was not called
 * since, but only once until there is progress.
 */
static void pptp_window_regain(struct pptp_window *w, struct sk_buff *first, u64 now)
{
	u64 hold = pptp_window_hold(w);

	if (w->rx_regained || now < pptp_window_missed_since(w, first) + hold + hold / 4)
		return;
	w->rx_regained = true;
	w->rx_progress = now;
}

/* Returns true if held frame @skb came before the row of suspects that are set aside. */
static bool pptp_window_before_row(const struct pptp_window *w, struct sk_buff *skb)
{
	return w->rx_aside && (s32)(pptp_window_cb(skb)->order - w->rx_suspect_order) <= 0;
}

/*
 * Returns true if there are enough witnesses for the gap before held frame @skb: held frames, or
 * else suspects that agree with it.  If it begins a row of its own, suspects that are set aside are
 * dropped, so it does not if it came before them.
 */
static bool pptp_window_witnessed(struct pptp_window *w, struct sk_buff *skb, u32 gap, u64 now)
{
	u32 seq = pptp_window_cb(skb)->seq;

	if (w->rx_held_count >= pptp_window_witnesses(gap))
		return true;
	if (pptp_window_before_row(w, skb) && !pptp_window_in_row(w, seq))
		return false;
	pptp_window_speak(w, seq, now);
	return w->rx_suspect_run >= WINDOW_WITNESSES;
}

/*
 * Returns true if the peer is not where the row of suspects is, since held frame @skb is delivered.
 * A frame that came before them says nothing of frames that are set aside.
 */
static bool pptp_window_refutes_row(const struct pptp_window *w, struct sk_buff *skb)
{
	return !pptp_window_meets_row(w, pptp_window_cb(skb)->seq) &&
	       !pptp_window_before_row(w, skb);
}

static enum pptp_window_verdict pptp_window_decide(struct pptp_window *w, struct sk_buff *first,
						   u64 now)
{
	u32 seq = pptp_window_cb(first)->seq;
	u32 gap = seq - w->rx_next;

	if (gap)
		pptp_window_regain(w, first, now);
	if (gap && !pptp_window_overdue(w, first, gap, now))
		return WINDOW_HELD;
	if (gap)
		w->rx_regained = true;
	if (!pptp_window_witnessed(w, first, gap, now))
		return WINDOW_FAR;

	if (gap)
		pptp_window_give_up(w, first, gap, now);
	pptp_window_count_order(w, first);
	if (pptp_window_refutes_row(w, first))
		pptp_window_end_row(w);
	pptp_window_advance(w, gap, now);
	return WINDOW_PASS;
}

/*
 * Returns true if @skb, which has too few witnesses, is set aside with the row: the row has grown
 * beyond the reach of the window, and began within.
 */
static bool pptp_window_joins_row(struct pptp_window *w, struct sk_buff *skb, u64 now)
{
	return w->rx_aside && pptp_window_in_row(w, pptp_window_cb(skb)->seq) &&
	       pptp_window_set_aside(w, skb, now);
}

static enum pptp_window_verdict pptp_window_poll_held(struct pptp_window *w, u64 now,
						      struct sk_buff **skb)
{
	enum pptp_window_verdict verdict;
	struct sk_buff *first;

	while ((first = pptp_window_first(w))) {
		verdict = pptp_window_decide(w, first, now);
		if (verdict == WINDOW_HELD)
			return verdict;
		pptp_window_unhold(w, first);
		if (verdict == WINDOW_FAR && pptp_window_joins_row(w, first, now))
			continue;
		*skb = first;
		return verdict;
	}
	return WINDOW_HELD;
}

/*
 * Returns when the frames that are set aside are believed, if no frame in place comes until then;
 * WINDOW_NEVER while they are too few.
 */
static u64 pptp_window_believed_at(const struct pptp_window *w)
{
	if (!pptp_window_row_suffices(w, w->rx_suspect_next - 1))
		return WINDOW_NEVER;
	return w->rx_suspect_since + WINDOW_AGREE;
}

/* Returns when the frames that are set aside are believed, or else dropped. */
static u64 pptp_window_aside_due(const struct pptp_window *w)
{
	if (!w->rx_aside)
		return WINDOW_NEVER;
	return min(pptp_window_believed_at(w), w->rx_aside_since + WINDOW_ASIDE);
}

/*
 * Decide about the frames that are set aside, once the held frames have gone as far as they can.
 * Returns true if that made frames that can be released.
 */
static bool pptp_window_judge_aside(struct pptp_window *w, u64 now)
{
	if (!w->rx_aside)
		return false;
	if (w->rx_moved && pptp_window_adopt_near(w))
		return true;
	if (w->rx_suspect_run && now < pptp_window_aside_due(w))
		return false;
	if (now >= pptp_window_believed_at(w))
		pptp_window_follow(w, w->rx_suspect_next - 1, now);
	else
		pptp_window_refuse_aside(w);
	return true;
}

static enum pptp_window_verdict pptp_window_poll_out(struct pptp_window *w, struct sk_buff **skb)
{
	*skb = w->rx_out;
	w->rx_out = (*skb)->next;
	pptp_window_unlink(*skb);
	return pptp_window_cb(*skb)->verdict;
}

static enum pptp_window_verdict pptp_window_poll_all(struct pptp_window *w, u64 now,
						     struct sk_buff **skb)
{
	enum pptp_window_verdict verdict;

	do {
		if (w->rx_out)
			return pptp_window_poll_out(w, skb);
		verdict = pptp_window_poll_held(w, now, skb);
		if (verdict != WINDOW_HELD)
			return verdict;
	} while (pptp_window_judge_aside(w, now));
	return WINDOW_HELD;
}

enum pptp_window_verdict pptp_window_rx_poll_kept(struct pptp_window *w, u64 now,
						  struct sk_buff **skb)
{
	enum pptp_window_verdict verdict = pptp_window_poll_all(w, now, skb);

	pptp_window_judge_calm(w);
	return verdict;
}

u64 pptp_window_rx_deadline(const struct pptp_window *w)
{
	struct sk_buff *first = pptp_window_first(w);
	u64 due = pptp_window_aside_due(w);

	if (!first)
		return due;
	return min(due, pptp_window_missed_since(w, first) + pptp_window_hold(w));
}

void pptp_window_rx_purge(struct pptp_window *w)
{
	struct sk_buff *skb;

	while ((skb = pptp_window_first(w))) {
		pptp_window_unhold(w, skb);
		kfree_skb(skb);
	}
	pptp_window_refuse_aside(w);
	pptp_window_end_row(w);
	while (w->rx_out) {
		pptp_window_poll_out(w, &skb);
		kfree_skb(skb);
	}
	pptp_window_judge_calm(w);
}

void pptp_window_rx_set_reorder(struct pptp_window *w, u16 frames, u32 hold_us)
{
	w->rx_held_max = frames ? clamp_t(u16, frames, WINDOW_HELD_MIN, WINDOW_HELD_MAX) : 0;
	w->rx_hold_cap = clamp_t(u64, (u64)hold_us * NSEC_PER_USEC, WINDOW_HOLD_MIN,
				 WINDOW_HOLD_TOP);
}

void pptp_window_rx_set_window(struct pptp_window *w, u16 receive_window)
{
	WRITE_ONCE(w->rx_quarter, max(receive_window / 4, 1));
}

void pptp_window_init(struct pptp_window *w, u16 receive_window, struct pptp_window_memory *memory)
{
	memset(w, 0, sizeof(*w));
	w->rx_memory = memory;
	w->rx_held = RB_ROOT_CACHED;
	w->rx_late_before = WINDOW_HOLD_START / 2;
	pptp_window_rx_set_reorder(w, WINDOW_HELD_MAX, WINDOW_HOLD_MAX / NSEC_PER_USEC);
	pptp_window_rx_set_window(w, receive_window);
}

static void pptp_window_tx_forget(struct pptp_window *w)
{
	WRITE_ONCE(w->tx_acked, w->tx_next);
	w->tx_window_filled = 0;
	w->tx_timed = false;
}

void pptp_window_tx_set_sliding(struct pptp_window *w, u16 peer_window, u16 ppd)
{
	pptp_window_tx_forget(w);
	w->tx_window_max = peer_window;
	WRITE_ONCE(w->tx_window, DIV_ROUND_UP(peer_window, 2));
	/* Not 0, or the time-out would never grow to a longer round trip. */
	w->tx_rtt = max(ppd * (USEC_PER_SEC / 10), WINDOW_TIMEOUT_MIN / NSEC_PER_USEC);
	w->tx_dev = 0;
}

void pptp_window_tx_time(struct pptp_window *w, u32 frames, u64 now)
{
	if (w->tx_next == w->tx_acked)
		w->tx_waiting_since = now;
	if (w->tx_timed)
		return;
	w->tx_timed = true;
	w->tx_timed_seq = w->tx_next + frames - 1;
	w->tx_timed_at = now;
}

/* Update the estimates of RFC 2637 4.4.1, with alpha 1/8 and beta 1/4. */
static void pptp_window_tx_sample(struct pptp_window *w, u64 now)
{
	u32 sample = min_t(u64, div_u64(now - w->tx_timed_at, NSEC_PER_USEC),
			   WINDOW_TIMEOUT_MAX / NSEC_PER_USEC);
	s32 diff = sample - w->tx_rtt;

	w->tx_dev += (abs(diff) - (s32)w->tx_dev) / 4;
	w->tx_rtt += diff / 8;
	w->tx_timed = false;
}

bool pptp_window_tx_ack(struct pptp_window *w, u32 ack, u64 now)
{
	u32 frames = ack + 1 - READ_ONCE(w->tx_acked);

	if (!frames || frames > READ_ONCE(w->tx_next) - READ_ONCE(w->tx_acked))
		return false;
	WRITE_ONCE(w->tx_acked, ack + 1);
	if (likely(!pptp_window_tx_sliding(w)))
		return false;

	w->tx_waiting_since = now;
	if (w->tx_timed && (s32)(ack - w->tx_timed_seq) >= 0)
		pptp_window_tx_sample(w, now);

	/* RFC 2637 4.2.3: the window grows by one for each window of frames acknowledged. */
	w->tx_window_filled += frames;
	if (w->tx_window_filled >= w->tx_window) {
		w->tx_window_filled -= w->tx_window;
		if (w->tx_window < w->tx_window_max)
			WRITE_ONCE(w->tx_window, w->tx_window + 1);
	}
	return true;
}

u64 pptp_window_tx_deadline(const struct pptp_window *w)
{
	u64 timeout = ((u64)w->tx_rtt + 4 * (u64)w->tx_dev) * NSEC_PER_USEC;

	if (!w->tx_window || w->tx_next == w->tx_acked)
		return WINDOW_NEVER;
	return w->tx_waiting_since + clamp_t(u64, timeout, WINDOW_TIMEOUT_MIN, WINDOW_TIMEOUT_MAX);
}

bool pptp_window_tx_expire(struct pptp_window *w, u64 now)
{
	if (now < pptp_window_tx_deadline(w))
		return false;

	/* RFC 2637 4.2.2 and 4.4.2, with delta 2. */
	pptp_window_tx_forget(w);
	WRITE_ONCE(w->tx_window, DIV_ROUND_UP(w->tx_window, 2));
	w->tx_rtt = clamp_t(u32, 2 * w->tx_rtt, WINDOW_TIMEOUT_MIN / NSEC_PER_USEC,
			    WINDOW_TIMEOUT_MAX / NSEC_PER_USEC);
	return true;
}
