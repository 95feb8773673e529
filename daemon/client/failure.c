// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>

#include "client/failure.h"
#include "ppp/mschap.h"

void failure_set(struct failure *f, enum dialer_end end, const char *fmt, ...)
{
	va_list args;

	f->end = end;
	f->where = DIALER_AT_SERVER;
	va_start(args, fmt);
	vsnprintf(f->words, sizeof(f->words), fmt, args);
	va_end(args);
}

/* --- permanent failures ------------------------------------------------------------------- */

/*
 * The tables name the failures that are permanent, as far as can be told: none of them passes by
 * itself, and some get worse with each attempt (a user is locked out). Failures that are not named
 * are temporary: the network fails, or the server is full or is being restarted.
 */

static const bool permanent_reasons[PPP_REASONS] = {
	[PPP_REASON_AUTH_NO_METHOD] = true,
	[PPP_REASON_AUTH_PEER_REFUSED] = true,
	[PPP_REASON_AUTH_PEER_FAILED] = true,
	[PPP_REASON_AUTH_WE_FAILED] = true,
	[PPP_REASON_AUTH_WE_CANNOT] = true,
	[PPP_REASON_AUTH_PEER_UNPROVEN] = true,
	[PPP_REASON_MPPE_REFUSED] = true,
	[PPP_REASON_MPPE_NO_KEYS] = true,
};

/* RFC 2637 section 2.2 */
static const bool permanent_starts[] = {
	[PPTP_START_NOT_AUTHORIZED] = true,
	[PPTP_START_BAD_VERSION] = true,
};

/* RFC 2637 section 2.8 */
static const bool permanent_calls[] = {
	[PPTP_OUT_PROHIBITED] = true,
};

/* RFC 2637 section 2.16: a message that the server does not understand is the same next time. */
static const bool permanent_errors[] = {
	[PPTP_ERR_BAD_FORMAT] = true,
	[PPTP_ERR_BAD_VALUE] = true,
};

static const bool permanent_stops[] = {
	[PPTP_STOP_PROTOCOL] = true,
};

static const bool permanent_closes[] = {
	[PPTP_CLOSE_VERSION] = true,
};

#define END_OF(table, code) \
	((code) < sizeof(table) / sizeof((table)[0]) && (table)[code] ? DIALER_END_PERMANENT : \
									DIALER_END_TEMPORARY)

/*
 * One of the error codes of MS-CHAP (RFC 2433 section 8, RFC 2759 section 6) concerns only the time
 * of the login: ERROR_RESTRICTED_LOGON_HOURS. Our own server sends it whenever the login may be
 * allowed later. R=1, which allows a retry, is ignored: it is meant for a person, who could type
 * another password. Codes that no RFC defines are permanent: they refuse a login, too, and servers
 * may count refused logins.
 */
static enum dialer_end end_of_link(const struct ppp_end *end)
{
	if (end->error == MSCHAP_ERR_RESTRICTED_LOGON_HOURS)
		return DIALER_END_TEMPORARY;
	return END_OF(permanent_reasons, end->reason);
}

/* --- where the cause is ------------------------------------------------------------------- */

static enum dialer_where where_of_tcp(int err)
{
	switch (-err) {
	case ETIMEDOUT:
	case EHOSTUNREACH:
		return DIALER_ON_THE_WAY;
	case ENETUNREACH:
	case ENETDOWN:
	case EADDRNOTAVAIL:
	case EINVAL:		/* of a route that has no source address */
		return DIALER_HERE;
	default:
		return DIALER_AT_SERVER;
	}
}

/* A peer that falls silent may have lost the way, or we have. */
static enum dialer_where where_of_link(enum ppp_reason reason)
{
	return reason == PPP_REASON_NO_ANSWER || reason == PPP_REASON_ECHO_TIMEOUT ?
	       DIALER_ON_THE_WAY : DIALER_AT_SERVER;
}

static enum dialer_where where_of_conn(enum pptp_close why)
{
	return why == PPTP_CLOSE_ECHO_TIMEOUT || why == PPTP_CLOSE_EOF ? DIALER_ON_THE_WAY :
									 DIALER_AT_SERVER;
}

/* --- words -------------------------------------------------------------------------------- */

/* Returns the part of the text that follows the words of the reason; NULL if there is none. */
static const char *details(const struct ppp_end *end)
{
	const char *reason = ppp_reason_text(end->reason);
	size_t len = strlen(reason);

	if (strncmp(end->text, reason, len) || strncmp(end->text + len, ": ", 2))
		return NULL;
	return end->text + len + 2;
}

void failure_of_tcp(struct failure *f, const char *to, int err)
{
	failure_set(f, DIALER_END_TEMPORARY, "%s: %s", to,
		    err == -ETIMEDOUT ? "no answer" : uv_strerror(err));
	f->where = where_of_tcp(err);
}

void failure_of_link(struct failure *f, const struct ppp_end *end, bool idle)
{
	const char *more = details(end);

	if (end->reason == PPP_REASON_AUTH_WE_FAILED)
		failure_set(f, end_of_link(end), "server refused: %s",
			    more ? more : "wrong user or password");
	else if (idle)
		failure_set(f, DIALER_END_IDLE, "%s", more ? more : end->text);
	else
		failure_set(f, end_of_link(end), "%s", end->text);
	f->where = where_of_link(end->reason);
}

/*
 * The server refused with @result, which stands for @end. If the result is "general error", @error
 * decides whether the failure is permanent (RFC 2637 section 2.16).
 */
static void refused(struct failure *f, enum dialer_end end, enum pptp_msg_type reply,
		    unsigned int result, unsigned int error)
{
	if (result == PPTP_RESULT_GENERAL)
		end = END_OF(permanent_errors, error);
	if (error)
		failure_set(f, end, "server refused: %s, %s (result %u, error %u)",
			    pptp_result_text(reply, result), pptp_error_text(error), result, error);
	else
		failure_set(f, end, "server refused: %s (result %u)",
			    pptp_result_text(reply, result), result);
}

void failure_of_call(struct failure *f, const struct pptp_call *call, enum pptp_call_end why)
{
	switch (why) {
	case PPTP_END_REFUSED:
		refused(f, END_OF(permanent_calls, call->result), PPTP_OUT_CALL_REPLY, call->result,
			call->error);
		break;
	case PPTP_END_DISCONNECTED:
		failure_set(f, DIALER_END_TEMPORARY, "server ended the call: %s (result %u)",
			    pptp_result_text(PPTP_CALL_DISCONNECT_NOTIFY, call->result),
			    call->result);
		break;
	case PPTP_END_CONN:
	case PPTP_END_LOCAL:
		f->words[0] = '\0';
		break;
	default:
		failure_set(f, DIALER_END_TEMPORARY, "%s", pptp_call_end_text(why));
		break;
	}
}

void failure_of_conn(struct failure *f, const struct pptp_conn *pptp, enum pptp_close why)
{
	switch (why) {
	case PPTP_CLOSE_REFUSED:
		refused(f, END_OF(permanent_starts, pptp->result), PPTP_START_REPLY, pptp->result,
			pptp->error);
		break;
	case PPTP_CLOSE_PEER_STOP:
		failure_set(f, END_OF(permanent_stops, pptp->stop_reason),
			    "server ended the connection: %s",
			    pptp_stop_reason_text(pptp->stop_reason));
		break;
	default:
		failure_set(f, END_OF(permanent_closes, why), "%s", pptp_close_text(why));
		f->where = where_of_conn(why);
		break;
	}
}
