/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Statistics: samples with their percentiles, and reasons with their counts.
 */
#ifndef CULVERT_HERD_STATS_H
#define CULVERT_HERD_STATS_H

#include <stddef.h>
#include <stdint.h>

/* No samples when zeroed. */
struct samples {
	uint64_t *list;			/* owned */
	size_t n;
	size_t size;
};

/* Out of memory ends the program. */
void samples_add(struct samples *s, uint64_t value);

/*
 * Returns the smallest sample such that @percent of all samples are not larger (nearest rank), or 0
 * if there is no sample. Sorts the list.
 */
uint64_t samples_percentile(struct samples *s, unsigned int percent);

void samples_free(struct samples *s);

#define TALLY_REASONS	16
#define TALLY_TEXT	200

/*
 * Reasons and how often each was added. Empty when zeroed. When TALLY_REASONS are in the list, all
 * further reasons are counted together, as "other".
 */
struct tally {
	unsigned int n;			/* different reasons */
	struct {
		unsigned int count;
		char text[TALLY_TEXT];
	} list[TALLY_REASONS + 1];
};

/* Count the reason @text. Only its first TALLY_TEXT - 1 octets are kept and compared. */
void tally_add(struct tally *t, const char *text);

/* Returns the sum of all counts. */
unsigned int tally_sum(const struct tally *t);

#endif
