// SPDX-License-Identifier: GPL-2.0-only
#ifdef CULVERT_MICROHTTPD

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util/callback.h"
#include "util/container.h"
#include "web/door.h"

#define BACKLOG		16
#define SEND_BUFFER	65536	/* octets that one turn writes, or some more */
#define LOST_MS		60000	/* nothing of what was sent was acknowledged for so long */

struct door {
	struct MHD_Daemon *http;
	int fd;				/* the socket that listens */
	uv_poll_t poll;
	uv_timer_t timer;		/* of libmicrohttpd's next timeout */
	bool again;			/* door_wake() */
	unsigned int n;			/* connections, after the last run */
	unsigned int handles;		/* not closed yet */
};

static void run(struct door *door);

static void timeout(uv_timer_t *timer)
{
	CALLBACK("web: timeout");

	run(container_of(timer, struct door, timer));
}

static unsigned int connections_of(const struct door *door)
{
	return MHD_get_daemon_info(door->http, MHD_DAEMON_INFO_CURRENT_CONNECTIONS)
		->num_connections;
}

/*
 * Do what can be done without waiting, and come back when there is more. When there was no room for
 * connections libmicrohttpd watches its listening socket no more, and begins again in the run after the
 * one in which a connection has ended, which nothing else would bring about.
 */
static void run(struct door *door)
{
	const unsigned int before = door->n;
	MHD_UNSIGNED_LONG_LONG ms;

	door->again = false;
	MHD_run(door->http);
	door->n = connections_of(door);
	if (door->again || door->n < before)
		uv_timer_start(&door->timer, timeout, 0, 0);
	else if (MHD_get_timeout(door->http, &ms) == MHD_YES)
		uv_timer_start(&door->timer, timeout, ms, 0);
	else
		uv_timer_stop(&door->timer);
}

void door_wake(struct door *door)
{
	if (!door)
		return;
	door->again = true;
	uv_timer_start(&door->timer, timeout, 0, 0);
}

static void readable(uv_poll_t *poll, int status, int events)
{
	CALLBACK("web: requests");

	run(container_of(poll, struct door, poll));
}

static void handle_closed(uv_handle_t *handle)
{
	CALLBACK("web: closed");
	struct door *door = handle->data;

	if (!--door->handles)
		free(door);
}

void door_close(struct door *door)
{
	if (!door)
		return;
	uv_close((uv_handle_t *)&door->poll, handle_closed);
	MHD_stop_daemon(door->http);
	uv_close((uv_handle_t *)&door->timer, handle_closed);
}

int door_listen(struct ip_addr address, uint16_t port)
{
	const int on = 1, send_buffer = SEND_BUFFER;
	const unsigned int lost_ms = LOST_MS;
	struct sockaddr_storage sa;
	socklen_t len = ip_to_sockaddr(address, port, &sa);
	int fd = socket(address.family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int err;

	if (fd < 0)
		return -errno;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	/*
	 * What is accepted inherits both: no turn writes much more than that, and whoever has vanished
	 * is noticed by what is sent to them.
	 */
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof(send_buffer));
	setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &lost_ms, sizeof(lost_ms));
	if (!bind(fd, (struct sockaddr *)&sa, len) && !listen(fd, BACKLOG))
		return fd;
	err = -errno;
	close(fd);
	return err;
}

struct door *door_open(uv_loop_t *loop, int fd, const struct door_options *options)
{
	const union MHD_DaemonInfo *info;
	struct door *door = calloc(1, sizeof(*door));

	if (door)
		door->http = MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL,
					      NULL, options->serve, options->ctx,
					      MHD_OPTION_LISTEN_SOCKET, fd,
					      MHD_OPTION_CONNECTION_LIMIT, options->max_connections,
					      MHD_OPTION_CONNECTION_MEMORY_LIMIT,
					      (size_t)DOOR_MEMORY, MHD_OPTION_CONNECTION_TIMEOUT,
					      options->timeout_s, MHD_OPTION_STRICT_FOR_CLIENT, 1,
					      MHD_OPTION_NOTIFY_COMPLETED, options->over, NULL,
					      MHD_OPTION_END);
	if (!door || !door->http) {
		free(door);
		return NULL;
	}
	info = MHD_get_daemon_info(door->http, MHD_DAEMON_INFO_EPOLL_FD);
	door->fd = fd;
	uv_poll_init(loop, &door->poll, info->epoll_fd);
	uv_timer_init(loop, &door->timer);
	door->poll.data = door;
	door->timer.data = door;
	door->handles = 2;
	uv_poll_start(&door->poll, UV_READABLE, readable);
	return door;
}

int door_socket(const struct door *door)
{
	int fd = fcntl(door->fd, F_DUPFD_CLOEXEC, 0);

	return fd < 0 ? -errno : fd;
}

#endif
