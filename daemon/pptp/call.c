// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

#include "pptp/internal.h"

/* Section 2.14: not more than one WAN-Error-Notify in 60 seconds. */
#define WAN_ERROR_INTERVAL_MS 60000

static bool is_pns(const struct pptp_call *call)
{
	return call->kind == PPTP_CALL_PNS_OUT || call->kind == PPTP_CALL_PNS_IN;
}

static void set_state(struct pptp_call *call, enum pptp_call_state state)
{
	call->state = state;
	call->state_since = call->conn->now;
}

/* --- the list of a connection's calls ---------------------------------------------------- */

static void link_call(struct pptp_call *call, struct pptp_conn *conn, enum pptp_call_kind kind,
		      enum pptp_call_state state)
{
	memset(call, 0, sizeof(*call));
	call->conn = conn;
	call->kind = kind;
	set_state(call, state);

	call->next = conn->calls;
	if (call->next)
		call->next->prev = call;
	conn->calls = call;
	conn->nr_calls++;
}

/* End a call. Nothing may touch the call afterwards. */
static void end_call(struct pptp_call *call, enum pptp_call_end why)
{
	struct pptp_conn *conn = call->conn;

	if (call->prev)
		call->prev->next = call->next;
	else
		conn->calls = call->next;
	if (call->next)
		call->next->prev = call->prev;
	conn->nr_calls--;
	call->state = PPTP_CALL_IDLE;

	if (conn->ops->call_down)
		conn->ops->call_down(call, why);
}

/* End a call because the peer ended it. If we had asked for the end before, the cause is local. */
static void end_by_peer(struct pptp_call *call, enum pptp_call_end why)
{
	end_call(call, call->state == PPTP_CALL_WAIT_DISCONNECT ? PPTP_END_LOCAL : why);
}

static struct pptp_call *find_local(struct pptp_conn *conn, uint16_t id)
{
	struct pptp_call *call;

	for (call = conn->calls; call; call = call->next)
		if (call->local_named && call->local_id == id)
			break;
	return call;
}

static struct pptp_call *find_peer(struct pptp_conn *conn, uint16_t id)
{
	struct pptp_call *call;

	for (call = conn->calls; call; call = call->next)
		if (call->peer_named && call->peer_id == id)
			break;
	return call;
}

/* Returns the call of kind @kind with our call ID @id; otherwise raises a note and returns NULL. */
static struct pptp_call *find_own(struct pptp_conn *conn, uint16_t id, enum pptp_call_kind kind)
{
	struct pptp_call *call = find_local(conn, id);

	if (call && call->kind == kind)
		return call;
	conn_note(conn, "reply for a call that does not exist");
	return NULL;
}

static void name_local(struct pptp_call *call, uint16_t id)
{
	call->local_id = id;
	call->local_named = true;
}

static void name_peer(struct pptp_call *call, uint16_t id)
{
	call->peer_id = id;
	call->peer_named = true;
}

static void set_peer_window(struct pptp_call *call, uint16_t window, uint16_t delay)
{
	call->peer_window = window ? window : PPTP_WINDOW_DEFAULT;
	call->peer_delay = delay;
}

static void establish(struct pptp_call *call)
{
	struct pptp_conn *conn = call->conn;

	set_state(call, PPTP_CALL_ESTABLISHED);
	if (conn->ops->call_up)
		conn->ops->call_up(call);
}

/* --- messages that we send --------------------------------------------------------------- */

static uint16_t own_window(const struct pptp_call_params *params)
{
	return params->window ? params->window : 1;
}

/* Reply to the peer's request: accept with @params, or refuse with @no. */
static void send_reply(struct pptp_conn *conn, enum pptp_call_kind kind, uint16_t peer_id,
		       const struct pptp_call_params *params, const struct pptp_refusal *no)
{
	struct pptp_msg msg = { 0 };

	if (kind == PPTP_CALL_PAC_OUT) {
		msg.type = PPTP_OUT_CALL_REPLY;
		msg.out_reply = (struct pptp_out_reply){
			.peer_call_id = peer_id,
			.result = no ? no->result : PPTP_OUT_CONNECTED,
			.error = no ? no->error : PPTP_ERR_NONE,
		};
		if (params) {
			msg.out_reply.call_id = params->local_id;
			msg.out_reply.speed = params->speed;
			msg.out_reply.window = own_window(params);
			msg.out_reply.delay = params->delay;
			msg.out_reply.channel = params->channel;
		}
	} else {
		msg.type = PPTP_IN_CALL_REPLY;
		msg.in_reply = (struct pptp_in_reply){
			.peer_call_id = peer_id,
			.result = no ? no->result : PPTP_IN_CONNECT,
			.error = no ? no->error : PPTP_ERR_NONE,
		};
		if (params) {
			msg.in_reply.call_id = params->local_id;
			msg.in_reply.window = own_window(params);
			msg.in_reply.delay = params->delay;
		}
	}
	conn_send(conn, &msg);
}

static void send_connected(const struct pptp_call *call)
{
	conn_send(call->conn, &(struct pptp_msg){
		.type = PPTP_IN_CALL_CONNECTED,
		.in_connected = {
			.peer_call_id = call->peer_id,
			.speed = call->params.speed,
			.window = own_window(&call->params),
			.delay = call->params.delay,
			.framing = PPTP_FRAMING_SYNC,
		},
	});
}

static void send_clear(const struct pptp_call *call)
{
	conn_send(call->conn, &(struct pptp_msg){
		.type = PPTP_CALL_CLEAR_REQUEST,
		.clear = { .call_id = call->local_id },
	});
}

/*
 * If we have not chosen our call ID yet, send the peer's: the peer knows the call by no other ID,
 * and pptp-linux looks for this one.
 */
static void send_disconnect(const struct pptp_call *call, enum pptp_disconnect_result result)
{
	conn_send(call->conn, &(struct pptp_msg){
		.type = PPTP_CALL_DISCONNECT_NOTIFY,
		.disconnect = {
			.call_id = call->local_named ? call->local_id : call->peer_id,
			.result = result,
		},
	});
}

void calls_reject(struct pptp_conn *conn, const struct pptp_msg *rq, enum pptp_error error)
{
	const struct pptp_refusal no = { .result = PPTP_RESULT_GENERAL, .error = error };

	if (rq->type == PPTP_OUT_CALL_REQUEST)
		send_reply(conn, PPTP_CALL_PAC_OUT, rq->out_request.call_id, NULL, &no);
	else if (rq->type == PPTP_IN_CALL_REQUEST)
		send_reply(conn, PPTP_CALL_PNS_IN, rq->in_request.call_id, NULL, &no);
}

/* Returns the codes that refuse a call because the owner takes no calls of this kind. */
static struct pptp_refusal unwanted(enum pptp_call_kind kind)
{
	return (struct pptp_refusal){
		.result = kind == PPTP_CALL_PAC_OUT ? PPTP_OUT_PROHIBITED : PPTP_IN_DO_NOT_ACCEPT,
	};
}

/* --- messages that we receive: requests for a call --------------------------------------- */

static void hear_request(struct pptp_conn *conn, const struct pptp_msg *rq,
			 enum pptp_call_kind kind, uint16_t peer_id)
{
	struct pptp_refusal no = { PPTP_RESULT_GENERAL, PPTP_ERR_NO_RESOURCE };
	struct pptp_call *call;

	if (find_peer(conn, peer_id)) {
		conn_note(conn, "request for a call with a call ID in use");
		calls_reject(conn, rq, PPTP_ERR_BAD_CALL_ID);
		return;
	}
	if (conn->nr_calls >= conn->config->max_calls) {
		conn_note(conn, "request for one call too many");
		calls_reject(conn, rq, PPTP_ERR_NO_RESOURCE);
		return;
	}
	if (!conn->ops->call_alloc || !conn->ops->call_asked) {
		no = unwanted(kind);
		send_reply(conn, kind, peer_id, NULL, &no);
		return;
	}

	call = conn->ops->call_alloc(conn, kind, rq, &no);
	if (!call) {
		send_reply(conn, kind, peer_id, NULL, &no);
		return;
	}
	link_call(call, conn, kind, PPTP_CALL_WAIT_ANSWER);
	name_peer(call, peer_id);
	if (kind == PPTP_CALL_PAC_OUT) {
		call->serial = rq->out_request.serial;
		call->peer_speed = rq->out_request.max_bps;
		set_peer_window(call, rq->out_request.window, rq->out_request.delay);
	} else {
		call->serial = rq->in_request.serial;
	}
	conn->ops->call_asked(call);
}

/* --- messages that we receive: replies to our requests ----------------------------------- */

/* Returns our call if this is the first reply for it; otherwise raises a note and returns NULL. */
static struct pptp_call *find_asked(struct pptp_conn *conn, uint16_t id, enum pptp_call_kind kind)
{
	struct pptp_call *call = find_own(conn, id, kind);

	if (!call || !call->peer_named)
		return call;
	conn_note(conn, "second reply for a call");
	return NULL;
}

/*
 * Set the peer's call ID. Returns false if another call has this ID; then @call is cleared and the
 * caller must not touch it.
 */
static bool accept_peer_id(struct pptp_conn *conn, struct pptp_call *call, uint16_t id)
{
	if (!find_peer(conn, id)) {
		name_peer(call, id);
		return true;
	}
	/* The frames of the two calls could not be told apart. */
	pptp_call_clear(call, PPTP_DISC_GENERAL, conn->now);
	conn_note(conn, "peer gave the same call ID to two calls");
	return false;
}

/*
 * Some servers send 0 in place of 1, in this reply as in that to Start. A reply that names no call
 * has no meaning but refusal.
 */
static bool is_connected(struct pptp_conn *conn, const struct pptp_out_reply *reply)
{
	if (reply->result || reply->error || !reply->call_id)
		return reply->result == PPTP_OUT_CONNECTED;
	conn_note(conn, "Outgoing-Call-Reply with result 0 taken for success");
	return true;
}

static void hear_out_reply(struct pptp_conn *conn, const struct pptp_out_reply *reply)
{
	struct pptp_call *call = find_asked(conn, reply->peer_call_id, PPTP_CALL_PNS_OUT);

	if (!call)
		return;
	call->result = reply->result;
	call->error = reply->error;
	call->cause = reply->cause;

	if (!is_connected(conn, reply)) {
		end_by_peer(call, PPTP_END_REFUSED);
		return;
	}
	if (!accept_peer_id(conn, call, reply->call_id))
		return;
	if (call->state == PPTP_CALL_WAIT_DISCONNECT)
		return;		/* the reply crossed our Call-Clear-Request */
	call->peer_speed = reply->speed;
	set_peer_window(call, reply->window, reply->delay);
	establish(call);
}

static void hear_in_reply(struct pptp_conn *conn, const struct pptp_in_reply *reply)
{
	struct pptp_call *call = find_asked(conn, reply->peer_call_id, PPTP_CALL_PAC_IN);

	if (!call)
		return;
	call->result = reply->result;
	call->error = reply->error;

	if (reply->result != PPTP_IN_CONNECT) {
		end_call(call, PPTP_END_REFUSED);
		return;
	}
	if (!accept_peer_id(conn, call, reply->call_id))
		return;
	set_peer_window(call, reply->window, reply->delay);
	send_connected(call);
	establish(call);
}

static void hear_in_connected(struct pptp_conn *conn, const struct pptp_in_connected *info)
{
	struct pptp_call *call = find_own(conn, info->peer_call_id, PPTP_CALL_PNS_IN);

	if (!call)
		return;
	if (call->state != PPTP_CALL_WAIT_CONNECT) {
		/* If our Call-Clear-Request is on its way, this is normal. */
		if (call->state != PPTP_CALL_WAIT_DISCONNECT)
			conn_note(conn, "second Incoming-Call-Connected for a call");
		return;
	}
	call->peer_speed = info->speed;
	set_peer_window(call, info->window, info->delay);
	establish(call);
}

/* --- messages that we receive: the end of a call ----------------------------------------- */

/*
 * Returns the call that the peer ends with @id, or NULL. @id should be the peer's own call ID. Some
 * peers send ours; this is accepted if there is only one call, so that no wrong call is ended.
 */
static struct pptp_call *find_ended(struct pptp_conn *conn, uint16_t id)
{
	struct pptp_call *call = find_peer(conn, id);

	if (!call && conn->nr_calls == 1)
		call = find_local(conn, id);
	return call;
}

/* A PAC that ends a call with a Call-Clear-Request uses the wrong message; the meaning is clear. */
static void hear_clear(struct pptp_conn *conn, const struct pptp_call_clear *rq)
{
	struct pptp_call *call = find_ended(conn, rq->call_id);

	if (!call) {
		/* It may have crossed our Call-Disconnect-Notify, so it gets no answer. */
		conn_note(conn, "Call-Clear-Request for a call that does not exist");
		return;
	}
	send_disconnect(call, PPTP_DISC_REQUEST);
	end_by_peer(call, PPTP_END_CLEARED);
}

/*
 * Returns the call that waits for a Call-Disconnect-Notify without a call ID of the peer, or NULL
 * if there is not exactly one. If we clear a call before the PAC has told its call ID, the RFC does
 * not say which ID the PAC sends.
 */
static struct pptp_call *find_nameless(struct pptp_conn *conn)
{
	struct pptp_call *call, *nameless = NULL;

	for (call = conn->calls; call; call = call->next) {
		if (call->state != PPTP_CALL_WAIT_DISCONNECT || call->peer_named)
			continue;
		if (nameless)
			return NULL;
		nameless = call;
	}
	return nameless;
}

static void hear_disconnect(struct pptp_conn *conn, const struct pptp_call_disconnect *info)
{
	struct pptp_call *call = find_ended(conn, info->call_id);

	if (!call)
		call = find_nameless(conn);
	if (!call) {
		conn_note(conn, "Call-Disconnect-Notify for a call that does not exist");
		return;
	}
	call->result = info->result;
	call->error = info->error;
	call->cause = info->cause;
	end_by_peer(call, PPTP_END_DISCONNECTED);
}

/* --- messages that we receive: WAN-Error-Notify, Set-Link-Info --------------------------- */

static struct pptp_call *find_established(struct pptp_conn *conn, uint16_t id)
{
	struct pptp_call *call = find_local(conn, id);

	if (call && call->state == PPTP_CALL_ESTABLISHED)
		return call;
	/* A call that we are clearing may still get such a message: not worth a note. */
	if (!call || call->state != PPTP_CALL_WAIT_DISCONNECT)
		conn_note(conn, "news of a call that is not established");
	return NULL;
}

static void hear_wan_error(struct pptp_conn *conn, const struct pptp_wan_error *counts)
{
	struct pptp_call *call = find_established(conn, counts->peer_call_id);

	if (call && conn->ops->call_wan_error)
		conn->ops->call_wan_error(call, counts);
}

static void hear_link_info(struct pptp_conn *conn, const struct pptp_link_info *info)
{
	struct pptp_call *call = find_established(conn, info->peer_call_id);

	if (call && conn->ops->call_link_info)
		conn->ops->call_link_info(call, info);
}

void calls_input(struct pptp_conn *conn, const struct pptp_msg *msg)
{
	switch (msg->type) {
	case PPTP_OUT_CALL_REQUEST:
		hear_request(conn, msg, PPTP_CALL_PAC_OUT, msg->out_request.call_id);
		break;
	case PPTP_OUT_CALL_REPLY:
		hear_out_reply(conn, &msg->out_reply);
		break;
	case PPTP_IN_CALL_REQUEST:
		hear_request(conn, msg, PPTP_CALL_PNS_IN, msg->in_request.call_id);
		break;
	case PPTP_IN_CALL_REPLY:
		hear_in_reply(conn, &msg->in_reply);
		break;
	case PPTP_IN_CALL_CONNECTED:
		hear_in_connected(conn, &msg->in_connected);
		break;
	case PPTP_CALL_CLEAR_REQUEST:
		hear_clear(conn, &msg->clear);
		break;
	case PPTP_CALL_DISCONNECT_NOTIFY:
		hear_disconnect(conn, &msg->disconnect);
		break;
	case PPTP_WAN_ERROR_NOTIFY:
		hear_wan_error(conn, &msg->wan_error);
		break;
	case PPTP_SET_LINK_INFO:
		hear_link_info(conn, &msg->link_info);
		break;
	default:
		break;
	}
}

/* --- functions for the owner ------------------------------------------------------------- */

static int may_add(struct pptp_conn *conn, uint16_t local_id)
{
	if (conn->state != PPTP_CONN_ESTABLISHED)
		return -ENOTCONN;
	if (find_local(conn, local_id))
		return -EEXIST;
	if (conn->nr_calls >= conn->config->max_calls)
		return -ENOSPC;
	return 0;
}

int pptp_call_dial(struct pptp_call *call, struct pptp_conn *conn,
		   const struct pptp_out_request *rq, uint64_t now)
{
	int err = may_add(conn, rq->call_id);

	if (err)
		return err;
	conn_clock(conn, now);
	link_call(call, conn, PPTP_CALL_PNS_OUT, PPTP_CALL_WAIT_REPLY);
	name_local(call, rq->call_id);
	call->serial = rq->serial;
	conn_send(conn, &(struct pptp_msg){
		.type = PPTP_OUT_CALL_REQUEST,
		.out_request = *rq,
	});
	return 0;
}

int pptp_call_ring(struct pptp_call *call, struct pptp_conn *conn, const struct pptp_in_request *rq,
		   const struct pptp_call_params *params, uint64_t now)
{
	struct pptp_msg msg = { .type = PPTP_IN_CALL_REQUEST, .in_request = *rq };
	int err = may_add(conn, params->local_id);

	if (err)
		return err;
	conn_clock(conn, now);
	link_call(call, conn, PPTP_CALL_PAC_IN, PPTP_CALL_WAIT_REPLY);
	name_local(call, params->local_id);
	call->serial = rq->serial;
	call->params = *params;
	msg.in_request.call_id = params->local_id;
	conn_send(conn, &msg);
	return 0;
}

int pptp_call_answer(struct pptp_call *call, const struct pptp_call_params *params, uint64_t now)
{
	struct pptp_conn *conn = call->conn;

	if (call->state != PPTP_CALL_WAIT_ANSWER)
		return -EINVAL;
	if (find_local(conn, params->local_id))
		return -EEXIST;
	conn_clock(conn, now);
	name_local(call, params->local_id);
	send_reply(conn, call->kind, call->peer_id, params, NULL);
	if (call->kind == PPTP_CALL_PAC_OUT)
		establish(call);
	else
		set_state(call, PPTP_CALL_WAIT_CONNECT);
	return 0;
}

static void refuse(struct pptp_call *call, const struct pptp_refusal *no, enum pptp_call_end why)
{
	send_reply(call->conn, call->kind, call->peer_id, NULL, no);
	end_call(call, why);
}

void pptp_call_refuse(struct pptp_call *call, const struct pptp_refusal *no, uint64_t now)
{
	if (call->state != PPTP_CALL_WAIT_ANSWER)
		return;
	conn_clock(call->conn, now);
	refuse(call, no, PPTP_END_LOCAL);
}

void pptp_call_clear(struct pptp_call *call, enum pptp_disconnect_result result, uint64_t now)
{
	struct pptp_refusal no;

	switch (call->state) {
	case PPTP_CALL_WAIT_ANSWER:
		no = unwanted(call->kind);
		pptp_call_refuse(call, &no, now);
		break;
	case PPTP_CALL_WAIT_REPLY:
	case PPTP_CALL_WAIT_CONNECT:
	case PPTP_CALL_ESTABLISHED:
		conn_clock(call->conn, now);
		if (is_pns(call)) {
			set_state(call, PPTP_CALL_WAIT_DISCONNECT);
			send_clear(call);
		} else {
			send_disconnect(call, result);
			end_call(call, PPTP_END_LOCAL);
		}
		break;
	case PPTP_CALL_WAIT_DISCONNECT:
	case PPTP_CALL_IDLE:
		break;
	}
}

int pptp_call_set_link_info(struct pptp_call *call, uint32_t send_accm, uint32_t recv_accm,
			    uint64_t now)
{
	if (call->state != PPTP_CALL_ESTABLISHED)
		return -EINVAL;
	conn_clock(call->conn, now);
	conn_send(call->conn, &(struct pptp_msg){
		.type = PPTP_SET_LINK_INFO,
		.link_info = {
			.peer_call_id = call->peer_id,
			.send_accm = send_accm,
			.recv_accm = recv_accm,
		},
	});
	return 0;
}

int pptp_call_wan_error(struct pptp_call *call, const struct pptp_wan_error *counts, uint64_t now)
{
	struct pptp_msg msg = { .type = PPTP_WAN_ERROR_NOTIFY, .wan_error = *counts };

	if (call->state != PPTP_CALL_ESTABLISHED || is_pns(call))
		return -EINVAL;
	conn_clock(call->conn, now);
	now = call->conn->now;
	if (call->wan_error_sent && now - call->wan_error_at < WAN_ERROR_INTERVAL_MS)
		return -EAGAIN;
	call->wan_error_sent = true;
	call->wan_error_at = now;
	msg.wan_error.peer_call_id = call->peer_id;
	conn_send(call->conn, &msg);
	return 0;
}

/* --- the clock --------------------------------------------------------------------------- */

void calls_down(struct pptp_conn *conn)
{
	struct pptp_call *call;

	/* In call_down() the owner may use the other calls: in state IDLE they send no message. */
	for (call = conn->calls; call; call = call->next)
		call->state = PPTP_CALL_IDLE;
	while (conn->calls)
		end_call(conn->calls, PPTP_END_CONN);
}

static uint64_t call_deadline(const struct pptp_call *call)
{
	if (call->state == PPTP_CALL_ESTABLISHED)
		return NEVER;
	return call->state_since + call->conn->config->reply_timeout_ms;
}

uint64_t calls_deadline(const struct pptp_conn *conn)
{
	const struct pptp_call *call;
	uint64_t at = NEVER;

	for (call = conn->calls; call; call = call->next)
		if (call_deadline(call) < at)
			at = call_deadline(call);
	return at;
}

static struct pptp_call *find_overdue(struct pptp_conn *conn)
{
	struct pptp_call *call;

	for (call = conn->calls; call; call = call->next)
		if (conn->now >= call_deadline(call))
			break;
	return call;
}

void calls_tick(struct pptp_conn *conn)
{
	struct pptp_refusal no;
	struct pptp_call *call;

	/* An event may change the list, so each search starts again. Each step removes a call. */
	while ((call = find_overdue(conn))) {
		if (call->state != PPTP_CALL_WAIT_ANSWER) {
			conn_close(conn, PPTP_CLOSE_CALL_TIMEOUT);
			return;
		}
		no = unwanted(call->kind);
		if (call->kind == PPTP_CALL_PAC_OUT)
			no.result = PPTP_OUT_TIMEOUT;
		refuse(call, &no, PPTP_END_UNANSWERED);
	}
}

/* --- words ------------------------------------------------------------------------------- */

const char *pptp_call_end_text(enum pptp_call_end why)
{
	static const char * const text[] = {
		[PPTP_END_LOCAL] = "ended by us",
		[PPTP_END_CLEARED] = "cleared by the peer",
		[PPTP_END_DISCONNECTED] = "disconnected by the peer",
		[PPTP_END_REFUSED] = "refused by the peer",
		[PPTP_END_UNANSWERED] = "not answered in time",
		[PPTP_END_CONN] = "control connection ended",
	};

	return pick(text, why, "unknown reason");
}
