/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Looking up the addresses of a name, by a process of its own for each name.
 *
 * The process is this program, started once more. It asks the C library, and so every source of
 * names that the host is configured for, and it may wait for these as long as it likes: neither the
 * loop nor any other lookup waits with it, and it can be killed at any moment.
 *
 *	lookup_start() ──► the line ──► process: lookup_serve() ──► pipe ──► done()
 */
#ifndef CULVERT_CLIENT_LOOKUP_H
#define CULVERT_CLIENT_LOOKUP_H

#include <stdbool.h>
#include <uv.h>

#include "session/later.h"
#include "util/ip.h"

#define LOOKUP_MAX	16	/* addresses of a name; further addresses are ignored */

/* What the process is called, in argv[0]. argv[1] is the name. */
#define LOOKUP_PROGRAM	"culvertd: lookup"

struct lookup {
	/* for the owner to read once @done was called */
	int status;			/* 0, or an error of libuv */
	unsigned int n;			/* number of addresses in @list */
	struct ip_addr list[LOOKUP_MAX];

	/* private */
	void (*done)(struct lookup *l);
	struct later_line *line;
	struct later later;
	const char *name;
	uv_process_t process;
	int fd;				/* where the process writes its answer; -1: none */
	bool running;			/* the process has been started and has not ended */
	bool cancelled;
};

/*
 * Begin to look up @name, which must remain valid until @done is called. Starting a process takes
 * time, so that lookups stand in @line for it. @done is called once, later, on the loop's thread;
 * the memory of @l may be reused from then on.
 */
void lookup_start(struct lookup *l, struct later_line *line, const char *name,
		  void (*done)(struct lookup *l));

/* The result is not wanted any more. @done is called nevertheless, and soon. */
void lookup_cancel(struct lookup *l);

/*
 * To be called first by main(). Returns false if the program was not started by lookup_start().
 * Otherwise answers, and returns true when there is nothing left for the program to do.
 */
bool lookup_serve(int argc, char **argv);

#endif
