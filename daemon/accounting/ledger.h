/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All records that wait: on their way into the store, in it, and out of it. The loop's side of the
 * store (store.h), whose thread it owns, and of the sender (sender.h).
 *
 * A record that is added waits in memory until the turn of the loop is over, or until the thread
 * has written those before it. Then all that wait are written together, with one fsync(). From then
 * on nothing loses it, and it may be sent. When it is done with, it is removed from the store
 * within 200 ms, together with others, so that a daemon that is killed meanwhile sends it once
 * more; a server can tell that by its Acct-Session-Id and Acct-Status-Type.
 *
 * If the store cannot be used, records stay in memory, LEDGER_MEMORY of them at most, and are sent
 * from there, unless others come first that are in the store. Beyond that the oldest Interim-Update
 * is dropped, or else the oldest record. It is tried again every ten seconds; people are told when
 * that begins and when it ends.
 *
 * Everything runs on the loop's thread. Times are milliseconds of uv_now().
 */
#ifndef CULVERT_ACCOUNTING_LEDGER_H
#define CULVERT_ACCOUNTING_LEDGER_H

#include <uv.h>

#include "accounting/sender.h"
#include "accounting/store.h"
#include "util/jobs.h"

#define LEDGER_MEMORY	100000	/* records that wait for the store */
#define LEDGER_BATCH	1000	/* changes that are written together */
#define LEDGER_LOAD_MOST 500	/* records that are loaded together */
#define LEDGER_BUCKETS	4096

struct ledger;

struct ledger_ops {
	/* As in struct sender_ops; record->body is for account_decode(). */
	enum radius_outcome (*send)(struct ledger *l, struct sender_record *record);

	/* A record that was under way is the ledger's no more: give it up. */
	void (*give_up)(struct ledger *l, struct sender_record *record);

	/*
	 * The Stop of a session that an earlier run of the daemon left behind; see store_open().
	 * Returns false if there is no room for it now: then it comes again later. NULL: nobody
	 * wants to hear of them.
	 */
	bool (*made)(struct ledger *l, const uint8_t *body, size_t len);
};

struct ledger_counts {
	uint64_t sent;			/* answered */
	uint64_t merged;		/* Interim-Updates that a later record replaced */
	uint64_t dropped;		/* for want of room, in the file or in memory */
	uint64_t too_old;
	uint64_t unusable;		/* damaged, or too long for a packet */
	uint64_t not_known;		/* Accounting-On and -Off that no server answers */
	uint64_t store_errors;
};

struct ledger_job {
	struct job job;
	enum {
		LEDGER_OPEN,
		LEDGER_LOAD,
		LEDGER_WRITE,
		LEDGER_CLOSE,
	} what;
	enum store_result result;
	bool at_the_end;		/* begun after ledger_close() */
	uint64_t now_s;
	struct store_found found;
	struct store_records made;
	uint64_t after;			/* LEDGER_LOAD */
	struct store_records loaded;
	unsigned int n_loaded;
	size_t n;			/* LEDGER_WRITE */
	struct store_change changes[LEDGER_BATCH];
	struct sender_record *records[LEDGER_BATCH];	/* NULL: a removal */
};

struct ledger {
	uv_loop_t *loop;
	const struct ledger_ops *ops;
	void *owner;
	struct sender sender;		/* the owner may read it */
	struct ledger_counts counts;
	bool sending;			/* set by the owner: it can send; ledger_look() then */
	bool failed;			/* the store cannot be used, because of ... */
	char reason[256];		/* ... this */

	/* private */
	char *path;
	struct store_limits limits;
	struct store store;		/* the thread's while @busy */
	struct store_counts stored;	/* as of the last job */
	struct jobs thread;
	uv_poll_t poll;
	uv_timer_t timer;
	unsigned int handles;		/* open or closing */
	struct ledger_job job;
	uint64_t began_at;
	bool busy;			/* @job is with the thread */
	bool opened;			/* at least once */
	bool is_open;
	uint64_t retry_at;
	uint64_t damaged_at;		/* when that was seen last; 0: never */
	uint64_t check_at;		/* when to look for records that are too old */
	uint64_t last_id;
	struct store_records made;	/* Stops that the owner has not heard of; ... */
	uint64_t made_at;		/* ... it had no room for them until this time */
	struct sender_records unwritten;
	struct sender_records untaken;	/* those of them that the sender did not take */
	struct sender_records interims;	/* Interim-Updates among them, and by their sessions: */
	LIST_HEAD(, sender_record) by_session[LEDGER_BUCKETS];
	unsigned int n_unwritten;
	unsigned int n_notes;		/* those of them that no server is to get any more */
	uint64_t *removals;		/* IDs of records that are done with, but in the store */
	size_t n_removals, room_removals;
	uint64_t remove_at;
	void (*closed)(struct ledger *l);	/* not NULL: ledger_close() was called */
	bool gave_up;			/* the store could not be used since then */
	bool over;			/* the store is closed, and only handles are left */
};

/*
 * Begin. @copied_by is for Stops that are made up. Returns 0 or a negative errno, and then there is
 * nothing to close.
 */
int ledger_open(struct ledger *l, uv_loop_t *loop, const char *path,
		const struct store_limits *limits, uint32_t copied_by, const struct ledger_ops *ops,
		void *owner);

/* Change the bounds, of the next job on. */
void ledger_set_limits(struct ledger *l, const struct store_limits *limits);

/* Add a record, which waits for @l->sending if nobody is to get it now. Returns 0 or -ENOMEM. */
int ledger_add(struct ledger *l, enum radius_status status, const char *session, uint32_t time_s,
	       const uint8_t *body, size_t len);

/* What has become of a record that was sent. */
void ledger_answered(struct ledger *l, struct sender_record *record, enum radius_outcome outcome);

/* Look soon at what is to be done: @l->sending was set. */
void ledger_look(struct ledger *l);

/* Returns true if no record waits for anything. */
bool ledger_is_empty(const struct ledger *l);

/* Returns how many records wait. */
uint64_t ledger_waiting(const struct ledger *l);

/* Returns the time of the oldest record that waits, in seconds since 1970; 0: none is known. */
uint32_t ledger_oldest_s(const struct ledger *l);

/*
 * Give up what is under way, write what is not written yet, and close the store. If that cannot be
 * used it is tried once more, and then what is not written is lost. @closed is called
 * from the loop when that is done; the memory may be reused from then on. The thread is waited for:
 * on a disk that does not answer for as long as it does not.
 */
void ledger_close(struct ledger *l, void (*closed)(struct ledger *l));

#endif
