// SPDX-License-Identifier: GPL-2.0-only
#include "config/common.h"
#include "config/table.h"

static const struct config_word methods[] = {
	{ "pap", PPP_AUTH_PAP },
	{ "chap-md5", PPP_AUTH_CHAP_MD5 },
	{ "mschap", PPP_AUTH_MSCHAP },
	{ "mschap-v2", PPP_AUTH_MSCHAPV2 },
	{ "eap", PPP_AUTH_EAP },
	{ 0 },
};

static const struct config_word links[] = {
	{ "session", CONFIG_LINK_SESSION },
	{ "shared", CONFIG_LINK_SHARED },
	{ 0 },
};

#define AT(field) offsetof(struct server_values, server.field)

static const struct config_option options[] = {
	CONFIG_COMMON_OPTIONS(AT),

	{ "listen", &config_type_addresses, AT(listen), .min = 1, .max = 100,
	  .preset = "0.0.0.0" },
	{ "auth", &config_type_methods, AT(auth), .words = methods,
	  .min = 1, .max = PPP_AUTH_METHODS, .preset = "mschap-v2" },
	{ "auth-name", &config_type_string, AT(auth_name), .max = PPP_NAME_MAX, .preset = "" },
	{ "secrets", &config_type_path, AT(secrets_path), .preset = "/etc/ppp/chap-secrets" },
	{ "strip-domain", &config_type_bool, AT(strip_domain), .preset = "false" },

	{ "pool", &config_type_string, offsetof(struct server_values, pool), .preset = "" },
	{ "local-address", &config_type_address, AT(local_address), .preset = NULL },
	{ "link", &config_type_word, AT(link), .words = links, .preset = "session" },
	{ "interface", &config_type_interface, AT(interface), .preset = "pptp%d" },
	{ "dns", &config_type_addresses, AT(dns), .max = PPP_DNS_MAX, .preset = "" },
	{ "nbns", &config_type_addresses, AT(nbns), .max = PPP_DNS_MAX, .preset = "" },

	{ "session-timeout", &config_type_number, AT(session_timeout_s),
	  .max = 31536000, .preset = "0", .unit = "seconds" },
	{ "max-sessions", &config_type_number, AT(max_sessions),
	  .max = 1000000, .preset = "0", .unit = "sessions" },
	{ "max-sessions-per-user", &config_type_number, AT(max_sessions_per_user),
	  .max = 1000000, .preset = "0", .unit = "sessions" },
	{ "max-connections", &config_type_number, AT(max_connections),
	  .max = 1000000, .preset = "0", .unit = "connections" },
	{ "max-connections-per-address", &config_type_number, AT(max_connections_per_address),
	  .max = 1000000, .preset = "64", .unit = "connections" },
	{ "max-calls-per-connection", &config_type_number, AT(max_calls_per_connection),
	  .min = 1, .max = 65535, .preset = "16", .unit = "calls" },
	{ 0 },
};

const struct config_kind config_kind_server = {
	"server", .titled = true, .size = sizeof(struct server_values), .options = options,
};
