// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "config/radius_names.h"
#include "util/netns.h"

#define AT(field) offsetof(struct config_coa, field)

static const struct config_option options[] = {
	{ "listen", &config_type_any_addresses, AT(listen), .min = 1, .max = 100,
	  .preset = "0.0.0.0" },
	{ "port", &config_type_port, AT(port), .min = 1, .max = 65535, .preset = "3799" },
	{ "vrf", &config_type_optional_interface, AT(vrf), .preset = "" },
	{ "netns", &config_type_string, AT(netns), .max = NETNS_NAME_MAX, .preset = "" },
	{ "window", &config_type_number, AT(window_s), .min = 1, .max = 86400, .preset = "300",
	  .unit = "seconds" },
	{ "require-timestamp", &config_type_bool, AT(require_timestamp), .preset = "false" },
	{ "require-message-authenticator", &config_type_bool, AT(require_signature),
	  .preset = "false" },
	{ 0 },
};

static void check(struct config_draft *d, struct config_section *s)
{
	const struct config_coa *coa = s->values;
	size_t i = 0;

	config_check_netns(d, s, "netns", coa->netns);
	if (!draft_next(d, &config_kind_coa_client, &i))
		report_error(&d->report, s->place, "coa has nobody to listen to; expected a "
			     "coa-client section");
}

static bool move(struct config *config, const struct config_draft *d, struct config_section *s)
{
	config_clear(s->kind, &config->coa);
	config->coa = *(struct config_coa *)s->values;
	memset(s->values, 0, s->kind->size);
	return true;
}

const struct config_kind config_kind_coa = {
	"coa", .size = sizeof(struct config_coa), .options = options, .check = check, .move = move,
};
