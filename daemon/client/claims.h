/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The routes that clients want on this host. Two clients may want the same route: to the same
 * prefix, in the same table, with the same metric. The host can have only one of these, so that a
 * client claims a route: the first to claim it has it, and the others get it when it goes.
 *
 *	WANTED ──► HELD ──► released: the next claim is INHERITED ──► HELD
 *	   └─────► BLOCKED by another client, or by a route of the host that is not ours
 *
 * Claims are carried out in slices: a client may have a thousand. Everything runs on the loop's
 * thread. Errors, and who is in the way, are logged.
 */
#ifndef CULVERT_CLIENT_CLAIMS_H
#define CULVERT_CLIENT_CLAIMS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/queue.h>

#include "config/config.h"
#include "net/route.h"
#include "session/later.h"

#define CLAIMS_BUCKETS	1024

struct host_net;

enum claim_state {
	CLAIM_WANTED,		/* the route is to be added */
	CLAIM_HELD,		/* the route is there */
	CLAIM_INHERITED,	/* the route is there as it was; it is to be replaced by ours */
	CLAIM_BLOCKED,		/* another route is in the way */
};

struct claim {
	LIST_ENTRY(claim) link;
	struct route route;
	struct claims *claims;
	enum claim_state state;
	bool told;		/* it was logged that the route cannot be had */
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
	bool blocked;			/* some of the claims are, perhaps */
	struct claim *list;
	size_t n;
	size_t next;			/* those before are neither WANTED nor INHERITED */
	struct later later;
};

/*
 * Initialise the empty set for the client @config. @what, a constant string, tells people what its
 * routes are for. All pointers must outlive the set. With @any_serves a route that is in the way
 * serves as well, so that people are not told.
 */
void claims_init(struct claims *cs, struct host_net *net, const struct config_client *config,
		 const char *what, bool any_serves);

/*
 * Claim the @n routes of @list, which is copied. The set must be empty. Returns false, after
 * logging it, if there is no memory.
 */
bool claims_begin(struct claims *cs, const struct route *list, size_t n);

/*
 * The claims are given up. Routes through an interface stay until the kernel removes them with it,
 * or until another client that claims them has them; with @remove they are removed now.
 */
void claims_end(struct claims *cs, bool remove);

/* Carry out what can be done now, which is all of it unless there is much. */
void claims_work(struct claims *cs);

/*
 * The claimed routes refuse packets by ICMP from now on, unless another client claims them; or they
 * lead to @ifindex again.
 */
void claims_refuse(struct claims *cs);
void claims_lead_to(struct claims *cs, int ifindex);

/* Routes of the host have gone, perhaps: try again what is blocked. */
void claims_retry(struct claims *cs);

#endif
