// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "config/radius_names.h"

#define AT(field) offsetof(struct config_realm, field)

static const struct config_option options[] = {
	{ "radius-group", &config_type_string, AT(radius_group), .min = 1, .preset = NULL,
	  .means = "The RADIUS servers that are asked about users of the realm" },
	{ "strip", &config_type_bool, AT(strip), .preset = "false",
	  .means = "Whether they are told names without the realm" },
	{ 0 },
};

/* Report if a realm before @s has the same name: users write it as they like. */
static void check_case(struct config_draft *d, const struct config_section *s)
{
	const struct config_section *other;
	char where[REPORT_WHERE_SIZE];

	for_each_section(d, other, &config_kind_realm) {
		if (other == s)
			return;
		if (strcasecmp(other->name, s->name) || other->doubtful)
			continue;
		report_error(&d->report, s->place, "realm \"%s\" is there already as \"%s\" (%s)",
			     s->name, other->name,
			     report_where(&d->report, s->place, other->place, where));
		return;
	}
}

static void check(struct config_draft *d, struct config_section *s)
{
	const struct config_realm *r = s->values;

	check_case(d, s);
	if (section_knows(s, "radius-group"))
		config_check_radius_name(d, s, "radius-group", r->radius_group,
					 CONFIG_RADIUS_LOGINS);
}

static void release(void *values)
{
	struct config_realm *r = values;

	free(r->name);
}

static bool move(struct config *config, const struct config_draft *d, struct config_section *s)
{
	struct config_realm *r = &config->realms[config->n_realms++];

	*r = *(struct config_realm *)s->values;
	r->name = s->name;
	s->name = NULL;
	memset(s->values, 0, s->kind->size);
	return true;
}

const struct config_kind config_kind_realm = {
	"realm", .means = "Users of one domain",
	.titled = true, .size = sizeof(struct config_realm), .options = options, .check = check,
	.release = release, .move = move,
};
