/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Deadlines: times in milliseconds of a monotonic clock, which the caller chooses.
 */
#ifndef CULVERT_UTIL_DEADLINE_H
#define CULVERT_UTIL_DEADLINE_H

#include <stdint.h>

#define NEVER	UINT64_MAX	/* later than any other time */

static inline uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

#endif
