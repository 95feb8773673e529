/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Dialing on demand: the listening interface stands for a client's session while there is none. A
 * packet that is routed to the listening interface makes the client dial. It is held until the
 * session is up, and then sent through the session's interface.
 */
#ifndef CULVERT_CLIENT_DEMAND_H
#define CULVERT_CLIENT_DEMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "client/host_ops.h"
#include "config/config.h"

#define DEMAND_PACKETS		16	/* held at most; further packets are dropped */
#define DEMAND_PACKET_MAX	1500	/* octets of a packet, and the MTU of the interface */

struct demand_ops {
	/* Returns true if a packet that comes now is to be held, false if it is to be dropped. */
	bool (*holds)(void *owner);
	/* Packets came that are held now. May call any function of this header. */
	void (*asked)(void *owner);
};

struct demand {
	/* for the owner to read */
	int ifindex;			/* of the listening interface */

	/* private */
	struct host_net *net;
	const struct config_client *config;
	const struct demand_ops *ops;
	void *owner;
	struct tun tun;
	uv_poll_t poll;
	unsigned int n;			/* number of @packets that are held */
	struct {
		size_t len;
		uint8_t data[DEMAND_PACKET_MAX];
	} packets[DEMAND_PACKETS];
};

/*
 * Make the listening interface. It is down and has neither address nor routes. @net and @config
 * must outlive the result. Returns NULL after logging the reason.
 */
struct demand *demand_open(uv_loop_t *loop, struct host_net *net,
			   const struct config_client *config, const struct demand_ops *ops,
			   void *owner);

/* Remove the listening interface and drop the packets held. @d may be NULL. */
void demand_close(struct demand *d);

/* Send the packets held through the session's interface @ifname. None is held after that. */
void demand_pass_on(struct demand *d, const char *ifname);

/* Drop the packets held: there is no session for them. */
void demand_drop(struct demand *d);

/*
 * Returns true if the packet may make a client dial: only unicast IPv4 can have been routed here on
 * purpose.
 */
bool demand_wants(const uint8_t *packet, size_t len);

#endif
