/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The set of all servers of the configuration, and the change to another configuration.
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

#include "aaa/pool_file.h"
#include "config/config.h"
#include "server/abuse.h"
#include "server/link.h"
#include "server/proxy_arp.h"
#include "server/user_sets.h"
#include "session/sessions.h"

struct connections;
struct databases;
struct hooks;
struct link_plan;
struct listener;
struct pool_plan;
struct radius;
struct server;

struct servers {
	/* may be read by anyone */
	struct config *config;		/* a reference */
	struct sessions *sessions;
	struct radius *radius;		/* a reference; NULL: @config has no RADIUS servers */
	struct databases *databases;	/* NULL: @config has none */
	struct hooks *hooks;		/* set by the owner; NULL: pre-up refuses each login */
	struct abuse abuse;
	struct proxy_arps proxy_arps;
	struct user_sets user_sets;
	unsigned int n_conns;
	unsigned int n_calls;
	bool stopping;
	struct pool_file *pool_file;	/* the owner's to set: told of addresses; NULL: none is */

	/* private */
	uv_loop_t *loop;		/* @sessions->loop */
	TAILQ_HEAD(, server) list;	/* those of config->servers, and retired ones */
	LIST_HEAD(, listener) listeners;
	struct server_interfaces interfaces;
	struct pool **pools;		/* one for each of config->pools; references */
	struct connections *conns;
	uv_timer_t stop_timer;
	uv_timer_t drain_timer;		/* see drain.h */
	uv_timer_t presence_timer;	/* see presence.h */
	unsigned int stop_step;
	unsigned int open_handles;	/* listeners and timers, not closed yet */
	void (*stopped)(void *ctx);
	void *ctx;
};

/*
 * Start all servers of @config, to which a reference is taken. @sessions must outlive @s. Returns
 * 0, or a negative errno after logging the reason; servers_stop() must be called either way.
 */
int servers_open(struct servers *s, struct sessions *sessions, struct config *config);

/*
 * Change to @config, to which a reference is taken, with the pools of @pools and the links of
 * @links, which were made from it and which the caller frees afterwards. New settings apply to later connections, calls and
 * logins. Sessions stay as they are, except those of a server that is not in @config: they are
 * ended in good order. Returns 0; or a negative errno with the reason in @error, of @size octets,
 * and then nothing has changed.
 */
int servers_reload(struct servers *s, struct config *config, struct pool_plan *pools,
		   struct link_plan *links, char *error, size_t size);

/*
 * Stop listening, end all sessions in good order, then all connections, and call @stopped when
 * nothing is left. Bounded in time: peers that do not answer are dropped after some seconds.
 */
void servers_stop(struct servers *s, void (*stopped)(void *ctx), void *ctx);

/*
 * To be called when a connection or a listener is gone: continues servers_stop(), if that is under
 * way.
 */
void servers_have_less(struct servers *s);

/*
 * End the sessions of @server (NULL: of all servers) in good order, in slices. @why is a constant
 * string. Without memory the sessions stay, which is logged.
 */
void servers_close_sessions(struct servers *s, struct server *server, const char *why);

/* Returns the server @name of the configuration; NULL if there is none. */
struct server *servers_find(const struct servers *s, const char *name);

/* Returns the pool @name of the configuration, without a reference; NULL if there is none. */
struct pool *servers_find_pool(const struct servers *s, const char *name);

/* Returns the name of @pool in the configuration; "" if it is none of it any more. */
const char *servers_pool_name(const struct servers *s, const struct pool *pool);

/* Returns the place that the addresses of @pool are of, see place_hash(). */
uint32_t servers_pool_place(const struct servers *s, const struct pool *pool);

/* Tell the pools who had an address last; see pool_recall(). */
void servers_recall(struct servers *s, const struct pool_entry *entry);

/* Free what @s has. Only after @stopped was called. */
void servers_free(struct servers *s);

#endif
