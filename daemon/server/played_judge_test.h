/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A RADIUS server for tests of servers, played on a real UDP socket of loopback. It knows one
 * password, and answers MS-CHAPv2 and EAP-MSCHAPv2 as a server does that is set up well; the test
 * says what is added to an Access-Accept, or that it is to be otherwise. Included by one file of a
 * test program.
 */
#ifndef CULVERT_PLAYED_JUDGE_TEST_H
#define CULVERT_PLAYED_JUDGE_TEST_H

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include "ppp/auth.h"
#include "radius/attribute.h"
#include "radius/hide.h"
#include "radius/packet.h"
#include "util/ip_literal_test.h"

#define JUDGE_SECRET	"testing123"

struct judge {
	/* set by the test */
	const char *password;
	void (*grants)(struct radius_writer *w);	/* what else is accepted; NULL: nothing */
	bool silent;
	bool keyless;			/* the Access-Accept has no keys */
	unsigned int error;		/* refuse all with this MS-CHAP-Error; 0: do not */

	int fd;
	uint16_t port;
	uv_poll_t poll;
	unsigned int asked;		/* Access-Requests */
	char user[RADIUS_VALUE_MAX + 1];	/* User-Name of the last one */
	char acct_id[RADIUS_VALUE_MAX + 1];	/* Acct-Session-Id */
	char state[RADIUS_VALUE_MAX + 1];	/* State, "" without it */
	uint8_t challenge[MSCHAPV2_CHALLENGE_LEN];	/* of EAP */
	struct ppp_auth_verdict eap;	/* what EAP has found out */
};

static const struct radius_secret judge_secret = { JUDGE_SECRET, sizeof(JUDGE_SECRET) - 1 };

static bool judge_find(const struct radius_packet *packet, uint32_t vendor, uint8_t type,
		       struct radius_attribute *a)
{
	struct radius_iterator it = radius_attributes(packet);

	while (radius_next(&it, a))
		if (a->vendor == vendor && a->type == type)
			return true;
	return false;
}

static void judge_note(const struct radius_packet *packet, uint8_t type,
		       char text[RADIUS_VALUE_MAX + 1])
{
	struct radius_attribute a;

	memset(text, 0, RADIUS_VALUE_MAX + 1);
	if (judge_find(packet, 0, type, &a))
		memcpy(text, a.value, a.len);
}

static void judge_put_key(struct radius_writer *w, uint8_t type, const uint8_t key[MPPE_KEY_LEN],
			  const uint8_t *authenticator)
{
	uint8_t hidden[RADIUS_HIDDEN_KEY_MAX];
	size_t len = radius_hide_key(key, MPPE_KEY_LEN, type, authenticator, judge_secret, hidden);

	radius_put_vendor(w, RADIUS_MICROSOFT, type, hidden, len);
}

static void judge_put_keys(struct radius_writer *w, const struct mppe_keys *keys,
			   const uint8_t *authenticator)
{
	judge_put_key(w, RADIUS_MS_MPPE_SEND_KEY, keys->send, authenticator);
	judge_put_key(w, RADIUS_MS_MPPE_RECV_KEY, keys->recv, authenticator);
}

/* The proof of a peer in MS-CHAPv2; @value is as PPP has it. */
static struct ppp_auth_verdict judge_mschapv2(const struct judge *j, const uint8_t *challenge,
					      const uint8_t value[MSCHAP_VALUE_LEN])
{
	struct ppp_auth_request proof = {
		.method = PPP_AUTH_MSCHAPV2, .challenge_len = MSCHAPV2_CHALLENGE_LEN,
		.response_len = MSCHAP_VALUE_LEN, .user_len = (uint16_t)strlen(j->user),
	};
	struct ppp_auth_verdict verdict;

	memcpy(proof.challenge, challenge, MSCHAPV2_CHALLENGE_LEN);
	memcpy(proof.response, value, MSCHAP_VALUE_LEN);
	strcpy(proof.user, j->user);
	ppp_auth_check(&proof, j->password, strlen(j->password), &verdict);
	return verdict;
}

/* Each of these writes the attributes of the reply, and returns its code. */

static enum radius_code judge_chap(struct judge *j, const struct radius_packet *packet,
				   struct radius_writer *w)
{
	struct radius_attribute challenge, response;
	struct ppp_auth_verdict verdict;
	uint8_t value[MSCHAP_VALUE_LEN], success[1 + MSCHAPV2_AUTHRESP_TEXT_LEN];

	assert_true(judge_find(packet, RADIUS_MICROSOFT, RADIUS_MS_CHAP_CHALLENGE, &challenge));
	assert_true(judge_find(packet, RADIUS_MICROSOFT, RADIUS_MS_CHAP2_RESPONSE, &response));
	memcpy(value, response.value + 2, MSCHAP_VALUE_LEN - 1);
	value[MSCHAP_VALUE_LEN - 1] = response.value[1];
	verdict = judge_mschapv2(j, challenge.value, value);
	if (verdict.result != PPP_AUTH_OK)
		return RADIUS_ACCESS_REJECT;
	success[0] = response.value[0];
	memcpy(success + 1, verdict.authenticator, MSCHAPV2_AUTHRESP_TEXT_LEN);
	radius_put_vendor(w, RADIUS_MICROSOFT, RADIUS_MS_CHAP2_SUCCESS, success, sizeof(success));
	if (!j->keyless)
		judge_put_keys(w, &verdict.keys, radius_authenticator(packet));
	return RADIUS_ACCESS_ACCEPT;
}

/* Challenge, response, success, and that the peer agrees; each is a packet with another State. */
static enum radius_code judge_eap(struct judge *j, const struct radius_packet *packet,
				  struct radius_writer *w)
{
	uint8_t in[RADIUS_PACKET_MAX], out[128] = { 1 };
	size_t len;

	assert_true(radius_join(packet, RADIUS_EAP_MESSAGE, in, sizeof(in), &len));
	out[1] = (uint8_t)(in[1] + 1);
	if (!*j->state) {
		memset(j->challenge, 0x5a, sizeof(j->challenge));
		memcpy(out + 4, "\x1a\1\7\0\x19\x10", 6);
		memcpy(out + 10, j->challenge, sizeof(j->challenge));
		memcpy(out + 26, "aaa", 4);
		out[3] = 30;
		radius_put_text(w, RADIUS_STATE, "asked");
	} else if (!strcmp(j->state, "asked")) {
		assert_int_equal(in[9], MSCHAP_VALUE_LEN);
		j->eap = judge_mschapv2(j, j->challenge, in + 10);
		if (j->eap.result != PPP_AUTH_OK)
			return RADIUS_ACCESS_REJECT;
		memcpy(out + 4, "\x1a\3\7\0\x2e", 5);
		memcpy(out + 9, j->eap.authenticator, MSCHAPV2_AUTHRESP_TEXT_LEN);
		out[3] = 9 + MSCHAPV2_AUTHRESP_TEXT_LEN;
		radius_put_text(w, RADIUS_STATE, "shown");
	} else {
		assert_string_equal(j->state, "shown");
		judge_put_keys(w, &j->eap.keys, radius_authenticator(packet));
		memcpy(out, "\3\0\0\4", 4);
		out[1] = in[1];
		radius_put_pieces(w, RADIUS_EAP_MESSAGE, out, 4);
		return RADIUS_ACCESS_ACCEPT;
	}
	radius_put_pieces(w, RADIUS_EAP_MESSAGE, out, out[3]);
	return RADIUS_ACCESS_CHALLENGE;
}

static enum radius_code judge_write(struct judge *j, const struct radius_packet *packet,
				    struct radius_writer *w)
{
	struct radius_attribute a;
	enum radius_code code;
	char words[64];

	if (j->error) {
		snprintf(words, sizeof(words), "%cE=%u R=0 V=3 M=Not you", 7, j->error);
		radius_put_vendor(w, RADIUS_MICROSOFT, RADIUS_MS_CHAP_ERROR, words, strlen(words));
		return RADIUS_ACCESS_REJECT;
	}
	code = judge_find(packet, 0, RADIUS_EAP_MESSAGE, &a) ? judge_eap(j, packet, w) :
							       judge_chap(j, packet, w);
	if (code == RADIUS_ACCESS_ACCEPT && j->grants)
		j->grants(w);
	return code;
}

static void judge_answer(struct judge *j, const struct radius_packet *packet,
			 const struct sockaddr_in *from)
{
	uint8_t out[RADIUS_PACKET_MAX];
	struct radius_writer w;
	size_t len;

	radius_begin(&w, out, sizeof(out), RADIUS_ACCESS_ACCEPT, packet->id, NULL);
	out[0] = (uint8_t)judge_write(j, packet, &w);
	len = radius_end_reply(&w, radius_authenticator(packet), judge_secret);
	assert_true(len > 0);
	assert_int_equal(sendto(j->fd, out, len, 0, (const struct sockaddr *)from, sizeof(*from)),
			 len);
}

static void judge_readable(uv_poll_t *poll, int status, int events)
{
	struct judge *j = poll->data;
	uint8_t in[RADIUS_PACKET_MAX];
	struct sockaddr_in from;
	socklen_t from_len = sizeof(from);
	struct radius_packet packet;
	ssize_t len = recvfrom(j->fd, in, sizeof(in), MSG_DONTWAIT, (struct sockaddr *)&from,
			       &from_len);

	if (len < 0)
		return;
	assert_int_equal(radius_parse(&packet, in, (size_t)len), RADIUS_SOUND);
	if (packet.code != RADIUS_ACCESS_REQUEST)
		return;
	j->asked++;
	judge_note(&packet, RADIUS_USER_NAME, j->user);
	judge_note(&packet, RADIUS_ACCT_SESSION_ID, j->acct_id);
	judge_note(&packet, RADIUS_STATE, j->state);
	if (!j->silent)
		judge_answer(j, &packet, &from);
}

static inline void judge_open(struct judge *j, uv_loop_t *loop, const char *password)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_addr = ip("127.0.0.1").v4 };
	socklen_t len = sizeof(sin);

	memset(j, 0, sizeof(*j));
	j->password = password;
	j->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(j->fd, (struct sockaddr *)&sin, sizeof(sin)), 0);
	assert_int_equal(getsockname(j->fd, (struct sockaddr *)&sin, &len), 0);
	j->port = ntohs(sin.sin_port);
	uv_poll_init(loop, &j->poll, j->fd);
	j->poll.data = j;
	uv_poll_start(&j->poll, UV_READABLE, judge_readable);
}

/* The loop closes the handle. */
static inline void judge_close(struct judge *j)
{
	if (!j->password)
		return;
	uv_close((uv_handle_t *)&j->poll, NULL);
	close(j->fd);
	j->password = NULL;
}

#endif
