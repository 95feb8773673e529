/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The text of all metrics (metrics/text.h), made in slices: between them the loop serves all others.
 * Its parts are of the moments when they were made. Its length does not grow with the number of
 * sessions, unless lines for single sessions are wanted, of which there are so many at most.
 */
#ifndef CULVERT_WEB_SCRAPE_H
#define CULVERT_WEB_SCRAPE_H

#include "control/commands.h"
#include "metrics/text.h"
#include "web/tally.h"

#define SCRAPE_TEXT_MAX		(1 << 20)	/* octets */
#define SCRAPE_SESSIONS_MAX	1000

/* Answers are counted by their status; the last is for all others. */
#define WEB_CODES { 200, 304, 400, 401, 403, 404, 405, 409, 413, 429, 503, 0 }
#define WEB_N_CODES 12

/* How many descriptors are open: to count many takes longer than all else, so it is not always done. */
struct scrape_descriptors {
	uint64_t n;
	uint64_t at;			/* when they were counted, by the loop's time; 0: never */
};

struct scrape_source {
	const struct api *api;
	const struct tally *tally;
	uint64_t started_s;		/* CLOCK_REALTIME */
	const uint64_t *answers;	/* WEB_N_CODES */
	struct scrape_descriptors *descriptors;
};

struct scrape;

/*
 * The text is made; it is @done's to keep, with free(). NULL: there was no memory. The struct scrape
 * is gone.
 */
typedef void (*scrape_done_fn)(void *ctx, char *text, size_t len);

/*
 * Begin. All that @source names must stay as long as the scrape. @sessions: so many are told of one
 * by one, and of nothing else; 0: all else is told of. Returns NULL if there is no memory; else @done
 * is called later, unless it is cancelled.
 */
struct scrape *scrape_begin(const struct scrape_source *source, unsigned int sessions,
			    scrape_done_fn done, void *ctx);
void scrape_cancel(struct scrape *s);	/* NULL is allowed */

#endif
