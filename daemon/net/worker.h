/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A thread that sends requests to rtnetlink (see util/jobs.h).
 *
 * The kernel carries out such a request under its rtnl lock, which any process may hold for tens of
 * milliseconds: whoever removes interfaces, for instance. The loop must not wait for that lock, so
 * it gives its requests to the worker as jobs. The worker does one job after another, in the order
 * in which they were added.
 *
 * All functions are called on the loop's thread.
 */
#ifndef CULVERT_NET_WORKER_H
#define CULVERT_NET_WORKER_H

#include <stdbool.h>

#include "net/rtnl.h"
#include "util/jobs.h"

/*
 * A job. Embedded by its owner, which sets @run and @done. The memory must stay valid until @done
 * was called.
 */
struct worker_job {
	/*
	 * Called on the worker's thread. May use only what the loop's thread leaves alone until
	 * @done: what the owner of the job wrote before worker_add() and, since jobs are done one
	 * after another, what only jobs use.
	 */
	void (*run)(struct worker_job *job, struct rtnl *rtnl);
	/* Called on the loop's thread, by worker_done() or worker_close(). May free the job. */
	void (*done)(struct worker_job *job);

	/* private */
	struct worker *worker;
	struct job base;
};

struct worker {
	/* private */
	struct rtnl rtnl;		/* for the thread alone */
	struct jobs jobs;
};

/*
 * Start the thread. Its requests concern the network namespace of the caller. Returns 0 or a
 * negative errno; worker_close() must be called either way.
 */
int worker_open(struct worker *w);

/*
 * Wait until all jobs are done, call their @done, and end the thread. Does nothing if @w is zeroed
 * or closed.
 */
void worker_close(struct worker *w);

void worker_add(struct worker *w, struct worker_job *job);

/*
 * Take back a job that the thread has not begun: neither @run nor @done is called then. Returns
 * false if the thread has begun it.
 */
bool worker_cancel(struct worker *w, struct worker_job *job);

/* Returns a descriptor: when it is readable, worker_done() must be called. */
int worker_fd(const struct worker *w);

/*
 * Call @done of each job that the thread has finished, while the running callback has time. The
 * descriptor stays readable if some are left.
 */
void worker_done(struct worker *w);

#endif
