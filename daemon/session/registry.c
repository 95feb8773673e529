// SPDX-License-Identifier: GPL-2.0-only
#include <stddef.h>
#include <string.h>

#include "session/registry.h"
#include "session/session.h"
#include "util/hash.h"

/*
 * The call ID alone distinguishes the calls at one local address, and there are few local
 * addresses.
 */
static uint32_t hash_call(const struct net_session_addr *name)
{
	return name->call_id ^ ip_hash(name->local);
}

/* Thousands of peers may share one outer address, and each has few calls. */
static uint32_t hash_peer_call(struct ip_addr outer, uint16_t peer_call_id)
{
	return peer_call_id ^ ip_hash(outer);
}

/*
 * A name hashes as it would without a domain in front and a realm behind and in small letters, so
 * that names which differ in those are in the same bucket.
 */
static uint32_t hash_user(const char *user)
{
	const char *backslash = strrchr(user, '\\');

	if (backslash)
		user = backslash + 1;
	return hash_folded(user, strcspn(user, "@"));
}

static uint32_t hash_of(const struct session *s, enum registry_key key)
{
	switch (key) {
	case REGISTRY_USER:
		return hash_user(s->record.user);
	case REGISTRY_INTERFACE:
		return hash_text(s->record.ifname);
	case REGISTRY_INNER:
		return ip_hash(s->entry.inner);
	case REGISTRY_PEER_CALL:
		return hash_peer_call(s->record.addr.remote, s->record.addr.peer_call_id);
	case REGISTRY_OUTER:
		return ip_hash(s->record.addr.remote);
	case REGISTRY_CALL:
		return hash_call(&s->record.addr);
	default:
		return s->record.id;
	}
}

static const struct registry_bucket *bucket_of(const struct registry *r, enum registry_key key,
					       uint32_t hash)
{
	return &r->index[key][hash & (REGISTRY_BUCKETS - 1)];
}

static struct session *session_of(struct registry_node *node, enum registry_key key)
{
	return node ? (struct session *)((char *)(node - key) - offsetof(struct session, entry.nodes)) :
		      NULL;
}

/* Returns the first session in the bucket of @hash, or the one after @s in the same bucket. */
static struct session *next(const struct registry *r, enum registry_key key, uint32_t hash,
			    const struct session *s)
{
	return session_of(s ? LIST_NEXT(&s->entry.nodes[key], link) :
			      LIST_FIRST(bucket_of(r, key, hash)), key);
}

static void unset(struct session *s, enum registry_key key)
{
	struct registry_node *node = &s->entry.nodes[key];

	if (node->set)
		LIST_REMOVE(node, link);
	node->set = false;
}

void registry_init(struct registry *r)
{
	memset(r, 0, sizeof(*r));
	TAILQ_INIT(&r->all);
}

void registry_add(struct registry *r, struct session *s)
{
	memset(&s->entry, 0, sizeof(s->entry));
	s->record.id = ++r->last_id;
	registry_set(r, s, REGISTRY_ID);
	TAILQ_INSERT_TAIL(&r->all, s, entry.all);
	r->n++;
}

void registry_remove(struct registry *r, struct session *s)
{
	struct registry_cursor *c;

	LIST_FOREACH(c, &r->cursors, link)
		if (c->next == s)
			c->next = TAILQ_NEXT(s, entry.all);
	for (enum registry_key key = 0; key < REGISTRY_KEYS; key++)
		unset(s, key);
	TAILQ_REMOVE(&r->all, s, entry.all);
	r->n--;
}

void registry_set(struct registry *r, struct session *s, enum registry_key key)
{
	struct registry_bucket *bucket = &r->index[key][hash_of(s, key) & (REGISTRY_BUCKETS - 1)];

	unset(s, key);
	LIST_INSERT_HEAD(bucket, &s->entry.nodes[key], link);
	s->entry.nodes[key].set = true;
}

bool registry_claim_inner(struct registry *r, struct session *s, struct place place,
			  struct ip_addr inner)
{
	struct session *holder = registry_find_inner(r, place, inner);

	if (holder && holder != s)
		return false;
	s->entry.inner = inner;
	s->entry.place = place;
	registry_set(r, s, REGISTRY_INNER);
	return true;
}

struct session *registry_next(const struct registry *r, const struct session *s)
{
	return s ? TAILQ_NEXT(s, entry.all) : TAILQ_FIRST(&r->all);
}

void registry_cursor_open(struct registry *r, struct registry_cursor *c)
{
	c->next = TAILQ_FIRST(&r->all);
	LIST_INSERT_HEAD(&r->cursors, c, link);
}

struct session *registry_cursor_step(struct registry_cursor *c)
{
	struct session *s = c->next;

	if (s)
		c->next = TAILQ_NEXT(s, entry.all);
	return s;
}

void registry_cursor_close(struct registry_cursor *c)
{
	LIST_REMOVE(c, link);
}

struct session *registry_find_id(const struct registry *r, uint64_t id)
{
	struct session *s = NULL;

	while ((s = next(r, REGISTRY_ID, id, s)))
		if (s->record.id == id)
			break;
	return s;
}

struct session *registry_find_call(const struct registry *r, const char *netns,
				   const struct net_session_addr *name)
{
	struct session *s = NULL;

	while ((s = next(r, REGISTRY_CALL, hash_call(name), s)))
		if (s->record.addr.call_id == name->call_id &&
		    ip_equal(s->record.addr.local, name->local) &&
		    place_name_equal(session_outside(s).netns, netns))
			break;
	return s;
}

struct session *registry_next_of_inner(const struct registry *r, struct ip_addr inner,
				       const struct session *s)
{
	struct session *found = next(r, REGISTRY_INNER, ip_hash(inner), s);

	while (found && !ip_equal(found->entry.inner, inner))
		found = next(r, REGISTRY_INNER, 0, found);
	return found;
}

struct session *registry_find_inner(const struct registry *r, struct place place,
				    struct ip_addr inner)
{
	struct session *s = NULL;

	while ((s = registry_next_of_inner(r, inner, s)))
		if (place_equal(s->entry.place, place))
			break;
	return s;
}

struct session *registry_next_of_user(const struct registry *r, const char *user,
				      const struct session *s)
{
	struct session *found = registry_next_alike(r, user, s);

	while (found && !session_is_of(found, user))
		found = registry_next_alike(r, user, found);
	return found;
}

struct session *registry_next_alike(const struct registry *r, const char *user,
				    const struct session *s)
{
	return next(r, REGISTRY_USER, hash_user(user), s);
}

struct session *registry_next_on_interface(const struct registry *r, const char *ifname,
					   const struct session *s)
{
	struct session *found = next(r, REGISTRY_INTERFACE, hash_text(ifname), s);

	while (found && strcmp(found->record.ifname, ifname))
		found = next(r, REGISTRY_INTERFACE, 0, found);
	return found;
}

struct session *registry_next_of_outer(const struct registry *r, struct ip_addr outer,
				       const struct session *s)
{
	struct session *found = next(r, REGISTRY_OUTER, ip_hash(outer), s);

	while (found && !ip_equal(found->record.addr.remote, outer))
		found = next(r, REGISTRY_OUTER, 0, found);
	return found;
}

struct session *registry_next_of_call(const struct registry *r, struct ip_addr outer,
				      uint16_t peer_call_id, const struct session *s)
{
	struct session *found = next(r, REGISTRY_PEER_CALL, hash_peer_call(outer, peer_call_id), s);

	while (found && (found->record.addr.peer_call_id != peer_call_id ||
			 !ip_equal(found->record.addr.remote, outer)))
		found = next(r, REGISTRY_PEER_CALL, 0, found);
	return found;
}

unsigned int registry_count_user(const struct registry *r, const char *owner, const char *user)
{
	struct session *s = NULL;
	unsigned int n = 0;

	while ((s = registry_next_of_user(r, user, s)))
		n += !strcmp(s->record.owner, owner);
	return n;
}
