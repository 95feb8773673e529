/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Authentication on a link: which proof each end demands, and who decides about it.
 *
 * Both directions may run at the same time and with different methods. Towards a peer that
 * has to prove its identity this end is the authenticator ("server" below): it asks its
 * owner for a verdict, and the owner answers when it can. Towards a peer that demands a
 * proof this end is the authenticatee ("client") and uses the credentials that its owner
 * gave it.
 *
 * An owner that knows the password can take the whole decision from ppp_auth_check().
 */
#ifndef CULVERT_PPP_AUTH_H
#define CULVERT_PPP_AUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ppp/mppe_key.h"
#include "ppp/mschap.h"
#include "ppp/ppp.h"

#define PPP_AUTH_CHALLENGE_LEN	16	/* octets; MS-CHAPv1 uses the first 8 */
#define PPP_AUTH_RESPONSE_MAX	255
#define PPP_AUTH_REPLY_MAX	(PPP_TEXT_MAX + 64)	/* message and MS-CHAP fields */

/*
 * The proof of a peer, to be judged. It has no pointers but @eap and may be copied and
 * kept. It can contain a password (PAP): wipe copies.
 *
 * @response depends on @method: the password (PAP), 16 octets (CHAP-MD5), or the 49 octets
 * of the Value field (MS-CHAP, both versions; offsets in mschap.h).
 *
 * Methods inside EAP that the link handles itself appear as PPP_AUTH_CHAP_MD5 or
 * PPP_AUTH_MSCHAPV2, which use the same arithmetic. PPP_AUTH_EAP appears only with
 * ppp_config.eap_relay.
 */
struct ppp_auth_request {
	enum ppp_auth_method method;
	uint8_t id;				/* CHAP identifier, part of the MD5 hash */
	uint8_t challenge_len;
	uint8_t response_len;
	uint8_t challenge[PPP_AUTH_CHALLENGE_LEN];
	uint8_t response[PPP_AUTH_RESPONSE_MAX];
	char user[PPP_NAME_MAX + 1];		/* without NUL octets inside; not sanitised */
	uint16_t user_len;
	/* PPP_AUTH_EAP only: the whole EAP packet of the peer; valid during the event only. */
	const uint8_t *eap;
	uint16_t eap_len;
};

enum ppp_auth_result {
	PPP_AUTH_OK,
	PPP_AUTH_FAILED,
	PPP_AUTH_CONTINUE,			/* EAP: send @eap and wait for the response */
};

/*
 * The answer to a request. A zeroed verdict means PPP_AUTH_OK without MPPE keys, so set
 * @result first. A verdict can contain keys: wipe it after use.
 */
struct ppp_auth_verdict {
	enum ppp_auth_result result;
	uint16_t error;				/* enum mschap_error; 0 means 691 */
	bool retry;				/* allow a further try, if auth_retries permits */
	char message[PPP_TEXT_MAX + 1];		/* for the peer's user; may be empty */
	/* MS-CHAPv2: "S=..." as in RFC 2759 section 5, NUL-terminated. */
	char authenticator[MSCHAPV2_AUTHRESP_TEXT_LEN + 1];
	struct mppe_keys keys;			/* @send: for frames that we, the server, send */
	/*
	 * PPP_AUTH_EAP only: a whole EAP packet, or NULL (not with CONTINUE).
	 *
	 * With CONTINUE the packet, which must be a Request, is sent to the peer, and sent again
	 * if no response comes. It is not copied: it must stay valid until the next AUTH_REQUEST,
	 * AUTH_CANCELLED or DOWN. With another result the link sends Success or Failure
	 * itself. It takes only the identifier from this packet; without one that of the last
	 * response, which is what RFC 3748 section 4.2 wants.
	 */
	const uint8_t *eap;
	uint16_t eap_len;
	/*
	 * With CONTINUE: how long the peer's user may take (RFC 3579 section 3.3 note 4) before
	 * @eap is sent again. 0: as long as other answers take.
	 */
	uint32_t eap_wait_ms;
};

/*
 * Judge @request with the peer's password, and fill in the whole of @verdict: result, error
 * code, authenticator response and keys; the message stays empty. For every method except
 * EAP, which fails. Secrets are compared in constant time; only the length of a PAP
 * password can show.
 */
void ppp_auth_check(const struct ppp_auth_request *request, const char *password,
		    size_t password_len, struct ppp_auth_verdict *verdict);

/*
 * Returns true if the NT hash of a password is enough to check a proof by @method; for CHAP-MD5 it
 * is not, whose digest has the password itself in it.
 */
bool ppp_auth_takes_nt_hash(enum ppp_auth_method method);

/*
 * As ppp_auth_check(), with no more than the NT hash of the password. Fails if the method does not
 * take it. MS-CHAP has no MPPE keys of 40 and 56 bits then, which are made of the LM hash.
 */
void ppp_auth_check_nt_hash(const struct ppp_auth_request *request, const uint8_t hash[NT_HASH_LEN],
			    struct ppp_auth_verdict *verdict);

/*
 * The rest belongs to the link: the state of both directions, embedded in struct ppp_link.
 * PAP, CHAP and EAP all work on it; see auth_priv.h. The large parts are allocated only
 * while an authentication is in progress.
 */

enum ppp_auth_step {
	PPP_AUTH_IDLE,			/* this direction is not demanded */
	PPP_AUTH_WAITING,		/* waiting for a packet of the peer */
	PPP_AUTH_ASKED,			/* waiting for the owner's verdict */
	PPP_AUTH_DONE,
	PPP_AUTH_REFUSED,
};

struct ppp_auth_server_talk {
	struct mppe_keys keys;		/* from the verdict, kept until EAP has ended */
	uint8_t challenge[PPP_AUTH_CHALLENGE_LEN];
	uint16_t reply_len;
	char reply[PPP_AUTH_REPLY_MAX];
	struct ppp_auth_request request;	/* the request that the owner was asked about */
};

struct ppp_auth_server {
	uint8_t method;			/* enum ppp_auth_method */
	uint8_t step;			/* enum ppp_auth_step */
	uint8_t id;			/* identifier of the challenge that was sent last */
	uint8_t tries;			/* packets sent without an answer */
	uint8_t retries;		/* wrong passwords after which a retry was allowed */
	uint8_t reply_code;		/* code of the last answer, to be repeated; 0: none */
	uint8_t reply_id;
	uint8_t eap_step;		/* what EAP has asked last, see eap.c */
	uint8_t eap_method;		/* enum ppp_auth_method inside EAP */
	uint16_t eap_len;
	const uint8_t *eap;		/* the owner's packet that waits for its response */
	uint16_t error;			/* verdict on the peer, sent at the end of EAP; 0: good */
	bool has_keys;			/* the last proof gave MPPE keys */
	bool unconfirmed;		/* the peer has not shown yet that it got our Success */
	bool again;			/* the peer is let in: any further proof is a rechallenge */
	uint32_t interval;
	uint64_t deadline;		/* of the retransmission, or of the next rechallenge */
	/*
	 * Allocated from the start until the peer has shown that it got our Success, or
	 * until we stop repeating it. Allocated again with the first rechallenge and then
	 * kept, because nothing shows that the peer got that Success. Else NULL.
	 */
	struct ppp_auth_server_talk *talk;
};

struct ppp_auth_client_talk {
	uint8_t challenge[PPP_NAME_MAX];	/* the challenge received last */
	uint8_t response[MSCHAP_VALUE_LEN];	/* sent again when the same challenge comes again */
	uint8_t expected[MSCHAPV2_AUTHRESP_LEN];	/* MS-CHAPv2: what the peer must send */
	struct mppe_keys keys;		/* used once the peer has accepted our response */
};

struct ppp_auth_client {
	uint8_t method;
	uint8_t step;
	uint8_t id;
	uint8_t tries;
	uint32_t interval;
	uint64_t deadline;
	bool has_keys;
	bool eap_proven;		/* all of EAP is done except the peer's Success */
	uint8_t response_len;		/* 0: no response was sent */
	uint8_t challenge_len;
	uint32_t answered;		/* hash of the challenge whose response the peer accepted */
	struct ppp_auth_client_talk *talk;	/* exists from a challenge to the peer's decision */
};

struct ppp_auth {
	struct ppp_auth_server server;
	struct ppp_auth_client client;
	uint64_t deadline;		/* of the whole authentication phase */
};

#endif
