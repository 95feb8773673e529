// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each address has a slot. The free slots form a queue, in which the slot that has
 * been free for longest comes first. They also form a bitset, which finds the next
 * free slot from any slot on in a few steps. A slot that was given to a user stays
 * in a hash table by user, taken or free, until another user gets the address.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/bitset.h"
#include "util/hash.h"
#include "pool.h"

#define NONE		UINT32_MAX		/* end of a queue or chain */
#define TAKEN		(UINT32_MAX - 1)	/* in slot.next */
#define EXCLUDED	(UINT32_MAX - 2)	/* in slot.next */

struct slot {
	uint32_t next;		/* queue of free slots, or TAKEN or EXCLUDED */
	uint32_t prev;
	uint32_t chain;		/* next slot in the same bucket */
	uint32_t user;		/* hash of the last user; 0: no user, in no bucket */
};

struct span {
	struct ipv4_range range;
	uint32_t slot;		/* slot of range.first */
};

struct pool {
	unsigned int refs;
	struct pool *next;		/* a reference, or NULL */
	bool sticky;
	struct slot *slots;
	uint32_t *buckets;
	struct span *spans;	/* in the order of addresses */
	size_t n_spans;
	uint32_t n_slots;
	uint32_t mask;		/* of the buckets */
	uint32_t first;		/* queue of free slots */
	uint32_t last;
	struct bitset free;	/* the free slots */
	uint32_t turn;		/* slot after the one that a restricted user took last */
	struct pool_counts counts;
	bool scarce;		/* see pool_becomes_scarce() */
};

static int by_address(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	return (x->range.first > y->range.first) - (x->range.first < y->range.first);
}

/* Returns the slot of an address, or NONE if the pool does not have the address. */
static uint32_t slot_of(const struct pool *pool, struct ip_addr of)
{
	const uint32_t address = ip_number(of);
	size_t low = 0, high = pool->n_spans;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct span *span = &pool->spans[mid];

		if (address < span->range.first)
			high = mid;
		else if (address > span->range.last)
			low = mid + 1;
		else
			return span->slot + (address - span->range.first);
	}
	return NONE;
}

static struct ip_addr address_of(const struct pool *pool, uint32_t slot)
{
	size_t low = 0, high = pool->n_spans;

	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;

		if (slot < pool->spans[mid].slot)
			high = mid;
		else
			low = mid;
	}
	return ip_from_number(pool->spans[low].range.first + (slot - pool->spans[low].slot));
}

static void enqueue(struct pool *pool, uint32_t i)
{
	struct slot *slot = &pool->slots[i];

	slot->next = NONE;
	slot->prev = pool->last;
	if (pool->last == NONE)
		pool->first = i;
	else
		pool->slots[pool->last].next = i;
	pool->last = i;
	bitset_add(&pool->free, i);
}

static void dequeue(struct pool *pool, uint32_t i, uint32_t mark)
{
	struct slot *slot = &pool->slots[i];

	if (slot->prev == NONE)
		pool->first = slot->next;
	else
		pool->slots[slot->prev].next = slot->next;
	if (slot->next == NONE)
		pool->last = slot->prev;
	else
		pool->slots[slot->next].prev = slot->prev;
	slot->next = mark;
	bitset_remove(&pool->free, i);
}

static bool is_free(const struct slot *slot)
{
	return slot->next != TAKEN && slot->next != EXCLUDED;
}

/* Never returns 0 for a user: 0 stands for no user. */
uint32_t pool_user(const void *name, size_t len)
{
	uint32_t hash = hash_bytes(name, len);

	if (!len)
		return 0;
	return hash ? hash : 1;
}

static void forget(struct pool *pool, uint32_t i)
{
	struct slot *slot = &pool->slots[i];
	uint32_t *link;

	if (!slot->user)
		return;
	link = &pool->buckets[slot->user & pool->mask];
	while (*link != i)
		link = &pool->slots[*link].chain;
	*link = slot->chain;
	slot->user = 0;
}

static void remember(struct pool *pool, uint32_t i, uint32_t user)
{
	struct slot *slot = &pool->slots[i];

	if (slot->user == user)
		return;
	forget(pool, i);
	if (!user || !pool->sticky)
		return;
	slot->user = user;
	slot->chain = pool->buckets[user & pool->mask];
	pool->buckets[user & pool->mask] = i;
}

static void count_taken(struct pool *pool)
{
	if (++pool->counts.used > pool->counts.most)
		pool->counts.most = pool->counts.used;
}

static void take(struct pool *pool, uint32_t i, uint32_t user, struct ip_addr *address)
{
	dequeue(pool, i, TAKEN);
	remember(pool, i, user);
	count_taken(pool);
	*address = address_of(pool, i);
}

static bool set_spans(struct pool *pool, const struct ipv4_range *ranges, size_t n)
{
	uint64_t total = 0;

	pool->spans = calloc(n ? n : 1, sizeof(*pool->spans));
	if (!pool->spans)
		return false;
	pool->n_spans = n;
	for (size_t i = 0; i < n; i++)
		pool->spans[i].range = ranges[i];
	qsort(pool->spans, n, sizeof(*pool->spans), by_address);
	for (size_t i = 0; i < n; i++) {
		struct span *span = &pool->spans[i];

		if (i && ipv4_ranges_overlap(&span->range, &span[-1].range))
			return false;
		span->slot = (uint32_t)total;
		total += (uint64_t)span->range.last - span->range.first + 1;
		if (total > POOL_MAX_ADDRESSES)
			return false;
	}
	pool->n_slots = (uint32_t)total;
	return true;
}

static bool set_slots(struct pool *pool)
{
	uint32_t n_buckets = 1;

	while (n_buckets < pool->n_slots)
		n_buckets *= 2;
	pool->mask = n_buckets - 1;
	pool->buckets = malloc(n_buckets * sizeof(*pool->buckets));
	pool->slots = calloc(pool->n_slots ? pool->n_slots : 1, sizeof(*pool->slots));
	if (!pool->buckets || !pool->slots || !bitset_init(&pool->free, pool->n_slots))
		return false;
	for (uint32_t i = 0; i < n_buckets; i++)
		pool->buckets[i] = NONE;
	pool->first = NONE;
	pool->last = NONE;
	for (uint32_t i = 0; i < pool->n_slots; i++)
		enqueue(pool, i);
	pool->counts.size = pool->n_slots;
	return true;
}

static void release(struct pool *pool)
{
	free(pool->slots);
	free(pool->buckets);
	free(pool->spans);
	bitset_free(&pool->free);
}

/* Returns false if the pool does not have the address, or has left it out already. */
static bool leave_out(struct pool *pool, struct ip_addr address)
{
	const uint32_t slot = slot_of(pool, address);

	if (slot == NONE || !is_free(&pool->slots[slot]))
		return false;
	dequeue(pool, slot, EXCLUDED);
	pool->counts.size--;
	return true;
}

struct pool *pool_new(const struct ipv4_range *ranges, size_t n, const struct ip_addr *exclude,
		      size_t n_exclude)
{
	struct pool *pool = calloc(1, sizeof(*pool));

	if (!pool)
		return NULL;
	pool->refs = 1;
	pool->sticky = true;
	if (!set_spans(pool, ranges, n) || !set_slots(pool)) {
		pool_put(pool);
		return NULL;
	}
	for (size_t i = 0; i < n_exclude; i++)
		leave_out(pool, exclude[i]);
	return pool;
}

void pool_reserve(struct pool *pool, const struct ip_addr *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		pool->counts.reserved += leave_out(pool, list[i]);
}

struct pool *pool_get(struct pool *pool)
{
	pool->refs++;
	return pool;
}

void pool_put(struct pool *pool)
{
	while (pool && !--pool->refs) {
		struct pool *next = pool->next;

		release(pool);
		free(pool);
		pool = next;
	}
}

void pool_set_next(struct pool *pool, struct pool *next)
{
	struct pool *old = pool->next;

	pool->next = next ? pool_get(next) : NULL;
	pool_put(old);
}

struct pool *pool_next(const struct pool *pool)
{
	return pool->next;
}

/*
 * Copy the state of slot @i of @from to the slot of the same address in @to. Does nothing if @to
 * does not have or excludes the address.
 */
static void carry_over(struct pool *to, const struct pool *from, uint32_t i)
{
	const struct slot *old = &from->slots[i];
	uint32_t slot = slot_of(to, address_of(from, i));

	if (slot == NONE || to->slots[slot].next == EXCLUDED)
		return;
	remember(to, slot, old->user);
	dequeue(to, slot, TAKEN);
	if (old->next == TAKEN)
		count_taken(to);
	else
		enqueue(to, slot);
}

void pool_become(struct pool *pool, struct pool *fresh)
{
	const struct pool old = *pool;

	for (uint32_t i = 0; i < pool->n_slots; i++)
		if (pool->slots[i].next == TAKEN)
			carry_over(fresh, pool, i);
	/* These are queued in the order of the old queue, behind addresses that no user had. */
	for (uint32_t i = pool->first; i != NONE; i = pool->slots[i].next)
		if (pool->slots[i].user)
			carry_over(fresh, pool, i);
	release(pool);
	*pool = *fresh;
	pool->refs = old.refs;
	pool->next = old.next;
	pool->counts.most = old.counts.most;
	pool->counts.refused = old.counts.refused;
	pool->scarce = old.scarce;
	free(fresh);
}

int pool_take_address(struct pool *pool, struct ip_addr address)
{
	uint32_t slot = slot_of(pool, address);

	if (slot == NONE)
		return -ENOENT;
	if (pool->slots[slot].next == EXCLUDED)
		return -EADDRNOTAVAIL;
	if (pool->slots[slot].next == TAKEN)
		return -EBUSY;
	dequeue(pool, slot, TAKEN);
	count_taken(pool);
	return 0;
}

static bool is_wanted(const struct pool *pool, const struct pool_wish *wish, uint32_t i)
{
	return !wish->allowed || wish->allowed(wish->ctx, address_of(pool, i));
}

/* Returns the free slot of an address that the user had before and may have now, or NONE. */
static uint32_t find_own(struct pool *pool, const struct pool_wish *wish, uint32_t user)
{
	uint32_t i = user ? pool->buckets[user & pool->mask] : NONE;

	for (; i != NONE; i = pool->slots[i].chain) {
		if (pool->slots[i].user != user || !is_free(&pool->slots[i]))
			continue;
		if (wish->within &&
		    !ipv4_ranges_contain(wish->within, wish->n_within, address_of(pool, i)))
			continue;
		if (is_wanted(pool, wish, i))
			break;
	}
	return i;
}

static uint32_t find_longest_free(const struct pool *pool, const struct pool_wish *wish)
{
	uint32_t i = pool->first;

	while (i != NONE && !is_wanted(pool, wish, i))
		i = pool->slots[i].next;
	return i;
}

/* Returns a free slot from @first to @last that the wish allows, or NONE. */
static uint32_t find_between(const struct pool *pool, const struct pool_wish *wish, uint32_t first,
			     uint32_t last)
{
	uint32_t i = bitset_next(&pool->free, first);

	while (i <= last && !is_wanted(pool, wish, i))
		i = bitset_next(&pool->free, i + 1);
	return i <= last ? i : NONE;
}

/* Like find_between(), but slots from pool->turn on come first. */
static uint32_t find_in_turn(const struct pool *pool, const struct pool_wish *wish, uint32_t first,
			     uint32_t last)
{
	uint32_t found;

	if (pool->turn <= first || pool->turn > last)
		return find_between(pool, wish, first, last);
	found = find_between(pool, wish, pool->turn, last);
	return found != NONE ? found : find_between(pool, wish, first, pool->turn - 1);
}

static uint32_t find_in_range(const struct pool *pool, const struct pool_wish *wish,
			      const struct ipv4_range *range)
{
	uint32_t found = NONE;

	for (size_t i = 0; found == NONE && i < pool->n_spans; i++) {
		const struct span *span = &pool->spans[i];
		uint32_t low = range->first > span->range.first ? range->first : span->range.first;
		uint32_t high = range->last < span->range.last ? range->last : span->range.last;

		if (low <= high)
			found = find_in_turn(pool, wish, span->slot + (low - span->range.first),
					     span->slot + (high - span->range.first));
	}
	return found;
}

static uint32_t find_restricted(struct pool *pool, const struct pool_wish *wish)
{
	uint32_t found = NONE;

	for (size_t i = 0; found == NONE && i < wish->n_within; i++)
		found = find_in_range(pool, wish, &wish->within[i]);
	if (found != NONE)
		pool->turn = found + 1;
	return found;
}

/* Returns a free slot that the user may have, or NONE. */
static uint32_t find_any(struct pool *pool, const struct pool_wish *wish, uint32_t user)
{
	return wish->within ? find_restricted(pool, wish) : find_longest_free(pool, wish);
}

/* Returns the first pool of the chain where @find finds a slot, which it sets; or NULL. */
static struct pool *first_with(struct pool *pool, const struct pool_wish *wish, uint32_t user,
			       uint32_t (*find)(struct pool *pool, const struct pool_wish *wish,
						uint32_t user),
			       uint32_t *slot)
{
	for (; pool; pool = pool->next) {
		*slot = find(pool, wish, user);
		if (*slot != NONE)
			break;
	}
	return pool;
}

struct pool *pool_take(struct pool *pool, const struct pool_wish *wish, struct ip_addr *address)
{
	const uint32_t user = pool_user(wish->user, wish->user_len);
	struct pool *from;
	uint32_t i;

	from = first_with(pool, wish, user, find_own, &i);
	if (!from)
		from = first_with(pool, wish, user, find_any, &i);
	if (from)
		take(from, i, user, address);
	else
		pool->counts.refused++;
	return from;
}

void pool_set_sticky(struct pool *pool, bool sticky)
{
	pool->sticky = sticky;
}

bool pool_is_sticky(const struct pool *pool)
{
	return pool->sticky;
}

void pool_recall(struct pool *pool, struct ip_addr address, uint32_t user)
{
	const uint32_t slot = slot_of(pool, address);

	if (slot == NONE || !is_free(&pool->slots[slot]))
		return;
	remember(pool, slot, user);
	dequeue(pool, slot, TAKEN);
	enqueue(pool, slot);
}

/* Returns true if less than @percent of the addresses are taken. */
static bool has_less_than(const struct pool *pool, unsigned int percent)
{
	return pool->counts.used * 100 < pool->counts.size * percent;
}

void pool_give_back(struct pool *pool, struct ip_addr address)
{
	uint32_t slot = slot_of(pool, address);

	if (slot == NONE || pool->slots[slot].next != TAKEN)
		return;
	enqueue(pool, slot);
	pool->counts.used--;
	if (has_less_than(pool, POOL_AMPLE_PERCENT))
		pool->scarce = false;
}

struct pool_counts pool_counts(const struct pool *pool)
{
	return pool->counts;
}

bool pool_becomes_scarce(struct pool *pool)
{
	if (pool->scarce || has_less_than(pool, POOL_SCARCE_PERCENT))
		return false;
	pool->scarce = true;
	return true;
}
