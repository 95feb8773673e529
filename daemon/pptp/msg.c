// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "pptp/internal.h"
#include "pptp/msg.h"
#include "util/bytes.h"

/*
 * Each message is described once, as a list of its fields in wire order. Encoder and decoder both
 * use this list, so they cannot disagree.
 */
enum field_kind {
	F_END,
	F_U8,
	F_U16,
	F_U32,
	F_ZERO8,	/* reserved, 8 bits */
	F_ZERO16,
	F_TEXT_LEN,	/* 16 bits: length of the text at @offset, an F_TEXT further on */
	F_TEXT,		/* a text of PPTP_NAME_LEN octets */
	F_STATS,	/* a text of PPTP_STATS_LEN octets */
};

struct field {
	enum field_kind kind;
	size_t offset;		/* in struct pptp_msg; 0 for reserved fields */
};

#define FIELD(k, member)	{ k, offsetof(struct pptp_msg, member) }
#define U8(member)		FIELD(F_U8, member)
#define U16(member)		FIELD(F_U16, member)
#define U32(member)		FIELD(F_U32, member)
#define TEXT_LEN(member)	FIELD(F_TEXT_LEN, member)
#define TEXT(member)		FIELD(F_TEXT, member)
#define STATS(member)		FIELD(F_STATS, member)
#define ZERO8			{ F_ZERO8, 0 }
#define ZERO16			{ F_ZERO16, 0 }
#define END			{ F_END, 0 }

/* The largest number of F_TEXT_LEN fields in a message. */
#define TEXT_LENS_MAX 2

static const struct field start_request[] = {
	U16(start.version), ZERO16, U32(start.framing), U32(start.bearer),
	U16(start.max_channels), U16(start.firmware), TEXT(start.host), TEXT(start.vendor), END
};

static const struct field start_reply[] = {
	U16(start.version), U8(start.result), U8(start.error), U32(start.framing),
	U32(start.bearer), U16(start.max_channels), U16(start.firmware), TEXT(start.host),
	TEXT(start.vendor), END
};

static const struct field stop_request[] = {
	U8(stop_request.reason), ZERO8, ZERO16, END
};

static const struct field stop_reply[] = {
	U8(stop_reply.result), U8(stop_reply.error), ZERO16, END
};

static const struct field echo_request[] = {
	U32(echo.id), END
};

static const struct field echo_reply[] = {
	U32(echo.id), U8(echo.result), U8(echo.error), ZERO16, END
};

static const struct field out_request[] = {
	U16(out_request.call_id), U16(out_request.serial), U32(out_request.min_bps),
	U32(out_request.max_bps), U32(out_request.bearer), U32(out_request.framing),
	U16(out_request.window), U16(out_request.delay), TEXT_LEN(out_request.phone), ZERO16,
	TEXT(out_request.phone), TEXT(out_request.subaddress), END
};

static const struct field out_reply[] = {
	U16(out_reply.call_id), U16(out_reply.peer_call_id), U8(out_reply.result),
	U8(out_reply.error), U16(out_reply.cause), U32(out_reply.speed), U16(out_reply.window),
	U16(out_reply.delay), U32(out_reply.channel), END
};

static const struct field in_request[] = {
	U16(in_request.call_id), U16(in_request.serial), U32(in_request.bearer),
	U32(in_request.channel), TEXT_LEN(in_request.dialed), TEXT_LEN(in_request.dialing),
	TEXT(in_request.dialed), TEXT(in_request.dialing), TEXT(in_request.subaddress), END
};

static const struct field in_reply[] = {
	U16(in_reply.call_id), U16(in_reply.peer_call_id), U8(in_reply.result),
	U8(in_reply.error), U16(in_reply.window), U16(in_reply.delay), ZERO16, END
};

static const struct field in_connected[] = {
	U16(in_connected.peer_call_id), ZERO16, U32(in_connected.speed),
	U16(in_connected.window), U16(in_connected.delay), U32(in_connected.framing), END
};

static const struct field call_clear[] = {
	U16(clear.call_id), ZERO16, END
};

static const struct field call_disconnect[] = {
	U16(disconnect.call_id), U8(disconnect.result), U8(disconnect.error),
	U16(disconnect.cause), ZERO16, STATS(disconnect.stats), END
};

static const struct field wan_error[] = {
	U16(wan_error.peer_call_id), ZERO16, U32(wan_error.crc), U32(wan_error.framing),
	U32(wan_error.hardware_overruns), U32(wan_error.buffer_overruns),
	U32(wan_error.timeouts), U32(wan_error.alignment), END
};

static const struct field link_info[] = {
	U16(link_info.peer_call_id), ZERO16, U32(link_info.send_accm), U32(link_info.recv_accm),
	END
};

static const struct {
	uint16_t length;
	const struct field *fields;
} messages[PPTP_MSG_TYPES] = {
	[PPTP_START_REQUEST] = { 156, start_request },
	[PPTP_START_REPLY] = { 156, start_reply },
	[PPTP_STOP_REQUEST] = { 16, stop_request },
	[PPTP_STOP_REPLY] = { 16, stop_reply },
	[PPTP_ECHO_REQUEST] = { 16, echo_request },
	[PPTP_ECHO_REPLY] = { 20, echo_reply },
	[PPTP_OUT_CALL_REQUEST] = { 168, out_request },
	[PPTP_OUT_CALL_REPLY] = { 32, out_reply },
	[PPTP_IN_CALL_REQUEST] = { 220, in_request },
	[PPTP_IN_CALL_REPLY] = { 24, in_reply },
	[PPTP_IN_CALL_CONNECTED] = { 28, in_connected },
	[PPTP_CALL_CLEAR_REQUEST] = { 16, call_clear },
	[PPTP_CALL_DISCONNECT_NOTIFY] = { 148, call_disconnect },
	[PPTP_WAN_ERROR_NOTIFY] = { 40, wan_error },
	[PPTP_SET_LINK_INFO] = { 24, link_info },
};

static bool is_known(unsigned int type)
{
	return type < PPTP_MSG_TYPES && messages[type].fields;
}

enum pptp_peek pptp_msg_peek(const uint8_t *buf, size_t len, struct pptp_header *header)
{
	struct reader r = rd_init(buf, len);

	*header = (struct pptp_header){
		.length = rd_be16(&r),
		.pptp_class = rd_be16(&r),
	};
	if (rd_be32(&r) != PPTP_COOKIE)
		return rd_ok(&r) ? PPTP_PEEK_LOST : PPTP_PEEK_SHORT;

	if (header->pptp_class == PPTP_CLASS_MANAGEMENT)
		return header->length < PPTP_HEADER_LEN ? PPTP_PEEK_BAD_LENGTH :
							  PPTP_PEEK_UNKNOWN;
	if (header->pptp_class != PPTP_CLASS_CONTROL)
		return PPTP_PEEK_BAD_CLASS;

	if (header->length < PPTP_CONTROL_LEN)
		return PPTP_PEEK_BAD_LENGTH;
	header->type = rd_be16(&r);
	rd_skip(&r, 2);
	if (!rd_ok(&r))
		return PPTP_PEEK_SHORT;
	if (!is_known(header->type))
		return PPTP_PEEK_UNKNOWN;
	if (header->length != messages[header->type].length)
		return PPTP_PEEK_BAD_LENGTH;
	return PPTP_PEEK_KNOWN;
}

static void read_text(struct reader *r, char *text, size_t len)
{
	rd_copy(r, text, len);
	text[len] = '\0';
}

int pptp_msg_decode(const uint8_t *buf, size_t len, struct pptp_msg *msg)
{
	struct reader r = rd_init(buf, len);
	char *text[TEXT_LENS_MAX];
	uint16_t text_len[TEXT_LENS_MAX];
	unsigned int nr_lens = 0;
	struct pptp_header header;
	const struct field *f;
	uint32_t reserved;

	if (pptp_msg_peek(buf, len, &header) != PPTP_PEEK_KNOWN || header.length != len)
		return -EBADMSG;

	memset(msg, 0, sizeof(*msg));
	msg->type = header.type;
	rd_skip(&r, PPTP_CONTROL_LEN - 2);
	reserved = rd_be16(&r);

	for (f = messages[header.type].fields; f->kind != F_END; f++) {
		void *to = (char *)msg + f->offset;

		switch (f->kind) {
		case F_U8:
			*(uint8_t *)to = rd_u8(&r);
			break;
		case F_U16:
			*(uint16_t *)to = rd_be16(&r);
			break;
		case F_U32:
			*(uint32_t *)to = rd_be32(&r);
			break;
		case F_ZERO8:
			reserved |= rd_u8(&r);
			break;
		case F_ZERO16:
			reserved |= rd_be16(&r);
			break;
		case F_TEXT_LEN:
			text[nr_lens] = to;
			text_len[nr_lens++] = rd_be16(&r);
			break;
		case F_TEXT:
			read_text(&r, to, PPTP_NAME_LEN);
			break;
		case F_STATS:
			read_text(&r, to, PPTP_STATS_LEN);
			break;
		case F_END:
			break;
		}
	}
	if (!rd_done(&r))
		return -EBADMSG;

	/* Cut the texts now that all are read. A length beyond the field means the whole field. */
	for (unsigned int i = 0; i < nr_lens; i++) {
		if (text_len[i] > PPTP_NAME_LEN)
			msg->odd |= PPTP_ODD_TEXT_LEN;
		else
			text[i][text_len[i]] = '\0';
	}
	if (reserved)
		msg->odd |= PPTP_ODD_RESERVED;
	return 0;
}

size_t pptp_msg_encode(const struct pptp_msg *msg, uint8_t buf[PPTP_MSG_MAX])
{
	struct writer w = wr_init(buf, PPTP_MSG_MAX);
	const struct field *f;

	if (!is_known(msg->type))
		return 0;

	wr_be16(&w, messages[msg->type].length);
	wr_be16(&w, PPTP_CLASS_CONTROL);
	wr_be32(&w, PPTP_COOKIE);
	wr_be16(&w, msg->type);
	wr_be16(&w, 0);

	for (f = messages[msg->type].fields; f->kind != F_END; f++) {
		const void *from = (const char *)msg + f->offset;

		switch (f->kind) {
		case F_U8:
			wr_u8(&w, *(const uint8_t *)from);
			break;
		case F_U16:
			wr_be16(&w, *(const uint16_t *)from);
			break;
		case F_U32:
			wr_be32(&w, *(const uint32_t *)from);
			break;
		case F_ZERO8:
			wr_zero(&w, 1);
			break;
		case F_ZERO16:
			wr_zero(&w, 2);
			break;
		case F_TEXT_LEN:
			wr_be16(&w, strnlen(from, PPTP_NAME_LEN));
			break;
		case F_TEXT:
			wr_padded(&w, from, strnlen(from, PPTP_NAME_LEN), PPTP_NAME_LEN);
			break;
		case F_STATS:
			wr_padded(&w, from, strnlen(from, PPTP_STATS_LEN), PPTP_STATS_LEN);
			break;
		case F_END:
			break;
		}
	}
	return wr_ok(&w) ? wr_len(&w) : 0;
}

const char *pptp_result_text(unsigned int type, unsigned int result)
{
	static const char * const start[] = {
		[PPTP_START_OK] = "control connection established",
		[PPTP_START_GENERAL] = "general error",
		[PPTP_START_EXISTS] = "control connection exists already",
		[PPTP_START_NOT_AUTHORIZED] = "not authorized to establish a control connection",
		[PPTP_START_BAD_VERSION] = "protocol version not supported",
	};
	static const char * const plain[] = {
		[PPTP_PLAIN_OK] = "ok",
		[PPTP_PLAIN_GENERAL] = "general error",
	};
	static const char * const out[] = {
		[PPTP_OUT_CONNECTED] = "connected",
		[PPTP_OUT_GENERAL] = "general error",
		[PPTP_OUT_NO_CARRIER] = "no carrier",
		[PPTP_OUT_BUSY] = "busy",
		[PPTP_OUT_NO_DIAL_TONE] = "no dial tone",
		[PPTP_OUT_TIMEOUT] = "not connected in time",
		[PPTP_OUT_PROHIBITED] = "administratively prohibited",
	};
	static const char * const in[] = {
		[PPTP_IN_CONNECT] = "accepted",
		[PPTP_IN_GENERAL] = "general error",
		[PPTP_IN_DO_NOT_ACCEPT] = "not accepted",
	};
	static const char * const disconnect[] = {
		[PPTP_DISC_LOST_CARRIER] = "lost carrier",
		[PPTP_DISC_GENERAL] = "general error",
		[PPTP_DISC_ADMIN] = "administrative shutdown",
		[PPTP_DISC_REQUEST] = "cleared on request",
	};
	static const char unknown[] = "unknown result";

	switch (type) {
	case PPTP_START_REPLY:
		return pick(start, result, unknown);
	case PPTP_STOP_REPLY:
	case PPTP_ECHO_REPLY:
		return pick(plain, result, unknown);
	case PPTP_OUT_CALL_REPLY:
		return pick(out, result, unknown);
	case PPTP_IN_CALL_REPLY:
		return pick(in, result, unknown);
	case PPTP_CALL_DISCONNECT_NOTIFY:
		return pick(disconnect, result, unknown);
	default:
		return unknown;
	}
}

const char *pptp_error_text(unsigned int error)
{
	static const char * const text[] = {
		[PPTP_ERR_NONE] = "no general error",
		[PPTP_ERR_NOT_CONNECTED] = "no control connection exists yet",
		[PPTP_ERR_BAD_FORMAT] = "length or magic cookie is wrong",
		[PPTP_ERR_BAD_VALUE] = "a field value is out of range or a reserved field not zero",
		[PPTP_ERR_NO_RESOURCE] = "insufficient resources",
		[PPTP_ERR_BAD_CALL_ID] = "call ID is invalid in this context",
		[PPTP_ERR_PAC] = "vendor-specific error in the access concentrator",
	};

	return pick(text, error, "unknown general error");
}

const char *pptp_stop_reason_text(unsigned int reason)
{
	static const char * const text[] = {
		[PPTP_STOP_NONE] = "general request",
		[PPTP_STOP_PROTOCOL] = "protocol version not supported",
		[PPTP_STOP_SHUTDOWN] = "peer is being shut down",
	};

	return pick(text, reason, "unknown reason");
}
