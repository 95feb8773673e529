/* SPDX-License-Identifier: GPL-2.0-only */
/* The traffic of a session per second, from two readings of its counters. Pure. */
#ifndef CULVERT_SESSION_RATE_H
#define CULVERT_SESSION_RATE_H

#include <stdint.h>

#include "net/session.h"

#define RATE_MIN_MS	1000	/* readings that are closer to each other are no two */

/* All zeroes before the first reading. */
struct rate {
	uint64_t rx, tx;		/* bit/s, between the last two readings */

	/* private: the reading that the next one is compared with */
	uint64_t at_ms;			/* 0: none */
	uint64_t rx_bytes, tx_bytes;
};

/*
 * Take notice of counters that were read at @now_ms, of a session whose counters were 0 at
 * @since_ms. All times are of one clock, milliseconds.
 */
void rate_read(struct rate *rate, uint64_t now_ms, uint64_t since_ms,
	       const struct net_stats *stats);

#endif
