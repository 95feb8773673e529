// SPDX-License-Identifier: GPL-2.0-only
#include <linux/ip.h>
#include <linux/ppp-ioctl.h>
#include <linux/ppp_channel.h>
#include <linux/ppp_defs.h>
#include <linux/uaccess.h>
#include <net/dsfield.h>
#include <net/ip.h>

#include "channel.h"
#include "compat.h"
#include "path.h"
#include "session.h"
#include "tx.h"

/* Flags by which a channel reports what it received; PPPIOCSFLAGS cannot set them. */
#define PPTP_SC_RCV_BITS	(SC_RCV_B7_1 | SC_RCV_B7_0 | SC_RCV_ODDP | SC_RCV_EVNP)

/* Returns the TOS octet of the IP packet in a frame, or 0 if the frame is not a plain IP packet. */
static u8 pptp_channel_tos(struct sk_buff *skb)
{
	switch (get_unaligned_be16(skb->data)) {
	case PPP_IP:
		if (pskb_may_pull(skb, 2 + sizeof(struct iphdr)))
			return skb->data[3];
		break;
	case PPP_IPV6:
		if (pskb_may_pull(skb, 2 + sizeof(struct ipv6hdr)))
			return ipv6_get_dsfield((struct ipv6hdr *)(skb->data + 2));
		break;
	}
	return 0;
}

/* Called by ppp_generic with bottom halves off.  Always consumes @skb, so always returns 1. */
static int pptp_channel_xmit(struct ppp_channel *chan, struct sk_buff *skb)
{
	struct pptp_session *s = chan->private;

	rcu_read_lock();
	if (likely(pskb_may_pull(skb, 3)))
		pptp_tx_frame(s, skb, pptp_path_tos(s, pptp_channel_tos(skb)));
	else
		kfree_skb_reason(skb, SKB_DROP_REASON_PKT_TOO_SMALL);
	rcu_read_unlock();
	return 1;
}

static int pptp_channel_ioctl(struct ppp_channel *chan, unsigned int cmd, unsigned long arg)
{
	struct pptp_session *s = chan->private;
	int __user *p = (int __user *)arg;
	u8 frame = 0;
	int val;

	switch (cmd) {
	case PPPIOCGFLAGS:
		return put_user(s->ppp_flags, p);
	case PPPIOCSFLAGS:
		if (get_user(val, p))
			return -EFAULT;
		s->ppp_flags = val & ~PPTP_SC_RCV_BITS;
		if (val & SC_COMP_AC)
			frame |= PPTP_FRAME_ACFC;
		if (val & SC_COMP_PROT)
			frame |= PPTP_FRAME_PFC;
		WRITE_ONCE(s->frame, frame);
		return 0;
	default:
		return -ENOTTY;
	}
}

static const struct ppp_channel_ops pptp_channel_ops = {
	.start_xmit = pptp_channel_xmit,
	.ioctl = pptp_channel_ioctl,
};

int pptp_channel_open(struct sock *sk)
{
	struct pptp_session *s = pptp_session_of(sk);
	struct ppp_channel *chan = &pppox_sk(sk)->chan;
	unsigned int mtu;
	struct sk_buff *skb;
	int err;

	if (s->upper == PPTP_UPPER_CHANNEL)
		return 0;
	if (s->upper != PPTP_UPPER_NONE)
		return -EBUSY;

	rcu_read_lock();
	mtu = pptp_path_mtu(s);
	rcu_read_unlock();

	chan->private = s;
	chan->ops = &pptp_channel_ops;
	chan->mtu = max_t(unsigned int, mtu, IPV4_MIN_MTU);
	chan->hdrlen = PPTP_PATH_OVERHEAD + LL_MAX_HEADER;
	pptp_channel_set_direct(chan);
	err = ppp_register_net_channel(sock_net(sk), chan);
	if (err)
		return err;

	/*
	 * The receive path delivers under this lock, so no new frame reaches the channel before the
	 * frames that wait in the receive queue.
	 */
	spin_lock_bh(&s->rx_lock);
	/* Pairs with the acquire in pptp_rx_deliver(), which must find the channel registered. */
	smp_store_release(&s->upper, PPTP_UPPER_CHANNEL);
	while ((skb = skb_dequeue(&sk->sk_receive_queue))) {
		skb_orphan(skb);
		ppp_input(chan, skb);
	}
	spin_unlock_bh(&s->rx_lock);
	return 0;
}

void pptp_channel_close(struct sock *sk)
{
	struct pptp_session *s = pptp_session_of(sk);

	if (s->upper != PPTP_UPPER_CHANNEL)
		return;
	WRITE_ONCE(s->upper, PPTP_UPPER_NONE);
	synchronize_net();
	ppp_unregister_channel(&pppox_sk(sk)->chan);
}

void pptp_channel_input(struct pptp_session *s, struct sk_buff *skb)
{
	ppp_input(&pptp_session_po(s)->chan, skb);
}
