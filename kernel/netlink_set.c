// SPDX-License-Identifier: GPL-2.0-only
#include <linux/fips.h>
#include <linux/pptp.h>
#include <net/netlink.h>

#include "compat.h"
#include "link.h"
#include "mppe.h"
#include "netlink_set.h"
#include "session.h"
#include "sliding.h"

/* Microseconds. */
static struct netlink_range_validation pptp_hold_range = { .max = USEC_PER_SEC };

const struct nla_policy pptp_window_policy[PPTP_A_WINDOW_MAX + 1] = {
	[PPTP_A_WINDOW_SEND] = NLA_POLICY_MIN(NLA_U16, 1),
	[PPTP_A_WINDOW_RECEIVE] = NLA_POLICY_MIN(NLA_U16, 1),
	[PPTP_A_WINDOW_SLIDING] = NLA_POLICY_MAX(NLA_U8, 1),
	[PPTP_A_WINDOW_REORDER_MAX] = NLA_POLICY_MAX(NLA_U16, WINDOW_HELD_MAX),
	[PPTP_A_WINDOW_REORDER_TIMEOUT] = NLA_POLICY_FULL_RANGE(NLA_U32, &pptp_hold_range),
	[PPTP_A_WINDOW_TX_SEQ] = { .type = NLA_REJECT },
	[PPTP_A_WINDOW_TX_ACKED] = { .type = NLA_REJECT },
	[PPTP_A_WINDOW_RX_SEQ] = { .type = NLA_REJECT },
	[PPTP_A_WINDOW_RX_ACKED] = { .type = NLA_REJECT },
};

const struct nla_policy pptp_outer_policy[PPTP_A_OUTER_MAX + 1] = {
	[PPTP_A_OUTER_TOS] = NLA_POLICY_VALIDATE_FN(NLA_U8, pptp_outer_valid_tos),
	[PPTP_A_OUTER_TTL] = { .type = NLA_U8 },
	[PPTP_A_OUTER_DF] = NLA_POLICY_MAX(NLA_U8, PPTP_DF_CLEAR),
	[PPTP_A_OUTER_MARK] = { .type = NLA_U32 },
	[PPTP_A_OUTER_ECN] = NLA_POLICY_MAX(NLA_U8, 1),
};

static int pptp_valid_rate(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	u64 rate = nla_get_u64(attr);

	if (!rate || (rate >= PPTP_RATE_MIN && rate <= PPTP_RATE_MAX))
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "a rate is from 8000 to 10^12 bits a second, or 0");
	return -EINVAL;
}

static struct netlink_range_validation pptp_burst_range = { .min = 1, .max = PPTP_BURST_MAX };

const struct nla_policy pptp_shape_policy[PPTP_A_SHAPE_MAX + 1] = {
	[PPTP_A_SHAPE_RX_RATE] = NLA_POLICY_VALIDATE_FN(NLA_U64, pptp_valid_rate),
	[PPTP_A_SHAPE_RX_BURST] = NLA_POLICY_FULL_RANGE(NLA_U32, &pptp_burst_range),
	[PPTP_A_SHAPE_TX_RATE] = NLA_POLICY_VALIDATE_FN(NLA_U64, pptp_valid_rate),
	[PPTP_A_SHAPE_TX_BURST] = NLA_POLICY_FULL_RANGE(NLA_U32, &pptp_burst_range),
	[PPTP_A_SHAPE_MARK] = { .type = NLA_U32 },
	[PPTP_A_SHAPE_PRIORITY] = { .type = NLA_U32 },
};

static int pptp_valid_bits(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	switch (nla_get_u8(attr)) {
	case 0:
	case 40:
	case 56:
	case 128:
		return 0;
	}
	NL_SET_ERR_MSG_ATTR(extack, attr, "MPPE has keys of 40, 56 and 128 bits");
	return -EINVAL;
}

static const struct nla_policy pptp_key_policy[PPTP_A_MPPE_KEY_MAX + 1] = {
	[PPTP_A_MPPE_KEY_BITS] = NLA_POLICY_VALIDATE_FN(NLA_U8, pptp_valid_bits),
	[PPTP_A_MPPE_KEY_STATELESS] = NLA_POLICY_MAX(NLA_U8, 1),
	[PPTP_A_MPPE_KEY_START] = NLA_POLICY_EXACT_LEN(MPPE_KEY_MAX),
	[PPTP_A_MPPE_KEY_COHERENCY] = { .type = NLA_REJECT },
};

const struct nla_policy pptp_mppe_policy[PPTP_A_MPPE_MAX + 1] = {
	[PPTP_A_MPPE_REQUIRED] = NLA_POLICY_MAX(NLA_U8, 1),
	[PPTP_A_MPPE_TX] = NLA_POLICY_NESTED(pptp_key_policy),
	[PPTP_A_MPPE_RX] = NLA_POLICY_NESTED(pptp_key_policy),
};

int pptp_set_window(struct pptp_session *s, const struct nlattr *nest,
		    struct netlink_ext_ack *extack)
{
	struct nlattr *a[PPTP_A_WINDOW_MAX + 1];
	struct pptp_window *w = &s->window;
	u16 send = w->tx_window_max;
	bool sliding = s->sliding;
	u32 hold_us;
	u16 frames;
	int err;

	/* The policy of the request has validated the nest already. */
	err = nla_parse_nested(a, PPTP_A_WINDOW_MAX, nest, pptp_window_policy, extack);
	if (err)
		return err;

	if (a[PPTP_A_WINDOW_SEND])
		send = nla_get_u16(a[PPTP_A_WINDOW_SEND]);
	if (a[PPTP_A_WINDOW_SLIDING])
		sliding = nla_get_u8(a[PPTP_A_WINDOW_SLIDING]);
	if (sliding && !send) {
		NL_SET_ERR_MSG(extack, "a sliding window needs the window that the peer announced");
		return -EINVAL;
	}
	if (sliding != !!s->sliding || (sliding && send != w->tx_window_max)) {
		err = pptp_sliding_set(s, sliding ? send : 0, 0);
		if (err)
			return err;
	}

	spin_lock_bh(&s->rx_lock);
	frames = w->rx_held_max;
	hold_us = w->rx_hold_cap / NSEC_PER_USEC;
	if (a[PPTP_A_WINDOW_RECEIVE]) {
		s->receive_window = nla_get_u16(a[PPTP_A_WINDOW_RECEIVE]);
		pptp_window_rx_set_window(w, s->receive_window);
	}
	if (a[PPTP_A_WINDOW_REORDER_MAX])
		frames = nla_get_u16(a[PPTP_A_WINDOW_REORDER_MAX]);
	if (a[PPTP_A_WINDOW_REORDER_TIMEOUT])
		hold_us = nla_get_u32(a[PPTP_A_WINDOW_REORDER_TIMEOUT]);
	if (a[PPTP_A_WINDOW_REORDER_MAX] || a[PPTP_A_WINDOW_REORDER_TIMEOUT])
		pptp_window_rx_set_reorder(w, frames, hold_us);
	spin_unlock_bh(&s->rx_lock);
	return 0;
}

int pptp_set_outer(struct pptp_session *s, const struct nlattr *nest,
		   struct netlink_ext_ack *extack)
{
	struct nlattr *a[PPTP_A_OUTER_MAX + 1];
	struct pptp_outer own;
	u8 given;
	int err;

	err = nla_parse_nested(a, PPTP_A_OUTER_MAX, nest, pptp_outer_policy, extack);
	if (err)
		return err;
	given = pptp_outer_get(&own, a, PPTP_A_OUTER_TOS);
	pptp_link_own_outer(s, &own, given);
	return 0;
}

static void pptp_shape_rate(struct pptp_rates *rates, enum pptp_direction to,
			    const struct nlattr *rate, const struct nlattr *burst, u64 now)
{
	u64 bits = rate ? nla_get_u64(rate) : rates->rate[to];
	u32 octets = rate ? pptp_rate_burst(bits) : rates->burst[to];

	if (burst)
		octets = nla_get_u32(burst);
	pptp_rate_set(rates, to, bits, octets, now);
}

static struct pptp_rates *pptp_rates_of(struct pptp_session *s)
{
	return rcu_dereference_protected(s->rates, lockdep_sock_is_held(pptp_session_sk(s)));
}

/*
 * What was used of a bucket stays used, see pptp_rate_set().  A packet that is being decided about
 * meanwhile may pay into the old one; that is one packet for each CPU.
 */
static int pptp_set_rates(struct pptp_session *s, struct nlattr **a)
{
	struct pptp_rates *old = pptp_rates_of(s);
	struct pptp_rates *rates = kmalloc(sizeof(*rates), GFP_KERNEL_ACCOUNT);
	u64 now = ktime_get_ns();
	int i;

	if (!rates)
		return -ENOMEM;
	pptp_rates_init(rates, now);
	for (i = 0; old && i < PPTP_DIRECTIONS; i++) {
		rates->rate[i] = old->rate[i];
		rates->burst[i] = old->burst[i];
		rates->dropped_at[i] = READ_ONCE(old->dropped_at[i]);
		atomic64_set(&rates->full_at[i], atomic64_read(&old->full_at[i]));
	}
	pptp_shape_rate(rates, PPTP_FROM_PEER, a[PPTP_A_SHAPE_RX_RATE], a[PPTP_A_SHAPE_RX_BURST],
			now);
	pptp_shape_rate(rates, PPTP_TO_PEER, a[PPTP_A_SHAPE_TX_RATE], a[PPTP_A_SHAPE_TX_BURST],
			now);
	if (!rates->rate[PPTP_FROM_PEER] && !rates->rate[PPTP_TO_PEER]) {
		kfree(rates);
		rates = NULL;
	}
	rcu_assign_pointer(s->rates, rates);
	if (old)
		kfree_rcu(old, rcu);
	return 0;
}

int pptp_set_shape(struct pptp_session *s, const struct nlattr *nest,
		   struct netlink_ext_ack *extack)
{
	struct nlattr *a[PPTP_A_SHAPE_MAX + 1];
	int err;

	err = nla_parse_nested(a, PPTP_A_SHAPE_MAX, nest, pptp_shape_policy, extack);
	if (err)
		return err;
	if (a[PPTP_A_SHAPE_RX_RATE] || a[PPTP_A_SHAPE_RX_BURST] || a[PPTP_A_SHAPE_TX_RATE] ||
	    a[PPTP_A_SHAPE_TX_BURST]) {
		err = pptp_set_rates(s, a);
		if (err)
			return err;
	}
	if (a[PPTP_A_SHAPE_MARK])
		WRITE_ONCE(s->mark, nla_get_u32(a[PPTP_A_SHAPE_MARK]));
	if (a[PPTP_A_SHAPE_PRIORITY])
		WRITE_ONCE(s->priority, nla_get_u32(a[PPTP_A_SHAPE_PRIORITY]));
	return 0;
}

/*
 * Change of the key of one direction.  @replace: the request sets a key or takes the key away;
 * @mppe: the new key, NULL for none; after pptp_swap_key(), the old key.
 */
struct pptp_key_change {
	bool replace;
	struct pptp_mppe *mppe;
};

static int pptp_parse_key(struct pptp_key_change *change, const struct nlattr *nest,
			  struct netlink_ext_ack *extack)
{
	struct nlattr *a[PPTP_A_MPPE_KEY_MAX + 1];
	struct pptp_mppe_params params = {};
	int err;

	err = nla_parse_nested(a, PPTP_A_MPPE_KEY_MAX, nest, pptp_key_policy, extack);
	if (err)
		return err;

	if (!a[PPTP_A_MPPE_KEY_BITS])
		return 0;
	change->replace = true;
	params.bits = nla_get_u8(a[PPTP_A_MPPE_KEY_BITS]);
	if (!params.bits)
		return 0;
	if (!a[PPTP_A_MPPE_KEY_START] || !a[PPTP_A_MPPE_KEY_STATELESS]) {
		NL_SET_ERR_MSG_ATTR(extack, nest, "a key needs bits, stateless and start");
		return -EINVAL;
	}
	if (fips_enabled) {
		NL_SET_ERR_MSG_ATTR(extack, nest, "FIPS mode allows no MPPE, which is RC4");
		return -EOPNOTSUPP;
	}
	params.stateless = nla_get_u8(a[PPTP_A_MPPE_KEY_STATELESS]);
	memcpy(params.start_key, nla_data(a[PPTP_A_MPPE_KEY_START]), MPPE_KEY_MAX);
	change->mppe = pptp_mppe_create(&params, GFP_KERNEL_ACCOUNT);
	memzero_explicit(&params, sizeof(params));
	return change->mppe ? 0 : -ENOMEM;
}

static void pptp_swap_key(struct pptp_mppe **mppe, struct pptp_key_change *change)
{
	struct pptp_mppe *old = *mppe;

	if (!change->replace)
		return;
	WRITE_ONCE(*mppe, change->mppe);
	change->mppe = old;
}

int pptp_set_keys(struct pptp_session *s, const struct nlattr *nest,
		  struct netlink_ext_ack *extack)
{
	struct pptp_key_change tx = {}, rx = {};
	struct nlattr *a[PPTP_A_MPPE_MAX + 1];
	int err;

	err = nla_parse_nested(a, PPTP_A_MPPE_MAX, nest, pptp_mppe_policy, extack);
	if (!err && a[PPTP_A_MPPE_TX])
		err = pptp_parse_key(&tx, a[PPTP_A_MPPE_TX], extack);
	if (!err && a[PPTP_A_MPPE_RX])
		err = pptp_parse_key(&rx, a[PPTP_A_MPPE_RX], extack);
	if (err)
		goto out;

	/*
	 * Set the requirement first: if it were set after the keys, plaintext could leave between a
	 * key that is taken away and the requirement.
	 */
	if (a[PPTP_A_MPPE_REQUIRED])
		WRITE_ONCE(s->mppe_required, nla_get_u8(a[PPTP_A_MPPE_REQUIRED]));

	spin_lock_bh(&s->rx_lock);
	pptp_swap_key(&s->rx_mppe, &rx);
	spin_unlock_bh(&s->rx_lock);

	spin_lock_bh(&s->tx_lock);
	pptp_swap_key(&s->tx_mppe, &tx);
	spin_unlock_bh(&s->tx_lock);
out:
	pptp_mppe_destroy(tx.mppe);
	pptp_mppe_destroy(rx.mppe);
	return err;
}

static void pptp_wipe_start_key(struct nlattr *nest)
{
	struct nlattr *attr;
	int rest;

	nla_for_each_nested(attr, nest, rest)
		if (nla_type(attr) == PPTP_A_MPPE_KEY_START)
			memzero_explicit(nla_data(attr), nla_len(attr));
}

void pptp_wipe_keys(struct nlattr *nest)
{
	struct nlattr *attr;
	int rest;

	nla_for_each_nested(attr, nest, rest)
		if (nla_type(attr) == PPTP_A_MPPE_TX || nla_type(attr) == PPTP_A_MPPE_RX)
			pptp_wipe_start_key(attr);
}
