/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All sessions of the daemon, of servers and of clients, to be found by whatever tells them apart.
 *
 * A session's entry is embedded in it. Lookup and change cost the same however many there are, up to
 * tens of thousands. One thread only; nothing here allocates.
 */
#ifndef CULVERT_REGISTRY_H
#define CULVERT_REGISTRY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "net/session.h"

#define REGISTRY_BUCKETS	4096	/* of each index; a power of 2 */

struct session;

/* What a session may be found by. */
enum registry_key {
	REGISTRY_ID,			/* record.id; unique */
	REGISTRY_USER,			/* record.user */
	REGISTRY_INTERFACE,		/* record.ifname */
	REGISTRY_INNER,			/* the peer's address inside the tunnel */
	REGISTRY_PEER_CALL,		/* record.addr.remote and .peer_call_id */
	REGISTRY_CALL,			/* record.addr.local and .call_id; unique */
	REGISTRY_KEYS
};

struct registry_node {
	LIST_ENTRY(registry_node) link;
	bool set;			/* it is in the index */
};

struct registry_entry {
	/* to be read by others */
	struct ip_addr inner;		/* valid while REGISTRY_INNER is set */

	/* private */
	struct registry_node nodes[REGISTRY_KEYS];
	TAILQ_ENTRY(session) all;
};

LIST_HEAD(registry_bucket, registry_node);
TAILQ_HEAD(registry_list, session);

/*
 * A place among all sessions that holds while they come and go: who goes through them in slices
 * sees each that is there all the time once.
 */
struct registry_cursor {
	struct session *next;		/* NULL: at the end */

	/* private */
	LIST_ENTRY(registry_cursor) link;
};

struct registry {
	uint64_t last_id;
	unsigned int n;
	struct registry_list all;	/* in the order of their IDs */
	LIST_HEAD(, registry_cursor) cursors;
	struct registry_bucket index[REGISTRY_KEYS][REGISTRY_BUCKETS];
};

void registry_init(struct registry *r);

/* Add a session, which gets its record.id here, and can be found by that. */
void registry_add(struct registry *r, struct session *s);
void registry_remove(struct registry *r, struct session *s);

/*
 * The part of the record that stands for @key has been set, or set anew: the session can be found
 * by it. Not for REGISTRY_ID and REGISTRY_INNER.
 */
void registry_set(struct registry *r, struct session *s, enum registry_key key);

/* The session's peer has @inner inside the tunnel; false if another session's peer has it. */
bool registry_claim_inner(struct registry *r, struct session *s, struct ip_addr inner);

/* The first session, or the one after @s. NULL: no more. */
struct session *registry_next(const struct registry *r, const struct session *s);

/*
 * Go to the first session; to the one after @c->next, which is returned (NULL at the end); and be
 * done with the cursor, which must stay where it is until then.
 */
void registry_cursor_open(struct registry *r, struct registry_cursor *c);
struct session *registry_cursor_step(struct registry_cursor *c);
void registry_cursor_close(struct registry_cursor *c);

/* NULL if there is none. @name counts with its local address and local call ID. */
struct session *registry_find_id(const struct registry *r, uint64_t id);
struct session *registry_find_call(const struct registry *r, const struct net_session_addr *name);
struct session *registry_find_inner(const struct registry *r, struct ip_addr inner);

/*
 * The first session of the user, on the interface, or of that call ID of the peer with that outer
 * address; or the next one after @s, which is one of them. NULL: no more.
 */
struct session *registry_next_of_user(const struct registry *r, const char *user,
				      const struct session *s);
struct session *registry_next_on_interface(const struct registry *r, const char *ifname,
					   const struct session *s);
struct session *registry_next_of_call(const struct registry *r, struct ip_addr outer,
				      uint16_t peer_call_id, const struct session *s);

/* How many sessions of the owner @owner this user has. */
unsigned int registry_count_user(const struct registry *r, const char *owner, const char *user);

/* Bring the record.stats of all sessions up to date. What cannot be read stays as it was. */
void registry_read_stats(struct registry *r, const struct net_backend *backend);

#endif
