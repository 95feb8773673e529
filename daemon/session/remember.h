/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the histories of attempts (diagnosis/history.h) are told of sessions. A session holds its
 * history itself; its owner gives it one, and adds what only the owner knows.
 */
#ifndef CULVERT_REMEMBER_H
#define CULVERT_REMEMBER_H

#include "diagnosis/history.h"
#include "session/session.h"

/* Begin the history of an attempt that the section @owner has with @peer; see history_begin(). */
void remember_attempt(struct sessions *all, struct history **holder, enum session_role role,
		      const char *owner, struct ip_addr peer);

/*
 * Let the session have the history that *@from points to, which becomes NULL; or a new one if that
 * is NULL or has ended, of the attempt before. The outer addresses must be set.
 */
void remember_session(struct session *s, struct history **from);

/* The call of the session is up: record.addr has both call IDs. */
void remember_call(struct session *s);

/* Subscribe to the events of sessions, with @sub. */
void remember_events(struct sessions *all, struct subscriber *sub);

/*
 * Read the counters of a session that is over or ends, for its record and for its history, in one
 * exchange with the kernel.
 */
void remember_counters(struct session *s);

/*
 * The session ends, for the reason @text and s->cause; its kernel's session is still there. If its
 * history had to go, it gets a short one.
 */
void remember_end(struct session *s, const char *text);

#endif
