/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A line of the log with what it is about, as the journal of systemd takes it, and as JSON. Pure;
 * nothing is allocated. Texts may hold anything: they are shown as text_show() does.
 */
#ifndef CULVERT_UTIL_LOG_LINE_H
#define CULVERT_UTIL_LOG_LINE_H

#include <sys/uio.h>
#include <time.h>

#include "util/log.h"
#include "util/text.h"

#define LOG_LINE_MAX	1024	/* octets of a line before escaping */
#define LOG_LINE_SHOWN	TEXT_SHOW_SIZE(LOG_LINE_MAX)
#define LOG_LINE_PAIRS	12	/* fields of a line at most */

struct log_journal {
	struct iovec fields[3 + LOG_LINE_PAIRS];	/* each is "NAME=value", in @room */
	int n;
	char room[LOG_LINE_SHOWN + 4096];
	size_t used;
};

/*
 * Make the fields of a line, from MESSAGE and PRIORITY to those of @about (NULL: none). @line is
 * shown already; @priority is that of syslog(3).
 */
void log_journal_make(struct log_journal *j, int priority, const char *line,
		      const struct log_fields *about);

/* Of an object of JSON, with its newline and NUL: all of the line fits, each octet escaped. */
#define LOG_JSON_SIZE	(2 * LOG_LINE_SHOWN + 4096)

/*
 * Write a line as an object of JSON and a newline to @out; fields for which there is no room are
 * left out. @at is CLOCK_REALTIME. Returns the length.
 */
size_t log_json_make(char out[LOG_JSON_SIZE], const struct timespec *at, enum log_level level,
		     const char *line, const struct log_fields *about);

/* Returns the name of an event, "session-up", and its MESSAGE_ID, as the catalogue has it. */
const char *log_event_name(enum log_event event);
const char *log_event_id(enum log_event event);

#endif
