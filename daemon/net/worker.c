// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <sys/eventfd.h>

#include "net/worker.h"
#include "util/callback.h"

/* Move a finished job to where worker_done() finds it. The lock is held. */
static void finish(struct worker *w, struct worker_job *job)
{
	const uint64_t one = 1;

	TAILQ_INSERT_TAIL(&w->finished, job, next);
	/* Cannot fail: the counter of an eventfd has room for 2^64 - 2 jobs. */
	if (write(w->fd, &one, sizeof(one)) < 0)
		return;
}

static void *work(void *ctx)
{
	struct worker *w = ctx;
	struct worker_job *job;

	pthread_mutex_lock(&w->lock);
	for (;;) {
		job = TAILQ_FIRST(&w->waiting);
		if (job) {
			TAILQ_REMOVE(&w->waiting, job, next);
			job->waits = false;
			pthread_mutex_unlock(&w->lock);
			job->run(job, &w->rtnl);
			pthread_mutex_lock(&w->lock);
			finish(w, job);
		} else if (w->stop) {
			break;
		} else {
			pthread_cond_wait(&w->change, &w->lock);
		}
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

/* Signals are for the loop's thread: a new thread inherits the mask of its creator. */
static int start(struct worker *w)
{
	sigset_t all, before;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(&w->thread, NULL, work, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	w->started = !err;
	return -err;
}

int worker_open(struct worker *w)
{
	int err;

	memset(w, 0, sizeof(*w));
	TAILQ_INIT(&w->waiting);
	TAILQ_INIT(&w->finished);
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->change, NULL);
	w->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (w->fd < 0)
		return -errno;
	err = rtnl_open(&w->rtnl);
	return err ? err : start(w);
}

/* Returns the next job that the thread has finished; NULL if there is none now. */
static struct worker_job *next_finished(struct worker *w)
{
	struct worker_job *job;
	uint64_t count;

	pthread_mutex_lock(&w->lock);
	job = TAILQ_FIRST(&w->finished);
	if (job)
		TAILQ_REMOVE(&w->finished, job, next);
	else if (read(w->fd, &count, sizeof(count)) < 0)
		count = 0;	/* It was read before: the descriptor is not readable. */
	pthread_mutex_unlock(&w->lock);
	return job;
}

static void end_thread(struct worker *w)
{
	struct worker_job *job;

	pthread_mutex_lock(&w->lock);
	w->stop = true;
	pthread_cond_signal(&w->change);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	while ((job = next_finished(w)))
		job->done(job);
}

void worker_close(struct worker *w)
{
	if (w->started)
		end_thread(w);
	rtnl_close(&w->rtnl);
	if (w->fd > 0)
		close(w->fd);
	memset(w, 0, sizeof(*w));
}

void worker_add(struct worker *w, struct worker_job *job)
{
	pthread_mutex_lock(&w->lock);
	job->waits = true;
	TAILQ_INSERT_TAIL(&w->waiting, job, next);
	pthread_cond_signal(&w->change);
	pthread_mutex_unlock(&w->lock);
}

bool worker_cancel(struct worker *w, struct worker_job *job)
{
	bool waits;

	pthread_mutex_lock(&w->lock);
	waits = job->waits;
	job->waits = false;
	if (waits)
		TAILQ_REMOVE(&w->waiting, job, next);
	pthread_mutex_unlock(&w->lock);
	return waits;
}

int worker_fd(const struct worker *w)
{
	return w->fd;
}

void worker_done(struct worker *w)
{
	struct worker_job *job;

	while (callback_has_time() && (job = next_finished(w)))
		job->done(job);
}
