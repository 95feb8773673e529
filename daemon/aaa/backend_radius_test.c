// SPDX-License-Identifier: GPL-2.0-only
/* Logins with RADIUS servers that the test plays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "aaa/backend_radius.h"
#include "aaa/grant.h"
#include "aaa/played_radius_test.h"
#include "ppp/mschap.h"
#include "radius/hex_test.h"
#include "radius/hide.h"
#include "util/ip_literal_test.h"
#include "util/scarce_test.h"

static struct played_radius net;
static struct auth *auth;
static struct auth_job job;
static struct auth_verdict last;	/* without what is valid during the callback only */
static uint8_t last_eap[RADIUS_EAP_MAX];
static unsigned int verdicts;

static void done(void *ctx, const struct auth_verdict *verdict)
{
	assert_ptr_equal(ctx, &job);
	grant_put(last.grant);
	last = *verdict;
	grant_get(last.grant);
	if (verdict->link.eap)
		memcpy(last_eap, verdict->link.eap, verdict->link.eap_len);
	verdicts++;
}

static void open_with(const struct auth_realm *realms, unsigned int n, const char *group)
{
	const struct auth_radius_settings settings = {
		.group = group ? radius_login_group(net.radius, group) : NULL,
		.realms = realms, .n_realms = n,
	};

	auth_put(auth);
	auth = auth_radius_new(net.radius, &settings);
	assert_non_null(auth);
}

static int set_up(void **state)
{
	played_radius_open(&net, NULL);
	memset(&job, 0, sizeof(job));
	memset(&last, 0, sizeof(last));
	verdicts = 0;
	auth = NULL;
	open_with(NULL, 0, "ab");
	return 0;
}

static void forget_verdict(void)
{
	grant_put(last.grant);
	memset(&last, 0, sizeof(last));
}

static int tear_down(void **state)
{
	forget_verdict();
	auth_cancel(&job);
	auth_put(auth);
	played_radius_close(&net);
	return 0;
}

static const struct radius_session a_session = {
	.id = "0123-17", .multi_id = "0123-17",
	.port = { .given = true, .value = 17 }, .port_id = "office:17",
	.calling = "192.0.2.9", .called = "192.0.2.1",
};

/* Ask, with memory that is gone when the question is under way. */
static void ask(const struct ppp_auth_request *proof, bool strip_domain)
{
	struct ppp_auth_request *p = malloc(sizeof(*p));
	struct radius_session *s = malloc(sizeof(*s));
	char *id = strdup(a_session.id);
	uint8_t *eap = proof->eap_len ? malloc(proof->eap_len) : NULL;
	struct auth_request request = {
		.proof = p, .server = "office", .strip_domain = strip_domain, .session = s,
		.mppe = PPP_MPPE_PREFERRED, .mppe_bits = PPP_MPPE_128, .eap_max = 1400,
	};

	*p = *proof;
	*s = a_session;
	s->id = id;
	s->peer = ip("192.0.2.9");
	s->local = ip("192.0.2.1");
	if (eap)
		memcpy(eap, proof->eap, proof->eap_len);
	p->eap = eap;
	auth_start(auth, &job, &request, done, &job);
	free(eap);
	free(id);
	free(s);
	free(p);
}

static struct ppp_auth_request proof_of(enum ppp_auth_method method, const char *user)
{
	struct ppp_auth_request proof = { .method = method, .id = 7 };

	proof.user_len = (uint16_t)strlen(user);
	memcpy(proof.user, user, proof.user_len);
	return proof;
}

static void ask_pap(const char *user, const char *password)
{
	struct ppp_auth_request proof = proof_of(PPP_AUTH_PAP, user);

	proof.response_len = (uint8_t)strlen(password);
	memcpy(proof.response, password, proof.response_len);
	ask(&proof, false);
}

static void assert_attribute(unsigned int n, uint32_t vendor, uint8_t type, const void *value,
			     size_t len)
{
	struct radius_attribute a;

	assert_true(played_radius_find(&net, n, vendor, type, &a));
	assert_int_equal(a.len, len);
	assert_memory_equal(a.value, value, len);
}

static void assert_text(unsigned int n, uint8_t type, const char *text)
{
	assert_attribute(n, 0, type, text, strlen(text));
}

static void assert_no(unsigned int n, uint8_t type)
{
	struct radius_attribute a;

	assert_false(played_radius_find(&net, n, 0, type, &a));
}

/* --- one question ---------------------------------------------------------------------------- */

static void a_question_names_the_session(void **state)
{
	struct radius_packet packet;

	ask_pap("alice", "wonderland");
	assert_int_equal(net.n_sent, 1);
	assert_int_equal(net.sent[0].server, PLAYED_A_LOGIN);
	packet = played_radius_request(&net, 0);
	assert_int_equal(packet.code, RADIUS_ACCESS_REQUEST);
	assert_true(packet.signed_at != 0);
	assert_text(0, RADIUS_USER_NAME, "alice");
	assert_text(0, RADIUS_NAS_IDENTIFIER, "nas");
	assert_text(0, RADIUS_ACCT_SESSION_ID, "0123-17");
	assert_text(0, RADIUS_NAS_PORT_ID, "office:17");
	assert_text(0, RADIUS_CALLING_STATION_ID, "192.0.2.9");
	assert_text(0, RADIUS_CALLED_STATION_ID, "192.0.2.1");
	assert_text(0, RADIUS_TUNNEL_CLIENT_ENDPOINT, "192.0.2.9");
	assert_text(0, RADIUS_TUNNEL_SERVER_ENDPOINT, "192.0.2.1");
	assert_attribute(0, 0, RADIUS_NAS_PORT, "\0\0\0\x11", 4);
	assert_no(0, RADIUS_FRAMED_MTU);
	assert_no(0, RADIUS_STATE);
	assert_int_equal(verdicts, 0);
}

static void an_accept_comes_back(void **state)
{
	struct radius_writer *w;

	ask_pap("alice", "wonderland");
	w = played_radius_begin(&net, 0, RADIUS_ACCESS_ACCEPT);
	radius_put_number(w, RADIUS_SESSION_TIMEOUT, 60);
	radius_put_text(w, RADIUS_CLASS, "gold");
	played_radius_send(&net, 0);
	assert_int_equal(verdicts, 1);
	assert_int_equal(last.result, AUTH_OK);
	assert_string_equal(last.user, "alice");
	assert_int_equal(last.source, AUTH_SOURCE_RADIUS);
	assert_int_equal(last.grant->session_timeout_s, 60);
	assert_int_equal(last.grant->n_classes, 1);
	assert_string_equal(last.grant->user, "alice");
	assert_null(job.auth);
	assert_null(job.backend);
}

static void passwords_are_hidden(void **state)
{
	struct radius_secret secret;
	struct radius_attribute a;
	uint8_t hidden[RADIUS_PASSWORD_MAX];
	size_t len;

	ask_pap("alice", "wonderland");
	assert_true(played_radius_find(&net, 0, 0, RADIUS_USER_PASSWORD, &a));
	secret = played_radius_secret(&net, 0);
	len = radius_hide_password("wonderland", 10, net.sent[0].octets + RADIUS_AUTHENTICATOR,
				   secret, hidden);
	assert_int_equal(a.len, len);
	assert_memory_equal(a.value, hidden, len);
}

/* Each server is told with a secret of its own. */
static void the_next_server_can_read_it(void **state)
{
	ask_pap("alice", "wonderland");
	played_radius_pass(&net, 1500);
	assert_true(net.n_sent >= 2);
	assert_int_equal(net.sent[net.n_sent - 1].server, PLAYED_B_LOGIN);
	played_radius_reply(&net, net.n_sent - 1, RADIUS_ACCESS_ACCEPT);
	assert_int_equal(verdicts, 1);
	assert_int_equal(last.result, AUTH_OK);
}

static void chap_has_its_identifier(void **state)
{
	struct ppp_auth_request proof = proof_of(PPP_AUTH_CHAP_MD5, "alice");
	uint8_t value[17] = { 7 };

	proof.challenge_len = 16;
	memset(proof.challenge, 0xcc, 16);
	proof.response_len = 16;
	memset(proof.response, 0xdd, 16);
	memset(value + 1, 0xdd, 16);
	ask(&proof, false);
	assert_attribute(0, 0, RADIUS_CHAP_PASSWORD, value, sizeof(value));
	assert_attribute(0, 0, RADIUS_CHAP_CHALLENGE, proof.challenge, 16);
	assert_no(0, RADIUS_USER_PASSWORD);
}

static struct ppp_auth_request mschap_proof(enum ppp_auth_method method, const char *user)
{
	struct ppp_auth_request proof = proof_of(method, user);

	proof.challenge_len = method == PPP_AUTH_MSCHAP ? 8 : 16;
	memset(proof.challenge, 0xcc, proof.challenge_len);
	proof.response_len = MSCHAP_VALUE_LEN;
	memset(proof.response, 0xdd, MSCHAP_VALUE_LEN);
	proof.response[MSCHAP_VALUE_USE_NT] = 1;
	return proof;
}

static void mschap_versions_have_attributes_of_their_own(void **state)
{
	struct ppp_auth_request proof = mschap_proof(PPP_AUTH_MSCHAP, "alice");
	uint8_t value[50] = { 7, 1 };

	memset(value + 2, 0xdd, 48);
	ask(&proof, false);
	assert_attribute(0, RADIUS_MICROSOFT, RADIUS_MS_CHAP_RESPONSE, value, sizeof(value));
	assert_attribute(0, RADIUS_MICROSOFT, RADIUS_MS_CHAP_CHALLENGE, proof.challenge, 8);
	auth_cancel(&job);

	proof = mschap_proof(PPP_AUTH_MSCHAPV2, "alice");
	ask(&proof, false);
	assert_attribute(1, RADIUS_MICROSOFT, RADIUS_MS_CHAP2_RESPONSE, value, sizeof(value));
	assert_attribute(1, RADIUS_MICROSOFT, RADIUS_MS_CHAP_CHALLENGE, proof.challenge, 16);
}

static void put_hidden_key(struct radius_writer *w, unsigned int n, uint8_t type, const char *hex,
			   uint16_t salt)
{
	uint8_t key[RADIUS_KEY_MAX], hidden[RADIUS_HIDDEN_KEY_MAX];
	size_t len = from_hex(hex, key);

	len = radius_hide_key(key, len, salt, net.sent[n].octets + RADIUS_AUTHENTICATOR,
			      played_radius_secret(&net, n), hidden);
	radius_put_vendor(w, RADIUS_MICROSOFT, type, hidden, len);
}

static void mschapv2_comes_back_with_proof_and_keys(void **state)
{
	static const char success[] = "\7S=407A5589115FD0D6209F510FE9C04566932CDA56";
	static const char send[] = "8b7cdc149b993a1ba118cb153f56dccb";
	static const char recv[] = "000102030405060708090a0b0c0d0e0f";
	struct ppp_auth_request proof = mschap_proof(PPP_AUTH_MSCHAPV2, "alice");
	struct radius_writer *w;
	uint8_t key[MPPE_KEY_LEN];

	ask(&proof, false);
	w = played_radius_begin(&net, 0, RADIUS_ACCESS_ACCEPT);
	radius_put_vendor(w, RADIUS_MICROSOFT, RADIUS_MS_CHAP2_SUCCESS, success,
			  sizeof(success) - 1);
	put_hidden_key(w, 0, RADIUS_MS_MPPE_SEND_KEY, send, 1);
	put_hidden_key(w, 0, RADIUS_MS_MPPE_RECV_KEY, recv, 2);
	played_radius_send(&net, 0);
	assert_int_equal(last.result, AUTH_OK);
	assert_string_equal(last.link.authenticator, success + 1);
	assert_true(last.link.keys.valid);
	from_hex(send, key);
	assert_memory_equal(last.link.keys.send, key, sizeof(key));
	from_hex(recv, key);
	assert_memory_equal(last.link.keys.recv, key, sizeof(key));
}

static void mschap_errors_come_back(void **state)
{
	static const char words[] = "\7E=647 R=0 C=00112233445566778899AABBCCDDEEFF V=3 M=Closed";
	struct ppp_auth_request proof = mschap_proof(PPP_AUTH_MSCHAPV2, "alice");
	struct radius_writer *w;

	ask(&proof, false);
	w = played_radius_begin(&net, 0, RADIUS_ACCESS_REJECT);
	radius_put_vendor(w, RADIUS_MICROSOFT, RADIUS_MS_CHAP_ERROR, words, sizeof(words) - 1);
	played_radius_send(&net, 0);
	assert_int_equal(last.result, AUTH_REFUSED);
	assert_int_equal(last.link.error, 647);
	assert_string_equal(last.link.message, "Closed");
	assert_string_equal(last.user, "alice");
}

static void replies_that_cannot_be_read_are_refused(void **state)
{
	struct radius_writer *w;

	ask_pap("alice", "wonderland");
	w = played_radius_begin(&net, 0, RADIUS_ACCESS_ACCEPT);
	radius_put(w, RADIUS_FRAMED_IP_ADDRESS, "\1\2\3", 3);
	played_radius_send(&net, 0);
	assert_int_equal(last.result, AUTH_REFUSED);
	assert_string_equal(last.user, "alice");
	assert_string_equal(last.why, "Access-Accept of RADIUS server a is refused: "
			    "Framed-IP-Address is malformed");
}

static void silence_ends_in_words(void **state)
{
	ask_pap("alice", "wonderland");
	played_radius_pass(&net, 60000);
	assert_int_equal(verdicts, 1);
	assert_int_equal(last.result, AUTH_UNAVAILABLE);
	assert_int_equal(last.link.error, 646);
	assert_string_equal(last.why, "no RADIUS server answers");
	assert_string_equal(last.user, "alice");
	assert_null(job.auth);
}

static void a_question_can_be_cancelled(void **state)
{
	ask_pap("alice", "wonderland");
	auth_cancel(&job);
	assert_null(job.auth);
	played_radius_reply(&net, 0, RADIUS_ACCESS_ACCEPT);
	played_radius_pass(&net, 60000);
	assert_int_equal(verdicts, 0);
}

/* What is there already goes on; what cannot be kept is refused, for now. */
static void without_memory_nobody_is_let_in(void **state)
{
	struct ppp_auth_request proof = proof_of(PPP_AUTH_PAP, "alice");
	const struct auth_request request = { .proof = &proof, .server = "office" };
	unsigned int left;

	for (left = 0; !net.n_sent; left++) {
		memory_left = left;
		auth_start(auth, &job, &request, done, &job);
		memory_left = UINT_MAX;
		if (net.n_sent)
			break;
		assert_int_equal(verdicts, left + 1);
		assert_int_equal(last.result, AUTH_UNAVAILABLE);
		assert_int_equal(last.link.error, 646);
		assert_string_equal(last.why, "out of memory");
		assert_string_equal(last.user, "alice");
		assert_null(job.backend);
	}
	assert_int_equal(left, 2);
	/* nor is who was let in, but cannot be granted anything */
	memory_left = 0;
	played_radius_reply(&net, 0, RADIUS_ACCESS_ACCEPT);
	memory_left = UINT_MAX;
	assert_int_equal(verdicts, 3);
	assert_int_equal(last.result, AUTH_UNAVAILABLE);
	assert_null(last.grant);
}

static void without_memory_there_is_no_backend(void **state)
{
	const struct auth_realm realms[] = {
		{ "one.org", radius_login_group(net.radius, "a"), false },
		{ "two.org", radius_login_group(net.radius, "b"), false },
	};
	const struct auth_radius_settings settings = { .realms = realms, .n_realms = 2 };
	struct auth *made = NULL;
	unsigned int left;

	for (left = 0; !made; left++) {
		memory_left = left;
		made = auth_radius_new(net.radius, &settings);
		memory_left = UINT_MAX;
	}
	/* itself, and two names */
	assert_int_equal(left, 4);
	auth_put(made);
}

/* --- what is not asked ----------------------------------------------------------------------- */

static void what_radius_cannot_carry_is_not_asked(void **state)
{
	char text[256];

	memset(text, 'x', 254);
	text[254] = '\0';
	ask_pap(text, "pw");
	assert_int_equal(verdicts, 1);
	assert_int_equal(last.result, AUTH_UNKNOWN_USER);
	assert_int_equal(last.link.error, 691);
	assert_string_equal(last.why, "unknown user: RADIUS has no names of more than 253 octets");
	ask_pap("", "pw");
	assert_int_equal(last.result, AUTH_UNKNOWN_USER);
	text[129] = '\0';
	ask_pap("alice", text);
	assert_int_equal(verdicts, 3);
	assert_int_equal(last.result, AUTH_REFUSED);
	assert_string_equal(last.why, "a password of more than 128 octets, which RADIUS cannot "
			    "carry");
	assert_int_equal(net.n_sent, 0);

	/* The longest of both are asked. */
	text[128] = '\0';
	ask_pap("alice", text);
	assert_int_equal(net.n_sent, 1);
	auth_cancel(&job);
	memset(text, 'x', 253);
	text[253] = '\0';
	ask_pap(text, "");
	assert_int_equal(net.n_sent, 2);
	assert_text(1, RADIUS_USER_NAME, text);
}

static void who_has_no_group_is_unknown(void **state)
{
	open_with(NULL, 0, NULL);
	ask_pap("alice@example.org", "pw");
	assert_int_equal(last.result, AUTH_UNKNOWN_USER);
	assert_string_equal(last.why, "unknown user: the name has no realm that is configured, and "
			    "the server no radius-group");
	assert_int_equal(net.n_sent, 0);
}

/* --- realms ---------------------------------------------------------------------------------- */

static void realms_choose_group_and_name(void **state)
{
	static const struct {
		enum ppp_auth_method method;
		const char *name;
		bool strip_domain;
		unsigned int server;
		const char *sent;
	} cases[] = {
		{ PPP_AUTH_PAP, "alice", false, PLAYED_A_LOGIN, "alice" },
		{ PPP_AUTH_PAP, "alice@elsewhere", false, PLAYED_A_LOGIN, "alice@elsewhere" },
		{ PPP_AUTH_PAP, "ELSE\\alice", false, PLAYED_A_LOGIN, "ELSE\\alice" },
		{ PPP_AUTH_PAP, "ELSE\\alice", true, PLAYED_A_LOGIN, "alice" },
		{ PPP_AUTH_PAP, "alice@Stripped.org", false, PLAYED_B_LOGIN, "alice" },
		{ PPP_AUTH_PAP, "alice@kept.org", false, PLAYED_B_LOGIN, "alice@kept.org" },
		{ PPP_AUTH_PAP, "a@b@kept.org", false, PLAYED_B_LOGIN, "a@b@kept.org" },
		{ PPP_AUTH_PAP, "a@b@stripped.org", false, PLAYED_B_LOGIN, "a@b" },
		{ PPP_AUTH_PAP, "STRIPPED.ORG\\alice", false, PLAYED_B_LOGIN, "alice" },
		{ PPP_AUTH_PAP, "kept.org\\alice", false, PLAYED_B_LOGIN, "kept.org\\alice" },
		{ PPP_AUTH_PAP, "kept.org\\alice", true, PLAYED_B_LOGIN, "alice" },
		/* that behind the @ counts first, and each is stripped for a reason of its own */
		{ PPP_AUTH_PAP, "ELSE\\alice@stripped.org", false, PLAYED_B_LOGIN, "ELSE\\alice" },
		{ PPP_AUTH_PAP, "ELSE\\alice@stripped.org", true, PLAYED_B_LOGIN, "alice" },
		/* parts of realms are none */
		{ PPP_AUTH_PAP, "alice@org", false, PLAYED_A_LOGIN, "alice@org" },
		{ PPP_AUTH_PAP, "alice@", false, PLAYED_A_LOGIN, "alice@" },
		/* what is hashed stays; a domain in front is not hashed */
		{ PPP_AUTH_MSCHAPV2, "alice@stripped.org", false, PLAYED_B_LOGIN,
		  "alice@stripped.org" },
		{ PPP_AUTH_MSCHAPV2, "STRIPPED.ORG\\alice", false, PLAYED_B_LOGIN, "alice" },
		{ PPP_AUTH_MSCHAP, "alice@stripped.org", false, PLAYED_B_LOGIN, "alice" },
		/* the Identity stays */
		{ PPP_AUTH_EAP, "alice@stripped.org", false, PLAYED_B_LOGIN, "alice@stripped.org" },
		{ PPP_AUTH_EAP, "STRIPPED.ORG\\alice", true, PLAYED_B_LOGIN,
		  "STRIPPED.ORG\\alice" },
	};
	static const uint8_t identity[] = { 2, 1, 0, 6, 1, 'x' };
	const struct auth_realm realms[] = {
		{ "stripped.org", radius_login_group(net.radius, "b"), true },
		{ "kept.org", radius_login_group(net.radius, "b"), false },
	};

	open_with(realms, 2, "a");
	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ppp_auth_request proof = proof_of(cases[i].method, cases[i].name);

		if (cases[i].method == PPP_AUTH_MSCHAP || cases[i].method == PPP_AUTH_MSCHAPV2)
			proof = mschap_proof(cases[i].method, cases[i].name);
		proof.eap = identity;
		proof.eap_len = cases[i].method == PPP_AUTH_EAP ? sizeof(identity) : 0;
		ask(&proof, cases[i].strip_domain);
		assert_int_equal(net.n_sent, i + 1);
		if (net.sent[i].server != cases[i].server)
			fail_msg("%s: asked server %u", cases[i].name, net.sent[i].server);
		assert_text(i, RADIUS_USER_NAME, cases[i].sent);
		auth_cancel(&job);
	}
}

/* --- EAP ------------------------------------------------------------------------------------- */

static void ask_eap(const uint8_t *eap, size_t len)
{
	struct ppp_auth_request proof = proof_of(PPP_AUTH_EAP, "alice");

	proof.eap = eap;
	proof.eap_len = (uint16_t)len;
	ask(&proof, false);
}

static const uint8_t identity[] = { 2, 1, 0, 10, 1, 'a', 'l', 'i', 'c', 'e' };
static const uint8_t ask_2[] = { 1, 2, 0, 6, 99, 1 }, answer_2[] = { 2, 2, 0, 6, 99, 2 };
static const uint8_t ask_3[] = { 1, 3, 0, 6, 99, 3 }, answer_3[] = { 2, 3, 0, 6, 99, 4 };

static void challenge(unsigned int n, const uint8_t *eap, size_t len, const char *eap_state)
{
	struct radius_writer *w = played_radius_begin(&net, n, RADIUS_ACCESS_CHALLENGE);

	radius_put_pieces(w, RADIUS_EAP_MESSAGE, eap, len);
	if (eap_state)
		radius_put_text(w, RADIUS_STATE, eap_state);
	played_radius_send(&net, n);
}

static void eap_is_passed_through(void **state)
{
	struct radius_writer *w;

	ask_eap(identity, sizeof(identity));
	assert_attribute(0, 0, RADIUS_EAP_MESSAGE, identity, sizeof(identity));
	assert_attribute(0, 0, RADIUS_FRAMED_MTU, "\0\0\x05\x78", 4);
	assert_no(0, RADIUS_STATE);
	challenge(0, ask_2, sizeof(ask_2), "first");
	assert_int_equal(verdicts, 1);
	assert_int_equal(last.result, AUTH_CONTINUES);
	assert_int_equal(last.link.result, PPP_AUTH_CONTINUE);
	assert_memory_equal(last_eap, ask_2, sizeof(ask_2));
	assert_true(auth_is_talking(&job));
	/* the link may need it again as long as the peer has not answered */
	assert_memory_equal(last.link.eap, ask_2, sizeof(ask_2));

	ask_eap(answer_2, sizeof(answer_2));
	assert_false(auth_is_talking(&job));
	assert_attribute(1, 0, RADIUS_EAP_MESSAGE, answer_2, sizeof(answer_2));
	assert_text(1, RADIUS_STATE, "first");
	assert_text(1, RADIUS_USER_NAME, "alice");
	challenge(1, ask_3, sizeof(ask_3), "second");
	ask_eap(answer_3, sizeof(answer_3));
	assert_text(2, RADIUS_STATE, "second");

	w = played_radius_begin(&net, 2, RADIUS_ACCESS_ACCEPT);
	radius_put_pieces(w, RADIUS_EAP_MESSAGE, "\3\3\0\4", 4);
	put_hidden_key(w, 2, RADIUS_MS_MPPE_SEND_KEY,
		       "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", 1);
	put_hidden_key(w, 2, RADIUS_MS_MPPE_RECV_KEY,
		       "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f", 2);
	played_radius_send(&net, 2);
	assert_int_equal(verdicts, 3);
	assert_int_equal(last.result, AUTH_OK);
	assert_null(last.link.eap);
	assert_true(last.link.keys.valid);
	assert_int_equal(last.link.keys.send[15], 0x0f);
	assert_int_equal(last.link.keys.recv[0], 0x20);
	assert_false(auth_is_talking(&job));
	assert_null(job.backend);
}

/* RFC 3579 section 3.1: one packet may need many attributes, in both directions. */
static void long_packets_are_cut_and_joined(void **state)
{
	static uint8_t asks[1400] = { 1, 2, 0x05, 0x78, 13 };
	static uint8_t answers[1300] = { 2, 2, 0x05, 0x14, 13 };
	struct radius_packet packet;
	uint8_t joined[RADIUS_EAP_MAX];
	size_t len;

	for (unsigned int i = 5; i < sizeof(asks); i++)
		asks[i] = (uint8_t)(i * 7);
	for (unsigned int i = 5; i < sizeof(answers); i++)
		answers[i] = (uint8_t)(i * 11);
	ask_eap(identity, sizeof(identity));
	challenge(0, asks, sizeof(asks), "x");
	assert_int_equal(last.result, AUTH_CONTINUES);
	assert_int_equal(last.link.eap_len, sizeof(asks));
	assert_memory_equal(last_eap, asks, sizeof(asks));
	ask_eap(answers, sizeof(answers));
	packet = played_radius_request(&net, 1);
	assert_true(radius_join(&packet, RADIUS_EAP_MESSAGE, joined, sizeof(joined), &len));
	assert_int_equal(len, sizeof(answers));
	assert_memory_equal(joined, answers, sizeof(answers));
}

/* State means nothing to other servers. */
static void a_conversation_stays_with_its_server(void **state)
{
	ask_eap(identity, sizeof(identity));
	played_radius_pass(&net, 1500);
	assert_int_equal(net.sent[net.n_sent - 1].server, PLAYED_B_LOGIN);
	challenge(net.n_sent - 1, ask_2, sizeof(ask_2), "of b");
	assert_int_equal(last.result, AUTH_CONTINUES);
	net.n_sent = 0;
	ask_eap(answer_2, sizeof(answer_2));
	played_radius_pass(&net, 60000);
	assert_true(net.n_sent > 1);
	for (unsigned int i = 0; i < net.n_sent; i++)
		if (net.sent[i].octets[0] == RADIUS_ACCESS_REQUEST)
			assert_int_equal(net.sent[i].server, PLAYED_B_LOGIN);
	/* and fails with it */
	assert_int_equal(last.result, AUTH_UNAVAILABLE);
	assert_false(auth_is_talking(&job));
	assert_null(job.backend);
}

static void a_challenge_may_lack_state(void **state)
{
	ask_eap(identity, sizeof(identity));
	challenge(0, ask_2, sizeof(ask_2), "first");
	ask_eap(answer_2, sizeof(answer_2));
	challenge(1, ask_3, sizeof(ask_3), NULL);
	assert_int_equal(last.result, AUTH_CONTINUES);
	ask_eap(answer_3, sizeof(answer_3));
	/* that of the challenge before is used up */
	assert_no(2, RADIUS_STATE);
	assert_int_equal(net.sent[2].server, PLAYED_A_LOGIN);
	assert_attribute(2, 0, RADIUS_EAP_MESSAGE, answer_3, sizeof(answer_3));
}

static void the_time_for_the_user_is_passed_on(void **state)
{
	struct radius_writer *w;

	ask_eap(identity, sizeof(identity));
	w = played_radius_begin(&net, 0, RADIUS_ACCESS_CHALLENGE);
	radius_put_pieces(w, RADIUS_EAP_MESSAGE, ask_2, sizeof(ask_2));
	radius_put_number(w, RADIUS_SESSION_TIMEOUT, 20);
	played_radius_send(&net, 0);
	assert_int_equal(last.link.eap_wait_ms, 20000);
}

static void a_conversation_can_be_cancelled(void **state)
{
	ask_eap(identity, sizeof(identity));
	challenge(0, ask_2, sizeof(ask_2), "first");
	auth_cancel(&job);
	assert_false(auth_is_talking(&job));
	/* what comes now begins another one */
	ask_eap(identity, sizeof(identity));
	assert_no(1, RADIUS_STATE);
	challenge(1, ask_2, sizeof(ask_2), "other");
	ask_eap(answer_2, sizeof(answer_2));
	auth_cancel(&job);
	assert_null(job.auth);
	played_radius_pass(&net, 60000);
	assert_int_equal(verdicts, 2);
}

/* The configuration may change in the middle of a conversation. */
static void a_conversation_stays_with_its_backend(void **state)
{
	const struct auth_radius_settings other = {
		.group = radius_login_group(net.radius, "b"),
	};

	ask_eap(identity, sizeof(identity));
	challenge(0, ask_2, sizeof(ask_2), "first");
	auth_put(auth);
	auth = auth_radius_new(net.radius, &other);
	ask_eap(answer_2, sizeof(answer_2));
	assert_int_equal(net.sent[1].server, PLAYED_A_LOGIN);
	assert_text(1, RADIUS_STATE, "first");
	played_radius_reply(&net, 1, RADIUS_ACCESS_REJECT);
	assert_int_equal(last.result, AUTH_WRONG_SECRET);
	/* the next one is the new backend's */
	ask_eap(identity, sizeof(identity));
	assert_int_equal(net.sent[2].server, PLAYED_B_LOGIN);
}

#define TEST(name)	cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_question_names_the_session),
		TEST(an_accept_comes_back),
		TEST(passwords_are_hidden),
		TEST(the_next_server_can_read_it),
		TEST(chap_has_its_identifier),
		TEST(mschap_versions_have_attributes_of_their_own),
		TEST(mschapv2_comes_back_with_proof_and_keys),
		TEST(mschap_errors_come_back),
		TEST(replies_that_cannot_be_read_are_refused),
		TEST(silence_ends_in_words),
		TEST(a_question_can_be_cancelled),
		TEST(without_memory_nobody_is_let_in),
		TEST(without_memory_there_is_no_backend),
		TEST(what_radius_cannot_carry_is_not_asked),
		TEST(who_has_no_group_is_unknown),
		TEST(realms_choose_group_and_name),
		TEST(eap_is_passed_through),
		TEST(long_packets_are_cut_and_joined),
		TEST(a_conversation_stays_with_its_server),
		TEST(a_challenge_may_lack_state),
		TEST(the_time_for_the_user_is_passed_on),
		TEST(a_conversation_can_be_cancelled),
		TEST(a_conversation_stays_with_its_backend),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
