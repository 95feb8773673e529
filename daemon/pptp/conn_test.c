// SPDX-License-Identifier: GPL-2.0-only
#include "pptp/owner_test.h"
#include "util/scarce_test.h"

#include <stdlib.h>

/* Messages with bodies that are valid in every state. */
static const struct pptp_msg good[PPTP_MSG_TYPES] = {
	[PPTP_START_REQUEST] = {
		.type = PPTP_START_REQUEST, .start = { .version = PPTP_VERSION } },
	[PPTP_START_REPLY] = {
		.type = PPTP_START_REPLY,
		.start = { .version = PPTP_VERSION, .result = PPTP_START_OK } },
	[PPTP_STOP_REQUEST] = {
		.type = PPTP_STOP_REQUEST, .stop_request = { .reason = PPTP_STOP_SHUTDOWN } },
	[PPTP_STOP_REPLY] = {
		.type = PPTP_STOP_REPLY, .stop_reply = { .result = PPTP_PLAIN_OK } },
	[PPTP_ECHO_REQUEST] = { .type = PPTP_ECHO_REQUEST, .echo = { .id = 5 } },
	[PPTP_ECHO_REPLY] = {
		.type = PPTP_ECHO_REPLY, .echo = { .id = 5, .result = PPTP_PLAIN_OK } },
	[PPTP_OUT_CALL_REQUEST] = {
		.type = PPTP_OUT_CALL_REQUEST, .out_request = { .call_id = 3, .window = 64 } },
	[PPTP_OUT_CALL_REPLY] = {
		.type = PPTP_OUT_CALL_REPLY,
		.out_reply = { .call_id = 3, .peer_call_id = 7, .result = PPTP_OUT_CONNECTED } },
	[PPTP_IN_CALL_REQUEST] = {
		.type = PPTP_IN_CALL_REQUEST, .in_request = { .call_id = 4 } },
	[PPTP_IN_CALL_REPLY] = {
		.type = PPTP_IN_CALL_REPLY,
		.in_reply = { .call_id = 4, .peer_call_id = 7, .result = PPTP_IN_CONNECT } },
	[PPTP_IN_CALL_CONNECTED] = {
		.type = PPTP_IN_CALL_CONNECTED, .in_connected = { .peer_call_id = 7 } },
	[PPTP_CALL_CLEAR_REQUEST] = { .type = PPTP_CALL_CLEAR_REQUEST, .clear = { .call_id = 3 } },
	[PPTP_CALL_DISCONNECT_NOTIFY] = {
		.type = PPTP_CALL_DISCONNECT_NOTIFY,
		.disconnect = { .call_id = 3, .result = PPTP_DISC_REQUEST } },
	[PPTP_WAN_ERROR_NOTIFY] = {
		.type = PPTP_WAN_ERROR_NOTIFY, .wan_error = { .peer_call_id = 7 } },
	[PPTP_SET_LINK_INFO] = {
		.type = PPTP_SET_LINK_INFO, .link_info = { .peer_call_id = 7 } },
};

/* Pass in a well-framed message of @len octets whose class or type is undefined. */
static void feed_undefined(struct owner *o, unsigned int class, unsigned int type, size_t len)
{
	uint8_t *buf = calloc(1, len < 12 ? 12 : len);

	assert_non_null(buf);
	memcpy(buf, "\0\0\0\0\x1a\x2b\x3c\x4d", 8);
	buf[0] = len >> 8;
	buf[1] = len;
	buf[3] = class;
	buf[8] = type >> 8;
	buf[9] = type;
	assert_int_equal(pptp_conn_input(&o->conn, buf, len, o->now), len);
	free(buf);
}

static void to_idle(struct owner *o)
{
	owner_init(o);
	pptp_conn_accept(&o->conn, &o->config, &owner_ops, o->now);
	expect(o, "");
}

static void to_wait_ctl_reply(struct owner *o)
{
	owner_init(o);
	pptp_conn_start(&o->conn, &o->config, &owner_ops, o->now);
	expect(o, ">SCCRQ");
}

static void to_wait_stop_reply(struct owner *o)
{
	owner_accept(o);
	pptp_conn_stop(&o->conn, PPTP_STOP_NONE, o->now);
	expect(o, ">StopCCRQ 1");
}

static void to_collided(struct owner *o)
{
	to_idle(o);
	o->start_result = PPTP_START_COLLIDED;
	owner_feed(o, &good[PPTP_START_REQUEST]);
	expect(o, "");
}

static void to_closed(struct owner *o)
{
	owner_accept(o);
	pptp_conn_abort(&o->conn, o->now);
	expect(o, "closed(aborted)");
}

#define UNDEFINED_TYPE	0
#define MANAGEMENT	PPTP_MSG_TYPES
#define EVENTS		(PPTP_MSG_TYPES + 1)

/* Sections 3.1.1 and 3.1.2: each state with each message that the peer can send. */
static const struct {
	void (*enter)(struct owner *o);
	enum pptp_conn_state state;
	struct {
		const char *log;
		enum pptp_conn_state state;
	} on[EVENTS];
} table[] = {
	{ to_idle, PPTP_CONN_IDLE, {
		{ "note", PPTP_CONN_IDLE },
		{ ">SCCRP 1/0 up", PPTP_CONN_ESTABLISHED },
		{ "note closed(bad-state)", PPTP_CONN_CLOSED },
		{ ">StopCCRP 1/0 closed(peer-stop)", PPTP_CONN_CLOSED },
		{ "note closed(bad-state)", PPTP_CONN_CLOSED },
		{ "note >EchoRP 5 2/1", PPTP_CONN_IDLE },
		{ "note closed(bad-state)", PPTP_CONN_CLOSED },
		{ "note >OCRP 0,3 2/1", PPTP_CONN_IDLE },
		{ "note closed(bad-state)", PPTP_CONN_CLOSED },
		{ "note >ICRP 0,4 2/1", PPTP_CONN_IDLE },
		{ "note closed(bad-state)", PPTP_CONN_CLOSED },
		{ "note closed(bad-state)", PPTP_CONN_CLOSED },
		{ "note closed(bad-state)", PPTP_CONN_CLOSED },
		{ "note closed(bad-state)", PPTP_CONN_CLOSED },
		{ "note closed(bad-state)", PPTP_CONN_CLOSED },
		{ "note closed(bad-state)", PPTP_CONN_CLOSED },
		{ "note", PPTP_CONN_IDLE },
	} },
	{ to_wait_ctl_reply, PPTP_CONN_WAIT_CTL_REPLY, {
		{ "note", PPTP_CONN_WAIT_CTL_REPLY },
		{ "note closed(bad-state)", PPTP_CONN_CLOSED },
		{ "up", PPTP_CONN_ESTABLISHED },
		{ ">StopCCRP 1/0 closed(peer-stop)", PPTP_CONN_CLOSED },
		{ "note closed(bad-state)", PPTP_CONN_CLOSED },
		{ "note >EchoRP 5 2/1", PPTP_CONN_WAIT_CTL_REPLY },
		{ "note closed(bad-state)", PPTP_CONN_CLOSED },
		{ "note >OCRP 0,3 2/1", PPTP_CONN_WAIT_CTL_REPLY },
		{ "note closed(bad-state)", PPTP_CONN_CLOSED },
		{ "note >ICRP 0,4 2/1", PPTP_CONN_WAIT_CTL_REPLY },
		{ "note closed(bad-state)", PPTP_CONN_CLOSED },
		{ "note closed(bad-state)", PPTP_CONN_CLOSED },
		{ "note closed(bad-state)", PPTP_CONN_CLOSED },
		{ "note closed(bad-state)", PPTP_CONN_CLOSED },
		{ "note closed(bad-state)", PPTP_CONN_CLOSED },
		{ "note closed(bad-state)", PPTP_CONN_CLOSED },
		{ "note", PPTP_CONN_WAIT_CTL_REPLY },
	} },
	{ owner_accept, PPTP_CONN_ESTABLISHED, {
		{ "note", PPTP_CONN_ESTABLISHED },
		{ "note >SCCRP 3/0", PPTP_CONN_ESTABLISHED },
		{ "note", PPTP_CONN_ESTABLISHED },
		{ ">StopCCRP 1/0 closed(peer-stop)", PPTP_CONN_CLOSED },
		{ "note", PPTP_CONN_ESTABLISHED },
		{ ">EchoRP 5 1/0", PPTP_CONN_ESTABLISHED },
		{ "note", PPTP_CONN_ESTABLISHED },
		{ "asked(3)", PPTP_CONN_ESTABLISHED },
		{ "note", PPTP_CONN_ESTABLISHED },
		{ "asked(4)", PPTP_CONN_ESTABLISHED },
		{ "note", PPTP_CONN_ESTABLISHED },
		{ "note", PPTP_CONN_ESTABLISHED },
		{ "note", PPTP_CONN_ESTABLISHED },
		{ "note", PPTP_CONN_ESTABLISHED },
		{ "note", PPTP_CONN_ESTABLISHED },
		{ "note", PPTP_CONN_ESTABLISHED },
		{ "note", PPTP_CONN_ESTABLISHED },
	} },
	{ owner_start_conn, PPTP_CONN_ESTABLISHED, {
		{ "note", PPTP_CONN_ESTABLISHED },
		{ "note >SCCRP 3/0", PPTP_CONN_ESTABLISHED },
		{ "note", PPTP_CONN_ESTABLISHED },
		{ ">StopCCRP 1/0 closed(peer-stop)", PPTP_CONN_CLOSED },
		{ "note", PPTP_CONN_ESTABLISHED },
		{ ">EchoRP 5 1/0", PPTP_CONN_ESTABLISHED },
		{ "note", PPTP_CONN_ESTABLISHED },
		{ "asked(3)", PPTP_CONN_ESTABLISHED },
		{ "note", PPTP_CONN_ESTABLISHED },
		{ "asked(4)", PPTP_CONN_ESTABLISHED },
		{ "note", PPTP_CONN_ESTABLISHED },
		{ "note", PPTP_CONN_ESTABLISHED },
		{ "note", PPTP_CONN_ESTABLISHED },
		{ "note", PPTP_CONN_ESTABLISHED },
		{ "note", PPTP_CONN_ESTABLISHED },
		{ "note", PPTP_CONN_ESTABLISHED },
		{ "note", PPTP_CONN_ESTABLISHED },
	} },
	{ to_wait_stop_reply, PPTP_CONN_WAIT_STOP_REPLY, {
		{ "note", PPTP_CONN_WAIT_STOP_REPLY },
		{ "", PPTP_CONN_WAIT_STOP_REPLY },
		{ "", PPTP_CONN_WAIT_STOP_REPLY },
		{ ">StopCCRP 1/0 closed(local)", PPTP_CONN_CLOSED },
		{ "closed(local)", PPTP_CONN_CLOSED },
		{ ">EchoRP 5 1/0", PPTP_CONN_WAIT_STOP_REPLY },
		{ "", PPTP_CONN_WAIT_STOP_REPLY },
		{ ">OCRP 0,3 2/1", PPTP_CONN_WAIT_STOP_REPLY },
		{ "", PPTP_CONN_WAIT_STOP_REPLY },
		{ ">ICRP 0,4 2/1", PPTP_CONN_WAIT_STOP_REPLY },
		{ "", PPTP_CONN_WAIT_STOP_REPLY },
		{ "", PPTP_CONN_WAIT_STOP_REPLY },
		{ "", PPTP_CONN_WAIT_STOP_REPLY },
		{ "", PPTP_CONN_WAIT_STOP_REPLY },
		{ "", PPTP_CONN_WAIT_STOP_REPLY },
		{ "", PPTP_CONN_WAIT_STOP_REPLY },
		{ "note", PPTP_CONN_WAIT_STOP_REPLY },
	} },
};

static void every_message_in_every_state(void **state)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		for (unsigned int event = 0; event < EVENTS; event++) {
			struct owner o;

			table[i].enter(&o);
			assert_int_equal(o.conn.state, table[i].state);
			if (event == UNDEFINED_TYPE)
				feed_undefined(&o, PPTP_CLASS_CONTROL, 16, 12);
			else if (event == MANAGEMENT)
				feed_undefined(&o, PPTP_CLASS_MANAGEMENT, 0, 8);
			else
				owner_feed(&o, &good[event]);
			print_message("state %zu, message %u\n", i, event);
			expect(&o, table[i].on[event].log);
			assert_int_equal(o.conn.state, table[i].on[event].state);
			assert_int_equal(o.closed, o.conn.state == PPTP_CONN_CLOSED);
		}
	}
}

/* In state COLLIDED and in state CLOSED nothing is sent, whatever the peer sends. */
static void deaf_states_hear_nothing(void **state)
{
	void (* const enter[])(struct owner *o) = { to_collided, to_closed };
	struct owner o;

	for (int i = 0; i < 2; i++) {
		enter[i](&o);
		for (unsigned int type = 1; type < PPTP_MSG_TYPES; type++)
			owner_feed(&o, &good[type]);
		feed_undefined(&o, 0, 0, 5000);
		expect(&o, "");
		assert_int_equal(o.conn.state, i ? PPTP_CONN_CLOSED : PPTP_CONN_COLLIDED);
	}
}

/* --- Start ------------------------------------------------------------------------------- */

static void start_says_who_we_are(void **state)
{
	struct owner o;

	owner_init(&o);
	o.config.vendor = "a vendor whose name is longer than the sixty-four octets "
			  "that the protocol has for it";
	o.config.max_channels = 12;
	o.config.firmware = 34;
	pptp_conn_start(&o.conn, &o.config, &owner_ops, o.now);
	assert_int_equal(o.last.start.version, 0x0100);
	assert_int_equal(o.last.start.framing, PPTP_FRAMING_ANY);
	assert_int_equal(o.last.start.bearer, PPTP_BEARER_ANY);
	assert_int_equal(o.last.start.max_channels, 12);
	assert_int_equal(o.last.start.firmware, 34);
	assert_string_equal(o.last.start.host, "us");
	assert_int_equal(strlen(o.last.start.vendor), 64);
	assert_memory_equal(o.last.start.vendor, o.config.vendor, 64);
}

static void start_says_who_they_are(void **state)
{
	struct pptp_msg msg = {
		.type = PPTP_START_REQUEST,
		.start = {
			.version = PPTP_VERSION, .framing = 1, .bearer = 2, .max_channels = 3,
			.firmware = 4, .host = "them", .vendor = "Theirs",
		},
	};
	struct owner o;

	to_idle(&o);
	owner_feed(&o, &msg);
	expect(&o, ">SCCRP 1/0 up");
	assert_int_equal(o.peer.version, PPTP_VERSION);
	assert_int_equal(o.peer.framing, 1);
	assert_int_equal(o.peer.bearer, 2);
	assert_int_equal(o.peer.max_channels, 3);
	assert_int_equal(o.peer.firmware, 4);
	assert_string_equal(o.peer.host, "them");
	assert_string_equal(o.peer.vendor, "Theirs");
	assert_false(o.conn.originator);

	msg.type = PPTP_START_REPLY;
	msg.start.result = PPTP_START_OK;
	to_wait_ctl_reply(&o);
	owner_feed(&o, &msg);
	expect(&o, "up");
	assert_int_equal(o.peer.firmware, 4);
	assert_string_equal(o.peer.host, "them");
	assert_true(o.conn.originator);
}

/* Windows sends framing and bearer bits that do not fit a tunnel, and some routers send none. */
static void start_with_any_capabilities(void **state)
{
	for (uint32_t bits = 0; bits < 16; bits++) {
		struct pptp_msg msg = good[PPTP_START_REQUEST];
		struct owner o;

		msg.start.framing = bits & 3;
		msg.start.bearer = bits >> 2;
		to_idle(&o);
		owner_feed(&o, &msg);
		expect(&o, ">SCCRP 1/0 up");
	}
}

static void version_of_the_originator(void **state)
{
	for (unsigned int version = 0; version <= 0xffff; version += 0x55) {
		struct pptp_msg msg = good[PPTP_START_REQUEST];
		struct owner o;

		msg.start.version = version;
		to_idle(&o);
		owner_feed(&o, &msg);
		if (version < 0x0100) {
			expect(&o, ">SCCRP 5/0 closed(version)");
			assert_int_equal(o.conn.result, PPTP_START_BAD_VERSION);
		} else {
			expect(&o, ">SCCRP 1/0 up");
		}
		assert_int_equal(o.last.start.version, PPTP_VERSION);
	}
}

static void version_of_the_receiver(void **state)
{
	for (unsigned int version = 0; version <= 0xffff; version += 0x55) {
		struct pptp_msg msg = good[PPTP_START_REPLY];
		struct owner o;

		msg.start.version = version;
		to_wait_ctl_reply(&o);
		owner_feed(&o, &msg);
		if (version >> 8 == 1) {
			expect(&o, "up");
			continue;
		}
		/* 3.1.1: we send Stop, and wait for the reply to it */
		expect(&o, ">StopCCRQ 2");
		assert_int_equal(o.conn.state, PPTP_CONN_WAIT_STOP_REPLY);
		if (version & 1) {
			owner_feed(&o, &good[PPTP_STOP_REPLY]);
		} else {
			o.now = pptp_conn_deadline(&o.conn);
			pptp_conn_tick(&o.conn, o.now);
		}
		expect(&o, "closed(version)");
	}
}

static void start_refused_by_the_peer(void **state)
{
	for (unsigned int result = 0; result < 256; result++) {
		struct pptp_msg msg = good[PPTP_START_REPLY];
		struct owner o;

		msg.start.result = result;
		msg.start.error = 4;
		to_wait_ctl_reply(&o);
		owner_feed(&o, &msg);
		if (result == 0) {
			expect(&o, "note up");
		} else if (result == 1) {
			expect(&o, "up");
		} else {
			expect(&o, "closed(refused)");
			assert_int_equal(o.conn.result, result);
			assert_int_equal(o.conn.error, 4);
		}
	}
}

static void start_refused_by_us(void **state)
{
	struct owner o;

	to_idle(&o);
	o.start_result = PPTP_START_NOT_AUTHORIZED;
	owner_feed(&o, &good[PPTP_START_REQUEST]);
	expect(&o, ">SCCRP 4/0 closed(not-accepted)");
	assert_int_equal(o.conn.result, PPTP_START_NOT_AUTHORIZED);

	to_idle(&o);
	o.start_result = PPTP_START_GENERAL;
	owner_feed(&o, &good[PPTP_START_REQUEST]);
	expect(&o, ">SCCRP 2/4 closed(not-accepted)");
}

static unsigned int abort_on_start(struct pptp_conn *conn, const struct pptp_start *peer)
{
	pptp_conn_abort(conn, owner_of(conn)->now);
	return PPTP_START_OK;
}

static void owner_may_leave_while_deciding(void **state)
{
	struct pptp_conn_ops ops = owner_ops;
	struct owner o;

	owner_init(&o);
	ops.start = abort_on_start;
	pptp_conn_accept(&o.conn, &o.config, &ops, o.now);
	owner_feed(&o, &good[PPTP_START_REQUEST]);
	expect(&o, "closed(aborted)");
}

static void only_two_ops_are_required(void **state)
{
	const struct pptp_conn_ops ops = { .send = owner_send, .closed = owner_closed };
	struct owner o;

	owner_init(&o);
	pptp_conn_accept(&o.conn, &o.config, &ops, o.now);
	for (unsigned int type = 1; type < PPTP_MSG_TYPES; type++)
		if (type != PPTP_STOP_REQUEST)
			owner_feed(&o, &good[type]);
	expect(&o, ">SCCRP 1/0 >EchoRP 5 1/0 >OCRP 0,3 7/0 >ICRP 0,4 3/0");
}

/* --- start collision, section 3.1.3 ------------------------------------------------------ */

static void collision_is_won_by_the_higher_address(void **state)
{
	/* the RFC's own example: 192.33.45.17 and 192.33.45.89 */
	assert_false(pptp_collision_won(0xc0212d11, 0xc0212d59));
	assert_true(pptp_collision_won(0xc0212d59, 0xc0212d11));
	/* the comparison is unsigned, and the network number is more significant */
	assert_true(pptp_collision_won(0xc0000001, 0x7f0000ff));
	assert_true(pptp_collision_won(0x0b000000, 0x0affffff));
}

static void collision_seen_by_the_winner(void **state)
{
	struct owner o;

	/* the loser closes its connection, as it should */
	to_collided(&o);
	pptp_conn_eof(&o.conn, o.now);
	expect(&o, "closed(collision)");

	/* the loser does not */
	to_collided(&o);
	pptp_conn_stop(&o.conn, PPTP_STOP_NONE, o.now);
	expect(&o, "closed(local)");

	to_collided(&o);
	assert_int_equal(pptp_conn_deadline(&o.conn), o.now + 60000);
	pptp_conn_tick(&o.conn, o.now + 60000);
	expect(&o, "closed(collision)");
}

static void collision_seen_by_the_loser(void **state)
{
	struct owner own, theirs;

	to_wait_ctl_reply(&own);
	pptp_conn_abort(&own.conn, own.now);
	expect(&own, "closed(aborted)");

	to_idle(&theirs);
	owner_feed(&theirs, &good[PPTP_START_REQUEST]);
	expect(&theirs, ">SCCRP 1/0 up");
}

/* --- the end of a connection ------------------------------------------------------------- */

static void stop_by_us(void **state)
{
	static const enum pptp_stop_reason reasons[] = {
		PPTP_STOP_NONE, PPTP_STOP_PROTOCOL, PPTP_STOP_SHUTDOWN,
	};
	struct owner o;

	for (int i = 0; i < 3; i++) {
		owner_accept(&o);
		pptp_conn_stop(&o.conn, reasons[i], o.now);
		assert_int_equal(o.last.stop_request.reason, reasons[i]);
		/* further calls that end the connection do nothing */
		pptp_conn_stop(&o.conn, reasons[i], o.now);
		owner_feed(&o, &good[PPTP_STOP_REPLY]);
		pptp_conn_stop(&o.conn, reasons[i], o.now);
		pptp_conn_abort(&o.conn, o.now);
		pptp_conn_eof(&o.conn, o.now);
		assert_int_equal(pptp_conn_deadline(&o.conn), UINT64_MAX);
		assert_non_null(strstr(o.log, "closed(local)"));
	}

	/* a reply with a general error makes no difference: TCP is closed */
	owner_accept(&o);
	pptp_conn_stop(&o.conn, PPTP_STOP_NONE, o.now);
	owner_feed(&o, &(struct pptp_msg){
		.type = PPTP_STOP_REPLY,
		.stop_reply = { .result = PPTP_PLAIN_GENERAL, .error = PPTP_ERR_PAC },
	});
	expect(&o, ">StopCCRQ 1 closed(local)");

	/* no reply, but the peer closes TCP */
	owner_accept(&o);
	pptp_conn_stop(&o.conn, PPTP_STOP_NONE, o.now);
	pptp_conn_eof(&o.conn, o.now);
	expect(&o, ">StopCCRQ 1 closed(local)");

	/* neither */
	owner_accept(&o);
	pptp_conn_stop(&o.conn, PPTP_STOP_NONE, o.now);
	assert_int_equal(pptp_conn_deadline(&o.conn), o.now + 60000);
	pptp_conn_tick(&o.conn, o.now + 59999);
	expect(&o, ">StopCCRQ 1");
	pptp_conn_tick(&o.conn, o.now + 60000);
	expect(&o, "closed(stop-timeout)");

	/* the Start exchange is not complete, so there is nothing to stop */
	to_idle(&o);
	pptp_conn_stop(&o.conn, PPTP_STOP_NONE, o.now);
	expect(&o, "closed(local)");
	to_wait_ctl_reply(&o);
	pptp_conn_stop(&o.conn, PPTP_STOP_NONE, o.now);
	expect(&o, "closed(local)");
}

static void stop_by_the_peer(void **state)
{
	struct owner o;

	owner_start_conn(&o);
	owner_feed(&o, &good[PPTP_STOP_REQUEST]);
	expect(&o, ">StopCCRP 1/0 closed(peer-stop)");
	assert_int_equal(o.conn.stop_reason, PPTP_STOP_SHUTDOWN);
}

static void eof_in_every_state(void **state)
{
	struct owner o;

	to_idle(&o);
	pptp_conn_eof(&o.conn, o.now);
	expect(&o, "closed(eof)");
	to_wait_ctl_reply(&o);
	pptp_conn_eof(&o.conn, o.now);
	expect(&o, "closed(eof)");
	owner_accept(&o);
	pptp_conn_eof(&o.conn, o.now);
	expect(&o, "closed(eof)");
	pptp_conn_eof(&o.conn, o.now);
	expect(&o, "");
}

/* --- timers, section 3.1.4 --------------------------------------------------------------- */

static void nobody_starts(void **state)
{
	struct owner o;

	to_idle(&o);
	assert_int_equal(pptp_conn_deadline(&o.conn), o.now + 60000);
	pptp_conn_tick(&o.conn, o.now + 59999);
	expect(&o, "");
	pptp_conn_tick(&o.conn, o.now + 60000);
	expect(&o, "closed(start-timeout)");

	to_wait_ctl_reply(&o);
	assert_int_equal(pptp_conn_deadline(&o.conn), o.now + 60000);
	pptp_conn_tick(&o.conn, o.now + 60000);
	expect(&o, "closed(start-timeout)");
}

/* A peer that sends messages, but not the one that is due, gets no more time. */
static void dribble_does_not_help(void **state)
{
	struct owner o;

	to_idle(&o);
	for (int i = 0; i < 59; i++) {
		o.now += 1000;
		owner_feed(&o, &good[PPTP_ECHO_REQUEST]);
		pptp_conn_tick(&o.conn, o.now);
	}
	assert_int_equal(o.conn.state, PPTP_CONN_IDLE);
	o.log_len = 0;
	pptp_conn_tick(&o.conn, o.now + 1000);
	expect(&o, "closed(start-timeout)");
}

static void echo_after_silence(void **state)
{
	struct owner o;

	owner_accept(&o);
	assert_int_equal(pptp_conn_deadline(&o.conn), o.now + 60000);
	o.now += 59999;
	pptp_conn_tick(&o.conn, o.now);
	expect(&o, "");

	/* any message ends the silence */
	owner_feed(&o, &good[PPTP_ECHO_REQUEST]);
	expect(&o, ">EchoRP 5 1/0");
	assert_int_equal(pptp_conn_deadline(&o.conn), o.now + 60000);

	o.now += 60000;
	pptp_conn_tick(&o.conn, o.now);
	expect(&o, ">EchoRQ 1");
	assert_int_equal(pptp_conn_deadline(&o.conn), o.now + 60000);

	o.now += 30000;
	owner_feed(&o, &(struct pptp_msg){
		.type = PPTP_ECHO_REPLY, .echo = { .id = 1, .result = PPTP_PLAIN_OK },
	});
	expect(&o, "");

	/* the next one is due after 60 seconds of silence, with another identifier */
	assert_int_equal(pptp_conn_deadline(&o.conn), o.now + 60000);
	o.now += 60000;
	pptp_conn_tick(&o.conn, o.now);
	expect(&o, ">EchoRQ 2");

	/* without an Echo-Reply, other messages of the peer make no difference */
	owner_feed(&o, &good[PPTP_ECHO_REQUEST]);
	expect(&o, ">EchoRP 5 1/0");
	o.now += 59999;
	pptp_conn_tick(&o.conn, o.now);
	expect(&o, "");
	o.now += 1;
	pptp_conn_tick(&o.conn, o.now);
	expect(&o, "closed(echo-timeout)");
}

static void who_sends_frames_need_not_answer(void **state)
{
	struct owner o;

	owner_accept(&o);
	/* frames before the Echo-Request do not count */
	o.signs = 5;
	o.now += 60000;
	pptp_conn_tick(&o.conn, o.now);
	expect(&o, ">EchoRQ 1");
	o.signs++;
	o.now += 59999;
	pptp_conn_tick(&o.conn, o.now);
	expect(&o, "");
	o.now += 1;
	pptp_conn_tick(&o.conn, o.now);
	expect(&o, ">EchoRQ 2");
	o.signs++;
	o.now += 60000;
	pptp_conn_tick(&o.conn, o.now);
	expect(&o, ">EchoRQ 3");
	/* no frame has come since */
	o.now += 60000;
	pptp_conn_tick(&o.conn, o.now);
	expect(&o, "closed(echo-timeout)");
}

static void echo_reply_of_the_careless(void **state)
{
	struct pptp_msg msg = good[PPTP_ECHO_REPLY];
	struct owner o;

	owner_accept(&o);
	o.now += 60000;
	pptp_conn_tick(&o.conn, o.now);
	expect(&o, ">EchoRQ 1");
	msg.echo = (struct pptp_echo){ .id = 0x01000000, .result = PPTP_PLAIN_GENERAL };
	owner_feed(&o, &msg);
	expect(&o, "note");
	o.now += 60000 - 1;
	pptp_conn_tick(&o.conn, o.now);
	expect(&o, "");
}

static void echo_can_be_configured(void **state)
{
	struct owner o;

	owner_init(&o);
	o.config.echo_interval_ms = 0;
	pptp_conn_start(&o.conn, &o.config, &owner_ops, o.now);
	owner_feed(&o, &good[PPTP_START_REPLY]);
	assert_int_equal(pptp_conn_deadline(&o.conn), UINT64_MAX);
	pptp_conn_tick(&o.conn, o.now + 1000000000);
	expect(&o, ">SCCRQ up");

	owner_init(&o);
	o.config.echo_interval_ms = 5000;
	o.config.echo_timeout_ms = 2000;
	pptp_conn_start(&o.conn, &o.config, &owner_ops, o.now);
	owner_feed(&o, &good[PPTP_START_REPLY]);
	o.now += 5000;
	pptp_conn_tick(&o.conn, o.now);
	o.now += 2000;
	pptp_conn_tick(&o.conn, o.now);
	expect(&o, ">SCCRQ up >EchoRQ 1 closed(echo-timeout)");
}

static void a_probe_asks_at_once(void **state)
{
	struct owner o;

	owner_accept(&o);
	o.now += 1000;
	pptp_conn_probe(&o.conn, o.now);
	expect(&o, ">EchoRQ 1");
	/* While a request waits for its reply, no other is sent. */
	pptp_conn_probe(&o.conn, o.now + 10);
	expect(&o, "");
	owner_feed(&o, &(struct pptp_msg){
		.type = PPTP_ECHO_REPLY, .echo = { .id = 1, .result = PPTP_PLAIN_OK },
	});
	expect(&o, "");
	o.now += 1000;
	pptp_conn_probe(&o.conn, o.now);
	expect(&o, ">EchoRQ 2");
	/* No reply has the same effect as if the request had been due; a probe delays nothing. */
	o.now += 59999;
	pptp_conn_probe(&o.conn, o.now);
	pptp_conn_tick(&o.conn, o.now);
	expect(&o, "");
	o.now += 1;
	pptp_conn_tick(&o.conn, o.now);
	expect(&o, "closed(echo-timeout)");
	pptp_conn_probe(&o.conn, o.now);
	expect(&o, "");
}

/* If no Echo-Request is ever due, a peer that does not reply to a probe is not taken for dead. */
static void a_probe_where_none_is_due_ends_nothing(void **state)
{
	struct owner o;

	owner_init(&o);
	o.config.echo_interval_ms = 0;
	o.config.echo_timeout_ms = 2000;
	pptp_conn_accept(&o.conn, &o.config, &owner_ops, o.now);
	pptp_conn_probe(&o.conn, o.now);
	expect(&o, "");
	owner_feed(&o, &good[PPTP_START_REQUEST]);
	expect(&o, ">SCCRP 1/0 up");
	pptp_conn_probe(&o.conn, o.now);
	expect(&o, ">EchoRQ 1");
	assert_int_equal(pptp_conn_deadline(&o.conn), UINT64_MAX);
	o.now += 1999;
	pptp_conn_probe(&o.conn, o.now);
	expect(&o, "");
	o.now += 1;
	pptp_conn_tick(&o.conn, o.now);
	pptp_conn_probe(&o.conn, o.now);
	expect(&o, ">EchoRQ 2");
}

static void clock_never_goes_back(void **state)
{
	struct owner o;

	owner_accept(&o);
	pptp_conn_tick(&o.conn, 5);
	pptp_conn_input(&o.conn, NULL, 0, 0);
	assert_int_equal(pptp_conn_deadline(&o.conn), o.now + 60000);
}

/* --- the stream, section 1.4 ------------------------------------------------------------- */

/* Write a stream of messages of most types to @buf. Returns its length in octets. */
static size_t conversation(uint8_t *buf)
{
	static const unsigned int types[] = {
		PPTP_START_REQUEST, PPTP_ECHO_REQUEST, PPTP_OUT_CALL_REQUEST, PPTP_SET_LINK_INFO,
		PPTP_IN_CALL_REQUEST, PPTP_CALL_CLEAR_REQUEST, PPTP_ECHO_REPLY,
	};
	size_t len = 0;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		len += pptp_msg_encode(&good[types[i]], buf + len);
		/* after each, an undefined message, which is skipped */
		memcpy(buf + len, "\0\40\0\2\x1a\x2b\x3c\x4d", 8);
		memset(buf + len + 8, 0xff, 24);
		len += 32;
	}
	len += pptp_msg_encode(&good[PPTP_STOP_REQUEST], buf + len);
	return len;
}

static const char conversation_log[] =
	">SCCRP 1/0 up note >EchoRP 5 1/0 note asked(3) >OCRP 7,3 1/0 call_up(7,3) note "
	"link_info(7) note asked(4) >ICRP 8,4 1/0 note >CDN 7 4/0 call_down(7,3,cleared) note "
	"note note >StopCCRP 1/0 call_down(8,4,conn) closed(peer-stop)";

static void to_conversation(struct owner *o)
{
	owner_init(o);
	o->answer = true;
	pptp_conn_accept(&o->conn, &o->config, &owner_ops, o->now);
}

static void segments_of_every_size(void **state)
{
	uint8_t buf[4096];
	size_t len = conversation(buf);

	for (size_t step = 1; step <= len; step++) {
		struct owner o;

		to_conversation(&o);
		for (size_t at = 0; at < len; at += step) {
			size_t n = len - at < step ? len - at : step;
			uint8_t *copy = malloc(n);

			assert_non_null(copy);
			memcpy(copy, buf + at, n);
			assert_int_equal(pptp_conn_input(&o.conn, copy, n, o.now), n);
			free(copy);
		}
		expect(&o, conversation_log);
	}
}

static void one_cut_everywhere(void **state)
{
	uint8_t buf[4096];
	size_t len = conversation(buf);

	for (size_t cut = 0; cut <= len; cut++) {
		struct owner o;

		to_conversation(&o);
		assert_int_equal(pptp_conn_input(&o.conn, buf, cut, o.now), cut);
		assert_int_equal(pptp_conn_input(&o.conn, NULL, 0, o.now), 0);
		assert_int_equal(pptp_conn_input(&o.conn, buf + cut, len - cut, o.now), len - cut);
		expect(&o, conversation_log);
	}
}

static void nothing_is_kept_of_whole_messages(void **state)
{
	uint8_t buf[4096];
	size_t len = conversation(buf);
	struct owner o;

	to_conversation(&o);
	memory_left = 0;
	assert_int_equal(pptp_conn_input(&o.conn, buf, 156, o.now), 156);
	memory_left = UINT_MAX;
	expect(&o, ">SCCRP 1/0 up");
	assert_null(o.conn.kept);
	assert_int_equal(pptp_conn_input(&o.conn, buf + 156, 5, o.now), 5);
	assert_non_null(o.conn.kept);
	assert_int_equal(pptp_conn_input(&o.conn, buf + 161, 27, o.now), 27);
	assert_null(o.conn.kept);
	expect(&o, "note");
	pptp_conn_input(&o.conn, buf + 188, len - 188, o.now);
	assert_true(o.closed);
}

static void a_part_without_memory_ends_it(void **state)
{
	uint8_t buf[PPTP_MSG_MAX];
	struct owner o;

	pptp_msg_encode(&good[PPTP_ECHO_REQUEST], buf);
	owner_accept(&o);
	memory_left = 0;
	assert_int_equal(pptp_conn_input(&o.conn, buf, 15, o.now), 15);
	memory_left = UINT_MAX;
	expect(&o, "closed(no-memory)");
}

static void undefined_messages_of_every_length(void **state)
{
	struct owner o;

	for (size_t len = 8; len <= 65535; len += len < 300 ? 1 : 1009) {
		owner_accept(&o);
		feed_undefined(&o, PPTP_CLASS_MANAGEMENT, 7, len);
		expect(&o, "note");
		o.now += 5000;
		if (len >= 12) {
			feed_undefined(&o, PPTP_CLASS_CONTROL, 0xffff, len);
			expect(&o, "note");
			o.now += 5000;
		}
		owner_feed(&o, &good[PPTP_ECHO_REQUEST]);
		expect(&o, ">EchoRP 5 1/0");
	}
}

static void lost_cookie_ends_it_at_once(void **state)
{
	uint8_t buf[PPTP_MSG_MAX];

	for (unsigned int type = 1; type < PPTP_MSG_TYPES; type++) {
		size_t len = pptp_msg_encode(&good[type], buf);
		struct owner o;

		buf[4 + type % 4] ^= 0x10;
		owner_accept(&o);
		/* after a lost synchronisation nothing is accepted, not even a good message */
		assert_int_equal(pptp_conn_input(&o.conn, buf, 8, o.now), 8);
		expect(&o, "closed(sync-lost)");
		assert_int_equal(pptp_conn_input(&o.conn, buf + 8, len - 8, o.now), len - 8);
		owner_feed(&o, &good[PPTP_ECHO_REQUEST]);
		expect(&o, "");
	}
}

static void wrong_length_ends_it(void **state)
{
	uint8_t buf[PPTP_MSG_MAX];
	struct owner o;

	for (unsigned int type = 1; type < PPTP_MSG_TYPES; type++) {
		size_t len = pptp_msg_encode(&good[type], buf);
		static const int off[] = { -1, 1, 256, -8 };

		for (int i = 0; i < 4; i++) {
			buf[0] = (len + off[i]) >> 8;
			buf[1] = len + off[i];
			owner_accept(&o);
			pptp_conn_input(&o.conn, buf, len, o.now);
			expect(&o, "note closed(bad-format)");
		}
	}
}

static void malformed_start_is_told_so(void **state)
{
	uint8_t buf[PPTP_MSG_MAX];
	struct owner o;

	pptp_msg_encode(&good[PPTP_START_REQUEST], buf);
	buf[1] = 155;
	to_idle(&o);
	pptp_conn_input(&o.conn, buf, 155, o.now);
	expect(&o, "note >SCCRP 2/2 closed(bad-format)");
	assert_int_equal(o.conn.error, PPTP_ERR_BAD_FORMAT);

	/* only a Start request gets such a reply, and only in state IDLE */
	pptp_msg_encode(&good[PPTP_ECHO_REQUEST], buf);
	buf[1] = 15;
	to_idle(&o);
	pptp_conn_input(&o.conn, buf, 15, o.now);
	expect(&o, "note closed(bad-format)");
}

static void wrong_class_ends_it(void **state)
{
	uint8_t buf[PPTP_MSG_MAX];
	struct owner o;

	pptp_msg_encode(&good[PPTP_ECHO_REQUEST], buf);
	buf[3] = 3;
	owner_accept(&o);
	pptp_conn_input(&o.conn, buf, 16, o.now);
	expect(&o, "note closed(bad-format)");
}

static void other_protocols_end_it(void **state)
{
	static const char * const others[] = {
		"GET / HTTP/1.0\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n",
		"\x16\x03\x01\x02\x00\x01\x00\x01",
	};
	struct owner o;

	for (int i = 0; i < 3; i++) {
		to_idle(&o);
		pptp_conn_input(&o.conn, others[i], 8, o.now);
		expect(&o, "closed(not-pptp)");
	}
}

static void reserved_fields_do_not_matter(void **state)
{
	uint8_t buf[PPTP_MSG_MAX];
	struct owner o;

	pptp_msg_encode(&good[PPTP_ECHO_REQUEST], buf);
	buf[10] = 0xff;
	owner_accept(&o);
	pptp_conn_input(&o.conn, buf, 16, o.now);
	expect(&o, "note >EchoRP 5 1/0");
}

/* --- bounds on the work that one connection can cause ------------------------------------ */

static void flood_is_slowed_down(void **state)
{
	enum { FLOOD = 1000 };
	uint8_t *buf = malloc(FLOOD * 16);
	size_t len = 0, done = 0;
	struct owner o;
	uint64_t begin;

	assert_non_null(buf);
	for (int i = 0; i < FLOOD; i++)
		len += pptp_msg_encode(&good[PPTP_ECHO_REQUEST], buf + len);

	owner_accept(&o);
	begin = o.now;
	/* the Start request was the first message of the burst */
	done = pptp_conn_input(&o.conn, buf, len, o.now);
	assert_int_equal(o.conn.rx_msgs, o.config.msg_burst);
	assert_int_equal(done, (size_t)o.config.msg_burst * 16);

	while (done < len) {
		uint64_t at = pptp_conn_deadline(&o.conn);

		o.log_len = 0;
		assert_in_range(at, o.now + 1, o.now + 10);
		o.now = at;
		pptp_conn_tick(&o.conn, o.now);
		done += pptp_conn_input(&o.conn, buf + done, len - done, o.now);
	}
	while (o.conn.rx_msgs < FLOOD + 1) {
		o.now = pptp_conn_deadline(&o.conn);
		pptp_conn_tick(&o.conn, o.now);
	}
	/* 1001 messages: 200 at once, the others at 100 a second */
	assert_in_range(o.now - begin, 8000, 8020);
	assert_int_equal(o.conn.tx_msgs, FLOOD + 1);
	assert_int_equal(o.conn.state, PPTP_CONN_ESTABLISHED);

	/* Silence, even for a very long time, earns one burst and no more. */
	o.now += UINT64_MAX / 2;
	o.log_len = 0;
	done = pptp_conn_input(&o.conn, buf, len, o.now);
	assert_int_equal(o.conn.rx_msgs, FLOOD + 1 + o.config.msg_burst);
	pptp_conn_free(&o.conn);
	free(buf);
}

static void calls_cost_more(void **state)
{
	struct owner o;
	unsigned int asked = 0;

	owner_init(&o);
	o.config.msg_burst = 10;
	o.config.msg_rate = 10;
	o.config.call_cost = 5;
	o.refuse = true;
	o.no = (struct pptp_refusal){ .result = PPTP_OUT_BUSY };
	pptp_conn_accept(&o.conn, &o.config, &owner_ops, o.now);
	owner_feed(&o, &good[PPTP_START_REQUEST]);
	/* 9 tokens are left: enough for one call, and for another on credit */
	while (asked < 20 && owner_feed(&o, &good[PPTP_OUT_CALL_REQUEST]) == 168 && !o.conn.blocked)
		asked++;
	assert_int_equal(asked, 2);
	expect(&o, ">SCCRP 1/0 up >OCRP 0,3 4/0 >OCRP 0,3 4/0");

	/* the bucket is one token below zero, and one more is needed */
	assert_int_equal(pptp_conn_deadline(&o.conn), o.now + 200);
	pptp_conn_tick(&o.conn, o.now + 199);
	expect(&o, "");
	pptp_conn_tick(&o.conn, o.now + 200);
	expect(&o, ">OCRP 0,3 4/0");
}

static void undefined_messages_are_slowed_down_too(void **state)
{
	uint8_t buf[8 * 1000];
	struct owner o;

	for (size_t i = 0; i < sizeof(buf); i += 8)
		memcpy(buf + i, "\0\10\0\2\x1a\x2b\x3c\x4d", 8);
	owner_accept(&o);
	assert_int_equal(pptp_conn_input(&o.conn, buf, sizeof(buf), o.now), 8 * o.config.msg_burst);
	assert_int_equal(o.conn.rx_msgs, o.config.msg_burst);
	pptp_conn_free(&o.conn);
}

/* Else a peer could have 13 MB read by 200 messages. */
static void long_undefined_messages_cost_more(void **state)
{
	static const uint8_t header[12] = "\0\14\0\1\x1a\x2b\x3c\x4d\0\77\0\0";
	struct owner o;

	owner_accept(&o);
	o.config.msg_burst = 10;
	feed_undefined(&o, PPTP_CLASS_MANAGEMENT, 7, 65535);
	expect(&o, "note");
	/* The next one waits, and is not read to its end. */
	assert_int_equal(pptp_conn_input(&o.conn, header, sizeof(header), o.now), sizeof(header));
	assert_int_equal(pptp_conn_input(&o.conn, header, sizeof(header), o.now), 0);
	expect(&o, "");
	o.now += 5000;
	pptp_conn_tick(&o.conn, o.now);
	expect(&o, "note");
}

static void slowed_down_is_not_dead(void **state)
{
	struct owner o;

	owner_init(&o);
	o.config.msg_burst = 1;
	o.config.msg_rate = 1;
	o.config.echo_interval_ms = 500;
	o.config.echo_timeout_ms = 500;
	pptp_conn_accept(&o.conn, &o.config, &owner_ops, o.now);
	owner_feed(&o, &good[PPTP_START_REQUEST]);
	expect(&o, ">SCCRP 1/0 up");
	o.now += 500;
	pptp_conn_tick(&o.conn, o.now);
	expect(&o, ">EchoRQ 1");
	/* The reply came in time and waits in @kept; tokens and timeout are due together. */
	owner_feed(&o, &(struct pptp_msg){ .type = PPTP_ECHO_REPLY, .echo = { .id = 1 } });
	expect(&o, "");
	o.now += 500;
	pptp_conn_tick(&o.conn, o.now);
	expect(&o, "");
	assert_int_equal(o.conn.state, PPTP_CONN_ESTABLISHED);
}

/* --- random input ------------------------------------------------------------------------ */

static uint32_t noise_state;

static uint32_t noise(void)
{
	noise_state = noise_state * 1664525 + 1013904223;
	return noise_state >> 8;
}

static void random_garbage(void **state)
{
	noise_state = 1;
	for (int round = 0; round < 3000; round++) {
		size_t len = noise() % 700;
		uint8_t *buf = malloc(len + 1);
		struct owner o;

		assert_non_null(buf);
		for (size_t i = 0; i < len; i++)
			buf[i] = noise();
		if (round & 1)
			owner_accept(&o);
		else
			to_wait_ctl_reply(&o);
		assert_int_equal(pptp_conn_input(&o.conn, buf, len, o.now), len);
		/* random octets hardly ever contain a valid magic cookie */
		if (len >= 8)
			expect(&o, round & 1 ? "closed(sync-lost)" : "closed(not-pptp)");
		pptp_conn_free(&o.conn);
		free(buf);
	}
}

static void random_bodies(void **state)
{
	noise_state = 2;
	for (int round = 0; round < 3000; round++) {
		struct owner o;

		owner_init(&o);
		o.config.msg_burst = 1000;
		o.answer = round & 1;
		pptp_conn_accept(&o.conn, &o.config, &owner_ops, o.now);
		owner_feed(&o, &good[PPTP_START_REQUEST]);
		for (int i = 0; i < 30; i++) {
			uint8_t buf[PPTP_MSG_MAX];
			size_t len = pptp_msg_encode(&good[1 + noise() % 15], buf);

			/* Few different values, so that IDs collide. */
			for (size_t at = 12; at < len; at++)
				if (!(noise() % 4))
					buf[at] = noise() % 10;
			assert_int_equal(pptp_conn_input(&o.conn, buf, len, o.now), len);
			assert_in_range(o.conn.nr_calls, 0, OWNER_CALLS);
			o.log_len = 0;
		}
		pptp_conn_eof(&o.conn, o.now);
		assert_true(o.closed);
		assert_int_equal(o.conn.nr_calls, 0);
		assert_null(o.conn.calls);
	}
}

/* pptp_conn_may_end() judges only the message that begins at @data. */
static void an_end_is_seen_coming(void **state)
{
	static const bool ends[PPTP_MSG_TYPES] = {
		[PPTP_STOP_REQUEST] = true, [PPTP_STOP_REPLY] = true,
		[PPTP_CALL_CLEAR_REQUEST] = true, [PPTP_CALL_DISCONNECT_NOTIFY] = true,
	};
	uint8_t buf[PPTP_MSG_MAX];
	struct owner o;

	owner_accept(&o);
	for (int type = 1; type < PPTP_MSG_TYPES; type++) {
		size_t len = pptp_msg_encode(&good[type], buf);

		assert_int_equal(pptp_conn_may_end(&o.conn, buf, len), ends[type]);
		assert_false(pptp_conn_may_end(&o.conn, buf, 9));
	}
	/* after the first octet of a message, the next octets do not begin a message */
	assert_int_equal(pptp_conn_input(&o.conn, "", 1, o.now), 1);
	pptp_msg_encode(&good[PPTP_STOP_REQUEST], buf);
	assert_false(pptp_conn_may_end(&o.conn, buf, sizeof(buf)));
	pptp_conn_free(&o.conn);
}

static void words(void **state)
{
	for (int i = 0; i <= PPTP_CLOSE_COLLISION; i++)
		for (int k = 0; k < i; k++)
			assert_string_not_equal(pptp_close_text(i), pptp_close_text(k));
	assert_string_equal(pptp_close_text(99), "unknown reason");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_message_in_every_state),
		cmocka_unit_test(deaf_states_hear_nothing),
		cmocka_unit_test(start_says_who_we_are),
		cmocka_unit_test(start_says_who_they_are),
		cmocka_unit_test(start_with_any_capabilities),
		cmocka_unit_test(version_of_the_originator),
		cmocka_unit_test(version_of_the_receiver),
		cmocka_unit_test(start_refused_by_the_peer),
		cmocka_unit_test(start_refused_by_us),
		cmocka_unit_test(owner_may_leave_while_deciding),
		cmocka_unit_test(only_two_ops_are_required),
		cmocka_unit_test(collision_is_won_by_the_higher_address),
		cmocka_unit_test(collision_seen_by_the_winner),
		cmocka_unit_test(collision_seen_by_the_loser),
		cmocka_unit_test(stop_by_us),
		cmocka_unit_test(stop_by_the_peer),
		cmocka_unit_test(eof_in_every_state),
		cmocka_unit_test(nobody_starts),
		cmocka_unit_test(dribble_does_not_help),
		cmocka_unit_test(echo_after_silence),
		cmocka_unit_test(who_sends_frames_need_not_answer),
		cmocka_unit_test(echo_reply_of_the_careless),
		cmocka_unit_test(echo_can_be_configured),
		cmocka_unit_test(a_probe_asks_at_once),
		cmocka_unit_test(a_probe_where_none_is_due_ends_nothing),
		cmocka_unit_test(clock_never_goes_back),
		cmocka_unit_test(segments_of_every_size),
		cmocka_unit_test(one_cut_everywhere),
		cmocka_unit_test(nothing_is_kept_of_whole_messages),
		cmocka_unit_test(a_part_without_memory_ends_it),
		cmocka_unit_test(undefined_messages_of_every_length),
		cmocka_unit_test(lost_cookie_ends_it_at_once),
		cmocka_unit_test(wrong_length_ends_it),
		cmocka_unit_test(malformed_start_is_told_so),
		cmocka_unit_test(wrong_class_ends_it),
		cmocka_unit_test(other_protocols_end_it),
		cmocka_unit_test(reserved_fields_do_not_matter),
		cmocka_unit_test(flood_is_slowed_down),
		cmocka_unit_test(calls_cost_more),
		cmocka_unit_test(undefined_messages_are_slowed_down_too),
		cmocka_unit_test(long_undefined_messages_cost_more),
		cmocka_unit_test(slowed_down_is_not_dead),
		cmocka_unit_test(random_garbage),
		cmocka_unit_test(random_bodies),
		cmocka_unit_test(an_end_is_seen_coming),
		cmocka_unit_test(words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
