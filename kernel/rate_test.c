// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rates: what a token bucket lets through, in played time.
 */
#include <kunit/test.h>
#include <linux/time64.h>

#include "compat.h"
#include "rate.h"

#define MEGABIT		1000000ULL
#define START		(1000ULL * NSEC_PER_SEC)

/* Random numbers that never and always drop by chance. */
#define LUCKY		U16_MAX
#define UNLUCKY		0

static void limit(struct pptp_rates *rates, u64 rate, u32 burst)
{
	pptp_rates_init(rates, START);
	rates->rate[PPTP_TO_PEER] = rate;
	rates->burst[PPTP_TO_PEER] = burst;
}

/* Returns how many octets of packets of @len, offered every @step ns for @span ns, pass. */
static u64 passed(struct pptp_rates *rates, unsigned int len, u64 step, u64 span, u16 chance)
{
	u64 now, octets = 0;

	for (now = START; now < START + span; now += step)
		if (pptp_rate_passes(rates, PPTP_TO_PEER, len, now, chance))
			octets += len;
	return octets;
}

static void rate_without_limit(struct kunit *test)
{
	struct pptp_rates rates;

	limit(&rates, 0, 0);
	KUNIT_EXPECT_EQ(test, passed(&rates, 1500, 1000, NSEC_PER_SEC / 100, UNLUCKY), 15000000);
	/* one direction is not the other's */
	limit(&rates, MEGABIT, 1500);
	rates.rate[PPTP_FROM_PEER] = 0;
	KUNIT_EXPECT_TRUE(test, pptp_rate_passes(&rates, PPTP_FROM_PEER, 65535, START, UNLUCKY));
	KUNIT_EXPECT_EQ(test, atomic64_read(&rates.full_at[PPTP_FROM_PEER]), 0);
}

/* Ten times as much is offered as may pass; whatever chance says, no more than that passes. */
static void rate_is_kept(struct kunit *test)
{
	static const u64 rate[] = { 64000, MEGABIT, 100 * MEGABIT, 10000 * MEGABIT };
	struct pptp_rates rates;
	u64 span, octets, most;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rate); i++) {
		/* 20,000 packets */
		u64 step = 1250 * 8 * NSEC_PER_SEC / rate[i] / 10;

		span = 20000 * step;
		limit(&rates, rate[i], 20000);
		octets = passed(&rates, 1250, step, span, LUCKY);
		most = div_u64(rate[i] / 8 * span, NSEC_PER_SEC) + 20000;
		KUNIT_EXPECT_LE(test, octets, most + 1250);
		KUNIT_EXPECT_GE(test, octets, most - most / 100);
	}
}

/* Who offers less than the rate loses nothing, also if chance is against it. */
static void rate_that_is_not_used(struct kunit *test)
{
	struct pptp_rates rates;

	limit(&rates, MEGABIT, 15000);
	KUNIT_EXPECT_EQ(test, passed(&rates, 1250, 11 * NSEC_PER_MSEC, NSEC_PER_SEC, UNLUCKY),
			91 * 1250);
}

static void rate_after_a_pause(struct kunit *test)
{
	struct pptp_rates rates;
	u64 now = START;
	int i;

	limit(&rates, MEGABIT, 5000);
	for (i = 0; i < 5; i++)
		KUNIT_EXPECT_TRUE(test, pptp_rate_passes(&rates, PPTP_TO_PEER, 1250, now, LUCKY) ||
				  i == 4);
	KUNIT_EXPECT_FALSE(test, pptp_rate_passes(&rates, PPTP_TO_PEER, 1250, now, LUCKY));
	/* the bucket is full again, and no fuller than that */
	now += 3600 * NSEC_PER_SEC;
	for (i = 0; i < 4; i++)
		KUNIT_EXPECT_TRUE(test, pptp_rate_passes(&rates, PPTP_TO_PEER, 1250, now, LUCKY));
	KUNIT_EXPECT_FALSE(test, pptp_rate_passes(&rates, PPTP_TO_PEER, 1250, now, LUCKY));
}

/* What nobody takes while TCP waits because of a drop is not lost, up to a second of it. */
static void rate_keeps_tokens_after_a_drop(struct kunit *test)
{
	static const struct {
		u64 pause_ms;
		unsigned int packets;
	} cases[] = { { 100, 10 }, { 900, 90 }, { 3000, 104 }, { 4100, 4 } };
	struct pptp_rates rates;
	unsigned int i, n;
	u64 now;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		now = START;
		limit(&rates, MEGABIT, 5000);
		while (pptp_rate_passes(&rates, PPTP_TO_PEER, 1250, now, LUCKY))
			;
		now += cases[i].pause_ms * NSEC_PER_MSEC;
		for (n = 0; pptp_rate_passes(&rates, PPTP_TO_PEER, 1250, now, LUCKY); n++)
			;
		KUNIT_EXPECT_EQ(test, n, cases[i].packets);
	}
}

/* The burst may be less than a packet, which is paid for by a pause then. */
static void rate_of_packets_larger_than_the_burst(struct kunit *test)
{
	struct pptp_rates rates;

	limit(&rates, MEGABIT, 100);
	KUNIT_EXPECT_EQ(test, passed(&rates, 1250, NSEC_PER_MSEC, NSEC_PER_SEC, LUCKY), 100 * 1250);
}

/* From half of the bucket on chance drops, and more of it the less is left. */
static void rate_early_drops(struct kunit *test)
{
	unsigned int drops[4] = {}, i;
	struct pptp_rates rates;

	for (i = 0; i < 4; i++) {
		u16 chance = 0;

		limit(&rates, 8 * MEGABIT, 1000000);
		/* i quarters of the lower half are used */
		atomic64_set(&rates.full_at[PPTP_TO_PEER],
			     START + NSEC_PER_SEC / 2 + i * NSEC_PER_SEC / 8);
		do {
			s64 before = atomic64_read(&rates.full_at[PPTP_TO_PEER]);

			drops[i] += !pptp_rate_passes(&rates, PPTP_TO_PEER, 1, START, chance);
			atomic64_set(&rates.full_at[PPTP_TO_PEER], before);
			chance += 64;
		} while (chance);
	}
	KUNIT_EXPECT_EQ(test, drops[0], 0);
	KUNIT_EXPECT_EQ(test, drops[1], 1024 / 16);
	KUNIT_EXPECT_EQ(test, drops[2], 1024 / 4);
	KUNIT_EXPECT_EQ(test, drops[3], 1024 * 9 / 16);
}

/* A slow bucket that was emptied must not keep a faster rate from its traffic. */
static void rate_is_changed(struct kunit *test)
{
	struct pptp_rates rates;
	u64 now = START;

	limit(&rates, 64000, 1000000);
	while (pptp_rate_passes(&rates, PPTP_TO_PEER, 1250, now, LUCKY))
		;
	pptp_rate_set(&rates, PPTP_TO_PEER, 8 * MEGABIT, 100000, now);
	KUNIT_EXPECT_FALSE(test, pptp_rate_passes(&rates, PPTP_TO_PEER, 1250, now, LUCKY));
	now += 10 * NSEC_PER_MSEC;
	KUNIT_EXPECT_TRUE(test, pptp_rate_passes(&rates, PPTP_TO_PEER, 1250, now, LUCKY));
	/* no limit, and one again */
	pptp_rate_set(&rates, PPTP_TO_PEER, 0, 0, now);
	KUNIT_EXPECT_TRUE(test, pptp_rate_passes(&rates, PPTP_TO_PEER, 65535, now, UNLUCKY));
	pptp_rate_set(&rates, PPTP_TO_PEER, MEGABIT, 5000, now + NSEC_PER_SEC);
	KUNIT_EXPECT_TRUE(test, pptp_rate_passes(&rates, PPTP_TO_PEER, 1250, now + NSEC_PER_SEC,
						 LUCKY));
}

static void rate_default_burst(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, pptp_rate_burst(PPTP_RATE_MIN), 15000);
	KUNIT_EXPECT_EQ(test, pptp_rate_burst(10 * MEGABIT), 250000);
	KUNIT_EXPECT_EQ(test, pptp_rate_burst(PPTP_RATE_MAX), PPTP_BURST_MAX);
	KUNIT_EXPECT_LE(test, sizeof(struct pptp_rates), 64);
}

static struct kunit_case rate_cases[] = {
	KUNIT_CASE(rate_without_limit),
	KUNIT_CASE(rate_is_kept),
	KUNIT_CASE(rate_that_is_not_used),
	KUNIT_CASE(rate_after_a_pause),
	KUNIT_CASE(rate_of_packets_larger_than_the_burst),
	KUNIT_CASE(rate_keeps_tokens_after_a_drop),
	KUNIT_CASE(rate_early_drops),
	KUNIT_CASE(rate_is_changed),
	KUNIT_CASE(rate_default_burst),
	{}
};

static struct kunit_suite rate_suite = {
	.name = "culvert_rate",
	.test_cases = rate_cases,
};

kunit_test_suites(&rate_suite);
