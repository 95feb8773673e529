/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Acknowledgments of received frames (RFC 2637 4.1).  Mostly a frame that is sent takes one along;
 * here are those that go without a payload, because none did in time.
 *
 * Everything here wants the RCU read lock and bottom halves off.
 */
#ifndef _CULVERT_ACK_H
#define _CULVERT_ACK_H

struct pptp_session;

/* After frames were received: acknowledge them now, or by timer, or with the next frame. */
void pptp_ack_owed(struct pptp_session *s);

/* Send an acknowledgment without payload, if one is owed. */
void pptp_ack_send(struct pptp_session *s);

#endif /* _CULVERT_ACK_H */
