// SPDX-License-Identifier: GPL-2.0-only
#include <linux/delay.h>
#include <linux/workqueue.h>
#include <net/rtnetlink.h>

#include "compat.h"
#include "link.h"
#include "link_device.h"
#include "session.h"

/*
 * Links are removed in batches.  A batch holds the rtnl lock and waits for grace periods once, so
 * large batches take less time in all; but others that want the lock wait for a whole batch.  So a
 * batch grows as long as it holds the lock for PPTP_LINK_HOLD_NS at most, or for twice as long as
 * the smallest batch: then most of that are grace periods, and smaller batches would not help.
 */
#define PPTP_LINK_BATCH_MIN	4
#define PPTP_LINK_BATCH_MAX	256
#define PPTP_LINK_HOLD_NS	NSEC_PER_MSEC

static LIST_HEAD(pptp_link_removals);
static struct workqueue_struct *pptp_link_wq;

int pptp_link_own(struct pptp_link *link, struct pptp_session *s)
{
	int err = 0;

	mutex_lock(&pptp_link_lock);
	/*
	 * pptp_pppox_shutdown() sets PPPOX_DEAD before it calls pptp_link_disown().  So either this
	 * sees PPPOX_DEAD, or pptp_link_disown() finds the link.
	 */
	if (s->owned || pptp_session_sk(s)->sk_state == PPPOX_DEAD) {
		err = -EBUSY;
	} else {
		s->owned = link;
		link->owner = s;
	}
	mutex_unlock(&pptp_link_lock);
	return err;
}

void pptp_link_unown(struct pptp_link *link)
{
	mutex_lock(&pptp_link_lock);
	if (link->owner)
		link->owner->owned = NULL;
	link->owner = NULL;
	mutex_unlock(&pptp_link_lock);
}

static bool pptp_link_take_removals(struct list_head *batch, int max)
{
	int n = 0;

	mutex_lock(&pptp_link_lock);
	for (; n < max && !list_empty(&pptp_link_removals); n++)
		list_move_tail(pptp_link_removals.next, batch);
	mutex_unlock(&pptp_link_lock);
	return n;
}

/* Returns how long the rtnl lock was held, in nanoseconds. */
static u64 pptp_link_remove_batch(struct list_head *batch)
{
	struct pptp_link *link, *next;
	LIST_HEAD(devices);
	u64 begin, held;

	rtnl_lock();
	begin = ktime_get_ns();
	list_for_each_entry(link, batch, removal)
		if (link->dev->reg_state == NETREG_REGISTERED)
			unregister_netdevice_queue(link->dev, &devices);
	unregister_netdevice_many(&devices);
	/* Drop the references now: rtnl_unlock() waits until the devices have none. */
	list_for_each_entry_safe(link, next, batch, removal) {
		list_del(&link->removal);
		dev_put(link->dev);
	}
	held = ktime_get_ns() - begin;
	rtnl_unlock();
	return held;
}

/*
 * One worker removes all links.  If each link had a worker, all workers would queue for the rtnl
 * lock, and other code that wants the lock would wait behind all of them.
 */
static void pptp_link_removal(struct work_struct *work)
{
	int max = PPTP_LINK_BATCH_MIN;
	u64 held, smallest = 0;
	LIST_HEAD(batch);

	while (pptp_link_take_removals(&batch, max)) {
		held = pptp_link_remove_batch(&batch);
		if (max == PPTP_LINK_BATCH_MIN)
			smallest = held;
		if (held > max_t(u64, PPTP_LINK_HOLD_NS, 2 * smallest))
			max = max(max / 2, PPTP_LINK_BATCH_MIN);
		else
			max = min(max * 2, PPTP_LINK_BATCH_MAX);
		/*
		 * Let other code have the rtnl lock: without this pause, the running worker would
		 * take the mutex again before a task that waits for it is awake.
		 */
		usleep_range(20, 50);
	}
}

static DECLARE_WORK(pptp_link_removal_work, pptp_link_removal);

void pptp_link_disown(struct pptp_session *s)
{
	struct pptp_link *link;

	mutex_lock(&pptp_link_lock);
	link = s->owned;
	if (link) {
		s->owned = NULL;
		link->owner = NULL;
		/*
		 * The device exists: pptp_link_dev_uninit(), which would have reset @owned, has not
		 * run yet.
		 */
		dev_hold(link->dev);
		list_add_tail(&link->removal, &pptp_link_removals);
		queue_work(pptp_link_wq, &pptp_link_removal_work);
	}
	mutex_unlock(&pptp_link_lock);
}

int pptp_link_owner_init(void)
{
	pptp_link_wq = alloc_workqueue("culvert_link", WQ_UNBOUND, 0);
	return pptp_link_wq ? 0 : -ENOMEM;
}

void pptp_link_owner_exit(void)
{
	destroy_workqueue(pptp_link_wq);
}
