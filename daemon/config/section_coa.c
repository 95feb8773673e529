// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "config/radius_names.h"
#include "util/netns.h"

#define AT(field) offsetof(struct config_coa, field)

static const struct config_option options[] = {
	{ "listen", &config_type_any_addresses, AT(listen), .min = 1, .max = 100,
	  .preset = "0.0.0.0",
	  .means = "Addresses of this host where requests of RADIUS servers are waited for" },
	{ "port", &config_type_port, AT(port), .min = 1, .max = 65535, .preset = "3799",
	  .means = "The UDP port for them" },
	{ "vrf", &config_type_optional_interface, AT(vrf), .preset = "",
	  .means = "The VRF or other interface by which they come" },
	{ "netns", &config_type_string, AT(netns), .max = NETNS_NAME_MAX, .preset = "",
	  .means = "The network namespace in which they come" },
	{ "window", &config_type_number, AT(window_s), .min = 1, .max = 86400, .preset = "300",
	  .unit = "seconds",
	  .means = "How far the time in a request may be from ours" },
	{ "require-timestamp", &config_type_bool, AT(require_timestamp), .preset = "false",
	  .means = "Whether requests need a time" },
	{ "require-message-authenticator", &config_type_bool, AT(require_signature),
	  .preset = "false",
	  .means = "Whether requests have to be signed" },
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
	"coa", .means = "Requests of RADIUS servers to change or end sessions",
	.size = sizeof(struct config_coa), .options = options, .check = check, .move = move,
};
