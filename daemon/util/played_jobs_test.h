/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Threads of jobs without threads, for tests: this header implements the functions of util/jobs.h.
 * A job is done at once, or by play_jobs() if @jobs_take_time; the loop hears of it later, as ever.
 * One file of a test program includes this header.
 */
#ifndef CULVERT_UTIL_PLAYED_JOBS_TEST_H
#define CULVERT_UTIL_PLAYED_JOBS_TEST_H

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "util/jobs.h"

#define NO_BOUND	UINT_MAX

static bool jobs_take_time;
static unsigned int no_thread_after = NO_BOUND;	/* so many; then jobs_open() fails */

int jobs_open(struct jobs *jobs)
{
	memset(jobs, 0, sizeof(*jobs));
	TAILQ_INIT(&jobs->waiting);
	TAILQ_INIT(&jobs->finished);
	jobs->fd = -1;
	if (!no_thread_after)
		return -EAGAIN;
	no_thread_after -= no_thread_after != NO_BOUND;
	jobs->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	jobs->started = jobs->fd >= 0;
	return jobs->started ? 0 : -1;
}

static inline void play_jobs(struct jobs *jobs)
{
	struct job *job;

	while ((job = TAILQ_FIRST(&jobs->waiting))) {
		TAILQ_REMOVE(&jobs->waiting, job, next);
		job->run(job);
		TAILQ_INSERT_TAIL(&jobs->finished, job, next);
		eventfd_write(jobs->fd, 1);
	}
}

void jobs_add(struct jobs *jobs, struct job *job)
{
	TAILQ_INSERT_TAIL(&jobs->waiting, job, next);
	if (!jobs_take_time)
		play_jobs(jobs);
}

int jobs_fd(const struct jobs *jobs)
{
	return jobs->fd;
}

void jobs_done(struct jobs *jobs)
{
	struct job *job;
	eventfd_t count;

	eventfd_read(jobs->fd, &count);
	while ((job = TAILQ_FIRST(&jobs->finished))) {
		TAILQ_REMOVE(&jobs->finished, job, next);
		job->done(job);
	}
}

void jobs_close(struct jobs *jobs)
{
	if (!jobs->started)
		return;
	play_jobs(jobs);
	jobs_done(jobs);
	close(jobs->fd);
	memset(jobs, 0, sizeof(*jobs));
}

#endif
