// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "session/registry.h"

/* FNV-1a: names are short, and a user cannot choose his own name to collide with others'. */
static unsigned int hash_text(const char *text)
{
	uint32_t h = 2166136261u;

	while (*text)
		h = (h ^ (uint8_t)*text++) * 16777619u;
	return h & (REGISTRY_BUCKETS - 1);
}

static unsigned int hash_address(struct in_addr address)
{
	return ntohl(address.s_addr) & (REGISTRY_BUCKETS - 1);
}

static unsigned int hash_call(const struct net_session_addr *name)
{
	/* The call ID alone tells the calls of one address apart, and there are few addresses. */
	return (name->call_id ^ ntohl(name->local.s_addr)) & (REGISTRY_BUCKETS - 1);
}

static unsigned int hash_id(uint64_t id)
{
	return id & (REGISTRY_BUCKETS - 1);
}

void registry_init(struct registry *r)
{
	memset(r, 0, sizeof(*r));
	TAILQ_INIT(&r->all);
	for (unsigned int i = 0; i < REGISTRY_BUCKETS; i++) {
		LIST_INIT(&r->by_id[i]);
		LIST_INIT(&r->by_user[i]);
		LIST_INIT(&r->by_address[i]);
		LIST_INIT(&r->by_call[i]);
	}
}

void registry_add(struct registry *r, struct registry_entry *e, struct session *session)
{
	memset(e, 0, sizeof(*e));
	e->session = session;
	session->record.id = ++r->last_id;
	LIST_INSERT_HEAD(&r->by_id[hash_id(session->record.id)], e, by_id);
	TAILQ_INSERT_TAIL(&r->all, e, all);
	r->n++;
}

void registry_remove(struct registry *r, struct registry_entry *e)
{
	LIST_REMOVE(e, by_id);
	TAILQ_REMOVE(&r->all, e, all);
	if (e->by_user_set)
		LIST_REMOVE(e, by_user);
	if (e->by_address_set)
		LIST_REMOVE(e, by_address);
	if (e->by_call_set)
		LIST_REMOVE(e, by_call);
	r->n--;
}

void registry_set_user(struct registry *r, struct registry_entry *e)
{
	if (e->by_user_set)
		LIST_REMOVE(e, by_user);
	LIST_INSERT_HEAD(&r->by_user[hash_text(e->session->record.user)], e, by_user);
	e->by_user_set = true;
}

bool registry_set_address(struct registry *r, struct registry_entry *e, struct in_addr address)
{
	struct registry_bucket *bucket = &r->by_address[hash_address(address)];
	struct registry_entry *other;

	LIST_FOREACH(other, bucket, by_address) {
		if (other != e && other->address.s_addr == address.s_addr)
			return false;
	}
	if (e->by_address_set)
		LIST_REMOVE(e, by_address);
	e->address = address;
	LIST_INSERT_HEAD(bucket, e, by_address);
	e->by_address_set = true;
	return true;
}

void registry_set_call(struct registry *r, struct registry_entry *e)
{
	if (e->by_call_set)
		LIST_REMOVE(e, by_call);
	LIST_INSERT_HEAD(&r->by_call[hash_call(&e->session->record.addr)], e, by_call);
	e->by_call_set = true;
}

struct session *registry_find_call(const struct registry *r, const struct net_session_addr *name)
{
	struct registry_entry *e;

	LIST_FOREACH(e, &r->by_call[hash_call(name)], by_call) {
		const struct net_session_addr *addr = &e->session->record.addr;

		if (addr->call_id == name->call_id && addr->local.s_addr == name->local.s_addr)
			return e->session;
	}
	return NULL;
}

struct session *registry_find(const struct registry *r, uint64_t id)
{
	struct registry_entry *e;

	LIST_FOREACH(e, &r->by_id[hash_id(id)], by_id) {
		if (e->session->record.id == id)
			return e->session;
	}
	return NULL;
}

unsigned int registry_count_user(const struct registry *r, const char *owner, const char *user)
{
	struct registry_entry *e;
	unsigned int n = 0;

	LIST_FOREACH(e, &r->by_user[hash_text(user)], by_user) {
		const struct session_record *record = &e->session->record;

		if (!strcmp(record->user, user) && !strcmp(record->owner, owner))
			n++;
	}
	return n;
}

static void set_stats(void *ctx, const struct net_session_addr *name, const struct net_stats *stats)
{
	struct session *session = registry_find_call(ctx, name);

	if (session)
		session->record.stats = *stats;
}

void registry_read_stats(struct registry *r, const struct net_backend *backend)
{
	/* What was read last stays true enough. */
	net_all_stats(backend, set_stats, r);
}
