// SPDX-License-Identifier: GPL-2.0-only
#include <linux/hash.h>
#include <linux/jhash.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/rhashtable.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include "compat.h"
#include "mppe.h"
#include "pernet.h"
#include "session.h"
#include "sliding.h"
#include "trace.h"

#define PPTP_CALL_ID_MAX	65535

/* Memory of the frames that the windows of all sessions keep: a 64th of all, within bounds. */
#define PPTP_SESSION_MEMORY_PART	64
#define PPTP_SESSION_MEMORY_MIN		SZ_4M
#define PPTP_SESSION_MEMORY_MAX		SZ_256M

/**
 * struct pptp_local - one local address that has call IDs
 * @node: node in struct pptp_net.locals
 * @addr: the address
 * @users: number of sessions bound to the address; under struct pptp_net.lock
 * @sessions: struct pptp_session by call ID
 * @rcu: frees the structure after a grace period
 */
struct pptp_local {
	struct hlist_node node;
	__be32 addr;
	u32 users;
	struct xarray sessions;
	struct rcu_head rcu;
};

static const struct rhashtable_params pptp_peer_params = {
	.key_len = sizeof(struct pptp_peer_key),
	.key_offset = offsetof(struct pptp_session, key),
	.head_offset = offsetof(struct pptp_session, peer_node),
	.automatic_shrinking = true,
};

static struct hlist_head *pptp_local_bucket(struct pptp_net *pn, __be32 addr)
{
	return &pn->locals[hash_32((__force u32)addr, PPTP_LOCAL_BITS)];
}

static struct pptp_local *pptp_local_find(struct pptp_net *pn, __be32 addr)
{
	struct pptp_local *local;

	hlist_for_each_entry_rcu(local, pptp_local_bucket(pn, addr), node,
				 lockdep_is_held(&pn->lock))
		if (local->addr == addr)
			return local;
	return NULL;
}

static struct pptp_local *pptp_local_get(struct pptp_net *pn, __be32 addr)
{
	struct pptp_local *local = pptp_local_find(pn, addr);

	if (!local) {
		local = kzalloc(sizeof(*local), GFP_KERNEL_ACCOUNT);
		if (!local)
			return NULL;
		local->addr = addr;
		xa_init_flags(&local->sessions, XA_FLAGS_ALLOC1 | XA_FLAGS_ACCOUNT);
		hlist_add_head_rcu(&local->node, pptp_local_bucket(pn, addr));
	}
	local->users++;
	return local;
}

static void pptp_local_put(struct pptp_local *local)
{
	if (--local->users)
		return;
	hlist_del_rcu(&local->node);
	kfree_rcu(local, rcu);
}

static int pptp_local_add(struct pptp_local *local, struct pptp_session *s, u16 call_id)
{
	u32 id, next;
	int err;

	if (call_id) {
		s->call_id = call_id;
		return xa_insert(&local->sessions, call_id, s, GFP_KERNEL_ACCOUNT);
	}

	/*
	 * A lookup must not return a session without its name.  So first reserve a call ID, then
	 * write it into the session, then put the session into the table.
	 */
	next = get_random_u32_inclusive(1, PPTP_CALL_ID_MAX);
	err = xa_alloc_cyclic(&local->sessions, &id, NULL, XA_LIMIT(1, PPTP_CALL_ID_MAX), &next,
			      GFP_KERNEL_ACCOUNT);
	if (err < 0)
		return err;
	s->call_id = id;
	xa_store(&local->sessions, id, s, GFP_KERNEL_ACCOUNT);
	return 0;
}

/* A timer cannot wait for more than half of the range of jiffies; it looks again before that. */
static void pptp_session_arm_idle(struct pptp_session *s, u32 wait)
{
	mod_timer(&s->idle_timer, jiffies + min_t(unsigned long, wait, MAX_JIFFY_OFFSET));
}

static void pptp_session_idle(struct timer_list *timer)
{
	struct pptp_session *s = timer_container_of(s, timer, idle_timer);
	u32 timeout = READ_ONCE(s->idle_timeout) * HZ;
	u32 left;

	if (!timeout)
		return;
	left = pptp_session_idle_left(jiffies, READ_ONCE(s->active), timeout);
	if (!left)
		s->ops->idle(s);
	pptp_session_arm_idle(s, left ?: timeout);
}

void pptp_session_set_idle(struct pptp_session *s, u32 seconds)
{
	WRITE_ONCE(s->idle_timeout, seconds);
	pptp_session_touch(s);
	if (seconds)
		pptp_session_arm_idle(s, seconds * HZ);
	else
		timer_delete(&s->idle_timer);
}

/* Frames that the windows of all sessions keep. */
static struct pptp_window_memory pptp_session_memory = { .max = PPTP_SESSION_MEMORY_MIN };

void __init pptp_session_memory_init(void)
{
	unsigned long pages = totalram_pages() / PPTP_SESSION_MEMORY_PART;

	pages = clamp_t(unsigned long, pages, PPTP_SESSION_MEMORY_MIN >> PAGE_SHIFT,
			PPTP_SESSION_MEMORY_MAX >> PAGE_SHIFT);
	pptp_session_memory.max = pages << PAGE_SHIFT;
}

int pptp_session_init(struct pptp_session *s, const struct net *net,
		      const struct pptp_session_ops *ops)
{
	s->traffic = netdev_alloc_pcpu_stats(struct pptp_traffic);
	if (!s->traffic)
		return -ENOMEM;
	s->totals = pptp_pernet(net)->totals;
	s->ops = ops;
	spin_lock_init(&s->rx_lock);
	spin_lock_init(&s->tx_lock);
	pptp_order_init(&s->up);
	pptp_order_init(&s->out);
	pptp_line_init(&s->line);
	INIT_LIST_HEAD(&s->link_node);
	s->outer = pptp_outer_default;
	s->receive_window = PPTP_WINDOW_DEFAULT;
	pptp_window_init(&s->window, s->receive_window, &pptp_session_memory);
	hrtimer_setup(&s->rx_timer, ops->rx_timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_SOFT);
	timer_setup(&s->ack_timer, ops->tx_timer, 0);
	timer_setup(&s->idle_timer, pptp_session_idle, 0);
	return 0;
}

void pptp_session_destroy(struct pptp_session *s)
{
	pptp_window_rx_purge(&s->window);
	__skb_queue_purge(&s->up.left);
	pptp_encrypt_purge(&s->out.left);
	pptp_mppe_destroy(s->rx_mppe);
	pptp_mppe_destroy(s->tx_mppe);
	kfree(rcu_dereference_protected(s->rates, true));
	free_percpu(s->traffic);
}

int pptp_session_bind(struct net *net, struct pptp_session *s, __be32 laddr, u16 call_id)
{
	struct pptp_net *pn = pptp_pernet(net);
	struct pptp_local *local;
	int err;

	mutex_lock(&pn->lock);
	local = pptp_local_get(pn, laddr);
	if (!local) {
		err = -ENOMEM;
		goto unlock;
	}
	s->laddr = laddr;
	err = pptp_local_add(local, s, call_id);
	if (err) {
		pptp_local_put(local);
		s->laddr = 0;
		s->call_id = 0;
		goto unlock;
	}
	s->local = local;
	pn->sessions++;
	WRITE_ONCE(s->state, PPTP_STATE_BOUND);
unlock:
	mutex_unlock(&pn->lock);
	return err;
}

/*
 * The hash of the flow that a session is outside.  Never 0, which means "no hash" to RPS.  The key
 * is random, so that nobody can make the packets of many sessions meet in one queue.
 */
static u32 pptp_session_hash(const struct pptp_session *s)
{
	static u32 key __read_mostly;

	net_get_random_once(&key, sizeof(key));
	return jhash_3words((__force u32)s->key.raddr, (__force u32)s->laddr,
			    s->key.peer_call_id << 16 | s->call_id, key) ?: 1;
}

int pptp_session_connect(struct net *net, struct pptp_session *s, int dev, __be32 raddr,
			 u16 peer_call_id)
{
	int err;

	s->key = (struct pptp_peer_key) {
		.dev = dev,
		.raddr = raddr,
		.laddr = s->laddr,
		.peer_call_id = peer_call_id,
	};
	err = rhashtable_lookup_insert_fast(&pptp_pernet(net)->peers, &s->peer_node,
					    pptp_peer_params);
	if (err)
		return err == -EEXIST ? -EALREADY : err;

	s->hash = pptp_session_hash(s);
	s->connected_at = get_jiffies_64();
	s->active = jiffies;
	/* Pairs with the acquire in pptp_session_connected(). */
	smp_store_release(&s->state, PPTP_STATE_CONNECTED);
	trace_pptp_session_up(s);
	return 0;
}

bool pptp_session_close(struct net *net, struct pptp_session *s)
{
	struct pptp_net *pn = pptp_pernet(net);
	u8 was = s->state;

	/* The packet paths check the state under these locks before they arm a timer. */
	spin_lock_bh(&s->rx_lock);
	spin_lock(&s->tx_lock);
	WRITE_ONCE(s->state, PPTP_STATE_DEAD);
	pptp_window_rx_purge(&s->window);
	spin_unlock(&s->tx_lock);
	spin_unlock_bh(&s->rx_lock);
	hrtimer_cancel(&s->rx_timer);
	timer_shutdown_sync(&s->ack_timer);
	timer_shutdown_sync(&s->idle_timer);
	pptp_sliding_set(s, 0, 0);

	if (was == PPTP_STATE_CONNECTED) {
		rhashtable_remove_fast(&pn->peers, &s->peer_node, pptp_peer_params);
		trace_pptp_session_down(s);
	}
	if (was == PPTP_STATE_CONNECTED || was == PPTP_STATE_BOUND) {
		mutex_lock(&pn->lock);
		xa_erase(&s->local->sessions, s->call_id);
		pptp_local_put(s->local);
		s->local = NULL;
		pn->sessions--;
		mutex_unlock(&pn->lock);
	}
	return was == PPTP_STATE_CONNECTED;
}

struct pptp_session *pptp_session_lookup(struct net *net, __be32 laddr, u16 call_id)
{
	struct pptp_local *local = pptp_local_find(pptp_pernet(net), laddr);

	return local ? xa_load(&local->sessions, call_id) : NULL;
}

struct pptp_session *pptp_session_lookup_peer(struct net *net, const struct pptp_peer_key *key)
{
	return rhashtable_lookup(&pptp_pernet(net)->peers, key, pptp_peer_params);
}

/* Returns the first local address at or after @addr (host order), or NULL. */
static struct pptp_local *pptp_local_next(struct pptp_net *pn, u32 addr)
{
	struct pptp_local *local, *best = NULL;
	unsigned int i;

	for (i = 0; i < PPTP_LOCAL_BUCKETS; i++)
		hlist_for_each_entry_rcu(local, &pn->locals[i], node)
			if (ntohl(local->addr) >= addr &&
			    (!best || ntohl(local->addr) < ntohl(best->addr)))
				best = local;
	return best;
}

struct pptp_session *pptp_session_next(struct net *net, struct pptp_session_cursor *cursor)
{
	struct pptp_net *pn = pptp_pernet(net);
	struct pptp_session *s;
	struct pptp_local *local;
	unsigned long index;

	while ((local = pptp_local_next(pn, cursor->laddr))) {
		if (ntohl(local->addr) != cursor->laddr) {
			cursor->laddr = ntohl(local->addr);
			cursor->call_id = 0;
		}
		index = cursor->call_id;
		s = xa_find(&local->sessions, &index, PPTP_CALL_ID_MAX, XA_PRESENT);
		if (s) {
			cursor->call_id = index + 1;
			return s;
		}
		if (cursor->laddr == U32_MAX) {
			cursor->call_id = PPTP_CALL_ID_MAX + 1;
			break;
		}
		cursor->laddr++;
		cursor->call_id = 0;
	}
	return NULL;
}

int __net_init pptp_session_net_init(struct net *net)
{
	struct pptp_net *pn = pptp_pernet(net);
	unsigned int i;
	int err;

	mutex_init(&pn->lock);
	for (i = 0; i < PPTP_LOCAL_BUCKETS; i++)
		INIT_HLIST_HEAD(&pn->locals[i]);
	pn->totals = pptp_totals_alloc();
	if (!pn->totals)
		return -ENOMEM;
	err = rhashtable_init(&pn->peers, &pptp_peer_params);
	if (err)
		free_percpu(pn->totals);
	return err;
}

void __net_exit pptp_session_net_exit(struct net *net)
{
	struct pptp_net *pn = pptp_pernet(net);

	WARN_ON(pn->sessions);
	rhashtable_destroy(&pn->peers);
	free_percpu(pn->totals);
}
