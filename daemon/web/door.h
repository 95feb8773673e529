/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A socket that listens, with libmicrohttpd behind it, which runs in our loop: its epoll descriptor is
 * one that the loop watches, and nothing of it waits. Another address is another door.
 */
#ifndef CULVERT_WEB_DOOR_H
#define CULVERT_WEB_DOOR_H

#include <microhttpd.h>
#include <stdint.h>
#include <uv.h>

#include "util/ip.h"

#define DOOR_MEMORY	16384	/* octets for a request, and again for what is sent at once */

struct door;

struct door_options {
	unsigned int max_connections;
	unsigned int timeout_s;		/* a connection may say nothing for so long */
	MHD_AccessHandlerCallback serve;
	MHD_RequestCompletedCallback over;
	void *ctx;			/* of @serve */
};

/* Returns a socket that listens, or a negative errno. */
int door_listen(struct ip_addr address, uint16_t port);

/* Takes over @fd. Returns NULL if there is no memory, and then @fd stays open. */
struct door *door_open(uv_loop_t *loop, int fd, const struct door_options *options);

/*
 * Drop all requests, none of which may be suspended, and listen no more. The memory is freed once the
 * loop has run the close callbacks. NULL is allowed.
 */
void door_close(struct door *door);

/* Returns a copy of the socket that listens, or a negative errno. */
int door_socket(const struct door *door);

/* Go on soon: a request was resumed. May be called from anywhere. NULL is allowed. */
void door_wake(struct door *door);

#endif
