/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Authentication inside the link: the functions that the link calls, the functions that the
 * authentication protocols implement, and the functions that they share.
 */
#ifndef CULVERT_PPP_AUTH_PRIV_H
#define CULVERT_PPP_AUTH_PRIV_H

#include "ppp/link_priv.h"

/* --- for the link --- */

/* Forget everything about both directions and free what was allocated. Raises no event. */
void ppp_auth_forget(struct ppp_link *link);
/* Start both directions as LCP has negotiated them. */
void ppp_auth_start(struct ppp_link *link);
/* As ppp_auth_forget(); raises AUTH_CANCELLED if the owner owes a verdict. */
void ppp_auth_stop(struct ppp_link *link);
void ppp_auth_input(struct ppp_link *link, uint16_t protocol, const uint8_t *packet, size_t len);
void ppp_auth_verdict(struct ppp_link *link, const struct ppp_auth_verdict *verdict);
/* The peer sent a Protocol-Reject for @protocol. */
void ppp_auth_rejected(struct ppp_link *link, uint16_t protocol);
/* A frame of the network phase came from the peer: the peer knows that it was let in. */
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

/* One authentication protocol. A function is NULL if that side has nothing to do at that point. */
struct auth_protocol {
	uint16_t number;		/* value of the PPP protocol field */
	void (*server_start)(struct ppp_link *link);
	void (*server_tick)(struct ppp_link *link);
	void (*server_verdict)(struct ppp_link *link, const struct ppp_auth_verdict *verdict);
	void (*server_repeat)(struct ppp_link *link);	/* repeat our Success */
	void (*client_start)(struct ppp_link *link);
	void (*client_tick)(struct ppp_link *link);
	/* Handle any packet of the protocol, for either side. The side may be idle. */
	void (*input)(struct ppp_link *link, struct auth_packet *packet);
};

extern const struct auth_protocol pap_protocol;
extern const struct auth_protocol chap_protocol;
extern const struct auth_protocol eap_protocol;

void auth_send(struct ppp_link *link, uint16_t protocol, uint8_t code, uint8_t id, const void *data,
	       size_t len);

/*
 * Start waiting for an answer (if *@interval is 0) or wait for the next one. Sets
 * *@deadline and doubles *@interval, both in ms. The first interval is @patience times the
 * usual one.
 */
void auth_wait(const struct ppp_link *link, uint64_t *deadline, uint32_t *interval,
	       unsigned int patience);

/*
 * Copy the peer's name into @request. Returns false if it is longer than PPP_NAME_MAX
 * octets or contains a NUL: a NUL would hide the rest of the name from a look-up. The caller
 * then sends a refusal, as for a user that nobody knows, and calls auth_server_no_name().
 */
bool auth_take_name(struct ppp_auth_request *request, const uint8_t *name, size_t len);

/*
 * Returns the memory that a side needs during authentication, and allocates it if
 * necessary. Returns NULL if there is no memory; link_fail() was called then.
 */
struct ppp_auth_server_talk *auth_server_talk(struct ppp_link *link);
struct ppp_auth_client_talk *auth_client_talk(struct ppp_link *link);

/*
 * Server side. auth_server_ask() passes talk->request to the owner; the other two carry out
 * the verdict.
 */
void auth_server_ask(struct ppp_link *link);
void auth_server_done(struct ppp_link *link, const struct mppe_keys *keys);
/* @error is an MS-CHAP code, or 0 with other methods. */
void auth_server_failed(struct ppp_link *link, unsigned int error);
/* The peer was refused, because its name is one that auth_take_name() does not take. */
void auth_server_no_name(struct ppp_link *link);

/*
 * Client side. auth_client_done() takes talk->keys if they are valid. @text comes from the
 * peer and is sanitised, or is NULL.
 */
void auth_client_done(struct ppp_link *link);
void auth_client_failed(struct ppp_link *link, unsigned int error, const char *text);
/* We have no response to send. @detail as for link_fail(). */
void auth_client_cannot(struct ppp_link *link, const char *detail);

/*
 * A frame of the network phase came while we wait for the Success of EAP: the peer has let
 * us in and its Success was lost (RFC 3748 section 4.2).
 */
void eap_implied_success(struct ppp_link *link);

/* For auth_client_cannot(), if chap_compute_response() returns false. */
#define MSCHAP_TOO_LONG	"the password is too long for MS-CHAP; chap-md5 could take it"

/* From chap.c: MS-CHAP and CHAP-MD5, whose fields are the same inside EAP. */

/* Write the Message of a Success or a Failure to talk->reply. */
void chap_success_message(struct ppp_auth_server_talk *talk, enum ppp_auth_method method,
			  const struct ppp_auth_verdict *verdict);
void chap_failure_message(struct ppp_auth_server_talk *talk, enum ppp_auth_method method,
			  unsigned int error, bool retry, const char *words);

/* Returns the length of the Value field in our challenges, in octets. */
size_t chap_challenge_len(enum ppp_auth_method method);

/*
 * Returns true if @value is the challenge that we sent: then the peer wants to use our
 * response as its own.
 */
bool chap_is_reflection(const struct ppp_auth_server *server, const uint8_t *value, size_t len);

/*
 * Returns true if this is a copy of a challenge whose response the peer has accepted. It
 * needs no answer.
 */
bool chap_is_answered(const struct ppp_auth_client *client, uint8_t id, const uint8_t *value,
		      size_t len);

/*
 * Fill talk->response, and the MS-CHAP fields that belong to it, from talk->challenge.
 * Returns false if the password is too long.
 */
bool chap_compute_response(struct ppp_link *link, enum ppp_auth_method method);

/* Returns true if @message shows that the server knows the password (MS-CHAPv2). */
bool chap_proves_server(const struct ppp_auth_client *client, struct reader message);

/* Handle the peer's Failure. Error code and words are taken from @message. */
void chap_client_failed(struct ppp_link *link, enum ppp_auth_method method, struct reader message);

/* MD5 over identifier, secret and challenge (RFC 1994 section 4.1). */
void chap_md5(uint8_t id, const void *secret, size_t secret_len, const uint8_t *challenge,
	      size_t challenge_len, uint8_t digest[16]);

#endif
