/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Routes to what is behind a user: the networks that a section "user" names are reached through his
 * session while it is up. Used on the loop's thread.
 */
#ifndef CULVERT_USER_ROUTES_H
#define CULVERT_USER_ROUTES_H

#include <stdbool.h>

#include "config/config.h"
#include "net/rtnl.h"
#include "session/session.h"

/* Zeroed before its first use. */
struct user_routes {
	struct rtnl rtnl;
	bool open;
};

/*
 * Add the routes of the session's user, of whom @config may know nothing, to the session, which is
 * up on a link of @mode. What cannot be added is logged; it may be that another session has it.
 * Returns true if there is any, and user_routes_del() is to be called before the link is gone.
 */
bool user_routes_add(struct user_routes *ur, const struct config *config,
		     const struct session_record *session, enum net_link_mode mode);

/* Remove them. Those of an interface of the session's own go with that. */
void user_routes_del(struct user_routes *ur, const struct config *config,
		     const struct session_record *session, enum net_link_mode mode);

void user_routes_close(struct user_routes *ur);

#endif
