/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Routes to the networks behind a user, as a section "user" names them, and as RADIUS has granted
 * them to the session: Framed-Route, and the network that Framed-IP-Netmask makes of the address.
 * They lead through the newest of the user's sessions that is up, on any server, and that has any.
 *
 * Granted routes have their metric. One whose gateway is neither the user's address nor missing is
 * left out and logged, since only the user is at the other end; and so is one that would lead the
 * tunnel's own packets into the tunnel, or questions to a RADIUS server, for which the user could
 * answer then. IPv6 routes wait for IPv6.
 *
 * A user whom nothing proves (struct call, @claimed) has what the session was granted, and nothing
 * of the section; it neither takes routes from other sessions nor leaves them any.
 *
 * One session has all of the user's routes. It takes them from an older session when it comes up,
 * keeps them during a pause, and leaves them to the next session when it ends. The cost is linear
 * in the number of the user's sessions. Used on the loop's thread; the thread that makes interfaces
 * makes and removes the routes, in the order of the calls.
 */
#ifndef CULVERT_USER_ROUTES_H
#define CULVERT_USER_ROUTES_H

struct call;

/*
 * The routes that a session has, in struct call; NULL: another session has the user's routes, or
 * none.
 */
struct held_routes;

/*
 * The session of @c is up, for the first time or again. It gets the routes of its user, unless a
 * newer session of that user has them, or there are none. A route that cannot be made is logged
 * soon after; for instance, somebody else may have made the same route already.
 */
void user_routes_up(struct call *c);

/*
 * The session of @c is over, but its interface still exists. Its routes go to the user's next
 * session; the others are removed.
 */
void user_routes_end(struct call *c);

#endif
