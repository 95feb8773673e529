/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The set of clients: one client for each section "client" of the configuration, and those that are
 * made at run time.
 *
 *	clients ──► client ──► attempt: lookup ──► tunnel, pptp/ ──► call: session
 *	              ├──► dialer (when to dial)
 *	              ├──► demand (packets that make the client dial)
 *	              └──► host (routes and the like, while the session is up)
 *
 * Everything runs on the loop's thread, but what waits for locks of the kernel: the worker does
 * that (client/host_work.h). Names are looked up by processes of their own.
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
	/* private; but tests put a played host into .shared before clients_open() */
	struct client_shared shared;
	bool open;			/* the line of works is */
	struct rtnl watch;		/* notified of changes of addresses, routes and links */
	bool watching;
	uv_poll_t watch_poll;
	uv_timer_t watch_timer;		/* runs while further changes are left for later */
	unsigned int watch_handles;	/* of libuv, not closed yet */
	TAILQ_HEAD(client_list, client) list;
	unsigned int n;
	unsigned int n_made;		/* of these, made at run time, and not retired */
	struct config *config;		/* the one in use; holds a reference */
	uint64_t changes;		/* of which clients there are, and where they are from */
	const struct config *next;	/* whose servers wait for interfaces; NULL: none does */
	void (*left)(void *ctx);
	void *left_ctx;
	void (*stopped)(void *ctx);
	void *ctx;
};

/* Initialise the empty set. From now on clients_stop() may be called. */
void clients_init(struct clients *cs);

/*
 * Begin all clients of @config. Each client takes a reference to @config. @sessions must outlive
 * the clients. Returns 0, or a negative errno after logging the reason.
 */
int clients_open(struct clients *cs, struct sessions *sessions, struct config *config);

/*
 * Go over to @config. Clients that were made at run time stay, unless @config has one of their name or
 * an interface of theirs. A client whose section has not changed goes on undisturbed. A client whose
 * section has changed is ended in good order and begins anew. A client that @config does not have
 * is ended. Returns 0, or a negative errno after writing the reason to @error, of @size octets: the
 * clients that @config does not have are ended then, too, but only some of its clients (perhaps
 * none) have gone over to it, in the order of @config.
 */
int clients_reload(struct clients *cs, struct config *config, char *error, size_t size);

/*
 * To be called before the servers of @config get their links: end the clients that were made at run time
 * and have an interface that one of these servers is to have. Returns true if none has to leave one.
 * Else @left is called when they have left them, never before this returns; @config must stay until then,
 * and nothing else may be waited for.
 */
bool clients_make_way(struct clients *cs, const struct config *config, void (*left)(void *ctx),
		      void *ctx);

/*
 * End all clients in good order and then call @stopped, perhaps before this returns. The time that
 * this takes is bounded, if the worker gets the locks that it waits for.
 */
void clients_stop(struct clients *cs, void (*stopped)(void *ctx), void *ctx);

#define CLIENTS_MADE_MAX	256	/* at run time */

/*
 * Make a client at run time: the one of @config, which has no other, from config_of_client(). It lasts
 * until clients_remove(), or until the configuration has a client of its name, which it then is, or
 * an interface of its name. Returns NULL after writing the reason to @error, of @size octets.
 */
struct client *clients_add(struct clients *cs, struct config *config, enum client_origin origin,
			   char *error, size_t size);

/*
 * End @c in good order, and forget it. Returns false if it is one of the configuration, which stays.
 */
bool clients_remove(struct clients *cs, struct client *c);

/* Find a client by its name. Returns NULL if there is none; retired clients are not found. */
struct client *clients_find(const struct clients *cs, const char *name);

/*
 * Returns the client after @c, or the first one if @c is NULL; NULL after the last. Retired clients
 * are left out.
 */
struct client *clients_next(const struct clients *cs, const struct client *c);

#endif
