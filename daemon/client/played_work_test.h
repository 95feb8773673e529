/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The worker as clients see it, for tests, without a thread: jobs wait until the loop finds that
 * some are there, or until do_jobs(). To be included by one file of a test program, which calls
 * open_work() and close_work().
 */
#ifndef CULVERT_PLAYED_WORK_TEST_H
#define CULVERT_PLAYED_WORK_TEST_H

#include <fcntl.h>
#include <unistd.h>

#include "net/session.h"
#include "net/worker.h"
#include "util/container.h"

static struct job_list played_jobs;
static struct rtnl played_rtnl;
static bool worker_is_stuck;		/* somebody holds the kernel's lock */
static int played_work_fds[2];		/* [0] is readable when jobs may wait */

static void played_work(const struct net_backend *b, struct worker_job *job)
{
	TAILQ_INSERT_TAIL(&played_jobs, &job->base, next);
	assert_int_equal(write(played_work_fds[1], "x", 1), 1);
}

static int played_work_fd(const struct net_backend *b)
{
	return played_work_fds[0];
}

/* Do the next job. Returns false if none waits. */
static inline bool do_job(void)
{
	struct job *base = TAILQ_FIRST(&played_jobs);
	struct worker_job *job;

	if (!base)
		return false;
	TAILQ_REMOVE(&played_jobs, base, next);
	job = container_of(base, struct worker_job, base);
	job->run(job, &played_rtnl);
	job->done(job);
	return true;
}

/* Do all jobs, and those that come of them. */
static inline void do_jobs(void)
{
	while (do_job())
		;
}

static void played_work_done(const struct net_backend *b)
{
	char octets[64];

	while (read(played_work_fds[0], octets, sizeof(octets)) > 0)
		;
	if (!worker_is_stuck)
		do_jobs();
}

/* The kernel's lock is free again. */
static inline void free_worker(void)
{
	worker_is_stuck = false;
	assert_int_equal(write(played_work_fds[1], "x", 1), 1);
}

static inline void open_work(void)
{
	TAILQ_INIT(&played_jobs);
	worker_is_stuck = false;
	assert_int_equal(pipe2(played_work_fds, O_NONBLOCK | O_CLOEXEC), 0);
}

static inline void close_work(void)
{
	assert_true(TAILQ_EMPTY(&played_jobs));
	close(played_work_fds[0]);
	close(played_work_fds[1]);
}

#endif
