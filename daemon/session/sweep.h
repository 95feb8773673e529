/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Visit all sessions, or the first of them, in slices between which the loop serves everything
 * else.
 *
 * A session that is added meanwhile may or may not be visited. A session that exists during the
 * whole sweep is visited exactly once.
 */
#ifndef CULVERT_SWEEP_H
#define CULVERT_SWEEP_H

#include <stdbool.h>
#include <uv.h>

#include "session/sessions.h"

struct sweep {
	/* private */
	struct sessions *all;
	struct registry_cursor cursor;
	uv_idle_t idle;
	bool (*visit)(void *ctx, struct session *s);
	void (*done)(void *ctx);
	void *ctx;
};

/*
 * Call @visit for one session after the other, beginning in the next iteration of the loop, until
 * it returns false or there are no more sessions; then call @done (may be NULL). @visit may end
 * sessions. Returns 0; or -ENOMEM, and then neither function is called.
 */
int sweep_sessions(struct sessions *all, bool (*visit)(void *ctx, struct session *s),
		   void (*done)(void *ctx), void *ctx);

#endif
