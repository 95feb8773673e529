/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * When sessions give an Interim-Update (RFC 2869 section 2.1). Pure. Times are milliseconds.
 *
 * Thousands of sessions that come up together, as after a restart, must not speak together for
 * ever. So the first Interim-Update of a session comes at any moment of the second half of its
 * interval, and each interval is longer or shorter by up to a tenth.
 *
 * An interval that the server has granted counts instead of ours, which is for users of whom it
 * said nothing. None is shorter than a minute (section 5.16).
 */
#ifndef CULVERT_ACCOUNTING_INTERIM_H
#define CULVERT_ACCOUNTING_INTERIM_H

#include <stdint.h>

#include "util/deadline.h"

#define INTERIM_LEAST_S	60

/* Returns the interval in seconds; 0: there are no Interim-Updates. @granted, @ours: 0 is none. */
static inline uint32_t interim_interval(uint32_t granted_s, uint32_t ours_s)
{
	uint32_t interval = granted_s ? granted_s : ours_s;

	return !interval || interval > INTERIM_LEAST_S ? interval : INTERIM_LEAST_S;
}

/* Returns a time between @from and @from + @span. @random: any 32 bits. */
static inline uint64_t interim_within(uint64_t from, uint64_t span, uint32_t random)
{
	/* sixteen bits of it: a product of all of them could overflow */
	return from + (span * (random >> 16) >> 16);
}

/* Returns when the first one of a session is due that came up at @up; NEVER without an interval. */
static inline uint64_t interim_first(uint64_t up, uint32_t interval_s, uint32_t random)
{
	uint64_t interval = (uint64_t)interval_s * 1000;

	return interval ? interim_within(up + interval / 2, interval / 2, random) : NEVER;
}

/* Returns when the next one is due after one that was due at @last. */
static inline uint64_t interim_next(uint64_t last, uint32_t interval_s, uint32_t random)
{
	uint64_t interval = (uint64_t)interval_s * 1000;

	return interval ? interim_within(last + interval - interval / 10, interval / 5, random) :
			  NEVER;
}

#endif
