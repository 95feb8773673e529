/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finding out whether the peer of a session is still there: it is asked in the session and by its
 * control connection, and has a second to send anything at all by either.
 */
#ifndef CULVERT_PROBE_H
#define CULVERT_PROBE_H

#include <stdbool.h>
#include <stdint.h>

#include "session/sessions.h"

struct call;
struct probe;

/*
 * Probe the session with the number @id, of a call, since it is in the way of the call @by; and call
 * @done from the loop in a second. A session that ends meanwhile is not alive. NULL without memory.
 */
struct probe *probe_start(const struct call *by, uint64_t id,
			  void (*done)(void *ctx, uint64_t id, bool alive), void *ctx);

/* Forget it: @done is not called. NULL is allowed, and so is a probe that is done, within @done. */
void probe_cancel(struct probe *p);

#endif
