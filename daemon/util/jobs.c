// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <sys/eventfd.h>

#include "util/callback.h"
#include "util/jobs.h"

/* Move a finished job to where jobs_done() finds it. The lock is held. */
static void finish(struct jobs *jobs, struct job *job)
{
	const uint64_t one = 1;

	TAILQ_INSERT_TAIL(&jobs->finished, job, next);
	/* Cannot fail: the counter of an eventfd has room for 2^64 - 2 jobs. */
	if (write(jobs->fd, &one, sizeof(one)) < 0)
		return;
}

static void *work(void *ctx)
{
	struct jobs *jobs = ctx;
	struct job *job;

	pthread_mutex_lock(&jobs->lock);
	for (;;) {
		job = TAILQ_FIRST(&jobs->waiting);
		if (job) {
			TAILQ_REMOVE(&jobs->waiting, job, next);
			job->waits = false;
			pthread_mutex_unlock(&jobs->lock);
			job->run(job);
			pthread_mutex_lock(&jobs->lock);
			finish(jobs, job);
		} else if (jobs->stop) {
			break;
		} else {
			pthread_cond_wait(&jobs->change, &jobs->lock);
		}
	}
	pthread_mutex_unlock(&jobs->lock);
	return NULL;
}

/* Signals are for the loop's thread: a new thread inherits the mask of its creator. */
static int start(struct jobs *jobs)
{
	sigset_t all, before;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&jobs->thread, NULL, work, jobs);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	jobs->started = !err;
	return -err;
}

int jobs_open(struct jobs *jobs)
{
	memset(jobs, 0, sizeof(*jobs));
	TAILQ_INIT(&jobs->waiting);
	TAILQ_INIT(&jobs->finished);
	pthread_mutex_init(&jobs->lock, NULL);
	pthread_cond_init(&jobs->change, NULL);
	jobs->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return jobs->fd < 0 ? -errno : start(jobs);
}

/* Returns the next job that the thread has finished; NULL if there is none now. */
static struct job *next_finished(struct jobs *jobs)
{
	struct job *job;
	uint64_t count;

	pthread_mutex_lock(&jobs->lock);
	job = TAILQ_FIRST(&jobs->finished);
	if (job)
		TAILQ_REMOVE(&jobs->finished, job, next);
	else if (read(jobs->fd, &count, sizeof(count)) < 0)
		count = 0;	/* It was read before: the descriptor is not readable. */
	pthread_mutex_unlock(&jobs->lock);
	return job;
}

static void end_thread(struct jobs *jobs)
{
	struct job *job;

	pthread_mutex_lock(&jobs->lock);
	jobs->stop = true;
	pthread_cond_signal(&jobs->change);
	pthread_mutex_unlock(&jobs->lock);
	pthread_join(jobs->thread, NULL);
	while ((job = next_finished(jobs)))
		job->done(job);
}

void jobs_close(struct jobs *jobs)
{
	if (jobs->started)
		end_thread(jobs);
	if (jobs->fd > 0)
		close(jobs->fd);
	memset(jobs, 0, sizeof(*jobs));
}

void jobs_add(struct jobs *jobs, struct job *job)
{
	pthread_mutex_lock(&jobs->lock);
	job->waits = true;
	TAILQ_INSERT_TAIL(&jobs->waiting, job, next);
	pthread_cond_signal(&jobs->change);
	pthread_mutex_unlock(&jobs->lock);
}

bool jobs_cancel(struct jobs *jobs, struct job *job)
{
	bool waits;

	pthread_mutex_lock(&jobs->lock);
	waits = job->waits;
	job->waits = false;
	if (waits)
		TAILQ_REMOVE(&jobs->waiting, job, next);
	pthread_mutex_unlock(&jobs->lock);
	return waits;
}

int jobs_fd(const struct jobs *jobs)
{
	return jobs->fd;
}

void jobs_done(struct jobs *jobs)
{
	struct job *job;

	while (callback_has_time() && (job = next_finished(jobs)))
		job->done(job);
}
