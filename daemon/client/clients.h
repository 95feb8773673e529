/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The clients of the configuration: servers that we call.
 *
 *	clients ──► client (what it wants) ──► attempt: lookup ──► tunnel, pptp/ ──► call: session
 *	              ├──► dialer (when)
 *	              ├──► demand (packets that ask for it)
 *	              └──► host (routes and the like, while it is up)
 *
 * Everything runs on the loop's thread; names are looked up on the loop's pool.
 */
#ifndef CULVERT_CLIENTS_H
#define CULVERT_CLIENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>
#include <uv.h>

#include "client/client.h"
#include "config/config.h"
#include "net/rtnl.h"
#include "session/sessions.h"

struct clients {
	/* private; but tests put a host of their own into .shared before clients_open() */
	struct client_shared shared;
	bool rtnl_open;
	struct rtnl watch;		/* hears of addresses that come and go */
	bool watching;
	uv_poll_t watch_poll;
	TAILQ_HEAD(client_list, client) list;
	unsigned int n;
	void (*stopped)(void *ctx);
	void *ctx;
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

#endif
