// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "client/failure.h"

void failure_set(struct failure *f, enum dialer_end end, const char *fmt, ...)
{
	va_list args;

	f->end = end;
	va_start(args, fmt);
	vsnprintf(f->words, sizeof(f->words), fmt, args);
	va_end(args);
}

/* The part of @text that says more than the reason alone; NULL if there is none. */
static const char *details(enum ppp_reason reason, const char *text)
{
	size_t len = strlen(ppp_reason_text(reason));

	if (strncmp(text, ppp_reason_text(reason), len) || strncmp(text + len, ": ", 2))
		return NULL;
	return text + len + 2;
}

void failure_of_link(struct failure *f, enum ppp_reason reason, const char *text, bool idle)
{
	const char *more = details(reason, text);

	if (reason == PPP_REASON_AUTH_WE_FAILED)
		failure_set(f, DIALER_END_REFUSED, "server refused: %s",
			    more ? more : "wrong user or password");
	else if (reason == PPP_REASON_AUTH_NO_METHOD || reason == PPP_REASON_AUTH_WE_CANNOT ||
		 reason == PPP_REASON_AUTH_PEER_UNPROVEN)
		failure_set(f, DIALER_END_REFUSED, "%s", text);
	else if (idle)
		failure_set(f, DIALER_END_IDLE, "%s", more ? more : text);
	else
		failure_set(f, DIALER_END_FAILED, "%s", text);
}

/* The server said no: its result, and the general error if there is one. */
static void refused(struct failure *f, enum pptp_msg_type reply, unsigned int result,
		    unsigned int error)
{
	failure_set(f, DIALER_END_FAILED, "server refused: %s%s%s", pptp_result_text(reply, result),
		    error ? ", " : "", error ? pptp_error_text(error) : "");
}

void failure_of_call(struct failure *f, const struct pptp_call *call, enum pptp_call_end why)
{
	switch (why) {
	case PPTP_END_REFUSED:
		refused(f, PPTP_OUT_CALL_REPLY, call->result, call->error);
		break;
	case PPTP_END_DISCONNECTED:
		failure_set(f, DIALER_END_FAILED, "server ended the call: %s",
			    pptp_result_text(PPTP_CALL_DISCONNECT_NOTIFY, call->result));
		break;
	case PPTP_END_CONN:
	case PPTP_END_LOCAL:
		f->words[0] = '\0';
		break;
	default:
		failure_set(f, DIALER_END_FAILED, "%s", pptp_call_end_text(why));
		break;
	}
}

void failure_of_conn(struct failure *f, const struct pptp_conn *pptp, enum pptp_close why)
{
	switch (why) {
	case PPTP_CLOSE_REFUSED:
		refused(f, PPTP_START_REPLY, pptp->result, pptp->error);
		break;
	case PPTP_CLOSE_PEER_STOP:
		failure_set(f, DIALER_END_FAILED, "server ended the connection: %s",
			    pptp_stop_reason_text(pptp->stop_reason));
		break;
	default:
		failure_set(f, DIALER_END_FAILED, "%s", pptp_close_text(why));
		break;
	}
}
