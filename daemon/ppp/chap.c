// SPDX-License-Identifier: GPL-2.0-only
/*
 * The Challenge-Handshake Authentication Protocol (RFC 1994) with MD5 and with
 * both versions of MS-CHAP (RFC 2433, 2759).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ppp/auth_priv.h"
#include "util/hash.h"

enum {
	CHALLENGE		= 1,
	RESPONSE		= 2,
	SUCCESS			= 3,
	FAILURE			= 4,
	CHANGE_PASSWORD_1	= 5,	/* RFC 2433 section 9 */
	CHANGE_PASSWORD_2	= 6,	/* RFC 2433 section 10 */
	CHANGE_PASSWORD_3	= 7,	/* RFC 2759 section 7 */
};

#define MD5_LEN		16

static bool is_chap(enum ppp_auth_method method)
{
	return method == PPP_AUTH_CHAP_MD5 || method == PPP_AUTH_MSCHAP ||
	       method == PPP_AUTH_MSCHAPV2;
}

static bool is_mschap(enum ppp_auth_method method)
{
	return method == PPP_AUTH_MSCHAP || method == PPP_AUTH_MSCHAPV2;
}

size_t chap_challenge_len(enum ppp_auth_method method)
{
	return method == PPP_AUTH_MSCHAP ? MSCHAP_CHALLENGE_LEN : PPP_AUTH_CHALLENGE_LEN;
}

static size_t response_len(enum ppp_auth_method method)
{
	return method == PPP_AUTH_CHAP_MD5 ? MD5_LEN : MSCHAP_VALUE_LEN;
}

/* Send a Challenge or a Response; both have the same format. */
static void send_value(struct ppp_link *link, uint8_t code, uint8_t id, const uint8_t *value,
		       size_t len, const char *name)
{
	uint8_t data[1 + MSCHAP_VALUE_LEN + PPP_NAME_MAX];
	struct writer w = wr_init(data, sizeof(data));

	wr_u8(&w, (uint8_t)len);
	wr_copy(&w, value, len);
	wr_copy(&w, name, strnlen(name, PPP_NAME_MAX));
	auth_send(link, PPP_PROTO_CHAP, code, id, data, wr_len(&w));
}

/* --- server: the peer proves itself --------------------------------------------------- */

static void new_challenge(struct ppp_link *link)
{
	struct ppp_auth_server *server = &link->auth.server;

	link_random(link, server->talk->challenge, chap_challenge_len(server->method));
	server->id = ++link->state.chap_id;
	server->tries = 0;
	server->interval = 0;
}

static void send_challenge(struct ppp_link *link)
{
	struct ppp_auth_server *server = &link->auth.server;

	server->tries++;
	auth_wait(link, &server->deadline, &server->interval, 1);
	send_value(link, CHALLENGE, server->id, server->talk->challenge,
		   chap_challenge_len(server->method), link->config->name);
}

static void server_start(struct ppp_link *link)
{
	if (!auth_server_talk(link))
		return;
	new_challenge(link);
	send_challenge(link);
}

static void server_tick(struct ppp_link *link)
{
	struct ppp_auth_server *server = &link->auth.server;

	if (server->step == PPP_AUTH_DONE) {
		server->step = PPP_AUTH_WAITING;
		server_start(link);
	} else if (server->tries < link->config->max_configure) {
		send_challenge(link);
	} else {
		server->deadline = NEVER;
		link_fail(link, PPP_REASON_AUTH_TIMEOUT, "no response to our challenge");
	}
}

static void send_reply(struct ppp_link *link, uint8_t id)
{
	const struct ppp_auth_server *server = &link->auth.server;

	auth_send(link, PPP_PROTO_CHAP, server->reply_code, id, server->talk->reply,
		  server->talk->reply_len);
}

static void reply(struct ppp_link *link, uint8_t code, uint8_t id)
{
	struct ppp_auth_server *server = &link->auth.server;

	server->reply_code = code;
	server->reply_id = id;
	server->talk->reply_len = (uint16_t)strlen(server->talk->reply);
	send_reply(link, id);
}

/* Once the peer is let in, such a response is that of somebody else. */
static void refuse_name(struct ppp_link *link, uint8_t id)
{
	struct ppp_auth_server *server = &link->auth.server;

	if (server->again) {
		link_bad(link, "CHAP response with a name that cannot be");
		return;
	}
	chap_failure_message(server->talk, server->method, MSCHAP_ERR_AUTHENTICATION_FAILURE, false,
			     "");
	reply(link, FAILURE, id);
	auth_server_no_name(link);
}

static void server_response(struct ppp_link *link, struct auth_packet *packet)
{
	struct ppp_auth_server *server = &link->auth.server;
	struct ppp_auth_server_talk *talk = server->talk;
	struct ppp_auth_request *request;
	struct reader *r = &packet->data;
	size_t len = rd_u8(r);
	const uint8_t *value = rd_bytes(r, len);
	size_t name_len = rd_left(r);
	const uint8_t *name = rd_bytes(r, name_len);

	if (!rd_ok(r) || len != response_len(server->method)) {
		link_bad(link, "CHAP response with a wrong length");
		return;
	}
	if (!talk) {
		link_untimely(link, "CHAP response of who knows that he is let in");
		return;
	}
	if (server->reply_code && packet->id == server->reply_id &&
	    server->step != PPP_AUTH_ASKED) {
		/* The peer did not receive our answer (RFC 1994 section 4.2). */
		send_reply(link, packet->id);
		return;
	}
	/* The peer has sent its response once more: the verdict is on its way. */
	if (server->step == PPP_AUTH_ASKED && packet->id == server->id)
		return;
	if (server->step != PPP_AUTH_WAITING || packet->id != server->id) {
		link_bad(link, "CHAP response to no challenge of ours");
		return;
	}
	request = &talk->request;
	if (!auth_take_name(request, name, name_len)) {
		refuse_name(link, packet->id);
		return;
	}
	if (server->again && strcmp(request->user, link->peer_name)) {
		link_bad(link, "CHAP response by another than was let in");
		return;
	}
	request->method = server->method;
	request->id = packet->id;
	request->challenge_len = (uint8_t)chap_challenge_len(server->method);
	memcpy(request->challenge, talk->challenge, sizeof(request->challenge));
	request->response_len = (uint8_t)len;
	memcpy(request->response, value, len);
	auth_server_ask(link);
}

void chap_success_message(struct ppp_auth_server_talk *talk, enum ppp_auth_method method,
			  const struct ppp_auth_verdict *verdict)
{
	const char *words = *verdict->message ? verdict->message : "Access granted";

	if (method == PPP_AUTH_MSCHAPV2)
		snprintf(talk->reply, sizeof(talk->reply), "%.*s M=%.*s",
			 MSCHAPV2_AUTHRESP_TEXT_LEN, verdict->authenticator, PPP_TEXT_MAX, words);
	else
		snprintf(talk->reply, sizeof(talk->reply), "%.*s", PPP_TEXT_MAX, words);
}

/* The format is that of RFC 2433 section 8 and RFC 2759 section 6. */
void chap_failure_message(struct ppp_auth_server_talk *talk, enum ppp_auth_method method,
			  unsigned int error, bool retry, const char *words)
{
	char challenge[2 * PPP_AUTH_CHALLENGE_LEN + 1];
	size_t len = chap_challenge_len(method);

	if (!*words)
		words = "Authentication failed";
	if (!is_mschap(method)) {
		snprintf(talk->reply, sizeof(talk->reply), "%.*s", PPP_TEXT_MAX, words);
		return;
	}
	for (size_t i = 0; i < len; i++)
		snprintf(challenge + 2 * i, 3, "%02X", talk->challenge[i]);
	snprintf(talk->reply, sizeof(talk->reply), "E=%u R=%d C=%s V=%d M=%.*s", error, retry,
		 challenge, method == PPP_AUTH_MSCHAPV2 ? 3 : 2, PPP_TEXT_MAX, words);
}

/*
 * Send a Failure with R=1 and a new challenge in C=. The peer answers that challenge with a
 * Response whose identifier is @failed_id + 1, once its user has typed the password. Until
 * then only the timer of the authentication phase runs.
 */
static void allow_retry(struct ppp_link *link, const struct ppp_auth_verdict *verdict)
{
	struct ppp_auth_server *server = &link->auth.server;
	uint8_t failed_id = server->talk->request.id;

	server->retries++;
	new_challenge(link);
	server->id = (uint8_t)(failed_id + 1);
	link->state.chap_id = server->id;
	server->step = PPP_AUTH_WAITING;
	server->deadline = NEVER;
	chap_failure_message(server->talk, server->method, MSCHAP_ERR_AUTHENTICATION_FAILURE, true,
			     verdict->message);
	reply(link, FAILURE, failed_id);
}

static void server_verdict(struct ppp_link *link, const struct ppp_auth_verdict *verdict)
{
	struct ppp_auth_server *server = &link->auth.server;
	unsigned int error = verdict->error ? verdict->error : MSCHAP_ERR_AUTHENTICATION_FAILURE;

	if (verdict->result == PPP_AUTH_OK) {
		chap_success_message(server->talk, server->method, verdict);
		reply(link, SUCCESS, server->talk->request.id);
		auth_server_done(link, &verdict->keys);
	} else if (verdict->retry && error == MSCHAP_ERR_AUTHENTICATION_FAILURE &&
		   is_mschap(server->method) && server->retries < link->config->auth_retries) {
		allow_retry(link, verdict);
	} else {
		chap_failure_message(server->talk, server->method, error, false, verdict->message);
		reply(link, FAILURE, server->talk->request.id);
		auth_server_failed(link, is_mschap(server->method) ? error : 0);
	}
}

static void server_repeat(struct ppp_link *link)
{
	send_reply(link, link->auth.server.reply_id);
}

/* Passwords cannot be changed here. Tell the peer so with an MS-CHAP Failure. */
static void refuse_change(struct ppp_link *link, const struct auth_packet *packet)
{
	struct ppp_auth_server *server = &link->auth.server;

	if (server->step != PPP_AUTH_WAITING) {
		link_bad(link, "change of password at the wrong time");
		return;
	}
	chap_failure_message(server->talk, server->method, MSCHAP_ERR_CHANGING_PASSWORD, false,
			     "Password cannot be changed here");
	reply(link, FAILURE, packet->id);
	auth_server_failed(link, MSCHAP_ERR_CHANGING_PASSWORD);
}

/* --- client: we prove ourselves ------------------------------------------------------- */

static bool compute_mschap(struct ppp_link *link, struct ppp_auth_client_talk *talk)
{
	uint8_t hash[MSCHAP_HASH_LEN], hash_hash[MSCHAP_HASH_LEN], lm[MSCHAP_HASH_LEN];
	bool has_lm = mschap_lm_password_hash(link->password, link->password_len, lm);

	if (!nt_hash(link->password, link->password_len, hash))
		return false;
	/* The LM response would only help an eavesdropper: it stays zero. */
	mschap_challenge_response(talk->challenge, hash, talk->response + MSCHAP_VALUE_NT);
	talk->response[MSCHAP_VALUE_USE_NT] = 1;
	mschap_hash_nt_password_hash(hash, hash_hash);
	mppe_keys_mschap(&talk->keys, hash_hash, talk->challenge, has_lm ? lm : NULL);
	explicit_bzero(lm, sizeof(lm));
	explicit_bzero(hash, sizeof(hash));
	explicit_bzero(hash_hash, sizeof(hash_hash));
	return true;
}

static bool compute_mschapv2(struct ppp_link *link, struct ppp_auth_client_talk *talk)
{
	uint8_t *peer_challenge = talk->response + MSCHAPV2_VALUE_PEER_CHALLENGE;
	uint8_t *nt_response = talk->response + MSCHAPV2_VALUE_NT;
	uint8_t hash[MSCHAP_HASH_LEN], hash_hash[MSCHAP_HASH_LEN];
	uint8_t challenge[MSCHAP_CHALLENGE_LEN];
	size_t name_len = strlen(link->user);
	const char *name = mschap_bare_name(link->user, &name_len);

	if (!nt_hash(link->password, link->password_len, hash))
		return false;
	link_random(link, peer_challenge, MSCHAPV2_CHALLENGE_LEN);
	mschapv2_challenge_hash(peer_challenge, talk->challenge, name, name_len, challenge);
	mschap_challenge_response(challenge, hash, nt_response);
	mschap_hash_nt_password_hash(hash, hash_hash);
	mschapv2_authenticator_response(hash_hash, nt_response, challenge, talk->expected);
	mppe_keys_mschapv2(&talk->keys, hash_hash, nt_response, false);
	explicit_bzero(hash, sizeof(hash));
	explicit_bzero(hash_hash, sizeof(hash_hash));
	return true;
}

bool chap_compute_response(struct ppp_link *link, enum ppp_auth_method method)
{
	struct ppp_auth_client *client = &link->auth.client;
	struct ppp_auth_client_talk *talk = client->talk;

	memset(talk->response, 0, sizeof(talk->response));
	client->response_len = (uint8_t)response_len(method);
	switch (method) {
	case PPP_AUTH_MSCHAP:
		return compute_mschap(link, talk);
	case PPP_AUTH_MSCHAPV2:
		return compute_mschapv2(link, talk);
	default:
		chap_md5(client->id, link->password, link->password_len, talk->challenge,
			 client->challenge_len, talk->response);
		return true;
	}
}

static void send_response(struct ppp_link *link)
{
	struct ppp_auth_client *client = &link->auth.client;

	client->tries++;
	/*
	 * The server may have to ask another machine: be patient before the first
	 * retransmission.
	 */
	auth_wait(link, &client->deadline, &client->interval, 4);
	send_value(link, RESPONSE, client->id, client->talk->response, client->response_len,
		   link->user);
}

bool chap_is_reflection(const struct ppp_auth_server *server, const uint8_t *value, size_t len)
{
	return server->talk && server->method != PPP_AUTH_PAP && len >= MSCHAP_CHALLENGE_LEN &&
	       len <= sizeof(server->talk->challenge) &&
	       !memcmp(value, server->talk->challenge, len);
}

bool chap_is_answered(const struct ppp_auth_client *client, uint8_t id, const uint8_t *value,
		      size_t len)
{
	return client->step == PPP_AUTH_DONE && !client->talk && id == client->id &&
	       len == client->challenge_len && hash_bytes(value, len) == client->answered;
}

static void client_challenge(struct ppp_link *link, struct auth_packet *packet)
{
	struct ppp_auth_client *client = &link->auth.client;
	struct reader *r = &packet->data;
	size_t len = rd_u8(r);
	const uint8_t *value = rd_bytes(r, len);

	if (!rd_ok(r) || !len ||
	    (is_mschap(client->method) && len != chap_challenge_len(client->method))) {
		link_bad(link, "CHAP challenge with a wrong length");
		return;
	}
	if (chap_is_reflection(&link->auth.server, value, len)) {
		link_bad(link, "our own CHAP challenge sent back to us");
		return;
	}
	if (client->step == PPP_AUTH_REFUSED || chap_is_answered(client, packet->id, value, len) ||
	    !auth_client_talk(link))
		return;
	if (client->response_len && packet->id == client->id && len == client->challenge_len &&
	    !memcmp(value, client->talk->challenge, len)) {
		/* The server did not receive our response. */
		send_response(link);
		return;
	}
	client->step = PPP_AUTH_WAITING;
	client->id = packet->id;
	client->tries = 0;
	client->interval = 0;
	client->challenge_len = (uint8_t)len;
	memcpy(client->talk->challenge, value, len);
	if (chap_compute_response(link, client->method))
		send_response(link);
	else
		auth_client_cannot(link, MSCHAP_TOO_LONG);
}

static void client_tick(struct ppp_link *link)
{
	struct ppp_auth_client *client = &link->auth.client;

	if (client->tries < link->config->max_configure) {
		send_response(link);
		return;
	}
	/* The server may need long for its decision; the authentication phase has its own limit. */
	client->deadline = NEVER;
}

bool chap_proves_server(const struct ppp_auth_client *client, struct reader message)
{
	char text[MSCHAPV2_AUTHRESP_TEXT_LEN + 1];
	const uint8_t *said = rd_bytes(&message, MSCHAPV2_AUTHRESP_TEXT_LEN);

	mschapv2_authenticator_text(client->talk->expected, text);
	return said && !strncasecmp((const char *)said, text, MSCHAPV2_AUTHRESP_TEXT_LEN);
}

static void client_success(struct ppp_link *link, struct auth_packet *packet)
{
	struct ppp_auth_client *client = &link->auth.client;

	if (client->method == PPP_AUTH_MSCHAPV2 && !chap_proves_server(client, packet->data)) {
		client->step = PPP_AUTH_REFUSED;
		client->deadline = NEVER;
		link_fail(link, PPP_REASON_AUTH_PEER_UNPROVEN, NULL);
		return;
	}
	auth_client_done(link);
}

/*
 * Returns the number behind @field ("E=") where @field begins a word of @text, or 0 if
 * there is none.
 */
static unsigned int message_field(const char *text, const char *field)
{
	const char *at = text;

	while ((at = strstr(at, field))) {
		if (at == text || at[-1] == ' ')
			return (unsigned int)strtoul(at + strlen(field), NULL, 10);
		at++;
	}
	return 0;
}

void chap_client_failed(struct ppp_link *link, enum ppp_auth_method method, struct reader message)
{
	char text[PPP_TEXT_MAX + 1];
	const char *words = text;
	unsigned int error = 0;
	size_t len = rd_left(&message);

	link_sanitise(text, sizeof(text), rd_bytes(&message, len), len);
	if (is_mschap(method)) {
		error = message_field(text, "E=");
		if (error > UINT16_MAX)
			error = 0;
		words = strstr(text, " M=");
		words = words ? words + strlen(" M=") : "";
	}
	auth_client_failed(link, error, *words ? words : NULL);
}

static void client_answer(struct ppp_link *link, struct auth_packet *packet)
{
	struct ppp_auth_client *client = &link->auth.client;

	if (client->step != PPP_AUTH_WAITING || !client->response_len || packet->id != client->id) {
		/* A second copy of an answer that we have handled is no error. */
		if (client->step != PPP_AUTH_DONE)
			link_bad(link, "CHAP answer to no response of ours");
		return;
	}
	if (packet->code == SUCCESS)
		client_success(link, packet);
	else
		chap_client_failed(link, client->method, packet->data);
}

/* --- both ----------------------------------------------------------------------------- */

static void input(struct ppp_link *link, struct auth_packet *packet)
{
	bool server = is_chap(link->auth.server.method);
	bool client = is_chap(link->auth.client.method);

	switch (packet->code) {
	case RESPONSE:
		if (server)
			server_response(link, packet);
		else
			link_bad(link, "CHAP response that was not asked for");
		break;
	case CHANGE_PASSWORD_1:
	case CHANGE_PASSWORD_2:
	case CHANGE_PASSWORD_3:
		if (is_mschap(link->auth.server.method))
			refuse_change(link, packet);
		else
			link_bad(link, "change of password that was not asked for");
		break;
	case CHALLENGE:
		if (client)
			client_challenge(link, packet);
		else
			link_bad(link, "CHAP challenge that was not agreed to");
		break;
	case SUCCESS:
	case FAILURE:
		if (client)
			client_answer(link, packet);
		else
			link_bad(link, "CHAP answer that was not asked for");
		break;
	default:
		link_bad(link, "CHAP packet with an unknown code");
	}
}

const struct auth_protocol chap_protocol = {
	.number = PPP_PROTO_CHAP,
	.server_start = server_start,
	.server_tick = server_tick,
	.server_verdict = server_verdict,
	.server_repeat = server_repeat,
	.client_tick = client_tick,
	.input = input,
};
