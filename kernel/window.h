/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sequence numbers and acknowledgments of one session (RFC 2637 4.1 to 4.4).
 *
 * Receiving, frames go up in order or not at all (4.3).  One that comes early waits in a bounded
 * queue for those before it, until they come, or the hold time ends, or the queue is full; then
 * they are given up.  The hold time follows what the path does: twice the worst lateness seen
 * within the last second or so.  On a path that loses but does not reorder, where the last
 * WINDOW_FRUITLESS gaps were all waited for in vain, nothing is waited for; the first frame that
 * comes late after all is dropped, and changes that.
 *
 * When time has passed unseen, because the CPU was held up, what we wait for may be in a queue
 * behind us: then the wait starts again, once until there is progress.
 *
 * Units: times are u64 nanoseconds of one monotonic clock, given by the caller (ktime_get_ns());
 * WINDOW_NEVER is no deadline.  Sequence numbers are host order and wrap at 2^32.
 *
 * Locking: the caller holds a receive lock of the session over every pptp_window_rx_* call until it
 * has delivered what those calls released, and a send lock over every pptp_window_tx_* call.  The
 * two are independent of each other.  pptp_window_ack_* needs neither.  No call sleeps or allocates;
 * softirq is the usual context.
 *
 * Frames: the window owns an skb from WINDOW_HELD on until pptp_window_rx_poll() gives it back or
 * pptp_window_rx_purge() frees it.  Meanwhile skb->cb holds struct pptp_window_cb at its start (the
 * rest of cb is the caller's), and the rb_node of the skb is in use: skb->next, ->prev and ->dev
 * are not kept, and all NULL when it comes back.
 *
 * The caller, for each frame:
 *
 *	if (!pptp_window_rx_in_order(w, seq))
 *		verdict = pptp_window_rx(w, skb, seq, now);
 *	deliver, keep off, or drop @skb as the verdict says;
 *	while ((verdict = pptp_window_rx_poll(w, now, &skb)) != WINDOW_HELD)
 *		deliver or drop @skb;
 *	if pptp_window_rx_deadline() is not WINDOW_NEVER and no timer runs, start one,
 *	which does the same poll loop and starts itself again.
 *
 * What a forged frame can do.  GRE does not authenticate, so a sequence number is a claim:
 *  - Ahead by at most WINDOW_REACH: the frame waits as any early one.  When its time is over, the
 *    gap before it is given up only if the number of frames that wait behind the gap (witnesses)
 *    suits its length: 1 for up to 4, 2 for up to 16, 4 beyond.  Without them it is dropped, but
 *    remembered as below.  While frames keep coming in before the gap, nothing is overdue.  On a
 *    lossy path its time is over at once, so there it may cost the frames that it leaves out; they
 *    come late then, and the window waits again.
 *  - Anywhere else: dropped, but remembered.  WINDOW_WITNESSES in a row (each at most
 *    WINDOW_ROW_GAP after the one before) without a frame in its place between them mean that the
 *    peer has jumped (a long loss, a restart): the window follows, in either direction.  So it
 *    takes as many forged frames to move the window away, and as many genuine ones to bring it
 *    back.
 *  - Just behind (64): WINDOW_WITNESSES_NEAR; and anywhere behind by less than WINDOW_REACH they
 *    must have come for as long as a frame is waited for at most: late frames come in rows, too.
 * Following the peer drops what is held.
 */
#ifndef _CULVERT_WINDOW_H
#define _CULVERT_WINDOW_H

#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/rbtree.h>
#include <linux/sizes.h>
#include <linux/skbuff.h>
#include <linux/time64.h>
#include <linux/types.h>

#define WINDOW_NEVER		U64_MAX

#define WINDOW_REACH		2048	/* how far ahead a frame may be and wait */
#define WINDOW_FIRST_MAX	16	/* see pptp_window_rx(): how a session begins */
#define WINDOW_WITNESSES	4
#define WINDOW_WITNESSES_NEAR	16
#define WINDOW_ROW_GAP		4	/* frames missing between two of a row */
#define WINDOW_HELD_MAX		2000	/* frames, default and upper bound of reordering */
#define WINDOW_HELD_MIN		8	/* frames, lower bound unless off */
#define WINDOW_HELD_BYTES	SZ_4M	/* truesize of all held frames, about */
#define WINDOW_HOLD_MIN		(200 * NSEC_PER_USEC)
#define WINDOW_HOLD_START	(10 * NSEC_PER_MSEC)
#define WINDOW_HOLD_MAX		(50 * NSEC_PER_MSEC)	/* default bound, can be set */
#define WINDOW_HOLD_TOP		NSEC_PER_SEC		/* upper bound of that */
#define WINDOW_EPOCH		(500 * NSEC_PER_MSEC)	/* lateness is forgotten after two */
#define WINDOW_FRUITLESS	8	/* gaps without one late frame that tell a lossy path */
#define WINDOW_ACK_DELAY	(20 * NSEC_PER_MSEC)	/* bare acknowledgment at the latest */
#define WINDOW_ACKS_A_TICK	32	/* bare acknowledgments within a tick */
#define WINDOW_TIMEOUT_MIN	(100 * NSEC_PER_MSEC)	/* RFC 2637 4.4 MinTimeOut */
#define WINDOW_TIMEOUT_MAX	(3 * NSEC_PER_SEC)	/* RFC 2637 4.4 MaxTimeOut */

/* What happened to a frame. */
enum pptp_window_verdict {
	WINDOW_PASS,		/* deliver it now */
	WINDOW_HELD,		/* the window keeps it; of ..._rx_poll(): nothing more to do */
	/* Not to be delivered, the caller frees it: */
	WINDOW_DUPLICATE,	/* delivered or held already */
	WINDOW_STALE,		/* of the past: came after it was given up */
	WINDOW_FAR,		/* too far ahead to be believed */
};

/* What a held frame's skb->cb starts with. */
struct pptp_window_cb {
	u64 arrived;
	u32 seq;
};

static inline struct pptp_window_cb *pptp_window_cb(struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct pptp_window_cb) > sizeof(skb->cb));
	return (struct pptp_window_cb *)skb->cb;
}

struct pptp_window {
	/* Receiving.  The first line is what a frame in order touches. */
	u32 rx_next;		/* expected sequence number; pptp_window_ack_* read it without lock */
	bool rx_calm;		/* synced, nothing held, nobody suspected */
	bool rx_synced;		/* we know where the peer is */
	bool rx_flush;		/* held frames belong to a place that was left */
	bool rx_regained;	/* the wait must not start again */
	u8 rx_behind;		/* frames held since rx_progress, up to WINDOW_WITNESSES */
	u8 rx_suspect_run;	/* frames in a row for another place, up to WINDOW_WITNESSES_NEAR */
	u64 rx_history;		/* bit n: rx_next - 1 - n was delivered */
	struct rb_root_cached rx_held;
	u32 rx_held_bytes;
	u16 rx_held_count;
	u16 rx_held_max;
	u32 rx_suspect_next;
	u32 rx_lost_from;	/* sequence numbers of the last gaps given up: from, before to */
	u32 rx_lost_to;
	u32 rx_hold_cap;	/* reorder_timeout, ns */
	u32 rx_late_worst;	/* ns, of this epoch */
	u32 rx_late_before;	/* ns, of the epoch before */
	u16 rx_fruitless;	/* gaps given up since a frame was late, up to WINDOW_FRUITLESS */
	u16 rx_quarter;		/* frames after which a bare acknowledgment is due */
	u64 rx_epoch;		/* its start; 0: not yet */
	u64 rx_progress;	/* last frame that came while others were held and was the next */
	u64 rx_suspect_since;	/* its first frame came, with rx_suspect_run */
	u64 rx_lost_since;	/* when the first frame of those gaps was missed; 0: none yet */

	/* Counters, receive lock. */
	u64 rx_reordered;	/* held, and delivered behind the one before them */
	u64 rx_lost;		/* sequence numbers given up */
	u64 rx_resyncs;		/* times the window followed the peer to another place */

	/* Sending. */
	u32 tx_next;		/* sequence number of the next frame */
	u32 tx_acked;		/* all before this one are acknowledged, or no longer waited for */
	u32 ack_sent;		/* rx_next when we acknowledged last */
	u32 ack_tick;		/* tick of the last bare acknowledgment */
	u32 ack_count;		/* of them in that tick */
	u16 tx_window;		/* current size of the sliding window, frames; 0 is off */
	u16 tx_window_max;	/* what the peer announced */
	u16 tx_window_filled;	/* frames acknowledged since the window grew last */
	bool tx_timed;		/* tx_timed_seq is under way */
	u32 tx_timed_seq;	/* frame whose round trip is being taken */
	u32 tx_rtt;		/* us, RFC 2637 4.4 RTT */
	u32 tx_dev;		/* us, RFC 2637 4.4 DEV */
	u64 tx_timed_at;
	u64 tx_waiting_since;	/* oldest unacknowledged frame, or last progress */
};

/*
 * Start.  We send from sequence number 0; where the peer starts is learned.  @receive_window:
 * packets, as we announced it when the call was set up.
 */
void pptp_window_init(struct pptp_window *w, u16 receive_window);

/*
 * Receive lock.  @frames: most to hold, 0 turns reordering off; @hold_us: longest wait,
 * microseconds. Both are brought into their bounds.
 */
void pptp_window_rx_set_reorder(struct pptp_window *w, u16 frames, u32 hold_us);

void pptp_window_rx_set_window(struct pptp_window *w, u16 receive_window);

/*
 * The common case: the frame is the next one, and nothing waits.  True: deliver it; no other call
 * is needed.  False: nothing has changed, call pptp_window_rx().
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
 * Any frame.  See enum pptp_window_verdict for who owns @skb afterwards.
 *
 * How a session begins: RFC 2637 starts at 0, Linux's in-tree module at 1, and nobody has to.
 * The first frame is taken as the start when it is 0, 1, or above WINDOW_FIRST_MAX; between that
 * the ones before it are waited for.
 */
enum pptp_window_verdict pptp_window_rx(struct pptp_window *w, struct sk_buff *skb, u32 seq,
					u64 now);

enum pptp_window_verdict pptp_window_rx_poll_held(struct pptp_window *w, u64 now,
						  struct sk_buff **skb);

/*
 * What has become of held frames, now that @w or the time has moved on: one frame a call, in order,
 * WINDOW_PASS to deliver or WINDOW_FAR or WINDOW_STALE to drop, until WINDOW_HELD and no frame.
 */
static inline enum pptp_window_verdict pptp_window_rx_poll(struct pptp_window *w, u64 now,
							   struct sk_buff **skb)
{
	return likely(!w->rx_held_count) ? WINDOW_HELD : pptp_window_rx_poll_held(w, now, skb);
}

/* When pptp_window_rx_poll() is due at the latest.  May grow, so the timer asks again. */
u64 pptp_window_rx_deadline(const struct pptp_window *w);

/* Free all held frames. */
void pptp_window_rx_purge(struct pptp_window *w);

/*
 * Acknowledgments that we owe.  The number is that of the last frame delivered, not of the last
 * received: a frame that still waits for others, or is forged, grants no credit.
 */
static inline bool pptp_window_ack_pending(const struct pptp_window *w)
{
	return READ_ONCE(w->rx_next) != READ_ONCE(w->ack_sent);
}

/* A quarter of the window is unacknowledged: send a bare acknowledgment now, not by timer. */
static inline bool pptp_window_ack_urgent(const struct pptp_window *w)
{
	return READ_ONCE(w->rx_next) - READ_ONCE(w->ack_sent) >= READ_ONCE(w->rx_quarter);
}

/*
 * May a bare acknowledgment be sent now?  Then it counts as sent.  @tick: of a clock that ticks
 * every some milliseconds.  A peer that sends so fast that this says no does not wait for us, and a
 * packet for each quarter of a small window would be work for nothing; one that does wait goes on
 * with the next tick.  A race lets a few more pass.
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
 * True: put *@ack into the packet that is being built, data or bare; it counts as sent.  Two that
 * race may both send the same number, which is harmless.
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
 * Sliding window (4.2), off unless pptp_window_tx_set_sliding() turns it on: @peer_window in packets, 0
 * turns it off; @ppd: the peer's packet processing delay, 1/10 s, which seeds the estimate.
 */
void pptp_window_tx_set_sliding(struct pptp_window *w, u16 peer_window, u16 ppd);

static inline bool pptp_window_tx_sliding(const struct pptp_window *w)
{
	return READ_ONCE(w->tx_window);
}

/* Frames that may be sent now.  The caller keeps the others until an acknowledgment or time-out. */
static inline u32 pptp_window_tx_room(const struct pptp_window *w)
{
	u32 out = w->tx_next - w->tx_acked;

	if (likely(!w->tx_window))
		return U32_MAX;
	return out < w->tx_window ? w->tx_window - out : 0;
}

void pptp_window_tx_time(struct pptp_window *w, u32 frames, u64 now);

/*
 * Take @frames consecutive sequence numbers for frames sent now; returns the first.  @now is looked
 * at only while pptp_window_tx_sliding().
 */
static inline u32 pptp_window_tx_take(struct pptp_window *w, u32 frames, u64 now)
{
	u32 first = w->tx_next;

	if (unlikely(w->tx_window))
		pptp_window_tx_time(w, frames, now);
	WRITE_ONCE(w->tx_next, first + frames);
	return first;
}

/*
 * The peer acknowledged @ack and all before it.  Send lock while pptp_window_tx_sliding(), otherwise
 * none and @now is not looked at.  Nonsense is ignored.  True: there is room again.
 */
bool pptp_window_tx_ack(struct pptp_window *w, u32 ack, u64 now);

/* When pptp_window_tx_expire() is due (4.4); WINDOW_NEVER with the window off or nothing under way. */
u64 pptp_window_tx_deadline(const struct pptp_window *w);

/*
 * Time-out: the window is halved and what was under way no longer waited for.  True: there is
 * room.
 */
bool pptp_window_tx_expire(struct pptp_window *w, u64 now);

#endif /* _CULVERT_WINDOW_H */
