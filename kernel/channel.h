/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The upper half for programs written for the in-tree module: a session as a channel of
 * ppp_generic.
 *
 * The channel exists from PPPIOCGCHAN until the session dies.  All calls but
 * pptp_channel_input() run in process context under the socket lock.
 */
#ifndef _CULVERT_CHANNEL_H
#define _CULVERT_CHANNEL_H

struct pptp_session;
struct sk_buff;
struct sock;

/**
 * pptp_channel_open() - attach a session to ppp_generic
 * @sk: connected socket
 *
 * Frames that the socket had queued go to the channel.  Does nothing if it is open already.
 *
 * Return: 0; -EBUSY if the session is attached to a link; or the error of ppp_generic.
 */
int pptp_channel_open(struct sock *sk);

/**
 * pptp_channel_close() - detach
 * @sk: socket whose session is dead; does nothing without a channel
 *
 * Waits until no packet is between receive path and channel.
 */
void pptp_channel_close(struct sock *sk);

/**
 * pptp_channel_input() - hand a received frame to ppp_generic
 * @s: session whose upper half is the channel
 * @skb: frame from the protocol field on, consumed
 *
 * Context: RCU read side.
 */
void pptp_channel_input(struct pptp_session *s, struct sk_buff *skb);

#endif /* _CULVERT_CHANNEL_H */
