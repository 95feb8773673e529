/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A database that is asked for users: questions, their deadlines and the log, around a driver that
 * knows SQLite or PostgreSQL (database_driver.h).
 *
 *	database_ask() ──► those that wait ──► driver: under way ──► answered()
 *
 * One query, with the user's name as its $1 and the server's as $2, is all that is ever asked. Both
 * are bound: no name can change what the query means.
 *
 * One struct database is made from plain settings, and does not change. If the configuration is read
 * again with other settings another one is made; the old one lives until its last question has ended
 * and its last reference is dropped.
 *
 * Whether the database works is logged when it changes, not for each question. While it is known not
 * to be reachable questions are refused at once, so that whoever is asked next need not wait.
 *
 * On the loop's thread only.
 */
#ifndef CULVERT_AAA_DATABASE_H
#define CULVERT_AAA_DATABASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>
#include <uv.h>

#include "aaa/database_row.h"

#define DATABASES_MAX		16
#define DATABASE_FAULT_MAX	255	/* octets of words on what is wrong, without the NUL */

/* Asked if settings have no query: that of docs/users.sql. */
#define DATABASE_QUERY	"SELECT secret, server, addresses, profile, disabled, expires " \
			"FROM culvert_users WHERE name = $1"

enum database_type {
	DATABASE_SQLITE,
	DATABASE_POSTGRESQL,
};

struct database_settings {
	const char *name;
	enum database_type type;
	const char *file;		/* of SQLite */
	const char *connection;		/* to PostgreSQL, as libpq has it */
	const char *password;		/* likewise; "": none */
	const char *query;		/* "": DATABASE_QUERY */
	uint32_t timeout_ms;		/* of a question, and of a try to connect */
	unsigned int max_queued;	/* questions that may wait or be under way */
};

/*
 * Returns true if @connection is one that database_new() can use. Otherwise writes what is wrong,
 * and what would be right, to @error, of @size octets.
 */
bool database_can_connect(const char *connection, char *error, size_t size);

struct database;

/*
 * Returns one reference, or NULL with the reason in @error. All of @settings is copied. It begins to
 * connect. The handles are closed by the loop after the last reference was dropped.
 */
struct database *database_new(uv_loop_t *loop, const struct database_settings *settings,
			      char *error, size_t size);

struct database *database_keep(struct database *d);
void database_drop(struct database *d);		/* NULL is allowed */

/* Returns true if another one made of @settings would do the same, so that this one can stay. */
bool database_is_made_of(const struct database *d, const struct database_settings *settings);

const char *database_name(const struct database *d);

/* --- questions ------------------------------------------------------------------------------- */

struct database_answer {
	const struct database_found *found;	/* NULL: the database could not tell, ... */
	const char *fault;		/* ... and this is why; else "" */
};

struct flight;

/* Embedded by who asks, which zeroes it before its first use. It must not move while under way. */
struct database_question {
	const char *user;		/* both must stay valid while it is under way */
	const char *server;

	/* It is over, and may be asked again. Raised once, unless it was given up. */
	void (*answered)(struct database_question *q, const struct database_answer *answer);

	/* private */
	struct database *database;	/* a reference while it is under way, else NULL */
	struct flight *flight;		/* NULL: it waits */
	uint64_t until;
	TAILQ_ENTRY(database_question) next;	/* of those that wait */
};

/*
 * Ask. Returns NULL, and the question is under way; or why it cannot be asked now, words that stay
 * valid until the next call. @q->answered is never called before this has returned.
 */
const char *database_ask(struct database *d, struct database_question *q);

/* Give up a question. Does nothing if it is not under way. */
void database_give_up(struct database_question *q);

/* --- to be seen ------------------------------------------------------------------------------ */

struct database_counters {
	uint64_t asked;			/* questions, but for those refused */
	uint64_t found;			/* there was a row for them */
	uint64_t unknown;		/* there was none */
	uint64_t failed;		/* the database could not tell */
	uint64_t late;			/* of those: it did not answer in time */
	uint64_t refused;		/* too many were queued, or it was not reachable */
	uint64_t connects;		/* successful ones; of SQLite: how often the file was opened */
};

struct database_view {
	const char *name;
	enum database_type type;
	const char *where;		/* the file, or host and database */
	const char *state;		/* "up", "down", "connecting" */
	uint64_t for_ms;		/* how long it is in this state */
	const char *fault;		/* what is wrong; "": nothing */
	unsigned int under_way, waiting, max_queued;
	struct database_counters counters;
};

struct database_view database_view(const struct database *d);

#endif
