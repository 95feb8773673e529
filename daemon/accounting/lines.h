/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A file to which lines are added: records as JSON (account_json()), for whoever has no RADIUS, or
 * wants them besides.
 *
 * A thread writes them; all that wait go together, and then fdatasync(). A line is there as a whole
 * or not at all, unless power fails while it is written: then half of it may be there, on a line of
 * its own. The file, of mode 0640 (less the umask) if we make it, is opened anew by lines_reopen(),
 * after something like logrotate has moved it.
 *
 * If it cannot be written to, lines wait in memory, LINES_MOST of them at most: then the oldest is
 * dropped. It is tried again every ten seconds; people are told when that begins and when it ends.
 *
 * Everything runs on the loop's thread.
 */
#ifndef CULVERT_ACCOUNTING_LINES_H
#define CULVERT_ACCOUNTING_LINES_H

#include <uv.h>

#include "util/jobs.h"

#define LINES_MOST	10000
#define LINES_BATCH	500	/* that are written together */

struct line;
STAILQ_HEAD(line_list, line);

struct lines {
	/*
	 * Set by the owner after lines_open() if it adds lines with a @record: what has become of
	 * that line. May call no function of this header.
	 */
	void (*done)(struct lines *lines, void *record, bool written);

	/* for the owner to read */
	uint64_t written;
	uint64_t dropped;
	bool failed;			/* the file cannot be written to */
	unsigned int n;			/* lines that wait; ... */
	unsigned int n_kept;		/* ... those of them that were added with a record */
	void *owner;			/* the owner's to set */

	/* private */
	uv_loop_t *loop;
	char *path;
	int fd;				/* the thread's while @busy; -1: not open */
	struct jobs thread;
	uv_poll_t poll;
	uv_timer_t timer;
	unsigned int handles;
	struct job job;
	bool busy;
	bool reopen;			/* before the next line; ... */
	bool close_first;		/* ... and so for the job */
	struct line_list waiting;
	struct line_list batch;		/* those of them that are with the thread */
	unsigned int n_batch;
	int err;			/* of the job: errno; 0: all lines are written */
	const char *what;		/* of @err: what could not be done */
	uint64_t retry_at;
	void (*closed)(struct lines *lines);	/* not NULL: lines_close() was called */
	bool tried;			/* to write, since then */
	bool over;
};

/* Begin. Returns 0 or a negative errno, and then there is nothing to close. */
int lines_open(struct lines *lines, uv_loop_t *loop, const char *path);

/*
 * Add a line. @text, which ends in "\n", is freed later; it may be NULL, for want of memory. If it
 * is "", nothing is written, and what is heard of it is about the lines before. With
 * @record somebody keeps what the line says, and hears by @lines->done that it was written, synced
 * as well, or that it never will be; without it what is not written is counted as dropped. Returns
 * the line, which is valid until then; or NULL without memory.
 */
struct line *lines_add(struct lines *lines, char *text, void *record);

/* Nobody wants to hear any more what becomes of @line. */
void line_disown(struct line *line);

/* Open the file anew before the next line. */
void lines_reopen(struct lines *lines);

/*
 * Write what waits, once, and close the file. @closed is called from the loop when that is done;
 * the memory may be reused from then on. The thread is waited for.
 */
void lines_close(struct lines *lines, void (*closed)(struct lines *lines));

#endif
