/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Other network namespaces that sessions are in. The module tells of the sessions of one namespace
 * by generic netlink, so each has sockets of its own, as long as a session is in it.
 */
#ifndef CULVERT_NET_NAMESPACES_H
#define CULVERT_NET_NAMESPACES_H

#include <sys/queue.h>

#include "net/genl.h"

struct namespace
{
	struct genl genl;

	/* private */
	LIST_ENTRY(namespace) link;
	struct namespaces *all;
	unsigned int refs;
	int fd;				/* a descriptor of it */
	uint64_t number;		/* netns_number() when it was opened */
	struct net_totals before;	/* counted there before we came: may have been told once */
	char name[];
};

struct namespaces {
	/* for the owner to read */
	int events;			/* readable when namespaces_events() is to be called */
	int home;			/* descriptor of the daemon's own namespace */

	/* private */
	LIST_HEAD(, namespace) list;
	struct namespace *surveyed;	/* the next one to be asked; NULL: none */
	struct net_totals past;		/* counted in others, while we were there */
};

/*
 * Begin with the daemon's own namespace, whose sockets are in @home. Returns 0 or a negative errno;
 * namespaces_close() must be called either way.
 */
int namespaces_open(struct namespaces *all, struct genl *home);

/* There must be no reference left. */
void namespaces_close(struct namespaces *all);

/* Returns the namespace @name with a reference; or NULL, with a negative errno in *@err. */
struct namespace *namespace_get(struct namespaces *all, const char *name, int *err);

/* Drop the reference. The sockets are closed with the last one. */
void namespace_put(struct namespace *ns);

/* genl_events() of those that have some; the others of many are left for the next call. */
void namespaces_events(struct namespaces *all, net_lost_fn lost, void *ctx);

/*
 * genl_survey() of all but the daemon's own namespace, as far as they can be asked. Returns false
 * when that was all.
 */
void namespaces_survey_begin(struct namespaces *all);
bool namespaces_survey(struct namespaces *all, net_stats_fn fn, void *ctx);

/*
 * Add what is counted in all but the daemon's own namespace, and was in those that it has left.
 * Returns the first error.
 */
int namespaces_add_totals(struct namespaces *all, struct net_totals *totals);

#endif
