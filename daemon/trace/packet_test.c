// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pptp/msg.h"
#include "trace/packet.h"

static char text[TRACE_TEXT_SIZE];

static const char *frame(const void *octets, size_t len)
{
	struct trace_packet p;

	trace_frame(&p, octets, len);
	return trace_text(&p, text);
}

#define assert_frame(octets, words) \
	assert_string_equal(frame(octets, sizeof(octets) - 1), words)

static const char *message(const struct pptp_msg *msg)
{
	uint8_t octets[PPTP_MSG_MAX];
	struct trace_packet p;

	trace_message(&p, octets, pptp_msg_encode(msg, octets));
	return trace_text(&p, text);
}

static const char *octets(const void *octets, size_t len)
{
	struct trace_packet p;

	trace_message(&p, octets, len);
	return trace_text(&p, text);
}

static void lcp_is_described(void **state)
{
	assert_frame("\xc0\x21\x01\x01\x00\x19\x01\x04\x05\x78\x02\x06\x00\x0a\x00\x00\x03\x05\xc2\x23\x81"
		     "\x05\x06\xaa\xbb\xcc\xdd",
		     "LCP Configure-Request id 1 <mru 1400> <accm 0x000a0000> <auth mschap-v2> "
		     "<magic 0xaabbccdd>");
	assert_frame("\xc0\x21\x04\xff\x00\x0f\x07\x02\x08\x02\x03\x04\xc0\x23\x0d\x03\x06",
		     "LCP Configure-Reject id 255 <pfc> <acfc> <auth pap> <callback 0x06>");
	/* what is not known, or is not as it should be, is shown as it is */
	assert_frame("\xc0\x21\x03\x02\x00\x10\x63\x04\x01\x02\x01\x03\x05\x03\x05\xc2\x23\x07",
		     "LCP Configure-Nak id 2 <option 99 0x0102> <mru 0x05> <auth 0xc22307>");
	assert_frame("\xc0\x21\x01\x02\x00\x07\x01\x04\x05",
		     "LCP Configure-Request id 2 <malformed options>");
	assert_frame("\xc0\x21\x05\x06\x00\x07" "bye", "LCP Terminate-Request id 6 <reason \"bye\">");
	assert_frame("\xc0\x21\x06\x06\x00\x04", "LCP Terminate-Ack id 6");
	assert_frame("\xc0\x21\x05\x06\x00\x10\x09\x09\x09\x09\x00\x3c\xcd\x74\x00\x00\x02\xe6",
		     "LCP Terminate-Request id 6 <Windows error 742>");
	assert_frame("\xc0\x21\x08\x05\x00\x0a\x80\x57\x01\x01\x00\x04",
		     "LCP Protocol-Reject id 5 <protocol 0x8057 IPv6CP> <packet 4 octets>");
	assert_frame("\xc0\x21\x08\x05\x00\x06\x12\x35", "LCP Protocol-Reject id 5 <protocol 0x1235>");
	assert_frame("\xc0\x21\x09\x02\x00\x0a\xaa\xbb\xcc\xdd\x01\x02",
		     "LCP Echo-Request id 2 <magic 0xaabbccdd> <2 octets>");
	assert_frame("\xc0\x21\x0c\x03\x00\x0d\x00\x00\x00\x01MSRAS",
		     "LCP Identification id 3 <magic 0x00000001> <text \"MSRAS\">");
	assert_frame("\xc0\x21\x0d\x04\x00\x0c\x00\x00\x00\x01\x00\x00\x00\x3c",
		     "LCP Time-Remaining id 4 <magic 0x00000001> <60 s>");
	assert_frame("\xc0\x21\x0a\x02\x00\x06\xaa\xbb",
		     "LCP Echo-Reply id 2 <magic 0x00000000> <too short>");
	/* padding does not belong to the packet */
	assert_frame("\xc0\x21\x17\x02\x00\x05\x01\x00\x00", "LCP code 23 id 2 <1 octet>");
}

static void network_protocols_are_described(void **state)
{
	assert_frame("\x80\xfd\x01\x01\x00\x0a\x12\x06\x01\x00\x00\x40",
		     "CCP Configure-Request id 1 <mppe 128 bit stateless>");
	assert_frame("\x80\xfd\x01\x01\x00\x0a\x12\x06\x00\x00\x00\xe1",
		     "CCP Configure-Request id 1 <mppe 128 56 40 bit stateful with mppc>");
	assert_frame("\x80\xfd\x03\x01\x00\x0a\x12\x06\x01\x00\x00\x00",
		     "CCP Configure-Nak id 1 <mppe no key stateless>");
	assert_frame("\x80\xfd\x04\x01\x00\x0b\x1a\x04\x78\x00\x15\x03\x2f",
		     "CCP Configure-Reject id 1 <deflate 0x7800> <bsd 0x2f>");
	assert_frame("\x80\xfd\x0e\x03\x00\x04", "CCP Reset-Request id 3");
	assert_frame("\x80\x21\x03\x01\x00\x10\x03\x06\x0a\x00\x00\x07\x81\x06\xc0\x00\x02\x35",
		     "IPCP Configure-Nak id 1 <address 10.0.0.7> <dns 192.0.2.53>");
	assert_frame("\x80\x57\x01\x01\x00\x0e\x01\x0a\x00\x01\x02\x03\x04\x05\x06\x07",
		     "IPv6CP Configure-Request id 1 <interface identifier 0x0001020304050607>");
	assert_frame("\x00\x2b" "abc", "PPP <protocol 0x002b IPX> <3 octets>");
	assert_frame("\x12\x35", "PPP <protocol 0x1235>");
}

static void odd_frames_are_described(void **state)
{
	assert_frame("", "PPP <too short>");
	assert_frame("\xc0", "PPP <too short>");
	assert_frame("\xc0\x21\x01", "LCP <malformed header>");
	assert_frame("\xc0\x21\x01\x01\x00\x03", "LCP <malformed header>");
	assert_frame("\xc0\x21\x01\x07\x00\x09", "LCP Configure-Request id 7 <malformed: length 9>");
	/* what a peer has chosen does not look as if we said it */
	assert_frame("\xc0\x21\x05\x01\x00\x09" "\"> <\n",
		     "LCP Terminate-Request id 1 <reason \"\\x22> <\\x0a\">");
}

/* In each, "secret" and what looks like a digest is what must not be seen. */
static void secrets_are_hidden(void **state)
{
	assert_frame("\xc0\x23\x01\x05\x00\x11\x05" "alice" "\x06" "secret",
		     "PAP Authenticate-Request id 5 <user \"alice\"> <password <hidden>>");
	assert_frame("\xc0\x23\x03\x05\x00\x07\x02no", "PAP Authenticate-Nak id 5 <message \"no\">");
	assert_frame("\xc2\x23\x01\x01\x00\x0e\x06" "secret" "lns",
		     "CHAP Challenge id 1 <challenge <hidden> 6 octets> <name \"lns\">");
	assert_frame("\xc2\x23\x02\x01\x00\x10\x06" "secret" "alice",
		     "CHAP Response id 1 <response <hidden> 6 octets> <name \"alice\">");
	assert_frame("\xc2\x23\x03\x01\x00\x16" "S=secret M=welcome",
		     "CHAP Success id 1 <message \"S=<hidden> M=welcome\">");
	assert_frame("\xc2\x23\x04\x01\x00\x28" "E=691 R=1 C=secret V=3 M=not so nice",
		     "CHAP Failure id 1 <message \"E=691 R=1 C=<hidden> V=3 M=not so nice\">");
	assert_frame("\xc2\x23\x07\x01\x00\x0a" "secret", "CHAP Change-Password-3 id 1 <<hidden> 6 octets>");
	assert_frame("\xc2\x27\x02\x01\x00\x0a\x01" "alice", "EAP Response id 1 <type Identity> <user \"alice\">");
	assert_frame("\xc2\x27\x02\x02\x00\x07\x03\x1a\x63",
		     "EAP Response id 2 <type Nak> <wants MSCHAPv2> <wants 99>");
	assert_frame("\xc2\x27\x01\x03\x00\x0f\x04\x06" "secret" "lns",
		     "EAP Request id 3 <type MD5-Challenge> <challenge <hidden> 6 octets> <name \"lns\">");
	assert_frame("\xc2\x27\x02\x02\x00\x15\x1a\x02\x02\x00\x10\x06" "secret" "alice",
		     "EAP Response id 2 <type MSCHAPv2> <Response> <response <hidden> 6 octets> "
		     "<name \"alice\">");
	assert_frame("\xc2\x27\x01\x03\x00\x11\x1a\x03\x02\x00\x0c" "S=secret",
		     "EAP Request id 3 <type MSCHAPv2> <Success> <message \"S=<hidden>\">");
	assert_frame("\xc2\x27\x02\x03\x00\x06\x1a\x03", "EAP Response id 3 <type MSCHAPv2> <Success>");
	assert_frame("\xc2\x27\x01\x04\x00\x0b\x19" "secret",
		     "EAP Request id 4 <type PEAP> <<hidden> 6 octets>");
	assert_frame("\xc2\x27\x03\x04\x00\x04", "EAP Success id 4");
	/* A peer may reject what had a password in it. */
	assert_frame("\xc0\x21\x08\x05\x00\x12\xc0\x23\x01\x01\x00\x0c\x00\x06" "secret",
		     "LCP Protocol-Reject id 5 <protocol 0xc023 PAP> <packet 12 octets>");
	assert_frame("\xc0\x21\x07\x05\x00\x0c\x01\x02" "secret", "LCP Code-Reject id 5 <code 1>");
}

/* In each, "secret" is what must not be seen, and "alice" what may. */
static void octets_are_hidden(void **state)
{
#define F(octets)	{ octets, sizeof(octets) - 1 }
	static const struct {
		const char *octets;
		size_t len;
	} frames[] = {
		F("\xc0\x23\x01\x05\x00\x11\x05" "alice" "\x06" "secret"),
		F("\xc2\x23\x01\x01\x00\x10\x06" "secret" "alice"),
		F("\xc2\x23\x02\x01\x00\x10\x06" "secret" "alice"),
		F("\xc2\x23\x03\x01\x00\x16" "S=secret M=welcome"),
		F("\xc2\x23\x07\x01\x00\x0a" "secret"),
		F("\xc2\x27\x02\x02\x00\x15\x1a\x02\x02\x00\x10\x06" "secret" "alice"),
		F("\xc2\x27\x01\x04\x00\x0b\x19" "secret"),
		F("\xc0\x21\x08\x05\x00\x12\xc0\x23\x01\x01\x00\x0c\x00\x06" "secret"),
		F("\xc0\x21\x07\x05\x00\x0c\x01\x02" "secret"),
	};
	static const uint8_t lcp[] = "\xc0\x21\x01\x02\x00\x08\x01\x04\x05\xdc";
	static const uint8_t identity[] = "\xc2\x27\x02\x01\x00\x0a\x01" "alice";
	uint8_t octets[64];

	for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		memcpy(octets, frames[i].octets, frames[i].len);
		trace_hide(octets, frames[i].len);
		assert_null(memmem(octets, frames[i].len, "secret", 6));
		assert_memory_equal(octets, frames[i].octets, 6);
		assert_int_equal(i < 3, !!memmem(octets, frames[i].len, "alice", 5));
	}
	memcpy(octets, lcp, sizeof(lcp));
	trace_hide(octets, sizeof(lcp) - 1);
	assert_memory_equal(octets, lcp, sizeof(lcp));
	memcpy(octets, identity, sizeof(identity));
	trace_hide(octets, sizeof(identity) - 1);
	assert_memory_equal(octets, identity, sizeof(identity));
}

static void messages_are_described(void **state)
{
	assert_string_equal(message(&(struct pptp_msg){
		.type = PPTP_START_REQUEST,
		.start = { .version = PPTP_VERSION, .firmware = 4, .host = "pc", .vendor = "acme" },
	}), "PPTP Start-Control-Connection-Request <version 1.0> <host \"pc\"> <vendor \"acme\"> "
	    "<firmware 4> <channels 0>");
	assert_string_equal(message(&(struct pptp_msg){
		.type = PPTP_START_REPLY,
		.start = { .version = PPTP_VERSION, .result = 2, .error = 4 },
	}), "PPTP Start-Control-Connection-Reply <result 2: general error> "
	    "<error 4: insufficient resources> <version 1.0> <firmware 0> <channels 0>");
	assert_string_equal(message(&(struct pptp_msg){
		.type = PPTP_OUT_CALL_REQUEST,
		.out_request = { .call_id = 7, .serial = 1, .min_bps = 300, .max_bps = 100000000,
				 .window = 64, .delay = 12 },
	}), "PPTP Outgoing-Call-Request <call 7> <serial 1> <speed 300 to 100000000 bit/s> "
	    "<window 64> <delay 1.2 s>");
	assert_string_equal(message(&(struct pptp_msg){
		.type = PPTP_OUT_CALL_REPLY,
		.out_reply = { .call_id = 9, .peer_call_id = 7, .result = 1, .speed = 1000,
			       .window = 64 },
	}), "PPTP Outgoing-Call-Reply <call 9> <peer's call 7> <result 1: connected> "
	    "<speed 1000 bit/s> <window 64>");
	assert_string_equal(message(&(struct pptp_msg){
		.type = PPTP_SET_LINK_INFO,
		.link_info = { .peer_call_id = 9, .send_accm = ~0u },
	}), "PPTP Set-Link-Info <peer's call 9> <send accm 0xffffffff> <receive accm 0x00000000>");
	assert_string_equal(message(&(struct pptp_msg){
		.type = PPTP_CALL_DISCONNECT_NOTIFY,
		.disconnect = { .call_id = 9, .result = 4 },
	}), "PPTP Call-Disconnect-Notify <call 9> <result 4: cleared on request>");
	assert_string_equal(message(&(struct pptp_msg){
		.type = PPTP_STOP_REQUEST, .stop_request = { .reason = 3 },
	}), "PPTP Stop-Control-Connection-Request <reason 3: peer is being shut down>");
}

static void every_message_has_a_name(void **state)
{
	for (unsigned int type = 1; type < PPTP_MSG_TYPES; type++) {
		const char *words = message(&(struct pptp_msg){ .type = type });

		assert_null(strstr(words, "code "));
		assert_null(strstr(words, "malformed"));
		assert_non_null(strstr(words, " <"));
	}
}

static void odd_messages_are_described(void **state)
{
	assert_string_equal(octets("\x00\x10\x00\x01\x1a\x2b\x3c\x4d\x00\x63\x00\x00", 12),
			    "PPTP code 99 <16 octets>");
	assert_string_equal(octets("\x00\x10\x00\x02\x1a\x2b\x3c\x4d", 8),
			    "PPTP management message <16 octets>");
	assert_string_equal(octets("GET / HTTP/1.0", 14), "PPTP <not PPTP: no magic cookie>");
	assert_string_equal(octets("\x00\x11\x00\x01\x1a\x2b\x3c\x4d\x00\x05\x00\x00", 12),
			    "PPTP Echo-Request <malformed: length 17>");
	assert_string_equal(octets("\x00\x11\x00\x03\x1a\x2b\x3c\x4d\x00\x05\x00\x00", 12),
			    "PPTP <malformed: message type 3>");
	assert_string_equal(octets("", 0), "PPTP code 0 <malformed: length 0>");
}

static void fields_come_one_by_one(void **state)
{
	static const char octets[] = "\xc0\x21\x02\x01\x00\x08\x07\x02\x08\x02";
	struct trace_packet p;
	const char *field;

	trace_frame(&p, (const uint8_t *)octets, sizeof(octets) - 1);
	assert_string_equal(p.protocol, "LCP");
	assert_string_equal(p.code, "Configure-Ack");
	assert_int_equal(p.id, 1);
	field = trace_next_field(&p, NULL);
	assert_string_equal(field, "pfc");
	field = trace_next_field(&p, field);
	assert_string_equal(field, "acfc");
	assert_null(trace_next_field(&p, field));
}

/* A frame of the largest size, full of options. */
static void too_many_fields_are_cut(void **state)
{
	uint8_t octets[1502] = { 0xc0, 0x21, 1, 1, 1500 >> 8, 1500 & 0xff };
	size_t n = 0;
	struct trace_packet p;

	for (size_t i = 6; i < sizeof(octets); i += 2)
		memcpy(octets + i, "\x63\x02", 2);
	trace_frame(&p, octets, sizeof(octets));
	for (const char *f = trace_next_field(&p, NULL); f; f = trace_next_field(&p, f))
		n = strcmp(f, "...") ? n + 1 : n + 1000;
	assert_in_range(n, 1100, 1999);
	assert_non_null(strstr(trace_text(&p, text), "<option 99> <...>"));
	assert_true(strlen(text) < sizeof(text) - 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lcp_is_described),
		cmocka_unit_test(network_protocols_are_described),
		cmocka_unit_test(odd_frames_are_described),
		cmocka_unit_test(secrets_are_hidden),
		cmocka_unit_test(octets_are_hidden),
		cmocka_unit_test(messages_are_described),
		cmocka_unit_test(every_message_has_a_name),
		cmocka_unit_test(odd_messages_are_described),
		cmocka_unit_test(fields_come_one_by_one),
		cmocka_unit_test(too_many_fields_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
