/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One attempt of a client to come up, and the session that it brings. The attempt looks up the
 * server's name, connects to one of the addresses of that name, places a call and negotiates PPP.
 * When it ends, for whatever reason, it takes down what it made, in good order.
 *
 * The owner calls attempt_new() and, some time later, attempt_begin() or attempt_close(). The ops
 * then report progress; the last op is over(). Everything runs on the loop's thread.
 */
#ifndef CULVERT_ATTEMPT_H
#define CULVERT_ATTEMPT_H

#include <uv.h>

#include "client/attempt_state.h"
#include "client/failure.h"
#include "client/host.h"
#include "client/lookup.h"
#include "client/race.h"
#include "client/settings.h"
#include "session/session.h"
#include "session/tunnel.h"

struct attempt;

/* An op may call the functions of this header, except over(). */
struct attempt_ops {
	/* User traffic flows through @session, for the first time or after a pause. */
	void (*up)(struct attempt *a, const struct session_record *session);
	/*
	 * User traffic does not flow for now. The interface stays, unless the session of the next
	 * up() has another one.
	 */
	void (*paused)(struct attempt *a);
	/* The session is about to be removed. May be called without up() before. */
	void (*down)(struct attempt *a);
	/*
	 * The attempt failed at one of the server's addresses (others may follow), or its session
	 * has ended. @why is logged already. Not called when the owner asked for the end.
	 */
	void (*failed)(struct attempt *a, const struct failure *why);
	/* The attempt has ended. Its memory is freed when this op returns. */
	void (*over)(struct attempt *a, enum dialer_end end);
};

/* The structure is copied. What it points to must outlive the attempt. */
struct attempt_setup {
	struct sessions *sessions;
	const struct config_client *config;
	const struct client_settings *settings;
	struct client_host *host;
	bool routed;			/* the client's routes are there already: on demand */
	/*
	 * Of several addresses of the server, the one where the last attempt ended; and whether the
	 * server there was good, so that this attempt begins with it, and not with the next one.
	 */
	struct ip_addr last;
	bool last_was_good;
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
	bool asked;			/* the owner asked for the end */
	bool was_up;
	bool again;			/* the lookup was cancelled in order to begin again */
	unsigned int restarts;		/* because the way has changed */
	unsigned int parts;		/* how many of lookup, tunnel and session are in use */
	struct lookup lookup;
	struct tunnel tunnel;
	struct session session;
	struct ip_addr local;		/* our inner address, while the session is up */
	struct race race;		/* of the addresses in lookup.list */
	struct pptp_call call;
	struct net_link link;
	struct failure failure;		/* of the address that was tried last */
	struct history *history;	/* NULL: none, or the session has it */
};

/* Returns NULL if there is no memory. */
struct attempt *attempt_new(const struct attempt_setup *setup, const struct attempt_ops *ops,
			    void *owner);

/*
 * Begin the attempt, in ATTEMPT_NEW. To be called once, after client_host_use_vrf(). Ops may be
 * called before this function returns.
 */
void attempt_begin(struct attempt *a);

/*
 * End the attempt in good order. Subscribers to session events are told @cause. The time that this
 * takes is bounded.
 */
void attempt_close(struct attempt *a, enum event_cause cause);

/* Returns the address of this host that the tunnel has; AF_UNSPEC while there is no tunnel. */
struct ip_addr attempt_local(const struct attempt *a);

/* This host has not the address @local any more: end the attempt if it is attempt_local(). */
void attempt_address_gone(struct attempt *a, struct ip_addr local);

/*
 * Returns the step that is under way. On the way down: the step that failed; meaningless if nothing
 * failed.
 */
enum attempt_step attempt_step_now(const struct attempt *a);

/* Returns the server's address that was tried last; no address (AF_UNSPEC) before the first. */
struct ip_addr attempt_peer(const struct attempt *a);

/* Returns where the cause of the last failure is. */
enum dialer_where attempt_where(const struct attempt *a);

/*
 * Returns true if the attempt waits for a name server or for TCP. Once the way to the server has
 * changed, attempt_way_changed() lets it begin with that again: what was sent is lost, and may not
 * be sent again for seconds.
 */
bool attempt_minds_way(const struct attempt *a);
void attempt_way_changed(struct attempt *a);

/* Returns true if the session came up and has not ended by a failure. */
bool attempt_was_good(const struct attempt *a);

/* Returns NULL before the call is up, and once the session has been removed. */
struct session *attempt_session(struct attempt *a);

#endif
