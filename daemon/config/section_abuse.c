// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "config/draft.h"

static const struct config_word lengths[] = {
	{ "24", 24 },
	{ "32", 32 },
	{ 0 },
};

#define AT(field) offsetof(struct config_abuse, field)

static const struct config_option options[] = {
	{ "max-sessions", &config_type_number, AT(max_sessions), .max = 1000000, .preset = "0",
	  .unit = "sessions" },
	{ "failures", &config_type_number, AT(failures), .max = 100000, .preset = "0",
	  .unit = "logins" },
	{ "within", &config_type_number, AT(within_s), .min = 1, .max = 86400, .preset = "600",
	  .unit = "seconds" },
	{ "ban-time", &config_type_number, AT(ban_s), .min = 1, .max = 31536000, .preset = "600",
	  .unit = "seconds" },
	{ "max-ban-time", &config_type_number, AT(max_ban_s), .min = 1, .max = 31536000,
	  .preset = "86400", .unit = "seconds" },
	{ "max-delay", &config_type_number, AT(max_delay_s), .max = 60, .preset = "4",
	  .unit = "seconds" },
	{ "aggregate", &config_type_word, AT(aggregate), .words = lengths, .preset = "32" },
	{ "connections-per-second", &config_type_number, AT(per_second), .max = 100000,
	  .preset = "0", .unit = "connections" },
	{ "connection-burst", &config_type_number, AT(burst), .min = 1, .max = 100000,
	  .preset = "100", .unit = "connections" },
	{ "except", &config_type_prefixes, AT(except), .max = 1000, .preset = "" },
	{ 0 },
};

static void check(struct config_draft *d, struct config_section *s)
{
	const struct config_abuse *a = s->values;

	if (section_knows(s, "ban-time", "max-ban-time") && a->ban_s > a->max_ban_s)
		report_error(&d->report, section_place(s, "ban-time"),
			     "ban-time is %u: expected at most max-ban-time, which is %u", a->ban_s,
			     a->max_ban_s);
}

static bool move(struct config *config, const struct config_draft *d, struct config_section *s)
{
	config_clear(s->kind, &config->abuse);
	config->abuse = *(struct config_abuse *)s->values;
	memset(s->values, 0, s->kind->size);
	return true;
}

const struct config_kind config_kind_abuse = {
	"abuse", .size = sizeof(struct config_abuse), .options = options, .check = check,
	.move = move,
};
