/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading the configuration again while all goes on. Files can be long, and disks slow: they are read
 * on a thread beside the loop, together with all that can be made of them there.
 */
#ifndef CULVERT_CONTROL_RELOAD_H
#define CULVERT_CONTROL_RELOAD_H

#include <stdbool.h>
#include <sys/queue.h>
#include <uv.h>

#include "config/config.h"
#include "control/commands.h"
#include "server/pool_plan.h"
#include "util/diag.h"

struct reload;

/*
 * Go over to @config and @pools, which stay the caller's. Returns false, with all as it was, after
 * saying why in @diag.
 */
typedef bool (*reload_go_over_fn)(struct reload *r, struct config *config,
				  struct pool_plan *pools, struct diag *diag);

struct reload_request;
STAILQ_HEAD(reload_requests, reload_request);

struct reload {
	/* private */
	uv_loop_t *loop;
	uv_work_t work;
	const char *path;
	reload_go_over_fn go_over;
	struct reload_requests next;	/* not begun */
	struct reload_requests now;	/* under way, unless there are none */
	struct config *config;		/* read; NULL: it is wrong */
	struct pool_plan *pools;
	struct diag diag;
};

/* @path must outlive it. */
void reload_init(struct reload *r, uv_loop_t *loop, const char *path, reload_go_over_fn go_over);

/*
 * Read the file as it is from now on; one that is being read already may have been another, so that
 * it is read once more then. @done, which may be NULL, is called later, on the loop's thread.
 * Returns 0 or -ENOMEM, and then does not call it.
 */
int reload_ask(struct reload *r, api_reloaded_fn done, void *ctx);

#endif
