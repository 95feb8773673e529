/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A table of token buckets, of a fixed size: it tells which keys have failed too often lately.
 *
 * A key may fail @burst times at once, and then as often as its bucket refills. An empty bucket is
 * full again after THROTTLE_REFILL_MS. A key is the address that a login comes from, with or
 * without the user. It is never the user alone, so that nobody can use up the tries of a user who
 * logs in from another address.
 *
 * The table is divided into sets of THROTTLE_WAYS entries. A new key replaces the entry of its set
 * that matters least: an entry without failures that count, or else the entry whose bucket is full
 * again first. So a flood of keys can only make the throttle forget keys that failed a few times.
 * It cannot make the throttle refuse a key that has not failed.
 *
 * Pure: times are milliseconds of the caller's monotonic clock. One thread only.
 */
#ifndef CULVERT_AAA_THROTTLE_H
#define CULVERT_AAA_THROTTLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/ip.h"

#define THROTTLE_REFILL_MS	(5 * 60 * 1000ull)
#define THROTTLE_KNOWN_MS	(30 * 24 * 3600 * 1000ull)
#define THROTTLE_WAYS		8	/* entries of a set */

struct throttle;

struct throttle_key {
	struct ip_addr from;
	uint32_t user;			/* hash of the user name; 0: the address alone */
};

/*
 * Create a throttle with @entries entries of 40 octets each. @entries is a power of 2 and at least
 * THROTTLE_WAYS. @seed should be random, so that nobody can choose keys that fall into one set.
 * Returns NULL if there is no memory.
 */
struct throttle *throttle_new(size_t entries, uint32_t seed);
void throttle_free(struct throttle *t);		/* NULL is allowed */

/*
 * Returns the milliseconds until the key may fail again; 0 if it may fail now. With @burst 0 it may
 * always fail.
 */
uint64_t throttle_wait(const struct throttle *t, struct throttle_key key, unsigned int burst,
		       uint64_t now);

/*
 * Count a failure of the key. Returns false if the failure was not counted, because the bucket was
 * empty or @burst is 0.
 */
bool throttle_take(struct throttle *t, struct throttle_key key, unsigned int burst, uint64_t now);

/* Returns how many failures of the key count, the last one included. */
unsigned int throttle_failures(const struct throttle *t, struct throttle_key key,
			       unsigned int burst, uint64_t now);

/* Take back one failure that throttle_take() has counted. */
void throttle_give_back(struct throttle *t, struct throttle_key key, unsigned int burst,
			uint64_t now);

/*
 * Tell that the key has succeeded. Its failures are forgotten, and the key is known for
 * THROTTLE_KNOWN_MS. A key that has no entry does not become known if that would replace an entry
 * with failures that count.
 */
void throttle_succeeded(struct throttle *t, struct throttle_key key, uint64_t now);

/* Returns true if the key has succeeded within THROTTLE_KNOWN_MS and is still in the table. */
bool throttle_knows(const struct throttle *t, struct throttle_key key, uint64_t now);

/*
 * Returns the number of entries that are known or have failures that count. Walks the whole table;
 * for tests and for status.
 */
size_t throttle_used(const struct throttle *t, uint64_t now);

#endif
