/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Read the configuration again while the daemon runs. Files can be long and disks slow, so a thread
 * of libuv's pool reads the files and makes from them what can be made without the loop's data.
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
 * Go over to @config and @pools; the caller keeps both references. Called on the loop's thread.
 * Returns false after writing the reason to @diag; the old configuration is in use then.
 */
typedef bool (*reload_go_over_fn)(struct reload *r, struct config *config, struct pool_plan *pools,
				  struct diag *diag);

struct reload_request;
STAILQ_HEAD(reload_requests, reload_request);

struct reload {
	/* private */
	uv_loop_t *loop;
	uv_work_t work;
	const char *path;
	reload_go_over_fn go_over;
	struct reload_requests next;	/* to be answered by the next reading */
	struct reload_requests now;	/* to be answered by the reading under way; empty: none */
	struct config *config;		/* as read; NULL: wrong */
	struct pool_plan *pools;
	struct diag diag;
};

/* @path must outlive @r. */
void reload_init(struct reload *r, uv_loop_t *loop, const char *path, reload_go_over_fn go_over);

/*
 * Read the configuration. If the files are being read already they are read once more after that,
 * because they may have changed since. @done, which may be NULL, is called later, on the loop's
 * thread. Returns 0, or -ENOMEM, and then @done is not called.
 */
int reload_ask(struct reload *r, api_reloaded_fn done, void *ctx);

#endif
