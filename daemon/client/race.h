/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Connecting TCP to one of several addresses, in the manner of RFC 8305 section 5: the addresses
 * are tried in turn, each with a head start before the next one. Whichever is connected first wins,
 * and the other sockets are closed. If the winner proves to be of no use, the race goes on among
 * those that have not failed.
 *
 *	race_init() ──► race_go() ──► failed(), for each address ──► lost()
 *	                   ▲  └─────► won() ──┐
 *	                   └──────────────────┘ race_has_more()
 *
 * The owner calls race_tick() at race_deadline(). There is nothing to wait for after race_stop(),
 * but the memory must stay valid until control has returned to the loop.
 */
#ifndef CULVERT_CLIENT_RACE_H
#define CULVERT_CLIENT_RACE_H

#include <stdbool.h>
#include <stdint.h>

#include "client/lookup.h"
#include "session/poller.h"
#include "util/deadline.h"
#include "util/ip.h"

#define RACE_HEAD_START_MS	250	/* RFC 8305 section 8 */
#define RACE_CONNECT_MS		10000	/* for each address */

struct race;

struct race_ops {
	/*
	 * Address @i is connected. The callee owns the socket @fd, which has TCP_NODELAY set. No
	 * other socket is open. The callee may call any function of this header.
	 */
	void (*won)(struct race *r, unsigned int i, int fd);
	/* Address @i failed with the negative errno @err; the others are still in the race. */
	void (*failed)(struct race *r, unsigned int i, int err);
	/* All addresses have failed. The callee may call any function of this header. */
	void (*lost)(struct race *r);
};

enum racer_state {
	RACER_WAITS,		/* has not been tried, or was stopped because another one won */
	RACER_RUNS,		/* is being connected */
	RACER_OUT,		/* has failed or won */
};

struct racer {
	struct polled polled;
	struct race *race;
	enum racer_state state;
	int fd;			/* in RACER_RUNS */
	uint64_t until;		/* likewise: when it has failed */
};

struct race {
	/* for the owner to set after race_init() */
	struct ip_addr from;		/* address of this host to connect from; not set: any */
	uint32_t mark;			/* of packets and of the lookup of their route; 0: none */

	/* for the owner to read */
	unsigned int last;		/* the address that won, or else was tried last */

	/* private */
	struct poller *poller;
	uv_loop_t *loop;
	const struct race_ops *ops;
	const struct ip_addr *list;
	unsigned int n;			/* number of addresses in @list */
	unsigned int first;
	uint16_t port;
	uint64_t next_at;		/* when the next address is tried; or NEVER */
	struct racer racers[LOOKUP_MAX];
};

/*
 * Prepare a race to port @port (host order) of the @n addresses of @list, from address @first on
 * and around. @n is at least 1. @list must remain valid. @poller watches the sockets, on @loop.
 */
void race_init(struct race *r, struct poller *poller, uv_loop_t *loop, const struct ip_addr *list,
	       unsigned int n, unsigned int first, uint16_t port, const struct race_ops *ops);

/* Address @i shall not be tried. */
void race_exclude(struct race *r, unsigned int i);

/* Begin, or go on after won(). Ops may be called before this returns. */
void race_go(struct race *r);

/* Returns true if there are addresses that have neither failed nor won. */
bool race_has_more(const struct race *r);

/* Close all sockets. Addresses that were being connected may be tried again by race_go(). */
void race_stop(struct race *r);

/* race_deadline() returns the time at which race_tick() is to be called, or NEVER. */
uint64_t race_deadline(const struct race *r);
void race_tick(struct race *r);

#endif
