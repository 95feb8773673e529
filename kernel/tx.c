// SPDX-License-Identifier: GPL-2.0-only
#include <linux/ip.h>
#include <linux/ppp-comp.h>
#include <linux/ppp_defs.h>
#include <linux/slab.h>
#include <net/dst.h>
#include <net/ip.h>
#include <net/route.h>

#include "ack.h"
#include "compat.h"
#include "encrypt.h"
#include "gre.h"
#include "mppe.h"
#include "path.h"
#include "session.h"
#include "sliding.h"
#include "trace.h"
#include "tx.h"

/*
 * Put protocol, address and control in front of the packet in @skb, in the form that LCP agreed on.
 * If the frame will be encrypted, the outer protocol is 0x00fd, and room for the MPPE header and
 * the packet's own protocol field follow it.
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
 * Make a frame of a packet; data of @skb is behind the protocol field.  Returns false if the packet
 * was dropped.
 */
static bool pptp_tx_prepare(struct pptp_session *s, struct sk_buff *skb,
			    const struct pptp_path *path, u16 proto, u8 tos, bool encrypt)
{
	enum pptp_count why = PPTP_COUNT_TX_DROP_TOO_BIG;
	struct pptp_tx_cb *cb = pptp_tx_cb(skb);
	unsigned int len = skb->len + PPTP_PATH_IP_GRE + PPTP_PATH_PPP;

	if (encrypt)
		len += PPTP_PATH_MPPE;
	cb->fits = len <= path->mtu;
	if (unlikely(len > IP_MAX_MTU))
		goto drop;

	if (unlikely(skb_cow_head(skb, LL_RESERVED_SPACE(path->dst->dev) + PPTP_PATH_OVERHEAD))) {
		why = PPTP_COUNT_TX_DROP_NO_MEMORY;
		goto drop;
	}
	/*
	 * The frame may wait in a queue, and the route and the device that the packet came with may
	 * be gone by then.
	 */
	skb_scrub_packet(skb, skb->dev && !net_eq(dev_net(skb->dev), pptp_session_net(s)));
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

/* Send one numbered frame whose encryption is complete.  Consumes @skb. */
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

	trace_pptp_tx(s, skb, gre.seq);
	pptp_session_count_tx(s, cb->len);
	pptp_gre_build(__skb_push(skb, pptp_gre_header_len(true, gre.has_ack)), &gre);
	pptp_path_send(s, skb, dst, cb->tos, cb->fits);
}

/*
 * Give a frame its sequence number, and the acknowledgment that is due.  Under the send lock.
 *
 * XPS chooses the transmit queue of a device by the CPU.  Frames in two queues may overtake each
 * other, so the session goes over to the queue of this CPU only when no frame is under way.
 */
static void pptp_tx_take(struct pptp_session *s, struct sk_buff *skb, u64 now)
{
	struct pptp_tx_cb *cb = pptp_tx_cb(skb);
	struct pptp_window *w = &s->window;

	if (pptp_window_tx_idle(w))
		WRITE_ONCE(s->tx_cpu, smp_processor_id() + 1);
	cb->seq = pptp_window_tx_take(w, 1, now);
	cb->has_ack = pptp_window_ack_take(w, &cb->ack);
}

/* Which CPU sends the frames that pptp_tx_number() has numbered. */
enum pptp_tx_by {
	PPTP_TX_BY_CALLER,	/* the caller of pptp_tx_number() */
	PPTP_TX_BY_OTHER,	/* the CPU that is sending already; or there is nothing to send */
	PPTP_TX_BY_LINE,	/* the frames are in the line of the session, see encrypt.h */
};

/*
 * Returns true if so many frames are on their way out that @frames must not be numbered.  The limit
 * of the line is for frames to be encrypted; other frames always find room there.  Under the send
 * lock.
 */
static bool pptp_tx_full(const struct pptp_session *s, const struct sk_buff_head *frames)
{
	struct sk_buff *skb = skb_peek(frames);

	if (pptp_order_full(&s->out))
		return true;
	/* The frames of one list are either all to be encrypted, or none is. */
	return skb && pptp_tx_cb(skb)->mppe && pptp_line_full(&s->line);
}

/*
 * The serial part: sequence numbers, acknowledgments and the first half of encryption.  Frames that
 * must not be sent move from @frames to @drop, and the sliding window holds back those that it has
 * no room for.  Frames that the sliding window held back before and, for PPTP_TX_BY_CALLER, frames
 * left in s->out are put into @frames, before the caller's, as far as *@room goes (order.h).  With
 * another result @frames is empty on return.
 */
static enum pptp_tx_by pptp_tx_number(struct pptp_session *s, struct sk_buff_head *frames,
				      struct sk_buff_head *drop, unsigned int *room)
{
	enum pptp_tx_by by = PPTP_TX_BY_LINE;
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
			cb->encrypted = pptp_mppe_encrypt(s->tx_mppe, skb->data + mppe,
							  skb->len - mppe, &cb->job) == MPPE_READY;
		}
		pptp_tx_take(s, skb, now);
		if (unlikely(cb->flushes && s->tx_mppe))
			pptp_mppe_flush(s->tx_mppe);
	}
	if (unlikely(s->sliding))
		pptp_sliding_arm(s);
	/*
	 * Frames leave in the order of their numbers, since many peers drop frames that come out of
	 * order.  While a line has frames, later frames join it; while s->out has frames or is
	 * being sent, no line begins.  The exceptions are rare: a line without memory for a batch,
	 * and a session whose key was taken away while its line had frames.
	 */
	if (!s->tx_mppe || !(pptp_order_idle(&s->out) || pptp_line_moves(&s->line)) ||
	    !pptp_line_join(&s->line, frames))
		by = pptp_order_begin(&s->out, frames, room, NULL) ? PPTP_TX_BY_CALLER :
								     PPTP_TX_BY_OTHER;
	spin_unlock(&s->tx_lock);
	return by;
}

static void pptp_tx_all(struct pptp_session *s, struct sk_buff_head *frames,
			struct dst_entry *dst)
{
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(frames)))
		pptp_tx_one(s, skb, dst);
}

void pptp_tx_send(struct pptp_session *s, struct sk_buff_head *frames)
{
	struct pptp_path path;
	enum pptp_count why;
	struct sk_buff *skb;

	if (likely(pptp_path_find(s, &path, &why))) {
		pptp_tx_all(s, frames, path.dst);
		return;
	}
	while ((skb = __skb_dequeue(frames)))
		pptp_drop(pptp_session_net(s), s, skb, why);
}

static enum pptp_count pptp_tx_why_dropped(const struct pptp_session *s, struct sk_buff *skb)
{
	if (pptp_tx_cb(skb)->mppe && !READ_ONCE(s->tx_mppe))
		return PPTP_COUNT_TX_DROP_PLAINTEXT;
	return READ_ONCE(s->sliding) ? PPTP_COUNT_TX_DROP_WINDOW : PPTP_COUNT_TX_DROP_BACKLOG;
}

/*
 * Take into @frames the frames that other CPUs have left in s->out meanwhile.  @room: as of
 * pptp_order_more().  Returns false if the turn of this CPU is over; what is left then is sent by
 * the next CPU that sends, or by the timer.
 */
static bool pptp_tx_more(struct pptp_session *s, struct sk_buff_head *frames, unsigned int *room)
{
	bool more;

	spin_lock(&s->tx_lock);
	more = pptp_order_more(&s->out, frames, room, NULL);
	if (unlikely(pptp_order_due(&s->out, NULL) && s->state == PPTP_STATE_CONNECTED))
		pptp_session_hand_on(s);
	spin_unlock(&s->tx_lock);
	return more;
}

/* After PPTP_TX_BY_CALLER, when the caller has sent its own frames: send those left to it. */
static void pptp_tx_end(struct pptp_session *s, struct dst_entry *dst, unsigned int room)
{
	struct sk_buff_head frames;

	__skb_queue_head_init(&frames);
	while (unlikely(pptp_tx_more(s, &frames, &room))) {
		pptp_encrypt_frames(&frames);
		pptp_tx_all(s, &frames, dst);
	}
}

/*
 * Number, encrypt and send prepared frames.  Frames that the sliding window held back and that may
 * go now go first.  Without @frames, only those and the ones left in s->out go.
 */
static void pptp_tx_batch(struct pptp_session *s, struct sk_buff_head *frames,
			  struct dst_entry *dst)
{
	unsigned int room = PPTP_ORDER_TURN;
	struct sk_buff_head drop;
	struct sk_buff *skb;

	__skb_queue_head_init(&drop);
	switch (pptp_tx_number(s, frames, &drop, &room)) {
	case PPTP_TX_BY_CALLER:
		pptp_encrypt_frames(frames);
		pptp_tx_all(s, frames, dst);
		pptp_tx_end(s, dst, room);
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
 * As pptp_tx_batch(), for one prepared frame, which mostly goes by a shorter way: forwarded packets
 * come one by one.
 */
static void pptp_tx_single(struct pptp_session *s, struct sk_buff *skb, struct dst_entry *dst)
{
	struct sk_buff_head frames;
	bool alone;

	spin_lock(&s->tx_lock);
	/* A frame that was made for a key that has gone is dropped on the longer way. */
	alone = !s->sliding && !s->tx_mppe && !pptp_tx_cb(skb)->mppe && pptp_order_idle(&s->out);
	if (likely(alone)) {
		pptp_tx_take(s, skb, 0);
		s->out.busy = true;
	}
	spin_unlock(&s->tx_lock);
	if (likely(alone)) {
		pptp_tx_one(s, skb, dst);
		pptp_tx_end(s, dst, PPTP_ORDER_TURN);
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
	struct sk_buff *skb, *next;
	struct sk_buff_head frames;

	if (unlikely(READ_ONCE(s->mppe_required) && !path->encrypt)) {
		pptp_tx_drop_list(s, list, PPTP_COUNT_TX_DROP_PLAINTEXT);
		return;
	}
	if (!list->next) {
		if (pptp_tx_prepare(s, list, path, proto, tos, path->encrypt))
			pptp_tx_single(s, list, path->dst);
		return;
	}

	__skb_queue_head_init(&frames);
	skb_list_walk_safe(list, skb, next) {
		skb_mark_not_on_list(skb);
		if (pptp_tx_prepare(s, skb, path, proto, tos, path->encrypt))
			__skb_queue_tail(&frames, skb);
	}
	pptp_tx_batch(s, &frames, path->dst);
}

/*
 * A Reset-Ack says that the next encrypted packet is flushed (RFC 1962 5.3), so no other encrypted
 * packet may come between the two: a peer with ppp_generic discards encrypted packets until the
 * Reset-Ack, and asks for another reset if the first one behind it is not flushed.
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

	if (unlikely(!pptp_path_find(s, &path, &why))) {
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

/* Send what the sliding window held back and has room for now, and what is left in s->out. */
void pptp_tx_room(struct pptp_session *s)
{
	struct sk_buff_head frames;
	struct pptp_path path;
	enum pptp_count why;

	if (!pptp_path_find(s, &path, &why))
		return;
	__skb_queue_head_init(&frames);
	pptp_tx_batch(s, &frames, path.dst);
}

void pptp_tx_acked(struct pptp_session *s, u32 ack)
{
	bool room;

	if (likely(!pptp_window_tx_sliding(&s->window))) {
		pptp_window_tx_ack(&s->window, ack, 0);
		return;
	}
	spin_lock(&s->tx_lock);
	room = pptp_window_tx_ack(&s->window, ack, ktime_get_ns());
	spin_unlock(&s->tx_lock);
	if (room)
		pptp_tx_room(s);
}

void pptp_tx_timer(struct timer_list *timer)
{
	struct pptp_session *s = timer_container_of(s, timer, ack_timer);

	rcu_read_lock();
	pptp_ack_send(s);
	rcu_read_unlock();
}

