/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one raw socket for GRE, on the loop: all clients' packets pass through it, whatever their
 * addresses are, as long as this host takes them for its own.
 */
#ifndef CULVERT_HERD_WIRE_H
#define CULVERT_HERD_WIRE_H

#include <stdint.h>
#include <uv.h>

#include "gre.h"

struct wire {
	/* to be read by the owner */
	uint64_t received;		/* sound packets */
	uint64_t bad;			/* others */
	uint64_t unsent;		/* that the kernel had no room for */

	/* private */
	int fd;
	uv_poll_t poll;
	void (*take)(struct wire *wire, const struct gre *gre);
};

/*
 * Open the socket, which needs CAP_NET_RAW. @take is called for each packet. Returns 0 or a
 * negative errno.
 */
int wire_open(struct wire *wire, uv_loop_t *loop,
	      void (*take)(struct wire *wire, const struct gre *gre));

/* Send a packet; it may be lost, as on any wire. */
void wire_send(struct wire *wire, const struct gre *gre);

#endif
