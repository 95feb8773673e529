// SPDX-License-Identifier: GPL-2.0-only
/*
 * The Extensible Authentication Protocol (RFC 3748) with the methods MD5-Challenge and
 * EAP-MSCHAPv2 (draft-kamath-pppext-eap-mschapv2). As authenticator the link can instead
 * pass the packets of its owner's methods through.
 *
 * The authenticator retransmits. The authenticatee never does: it answers each copy of a
 * request in the same way.
 */
#include <string.h>

#include "ppp/auth_priv.h"

enum {
	REQUEST		= 1,
	RESPONSE	= 2,
	SUCCESS		= 3,
	FAILURE		= 4,
};

enum {
	TYPE_IDENTITY		= 1,
	TYPE_NOTIFICATION	= 2,
	TYPE_NAK		= 3,
	TYPE_MD5		= 4,
	TYPE_MSCHAPV2		= 26,
};

/* OpCodes of EAP-MSCHAPv2. */
enum {
	OP_CHALLENGE	= 1,
	OP_RESPONSE	= 2,
	OP_SUCCESS	= 3,
	OP_FAILURE	= 4,
};

/* What the authenticator has asked for last. */
enum {
	STEP_IDENTITY,
	STEP_METHOD,
	STEP_RESULT,		/* EAP-MSCHAPv2: we sent Success or Failure, to be confirmed */
	STEP_RELAY,		/* the request of the owner */
};

#define EAP_HEADER_LEN	4
#define MD5_LEN		16
#define DATA_MAX	(1 + 5 + MSCHAP_VALUE_LEN + PPP_AUTH_REPLY_MAX + PPP_NAME_MAX)

static uint8_t type_of(enum ppp_auth_method method)
{
	return method == PPP_AUTH_MSCHAPV2 ? TYPE_MSCHAPV2 : TYPE_MD5;
}

static void send_data(struct ppp_link *link, uint8_t code, uint8_t id, const struct writer *w)
{
	if (wr_ok(w))
		auth_send(link, PPP_PROTO_EAP, code, id, w->start, wr_len(w));
}

/*
 * Write an EAP-MSCHAPv2 packet, from behind the EAP type: OpCode, identifier, length (from
 * the OpCode on), @value, @name. @sized puts the length of @value in front of it (challenge
 * and response, but not messages).
 */
static void write_mschapv2(struct writer *w, uint8_t op, uint8_t id, bool sized, const void *value,
			   size_t len, const char *name)
{
	size_t name_len = strnlen(name, PPP_NAME_MAX);

	wr_u8(w, op);
	wr_u8(w, id);
	wr_be16(w, (uint16_t)(4 + sized + len + name_len));
	if (sized)
		wr_u8(w, (uint8_t)len);
	wr_copy(w, value, len);
	wr_copy(w, name, name_len);
}

/* --- server --------------------------------------------------------------------------- */

/* Send the current request, for the first time or again. */
static void server_send(struct ppp_link *link)
{
	struct ppp_auth_server *server = &link->auth.server;
	size_t challenge_len = chap_challenge_len(server->eap_method);
	const char *name = link->config->name;
	uint8_t data[DATA_MAX];
	struct writer w = wr_init(data, sizeof(data));

	server->tries++;
	auth_wait(link, &server->deadline, &server->interval, 1);
	if (server->eap_step == STEP_RELAY) {
		auth_send(link, PPP_PROTO_EAP, server->eap[0], server->id,
			  server->eap + EAP_HEADER_LEN, server->eap_len - EAP_HEADER_LEN);
		return;
	}
	if (server->eap_step == STEP_IDENTITY) {
		wr_u8(&w, TYPE_IDENTITY);
	} else if (server->eap_step == STEP_RESULT) {
		wr_u8(&w, TYPE_MSCHAPV2);
		write_mschapv2(&w, server->error ? OP_FAILURE : OP_SUCCESS,
			       server->talk->request.id, false, server->talk->reply,
			       strlen(server->talk->reply), "");
	} else if (server->eap_method == PPP_AUTH_MSCHAPV2) {
		wr_u8(&w, TYPE_MSCHAPV2);
		write_mschapv2(&w, OP_CHALLENGE, server->id, true, server->talk->challenge,
			       challenge_len, name);
	} else {
		wr_u8(&w, TYPE_MD5);
		wr_u8(&w, (uint8_t)challenge_len);
		wr_copy(&w, server->talk->challenge, challenge_len);
		wr_copy(&w, name, strnlen(name, PPP_NAME_MAX));
	}
	send_data(link, REQUEST, server->id, &w);
}

/* @wait_ms is the time to wait for the response at first; 0: as usual. */
static void server_ask_patiently(struct ppp_link *link, uint8_t step, uint32_t wait_ms)
{
	struct ppp_auth_server *server = &link->auth.server;

	server->eap_step = step;
	server->step = PPP_AUTH_WAITING;
	server->tries = 0;
	server->interval = wait_ms;
	server_send(link);
}

static void server_ask(struct ppp_link *link, uint8_t step)
{
	server_ask_patiently(link, step, 0);
}

static void server_start(struct ppp_link *link)
{
	struct ppp_auth_server *server = &link->auth.server;

	server->id = ++link->state.chap_id;
	server_ask(link, STEP_IDENTITY);
}

static void server_end(struct ppp_link *link)
{
	struct ppp_auth_server *server = &link->auth.server;

	server->eap = NULL;
	auth_send(link, PPP_PROTO_EAP, server->error ? FAILURE : SUCCESS, server->id, NULL, 0);
	if (!server->error)
		auth_server_done(link, &server->talk->keys);
	else
		auth_server_failed(link, server->eap_method == PPP_AUTH_MSCHAPV2 ? server->error
										 : 0);
}

static void server_repeat(struct ppp_link *link)
{
	auth_send(link, PPP_PROTO_EAP, SUCCESS, link->auth.server.id, NULL, 0);
}

static void server_tick(struct ppp_link *link)
{
	struct ppp_auth_server *server = &link->auth.server;

	if (server->tries < link->config->max_configure) {
		server_send(link);
		return;
	}
	server->deadline = NEVER;
	/* A refusal does not need the peer's confirmation; a success does. */
	if (server->eap_step == STEP_RESULT && server->error)
		server_end(link);
	else
		link_fail(link, PPP_REASON_AUTH_TIMEOUT, "no answer to our EAP request");
}

static void offer(struct ppp_link *link, enum ppp_auth_method method)
{
	struct ppp_auth_server *server = &link->auth.server;

	server->eap_method = method;
	server->id++;
	link_random(link, server->talk->challenge, chap_challenge_len(method));
	server_ask(link, STEP_METHOD);
}

static void no_method(struct ppp_link *link)
{
	auth_send(link, PPP_PROTO_EAP, FAILURE, link->auth.server.id, NULL, 0);
	link->auth.server.deadline = NEVER;
	link_fail(link, PPP_REASON_AUTH_NO_METHOD, NULL);
}

static void refuse_name(struct ppp_link *link)
{
	auth_send(link, PPP_PROTO_EAP, FAILURE, link->auth.server.id, NULL, 0);
	auth_server_no_name(link);
}

/*
 * The peer rejects our method and wants one of @types: offer the next of our methods that
 * is among them.
 */
static void server_nak(struct ppp_link *link, struct reader types)
{
	const struct ppp_auth_server *server = &link->auth.server;
	size_t len = rd_left(&types);
	const uint8_t *type = rd_bytes(&types, len);
	bool passed = false;

	for (const uint8_t *m = link->config->eap; *m != PPP_AUTH_NONE; m++) {
		if (passed && memchr(type, type_of(*m), len)) {
			offer(link, *m);
			return;
		}
		passed = passed || *m == server->eap_method;
	}
	no_method(link);
}

static void relay(struct ppp_link *link, struct auth_packet *packet)
{
	struct ppp_auth_request *request = &link->auth.server.talk->request;
	uint8_t eap[PPP_MRU_DEFAULT];
	struct writer w = wr_init(eap, sizeof(eap));
	size_t len = rd_left(&packet->data);

	link->auth.server.eap = NULL;
	wr_u8(&w, packet->code);
	wr_u8(&w, packet->id);
	wr_be16(&w, (uint16_t)(EAP_HEADER_LEN + len));
	wr_copy(&w, rd_bytes(&packet->data, len), len);
	request->method = PPP_AUTH_EAP;
	request->eap = eap;
	request->eap_len = (uint16_t)wr_len(&w);
	auth_server_ask(link);
	request->eap = NULL;
	request->eap_len = 0;
}

static void server_identity(struct ppp_link *link, struct auth_packet *packet)
{
	struct reader r = packet->data;
	size_t len;

	if (rd_u8(&r) != TYPE_IDENTITY) {
		link_bad(link, "EAP response of another type than asked for");
		return;
	}
	len = rd_left(&r);
	if (!auth_take_name(&link->auth.server.talk->request, rd_bytes(&r, len), len)) {
		refuse_name(link);
		return;
	}
	if (link->config->eap_relay)
		relay(link, packet);
	else if (link->config->eap[0] != PPP_AUTH_NONE)
		offer(link, link->config->eap[0]);
	else
		no_method(link);
}

/* Pass the response of one of our own methods to the owner, in the form of CHAP. */
static void ask_owner(struct ppp_link *link, uint8_t id, const uint8_t *value, size_t len)
{
	struct ppp_auth_server *server = &link->auth.server;
	struct ppp_auth_request *request = &server->talk->request;

	request->method = server->eap_method;
	request->id = id;
	request->challenge_len = (uint8_t)chap_challenge_len(server->eap_method);
	memcpy(request->challenge, server->talk->challenge, sizeof(request->challenge));
	request->response_len = (uint8_t)len;
	memcpy(request->response, value, len);
	auth_server_ask(link);
}

static void server_md5(struct ppp_link *link, uint8_t id, struct reader r)
{
	size_t len = rd_u8(&r);
	const uint8_t *value = rd_bytes(&r, len);

	if (!rd_ok(&r) || len != MD5_LEN) {
		link_bad(link, "EAP MD5 response with a wrong length");
		return;
	}
	ask_owner(link, id, value, len);
}

static void server_mschapv2(struct ppp_link *link, struct reader r)
{
	uint8_t op = rd_u8(&r);
	uint8_t id = rd_u8(&r);
	size_t length = rd_be16(&r);
	size_t len = rd_u8(&r);
	const uint8_t *value = rd_bytes(&r, len);
	size_t name_len = rd_left(&r);
	const uint8_t *name = rd_bytes(&r, name_len);

	if (!rd_ok(&r) || op != OP_RESPONSE || len != MSCHAP_VALUE_LEN ||
	    length != 4 + 1 + len + name_len) {
		link_bad(link, "EAP-MSCHAPv2 response with a wrong length");
		return;
	}
	/* This name, not the EAP identity, is part of what was hashed. */
	if (!auth_take_name(&link->auth.server.talk->request, name, name_len)) {
		refuse_name(link);
		return;
	}
	ask_owner(link, id, value, len);
}

static void server_method(struct ppp_link *link, struct auth_packet *packet)
{
	struct ppp_auth_server *server = &link->auth.server;
	uint8_t type = rd_u8(&packet->data);

	if (type == TYPE_NAK)
		server_nak(link, packet->data);
	else if (type != type_of(server->eap_method))
		link_bad(link, "EAP response of another type than asked for");
	else if (type == TYPE_MD5)
		server_md5(link, packet->id, packet->data);
	else
		server_mschapv2(link, packet->data);
}

static void server_result(struct ppp_link *link, struct auth_packet *packet)
{
	struct ppp_auth_server *server = &link->auth.server;
	uint8_t type = rd_u8(&packet->data);
	uint8_t op = rd_u8(&packet->data);

	if (!rd_ok(&packet->data) || type != TYPE_MSCHAPV2) {
		link_bad(link, "EAP response of another type than asked for");
		return;
	}
	/* A peer that does not accept our Success answers with Failure. */
	if (op != OP_SUCCESS && !server->error)
		server->error = MSCHAP_ERR_AUTHENTICATION_FAILURE;
	server_end(link);
}

static void server_input(struct ppp_link *link, struct auth_packet *packet)
{
	struct ppp_auth_server *server = &link->auth.server;

	/* Copies of responses that were handled are common and harmless. */
	if (server->step != PPP_AUTH_WAITING || packet->id != server->id)
		return;
	if (!rd_left(&packet->data)) {
		link_bad(link, "EAP response without a type");
		return;
	}
	switch (server->eap_step) {
	case STEP_IDENTITY:
		server_identity(link, packet);
		break;
	case STEP_METHOD:
		server_method(link, packet);
		break;
	case STEP_RESULT:
		server_result(link, packet);
		break;
	case STEP_RELAY:
		relay(link, packet);
		break;
	}
}

/* Returns true if the owner's verdict contains an EAP packet whose length field is right. */
static bool is_packet(const struct ppp_auth_verdict *verdict)
{
	const uint8_t *eap = verdict->eap;

	return eap && verdict->eap_len >= EAP_HEADER_LEN && verdict->eap_len <= PPP_MRU_DEFAULT &&
	       (size_t)(eap[2] << 8 | eap[3]) == verdict->eap_len;
}

static void relay_verdict(struct ppp_link *link, const struct ppp_auth_verdict *verdict)
{
	struct ppp_auth_server *server = &link->auth.server;

	if (verdict->result == PPP_AUTH_CONTINUE && is_packet(verdict) &&
	    verdict->eap[0] == REQUEST) {
		server->eap = verdict->eap;
		server->eap_len = verdict->eap_len;
		server->id = verdict->eap[1];
		server_ask_patiently(link, STEP_RELAY, verdict->eap_wait_ms);
		return;
	}
	if (is_packet(verdict))
		server->id = verdict->eap[1];
	server->error = verdict->result == PPP_AUTH_OK ? 0 : MSCHAP_ERR_AUTHENTICATION_FAILURE;
	server->talk->keys = verdict->keys;
	server_end(link);
}

static void server_verdict(struct ppp_link *link, const struct ppp_auth_verdict *verdict)
{
	struct ppp_auth_server *server = &link->auth.server;

	if (link->config->eap_relay) {
		relay_verdict(link, verdict);
		return;
	}
	server->error = 0;
	if (verdict->result != PPP_AUTH_OK)
		server->error = verdict->error ? verdict->error
					       : MSCHAP_ERR_AUTHENTICATION_FAILURE;
	server->talk->keys = verdict->keys;
	if (server->eap_method != PPP_AUTH_MSCHAPV2) {
		server_end(link);
		return;
	}
	if (server->error)
		chap_failure_message(server->talk, PPP_AUTH_MSCHAPV2, server->error, false,
				     verdict->message);
	else
		chap_success_message(server->talk, PPP_AUTH_MSCHAPV2, verdict);
	server->id++;
	server_ask(link, STEP_RESULT);
}

/* --- client --------------------------------------------------------------------------- */

static bool method_allowed(const struct ppp_config *config, enum ppp_auth_method method)
{
	return memchr(config->eap, method, sizeof(config->eap));
}

static void client_identity(struct ppp_link *link, uint8_t id)
{
	uint8_t data[1 + PPP_NAME_MAX];
	struct writer w = wr_init(data, sizeof(data));

	wr_u8(&w, TYPE_IDENTITY);
	wr_copy(&w, link->user, strnlen(link->user, PPP_NAME_MAX));
	send_data(link, RESPONSE, id, &w);
}

static void client_nak(struct ppp_link *link, uint8_t id)
{
	uint8_t data[1 + PPP_AUTH_METHODS];
	struct writer w = wr_init(data, sizeof(data));

	wr_u8(&w, TYPE_NAK);
	for (const uint8_t *m = link->config->eap; *m != PPP_AUTH_NONE; m++)
		wr_u8(&w, type_of(*m));
	/* A zero means that we have no alternative (RFC 3748 section 5.3.1). */
	if (wr_len(&w) == 1)
		wr_u8(&w, 0);
	send_data(link, RESPONSE, id, &w);
}

/*
 * Take the challenge and compute the response. A copy of the previous challenge keeps its
 * response, because every copy must get the same answer. Returns false if there is no
 * answer to send.
 */
static bool take_challenge(struct ppp_link *link, enum ppp_auth_method method, uint8_t id,
			   const uint8_t *value, size_t len)
{
	struct ppp_auth_client *client = &link->auth.client;

	if (chap_is_reflection(&link->auth.server, value, len)) {
		link_bad(link, "our own challenge sent back to us");
		return false;
	}
	if (chap_is_answered(client, id, value, len) || !auth_client_talk(link))
		return false;
	if (client->response_len && client->id == id && client->challenge_len == len &&
	    !memcmp(client->talk->challenge, value, len))
		return true;
	client->id = id;
	client->eap_proven = false;
	client->challenge_len = (uint8_t)len;
	memcpy(client->talk->challenge, value, len);
	if (chap_compute_response(link, method))
		return true;
	auth_client_cannot(link, MSCHAP_TOO_LONG);
	return false;
}

static void client_md5(struct ppp_link *link, struct auth_packet *packet)
{
	struct ppp_auth_client *client = &link->auth.client;
	size_t len = rd_u8(&packet->data);
	const uint8_t *value = rd_bytes(&packet->data, len);
	uint8_t data[2 + MD5_LEN + PPP_NAME_MAX];
	struct writer w = wr_init(data, sizeof(data));

	if (!rd_ok(&packet->data) || !len) {
		link_bad(link, "EAP MD5 challenge with a wrong length");
		return;
	}
	if (!take_challenge(link, PPP_AUTH_CHAP_MD5, packet->id, value, len))
		return;
	memset(&client->talk->keys, 0, sizeof(client->talk->keys));
	client->eap_proven = true;
	wr_u8(&w, TYPE_MD5);
	wr_u8(&w, MD5_LEN);
	wr_copy(&w, client->talk->response, MD5_LEN);
	wr_copy(&w, link->user, strnlen(link->user, PPP_NAME_MAX));
	send_data(link, RESPONSE, packet->id, &w);
}

static void answer_challenge(struct ppp_link *link, uint8_t id, uint8_t mschap_id, struct reader r)
{
	struct ppp_auth_client *client = &link->auth.client;
	size_t len = rd_u8(&r);
	const uint8_t *value = rd_bytes(&r, len);
	uint8_t data[DATA_MAX];
	struct writer w = wr_init(data, sizeof(data));

	if (!rd_ok(&r) || len != MSCHAPV2_CHALLENGE_LEN) {
		link_bad(link, "EAP-MSCHAPv2 challenge with a wrong length");
		return;
	}
	if (!take_challenge(link, PPP_AUTH_MSCHAPV2, id, value, len))
		return;
	wr_u8(&w, TYPE_MSCHAPV2);
	write_mschapv2(&w, OP_RESPONSE, mschap_id, true, client->talk->response, MSCHAP_VALUE_LEN,
		       link->user);
	send_data(link, RESPONSE, id, &w);
}

/* Confirm the server's Success or Failure. The packet has nothing but the OpCode. */
static void confirm(struct ppp_link *link, uint8_t id, uint8_t op)
{
	const uint8_t data[] = { TYPE_MSCHAPV2, op };

	auth_send(link, PPP_PROTO_EAP, RESPONSE, id, data, sizeof(data));
}

static void client_mschapv2(struct ppp_link *link, struct auth_packet *packet)
{
	struct ppp_auth_client *client = &link->auth.client;
	struct reader *r = &packet->data;
	uint8_t op = rd_u8(r);
	uint8_t mschap_id = rd_u8(r);

	rd_skip(r, sizeof(uint16_t));	/* a length that repeats that of EAP */
	if (!rd_ok(r)) {
		link_bad(link, "EAP-MSCHAPv2 packet with a wrong length");
		return;
	}
	switch (op) {
	case OP_CHALLENGE:
		answer_challenge(link, packet->id, mschap_id, *r);
		break;
	case OP_SUCCESS:
		/* A copy of the Success that we accepted is confirmed in the same way. */
		if (client->step == PPP_AUTH_DONE && !client->talk) {
			confirm(link, packet->id, OP_SUCCESS);
			return;
		}
		if (!client->response_len || !chap_proves_server(client, *r)) {
			confirm(link, packet->id, OP_FAILURE);
			client->step = PPP_AUTH_REFUSED;
			link_fail(link, PPP_REASON_AUTH_PEER_UNPROVEN, NULL);
			return;
		}
		client->eap_proven = true;
		confirm(link, packet->id, OP_SUCCESS);
		break;
	case OP_FAILURE:
		confirm(link, packet->id, OP_FAILURE);
		chap_client_failed(link, PPP_AUTH_MSCHAPV2, *r);
		break;
	default:
		link_bad(link, "EAP-MSCHAPv2 packet with an unknown OpCode");
	}
}

static void client_request(struct ppp_link *link, struct auth_packet *packet)
{
	const struct ppp_config *config = link->config;
	static const uint8_t notified[] = { TYPE_NOTIFICATION };
	uint8_t type = rd_u8(&packet->data);

	if (!rd_ok(&packet->data)) {
		link_bad(link, "EAP request without a type");
		return;
	}
	if (type == TYPE_IDENTITY)
		client_identity(link, packet->id);
	else if (type == TYPE_NOTIFICATION)
		auth_send(link, PPP_PROTO_EAP, RESPONSE, packet->id, notified, sizeof(notified));
	else if (type == TYPE_MD5 && method_allowed(config, PPP_AUTH_CHAP_MD5))
		client_md5(link, packet);
	else if (type == TYPE_MSCHAPV2 && method_allowed(config, PPP_AUTH_MSCHAPV2))
		client_mschapv2(link, packet);
	else
		client_nak(link, packet->id);
}

static void client_success(struct ppp_link *link)
{
	struct ppp_auth_client *client = &link->auth.client;

	if (!client->eap_proven)
		link_bad(link, "EAP success before any method was done");
	else if (client->step == PPP_AUTH_WAITING)
		auth_client_done(link);
}

void eap_implied_success(struct ppp_link *link)
{
	struct ppp_auth_client *client = &link->auth.client;

	if (client->method == PPP_AUTH_EAP && client->step == PPP_AUTH_WAITING &&
	    client->eap_proven)
		auth_client_done(link);
}

static void client_input(struct ppp_link *link, struct auth_packet *packet)
{
	if (link->auth.client.step == PPP_AUTH_REFUSED)
		return;
	if (packet->code == REQUEST)
		client_request(link, packet);
	else if (packet->code == SUCCESS)
		client_success(link);
	else if (link->auth.client.step == PPP_AUTH_WAITING)
		auth_client_failed(link, 0, NULL);
}

/* --- both ----------------------------------------------------------------------------- */

static void input(struct ppp_link *link, struct auth_packet *packet)
{
	bool server = link->auth.server.method == PPP_AUTH_EAP;
	bool client = link->auth.client.method == PPP_AUTH_EAP;

	if (packet->code == RESPONSE && server)
		server_input(link, packet);
	else if (packet->code != RESPONSE && packet->code >= REQUEST && packet->code <= FAILURE &&
		 client)
		client_input(link, packet);
	else
		link_bad(link, "EAP packet that was not asked for");
}

const struct auth_protocol eap_protocol = {
	.number = PPP_PROTO_EAP,
	.server_start = server_start,
	.server_tick = server_tick,
	.server_verdict = server_verdict,
	.server_repeat = server_repeat,
	.input = input,
};
