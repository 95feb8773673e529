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
	  .unit = "sessions",
	  .means = "How many sessions all servers may have together; 0: no limit" },
	{ "failures", &config_type_number, AT(failures), .max = 100000, .preset = "0",
	  .unit = "logins",
	  .means = "So many failed logins ban a source; 0: never" },
	{ "within", &config_type_number, AT(within_s), .min = 1, .max = 86400, .preset = "600",
	  .unit = "seconds",
	  .means = "Time from the first to the last of them" },
	{ "ban-time", &config_type_number, AT(ban_s), .min = 1, .max = 31536000, .preset = "600",
	  .unit = "seconds",
	  .means = "How long the first ban lasts; each further one is twice as long" },
	{ "max-ban-time", &config_type_number, AT(max_ban_s), .min = 1, .max = 31536000,
	  .preset = "86400", .unit = "seconds",
	  .means = "How long a ban lasts at most" },
	{ "max-delay", &config_type_number, AT(max_delay_s), .max = 60, .preset = "4",
	  .unit = "seconds",
	  .means = "How long the answer to a failed login is held back at most" },
	{ "aggregate", &config_type_word, AT(aggregate), .words = lengths, .preset = "32",
	  .means = "Length of the network that counts as one source: 24 or 32" },
	{ "connections-per-second", &config_type_number, AT(per_second), .max = 100000,
	  .preset = "0", .unit = "connections",
	  .means = "How often a source may connect; 0: no limit" },
	{ "connection-burst", &config_type_number, AT(burst), .min = 1, .max = 100000,
	  .preset = "100", .unit = "connections",
	  .means = "How many connections of a source may come at once" },
	{ "except", &config_type_prefixes, AT(except), .max = 1000, .preset = "",
	  .means = "Networks to which none of this is done" },
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
	"abuse", .means = "What is done about sources that abuse our servers",
	.size = sizeof(struct config_abuse), .options = options, .check = check, .move = move,
};
