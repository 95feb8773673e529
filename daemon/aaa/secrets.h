/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Users and their passwords from a file in pppd's chap-secrets format.
 *
 * Each line is a secret. It has these words: client, server, secret, and the
 * addresses that the client may use. Blanks separate words; of a word, any part may be
 * quoted by ' or ", and it may have the escapes \a \b \f \n \r \s \t \ooo \xhh; any
 * other \c stands for c. A backslash at the end of a line joins the next line. # starts
 * a comment. The client or server "*" matches any name. A secret "@/path" stands
 * for the first word of that file; any other word that begins with @ is a secret itself.
 * A secret "{NT}" and 32 hexadecimal digits is the NT hash of a password (util/nt_hash.h);
 * \{ begins a password that looks like it. An address is a.b.c.d, a.b.c.d/n or
 * a.b.c.d-e.f.g.h (or -e, which takes the place of d), any with ! in front for "not", or *
 * for any; the first that matches decides. As in pppd, a line without addresses, or with
 * "-", allows none.
 *
 * As in accel-ppp, the first word behind the secret may be the name of a pool, and the
 * second one a rate.
 *
 * Not supported: subnets with "+" (they depend on pppd's unit number), host names
 * as addresses, empty secrets, NUL in a word, control characters in a name, a
 * quoted word of several lines. A line that has one of these, or that cannot be
 * understood, is kept with what is wrong, and refuses its client; one whose client cannot
 * be told is skipped. Either is warned of: one wrong line must not lock everybody out.
 * Options after "--" are skipped with a warning, too. A byte order mark in front of the
 * first line is ignored, and a line may end with CR LF.
 *
 * The whole file is read at once and kept in memory. The secrets are zeroed when
 * the last reference is dropped. Not thread-safe: one thread at a time.
 */
#ifndef CULVERT_AAA_SECRETS_H
#define CULVERT_AAA_SECRETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ppp/ppp.h"
#include "util/diag.h"
#include "util/ip.h"

#define SECRETS_MAX_FILE	(64 * 1024 * 1024)	/* octets */
#define SECRETS_MAX_ENTRIES	(1024 * 1024)
#define SECRETS_MAX_NAME	PPP_NAME_MAX		/* octets of a client or server name */
#define SECRETS_MAX_SECRET	256			/* octets */
#define SECRETS_MAX_ADDRESSES	64			/* on one line */
#define SECRETS_MAX_RANGES	(2 * SECRETS_MAX_ADDRESSES) /* see secrets_ranges() */

struct secrets;

struct secrets_address {
	struct ipv4_range range;	/* of "*": all there are */
	bool deny;
};

/* One line of the file. Belongs to the struct secrets that it was found in. */
struct secrets_entry {
	const char *client;	/* as in the file; "*": any */
	const char *server;
	const uint8_t *secret;	/* not NUL-terminated */
	size_t secret_len;	/* at least 1, unless there is a @flaw */
	bool nt_hash;		/* @secret is the NT hash of the password, NT_HASH_LEN octets */
	const struct secrets_address *addresses;
	size_t n_addresses;
	const char *pool;	/* its name; NULL: none is named */
	uint64_t rate_up;	/* from the user and to the user, bit/s; 0: none is given */
	uint64_t rate_down;
	/*
	 * Not NULL: the line is wrong, and refuses its client. This says why, printable, and begins
	 * with the file and the line. All but the names and @line is zero then.
	 */
	const char *flaw;
	unsigned int line;
};

/*
 * Read the file @path. Returns the secrets with one reference. If the file cannot be read, lets
 * others at the secrets, is too long or has too many lines, or if there is no memory, returns NULL
 * with an error in @diag. A line that is wrong, or that may not mean what it was meant to, is only
 * warned of.
 */
struct secrets *secrets_load(const char *path, struct diag *diag);

/* Like secrets_load(), for @len octets at @text. @name is the file name in messages. */
struct secrets *secrets_parse(const char *name, const void *text, size_t len, struct diag *diag);

/*
 * Refuse the client of each line that names a pool which @exists does not know, with a warning. For
 * secrets that nobody else refers to yet.
 */
void secrets_check_pools(struct secrets *secrets, bool (*exists)(const void *ctx, const char *pool),
			 const void *ctx, struct diag *diag);

/* Take or drop a reference. */
struct secrets *secrets_get(struct secrets *secrets);
void secrets_put(struct secrets *secrets);	/* NULL is allowed */

/* Returns the number of lines with a client, wrong ones included. */
size_t secrets_count(const struct secrets *secrets);

/* Returns line @i, in the order of the file; @i is less than secrets_count(). */
const struct secrets_entry *secrets_at(const struct secrets *secrets, size_t i);

/*
 * Returns the best line for this client at this server, or NULL if no line
 * matches. A line that names the client is better than "*"; then a line that names
 * the server is better than "*"; then the earlier line is better. @client is
 * @client_len octets as they came from the network; if @fold_case, ASCII capitals
 * are the same as small letters. The line is valid as long as the caller's
 * reference to @secrets.
 */
const struct secrets_entry *secrets_find(const struct secrets *secrets, const void *client,
					 size_t client_len, const char *server, bool fold_case);

/* Returns true if a line names this client, for whichever server. */
bool secrets_knows(const struct secrets *secrets, const void *client, size_t client_len,
		   bool fold_case);

/*
 * Returns the line before @entry that takes its place if case is folded, since the servers are
 * the same and the clients differ in case alone; NULL if there is none. @entry is one of @secrets.
 */
const struct secrets_entry *secrets_namesake(const struct secrets *secrets,
					     const struct secrets_entry *entry);

/* Returns true if the line lets its client use @address; never for one that no host can have. */
bool secrets_allows(const struct secrets_entry *entry, struct ip_addr address);

/*
 * Get the addresses that the line allows, as ranges that do not overlap, in the order of the line.
 * Unlike secrets_allows(), the ranges include addresses that no host can have. @ranges has room for
 * SECRETS_MAX_RANGES. Returns the number of ranges.
 */
size_t secrets_ranges(const struct secrets_entry *entry, struct ipv4_range *ranges);

/*
 * Returns true if the first address on the line is *, or as good as that, without !: the client
 * may then use any address and prefers none.
 */
bool secrets_allow_all(const struct secrets_entry *entry);

/*
 * Get the one address that the line names for its client: the client gets this
 * address, and none that the pool chooses. Returns false if the line does not
 * name exactly one address, or if the client may not use it (a subnet, a range, !,
 * an address that no host can have). *@address is undefined then.
 */
bool secrets_fixed_address(const struct secrets_entry *entry, struct ip_addr *address);

/*
 * Read addresses as they stand behind the secret of a line, with blanks between, into @list, which has
 * room for SECRETS_MAX_ADDRESSES. Returns false if there are more, or if a word is no address.
 */
bool secrets_read_addresses(const char *text, struct secrets_address *list, size_t *n);

#endif
