/* SPDX-License-Identifier: GPL-2.0-only */
/* What a history says, in one structure, for verdict.h. Pure. */
#ifndef CULVERT_DIAGNOSIS_FACTS_H
#define CULVERT_DIAGNOSIS_FACTS_H

#include "diagnosis/history.h"

#define FACTS_COUNTERS	64	/* the kernel's, by their number PPTP_A_STATS_* */
#define FACTS_TEXT	320	/* octets of a text, with the NUL */

struct facts {
	struct history_head head;
	const char *section;		/* texts are those of the history, or "" */
	const char *peer_is;		/* host and vendor, as the peer says */
	const char *method;		/* by which somebody tried to log in */
	bool connected;
	bool started;
	bool called;			/* a call is up, or was */
	unsigned int frames_in;		/* PPP control frames, but for echos */
	unsigned int frames_out;
	bool lcp_answered;		/* the peer has answered a Configure-Request of ours */
	bool authenticated;
	bool refused;			/* a login was, and none was accepted after that */
	/*
	 * Why the attempt failed or its session ended: what is known best of it. "" while nothing
	 * is known. Of a client also what the server said.
	 */
	const char *reason;
	uint64_t counters[FACTS_COUNTERS];
};

/* Fill @facts; valid as long as @h is not changed. */
void facts_of(struct facts *facts, const struct history *h);

/* Take what the kernel says now of a session that lasts; @counters has @n, at most FACTS_COUNTERS. */
void facts_count(struct facts *facts, const uint64_t *counters, size_t n);

/* Returns true if anything in GRE has come from the peer, as far as is known. */
bool facts_heard(const struct facts *facts);

/*
 * Write a step in words to @out: "LCP Configure-Request: mru 1400". It is printable, and "" of the
 * steps that facts tells otherwise. Returns @out.
 */
char *facts_step(char out[FACTS_TEXT], const struct history_view *step);

#endif
