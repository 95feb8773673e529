/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Why an attempt, or the session that it brought, ended: whether the failure is temporary or
 * permanent, and the reason in words. Pure.
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
	enum dialer_where where;
	enum attempt_step step;		/* filled by the caller, not by the functions below */
	char words[FAILURE_MAX];	/* "": no failure */
};

/*
 * Set the end and the words; words that are too long are cut. The cause is at the server until the
 * caller sets @where.
 */
void failure_set(struct failure *f, enum dialer_end end, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Describe the negative errno @err of connecting to @to, an address and a port. */
void failure_of_tcp(struct failure *f, const char *to, int err);

/* Describe the end of the link. @idle is true if the idle timeout ended it. */
void failure_of_link(struct failure *f, const struct ppp_end *end, bool idle);

/*
 * Describe the end of the call. The words are "" if the reason has to come from elsewhere: the call
 * ended with its control connection, or we ended it.
 */
void failure_of_call(struct failure *f, const struct pptp_call *call, enum pptp_call_end why);

/* Describe the end of the control connection. */
void failure_of_conn(struct failure *f, const struct pptp_conn *pptp, enum pptp_close why);

#endif
