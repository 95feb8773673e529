/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How long the steps took that led to a session of a server: its peer connects, asks for a control
 * connection, places a call, agrees on LCP, proves who it is, and agrees on MPPE and addresses.
 *
 * Times are marks: microseconds of a clock that wraps around after 71 minutes, so that they cost
 * little in each session. What took longer than that has a wrong time; no step may.
 */
#ifndef CULVERT_SESSION_STEPS_H
#define CULVERT_SESSION_STEPS_H

#include <stdbool.h>
#include <stdint.h>

enum setup_step {
	SETUP_CONNECTION,		/* TCP is connected to Start-Control-Connection-Request */
	SETUP_CALL,			/* to the answered Outgoing-Call-Request */
	SETUP_LCP,
	SETUP_AUTH,
	SETUP_NETWORK,			/* CCP, IPCP and what the host needs, until traffic flows */
	SETUP_STEPS
};

/* Zeroed where nothing is known. */
struct steps {
	uint32_t began;			/* TCP was connected; 0: unknown */
	uint32_t ended[SETUP_STEPS];		/* 0: not yet, or unknown */
};

/* Returns the mark of this moment, which is never 0. */
uint32_t steps_mark(void);

/*
 * Write how long the step took to *@us. Returns false if it has not ended, or none before it that is
 * known.
 */
bool steps_took(const struct steps *s, enum setup_step step, uint32_t *us);

/* The same of all steps together. */
bool steps_took_all(const struct steps *s, uint32_t *us);

/* Returns "connection" and so on. */
const char *setup_step_name(enum setup_step step);

#endif
