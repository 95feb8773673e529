/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Acknowledgments of received frames (RFC 2637 4.1).  Mostly a frame that we send takes the
 * acknowledgment along.  The functions here send one without a payload when no frame did in time.
 *
 * Context of everything here: RCU read side, bottom halves off.
 */
#ifndef _CULVERT_ACK_H
#define _CULVERT_ACK_H

struct pptp_session;

/* After frames were received: acknowledge them now, by timer, or with the next frame sent. */
void pptp_ack_owed(struct pptp_session *s);

/* Send an acknowledgment without payload, if one is owed. */
void pptp_ack_send(struct pptp_session *s);

#endif /* _CULVERT_ACK_H */
