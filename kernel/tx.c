// SPDX-License-Identifier: GPL-2.0
#include <linux/ip.h>
#include <linux/ppp-comp.h>
#include <linux/ppp_defs.h>
#include <linux/slab.h>
#include <net/dst.h>
#include <net/ip.h>
#include <net/route.h>

#include "cipher.h"
#include "compat.h"
#include "crypt.h"
#include "gre.h"
#include "mppe.h"
#include "session.h"
#include "trace.h"
#include "tx.h"

/* Jobs in one batch.  Few, for the sake of the stack: who sends may be deep in it. */
#define PPTP_TX_JOBS		16

/* Frames that the sliding window holds back, at most. */
#define PPTP_SLIDING_QUEUE	256

/**
 * struct pptp_sliding - what the sliding window holds back
 * @queue: frames without number, under the session's send lock
 * @timer: due at window_tx_deadline()
 * @session: whose it is; outlives this
 */
struct pptp_sliding {
	struct sk_buff_head queue;
	struct timer_list timer;
	struct pptp_session *session;
};

/**
 * struct pptp_tx_cb - a frame on its way through here, in skb->cb
 * @job: second half of its encryption, if @encrypted
 * @seq: its sequence number
 * @ack: what it acknowledges, with @has_ack
 * @len: octets from the protocol field on
 * @mppe: offset of the MPPE header in the frame, 0 if it is not encrypted
 * @tos: of the outer header
 * @has_ack: takes an acknowledgement along
 * @fits: the path takes it in one piece
 * @encrypted: @job is to be run
 * @flushes: the next encrypted frame is flushed
 */
struct pptp_tx_cb {
	struct rc4_lane job;
	u32 seq;
	u32 ack;
	u16 len;
	u8 mppe;
	u8 tos;
	u8 has_ack : 1;
	u8 fits : 1;
	u8 encrypted : 1;
	u8 flushes : 1;
};

static struct pptp_tx_cb *pptp_tx_cb(struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct pptp_tx_cb) > sizeof(skb->cb));
	return (struct pptp_tx_cb *)skb->cb;
}

static struct dst_entry *pptp_route_lookup(struct pptp_session *s)
{
	struct sock *sk = pptp_session_sk(s);
	struct net *net = sock_net(sk);
	struct rtable *rt;
	struct flowi4 fl4 = {
		.flowi4_oif = READ_ONCE(sk->sk_bound_dev_if),
		.flowi4_mark = READ_ONCE(sk->sk_mark),
		.flowi4_proto = IPPROTO_GRE,
		.flowi4_uid = sock_net_uid(net, sk),
		.daddr = s->key.raddr,
		.saddr = s->laddr,
	};

	security_sk_classify_flow(sk, flowi4_to_flowi_common(&fl4));
	rt = ip_route_output_flow(net, &fl4, sk);
	return IS_ERR(rt) ? NULL : &rt->dst;
}

/*
 * The route is cached in the socket and used without a reference: whoever replaces it drops the
 * old one, which is freed no sooner than our RCU read side ends.
 */
static struct dst_entry *pptp_route(struct pptp_session *s)
{
	struct sock *sk = pptp_session_sk(s);
	struct dst_entry *dst = rcu_dereference(sk->sk_dst_cache);

	if (likely(dst && dst_check(dst, 0)))
		return dst;

	dst = pptp_route_lookup(s);
	sk_dst_set(sk, dst);
	return dst;
}

bool pptp_tx_encrypts(const struct pptp_session *s)
{
	return READ_ONCE(s->tx_mppe);
}

unsigned int pptp_tx_room(const struct pptp_session *s, const struct pptp_path *path)
{
	unsigned int overhead = PPTP_TX_OVERHEAD;

	if (!pptp_tx_encrypts(s))
		overhead -= PPTP_TX_MPPE;
	return max(path->mtu, overhead + IPV4_MIN_MTU) - overhead;
}

static bool pptp_path_to(struct pptp_session *s, struct pptp_path *path)
{
	path->dst = pptp_route(s);
	if (unlikely(!path->dst))
		return false;
	path->mtu = dst_mtu(path->dst);
	return true;
}

unsigned int pptp_tx_mtu(struct pptp_session *s)
{
	struct pptp_path path;

	return pptp_path_to(s, &path) ? pptp_tx_room(s, &path) : 0;
}

bool pptp_tx_route(struct pptp_session *s, struct pptp_path *path, enum pptp_count *why)
{
	*why = PPTP_COUNT_TX_DROP_CLOSED;
	if (unlikely(!pptp_session_connected(s)))
		return false;
	*why = PPTP_COUNT_TX_DROP_NO_ROUTE;
	return pptp_path_to(s, path);
}

/*
 * Put protocol, address and control in front of what @skb holds, in the form that LCP agreed on,
 * with the MPPE header between if the frame will be encrypted.
 */
static void pptp_tx_frame_header(const struct pptp_session *s, struct sk_buff *skb, u16 proto,
				 bool encrypt)
{
	u8 frame = proto == PPP_LCP ? 0 : READ_ONCE(s->frame);
	struct pptp_tx_cb *cb = pptp_tx_cb(skb);
	u8 *p;

	cb->mppe = 0;
	if (encrypt) {
		put_unaligned_be16(proto, __skb_push(skb, 2));
		__skb_push(skb, MPPE_HEADER);
		proto = PPP_COMP;
		cb->mppe = 2;
	}
	if ((frame & PPTP_FRAME_PFC) && proto < 0x100) {
		*(u8 *)__skb_push(skb, 1) = proto;
		cb->mppe >>= 1;
	} else {
		put_unaligned_be16(proto, __skb_push(skb, 2));
	}
	cb->len = skb->len;
	if (!(frame & PPTP_FRAME_ACFC)) {
		p = __skb_push(skb, 2);
		p[0] = PPP_ALLSTATIONS;
		p[1] = PPP_UI;
		if (encrypt)
			cb->mppe += 2;
	}
}

/*
 * Make a frame of a packet that starts after the protocol field.  False: it is gone.
 */
static bool pptp_tx_prepare(struct pptp_session *s, struct sk_buff *skb,
			    const struct pptp_path *path, u16 proto, u8 tos, bool encrypt)
{
	enum pptp_count why = PPTP_COUNT_TX_DROP_TOO_BIG;
	struct pptp_tx_cb *cb = pptp_tx_cb(skb);
	unsigned int len = skb->len + PPTP_TX_IP_GRE + PPTP_TX_PPP;

	if (encrypt)
		len += PPTP_TX_MPPE;
	cb->fits = len <= path->mtu;
	if (unlikely(len > IP_MAX_MTU))
		goto drop;

	if (unlikely(skb_cow_head(skb, LL_RESERVED_SPACE(path->dst->dev) + PPTP_TX_OVERHEAD))) {
		why = PPTP_COUNT_TX_DROP_NO_MEMORY;
		goto drop;
	}
	/* A frame may be held back, and what it came from may be gone by then. */
	skb_scrub_packet(skb, skb->dev && !net_eq(dev_net(skb->dev), pptp_session_net(s)));
	skb_clear_hash_if_not_l4(skb);
	skb->dev = NULL;
	cb->tos = tos;
	cb->encrypted = false;
	cb->flushes = false;
	pptp_tx_frame_header(s, skb, proto, encrypt);
	return true;

drop:
	pptp_drop(pptp_session_net(s), s, skb, why);
	return false;
}

/* Route, IP header and out.  data is at the GRE header. */
static void pptp_tx_ip(struct pptp_session *s, struct sk_buff *skb, struct dst_entry *dst, u8 tos,
		       __be16 frag_off)
{
	struct net *net = pptp_session_net(s);
	u32 mark = READ_ONCE(pptp_session_sk(s)->sk_mark);
	struct iphdr *iph;

	skb_reset_transport_header(skb);
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	if (mark)
		skb->mark = mark;
	skb->ip_summed = CHECKSUM_NONE;
	skb->encapsulation = 0;
	skb_dst_set_noref(skb, dst);

	iph = __skb_push(skb, sizeof(*iph));
	skb_reset_network_header(skb);
	iph->version = 4;
	iph->ihl = sizeof(*iph) >> 2;
	iph->tos = tos;
	iph->frag_off = frag_off;
	iph->ttl = ip4_dst_hoplimit(dst);
	iph->protocol = IPPROTO_GRE;
	iph->saddr = s->laddr;
	iph->daddr = s->key.raddr;
	ip_select_ident(net, skb, NULL);

	ip_local_out(net, NULL, skb);
}

static void pptp_tx_one(struct pptp_session *s, struct sk_buff *skb, struct dst_entry *dst)
{
	const struct pptp_tx_cb *cb = pptp_tx_cb(skb);
	const struct pptp_gre gre = {
		.call_id = s->key.peer_call_id,
		.payload_len = skb->len,
		.has_seq = true,
		.seq = cb->seq,
		.has_ack = cb->has_ack,
		.ack = cb->ack,
	};
	__be16 frag_off = cb->fits && !ip_mtu_locked(dst) ? htons(IP_DF) : 0;

	trace_pptp_tx(s, skb, gre.seq);
	pptp_traffic_tx(s->traffic, cb->len);
	pptp_gre_build(__skb_push(skb, pptp_gre_header_len(true, gre.has_ack)), &gre);
	pptp_tx_ip(s, skb, dst, cb->tos, frag_off);
}

/*
 * Let through what the sliding window has room for, keep the rest.  Under the send lock.  What
 * does not find room in the queue either goes to @drop.
 */
static void pptp_sliding_pass(struct pptp_session *s, struct sk_buff_head *frames,
			      struct sk_buff_head *drop)
{
	struct sk_buff_head *queue = &s->sliding->queue;
	u32 room = window_tx_room(&s->window);
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(frames)))
		__skb_queue_tail(skb_queue_len(queue) < PPTP_SLIDING_QUEUE ? queue : drop, skb);
	while (room-- && (skb = __skb_dequeue(queue)))
		__skb_queue_tail(frames, skb);
}

static void pptp_sliding_arm(struct pptp_session *s)
{
	u64 deadline = window_tx_deadline(&s->window);
	u64 now = ktime_get_ns();

	if (deadline == WINDOW_NEVER || timer_pending(&s->sliding->timer))
		return;
	mod_timer(&s->sliding->timer,
		  jiffies + nsecs_to_jiffies(deadline > now ? deadline - now : 0) + 1);
}

static void pptp_tx_take(struct window *w, struct sk_buff *skb, u64 now)
{
	struct pptp_tx_cb *cb = pptp_tx_cb(skb);

	cb->seq = window_tx_take(w, 1, now);
	cb->has_ack = window_ack_take(w, &cb->ack);
}

/* Who sends numbered frames. */
enum pptp_tx_by {
	PPTP_TX_BY_CALLER,
	PPTP_TX_BY_OTHER,	/* who is sending already */
	PPTP_TX_BY_LINE,	/* see crypt.h */
};

/* Is there so much ahead of data frames that no more may be numbered?  Under the send lock. */
static bool pptp_tx_full(const struct pptp_session *s, const struct sk_buff_head *frames)
{
	struct sk_buff *skb = skb_peek(frames);

	if (pptp_order_full(&s->out))
		return true;
	/* Frames of one call are of one kind; control frames always find room in a line. */
	return skb && pptp_tx_cb(skb)->mppe && pptp_line_full(&s->line);
}

/*
 * The serial part: sequence numbers, acknowledgements and the first half of encryption.  Takes out
 * of @frames what may not go now, and, for PPTP_TX_BY_CALLER, puts in what was left before.
 */
static enum pptp_tx_by pptp_tx_number(struct pptp_session *s, struct sk_buff_head *frames,
				      struct sk_buff_head *drop)
{
	enum pptp_tx_by by = PPTP_TX_BY_LINE;
	struct window *w = &s->window;
	struct sk_buff *skb, *next;
	u64 now = 0;

	spin_lock(&s->tx_lock);
	if (unlikely(pptp_tx_full(s, frames)))
		skb_queue_splice_tail_init(frames, drop);
	if (unlikely(s->sliding)) {
		pptp_sliding_pass(s, frames, drop);
		now = ktime_get_ns();
	}
	skb_queue_walk_safe(frames, skb, next) {
		struct pptp_tx_cb *cb = pptp_tx_cb(skb);
		unsigned int mppe = cb->mppe;

		if (mppe) {
			/* The key may have been taken away since the frame was made. */
			if (unlikely(!s->tx_mppe)) {
				__skb_unlink(skb, frames);
				__skb_queue_tail(drop, skb);
				continue;
			}
			cb->encrypted = mppe_encrypt(s->tx_mppe, skb->data + mppe,
						     skb->len - mppe, &cb->job) == MPPE_READY;
		}
		pptp_tx_take(w, skb, now);
		if (unlikely(cb->flushes && s->tx_mppe))
			mppe_flush(s->tx_mppe);
	}
	if (unlikely(s->sliding))
		pptp_sliding_arm(s);
	/*
	 * Frames leave in the order of their numbers: many a peer drops what comes out of order.
	 * Nothing overtakes what is in a line, and nothing in a line what is being sent.
	 */
	if (!s->tx_mppe || !(pptp_order_idle(&s->out) || pptp_line_moves(&s->line)) ||
	    !pptp_line_join(&s->line, frames))
		by = pptp_order_begin(&s->out, frames, NULL) ? PPTP_TX_BY_CALLER : PPTP_TX_BY_OTHER;
	spin_unlock(&s->tx_lock);
	return by;
}

/* Not inline: its table of jobs is nothing to clear for frames in plaintext. */
noinline void pptp_tx_cipher(struct sk_buff_head *frames)
{
	struct rc4_lane *jobs[PPTP_TX_JOBS];
	unsigned int n = 0;
	struct sk_buff *skb;

	skb_queue_walk(frames, skb) {
		struct pptp_tx_cb *cb = pptp_tx_cb(skb);

		if (!cb->encrypted)
			continue;
		jobs[n++] = &cb->job;
		if (n == PPTP_TX_JOBS) {
			pptp_cipher_run(jobs, n);
			n = 0;
		}
	}
	if (n)
		pptp_cipher_run(jobs, n);
}

void pptp_tx_run_ahead(struct pptp_session *s)
{
	bool more = true;

	/* A key a turn: who waits for the lock waits no longer than the key would have cost him. */
	while (more && !pptp_line_moves(&s->line) && spin_trylock(&s->tx_lock)) {
		more = s->tx_mppe && mppe_run_ahead(s->tx_mppe);
		spin_unlock(&s->tx_lock);
	}
}

static void pptp_tx_send(struct pptp_session *s, struct sk_buff_head *frames,
			 struct dst_entry *dst)
{
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(frames)))
		pptp_tx_one(s, skb, dst);
}

void pptp_tx_release(struct pptp_session *s, struct sk_buff_head *frames)
{
	struct pptp_path path;
	enum pptp_count why;
	struct sk_buff *skb;

	if (likely(pptp_tx_route(s, &path, &why))) {
		pptp_tx_send(s, frames, path.dst);
		return;
	}
	while ((skb = __skb_dequeue(frames)))
		pptp_drop(pptp_session_net(s), s, skb, why);
}

static enum pptp_count pptp_tx_why_dropped(const struct pptp_session *s, struct sk_buff *skb)
{
	if (pptp_tx_cb(skb)->mppe && !pptp_tx_encrypts(s))
		return PPTP_COUNT_TX_DROP_PLAINTEXT;
	return READ_ONCE(s->sliding) ? PPTP_COUNT_TX_DROP_WINDOW : PPTP_COUNT_TX_DROP_BACKLOG;
}

/* What others left meanwhile.  False: nothing, or too often; then the next who sends takes it. */
static bool pptp_tx_more(struct pptp_session *s, struct sk_buff_head *frames, unsigned int round)
{
	bool more, left;

	spin_lock(&s->tx_lock);
	more = pptp_order_more(&s->out, frames, round, NULL);
	left = pptp_order_due(&s->out, NULL);
	spin_unlock(&s->tx_lock);

	/* Perhaps nobody comes. */
	if (unlikely(left))
		timer_reduce(&s->ack_timer, jiffies + 1);
	return more;
}

/* After PPTP_TX_BY_CALLER, and after his own frames are sent: those that were left to him. */
static void pptp_tx_end(struct pptp_session *s, struct dst_entry *dst)
{
	struct sk_buff_head frames;
	unsigned int round = 0;

	__skb_queue_head_init(&frames);
	while (unlikely(pptp_tx_more(s, &frames, round++))) {
		pptp_tx_cipher(&frames);
		pptp_tx_send(s, &frames, dst);
	}
}

void pptp_tx_purge(struct pptp_session *s)
{
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(&s->out.left))) {
		if (pptp_tx_cb(skb)->encrypted)
			mppe_job_wipe(&pptp_tx_cb(skb)->job);
		kfree_skb(skb);
	}
}

/* Number, encrypt and send prepared frames; those held back that may go now go first. */
static void pptp_tx_batch(struct pptp_session *s, struct sk_buff_head *frames,
			  struct dst_entry *dst)
{
	struct sk_buff_head drop;
	struct sk_buff *skb;

	__skb_queue_head_init(&drop);
	switch (pptp_tx_number(s, frames, &drop)) {
	case PPTP_TX_BY_CALLER:
		pptp_tx_cipher(frames);
		pptp_tx_send(s, frames, dst);
		pptp_tx_end(s, dst);
		break;
	case PPTP_TX_BY_LINE:
		pptp_line_push(s);
		break;
	case PPTP_TX_BY_OTHER:
		break;
	}
	while ((skb = __skb_dequeue(&drop)))
		pptp_drop(pptp_session_net(s), s, skb, pptp_tx_why_dropped(s, skb));
}

/*
 * The same for one prepared frame, which mostly goes a shorter way: forwarded packets come one by
 * one.
 */
static void pptp_tx_single(struct pptp_session *s, struct sk_buff *skb, struct dst_entry *dst)
{
	struct sk_buff_head frames;
	bool alone;

	spin_lock(&s->tx_lock);
	alone = !s->sliding && !s->tx_mppe && pptp_order_idle(&s->out);
	if (likely(alone)) {
		pptp_tx_take(&s->window, skb, 0);
		s->out.busy = true;
	}
	spin_unlock(&s->tx_lock);
	if (likely(alone)) {
		pptp_tx_one(s, skb, dst);
		pptp_tx_end(s, dst);
		return;
	}
	__skb_queue_head_init(&frames);
	__skb_queue_tail(&frames, skb);
	pptp_tx_batch(s, &frames, dst);
}

static void pptp_tx_drop_list(struct pptp_session *s, struct sk_buff *list, enum pptp_count why)
{
	struct sk_buff *skb, *next;

	skb_list_walk_safe(list, skb, next) {
		skb_mark_not_on_list(skb);
		pptp_drop(pptp_session_net(s), s, skb, why);
	}
}

void pptp_tx_data(struct pptp_session *s, const struct pptp_path *path, struct sk_buff *list,
		  u16 proto, u8 tos)
{
	bool encrypt = pptp_tx_encrypts(s);
	struct sk_buff *skb, *next;
	struct sk_buff_head frames;

	if (unlikely(READ_ONCE(s->mppe_required) && !encrypt)) {
		pptp_tx_drop_list(s, list, PPTP_COUNT_TX_DROP_PLAINTEXT);
		return;
	}
	if (!list->next) {
		if (pptp_tx_prepare(s, list, path, proto, tos, encrypt))
			pptp_tx_single(s, list, path->dst);
		return;
	}

	__skb_queue_head_init(&frames);
	skb_list_walk_safe(list, skb, next) {
		skb_mark_not_on_list(skb);
		if (pptp_tx_prepare(s, skb, path, proto, tos, encrypt))
			__skb_queue_tail(&frames, skb);
	}
	pptp_tx_batch(s, &frames, path->dst);
}

/*
 * A Reset-Ack says that the next encrypted packet is flushed (RFC 1962 5.3), so nothing may come
 * between: ppp_generic throws away what comes before it, and asks again for what is not flushed
 * after it.
 */
static bool pptp_tx_is_reset_ack(const struct sk_buff *skb, u16 proto)
{
	return proto == PPP_CCP && skb_headlen(skb) && CCP_CODE(skb->data) == CCP_RESETACK;
}

void pptp_tx_frame(struct pptp_session *s, struct sk_buff *skb, u8 tos)
{
	u16 proto = get_unaligned_be16(skb->data);
	struct pptp_path path;
	enum pptp_count why;
	bool flushes;

	if (unlikely(!pptp_tx_route(s, &path, &why))) {
		pptp_drop(pptp_session_net(s), s, skb, why);
		return;
	}

	__skb_pull(skb, 2);
	flushes = pptp_tx_is_reset_ack(skb, proto);
	if (unlikely(!pptp_tx_prepare(s, skb, &path, proto, tos, false)))
		return;
	pptp_tx_cb(skb)->flushes = flushes;
	pptp_tx_single(s, skb, path.dst);
}

/* Send what the sliding window held back and has room for now. */
static void pptp_tx_kick(struct pptp_session *s)
{
	struct sk_buff_head frames;
	struct pptp_path path;
	enum pptp_count why;

	if (!pptp_tx_route(s, &path, &why))
		return;
	__skb_queue_head_init(&frames);
	pptp_tx_batch(s, &frames, path.dst);
}

void pptp_tx_acked(struct pptp_session *s, u32 ack)
{
	bool room;

	if (likely(!window_tx_sliding(&s->window))) {
		window_tx_ack(&s->window, ack, 0);
		return;
	}
	spin_lock(&s->tx_lock);
	room = window_tx_ack(&s->window, ack, ktime_get_ns());
	spin_unlock(&s->tx_lock);
	if (room)
		pptp_tx_kick(s);
}

/* An acknowledgement without payload. */
static void pptp_tx_ack(struct pptp_session *s)
{
	struct pptp_gre gre = { .call_id = s->key.peer_call_id, .has_ack = true };
	unsigned int headroom;
	struct pptp_path path;
	enum pptp_count why;
	struct sk_buff *skb;

	if (!pptp_tx_route(s, &path, &why) || !window_ack_take(&s->window, &gre.ack))
		return;

	headroom = LL_RESERVED_SPACE(path.dst->dev) + PPTP_TX_IP_GRE;
	skb = alloc_skb(headroom, GFP_ATOMIC);
	/* Without memory the next frame or timer says the same. */
	if (!skb)
		return;
	skb_reserve(skb, headroom);
	pptp_gre_build(__skb_push(skb, pptp_gre_header_len(false, true)), &gre);
	pptp_count(&s->counts, PPTP_COUNT_TX_ACKS);
	pptp_tx_ip(s, skb, path.dst, 0, htons(IP_DF));
}

void pptp_tx_ack_owed(struct pptp_session *s)
{
	unsigned long now = jiffies;

	if (!window_ack_pending(&s->window))
		return;
	if (likely(!window_ack_urgent(&s->window))) {
		if (!timer_pending(&s->ack_timer))
			mod_timer(&s->ack_timer, now + nsecs_to_jiffies(WINDOW_ACK_DELAY));
	} else if (window_ack_affordable(&s->window, now)) {
		pptp_tx_ack(s);
	} else {
		timer_reduce(&s->ack_timer, now + 1);
	}
}

void pptp_tx_ack_timer(struct timer_list *timer)
{
	struct pptp_session *s = timer_container_of(s, timer, ack_timer);

	rcu_read_lock();
	pptp_tx_ack(s);
	if (unlikely(!skb_queue_empty_lockless(&s->out.left)))
		pptp_tx_kick(s);
	rcu_read_unlock();
}

static void pptp_sliding_timer(struct timer_list *timer)
{
	struct pptp_sliding *sliding = timer_container_of(sliding, timer, timer);
	struct pptp_session *s = sliding->session;
	bool room;

	rcu_read_lock();
	spin_lock(&s->tx_lock);
	room = window_tx_expire(&s->window, ktime_get_ns());
	if (s->sliding == sliding)
		pptp_sliding_arm(s);
	spin_unlock(&s->tx_lock);
	if (room)
		pptp_tx_kick(s);
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

int pptp_tx_set_sliding(struct pptp_session *s, u16 window, u16 ppd)
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
	window_tx_set_sliding(&s->window, window, ppd);
	spin_unlock_bh(&s->tx_lock);

	if (old) {
		timer_shutdown_sync(&old->timer);
		__skb_queue_purge(&old->queue);
		kfree(old);
	}
	return 0;
}
