/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The configuration, culvert.conf(5), read into one immutable structure.
 *
 * Reading is all or nothing: a struct config exists only if the whole file, and
 * every file that it includes or takes secrets from, is right. Nothing is changed after config_load()
 * returned it, so a new file can be read beside the running configuration and
 * be thrown away if it is wrong.
 *
 * All options, with type, default, unit and bounds, stand in one table, which
 * has a file for each section (section_*.c). Times are in seconds (fields end in _s),
 * ports in host order. Strings are never NULL. 0 means "no limit" or "never"
 * where it is said so.
 */
#ifndef CULVERT_CONFIG_H
#define CULVERT_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/log.h"
#include "ppp/ppp.h"
#include "util/diag.h"
#include "util/ip.h"

#define CONFIG_DEFAULT_PATH	"/etc/culvert/culvert.conf"
#define CONFIG_EXIT_STATUS	2	/* of a program that finds its configuration wrong */
#define CONFIG_MTU_AUTO		0

struct secrets;

enum config_link {
	CONFIG_LINK_SESSION,		/* an interface for each session */
	CONFIG_LINK_SHARED,		/* one for all sessions of the server */
};

struct config_control {
	char *socket;
	char *group;			/* "" for root alone */
	unsigned int max_clients;
};

struct config_pool {
	char *name;
	struct ipv4_range *ranges;	/* at least one, in the file's order, no overlaps */
	size_t n_ranges;
	struct ip_addr *exclude;	/* as listed, and every server's address inside the pool */
	size_t n_exclude;
};

struct config_addresses {
	struct ip_addr *list;
	size_t n;
};

struct config_server {
	char *name;			/* the section's title */

	struct config_addresses listen;	/* at least one */
	uint16_t port;
	char *host_name;		/* told to whoever connects, at most 63 octets */

	uint8_t auth[PPP_AUTH_METHODS];	/* enum ppp_auth_method, best first, ended by NONE */
	uint8_t eap[PPP_AUTH_METHODS];	/* methods inside EAP, likewise; not used without it */
	char *auth_name;		/* our name in CHAP and in the secrets' server column */
	char *secrets_path;
	struct secrets *secrets;	/* read already; the configuration holds a reference */
	bool strip_domain;

	enum ppp_mppe_policy mppe;
	uint8_t mppe_bits;		/* mask of PPP_MPPE_40, _56, _128; not 0 */
	uint8_t mppe_modes;		/* mask of PPP_MPPE_STATELESS, _STATEFUL; not 0 */

	const struct config_pool *pool;	/* NULL: only users with an address of their own */
	struct ip_addr local_address;	/* our end of every session */
	enum config_link link;
	char *interface;		/* name of the shared one; %d: a free number */
	struct config_addresses dns;	/* at most PPP_DNS_MAX */
	struct config_addresses nbns;	/* at most PPP_DNS_MAX */
	unsigned int mtu;		/* octets, or CONFIG_MTU_AUTO */
	bool mss_clamp;			/* make TCP's segments fit */

	unsigned int echo_interval_s;	/* PPTP Echo-Request after this silence; 0: never */
	unsigned int echo_timeout_s;	/* then the connection ends without an answer */
	unsigned int lcp_echo_interval_s; /* 0: never */
	unsigned int lcp_echo_failure;	/* unanswered in a row */
	unsigned int login_timeout_s;	/* from TCP connect to the first session being up */
	unsigned int idle_timeout_s;	/* without data; 0: never */
	unsigned int session_timeout_s;	/* 0: never */

	unsigned int max_sessions;		/* 0: no limit */
	unsigned int max_sessions_per_user;	/* 0: no limit */
	unsigned int max_connections;		/* control connections; 0: no limit */
	unsigned int max_connections_per_address; /* 0: no limit */
	unsigned int max_calls_per_connection;	/* at least 1 */
	unsigned int max_waiting;		/* connections without a login; 0: no limit */
	unsigned int max_starting;		/* calls without a login; 0: no limit */
	unsigned int max_starting_per_address;	/* 0: no limit */
	unsigned int max_failed_logins;		/* of a user from one address; 0: no limit */
	unsigned int max_failed_logins_per_address; /* 0: no limit */
};

/* When a client dials. */
enum config_connect {
	CONFIG_CONNECT_START,		/* at once, and again whenever it has come down */
	CONFIG_CONNECT_DEMAND,		/* when there is a packet for what is behind the server */
	CONFIG_CONNECT_MANUAL,		/* when somebody says so */
};

/* Who is told of the name servers that come with a session: systemd-resolved, or resolvconf(8). */
enum config_resolver {
	CONFIG_RESOLVER_OFF,
	CONFIG_RESOLVER_AUTO,		/* systemd-resolved if it runs, else resolvconf */
	CONFIG_RESOLVER_RESOLVCONF,
	CONFIG_RESOLVER_RESOLVED,
};

struct config_prefixes {
	struct ip_prefix *list;		/* bits beyond the length are zero */
	size_t n;
};

struct config_client {
	char *name;			/* the section's title */

	char *server;			/* name or address */
	uint16_t port;
	char *host_name;		/* told to the server, at most 63 octets */

	char *user;			/* "" only if @auth is "none" alone */
	char *secret_path;		/* likewise */
	char *password;			/* what is in it; NULL without one */
	uint8_t auth;			/* what we agree to: mask of PPP_AUTH_BIT() */
	uint8_t eap[PPP_AUTH_METHODS];	/* methods inside EAP, best first, ended by NONE */

	enum ppp_mppe_policy mppe;
	uint8_t mppe_bits;		/* mask of PPP_MPPE_40, _56, _128; not 0 */
	uint8_t mppe_modes;		/* mask of PPP_MPPE_STATELESS, _STATEFUL; not 0 */

	struct ip_addr local_address;	/* our end of the tunnel; 0.0.0.0: the server says */
	char *interface;		/* its name */
	unsigned int mtu;		/* octets, or CONFIG_MTU_AUTO */
	unsigned int mru;		/* octets, or CONFIG_MTU_AUTO */
	bool mss_clamp;
	char *vrf;			/* that the interface belongs to; "": none */
	bool masquerade;		/* what others send through it, as if it were ours */
	enum config_resolver resolver;	/* who is told of the server's name servers */

	struct config_prefixes routes;	/* what is behind the server */
	bool default_route;		/* everything is */
	unsigned int metric;		/* of these routes */

	enum config_connect connect;
	bool reconnect;
	unsigned int reconnect_min_s;	/* at least 1 */
	unsigned int reconnect_max_s;	/* at least @reconnect_min_s */
	unsigned int reconnect_refused_min_s;	/* at least 1 */
	unsigned int reconnect_refused_max_s;	/* at least that; or 0: not at all */
	unsigned int login_timeout_s;	/* from dialing to being up */
	unsigned int idle_timeout_s;	/* without data; 0: never */

	unsigned int echo_interval_s;	/* as those of a server */
	unsigned int echo_timeout_s;
	unsigned int lcp_echo_interval_s;
	unsigned int lcp_echo_failure;
};

/* What is behind a user of any server. */
struct config_user {
	char *name;			/* the section's title, as the user calls himself */
	struct config_prefixes routes;	/* at least one */
};

struct config {
	unsigned int refs;		/* config.c's own */
	char *path;
	struct log_options log;
	struct config_control control;
	struct config_pool *pools;
	size_t n_pools;
	struct config_server *servers;
	size_t n_servers;
	struct config_client *clients;
	size_t n_clients;
	struct config_user *users;	/* in the order of their names */
	size_t n_users;
};

/*
 * Read @path. NULL if anything is wrong: @diag then has at least one error, and
 * all that is wrong in the order of files and lines, as far as it has room.
 * Warnings may be in @diag either way.
 */
struct config *config_load(const char *path, struct diag *diag);

/*
 * config_load() returns the first reference. Sessions may outlast the
 * configuration that they were made by, and hold it for as long.
 */
struct config *config_get(struct config *config);
void config_put(struct config *config);	/* NULL is allowed */

/* The server section named @name, or NULL. */
const struct config_server *config_find_server(const struct config *config, const char *name);

/* The client section named @name, or NULL. */
const struct config_client *config_find_client(const struct config *config, const char *name);

/* The user section named @name, or NULL. */
const struct config_user *config_find_user(const struct config *config, const char *name);

/* Do both say the same in everything, the password included? */
bool config_same_client(const struct config_client *a, const struct config_client *b);

/* One row of the table of options, for those who list them. */
struct config_option_info {
	const char *section;		/* "server" */
	const char *name;		/* "echo-interval" */
	const char *type;		/* "integer", "list of addresses" */
	const char *preset;		/* default as it would stand in the file; NULL: required */
	const char *unit;		/* "seconds"; "" for none */
};

/* Row @i of the table; false when there are no more. */
bool config_option_info(size_t i, struct config_option_info *info);

#endif
