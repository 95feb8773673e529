/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One PPP link, whole: LCP, authentication, CCP with MPPE, IPCP and IPv6CP, in
 * the phases of RFC 1661 section 3. This is the header to write code against.
 *
 *	bytes and a clock in ──► ppp_link ──► bytes and events out
 *
 * Frames. In both directions a frame is one PPP packet with a protocol field of
 * two octets first (network order, not compressed), without address, control
 * and FCS. Only control protocols pass here; data goes elsewhere, and data that
 * comes here all the same is dropped, except PPP_PROTO_COMPRESSED on an open
 * CCP, which is how ppp_generic tells that it could not decrypt a packet.
 *
 * Roles. There is no "server" switch: an end that fills ppp_config.demand
 * authenticates its peer, one that has credentials and ppp_config.accept can be
 * authenticated, and either may do both. Addresses that are given are insisted
 * on; those left 0.0.0.0 are the peer's to say. For MPPE the authenticator is
 * the server.
 *
 * Clock. Every entry takes @now, monotonic milliseconds that never go back.
 * ppp_link_tick() must be called when ppp_link_deadline() is reached; ask again
 * after every call into the link.
 *
 * Callbacks. ops->send, ops->event and ops->random are called from within the
 * entry points. An event handler may call ppp_link_auth_verdict(),
 * ppp_link_set_ipv4(), ppp_link_set_ipv6(), ppp_link_close() and
 * ppp_link_state(), nothing else, and must not free the link: that may be done
 * once the entry point has returned.
 *
 * Life. ppp_link_init(), ppp_link_open(), then frames and ticks until
 * PPP_EVENT_DOWN, which comes exactly once and last. After it the link ignores
 * everything; ppp_link_wipe() and free it. A link may be abandoned at any time
 * by ppp_link_wipe() alone.
 *
 * Memory. A link that is up is small: what is needed only while it negotiates or
 * somebody proves himself is allocated then, and freed once that is done. How
 * much that is does not depend on the peer. Where there is no memory the link
 * ends with PPP_REASON_NO_MEMORY.
 *
 * Not thread-safe, no globals: links are independent of each other.
 */
#ifndef CULVERT_PPP_LINK_H
#define CULVERT_PPP_LINK_H

#include "ppp/auth.h"
#include "ppp/ccp.h"
#include "ppp/ipcp.h"
#include "ppp/ipv6cp.h"
#include "ppp/lcp.h"
#include "ppp/ppp.h"

enum ppp_event_type {
	/*
	 * LCP is open. ppp_link_state() has MRU, ACCM and magic numbers. After a
	 * renegotiation it comes again; every *_DOWN has been raised before.
	 */
	PPP_EVENT_LCP_UP,

	/*
	 * The peer wants to be let in: .auth. Answer by ppp_link_auth_verdict(),
	 * now or later. No second one comes before the answer. With EAP one
	 * exchange may take several.
	 */
	PPP_EVENT_AUTH_REQUEST,

	/*
	 * The verdict is no longer wanted (the link went on to something else).
	 * A verdict that comes all the same is ignored.
	 */
	PPP_EVENT_AUTH_CANCELLED,

	/*
	 * Authentication is over and was good, in all directions demanded.
	 * Last moment for ppp_link_set_ipv4() and _ipv6(): NCPs start after it.
	 * Not raised again after a mere rechallenge.
	 */
	PPP_EVENT_AUTHENTICATED,

	/*
	 * Set up decryption (_RX) or encryption (_TX): .mppe. Raised just before
	 * the frame passes that makes it binding: _RX before each of our
	 * Configure-Requests, _TX before each of our Configure-Acks, copies of
	 * either excepted. Later ones replace earlier ones. Data is not encrypted
	 * before CCP_UP; none of these comes between CCP_UP and CCP_DOWN.
	 */
	PPP_EVENT_MPPE_RX,
	PPP_EVENT_MPPE_TX,

	/* CCP opened: both directions are encrypted from here on. Or it closed. */
	PPP_EVENT_CCP_UP,
	PPP_EVENT_CCP_DOWN,

	/*
	 * Datagrams may flow / must stop. UP comes when IPCP (IPv6CP) is open
	 * and the question of encryption is settled: with MPPE required after
	 * CCP_UP only, with MPPE preferred after CCP_UP or once CCP has failed.
	 * DOWN comes when either no longer holds. .ipv4 / .ipv6 with UP.
	 */
	PPP_EVENT_IPV4_UP,
	PPP_EVENT_IPV4_DOWN,
	PPP_EVENT_IPV6_UP,
	PPP_EVENT_IPV6_DOWN,

	/* The peer says what it is (RFC 1570 section 2.1): .text, sanitised. */
	PPP_EVENT_IDENTIFICATION,

	/*
	 * A frame was dropped or the peer did what it should not; the link goes
	 * on. .text is a constant string. As frequent as the peer likes: count
	 * it, and log it at a bounded rate.
	 */
	PPP_EVENT_PEER_ERROR,

	/*
	 * A frame was dropped that is not wrong, only nothing awaits it: peers offer what we do
	 * not speak, and frames overtake each other. .text as above.
	 */
	PPP_EVENT_UNTIMELY,

	/* The end: .down. */
	PPP_EVENT_DOWN,
};

struct ppp_event {
	enum ppp_event_type type;
	union {				/* valid during the event only */
		const struct ppp_auth_request *auth;
		struct {
			uint8_t bits;			/* 40, 56, 128 */
			bool stateless;
			uint8_t key_len;		/* octets of @key that count: 8 or 16 */
			const uint8_t *key;		/* start key, MPPE_KEY_LEN, zero padded */
			const uint8_t *option;		/* the CCP option, 6 octets (type 18) */
		} mppe;
		const struct ppp_ipv4 *ipv4;
		const struct ppp_ipv6 *ipv6;
		const char *text;
		struct ppp_end down;
	};
};

struct ppp_link;

struct ppp_link_ops {
	/* A frame to be sent; @frame is valid during the call. Loss is allowed. */
	void (*send)(struct ppp_link *link, const uint8_t *frame, size_t len);
	void (*event)(struct ppp_link *link, const struct ppp_event *event);
	/* Fill @buf with octets that nobody can foresee. */
	void (*random)(struct ppp_link *link, void *buf, size_t len);
	/*
	 * Has anything come from the peer that did not come here, data that is, since this was
	 * asked last? Asked when an Echo-Request is due, which is not sent then. May be NULL.
	 */
	bool (*heard)(struct ppp_link *link);
};

/* The members are the link's own; use the functions. @owner is the owner's. */
struct ppp_link {
	const struct ppp_link_ops *ops;
	const struct ppp_config *config;
	void *owner;
	struct ppp_state state;
	struct lcp lcp;
	struct ppp_auth auth;
	struct ccp ccp;
	struct ipcp ipcp;
	struct ipv6cp ipv6cp;
	struct mppe_keys keys;
	const char *user;		/* our credentials, or NULL */
	const char *password;
	size_t password_len;
	char *peer_name;		/* as whom the peer was let in; NULL: it was not asked */
	uint64_t now;			/* of the entry in progress */
	unsigned int depth;		/* entries in progress: event handlers may call in */
	uint64_t reject_refill;		/* when the budget below was last topped up */
	uint8_t reject_budget;		/* Protocol-Rejects that may be sent now */
	uint8_t restarts;		/* LCP renegotiations on this link */
	uint8_t flow;			/* PPP_OPEN_IPCP, _IPV6CP: UP was raised */
	bool encrypted;			/* CCP was up: from then on nothing passes in clear */
	bool resumed;			/* CCP runs with keys that only the data plane has */
	bool closing;			/* termination has begun */
	bool lcp_done;			/* ... and LCP has nothing more to do */
	bool down_raised;
	uint8_t reason;			/* enum ppp_reason, once it is decided */
	uint16_t error;			/* MS-CHAP code that goes with it */
	char *reason_text;		/* PPP_TEXT_MAX at most; NULL: the reason's own */
};

/* @config and @ops must outlive the link. */
void ppp_link_init(struct ppp_link *link, const struct ppp_config *config,
		   const struct ppp_link_ops *ops, void *owner);

/*
 * What to show when the peer demands proof. NUL-terminated, not copied; they
 * must outlive the link. Call before ppp_link_open().
 */
void ppp_link_set_credentials(struct ppp_link *link, const char *user, const char *password);

/*
 * Addresses to negotiate, copied. From ppp_link_init() up to and including the
 * AUTHENTICATED event; a server that learns them with the verdict calls this
 * just before ppp_link_auth_verdict().
 */
void ppp_link_set_ipv4(struct ppp_link *link, const struct ppp_ipv4 *ipv4);
/* Likewise; nobody calls it before IPv6 passes through tunnels. */
void ppp_link_set_ipv6(struct ppp_link *link, const struct ppp_ipv6 *ipv6);

/* The call underneath is up: start LCP. */
void ppp_link_open(struct ppp_link *link, uint64_t now);

/* A frame from the peer; anything may be in it. */
void ppp_link_input(struct ppp_link *link, const uint8_t *frame, size_t len, uint64_t now);

/* The owner's answer to PPP_EVENT_AUTH_REQUEST; copied. */
void ppp_link_auth_verdict(struct ppp_link *link, const struct ppp_auth_verdict *verdict,
			   uint64_t now);

/*
 * Ask the peer for a sign of life: an LCP Echo-Request, if LCP is in Opened. Any frame is an answer.
 */
void ppp_link_probe(struct ppp_link *link, uint64_t now);

/* The decryptor lost step (stateful MPPE): send a Reset-Request, rate bounded. */
void ppp_link_mppe_lost(struct ppp_link *link, uint64_t now);

/*
 * End the link in good order: Terminate-Request, and DOWN when the peer agrees
 * or does not answer. @reason is PPP_REASON_LOCAL or a better one; @text goes to
 * the owner and, in short, to the peer; NULL: the reason's own.
 */
void ppp_link_close(struct ppp_link *link, enum ppp_reason reason, const char *text,
		    uint64_t now);

/* The call underneath is gone: DOWN at once, nothing more is sent. */
void ppp_link_lower_down(struct ppp_link *link, uint64_t now);

/* When ppp_link_tick() is due, or NEVER. */
uint64_t ppp_link_deadline(const struct ppp_link *link);
void ppp_link_tick(struct ppp_link *link, uint64_t now);

/* What was agreed so far; changes with the link. Copy it to keep it. */
const struct ppp_state *ppp_link_state(const struct ppp_link *link);

/* As whom the peer has proved itself, not sanitised; "" if it has not. Valid while that is true. */
const char *ppp_link_peer_name(const struct ppp_link *link);

/*
 * Waits for a daemon that is exchanged while calls run; nobody calls it yet.
 *
 * In place of ppp_link_open(), on a link just initialised: go on with a link
 * that was in the network phase when @state was copied. No frame is sent and no
 * event raised; the keepalive runs. False, and nothing changed, when @state is
 * of another version or phase or makes no sense, or without memory. CCP resumes
 * as open, its keys being the data plane's; if it must be negotiated again the
 * link ends. @peer_name is copied.
 */
bool ppp_link_resume(struct ppp_link *link, const struct ppp_state *state, const char *peer_name,
		     uint64_t now);

/* Erase secrets and free what the link has allocated; its own memory may be freed then. */
void ppp_link_wipe(struct ppp_link *link);

#endif
