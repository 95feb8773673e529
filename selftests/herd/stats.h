/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What was measured: times with their percentiles, and reasons with how often each was given.
 */
#ifndef CULVERT_HERD_STATS_H
#define CULVERT_HERD_STATS_H

#include <stddef.h>
#include <stdint.h>

struct samples {
	uint64_t *list;			/* owned */
	size_t n;
	size_t size;
};

/* A zeroed one is empty. Without memory the program ends. */
void samples_add(struct samples *s, uint64_t value);

/*
 * The least value that @percent of 100 values do not exceed (nearest rank); 0 if there is none.
 * Sorts the list.
 */
uint64_t samples_percentile(struct samples *s, unsigned int percent);

void samples_free(struct samples *s);

#define TALLY_REASONS	16
#define TALLY_TEXT	200

/* A zeroed one is empty. When there is no place for one more reason, it is counted as "other". */
struct tally {
	unsigned int n;			/* different reasons */
	struct {
		unsigned int count;
		char text[TALLY_TEXT];
	} list[TALLY_REASONS + 1];
};

/* Texts that are longer are cut. */
void tally_add(struct tally *t, const char *text);

unsigned int tally_sum(const struct tally *t);

#endif
