// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "config/radius_names.h"

#define AT(field) offsetof(struct config_accounting, field)

static const struct config_option options[] = {
	{ "radius-group", &config_type_string, AT(radius_group), .preset = "",
	  .means = "The RADIUS servers that get records of sessions" },
	{ "file", &config_type_optional_path, AT(file), .preset = "",
	  .means = "A file that gets them as lines of JSON" },
	{ "store", &config_type_path, AT(store), .preset = "/var/lib/culvert/accounting.sqlite",
	  .means = "The file where records wait", .restart = true },
	{ "max-size", &config_type_number, AT(max_size_mib), .min = 1, .max = 1048576,
	  .preset = "256", .unit = "mebibytes",
	  .means = "How large that may become" },
	{ "max-age", &config_type_number, AT(max_age_days), .min = 1, .max = 3650, .preset = "30",
	  .unit = "days",
	  .means = "How long a record may wait" },
	{ "interim-interval", &config_type_number, AT(interim_s), .max = 86400, .preset = "600",
	  .unit = "seconds",
	  .means = "Time between records of a session that goes on; 0: none" },
	{ 0 },
};

static void check(struct config_draft *d, struct config_section *s)
{
	const struct config_accounting *a = s->values;

	if (section_knows(s, "radius-group") && *a->radius_group)
		config_check_radius_name(d, s, "radius-group", a->radius_group,
					 CONFIG_RADIUS_ACCOUNTING);
	if (section_knows(s, "radius-group", "file") && !*a->radius_group && !*a->file)
		report_error(&d->report, s->place, "accounting has nowhere to go; expected "
			     "radius-group, file, or both");
	/* RFC 2869 section 5.16 */
	if (section_knows(s, "interim-interval") && a->interim_s && a->interim_s < 60)
		report_error(&d->report, section_place(s, "interim-interval"),
			     "interim-interval is %u: expected 0, or at least 60", a->interim_s);
}

static bool move(struct config *config, const struct config_draft *d, struct config_section *s)
{
	config_clear(s->kind, &config->accounting);
	config->accounting = *(struct config_accounting *)s->values;
	memset(s->values, 0, s->kind->size);
	return true;
}

const struct config_kind config_kind_accounting = {
	"accounting", .means = "Records of sessions",
	.size = sizeof(struct config_accounting), .options = options, .check = check,
	.move = move,
};
