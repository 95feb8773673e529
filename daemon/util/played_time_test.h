/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A simulated ("played") clock of util/callback.c, so that a busy machine does not change what a
 * test measures. The program is linked with --wrap=clock_gettime. Included by one file of it.
 */
#ifndef CULVERT_UTIL_PLAYED_TIME_TEST_H
#define CULVERT_UTIL_PLAYED_TIME_TEST_H

#include <stdint.h>
#include <time.h>

static uint64_t played_ns = 1;

int __wrap_clock_gettime(clockid_t clock, struct timespec *now);

int __wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
	*now = (struct timespec){
		.tv_sec = (time_t)(played_ns / 1000000000),
		.tv_nsec = (long)(played_ns % 1000000000),
	};
	return 0;
}

#endif
