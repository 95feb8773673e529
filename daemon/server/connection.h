/* SPDX-License-Identifier: GPL-2.0-only */
/* Control connections to our servers. Each is a tunnel. They are listed by the peer's address. */
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
	uint64_t login_by;		/* when a session must be up, in ms of uv_now(); or NEVER */
	LIST_ENTRY(connection) by_address;
	bool listed;
	bool called;			/* the peer has placed a call */
	bool told;			/* what kept it from a login was logged */
	bool settled;			/* a session came up: no limit until the last call ends */
	uint32_t accepted, asked;	/* marks of steps.h; 0: not yet, or not of the next call */
};

/* What a connection lacks whose peer does not go on. */
enum connection_lack {
	CONNECTION_LACKS_REQUEST,
	CONNECTION_LACKS_CALL,
	CONNECTION_LACKS_FRAMES,
	CONNECTION_LACKS_SESSION,
	CONNECTION_LACKS
};

/* Returns "request" and so on. */
const char *connection_lack_name(enum connection_lack lack);

/* Of all servers, since the start. */
struct connection_counts {
	uint64_t accepted;
	uint64_t refused[ADMISSION_REASONS];
	uint64_t displaced[ADMISSION_REASONS];	/* gave way to another one */
	uint64_t refused_calls[ADMISSION_REASONS];
	uint64_t expired[CONNECTION_LACKS];
};

struct connections {
	struct connection_counts counts;
	LIST_HEAD(, connection) by_address[CONNECTION_BUCKETS];
};

/*
 * Take over the connection @fd, which comes from @remote. @bound is the address of the listener. If
 * the server's limits do not admit the connection, it is logged and closed at once.
 */
void connection_accept(struct server *server, int fd, struct ip_addr remote, struct ip_addr bound);

/* Count a call that is refused. */
void connection_refuses_call(struct connection *c, enum admission_reason why);

/* Returns the connection that @pptp belongs to. */
struct connection *connection_of(struct pptp_conn *pptp);

/* A call of the connection is up. PPP frames must come soon, or the connection is ended. */
void connection_has_call(struct connection *c);

/*
 * A call of the connection is gone. If it was the last one, and a session had come up, a new one
 * must come up within the login timeout; if the server is retired or drained, or all servers are
 * stopping, the connection ends.
 */
void connection_has_no_call(struct connection *c);

/* A session of the connection came up: the connection may stay as long as it has calls. */
void connection_may_stay(struct connection *c);

/*
 * End the connection that embeds @admission at once, because a newer connection or call takes its
 * place. @why is for the log.
 */
void connection_give_way(struct admission_connection *admission, enum admission_reason why);

/*
 * Free a descriptor for @c, because few are left: a connection that waits for a login, of whichever
 * server, gives way. Returns false if there is none but @c.
 */
bool connection_makes_room(struct connection *c);

/*
 * End the connection in good order once it has no calls. Its server must be retired or drained, or
 * all servers stopping: otherwise a connection that still has calls does not end.
 */
void connection_end(struct connection *c);

/* End the connection and all of its calls: in good order, or at once. */
void connection_stop(struct connection *c);
void connection_abort(struct connection *c);

/* Returns true if a server of @all has a connection from the address @remote. */
bool connections_have(const struct servers *all, struct ip_addr remote);

/*
 * Call @fn for each connection of @all, in slices between which the loop serves everything else,
 * beginning in the next iteration of the loop. @fn may end the connection. If there is no memory
 * for the walk, @fn is called for all connections before this returns.
 */
void connections_each(struct servers *all, void (*fn)(struct connection *c));

#define log_connection_event(c, event_, level, fmt, ...)				\
	do {										\
		const struct log_fields about_ = {					\
			.event = event_,						\
			.peer = (c)->tunnel.remote,					\
			.server = (c)->server->config->name,				\
		};									\
											\
		log_with(&about_, log_limited(ip_text(about_.peer),			\
					      server_now((c)->server), level,		\
					      "server %s, %s: " fmt, about_.server,	\
					      ip_text(about_.peer), ##__VA_ARGS__));	\
	} while (0)

#define log_connection(c, level, ...)	\
	log_connection_event(c, LOG_EVENT_NONE, level, __VA_ARGS__)

#endif
