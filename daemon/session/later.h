/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A line of work that is put off. Thousands of connections and sessions may end at once, and each
 * end takes time. So the ends stand in line and are worked off in slices, between which the loop
 * serves everything else. If the line was empty, the work is done before the loop waits for events
 * again.
 */
#ifndef CULVERT_LATER_H
#define CULVERT_LATER_H

#include <stdbool.h>
#include <sys/queue.h>
#include <uv.h>

/*
 * A place in a line. Embedded by its owner and zeroed before the first use. The owner sets @turn.
 */
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
	void (*closed)(struct later_line *line);
};

void later_line_open(struct later_line *line, uv_loop_t *loop);

/*
 * The line must be empty. The handle is closed by the loop, which must still run until it has no
 * handles left. @closed, which may be NULL, is called when the memory of @line may be reused.
 */
void later_line_close(struct later_line *line, void (*closed)(struct later_line *line));

/*
 * Let @later->turn be called once, from a later iteration of the loop. Does nothing if @later
 * stands in line already.
 */
void later_add(struct later_line *line, struct later *later);

/*
 * As later_add(), but @later comes before all others in the line: for the message of a login, whose
 * peer waits for the answer. Only for callers whose calls are bounded by the rate of their peer.
 */
void later_add_first(struct later_line *line, struct later *later);

/* Take @later out of the line. Harmless if it does not stand in line. */
void later_cancel(struct later_line *line, struct later *later);

#endif
