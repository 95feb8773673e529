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
 *
 * The worker makes, changes and removes interfaces and addresses (net/worker.h), in the order of the
 * calls. All functions but server_link_make() are called on the loop's thread.
 */
#ifndef CULVERT_SERVER_LINK_H
#define CULVERT_SERVER_LINK_H

#include <sys/queue.h>

#include "config/config.h"
#include "net/session.h"
#include "net/worker.h"

struct server_link;

struct server_interface {
	struct net_link net;

	/* private */
	LIST_ENTRY(server_interface) of_all;
	LIST_HEAD(, server_link) links;	/* not empty, except while it is made or removed */
	const struct net_backend *backend;
	char asked[IFNAMSIZ];		/* the name in the configuration */
	bool mss_clamp;			/* as in the configuration in use */
	bool made;			/* for jobs: it is there */
	struct worker_job go_back;
	struct worker_job remove;	/* frees the structure, too */
};

struct server_link {
	struct server_interface *interface;
	struct ip_addr local;

	/* private */
	LIST_ENTRY(server_link) of_interface;
	unsigned int refs;
	bool made;			/* for jobs: the address is there */
	struct worker_job remove;	/* frees the structure, too */
};

LIST_HEAD(server_interfaces, server_interface);

/*
 * Returns the link that @config asks for, with a reference for the caller; server_link_make() must
 * follow before the link is used. The interface is that of @current, the server's present link (may
 * be NULL), or another one of @all, if it fits; else a new one. Returns NULL without memory.
 */
struct server_link *server_link_plan(struct server_interfaces *all,
				     const struct net_backend *backend,
				     const struct server_link *current,
				     const struct config_server *config);

/*
 * Make what is not there. For a job, which passes its @rtnl on. Returns 0 or a negative errno with
 * the reason in link->interface->net.reason.
 */
int server_link_make(struct server_link *link, struct rtnl *rtnl);

struct server_link *server_link_get(struct server_link *link);
void server_link_put(struct server_link *link);	/* NULL is allowed */

/*
 * Switch the MSS clamp of the interface as the next configuration asks for. Otherwise the same as
 * server_link_make(), which must have come before.
 */
int server_link_set_mss_clamp(struct server_link *link, struct rtnl *rtnl, bool on);

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
