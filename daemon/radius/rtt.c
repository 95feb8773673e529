// SPDX-License-Identifier: GPL-2.0-only
#include <stdbool.h>
#include <string.h>

#include "radius/rtt.h"

#define EXACT		16	/* times below this have a step of their own */
#define EXACT_BITS	4
#define PARTS_BITS	3	/* above, each power of two has eight steps */
#define PARTS		(1 << PARTS_BITS)

static unsigned int step_of(uint64_t ms)
{
	unsigned int top;

	if (ms < EXACT)
		return (unsigned int)ms;
	if (ms > RADIUS_RTT_MAX_MS)
		ms = RADIUS_RTT_MAX_MS;
	top = 63 - (unsigned int)__builtin_clzll(ms);
	return EXACT + (top - EXACT_BITS) * PARTS + (unsigned int)(ms >> (top - PARTS_BITS)) -
	       PARTS;
}

/* Returns the longest time of a step. */
static uint32_t longest_of(unsigned int step)
{
	unsigned int shift, part;

	if (step < EXACT)
		return step;
	shift = (step - EXACT) / PARTS + EXACT_BITS - PARTS_BITS;
	part = (step - EXACT) % PARTS + PARTS;
	return ((part + 1) << shift) - 1;
}

static uint64_t slot_number(uint64_t now)
{
	return now / RADIUS_RTT_SLOT_MS + 1;
}

void radius_rtt_add(struct radius_rtt *rtt, uint64_t took_ms, uint64_t now)
{
	uint64_t number = slot_number(now);
	struct radius_rtt_slot *slot = &rtt->slots[number % RADIUS_RTT_SLOTS];
	uint16_t *count = &slot->counts[step_of(took_ms)];

	if (slot->number != number)
		*slot = (struct radius_rtt_slot){ .number = number };
	if (*count < UINT16_MAX)
		++*count;
}

/* Returns true if the slot is one of the last @window_ms, or the one that is being filled. */
static bool is_within(const struct radius_rtt_slot *slot, uint64_t window_ms, uint64_t now)
{
	uint64_t number = slot_number(now);

	return slot->number && slot->number <= number &&
	       number - slot->number <= window_ms / RADIUS_RTT_SLOT_MS;
}

/* Add up the slots of a window. Returns how many answers that are. */
static uint64_t add_up(const struct radius_rtt *rtt, uint64_t window_ms, uint64_t now,
		       uint64_t sums[RADIUS_RTT_STEPS])
{
	uint64_t all = 0;

	memset(sums, 0, RADIUS_RTT_STEPS * sizeof(sums[0]));
	for (unsigned int i = 0; i < RADIUS_RTT_SLOTS; i++) {
		if (!is_within(&rtt->slots[i], window_ms, now))
			continue;
		for (unsigned int step = 0; step < RADIUS_RTT_STEPS; step++) {
			sums[step] += rtt->slots[i].counts[step];
			all += rtt->slots[i].counts[step];
		}
	}
	return all;
}

uint64_t radius_rtt_count(const struct radius_rtt *rtt, uint64_t window_ms, uint64_t now)
{
	uint64_t sums[RADIUS_RTT_STEPS];

	return add_up(rtt, window_ms, now, sums);
}

uint32_t radius_rtt_quantile(const struct radius_rtt *rtt, unsigned int percent, uint64_t window_ms,
			     uint64_t now)
{
	uint64_t sums[RADIUS_RTT_STEPS];
	uint64_t all = add_up(rtt, window_ms, now, sums);
	uint64_t below = 0;

	for (unsigned int step = 0; step < RADIUS_RTT_STEPS && all; step++) {
		below += sums[step];
		if (below * 100 >= all * percent)
			return longest_of(step);
	}
	return 0;
}
