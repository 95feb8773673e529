/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the sessions of a server are attached to in the kernel: an interface (struct
 * server_interface), and on it the address of our end of each session (struct server_link). After a
 * change of the configuration both remain until the last session that uses them is gone.
 *
 * A shared interface remains when the local-address of its server changes: the new address is added
 * to the interface, and the old one is removed when no session uses it any more. If each session
 * has an interface of its own, a struct server_interface holds only the settings that these have in
 * common.
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
	LIST_HEAD(, server_link) links;	/* not empty, except while it is made or removed */
	const struct net_backend *backend;
	char asked[IFNAMSIZ];		/* the name in the configuration */
	bool mss_clamp;			/* as in the configuration in use */
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
 * Returns the link that @config asks for, with a reference for the caller. The interface is that of
 * @current, the server's present link (may be NULL), or another one of @all, if it fits; else a new
 * one is made. The MSS clamp of an interface that exists is not changed. Returns NULL after an
 * error, which is written to @error, of @size octets.
 */
struct server_link *server_link_open(struct server_interfaces *all,
				     const struct net_backend *backend,
				     const struct server_link *current,
				     const struct config_server *config, char *error, size_t size);

struct server_link *server_link_get(struct server_link *link);
void server_link_put(struct server_link *link);	/* NULL is allowed */

/*
 * Switch the MSS clamp of the interface as the next configuration asks for. Returns 0 or a negative
 * errno with the reason in interface->net.reason.
 */
int server_link_set_mss_clamp(struct server_link *link, bool on);

/*
 * After server_link_set_mss_clamp(): keep the new settings, since the next configuration is in use;
 * or go back to those before, since it is not going to be used.
 */
void server_interfaces_settle(struct server_interfaces *all);
void server_interfaces_go_back(struct server_interfaces *all);

/*
 * Returns true if @address is our end of the sessions of any server, now or in an older
 * configuration that sessions still use.
 */
bool server_interfaces_have(const struct server_interfaces *all, struct ip_addr address);

#endif
