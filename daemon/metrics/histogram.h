/* SPDX-License-Identifier: GPL-2.0-only */
/* A histogram of times, from a millisecond to half a minute. Pure; a zeroed one is empty. */
#ifndef CULVERT_METRICS_HISTOGRAM_H
#define CULVERT_METRICS_HISTOGRAM_H

#include <stdint.h>

#define HISTOGRAM_BOUNDS 14

struct histogram {
	uint64_t counts[HISTOGRAM_BOUNDS + 1];	/* of each bucket alone; the last has no bound */
	uint64_t sum_us;
};

/* The upper bounds of the buckets, which belong to them: microseconds. */
extern const uint32_t histogram_bounds_us[HISTOGRAM_BOUNDS];

void histogram_add(struct histogram *h, uint64_t us);

#endif
