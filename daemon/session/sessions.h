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
#include "session/poller.h"
#include "session/registry.h"

struct sessions {
	uv_loop_t *loop;
	const struct net_backend *backend;
	struct registry registry;
	struct events events;
	struct later_line ends;		/* of tunnels and sessions */

	struct poller frames;		/* the sessions' sockets */
	struct poller tunnels;		/* those of control connections */

	/* private */
	uv_poll_t kernel;		/* what the kernel tells of sessions */
};

/*
 * No sessions yet; @backend must outlive them. Returns 0 or a negative errno if the kernel cannot be
 * listened to; sessions_close() is right either way.
 */
int sessions_open(struct sessions *ss, uv_loop_t *loop, const struct net_backend *backend);

/* All sessions have ended. The loop has to go on until it has no handles. */
void sessions_close(struct sessions *ss);

/* Bring the record.stats of all sessions up to date. */
void sessions_read_stats(struct sessions *ss);

#endif
