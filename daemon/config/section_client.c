// SPDX-License-Identifier: GPL-2.0-only
#include "config/common.h"
#include "config/table.h"

static const struct config_word methods[] = {
	{ "pap", PPP_AUTH_BIT(PPP_AUTH_PAP) },
	{ "chap-md5", PPP_AUTH_BIT(PPP_AUTH_CHAP_MD5) },
	{ "mschap", PPP_AUTH_BIT(PPP_AUTH_MSCHAP) },
	{ "mschap-v2", PPP_AUTH_BIT(PPP_AUTH_MSCHAPV2) },
	{ "eap", PPP_AUTH_BIT(PPP_AUTH_EAP) },
	{ "none", PPP_AUTH_BIT(PPP_AUTH_NONE) },
	{ "any", PPP_AUTH_BIT(PPP_AUTH_METHODS) - PPP_AUTH_BIT(PPP_AUTH_PAP) },
	{ "either", PPP_AUTH_BIT(PPP_AUTH_PAP) | PPP_AUTH_BIT(PPP_AUTH_CHAP_MD5) |
		    PPP_AUTH_BIT(PPP_AUTH_MSCHAP) | PPP_AUTH_BIT(PPP_AUTH_MSCHAPV2) },
	{ 0 },
};

static const struct config_word resolvers[] = {
	{ "off", CONFIG_RESOLVER_OFF },
	{ "auto", CONFIG_RESOLVER_AUTO },
	{ "resolvconf", CONFIG_RESOLVER_RESOLVCONF },
	{ "resolved", CONFIG_RESOLVER_RESOLVED },
	{ 0 },
};

static const struct config_word connects[] = {
	{ "start", CONFIG_CONNECT_START },
	{ "demand", CONFIG_CONNECT_DEMAND },
	{ "manual", CONFIG_CONNECT_MANUAL },
	{ 0 },
};

#define AT(field) offsetof(struct config_client, field)

static const struct config_option options[] = {
	CONFIG_COMMON_OPTIONS(AT),

	{ "server", &config_type_string, AT(server), .min = 1, .max = 253 },
	{ "user", &config_type_string, AT(user), .max = PPP_NAME_MAX, .preset = "" },
	{ "secret-file", &config_type_optional_path, AT(secret_path), .preset = "" },
	{ "auth", &config_type_mask, AT(auth), .words = methods,
	  .min = 1, .max = PPP_AUTH_METHODS, .preset = "mschap-v2" },

	{ "local-address", &config_type_address, AT(local_address), .preset = "0.0.0.0" },
	{ "interface", &config_type_optional_interface, AT(interface), .preset = "" },
	{ "mru", &config_type_mtu, AT(mru), .min = 576, .max = 1500, .preset = "auto",
	  .unit = "octets" },
	{ "vrf", &config_type_optional_interface, AT(vrf), .preset = "" },
	{ "masquerade", &config_type_bool, AT(masquerade), .preset = "false" },
	{ "resolver", &config_type_word, AT(resolver), .words = resolvers, .preset = "off" },
	{ "routes", &config_type_prefixes, AT(routes), .max = 1000, .preset = "" },
	{ "default-route", &config_type_bool, AT(default_route), .preset = "false" },
	{ "metric", &config_type_number, AT(metric), .max = INT32_MAX, .preset = "0" },

	{ "connect", &config_type_word, AT(connect), .words = connects, .preset = "start" },
	{ "reconnect", &config_type_bool, AT(reconnect), .preset = "true" },
	{ "reconnect-min", &config_type_number, AT(reconnect_min_s),
	  .min = 1, .max = 86400, .preset = "2", .unit = "seconds" },
	{ "reconnect-max", &config_type_number, AT(reconnect_max_s),
	  .min = 1, .max = 86400, .preset = "300", .unit = "seconds" },
	{ 0 },
};

const struct config_kind config_kind_client = {
	"client", .titled = true, .size = sizeof(struct config_client), .options = options,
};
