/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds out whether the peer of a session is still there. The peer is asked in the session (LCP
 * Echo-Request) and on its control connection (PPTP Echo-Request). If anything comes from the peer
 * on either within ADMISSION_PROBE_MS, the session is alive.
 */
#ifndef CULVERT_PROBE_H
#define CULVERT_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#include "session/sessions.h"

struct call;
struct probe;
struct servers;

/*
 * Returns true if the session with the number @id is known to be dead: it is over, or its control
 * connection is, though either may still wait in the line of ends. Nobody needs to be asked then.
 */
bool probe_is_needless(const struct servers *all, uint64_t id);

/*
 * Probe the session with the number @id, which is in the way of the call @by. If both have the same
 * control connection, that connection is no sign of life. @done is called from the loop after
 * ADMISSION_PROBE_MS; @alive is false if the session has ended or is no session of a server.
 * Returns NULL if there is no memory.
 */
struct probe *probe_start(const struct call *by, uint64_t id,
			  void (*done)(void *ctx, uint64_t id, bool alive), void *ctx);

/* Cancel the probe: @done is not called. NULL is allowed, and so is a call from within @done. */
void probe_cancel(struct probe *p);

#endif
