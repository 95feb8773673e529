// SPDX-License-Identifier: GPL-2.0-only
#include "config/table.h"

static const struct config_option options[] = {
	{ "routes", &config_type_prefixes, offsetof(struct config_user, routes),
	  .min = 1, .max = 1000 },
	{ 0 },
};

const struct config_kind config_kind_user = {
	"user", .titled = true, .size = sizeof(struct config_user), .options = options,
};
