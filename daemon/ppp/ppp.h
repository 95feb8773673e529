/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PPP: numbers and plain structures that everything in this layer shares.
 *
 * The layer turns frames and a clock into frames and events. It opens no file or socket and
 * writes no log. All its state is in the structures that its caller embeds, and in the
 * memory that these structures allocate; see link.h.
 *
 * Conventions: times are milliseconds of a monotonic clock. Lengths are in octets. Integers
 * are in host order unless a comment says otherwise. IPv4 addresses are struct in_addr, in
 * network order; 0.0.0.0 means "no address".
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
	PPP_PROTO_COMPRESSED	= 0x00fd,	/* an encrypted datagram, RFC 3078 */
	PPP_PROTO_IPCP		= 0x8021,
	PPP_PROTO_IPV6CP	= 0x8057,
	PPP_PROTO_CCP		= 0x80fd,
	PPP_PROTO_LCP		= 0xc021,
	PPP_PROTO_PAP		= 0xc023,
	PPP_PROTO_CHAP		= 0xc223,
	PPP_PROTO_EAP		= 0xc227,
};

#define PPP_PROTO_LEN		2	/* protocol field; this layer never compresses it */
#define PPP_MRU_DEFAULT		1500	/* RFC 1661 section 6.1 */
#define PPP_MRU_MIN		128	/* smallest MRU accepted; control frames need it */
#define PPP_FRAME_MAX		(PPP_PROTO_LEN + PPP_MRU_DEFAULT)	/* longest control frame */
#define PPP_NAME_MAX		255	/* user or host name, without the terminating NUL */
#define PPP_TEXT_MAX		159	/* a reason or message for people, without the NUL */
#define PPP_IFID_LEN		8	/* IPv6 interface identifier, RFC 5072 section 4.1 */
#define PPP_DNS_MAX		2	/* RFC 1877: primary and secondary */

/* Authentication methods. The order has no meaning. */
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

/*
 * Returns the name that the configuration uses: "pap", "chap-md5", "mschap", "mschap-v2",
 * "eap" or "none"; "?" if @method is not one of them.
 */
const char *ppp_auth_name(enum ppp_auth_method method);

enum ppp_mppe_policy {
	PPP_MPPE_OFF,		/* CCP packets are answered with Protocol-Reject */
	PPP_MPPE_PREFERRED,	/* used if the peer agrees and authentication gave keys */
	PPP_MPPE_REQUIRED,	/* without MPPE no network protocol comes up */
};

/* MPPE key lengths, a mask. */
#define PPP_MPPE_40		0x1u
#define PPP_MPPE_56		0x2u
#define PPP_MPPE_128		0x4u

/* MPPE modes, a mask. */
#define PPP_MPPE_STATELESS	0x1u	/* the key changes with every packet */
#define PPP_MPPE_STATEFUL	0x2u

/*
 * What one end wants of a link. It must not change while a link uses it, except for @mppe, @mppe_bits
 * and @rechallenge_ms before a verdict lets the peer in. Any number of links may share it. The caller keeps
 * it alive as long as a link uses it. Fill it with ppp_config_init(), then change single members.
 */
struct ppp_config {
	/* LCP */
	uint16_t mru;			/* the largest packet that we want to receive, octets */
	bool pfc;			/* ask the peer to compress the protocol field */
	bool acfc;			/* ask the peer to omit address and control field */
	/*
	 * Send an Echo-Request after the peer has been silent so long, and again after each
	 * further such interval of silence. 0: send none.
	 */
	uint32_t echo_interval_ms;
	/* So many Echo-Requests in a row without an answer end the link. 0: they never do. */
	uint32_t echo_failures;

	/*
	 * Authentication methods that we demand of the peer, best first, terminated by
	 * PPP_AUTH_NONE.
	 */
	uint8_t demand[PPP_AUTH_METHODS];
	/*
	 * Authentication methods that we accept when the peer demands one: a mask of
	 * PPP_AUTH_BIT().
	 */
	uint32_t accept;
	/*
	 * Methods inside EAP, best first, terminated by PPP_AUTH_NONE; PPP_AUTH_MSCHAPV2
	 * and PPP_AUTH_CHAP_MD5 are possible. As authenticator we offer them. As
	 * authenticatee we accept them.
	 *
	 * With @eap_relay the authenticator offers none of them: the link sends only the
	 * first Identity request itself, and hands every EAP response of the peer to the
	 * owner, the Identity response included.
	 */
	uint8_t eap[PPP_AUTH_METHODS];
	bool eap_relay;
	const char *name;		/* our own name, sent in challenges */
	uint32_t auth_timeout_ms;	/* limit for the whole authentication phase */
	/* Further tries after a wrong password. Only MS-CHAP without EAP has them. */
	uint32_t auth_retries;
	/*
	 * How long after a proof by CHAP or MS-CHAP the peer has to prove itself again, as the same
	 * user (RFC 1994 section 2); 0: never. Encryption goes on with the keys that it has.
	 */
	uint32_t rechallenge_ms;

	/* CCP */
	enum ppp_mppe_policy mppe;
	uint8_t mppe_bits;		/* mask of PPP_MPPE_40, _56, _128 */
	uint8_t mppe_modes;		/* mask of PPP_MPPE_STATELESS, _STATEFUL */

	/* Network protocols to bring up. */
	bool ipv4;
	bool ipv6;
	bool ask_dns;			/* ask the peer for DNS servers (a client does) */
	bool ask_nbns;

	/* Restart timer and counters of every automaton (RFC 1661 section 4.6). */
	uint32_t restart_first_ms;	/* first interval; it doubles up to ... */
	uint32_t restart_max_ms;	/* ... this one */
	uint8_t max_configure;		/* Configure-Requests sent without an answer */
	uint8_t max_terminate;		/* Terminate-Requests sent without an answer */
	uint8_t max_failure;		/* Configure-Naks sent before we send Rejects instead */
};

/*
 * Fill @config with safe defaults:
 * - MRU 1500, compression of both fields, Echo-Requests every 30 s, and the end of the
 *   link after four without an answer;
 * - no authentication demanded and none accepted; MS-CHAPv2 inside EAP; 60 s for the
 *   authentication phase; no retries and no rechallenges; the name "culvert";
 * - MPPE off; if the caller turns it on: 128 bit, stateless;
 * - IPv4 only, and no name servers asked for;
 * - restart timer from 250 ms to 3 s; counters 10, 2 and 5.
 */
void ppp_config_init(struct ppp_config *config);

/*
 * Returns the time in ms to wait for an answer before the first retransmission, when an
 * earlier answer took @answer_time ms: never less than restart_first_ms and never more than
 * restart_max_ms.
 */
uint32_t ppp_first_interval(const struct ppp_config *config, uint32_t answer_time);

/* Addresses of an IPv4 link. 0.0.0.0 as @local or @remote: the peer chooses that address. */
struct ppp_ipv4 {
	struct in_addr local;
	struct in_addr remote;
	struct in_addr dns[PPP_DNS_MAX];	/* sent to a peer that asks, or learnt from it */
	struct in_addr nbns[PPP_DNS_MAX];
};

/*
 * Interface identifiers, in network order. All octets zero: we choose @local at random; the
 * peer chooses @remote.
 */
struct ppp_ipv6 {
	uint8_t local[PPP_IFID_LEN];
	uint8_t remote[PPP_IFID_LEN];
};

/* One direction of MPPE as negotiated. @bits is 0 if this direction is not encrypted. */
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
 * Everything that was negotiated on a link. It has no pointers and no secrets. It may be
 * copied, written to a file, and passed to ppp_link_resume() in a later process on the same
 * machine.
 */
struct ppp_state {
	uint32_t version;		/* PPP_STATE_VERSION */
	uint8_t phase;			/* enum ppp_phase */
	uint8_t open;			/* mask of PPP_OPEN_* */

	/* LCP. "local" applies to frames that we receive, "peer" to frames that we send. */
	uint16_t local_mru;
	uint16_t peer_mru;
	uint32_t local_magic;
	uint32_t peer_magic;
	uint32_t peer_accm;		/* what the peer asked for; ~0 if it did not ask */
	bool local_pfc, peer_pfc;	/* we may receive, may send compressed fields */
	bool local_acfc, peer_acfc;

	/* Authentication. PPP_AUTH_NONE: not demanded, or not done yet. */
	uint8_t peer_auth;		/* how the peer authenticated itself to us */
	uint8_t local_auth;		/* how we authenticated ourselves to the peer */

	struct ppp_mppe tx;
	struct ppp_mppe rx;
	struct ppp_ipv4 ipv4;		/* valid once PPP_OPEN_IPCP is set */
	struct ppp_ipv6 ipv6;		/* valid once PPP_OPEN_IPV6CP is set */

	/*
	 * Identifiers used last, so that a resumed link does not repeat one. @chap_id is
	 * EAP's too.
	 */
	uint8_t lcp_id, ccp_id, ipcp_id, ipv6cp_id, chap_id;
};

/* Why a link ended, or why it could not come up. */
enum ppp_reason {
	PPP_REASON_NONE,
	PPP_REASON_LOCAL,		/* the owner closed the link */
	PPP_REASON_LOWER_DOWN,		/* the call ended */
	PPP_REASON_PEER_CLOSED,		/* the peer sent a Terminate-Request */
	PPP_REASON_NO_ANSWER,		/* the peer never answered our LCP requests */
	PPP_REASON_UNHEARD,		/* the peer sends, but never answered a frame of ours */
	PPP_REASON_LCP_FAILED,		/* no agreement on LCP options */
	PPP_REASON_LOOPBACK,		/* we receive our own frames (RFC 1661 section 6.4) */
	PPP_REASON_ECHO_TIMEOUT,	/* Echo-Requests were not answered */
	PPP_REASON_AUTH_NO_METHOD,	/* no common authentication method */
	PPP_REASON_AUTH_PEER_REFUSED,	/* the peer refuses to authenticate itself */
	PPP_REASON_AUTH_PEER_FAILED,	/* the peer's response was wrong */
	PPP_REASON_AUTH_WE_FAILED,	/* the peer did not accept our response */
	PPP_REASON_AUTH_WE_CANNOT,	/* our user or password does not suit the method */
	PPP_REASON_AUTH_PEER_UNPROVEN,	/* the MS-CHAPv2 server does not know the password */
	PPP_REASON_AUTH_TIMEOUT,
	PPP_REASON_MPPE_REFUSED,	/* MPPE is required and the peer refuses it */
	PPP_REASON_MPPE_ENDED,		/* the peer ended MPPE, which was preferred and in use */
	PPP_REASON_MPPE_NO_KEYS,	/* MPPE needs keys and the link has none */
	PPP_REASON_NO_NETWORK,		/* no agreement on any network protocol */
	PPP_REASON_PROTOCOL,		/* the peer violates the protocol; the link cannot go on */
	PPP_REASON_NO_MEMORY,		/* this host has no memory */
	PPP_REASONS
};

/* How a link ended. */
struct ppp_end {
	enum ppp_reason reason;
	uint16_t error;			/* the MS-CHAP error code, or 0 if there was none */
	const char *text;		/* a whole sentence with the details, printable */
};

/* Returns the reason in a word, such as "no-answer": the name that metrics have. */
const char *ppp_reason_name(enum ppp_reason reason);

/* Returns a short constant sentence that a person can act on. Never returns NULL. */
const char *ppp_reason_text(enum ppp_reason reason);

#endif
