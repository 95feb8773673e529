// SPDX-License-Identifier: GPL-2.0-only
#include <linux/ip.h>
#include <linux/skbuff.h>
#include <net/dst.h>
#include <net/ip.h>

#include "ack.h"
#include "compat.h"
#include "gre.h"
#include "path.h"
#include "session.h"

void pptp_ack_send(struct pptp_session *s)
{
	struct pptp_gre gre = { .call_id = s->key.peer_call_id, .has_ack = true };
	unsigned int headroom;
	struct pptp_path path;
	enum pptp_count why;
	struct sk_buff *skb;

	if (!pptp_path_find(s, &path, &why) || !pptp_window_ack_take(&s->window, &gre.ack))
		return;

	headroom = LL_RESERVED_SPACE(path.dst->dev) + PPTP_PATH_IP_GRE;
	skb = alloc_skb(headroom, GFP_ATOMIC);
	/*
	 * Without memory this acknowledgment is lost, as it may be on its way to the peer.  The
	 * next one, after the next frame received, says as much.
	 */
	if (!skb)
		return;
	skb_reserve(skb, headroom);
	pptp_gre_build(__skb_push(skb, pptp_gre_header_len(false, true)), &gre);
	pptp_session_count(s, PPTP_COUNT_TX_ACKS, 1);
	pptp_path_send(s, skb, path.dst, pptp_path_tos(s, 0), true);
}

void pptp_ack_owed(struct pptp_session *s)
{
	unsigned long now = jiffies;

	if (!pptp_window_ack_pending(&s->window))
		return;
	if (likely(!pptp_window_ack_urgent(&s->window))) {
		if (!timer_pending(&s->ack_timer))
			mod_timer(&s->ack_timer, now + nsecs_to_jiffies(WINDOW_ACK_DELAY));
	} else if (pptp_window_ack_affordable(&s->window, now)) {
		pptp_ack_send(s);
	} else {
		timer_reduce(&s->ack_timer, now + 1);
	}
}
