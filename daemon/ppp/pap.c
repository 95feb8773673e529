// SPDX-License-Identifier: GPL-2.0-only
/* The Password Authentication Protocol, RFC 1334 section 2. */
#include <string.h>

#include "ppp/auth_priv.h"

enum {
	AUTHENTICATE_REQUEST	= 1,
	AUTHENTICATE_ACK	= 2,
	AUTHENTICATE_NAK	= 3,
};

/* --- server: the peer sends its password ---------------------------------------------- */

static void send_reply(struct ppp_link *link, uint8_t id)
{
	const struct ppp_auth_server *server = &link->auth.server;

	auth_send(link, PPP_PROTO_PAP, server->reply_code, id, server->talk->reply,
		  server->talk->reply_len);
}

static void answer(struct ppp_link *link, uint8_t code, const char *message)
{
	struct ppp_auth_server *server = &link->auth.server;
	struct ppp_auth_server_talk *talk = server->talk;
	struct writer w = wr_init(talk->reply, sizeof(talk->reply));
	size_t len = strnlen(message, PPP_TEXT_MAX);

	wr_u8(&w, (uint8_t)len);
	wr_copy(&w, message, len);
	talk->reply_len = (uint16_t)wr_len(&w);
	server->reply_code = code;
	send_reply(link, talk->request.id);
}

static void server_request(struct ppp_link *link, struct auth_packet *packet)
{
	struct ppp_auth_server *server = &link->auth.server;
	struct ppp_auth_request *request;
	struct reader *r = &packet->data;
	size_t user_len = rd_u8(r);
	const uint8_t *user = rd_bytes(r, user_len);
	size_t password_len = rd_u8(r);
	const uint8_t *password = rd_bytes(r, password_len);

	if (!rd_ok(r)) {
		link_bad(link, "PAP request with a wrong length");
		return;
	}
	if (!server->talk) {
		link_untimely(link, "PAP request of who knows that he is let in");
		return;
	}
	if (server->step == PPP_AUTH_ASKED)
		return;
	if (server->step != PPP_AUTH_WAITING) {
		/* The peer did not receive our answer. */
		send_reply(link, packet->id);
		return;
	}
	request = &server->talk->request;
	if (!auth_take_name(request, user, user_len)) {
		request->id = packet->id;
		answer(link, AUTHENTICATE_NAK, "");
		auth_server_no_name(link);
		return;
	}
	request->method = PPP_AUTH_PAP;
	request->id = packet->id;
	request->response_len = (uint8_t)password_len;
	memcpy(request->response, password, password_len);
	auth_server_ask(link);
}

static void server_repeat(struct ppp_link *link)
{
	send_reply(link, link->auth.server.talk->request.id);
}

static void server_verdict(struct ppp_link *link, const struct ppp_auth_verdict *verdict)
{
	bool ok = verdict->result == PPP_AUTH_OK;

	answer(link, ok ? AUTHENTICATE_ACK : AUTHENTICATE_NAK, verdict->message);
	if (ok)
		auth_server_done(link, &verdict->keys);
	else
		auth_server_failed(link, 0);
}

/* --- client: we send ours ------------------------------------------------------------- */

static void client_send(struct ppp_link *link)
{
	struct ppp_auth_client *client = &link->auth.client;
	uint8_t data[2 * (1 + PPP_NAME_MAX)];
	struct writer w = wr_init(data, sizeof(data));
	size_t user_len = strlen(link->user);

	if (user_len > PPP_NAME_MAX || link->password_len > PPP_AUTH_RESPONSE_MAX) {
		auth_client_cannot(link, "it is too long for PAP; other methods could take it");
		return;
	}
	wr_u8(&w, (uint8_t)user_len);
	wr_copy(&w, link->user, user_len);
	wr_u8(&w, (uint8_t)link->password_len);
	wr_copy(&w, link->password, link->password_len);
	client->tries++;
	auth_wait(link, &client->deadline, &client->interval, 1);
	auth_send(link, PPP_PROTO_PAP, AUTHENTICATE_REQUEST, client->id, data, wr_len(&w));
	explicit_bzero(data, sizeof(data));
}

static void client_start(struct ppp_link *link)
{
	link_random(link, &link->auth.client.id, sizeof(link->auth.client.id));
	client_send(link);
}

static void client_tick(struct ppp_link *link)
{
	if (link->auth.client.tries < link->config->max_configure) {
		client_send(link);
		return;
	}
	link->auth.client.deadline = NEVER;
	link_fail(link, PPP_REASON_AUTH_TIMEOUT, "no answer to our password");
}

static void client_answer(struct ppp_link *link, struct auth_packet *packet)
{
	struct ppp_auth_client *client = &link->auth.client;
	char text[PPP_TEXT_MAX + 1];
	struct reader *r = &packet->data;
	size_t len;

	if (client->step != PPP_AUTH_WAITING || packet->id != client->id) {
		/* A second copy of an answer that we have handled is no error. */
		if (client->step != PPP_AUTH_DONE)
			link_bad(link, "PAP answer to no request of ours");
		return;
	}
	/* Some peers leave out the length of the message when there is none. */
	len = rd_left(r) ? rd_u8(r) : 0;
	if (len > rd_left(r))
		len = rd_left(r);
	link_sanitise(text, sizeof(text), rd_bytes(r, len), len);
	if (packet->code == AUTHENTICATE_ACK)
		auth_client_done(link);
	else
		auth_client_failed(link, 0, *text ? text : NULL);
}

static void input(struct ppp_link *link, struct auth_packet *packet)
{
	switch (packet->code) {
	case AUTHENTICATE_REQUEST:
		if (link->auth.server.method == PPP_AUTH_PAP)
			server_request(link, packet);
		else
			link_bad(link, "PAP request that was not asked for");
		break;
	case AUTHENTICATE_ACK:
	case AUTHENTICATE_NAK:
		if (link->auth.client.method == PPP_AUTH_PAP)
			client_answer(link, packet);
		else
			link_bad(link, "PAP answer that was not asked for");
		break;
	default:
		link_bad(link, "PAP packet with an unknown code");
	}
}

const struct auth_protocol pap_protocol = {
	.number = PPP_PROTO_PAP,
	.server_verdict = server_verdict,
	.server_repeat = server_repeat,
	.client_start = client_start,
	.client_tick = client_tick,
	.input = input,
};
