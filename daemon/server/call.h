/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A call that a peer placed, and its session. It lives until both the PPTP call and the session are
 * gone, which may happen in either order.
 */
#ifndef CULVERT_CALL_H
#define CULVERT_CALL_H

#include "aaa/admission.h"
#include "aaa/backend.h"
#include "pptp/call.h"
#include "server/connection.h"
#include "server/link.h"
#include "session/session.h"

struct call {
	struct pptp_call pptp;
	struct session session;
	struct auth_job job;
	struct server *server;
	struct config *config;		/* a reference: the session uses names in it */
	struct admission_call admission; /* also the peer's inner address, once he is let in */
	struct admission_login login;	/* the attempt under way */
	struct login_wait *wait;	/* it waits for a probe; NULL: it does not */
	struct probe *probe;		/* the call waits for one; NULL: it does not */
	struct server_link *upper;	/* a reference */
	struct held_routes *routes;	/* those of the user that lead to it; NULL: none */
	struct connection *connection;	/* NULL once the PPTP call is down */
	enum ppp_auth_method method;	/* of the login attempt under way, for the log */
	bool refused;			/* why the login failed was logged */
	bool ended;			/* session_end() was called */
	bool session_gone;		/* and is done */
};

/* For struct pptp_conn_ops. */
struct pptp_call *call_alloc(struct pptp_conn *pptp, enum pptp_call_kind kind,
			     const struct pptp_msg *rq, struct pptp_refusal *no);
void call_asked(struct pptp_call *pptp);
void call_up(struct pptp_call *pptp);
void call_down(struct pptp_call *pptp, enum pptp_call_end why);

/* As session_signs(). */
uint64_t call_signs(struct pptp_call *pptp);

/* Returns true if anything came of its PPP, or it is not up yet. */
bool call_is_heard(const struct pptp_call *pptp);

/*
 * End the session with the number @id, if it is of a call, at once: it makes room for another one.
 * @why is for the log.
 */
void call_replace(struct servers *all, uint64_t id, const char *why);

/* The server that a session, of a server's call, is of. */
const struct server *call_server(const struct session *session);

/* "5 (alice, 192.0.2.1)", the session for the log, valid until the next call. */
const char *call_name(const struct call *c);

/*
 * What a peer can cause is bounded per peer and topic: frames that it may send at will must not hide
 * which calls it placed. Logins and sessions that came up are what people look for later.
 */
const char *call_topic(const struct call *c, const char *what);

#define log_about(what, call, level, fmt, ...)						\
	log_limited(call_topic(call, what), server_now((call)->server), level,		\
		    "session %s: " fmt, call_name(call), ##__VA_ARGS__)

#define log_call(call, level, ...)	log_about("calls of", call, level, __VA_ARGS__)
#define log_frame(call, level, ...)	log_about("frames from", call, level, __VA_ARGS__)

#define log_trail(call, level, fmt, ...)						\
	log_audit(server_now((call)->server), level, "session %s: " fmt, call_name(call),	\
		  ##__VA_ARGS__)

#endif
