/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A worker without a thread, for tests: this header implements the functions of net/worker.h. Jobs
 * wait until play_work(). One file of a test program includes this header.
 */
#ifndef CULVERT_NET_PLAYED_WORKER_TEST_H
#define CULVERT_NET_PLAYED_WORKER_TEST_H

#include "net/worker.h"

static struct worker *played_worker;

int worker_open(struct worker *w)
{
	STAILQ_INIT(&w->waiting);
	STAILQ_INIT(&w->finished);
	played_worker = w;
	w->started = true;
	return rtnl_open(&w->rtnl);
}

void worker_add(struct worker *w, struct worker_job *job)
{
	STAILQ_INSERT_TAIL(&w->waiting, job, next);
}

int worker_fd(const struct worker *w)
{
	return -1;
}

/* Finish the jobs that wait, as the thread does. Nobody hears of it until worker_done(). */
static inline void play_work(void)
{
	struct worker_job *job;

	while ((job = STAILQ_FIRST(&played_worker->waiting))) {
		STAILQ_REMOVE_HEAD(&played_worker->waiting, next);
		job->run(job, &played_worker->rtnl);
		STAILQ_INSERT_TAIL(&played_worker->finished, job, next);
	}
}

void worker_done(struct worker *w)
{
	struct worker_job *job;

	while ((job = STAILQ_FIRST(&w->finished))) {
		STAILQ_REMOVE_HEAD(&w->finished, next);
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
