/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The links of all servers of a configuration, made by the worker before the servers go over to it.
 */
#ifndef CULVERT_SERVER_LINK_PLAN_H
#define CULVERT_SERVER_LINK_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "config/config.h"
#include "net/worker.h"

struct server_link;
struct servers;

struct link_plan {
	/* for @done to read */
	int err;			/* 0, or a negative errno; @list is of no use then, and */
	char error[256];		/* says why */

	/* private */
	struct servers *servers;
	struct config *config;		/* a reference */
	struct server_link **list;	/* one for each server of @config; references */
	struct worker_job job;
	void (*done)(struct link_plan *plan, void *ctx);
	void *ctx;
};

/*
 * Make the links of @config. Servers and sessions do not notice, but that TCP connections inside
 * which begin now get the MSS clamp of @config. @done is called when that is done or has failed,
 * and has to free the plan; with @now before this returns (see net_work_now()), else later. There
 * must be one plan of @s at a time. Returns 0; or -ENOMEM, and @done is not called then.
 */
int link_plan_begin(struct servers *s, struct config *config, bool now,
		    void (*done)(struct link_plan *plan, void *ctx), void *ctx);

/* What servers_reload() has not taken over is removed again. */
void link_plan_free(struct link_plan *plan);

#endif
