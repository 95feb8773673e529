// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/terms.h"

#define AT(field) offsetof(struct user_values, user.field)
#define AT_POLICY(field) AT(policy.field)

static const struct config_option options[] = {
	{ "routes", &config_type_prefixes, AT(routes), .min = 1, .max = 1000, .preset = "",
	  .means = "Networks behind the user" },
	{ "address", &config_type_address, AT(address), .preset = "0.0.0.0",
	  .means = "The address that is his alone; 0.0.0.0: none" },
	{ "profile", &config_type_string, offsetof(struct user_values, profile), .preset = "",
	  .means = "The profile with his terms" },
	{ "disabled", &config_type_bool, AT(disabled), .preset = "false",
	  .means = "Whether he is kept out" },
	CONFIG_TERM_OPTIONS(AT_POLICY),
	{ 0 },
};

static bool is_empty(const struct config_section *s)
{
	const struct config_option *o;

	for_each_option(o, s->kind)
		if (section_given(s, o)->place.line)
			return false;
	return true;
}

/* Report an address that no peer can have, or that another user has. */
static void check_address(struct config_draft *d, struct config_section *s)
{
	static const char address;	/* a kind of names */
	const struct config_place place = section_place(s, "address");
	char where[REPORT_WHERE_SIZE];
	struct user_values *v = s->values;
	const struct config_section *other;

	if (!section_knows(s, "address") || ip_is_any(v->user.address))
		return;
	if (!ip_is_unicast(v->user.address)) {
		report_error(&d->report, place, "address is %s, which no peer can have; expected a "
			     "unicast address", ip_text(v->user.address));
		return;
	}
	snprintf(v->address_text, sizeof(v->address_text), "%s", ip_text(v->user.address));
	other = draft_take_name(d, &address, v->address_text, s);
	if (other)
		report_error(&d->report, place, "address %s is that of user \"%s\" (%s); expected "
			     "one that no other user has", v->address_text, other->name,
			     report_where(&d->report, place, section_place(other, "address"),
					  where));
}

static void check(struct config_draft *d, struct config_section *s)
{
	const struct user_values *v = s->values;

	if (is_empty(s))
		report_error(&d->report, s->place,
			     "user \"%s\" says nothing of the user; expected routes, profile or "
			     "another option", s->name);
	check_address(d, s);
	config_check_name(d, s, "profile", v->profile, &config_kind_profile);
	config_check_terms(d, s, &v->user.policy);
}

static void release(void *values)
{
	struct user_values *v = values;

	free(v->user.name);
}

static bool move(struct config *config, const struct config_draft *d, struct config_section *s)
{
	struct config_user *user = &config->users[config->n_users++];
	struct user_values *v = s->values;

	*user = v->user;
	user->profile = config_find_profile(config, v->profile);
	user->policy.given = config_given_terms(s);
	if (ip_is_any(user->address))
		user->address = (struct ip_addr){ 0 };
	user->name = s->name;
	s->name = NULL;
	free(v->profile);
	memset(v, 0, sizeof(*v));
	return true;
}

const struct config_kind config_kind_user = {
	"user", .means = "A user of any server",
	.titled = true, .size = sizeof(struct user_values), .options = options, .check = check,
	.release = release, .move = move,
};
