/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who has failed too often lately: a table of buckets, of a fixed size.
 *
 * A key may fail @burst times at once, then as often as its bucket refills: the whole of it in
 * THROTTLE_REFILL_MS. A key is where from, and as whom or not; never as whom alone, so that nobody
 * can spend the tries of somebody who calls from elsewhere.
 *
 * The table has as many entries as it was made with. A new key takes the place of the neighbour
 * whose loss matters least: that of a key that did not fail, or else the one with the fewest
 * failures. So a flood of keys makes the throttle forget others that failed a few times, at worst;
 * it cannot make it refuse a key that did not fail.
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
#define THROTTLE_WAYS		8	/* neighbours */

struct throttle;

struct throttle_key {
	struct ip_addr from;
	uint32_t user;			/* a hash of the name; 0: whoever */
};

/*
 * @entries is a power of 2 and at least THROTTLE_WAYS; 24 octets each. @seed should be random, so
 * that nobody can choose neighbours. NULL without memory.
 */
struct throttle *throttle_new(size_t entries, uint32_t seed);
void throttle_free(struct throttle *t);		/* NULL is allowed */

/* Milliseconds until the key may fail again; 0: it may now. @burst 0: it always may. */
uint64_t throttle_wait(const struct throttle *t, struct throttle_key key, unsigned int burst,
		       uint64_t now);

/* The key fails. False if that was not counted, since its bucket was empty or @burst is 0. */
bool throttle_take(struct throttle *t, struct throttle_key key, unsigned int burst, uint64_t now);

/* One failure that was counted was none. */
void throttle_give_back(struct throttle *t, struct throttle_key key, unsigned int burst,
			uint64_t now);

/*
 * The key has succeeded: its failures are forgotten, and it is known for THROTTLE_KNOWN_MS, unless
 * somebody else's failures would be forgotten for that.
 */
void throttle_succeeded(struct throttle *t, struct throttle_key key, uint64_t now);

bool throttle_knows(const struct throttle *t, struct throttle_key key, uint64_t now);

/* Entries whose loss would matter at all. Walks the table; for tests and for status. */
size_t throttle_used(const struct throttle *t, uint64_t now);

#endif
