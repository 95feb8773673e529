/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Proxy ARP for users whose address is one of a LAN's (net/proxy_arp.h): the option proxy-arp of
 * their server. The host answers for the address from when a session is up until it ends.
 *
 * The kernel forgets all entries of an interface that is set down or loses its carrier; they are
 * looked for every few seconds, and made again.
 *
 * Used on the loop's thread; the thread that makes interfaces makes and removes the entries, in the
 * order of the calls.
 */
#ifndef CULVERT_SERVER_PROXY_ARP_H
#define CULVERT_SERVER_PROXY_ARP_H

#include <sys/queue.h>

#include "net/proxy_arp.h"
#include "net/worker.h"

struct call;
struct proxy_arp;
struct servers;

/* What all servers share. Zeroed before proxy_arps_init(). */
struct proxy_arps {
	/* private */
	bool used;			/* somebody has asked since the last look, or has an entry */
	bool looking;			/* @look is with the worker */
	unsigned int n;			/* sessions that have an entry, or will */
	struct worker_job look;

	/* for jobs alone */
	TAILQ_HEAD(, proxy_arp) made;	/* the oldest first */
	struct lans lans;
	bool lans_known;		/* @lans is not older than the last look */
};

void proxy_arps_init(struct proxy_arps *arps);

/*
 * The session of @c is up, for the first time or again. If its server has proxy-arp, there is an
 * entry for its address soon after, or a line of the log says why not. An address in no LAN has
 * none, and that is no error.
 */
void proxy_arp_up(struct call *c);

/* The session of @c is over. */
void proxy_arp_end(struct call *c);

/* Returns the name of the interface where there is an entry for the session's address; or NULL. */
const char *proxy_arp_interface(const struct call *c);

/* Look whether all entries are there. To be called every few seconds. */
void proxy_arps_look(struct servers *all);

#endif
