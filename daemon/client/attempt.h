/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One attempt to have a session with a server, and what comes of it: the name is looked up, its
 * addresses are tried in turn, a call is placed, PPP is negotiated; and all of that is taken down
 * again in good order, for whatever reason.
 *
 * attempt_new(), attempt_begin(), then the ops say how it goes; the last one is over(). Everything
 * runs on the loop's thread.
 */
#ifndef CULVERT_ATTEMPT_H
#define CULVERT_ATTEMPT_H

#include <uv.h>

#include "client/attempt_state.h"
#include "client/failure.h"
#include "client/host.h"
#include "client/lookup.h"
#include "client/settings.h"
#include "session/session.h"
#include "session/tunnel.h"

struct attempt;

/* From within all but over(), functions of this header may be called. */
struct attempt_ops {
	/* User traffic flows through @session, for the first time or after a pause. */
	void (*up)(struct attempt *a, const struct session_record *session);
	/* It does not for now. The interface stays, unless up() has another one. */
	void (*paused)(struct attempt *a);
	/* The session is about to be removed. May come without up(). */
	void (*down)(struct attempt *a);
	/*
	 * It does not work, at one of the server's addresses at least, or what came of it has
	 * ended; logged already. Not raised when the end was asked for.
	 */
	void (*failed)(struct attempt *a, const struct failure *why);
	/* Nothing is left of it, and when this returns the memory goes, too. */
	void (*over)(struct attempt *a, enum dialer_end end);
};

/* All of it outlives the attempt. */
struct attempt_setup {
	struct sessions *sessions;
	const struct config_client *config;
	const struct client_settings *settings;
	struct client_host *host;
	bool routed;			/* the host's routes lead elsewhere until it is up */
};

struct attempt {
	/* the owner may read these */
	void *owner;
	enum attempt_state state;

	/* private */
	struct attempt_setup setup;
	const struct attempt_ops *ops;
	struct attempt_clock clock;
	uv_timer_t timer;
	bool asked;			/* to end */
	unsigned int parts;		/* of the next three that are not free to be reused yet */
	struct lookup lookup;
	struct tunnel tunnel;
	struct session session;
	struct ip_addr local;		/* our inner address, while it is up */
	unsigned int next_address;	/* of those that the lookup brought */
	struct pptp_call call;
	struct net_link link;
	struct failure failure;		/* of the address that was tried last */
};

/* NULL if there is no memory. */
struct attempt *attempt_new(const struct attempt_setup *setup, const struct attempt_ops *ops,
			    void *owner);

/* Go. */
void attempt_begin(struct attempt *a);

/*
 * End it in good order; @cause is for those who hear of sessions. Bounded in time, but for a name
 * lookup under way.
 */
void attempt_close(struct attempt *a, enum event_cause cause);

/* Addresses of this host have changed: end it if it needs one that is gone. */
void attempt_check_address(struct attempt *a);

/* What is under way; on the way down, what failed. */
enum attempt_step attempt_step_now(const struct attempt *a);

/* The server's address that is tried, or was last; 0.0.0.0: none yet. */
struct ip_addr attempt_peer(const struct attempt *a);

/* NULL: it has none (yet, or any more). */
struct session *attempt_session(struct attempt *a);

#endif
