// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "client.h"
#include "herd.h"
#include "ping.h"
#include "util/bytes.h"
#include "util/container.h"
#include "util/timer.h"

#define LINE_SPEED	100000000	/* bit/s; the value has no effect */
#define WINDOW		64		/* packets */
#define ACK_EVERY	16		/* frames, when we send no frame that carries the number */
#define PING_DATA	56		/* octets, as in ping(8) */

const char * const manner_names[MANNERS] = {
	[MANNER_CLEAR] = "clear", [MANNER_STOP] = "stop", [MANNER_TERMINATE] = "terminate",
	[MANNER_FIN] = "fin", [MANNER_RST] = "rst", [MANNER_SILENCE] = "silence",
};

static uint64_t now_ms(const struct client *c)
{
	return uv_now(&c->herd->loop);
}

/* --- the end ------------------------------------------------------------------------------ */

static void handle_closed(uv_handle_t *handle)
{
	struct client *c = handle->data;

	if (--c->handles)
		return;
	ppp_link_wipe(&c->link);
	free(c);
}

static void close_handles(struct client *c)
{
	uv_close((uv_handle_t *)&c->timer, handle_closed);
	if (!c->reset || uv_tcp_close_reset(&c->tcp, handle_closed))
		uv_close((uv_handle_t *)&c->tcp, handle_closed);
}

/* Record why the client ends. Only the first reason is kept. */
static void note(struct client *c, const char *why)
{
	if (!*c->why)
		snprintf(c->why, sizeof(c->why), "%s", why);
}

static void end(struct client *c)
{
	enum client_state was = c->state;

	if (was == CLIENT_OVER)
		return;
	c->state = CLIENT_OVER;
	close_handles(c);
	herd_over(c->herd, c, was, c->why);
}

/* End the client, in any state. pptp/ ends the call, and so the link, before it leads to end(). */
static void fail(struct client *c, const char *why)
{
	note(c, why);
	if (c->conn.state == PPTP_CONN_CLOSED)
		end(c);
	else
		pptp_conn_abort(&c->conn, now_ms(c));
}

/* --- the clock ---------------------------------------------------------------------------- */

static void timer_cb(uv_timer_t *timer);

static uint64_t deadline(const struct client *c)
{
	uint64_t link = c->linked ? ppp_link_deadline(&c->link) : NEVER;

	return earlier(c->give_up_at, earlier(pptp_conn_deadline(&c->conn), link));
}

/* To be called after each call into pptp/ and ppp/: their deadlines may have moved. */
static void arm(struct client *c)
{
	if (c->state != CLIENT_OVER)
		timer_arm(&c->timer, timer_cb, c->state == CLIENT_SILENT ? NEVER : deadline(c));
}

static const char *slow_step(const struct client *c)
{
	if (c->linked)
		return "no answer: PPP";
	if (c->conn.state == PPTP_CONN_CLOSED)
		return "no answer: TCP";
	return c->calling ? "no answer: call" : "no answer: control connection";
}

static void timer_cb(uv_timer_t *timer)
{
	struct client *c = container_of(timer, struct client, timer);
	uint64_t now = now_ms(c);

	if (now >= c->give_up_at) {
		fail(c, slow_step(c));
		return;
	}
	if (c->conn.state != PPTP_CONN_CLOSED)
		pptp_conn_tick(&c->conn, now);
	if (c->linked)
		ppp_link_tick(&c->link, now);
	arm(c);
}

/* --- PPP ---------------------------------------------------------------------------------- */

static void send_packet(struct client *c, const uint8_t *frame, size_t len)
{
	const struct gre gre = {
		.source = c->address,
		.destination = c->herd->server.sin_addr,
		.call_id = c->call.peer_id,
		.has_seq = frame,
		.seq = c->tx_next,
		.has_ack = c->rx_unacked,
		.ack = c->rx_last,
		.frame = frame,
		.frame_len = len,
	};

	if (frame)
		c->tx_next++;
	c->rx_unacked = 0;
	wire_send(&c->herd->wire, &gre);
}

static void link_send(struct ppp_link *link, const uint8_t *frame, size_t len)
{
	struct client *c = link->owner;
	const uint8_t echo_reply[] = { PPP_PROTO_LCP >> 8, PPP_PROTO_LCP & 0xff, 10 };

	if (c->state == CLIENT_SILENT || !c->calling)
		return;
	if (len > sizeof(echo_reply) && !memcmp(frame, echo_reply, sizeof(echo_reply)))
		c->herd->counts.lcp_echoes++;
	send_packet(c, frame, len);
}

static void link_random(struct ppp_link *link, void *buf, size_t len)
{
	if (getrandom(buf, len, 0) != (ssize_t)len)
		abort();
}

static void link_up(struct client *c)
{
	if (c->state != CLIENT_LOGGING_IN)
		return;
	c->state = CLIENT_UP;
	c->up_ns = uv_hrtime();
	c->give_up_at = NEVER;
	herd_up(c->herd, c);
}

static void link_down(struct client *c, const char *text)
{
	c->linked = false;
	/* MANNER_TERMINATE: after its Terminate-Ack the server has to end the call and TCP. */
	if (c->state == CLIENT_LEAVING)
		return;
	note(c, text);
	if (c->calling)
		fail(c, text);
}

static void link_event(struct ppp_link *link, const struct ppp_event *event)
{
	struct client *c = link->owner;

	if (event->type == PPP_EVENT_IPV4_UP)
		link_up(c);
	else if (event->type == PPP_EVENT_DOWN)
		link_down(c, event->down.text);
}

static const struct ppp_link_ops link_ops = {
	.send = link_send,
	.event = link_event,
	.random = link_random,
};

/* --- packets ------------------------------------------------------------------------------ */

static void send_ping(struct client *c, const struct ping *ping)
{
	uint8_t frame[PPP_PROTO_LEN + PING_HEADERS + PING_DATA_MAX];
	size_t len = ping_build(ping, frame + PPP_PROTO_LEN, sizeof(frame) - PPP_PROTO_LEN);

	put_be16(frame, PPP_PROTO_IPV4);
	send_packet(c, frame, PPP_PROTO_LEN + len);
}

void client_ping(struct client *c, uint16_t seq)
{
	const struct ppp_ipv4 *ipv4 = &ppp_link_state(&c->link)->ipv4;
	static const uint8_t data[PING_DATA];
	const struct ping ping = {
		.source = ipv4->local,
		.destination = ipv4->remote,
		.id = c->slot,
		.seq = seq,
		.data = data,
		.data_len = sizeof(data),
	};

	send_ping(c, &ping);
}

static void take_ipv4(struct client *c, const uint8_t *packet, size_t len)
{
	const struct ppp_ipv4 *ipv4 = &ppp_link_state(&c->link)->ipv4;
	struct ping ping;

	if (c->encrypted || !ping_parse(packet, len, &ping) ||
	    ping.destination.s_addr != ipv4->local.s_addr)
		return;
	if (ping.reply) {
		if (ping.id == (uint16_t)c->slot)
			herd_answered(c->herd, c, ping.seq);
		return;
	}
	ping.reply = true;
	ping.destination = ping.source;
	ping.source = ipv4->local;
	c->herd->counts.pings_answered++;
	send_ping(c, &ping);
}

static void take_frame(struct client *c, const uint8_t *frame, size_t len)
{
	uint16_t protocol;
	size_t field;

	if (!gre_frame_protocol(frame, len, &protocol, &field))
		return;
	if (protocol == PPP_PROTO_IPV4)
		take_ipv4(c, frame + field, len - field);
	else if (field == PPP_PROTO_LEN && protocol != PPP_PROTO_COMPRESSED)
		ppp_link_input(&c->link, frame, len, now_ms(c));
}

/*
 * Keep a frame that comes before the server's reply to our call. The server sent the reply first,
 * but on TCP, which may be slower.
 */
static void keep_early(struct client *c, const struct gre *gre)
{
	if (!c->calling || gre->frame_len > sizeof(c->early))
		return;
	memcpy(c->early, gre->frame, gre->frame_len);
	c->early_len = gre->frame_len;
}

/* Returns true if the frame is newer than all before; late frames are dropped (RFC 2637 4.3). */
static bool is_next(struct client *c, uint32_t seq)
{
	if (c->rx_any && (int32_t)(seq - c->rx_last) <= 0)
		return false;
	c->rx_any = true;
	c->rx_last = seq;
	c->rx_unacked++;
	return true;
}

void client_take(struct client *c, const struct gre *gre)
{
	if (c->state == CLIENT_SILENT || !gre->has_seq)
		return;
	if (gre->source.s_addr != c->herd->server.sin_addr.s_addr || !is_next(c, gre->seq)) {
		c->herd->counts.stray++;
		return;
	}
	if (c->linked)
		take_frame(c, gre->frame, gre->frame_len);
	else
		keep_early(c, gre);
	if (c->linked && c->rx_unacked >= ACK_EVERY)
		send_packet(c, NULL, 0);
	arm(c);
}

/* --- the call ------------------------------------------------------------------------------ */

static void dial(struct pptp_conn *conn, const struct pptp_start *peer)
{
	struct client *c = container_of(conn, struct client, conn);
	const struct pptp_out_request rq = {
		.call_id = c->call_id,
		.serial = c->call_id,
		.min_bps = 2400,
		.max_bps = LINE_SPEED,
		.bearer = PPTP_BEARER_ANY,
		.framing = PPTP_FRAMING_ANY,
		.window = WINDOW,
	};

	if (pptp_call_dial(&c->call, conn, &rq, now_ms(c)))
		fail(c, "no call can be placed");
	else
		c->calling = true;
}

static void call_up(struct pptp_call *call)
{
	struct client *c = container_of(call, struct client, call);
	struct herd *herd = c->herd;

	ppp_link_init(&c->link, c->encrypted ? &herd->encrypted : &herd->plain, &link_ops, c);
	ppp_link_set_credentials(&c->link, c->user, herd->password);
	c->linked = true;
	ppp_link_open(&c->link, now_ms(c));
	if (c->linked && c->early_len)
		take_frame(c, c->early, c->early_len);
}

static void note_call(struct client *c, enum pptp_call_end why)
{
	char text[TALLY_TEXT];

	if (why == PPTP_END_CONN || c->state == CLIENT_LEAVING)
		return;
	if (why == PPTP_END_REFUSED)
		snprintf(text, sizeof(text), "call refused: %s, %s",
			 pptp_result_text(PPTP_OUT_CALL_REPLY, c->call.result),
			 pptp_error_text(c->call.error));
	else
		snprintf(text, sizeof(text), "call ended: %s", pptp_call_end_text(why));
	note(c, text);
}

static void call_down(struct pptp_call *call, enum pptp_call_end why)
{
	struct client *c = container_of(call, struct client, call);

	c->calling = false;
	note_call(c, why);
	if (c->linked)
		ppp_link_lower_down(&c->link, now_ms(c));
	/* The client has only this call: its control connection is of no more use. */
	if (why != PPTP_END_CONN)
		pptp_conn_abort(&c->conn, now_ms(c));
}

/* --- the control connection ----------------------------------------------------------------- */

static void conn_send(struct pptp_conn *conn, const uint8_t *data, size_t len)
{
	struct client *c = container_of(conn, struct client, conn);
	uv_buf_t buf = uv_buf_init((char *)data, len);

	if (c->state == CLIENT_SILENT)
		return;
	if (len >= PPTP_CONTROL_LEN && (data[8] << 8 | data[9]) == PPTP_ECHO_REPLY)
		c->herd->counts.control_echoes++;
	/* A message fits into the socket's buffer if the server reads at all; if not, give up. */
	if (uv_try_write((uv_stream_t *)&c->tcp, &buf, 1) != (int)len)
		c->give_up_at = 0;
}

/* Returns true if the server has answered a client that leaves as it has to. */
static bool in_good_order(enum pptp_close why)
{
	return why == PPTP_CLOSE_LOCAL || why == PPTP_CLOSE_PEER_STOP || why == PPTP_CLOSE_ABORTED;
}

static void conn_closed(struct pptp_conn *conn, enum pptp_close why)
{
	struct client *c = container_of(conn, struct client, conn);

	if (why == PPTP_CLOSE_REFUSED)
		note(c, pptp_result_text(PPTP_START_REPLY, conn->result));
	if (c->state != CLIENT_LEAVING || !in_good_order(why))
		note(c, pptp_close_text(why));
	end(c);
}

static const struct pptp_conn_ops conn_ops = {
	.send = conn_send,
	.closed = conn_closed,
	.up = dial,
	.call_up = call_up,
	.call_down = call_down,
};

static void alloc_cb(uv_handle_t *handle, size_t hint, uv_buf_t *buf)
{
	/* Shared by all clients: read_cb() leaves nothing in the buffer. */
	static char octets[4096];

	*buf = uv_buf_init(octets, sizeof(octets));
}

static void read_cb(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct client *c = container_of((uv_tcp_t *)stream, struct client, tcp);

	if (n < 0 && c->state == CLIENT_SILENT)
		end(c);
	else if (n < 0)
		pptp_conn_eof(&c->conn, now_ms(c));
	else if (c->state != CLIENT_SILENT &&
		 pptp_conn_input(&c->conn, buf->base, n, now_ms(c)) < (size_t)n)
		fail(c, "the server sends too much");
	arm(c);
}

static void connected(uv_connect_t *connect, int status)
{
	struct client *c = container_of(connect, struct client, connect);

	if (c->state == CLIENT_OVER)
		return;
	if (status) {
		fail(c, uv_strerror(status));
		return;
	}
	uv_tcp_nodelay(&c->tcp, 1);
	uv_read_start((uv_stream_t *)&c->tcp, alloc_cb, read_cb);
	pptp_conn_start(&c->conn, &c->herd->pptp, &conn_ops, now_ms(c));
	arm(c);
}

/* Open a socket bound to the client's address. connect() chooses the port, for the server alone. */
static int own_socket(struct client *c)
{
	const struct sockaddr_in local = { .sin_family = AF_INET, .sin_addr = c->address };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), one = 1;
	int err;

	if (fd < 0)
		return -errno;
	setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof(one));
	err = bind(fd, (const struct sockaddr *)&local, sizeof(local)) ? -errno :
	      uv_tcp_open(&c->tcp, fd);
	if (err)
		close(fd);
	return err;
}

static int connect_tcp(struct client *c)
{
	const struct sockaddr *server = (const struct sockaddr *)&c->herd->server;
	int err = own_socket(c);

	return err ? err : uv_tcp_connect(&c->connect, &c->tcp, server, connected);
}

static void init(struct client *c, struct herd *herd, unsigned int slot)
{
	c->herd = herd;
	c->slot = slot;
	herd_name(herd, slot, &c->address, &c->call_id);
	snprintf(c->user, sizeof(c->user), "%s%u", herd->user, slot);
	uv_tcp_init(&herd->loop, &c->tcp);
	uv_timer_init(&herd->loop, &c->timer);
	c->tcp.data = c;
	c->timer.data = c;
	c->handles = 2;
	c->began_ns = uv_hrtime();
	c->give_up_at = now_ms(c) + herd->patience_ms;
}

struct client *client_begin(struct herd *herd, unsigned int slot, bool encrypted)
{
	struct client *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	init(c, herd, slot);
	c->encrypted = encrypted;
	if (!connect_tcp(c)) {
		arm(c);
		return c;
	}
	c->state = CLIENT_OVER;
	close_handles(c);
	return NULL;
}

void client_leave(struct client *c, enum manner manner)
{
	uint64_t now = now_ms(c);

	c->state = manner == MANNER_SILENCE ? CLIENT_SILENT : CLIENT_LEAVING;
	c->reset = manner == MANNER_RST;
	c->give_up_at = now + c->herd->patience_ms;
	if (manner == MANNER_CLEAR)
		pptp_call_clear(&c->call, PPTP_DISC_REQUEST, now);
	else if (manner == MANNER_STOP)
		pptp_conn_stop(&c->conn, PPTP_STOP_NONE, now);
	else if (manner == MANNER_TERMINATE)
		ppp_link_close(&c->link, PPP_REASON_LOCAL, NULL, now);
	else if (manner == MANNER_FIN || manner == MANNER_RST)
		pptp_conn_abort(&c->conn, now);
	arm(c);
}
