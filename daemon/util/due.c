// SPDX-License-Identifier: GPL-2.0-only
#include "util/due.h"

/* Make one heap of two, either of which may be NULL. The roots have no siblings. */
static struct due *meld(struct due *a, struct due *b)
{
	struct due *later;

	if (!a || !b)
		return a ? a : b;
	later = a->at <= b->at ? b : a;
	a = a->at <= b->at ? a : b;
	later->next = a->child;
	later->prev = a;
	if (a->child)
		a->child->prev = later;
	a->child = later;
	return a;
}

/* Take the first of a list of siblings, as a heap of its own. */
static struct due *shift(struct due **list)
{
	struct due *first = *list;

	if (!first)
		return NULL;
	*list = first->next;
	first->next = NULL;
	first->prev = NULL;
	return first;
}

/*
 * Make one heap of a list of siblings: two by two from the left, and what comes of that from the
 * right. The pairs wait in a list that is linked by @next, the last one first.
 */
static struct due *meld_all(struct due *list)
{
	struct due *pairs = NULL, *all = NULL;

	while (list) {
		struct due *first = shift(&list);
		struct due *pair = meld(first, shift(&list));

		pair->next = pairs;
		pairs = pair;
	}
	while (pairs) {
		struct due *pair = pairs;

		pairs = pair->next;
		pair->next = NULL;
		all = meld(all, pair);
	}
	return all;
}

/* Take @due, which has a parent, out of the children of that. Its own children stay with it. */
static void cut(struct due *due)
{
	if (due->prev->child == due)
		due->prev->child = due->next;
	else
		due->prev->next = due->next;
	if (due->next)
		due->next->prev = due->prev;
	due->next = NULL;
	due->prev = NULL;
}

void due_remove(struct due_heap *heap, struct due *due)
{
	struct due *children;

	if (!due->waits)
		return;
	children = meld_all(due->child);
	if (due == heap->root) {
		heap->root = children;
	} else {
		cut(due);
		heap->root = meld(heap->root, children);
	}
	due->child = NULL;
	due->waits = false;
}

/* One that is due earlier than before keeps its children, which are due later still. */
void due_set(struct due_heap *heap, struct due *due, uint64_t at)
{
	if (due->waits && at > due->at)
		due_remove(heap, due);
	due->at = at;
	if (due == heap->root)
		return;
	if (due->waits)
		cut(due);
	due->waits = true;
	heap->root = meld(heap->root, due);
}
