/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The generic netlink family "pptp" of the kernel module (uapi/linux/pptp.h), as far as the daemon
 * uses it: keys, link, outer header and counters of a session. A session is named by its outer
 * local address (network byte order) and its local call ID (host byte order).
 *
 * Functions return 0 or a negative errno. After an error genl->nl.reason describes the error in
 * words, except after genl_open().
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
	struct nl events;		/* a socket that receives the family's events */
	const char *netns;		/* name of its network namespace; NULL: the daemon's own */
	int netns_fd;			/* a descriptor of that one, if it has a name: another one
					 * may get the name */
	struct nl survey;		/* a socket for genl_survey(), opened when it is needed */
	bool surveys;			/* a survey is under way */
};

/*
 * Open the sockets. Returns -ENOENT if the kernel module is not loaded. After an error they are
 * closed.
 */
int genl_open(struct genl *genl);
void genl_close(struct genl *genl);

/*
 * Tell the kernel whether MPPE is required, and change the keys that @keys says are to be set. A
 * key with 0 bits removes the key of that direction.
 */
int genl_set_keys(struct genl *genl, const struct net_session_addr *name,
		  const struct net_keys *keys);

/* What the kernel needs to let traffic flow. */
struct genl_traffic {
	const struct net_keys *keys;	/* set before traffic may pass; NULL: no change */
	int ifindex;			/* of the link to attach to; 0: already attached */
	int netns;			/* descriptor of its network namespace; 0: ours */
	struct ip_addr next_hop;	/* shared link: the peer's inner address; else not set */
	uint32_t protocols;		/* that may cross the link: bits of enum pptp_protocol */
	uint32_t frame;			/* how frames are sent: bits of enum pptp_frame */
	uint16_t window;		/* packets: size of the sliding window; 0: none */
};

/*
 * Set the keys, attach the session to the link and let traffic flow, in one exchange. After an
 * error a part of this may be done: genl_down() then stops the traffic and detaches the session,
 * but keys that were set stay. Returns -EADDRINUSE if another session of the link has that next
 * hop.
 */
int genl_up(struct genl *genl, const struct net_session_addr *name, const struct genl_traffic *up);

/* Stop the user traffic of the session; the session stays attached to its link. */
int genl_pause(struct genl *genl, const struct net_session_addr *name);

/* Stop the user traffic of the session and detach the session from its link; keys stay. */
int genl_down(struct genl *genl, const struct net_session_addr *name);

/*
 * Read the counters of some more sessions of the network namespace, and call @fn for each; the first
 * call, and one after the end, begins with the first ones. Returns 1 if there are more, 0 at the end,
 * and a negative errno if they cannot be read, which ends it, too. A session that is there all the
 * time is seen once.
 */
int genl_survey(struct genl *genl, net_stats_fn fn, void *ctx);

/*
 * Add what the kernel counts of the network namespace to *@totals. After an error *@totals is as it
 * was.
 */
int genl_add_totals(struct genl *genl, struct net_totals *totals);

/*
 * Read at most NL_EVENTS datagrams that wait in genl->events, without blocking. Calls @lost for
 * each event that says that the decryption of a session has lost step.
 */
void genl_events(struct genl *genl, net_lost_fn lost, void *ctx);

/*
 * Tell the kernel what the IP header of packets to the peer has that is not as in OUTER_DEFAULT;
 * all else comes from the link. Asks nothing if all of it is.
 */
int genl_set_outer(struct genl *genl, const struct net_session_addr *name,
		   const struct outer *outer);

/* Let user traffic of the session keep to @shape, and to nothing else. */
int genl_set_shape(struct genl *genl, const struct net_session_addr *name,
		   const struct net_shape *shape);

/*
 * Read the counters of one session; and everything that is counted of it, by its number, unless
 * @counters is NULL, which else has NET_COUNTERS. What the kernel does not report stays unchanged.
 */
int genl_stats(struct genl *genl, const struct net_session_addr *name, struct net_stats *stats,
	       uint64_t *counters);

#endif
