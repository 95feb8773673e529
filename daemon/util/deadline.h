/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Deadlines: times in milliseconds of whatever monotonic clock the caller goes by.
 */
#ifndef CULVERT_UTIL_DEADLINE_H
#define CULVERT_UTIL_DEADLINE_H

#include <stdint.h>

#define NEVER	UINT64_MAX	/* later than all others */

static inline uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

#endif
