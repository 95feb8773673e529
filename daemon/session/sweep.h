/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Doing something with all sessions, or some, in slices between which the loop serves others.
 *
 * Sessions that come meanwhile may or may not be met; each that is there all the time is met once.
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
 * Call @visit, for one session after the other, as it fits, from the next turn of the loop on, until
 * it returns false or there are no more; then @done (may be NULL). It may end the session. Returns 0,
 * or -ENOMEM without calling any.
 */
int sweep_sessions(struct sessions *all, bool (*visit)(void *ctx, struct session *s),
		   void (*done)(void *ctx), void *ctx);

#endif
