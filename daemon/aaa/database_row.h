/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a row of a database says of a user: which columns there are, which of several rows counts, and
 * what becomes of it. Pure: neither SQLite nor PostgreSQL is known here.
 *
 * Columns are known by their names, in any order; others are ignored. All are texts, and all but
 * "secret" may be absent or NULL:
 *
 *	secret		the password; or "{NT}" and 32 hexadecimal digits, its NT hash
 *	server		at which server the user may log in (auth-name); "*" or none: at any
 *	addresses	as behind the secret of a line of a file of secrets; none: any address
 *	profile		name of a section "profile" of the configuration
 *	disabled	the user is not let in: true or false, t or f, yes or no, on or off, 1 or 0
 *	expires		from then on the user is not let in: seconds since 1970; or YYYY-MM-DD, with
 *			HH:MM:SS behind a blank or a T if need be, fractions of a second, and an
 *			offset as +02, +02:00 or Z; without one it is UTC. "infinity": never
 */
#ifndef CULVERT_AAA_DATABASE_ROW_H
#define CULVERT_AAA_DATABASE_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aaa/secrets.h"

enum database_column {
	DATABASE_SECRET,
	DATABASE_SERVER,
	DATABASE_ADDRESSES,
	DATABASE_PROFILE,
	DATABASE_DISABLED,
	DATABASE_EXPIRES,
	DATABASE_COLUMNS
};

#define DATABASE_OTHER	DATABASE_COLUMNS	/* a column that is none of these */

/* Returns the column with this name, in letters of any case, or DATABASE_OTHER. */
enum database_column database_column(const char *name);

/* What was found of a user. All zeroes: nothing. */
struct database_found {
	bool known;			/* there is a row, perhaps for other servers only */
	char *texts[DATABASE_COLUMNS];	/* of the row that counts; all NULL: there is none */
};

/*
 * Look at another row; @texts are its columns, NULL for those that are absent. Of those for @server,
 * or for any server, the first that names @server counts, or else the first. Returns false if there
 * is no memory. The caller must give @found to database_found_clear(), either way.
 */
bool database_found_add(struct database_found *found, const char * const texts[DATABASE_COLUMNS],
			const char *server);

/* Returns true if there is a row that counts. */
bool database_found_any(const struct database_found *found);

/* Erase and free the texts. */
void database_found_clear(struct database_found *found);

/* The row as it is used. It has pointers to itself and to the texts that it was read from. */
struct database_row {
	struct secrets_entry entry;	/* @client and @line are not set */
	const char *profile;		/* "": none */
	bool disabled;
	uint64_t expires_s;		/* CLOCK_REALTIME; 0: never */

	/* private */
	uint8_t hash[16];
	struct secrets_address addresses[SECRETS_MAX_ADDRESSES];
};

/*
 * Read the row that counts, of which there is one. Returns NULL, or, if no use can be made of the
 * row, words on what is wrong and what would be right, which do not have the secret in them. The
 * caller erases @row.
 */
const char *database_row_read(struct database_row *row, const struct database_found *found);

#endif
