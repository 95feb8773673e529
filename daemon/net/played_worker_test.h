/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A worker without a thread, for tests: this header implements the functions of net/worker.h. Jobs
 * wait until play_work(). One file of a test program includes this header.
 */
#ifndef CULVERT_NET_PLAYED_WORKER_TEST_H
#define CULVERT_NET_PLAYED_WORKER_TEST_H

#include "net/worker.h"

static struct worker *played_worker;
static bool played_has_begun;		/* the thread is at the jobs that wait: too late to cancel */

int worker_open(struct worker *w)
{
	TAILQ_INIT(&w->waiting);
	TAILQ_INIT(&w->finished);
	played_worker = w;
	w->started = true;
	return rtnl_open(&w->rtnl);
}

void worker_add(struct worker *w, struct worker_job *job)
{
	TAILQ_INSERT_TAIL(&w->waiting, job, next);
}

bool worker_cancel(struct worker *w, struct worker_job *job)
{
	struct worker_job *other;

	TAILQ_FOREACH(other, &w->waiting, next)
		if (other == job && !played_has_begun)
			break;
	if (other)
		TAILQ_REMOVE(&w->waiting, job, next);
	return other;
}

int worker_fd(const struct worker *w)
{
	return -1;
}

/* Finish the jobs that wait, as the thread does. Nobody hears of it until worker_done(). */
static inline void play_work(void)
{
	struct worker_job *job;

	while ((job = TAILQ_FIRST(&played_worker->waiting))) {
		TAILQ_REMOVE(&played_worker->waiting, job, next);
		job->run(job, &played_worker->rtnl);
		TAILQ_INSERT_TAIL(&played_worker->finished, job, next);
	}
}

void worker_done(struct worker *w)
{
	struct worker_job *job;

	while ((job = TAILQ_FIRST(&w->finished))) {
		TAILQ_REMOVE(&w->finished, job, next);
		job->done(job);
	}
}

void worker_close(struct worker *w)
{
	if (!w->started)
		return;
	play_work();
	worker_done(w);
	rtnl_close(&w->rtnl);
	w->started = false;
}

#endif
