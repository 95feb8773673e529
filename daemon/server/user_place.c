// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "aaa/policy.h"
#include "server/call.h"
#include "server/user_place.h"
#include "util/ifname.h"

struct place user_place(const struct policy *policy)
{
	return (struct place){ .netns = policy->netns, .vrf = policy->vrf };
}

bool user_place_fits(const struct call *c, const struct policy *policy, char *why, size_t size)
{
	const struct net_link *link = &c->upper->interface->net;

	if (link->mode != NET_LINK_SHARED)
		return true;
	if (!place_name_equal(policy->netns, NULL)) {
		snprintf(why, size, "user-netns is \"%.64s\", but interface %s is shared",
			 policy->netns, link->name);
		return false;
	}
	if (place_name_equal(link->vrf, policy->vrf))
		return true;
	snprintf(why, size, "user-vrf is \"%s\", but the shared interface %s is %s%s",
		 policy->vrf ? policy->vrf : "", link->name, *link->vrf ? "in VRF " : "in none",
		 link->vrf);
	return false;
}

static void want_interface(struct call *c, const char *user, const struct policy *policy)
{
	const struct ifname_values values = {
		.user = user, .unproven = c->claimed, .session = c->session.record.id,
		.peer = c->session.record.addr.remote,
	};
	struct net_interface wanted = { .netns = policy->netns };

	snprintf(wanted.vrf, sizeof(wanted.vrf), "%s", policy->vrf ? policy->vrf : "");
	if (strstr(policy->interface, "%d"))
		snprintf(wanted.name, sizeof(wanted.name), "%s", policy->interface);
	else
		wanted.numbered = !ifname_of(wanted.name, policy->interface, &values);
	session_want_interface(&c->session, &wanted);
}

void user_place_take(struct call *c, const char *user, const struct policy *policy,
		     struct ip_addr address)
{
	session_claim_inner(&c->session, user_place(policy), address);
	if (policy->interface)
		want_interface(c, user, policy);
}

bool user_place_is_beyond(const struct call *c)
{
	const char *netns = c->session.entry.place.netns;

	return netns && *netns;
}
