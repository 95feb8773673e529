/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is done about sources that abuse our servers: bans (aaa/ban.h), a rate of connections, and
 * answers to failed logins that come late. One for all servers.
 *
 * The answer to a failed login of a user from an address is delayed by 0, 1, 2, 4 ... seconds with
 * each failure that admission.h still counts. Nothing else waits for it. There is a bound to the
 * answers that wait: more of them are given at once.
 */
#ifndef CULVERT_ABUSE_H
#define CULVERT_ABUSE_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "aaa/ban.h"
#include "ppp/auth.h"
#include "util/due.h"
#include "util/ip.h"

#define ABUSE_LATE_MAX	1024	/* answers that wait */

struct call;
struct config_abuse;
struct late_answer;

struct abuse {
	struct bans *bans;
	uint64_t banned, too_fast;	/* connections that were turned away */
	uint64_t begun[2];		/* bans: for failed logins, by hand */

	/* private */
	uv_timer_t timer;		/* of what is due first in @late or @bans */
	struct due_heap late;
	unsigned int n_late;
	unsigned int max_delay_s;
};

/* Returns 0, or -ENOMEM; abuse_close() must be called either way. */
int abuse_open(struct abuse *a, uv_loop_t *loop);

/* Apply @config, which must stay until the next call. */
void abuse_configure(struct abuse *a, const struct config_abuse *config);

/* No answer may wait any more. @closed is called by the loop, with the timer as its argument. */
void abuse_close(struct abuse *a, uv_close_cb closed);

/* Free what @a has, after @closed was called. */
void abuse_free(struct abuse *a);

/* Returns true if a connection from @from to the server @server is to be closed without a word. */
bool abuse_turns_away(struct abuse *a, struct ip_addr from, const char *server);

/* Count a failed login of the peer of @call. */
void abuse_failed(struct abuse *a, const struct call *call);

/* A command has changed the bans. */
void abuse_settle(struct abuse *a);

/*
 * Answer the peer of @call with @verdict, a refusal, because of a failed login: now, or later if
 * @failures of the user are too many.
 */
void abuse_answer(struct abuse *a, struct call *call, const struct ppp_auth_verdict *verdict,
		  unsigned int failures);

/* The peer of @call needs no answer any more. Does nothing if none waits. */
void abuse_forget(struct abuse *a, struct call *call);

#endif
