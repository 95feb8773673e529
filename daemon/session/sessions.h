/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What all sessions share, those of servers and of clients: the loop, the kernel's backend, the
 * registry, the subscribers to events, the line of ends, and the pollers of sockets.
 */
#ifndef CULVERT_SESSIONS_H
#define CULVERT_SESSIONS_H

#include <uv.h>

#include "net/session.h"
#include "session/events.h"
#include "session/later.h"
#include "session/poller.h"
#include "session/registry.h"

struct sessions {
	uv_loop_t *loop;
	const struct net_backend *backend;
	struct registry registry;
	struct events events;
	struct later_line ends;		/* of tunnels and sessions; see later.h */
	struct histories *histories;	/* of attempts; NULL: none are remembered */

	/* Sessions of this run of the daemon, and of no other, have these: session_acct_id(). */
	uint32_t opened_s;		/* CLOCK_REALTIME, seconds */
	uint32_t nonce;			/* random */

	struct poller frames;		/* the sessions' sockets */
	struct poller tunnels;		/* the sockets of control connections */

	struct tap *tap;		/* sees what passes; set by its owner; NULL: nobody looks */

	/* private */
	uv_poll_t kernel;		/* the kernel's notifications of lost step */
	uv_poll_t work;			/* ends of what the kernel's backend began */
	struct subscriber remember;	/* what happens to sessions in their histories */
	bool surveys;			/* net_survey() is under way */
	uint64_t survey_began;		/* when it began; loop's time, as the next */
	uint64_t surveyed;		/* when the last one began that has ended; 0: none has */
};

/*
 * Begin without sessions. @backend must outlive @ss. Returns 0, or a negative errno if the kernel
 * or the sockets cannot be watched; sessions_close() must be called either way.
 */
int sessions_open(struct sessions *ss, uv_loop_t *loop, const struct net_backend *backend);

/*
 * All sessions must have ended. The handles are closed by the loop, which must still run until it
 * has no handles left.
 */
void sessions_close(struct sessions *ss);

/*
 * The counters of sessions, for somebody who goes through some or all of them in slices. The kernel
 * is asked for a few sessions one by one. Who wants more gets them from a survey of all, which costs
 * less for each; it is shared by all who want one within a second, and goes in slices, too.
 */
#define COUNTING_FEW		32	/* or a 32nd of all, if that is more */
#define COUNTING_FRESH_MS	1000	/* a survey that is no older is as good as a new one */

struct counting {
	/* private */
	struct sessions *all;
	uint64_t since;			/* a survey that began earlier does not do */
	size_t few;			/* so many are asked for one by one */
	size_t asked;
};

/* At most @most sessions are to be read; SIZE_MAX if that is not known. */
void counting_begin(struct counting *c, struct sessions *ss, size_t most);

/*
 * To be called before each session, between which the caller may leave off. Returns false if the
 * slice is over, and nothing can be read before the next one.
 */
bool counting_goes_on(const struct counting *c);

/* Let s->record.stats and s->rate be what the kernel says. */
void counting_read(struct counting *c, struct session *s);

#endif
