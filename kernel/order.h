/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Frames that several CPUs put in order, under a lock of theirs, and that leave in that order
 * without it: the way out may lead through the whole stack, even back to that lock.
 *
 * One CPU at a time passes frames on.  What others put in order meanwhile they leave to it, and it
 * takes that along, some times; what is left then goes with whoever comes next, and its owner sees
 * to it that somebody comes.
 *
 *	lock; put frames in order; mine = pptp_order_begin(); unlock;
 *	if (mine)
 *		do
 *			pass frames on;
 *		while (lock, more = pptp_order_more(), unlock, more);
 *
 * Frames may have to wait for something, and hold up those behind them; @waits tells, NULL if they
 * never do.  Whoever ends a wait begins anew, with no frames of his own.
 */
#ifndef _CULVERT_ORDER_H
#define _CULVERT_ORDER_H

#include <linux/compiler.h>
#include <linux/skbuff.h>
#include <linux/types.h>

#define PPTP_ORDER_MAX		2048	/* frames that are left, at most */
#define PPTP_ORDER_ROUNDS	4	/* times that one CPU takes what others left */

/**
 * struct pptp_order - who passes frames on, and what waits; all under the owner's lock
 * @left: frames left to him, or to the next, or that wait, in order
 * @busy: somebody passes frames on
 */
struct pptp_order {
	struct sk_buff_head left;
	bool busy;
};

static inline void pptp_order_init(struct pptp_order *o)
{
	__skb_queue_head_init(&o->left);
	o->busy = false;
}

/* Is it the turn of nobody else? */
static inline bool pptp_order_idle(const struct pptp_order *o)
{
	return !o->busy && skb_queue_empty(&o->left);
}

/* Is so much left that no more frames may be put in order?  A guess without the lock. */
static inline bool pptp_order_full(const struct pptp_order *o)
{
	return skb_queue_len_lockless(&o->left) >= PPTP_ORDER_MAX;
}

/* Take what may go now.  True: something may, and it is the caller's turn. */
static __always_inline bool pptp_order_take(struct pptp_order *o, struct sk_buff_head *frames,
					    bool (*waits)(struct sk_buff *skb))
{
	struct sk_buff *skb;

	if (waits) {
		while ((skb = skb_peek(&o->left)) && !waits(skb)) {
			__skb_unlink(skb, &o->left);
			__skb_queue_tail(frames, skb);
		}
	} else {
		skb_queue_splice_init(&o->left, frames);
	}
	o->busy = !skb_queue_empty(frames);
	return o->busy;
}

/**
 * pptp_order_begin() - the caller's turn?
 * @o: the order
 * @frames: the caller's, behind all that were before; may be none
 * @waits: see above
 *
 * Return: true if the caller is to pass on what is in @frames now; false if nothing is.
 */
static __always_inline bool pptp_order_begin(struct pptp_order *o, struct sk_buff_head *frames,
					     bool (*waits)(struct sk_buff *skb))
{
	if (likely(pptp_order_idle(o) && skb_queue_len(frames) == 1 &&
		   !(waits && waits(skb_peek(frames))))) {
		o->busy = true;
		return true;
	}
	skb_queue_splice_tail_init(frames, &o->left);
	return !o->busy && pptp_order_take(o, frames, waits);
}

/**
 * pptp_order_more() - after all frames were passed on
 * @o: the order
 * @frames: empty
 * @round: times that this was called before, since pptp_order_begin()
 * @waits: see above
 *
 * Return: true if there are more to pass on in @frames; false if the turn is over.
 */
static __always_inline bool pptp_order_more(struct pptp_order *o, struct sk_buff_head *frames,
					    unsigned int round,
					    bool (*waits)(struct sk_buff *skb))
{
	if (likely(skb_queue_empty(&o->left)) || round >= PPTP_ORDER_ROUNDS) {
		o->busy = false;
		return false;
	}
	return pptp_order_take(o, frames, waits);
}

/* Is something left that may go, and nobody is at it? */
static __always_inline bool pptp_order_due(struct pptp_order *o,
					   bool (*waits)(struct sk_buff *skb))
{
	struct sk_buff *skb = skb_peek(&o->left);

	return unlikely(skb) && !o->busy && !(waits && waits(skb));
}

#endif /* _CULVERT_ORDER_H */
