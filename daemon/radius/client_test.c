// SPDX-License-Identifier: GPL-2.0-only
#include "radius/played_world_test.h"

static struct radius_counters *counters(struct world *w, unsigned int server)
{
	return &w->servers[server].counters;
}

/* --- one server ------------------------------------------------------------------------------ */

static void a_question_and_its_answer(void **state)
{
	struct world *w = *state;

	ask(w, 1);
	expect(w, ">a");
	assert_int_equal(w->servers[0].under_way, 1);
	pass(w, 20);
	reply(w, 0);
	expect(w, "signed(a) +1");
	assert_int_equal(w->requests[1].code, RADIUS_ACCESS_ACCEPT);
	assert_int_equal(w->servers[0].under_way, 0);
	assert_int_equal(radius_client_next(&w->client), NEVER);
	assert_in_range(radius_rtt_quantile(&w->servers[0].rtt, 50, 60000, w->now), 20, 22);
	assert_int_equal(counters(w, 0)->sent, 1);
	assert_int_equal(counters(w, 0)->answered, 1);
}

static void all_answers_to_a_login(void **state)
{
	static const enum radius_code codes[] = {
		RADIUS_ACCESS_ACCEPT, RADIUS_ACCESS_REJECT, RADIUS_ACCESS_CHALLENGE,
	};
	struct world *w = *state;

	for (unsigned int i = 0; i < 3; i++) {
		ask(w, i);
		reply_how(w, i, codes[i], REPLY_SIGNED);
		assert_true(w->requests[i].answered);
		assert_int_equal(w->requests[i].code, codes[i]);
	}
}

/* RFC 5080 section 2.2.1, with a tenth of jitter. */
static void retransmissions_are_the_same_octets(void **state)
{
	static const unsigned int waits[] = { 1000, 2000, 4000, 4000, 4000, 4000 };
	struct world *w = *state;

	w->group.n = 1;
	w->configs[0].dead_after = 100;
	ask(w, 1);
	pass(w, 60000);
	expect(w, ">a >>a >>a >>a >>a >>a -1");
	assert_int_equal(w->requests[1].outcome, RADIUS_NO_ANSWER);
	for (unsigned int i = 0; i < 6; i++) {
		uint64_t next = i < 5 ? w->packets[i + 1].at : w->requests[1].at;
		uint64_t wait = next - w->packets[i].at;

		/* a doubled wait has the jitter of that before, too */
		assert_in_range(wait, waits[i] * 8 / 10, waits[i] * 12 / 10);
		assert_int_equal(w->packets[i].len, w->packets[0].len);
		assert_memory_equal(w->packets[i].octets, w->packets[0].octets, w->packets[0].len);
	}
	assert_int_equal(counters(w, 0)->sent, 6);
	assert_int_equal(counters(w, 0)->retransmitted, 5);
	assert_int_equal(counters(w, 0)->lost, 6);
}

static void waits_have_jitter(void **state)
{
	struct world *w = *state;
	uint64_t least = NEVER, most = 0;

	w->group.n = 1;
	for (unsigned int i = 0; i < 100; i++) {
		ask(w, i);
		least = earlier(least, w->requests[i].request.due.at - w->now);
		if (w->requests[i].request.due.at - w->now > most)
			most = w->requests[i].request.due.at - w->now;
	}
	assert_in_range(least, 900, 930);
	assert_in_range(most, 1070, 1100);
}

static void it_ends_in_time(void **state)
{
	struct world *w = *state;
	uint64_t begun = w->now;

	w->group.n = 1;
	w->group.patience.mrc = 0;
	w->group.patience.mrd_ms = 9500;
	ask(w, 1);
	pass(w, 60000);
	expect(w, ">a >>a >>a dead(a) >>a -1 >a? >a? >a? >a? >a? >a? >a? >a? >a? >a?");
	assert_int_equal(w->requests[1].at, begun + 9500);
}

static void the_answer_to_a_retransmission(void **state)
{
	struct world *w = *state;

	w->group.n = 1;
	ask(w, 1);
	pass(w, 1500);
	reply(w, 1);
	expect(w, ">a >>a signed(a) +1");
	/* and the one to the first copy comes, too */
	reply(w, 0);
	expect(w, "");
	assert_int_equal(counters(w, 0)->doubled, 1);
	assert_int_equal(counters(w, 0)->answered, 1);
}

/* --- identifiers, window and line ------------------------------------------------------------ */

static void identifiers_are_used_in_turn(void **state)
{
	struct world *w = *state;
	bool seen[4][RADIUS_IDS] = { { false } };

	w->quiet = true;
	for (unsigned int i = 0; i < 4 * RADIUS_IDS; i++) {
		const struct played_packet *p = &w->packets[i];

		ask(w, 1);
		reply(w, i);
		assert_false(seen[p->port][p->octets[1]]);
		seen[p->port][p->octets[1]] = true;
	}
	ask(w, 1);
	assert_int_equal(w->packets[4 * RADIUS_IDS].port, w->packets[0].port);
	assert_int_equal(w->packets[4 * RADIUS_IDS].octets[1], w->packets[0].octets[1]);
}

static void a_window_and_a_line(void **state)
{
	struct world *w = *state;

	w->group.n = 1;
	w->configs[0].window = 2;
	w->configs[0].line_max = 2;
	for (unsigned int i = 0; i < 4; i++)
		ask(w, i);
	expect(w, ">a >a");
	assert_int_equal(w->servers[0].under_way, 2);
	assert_int_equal(w->servers[0].in_line, 2);
	assert_int_equal(radius_client_send(&w->client, world_request(w, 4), &w->group, w->now),
			 RADIUS_NO_ROOM);
	assert_int_equal(counters(w, 0)->refused_line, 1);
	reply(w, 1);
	expect(w, "signed(a) >a +1");
	radius_client_cancel(&w->requests[0].request, w->now);
	expect(w, ">a");
	assert_int_equal(w->servers[0].in_line, 0);
	reply(w, 2);
	reply(w, 3);
	expect(w, "+2 +3");
}

static void who_waits_in_line_gives_up_in_time(void **state)
{
	struct world *w = *state;

	w->group.n = 1;
	w->configs[0].window = 1;
	w->configs[0].dead_after = 100;
	w->group.patience.mrd_ms = 5000;
	w->group.patience.mrc = 0;
	ask(w, 1);
	pass(w, 1);
	ask(w, 2);
	ask(w, 3);
	radius_client_cancel(&w->requests[3].request, w->now);
	pass(w, 4998);
	expect(w, ">a >>a >>a");
	pass(w, 10);
	/* the first one ends, and so does the second one, which has just been sent */
	expect(w, ">a -1 -2");
	assert_int_equal(w->servers[0].under_way + w->servers[0].in_line, 0);
}

static void a_line_is_left_in_time(void **state)
{
	struct world *w = *state;
	struct radius_group patient = w->group;

	patient.n = w->group.n = 1;
	patient.patience.mrd_ms = 0;
	patient.patience.mrc = 0;
	w->configs[0].window = 1;
	w->configs[0].dead_after = 100;
	w->group.patience.mrd_ms = 2500;
	radius_client_send(&w->client, world_request(w, 1), &patient, w->now);
	ask(w, 2);
	pass(w, 2499);
	expect(w, ">a >>a");
	pass(w, 1);
	expect(w, "-2");
	assert_int_equal(w->servers[0].in_line, 0);
}

/* Who finds no place at the first server asks the next one. */
static void there_may_be_room_elsewhere(void **state)
{
	struct world *w = *state;

	w->group.n = 2;
	for (unsigned int i = 0; i < 2; i++) {
		w->configs[i].window = 1;
		w->configs[i].line_max = 1;
	}
	for (unsigned int i = 0; i < 4; i++)
		ask(w, i);
	expect(w, ">a >b");
	assert_int_equal(radius_client_send(&w->client, world_request(w, 4), &w->group, w->now),
			 RADIUS_NO_ROOM);
	assert_int_equal(w->servers[0].in_line + w->servers[1].in_line, 2);
}

static void as_many_as_there_are_identifiers(void **state)
{
	struct world *w = *state;
	unsigned int n;

	w->quiet = true;
	w->configs[0].ports = 2;
	w->configs[0].window = n = radius_window_max(2);
	for (unsigned int i = 0; i < n + 1; i++) {
		world_request(w, i)->ages = true;
		w->requests[i].request.code = RADIUS_ACCOUNTING_REQUEST;
		ask(w, i);
	}
	assert_int_equal(w->servers[0].in_line, 1);
	w->group.n = 1;
	pass(w, 13000);		/* each has two identifiers, the probe as well; some take a third */
	for (unsigned int i = 0; i < n; i++)
		assert_false(w->requests[i].answered);
	for (unsigned int i = 0; i < n; i++)
		radius_client_cancel(&w->requests[i].request, w->now);
	assert_int_equal(w->servers[0].in_line, 0);
	assert_int_equal(w->servers[0].under_way, 1);
	assert_int_equal(n, 254);
}

/* A record that only found no identifier is not one that cannot be sent. */
static void a_window_that_is_too_large(void **state)
{
	struct world *w = *state;
	unsigned int failed = 0;

	w->quiet = true;
	w->group.n = 1;
	w->configs[0].ports = 1;
	for (unsigned int i = 0; i < 200; i++) {
		world_request(w, i)->ages = true;
		w->requests[i].request.code = RADIUS_ACCOUNTING_REQUEST;
		ask(w, i);
	}
	pass(w, 1500);
	for (unsigned int i = 0; i < 200; i++) {
		if (!w->requests[i].answered)
			continue;
		assert_int_equal(w->requests[i].outcome, RADIUS_NO_ROOM);
		failed++;
	}
	assert_true(failed > 0);
}

static void a_request_that_does_not_fit(void **state)
{
	struct world *w = *state;

	w->filler = 253;
	world_request(w, 1)->size = 100;
	assert_int_equal(radius_client_send(&w->client, &w->requests[1].request, &w->group, w->now),
			 RADIUS_TOO_LONG);
	expect(w, "");
	assert_int_equal(w->servers[0].under_way, 0);
	assert_int_equal(radius_client_next(&w->client), NEVER);

	/* one that has waited in line is told */
	w->configs[0].window = 1;
	ask(w, 2);
	ask(w, 1);
	reply(w, 0);
	pass(w, 0);
	expect(w, ">a signed(a) +2 !1");
	assert_int_equal(w->requests[1].outcome, RADIUS_TOO_LONG);
}

/* --- accounting ------------------------------------------------------------------------------ */

static void account(struct world *w, unsigned int number)
{
	struct radius_request *rq = world_request(w, number);

	rq->code = RADIUS_ACCOUNTING_REQUEST;
	rq->ages = true;
	rq->since = w->now - 3000;
	ask(w, number);
}

static uint32_t delay_of(const struct world *w, unsigned int packet)
{
	struct radius_iterator it;
	struct radius_attribute a;
	struct radius_packet p;

	assert_int_equal(radius_parse(&p, w->packets[packet].octets, w->packets[packet].len),
			 RADIUS_SOUND);
	assert_int_equal(radius_check_request(&p, w->packets[packet].server->config->secret),
			 RADIUS_SOUND);
	for (it = radius_attributes(&p); radius_next(&it, &a);)
		if (a.type == RADIUS_ACCT_DELAY_TIME)
			return a.value[3];
	return UINT32_MAX;
}

static void what_ages_is_written_anew(void **state)
{
	struct world *w = *state;

	w->group.n = 1;
	w->configs[0].dead_after = 100;
	account(w, 1);
	pass(w, 4000);
	expect(w, ">a >a >a");
	assert_int_equal(delay_of(w, 0), 3);
	assert_in_range(delay_of(w, 1), 3, 4);
	assert_in_range(delay_of(w, 2), 5, 6);
	assert_true(w->packets[0].port != w->packets[1].port ||
		    w->packets[0].octets[1] != w->packets[1].octets[1]);
	assert_memory_not_equal(w->packets[0].octets + 4, w->packets[2].octets + 4, 16);
	/* an answer to the last transmission but one counts, one to the first is too late */
	reply_how(w, 0, RADIUS_ACCOUNTING_RESPONSE, 0);
	expect(w, "");
	assert_int_equal(counters(w, 0)->late, 1);
	reply_how(w, 1, RADIUS_ACCOUNTING_RESPONSE, 0);
	expect(w, "+1");
	reply_how(w, 2, RADIUS_ACCOUNTING_RESPONSE, 0);
	expect(w, "");
	assert_int_equal(counters(w, 0)->doubled, 1);
}

static void accounting_may_be_patient_for_ever(void **state)
{
	struct world *w = *state;

	w->group.n = 1;
	w->quiet = true;
	w->group.patience = (struct radius_patience){ .irt_ms = 2000, .mrt_ms = 16000 };
	account(w, 1);
	pass(w, 3600000);
	assert_false(w->requests[1].answered);
	for (unsigned int i = w->n_packets; !w->requests[1].answered; i--)
		if (w->packets[i - 1].octets[0] == RADIUS_ACCOUNTING_REQUEST)
			reply_how(w, i - 1, RADIUS_ACCOUNTING_RESPONSE, 0);
	assert_int_equal(w->servers[0].state, RADIUS_UP);
}

/* --- failover -------------------------------------------------------------------------------- */

static void what_vanishes_costs_one_retransmission(void **state)
{
	struct world *w = *state;

	ask(w, 1);
	pass(w, 1100);
	expect(w, ">a >b");
	reply(w, 1);
	expect(w, "signed(b) +1");
	assert_int_equal(counters(w, 0)->moved, 1);
	assert_int_equal(w->servers[0].state, RADIUS_UP);
}

static void a_lost_packet_is_no_reason_to_go(void **state)
{
	struct world *w = *state;

	ask(w, 1);
	pass(w, 100);
	ask(w, 2);
	reply(w, 1);
	pass(w, 1100);
	expect(w, ">a >a signed(a) +2 >>a");
	assert_int_equal(w->servers[0].silences, 0);
}

/* Both are well, but each answers when the first wait is over and the request has moved on. */
static void servers_may_be_slower_than_the_first_wait(void **state)
{
	struct world *w = *state;

	w->group.n = 2;
	ask(w, 1);
	for (unsigned int i = 0; i < w->n_packets && !w->requests[1].answered; i++) {
		pass(w, w->packets[i].at + 1500 - w->now);
		reply(w, i);
	}
	expect(w, ">a >b >a signed(a) +1");
	assert_int_equal(w->requests[1].outcome, RADIUS_ANSWERED);
}

static void the_dead_are_left_at_once(void **state)
{
	struct world *w = *state;

	w->quiet = true;
	w->configs[0].window = 50;
	for (unsigned int i = 0; i < 100; i++)
		ask(w, i);
	pass(w, 900);
	assert_int_equal(w->servers[0].state, RADIUS_UP);
	pass(w, 100);
	assert_int_equal(w->servers[0].state, RADIUS_DEAD);
	assert_int_equal(w->servers[0].under_way + w->servers[0].in_line, 0);
	assert_int_equal(w->servers[1].under_way, 100);
	for (unsigned int i = 50; i < w->n_packets; i++)
		if (w->packets[i].server == &w->servers[1])
			reply(w, i);
	for (unsigned int i = 0; i < 100; i++)
		assert_int_equal(w->requests[i].outcome, RADIUS_ANSWERED);
	/* who comes now asks the second server first */
	ask(w, 1);
	assert_ptr_equal(w->packets[w->n_packets - 1].server, &w->servers[1]);
}

/* However many there are, one call deals with a few. */
static void long_work_goes_in_slices(void **state)
{
	struct world *w = *state;

	w->quiet = true;
	for (unsigned int i = 0; i < 200; i++)
		ask(w, i);
	w->now += 1100;
	radius_client_timeout(&w->client, w->now);
	assert_in_range(w->n_packets, 200, 200 + RADIUS_SLICE);
	assert_true(radius_client_next(&w->client) <= w->now);
	pass(w, 0);
	assert_int_equal(w->n_packets, 400);
}

/* Kills the first server. */
static void kill_first(struct world *w)
{
	w->configs[0].dead_after = 1;
	ask(w, 1);
	pass(w, 1100);
	expect(w, ">a dead(a) >b");
	reply(w, w->n_packets - 1);
	expect(w, "signed(b) +1");
}

static void a_probe_revives(void **state)
{
	struct world *w = *state;
	unsigned int probe;

	kill_first(w);
	pass(w, 5600);
	expect(w, ">a?");
	probe = w->n_packets - 1;
	pass(w, 5500);
	expect(w, ">a?");
	/* authentic answers alone, of the right kind */
	reply_how(w, probe, RADIUS_ACCESS_ACCEPT, REPLY_SIGNED | REPLY_OTHER_SECRET);
	reply_how(w, probe, RADIUS_ACCESS_REJECT, REPLY_SIGNED);
	reply_how(w, probe, RADIUS_ACCOUNTING_RESPONSE, 0);
	assert_int_equal(w->servers[0].state, RADIUS_DEAD);
	expect(w, "not-authentic(a)");
	/* the one before the last counts, too, and needs no signature */
	reply_how(w, probe, RADIUS_ACCESS_ACCEPT, 0);
	expect(w, "alive(a)");
	assert_int_equal(radius_client_next(&w->client), NEVER);
	reply_how(w, probe + 1, RADIUS_ACCESS_ACCEPT, 0);
	expect(w, "");
	ask(w, 1);
	expect(w, ">a");
}

static void accounting_answers_probes_in_its_way(void **state)
{
	struct world *w = *state;

	w->configs[0].accounting = true;
	kill_first(w);
	pass(w, 5600);
	expect(w, ">a?");
	reply_how(w, w->n_packets - 1, RADIUS_ACCESS_ACCEPT, REPLY_SIGNED);
	expect(w, "wrong-code(a)");
	reply_how(w, w->n_packets - 1, RADIUS_ACCOUNTING_RESPONSE, 0);
	expect(w, "alive(a)");
}

static void a_trial_revives(void **state)
{
	struct world *w = *state;

	w->configs[0].probe_ms = 0;
	w->configs[0].dead_ms = 10000;
	kill_first(w);
	pass(w, 5000);
	ask(w, 2);
	expect(w, ">b");
	reply(w, w->n_packets - 1);
	expect(w, "+2");
	pass(w, 5000);
	ask(w, 3);
	ask(w, 4);
	expect(w, ">a >b");	/* one of those that come */
	assert_int_equal(w->servers[0].state, RADIUS_ON_TRIAL);
	reply(w, w->n_packets - 2);
	expect(w, "signed(a) alive(a) +3");
	ask(w, 5);
	expect(w, ">a");
}

static void a_trial_fails(void **state)
{
	struct world *w = *state;

	w->configs[0].probe_ms = 0;
	w->configs[0].dead_ms = 10000;
	kill_first(w);
	pass(w, 10000);
	ask(w, 2);
	expect(w, ">a");
	pass(w, 1100);
	expect(w, ">b");
	assert_int_equal(w->servers[0].state, RADIUS_DEAD);
	pass(w, 100);
	ask(w, 3);
	expect(w, ">b");
	/* one that is cancelled says nothing: the next one is the trial */
	pass(w, 10000);
	w->log[0] = '\0';
	ask(w, 4);
	radius_client_cancel(&w->requests[4].request, w->now);
	ask(w, 5);
	expect(w, ">a >a");
}

/* A dead server gets one request again, but nobody waits in its line while others live. */
static void a_trial_waits_for_room(void **state)
{
	struct world *w = *state;

	w->group.n = 2;
	w->configs[0].window = 1;
	w->configs[0].dead_after = 1;
	w->configs[0].probe_ms = 0;
	w->configs[0].dead_ms = 5000;
	world_request(w, 9)->only = &w->servers[0];
	ask(w, 9);
	pass(w, 6600);
	w->log[0] = '\0';
	assert_int_equal(w->servers[0].state, RADIUS_DEAD);
	ask(w, 1);
	ask(w, 2);
	expect(w, ">b >b");
	assert_int_equal(w->servers[0].in_line, 0);
	radius_client_cancel(&w->requests[9].request, w->now);
	ask(w, 3);
	ask(w, 4);
	expect(w, ">a >b");
	assert_ptr_equal(w->servers[0].trial, &w->requests[3].request);
}

static void if_all_are_dead_they_are_asked_in_turn(void **state)
{
	struct world *w = *state;

	for (unsigned int i = 0; i < 3; i++) {
		w->configs[i].dead_after = 1;
		w->configs[i].probe_ms = 0;
	}
	ask(w, 1);
	pass(w, 60000);
	expect(w, ">a dead(a) >b dead(b) >c dead(c) >a >b >c -1");
	ask(w, 2);
	reply(w, w->n_packets - 1);
	expect(w, ">a signed(a) alive(a) +2");
}

/* Two servers are dead; a request waits for the second one, for long, and the first is probed. */
static void wait_at_the_second(struct world *w)
{
	w->group.n = 2;
	w->group.patience = (struct radius_patience){ .irt_ms = 2000 };
	for (unsigned int i = 0; i < 2; i++)
		w->configs[i].dead_after = 1;
	w->configs[0].probe_ms = 8000;
	w->configs[1].probe_ms = 0;
	ask(w, 1);
	pass(w, 11200);
	expect(w, ">a dead(a) >b dead(b) >a >b >a?");
}

static void who_waits_at_the_dead_goes_to_who_returns(void **state)
{
	struct world *w = *state;

	wait_at_the_second(w);
	reply(w, w->n_packets - 1);
	expect(w, "alive(a)");
	pass(w, 0);
	expect(w, ">a");
	reply(w, w->n_packets - 1);
	expect(w, "signed(a) +1");
}

static void a_trial_is_not_called_off(void **state)
{
	struct world *w = *state;

	w->configs[1].dead_ms = 1000;
	wait_at_the_second(w);
	assert_int_equal(w->servers[1].state, RADIUS_ON_TRIAL);
	reply(w, w->n_packets - 1);
	pass(w, 0);
	expect(w, "alive(a)");
	reply(w, w->n_packets - 2);
	expect(w, "signed(b) alive(b) +1");
}

/* Those that had no turn yet stay: their answers are on the way. */
static void who_returns_keeps_what_has_not_left(void **state)
{
	struct world *w = *state;
	unsigned int i = 0;

	w->quiet = true;
	w->group.n = 2;
	for (unsigned int k = 0; k < 100; k++)
		ask(w, k);
	w->now += 1100;
	radius_client_timeout(&w->client, w->now);
	assert_int_equal(w->servers[0].state, RADIUS_DEAD);
	assert_int_equal(w->servers[0].under_way, 100 - RADIUS_SLICE);
	while (w->requests[i].request.server != &w->servers[0])
		i++;
	reply(w, i);
	assert_int_equal(w->servers[0].state, RADIUS_UP);
	pass(w, 0);
	assert_int_equal(w->servers[0].under_way, 100 - RADIUS_SLICE - 1);
	assert_int_equal(counters(w, 0)->moved, RADIUS_SLICE);
}

/* Settings change, and the server does not: its state goes over to another structure. */
static void what_is_known_of_a_server_goes_over(void **state)
{
	struct world *w = *state;
	struct radius_server heir;
	struct radius_slot *slots = calloc(RADIUS_PORTS_MAX * RADIUS_IDS, sizeof(*slots));

	assert_non_null(slots);
	ask(w, 1);
	reply(w, 0);
	expect(w, ">a signed(a) +1");
	kill_first(w);
	radius_server_init(&heir, &w->configs[0], slots);
	radius_server_inherit(&heir, &w->servers[0]);
	assert_int_equal(heir.state, RADIUS_DEAD);
	assert_int_equal(heir.since, w->servers[0].since);
	assert_true(heir.signs);
	assert_int_equal(heir.counters.answered, 1);
	assert_int_equal(radius_rtt_count(&heir.rtt, 60000, w->now), 1);
	assert_int_equal(heir.probe_at, w->servers[0].probe_at);
	assert_int_equal(heir.under_way, 0);
	/* a trial is over, and the next request will be one */
	w->servers[0].state = RADIUS_ON_TRIAL;
	radius_server_inherit(&heir, &w->servers[0]);
	assert_int_equal(heir.state, RADIUS_DEAD);
	/* who was not probed there is probed here, if that is wanted now */
	w->servers[0].probe_at = NEVER;
	radius_server_inherit(&heir, &w->servers[0]);
	assert_int_equal(heir.probe_at, w->servers[0].trial_at);
	w->configs[0].probe_ms = 0;
	radius_server_init(&heir, &w->configs[0], slots);
	radius_server_inherit(&heir, &w->servers[0]);
	assert_int_equal(heir.probe_at, NEVER);
	free(slots);
}

static void some_requests_ask_one_server_only(void **state)
{
	struct world *w = *state;

	w->configs[1].dead_after = 1;
	w->configs[1].probe_ms = 0;
	world_request(w, 1)->only = &w->servers[1];
	ask(w, 1);
	pass(w, 2500);
	expect(w, ">b dead(b) >>b");
	reply(w, 0);
	expect(w, "signed(b) alive(b) +1");
}

static void a_server_that_comes_and_goes(void **state)
{
	static const unsigned int probes_at[] = { 5000, 10000, 20000, 40000, 60000, 60000 };
	struct world *w = *state;

	w->quiet = true;
	w->configs[0].dead_after = 1;
	for (unsigned int i = 0; i < 6; i++) {
		ask(w, 1);
		pass(w, 1100);
		assert_int_equal(w->servers[0].state, RADIUS_DEAD);
		reply(w, w->n_packets - 1);
		assert_in_range(w->servers[0].probe_at - w->servers[0].since, probes_at[i] * 9 / 10,
				probes_at[i] * 11 / 10);
		pass(w, w->servers[0].probe_at - w->now);
		reply(w, w->n_packets - 1);
		assert_int_equal(w->servers[0].state, RADIUS_UP);
	}
	/* it recovers from that, too */
	pass(w, 60000);
	ask(w, 1);
	pass(w, 1100);
	assert_int_equal(w->servers[0].relapses, 0);
}

/* A request that had waited in line, and was sent just before its time was over. */
static void a_short_wait_is_no_silence(void **state)
{
	struct world *w = *state;

	w->group.patience = (struct radius_patience){ .irt_ms = 10000, .mrd_ms = 3000 };
	w->configs[0].window = 1;
	w->configs[0].dead_after = 1;
	ask(w, 1);
	ask(w, 2);
	pass(w, 2900);
	reply(w, 0);
	expect(w, ">a signed(a) >a +1");
	pass(w, 200);
	expect(w, "-2");
	assert_int_equal(w->servers[0].state, RADIUS_UP);
}

/* A request keeps its place at a dead server if there is none elsewhere. */
static void no_place_is_given_up_for_none(void **state)
{
	struct world *w = *state;

	w->group.n = 2;
	w->configs[0].dead_after = 1;
	w->configs[0].probe_ms = 0;
	w->configs[1].dead_after = 100;
	w->configs[1].window = 1;
	w->configs[1].line_max = 0;
	world_request(w, 9)->only = &w->servers[1];
	ask(w, 9);
	ask(w, 1);
	w->log[0] = '\0';
	pass(w, 1500);
	expect(w, ">>b dead(a) >>a");
	assert_false(w->requests[1].answered);
}

/* One server after the other dies before those that were to go there have gone. */
static void nowhere_to_go_to(void **state)
{
	struct world *w = *state;

	w->group.n = 2;
	for (unsigned int i = 0; i < 2; i++) {
		w->configs[i].dead_after = 1;
		w->configs[i].probe_ms = 0;
	}
	w->configs[0].window = 2;
	w->configs[1].window = 1;
	world_request(w, 9)->only = &w->servers[1];
	for (unsigned int i = 0; i < 4; i++)
		ask(w, i);		/* two under way, two in line */
	pass(w, 300);
	ask(w, 9);
	expect(w, ">a >a >b");
	w->now += 5000;
	w->quiet = true;
	radius_client_timeout(&w->client, w->now);
	assert_int_equal(w->servers[0].state, RADIUS_DEAD);
	assert_int_equal(w->servers[1].state, RADIUS_DEAD);
	pass(w, 60000);
	for (unsigned int i = 0; i < 4; i++)
		assert_int_equal(w->requests[i].outcome, RADIUS_NO_ANSWER);
	assert_true(w->requests[3].answered && w->requests[9].answered);
}

static void what_no_longer_fits(void **state)
{
	struct world *w = *state;

	w->configs[0].dead_after = 1;
	w->group.n = 1;
	world_request(w, 1)->size = 100;
	w->requests[1].request.code = RADIUS_ACCOUNTING_REQUEST;
	w->requests[1].request.ages = true;
	ask(w, 1);
	w->filler = RADIUS_PROBE_MAX;
	pass(w, 7000);
	/* neither the request nor the probe */
	expect(w, ">a dead(a) !1");
	w->filler = 0;
	pass(w, 5500);
	expect(w, ">a?");
}

/* --- weights --------------------------------------------------------------------------------- */

static unsigned int packets_to(const struct world *w, unsigned int server)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < w->n_packets; i++)
		n += w->packets[i].server == &w->servers[server];
	return n;
}

static void weights_share_the_load(void **state)
{
	struct world *w = *state;

	w->quiet = true;
	w->group.weighted = true;
	w->configs[0].weight = 3;
	w->configs[1].weight = 1;
	w->configs[2].weight = 0;
	for (unsigned int i = 0; i < 800; i++) {
		ask(w, 1);
		reply(w, i);
	}
	assert_in_range(packets_to(w, 0), 560, 640);
	assert_int_equal(packets_to(w, 0) + packets_to(w, 1), 800);
}

static void no_weight_is_for_need(void **state)
{
	struct world *w = *state;

	w->group.weighted = true;
	w->configs[0].weight = 0;
	w->configs[1].weight = 0;
	w->configs[2].window = 1;
	w->configs[2].dead_after = 1;
	ask(w, 1);
	ask(w, 2);
	expect(w, ">c");
	assert_int_equal(w->servers[2].in_line, 1);
	pass(w, 1100);
	assert_int_equal(w->servers[2].state, RADIUS_DEAD);
	assert_int_equal(w->servers[0].under_way + w->servers[1].under_way, 2);
}

static void room_goes_before_weight(void **state)
{
	struct world *w = *state;

	w->group.weighted = true;
	w->configs[0].weight = 100000;
	w->configs[0].window = 1;
	w->configs[2].weight = 0;
	w->quiet = true;
	for (unsigned int i = 0; i < 5; i++)
		ask(w, i);
	assert_int_equal(w->servers[0].under_way, 1);
	assert_int_equal(w->servers[1].under_way, 4);
}

/* --- Message-Authenticator ------------------------------------------------------------------- */

static void auto_demands_what_was_there(void **state)
{
	struct world *w = *state;

	/* as Debian 12's FreeRADIUS: EAP is signed, PAP is not */
	ask(w, 1);
	reply_how(w, 0, RADIUS_ACCESS_CHALLENGE, REPLY_SIGNED | REPLY_EAP);
	ask(w, 2);
	reply_how(w, 1, RADIUS_ACCESS_ACCEPT, 0);
	ask(w, 3);
	reply_how(w, 2, RADIUS_ACCESS_ACCEPT, 0);
	expect(w, ">a +1 >a unsigned(a) +2 >a +3");
	/* then it is updated */
	ask(w, 4);
	reply_how(w, 3, RADIUS_ACCESS_ACCEPT, REPLY_SIGNED);
	expect(w, ">a signed(a) +4");
	ask(w, 5);
	reply_how(w, 4, RADIUS_ACCESS_ACCEPT, 0);
	expect(w, ">a not-signed(a)");
	assert_int_equal(counters(w, 0)->unsigned_replies, 1);
	reply_how(w, 4, RADIUS_ACCESS_REJECT, REPLY_SIGNED);
	expect(w, "+5");
}

static void yes_demands_it_always(void **state)
{
	struct world *w = *state;

	w->configs[0].require = RADIUS_REQUIRE_YES;
	ask(w, 1);
	reply_how(w, 0, RADIUS_ACCESS_ACCEPT, 0);
	expect(w, ">a not-signed(a)");
	assert_int_equal(counters(w, 0)->unsigned_replies, 1);
	reply_how(w, 0, RADIUS_ACCESS_ACCEPT, REPLY_SIGNED);
	expect(w, "signed(a) +1");
}

static void no_never_does_but_checks_it(void **state)
{
	struct world *w = *state;

	w->configs[0].require = RADIUS_REQUIRE_NO;
	ask(w, 1);
	reply_how(w, 0, RADIUS_ACCESS_ACCEPT, REPLY_SIGNED);
	ask(w, 2);
	reply_how(w, 1, RADIUS_ACCESS_ACCEPT, REPLY_SIGNED | REPLY_BAD_SIGNATURE);
	expect(w, ">a signed(a) +1 >a not-authentic(a)");
	assert_int_equal(counters(w, 0)->bad_signature, 1);
	reply_how(w, 1, RADIUS_ACCESS_ACCEPT, 0);
	expect(w, "+2");
}

/* Blast-RADIUS: a forger leaves EAP-Message out, and nothing in the reply asks for a signature. */
static void who_comes_by_eap_is_not_let_in_without_it(void **state)
{
	struct world *w = *state;

	w->eap = true;
	for (unsigned int i = RADIUS_REQUIRE_AUTO; i <= RADIUS_REQUIRE_NO; i++) {
		w->configs[0].require = (enum radius_require)i;
		ask(w, i);
		reply_how(w, i, RADIUS_ACCESS_ACCEPT, 0);
		reply_how(w, i, RADIUS_ACCESS_CHALLENGE, 0);
		assert_false(w->requests[i].answered);
		assert_int_equal(counters(w, 0)->unsigned_replies, 2 * (i + 1));
		/* a Reject lets nobody in; some servers make one of their own, without EAP */
		reply_how(w, i, RADIUS_ACCESS_REJECT, i == RADIUS_REQUIRE_YES ? REPLY_SIGNED : 0);
		assert_int_equal(w->requests[i].code, RADIUS_ACCESS_REJECT);
	}
	expect(w, ">a not-signed(a) unsigned(a) +0 >a signed(a) +1 >a +2");
	ask(w, 9);
	reply_how(w, w->n_packets - 1, RADIUS_ACCESS_ACCEPT, REPLY_SIGNED | REPLY_EAP);
	expect(w, ">a +9");
}

static void accounting_needs_none(void **state)
{
	struct world *w = *state;

	w->configs[0].require = RADIUS_REQUIRE_YES;
	account(w, 1);
	reply_how(w, 0, RADIUS_ACCOUNTING_RESPONSE, 0);
	expect(w, ">a +1");
}

/* --- what is not believed -------------------------------------------------------------------- */

static void nothing_that_is_not_authentic_counts(void **state)
{
	struct world *w = *state;
	uint8_t buf[RADIUS_PACKET_MAX];
	struct radius_server before;
	size_t len;

	ask(w, 1);
	expect(w, ">a");
	pass(w, 10);
	before = w->servers[0];
	/* another secret; EAP that is not signed; a code that is no answer */
	reply_how(w, 0, RADIUS_ACCESS_ACCEPT, REPLY_SIGNED | REPLY_OTHER_SECRET);
	reply_how(w, 0, RADIUS_ACCESS_CHALLENGE, REPLY_EAP);
	reply_how(w, 0, RADIUS_ACCOUNTING_RESPONSE, 0);
	reply_how(w, 0, RADIUS_COA_ACK, REPLY_SIGNED);
	/* from another port, another server, and to an identifier that was never used */
	len = make_reply(w, 0, RADIUS_ACCESS_ACCEPT, REPLY_SIGNED, buf);
	radius_client_received(&w->client, &w->servers[0], 1, buf, len, w->now);
	radius_client_received(&w->client, &w->servers[0], 99, buf, len, w->now);
	radius_client_received(&w->client, &w->servers[1], 0, buf, len, w->now);
	/* cut short, and our own request sent back to us */
	radius_client_received(&w->client, &w->servers[0], 0, buf, len - 1, w->now);
	radius_client_received(&w->client, &w->servers[0], 0, NULL, 0, w->now);
	radius_client_received(&w->client, &w->servers[0], 0, w->packets[0].octets,
			       w->packets[0].len, w->now);
	for (size_t bit = 0; bit < len * 8; bit++) {
		buf[bit / 8] ^= 1 << bit % 8;
		radius_client_received(&w->client, &w->servers[0], 0, buf, len, w->now);
		buf[bit / 8] ^= 1 << bit % 8;
	}
	expect(w, "not-authentic(a)");
	assert_int_equal(counters(w, 1)->stray, 1);
	assert_true(counters(w, 0)->malformed > 0);
	assert_true(counters(w, 0)->bad_authenticator > 0);
	assert_int_equal(counters(w, 0)->bad_code, 2);
	assert_int_equal(counters(w, 0)->unsigned_replies, 1);
	/* but for counters and complaints nothing has changed */
	before.counters = w->servers[0].counters;
	before.complained = w->servers[0].complained;
	before.complained_at = w->servers[0].complained_at;
	assert_memory_equal(&before, &w->servers[0], sizeof(before));
	radius_client_received(&w->client, &w->servers[0], 0, buf, len, w->now);
	expect(w, "signed(a) +1");
}

/* A wrong secret is told once a minute, however many replies there are. */
static void complaints_are_rare(void **state)
{
	struct world *w = *state;

	w->group.n = 1;
	w->group.patience = (struct radius_patience){ .irt_ms = 200000 };
	ask(w, 1);
	expect(w, ">a");
	for (int i = 0; i < 120; i++) {
		reply_how(w, 0, RADIUS_ACCESS_ACCEPT, REPLY_SIGNED | REPLY_OTHER_SECRET);
		reply_how(w, 0, RADIUS_ACCESS_ACCEPT, REPLY_EAP);
		pass(w, 1000);
	}
	expect(w, "not-authentic(a) not-authentic(a)");
	assert_int_equal(counters(w, 0)->bad_authenticator, 120);
	assert_int_equal(counters(w, 0)->unsigned_replies, 120);
}

/* As where the port for accounting stands in the place of that for authentication. */
static void answers_of_the_wrong_kind_are_told(void **state)
{
	struct world *w = *state;

	ask(w, 1);
	for (int i = 0; i < 3; i++)
		reply_how(w, 0, RADIUS_ACCOUNTING_RESPONSE, 0);
	expect(w, ">a wrong-code(a)");
	assert_int_equal(counters(w, 0)->bad_code, 3);
	reply(w, 0);
	expect(w, "signed(a) +1");
}

static void news_have_words(void **state)
{
	const char *fallback = radius_news_text((enum radius_news)99);

	assert_string_equal(fallback, "is in an unknown state");
	for (unsigned int i = RADIUS_NEWS_DEAD; i <= RADIUS_NEWS_WRONG_CODE; i++)
		assert_string_not_equal(radius_news_text((enum radius_news)i), fallback);
}

static void late_and_doubled_answers_are_counted(void **state)
{
	struct world *w = *state;

	ask(w, 1);
	radius_client_cancel(&w->requests[1].request, w->now);
	radius_client_cancel(&w->requests[1].request, w->now);
	reply(w, 0);
	assert_int_equal(counters(w, 0)->late, 1);
	ask(w, 2);
	reply(w, 1);
	reply(w, 1);
	assert_int_equal(counters(w, 0)->doubled, 1);
	/* of a request that has moved */
	ask(w, 3);
	pass(w, 1100);
	reply(w, 2);
	assert_int_equal(counters(w, 0)->late, 2);
	assert_false(w->requests[3].answered);
}

/* --- owners ---------------------------------------------------------------------------------- */

static void an_owner_may_ask_again_at_once(void **state)
{
	struct world *w = *state;

	w->group.n = 1;
	w->group.patience.mrc = 1;
	w->configs[0].dead_after = 100;
	ask(w, 1);
	w->requests[1].resend = true;
	reply(w, 0);
	expect(w, ">a signed(a) +1 >a");
	w->requests[1].resend = true;
	pass(w, 3300);
	expect(w, ">>a -1 >a");
	reply(w, w->n_packets - 1);
	expect(w, "+1");
}

/* Anything in any order: every request ends, and nothing is left. */
static void random_work(void **state)
{
	struct world *w = *state;
	unsigned int left = 0;

	w->quiet = true;
	srandom(3);
	for (unsigned int i = 0; i < WORLD_SERVERS; i++) {
		w->configs[i].window = 20;
		w->configs[i].line_max = 20;
	}
	for (unsigned int i = 0; i < 30000 && w->n_packets < WORLD_PACKETS - 200; i++) {
		unsigned int number = (unsigned int)random() % 100;
		struct radius_request *rq = &w->requests[number].request;

		w->group.weighted = random() % 2;
		if (!rq->client && random() % 3) {
			world_request(w, number)->ages = number % 2;
			rq->code = number % 2 ? RADIUS_ACCOUNTING_REQUEST : RADIUS_ACCESS_REQUEST;
			radius_client_send(&w->client, rq, &w->group, w->now);
		} else if (random() % 20 == 0) {
			radius_client_cancel(rq, w->now);
		} else if (w->n_packets && random() % 2) {
			reply_how(w, w->n_packets - 1 - (unsigned int)random() % w->n_packets % 50,
				  random() % 2 ? RADIUS_ACCESS_ACCEPT : RADIUS_ACCOUNTING_RESPONSE,
				  0);
		} else {
			pass(w, (uint64_t)random() % 300);
		}
	}
	for (unsigned int i = 0; i < WORLD_SERVERS; i++)
		w->configs[i].probe_ms = 0;
	for (unsigned int i = 0; i < 100; i++)
		radius_client_cancel(&w->requests[i].request, w->now);
	for (unsigned int i = 0; i < WORLD_SERVERS; i++) {
		assert_int_equal(w->servers[i].under_way + w->servers[i].in_line, 0);
		for (unsigned int k = 0; k < w->configs[i].ports * RADIUS_IDS; k++)
			left += w->slots[i][k].request &&
				w->slots[i][k].request != &w->servers[i].probe;
	}
	assert_int_equal(left, 0);
	assert_null(due_first(&w->client.due));
}

#define test(t)	cmocka_unit_test_setup_teardown(t, world_set_up, world_tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		test(a_question_and_its_answer),
		test(all_answers_to_a_login),
		test(retransmissions_are_the_same_octets),
		test(waits_have_jitter),
		test(it_ends_in_time),
		test(the_answer_to_a_retransmission),
		test(identifiers_are_used_in_turn),
		test(a_window_and_a_line),
		test(who_waits_in_line_gives_up_in_time),
		test(a_line_is_left_in_time),
		test(there_may_be_room_elsewhere),
		test(as_many_as_there_are_identifiers),
		test(a_window_that_is_too_large),
		test(a_request_that_does_not_fit),
		test(what_ages_is_written_anew),
		test(accounting_may_be_patient_for_ever),
		test(what_vanishes_costs_one_retransmission),
		test(a_lost_packet_is_no_reason_to_go),
		test(servers_may_be_slower_than_the_first_wait),
		test(the_dead_are_left_at_once),
		test(long_work_goes_in_slices),
		test(a_probe_revives),
		test(accounting_answers_probes_in_its_way),
		test(a_trial_revives),
		test(a_trial_fails),
		test(a_trial_waits_for_room),
		test(if_all_are_dead_they_are_asked_in_turn),
		test(who_waits_at_the_dead_goes_to_who_returns),
		test(a_trial_is_not_called_off),
		test(who_returns_keeps_what_has_not_left),
		test(what_is_known_of_a_server_goes_over),
		test(some_requests_ask_one_server_only),
		test(a_server_that_comes_and_goes),
		test(a_short_wait_is_no_silence),
		test(no_place_is_given_up_for_none),
		test(nowhere_to_go_to),
		test(what_no_longer_fits),
		test(weights_share_the_load),
		test(no_weight_is_for_need),
		test(room_goes_before_weight),
		test(auto_demands_what_was_there),
		test(yes_demands_it_always),
		test(no_never_does_but_checks_it),
		test(who_comes_by_eap_is_not_let_in_without_it),
		test(accounting_needs_none),
		test(nothing_that_is_not_authentic_counts),
		test(complaints_are_rare),
		test(answers_of_the_wrong_kind_are_told),
		test(news_have_words),
		test(late_and_doubled_answers_are_counted),
		test(an_owner_may_ask_again_at_once),
		test(random_work),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
