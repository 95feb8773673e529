// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sockets of struct radius, on the loop. A server has one for each of its ports.
 *
 * libuv runs timers before it looks for what has come. So before it is counted what was not
 * answered in time, the timer's callback reads all sockets, in slices, since there may be much in
 * them.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "aaa/radius_wire.h"
#include "util/callback.h"
#include "util/container.h"
#include "util/log.h"
#include "util/netns.h"
#include "util/timer.h"

#define READ_AT_ONCE	64	/* datagrams of one socket */
#define AGAIN_MS	1000	/* from one try to open a socket to the next */
#define SLICES_MAX	100	/* then time goes on, whatever has yet to be read */

struct end;
struct sockets;

/* Freed when its handle is closed. */
struct udp {
	uv_poll_t poll;
	int fd;
	struct end *end;		/* NULL: it is closed */
};

/* Where the datagrams of one port come and go. */
struct end {
	struct machine *machine;
	unsigned int port;
	struct udp *udp;		/* NULL: not open */
};

/* A server. */
struct machine {
	struct sockets *all;
	unsigned int number;
	struct end *ends;		/* one for each port */
	unsigned int n;
	uint64_t again;			/* nothing is to be opened before */
	char fault[64];			/* why the last datagram could not go; "": it could */
};

struct sockets {
	struct radius_wire base;
	uv_loop_t *loop;
	uv_timer_t timer;
	unsigned int slices;		/* timer's callbacks in a row that had no time for all */
	struct machine *machines;
	unsigned int n;
	bool closed;
};

static struct sockets *sockets_of(struct radius_wire *wire)
{
	return container_of(wire, struct sockets, base);
}

static struct radius_view view_of(const struct machine *m)
{
	struct radius_view view = { 0 };

	radius_view(m->all->base.radius, m->number, &view);
	return view;
}

/* --- making a socket ------------------------------------------------------------------------- */

/* Connect, and before that do what the settings say. Returns 0 or a negative errno. */
static int connect_udp(int fd, const struct radius_view *view)
{
	const struct radius_peer_settings *peer = view->peer;
	struct sockaddr_storage sa;
	socklen_t len;

	if (*peer->vrf &&
	    setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, peer->vrf, (socklen_t)strlen(peer->vrf)))
		return -errno;
	len = ip_to_sockaddr(peer->source, 0, &sa);
	if (len && bind(fd, (struct sockaddr *)&sa, len))
		return -errno;
	len = ip_to_sockaddr(peer->address, view->port, &sa);
	return connect(fd, (struct sockaddr *)&sa, len) ? -errno : 0;
}

/* Returns a descriptor, or a negative errno. */
static int make_udp(const void *arg)
{
	const struct radius_view *view = arg;
	int fd = socket(view->peer->address.family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int err;

	if (fd < 0)
		return -errno;
	err = connect_udp(fd, view);
	if (!err)
		return fd;
	close(fd);
	return err;
}

/* --- open and closed ------------------------------------------------------------------------- */

static void udp_closed(uv_handle_t *handle)
{
	CALLBACK("radius: socket closed");

	free(container_of((uv_poll_t *)handle, struct udp, poll));
}

static void close_end(struct end *end)
{
	struct udp *udp = end->udp;

	if (!udp)
		return;
	end->udp = NULL;
	udp->end = NULL;
	uv_close((uv_handle_t *)&udp->poll, udp_closed);
	close(udp->fd);
}

static void readable_cb(uv_poll_t *poll, int status, int events);

/* Watch the socket @fd. Returns 0, and it is the end's; or a negative errno. */
static int watch(struct end *end, int fd)
{
	struct udp *udp = malloc(sizeof(*udp));
	int err;

	if (!udp)
		return -ENOMEM;
	err = uv_poll_init(end->machine->all->loop, &udp->poll, fd);
	if (err) {
		free(udp);
		return err;
	}
	udp->fd = fd;
	udp->end = end;
	end->udp = udp;
	uv_poll_start(&udp->poll, UV_READABLE, readable_cb);
	return 0;
}

/* Once for each change, so that a server that is asked in vain does not fill the log. */
static void tell_fault(struct machine *m, int err)
{
	const struct radius_view view = view_of(m);
	const char *text = err ? strerror(-err) : "";

	if (!strcmp(m->fault, text))
		return;
	snprintf(m->fault, sizeof(m->fault), "%s", text);
	log_with(&(struct log_fields){ .radius = view.peer->name },
		 log_at(err ? LOG_LEVEL_WARNING : LOG_LEVEL_NOTICE, "radius %s (%s port %u): %s%s",
			view.peer->name, ip_text(view.peer->address), view.port,
			err ? "cannot be asked: " : "can be asked again", text));
}

/* Returns a descriptor, or a negative errno. */
static int make(const struct radius_view *view)
{
	return netns_make(view->peer->netns, make_udp, view);
}

static void open_end(struct end *end)
{
	struct machine *m = end->machine;
	const struct radius_view view = view_of(m);
	int fd = make(&view), err = fd < 0 ? fd : watch(end, fd);

	if (err && fd >= 0)
		close(fd);
	if (err) {
		m->again = uv_now(m->all->loop) + AGAIN_MS;
		tell_fault(m, err);
	}
}

/* Returns true if both sockets have the same address here. */
static bool same_source(int a, int b)
{
	struct sockaddr_storage x = { 0 }, y = { 0 };
	socklen_t x_len = sizeof(x), y_len = sizeof(y);

	return !getsockname(a, (struct sockaddr *)&x, &x_len) &&
	       !getsockname(b, (struct sockaddr *)&y, &y_len) &&
	       ip_equal(ip_from_sockaddr((struct sockaddr *)&x),
			ip_from_sockaddr((struct sockaddr *)&y));
}

/* Returns true if no socket can be made for want of something that has nothing to do with it. */
static bool is_want(int err)
{
	return err == -EMFILE || err == -ENFILE || err == -ENOMEM || err == -ENOBUFS ||
	       err == -EAGAIN;
}

/*
 * A socket keeps the source address that the route had, and the VRF or the namespace that had the
 * name, when it was connected; they may be gone. Answers that are under way to a socket that is
 * replaced are lost, so a socket that is as good as a new one stays; and one that may still be good
 * stays if there can be no other.
 */
static void renew_end(struct end *end)
{
	const struct radius_view view = view_of(end->machine);
	const bool named = *view.peer->vrf || *view.peer->netns;
	int fd;

	if (!end->udp || (ip_is_set(view.peer->source) && !named))
		return;
	fd = make(&view);
	if (fd >= 0 && !named && same_source(fd, end->udp->fd)) {
		close(fd);
		return;
	}
	if (is_want(fd))
		return;
	close_end(end);
	if (fd >= 0 && watch(end, fd))
		close(fd);
}

/* --- what comes ------------------------------------------------------------------------------ */

/* Read some of the socket. Returns true if there is nothing left in it. */
static bool read_end(struct end *end)
{
	const struct machine *m = end->machine;
	uint8_t octets[RADIUS_PACKET_MAX];
	ssize_t n;

	for (unsigned int i = 0; i < READ_AT_ONCE; i++) {
		/* whoever is answered may drop the last reference */
		if (m->all->closed || !end->udp)
			return true;
		n = recv(end->udp->fd, octets, sizeof(octets), 0);
		if (n < 0 && errno == EAGAIN)
			return true;
		/* Other errors are those of ICMP, which anybody can forge: they say nothing. */
		if (n >= 0)
			radius_received(m->all->base.radius, m->number, end->port, octets,
					(size_t)n);
		if (!callback_has_time())
			return false;
	}
	return false;
}

static void readable_cb(uv_poll_t *poll, int status, int events)
{
	CALLBACK("radius: replies");
	struct udp *udp = container_of(poll, struct udp, poll);

	read_end(udp->end);
	/* libuv stops to watch a socket with an error, which recv() has taken away. */
	if (status < 0 && udp->end)
		uv_poll_start(poll, UV_READABLE, readable_cb);
}

/* Returns true if nothing is left in the sockets of the server. */
static bool read_machine(struct machine *m)
{
	bool all = true;

	for (unsigned int i = 0; i < m->n; i++)
		all &= read_end(&m->ends[i]);
	return all;
}

static bool read_all(struct sockets *s)
{
	bool all = true;

	for (unsigned int i = 0; i < s->n && !s->closed; i++) {
		if (!callback_has_time())
			return false;
		all &= read_machine(&s->machines[i]);
	}
	return all;
}

/* --- time ------------------------------------------------------------------------------------ */

static uint64_t now(struct radius_wire *wire)
{
	return uv_now(sockets_of(wire)->loop);
}

static void timer_cb(uv_timer_t *timer)
{
	CALLBACK("radius: time");
	struct sockets *s = container_of(timer, struct sockets, timer);

	if (!read_all(s) && ++s->slices < SLICES_MAX) {
		timer_arm(timer, timer_cb, 0);
		return;
	}
	s->slices = 0;
	if (!s->closed)
		radius_timeout(s->base.radius);
}

static void arm(struct radius_wire *wire, uint64_t at)
{
	timer_arm(&sockets_of(wire)->timer, timer_cb, at);
}

/* --- what goes ------------------------------------------------------------------------------- */

/*
 * Returns 0 or the errno. An error of ICMP, which send() reports instead of sending, is skipped:
 * anybody can forge it, and there are many. One of this host comes again.
 */
static int send_once_more(int fd, const uint8_t *octets, size_t len)
{
	for (unsigned int i = 0; i < 2; i++) {
		if (send(fd, octets, len, MSG_NOSIGNAL) >= 0)
			return 0;
		if (errno == EAGAIN || errno == ENOBUFS)
			break;
	}
	return errno;
}

/*
 * A socket that cannot send may have lost its interface or its address: it is opened anew when the
 * next datagram is to go. Without room for the datagram it is lost, as on the wire.
 */
static void send_datagram(struct radius_wire *wire, unsigned int server, unsigned int port,
			  const uint8_t *octets, size_t len)
{
	struct machine *m = &sockets_of(wire)->machines[server];
	struct end *end = &m->ends[port];
	int err;

	if (!end->udp && uv_now(m->all->loop) >= m->again)
		open_end(end);
	if (!end->udp)
		return;
	err = send_once_more(end->udp->fd, octets, len);
	/* only now: a socket that can be opened may still have no way to send */
	if (!err && *m->fault)
		tell_fault(m, 0);
	if (!err || err == EAGAIN || err == ENOBUFS || err == ECONNREFUSED)
		return;
	close_end(end);
	m->again = uv_now(m->all->loop) + AGAIN_MS;
	tell_fault(m, -err);
}

static void renew(struct radius_wire *wire, unsigned int server)
{
	struct machine *m = &sockets_of(wire)->machines[server];

	for (unsigned int i = 0; i < m->n; i++)
		renew_end(&m->ends[i]);
}

static const char *fault_of(struct radius_wire *wire, unsigned int server)
{
	const struct sockets *s = sockets_of(wire);

	return server < s->n ? s->machines[server].fault : "";
}

/* --- all of them ----------------------------------------------------------------------------- */

static void timer_closed(uv_handle_t *handle)
{
	CALLBACK("radius: closed");
	struct sockets *s = container_of((uv_timer_t *)handle, struct sockets, timer);

	for (unsigned int i = 0; i < s->n; i++)
		free(s->machines[i].ends);
	free(s->machines);
	free(s);
}

static void close_all(struct radius_wire *wire)
{
	struct sockets *s = sockets_of(wire);

	s->closed = true;
	for (unsigned int i = 0; i < s->n; i++)
		for (unsigned int j = 0; j < s->machines[i].n; j++)
			close_end(&s->machines[i].ends[j]);
	uv_close((uv_handle_t *)&s->timer, timer_closed);
}

struct radius_wire *radius_sockets_new(uv_loop_t *loop)
{
	static const struct radius_wire_ops ops = {
		.now = now, .arm = arm, .send = send_datagram, .renew = renew, .fault = fault_of,
		.free = close_all,
	};
	struct sockets *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->base.ops = &ops;
	s->loop = loop;
	uv_timer_init(loop, &s->timer);
	return &s->base;
}

static bool make_machine(struct sockets *s, const struct radius_view *view)
{
	struct machine *m = &s->machines[s->n];

	*m = (struct machine){ .all = s, .number = s->n };
	m->ends = calloc(view->server->config->ports, sizeof(*m->ends));
	if (!m->ends)
		return false;
	for (; m->n < view->server->config->ports; m->n++)
		m->ends[m->n] = (struct end){ .machine = m, .port = m->n };
	s->n++;
	return true;
}

bool radius_sockets_open(struct radius_wire *wire)
{
	struct sockets *s = sockets_of(wire);
	struct radius_view view;
	unsigned int n = 0;

	while (radius_view(wire->radius, n, &view))
		n++;
	s->machines = calloc(n + 1, sizeof(*s->machines));
	if (!s->machines)
		return false;
	for (unsigned int i = 0; radius_view(wire->radius, i, &view); i++)
		if (!make_machine(s, &view))
			return false;
	for (unsigned int i = 0; i < s->n; i++)
		open_end(&s->machines[i].ends[0]);
	return true;
}
