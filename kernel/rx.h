/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Receive: IP to GRE to PPP frame to its upper half.
 *
 * Runs in softirq under the RCU read lock of the GRE demultiplexer; takes no socket lock and no
 * lock that sessions share.  The session's receive lock is held from the window to the upper
 * half, so that frames of one session arrive there in order whichever CPUs they came in by.  Only
 * the way up a link begins after it, by turns (order.h), as that may lead through the whole stack.
 */
#ifndef _CULVERT_RX_H
#define _CULVERT_RX_H

#include <linux/hrtimer.h>

struct pptp_session;
struct sk_buff;

/**
 * pptp_rx_init() - take the version 1 slot of the GRE demultiplexer
 *
 * Return: 0, or -EBUSY if another module, such as pptp, has it.
 */
int pptp_rx_init(void);

/* Gives the slot back and waits until no packet is inside. */
void pptp_rx_exit(void);

/**
 * pptp_rx_resume() - after frames of a session have got what they waited for
 * @s: session; may have died meanwhile
 *
 * Context: RCU read side, bottom halves off, no locks.
 */
void pptp_rx_resume(struct pptp_session *s);

/* For struct pptp_session.rx_timer. */
enum hrtimer_restart pptp_rx_timer(struct hrtimer *timer);

#endif /* _CULVERT_RX_H */
