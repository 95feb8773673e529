/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What all sessions share, of servers and of clients: the loop, the kernel, the registry, those who
 * hear of events, and the waiting for frames.
 */
#ifndef CULVERT_SESSIONS_H
#define CULVERT_SESSIONS_H

#include <uv.h>

#include "net/session.h"
#include "session/events.h"
#include "session/later.h"
#include "session/registry.h"

struct sessions {
	uv_loop_t *loop;
	const struct net_backend *backend;
	struct registry registry;
	struct events events;
	struct later_line ends;		/* of tunnels and sessions */

	/* private */
	uv_poll_t kernel;		/* what the kernel tells of sessions */
	int frames;			/* an epoll of all sessions' sockets; -1: not open */
	uv_poll_t frames_poll;
};

/*
 * No sessions yet; @backend must outlive them. Returns 0 or a negative errno if the kernel cannot be
 * listened to; sessions_close() is right either way.
 */
int sessions_open(struct sessions *ss, uv_loop_t *loop, const struct net_backend *backend);

/* All sessions have ended. The loop has to go on until it has no handles. */
void sessions_close(struct sessions *ss);

/*
 * Call session_read() for @s from the loop when frames wait at its socket, until
 * sessions_unwatch(), which comes before the socket is closed. Returns 0 or a negative errno.
 *
 * One handle of libuv for all: one for each costs 160 octets and five system calls.
 */
int sessions_watch(struct sessions *ss, struct session *s);
void sessions_unwatch(struct sessions *ss, struct session *s);

/* Bring the record.stats of all sessions up to date. */
void sessions_read_stats(struct sessions *ss);

#endif
