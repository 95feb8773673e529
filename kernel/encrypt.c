// SPDX-License-Identifier: GPL-2.0-only
#include <linux/cpumask.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "encrypt.h"
#include "mppe.h"
#include "session.h"

/* Jobs run at once.  Few, since their table is on a stack that may be deep already. */
#define PPTP_ENCRYPT_JOBS	16

#define PPTP_LINE_MIN		8	/* frames sent together that are worth a helper */
#define PPTP_LINE_BUSY		20000	/* frames a second that are worth one, one by one */
#define PPTP_LINE_AHEAD		128	/* frames in a line before the sender encrypts too */
#define PPTP_LINE_MAX		512	/* frames in a line, at most, about */
#define PPTP_HELPER_LINES	64	/* lines that wait for one helper, at most, about */

/* Not inline: frames in plaintext must not pay for the table, which the compiler may clear. */
noinline void pptp_encrypt_frames(struct sk_buff_head *frames)
{
	struct pptp_rc4_lane *jobs[PPTP_ENCRYPT_JOBS];
	unsigned int n = 0;
	struct sk_buff *skb;

	skb_queue_walk(frames, skb) {
		struct pptp_tx_cb *cb = pptp_tx_cb(skb);

		if (!cb->encrypted)
			continue;
		jobs[n++] = &cb->job;
		if (n == PPTP_ENCRYPT_JOBS) {
			pptp_mppe_run(jobs, n);
			n = 0;
		}
	}
	if (n)
		pptp_mppe_run(jobs, n);
}

void pptp_encrypt_purge(struct sk_buff_head *frames)
{
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(frames))) {
		if (pptp_tx_cb(skb)->encrypted)
			pptp_mppe_job_wipe(&pptp_tx_cb(skb)->job);
		kfree_skb(skb);
	}
}

/* Lines: batches that several CPUs encrypt, and that leave in the order of their numbers. */

enum pptp_batch_state {
	PPTP_BATCH_NEW,
	PPTP_BATCH_TAKEN,
	PPTP_BATCH_DONE,
};

/**
 * struct pptp_batch - numbered frames that one CPU encrypts, in the order of their numbers
 * @node: in struct pptp_line.batches, until it is sent
 * @frames: the frames
 * @state: enum pptp_batch_state, under the line's lock
 */
struct pptp_batch {
	struct list_head node;
	struct sk_buff_head frames;
	u8 state;
};

/**
 * struct pptp_helper - a CPU that helps others to send
 * @lock: protects @lines and @count; bottom halves off
 * @lines: struct pptp_line that wait for this helper
 * @count: number of @lines; also read without @lock
 * @work: serves them
 */
struct pptp_helper {
	spinlock_t lock;	/* @lines, @count */
	struct list_head lines;
	u32 count;
	struct work_struct work;
};

static DEFINE_PER_CPU(struct pptp_helper, pptp_helpers);
static struct workqueue_struct *pptp_helper_wq;

static struct pptp_session *pptp_line_session(struct pptp_line *line)
{
	return container_of(line, struct pptp_session, line);
}

void pptp_line_init(struct pptp_line *line)
{
	spin_lock_init(&line->lock);
	INIT_LIST_HEAD(&line->batches);
}

/*
 * Count @frames.  Returns true if the session is so busy that even single frames are worth a
 * helper: more than PPTP_LINE_BUSY frames a second in this jiffy or in the one before.
 */
static bool pptp_line_busy(struct pptp_line *line, u32 frames)
{
	unsigned long now = jiffies;

	if (line->jiffy != now) {
		line->before = line->jiffy + 1 == now ? line->recent : 0;
		line->recent = 0;
		line->jiffy = now;
	}
	line->recent += frames;
	return max(line->recent, line->before) > PPTP_LINE_BUSY / HZ;
}

/* Returns true if so many frames of the session are to go by its line. */
static bool pptp_line_worth(struct pptp_line *line, u32 frames)
{
	bool busy = pptp_line_busy(line, frames);

	if (!frames)
		return false;
	if (pptp_line_moves(line))
		return true;
	return num_online_cpus() > 1 && (busy || frames >= PPTP_LINE_MIN);
}

bool pptp_line_full(const struct pptp_line *line)
{
	return READ_ONCE(line->frames) >= PPTP_LINE_MAX;
}

/*
 * Add frames to the last batch, under the line's lock.  Returns false if there is none, a CPU has
 * taken it, or it would have more than MPPE_BATCH frames.
 */
static bool pptp_line_add(struct pptp_line *line, struct sk_buff_head *frames)
{
	struct pptp_batch *last;

	if (list_empty(&line->batches))
		return false;
	last = list_last_entry(&line->batches, struct pptp_batch, node);
	if (last->state != PPTP_BATCH_NEW ||
	    skb_queue_len(&last->frames) + skb_queue_len(frames) > MPPE_BATCH)
		return false;
	skb_queue_splice_tail_init(frames, &last->frames);
	return true;
}

bool pptp_line_join(struct pptp_line *line, struct sk_buff_head *frames)
{
	u32 n = skb_queue_len(frames);
	struct pptp_batch *batch;

	if (!pptp_line_worth(line, n))
		return false;

	spin_lock(&line->lock);
	if (!pptp_line_add(line, frames)) {
		/*
		 * Without memory the frames overtake those that are in the line.  The peer puts
		 * them in order, or drops some.
		 */
		batch = kmalloc(sizeof(*batch), GFP_ATOMIC | __GFP_NOWARN);
		if (unlikely(!batch)) {
			spin_unlock(&line->lock);
			return false;
		}
		batch->state = PPTP_BATCH_NEW;
		__skb_queue_head_init(&batch->frames);
		skb_queue_splice_init(frames, &batch->frames);
		list_add_tail(&batch->node, &line->batches);
	}
	WRITE_ONCE(line->frames, line->frames + n);
	spin_unlock(&line->lock);
	return true;
}

/* Returns the first batch that is NEW, or NULL.  Under the line's lock. */
static struct pptp_batch *pptp_line_find_new(struct pptp_line *line)
{
	struct pptp_batch *batch;

	list_for_each_entry(batch, &line->batches, node) {
		if (batch->state == PPTP_BATCH_NEW)
			return batch;
	}
	return NULL;
}

/*
 * Encrypt one batch, as the sender or as the helper, at the cost of *@room, steps of the turn.
 * Returns false if no batch is NEW.
 */
static bool pptp_line_encrypt(struct pptp_line *line, int *room)
{
	struct pptp_batch *batch;

	spin_lock(&line->lock);
	batch = pptp_line_find_new(line);
	if (batch)
		batch->state = PPTP_BATCH_TAKEN;
	spin_unlock(&line->lock);
	if (!batch)
		return false;

	pptp_encrypt_frames(&batch->frames);
	*room -= skb_queue_len(&batch->frames);

	spin_lock(&line->lock);
	batch->state = PPTP_BATCH_DONE;
	spin_unlock(&line->lock);
	return true;
}

/* Returns the head of the line if it is DONE, otherwise NULL.  Under the line's lock. */
static struct pptp_batch *pptp_line_head(struct pptp_line *line)
{
	struct pptp_batch *batch;

	batch = list_first_entry_or_null(&line->batches, struct pptp_batch, node);
	return batch && batch->state == PPTP_BATCH_DONE ? batch : NULL;
}

/*
 * Returns true if there is something to do that no CPU is doing.  A batch that is TAKEN is being
 * done; that CPU sends it, or leaves it to the one that is sending.  Under the line's lock.
 */
static bool pptp_line_due(struct pptp_line *line)
{
	return pptp_line_find_new(line) || (!line->sending && pptp_line_head(line));
}

/*
 * Send the batches at the head that are DONE, as far as *@room goes, unless another CPU is sending,
 * or the helper is here to do that (@helper: the caller is the helper).  A batch that becomes DONE
 * while another CPU is sending is left to that CPU, which looks again under the lock under which
 * batches become DONE.  Without room it leaves the batch, and all later ones, to others: then the
 * line is due.
 */
static void pptp_line_send(struct pptp_line *line, bool helper, int *room)
{
	struct pptp_session *s = pptp_line_session(line);
	struct pptp_batch *batch;

	spin_lock(&line->lock);
	if (line->sending || (line->served && !helper)) {
		spin_unlock(&line->lock);
		return;
	}
	line->sending = true;
	while (*room > 0 && (batch = pptp_line_head(line))) {
		u32 frames = skb_queue_len(&batch->frames);

		list_del(&batch->node);
		spin_unlock(&line->lock);
		s->ops->tx_send(s, &batch->frames);
		kfree(batch);
		spin_lock(&line->lock);
		WRITE_ONCE(line->frames, line->frames - frames);
		*room -= frames;
	}
	line->sending = false;
	spin_unlock(&line->lock);
}

/*
 * Returns another CPU than this one, the same as the last time if possible.  Returns this one if no
 * other is online.
 */
static unsigned int pptp_line_cpu(const struct pptp_line *line)
{
	unsigned int here = smp_processor_id(), cpu = line->cpu;

	if (cpu != here && cpu < nr_cpu_ids && cpu_online(cpu))
		return cpu;
	cpu = cpumask_next(here, cpu_online_mask);
	return cpu < nr_cpu_ids ? cpu : cpumask_first(cpu_online_mask);
}

static void pptp_helper_add(struct pptp_helper *helper, struct pptp_line *line)
{
	spin_lock(&helper->lock);
	list_add_tail(&line->node, &helper->lines);
	helper->count++;
	spin_unlock(&helper->lock);
}

/*
 * Call a helper, if none will come.  A line that is due (@due) needs one in any case, be it this
 * CPU, a while later.  A line that is not needs another CPU with few lines waiting; and if there is
 * none, its sender does without.  Returns false if a line that is due gets no helper because its
 * session is being freed.
 */
static bool pptp_line_call(struct pptp_line *line, bool due)
{
	struct pptp_session *s = pptp_line_session(line);
	struct pptp_helper *helper;
	bool wanted, call;
	unsigned int cpu;

	spin_lock(&line->lock);
	cpu = pptp_line_cpu(line);
	helper = per_cpu_ptr(&pptp_helpers, cpu);
	wanted = !line->called &&
		 (due ? pptp_line_due(line) : cpu != smp_processor_id() &&
					      READ_ONCE(helper->count) < PPTP_HELPER_LINES);
	call = wanted && pptp_session_hold(s);
	if (call) {
		line->called = true;
		line->cpu = cpu;
	}
	spin_unlock(&line->lock);

	if (call) {
		pptp_helper_add(helper, line);
		queue_work_on(cpu, pptp_helper_wq, &helper->work);
	}
	return call || !wanted;
}

/* Encrypt and send all that is left, without a bound: nobody adds frames to a dead session. */
static void pptp_line_flush(struct pptp_line *line)
{
	int room = INT_MAX;

	do
		pptp_line_send(line, false, &room);
	while (pptp_line_encrypt(line, &room));
}

void pptp_line_push(struct pptp_session *s)
{
	struct pptp_line *line = &s->line;
	int room = PPTP_LINE_TURN;

	if (!READ_ONCE(line->called))
		pptp_line_call(line, false);
	while (!READ_ONCE(line->called) || READ_ONCE(line->frames) > PPTP_LINE_AHEAD) {
		if (room <= 0 || !pptp_line_encrypt(line, &room))
			break;
		pptp_line_send(line, false, &room);
	}
	if (unlikely(room <= 0 && !pptp_line_call(line, true)))
		pptp_line_flush(line);
}

/*
 * One turn of the helper: encrypt a batch, and send what can be sent then.  Returns true if
 * something is left for another turn, be it a batch that has become DONE at the last moment.
 */
static bool pptp_line_serve(struct pptp_line *line)
{
	int room = PPTP_LINE_TURN;
	bool more;

	spin_lock(&line->lock);
	line->served = true;
	spin_unlock(&line->lock);

	pptp_line_encrypt(line, &room);
	pptp_line_send(line, true, &room);

	spin_lock(&line->lock);
	line->served = false;
	more = pptp_line_due(line);
	line->called = more;
	spin_unlock(&line->lock);
	return more;
}

/* Compute keys for the next frames, until MPPE_AHEAD are ready or frames come. */
static void pptp_encrypt_run_ahead(struct pptp_session *s)
{
	bool more = true;

	/*
	 * One key under the lock at a time: a CPU that waits for the lock waits no longer than it
	 * would take to compute that key itself.
	 */
	while (more && !pptp_line_moves(&s->line) && spin_trylock(&s->tx_lock)) {
		more = s->tx_mppe && pptp_mppe_run_ahead(s->tx_mppe);
		spin_unlock(&s->tx_lock);
	}
}

static struct pptp_line *pptp_helper_next(struct pptp_helper *helper)
{
	struct pptp_line *line;

	spin_lock_bh(&helper->lock);
	line = list_first_entry_or_null(&helper->lines, struct pptp_line, node);
	if (line) {
		list_del(&line->node);
		helper->count--;
	}
	spin_unlock_bh(&helper->lock);
	return line;
}

static void pptp_helper_work(struct work_struct *work)
{
	struct pptp_helper *helper = container_of(work, struct pptp_helper, work);
	struct pptp_line *line;

	while ((line = pptp_helper_next(helper))) {
		local_bh_disable();
		rcu_read_lock();
		if (pptp_line_serve(line)) {
			pptp_helper_add(helper, line);
		} else {
			if (!READ_ONCE(helper->count))
				pptp_encrypt_run_ahead(pptp_line_session(line));
			pptp_session_put(pptp_line_session(line));
		}
		rcu_read_unlock();
		local_bh_enable();
		cond_resched();
	}
}

int pptp_encrypt_init(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct pptp_helper *helper = per_cpu_ptr(&pptp_helpers, cpu);

		spin_lock_init(&helper->lock);
		INIT_LIST_HEAD(&helper->lines);
		INIT_WORK(&helper->work, pptp_helper_work);
	}
	pptp_helper_wq = alloc_workqueue("culvert",
					 WQ_CPU_INTENSIVE | WQ_MEM_RECLAIM | WQ_PERCPU, 0);
	return pptp_helper_wq ? 0 : -ENOMEM;
}

void pptp_encrypt_exit(void)
{
	destroy_workqueue(pptp_helper_wq);
}
