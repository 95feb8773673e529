/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who may come in: connections, calls and logins of one server, and with which address.
 *
 *	connection ──► call ──► try ──► (a backend judges: backend.h) ──► login ──► session
 *
 * Each step is a question with a time, and the answer is one of
 *
 *	ALLOW		go on; what was asked for is counted until it is given back
 *	REFUSE		with a reason; nothing is counted
 *	REPLACE		end what the answer names, at once, then ask the same question again
 *	PROBE		find out whether the session that the answer names lives (control and LCP
 *			echo, ADMISSION_PROBE_MS), then ask the same question again with the result
 *
 * so that an owner asks in a loop until it is allowed or refused, and may wait in it for probes
 * only. Between two questions anything may have changed: each is answered afresh. The loop ends:
 * every REPLACE takes something away, and whoever finds his call ID, or ADMISSION_PROBES sessions
 * of his, alive is refused.
 *
 * What is counted is counted in a structure that the owner embeds in what it stands for:
 *
 *	admission_connection	taken by admission_connection(), given back by .._connection_end()
 *	admission_call		by admission_call(), by .._call_end(); holds the session, too, that
 *				a login makes of the call, and its address
 *	admission_login		by admission_try(), by .._tried() or .._forget()
 *
 * Giving back what is not held (any more) does nothing. The order is the natural one: logins go
 * before their call, calls before their connection. All are zeroed before their first use and stay
 * where they are while they are held.
 *
 * Rules
 *
 * - A connection waits until somebody has logged in on it, and again once nobody is. Only waiting
 *   ones count against the limit of an address: a carrier's NAT may have any number of customers
 *   online. When too many wait, one gives way to the new one: the oldest that has said nothing;
 *   if there is none, the oldest without a call; if there is none, the oldest whose call has not
 *   logged in for ADMISSION_GRACE_MS. When they are too many in all, it is one of the address of
 *   which most wait; so who floods pushes out his own.
 * - A call starts until somebody has logged in on it. A connection has one such call at a time, or
 *   as many as people are logged in on it. When too many start, connections give way as above, but
 *   only those with a call.
 * - Sessions are counted when a user is let in; calls and failed logins use none of them up.
 * - Failed logins are counted for each address, and for each address and user; never for a user
 *   from wherever. A user who has logged in from an address lately is not stopped by what others
 *   do there, nor is one who proves himself anew in a session. Tries over the limit are refused
 *   before the secret is looked at, and prolong nothing. Who shares an address with a user and
 *   fails by his name can still make him wait, half a minute a try with the defaults: the two
 *   cannot be told apart.
 * - A session of the same user that stands in the way (he has too many, or it holds the address
 *   that is his own) is replaced if a probe finds it silent. So is whatever call has the same peer
 *   and the same call ID of the peer; if that lives, there are two peers behind one NAT.
 *
 * Pure: no I/O, no clock, no log. Memory is what the owner embeds, a hundred octets for each
 * address that has connections, and 250 KiB. One thread only.
 */
#ifndef CULVERT_AAA_ADMISSION_H
#define CULVERT_AAA_ADMISSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "aaa/backend.h"
#include "aaa/throttle.h"
#include "util/ip.h"

#define ADMISSION_GRACE_MS	5000	/* a login takes less than this, mostly */
#define ADMISSION_PROBE_MS	1000	/* how long an owner should wait for an answer */
#define ADMISSION_PROBES	4	/* that find a session alive, for one login */

struct pool;
struct secrets;

/* 0: no limit. */
struct admission_limits {
	unsigned int max_sessions;		/* users who are logged in */
	unsigned int max_sessions_per_user;
	unsigned int max_connections;		/* control connections, waiting or not */
	unsigned int max_connections_per_address; /* those that wait */
	unsigned int max_waiting;		/* connections that wait, in all */
	unsigned int max_calls_per_connection;
	unsigned int max_starting;		/* calls that start */
	unsigned int max_starting_per_address;
	unsigned int max_failed_logins;		/* of a user from one address, see throttle.h */
	unsigned int max_failed_logins_per_address; /* of users who are not known there */
};

enum admission_reason {
	ADMISSION_NONE,
	ADMISSION_NO_MEMORY,
	/* connections */
	ADMISSION_CONNECTIONS,
	ADMISSION_CONNECTIONS_OF_ADDRESS,
	/* calls */
	ADMISSION_CALLS,
	ADMISSION_CALL_STARTING,
	ADMISSION_STARTING,
	ADMISSION_STARTING_OF_ADDRESS,
	ADMISSION_CALL_ID,
	/* logins */
	ADMISSION_FAILED_LOGINS,
	ADMISSION_FAILED_LOGINS_OF_ADDRESS,
	ADMISSION_OTHER_USER,
	ADMISSION_SESSIONS,
	ADMISSION_SESSIONS_OF_USER,
	ADMISSION_NO_POOL,
	ADMISSION_NO_ADDRESS,
	ADMISSION_ADDRESS_HELD,
	ADMISSION_ADDRESS_OUTER,
	ADMISSION_ADDRESS_OURS,
	ADMISSION_ADDRESS_UNUSABLE,
	ADMISSION_REASONS
};

struct admission_reason_info {
	const char *log;	/* after "login refused: " or the like */
	/*
	 * For the peer's user, a sentence. "" for connections, which are just closed, and calls, for
	 * which PPTP has a number (RFC 2637 2.8): "busy", since all their reasons pass.
	 */
	const char *peer;
	/*
	 * For MS-CHAP (enum mschap_error); 0 for what is refused before there is PPP. What may be
	 * different later is "not at this hour" (646), which is how a client can tell.
	 */
	uint16_t mschap;
	bool temporary;		/* the same may be allowed later */
};

const struct admission_reason_info *admission_reason_info(enum admission_reason reason);

/* A session that somebody is logged in on. */
struct admission_session {
	uint64_t id;
	const char *user;
	uint64_t heard;			/* when anything came from its peer last, ms; 0: unknown */
};

/* Whether to go on. */
typedef bool (*admission_each_fn)(void *arg, const struct admission_session *session);

/*
 * The sessions that there are, as the registry knows them. After ALLOW they include the new one
 * before the next question is asked; after REPLACE they do not have the old one any more.
 */
struct admission_view {
	/* Sessions of this server that @user is logged in on. */
	unsigned int (*count_user)(void *ctx, const char *user);
	void (*each_of_user)(void *ctx, const char *user, admission_each_fn fn, void *arg);
	/* The session that has this inner address, of whatever server, or of a client; 0: none. */
	uint64_t (*holder)(void *ctx, struct ip_addr inner);
	/* The session of this peer and its call ID, logged in or not; 0: none. */
	uint64_t (*call)(void *ctx, struct ip_addr local, struct ip_addr remote,
			 uint16_t peer_call_id);
	/* Is this an address of our own that no peer may have: the inner one of a server? */
	bool (*is_ours)(void *ctx, struct ip_addr address);
};

struct admission;
struct admission_source;

/* How near a connection is to a login. */
enum admission_standing {
	ADMISSION_SILENT,		/* nothing said yet */
	ADMISSION_IDLE,			/* no call */
	ADMISSION_BUSY,			/* a call that starts */
	ADMISSION_LOGGED_IN,		/* does not wait */
};

struct admission_connection {
	struct admission *admission;	/* NULL: not held */
	struct admission_source *source;
	TAILQ_ENTRY(admission_connection) in_all;
	TAILQ_ENTRY(admission_connection) of_source;
	uint64_t since;			/* it stands as it does */
	uint8_t standing;		/* enum admission_standing */
	bool spoke;
	unsigned int starting;		/* calls */
	unsigned int sessions;
};

struct admission_call {
	struct admission_connection *connection; /* NULL: not held */
	struct pool *pool;		/* a reference, where @address came from; NULL: none */
	struct ip_addr address;		/* of the peer inside */
	uint32_t user;			/* a hash of the name that he gave */
	bool admitted;			/* somebody is logged in */
};

/* One attempt to log in, from the proof to the last answer. */
struct admission_login {
	struct admission *admission;	/* NULL: not held */
	struct throttle_key key;
	bool counted_user;		/* as failed, so far */
	bool counted_source;
	uint64_t silent;		/* what a probe found last; a session's ID */
	uint64_t alive[ADMISSION_PROBES];
	unsigned int n_alive;
};

enum admission_verdict {
	ADMISSION_ALLOW,
	ADMISSION_REFUSE,
	ADMISSION_REPLACE,
	ADMISSION_PROBE,
};

struct admission_answer {
	enum admission_verdict verdict;
	enum admission_reason reason;	/* but for ALLOW; why the owner has to do it */
	uint64_t session;		/* PROBE, REPLACE: its ID; 0: it is the connection */
	struct admission_connection *connection; /* REPLACE, with @session 0 */
	struct ip_addr address;		/* ALLOW of a login: the peer's inner one */
	uint64_t wait;			/* REFUSE of a try: ms until one may be allowed */
};

/* What came of a probe; zeroed: nothing was probed. A session that ended meanwhile is silent. */
struct admission_probed {
	uint64_t session;
	bool alive;
};

/*
 * @view and @ctx must outlive it; @seed should be random. There is no limit until some are set.
 * NULL without memory.
 */
struct admission *admission_new(const struct admission_view *view, void *ctx, uint32_t seed);
void admission_free(struct admission *a);	/* when nothing is held; NULL is allowed */

/* For what is asked from now on; nobody has to go. Copied. */
void admission_set_limits(struct admission *a, const struct admission_limits *limits);

/* A connection from @from was accepted. */
struct admission_answer admission_connection(struct admission *a, struct admission_connection *c,
					     struct ip_addr from, uint64_t now);

/* It has said something that makes sense: the Start-Control-Connection-Request. */
void admission_connection_spoke(struct admission_connection *c, uint64_t now);

void admission_connection_end(struct admission_connection *c);

struct admission_call_question {
	struct ip_addr local;		/* our outer address */
	uint16_t peer_call_id;
	uint64_t session;		/* its own ID, if the view may know it already; or 0 */
	struct admission_probed probed;
};

/* A call is placed. It is held with PROBE, too, so that those who wait for one are counted. */
struct admission_answer admission_call(struct admission_call *call, struct admission_connection *c,
				       const struct admission_call_question *q, uint64_t now);

/* The call is over, and with it the session; its address may be given to others. */
void admission_call_end(struct admission_call *call, uint64_t now);

/*
 * The peer has sent its proof as @user, who is @len octets of any kind: may the backend be asked?
 * ALLOW or REFUSE. The name should be as the backend looks it up (without a domain that is not
 * looked at), or else each way to write it has tries of its own; ASCII case is ignored here.
 */
struct admission_answer admission_try(struct admission_login *login, struct admission_call *call,
				      const void *user, size_t len, uint64_t now);

/* What the backend says; once. With AUTH_OK admission_login() is to follow. */
void admission_tried(struct admission_login *login, enum auth_result result, uint64_t now);

/* The proof is not to be judged any more. */
void admission_forget(struct admission_login *login, uint64_t now);

struct admission_login_question {
	const char *user;		/* as auth_verdict.user */
	const char *current;		/* who is logged in on this call; asked for only if somebody is */
	enum auth_address address_kind;
	struct ip_addr address;		/* AUTH_ADDRESS_FIXED */
	/* AUTH_ADDRESS_POOL: which he may have, the better ones first; NULL: any. */
	const struct ipv4_range *within;
	size_t n_within;
	struct pool *pool;		/* the server's; NULL: it has none */
	struct ip_addr local;		/* our outer address */
	struct admission_probed probed;
};

/*
 * The proof was right, and admission_tried() told so: may the user come in? If somebody is logged
 * in on the call (a new challenge, or LCP anew), it must be the same one, who keeps his address.
 * @login keeps what probes found from one question to the next; it is not held any more.
 */
struct admission_answer admission_login(struct admission_login *login, struct admission_call *call,
					const struct admission_login_question *q, uint64_t now);

/*
 * The addresses in @ranges that users of @secrets have as their own, to be excluded from the pool
 * that has the ranges: a pool that gives one away locks its user out. Without doubles, in order;
 * to be freed. NULL with *@n 0 if there are none; NULL with *@n not 0 without memory.
 */
struct ip_addr *admission_reserved(const struct secrets *secrets, const struct ipv4_range *ranges,
				   size_t n_ranges, size_t *n);

/* What is held, of the address or (NULL) in all. */
struct admission_counts {
	unsigned int connections;
	unsigned int waiting;		/* of these */
	unsigned int starting;		/* calls */
	unsigned int sessions;		/* in all; 0 for an address */
	unsigned int sources;		/* addresses that have connections */
};

void admission_count(const struct admission *a, const struct ip_addr *from,
		     struct admission_counts *counts);

#endif
