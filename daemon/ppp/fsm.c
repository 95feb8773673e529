// SPDX-License-Identifier: GPL-2.0-only
#include "ppp/fsm.h"

#include <stdlib.h>
#include <string.h>

#define TLD FSM_TLD
#define TLS FSM_TLS
#define IRC FSM_IRC
#define ZRC FSM_ZRC
#define SCR FSM_SCR
#define SCA FSM_SCA
#define SCN FSM_SCN
#define STR FSM_STR
#define STA FSM_STA
#define SCJ FSM_SCJ
#define SER FSM_SER
#define TLF FSM_TLF
#define TLU FSM_TLU

/* Shorthand for cells: only the next state; actions and the next state; impossible. */
#define N(next)		{ 0, next }
#define A(actions, next) { actions, next }
#define X		{ 0, -1 }

/*
 * RFC 1661 section 4.1, without the options marked p (passive) and r (restart).
 * Columns: Initial, Starting, Closed, Stopped, Closing, Stopping, Req-Sent,
 * Ack-Rcvd, Ack-Sent, Opened.
 */
static const struct fsm_transition table[FSM_EVENTS][FSM_STATES] = {
	[FSM_UP] = {
		N(2), A(IRC | SCR, 6), X, X, X, X, X, X, X, X,
	},
	[FSM_DOWN] = {
		X, X, N(0), A(TLS, 1), N(0), N(1), N(1), N(1), N(1), A(TLD, 1),
	},
	[FSM_OPEN] = {
		A(TLS, 1), N(1), A(IRC | SCR, 6), N(3), N(5), N(5), N(6), N(7), N(8), N(9),
	},
	[FSM_CLOSE] = {
		N(0), A(TLF, 0), N(2), N(2), N(4), N(4), A(IRC | STR, 4), A(IRC | STR, 4),
		A(IRC | STR, 4), A(TLD | IRC | STR, 4),
	},
	[FSM_TO_PLUS] = {
		X, X, X, X, A(STR, 4), A(STR, 5), A(SCR, 6), A(SCR, 6), A(SCR, 8), X,
	},
	[FSM_TO_MINUS] = {
		X, X, X, X, A(TLF, 2), A(TLF, 3), A(TLF, 3), A(TLF, 3), A(TLF, 3), X,
	},
	[FSM_RCR_PLUS] = {
		X, X, A(STA, 2), A(IRC | SCR | SCA, 8), N(4), N(5), A(SCA, 8), A(SCA | TLU, 9),
		A(SCA, 8), A(TLD | SCR | SCA, 8),
	},
	[FSM_RCR_MINUS] = {
		X, X, A(STA, 2), A(IRC | SCR | SCN, 6), N(4), N(5), A(SCN, 6), A(SCN, 7),
		A(SCN, 6), A(TLD | SCR | SCN, 6),
	},
	[FSM_RCA] = {
		X, X, A(STA, 2), A(STA, 3), N(4), N(5), A(IRC, 7), A(SCR, 6), A(IRC | TLU, 9),
		A(TLD | SCR, 6),
	},
	[FSM_RCN] = {
		X, X, A(STA, 2), A(STA, 3), N(4), N(5), A(IRC | SCR, 6), A(SCR, 6),
		A(IRC | SCR, 8), A(TLD | SCR, 6),
	},
	[FSM_RTR] = {
		X, X, A(STA, 2), A(STA, 3), A(STA, 4), A(STA, 5), A(STA, 6), A(STA, 6),
		A(STA, 6), A(TLD | ZRC | STA, 5),
	},
	[FSM_RTA] = {
		X, X, N(2), N(3), A(TLF, 2), A(TLF, 3), N(6), N(6), N(8), A(TLD | SCR, 6),
	},
	[FSM_RUC] = {
		X, X, A(SCJ, 2), A(SCJ, 3), A(SCJ, 4), A(SCJ, 5), A(SCJ, 6), A(SCJ, 7),
		A(SCJ, 8), A(SCJ, 9),
	},
	[FSM_RXJ_PLUS] = {
		X, X, N(2), N(3), N(4), N(5), N(6), N(6), N(8), N(9),
	},
	[FSM_RXJ_MINUS] = {
		X, X, A(TLF, 2), A(TLF, 3), A(TLF, 2), A(TLF, 3), A(TLF, 3), A(TLF, 3),
		A(TLF, 3), A(TLD | IRC | STR, 5),
	},
	[FSM_RXR] = {
		X, X, N(2), N(3), N(4), N(5), N(6), N(7), N(8), A(SER, 9),
	},
};

const struct fsm_transition *fsm_transition(enum fsm_state state, enum fsm_event event)
{
	return &table[event][state];
}

const char *fsm_state_name(enum fsm_state state)
{
	static const char *const names[FSM_STATES] = {
		"Initial", "Starting", "Closed", "Stopped", "Closing",
		"Stopping", "Req-Sent", "Ack-Rcvd", "Ack-Sent", "Opened",
	};

	return state < FSM_STATES ? names[state] : "?";
}

/*
 * A peer asks again if our Ack got lost. So many times in a row it gets one, and from then on once
 * in so many ms, which is more often than any peer asks: section 4.6 has 3 s between copies.
 */
#define REPEATS		10
#define REPEAT_MS	100

/* The requests that wait for an answer, ours and the peer's. */
struct fsm_talk {
	uint8_t request_len;
	uint8_t request[FSM_REQUEST_MAX];	/* our options as sent last */
	uint8_t held[FSM_HELD_MAX];	/* the peer's request, from the code on */
};

/* A packet of the peer while it is handled. */
struct incoming {
	uint8_t code;
	uint8_t id;
	const uint8_t *packet;		/* from the code on */
	size_t len;			/* as the Length field says, header included */
	struct reader data;		/* behind the header */
	unsigned int answer_code;	/* answer to a Configure-Request */
	struct fsm_answer answer;
};

static uint64_t fnv1a(const uint8_t *data, size_t len)
{
	uint64_t hash = 0xcbf29ce484222325;

	while (len--)
		hash = (hash ^ *data++) * 0x100000001b3;
	return hash;
}

bool fsm_option_next(struct reader *options, struct fsm_option *option)
{
	size_t len;

	if (!rd_left(options))
		return false;
	option->type = rd_u8(options);
	len = rd_u8(options);
	if (len < FSM_OPTION_HEADER_LEN)
		rd_fail(options);
	else
		len -= FSM_OPTION_HEADER_LEN;
	option->len = (uint8_t)len;
	option->data = rd_bytes(options, len);
	return rd_ok(options);
}

void fsm_option_write(struct writer *options, uint8_t type, const void *data, size_t len)
{
	wr_u8(options, type);
	wr_u8(options, (uint8_t)(FSM_OPTION_HEADER_LEN + len));
	wr_copy(options, data, len);
}

static bool options_well_formed(struct reader options)
{
	struct fsm_option option;

	while (fsm_option_next(&options, &option))
		;
	return rd_ok(&options);
}

void fsm_answer_reject(struct fsm_answer *answer, const struct fsm_option *option)
{
	fsm_option_write(&answer->reject, option->type, option->data, option->len);
}

void fsm_answer_nak(struct fsm_answer *answer, const struct fsm_option *option, const void *data,
		    size_t len)
{
	if (answer->reject_only)
		fsm_answer_reject(answer, option);
	else
		fsm_option_write(&answer->nak, option->type, data, len);
}

void fsm_answer_want(struct fsm_answer *answer, uint8_t type, const void *data, size_t len)
{
	if (!answer->reject_only)
		fsm_option_write(&answer->nak, type, data, len);
}

/* --- sending -------------------------------------------------------------------------- */

void fsm_send(struct fsm *fsm, uint8_t code, uint8_t id, const void *data, size_t len)
{
	uint8_t frame[PPP_FRAME_MAX];
	struct writer w = wr_init(frame, sizeof(frame));

	wr_be16(&w, fsm->ops->protocol);
	wr_u8(&w, code);
	wr_u8(&w, id);
	wr_be16(&w, (uint16_t)(FSM_HEADER_LEN + len));
	wr_copy(&w, data, len);
	if (wr_ok(&w))
		fsm->ops->output(fsm, frame, wr_len(&w));
}

uint8_t fsm_next_id(struct fsm *fsm)
{
	return ++fsm->id;
}

/* Prepare a request with a new identifier. */
static void new_request(struct fsm *fsm)
{
	struct fsm_talk *talk = fsm->talk;
	struct writer w = wr_init(talk->request, sizeof(talk->request));

	fsm->request_id = fsm_next_id(fsm);
	fsm->asked_at = fsm->now;
	fsm->request_waits = true;
	fsm->ops->request(fsm, &w);
	talk->request_len = (uint8_t)wr_len(&w);
}

static void send_request(struct fsm *fsm)
{
	if (!fsm->talk)
		fsm->talk = calloc(1, sizeof(*fsm->talk));
	if (!fsm->talk) {
		fsm->ops->no_memory(fsm);
		return;
	}
	/*
	 * A retransmission keeps its identifier, so that a late answer to an earlier copy
	 * still counts.
	 */
	if (!fsm->request_waits)
		new_request(fsm);
	fsm_send(fsm, FSM_CONFIGURE_REQUEST, fsm->request_id, fsm->talk->request,
		 fsm->talk->request_len);
}

static void send_ack(struct fsm *fsm, const struct incoming *in)
{
	size_t len = in->len - FSM_HEADER_LEN;

	if (fsm->ops->acking)
		fsm->ops->acking(fsm);
	fsm->failures = 0;
	fsm->acked_valid = true;
	fsm->acked_id = in->id;
	fsm->acked_len = (uint16_t)len;
	fsm->acked_hash = fnv1a(in->packet + FSM_HEADER_LEN, len);
	fsm_send(fsm, FSM_CONFIGURE_ACK, in->id, in->packet + FSM_HEADER_LEN, len);
}

static void send_refusal(struct fsm *fsm, const struct incoming *in)
{
	const struct writer *w = &in->answer.reject;

	if (in->answer_code == FSM_CONFIGURE_NAK) {
		w = &in->answer.nak;
		if (fsm->failures < UINT8_MAX)
			fsm->failures++;
	}
	fsm->refusals++;
	fsm_send(fsm, (uint8_t)in->answer_code, in->id, w->start, wr_len(w));
}

static void send_terminate(struct fsm *fsm)
{
	uint8_t text[PPP_TEXT_MAX];
	struct writer w = wr_init(text, sizeof(text));

	if (fsm->ops->farewell)
		fsm->ops->farewell(fsm, &w);
	fsm_send(fsm, FSM_TERMINATE_REQUEST, fsm_next_id(fsm), text, wr_len(&w));
}

static void send_code_reject(struct fsm *fsm, const struct incoming *in)
{
	/* Short enough for any MRU, and long enough for the peer to recognise its packet. */
	size_t len = in->len < PPP_MRU_MIN - FSM_HEADER_LEN ? in->len
							    : PPP_MRU_MIN - FSM_HEADER_LEN;

	fsm_send(fsm, FSM_CODE_REJECT, fsm_next_id(fsm), in->packet, len);
}

/* --- the automaton -------------------------------------------------------------------- */

static bool timer_runs(const struct fsm *fsm)
{
	return fsm->state >= FSM_CLOSING && fsm->state <= FSM_ACK_SENT;
}

static void start_timer(struct fsm *fsm)
{
	fsm->deadline = fsm->now + fsm->interval;
}

/* A packet that needs an answer was sent: start the timer. The next interval is longer. */
static void count_restart(struct fsm *fsm)
{
	uint32_t max = fsm->config->restart_max_ms;

	if (fsm->counter)
		fsm->counter--;
	start_timer(fsm);
	fsm->interval = fsm->interval < max / 2 ? fsm->interval * 2 : max;
}

static void init_counter(struct fsm *fsm, uint8_t count)
{
	fsm->counter = count;
	fsm->interval = fsm->first_interval;
	start_timer(fsm);
}

/* @in is the packet that caused @event, or NULL. */
static void run(struct fsm *fsm, enum fsm_event event, const struct incoming *in)
{
	const struct fsm_transition *t = &table[event][fsm->state];
	const struct fsm_ops *ops = fsm->ops;
	unsigned int actions = t->actions;

	if (t->next < 0)
		return;
	fsm->state = (uint8_t)t->next;

	if (actions & FSM_TLD)
		ops->down(fsm);
	if (actions & FSM_IRC)
		init_counter(fsm, actions & FSM_STR ? fsm->config->max_terminate
						    : fsm->config->max_configure);
	if (actions & FSM_ZRC)
		init_counter(fsm, 0);
	if (actions & FSM_SCR) {
		/* Leaving Opened starts a new negotiation, although the table has no irc there. */
		if (actions & FSM_TLD)
			init_counter(fsm, fsm->config->max_configure);
		send_request(fsm);
		count_restart(fsm);
	}
	if (actions & FSM_SCA)
		send_ack(fsm, in);
	if (actions & FSM_SCN)
		send_refusal(fsm, in);
	if (actions & FSM_STR) {
		send_terminate(fsm);
		count_restart(fsm);
	}
	if (actions & FSM_STA)
		fsm_send(fsm, FSM_TERMINATE_ACK, in->id, NULL, 0);
	if (actions & FSM_SCJ)
		send_code_reject(fsm, in);
	if (actions & FSM_SER)
		ops->extra(fsm, in->code, in->id, in->data);

	if (!timer_runs(fsm))
		fsm->deadline = NEVER;
	if (actions & FSM_TLF) {
		fsm->request_waits = false;
		fsm->held_len = 0;
		ops->finished(fsm, fsm->cause);
	}
	if (actions & FSM_TLU) {
		fsm->rounds = 0;
		fsm->refusals = 0;
		ops->up(fsm);
	}
}

void fsm_init(struct fsm *fsm, const struct fsm_ops *ops, const struct ppp_config *config)
{
	*fsm = (struct fsm){
		.ops = ops,
		.config = config,
		.deadline = NEVER,
		.first_interval = config->restart_first_ms,
		.state = FSM_INITIAL,
	};
}

void fsm_free(struct fsm *fsm)
{
	free(fsm->talk);
	fsm->talk = NULL;
}

/*
 * Free the requests if none waits for an answer. To be called at the end of every entry
 * point that may have changed that.
 */
static void tidy(struct fsm *fsm)
{
	if (!fsm->request_waits && !fsm->held_len)
		fsm_free(fsm);
}

void fsm_up(struct fsm *fsm, uint64_t now)
{
	fsm->now = now;
	fsm->request_waits = false;
	fsm->peer_seen = false;
	fsm->answered = false;
	fsm->too_early = false;
	fsm->holds = 0;
	fsm->held_len = 0;
	fsm->acked_valid = false;
	fsm->stubborn = false;
	fsm->failures = 0;
	fsm->rounds = 0;
	fsm->refusals = 0;
	run(fsm, FSM_UP, NULL);
}

void fsm_down(struct fsm *fsm, uint64_t now)
{
	fsm->now = now;
	run(fsm, FSM_DOWN, NULL);
	fsm->request_waits = false;
	fsm->held_len = 0;
	tidy(fsm);
}

void fsm_open(struct fsm *fsm, uint64_t now)
{
	fsm->now = now;
	run(fsm, FSM_OPEN, NULL);
}

void fsm_close(struct fsm *fsm, uint64_t now)
{
	fsm->now = now;
	fsm->cause = FSM_CAUSE_CLOSED;
	run(fsm, FSM_CLOSE, NULL);
	tidy(fsm);
}

void fsm_protocol_rejected(struct fsm *fsm, uint64_t now)
{
	fsm->now = now;
	fsm->cause = FSM_CAUSE_REJECTED;
	run(fsm, FSM_RXJ_MINUS, NULL);
	tidy(fsm);
}

void fsm_give_up(struct fsm *fsm, uint64_t now)
{
	fsm->now = now;
	fsm->cause = FSM_CAUSE_NO_AGREEMENT;
	run(fsm, FSM_CLOSE, NULL);
}

void fsm_resume(struct fsm *fsm, bool open, uint8_t id)
{
	fsm->state = open ? FSM_OPENED : FSM_STOPPED;
	fsm->id = id;
}

void fsm_expect(struct fsm *fsm, uint32_t answer_time)
{
	fsm->first_interval = ppp_first_interval(fsm->config, answer_time);
}

uint64_t fsm_deadline(const struct fsm *fsm)
{
	return fsm->deadline;
}

void fsm_tick(struct fsm *fsm, uint64_t now)
{
	if (now < fsm->deadline)
		return;
	fsm->now = now;
	if (fsm->counter) {
		run(fsm, FSM_TO_PLUS, NULL);
	} else {
		/* After a Terminate-Request, ours or the peer's, a timeout is no failure. */
		if (fsm->state != FSM_STOPPING && fsm->state != FSM_CLOSING)
			fsm->cause = FSM_CAUSE_TIMEOUT;
		run(fsm, FSM_TO_MINUS, NULL);
	}
	tidy(fsm);
}

/* --- receiving ------------------------------------------------------------------------ */

static void judge(struct fsm *fsm, struct incoming *in, uint8_t *nak, uint8_t *reject, size_t size)
{
	in->answer.nak = wr_init(nak, size);
	in->answer.reject = wr_init(reject, size);
	in->answer.reject_only = fsm->failures >= fsm->config->max_failure;
	fsm->ops->judge(fsm, in->data, &in->answer);
	if (wr_len(&in->answer.reject))
		in->answer_code = FSM_CONFIGURE_REJECT;
	else if (wr_len(&in->answer.nak))
		in->answer_code = FSM_CONFIGURE_NAK;
	else
		in->answer_code = FSM_CONFIGURE_ACK;
}

static bool is_retransmission(const struct fsm *fsm, const struct incoming *in)
{
	size_t len = in->len - FSM_HEADER_LEN;

	return fsm->acked_valid && in->id == fsm->acked_id && len == fsm->acked_len &&
	       fnv1a(in->packet + FSM_HEADER_LEN, len) == fsm->acked_hash;
}

/*
 * Hold back a request that is to be acknowledged until our own request is acknowledged.
 * Returns false if it is to be answered now.
 */
static bool hold_back(struct fsm *fsm, const struct incoming *in)
{
	fsm->held_len = 0;
	if (!fsm->hold || fsm->state != FSM_REQ_SENT || !fsm->talk ||
	    in->len > sizeof(fsm->talk->held) || in->answer_code != FSM_CONFIGURE_ACK ||
	    fsm->holds >= FSM_HOLDS_MAX)
		return false;
	fsm->holds++;
	fsm->held_len = (uint8_t)in->len;
	memcpy(fsm->talk->held, in->packet, in->len);
	return true;
}

/*
 * Returns true if a request may be answered that has been answered before, or might have been. If
 * not, it is dropped as if it were lost.
 */
static bool may_repeat(struct fsm *fsm)
{
	uint64_t spent = fsm->repeats_spent > fsm->now ? fsm->repeats_spent : fsm->now;

	if (spent < fsm->now + REPEATS * REPEAT_MS) {
		fsm->repeats_spent = spent + REPEAT_MS;
		return true;
	}
	if (!fsm->stubborn)
		fsm->ops->untimely(fsm, "Configure-Requests faster than they are answered");
	fsm->stubborn = true;
	return false;
}

static void ack_again(struct fsm *fsm, const struct incoming *in)
{
	if (may_repeat(fsm))
		fsm_send(fsm, FSM_CONFIGURE_ACK, in->id, in->packet + FSM_HEADER_LEN,
			 in->len - FSM_HEADER_LEN);
}

static void configure_request(struct fsm *fsm, struct incoming *in)
{
	uint8_t nak[PPP_MRU_DEFAULT - FSM_HEADER_LEN];
	uint8_t reject[PPP_MRU_DEFAULT - FSM_HEADER_LEN];

	if (!options_well_formed(in->data)) {
		fsm->ops->bad(fsm, "Configure-Request with malformed options");
		return;
	}
	if (fsm->state == FSM_CLOSED || fsm->state == FSM_CLOSING || fsm->state == FSM_STOPPING) {
		/* In these states the answer does not depend on the options. */
		if (may_repeat(fsm))
			run(fsm, FSM_RCR_PLUS, in);
		return;
	}
	/* In both states the request that was acknowledged last is the one that counts. */
	if ((fsm->state == FSM_ACK_SENT || fsm->state == FSM_OPENED) && fsm->ops->reack &&
	    is_retransmission(fsm, in)) {
		ack_again(fsm, in);
		return;
	}
	judge(fsm, in, nak, reject, sizeof(nak));
	if (!wr_ok(&in->answer.nak) || !wr_ok(&in->answer.reject)) {
		fsm->ops->bad(fsm, "Configure-Request with more options than can be answered");
		return;
	}
	if (((fsm->ops->eager && !fsm->peer_seen) || fsm->too_early) &&
	    fsm->state == FSM_REQ_SENT && fsm->request_waits) {
		send_request(fsm);
		fsm->asked_at = fsm->now;
		start_timer(fsm);
	}
	fsm->peer_seen = true;
	fsm->too_early = false;
	if (hold_back(fsm, in))
		return;
	if (in->answer_code == FSM_CONFIGURE_ACK && fsm->state == FSM_ACK_SENT && !may_repeat(fsm))
		return;
	if (in->answer_code == FSM_CONFIGURE_ACK)
		run(fsm, FSM_RCR_PLUS, in);
	else if (fsm->refusals < FSM_ROUNDS_MAX)
		run(fsm, FSM_RCR_MINUS, in);
	else
		fsm_give_up(fsm, fsm->now);
}

/* Now answer the request of the peer that was held back. */
static void let_go(struct fsm *fsm)
{
	const uint8_t *held = fsm->talk->held;
	struct incoming in = {
		.code = FSM_CONFIGURE_REQUEST,
		.id = held[1],
		.packet = held,
		.len = fsm->held_len,
		.data = rd_init(held + FSM_HEADER_LEN, fsm->held_len - FSM_HEADER_LEN),
	};

	configure_request(fsm, &in);
}

void fsm_let_go(struct fsm *fsm, uint64_t now)
{
	fsm->hold = false;
	if (!fsm->held_len || fsm->state != FSM_REQ_SENT)
		return;
	fsm->now = now;
	let_go(fsm);
	tidy(fsm);
}

/* Returns true if the packet answers our request and is the first answer to it. */
static bool answers_request(struct fsm *fsm, const struct incoming *in)
{
	if (in->id != fsm->request_id) {
		fsm->ops->untimely(fsm, "answer to no Configure-Request of ours");
		return false;
	}
	/* A second answer, to a retransmission, is ignored without a word. */
	return fsm->request_waits;
}

/* Our request has its answer. The next request may wait as long as this answer took. */
static void take_answer(struct fsm *fsm)
{
	fsm->request_waits = false;
	fsm->answered = true;
	fsm->answer_time = (uint32_t)(fsm->now - fsm->asked_at);
	fsm_expect(fsm, fsm->answer_time);
}

static void configure_ack(struct fsm *fsm, struct incoming *in)
{
	if (!answers_request(fsm, in))
		return;
	if (in->len - FSM_HEADER_LEN != fsm->talk->request_len ||
	    memcmp(in->packet + FSM_HEADER_LEN, fsm->talk->request, fsm->talk->request_len)) {
		fsm->ops->bad(fsm, "Configure-Ack for other options than asked for");
		return;
	}
	take_answer(fsm);
	run(fsm, FSM_RCA, in);
	if (fsm->held_len && fsm->state == FSM_ACK_RCVD)
		let_go(fsm);
}

static void configure_nak_or_reject(struct fsm *fsm, struct incoming *in)
{
	bool go_on;

	if (!answers_request(fsm, in))
		return;
	if (!options_well_formed(in->data)) {
		fsm->ops->bad(fsm, "Configure-Nak or -Reject with malformed options");
		return;
	}
	take_answer(fsm);
	if (in->code == FSM_CONFIGURE_NAK)
		go_on = fsm->ops->naked(fsm, in->data);
	else
		go_on = fsm->ops->rejected(fsm, in->data);
	if (go_on && ++fsm->rounds <= FSM_ROUNDS_MAX)
		run(fsm, FSM_RCN, in);
	else
		fsm_give_up(fsm, fsm->now);
}

static void code_reject(struct fsm *fsm, struct incoming *in)
{
	uint8_t code;

	if (!rd_left(&in->data)) {
		fsm->ops->bad(fsm, "Code-Reject without a packet");
		return;
	}
	code = in->data.pos[0];
	if (code >= FSM_CONFIGURE_REQUEST && code <= FSM_CODE_REJECT) {
		fsm->cause = FSM_CAUSE_REJECTED;
		run(fsm, FSM_RXJ_MINUS, in);
		return;
	}
	if (fsm->ops->code_rejected)
		fsm->ops->code_rejected(fsm, code);
	run(fsm, FSM_RXJ_PLUS, in);
}

static void input(struct fsm *fsm, const uint8_t *packet, size_t len)
{
	struct reader r = rd_init(packet, len);
	struct incoming in = { .packet = packet };

	in.code = rd_u8(&r);
	in.id = rd_u8(&r);
	in.len = rd_be16(&r);
	if (!rd_ok(&r) || in.len < FSM_HEADER_LEN || in.len > len) {
		fsm->ops->bad(fsm, "packet with a wrong length");
		return;
	}
	in.data = rd_sub(&r, in.len - FSM_HEADER_LEN);
	if (fsm->state == FSM_INITIAL || fsm->state == FSM_STARTING) {
		fsm->ops->untimely(fsm, "packet for a protocol that is not up");
		return;
	}

	switch (in.code) {
	case FSM_CONFIGURE_REQUEST:
		configure_request(fsm, &in);
		break;
	case FSM_CONFIGURE_ACK:
		configure_ack(fsm, &in);
		break;
	case FSM_CONFIGURE_NAK:
	case FSM_CONFIGURE_REJECT:
		configure_nak_or_reject(fsm, &in);
		break;
	case FSM_TERMINATE_REQUEST:
		fsm->cause = FSM_CAUSE_PEER;
		if (fsm->ops->terminating)
			fsm->ops->terminating(fsm, in.data);
		run(fsm, FSM_RTR, &in);
		break;
	case FSM_TERMINATE_ACK:
		if (fsm->state == FSM_REQ_SENT && fsm->request_waits && in.id == fsm->request_id)
			fsm->too_early = true;
		run(fsm, FSM_RTA, &in);
		break;
	case FSM_CODE_REJECT:
		code_reject(fsm, &in);
		break;
	default:
		if (fsm->ops->knows && fsm->ops->knows(in.code))
			run(fsm, FSM_RXR, &in);
		else
			run(fsm, FSM_RUC, &in);
	}
}

void fsm_input(struct fsm *fsm, const uint8_t *packet, size_t len, uint64_t now)
{
	fsm->now = now;
	input(fsm, packet, len);
	tidy(fsm);
}
