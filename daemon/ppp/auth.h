/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Authentication on a link: what is asked of whom, and who decides.
 *
 * Both directions may run at once and by different methods. Towards the peer
 * that proves itself this end is the authenticator ("server" below): it asks its
 * owner, who answers when it can. Towards a peer that demands proof this end
 * is the authenticatee ("client") and uses the credentials it was given.
 *
 * ppp_auth_check() is the whole decision for someone who holds the password.
 */
#ifndef CULVERT_PPP_AUTH_H
#define CULVERT_PPP_AUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ppp/mppe_key.h"
#include "ppp/mschap.h"
#include "ppp/ppp.h"

#define PPP_AUTH_CHALLENGE_LEN	16	/* ours; MS-CHAPv1 uses the first 8 */
#define PPP_AUTH_RESPONSE_MAX	255
#define PPP_AUTH_REPLY_MAX	(PPP_TEXT_MAX + 64)	/* message and the fields of MS-CHAP */

/*
 * A peer's proof, to be judged. A plain value that may be copied and kept; it
 * can hold a password (PAP), so wipe copies.
 *
 * @response is, by @method: the password (PAP), 16 octets (CHAP-MD5), or the 49
 * octets of the Value field (MS-CHAP, both versions; offsets in mschap.h).
 *
 * Methods inside EAP that the link speaks itself come as PPP_AUTH_CHAP_MD5 or
 * PPP_AUTH_MSCHAPV2, whose arithmetic is the same. PPP_AUTH_EAP is seen only with
 * ppp_config.eap_relay.
 */
struct ppp_auth_request {
	enum ppp_auth_method method;
	uint8_t id;				/* CHAP identifier, part of the MD5 hash */
	uint8_t challenge_len;
	uint8_t response_len;
	uint8_t challenge[PPP_AUTH_CHALLENGE_LEN];
	uint8_t response[PPP_AUTH_RESPONSE_MAX];
	char user[PPP_NAME_MAX + 1];		/* holds no NUL but the last; not sanitised */
	uint16_t user_len;
	/* PPP_AUTH_EAP only: the whole EAP packet to be passed on; valid during the event. */
	const uint8_t *eap;
	uint16_t eap_len;
};

enum ppp_auth_result {
	PPP_AUTH_OK,
	PPP_AUTH_FAILED,
	PPP_AUTH_CONTINUE,			/* EAP: send @eap and wait for more */
};

/*
 * The answer to a request. Zeroed means PPP_AUTH_OK without MPPE keys, so set
 * @result first. It can hold keys, so wipe it after use.
 */
struct ppp_auth_verdict {
	enum ppp_auth_result result;
	uint16_t error;				/* enum mschap_error; 0 is taken for 691 */
	bool retry;				/* a further try may help, if the link allows it */
	char message[PPP_TEXT_MAX + 1];		/* for the peer's user; may be empty */
	/* MS-CHAPv2: "S=..." as in RFC 2759 section 5, NUL-terminated. */
	char authenticator[MSCHAPV2_AUTHRESP_TEXT_LEN + 1];
	struct mppe_keys keys;			/* from this end's view, @send is the server's */
	/*
	 * PPP_AUTH_EAP only: a whole EAP packet for the peer, or NULL (not with
	 * CONTINUE). That of a CONTINUE is not copied but sent again when it is lost:
	 * it must stay valid until the next AUTH_REQUEST, AUTH_CANCELLED or DOWN.
	 */
	const uint8_t *eap;
	uint16_t eap_len;
};

/*
 * Judge @request knowing the peer's password, and fill in all of @verdict: the
 * result with its code, the authenticator response and the keys. Every method
 * but EAP. Constant time in the secret where it compares.
 */
void ppp_auth_check(const struct ppp_auth_request *request, const char *password,
		    size_t password_len, struct ppp_auth_verdict *verdict);

/*
 * The rest is the link's own: the state of both directions, embedded in struct
 * ppp_link. PAP, CHAP and EAP each work on it; see auth_priv.h. What is large is
 * there only while somebody proves himself.
 */

enum ppp_auth_step {
	PPP_AUTH_IDLE,			/* not demanded */
	PPP_AUTH_WAITING,		/* for the peer's move */
	PPP_AUTH_ASKED,			/* for the owner's verdict */
	PPP_AUTH_DONE,
	PPP_AUTH_REFUSED,
};

struct ppp_auth_server_talk {
	struct mppe_keys keys;		/* that came with the verdict, until EAP has ended */
	uint8_t challenge[PPP_AUTH_CHALLENGE_LEN];
	uint16_t reply_len;
	char reply[PPP_AUTH_REPLY_MAX];
	struct ppp_auth_request request;	/* the one the owner was asked about */
};

struct ppp_auth_server {
	uint8_t method;			/* enum ppp_auth_method */
	uint8_t step;			/* enum ppp_auth_step */
	uint8_t id;			/* of the challenge that is out */
	uint8_t tries;			/* packets sent without an answer */
	uint8_t retries;		/* wrong passwords forgiven */
	uint8_t reply_code;		/* the last answer, to be repeated; 0: none */
	uint8_t reply_id;
	uint8_t eap_step;		/* of eap.c */
	uint8_t eap_method;		/* enum ppp_auth_method inside EAP */
	uint16_t eap_len;
	const uint8_t *eap;		/* the owner's packet that waits for its answer */
	uint16_t error;			/* verdict on the peer, told at the end of EAP; 0: good */
	bool has_keys;			/* the proof gave some */
	bool unconfirmed;		/* nothing shows yet that our Success has arrived */
	bool again;			/* a rechallenge: the link is up all the while */
	uint32_t interval;
	uint64_t deadline;		/* of the retransmission, or of the rechallenge */
	/*
	 * From the start until the peer has our Success, and from the first rechallenge
	 * on, whose Success nothing confirms; else NULL.
	 */
	struct ppp_auth_server_talk *talk;
};

struct ppp_auth_client_talk {
	uint8_t challenge[PPP_NAME_MAX];	/* as received last */
	uint8_t response[MSCHAP_VALUE_LEN];	/* to be repeated for the same challenge */
	uint8_t expected[MSCHAPV2_AUTHRESP_LEN];	/* MS-CHAPv2: what the peer must say */
	struct mppe_keys keys;		/* that count once the peer says yes */
};

struct ppp_auth_client {
	uint8_t method;
	uint8_t step;
	uint8_t id;
	uint8_t tries;
	uint32_t interval;
	uint64_t deadline;
	bool has_keys;
	bool eap_proven;		/* nothing but EAP's Success is missing */
	uint8_t response_len;		/* 0: no response is out */
	uint8_t challenge_len;
	uint32_t answered;		/* hash of the challenge that the peer's yes was for */
	struct ppp_auth_client_talk *talk;	/* from a challenge to the peer's word on it */
};

struct ppp_auth {
	struct ppp_auth_server server;
	struct ppp_auth_client client;
	uint64_t deadline;		/* of the authentication phase */
};

#endif
