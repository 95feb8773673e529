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

static void begin(struct reload *r);

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
	if (!STAILQ_EMPTY(&r->next))
		begin(r);
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

void reload_init(struct reload *r, uv_loop_t *loop, const char *path, reload_go_over_fn go_over)
{
	r->loop = loop;
	r->path = path;
	r->go_over = go_over;
	STAILQ_INIT(&r->next);
	STAILQ_INIT(&r->now);
}

int reload_ask(struct reload *r, api_reloaded_fn done, void *ctx)
{
	struct reload_request *request = malloc(sizeof(*request));

	if (!request)
		return -ENOMEM;
	request->done = done;
	request->ctx = ctx;
	STAILQ_INSERT_TAIL(&r->next, request, link);
	if (STAILQ_EMPTY(&r->now))
		begin(r);
	return 0;
}
