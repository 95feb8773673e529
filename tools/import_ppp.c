// SPDX-License-Identifier: GPL-2.0-only
/* pptpd.conf, the options of pppd that belong to it, and chap-secrets. */
#include <stdio.h>
#include <string.h>

#include "import.h"

/* ---- options of pppd ---- */

/* Words that need nothing here. */
static bool is_needless(const char *word)
{
	static const char * const words[] = {
		"lock", "auth", "debug", "dump", "nolog", "nologfd", "logfile", "nobsdcomp", "nodeflate",
		"novj", "novjccomp", "noipx", "noccp", "nopcomp", "noaccomp", "nodefaultroute",
		"noreplacedefaultroute", "silent", "nodetach", "crtscts", "asyncmap", "hide-password",
		"default-asyncmap", "ktune", "ipcp-accept-local", "ipcp-accept-remote", "lcp-restart",
		"lcp-max-configure", "modem", "kdebug", "nomultilink", "nomp", "noipv6",
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
	{ "eap", "eap" },
};

#define N_METHODS (sizeof(methods) / sizeof(methods[0]))

/* Options "require-METHOD". What is refused is not in auth anyway. Returns false if @word is none. */
static bool take_method(struct import *import, const char *word, struct import_place place)
{
	for (size_t i = 0; i < N_METHODS; i++) {
		if (!strncmp(word, "refuse-", 7) && !strcmp(word + 7, methods[i].word))
			return true;
		if (strncmp(word, "require-", 8) || strcmp(word + 8, methods[i].word))
			continue;
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

/* Take an option of pppd. Returns false if it is unknown. */
static bool take_pppd(struct import *import, const char *word, const char *value,
		      struct import_place place)
{
	if (!strcmp(word, "ms-dns"))
		import_add(import, IMPORT_SERVER, "dns", value, place);
	else if (!strcmp(word, "ms-wins"))
		import_add(import, IMPORT_SERVER, "nbns", value, place);
	else if (!strcmp(word, "name"))
		import_string(import, IMPORT_SERVER, "auth-name", value, place);
	else if (!strcmp(word, "proxyarp"))
		import_set(import, IMPORT_SERVER, "proxy-arp", "on", place);
	else if (!strcmp(word, "mru"))
		import_missing(import, place, "mru: what a server can take is found out");
	else if (!strcmp(word, "plugin"))
		import_missing(import, place, "plugin %s: see docs/radius.md if it is that of RADIUS",
			       value);
	else if (!strcmp(word, "ipparam"))
		import_missing(import, place, "ipparam: hooks (on-up) are told of the session by names");
	else
		return false;
	return true;
}

/* ---- pptpd.conf ---- */

/* pptpd takes the first address of "a.b.c.d-e,..." for the first connection, and so on. */
static void take_local(struct import *import, const char *value, struct import_place place)
{
	const size_t len = strcspn(value, "-,");
	char first[64];

	snprintf(first, sizeof(first), "%.*s", (int)len, value);
	import_set(import, IMPORT_SERVER, "local-address", first, place);
	if (value[len])
		import_missing(import, place, "more than one localip: all sessions have the same local "
			       "address here, which is enough");
}

static void take_remote(struct import *import, char *value, struct import_place place)
{
	char *rest = value;

	for (char *one; (one = strsep(&rest, ","));)
		import_range(import, IMPORT_POOL, one, place);
	import_set(import, IMPORT_SERVER, "pool", "\"" IMPORT_POOL "\"", place);
}

/* Take an option of pptpd. Returns false if it is unknown. */
static bool take_pptpd(struct import *import, const char *word, char *value,
		       struct import_place place)
{
	if (!strcmp(word, "localip"))
		take_local(import, value, place);
	else if (!strcmp(word, "remoteip"))
		take_remote(import, value, place);
	else if (!strcmp(word, "listen"))
		import_add(import, IMPORT_SERVER, "listen", value, place);
	else if (!strcmp(word, "option"))
		import_missing(import, place, "option %s: name that file, too, if it is not there yet",
			       value);
	else if (!strcmp(word, "bcrelay"))
		import_missing(import, place, "bcrelay: nothing forwards broadcasts here");
	else if (!strcmp(word, "stimeout"))
		import_missing(import, place, "stimeout: see login-timeout");
	else if (!strcmp(word, "logwtmp"))
		import_missing(import, place, "logwtmp: see section accounting");
	else if (!strcmp(word, "delegate"))
		import_missing(import, place, "delegate: addresses are those of a pool, of the secrets or "
			       "of RADIUS");
	else
		return false;
	return true;
}

void import_pptpd(struct import *import, const char *file, const char *text)
{
	struct import_line line;

	import_begin(&line, file, text);
	while (import_next(&line)) {
		char none[] = "", *value = line.n > 1 ? line.words[1] : none;
		const char *word = line.words[0];

		if (!is_needless(word) && !take_method(import, word, line.place) &&
		    !take_mppe(import, word, value, line.place) &&
		    !take_number(import, word, value, line.place) &&
		    !take_pppd(import, word, value, line.place) &&
		    !take_pptpd(import, word, value, line.place))
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

	import_begin(&line, file, text);
	import_string(import, IMPORT_SERVER, "secrets", file, (struct import_place){ file, 1 });
	while (import_next(&line)) {
		const char *server = line.n > 1 ? line.words[1] : "*";

		if (!strcmp(server, "*") || !*server)
			continue;
		if (!import_get(import, IMPORT_SERVER, "auth-name"))
			import_string(import, IMPORT_SERVER, "auth-name", server, line.place);
	}
}
