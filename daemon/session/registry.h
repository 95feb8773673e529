/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All sessions of the daemon, to be found by ID, by user, by inner address and by call.
 *
 * An entry is embedded in what it stands for. Lookup and change cost the same however many there
 * are, up to tens of thousands. One thread only; nothing here allocates.
 */
#ifndef CULVERT_REGISTRY_H
#define CULVERT_REGISTRY_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "session/session.h"

#define REGISTRY_BUCKETS	4096	/* of each index; a power of 2 */

struct registry_entry {
	struct session *session;
	bool by_user_set;
	bool by_address_set;
	bool by_call_set;
	struct in_addr address;		/* valid while @by_address_set */
	LIST_ENTRY(registry_entry) by_id;
	LIST_ENTRY(registry_entry) by_user;
	LIST_ENTRY(registry_entry) by_address;
	LIST_ENTRY(registry_entry) by_call;
	TAILQ_ENTRY(registry_entry) all;
};

LIST_HEAD(registry_bucket, registry_entry);
TAILQ_HEAD(registry_list, registry_entry);

struct registry {
	uint64_t last_id;
	unsigned int n;
	struct registry_list all;	/* oldest first */
	struct registry_bucket by_id[REGISTRY_BUCKETS];
	struct registry_bucket by_user[REGISTRY_BUCKETS];
	struct registry_bucket by_address[REGISTRY_BUCKETS];
	struct registry_bucket by_call[REGISTRY_BUCKETS];
};

void registry_init(struct registry *r);

/* Add @session, which gets its record.id here. */
void registry_add(struct registry *r, struct registry_entry *e, struct session *session);
void registry_remove(struct registry *r, struct registry_entry *e);

/* record.user of the entry's session has been set. */
void registry_set_user(struct registry *r, struct registry_entry *e);

/* The entry's peer has @address inside the tunnel; false if another session's peer has it. */
bool registry_set_address(struct registry *r, struct registry_entry *e, struct in_addr address);

/* record.addr of the entry's session is complete. */
void registry_set_call(struct registry *r, struct registry_entry *e);

/* By outer local address and local call ID; NULL if there is none. */
struct session *registry_find_call(const struct registry *r, const struct net_session_addr *name);

/* Bring the record.stats of all sessions up to date. */
void registry_read_stats(struct registry *r, const struct net_backend *backend);

/* NULL if there is none. */
struct session *registry_find(const struct registry *r, uint64_t id);

/* How many sessions of the owner @owner this user has. */
unsigned int registry_count_user(const struct registry *r, const char *owner, const char *user);

#endif
