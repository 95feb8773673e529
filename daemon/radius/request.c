// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "radius/request.h"

#define PORT_VIRTUAL		5	/* NAS-Port-Type */
#define TUNNEL_PPTP		1	/* Tunnel-Type: RFC 2868 section 3.1 */
#define MEDIUM_IPV4		1	/* Tunnel-Medium-Type: section 3.2 */
#define MEDIUM_IPV6		2

#define CHAP_RESPONSE_LEN	16
#define MSCHAP_VALUE_LEN	49	/* Value field of a Response; the flags are last */
#define MSCHAP_CHALLENGE_LEN	8
#define MSCHAPV2_CHALLENGE_LEN	16

/* --- values ---------------------------------------------------------------------------------- */

/* Let the packet be one that does not fit. */
static void fail(struct radius_writer *w)
{
	w->out.err = true;
}

static void put_text(struct radius_writer *w, uint8_t type, const char *text)
{
	if (text)
		radius_put_text(w, type, text);
}

static void put_given(struct radius_writer *w, uint8_t type, struct radius_number number)
{
	if (number.given)
		radius_put_number(w, type, number.value);
}

static void put_address(struct radius_writer *w, uint8_t type, uint8_t type6,
			struct ip_addr address)
{
	if (address.family == AF_INET)
		radius_put(w, type, &address.v4, sizeof(address.v4));
	else if (address.family == AF_INET6 && type6)
		radius_put(w, type6, &address.v6, sizeof(address.v6));
}

/* RFC 3162 section 2.3; the octets that the length does not need are left out. */
static void put_prefix6(struct radius_writer *w, uint8_t type, const struct ip_prefix *prefix)
{
	struct ip_addr network = ip_network(prefix->address, prefix->length);
	uint8_t value[2 + sizeof(network.v6)] = { 0, prefix->length };

	memcpy(value + 2, &network.v6, sizeof(network.v6));
	radius_put(w, type, value, 2 + (prefix->length + 7u) / 8);
}

/* --- what all requests have ------------------------------------------------------------------ */

static void write_nas(struct radius_writer *w, const struct radius_nas *nas)
{
	put_text(w, RADIUS_NAS_IDENTIFIER, nas->identifier);
	put_address(w, RADIUS_NAS_IP_ADDRESS, RADIUS_NAS_IPV6_ADDRESS, nas->address);
}

/* Tags are zero: the attributes of one tunnel, and the texts need none (RFC 2868 section 3.3). */
static void write_tunnel(struct radius_writer *w, const struct radius_session *session)
{
	char text[IP_TEXT_SIZE];

	radius_put_number(w, RADIUS_TUNNEL_TYPE, TUNNEL_PPTP);
	radius_put_number(w, RADIUS_TUNNEL_MEDIUM_TYPE,
			  session->peer.family == AF_INET6 ? MEDIUM_IPV6 : MEDIUM_IPV4);
	radius_put_text(w, RADIUS_TUNNEL_CLIENT_ENDPOINT, ip_format(session->peer, text));
	radius_put_text(w, RADIUS_TUNNEL_SERVER_ENDPOINT, ip_format(session->local, text));
}

static void write_session(struct radius_writer *w, const struct radius_session *session)
{
	radius_put(w, RADIUS_USER_NAME, session->user, session->user_len);
	radius_put_number(w, RADIUS_SERVICE_TYPE, RADIUS_SERVICE_FRAMED);
	radius_put_number(w, RADIUS_FRAMED_PROTOCOL, RADIUS_PROTOCOL_PPP);
	put_given(w, RADIUS_NAS_PORT, session->port);
	put_text(w, RADIUS_NAS_PORT_ID, session->port_id);
	radius_put_number(w, RADIUS_NAS_PORT_TYPE, PORT_VIRTUAL);
	put_text(w, RADIUS_CALLING_STATION_ID, session->calling);
	put_text(w, RADIUS_CALLED_STATION_ID, session->called);
	put_text(w, RADIUS_ACCT_SESSION_ID, session->id);
	put_text(w, RADIUS_ACCT_MULTI_SESSION_ID, session->multi_id);
	write_tunnel(w, session);
}

/* --- proofs ---------------------------------------------------------------------------------- */

static void write_password(struct radius_writer *w, const struct radius_login *login,
			   struct radius_secret secret)
{
	uint8_t hidden[RADIUS_PASSWORD_MAX];
	size_t len = 0;

	if (wr_ok(&w->out))
		len = radius_hide_password(login->response, login->response_len,
					   w->out.start + RADIUS_AUTHENTICATOR, secret, hidden);
	if (len)
		radius_put(w, RADIUS_USER_PASSWORD, hidden, len);
	else
		fail(w);
}

/*
 * RFC 2865 section 5.3: the identifier and the response. The challenge has an attribute of its own.
 */
static void write_chap(struct radius_writer *w, const struct radius_login *login)
{
	uint8_t value[1 + CHAP_RESPONSE_LEN] = { login->id };

	if (login->response_len != CHAP_RESPONSE_LEN || !login->challenge_len) {
		fail(w);
		return;
	}
	memcpy(value + 1, login->response, CHAP_RESPONSE_LEN);
	radius_put(w, RADIUS_CHAP_PASSWORD, value, sizeof(value));
	radius_put(w, RADIUS_CHAP_CHALLENGE, login->challenge, login->challenge_len);
}

/*
 * RFC 2548 sections 2.1.3 and 2.3.2: identifier, flags, and the rest of the Value field, in which
 * PPP has the flags last.
 */
static void write_mschap(struct radius_writer *w, const struct radius_login *login, uint8_t type,
			 size_t challenge_len)
{
	uint8_t value[1 + MSCHAP_VALUE_LEN] = { login->id };

	if (login->response_len != MSCHAP_VALUE_LEN || login->challenge_len < challenge_len) {
		fail(w);
		return;
	}
	value[1] = login->response[MSCHAP_VALUE_LEN - 1];
	memcpy(value + 2, login->response, MSCHAP_VALUE_LEN - 1);
	radius_put_vendor(w, RADIUS_MICROSOFT, RADIUS_MS_CHAP_CHALLENGE, login->challenge,
			  challenge_len);
	radius_put_vendor(w, RADIUS_MICROSOFT, type, value, sizeof(value));
}

static void write_eap(struct radius_writer *w, const struct radius_login *login)
{
	if (!login->response_len)
		fail(w);
	radius_put_pieces(w, RADIUS_EAP_MESSAGE, login->response, login->response_len);
}

static void write_proof(struct radius_writer *w, const struct radius_login *login,
			struct radius_secret secret)
{
	switch (login->proof) {
	case RADIUS_PROOF_PAP:
		write_password(w, login, secret);
		break;
	case RADIUS_PROOF_CHAP:
		write_chap(w, login);
		break;
	case RADIUS_PROOF_MSCHAP:
		write_mschap(w, login, RADIUS_MS_CHAP_RESPONSE, MSCHAP_CHALLENGE_LEN);
		break;
	case RADIUS_PROOF_MSCHAPV2:
		write_mschap(w, login, RADIUS_MS_CHAP2_RESPONSE, MSCHAPV2_CHALLENGE_LEN);
		break;
	case RADIUS_PROOF_EAP:
		write_eap(w, login);
		break;
	}
}

void radius_write_login(struct radius_writer *w, const struct radius_nas *nas,
			const struct radius_session *session, const struct radius_login *login,
			struct radius_secret secret)
{
	write_nas(w, nas);
	write_session(w, session);
	write_proof(w, login, secret);
	if (login->state)
		radius_put(w, RADIUS_STATE, login->state->octets, login->state->len);
	put_address(w, RADIUS_FRAMED_IP_ADDRESS, 0, login->address);
	if (login->mtu)
		radius_put_number(w, RADIUS_FRAMED_MTU, login->mtu);
}

/* --- records --------------------------------------------------------------------------------- */

/* RFC 2869 sections 5.1 and 5.2: the upper half of a count has an attribute of its own. */
static void put_octets(struct radius_writer *w, uint8_t type, uint8_t gigawords, uint64_t octets)
{
	radius_put_number(w, type, (uint32_t)octets);
	radius_put_number(w, gigawords, (uint32_t)(octets >> 32));
}

static void write_counts(struct radius_writer *w, const struct radius_record *record)
{
	radius_put_number(w, RADIUS_ACCT_SESSION_TIME, record->session_time_s);
	put_octets(w, RADIUS_ACCT_INPUT_OCTETS, RADIUS_ACCT_INPUT_GIGAWORDS, record->input_octets);
	put_octets(w, RADIUS_ACCT_OUTPUT_OCTETS, RADIUS_ACCT_OUTPUT_GIGAWORDS,
		   record->output_octets);
	radius_put_number(w, RADIUS_ACCT_INPUT_PACKETS, (uint32_t)record->input_packets);
	radius_put_number(w, RADIUS_ACCT_OUTPUT_PACKETS, (uint32_t)record->output_packets);
}

static void write_possessions(struct radius_writer *w, const struct radius_record *record)
{
	put_address(w, RADIUS_FRAMED_IP_ADDRESS, 0, record->address);
	if (record->ifid)
		radius_put(w, RADIUS_FRAMED_INTERFACE_ID, record->ifid, 8);
	for (size_t i = 0; i < record->n_prefixes6; i++)
		put_prefix6(w, RADIUS_FRAMED_IPV6_PREFIX, &record->prefixes6[i]);
	for (size_t i = 0; i < record->n_delegated6; i++)
		put_prefix6(w, RADIUS_DELEGATED_IPV6_PREFIX, &record->delegated6[i]);
	for (size_t i = 0; i < record->n_classes; i++)
		radius_put(w, RADIUS_CLASS, record->classes[i].octets, record->classes[i].len);
}

void radius_write_record(struct radius_writer *w, const struct radius_nas *nas,
			 const struct radius_session *session, const struct radius_record *record,
			 uint32_t age_s)
{
	const enum radius_status status = record->status;

	radius_put_number(w, RADIUS_ACCT_STATUS_TYPE, status);
	write_nas(w, nas);
	radius_put_number(w, RADIUS_ACCT_DELAY_TIME, age_s);
	if (record->event_time)
		radius_put_number(w, RADIUS_EVENT_TIMESTAMP, record->event_time);
	if (!session) {
		put_text(w, RADIUS_ACCT_SESSION_ID, record->id);
		return;
	}
	write_session(w, session);
	write_possessions(w, record);
	if (record->authentic)
		radius_put_number(w, RADIUS_ACCT_AUTHENTIC, record->authentic);
	if (status == RADIUS_STATUS_STOP || status == RADIUS_STATUS_INTERIM)
		write_counts(w, record);
	if (status == RADIUS_STATUS_STOP && record->cause)
		radius_put_number(w, RADIUS_ACCT_TERMINATE_CAUSE, record->cause);
}
