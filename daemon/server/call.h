/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A call that a peer placed, and its session. A struct call is freed when both the PPTP call and
 * the session have ended, which may happen in either order.
 */
#ifndef CULVERT_CALL_H
#define CULVERT_CALL_H

#include "aaa/admission.h"
#include "aaa/backend.h"
#include "pptp/call.h"
#include "server/connection.h"
#include "server/link.h"
#include "session/describe.h"
#include "session/session.h"

struct call {
	struct pptp_call pptp;
	struct session session;
	struct auth_job job;
	struct server *server;
	struct config *config;		/* a reference: the session uses names in it */
	struct config *terms;		/* likewise: what counts for the user comes from it */
	struct admission_call admission; /* also has the peer's inner address after the login */
	struct admission_login login;	/* the login attempt under way */
	struct late_answer *late;	/* to a failed login; NULL: none */
	struct login_wait *wait;	/* a login that waits for a probe; NULL: none */
	struct pre_up *pre_up;		/* a login that waits for the program; NULL: none */
	struct probe *probe;		/* the probe that the call waits for; NULL: none */
	struct server_link *upper;	/* a reference: our end of the session */
	struct held_routes *routes;	/* routes of the user through this session; NULL: none */
	struct set_member *sets;	/* sets of nftables that the user's address is in */
	struct proxy_arp *proxy;	/* for the user's address; NULL: none */
	struct connection *connection;	/* NULL once the PPTP call is down */
	enum ppp_auth_method method;	/* of the login attempt under way; for the log */
	enum ppp_mppe_policy mppe;	/* what the server wants, whatever users are granted */
	uint8_t mppe_bits;
	bool claimed;			/* nothing proves that it is the user (auth_verdict) */
	bool pre_up_passed;		/* the program has let the user in */
	bool refused;			/* a login was refused, and that was logged */
	bool ended;			/* session_end() was called */
	bool session_gone;		/* the session's memory may be freed */
};

/* The ops of struct pptp_conn_ops. */
struct pptp_call *call_alloc(struct pptp_conn *pptp, enum pptp_call_kind kind,
			     const struct pptp_msg *rq, struct pptp_refusal *no);
void call_asked(struct pptp_call *pptp);
void call_up(struct pptp_call *pptp);
void call_down(struct pptp_call *pptp, enum pptp_call_end why);

/* Returns session_signs() of the call's session. */
uint64_t call_signs(struct pptp_call *pptp);

/* Returns session_wire() of the call's session. */
const char *call_wire(struct pptp_call *pptp);

/* Returns the history of the call's session, or NULL. */
struct history *call_history(struct pptp_call *pptp);

/* Returns true if a PPP frame came in the call, or if the call is not established yet. */
bool call_is_heard(const struct pptp_call *pptp);

/*
 * End the session with the number @id at once, if it belongs to a call, and that call, to make room
 * for another session. @why is for the log.
 */
void call_replace(struct servers *all, uint64_t id, const char *why);

/* Returns the server of @session, which must belong to a call. */
const struct server *call_server(const struct session *session);

/*
 * Returns what counts for @user, as session_record.user, in this call, if @grant (NULL: nothing) is
 * granted. It has texts of c->terms and of @grant.
 */
struct policy call_terms(const struct call *c, const char *user, const struct auth_grant *grant);

/*
 * Returns the session as log lines name it: "5 (alice, 192.0.2.1)"; a user whose name could be
 * mistaken for more than a name is in quotes. Valid until the next call of this function.
 */
const char *call_name(const struct call *c);

/*
 * Log lines that a peer can cause are limited for each peer and topic: frames that it may send at
 * will must not suppress the lines about its calls. Lines about logins and about sessions that came
 * up are not limited in this way (log_trail), because people look for them later.
 *
 * call_topic() returns the key for log_limited(); valid until its next call.
 */
const char *call_topic(const struct call *c, const char *what);

#define log_topic(what, call, event, level, fmt, ...)					\
	do {										\
		const struct log_fields about_ =					\
			describe_fields(&(call)->session.record, event);		\
											\
		log_with(&about_, log_limited(call_topic(call, what),			\
					      server_now((call)->server), level,	\
					      "session %s: " fmt, call_name(call),	\
					      ##__VA_ARGS__));				\
	} while (0)

#define log_call(call, level, ...)	\
	log_topic("calls of", call, LOG_EVENT_NONE, level, __VA_ARGS__)
#define log_frame(call, level, ...)	\
	log_topic("frames from", call, LOG_EVENT_NONE, level, __VA_ARGS__)

#define log_trail(call, event, level, fmt, ...)						\
	do {										\
		const struct log_fields about_ =					\
			describe_fields(&(call)->session.record, event);		\
											\
		log_with(&about_, log_audit(server_now((call)->server), level,		\
					    "session %s: " fmt, call_name(call),	\
					    ##__VA_ARGS__));				\
	} while (0)

#endif
