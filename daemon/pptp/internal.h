/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Functions that the files of this layer share; other layers must not use them. conn.c has the
 * stream, the clock and the state of the connection; call.c has the calls on it. An event may end
 * the connection or free a call, so code that has raised an event must not touch a call afterwards.
 */
#ifndef CULVERT_PPTP_INTERNAL_H
#define CULVERT_PPTP_INTERNAL_H

#include "pptp/call.h"
#include "pptp/conn.h"
#include "pptp/msg.h"

/* Returns @list[@index], or @otherwise if @index is out of range or the entry is NULL. */
#define pick(list, index, otherwise) \
	((index) < sizeof(list) / sizeof((list)[0]) && (list)[index] ? (list)[index] : (otherwise))

/* conn.c */

/* Set the connection's time to @now, unless @now is earlier. */
void conn_clock(struct pptp_conn *conn, uint64_t now);

/* Send one message, unless the connection is over or in state COLLIDED. */
void conn_send(struct pptp_conn *conn, const struct pptp_msg *msg);

/* Raise the note event. */
void conn_note(struct pptp_conn *conn, const char *what);

/* End the connection: all calls go down, then closed() is raised. Does nothing the second time. */
void conn_close(struct pptp_conn *conn, enum pptp_close why);

/* call.c */

/* Handle one message of the types 7 to 15, in state ESTABLISHED. */
void calls_input(struct pptp_conn *conn, const struct pptp_msg *msg);

/* If @rq is a request for a call, refuse it with a general error; otherwise do nothing. */
void calls_reject(struct pptp_conn *conn, const struct pptp_msg *rq, enum pptp_error error);

/* End all calls with PPTP_END_CONN. */
void calls_down(struct pptp_conn *conn);

/* Returns the earliest time at which calls_tick() has something to do, or NEVER. */
uint64_t calls_deadline(const struct pptp_conn *conn);
void calls_tick(struct pptp_conn *conn);

#endif
