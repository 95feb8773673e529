/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frames that several CPUs put in order under a lock, and that are passed on in that order without
 * the lock: passing on may lead through the whole stack, even back to that lock.
 *
 * One CPU at a time has the turn to pass frames on.  Frames that other CPUs put in order meanwhile
 * are left to that CPU, which takes them along; but a turn is PPTP_ORDER_TURN frames at most, since
 * it may be a part of somebody's system call.  What is left then goes with the next CPU that puts
 * frames in order; the owner of the order makes sure that one comes soon (pptp_order_due()).
 *
 *	room = PPTP_ORDER_TURN;
 *	lock; put frames in order; mine = pptp_order_begin(); unlock;
 *	if (mine)
 *		do
 *			pass frames on;
 *		while (lock, more = pptp_order_more(), unlock, more);
 *
 * A frame may have to wait for something, and then it holds up the frames behind it.  The callback
 * @waits returns true for such a frame; it is NULL if frames never wait.  Code that ends a wait
 * calls pptp_order_begin() anew, without frames of its own.
 */
#ifndef _CULVERT_ORDER_H
#define _CULVERT_ORDER_H

#include <linux/compiler.h>
#include <linux/skbuff.h>
#include <linux/types.h>

#define PPTP_ORDER_MAX		2048	/* frames that are left, at most, about */
#define PPTP_ORDER_TURN		256	/* frames that a CPU passes on in one turn */

/**
 * struct pptp_order - frames in order, and whether a CPU has the turn; all under the owner's lock
 * @left: frames, in order, that wait or are left to the CPU that has the turn or to the next one
 * @busy: a CPU has the turn
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

/* Returns true if no CPU has the turn and nothing is left. */
static inline bool pptp_order_idle(const struct pptp_order *o)
{
	return !o->busy && skb_queue_empty(&o->left);
}

/* Returns true if so much is left that no more may be put in order.  A guess without the lock. */
static inline bool pptp_order_full(const struct pptp_order *o)
{
	return skb_queue_len_lockless(&o->left) >= PPTP_ORDER_MAX;
}

/*
 * Take into @frames what may go now, as far as *@room goes.  Returns true if there is something:
 * the caller has the turn.  Otherwise no CPU has it.
 */
static __always_inline bool pptp_order_take(struct pptp_order *o, struct sk_buff_head *frames,
					    unsigned int *room,
					    bool (*waits)(struct sk_buff *skb))
{
	struct sk_buff *skb;

	if (!waits && skb_queue_len(&o->left) <= *room) {
		*room -= skb_queue_len(&o->left);
		skb_queue_splice_init(&o->left, frames);
	} else {
		while (*room && (skb = skb_peek(&o->left)) && !(waits && waits(skb))) {
			__skb_unlink(skb, &o->left);
			__skb_queue_tail(frames, skb);
			--*room;
		}
	}
	o->busy = !skb_queue_empty(frames);
	return o->busy;
}

/**
 * pptp_order_begin() - put frames in order, and take the turn if it is free
 * @o: the order
 * @frames: the caller's frames, behind all that were before; may be none
 * @room: frames that the caller may still pass on in its turn
 * @waits: see above
 *
 * Return: true if the caller has the turn, and is to pass on what is in @frames now, which need not
 * be the caller's own; false if another CPU has it or nothing may go, with @frames empty.
 */
static __always_inline bool pptp_order_begin(struct pptp_order *o, struct sk_buff_head *frames,
					     unsigned int *room,
					     bool (*waits)(struct sk_buff *skb))
{
	if (likely(pptp_order_idle(o) && skb_queue_len(frames) == 1 &&
		   !(waits && waits(skb_peek(frames))))) {
		o->busy = true;
		return true;
	}
	skb_queue_splice_tail_init(frames, &o->left);
	return !o->busy && pptp_order_take(o, frames, room, waits);
}

/**
 * pptp_order_more() - after the CPU that has the turn has passed on all its frames
 * @o: the order
 * @frames: empty
 * @room: as of pptp_order_begin()
 * @waits: see above
 *
 * Return: true if there are more to pass on, in @frames; false if the turn is over.
 */
static __always_inline bool pptp_order_more(struct pptp_order *o, struct sk_buff_head *frames,
					    unsigned int *room,
					    bool (*waits)(struct sk_buff *skb))
{
	if (likely(skb_queue_empty(&o->left))) {
		o->busy = false;
		return false;
	}
	return pptp_order_take(o, frames, room, waits);
}

/* Returns true if something left may go and no CPU has the turn. */
static __always_inline bool pptp_order_due(struct pptp_order *o,
					   bool (*waits)(struct sk_buff *skb))
{
	struct sk_buff *skb = skb_peek(&o->left);

	return unlikely(skb) && !o->busy && !(waits && waits(skb));
}

#endif /* _CULVERT_ORDER_H */
