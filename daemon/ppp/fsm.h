/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The option negotiation automaton of RFC 1661 section 4, shared by LCP, CCP, IPCP and
 * IPv6CP.
 *
 * The table of section 4.1 is data (fsm_transition()). The rest of this file feeds events
 * to the table and carries out the actions in it. The meaning of the options is left to
 * struct fsm_ops.
 *
 * The automaton differs from the letter of the RFC in six points. The RFC allows each of
 * them:
 *
 * - The restart timer starts with a short interval and doubles it up to the three seconds
 *   of the RFC: a near peer should not wait as long as a far peer. Once the distance of the
 *   peer is known, from its answers or by fsm_expect(), the timer starts with no shorter
 *   interval than that. The reason: a retransmission that crosses the answer makes many
 *   peers negotiate all over again.
 * - With fsm_ops.eager, when the first Configure-Request of the peer arrives while our
 *   request has no answer yet, our request is sent once more, just before the answer: the
 *   peer may have started only after our first copy arrived. The copy goes before the
 *   answer, not after it, because the peer opens upon our answer and would take a later
 *   copy for a new negotiation.
 * - If the peer answered our request with Terminate-Ack, it had not started yet (a peer
 *   does not start IPCP before CCP is open, for example). Our request is sent again when
 *   the peer's own request arrives.
 * - With fsm.hold, the Configure-Ack for the peer is held back until the peer has
 *   acknowledged our request. So the peer cannot be open while copies of our request are
 *   still on the way. pppd would take such a copy for a new negotiation, and, in CCP with
 *   encryption required, would hang up. Only one end of a link may do this, or both ends
 *   would wait. A peer that asks for the third time is answered at once. The other end may
 *   do it if it does not go on for long: fsm_let_go().
 * - With fsm_ops.reack, a Configure-Request with the identifier and the options of the
 *   request acknowledged last is taken for a retransmission (section 5.1: a new request
 *   MUST have a new identifier) as long as that Ack counts, in Ack-Sent and Opened. It is
 *   acknowledged again and changes nothing else; acking() is not called.
 * - Requests that change nothing, because one was acknowledged before or because the layer
 *   is closed, are answered at a bounded rate, ten in a second. The rest is dropped.
 *
 * Ownership: struct fsm is embedded by its user, which ends it with fsm_free(). Memory that
 * is needed only while a request waits for its answer is allocated for that time. Callbacks
 * must not call functions of the same automaton that change it, except fsm_send() and
 * fsm_next_id().
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
	FSM_TO_PLUS,			/* timeout, restart counter above zero */
	FSM_TO_MINUS,			/* timeout, restart counter is zero */
	FSM_RCR_PLUS,			/* Configure-Request, acceptable */
	FSM_RCR_MINUS,			/* Configure-Request, not acceptable */
	FSM_RCA,			/* Configure-Ack */
	FSM_RCN,			/* Configure-Nak or -Reject */
	FSM_RTR,			/* Terminate-Request */
	FSM_RTA,			/* Terminate-Ack */
	FSM_RUC,			/* unknown code */
	FSM_RXJ_PLUS,			/* Code- or Protocol-Reject that does no harm */
	FSM_RXJ_MINUS,			/* Code- or Protocol-Reject that ends the negotiation */
	FSM_RXR,			/* Echo-Request, Echo-Reply, Discard-Request */
	FSM_EVENTS
};

/*
 * Actions (section 4.4), a mask. They are carried out in the order of their values. The new
 * state is set before the first action.
 */
#define FSM_TLD		0x0001u		/* this layer down */
#define FSM_TLS		0x0002u		/* this layer started; has no effect here */
#define FSM_IRC		0x0004u		/* initialise the restart counter */
#define FSM_ZRC		0x0008u		/* set the restart counter to zero */
#define FSM_SCR		0x0010u		/* send Configure-Request */
#define FSM_SCA		0x0020u		/* send Configure-Ack */
#define FSM_SCN		0x0040u		/* send Configure-Nak or -Reject */
#define FSM_STR		0x0080u		/* send Terminate-Request */
#define FSM_STA		0x0100u		/* send Terminate-Ack */
#define FSM_SCJ		0x0200u		/* send Code-Reject */
#define FSM_SER		0x0400u		/* send Echo-Reply; here: call fsm_ops.extra */
#define FSM_TLF		0x0800u		/* this layer finished */
#define FSM_TLU		0x1000u		/* this layer up */

struct fsm_transition {
	uint16_t actions;		/* mask of the actions above */
	int8_t next;			/* enum fsm_state, or -1: the event cannot occur */
};

/* Returns one cell of the table. @next is -1 for the cells that the RFC marks "-". For tests. */
const struct fsm_transition *fsm_transition(enum fsm_state state, enum fsm_event event);

/* Returns "Req-Sent" and so on, as the RFC spells it. For tests. */
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
#define FSM_REQUEST_MAX		64	/* longest list of options that we ask for, octets */
#define FSM_ROUNDS_MAX		24	/* Naks and Rejects, in one direction, before we give up */
#define FSM_HELD_MAX		64	/* longest request whose Ack is held back, octets */
#define FSM_HOLDS_MAX		2	/* requests held back before one is answered */

/* Why a layer finished. */
enum fsm_cause {
	FSM_CAUSE_CLOSED,		/* fsm_close() was called, and the layer is closed */
	FSM_CAUSE_PEER,			/* the peer sent a Terminate-Request */
	FSM_CAUSE_TIMEOUT,		/* the restart counter ran out */
	FSM_CAUSE_REJECTED,		/* Protocol-Reject, or Code-Reject of a code below 8 */
	FSM_CAUSE_NO_AGREEMENT,		/* refused by fsm_ops, or too many rounds */
};

struct fsm;
struct fsm_talk;

/*
 * One option of a Configure packet (section 6). @data has @len octets, type and length not
 * included.
 */
struct fsm_option {
	uint8_t type;
	uint8_t len;
	const uint8_t *data;
};

/*
 * Reads the next option. Returns false at the end of the list, or if the option is
 * malformed (then rd_ok(@options) is false too). Option lists are checked before fsm_ops
 * sees them: every length is right, and the last option ends exactly with the list.
 */
bool fsm_option_next(struct reader *options, struct fsm_option *option);
void fsm_option_write(struct writer *options, uint8_t type, const void *data, size_t len);

/*
 * What is wrong with a Configure-Request. If @nak and @reject stay empty, the request is
 * acknowledged.
 */
struct fsm_answer {
	struct writer nak;
	struct writer reject;
	bool reject_only;		/* max_failure Naks were sent (section 4.6) */
};

/* Reject @option. */
void fsm_answer_reject(struct fsm_answer *answer, const struct fsm_option *option);

/*
 * Nak @option and suggest @data (@len octets) instead. If max_failure Naks were sent
 * already, @option is rejected.
 */
void fsm_answer_nak(struct fsm_answer *answer, const struct fsm_option *option, const void *data,
		    size_t len);

/*
 * Suggest an option that the request does not contain, by a Nak. Does nothing if
 * max_failure Naks were sent already.
 */
void fsm_answer_want(struct fsm_answer *answer, uint8_t type, const void *data, size_t len);

struct fsm_ops {
	uint16_t protocol;
	bool reack;			/* see the head of this file */
	bool eager;			/* see the head of this file */

	/* Send a frame; the protocol field is first. @frame is valid during the call only. */
	void (*output)(struct fsm *fsm, const uint8_t *frame, size_t len);

	/* Write the options of our next Configure-Request, FSM_REQUEST_MAX octets at most. */
	void (*request)(struct fsm *fsm, struct writer *options);

	/*
	 * Judge the options of the peer's Configure-Request. Each request is judged by
	 * itself; the options of an earlier request no longer count.
	 */
	void (*judge)(struct fsm *fsm, struct reader options, struct fsm_answer *answer);

	/*
	 * A Configure-Ack for the options that judge() accepted is about to be sent. May be
	 * NULL.
	 */
	void (*acking)(struct fsm *fsm);

	/*
	 * The peer's Nak or Reject of our options. Returns false if there is nothing left
	 * to ask for; the layer then finishes with FSM_CAUSE_NO_AGREEMENT.
	 */
	bool (*naked)(struct fsm *fsm, struct reader options);
	bool (*rejected)(struct fsm *fsm, struct reader options);

	void (*up)(struct fsm *fsm);
	void (*down)(struct fsm *fsm);
	void (*finished)(struct fsm *fsm, enum fsm_cause cause);

	/*
	 * Returns true if the protocol defines @code, which is above 7. Any other code is
	 * answered with Code-Reject. May be NULL: no further codes.
	 */
	bool (*knows)(uint8_t code);

	/* A packet with such a code arrived in state Opened. @data begins behind the header. */
	void (*extra)(struct fsm *fsm, uint8_t code, uint8_t id, struct reader data);

	/* The peer sent a Code-Reject for @code, which is above 7. May be NULL. */
	void (*code_rejected)(struct fsm *fsm, uint8_t code);

	/* Write a text for people into our Terminate-Request. May be NULL. */
	void (*farewell)(struct fsm *fsm, struct writer *text);

	/* The peer sent a Terminate-Request; @data is its text. May be NULL. */
	void (*terminating)(struct fsm *fsm, struct reader data);

	/* A packet was dropped. @why is a constant string. */
	void (*bad)(struct fsm *fsm, const char *why);

	/* As bad(), but a correct peer may send such a packet too: it came late or twice. */
	void (*untimely)(struct fsm *fsm, const char *why);

	/* A Configure-Request could not be sent for want of memory. */
	void (*no_memory)(struct fsm *fsm);
};

/*
 * All members belong to the automaton. Other code may read @state, and may set @hold
 * between fsm_init() and fsm_up().
 */
struct fsm {
	const struct fsm_ops *ops;
	const struct ppp_config *config;
	uint64_t now;			/* time of the call in progress */
	uint64_t deadline;		/* of the restart timer, or NEVER */
	uint64_t repeats_spent;		/* time up to which repeated answers are used up */
	uint32_t interval;		/* the timer's next interval, ms */
	uint32_t first_interval;	/* interval after a new request, ms */
	uint64_t asked_at;		/* when our request, or its extra copy, was sent */
	uint32_t answer_time;		/* how long the last answer to a request took, ms */
	uint8_t state;			/* enum fsm_state */
	uint8_t cause;			/* enum fsm_cause, passed to finished() */
	uint8_t counter;		/* retransmissions left */
	uint8_t failures;		/* Naks sent since the last Ack */
	/* Since fsm_up(), or since the layer last came up: Naks and Rejects ... */
	uint8_t rounds;			/* ... received, */
	uint8_t refusals;		/* ... and sent */
	uint8_t id;			/* identifier used last */
	uint8_t request_id;		/* identifier of our request that waits for its answer */
	bool request_waits;		/* the answer to @request_id has not come yet */
	bool peer_seen;			/* a Configure-Request came since fsm_up() */
	bool answered;			/* an answer to a request of ours came since fsm_up() */
	bool hold;			/* see the head of this file */
	uint8_t holds;			/* requests of the peer held back since fsm_up() */
	uint8_t held_len;		/* octets of the request held back now; 0: none */
	bool too_early;			/* the peer answered our request with Terminate-Ack */
	bool stubborn;			/* repeated requests were dropped since fsm_up() */
	bool acked_valid;
	uint8_t acked_id;		/* identifier of the peer's request acknowledged last */
	uint16_t acked_len;
	uint64_t acked_hash;		/* of the options of that request */
	struct fsm_talk *talk;		/* NULL: no request waits, neither ours nor the peer's */
};

/* @config has the timers and counters. @ops and @config must outlive @fsm. */
void fsm_init(struct fsm *fsm, const struct fsm_ops *ops, const struct ppp_config *config);

/* Free the memory that @fsm has allocated. The memory of @fsm itself belongs to the caller. */
void fsm_free(struct fsm *fsm);

/* The events that come from the layers above and below. */
void fsm_up(struct fsm *fsm, uint64_t now);
void fsm_down(struct fsm *fsm, uint64_t now);
void fsm_open(struct fsm *fsm, uint64_t now);
void fsm_close(struct fsm *fsm, uint64_t now);

/* A packet of this protocol arrived; it begins with the code. @packet may contain anything. */
void fsm_input(struct fsm *fsm, const uint8_t *packet, size_t len, uint64_t now);

/*
 * Send the Configure-Ack that is held back, if one is, and hold back none until the next
 * fsm_up().
 */
void fsm_let_go(struct fsm *fsm, uint64_t now);

/* The peer sent a Protocol-Reject for this protocol. */
void fsm_protocol_rejected(struct fsm *fsm, uint64_t now);

/*
 * No agreement is possible. Sends Terminate-Request if the negotiation is under way;
 * finished() is called with FSM_CAUSE_NO_AGREEMENT when the peer has answered, or has not
 * answered max_terminate copies.
 */
void fsm_give_up(struct fsm *fsm, uint64_t now);

/*
 * The peer is known to need @answer_time ms for an answer. The first retransmission of a
 * new request waits as long as ppp_first_interval() says.
 */
void fsm_expect(struct fsm *fsm, uint32_t answer_time);

/*
 * Returns the time when fsm_tick() is due, or NEVER. Calls of fsm_tick() before that time
 * do nothing; late calls do no harm.
 */
uint64_t fsm_deadline(const struct fsm *fsm);
void fsm_tick(struct fsm *fsm, uint64_t now);

/*
 * Continue an automaton of an earlier process: in state Opened if @open, else in state
 * Stopped. Sends no packet and does not call up(). @id is the identifier used last in that
 * process.
 */
void fsm_resume(struct fsm *fsm, bool open, uint8_t id);

/*
 * Send a packet with a code of the protocol's own (Echo-Request, Reset-Request ...). A
 * packet longer than PPP_FRAME_MAX is not sent.
 */
void fsm_send(struct fsm *fsm, uint8_t code, uint8_t id, const void *data, size_t len);

/* Returns a new identifier. */
uint8_t fsm_next_id(struct fsm *fsm);

static inline bool fsm_is_open(const struct fsm *fsm)
{
	return fsm->state == FSM_OPENED;
}

#endif
