/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hooks: programs that are told of sessions, and asked about them, as pppd's ip-up, ip-down and
 * ip-pre-up are (command.h). The section of the session names them (struct programs).
 *
 *	event of a session ──► line of the session ─┐
 *						    ├─► a program, so many at a time ──► log
 *	question of a login ────────────────────────┘
 *
 * A program is told what was so when the event came, however long it had to wait. Those of one
 * session run one after the other, in the order of its events; those of others beside them. As many
 * wait as there may, and another is not run; but who was told that a session is up is told its end.
 * So there are at most as many more as there are sessions.
 *
 * Everything runs on the loop's thread, and nothing waits for a program.
 */
#ifndef CULVERT_HOOKS_H
#define CULVERT_HOOKS_H

#include <sys/queue.h>
#include <uv.h>

#include "session/sessions.h"

#define HOOKS_BUCKETS	4096		/* a power of 2 */
#define HOOKS_STOP_MS	5000		/* how long the end waits for programs */

struct hooks_settings {
	unsigned int max_running;	/* at a time; at least 1 */
	unsigned int max_waiting;	/* at least 1 */
	uint64_t timeout_ms;		/* of one program */
};

struct hooks_counters {
	uint64_t run;			/* programs that have ended, or could not be started */
	uint64_t failed;		/* of these: with a status other than 0, or not started */
	uint64_t timed_out;		/* likewise: ended by us */
	uint64_t dropped;		/* were not run, since too many waited, or at the end */
	unsigned int running;
	unsigned int waiting;
};

struct hook;
struct hook_line;
TAILQ_HEAD(hook_queue, hook);

struct hooks {
	/* may be read by anyone */
	struct hooks_counters counters;

	/* private */
	struct sessions *all;		/* NULL: not open */
	struct subscriber sub;
	struct hooks_settings settings;
	LIST_HEAD(, hook_line) lines[HOOKS_BUCKETS];
	struct hook_queue events;	/* the first of each line that has none under way */
	struct hook_queue questions;	/* that wait */
	struct hook_queue running;
	bool asked;			/* the one that was started last is a question */
	uv_idle_t starter;
	uv_timer_t deadline;
	unsigned int handles;		/* not closed yet */
	bool stopping;
	void (*stopped)(void *ctx);
	void *ctx;
};

/* Begin to hear of the sessions of @all, which must outlive @h. */
void hooks_open(struct hooks *h, struct sessions *all, const struct hooks_settings *settings);

/* Change the settings: for programs that are started from now on. */
void hooks_set(struct hooks *h, const struct hooks_settings *settings);

/*
 * No session is left. Programs go on for HOOKS_STOP_MS at most, then they are ended. @stopped is
 * called later.
 */
void hooks_stop(struct hooks *h, void (*stopped)(void *ctx), void *ctx);

/* What a program is told of a login that is to be let in. */
struct hook_login {
	const char *program;
	const char *user;		/* printable */
	struct ip_addr local, remote;	/* inside the tunnel */
};

/*
 * Ask a program whether a login may come in. @answer is called once, later; with NULL if it ended
 * with status 0, else with what is to be logged as the reason, which may have a line of the
 * program's in it. Returns NULL if too many wait, or there is no memory.
 */
struct hook *hooks_ask(struct hooks *h, const struct session *s, const struct hook_login *login,
		       void (*answer)(void *ctx, const char *refusal), void *ctx);

/* The answer is not wanted any more: @answer is not called, and the program is ended. */
void hooks_ask_cancel(struct hook *question);

#endif
