/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Helpers for tests of tunnels: a TCP socket on 127.0.0.1 that the loop listens on, and tunnels
 * that stop receiving.
 */
#ifndef CULVERT_PLAYED_TUNNEL_TEST_H
#define CULVERT_PLAYED_TUNNEL_TEST_H

#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include "session/tunnel.h"
#include "util/container.h"
#include "util/ip.h"
#include "util/ip_literal_test.h"

struct accepting {
	uv_poll_t poll;
	int fd;
	uint16_t port;
	void (*came)(struct accepting *a, int fd); /* gets the connection, which it must close */
};

static inline void accepting_cb(uv_poll_t *poll, int status, int events)
{
	struct accepting *a = container_of(poll, struct accepting, poll);
	int fd = accept4(a->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	assert_int_equal(status, 0);
	assert_true(fd >= 0);
	a->came(a, fd);
}

static inline void accepting_open(struct accepting *a, uv_loop_t *loop,
				  void (*came)(struct accepting *a, int fd))
{
	struct sockaddr_storage sa;
	socklen_t len = ip_to_sockaddr(ip("127.0.0.1"), 0, &sa);

	a->came = came;
	a->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	assert_int_equal(bind(a->fd, (struct sockaddr *)&sa, len), 0);
	assert_int_equal(listen(a->fd, 8), 0);
	assert_int_equal(getsockname(a->fd, (struct sockaddr *)&sa, &len), 0);
	a->port = ntohs(((struct sockaddr_in *)&sa)->sin_port);
	assert_int_equal(uv_poll_init(loop, &a->poll, a->fd), 0);
	assert_int_equal(uv_poll_start(&a->poll, UV_READABLE, accepting_cb), 0);
}

/* Returns a socket that is connected to @port of 127.0.0.1. */
static inline int connect_to(uint16_t port)
{
	struct sockaddr_storage sa;
	socklen_t len = ip_to_sockaddr(ip("127.0.0.1"), port, &sa);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&sa, len), 0);
	return fd;
}

static inline void accepting_close(struct accepting *a)
{
	uv_close((uv_handle_t *)&a->poll, NULL);
	close(a->fd);
}

/* From now on the tunnel receives nothing. */
static inline void turn_deaf(struct tunnel *t)
{
	poller_remove(&t->sessions->tunnels, t->fd);
}

#endif
