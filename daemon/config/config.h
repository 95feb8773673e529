/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The configuration, culvert.conf(5), read into one immutable structure.
 *
 * Reading is all or nothing. A struct config exists only if there is no mistake in the file, in the
 * files that it includes, and in the files of passwords that it names, and if the secrets can be
 * read; of those, a line that is wrong is left out. After
 * config_load() has returned it, only the reference count changes. So a new configuration can be
 * read, on another thread, too, while the old one is in use; if there is a mistake, the old one
 * stays in use.
 *
 * The table of options has their types, defaults, units and bounds. Its rows are in section_*.c,
 * one file for each kind of section, and in common.h. Times are in seconds (fields end in _s),
 * ports and ranges of addresses in host order. A string is never NULL, except
 * config_client.password. 0 means "no limit" or "never" only where a comment says so.
 */
#ifndef CULVERT_CONFIG_H
#define CULVERT_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aaa/policy.h"
#include "util/log.h"
#include "ppp/ppp.h"
#include "util/diag.h"
#include "util/ip.h"
#include "util/outer.h"
#include "util/program.h"

#define CONFIG_DEFAULT_PATH	"/etc/culvert/culvert.conf"
#define CONFIG_EXIT_STATUS	2	/* exit status of a program that finds a mistake */
#define CONFIG_MTU_AUTO		0
#define CONFIG_CHAIN_MAX	16	/* pools, each the next one of the one before */

struct config_origins;
struct secrets;
struct tokens;

enum config_link {
	CONFIG_LINK_SESSION,		/* an interface for each session */
	CONFIG_LINK_SHARED,		/* one interface for all sessions of the server */
};

struct config_control {
	char *socket;
	/* Groups whose members may use it; "" for none. */
	char *group;			/* may look and change */
	char *read_group;		/* may look */
	char *capture_group;		/* may look, at what users send and receive too */
	unsigned int max_clients;
};

struct config_pool {
	char *name;
	struct ipv4_range *ranges;	/* at least one, in the order of the file, no overlaps */
	size_t n_ranges;
	struct ip_addr *exclude;	/* as listed, and the local-address of each server */
	size_t n_exclude;
	char *next;			/* the pool that is asked after it; NULL: none */
	bool sticky;			/* users get their last address again */
	uint32_t place;			/* that the addresses are of, see place_hash() */
};

struct config_addresses {
	struct ip_addr *list;
	size_t n;
};

struct config_names {
	char **list;
	size_t n;
};

/* Terms that many users have in common. */
struct config_profile {
	char *name;
	struct policy policy;
};

/* By what users of a server are judged. */
enum config_judge {
	CONFIG_JUDGE_END,
	CONFIG_JUDGE_SECRETS,
	CONFIG_JUDGE_RADIUS,
	CONFIG_JUDGE_DATABASE,
};

struct config_server {
	char *name;			/* name of the section */

	struct config_addresses listen;	/* at least one */
	uint16_t port;
	char *netns;			/* where peers call; ""; or a name under /run/netns */
	char *vrf;			/* "", or at most one of both: a VRF, or any device, */
	char *device;			/* by which alone peers call */
	char *host_name;		/* sent to each peer, at most 63 octets */

	uint8_t auth[PPP_AUTH_METHODS];	/* enum ppp_auth_method, best first, ended by NONE */
	uint8_t eap[PPP_AUTH_METHODS];	/* methods inside EAP, likewise; unused without EAP */
	char *auth_name;		/* our name in CHAP, and the server column of the secrets */
	uint8_t users[PPP_AUTH_METHODS];	/* enum config_judge, asked in turn, ended by END */
	char *secrets_path;
	struct secrets *secrets;	/* a reference; empty if @users has no secrets */
	bool watch_secrets;		/* a change of the file is a reload; see control/watch.h */
	char *radius_group;		/* of users without a realm; "": they are refused there */
	char *database;			/* name of its section; "": none */
	bool strip_domain;
	bool strip_realm;		/* of users of the secrets */
	bool fold_case;			/* ASCII case does not tell users apart */

	enum ppp_mppe_policy mppe;
	uint8_t mppe_bits;		/* mask of PPP_MPPE_40, _56, _128; not 0 */
	uint8_t mppe_modes;		/* mask of PPP_MPPE_STATELESS, _STATEFUL; not 0 */

	const struct config_pool *pool;	/* NULL: only users with an address of their own */
	const struct config_profile *profile; /* of all its users; NULL: none */
	struct ip_addr local_address;	/* our inner address in all sessions */
	enum config_link link;
	char *interface;		/* name of the shared interface; %d: a free number */
	char *proxy_arp;		/* "off", "on", or the name of an interface */
	struct config_addresses dns;	/* at most PPP_DNS_MAX */
	struct config_addresses nbns;	/* at most PPP_DNS_MAX */
	unsigned int mtu;		/* octets, or CONFIG_MTU_AUTO */
	bool mss_clamp;			/* adapt the MSS of TCP connections to the MTU */
	bool sliding_window;		/* keep to the receive window that a peer announces */
	struct outer outer;		/* @mark: also of control connections; without .from */

	unsigned int echo_interval_s;	/* silence before a PPTP Echo-Request; 0: never */
	unsigned int echo_timeout_s;	/* then, without an answer, the connection ends */
	unsigned int lcp_echo_interval_s; /* silence before an LCP Echo-Request; 0: never */
	unsigned int lcp_echo_failure;	/* this many in a row unanswered end the link */
	unsigned int login_timeout_s;	/* from accept(), or last session's end, to one up */
	unsigned int idle_timeout_s;	/* without user traffic; 0: never */
	unsigned int session_timeout_s;	/* since the session came up; 0: never */
	unsigned int rechallenge_s;	/* between proofs of a user who is in; 0: never */

	unsigned int max_sessions;		/* 0: no limit */
	unsigned int max_sessions_per_user;	/* 0: no limit */
	unsigned int max_sessions_per_address;	/* 0: no limit */
	enum policy_single single;
	struct programs programs;
	struct policy shape;			/* rates, bursts, mark, priority, vrf, interface */
	unsigned int max_connections;		/* control connections; 0: no limit */
	unsigned int max_connections_per_address; /* that wait for a login; 0: no limit */
	unsigned int max_calls_per_connection;	/* at least 1 */
	unsigned int max_waiting;		/* connections that wait for a login; 0: no limit */
	unsigned int max_starting;		/* calls that wait for a login; 0: no limit */
	unsigned int max_starting_per_address;	/* 0: no limit */
	unsigned int max_failed_logins;		/* of a user from one address; 0: no limit */
	unsigned int max_failed_logins_per_address; /* of users unknown there; 0: no limit */
};

/* When a client dials. */
enum config_connect {
	CONFIG_CONNECT_START,		/* at once, and again whenever it has ended */
	CONFIG_CONNECT_DEMAND,		/* when a packet for @routes is sent */
	CONFIG_CONNECT_MANUAL,		/* when an administrator asks for it */
};

/* The program that is told the name servers of a session: systemd-resolved, or resolvconf(8). */
enum config_resolver {
	CONFIG_RESOLVER_OFF,
	CONFIG_RESOLVER_AUTO,		/* systemd-resolved if it runs, else resolvconf */
	CONFIG_RESOLVER_RESOLVCONF,
	CONFIG_RESOLVER_RESOLVED,
	CONFIG_RESOLVER_ASK,		/* none, but the server is asked */
};

struct config_prefixes {
	struct ip_prefix *list;		/* bits beyond the length are zero */
	size_t n;
};

struct config_client {
	char *name;			/* name of the section, unique among clients */

	char *server;			/* host name or address */
	uint16_t port;
	struct ip_addr source_address;	/* our outer address; 0.0.0.0: that of the route */
	char *host_name;		/* told to the server, at most 63 octets */
	char *phone;			/* number in the call, at most 64 octets; "": none */

	char *user;			/* "" only if @auth is "none" alone */
	char *secret_path;		/* file of the password; "" likewise */
	char *password;			/* read from @secret_path; NULL if none is needed */
	uint8_t auth;			/* methods that we agree to: mask of PPP_AUTH_BIT() */
	uint8_t eap[PPP_AUTH_METHODS];	/* methods inside EAP, best first, ended by NONE */

	enum ppp_mppe_policy mppe;
	uint8_t mppe_bits;		/* mask of PPP_MPPE_40, _56, _128; not 0 */
	uint8_t mppe_modes;		/* mask of PPP_MPPE_STATELESS, _STATEFUL; not 0 */

	struct ip_addr local_address;	/* our inner address; 0.0.0.0: the server assigns it */
	char *interface;		/* name of the interface */
	unsigned int mtu;		/* of the interface, octets, or CONFIG_MTU_AUTO */
	unsigned int mru;		/* asked of the server, octets, or CONFIG_MTU_AUTO */
	bool mss_clamp;
	bool sliding_window;
	struct outer outer;
	char *vrf;			/* VRF that the interface belongs to; "": none */
	bool masquerade;		/* forwarded packets leave with our inner address */
	enum config_resolver resolver;	/* gets the name servers that the server assigns */

	struct config_prefixes routes;	/* networks behind the server */
	bool default_route;		/* all networks are behind the server */
	unsigned int metric;		/* of these routes */

	enum config_connect connect;
	bool reconnect;
	unsigned int reconnect_min_s;	/* at least 1 */
	unsigned int reconnect_max_s;	/* at least @reconnect_min_s */
	unsigned int reconnect_refused_min_s;	/* at least 1 */
	unsigned int reconnect_refused_max_s;	/* at least the min; 0: no more attempts */
	unsigned int login_timeout_s;	/* from the start of an attempt until it is up */
	unsigned int idle_timeout_s;	/* without user traffic; 0: never */

	unsigned int echo_interval_s;	/* this and the next three as for a server */
	unsigned int echo_timeout_s;
	unsigned int lcp_echo_interval_s;
	unsigned int lcp_echo_failure;
	struct programs programs;	/* without .pre_up: NULL */
};

/* A user of any server. */
struct config_user {
	char *name;			/* name of the section, equal to session_record.user */
	struct config_prefixes routes;	/* to the networks behind the user */
	struct ip_addr address;		/* this user's and nobody else's; or no address */
	const struct config_profile *profile; /* NULL: none */
	struct policy policy;		/* counts more than that of @profile */
	bool disabled;			/* he is not let in */
};

/* A database that has users; see aaa/database.h. */
struct config_database {
	char *name;
	unsigned int type;		/* enum database_type */
	char *file;			/* of SQLite; else "" */
	char *connection;		/* to PostgreSQL; else "" */
	char *password_path;		/* "": there is no password */
	char *password;			/* read from @password_path; or NULL */
	char *query;			/* "": DATABASE_QUERY */
	unsigned int timeout_s;		/* at least 1 */
	unsigned int max_queued;	/* at least 1 */
};

/* A RADIUS server. */
struct config_radius {
	char *name;			/* name of the section, unlike that of any group */
	struct ip_addr address;
	uint16_t port;			/* 0: not asked for logins */
	uint16_t accounting_port;	/* 0: not asked for accounting; not both are 0 */
	char *secret_path;
	char *secret;			/* read from @secret_path; not "" */
	struct ip_addr source_address;	/* 0.0.0.0 or ::: that of the route */
	char *vrf;			/* ""; or a VRF or another interface */
	char *netns;			/* ""; or a name under /run/netns */
	unsigned int require;		/* enum radius_require */
	unsigned int ports;		/* at least 1; see radius/client.h */
	unsigned int window;		/* at most radius_window_max() */
	unsigned int max_queued;
	unsigned int weight;
	unsigned int dead_after;	/* at least 1 */
	unsigned int probe_interval_s;	/* 0: no Status-Server */
	unsigned int dead_time_s;	/* at least 1 */
};

enum config_balance {
	CONFIG_BALANCE_ORDER,		/* the first that answers has all */
	CONFIG_BALANCE_WEIGHT,
};

struct config_radius_group {
	char *name;
	struct config_names servers;	/* 1 to RADIUS_GROUP_MAX names of sections "radius" */
	enum config_balance balance;
	unsigned int timeout_ms;	/* the first wait for an answer */
	unsigned int retries;		/* of a login; at least 1 */
	unsigned int give_up_s;		/* likewise */
};

/* Users of one domain. */
struct config_realm {
	char *name;			/* no two are equal in letters of any case */
	char *radius_group;		/* name of a group, or of a server alone */
	bool strip;			/* the server is told the name without the realm */
};

/* Who we are to RADIUS servers. */
struct config_nas {
	char *identifier;		/* not "": the name of the host if nothing else is said */
	struct ip_addr address;		/* 0.0.0.0 or ::: not told */
};

/* Records of sessions; without @radius_group and @file there are none. */
struct config_accounting {
	char *radius_group;		/* name of a group, or of a server alone; "": none */
	char *file;			/* of JSON lines; "": none */
	char *store;
	unsigned int max_size_mib;
	unsigned int max_age_days;
	unsigned int interim_s;		/* 0: never; else at least 60 */
};

/* What is kept on disk, besides records of sessions. */
struct config_state {
	char *addresses;		/* file of those that users had last; "": none */
};

/* CoA- and Disconnect-Requests; without a client nobody listens. */
struct config_coa {
	struct config_addresses listen;	/* at least one, of both families */
	uint16_t port;
	char *vrf;			/* ""; or a VRF or another interface */
	char *netns;			/* ""; or a name under /run/netns */
	unsigned int window_s;
	bool require_timestamp;
	bool require_signature;		/* Message-Authenticator */
};

/* Of the programs that sections name. */
struct config_hooks {
	unsigned int max_running;	/* at a time; at least 1 */
	unsigned int max_waiting;	/* at least 1 */
	unsigned int timeout_s;		/* at least 1 */
};

struct config_coa_client {
	char *name;			/* name of the section */
	struct ip_addr address;		/* no two have the same */
	char *secret_path;
	char *secret;			/* read from @secret_path; not "" */
};

/* What is done about sources that abuse our servers, and limits of all servers together. */
struct config_abuse {
	unsigned int max_sessions;	/* of all servers; 0: no limit */
	unsigned int failures;		/* so many failed logins ban a source; 0: never */
	unsigned int within_s;		/* from the first to the last of them */
	unsigned int ban_s;		/* the first ban */
	unsigned int max_ban_s;		/* any ban; at least @ban_s */
	unsigned int max_delay_s;	/* of the answer to a failed login; 0: none */
	unsigned int aggregate;		/* 24 or 32: length of the network that is a source */
	unsigned int per_second;	/* connections of a source; 0: no limit */
	unsigned int burst;		/* of them; at least 1 */
	struct config_prefixes except;	/* none of this is done about them */
};

/* The listener for HTTP. */
struct config_web {
	bool on;			/* there is such a section */
	struct ip_addr address;
	uint16_t port;
	struct config_names names;	/* by which requests may name us */
	unsigned int max_connections;
	bool metrics;
	unsigned int session_series;	/* so many sessions are told of one by one; 0: none */
	char *tokens_path;		/* "": nobody is let in */
	struct tokens *tokens;		/* a reference; NULL without @tokens_path */
	bool page;			/* there is the page */
};

struct config {
	unsigned int refs;		/* private to config.c */
	char *path;
	struct config_origins *origins;	/* where all of it was said; origin.h */
	struct log_options log;
	struct config_control control;
	struct config_pool *pools;
	size_t n_pools;
	struct config_profile *profiles;
	size_t n_profiles;
	struct config_server *servers;
	size_t n_servers;
	struct config_client *clients;
	size_t n_clients;
	struct config_user *users;	/* sorted by name, small letters and capitals together */
	size_t n_users;
	struct config_abuse abuse;
	const struct config_user **owners;	/* those with an address, sorted by it */
	size_t n_owners;
	struct config_nas nas;
	struct config_database *databases;
	size_t n_databases;
	struct config_radius *radius;
	size_t n_radius;
	struct config_radius_group *radius_groups;
	size_t n_radius_groups;
	struct config_realm *realms;
	size_t n_realms;
	struct config_accounting accounting;
	struct config_state state;
	struct config_coa coa;
	struct config_hooks hooks;
	struct config_web web;
	struct config_coa_client *coa_clients;
	size_t n_coa_clients;
};

/*
 * Read the file @path. Returns the configuration with one reference for the caller, or NULL if
 * there is a mistake. @diag then has at least one error, and all mistakes in the order of files and
 * lines, as far as it has room. It may have warnings either way. May run on any thread.
 */
struct config *config_load(const char *path, struct diag *diag);

/* An option of a section as a text; the elements of a list are separated by commas. */
struct config_setting {
	const char *name;
	const char *value;
};

/*
 * Make a configuration that has one section "client" named @name, of @n options, and nothing else.
 * @password is that of the user, instead of secret-file; or NULL. Reads the files that the options
 * name. Returns and reports as config_load() does, but for lines; what is wrong is named by its option.
 */
struct config *config_of_client(const char *name, const struct config_setting *settings, size_t n,
				const char *password, struct diag *diag);

/*
 * Take or drop a reference; the last one frees the configuration. Sessions may outlast the
 * configuration that they were made from, so each holds a reference. The count is not atomic: all
 * callers run on the same thread.
 */
struct config *config_get(struct config *config);
void config_put(struct config *config);	/* @config may be NULL */

/* Returns where peers call @server; the texts are those of @server. */
struct place config_outside(const struct config_server *server);

/* Returns the section "server" named @name, or NULL. */
const struct config_server *config_find_server(const struct config *config, const char *name);

/*
 * Set what the option @name says of those terms that @settable has, a mask of POLICY_BIT(), in
 * @terms, from @text as it would be in the configuration. Returns false after writing to @want, of
 * @size octets, what is expected instead; "" if @name is none of these.
 */
bool config_set_term(struct policy *terms, uint32_t settable, const char *name, const char *text,
		     char *want, size_t size);

/* Returns the section "profile" named @name, or NULL. */
const struct config_profile *config_find_profile(const struct config *config, const char *name);

/*
 * Returns the kind of section, "server" or "client", that has an interface named @name of its own, and
 * in *@whose the section's name; or NULL. Interfaces of users of servers are not known here.
 */
const char *config_find_interface(const struct config *config, const char *name,
				  const char **whose);

/* Returns the section "client" named @name, or NULL. */
const struct config_client *config_find_client(const struct config *config, const char *name);

/* Returns the section "user" named @name, or NULL. */
const struct config_user *config_find_user(const struct config *config, const char *name);

/*
 * Likewise; if @fold_case, ASCII case does not matter. Where a server has fold_case, no two names
 * differ in case alone.
 */
const struct config_user *config_match_user(const struct config *config, const char *name,
					    bool fold_case);

/* Returns the section "user" with this address, or NULL. */
const struct config_user *config_find_owner(const struct config *config, struct ip_addr address);

/* Returns the section "realm" whose name are these @len octets, in letters of any case, or NULL. */
const struct config_realm *config_find_realm(const struct config *config, const char *name,
					     size_t len);

/* Returns true if @a and @b are equal in the name, all options and the password. */
bool config_same_client(const struct config_client *a, const struct config_client *b);

/* One row of the table of options, for code that lists them. */
struct config_option_info {
	const char *section;		/* "server" */
	const char *name;		/* "echo-interval" */
	const char *type;		/* "number", "list of addresses" */
	const char *preset;		/* the default as text; NULL: the option is required */
	const char *unit;		/* "seconds"; "" for none */
};

/* Write row @i of the table, from 0, to @info. Returns false if there is no such row. */
bool config_option_info(size_t i, struct config_option_info *info);

#endif
