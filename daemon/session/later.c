// SPDX-License-Identifier: GPL-2.0-only
#include "session/later.h"
#include "util/callback.h"
#include "util/container.h"

static void slice(uv_idle_t *idle)
{
	CALLBACK("sessions: ends");
	struct later_line *line = container_of(idle, struct later_line, idle);
	struct later *later;

	while ((later = TAILQ_FIRST(&line->line)) && callback_has_time()) {
		later_cancel(line, later);
		later->turn(later);
	}
}

void later_line_open(struct later_line *line, uv_loop_t *loop)
{
	TAILQ_INIT(&line->line);
	uv_idle_init(loop, &line->idle);
}

static void line_closed(uv_handle_t *handle)
{
	CALLBACK("line: closed");
	struct later_line *line = container_of((uv_idle_t *)handle, struct later_line, idle);

	if (line->closed)
		line->closed(line);
}

void later_line_close(struct later_line *line, void (*closed)(struct later_line *line))
{
	line->closed = closed;
	uv_close((uv_handle_t *)&line->idle, line_closed);
}

static void enter(struct later_line *line, struct later *later)
{
	later->waits = true;
	if (TAILQ_EMPTY(&line->line))
		uv_idle_start(&line->idle, slice);
}

void later_add(struct later_line *line, struct later *later)
{
	if (later->waits)
		return;
	enter(line, later);
	TAILQ_INSERT_TAIL(&line->line, later, link);
}

void later_add_first(struct later_line *line, struct later *later)
{
	if (later->waits)
		return;
	enter(line, later);
	TAILQ_INSERT_HEAD(&line->line, later, link);
}

void later_cancel(struct later_line *line, struct later *later)
{
	if (!later->waits)
		return;
	later->waits = false;
	TAILQ_REMOVE(&line->line, later, link);
	if (TAILQ_EMPTY(&line->line))
		uv_idle_stop(&line->idle);
}
