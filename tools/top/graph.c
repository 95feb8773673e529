// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "top/graph.h"

#define LEVELS 8

static struct rates *find(const struct memory *m, uint64_t id)
{
	for (size_t i = 0; i < m->n; i++)
		if (m->list[i].id == id)
			return &m->list[i];
	return NULL;
}

void memory_begin(struct memory *m)
{
	size_t kept = 0;

	m->reading++;
	for (size_t i = 0; i < m->n; i++)
		if (m->reading - m->list[i].seen <= GRAPH_LENGTH)
			m->list[kept++] = m->list[i];
	m->n = kept;
}

static struct rates *add(struct memory *m, uint64_t id)
{
	if (m->n == m->room) {
		size_t room = m->room ? 2 * m->room : 64;
		struct rates *list = realloc(m->list, room * sizeof(*list));

		if (!list)
			return NULL;
		m->list = list;
		m->room = room;
	}
	m->list[m->n] = (struct rates){ .id = id, .seen = m->reading };
	return &m->list[m->n++];
}

void memory_add(struct memory *m, uint64_t id, uint64_t rate)
{
	struct rates *r = find(m, id);

	if (!r)
		r = add(m, id);
	if (!r)
		return;
	/* A session that was not shown for a while has a gap, and not a shorter life. */
	for (uint64_t gap = m->reading - r->seen; gap > 1; gap--)
		r->rate[r->n++ % GRAPH_LENGTH] = 0;
	r->seen = m->reading;
	r->rate[r->n++ % GRAPH_LENGTH] = rate;
}

void memory_free(struct memory *m)
{
	free(m->list);
	*m = (struct memory){ 0 };
}

void graph(char *out, size_t size, const struct memory *m, uint64_t id, size_t columns, bool blocks)
{
	static const char * const drawn[] = {
		"\xe2\x96\x81", "\xe2\x96\x82", "\xe2\x96\x83", "\xe2\x96\x84",
		"\xe2\x96\x85", "\xe2\x96\x86", "\xe2\x96\x87", "\xe2\x96\x88",
	};
	static const char * const typed[] = { "_", ".", ":", "-", "=", "+", "*", "#" };
	const struct rates *r = find(m, id);
	size_t known = r ? r->n : 0, len = 0;
	uint64_t most = 1;

	*out = '\0';
	columns = columns < GRAPH_LENGTH ? columns : GRAPH_LENGTH;
	known = known < columns ? known : columns;
	for (size_t i = 0; i < known; i++)
		if (r->rate[(r->n - 1 - i) % GRAPH_LENGTH] > most)
			most = r->rate[(r->n - 1 - i) % GRAPH_LENGTH];
	for (size_t i = 0; i < columns && len + 4 < size; i++) {
		const char *mark = " ";

		if (i >= columns - known) {
			uint64_t rate = r->rate[(r->n - (columns - i)) % GRAPH_LENGTH];
			size_t level = (size_t)((double)rate / (double)most * (LEVELS - 1) + 0.5);

			mark = blocks ? drawn[level] : typed[level];
		}
		strcpy(out + len, mark);
		len += strlen(mark);
	}
}
