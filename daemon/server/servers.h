/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The set of servers: those of the configuration, and their going over to the next one.
 *
 *	servers ──► server.h (one of them)
 *	listener.h ──► connection.h ──► call.h ──► login.h
 *
 * A server accepts control connections, lets peers place calls, has their users checked, and gives
 * them addresses, within the configured limits. Everything runs on the loop's thread.
 */
#ifndef CULVERT_SERVERS_H
#define CULVERT_SERVERS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>
#include <uv.h>

#include "config/config.h"
#include "server/link.h"
#include "server/user_routes.h"
#include "session/sessions.h"

struct connections;
struct listener;
struct pool_plan;
struct server;

struct servers {
	/* to be read by others */
	struct config *config;		/* a reference */
	struct sessions *sessions;
	unsigned int n_conns;
	unsigned int n_calls;
	bool stopping;

	/* private */
	uv_loop_t *loop;		/* that of @sessions */
	TAILQ_HEAD(, server) list;	/* those of config->servers, and some that are retired */
	LIST_HEAD(, listener) listeners;
	struct server_interfaces interfaces;
	struct pool **pools;		/* one for each of config->pools */
	struct connections *conns;
	uv_timer_t stop_timer;
	unsigned int stop_step;
	unsigned int open_handles;	/* listeners and the timer */
	void (*stopped)(void *ctx);
	void *ctx;
	struct user_routes routes;
};

/*
 * Start all servers of @config, of which a reference is taken; @sessions must outlive them. Returns
 * 0 or a negative errno after logging why; servers_stop() is to be called either way.
 */
int servers_open(struct servers *s, struct sessions *sessions, struct config *config);

/*
 * Go over to @config, of which a reference is taken, and to the @pools that were planned of it, which
 * stay the caller's to free. What is new in it counts for logins from now
 * on; sessions stay as they are, but for those of a server that it does not have any more, which
 * are ended in good order. Returns 0; or a negative errno with all as it was, after writing why to
 * @error.
 */
int servers_reload(struct servers *s, struct config *config, struct pool_plan *pools, char *error,
		   size_t size);

/*
 * Stop listening, end all sessions in good order (peers are told), then the connections, and call
 * @stopped when nothing is left. Bounded: peers that do not answer are left after some seconds.
 */
void servers_stop(struct servers *s, void (*stopped)(void *ctx), void *ctx);

/* A connection or a listener is gone: go on with stopping, if that is under way. */
void servers_have_less(struct servers *s);

/*
 * End the sessions of @server, or of all servers if it is NULL, in good order, and in slices. @why is
 * constant.
 */
void servers_close_sessions(struct servers *s, struct server *server, const char *why);

/* The server @name of the configuration; NULL if there is none. */
struct server *servers_find(const struct servers *s, const char *name);

/* Free the memory; only after @stopped. */
void servers_free(struct servers *s);

/* Connections and sessions of the server @name of the configuration. */
void servers_count(const struct servers *s, const char *name, unsigned int *conns,
		   unsigned int *sessions);

#endif
