/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who judges logins: is this peer who it says it is, and what may it have?
 *
 * The question is asked once the peer's answer is in, and the verdict comes by
 * callback: at once from a local file, later from a RADIUS server. One backend
 * is one struct auth. Used on the event loop's thread only.
 *
 * Octet strings in a request come from the network as they are. Everything a
 * verdict holds that is secret is zeroed by the backend when the callback
 * returns; who keeps a key must copy it and zero it later.
 */
#ifndef CULVERT_AAA_BACKEND_H
#define CULVERT_AAA_BACKEND_H

#include <stdbool.h>

#include "ppp/auth.h"
#include "ppp/ppp.h"
#include "util/ip.h"

#define AUTH_SHOWN_MAX	(PPP_NAME_MAX * 4)	/* octets of a name with every octet escaped */
#define AUTH_MAX_RANGES	128			/* of addresses that one user may have */

/* One attempt. Pointers are borrowed for the call of auth_start() only. */
struct auth_request {
	const struct ppp_auth_request *proof;	/* as the link raised it */
	const char *server;		/* our name for this peer: the secrets' server column */
	bool strip_domain;		/* look DOMAIN\user up as user */
	struct ip_addr peer;		/* where it calls from */
};

/* For our own log and for counting; what the peer is told is in the link's verdict. */
enum auth_result {
	AUTH_OK,
	AUTH_UNKNOWN_USER,	/* the peer cannot tell this one from the next */
	AUTH_WRONG_SECRET,
	AUTH_NO_ADDRESS,	/* right, but the user may use no address at all */
	AUTH_REFUSED,		/* by policy: hours, disabled, expired, no dial-in */
	AUTH_UNAVAILABLE,	/* the backend cannot answer: neither right nor wrong */
};

enum auth_address {
	AUTH_ADDRESS_POOL,	/* any that the server likes, unless auth_verdict.restricted */
	AUTH_ADDRESS_FIXED,	/* just auth_verdict.address */
};

/* Valid during the callback only; a copy of it is whole, and may hold keys. */
struct auth_verdict {
	enum auth_result result;
	struct ppp_auth_verdict link;	/* for ppp_link_auth_verdict(); always complete */
	char user[AUTH_SHOWN_MAX + 1];	/* the name to show and to account for, printable */

	/* Set for AUTH_OK only. */
	enum auth_address address_kind;
	struct ip_addr address;
	bool restricted;		/* to what is @within, the better ones first */
	struct ipv4_range within[AUTH_MAX_RANGES];	/* without overlaps */
	size_t n_within;
};

struct auth;
struct secrets;

typedef void (*auth_done_fn)(void *ctx, const struct auth_verdict *verdict);

/* One attempt under way. Embedded by the caller, zeroed before its first use. */
struct auth_job {
	struct auth *auth;	/* NULL when nothing is under way */
	auth_done_fn done;
	void *ctx;
	void *backend;		/* the backend's own */
};

/* What a backend implements; callers use the functions below. */
struct auth_ops {
	void (*start)(struct auth *auth, struct auth_job *job, const struct auth_request *request);
	void (*cancel)(struct auth *auth, struct auth_job *job); /* may be NULL */
	void (*free)(struct auth *auth);
};

/* The base of every backend. */
struct auth {
	const struct auth_ops *ops;
	const char *name;	/* "secrets", for the log */
	unsigned int refs;	/* 1 when made; each job under way holds one */
};

/* Check against a secrets file; takes its own reference. NULL without memory. */
struct auth *auth_secrets_new(struct secrets *secrets);

/*
 * Ask. @done is called exactly once, perhaps before auth_start() returns,
 * unless auth_cancel() comes first. @job must not be under way, and must stay
 * where it is until then.
 */
void auth_start(struct auth *auth, struct auth_job *job, const struct auth_request *request,
		auth_done_fn done, void *ctx);

/* Forget it: @done will not be called. Nothing happens if nothing is under way. */
void auth_cancel(struct auth_job *job);

/* Jobs under way go on. NULL is allowed. */
void auth_put(struct auth *auth);

/* For backends: hand the verdict over. The job may be used again from within the callback. */
void auth_finish(struct auth_job *job, const struct auth_verdict *verdict);

/* Words for the log: "wrong password", "unknown user". Never NULL. */
const char *auth_result_text(enum auth_result result);

#endif
