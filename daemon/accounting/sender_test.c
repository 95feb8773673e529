// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sender with servers that the test plays.
 *
 * The log has words: ">a1" record 1, of session a, is sent; "+1" the sender is done with it because
 * it was answered, "!1" because it is too long, "?1" because the servers do not know it, "=1"
 * because it was replaced, "~1" because it was forgotten.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "accounting/sender.h"
#include "util/container.h"

#define RECORDS	30000

struct bench {
	struct sender sender;
	struct sender_record *records[RECORDS];
	uint64_t now;
	enum radius_outcome outcome;	/* of the next ops->send() */
	bool quiet;
	unsigned int sent;
	unsigned int done;
	unsigned int most_under_way;
	char log[4000];
};

static struct bench *bench_of(struct sender *s)
{
	return container_of(s, struct bench, sender);
}

__attribute__((format(printf, 2, 3))) static void note(struct bench *b, const char *format, ...)
{
	size_t len = strlen(b->log);
	va_list args;

	if (b->quiet)
		return;
	va_start(args, format);
	if (len)
		b->log[len++] = ' ';
	vsnprintf(b->log + len, sizeof(b->log) - len, format, args);
	va_end(args);
}

#define expect(b, text)					\
	do {						\
		assert_string_equal((b)->log, text);	\
		(b)->log[0] = '\0';			\
	} while (0)

static enum radius_outcome play_send(struct sender *s, struct sender_record *record)
{
	struct bench *b = bench_of(s);

	if (b->outcome == RADIUS_ANSWERED) {
		note(b, ">%s%llu", record->session, (unsigned long long)record->id);
		b->sent++;
	}
	return b->outcome;
}

static void play_done(struct sender *s, struct sender_record *record, enum sender_end end)
{
	static const char marks[] = {
		[SENDER_ANSWERED] = '+', [SENDER_TOO_LONG] = '!', [SENDER_NOT_KNOWN] = '?',
		[SENDER_REPLACED] = '=', [SENDER_FORGOTTEN] = '~',
	};
	struct bench *b = bench_of(s);

	note(b, "%c%llu", marks[end], (unsigned long long)record->id);
	b->done++;
	b->records[record->id] = NULL;
	free(record);
}

static const struct sender_ops ops = { .send = play_send, .done = play_done };

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	sender_init(&b->sender, &ops);
	b->now = 1000000;
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	sender_close(&b->sender);
	free(b);
	return 0;
}

static struct sender_record *record(uint64_t id, const char *session, enum radius_status status)
{
	struct sender_record *r = calloc(1, sizeof(*r) + strlen(session) + 1);

	r->id = id;
	r->stored = true;
	r->status = status;
	strcpy((char *)r->body, session);
	r->session = (const char *)r->body;
	return r;
}

static bool offer(struct bench *b, uint64_t id, const char *session, enum radius_status status)
{
	struct sender_record *r = record(id, session, status);

	b->records[id] = r;
	if (sender_offer(&b->sender, r))
		return true;
	free(r);
	b->records[id] = NULL;
	return false;
}

static void start(struct bench *b, uint64_t id, const char *session)
{
	assert_true(offer(b, id, session, RADIUS_STATUS_START));
}

static void interim(struct bench *b, uint64_t id, const char *session)
{
	assert_true(offer(b, id, session, RADIUS_STATUS_INTERIM));
}

static void stop(struct bench *b, uint64_t id, const char *session)
{
	assert_true(offer(b, id, session, RADIUS_STATUS_STOP));
}

static void pump(struct bench *b)
{
	while (sender_pump(&b->sender, b->now))
		;
	if (b->sender.under_way > b->most_under_way)
		b->most_under_way = b->sender.under_way;
}

static void reply(struct bench *b, uint64_t id, enum radius_outcome outcome)
{
	assert_non_null(b->records[id]);
	sender_answered(&b->sender, b->records[id], outcome, b->now);
	pump(b);
}

static void answer(struct bench *b, uint64_t id)
{
	reply(b, id, RADIUS_ANSWERED);
}

/* Let the sender do what it wants to do until @ms have passed. */
static void pass(struct bench *b, uint64_t ms)
{
	uint64_t end = b->now + ms;

	while (sender_next(&b->sender) <= end) {
		if (sender_next(&b->sender) > b->now)
			b->now = sender_next(&b->sender);
		pump(b);
	}
	b->now = end;
}

/* --- order ----------------------------------------------------------------------------------- */

static void a_stop_does_not_overtake_its_start(void **state)
{
	struct bench *b = *state;

	start(b, 1, "a");
	start(b, 2, "b");
	stop(b, 3, "a");
	stop(b, 4, "b");
	pump(b);
	expect(b, ">a1 >b2");
	assert_int_equal(b->sender.under_way, 2);
	answer(b, 2);
	expect(b, "+2 >b4");
	answer(b, 4);
	answer(b, 1);
	answer(b, 3);
	expect(b, "+4 +1 >a3 +3");
	assert_int_equal(b->sender.n + b->sender.under_way, 0);
	assert_true(sender_next(&b->sender) == NEVER);
}

static void so_many_at_once(void **state)
{
	struct bench *b = *state;
	char name[16];

	b->quiet = true;
	for (unsigned int i = 1; i <= SENDER_WINDOW + 10; i++) {
		snprintf(name, sizeof(name), "s%u", i);
		start(b, i, name);
	}
	pump(b);
	assert_int_equal(b->sent, SENDER_WINDOW);
	answer(b, 1);
	assert_int_equal(b->sent, SENDER_WINDOW + 1);
}

/* --- Interim-Updates that wait --------------------------------------------------------------- */

static void an_interim_that_waits_is_replaced(void **state)
{
	struct bench *b = *state;

	start(b, 1, "a");
	pump(b);
	interim(b, 2, "a");
	interim(b, 3, "b");
	expect(b, ">a1");
	assert_int_equal(sender_replace(&b->sender, "a"), 0);
	expect(b, "=2");
	interim(b, 4, "a");
	answer(b, 1);
	expect(b, "+1 >b3 >a4");
	/* one that is under way is not */
	assert_int_equal(sender_replace(&b->sender, "a"), 4);
	assert_int_equal(sender_replace(&b->sender, "c"), 0);
	expect(b, "");
}

static void a_session_may_have_nothing_left(void **state)
{
	struct bench *b = *state;

	interim(b, 1, "a");
	sender_replace(&b->sender, "a");
	expect(b, "=1");
	stop(b, 2, "a");
	pump(b);
	expect(b, ">a2");
}

/* --- no answer ------------------------------------------------------------------------------- */

/*
 * The servers are silent: one record tries now and then, with another one beside it, since each of
 * them could be what silences them.
 */
static void silent_servers(void **state)
{
	struct bench *b = *state;

	start(b, 1, "a");
	start(b, 2, "b");
	stop(b, 3, "a");
	pump(b);
	b->now += 30000;
	reply(b, 1, RADIUS_NO_ANSWER);
	reply(b, 2, RADIUS_NO_ANSWER);
	expect(b, ">a1 >b2");
	pass(b, SENDER_PAUSE_MS - 1);
	expect(b, "");
	pass(b, 1);
	assert_int_equal(b->sender.under_way, 2);
	expect(b, ">a1 >b2");
	b->now += 100;
	answer(b, 2);
	expect(b, "+2");
	answer(b, 1);
	answer(b, 3);
	expect(b, "+1 >a3 +3");
	assert_int_equal(b->sender.failures, 2);
}

/* After a silence the first answer lets two go, then four, ... */
static void servers_that_come_back_are_not_overrun(void **state)
{
	struct bench *b = *state;
	char name[16];

	b->quiet = true;
	for (unsigned int i = 1; i <= 1000; i++) {
		snprintf(name, sizeof(name), "s%u", i);
		start(b, i, name);
	}
	sender_pump(&b->sender, b->now);
	b->now += 30000;
	sender_answered(&b->sender, b->records[1], RADIUS_NO_ANSWER, b->now);
	pass(b, SENDER_PAUSE_MS);
	assert_int_equal(b->sender.under_way, 1);
	answer(b, 2);
	assert_int_equal(b->sender.under_way, 2);
	answer(b, 3);
	assert_int_equal(b->sender.under_way, 4);
}

/* What is under way is what the servers answer in time; it grows again when they are quick. */
static void slow_servers_are_asked_less(void **state)
{
	struct bench *b = *state;
	unsigned int next = 1;
	char name[16];

	b->quiet = true;
	for (unsigned int i = 1; i <= 1000; i++) {
		snprintf(name, sizeof(name), "s%u", i);
		start(b, i, name);
	}
	pump(b);
	assert_int_equal(b->sender.under_way, SENDER_WINDOW);
	b->now += SENDER_SLOW_MS;
	answer(b, next++);
	assert_int_equal(b->sender.under_way, SENDER_WINDOW);
	b->now++;
	for (unsigned int i = 0; i < 50; i++)
		answer(b, next++);
	assert_int_equal(b->sender.under_way, SENDER_WINDOW - 50);
	while (next <= SENDER_WINDOW)
		answer(b, next++);
	assert_int_equal(b->sender.under_way, SENDER_LEAST);
	for (unsigned int i = 0; i < 10; i++)
		answer(b, next++);
	assert_int_equal(b->sender.under_way, SENDER_LEAST + 10);
}

/* One record makes the servers silent. Its session waits, and nobody else. */
static void a_record_that_nobody_answers(void **state)
{
	struct bench *b = *state;

	start(b, 1, "a");
	stop(b, 2, "a");
	start(b, 3, "b");
	pump(b);
	b->now += 20000;
	answer(b, 3);
	start(b, 4, "c");
	pump(b);
	b->now += 10000;
	expect(b, ">a1 >b3 +3 >c4");
	reply(b, 1, RADIUS_NO_ANSWER);
	answer(b, 4);
	start(b, 5, "d");
	pump(b);
	answer(b, 5);
	expect(b, "+4 >d5 +5");
	/* the second time it waits twice as long */
	pass(b, SENDER_LATER_MS - 1);
	expect(b, "");
	pass(b, 1);
	start(b, 6, "e");
	pump(b);
	b->now += 29000;
	answer(b, 6);
	b->now += 1000;
	reply(b, 1, RADIUS_NO_ANSWER);
	expect(b, ">a1 >e6 +6");
	pass(b, 2 * SENDER_LATER_MS - 1);
	expect(b, "");
	pass(b, 1);
	answer(b, 1);
	answer(b, 2);
	expect(b, ">a1 +1 >a2 +2");
}

/* It is alone, as in a quiet hour: whoever comes meanwhile shows whose fault it is. */
static void a_record_that_nobody_answers_is_alone(void **state)
{
	struct bench *b = *state;

	start(b, 1, "a");
	pump(b);
	for (unsigned int i = 0; i < 5; i++) {
		expect(b, ">a1");
		b->now += 30000;
		reply(b, 1, RADIUS_NO_ANSWER);
		pass(b, SENDER_PAUSE_MS);
	}
	expect(b, ">a1");
	start(b, 2, "b");
	pump(b);
	expect(b, ">b2");
	answer(b, 2);
	b->now += 30000;
	reply(b, 1, RADIUS_NO_ANSWER);
	start(b, 3, "c");
	pump(b);
	expect(b, "+2 >c3");
	answer(b, 3);
	expect(b, "+3");
	/* silences of the servers do not count for how long it waits */
	pass(b, SENDER_LATER_MS - 1);
	expect(b, "");
	pass(b, 1);
	expect(b, ">a1");
	/* and one that comes in the pause after it goes with it */
	b->now += 30000;
	reply(b, 1, RADIUS_NO_ANSWER);
	start(b, 4, "d");
	pass(b, SENDER_PAUSE_MS);
	expect(b, ">a1 >d4");
}

static void no_room_at_the_servers(void **state)
{
	struct bench *b = *state;

	start(b, 1, "a");
	b->outcome = RADIUS_NO_ROOM;
	pump(b);
	b->outcome = RADIUS_ANSWERED;
	expect(b, "");
	pass(b, 199);
	expect(b, "");
	pass(b, 1);
	expect(b, ">a1");
	reply(b, 1, RADIUS_NO_ROOM);	/* it moved to a server that had none */
	pass(b, 200);
	expect(b, ">a1");
	/* an answer makes room */
	start(b, 2, "b");
	b->outcome = RADIUS_NO_ROOM;
	pump(b);
	b->outcome = RADIUS_ANSWERED;
	answer(b, 1);
	expect(b, "+1 >b2");
}

static void a_record_that_no_packet_can_carry(void **state)
{
	struct bench *b = *state;

	start(b, 1, "a");
	b->outcome = RADIUS_TOO_LONG;
	assert_true(sender_pump(&b->sender, b->now));
	b->outcome = RADIUS_ANSWERED;
	expect(b, "!1");
	start(b, 2, "a");
	pump(b);
	reply(b, 2, RADIUS_TOO_LONG);
	expect(b, ">a2 !2");
}

/* --- On and Off ------------------------------------------------------------------------------ */

static void all_that_was_before_comes_before_an_on(void **state)
{
	struct bench *b = *state;

	stop(b, 1, "a");
	stop(b, 2, "b");
	assert_true(offer(b, 3, "nas", RADIUS_STATUS_ON));
	start(b, 4, "c");
	stop(b, 5, "c");
	pump(b);
	expect(b, ">a1 >b2");
	answer(b, 1);
	expect(b, "+1");
	answer(b, 2);
	expect(b, "+2 >nas3");
	answer(b, 3);
	expect(b, "+3 >c4");
	answer(b, 4);
	answer(b, 5);
	expect(b, "+4 >c5 +5");
}

/* A run that was killed: its Off is missing, and there may be two Ons. */
static void several_ons_and_offs(void **state)
{
	struct bench *b = *state;

	assert_true(offer(b, 1, "nas1", RADIUS_STATUS_ON));
	start(b, 2, "a");
	stop(b, 3, "a");
	assert_true(offer(b, 4, "nas2", RADIUS_STATUS_ON));
	assert_true(offer(b, 5, "nas2", RADIUS_STATUS_OFF));
	start(b, 6, "b");
	pump(b);
	answer(b, 1);
	answer(b, 2);
	answer(b, 3);
	answer(b, 4);
	answer(b, 5);
	answer(b, 6);
	expect(b, ">nas11 +1 >a2 +2 >a3 +3 >nas24 +4 >nas25 +5 >b6 +6");
}

/* A record that nobody answers does not hold up an On for ever. */
static void an_on_passes_a_record_that_nobody_answers(void **state)
{
	struct bench *b = *state;

	stop(b, 1, "a");
	stop(b, 2, "b");
	assert_true(offer(b, 3, "nas", RADIUS_STATUS_ON));
	pump(b);
	b->now += 29000;
	answer(b, 2);
	b->now += 1000;
	expect(b, ">a1 >b2 +2");
	reply(b, 1, RADIUS_NO_ANSWER);
	expect(b, ">nas3");
	answer(b, 3);
	expect(b, "+3");
	pass(b, SENDER_LATER_MS);
	expect(b, ">a1");
}

/* Nor if it is alone, as after a restart: one from behind the On shows whose fault it is. */
static void an_on_passes_a_record_that_is_alone(void **state)
{
	struct bench *b = *state;

	stop(b, 1, "a");
	assert_true(offer(b, 2, "nas", RADIUS_STATUS_ON));
	start(b, 3, "b");
	start(b, 4, "c");
	pump(b);
	expect(b, ">a1");
	b->now += 30000;
	reply(b, 1, RADIUS_NO_ANSWER);
	pass(b, SENDER_PAUSE_MS);
	expect(b, ">a1 >b3");
	b->now += 20;
	answer(b, 3);
	expect(b, "+3 >c4");
	answer(b, 4);
	b->now += 30000;
	expect(b, "+4");
	reply(b, 1, RADIUS_NO_ANSWER);
	expect(b, ">nas2");
	answer(b, 2);
	start(b, 5, "d");
	pump(b);
	expect(b, "+2 >d5");
}

/* Servers that answer all but Accounting-On. */
static void servers_that_do_not_know_an_on(void **state)
{
	struct bench *b = *state;

	assert_true(offer(b, 1, "nas", RADIUS_STATUS_ON));
	start(b, 2, "a");
	start(b, 3, "b");
	pump(b);
	b->now += 30000;
	expect(b, ">nas1");
	reply(b, 1, RADIUS_NO_ANSWER);
	pass(b, SENDER_PAUSE_MS);
	/* a witness goes with it */
	expect(b, ">nas1 >a2");
	b->now += 20;
	answer(b, 2);
	expect(b, "+2 >b3");
	answer(b, 3);
	expect(b, "+3");
	b->now += 30000;
	reply(b, 1, RADIUS_NO_ANSWER);
	expect(b, "?1");
	start(b, 4, "c");
	pump(b);
	expect(b, ">c4");
}

/* But as long as they answer nobody, it stays the first. */
static void an_on_while_the_servers_are_silent(void **state)
{
	struct bench *b = *state;

	assert_true(offer(b, 1, "nas", RADIUS_STATUS_ON));
	start(b, 2, "a");
	pump(b);
	expect(b, ">nas1");
	for (unsigned int i = 0; i < 5; i++) {
		b->now += 30000;
		reply(b, 1, RADIUS_NO_ANSWER);
		pass(b, SENDER_PAUSE_MS);
		expect(b, ">nas1 >a2");
		b->now += 30000;
		reply(b, 2, RADIUS_NO_ANSWER);
	}
	answer(b, 1);
	pass(b, SENDER_PAUSE_MS);
	expect(b, "+1 >a2");
}

/* --- what is in the store -------------------------------------------------------------------- */

static void take(struct bench *b, uint64_t id, const char *session, enum radius_status status)
{
	struct sender_record *r = record(id, session, status);

	b->records[id] = r;
	if (!sender_take(&b->sender, r)) {
		note(b, "twice(%llu)", (unsigned long long)id);
		free(r);
	}
}

static void what_is_behind_others_is_loaded_later(void **state)
{
	struct bench *b = *state;

	b->sender.more = true;
	assert_true(sender_wants(&b->sender));
	assert_false(offer(b, 5, "a", RADIUS_STATUS_STOP));
	take(b, 1, "a", RADIUS_STATUS_START);
	assert_int_equal(b->sender.last_id, 1);
	assert_true(sender_wants(&b->sender));
	take(b, 5, "a", RADIUS_STATUS_STOP);
	b->sender.more = false;
	assert_false(sender_wants(&b->sender));
	start(b, 6, "b");
	pump(b);
	expect(b, ">a1 >b6");
}

static void memory_is_bounded(void **state)
{
	struct bench *b = *state;
	char name[16];

	b->quiet = true;
	for (unsigned int i = 1; i <= SENDER_MOST; i++) {
		snprintf(name, sizeof(name), "s%u", i);
		start(b, i, name);
	}
	assert_false(offer(b, SENDER_MOST + 1, "z", RADIUS_STATUS_START));
	assert_true(b->sender.more);
	assert_int_equal(b->sender.last_id, SENDER_MOST);
	assert_false(sender_wants(&b->sender));
	pump(b);
	for (unsigned int i = 1; i <= SENDER_MOST / 2; i++)
		answer(b, i);
	assert_true(sender_wants(&b->sender));
}

static void what_was_dropped_is_forgotten(void **state)
{
	struct bench *b = *state;

	start(b, 1, "a");
	pump(b);
	interim(b, 2, "a");
	start(b, 3, "b");
	start(b, 4, "c");
	/* one that is to be stored must not overtake what is loaded then */
	b->records[4]->stored = false;
	expect(b, ">a1");
	sender_forget(&b->sender);
	expect(b, "~2 ~3 ~4");
	assert_true(sender_wants(&b->sender));
	assert_int_equal(b->sender.last_id, 0);
	/* what is under way is in the store as well */
	b->records[9] = b->records[1];
	take(b, 1, "a", RADIUS_STATUS_START);
	b->records[1] = b->records[9];
	/* and the next ones are loaded from behind it */
	assert_int_equal(b->sender.last_id, 1);
	take(b, 3, "b", RADIUS_STATUS_START);
	expect(b, "twice(1)");
	answer(b, 1);
	expect(b, "+1 >b3");
}

/* --- all together ---------------------------------------------------------------------------- */

static uint32_t random_state = 7;

static unsigned int any(unsigned int n)
{
	random_state = random_state * 1664525 + 1013904223;
	return (random_state >> 8) % n;
}

static struct sender_record *any_under_way(struct bench *b)
{
	unsigned int skip = b->sender.under_way ? any(b->sender.under_way) : 0;
	struct sender_record *r;

	TAILQ_FOREACH(r, &b->sender.all, all)
		if (r->under_way && !skip--)
			return r;
	return NULL;
}

/* Servers that answer at random, or not. In the end all is answered, each session in its order. */
static void nothing_is_lost_and_nothing_overtakes(void **state)
{
	static uint64_t last[40];
	struct bench *b = *state;
	uint64_t next = 1;
	char name[16];

	b->quiet = true;
	memset(last, 0, sizeof(last));
	while (b->done < 20000) {
		for (unsigned int i = any(20); i && next <= 20000; i--) {
			unsigned int session = any(40);

			snprintf(name, sizeof(name), "%u", session);
			if (b->sender.n < SENDER_MOST)
				offer(b, next++, name, any(500) ? RADIUS_STATUS_START :
								  RADIUS_STATUS_ON);
		}
		for (unsigned int i = any(30); i; i--) {
			struct sender_record *r = any_under_way(b);

			if (!r)
				break;
			if (!any(20)) {
				reply(b, r->id, any(2) ? RADIUS_NO_ANSWER : RADIUS_NO_ROOM);
				continue;
			}
			assert_true(r->id > last[atoi(r->session)]);
			last[atoi(r->session)] = r->id;
			answer(b, r->id);
		}
		pass(b, any(4000));
		if (next > 20000 && !b->sender.n)
			break;
	}
	assert_int_equal(b->sender.n, 0);
	assert_int_equal(b->done, 20000);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_stop_does_not_overtake_its_start),
		TEST(so_many_at_once),
		TEST(an_interim_that_waits_is_replaced),
		TEST(a_session_may_have_nothing_left),
		TEST(silent_servers),
		TEST(servers_that_come_back_are_not_overrun),
		TEST(slow_servers_are_asked_less),
		TEST(a_record_that_nobody_answers),
		TEST(a_record_that_nobody_answers_is_alone),
		TEST(no_room_at_the_servers),
		TEST(a_record_that_no_packet_can_carry),
		TEST(all_that_was_before_comes_before_an_on),
		TEST(several_ons_and_offs),
		TEST(an_on_passes_a_record_that_nobody_answers),
		TEST(an_on_passes_a_record_that_is_alone),
		TEST(servers_that_do_not_know_an_on),
		TEST(an_on_while_the_servers_are_silent),
		TEST(what_is_behind_others_is_loaded_later),
		TEST(memory_is_bounded),
		TEST(what_was_dropped_is_forgotten),
		TEST(nothing_is_lost_and_nothing_overtakes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
