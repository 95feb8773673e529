/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The clients of the configuration: servers that we call.
 *
 *	dialer (when) ──► client: name lookup ──► tunnel, pptp/ ──► call: session
 *
 * A client is what a section "client" asks for. It makes one attempt at a time, keeps the routes
 * while its session is up, and knows in words why the last attempt or session ended. Everything
 * runs on the loop's thread; names are looked up on the loop's pool.
 */
#ifndef CULVERT_CLIENT_H
#define CULVERT_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>
#include <uv.h>

#include "config/config.h"
#include "client/dialer.h"
#include "net/rtnl.h"
#include "session/session.h"

struct client;

struct clients {
	/* private */
	struct sessions *sessions;
	uv_loop_t *loop;		/* that of @sessions */
	struct rtnl rtnl;
	bool rtnl_open;
	struct rtnl watch;		/* hears of addresses that come and go */
	uv_poll_t watch_poll;
	TAILQ_HEAD(client_list, client) list;
	unsigned int n;
	bool stopping;
	void (*stopped)(void *ctx);
	void *ctx;
};

/* What is to be known of a client. Pointers are valid until the loop goes on. */
struct client_status {
	const struct config_client *config;
	enum dialer_state state;
	const char *step;		/* while dialing: what is under way; else "" */
	struct in_addr peer;		/* the server's address now, or last; 0.0.0.0: none yet */
	struct session *session;	/* NULL: none */
	unsigned int failures;		/* in a row */
	const char *failed_step;	/* "": nothing has failed since it was up */
	const char *failure;		/* why, for people; likewise */
	uint64_t retry_ms;		/* until the next attempt, when waiting for it; else 0 */
};

/* No clients yet; clients_stop() is right from now on. */
void clients_init(struct clients *cs);

/*
 * Begin all clients of @config, each of which takes a reference; @sessions must outlive them.
 * Returns 0 or a negative errno after logging why.
 */
int clients_open(struct clients *cs, struct sessions *sessions, struct config *config);

/*
 * Go over to @config. Clients that are in it as they were do not notice; others are ended in good
 * order, and begun anew if it has them. Returns 0; or a negative errno after writing why to @error,
 * with the clients of the old configuration that could be kept.
 */
int clients_reload(struct clients *cs, struct config *config, char *error, size_t size);

/*
 * End all in good order and call @stopped, perhaps at once, when nothing is left. Bounded, but for
 * a name lookup under way.
 */
void clients_stop(struct clients *cs, void (*stopped)(void *ctx), void *ctx);

/* Find by name. NULL if there is none. */
struct client *clients_find(const struct clients *cs, const char *name);

/* The first one, or the next after @c; NULL after the last. */
struct client *clients_next(const struct clients *cs, const struct client *c);

void client_status(const struct client *c, struct client_status *status);

/* What people ask for. False if it is so already. */
bool client_up(struct client *c);
bool client_down(struct client *c);

#endif
