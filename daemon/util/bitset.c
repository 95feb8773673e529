// SPDX-License-Identifier: GPL-2.0-only
#include <stddef.h>
#include <stdlib.h>

#include "util/bitset.h"

#define LEVELS	(sizeof(((struct bitset *)0)->levels) / sizeof(uint64_t *))
#define BITS	64			/* bits of a word */

bool bitset_init(struct bitset *set, uint32_t bound)
{
	uint32_t words = bound, total = 0;
	size_t n = 0;

	*set = (struct bitset){ 0 };
	/* The last level is the first one that fits in a single word. */
	do {
		words = (words + BITS - 1) / BITS;
		if (!words)
			words = 1;
		set->words[n++] = words;
		total += words;
	} while (words > 1);
	set->levels[0] = calloc(total, sizeof(uint64_t));
	if (!set->levels[0])
		return false;
	for (size_t i = 1; i < n; i++)
		set->levels[i] = set->levels[i - 1] + set->words[i - 1];
	return true;
}

void bitset_free(struct bitset *set)
{
	free(set->levels[0]);
	*set = (struct bitset){ 0 };
}

void bitset_add(struct bitset *set, uint32_t i)
{
	for (size_t level = 0; level < LEVELS && set->words[level]; level++) {
		uint64_t *word = &set->levels[level][i / BITS];
		bool was_empty = !*word;

		*word |= UINT64_C(1) << i % BITS;
		if (!was_empty)
			return;
		i /= BITS;
	}
}

void bitset_remove(struct bitset *set, uint32_t i)
{
	for (size_t level = 0; level < LEVELS && set->words[level]; level++) {
		uint64_t *word = &set->levels[level][i / BITS];

		*word &= ~(UINT64_C(1) << i % BITS);
		if (*word)
			return;
		i /= BITS;
	}
}

/* Returns the smallest member in the part of the set that bit @i of @level, a set bit, covers. */
static uint32_t least_in(const struct bitset *set, size_t level, uint32_t i)
{
	while (level--)
		i = i * BITS + (uint32_t)__builtin_ctzll(set->levels[level][i]);
	return i;
}

uint32_t bitset_next(const struct bitset *set, uint32_t from)
{
	uint32_t i = from;

	for (size_t level = 0; level < LEVELS && i / BITS < set->words[level]; level++) {
		uint64_t word = set->levels[level][i / BITS] & UINT64_MAX << i % BITS;

		if (word)
			return least_in(set, level,
					i / BITS * BITS + (uint32_t)__builtin_ctzll(word));
		i = i / BITS + 1;
	}
	return BITSET_NONE;
}
