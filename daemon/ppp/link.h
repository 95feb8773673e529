/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One complete PPP link: LCP, authentication, CCP with MPPE, IPCP and IPv6CP, in the phases
 * of RFC 1661 section 3. The owner of a link (the code that embeds struct ppp_link) needs
 * only this header.
 *
 *	bytes and a clock in ──► ppp_link ──► bytes and events out
 *
 * Frames. In both directions a frame is one PPP packet that begins with a protocol field of
 * two octets (network order, not compressed), without address, control and FCS. Only frames
 * of control protocols belong here; data takes another path. Data frames that arrive here
 * are dropped, except PPP_PROTO_COMPRESSED on an open CCP: with such a frame ppp_generic
 * reports that it could not decrypt a packet.
 *
 * Roles. There is no "server" switch. An end whose ppp_config.demand is filled
 * authenticates its peer. An end that has credentials and ppp_config.accept can be
 * authenticated. An end may do both. An address that the owner sets is not negotiable;
 * where the owner leaves 0.0.0.0 the peer chooses. For MPPE the authenticator is the
 * server.
 *
 * Clock. @now is monotonic milliseconds and never goes back. The owner must call
 * ppp_link_tick() when ppp_link_deadline() is reached, and must ask for the deadline again
 * after every call into the link.
 *
 * Callbacks. ops->send, ops->event, ops->random and ops->data_frames are called from within the
 * entry points. An event handler may call ppp_link_auth_verdict(), ppp_link_set_ipv4(),
 * ppp_link_set_ipv6(), ppp_link_close() and ppp_link_state(), and nothing else. It must not
 * free the link; the owner may do so once the entry point has returned.
 *
 * Life. ppp_link_init(), ppp_link_open(), then frames and ticks until PPP_EVENT_DOWN, which
 * comes exactly once and is the last event. From then on the link ignores everything; the
 * owner calls ppp_link_wipe() and frees it. The owner may abandon a link at any time by
 * ppp_link_wipe() alone.
 *
 * Memory. A link that is up is small: memory that is needed only for negotiation or
 * authentication is allocated for that time and then freed. The amount does not depend on
 * the peer. If an allocation fails the link ends with PPP_REASON_NO_MEMORY.
 *
 * Not thread-safe; no globals: links are independent of each other.
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
	 * LCP is open. ppp_link_state() has MRU, ACCM and magic numbers. The event comes
	 * again after LCP was negotiated anew; every *_DOWN event was raised before.
	 */
	PPP_EVENT_LCP_UP,

	/*
	 * The peer wants to log in: .auth. The owner answers with ppp_link_auth_verdict(),
	 * from within the event or later. No second request comes before the answer or
	 * AUTH_CANCELLED. With ppp_config.eap_relay one login may take several requests.
	 */
	PPP_EVENT_AUTH_REQUEST,

	/*
	 * The link no longer needs the verdict, because it ended or LCP is negotiated anew;
	 * or, with ppp_config.eap_relay, it will never have the response to the packet that
	 * the last verdict had. It ignores a verdict that comes nevertheless.
	 */
	PPP_EVENT_AUTH_CANCELLED,

	/*
	 * Authentication succeeded in all directions in which it was demanded (possibly
	 * none). This is the last moment for ppp_link_set_ipv4() and _ipv6(): CCP and the
	 * NCPs start after the event. A rechallenge does not raise the event again; a new
	 * negotiation of LCP does.
	 */
	PPP_EVENT_AUTHENTICATED,

	/*
	 * Set up decryption (_RX) or encryption (_TX): .mppe. The event is raised just
	 * before the frame that makes the set-up binding is sent: _RX before each new
	 * Configure-Request of ours, _TX before each Configure-Ack of ours; neither comes
	 * before a retransmission of the same, which would begin the keystream again. A
	 * later event replaces an earlier one. Data that flows in clear (MPPE is preferred, and
	 * the peer speaks of it late) may be encrypted from _TX on: the peer that gets our Ack
	 * has the key. Other data is not encrypted before CCP_UP, unless IPV4_READY says so.
	 * Neither event comes between CCP_UP and CCP_DOWN.
	 */
	PPP_EVENT_MPPE_RX,
	PPP_EVENT_MPPE_TX,

	/*
	 * UP: CCP is open and both directions are encrypted from now on. DOWN: CCP is no
	 * longer open, or will not open although MPPE_TX was raised; all keys are void.
	 */
	PPP_EVENT_CCP_UP,
	PPP_EVENT_CCP_DOWN,

	/*
	 * Datagrams may flow (UP), or must stop (DOWN). .ipv4 or .ipv6 comes with UP.
	 * UP comes when IPCP (IPv6CP) is open and it is settled whether the link encrypts:
	 * with MPPE required, after CCP_UP only; with MPPE preferred, after CCP_UP, or once
	 * it is certain that there will be no encryption, or if the peer says nothing about
	 * it for two seconds. DOWN comes when one of these conditions no longer holds. If CCP
	 * comes up later, DOWN and UP come around CCP_UP, since packets may be shorter then.
	 * Once CCP was up, only CCP_UP lets datagrams flow again, even after LCP was
	 * negotiated anew.
	 */
	PPP_EVENT_IPV4_UP,
	PPP_EVENT_IPV4_DOWN,

	/*
	 * The Configure-Ack that is sent next may be the last thing that the peer waits for
	 * before it sends IPv4 packets: .ready. Or it was, and it is settled now that the link
	 * does not encrypt. We wait for an Ack of the peer, which may be lost or come late, so UP
	 * may follow much later. Packets of the peer should pass from now on; it drops ours if it
	 * is not open yet. IPV4_UP or IPV4_DOWN follows, the latter after two seconds at most:
	 * then nothing passes before UP. The event does not come if UP follows at once, and comes
	 * a few times at most before UP does.
	 */
	PPP_EVENT_IPV4_READY,

	PPP_EVENT_IPV6_UP,
	PPP_EVENT_IPV6_DOWN,

	/* The peer identifies itself (RFC 1570 section 2.1): .text, printable ASCII. */
	PPP_EVENT_IDENTIFICATION,

	/*
	 * A frame was dropped, or the peer violated the protocol; the link goes on. .text
	 * is a constant string. The peer decides how often the event comes: count it, and
	 * log it at a bounded rate.
	 */
	PPP_EVENT_PEER_ERROR,

	/*
	 * A correct frame was dropped because nothing waits for it: the peer offers a
	 * protocol that we do not use, or frames overtook each other. .text as above.
	 */
	PPP_EVENT_UNTIMELY,

	/* The link has ended: .down. */
	PPP_EVENT_DOWN,
};

struct ppp_event {
	enum ppp_event_type type;
	union {				/* valid during the event only */
		const struct ppp_auth_request *auth;
		struct {
			uint8_t bits;			/* 40, 56 or 128 */
			bool stateless;
			uint8_t key_len;		/* octets of @key that count: 8 or 16 */
			const uint8_t *key;		/* start key, MPPE_KEY_LEN, zero padded */
			const uint8_t *option;		/* the CCP option (type 18), 6 octets */
		} mppe;
		const struct ppp_ipv4 *ipv4;
		struct {
			const struct ppp_ipv4 *ipv4;
			bool encrypted;			/* both directions are, as after CCP_UP */
		} ready;
		const struct ppp_ipv6 *ipv6;
		const char *text;
		struct ppp_end down;
	};
};

struct ppp_link;

struct ppp_link_ops {
	/* Send a frame. @frame is valid during the call only. The frame may get lost. */
	void (*send)(struct ppp_link *link, const uint8_t *frame, size_t len);
	void (*event)(struct ppp_link *link, const struct ppp_event *event);
	/* Fill @buf with @len unpredictable octets. */
	void (*random)(struct ppp_link *link, void *buf, size_t len);
	/*
	 * Returns how many data frames, which do not pass through the link, have arrived from
	 * the peer so far. Asked when an Echo-Request is due; if there are more than before,
	 * none is sent. May be NULL.
	 */
	uint64_t (*data_frames)(struct ppp_link *link);
	/*
	 * The peer asks for the address in @ipv4->remote, which is unicast, and not for the one
	 * that was set for it (ppp_link_set_ipv4()). Returns true if it may have that from now on;
	 * then @ipv4 is what is negotiated now. May be NULL: it may not, and hears of the one that
	 * was set. Called in the midst of a frame, so the link must not be closed here.
	 */
	bool (*choose_address)(struct ppp_link *link, const struct ppp_ipv4 *ipv4);
};

/* The members belong to the link; use the functions. @owner belongs to the owner. */
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
	const char *user;		/* our credentials; NULL: none */
	const char *password;
	size_t password_len;
	char *peer_name;		/* user that the peer authenticated as; NULL: none */
	uint64_t now;			/* time of the entry point in progress */
	unsigned int depth;		/* entry points in progress: event handlers may call some */
	uint64_t reject_refill;		/* when @reject_budget was last increased */
	uint64_t data_rejected_at;	/* when the peer began to reject data that it agreed to, */
	uint64_t data_frames;		/* and how much data had come by then */
	uint8_t data_rejects;		/* Protocol-Rejects since; 0: it rejects nothing */
	uint8_t reject_budget;		/* Protocol-Rejects that may be sent now */
	uint8_t restarts;		/* how often LCP was negotiated anew on this link */
	uint8_t flow;			/* PPP_OPEN_IPCP, _IPV6CP: UP was raised, DOWN was not */
	bool ready;			/* IPV4_READY was raised, and neither UP nor DOWN since */
	uint8_t readies;		/* how often it was raised since IPV4_UP */
	uint64_t ready_ends;		/* when nothing passes any more if @ready; or NEVER */
	uint64_t silence_ends;		/* when a peer without a word of CCP has none; or NEVER */
	bool ccp_heard;			/* a frame of CCP came since the network phase began */
	bool encrypted;			/* CCP was up: nothing passes in clear any more */
	bool keyed;			/* MPPE_TX was raised, and CCP_DOWN was not since */
	bool resumed;			/* CCP runs with keys that only the data plane has */
	bool closing;			/* the link is being terminated */
	bool lcp_done;			/* LCP has finished: DOWN is due */
	bool down_raised;
	uint8_t reason;			/* enum ppp_reason; NONE: the link has not failed */
	uint16_t error;			/* the MS-CHAP error code that belongs to @reason, or 0 */
	char *reason_text;		/* PPP_TEXT_MAX octets at most; NULL: ppp_reason_text() */
};

/* @config and @ops must outlive the link. @owner is for the owner's own use. */
void ppp_link_init(struct ppp_link *link, const struct ppp_config *config,
		   const struct ppp_link_ops *ops, void *owner);

/*
 * What to send when the peer demands authentication. Both are NUL-terminated, are not
 * copied, and must outlive the link. Call before ppp_link_open().
 */
void ppp_link_set_credentials(struct ppp_link *link, const char *user, const char *password);

/*
 * Set the addresses to negotiate; copied. Allowed from ppp_link_init() up to and including
 * the AUTHENTICATED event. A server that learns the addresses together with the verdict
 * calls this just before ppp_link_auth_verdict().
 */
void ppp_link_set_ipv4(struct ppp_link *link, const struct ppp_ipv4 *ipv4);
/* The same for IPv6. Not used before IPv6 passes through tunnels. */
void ppp_link_set_ipv6(struct ppp_link *link, const struct ppp_ipv6 *ipv6);

/* The call is up: start LCP. */
void ppp_link_open(struct ppp_link *link, uint64_t now);

/* A frame arrived from the peer. It may contain anything. */
void ppp_link_input(struct ppp_link *link, const uint8_t *frame, size_t len, uint64_t now);

/* The owner's answer to PPP_EVENT_AUTH_REQUEST; copied, except @verdict->eap (see auth.h). */
void ppp_link_auth_verdict(struct ppp_link *link, const struct ppp_auth_verdict *verdict,
			   uint64_t now);

/*
 * Send the peer an LCP Echo-Request, if LCP is in state Opened. Any frame from the peer
 * shows that it is alive.
 */
void ppp_link_probe(struct ppp_link *link, uint64_t now);

/* The decryptor lost step (stateful MPPE): send a Reset-Request, at a bounded rate. */
void ppp_link_mppe_lost(struct ppp_link *link, uint64_t now);

/*
 * End the link in good order: Terminate-Request, then DOWN when the peer has answered or
 * has not answered all copies. DOWN comes at once if LCP has not started. @reason is
 * PPP_REASON_LOCAL or a more precise one; it is ignored if the link has failed already.
 * @text is appended to the sentence of the reason, or NULL. Both the owner (with DOWN) and
 * the peer (with Terminate-Request) get the whole sentence.
 */
void ppp_link_close(struct ppp_link *link, enum ppp_reason reason, const char *text, uint64_t now);

/* The call has ended: DOWN comes at once, and nothing is sent any more. */
void ppp_link_lower_down(struct ppp_link *link, uint64_t now);

/*
 * Returns what can be told of the wire before LCP was up: PPP_REASON_NO_ANSWER if several requests
 * of ours had no answer and nothing came from the peer, PPP_REASON_UNHEARD if requests came from it
 * all the same; otherwise PPP_REASON_NONE. A link that the peer, or its program, gives up in this
 * state ends with that reason.
 */
enum ppp_reason ppp_link_wire(const struct ppp_link *link);

/* Returns why the link ends, which may take a while, or has ended; PPP_REASON_NONE: it does not. */
enum ppp_reason ppp_link_reason(const struct ppp_link *link);

/*
 * Returns the sentence about that, while the link ends: PPP_EVENT_DOWN takes it along. Valid until
 * the next call.
 */
const char *ppp_link_reason_text(const struct ppp_link *link);

/* Returns the time when ppp_link_tick() is due, or NEVER. */
uint64_t ppp_link_deadline(const struct ppp_link *link);
void ppp_link_tick(struct ppp_link *link, uint64_t now);

/* Returns what was negotiated so far. It changes with the link; copy it to keep it. */
const struct ppp_state *ppp_link_state(const struct ppp_link *link);

/*
 * Returns the name of the user that the peer authenticated as, not sanitised, or "" if it
 * did not authenticate. Valid until LCP is negotiated anew or the link ends.
 */
const char *ppp_link_peer_name(const struct ppp_link *link);

/*
 * For a later version that can exchange the daemon while calls run; not used yet.
 *
 * Call it in place of ppp_link_open(), on a link just initialised: it continues a link that
 * was in the network phase when @state was copied. It sends no frame and raises no event;
 * the keepalive starts. Returns false, and changes nothing, if @state has another version
 * or phase or is inconsistent, or if there is no memory. CCP continues as open, because the
 * data plane has its keys. If CCP must be negotiated anew the link ends. @peer_name is
 * copied.
 */
bool ppp_link_resume(struct ppp_link *link, const struct ppp_state *state, const char *peer_name,
		     uint64_t now);

/* Erase secrets and free what the link has allocated. The owner may free the link afterwards. */
void ppp_link_wipe(struct ppp_link *link);

#endif
