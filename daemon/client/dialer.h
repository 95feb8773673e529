/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The dialer of a client decides when the client dials, hangs up and tries again. It is a state
 * machine over time, and nothing else: pure.
 *
 *	requests, packets, ends of attempts, a clock ──► dialer ──► the state to be in
 *
 * The owner carries out the state. In DIALER_DIALING an attempt has to be under way. In DIALER_UP
 * the attempt has succeeded. In DIALER_CLOSING the attempt has to be ended. In the other states
 * there is no attempt. The owner looks at the state after each call of a function of this header.
 *
 *	DOWN ──up──► DIALING ──succeeded──► UP ──lost──► WAITING ──time──► DIALING or LISTENING
 *	LISTENING ──packet──┘  └──failed──► WAITING      UP ──idle──► LISTENING or DOWN
 *	any ──down──► CLOSING (if there is an attempt) ──over──► DOWN, or DIALING if asked meanwhile
 *
 * In place of WAITING the state is DOWN if the configuration leaves the next attempt to people.
 *
 * The delay in DIALER_WAITING doubles with each failure in a row, from @retry_min_ms to
 * @retry_max_ms. It is then spread by a quarter to either side, so that the clients of a server
 * that was restarted do not come all at once. A session that was up for DIALER_STABLE_MS ends a row
 * of failures.
 *
 * After a permanent failure the delay is from @refused_min_ms to @refused_max_ms: many servers lock
 * out a user whose logins fail too often; but when the cause is mended at the server, nobody should
 * have to act here as well. This delay doubles with each permanent failure, also when there were
 * temporary failures between; a session, dialer_ask_up() or dialer_ask_down() resets it.
 *
 * A failure whose cause is known to be on this host (no route, no address) says nothing of the
 * server: it is not counted among @failures, and its own delay does not make that of others longer.
 * As long as the cause may be here or on the way, a change of the host is worth an attempt at once.
 *
 * Times are milliseconds of a monotonic clock.
 */
#ifndef CULVERT_DIALER_H
#define CULVERT_DIALER_H

#include <stdbool.h>
#include <stdint.h>

#include "util/deadline.h"

#define DIALER_STABLE_MS	60000
#define DIALER_HASTE_MS		1000	/* at least between a failure and the next attempt */

enum dialer_state {
	DIALER_DOWN,		/* until dialer_ask_up() */
	DIALER_LISTENING,	/* until dialer_packet() or dialer_ask_up() */
	DIALER_DIALING,
	DIALER_UP,
	DIALER_CLOSING,		/* an attempt or its session is being ended */
	DIALER_WAITING,		/* until the next attempt is due */
};

enum dialer_connect {
	DIALER_AT_START,
	DIALER_ON_DEMAND,
	DIALER_BY_HAND,
};

/* How an attempt, or the session that it brought, ended. */
enum dialer_end {
	DIALER_END_TEMPORARY,	/* the next attempt may succeed */
	DIALER_END_PERMANENT,	/* attempts fail until somebody changes something */
	DIALER_END_IDLE,	/* the session carried no user traffic for the idle timeout */
};

/* Returns "temporary", "permanent" or "idle". */
const char *dialer_end_name(enum dialer_end end);

/* Where the cause of a failure is, as far as can be told. */
enum dialer_where {
	DIALER_AT_SERVER,
	DIALER_ON_THE_WAY,	/* nothing is heard of the server: the cause may be anywhere */
	DIALER_HERE,		/* on this host */
};

struct dialer_config {
	enum dialer_connect connect;
	bool reconnect;			/* try again without being asked */
	uint32_t retry_min_ms;		/* not 0 */
	uint32_t retry_max_ms;		/* not less than @retry_min_ms */
	uint32_t refused_min_ms;	/* not 0 */
	uint32_t refused_max_ms;	/* not less than @refused_min_ms; or 0: only when asked */
};

/* For the owner to read. */
struct dialer {
	struct dialer_config config;
	enum dialer_state state;
	bool up_again;			/* asked for: after CLOSING or WAITING, dial again */
	unsigned int failures;		/* in a row, but for those with a cause on this host */
	unsigned int failures_here;	/* those, since one of the others */
	enum dialer_where where;	/* the cause of the last failure; valid in DIALER_WAITING */
	unsigned int refusals;		/* permanent failures since a session or a request */
	uint64_t since;			/* when @state began */
	uint64_t due;			/* when DIALER_WAITING ends */
};

/* Initialise the dialer in the state that @config, which is copied, begins with. */
void dialer_init(struct dialer *d, const struct dialer_config *config, uint64_t now);

/* Somebody asks for the session. Returns false in DIALER_UP and _DIALING, where nothing changes. */
bool dialer_ask_up(struct dialer *d, uint64_t now);

/*
 * Somebody asks for no session until dialer_ask_up(). Returns false if that is so already: the
 * dialer is in DIALER_DOWN, or in DIALER_CLOSING without being asked to dial again.
 */
bool dialer_ask_down(struct dialer *d, uint64_t now);

/* A packet needs the session. Ignored in states other than DIALER_LISTENING. */
void dialer_packet(struct dialer *d, uint64_t now);

/* The attempt succeeded. */
void dialer_succeeded(struct dialer *d, uint64_t now);

/*
 * The attempt and its session have ended. @how and @where are ignored in DIALER_CLOSING, where the
 * end was asked for. @random is a uniformly distributed random number, which spreads the delay.
 */
void dialer_over(struct dialer *d, enum dialer_end how, enum dialer_where where, uint32_t random,
		 uint64_t now);

/*
 * Returns true if a change of the way to the server is a reason to try again: dialer_way_changed()
 * then ends the waiting.
 */
bool dialer_minds_way(const struct dialer *d);
void dialer_way_changed(struct dialer *d, uint64_t now);

/* dialer_deadline() returns the time at which dialer_tick() is to be called, or NEVER. */
uint64_t dialer_deadline(const struct dialer *d);
void dialer_tick(struct dialer *d, uint64_t now);

/* Returns "down", "listening", "dialing", "up", "closing" or "waiting". */
const char *dialer_state_name(enum dialer_state state);

#endif
