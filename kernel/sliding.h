/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Frames that the sliding window of RFC 2637 4.2 holds back, if it is on.  The size of the window,
 * and which frames are under way, are the business of window.h.
 */
#ifndef _CULVERT_SLIDING_H
#define _CULVERT_SLIDING_H

#include <linux/types.h>

struct pptp_session;
struct sk_buff_head;

/**
 * pptp_sliding_set() - turn the sliding window on or off
 * @s: session
 * @window: window that the peer announced, packets; 0 turns the sliding window off
 * @ppd: the peer's packet processing delay, 1/10 s
 *
 * Turning it off frees the frames that it holds back.
 *
 * Context: process, under the socket lock.
 * Return: 0 or -ENOMEM.
 */
int pptp_sliding_set(struct pptp_session *s, u16 window, u16 ppd);

/**
 * pptp_sliding_pass() - let through what the window has room for, and hold back the rest
 * @s: session whose sliding window is on
 * @frames: frames without number; on return, the frames that may go now, longest held first
 * @drop: gets the frames that the queue of held frames has no room for
 *
 * Context: under the send lock.
 */
void pptp_sliding_pass(struct pptp_session *s, struct sk_buff_head *frames,
		       struct sk_buff_head *drop);

/**
 * pptp_sliding_arm() - start the timer that gives up what is not acknowledged in time (4.4)
 * @s: session whose sliding window is on
 *
 * Does nothing if the timer runs or no frame waits for an acknowledgment.
 *
 * Context: under the send lock.
 */
void pptp_sliding_arm(struct pptp_session *s);

#endif /* _CULVERT_SLIDING_H */
