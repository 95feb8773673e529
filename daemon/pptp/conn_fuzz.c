// SPDX-License-Identifier: GPL-2.0-only
/*
 * A control connection and its calls under any sequence of octets, times and actions of the owner.
 *
 * The input is a script: one octet of settings, then steps, each an opcode and an argument. After
 * each step this must hold: every message sent is well formed; each call goes down exactly once,
 * and its memory is not touched afterwards; the closed event comes once, as the last one; the
 * number of calls, of messages taken and of messages sent is bounded; the deadline after a tick is
 * later than the time of the tick.
 */
#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "pptp/call.h"
#include "pptp/conn.h"
#include "pptp/msg.h"
#include "util/bytes.h"

enum op {
	OP_RAW,		/* the next octets of the script are input; argument: how many */
	OP_MESSAGE,	/* a well-framed message; argument: type; body from the script */
	OP_TIME,	/* the time advances; argument: half seconds */
	OP_DUE,		/* the time advances to the deadline */
	OP_ANSWER,	/* this and the next three: the owner, on call number argument */
	OP_REFUSE,
	OP_CLEAR,
	OP_NEWS,
	OP_DIAL,	/* this and the next: the owner, with this call ID */
	OP_RING,
	OP_END,		/* eof, stop or abort; for most arguments a probe */
	OPS,
};

/* Bits of the octet of settings. */
#define SET_ORIGINATOR	0x01
#define SET_ANSWER	0x02	/* the owner answers calls at once */
#define SET_REFUSE	0x04
#define SET_HASTY	0x08	/* the owner clears calls as soon as they are up */
#define SET_TIGHT	0x10	/* small bounds */
#define SET_COLLIDE	0x20

#define CALLS_MAX 8

struct owner {
	struct pptp_conn conn;		/* first, so that owner_of() can cast */
	struct pptp_conn_config config;
	struct pptp_call *calls[CALLS_MAX];	/* each allocated separately, freed when down */
	unsigned int settings;
	uint64_t begin;
	uint64_t now;
	uint64_t own;			/* bound on messages sent that are no replies */
	uint16_t next_id;
	bool closed;
};

static struct owner *owner_of(struct pptp_conn *conn)
{
	return (struct owner *)conn;
}

static void on_send(struct pptp_conn *conn, const uint8_t *data, size_t len)
{
	struct pptp_msg msg;

	assert(!owner_of(conn)->closed);
	assert(!pptp_msg_decode(data, len, &msg));
	assert(!msg.odd);
}

static void on_closed(struct pptp_conn *conn, enum pptp_close why)
{
	struct owner *o = owner_of(conn);

	assert(!o->closed);
	o->closed = true;
	for (int i = 0; i < CALLS_MAX; i++)
		assert(!o->calls[i]);
	assert(pptp_close_text(why)[0]);
}

static unsigned int on_start(struct pptp_conn *conn, const struct pptp_start *peer)
{
	struct owner *o = owner_of(conn);

	assert(strlen(peer->host) <= PPTP_NAME_LEN);
	assert(strlen(peer->vendor) <= PPTP_NAME_LEN);
	return o->settings & SET_COLLIDE ? PPTP_START_COLLIDED : PPTP_START_OK;
}

static void on_note(struct pptp_conn *conn, const char *what)
{
	assert(what[0]);
}

static struct pptp_call **take(struct owner *o)
{
	for (int i = 0; i < CALLS_MAX; i++) {
		if (o->calls[i])
			continue;
		o->calls[i] = malloc(sizeof(*o->calls[i]));
		assert(o->calls[i]);
		return &o->calls[i];
	}
	return NULL;
}

static void give_back(struct pptp_call **call)
{
	free(*call);
	*call = NULL;
}

static struct pptp_call *on_call_alloc(struct pptp_conn *conn, enum pptp_call_kind kind,
				       const struct pptp_msg *rq, struct pptp_refusal *no)
{
	struct owner *o = owner_of(conn);
	struct pptp_call **call;

	if (o->settings & SET_REFUSE)
		return NULL;
	call = take(o);
	return call ? *call : NULL;
}

static void answer(struct pptp_call *call)
{
	struct owner *o = owner_of(call->conn);
	const struct pptp_call_params params = { .local_id = o->next_id++ % 16, .window = 1 };

	pptp_call_answer(call, &params, o->now);
}

static void on_call_asked(struct pptp_call *call)
{
	assert(call->state == PPTP_CALL_WAIT_ANSWER);
	if (owner_of(call->conn)->settings & SET_ANSWER)
		answer(call);
}

static void on_call_up(struct pptp_call *call)
{
	struct owner *o = owner_of(call->conn);

	assert(call->state == PPTP_CALL_ESTABLISHED && call->peer_window);
	if (o->settings & SET_HASTY) {
		o->own++;
		pptp_call_clear(call, PPTP_DISC_ADMIN, o->now);
	}
}

static void on_call_down(struct pptp_call *call, enum pptp_call_end why)
{
	struct owner *o = owner_of(call->conn);

	assert(!o->closed);
	assert(pptp_call_end_text(why)[0]);
	for (int i = 0; i < CALLS_MAX; i++) {
		if (o->calls[i] == call) {
			give_back(&o->calls[i]);
			return;
		}
	}
	assert(!"a call that went down twice");
}

static void on_link_info(struct pptp_call *call, const struct pptp_link_info *info)
{
	assert(call->state == PPTP_CALL_ESTABLISHED && info->peer_call_id == call->local_id);
}

static void on_wan_error(struct pptp_call *call, const struct pptp_wan_error *counts)
{
	assert(call->state == PPTP_CALL_ESTABLISHED && counts->peer_call_id == call->local_id);
}

static const struct pptp_conn_ops ops = {
	.send = on_send,
	.closed = on_closed,
	.start = on_start,
	.note = on_note,
	.call_alloc = on_call_alloc,
	.call_asked = on_call_asked,
	.call_up = on_call_up,
	.call_down = on_call_down,
	.call_link_info = on_link_info,
	.call_wan_error = on_wan_error,
};

/* Pass in octets. Octets that are not taken because the peer is over its rate are dropped. */
static void input(struct owner *o, const uint8_t *data, size_t len)
{
	size_t done = pptp_conn_input(&o->conn, data, len, o->now);

	assert(done <= len);
	assert(done == len || o->conn.blocked);
}

static void input_message(struct owner *o, unsigned int type, struct reader *script)
{
	struct pptp_msg msg = { .type = 1 + type % 15 };
	uint8_t buf[PPTP_MSG_MAX];
	size_t len = pptp_msg_encode(&msg, buf);
	uint8_t size = rd_u8(script);
	size_t n = size < len - PPTP_CONTROL_LEN ? size : len - PPTP_CONTROL_LEN;

	n = n < rd_left(script) ? n : rd_left(script);
	rd_copy(script, buf + PPTP_CONTROL_LEN, n);
	input(o, buf, len);
}

static void tick(struct owner *o)
{
	pptp_conn_tick(&o->conn, o->now);
	assert(pptp_conn_deadline(&o->conn) > o->now);
}

static void dial(struct owner *o, uint16_t id)
{
	const struct pptp_out_request rq = { .call_id = id };
	struct pptp_call **call = take(o);

	if (call && pptp_call_dial(*call, &o->conn, &rq, o->now))
		give_back(call);
}

static void ring(struct owner *o, uint16_t id)
{
	const struct pptp_in_request rq = { .serial = 1 };
	const struct pptp_call_params params = { .local_id = id };
	struct pptp_call **call = take(o);

	if (call && pptp_call_ring(*call, &o->conn, &rq, &params, o->now))
		give_back(call);
}

static void act_on_call(struct owner *o, enum op op, struct pptp_call *call)
{
	static const struct pptp_refusal no = { .result = PPTP_OUT_BUSY };
	static const struct pptp_wan_error counts;

	switch (op) {
	case OP_ANSWER:
		answer(call);
		break;
	case OP_REFUSE:
		pptp_call_refuse(call, &no, o->now);
		break;
	case OP_CLEAR:
		pptp_call_clear(call, PPTP_DISC_ADMIN, o->now);
		break;
	default:
		pptp_call_set_link_info(call, 0, 0, o->now);
		pptp_call_wan_error(call, &counts, o->now);
	}
}

static void step(struct owner *o, struct reader *script)
{
	enum op op = rd_u8(script) % OPS;
	uint8_t arg = rd_u8(script);
	const uint8_t *raw;

	/* In a step we may send one message that is no reply, or two. */
	if (op != OP_RAW && op != OP_MESSAGE)
		o->own += 2;

	switch (op) {
	case OP_RAW:
		raw = rd_bytes(script, arg < rd_left(script) ? arg : rd_left(script));
		if (raw)
			input(o, raw, script->pos - raw);
		break;
	case OP_MESSAGE:
		input_message(o, arg, script);
		break;
	case OP_TIME:
		o->now += arg * 500;
		tick(o);
		break;
	case OP_DUE:
		if (pptp_conn_deadline(&o->conn) != NEVER)
			o->now = pptp_conn_deadline(&o->conn);
		/* besides, each overdue request for a call is refused */
		o->own += CALLS_MAX;
		tick(o);
		break;
	case OP_DIAL:
		dial(o, arg % 16);
		break;
	case OP_RING:
		ring(o, arg % 16);
		break;
	case OP_END:
		if (arg % 8 == 0)
			pptp_conn_eof(&o->conn, o->now);
		else if (arg % 8 == 1)
			pptp_conn_abort(&o->conn, o->now);
		else if (arg % 8 == 2)
			pptp_conn_stop(&o->conn, PPTP_STOP_NONE, o->now);
		else
			pptp_conn_probe(&o->conn, o->now);
		break;
	default:
		if (o->calls[arg % CALLS_MAX])
			act_on_call(o, op, o->calls[arg % CALLS_MAX]);
	}
}

static void check(const struct owner *o)
{
	const struct pptp_conn *conn = &o->conn;
	uint64_t seconds = (o->now - o->begin) / 1000 + 1;
	unsigned int calls = 0;

	for (int i = 0; i < CALLS_MAX; i++)
		calls += !!o->calls[i];
	assert(conn->nr_calls == calls);
	assert(calls <= o->config.max_calls);
	assert(conn->have <= PPTP_MSG_MAX);
	assert(o->closed == (conn->state == PPTP_CONN_CLOSED));
	assert(conn->rx_msgs <= o->config.msg_burst + seconds * o->config.msg_rate);
	/*
	 * At most one message for each message of the peer (for a reply, Incoming-Call-Connected);
	 * and one Start request.
	 */
	assert(conn->tx_msgs <= conn->rx_msgs + o->own + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader script = rd_init(data, size);
	struct owner o = { .begin = 1000, .now = 1000 };

	o.settings = rd_u8(&script);
	pptp_conn_config_init(&o.config);
	o.config.max_calls = CALLS_MAX;
	if (o.settings & SET_TIGHT) {
		o.config.max_calls = 2;
		o.config.msg_rate = 2;
		o.config.msg_burst = 4;
		o.config.call_cost = 3;
	}

	if (o.settings & SET_ORIGINATOR)
		pptp_conn_start(&o.conn, &o.config, &ops, o.now);
	else
		pptp_conn_accept(&o.conn, &o.config, &ops, o.now);
	while (rd_left(&script)) {
		step(&o, &script);
		check(&o);
	}

	pptp_conn_abort(&o.conn, o.now);
	check(&o);
	assert(o.closed && !o.conn.calls);
	return 0;
}

/* --- seeds ------------------------------------------------------------------------------- */

static void add_op(struct writer *w, enum op op, uint8_t arg)
{
	wr_u8(w, op);
	wr_u8(w, arg);
}

/* Add a message with a body that begins with @body and is otherwise zero. */
static void add_message(struct writer *w, enum pptp_msg_type type, const void *body, uint8_t len)
{
	add_op(w, OP_MESSAGE, type - 1);
	wr_u8(w, len);
	wr_copy(w, body, len);
}

/* Add a message as octets of the stream. */
static void add_raw(struct writer *w, const struct pptp_msg *msg)
{
	uint8_t buf[PPTP_MSG_MAX];
	size_t len = pptp_msg_encode(msg, buf);

	add_op(w, OP_RAW, len);
	wr_copy(w, buf, len);
}

/* As server: what every client does. */
static void server(struct writer *w)
{
	wr_u8(w, SET_ANSWER);
	add_message(w, PPTP_START_REQUEST, "\1\0", 2);
	add_message(w, PPTP_OUT_CALL_REQUEST, "\0\3", 2);
	add_message(w, PPTP_SET_LINK_INFO, "\0\0", 2);
	add_message(w, PPTP_ECHO_REQUEST, "\1\2\3\4", 4);
	add_op(w, OP_DUE, 0);
	add_message(w, PPTP_ECHO_REPLY, "\0\0\0\1\1\0", 6);
	add_message(w, PPTP_CALL_CLEAR_REQUEST, "\0\3", 2);
	add_message(w, PPTP_STOP_REQUEST, "\1", 1);
}

/* As client. */
static void client(struct writer *w)
{
	wr_u8(w, SET_ORIGINATOR);
	add_message(w, PPTP_START_REPLY, "\1\0\1\0", 4);
	add_op(w, OP_DIAL, 5);
	add_message(w, PPTP_OUT_CALL_REPLY, "\0\3\0\5\1", 5);
	add_op(w, OP_NEWS, 0);
	add_message(w, PPTP_WAN_ERROR_NOTIFY, "\0\5", 2);
	add_op(w, OP_CLEAR, 0);
	add_message(w, PPTP_CALL_DISCONNECT_NOTIFY, "\0\3\4", 3);
	add_op(w, OP_END, 2);
	add_message(w, PPTP_STOP_REPLY, "\1", 1);
}

/* Incoming calls from both sides at the same time. */
static void incoming(struct writer *w)
{
	wr_u8(w, 0);
	add_message(w, PPTP_START_REQUEST, "\1\0", 2);
	add_message(w, PPTP_IN_CALL_REQUEST, "\0\4", 2);
	add_op(w, OP_ANSWER, 0);
	add_message(w, PPTP_IN_CALL_CONNECTED, "\0\0", 2);
	add_op(w, OP_RING, 9);
	add_message(w, PPTP_IN_CALL_REPLY, "\0\7\0\11\1", 5);
	add_op(w, OP_NEWS, 1);
	add_op(w, OP_CLEAR, 0);
	add_op(w, OP_CLEAR, 1);
	add_message(w, PPTP_CALL_DISCONNECT_NOTIFY, "\0\4\4", 3);
	add_op(w, OP_END, 0);
}

/* Small bounds, and a stream with everything that can occur in it. */
static void stream(struct writer *w)
{
	wr_u8(w, SET_ANSWER | SET_TIGHT | SET_HASTY);
	add_raw(w, &(struct pptp_msg){
		.type = PPTP_START_REQUEST, .start = { .version = PPTP_VERSION },
	});
	add_op(w, OP_RAW, 32);
	wr_copy(w, "\0\40\0\2\x1a\x2b\x3c\x4d", 8);
	wr_zero(w, 24);
	for (int i = 0; i < 3; i++) {
		add_raw(w, &(struct pptp_msg){
			.type = PPTP_OUT_CALL_REQUEST, .out_request = { .call_id = i },
		});
		add_op(w, OP_DUE, 0);
	}
	add_op(w, OP_TIME, 200);
	add_op(w, OP_DUE, 0);
}

size_t fuzz_seed(unsigned int index, uint8_t *buf)
{
	static void (* const seeds[])(struct writer *w) = { server, client, incoming, stream };
	struct writer w = wr_init(buf, FUZZ_MAX);

	if (index >= sizeof(seeds) / sizeof(seeds[0]))
		return 0;
	seeds[index](&w);
	return wr_ok(&w) ? wr_len(&w) : 0;
}
