/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The option negotiation automaton of RFC 1661 section 4, once, for LCP, CCP,
 * IPCP and IPv6CP.
 *
 * The table of section 4.1 is data (fsm_transition()); everything else here
 * feeds it with events and carries out the actions that it names. What the
 * options mean is the business of struct fsm_ops.
 *
 * Five things are done otherwise than the letter of the RFC, each within what
 * it allows:
 *
 * - The restart timer starts short and doubles up to the RFC's three seconds,
 *   since a peer that is near should not have to wait for one that is far. Once
 *   it is known how far the peer is, from its answers or by fsm_expect(), it starts
 *   no shorter than that: a copy that crosses the answer makes many a peer start
 *   all over again.
 * - With fsm_ops.eager, when the first Configure-Request of a peer arrives while
 *   ours is unanswered, ours is sent once more, just before the answer: the peer
 *   may have started after ours had passed. Before, not after, so that the peer,
 *   who opens upon our answer, does not take it for a new negotiation.
 * - A request that was answered with Terminate-Ack came before the peer had started
 *   (IPCP before its CCP is open, say). It is sent again when the peer's own comes.
 * - With fsm.hold, the Configure-Ack for the peer waits until the peer has
 *   acknowledged our request. So the peer cannot be open while copies of our request
 *   are still to come, which pppd would take for a new negotiation (and, in CCP with
 *   encryption required, for a reason to hang up). Only one end of a link may do
 *   this, or both would wait; a peer that asks for the third time is answered.
 * - With fsm_ops.reack, a Configure-Request with the identifier and the octets
 *   of the one acknowledged last is a retransmission (a new one MUST have a new
 *   identifier, section 5.1): it is acknowledged again and nothing else happens.
 *
 * Ownership: struct fsm is embedded by its user, who ends it by fsm_free(). What is
 * needed only while a request is under way is allocated for that time. Callbacks must
 * not call back into the same automaton, except to read it and to fsm_send().
 */
#ifndef CULVERT_PPP_FSM_H
#define CULVERT_PPP_FSM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/bytes.h"
#include "ppp/ppp.h"

enum fsm_state {			/* numbered as in section 4.1 */
	FSM_INITIAL,
	FSM_STARTING,
	FSM_CLOSED,
	FSM_STOPPED,
	FSM_CLOSING,
	FSM_STOPPING,
	FSM_REQ_SENT,
	FSM_ACK_RCVD,
	FSM_ACK_SENT,
	FSM_OPENED,
	FSM_STATES
};

enum fsm_event {			/* section 4.3 */
	FSM_UP,
	FSM_DOWN,
	FSM_OPEN,
	FSM_CLOSE,
	FSM_TO_PLUS,			/* timeout, counter above zero */
	FSM_TO_MINUS,			/* timeout, counter expired */
	FSM_RCR_PLUS,			/* Configure-Request, good */
	FSM_RCR_MINUS,			/* Configure-Request, bad */
	FSM_RCA,			/* Configure-Ack */
	FSM_RCN,			/* Configure-Nak or -Reject */
	FSM_RTR,			/* Terminate-Request */
	FSM_RTA,			/* Terminate-Ack */
	FSM_RUC,			/* unknown code */
	FSM_RXJ_PLUS,			/* Code- or Protocol-Reject that can be lived with */
	FSM_RXJ_MINUS,			/* ... that cannot */
	FSM_RXR,			/* Echo-Request, Echo-Reply, Discard-Request */
	FSM_EVENTS
};

/*
 * Actions (section 4.4), a mask, carried out in this order. The new state is
 * set before the first of them.
 */
#define FSM_TLD		0x0001u		/* this layer down */
#define FSM_TLS		0x0002u		/* this layer started; nobody here needs to know */
#define FSM_IRC		0x0004u		/* initialise restart counter */
#define FSM_ZRC		0x0008u		/* zero restart counter */
#define FSM_SCR		0x0010u		/* send Configure-Request */
#define FSM_SCA		0x0020u		/* send Configure-Ack */
#define FSM_SCN		0x0040u		/* send Configure-Nak or -Reject */
#define FSM_STR		0x0080u		/* send Terminate-Request */
#define FSM_STA		0x0100u		/* send Terminate-Ack */
#define FSM_SCJ		0x0200u		/* send Code-Reject */
#define FSM_SER		0x0400u		/* send Echo-Reply; here: fsm_ops.extra */
#define FSM_TLF		0x0800u		/* this layer finished */
#define FSM_TLU		0x1000u		/* this layer up */

struct fsm_transition {
	uint16_t actions;		/* mask of FSM_T.. / FSM_S.. */
	int8_t next;			/* enum fsm_state, or -1: the event cannot occur here */
};

/* For tests: one cell of the table; @next is -1 for those that the RFC marks "-". */
const struct fsm_transition *fsm_transition(enum fsm_state state, enum fsm_event event);

/* Likewise: "Req-Sent" and so on. */
const char *fsm_state_name(enum fsm_state state);

enum fsm_code {				/* section 5 */
	FSM_CONFIGURE_REQUEST	= 1,
	FSM_CONFIGURE_ACK	= 2,
	FSM_CONFIGURE_NAK	= 3,
	FSM_CONFIGURE_REJECT	= 4,
	FSM_TERMINATE_REQUEST	= 5,
	FSM_TERMINATE_ACK	= 6,
	FSM_CODE_REJECT		= 7,
};

#define FSM_HEADER_LEN		4	/* code, identifier, length */
#define FSM_OPTION_HEADER_LEN	2	/* type, length (section 6) */
#define FSM_REQUEST_MAX		64	/* octets of options that we ever ask for */
#define FSM_ROUNDS_MAX		24	/* Naks and Rejects to our requests before giving up */
#define FSM_HELD_MAX		64	/* octets of a peer's request whose Ack is held back */
#define FSM_HOLDS_MAX		2	/* copies of it that are not answered */

/* Why a layer finished. */
enum fsm_cause {
	FSM_CAUSE_CLOSED,		/* fsm_close() was called and is done */
	FSM_CAUSE_PEER,			/* Terminate-Request from the peer */
	FSM_CAUSE_TIMEOUT,		/* the restart counter ran out */
	FSM_CAUSE_REJECTED,		/* Protocol-Reject, or Code-Reject of a vital code */
	FSM_CAUSE_NO_AGREEMENT,		/* refused by fsm_ops, or too many rounds */
};

struct fsm;
struct fsm_talk;

/* One option of a Configure packet (section 6); @data has @len octets. */
struct fsm_option {
	uint8_t type;
	uint8_t len;
	const uint8_t *data;
};

/*
 * The next option, or false at the end. Option lists are checked before
 * fsm_ops sees them: every length is right and the last option ends the list.
 */
bool fsm_option_next(struct reader *options, struct fsm_option *option);
void fsm_option_write(struct writer *options, uint8_t type, const void *data, size_t len);

/* What is wrong with a Configure-Request; nothing: it is acknowledged. */
struct fsm_answer {
	struct writer nak;
	struct writer reject;
	bool reject_only;		/* max_failure Naks were sent (section 4.6) */
};

/* Refuse @option altogether. */
void fsm_answer_reject(struct fsm_answer *answer, const struct fsm_option *option);

/*
 * Refuse @option as it is and hint at @data; rejected instead when there were
 * too many hints.
 */
void fsm_answer_nak(struct fsm_answer *answer, const struct fsm_option *option,
		    const void *data, size_t len);

/* Hint at an option that the request lacks. */
void fsm_answer_want(struct fsm_answer *answer, uint8_t type, const void *data, size_t len);

struct fsm_ops {
	uint16_t protocol;
	bool reack;			/* see the head of this file */
	bool eager;			/* likewise */

	/* A frame to be sent, protocol field first; valid during the call. */
	void (*output)(struct fsm *fsm, const uint8_t *frame, size_t len);

	/* Write the options of our next Configure-Request, FSM_REQUEST_MAX at most. */
	void (*request)(struct fsm *fsm, struct writer *options);

	/*
	 * Judge the peer's options. Each request is judged from scratch; what an
	 * earlier one asked for counts no more.
	 */
	void (*judge)(struct fsm *fsm, struct reader options, struct fsm_answer *answer);

	/* A Configure-Ack for what judge() accepted is about to be sent. May be NULL. */
	void (*acking)(struct fsm *fsm);

	/*
	 * The peer's Nak or Reject of our options. False: there is nothing left to
	 * ask for; the layer finishes with FSM_CAUSE_NO_AGREEMENT.
	 */
	bool (*naked)(struct fsm *fsm, struct reader options);
	bool (*rejected)(struct fsm *fsm, struct reader options);

	void (*up)(struct fsm *fsm);
	void (*down)(struct fsm *fsm);
	void (*finished)(struct fsm *fsm, enum fsm_cause cause);

	/* Codes above 7 that the protocol has; others get a Code-Reject. May be NULL. */
	bool (*knows)(uint8_t code);

	/* Such a packet in state Opened, from behind the header. */
	void (*extra)(struct fsm *fsm, uint8_t code, uint8_t id, struct reader data);

	/* The peer sent a Code-Reject for a code above 7. May be NULL. */
	void (*code_rejected)(struct fsm *fsm, uint8_t code);

	/* Write a text for people into our Terminate-Request. May be NULL. */
	void (*farewell)(struct fsm *fsm, struct writer *text);

	/* The peer sent a Terminate-Request with this text. May be NULL. */
	void (*terminating)(struct fsm *fsm, struct reader data);

	/* A packet was dropped; @why is a constant string. */
	void (*bad)(struct fsm *fsm, const char *why);

	/* Likewise, but it is none that only a wrong peer sends: it was late, or sent twice. */
	void (*untimely)(struct fsm *fsm, const char *why);

	/* There was none for a request, which was not sent. */
	void (*no_memory)(struct fsm *fsm);
};

/*
 * All members are the automaton's own, except that anyone may read @state, and
 * @hold may be set between fsm_init() and fsm_up().
 */
struct fsm {
	const struct fsm_ops *ops;
	const struct ppp_config *config;
	uint64_t now;			/* time of the call in progress */
	uint64_t deadline;		/* of the restart timer, or NEVER */
	uint32_t interval;		/* to its next expiry */
	uint32_t first_interval;	/* of a new request */
	uint64_t asked_at;		/* when the request that waits was sent first */
	uint32_t answer_time;		/* what the last answer to a request took */
	uint8_t state;			/* enum fsm_state */
	uint8_t cause;			/* enum fsm_cause, given to finished() */
	uint8_t counter;		/* restarts left */
	uint8_t failures;		/* Naks sent since the last Ack */
	uint8_t rounds;			/* Naks and Rejects received since start */
	uint8_t id;			/* last identifier used */
	uint8_t request_id;		/* of the request that waits for its answer */
	bool request_waits;		/* an answer to @request_id is still due */
	bool peer_seen;			/* a Configure-Request came since start */
	bool hold;			/* see the head of this file */
	uint8_t holds;			/* the peer's requests held since start */
	uint8_t held_len;		/* of the one that is held now; 0: none */
	bool too_early;			/* our request was answered with Terminate-Ack */
	bool acked_valid;
	uint8_t acked_id;		/* of the peer's request acknowledged last */
	uint16_t acked_len;
	uint64_t acked_hash;		/* of its options */
	struct fsm_talk *talk;		/* NULL: no request waits, ours or the peer's */
};

/* @config gives the timers and counters and must outlive @fsm. */
void fsm_init(struct fsm *fsm, const struct fsm_ops *ops, const struct ppp_config *config);

/* Free what it has; the memory of @fsm itself may be used for something else then. */
void fsm_free(struct fsm *fsm);

/* The events that come from above and below. */
void fsm_up(struct fsm *fsm, uint64_t now);
void fsm_down(struct fsm *fsm, uint64_t now);
void fsm_open(struct fsm *fsm, uint64_t now);
void fsm_close(struct fsm *fsm, uint64_t now);

/* A packet of this protocol, from the code on; anything may be in it. */
void fsm_input(struct fsm *fsm, const uint8_t *packet, size_t len, uint64_t now);

/* The peer sent a Protocol-Reject for this protocol. */
void fsm_protocol_rejected(struct fsm *fsm, uint64_t now);

/*
 * No agreement is possible: Terminate-Request, and finished() with
 * FSM_CAUSE_NO_AGREEMENT when the peer has answered it or has not.
 */
void fsm_give_up(struct fsm *fsm, uint64_t now);

/*
 * The peer is known to answer no sooner than in @answer_time ms: wait that long,
 * and then some, before the first retransmission.
 */
void fsm_expect(struct fsm *fsm, uint32_t answer_time);

/* When fsm_tick() is due, or NEVER. Early or late calls do no harm. */
uint64_t fsm_deadline(const struct fsm *fsm);
void fsm_tick(struct fsm *fsm, uint64_t now);

/*
 * Take up an automaton of an earlier process, without a packet and without up():
 * @open, or else Stopped. @id: last identifier used there.
 */
void fsm_resume(struct fsm *fsm, bool open, uint8_t id);

/* Send a packet with a code of the owner's (Echo-Request, Reset-Request ...). */
void fsm_send(struct fsm *fsm, uint8_t code, uint8_t id, const void *data, size_t len);

/* A fresh identifier. */
uint8_t fsm_next_id(struct fsm *fsm);

static inline bool fsm_is_open(const struct fsm *fsm)
{
	return fsm->state == FSM_OPENED;
}

#endif
