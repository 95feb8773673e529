// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the receive path does to the fields of a packet that devices and protocols rely on.
 */
#include <kunit/test.h>
#include <linux/random.h>
#include <linux/skbuff.h>
#include <net/checksum.h>

#include "compat.h"
#include "rx.h"

/* Returns a packet of @len octets, at most 64, of random contents behind some headroom. */
static struct sk_buff *packet(struct kunit *test, unsigned int len)
{
	struct sk_buff *skb = alloc_skb(128, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, skb);
	skb_reserve(skb, 64);
	get_random_bytes(skb_put(skb, len), len);
	return skb;
}

/* What a device says of the outer packet does not hold for the frame in it. */
static void rx_outer_is_forgotten(struct kunit *test)
{
	struct sk_buff *skb = packet(test, 40);

	skb_record_rx_queue(skb, 7);
	__skb_set_hash(skb, 0x12345678, false, true);
	skb->encapsulation = 1;
	skb->ip_summed = CHECKSUM_UNNECESSARY;
	skb->csum_level = 1;
	pptp_rx_forget_outer(skb);
	KUNIT_EXPECT_FALSE(test, skb_rx_queue_recorded(skb));
	KUNIT_EXPECT_EQ(test, skb->hash, 0);
	KUNIT_EXPECT_FALSE(test, skb->l4_hash);
	KUNIT_EXPECT_FALSE(test, skb->encapsulation);
	KUNIT_EXPECT_EQ(test, (int)skb->ip_summed, CHECKSUM_NONE);
	kfree_skb(skb);
}

/* Whether the sum of a device is that of the octets; 0 and 0xffff are one number. */
static bool sum_is_right(const struct sk_buff *skb)
{
	__sum16 rest = csum_fold(csum_sub(skb->csum, csum_partial(skb->data, skb->len, 0)));

	return !rest || rest == (__force __sum16)0xffff;
}

/* The sum of all octets holds when a compressed protocol field becomes two octets. */
static void rx_sum_survives_compressed_protocol(struct kunit *test)
{
	unsigned int len;

	for (len = 1; len <= 64; len++) {
		struct sk_buff *skb = packet(test, len);

		skb->ip_summed = CHECKSUM_COMPLETE;
		skb->csum = csum_partial(skb->data, skb->len, 0);
		pptp_rx_widen(skb);
		KUNIT_EXPECT_EQ(test, skb->len, len + 1);
		KUNIT_EXPECT_EQ(test, skb->data[0], 0);
		KUNIT_EXPECT_TRUE_MSG(test, sum_is_right(skb), "%u octets", len);
		skb_pull_rcsum(skb, 2);
		KUNIT_EXPECT_TRUE_MSG(test, sum_is_right(skb), "%u octets, without the field", len);
		kfree_skb(skb);
	}
}

static struct kunit_case rx_cases[] = {
	KUNIT_CASE(rx_outer_is_forgotten),
	KUNIT_CASE(rx_sum_survives_compressed_protocol),
	{}
};

static struct kunit_suite rx_suite = {
	.name = "culvert_rx",
	.test_cases = rx_cases,
};

kunit_test_suites(&rx_suite);
