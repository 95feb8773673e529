/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The routes that clients want on this host. Two clients may want the same route: to the same
 * prefix, in the same table, with the same metric. The host can have only one of these, so that a
 * client claims a route: the first to claim it has it, and the others get it when it goes.
 *
 *	WANTED ──► ASKED ──► HELD ──► released: the next claim is INHERITED ──► ASKED ──► HELD
 *	   │         └─────► BLOCKED by a route of the host that is not ours
 *	   └───────────────► BLOCKED by another client
 *
 * The worker makes and removes the routes (net/worker.h). Of the claims to one route one at most is
 * ASKED, HELD or INHERITED; while it is ASKED, others that come wait for the answer. What happens
 * to an ASKED claim meanwhile counts when the answer comes: the route is changed then, or tried
 * again, or, if its set has ended, passed on or removed. So a claim may outlive its set.
 *
 * A set has few requests with the worker at a time, since a client may have a thousand claims and
 * logins need the worker as well. But when it ends, all routes that are to be removed are given to
 * the worker at once: nothing is left that could wait for a turn.
 *
 * Functions are called on the loop's thread. Errors, and who is in the way, are logged.
 */
#ifndef CULVERT_CLIENT_CLAIMS_H
#define CULVERT_CLIENT_CLAIMS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

#include "client/host_work.h"
#include "config/config.h"
#include "net/route.h"
#include "session/later.h"

#define CLAIMS_BUCKETS	1024

struct host_net;

enum claim_state {
	CLAIM_WANTED,		/* the route is to be added, once nobody is ASKED for it */
	CLAIM_ASKED,		/* the worker is to make the route */
	CLAIM_HELD,		/* the route is there */
	CLAIM_INHERITED,	/* the route is there as it was; it is to be replaced by ours */
	CLAIM_BLOCKED,		/* another route is in the way */
};

struct claim {
	LIST_ENTRY(claim) link;
	struct claim_block *block;
	enum claim_state state;
	bool told;		/* it was logged that the route cannot be had */
	bool again;		/* in ASKED: if the answer is no, it may be out of date */
	struct route route;	/* as the client wants it */
	struct route there;	/* as the host has it, in HELD and INHERITED */

	/* the request; in ASKED only the worker's thread uses it, and @there */
	struct host_job job;
	struct route asked;
	bool replaces;		/* @there becomes @asked */
	bool ask_who;		/* if another route is in the way, @why is to say which */
	int err;		/* the answer */
	char *why;		/* words for @err; NULL: strerror(-err) */
};

/* The claims of a set, and of the set that it was, until the worker has answered for all. */
struct claim_block {
	struct host_net *net;
	struct claims *claims;	/* NULL: the set has ended */
	bool remove;		/* the set has ended: routes do not go by themselves */
	const char *what;
	char client[64];	/* its name, for the log */
	size_t users;		/* the set, and each claim whose job is with the worker */
	struct claim list[];
};

/* All claims of all clients, by what makes two routes the same. */
struct claim_index {
	LIST_HEAD(claim_list, claim) buckets[CLAIMS_BUCKETS];
};

/* The claims of one client that come and go together. */
struct claims {
	/* private */
	struct host_net *net;
	const struct config_client *config;
	const char *what;		/* behind the prefix in lines of the log */
	bool any_serves;
	void (*when_settled)(struct claims *cs);
	bool blocked;			/* some of the claims are, perhaps */
	struct claim_block *block;	/* NULL: there are no claims */
	size_t n;			/* number of claims */
	size_t next;			/* those before need nothing to be done now */
	unsigned int asked;		/* number of claims that are ASKED */
	bool settled;			/* once nothing was left to be done */
	struct later later;
};

/*
 * Initialise the empty set for the client @config. @what, a constant string, tells people what its
 * routes are for. All pointers must outlive the set. With @any_serves a route that is in the way
 * serves as well, so that people are not told. @when_settled, which may be NULL, is called once
 * after claims_begin(), or by it, when claims_settled() has become true; it may not end the set.
 */
void claims_init(struct claims *cs, struct host_net *net, const struct config_client *config,
		 const char *what, bool any_serves, void (*when_settled)(struct claims *cs));

/*
 * Claim the @n routes of @list, which is copied. The set must be empty. Returns false, after
 * logging it, if there is no memory.
 */
bool claims_begin(struct claims *cs, const struct route *list, size_t n);

/* Returns true if all claims have been answered since claims_begin(), or there are none. */
bool claims_settled(const struct claims *cs);

/*
 * The claims are given up; the set may be used anew, or its memory freed, at once. Routes through
 * an interface stay until the kernel removes them with it, or until another client that claims them
 * has them; with @remove, or if they refuse packets, they are removed.
 */
void claims_end(struct claims *cs, bool remove);

/*
 * The claimed routes are to refuse packets by ICMP from now on, unless another client claims them;
 * or they lead to @ifindex again.
 */
void claims_refuse(struct claims *cs);
void claims_lead_to(struct claims *cs, int ifindex);

/* Routes of the host have gone, perhaps: try again what is blocked. */
void claims_retry(struct claims *cs);

#endif
