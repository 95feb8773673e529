/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A thread that does for the loop what may take long: jobs that wait for a disk or for the kernel.
 * It does one after another, in the order in which they were added.
 *
 * All functions are called on the loop's thread.
 */
#ifndef CULVERT_UTIL_JOBS_H
#define CULVERT_UTIL_JOBS_H

#include <pthread.h>
#include <stdbool.h>
#include <sys/queue.h>

/*
 * A job. Embedded by its owner, which sets @run and @done. The memory must stay valid until @done
 * was called.
 */
struct job {
	/*
	 * Called on the thread. May use only what the loop's thread leaves alone until @done: what
	 * the owner of the job wrote before jobs_add() and, since jobs are done one after another,
	 * what only jobs of this thread use.
	 */
	void (*run)(struct job *job);
	/* Called on the loop's thread, by jobs_done() or jobs_close(). May free the job. */
	void (*done)(struct job *job);

	/* private */
	TAILQ_ENTRY(job) next;
	bool waits;			/* the thread has not begun it */
};

TAILQ_HEAD(job_list, job);

struct jobs {
	/* private */
	pthread_t thread;
	bool started;
	int fd;				/* an eventfd, readable while @finished has jobs */
	pthread_mutex_t lock;		/* protects all below */
	pthread_cond_t change;		/* of @waiting or @stop */
	struct job_list waiting;
	struct job_list finished;
	bool stop;			/* the thread ends when no job waits */
};

/*
 * Start the thread, which gets no signals. Returns 0 or a negative errno; jobs_close() must be
 * called either way.
 */
int jobs_open(struct jobs *jobs);

/*
 * Wait until all jobs are done, call their @done, and end the thread. Does nothing if @jobs is
 * zeroed or closed.
 */
void jobs_close(struct jobs *jobs);

void jobs_add(struct jobs *jobs, struct job *job);

/*
 * Take back a job that the thread has not begun: neither @run nor @done is called then. Returns
 * false if the thread has begun it.
 */
bool jobs_cancel(struct jobs *jobs, struct job *job);

/* Returns a descriptor: when it is readable, jobs_done() must be called. */
int jobs_fd(const struct jobs *jobs);

/*
 * Call @done of each job that the thread has finished, while the running callback has time. The
 * descriptor stays readable if some are left.
 */
void jobs_done(struct jobs *jobs);

#endif
