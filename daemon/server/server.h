/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The servers of the configuration: who listens, who may connect, what callers get.
 *
 *	listener ──► tunnel, pptp/ ──► call: session + login (aaa/)
 *
 * A server accepts control connections, lets peers place calls, has their users checked, and gives
 * them addresses. It owns the connections and the calls, and keeps them within the configured
 * limits. Everything runs on the loop's thread.
 */
#ifndef CULVERT_SERVER_H
#define CULVERT_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>
#include <uv.h>

#include "config/config.h"
#include "net/session.h"
#include "session/registry.h"
#include "server/user_routes.h"

struct server;
struct listener;

enum server_event {
	SERVER_SESSION_UP,
	SERVER_SESSION_DOWN,		/* was up; the text says why it ended */
	SERVER_LOGIN_REFUSED,		/* the text says why */
};

/*
 * Something happened that people may want to watch. @user is printable; @text is "" for
 * SERVER_SESSION_UP. Borrowed for the call, in which nothing may be changed.
 */
typedef void (*server_event_fn)(void *ctx, enum server_event event, struct session *session,
				const char *user, const char *text);

struct servers {
	/* to be read by others */
	struct config *config;		/* a reference */
	struct registry registry;
	unsigned int n_conns;
	bool stopping;

	/* private */
	uv_loop_t *loop;
	const struct net_backend *backend;
	TAILQ_HEAD(, server) list;	/* those of config->servers, and some that are retired */
	LIST_HEAD(, listener) listeners;
	struct pool **pools;		/* one for each of config->pools */
	struct conn_table *conns;
	uv_timer_t stop_timer;
	uv_poll_t events;		/* what the kernel tells */
	unsigned int stop_step;
	unsigned int open_handles;	/* listeners and the timer */
	void (*stopped)(void *ctx);
	void *ctx;
	server_event_fn event;		/* may be NULL */
	void *event_ctx;
	net_lost_fn other_lost;		/* may be NULL */
	void *other_ctx;
	struct user_routes routes;
};

/*
 * Start all servers of @config, of which a reference is taken; @backend must outlive them. Returns
 * 0 or a negative errno after logging why; servers_stop() is to be called either way.
 */
int servers_open(struct servers *s, uv_loop_t *loop, struct config *config,
		 const struct net_backend *backend);

/* Who is to hear of events from now on; one only. */
void servers_watch(struct servers *s, server_event_fn event, void *ctx);

/* Who is to hear of sessions that lost step in decryption and are not of a server; one only. */
void servers_watch_others(struct servers *s, net_lost_fn lost, void *ctx);

/*
 * Go over to @config, of which a reference is taken. What is new in it counts for logins from now
 * on; sessions stay as they are, but for those of a server that it does not have any more, which
 * are ended in good order. Returns 0; or a negative errno with all as it was, after writing why to
 * @error.
 */
int servers_reload(struct servers *s, struct config *config, char *error, size_t size);

/*
 * Stop listening, end all sessions in good order (peers are told), then the connections, and call
 * @stopped when nothing is left. Bounded: peers that do not answer are left after some seconds.
 */
void servers_stop(struct servers *s, void (*stopped)(void *ctx), void *ctx);

/* Free the memory; only after @stopped. */
void servers_free(struct servers *s);

/* End one session in good order. */
void server_kill(struct session *session);

/* Connections and sessions of the server @name of the configuration. */
void server_count(const struct servers *s, const char *name, unsigned int *conns,
		  unsigned int *sessions);

#endif
