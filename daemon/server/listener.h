/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sockets that wait for control connections. A new configuration may give one to another server.
 */
#ifndef CULVERT_LISTENER_H
#define CULVERT_LISTENER_H

#include <stdint.h>
#include <sys/queue.h>
#include <uv.h>

#include "util/ip.h"

struct server;
struct servers;

struct listener {
	LIST_ENTRY(listener) link;
	struct servers *all;
	int fd;				/* -1: there is none */
	uv_poll_t poll;
	uv_timer_t again;		/* to go on after a pause */
	unsigned int handles;		/* that are not closed yet */
	struct ip_addr address;
	uint16_t port;
	struct server *server;		/* whom it listens for; NULL: nobody yet */
};

/* Listen, for nobody yet, and be listed. NULL with a negative errno in @err. */
struct listener *listener_open(struct servers *all, struct ip_addr address, uint16_t port,
			       int *err);

/* It is in no list any more; its memory goes later, see servers->open_handles. */
void listener_close(struct listener *l);

struct listener *listener_find(const struct servers *all, struct ip_addr address, uint16_t port);

/* Returns true if one of our own sockets keeps this address from being listened on. */
bool listener_is_in_the_way(const struct servers *all, struct ip_addr address, uint16_t port);

#endif
