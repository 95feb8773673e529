// SPDX-License-Identifier: GPL-2.0-only
#include <stddef.h>
#include <string.h>

#include "config/foreign.h"

#define SERVER_GIVES "not needed here: the server gives the address, unless local-address asks for one"

/* No word that is an option here, in whichever section, is in this list. */
static const struct config_foreign foreign[] = {
	/* pptpd.conf(5) */
	{ "localip", "pptpd", "local-address" },
	{ "remoteip", "pptpd", "range in a pool section, and pool" },
	{ "connections", "pptpd", "max-sessions" },
	{ "bcrelay", "pptpd", "not here: nothing forwards broadcasts" },
	{ "noipparam", "pptpd", "not needed here: see HOOKS" },
	{ "stimeout", "pptpd", "login-timeout" },
	{ "logwtmp", "pptpd", "not here: see accounting" },
	{ "delegate", "pptpd", "not needed here: users get what pool has, or what the judge says" },
	/* pppd(8) and its plugins */
	{ "ms-dns", "pppd", "dns" },
	{ "ms-wins", "pppd", "nbns" },
	{ "chap-secrets", "accel-ppp", "secrets" },
	{ "chapsecrets", "accel-ppp", "secrets" },
	{ "require-mppe", "pppd", "mppe = required" },
	{ "require-mppe-40", "pppd", "mppe = required and mppe-bits = 40" },
	{ "require-mppe-128", "pppd", "mppe = required and mppe-bits = 128" },
	{ "nomppe", "pppd", "mppe = off" },
	{ "mppe-stateful", "pppd", "mppe-mode = any" },
	{ "require-pap", "pppd", "pap in auth" },
	{ "require-chap", "pppd", "chap-md5 in auth" },
	{ "require-mschap", "pppd", "mschap in auth" },
	{ "require-mschap-v2", "pppd", "mschap-v2 in auth" },
	{ "require-eap", "pppd", "eap in auth" },
	{ "refuse-pap", "pppd", "auth without pap" },
	{ "refuse-chap", "pppd", "auth without chap-md5" },
	{ "refuse-mschap", "pppd", "auth without mschap" },
	{ "refuse-mschap-v2", "pppd", "auth without mschap-v2" },
	{ "refuse-eap", "pppd", "auth without eap" },
	{ "noauth", "pppd", "auth; a server always asks who calls" },
	{ "proxyarp", "pppd", "proxy-arp = on" },
	{ "defaultroute", "pppd", "default-route = true" },
	{ "replacedefaultroute", "pppd", "default-route = true" },
	{ "usepeerdns", "pppd", "resolver" },
	{ "noipdefault", "pppd", SERVER_GIVES },
	{ "ipcp-accept-local", "pppd", SERVER_GIVES },
	{ "ipcp-accept-remote", "pppd", SERVER_GIVES },
	{ "persist", "pppd", "reconnect = true" },
	{ "holdoff", "pppd", "reconnect-min and reconnect-max" },
	{ "maxfail", "pppd", "reconnect" },
	{ "demand", "pppd", "connect = demand" },
	{ "idle", "pppd", "idle-timeout" },
	{ "maxconnect", "pppd", "session-timeout" },
	{ "chap-interval", "pppd", "rechallenge" },
	{ "remotename", "pppd", "not needed here: a client has its password in secret-file" },
	{ "nobsdcomp", "pppd", "not needed here: nothing is compressed" },
	{ "nodeflate", "pppd", "not needed here: nothing is compressed" },
	{ "novj", "pppd", "not needed here: nothing is compressed" },
	{ "ip-up-script", "pppd", "on-up" },
	{ "ip-down-script", "pppd", "on-down" },
	{ "unit", "pppd", "interface" },
	{ "linkname", "pppd", "interface" },
	{ "ipparam", "pppd", "not needed here: see HOOKS" },
	/* accel-ppp.conf(5) */
	{ "bind", "accel-ppp", "listen" },
	{ "gw-ip-address", "accel-ppp", "local-address" },
	{ "ip-pool", "accel-ppp", "pool" },
	{ "ifname", "accel-ppp", "interface" },
	{ "nas-ip-address", "accel-ppp", "address in the nas section" },
	{ "nas-identifier", "accel-ppp", "identifier in the nas section" },
	{ "auth-server", "accel-ppp", "a radius section, and radius-group" },
	{ "acct-server", "accel-ppp", "accounting" },
	{ "dns1", "accel-ppp", "dns" },
	{ "dns2", "accel-ppp", "dns" },
	{ "wins1", "accel-ppp", "nbns" },
	{ "wins2", "accel-ppp", "nbns" },
	{ "username", "accel-ppp", "user" },
	{ "min-mtu", "accel-ppp", "mtu" },
	/* RouterOS, and others */
	{ "connect-to", "RouterOS", "server" },
	{ "max-mtu", "RouterOS", "mtu" },
	{ "max-mru", "RouterOS", "mru" },
	{ "add-default-route", "RouterOS", "default-route = true" },
	{ "use-peer-dns", "RouterOS", "resolver" },
	{ "remote-address", "RouterOS", "address in a user section, or pool" },
	{ "only-one", "RouterOS", "single-session" },
	{ "dns-server", "RouterOS", "dns" },
	{ "wins-server", "RouterOS", "nbns" },
	{ "keepalive-timeout", "RouterOS", "lcp-echo-interval and lcp-echo-failure" },
	{ "use-encryption", "RouterOS", "mppe" },
	{ "password", "other products", "secret-file in a client, and secrets in a server" },
};

const struct config_foreign *config_find_foreign(const char *word)
{
	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++)
		if (!strcmp(foreign[i].word, word))
			return &foreign[i];
	return NULL;
}
