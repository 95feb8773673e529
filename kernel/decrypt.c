// SPDX-License-Identifier: GPL-2.0-only
#include <linux/netdevice.h>
#include <linux/percpu.h>

#include "compat.h"
#include "decrypt.h"
#include "mppe.h"
#include "session.h"

#define PPTP_DECRYPT_MAX	2048	/* frames in one queue; a power of two */
#define PPTP_DECRYPT_SHARE	512	/* frames of one session in all queues */

/**
 * struct pptp_decrypt_queue - frames that wait on one CPU, in the order in which they came
 * @frames: a ring
 * @first: number of the first frame; modulo PPTP_DECRYPT_MAX, its place in the ring
 * @count: frames that wait, including those that are being decrypted
 * @bh_lock: protects @first and @count on PREEMPT_RT, see compat.h; never held while frames are
 *	decrypted or passed on
 * @napi: decrypts them
 */
struct pptp_decrypt_queue {
	struct sk_buff *frames[PPTP_DECRYPT_MAX];
	u32 first;
	u32 count;
	local_lock_t bh_lock;
	struct napi_struct napi;
};

static struct pptp_decrypt_queue __percpu *pptp_decrypt_queues;
static struct net_device *pptp_decrypt_dev;

static struct sk_buff **pptp_decrypt_at(struct pptp_decrypt_queue *queue, u32 i)
{
	return &queue->frames[(queue->first + i) % PPTP_DECRYPT_MAX];
}

/*
 * Count a frame of a session that joins a queue.  The first one takes a reference for all, and
 * pptp_decrypt_leave() of the last one drops it.  Returns false if the session is being freed.
 */
static bool pptp_decrypt_enter(struct pptp_session *s)
{
	if (atomic_inc_return(&s->decrypting) > 1)
		return true;
	if (likely(pptp_session_hold(s)))
		return true;
	atomic_dec(&s->decrypting);
	return false;
}

static void pptp_decrypt_leave(struct pptp_session *s, int frames)
{
	if (atomic_sub_and_test(frames, &s->decrypting))
		pptp_session_put(s);
}

/* Add a frame to the queue of this CPU.  Returns false if the queue is full. */
static bool pptp_decrypt_add(struct sk_buff *skb)
{
	struct pptp_decrypt_queue *queue;
	bool fits;

	local_lock_nested_bh(&pptp_decrypt_queues->bh_lock);
	queue = this_cpu_ptr(pptp_decrypt_queues);
	fits = queue->count < PPTP_DECRYPT_MAX;
	if (likely(fits)) {
		*pptp_decrypt_at(queue, queue->count) = skb;
		if (!queue->count++)
			napi_schedule(&queue->napi);
	}
	local_unlock_nested_bh(&pptp_decrypt_queues->bh_lock);
	return fits;
}

bool pptp_decrypt_later(struct pptp_session *s, struct sk_buff *skb, struct pptp_rc4_lane *job)
{
	struct pptp_rx_cb *cb = pptp_rx_cb(skb);

	if (unlikely(atomic_read(&s->decrypting) >= PPTP_DECRYPT_SHARE))
		return false;
	if (unlikely(!pptp_decrypt_enter(s)))
		return false;

	cb->job = *job;
	cb->session = s;
	cb->state = PPTP_RX_WAITS;
	if (unlikely(!pptp_decrypt_add(skb))) {
		pptp_mppe_job_wipe(&cb->job);
		pptp_decrypt_leave(s, 1);
		return false;
	}
	pptp_mppe_job_wipe(job);
	return true;
}

/*
 * The first @n frames of the queue are decrypted: mark them, and tell their sessions, once for
 * frames of one session in a row.  As soon as a frame is marked, another CPU may pass it up.
 * Returns how many frames are left in the queue.
 */
static unsigned int pptp_decrypt_done(struct pptp_decrypt_queue *queue, int n)
{
	unsigned int left;
	int i, frames = 1;

	for (i = 0; i < n; i++, frames++) {
		struct pptp_rx_cb *cb = pptp_rx_cb(*pptp_decrypt_at(queue, i));
		struct pptp_session *s = cb->session;

		/* Pairs with the acquire in pptp_rx_state(). */
		smp_store_release(&cb->state, PPTP_RX_DECRYPTED);
		if (i + 1 < n && pptp_rx_cb(*pptp_decrypt_at(queue, i + 1))->session == s)
			continue;
		s->ops->rx_resume(s);
		pptp_decrypt_leave(s, frames);
		frames = 0;
	}

	local_lock_nested_bh(&pptp_decrypt_queues->bh_lock);
	queue->first += n;
	queue->count -= n;
	left = queue->count;
	local_unlock_nested_bh(&pptp_decrypt_queues->bh_lock);
	return left;
}

static int pptp_decrypt_poll(struct napi_struct *napi, int budget)
{
	struct pptp_decrypt_queue *queue = container_of(napi, struct pptp_decrypt_queue, napi);
	int i, n = min3(budget, MPPE_BATCH, (int)queue->count);
	struct pptp_rc4_lane *jobs[MPPE_BATCH];
	unsigned int left;

	for (i = 0; i < n; i++)
		jobs[i] = &pptp_rx_cb(*pptp_decrypt_at(queue, i))->job;
	if (n)
		pptp_mppe_run(jobs, n);
	rcu_read_lock();
	left = pptp_decrypt_done(queue, n);
	rcu_read_unlock();

	/* A frame that is added from here on schedules the poll anew. */
	if (left || n == budget)
		return budget;
	napi_complete_done(napi, n);
	return n;
}

int pptp_decrypt_init(void)
{
	int cpu;

	pptp_decrypt_dev = alloc_netdev_dummy(0);
	if (!pptp_decrypt_dev)
		return -ENOMEM;
	pptp_decrypt_queues = alloc_percpu(struct pptp_decrypt_queue);
	if (!pptp_decrypt_queues) {
		free_netdev(pptp_decrypt_dev);
		return -ENOMEM;
	}

	for_each_possible_cpu(cpu) {
		struct pptp_decrypt_queue *queue = per_cpu_ptr(pptp_decrypt_queues, cpu);

		local_lock_init(&queue->bh_lock);
		set_bit(NAPI_STATE_NO_BUSY_POLL, &queue->napi.state);
		netif_napi_add(pptp_decrypt_dev, &queue->napi, pptp_decrypt_poll);
		napi_enable(&queue->napi);
	}
	return 0;
}

void pptp_decrypt_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct pptp_decrypt_queue *queue = per_cpu_ptr(pptp_decrypt_queues, cpu);

		napi_disable(&queue->napi);
		__netif_napi_del(&queue->napi);
	}
	/* What netif_napi_del() would do for each queue is done once for all. */
	synchronize_net();
	free_percpu(pptp_decrypt_queues);
	free_netdev(pptp_decrypt_dev);
}
