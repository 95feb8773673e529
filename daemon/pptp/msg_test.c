// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pptp/msg.h"

/*
 * Every message as the figures of RFC 2637 section 2 show it: which value is at which offset. All
 * other octets are zero. The notation is different from the codec's on purpose.
 */
struct at {
	unsigned int offset;
	unsigned int size;	/* 1, 2 or 4; 0 for a text */
	uint32_t value;
	const char *text;
};

struct sample {
	unsigned int length;
	const struct at *at;
	struct pptp_msg msg;
};

#define N(offset, size, value)	{ offset, size, value, NULL }
#define T(offset, text)		{ offset, 0, 0, text }

static const struct at start_request_at[] = {
	N(0, 2, 156), N(2, 2, 1), N(4, 4, 0x1a2b3c4d), N(8, 2, 1),
	N(12, 2, 0x0100), N(16, 4, 1), N(20, 4, 2), N(24, 2, 0x1234), N(26, 2, 0x0203),
	T(28, "branch.example"), T(92, "Some Vendor"), { 0 }
};

static const struct at start_reply_at[] = {
	N(0, 2, 156), N(2, 2, 1), N(4, 4, 0x1a2b3c4d), N(8, 2, 2),
	N(12, 2, 0x0101), N(14, 1, 2), N(15, 1, 4), N(16, 4, 3), N(20, 4, 1),
	N(24, 2, 65535), N(26, 2, 7), T(28, "office"), T(92, "V"), { 0 }
};

static const struct at stop_request_at[] = {
	N(0, 2, 16), N(2, 2, 1), N(4, 4, 0x1a2b3c4d), N(8, 2, 3), N(12, 1, 3), { 0 }
};

static const struct at stop_reply_at[] = {
	N(0, 2, 16), N(2, 2, 1), N(4, 4, 0x1a2b3c4d), N(8, 2, 4), N(12, 1, 2), N(13, 1, 6),
	{ 0 }
};

static const struct at echo_request_at[] = {
	N(0, 2, 16), N(2, 2, 1), N(4, 4, 0x1a2b3c4d), N(8, 2, 5), N(12, 4, 0xdeadbeef), { 0 }
};

static const struct at echo_reply_at[] = {
	N(0, 2, 20), N(2, 2, 1), N(4, 4, 0x1a2b3c4d), N(8, 2, 6), N(12, 4, 0x01020304),
	N(16, 1, 2), N(17, 1, 1), { 0 }
};

static const struct at out_request_at[] = {
	N(0, 2, 168), N(2, 2, 1), N(4, 4, 0x1a2b3c4d), N(8, 2, 7),
	N(12, 2, 0x8001), N(14, 2, 2), N(16, 4, 300), N(20, 4, 100000000), N(24, 4, 3),
	N(28, 4, 2), N(32, 2, 64), N(34, 2, 9), N(36, 2, 5), T(40, "12345"),
	T(104, "sub"), { 0 }
};

static const struct at out_reply_at[] = {
	N(0, 2, 32), N(2, 2, 1), N(4, 4, 0x1a2b3c4d), N(8, 2, 8),
	N(12, 2, 0x0102), N(14, 2, 0x8001), N(16, 1, 1), N(17, 1, 3), N(18, 2, 17),
	N(20, 4, 10000000), N(24, 2, 16), N(26, 2, 1), N(28, 4, 0xa0b0c0d0), { 0 }
};

static const struct at in_request_at[] = {
	N(0, 2, 220), N(2, 2, 1), N(4, 4, 0x1a2b3c4d), N(8, 2, 9),
	N(12, 2, 0xffff), N(14, 2, 3), N(16, 4, 2), N(20, 4, 77), N(24, 2, 3), N(26, 2, 4),
	T(28, "112"), T(92, "0815"), T(156, "s"), { 0 }
};

static const struct at in_reply_at[] = {
	N(0, 2, 24), N(2, 2, 1), N(4, 4, 0x1a2b3c4d), N(8, 2, 10),
	N(12, 2, 4), N(14, 2, 0xffff), N(16, 1, 3), N(17, 1, 5), N(18, 2, 32), N(20, 2, 2),
	{ 0 }
};

static const struct at in_connected_at[] = {
	N(0, 2, 28), N(2, 2, 1), N(4, 4, 0x1a2b3c4d), N(8, 2, 11),
	N(12, 2, 4), N(16, 4, 64000), N(20, 2, 8), N(22, 2, 3), N(24, 4, 1), { 0 }
};

static const struct at call_clear_at[] = {
	N(0, 2, 16), N(2, 2, 1), N(4, 4, 0x1a2b3c4d), N(8, 2, 12), N(12, 2, 0x0a0b), { 0 }
};

static const struct at call_disconnect_at[] = {
	N(0, 2, 148), N(2, 2, 1), N(4, 4, 0x1a2b3c4d), N(8, 2, 13),
	N(12, 2, 0x0c0d), N(14, 1, 4), N(15, 1, 2), N(16, 2, 16), T(20, "rx 1 tx 2"),
	{ 0 }
};

static const struct at wan_error_at[] = {
	N(0, 2, 40), N(2, 2, 1), N(4, 4, 0x1a2b3c4d), N(8, 2, 14),
	N(12, 2, 6), N(16, 4, 1), N(20, 4, 2), N(24, 4, 3), N(28, 4, 4), N(32, 4, 5),
	N(36, 4, 0xffffffff), { 0 }
};

static const struct at link_info_at[] = {
	N(0, 2, 24), N(2, 2, 1), N(4, 4, 0x1a2b3c4d), N(8, 2, 15),
	N(12, 2, 7), N(16, 4, 0xffffffff), N(20, 4, 0x000a0000), { 0 }
};

static const struct sample samples[] = {
	{ 156, start_request_at, {
		.type = PPTP_START_REQUEST,
		.start = {
			.version = 0x0100, .framing = PPTP_FRAMING_ASYNC,
			.bearer = PPTP_BEARER_DIGITAL, .max_channels = 0x1234,
			.firmware = 0x0203, .host = "branch.example", .vendor = "Some Vendor",
		} } },
	{ 156, start_reply_at, {
		.type = PPTP_START_REPLY,
		.start = {
			.version = 0x0101, .result = PPTP_START_GENERAL,
			.error = PPTP_ERR_NO_RESOURCE, .framing = PPTP_FRAMING_ANY,
			.bearer = PPTP_BEARER_ANALOG, .max_channels = 65535, .firmware = 7,
			.host = "office", .vendor = "V",
		} } },
	{ 16, stop_request_at, {
		.type = PPTP_STOP_REQUEST,
		.stop_request = { .reason = PPTP_STOP_SHUTDOWN } } },
	{ 16, stop_reply_at, {
		.type = PPTP_STOP_REPLY,
		.stop_reply = { .result = PPTP_PLAIN_GENERAL, .error = PPTP_ERR_PAC } } },
	{ 16, echo_request_at, {
		.type = PPTP_ECHO_REQUEST, .echo = { .id = 0xdeadbeef } } },
	{ 20, echo_reply_at, {
		.type = PPTP_ECHO_REPLY,
		.echo = {
			.id = 0x01020304, .result = PPTP_PLAIN_GENERAL,
			.error = PPTP_ERR_NOT_CONNECTED,
		} } },
	{ 168, out_request_at, {
		.type = PPTP_OUT_CALL_REQUEST,
		.out_request = {
			.call_id = 0x8001, .serial = 2, .min_bps = 300, .max_bps = 100000000,
			.bearer = PPTP_BEARER_ANY, .framing = PPTP_FRAMING_SYNC, .window = 64,
			.delay = 9, .phone = "12345", .subaddress = "sub",
		} } },
	{ 32, out_reply_at, {
		.type = PPTP_OUT_CALL_REPLY,
		.out_reply = {
			.call_id = 0x0102, .peer_call_id = 0x8001, .result = PPTP_OUT_CONNECTED,
			.error = PPTP_ERR_BAD_VALUE, .cause = 17, .speed = 10000000,
			.window = 16, .delay = 1, .channel = 0xa0b0c0d0,
		} } },
	{ 220, in_request_at, {
		.type = PPTP_IN_CALL_REQUEST,
		.in_request = {
			.call_id = 0xffff, .serial = 3, .bearer = PPTP_BEARER_DIGITAL,
			.channel = 77, .dialed = "112", .dialing = "0815", .subaddress = "s",
		} } },
	{ 24, in_reply_at, {
		.type = PPTP_IN_CALL_REPLY,
		.in_reply = {
			.call_id = 4, .peer_call_id = 0xffff, .result = PPTP_IN_DO_NOT_ACCEPT,
			.error = PPTP_ERR_BAD_CALL_ID, .window = 32, .delay = 2,
		} } },
	{ 28, in_connected_at, {
		.type = PPTP_IN_CALL_CONNECTED,
		.in_connected = {
			.peer_call_id = 4, .speed = 64000, .window = 8, .delay = 3,
			.framing = PPTP_FRAMING_ASYNC,
		} } },
	{ 16, call_clear_at, {
		.type = PPTP_CALL_CLEAR_REQUEST, .clear = { .call_id = 0x0a0b } } },
	{ 148, call_disconnect_at, {
		.type = PPTP_CALL_DISCONNECT_NOTIFY,
		.disconnect = {
			.call_id = 0x0c0d, .result = PPTP_DISC_REQUEST,
			.error = PPTP_ERR_BAD_FORMAT, .cause = 16, .stats = "rx 1 tx 2",
		} } },
	{ 40, wan_error_at, {
		.type = PPTP_WAN_ERROR_NOTIFY,
		.wan_error = {
			.peer_call_id = 6, .crc = 1, .framing = 2, .hardware_overruns = 3,
			.buffer_overruns = 4, .timeouts = 5, .alignment = 0xffffffff,
		} } },
	{ 24, link_info_at, {
		.type = PPTP_SET_LINK_INFO,
		.link_info = {
			.peer_call_id = 7, .send_accm = 0xffffffff, .recv_accm = 0x000a0000,
		} } },
};

#define NR_SAMPLES (sizeof(samples) / sizeof(samples[0]))

/* Where the figures say "Reserved", by message type. */
static const struct {
	unsigned int type, offset, size;
} reserved[] = {
	{ 1, 10, 2 }, { 1, 14, 2 }, { 2, 10, 2 }, { 3, 10, 2 }, { 3, 13, 1 }, { 3, 14, 2 },
	{ 4, 10, 2 }, { 4, 14, 2 }, { 5, 10, 2 }, { 6, 10, 2 }, { 6, 18, 2 }, { 7, 10, 2 },
	{ 7, 38, 2 }, { 8, 10, 2 }, { 9, 10, 2 }, { 10, 10, 2 }, { 10, 22, 2 }, { 11, 10, 2 },
	{ 11, 14, 2 }, { 12, 10, 2 }, { 12, 14, 2 }, { 13, 10, 2 }, { 13, 18, 2 }, { 14, 10, 2 },
	{ 14, 14, 2 }, { 15, 10, 2 }, { 15, 14, 2 },
};

static void draw(const struct sample *s, uint8_t buf[PPTP_MSG_MAX])
{
	memset(buf, 0, PPTP_MSG_MAX);
	for (const struct at *at = s->at; at->size || at->text; at++) {
		if (at->text)
			memcpy(buf + at->offset, at->text, strlen(at->text));
		for (unsigned int i = 0; i < at->size; i++)
			buf[at->offset + i] = at->value >> 8 * (at->size - 1 - i);
	}
}

static void every_type_has_a_sample(void **state)
{
	assert_int_equal(NR_SAMPLES, PPTP_MSG_TYPES - 1);
	for (unsigned int i = 0; i < NR_SAMPLES; i++)
		assert_int_equal(samples[i].msg.type, i + 1);
}

static void encode(void **state)
{
	for (unsigned int i = 0; i < NR_SAMPLES; i++) {
		uint8_t want[PPTP_MSG_MAX], got[PPTP_MSG_MAX];

		draw(&samples[i], want);
		memset(got, 0xaa, sizeof(got));
		assert_int_equal(pptp_msg_encode(&samples[i].msg, got), samples[i].length);
		assert_memory_equal(got, want, samples[i].length);
	}
}

static void decode(void **state)
{
	for (unsigned int i = 0; i < NR_SAMPLES; i++) {
		uint8_t buf[PPTP_MSG_MAX];
		struct pptp_msg msg;

		draw(&samples[i], buf);
		memset(&msg, 0xaa, sizeof(msg));
		assert_int_equal(pptp_msg_decode(buf, samples[i].length, &msg), 0);
		assert_memory_equal(&msg, &samples[i].msg, sizeof(msg));
	}
}

static void decode_wants_the_exact_length(void **state)
{
	for (unsigned int i = 0; i < NR_SAMPLES; i++) {
		uint8_t buf[PPTP_MSG_MAX];
		struct pptp_msg msg;

		draw(&samples[i], buf);
		for (unsigned int len = 0; len < samples[i].length; len++) {
			/* allocate exactly @len octets, so that ASan detects a read beyond them */
			uint8_t *part = malloc(len ? len : 1);

			assert_non_null(part);
			memcpy(part, buf, len);
			assert_int_equal(pptp_msg_decode(part, len, &msg), -EBADMSG);
			free(part);
		}
		if (samples[i].length < PPTP_MSG_MAX)
			assert_int_equal(pptp_msg_decode(buf, samples[i].length + 1, &msg),
					 -EBADMSG);
	}
}

static void length_field_must_be_right(void **state)
{
	for (unsigned int i = 0; i < NR_SAMPLES; i++) {
		for (unsigned int length = 0; length <= 65535; length++) {
			uint8_t buf[PPTP_MSG_MAX];
			struct pptp_header header;
			struct pptp_msg msg;

			if (length == samples[i].length)
				continue;
			draw(&samples[i], buf);
			buf[0] = length >> 8;
			buf[1] = length;
			assert_int_equal(pptp_msg_peek(buf, samples[i].length, &header),
					 PPTP_PEEK_BAD_LENGTH);
			assert_int_equal(header.length, length);
			assert_int_equal(pptp_msg_decode(buf, samples[i].length, &msg), -EBADMSG);
		}
	}
}

static void reserved_fields_are_reported(void **state)
{
	uint8_t buf[PPTP_MSG_MAX];
	struct pptp_msg msg;

	for (unsigned int i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
		const struct sample *s = &samples[reserved[i].type - 1];

		for (unsigned int bit = 0; bit < 8 * reserved[i].size; bit++) {
			draw(s, buf);
			buf[reserved[i].offset + bit / 8] |= 1 << bit % 8;
			assert_int_equal(pptp_msg_decode(buf, s->length, &msg), 0);
			assert_int_equal(msg.odd, PPTP_ODD_RESERVED);
			msg.odd = 0;
			assert_memory_equal(&msg, &s->msg, sizeof(msg));
		}
	}
}

/* Every octet of a body is reserved or changes the decoded message. */
static void no_octet_is_overlooked(void **state)
{
	for (unsigned int i = 0; i < NR_SAMPLES; i++) {
		uint8_t buf[PPTP_MSG_MAX], again[PPTP_MSG_MAX];
		struct pptp_msg msg;

		draw(&samples[i], buf);
		/* all octets differ, and none is NUL, which would hide the rest of a text */
		for (unsigned int o = PPTP_CONTROL_LEN; o < samples[i].length; o++)
			buf[o] = 1 + o;
		if (samples[i].msg.type == PPTP_OUT_CALL_REQUEST)
			memcpy(buf + 36, "\0\100", 2);
		if (samples[i].msg.type == PPTP_IN_CALL_REQUEST)
			memcpy(buf + 24, "\0\100\0\100", 4);
		for (unsigned int r = 0; r < sizeof(reserved) / sizeof(reserved[0]); r++)
			if (reserved[r].type == samples[i].msg.type)
				memset(buf + reserved[r].offset, 0, reserved[r].size);
		assert_int_equal(pptp_msg_decode(buf, samples[i].length, &msg), 0);
		assert_int_equal(msg.odd, 0);
		assert_int_equal(pptp_msg_encode(&msg, again), samples[i].length);
		assert_memory_equal(again, buf, samples[i].length);
	}
}

static void text_lengths_that_lie(void **state)
{
	uint8_t buf[PPTP_MSG_MAX];
	struct pptp_msg msg;

	/* a length shorter than the text: the text is cut */
	draw(&samples[PPTP_OUT_CALL_REQUEST - 1], buf);
	buf[37] = 2;
	assert_int_equal(pptp_msg_decode(buf, 168, &msg), 0);
	assert_string_equal(msg.out_request.phone, "12");
	assert_int_equal(msg.odd, 0);

	/* a length longer than the text, but within the field: the rest is padding */
	buf[37] = 64;
	assert_int_equal(pptp_msg_decode(buf, 168, &msg), 0);
	assert_string_equal(msg.out_request.phone, "12345");
	assert_int_equal(msg.odd, 0);

	/* a length longer than the field */
	for (unsigned int len = 65; len <= 65535; len += 97) {
		buf[36] = len >> 8;
		buf[37] = len;
		memset(buf + 40, '7', 64);
		assert_int_equal(pptp_msg_decode(buf, 168, &msg), 0);
		assert_int_equal(strlen(msg.out_request.phone), 64);
		assert_int_equal(msg.odd, PPTP_ODD_TEXT_LEN);
	}

	/* both lengths of an Incoming-Call-Request, each separately */
	draw(&samples[PPTP_IN_CALL_REQUEST - 1], buf);
	buf[25] = 0;
	buf[26] = 0xff;
	assert_int_equal(pptp_msg_decode(buf, 220, &msg), 0);
	assert_string_equal(msg.in_request.dialed, "");
	assert_string_equal(msg.in_request.dialing, "0815");
	assert_int_equal(msg.odd, PPTP_ODD_TEXT_LEN);
}

static void full_texts_stay_terminated(void **state)
{
	struct pptp_msg msg = { .type = PPTP_CALL_DISCONNECT_NOTIFY };
	uint8_t buf[PPTP_MSG_MAX];

	memset(msg.disconnect.stats, 's', PPTP_STATS_LEN + 1);
	assert_int_equal(pptp_msg_encode(&msg, buf), 148);
	assert_int_equal(buf[147], 's');
	assert_int_equal(pptp_msg_decode(buf, 148, &msg), 0);
	assert_int_equal(strlen(msg.disconnect.stats), PPTP_STATS_LEN);

	msg = (struct pptp_msg){ .type = PPTP_START_REQUEST };
	memset(msg.start.host, 'h', PPTP_NAME_LEN);
	memset(msg.start.vendor, 'v', PPTP_NAME_LEN);
	assert_int_equal(pptp_msg_encode(&msg, buf), 156);
	assert_int_equal(pptp_msg_decode(buf, 156, &msg), 0);
	assert_int_equal(strlen(msg.start.host), PPTP_NAME_LEN);
	assert_int_equal(strlen(msg.start.vendor), PPTP_NAME_LEN);
}

static void octets_after_a_text_do_not_leak(void **state)
{
	struct pptp_msg msg = { .type = PPTP_START_REQUEST };
	uint8_t buf[PPTP_MSG_MAX];

	memcpy(msg.start.host, "ab\0secret", 10);
	assert_int_equal(pptp_msg_encode(&msg, buf), 156);
	assert_memory_equal(buf + 28, "ab\0\0\0\0\0\0\0", 9);
}

static void peek_judges_early(void **state)
{
	static const uint8_t header[] = { 0, 16, 0, 1, 0x1a, 0x2b, 0x3c, 0x4d, 0, 5, 0, 0 };
	struct pptp_header h;
	uint8_t buf[PPTP_CONTROL_LEN];

	for (unsigned int len = 0; len < sizeof(header); len++)
		assert_int_equal(pptp_msg_peek(header, len, &h), PPTP_PEEK_SHORT);
	assert_int_equal(pptp_msg_peek(header, sizeof(header), &h), PPTP_PEEK_KNOWN);
	assert_int_equal(h.length, 16);
	assert_int_equal(h.pptp_class, PPTP_CLASS_CONTROL);
	assert_int_equal(h.type, PPTP_ECHO_REQUEST);

	/* each bit of the cookie is checked, as soon as the cookie is complete */
	for (unsigned int bit = 0; bit < 32; bit++) {
		memcpy(buf, header, sizeof(buf));
		buf[4 + bit / 8] ^= 1 << bit % 8;
		assert_int_equal(pptp_msg_peek(buf, 7, &h), PPTP_PEEK_SHORT);
		assert_int_equal(pptp_msg_peek(buf, 8, &h), PPTP_PEEK_LOST);
		assert_int_equal(pptp_msg_peek(buf, 12, &h), PPTP_PEEK_LOST);
	}
}

static void peek_knows_the_classes(void **state)
{
	uint8_t buf[] = { 0, 16, 0, 1, 0x1a, 0x2b, 0x3c, 0x4d, 0, 5, 0, 0 };
	struct pptp_header h;

	for (unsigned int number = 0; number <= 65535; number++) {
		enum pptp_peek want = number == 1 ? PPTP_PEEK_KNOWN :
				      number == 2 ? PPTP_PEEK_UNKNOWN : PPTP_PEEK_BAD_CLASS;

		buf[2] = number >> 8;
		buf[3] = number;
		assert_int_equal(pptp_msg_peek(buf, sizeof(buf), &h), want);
	}

	/* a management message needs only a header */
	memcpy(buf, "\0\10\0\2", 4);
	assert_int_equal(pptp_msg_peek(buf, 8, &h), PPTP_PEEK_UNKNOWN);
	buf[1] = 7;
	assert_int_equal(pptp_msg_peek(buf, 8, &h), PPTP_PEEK_BAD_LENGTH);
}

static void peek_knows_the_types(void **state)
{
	uint8_t buf[] = { 0, 12, 0, 1, 0x1a, 0x2b, 0x3c, 0x4d, 0, 5, 0, 0 };
	struct pptp_header h;

	for (unsigned int type = 0; type <= 65535; type++) {
		enum pptp_peek want = type >= 1 && type <= 15 ? PPTP_PEEK_BAD_LENGTH :
								PPTP_PEEK_UNKNOWN;

		buf[8] = type >> 8;
		buf[9] = type;
		assert_int_equal(pptp_msg_peek(buf, sizeof(buf), &h), want);
		assert_int_equal(h.type, type);
	}

	/* too short for any control message: rejected before the type is there */
	for (buf[1] = 0; buf[1] < 12; buf[1]++)
		assert_int_equal(pptp_msg_peek(buf, 8, &h), PPTP_PEEK_BAD_LENGTH);
}

static void unknown_types_are_not_coded(void **state)
{
	uint8_t buf[PPTP_MSG_MAX];
	struct pptp_msg msg = { 0 };

	assert_int_equal(pptp_msg_encode(&msg, buf), 0);
	msg.type = PPTP_MSG_TYPES;
	assert_int_equal(pptp_msg_encode(&msg, buf), 0);
}

static void every_code_has_words(void **state)
{
	assert_string_equal(pptp_result_text(PPTP_OUT_CALL_REPLY, PPTP_OUT_BUSY), "busy");
	assert_string_equal(pptp_result_text(PPTP_IN_CALL_REPLY, PPTP_IN_DO_NOT_ACCEPT),
			    "not accepted");
	assert_string_equal(pptp_result_text(PPTP_ECHO_REQUEST, 1), "unknown result");
	for (unsigned int type = 0; type < 20; type++) {
		unsigned int known = 0;

		for (unsigned int result = 0; result < 256; result++)
			known += strcmp(pptp_result_text(type, result), "unknown result") != 0;
		switch (type) {
		case PPTP_START_REPLY:
			assert_int_equal(known, 5);
			break;
		case PPTP_STOP_REPLY:
		case PPTP_ECHO_REPLY:
			assert_int_equal(known, 2);
			break;
		case PPTP_OUT_CALL_REPLY:
			assert_int_equal(known, 7);
			break;
		case PPTP_IN_CALL_REPLY:
			assert_int_equal(known, 3);
			break;
		case PPTP_CALL_DISCONNECT_NOTIFY:
			assert_int_equal(known, 4);
			break;
		default:
			assert_int_equal(known, 0);
		}
	}

	for (unsigned int error = 0; error < 256; error++)
		assert_int_equal(!strcmp(pptp_error_text(error), "unknown general error"),
				 error > 6);
	for (unsigned int reason = 0; reason < 256; reason++)
		assert_int_equal(!strcmp(pptp_stop_reason_text(reason), "unknown reason"),
				 reason < 1 || reason > 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_has_a_sample),
		cmocka_unit_test(encode),
		cmocka_unit_test(decode),
		cmocka_unit_test(decode_wants_the_exact_length),
		cmocka_unit_test(length_field_must_be_right),
		cmocka_unit_test(reserved_fields_are_reported),
		cmocka_unit_test(no_octet_is_overlooked),
		cmocka_unit_test(text_lengths_that_lie),
		cmocka_unit_test(full_texts_stay_terminated),
		cmocka_unit_test(octets_after_a_text_do_not_leak),
		cmocka_unit_test(peek_judges_early),
		cmocka_unit_test(peek_knows_the_classes),
		cmocka_unit_test(peek_knows_the_types),
		cmocka_unit_test(unknown_types_are_not_coded),
		cmocka_unit_test(every_code_has_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
