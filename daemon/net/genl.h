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

/* Whether MPPE is required, and the keys that are set; those with 0 bits are taken away. */
int genl_set_keys(struct genl *genl, const struct net_session_addr *name,
		  const struct net_keys *keys);

/* What makes traffic flow. */
struct genl_traffic {
	const struct net_keys *keys;	/* to be set before; NULL: none */
	int ifindex;			/* of the link to attach to; 0: it is attached already */
	struct ip_addr next_hop;	/* on a shared link, the peer's inner address there */
	uint32_t protocols;		/* what may cross the link, enum pptp_protocol of the uapi */
	uint32_t frame;			/* how frames are sent, enum pptp_frame */
};

/*
 * All of @up by one exchange. After an error genl_down() undoes what was done of it; -EADDRINUSE:
 * another session of the link has that next hop.
 */
int genl_up(struct genl *genl, const struct net_session_addr *name, const struct genl_traffic *up);

/* No traffic any more; the session stays attached. */
int genl_pause(struct genl *genl, const struct net_session_addr *name);

/* No traffic any more, and detach from the link. */
int genl_down(struct genl *genl, const struct net_session_addr *name);

/* The counters of all sessions of the namespace: @fn is called for each. -EINTR: not all, perhaps. */
int genl_all_stats(struct genl *genl, net_stats_fn fn, void *ctx);

/*
 * Read events that wait in genl->events, NL_EVENTS at most, without blocking, and call @lost for each
 * that says that a session's decryption has lost step.
 */
void genl_events(struct genl *genl, net_lost_fn lost, void *ctx);

int genl_stats(struct genl *genl, const struct net_session_addr *name, struct net_stats *stats);

#endif
