/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What clients let the worker do (net/worker.h): whatever asks rtnetlink, or waits for another lock
 * of the kernel that anybody may hold. It is done in the order in which it was asked for, together
 * with what sessions need.
 */
#ifndef CULVERT_CLIENT_HOST_WORK_H
#define CULVERT_CLIENT_HOST_WORK_H

#include "net/worker.h"

struct host_net;

/*
 * A job of a client; see struct worker_job for the contract of @run and @done. Embedded by its
 * owner, which sets @run and @done.
 */
struct host_job {
	void (*run)(struct host_job *job, struct rtnl *rtnl);
	void (*done)(struct host_job *job);

	/* the callee may read this */
	struct host_net *net;

	/* private */
	struct worker_job job;
};

/* @net must remain valid until net->jobs is 0. */
void host_job_add(struct host_net *net, struct host_job *job);

#endif
