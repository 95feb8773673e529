// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>

#include "session/sweep.h"
#include "util/callback.h"
#include "util/container.h"

static void sweep_freed(uv_handle_t *handle)
{
	free(container_of((uv_idle_t *)handle, struct sweep, idle));
}

static void sweep_end(struct sweep *sweep)
{
	registry_cursor_close(&sweep->cursor);
	uv_close((uv_handle_t *)&sweep->idle, sweep_freed);
	if (sweep->done)
		sweep->done(sweep->ctx);
}

static void slice(uv_idle_t *idle)
{
	CALLBACK("sessions: sweep");
	struct sweep *sweep = container_of(idle, struct sweep, idle);
	struct session *s;

	while (callback_has_time()) {
		s = registry_cursor_step(&sweep->cursor);
		if (s && sweep->visit(sweep->ctx, s))
			continue;
		sweep_end(sweep);
		break;
	}
}

int sweep_sessions(struct sessions *all, bool (*visit)(void *ctx, struct session *s),
		   void (*done)(void *ctx), void *ctx)
{
	struct sweep *sweep = calloc(1, sizeof(*sweep));

	if (!sweep)
		return -ENOMEM;
	sweep->all = all;
	sweep->visit = visit;
	sweep->done = done;
	sweep->ctx = ctx;
	registry_cursor_open(&all->registry, &sweep->cursor);
	uv_idle_init(all->loop, &sweep->idle);
	uv_idle_start(&sweep->idle, slice);
	return 0;
}
