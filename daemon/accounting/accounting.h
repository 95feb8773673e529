/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Accounting (RFC 2866): what is told of the sessions of servers, to RADIUS servers, to a file, or
 * to both.
 *
 *	event of a session ──► record ──► ledger: store, then sender ──► RADIUS
 *				  │				    └──► file, without RADIUS
 *				  └─────► file, with RADIUS
 *
 * A session has a Start when its traffic flows for the first time, an Interim-Update now and then,
 * and a Stop when it ends. A login that is refused has none of them. Sessions of clients, where we
 * are the user, have none either. Accounting-On comes first of all, behind what an earlier run left
 * (the Stops of its sessions among it), and Accounting-Off last.
 *
 * No record is lost once it is in the store; that is some milliseconds after the event (ledger.h).
 * Who kills the daemon within these loses the record; if it was a Stop, the next run makes one up.
 * Where there are no RADIUS servers, the file is one: a record leaves the store when its line was
 * synced, and a kill in between writes it once more. Beside servers the file is a copy: lines that
 * wait for its disk are lost with the daemon.
 *
 * Everything runs on the loop's thread.
 */
#ifndef CULVERT_ACCOUNTING_H
#define CULVERT_ACCOUNTING_H

#include "aaa/radius.h"
#include "accounting/ledger.h"
#include "accounting/lines.h"
#include "session/sessions.h"
#include "util/due.h"

#define ACCOUNTING_BUCKETS	4096
#define ACCOUNTING_NAS_ID_SIZE	17	/* octets of our own Acct-Session-Id, with the NUL */

/* Without a group and without a file nothing is told, and there is no store. */
struct accounting_settings {
	const char *group;		/* of RADIUS servers; "": none */
	const char *file;		/* lines of JSON; "": none */
	const char *store;		/* file of the store */
	uint64_t max_size;		/* of the store, octets */
	uint32_t max_age_s;		/* of a record in it; 0: no limit */
	uint32_t interim_s;		/* for users of whom the server says nothing; 0: none */
	uint32_t stop_ms;		/* how long an end waits for answers */
};

struct accounting;
struct account;

/* One question to a RADIUS server. */
struct accounting_question {
	struct radius_question question;
	struct accounting *of;
	struct sender_record *record;
	uint32_t extra_s;		/* age beyond what the clock of @question can tell */
	STAILQ_ENTRY(accounting_question) free;
	uint8_t buffer[RADIUS_PACKET_MAX];
};

struct accounting {
	struct sessions *all;

	/* private */
	struct subscriber sub;
	struct accounting_settings settings;	/* with texts of our own */
	struct radius *radius;			/* a reference; NULL: there is none */
	const struct radius_group *group;	/* NULL: no servers are asked */
	bool on;				/* Accounting-On was made, and no Off yet; ... */
	bool on_at_servers;			/* ... and while there were servers */
	bool has_ledger;
	struct ledger ledger;
	struct lines *lines;			/* NULL: there is no file */
	uint64_t lost;				/* records for which there was no memory */
	struct accounting_question *questions;	/* SENDER_WINDOW; NULL: none was needed yet */
	STAILQ_HEAD(, accounting_question) free;
	LIST_HEAD(, account) accounts[ACCOUNTING_BUCKETS];
	unsigned int n_accounts;
	struct due_heap interims;
	unsigned int looked_at;			/* so many of @accounts, since the last reload */
	uv_timer_t timer;			/* of @interims; then of the end */
	uint32_t random;
	void (*stopped)(void *ctx);
	void *ctx;
	uint64_t stop_at;			/* when the end waits no longer */
	unsigned int open;			/* of the timer and all else, how many are */
};

/*
 * Begin. @settings are copied; to @radius, NULL if there is none, a reference is taken. Returns 0
 * or a negative errno, and then there is nothing to stop.
 */
int accounting_open(struct accounting *a, struct sessions *all,
		    const struct accounting_settings *settings, struct radius *radius);

/*
 * Go over to other settings and servers. What waits for a server waits for the new group. A session
 * that came up while nothing was told of it has no records later, either; the Stop of one that came
 * up before, and ended then, waits for the next group or file. Another store is used from the next
 * start on. Returns 0; or -ENOMEM, and then the old settings stay; or another negative errno, and
 * then nothing is told.
 */
int accounting_reload(struct accounting *a, const struct accounting_settings *settings,
		      struct radius *radius);

/* Open the file anew, since it may have been moved. */
void accounting_reopen(struct accounting *a);

/*
 * End in good order: after the last session has ended. Accounting-Off is sent; @stopped is called
 * when all records have been answered, or after settings.stop_ms and the time that the disk takes.
 * What was not answered stays in the store. The memory may be reused when @stopped is called, from
 * the loop.
 */
void accounting_stop(struct accounting *a, void (*stopped)(void *ctx), void *ctx);

/* --- to be seen ------------------------------------------------------------------------------ */

struct accounting_view {
	bool radius;			/* there are servers that are asked */
	bool file;			/* there is a file */
	unsigned int sessions;		/* that have a Start and no Stop */
	uint64_t queued;		/* records that wait for an answer, or for the file */
	uint64_t oldest_s;		/* age of the oldest one; 0: none is known */
	unsigned int under_way;
	uint64_t failures;		/* times that a record was not answered */
	struct ledger_counts counts;	/* @dropped with those that memory had no room for */
	const char *store_fault;	/* why the store cannot be used; "": it can */
	uint64_t lines, lines_dropped;	/* of the file */
	unsigned int lines_queued;
	bool file_fault;		/* it cannot be written to */
};

void accounting_look(const struct accounting *a, struct accounting_view *view);

#endif
