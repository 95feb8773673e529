/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PPTP control messages (RFC 2637 sections 1.4 and 2): the only place that knows
 * their format on the wire.
 *
 * Everything on the C side is in host order. Texts are NUL-terminated copies of
 * what the peer sent and may contain any octets: escape them before you show
 * them. This code allocates no memory, keeps no state and raises no events.
 *
 * Each type of control message has a fixed length. A message whose length field
 * says otherwise is malformed. Reserved fields are sent as 0. Some peers (routers)
 * set them; such a message is accepted, and only reported in @odd.
 */
#ifndef CULVERT_PPTP_MSG_H
#define CULVERT_PPTP_MSG_H

#include <stddef.h>
#include <stdint.h>

#define PPTP_PORT		1723
#define PPTP_COOKIE		0x1a2b3c4d
#define PPTP_VERSION		0x0100	/* version in the high octet, revision in the low */

#define PPTP_HEADER_LEN		8	/* length, PPTP message type, magic cookie */
#define PPTP_CONTROL_LEN	12	/* the header, control message type, reserved */
#define PPTP_MSG_MAX		220	/* the longest message: Incoming-Call-Request */

#define PPTP_NAME_LEN		64	/* host and vendor names, numbers, subaddresses */
#define PPTP_STATS_LEN		128	/* call statistics */

/* PPTP Message Type (section 1.4). */
enum pptp_class {
	PPTP_CLASS_CONTROL = 1,
	PPTP_CLASS_MANAGEMENT = 2,	/* reserved: the RFC defines no such message */
};

/* Control Message Type (section 1.4). */
enum pptp_msg_type {
	PPTP_START_REQUEST = 1,
	PPTP_START_REPLY = 2,
	PPTP_STOP_REQUEST = 3,
	PPTP_STOP_REPLY = 4,
	PPTP_ECHO_REQUEST = 5,
	PPTP_ECHO_REPLY = 6,
	PPTP_OUT_CALL_REQUEST = 7,
	PPTP_OUT_CALL_REPLY = 8,
	PPTP_IN_CALL_REQUEST = 9,
	PPTP_IN_CALL_REPLY = 10,
	PPTP_IN_CALL_CONNECTED = 11,
	PPTP_CALL_CLEAR_REQUEST = 12,
	PPTP_CALL_DISCONNECT_NOTIFY = 13,
	PPTP_WAN_ERROR_NOTIFY = 14,
	PPTP_SET_LINK_INFO = 15,
	PPTP_MSG_TYPES			/* one past the last */
};

/* General Error Codes (section 2.16), valid if the result is 2. */
enum pptp_error {
	PPTP_ERR_NONE = 0,
	PPTP_ERR_NOT_CONNECTED = 1,
	PPTP_ERR_BAD_FORMAT = 2,
	PPTP_ERR_BAD_VALUE = 3,
	PPTP_ERR_NO_RESOURCE = 4,
	PPTP_ERR_BAD_CALL_ID = 5,
	PPTP_ERR_PAC = 6,
};

/* In every reply and notification the result 2 means "general error, see the error code". */
#define PPTP_RESULT_GENERAL	2

enum pptp_start_result {	/* section 2.2 */
	PPTP_START_OK = 1,
	PPTP_START_GENERAL = 2,
	PPTP_START_EXISTS = 3,
	PPTP_START_NOT_AUTHORIZED = 4,
	PPTP_START_BAD_VERSION = 5,
};

enum pptp_stop_reason {		/* section 2.3 */
	PPTP_STOP_NONE = 1,
	PPTP_STOP_PROTOCOL = 2,
	PPTP_STOP_SHUTDOWN = 3,
};

enum pptp_plain_result {	/* Stop-Control-Connection-Reply, Echo-Reply */
	PPTP_PLAIN_OK = 1,
	PPTP_PLAIN_GENERAL = 2,
};

enum pptp_out_result {		/* section 2.8 */
	PPTP_OUT_CONNECTED = 1,
	PPTP_OUT_GENERAL = 2,
	PPTP_OUT_NO_CARRIER = 3,
	PPTP_OUT_BUSY = 4,
	PPTP_OUT_NO_DIAL_TONE = 5,
	PPTP_OUT_TIMEOUT = 6,
	PPTP_OUT_PROHIBITED = 7,
};

enum pptp_in_result {		/* section 2.10 */
	PPTP_IN_CONNECT = 1,
	PPTP_IN_GENERAL = 2,
	PPTP_IN_DO_NOT_ACCEPT = 3,
};

enum pptp_disconnect_result {	/* section 2.13 */
	PPTP_DISC_LOST_CARRIER = 1,
	PPTP_DISC_GENERAL = 2,
	PPTP_DISC_ADMIN = 3,
	PPTP_DISC_REQUEST = 4,
};

/* Bits of Framing Capabilities and Framing Type, Bearer Capabilities and Bearer Type. */
#define PPTP_FRAMING_ASYNC	1
#define PPTP_FRAMING_SYNC	2
#define PPTP_FRAMING_ANY	3
#define PPTP_BEARER_ANALOG	1
#define PPTP_BEARER_DIGITAL	2
#define PPTP_BEARER_ANY		3

struct pptp_start {		/* 2.1 and 2.2; the request has no result and error */
	uint16_t version;
	uint8_t result;			/* enum pptp_start_result */
	uint8_t error;			/* enum pptp_error */
	uint32_t framing;		/* PPTP_FRAMING_*, bits */
	uint32_t bearer;		/* PPTP_BEARER_*, bits */
	uint16_t max_channels;		/* from a PAC; a PNS sends 0 */
	uint16_t firmware;
	char host[PPTP_NAME_LEN + 1];
	char vendor[PPTP_NAME_LEN + 1];
};

struct pptp_stop_request {	/* 2.3 */
	uint8_t reason;			/* enum pptp_stop_reason */
};

struct pptp_stop_reply {	/* 2.4 */
	uint8_t result;			/* enum pptp_plain_result */
	uint8_t error;
};

struct pptp_echo {		/* 2.5 and 2.6; the request has no result and error */
	uint32_t id;
	uint8_t result;			/* enum pptp_plain_result */
	uint8_t error;
};

struct pptp_out_request {	/* 2.7, PNS to PAC */
	uint16_t call_id;		/* of the sender, the PNS */
	uint16_t serial;
	uint32_t min_bps;
	uint32_t max_bps;
	uint32_t bearer;		/* PPTP_BEARER_* */
	uint32_t framing;		/* PPTP_FRAMING_* */
	uint16_t window;		/* packets that the sender will buffer */
	uint16_t delay;			/* processing delay of the sender, 1/10 s */
	char phone[PPTP_NAME_LEN + 1];
	char subaddress[PPTP_NAME_LEN + 1];
};

struct pptp_out_reply {		/* 2.8, PAC to PNS */
	uint16_t call_id;		/* of the sender, the PAC */
	uint16_t peer_call_id;		/* of the receiver, from its request */
	uint8_t result;			/* enum pptp_out_result */
	uint8_t error;
	uint16_t cause;			/* Q.931 cause on ISDN */
	uint32_t speed;			/* bit/s */
	uint16_t window;
	uint16_t delay;			/* 1/10 s */
	uint32_t channel;		/* for logs only */
};

struct pptp_in_request {	/* 2.9, PAC to PNS */
	uint16_t call_id;		/* of the sender, the PAC */
	uint16_t serial;
	uint32_t bearer;		/* PPTP_BEARER_* */
	uint32_t channel;		/* for logs only */
	char dialed[PPTP_NAME_LEN + 1];
	char dialing[PPTP_NAME_LEN + 1];
	char subaddress[PPTP_NAME_LEN + 1];
};

struct pptp_in_reply {		/* 2.10, PNS to PAC */
	uint16_t call_id;		/* of the sender, the PNS */
	uint16_t peer_call_id;		/* of the receiver, from its request */
	uint8_t result;			/* enum pptp_in_result */
	uint8_t error;
	uint16_t window;
	uint16_t delay;			/* 1/10 s */
};

struct pptp_in_connected {	/* 2.11, PAC to PNS */
	uint16_t peer_call_id;		/* of the receiver, the PNS */
	uint32_t speed;			/* bit/s */
	uint16_t window;
	uint16_t delay;			/* 1/10 s */
	uint32_t framing;		/* PPTP_FRAMING_* */
};

struct pptp_call_clear {	/* 2.12, PNS to PAC */
	uint16_t call_id;		/* of the sender, the PNS */
};

struct pptp_call_disconnect {	/* 2.13, PAC to PNS */
	uint16_t call_id;		/* of the sender, the PAC */
	uint8_t result;			/* enum pptp_disconnect_result */
	uint8_t error;
	uint16_t cause;			/* Q.931 cause on ISDN */
	char stats[PPTP_STATS_LEN + 1];
};

struct pptp_wan_error {		/* 2.14, PAC to PNS; counts since the call came up */
	uint16_t peer_call_id;		/* of the receiver, the PNS */
	uint32_t crc;
	uint32_t framing;
	uint32_t hardware_overruns;
	uint32_t buffer_overruns;
	uint32_t timeouts;
	uint32_t alignment;
};

struct pptp_link_info {		/* 2.15, PNS to PAC */
	uint16_t peer_call_id;		/* of the receiver, the PAC */
	uint32_t send_accm;
	uint32_t recv_accm;
};

/* Bits of @odd: what was unusual in a message that was decoded nevertheless. */
#define PPTP_ODD_RESERVED	1	/* a reserved field was not 0 */
#define PPTP_ODD_TEXT_LEN	2	/* the length of a phone number exceeds its field */

struct pptp_msg {
	enum pptp_msg_type type;
	unsigned int odd;		/* PPTP_ODD_*, set by decoding, ignored by encoding */
	union {
		struct pptp_start start;		/* START_REQUEST, START_REPLY */
		struct pptp_stop_request stop_request;
		struct pptp_stop_reply stop_reply;
		struct pptp_echo echo;			/* ECHO_REQUEST, ECHO_REPLY */
		struct pptp_out_request out_request;
		struct pptp_out_reply out_reply;
		struct pptp_in_request in_request;
		struct pptp_in_reply in_reply;
		struct pptp_in_connected in_connected;
		struct pptp_call_clear clear;
		struct pptp_call_disconnect disconnect;
		struct pptp_wan_error wan_error;
		struct pptp_link_info link_info;
	};
};

/* The result of pptp_msg_peek(). */
enum pptp_peek {
	PPTP_PEEK_SHORT,	/* not known yet: more octets are needed */
	PPTP_PEEK_KNOWN,	/* a message of enum pptp_msg_type, with the right length */
	PPTP_PEEK_UNKNOWN,	/* well framed, but of an undefined type: to be skipped */
	PPTP_PEEK_BAD_LENGTH,	/* the length field is wrong for the type */
	PPTP_PEEK_BAD_CLASS,	/* the PPTP message type is neither 1 nor 2 */
	PPTP_PEEK_LOST,	/* no magic cookie: synchronisation is lost */
};

struct pptp_header {
	uint16_t length;	/* of the whole message */
	uint16_t pptp_class;	/* as sent; see enum pptp_class */
	uint16_t type;		/* control message type as sent; 0 if it was not read */
};

/**
 * pptp_msg_peek() - look at the header of the next message in a TCP stream
 * @buf: octets of the stream; a message begins at the first
 * @len: number of octets
 * @header: filled unless %PPTP_PEEK_SHORT is returned. @header->type is 0 with %PPTP_PEEK_LOST and
 *	%PPTP_PEEK_BAD_CLASS, with another class, and with a length below %PPTP_CONTROL_LEN.
 *
 * Decides as soon as the header is complete; the body may still be missing.
 */
enum pptp_peek pptp_msg_peek(const uint8_t *buf, size_t len, struct pptp_header *header);

/**
 * pptp_msg_decode() - read one complete message
 * @buf: the message, beginning with its length field
 * @len: octets in @buf; must be exactly the length of the message
 * @msg: filled on success, undefined otherwise
 *
 * Codes and bits are not checked: unknown values are passed on unchanged.
 *
 * Return: 0, or -EBADMSG if @buf is not one well-formed message of a known type.
 */
int pptp_msg_decode(const uint8_t *buf, size_t len, struct pptp_msg *msg);

/**
 * pptp_msg_encode() - write one complete message
 * @msg: the message, of any type. Each text fits its field on the wire; the rest of the field is
 *	filled with zeroes.
 * @buf: buffer of %PPTP_MSG_MAX octets
 *
 * Return: the number of octets written, or 0 if the type is unknown.
 */
size_t pptp_msg_encode(const struct pptp_msg *msg, uint8_t buf[PPTP_MSG_MAX]);

/* Texts for logs: static strings, never NULL, whatever number is passed. */

/* The result code of a reply or notification of type @type: "busy", "unknown result". */
const char *pptp_result_text(unsigned int type, unsigned int result);

/* A general error code: "call ID is invalid in this context". */
const char *pptp_error_text(unsigned int error);

/* The reason in a Stop-Control-Connection-Request: "peer is being shut down". */
const char *pptp_stop_reason_text(unsigned int reason);

#endif
