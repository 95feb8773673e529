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
	/* The listening interface is there: it is down and has neither address nor routes. */
	void (*made)(void *owner);
	/* Returns true if a packet that comes now is to be held, false if it is to be dropped. */
	bool (*holds)(void *owner);
	/* Packets came that are held now, or may be passed on. May call any function of this header. */
	void (*asked)(void *owner);
};

struct demand {
	/* for the owner to read */
	int ifindex;			/* of the listening interface; 0: not there (yet) */
	bool making;			/* the interface is with the worker */

	/* private */
	struct host_net *net;
	const struct config_client *config;
	const struct demand_ops *ops;
	void *owner;
	uv_loop_t *loop;
	struct host_job make;
	struct host_job remove;
	struct tun tun;
	int err;			/* of @make */
	bool closed;
	unsigned int users;		/* of the memory: @make, @poll, and the owner or @remove */
	uv_poll_t poll;
	unsigned int n;			/* number of @packets that are held */
	struct {
		size_t len;
		uint8_t data[DEMAND_PACKET_MAX];
	} packets[DEMAND_PACKETS];
};

/*
 * Let the worker make the listening interface. If that fails the reason is logged, and the result
 * has no interface. @net must outlive the result, and @config until demand_close(). Returns NULL,
 * after logging it, if there is no memory.
 */
struct demand *demand_open(uv_loop_t *loop, struct host_net *net,
			   const struct config_client *config, const struct demand_ops *ops,
			   void *owner);

/* Let the interface be removed, and drop the packets held. No op is called then. @d may be NULL. */
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
