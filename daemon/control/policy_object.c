// SPDX-License-Identifier: GPL-2.0-only
/* What counts for a session, as JSON. */
#include <time.h>

#include "aaa/policy.h"
#include "control/objects.h"

static const char * const single_names[] = {
	[POLICY_SINGLE_DENY] = "deny",
	[POLICY_SINGLE_REPLACE] = "replace",
	[POLICY_SINGLE_REPLACE_NOW] = "replace-now",
};

/* Returns NULL, which makes no member, if there is no limit. */
static json_t *limit(uint64_t number)
{
	return number ? json_integer((json_int_t)number) : NULL;
}

/* Returns NULL, which makes no member, if there is no such thing. */
static const char *name(const char *text)
{
	return text && *text ? text : NULL;
}

/* Returns a local time as text; NULL, which makes no member, for never. */
static json_t *time_or_never(uint64_t time_s)
{
	const time_t at = (time_t)time_s;
	char text[64];
	struct tm tm;

	if (!at || !localtime_r(&at, &tm) ||
	    !strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S%z", &tm))
		return NULL;
	return json_string(text);
}

json_t *object_of_policy(const struct policy *policy)
{
	return json_pack("{s:s*, s:o*, s:s*, s:o*, s:o*, s:o*, s:o*, s:o*, s:o*, s:o*, s:o*, s:o*, s:o*,"
			 " s:s*, s:s*, s:s*, s:s*}",
			 "pool", name(policy->pool),
			 "max_sessions", policy->single ? NULL : limit(policy->max_sessions),
			 "single_session", single_names[policy->single],
			 "idle_timeout_s", limit(policy->idle_timeout_s),
			 "session_timeout_s", limit(policy->session_timeout_s),
			 "rechallenge_s", limit(policy->rechallenge_s),
			 "expires", time_or_never(policy->expires_s),
			 "rate_up", limit(policy->rate_up),
			 "rate_down", limit(policy->rate_down),
			 "burst_up_octets", limit(policy->burst_up),
			 "burst_down_octets", limit(policy->burst_down),
			 "mark", limit(policy->mark),
			 "priority", limit(policy->priority),
			 "netns", name(policy->netns),
			 "vrf", name(policy->vrf),
			 "interface_name", name(policy->interface),
			 "nft_set", name(policy->nft_sets));
}
