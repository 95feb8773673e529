// SPDX-License-Identifier: GPL-2.0-only
#include "config/table.h"

#define AT(field) offsetof(struct pool_values, field)

static const struct config_option options[] = {
	{ "range", &config_type_ranges, AT(ranges), .min = 1, .max = 1000 },
	{ "exclude", &config_type_addresses, AT(exclude), .max = 10000, .preset = "" },
	{ 0 },
};

const struct config_kind config_kind_pool = {
	"pool", .titled = true, .size = sizeof(struct pool_values), .options = options,
};
