// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "config/draft.h"

#define AT(field) offsetof(struct config_hooks, field)

static const struct config_option options[] = {
	{ "max-running", &config_type_number, AT(max_running), .min = 1, .max = 1000,
	  .preset = "8", .unit = "programs",
	  .means = "How many programs may run at a time" },
	{ "max-waiting", &config_type_number, AT(max_waiting), .min = 1, .max = 1000000,
	  .preset = "16384", .unit = "programs",
	  .means = "How many may wait for their turn" },
	{ "timeout", &config_type_number, AT(timeout_s), .min = 1, .max = 3600,
	  .preset = "10", .unit = "seconds",
	  .means = "Time after which a program is ended" },
	{ 0 },
};

static bool move(struct config *config, const struct config_draft *d, struct config_section *s)
{
	config->hooks = *(struct config_hooks *)s->values;
	return true;
}

const struct config_kind config_kind_hooks = {
	"hooks", .means = "Programs that are told of sessions",
	.size = sizeof(struct config_hooks), .options = options, .move = move,
};
