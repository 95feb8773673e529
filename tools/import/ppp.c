// SPDX-License-Identifier: GPL-2.0-only
/*
 * pptpd.conf, the options of pppd that belong to it, radiusclient.conf and its file of servers; and
 * chap-secrets. Those of pptpd are read as one, since they have no word in common.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"
#include "util/ip.h"

/* ---- options of pppd ---- */

/* Words that need nothing here. */
static bool is_needless(const char *word)
{
	static const char * const words[] = {
		"lock", "auth", "debug", "dump", "nolog", "nologfd", "logfile", "nobsdcomp", "nodeflate",
		"novj", "novjccomp", "noipx", "noccp", "nopcomp", "noaccomp", "nodefaultroute",
		"noreplacedefaultroute", "silent", "nodetach", "crtscts", "asyncmap", "hide-password",
		"default-asyncmap", "ktune", "ipcp-accept-local", "ipcp-accept-remote", "lcp-restart",
		"lcp-max-configure", "modem", "kdebug", "nomultilink", "nomp", "noipv6", "noip6",
		"nodefaultroute6", "noipdefault", "passive", "connect-delay", "local", "nopersist",
		"nomppe-40", "nomppe-56", "nomppe-stateful", "mppe-stateless", "nodefault-asyncmap",
		"ipv6cp-accept-local", "noproxyarp", "remotename", "nomppc", "unit", "linkname",
		"lcp-max-failure", "nopredictor1",
		/* of pptpd */
		"speed", "noipparam", "ppp", "pidfile", "keep",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(word, words[i]))
			return true;
	return false;
}

static const struct {
	const char *word, *ours;
} methods[] = {
	{ "pap", "pap" }, { "chap", "chap-md5" }, { "mschap", "mschap" }, { "mschap-v2", "mschap-v2" },
	{ "eap", "eap" }, { "chapms", "mschap" }, { "chapms-v2", "mschap-v2" },
};

#define N_METHODS (sizeof(methods) / sizeof(methods[0]))

/*
 * Options "require-METHOD" and "refuse-METHOD", or "+METHOD" and "-METHOD". What is refused is not in
 * auth anyway. Returns false if @word is none.
 */
static bool take_method(struct import *import, const char *word, struct import_place place)
{
	static const char * const prefixes[] = { "refuse-", "-", "require-", "+" };
	const char *method = NULL;
	size_t prefix = 0;

	for (; prefix < 4 && !method; prefix++)
		if (!strncmp(word, prefixes[prefix], strlen(prefixes[prefix])))
			method = word + strlen(prefixes[prefix]);
	for (size_t i = 0; i < N_METHODS && method; i++) {
		if (strcmp(method, methods[i].word))
			continue;
		if (prefix > 2)
			import_add(import, IMPORT_SERVER, "auth", methods[i].ours, place);
		return true;
	}
	return false;
}

static bool take_mppe(struct import *import, const char *word, const char *value,
		      struct import_place place)
{
	const bool old = !strcmp(word, "mppe");	/* "mppe required,stateless,no40,no56" */

	if (!strcmp(word, "nomppe") || !strcmp(word, "nomppe-128")) {
		import_set(import, IMPORT_SERVER, "mppe", "off", place);
		return true;
	}
	if (!strncmp(word, "require-mppe", 12) || (old && strstr(value, "required")))
		import_set(import, IMPORT_SERVER, "mppe", "required", place);
	else if (!old && strcmp(word, "mppe-stateful"))
		return false;
	if (!strcmp(word, "require-mppe-128"))
		import_add(import, IMPORT_SERVER, "mppe-bits", "128", place);
	else if (!strcmp(word, "require-mppe-40"))
		import_add(import, IMPORT_SERVER, "mppe-bits", "40", place);
	else if (!strcmp(word, "mppe-stateful"))
		import_set(import, IMPORT_SERVER, "mppe-mode", "any", place);
	return true;
}

static const struct number {
	const char *word, *option;
	unsigned long min, max;
} numbers[] = {
	{ "mtu", "mtu", 576, 1500 },
	{ "lcp-echo-interval", "lcp-echo-interval", 0, 86400 },
	{ "lcp-echo-failure", "lcp-echo-failure", 1, 100 },
	{ "idle", "idle-timeout", 0, 31536000 },
	{ "maxconnect", "session-timeout", 0, 31536000 },
	{ "chap-interval", "rechallenge", 0, 31536000 },
	{ "connections", "max-sessions", 0, 1000000 },
};

static bool take_number(struct import *import, const char *word, const char *value,
			struct import_place place)
{
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		const struct number *n = &numbers[i];

		if (strcmp(n->word, word))
			continue;
		import_number(import, IMPORT_SERVER, n->option, value, n->min, n->max, place);
		return true;
	}
	return false;
}

/* Why an option has no equivalent. */
struct reason {
	const char *word, *why;
};

static bool say_why(struct import *import, const struct reason *reasons, const char *word,
		    const char *value, struct import_place place)
{
	while (reasons->word && strcmp(reasons->word, word))
		reasons++;
	if (reasons->word)
		import_missing(import, place, "%s%s%s: %s", word, *value ? " " : "", value,
			       reasons->why);
	return reasons->word;
}

#define UNCOMPRESSED	"nothing is compressed here"
#define USE_HOOKS	"programs are on-up and on-down here, which are told of the session by names"

static const struct reason pppd_reasons[] = {
	{ "mru", "what a server can take is found out" },
	{ "ipparam", USE_HOOKS },
	{ "ip-up-script", USE_HOOKS },
	{ "ip-down-script", USE_HOOKS },
	{ "bsdcomp", UNCOMPRESSED },
	{ "deflate", UNCOMPRESSED },
	{ "predictor1", UNCOMPRESSED },
	{ "vj-max-slots", UNCOMPRESSED },
	{ "noauth", "a server always asks who calls" },
	{ "netmask", "the link of a user has no network" },
	{ "defaultroute", "a server has no default route to a user; see routes in user sections" },
	{ "persist", "it is the caller who calls again" },
	{ "login", "accounts of the system are not asked" },
	{ "file", "name that file, too, if it is not there yet" },
	{ "radius-config-file", "name that file, too, if it is not there yet" },
	{ "avpair", "see section nas for what RADIUS servers are told" },
	{ "multilink", "one call is one link" },
	{ "mp", "one call is one link" },
	{ "active-filter", "all traffic counts for idle-timeout" },
	{ 0 },
};

/* Takes "LOCAL:REMOTE", which pptpd gives by itself. Returns false if @word is no such thing. */
static bool is_pair(struct import *import, const char *word, struct import_place place)
{
	const char *colon = strchr(word, ':');

	if (!colon || word[strspn(word, "0123456789.:")])
		return false;
	import_missing(import, place, "%s: see local-address, and range in pool sections", word);
	return true;
}

static void take_plugin(struct import *import, const char *value, struct import_place place)
{
	const char *slash = strrchr(value, '/'), *name = slash ? slash + 1 : value;

	if (!strcmp(name, "radius.so"))
		import_judge(import, "radius", place);
	else if (!strncmp(name, "radattr.so", 10) || !strncmp(name, "radrealms.so", 12))
		import_missing(import, place, "plugin %s: see on-up, and section realm", name);
	else if (strncmp(name, "pptpd-logwtmp", 13))
		import_missing(import, place, "plugin %s: there are no plugins here", name);
}

/* Take an option of pppd. Returns false if it is unknown. */
static bool take_pppd(struct import *import, const char *word, const char *value,
		      struct import_place place)
{
	if (!strcmp(word, "ms-dns"))
		import_address(import, IMPORT_SERVER, "dns", value, true, place);
	else if (!strcmp(word, "ms-wins"))
		import_address(import, IMPORT_SERVER, "nbns", value, true, place);
	else if (!strcmp(word, "name"))
		import_string(import, IMPORT_SERVER, "auth-name", value, place);
	else if (!strcmp(word, "proxyarp"))
		import_set(import, IMPORT_SERVER, "proxy-arp", "on", place);
	else if (!strcmp(word, "chapms-strip-domain"))
		import_set(import, IMPORT_SERVER, "strip-domain", "true", place);
	else if (!strcmp(word, "plugin"))
		take_plugin(import, value, place);
	else
		return say_why(import, pppd_reasons, word, value, place) ||
		       is_pair(import, word, place);
	return true;
}

/* ---- radiusclient.conf, and the file of servers that it names ---- */

static const struct reason radius_reasons[] = {
	{ "radius_deadtime", "see dead-time in radius sections" },
	{ "login_local", "it is for logins at this host" },
	{ 0 },
};

static bool is_needless_radius(const char *word)
{
	static const char * const words[] = {
		"login_tries", "login_timeout", "nologin", "issue", "servers", "dictionary", "seqfile",
		"mapfile", "login_radius", "clientdebug", "auth_order",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(word, words[i]))
			return true;
	return false;
}

/*
 * Take servers "HOST[:PORT[:SECRET]]", with commas between them. A server that is asked for one thing
 * alone has port 0 for the other.
 */
static void take_servers(struct import *import, char *value, bool accounting,
			 struct import_place place)
{
	const char *own = accounting ? "accounting-port" : "port";
	const char *usual = accounting ? "1813" : "1812";

	for (char *one; (one = strsep(&value, ","));) {
		const char *host = strsep(&one, ":"), *port = strsep(&one, ":");
		const char *name = import_radius_server(import, host, place);

		if (!name)
			continue;
		if (!import_get(import, "radius", name, "port"))
			import_set(import, "radius", name, accounting ? "port" : "accounting-port", "0",
				   place);
		import_number(import, "radius", name, own, port && *port ? port : usual, 1, 65535,
			      place);
		if (one && *one)
			import_radius_secret(import, host, one, place);
		if (accounting)
			import_set(import, "accounting", "", "radius-group", "\"imported\"", place);
	}
}

static void take_if_set(struct import *import, const char *word, const char *value,
			struct import_place place)
{
	if (*value && strcmp(value, "*"))
		import_missing(import, place, "%s %s: see %s", word, value,
			       *word == 'd' ? "section realm" : "source-address in radius sections");
}

/* Take an option of radiusclient. Returns false if it is unknown. */
static bool take_radius(struct import *import, const char *word, char *value,
			struct import_place place)
{
	if (!strcmp(word, "authserver") || !strcmp(word, "acctserver"))
		take_servers(import, value, *word == 'a' && word[1] == 'c', place);
	else if (!strcmp(word, "radius_timeout"))
		import_radius_timeout(import, strtoul(value, NULL, 10) * 1000, place);
	else if (!strcmp(word, "radius_retries"))
		import_number(import, IMPORT_GROUP, "retries", value, 1, 100, place);
	else if (!strcmp(word, "nas-identifier"))
		import_string(import, "nas", "", "identifier", value, place);
	else if (!strcmp(word, "nas-ip"))
		import_address(import, "nas", "", "address", value, false, place);
	else if (!strcmp(word, "default_realm") || !strcmp(word, "bindaddr"))
		take_if_set(import, word, value, place);
	else
		return is_needless_radius(word) ||
		       say_why(import, radius_reasons, word, value, place);
	return true;
}

/* A line "HOST SECRET" of the file of servers. The host may be "THIS-HOST/SERVER". */
static bool take_radius_secret(struct import *import, const struct import_line *line)
{
	const char *slash = strrchr(line->words[0], '/');
	const char *host = slash ? slash + 1 : line->words[0];
	struct ip_addr address;

	if (line->n != 2 || (!ip_parse(host, &address) && !strchr(host, '.') && strcmp(host, "localhost")))
		return false;
	import_radius_secret(import, host, line->words[1], line->place);
	return true;
}

/* ---- pptpd.conf ---- */

/* pptpd takes the first address of "a.b.c.d-e,..." for the first connection, and so on. */
static void take_local(struct import *import, const char *value, struct import_place place)
{
	const size_t len = strcspn(value, "-,");
	char first[64];

	snprintf(first, sizeof(first), "%.*s", (int)len, value);
	import_address(import, IMPORT_SERVER, "local-address", first, false, place);
	if (value[len])
		import_missing(import, place, "more than one localip: all sessions have the same local "
			       "address here, which is enough");
}

static void take_remote(struct import *import, char *value, struct import_place place)
{
	char *rest = value;

	for (char *one; (one = strsep(&rest, ","));)
		import_range(import, IMPORT_POOL, one, place);
	import_reference(import, IMPORT_SERVER, "pool", IMPORT_POOL, place);
}

static const struct reason pptpd_reasons[] = {
	{ "option", "name that file, too, if it is not there yet" },
	{ "bcrelay", "nothing forwards broadcasts here" },
	{ "stimeout", "see login-timeout" },
	{ "logwtmp", "see section accounting" },
	{ "delegate", "addresses are those of a pool, of the secrets or of RADIUS" },
	{ 0 },
};

/* Take an option of pptpd. Returns false if it is unknown. */
static bool take_pptpd(struct import *import, const char *word, char *value,
		       struct import_place place)
{
	if (!strcmp(word, "localip"))
		take_local(import, value, place);
	else if (!strcmp(word, "remoteip"))
		take_remote(import, value, place);
	else if (!strcmp(word, "listen"))
		import_address(import, IMPORT_SERVER, "listen", value, true, place);
	else if (!strcmp(word, "vrf"))
		import_string(import, IMPORT_SERVER, "vrf", value, place);
	else
		return say_why(import, pptpd_reasons, word, value, place);
	return true;
}

void import_pptpd(struct import *import, const char *file, const char *text)
{
	struct import_line line;

	import_begin(&line, IMPORT_PPPD, file, text);
	while (import_next(&line)) {
		char none[] = "", *value = line.n > 1 ? line.words[1] : none;
		const char *word = line.words[0];

		if (!is_needless(word) && !take_method(import, word, line.place) &&
		    !take_mppe(import, word, value, line.place) &&
		    !take_number(import, word, value, line.place) &&
		    !take_pppd(import, word, value, line.place) &&
		    !take_pptpd(import, word, value, line.place) &&
		    !take_radius(import, word, value, line.place) &&
		    !take_radius_secret(import, &line))
			import_missing(import, line.place, "%s: unknown here", word);
	}
	/* pppd takes MPPE from who offers it. */
	if (!import_get(import, IMPORT_SERVER, "mppe"))
		import_set(import, IMPORT_SERVER, "mppe", "preferred", (struct import_place){ 0 });
}

/* ---- chap-secrets ---- */

void import_chap_secrets(struct import *import, const char *file, const char *text)
{
	struct import_line line;

	import_begin(&line, IMPORT_PPPD, file, text);
	import_string(import, IMPORT_SERVER, "secrets", file, (struct import_place){ file, 1 });
	while (import_next(&line)) {
		const char *server = line.n > 1 ? line.words[1] : "*";

		if (!strcmp(server, "*") || !*server)
			continue;
		if (!import_get(import, IMPORT_SERVER, "auth-name"))
			import_string(import, IMPORT_SERVER, "auth-name", server, line.place);
	}
}
