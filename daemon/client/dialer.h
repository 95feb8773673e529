/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * When a client dials, hangs up and tries again: a state machine over time, and nothing else.
 *
 *	what people and packets want, how attempts end, a clock ──► dialer ──► the state to be in
 *
 * The owner compares the state with what it is doing: in DIALER_DIALING an attempt is to be under
 * way, in DIALER_CLOSING it is to be ended, in all other states there is none, but for DIALER_UP,
 * in which it has succeeded. It looks again after each call of a function here.
 *
 *	DOWN ──up──► DIALING ──succeeded──► UP ──lost──► WAITING ──time──► DIALING or LISTENING
 *	LISTENING ──packet──┘  └──failed──► WAITING      UP ──idle──► LISTENING or DOWN
 *	any ──down──► CLOSING (if there is an attempt) ──over──► DOWN
 *
 * Delays grow twofold with each failure in a row, from @retry_min_ms to @retry_max_ms, and are
 * spread by a quarter to either side, so that the clients of a server that was restarted do not
 * come all at once. A session that held for DIALER_STABLE_MS ends a row of failures.
 *
 * Permanent failures have delays of their own, from @refused_min_ms to @refused_max_ms: many
 * servers lock users out who fail too often, and yet whoever mends the server need not come here.
 * Temporary ones between them do not make those any shorter; a session, or somebody who asks, does.
 *
 * Times are milliseconds of a monotonic clock. Nothing here allocates or has globals.
 */
#ifndef CULVERT_DIALER_H
#define CULVERT_DIALER_H

#include <stdbool.h>
#include <stdint.h>

#include "util/deadline.h"

#define DIALER_STABLE_MS	60000

enum dialer_state {
	DIALER_DOWN,		/* until somebody asks */
	DIALER_LISTENING,	/* until there is a packet to be carried, or somebody asks */
	DIALER_DIALING,
	DIALER_UP,
	DIALER_CLOSING,		/* an attempt, or what came of it, is being ended */
	DIALER_WAITING,		/* until the next attempt is due */
};

enum dialer_connect {
	DIALER_AT_START,
	DIALER_ON_DEMAND,
	DIALER_BY_HAND,
};

/* How an attempt, or the session that it brought, came to its end. */
enum dialer_end {
	DIALER_END_TEMPORARY,	/* may succeed another time */
	DIALER_END_PERMANENT,	/* will not, unless somebody changes something */
	DIALER_END_IDLE,	/* was not used for long enough */
};

/* "temporary", "permanent", "idle" */
const char *dialer_end_name(enum dialer_end end);

struct dialer_config {
	enum dialer_connect connect;
	bool reconnect;			/* try again by ourselves */
	uint32_t retry_min_ms;		/* not 0 */
	uint32_t retry_max_ms;		/* not less than @retry_min_ms */
	uint32_t refused_min_ms;	/* not 0 */
	uint32_t refused_max_ms;	/* not less than @refused_min_ms; or 0: not by ourselves */
};

/* To be read by the owner. */
struct dialer {
	struct dialer_config config;
	enum dialer_state state;
	bool up_again;			/* asked for in DIALER_CLOSING, or before a failure */
	unsigned int failures;		/* in a row */
	unsigned int refusals;		/* permanent failures since a session, or since asked */
	uint64_t since;			/* when this state began */
	uint64_t due;			/* DIALER_WAITING: when it ends */
};

/* Begin as the configuration says. */
void dialer_init(struct dialer *d, const struct dialer_config *config, uint64_t now);

/* Somebody asks for it. False if there is nothing to do since it is up or dialing. */
bool dialer_ask_up(struct dialer *d, uint64_t now);

/* Somebody wants it down, and to stay so. False if it was. */
bool dialer_ask_down(struct dialer *d, uint64_t now);

/* There is a packet to be carried; counts in DIALER_LISTENING only. */
void dialer_packet(struct dialer *d, uint64_t now);

/* The attempt succeeded. */
void dialer_succeeded(struct dialer *d, uint64_t now);

/*
 * The attempt, or what came of it, is over and nothing is left of it. @how counts unless the end
 * was asked for. @random is any number, each as likely as the next.
 */
void dialer_over(struct dialer *d, enum dialer_end how, uint32_t random, uint64_t now);

/* When dialer_tick() is due, or NEVER. */
uint64_t dialer_deadline(const struct dialer *d);
void dialer_tick(struct dialer *d, uint64_t now);

/* "down", "listening", "dialing", "up", "closing", "waiting" */
const char *dialer_state_name(enum dialer_state state);

#endif
