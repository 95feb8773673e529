/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The methods of the control socket (socket.h), by which pppctl and others ask the daemon.
 *
 * What they take and give is described in varlink/, a file for each interface, which is the one place
 * for that: it is installed, the daemon is built with it, and what comes in is compared with it. A
 * method is a row of api_methods and an entry in such a file.
 */
#ifndef CULVERT_CONTROL_COMMANDS_H
#define CULVERT_CONTROL_COMMANDS_H

#include <stdint.h>
#include <sys/queue.h>

#include "accounting/accounting.h"
#include "client/clients.h"
#include "control/socket.h"
#include "server/servers.h"
#include "session/tap.h"
#include "util/diag.h"

/*
 * The configuration has been read. @done is true if the new one is in use, false if the old one
 * stays. @diag has the errors and warnings, and is borrowed for the call.
 */
typedef void (*api_reloaded_fn)(void *ctx, bool done, const struct diag *diag);

/*
 * The configuration in use and what the files say now are to be compared. Called on a thread; nothing of
 * the loop's may be touched. @after is NULL if there is a mistake in the files.
 */
typedef void (*api_compare_fn)(void *ctx, const struct config *before, const struct config *after);

/* That was done. @diag has what is wrong and odd, and is borrowed for the call. */
typedef void (*api_compared_fn)(void *ctx, const struct diag *diag);

struct coa;
struct history;
struct hooks;
struct monitor;
struct tracer;

struct api {
	struct sessions *sessions;
	struct servers *servers;
	struct clients *clients;
	const struct accounting *accounting;	/* NULL: not any more */
	const struct coa *coa;
	const struct hooks *hooks;
	struct history *history;
	const char *version;
	uint64_t started_ms;		/* uv_now() when the daemon was ready */
	/*
	 * Read the configuration again and call @reloaded when that is done, later, on the loop's
	 * thread. Returns 0, or -ENOMEM, and then @reloaded is not called.
	 */
	int (*reload)(void *daemon, api_reloaded_fn reloaded, void *ctx);
	/* Read the configuration and compare it, as reload_look() does. Returns 0 or -ENOMEM. */
	int (*compare)(void *daemon, api_compare_fn compare, api_compared_fn done, void *ctx);
	void *daemon;			/* the first argument of @reload and @compare */

	/* private to monitor.c */
	struct subscriber events;
	LIST_HEAD(, monitor) monitors;

	/* private to trace_commands.c */
	struct {
		struct tap tap;
		struct subscriber events;
		LIST_HEAD(, tracer) tracers;
	} tracing;
};

/* Tell monitors what happens to sessions, from now on. */
void api_subscribe(struct api *api);

/* What control_open() wants. The context of the methods is a struct api. */
extern const struct control_method api_methods[];
extern const char * const api_descriptions[];

#endif
