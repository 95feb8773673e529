/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Watches many sockets through one handle of libuv. A handle for each socket would cost 160 octets
 * and five system calls. libuv also serves all ready sockets, tens of thousands of them, before any
 * other handle has its turn; a poller serves a few sockets in each iteration of the loop.
 */
#ifndef CULVERT_POLLER_H
#define CULVERT_POLLER_H

#include <stdint.h>
#include <sys/epoll.h>
#include <uv.h>

/*
 * A watched socket. Embedded by its owner, which sets @ready. The memory must stay valid until the
 * callback in which poller_remove() is called or the socket is closed has returned.
 */
struct polled {
	/*
	 * The socket has @events, a mask of EPOLL*. May still be called once after poller_remove(),
	 * in the same iteration of the loop.
	 */
	void (*ready)(struct polled *polled, uint32_t events);
};

struct poller {
	/* private */
	const char *what;
	int epoll;			/* -1: not open */
	uv_poll_t poll;
};

/*
 * @what names the poller's callbacks and must be a constant string. Returns 0 or a negative errno;
 * poller_close() must be called either way.
 */
int poller_open(struct poller *poller, uv_loop_t *loop, const char *what);

/*
 * Stop watching all sockets. The handle is closed by the loop, which must still run until it has no
 * handles left.
 */
void poller_close(struct poller *poller);

/*
 * Watch the socket @fd for @events, a mask of EPOLL*. With EPOLLET an event is reported once;
 * without, it is reported in every iteration of the loop for as long as it lasts. Returns 0 or a
 * negative errno.
 */
int poller_add(struct poller *poller, int fd, struct polled *polled, uint32_t events);

/*
 * Watch for @events instead of the events before. Events that are present now are reported again.
 */
void poller_change(struct poller *poller, int fd, struct polled *polled, uint32_t events);

/*
 * Stop watching @fd. Not needed for a socket that is closed, unless another process has a
 * descriptor of the same socket.
 */
void poller_remove(struct poller *poller, int fd);

#endif
