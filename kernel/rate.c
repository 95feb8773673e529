// SPDX-License-Identifier: GPL-2.0-only
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/time64.h>

#include "compat.h"
#include "rate.h"

#define PPTP_BURST_PER_SECOND	5
#define PPTP_BURST_MIN		(10 * 1500)

/* Tokens of so many ns are kept beyond the burst, if a packet was dropped lately. */
#define PPTP_RATE_KEEP		NSEC_PER_SEC
#define PPTP_DROPPED_SHIFT	20	/* of struct pptp_rates.dropped_at */
#define PPTP_LATELY		((u32)(4 * NSEC_PER_SEC >> PPTP_DROPPED_SHIFT))

void pptp_rates_init(struct pptp_rates *rates, u64 now)
{
	int i;

	memset(rates, 0, sizeof(*rates));
	/* The last drop is too old to count. */
	for (i = 0; i < PPTP_DIRECTIONS; i++)
		rates->dropped_at[i] = (u32)(now >> PPTP_DROPPED_SHIFT) - PPTP_LATELY - 1;
}

u32 pptp_rate_burst(u64 rate)
{
	u64 burst = div_u64(rate, 8 * PPTP_BURST_PER_SECOND);

	return clamp_t(u64, burst, PPTP_BURST_MIN, PPTP_BURST_MAX);
}

/* Returns the ns that @len octets take. */
static u64 pptp_rate_time(u64 rate, u32 len)
{
	return div64_u64((u64)len * BITS_PER_BYTE * NSEC_PER_SEC, rate);
}

void pptp_rate_set(struct pptp_rates *rates, enum pptp_direction to, u64 rate, u32 burst, u64 now)
{
	s64 empty;

	rates->rate[to] = rate;
	rates->burst[to] = burst;
	if (!rate)
		return;
	empty = now + pptp_rate_time(rate, burst);
	if (atomic64_read(&rates->full_at[to]) > empty)
		atomic64_set(&rates->full_at[to], empty);
}

/* Returns the ns whose tokens the bucket holds beyond the burst. */
static u64 pptp_rate_keeps(const struct pptp_rates *rates, enum pptp_direction to, u64 now)
{
	u32 ago = (u32)(now >> PPTP_DROPPED_SHIFT) - READ_ONCE(rates->dropped_at[to]);

	return ago <= PPTP_LATELY ? PPTP_RATE_KEEP : 0;
}

/*
 * Returns true if a packet that finds @used ns of a bucket of @depth ns used is dropped; less than
 * nothing is used while tokens are kept.  The likelihood grows with the square of how far the lower
 * half is used.
 */
static bool pptp_rate_drops(s64 used, s64 depth, u16 chance)
{
	s64 half = depth / 2;
	u32 part;

	if (used <= half)
		return false;
	if (used >= depth)
		return true;
	part = div64_u64((used - half) << 8, depth - half);
	return chance < part * part;
}

bool pptp_rate_passes(struct pptp_rates *rates, enum pptp_direction to, unsigned int len, u64 now,
		      u16 chance)
{
	s64 depth, cost, start, full_at, earliest;

	if (!rates->rate[to])
		return true;
	depth = pptp_rate_time(rates->rate[to], rates->burst[to]);
	cost = pptp_rate_time(rates->rate[to], len);
	earliest = now - pptp_rate_keeps(rates, to, now);
	full_at = atomic64_read(&rates->full_at[to]);
	do {
		start = max(full_at, earliest);
		if (pptp_rate_drops(start - (s64)now, depth, chance)) {
			WRITE_ONCE(rates->dropped_at[to], now >> PPTP_DROPPED_SHIFT);
			return false;
		}
	} while (!atomic64_try_cmpxchg(&rates->full_at[to], &full_at, start + cost));
	return true;
}
