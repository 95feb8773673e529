// SPDX-License-Identifier: GPL-2.0-only
#include "client/host_ops.h"
#include "client/host_work.h"
#include "net/session.h"
#include "util/container.h"

static void run(struct worker_job *worker_job, struct rtnl *rtnl)
{
	struct host_job *job = container_of(worker_job, struct host_job, job);

	job->run(job, rtnl);
}

static void done(struct worker_job *worker_job)
{
	struct host_job *job = container_of(worker_job, struct host_job, job);
	struct host_net *net = job->net;

	job->done(job);
	/* What is done next may have been added by @done. */
	if (--net->jobs == 0 && net->idle)
		net->idle(net);
}

void host_job_add(struct host_net *net, struct host_job *job)
{
	job->net = net;
	job->job = (struct worker_job){ .run = run, .done = done };
	net->jobs++;
	net_work(net->backend, &job->job);
}
