/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The rates that user traffic of a session keeps to: a token bucket for each direction.  Packets
 * are never queued.  A packet that finds the bucket empty is dropped, and the emptier the lower
 * half of the bucket is, the more packets are dropped by chance, so that TCP gets slower a little
 * at a time, instead of losing a window at once.
 *
 * What is dropped may make TCP wait for its retransmission timer, which is 200 ms at least, while
 * tokens come in.  For those not to be lost, a bucket out of which packets were dropped lately
 * holds those of another second.  So the rate is kept in the long run, and is also reached.
 *
 * Sessions without rates have no memory for them.  The others have struct pptp_rates, which is
 * replaced as a whole when a rate changes; packet paths find it under RCU.
 */
#ifndef _CULVERT_RATE_H
#define _CULVERT_RATE_H

#include <linux/atomic.h>
#include <linux/rcupdate.h>
#include <linux/sizes.h>
#include <linux/types.h>

enum pptp_direction {
	PPTP_FROM_PEER,
	PPTP_TO_PEER,
	PPTP_DIRECTIONS
};

/* Bits in a second.  More than the upper bound is as good as no rate. */
#define PPTP_RATE_MIN	8000ULL
#define PPTP_RATE_MAX	1000000000000ULL

/* Octets. */
#define PPTP_BURST_MAX	SZ_1G

/**
 * struct pptp_rates - both rates of a session
 * @full_at: time in ns at which the bucket is full again if no packet comes; for each direction
 * @rate: bits in a second, 0 for no limit
 * @dropped_at: when a packet was dropped last, in units of 2^20 ns
 * @burst: octets that a full bucket has
 * @rcu: frees the structure after a grace period
 */
struct pptp_rates {
	atomic64_t full_at[PPTP_DIRECTIONS];
	u64 rate[PPTP_DIRECTIONS];
	u32 burst[PPTP_DIRECTIONS];
	u32 dropped_at[PPTP_DIRECTIONS];
	struct rcu_head rcu;
};

/**
 * pptp_rates_init() - initialise rates without a limit
 * @rates: rates
 * @now: as for pptp_rate_passes()
 */
void pptp_rates_init(struct pptp_rates *rates, u64 now);

/**
 * pptp_rate_burst() - the burst of a rate for which none was asked
 * @rate: bits in a second
 *
 * Return: octets: what passes in 200 ms, and at least ten packets of 1500 octets.
 */
u32 pptp_rate_burst(u64 rate);

/**
 * pptp_rate_set() - set the rate of one direction
 * @rates: rates that no packet path has yet
 * @to: direction
 * @rate: bits in a second, 0 for no limit
 * @burst: octets
 * @now: as for pptp_rate_passes()
 *
 * What was used of the bucket before stays used, but no more than the new bucket holds: a bucket
 * of another rate may have been used for minutes of the new one's time.
 */
void pptp_rate_set(struct pptp_rates *rates, enum pptp_direction to, u64 rate, u32 burst, u64 now);

/**
 * pptp_rate_passes() - decide about one packet
 * @rates: rates of the session
 * @to: direction
 * @len: octets of the IP packet
 * @now: ns of a clock that does not go back, always the same one
 * @chance: random, each value as likely as any other
 *
 * A packet passes while the bucket is not empty, however large the packet is: the burst may be less
 * than a packet, or than a superpacket of GSO.  What it has too much is missing to the next ones.
 * May run on several CPUs at once.
 *
 * Return: true if the packet passes, and has been paid for; false if it must be dropped.
 */
bool pptp_rate_passes(struct pptp_rates *rates, enum pptp_direction to, unsigned int len, u64 now,
		      u16 chance);

#endif /* _CULVERT_RATE_H */
