// SPDX-License-Identifier: GPL-2.0-only
#include "aaa/grant.h"
#include "config/config.h"
#include "server/terms.h"

static struct policy of_server(const struct config_server *server)
{
	return (struct policy){
		.given = POLICY_BIT(POLICY_TERMS) - 1,
		.pool = server->pool ? server->pool->name : "",
		.max_sessions = server->max_sessions_per_user,
		.single = server->single,
		.idle_timeout_s = server->idle_timeout_s,
		.session_timeout_s = server->session_timeout_s,
		.rate_up = server->shape.rate_up,
		.rate_down = server->shape.rate_down,
		.burst_up = server->shape.burst_up,
		.burst_down = server->shape.burst_down,
		.mark = server->shape.mark,
		.priority = server->shape.priority,
		.rechallenge_s = server->rechallenge_s,
		.netns = server->shape.netns,
		.vrf = server->shape.vrf,
		.interface = server->shape.interface,
		.nft_sets = server->shape.nft_sets,
	};
}

static void add_profile(struct policy *policy, const struct config_profile *profile)
{
	if (profile)
		policy_add(policy, &profile->policy);
}

static void add_user(struct policy *policy, const struct config *config,
		     const struct config_server *server, const char *name)
{
	const struct config_user *user =
		name ? config_match_user(config, name, server->fold_case) : NULL;

	if (!user)
		return;
	add_profile(policy, user->profile);
	policy_add(policy, &user->policy);
}

/* A Filter-Id may mean something to others only, so that one without a profile is no mistake. */
static void add_filters(struct policy *policy, const struct config *config,
			const struct auth_grant *grant)
{
	for (unsigned int i = 0; grant && i < grant->n_filters; i++)
		add_profile(policy, config_find_profile(config, grant->filters[i]));
}

struct policy terms_of(const struct config *config, const struct config_server *server,
		       const char *user, const struct auth_grant *grant)
{
	struct policy policy = of_server(server);

	add_profile(&policy, server->profile);
	add_user(&policy, config, server, user);
	add_filters(&policy, config, grant);
	policy_add_grant(&policy, grant);
	return policy;
}
