// SPDX-License-Identifier: GPL-2.0-only
/*
 * What "/export" of RouterOS writes: a path on a line of its own, and below it lines "add" or "set"
 * with "name=value"; or both on one line, as people type them.
 *
 * Profiles are read before what uses them, and tell it by their names: the values of that of the
 * server become its own, those of others that users of PPTP have become profile sections.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"
#include "util/ip.h"
#include "util/text.h"

struct reader {
	struct import *import;
	const char *file, *text;
	struct import_line line;
	char path[64];		/* "ppp profile" */
	char profile[64];	/* that of the server; "": there is no server */
};

/* ---- lines ---- */

static bool is_verb(const char *word)
{
	return !strcmp(word, "add") || !strcmp(word, "set");
}

/* Read the path that the line begins with, as "/ppp profile" or "/ppp/profile/add". */
static void read_path(struct reader *r)
{
	size_t len = 0;

	*r->path = '\0';
	for (unsigned int i = 0; i < r->line.n && !strchr(r->line.words[i], '='); i++) {
		char *rest = r->line.words[i];

		for (char *one; (one = strsep(&rest, "/"));) {
			if (is_verb(one) || !strcmp(one, "[")) {
				return;
			} else if (*one && len < sizeof(r->path)) {
				snprintf(r->path + len, sizeof(r->path) - len, "%s%s", len ? " " : "", one);
				len = strlen(r->path);
			}
		}
	}
}

/* Read the next line that says something of an item. */
static bool next_item(struct reader *r)
{
	while (import_next(&r->line)) {
		bool item = is_verb(r->line.words[0]);

		if (*r->line.words[0] == '/') {
			read_path(r);
			for (unsigned int i = 0; i < r->line.n; i++)
				item |= strchr(r->line.words[i], '=') != NULL;
		}
		if (item)
			return true;
	}
	return false;
}

static void begin(struct reader *r)
{
	*r->path = '\0';
	import_begin(&r->line, IMPORT_ROUTEROS, r->file, r->text);
}

/* Returns the value of @name in the line, or NULL. */
static const char *value_of(const struct reader *r, const char *name)
{
	const size_t len = strlen(name);

	for (unsigned int i = 0; i < r->line.n; i++)
		if (!strncmp(r->line.words[i], name, len) && r->line.words[i][len] == '=')
			return r->line.words[i] + len + 1;
	return NULL;
}

static bool is_yes(const char *value)
{
	return value && (!strcmp(value, "yes") || !strcmp(value, "true"));
}

static bool is_no(const char *value)
{
	return value && (!strcmp(value, "no") || !strcmp(value, "false"));
}

static bool is_address(const char *text)
{
	struct ip_addr address;

	return ip_parse_v4(text, &address);
}

/* Returns the seconds of "1d2h3m4s", "00:05:00" or a number, with @ms instead milliseconds. */
static uint64_t time_of(const char *text, bool ms)
{
	static const struct {
		const char *unit;
		uint64_t ms;
	} units[] = {
		{ "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 }, { "d", 86400000 },
		{ "w", 604800000 },
	};
	uint64_t total = 0;

	while (*text >= '0' && *text <= '9') {
		char *end;
		const uint64_t n = strtoul(text, &end, 10);
		size_t i = 0;

		while (i < 6 && strncmp(units[i].unit, end, strlen(units[i].unit)))
			i++;
		if (*end == ':' || i == 6) {
			total = total * 60 + n * 1000;
			text = end + (*end == ':');
		} else {
			total += n * units[i].ms;
			text = end + strlen(units[i].unit);
		}
	}
	return ms ? total : total / 1000;
}

static void take_time(const struct reader *r, const char *kind, const char *title, const char *word,
		      const char *option)
{
	const char *value = value_of(r, word);
	char text[24];

	if (!value || !strcmp(value, "none") || !strcmp(value, "0s"))
		return;
	snprintf(text, sizeof(text), "%ju", (uintmax_t)time_of(value, false));
	import_number(r->import, kind, title, option, text, 1, 31536000, r->line.place);
}

static void take_list(const struct reader *r, const char *word, const char *option)
{
	const char *value = value_of(r, word);
	char *copy, *rest;

	copy = rest = value && *value ? strdup(value) : NULL;
	for (char *one; (one = strsep(&rest, ","));)
		import_address(r->import, IMPORT_SERVER, option, one,
			       strcmp(option, "local-address") != 0, r->line.place);
	free(copy);
}

/* Have it told that @word, if it is there, has no equivalent. */
static void say_why(const struct reader *r, const char *word, const char *what, const char *name,
		    const char *why)
{
	const char *value = value_of(r, word);

	if (value && *value)
		import_missing(r->import, r->line.place, "%s of %s %s: %s", word, what, name, why);
}

/* ---- whose a profile is ---- */

/* Two profiles are always there, and are called by their numbers. */
static const char *profile_name(const struct reader *r)
{
	const char *name = value_of(r, "name");

	for (unsigned int i = 0; !name && i + 1 < r->line.n; i++)
		if (!strcmp(r->line.words[i], "set"))
			name = r->line.words[i + 1];
	if (!name)
		return "";
	return !strcmp(name, "*0") ? "default" :
	       !strcmp(name, "*FFFFFFFE") ? "default-encryption" : name;
}

/* Returns true if the secret in the line is one for PPTP. */
static bool is_for_pptp(const struct reader *r)
{
	const char *service = value_of(r, "service");

	return !service || !strcmp(service, "pptp") || !strcmp(service, "any");
}

/* Returns true if a client of ours, or with @users a user of PPTP, has the profile. */
static bool has_profile(const struct reader *of, const char *profile, bool users)
{
	struct reader r = *of;
	bool found = false;

	begin(&r);
	while (next_item(&r)) {
		const char *value = value_of(&r, "profile");

		if (value && !strcmp(value, profile))
			found |= users ? !strcmp(r.path, "ppp secret") && is_for_pptp(&r) :
					 !strcmp(r.path, "interface pptp-client");
	}
	return found;
}

/* Returns true if the server has the profile in the line, or a user of PPTP. */
static bool is_of_server(const struct reader *r)
{
	const char *name = profile_name(r);

	return !strcmp(name, r->profile) || has_profile(r, name, true);
}

/* ---- pools ---- */

/* Returns true if a profile or a secret has addresses of the pool, or a pool that does. */
static bool is_used(const struct reader *of, const char *pool)
{
	struct reader r = *of;
	bool used = false;

	begin(&r);
	while (next_item(&r)) {
		const char *next = value_of(&r, "next-pool"), *remote = value_of(&r, "remote-address");

		if (!strcmp(r.path, "ip pool"))
			used |= next && !strcmp(next, pool);
		else if (remote && !strcmp(remote, pool))
			used |= (!strcmp(r.path, "ppp secret") && is_for_pptp(&r)) ||
				(!strcmp(r.path, "ppp profile") && is_of_server(&r));
	}
	return used;
}

static void take_pool(const struct reader *r)
{
	const char *given = value_of(r, "name"), *ranges = value_of(r, "ranges");
	const char *next = value_of(r, "next-pool");
	char *name, *copy, *rest;

	/* Others are of DHCP and the like. */
	if (!given || !*r->profile || !is_used(r, given))
		return;
	name = import_name(given);
	copy = rest = ranges ? strdup(ranges) : NULL;
	for (char *one; (one = strsep(&rest, ","));)
		import_range(r->import, name, one, r->line.place);
	free(copy);
	if (next && strcmp(next, "none")) {
		copy = import_name(next);
		import_reference(r->import, "pool", name, "next", copy, r->line.place);
		free(copy);
	}
	free(name);
}

/* ---- profiles ---- */

/* Take "RX[/TX]", and more behind it, where what is received from the user stands first. */
static void take_rate(const struct reader *r, const char *kind, const char *title)
{
	const char *value = value_of(r, "rate-limit");
	char copy[64], *rest = copy, *rates, *up;

	if (!value || !*value)
		return;
	snprintf(copy, sizeof(copy), "%s", value);
	rates = strsep(&rest, " ");
	up = strsep(&rates, "/");
	import_rate(r->import, kind, title, "rate-up", up, 1, r->line.place);
	import_rate(r->import, kind, title, "rate-down", rates ? rates : up, 1, r->line.place);
	if (rest)
		import_missing(r->import, r->line.place, "rate-limit: of \"%s\" the rates behind the first "
			       "pair; see burst-up and burst-down", value);
}

/* Take what a section profile can say, too. */
static void take_terms(const struct reader *r, const char *kind, const char *title)
{
	const char *remote = value_of(r, "remote-address");

	if (remote && *remote && !is_address(remote)) {
		char *pool = import_name(remote);

		import_reference(r->import, kind, title, "pool", pool, r->line.place);
		free(pool);
	}
	take_rate(r, kind, title);
	take_time(r, kind, title, "session-timeout", "session-timeout");
	take_time(r, kind, title, "idle-timeout", "idle-timeout");
	if (is_yes(value_of(r, "only-one")))
		import_set(r->import, kind, title, "single-session", "deny", r->line.place);
}

static const char *mppe_of(const char *use_encryption)
{
	return is_no(use_encryption) ? "off" : !strcmp(use_encryption, "required") ? "required" :
						"preferred";
}

static void take_server_profile(const struct reader *r)
{
	const char *local = value_of(r, "local-address"), *use = value_of(r, "use-encryption");

	if (local && is_address(local))
		import_address(r->import, IMPORT_SERVER, "local-address", local, false, r->line.place);
	else if (local && *local)
		import_missing(r->import, r->line.place, "local-address=%s: all sessions have the same "
			       "local address here, which is enough", local);
	take_terms(r, IMPORT_SERVER);
	take_list(r, "dns-server", "dns");
	take_list(r, "wins-server", "nbns");
	if (use && strcmp(use, "default"))
		import_set(r->import, IMPORT_SERVER, "mppe", mppe_of(use), r->line.place);
	if (is_no(value_of(r, "change-tcp-mss")))
		import_set(r->import, IMPORT_SERVER, "mss-clamp", "false", r->line.place);
}

/* Returns true if the profile of the server says @word. */
static bool server_says(const struct reader *of, const char *word)
{
	struct reader r = *of;
	bool says = false;

	begin(&r);
	while (next_item(&r))
		says |= !strcmp(r.path, "ppp profile") && !strcmp(profile_name(&r), r.profile) &&
			value_of(&r, word);
	return says;
}

/* What is said by the server here, for all of its users: by the first who says it, or is told. */
static void take_of_server(const struct reader *r, const char *name)
{
	static const char * const words[][2] = {
		{ "local-address", "local-address" }, { "dns-server", "dns" }, { "wins-server", "nbns" },
		{ "use-encryption", NULL }, { "change-tcp-mss", NULL },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		const char *value = value_of(r, words[i][0]), *option = words[i][1];
		const char *there = option ? import_get(r->import, IMPORT_SERVER, option) : NULL;

		if (!value || !strcmp(value, "default") || (there && !strcmp(value, there)))
			continue;
		if (option && !there && !server_says(r, words[i][0]))
			take_list(r, words[i][0], option);
		else
			say_why(r, words[i][0], "profile", name, "the server says it for all of its users");
	}
}

static void take_profile(const struct reader *r)
{
	static const char sets[] = "see nft-set", hooks[] = "programs are on-up and on-down";
	const char *name = profile_name(r);
	char *title = import_name(name);

	if (*r->profile && !strcmp(name, r->profile)) {
		take_server_profile(r);
	} else if (*r->profile && has_profile(r, name, true)) {
		take_terms(r, "profile", title);
		take_of_server(r, name);
	} else if (!has_profile(r, name, false)) {
		import_missing(r->import, r->line.place, "profile %s: neither the server of PPTP nor a "
			       "user of it has it", name);
		free(title);
		return;
	}
	free(title);
	say_why(r, "address-list", "profile", name, sets);
	say_why(r, "incoming-filter", "profile", name, sets);
	say_why(r, "outgoing-filter", "profile", name, sets);
	say_why(r, "interface-list", "profile", name, sets);
	say_why(r, "parent-queue", "profile", name, "see user-priority");
	say_why(r, "on-up", "profile", name, hooks);
	say_why(r, "on-down", "profile", name, hooks);
}

/* ---- the server and its users ---- */

static void take_methods(const struct reader *r, const char *kind, const char *title,
			 const char *word)
{
	static const char * const methods[][2] = {
		{ "pap", "pap" }, { "chap", "chap-md5" }, { "mschap1", "mschap" }, { "mschap2", "mschap-v2" },
	};
	const char *value = value_of(r, word);
	char *copy, *rest;

	copy = rest = value ? strdup(value) : NULL;
	for (char *one; (one = strsep(&rest, ","));)
		for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
			if (!strcmp(methods[i][0], one))
				import_add(r->import, kind, title, "auth", methods[i][1],
					   r->line.place);
	free(copy);
}

static void take_server(const struct reader *r)
{
	const char *mtu = value_of(r, "max-mtu");

	take_methods(r, IMPORT_SERVER, "authentication");
	if (mtu)
		import_number(r->import, IMPORT_SERVER, "mtu", mtu, 576, 1500, r->line.place);
	if (!is_yes(value_of(r, "enabled")))
		import_missing(r->import, r->line.place, "pptp-server: it is not enabled there");
	/* RouterOS takes MPPE from who offers it, unless its profile says more. */
	if (!import_get(r->import, IMPORT_SERVER, "mppe"))
		import_set(r->import, IMPORT_SERVER, "mppe", "preferred", r->line.place);
}

/* An interface that waits for one user. */
static void take_binding(const struct reader *r)
{
	const char *name = value_of(r, "name"), *user = value_of(r, "user");
	char *title = import_name(user ? user : "");

	if (name && user && !strcmp(title, user) && strlen(name) < 16)
		import_string(r->import, "user", user, "interface-name", name, r->line.place);
	else
		import_missing(r->import, r->line.place, "interface %s for user %s: see interface-name",
			       name ? name : "", user ? user : "");
	free(title);
}

/* Returns the addresses for a line of the secrets. */
static const char *addresses_of(const struct reader *r, const char *name, char pool[64])
{
	const char *remote = value_of(r, "remote-address");
	char *title;

	if (!remote || !*remote)
		return "*";
	if (is_address(remote))
		return remote;
	title = import_name(remote);
	snprintf(pool, 64, "%s", title);
	free(title);
	if (import_get(r->import, "pool", pool, "range"))
		return pool;
	import_missing(r->import, r->line.place, "remote-address of user %s: there is no pool %s", name,
		       remote);
	return "*";
}

/* Take "PREFIX [GATEWAY [DISTANCE]],...". */
static void take_user_routes(const struct reader *r, const char *user)
{
	const char *value = value_of(r, "routes");
	char *copy, *rest;

	copy = rest = value && *value ? strdup(value) : NULL;
	for (char *one; (one = strsep(&rest, ","));) {
		struct ip_prefix prefix;

		one += strspn(one, " ");
		one[strcspn(one, " ")] = '\0';
		if (ip_parse_prefix_v4(one, &prefix))
			import_add(r->import, "user", user, "routes", one, r->line.place);
		else
			import_missing(r->import, r->line.place, "routes of user %s: \"%s\" is no network",
				       user, one);
	}
	free(copy);
}

/* Take what needs a section of the user's own. */
static void take_user(const struct reader *r, const char *name)
{
	const char *profile = value_of(r, "profile"), *local = value_of(r, "local-address");
	const char *ours = import_get(r->import, IMPORT_SERVER, "local-address");
	char *title = import_name(name);

	if (local && *local && !ours)
		import_address(r->import, IMPORT_SERVER, "local-address", local, false, r->line.place);
	else if (local && *local && strcmp(local, ours))
		import_missing(r->import, r->line.place, "local-address of user %s: all sessions have the "
			       "same local address here, which is enough", name);
	if (strcmp(title, name)) {
		say_why(r, "routes", "user", name, "no section can have his name");
		if (profile && strcmp(profile, r->profile))
			say_why(r, "profile", "user", name, "no section can have his name");
	} else {
		take_user_routes(r, name);
		free(title);
		title = import_name(profile ? profile : "");
		if (profile && strcmp(profile, r->profile))
			import_reference(r->import, "user", name, "profile", title, r->line.place);
	}
	say_why(r, "caller-id", "user", name, "nothing depends on where he calls from");
	free(title);
}

static void take_secret(const struct reader *r)
{
	const char *name = value_of(r, "name"), *password = value_of(r, "password");
	char pool[64];

	if (!name || !is_for_pptp(r) || !*r->profile)
		return;
	if (is_yes(value_of(r, "disabled"))) {
		import_missing(r->import, r->line.place, "user %s: disabled", name);
		return;
	}
	if (!password || !*password)
		import_missing(r->import, r->line.place, "user %s: the export has no password (RouterOS 7 "
			       "needs /export show-sensitive)", name);
	else
		import_secret(r->import, name, password, addresses_of(r, name, pool),
			      r->line.place);
	take_user(r, name);
}

/* ---- clients ---- */

/* Set mppe as the profile of the client says. */
static void take_client_profile(const struct reader *of, const char *title, const char *profile)
{
	struct reader r = *of;

	import_set(of->import, "client", title, "mppe", "preferred", of->line.place);
	begin(&r);
	while (next_item(&r)) {
		const char *use = value_of(&r, "use-encryption");

		if (use && !strcmp(r.path, "ppp profile") && !strcmp(profile_name(&r), profile) &&
		    strcmp(use, "default"))
			import_set(of->import, "client", title, "mppe", mppe_of(use), r.line.place);
	}
}

/* Sets connect. What is demanded are routes, of which there may be none. */
static void take_connect(const struct reader *r, const char *title)
{
	if (!is_no(value_of(r, "disabled")))
		import_set(r->import, "client", title, "connect", "manual", r->line.place);
	else if (is_yes(value_of(r, "dial-on-demand")))
		import_missing(r->import, r->line.place, "dial-on-demand of pptp-client %s: see connect = "
			       "demand, which needs routes", title);
}

static void take_client(const struct reader *r)
{
	const char *given = value_of(r, "name"), *server = value_of(r, "connect-to");
	const char *user = value_of(r, "user"), *password = value_of(r, "password");
	const char *profile = value_of(r, "profile"), *metric = value_of(r, "default-route-distance");
	char *title = import_name(given ? given : "pptp-out1"), interface[16];
	const struct import_place place = r->line.place;

	import_string(r->import, "client", title, "server", server && *server ? server : "server.invalid",
		      place);
	if (!server || !*server)
		import_missing(r->import, place, "pptp-client %s: it has no server", title);
	import_string(r->import, "client", title, "user", user ? user : "", place);
	import_file(r->import, "client", title, title, password ? password : "", place);
	snprintf(interface, sizeof(interface), "%s", title);
	if (strlen(title) >= sizeof(interface))
		import_string(r->import, "client", title, "interface", interface, place);
	take_client_profile(r, title, profile ? profile : "default-encryption");
	take_methods(r, "client", title, "allow");
	take_connect(r, title);
	if (value_of(r, "max-mtu"))
		import_number(r->import, "client", title, "mtu", value_of(r, "max-mtu"), 576, 1500, place);
	if (value_of(r, "max-mru"))
		import_number(r->import, "client", title, "mru", value_of(r, "max-mru"), 576, 1500, place);
	if (is_yes(value_of(r, "use-peer-dns")))
		import_set(r->import, "client", title, "resolver", "auto", place);
	if (is_yes(value_of(r, "add-default-route")))
		import_set(r->import, "client", title, "default-route", "true", place);
	if (metric)
		import_number(r->import, "client", title, "metric", metric, 0, 255, place);
	free(title);
}

/* Returns the section of the client that a route leads to, which the caller frees, or NULL. */
static char *client_of(const struct reader *r, const char *gateway)
{
	char *title = import_name(gateway);

	if (import_get(r->import, "client", title, "server"))
		return title;
	free(title);
	return NULL;
}

static void take_route(const struct reader *r)
{
	const char *gateway = value_of(r, "gateway"), *to = value_of(r, "dst-address");
	char *client = gateway ? client_of(r, gateway) : NULL;
	const char *table = value_of(r, "routing-mark");
	struct ip_prefix prefix;

	table = table ? table : value_of(r, "routing-table");
	if (!client || is_yes(value_of(r, "disabled"))) {
		free(client);
		return;
	}
	if (table && strcmp(table, "main"))
		import_missing(r->import, r->line.place, "route by %s in table %s: routes of a client are "
			       "in the main table, or in that of its vrf", gateway, table);
	else if (!to || !strcmp(to, "0.0.0.0/0"))
		import_set(r->import, "client", client, "default-route", "true", r->line.place);
	else if (is_address(to) || ip_parse_prefix_v4(to, &prefix))
		import_add(r->import, "client", client, "routes", to, r->line.place);
	else
		import_missing(r->import, r->line.place, "\"%s\" is no network", to);
	free(client);
}

/* ---- RADIUS ---- */

/* Returns true if the list of services in the line has ppp. */
static bool is_for_ppp(const struct reader *r)
{
	const char *service = value_of(r, "service"), *at = service ? strstr(service, "ppp") : NULL;

	return at && (at == service || at[-1] == ',') && (!at[3] || at[3] == ',');
}

static void take_radius(const struct reader *r)
{
	static const char * const ports[][2] = {
		{ "authentication-port", "port" }, { "accounting-port", "accounting-port" },
	};
	const char *address = value_of(r, "address"), *secret = value_of(r, "secret");
	const char *source = value_of(r, "src-address"), *timeout = value_of(r, "timeout");
	const struct import_place place = r->line.place;
	const char *name;

	if (!address || !is_for_ppp(r) || is_yes(value_of(r, "disabled")))
		return;
	name = import_radius_server(r->import, address, place);
	if (!name)
		return;
	import_radius_secret(r->import, address, secret ? secret : "", place);
	for (size_t i = 0; i < 2; i++)
		if (value_of(r, ports[i][0]))
			import_number(r->import, "radius", name, ports[i][1], value_of(r, ports[i][0]), 0,
				      65535, place);
	if (source && strcmp(source, "0.0.0.0"))
		import_address(r->import, "radius", name, "source-address", source, false, place);
	if (timeout)
		import_radius_timeout(r->import, time_of(timeout, true), place);
	say_why(r, "realm", "RADIUS server", name, "see section realm");
	say_why(r, "domain", "RADIUS server", name, "see section realm");
}

/* Secrets come first there. */
static void take_aaa(const struct reader *r)
{
	const char *interim = value_of(r, "interim-update");
	uint64_t seconds = interim ? time_of(interim, false) : 0;
	char text[24];

	if (!is_yes(value_of(r, "use-radius")))
		return;
	import_judge(r->import, "secrets", r->line.place);
	import_judge(r->import, "radius", r->line.place);
	if (is_no(value_of(r, "accounting")))
		return;
	import_set(r->import, "accounting", "", "radius-group", "\"imported\"", r->line.place);
	snprintf(text, sizeof(text), "%ju", (uintmax_t)seconds);
	if (seconds)
		import_number(r->import, "accounting", "", "interim-interval", text, 60, 86400,
			      r->line.place);
	else
		import_set(r->import, "accounting", "", "interim-interval", "0", r->line.place);
}

static void take_incoming(const struct reader *r)
{
	const char *port = value_of(r, "port");

	if (!is_yes(value_of(r, "accept")))
		return;
	import_number(r->import, "coa", "", "port", port ? port : "3799", 1, 65535, r->line.place);
	import_radius_changes(r->import, NULL, r->line.place);
}

/* ---- all of it ---- */

/* Find the profile of the server, which stands behind the profiles in an export. */
static void find_server(struct reader *r)
{
	bool server = false, users = false;

	begin(r);
	while (next_item(r)) {
		const char *value = value_of(r, "default-profile"), *service = value_of(r, "service");

		users |= !strcmp(r->path, "ppp secret") && service && !strcmp(service, "pptp");
		if (strcmp(r->path, "interface pptp-server server"))
			continue;
		server = true;
		if (value)
			snprintf(r->profile, sizeof(r->profile), "%s", value);
	}
	if ((server || users) && !*r->profile)
		snprintf(r->profile, sizeof(r->profile), "default-encryption");
}

void import_routeros(struct import *import, const char *file, const char *text)
{
	static const struct {
		const char *path;
		void (*take)(const struct reader *r);
	} items[] = {
		{ "ppp profile", take_profile },
		{ "ppp secret", take_secret },
		{ "interface pptp-server", take_binding },
		{ "interface pptp-server server", take_server },
		{ "interface pptp-client", take_client },
		{ "ip route", take_route },
		{ "radius", take_radius },
		{ "radius incoming", take_incoming },
		{ "ppp aaa", take_aaa },
	};
	struct reader r = { .import = import, .file = file, .text = text };

	find_server(&r);
	begin(&r);
	while (next_item(&r))
		if (!strcmp(r.path, "ip pool"))
			take_pool(&r);
	begin(&r);
	while (next_item(&r))
		for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++)
			if (!strcmp(r.path, items[i].path))
				items[i].take(&r);
}
