/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The upper half for programs written for the in-tree module: the session is a channel of
 * ppp_generic.
 *
 * The channel exists from PPPIOCGCHAN until the session dies.  All functions except
 * pptp_channel_input() are called in process context under the socket lock.
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
 * Frames that wait in the socket's receive queue go to the channel.  Does nothing if the channel is
 * open already.
 *
 * Return: 0; -EBUSY if the session is attached to a link; or an error of ppp_generic.
 */
int pptp_channel_open(struct sock *sk);

/**
 * pptp_channel_close() - detach a session from ppp_generic
 * @sk: socket whose session is DEAD
 *
 * Waits until the receive path has passed on the packets that it was about to give to the channel.
 * Does nothing if the session has no channel.
 */
void pptp_channel_close(struct sock *sk);

/**
 * pptp_channel_input() - hand a received frame to ppp_generic
 * @s: session whose upper half is the channel
 * @skb: frame, consumed; data at the two-octet protocol field
 *
 * Context: RCU read side, bottom halves off, under the session's receive lock.
 */
void pptp_channel_input(struct pptp_session *s, struct sk_buff *skb);

#endif /* _CULVERT_CHANNEL_H */
