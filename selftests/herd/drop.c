// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "herd.h"

/* The job of a command "drop". */
static struct {
	unsigned int dropped;
	unsigned int under_way;		/* clients that are not over yet */
	bool begun;			/* client_leave() was called for all of them */
	uint64_t began_ns;
	struct tally unanswered;	/* clients that the server did not answer as it has to */
} drop;

static void report_if_done(struct herd *herd)
{
	if (!drop.begun || drop.under_way)
		return;
	herd_answer(herd, json_pack("{s:i, s:i, s:o, s:f}",
				    "dropped", drop.dropped,
				    "unanswered", tally_sum(&drop.unanswered),
				    "reasons", tally_json(&drop.unanswered),
				    "seconds", (uv_hrtime() - drop.began_ns) / 1e9));
}

static void one_over(struct herd *herd, struct client *c, enum client_state was, const char *why)
{
	if (was != CLIENT_LEAVING)
		return;
	drop.under_way--;
	if (*why)
		tally_add(&drop.unanswered, why);
	report_if_done(herd);
}

static const struct job_ops ops = { .over = one_over };

static void leave(struct herd *herd, struct client *c, enum manner manner)
{
	herd->n_up--;
	drop.dropped++;
	if (manner == MANNER_SILENCE)
		herd->n_silent++;
	else
		drop.under_way++;
	client_leave(c, manner);
}

void drop_begin(struct herd *herd, unsigned int n, enum manner manner)
{
	struct spread spread = { .n = n < herd->n_up ? n : herd->n_up, .all = herd->n_up };
	struct client *c = herd_next_up(herd, NULL), *next;

	memset(&drop, 0, sizeof(drop));
	drop.began_ns = uv_hrtime();
	herd->job = &ops;
	for (; c; c = next) {
		next = herd_next_up(herd, c);
		if (spread_next(&spread))
			leave(herd, c, manner);
	}
	drop.begun = true;
	report_if_done(herd);
}
