/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pppctl init: the first configuration of a server, and whether its host is ready for users.
 *
 * What a host is like is gathered by init_facts.c, and judged without any I/O of its own: which
 * addresses users could have (init_pool.c), what the configuration says (init_config.c), what the
 * firewall does to packets (init_firewall.c), and what is left to do (init_advice.c). Out of memory
 * ends the program.
 */
#ifndef PPPCTL_INIT_H
#define PPPCTL_INIT_H

#include <jansson.h>
#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "util/ip.h"

#define INIT_CONFIG	"/etc/culvert/culvert.conf"
#define INIT_PORT	1723

/* ---- addresses for users: init_pool.c ---- */

/* A network, or an address, that a host has or has a route to, and by which interface. */
struct init_network {
	struct ip_prefix prefix;
	char interface[IF_NAMESIZE];
};

struct init_pool {
	struct ipv4_range range;	/* for users */
	uint32_t local;			/* the server, as users see it; host order */
};

/*
 * Parse the addresses for users: a prefix, whose first address becomes the server's, or a range,
 * where it is the address before the first one. Returns NULL, or a static string with the error, to
 * be printed after the text.
 */
const char *init_parse_pool(const char *text, struct init_pool *pool);

/* Returns the smallest prefix that has all addresses of the pool, the server's too. */
struct ip_prefix init_pool_prefix(const struct init_pool *pool);

/*
 * Returns one of the @n @networks that has addresses of the pool, too, or NULL. A default route, and
 * what interfaces of our own sessions have, is none.
 */
const struct init_network *init_pool_overlaps(const struct init_pool *pool,
					      const struct init_network *networks, size_t n);

/* Choose a pool of a private /24 network that overlaps none of the @n @networks. */
struct init_pool init_choose_pool(const struct init_network *networks, size_t n);

/* ---- what is written: init_config.c ---- */

#define INIT_DNS_MAX	2		/* that IPCP can tell (RFC 1877) */

struct init_answers {
	struct ip_addr listen;		/* none for all addresses of this host */
	struct init_pool pool;
	struct ip_addr dns[INIT_DNS_MAX];
	size_t n_dns;
	const char *secrets;		/* path */
};

/* Write the configuration that the answers make, with a comment beside each value. */
void init_write_config(FILE *out, const struct init_answers *answers);

/*
 * Find in a configuration the first range and the first local-address. Returns false if it lacks
 * one. Only for advice: files that are included are not looked into.
 */
bool init_read_config(const char *text, struct init_pool *pool);

/*
 * Returns NULL if a line of the secrets can have the name or password @text, or a static string with
 * the error, to be printed after what it is.
 */
const char *init_secret_fault(const char *text);

/* Write a line of the secrets. Neither text has an init_secret_fault(). */
void init_write_secret(FILE *out, const char *user, const char *password);

/* Returns true if the secrets have a line for this user. */
bool init_secrets_have(const char *secrets, const char *user);

#define INIT_PASSWORD_OCTETS	16	/* that a password is made of; each gives five bits */
#define INIT_PASSWORD_SIZE	20	/* with the NUL */

/* Make a password out of random octets: four groups of four characters that are not mistaken. */
void init_make_password(const uint8_t random[INIT_PASSWORD_OCTETS],
			char password[INIT_PASSWORD_SIZE]);

/* ---- the firewall: init_firewall.c ---- */

enum init_verdict {
	INIT_UNKNOWN,			/* the rules could not be had */
	INIT_PASSES,
	INIT_DROPPED,
	INIT_DEPENDS,			/* some rule that cannot be judged lets it pass, or no rule */
};

/* The packets that have to pass. */
enum init_packet {
	INIT_CONTROL,			/* TCP to port 1723 of this host, from outside */
	INIT_GRE,			/* likewise, IP protocol 47 */
	INIT_OUTWARD,			/* from a user to a host elsewhere */
	INIT_BACK,			/* the answer to it */
	INIT_PACKETS,
};

#define INIT_CHAIN_SIZE	192

struct init_firewall {
	enum init_verdict verdicts[INIT_PACKETS];
	/* "family table chain" that drops the packet, "" if none does. */
	char chains[INIT_PACKETS][INIT_CHAIN_SIZE];
	bool translated;		/* users' packets leave with an address of this host */
};

/*
 * Judge the rules that nftables has (libnftables-json(5)) by what they do to a user of the pool who
 * comes by the interface @outer, "" if that is not known. NULL for @rules: they could not be had.
 */
void init_judge_firewall(const json_t *rules, const struct init_pool *pool, const char *outer,
			 struct init_firewall *firewall);

/* ---- facts: init_facts.c ---- */

#define INIT_NETWORKS_MAX	512

struct init_facts {
	char release[65];		/* of the running kernel */
	struct init_network networks[INIT_NETWORKS_MAX];	/* of addresses, and of routes */
	size_t n_networks;
	char outer_interface[IF_NAMESIZE];	/* of the default route, "" if there is none */
	struct ip_addr outer;			/* its address */

	bool root;
	bool debian;			/* or a relative: packages are installed by apt(8) */
	bool culvert_loaded;
	bool pptp_loaded;		/* the kernel's own module */
	bool culvert_available;		/* for this kernel */
	bool dkms_sources;		/* of the module are on this host */
	bool headers;			/* of this kernel are on this host */
	bool secure_boot;

	bool forwarding;
	bool daemon_runs;
	char port_taken_by[64];		/* program that listens on TCP 1723, "" if none does */
	bool systemd;
	bool unit_enabled;
	bool config_exists;
	bool config_is_new;		/* the daemon that runs does not know it */

	bool ufw;			/* is enabled */
	bool ufw_has_rules;		/* for TCP 1723 and GRE */
	bool firewalld;			/* runs */
	bool iptables_legacy;		/* has rules, which nftables does not show */
	struct init_firewall firewall;
	bool boot_rules;		/* /etc/nftables.conf has rules for PPTP */
	bool nftables_enabled;		/* is read at boot */
};

/*
 * Find out what this host is like, in this network namespace. @socket is the daemon's. The firewall is
 * judged later.
 */
void init_gather(struct init_facts *facts, const char *socket);

/* Judge this host's firewall, for that pool. */
void init_gather_firewall(struct init_facts *facts, const struct init_pool *pool);

/* Returns the networks in the text of /proc/net/route, at most @max; *@outer is set if one is 0/0. */
size_t init_read_routes(const char *text, struct init_network *networks, size_t max,
			char outer[IF_NAMESIZE]);

/* Returns the inode of the socket that listens on @port in the text of /proc/net/tcp, or 0. */
unsigned long init_read_listener(const char *text, uint16_t port);

/* ---- advice: init_advice.c ---- */

enum init_level {
	INIT_OK,
	INIT_NOTE,			/* to be known, and perhaps right */
	INIT_TODO,			/* users cannot come in, or get no further, before that */
};

/* What can be done for people. */
enum init_action {
	INIT_NOTHING,
	INIT_SWAP_MODULES,
	INIT_FORWARD,
	INIT_OPEN_FIREWALL,
	INIT_START,
	INIT_RELOAD,
};

struct init_advice {
	enum init_level level;
	enum init_action action;
	char text[512];
	char commands[1024];		/* lines, "" if there are none */
};

#define INIT_ADVICE_MAX	16

/* Judge a host whose users get addresses of @pool, and write what is to be said. Returns how much. */
size_t init_advise(const struct init_facts *facts, const struct init_pool *pool,
		   struct init_advice advice[INIT_ADVICE_MAX]);

/*
 * Write commands of nft(8), one in a line, by which what the firewall drops passes, and users' packets
 * are translated.
 */
void init_firewall_rules(const struct init_firewall *firewall, const struct init_pool *pool,
			 char *out, size_t size);

/* Write what a user has to tell his device, to reach this host by @address. */
void init_write_client_help(FILE *out, const char *address, const char *user);

/* ---- questions: init_ask.c ---- */

/* What people want. Texts are the caller's, but for what a question has got, which stays allocated. */
struct init_wishes {
	const char *listen;		/* an address, or an interface, or NULL */
	const char *pool;		/* as init_parse_pool() has it, or NULL */
	const char *dns;		/* addresses, separated by commas, or NULL */
	const char *user;
};

/* Ask on the terminal what has not been said. Returns false at the end of the input. */
bool init_ask(struct init_wishes *wishes, const struct init_facts *facts);

/* Returns true if the answer to @question is yes. */
bool init_agrees(const char *question);

/*
 * Take over wishes; what is not said is chosen. Returns NULL, or what is wrong with one of them, in a
 * static buffer.
 */
const char *init_take_wishes(const struct init_wishes *wishes, const struct init_facts *facts,
			     struct init_answers *answers);

/* ---- files and programs ---- */

/*
 * Write @text to @path, which begins with /, with permissions @mode: a reader finds the old file or
 * the new one. A symbolic link is not followed. Returns false after complaining.
 */
bool init_write_file(const char *path, const char *text, unsigned int mode);

/* Returns the text of a file without NULs, which the caller frees, or NULL with errno set. */
char *init_read_file(const char *path);

/* Run a program, whose output goes where ours goes. Returns its exit status, or -1. */
int init_run(const char * const argv[]);

/* Do what the advice says can be done, and tell it. */
void init_apply(const struct init_facts *facts, const struct init_pool *pool,
		const struct init_advice *advice);

#endif
