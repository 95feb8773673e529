/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is remembered of the attempts to come up, those of peers and those of our clients, so that it
 * can be said afterwards what went wrong: facts.h reads it, verdict.h judges it.
 *
 * An attempt begins with its TCP connection (of a client: with the look-up of the server's name) and
 * lasts until its session ends. Its history is a row of steps with times. It has no secrets: of
 * frames of authentication it keeps the code alone, of other control frames the options.
 *
 * Who has the attempt holds a pointer to its history, which becomes NULL when the history has to go
 * to make room. All functions take NULL, and then do nothing: nothing depends on a history.
 *
 * Memory: HISTORY_BUDGET in all, HISTORY_SIZE for an attempt, HISTORY_PER_SOURCE attempts of a
 * source. A source is the address of a peer (of IPv6, its /64), or one of our clients. The oldest
 * attempt that came up and is not known to have failed goes first; then the oldest one of a source
 * that has the most: a peer that tries again and again pushes out its own attempts. What ended more
 * than HISTORY_KEPT_MS ago is forgotten.
 *
 * Pure: times are milliseconds of the caller's monotonic clock. One thread only.
 */
#ifndef CULVERT_DIAGNOSIS_HISTORY_H
#define CULVERT_DIAGNOSIS_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/ip.h"

#define HISTORY_BUDGET		(4u << 20)	/* octets, with what malloc() adds */
#define HISTORY_PER_SOURCE	16		/* attempts */
#define HISTORY_SIZE		2048		/* octets of the steps of one attempt */
#define HISTORY_STEP_MAX	255		/* octets of what one step has */
#define HISTORY_KEPT_MS		3600000

struct histories;
struct history;

enum history_role {
	HISTORY_OF_SERVER,		/* a peer calls us */
	HISTORY_OF_CLIENT,		/* we call */
};

/* What is in a step, besides its time: a text, unless something else is said. */
enum history_step {
	HISTORY_SECTION,		/* the first step: name of the server or client */
	HISTORY_LOOKED_UP,		/* client: the addresses of the server */
	HISTORY_TCP_FAILED,		/* client: one of these addresses, and why */
	HISTORY_CONNECTED,		/* TCP is connected: the address on our side */
	HISTORY_STARTED,		/* PPTP's Start messages: host and vendor of the peer */
	HISTORY_CALL_ASKED,		/* of us, or by us: 2 octets, the asking side's call ID */
	HISTORY_CALL,			/* the call is up: 4 octets, our call ID and the peer's */
	HISTORY_FRAME_IN,		/* a PPP frame came, or was sent: see history_frame() */
	HISTORY_FRAME_OUT,
	HISTORY_LOGIN,			/* somebody proves who he is: method, user */
	HISTORY_JUDGED,			/* by whom the login was accepted: "secrets", "radius" ... */
	HISTORY_REFUSED,		/* why the login was refused */
	HISTORY_AUTHENTICATED,		/* nothing */
	HISTORY_UP,			/* user traffic flows: addresses, MPPE, MTU */
	HISTORY_PAUSED,			/* nothing */
	HISTORY_RESUMED,		/* nothing */
	HISTORY_NOTE,			/* something odd that the peer did */
	HISTORY_TOLD,			/* what kept the attempt from coming up */
	HISTORY_ENDED,			/* why */
	HISTORY_CLOSED,			/* why the control connection ended */
	HISTORY_COUNTED,		/* by the kernel: see history_count() */
	HISTORY_STEPS
};

/* Returns a store that is empty; NULL if there is no memory. */
struct histories *histories_new(void);

/* Free the store and all histories; the pointers to them become NULL. NULL is allowed. */
void histories_free(struct histories *all);

/*
 * Begin the history of an attempt that @section, a server or a client, has with @peer (which a
 * client may not know yet), and let *@holder point to it; or set that NULL if there is no memory.
 * @clock_ms is CLOCK_REALTIME, milliseconds. @all may be NULL.
 */
void history_begin(struct histories *all, struct history **holder, enum history_role role,
		   const char *section, struct ip_addr peer, uint64_t now, uint64_t clock_ms);

/* Let *@to point to the history that *@from points to, which becomes NULL. What *@to was is let go. */
void history_move(struct history **to, struct history **from);

/* *@holder is about to vanish. The history stays, and is ended if it was not. */
void history_let_go(struct history **holder, uint64_t now);

/* The attempt is with another address of the server. */
void history_set_peer(struct history *h, struct ip_addr peer);

/* The attempt has the session @id. */
void history_set_session(struct history *h, uint64_t id);

/* @user, unless it is "", tries to log in; printable. */
void history_set_user(struct history *h, const char *user);

/* Add a step. What does not fit is cut, or counted if there is no room for the step. */
void history_add(struct history *h, enum history_step step, uint64_t now, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void history_add_octets(struct history *h, enum history_step step, uint64_t now, const void *data,
			size_t len);

/*
 * Add a PPP frame, from its protocol field on: 2 octets of protocol, then the code, and what of the
 * rest is no secret. Echos are left out, and once it is up all that is not negotiation. The same frame
 * again is counted with the one before.
 */
void history_frame(struct history *h, bool out, const uint8_t *frame, size_t len, uint64_t now);

/* User traffic flows for the first time; @fmt is the text of HISTORY_UP. */
void history_up(struct history *h, uint64_t now, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Add what the kernel has counted: @counters has @n, by their number PPTP_A_STATS_*. Those that are
 * not 0 become a step, of 9 octets each: the number, and what was counted, in network order.
 */
void history_count(struct history *h, uint64_t now, const uint64_t *counters, size_t n);

/*
 * The attempt, or its session, has ended. @well: as it was meant to, so that the history may go
 * early. Steps can be added after that.
 */
void history_end(struct history *h, bool well, uint64_t now, const char *why);

/* Returns true if history_end() was called, or if there is no history. */
bool history_has_ended(const struct history *h);

/* --- to read ------------------------------------------------------------------------------ */

/* Returns the attempt that began before @before (NULL: the latest); NULL: none is left, or @all is NULL. */
const struct history *history_latest(const struct histories *all, const struct history *before,
				     uint64_t now);

struct history_head {
	enum history_role role;
	struct ip_addr peer;
	const char *user;		/* "": nobody tried to log in */
	uint64_t session;		/* 0: none */
	uint64_t began;			/* both in ms of the monotonic clock */
	uint64_t ended;			/* NEVER: it goes on */
	uint64_t clock_ms;		/* when it began, CLOCK_REALTIME */
	bool up;			/* user traffic flowed at some time */
	bool well;			/* it ended as it was meant to */
	unsigned int missing;		/* steps for which there was no room */
};

/* Fill @head; its text is valid until something is added to a history. */
void history_head(const struct history *h, struct history_head *head);

struct history_view {
	enum history_step step;
	uint32_t at;			/* ms since it began */
	unsigned int times;		/* how often the same came in a row */
	const uint8_t *data;		/* @len octets; a text has a NUL behind it, not counted */
	size_t len;
};

/* Fill @view with the step at *@at, which begins at 0 and moves on. Returns false at the end. */
bool history_next(const struct history *h, size_t *at, struct history_view *view);

struct histories_counts {
	size_t attempts;
	size_t octets;
	uint64_t forgotten;		/* before their time, for want of room */
};

struct histories_counts histories_counts(const struct histories *all);

#endif
