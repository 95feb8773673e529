// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/connection.h"
#include "server/listener.h"
#include "server/servers.h"
#include "util/callback.h"
#include "util/container.h"
#include "util/ip.h"
#include "util/log.h"

#define BACKLOG		512
#define AGAIN_MS	1000

/* Connections taken before others have their turn, and how long the next ones wait for theirs. */
#define TAKE_AT_ONCE	32
#define TURN_MS		1

static void handle_closed(uv_handle_t *handle)
{
	CALLBACK("listener: closed");
	struct listener *l = handle->data;
	struct servers *all = l->all;

	if (--l->handles)
		return;
	free(l);
	all->open_handles--;
	servers_have_less(all);
}

void listener_close(struct listener *l)
{
	LIST_REMOVE(l, link);
	uv_close((uv_handle_t *)&l->tcp, handle_closed);
	uv_close((uv_handle_t *)&l->again, handle_closed);
}

/* libuv listens again only when what waits has been taken. */
static void try_again(uv_timer_t *timer)
{
	struct listener *l = container_of(timer, struct listener, again);
	CALLBACK("listener: again");

	if (connection_accept(l->server, (uv_stream_t *)&l->tcp, l->address))
		uv_timer_start(timer, try_again, AGAIN_MS, 0);
}

/* libuv takes all that wait, and those that come meanwhile: its time stands still while it does. */
static bool is_enough(struct listener *l)
{
	uint64_t now = uv_now(l->all->loop);

	if (now != l->now)
		l->taken = 0;
	l->now = now;
	return l->taken++ == TAKE_AT_ONCE;
}

static void connection_cb(uv_stream_t *stream, int status)
{
	CALLBACK("listener: connection");
	struct listener *l = container_of((uv_tcp_t *)stream, struct listener, tcp);

	if (status < 0)
		log_limited("accept", server_now(l->server), LOG_LEVEL_ERROR,
			    "server %s: accept: %s", l->server->config->name, uv_strerror(status));
	else if (is_enough(l))
		uv_timer_start(&l->again, try_again, TURN_MS, 0);
	else if (connection_accept(l->server, stream, l->address))
		uv_timer_start(&l->again, try_again, AGAIN_MS, 0);
}

static void init(struct listener *l, struct servers *all)
{
	l->all = all;
	uv_tcp_init_ex(all->loop, &l->tcp, AF_INET);
	uv_timer_init(all->loop, &l->again);
	l->tcp.data = l;
	l->again.data = l;
	l->handles = 2;
	all->open_handles++;
	LIST_INSERT_HEAD(&all->listeners, l, link);
}

/* An address that no interface has may come later, as it does while a host boots. */
static int bind_to(struct listener *l)
{
	const int on = 1;
	struct sockaddr_storage sa;
	uv_os_fd_t fd;
	int err = uv_fileno((uv_handle_t *)&l->tcp, &fd);

	ip_to_sockaddr(l->address, l->port, &sa);

	if (!err && setsockopt(fd, IPPROTO_IP, IP_FREEBIND, &on, sizeof(on)))
		err = -errno;
	/* Inherited by the connections that it takes. */
	if (!err)
		err = uv_tcp_nodelay(&l->tcp, 1);
	return err ? err : uv_tcp_bind(&l->tcp, (struct sockaddr *)&sa, 0);
}

/* Returns true if an interface of ours has the address, or may have any. */
static bool is_ours(struct ip_addr address)
{
	struct sockaddr_storage sa;
	socklen_t len = ip_to_sockaddr(address, 0, &sa);
	int fd = socket(address.family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool ours = fd < 0 || !bind(fd, (struct sockaddr *)&sa, len);

	if (fd >= 0)
		close(fd);
	return ours;
}

struct listener *listener_open(struct servers *all, struct ip_addr address, uint16_t port,
			       int *err)
{
	struct listener *l = calloc(1, sizeof(*l));

	*err = -ENOMEM;
	if (!l)
		return NULL;
	init(l, all);
	l->address = address;
	l->port = port;
	*err = bind_to(l);
	if (!*err)
		*err = uv_listen((uv_stream_t *)&l->tcp, BACKLOG, connection_cb);
	if (*err) {
		listener_close(l);
		return NULL;
	}
	if (!is_ours(address))
		log_warning("listen on %s: no interface has this address yet", ip_text(address));
	return l;
}

struct listener *listener_find(const struct servers *all, struct ip_addr address, uint16_t port)
{
	struct listener *l;

	LIST_FOREACH(l, &all->listeners, link)
		if (ip_equal(l->address, address) && l->port == port)
			return l;
	return NULL;
}

bool listener_is_in_the_way(const struct servers *all, struct ip_addr address, uint16_t port)
{
	const struct listener *l;

	LIST_FOREACH(l, &all->listeners, link)
		if (l->port == port && (ip_is_any(l->address) || ip_is_any(address)))
			return true;
	return false;
}
