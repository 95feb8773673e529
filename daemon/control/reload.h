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
 * Go over to @config and @pools, of which the caller keeps the references, and then call
 * reload_gone_over(), perhaps before this returns; all three are valid until then. Called on the
 * loop's thread. What there is to be said is added to @diag.
 */
typedef void (*reload_go_over_fn)(struct reload *r, struct config *config, struct pool_plan *pools,
				  struct diag *diag);

struct reload_request;
STAILQ_HEAD(reload_requests, reload_request);
struct reload_look;
STAILQ_HEAD(reload_looks, reload_look);

struct reload {
	/* private */
	uv_loop_t *loop;
	uv_work_t work;
	const char *path;
	reload_go_over_fn go_over;
	struct reload_looks looks;	/* to be answered; the first is, if nothing else is read */
	struct config *base;		/* a reference: what is compared with, while one is */
	struct reload_requests next;	/* to be answered by the next reading */
	struct reload_requests now;	/* to be answered by the reading under way; empty: none */
	struct config *config;		/* as read; NULL: wrong */
	struct pool_plan *pools;
	struct diag diag;
};

/* @path must outlive @r. */
void reload_init(struct reload *r, uv_loop_t *loop, const char *path, reload_go_over_fn go_over);

/* With @done false the old configuration stays in use, for a reason that was added to the diag. */
void reload_gone_over(struct reload *r, bool done);

/*
 * Read the configuration. If the files are being read already, or what they say is being gone over
 * to, they are read once more after that, because they may have changed since. @done, which may be
 * NULL, is called later, on the loop's thread. Returns 0, or -ENOMEM, and then @done is not called.
 */
int reload_ask(struct reload *r, api_reloaded_fn done, void *ctx);

/*
 * Read the configuration, but do not go over to it: compare it with *@in_use, to which a reference is
 * taken when the files are read. The one who reads also calls @compare, with @ctx, on the thread: @after
 * is NULL if the files are wrong. @done is called later, on the loop's thread. Nothing is read at the
 * same time as for reload_ask(). Returns 0, or -ENOMEM, and then neither is called.
 */
int reload_look(struct reload *r, struct config * const *in_use, api_compare_fn compare,
		api_compared_fn done, void *ctx);

#endif
