// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>

#include "aaa/admission.h"
#include "server/probe.h"
#include "session/session.h"
#include "util/callback.h"
#include "util/container.h"

struct probe {
	uv_timer_t timer;
	struct sessions *all;
	uint64_t id;
	uint64_t signs;			/* of life, when it was asked */
	void (*done)(void *ctx, uint64_t id, bool alive);
	void *ctx;
};

static void probe_freed(uv_handle_t *handle)
{
	free(container_of((uv_timer_t *)handle, struct probe, timer));
}

static void probe_over(uv_timer_t *timer)
{
	CALLBACK("probe: over");
	struct probe *p = container_of(timer, struct probe, timer);
	struct session *s = registry_find_id(&p->all->registry, p->id);
	bool alive = s && session_signs(s) != p->signs;

	probe_cancel(p);
	p->done(p->ctx, p->id, alive);
}

struct probe *probe_start(struct sessions *all, uint64_t id,
			  void (*done)(void *ctx, uint64_t id, bool alive), void *ctx)
{
	struct session *s = registry_find_id(&all->registry, id);
	struct probe *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->all = all;
	p->id = id;
	p->done = done;
	p->ctx = ctx;
	if (s) {
		p->signs = session_signs(s);
		session_probe(s);
	}
	uv_timer_init(all->loop, &p->timer);
	uv_timer_start(&p->timer, probe_over, ADMISSION_PROBE_MS, 0);
	return p;
}

void probe_cancel(struct probe *p)
{
	if (p && !uv_is_closing((uv_handle_t *)&p->timer))
		uv_close((uv_handle_t *)&p->timer, probe_freed);
}
