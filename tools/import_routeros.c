// SPDX-License-Identifier: GPL-2.0-only
/*
 * What "/export" of RouterOS writes: a path on a line of its own, and below it lines "add" or "set"
 * with "name=value". Profiles give the addresses of the server and of its pool.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"
#include "util/ip.h"

/* Returns the value of @name in the line, or NULL. */
static const char *value_of(const struct import_line *line, const char *name)
{
	const size_t len = strlen(name);

	for (unsigned int i = 0; i < line->n; i++)
		if (!strncmp(line->words[i], name, len) && line->words[i][len] == '=')
			return line->words[i] + len + 1;
	return NULL;
}

static bool is_address(const char *text)
{
	struct ip_addr address;

	return ip_parse_v4(text, &address);
}

static void take_pool(struct import *import, const struct import_line *line)
{
	const char *given = value_of(line, "name"), *ranges = value_of(line, "ranges");
	char *name = import_name(given ? given : ""), *copy, *rest;

	copy = rest = ranges ? strdup(ranges) : NULL;
	for (char *one; (one = strsep(&rest, ","));)
		import_range(import, name, one, line->place);
	if (value_of(line, "next-pool"))
		import_missing(import, line->place, "next-pool: see next in pool sections");
	free(copy);
	free(name);
}

static void take_servers(struct import *import, const struct import_line *line, const char *word,
			 const char *option)
{
	const char *value = value_of(line, word);
	char *copy, *rest;

	copy = rest = value ? strdup(value) : NULL;
	for (char *one; (one = strsep(&rest, ","));)
		import_add(import, IMPORT_SERVER, option, one, line->place);
	free(copy);
}

/* @used is the profile of the server. Others are not taken over. */
static void take_profile(struct import *import, const struct import_line *line, const char *used)
{
	const char *name = value_of(line, "name"), *local = value_of(line, "local-address");
	const char *remote = value_of(line, "remote-address"), *rate = value_of(line, "rate-limit");

	/* Two profiles are always there, and are called by their numbers. */
	if (!name && line->n > 1)
		name = !strcmp(line->words[1], "*0") ? "default" :
		       !strcmp(line->words[1], "*FFFFFFFE") ? "default-encryption" : line->words[1];
	if (!name || strcmp(name, used)) {
		import_missing(import, line->place, "profile %s: not that of the server; see profile "
			       "sections", name ? name : "");
		return;
	}
	if (local && is_address(local))
		import_set(import, IMPORT_SERVER, "local-address", local, line->place);
	if (remote && !is_address(remote)) {
		char *pool = import_name(remote);

		import_string(import, IMPORT_SERVER, "pool", pool, line->place);
		free(pool);
	}
	take_servers(import, line, "dns-server", "dns");
	take_servers(import, line, "wins-server", "nbns");
	if (rate)
		import_missing(import, line->place, "rate-limit: see rate-up and rate-down");
}

static void take_server(struct import *import, const struct import_line *line)
{
	static const char * const methods[][2] = {
		{ "pap", "pap" }, { "chap", "chap-md5" }, { "mschap1", "mschap" }, { "mschap2", "mschap-v2" },
	};
	const char *auth = value_of(line, "authentication"), *mtu = value_of(line, "max-mtu");
	char *copy, *rest;

	copy = rest = auth ? strdup(auth) : NULL;
	for (char *one; (one = strsep(&rest, ","));)
		for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
			if (!strcmp(methods[i][0], one))
				import_add(import, IMPORT_SERVER, "auth", methods[i][1], line->place);
	free(copy);
	if (mtu)
		import_number(import, IMPORT_SERVER, "mtu", mtu, 576, 1500, line->place);
	/* RouterOS takes MPPE from who offers it, unless its profile says more. */
	import_set(import, IMPORT_SERVER, "mppe", "preferred", line->place);
}

static void take_secret(struct import *import, const struct import_line *line)
{
	const char *name = value_of(line, "name"), *password = value_of(line, "password");
	const char *service = value_of(line, "service"), *remote = value_of(line, "remote-address");
	const char *disabled = value_of(line, "disabled");

	if (!name || (service && strcmp(service, "pptp") && strcmp(service, "any")))
		return;
	if (disabled && !strcmp(disabled, "yes"))
		import_missing(import, line->place, "user %s: disabled", name);
	else if (!password || !*password)
		import_missing(import, line->place, "user %s: the export has no password (RouterOS 7 needs "
			       "/export show-sensitive)", name);
	else
		import_secret(import, name, password, remote && is_address(remote) ? remote : "*",
			      line->place);
	if (value_of(line, "routes"))
		import_missing(import, line->place, "routes of user %s: see routes in user sections", name);
}

/* A client needs its password in a file, which is named by a comment. */
static void take_client(struct import *import, const struct import_line *line)
{
	const char *given = value_of(line, "name"), *server = value_of(line, "connect-to");
	const char *user = value_of(line, "user");
	char *name = import_name(given ? given : "");

	if (server && user)
		import_missing(import, line->place, "pptp-client %s: write a client section: server = %s, "
			       "user = \"%s\", secret-file = a file with its password", name, server, user);
	free(name);
}

/* Returns the profile of the server, which stands behind the profiles in an export. */
static char *find_profile(const char *file, const char *text)
{
	char path[64] = "", *profile = NULL;
	struct import_line line;

	import_begin(&line, file, text);
	while (import_next(&line)) {
		const char *value = value_of(&line, "default-profile");

		if (*line.words[0] == '/')
			snprintf(path, sizeof(path), "%s %s", line.words[0] + 1,
				 line.n > 1 ? line.words[1] : "");
		if (value && !strncmp(path, "interface pptp-server", 21)) {
			free(profile);
			profile = strdup(value);
		}
	}
	return profile ? profile : strdup("default-encryption");
}

void import_routeros(struct import *import, const char *file, const char *text)
{
	char path[64] = "", *profile = find_profile(file, text);
	struct import_line line;

	import_begin(&line, file, text);
	while (profile && import_next(&line)) {
		if (*line.words[0] == '/')
			snprintf(path, sizeof(path), "%s %s", line.words[0] + 1,
				 line.n > 1 ? line.words[1] : "");
		if (*line.words[0] == '/' && !value_of(&line, "name") && !value_of(&line, "enabled"))
			continue;
		if (!strcmp(path, "ip pool"))
			take_pool(import, &line);
		else if (!strcmp(path, "ppp profile"))
			take_profile(import, &line, profile);
		else if (!strcmp(path, "ppp secret"))
			take_secret(import, &line);
		else if (!strncmp(path, "interface pptp-server", 21))
			take_server(import, &line);
		else if (!strcmp(path, "interface pptp-client"))
			take_client(import, &line);
		else if (!strcmp(path, "ppp aaa") || !strncmp(path, "radius", 6))
			import_missing(import, line.place, "RADIUS: see docs/radius.md");
	}
	free(profile);
}
