// SPDX-License-Identifier: GPL-2.0-only
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "peer.h"
#include "util/container.h"

static void timer_cb(uv_timer_t *timer);

/* --- out -------------------------------------------------------------------------------- */

static void wrote(struct peer *p, size_t len)
{
	p->out_len -= len;
	memmove(p->out, p->out + len, p->out_len);
}

static void write_cb(uv_write_t *req, int status)
{
	struct peer *p = container_of(req, struct peer, write);
	size_t len = p->out_busy;

	p->out_busy = 0;
	if (p->closing)
		return;
	if (status < 0) {
		pptp_conn_eof(&p->pptp, peer_now(p));
		return;
	}
	wrote(p, len);
	peer_sync(p);
}

void peer_flush(struct peer *p)
{
	uv_buf_t buf = uv_buf_init((char *)p->out, p->out_len);
	int n;

	if (!p->out_len || p->out_busy)
		return;
	n = uv_try_write((uv_stream_t *)&p->tcp, &buf, 1);
	if (n > 0)
		wrote(p, n);
	if (!p->out_len || p->closing)
		return;
	/* The rest when there is room; an error comes back through write_cb(). */
	buf = uv_buf_init((char *)p->out, p->out_len);
	if (uv_write(&p->write, (uv_stream_t *)&p->tcp, &buf, 1, write_cb) == 0)
		p->out_busy = p->out_len;
}

void peer_send(struct pptp_conn *pptp, const uint8_t *data, size_t len)
{
	struct peer *p = container_of(pptp, struct peer, pptp);

	/*
	 * Input stops while anything waits, so only messages of our own can pile up here. A peer
	 * that leaves so many of them unread will be missed by the next echo.
	 */
	if (len > sizeof(p->out) - p->out_len)
		return;
	memcpy(p->out + p->out_len, data, len);
	p->out_len += len;
}

/* --- in --------------------------------------------------------------------------------- */

static void alloc_cb(uv_handle_t *handle, size_t hint, uv_buf_t *buf)
{
	struct peer *p = container_of((uv_tcp_t *)handle, struct peer, tcp);

	*buf = uv_buf_init((char *)p->in + p->in_len, sizeof(p->in) - p->in_len);
}

/* Give what was read to pptp/, unless the peer has to read first. */
static void take(struct peer *p)
{
	size_t n;

	if (!p->in_len || p->out_len)
		return;
	p->depth++;
	n = pptp_conn_input(&p->pptp, p->in, p->in_len, peer_now(p));
	p->depth--;
	p->in_len -= n;
	memmove(p->in, p->in + n, p->in_len);
}

static void read_cb(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct peer *p = container_of((uv_tcp_t *)stream, struct peer, tcp);

	if (n < 0) {
		/* What came before the end counts, except what we were not willing to take. */
		p->depth++;
		p->eof = true;
		pptp_conn_eof(&p->pptp, peer_now(p));
		p->depth--;
	} else {
		p->in_len += n;
		take(p);
	}
	peer_sync(p);
}

/* --- the clock -------------------------------------------------------------------------- */

static void set_reading(struct peer *p, bool on)
{
	if (on == p->reading)
		return;
	p->reading = on;
	if (on)
		uv_read_start((uv_stream_t *)&p->tcp, alloc_cb, read_cb);
	else
		uv_read_stop((uv_stream_t *)&p->tcp);
}

static void arm(struct peer *p)
{
	uint64_t at = pptp_conn_deadline(&p->pptp);
	uint64_t now = peer_now(p);

	if (p->expires < at)
		at = p->expires;
	if (at == UINT64_MAX)
		uv_timer_stop(&p->timer);
	else
		uv_timer_start(&p->timer, timer_cb, at > now ? at - now : 0, 0);
}

static void timer_cb(uv_timer_t *timer)
{
	struct peer *p = container_of(timer, struct peer, timer);

	p->depth++;
	if (peer_now(p) >= p->expires) {
		p->expires = UINT64_MAX;
		p->expired(p);
	}
	if (!p->closing)
		pptp_conn_tick(&p->pptp, peer_now(p));
	p->depth--;
	if (!p->closing)
		take(p);
	peer_sync(p);
}

/* Take what had to wait for the socket or for the peer's rate, as far as it need not any more. */
static void catch_up(struct peer *p)
{
	size_t before;

	do {
		before = p->in_len;
		take(p);
		if (p->closing)
			return;
		peer_flush(p);
	} while (p->in_len && p->in_len < before);
}

void peer_sync(struct peer *p)
{
	if (p->closing || p->depth)
		return;
	peer_flush(p);
	catch_up(p);
	if (p->closing)
		return;
	set_reading(p, !p->eof && !p->out_len && !p->in_len);
	arm(p);
}

/* --- life ------------------------------------------------------------------------------- */

static void close_cb(uv_handle_t *handle)
{
	struct peer *p = handle->data;

	if (--p->handles == 0)
		p->freed(p);
}

static void init(struct peer *p, uv_loop_t *loop)
{
	memset(p, 0, sizeof(*p));
	p->expires = UINT64_MAX;
	uv_tcp_init(loop, &p->tcp);
	uv_timer_init(loop, &p->timer);
	p->tcp.data = p;
	p->timer.data = p;
	p->handles = 2;
}

int peer_accept(struct peer *p, uv_loop_t *loop, uv_stream_t *listener)
{
	int len = sizeof(p->remote);
	int err;

	init(p, loop);
	err = uv_accept(listener, (uv_stream_t *)&p->tcp);
	if (err)
		return err;
	err = uv_tcp_getpeername(&p->tcp, (struct sockaddr *)&p->remote, &len);
	if (err)
		return err;
	len = sizeof(p->local);
	err = uv_tcp_getsockname(&p->tcp, (struct sockaddr *)&p->local, &len);
	if (err)
		return err;
	inet_ntop(AF_INET, &p->remote.sin_addr, p->name, sizeof(p->name));
	return uv_tcp_nodelay(&p->tcp, 1);
}

static void connect_cb(uv_connect_t *req, int status)
{
	struct peer *p = container_of(req, struct peer, connect);
	int len = sizeof(p->local);

	if (p->closing)
		return;
	if (!status)
		status = uv_tcp_getsockname(&p->tcp, (struct sockaddr *)&p->local, &len);
	if (!status)
		status = uv_tcp_nodelay(&p->tcp, 1);
	p->connected(p, status);
}

int peer_connect(struct peer *p, uv_loop_t *loop, const struct sockaddr_in *remote,
		 void (*connected)(struct peer *p, int status))
{
	init(p, loop);
	p->remote = *remote;
	p->connected = connected;
	inet_ntop(AF_INET, &remote->sin_addr, p->name, sizeof(p->name));
	return uv_tcp_connect(&p->connect, &p->tcp, (const struct sockaddr *)remote, connect_cb);
}

void peer_originate(struct peer *p, const struct pptp_conn_config *config,
		    const struct pptp_conn_ops *ops)
{
	pptp_conn_start(&p->pptp, config, ops, peer_now(p));
	peer_sync(p);
}

void peer_serve(struct peer *p, const struct pptp_conn_config *config,
		const struct pptp_conn_ops *ops)
{
	pptp_conn_accept(&p->pptp, config, ops, peer_now(p));
	peer_sync(p);
}

void peer_close(struct peer *p, void (*freed)(struct peer *p))
{
	if (p->closing)
		return;
	peer_flush(p);
	p->closing = true;
	p->freed = freed;
	uv_close((uv_handle_t *)&p->timer, close_cb);
	uv_close((uv_handle_t *)&p->tcp, close_cb);
}
