// SPDX-License-Identifier: GPL-2.0-only
/* Control messages of PPTP (RFC 2637 section 2) in words. */
#include <string.h>

#include "pptp/msg.h"
#include "trace/packet_priv.h"

static const char *name_of(unsigned int type)
{
	static const char * const names[PPTP_MSG_TYPES] = {
		[PPTP_START_REQUEST] = "Start-Control-Connection-Request",
		[PPTP_START_REPLY] = "Start-Control-Connection-Reply",
		[PPTP_STOP_REQUEST] = "Stop-Control-Connection-Request",
		[PPTP_STOP_REPLY] = "Stop-Control-Connection-Reply",
		[PPTP_ECHO_REQUEST] = "Echo-Request",
		[PPTP_ECHO_REPLY] = "Echo-Reply",
		[PPTP_OUT_CALL_REQUEST] = "Outgoing-Call-Request",
		[PPTP_OUT_CALL_REPLY] = "Outgoing-Call-Reply",
		[PPTP_IN_CALL_REQUEST] = "Incoming-Call-Request",
		[PPTP_IN_CALL_REPLY] = "Incoming-Call-Reply",
		[PPTP_IN_CALL_CONNECTED] = "Incoming-Call-Connected",
		[PPTP_CALL_CLEAR_REQUEST] = "Call-Clear-Request",
		[PPTP_CALL_DISCONNECT_NOTIFY] = "Call-Disconnect-Notify",
		[PPTP_WAN_ERROR_NOTIFY] = "WAN-Error-Notify",
		[PPTP_SET_LINK_INFO] = "Set-Link-Info",
	};

	return type < PPTP_MSG_TYPES ? names[type] : NULL;
}

static void add_text(struct trace_packet *p, const char *name, const char *text)
{
	if (*text)
		packet_add_text(p, name, text, strlen(text));
}

static void add_result(struct trace_packet *p, const struct pptp_msg *msg, unsigned int result,
		       unsigned int error)
{
	packet_add(p, "result %u: %s", result, pptp_result_text(msg->type, result));
	if (error)
		packet_add(p, "error %u: %s", error, pptp_error_text(error));
}

static void add_start(struct trace_packet *p, const struct pptp_msg *msg)
{
	const struct pptp_start *start = &msg->start;

	if (msg->type == PPTP_START_REPLY)
		add_result(p, msg, start->result, start->error);
	packet_add(p, "version %u.%u", start->version >> 8, start->version & 0xff);
	add_text(p, "host", start->host);
	add_text(p, "vendor", start->vendor);
	packet_add(p, "firmware %u", start->firmware);
	packet_add(p, "channels %u", start->max_channels);
}

static void add_ids(struct trace_packet *p, unsigned int call_id, unsigned int peer_call_id)
{
	packet_add(p, "call %u", call_id);
	packet_add(p, "peer's call %u", peer_call_id);
}

static void add_window(struct trace_packet *p, unsigned int window, unsigned int delay)
{
	packet_add(p, "window %u", window);
	if (delay)
		packet_add(p, "delay %u.%u s", delay / 10, delay % 10);
}

static void add_out_request(struct trace_packet *p, const struct pptp_out_request *rq)
{
	packet_add(p, "call %u", rq->call_id);
	packet_add(p, "serial %u", rq->serial);
	packet_add(p, "speed %u to %u bit/s", rq->min_bps, rq->max_bps);
	add_window(p, rq->window, rq->delay);
	add_text(p, "number", rq->phone);
	add_text(p, "subaddress", rq->subaddress);
}

static void add_out_reply(struct trace_packet *p, const struct pptp_msg *msg)
{
	const struct pptp_out_reply *reply = &msg->out_reply;

	add_ids(p, reply->call_id, reply->peer_call_id);
	add_result(p, msg, reply->result, reply->error);
	if (reply->cause)
		packet_add(p, "cause %u", reply->cause);
	packet_add(p, "speed %u bit/s", reply->speed);
	add_window(p, reply->window, reply->delay);
}

static void add_in_request(struct trace_packet *p, const struct pptp_in_request *rq)
{
	packet_add(p, "call %u", rq->call_id);
	packet_add(p, "serial %u", rq->serial);
	add_text(p, "dialed", rq->dialed);
	add_text(p, "dialing", rq->dialing);
	add_text(p, "subaddress", rq->subaddress);
}

static void add_in_reply(struct trace_packet *p, const struct pptp_msg *msg)
{
	const struct pptp_in_reply *reply = &msg->in_reply;

	add_ids(p, reply->call_id, reply->peer_call_id);
	add_result(p, msg, reply->result, reply->error);
	add_window(p, reply->window, reply->delay);
}

static void add_disconnect(struct trace_packet *p, const struct pptp_msg *msg)
{
	const struct pptp_call_disconnect *notify = &msg->disconnect;

	packet_add(p, "call %u", notify->call_id);
	add_result(p, msg, notify->result, notify->error);
	if (notify->cause)
		packet_add(p, "cause %u", notify->cause);
	add_text(p, "statistics", notify->stats);
}

static void add_wan_error(struct trace_packet *p, const struct pptp_wan_error *counts)
{
	packet_add(p, "peer's call %u", counts->peer_call_id);
	packet_add(p, "crc %u", counts->crc);
	packet_add(p, "framing %u", counts->framing);
	packet_add(p, "hardware overruns %u", counts->hardware_overruns);
	packet_add(p, "buffer overruns %u", counts->buffer_overruns);
	packet_add(p, "timeouts %u", counts->timeouts);
	packet_add(p, "alignment %u", counts->alignment);
}

static void add_fields(struct trace_packet *p, const struct pptp_msg *msg)
{
	switch (msg->type) {
	case PPTP_START_REQUEST:
	case PPTP_START_REPLY:
		add_start(p, msg);
		break;
	case PPTP_STOP_REQUEST:
		packet_add(p, "reason %u: %s", msg->stop_request.reason,
			   pptp_stop_reason_text(msg->stop_request.reason));
		break;
	case PPTP_STOP_REPLY:
		add_result(p, msg, msg->stop_reply.result, msg->stop_reply.error);
		break;
	case PPTP_ECHO_REQUEST:
	case PPTP_ECHO_REPLY:
		packet_add(p, "identifier %u", msg->echo.id);
		if (msg->type == PPTP_ECHO_REPLY)
			add_result(p, msg, msg->echo.result, msg->echo.error);
		break;
	case PPTP_OUT_CALL_REQUEST:
		add_out_request(p, &msg->out_request);
		break;
	case PPTP_OUT_CALL_REPLY:
		add_out_reply(p, msg);
		break;
	case PPTP_IN_CALL_REQUEST:
		add_in_request(p, &msg->in_request);
		break;
	case PPTP_IN_CALL_REPLY:
		add_in_reply(p, msg);
		break;
	case PPTP_IN_CALL_CONNECTED:
		packet_add(p, "peer's call %u", msg->in_connected.peer_call_id);
		packet_add(p, "speed %u bit/s", msg->in_connected.speed);
		add_window(p, msg->in_connected.window, msg->in_connected.delay);
		break;
	case PPTP_CALL_CLEAR_REQUEST:
		packet_add(p, "call %u", msg->clear.call_id);
		break;
	case PPTP_CALL_DISCONNECT_NOTIFY:
		add_disconnect(p, msg);
		break;
	case PPTP_WAN_ERROR_NOTIFY:
		add_wan_error(p, &msg->wan_error);
		break;
	case PPTP_SET_LINK_INFO:
		packet_add(p, "peer's call %u", msg->link_info.peer_call_id);
		packet_add(p, "send accm 0x%08x", msg->link_info.send_accm);
		packet_add(p, "receive accm 0x%08x", msg->link_info.recv_accm);
		break;
	case PPTP_MSG_TYPES:
		break;
	}
	if (msg->odd & PPTP_ODD_RESERVED)
		packet_add(p, "reserved field not 0");
	if (msg->odd & PPTP_ODD_TEXT_LEN)
		packet_add(p, "number longer than its field");
}

/* What could not be decoded, as far as its header tells. */
static void add_header(struct trace_packet *p, const uint8_t *message, size_t len)
{
	struct pptp_header header;

	switch (pptp_msg_peek(message, len, &header)) {
	case PPTP_PEEK_UNKNOWN:
		if (header.pptp_class == PPTP_CLASS_MANAGEMENT)
			packet_code(p, "management message", 0);
		else
			packet_code(p, NULL, header.type);
		packet_add(p, "%u octets", header.length);
		break;
	case PPTP_PEEK_LOST:
		packet_add(p, "not PPTP: no magic cookie");
		break;
	case PPTP_PEEK_BAD_CLASS:
		packet_add(p, "malformed: message type %u", header.pptp_class);
		break;
	default:
		packet_code(p, name_of(header.type), header.type);
		packet_add(p, "malformed: length %u", header.length);
	}
}

void trace_message(struct trace_packet *p, const uint8_t *message, size_t len)
{
	struct pptp_msg msg;

	packet_begin(p, "PPTP");
	if (pptp_msg_decode(message, len, &msg)) {
		add_header(p, message, len);
	} else {
		packet_code(p, name_of(msg.type), msg.type);
		add_fields(p, &msg);
	}
}
