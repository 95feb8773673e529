// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>

#include "control/reload.h"
#include "util/callback.h"
#include "util/container.h"
#include "util/log.h"
#include "util/systemd.h"

struct reload_request {
	STAILQ_ENTRY(reload_request) link;
	api_reloaded_fn done;
	void *ctx;
};

struct reload_look {
	STAILQ_ENTRY(reload_look) link;
	struct config * const *in_use;
	api_compare_fn compare;
	api_compared_fn done;
	void *ctx;
};

static void begin_next(struct reload *r);

/* Runs on a thread of libuv's pool. Nothing of the loop's may be touched. */
static void read_files(uv_work_t *work)
{
	struct reload *r = container_of(work, struct reload, work);

	r->config = config_load(r->path, &r->diag);
	if (!r->config)
		return;
	r->pools = pool_plan_new(r->config);
	if (!r->pools)
		diag_error(&r->diag, r->path, 0, "out of memory");
}

static void log_result(const struct reload *r, bool done)
{
	const struct diag *diag = &r->diag;

	for (size_t i = 0; i < diag->n_lines; i++)
		log_at(diag->lines[i].warning ? LOG_LEVEL_WARNING : LOG_LEVEL_ERROR, "%s",
		       diag->lines[i].text);
	if (done)
		log_notice("the configuration was read again");
	else
		log_with(&(struct log_fields){ .event = LOG_EVENT_CONFIG_WRONG },
			 log_error("the configuration stays as it was"));
}

static void tell(struct reload *r, bool done)
{
	struct reload_request *request;

	while ((request = STAILQ_FIRST(&r->now))) {
		STAILQ_REMOVE_HEAD(&r->now, link);
		if (request->done)
			request->done(request->ctx, done, &r->diag);
		free(request);
	}
}

void reload_gone_over(struct reload *r, bool done)
{
	sd_notify(0, "READY=1");
	log_result(r, done);
	tell(r, done);
	pool_plan_free(r->pools);
	config_put(r->config);
	diag_free(&r->diag);
	begin_next(r);
}

static void were_read(uv_work_t *work, int status)
{
	CALLBACK("reload: read");
	struct reload *r = container_of(work, struct reload, work);

	if (r->pools)
		r->go_over(r, r->config, r->pools, &r->diag);
	else
		reload_gone_over(r, false);
}

static void begin(struct reload *r)
{
	STAILQ_CONCAT(&r->now, &r->next);
	r->config = NULL;
	r->pools = NULL;
	diag_init(&r->diag);
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%llu",
		   (unsigned long long)(uv_hrtime() / 1000));
	/* Cannot fail: libuv refuses only a request without a function. */
	uv_queue_work(r->loop, &r->work, read_files, were_read);
}

/* --- only a look ------------------------------------------------------------------------- */

/* Runs on a thread, as read_files() does. */
static void look_at_files(uv_work_t *work)
{
	struct reload *r = container_of(work, struct reload, work);
	struct reload_look *look = STAILQ_FIRST(&r->looks);

	r->config = config_load(r->path, &r->diag);
	look->compare(look->ctx, r->base, r->config);
	/* Nobody else has it, and to free all of a large one takes long. */
	config_put(r->config);
	r->config = NULL;
}

static void were_looked_at(uv_work_t *work, int status)
{
	CALLBACK("reload: compare");
	struct reload *r = container_of(work, struct reload, work);
	struct reload_look *look = STAILQ_FIRST(&r->looks);

	STAILQ_REMOVE_HEAD(&r->looks, link);
	look->done(look->ctx, &r->diag);
	free(look);
	config_put(r->base);
	r->base = NULL;
	diag_free(&r->diag);
	begin_next(r);
}

static void begin_look(struct reload *r)
{
	r->base = config_get(*STAILQ_FIRST(&r->looks)->in_use);
	r->config = NULL;
	diag_init(&r->diag);
	uv_queue_work(r->loop, &r->work, look_at_files, were_looked_at);
}

/* What changes something comes first. */
static void begin_next(struct reload *r)
{
	if (!STAILQ_EMPTY(&r->next))
		begin(r);
	else if (!STAILQ_EMPTY(&r->looks))
		begin_look(r);
}

static bool is_idle(const struct reload *r)
{
	return STAILQ_EMPTY(&r->now) && !r->base;
}

int reload_look(struct reload *r, struct config * const *in_use, api_compare_fn compare,
		api_compared_fn done, void *ctx)
{
	struct reload_look *look = malloc(sizeof(*look));

	if (!look)
		return -ENOMEM;
	*look = (struct reload_look){
		.in_use = in_use, .compare = compare, .done = done, .ctx = ctx,
	};
	STAILQ_INSERT_TAIL(&r->looks, look, link);
	if (is_idle(r))
		begin_next(r);
	return 0;
}

/* --- beginning ---------------------------------------------------------------------------- */

void reload_init(struct reload *r, uv_loop_t *loop, const char *path, reload_go_over_fn go_over)
{
	r->loop = loop;
	r->path = path;
	r->go_over = go_over;
	STAILQ_INIT(&r->next);
	STAILQ_INIT(&r->now);
	STAILQ_INIT(&r->looks);
	r->base = NULL;
}

int reload_ask(struct reload *r, api_reloaded_fn done, void *ctx)
{
	struct reload_request *request = malloc(sizeof(*request));

	if (!request)
		return -ENOMEM;
	request->done = done;
	request->ctx = ctx;
	STAILQ_INSERT_TAIL(&r->next, request, link);
	if (is_idle(r))
		begin_next(r);
	return 0;
}
