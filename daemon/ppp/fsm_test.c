// SPDX-License-Identifier: GPL-2.0-only
/* The automaton: every cell of the table, then timers, identifiers and malformed packets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ppp/fsm.h"
#include "util/scarce_test.h"

/* --- the table ------------------------------------------------------------------------ */

/*
 * RFC 1661 section 4.1 as it is printed there, one event per line. The letters p, r and x
 * only refer to remarks.
 */
static const char *const rfc_table[FSM_EVENTS] = {
	[FSM_UP]	= "2 irc,scr/6 - - - - - - - -",
	[FSM_DOWN]	= "- - 0 tls/1 0 1 1 1 1 tld/1",
	[FSM_OPEN]	= "tls/1 1 irc,scr/6 3r 5r 5r 6 7 8 9r",
	[FSM_CLOSE]	= "0 tlf/0 2 2 4 4 irc,str/4 irc,str/4 irc,str/4 tld,irc,str/4",
	[FSM_TO_PLUS]	= "- - - - str/4 str/5 scr/6 scr/6 scr/8 -",
	[FSM_TO_MINUS]	= "- - - - tlf/2 tlf/3 tlf/3p tlf/3p tlf/3p -",
	[FSM_RCR_PLUS]	= "- - sta/2 irc,scr,sca/8 4 5 sca/8 sca,tlu/9 sca/8 tld,scr,sca/8",
	[FSM_RCR_MINUS]	= "- - sta/2 irc,scr,scn/6 4 5 scn/6 scn/7 scn/6 tld,scr,scn/6",
	[FSM_RCA]	= "- - sta/2 sta/3 4 5 irc/7 scr/6x irc,tlu/9 tld,scr/6x",
	[FSM_RCN]	= "- - sta/2 sta/3 4 5 irc,scr/6 scr/6x irc,scr/8 tld,scr/6x",
	[FSM_RTR]	= "- - sta/2 sta/3 sta/4 sta/5 sta/6 sta/6 sta/6 tld,zrc,sta/5",
	[FSM_RTA]	= "- - 2 3 tlf/2 tlf/3 6 6 8 tld,scr/6",
	[FSM_RUC]	= "- - scj/2 scj/3 scj/4 scj/5 scj/6 scj/7 scj/8 scj/9",
	[FSM_RXJ_PLUS]	= "- - 2 3 4 5 6 6 8 9",
	[FSM_RXJ_MINUS]	= "- - tlf/2 tlf/3 tlf/2 tlf/3 tlf/3 tlf/3 tlf/3 tld,irc,str/5",
	[FSM_RXR]	= "- - 2 3 4 5 6 7 8 ser/9",
};

static unsigned int action_named(const char *name)
{
	static const struct {
		const char *name;
		unsigned int action;
	} actions[] = {
		{ "tld", FSM_TLD }, { "tls", FSM_TLS }, { "irc", FSM_IRC }, { "zrc", FSM_ZRC },
		{ "scr", FSM_SCR }, { "sca", FSM_SCA }, { "scn", FSM_SCN }, { "str", FSM_STR },
		{ "sta", FSM_STA }, { "scj", FSM_SCJ }, { "ser", FSM_SER }, { "tlf", FSM_TLF },
		{ "tlu", FSM_TLU },
	};

	for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
		if (!strncmp(actions[i].name, name, 3))
			return actions[i].action;
	fail_msg("no action is called '%s'", name);
	return 0;
}

static void parse_cell(const char *cell, unsigned int *actions, int *next)
{
	const char *slash = strchr(cell, '/');

	*actions = 0;
	*next = -1;
	if (!strcmp(cell, "-"))
		return;
	for (const char *p = cell; slash && p < slash; p += 4)
		*actions |= action_named(p);
	*next = atoi(slash ? slash + 1 : cell);
}

static void table_is_that_of_the_rfc(void **state)
{
	unsigned int cells = 0;

	for (int event = 0; event < FSM_EVENTS; event++) {
		char *line = strdup(rfc_table[event]);
		char *save = NULL;
		int column = 0;

		for (char *cell = strtok_r(line, " ", &save); cell;
		     cell = strtok_r(NULL, " ", &save), column++, cells++) {
			const struct fsm_transition *t = fsm_transition(column, event);
			unsigned int actions;
			int next;

			parse_cell(cell, &actions, &next);
			if (t->next != next || t->actions != actions)
				fail_msg("event %d in %s: RFC '%s', table %#x/%d", event,
					 fsm_state_name(column), cell, t->actions, t->next);
		}
		assert_int_equal(column, FSM_STATES);
		free(line);
	}
	assert_int_equal(cells, FSM_EVENTS * FSM_STATES);
}

/* --- a protocol with one option ------------------------------------------------------- */

/*
 * Type 1 has one octet; our request asks for it. In the peer's request a value above 9 gets
 * a Nak that suggests 9, and all other types are rejected.
 */
#define TEST_PROTOCOL 0x8001

static struct proto {
	struct fsm fsm;
	uint8_t ask;
	uint8_t sent[64][PPP_FRAME_MAX];
	size_t sent_len[64];
	unsigned int n_sent;
	unsigned int ups, downs, finishes, acks, bads, extras, code_rejects, no_memories;
	enum fsm_cause cause;
	bool obstinate;			/* rejected() returns false */
} proto;

static struct ppp_config config;

static void p_output(struct fsm *fsm, const uint8_t *frame, size_t len)
{
	assert_true(proto.n_sent < 64);
	memcpy(proto.sent[proto.n_sent], frame, len);
	proto.sent_len[proto.n_sent++] = len;
}

static void p_request(struct fsm *fsm, struct writer *options)
{
	fsm_option_write(options, 1, &proto.ask, 1);
}

static void p_judge(struct fsm *fsm, struct reader options, struct fsm_answer *answer)
{
	struct fsm_option option;
	uint8_t nine = 9;

	while (fsm_option_next(&options, &option)) {
		if (option.type != 1 || option.len != 1)
			fsm_answer_reject(answer, &option);
		else if (option.data[0] > 9)
			fsm_answer_nak(answer, &option, &nine, 1);
	}
}

static void p_acking(struct fsm *fsm)
{
	proto.acks++;
}

static bool p_naked(struct fsm *fsm, struct reader options)
{
	struct fsm_option option;

	while (fsm_option_next(&options, &option))
		if (option.type == 1 && option.len == 1)
			proto.ask = option.data[0];
	return true;
}

static bool p_rejected(struct fsm *fsm, struct reader options)
{
	return !proto.obstinate;
}

static void p_up(struct fsm *fsm)
{
	proto.ups++;
}

static void p_down(struct fsm *fsm)
{
	proto.downs++;
}

static void p_finished(struct fsm *fsm, enum fsm_cause cause)
{
	proto.finishes++;
	proto.cause = cause;
}

static bool p_knows(uint8_t code)
{
	return code == 9;
}

static void p_extra(struct fsm *fsm, uint8_t code, uint8_t id, struct reader data)
{
	proto.extras++;
}

static void p_code_rejected(struct fsm *fsm, uint8_t code)
{
	proto.code_rejects++;
}

static void p_bad(struct fsm *fsm, const char *why)
{
	assert_non_null(why);
	proto.bads++;
}

static void p_no_memory(struct fsm *fsm)
{
	proto.no_memories++;
}

static struct fsm_ops ops = {
	.protocol = TEST_PROTOCOL,
	.output = p_output,
	.request = p_request,
	.judge = p_judge,
	.acking = p_acking,
	.naked = p_naked,
	.rejected = p_rejected,
	.up = p_up,
	.down = p_down,
	.finished = p_finished,
	.knows = p_knows,
	.extra = p_extra,
	.code_rejected = p_code_rejected,
	.bad = p_bad,
	.untimely = p_bad,
	.no_memory = p_no_memory,
};

static int setup(void **state)
{
	fsm_free(&proto.fsm);
	memset(&proto, 0, sizeof(proto));
	proto.ask = 5;
	ppp_config_init(&config);
	ops.reack = false;
	ops.eager = false;
	fsm_init(&proto.fsm, &ops, &config);
	return 0;
}

static int teardown(void **state)
{
	fsm_free(&proto.fsm);
	return 0;
}

static void start(void)
{
	fsm_open(&proto.fsm, 0);
	fsm_up(&proto.fsm, 0);
}

/*
 * Returns the packet sent as number @n, from behind the protocol field. A negative @n
 * counts from the end.
 */
static const uint8_t *sent(int n)
{
	unsigned int i = n < 0 ? proto.n_sent + (unsigned int)n : (unsigned int)n;

	assert_true(i < proto.n_sent);
	assert_memory_equal(proto.sent[i], "\x80\x01", 2);
	return proto.sent[i] + 2;
}

#define input(bytes, now) \
	fsm_input(&proto.fsm, (const uint8_t *)(bytes), sizeof(bytes) - 1, now)

static void answer_request(uint8_t code, uint64_t now)
{
	uint8_t packet[64];
	size_t len = proto.sent_len[0] - 2;

	for (int i = (int)proto.n_sent - 1; i >= 0; i--) {
		if (proto.sent[i][2] != FSM_CONFIGURE_REQUEST)
			continue;
		len = proto.sent_len[i] - 2;
		memcpy(packet, proto.sent[i] + 2, len);
		break;
	}
	packet[0] = code;
	fsm_input(&proto.fsm, packet, len, now);
}

static void answer_terminate(uint64_t now)
{
	const uint8_t ack[] = { FSM_TERMINATE_ACK, proto.fsm.id, 0, 4 };

	fsm_input(&proto.fsm, ack, sizeof(ack), now);
}

static void assert_state(enum fsm_state state)
{
	assert_string_equal(fsm_state_name(proto.fsm.state), fsm_state_name(state));
}

static void open_it(void)
{
	start();
	input("\x01\x07\x00\x07\x01\x03\x04", 1);
	answer_request(FSM_CONFIGURE_ACK, 1);
	assert_state(FSM_OPENED);
	assert_int_equal(proto.ups, 1);
}

static void opens_and_answers_in_kind(void **state)
{
	start();
	assert_state(FSM_REQ_SENT);
	assert_memory_equal(sent(0), "\x01\x01\x00\x07\x01\x03\x05", 7);
	input("\x01\x07\x00\x07\x01\x03\x04", 1);
	assert_memory_equal(sent(1), "\x02\x07\x00\x07\x01\x03\x04", 7);
	assert_state(FSM_ACK_SENT);
	assert_int_equal(proto.acks, 1);
	answer_request(FSM_CONFIGURE_ACK, 1);
	assert_state(FSM_OPENED);
	assert_int_equal(proto.ups, 1);
	assert_true(fsm_deadline(&proto.fsm) == NEVER);
}

static void retransmits_ever_more_slowly_and_gives_up(void **state)
{
	static const uint64_t gaps[] = { 250, 500, 1000, 2000, 3000, 3000, 3000, 3000, 3000, 3000 };
	uint64_t now = 0;

	start();
	for (unsigned int i = 0; i < 10; i++) {
		assert_int_equal(proto.n_sent, i + 1);
		assert_int_equal(fsm_deadline(&proto.fsm), now + gaps[i]);
		/* a tick before the deadline does nothing */
		fsm_tick(&proto.fsm, now + gaps[i] - 1);
		assert_int_equal(proto.n_sent, i + 1);
		assert_int_equal(proto.finishes, 0);
		now += gaps[i];
		fsm_tick(&proto.fsm, now);
	}
	assert_int_equal(proto.n_sent, 10);
	assert_int_equal(proto.finishes, 1);
	assert_int_equal(proto.cause, FSM_CAUSE_TIMEOUT);
	assert_state(FSM_STOPPED);
	/* every copy has the same identifier, so a late answer to any copy would have counted */
	for (int i = 0; i < 10; i++)
		assert_int_equal(sent(i)[1], 1);
}

static void takes_a_late_answer_to_the_first_copy(void **state)
{
	start();
	fsm_tick(&proto.fsm, 250);
	assert_int_equal(proto.n_sent, 2);
	answer_request(FSM_CONFIGURE_ACK, 260);
	assert_state(FSM_ACK_RCVD);
	/* the answer to the second copy is ignored */
	answer_request(FSM_CONFIGURE_ACK, 270);
	assert_state(FSM_ACK_RCVD);
	assert_int_equal(proto.bads, 0);
}

static void a_far_peer_is_given_time(void **state)
{
	start();
	fsm_tick(&proto.fsm, 250);
	answer_request(FSM_CONFIGURE_ACK, 600);
	/* the time counts from the first copy, since the answer may be to that one */
	assert_int_equal(proto.fsm.answer_time, 600);
	setup(state);
	fsm_expect(&proto.fsm, 600);
	start();
	assert_int_equal(fsm_deadline(&proto.fsm), 1800);
	setup(state);
	fsm_expect(&proto.fsm, 20);
	start();
	assert_int_equal(fsm_deadline(&proto.fsm), 250);
	setup(state);
	fsm_expect(&proto.fsm, UINT32_MAX);
	start();
	assert_int_equal(fsm_deadline(&proto.fsm), 3000);
}

static void follows_a_nak_with_a_new_identifier(void **state)
{
	start();
	input("\x03\x01\x00\x07\x01\x03\x02", 1);
	assert_memory_equal(sent(-1), "\x01\x02\x00\x07\x01\x03\x02", 7);
	assert_state(FSM_REQ_SENT);
	/* the interval is short again */
	assert_int_equal(fsm_deadline(&proto.fsm), 1 + 250);
}

static void ignores_answers_that_do_not_belong(void **state)
{
	start();
	input("\x02\x09\x00\x07\x01\x03\x05", 1);	/* wrong identifier */
	input("\x02\x01\x00\x07\x01\x03\x06", 1);	/* wrong contents */
	input("\x02\x01\x00\x04", 1);			/* an option is missing */
	input("\x03\x05\x00\x07\x01\x03\x02", 1);
	assert_int_equal(proto.bads, 4);
	assert_int_equal(proto.n_sent, 1);
	assert_state(FSM_REQ_SENT);
}

static void naks_a_while_and_then_rejects(void **state)
{
	start();
	for (unsigned int i = 0; i < config.max_failure; i++) {
		input("\x01\x07\x00\x07\x01\x03\x63", 1);
		assert_memory_equal(sent(-1), "\x03\x07\x00\x07\x01\x03\x09", 7);
	}
	input("\x01\x07\x00\x07\x01\x03\x63", 1);
	assert_memory_equal(sent(-1), "\x04\x07\x00\x07\x01\x03\x63", 7);
	/* after an Ack the Naks are counted from zero again */
	input("\x01\x08\x00\x07\x01\x03\x01", 1);
	input("\x01\x09\x00\x07\x01\x03\x63", 1);
	assert_memory_equal(sent(-1), "\x03\x09\x00\x07\x01\x03\x09", 7);
}

static void rejects_before_it_naks(void **state)
{
	start();
	input("\x01\x07\x00\x0a\x01\x03\x63\x05\x03\x01", 1);
	assert_memory_equal(sent(-1), "\x04\x07\x00\x07\x05\x03\x01", 7);
}

static void a_peer_that_always_naks_is_given_up(void **state)
{
	unsigned int rounds = 0;

	start();
	while (proto.fsm.state != FSM_CLOSING && rounds < 1000) {
		proto.n_sent = proto.n_sent > 40 ? 0 : proto.n_sent;
		uint8_t nak[] = { 3, proto.fsm.request_id, 0, 7, 1, 3, (uint8_t)rounds++ };

		fsm_input(&proto.fsm, nak, sizeof(nak), 1);
	}
	assert_int_equal(rounds, FSM_ROUNDS_MAX + 1);
	assert_int_equal(sent(-1)[0], FSM_TERMINATE_REQUEST);
	answer_terminate(2);
	assert_int_equal(proto.finishes, 1);
	assert_int_equal(proto.cause, FSM_CAUSE_NO_AGREEMENT);
	assert_true(fsm_deadline(&proto.fsm) == NEVER);
}

/* The peer agrees to our request each time, so that no counter of ours runs out. */
static void a_peer_that_always_insists_is_given_up(void **state)
{
	unsigned int refused = 0;

	start();
	while (proto.fsm.state != FSM_CLOSING && refused < 1000) {
		proto.n_sent = proto.n_sent > 40 ? 0 : proto.n_sent;
		if (proto.fsm.state == FSM_REQ_SENT && proto.n_sent)
			answer_request(FSM_CONFIGURE_ACK, 1);
		input("\x01\x07\x00\x07\x02\x03\x63", 1);
		refused += sent(-1)[0] == FSM_CONFIGURE_REJECT;
	}
	assert_int_equal(refused, FSM_ROUNDS_MAX);
	assert_int_equal(sent(-1)[0], FSM_TERMINATE_REQUEST);
	answer_terminate(2);
	assert_int_equal(proto.finishes, 1);
	assert_int_equal(proto.cause, FSM_CAUSE_NO_AGREEMENT);
}

/* What was refused before the layer came up does not count in the next negotiation. */
static void who_gives_in_may_insist_again(void **state)
{
	start();
	for (unsigned int round = 0; round < 3; round++) {
		for (unsigned int i = 0; i < FSM_ROUNDS_MAX; i++) {
			proto.n_sent = 0;
			input("\x01\x07\x00\x07\x02\x03\x63", 1);
		}
		fsm_tick(&proto.fsm, fsm_deadline(&proto.fsm));
		input("\x01\x08\x00\x07\x01\x03\x04", proto.fsm.now);
		answer_request(FSM_CONFIGURE_ACK, proto.fsm.now);
		assert_state(FSM_OPENED);
	}
	assert_int_equal(proto.finishes, 0);
}

static void an_owner_may_refuse_to_go_on(void **state)
{
	start();
	proto.obstinate = true;
	input("\x04\x01\x00\x07\x01\x03\x05", 1);
	assert_int_equal(sent(-1)[0], FSM_TERMINATE_REQUEST);
	answer_terminate(2);
	assert_int_equal(proto.finishes, 1);
	assert_int_equal(proto.cause, FSM_CAUSE_NO_AGREEMENT);
}

static void a_retransmitted_request_is_acknowledged_again(void **state)
{
	ops.reack = true;
	open_it();
	input("\x01\x07\x00\x07\x01\x03\x04", 2);
	assert_memory_equal(sent(-1), "\x02\x07\x00\x07\x01\x03\x04", 7);
	assert_state(FSM_OPENED);
	assert_int_equal(proto.downs, 0);
	/* a request with another identifier starts another negotiation */
	input("\x01\x08\x00\x07\x01\x03\x04", 3);
	assert_state(FSM_ACK_SENT);
	assert_int_equal(proto.downs, 1);
}

/* Also before the layer is open: what the Ack has set up is in use already. */
static void a_copy_sets_nothing_up_again(void **state)
{
	ops.reack = true;
	start();
	input("\x01\x07\x00\x07\x01\x03\x04", 1);
	assert_state(FSM_ACK_SENT);
	assert_int_equal(proto.acks, 1);
	input("\x01\x07\x00\x07\x01\x03\x04", 2);
	assert_memory_equal(sent(-1), "\x02\x07\x00\x07\x01\x03\x04", 7);
	assert_state(FSM_ACK_SENT);
	assert_int_equal(proto.acks, 1);
	/* a request with another identifier or other options is no copy */
	input("\x01\x08\x00\x07\x01\x03\x04", 3);
	input("\x01\x08\x00\x07\x01\x03\x05", 4);
	assert_memory_equal(sent(-1), "\x02\x08\x00\x07\x01\x03\x05", 7);
	assert_int_equal(proto.acks, 3);
	/* nor is one that was refused meanwhile, or that a Terminate-Request has ended */
	input("\x01\x09\x00\x07\x01\x03\x63", 5);
	assert_state(FSM_REQ_SENT);
	input("\x01\x08\x00\x07\x01\x03\x05", 6);
	assert_int_equal(proto.acks, 4);
	input("\x05\x0a\x00\x04", 7);
	assert_state(FSM_REQ_SENT);
	input("\x01\x08\x00\x07\x01\x03\x05", 8);
	assert_int_equal(proto.acks, 5);
	answer_request(FSM_CONFIGURE_ACK, 9);
	assert_state(FSM_OPENED);
}

/* Whoever lost our Acks gets one whenever asking, and whoever asks without end does not. */
static void repeated_requests_are_answered_at_a_bounded_rate(void **state)
{
	unsigned int acks = 0;

	ops.reack = true;
	open_it();
	for (uint64_t now = 1000; now < 11000; now++) {
		proto.n_sent = 0;
		input("\x01\x07\x00\x07\x01\x03\x04", now);
		acks += proto.n_sent;
	}
	/* ten at once, and ten in each of ten seconds */
	assert_in_range(acks, 105, 110);
	assert_int_equal(proto.bads, 1);
	assert_state(FSM_OPENED);
	assert_int_equal(proto.downs, 0);
	for (uint64_t now = 20000; now < 30000; now += 100) {
		proto.n_sent = 0;
		input("\x01\x07\x00\x07\x01\x03\x04", now);
		assert_memory_equal(sent(0), "\x02\x07\x00\x07\x01\x03\x04", 7);
	}
	assert_int_equal(proto.bads, 1);
}

/* The same before the layer is open, whatever the identifiers are, and when it is closed. */
static void no_state_answers_requests_without_end(void **state)
{
	uint8_t request[] = { 1, 0, 0, 7, 1, 3, 4 };

	start();
	for (unsigned int i = 0; i < 200; i++) {
		request[1] = (uint8_t)i;
		fsm_input(&proto.fsm, request, sizeof(request), 1);
	}
	assert_state(FSM_ACK_SENT);
	/* our request, and an Ack before ten are repeated */
	assert_int_equal(proto.n_sent, 12);
	assert_int_equal(proto.bads, 1);
	answer_request(FSM_CONFIGURE_ACK, 2);
	assert_state(FSM_OPENED);
	fsm_close(&proto.fsm, 5000);
	answer_terminate(5000);
	assert_state(FSM_CLOSED);
	proto.n_sent = 0;
	for (unsigned int i = 0; i < 200; i++)
		fsm_input(&proto.fsm, request, sizeof(request), 5000);
	assert_int_equal(proto.n_sent, 10);
	/* all of this is forgotten by nothing but time */
	fsm_down(&proto.fsm, 5000);
	fsm_up(&proto.fsm, 5000);
	fsm_input(&proto.fsm, request, sizeof(request), 5000);
	assert_int_equal(proto.n_sent, 10);
	fsm_input(&proto.fsm, request, sizeof(request), 5100);
	assert_int_equal(proto.n_sent, 11);
}

static void without_reack_it_starts_again(void **state)
{
	open_it();
	input("\x01\x07\x00\x07\x01\x03\x04", 2);
	assert_state(FSM_ACK_SENT);
	assert_int_equal(proto.downs, 1);
	/* down(), then our request, then the answer to the peer */
	assert_int_equal(sent(-2)[0], FSM_CONFIGURE_REQUEST);
	assert_int_equal(sent(-1)[0], FSM_CONFIGURE_ACK);
}

static void request_that_came_too_early_is_repeated(void **state)
{
	start();
	/* Terminate-Ack to our request */
	input("\x06\x01\x00\x04", 1);
	assert_int_equal(proto.n_sent, 1);
	assert_state(FSM_REQ_SENT);
	input("\x01\x07\x00\x07\x01\x03\x04", 2);
	assert_int_equal(proto.n_sent, 3);
	assert_int_equal(sent(1)[0], FSM_CONFIGURE_REQUEST);
	assert_int_equal(sent(1)[1], 1);
	assert_int_equal(sent(2)[0], FSM_CONFIGURE_ACK);
	/* our request was sent again, but only once */
	input("\x01\x07\x00\x07\x01\x03\x04", 3);
	assert_int_equal(proto.n_sent, 4);
}

static void eager_repeats_its_request_before_the_first_answer(void **state)
{
	ops.eager = true;
	start();
	input("\x01\x07\x00\x07\x01\x03\x04", 1);
	assert_int_equal(proto.n_sent, 3);
	assert_int_equal(sent(1)[0], FSM_CONFIGURE_REQUEST);
	assert_int_equal(sent(1)[1], 1);
	assert_int_equal(sent(2)[0], FSM_CONFIGURE_ACK);
	/* our request was sent again, but only once */
	input("\x01\x07\x00\x07\x01\x03\x04", 2);
	assert_int_equal(proto.n_sent, 4);
}

static void holds_its_ack_back_until_it_has_the_peers(void **state)
{
	proto.fsm.hold = true;
	start();
	input("\x01\x07\x00\x07\x01\x03\x04", 1);
	assert_int_equal(proto.n_sent, 1);
	assert_state(FSM_REQ_SENT);
	/* our own request is retransmitted as usual */
	fsm_tick(&proto.fsm, 250);
	assert_int_equal(proto.n_sent, 2);
	answer_request(FSM_CONFIGURE_ACK, 260);
	assert_memory_equal(sent(-1), "\x02\x07\x00\x07\x01\x03\x04", 7);
	assert_state(FSM_OPENED);
	assert_int_equal(proto.acks, 1);
}

static void holds_back_the_newest_request_only(void **state)
{
	proto.fsm.hold = true;
	start();
	input("\x01\x07\x00\x07\x01\x03\x04", 1);
	input("\x01\x08\x00\x07\x01\x03\x63", 1);	/* a refusal is not held back */
	assert_memory_equal(sent(-1), "\x03\x08\x00\x07\x01\x03\x09", 7);
	answer_request(FSM_CONFIGURE_ACK, 2);
	assert_int_equal(proto.n_sent, 2);
	assert_state(FSM_ACK_RCVD);
	/* our request is acknowledged: nothing is held back any more */
	input("\x01\x09\x00\x07\x01\x03\x05", 3);
	assert_memory_equal(sent(-1), "\x02\x09\x00\x07\x01\x03\x05", 7);
	assert_state(FSM_OPENED);
}

static void does_not_hold_back_for_ever(void **state)
{
	proto.fsm.hold = true;
	start();
	input("\x01\x07\x00\x07\x01\x03\x04", 1);
	input("\x01\x07\x00\x07\x01\x03\x04", 2);
	assert_int_equal(proto.n_sent, 1);
	input("\x01\x07\x00\x07\x01\x03\x04", 3);
	assert_memory_equal(sent(-1), "\x02\x07\x00\x07\x01\x03\x04", 7);
	assert_state(FSM_ACK_SENT);
}

static void lets_go_when_it_is_told_to(void **state)
{
	proto.fsm.hold = true;
	start();
	input("\x01\x07\x00\x07\x01\x03\x04", 1);
	assert_int_equal(proto.n_sent, 1);
	fsm_let_go(&proto.fsm, 2);
	assert_int_equal(proto.n_sent, 2);
	assert_memory_equal(sent(-1), "\x02\x07\x00\x07\x01\x03\x04", 7);
	assert_state(FSM_ACK_SENT);
	fsm_let_go(&proto.fsm, 3);
	assert_int_equal(proto.n_sent, 2);
	/* Nothing is held back any more. */
	input("\x01\x08\x00\x07\x01\x03\x05", 4);
	assert_memory_equal(sent(-1), "\x02\x08\x00\x07\x01\x03\x05", 7);
	answer_request(FSM_CONFIGURE_ACK, 5);
	assert_state(FSM_OPENED);
	assert_null(proto.fsm.talk);
}

static void lets_nothing_go_that_it_does_not_hold(void **state)
{
	proto.fsm.hold = true;
	start();
	fsm_let_go(&proto.fsm, 1);
	assert_int_equal(proto.n_sent, 1);
	assert_state(FSM_REQ_SENT);
	input("\x01\x07\x00\x07\x01\x03\x04", 2);
	assert_memory_equal(sent(-1), "\x02\x07\x00\x07\x01\x03\x04", 7);
}

static void what_it_held_is_forgotten_when_it_goes_down(void **state)
{
	proto.fsm.hold = true;
	start();
	input("\x01\x07\x00\x07\x01\x03\x04", 1);
	fsm_down(&proto.fsm, 2);
	fsm_up(&proto.fsm, 3);
	answer_request(FSM_CONFIGURE_ACK, 4);
	assert_state(FSM_ACK_RCVD);
}

static void terminates_in_good_order(void **state)
{
	open_it();
	fsm_close(&proto.fsm, 10);
	assert_int_equal(proto.downs, 1);
	assert_int_equal(sent(-1)[0], FSM_TERMINATE_REQUEST);
	assert_state(FSM_CLOSING);
	input("\x06\x02\x00\x04", 20);
	assert_state(FSM_CLOSED);
	assert_int_equal(proto.finishes, 1);
	assert_int_equal(proto.cause, FSM_CAUSE_CLOSED);
}

static void terminates_without_an_answer(void **state)
{
	uint64_t now = 10;

	open_it();
	fsm_close(&proto.fsm, now);
	for (unsigned int i = 0; i < 10 && !proto.finishes; i++) {
		now = fsm_deadline(&proto.fsm);
		fsm_tick(&proto.fsm, now);
	}
	assert_int_equal(proto.finishes, 1);
	assert_int_equal(proto.cause, FSM_CAUSE_CLOSED);
	assert_int_equal(now, 10 + 250 + 500);
}

static void the_peer_terminates(void **state)
{
	open_it();
	input("\x05\x21\x00\x07" "bye", 10);
	assert_memory_equal(sent(-1), "\x06\x21\x00\x04", 4);
	assert_int_equal(proto.downs, 1);
	assert_int_equal(proto.finishes, 0);
	/* copies of the Terminate-Request are answered while we wait */
	input("\x05\x21\x00\x07" "bye", 20);
	assert_memory_equal(sent(-1), "\x06\x21\x00\x04", 4);
	fsm_tick(&proto.fsm, fsm_deadline(&proto.fsm));
	assert_int_equal(proto.finishes, 1);
	assert_int_equal(proto.cause, FSM_CAUSE_PEER);
}

static void unknown_codes_are_rejected(void **state)
{
	uint8_t big[1000] = { 77, 3, 1000 >> 8, 1000 & 0xff };

	open_it();
	input("\x4d\x03\x00\x06xy", 2);
	assert_memory_equal(sent(-1), "\x07\x02\x00\x0a\x4d\x03\x00\x06xy", 10);
	assert_state(FSM_OPENED);
	fsm_input(&proto.fsm, big, sizeof(big), 3);
	assert_true(proto.sent_len[proto.n_sent - 1] <= 2 + PPP_MRU_MIN);
	input("\x09\x03\x00\x04", 2);
	assert_int_equal(proto.extras, 1);
}

static void a_code_reject_of_what_we_need_is_the_end(void **state)
{
	open_it();
	input("\x07\x01\x00\x08\x09\x01\x00\x04", 2);
	assert_int_equal(proto.code_rejects, 1);
	assert_state(FSM_OPENED);
	input("\x07\x02\x00\x08\x01\x01\x00\x04", 2);
	assert_int_equal(proto.downs, 1);
	assert_state(FSM_STOPPING);
}

static void a_protocol_reject_is_the_end(void **state)
{
	start();
	fsm_protocol_rejected(&proto.fsm, 2);
	assert_int_equal(proto.finishes, 1);
	assert_int_equal(proto.cause, FSM_CAUSE_REJECTED);
	assert_true(fsm_deadline(&proto.fsm) == NEVER);
}

static void wrong_lengths_are_dropped(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} packets[] = {
		{ "", 0 },
		{ "\x01", 1 },
		{ "\x01\x02\x00", 3 },
		{ "\x01\x02\x00\x03", 4 },			/* shorter than the header */
		{ "\x01\x02\x00\x00", 4 },
		{ "\x01\x02\x00\x05", 4 },			/* longer than the frame */
		{ "\x01\x02\xff\xff\x01\x03\x04", 7 },
		{ "\x01\x02\x00\x05\x01", 5 },			/* half an option */
		{ "\x01\x02\x00\x06\x01\x00", 6 },		/* option of length 0 */
		{ "\x01\x02\x00\x06\x01\x01", 6 },		/* option of length 1 */
		{ "\x01\x02\x00\x07\x01\x04\x04", 7 },		/* option past the end */
		{ "\x01\x02\x00\x07\x01\xff\x04", 7 },
		{ "\x03\x01\x00\x07\x01\x04\x04", 7 },		/* the same in a Nak */
		{ "\x04\x01\x00\x06\x01\x00", 6 },		/* and in a Reject */
		{ "\x07\x01\x00\x04", 4 },			/* Code-Reject of nothing */
	};

	start();
	for (size_t i = 0; i < sizeof(packets) / sizeof(packets[0]); i++) {
		fsm_input(&proto.fsm, (const uint8_t *)packets[i].bytes, packets[i].len, 1);
		assert_int_equal(proto.bads, i + 1);
	}
	assert_int_equal(proto.n_sent, 1);
	assert_state(FSM_REQ_SENT);
	/* octets behind the stated length are padding */
	input("\x01\x02\x00\x07\x01\x03\x04\xde\xad", 1);
	assert_memory_equal(sent(-1), "\x02\x02\x00\x07\x01\x03\x04", 7);
	assert_int_equal(proto.sent_len[proto.n_sent - 1], 9);
}

static void a_request_too_long_to_be_answered_is_dropped(void **state)
{
	uint8_t packet[PPP_MRU_DEFAULT] = { 1, 2, PPP_MRU_DEFAULT >> 8, PPP_MRU_DEFAULT & 0xff };

	/* All options are rejected: the answer is as long as the request. */
	for (size_t i = 4; i + 2 <= sizeof(packet); i += 2) {
		packet[i] = 8;
		packet[i + 1] = 2;
	}
	start();
	fsm_input(&proto.fsm, packet, sizeof(packet), 1);
	assert_int_equal(sent(-1)[0], FSM_CONFIGURE_REJECT);
	assert_int_equal(proto.sent_len[proto.n_sent - 1], PPP_FRAME_MAX);
}

static void packets_before_it_is_up_are_dropped(void **state)
{
	input("\x01\x02\x00\x07\x01\x03\x04", 1);
	fsm_open(&proto.fsm, 2);
	input("\x05\x02\x00\x04", 3);
	assert_int_equal(proto.bads, 2);
	assert_int_equal(proto.n_sent, 0);
}

static void keeps_requests_only_while_they_wait(void **state)
{
	proto.fsm.hold = true;
	assert_null(proto.fsm.talk);
	start();
	assert_non_null(proto.fsm.talk);
	answer_request(FSM_CONFIGURE_ACK, 1);
	assert_null(proto.fsm.talk);
	input("\x01\x07\x00\x07\x01\x03\x04", 2);
	assert_state(FSM_OPENED);
	/* The peer negotiates anew. */
	input("\x01\x08\x00\x07\x01\x03\x05", 3);
	assert_state(FSM_ACK_SENT);
	assert_non_null(proto.fsm.talk);
	fsm_down(&proto.fsm, 4);
	assert_null(proto.fsm.talk);
	/* A request of the peer is held back while the layer closes. */
	fsm_up(&proto.fsm, 5);
	input("\x01\x09\x00\x07\x01\x03\x06", 6);
	fsm_close(&proto.fsm, 7);
	while (fsm_deadline(&proto.fsm) != NEVER)
		fsm_tick(&proto.fsm, fsm_deadline(&proto.fsm));
	assert_state(FSM_CLOSED);
	assert_null(proto.fsm.talk);
}

static void says_that_there_is_no_memory(void **state)
{
	memory_left = 0;
	start();
	memory_left = UINT_MAX;
	assert_int_equal(proto.no_memories, 1);
	assert_int_equal(proto.n_sent, 0);
	/* Packets that come now do no harm. */
	input("\x01\x07\x00\x07\x01\x03\x04", 1);
	input("\x02\x01\x00\x07\x01\x03\x05", 2);
	assert_state(FSM_ACK_SENT);
	/* There is memory again. */
	fsm_tick(&proto.fsm, 250);
	assert_memory_equal(sent(-1), "\x01\x01\x00\x07\x01\x03\x05", 7);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_is_that_of_the_rfc),
		TEST(opens_and_answers_in_kind),
		TEST(retransmits_ever_more_slowly_and_gives_up),
		TEST(takes_a_late_answer_to_the_first_copy),
		TEST(a_far_peer_is_given_time),
		TEST(follows_a_nak_with_a_new_identifier),
		TEST(ignores_answers_that_do_not_belong),
		TEST(naks_a_while_and_then_rejects),
		TEST(rejects_before_it_naks),
		TEST(a_peer_that_always_naks_is_given_up),
		TEST(a_peer_that_always_insists_is_given_up),
		TEST(who_gives_in_may_insist_again),
		TEST(an_owner_may_refuse_to_go_on),
		TEST(a_retransmitted_request_is_acknowledged_again),
		TEST(a_copy_sets_nothing_up_again),
		TEST(repeated_requests_are_answered_at_a_bounded_rate),
		TEST(no_state_answers_requests_without_end),
		TEST(without_reack_it_starts_again),
		TEST(request_that_came_too_early_is_repeated),
		TEST(eager_repeats_its_request_before_the_first_answer),
		TEST(holds_its_ack_back_until_it_has_the_peers),
		TEST(holds_back_the_newest_request_only),
		TEST(does_not_hold_back_for_ever),
		TEST(lets_go_when_it_is_told_to),
		TEST(lets_nothing_go_that_it_does_not_hold),
		TEST(what_it_held_is_forgotten_when_it_goes_down),
		TEST(terminates_in_good_order),
		TEST(terminates_without_an_answer),
		TEST(the_peer_terminates),
		TEST(unknown_codes_are_rejected),
		TEST(a_code_reject_of_what_we_need_is_the_end),
		TEST(a_protocol_reject_is_the_end),
		TEST(wrong_lengths_are_dropped),
		TEST(a_request_too_long_to_be_answered_is_dropped),
		TEST(packets_before_it_is_up_are_dropped),
		TEST(keeps_requests_only_while_they_wait),
		TEST(says_that_there_is_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
