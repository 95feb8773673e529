/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The store of accounting records: a file of SQLite, in which records wait for a server, and in
 * which is written down which sessions have begun and not ended.
 *
 * When store_write() has returned STORE_DONE, what it wrote survives a kill and the loss of power
 * (WAL, synchronous=FULL: one fsync() for all that is written in one go). If it returns anything
 * else, nothing of it counts; after an error of the disk it may be there all the same, when the
 * file is opened once more, and is to be written again.
 *
 * The file has mode 0600 and is locked as long as it is open: two daemons would end each other's
 * sessions. Its directory is made, with mode 0700, if only that is missing. Another program's file
 * is left alone; one without a header of ours counts as such, unless it was ours when this struct
 * store was opened before. A file of ours that is damaged is moved aside, to NAME.damaged-SECONDS,
 * and a new one is begun; whoever has the records that were in it writes them once more.
 *
 * Bounds. A record that is older than a limit is dropped; but one that this run has added is not
 * before the run itself is older than that, since the clock may have been set meanwhile, as it is
 * after the boot of a host that has none when it is switched off. When the file has reached its
 * size, what is dropped is the oldest Interim-Updates first, since later records say what they
 * said, and then the oldest records of any kind. But what sessions take that have not ended cannot
 * be dropped, so that one record for each 2048 octets of the size stays whatever they take, and the
 * file may be larger then. The WAL beside it adds 4 MiB at most in the usual case.
 *
 * These functions wait for the disk: they are for jobs of one thread (util/jobs.h).
 */
#ifndef CULVERT_ACCOUNTING_STORE_H
#define CULVERT_ACCOUNTING_STORE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "radius/request.h"

#define STORE_SIZE_MIN	(1u << 20)	/* octets; a smaller limit counts as this one */

struct store_limits {
	uint64_t size;			/* octets of the file */
	uint32_t age_s;			/* of a record; 0: no limit */
};

/* How many records wait; and what has happened since the store was opened for the first time. */
struct store_counts {
	uint64_t records;
	uint64_t merged;		/* Interim-Updates that a later record replaced */
	uint64_t dropped_size;		/* records that were dropped because of the size, ... */
	uint64_t dropped_age;		/* ... and because of the age */
	uint64_t unreadable;		/* records that were dropped because they were damaged */
};

enum store_statement {
	STORE_INSERT,
	STORE_MERGE,
	STORE_DELETE,
	STORE_OLDEST,
	STORE_OLDEST_INTERIMS,
	STORE_OLD,
	STORE_LOAD,
	STORE_NOTE_SESSION,
	STORE_CLOSE_SESSION,
	STORE_STATEMENTS
};

/* Zeroed before its first use, with @path and @limits set, which must stay. */
struct store {
	const char *path;
	struct store_limits limits;
	uint32_t copied_by;		/* account_record.copied_by of Stops that are made up */
	uint64_t uptime_s;		/* the owner's to set: since it began, by no clock that is set */

	/* for the owner to read, between jobs */
	struct store_counts counts;
	char reason[256];		/* why the last call failed, and what cures it */
	char aside[512];		/* where a damaged file was moved since STORE_DONE; or "" */

	/* private */
	sqlite3 *db;			/* NULL: it is not open */
	sqlite3_stmt *statements[STORE_STATEMENTS];
	uint64_t page_size;
	bool aside_seen;		/* by the owner */
	bool opened;			/* at least once; then the last record was ... */
	uint64_t found_id;		/* ... this one */
	uint64_t last_id;		/* of records when it was opened last */
	int err;			/* the first error of SQLite since a call began */
};

enum store_result {
	STORE_DONE,
	STORE_FAILED,			/* it may do later; store_open() is to be called before */
	STORE_DAMAGED,			/* likewise, and store_open() will begin a new file */
};

/* A record as it is in the store. */
struct store_record {
	STAILQ_ENTRY(store_record) next;
	uint64_t id;			/* their order */
	enum radius_status status;
	uint32_t time_s;		/* when it happened, seconds since 1970 */
	size_t len;
	uint8_t body[];			/* see account_encode() */
};

STAILQ_HEAD(store_records, store_record);

void store_records_free(struct store_records *records);

/* What store_open() found. */
struct store_found {
	uint64_t last_id;		/* records that are added have larger ones; 0: none */
	uint64_t stops;			/* that were made up */
};

/**
 * store_open() - open the file, or begin one
 * @found: filled with STORE_DONE
 * @made: NULL; or where copies of the Stops that were made up are put, for the caller to free
 * @now_s: seconds since 1970
 *
 * For each session that has begun and not ended a Stop is made up, behind all other records; see
 * account_make_stop(). That happens at the first time that the file is opened, not when it is
 * opened once more after a failure: then those sessions are ours.
 */
enum store_result store_open(struct store *s, struct store_found *found, struct store_records *made,
			     uint64_t now_s);

/* Close the file. What was written stays. */
void store_close(struct store *s);

/* One thing to be written. */
struct store_change {
	enum {
		STORE_ADD,		/* a record, and what it says of its session */
		/*
		 * What it says of its session, and what it replaces; nobody is to get it. If it
		 * is there, since a call that seemed to fail has written it, it is removed.
		 */
		STORE_TELL,
		STORE_REMOVE,		/* the record @id is done with */
	} what;
	uint64_t id;
	enum radius_status status;
	uint32_t time_s;
	const char *session;		/* Acct-Session-Id */
	const uint8_t *body;
	size_t len;
	/*
	 * An Interim-Update of the session that is under way to a server, which a later record does
	 * not replace; 0: none is.
	 */
	uint64_t under_way;
};

/*
 * Write all of @changes or nothing. A Start and an Interim-Update say that their session is
 * there, and a Stop that it is not. An Interim-Update and a Stop replace those Interim-Updates of
 * the session that still wait. Then what is beyond the limits is dropped, some thousand records at
 * most in one call; @s->counts tell of it.
 */
enum store_result store_write(struct store *s, const struct store_change *changes, size_t n,
			      uint64_t now_s);

/* Add up to @most records with IDs above @after to @records, in their order. Sets @n. */
enum store_result store_load(struct store *s, uint64_t after, unsigned int most,
			     struct store_records *records, unsigned int *n);

#endif
