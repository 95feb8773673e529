/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An owner of one control connection for tests. It records its events and the messages that are
 * sent as one line of text, so that a test states in one string what must happen, and in which
 * order:
 *
 *	>OCRP 7,3 1/0		an Outgoing-Call-Reply is sent: call ID 7, peer's 3, result, error
 *	up			the connection is established
 *	note			something odd was ignored, or ends the connection next
 *	closed(eof)		the connection is over, and why
 *	asked(3)		the peer asks for a call with its call ID 3
 *	call_up(7,3)		our call ID, the peer's
 *	call_down(7,3,local)	and why
 *	link_info(7) wan_error(7)
 */
#ifndef CULVERT_PPTP_OWNER_TEST_H
#define CULVERT_PPTP_OWNER_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pptp/call.h"
#include "pptp/conn.h"
#include "pptp/msg.h"

#define OWNER_CALLS 8

struct owner {
	struct pptp_conn conn;		/* first, so that owner_of() can cast */
	struct pptp_conn_config config;
	struct pptp_call calls[OWNER_CALLS];
	bool taken[OWNER_CALLS];
	uint64_t now;
	bool closed;

	/* the decisions of the owner */
	unsigned int start_result;
	bool refuse;			/* call_alloc refuses with @no */
	struct pptp_refusal no;
	bool answer;			/* accept a call at once, with @next_id */
	bool abort_in_alloc;
	uint16_t next_id;
	uint64_t signs;			/* the result of the signs op */

	struct pptp_start peer;		/* the peer's Start message */
	struct pptp_msg last;		/* the last message that was sent */
	size_t log_len;
	char log[4096];
};

static const char * const owner_tags[PPTP_MSG_TYPES] = {
	"", "SCCRQ", "SCCRP", "StopCCRQ", "StopCCRP", "EchoRQ", "EchoRP", "OCRQ", "OCRP", "ICRQ",
	"ICRP", "ICCN", "CCRQ", "CDN", "WEN", "SLI",
};

static const char * const owner_closes[] = {
	[PPTP_CLOSE_LOCAL] = "local",
	[PPTP_CLOSE_ABORTED] = "aborted",
	[PPTP_CLOSE_PEER_STOP] = "peer-stop",
	[PPTP_CLOSE_EOF] = "eof",
	[PPTP_CLOSE_REFUSED] = "refused",
	[PPTP_CLOSE_NOT_ACCEPTED] = "not-accepted",
	[PPTP_CLOSE_VERSION] = "version",
	[PPTP_CLOSE_START_TIMEOUT] = "start-timeout",
	[PPTP_CLOSE_STOP_TIMEOUT] = "stop-timeout",
	[PPTP_CLOSE_ECHO_TIMEOUT] = "echo-timeout",
	[PPTP_CLOSE_CALL_TIMEOUT] = "call-timeout",
	[PPTP_CLOSE_SYNC_LOST] = "sync-lost",
	[PPTP_CLOSE_NOT_PPTP] = "not-pptp",
	[PPTP_CLOSE_BAD_FORMAT] = "bad-format",
	[PPTP_CLOSE_BAD_STATE] = "bad-state",
	[PPTP_CLOSE_COLLISION] = "collision",
	[PPTP_CLOSE_NO_MEMORY] = "no-memory",
};

static const char * const owner_ends[] = {
	[PPTP_END_LOCAL] = "local",
	[PPTP_END_CLEARED] = "cleared",
	[PPTP_END_DISCONNECTED] = "disconnected",
	[PPTP_END_REFUSED] = "refused",
	[PPTP_END_UNANSWERED] = "unanswered",
	[PPTP_END_CONN] = "conn",
};

static void __attribute__((format(printf, 2, 3)))
owner_log(struct owner *o, const char *format, ...)
{
	size_t room = sizeof(o->log) - o->log_len;
	va_list args;
	int n;

	n = snprintf(o->log + o->log_len, room, "%s", o->log_len ? " " : "");
	o->log_len += n;
	room -= n;
	va_start(args, format);
	n = vsnprintf(o->log + o->log_len, room, format, args);
	va_end(args);
	assert_in_range(n, 0, room - 1);
	o->log_len += n;
}

static struct owner *owner_of(struct pptp_conn *conn)
{
	return (struct owner *)conn;
}

static void owner_send(struct pptp_conn *conn, const uint8_t *data, size_t len)
{
	struct owner *o = owner_of(conn);
	struct pptp_msg *m = &o->last;

	assert_false(o->closed);
	assert_int_equal(pptp_msg_decode(data, len, m), 0);
	assert_int_equal(m->odd, 0);
	owner_log(o, ">%s", owner_tags[m->type]);
	switch (m->type) {
	case PPTP_START_REPLY:
		owner_log(o, "%u/%u", m->start.result, m->start.error);
		break;
	case PPTP_STOP_REQUEST:
		owner_log(o, "%u", m->stop_request.reason);
		break;
	case PPTP_STOP_REPLY:
		owner_log(o, "%u/%u", m->stop_reply.result, m->stop_reply.error);
		break;
	case PPTP_ECHO_REQUEST:
		owner_log(o, "%u", m->echo.id);
		break;
	case PPTP_ECHO_REPLY:
		owner_log(o, "%u %u/%u", m->echo.id, m->echo.result, m->echo.error);
		break;
	case PPTP_OUT_CALL_REQUEST:
		owner_log(o, "%u", m->out_request.call_id);
		break;
	case PPTP_OUT_CALL_REPLY:
		owner_log(o, "%u,%u %u/%u", m->out_reply.call_id, m->out_reply.peer_call_id,
			  m->out_reply.result, m->out_reply.error);
		break;
	case PPTP_IN_CALL_REQUEST:
		owner_log(o, "%u", m->in_request.call_id);
		break;
	case PPTP_IN_CALL_REPLY:
		owner_log(o, "%u,%u %u/%u", m->in_reply.call_id, m->in_reply.peer_call_id,
			  m->in_reply.result, m->in_reply.error);
		break;
	case PPTP_IN_CALL_CONNECTED:
		owner_log(o, "%u", m->in_connected.peer_call_id);
		break;
	case PPTP_CALL_CLEAR_REQUEST:
		owner_log(o, "%u", m->clear.call_id);
		break;
	case PPTP_CALL_DISCONNECT_NOTIFY:
		owner_log(o, "%u %u/%u", m->disconnect.call_id, m->disconnect.result,
			  m->disconnect.error);
		break;
	case PPTP_WAN_ERROR_NOTIFY:
		owner_log(o, "%u", m->wan_error.peer_call_id);
		break;
	case PPTP_SET_LINK_INFO:
		owner_log(o, "%u", m->link_info.peer_call_id);
		break;
	default:
		break;
	}
}

static void owner_closed(struct pptp_conn *conn, enum pptp_close why)
{
	struct owner *o = owner_of(conn);

	assert_false(o->closed);
	o->closed = true;
	for (int i = 0; i < OWNER_CALLS; i++)
		assert_false(o->taken[i]);
	owner_log(o, "closed(%s)", owner_closes[why]);
}

static unsigned int owner_start(struct pptp_conn *conn, const struct pptp_start *peer)
{
	return owner_of(conn)->start_result;
}

static void owner_up(struct pptp_conn *conn, const struct pptp_start *peer)
{
	owner_of(conn)->peer = *peer;
	owner_log(owner_of(conn), "up");
}

static void owner_note(struct pptp_conn *conn, const char *what)
{
	assert_non_null(what);
	owner_log(owner_of(conn), "note");
}

/* Returns memory for a call, filled with an arbitrary value. */
static struct pptp_call *owner_take(struct owner *o)
{
	for (int i = 0; i < OWNER_CALLS; i++) {
		if (o->taken[i])
			continue;
		o->taken[i] = true;
		memset(&o->calls[i], 0x5a, sizeof(o->calls[i]));
		return &o->calls[i];
	}
	return NULL;
}

/* The memory belongs to the owner again: overwrite it, so that a later access fails the test. */
static void owner_give_back(struct owner *o, struct pptp_call *call)
{
	int i = call - o->calls;

	assert_in_range(i, 0, OWNER_CALLS - 1);
	assert_true(o->taken[i]);
	o->taken[i] = false;
	memset(call, 0xa5, sizeof(*call));
}

static struct pptp_call *owner_call_alloc(struct pptp_conn *conn, enum pptp_call_kind kind,
					  const struct pptp_msg *rq, struct pptp_refusal *no)
{
	struct owner *o = owner_of(conn);

	assert_int_equal(no->result, PPTP_RESULT_GENERAL);
	assert_int_equal(no->error, PPTP_ERR_NO_RESOURCE);
	assert_int_equal(rq->type, kind == PPTP_CALL_PAC_OUT ? PPTP_OUT_CALL_REQUEST :
							       PPTP_IN_CALL_REQUEST);
	if (o->abort_in_alloc) {
		pptp_conn_abort(conn, o->now);
		return NULL;
	}
	if (o->refuse) {
		*no = o->no;
		return NULL;
	}
	return owner_take(o);
}

static void owner_call_asked(struct pptp_call *call)
{
	struct owner *o = owner_of(call->conn);

	owner_log(o, "asked(%u)", call->peer_id);
	if (o->answer) {
		struct pptp_call_params params = { .local_id = o->next_id++, .window = 8 };

		assert_int_equal(pptp_call_answer(call, &params, o->now), 0);
	}
}

static void owner_call_up(struct pptp_call *call)
{
	assert_int_equal(call->state, PPTP_CALL_ESTABLISHED);
	assert_int_not_equal(call->peer_window, 0);
	owner_log(owner_of(call->conn), "call_up(%u,%u)", call->local_id, call->peer_id);
}

static void owner_call_down(struct pptp_call *call, enum pptp_call_end why)
{
	struct owner *o = owner_of(call->conn);

	assert_int_equal(call->state, PPTP_CALL_IDLE);
	owner_log(o, "call_down(%u,%u,%s)", call->local_id, call->peer_id, owner_ends[why]);
	owner_give_back(o, call);
}

static void owner_link_info(struct pptp_call *call, const struct pptp_link_info *info)
{
	owner_log(owner_of(call->conn), "link_info(%u)", call->local_id);
}

static void owner_wan_error(struct pptp_call *call, const struct pptp_wan_error *counts)
{
	owner_log(owner_of(call->conn), "wan_error(%u)", call->local_id);
}

static uint64_t owner_signs(struct pptp_conn *conn)
{
	return owner_of(conn)->signs;
}

static const struct pptp_conn_ops owner_ops = {
	.send = owner_send,
	.closed = owner_closed,
	.start = owner_start,
	.up = owner_up,
	.note = owner_note,
	.call_alloc = owner_call_alloc,
	.call_asked = owner_call_asked,
	.call_up = owner_call_up,
	.call_down = owner_call_down,
	.signs = owner_signs,
	.call_link_info = owner_link_info,
	.call_wan_error = owner_wan_error,
};

static inline void owner_init(struct owner *o)
{
	memset(o, 0, sizeof(*o));
	memset(&o->conn, 0x5a, sizeof(o->conn));
	pptp_conn_config_init(&o->config);
	o->config.host = "us";
	o->config.max_calls = OWNER_CALLS;
	o->now = 1000000;
	o->start_result = PPTP_START_OK;
	o->next_id = 7;
}

static inline size_t owner_feed(struct owner *o, const struct pptp_msg *msg)
{
	uint8_t buf[PPTP_MSG_MAX];
	size_t len = pptp_msg_encode(msg, buf);

	assert_int_not_equal(len, 0);
	return pptp_conn_input(&o->conn, buf, len, o->now);
}

/* Checks what has happened since the last expect(). */
#define expect(o, text) do {					\
	assert_string_equal((o)->log, text);			\
	(o)->log_len = 0;					\
	(o)->log[0] = '\0';					\
} while (0)

/* Make an established connection, as receiver. */
static inline void owner_accept(struct owner *o)
{
	owner_init(o);
	pptp_conn_accept(&o->conn, &o->config, &owner_ops, o->now);
	owner_feed(o, &(struct pptp_msg){
		.type = PPTP_START_REQUEST, .start = { .version = PPTP_VERSION },
	});
	expect(o, ">SCCRP 1/0 up");
}

/* Make an established connection, as originator. */
static inline void owner_start_conn(struct owner *o)
{
	owner_init(o);
	pptp_conn_start(&o->conn, &o->config, &owner_ops, o->now);
	owner_feed(o, &(struct pptp_msg){
		.type = PPTP_START_REPLY,
		.start = { .version = PPTP_VERSION, .result = PPTP_START_OK },
	});
	expect(o, ">SCCRQ up");
}

#endif
