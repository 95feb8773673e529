/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a client's session changes in the host that the daemon runs on: routes into the tunnel, the
 * route to the server itself past the tunnel, masquerading, and name servers.
 *
 *	client_host_configure() ──► client_host_use_vrf() ──► client_host_up() ⇄ client_host_down()
 *
 * The kernel removes the routes into the tunnel together with the session's interface.
 * client_host_down() takes back the rest. With a VRF, the routes into the tunnel are in the VRF's
 * routing table; the outer packets do not belong to the VRF.
 *
 * Used on the loop's thread. The worker does what waits for locks of the kernel (host_work.h), in
 * the order of the calls, so that any function may be called while what an earlier one began is
 * still under way.
 */
#ifndef CULVERT_CLIENT_HOST_H
#define CULVERT_CLIENT_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "client/claims.h"
#include "client/host_ops.h"
#include "client/look.h"
#include "client/resolver.h"
#include "session/session.h"

struct client_host;
struct host_setup;

struct client_host_ops {
	/* client_host_is_idle() has become true. */
	void (*idle)(struct client_host *h);
	/*
	 * What client_host_up() has begun is done, or has failed: the packets of the session can
	 * leave. Routes may still be made. May be called before client_host_up() returns.
	 */
	void (*ready)(struct client_host *h);
};

/* What client_host_listen() lets the worker do. */
struct host_listening {
	struct host_job job;
	bool busy;			/* with the worker */
	char vrf[IFNAMSIZ];		/* the arguments; "": none */
	struct ip_addr local;
	int ifindex;
	unsigned int mtu;
	uint32_t table;			/* the results */
	int err;
	char why[NL_REASON_SIZE];
};

struct client_host {
	/* for the owner to read */
	struct host_vrf vrf;		/* for the sessions' interfaces */
	struct host_net *net;

	/* private */
	const struct config_client *config;
	uint32_t table;			/* of the VRF, for routes; 0: the main one */
	int ifindex;			/* the session's interface; 0: not up */
	struct claims routes;		/* into the tunnel, through the session's interface */
	struct claims listening;	/* the same through the listening interface */
	int listens_on;			/* where these lead; 0: they refuse packets */
	struct claims pin;		/* to the server, past the tunnel */
	struct host_listening listen;
	struct host_setup *setup;	/* of the session's interface; NULL: none */
	struct resolver resolver;
	const struct client_host_ops *ops;
};

/*
 * Initialise @h for @config. It must be new, or down and idle. All pointers must remain valid until
 * the next client_host_configure().
 */
void client_host_configure(struct client_host *h, const struct config_client *config,
			   uv_loop_t *loop, struct host_net *net,
			   const struct client_host_ops *ops);

/* The VRF of the configuration was found, or it was not: sessions that begin now use it. */
void client_host_use_vrf(struct client_host *h, const struct host_vrf *vrf);

/*
 * Returns true if the routes into the tunnel cover @server: the outer packets would be sent into
 * their own tunnel. Always false with a VRF.
 */
bool client_host_covers(const struct client_host *h, struct ip_addr server);

/*
 * Prepare the listening interface @ifindex: put it into the VRF, bring it up with @mtu octets, give
 * it our inner address if the configuration has one, and add the routes into the tunnel to it, with
 * a metric that lets the routes of a session win. What was done before an error stays. Errors are
 * logged.
 */
void client_host_listen(struct client_host *h, int ifindex, unsigned int mtu);

/* Returns true if what client_host_listen() has begun is done, or has failed. */
bool client_host_listens(const struct client_host *h);

/*
 * The routes that client_host_listen() has added lead to the listening interface @ifindex; or, if
 * it is 0, they refuse packets by ICMP until the next call.
 */
void client_host_direct(struct client_host *h, int ifindex);

/*
 * The listening interface is about to be removed. @h must be idle. May be called without
 * client_host_listen().
 */
void client_host_ignore(struct client_host *h);

/* Routes of the host have gone, perhaps: those that were in the way may be among them. */
void client_host_retry(struct client_host *h);

/*
 * User traffic flows through the session, for the first time or after a pause. If the session has
 * the same interface as before, routes and masquerading stay as they are. Errors are logged.
 */
void client_host_up(struct client_host *h, const struct session_record *session);

/*
 * Returns true if all is done that client_host_up() has begun, routes too, as far as it could be;
 * or if nothing has been begun.
 */
bool client_host_carries(const struct client_host *h);

/*
 * The session is about to be removed. ready() is not called any more. May be called without
 * client_host_up().
 */
void client_host_down(struct client_host *h);

/* Returns true if nothing is under way that needs the configuration. */
bool client_host_is_idle(const struct client_host *h);

#endif
