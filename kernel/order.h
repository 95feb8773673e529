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
 */
#ifndef _CULVERT_ORDER_H
#define _CULVERT_ORDER_H

#include <linux/compiler.h>
#include <linux/skbuff.h>
#include <linux/types.h>

#define PPTP_ORDER_MAX		2048	/* frames that are left to others, at most */
#define PPTP_ORDER_ROUNDS	4	/* times that one CPU takes what others left */

/**
 * struct pptp_order - who passes frames on, and what waits; all under the owner's lock
 * @left: frames left to him, or to the next, in order
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

/**
 * pptp_order_begin() - the caller's turn?
 * @o: the order
 * @frames: the caller's, behind all that were before
 *
 * Return: true if the caller is to pass on @frames, which now begin with what was left; false if
 * @frames is empty now, and there is nothing to do.
 */
static inline bool pptp_order_begin(struct pptp_order *o, struct sk_buff_head *frames)
{
	if (unlikely(o->busy)) {
		skb_queue_splice_tail_init(frames, &o->left);
		return false;
	}
	if (unlikely(!skb_queue_empty(&o->left)))
		skb_queue_splice_init(&o->left, frames);
	o->busy = !skb_queue_empty(frames);
	return o->busy;
}

/**
 * pptp_order_more() - after all frames were passed on
 * @o: the order
 * @frames: empty
 * @round: times that this was called before, since pptp_order_begin()
 *
 * Return: true if others left @frames meanwhile; false if the turn is over.
 */
static inline bool pptp_order_more(struct pptp_order *o, struct sk_buff_head *frames,
				   unsigned int round)
{
	if (likely(skb_queue_empty(&o->left)) || round >= PPTP_ORDER_ROUNDS) {
		o->busy = false;
		return false;
	}
	skb_queue_splice_init(&o->left, frames);
	return true;
}

#endif /* _CULVERT_ORDER_H */
