// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stats.h"

void samples_add(struct samples *s, uint64_t value)
{
	if (s->n == s->size) {
		s->size = s->size ? 2 * s->size : 64;
		s->list = reallocarray(s->list, s->size, sizeof(*s->list));
		if (!s->list)
			abort();
	}
	s->list[s->n++] = value;
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

uint64_t samples_percentile(struct samples *s, unsigned int percent)
{
	size_t rank = (s->n * percent + 99) / 100;

	if (!s->n)
		return 0;
	qsort(s->list, s->n, sizeof(*s->list), compare);
	return s->list[rank ? rank - 1 : 0];
}

void samples_free(struct samples *s)
{
	free(s->list);
	memset(s, 0, sizeof(*s));
}

void tally_add(struct tally *t, const char *text)
{
	unsigned int i;

	for (i = 0; i < t->n; i++)
		if (!strncmp(t->list[i].text, text, TALLY_TEXT - 1))
			break;
	if (i >= TALLY_REASONS) {
		i = TALLY_REASONS;
		text = "other";
	}
	if (i == t->n) {
		snprintf(t->list[i].text, TALLY_TEXT, "%s", text);
		t->n++;
	}
	t->list[i].count++;
}

unsigned int tally_sum(const struct tally *t)
{
	unsigned int sum = 0;

	for (unsigned int i = 0; i < t->n; i++)
		sum += t->list[i].count;
	return sum;
}
