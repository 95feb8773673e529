/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Describe a session in words, for log lines. Pure. Each function writes to @text and returns it.
 */
#ifndef CULVERT_DESCRIBE_H
#define CULVERT_DESCRIBE_H

#include "session/session.h"
#include "util/log.h"
#include "util/text.h"

#define DESCRIBE_SIZE	192
#define DESCRIBE_NAME_SIZE	(TEXT_QUOTE_SIZE + 64)

/*
 * Name the session of a server as log lines do: "5 (alice, 192.0.2.1)"; a user whose name could be
 * mistaken for more than a name is in quotes.
 */
const char *describe_name(const struct session_record *r, char text[DESCRIBE_NAME_SIZE]);

/*
 * Describe a session that is up: "on ppp0, 10.0.0.1 to 10.0.0.7, MPPE 128 bit stateless, MTU 1456".
 */
const char *describe_up(const struct session_record *r, char text[DESCRIBE_SIZE]);

/* Describe @r->stats, the counters read last: "received 5 bytes in 4 packets, sent 3 in 2". */
const char *describe_traffic(const struct session_record *r, char text[DESCRIBE_SIZE]);

/* Returns the fields of a line about @event of the session; with texts of @r. */
struct log_fields describe_fields(const struct session_record *r, enum log_event event);

/* Have the line that the statement writes be about @s: log_of(s, log_error("session 7: gone")). */
#define log_of(s, ...)									\
	do {										\
		const struct log_fields about_ =					\
			describe_fields(&(s)->record, LOG_EVENT_NONE);			\
											\
		log_with(&about_, __VA_ARGS__);						\
	} while (0)

#endif
