/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The wire: one raw socket for GRE, which carries the packets of all clients. The addresses of the
 * clients must be local to this host.
 */
#ifndef CULVERT_HERD_WIRE_H
#define CULVERT_HERD_WIRE_H

#include <stdint.h>
#include <uv.h>

#include "gre.h"

struct wire {
	/* for the owner to read */
	uint64_t received;		/* sound packets */
	uint64_t bad;			/* packets received that are not sound */
	uint64_t unsent;		/* packets that could not be sent */

	/* private */
	int fd;
	uv_poll_t poll;
	void (*take)(struct wire *wire, const struct gre *gre);
};

/*
 * Open the socket and watch it on @loop. Needs CAP_NET_RAW. @take is called for each sound packet;
 * @gre is borrowed for the call. Returns 0 or a negative errno.
 */
int wire_open(struct wire *wire, uv_loop_t *loop,
	      void (*take)(struct wire *wire, const struct gre *gre));

/* Send a packet. It may be lost. */
void wire_send(struct wire *wire, const struct gre *gre);

#endif
