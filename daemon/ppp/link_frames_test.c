// SPDX-License-Identifier: GPL-2.0-only
/*
 * One link against frames written by hand: what known peers send, what a hostile peer could
 * send, and what the answers look like octet by octet.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ppp/link.h"

#define SENT_MAX 64

static struct ppp_link link_;
static struct ppp_config config;
static uint64_t now;
static uint8_t sent[SENT_MAX][PPP_FRAME_MAX];
static size_t sent_len[SENT_MAX];
static unsigned int n_sent, bads, asked, cancelled, fed;
static bool down, ipv4;
static unsigned int ipv4_ups;
static int keys;			/* 1: MPPE_TX was raised, and CCP_DOWN was not since */
static unsigned int keyings, readies;	/* how often MPPE_TX and IPV4_READY were raised */
static uint64_t data_frames;	/* that the peer has sent */
static enum ppp_reason reason;
static uint16_t error;
static char text[PPP_TEXT_MAX + 1], ident[PPP_TEXT_MAX + 1];
static struct ppp_auth_request request;
static const char *password;
static uint8_t next_random;

static void on_send(struct ppp_link *link, const uint8_t *frame, size_t len)
{
	assert_true(n_sent < SENT_MAX);
	memcpy(sent[n_sent], frame, len);
	sent_len[n_sent++] = len;
}

static void on_event(struct ppp_link *link, const struct ppp_event *event)
{
	struct ppp_auth_verdict verdict;

	switch (event->type) {
	case PPP_EVENT_AUTH_REQUEST:
		asked++;
		request = *event->auth;
		if (!password)
			break;
		ppp_auth_check(event->auth, password, strlen(password), &verdict);
		ppp_link_auth_verdict(link, &verdict, now);
		break;
	case PPP_EVENT_AUTH_CANCELLED:
		cancelled++;
		break;
	case PPP_EVENT_PEER_ERROR:
	case PPP_EVENT_UNTIMELY:
		bads++;
		break;
	case PPP_EVENT_IDENTIFICATION:
		snprintf(ident, sizeof(ident), "%s", event->text);
		break;
	case PPP_EVENT_MPPE_TX:
		keys = 1;
		keyings++;
		break;
	case PPP_EVENT_IPV4_READY:
		readies++;
		break;
	case PPP_EVENT_CCP_DOWN:
		keys = 0;
		break;
	case PPP_EVENT_IPV4_UP:
		ipv4 = true;
		ipv4_ups++;
		break;
	case PPP_EVENT_IPV4_DOWN:
		ipv4 = false;
		break;
	case PPP_EVENT_DOWN:
		down = true;
		reason = event->down.reason;
		error = event->down.error;
		snprintf(text, sizeof(text), "%s", event->down.text);
		break;
	default:
		break;
	}
}

/* Predictable octets, so that the tests can contain the answers: 01 01 01…, 02 02 02… */
static void on_random(struct ppp_link *link, void *buf, size_t len)
{
	memset(buf, ++next_random, len);
}

static uint64_t on_data_frames(struct ppp_link *link)
{
	return data_frames;
}

/* What the peer may choose instead of 10.0.0.7; 0: nothing. */
static in_addr_t free_address;
static unsigned int choices;

static bool on_choice(struct ppp_link *link, const struct ppp_ipv4 *wanted)
{
	choices++;
	assert_int_equal(wanted->local.s_addr, inet_addr("10.0.0.1"));
	return free_address && wanted->remote.s_addr == free_address;
}

static const struct ppp_link_ops ops = {
	.send = on_send,
	.event = on_event,
	.random = on_random,
	.data_frames = on_data_frames,
	.choose_address = on_choice,
};

static int setup(void **state)
{
	n_sent = bads = asked = cancelled = fed = choices = 0;
	free_address = 0;
	down = ipv4 = false;
	ipv4_ups = 0;
	keys = 0;
	keyings = readies = 0;
	data_frames = 0;
	reason = PPP_REASON_NONE;
	error = 0;
	*text = *ident = '\0';
	password = "clientPass";
	next_random = 0;
	now = 1000;
	memset(&request, 0, sizeof(request));
	ppp_config_init(&config);
	config.name = "lns";
	return 0;
}

static int teardown(void **state)
{
	ppp_link_wipe(&link_);
	return 0;
}

/*
 * Convert hexadecimal digits to octets. Blanks are ignored; a string in quotes stands for
 * its own octets.
 */
static size_t parse(const char *hex, uint8_t *out, size_t size)
{
	size_t len = 0;
	bool quoted = false;

	for (; *hex; hex++) {
		char digits[3] = { hex[0], hex[1], 0 };

		if (*hex == '\'') {
			quoted = !quoted;
		} else if (quoted) {
			assert_true(len < size);
			out[len++] = (uint8_t)*hex;
		} else if (!isspace((unsigned char)*hex)) {
			assert_true(len < size && isxdigit(hex[0]) && isxdigit(hex[1]));
			out[len++] = (uint8_t)strtoul(digits, NULL, 16);
			hex++;
		}
	}
	return len;
}

static void feed_bytes(const uint8_t *bytes, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	memcpy(copy, bytes, len);
	ppp_link_input(&link_, copy, len, now);
	free(copy);
	fed++;
}

static void feed(const char *hex)
{
	uint8_t frame[PPP_FRAME_MAX];

	feed_bytes(frame, parse(hex, frame, sizeof(frame)));
}

/* The frame sent as number @n is exactly @hex. A negative @n counts from the end. */
static void expect_sent(int n, const char *hex)
{
	uint8_t frame[PPP_FRAME_MAX];
	size_t len = parse(hex, frame, sizeof(frame));
	unsigned int i = n < 0 ? n_sent + (unsigned int)n : (unsigned int)n;

	assert_true(i < n_sent);
	if (sent_len[i] != len || memcmp(sent[i], frame, len)) {
		print_message("wanted %s\n", hex);
		print_message("got    ");
		for (size_t k = 0; k < sent_len[i]; k++)
			print_message("%02x", sent[i][k]);
		print_message("\n");
		fail();
	}
}

static uint8_t *last(void)
{
	assert_true(n_sent > 0);
	return sent[n_sent - 1];
}

/* Acknowledge our last Configure-Request of @protocol. */
static void ack(uint16_t protocol)
{
	for (unsigned int i = n_sent; i--;) {
		uint8_t copy[PPP_FRAME_MAX];

		if (sent[i][0] << 8 != (protocol & 0xff00) || sent[i][1] != (protocol & 0xff) ||
		    sent[i][2] != 1)
			continue;
		memcpy(copy, sent[i], sent_len[i]);
		copy[2] = 2;
		feed_bytes(copy, sent_len[i]);
		return;
	}
	fail();
}

static void open_link(void)
{
	const struct ppp_ipv4 addresses = {
		.local = { inet_addr("10.0.0.1") },
		.remote = { inet_addr("10.0.0.7") },
		.dns = { { inet_addr("10.0.0.53") } },
	};

	ppp_link_wipe(&link_);
	ppp_link_init(&link_, &config, &ops, NULL);
	if (config.demand[0])
		ppp_link_set_ipv4(&link_, &addresses);
	if (config.accept)
		ppp_link_set_credentials(&link_, "User", "clientPass");
	ppp_link_open(&link_, now);
}

/* LCP open; the peer has magic number 0xaabbccdd. */
static void open_lcp(void)
{
	open_link();
	ack(PPP_PROTO_LCP);
	feed("c021 01 01 000a 0506aabbccdd");
	assert_true(ppp_link_state(&link_)->open & PPP_OPEN_LCP);
}

/* Write the Value of a correct response to the last challenge. */
static void mschapv2_response(const char *pass, const char *user, uint8_t value[49])
{
	uint8_t hash[16], challenge[8];

	memset(value, 0, 49);
	memset(value, 0x5a, 16);
	assert_true(nt_hash(pass, strlen(pass), hash));
	mschapv2_challenge_hash(value, link_.auth.server.talk->challenge, user, strlen(user),
				challenge);
	mschap_challenge_response(challenge, hash, value + MSCHAPV2_VALUE_NT);
}

static void respond_as(uint8_t id, const char *pass, const char *user)
{
	uint8_t frame[64] = { 0xc2, 0x23, 2, id, 0, 4 + 1 + 49 + 4, 49 };

	assert_int_equal(strlen(user), 4);
	mschapv2_response(pass, user, frame + 7);
	memcpy(frame + 7 + 49, user, 4);
	feed_bytes(frame, 7 + 49 + 4);
}

static void respond(uint8_t id, const char *pass)
{
	respond_as(id, pass, "User");
}

static void open_network(enum ppp_mppe_policy policy)
{
	config.demand[0] = PPP_AUTH_MSCHAPV2;
	config.mppe = policy;
	open_lcp();
	respond(1, "clientPass");
	assert_int_equal(ppp_link_state(&link_)->phase, PPP_PHASE_NETWORK);
}

/* --- LCP ------------------------------------------------------------------------------ */

static void windows_extras_are_rejected(void **state)
{
	config.demand[0] = PPP_AUTH_MSCHAPV2;
	open_link();
	/* MRU 1400, magic, PFC, ACFC, callback, multilink, endpoint discriminator */
	feed("c021 01 00 0030 01040578 050611223344 0702 0802 0d0306 1104064e"
	     "1317 01 000102030405060708090a0b0c0d0e0f10111213");
	expect_sent(-1, "c021 04 00 0022 0d0306 1104064e"
			"1317 01 000102030405060708090a0b0c0d0e0f10111213");
	ack(PPP_PROTO_LCP);
	feed("c021 01 01 0012 01040578 050611223344 0702 0802");
	/* behind it our challenge was sent */
	expect_sent(-2, "c021 02 01 0012 01040578 050611223344 0702 0802");
	assert_int_equal(ppp_link_state(&link_)->peer_mru, 1400);
	assert_int_equal(ppp_link_state(&link_)->peer_magic, 0x11223344);
}

static void our_request_is_as_configured(void **state)
{
	config.demand[0] = PPP_AUTH_MSCHAPV2;
	config.mru = 1400;
	open_link();
	expect_sent(0, "c021 01 01 0017 01040578 0305c22381 050601010101 0702 0802");
	/* a Nak with a smaller MRU is followed, one with a larger MRU is not */
	feed("c021 03 01 0008 01040514");
	expect_sent(-1, "c021 01 02 0017 01040514 0305c22381 050601010101 0702 0802");
	feed("c021 03 02 0008 010405dc");
	expect_sent(-1, "c021 01 03 0017 01040514 0305c22381 050601010101 0702 0802");
	feed("c021 04 03 000e 050601010101 0702 0802");
	expect_sent(-1, "c021 01 04 000d 01040514 0305c22381");
}

static void eap_first_servers_are_led_to_what_we_have(void **state)
{
	config.accept = PPP_AUTH_BIT(PPP_AUTH_MSCHAPV2) | PPP_AUTH_BIT(PPP_AUTH_CHAP_MD5);
	open_link();
	feed("c021 01 01 0008 0304c227");
	expect_sent(-1, "c021 03 01 0009 0305c22381");
	feed("c021 01 02 0008 0304c023");
	expect_sent(-1, "c021 03 02 0009 0305c22381");
	feed("c021 01 03 0009 0305c22305");
	expect_sent(-1, "c021 02 03 0009 0305c22305");
}

static void values_out_of_range_are_hinted_at(void **state)
{
	open_link();
	feed("c021 01 01 0008 01040040");		/* MRU 64 */
	expect_sent(-1, "c021 03 01 0008 01040080");
	feed("c021 01 02 000a 050600000000");		/* magic number 0 */
	expect_sent(-1, "c021 03 02 000a 050602020202");
	feed("c021 01 03 0007 010302");			/* MRU of one octet */
	expect_sent(-1, "c021 04 03 0007 010302");
	feed("c021 01 04 0007 070301");			/* PFC with data */
	expect_sent(-1, "c021 04 04 0007 070301");
	feed("c021 01 05 000a 0206000a0000");		/* ACCM */
	expect_sent(-1, "c021 02 05 000a 0206000a0000");
	assert_int_equal(ppp_link_state(&link_)->peer_accm, 0x000a0000);
}

/* It is not answered, but it may be an old frame, or somebody's mischief. */
static void one_echo_of_our_own_is_no_loop(void **state)
{
	unsigned int mark;
	char frame[64];

	open_network(PPP_MPPE_OFF);
	snprintf(frame, sizeof(frame), "c021 09 07 0008 %08x",
		 ppp_link_state(&link_)->local_magic);
	for (unsigned int i = 0; i < 20; i++) {
		mark = n_sent;
		feed(frame);
		assert_int_equal(n_sent, mark);
		/* the peer's own, which is answered */
		feed("c021 09 08 0008 11223344");
		assert_int_equal(n_sent, mark + 1);
	}
	assert_int_equal(link_.reason, PPP_REASON_NONE);
	for (unsigned int i = 0; i < 3; i++)
		feed(frame);
	assert_int_equal(link_.reason, PPP_REASON_LOOPBACK);
}

static void echo_is_answered_within_the_mru(void **state)
{
	uint8_t frame[PPP_FRAME_MAX] = {
		0xc0, 0x21, 9, 5, 1500 >> 8, 1500 & 0xff, 0xaa, 0xbb, 0xcc, 0xdd,
	};

	open_link();
	ack(PPP_PROTO_LCP);
	feed("c021 01 01 000e 01040200 0506aabbccdd");
	feed("c021 09 05 000c aabbccdd 'ping'");
	expect_sent(-1, "c021 0a 05 000c 01010101 'ping'");
	feed_bytes(frame, sizeof(frame));
	assert_int_equal(sent_len[n_sent - 1], 2 + 0x200);
	feed("c021 09 05 0006 aabb");
	assert_int_equal(bads, 1);
}

static void rfc1570_codes_are_tolerated(void **state)
{
	open_lcp();
	feed("c021 0c 03 0012 aabbccdd 'MSRASV5.20'");
	assert_string_equal(ident, "MSRASV5.20");
	feed("c021 0c 04 000e aabbccdd 07'MS'1b0d0a");
	assert_string_equal(ident, "MS");
	feed("c021 0d 04 000c aabbccdd 00000e10");
	feed("c021 0b 04 000a aabbccdd ffff");
	assert_int_equal(bads, 0);
	/* we sent only our first request and answers to the peer's */
	feed("c021 0e 04 0008 aabbccdd");
	assert_int_equal(last()[2], 7);
}

static void windows_says_why_it_leaves(void **state)
{
	open_lcp();
	feed("c021 05 07 0010 aabbccdd 003ccd74 000002e6");
	expect_sent(-1, "c021 06 07 0004");
	ppp_link_tick(&link_, now += 10000);
	assert_true(down);
	assert_int_equal(reason, PPP_REASON_PEER_CLOSED);
	assert_string_equal(text, "closed by the peer: Windows error 742");
}

static void a_text_from_the_peer_is_made_harmless(void **state)
{
	open_lcp();
	feed("c021 05 07 0013 'No'0a'MPPE'1b'[31m'00'%s'");
	ppp_link_tick(&link_, now += 10000);
	assert_string_equal(text, "closed by the peer: NoMPPE[31m%s");
}

static void a_peer_may_leave_while_negotiating(void **state)
{
	open_link();
	feed("c021 05 07 0008 'busy'");
	for (int i = 0; i < 10 && !down; i++)
		ppp_link_tick(&link_, now += 3000);
	assert_true(down);
	assert_string_equal(text, "closed by the peer: busy");
}

static void frames_that_cannot_be_are_dropped(void **state)
{
	static uint8_t big[PPP_FRAME_MAX + 1] = { 0xc0, 0x21, 9, 1, 0x05, 0xdd };
	unsigned int before;

	open_lcp();
	before = n_sent;
	feed("");
	feed("c0");
	feed("c121 01 01 0004");
	feed("c022 01 01 0004");
	feed("c021");
	feed("c021 01");
	feed_bytes(big, sizeof(big));
	assert_int_equal(bads, 7);
	assert_int_equal(n_sent, before);
}

/* --- PAP and CHAP --------------------------------------------------------------------- */

static void pap_answers(void **state)
{
	config.demand[0] = PPP_AUTH_PAP;
	open_lcp();
	password = NULL;
	feed("c023 01 09 0010 04'User'06'secret'");
	assert_int_equal(asked, 1);
	assert_string_equal(request.user, "User");
	assert_int_equal(request.response_len, 6);
	assert_memory_equal(request.response, "secret", 6);
	/* a second request while the owner decides changes nothing */
	feed("c023 01 0a 0010 04'User'06'secret'");
	assert_int_equal(asked, 1);
	{
		const struct ppp_auth_verdict yes = { .message = "hello" };

		ppp_link_auth_verdict(&link_, &yes, now);
	}
	/* our answer, and IPCP behind it */
	expect_sent(-2, "c023 02 09 000a 05'hello'");
	assert_int_equal(ppp_link_state(&link_)->phase, PPP_PHASE_NETWORK);
	/* our answer was lost: it is sent again with the identifier of the new request */
	feed("c023 01 0b 0010 04'User'06'secret'");
	expect_sent(-1, "c023 02 0b 000a 05'hello'");
	assert_int_equal(asked, 1);
}

static void pap_requests_with_wrong_lengths_are_dropped(void **state)
{
	config.demand[0] = PPP_AUTH_PAP;
	open_lcp();
	feed("c023 01 09 0004");
	feed("c023 01 09 0005 04");
	feed("c023 01 09 0009 05'User'");
	feed("c023 01 09 0009 04'User'");
	feed("c023 01 09 0010 04'User'07'secret'");
	feed("c023 01 09 0010 ff'User'06'secret'");
	feed("c023 01 09 0011 04'User'06'secret'");
	feed("c023 01 09 0003 04'User'06'secret'");
	feed("c023 07 09 0004");			/* no such code */
	feed("c023 02 09 0005 00");			/* an answer, but we sent no request */
	feed("c223 02 01 0004");			/* CHAP was not agreed on */
	assert_int_equal(bads, fed - 2);
	assert_int_equal(asked, 0);
	assert_false(down);
}

static void chap_responses_with_wrong_lengths_are_dropped(void **state)
{
	uint8_t frame[PPP_FRAME_MAX] = { 0xc2, 0x23, 2, 1, 0, 0, 49 };

	config.demand[0] = PPP_AUTH_MSCHAPV2;
	open_lcp();
	fed = 0;
	feed("c223 02 01 0004");
	feed("c223 02 01 0005 31");
	feed("c223 02 01 0006 0141");
	feed("c223 02 01 0015 10 00112233445566778899aabbccddeeff");
	feed("c223 02 01 0009 ff'User'");
	feed("c223 02 01 ffff 31'User'");
	/* 49 octets are there but the length field says 48 */
	put_be16(frame + 4, 4 + 1 + 48);
	feed_bytes(frame, 7 + 49);
	/* an identifier that was never used */
	frame[3] = 77;
	memset(frame + 7 + 49, 'n', 4);
	put_be16(frame + 4, 4 + 1 + 49 + 4);
	feed_bytes(frame, 2 + 4 + 1 + 49 + 4);
	assert_int_equal(bads, fed);
	assert_int_equal(asked, 0);
	/* the longest name that is allowed */
	frame[3] = 1;
	memset(frame + 7 + 49, 'n', 255);
	put_be16(frame + 4, 4 + 1 + 49 + 255);
	feed_bytes(frame, 2 + 4 + 1 + 49 + 255);
	assert_int_equal(asked, 1);
	assert_int_equal(request.user_len, 255);
}

/* The peer was refused, though the owner was not asked. */
static void no_such_name(void)
{
	assert_int_equal(asked, 0);
	assert_int_equal(bads, 0);
	ppp_link_tick(&link_, now += 60000);
	ppp_link_tick(&link_, now += 60000);
	assert_true(down);
	assert_int_equal(reason, PPP_REASON_AUTH_PEER_FAILED);
	assert_string_equal(text, "the peer failed to authenticate itself: its name is longer than "
			    "255 octets, or has a NUL in it");
}

static void names_that_cannot_be_are_refused_by_chap(void **state)
{
	uint8_t frame[PPP_FRAME_MAX] = { 0xc2, 0x23, 2, 1, 0, 0, 49 };

	for (unsigned int i = 0; i < 2; i++) {
		size_t len = i ? 8 : 256;

		teardown(state);
		setup(state);
		config.demand[0] = PPP_AUTH_MSCHAPV2;
		open_lcp();
		memset(frame + 7 + 49, 'n', len);
		if (i)
			frame[7 + 49 + 3] = 0;
		put_be16(frame + 4, (uint16_t)(4 + 1 + 49 + len));
		feed_bytes(frame, 2 + 4 + 1 + 49 + len);
		assert_memory_equal(sent[n_sent - 2], "\xc2\x23\x04\x01", 4);
		assert_memory_equal(sent[n_sent - 2] + 6, "E=691 R=0 ", 10);
		assert_memory_equal(last(), "\xc0\x21\x05", 3);
		no_such_name();
	}
}

static void names_that_cannot_be_are_refused_by_pap(void **state)
{
	config.demand[0] = PPP_AUTH_PAP;
	open_lcp();
	feed("c023 01 09 0010 04'Us'00'r'06'secret'");
	expect_sent(-2, "c023 03 09 0005 00");
	no_such_name();
}

static void names_that_cannot_be_are_refused_by_eap(void **state)
{
	uint8_t frame[128] = { 0xc2, 0x27, 2, 2, 0, 62, 26, 2, 2, 0, 57, 49 };

	config.demand[0] = PPP_AUTH_EAP;
	open_lcp();
	feed("c227 02 01 0009 01'Us'00'r'");
	expect_sent(-2, "c227 04 01 0004");
	no_such_name();

	/* inside MS-CHAPv2 */
	teardown(state);
	setup(state);
	config.demand[0] = PPP_AUTH_EAP;
	open_lcp();
	feed("c227 02 01 0009 01'User'");
	memcpy(frame + 12 + 49, "U\0er", 4);
	feed_bytes(frame, 2 + 62 + 1);
	expect_sent(-2, "c227 04 02 0004");
	no_such_name();
}

static void a_challenge_is_repeated_and_then_given_up(void **state)
{
	unsigned int challenges = 0;

	config.demand[0] = PPP_AUTH_MSCHAPV2;
	config.auth_timeout_ms = 1000000;
	open_lcp();
	expect_sent(-1, "c223 01 01 0018 10 02020202020202020202020202020202 'lns'");
	while (!down && ppp_link_deadline(&link_) != NEVER) {
		now = ppp_link_deadline(&link_);
		n_sent = 0;
		ppp_link_tick(&link_, now);
		challenges += n_sent && sent[0][0] == 0xc2;
	}
	assert_int_equal(challenges, 9);
	assert_int_equal(reason, PPP_REASON_AUTH_TIMEOUT);
}

static void success_is_repeated_to_a_repeated_response(void **state)
{
	unsigned int mark;

	config.demand[0] = PPP_AUTH_MSCHAPV2;
	open_lcp();
	mark = n_sent;
	respond(1, "clientPass");
	assert_memory_equal(sent[mark], "\xc2\x23\x03\x01", 4);
	respond(1, "clientPass");
	assert_int_equal(asked, 1);
	assert_int_equal(sent_len[n_sent - 1], sent_len[mark]);
	assert_memory_equal(last(), sent[mark], sent_len[mark]);
}

/* The peer has shown that it received our Success. */
static void success_is_not_kept_longer_than_needed(void **state)
{
	unsigned int mark;

	open_network(PPP_MPPE_OFF);
	assert_non_null(link_.auth.server.talk);
	ack(PPP_PROTO_IPCP);
	assert_null(link_.auth.server.talk);
	mark = n_sent;
	feed_bytes((const uint8_t *)"\xc2\x23\x02\x01\0\x3a\x31"
		   "0123456789abcdef0123456789abcdef0123456789abcdef\0User", 60);
	assert_int_equal(n_sent, mark);
	assert_int_equal(asked, 1);
	assert_int_equal(bads, 1);
	assert_false(down);
}

static void a_copy_of_a_challenge_that_we_passed_means_nothing(void **state)
{
	static const char challenge[] =
		"c223 01 09 0018 10 000102030405060708090a0b0c0d0e0f 'lns'";
	unsigned int mark;

	config.accept = PPP_AUTH_BIT(PPP_AUTH_CHAP_MD5);
	open_link();
	ack(PPP_PROTO_LCP);
	feed("c021 01 01 000f 0305c22305 0506aabbccdd");
	feed(challenge);
	feed("c223 03 09 0004");
	assert_int_equal(ppp_link_state(&link_)->phase, PPP_PHASE_NETWORK);
	assert_null(link_.auth.client.talk);
	mark = n_sent;
	feed(challenge);
	feed("c223 03 09 0004");
	assert_int_equal(n_sent, mark);
	assert_int_equal(bads, 0);
	/* A new challenge is answered, even if it has the same identifier. */
	feed("c223 01 09 0018 10 100102030405060708090a0b0c0d0e0f 'lns'");
	assert_int_equal(n_sent, mark + 1);
	assert_memory_equal(last(), "\xc2\x23\x02\x09", 4);
}

static void a_copy_of_the_success_within_eap_is_confirmed_alike(void **state)
{
	uint8_t frame[64] = { 0xc2, 0x27, 1, 3, 0, 51, 26, 3, 2, 0, 46 };

	config.accept = PPP_AUTH_BIT(PPP_AUTH_EAP);
	open_link();
	ack(PPP_PROTO_LCP);
	feed("c021 01 01 000e 0304c227 0506aabbccdd");
	feed("c227 01 02 001a 1a 01 02 0015 10 000102030405060708090a0b0c0d0e0f");
	mschapv2_authenticator_text(link_.auth.client.talk->expected, (char *)frame + 11);
	feed_bytes(frame, 53);
	expect_sent(-1, "c227 02 03 0006 1a 03");
	feed("c227 03 03 0004");
	assert_int_equal(ppp_link_state(&link_)->phase, PPP_PHASE_NETWORK);
	frame[3] = 4;
	feed_bytes(frame, 53);
	expect_sent(-1, "c227 02 04 0006 1a 03");
	assert_false(down);
}

static void nobody_else_answers_a_rechallenge(void **state)
{
	config.rechallenge_ms = 10000;
	config.echo_interval_ms = 0;
	open_network(PPP_MPPE_OFF);
	ack(PPP_PROTO_IPCP);
	feed("8021 01 01 000a 0306 0a000007");
	while (last()[0] != 0xc2)
		ppp_link_tick(&link_, now = ppp_link_deadline(&link_));
	assert_memory_equal(last(), "\xc2\x23\x01\x02", 4);
	respond_as(2, "clientPass", "Evil");
	assert_int_equal(asked, 1);
	assert_int_equal(bads, 1);
	respond_as(2, "clientPass", "User");
	assert_int_equal(asked, 2);
	assert_true(ipv4);
	/* Only another answers the next one. */
	while (!down) {
		n_sent = 0;
		ppp_link_tick(&link_, now = ppp_link_deadline(&link_));
		if (n_sent && sent[0][0] == 0xc2)
			respond_as(3, "clientPass", "Evil");
	}
	assert_int_equal(asked, 2);
	assert_int_equal(reason, PPP_REASON_AUTH_TIMEOUT);
}

static void a_response_without_an_answer_is_repeated_a_while(void **state)
{
	unsigned int responses = 0;

	config.accept = PPP_AUTH_BIT(PPP_AUTH_CHAP_MD5);
	config.auth_timeout_ms = 1000000;
	config.echo_interval_ms = 0;
	open_link();
	ack(PPP_PROTO_LCP);
	feed("c021 01 01 000f 0305c22305 0506aabbccdd");
	feed("c223 01 09 0018 10 000102030405060708090a0b0c0d0e0f 'lns'");
	while (!down) {
		n_sent = 0;
		ppp_link_tick(&link_, now = ppp_link_deadline(&link_));
		responses += n_sent && sent[0][0] == 0xc2;
	}
	assert_int_equal(responses, 9);
	assert_int_equal(reason, PPP_REASON_AUTH_TIMEOUT);
}

static void a_retry_is_offered_and_taken(void **state)
{
	config.demand[0] = PPP_AUTH_MSCHAPV2;
	config.auth_retries = 1;
	open_lcp();
	respond(1, "wrong");
	expect_sent(-1, "c223 04 01 004c "
			"'E=691 R=1 C=03030303030303030303030303030303 V=3 M=Authentication failed'");
	assert_false(down);
	/* the old response again: it is refused again without asking the owner */
	respond(1, "wrong");
	assert_int_equal(asked, 1);
	respond(2, "clientPass");
	assert_int_equal(asked, 2);
	assert_memory_equal(request.challenge, "\3\3\3\3\3\3\3\3\3\3\3\3\3\3\3\3", 16);
	assert_int_equal(ppp_link_state(&link_)->phase, PPP_PHASE_NETWORK);
}

static void retries_come_to_an_end(void **state)
{
	config.demand[0] = PPP_AUTH_MSCHAPV2;
	config.auth_retries = 2;
	open_lcp();
	respond(1, "wrong");
	respond(2, "wrong");
	respond(3, "wrong");
	assert_int_equal(asked, 3);
	/* the Failure with R=0, then the LCP Terminate-Request */
	expect_sent(-2, "c223 04 03 004c "
			"'E=691 R=0 C=04040404040404040404040404040404 V=3 M=Authentication failed'");
	assert_memory_equal(last(), "\xc0\x21\x05", 3);
}

static void version_1_has_its_own_challenge(void **state)
{
	uint8_t frame[64] = { 0xc2, 0x23, 2, 1, 0, 4 + 1 + 49 + 4, 49 };
	uint8_t hash[MSCHAP_HASH_LEN];

	config.demand[0] = PPP_AUTH_MSCHAP;
	open_lcp();
	expect_sent(-1, "c223 01 01 0010 08 0202020202020202 'lns'");
	memcpy(frame + 7 + 49, "User", 4);
	/*
	 * A correct NT response that is not marked as one does not count; an LM response is
	 * not accepted.
	 */
	assert_true(nt_hash("clientPass", 10, hash));
	mschap_challenge_response(link_.auth.server.talk->challenge, hash,
				  frame + 7 + MSCHAP_VALUE_NT);
	feed_bytes(frame, 7 + 49 + 4);
	expect_sent(-2, "c223 04 01 003c "
			"'E=691 R=0 C=0202020202020202 V=2 M=Authentication failed'");
}

static void a_change_of_password_is_refused(void **state)
{
	uint8_t frame[PPP_FRAME_MAX] = { 0xc2, 0x23, 7, 2, 586 >> 8, 586 & 0xff };

	config.demand[0] = PPP_AUTH_MSCHAPV2;
	config.auth_retries = 1;
	open_lcp();
	respond(1, "wrong");
	feed_bytes(frame, 2 + 586);
	assert_memory_equal(sent[n_sent - 2], "\xc2\x23\x04\x02", 4);
	assert_memory_equal(sent[n_sent - 2] + 6, "E=709 R=0 ", 10);
	feed("c021 06 02 0004");
	ppp_link_tick(&link_, now += 10000);
	assert_int_equal(error, 709);
}

static void failures_of_any_form_are_understood(void **state)
{
	static const struct {
		const char *message;
		unsigned int error;
		const char *text;
	} cases[] = {
		{ "E=691 R=0 C=00 V=3 M=Go away", 691, "(MS-CHAP 691), Go away" },
		{ "E=647 R=0", 647, "account disabled (MS-CHAP 647)" },
		{ "R=1 E=649 C=", 649, "no permission to dial in (MS-CHAP 649)" },
		{ "TYPE=3 E=646", 646, "(MS-CHAP 646)" },
		{ "E=99999999999999999999", 0, "refused our user or password" },
		{ "E=-5 M=", 0, "refused our user or password" },
		{ "", 0, "refused our user or password" },
		{ "gibberish", 0, "refused our user or password" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint8_t frame[128] = { 0xc2, 0x23, 4, 9 };
		size_t len = strlen(cases[i].message);

		setup(state);
		config.accept = PPP_AUTH_BIT(PPP_AUTH_MSCHAPV2);
		open_link();
		ack(PPP_PROTO_LCP);
		feed("c021 01 01 000f 0305c22381 0506aabbccdd");
		feed("c223 01 09 0018 10 000102030405060708090a0b0c0d0e0f 'lns'");
		assert_memory_equal(last(), "\xc2\x23\x02\x09\x00\x3a\x31", 7);
		put_be16(frame + 4, (uint16_t)(4 + len));
		memcpy(frame + 6, cases[i].message, len);
		feed_bytes(frame, 6 + len);
		feed("c021 06 02 0004");
		for (int k = 0; k < 10 && !down; k++)
			ppp_link_tick(&link_, now += 3000);
		assert_true(down);
		assert_int_equal(reason, PPP_REASON_AUTH_WE_FAILED);
		assert_int_equal(error, cases[i].error);
		if (!strstr(text, cases[i].text))
			fail_msg("'%s' gave '%s'", cases[i].message, text);
	}
}

static void challenges_with_wrong_lengths_are_not_answered(void **state)
{
	unsigned int before;

	config.accept = PPP_AUTH_BIT(PPP_AUTH_MSCHAPV2);
	open_link();
	ack(PPP_PROTO_LCP);
	feed("c021 01 01 000f 0305c22381 0506aabbccdd");
	before = n_sent;
	fed = 0;
	feed("c223 01 09 0004");
	feed("c223 01 09 0005 00");
	feed("c223 01 09 000d 08 0001020304050607");
	feed("c223 01 09 0009 10 00010203");
	feed("c223 03 09 0004");
	feed("c223 04 09 0004");
	assert_int_equal(bads, fed);
	assert_int_equal(n_sent, before);
	assert_false(down);
}

static void our_own_challenge_is_not_answered(void **state)
{
	unsigned int before;

	config.demand[0] = PPP_AUTH_MSCHAPV2;
	config.accept = PPP_AUTH_BIT(PPP_AUTH_MSCHAPV2);
	open_link();
	ack(PPP_PROTO_LCP);
	feed("c021 01 01 000f 0305c22381 0506aabbccdd");
	before = n_sent;
	feed("c223 01 09 0018 10 02020202020202020202020202020202 'you'");
	assert_int_equal(n_sent, before);
	assert_int_equal(bads, 1);
	feed("c223 01 0a 0018 10 52020202020202020202020202020202 'you'");
	assert_int_equal(n_sent, before + 1);
}

/* --- EAP ------------------------------------------------------------------------------ */

static void eap_offers_what_the_peer_wants(void **state)
{
	config.demand[0] = PPP_AUTH_EAP;
	config.eap[0] = PPP_AUTH_MSCHAPV2;
	config.eap[1] = PPP_AUTH_CHAP_MD5;
	open_lcp();
	expect_sent(0, "c021 01 01 0012 0304c227 050601010101 0702 0802");
	expect_sent(-1, "c227 01 01 0005 01");
	feed("c227 02 01 0009 01'User'");
	expect_sent(-1, "c227 01 02 001d 1a 01 02 0018 10 02020202020202020202020202020202 'lns'");
	/* the peer suggests TLS or MD5 */
	feed("c227 02 02 0007 03 0d 04");
	expect_sent(-1, "c227 01 03 0019 04 10 03030303030303030303030303030303 'lns'");
	/* MD5 was our last method */
	feed("c227 02 03 0006 03 1a");
	assert_memory_equal(sent[n_sent - 2], "\xc2\x27\x04\x03\x00\x04", 6);
	assert_memory_equal(last(), "\xc0\x21\x05", 3);
}

static void eap_responses_with_wrong_lengths_are_dropped(void **state)
{
	uint8_t frame[128] = { 0xc2, 0x27, 2, 2, 0, 0, 26, 2, 2, 0, 0, 49 };
	const size_t full = 4 + 1 + 4 + 1 + 49 + 4;

	config.demand[0] = PPP_AUTH_EAP;
	open_lcp();
	fed = 0;
	feed("c227 02 01 0004");
	feed("c227 02 01 0005 04");
	feed("c227 02 01 0003 01");
	feed("c227 01 01 0005 01");		/* we did not agree to be asked */
	feed("c227 05 01 0004");
	assert_int_equal(bads, fed);
	feed("c227 02 09 0009 01'User'");	/* a response with another identifier */
	assert_int_equal(bads, fed - 1);
	feed("c227 02 01 0009 01'User'");
	bads = fed = 0;
	feed("c227 02 02 0005 1a");
	feed("c227 02 02 0006 1a 02");
	feed("c227 02 02 0009 1a 02 02 0004");
	feed("c227 02 02 000a 1a 02 02 0005 31");
	/* correct except for the inner length, then except for the OpCode */
	memcpy(frame + 12 + 49, "User", 4);
	put_be16(frame + 4, full);
	put_be16(frame + 9, full);
	feed_bytes(frame, full + 2);
	put_be16(frame + 9, full - 5);
	frame[7] = 3;
	feed_bytes(frame, full + 2);
	assert_int_equal(bads, fed);
	assert_int_equal(asked, 0);
	frame[7] = 2;
	feed_bytes(frame, full + 2);
	assert_int_equal(asked, 1);
	assert_int_equal(request.method, PPP_AUTH_MSCHAPV2);
	assert_string_equal(request.user, "User");
	assert_int_equal(request.response_len, 49);
}

static void eap_is_handed_to_the_owner(void **state)
{
	static const uint8_t question[] = { 1, 0x47, 0, 7, 99, 1, 2 };
	static const uint8_t success[] = { 3, 0x47, 0, 4 };
	static const uint8_t lie[] = { 1, 0x48, 0, 9, 99 };
	struct ppp_auth_verdict verdict = {
		.result = PPP_AUTH_CONTINUE, .eap = question, .eap_len = sizeof(question),
	};

	config.demand[0] = PPP_AUTH_EAP;
	config.eap_relay = true;
	password = NULL;
	open_lcp();
	feed("c227 02 01 0009 01'User'");
	assert_int_equal(asked, 1);
	assert_int_equal(request.method, PPP_AUTH_EAP);
	assert_string_equal(request.user, "User");
	assert_int_equal(request.eap_len, 9);
	ppp_link_auth_verdict(&link_, &verdict, now);
	expect_sent(-1, "c227 01 47 0007 63 0102");
	/* sent again if no response comes */
	ppp_link_tick(&link_, now = ppp_link_deadline(&link_));
	expect_sent(-1, "c227 01 47 0007 63 0102");
	feed("c227 02 47 0006 63 01");
	assert_int_equal(asked, 2);
	verdict = (struct ppp_auth_verdict){
		.result = PPP_AUTH_OK, .eap = success, .eap_len = sizeof(success),
	};
	ppp_link_auth_verdict(&link_, &verdict, now);
	expect_sent(-2, "c227 03 47 0004");
	assert_int_equal(ppp_link_state(&link_)->peer_auth, PPP_AUTH_EAP);
	assert_int_equal(ppp_link_state(&link_)->phase, PPP_PHASE_NETWORK);

	/* An owner's packet with a wrong length field is not passed on. */
	setup(state);
	config.demand[0] = PPP_AUTH_EAP;
	config.eap_relay = true;
	password = NULL;
	open_lcp();
	feed("c227 02 01 0009 01'User'");
	verdict = (struct ppp_auth_verdict){
		.result = PPP_AUTH_CONTINUE, .eap = lie, .eap_len = sizeof(lie),
	};
	ppp_link_auth_verdict(&link_, &verdict, now);
	assert_memory_equal(sent[n_sent - 2], "\xc2\x27\x04", 3);
	assert_memory_equal(last(), "\xc0\x21\x05", 3);
}

/* Open a link that hands EAP to its owner, which has put this packet to a peer called User. */
static void open_relay(const uint8_t *eap, size_t len, uint32_t wait_ms)
{
	const struct ppp_auth_verdict verdict = {
		.result = PPP_AUTH_CONTINUE, .eap = eap, .eap_len = (uint16_t)len,
		.eap_wait_ms = wait_ms,
	};

	config.demand[0] = PPP_AUTH_EAP;
	config.eap_relay = true;
	config.echo_interval_ms = 0;
	password = NULL;
	open_lcp();
	feed("c227 02 01 0009 01'User'");
	ppp_link_auth_verdict(&link_, &verdict, now);
}

static const uint8_t ask_47[] = { 1, 0x47, 0, 7, 99, 1, 2 };

static void responses_are_handed_over_once(void **state)
{
	uint64_t end;

	open_relay(ask_47, sizeof(ask_47), 0);
	assert_int_equal(asked, 1);
	/* the Identity response once more, and one to what was not asked yet */
	feed("c227 02 01 0009 01'User'");
	feed("c227 02 48 0006 63 01");
	assert_int_equal(asked, 1);
	feed("c227 02 47 0006 63 01");
	assert_int_equal(asked, 2);
	assert_string_equal(request.user, "User");
	/* the peer grows impatient while the owner is asked */
	feed("c227 02 47 0006 63 01");
	assert_int_equal(asked, 2);
	/* nothing is sent again meanwhile: only the whole phase has an end */
	end = ppp_link_deadline(&link_);
	assert_in_range(end - now, config.auth_timeout_ms - 1000, config.auth_timeout_ms);
}

/* EAP has fragments inside its methods; the largest of them fills a frame in either direction. */
static void whole_frames_of_eap_pass(void **state)
{
	static uint8_t ask[PPP_MRU_DEFAULT] = { 1, 0x47, 0x05, 0xdc, 13 };
	uint8_t answer[PPP_FRAME_MAX] = { 0xc2, 0x27, 2, 0x47, 0x05, 0xdc, 13 };

	ask[sizeof(ask) - 1] = 0xee;
	open_relay(ask, sizeof(ask), 0);
	assert_int_equal(sent_len[n_sent - 1], PPP_FRAME_MAX);
	assert_memory_equal(last() + 2, ask, sizeof(ask));
	feed_bytes(answer, sizeof(answer));
	assert_int_equal(asked, 2);
	assert_int_equal(request.eap_len, PPP_MRU_DEFAULT);
}

static void the_user_has_the_time_that_the_owner_gives(void **state)
{
	uint64_t late;

	open_relay(ask_47, sizeof(ask_47), 20000);
	assert_int_equal(ppp_link_deadline(&link_), now + 20000);
	ppp_link_tick(&link_, now = ppp_link_deadline(&link_));
	expect_sent(-1, "c227 01 47 0007 63 0102");
	assert_in_range(ppp_link_deadline(&link_), now + 1, now + config.restart_max_ms);

	/* all of it has to be over in time, whatever the owner says */
	setup(state);
	open_relay(ask_47, sizeof(ask_47), UINT32_MAX);
	late = ppp_link_deadline(&link_);
	assert_in_range(late - now, config.auth_timeout_ms - 1000, config.auth_timeout_ms);
}

static void only_requests_are_put_to_the_peer(void **state)
{
	static const uint8_t success[] = { 3, 0x47, 0, 4 };

	open_relay(success, sizeof(success), 0);
	/* Failure, and the end of the link */
	assert_memory_equal(sent[n_sent - 2], "\xc2\x27\x04", 3);
	assert_memory_equal(last(), "\xc0\x21\x05", 3);
}

static void the_end_has_the_identifier_of_the_response(void **state)
{
	const struct ppp_auth_verdict yes = { .result = PPP_AUTH_OK };

	open_relay(ask_47, sizeof(ask_47), 0);
	feed("c227 02 47 0006 63 01");
	ppp_link_auth_verdict(&link_, &yes, now);
	expect_sent(-2, "c227 03 47 0004");
}

static void the_owner_hears_that_the_peer_begins_anew(void **state)
{
	open_relay(ask_47, sizeof(ask_47), 0);
	assert_int_equal(cancelled, 0);
	feed("c021 01 09 000a 0506aabbccdd");
	assert_int_equal(cancelled, 1);
	/* a response to what was asked before means nothing */
	feed("c227 02 47 0006 63 01");
	assert_int_equal(asked, 1);
	assert_int_equal(cancelled, 1);
}

static void the_owner_hears_that_the_peer_is_gone(void **state)
{
	const struct ppp_auth_verdict yes = { .result = PPP_AUTH_OK };

	open_relay(ask_47, sizeof(ask_47), 0);
	ppp_link_lower_down(&link_, now);
	assert_int_equal(cancelled, 1);
	assert_true(down);

	/* not when all was said */
	setup(state);
	open_relay(ask_47, sizeof(ask_47), 0);
	feed("c227 02 47 0006 63 01");
	ppp_link_auth_verdict(&link_, &yes, now);
	ppp_link_lower_down(&link_, now);
	assert_int_equal(cancelled, 0);
}

static void a_silent_peer_is_not_asked_for_ever(void **state)
{
	unsigned int ticks = 0;

	open_relay(ask_47, sizeof(ask_47), 0);
	for (; !down && ticks < 100; ticks++)
		ppp_link_tick(&link_, now = ppp_link_deadline(&link_));
	assert_int_equal(reason, PPP_REASON_AUTH_TIMEOUT);
	assert_int_equal(cancelled, 1);
}

static void open_eap_client(void)
{
	config.accept = PPP_AUTH_BIT(PPP_AUTH_EAP);
	open_link();
	ack(PPP_PROTO_LCP);
	feed("c021 01 01 000e 0304c227 0506aabbccdd");
}

static void eap_requests_are_answered(void **state)
{
	open_eap_client();
	feed("c227 01 11 0009 01'who?'");
	expect_sent(-1, "c227 02 11 0009 01'User'");
	feed("c227 01 12 0009 02'note'");
	expect_sent(-1, "c227 02 12 0005 02");
	feed("c227 01 13 0006 0d 20");
	expect_sent(-1, "c227 02 13 0006 03 1a");
	feed("c227 01 14 0016 04 10 000102030405060708090a0b0c0d0e0f");
	expect_sent(-1, "c227 02 14 0006 03 1a");
	/* a Success before any method was done does not count */
	feed("c227 03 14 0004");
	assert_int_equal(bads, 1);
	assert_int_equal(ppp_link_state(&link_)->phase, PPP_PHASE_AUTHENTICATE);
	feed("8021 01 01 000a 0306 0a000001");
	assert_int_equal(ppp_link_state(&link_)->phase, PPP_PHASE_AUTHENTICATE);
	/* a frame of the network phase does not count either */
	assert_int_equal(bads, 2);
	/* copies of a challenge get copies of the response */
	feed("c227 01 15 001a 1a 01 15 0015 10 000102030405060708090a0b0c0d0e0f");
	feed("c227 01 15 001a 1a 01 15 0015 10 000102030405060708090a0b0c0d0e0f");
	assert_int_equal(sent_len[n_sent - 1], sent_len[n_sent - 2]);
	assert_memory_equal(last(), sent[n_sent - 2], sent_len[n_sent - 1]);
	feed("c227 01 16 000d 1a 01 16 0008 04 0001 02");
	assert_int_equal(bads, 3);
	feed("c227 01 16 0006 1a 01");
	assert_int_equal(bads, 4);
}

static void eap_success_that_was_lost_is_implied(void **state)
{
	config.eap[0] = PPP_AUTH_CHAP_MD5;
	open_eap_client();
	feed("c227 01 11 0005 01");
	feed("c227 01 14 0016 04 10 000102030405060708090a0b0c0d0e0f");
	assert_int_equal(last()[2], 2);
	assert_int_equal(ppp_link_state(&link_)->phase, PPP_PHASE_AUTHENTICATE);
	feed("8021 01 01 000a 0306 0a000001");
	assert_int_equal(ppp_link_state(&link_)->phase, PPP_PHASE_NETWORK);
	expect_sent(-1, "8021 02 01 000a 0306 0a000001");
}

/* --- CCP and IPCP --------------------------------------------------------------------- */

static void windows_bits_are_narrowed_down(void **state)
{
	open_network(PPP_MPPE_REQUIRED);
	ack(PPP_PROTO_CCP);
	feed("80fd 01 04 000a 1206 010000e1");
	expect_sent(-1, "80fd 03 04 000a 1206 01000040");
	feed("80fd 01 05 000a 1206 01000040");
	expect_sent(-1, "80fd 02 05 000a 1206 01000040");
	/* compression only, and stateful mode: we want neither */
	feed("80fd 01 06 000a 1206 00000001");
	expect_sent(-1, "80fd 03 06 000a 1206 01000040");
	feed("80fd 01 07 000a 1206 00000040");
	expect_sent(-1, "80fd 03 07 000a 1206 01000040");
	feed("80fd 01 08 0008 1204 0100");
	expect_sent(-1, "80fd 04 08 0008 1204 0100");
}

static void compression_proper_is_rejected(void **state)
{
	open_network(PPP_MPPE_PREFERRED);
	feed("80fd 01 04 000f 1a047800 18047800 15032f");
	expect_sent(-1, "80fd 04 04 000f 1a047800 18047800 15032f");
	/* an empty request: we suggest once what we want */
	feed("80fd 01 05 0004");
	expect_sent(-1, "80fd 03 05 000a 1206 01000040");
	/* then we acknowledge; CCP without MPPE is closed again */
	ack(PPP_PROTO_CCP);
	feed("80fd 01 06 0004");
	expect_sent(-2, "80fd 02 06 0004");
	assert_memory_equal(last(), "\x80\xfd\x05", 3);
	assert_false(down);
	/* IPv4 no longer has to wait for CCP */
	ack(PPP_PROTO_IPCP);
	feed("8021 01 01 000a 0306 0a000007");
	feed("80fd 06 02 0004");
	assert_true(ipv4);
}

/* The network phase, with IPCP open in both directions. */
static void open_ipcp(void)
{
	open_network(PPP_MPPE_PREFERRED);
	feed("8021 01 01 000a 0306 0a000007");
	ack(PPP_PROTO_IPCP);
	assert_true(ppp_link_state(&link_)->open & PPP_OPEN_IPCP);
}

/* Let time pass in the steps of the timers. */
static void wait_until(uint64_t end)
{
	while (ppp_link_deadline(&link_) <= end)
		ppp_link_tick(&link_, now = ppp_link_deadline(&link_));
	ppp_link_tick(&link_, now = end);
}

static void a_peer_without_a_word_of_ccp_is_not_waited_for_long(void **state)
{
	open_ipcp();
	wait_until(now + 1990);
	assert_false(ipv4);
	wait_until(now + 20);
	assert_true(ipv4);
	assert_false(down);

	/* It was only slow: packets are shorter from now on, and this is told. */
	feed("80fd 01 05 000a 1206 01000040");
	ack(PPP_PROTO_CCP);
	assert_true(ppp_link_state(&link_)->open & PPP_OPEN_CCP);
	assert_true(ipv4);
	assert_int_equal(ipv4_ups, 2);
}

static void a_peer_that_speaks_ccp_is_waited_for(void **state)
{
	open_ipcp();
	wait_until(now + 1000);
	feed("80fd 01 04 000a 1206 010000e1");
	wait_until(now + 5000);
	assert_false(ipv4);
	feed("80fd 01 05 000a 1206 01000040");
	ack(PPP_PROTO_CCP);
	assert_true(ipv4);
	assert_int_equal(ipv4_ups, 1);
}

/* Otherwise we would go on to send encrypted packets to a peer that cannot read them. */
static void a_key_for_a_peer_that_rejects_ccp_is_void(void **state)
{
	open_ipcp();
	/* The first two are held back. */
	feed("80fd 01 05 000a 1206 01000040");
	feed("80fd 01 06 000a 1206 01000040");
	assert_int_equal(keys, 0);
	feed("80fd 01 07 000a 1206 01000040");
	assert_int_equal(keys, 1);
	feed("c021 08 03 0010 80fd 0101000a120601000040");
	assert_int_equal(keys, 0);
	assert_true(ipv4);
	assert_false(down);
}

/* Setting it again would begin its keystream again, for packets that are others. */
static void a_key_is_set_once_for_copies_of_a_request(void **state)
{
	static const char asks[] = "80fd 01 05 000a 1206 01000040";
	static const char acked[] = "80fd 02 05 000a 1206 01000040";

	open_network(PPP_MPPE_REQUIRED);
	feed(asks);
	feed(asks);
	feed(asks);
	expect_sent(-1, acked);
	assert_int_equal(keyings, 1);
	feed(asks);
	expect_sent(-1, acked);
	assert_int_equal(keyings, 1);
	/* A new request is for a key that begins anew. */
	feed("80fd 01 06 000a 1206 01000040");
	assert_int_equal(keyings, 2);
	ack(PPP_PROTO_CCP);
	assert_true(ppp_link_state(&link_)->open & PPP_OPEN_CCP);
	feed("80fd 01 06 000a 1206 01000040");
	assert_int_equal(keyings, 2);
	assert_true(ppp_link_state(&link_)->open & PPP_OPEN_CCP);
}

/* It has our Ack of IPCP, and waited for nothing else than that. */
static void a_peer_that_rejects_ccp_can_send_then(void **state)
{
	static const char asks[] = "8021 01 01 000a 0306 0a000007";

	open_network(PPP_MPPE_PREFERRED);
	feed(asks);
	feed(asks);
	feed(asks);
	expect_sent(-1, "8021 02 01 000a 0306 0a000007");
	assert_int_equal(readies, 0);
	feed("c021 08 03 0010 80fd 0101000a120601000040");
	assert_int_equal(readies, 1);
	ack(PPP_PROTO_IPCP);
	assert_true(ipv4);
	assert_int_equal(ipv4_ups, 1);
}

static void a_peer_without_ccp_is_refused_with_words(void **state)
{
	open_network(PPP_MPPE_REQUIRED);
	/* Protocol-Reject of our Configure-Request */
	feed("c021 08 03 0010 80fd 0101000a120601000040");
	assert_memory_equal(last(), "\xc0\x21\x05", 3);
	feed("c021 06 02 0004");
	ppp_link_tick(&link_, now += 10000);
	assert_true(down);
	assert_int_equal(reason, PPP_REASON_MPPE_REFUSED);
	assert_non_null(strstr(text, "does not speak CCP"));
}

/* As pppd does with "nomppe". */
static void a_peer_that_rejects_mppe_is_refused_with_words(void **state)
{
	open_network(PPP_MPPE_REQUIRED);
	feed("80fd 04 01 000a 1206 01000040");
	for (unsigned int i = 0; i < 8; i++)
		ppp_link_tick(&link_, now += 10000);
	assert_true(down);
	assert_int_equal(reason, PPP_REASON_MPPE_REFUSED);
	assert_non_null(strstr(text, "it rejects MPPE"));
}

/* The network phase, as seen from the end that logged in, with keys. */
static void open_network_as_client(void)
{
	uint8_t success[64] = { 0xc2, 0x27, 1, 3, 0, 51, 26, 3, 2, 0, 46 };

	config.accept = PPP_AUTH_BIT(PPP_AUTH_EAP);
	config.mppe = PPP_MPPE_REQUIRED;
	open_link();
	ack(PPP_PROTO_LCP);
	feed("c021 01 01 000e 0304c227 0506aabbccdd");
	feed("c227 01 02 001a 1a 01 02 0015 10 000102030405060708090a0b0c0d0e0f");
	mschapv2_authenticator_text(link_.auth.client.talk->expected, (char *)success + 11);
	feed_bytes(success, 53);
	feed("c227 03 03 0004");
	assert_int_equal(ppp_link_state(&link_)->phase, PPP_PHASE_NETWORK);
}

/* Whoever is not ready for our Ack yet, as accel-ppp may be, asks for nothing else before it is. */
static void a_client_acknowledges_ccp_when_the_peer_has_gone_on(void **state)
{
	static const char asks[] = "80fd 01 04 000a 1206 01000040";
	static const char acked[] = "80fd 02 04 000a 1206 01000040";
	unsigned int mark;

	open_network_as_client();
	mark = n_sent;
	feed(asks);
	assert_int_equal(n_sent, mark);
	assert_int_equal(keys, 0);
	/* It begins with IPCP, too. */
	feed("8021 01 01 000a 0306 0a000001");
	expect_sent((int)mark, acked);
	assert_int_equal(keys, 1);
	ack(PPP_PROTO_CCP);
	assert_true(ppp_link_state(&link_)->open & PPP_OPEN_CCP);

	/* Or it acknowledges our request. */
	setup(state);
	open_network_as_client();
	feed(asks);
	mark = n_sent;
	ack(PPP_PROTO_CCP);
	assert_int_equal(n_sent, mark + 1);
	expect_sent(-1, acked);
	assert_true(ppp_link_state(&link_)->open & PPP_OPEN_CCP);

	/* Or it is silent, and waits for us. */
	setup(state);
	open_network_as_client();
	feed(asks);
	mark = n_sent;
	wait_until(now + 250);
	expect_sent((int)mark, acked);
	ack(PPP_PROTO_CCP);
	assert_true(ppp_link_state(&link_)->open & PPP_OPEN_CCP);
}

/* A server waits for our request to be acknowledged, whatever else the peer has begun with. */
static void a_server_does_not_let_go_of_ccp_for_ipcp(void **state)
{
	unsigned int mark;

	open_network(PPP_MPPE_REQUIRED);
	feed("80fd 01 04 000a 1206 01000040");
	mark = n_sent;
	feed("8021 01 01 000a 0306 0a000007");
	assert_int_equal(n_sent, mark);
	ack(PPP_PROTO_CCP);
	expect_sent(-1, "80fd 02 04 000a 1206 01000040");
}

/* Everything is open, and MPPE is in use. */
static void open_encrypted(void)
{
	open_network(PPP_MPPE_REQUIRED);
	feed("80fd 01 04 000a 1206 01000040");
	ack(PPP_PROTO_CCP);
	ack(PPP_PROTO_IPCP);
	feed("8021 01 01 000a 0306 0a000007");
	assert_true(ipv4);
}

/* Feed a Protocol-Reject of @protocol each second, @n times. */
static void reject_data(const char *protocol, unsigned int n)
{
	char frame[64];

	snprintf(frame, sizeof(frame), "c021 08 09 000a %s 90001122", protocol);
	while (n--) {
		ppp_link_tick(&link_, now += 1000);
		feed(frame);
	}
}

static void a_peer_may_reject_data_before_it_is_ready(void **state)
{
	open_encrypted();
	reject_data("00fd", 10);
	assert_false(down);
	assert_true(ipv4);
	assert_true(ppp_link_state(&link_)->open & PPP_OPEN_CCP);
	/* It is ready now: that it rejects something again much later is another matter. */
	data_frames += 100;
	ppp_link_tick(&link_, now += 5000);
	reject_data("00fd", 10);
	assert_int_equal(link_.reason, PPP_REASON_NONE);
}

static void a_peer_may_not_reject_data_for_ever(void **state)
{
	open_encrypted();
	/* It sends data, so it cannot be that it understands nothing. */
	for (unsigned int i = 0; i < 20; i++) {
		data_frames += 100;
		reject_data("00fd", 1);
	}
	assert_int_equal(link_.reason, PPP_REASON_NONE);
	reject_data("00fd", 11);
	feed("c021 06 02 0004");
	ppp_link_tick(&link_, now += 10000);
	assert_true(down);
	assert_int_equal(reason, PPP_REASON_PROTOCOL);
	assert_non_null(strstr(text, "it agreed to encryption, and rejects encrypted frames"));
}

/* TCP that waits sends seldom. */
static void rejects_may_be_far_apart(void **state)
{
	open_encrypted();
	for (unsigned int i = 0; i < 3; i++) {
		reject_data("00fd", 1);
		now += 20000;
	}
	assert_int_equal(link_.reason, PPP_REASON_NONE);
	reject_data("00fd", 1);
	assert_int_equal(link_.reason, PPP_REASON_PROTOCOL);
}

static void a_reject_of_data_that_is_not_in_use_means_nothing(void **state)
{
	open_network(PPP_MPPE_OFF);
	ack(PPP_PROTO_IPCP);
	feed("8021 01 01 000a 0306 0a000007");
	reject_data("00fd", 20);
	reject_data("0057", 20);
	assert_false(down);
	assert_true(ipv4);
	reject_data("0021", 11);
	assert_int_equal(link_.reason, PPP_REASON_PROTOCOL);
}

static void ccp_is_not_spoken_where_it_is_off(void **state)
{
	open_network(PPP_MPPE_OFF);
	feed("80fd 01 04 000a 1206 01000040");
	expect_sent(-1, "c021 08 02 0010 80fd 0104000a120601000040");
	assert_false(down);
}

static void addresses_and_servers_are_given_out(void **state)
{
	open_network(PPP_MPPE_OFF);
	expect_sent(-1, "8021 01 01 000a 0306 0a000001");
	/* the options that Windows asks for; we have one DNS server and no NBNS */
	feed("8021 01 01 0028 0306 00000000 8106 00000000 8206 00000000 8306 00000000"
	     "8406 00000000 0206 002d0f01");
	expect_sent(-1, "8021 04 01 001c 8206 00000000 8306 00000000 8406 00000000 0206 002d0f01");
	feed("8021 01 02 0010 0306 00000000 8106 00000000");
	expect_sent(-1, "8021 03 02 0010 0306 0a000007 8106 0a000035");
	/* the Ack for the correct request is held back until our request is acknowledged */
	feed("8021 01 03 0010 0306 0a000007 8106 0a000035");
	expect_sent(-1, "8021 03 02 0010 0306 0a000007 8106 0a000035");
	assert_false(ipv4);
	ack(PPP_PROTO_IPCP);
	expect_sent(-1, "8021 02 03 0010 0306 0a000007 8106 0a000035");
	assert_true(ipv4);
}

static void an_address_is_not_the_peers_to_choose(void **state)
{
	open_network(PPP_MPPE_OFF);
	for (int i = 0; i < 5; i++) {
		feed("8021 01 01 000a 0306 08080808");
		expect_sent(-1, "8021 03 01 000a 0306 0a000007");
	}
	feed("8021 01 01 000a 0306 08080808");
	expect_sent(-1, "8021 04 01 000a 0306 08080808");
	/* the peer cannot change our address either */
	feed("8021 03 01 000a 0306 08080808");
	expect_sent(-1, "8021 01 02 000a 0306 0a000001");
}

static void an_address_may_be_the_peers_to_choose(void **state)
{
	open_network(PPP_MPPE_OFF);
	free_address = inet_addr("10.0.0.9");
	/* what is not free, or cannot be an address, or is ours */
	feed("8021 01 01 000a 0306 08080808");
	expect_sent(-1, "8021 03 01 000a 0306 0a000007");
	assert_int_equal(choices, 1);
	feed("8021 01 02 000a 0306 00000000");
	expect_sent(-1, "8021 03 02 000a 0306 0a000007");
	feed("8021 01 03 000a 0306 0a000001");
	expect_sent(-1, "8021 03 03 000a 0306 0a000007");
	assert_int_equal(choices, 1);
	feed("8021 01 04 000a 0306 0a000009");
	ack(PPP_PROTO_IPCP);
	expect_sent(-1, "8021 02 04 000a 0306 0a000009");
	assert_true(ipv4);
	assert_int_equal(ppp_link_state(&link_)->ipv4.remote.s_addr, inet_addr("10.0.0.9"));
	/* it is the peer's own from now on */
	assert_int_equal(choices, 2);
	feed("8021 01 05 000a 0306 0a000009");
	expect_sent(-1, "8021 02 05 000a 0306 0a000009");
	assert_int_equal(choices, 2);
}

/* The owner has noted the address, but the request was dropped that asked for it. */
static void a_choice_that_was_not_answered_is_the_end(void **state)
{
	char frame[64];

	open_network(PPP_MPPE_OFF);
	for (unsigned int id = 1; !bads; id++) {
		assert_true(id < 100);
		snprintf(frame, sizeof(frame), "8021 01 %02x 000a 0306 0a000007", id);
		feed(frame);
	}
	free_address = inet_addr("10.0.0.9");
	feed("8021 01 c8 000a 0306 0a000009");
	assert_int_equal(choices, 1);
	ack(PPP_PROTO_IPCP);
	assert_false(ipv4);
	assert_int_equal(link_.reason, PPP_REASON_NO_NETWORK);
}

static void a_peer_silent_of_its_address_is_asked_once(void **state)
{
	open_network(PPP_MPPE_OFF);
	feed("8021 01 01 0004");
	expect_sent(-1, "8021 03 01 000a 0306 0a000007");
	ack(PPP_PROTO_IPCP);
	feed("8021 01 02 0004");
	expect_sent(-1, "8021 02 02 0004");
	assert_true(ipv4);
	assert_int_equal(ppp_link_state(&link_)->ipv4.remote.s_addr, inet_addr("10.0.0.7"));
}

static void impossible_addresses_are_not_taken(void **state)
{
	open_lcp();
	feed("8021 03 01 000a 0306 0a000009");
	feed("8021 01 01 000a 0306 00000000");
	expect_sent(-1, "8021 04 01 000a 0306 00000000");
	feed("8021 01 01 000a 0306 7f000001");
	expect_sent(-1, "8021 04 01 000a 0306 7f000001");
	feed("8021 01 01 000a 0306 e0000001");
	expect_sent(-1, "8021 04 01 000a 0306 e0000001");
	feed("8021 01 01 000a 0306 0a000009");		/* our own address, from the peer */
	expect_sent(-1, "8021 04 01 000a 0306 0a000009");
	feed("8021 01 01 000a 0306 0a000001");
	expect_sent(-1, "8021 02 01 000a 0306 0a000001");
}

static void identifiers_of_ipv6_are_kept_apart(void **state)
{
	config.ipv6 = true;
	open_lcp();
	/* ours is 02 02 … with the universal bit cleared, which is 00 in the first octet */
	expect_sent(-1, "8057 01 01 000e 010a 0002020202020202");
	feed("8057 01 01 000e 010a 0000000000000000");
	expect_sent(-1, "8057 03 01 000e 010a 0103030303030303");
	feed("8057 01 02 000e 010a 0002020202020202");
	expect_sent(-1, "8057 03 02 000e 010a 0404040404040404");
	feed("8057 01 03 000e 010a 0000000000000001");
	expect_sent(-1, "8057 02 03 000e 010a 0000000000000001");
	feed("8057 01 04 000a 0206 004f0000");
	expect_sent(-1, "8057 04 04 000a 0206 004f0000");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(windows_extras_are_rejected),
		TEST(our_request_is_as_configured),
		TEST(eap_first_servers_are_led_to_what_we_have),
		TEST(values_out_of_range_are_hinted_at),
		TEST(one_echo_of_our_own_is_no_loop),
		TEST(echo_is_answered_within_the_mru),
		TEST(rfc1570_codes_are_tolerated),
		TEST(windows_says_why_it_leaves),
		TEST(a_text_from_the_peer_is_made_harmless),
		TEST(a_peer_may_leave_while_negotiating),
		TEST(frames_that_cannot_be_are_dropped),
		TEST(pap_answers),
		TEST(pap_requests_with_wrong_lengths_are_dropped),
		TEST(chap_responses_with_wrong_lengths_are_dropped),
		TEST(names_that_cannot_be_are_refused_by_chap),
		TEST(names_that_cannot_be_are_refused_by_pap),
		TEST(names_that_cannot_be_are_refused_by_eap),
		TEST(a_challenge_is_repeated_and_then_given_up),
		TEST(success_is_repeated_to_a_repeated_response),
		TEST(success_is_not_kept_longer_than_needed),
		TEST(a_copy_of_a_challenge_that_we_passed_means_nothing),
		TEST(a_copy_of_the_success_within_eap_is_confirmed_alike),
		TEST(nobody_else_answers_a_rechallenge),
		TEST(a_response_without_an_answer_is_repeated_a_while),
		TEST(a_retry_is_offered_and_taken),
		TEST(retries_come_to_an_end),
		TEST(version_1_has_its_own_challenge),
		TEST(a_change_of_password_is_refused),
		TEST(failures_of_any_form_are_understood),
		TEST(challenges_with_wrong_lengths_are_not_answered),
		TEST(our_own_challenge_is_not_answered),
		TEST(eap_offers_what_the_peer_wants),
		TEST(eap_responses_with_wrong_lengths_are_dropped),
		TEST(eap_is_handed_to_the_owner),
		TEST(responses_are_handed_over_once),
		TEST(whole_frames_of_eap_pass),
		TEST(the_user_has_the_time_that_the_owner_gives),
		TEST(only_requests_are_put_to_the_peer),
		TEST(the_end_has_the_identifier_of_the_response),
		TEST(the_owner_hears_that_the_peer_begins_anew),
		TEST(the_owner_hears_that_the_peer_is_gone),
		TEST(a_silent_peer_is_not_asked_for_ever),
		TEST(eap_requests_are_answered),
		TEST(eap_success_that_was_lost_is_implied),
		TEST(windows_bits_are_narrowed_down),
		TEST(compression_proper_is_rejected),
		TEST(a_peer_without_a_word_of_ccp_is_not_waited_for_long),
		TEST(a_peer_that_speaks_ccp_is_waited_for),
		TEST(a_key_for_a_peer_that_rejects_ccp_is_void),
		TEST(a_key_is_set_once_for_copies_of_a_request),
		TEST(a_peer_that_rejects_ccp_can_send_then),
		TEST(a_peer_without_ccp_is_refused_with_words),
		TEST(a_peer_that_rejects_mppe_is_refused_with_words),
		TEST(a_client_acknowledges_ccp_when_the_peer_has_gone_on),
		TEST(a_server_does_not_let_go_of_ccp_for_ipcp),
		TEST(a_peer_may_reject_data_before_it_is_ready),
		TEST(a_peer_may_not_reject_data_for_ever),
		TEST(rejects_may_be_far_apart),
		TEST(a_reject_of_data_that_is_not_in_use_means_nothing),
		TEST(ccp_is_not_spoken_where_it_is_off),
		TEST(addresses_and_servers_are_given_out),
		TEST(an_address_is_not_the_peers_to_choose),
		TEST(an_address_may_be_the_peers_to_choose),
		TEST(a_choice_that_was_not_answered_is_the_end),
		TEST(a_peer_silent_of_its_address_is_asked_once),
		TEST(impossible_addresses_are_not_taken),
		TEST(identifiers_of_ipv6_are_kept_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
