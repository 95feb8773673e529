/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A set of numbers below a bound. The search for the next member takes a few steps, however large
 * the set and the gaps in it are.
 *
 * Level 0 has one bit for each number. Each higher level has one bit for each 64-bit word of the
 * level below it; the bit is set if any bit of that word is set. The memory is allocated once, when
 * the set is initialised: about one octet for eight numbers.
 */
#ifndef CULVERT_UTIL_BITSET_H
#define CULVERT_UTIL_BITSET_H

#include <stdbool.h>
#include <stdint.h>

#define BITSET_MAX	(1u << 24)	/* the largest bound */
#define BITSET_NONE	UINT32_MAX

struct bitset {
	/* private */
	uint64_t *levels[4];		/* level 0 first; all levels share one allocation */
	uint32_t words[4];		/* number of words of each level; 0: level not used */
};

/*
 * Initialise @set as an empty set of numbers below @bound, which is at most BITSET_MAX. Returns
 * false if there is no memory; then the caller may only free the set.
 */
bool bitset_init(struct bitset *set, uint32_t bound);

/* Free the memory of @set. A set that is all zeroes is allowed. */
void bitset_free(struct bitset *set);

/*
 * Add or remove @i, which must be below the bound. Adding a member, or removing a number that is
 * not a member, changes nothing.
 */
void bitset_add(struct bitset *set, uint32_t i);
void bitset_remove(struct bitset *set, uint32_t i);

/* Returns the smallest member that is not below @from, or BITSET_NONE if there is none. */
uint32_t bitset_next(const struct bitset *set, uint32_t from);

#endif
