/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Dialing on demand: an interface that stands for a client's session while there is none. What is
 * routed to it asks for the session, is held until that is up, and passed on then.
 */
#ifndef CULVERT_CLIENT_DEMAND_H
#define CULVERT_CLIENT_DEMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "client/host_ops.h"
#include "config/config.h"

#define DEMAND_PACKETS		16	/* held at most; further ones are lost */
#define DEMAND_PACKET_MAX	1500	/* octets of one, and the MTU of the interface */

struct demand_ops {
	/* Is a packet that comes now to be held? Else it is dropped. */
	bool (*holds)(void *owner);
	/* Some are held. The owner may call any function here. */
	void (*asked)(void *owner);
};

struct demand {
	/* to be read by the owner */
	int ifindex;

	/* private */
	struct host_net *net;
	const struct config_client *config;
	const struct demand_ops *ops;
	void *owner;
	struct tun tun;
	uv_poll_t poll;
	unsigned int n;			/* of packets held */
	struct {
		size_t len;
		uint8_t data[DEMAND_PACKET_MAX];
	} packets[DEMAND_PACKETS];
};

/*
 * Make the interface, which is down and has neither address nor routes. @net and @config outlive
 * it. NULL after logging why.
 */
struct demand *demand_open(uv_loop_t *loop, struct host_net *net,
			   const struct config_client *config, const struct demand_ops *ops,
			   void *owner);

/* Remove the interface, and what is held. NULL is allowed. */
void demand_close(struct demand *d);

/* The session is up on the interface @ifname: send there what is held. */
void demand_pass_on(struct demand *d, const char *ifname);

/* There is no session for what is held. */
void demand_drop(struct demand *d);

/* Is it a unicast packet of IPv4? Nothing else can have been led here for our purposes. */
bool demand_wants(const uint8_t *packet, size_t len);

#endif
