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
};

_Static_assert(POLICY_TERMS <= 32, "policy.given has a bit for each term");

void policy_add(struct policy *policy, const struct policy *more)
{
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

void policy_add_grant(struct policy *policy, const struct auth_grant *grant)
{
	struct policy terms;

	if (!grant)
		return;
	terms = (struct policy){
		.given = bit_if(*grant->pool, POLICY_POOL) |
			 bit_if(grant->port_limit, POLICY_MAX_SESSIONS) |
			 bit_if(grant->idle_timeout_s, POLICY_IDLE_TIMEOUT) |
			 bit_if(grant->session_timeout_s, POLICY_SESSION_TIMEOUT),
		.pool = grant->pool,
		.max_sessions = grant->port_limit,
		.idle_timeout_s = grant->idle_timeout_s,
		.session_timeout_s = grant->session_timeout_s,
	};
	policy_add(policy, &terms);
}
