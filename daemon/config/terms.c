// SPDX-License-Identifier: GPL-2.0-only
#include <stdint.h>
#include <string.h>
#include <net/if.h>

#include "config/radius_names.h"
#include "config/terms.h"
#include "util/netns.h"
#include "util/text.h"

const struct config_word config_single_sessions[] = {
	{ "off", POLICY_SINGLE_OFF },
	{ "deny", POLICY_SINGLE_DENY },
	{ "replace", POLICY_SINGLE_REPLACE },
	{ "replace-now", POLICY_SINGLE_REPLACE_NOW },
	{ 0 },
};

static const char * const options[POLICY_TERMS] = {
	[POLICY_POOL] = "pool",
	[POLICY_MAX_SESSIONS] = "max-sessions",
	[POLICY_SINGLE_SESSION] = "single-session",
	[POLICY_IDLE_TIMEOUT] = "idle-timeout",
	[POLICY_SESSION_TIMEOUT] = "session-timeout",
	[POLICY_RATE_UP] = "rate-up",
	[POLICY_RATE_DOWN] = "rate-down",
	[POLICY_BURST_UP] = "burst-up",
	[POLICY_BURST_DOWN] = "burst-down",
	[POLICY_MARK] = "user-mark",
	[POLICY_PRIORITY] = "user-priority",
	[POLICY_RECHALLENGE] = "rechallenge",
	[POLICY_EXPIRES] = "expires",
	[POLICY_NETNS] = "user-netns",
	[POLICY_VRF] = "user-vrf",
	[POLICY_INTERFACE] = "interface-name",
	[POLICY_NFT_SETS] = "nft-set",
};

#define AT(field) offsetof(struct policy, field)

static const struct config_option rows[] = {
	CONFIG_TERM_OPTIONS(AT),
	{ 0 },
};

static const struct config_option *find_row(const char *name)
{
	for (const struct config_option *row = rows; row->name; row++)
		if (!strcmp(row->name, name))
			return row;
	return NULL;
}

bool config_set_term(struct policy *terms, uint32_t settable, const char *name, const char *text,
		     char *want, size_t size)
{
	const struct config_option *row = find_row(name);
	unsigned int term = 0;

	*want = '\0';
	while (row && strcmp(options[term], name))
		term++;
	if (!row || !(settable & POLICY_BIT(term)))
		return false;
	if (!row->type->set(row, (char *)terms + row->offset, text, want, size))
		return false;
	terms->given |= POLICY_BIT(term);
	return true;
}

uint32_t config_given_terms(const struct config_section *s)
{
	uint32_t given = 0;

	for (unsigned int i = 0; i < POLICY_TERMS; i++)
		if (section_given(s, config_find_option(s->kind, options[i]))->place.line)
			given |= POLICY_BIT(i);
	return given;
}

void config_check_name(struct config_draft *d, const struct config_section *s, const char *option,
		       const char *name, const struct config_kind *kind)
{
	const struct config_section *other;

	if (!section_knows(s, option) || !*name || draft_find(d, kind, name))
		return;
	for_each_section(d, other, kind) {
		if (!text_resembles(name, other->name))
			continue;
		report_error(&d->report, section_place(s, option),
			     "there is no %s \"%s\"; did you mean \"%s\"?", kind->name, name,
			     other->name);
		return;
	}
	report_error(&d->report, section_place(s, option),
		     "there is no %s \"%s\"; expected the name of a %s section", kind->name, name,
		     kind->name);
}

static bool is_there(const char *option, const char *name)
{
	return strstr(option, "netns") ? netns_exists(name) : if_nametoindex(name) != 0;
}

void config_check_there(struct config_draft *d, const struct config_section *s, const char *option,
			const char *name, const char *effect)
{
	if (section_knows(s, option) && *name && !is_there(option, name))
		report_warning(&d->report, section_place(s, option), "%s is \"%s\", which there is "
			       "not on this host now: %s", option, name, effect);
}

static bool is_shared(const struct config_section *server)
{
	return ((const struct server_values *)server->values)->server.link == CONFIG_LINK_SHARED;
}

/*
 * Only a session's own interface can be elsewhere than those of others. Which users a server with a
 * shared link gets is not known here, so that some are refused later.
 */
static void check_own_link(struct config_draft *d, const struct config_section *s,
			   const char *option)
{
	const struct config_section *server;

	if (!section_given(s, config_find_option(s->kind, option))->place.line)
		return;
	for_each_section(d, server, &config_kind_server)
		if (server->doubtful || !section_knows(server, "link") || !is_shared(server))
			return;
	report_error(&d->report, section_place(s, option), "%s needs an interface for each session, "
		     "which no server has; expected a server with link = session", option);
}

void config_check_user_place(struct config_draft *d, const struct config_section *s,
			     const struct policy *policy)
{
	if (config_check_netns(d, s, "user-netns", policy->netns))
		config_check_there(d, s, "user-netns", policy->netns, CONFIG_USER_IS_REFUSED);
	/* Of a VRF elsewhere nothing is known here. */
	if (!*policy->netns)
		config_check_there(d, s, "user-vrf", policy->vrf, CONFIG_USER_IS_REFUSED);
}

void config_check_terms(struct config_draft *d, const struct config_section *s,
			const struct policy *policy)
{
	config_check_name(d, s, "pool", policy->pool, &config_kind_pool);
	config_check_user_place(d, s, policy);
	check_own_link(d, s, "user-netns");
	check_own_link(d, s, "user-vrf");
}
