/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the sessions of a server are attached to in the kernel: an interface, and an address on it
 * that is our end of each. Both outlive a change of the configuration until the last session that
 * has them is gone.
 *
 * A shared interface stays when the address of its server changes: the new address is put beside the
 * old one, which goes when no session has it any more. Where each session has an interface of its
 * own, struct server_interface is only what those have in common.
 */
#ifndef CULVERT_SERVER_LINK_H
#define CULVERT_SERVER_LINK_H

#include <sys/queue.h>

#include "config/config.h"
#include "net/session.h"

struct server_link;

struct server_interface {
	struct net_link net;

	/* private */
	LIST_ENTRY(server_interface) of_all;
	LIST_HEAD(, server_link) links;	/* at least one */
	const struct net_backend *backend;
	char asked[IFNAMSIZ];		/* the name as configured */
	bool mss_clamp;			/* in the configuration in use */
};

struct server_link {
	struct server_interface *interface;
	struct ip_addr local;

	/* private */
	LIST_ENTRY(server_link) of_interface;
	unsigned int refs;
};

LIST_HEAD(server_interfaces, server_interface);

/*
 * As @config asks for it: the interface is one of @all if that will do, such as that of @current,
 * which the server has now (NULL: none). How it clamps is left as it is. NULL after writing why to
 * @error, of @size octets. The reference is the caller's.
 */
struct server_link *server_link_open(struct server_interfaces *all,
				     const struct net_backend *backend,
				     const struct server_link *current,
				     const struct config_server *config, char *error, size_t size);

struct server_link *server_link_get(struct server_link *link);
void server_link_put(struct server_link *link);	/* NULL is allowed */

/*
 * Let the interface clamp the MSS of TCP, or not, as it is to be in the next configuration. Returns 0
 * or a negative errno with the words in interface->net.reason.
 */
int server_link_set_mss_clamp(struct server_link *link, bool on);

/* The next configuration is in use; or it is not going to be, and all clamp as they did. */
void server_interfaces_settle(struct server_interfaces *all);
void server_interfaces_go_back(struct server_interfaces *all);

/* Returns true if @address is our end of the sessions of some server, or was and is of some. */
bool server_interfaces_have(const struct server_interfaces *all, struct ip_addr address);

#endif
