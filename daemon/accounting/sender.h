/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who sends accounting records: which of them is to be sent now, and what becomes of it.
 *
 * Pure: times come in, and what is to be done goes out through struct sender_ops. Times are
 * milliseconds of a clock that never goes back.
 *
 * Order. Of a session one record is under way at a time, and the next one follows when that has
 * been answered: a Stop never overtakes its Start. Records of different sessions go side by side,
 * up to SENDER_WINDOW. Accounting-On and -Off end all sessions at the server (RFC 2866 section
 * 5.1), so they wait for all that came before, and what came behind waits for them.
 *
 * Memory. The store may have more records than are here (@more): those that are here are the oldest
 * ones, and the owner loads others when sender_wants() says so. A record that has just been stored
 * is offered; it is taken only if all before it is here.
 *
 * Load. A record that is sent again says anew how old it is, and so it is another request to the
 * server, which does its work twice. So what a server does not answer before that has to come later:
 * each slow answer takes one from what may be under way, and each quick one adds one.
 *
 * No answer. A server that cannot digest a record gives no answer at all. So if others were
 * answered lately, it is the record: its session waits, 30 s first and half an hour later, and
 * nobody else does. If nobody was answered, it is the servers: all wait for five seconds, and then
 * one goes ahead, but not the same one. Where a record is alone that was not answered before, one
 * other is sent beside it, to find out which it is. Only the owner drops a record, when it is too
 * old. But an Accounting-On or -Off that some server leaves unanswered while it answers others is
 * given up, since everybody waits for it.
 */
#ifndef CULVERT_ACCOUNTING_SENDER_H
#define CULVERT_ACCOUNTING_SENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "radius/client.h"
#include "radius/request.h"
#include "util/deadline.h"
#include "util/due.h"

#define SENDER_WINDOW	128	/* records under way at once */
#define SENDER_LEAST	32	/* the same, at servers that are slow */
#define SENDER_SLOW_MS	500	/* an answer that takes longer is slow */
#define SENDER_MOST	2000	/* records in memory */
#define SENDER_BUCKETS	1024
#define SENDER_PAUSE_MS	5000	/* if servers do not answer */
#define SENDER_LATER_MS	30000	/* if a record is not answered, at first; then twice as long ... */
#define SENDER_LATEST_MS 1800000	/* ... up to this */

struct sender;

/* A record. Allocated by the owner; the sender's between sender_offer() and the done event. */
struct sender_record {
	/* set by the owner */
	uint64_t id;			/* in the order of the store */
	bool stored;			/* the store has it; may be set later, too */
	enum radius_status status;
	int64_t happened_ms;		/* when it happened; before 0 if the clock is younger */
	uint32_t time_s;		/* the same in seconds since 1970 */
	const char *session;		/* Acct-Session-Id; inside @body, or as long as it */

	/* private to the sender */
	TAILQ_ENTRY(sender_record) all;
	TAILQ_ENTRY(sender_record) next;	/* in its line */
	TAILQ_ENTRY(sender_record) of_nas;	/* in @barriers */
	struct sender_line *line;
	uint64_t number;		/* of the order in which records were taken */
	uint64_t sent_at;
	bool under_way;

	/* private to the owner */
	TAILQ_ENTRY(sender_record) unwritten;
	TAILQ_ENTRY(sender_record) untaken;	/* as far as the sender is still to get it */
	TAILQ_ENTRY(sender_record) interim;	/* as far as it is an unwritten Interim-Update */
	LIST_ENTRY(sender_record) same_hash;	/* likewise */
	void *question;			/* what it is being sent with, to a server; ... */
	void *in_file;			/* ... to a file */
	uint64_t beside;		/* see store_change.under_way */
	bool is_unwritten;		/* the store is to get it; ... */
	bool is_untaken;		/* ... and the sender did not take it yet */
	bool writing;			/* a thread reads it just now */
	bool taken;			/* it is the sender's */
	bool over;			/* the sender is done with it, but not that thread */
	bool tell;			/* the store is to note what it says, and nobody gets it */
	size_t len;
	uint8_t body[];
};

TAILQ_HEAD(sender_records, sender_record);

/* Why the sender is done with a record. */
enum sender_end {
	SENDER_ANSWERED,		/* a server has it */
	SENDER_TOO_LONG,		/* no packet has room for it */
	SENDER_NOT_KNOWN,		/* Accounting-On or -Off, which the servers do not answer */
	SENDER_REPLACED,		/* an Interim-Update that a later record replaces */
	SENDER_FORGOTTEN,		/* by sender_forget() or sender_close() */
};

struct sender_ops {
	/*
	 * Send a record. Returns RADIUS_ANSWERED if it is under way: sender_answered() is to be
	 * called later, not from within. RADIUS_NO_ROOM, _TOO_LONG: see radius/client.h.
	 */
	enum radius_outcome (*send)(struct sender *s, struct sender_record *record);

	/* The record is the owner's again. The event may call no function of this header. */
	void (*done)(struct sender *s, struct sender_record *record, enum sender_end end);
};

/* The records of one session, or of one On or Off. */
struct sender_line {
	/* private */
	LIST_ENTRY(sender_line) same_hash;
	TAILQ_ENTRY(sender_line) next;	/* in @ready or @behind */
	struct sender_records records;
	struct due due;			/* not before this */
	unsigned int tries;		/* of the first record, that failed; ... */
	unsigned int faults;		/* ... those of them while others were answered */
	enum {
		LINE_READY,
		LINE_UNDER_WAY,
		LINE_LATER,		/* its record was not answered, others were */
		LINE_BEHIND,		/* an Accounting-On or -Off comes first, or it is one */
	} state;
	char session[];
};

TAILQ_HEAD(sender_lines, sender_line);

struct sender {
	const struct sender_ops *ops;

	/* the owner may read these */
	struct sender_records all;	/* in the order in which they were taken */
	unsigned int n;
	unsigned int under_way;
	bool more;			/* the store has records that are not here */
	uint64_t last_id;		/* of the last record that was taken, or loaded */
	uint64_t failures;		/* times that a record was not answered */

	/* private */
	LIST_HEAD(, sender_line) lines[SENDER_BUCKETS];
	struct sender_lines ready, behind;
	struct sender_records barriers;		/* On and Off */
	struct due_heap later;
	uint64_t last_number;
	struct sender_record *suspect;	/* under way, and was not answered before; or NULL */
	unsigned int allowed;		/* to be under way */
	uint64_t pause_until;		/* servers do not answer */
	uint64_t room_at;		/* they have no room, unless something is answered before */
	uint64_t answered_at;
	bool was_answered;
};

void sender_init(struct sender *s, const struct sender_ops *ops);

/* Raise SENDER_FORGOTTEN for all records, those under way as well. */
void sender_close(struct sender *s);

/*
 * Take a record. Returns false, and the record stays the owner's, if others come first that are
 * not here, or if there are too many; if it is stored it will be loaded then. Records are offered
 * in the order of their IDs.
 */
bool sender_offer(struct sender *s, struct sender_record *record);

/*
 * Returns true if records are to be loaded: those with IDs above @s->last_id. Then each is given to
 * sender_take(), which returns false for one that is here already, and stays the owner's. When it
 * was loaded all that there is, @s->more is set to false.
 */
bool sender_wants(const struct sender *s);
bool sender_take(struct sender *s, struct sender_record *record);

/* A record that was loaded is not to be sent. */
void sender_skip(struct sender *s, uint64_t id);

/*
 * A later record of @session is there: drop the Interim-Updates that wait (SENDER_REPLACED).
 * Returns the ID of the one that is under way, or 0.
 */
uint64_t sender_replace(struct sender *s, const char *session);

/*
 * The store has dropped records, nobody knows which. Drop all that are not under way
 * (SENDER_FORGOTTEN); what is left of those that are stored is to be loaded, and the others are to
 * be offered once more when they are stored, since they would overtake those now.
 */
void sender_forget(struct sender *s);

/* Send the next record, if there is one. Returns false if there is not, now. */
bool sender_pump(struct sender *s, uint64_t now);

/* What has become of a record that was sent: RADIUS_ANSWERED, _NO_ANSWER, _NO_ROOM, _TOO_LONG. */
void sender_answered(struct sender *s, struct sender_record *record, enum radius_outcome outcome,
		     uint64_t now);

/* Returns when sender_pump() may have something to do, possibly in the past, or NEVER. */
uint64_t sender_next(const struct sender *s);

#endif
