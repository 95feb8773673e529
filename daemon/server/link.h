/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the sessions of a server are attached to in the kernel. It outlives a change of the
 * configuration until the last of its sessions is gone.
 */
#ifndef CULVERT_SERVER_LINK_H
#define CULVERT_SERVER_LINK_H

#include "config/config.h"
#include "net/session.h"

struct server_link {
	struct net_link net;
	const struct net_backend *backend;
	unsigned int refs;
};

/*
 * As @config asks for it. NULL after writing why to @error, of @size octets. The reference is the
 * caller's.
 */
struct server_link *server_link_open(const struct net_backend *backend,
				     const struct config_server *config, char *error, size_t size);

struct server_link *server_link_get(struct server_link *link);
void server_link_put(struct server_link *link);	/* NULL is allowed */

/* Returns true if both configurations ask for the same one. */
bool server_link_is_same(const struct config_server *a, const struct config_server *b);

#endif
