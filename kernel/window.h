/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sequence numbers and acknowledgments of one session (RFC 2637 4.1 to 4.4).
 *
 * Words: the expected frame is the one with the next sequence number; a frame is in place if it is
 * the expected frame, early if it comes before the expected frame, and late if it comes after the
 * window gave it up or after a frame with a higher number.  A gap is the missing frames before an
 * early frame.  Suspects are frames whose numbers the window does not believe; a row of them agrees
 * about where the peer is.
 *
 * Receiving: frames are delivered in order or not at all (RFC 2637 4.3).  An early frame is held in
 * a bounded queue until the gap before it is filled, or the hold time ends, or the queue is full;
 * then the window gives up the gap.  The hold time adapts to the path: it is twice the worst
 * lateness of the last second or so, within bounds.  A path is lossy if it loses frames but does
 * not reorder them: the window waited in vain for each of the last WINDOW_FRUITLESS gaps.  On a
 * lossy path the window does not wait.  The first frame that comes late nevertheless is dropped,
 * and ends that.
 *
 * If the CPU was held up and did not call the window when the hold time ended, the missing frame
 * may be in a queue that the CPU has not read yet.  Then the hold time starts again, but only once
 * until there is progress.
 *
 * Units: times are u64 nanoseconds of one monotonic clock, given by the caller (ktime_get_ns());
 * WINDOW_NEVER means no deadline.  Sequence numbers are in host order and wrap at 2^32.
 *
 * Locking: the caller holds the receive lock of the session during every pptp_window_rx_* call, and
 * until it has delivered, or queued in order, the frames that these calls released.  The caller
 * holds the send lock during every pptp_window_tx_* call, except where a function says otherwise.
 * The two locks are independent of each other.  pptp_window_ack_* needs no lock.  No function
 * sleeps or allocates; softirq is the usual context.
 *
 * Frames: the window owns an skb from the verdict WINDOW_HELD until pptp_window_rx_poll() returns
 * the skb or pptp_window_rx_purge() frees it.  From pptp_window_rx() on skb->cb starts with struct
 * pptp_window_cb (the rest of skb->cb belongs to the caller).  While the window owns the skb its
 * rb_node is in use: skb->next, ->prev and ->dev are overwritten, and are NULL when the caller gets
 * the skb back.
 *
 * The caller does, for each frame:
 *
 *	if (!pptp_window_rx_in_order(w, seq))
 *		verdict = pptp_window_rx(w, skb, seq, now);
 *	deliver, leave alone, or drop @skb as the verdict says;
 *	while ((verdict = pptp_window_rx_poll(w, now, &skb)) != WINDOW_HELD)
 *		deliver or drop @skb;
 *	if pptp_window_rx_deadline() is not WINDOW_NEVER and no timer runs until then, start a
 *	timer, which does the same poll loop and starts itself again.
 *
 * What a forged frame can do.  GRE does not authenticate, so a sequence number is only a claim:
 *  - A frame ahead by at most WINDOW_REACH is held as any early frame.  When its hold time is over,
 *    the gap before it is given up only if enough frames (witnesses) are held behind the gap: 1 for
 *    a gap of up to 4, 2 for up to 16, 4 for a longer gap.  With fewer witnesses the frame is
 *    dropped, but remembered as a suspect (see below).  While frames in place keep coming, no hold
 *    time ends.  On a lossy path the hold time ends at once, so there a forged frame can cost the
 *    frames of the gap; these come late then, and the window waits again.
 *  - A frame anywhere else is a suspect.  WINDOW_WITNESSES suspects in a row (none more than
 *    WINDOW_ROW before the first or behind the highest) mean that the peer has jumped (a long loss,
 *    a restart), if WINDOW_AGREE passes from the first one on without a frame in place, and since
 *    the last early frame that was held, but for one that agrees with a row that is ahead.  Then
 *    the window follows the peer, forwards or backwards.  So a session that is busy at this moment
 *    cannot be moved.  In a quiet one moving the window away takes WINDOW_WITNESSES forged frames,
 *    and bringing it back takes as many genuine frames.  Copies of one frame are one witness.  A
 *    suspect 64 or more behind the highest of its row is none, since it may be a copy.
 *  - Until then suspects are set aside, so that a peer that jumps loses no frame: WINDOW_HELD_MAX
 *    of them, however few frames may be held, while the bounds of memory for held frames, which
 *    count both, are kept.  What exceeds that is dropped.  When the window follows, those set aside
 *    are delivered in order.  When a frame in place comes, or one that starts another row, or if
 *    they are not believed within WINDOW_ASIDE, they are dropped.  But if the window comes near
 *    meanwhile, as when it gives up a gap of almost WINDOW_REACH, they are held as any early
 *    frame.  With reordering off no row is set aside, but one of which suspects are set aside when
 *    it is turned off goes on.
 *  - Suspects behind by up to 64 must be WINDOW_WITNESSES_NEAR.
 *  - Late frames come in rows, too, and so do copies of a whole burst.  So if suspects are behind
 *    by less than WINDOW_REACH, they are dropped at once and must last as long as the longest hold
 *    time, unless others of their row are set aside.  The exception is a restart: a row that begins
 *    with one of the numbers up to WINDOW_FIRST_MAX, while no number was given up in the last
 *    WINDOW_LATE, whose frame may be late.
 * When the window follows the peer, the held frames go first, as when their hold time is over: in
 * order, but those with too few witnesses are dropped.
 *
 * What the window releases at once may be more than those behind it take: stateless MPPE drops what
 * exceeds 512 frames (decrypt.h).
 */
#ifndef _CULVERT_WINDOW_H
#define _CULVERT_WINDOW_H

#include <linux/atomic.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/rbtree.h>
#include <linux/sizes.h>
#include <linux/skbuff.h>
#include <linux/time64.h>
#include <linux/types.h>

#define WINDOW_NEVER		U64_MAX

#define WINDOW_REACH		2048	/* how far ahead a frame is held */
#define WINDOW_FIRST_MAX	16	/* see pptp_window_rx(): how a session begins */
#define WINDOW_WITNESSES	4
#define WINDOW_WITNESSES_NEAR	16
#define WINDOW_ROW		256	/* numbers between a suspect and the row it belongs to */
#define WINDOW_AGREE		(5 * NSEC_PER_MSEC)	/* agreement before a jump is followed */
#define WINDOW_ASIDE		NSEC_PER_SEC	/* longest time that suspects are set aside */
#define WINDOW_LATE		NSEC_PER_SEC	/* a number given up since bars a quick restart */
#define WINDOW_HELD_MAX		2000	/* held frames: default and upper bound; set aside: bound */
#define WINDOW_HELD_MIN		8	/* held frames: lower bound unless reordering is off */
#define WINDOW_HELD_BYTES	SZ_4M	/* truesize of all frames held or set aside, about */
#define WINDOW_HOLD_MIN		(200 * NSEC_PER_USEC)
#define WINDOW_HOLD_START	(10 * NSEC_PER_MSEC)
#define WINDOW_HOLD_MAX		(50 * NSEC_PER_MSEC)	/* longest hold time, default */
#define WINDOW_HOLD_TOP		NSEC_PER_SEC		/* longest hold time, upper bound */
#define WINDOW_EPOCH		(500 * NSEC_PER_MSEC)	/* lateness is forgotten after two */
#define WINDOW_FRUITLESS	8	/* gaps without a late frame: the path is lossy */
#define WINDOW_ACK_DELAY	(20 * NSEC_PER_MSEC)	/* bare acknowledgment at the latest */
#define WINDOW_ACKS_A_TICK	32	/* most bare acknowledgments within a tick */
#define WINDOW_TIMEOUT_MIN	(100 * NSEC_PER_MSEC)	/* RFC 2637 4.4 MinTimeOut */
#define WINDOW_TIMEOUT_MAX	(3 * NSEC_PER_SEC)	/* RFC 2637 4.4 MaxTimeOut */

/* What the window decides about a frame. */
enum pptp_window_verdict {
	WINDOW_PASS,		/* the caller delivers the frame now */
	WINDOW_HELD,		/* the window owns the frame; from ..._rx_poll(): no frame */
	/* The caller drops the frame: */
	WINDOW_DUPLICATE,	/* delivered or held already */
	WINDOW_STALE,		/* behind: given up before it came, or left when the peer jumped */
	WINDOW_FAR,		/* ahead, with too few witnesses to be believed */
};

/*
 * Memory of the frames that many windows keep.  @used: bytes of truesize; @max: bound, beyond which
 * the windows give up gaps at once and set no frame aside.
 */
struct pptp_window_memory {
	atomic_long_t used;
	long max;
};

/*
 * Start of skb->cb of a frame that the window keeps.  @arrived: when the frame came; @order:
 * its place among the frames that were not the common case, from 1 on, which wraps; @verdict: why
 * it is dropped.
 */
struct pptp_window_cb {
	u64 arrived;
	u32 seq;
	u32 order;
	u8 verdict;
};

static inline struct pptp_window_cb *pptp_window_cb(struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct pptp_window_cb) > sizeof(skb->cb));
	return (struct pptp_window_cb *)skb->cb;
}

struct pptp_window {
	/* Receiving.  The first cache line has the fields that a frame in place uses. */
	u32 rx_next;		/* expected number; pptp_window_ack_* read it without lock */
	bool rx_calm;		/* rx_synced, no frame held, no suspects */
	bool rx_synced;		/* the peer's sequence number is known */
	bool rx_regained;	/* the hold time must not start again */
	u8 rx_behind;		/* frames held since a frame in place, up to WINDOW_WITNESSES */
	u8 rx_suspect_run;	/* witnesses of the row, up to WINDOW_WITNESSES_NEAR */
	bool rx_moved;		/* @rx_next has moved since @rx_aside was looked through */
	u16 rx_quarter;		/* frames after which a bare acknowledgment is due */
	u32 rx_arrivals;	/* frames that were not the common case; wraps */
	u64 rx_history;		/* bit n: rx_next - 1 - n was delivered */
	struct rb_root_cached rx_held;
	struct pptp_window_memory *rx_memory;
	struct sk_buff *rx_aside;	/* frames of the row of suspects, linked by ->next */
	struct sk_buff *rx_out;	/* frames that the next polls return, likewise, */
	struct sk_buff *rx_out_last;	/* and the last of them */
	u32 rx_held_bytes;	/* truesize of frames in @rx_held and @rx_aside */
	u16 rx_aside_count;
	u16 rx_held_count;
	u16 rx_held_max;
	u16 rx_fruitless;	/* gaps given up since a frame was late, up to WINDOW_FRUITLESS */
	u32 rx_suspect_first;	/* sequence number of the suspect that began the row */
	u32 rx_suspect_order;	/* @rx_arrivals when the row began */
	u32 rx_suspect_next;	/* sequence number after the highest suspect of the row */
	u32 rx_lost_from;	/* gaps given up last: first sequence number, */
	u32 rx_lost_to;		/* and the sequence number after the last */
	u32 rx_hold_cap;	/* longest hold time, ns */
	u32 rx_late_worst;	/* worst lateness of this epoch, ns */
	u32 rx_late_before;	/* worst lateness of the epoch before, ns */
	u32 rx_passed;		/* of the frames delivered, the highest @order */
	u64 rx_epoch;		/* start of this epoch; 0: no epoch yet */
	u64 rx_progress;	/* when the hold time started again, or a frame filled a gap */
	u64 rx_suspect_since;	/* since when only the row has told where the peer is */
	u64 rx_aside_since;	/* since when @rx_aside has had a frame */
	u64 rx_suspect_seen;	/* bit n: suspect rx_suspect_next - 1 - n is in the row */
	u64 rx_lost_since;	/* since when the gaps given up last were missing; 0: none yet */
	u64 rx_gave_up;		/* when a number was given up last; 0: none yet */

	/* Counters, receive lock. */
	u64 rx_reordered;	/* frames delivered that came before one with a lower number */
	u64 rx_lost;		/* sequence numbers given up */
	u64 rx_resyncs;		/* times the window followed the peer */

	/* Sending. */
	u32 tx_next;		/* sequence number of the next frame */
	u32 tx_acked;		/* frames before it are acknowledged or no longer waited for */
	u32 ack_sent;		/* rx_next when we acknowledged last */
	u32 ack_tick;		/* tick of the last bare acknowledgment */
	u32 ack_count;		/* bare acknowledgments in that tick */
	u16 tx_window;		/* current size of the sliding window, frames; 0: off */
	u16 tx_window_max;	/* window that the peer announced, frames; 0: sliding window off */
	u16 tx_window_filled;	/* frames acknowledged since the window grew last */
	bool tx_timed;		/* frame tx_timed_seq is not acknowledged yet */
	u32 tx_timed_seq;	/* frame whose round trip is measured */
	u32 tx_rtt;		/* RFC 2637 4.4 RTT, us */
	u32 tx_dev;		/* RFC 2637 4.4 DEV, us */
	u64 tx_timed_at;	/* when frame tx_timed_seq was sent */
	u64 tx_waiting_since;	/* last acknowledgment, or first frame that waits for one; ns */
};

/*
 * Initialise a window.  We send from sequence number 0; the peer's first number is learned.
 * @receive_window: packets, as we announced it when the call was set up; @memory: shared with other
 * windows, outlives the window.
 */
void pptp_window_init(struct pptp_window *w, u16 receive_window,
		      struct pptp_window_memory *memory);

/*
 * Set the bounds of held frames.  @frames: number of held frames, 0 turns reordering off; @hold_us:
 * longest hold time, microseconds.  Values out of range are clamped.  Frames that are held already
 * are released, in order, by the next poll after a frame, or when their hold time ends.
 */
void pptp_window_rx_set_reorder(struct pptp_window *w, u16 frames, u32 hold_us);

/* Set the receive window that we announce, packets. */
void pptp_window_rx_set_window(struct pptp_window *w, u16 receive_window);

/*
 * The common case: the frame is in place, no frame is held and there are no suspects.  Returns true
 * if the caller is to deliver the frame; no other call is needed.  Returns false if nothing has
 * changed and the caller must call pptp_window_rx().
 */
static __always_inline bool pptp_window_rx_in_order(struct pptp_window *w, u32 seq)
{
	if (unlikely(seq != w->rx_next || !w->rx_calm))
		return false;
	WRITE_ONCE(w->rx_next, seq + 1);
	w->rx_history = w->rx_history << 1 | 1;
	return true;
}

/*
 * Decide about a frame that is not the common case.  The verdict says whether the caller or the
 * window owns @skb afterwards.
 *
 * How a session begins: the first sequence number is 0 in RFC 2637, 1 from the in-tree module, and
 * peers may start anywhere.  The first frame is taken as the start if its number is 0, 1 or above
 * WINDOW_FIRST_MAX.  If its number is between these, it is held, and the window waits for the
 * frames before it.  A frame above WINDOW_FIRST_MAX ends that wait.
 */
enum pptp_window_verdict pptp_window_rx(struct pptp_window *w, struct sk_buff *skb, u32 seq,
					u64 now);

/* Part of pptp_window_rx_poll(), for a window that keeps frames. */
enum pptp_window_verdict pptp_window_rx_poll_kept(struct pptp_window *w, u64 now,
						  struct sk_buff **skb);

/*
 * Release frames that the window keeps, after the window or the time has moved on.  Each call
 * returns one frame in *@skb, which the caller then owns: WINDOW_PASS to deliver the frame, in
 * order; WINDOW_FAR, WINDOW_STALE or WINDOW_DUPLICATE to drop it.  Returns WINDOW_HELD, and no
 * frame, when no frame can be released now.
 */
static inline enum pptp_window_verdict pptp_window_rx_poll(struct pptp_window *w, u64 now,
							   struct sk_buff **skb)
{
	if (likely(!w->rx_held_count && !w->rx_aside && !w->rx_out))
		return WINDOW_HELD;
	return pptp_window_rx_poll_kept(w, now, skb);
}

/*
 * Returns the time at which pptp_window_rx_poll() must be called; WINDOW_NEVER if no frame is kept.
 * The time may become later, so a timer that expires calls this again; or earlier, by a frame.
 */
u64 pptp_window_rx_deadline(const struct pptp_window *w);

/* Free all frames that the window keeps. */
void pptp_window_rx_purge(struct pptp_window *w);

/*
 * Returns true if an acknowledgment is owed to the peer.  We acknowledge the last frame delivered,
 * not the last frame received: a frame that is held, or is forged, gives the peer no credit.
 */
static inline bool pptp_window_ack_pending(const struct pptp_window *w)
{
	return READ_ONCE(w->rx_next) != READ_ONCE(w->ack_sent);
}

/*
 * Returns true if a quarter of our receive window is unacknowledged: the caller sends a bare
 * acknowledgment now, not by timer.
 */
static inline bool pptp_window_ack_urgent(const struct pptp_window *w)
{
	return READ_ONCE(w->rx_next) - READ_ONCE(w->ack_sent) >= READ_ONCE(w->rx_quarter);
}

/*
 * Returns true if the caller may send a bare acknowledgment now, which is then counted as sent:
 * WINDOW_ACKS_A_TICK are allowed in each @tick, the time of a clock that ticks every few
 * milliseconds.  A peer that sends so fast that the bound is reached does not wait for
 * acknowledgments, and a packet for each quarter of a small window would be wasted work.  A peer
 * that does wait gets its acknowledgment with the next tick.  Callers that race may exceed the
 * bound by a few.
 */
static inline bool pptp_window_ack_affordable(struct pptp_window *w, u32 tick)
{
	u32 count = READ_ONCE(w->ack_tick) == tick ? READ_ONCE(w->ack_count) : 0;

	if (count >= WINDOW_ACKS_A_TICK)
		return false;
	WRITE_ONCE(w->ack_tick, tick);
	WRITE_ONCE(w->ack_count, count + 1);
	return true;
}

/*
 * Returns true if an acknowledgment is owed: the caller puts *@ack into the packet that it builds,
 * data or bare, and the acknowledgment counts as sent.  Two callers that race may both send the
 * same number, which is harmless.
 */
static inline bool pptp_window_ack_take(struct pptp_window *w, u32 *ack)
{
	u32 next = READ_ONCE(w->rx_next);

	if (next == READ_ONCE(w->ack_sent))
		return false;
	WRITE_ONCE(w->ack_sent, next);
	*ack = next - 1;
	return true;
}

/*
 * Turn the sliding window (RFC 2637 4.2) on or off; it is off at first.  @peer_window: receive
 * window that the peer announced, packets, 0 to turn off; the window starts with half of it
 * (4.2.1).  @ppd: packet processing delay of the peer, 1/10 s, the first estimate of the round-trip
 * time, at least WINDOW_TIMEOUT_MIN.
 */
void pptp_window_tx_set_sliding(struct pptp_window *w, u16 peer_window, u16 ppd);

/* Returns true if the sliding window is on.  Without the send lock, only a hint. */
static inline bool pptp_window_tx_sliding(const struct pptp_window *w)
{
	return READ_ONCE(w->tx_window);
}

/*
 * Returns how many frames may be sent now, U32_MAX while the sliding window is off.  The caller
 * keeps the other frames until an acknowledgment comes or pptp_window_tx_expire() returns true.
 */
static inline u32 pptp_window_tx_room(const struct pptp_window *w)
{
	u32 out = w->tx_next - w->tx_acked;

	if (likely(!w->tx_window))
		return U32_MAX;
	return out < w->tx_window ? w->tx_window - out : 0;
}

/* Part of pptp_window_tx_take(), for a sliding window that is on. */
void pptp_window_tx_time(struct pptp_window *w, u32 frames, u64 now);

/*
 * Take @frames consecutive sequence numbers for frames that are sent now.  @now is used only while
 * the sliding window is on.  Returns the first number.
 */
static inline u32 pptp_window_tx_take(struct pptp_window *w, u32 frames, u64 now)
{
	u32 first = w->tx_next;

	if (unlikely(w->tx_window))
		pptp_window_tx_time(w, frames, now);
	WRITE_ONCE(w->tx_next, first + frames);
	return first;
}

/* Returns true if no frame waits for its acknowledgment: none is still on its way to the peer. */
static inline bool pptp_window_tx_idle(const struct pptp_window *w)
{
	return READ_ONCE(w->tx_acked) == w->tx_next;
}

/*
 * The peer acknowledged frame @ack and all frames before it.  Needs the send lock only while the
 * sliding window is on; while it is off, @now is not used.  An acknowledgment that is old or of a
 * frame never sent is ignored.  Returns true if the sliding window has room again.
 */
bool pptp_window_tx_ack(struct pptp_window *w, u32 ack, u64 now);

/*
 * Returns the time at which pptp_window_tx_expire() must be called (RFC 2637 4.4); WINDOW_NEVER if
 * the sliding window is off or no frame waits for its acknowledgment.
 */
u64 pptp_window_tx_deadline(const struct pptp_window *w);

/*
 * If the time-out is over: halve the sliding window, stop waiting for the acknowledgments of frames
 * sent before, and return true, since the window has room now.  Otherwise change nothing and return
 * false.
 */
bool pptp_window_tx_expire(struct pptp_window *w, u64 now);

#endif /* _CULVERT_WINDOW_H */
