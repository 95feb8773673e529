/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Watches the files of secrets that servers with watch-secrets name, and tells when one has changed.
 * The folders are watched, since editors put a new file in the place of the old one; of a link it is
 * noticed if the link is another one, and not what it leads to.
 */
#ifndef CULVERT_CONTROL_WATCH_H
#define CULVERT_CONTROL_WATCH_H

#include <stdint.h>
#include <sys/queue.h>
#include <uv.h>

#include "config/config.h"

#define WATCH_REST_MS	1000	/* a file has to rest for so long before its change is told */
#define WATCH_LATEST_MS	10000	/* and if it never does, it is told so long after the first change */

struct watched;

/* Called on the loop's thread, once for all changes that came close together. */
typedef void (*watch_changed_fn)(void *ctx);

struct watch {
	/* private */
	uv_loop_t *loop;
	uv_timer_t timer;		/* runs from a change until that is told */
	uint64_t since;			/* when the first change came that was not told yet */
	SLIST_HEAD(watched_list, watched) files;
	watch_changed_fn changed;
	void *ctx;
};

/* watch_close() must be called some time later. */
void watch_init(struct watch *w, uv_loop_t *loop, watch_changed_fn changed, void *ctx);

/*
 * Watch the files of @config, and no others any more. A change that came before, and was not told yet,
 * is told all the same. What cannot be watched is logged.
 */
void watch_files(struct watch *w, const struct config *config);

/* Stop watching. The handles are closed by the loop, which must run until it has none left. */
void watch_close(struct watch *w);

#endif
