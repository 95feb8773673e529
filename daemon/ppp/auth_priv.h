/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Authentication inside the link: the dispatcher that the link calls, what the
 * protocols implement, and what they share.
 */
#ifndef CULVERT_PPP_AUTH_PRIV_H
#define CULVERT_PPP_AUTH_PRIV_H

#include "ppp/link_priv.h"

/* --- for the link --- */

/* Nothing is asked of anybody. What was is forgotten, and freed. */
void ppp_auth_forget(struct ppp_link *link);
/* Begin both directions as LCP agreed on them. */
void ppp_auth_start(struct ppp_link *link);
/* Forget both; a question to the owner is withdrawn. */
void ppp_auth_stop(struct ppp_link *link);
void ppp_auth_input(struct ppp_link *link, uint16_t protocol, const uint8_t *packet, size_t len);
void ppp_auth_verdict(struct ppp_link *link, const struct ppp_auth_verdict *verdict);
/* The peer sent a Protocol-Reject for @protocol. */
void ppp_auth_rejected(struct ppp_link *link, uint16_t protocol);
/* The peer is in the network phase, so it knows that it was let in. */
void ppp_auth_confirmed(struct ppp_link *link);
uint64_t ppp_auth_deadline(const struct ppp_link *link);
void ppp_auth_tick(struct ppp_link *link);

/* --- for the protocols --- */

/* A packet of an authentication protocol: code, identifier, length, data. */
struct auth_packet {
	uint8_t code;
	uint8_t id;
	struct reader data;
};

/* One authentication protocol; a side that has nothing to do at a point leaves it NULL. */
struct auth_protocol {
	uint16_t number;		/* of the PPP protocol field */
	void (*server_start)(struct ppp_link *link);
	void (*server_tick)(struct ppp_link *link);
	void (*server_verdict)(struct ppp_link *link, const struct ppp_auth_verdict *verdict);
	void (*server_repeat)(struct ppp_link *link);	/* say again that the peer is let in */
	void (*client_start)(struct ppp_link *link);
	void (*client_tick)(struct ppp_link *link);
	/* Any packet, for whichever side it concerns; the side may be idle. */
	void (*input)(struct ppp_link *link, struct auth_packet *packet);
};

extern const struct auth_protocol pap_protocol;
extern const struct auth_protocol chap_protocol;
extern const struct auth_protocol eap_protocol;

void auth_send(struct ppp_link *link, uint16_t protocol, uint8_t code, uint8_t id,
	       const void *data, size_t len);

/*
 * Begin (*@interval is 0) or go on waiting for an answer. @patience: so many
 * times the usual interval to begin with.
 */
void auth_wait(const struct ppp_link *link, uint64_t *deadline, uint32_t *interval,
	       unsigned int patience);

/*
 * Take a name from the peer: PPP_NAME_MAX octets at most and no NUL among them,
 * for it would hide the rest from a look-up.
 */
bool auth_take_name(struct ppp_auth_request *request, const uint8_t *name, size_t len);

/*
 * What a side needs while somebody proves himself: there already, or allocated. NULL without
 * memory, and then the link is to end.
 */
struct ppp_auth_server_talk *auth_server_talk(struct ppp_link *link);
struct ppp_auth_client_talk *auth_client_talk(struct ppp_link *link);

/* Server side: put talk->request to the owner, and what follows from the verdict. */
void auth_server_ask(struct ppp_link *link);
void auth_server_done(struct ppp_link *link, const struct mppe_keys *keys);
/* @error: MS-CHAP code, or 0 with other methods. */
void auth_server_failed(struct ppp_link *link, unsigned int error);

/* Client side; talk->keys count if they are valid. @text: the peer's, sanitised, or NULL. */
void auth_client_done(struct ppp_link *link);
void auth_client_failed(struct ppp_link *link, unsigned int error, const char *text);
/* There is no proof to be sent; @detail as for link_fail(). */
void auth_client_cannot(struct ppp_link *link, const char *detail);

/*
 * A frame of the network phase came while we wait for the end of EAP: the peer has
 * let us in and its word on it was lost (RFC 3748 section 4.2).
 */
void eap_implied_success(struct ppp_link *link);

/* What MS-CHAP and CHAP-MD5 look like is the same inside EAP: chap.c. */

/* Write talk->reply: the Message of a Success or a Failure. */
void chap_success_message(struct ppp_auth_server_talk *talk, enum ppp_auth_method method,
			  const struct ppp_auth_verdict *verdict);
void chap_failure_message(struct ppp_auth_server_talk *talk, enum ppp_auth_method method,
			  unsigned int error, bool retry, const char *words);

/* Octets of the Value field in our challenges. */
size_t chap_challenge_len(enum ppp_auth_method method);

/* Was it we who sent this challenge? Then somebody wants us to answer it for him. */
bool chap_is_reflection(const struct ppp_auth_server *server, const uint8_t *value, size_t len);

/* A copy of the challenge that the peer's yes was for: there is nothing more to be said to it. */
bool chap_is_answered(const struct ppp_auth_client *client, uint8_t id, const uint8_t *value,
		      size_t len);

/* Fill talk->response from talk->challenge; false: the password cannot be hashed. */
bool chap_compute_response(struct ppp_link *link, enum ppp_auth_method method);

/* Does this Message show that the server knows the password (MS-CHAPv2)? */
bool chap_proves_server(const struct ppp_auth_client *client, struct reader message);

/* The peer's Failure: words and code are taken out of @message. */
void chap_client_failed(struct ppp_link *link, enum ppp_auth_method method,
			struct reader message);

/* MD5 over identifier, secret and challenge (RFC 1994 section 4.1). */
void chap_md5(uint8_t id, const void *secret, size_t secret_len, const uint8_t *challenge,
	      size_t challenge_len, uint8_t digest[16]);

#endif
