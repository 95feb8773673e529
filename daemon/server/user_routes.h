/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Routes to what is behind a user: the networks that a section "user" names are reached through the
 * newest of his sessions that is up, whichever server has it.
 *
 * One session has all of them: it takes them from an older one when it comes up, keeps them while it
 * is paused, and leaves them to the next one when it ends. Finding those takes as long as the user has
 * sessions. Used on the loop's thread.
 */
#ifndef CULVERT_USER_ROUTES_H
#define CULVERT_USER_ROUTES_H

#include <stdbool.h>

#include "net/rtnl.h"

struct call;

/* What all servers share. Zeroed before its first use. */
struct user_routes {
	struct rtnl rtnl;
	bool open;
};

void user_routes_close(struct user_routes *ur);

/* What a session has, as struct call's routes; NULL: nothing, since another one has it or nobody. */
struct held_routes;

/*
 * The session of @c is up, for the first time or again: it has the routes of its user, of whom the
 * configuration may know nothing, unless a newer session of his has them. What cannot be made is
 * logged; it may be that the route is there already, and not ours.
 */
void user_routes_up(struct call *c);

/* The session of @c is over; its link is not gone yet. Nothing is left with it. */
void user_routes_end(struct call *c);

#endif
