// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "session/tunnel.h"
#include "util/callback.h"
#include "util/container.h"
#include "util/timer.h"

/* Octets that were read and wait for pptp/. */
struct tunnel_in {
	size_t len;
	uint8_t octets[TUNNEL_IN];
};

/* Octets that wait for the socket. */
struct tunnel_out {
	size_t len;
	size_t busy;			/* the first so many are under way by @write */
	uv_write_t write;
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

static void write_cb(uv_write_t *req, int status)
{
	CALLBACK("tunnel: written");
	struct tunnel *t = req->handle->data;
	size_t len = t->out->busy;

	t->out->busy = 0;
	if (t->closing)
		return;
	if (status < 0) {
		pptp_conn_eof(&t->pptp, tunnel_now(t));
		return;
	}
	wrote(t, len);
	tunnel_sync(t);
}

void tunnel_flush(struct tunnel *t)
{
	struct tunnel_out *out = t->out;
	uv_buf_t buf;
	int n;

	if (!out || out->busy)
		return;
	buf = uv_buf_init((char *)out->octets, out->len);
	n = uv_try_write((uv_stream_t *)&t->tcp, &buf, 1);
	if (n > 0)
		wrote(t, n);
	if (!t->out || t->closing)
		return;
	/* The rest when there is room; an error comes back through write_cb(). */
	buf = uv_buf_init((char *)out->octets, out->len);
	if (uv_write(&out->write, (uv_stream_t *)&t->tcp, &buf, 1, write_cb) == 0)
		out->busy = out->len;
}

static bool make_out(struct tunnel *t)
{
	t->out = malloc(sizeof(*t->out));
	if (!t->out)
		return false;
	t->out->len = 0;
	t->out->busy = 0;
	return true;
}

void tunnel_send(struct pptp_conn *pptp, const uint8_t *data, size_t len)
{
	struct tunnel *t = container_of(pptp, struct tunnel, pptp);

	if (!t->out && !make_out(t)) {
		t->no_memory = true;
		return;
	}
	/*
	 * Input stops while anything waits, so only messages of our own can pile up here. A peer
	 * that leaves so many of them unread will be missed by the next echo.
	 */
	if (len > TUNNEL_OUT - t->out->len)
		return;
	memcpy(t->out->octets + t->out->len, data, len);
	t->out->len += len;
}

/* --- in --------------------------------------------------------------------------------- */

/* What is read is looked at at once, so all tunnels read into the same place. */
static uint8_t just_read[TUNNEL_IN];

static void alloc_cb(uv_handle_t *handle, size_t hint, uv_buf_t *buf)
{
	const struct tunnel *t = handle->data;

	*buf = uv_buf_init((char *)just_read, TUNNEL_IN - (t->in ? t->in->len : 0));
}

/* Give octets to pptp/, unless the peer has to read first. Return: how many it took. */
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

/* Give pptp/ what had to wait, or some of it. */
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

static void take_new(struct tunnel *t, size_t len)
{
	size_t n = t->in ? 0 : give(t, just_read, len);

	if (n < len && !t->closing)
		keep(t, just_read + n, len - n);
}

static void read_cb(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf);

static void set_reading(struct tunnel *t, bool on)
{
	if (on == t->reading)
		return;
	t->reading = on;
	if (on)
		uv_read_start((uv_stream_t *)&t->tcp, alloc_cb, read_cb);
	else
		uv_read_stop((uv_stream_t *)&t->tcp);
}

static void read_cb(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	CALLBACK("tunnel: read");
	struct tunnel *t = container_of((uv_tcp_t *)stream, struct tunnel, tcp);

	if (n < 0)
		t->eof = true;
	else if (!t->in && pptp_conn_may_end(&t->pptp, just_read, n))
		keep(t, just_read, n);
	else
		take_new(t, n);
	if (t->eof || t->in) {
		set_reading(t, false);
		later_add(&t->sessions->ends, &t->later);
	} else {
		tunnel_sync(t);
	}
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

static void turn(struct later *later)
{
	struct tunnel *t = container_of(later, struct tunnel, later);

	t->depth++;
	if (t->due)
		tick(t);
	t->depth--;
	if (!t->closing)
		take(t);
	/* What came before the end counts, except what we were not willing to take. */
	if (!t->closing && t->eof && !t->eof_told) {
		t->depth++;
		t->eof_told = true;
		pptp_conn_eof(&t->pptp, tunnel_now(t));
		t->depth--;
	}
	tunnel_sync(t);
}

/* Take what had to wait for the socket or for the peer's rate, as far as it need not any more. */
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
	set_reading(t, !t->eof && !t->out && !t->in);
	arm(t);
}

/* --- life ------------------------------------------------------------------------------- */

static void close_cb(uv_handle_t *handle)
{
	CALLBACK("tunnel: closed");
	struct tunnel *t = handle->data;

	if (--t->handles)
		return;
	pptp_conn_free(&t->pptp);
	free(t->in);
	free(t->out);
	t->freed(t);
}

static void init(struct tunnel *t, struct sessions *sessions)
{
	memset(t, 0, sizeof(*t));
	t->expires = NEVER;
	t->sessions = sessions;
	t->later.turn = turn;
	uv_tcp_init(sessions->loop, &t->tcp);
	uv_timer_init(sessions->loop, &t->timer);
	t->tcp.data = t;
	t->timer.data = t;
	t->handles = 2;
}

static int learn_local(struct tunnel *t)
{
	struct sockaddr_storage sa;
	int len = sizeof(sa);
	int err = uv_tcp_getsockname(&t->tcp, (struct sockaddr *)&sa, &len);

	if (!err)
		t->local = ip_from_sockaddr((struct sockaddr *)&sa);
	return err;
}

int tunnel_accept(struct tunnel *t, struct sessions *sessions, uv_stream_t *listener,
		  struct ip_addr bound)
{
	struct sockaddr_storage sa;
	int len = sizeof(sa);
	int err;

	init(t, sessions);
	err = uv_accept(listener, (uv_stream_t *)&t->tcp);
	if (err)
		return err;
	err = uv_tcp_getpeername(&t->tcp, (struct sockaddr *)&sa, &len);
	if (err)
		return err;
	t->remote = ip_from_sockaddr((struct sockaddr *)&sa);
	t->local = bound;
	return ip_is_any(bound) ? learn_local(t) : 0;
}

static void connect_cb(uv_connect_t *req, int status)
{
	CALLBACK("tunnel: connected");
	struct tunnel *t = req->handle->data;

	free(req);
	if (t->closing)
		return;
	if (!status)
		status = learn_local(t);
	if (!status)
		status = uv_tcp_nodelay(&t->tcp, 1);
	t->connected(t, status);
}

int tunnel_connect(struct tunnel *t, struct sessions *sessions, struct ip_addr remote,
		   uint16_t port, void (*connected)(struct tunnel *t, int status))
{
	uv_connect_t *req = malloc(sizeof(*req));
	struct sockaddr_storage sa;
	int err;

	init(t, sessions);
	t->remote = remote;
	t->connected = connected;
	if (!req)
		return -ENOMEM;
	ip_to_sockaddr(remote, port, &sa);
	err = uv_tcp_connect(req, &t->tcp, (struct sockaddr *)&sa, connect_cb);
	if (err)
		free(req);
	return err;
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

int tunnel_socket(const struct tunnel *t)
{
	uv_os_fd_t fd;

	return uv_fileno((const uv_handle_t *)&t->tcp, &fd) ? -1 : fd;
}

void tunnel_close(struct tunnel *t, void (*freed)(struct tunnel *t))
{
	if (t->closing)
		return;
	tunnel_flush(t);
	t->closing = true;
	t->freed = freed;
	later_cancel(&t->sessions->ends, &t->later);
	uv_close((uv_handle_t *)&t->timer, close_cb);
	uv_close((uv_handle_t *)&t->tcp, close_cb);
}
