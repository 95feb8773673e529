/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Simulated ("played") clocks of util/callback.c, so that a busy machine does not change what a
 * test measures. The program is linked with --wrap=clock_gettime. Included by one file of it.
 */
#ifndef CULVERT_UTIL_PLAYED_TIME_TEST_H
#define CULVERT_UTIL_PLAYED_TIME_TEST_H

#include <stdint.h>
#include <time.h>

static uint64_t played_ns = 1;
static uint64_t played_cpu_ns;		/* processor time of the thread */

int __wrap_clock_gettime(clockid_t clock, struct timespec *now);

int __wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
	const uint64_t ns = clock == CLOCK_THREAD_CPUTIME_ID ? played_cpu_ns : played_ns;

	*now = (struct timespec){
		.tv_sec = (time_t)(ns / 1000000000), .tv_nsec = (long)(ns % 1000000000),
	};
	return 0;
}

#endif
