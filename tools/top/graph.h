/* SPDX-License-Identifier: GPL-2.0-only */
/* What top remembers of the rates of sessions, and small graphs of it. Pure. */
#ifndef PPPCTL_TOP_GRAPH_H
#define PPPCTL_TOP_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GRAPH_LENGTH 60		/* rates of each session */

struct rates {
	uint64_t id;
	uint64_t seen;			/* the last reading that it was in */
	uint64_t rate[GRAPH_LENGTH];	/* bits a second, a ring */
	size_t n;			/* so many were put into it */
};

/* Sessions that were in a reading lately. */
struct memory {
	struct rates *list;
	size_t n, room;
	uint64_t reading;
};

/* Begin a reading, and forget sessions that were in none of the last GRAPH_LENGTH. */
void memory_begin(struct memory *m);

/* Remember the rate of a session in this reading. Without room for it, nothing is remembered. */
void memory_add(struct memory *m, uint64_t id, uint64_t rate);

void memory_free(struct memory *m);

/*
 * Write the last rates of a session to @out, of @size octets, as a graph of @columns, of which the
 * last one is the last rate and a full one is the highest of them; with @blocks of U+2581 to U+2588,
 * else in ASCII. What is not known is blank.
 */
void graph(char *out, size_t size, const struct memory *m, uint64_t id, size_t columns,
	   bool blocks);

#endif
