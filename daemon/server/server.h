/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One server of the configuration: the settings and limits of its connections and sessions.
 *
 * A server is in the list of its struct servers until it is retired and its last connection and
 * call are gone.
 */
#ifndef CULVERT_SERVER_H
#define CULVERT_SERVER_H

#include <stdint.h>
#include <sys/queue.h>

#include "aaa/admission.h"
#include "aaa/backend.h"
#include "aaa/pool.h"
#include "config/config.h"
#include "pptp/conn.h"
#include "server/drain.h"
#include "server/link.h"
#include "session/session.h"

struct servers;

struct server {
	TAILQ_ENTRY(server) link;
	struct servers *all;
	struct config *whole;		/* a reference; @config points into it */
	const struct config_server *config;
	struct admission *admission;
	struct auth *auth;
	struct pool *pool;		/* NULL: only users with an address of their own */
	struct session_config session;
	struct server_link *upper;	/* a reference */
	struct pptp_conn_config pptp;
	unsigned int n_conns;
	unsigned int n_calls;
	unsigned int n_proxied;		/* of them, those for whose address there is proxy ARP */
	unsigned int refs;		/* server_get() less server_put() */
	bool retired;			/* not in the configuration any more */
	struct server_drain drain;
};

/* Returns a server without configuration, in no list; NULL if there is no memory. */
struct server *server_new(struct servers *all);

/*
 * Apply @config, a section of @whole. Takes a reference to @whole; takes over the caller's
 * references to @auth, @pool (may be NULL) and @upper.
 */
void server_configure(struct server *server, struct config *whole,
		      const struct config_server *config, struct auth *auth, struct pool *pool,
		      struct server_link *upper);

/* Tell admission the limits of the server's configuration, and whether it is drained. */
void server_set_limits(struct server *server);

/*
 * Take or drop a reference, as each connection and call of the server has one. server_put() frees a
 * retired server with the last reference.
 */
void server_get(struct server *server);
void server_put(struct server *server);

/*
 * Mark the server as no longer configured. It is freed by the server_put() that drops the last
 * reference, so the caller must hold one.
 */
void server_retire(struct server *server);

/* Free the server, with all that it references. It must be in no list. */
void server_free(struct server *server);

/* Returns the time of the loop, uv_now(), in ms. */
uint64_t server_now(const struct server *server);

/* Have the line that the statement writes be about @server. */
#define log_server(server_, ...)							\
	do {										\
		const struct log_fields about_ = {					\
			.server = (server_)->config->name,				\
		};									\
											\
		log_with(&about_, __VA_ARGS__);						\
	} while (0)

#endif
