/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Many sockets that are watched by one handle of libuv: one for each would cost 160 octets and five
 * system calls, and libuv serves all that are ready, tens of thousands, before anybody else has a
 * turn. Here a turn is a few of them.
 */
#ifndef CULVERT_POLLER_H
#define CULVERT_POLLER_H

#include <stdint.h>
#include <sys/epoll.h>
#include <uv.h>

/* One socket. Embedded by its owner, which sets @ready and outlives the turn it is removed in. */
struct polled {
	/* Something of what is waited for is there: @events, of EPOLL*. It may be removed already. */
	void (*ready)(struct polled *polled, uint32_t events);
};

struct poller {
	/* private */
	const char *what;
	int epoll;			/* -1: not open */
	uv_poll_t poll;
};

/* @what is constant, and names its callbacks. Returns 0 or a negative errno; close it either way. */
int poller_open(struct poller *poller, uv_loop_t *loop, const char *what);

/* Nothing is watched any more. The loop has to go on until it has no handles. */
void poller_close(struct poller *poller);

/*
 * Wait for @events, of EPOLL*, at the socket @fd. With EPOLLET each is told of once, and else in every
 * turn for as long as it is there. Returns 0 or a negative errno.
 */
int poller_add(struct poller *poller, int fd, struct polled *polled, uint32_t events);

/* Wait for others than before; what is there already is told of again. */
void poller_change(struct poller *poller, int fd, struct polled *polled, uint32_t events);

/* Wait no longer. A socket that is closed need not be removed, unless another process has it, too. */
void poller_remove(struct poller *poller, int fd);

#endif
