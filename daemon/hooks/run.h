/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One run of a program: started, listened to, ended when its time is over.
 *
 * The process is this program, started once more (HOOK_PROGRAM). It closes what it has inherited,
 * makes sure that nobody could have changed the program, and becomes it: hook_serve(). It leads a
 * session and a group of processes of its own, has nothing on its standard input, and the run reads
 * what it writes. A run is over when this process has ended; what it left in the background goes
 * on, without anybody who reads it.
 *
 * posix_spawn() does not copy the tables of our memory, as a fork would, and a pidfd tells the end.
 */
#ifndef CULVERT_RUN_H
#define CULVERT_RUN_H

#include <stdbool.h>
#include <sys/types.h>
#include <uv.h>

#include "hooks/command.h"

#define RUN_LINE_SIZE	256	/* of a line that a program writes, with the NUL; it is cut */
#define RUN_LINES	20	/* of one run that are told */
#define RUN_GRACE_MS	2000	/* between SIGTERM and SIGKILL */

#define HOOK_FAILED	127	/* status of a process that could not become the program */

/* What the process is called, in argv[0]. argv[1] is the program that it becomes. */
#define HOOK_PROGRAM	"culvertd: hook"

struct run {
	/* set by the owner, who embeds it, before run_start() */
	void (*said)(struct run *r, const char *line);	/* @line is printable, and not "" */
	void (*done)(struct run *r);	/* from the loop; the memory may be reused */

	/* valid in @done */
	int error;			/* why it could not be started, an errno; or 0 */
	int status;			/* of waitpid(2), if @error is 0 */
	bool timed_out;			/* we ended it */
	unsigned int more;		/* lines that were not told */

	/* private */
	pid_t pid;
	int pidfd;
	int output;			/* we read here what it writes */
	uv_poll_t end;			/* of @pidfd */
	uv_poll_t poll;			/* of @output */
	uv_timer_t timer;
	unsigned int handles;		/* of libuv, not closed yet */
	unsigned int lines;
	size_t len;
	char line[RUN_LINE_SIZE];
};

/*
 * Start @command, which is used only during the call. After @timeout_ms the process and those of
 * its group get SIGTERM, and a little later SIGKILL. @r->done follows in any case.
 */
void run_start(struct run *r, uv_loop_t *loop, struct command *command, uint64_t timeout_ms);

/* End the process as if its time was over. */
void run_cancel(struct run *r);

/* End the process, and those of its group, at once. */
void run_kill(struct run *r);

/*
 * To be called first by main(). Returns false if the process was not started for a run. Otherwise
 * the process becomes the program that it is to be. Returns true if it cannot, after saying why on
 * standard error: main() then returns HOOK_FAILED.
 */
bool hook_serve(int argc, char **argv);

#endif
