/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The states of an attempt, as what step people know them, and how long each may last.
 *
 *	LOOKUP ──► CONNECTING ──► STARTING ──► CALLING ──► LINK ──► UP	on the way up
 *	   │           │              │           │          └───┬──┘
 *	   │           │              │           │              ▼
 *	   │           │              │           │         HANGING_UP	asked for
 *	   │           │              │           ▼              │
 *	   │           │              │       CLEARING ◄─────────┤	or failed
 *	   │           │              │           ▼
 *	   │           │              │       STOPPING			RFC 2637 sections 3.1, 3.2
 *	   ▼           ▼              ▼           ▼
 *	  CLOSED ──► CONNECTING (the server's next address) or GONE
 *
 * A server that goes away leads from any state to CLOSED. Pure: nothing here has globals. Times are
 * milliseconds of a monotonic clock.
 */
#ifndef CULVERT_ATTEMPT_STATE_H
#define CULVERT_ATTEMPT_STATE_H

#include <stdint.h>

#include "ppp/ppp.h"
#include "util/deadline.h"

#define ATTEMPT_CONNECT_MS	10000	/* for TCP, before the next address has its turn */
#define ATTEMPT_GOODBYE_MS	3000	/* for the server to agree to the end */

/* In the order in which they follow each other; states on the way down come last. */
enum attempt_state {
	ATTEMPT_LOOKUP,		/* the server's name is looked up */
	ATTEMPT_CONNECTING,	/* TCP, to one of its addresses */
	ATTEMPT_STARTING,	/* Start-Control-Connection-Request was sent */
	ATTEMPT_CALLING,	/* Outgoing-Call-Request was sent */
	ATTEMPT_LINK,		/* PPP: LCP, login, encryption, addresses */
	ATTEMPT_UP,		/* user traffic flows, or did and may again */
	ATTEMPT_HANGING_UP,	/* the link is being terminated */
	ATTEMPT_CLEARING,	/* Call-Clear-Request was sent */
	ATTEMPT_STOPPING,	/* Stop-Control-Connection-Request was sent */
	ATTEMPT_CLOSED,		/* nothing is said any more; libuv has yet to let go */
	ATTEMPT_GONE,		/* nothing is left of it */
};

/* What people are told of where it is, or where it failed. */
enum attempt_step {
	STEP_LOOKUP,
	STEP_CONNECT,
	STEP_START,
	STEP_CALL,
	STEP_LCP,
	STEP_LOGIN,
	STEP_CCP,
	STEP_IPCP,
	STEP_UP,
};

/* "connecting" and the like, for the log. */
const char *attempt_state_name(enum attempt_state state);

/* "TCP connection" and the like. */
const char *attempt_step_name(enum attempt_step step);

/*
 * How far PPP has come, for ATTEMPT_LINK: the latest enum ppp_phase that was reached, and the mask
 * of PPP_OPEN_* that were open at any time.
 */
enum attempt_step attempt_link_step(enum ppp_phase reached, unsigned int opened,
				    enum ppp_mppe_policy mppe);

/* The step of a state on the way up. */
enum attempt_step attempt_step(enum attempt_state state, enum attempt_step link_step);

/* When states end at the latest. */
struct attempt_clock {
	uint64_t login_by;		/* until then it must be up */
	uint64_t connect_by;		/* valid in ATTEMPT_CONNECTING */
	uint64_t goodbye_by;		/* valid from ATTEMPT_HANGING_UP to _STOPPING */
};

enum attempt_timeout {
	ATTEMPT_IN_TIME,
	ATTEMPT_LOGIN_TIMEOUT,
	ATTEMPT_CONNECT_TIMEOUT,
	ATTEMPT_GOODBYE_TIMEOUT,
};

/* An attempt begins. */
void attempt_clock_begin(struct attempt_clock *clock, unsigned int login_timeout_s, uint64_t now);

/* It goes from one state to the next. The link and the connection have one goodbye each. */
void attempt_clock_enter(struct attempt_clock *clock, enum attempt_state from,
			 enum attempt_state to, uint64_t now);

/* When attempt_clock_expired() is to be asked, or NEVER. */
uint64_t attempt_clock_deadline(const struct attempt_clock *clock, enum attempt_state state);

/* What has taken too long; if two things have, the one that counts. */
enum attempt_timeout attempt_clock_expired(const struct attempt_clock *clock,
					   enum attempt_state state, uint64_t now);

#endif
