// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "ban.h"
#include "util/container.h"
#include "util/due.h"
#include "util/hash.h"

#define BUCKETS		2048
#define SETS		1024	/* of sources */
#define WAYS		8	/* sources of a set */
#define AT_ONCE		256	/* bans that bans_run() ends */
#define LENGTHS		129	/* of prefixes, from 0 */
#define V6_LENGTH	64	/* of the IPv6 network that is a source */

/* Marks of how much it matters to keep a source, above any time. */
#define MATTERS_BANS	(1ull << 62)
#define MATTERS_FAILURES (1ull << 61)

struct entry {
	LIST_ENTRY(entry) in_bucket;
	TAILQ_ENTRY(entry) in_order;
	struct due end;
	struct ban ban;
};

struct source {
	struct ip_addr network;		/* not set: the place is free */
	unsigned int failures;		/* count until @failures_until */
	unsigned int times;		/* bans in a row; count until @times_until */
	uint64_t failures_until;
	uint64_t times_until;
	/*
	 * When so many connections as may come at once may do so again, in microseconds. Each moves
	 * that on by the time that one takes.
	 */
	uint64_t rested_us;
};

/* Bans for failed logins, or those by hand. */
struct kind {
	struct due_heap ends;
	unsigned int n;
};

struct bans {
	const struct ban_ops *ops;
	void *ctx;
	uint32_t seed;
	struct ban_settings settings;
	struct kind kinds[2];		/* by ban.by_hand */
	unsigned int lengths[LENGTHS];	/* number of bans with that length */
	TAILQ_HEAD(, entry) order;
	LIST_HEAD(, entry) buckets[BUCKETS];
	struct source sources[SETS * WAYS];
};

struct bans *bans_new(uint32_t seed, const struct ban_ops *ops, void *ctx)
{
	struct bans *b = calloc(1, sizeof(*b));

	if (!b)
		return NULL;
	b->seed = seed;
	b->ops = ops;
	b->ctx = ctx;
	b->settings.length = 32;
	TAILQ_INIT(&b->order);
	return b;
}

void bans_free(struct bans *b)
{
	struct entry *e;

	if (!b)
		return;
	while ((e = TAILQ_FIRST(&b->order))) {
		TAILQ_REMOVE(&b->order, e, in_order);
		free(e);
	}
	free(b);
}

void bans_set(struct bans *b, const struct ban_settings *settings)
{
	b->settings = *settings;
}

static uint32_t hash(const struct bans *b, struct ip_addr network, unsigned int length)
{
	const uint32_t mix[] = { b->seed, ip_hash(network), length };
	uint32_t h = hash_bytes(mix, sizeof(mix));

	return h ^ h >> 16;
}

/* Returns the network that @from is a part of as a source. */
static struct ip_prefix source_of(const struct bans *b, struct ip_addr from)
{
	const unsigned int length = from.family == AF_INET ? b->settings.length : V6_LENGTH;

	return (struct ip_prefix){ .address = ip_network(from, length), .length = length };
}

/* --- bans ---------------------------------------------------------------------------------- */

static struct entry *find(const struct bans *b, const struct ip_prefix *network)
{
	uint32_t h = hash(b, network->address, network->length) % BUCKETS;
	struct entry *e;

	LIST_FOREACH(e, &b->buckets[h], in_bucket)
		if (ip_prefix_equal(&e->ban.network, network))
			return e;
	return NULL;
}

/* Returns the ban with the longest prefix that counts for @from, or NULL. */
static struct entry *find_covering(const struct bans *b, struct ip_addr from, uint64_t now)
{
	const bool only_by_hand = bans_excepts(b, from);

	if (TAILQ_EMPTY(&b->order))
		return NULL;
	for (int length = (int)ip_bits(from); length >= 0; length--) {
		const struct ip_prefix network = {
			.address = ip_network(from, length), .length = length,
		};
		struct entry *e = b->lengths[length] ? find(b, &network) : NULL;

		if (e && e->ban.until > now && (e->ban.by_hand || !only_by_hand))
			return e;
	}
	return NULL;
}

static int insert(struct bans *b, const struct ban *ban)
{
	struct kind *kind = &b->kinds[ban->by_hand];
	struct entry *e = calloc(1, sizeof(*e));

	if (!e)
		return -ENOMEM;
	e->ban = *ban;
	LIST_INSERT_HEAD(&b->buckets[hash(b, ban->network.address, ban->network.length) % BUCKETS],
			 e, in_bucket);
	TAILQ_INSERT_TAIL(&b->order, e, in_order);
	b->lengths[ban->network.length]++;
	kind->n++;
	if (ban->until != NEVER)
		due_set(&kind->ends, &e->end, ban->until);
	b->ops->begun(b->ctx, &e->ban);
	return 0;
}

static void drop(struct bans *b, struct entry *e)
{
	struct kind *kind = &b->kinds[e->ban.by_hand];

	LIST_REMOVE(e, in_bucket);
	TAILQ_REMOVE(&b->order, e, in_order);
	b->lengths[e->ban.network.length]--;
	kind->n--;
	due_remove(&kind->ends, &e->end);
	free(e);
}

static void end(struct bans *b, struct entry *e, enum ban_end why)
{
	b->ops->ended(b->ctx, &e->ban, why);
	drop(b, e);
}

/* Returns the one of this kind that ends first, or NULL. */
static struct entry *first(const struct kind *kind)
{
	struct due *due = due_first(&kind->ends);

	return due ? container_of(due, struct entry, end) : NULL;
}

/* --- sources ------------------------------------------------------------------------------- */

static uint64_t left(uint64_t until, uint64_t now)
{
	return until > now ? until - now : 0;
}

/* Returns how much it matters to keep the source; 0 if it does not matter. */
static uint64_t worth(const struct source *s, uint64_t now)
{
	if (s->times_until > now)
		return MATTERS_BANS + s->times_until - now;
	if (s->failures_until > now)
		return MATTERS_FAILURES + s->failures_until - now;
	return left(s->rested_us / 1000, now);
}

static struct source *set_of(struct bans *b, struct ip_addr network)
{
	return &b->sources[hash(b, network, 0) % SETS * WAYS];
}

static struct source *find_source(struct bans *b, struct ip_addr network)
{
	struct source *s = set_of(b, network);

	for (unsigned int i = 0; i < WAYS; i++)
		if (ip_equal(s[i].network, network))
			return &s[i];
	return NULL;
}

/*
 * Returns the place of the source, which may have been that of one that matters less, and less than
 * @matters; NULL if there is none.
 */
static struct source *take_source(struct bans *b, struct ip_addr network, uint64_t matters,
				  uint64_t now)
{
	struct source *s = find_source(b, network);
	struct source *set, *least;

	if (s)
		return s;
	set = least = set_of(b, network);
	for (unsigned int i = 1; i < WAYS; i++)
		if (worth(&set[i], now) < worth(least, now))
			least = &set[i];
	if (worth(least, now) >= matters)
		return NULL;
	*least = (struct source){ .network = network };
	return least;
}

/* --- what happens -------------------------------------------------------------------------- */

bool bans_excepts(const struct bans *b, struct ip_addr from)
{
	for (size_t i = 0; i < b->settings.n_except; i++)
		if (ip_prefix_contains(&b->settings.except[i], from))
			return true;
	return false;
}

static bool is_too_fast(struct bans *b, struct ip_addr from, uint64_t now)
{
	const struct ban_settings *settings = &b->settings;
	uint64_t each_us, all_us;
	struct source *s;

	if (!settings->per_second || bans_excepts(b, from))
		return false;
	each_us = 1000000 / settings->per_second;
	all_us = each_us * settings->burst;
	s = take_source(b, source_of(b, from).address, MATTERS_FAILURES, now);
	if (!s)
		return false;
	if (left(s->rested_us, now * 1000) + each_us > all_us)
		return true;
	s->rested_us = now * 1000 + left(s->rested_us, now * 1000) + each_us;
	return false;
}

enum ban_answer bans_connection(struct bans *b, struct ip_addr from, uint64_t now)
{
	struct entry *e = find_covering(b, from, now);

	if (e) {
		e->ban.turned_away++;
		return BAN_BANNED;
	}
	return is_too_fast(b, from, now) ? BAN_TOO_FAST : BAN_WELCOME;
}

const struct ban *bans_find(const struct bans *b, struct ip_addr from, uint64_t now)
{
	const struct entry *e = find_covering(b, from, now);

	return e ? &e->ban : NULL;
}

/* Returns the time of the next ban of @s, and counts it. */
static uint64_t next_time(const struct bans *b, struct source *s, uint64_t now)
{
	const struct ban_settings *settings = &b->settings;
	uint64_t time = settings->time_ms;

	if (s->times_until <= now)
		s->times = 0;
	for (unsigned int i = 0; i < s->times && time < settings->max_time_ms; i++)
		time *= 2;
	time = earlier(time, settings->max_time_ms);
	s->times++;
	s->times_until = now + time + settings->max_time_ms;
	return time;
}

static void ban_source(struct bans *b, const struct ip_prefix *network, struct source *s,
		       uint64_t now)
{
	struct ban ban = {
		.network = *network, .since = now, .failures = s->failures,
		.until = now + next_time(b, s, now), .times = s->times,
	};
	struct entry *same = find(b, network);

	s->failures = 0;
	s->failures_until = 0;
	/* One that is over, and that nobody has ended yet. */
	if (same)
		end(b, same, BAN_END_TIME);
	if (b->kinds[false].n >= BANS_MAX)
		end(b, first(&b->kinds[false]), BAN_END_ROOM);
	insert(b, &ban);
}

void bans_failed(struct bans *b, struct ip_addr from, uint64_t now)
{
	const struct ip_prefix network = source_of(b, from);
	struct source *s;

	if (!b->settings.failures || bans_excepts(b, from) || find_covering(b, from, now))
		return;
	s = take_source(b, network.address, UINT64_MAX, now);
	if (s->failures_until <= now) {
		s->failures = 0;
		s->failures_until = now + b->settings.within_ms;
	}
	if (++s->failures >= b->settings.failures)
		ban_source(b, &network, s, now);
}

int bans_add(struct bans *b, const struct ip_prefix *network, uint64_t until, uint64_t now)
{
	const struct ban ban = {
		.network = {
			.address = ip_network(network->address, network->length),
			.length = network->length,
		},
		.since = now, .until = until, .by_hand = true,
	};
	struct entry *old = find(b, &ban.network);
	int err;

	if (b->kinds[true].n >= BANS_BY_HAND_MAX && !(old && old->ban.by_hand))
		return -ENOSPC;
	err = insert(b, &ban);
	if (!err && old)
		drop(b, old);
	return err;
}

static void forget(struct bans *b, struct ip_addr network)
{
	struct source *s = find_source(b, network);

	if (s)
		*s = (struct source){ .network = network, .rested_us = s->rested_us };
}

bool bans_remove(struct bans *b, const struct ip_prefix *network, struct ban *ended)
{
	struct ip_prefix exact = {
		.address = ip_network(network->address, network->length),
		.length = network->length,
	};
	struct entry *e = find(b, &exact);

	if (!e && exact.length == ip_bits(exact.address)) {
		exact = source_of(b, exact.address);
		e = find(b, &exact);
	}
	if (!e)
		return false;
	forget(b, exact.address);
	if (ended)
		*ended = e->ban;
	end(b, e, BAN_END_REMOVED);
	return true;
}

uint64_t bans_due(const struct bans *b)
{
	uint64_t at = NEVER;

	for (unsigned int i = 0; i < 2; i++) {
		const struct entry *e = first(&b->kinds[i]);

		at = e ? earlier(at, e->ban.until) : at;
	}
	return at;
}

void bans_run(struct bans *b, uint64_t now)
{
	struct entry *e;
	unsigned int n = 0;

	for (unsigned int i = 0; i < 2; i++)
		while ((e = first(&b->kinds[i])) && e->ban.until <= now && n++ < AT_ONCE)
			end(b, e, BAN_END_TIME);
}

unsigned int bans_count(const struct bans *b, bool by_hand)
{
	return b->kinds[by_hand].n;
}

struct ban *bans_copy(const struct bans *b, size_t *n)
{
	struct ban *list = calloc(b->kinds[0].n + b->kinds[1].n + 1, sizeof(*list));
	const struct entry *e;

	*n = 0;
	if (!list)
		return NULL;
	TAILQ_FOREACH(e, &b->order, in_order)
		list[(*n)++] = e->ban;
	return list;
}
