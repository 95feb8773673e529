/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Why an attempt, or the session that it brought, came to its end: what to conclude from it, and
 * words for people. Pure.
 */
#ifndef CULVERT_CLIENT_FAILURE_H
#define CULVERT_CLIENT_FAILURE_H

#include <stdbool.h>

#include "client/attempt_state.h"
#include "client/dialer.h"
#include "ppp/ppp.h"
#include "pptp/call.h"
#include "pptp/conn.h"

#define FAILURE_MAX	256	/* octets of the words, with the NUL */

struct failure {
	enum dialer_end end;
	enum attempt_step step;		/* the owner's to fill */
	char words[FAILURE_MAX];	/* "": there is none */
};

void failure_set(struct failure *f, enum dialer_end end, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The link ended. @idle: since nobody used it. */
void failure_of_link(struct failure *f, const struct ppp_end *end, bool idle);

/* The call ended. None if others know more: its connection, or whoever ended it. */
void failure_of_call(struct failure *f, const struct pptp_call *call, enum pptp_call_end why);

/* The control connection ended. */
void failure_of_conn(struct failure *f, const struct pptp_conn *pptp, enum pptp_close why);

#endif
