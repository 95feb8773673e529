/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A set of numbers below a bound, in which the next one from a place on is found in a few steps,
 * however large the set and the gaps in it are.
 *
 * A bit for each number, above that one for each word that has any bit, and so on. Memory is fixed
 * when it is made: about an octet for eight numbers.
 */
#ifndef CULVERT_UTIL_BITSET_H
#define CULVERT_UTIL_BITSET_H

#include <stdbool.h>
#include <stdint.h>

#define BITSET_MAX	(1u << 24)	/* the largest bound */
#define BITSET_NONE	UINT32_MAX

struct bitset {
	/* private */
	uint64_t *levels[4];		/* the numbers themselves first; parts of one allocation */
	uint32_t words[4];		/* of each level; 0: it has none */
};

/* Make an empty set of numbers below @bound. False without memory. */
bool bitset_init(struct bitset *set, uint32_t bound);

/* Harmless on one that is all zeroes. */
void bitset_free(struct bitset *set);

/* @i must be below the bound; either does nothing if nothing changes. */
void bitset_add(struct bitset *set, uint32_t i);
void bitset_remove(struct bitset *set, uint32_t i);

/* The least member that is @from or greater; BITSET_NONE if there is none. */
uint32_t bitset_next(const struct bitset *set, uint32_t from);

#endif
