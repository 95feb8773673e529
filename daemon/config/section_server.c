// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "aaa/secrets.h"
#include "config/check.h"
#include "config/common.h"
#include "config/radius_names.h"
#include "config/terms.h"
#include "util/netns.h"
#include "util/text.h"

static const struct config_word methods[] = {
	{ "pap", PPP_AUTH_PAP },
	{ "chap-md5", PPP_AUTH_CHAP_MD5 },
	{ "mschap", PPP_AUTH_MSCHAP },
	{ "mschap-v2", PPP_AUTH_MSCHAPV2 },
	{ "eap", PPP_AUTH_EAP },
	{ 0 },
};

static const struct config_word judges[] = {
	{ "secrets", CONFIG_JUDGE_SECRETS },
	{ "radius", CONFIG_JUDGE_RADIUS },
	{ "database", CONFIG_JUDGE_DATABASE },
	{ 0 },
};

static const struct config_word links[] = {
	{ "session", CONFIG_LINK_SESSION },
	{ "shared", CONFIG_LINK_SHARED },
	{ 0 },
};

#define AT(field) offsetof(struct server_values, server.field)
#define AT_SHAPE(field) AT(shape.field)

static const struct config_option options[] = {
	CONFIG_COMMON_OPTIONS(AT),

	{ "listen", &config_type_addresses, AT(listen), .min = 1, .max = 100,
	  .preset = "0.0.0.0",
	  .means = "Addresses of this host where callers are waited for" },
	{ "netns", &config_type_string, AT(netns), .max = NETNS_NAME_MAX, .preset = "",
	  .means = "The network namespace in which peers call" },
	{ "vrf", &config_type_optional_interface, AT(vrf), .preset = "",
	  .means = "The VRF by which peers call" },
	{ "device", &config_type_optional_interface, AT(device), .preset = "",
	  .means = "The interface by which alone peers call" },
	{ "auth", &config_type_methods, AT(auth), .words = methods,
	  .min = 1, .max = PPP_AUTH_METHODS, .preset = "mschap-v2",
	  .means = "How callers may prove who they are, best first" },
	{ "auth-name", &config_type_string, AT(auth_name), .max = PPP_NAME_MAX, .preset = "",
	  .means = "Name of this server in challenges and secrets; empty: that of the section" },
	{ "users", &config_type_methods, AT(users), .words = judges, .min = 1, .max = 3,
	  .preset = "secrets",
	  .means = "Who judges logins, asked in turn: secrets, radius, database" },
	{ "secrets", &config_type_path, AT(secrets_path), .preset = "/etc/ppp/chap-secrets",
	  .means = "The file of users, in the form of pppd's chap-secrets" },
	{ "watch-secrets", &config_type_bool, AT(watch_secrets), .preset = "false",
	  .means = "Whether a change of that file is taken over by itself" },
	{ "radius-group", &config_type_string, AT(radius_group), .preset = "",
	  .means = "The RADIUS servers that are asked about users of no realm" },
	{ "database", &config_type_string, AT(database), .preset = "",
	  .means = "The database that is asked about users" },
	{ "strip-domain", &config_type_bool, AT(strip_domain), .preset = "false",
	  .means = "Whether a domain before a backslash is left out of names" },
	{ "strip-realm", &config_type_bool, AT(strip_realm), .preset = "false",
	  .means = "Whether a realm behind an @ is left out of names" },
	{ "fold-case", &config_type_bool, AT(fold_case), .preset = "false",
	  .means = "Whether small letters and capitals are the same in names" },

	{ "pool", &config_type_string, offsetof(struct server_values, pool), .preset = "",
	  .means = "The pool of addresses for callers" },
	{ "profile", &config_type_string, offsetof(struct server_values, profile), .preset = "",
	  .means = "The profile with terms of all users of this server" },
	{ "local-address", &config_type_address, AT(local_address), .preset = NULL,
	  .means = "Our address in all tunnels" },
	{ "link", &config_type_word, AT(link), .words = links, .preset = "session",
	  .means = "An interface for each session, or one that all share: session or shared" },
	{ "interface", &config_type_interface, AT(interface), .preset = "pptp%d",
	  .means = "Name of these interfaces; %d is a number" },
	{ "proxy-arp", &config_type_optional_interface, AT(proxy_arp), .preset = "off",
	  .means = "Where ARP for users' addresses is answered: off, on, or an interface" },
	{ "dns", &config_type_addresses, AT(dns), .max = PPP_DNS_MAX, .preset = "",
	  .means = "Name servers that callers are told" },
	{ "nbns", &config_type_addresses, AT(nbns), .max = PPP_DNS_MAX, .preset = "",
	  .means = "WINS servers that callers are told" },

	{ "session-timeout", &config_type_number, AT(session_timeout_s),
	  .max = 31536000, .preset = "0", .unit = "seconds",
	  .means = "Time after which a session ends; 0: never" },
	CONFIG_RECHALLENGE_OPTION(AT),
	{ "max-sessions", &config_type_number, AT(max_sessions),
	  .max = 1000000, .preset = "0", .unit = "sessions",
	  .means = "How many sessions there may be at this server; 0: no limit" },
	{ "max-sessions-per-user", &config_type_number, AT(max_sessions_per_user),
	  .max = 1000000, .preset = "0", .unit = "sessions",
	  .means = "How many sessions a user may have; 0: no limit" },
	{ "max-sessions-per-address", &config_type_number, AT(max_sessions_per_address),
	  .max = 1000000, .preset = "0", .unit = "sessions",
	  .means = "How many sessions there may be from an address; 0: no limit" },
	{ "single-session", &config_type_word, AT(single), .words = config_single_sessions,
	  .preset = "off",
	  .means = "What becomes of a second session of a user: off, deny, replace or replace-now" },
	CONFIG_SHAPE_OPTIONS(AT_SHAPE),
	CONFIG_PLACE_OPTIONS(AT_SHAPE),
	{ "pre-up", &config_type_optional_path, AT(programs.pre_up), .preset = "",
	  .means = "A program that decides of each login" },
	CONFIG_HOOK_OPTIONS(AT),
	{ "max-connections", &config_type_number, AT(max_connections),
	  .max = 1000000, .preset = "0", .unit = "connections",
	  .means = "How many control connections there may be; 0: no limit" },
	{ "max-connections-per-address", &config_type_number, AT(max_connections_per_address),
	  .max = 1000000, .preset = "64", .unit = "connections",
	  .means = "How many that wait for a login, from an address; 0: no limit" },
	{ "max-calls-per-connection", &config_type_number, AT(max_calls_per_connection),
	  .min = 1, .max = 65535, .preset = "16", .unit = "calls",
	  .means = "How many calls a control connection may have" },
	{ "max-waiting", &config_type_number, AT(max_waiting),
	  .max = 1000000, .preset = "2048", .unit = "connections",
	  .means = "How many connections may wait for a login; 0: no limit" },
	{ "max-starting", &config_type_number, AT(max_starting),
	  .max = 1000000, .preset = "1024", .unit = "calls",
	  .means = "How many calls may wait for a login; 0: no limit" },
	{ "max-starting-per-address", &config_type_number, AT(max_starting_per_address),
	  .max = 1000000, .preset = "32", .unit = "calls",
	  .means = "How many calls from an address may wait for a login; 0: no limit" },
	{ "max-failed-logins", &config_type_number, AT(max_failed_logins),
	  .max = 1000, .preset = "10", .unit = "logins",
	  .means = "How many failed logins a user may have from an address; 0: no limit" },
	{ "max-failed-logins-per-address", &config_type_number,
	  AT(max_failed_logins_per_address),
	  .max = 10000, .preset = "60", .unit = "logins",
	  .means = "How many logins of unknown users may fail from an address; 0: no limit" },
	{ 0 },
};

/* ---- checks ---- */

#define CANNOT_LISTEN "the server cannot listen"

static void report_keyless(struct config_draft *d, const struct config_section *s,
			   const char *option, uint8_t method)
{
	const struct config_word *w = config_find_option(s->kind, option)->words;

	while (w->text && w->value != method)
		w++;
	report_error(&d->report, section_place(s, option),
		     "%s has \"%s\", which gives no keys for mppe = required; leave it out, or set "
		     "mppe = preferred or mppe = off", option, w->text);
}

/*
 * MPPE takes its keys from MS-CHAP: a user who logs in by another method could never pass traffic.
 */
static void check_mppe(struct config_draft *d, const struct config_section *s)
{
	const struct config_server *server = &((struct server_values *)s->values)->server;

	if (!section_knows(s, "mppe", "auth", "eap") || server->mppe != PPP_MPPE_REQUIRED)
		return;
	for (const uint8_t *m = server->auth; *m; m++) {
		if (*m == PPP_AUTH_PAP || *m == PPP_AUTH_CHAP_MD5)
			report_keyless(d, s, "auth", *m);
		for (const uint8_t *e = server->eap; *m == PPP_AUTH_EAP && *e; e++)
			if (*e == PPP_AUTH_CHAP_MD5)
				report_keyless(d, s, "eap", *e);
	}
}

static bool share_an_address(const struct config_addresses *a, const struct config_addresses *b,
			     struct ip_addr *which)
{
	for (size_t i = 0; i < a->n; i++) {
		for (size_t j = 0; j < b->n; j++) {
			*which = a->list[i];
			if (ip_equal(a->list[i], b->list[j]) || ip_is_any(a->list[i]) ||
			    ip_is_any(b->list[j]))
				return true;
		}
	}
	return false;
}

static bool is_known_listener(const struct config_section *s)
{
	return !s->doubtful && section_knows(s, "listen", "port", "netns", "vrf", "device");
}

/*
 * Returns true if both servers listen in the same place, on the same port, and on the address that is
 * written to @which.
 */
static bool collide(const struct config_section *a, const struct config_section *b,
		    struct ip_addr *which)
{
	const struct config_server *x = &((struct server_values *)a->values)->server;
	const struct config_server *y = &((struct server_values *)b->values)->server;

	return x->port == y->port && place_equal(config_outside(x), config_outside(y)) &&
	       share_an_address(&x->listen, &y->listen, which);
}

/* Report if a server that comes before @s listens on the same address and port. */
static void check_listen(struct config_draft *d, const struct config_section *s)
{
	struct config_place place = section_place(s, "listen");
	const struct config_section *other;
	char where[REPORT_WHERE_SIZE];
	struct ip_addr which;

	for_each_section(d, other, &config_kind_server) {
		if (other == s)
			return;
		if (!collide(s, other, &which) || !is_known_listener(other))
			continue;
		report_error(&d->report, place, "%s port %u is taken already by server \"%s\" (%s)",
			     ip_text(which),
			     ((struct server_values *)s->values)->server.port, other->name,
			     report_where(&d->report, place, section_place(other, "listen"), where));
		return;
	}
}

static bool has_judge(const struct config_section *s, enum config_judge judge)
{
	const struct config_server *server = &((struct server_values *)s->values)->server;

	return memchr(server->users, judge, sizeof(server->users));
}

/* Returns the server before @s that names the same file of secrets, or NULL. */
static const struct config_server *same_secrets(const struct config_draft *d,
						const struct config_section *s)
{
	const char *path = ((struct server_values *)s->values)->server.secrets_path;
	const struct config_section *other;

	for_each_section(d, other, &config_kind_server) {
		const struct config_server *server =
			&((struct server_values *)other->values)->server;

		if (other == s)
			break;
		if (!strcmp(server->secrets_path, path) && !other->doubtful &&
		    section_knows(other, "secrets", "users") &&
		    has_judge(other, CONFIG_JUDGE_SECRETS))
			return server;
	}
	return NULL;
}

static bool has_pool(const void *ctx, const char *name)
{
	return draft_find(ctx, &config_kind_pool, name);
}

/* Load the secrets of @s. A file is read once for all servers that name it. */
static void load_secrets(struct config_draft *d, struct config_section *s)
{
	struct config_server *server = &((struct server_values *)s->values)->server;
	const struct config_server *other = same_secrets(d, s);
	struct diag diag;

	if (!has_judge(s, CONFIG_JUDGE_SECRETS)) {
		diag_init(&diag);
		server->secrets = secrets_parse(server->secrets_path, "", 0, &diag);
		diag_free(&diag);
		if (!server->secrets)
			report_no_memory(&d->report);
		return;
	}
	if (other) {
		/* NULL after a mistake, which was reported with the first server. */
		server->secrets = other->secrets ? secrets_get(other->secrets) : NULL;
		return;
	}
	diag_init(&diag);
	server->secrets = secrets_load(server->secrets_path, &diag);
	if (server->secrets)
		secrets_check_pools(server->secrets, has_pool, d, &diag);
	report_other_file(&d->report, section_place(s, "secrets"), &diag);
	if (!server->secrets)
		report_error(&d->report, section_place(s, "secrets"),
			     "server \"%s\" cannot do without %s", s->name,
			     server->secrets_path);
}

/* Users of a realm are asked of its group, all others of the server's. */
static void check_radius(struct config_draft *d, const struct config_section *s)
{
	const char *group = ((struct server_values *)s->values)->server.radius_group;
	const bool asked = has_judge(s, CONFIG_JUDGE_RADIUS);
	size_t i = 0;

	if (*group)
		config_check_radius_name(d, s, "radius-group", group, CONFIG_RADIUS_LOGINS);
	else if (asked && !draft_next(d, &config_kind_realm, &i))
		report_error(&d->report, section_place(s, "users"),
			     "users has \"radius\", but nothing says whom to ask; expected "
			     "radius-group, or realm sections");
	if (*group && !asked)
		report_warning(&d->report, section_place(s, "radius-group"),
			       "radius-group is not used, since users has no \"radius\"");
}

static void check_strip_realm(struct config_draft *d, const struct config_section *s)
{
	if (((struct server_values *)s->values)->server.strip_realm &&
	    !has_judge(s, CONFIG_JUDGE_SECRETS) && !has_judge(s, CONFIG_JUDGE_DATABASE))
		report_warning(&d->report, section_place(s, "strip-realm"),
			       "strip-realm is not used, since users has neither \"secrets\" nor "
			       "\"database\"; see strip in realm sections");
}

static void check_database(struct config_draft *d, const struct config_section *s)
{
	const char *name = ((struct server_values *)s->values)->server.database;
	const bool asked = has_judge(s, CONFIG_JUDGE_DATABASE);

	config_check_name(d, s, "database", name, &config_kind_database);
	if (!*name && asked)
		report_error(&d->report, section_place(s, "users"),
			     "users has \"database\", but nothing says which; expected database = "
			     "the name of a database section");
	if (*name && !asked)
		report_warning(&d->report, section_place(s, "database"),
			       "database is not used, since users has no \"database\"");
}

/* Whether a device of another namespace is there is seen when the socket is opened. */
static void check_outside(struct config_draft *d, const struct config_section *s)
{
	const struct config_server *server = &((struct server_values *)s->values)->server;

	if (!config_check_netns(d, s, "netns", server->netns) ||
	    !section_knows(s, "netns", "vrf", "device"))
		return;
	if (*server->vrf && *server->device)
		report_error(&d->report, section_place(s, "device"), "server \"%s\" has vrf and "
			     "device; expected one of them", s->name);
	if (*server->netns)
		config_check_there(d, s, "netns", server->netns, CANNOT_LISTEN);
	else if (*server->vrf)
		config_check_there(d, s, "vrf", server->vrf, CANNOT_LISTEN);
	else
		config_check_there(d, s, "device", server->device, CANNOT_LISTEN);
}

/* A pattern stands for any free number, but only one server can have a fixed name. */
static void check_interface(struct config_draft *d, struct config_section *s)
{
	const struct config_server *server = &((struct server_values *)s->values)->server;

	if (server->link == CONFIG_LINK_SHARED && !strchr(server->interface, '%'))
		config_check_interface(d, s, server->interface);
	if (server->link == CONFIG_LINK_SHARED && *server->shape.netns)
		report_error(&d->report, section_place(s, "user-netns"),
			     "user-netns needs link = session");
	if (server->link == CONFIG_LINK_SHARED &&
	    section_given(s, config_find_option(s->kind, "interface-name"))->place.line)
		report_warning(&d->report, section_place(s, "interface-name"),
			       "interface-name is not used, since link = shared; the interface is "
			       "named by interface");
}

/* Words that switch something elsewhere, and that nobody calls an interface. */
static bool is_switch(const char *name)
{
	static const char * const words[] = { "true", "false", "yes", "no", "On", "ON", "Off", "OFF" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!strcmp(words[i], name))
			return true;
	return false;
}

static void check_proxy_arp(struct config_draft *d, const struct config_section *s)
{
	const char *name = ((struct server_values *)s->values)->server.proxy_arp;
	const char *effect = "nobody is answered for";

	if (!*name || is_switch(name)) {
		report_error(&d->report, section_place(s, "proxy-arp"),
			     "proxy-arp is \"%s\": expected off, on, or the name of an interface",
			     name);
		return;
	}
	if (!strcmp(name, "off") || !strcmp(name, "on"))
		return;
	if (text_distance(name, "on") == 1)
		effect = "did you mean on?";
	else if (text_distance(name, "off") == 1)
		effect = "did you mean off?";
	config_check_there(d, s, "proxy-arp", name, effect);
}

/* Only CHAP can be begun again by who demands it (RFC 1994 section 2). */
static void check_rechallenge(struct config_draft *d, const struct config_section *s)
{
	const struct config_server *server = &((struct server_values *)s->values)->server;

	if (!server->rechallenge_s)
		return;
	for (const uint8_t *m = server->auth; *m; m++)
		if (*m != PPP_AUTH_PAP && *m != PPP_AUTH_EAP)
			return;
	report_warning(&d->report, section_place(s, "rechallenge"),
		       "rechallenge has no effect, since auth has none of chap-md5, mschap and "
		       "mschap-v2");
}

static void check(struct config_draft *d, struct config_section *s)
{
	const struct server_values *v = s->values;

	if (section_knows(s, "local-address"))
		config_check_local_address(d, s, v->server.local_address);
	check_mppe(d, s);
	if (section_knows(s, "auth", "rechallenge"))
		check_rechallenge(d, s);
	check_outside(d, s);
	if (is_known_listener(s))
		check_listen(d, s);
	if (section_knows(s, "link", "interface", "user-netns"))
		check_interface(d, s);
	config_check_user_place(d, s, &v->server.shape);
	if (section_knows(s, "proxy-arp"))
		check_proxy_arp(d, s);
	config_check_program(d, s, "pre-up", v->server.programs.pre_up);
	config_check_hooks(d, s, &v->server.programs);
	config_check_name(d, s, "pool", v->pool, &config_kind_pool);
	config_check_name(d, s, "profile", v->profile, &config_kind_profile);
	if (section_knows(s, "users", "radius-group"))
		check_radius(d, s);
	if (section_knows(s, "users", "strip-realm"))
		check_strip_realm(d, s);
	if (section_knows(s, "users", "database"))
		check_database(d, s);
	if (section_knows(s, "users", "secrets"))
		load_secrets(d, s);
}

static uint64_t content_of_entry(uint64_t so_far, const struct secrets_entry *e)
{
	so_far = config_content_of_text(config_content_of_text(so_far, e->client), e->server);
	so_far = config_content(so_far, &e->secret_len, sizeof(e->secret_len));
	so_far = config_content(so_far, e->secret, e->secret_len);
	so_far = config_content(so_far, &e->nt_hash, sizeof(e->nt_hash));
	for (size_t i = 0; i < e->n_addresses; i++) {
		const struct secrets_address *a = &e->addresses[i];

		so_far = config_content(so_far, &a->range, sizeof(a->range));
		so_far = config_content(so_far, &a->deny, sizeof(a->deny));
	}
	so_far = config_content_of_text(config_content_of_text(so_far, e->pool), e->flaw);
	so_far = config_content(so_far, &e->rate_up, sizeof(e->rate_up));
	return config_content(so_far, &e->rate_down, sizeof(e->rate_down));
}

static uint64_t content(const void *values)
{
	const struct secrets *secrets = ((const struct server_values *)values)->server.secrets;
	uint64_t so_far = 0;

	for (size_t i = 0; i < secrets_count(secrets); i++)
		so_far = content_of_entry(so_far, secrets_at(secrets, i));
	return so_far;
}

/* ---- the result ---- */

static void release(void *values)
{
	struct server_values *v = values;

	secrets_put(v->server.secrets);
	free(v->server.name);
}

/* The default of auth-name is the name of the section. Returns false if there is no memory. */
static bool default_auth_name(struct config_server *server, const char *name)
{
	char *copy;

	if (*server->auth_name)
		return true;
	copy = strdup(name);
	if (!copy)
		return false;
	free(server->auth_name);
	server->auth_name = copy;
	return true;
}

static bool move(struct config *config, const struct config_draft *d, struct config_section *s)
{
	struct config_server *server = &config->servers[config->n_servers];
	struct server_values *v = s->values;

	if (!default_auth_name(&v->server, s->name))
		return false;
	config->n_servers++;
	*server = v->server;
	server->name = s->name;
	server->profile = config_find_profile(config, v->profile);
	for (size_t i = 0; i < config->n_pools; i++)
		if (!strcmp(config->pools[i].name, v->pool))
			server->pool = &config->pools[i];
	s->name = NULL;
	free(v->pool);
	free(v->profile);
	memset(v, 0, sizeof(*v));
	return true;
}

const struct config_kind config_kind_server = {
	"server", .means = "Callers to be served",
	.titled = true, .size = sizeof(struct server_values), .options = options, .check = check,
	.content = content, .content_of = "secrets", .release = release, .move = move,
};
