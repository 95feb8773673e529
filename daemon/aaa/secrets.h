/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Users and their passwords from a file in pppd's chap-secrets format.
 *
 * One line a secret: client, server, secret, then the addresses which that
 * client may use. Words are separated by blanks, quoted by ' or ", and know the
 * escapes \a \b \f \n \r \s \t \ooo \xhh; any other \c stands for c, and a
 * backslash at the end of a line joins the next one. # starts a comment. The
 * client or server "*" matches any name. A secret "@/path" is the first word of
 * that file. Addresses are a.b.c.d, a.b.c.d/n, either with ! in front for "not",
 * or * for any; the first that matches decides. As in pppd, no address, or "-",
 * means that none is allowed.
 *
 * Not supported, and refused: subnets with "+" (they depend on pppd's unit
 * number), host names as addresses, empty secrets, NUL in a word. Options after
 * "--" are skipped with a warning.
 *
 * The file is read once, whole, and held in memory; the secrets are zeroed when
 * the last reference goes. One thread only.
 */
#ifndef CULVERT_AAA_SECRETS_H
#define CULVERT_AAA_SECRETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/diag.h"
#include "util/ip.h"

#define SECRETS_MAX_FILE	(64 * 1024 * 1024)	/* octets */
#define SECRETS_MAX_ENTRIES	(1024 * 1024)
#define SECRETS_MAX_NAME	256			/* octets of a client or server name */
#define SECRETS_MAX_SECRET	256			/* octets */
#define SECRETS_MAX_ADDRESSES	64			/* on one line */
#define SECRETS_MAX_RANGES	(2 * SECRETS_MAX_ADDRESSES) /* that they come to */

struct secrets;

struct secrets_address {
	struct ip_prefix prefix;	/* no address: any */
	bool deny;
};

/* One line of the file. Owned by the struct secrets it was found in. */
struct secrets_entry {
	const char *client;	/* as in the file; "*" for any */
	const char *server;
	const uint8_t *secret;	/* not terminated */
	size_t secret_len;	/* at least 1 */
	const struct secrets_address *addresses;
	size_t n_addresses;
	unsigned int line;
};

/*
 * Read @path. Returns the secrets with one reference, or NULL if anything in it
 * is wrong, having said so in @diag; there is no half-read file. A file that
 * others may read or write is wrong, too. Warnings (a group may write it, a user
 * who may use no address) leave it usable.
 */
struct secrets *secrets_load(const char *path, struct diag *diag);

/* The same of @len octets in memory; @name stands for the file in messages. */
struct secrets *secrets_parse(const char *name, const void *text, size_t len, struct diag *diag);

struct secrets *secrets_get(struct secrets *secrets);
void secrets_put(struct secrets *secrets);	/* NULL is allowed */

/* How many lines there are; for tests. */
size_t secrets_count(const struct secrets *secrets);

/* The lines in the file's order, @i from 0 to below secrets_count(). */
const struct secrets_entry *secrets_at(const struct secrets *secrets, size_t i);

/*
 * The best line for this client at this server, or NULL: a line naming the
 * client comes before "*", then one naming the server, then the earlier one.
 * @client is @client_len octets as they came from the network. Valid as long as
 * the reference to @secrets.
 */
const struct secrets_entry *secrets_find(const struct secrets *secrets, const void *client,
					 size_t client_len, const char *server);

/* May this client use @address? */
bool secrets_allows(const struct secrets_entry *entry, struct ip_addr address);

/*
 * The same as ranges that do not overlap, in the order of the line; with those that no client may
 * use, whatever the line says. @ranges has room for SECRETS_MAX_RANGES. Returns how many there are.
 */
size_t secrets_ranges(const struct secrets_entry *entry, struct ipv4_range *ranges);

/* Returns true if the line lets this client use any address. */
bool secrets_allow_all(const struct secrets_entry *entry);

/*
 * The one address that the line names for its client, to be assigned without
 * asking the pool. False if the line names none, a subnet, or several.
 */
bool secrets_fixed_address(const struct secrets_entry *entry, struct ip_addr *address);

#endif
