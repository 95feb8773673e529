/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel module's generic netlink family "pptp" (uapi/linux/pptp.h), as far as the daemon uses
 * it: keys, links and counters of a session, which is named by its outer local address (network
 * order) and local call ID (host order).
 *
 * Functions return 0 or a negative errno; genl->nl.reason then says why in words.
 */
#ifndef CULVERT_NET_GENL_H
#define CULVERT_NET_GENL_H

#include <stdbool.h>
#include <stdint.h>
#include <netinet/in.h>

#include "net/nl.h"
#include "net/session.h"

struct genl {
	struct nl nl;
	uint16_t family;
	struct nl events;		/* a socket that hears the family's events */
};

/* -ENOENT if the module is not loaded. */
int genl_open(struct genl *genl);
void genl_close(struct genl *genl);

/* Set the keys that are not NULL; those with 0 bits are taken away. */
int genl_set_keys(struct genl *genl, const struct net_session_addr *name, bool required,
		  const struct net_mppe *rx, const struct net_mppe *tx);

/* Attach to a link; @next_hop is the peer's inner address there, for a shared link. */
int genl_attach(struct genl *genl, const struct net_session_addr *name, int ifindex,
		struct in_addr next_hop);
int genl_detach(struct genl *genl, const struct net_session_addr *name);

/* What may cross the link, and how frames are sent: bits of the uapi's enums. */
int genl_set(struct genl *genl, const struct net_session_addr *name, uint32_t protocols,
	     uint32_t frame);

/* The counters of all sessions of the namespace: @fn is called for each. */
int genl_all_stats(struct genl *genl, net_stats_fn fn, void *ctx);

/*
 * Read all events that wait in genl->events, without blocking, and call @lost for each that says
 * that a session's decryption has lost step.
 */
void genl_events(struct genl *genl, net_lost_fn lost, void *ctx);

int genl_stats(struct genl *genl, const struct net_session_addr *name, struct net_stats *stats);

#endif
