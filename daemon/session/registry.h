/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All sessions of the daemon, of servers and of clients, indexed by what identifies them.
 *
 * A session's entry is embedded in it. The cost of a lookup or a change does not depend on the
 * number of sessions, up to tens of thousands. One thread only; nothing here allocates.
 */
#ifndef CULVERT_REGISTRY_H
#define CULVERT_REGISTRY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "net/session.h"

#define REGISTRY_BUCKETS	4096	/* in each index; a power of 2 */

struct session;

/* The keys of the indexes: what a session can be found by. */
enum registry_key {
	REGISTRY_ID,			/* record.id; unique */
	REGISTRY_USER,			/* record.user */
	REGISTRY_INTERFACE,		/* record.ifname */
	REGISTRY_INNER,			/* the peer's address inside the tunnel */
	REGISTRY_PEER_CALL,		/* record.addr.remote and .peer_call_id */
	REGISTRY_OUTER,			/* record.addr.remote */
	REGISTRY_CALL,			/* record.addr.local and .call_id; unique */
	REGISTRY_KEYS
};

struct registry_node {
	LIST_ENTRY(registry_node) link;
	bool set;			/* the session is in the index */
};

struct registry_entry {
	/* may be read by anyone */
	struct ip_addr inner;		/* of the peer; valid while REGISTRY_INNER is set */
	struct place place;		/* where @inner is; likewise */

	/* private */
	struct registry_node nodes[REGISTRY_KEYS];
	TAILQ_ENTRY(session) all;
};

LIST_HEAD(registry_bucket, registry_node);
TAILQ_HEAD(registry_list, session);

/*
 * A position in the list of all sessions that stays valid while sessions come and go. A walk in
 * slices visits each session that exists during the whole walk exactly once.
 */
struct registry_cursor {
	struct session *next;		/* the session to be visited next; NULL: the end */

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

/* Add @s and assign record.id. From then on @s can be found by its ID. */
void registry_add(struct registry *r, struct session *s);
void registry_remove(struct registry *r, struct session *s);

/*
 * Index @s by @key. To be called whenever the field of the record that belongs to @key was set or
 * changed. Not for REGISTRY_ID and REGISTRY_INNER.
 */
void registry_set(struct registry *r, struct session *s, enum registry_key key);

/*
 * Record @inner as the inner address of the session's peer in @place, whose texts stay with their
 * owner. Returns false, and changes nothing, if the peer of another session has that address there.
 */
bool registry_claim_inner(struct registry *r, struct session *s, struct place place,
			  struct ip_addr inner);

/* Returns the first session (@s is NULL) or the one after @s; NULL if there are no more. */
struct session *registry_next(const struct registry *r, const struct session *s);

/*
 * registry_cursor_open() sets @c to the first session. registry_cursor_step() returns @c->next,
 * NULL at the end, and moves @c to the session after it. The cursor must stay in place until
 * registry_cursor_close().
 */
void registry_cursor_open(struct registry *r, struct registry_cursor *c);
struct session *registry_cursor_step(struct registry_cursor *c);
void registry_cursor_close(struct registry_cursor *c);

/*
 * Each returns the session, or NULL if there is none. Of @name, only the local address and the
 * local call ID are compared; the socket is in the network namespace @netns, "" or NULL being ours.
 */
struct session *registry_find_id(const struct registry *r, uint64_t id);
struct session *registry_find_call(const struct registry *r, const char *netns,
				   const struct net_session_addr *name);
struct session *registry_find_inner(const struct registry *r, struct place place,
				    struct ip_addr inner);

/*
 * Each returns the first session (@s is NULL) or the next one after @s, which must be one that the
 * same search returned; NULL if there are no more. The sessions are those of @user
 * (session_is_of()), those of peers with the inner address @inner, each in another place, those on
 * the interface @ifname, those of peers at the outer address @outer, or those of the peer at @outer
 * whose call ID is @peer_call_id.
 */
struct session *registry_next_of_user(const struct registry *r, const char *user,
				      const struct session *s);
/*
 * The same for users of whose names @user may be a part: without DOMAIN\, @realm, or both, and in
 * letters of any case. There are others among them: the caller has to look.
 */
struct session *registry_next_alike(const struct registry *r, const char *user,
				    const struct session *s);
struct session *registry_next_of_inner(const struct registry *r, struct ip_addr inner,
				       const struct session *s);
struct session *registry_next_on_interface(const struct registry *r, const char *ifname,
					   const struct session *s);
struct session *registry_next_of_outer(const struct registry *r, struct ip_addr outer,
				       const struct session *s);
struct session *registry_next_of_call(const struct registry *r, struct ip_addr outer,
				      uint16_t peer_call_id, const struct session *s);

/* Returns how many sessions @user has at the server or client named @owner (record.owner). */
unsigned int registry_count_user(const struct registry *r, const char *owner, const char *user);

#endif
