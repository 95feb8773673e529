// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/connection.h"
#include "server/listener.h"
#include "server/presence.h"
#include "server/servers.h"
#include "util/callback.h"
#include "util/container.h"
#include "util/ip.h"
#include "util/log.h"
#include "util/netns.h"

#define BACKLOG		512
#define AGAIN_MS	1000

/* Connections accepted in one callback; the others follow in the next iteration of the loop. */
#define TAKE_AT_ONCE	32

static void handle_closed(uv_handle_t *handle)
{
	CALLBACK("listener: closed");
	struct listener *l = handle->data;
	struct servers *all = l->all;

	if (--l->handles)
		return;
	free(l->netns);
	free(l);
	all->open_handles--;
	servers_have_less(all);
}

struct place listener_place(const struct listener *l)
{
	return (struct place){ .netns = l->netns, .vrf = l->device };
}

static void close_handle(uv_handle_t *handle)
{
	uv_close(handle, handle_closed);
}

void listener_close(struct listener *l)
{
	LIST_REMOVE(l, link);
	close_handle((uv_handle_t *)&l->again);
	if (l->handles > 1)
		close_handle((uv_handle_t *)&l->poll);
	if (l->fd >= 0)
		close(l->fd);
}

static void listen_on(struct listener *l);
static void open_again(struct listener *l);

static void try_again(uv_timer_t *timer)
{
	CALLBACK("listener: again");
	struct listener *l = container_of(timer, struct listener, again);

	if (l->shut)
		open_again(l);
	else
		listen_on(l);
}

/*
 * accept() lacks descriptors or memory, which may be released soon. New connections wait in the
 * kernel's backlog until the timer expires.
 */
static void pause_listening(struct listener *l)
{
	uv_poll_stop(&l->poll);
	uv_timer_start(&l->again, try_again, AGAIN_MS, 0);
}

/* Close it by a reset, after which the kernel keeps nothing of it. */
static void turn_away(int fd)
{
	const struct linger at_once = { .l_onoff = 1 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	close(fd);
}

static void serve(struct listener *l, int fd, struct ip_addr from)
{
	if (abuse_turns_away(&l->all->abuse, from, l->server->config->name))
		turn_away(fd);
	else
		connection_accept(l->server, fd, from, l->address);
}

/* Returns false if no connection waits, or if none can be accepted for now. */
static bool take_connection(struct listener *l)
{
	struct sockaddr_storage sa;
	socklen_t len = sizeof(sa);
	int fd = accept4(l->fd, (struct sockaddr *)&sa, &len, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd >= 0) {
		serve(l, fd, ip_from_sockaddr((struct sockaddr *)&sa));
		return true;
	}
	if (errno == EAGAIN)
		return false;
	if (errno != EMFILE && errno != ENFILE && errno != ENOBUFS && errno != ENOMEM)
		return true;	/* closed by the peer already: accept(2), "Error handling" */
	log_server(l->server, log_limited("accept", server_now(l->server), LOG_LEVEL_ERROR,
					  "server %s: accept: %s", l->server->config->name,
					  strerror(errno)));
	pause_listening(l);
	return false;
}

/* Connections that are left are reported again in the next iteration of the loop. */
static void connections_cb(uv_poll_t *poll, int status, int events)
{
	CALLBACK("listener: connection");
	struct listener *l = container_of(poll, struct listener, poll);

	for (int i = 0; i < TAKE_AT_ONCE && callback_has_time() && take_connection(l); i++)
		;
}

static void listen_on(struct listener *l)
{
	uv_poll_start(&l->poll, UV_READABLE, connections_cb);
}

/*
 * Those that wait in the backlog are refused, too. Should this fail, admission refuses those that
 * are accepted.
 */
static void shut(struct listener *l)
{
	if (!l->shut && shutdown(l->fd, SHUT_RD))
		return;
	l->shut = true;
	uv_poll_stop(&l->poll);
	uv_timer_stop(&l->again);
}

/* Another process may have taken the address meanwhile, and give it back. */
static void open_again(struct listener *l)
{
	if (listen(l->fd, BACKLOG)) {
		const char *why = strerror(errno);
		char text[LISTENER_TEXT_SIZE];

		listener_text(listener_place(l), l->address, l->port, text);
		log_server(l->server, log_limited("listen", server_now(l->server), LOG_LEVEL_ERROR,
						  "server %s: listen on %s: %s",
						  l->server->config->name, text, why));
		uv_timer_start(&l->again, try_again, AGAIN_MS, 0);
		return;
	}
	l->shut = false;
	uv_timer_stop(&l->again);
	listen_on(l);
}

void listener_settle(struct listener *l)
{
	if (l->server->drain.on)
		shut(l);
	else if (l->shut)
		open_again(l);
}

static void init(struct listener *l, struct servers *all)
{
	l->all = all;
	l->fd = -1;
	uv_timer_init(all->loop, &l->again);
	l->again.data = l;
	l->handles = 1;
	all->open_handles++;
	LIST_INSERT_HEAD(&all->listeners, l, link);
}

static int switch_on(int fd, int level, int option)
{
	const int on = 1;

	return setsockopt(fd, level, option, &on, sizeof(on));
}

/* Inherited by the accepted sockets, from their first packet on. */
static int set_mark(struct listener *l, uint32_t mark)
{
	if (mark == l->mark)
		return 0;
	if (setsockopt(l->fd, SOL_SOCKET, SO_MARK, &mark, sizeof(mark)))
		return -errno;
	l->mark = mark;
	return 0;
}

/* In the namespace of the listener. Accepted sockets inherit the device, too. */
static int make_socket(const void *arg)
{
	const struct listener *l = arg;
	struct sockaddr_storage sa;
	socklen_t len = ip_to_sockaddr(l->address, l->port, &sa);
	int fd = socket(l->address.family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int err;

	if (fd >= 0 && !switch_on(fd, SOL_SOCKET, SO_REUSEADDR) &&
	    /* No interface may have the address yet, for instance while the host boots. */
	    !switch_on(fd, IPPROTO_IP, IP_FREEBIND) &&
	    /* Inherited by the accepted sockets. */
	    !switch_on(fd, IPPROTO_TCP, TCP_NODELAY) &&
	    (!*l->device || !setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, l->device,
					(socklen_t)strlen(l->device))) &&
	    !bind(fd, (struct sockaddr *)&sa, len))
		return fd;
	err = -errno;
	if (fd >= 0)
		close(fd);
	return err;
}

static int open_socket(struct listener *l, uint32_t mark)
{
	int fd = netns_make(l->netns, make_socket, l);

	if (fd < 0)
		return fd;
	l->fd = fd;
	/* Whoever connects before listener_serve() has it, too. That tries again, and warns. */
	set_mark(l, mark);
	return listen(l->fd, BACKLOG) ? -errno : 0;
}

static int begin(struct listener *l, uint32_t mark)
{
	int err = open_socket(l, mark);

	if (!err)
		err = uv_poll_init(l->all->loop, &l->poll, l->fd);
	if (err)
		return err;
	l->poll.data = l;
	l->handles++;
	listen_on(l);
	return 0;
}

struct listener *listener_open(struct servers *all, struct place place, struct ip_addr address,
			       uint16_t port, uint32_t mark, int *err)
{
	struct listener *l = calloc(1, sizeof(*l));
	char *netns = strdup(place.netns ? place.netns : "");

	*err = -ENOMEM;
	if (!l || !netns) {
		free(l);
		free(netns);
		return NULL;
	}
	init(l, all);
	l->netns = netns;
	l->netns_number = netns_number(netns);
	snprintf(l->device, sizeof(l->device), "%s", place.vrf ? place.vrf : "");
	l->address = address;
	l->port = port;
	*err = begin(l, mark);
	if (*err) {
		listener_close(l);
		return NULL;
	}
	l->absent = presence_is_absent(place, address);
	return l;
}

void listener_serve(struct listener *l, struct server *server)
{
	int err = set_mark(l, server->config->outer.mark);

	l->server = server;
	if (err)
		log_server(server, log_warning("server %s: mark of the listener: %s",
					       server->config->name, strerror(-err)));
	listener_settle(l);
}

/* The kernel knows the device by its number, and tells the name only if there is one. */
static bool is_gone(const struct listener *l)
{
	char name[IFNAMSIZ];
	socklen_t len = sizeof(name);

	return (*l->device && getsockopt(l->fd, SOL_SOCKET, SO_BINDTODEVICE, name, &len)) ||
	       l->netns_number != netns_number(l->netns);
}

struct listener *listener_find(const struct servers *all, struct place place,
			       struct ip_addr address, uint16_t port)
{
	struct listener *l;

	LIST_FOREACH(l, &all->listeners, link)
		if (ip_equal(l->address, address) && l->port == port &&
		    place_equal(listener_place(l), place) && !is_gone(l))
			return l;
	return NULL;
}

const char *listener_text(struct place place, struct ip_addr address, uint16_t port,
			  char text[LISTENER_TEXT_SIZE])
{
	const bool vrf = place.vrf && *place.vrf, netns = place.netns && *place.netns;

	snprintf(text, LISTENER_TEXT_SIZE, "%s port %u%s%s%s%s", ip_text(address), port,
		 vrf ? " by way of " : "", vrf ? place.vrf : "", netns ? " in namespace " : "",
		 netns ? place.netns : "");
	return text;
}

bool listener_is_in_the_way(const struct servers *all, struct place place, struct ip_addr address,
			    uint16_t port)
{
	const struct listener *l;

	LIST_FOREACH(l, &all->listeners, link)
		if (l->port == port && place_equal(listener_place(l), place) &&
		    (ip_is_any(l->address) || ip_is_any(address)))
			return true;
	return false;
}

bool listener_may_conflict(const struct servers *all, struct place place, struct ip_addr address,
			   uint16_t port)
{
	const struct listener *l;

	LIST_FOREACH(l, &all->listeners, link)
		if (l->port == port && place_name_equal(l->netns, place.netns) &&
		    (ip_equal(l->address, address) || ip_is_any(l->address) || ip_is_any(address)))
			return true;
	return false;
}
