// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "pptp/internal.h"

/* The cost of a message; each millisecond adds @msg_rate to the tokens. */
#define TOKEN 1000

/* Octets of an undefined message that are skipped for the cost of one message. */
#define OCTETS_A_MESSAGE 1024

void pptp_conn_config_init(struct pptp_conn_config *config)
{
	*config = (struct pptp_conn_config){
		.host = "",
		.vendor = "Culvert",
		.start_timeout_ms = 60000,
		.stop_timeout_ms = 60000,
		.reply_timeout_ms = 60000,
		.echo_interval_ms = 60000,
		.echo_timeout_ms = 60000,
		.max_calls = 16,
		.msg_rate = 100,
		.msg_burst = 200,
		.call_cost = 5,
	};
}

void conn_clock(struct pptp_conn *conn, uint64_t now)
{
	if (now > conn->now)
		conn->now = now;
}

static void set_state(struct pptp_conn *conn, enum pptp_conn_state state)
{
	conn->state = state;
	conn->state_since = conn->now;
}

void conn_note(struct pptp_conn *conn, const char *what)
{
	if (conn->ops->note)
		conn->ops->note(conn, what);
}

void conn_send(struct pptp_conn *conn, const struct pptp_msg *msg)
{
	uint8_t buf[PPTP_MSG_MAX];
	size_t len = pptp_msg_encode(msg, buf);

	if (conn->state == PPTP_CONN_CLOSED || conn->state == PPTP_CONN_COLLIDED || !len)
		return;
	conn->tx_msgs++;
	conn->ops->send(conn, buf, len);
}

void conn_close(struct pptp_conn *conn, enum pptp_close why)
{
	if (conn->closing)
		return;
	conn->closing = true;
	set_state(conn, PPTP_CONN_CLOSED);
	pptp_conn_free(conn);
	calls_down(conn);
	conn->ops->closed(conn, why);
}

/* --- messages that we send --------------------------------------------------------------- */

static void copy_text(char *to, const char *from)
{
	size_t len = strnlen(from, PPTP_NAME_LEN);

	memcpy(to, from, len);
	to[len] = '\0';
}

static void send_start(struct pptp_conn *conn, enum pptp_msg_type type, unsigned int result,
		       enum pptp_error error)
{
	const struct pptp_conn_config *config = conn->config;
	struct pptp_msg msg = {
		.type = type,
		.start = {
			.version = PPTP_VERSION,
			.result = result,
			.error = error,
			.framing = PPTP_FRAMING_ANY,
			.bearer = PPTP_BEARER_ANY,
			.max_channels = config->max_channels,
			.firmware = config->firmware,
		},
	};

	copy_text(msg.start.host, config->host);
	copy_text(msg.start.vendor, config->vendor);
	conn_send(conn, &msg);
}

static void send_stop_request(struct pptp_conn *conn, enum pptp_stop_reason reason)
{
	conn_send(conn, &(struct pptp_msg){
		.type = PPTP_STOP_REQUEST,
		.stop_request = { .reason = reason },
	});
}

static void send_stop_reply(struct pptp_conn *conn)
{
	conn_send(conn, &(struct pptp_msg){
		.type = PPTP_STOP_REPLY,
		.stop_reply = { .result = PPTP_PLAIN_OK },
	});
}

static void send_echo_reply(struct pptp_conn *conn, uint32_t id, enum pptp_error error)
{
	conn_send(conn, &(struct pptp_msg){
		.type = PPTP_ECHO_REPLY,
		.echo = {
			.id = id,
			.result = error ? PPTP_PLAIN_GENERAL : PPTP_PLAIN_OK,
			.error = error,
		},
	});
}

static uint64_t signs(struct pptp_conn *conn)
{
	return conn->ops->signs ? conn->ops->signs(conn) : 0;
}

static void send_echo_request(struct pptp_conn *conn, uint64_t signs_now)
{
	conn->echo_waiting = true;
	conn->echo_sent = conn->now;
	conn->signs = signs_now;
	conn_send(conn, &(struct pptp_msg){
		.type = PPTP_ECHO_REQUEST,
		.echo = { .id = ++conn->echo_id },
	});
}

/* --- messages that we receive: Start and Stop -------------------------------------------- */

static void establish(struct pptp_conn *conn, const struct pptp_start *peer)
{
	set_state(conn, PPTP_CONN_ESTABLISHED);
	if (conn->ops->up)
		conn->ops->up(conn, peer);
}

static void turn_away(struct pptp_conn *conn, unsigned int result, enum pptp_error error,
		      enum pptp_close why)
{
	conn->result = result;
	conn->error = error;
	send_start(conn, PPTP_START_REPLY, result, error);
	conn_close(conn, why);
}

/* Revisions are compatible. If the peer's version is later, the peer may use ours (3.1.2). */
static bool version_too_old(uint16_t version)
{
	return version >> 8 < PPTP_VERSION >> 8;
}

static void hear_start_request(struct pptp_conn *conn, const struct pptp_start *peer)
{
	unsigned int result = PPTP_START_OK;

	if (version_too_old(peer->version)) {
		turn_away(conn, PPTP_START_BAD_VERSION, PPTP_ERR_NONE, PPTP_CLOSE_VERSION);
		return;
	}

	if (conn->ops->start)
		result = conn->ops->start(conn, peer);
	if (conn->state != PPTP_CONN_IDLE)
		return;		/* the owner has ended the connection */

	if (result == PPTP_START_COLLIDED) {
		set_state(conn, PPTP_CONN_COLLIDED);
	} else if (result == PPTP_START_OK) {
		send_start(conn, PPTP_START_REPLY, PPTP_START_OK, PPTP_ERR_NONE);
		establish(conn, peer);
	} else {
		turn_away(conn, result, result == PPTP_START_GENERAL ?
			  PPTP_ERR_NO_RESOURCE : PPTP_ERR_NONE, PPTP_CLOSE_NOT_ACCEPTED);
	}
}

static void hear_start_reply(struct pptp_conn *conn, const struct pptp_start *peer)
{
	conn->result = peer->result;
	conn->error = peer->error;

	if (peer->result == 0) {
		/* some access routers do not set the result */
		conn_note(conn, "Start reply with result 0 taken for success");
	} else if (peer->result != PPTP_START_OK) {
		conn_close(conn, PPTP_CLOSE_REFUSED);
		return;
	}
	if (conn->closing)
		return;
	if (peer->version >> 8 != PPTP_VERSION >> 8) {
		conn->bad_version = true;
		set_state(conn, PPTP_CONN_WAIT_STOP_REPLY);
		send_stop_request(conn, PPTP_STOP_PROTOCOL);
		return;
	}
	establish(conn, peer);
}

static void hear_stop_request(struct pptp_conn *conn, const struct pptp_stop_request *rq)
{
	conn->stop_reason = rq->reason;
	send_stop_reply(conn);
	conn_close(conn, PPTP_CLOSE_PEER_STOP);
}

/* Returns why a connection in WAIT_STOP_REPLY ends when the peer stops or closes TCP, too. */
static enum pptp_close stopped(const struct pptp_conn *conn)
{
	return conn->bad_version ? PPTP_CLOSE_VERSION : PPTP_CLOSE_LOCAL;
}

/* --- messages that we receive, by state -------------------------------------------------- */

/*
 * The Start exchange is not complete. Requests for an echo or a call get an error; any other
 * message but Stop ends the connection.
 */
static void hear_too_early(struct pptp_conn *conn, const struct pptp_msg *msg)
{
	switch (msg->type) {
	case PPTP_STOP_REQUEST:
		hear_stop_request(conn, &msg->stop_request);
		break;
	case PPTP_ECHO_REQUEST:
		conn_note(conn, "Echo-Request before the connection is established");
		send_echo_reply(conn, msg->echo.id, PPTP_ERR_NOT_CONNECTED);
		break;
	case PPTP_OUT_CALL_REQUEST:
	case PPTP_IN_CALL_REQUEST:
		conn_note(conn, "request for a call before the connection is established");
		calls_reject(conn, msg, PPTP_ERR_NOT_CONNECTED);
		break;
	default:
		conn_note(conn, "message out of place before the connection is established");
		conn_close(conn, PPTP_CLOSE_BAD_STATE);
	}
}

static void hear_established(struct pptp_conn *conn, const struct pptp_msg *msg)
{
	switch (msg->type) {
	case PPTP_START_REQUEST:
		conn_note(conn, "second Start request on a connection");
		send_start(conn, PPTP_START_REPLY, PPTP_START_EXISTS, PPTP_ERR_NONE);
		break;
	case PPTP_STOP_REQUEST:
		hear_stop_request(conn, &msg->stop_request);
		break;
	case PPTP_ECHO_REQUEST:
		send_echo_reply(conn, msg->echo.id, PPTP_ERR_NONE);
		break;
	case PPTP_ECHO_REPLY:
		if (!conn->echo_waiting)
			conn_note(conn, "Echo-Reply that nobody asked for");
		else if (msg->echo.id != conn->echo_id)
			conn_note(conn, "Echo-Reply with another identifier");
		/* Whatever it contains, it shows that the peer is alive. */
		conn->echo_waiting = false;
		break;
	case PPTP_START_REPLY:
	case PPTP_STOP_REPLY:
		conn_note(conn, "reply that nobody asked for");
		break;
	default:
		calls_input(conn, msg);
	}
}

/* The peer may have sent a message before it got our Stop request, so any message is allowed. */
static void hear_stopping(struct pptp_conn *conn, const struct pptp_msg *msg)
{
	switch (msg->type) {
	case PPTP_STOP_REPLY:
		conn_close(conn, stopped(conn));
		break;
	case PPTP_STOP_REQUEST:
		send_stop_reply(conn);
		conn_close(conn, stopped(conn));
		break;
	case PPTP_ECHO_REQUEST:
		send_echo_reply(conn, msg->echo.id, PPTP_ERR_NONE);
		break;
	default:
		calls_reject(conn, msg, PPTP_ERR_NOT_CONNECTED);
	}
}

static void hear(struct pptp_conn *conn, const struct pptp_msg *msg)
{
	conn->rx_msgs++;
	conn->heard = conn->now;
	if (msg->odd & PPTP_ODD_RESERVED)
		conn_note(conn, "reserved field not zero");
	if (msg->odd & PPTP_ODD_TEXT_LEN)
		conn_note(conn, "number longer than its field");

	switch (conn->state) {
	case PPTP_CONN_IDLE:
		if (msg->type == PPTP_START_REQUEST)
			hear_start_request(conn, &msg->start);
		else
			hear_too_early(conn, msg);
		break;
	case PPTP_CONN_WAIT_CTL_REPLY:
		if (msg->type == PPTP_START_REPLY)
			hear_start_reply(conn, &msg->start);
		else
			hear_too_early(conn, msg);
		break;
	case PPTP_CONN_ESTABLISHED:
		hear_established(conn, msg);
		break;
	case PPTP_CONN_WAIT_STOP_REPLY:
		hear_stopping(conn, msg);
		break;
	case PPTP_CONN_COLLIDED:
	case PPTP_CONN_CLOSED:
		break;
	}
}

/* --- the stream -------------------------------------------------------------------------- */

static void refill(struct pptp_conn *conn)
{
	const struct pptp_conn_config *config = conn->config;
	int64_t full = (int64_t)config->msg_burst * TOKEN;
	uint64_t elapsed = conn->now - conn->tokens_at;

	/* One minute fills any sensible bucket; more could overflow the product. */
	if (elapsed > 60000)
		elapsed = 60000;
	conn->tokens_at = conn->now;
	conn->tokens += (int64_t)elapsed * config->msg_rate;
	if (conn->tokens > full)
		conn->tokens = full;
}

static bool over_rate(struct pptp_conn *conn)
{
	refill(conn);
	conn->blocked = conn->tokens < TOKEN;
	return conn->blocked;
}

static void charge(struct pptp_conn *conn, unsigned int type)
{
	bool call = type == PPTP_OUT_CALL_REQUEST || type == PPTP_IN_CALL_REQUEST;

	/* The tokens may go below zero: an expensive message is paid for afterwards. */
	conn->tokens -= call ? (int64_t)conn->config->call_cost * TOKEN : TOKEN;
}

static void malformed(struct pptp_conn *conn, enum pptp_peek seen, const struct pptp_header *header)
{
	switch (seen) {
	case PPTP_PEEK_LOST:
		conn_close(conn, conn->rx_msgs ? PPTP_CLOSE_SYNC_LOST : PPTP_CLOSE_NOT_PPTP);
		break;
	case PPTP_PEEK_BAD_CLASS:
		conn_note(conn, "PPTP message type is neither control nor management");
		conn_close(conn, PPTP_CLOSE_BAD_FORMAT);
		break;
	default:
		conn_note(conn, "length is wrong for the message type");
		if (conn->state == PPTP_CONN_IDLE && header->type == PPTP_START_REQUEST)
			turn_away(conn, PPTP_START_GENERAL, PPTP_ERR_BAD_FORMAT,
				  PPTP_CLOSE_BAD_FORMAT);
		else
			conn_close(conn, PPTP_CLOSE_BAD_FORMAT);
	}
}

static void skip_undefined(struct pptp_conn *conn, const struct pptp_header *header)
{
	charge(conn, 0);
	/* To read a long one costs as much as to read several defined ones. */
	conn->tokens -= (int64_t)(header->length / OCTETS_A_MESSAGE) * TOKEN;
	conn->rx_msgs++;
	conn->heard = conn->now;
	/* @kept holds at most the header, so this cannot be negative. */
	conn->skip = header->length - conn->have;
	conn->have = 0;
	conn_note(conn, header->pptp_class == PPTP_CLASS_MANAGEMENT ?
		  "management message ignored" : "message of an undefined type ignored");
}

static void tell_heard(struct pptp_conn *conn, const uint8_t *message, size_t len)
{
	if (conn->ops->heard)
		conn->ops->heard(conn, message, len);
}

static void take_message(struct pptp_conn *conn, const uint8_t *data,
			 const struct pptp_header *header)
{
	struct pptp_msg msg;
	int err = pptp_msg_decode(data, header->length, &msg);

	tell_heard(conn, data, header->length);
	charge(conn, header->type);
	/* An event may call pptp_conn_tick(), which must not take this message again. */
	conn->have = 0;
	if (err)
		malformed(conn, PPTP_PEEK_BAD_LENGTH, header);
	else
		hear(conn, &msg);
}

/*
 * Handle a message that is complete in the caller's buffer, as most are, without a copy. Returns
 * its length; or 0 if there is no such message, or if the peer is over its rate.
 */
static size_t take_whole(struct pptp_conn *conn, const uint8_t *data, size_t len)
{
	struct pptp_header header;

	if (pptp_msg_peek(data, len, &header) != PPTP_PEEK_KNOWN || len < header.length ||
	    over_rate(conn))
		return 0;
	take_message(conn, data, &header);
	return header.length;
}

/*
 * Handle the message in @kept. Returns false if that is not possible yet. Then *@missing is the
 * number of octets that are still missing, or 0 if the peer is over its rate.
 */
static bool take_kept(struct pptp_conn *conn, size_t *missing)
{
	struct pptp_header header;
	enum pptp_peek seen = pptp_msg_peek(conn->kept, conn->have, &header);

	*missing = 0;
	switch (seen) {
	case PPTP_PEEK_SHORT:
		*missing = conn->have < PPTP_HEADER_LEN ? PPTP_HEADER_LEN : PPTP_CONTROL_LEN;
		*missing -= conn->have;
		return false;
	case PPTP_PEEK_KNOWN:
		if (conn->have < header.length) {
			*missing = header.length - conn->have;
			return false;
		}
		if (over_rate(conn))
			return false;
		take_message(conn, conn->kept, &header);
		return true;
	case PPTP_PEEK_UNKNOWN:
		if (over_rate(conn))
			return false;
		tell_heard(conn, conn->kept, conn->have);
		skip_undefined(conn, &header);
		return true;
	default:
		tell_heard(conn, conn->kept, conn->have);
		conn->have = 0;
		malformed(conn, seen, &header);
		return true;
	}
}

/* Returns true if input is dropped: the connection is over, or the peer lost a start collision. */
static bool is_deaf(const struct pptp_conn *conn)
{
	return conn->state == PPTP_CONN_CLOSED || conn->state == PPTP_CONN_COLLIDED;
}

/* Append to @kept. Returns @len. If there is no memory, ends the connection and returns 0. */
static size_t keep(struct pptp_conn *conn, const uint8_t *data, size_t len)
{
	if (!len)
		return 0;
	if (!conn->kept)
		conn->kept = malloc(PPTP_MSG_MAX);
	if (!conn->kept) {
		conn_close(conn, PPTP_CLOSE_NO_MEMORY);
		return 0;
	}
	memcpy(conn->kept + conn->have, data, len);
	conn->have += len;
	return len;
}

static size_t at_most(size_t n, size_t most)
{
	return n < most ? n : most;
}

static size_t input(struct pptp_conn *conn, const uint8_t *data, size_t len)
{
	size_t done = 0;
	size_t missing;

	while (!is_deaf(conn)) {
		const uint8_t *next = data + done;
		size_t left = len - done;
		size_t step;

		if (conn->skip) {
			step = at_most(conn->skip, left);
			conn->skip -= step;
		} else if (!conn->have) {
			step = take_whole(conn, next, left);
			if (!step)
				step = keep(conn, next, at_most(PPTP_HEADER_LEN, left));
		} else if (take_kept(conn, &missing)) {
			continue;
		} else {
			step = keep(conn, next, at_most(missing, left));
		}
		if (!step)
			break;
		done += step;
	}
	return is_deaf(conn) ? len : done;
}

size_t pptp_conn_input(struct pptp_conn *conn, const void *data, size_t len, uint64_t now)
{
	size_t done;

	conn_clock(conn, now);
	done = input(conn, data, len);
	if (!conn->have)
		pptp_conn_free(conn);
	return done;
}

/* --- life -------------------------------------------------------------------------------- */

static void begin(struct pptp_conn *conn, const struct pptp_conn_config *config,
		  const struct pptp_conn_ops *ops, uint64_t now)
{
	memset(conn, 0, sizeof(*conn));
	conn->config = config;
	conn->ops = ops;
	conn->now = now;
	conn->heard = now;
	conn->tokens_at = now;
	conn->tokens = (int64_t)config->msg_burst * TOKEN;
}

void pptp_conn_accept(struct pptp_conn *conn, const struct pptp_conn_config *config,
		      const struct pptp_conn_ops *ops, uint64_t now)
{
	begin(conn, config, ops, now);
	set_state(conn, PPTP_CONN_IDLE);
}

void pptp_conn_start(struct pptp_conn *conn, const struct pptp_conn_config *config,
		     const struct pptp_conn_ops *ops, uint64_t now)
{
	begin(conn, config, ops, now);
	conn->originator = true;
	set_state(conn, PPTP_CONN_WAIT_CTL_REPLY);
	send_start(conn, PPTP_START_REQUEST, 0, PPTP_ERR_NONE);
}

bool pptp_conn_may_end(const struct pptp_conn *conn, const uint8_t *data, size_t len)
{
	if (conn->have || conn->skip || len < PPTP_HEADER_LEN + 2)
		return false;
	switch (data[PPTP_HEADER_LEN] << 8 | data[PPTP_HEADER_LEN + 1]) {
	case PPTP_STOP_REQUEST:
	case PPTP_STOP_REPLY:
	case PPTP_CALL_CLEAR_REQUEST:
	case PPTP_CALL_DISCONNECT_NOTIFY:
		return true;
	default:
		return false;
	}
}

void pptp_conn_eof(struct pptp_conn *conn, uint64_t now)
{
	conn_clock(conn, now);
	switch (conn->state) {
	case PPTP_CONN_WAIT_STOP_REPLY:
		conn_close(conn, stopped(conn));
		break;
	case PPTP_CONN_COLLIDED:
		conn_close(conn, PPTP_CLOSE_COLLISION);
		break;
	default:
		conn_close(conn, PPTP_CLOSE_EOF);
	}
}

void pptp_conn_stop(struct pptp_conn *conn, enum pptp_stop_reason reason, uint64_t now)
{
	conn_clock(conn, now);
	switch (conn->state) {
	case PPTP_CONN_ESTABLISHED:
		set_state(conn, PPTP_CONN_WAIT_STOP_REPLY);
		send_stop_request(conn, reason);
		calls_down(conn);
		break;
	case PPTP_CONN_WAIT_STOP_REPLY:
	case PPTP_CONN_CLOSED:
		break;
	default:
		conn_close(conn, PPTP_CLOSE_LOCAL);
	}
}

/*
 * Returns true if an Echo-Request waits for its reply. If none is ever due, @echo_timeout_ms does
 * not end the connection, and a request without a reply is forgotten after that time.
 */
static bool is_asked(const struct pptp_conn *conn)
{
	const struct pptp_conn_config *config = conn->config;

	return conn->echo_waiting &&
	       (config->echo_interval_ms || conn->now < conn->echo_sent + config->echo_timeout_ms);
}

void pptp_conn_probe(struct pptp_conn *conn, uint64_t now)
{
	conn_clock(conn, now);
	if (conn->state == PPTP_CONN_ESTABLISHED && !is_asked(conn))
		send_echo_request(conn, signs(conn));
}

void pptp_conn_abort(struct pptp_conn *conn, uint64_t now)
{
	conn_clock(conn, now);
	conn_close(conn, PPTP_CLOSE_ABORTED);
}

void pptp_conn_no_memory(struct pptp_conn *conn, uint64_t now)
{
	conn_clock(conn, now);
	conn_close(conn, PPTP_CLOSE_NO_MEMORY);
}

void pptp_conn_free(struct pptp_conn *conn)
{
	free(conn->kept);
	conn->kept = NULL;
	conn->have = 0;
}

/* --- the clock --------------------------------------------------------------------------- */

static uint64_t echo_deadline(const struct pptp_conn *conn)
{
	const struct pptp_conn_config *config = conn->config;

	if (!config->echo_interval_ms)
		return NEVER;
	return conn->echo_waiting ? conn->echo_sent + config->echo_timeout_ms :
				    conn->heard + config->echo_interval_ms;
}

static uint64_t state_deadline(const struct pptp_conn *conn)
{
	const struct pptp_conn_config *config = conn->config;

	switch (conn->state) {
	case PPTP_CONN_IDLE:
	case PPTP_CONN_WAIT_CTL_REPLY:
	case PPTP_CONN_COLLIDED:
		return conn->state_since + config->start_timeout_ms;
	case PPTP_CONN_ESTABLISHED:
		return earlier(echo_deadline(conn), calls_deadline(conn));
	case PPTP_CONN_WAIT_STOP_REPLY:
		return conn->state_since + config->stop_timeout_ms;
	case PPTP_CONN_CLOSED:
		break;
	}
	return NEVER;
}

/* Returns when the message in @kept may be taken. */
static uint64_t token_deadline(const struct pptp_conn *conn)
{
	uint64_t missing = TOKEN - conn->tokens;
	unsigned int rate = conn->config->msg_rate;

	return conn->tokens_at + (missing + rate - 1) / rate;
}

uint64_t pptp_conn_deadline(const struct pptp_conn *conn)
{
	uint64_t at = state_deadline(conn);

	if (conn->blocked && !is_deaf(conn))
		at = earlier(at, token_deadline(conn));
	return at;
}

static void tick_established(struct pptp_conn *conn)
{
	uint64_t signs_now;

	calls_tick(conn);
	if (conn->state != PPTP_CONN_ESTABLISHED || conn->now < echo_deadline(conn))
		return;
	signs_now = signs(conn);
	if (conn->echo_waiting && signs_now == conn->signs)
		conn_close(conn, PPTP_CLOSE_ECHO_TIMEOUT);
	else
		send_echo_request(conn, signs_now);
}

void pptp_conn_tick(struct pptp_conn *conn, uint64_t now)
{
	size_t missing;

	conn_clock(conn, now);

	/* Handle the waiting message first: it may be the sign of life or the reply that is due. */
	if (conn->blocked && !is_deaf(conn) && take_kept(conn, &missing) && !conn->have)
		pptp_conn_free(conn);

	if (conn->now < state_deadline(conn))
		return;
	switch (conn->state) {
	case PPTP_CONN_IDLE:
	case PPTP_CONN_WAIT_CTL_REPLY:
		conn_close(conn, PPTP_CLOSE_START_TIMEOUT);
		break;
	case PPTP_CONN_COLLIDED:
		conn_close(conn, PPTP_CLOSE_COLLISION);
		break;
	case PPTP_CONN_ESTABLISHED:
		tick_established(conn);
		break;
	case PPTP_CONN_WAIT_STOP_REPLY:
		conn_close(conn, conn->bad_version ? PPTP_CLOSE_VERSION :
						     PPTP_CLOSE_STOP_TIMEOUT);
		break;
	case PPTP_CONN_CLOSED:
		break;
	}
}

/* --- words ------------------------------------------------------------------------------- */

const char *pptp_close_text(enum pptp_close why)
{
	static const char * const text[] = {
		[PPTP_CLOSE_LOCAL] = "closed by us",
		[PPTP_CLOSE_ABORTED] = "dropped by us",
		[PPTP_CLOSE_PEER_STOP] = "closed by the peer",
		[PPTP_CLOSE_EOF] = "peer closed the TCP connection",
		[PPTP_CLOSE_REFUSED] = "peer refused the control connection",
		[PPTP_CLOSE_NOT_ACCEPTED] = "control connection not accepted",
		[PPTP_CLOSE_VERSION] = "no common protocol version",
		[PPTP_CLOSE_START_TIMEOUT] = "no Start message from the peer in time",
		[PPTP_CLOSE_STOP_TIMEOUT] = "no Stop reply from the peer in time",
		[PPTP_CLOSE_ECHO_TIMEOUT] = "no Echo-Reply from the peer in time",
		[PPTP_CLOSE_CALL_TIMEOUT] = "a call was stuck halfway",
		[PPTP_CLOSE_SYNC_LOST] = "synchronisation lost: no magic cookie",
		[PPTP_CLOSE_NOT_PPTP] = "the peer does not speak PPTP",
		[PPTP_CLOSE_BAD_FORMAT] = "malformed message",
		[PPTP_CLOSE_BAD_STATE] = "message out of place",
		[PPTP_CLOSE_COLLISION] = "start collision",
		[PPTP_CLOSE_NO_MEMORY] = "out of memory",
	};

	return pick(text, why, "unknown reason");
}
