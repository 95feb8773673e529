// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "config/draft.h"
#include "config/radius_names.h"
#include "radius/packet.h"

#define AT(field) offsetof(struct config_nas, field)

static const struct config_option options[] = {
	{ "identifier", &config_type_string, AT(identifier), .max = RADIUS_VALUE_MAX, .preset = "",
	  .means = "The name by which RADIUS servers know this host; empty: its host name" },
	{ "address", &config_type_any_address, AT(address), .preset = "0.0.0.0",
	  .means = "The address by which they know it; 0.0.0.0: none is told" },
	{ 0 },
};

static void check(struct config_draft *d, struct config_section *s)
{
	const struct config_nas *nas = s->values;

	if (section_knows(s, "address") && !ip_is_any(nas->address) &&
	    !config_is_host(nas->address))
		report_error(&d->report, section_place(s, "address"),
			     "address is \"%s\": expected an address of this host",
			     ip_text(nas->address));
}

static bool move(struct config *config, const struct config_draft *d, struct config_section *s)
{
	config_clear(s->kind, &config->nas);
	config->nas = *(struct config_nas *)s->values;
	memset(s->values, 0, s->kind->size);
	return true;
}

const struct config_kind config_kind_nas = {
	"nas", .means = "Who we are to RADIUS servers",
	.size = sizeof(struct config_nas), .options = options, .check = check, .move = move,
};
