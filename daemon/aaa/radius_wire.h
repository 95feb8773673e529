/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Between struct radius and what it does not do itself: sockets, clock, timer. Sockets of the loop
 * are in radius_sockets.c; tests play them.
 */
#ifndef CULVERT_AAA_RADIUS_WIRE_H
#define CULVERT_AAA_RADIUS_WIRE_H

#include "aaa/radius.h"

/* Servers are numbered as by radius_view(); ports of a server from 0. */
struct radius_wire;

struct radius_wire_ops {
	/* Milliseconds of a clock that never goes back. */
	uint64_t (*now)(struct radius_wire *wire);

	/* Call radius_timeout() at @at or soon after, instead of any earlier setting. */
	void (*arm)(struct radius_wire *wire, uint64_t at);

	/* Send a datagram; it may get lost. */
	void (*send)(struct radius_wire *wire, unsigned int server, unsigned int port,
		     const uint8_t *octets, size_t len);

	/*
	 * The server does not answer, and is about to be asked whether it is there again: see to it
	 * that its sockets have the source address that the route has by now.
	 */
	void (*renew)(struct radius_wire *wire, unsigned int server);

	/* Returns why the server has no socket, "" if it has. */
	const char *(*fault)(struct radius_wire *wire, unsigned int server);

	/* It is not used any more. */
	void (*free)(struct radius_wire *wire);
};

/* Embedded by whatever implements it. */
struct radius_wire {
	const struct radius_wire_ops *ops;
	struct radius *radius;		/* set by radius_new_on() */
};

/* As radius_new(), which passes sockets. Without memory the wire is still the caller's. */
struct radius *radius_new_on(struct radius_wire *wire, const struct radius_settings *settings);

/* A datagram came to port @port from the address and port of server @server. */
void radius_received(struct radius *r, unsigned int server, unsigned int port, const void *octets,
		     size_t len);

/* Do what is due, and arm the timer again. */
void radius_timeout(struct radius *r);

/*
 * Returns sockets, none of which is open; NULL without memory. radius_sockets_open() opens one of
 * each server, after radius_new_on(), so that it is told which server cannot be asked; the others
 * are opened when they are first used, since all of them may be thousands. It returns false without
 * memory, and true if some cannot be opened.
 */
struct radius_wire *radius_sockets_new(uv_loop_t *loop);
bool radius_sockets_open(struct radius_wire *wire);

#endif
