// SPDX-License-Identifier: GPL-2.0-only
#include "config/table.h"

#define AT(field) offsetof(struct config_control, field)

static const struct config_option options[] = {
	{ "socket", &config_type_path, AT(socket), .max = 107,
	  .preset = "/run/culvert/control.sock" },
	{ "group", &config_type_string, AT(group), .preset = "" },
	{ "max-clients", &config_type_number, AT(max_clients),
	  .min = 1, .max = 1000, .preset = "32", .unit = "clients" },
	{ 0 },
};

const struct config_kind config_kind_control = {
	"control", .size = sizeof(struct config_control), .options = options,
};
