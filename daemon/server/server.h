/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One server of the configuration: what its connections and sessions are made by.
 *
 * It is in the list of its struct servers until it is retired and the last connection and call of it
 * are gone.
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
#include "server/link.h"
#include "session/session.h"

struct servers;

struct server {
	TAILQ_ENTRY(server) link;
	struct servers *all;
	struct config *whole;		/* a reference, which keeps @config */
	const struct config_server *config;
	struct admission *admission;
	struct auth *auth;
	struct pool *pool;		/* NULL: only users with an address of their own */
	struct session_config session;
	struct server_link *upper;	/* a reference */
	struct pptp_conn_config pptp;
	unsigned int n_conns;
	unsigned int n_calls;
	unsigned int refs;		/* connections and calls whose memory is there */
	bool retired;			/* not in the configuration any more */
};

/* A server without a configuration, in no list. NULL without memory. */
struct server *server_new(struct servers *all);

/*
 * Go over to @config, a section of @whole, of which a reference is taken. The references to @auth,
 * @pool (may be NULL) and @upper are taken over.
 */
void server_configure(struct server *server, struct config *whole,
		      const struct config_server *config, struct auth *auth, struct pool *pool,
		      struct server_link *upper);

/* A connection or a call of the server is made, or its memory is about to be freed. */
void server_get(struct server *server);
void server_put(struct server *server);

/* It is in the configuration no more; it goes when nothing of it is left. */
void server_retire(struct server *server);

/* Free it, whatever is left. It is in no list. */
void server_free(struct server *server);

/* Of the loop, ms. */
uint64_t server_now(const struct server *server);

#endif
