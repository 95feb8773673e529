// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "config/draft.h"

static const struct config_option options[] = {
	{ "routes", &config_type_prefixes, offsetof(struct config_user, routes),
	  .min = 1, .max = 1000 },
	{ 0 },
};

static void release(void *values)
{
	struct config_user *user = values;

	free(user->name);
}

static bool move(struct config *config, const struct config_draft *d, struct config_section *s)
{
	struct config_user *user = &config->users[config->n_users++];

	*user = *(struct config_user *)s->values;
	user->name = s->name;
	s->name = NULL;
	memset(s->values, 0, s->kind->size);
	return true;
}

const struct config_kind config_kind_user = {
	"user", .titled = true, .size = sizeof(struct config_user), .options = options,
	.release = release, .move = move,
};
