// SPDX-License-Identifier: GPL-2.0-only
#include "session/rate.h"

/* Counters begin anew with a new link: there is no rate below 0. */
static uint64_t bits_a_second(uint64_t before, uint64_t after, uint64_t ms)
{
	return after > before ? (after - before) * 8000 / ms : 0;
}

void rate_read(struct rate *rate, uint64_t now_ms, uint64_t since_ms, const struct net_stats *stats)
{
	uint64_t before_ms = rate->at_ms ? rate->at_ms : since_ms;

	if (now_ms < before_ms + RATE_MIN_MS)
		return;
	rate->rx = bits_a_second(rate->rx_bytes, stats->rx_bytes, now_ms - before_ms);
	rate->tx = bits_a_second(rate->tx_bytes, stats->tx_bytes, now_ms - before_ms);
	rate->at_ms = now_ms;
	rate->rx_bytes = stats->rx_bytes;
	rate->tx_bytes = stats->tx_bytes;
}
