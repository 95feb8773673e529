// SPDX-License-Identifier: GPL-2.0-only
#include <linux/icmp.h>
#include <linux/ip.h>
#include <linux/ppp_defs.h>
#include <net/gre.h>
#include <net/icmp.h>
#include <net/route.h>

#include "ack.h"
#include "channel.h"
#include "compat.h"
#include "decrypt.h"
#include "gre.h"
#include "link.h"
#include "mppe.h"
#include "notify.h"
#include "path.h"
#include "pernet.h"
#include "rx.h"
#include "session.h"
#include "trace.h"
#include "tx.h"

/* Jiffies after which the notice that decryption is out of step may be repeated unasked. */
#define PPTP_RESYNC_PAUSE	(HZ / 20)

/*
 * Find the protocol, which has one octet or two (RFC 1661 6.5), and leave data at a protocol field
 * of two octets.  Returns false if the frame is malformed or memory is short; the caller drops it.
 */
static bool pptp_rx_protocol(struct sk_buff *skb, u16 *proto)
{
	if (!pskb_may_pull(skb, 2))
		return false;
	/*
	 * The headroom is there, since the GRE header was in it.  But a clone of @skb may share
	 * its contents.
	 */
	if (skb->data[0] & 1) {
		if (skb_cow_head(skb, 1))
			return false;
		pptp_rx_widen(skb);
	}
	*proto = get_unaligned_be16(skb->data);
	return (*proto & 0x0101) == 0x0001;
}

/*
 * Take address and control off, if they are there (RFC 1661 6.6).  Returns false if the frame is
 * too short or memory is short; the caller drops it.
 */
static bool pptp_rx_address(struct sk_buff *skb)
{
	if (!pskb_may_pull(skb, 2))
		return false;
	if (skb->data[0] == PPP_ALLSTATIONS && skb->data[1] == PPP_UI)
		skb_pull_rcsum(skb, 2);
	return true;
}

static bool pptp_rx_is_data(u16 proto)
{
	return likely(proto == PPP_IP || proto == PPP_IPV6);
}

/* To the receive queue of the socket, where a program reads the frame with recvmsg(). */
static void pptp_rx_to_socket(struct pptp_session *s, struct sk_buff *skb)
{
	skb_scrub_packet(skb, false);
	if (sock_queue_rcv_skb(pptp_session_sk(s), skb))
		pptp_drop(pptp_session_net(s), s, skb, PPTP_COUNT_RX_DROP_QUEUE_FULL);
}

/*
 * A frame in plaintext of a session without a channel, under the receive lock.  Network data goes
 * to @data, and to the link after the receive lock is released; everything else to the socket.
 */
static void pptp_rx_demux(struct pptp_session *s, struct sk_buff *skb, u16 proto,
			  struct sk_buff_head *data)
{
	if (!pptp_rx_is_data(proto)) {
		pptp_rx_to_socket(s, skb);
		return;
	}
	if (unlikely(pptp_order_full(&s->up))) {
		pptp_drop(pptp_session_net(s), s, skb, PPTP_COUNT_RX_DROP_BACKLOG);
		return;
	}
	pptp_rx_cb(skb)->state = PPTP_RX_PLAIN;
	__skb_queue_tail(data, skb);
}

/*
 * Take the MPPE header off a decrypted frame and find the protocol.  Returns false if the frame was
 * dropped, because the session has ended or because the plaintext is no frame that MPPE covers.
 */
static bool pptp_rx_open(struct pptp_session *s, struct sk_buff *skb, u16 *proto)
{
	enum pptp_count why = PPTP_COUNT_RX_DROP_NO_UPPER;

	/* The session may have ended while the frame waited for the cipher. */
	if (unlikely(!pptp_session_connected(s)))
		goto drop;
	why = PPTP_COUNT_RX_DROP_FRAME;
	__skb_pull(skb, MPPE_HEADER);
	if (unlikely(!pptp_rx_protocol(skb, proto) || !pptp_mppe_covers(*proto)))
		goto drop;
	return true;

drop:
	pptp_drop(pptp_session_net(s), s, skb, why);
	return false;
}

/*
 * Pass the frames of @data to the link, without a lock.  What a frame is that was decrypted by
 * pptp_decrypt_poll() shows only here: network data for the link, or a frame for the socket.
 */
static void pptp_rx_up(struct pptp_session *s, struct sk_buff_head *data)
{
	struct sk_buff *skb;
	u16 proto;

	while ((skb = __skb_dequeue(data))) {
		if (pptp_rx_state(skb) == PPTP_RX_PLAIN)
			proto = get_unaligned_be16(skb->data);
		else if (!pptp_rx_open(s, skb, &proto))
			continue;
		if (pptp_rx_is_data(proto))
			pptp_link_rx(s, skb, proto);
		else
			pptp_rx_to_socket(s, skb);
	}
}

/*
 * Tell the control plane that decryption is out of step; it then sends a CCP Reset-Request.  @tell:
 * MPPE asks for that now.  MPPE repeats this after a number of frames, because the Reset-Request or
 * the flushed packet may get lost as well.  But a peer whose TCP waits may send only one frame in
 * some seconds, so each frame also repeats the notice if the last one is PPTP_RESYNC_PAUSE ago.
 */
static void pptp_rx_out_of_step(struct pptp_session *s, bool tell)
{
	if (!tell && time_before(jiffies, s->resync_told + PPTP_RESYNC_PAUSE))
		return;
	s->resync_told = jiffies;
	pptp_notify_resync(s);
}

/*
 * Decrypt a frame in place: in stateful mode now, in stateless mode with the next batch of this
 * CPU.  In both cases network data ends up in @data.  Data is at the protocol field 0x00fd.
 */
static void pptp_rx_decrypt(struct pptp_session *s, struct sk_buff *skb, u32 seq,
			    struct sk_buff_head *data)
{
	enum pptp_count why = PPTP_COUNT_RX_DROP_MPPE_COHERENCY;
	enum pptp_mppe_verdict verdict;
	struct pptp_rc4_lane job;
	u16 proto;

	if (!s->rx_mppe)
		goto drop;
	if (skb_linearize_cow(skb)) {
		why = PPTP_COUNT_RX_DROP_NO_MEMORY;
		goto drop;
	}
	skb->ip_summed = CHECKSUM_NONE;
	__skb_pull(skb, 2);

	verdict = pptp_mppe_decrypt(s->rx_mppe, skb->data, skb->len, seq, jiffies, &job);
	switch (verdict) {
	case MPPE_READY:
		if (likely(!pptp_order_full(&s->up) && pptp_decrypt_later(s, skb, &job))) {
			__skb_queue_tail(data, skb);
			return;
		}
		pptp_mppe_job_wipe(&job);
		why = PPTP_COUNT_RX_DROP_BACKLOG;
		goto drop;
	case MPPE_DONE:
		if (likely(pptp_rx_open(s, skb, &proto)))
			pptp_rx_demux(s, skb, proto, data);
		return;
	case MPPE_SHORT:
		why = PPTP_COUNT_RX_DROP_FRAME;
		goto drop;
	case MPPE_CLEAR:
		why = PPTP_COUNT_RX_DROP_PLAINTEXT;
		goto drop;
	case MPPE_RESET:
	case MPPE_AWAIT:
		pptp_rx_out_of_step(s, verdict == MPPE_RESET);
		why = PPTP_COUNT_RX_DROP_MPPE_RESYNC;
		goto drop;
	default:
		goto drop;
	}

drop:
	pptp_drop(pptp_session_net(s), s, skb, why);
}

/*
 * Deliver a frame whose turn it is to the upper half.  Runs under the receive lock, so that the
 * upper half gets frames in order.  Protocols 0x0001 to 0x3fff are network-layer data (RFC 1661 2).
 */
static void pptp_rx_deliver(struct pptp_session *s, struct sk_buff *skb, u32 seq,
			    struct sk_buff_head *data)
{
	u16 proto;

	if (unlikely(!pptp_rx_address(skb) || !pptp_rx_protocol(skb, &proto))) {
		pptp_drop(pptp_session_net(s), s, skb, PPTP_COUNT_RX_DROP_FRAME);
		return;
	}
	pptp_session_count_rx(s, skb->len);

	/* Pairs with the releases in pptp_channel_open() and pptp_link_add(). */
	if (smp_load_acquire(&s->upper) == PPTP_UPPER_CHANNEL) {
		/*
		 * ppp_generic scrubs frames that go to its device.  Other frames it queues as they
		 * are, and there a route without a reference would not stay valid.
		 */
		skb_dst_drop(skb);
		pptp_channel_input(s, skb);
		return;
	}
	if (proto == PPP_COMP) {
		pptp_rx_decrypt(s, skb, seq, data);
		return;
	}
	if (unlikely(READ_ONCE(s->mppe_required) && proto < 0x4000)) {
		pptp_drop(pptp_session_net(s), s, skb, PPTP_COUNT_RX_DROP_PLAINTEXT);
		return;
	}
	pptp_rx_demux(s, skb, proto, data);
}

/* Do with a frame what the window says, under the receive lock. */
static void pptp_rx_judged(struct pptp_session *s, struct sk_buff *skb, u32 seq,
			   enum pptp_window_verdict verdict, struct sk_buff_head *data)
{
	struct net *net = pptp_session_net(s);

	switch (verdict) {
	case WINDOW_PASS:
		pptp_rx_deliver(s, skb, seq, data);
		break;
	case WINDOW_HELD:
		trace_pptp_rx_held(s, skb, seq);
		break;
	case WINDOW_DUPLICATE:
		pptp_drop(net, s, skb, PPTP_COUNT_RX_DROP_DUPLICATE);
		break;
	case WINDOW_STALE:
		pptp_drop(net, s, skb, PPTP_COUNT_RX_DROP_STALE);
		break;
	case WINDOW_FAR:
		pptp_drop(net, s, skb, PPTP_COUNT_RX_DROP_FAR);
		break;
	}
}

static bool pptp_rx_timer_too_late(struct pptp_session *s, u64 deadline)
{
	return !hrtimer_is_queued(&s->rx_timer) ||
	       deadline < (u64)ktime_to_ns(hrtimer_get_expires(&s->rx_timer));
}

/* Count what the window has counted since.  Under the receive lock. */
static void pptp_rx_count(struct pptp_session *s, enum pptp_count which, unsigned long now)
{
	long more = now - atomic_long_read(&s->counts.n[which]);

	if (more)
		pptp_session_count(s, which, more);
}

/*
 * Deliver or drop the held frames that the window releases, now that the window or the time has
 * moved on, and arm the timer for those that the window still holds.  Under the receive lock.
 */
static void pptp_rx_poll(struct pptp_session *s, u64 now, struct sk_buff_head *data)
{
	struct pptp_window *w = &s->window;
	enum pptp_window_verdict verdict;
	struct sk_buff *skb;
	u64 deadline;

	while ((verdict = pptp_window_rx_poll(w, now, &skb)) != WINDOW_HELD)
		pptp_rx_judged(s, skb, pptp_window_cb(skb)->seq, verdict, data);

	pptp_rx_count(s, PPTP_COUNT_RX_REORDERED, w->rx_reordered);
	pptp_rx_count(s, PPTP_COUNT_RX_LOST, w->rx_lost);
	pptp_rx_count(s, PPTP_COUNT_RX_RESYNCS, w->rx_resyncs);

	deadline = pptp_window_rx_deadline(w);
	if (deadline == WINDOW_NEVER || !pptp_rx_timer_too_late(s, deadline))
		return;
	hrtimer_start(&s->rx_timer, ns_to_ktime(deadline), HRTIMER_MODE_ABS_SOFT);
	/* A sender may just have set it, for frames that are left; not under this lock. */
	if (unlikely(!skb_queue_empty_lockless(&s->out.left)))
		pptp_session_hand_on(s);
}

/*
 * Take into @data the frames that other CPUs have left in s->up meanwhile.  @room: as of
 * pptp_order_more().  Returns false if the turn of this CPU is over.
 */
static bool pptp_rx_more(struct pptp_session *s, struct sk_buff_head *data, unsigned int *room)
{
	bool more;

	spin_lock(&s->rx_lock);
	more = pptp_order_more(&s->up, data, room, pptp_rx_waits);
	/* Frames that may go up are left.  If no CPU comes for them, the timer does. */
	if (unlikely(pptp_order_due(&s->up, pptp_rx_waits) &&
		     s->state == PPTP_STATE_CONNECTED))
		pptp_session_hand_on(s);
	spin_unlock(&s->rx_lock);
	return more;
}

/*
 * The end of each turn under the receive lock, with the network data of that turn in @data.
 * Releases the lock, lets acknowledgments out, and passes frames up the link: those in @data, and
 * those that other CPUs leave meanwhile.  If another CPU is passing frames up, it gets @data.
 */
static void pptp_rx_end(struct pptp_session *s, struct sk_buff_head *data)
	__releases(&s->rx_lock)
{
	unsigned int room = PPTP_ORDER_TURN;
	bool mine = pptp_order_begin(&s->up, data, &room, pptp_rx_waits);

	spin_unlock(&s->rx_lock);
	pptp_ack_owed(s);
	if (!mine)
		return;
	do
		pptp_rx_up(s, data);
	while (unlikely(pptp_rx_more(s, data, &room)));
}

void pptp_rx_resume(struct pptp_session *s)
{
	struct sk_buff_head data;

	__skb_queue_head_init(&data);
	spin_lock(&s->rx_lock);
	pptp_rx_end(s, &data);
}

enum hrtimer_restart pptp_rx_timer(struct hrtimer *timer)
{
	struct pptp_session *s = container_of(timer, struct pptp_session, rx_timer);
	struct sk_buff_head data;

	__skb_queue_head_init(&data);
	rcu_read_lock();
	spin_lock(&s->rx_lock);
	if (likely(s->state == PPTP_STATE_CONNECTED))
		pptp_rx_poll(s, ktime_get_ns(), &data);
	pptp_rx_end(s, &data);
	if (unlikely(!skb_queue_empty_lockless(&s->out.left)))
		pptp_tx_room(s);
	rcu_read_unlock();
	return HRTIMER_NORESTART;
}

/* A frame that pptp_window_rx_in_order() has not taken, under the receive lock. */
static void pptp_rx_disorder(struct pptp_session *s, struct sk_buff *skb, u32 seq,
			     struct sk_buff_head *data)
{
	u64 now = ktime_get_ns();

	pptp_rx_judged(s, skb, seq, pptp_window_rx(&s->window, skb, seq, now), data);
	pptp_rx_poll(s, now, data);
}

/* One packet of a connected session, @skb without the GRE header.  Consumes @skb. */
static void pptp_rx_session(struct pptp_session *s, struct sk_buff *skb,
			    const struct pptp_gre *gre)
{
	struct sk_buff_head data;

	trace_pptp_rx(s, skb, gre->seq);

	if (gre->has_ack)
		pptp_tx_acked(s, gre->ack);
	if (!gre->has_seq) {
		pptp_session_count(s, PPTP_COUNT_RX_ACKS, 1);
		consume_skb(skb);
		return;
	}

	__skb_queue_head_init(&data);
	spin_lock(&s->rx_lock);
	if (unlikely(s->state != PPTP_STATE_CONNECTED))
		pptp_drop(pptp_session_net(s), s, skb, PPTP_COUNT_RX_DROP_NO_UPPER);
	else if (likely(pptp_window_rx_in_order(&s->window, gre->seq)))
		pptp_rx_deliver(s, skb, gre->seq, &data);
	else
		pptp_rx_disorder(s, skb, gre->seq, &data);
	pptp_rx_end(s, &data);
}

/*
 * Returns true if a packet comes from where the peer is.  A packet in a VRF has the VRF as its
 * device; the one that it came by is known, too.
 */
static bool pptp_rx_by_device(const struct pptp_session *s, const struct sk_buff *skb)
{
	int dev = s->key.dev;

	return likely(!dev) || dev == skb->dev->ifindex || dev == inet_sdif(skb);
}

/* The handler of the GRE demultiplexer.  @skb: data at the GRE header; consumed. */
static int pptp_rx(struct sk_buff *skb)
{
	struct net *net = dev_net(skb->dev);
	const struct iphdr *iph = ip_hdr(skb);
	struct pptp_session *s;
	struct pptp_gre gre;
	int header_len;

	if (unlikely(skb->pkt_type != PACKET_HOST || skb_is_gso(skb)))
		goto malformed;
	if (unlikely(!pskb_may_pull(skb, min_t(unsigned int, skb->len, PPTP_GRE_MAX_LEN))))
		goto truncated;

	header_len = pptp_gre_parse(&gre, skb->data, skb_headlen(skb), skb->len);
	if (unlikely(header_len == -PPTP_GRE_TRUNCATED))
		goto truncated;
	if (unlikely(header_len < 0))
		goto malformed;

	iph = ip_hdr(skb);
	s = pptp_session_lookup(net, iph->daddr, gre.call_id);
	if (unlikely(!s || !pptp_session_connected(s))) {
		pptp_drop(net, NULL, skb, PPTP_COUNT_RX_DROP_NO_SESSION);
		return NET_RX_DROP;
	}
	if (unlikely(s->key.raddr != iph->saddr || !pptp_rx_by_device(s, skb))) {
		pptp_drop(net, s, skb, PPTP_COUNT_RX_DROP_WRONG_PEER);
		return NET_RX_DROP;
	}

	skb_pull_rcsum(skb, header_len);
	if (unlikely(pskb_trim_rcsum(skb, gre.payload_len))) {
		pptp_drop(net, s, skb, PPTP_COUNT_RX_DROP_NO_MEMORY);
		return NET_RX_DROP;
	}
	pptp_rx_forget_outer(skb);
	pptp_rx_session(s, skb, &gre);
	return NET_RX_SUCCESS;

malformed:
	pptp_drop(net, NULL, skb, PPTP_COUNT_RX_DROP_MALFORMED);
	return NET_RX_DROP;
truncated:
	pptp_drop(net, NULL, skb, PPTP_COUNT_RX_DROP_TRUNCATED);
	return NET_RX_DROP;
}

/*
 * Returns the session with the peer @key, without .dev, to which a packet comes that came by these
 * devices; or NULL.
 */
static struct pptp_session *pptp_rx_peer(const struct sk_buff *skb, struct pptp_peer_key *key)
{
	const int devs[] = { skb->dev->ifindex, inet_sdif(skb), 0 };
	struct pptp_session *s = NULL;
	int i;

	for (i = 0; i < ARRAY_SIZE(devs) && !s; i++) {
		key->dev = devs[i];
		s = pptp_session_lookup_peer(dev_net(skb->dev), key);
	}
	return s;
}

/*
 * An ICMP error about a packet that we sent: data of @skb is at the IP header of the packet that it
 * quotes.  The error is believed only if both addresses and the call ID of that packet belong to
 * one of our sessions.  The path MTU or the redirect then goes to the routing code of the kernel,
 * from where the transmit path gets it.  Any other error is one that the control plane may want to
 * tell people: SO_ERROR of the socket returns it.  It ends nothing, since anybody who sees a packet
 * of the session can forge it, and it may pass.
 */
static void pptp_rx_icmp(struct sk_buff *skb, u32 info)
{
	const struct iphdr *iph = (const struct iphdr *)skb->data;
	const struct icmphdr *icmph = icmp_hdr(skb);
	struct net *net = dev_net(skb->dev);
	struct pptp_peer_key key = {};
	unsigned int offset = iph->ihl << 2;
	u8 header[PPTP_GRE_MIN_LEN];
	struct pptp_session *s;
	const u8 *p;

	p = skb_header_pointer(skb, offset, sizeof(header), header);
	if (!p)
		return;

	key.raddr = iph->daddr;
	key.laddr = iph->saddr;
	key.peer_call_id = get_unaligned_be16(p + 6);
	s = pptp_rx_peer(skb, &key);
	if (!s)
		return;

	if (icmph->type == ICMP_DEST_UNREACH && icmph->code == ICMP_FRAG_NEEDED)
		pptp_path_learn_mtu(s, info);
	else if (icmph->type == ICMP_REDIRECT)
		ipv4_redirect(skb, net, skb->dev->ifindex, IPPROTO_GRE);
	else if (icmph->type == ICMP_DEST_UNREACH && icmph->code <= NR_ICMP_UNREACH)
		WRITE_ONCE(pptp_session_sk(s)->sk_err_soft, icmp_err_convert[icmph->code].errno);
	else if (icmph->type == ICMP_TIME_EXCEEDED)
		WRITE_ONCE(pptp_session_sk(s)->sk_err_soft, EHOSTUNREACH);
}

static const struct gre_protocol pptp_gre_protocol = {
	.handler = pptp_rx,
	.err_handler = pptp_rx_icmp,
};

int pptp_rx_init(void)
{
	int err = gre_add_protocol(&pptp_gre_protocol, GREPROTO_PPTP);

	if (err)
		pr_err("culvert: another module receives PPTP packets; if it is pptp, remove it (rmmod pptp) and try again\n");
	return err;
}

void pptp_rx_exit(void)
{
	gre_del_protocol(&pptp_gre_protocol, GREPROTO_PPTP);
}
