/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A backend judges logins: whether the peer has proved to be the user that it
 * names, and which addresses this user may have.
 *
 * The caller asks when the peer has sent its proof. The verdict comes by
 * callback: at once from a local file, later from a RADIUS server. One backend
 * is one struct auth. Used on the event loop's thread only.
 *
 * Octet strings in a request come unchanged from the network. The backend
 * zeroes all secrets in a verdict when the callback returns. A callback that
 * keeps a key must copy the key, and zero the copy later.
 */
#ifndef CULVERT_AAA_BACKEND_H
#define CULVERT_AAA_BACKEND_H

#include <stdbool.h>

#include "ppp/auth.h"
#include "ppp/ppp.h"
#include "util/ip.h"

#define AUTH_SHOWN_MAX	(PPP_NAME_MAX * 4)	/* octets of a name with every octet escaped */
#define AUTH_MAX_RANGES	128			/* of addresses that one user may have */
#define AUTH_TEXT_MAX	319			/* octets of a text for the log, without the NUL */

struct auth_grant;
struct radius_session;

/* Who has let a user in: what accounting calls Acct-Authentic (RFC 2866 section 5.6). */
enum auth_source {
	AUTH_SOURCE_NONE,	/* nobody, or nobody yet */
	AUTH_SOURCE_LOCAL,	/* secrets of our own */
	AUTH_SOURCE_RADIUS,
	AUTH_SOURCE_DATABASE,
};

/*
 * The proof of one login. The pointers must stay valid until auth_start() returns; a backend must
 * not use them after that.
 */
struct auth_request {
	const struct ppp_auth_request *proof;	/* from PPP_EVENT_AUTH_REQUEST */
	const char *server;		/* our name towards this peer: server column of secrets */
	bool strip_domain;		/* look up DOMAIN\user as user */
	bool strip_realm;		/* the secrets look up user@realm as user */
	bool fold_case;			/* ASCII case does not tell users apart */
	struct ip_addr peer;		/* outer address of the peer */
	/* the session as RADIUS names it, but for its user; NULL: it has no names */
	const struct radius_session *session;
	enum ppp_mppe_policy mppe;	/* what the link wants */
	uint8_t mppe_bits;		/* mask of PPP_MPPE_40, _56, _128 */
	uint16_t eap_max;		/* octets of EAP that the peer's link takes; 0: not known */
};

/* For the log and for counting. auth_verdict.link has what the peer is told. */
enum auth_result {
	AUTH_OK,
	AUTH_UNKNOWN_USER,	/* looks to the peer like AUTH_WRONG_SECRET */
	AUTH_OTHER_SERVER,	/* the same; the user is known for another server than @server */
	AUTH_WRONG_SECRET,
	AUTH_NO_ADDRESS,	/* right secret, but the user may use no address at all */
	AUTH_CONTINUES,		/* no verdict yet: link.eap asks the peer for more */
	AUTH_REFUSED,		/* by policy: hours, disabled, expired, no dial-in */
	AUTH_UNAVAILABLE,	/* the backend cannot tell whether the proof is right */
};

enum auth_address {
	AUTH_ADDRESS_POOL,	/* any of the server's pool, or of @within if @restricted */
	AUTH_ADDRESS_FIXED,	/* auth_verdict.address and no other */
	AUTH_ADDRESS_CHOSEN,	/* as POOL, but the peer may ask for another one */
};

/*
 * Valid during the callback only. It contains no pointers to memory of the backend, except
 * link.eap and @grant, so that it can be copied. A copy may hold keys; who keeps one takes a
 * reference to @grant.
 */
struct auth_verdict {
	enum auth_result result;
	struct ppp_auth_verdict link;	/* for ppp_link_auth_verdict(); always complete */
	char user[AUTH_SHOWN_MAX + 1];	/* user name for logs and accounting, printable */
	char why[AUTH_TEXT_MAX + 1];	/* printable; "": auth_result_text() says it all */
	char remark[AUTH_TEXT_MAX + 1];	/* printable: what was odd, for the log; "": nothing was */

	/* Set for AUTH_OK only. */
	enum auth_source source;
	struct auth_grant *grant;	/* what RADIUS or a database grants (grant.h); or NULL */
	bool claimed;			/* @user is what the peer calls itself: nothing proves it */
	bool disabled;			/* the account is: admission refuses the user */
	enum auth_address address_kind;
	struct ip_addr address;
	bool restricted;		/* only addresses in @within are allowed */
	struct ipv4_range within[AUTH_MAX_RANGES];	/* no overlaps; preferred ones first */
	size_t n_within;
	enum ppp_mppe_policy mppe;	/* what counts for this user: the request's, or stricter */
	uint8_t mppe_bits;		/* may be 0 with PPP_MPPE_OFF */
};

struct auth;
struct secrets;

typedef void (*auth_done_fn)(void *ctx, const struct auth_verdict *verdict);

/* A question or a conversation under way. The caller embeds it, zeroed before its first use. */
struct auth_job {
	struct auth *auth;	/* NULL: no question is under way */
	struct auth *talk;	/* backend of a conversation that waits for the peer, or NULL */
	auth_done_fn done;
	void *ctx;
	void *backend;		/* private to the backend */
};

/*
 * The functions that a backend implements. Callers use the functions below.
 *
 * @start finds job->backend NULL; or, if it goes on with a conversation, as the backend left it
 * when it called auth_finish(). @cancel frees job->backend of a question or a conversation; only
 * for a backend that leaves nothing there it may be NULL.
 */
struct auth_ops {
	void (*start)(struct auth *auth, struct auth_job *job, const struct auth_request *request);
	void (*cancel)(struct auth *auth, struct auth_job *job);
	void (*free)(struct auth *auth);
};

/* The base of every backend. */
struct auth {
	const struct auth_ops *ops;
	const char *name;	/* "secrets", for the log */
	unsigned int refs;	/* 1 when created; each job under way holds a reference */
};

/*
 * Create a backend that checks logins against @secrets, and takes a reference to @secrets. Returns
 * NULL if there is no memory.
 */
struct auth *auth_secrets_new(struct secrets *secrets);

/*
 * Ask the backend. It calls @done exactly once, perhaps before auth_start()
 * returns, unless auth_cancel() is called first. @job must not be under way, and
 * must not move until @done or auth_cancel() is called.
 *
 * AUTH_CONTINUES begins a conversation, or goes on with one. Until it ends @job must not move; the
 * packet in link.eap stays valid until the next call for @job. The next auth_start() has the peer's
 * response, and goes to the backend that asked for it, whichever @auth is: what a RADIUS server
 * has begun, it alone can go on with. Any other result ends the conversation, and so does
 * auth_cancel().
 */
void auth_start(struct auth *auth, struct auth_job *job, const struct auth_request *request,
		auth_done_fn done, void *ctx);

/*
 * Cancel the question: @done will not be called; or the conversation. Does nothing if there is
 * neither.
 */
void auth_cancel(struct auth_job *job);

/* Returns true if the next auth_start() goes on with a conversation. */
static inline bool auth_is_talking(const struct auth_job *job)
{
	return job->talk;
}

/* Returns true if there is something that auth_cancel() would cancel. */
static inline bool auth_is_under_way(const struct auth_job *job)
{
	return job->auth || job->talk;
}

/* Drop a reference; jobs under way go on. @auth may be NULL. */
void auth_put(struct auth *auth);

/* For backends: call @done with the verdict. The callback may start @job again. */
void auth_finish(struct auth_job *job, const struct auth_verdict *verdict);

/*
 * For backends: make @v, in which nothing is set yet that is for AUTH_OK only, a refusal. @error is
 * one of enum mschap_error, and @message for the peer's user. The names and texts in @v stay.
 */
void auth_refuse(struct auth_verdict *v, enum auth_result result, uint16_t error,
		 const char *message);

/*
 * Returns the name by which secrets look the user up: without what the request strips. It is *@len
 * octets of @request->proof->user.
 */
const char *auth_looked_up(const struct auth_request *request, size_t *len);

/*
 * Write the name, of @len octets, by which a user is looked up to @user: printable, and in small
 * letters if the request does not regard case.
 */
void auth_show_user(char user[AUTH_SHOWN_MAX + 1], const struct auth_request *request,
		    const char *name, size_t len);

/* The refusal if there is no memory; for the second one all of the verdict. */
void auth_refuse_without_memory(struct auth_verdict *v);
void auth_finish_without_memory(struct auth_job *job, const struct auth_request *request);

/*
 * For backends that answer later: a copy of a request with all that it points to. It holds a
 * password, so it is erased when it is freed. NULL: there is no memory.
 */
struct auth_kept;
struct auth_kept *auth_keep(const struct auth_request *request);
const struct auth_request *auth_kept_request(const struct auth_kept *kept);
void auth_kept_free(struct auth_kept *kept);	/* NULL is allowed */

/* Returns true if a peer that guesses gets this result: it counts as a failed login. */
bool auth_is_failure(enum auth_result result);

/* Returns one word, as "wrong-password": the name that metrics have. */
const char *auth_result_name(enum auth_result result);

/* Returns words for the log, as "wrong password" or "unknown user"; never NULL. */
const char *auth_result_text(enum auth_result result);

/* Returns "secrets", "radius" or "database"; "" for nobody. */
const char *auth_source_name(enum auth_source source);

/* Returns words for the log: @verdict->why, or else those of its result. */
const char *auth_why(const struct auth_verdict *verdict);

#endif
