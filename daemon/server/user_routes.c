// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "util/log.h"
#include "net/route.h"
#include "server/user_routes.h"

/* On a shared link the next hop names the session. */
static struct route route_of(const struct ip_prefix *prefix,
			     const struct session_record *session, enum net_link_mode mode)
{
	struct route route = {
		.to = *prefix, .ifindex = session->ifindex,
	};

	if (mode == NET_LINK_SHARED)
		route.via = session->ip4.remote;
	return route;
}

static void failed(const struct session_record *session, const struct route *route,
		   const char *why)
{
	char text[IP_TEXT_SIZE];

	log_warning("session %llu (%s): route to %s: %s", (unsigned long long)session->id,
		    session->user, ip_prefix_format(&route->to, text), why);
}

bool user_routes_add(struct user_routes *ur, const struct config *config,
		     const struct session_record *session, enum net_link_mode mode)
{
	const struct config_user *user = config_find_user(config, session->user);
	int err;

	if (!user)
		return false;
	if (!ur->open) {
		err = rtnl_open(&ur->rtnl);
		if (err) {
			log_error("rtnetlink: %s", strerror(-err));
			return false;
		}
		ur->open = true;
	}
	for (size_t i = 0; i < user->routes.n; i++) {
		struct route route = route_of(&user->routes.list[i], session, mode);

		if (route_add(&ur->rtnl, &route))
			failed(session, &route, ur->rtnl.nl.reason);
	}
	return true;
}

void user_routes_del(struct user_routes *ur, const struct config *config,
		     const struct session_record *session, enum net_link_mode mode)
{
	const struct config_user *user = config_find_user(config, session->user);

	if (mode != NET_LINK_SHARED)
		return;
	for (size_t i = 0; user && i < user->routes.n; i++) {
		struct route route = route_of(&user->routes.list[i], session, NET_LINK_SHARED);

		/* One that could not be added is another session's, with another next hop. */
		route_del(&ur->rtnl, &route);
	}
}

void user_routes_close(struct user_routes *ur)
{
	if (ur->open)
		rtnl_close(&ur->rtnl);
	ur->open = false;
}
