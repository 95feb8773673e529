/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PPP: numbers and plain structures shared by everything in this layer.
 *
 * The layer turns frames and a clock into frames and events. It opens nothing,
 * logs nothing and has no state but in the structures that its caller embeds and
 * in what these allocate, see link.h.
 *
 * Conventions: times are milliseconds of a monotonic clock; lengths are octets;
 * integers are in host order unless a comment says otherwise; IPv4 addresses
 * are struct in_addr, in network order, and 0.0.0.0 means "none".
 */
#ifndef CULVERT_PPP_PPP_H
#define CULVERT_PPP_PPP_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/deadline.h"

/* Protocol field values (RFC 1661 section 2, IANA "PPP DLL Protocol Numbers"). */
enum ppp_protocol {
	PPP_PROTO_IPV4		= 0x0021,
	PPP_PROTO_IPV6		= 0x0057,
	PPP_PROTO_COMPRESSED	= 0x00fd,	/* a datagram after MPPE, RFC 3078 */
	PPP_PROTO_IPCP		= 0x8021,
	PPP_PROTO_IPV6CP	= 0x8057,
	PPP_PROTO_CCP		= 0x80fd,
	PPP_PROTO_LCP		= 0xc021,
	PPP_PROTO_PAP		= 0xc023,
	PPP_PROTO_CHAP		= 0xc223,
	PPP_PROTO_EAP		= 0xc227,
};

#define PPP_PROTO_LEN		2	/* protocol field, never compressed here */
#define PPP_MRU_DEFAULT		1500	/* RFC 1661 section 6.1 */
#define PPP_MRU_MIN		128	/* less than this cannot carry our own control frames */
#define PPP_FRAME_MAX		(PPP_PROTO_LEN + PPP_MRU_DEFAULT)	/* any control frame */
#define PPP_NAME_MAX		255	/* user or host name, without the final NUL */
#define PPP_TEXT_MAX		159	/* a reason or message for people, without the NUL */
#define PPP_IFID_LEN		8	/* IPv6 interface identifier, RFC 5072 section 4.1 */
#define PPP_DNS_MAX		2	/* RFC 1877: primary and secondary */

/* Ways to prove who one is. The order here says nothing about preference. */
enum ppp_auth_method {
	PPP_AUTH_NONE,
	PPP_AUTH_PAP,		/* RFC 1334 */
	PPP_AUTH_CHAP_MD5,	/* RFC 1994 */
	PPP_AUTH_MSCHAP,	/* RFC 2433 */
	PPP_AUTH_MSCHAPV2,	/* RFC 2759 */
	PPP_AUTH_EAP,		/* RFC 3748 */
	PPP_AUTH_METHODS
};

#define PPP_AUTH_BIT(method)	(1u << (method))

/* "pap", "chap-md5", "mschap", "mschap-v2", "eap", "none": as in the configuration. */
const char *ppp_auth_name(enum ppp_auth_method method);

enum ppp_mppe_policy {
	PPP_MPPE_OFF,		/* CCP is answered with Protocol-Reject */
	PPP_MPPE_PREFERRED,	/* used when the peer agrees and there are keys */
	PPP_MPPE_REQUIRED,	/* no network layer without it */
};

/* MPPE key lengths, a mask. */
#define PPP_MPPE_40		0x1u
#define PPP_MPPE_56		0x2u
#define PPP_MPPE_128		0x4u

/* MPPE modes, a mask. */
#define PPP_MPPE_STATELESS	0x1u	/* the key changes with every packet */
#define PPP_MPPE_STATEFUL	0x2u

/*
 * What one end wants of a link. Constant while a link uses it, may be shared
 * by any number of links; the caller keeps it alive. Start from
 * ppp_config_init() and change what differs.
 */
struct ppp_config {
	/* LCP */
	uint16_t mru;			/* largest packet that we want to receive */
	bool pfc;			/* ask the peer to compress the protocol field */
	bool acfc;			/* ask the peer to omit address and control */
	uint32_t echo_interval_ms;	/* silence before we ask, and ask again; 0: never ask */
	uint32_t echo_failures;		/* unanswered in a row that end the link; 0: never */

	/* Proof that we demand of the peer, best first, ended by PPP_AUTH_NONE. */
	uint8_t demand[PPP_AUTH_METHODS];
	/* Proof that we are willing to give, a mask of PPP_AUTH_BIT(). */
	uint32_t accept;
	/*
	 * Methods inside EAP, best first: PPP_AUTH_MSCHAPV2, PPP_AUTH_CHAP_MD5. As
	 * authenticator these are offered, unless @eap_relay hands every EAP packet
	 * but the first Identity to the owner; as authenticatee they are accepted.
	 */
	uint8_t eap[PPP_AUTH_METHODS];
	bool eap_relay;
	const char *name;		/* our own name in challenges */
	uint32_t auth_timeout_ms;	/* for the whole authentication phase */
	uint32_t auth_retries;		/* further tries after a wrong password (MS-CHAP only) */
	uint32_t rechallenge_ms;	/* repeat CHAP this often on an open link; 0: never */

	/* CCP */
	enum ppp_mppe_policy mppe;
	uint8_t mppe_bits;		/* mask of PPP_MPPE_40, _56, _128 */
	uint8_t mppe_modes;		/* mask of PPP_MPPE_STATELESS, _STATEFUL */

	/* Network layers to be brought up. */
	bool ipv4;
	bool ipv6;
	bool ask_dns;			/* ask the peer for name servers (client) */
	bool ask_nbns;

	/* Restart timer and counters of every automaton, RFC 1661 section 4.6. */
	uint32_t restart_first_ms;	/* first interval; doubles up to ... */
	uint32_t restart_max_ms;	/* ... this */
	uint8_t max_configure;		/* Configure-Requests without an answer */
	uint8_t max_terminate;		/* Terminate-Requests without an answer */
	uint8_t max_failure;		/* Configure-Naks before we reject instead */
};

/*
 * Safe defaults: MRU 1500, compression of both fields, echo each 30 s and four
 * failures; nothing demanded and nothing given; in EAP, MS-CHAPv2; MPPE off, 128 bit, stateless;
 * IPv4 only; restart 250 ms to 3 s, 10 / 2 / 5.
 */
void ppp_config_init(struct ppp_config *config);

/*
 * How long to wait for an answer before asking again, when one took
 * @answer_time: never less than restart_first_ms nor more than restart_max_ms.
 */
uint32_t ppp_first_interval(const struct ppp_config *config, uint32_t answer_time);

/* Addresses of an IPv4 link. 0.0.0.0 as @local or @remote: the peer is to say. */
struct ppp_ipv4 {
	struct in_addr local;
	struct in_addr remote;
	struct in_addr dns[PPP_DNS_MAX];	/* told to a peer that asks, or learnt from it */
	struct in_addr nbns[PPP_DNS_MAX];
};

/* Interface identifiers, network order. All zero: chosen at random, or by the peer. */
struct ppp_ipv6 {
	uint8_t local[PPP_IFID_LEN];
	uint8_t remote[PPP_IFID_LEN];
};

/* One direction of MPPE as negotiated. @bits 0: this direction is not encrypted. */
struct ppp_mppe {
	uint8_t bits;			/* 40, 56 or 128 */
	bool stateless;
};

enum ppp_phase {			/* RFC 1661 section 3.2 */
	PPP_PHASE_DEAD,
	PPP_PHASE_ESTABLISH,
	PPP_PHASE_AUTHENTICATE,
	PPP_PHASE_NETWORK,
	PPP_PHASE_TERMINATE,
};

const char *ppp_phase_name(enum ppp_phase phase);

/* Values of ppp_state.open. */
#define PPP_OPEN_LCP		0x01u
#define PPP_OPEN_CCP		0x02u
#define PPP_OPEN_IPCP		0x04u
#define PPP_OPEN_IPV6CP		0x08u

#define PPP_STATE_VERSION	2

/*
 * All that was agreed on a link. A plain value: no pointers, no secrets; may be
 * copied, written to a file and handed to ppp_link_resume() in a later process
 * of the same machine.
 */
struct ppp_state {
	uint32_t version;		/* PPP_STATE_VERSION */
	uint8_t phase;			/* enum ppp_phase */
	uint8_t open;			/* mask of PPP_OPEN_* */

	/* LCP: "local" is what we receive by, "peer" what we send by. */
	uint16_t local_mru;
	uint16_t peer_mru;
	uint32_t local_magic;
	uint32_t peer_magic;
	uint32_t peer_accm;		/* asked for by the peer; ~0 when it did not */
	bool local_pfc, peer_pfc;	/* may be received, may be sent */
	bool local_acfc, peer_acfc;

	/* Authentication. PPP_AUTH_NONE: not demanded, or not done yet. */
	uint8_t peer_auth;		/* how the peer proved itself to us */
	uint8_t local_auth;		/* how we proved ourselves */

	struct ppp_mppe tx;
	struct ppp_mppe rx;
	struct ppp_ipv4 ipv4;		/* final when PPP_OPEN_IPCP is set */
	struct ppp_ipv6 ipv6;		/* final when PPP_OPEN_IPV6CP is set */

	/* Last identifiers used, so that a resumed link does not repeat one. */
	uint8_t lcp_id, ccp_id, ipcp_id, ipv6cp_id, chap_id;
};

/* Why a link ended, or why it cannot come up. */
enum ppp_reason {
	PPP_REASON_NONE,
	PPP_REASON_LOCAL,		/* the owner asked for it */
	PPP_REASON_LOWER_DOWN,		/* the call went away underneath */
	PPP_REASON_PEER_CLOSED,		/* Terminate-Request */
	PPP_REASON_NO_ANSWER,		/* nothing came back to our LCP requests */
	PPP_REASON_LCP_FAILED,		/* LCP options could not be agreed */
	PPP_REASON_LOOPBACK,		/* we hear ourselves (RFC 1661 section 6.4) */
	PPP_REASON_ECHO_TIMEOUT,	/* keepalive not answered */
	PPP_REASON_AUTH_NO_METHOD,	/* no common authentication method */
	PPP_REASON_AUTH_PEER_REFUSED,	/* peer will not authenticate itself */
	PPP_REASON_AUTH_PEER_FAILED,	/* peer's proof was wrong */
	PPP_REASON_AUTH_WE_FAILED,	/* peer did not accept our proof */
	PPP_REASON_AUTH_WE_CANNOT,	/* our user or password does not suit the method */
	PPP_REASON_AUTH_PEER_UNPROVEN,	/* MS-CHAPv2 server does not know the password */
	PPP_REASON_AUTH_TIMEOUT,
	PPP_REASON_MPPE_REFUSED,	/* required and the peer will not */
	PPP_REASON_MPPE_ENDED,		/* only preferred, but it was agreed and used */
	PPP_REASON_MPPE_NO_KEYS,	/* required and the authentication gives no keys */
	PPP_REASON_NO_NETWORK,		/* no network protocol could be agreed */
	PPP_REASON_PROTOCOL,		/* the peer breaks the protocol beyond repair */
	PPP_REASON_NO_MEMORY,		/* here */
	PPP_REASONS
};

/* How a link ended. */
struct ppp_end {
	enum ppp_reason reason;
	uint16_t error;			/* MS-CHAP code if it was one, else 0 */
	const char *text;		/* a whole sentence with the details, printable */
};

/* A short constant sentence that a person can act on. Never NULL. */
const char *ppp_reason_text(enum ppp_reason reason);

#endif
