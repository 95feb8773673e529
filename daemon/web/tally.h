/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What has happened to the sessions of servers since the daemon was started, counted by server: a
 * subscriber of their events. All is counted as it happens, so that to read it costs the same with
 * any number of sessions.
 *
 * A server is known by its name, and what was counted of it stays when the configuration has it no
 * more. There are TALLY_SERVERS of them at most; the others share the last one, which has no name.
 */
#ifndef CULVERT_WEB_TALLY_H
#define CULVERT_WEB_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "metrics/histogram.h"
#include "session/session.h"
#include "session/steps.h"

#define TALLY_SERVERS	64
#define TALLY_WORDS	96	/* different reasons that are told apart */
#define TALLY_CAUSES	(EVENT_CAUSE_LOGIN_FAILED + 1)

/* Counters by a word; words are constant strings. */
struct tally_words {
	unsigned int n;
	const char *words[TALLY_WORDS];
	uint64_t counts[TALLY_WORDS];
};

struct tally_server {
	char name[SESSION_OWNER_MAX];
	unsigned int starting, up, paused;	/* sessions, now */
	uint64_t started, came_up;
	uint64_t ended[TALLY_CAUSES];	/* of those that had come up, by enum event_cause */
	struct tally_words failures;	/* of the others, by session_end_kind() */
	struct tally_words refusals;	/* of logins, by event.kind */
};

struct tally {
	/* may be read by anyone */
	struct tally_server *servers;
	size_t n;
	struct histogram steps[SETUP_STEPS];
	struct histogram all_steps;

	/* private */
	struct subscriber sub;
	struct sessions *sessions;
};

/* Begin to count. @sessions must outlive @t. */
void tally_open(struct tally *t, struct sessions *sessions);
void tally_close(struct tally *t);

#endif
