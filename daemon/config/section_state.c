// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "config/draft.h"

static const struct config_option options[] = {
	{ "addresses", &config_type_optional_path, offsetof(struct config_state, addresses),
	  .preset = "/var/lib/culvert/addresses",
	  .means = "The file with the addresses that users had last; empty: none is kept", .restart = true },
	{ 0 },
};

static bool move(struct config *config, const struct config_draft *d, struct config_section *s)
{
	config_clear(s->kind, &config->state);
	config->state = *(struct config_state *)s->values;
	memset(s->values, 0, s->kind->size);
	return true;
}

const struct config_kind config_kind_state = {
	"state", .means = "What is kept on disk besides records",
	.size = sizeof(struct config_state), .options = options, .move = move,
};
