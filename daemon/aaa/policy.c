// SPDX-License-Identifier: GPL-2.0-only
#include <stddef.h>
#include <string.h>

#include "aaa/grant.h"
#include "aaa/policy.h"

#define FIELD(field)	{ offsetof(struct policy, field), sizeof(((struct policy *)0)->field) }

static const struct {
	size_t offset, size;
} fields[POLICY_TERMS] = {
	[POLICY_POOL] = FIELD(pool),
	[POLICY_MAX_SESSIONS] = FIELD(max_sessions),
	[POLICY_SINGLE_SESSION] = FIELD(single),
	[POLICY_IDLE_TIMEOUT] = FIELD(idle_timeout_s),
	[POLICY_SESSION_TIMEOUT] = FIELD(session_timeout_s),
	[POLICY_RATE_UP] = FIELD(rate_up),
	[POLICY_RATE_DOWN] = FIELD(rate_down),
	[POLICY_BURST_UP] = FIELD(burst_up),
	[POLICY_BURST_DOWN] = FIELD(burst_down),
	[POLICY_MARK] = FIELD(mark),
	[POLICY_PRIORITY] = FIELD(priority),
	[POLICY_RECHALLENGE] = FIELD(rechallenge_s),
	[POLICY_EXPIRES] = FIELD(expires_s),
	[POLICY_NETNS] = FIELD(netns),
	[POLICY_VRF] = FIELD(vrf),
	[POLICY_INTERFACE] = FIELD(interface),
	[POLICY_NFT_SETS] = FIELD(nft_sets),
};

_Static_assert(POLICY_TERMS <= 32, "policy.given has a bit for each term");

void policy_add(struct policy *policy, const struct policy *more)
{
	/* A burst is for a rate, and not for another one. */
	if (policy_has(more, POLICY_RATE_UP))
		policy->burst_up = 0;
	if (policy_has(more, POLICY_RATE_DOWN))
		policy->burst_down = 0;
	for (unsigned int i = 0; i < POLICY_TERMS; i++)
		if (policy_has(more, i))
			memcpy((char *)policy + fields[i].offset,
			       (const char *)more + fields[i].offset, fields[i].size);
	policy->given |= more->given;
}

/* Returns the bit of @term if it is @given. */
static uint32_t bit_if(bool given, enum policy_term term)
{
	return given ? POLICY_BIT(term) : 0;
}

/*
 * Returns the octets that may pass at once, so that @burst bits per second can last for @time_s
 * after a pause though only @rate are filled in; 0 if that is no more than @rate.
 */
static uint32_t burst_of(uint64_t rate, uint64_t burst, uint32_t time_s)
{
	uint64_t beyond = burst > rate ? (burst - rate) / 8 : 0;

	if (!beyond || !time_s)
		return 0;
	return beyond < POLICY_BURST_MAX / time_s ? (uint32_t)(beyond * time_s) : POLICY_BURST_MAX;
}

static void add_rates(struct policy *policy, const struct radius_rates *rates, uint32_t lifted)
{
	const struct policy terms = {
		.given = bit_if(rates->up, POLICY_RATE_UP) | bit_if(rates->down, POLICY_RATE_DOWN) |
			 bit_if(rates->up, POLICY_BURST_UP) |
			 bit_if(rates->down, POLICY_BURST_DOWN) |
			 (lifted & (POLICY_BIT(POLICY_RATE_UP) | POLICY_BIT(POLICY_RATE_DOWN))),
		.rate_up = rates->up,
		.rate_down = rates->down,
		.burst_up = burst_of(rates->up, rates->burst_up, rates->burst_up_s),
		.burst_down = burst_of(rates->down, rates->burst_down, rates->burst_down_s),
	};

	policy_add(policy, &terms);
}

void policy_add_grant(struct policy *policy, const struct auth_grant *grant)
{
	struct policy terms;

	if (!grant)
		return;
	terms = (struct policy){
		.given = bit_if(*grant->pool, POLICY_POOL) |
			 bit_if(grant->port_limit, POLICY_MAX_SESSIONS) |
			 bit_if(grant->idle_timeout_s, POLICY_IDLE_TIMEOUT) |
			 bit_if(grant->session_timeout_s, POLICY_SESSION_TIMEOUT) |
			 bit_if(grant->expires_s, POLICY_EXPIRES) |
			 (grant->lifted & (POLICY_BIT(POLICY_IDLE_TIMEOUT) |
					   POLICY_BIT(POLICY_SESSION_TIMEOUT))),
		.pool = grant->pool,
		.max_sessions = grant->port_limit,
		.idle_timeout_s = grant->idle_timeout_s,
		.session_timeout_s = grant->session_timeout_s,
		.expires_s = grant->expires_s,
	};
	policy_add(policy, &terms);
	add_rates(policy, &grant->rates, grant->lifted);
}
