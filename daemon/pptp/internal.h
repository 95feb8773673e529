/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of this layer share, and nobody else. conn.c owns the stream, the clock and the
 * connection's state, call.c the calls on it. Events may end the connection or free a call, so
 * nothing that raises one may touch a call afterwards.
 */
#ifndef CULVERT_PPTP_INTERNAL_H
#define CULVERT_PPTP_INTERNAL_H

#include "pptp/call.h"
#include "pptp/conn.h"
#include "pptp/msg.h"

/* The text at @index of a list of constants, some of whose places may be empty */
#define pick(list, index, otherwise) \
	((index) < sizeof(list) / sizeof((list)[0]) && (list)[index] ? (list)[index] : (otherwise))

/* conn.c */

/* Take over the owner's clock. */
void conn_clock(struct pptp_conn *conn, uint64_t now);

/* Send one message, if anything may still be sent. */
void conn_send(struct pptp_conn *conn, const struct pptp_msg *msg);

/* Raise note. */
void conn_note(struct pptp_conn *conn, const char *what);

/* End the connection: calls go down, then closed is raised. Does nothing the second time. */
void conn_close(struct pptp_conn *conn, enum pptp_close why);

/* call.c */

/* One message of the types 7 to 15, in state established. */
void calls_input(struct pptp_conn *conn, const struct pptp_msg *msg);

/* Answer a request for a call with a general error; other messages get no answer. */
void calls_reject(struct pptp_conn *conn, const struct pptp_msg *rq, enum pptp_error error);

/* Take all calls down with PPTP_END_CONN. */
void calls_down(struct pptp_conn *conn);

/* The earliest time at which calls_tick() has something to do, or NEVER. */
uint64_t calls_deadline(const struct pptp_conn *conn);
void calls_tick(struct pptp_conn *conn);

#endif
