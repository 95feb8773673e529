/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Deadlines: times in milliseconds of whatever clock the caller goes by. UINT64_MAX, which is later
 * than all others, stands for never.
 */
#ifndef CULVERT_UTIL_DEADLINE_H
#define CULVERT_UTIL_DEADLINE_H

#include <stdint.h>

static inline uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

#endif
