/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Accounting records (RFC 2866): what is told of a session, made from the session, kept as octets,
 * and written as a RADIUS packet or as a line of JSON.
 *
 * Input is what came from the user, output what went to the user: the counters of a session that
 * are called received and sent (net/session.h). They count PPP frames, from the protocol field on,
 * and so the whole of what the user's link carried.
 *
 * As octets a record is a list of fields, each with a number and a length. Fields with numbers that
 * are not known are skipped, so that an older daemon can read what a newer one left in the store.
 *
 * Pure. Nothing is allocated but by account_json().
 */
#ifndef CULVERT_ACCOUNTING_RECORD_H
#define CULVERT_ACCOUNTING_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "aaa/backend.h"
#include "radius/request.h"
#include "session/events.h"

#define ACCOUNT_BODY_MAX	4096	/* octets of a record; a packet has no room for more */

/* Acct-Terminate-Cause (RFC 2866 section 5.10) that no session ends by while we run. */
#define ACCOUNT_CAUSE_NAS_REBOOT	11

struct session_record;
struct auth_grant;

/*
 * A record. What it points to belongs to others: to the session that it was made from, or to the
 * octets that it was read from. It must not be copied, since its lists may be in itself.
 */
struct account_record {
	struct radius_nas nas;		/* who we were when it was made */
	struct radius_session session;	/* all zeroes with RADIUS_STATUS_ON and _OFF */
	struct radius_record record;
	uint32_t copied_by;		/* the run of the daemon that copied it to a file; 0: none */

	/* private: memory of lists in @record */
	uint8_t ifid[8];
	struct ip_prefix prefixes6[RADIUS_PREFIXES_MAX];
	struct ip_prefix delegated6[RADIUS_PREFIXES_MAX];
	struct radius_octets classes[RADIUS_CLASSES_MAX];
};

/*
 * Returns the Acct-Terminate-Cause for the end of a session that had a Start; 0 means that it is
 * not said. A session without a Start has no Stop, either; so EVENT_CAUSE_LOGIN_FAILED is the cause
 * of a Stop only if a user who was in had to log in again, and could not: User Error.
 */
uint32_t account_cause(enum event_cause cause);

/**
 * account_describe() - say in a record what a session has
 * @r: zeroed; @r->nas and @r->session are the caller's to set
 * @status: RADIUS_STATUS_START, _INTERIM or _STOP
 * @session: its counters are those that were read last
 * @source: who let the user in
 * @grant: what was granted then; NULL: nothing
 * @uptime_s: since user traffic first flowed
 * @cause: for a Stop
 * @now_s: when it happened, seconds since 1970
 */
void account_describe(struct account_record *r, enum radius_status status,
		      const struct session_record *session, enum auth_source source,
		      const struct auth_grant *grant, uint64_t uptime_s, enum event_cause cause,
		      uint64_t now_s);

/* Make @r, zeroed, the record of our own start or end (RFC 2866 section 5.1). */
void account_of_nas(struct account_record *r, enum radius_status status,
		    const struct radius_nas *nas, const char *id, uint64_t now_s);

/* Returns the octets written to @body, or 0 if the record does not fit. */
size_t account_encode(const struct account_record *r, uint8_t body[ACCOUNT_BODY_MAX]);

/* Read what account_encode() wrote. Returns false if it is damaged; then @r is undefined. */
bool account_decode(struct account_record *r, const uint8_t *body, size_t len);

/*
 * Make of the last record of a session, a Start or an Interim-Update, the Stop that was never
 * written because the daemon ended before: with the counters and the time of that record, which is
 * all that can be proved. @copied_by is that of the Stop. Returns the octets written to @stop, or 0
 * if @body is damaged.
 */
size_t account_make_stop(const uint8_t *body, size_t len, uint32_t copied_by,
			 uint8_t stop[ACCOUNT_BODY_MAX]);

/* Write the attributes of an Accounting-Request; @age_s as in radius_write_record(). */
void account_write(const struct account_record *r, struct radius_writer *w, uint32_t age_s);

/*
 * Returns the record as one line of JSON, ending in "\n", to be freed by the caller; NULL without
 * memory. Octets of names that cannot be printed are as text_show() has them.
 */
char *account_json(const struct account_record *r);

#endif
