/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What can befall thousands at once, and takes its time for each: the ends of connections and
 * sessions. They stand in line and come to their turn in slices, between which the loop serves
 * others. Where nobody else stands in line, the turn comes before the loop waits again.
 */
#ifndef CULVERT_LATER_H
#define CULVERT_LATER_H

#include <stdbool.h>
#include <sys/queue.h>
#include <uv.h>

/* One who may stand in line. Embedded, zeroed at first; @turn is set by its owner. */
struct later {
	void (*turn)(struct later *later);

	/* private */
	TAILQ_ENTRY(later) link;
	bool waits;
};

struct later_line {
	/* private */
	uv_idle_t idle;
	TAILQ_HEAD(, later) line;
};

void later_line_open(struct later_line *line, uv_loop_t *loop);

/* Nobody stands in line. The loop has to go on until it has no handles. */
void later_line_close(struct later_line *line);

/* Call later->turn once, later. Nothing changes for one who stands in line. */
void later_add(struct later_line *line, struct later *later);

/* Leave the line. Harmless for one who does not stand in it. */
void later_cancel(struct later_line *line, struct later *later);

#endif
