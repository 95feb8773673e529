/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Admission: decides which connections, calls and logins of one server may come in, and which inner
 * address a login gets.
 *
 *	connection ──► call ──► try ──► (a backend judges: backend.h) ──► login ──► session
 *
 * For each step the owner (the code in server/) asks a question and says what time it is. The
 * answer is one of
 *
 *	ALLOW		go on; what was asked for is counted until the owner gives it back
 *	REFUSE		with a reason; nothing is counted
 *	REPLACE		end the session or connection that the answer names, at once, then ask the
 *			same question again
 *	PROBE		find out whether the session that the answer names is alive (control and
 *			LCP echo, ADMISSION_PROBE_MS), then ask the same question again with the
 *			result
 *
 * The owner asks in a loop until the answer is ALLOW or REFUSE. The only thing that it may wait for
 * in the loop is a probe. Anything may change between two questions, so each question is answered
 * afresh. The loop ends: every REPLACE removes something. A call is refused when a probe has found
 * the call with its call ID alive, a login when probes have found ADMISSION_PROBES sessions of the
 * user alive.
 *
 * What is counted is held in a struct. The owner embeds it in its own struct for the same thing:
 *
 *	admission_connection	held from admission_connection() to admission_connection_end()
 *	admission_call		held from admission_call() to admission_call_end(); after a login it
 *				also stands for the session and holds the session's address
 *	admission_login		held from admission_try() to admission_tried() or admission_forget()
 *
 * To give back what is not held does nothing. A login must be given back before its call, a call
 * before its connection. The owner zeroes each struct before its first use, and does not move it
 * while it is held.
 *
 * Rules
 *
 * - A connection waits while no user is logged in on it: before the first login, and again after
 *   the last session has ended. Only connections that wait count against the limit of their
 *   address, because a carrier's NAT may have any number of customers who are logged in. When too
 *   many connections wait, one of them gives way to the new connection: the oldest on which the
 *   peer has sent nothing; or else the oldest without a call; or else the oldest whose call has
 *   not logged in for ADMISSION_GRACE_MS. When there are too many in all, and not only of one
 *   address, the connection that gives way is one of the address with the most waiting
 *   connections: a flood pushes out its own connections.
 * - A call is starting until a user has logged in on it. A connection may have one starting call,
 *   or as many as users are logged in on the connection. When too many calls are starting,
 *   connections give way as above, but only connections with a starting call.
 * - A session is counted when the user is let in. Calls and failed logins do not use up sessions.
 * - Failed logins are counted for each address, and for each pair of address and user; never for a
 *   user without the address. What others do at an address does not stop a user who has logged in
 *   from there lately, nor a user who proves itself again in a session. A try over the limit is
 *   refused before the secret is looked at, and does not prolong the wait. A peer that shares an
 *   address with a user, and fails with the name of that user, can still make that user wait (half
 *   a minute for each try with the default limits), because the two cannot be told apart.
 * - A session of the same user can stand in the way of a login: the user has too many sessions, or
 *   the session holds the user's own address. It is replaced if a probe finds it silent; unless the
 *   policy says that it is replaced in any case, or in none (enum policy_single). The first rule
 *   goes for any call that has the same peer address and the same peer's call ID as a new call. If
 *   that call is alive, there are two peers behind one NAT.
 * - A source that is banned places no calls and has no tries. (Before that, bans_connection() of
 *   ban.h has asked whether it may connect at all.) A user who is logged in may prove itself again.
 * - A closed account, which is one that is disabled or has expired, lets nobody in, and who is in
 *   does not stay when the next proof is asked for.
 * - A user's own address, which is the one in the section of the user, counts before what the
 *   secrets say, and behind what RADIUS grants. Nobody else gets it, whoever grants it.
 *
 * Pure: no I/O, no clock, no log. Times are milliseconds of the caller's monotonic clock. Memory:
 * the structs that the owner embeds, about 110 octets for each address that has connections, and
 * about 400 KiB. One thread only.
 */
#ifndef CULVERT_AAA_ADMISSION_H
#define CULVERT_AAA_ADMISSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "aaa/backend.h"
#include "aaa/policy.h"
#include "aaa/throttle.h"
#include "util/ip.h"
#include "util/place.h"

#define ADMISSION_GRACE_MS	5000	/* most logins take less */
#define ADMISSION_PROBE_MS	1000	/* an owner should wait so long for the echo of a probe */
#define ADMISSION_PROBES	4	/* probes that find a session alive before REFUSE */

struct pool;
struct secrets;

/* 0 means no limit. */
struct admission_limits {
	unsigned int max_sessions;		/* in all */
	unsigned int max_sessions_per_address;	/* of the peers */
	unsigned int max_sessions_of_all;	/* of all servers together */
	unsigned int max_connections;		/* waiting or not, in all */
	unsigned int max_connections_per_address; /* waiting connections */
	unsigned int max_waiting;		/* waiting connections, in all */
	unsigned int max_calls_per_connection;	/* starting or not */
	unsigned int max_starting;		/* starting calls, in all */
	unsigned int max_starting_per_address;	/* starting calls */
	unsigned int max_failed_logins;		/* burst of a user from one address: throttle.h */
	unsigned int max_failed_logins_per_address; /* burst of users not known there */
	bool nobody_new;			/* no connections, calls and logins any more */
};

enum admission_reason {
	ADMISSION_NONE,
	ADMISSION_NO_MEMORY,
	/* connections */
	ADMISSION_CONNECTIONS,
	ADMISSION_CONNECTIONS_OF_ADDRESS,
	ADMISSION_DESCRIPTORS,
	/* calls */
	ADMISSION_CALLS,
	ADMISSION_CALL_STARTING,
	ADMISSION_STARTING,
	ADMISSION_STARTING_OF_ADDRESS,
	ADMISSION_CALL_ID,
	/* logins */
	ADMISSION_FAILED_LOGINS,
	ADMISSION_FAILED_LOGINS_OF_ADDRESS,
	ADMISSION_BANNED,		/* also a call */
	ADMISSION_DRAINED,		/* of connections and calls, too */
	ADMISSION_OTHER_USER,
	ADMISSION_SESSIONS,
	ADMISSION_SESSIONS_OF_ADDRESS,
	ADMISSION_SESSIONS_OF_ALL,
	ADMISSION_SESSIONS_OF_USER,
	ADMISSION_NO_POOL,
	ADMISSION_NO_ADDRESS,
	ADMISSION_ADDRESS_HELD,
	ADMISSION_ADDRESS_OUTER,
	ADMISSION_ADDRESS_OURS,
	ADMISSION_ADDRESS_UNUSABLE,
	ADMISSION_ADDRESS_RESERVED,
	ADMISSION_USER_DISABLED,
	ADMISSION_USER_EXPIRED,
	ADMISSION_REASONS
};

struct admission_reason_info {
	const char *log;	/* to follow "login refused: " or similar in the log */
	/*
	 * A sentence for the user. "" for a connection, which is just closed, and for a call,
	 * which is answered with a number (RFC 2637 section 2.8): "busy", because all reasons of
	 * calls are temporary.
	 */
	const char *peer;
	/*
	 * The error code for MS-CHAP (enum mschap_error); 0 for connections and calls, which are
	 * refused before there is PPP. All temporary reasons have the code "not at this hour"
	 * (646), by which a client can recognise them.
	 */
	uint16_t mschap;
	bool temporary;		/* the same question may be allowed later */
};

/* Never NULL. */
const struct admission_reason_info *admission_reason_info(enum admission_reason reason);

/* Returns the reason in a word, such as "sessions-of-user": the name that metrics have. */
const char *admission_reason_name(enum admission_reason reason);

/* A session on which a user is logged in. */
struct admission_session {
	uint64_t id;
	const char *user;
	uint64_t heard;			/* when anything last came from the peer, ms; 0: unknown */
};

/* Returns true to go on with the next session. */
typedef bool (*admission_each_fn)(void *arg, const struct admission_session *session);

/*
 * The owner's view of all sessions. After ALLOW of a login the view must have the new session
 * before the owner asks the next question. After REPLACE it must not have the replaced session any
 * more.
 */
struct admission_view {
	/*
	 * The number of sessions of this server on which @user is logged in; or call @fn for each.
	 */
	unsigned int (*count_user)(void *ctx, const char *user);
	void (*each_of_user)(void *ctx, const char *user, admission_each_fn fn, void *arg);
	/* The number of sessions of all servers. */
	unsigned int (*count_all)(void *ctx);
	/*
	 * The ID of the session whose peer has this inner address in @place, of any server or client;
	 * 0: no session.
	 */
	uint64_t (*holder)(void *ctx, struct place place, struct ip_addr inner);
	/*
	 * The ID of the session with these outer addresses and this peer's call ID, logged in or
	 * not; 0: no session.
	 */
	uint64_t (*call)(void *ctx, struct ip_addr local, struct ip_addr remote,
			 uint16_t peer_call_id);
	/*
	 * Returns true if this host has @address, inside or outside, so that no peer may have it.
	 */
	bool (*is_ours)(void *ctx, struct ip_addr address);
	/*
	 * Returns true if a tunnel to @address exists, of whichever server: packets to that address
	 * must not be led into a tunnel.
	 */
	bool (*is_outer)(void *ctx, struct ip_addr address);
	/*
	 * The name of the user whose own address this is; NULL: nobody's. Borrowed until the next
	 * question.
	 */
	const char *(*owner)(void *ctx, struct ip_addr address);
	/* Returns true if this peer is banned at @now. */
	bool (*is_banned)(void *ctx, struct ip_addr from, uint64_t now);
};

struct admission;
struct admission_source;

/* The standing of a connection: how near it is to a login. */
enum admission_standing {
	ADMISSION_SILENT,		/* the peer has sent nothing yet */
	ADMISSION_IDLE,			/* no call */
	ADMISSION_BUSY,			/* has a starting call, no session */
	ADMISSION_LOGGED_IN,		/* has a session: does not wait */
};

struct admission_connection {
	struct admission *admission;	/* NULL: not held */
	struct admission_source *source;
	TAILQ_ENTRY(admission_connection) in_all;
	TAILQ_ENTRY(admission_connection) of_source;
	uint64_t since;			/* when it got its @standing, ms */
	uint8_t standing;		/* enum admission_standing */
	bool spoke;			/* see admission_connection_spoke() */
	unsigned int starting;		/* number of starting calls */
	unsigned int sessions;		/* number of calls that have logged in */
};

struct admission_call {
	struct admission_connection *connection; /* NULL: not held */
	struct pool *pool;		/* reference; @address was taken from it; NULL: no pool */
	struct ip_addr address;		/* the peer's inner address */
	uint32_t user;			/* hash of the name that the user gave */
	bool admitted;			/* a user is logged in */
	bool may_choose;		/* ... who may have another address of @pool */
};

/* One login, from the proof to the last answer of admission_login(). */
struct admission_login {
	struct admission *admission;	/* NULL: not held */
	struct throttle_key key;
	bool counted_user;		/* counted as failed for @key, so far */
	bool counted_source;		/* counted as failed for the address, so far */
	uint64_t silent;		/* ID of the session that the last probe found silent */
	uint64_t alive[ADMISSION_PROBES]; /* IDs of sessions that probes found alive */
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
	enum admission_reason reason;	/* for the verdict; not set for ALLOW */
	uint64_t session;		/* PROBE, REPLACE: ID of the session; 0: see @connection */
	struct admission_connection *connection; /* REPLACE with @session 0: end this */
	struct ip_addr address;		/* ALLOW of a login: the peer's inner address */
	uint64_t wait;			/* REFUSE of a try: ms until a try may be allowed; or 0 */
};

/*
 * The result of a probe; zeroed if nothing was probed. A session that has ended meanwhile counts as
 * silent.
 */
struct admission_probed {
	uint64_t session;		/* its ID */
	bool alive;
};

/*
 * Create the admission of a server, without limits. @view and @ctx must outlive it. @seed should be
 * random, see throttle_new(). Returns NULL if there is no memory.
 */
struct admission *admission_new(const struct admission_view *view, void *ctx, uint32_t seed);

/* Free the admission. Nothing may be held any more. @a may be NULL. */
void admission_free(struct admission *a);

/*
 * Set the limits, which are copied. They count for questions from now on: what is held already
 * stays, even if it exceeds a limit.
 */
void admission_set_limits(struct admission *a, const struct admission_limits *limits);

/* Ask whether a new connection from the address @from may stay. */
struct admission_answer admission_connection(struct admission *a, struct admission_connection *c,
					     struct ip_addr from, uint64_t now);

/*
 * Ask which waiting connection gives way to @c because the process is out of file descriptors:
 * REPLACE, or REFUSE if none has to. @c, which may be held by another admission, is never the one.
 */
struct admission_answer admission_no_descriptors(const struct admission *a,
						 const struct admission_connection *c,
						 uint64_t now);

/* Tell that the peer has sent a valid Start-Control-Connection-Request. */
void admission_connection_spoke(struct admission_connection *c, uint64_t now);

/* Give the connection back. Its calls must be given back before. */
void admission_connection_end(struct admission_connection *c);

struct admission_call_question {
	struct ip_addr local;		/* our outer address */
	uint16_t peer_call_id;
	uint64_t session;		/* ID of this call if the view knows it already, or 0 */
	struct admission_probed probed;
};

/*
 * Ask whether the peer may place a call. The call is held after ALLOW, but also after PROBE and
 * after REPLACE of a session, so that calls that wait for a probe are counted. It is not held after
 * REFUSE and after REPLACE of a connection.
 */
struct admission_answer admission_call(struct admission_call *call, struct admission_connection *c,
				       const struct admission_call_question *q, uint64_t now);

/*
 * Give the call back. This ends the session on the call, too, and gives the session's address back
 * to its pool.
 */
void admission_call_end(struct admission_call *call, uint64_t now);

/*
 * Ask whether the backend may judge the proof that the peer has sent for @user, which is @len
 * octets of any value. The answer is ALLOW or REFUSE. @login must not be held. @user should be the
 * name that the backend looks up (without a domain that the backend ignores): otherwise each
 * spelling of a name has tries of its own. ASCII case is ignored here.
 *
 * The try counts as failed until admission_tried() or admission_forget(). If a user is logged in on
 * the call already, nothing is counted and @login is not held: the same user is allowed, any other
 * is refused.
 */
struct admission_answer admission_try(struct admission_login *login, struct admission_call *call,
				      const void *user, size_t len, uint64_t now);

/*
 * Tell the result of the backend; @login is not held any more. The try stays counted as failed
 * only if auth_is_failure(@result). After AUTH_OK the owner must call
 * admission_login(). A peer that does not wait for the result is to be told as AUTH_WRONG_SECRET:
 * else it could guess without end, and leave when the answer is late, or EAP has told it.
 */
void admission_tried(struct admission_login *login, enum auth_result result, uint64_t now);

/* Returns how many failed tries with the address and the user of @login count at @now. */
unsigned int admission_failures(const struct admission *a, const struct admission_login *login,
				uint64_t now);

/* Give a try back that no backend will judge; it does not count as failed. */
void admission_forget(struct admission_login *login, uint64_t now);

struct admission_login_question {
	const char *user;		/* as auth_verdict.user */
	const char *current;		/* the user who is logged in on this call, if any */
	enum auth_address address_kind;
	struct ip_addr address;		/* AUTH_ADDRESS_FIXED */
	bool granted;			/* RADIUS has granted these two, and not the secrets */
	struct ip_addr own;		/* the user's own address; not set: none */
	/* AUTH_ADDRESS_POOL: ranges that the user may have, preferred ones first; NULL: any. */
	const struct ipv4_range *within;
	size_t n_within;
	struct pool *pool;		/* the first of its chain; NULL: there is none */
	unsigned int max_sessions;	/* of this user; 0: no limit */
	enum policy_single single;
	bool claimed;			/* nothing proves @user: no other session gives way */
	bool disabled;			/* the account is */
	uint64_t expires_s;		/* the account does, CLOCK_REALTIME; 0: never */
	uint64_t clock_s;		/* now, CLOCK_REALTIME */
	struct ip_addr local;		/* our outer address */
	struct place place;		/* where the inner address is */
	struct admission_probed probed;
};

/*
 * Ask whether the user may come in. The proof must have been right: admission_tried() was called
 * with AUTH_OK. If a user is logged in on the call already (a new challenge, or LCP was negotiated
 * again), it must be the same user, whose account is still open, and who keeps the address. @login is not held, but keeps the
 * results of probes from one question to the next.
 */
struct admission_answer admission_login(struct admission_login *login, struct admission_call *call,
					const struct admission_login_question *q, uint64_t now);

/*
 * Ask whether the user who is logged in on the call may have @address, which the peer asks for,
 * instead of the one that the call has (AUTH_ADDRESS_CHOSEN). Only another address of the same pool
 * is possible: a user who could choose any would lead packets for others into a tunnel. Returns
 * true if it is free and fit for a peer; then the call has it, and has given the other one back.
 * @local is our outer address, and @place where @address is.
 */
bool admission_choose(struct admission_call *call, struct ip_addr address, struct ip_addr local,
		      struct place place);

/*
 * Get the addresses in @ranges that users of @secrets have as their own. The pool of these ranges
 * must exclude them: a user is locked out if the pool has given the user's address to somebody
 * else. Returns *@n addresses, in order and without duplicates, which the caller frees. Returns
 * NULL with *@n 0 if there are none, NULL with *@n not 0 if there is no memory.
 */
struct ip_addr *admission_reserved(const struct secrets *secrets, const struct ipv4_range *ranges,
				   size_t n_ranges, size_t *n);

/* Numbers of what is held. */
struct admission_counts {
	unsigned int connections;
	unsigned int waiting;		/* connections that wait */
	unsigned int starting;		/* starting calls */
	unsigned int sessions;
	unsigned int sources;		/* addresses that have connections */
};

/* Count what is held of the address @from, or (NULL) in all. */
void admission_count(const struct admission *a, const struct ip_addr *from,
		     struct admission_counts *counts);

#endif
