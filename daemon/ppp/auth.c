// SPDX-License-Identifier: GPL-2.0-only
#include "ppp/auth_priv.h"

#include <nettle/md5.h>
#include <nettle/memops.h>
#include <stdlib.h>
#include <string.h>

#include "util/deadline.h"
#include "util/hash.h"
#include "util/text.h"

#define HEADER_LEN	4	/* code, identifier, length: the same in PAP, CHAP and EAP */

/* --- deciding ------------------------------------------------------------------------- */

void chap_md5(uint8_t id, const void *secret, size_t secret_len, const uint8_t *challenge,
	      size_t challenge_len, uint8_t digest[16])
{
	struct md5_ctx ctx;

	md5_init(&ctx);
	md5_update(&ctx, 1, &id);
	md5_update(&ctx, secret_len, secret);
	md5_update(&ctx, challenge_len, challenge);
	md5_digest(&ctx, MD5_DIGEST_SIZE, digest);
	explicit_bzero(&ctx, sizeof(ctx));
}

/* What we know of the peer: its password, or no more than the hash. */
struct known {
	const char *password;		/* NULL: only @hash is known */
	size_t len;
	const uint8_t *hash;		/* of MSCHAP_HASH_LEN octets */
};

/* Returns false if there is no such hash. The caller wipes @hash. */
static bool hash_of(const struct known *known, uint8_t hash[MSCHAP_HASH_LEN])
{
	if (known->password)
		return nt_hash(known->password, known->len, hash);
	memcpy(hash, known->hash, MSCHAP_HASH_LEN);
	return true;
}

static bool check_pap(const struct ppp_auth_request *request, const struct known *known)
{
	uint8_t hash[MSCHAP_HASH_LEN];
	bool ok;

	if (known->password)
		return request->response_len == known->len &&
		       memeql_sec(request->response, known->password, known->len);
	ok = nt_hash((const char *)request->response, request->response_len, hash) &&
	     memeql_sec(hash, known->hash, sizeof(hash));
	explicit_bzero(hash, sizeof(hash));
	return ok;
}

static bool check_chap_md5(const struct ppp_auth_request *request, const struct known *known)
{
	uint8_t digest[MD5_DIGEST_SIZE];

	if (!known->password)
		return false;
	chap_md5(request->id, known->password, known->len, request->challenge,
		 request->challenge_len, digest);
	return request->response_len == sizeof(digest) &&
	       memeql_sec(request->response, digest, sizeof(digest));
}

static bool check_mschap(const struct ppp_auth_request *request, const struct known *known,
			 struct ppp_auth_verdict *verdict)
{
	const uint8_t *value = request->response;
	uint8_t hash[MSCHAP_HASH_LEN], hash_hash[MSCHAP_HASH_LEN], lm[MSCHAP_HASH_LEN];
	uint8_t expected[MSCHAP_RESPONSE_LEN];
	bool ok;

	/* The LM response alone proves next to nothing, so the NT response is required. */
	if (request->response_len != MSCHAP_VALUE_LEN || value[MSCHAP_VALUE_USE_NT] != 1 ||
	    !hash_of(known, hash))
		return false;
	mschap_challenge_response(request->challenge, hash, expected);
	ok = memeql_sec(value + MSCHAP_VALUE_NT, expected, sizeof(expected));
	if (ok) {
		bool has_lm = known->password &&
			      mschap_lm_password_hash(known->password, known->len, lm);

		mschap_hash_nt_password_hash(hash, hash_hash);
		mppe_keys_mschap(&verdict->keys, hash_hash, request->challenge,
				 has_lm ? lm : NULL);
	}
	explicit_bzero(hash, sizeof(hash));
	explicit_bzero(hash_hash, sizeof(hash_hash));
	explicit_bzero(lm, sizeof(lm));
	return ok;
}

static bool check_mschapv2(const struct ppp_auth_request *request, const struct known *known,
			   struct ppp_auth_verdict *verdict)
{
	const uint8_t *value = request->response;
	size_t name_len = request->user_len;
	const char *name = mschap_bare_name(request->user, &name_len);
	uint8_t hash[MSCHAP_HASH_LEN], hash_hash[MSCHAP_HASH_LEN];
	uint8_t challenge[MSCHAP_CHALLENGE_LEN];
	uint8_t expected[MSCHAP_RESPONSE_LEN];
	uint8_t proof[MSCHAPV2_AUTHRESP_LEN];
	bool ok;

	if (request->response_len != MSCHAP_VALUE_LEN || !hash_of(known, hash))
		return false;
	mschapv2_challenge_hash(value + MSCHAPV2_VALUE_PEER_CHALLENGE, request->challenge, name,
				name_len, challenge);
	mschap_challenge_response(challenge, hash, expected);
	ok = memeql_sec(value + MSCHAPV2_VALUE_NT, expected, sizeof(expected));
	if (ok) {
		mschap_hash_nt_password_hash(hash, hash_hash);
		mschapv2_authenticator_response(hash_hash, expected, challenge, proof);
		mschapv2_authenticator_text(proof, verdict->authenticator);
		mppe_keys_mschapv2(&verdict->keys, hash_hash, expected, true);
	}
	explicit_bzero(hash, sizeof(hash));
	explicit_bzero(hash_hash, sizeof(hash_hash));
	return ok;
}

static void check(const struct ppp_auth_request *request, const struct known *known,
		  struct ppp_auth_verdict *verdict)
{
	bool ok;

	memset(verdict, 0, sizeof(*verdict));
	switch (request->method) {
	case PPP_AUTH_PAP:
		ok = check_pap(request, known);
		break;
	case PPP_AUTH_CHAP_MD5:
		ok = check_chap_md5(request, known);
		break;
	case PPP_AUTH_MSCHAP:
		ok = check_mschap(request, known, verdict);
		break;
	case PPP_AUTH_MSCHAPV2:
		ok = check_mschapv2(request, known, verdict);
		break;
	default:
		ok = false;
	}
	verdict->result = ok ? PPP_AUTH_OK : PPP_AUTH_FAILED;
	verdict->error = ok ? 0 : MSCHAP_ERR_AUTHENTICATION_FAILURE;
	verdict->retry = !ok;
}

void ppp_auth_check(const struct ppp_auth_request *request, const char *password,
		    size_t password_len, struct ppp_auth_verdict *verdict)
{
	const struct known known = { .password = password, .len = password_len };

	check(request, &known, verdict);
}

bool ppp_auth_takes_nt_hash(enum ppp_auth_method method)
{
	return method == PPP_AUTH_PAP || method == PPP_AUTH_MSCHAP || method == PPP_AUTH_MSCHAPV2;
}

void ppp_auth_check_nt_hash(const struct ppp_auth_request *request, const uint8_t hash[NT_HASH_LEN],
			    struct ppp_auth_verdict *verdict)
{
	const struct known known = { .hash = hash };

	check(request, &known, verdict);
}

/* --- what the protocols share --------------------------------------------------------- */

static const struct auth_protocol *const protocols[] = {
	&pap_protocol, &chap_protocol, &eap_protocol,
};

static const struct auth_protocol *protocol_of(enum ppp_auth_method method)
{
	switch (method) {
	case PPP_AUTH_PAP:
		return &pap_protocol;
	case PPP_AUTH_CHAP_MD5:
	case PPP_AUTH_MSCHAP:
	case PPP_AUTH_MSCHAPV2:
		return &chap_protocol;
	case PPP_AUTH_EAP:
		return &eap_protocol;
	default:
		return NULL;
	}
}

void auth_send(struct ppp_link *link, uint16_t protocol, uint8_t code, uint8_t id, const void *data,
	       size_t len)
{
	uint8_t frame[PPP_FRAME_MAX];
	struct writer w = wr_init(frame, sizeof(frame));

	wr_be16(&w, protocol);
	wr_u8(&w, code);
	wr_u8(&w, id);
	wr_be16(&w, (uint16_t)(HEADER_LEN + len));
	wr_copy(&w, data, len);
	if (wr_ok(&w))
		link_output(link, frame, wr_len(&w));
	/* A PAP request contains the password. */
	explicit_bzero(frame, sizeof(frame));
}

void auth_wait(const struct ppp_link *link, uint64_t *deadline, uint32_t *interval,
	       unsigned int patience)
{
	uint32_t max = link->config->restart_max_ms;

	if (!*interval)
		*interval = ppp_first_interval(link->config, link->lcp.fsm.answer_time) * patience;
	*deadline = link->now + *interval;
	*interval = *interval < max / 2 ? *interval * 2 : max;
}

bool auth_take_name(struct ppp_auth_request *request, const uint8_t *name, size_t len)
{
	if (len > PPP_NAME_MAX || memchr(name, '\0', len))
		return false;
	memcpy(request->user, name, len);
	request->user[len] = '\0';
	request->user_len = (uint16_t)len;
	return true;
}

static bool side_done(uint8_t step)
{
	return step == PPP_AUTH_IDLE || step == PPP_AUTH_DONE;
}

static void check_complete(struct ppp_link *link)
{
	struct ppp_auth *auth = &link->auth;

	if (link->state.phase != PPP_PHASE_AUTHENTICATE || link->reason ||
	    !side_done(auth->server.step) || !side_done(auth->client.step))
		return;
	auth->deadline = NEVER;
	link_authenticated(link);
}

static void free_server_talk(struct ppp_auth_server *server)
{
	if (server->talk)
		explicit_bzero(server->talk, sizeof(*server->talk));
	free(server->talk);
	server->talk = NULL;
}

static void free_client_talk(struct ppp_auth_client *client)
{
	if (client->talk)
		explicit_bzero(client->talk, sizeof(*client->talk));
	free(client->talk);
	client->talk = NULL;
	client->response_len = 0;
}

struct ppp_auth_server_talk *auth_server_talk(struct ppp_link *link)
{
	struct ppp_auth_server *server = &link->auth.server;

	if (!server->talk)
		server->talk = calloc(1, sizeof(*server->talk));
	if (!server->talk)
		link_fail(link, PPP_REASON_NO_MEMORY, NULL);
	return server->talk;
}

struct ppp_auth_client_talk *auth_client_talk(struct ppp_link *link)
{
	struct ppp_auth_client *client = &link->auth.client;

	if (!client->talk)
		client->talk = calloc(1, sizeof(*client->talk));
	if (!client->talk)
		link_fail(link, PPP_REASON_NO_MEMORY, NULL);
	return client->talk;
}

/*
 * If both ends authenticate by MS-CHAP there are two sets of keys, and no RFC says which
 * one counts. Both ends must take the same set: that of the proof demanded by the end with
 * the greater magic number. @here: @keys come from the peer's proof, not from ours. @there:
 * the other proof gave keys as well.
 */
static void take_keys(struct ppp_link *link, const struct mppe_keys *keys, bool here, bool there)
{
	bool ours_count = link->state.local_magic > link->state.peer_magic;

	if (!there || here == ours_count)
		link->keys = *keys;
}

void auth_server_ask(struct ppp_link *link)
{
	struct ppp_event event = {
		.type = PPP_EVENT_AUTH_REQUEST,
		.auth = &link->auth.server.talk->request,
	};

	link->auth.server.step = PPP_AUTH_ASKED;
	link->auth.server.deadline = NEVER;
	link->ops->event(link, &event);
}

static void wait_for_rechallenge(struct ppp_link *link)
{
	struct ppp_auth_server *server = &link->auth.server;

	server->deadline = NEVER;
	if (link->config->rechallenge_ms && protocol_of(server->method) == &chap_protocol)
		server->deadline = link->now + link->config->rechallenge_ms;
}

void auth_server_done(struct ppp_link *link, const struct mppe_keys *keys)
{
	struct ppp_auth_server *server = &link->auth.server;
	struct ppp_auth_request *request = &server->talk->request;

	server->step = PPP_AUTH_DONE;
	server->interval = 0;
	server->tries = 0;
	/* At a rechallenge the peer is in the network phase already. */
	server->unconfirmed = !server->again;
	if (server->unconfirmed)
		auth_wait(link, &server->deadline, &server->interval, 1);
	else
		wait_for_rechallenge(link);
	/* The secrets in @request are no longer needed. */
	explicit_bzero(request->response, sizeof(request->response));
	/* After a rechallenge too: the next CCP negotiation takes the keys of the last proof. */
	server->has_keys = keys->valid;
	if (keys->valid)
		take_keys(link, keys, true, link->auth.client.has_keys);
	if (server->again)
		return;
	server->again = true;
	link->state.peer_auth = server->method;
	free(link->peer_name);
	link->peer_name = strdup(request->user);
	if (!link->peer_name)
		link_fail(link, PPP_REASON_NO_MEMORY, NULL);
	check_complete(link);
}

static void server_over(struct ppp_link *link)
{
	link->auth.server.step = PPP_AUTH_REFUSED;
	link->auth.server.deadline = NEVER;
}

void auth_server_no_name(struct ppp_link *link)
{
	server_over(link);
	link_fail(link, PPP_REASON_AUTH_PEER_FAILED,
		  "its name is longer than 255 octets, or has a NUL in it");
}

void auth_server_failed(struct ppp_link *link, unsigned int error)
{
	const struct ppp_auth_request *request = &link->auth.server.talk->request;
	char name[64], user[TEXT_QUOTE_SIZE];

	server_over(link);
	link_sanitise(name, sizeof(name), (const uint8_t *)request->user, request->user_len);
	text_quote(user, name);
	if (error)
		link_fail_mschap(link, PPP_REASON_AUTH_PEER_FAILED, error, user);
	else
		link_fail(link, PPP_REASON_AUTH_PEER_FAILED, user);
}

void auth_client_done(struct ppp_link *link)
{
	struct ppp_auth_client *client = &link->auth.client;
	const struct ppp_auth_client_talk *talk = client->talk;

	client->step = PPP_AUTH_DONE;
	client->deadline = NEVER;
	client->interval = 0;
	client->tries = 0;
	link->state.local_auth = client->method;
	client->has_keys = talk && talk->keys.valid;
	if (client->has_keys)
		take_keys(link, &talk->keys, false, link->auth.server.has_keys);
	if (talk)
		client->answered = hash_bytes(talk->challenge, client->challenge_len);
	free_client_talk(client);
	check_complete(link);
}

static void client_over(struct ppp_link *link)
{
	link->auth.client.step = PPP_AUTH_REFUSED;
	link->auth.client.deadline = NEVER;
}

void auth_client_cannot(struct ppp_link *link, const char *detail)
{
	client_over(link);
	link_fail(link, PPP_REASON_AUTH_WE_CANNOT, detail);
}

void auth_client_failed(struct ppp_link *link, unsigned int error, const char *text)
{
	client_over(link);
	if (error)
		link_fail_mschap(link, PPP_REASON_AUTH_WE_FAILED, error, text);
	else
		link_fail(link, PPP_REASON_AUTH_WE_FAILED, text);
}

/* Send nothing more to the peer until the next rechallenge. */
static void let_be(struct ppp_link *link)
{
	link->auth.server.unconfirmed = false;
	free_server_talk(&link->auth.server);
	wait_for_rechallenge(link);
}

/*
 * Some peers, pppd among them, wait for our Success without end, do not ask for it again,
 * and ignore frames of the network phase meanwhile. So repeat it until something shows that
 * the peer has received it.
 */
static void repeat_success(struct ppp_link *link)
{
	struct ppp_auth_server *server = &link->auth.server;

	if (server->tries >= link->config->max_configure) {
		let_be(link);
		return;
	}
	server->tries++;
	auth_wait(link, &server->deadline, &server->interval, 1);
	protocol_of(server->method)->server_repeat(link);
}

/* --- for the link --------------------------------------------------------------------- */

void ppp_auth_forget(struct ppp_link *link)
{
	struct ppp_auth *auth = &link->auth;

	free_server_talk(&auth->server);
	free_client_talk(&auth->client);
	memset(auth, 0, sizeof(*auth));
	auth->server.deadline = NEVER;
	auth->client.deadline = NEVER;
	auth->deadline = NEVER;
}

void ppp_auth_start(struct ppp_link *link)
{
	struct ppp_auth *auth = &link->auth;
	const struct auth_protocol *protocol;

	ppp_auth_forget(link);
	auth->server.method = lcp_demanded(&link->lcp);
	auth->client.method = link->lcp.give;
	auth->deadline = link->now + link->config->auth_timeout_ms;
	if (auth->server.method != PPP_AUTH_NONE) {
		auth->server.step = PPP_AUTH_WAITING;
		if (!auth_server_talk(link))
			return;
	}
	if (auth->client.method != PPP_AUTH_NONE)
		auth->client.step = PPP_AUTH_WAITING;

	protocol = protocol_of(auth->server.method);
	if (protocol && protocol->server_start)
		protocol->server_start(link);
	protocol = protocol_of(auth->client.method);
	if (protocol && protocol->client_start)
		protocol->client_start(link);
	check_complete(link);
}

void ppp_auth_stop(struct ppp_link *link)
{
	bool under_way = link->auth.server.step == PPP_AUTH_ASKED || link->auth.server.eap;

	ppp_auth_forget(link);
	if (under_way)
		link_event(link, PPP_EVENT_AUTH_CANCELLED);
}

void ppp_auth_input(struct ppp_link *link, uint16_t protocol, const uint8_t *packet, size_t len)
{
	struct reader r = rd_init(packet, len);
	struct auth_packet p;
	size_t length;

	p.code = rd_u8(&r);
	p.id = rd_u8(&r);
	length = rd_be16(&r);
	if (!rd_ok(&r) || length < HEADER_LEN || length > len) {
		link_bad(link, "authentication packet with a wrong length");
		return;
	}
	p.data = rd_sub(&r, length - HEADER_LEN);
	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++)
		if (protocols[i]->number == protocol)
			protocols[i]->input(link, &p);
}

void ppp_auth_verdict(struct ppp_link *link, const struct ppp_auth_verdict *verdict)
{
	struct ppp_auth_server *server = &link->auth.server;

	if (server->step == PPP_AUTH_ASKED)
		protocol_of(server->method)->server_verdict(link, verdict);
}

static bool speaks(enum ppp_auth_method method, uint16_t number)
{
	const struct auth_protocol *protocol = protocol_of(method);

	return protocol && protocol->number == number;
}

void ppp_auth_rejected(struct ppp_link *link, uint16_t protocol)
{
	/* The peer agreed to this protocol in LCP and rejects it now. */
	if (speaks(link->auth.server.method, protocol))
		link_fail(link, PPP_REASON_AUTH_PEER_REFUSED, NULL);
	else if (speaks(link->auth.client.method, protocol))
		link_fail(link, PPP_REASON_AUTH_NO_METHOD, NULL);
}

void ppp_auth_confirmed(struct ppp_link *link)
{
	if (link->auth.server.unconfirmed)
		let_be(link);
}

uint64_t ppp_auth_deadline(const struct ppp_link *link)
{
	const struct ppp_auth *auth = &link->auth;

	return earlier(auth->deadline, earlier(auth->server.deadline, auth->client.deadline));
}

void ppp_auth_tick(struct ppp_link *link)
{
	struct ppp_auth *auth = &link->auth;

	if (link->now >= auth->deadline) {
		auth->deadline = NEVER;
		link_fail(link, PPP_REASON_AUTH_TIMEOUT, NULL);
		return;
	}
	if (link->now >= auth->server.deadline) {
		if (auth->server.unconfirmed)
			repeat_success(link);
		else
			protocol_of(auth->server.method)->server_tick(link);
	}
	if (link->now >= auth->client.deadline)
		protocol_of(auth->client.method)->client_tick(link);
}
