/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A client: what one section "client" of the configuration asks for.
 *
 * It makes one attempt at a time, when its dialer says so, changes the host while its session is
 * up, and knows in words why the last attempt or session ended. The set of all clients owns it.
 */
#ifndef CULVERT_CLIENT_H
#define CULVERT_CLIENT_H

#include <stdbool.h>
#include <sys/queue.h>
#include <uv.h>

#include "client/attempt.h"
#include "client/demand.h"
#include "client/dialer.h"
#include "client/host.h"
#include "config/config.h"
#include "net/session.h"
#include "session/session.h"

struct client;

/* What all clients have in common; outlives them. */
struct client_shared {
	uv_loop_t *loop;		/* that of @sessions */
	bool stopping;			/* all clients */
	struct sessions *sessions;
	struct host_net net;
	void (*gone)(struct client *c);	/* one that was retired is at its end: client_free() it */
};

struct client {
	/* the set's */
	TAILQ_ENTRY(client) link;

	/* to be read by the set */
	struct client_shared *shared;
	const struct config_client *config;
	bool retired;			/* is no longer in the configuration, and about to go */

	/* private */
	struct config *whole;		/* a reference, which keeps @config */
	struct config *next_whole;	/* likewise, to be gone over to when it is down; or NULL */
	const struct config_client *next_config;
	bool asked;			/* to come up, with that */
	struct client_settings settings;	/* made of @config */
	struct client_host host;
	struct demand *demand;		/* NULL: not on demand */
	struct dialer dialer;
	struct attempt *attempt;	/* under way, or what came of it; NULL: none */
	uint64_t settle_at;		/* up on demand: when what is held is sent, or NEVER */
	uv_timer_t timer;

	/* of the last attempt */
	struct ip_addr peer;
	struct failure failure;		/* of the last one that failed; no words: up since then */
};

/* What is to be known of a client. Pointers are valid until the loop goes on. */
struct client_status {
	const struct config_client *config;
	enum dialer_state state;
	const char *step;		/* while dialing: what is under way; else "" */
	struct ip_addr peer;		/* the server's address now, or last; none: not yet */
	struct session *session;	/* NULL: none */
	unsigned int failures;		/* in a row */
	const char *failed_step;	/* "": nothing has failed since it was up */
	const char *failure;		/* why, for people; likewise */
	const char *failure_kind;	/* "temporary", "permanent", "idle"; likewise */
	uint64_t retry_ms;		/* until the next attempt, when waiting for it; else 0 */
};

void client_status(const struct client *c, struct client_status *status);

/* What people ask for. False if it is so already. */
bool client_up(struct client *c);
bool client_down(struct client *c);

/* --- for the set of clients --- */

/* Begin as @config says, which is part of @whole; a reference is taken. NULL: out of memory. */
struct client *client_new(struct client_shared *shared, struct config *whole,
			  const struct config_client *config);

/* Likewise, for one that runs: nothing happens if it says the same, else it begins anew. */
void client_reload(struct client *c, struct config *whole, const struct config_client *config);

/* End it in good order; shared->gone() follows, later. */
void client_retire(struct client *c);

/* In shared->gone() only. */
void client_free(struct client *c);

/* Addresses of this host have changed. */
void client_check_address(struct client *c);

#endif
