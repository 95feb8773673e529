// SPDX-License-Identifier: GPL-2.0-only
#include <linux/slab.h>

#include "compat.h"
#include "session.h"
#include "sliding.h"

/* Frames that the sliding window holds back, at most. */
#define PPTP_SLIDING_QUEUE	256

/**
 * struct pptp_sliding - what the sliding window of a session holds back
 * @queue: frames without number, under the session's send lock
 * @timer: due at pptp_window_tx_deadline()
 * @session: the session; outlives this
 */
struct pptp_sliding {
	struct sk_buff_head queue;
	struct timer_list timer;
	struct pptp_session *session;
};

void pptp_sliding_pass(struct pptp_session *s, struct sk_buff_head *frames,
		       struct sk_buff_head *drop)
{
	struct sk_buff_head *queue = &s->sliding->queue;
	u32 room = pptp_window_tx_room(&s->window);
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(frames)))
		__skb_queue_tail(skb_queue_len(queue) < PPTP_SLIDING_QUEUE ? queue : drop, skb);
	while (room-- && (skb = __skb_dequeue(queue)))
		__skb_queue_tail(frames, skb);
}

void pptp_sliding_arm(struct pptp_session *s)
{
	u64 deadline = pptp_window_tx_deadline(&s->window);
	u64 now = ktime_get_ns();

	if (deadline == WINDOW_NEVER || timer_pending(&s->sliding->timer))
		return;
	mod_timer(&s->sliding->timer,
		  jiffies + nsecs_to_jiffies(deadline > now ? deadline - now : 0) + 1);
}

static void pptp_sliding_timer(struct timer_list *timer)
{
	struct pptp_sliding *sliding = timer_container_of(sliding, timer, timer);
	struct pptp_session *s = sliding->session;
	bool room;

	rcu_read_lock();
	spin_lock(&s->tx_lock);
	room = pptp_window_tx_expire(&s->window, ktime_get_ns());
	if (s->sliding == sliding)
		pptp_sliding_arm(s);
	spin_unlock(&s->tx_lock);
	if (room)
		s->ops->tx_room(s);
	rcu_read_unlock();
}

static struct pptp_sliding *pptp_sliding_create(struct pptp_session *s)
{
	struct pptp_sliding *sliding = kzalloc(sizeof(*sliding), GFP_KERNEL_ACCOUNT);

	if (!sliding)
		return NULL;
	__skb_queue_head_init(&sliding->queue);
	timer_setup(&sliding->timer, pptp_sliding_timer, 0);
	sliding->session = s;
	return sliding;
}

int pptp_sliding_set(struct pptp_session *s, u16 window, u16 ppd)
{
	struct pptp_sliding *sliding = NULL, *old = NULL;

	if (window && !s->sliding) {
		sliding = pptp_sliding_create(s);
		if (!sliding)
			return -ENOMEM;
	}

	spin_lock_bh(&s->tx_lock);
	if (!window)
		swap(old, s->sliding);
	else if (sliding)
		s->sliding = sliding;
	pptp_window_tx_set_sliding(&s->window, window, ppd);
	spin_unlock_bh(&s->tx_lock);

	if (old) {
		timer_shutdown_sync(&old->timer);
		__skb_queue_purge(&old->queue);
		kfree(old);
	}
	return 0;
}
