// SPDX-License-Identifier: GPL-2.0-only
#include <grp.h>
#include <string.h>

#include "config/draft.h"

#define AT(field) offsetof(struct config_control, field)

static const struct config_option options[] = {
	{ "socket", &config_type_path, AT(socket), .max = 107,
	  .preset = "/run/culvert/control.sock",
	  .means = "The socket for pppctl and others that speak Varlink", .restart = true },
	{ "group", &config_type_string, AT(group), .preset = "",
	  .means = "A group whose members may look and change something", .restart = true },
	{ "read-group", &config_type_string, AT(read_group), .preset = "",
	  .means = "A group whose members may look", .restart = true },
	{ "capture-group", &config_type_string, AT(capture_group), .preset = "",
	  .means = "A group whose members may look, also at what users send and receive", .restart = true },
	{ "max-clients", &config_type_number, AT(max_clients),
	  .min = 1, .max = 1000, .preset = "32", .unit = "clients",
	  .means = "How many may be connected at a time", .restart = true },
	{ 0 },
};

static void check_group(struct config_draft *d, struct config_section *s, const char *option,
			const char *name)
{
	if (*name && !getgrnam(name))
		report_error(&d->report, section_place(s, option),
			     "%s is \"%s\": expected the name of a group of this system", option,
			     name);
}

static void check(struct config_draft *d, struct config_section *s)
{
	const struct config_control *c = s->values;

	check_group(d, s, "group", c->group);
	check_group(d, s, "read-group", c->read_group);
	check_group(d, s, "capture-group", c->capture_group);
}

static bool move(struct config *config, const struct config_draft *d, struct config_section *s)
{
	config_clear(s->kind, &config->control);
	config->control = *(struct config_control *)s->values;
	memset(s->values, 0, s->kind->size);
	return true;
}

const struct config_kind config_kind_control = {
	"control", .means = "Who may use pppctl",
	.size = sizeof(struct config_control), .options = options, .check = check, .move = move,
};
