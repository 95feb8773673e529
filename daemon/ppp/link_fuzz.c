// SPDX-License-Identifier: GPL-2.0-only
/*
 * A whole link under fuzz. An input is one set-up octet, then frames. In front of each
 * frame are two octets of length and one octet of time, in units of 8 ms, that passes
 * before the frame.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "ppp/link.h"

#define PASSWORD "clientPass"

static uint64_t now;
static uint8_t next_random;
static bool down, ipv4, ready, ipv6, ccp, keyed;
static uint8_t *question;	/* EAP for the peer; freed when the link must not use it any more */

static void on_send(struct ppp_link *link, const uint8_t *frame, size_t len)
{
	assert(!down);
	assert(len >= 6 && len <= PPP_FRAME_MAX);
	assert((size_t)(frame[4] << 8 | frame[5]) == len - 2);
}

static void drop_question(void)
{
	free(question);
	question = NULL;
}

/* Judge as a server of EAP would: ask on, let in, or refuse, as the peer's last octet says. */
static void judge_eap(struct ppp_link *link, const struct ppp_auth_request *request)
{
	struct ppp_auth_verdict verdict = { .result = PPP_AUTH_FAILED };

	assert(request->eap && request->eap_len > 4 && request->eap[0] == 2);
	drop_question();
	switch (request->eap[request->eap_len - 1] & 3) {
	case 0:
		verdict.result = PPP_AUTH_OK;
		break;
	case 1:
		break;
	default:
		question = malloc(6);
		assert(question);
		memcpy(question, (uint8_t[]){ 1, request->eap[1] + 1, 0, 6, 99, 0 }, 6);
		verdict = (struct ppp_auth_verdict){
			.result = PPP_AUTH_CONTINUE, .eap = question, .eap_len = 6,
			.eap_wait_ms = request->eap[request->eap_len - 1] * 10u,
		};
	}
	ppp_link_auth_verdict(link, &verdict, now);
}

static void on_event(struct ppp_link *link, const struct ppp_event *event)
{
	struct ppp_auth_verdict verdict;

	assert(!down);
	switch (event->type) {
	case PPP_EVENT_AUTH_REQUEST:
		assert(event->auth->user_len == strlen(event->auth->user));
		if (event->auth->method == PPP_AUTH_EAP) {
			judge_eap(link, event->auth);
			break;
		}
		ppp_auth_check(event->auth, PASSWORD, strlen(PASSWORD), &verdict);
		/* Half of the peers are let in whatever they send. */
		if (event->auth->id & 1)
			verdict.result = PPP_AUTH_OK;
		ppp_link_auth_verdict(link, &verdict, now);
		break;
	case PPP_EVENT_AUTH_CANCELLED:
		/* Every other verdict is given at once. */
		assert(question);
		drop_question();
		break;
	case PPP_EVENT_IPV4_UP:
		assert(!ipv4);
		assert(ccp || !keyed);
		assert(ccp || link->config->mppe != PPP_MPPE_REQUIRED);
		ipv4 = true;
		ready = false;
		break;
	case PPP_EVENT_IPV4_DOWN:
		assert(ipv4 || ready);
		ipv4 = false;
		ready = false;
		break;
	case PPP_EVENT_IPV4_READY:
		assert(!ipv4 && !ready);
		assert(event->ready.encrypted || link->config->mppe != PPP_MPPE_REQUIRED);
		ready = true;
		break;
	case PPP_EVENT_IPV6_UP:
		assert(!ipv6);
		ipv6 = true;
		break;
	case PPP_EVENT_IPV6_DOWN:
		assert(ipv6);
		ipv6 = false;
		break;
	case PPP_EVENT_CCP_UP:
		assert(!ccp && keyed);
		ccp = true;
		break;
	case PPP_EVENT_MPPE_TX:
		assert(!ccp);
		keyed = true;
		break;
	case PPP_EVENT_CCP_DOWN:
		assert(keyed);
		keyed = false;
		ccp = false;
		break;
	case PPP_EVENT_IDENTIFICATION:
	case PPP_EVENT_PEER_ERROR:
	case PPP_EVENT_UNTIMELY:
		assert(event->text && *event->text);
		break;
	case PPP_EVENT_DOWN:
		assert(!ipv4 && !ready && !ipv6 && !ccp);
		assert(!question);
		assert(event->down.reason != PPP_REASON_NONE);
		assert(strlen(event->down.text) <= PPP_TEXT_MAX);
		down = true;
		break;
	default:
		break;
	}
}

static void on_random(struct ppp_link *link, void *buf, size_t len)
{
	memset(buf, ++next_random, len);
}

static bool on_choice(struct ppp_link *link, const struct ppp_ipv4 *wanted)
{
	return ntohl(wanted->remote.s_addr) & 1;
}

static const struct ppp_link_ops ops = {
	.send = on_send,
	.event = on_event,
	.random = on_random,
	.choose_address = on_choice,
};

static void configure(struct ppp_config *config, uint8_t setup)
{
	static const uint8_t methods[] = {
		PPP_AUTH_NONE, PPP_AUTH_PAP, PPP_AUTH_CHAP_MD5, PPP_AUTH_MSCHAP,
		PPP_AUTH_MSCHAPV2, PPP_AUTH_EAP, PPP_AUTH_MSCHAPV2, PPP_AUTH_EAP,
	};

	ppp_config_init(config);
	config->demand[0] = methods[setup & 7];
	config->eap_relay = (setup & 7) == 7;
	config->accept = setup & 0x08 ? ~0u : 0;
	config->mppe = (setup >> 4) % 3;
	config->mppe_modes = PPP_MPPE_STATELESS | PPP_MPPE_STATEFUL;
	config->mppe_bits = PPP_MPPE_40 | PPP_MPPE_56 | PPP_MPPE_128;
	config->ipv6 = setup & 0x40;
	config->eap[1] = PPP_AUTH_CHAP_MD5;
	config->auth_retries = 2;
	config->ask_dns = setup & 0x80;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct ppp_ipv4 ipv4_addresses = {
		.local = { htonl(0x0a000001) }, .remote = { htonl(0x0a000007) },
	};
	struct reader r = rd_init(data, size);
	struct ppp_config config;
	struct ppp_link link;
	uint8_t setup = rd_u8(&r);

	now = 1000;
	next_random = 0;
	down = false;
	ipv4 = false;
	ready = false;
	keyed = false;
	ipv6 = false;
	ccp = false;
	configure(&config, setup);
	ppp_link_init(&link, &config, &ops, NULL);
	ppp_link_set_credentials(&link, "User", PASSWORD);
	if (!(setup & 0x08))
		ppp_link_set_ipv4(&link, &ipv4_addresses);
	ppp_link_open(&link, now);
	while (rd_left(&r)) {
		size_t len = rd_be16(&r);
		uint64_t until = now + 8 * rd_u8(&r);

		while (ppp_link_deadline(&link) <= until) {
			now = ppp_link_deadline(&link);
			ppp_link_tick(&link, now);
			assert(ppp_link_deadline(&link) > now);
		}
		now = until;
		if (len > rd_left(&r))
			len = rd_left(&r);
		ppp_link_input(&link, rd_bytes(&r, len), len, now);
	}
	ppp_link_lower_down(&link, now);
	assert(down);
	ppp_link_wipe(&link);
	return 0;
}

/* Seeds: frames that get far into the protocols. */
#define LCP_REQUEST	"\xc0\x21\x01\x01\x00\x0e\x01\x04\x05\x78\x05\x06\xaa\xbb\xcc\xdd"
#define LCP_AUTH	"\xc0\x21\x01\x01\x00\x0f\x03\x05\xc2\x23\x81\x05\x06\xaa\xbb\xcc\xdd"
#define LCP_EAP		"\xc0\x21\x01\x01\x00\x0e\x03\x04\xc2\x27\x05\x06\xaa\xbb\xcc\xdd"
#define LCP_REST	"\x05\x06\x01\x01\x01\x01\x07\x02\x08\x02"
#define LCP_ACK		"\xc0\x21\x02\x01\x00\x0e" LCP_REST
#define LCP_ACK_PAP	"\xc0\x21\x02\x01\x00\x12\x03\x04\xc0\x23" LCP_REST
#define LCP_ACK_V2	"\xc0\x21\x02\x01\x00\x13\x03\x05\xc2\x23\x81" LCP_REST
#define LCP_ACK_EAP	"\xc0\x21\x02\x01\x00\x12\x03\x04\xc2\x27" LCP_REST
#define LCP_ECHO	"\xc0\x21\x09\x02\x00\x0a\xaa\xbb\xcc\xdd\x01\x02"
#define PAP_REQUEST	"\xc0\x23\x01\x05\x00\x14\x04User\x0a" PASSWORD
#define CHAP_RESPONSE	"\xc2\x23\x02\x01\x00\x3a\x31" \
			"0123456789abcdef0123456789abcdef0123456789abcdef\0" "User"
#define CHAP_CHALLENGE	"\xc2\x23\x01\x01\x00\x18\x10" "0123456789abcdef" "lns"
#define CHAP_SUCCESS	"\xc2\x23\x03\x01\x00\x06OK"
#define CHAP_FAILURE	"\xc2\x23\x04\x01\x00\x1a" "E=691 R=0 C=00 V=3 M=x"
#define EAP_IDENTITY	"\xc2\x27\x02\x01\x00\x09\x01" "User"
#define EAP_RESPONSE	"\xc2\x27\x02\x02\x00\x3f\x1a\x02\x02\x00\x3a\x31" \
			"0123456789abcdef0123456789abcdef0123456789abcdef\0" "User"
#define EAP_NAK		"\xc2\x27\x02\x02\x00\x06\x03\x04"
#define EAP_RELAYED	"\xc2\x27\x02\x02\x00\x06\x63\x02"
#define EAP_RELAYED_END	"\xc2\x27\x02\x03\x00\x06\x63\x00"
#define EAP_WHO		"\xc2\x27\x01\x01\x00\x05\x01"
#define EAP_CHALLENGE	"\xc2\x27\x01\x02\x00\x1a\x1a\x01\x02\x00\x15\x10" "0123456789abcdef"
#define EAP_MD5		"\xc2\x27\x01\x03\x00\x16\x04\x10" "0123456789abcdef"
#define EAP_SUCCESS	"\xc2\x27\x03\x03\x00\x04"
#define CCP_REQUEST	"\x80\xfd\x01\x01\x00\x0a\x12\x06\x01\x00\x00\x40"
#define CCP_ACK		"\x80\xfd\x02\x01\x00\x0a\x12\x06\x01\x00\x00\x40"
#define CCP_RESET	"\x80\xfd\x0e\x03\x00\x04"
#define IPCP_REQUEST	"\x80\x21\x01\x01\x00\x0a\x03\x06\x0a\x00\x00\x07"
#define IPCP_ACK	"\x80\x21\x02\x01\x00\x0a\x03\x06\x0a\x00\x00\x01"
#define IPCP_NAK	"\x80\x21\x03\x01\x00\x0a\x03\x06\x0a\x00\x00\x09"
#define IPV6CP_REQUEST	"\x80\x57\x01\x01\x00\x0e\x01\x0a\x00\x00\x00\x00\x00\x00\x00\x09"
#define PROTOCOL_REJECT	"\xc0\x21\x08\x05\x00\x0a\x80\x57\x01\x01\x00\x04"
#define TERMINATE	"\xc0\x21\x05\x06\x00\x07" "bye"
#define S(bytes)	{ bytes, sizeof(bytes) - 1 }

size_t fuzz_seed(unsigned int index, uint8_t *buf)
{
	static const struct {
		uint8_t setup;
		struct {
			const char *bytes;
			size_t len;
		} frames[10];
	} seeds[] = {
		{ 0x00, { S(LCP_REQUEST), S(LCP_ACK), S(IPCP_REQUEST), S(IPCP_ACK), S(LCP_ECHO),
			  S(LCP_REQUEST), S(TERMINATE) } },
		{ 0x01, { S(LCP_REQUEST), S(LCP_ACK_PAP), S(PAP_REQUEST), S(IPCP_REQUEST),
			  S(IPCP_ACK), S(TERMINATE) } },
		{ 0x24, { S(LCP_REQUEST), S(LCP_ACK_V2), S(CHAP_RESPONSE), S(CCP_REQUEST),
			  S(CCP_ACK), S(IPCP_REQUEST), S(IPCP_ACK), S(CCP_RESET),
			  S(CCP_REQUEST) } },
		{ 0x14, { S(LCP_REQUEST), S(LCP_ACK_V2), S(CHAP_RESPONSE), S(CCP_REQUEST),
			  S(IPCP_REQUEST), S(IPCP_ACK), S(PROTOCOL_REJECT) } },
		{ 0x88, { S(LCP_AUTH), S(LCP_ACK), S(CHAP_CHALLENGE), S(CHAP_SUCCESS),
			  S(CHAP_FAILURE), S(IPCP_REQUEST), S(IPCP_NAK) } },
		{ 0x05, { S(LCP_REQUEST), S(LCP_ACK_EAP), S(EAP_IDENTITY), S(EAP_RESPONSE),
			  S(EAP_NAK), S(IPCP_REQUEST) } },
		{ 0x07, { S(LCP_REQUEST), S(LCP_ACK_EAP), S(EAP_IDENTITY), S(EAP_RELAYED),
			  S(EAP_RELAYED_END), S(IPCP_REQUEST), S(IPCP_ACK) } },
		{ 0x07, { S(LCP_REQUEST), S(LCP_ACK_EAP), S(EAP_IDENTITY), S(EAP_RELAYED),
			  S(LCP_REQUEST), S(EAP_RELAYED) } },
		{ 0x88, { S(LCP_EAP), S(LCP_ACK), S(EAP_WHO), S(EAP_CHALLENGE), S(EAP_MD5),
			  S(EAP_SUCCESS), S(IPCP_REQUEST) } },
		{ 0x40, { S(LCP_REQUEST), S(LCP_ACK), S(IPV6CP_REQUEST), S(IPCP_REQUEST),
			  S(IPCP_ACK), S(PROTOCOL_REJECT) } },
	};
	struct writer w = wr_init(buf, FUZZ_MAX);

	if (index >= sizeof(seeds) / sizeof(seeds[0]))
		return 0;
	wr_u8(&w, seeds[index].setup);
	for (size_t i = 0; i < 10 && seeds[index].frames[i].bytes; i++) {
		wr_be16(&w, (uint16_t)seeds[index].frames[i].len);
		wr_u8(&w, 1);
		wr_copy(&w, seeds[index].frames[i].bytes, seeds[index].frames[i].len);
	}
	return wr_len(&w);
}
