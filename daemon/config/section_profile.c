// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "config/terms.h"

#define AT(field) offsetof(struct config_profile, policy.field)

static const struct config_option options[] = {
	CONFIG_TERM_OPTIONS(AT),
	{ 0 },
};

static void check(struct config_draft *d, struct config_section *s)
{
	config_check_terms(d, s, &((struct config_profile *)s->values)->policy);
}

static void release(void *values)
{
	struct config_profile *profile = values;

	free(profile->name);
}

static bool move(struct config *config, const struct config_draft *d, struct config_section *s)
{
	struct config_profile *profile = &config->profiles[config->n_profiles++];

	*profile = *(struct config_profile *)s->values;
	profile->policy.given = config_given_terms(s);
	profile->name = s->name;
	s->name = NULL;
	memset(s->values, 0, s->kind->size);
	return true;
}

const struct config_kind config_kind_profile = {
	"profile", .means = "Terms that many users have in common",
	.titled = true, .size = sizeof(struct config_profile), .options = options,
	.check = check, .release = release, .move = move,
};
