// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "net/worker.h"
#include "util/container.h"

static void run(struct job *base)
{
	struct worker_job *job = container_of(base, struct worker_job, base);

	job->run(job, &job->worker->rtnl);
}

static void done(struct job *base)
{
	struct worker_job *job = container_of(base, struct worker_job, base);

	job->done(job);
}

int worker_open(struct worker *w)
{
	int err;

	memset(w, 0, sizeof(*w));
	err = rtnl_open(&w->rtnl);
	return err ? err : jobs_open(&w->jobs);
}

void worker_close(struct worker *w)
{
	jobs_close(&w->jobs);
	rtnl_close(&w->rtnl);
	memset(w, 0, sizeof(*w));
}

void worker_add(struct worker *w, struct worker_job *job)
{
	job->worker = w;
	job->base.run = run;
	job->base.done = done;
	jobs_add(&w->jobs, &job->base);
}

bool worker_cancel(struct worker *w, struct worker_job *job)
{
	return jobs_cancel(&w->jobs, &job->base);
}

int worker_fd(const struct worker *w)
{
	return jobs_fd(&w->jobs);
}

void worker_done(struct worker *w)
{
	jobs_done(&w->jobs);
}
