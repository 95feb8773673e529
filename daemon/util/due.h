/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Things that are due at times of their own (deadline.h), the earliest one at hand: a pairing heap.
 *
 * Whatever is due embeds a struct due; nothing is allocated. To add, to hasten and to look at the
 * earliest one takes a few steps; to take one out takes as many as the logarithm of their number,
 * on average. Of those that are due at the same time any may come first.
 */
#ifndef CULVERT_UTIL_DUE_H
#define CULVERT_UTIL_DUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct due {
	uint64_t at;		/* may be read while it is in a heap */
	/* private */
	bool waits;		/* it is in a heap */
	struct due *child;	/* first of those that are not due before this one */
	struct due *next;	/* next child of the same parent */
	struct due *prev;	/* previous child of it, or else the parent; NULL: the root */
};

/* All zeroes is an empty heap. */
struct due_heap {
	struct due *root;
};

/* Let @due, zeroed before its first use, be due at @at, instead of any earlier setting. */
void due_set(struct due_heap *heap, struct due *due, uint64_t at);

/* Take it out. Does nothing if it is not in the heap. */
void due_remove(struct due_heap *heap, struct due *due);

/* Returns the one that is due first, or NULL if there is none. It stays in the heap. */
static inline struct due *due_first(const struct due_heap *heap)
{
	return heap->root;
}

static inline bool due_is_set(const struct due *due)
{
	return due->waits;
}

#endif
