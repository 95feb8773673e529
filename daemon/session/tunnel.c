// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "session/tap.h"
#include "session/tunnel.h"
#include "util/callback.h"
#include "util/container.h"
#include "util/timer.h"

/* The events that are watched. Edge-triggered: each is reported once when it occurs. */
#define EVENTS	(EPOLLIN | EPOLLRDHUP | EPOLLET)

/* Reads in one turn of the line of ends; then others have their turn. */
#define READS_AT_ONCE	4

/* Octets that were read and that pptp/ has not accepted yet. */
struct tunnel_in {
	size_t len;
	uint8_t octets[TUNNEL_IN];
};

/* Octets that wait to be written to the socket. */
struct tunnel_out {
	size_t len;
	uint8_t octets[TUNNEL_OUT];
};

static void timer_cb(uv_timer_t *timer);

/* --- out -------------------------------------------------------------------------------- */

static void wrote(struct tunnel *t, size_t len)
{
	struct tunnel_out *out = t->out;

	out->len -= len;
	memmove(out->octets, out->octets + len, out->len);
	if (out->len)
		return;
	free(out);
	t->out = NULL;
}

/* The rest is written when the socket has room again. */
static void wait_for_room(struct tunnel *t)
{
	if (!t->waits_for_room)
		poller_change(&t->sessions->tunnels, t->fd, &t->polled, EVENTS | EPOLLOUT);
	t->waits_for_room = true;
}

void tunnel_flush(struct tunnel *t)
{
	ssize_t n;

	if (!t->out || t->broken)
		return;
	do {
		n = send(t->fd, t->out->octets, t->out->len, MSG_DONTWAIT | MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	if (n >= 0)
		wrote(t, n);
	else if (errno != EAGAIN && errno != ENOBUFS && errno != ENOMEM)
		t->broken = true;
	if (t->closing)
		return;
	if (t->broken)
		later_add(&t->sessions->ends, &t->later);
	else if (t->out)
		wait_for_room(t);
}

static bool make_out(struct tunnel *t)
{
	t->out = malloc(sizeof(*t->out));
	if (!t->out)
		return false;
	t->out->len = 0;
	return true;
}

void tunnel_send(struct pptp_conn *pptp, const uint8_t *data, size_t len)
{
	struct tunnel *t = container_of(pptp, struct tunnel, pptp);

	tap_message(t, true, data, len);
	if (!t->out && !make_out(t)) {
		t->no_memory = true;
		return;
	}
	/*
	 * No input is taken while output waits, so only messages that we send by ourselves add up
	 * here. If the peer leaves that many unread, it misses the next Echo-Request, too, and is
	 * dropped.
	 */
	if (len > TUNNEL_OUT - t->out->len)
		return;
	memcpy(t->out->octets + t->out->len, data, len);
	t->out->len += len;
}

/* --- in --------------------------------------------------------------------------------- */

void tunnel_heard(struct pptp_conn *pptp, const uint8_t *message, size_t len)
{
	tap_message(container_of(pptp, struct tunnel, pptp), false, message, len);
}

/* Give octets to pptp/, unless output waits. Returns how many octets pptp/ accepted. */
static size_t give(struct tunnel *t, const uint8_t *octets, size_t len)
{
	size_t n;

	if (t->out)
		return 0;
	t->depth++;
	n = pptp_conn_input(&t->pptp, octets, len, tunnel_now(t));
	t->depth--;
	return n;
}

static void keep(struct tunnel *t, const uint8_t *octets, size_t len)
{
	if (!t->in)
		t->in = calloc(1, sizeof(*t->in));
	if (!t->in) {
		t->no_memory = true;
		return;
	}
	memcpy(t->in->octets + t->in->len, octets, len);
	t->in->len += len;
}

/* Give the octets that wait to pptp/, which may accept only some of them. */
static void take(struct tunnel *t)
{
	struct tunnel_in *in = t->in;
	size_t n;

	if (!in)
		return;
	n = give(t, in->octets, in->len);
	in->len -= n;
	memmove(in->octets, in->octets + n, in->len);
	if (in->len)
		return;
	free(in);
	t->in = NULL;
}

static void take_new(struct tunnel *t, const uint8_t *octets, size_t len)
{
	size_t n = t->in ? 0 : give(t, octets, len);

	if (n < len && !t->closing)
		keep(t, octets + n, len - n);
}

/* Returns true if the socket may have octets and the tunnel can take them now. */
static bool may_receive(const struct tunnel *t)
{
	return !t->closing && t->readable && !t->eof && !t->broken && !t->out && !t->in;
}

/* Read once from the socket. Octets that may end the tunnel stay in t->in. */
static void receive(struct tunnel *t)
{
	uint8_t octets[TUNNEL_IN];
	ssize_t n;

	do {
		n = recv(t->fd, octets, sizeof(octets), MSG_DONTWAIT);
	} while (n < 0 && errno == EINTR);
	/*
	 * A short read means that the socket is empty; after a hang-up, the end of the stream
	 * follows.
	 */
	if (n < (ssize_t)sizeof(octets) && !t->hung_up)
		t->readable = false;
	if (n < 0 && errno == EAGAIN)
		t->readable = false;
	else if (n <= 0)
		t->eof = true;
	else if (pptp_conn_may_end(&t->pptp, octets, n))
		keep(t, octets, n);
	else
		take_new(t, octets, n);
}

/*
 * The end of the connection is only noted here. When thousands of peers vanish together, everything
 * else has its turn before all of these ends are read.
 */
static void ready(struct polled *polled, uint32_t events)
{
	struct tunnel *t = container_of(polled, struct tunnel, polled);

	if (t->closing)
		return;
	t->readable = t->readable || events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR);
	t->hung_up = t->hung_up || events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR);
	if (!t->hung_up && may_receive(t)) {
		if (!callback_has_time()) {
			later_add_first(&t->sessions->ends, &t->later);
			return;
		}
		receive(t);
	}
	if (t->closing)
		return;
	if (t->hung_up || t->eof || t->in)
		later_add(&t->sessions->ends, &t->later);
	else
		tunnel_sync(t);
}

/* --- the clock -------------------------------------------------------------------------- */

static void arm(struct tunnel *t)
{
	timer_arm(&t->timer, timer_cb, earlier(pptp_conn_deadline(&t->pptp), t->expires));
}

static void timer_cb(uv_timer_t *timer)
{
	CALLBACK("tunnel: clock");
	struct tunnel *t = container_of(timer, struct tunnel, timer);

	t->due = true;
	later_add(&t->sessions->ends, &t->later);
}

static void tick(struct tunnel *t)
{
	t->due = false;
	if (tunnel_now(t) >= t->expires) {
		t->expires = NEVER;
		t->expired(t);
	}
	if (!t->closing)
		pptp_conn_tick(&t->pptp, tunnel_now(t));
}

/* Returns true if the connection is over: the end was read, or the socket failed. */
static bool is_at_end(const struct tunnel *t)
{
	return t->broken || t->eof;
}

static void turn(struct later *later)
{
	struct tunnel *t = container_of(later, struct tunnel, later);

	t->depth++;
	if (t->due)
		tick(t);
	if (!t->closing)
		take(t);
	for (int i = 0; i < READS_AT_ONCE && may_receive(t) && callback_has_time(); i++) {
		receive(t);
		if (!t->closing)
			take(t);
	}
	/* Input that came before the end was handled above, unless the tunnel could not take it. */
	if (!t->closing && is_at_end(t) && !t->end_told) {
		t->end_told = true;
		pptp_conn_eof(&t->pptp, tunnel_now(t));
	}
	t->depth--;
	tunnel_sync(t);
}

/*
 * Give pptp/ the input that had to wait for the socket or for the bound on the peer's rate, as far
 * as pptp/ accepts it by now.
 */
static void catch_up(struct tunnel *t)
{
	size_t before;

	do {
		before = t->in ? t->in->len : 0;
		take(t);
		if (t->closing)
			return;
		tunnel_flush(t);
	} while (t->in && t->in->len < before);
}

void tunnel_sync(struct tunnel *t)
{
	if (t->closing || t->depth)
		return;
	tunnel_flush(t);
	catch_up(t);
	if (!t->closing && t->no_memory)
		pptp_conn_no_memory(&t->pptp, tunnel_now(t));
	if (t->closing)
		return;
	if (may_receive(t))
		later_add(&t->sessions->ends, &t->later);
	arm(t);
}

/* --- life ------------------------------------------------------------------------------- */

static void timer_closed(uv_handle_t *handle)
{
	CALLBACK("tunnel: closed");
	struct tunnel *t = container_of((uv_timer_t *)handle, struct tunnel, timer);

	pptp_conn_free(&t->pptp);
	free(t->in);
	free(t->out);
	t->freed(t);
}

static void init(struct tunnel *t, struct sessions *sessions, int fd)
{
	memset(t, 0, sizeof(*t));
	t->expires = NEVER;
	t->sessions = sessions;
	t->later.turn = turn;
	t->polled.ready = ready;
	t->fd = fd;
	uv_timer_init(sessions->loop, &t->timer);
}

static int learn_local(struct tunnel *t)
{
	struct sockaddr_storage sa;
	socklen_t len = sizeof(sa);

	if (getsockname(t->fd, (struct sockaddr *)&sa, &len))
		return -errno;
	t->local = ip_from_sockaddr((struct sockaddr *)&sa);
	return 0;
}

int tunnel_open(struct tunnel *t, struct sessions *sessions, int fd, struct ip_addr remote,
		struct ip_addr bound)
{
	int err;

	init(t, sessions, fd);
	t->remote = remote;
	t->local = bound;
	err = ip_is_any(bound) ? learn_local(t) : 0;
	if (sessions->tap)
		sessions->tap->opened(sessions->tap, t);
	return err ? err : poller_add(&sessions->tunnels, fd, &t->polled, EVENTS);
}

void tunnel_originate(struct tunnel *t, const struct pptp_conn_config *config,
		      const struct pptp_conn_ops *ops)
{
	pptp_conn_start(&t->pptp, config, ops, tunnel_now(t));
	tunnel_sync(t);
}

void tunnel_serve(struct tunnel *t, const struct pptp_conn_config *config,
		  const struct pptp_conn_ops *ops)
{
	pptp_conn_accept(&t->pptp, config, ops, tunnel_now(t));
	tunnel_sync(t);
}

bool tunnel_has_hung_up(const struct tunnel *t)
{
	return t->hung_up || is_at_end(t);
}

int tunnel_socket(const struct tunnel *t)
{
	return t->fd;
}

void tunnel_close(struct tunnel *t, void (*freed)(struct tunnel *t))
{
	if (t->closing)
		return;
	t->closing = true;
	t->freed = freed;
	if (t->sessions->tap)
		t->sessions->tap->closed(t->sessions->tap, t);
	if (t->fd >= 0) {
		tunnel_flush(t);
		/*
		 * close() takes the socket out of the epoll only if no other process has it,
		 * such as a child that is being started.
		 */
		poller_remove(&t->sessions->tunnels, t->fd);
		close(t->fd);
	}
	t->fd = -1;
	later_cancel(&t->sessions->ends, &t->later);
	uv_close((uv_handle_t *)&t->timer, timer_closed);
}
