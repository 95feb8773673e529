// SPDX-License-Identifier: GPL-2.0-only
/* accel-ppp.conf: lines "name=value" or "value" in sections "[name]". */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"
#include "util/ip.h"

enum kind {
	NUMBER,
	ADDRESS,
	ADDRESSES,
	STRING,
	SWITCH,		/* 0 or 1: false or true */
};

/* What an option becomes. */
static const struct row {
	const char *section, *word, *option;
	enum kind kind;
	unsigned long min, max;	/* of numbers */
} rows[] = {
	{ "pptp", "bind", "listen", ADDRESSES, 0, 0 },
	{ "pptp", "port", "port", NUMBER, 1, 65535 },
	{ "pptp", "echo-interval", "echo-interval", NUMBER, 0, 86400 },
	{ "pptp", "ifname", "interface-name", STRING, 0, 0 },
	{ "pptp", "ppp-max-mtu", "mtu", NUMBER, 576, 1500 },
	{ "pptp", "session-timeout", "session-timeout", NUMBER, 0, 31536000 },
	{ "ppp", "mtu", "mtu", NUMBER, 576, 1500 },
	{ "ppp", "max-mtu", "mtu", NUMBER, 576, 1500 },
	{ "ppp", "lcp-echo-interval", "lcp-echo-interval", NUMBER, 0, 86400 },
	{ "ppp", "lcp-echo-failure", "lcp-echo-failure", NUMBER, 1, 100 },
	{ "dns", "dns1", "dns", ADDRESSES, 0, 0 },
	{ "dns", "dns2", "dns", ADDRESSES, 0, 0 },
	{ "wins", "wins1", "nbns", ADDRESSES, 0, 0 },
	{ "wins", "wins2", "nbns", ADDRESSES, 0, 0 },
	{ "common", "max-sessions", "max-sessions", NUMBER, 0, 1000000 },
	{ "common", "max-starting", "max-starting", NUMBER, 0, 1000000 },
	{ "common", "session-timeout", "session-timeout", NUMBER, 0, 31536000 },
	{ "auth", "interval", "rechallenge", NUMBER, 0, 31536000 },
	{ "chap-secrets", "chap-secrets", "secrets", STRING, 0, 0 },
	{ "radius", "strip-realm", "strip-realm", SWITCH, 0, 0 },
	{ "pppd-compat", "ip-pre-up", "pre-up", STRING, 0, 0 },
	{ "pppd-compat", "ip-up", "on-up", STRING, 0, 0 },
	{ "pppd-compat", "ip-down", "on-down", STRING, 0, 0 },
	{ "pppd-compat", "ip-change", "on-change", STRING, 0, 0 },
};

#define TEN_SECONDS	"each step to a login has ten seconds, all of them login-timeout"
#define NO_IPV6		"there are no addresses of IPv6 for users"
#define OWN_SHAPER	"rates are kept by the module itself; see burst-up and burst-down"
#define BY_FIREWALL	"who may call is for a firewall to say"

/* Why an option has no equivalent. A word NULL stands for all of the section that are in no row. */
static const struct reason {
	const char *section, *word, *why;
} reasons[] = {
	{ "core", NULL, NULL },
	{ "log", NULL, "see section log; there is one log" },
	{ "log-pgsql", NULL, "see section log; there is one log" },
	{ "snmp", NULL, "pppctl -j has all counters" },
	{ "cli", NULL, "pppctl asks a socket; see section control" },
	{ "connlimit", NULL, "see connections-per-second in section abuse" },
	{ "client-ip-range", NULL, BY_FIREWALL },
	{ "accel-dp", NULL, "here is the PPTP of the module" },
	{ "pptp", "echo-failure", "echo-timeout is a time" },
	{ "pptp", "timeout", TEN_SECONDS },
	{ "pptp", "ipv6-pool", NO_IPV6 },
	{ "pptp", "ipv6-pool-delegate", NO_IPV6 },
	{ "ppp", "min-mtu", "the MTU is what both can take, or mtu" },
	{ "ppp", "mru", "what a server can take is found out" },
	{ "ppp", "max-mru", "what a server can take is found out" },
	{ "ppp", "lcp-echo-timeout", "see lcp-echo-failure" },
	{ "ppp", "timeout", TEN_SECONDS },
	{ "ppp", "ipv4", "addresses of IPv4 are all that users have" },
	{ "ppp", "ipv6", NO_IPV6 },
	{ "auth", "timeout", TEN_SECONDS },
	{ "auth", "max-failure", "see max-failed-logins" },
	{ "auth", "challenge-name", "see auth-name" },
	{ "auth", "any-login", "nobody comes in without a password" },
	{ "auth", "noauth", "nobody comes in without a password" },
	{ "common", "single-session-ignore-case", "see fold-case, for all that a name is used for" },
	{ "chap-secrets", "encrypted", "the file has passwords, or NT hashes (pppctl hash)" },
	{ "chap-secrets", "username-hash", "names are not hashed" },
	{ "ip-pool", "gw", "see local-address" },
	{ "ip-pool", "vendor", "the pool is Framed-Pool of RADIUS" },
	{ "radius", "acct-timeout", "no session ends for want of a RADIUS server; records wait" },
	{ "radius", "default-realm", "see section realm" },
	{ "radius", "dm_coa_secret", "see dae-server, and section coa" },
	{ "radius", "attr-tunnel-type", "Tunnel-Type is that of RFC 2868" },
	{ "radius", "acct-delay-start", "the start is recorded when it is" },
	{ "radius", "bind", "see source-address in radius sections" },
	{ "radius", "req-limit", "see window in radius sections" },
	{ "radius", "fail-timeout", "see dead-time in radius sections" },
	{ "radius", "fail-time", "see dead-time in radius sections" },
	{ "radius", "max-fail", "see dead-after in radius sections" },
	{ "pppd-compat", "radattr-prefix", "programs are told by their environment; see HOOKS" },
	{ "pppd-compat", "fork-limit", "see section hooks" },
	{ "shaper", "rate-multiplier", "rates of RADIUS are in the unit of their attribute" },
	{ "shaper", NULL, OWN_SHAPER },
};

static const struct {
	const char *module, *method;
} methods[] = {
	{ "auth_pap", "pap" }, { "auth_chap_md5", "chap-md5" }, { "auth_mschap_v1", "mschap" },
	{ "auth_mschap_v2", "mschap-v2" },
};

/* Returns true if @row was found, which was taken. */
static bool take_row(struct import *import, const char *section, const char *word,
		     const char *value, struct import_place place)
{
	const struct row *r = rows, *end = rows + sizeof(rows) / sizeof(rows[0]);

	while (r < end && (strcmp(r->section, section) || strcmp(r->word, word)))
		r++;
	if (r == end)
		return false;
	if (r->kind == NUMBER)
		import_number(import, IMPORT_SERVER, r->option, value, r->min, r->max, place);
	else if (r->kind == STRING)
		import_string(import, IMPORT_SERVER, r->option, value, place);
	else if (r->kind == SWITCH)
		import_set(import, IMPORT_SERVER, r->option, strcmp(value, "1") ? "false" : "true",
			   place);
	else
		import_address(import, IMPORT_SERVER, r->option, value, r->kind == ADDRESSES,
			       place);
	return true;
}

/* What is said of a whole section is said once; *@said tells if it was. */
static bool say_why(struct import *import, const char *section, const char *word,
		    struct import_place place, bool *said)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		const struct reason *r = &reasons[i];

		if (strcmp(r->section, section) || (r->word && strcmp(r->word, word)))
			continue;
		if (r->word)
			import_missing(import, place, "%s in [%s]: %s", word, section, r->why);
		else if (r->why && !*said)
			import_missing(import, place, "[%s]: %s", section, r->why);
		*said |= !r->word;
		return true;
	}
	return false;
}

static bool is_other_protocol(const char *name)
{
	static const char * const others[] = { "l2tp", "pppoe", "sstp", "ipoe", "openvpn" };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (!strcmp(name, others[i]))
			return true;
	return !strncmp(name, "ipv6", 4);
}

static void take_module(struct import *import, const char *name, struct import_place place)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (!strcmp(methods[i].module, name))
			import_add(import, IMPORT_SERVER, "auth", methods[i].method, place);
	if (!strcmp(name, "radius"))
		import_judge(import, "radius", place);
	else if (!strcmp(name, "chap-secrets"))
		import_judge(import, "secrets", place);
	else if (!strncmp(name, "ipv6", 4))
		import_missing(import, place, "%s: " NO_IPV6, name);
	else if (is_other_protocol(name))
		import_missing(import, place, "%s: here is PPTP alone", name);
	else if (!strcmp(name, "logwtmp"))
		import_missing(import, place, "logwtmp: see section accounting");
}

static void take_mppe(struct import *import, const char *value, struct import_place place)
{
	/* Not to ask for it, and to take it from who does, is the nearest to "allow". */
	if (!strcmp(value, "allow"))
		import_set(import, IMPORT_SERVER, "mppe", "preferred", place);
	else if (!strcmp(value, "deny") || !strcmp(value, "prefer") || !strcmp(value, "require"))
		import_set(import, IMPORT_SERVER, "mppe",
			   *value == 'd' ? "off" : *value == 'p' ? "preferred" : "required", place);
	else
		import_missing(import, place, "mppe=%s: unknown here", value);
}

/* All sessions have one gateway: that of the pools, or else the first. */
static void take_gateway(struct import *import, const char *section, char *value,
			 struct import_place place)
{
	const char *there = import_get(import, IMPORT_SERVER, "local-address");
	const bool pools = !strcmp(section, "ip-pool");

	value[strcspn(value, "/")] = '\0';
	if (there && !strcmp(there, value))
		return;
	if (there)
		import_missing(import, place, "local-address is %s and not %s: all sessions have the same "
			       "one here, which is enough", pools ? value : there, pools ? there : value);
	if (!there || pools)
		import_address(import, IMPORT_SERVER, "local-address", value, false, place);
}

/* Take "RANGE", with ",NAME", ",name=NAME" and ",next=NAME" behind it, of [ip-pool]. */
static void take_pool(struct import *import, char *text, struct import_place place)
{
	const char *range = strsep(&text, ",");
	const char *given = IMPORT_POOL, *next = NULL;
	char *name;

	for (char *one; (one = strsep(&text, ","));)
		if (!strncmp(one, "next=", 5))
			next = one + 5;
		else
			given = strncmp(one, "name=", 5) ? one : one + 5;
	name = import_name(given);
	import_range(import, name, range, place);
	if (next) {
		char *other = import_name(next);

		import_reference(import, "pool", name, "next", other, place);
		free(other);
	}
	free(name);
}

static void take_pool_name(struct import *import, const char *value, struct import_place place)
{
	char *name = import_name(value);

	import_reference(import, IMPORT_SERVER, "pool", name, place);
	free(name);
}

static void take_single(struct import *import, const char *value, struct import_place place)
{
	if (!strcmp(value, "replace"))
		import_set(import, IMPORT_SERVER, "single-session", "replace-now", place);
	else if (!strcmp(value, "deny"))
		import_set(import, IMPORT_SERVER, "single-session", "deny", place);
	else
		import_missing(import, place, "single-session=%s: unknown here", value);
}

/* ---- [radius] ---- */

static void take_server_option(struct import *import, const char *name, char *text,
			       struct import_place place)
{
	static const struct {
		const char *word, *option;
		unsigned long min, max;
	} options[] = {
		{ "auth-port", "port", 0, 65535 },
		{ "acct-port", "accounting-port", 0, 65535 },
		{ "weight", "weight", 0, 1000 },
		{ "req-limit", "window", 1, 4094 },
		{ "fail-timeout", "dead-time", 1, 86400 },
		{ "fail-time", "dead-time", 1, 86400 },
		{ "max-fail", "dead-after", 1, 1000 },
	};
	const char *word = strsep(&text, "=");

	if (!strcmp(word, "backup")) {
		import_set(import, "radius", name, "weight", "0", place);
	} else if (!strcmp(word, "bind-device") && text && *text) {
		import_string(import, "radius", name, "vrf", text, place);
	} else {
		size_t i = 0;

		while (i < sizeof(options) / sizeof(options[0]) && strcmp(options[i].word, word))
			i++;
		if (i == sizeof(options) / sizeof(options[0]) || !text)
			import_missing(import, place, "%s of a RADIUS server: unknown here", word);
		else if (!options[i].min || strcmp(text, "0"))
			/* Where we want at least one, 0 stands for what is the default here. */
			import_number(import, "radius", name, options[i].option, text,
				      options[i].min, options[i].max, place);
	}
}

/* Take "ADDRESS,SECRET,NAME=VALUE,...". */
static void take_server(struct import *import, char *text, struct import_place place)
{
	const bool first = !import_get(import, IMPORT_GROUP, "servers");
	const char *host = strsep(&text, ","), *secret = strsep(&text, ",");
	const char *name = import_radius_server(import, host, place);

	if (!name)
		return;
	import_radius_secret(import, host, secret ? secret : "", place);
	import_set(import, "accounting", "", "radius-group", "\"imported\"", place);
	for (char *one; (one = strsep(&text, ","));)
		if (*one)
			take_server_option(import, name, one, place);
	if (!first)
		import_set(import, IMPORT_GROUP, "balance", "weight", place);
}

/* Take "ADDRESS:PORT,SECRET", for logins or accounting alone. */
static void take_old_server(struct import *import, char *text, bool accounting,
			    struct import_place place)
{
	char *target = strsep(&text, ",");
	const char *host = strsep(&target, ":");
	const char *name = import_radius_server(import, host, place);

	if (!name)
		return;
	if (!import_get(import, "radius", name, accounting ? "port" : "accounting-port"))
		import_set(import, "radius", name, accounting ? "port" : "accounting-port", "0", place);
	import_number(import, "radius", name, accounting ? "accounting-port" : "port",
		      target && *target ? target : accounting ? "1813" : "1812", 1, 65535, place);
	import_radius_secret(import, host, text ? text : "", place);
	if (accounting)
		import_set(import, "accounting", "", "radius-group", "\"imported\"", place);
}

/* Take "ADDRESS:PORT,SECRET". Who may ask is each of the RADIUS servers. */
static void take_changes(struct import *import, char *text, struct import_place place)
{
	char *target = strsep(&text, ",");
	const char *address = strsep(&target, ":");

	import_address(import, "coa", "", "listen", address, true, place);
	if (target && strcmp(target, "3799"))
		import_number(import, "coa", "", "port", target, 1, 65535, place);
	if (text)
		text[strcspn(text, ",")] = '\0';
	import_radius_changes(import, text, place);
}

/* Tries are requests; retries are those but the first. */
static void take_tries(struct import *import, const char *value, struct import_place place)
{
	const unsigned long tries = strtoul(value, NULL, 10);
	char text[16];

	snprintf(text, sizeof(text), "%lu", tries > 1 && tries < 100 ? tries - 1 : 1);
	import_set(import, IMPORT_GROUP, "retries", text, place);
}

static void take_interim(struct import *import, const char *value, struct import_place place)
{
	if (strcmp(value, "0"))
		import_number(import, "accounting", "", "interim-interval", value, 60, 86400, place);
	else
		import_set(import, "accounting", "", "interim-interval", "0", place);
}

static bool take_radius(struct import *import, const char *word, char *value,
			struct import_place place)
{
	if (!strcmp(word, "server"))
		take_server(import, value, place);
	else if (!strcmp(word, "auth-server") || !strcmp(word, "acct-server"))
		take_old_server(import, value, word[1] == 'c', place);
	else if (!strcmp(word, "dae-server"))
		take_changes(import, value, place);
	else if (!strcmp(word, "dae-allowed"))
		import_missing(import, place, "dae-allowed=%s: each needs a coa-client section; the RADIUS "
			       "servers have one", value);
	else if (!strcmp(word, "nas-identifier"))
		import_string(import, "nas", "", "identifier", value, place);
	else if (!strcmp(word, "nas-ip-address"))
		import_address(import, "nas", "", "address", value, false, place);
	else if (!strcmp(word, "timeout"))
		import_radius_timeout(import, strtoul(value, NULL, 10) * 1000, place);
	else if (!strcmp(word, "max-try"))
		take_tries(import, value, place);
	else if (!strcmp(word, "acct-interim-interval"))
		take_interim(import, value, place);
	else
		return false;
	return true;
}

/* ---- [shaper] ---- */

/* Take "DOWN/UP" in kbit/s. */
static void take_rates(struct import *import, char *value, struct import_place place)
{
	const char *down = strsep(&value, "/");

	import_rate(import, IMPORT_SERVER, "rate-down", down, 1000, place);
	import_rate(import, IMPORT_SERVER, "rate-up", value ? value : down, 1000, place);
}

static bool is_known_rate(const char *attribute)
{
	return !strncmp(attribute, "WISPr-Bandwidth-Max-", 20) ||
	       !strcmp(attribute, "Mikrotik-Rate-Limit");
}

static void take_shaper_attribute(struct import *import, const char *word, const char *value,
				  struct import_place place)
{
	if (!is_known_rate(value))
		import_missing(import, place, "%s=%s in [shaper]: rates are Mikrotik-Rate-Limit or WISPr-"
			       "Bandwidth-Max-Up and -Down; Filter-Id names a profile", word, value);
}

/* ---- all sections ---- */

static bool is_needless(const char *section, const char *word, const char *value)
{
	static const char * const words[] = {
		"verbose", "accomp", "pcomp", "check-ip", "unit-cache", "sid-case", "sid-source", "seq-file",
		"unit-preallocate", "ipv6-intf-id", "ipv6-peer-intf-id", "ipv6-accept-peer-intf-id",
		"nl-snd-buffer", "nl-rcv-buffer", "netns-run-dir", "shuffle", "reload-orphan", "dictionary",
		"interim-verbose", "acct-delay-time", "acct-on", "acct-interim-jitter", "sid-in-auth",
		"nas-port-id-in-req", "require-nas-identification", "blast-protection",
		"framed-route-strict", "max-configure", "max-terminate", "ccp-max-configure", "vendor",
	};

	/* What is so here, too. */
	static const char * const idle[][2] = {
		{ "any-login", "0" }, { "noauth", "0" }, { "encrypted", "0" }, { "ccp", "1" },
		{ "single-session-ignore-case", "0" }, { "ipv6", "deny" }, { "ipv6", "never" },
		{ "acct-timeout", "0" }, { "attr", "Framed-Pool" }, { "rate-multiplier", "1" },
	};

	if (!strcmp(section, "client-ip-range"))
		return !strncmp(word, "disable", 7) || !strcmp(word, "0.0.0.0/0");
	for (size_t i = 0; i < sizeof(idle) / sizeof(idle[0]); i++)
		if (!strcmp(idle[i][0], word) && !strcmp(idle[i][1], value))
			return true;
	if (!strcmp(word, "ipv4") && strcmp(value, "deny"))
		return true;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(words[i], word))
			return true;
	return false;
}

static bool take_special(struct import *import, const char *section, const char *word, char *value,
			 struct import_place place)
{
	if (!strcmp(word, "mppe"))
		take_mppe(import, value, place);
	else if (!strcmp(section, "ppp") && !strcmp(word, "ccp") && !strcmp(value, "0"))
		/* Without CCP there is no MPPE. */
		import_set(import, IMPORT_SERVER, "mppe", "off", place);
	else if (!strcmp(word, "gw-ip-address"))
		take_gateway(import, section, value, place);
	else if (!strcmp(word, "single-session"))
		take_single(import, value, place);
	else if (!strcmp(word, "ip-pool"))
		take_pool_name(import, value, place);
	else if (!strcmp(section, "shaper") && !strcmp(word, "rate-limit"))
		take_rates(import, value, place);
	else if (!strcmp(section, "shaper") && !strncmp(word, "attr", 4))
		take_shaper_attribute(import, word, value, place);
	else
		return !strcmp(section, "radius") && take_radius(import, word, value, place);
	return true;
}

static void take(struct import *import, const char *section, char *word, char *value,
		 struct import_place place, bool *said)
{
	if (!strcmp(section, "modules"))
		take_module(import, word, place);
	else if (!strcmp(section, "ip-pool") && isdigit((unsigned char)*word))
		take_pool(import, word, place);
	else if (!strcmp(section, "ip-pool") && !strcmp(word, "tunnel"))
		take_pool(import, value, place);
	else if (!is_needless(section, word, value) &&
		 !take_special(import, section, word, value, place) &&
		 !take_row(import, section, word, value, place) &&
		 !say_why(import, section, word, place, said))
		import_missing(import, place, "%s in [%s]: unknown here", word, section);
}

/* ---- the file ---- */

/* The modules whose sections count only if they are loaded. */
static const struct {
	const char *section, *module;
} owned[] = {
	{ "radius", "radius" }, { "chap-secrets", "chap-secrets" }, { "shaper", "shaper" },
	{ "pppd-compat", "pppd_compat" }, { "connlimit", "connlimit" }, { "snmp", "net-snmp" },
	{ "log-pgsql", "log_pgsql" },
};

#define N_OWNED (sizeof(owned) / sizeof(owned[0]))

struct reader {
	struct import *import;
	struct import_line line;
	bool loaded[N_OWNED], pptp;
	char section[32];
	bool said;		/* why the section is not taken over */
};

/* Returns true if the line begins a section, which is then in @r. */
static bool is_section(struct reader *r)
{
	const char *word = r->line.words[0];

	if (*word != '[')
		return false;
	r->said = false;
	snprintf(r->section, sizeof(r->section), "%.*s", (int)strcspn(word + 1, "]"), word + 1);
	return true;
}

static void find_modules(struct reader *r, const char *file, const char *text)
{
	import_begin(&r->line, IMPORT_ACCEL, file, text);
	while (import_next(&r->line)) {
		if (is_section(r) || strcmp(r->section, "modules"))
			continue;
		r->pptp |= !strcmp(r->line.words[0], "pptp");
		for (size_t i = 0; i < N_OWNED; i++)
			r->loaded[i] |= !strcmp(r->line.words[0], owned[i].module);
	}
	*r->section = '\0';
}

/* Returns true if what the section says has an effect. */
static bool is_loaded(const struct reader *r)
{
	for (size_t i = 0; i < N_OWNED; i++)
		if (!strcmp(owned[i].section, r->section))
			return r->loaded[i];
	return !is_other_protocol(r->section);
}

/* Take "NAME=VALUE", with blanks around the = or without, or "NAME". */
static void take_line(struct reader *r)
{
	char *word = r->line.words[0], none[] = "", *value = none, *equals = strchr(word, '=');

	/* The range of a pool has its name behind "name=". */
	if (equals && !isdigit((unsigned char)*word)) {
		*equals = '\0';
		value = equals[1] || r->line.n < 2 ? equals + 1 : r->line.words[1];
	} else if (r->line.n > 1 && *r->line.words[1] == '=') {
		value = r->line.words[1] + 1;
		if (!*value && r->line.n > 2)
			value = r->line.words[2];
	}
	take(r->import, r->section, word, value, r->line.place, &r->said);
}

void import_accel(struct import *import, const char *file, const char *text)
{
	struct reader r = { .import = import };

	find_modules(&r, file, text);
	import_begin(&r.line, IMPORT_ACCEL, file, text);
	while (import_next(&r.line))
		if (!is_section(&r) && is_loaded(&r))
			take_line(&r);
	if (!r.pptp)
		import_missing(import, (struct import_place){ 0 },
			       "[modules] has no pptp: this configuration serves no PPTP");
	/* accel-ppp takes MPPE from who asks for it. */
	if (!import_get(import, IMPORT_SERVER, "mppe"))
		import_set(import, IMPORT_SERVER, "mppe", "preferred", (struct import_place){ 0 });
}
