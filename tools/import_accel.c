// SPDX-License-Identifier: GPL-2.0-only
/* accel-ppp.conf: lines "name=value" or "value" in sections "[name]". */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"

/* What an option becomes. */
static const struct row {
	const char *section, *word, *option;
	unsigned long min, max;		/* numbers; 0, 0: anything */
	bool list;
} rows[] = {
	{ "pptp", "bind", "listen", .list = true },
	{ "pptp", "port", "port", .min = 1, .max = 65535 },
	{ "pptp", "echo-interval", "echo-interval", .min = 0, .max = 86400 },
	{ "pptp", "ifname", "interface", .list = false },
	{ "pptp", "ppp-max-mtu", "mtu", .min = 576, .max = 1500 },
	{ "ppp", "mtu", "mtu", .min = 576, .max = 1500 },
	{ "ppp", "lcp-echo-interval", "lcp-echo-interval", .min = 0, .max = 86400 },
	{ "ppp", "lcp-echo-failure", "lcp-echo-failure", .min = 1, .max = 100 },
	{ "dns", "dns1", "dns", .list = true },
	{ "dns", "dns2", "dns", .list = true },
	{ "wins", "wins1", "nbns", .list = true },
	{ "wins", "wins2", "nbns", .list = true },
	{ "ip-pool", "gw-ip-address", "local-address", .list = false },
	{ "chap-secrets", "gw-ip-address", "local-address", .list = false },
	{ "auth", "timeout", "login-timeout", .min = 1, .max = 3600 },
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
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];

		if (strcmp(r->section, section) || strcmp(r->word, word))
			continue;
		if (r->list)
			import_add(import, IMPORT_SERVER, r->option, value, place);
		else if (r->max)
			import_number(import, IMPORT_SERVER, r->option, value, r->min, r->max,
				      place);
		else
			import_set(import, IMPORT_SERVER, r->option, value, place);
		return true;
	}
	return false;
}

static void take_module(struct import *import, const char *name, struct import_place place)
{
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (!strcmp(methods[i].module, name))
			import_add(import, IMPORT_SERVER, "auth", methods[i].method, place);
	if (!strcmp(name, "radius"))
		import_missing(import, place, "radius: secrets of RADIUS servers are in files of their "
			       "own here; see docs/radius.md");
	else if (!strcmp(name, "shaper"))
		import_missing(import, place, "shaper: rates of users are those of RADIUS, of the secrets "
			       "and of profiles; see docs/shaping.md");
	else if (!strcmp(name, "l2tp") || !strcmp(name, "pppoe") || !strcmp(name, "sstp") ||
		 !strcmp(name, "ipoe"))
		import_missing(import, place, "%s: here is PPTP alone", name);
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

/* Take "RANGE", "RANGE,NAME" or "RANGE,name=NAME" of [ip-pool]. */
static void take_pool(struct import *import, char *text, struct import_place place)
{
	char *comma = strchr(text, ','), *given = comma ? comma + 1 : NULL, *name;

	if (comma)
		*comma = '\0';
	if (given && !strncmp(given, "name=", 5))
		given += 5;
	if (given)
		given[strcspn(given, ",")] = '\0';
	name = import_name(given ? given : IMPORT_POOL);
	import_range(import, name, text, place);
	free(name);
}

static void take_pool_name(struct import *import, const char *value, struct import_place place)
{
	char *name = import_name(value);

	import_string(import, IMPORT_SERVER, "pool", name, place);
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

static bool is_ours(const char *section)
{
	static const char * const ours[] = {
		"modules", "pptp", "ppp", "dns", "wins", "ip-pool", "chap-secrets", "auth", "common",
	};

	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (!strcmp(ours[i], section))
			return true;
	return false;
}

static bool is_needless(const char *word)
{
	static const char * const words[] = {
		"verbose", "accomp", "pcomp", "ccp", "check-ip", "ipv4", "ipv6", "unit-cache", "sid-case",
		"sid-source", "unit-preallocate", "attr", "encrypted", "timeout", "echo-failure",
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(words[i], word))
			return true;
	return false;
}

static void take(struct import *import, const char *section, char *word, char *value,
		 struct import_place place)
{
	if (!strcmp(section, "modules"))
		take_module(import, word, place);
	else if (!strcmp(word, "mppe"))
		take_mppe(import, value, place);
	else if (take_row(import, section, word, value, place))
		;
	else if (!strcmp(section, "chap-secrets") && !strcmp(word, "chap-secrets"))
		import_string(import, IMPORT_SERVER, "secrets", value, place);
	else if (!strcmp(section, "common") && !strcmp(word, "single-session"))
		take_single(import, value, place);
	else if (!strcmp(word, "ip-pool"))
		take_pool_name(import, value, place);
	else if (!strcmp(section, "ip-pool") && isdigit((unsigned char)*word))
		take_pool(import, word, place);
	else if (!is_needless(word))
		import_missing(import, place, "%s in [%s]: unknown here", word, section);
}

void import_accel(struct import *import, const char *file, const char *text)
{
	struct import_line line;
	char section[32] = "";

	import_begin(&line, file, text);
	while (import_next(&line)) {
		char *word = line.words[0], none[] = "", *value = none, *equals;

		if (*word == '[') {
			snprintf(section, sizeof(section), "%.*s", (int)strcspn(word + 1, "]"), word + 1);
			if (!is_ours(section))
				import_missing(import, line.place, "[%s]: not taken over", section);
			continue;
		}
		if (!is_ours(section))
			continue;
		/* The range of a pool has its name behind "name=". */
		equals = isdigit((unsigned char)*word) ? NULL : strchr(word, '=');
		if (equals) {
			*equals = '\0';
			value = equals + 1;
		} else if (line.n > 2 && !strcmp(line.words[1], "=")) {
			value = line.words[2];
		}
		take(import, section, word, value, line.place);
	}
	/* accel-ppp takes MPPE from who asks for it. */
	if (!import_get(import, IMPORT_SERVER, "mppe"))
		import_set(import, IMPORT_SERVER, "mppe", "preferred", (struct import_place){ 0 });
}
