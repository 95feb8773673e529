/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to the databases: what is common to both kinds of them, and what each does by itself. */
#ifndef CULVERT_AAA_DATABASE_DRIVER_H
#define CULVERT_AAA_DATABASE_DRIVER_H

#include "aaa/database.h"

/* A question that the driver has, in the order of asking. */
struct flight {
	struct database_question *question;	/* NULL: nobody waits for the answer any more */
	TAILQ_ENTRY(flight) next;
};

TAILQ_HEAD(flights, flight);
TAILQ_HEAD(database_questions, database_question);

struct database_driver {
	size_t size;			/* of the structure that begins with struct database */
	/* Make all else than the base. Returns 0 or a negative errno. */
	int (*open)(struct database *d);
	/* Something waits: take it by database_next(), as much as can be asked now. */
	void (*serve)(struct database *d);
	/* The oldest of @d->flights was not answered in time; its question has been told so. */
	void (*late)(struct database *d);
	/*
	 * Nothing is under way or waits. Free all, and call database_closed() when that is done.
	 * Called also after @open has failed.
	 */
	void (*close)(struct database *d);
};

/* The base of each. */
struct database {
	const struct database_driver *driver;
	uv_loop_t *loop;
	struct database_settings settings;	/* with texts of its own; .query is never "" */
	struct flights flights;		/* oldest first */
	unsigned int n_flights;
	bool unreachable;		/* questions are refused; set by the driver */
	char where[128];		/* shown to people; written by @open */

	/* private to database.c */
	unsigned int refs;
	struct database_questions waiting;
	unsigned int n_waiting;
	uv_timer_t timer;		/* of the earliest deadline */
	bool works;			/* it has answered, or could be reached, since the last fault */
	uint64_t since;			/* when that, or the fault, began */
	char fault[DATABASE_FAULT_MAX + 1];	/* "": none is known */
	struct database_counters counters;
};

/*
 * Take the question that waits for longest. Returns a flight, now the last of @d->flights, or NULL if
 * there is none, or no memory.
 */
struct flight *database_next(struct database *d);

/* The flight is over: its question has this answer. @found is borrowed. The flight is freed. */
void database_answer(struct database *d, struct flight *flight, const struct database_found *found);

/* The flight is over, and it could not be told. */
void database_could_not(struct database *d, struct flight *flight, const char *fault);

/* Put all flights back in front of those that wait: they are to be asked again. */
void database_return(struct database *d);

/* All that wait are told @fault. */
void database_refuse_all(struct database *d, const char *fault);

/* Note that the database works (NULL), or what is wrong with it; logged if this is new. */
void database_note(struct database *d, const char *fault);

/* Count that a connection has come about. */
void database_note_connected(struct database *d);

/*
 * Returns true if nobody wants @d any more. A callback of a driver does nothing then. Otherwise it
 * holds a reference until it returns: whoever is told an answer may drop the last one.
 */
bool database_is_dropped(const struct database *d);

/* The driver has closed all its handles: free @d. */
void database_closed(struct database *d);

extern const struct database_driver database_sqlite;
extern const struct database_driver database_postgresql;

#endif
