/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a client's session changes in the host that it runs on: routes to what is behind the server,
 * one past them to the server itself, masquerading, and name servers.
 *
 *	client_host_configure() ──► client_host_find_vrf() ──► client_host_up() ⇄ client_host_down()
 *
 * Routes go with the interface they lead to, but for the one past the tunnel; the rest is taken
 * back by client_host_down(). With a VRF all is done in its routing table; the session's own packets
 * stay outside. Used on the loop's thread.
 */
#ifndef CULVERT_CLIENT_HOST_H
#define CULVERT_CLIENT_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "client/host_ops.h"
#include "client/resolver.h"
#include "session/session.h"

struct client_host {
	/* to be read by the owner */
	int vrf;			/* device that interfaces are to belong to; 0: none */
	struct host_net *net;

	/* private */
	const struct config_client *config;
	uint32_t table;			/* of the VRF; 0: the main one */
	int ifindex;			/* where the routes lead; 0: it is not up */
	struct route pin;		/* to the server, past the tunnel */
	bool pinned;
	struct masquerade masquerade;
	struct resolver resolver;
};

/*
 * Go over to @config, which must outlive that; @net is the owner's. @idle is called when
 * client_host_is_idle() has become true.
 */
void client_host_configure(struct client_host *h, const struct config_client *config,
			  uv_loop_t *loop, struct host_net *net, void (*idle)(struct resolver *r));

/* The owner of the resolver that an idle callback is given. */
struct client_host *client_host_of(struct resolver *r);

/* Look the VRF up, if there is to be one. 0 or a negative errno. */
int client_host_find_vrf(struct client_host *h);

/* The words for an errno that a function here returned last. */
const char *client_host_reason(const struct client_host *h);

/* Is the address one of this host? */
bool client_host_has_address(struct client_host *h, struct ip_addr address);

/* Would these routes take the packets to @server away from their path? */
bool client_host_covers(const struct client_host *h, struct ip_addr server);

/*
 * While there is no session: bring @ifindex up, give it our address in the tunnel if that is known,
 * and lead the routes there; those of a session win over them. 0 or a negative errno.
 */
int client_host_listen(struct client_host *h, int ifindex, unsigned int mtu);

/* The session is up, perhaps again: what is there still, stays. What cannot be done is logged. */
void client_host_up(struct client_host *h, const struct session_record *session);

/* It is over, or its interface is about to go. Harmless if it never was. */
void client_host_down(struct client_host *h);

/* Nothing is under way that needs the configuration. */
bool client_host_is_idle(const struct client_host *h);

#endif
