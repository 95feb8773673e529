/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A client: one section "client" of the configuration, or one that was made at run time, carried out.
 *
 * A client makes one attempt at a time, when its dialer says so. While its session is up it changes
 * the host (routes and the like). It remembers, in words, why the last attempt or session ended.
 * The set of all clients (client/clients.h) owns the clients.
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
#include "client/look.h"
#include "config/config.h"
#include "net/session.h"
#include "session/session.h"

struct client;

/* Where a client is from. */
enum client_origin {
	CLIENT_OF_CONFIG,		/* a section of the configuration */
	CLIENT_OF_RUN_TIME,		/* clients_add() */
	CLIENT_EPHEMERAL,		/* likewise; it goes with the connection of whoever made it */
};

/* What all clients have in common. Must outlive them. */
struct client_shared {
	uv_loop_t *loop;		/* that of @sessions */
	bool stopping;			/* all clients are being stopped */
	struct sessions *sessions;
	struct host_net net;
	/* @c, which was retired, has ended. The callback calls client_free(). */
	void (*gone)(struct client *c);
	/* Returns true if @c may not dial yet: another client is still leaving its interface. */
	bool (*waits)(const struct client *c);
};

struct client {
	/* for the set of clients to use */
	TAILQ_ENTRY(client) link;
	struct later news;		/* in the line of works: the host has changed */

	/* for the set of clients to read */
	struct client_shared *shared;
	const struct config_client *config;
	enum client_origin origin;
	bool retired;			/* not wanted any more, and being ended */

	/* private */
	struct config *whole;		/* holds a reference; @config is part of it */
	struct config *next_whole;	/* likewise, used once the client is down; NULL: none */
	const struct config_client *next_config;
	bool asked;			/* come up once @next_config is in use */
	struct client_settings settings;	/* made of @config */
	struct client_host host;
	struct demand *demand;		/* NULL: not on demand */
	struct dialer dialer;
	struct attempt *attempt;	/* lives as long as its session; NULL: none */
	bool holds;			/* packets are held still, though the session is up */
	uint64_t settle_at;		/* when the host is told of that session; or NEVER */
	uv_timer_t timer;

	struct ip_addr peer;		/* the server's address in the last attempt that ended */
	bool peer_was_good;		/* attempt_was_good() of that attempt */
	struct look look;
	bool look_outdated;		/* the host has changed since @look was started, perhaps */
	struct ip_addr way_to;		/* where @way leads: the server, or what stands for it */
	struct route_way way;		/* as it was when the last attempt began, or later */
	int tunnel;			/* interface of the last session; 0: there was none */
	struct failure failure;		/* shown as the last one; no words: none to be shown */
};

/*
 * What there is to know about a client. Pointers are valid until control returns to the loop. The
 * texts about a failure are "" if no attempt has failed since the client was up, was asked to come
 * up by client_up(), or was given another configuration.
 */
struct client_status {
	const struct config_client *config;
	enum dialer_state state;
	const char *step;		/* under way in DIALER_DIALING; else "" */
	struct ip_addr peer;		/* the server's address, now or last; AF_UNSPEC: none yet */
	struct session *session;	/* NULL: none */
	unsigned int failures;		/* in a row */
	const char *failed_step;	/* attempt_step_name() */
	const char *failure;		/* the reason in words */
	const char *failure_kind;	/* "temporary", "permanent" or "idle" */
	uint64_t retry_ms;		/* until the next attempt in DIALER_WAITING; else 0 */
};

void client_status(const struct client *c, struct client_status *status);

/*
 * An administrator asks the client to come up, or to go down. Returns false if that changes
 * nothing: the client is up or dialing already, or down already.
 */
bool client_up(struct client *c);
bool client_down(struct client *c);

/* --- for the set of clients --- */

/*
 * Make a client that begins as @config says, once shared->waits() says no; whoever leaves the interface
 * is noticed as changes of the host are. @config is part of @whole, of which a reference is taken.
 * Returns NULL if there is no memory.
 */
struct client *client_new(struct client_shared *shared, struct config *whole,
			  const struct config_client *config);

/*
 * Give the client another configuration; the arguments are those of client_new(). Nothing happens
 * if @config says the same as the one in use. Otherwise the client is ended in good order and then
 * begins as @config says.
 */
void client_reload(struct client *c, struct config *whole, const struct config_client *config);

/* End the client in good order. shared->gone() is called later, never before this returns. */
void client_retire(struct client *c);

/* To be called by shared->gone() only. */
void client_free(struct client *c);

#endif
