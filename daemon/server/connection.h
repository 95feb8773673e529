/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Control connections to our servers: a tunnel each, listed by the address that they come from.
 */
#ifndef CULVERT_CONNECTION_H
#define CULVERT_CONNECTION_H

#include <sys/queue.h>

#include "server/server.h"
#include "session/tunnel.h"

#define CONNECTION_BUCKETS	4096

struct connection {
	struct tunnel tunnel;
	struct server *server;
	struct admission_connection admission;
	uint64_t login_by;		/* until when somebody has to be logged in; of the loop, ms */
	LIST_ENTRY(connection) by_address;
	bool listed;
	bool settled;			/* a session of it is or was up: it may stay */
};

struct connections {
	LIST_HEAD(, connection) by_address[CONNECTION_BUCKETS];
};

/*
 * Take the connection @fd, the connection's from now on, that comes from @remote to a listener on the
 * address @bound. One that is too many is closed at once.
 */
void connection_accept(struct server *server, int fd, struct ip_addr remote, struct ip_addr bound);

/* The connection that a pptp_conn is of. */
struct connection *connection_of(struct pptp_conn *pptp);

/* A call of it is up: PPP has to follow soon. */
void connection_has_call(struct connection *c);

/* The call that kept it busy is gone: it may place another one, but not stay for nothing. */
void connection_has_no_call(struct connection *c);

/* Sessions of it are up: it may stay. */
void connection_may_stay(struct connection *c);

/* The connection that has @admission goes, at once, since another one is to have its place. */
void connection_give_way(struct admission_connection *admission, enum admission_reason why);

/* End it in good order, as soon as it has no calls. */
void connection_end(struct connection *c);

/* End it in good order with all calls, or at once. */
void connection_stop(struct connection *c);
void connection_abort(struct connection *c);

/*
 * Call @fn for each connection of @all, in slices between which the loop serves others, from the next
 * turn of the loop on. It may end the connection. Without memory for that, all at once.
 */
void connections_each(struct servers *all, void (*fn)(struct connection *c));

#define log_connection(c, level, fmt, ...)						\
	log_limited(ip_text((c)->tunnel.remote), server_now((c)->server), level,	\
		    "server %s, %s: " fmt, (c)->server->config->name,			\
		    ip_text((c)->tunnel.remote), ##__VA_ARGS__)

#endif
