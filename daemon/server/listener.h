/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * TCP sockets that accept control connections. Each is a plain socket that is watched by a
 * uv_poll_t. While the host is out of descriptors or memory, a listener pauses, and new connections
 * wait in the kernel's backlog. A new configuration may give a listener to another server.
 */
#ifndef CULVERT_LISTENER_H
#define CULVERT_LISTENER_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <uv.h>

#include "util/ip.h"
#include "util/place.h"

struct server;
struct servers;

struct listener {
	LIST_ENTRY(listener) link;
	struct servers *all;
	int fd;				/* -1: there is none */
	uv_poll_t poll;
	uv_timer_t again;		/* goes on after a pause */
	unsigned int handles;		/* uv handles that are not closed yet */
	struct ip_addr address;
	uint16_t port;
	char *netns;			/* where @fd is; "": the namespace of the daemon */
	uint64_t netns_number;		/* when @fd was opened */
	char device[IFNAMSIZ];		/* a VRF or another device that @fd is bound to; "": none */
	struct server *server;		/* gets the connections; NULL: none yet */
	uint32_t mark;			/* of @fd, and of the connections that it accepts */
	bool absent;			/* no interface has @address, see presence.h */
	bool shut;			/* the kernel refuses connections: @server is drained */
};

/*
 * Listen in @place on @address, port @port (host order), and add the listener to all->listeners. Packets of
 * new connections leave with @mark, that of the server which gets the listener. It belongs to no
 * server yet: the caller must call listener_serve() before the loop runs again. Returns NULL after
 * an error, with a negative errno in *@err, which is 0 otherwise.
 */
struct listener *listener_open(struct servers *all, struct place place, struct ip_addr address,
			       uint16_t port, uint32_t mark, int *err);

/*
 * Give the listener to @server, whose configuration says with which mark packets of new connections
 * leave. Those that were accepted before keep theirs.
 */
void listener_serve(struct listener *l, struct server *server);

/*
 * Listen, or let the kernel refuse connections, as the server is drained or not. The socket keeps
 * its address.
 */
void listener_settle(struct listener *l);

/*
 * Close the socket and remove the listener from all lists. Its memory is freed later by the loop;
 * see servers->open_handles.
 */
void listener_close(struct listener *l);

/* Returns where the listener is; the texts are the listener's. */
struct place listener_place(const struct listener *l);

/*
 * Returns the listener there, or NULL. One whose device or namespace is gone is none, though others
 * of the same names may have come.
 */
struct listener *listener_find(const struct servers *all, struct place place,
			       struct ip_addr address, uint16_t port);

/*
 * Returns true if a socket of ours prevents listening on @address: a socket for all addresses and
 * one for a single address cannot both listen on the same port.
 */
bool listener_is_in_the_way(const struct servers *all, struct place place, struct ip_addr address,
			    uint16_t port);

/*
 * Returns true if a socket of ours by way of another device may be why the kernel has refused to
 * listen on @address: it depends on whether VRFs are between them.
 */
bool listener_may_conflict(const struct servers *all, struct place place, struct ip_addr address,
			   uint16_t port);

#define LISTENER_TEXT_SIZE	384

/* Write where a listener is, for people, to @text: "192.0.2.1 port 1723 by way of red". Returns @text. */
const char *listener_text(struct place place, struct ip_addr address, uint16_t port,
			  char text[LISTENER_TEXT_SIZE]);

#endif
