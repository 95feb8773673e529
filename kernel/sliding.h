/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Frames that the sliding window of RFC 2637 4.2 holds back, where it is on.  How large the window is
 * and what is under way is window.h's.
 */
#ifndef _CULVERT_SLIDING_H
#define _CULVERT_SLIDING_H

#include <linux/types.h>

struct pptp_session;
struct sk_buff_head;

/**
 * pptp_sliding_set() - turn the sliding window on or off
 * @s: session
 * @window: what the peer announced, packets; 0 turns it off
 * @ppd: the peer's packet processing delay, 1/10 s
 *
 * Context: process, under the socket lock.
 * Return: 0 or -ENOMEM.
 */
int pptp_sliding_set(struct pptp_session *s, u16 window, u16 ppd);

/**
 * pptp_sliding_pass() - let through what the window has room for, and hold back the rest
 * @s: session whose window is on
 * @frames: frames without number; then those that may go now, the longest held first
 * @drop: gets what the queue has no room for either
 *
 * Context: under the send lock.
 */
void pptp_sliding_pass(struct pptp_session *s, struct sk_buff_head *frames,
		       struct sk_buff_head *drop);

/**
 * pptp_sliding_arm() - give up what is not acknowledged in time (4.4)
 * @s: session whose window is on
 *
 * Context: under the send lock.
 */
void pptp_sliding_arm(struct pptp_session *s);

#endif /* _CULVERT_SLIDING_H */
