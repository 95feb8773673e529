// SPDX-License-Identifier: GPL-2.0-only
/* What the worker adds to its thread (util/jobs_test.c): jobs get its socket of rtnetlink. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <poll.h>

#include "net/worker.h"
#include "util/callback.h"

static struct worker worker;
static struct rtnl *given;		/* for the thread alone until @n_done says so */
static unsigned int n_done;

static void run(struct worker_job *job, struct rtnl *rtnl)
{
	given = rtnl;
}

static void note_done(struct worker_job *job)
{
	n_done++;
}

static void hear(void)
{
	CALLBACK("test");

	worker_done(&worker);
}

static void a_job_gets_the_socket(void **state)
{
	struct worker_job job = { .run = run, .done = note_done };
	struct pollfd fd;

	assert_int_equal(worker_open(&worker), 0);
	worker_add(&worker, &job);
	fd = (struct pollfd){ .fd = worker_fd(&worker), .events = POLLIN };
	assert_int_equal(poll(&fd, 1, -1), 1);
	hear();
	assert_int_equal(n_done, 1);
	assert_ptr_equal(given, &worker.rtnl);
	assert_false(worker_cancel(&worker, &job));
	worker_close(&worker);
	worker_close(&worker);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_job_gets_the_socket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
