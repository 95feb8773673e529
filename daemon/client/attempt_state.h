/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The states of an attempt, the steps as which people are shown these states, and how long each
 * state may last.
 *
 *	NEW
 *	 ▼
 *	LOOKUP ──► CONNECTING ──► STARTING ──► CALLING ──► LINK ──► UP	on the way up
 *	   │           │              │           │          └───┬──┘
 *	   │           │              │           │              ▼
 *	   │           │              │           │         HANGING_UP	the end was asked for
 *	   │           │              │           ▼              │
 *	   │           │              │       CLEARING ◄─────────┤	or the link failed
 *	   │           │              │           ▼
 *	   │           │              │       STOPPING			RFC 2637 sections 3.1, 3.2
 *	   ▼           ▼              ▼           ▼
 *	  CLOSED ──► CONNECTING (the server's other addresses) or GONE
 *
 * When the control connection is lost, any state changes to CLOSED. Pure. Times are milliseconds of
 * a monotonic clock.
 */
#ifndef CULVERT_ATTEMPT_STATE_H
#define CULVERT_ATTEMPT_STATE_H

#include <stdint.h>

#include "ppp/ppp.h"
#include "util/deadline.h"

#define ATTEMPT_GOODBYE_MS	3000	/* for the server to answer a request that ends something */

/* In the order in which states follow each other. Those on the way down begin at HANGING_UP. */
enum attempt_state {
	ATTEMPT_NEW,		/* has not begun: the client looks for the way to the server */
	ATTEMPT_LOOKUP,		/* the server's name is looked up */
	ATTEMPT_CONNECTING,	/* TCP, to its addresses: race.h */
	ATTEMPT_STARTING,	/* Start-Control-Connection-Request was sent */
	ATTEMPT_CALLING,	/* Outgoing-Call-Request was sent */
	ATTEMPT_LINK,		/* PPP: LCP, login, encryption, addresses */
	ATTEMPT_UP,		/* user traffic flows, or did and may again */
	ATTEMPT_HANGING_UP,	/* the link is being terminated */
	ATTEMPT_CLEARING,	/* Call-Clear-Request was sent */
	ATTEMPT_STOPPING,	/* Stop-Control-Connection-Request was sent */
	ATTEMPT_CLOSED,		/* nothing is sent any more; libuv still holds handles */
	ATTEMPT_GONE,		/* ended; only the timer is left to be closed */
};

/* What people are told of how far an attempt has come, or where it failed. */
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

/* Returns "connecting" and the like, for the log. */
const char *attempt_state_name(enum attempt_state state);

/* Returns "TCP connection" and the like, to be shown. */
const char *attempt_step_name(enum attempt_step step);

/*
 * Returns the step of ATTEMPT_LINK. @reached is the latest phase that PPP has reached; @opened is
 * the mask of PPP_OPEN_* that were open at any time.
 */
enum attempt_step attempt_link_step(enum ppp_phase reached, unsigned int opened,
				    enum ppp_mppe_policy mppe);

/*
 * Returns the step of a state on the way up. @link_step, of attempt_link_step(), is the step of
 * ATTEMPT_LINK.
 */
enum attempt_step attempt_step(enum attempt_state state, enum attempt_step link_step);

/* The times at which states end at the latest. */
struct attempt_clock {
	uint64_t login_by;		/* for the whole way up, of all addresses together */
	uint64_t goodbye_by;		/* valid from ATTEMPT_HANGING_UP to _STOPPING */
};

enum attempt_timeout {
	ATTEMPT_IN_TIME,
	ATTEMPT_LOGIN_TIMEOUT,
	ATTEMPT_GOODBYE_TIMEOUT,
};

/* Initialise @clock: an attempt begins at @now. */
void attempt_clock_begin(struct attempt_clock *clock, unsigned int login_timeout_s, uint64_t now);

/*
 * The attempt changes its state. ATTEMPT_HANGING_UP has ATTEMPT_GOODBYE_MS; ATTEMPT_CLEARING and
 * ATTEMPT_STOPPING together have the same time again.
 */
void attempt_clock_enter(struct attempt_clock *clock, enum attempt_state from,
			 enum attempt_state to, uint64_t now);

/* Returns the time at which attempt_clock_expired() is to be called, or NEVER. */
uint64_t attempt_clock_deadline(const struct attempt_clock *clock, enum attempt_state state);

/* Returns what has taken too long in @state. */
enum attempt_timeout attempt_clock_expired(const struct attempt_clock *clock,
					   enum attempt_state state, uint64_t now);

#endif
