// SPDX-License-Identifier: GPL-2.0-only
/* The real thread. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "util/callback.h"
#include "util/container.h"
#include "util/jobs.h"
#include "util/played_time_test.h"

#define JOBS	100

struct counted {
	struct job job;
	unsigned int number;
	pthread_t ran_on;
	sigset_t blocked;
};

static struct jobs jobs;
static struct counted tries[JOBS];
static unsigned int ran[JOBS], n_ran;		/* for the thread alone until all are done */
static unsigned int done[JOBS], n_done;

static void run(struct job *job)
{
	struct counted *j = container_of(job, struct counted, job);

	ran[n_ran++] = j->number;
	j->ran_on = pthread_self();
	pthread_sigmask(SIG_SETMASK, NULL, &j->blocked);
}

static void note_done(struct job *job)
{
	done[n_done++] = container_of(job, struct counted, job)->number;
}

static int setup(void **state)
{
	n_ran = n_done = 0;
	for (unsigned int i = 0; i < JOBS; i++)
		tries[i] = (struct counted){
			.job = { .run = run, .done = note_done }, .number = i,
		};
	return jobs_open(&jobs);
}

static int teardown(void **state)
{
	jobs_close(&jobs);
	jobs_close(&jobs);
	return 0;
}

static void check_order(void)
{
	assert_int_equal(n_ran, JOBS);
	assert_int_equal(n_done, JOBS);
	for (unsigned int i = 0; i < JOBS; i++) {
		assert_int_equal(ran[i], i);
		assert_int_equal(done[i], i);
	}
}

static bool is_readable(int timeout_ms)
{
	struct pollfd fd = { .fd = jobs_fd(&jobs), .events = POLLIN };

	return poll(&fd, 1, timeout_ms) == 1;
}

static void jobs_are_done_in_order(void **state)
{
	assert_false(is_readable(0));
	for (unsigned int i = 0; i < JOBS; i++)
		jobs_add(&jobs, &tries[i].job);
	while (n_done < JOBS) {
		CALLBACK("test");

		assert_true(is_readable(-1));
		jobs_done(&jobs);
	}
	check_order();
	jobs_done(&jobs);
	assert_false(is_readable(0));
}

static void jobs_run_on_a_thread_without_signals(void **state)
{
	CALLBACK("test");

	jobs_add(&jobs, &tries[0].job);
	assert_true(is_readable(-1));
	jobs_done(&jobs);
	assert_false(pthread_equal(tries[0].ran_on, pthread_self()));
	assert_true(sigismember(&tries[0].blocked, SIGTERM));
	assert_true(sigismember(&tries[0].blocked, SIGHUP));
}

static void an_end_waits_for_all_jobs(void **state)
{
	for (unsigned int i = 0; i < JOBS; i++)
		jobs_add(&jobs, &tries[i].job);
	jobs_close(&jobs);
	check_order();
}

static void spend_a_slice(struct job *job)
{
	note_done(job);
	played_ns += CALLBACK_SLICE_NS;
}

/* A callback that has no time left leaves the rest to the next one: here after each job. */
static void a_callback_ends_in_time(void **state)
{
	unsigned int callbacks = 0;

	for (unsigned int i = 0; i < 3; i++) {
		tries[i].job.done = spend_a_slice;
		jobs_add(&jobs, &tries[i].job);
	}
	while (n_done < 3) {
		CALLBACK("test");

		assert_true(is_readable(-1));
		jobs_done(&jobs);
		assert_true(n_done <= ++callbacks);
	}
}

/* The thread waits in a job, so that those behind it are not begun. */
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;

static void wait_at_gate(struct job *job)
{
	pthread_mutex_lock(&gate);
	pthread_mutex_unlock(&gate);
	run(job);
}

static void a_job_that_waits_can_be_taken_back(void **state)
{
	pthread_mutex_lock(&gate);
	tries[0].job.run = wait_at_gate;
	for (unsigned int i = 0; i < 3; i++)
		jobs_add(&jobs, &tries[i].job);
	assert_true(jobs_cancel(&jobs, &tries[1].job));
	assert_false(jobs_cancel(&jobs, &tries[1].job));
	pthread_mutex_unlock(&gate);
	jobs_close(&jobs);
	assert_int_equal(n_done, 2);
	assert_int_equal(done[1], 2);
	assert_int_equal(n_ran, 2);
	assert_false(jobs_cancel(&jobs, &tries[0].job));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(jobs_are_done_in_order),
		TEST(jobs_run_on_a_thread_without_signals),
		TEST(an_end_waits_for_all_jobs),
		TEST(a_callback_ends_in_time),
		TEST(a_job_that_waits_can_be_taken_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
