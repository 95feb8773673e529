// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>

#include "server/connection.h"
#include "server/listener.h"
#include "server/servers.h"
#include "util/callback.h"
#include "util/container.h"
#include "util/log.h"

#define BACKLOG	512

static void listener_closed(uv_handle_t *handle)
{
	CALLBACK("listener: closed");
	struct listener *l = container_of((uv_tcp_t *)handle, struct listener, tcp);
	struct servers *all = handle->data;

	free(l);
	all->open_handles--;
	servers_have_less(all);
}

void listener_close(struct listener *l)
{
	LIST_REMOVE(l, link);
	uv_close((uv_handle_t *)&l->tcp, listener_closed);
}

static void connection_cb(uv_stream_t *stream, int status)
{
	CALLBACK("listener: connection");
	struct listener *l = container_of((uv_tcp_t *)stream, struct listener, tcp);

	if (status < 0)
		log_limited("accept", server_now(l->server), LOG_LEVEL_ERROR,
			    "server %s: accept: %s", l->server->config->name, uv_strerror(status));
	else
		connection_accept(l->server, stream);
}

struct listener *listener_open(struct servers *all, struct in_addr address, uint16_t port,
			       int *err)
{
	const struct sockaddr_in sin = {
		.sin_family = AF_INET, .sin_addr = address, .sin_port = htons(port),
	};
	struct listener *l = calloc(1, sizeof(*l));

	*err = -ENOMEM;
	if (!l)
		return NULL;
	l->address = address;
	l->port = port;
	uv_tcp_init(all->loop, &l->tcp);
	l->tcp.data = all;
	all->open_handles++;
	LIST_INSERT_HEAD(&all->listeners, l, link);
	*err = uv_tcp_bind(&l->tcp, (const struct sockaddr *)&sin, 0);
	if (!*err)
		*err = uv_listen((uv_stream_t *)&l->tcp, BACKLOG, connection_cb);
	if (!*err)
		return l;
	listener_close(l);
	return NULL;
}

struct listener *listener_find(const struct servers *all, struct in_addr address, uint16_t port)
{
	struct listener *l;

	LIST_FOREACH(l, &all->listeners, link)
		if (l->address.s_addr == address.s_addr && l->port == port)
			return l;
	return NULL;
}

bool listener_is_in_the_way(const struct servers *all, struct in_addr address, uint16_t port)
{
	const struct listener *l;

	LIST_FOREACH(l, &all->listeners, link)
		if (l->port == port && (!l->address.s_addr || !address.s_addr))
			return true;
	return false;
}
