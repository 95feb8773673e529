/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A worker without a thread, for tests: this header implements the functions of net/worker.h. Jobs
 * wait until play_work(). One file of a test program includes this header.
 */
#ifndef CULVERT_NET_PLAYED_WORKER_TEST_H
#define CULVERT_NET_PLAYED_WORKER_TEST_H

#include "net/worker.h"
#include "util/container.h"

static struct worker *played_worker;
static struct job_list waiting_jobs = TAILQ_HEAD_INITIALIZER(waiting_jobs);
static struct job_list finished_jobs = TAILQ_HEAD_INITIALIZER(finished_jobs);
static bool played_has_begun;		/* the thread is at the jobs that wait: too late to cancel */

int worker_open(struct worker *w)
{
	played_worker = w;
	w->jobs.started = true;
	return rtnl_open(&w->rtnl);
}

void worker_add(struct worker *w, struct worker_job *job)
{
	TAILQ_INSERT_TAIL(&waiting_jobs, &job->base, next);
}

bool worker_cancel(struct worker *w, struct worker_job *job)
{
	struct job *other;

	TAILQ_FOREACH(other, &waiting_jobs, next)
		if (other == &job->base && !played_has_begun)
			break;
	if (other)
		TAILQ_REMOVE(&waiting_jobs, other, next);
	return other;
}

int worker_fd(const struct worker *w)
{
	return -1;
}

/* Finish the jobs that wait, as the thread does. Nobody hears of it until worker_done(). */
static inline void play_work(void)
{
	struct job *base;

	while ((base = TAILQ_FIRST(&waiting_jobs))) {
		struct worker_job *job = container_of(base, struct worker_job, base);

		TAILQ_REMOVE(&waiting_jobs, base, next);
		job->run(job, &played_worker->rtnl);
		TAILQ_INSERT_TAIL(&finished_jobs, base, next);
	}
}

void worker_done(struct worker *w)
{
	struct job *base;

	while ((base = TAILQ_FIRST(&finished_jobs))) {
		struct worker_job *job = container_of(base, struct worker_job, base);

		TAILQ_REMOVE(&finished_jobs, base, next);
		job->done(job);
	}
}

void worker_close(struct worker *w)
{
	if (!w->jobs.started)
		return;
	play_work();
	worker_done(w);
	rtnl_close(&w->rtnl);
	w->jobs.started = false;
}

#endif
