// SPDX-License-Identifier: GPL-2.0-only
/*
 * A bucket is stored as the time at which it will be full again. A failure moves that time on by
 * the time in which one failure refills. A failure that would move it farther than
 * THROTTLE_REFILL_MS from now is not allowed. So nothing has to refill the buckets: time does.
 */
#include <stdlib.h>

#include "throttle.h"
#include "util/hash.h"

struct entry {
	struct throttle_key key;	/* @from is not set: the entry is free */
	uint64_t full_at;		/* ms */
	uint64_t known_until;		/* ms */
};

struct throttle {
	size_t sets;
	uint32_t seed;
	struct entry entries[];		/* THROTTLE_WAYS for each set */
};

struct throttle *throttle_new(size_t entries, uint32_t seed)
{
	struct throttle *t = calloc(1, sizeof(*t) + entries * sizeof(t->entries[0]));

	if (!t)
		return NULL;
	t->sets = entries / THROTTLE_WAYS;
	t->seed = seed;
	return t;
}

void throttle_free(struct throttle *t)
{
	free(t);
}

static uint64_t left(uint64_t until, uint64_t now)
{
	return until > now ? until - now : 0;
}

/*
 * Returns how much it matters to keep this entry; 0 if it does not matter. An entry with failures
 * that count matters more than any entry that is only known.
 */
static uint64_t worth(const struct entry *e, uint64_t now)
{
	if (e->full_at > now)
		return THROTTLE_KNOWN_MS + (e->full_at - now);
	return left(e->known_until, now);
}

static size_t first_of_set(const struct throttle *t, struct throttle_key key)
{
	const uint32_t mix[] = { t->seed, ip_hash(key.from), key.user };
	uint32_t h = hash_bytes(mix, sizeof(mix));

	return (h ^ h >> 16) % t->sets * THROTTLE_WAYS;
}

static bool is_of(const struct entry *e, struct throttle_key key)
{
	return ip_equal(e->key.from, key.from) && e->key.user == key.user;
}

static const struct entry *find(const struct throttle *t, struct throttle_key key)
{
	const struct entry *e = &t->entries[first_of_set(t, key)];

	for (unsigned int i = 0; i < THROTTLE_WAYS; i++)
		if (is_of(&e[i], key))
			return &e[i];
	return NULL;
}

/* Returns the entry of the key, or else the entry of its set that matters least. */
static struct entry *find_place(struct throttle *t, struct throttle_key key, uint64_t now)
{
	struct entry *e = &t->entries[first_of_set(t, key)];
	struct entry *least = e;

	for (unsigned int i = 0; i < THROTTLE_WAYS; i++) {
		if (is_of(&e[i], key))
			return &e[i];
		if (worth(&e[i], now) < worth(least, now))
			least = &e[i];
	}
	return least;
}

/* Returns the milliseconds in which one failure refills. */
static uint64_t interval(unsigned int burst)
{
	return burst < THROTTLE_REFILL_MS ? THROTTLE_REFILL_MS / burst : 1;
}

uint64_t throttle_wait(const struct throttle *t, struct throttle_key key, unsigned int burst,
		       uint64_t now)
{
	const struct entry *e = find(t, key);

	if (!e || !burst)
		return 0;
	return left(left(e->full_at, now) + interval(burst), THROTTLE_REFILL_MS);
}

bool throttle_take(struct throttle *t, struct throttle_key key, unsigned int burst, uint64_t now)
{
	struct entry *e;

	if (!burst || throttle_wait(t, key, burst, now))
		return false;
	e = find_place(t, key, now);
	if (!is_of(e, key))
		*e = (struct entry){ .key = key };
	e->full_at = (e->full_at > now ? e->full_at : now) + interval(burst);
	return true;
}

unsigned int throttle_failures(const struct throttle *t, struct throttle_key key,
			       unsigned int burst, uint64_t now)
{
	const struct entry *e = find(t, key);

	if (!e || !burst)
		return 0;
	return (left(e->full_at, now) + interval(burst) - 1) / interval(burst);
}

void throttle_give_back(struct throttle *t, struct throttle_key key, unsigned int burst,
			uint64_t now)
{
	struct entry *e = (struct entry *)find(t, key);

	if (e && burst)
		e->full_at = now + left(left(e->full_at, now), interval(burst));
}

void throttle_succeeded(struct throttle *t, struct throttle_key key, uint64_t now)
{
	struct entry *e = find_place(t, key, now);

	if (!is_of(e, key) && e->full_at > now)
		return;
	*e = (struct entry){ .key = key, .known_until = now + THROTTLE_KNOWN_MS };
}

bool throttle_knows(const struct throttle *t, struct throttle_key key, uint64_t now)
{
	const struct entry *e = find(t, key);

	return e && e->known_until > now;
}

size_t throttle_used(const struct throttle *t, uint64_t now)
{
	size_t n = 0;

	for (size_t i = 0; i < t->sets * THROTTLE_WAYS; i++)
		n += worth(&t->entries[i], now) > 0;
	return n;
}
