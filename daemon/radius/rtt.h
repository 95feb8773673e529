/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How long a server took to answer lately: quantiles of the last minutes, in a fixed amount of
 * memory.
 *
 * Times are kept as counts, by when it was (slots of RADIUS_RTT_SLOT_MS) and how long it took
 * (steps that are exact below 16 ms, and an eighth of their value above). So a quantile is at most
 * an eighth too large. What takes longer than a minute counts as a minute.
 *
 * Pure: times are milliseconds of the caller's monotonic clock.
 */
#ifndef CULVERT_RADIUS_RTT_H
#define CULVERT_RADIUS_RTT_H

#include <stdint.h>

#define RADIUS_RTT_SLOT_MS	10000
#define RADIUS_RTT_SLOTS	31	/* five minutes, and the slot that is being filled */
#define RADIUS_RTT_STEPS	112
#define RADIUS_RTT_MAX_MS	60000

struct radius_rtt_slot {
	uint64_t number;		/* time / RADIUS_RTT_SLOT_MS + 1; 0: never used */
	uint16_t counts[RADIUS_RTT_STEPS];	/* each stays at its maximum */
};

/* All zeroes is one without any times. */
struct radius_rtt {
	struct radius_rtt_slot slots[RADIUS_RTT_SLOTS];
};

/* An answer came at @now, after @took_ms. */
void radius_rtt_add(struct radius_rtt *rtt, uint64_t took_ms, uint64_t now);

/* Returns how many answers came within the last @window_ms, which is at most five minutes. */
uint64_t radius_rtt_count(const struct radius_rtt *rtt, uint64_t window_ms, uint64_t now);

/*
 * Returns the time in ms that @percent of the answers within the last @window_ms did not exceed: 50
 * for the median. Returns 0 without answers.
 */
uint32_t radius_rtt_quantile(const struct radius_rtt *rtt, unsigned int percent, uint64_t window_ms,
			     uint64_t now);

#endif
