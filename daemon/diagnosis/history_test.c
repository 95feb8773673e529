// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "diagnosis/facts.h"
#include "diagnosis/history.h"
#include "util/deadline.h"

/* Holders are static: they are written to when the store is freed. */
static struct histories *all;

static int set_up(void **state)
{
	all = histories_new();
	return !all;
}

static int tear_down(void **state)
{
	histories_free(all);
	return 0;
}

static void begin_at(struct history **holder, uint32_t peer, uint64_t now)
{
	history_begin(all, holder, HISTORY_OF_SERVER, "office", ip_from_number(peer), now,
		      1000000 + now);
}

/* Returns the words of step @n, from 0 on, behind the section. */
static const char *step_of(const struct history *h, unsigned int n, unsigned int *times)
{
	static char words[FACTS_TEXT];
	struct history_view v;
	size_t at = 0;

	history_next(h, &at, &v);
	for (unsigned int i = 0; history_next(h, &at, &v); i++) {
		if (i != n)
			continue;
		if (times)
			*times = v.times;
		return facts_step(words, &v);
	}
	return NULL;
}

static unsigned int number_of(uint64_t now)
{
	unsigned int n = 0;

	for (const struct history *h = history_latest(all, NULL, now); h;
	     h = history_latest(all, h, now))
		n++;
	return n;
}

/* --- steps --------------------------------------------------------------------------------- */

static void test_steps_have_times_and_words(void **state)
{
	const uint8_t ids[] = { 1, 2, 0, 7 };
	static struct history *h;
	struct history_head head;
	struct history_view v;
	size_t at = 0;

	begin_at(&h, 0xc0000201, 1000);
	history_add(h, HISTORY_CONNECTED, 1000, "%s", "192.0.2.9");
	history_add_octets(h, HISTORY_CALL, 1040, ids, sizeof(ids));
	history_set_user(h, "alice");
	history_set_session(h, 5);
	history_end(h, false, 2500, "wrong password");
	assert_string_equal(step_of(h, 0, NULL), "TCP connected, our address 192.0.2.9");
	assert_string_equal(step_of(h, 1, NULL), "call up, call IDs 258 (ours) and 7");
	assert_string_equal(step_of(h, 2, NULL), "ended: wrong password");
	assert_null(step_of(h, 3, NULL));
	assert_true(history_next(h, &at, &v) && history_next(h, &at, &v) &&
		    history_next(h, &at, &v));
	assert_int_equal(v.at, 40);
	history_head(h, &head);
	assert_string_equal(head.user, "alice");
	assert_int_equal(head.session, 5);
	assert_int_equal(head.clock_ms, 1001000);
	assert_int_equal(head.ended, 2500);
	assert_false(head.up);
	history_let_go(&h, 2500);
	assert_null(h);
	assert_int_equal(number_of(2500), 1);
}

static void test_nothing_depends_on_a_history(void **state)
{
	const uint8_t frame[] = { 0xc0, 0x21, 1, 1, 0, 4 };
	static struct history *none, *also;

	history_begin(NULL, &none, HISTORY_OF_SERVER, "office", ip_none(), 1, 1);
	assert_null(none);
	history_add(none, HISTORY_NOTE, 1, "%s", "x");
	history_frame(none, true, frame, sizeof(frame), 1);
	history_set_user(none, "x");
	history_set_peer(none, ip_none());
	history_set_session(none, 1);
	history_count(none, 1, (uint64_t[]){ 1 }, 1);
	history_up(none, 1, "%s", "x");
	history_end(none, true, 1, "x");
	history_let_go(&none, 1);
	history_move(&also, &none);
	assert_true(history_has_ended(none));
}

static void test_long_texts_are_cut(void **state)
{
	char text[1000];
	static struct history *h;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	begin_at(&h, 1, 1);
	history_add(h, HISTORY_NOTE, 1, "%s", text);
	assert_int_equal(strlen(step_of(h, 0, NULL)), strlen("odd: ") + HISTORY_STEP_MAX);
}

/* A peer that negotiates for ever leaves room for what ends that. */
static void test_the_end_has_room(void **state)
{
	uint8_t frame[] = { 0xc0, 0x21, 1, 1, 0, 8, 1, 4, 0, 0 };
	static struct history *h;
	struct history_head head;
	struct facts facts;

	begin_at(&h, 1, 1);
	for (unsigned int i = 0; i < 1000; i++) {
		frame[9] = (uint8_t)i;
		history_frame(h, i % 2, frame, sizeof(frame), i);
	}
	history_end(h, false, 2000, "the peer renegotiates without end");
	history_head(h, &head);
	assert_true(head.missing > 900);
	facts_of(&facts, h);
	assert_string_equal(facts.reason, "the peer renegotiates without end");
}

static void test_counters(void **state)
{
	uint64_t counters[FACTS_COUNTERS] = { [2] = 77, [33] = UINT64_MAX };
	static struct history *h;
	struct facts facts;

	begin_at(&h, 1, 1);
	history_count(h, 2, counters, FACTS_COUNTERS);
	history_count(h, 3, &(uint64_t){ 0 }, 1);
	facts_of(&facts, h);
	assert_int_equal(facts.counters[2], 77);
	assert_true(facts.counters[33] == UINT64_MAX);
	assert_int_equal(facts.counters[3], 0);
	assert_true(facts_heard(&facts));
}

/* --- frames -------------------------------------------------------------------------------- */

struct frame_row {
	const char *words;		/* NULL: nothing is kept */
	size_t len;
	uint8_t octets[40];
};

static const struct frame_row frame_rows[] = {
	{ "LCP Configure-Request: mru 1400, magic 0x01020304, pfc, acfc", 22,
	  { 0xc0, 0x21, 1, 7, 0, 18, 1, 4, 0x05, 0x78, 5, 6, 1, 2, 3, 4, 7, 2, 8, 2, 0, 0 } },
	{ "LCP Configure-Nak: auth mschap-v2", 11,
	  { 0xc0, 0x21, 3, 1, 0, 9, 3, 5, 0xc2, 0x23, 0x81 } },
	{ "LCP Configure-Request: auth pap, callback 0x06", 13,
	  { 0xc0, 0x21, 1, 1, 0, 11, 3, 4, 0xc0, 0x23, 13, 3, 6 } },
	{ "LCP Terminate-Request: Windows error 742", 18,
	  { 0xc0, 0x21, 5, 1, 0, 16, 9, 9, 9, 9, 0, 0x3c, 0xcd, 0x74, 0, 0, 0x02, 0xe6 } },
	{ "LCP Terminate-Request: reason \"bye\\x0a\"", 10, { 0xc0, 0x21, 5, 1, 0, 8, 'b', 'y', 'e', '\n' } },
	{ "LCP Protocol-Reject: protocol 0x80fd CCP", 12, { 0xc0, 0x21, 8, 1, 0, 10, 0x80, 0xfd, 's', 'e', 'c', 'r' } },
	{ "LCP Identification: magic 0x00000000, text \"MSRASV5.20\"", 20,
	  { 0xc0, 0x21, 12, 1, 0, 18, 0, 0, 0, 0, 'M', 'S', 'R', 'A', 'S', 'V', '5', '.', '2', '0' } },
	{ NULL, 10, { 0xc0, 0x21, 9, 1, 0, 8, 0, 0, 0, 0 } },
	{ "CCP Configure-Request: mppe 128 bit stateless", 12,
	  { 0x80, 0xfd, 1, 1, 0, 10, 18, 6, 0x01, 0, 0, 0x40 } },
	{ "CCP Configure-Reject: mppe no key stateful, deflate 0x7800", 16,
	  { 0x80, 0xfd, 4, 1, 0, 14, 18, 6, 0, 0, 0, 0, 26, 4, 0x78, 0 } },
	{ "IPCP Configure-Nak: address 10.99.0.10, dns 10.0.0.53", 18,
	  { 0x80, 0x21, 3, 1, 0, 16, 3, 6, 10, 99, 0, 10, 129, 6, 10, 0, 0, 53 } },
	/* an option that says it is longer than what there is */
	{ "IPCP Configure-Request: ...", 10, { 0x80, 0x21, 1, 1, 0, 8, 3, 40, 1, 2 } },
	/* proofs: nothing but what kind of frame it is */
	{ "PAP Authenticate-Request", 18,
	  { 0xc0, 0x23, 1, 1, 0, 16, 5, 'a', 'l', 'i', 'c', 'e', 5, 'w', 'o', 'n', 'd', 'e' } },
	{ "CHAP Response", 12, { 0xc2, 0x23, 2, 1, 0, 10, 's', 'e', 'c', 'r', 'e', 't' } },
	{ "CHAP Failure", 12, { 0xc2, 0x23, 4, 1, 0, 10, 'C', '=', 's', 'e', 'c', 'r' } },
	{ "EAP Response: type MSCHAPv2", 12, { 0xc2, 0x27, 2, 1, 0, 10, 26, 's', 'e', 'c', 'r', 'e' } },
	{ "PPP: protocol 0x8029, code 1", 6, { 0x80, 0x29, 1, 1, 0, 4 } },
	{ "LCP Configure-Request", 3, { 0xc0, 0x21, 1 } },
	{ NULL, 2, { 0xc0, 0x21 } },
};

static void test_frames(void **state)
{
	static struct history *h;

	for (size_t i = 0; i < sizeof(frame_rows) / sizeof(frame_rows[0]); i++) {
		const struct frame_row *row = &frame_rows[i];

		begin_at(&h, 1, 1);
		history_frame(h, false, row->octets, row->len, 1);
		if (row->words)
			assert_string_equal(step_of(h, 0, NULL), row->words);
		else
			assert_null(step_of(h, 0, NULL));
	}
}

/* No octet of a proof is kept, however it looks. */
static void test_no_secret_is_kept(void **state)
{
	static const uint8_t protocols[][2] = {
		{ 0xc0, 0x23 }, { 0xc2, 0x23 }, { 0xc2, 0x27 }, { 0xc0, 0x21 }, { 0x80, 0x31 },
	};
	static struct history *h;
	struct history_view v;
	uint8_t frame[40];

	for (size_t p = 0; p < sizeof(protocols) / sizeof(protocols[0]); p++) {
		for (unsigned int code = 0; code < 256; code++) {
			const bool options = protocols[p][1] == 0x21 && code >= 1 && code <= 5;
			size_t at = 0;

			if (options || (protocols[p][1] == 0x21 && code == 12))
				continue;
			memset(frame, 'S', sizeof(frame));
			memcpy(frame, protocols[p], 2);
			frame[2] = (uint8_t)code;
			frame[4] = 0;
			frame[5] = sizeof(frame) - 2;
			begin_at(&h, 1, 1);
			history_frame(h, true, frame, sizeof(frame), 1);
			while (history_next(h, &at, &v))
				if (v.step == HISTORY_FRAME_OUT)
					assert_true(v.len <= 5);
		}
	}
}

static void test_repeated_frames_are_one_step(void **state)
{
	uint8_t frame[] = { 0xc0, 0x21, 1, 1, 0, 8, 1, 4, 5, 0x78 };
	unsigned int times = 0;
	static struct history *h;

	begin_at(&h, 1, 1);
	for (unsigned int i = 0; i < 10; i++) {
		frame[3]++;
		history_frame(h, true, frame, sizeof(frame), i);
	}
	assert_string_equal(step_of(h, 0, &times), "LCP Configure-Request: mru 1400");
	assert_int_equal(times, 10);
	assert_null(step_of(h, 1, NULL));
	history_frame(h, false, frame, sizeof(frame), 11);
	assert_non_null(step_of(h, 1, NULL));
}

static void test_once_up_only_negotiation_counts(void **state)
{
	const uint8_t chap[] = { 0xc2, 0x23, 1, 1, 0, 4 };
	const uint8_t reset[] = { 0x80, 0xfd, 14, 1, 0, 4 };
	const uint8_t end[] = { 0xc0, 0x21, 5, 1, 0, 4 };
	static struct history *h;

	begin_at(&h, 1, 1);
	history_up(h, 2, "on %s", "ppp0");
	history_frame(h, true, chap, sizeof(chap), 3);
	history_frame(h, false, reset, sizeof(reset), 3);
	history_frame(h, false, end, sizeof(end), 4);
	assert_string_equal(step_of(h, 0, NULL), "up on ppp0");
	assert_string_equal(step_of(h, 1, NULL), "LCP Terminate-Request");
}

/* --- who holds it -------------------------------------------------------------------------- */

static void test_a_history_moves(void **state)
{
	static struct history *a, *b;
	struct history *other;

	begin_at(&a, 1, 1);
	other = a;
	history_move(&b, &a);
	assert_null(a);
	assert_ptr_equal(b, other);
	begin_at(&b, 1, 2);
	assert_ptr_not_equal(b, other);
	assert_true(history_has_ended(other));
	histories_free(all);
	all = NULL;
	assert_null(b);
}

static void test_what_is_let_go_has_ended(void **state)
{
	static struct history *h, *seen;
	struct history_head head;

	begin_at(&h, 1, 1);
	seen = h;
	history_let_go(&h, 7);
	history_head(seen, &head);
	assert_int_equal(head.ended, 7);
}

/* --- memory -------------------------------------------------------------------------------- */

static void test_a_source_has_so_many(void **state)
{
	static struct history *h[HISTORY_PER_SOURCE + 1];
	static struct history *other;

	begin_at(&other, 2, 1);
	for (unsigned int i = 0; i <= HISTORY_PER_SOURCE; i++)
		begin_at(&h[i], 1, i);
	assert_null(h[0]);
	assert_non_null(h[1]);
	assert_non_null(other);
	assert_int_equal(number_of(1), HISTORY_PER_SOURCE + 1);
}

static struct ip_addr v6(const char *text)
{
	struct ip_addr address;

	assert_true(ip_parse(text, &address));
	return address;
}

static void test_a_network_of_ipv6_is_one_source(void **state)
{
	static struct history *first, *h;

	history_begin(all, &first, HISTORY_OF_SERVER, "office", v6("2001:db8::1"), 1, 1);
	for (unsigned int i = 0; i < HISTORY_PER_SOURCE; i++)
		history_begin(all, &h, HISTORY_OF_SERVER, "office", v6("2001:db8::2"), 1, 1);
	assert_null(first);
	history_begin(all, &first, HISTORY_OF_SERVER, "office", v6("2001:db8:0:1::1"), 1, 1);
	history_begin(all, &h, HISTORY_OF_SERVER, "office", v6("2001:db8::2"), 1, 1);
	assert_non_null(first);
}

static void test_clients_are_sources(void **state)
{
	static struct history *a, *b;

	history_begin(all, &a, HISTORY_OF_CLIENT, "a", ip_none(), 1, 1);
	for (unsigned int i = 0; i < 2 * HISTORY_PER_SOURCE; i++)
		history_begin(all, &b, HISTORY_OF_CLIENT, "b", ip_none(), 1, 1);
	assert_non_null(a);
	assert_int_equal(number_of(1), HISTORY_PER_SOURCE + 1);
}

static void fail_from(uint32_t peer, unsigned int steps, uint64_t now)
{
	static struct history *h;

	begin_at(&h, peer, now);
	for (unsigned int i = 0; i < steps; i++)
		history_add(h, HISTORY_NOTE, now, "step %u, which is a text of some length", i);
	history_end(h, false, now, "wrong password");
	history_let_go(&h, now);
}

static void test_the_budget_is_kept(void **state)
{
	for (uint32_t i = 0; i < 20000; i++) {
		fail_from(i, 16, i);
		assert_true(histories_counts(all).octets <= HISTORY_BUDGET);
	}
	assert_true(histories_counts(all).forgotten > 0);
	assert_true(histories_counts(all).attempts > 2000);
	assert_int_equal(histories_counts(all).attempts, number_of(20000));
}

/* Those who try again and again push out themselves, and not who failed once. */
static void test_a_flood_leaves_others(void **state)
{
	static struct history *once;

	begin_at(&once, 7, 1);
	history_end(once, false, 1, "wrong password");
	for (uint32_t i = 0; i < 1000; i++)
		for (unsigned int n = 0; n < HISTORY_PER_SOURCE; n++)
			fail_from(1000 + i, 16, 2);
	assert_true(histories_counts(all).forgotten > 0);
	assert_non_null(once);
}

/* What came up goes first: nobody asks why. */
static void test_failures_stay_longer(void **state)
{
	static struct history *failed, *up;

	/* The one after it needs more room than what came up had, so the first may go, too. */
	fail_from(3, 16, 1);
	begin_at(&failed, 1, 1);
	history_end(failed, false, 1, "wrong password");
	begin_at(&up, 2, 1);
	history_up(up, 1, "%s", "on ppp0");
	for (uint32_t i = 0; up && i < 20000; i++)
		fail_from(1000 + i, 16, 2);
	assert_null(up);
	assert_non_null(failed);
}

static void test_an_hour_later_it_is_forgotten(void **state)
{
	static struct history *h, *lasts;

	begin_at(&lasts, 2, 0);
	begin_at(&h, 1, 0);
	history_end(h, false, 10, "wrong password");
	assert_int_equal(number_of(10 + HISTORY_KEPT_MS), 2);
	assert_int_equal(number_of(11 + HISTORY_KEPT_MS), 1);
	fail_from(3, 0, 11 + HISTORY_KEPT_MS);
	assert_null(h);
	assert_non_null(lasts);
	/* one that began before now, as that of a session whose first history went */
	begin_at(&h, 4, 5);
	assert_int_equal(histories_counts(all).attempts, 3);
}

/* --- facts --------------------------------------------------------------------------------- */

static const char *reason_of(struct history *h)
{
	static struct facts facts;

	facts_of(&facts, h);
	return facts.reason;
}

static void test_the_reason_is_what_is_known_best(void **state)
{
	static struct history *h;

	begin_at(&h, 1, 1);
	assert_string_equal(reason_of(h), "");
	history_add(h, HISTORY_TCP_FAILED, 1, "192.0.2.1 port 1723: no answer");
	assert_string_equal(reason_of(h), "192.0.2.1 port 1723: no answer");
	history_end(h, false, 2, "control connection ended");
	assert_string_equal(reason_of(h), "control connection ended");
	history_add(h, HISTORY_CLOSED, 3, "no Echo-Reply from the peer in time");
	assert_string_equal(reason_of(h), "no Echo-Reply from the peer in time");
	history_add(h, HISTORY_TOLD, 3, "no PPP frame came");
	assert_string_equal(reason_of(h), "no PPP frame came");
	history_add(h, HISTORY_REFUSED, 3, "wrong password");
	assert_string_equal(reason_of(h), "wrong password");
	history_add(h, HISTORY_AUTHENTICATED, 3, "%s", "");
	assert_string_equal(reason_of(h), "no PPP frame came");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(test_steps_have_times_and_words),
		TEST(test_nothing_depends_on_a_history),
		TEST(test_long_texts_are_cut),
		TEST(test_the_end_has_room),
		TEST(test_counters),
		TEST(test_frames),
		TEST(test_no_secret_is_kept),
		TEST(test_repeated_frames_are_one_step),
		TEST(test_once_up_only_negotiation_counts),
		TEST(test_a_history_moves),
		TEST(test_what_is_let_go_has_ended),
		TEST(test_a_source_has_so_many),
		TEST(test_a_network_of_ipv6_is_one_source),
		TEST(test_clients_are_sources),
		TEST(test_the_budget_is_kept),
		TEST(test_a_flood_leaves_others),
		TEST(test_failures_stay_longer),
		TEST(test_an_hour_later_it_is_forgotten),
		TEST(test_the_reason_is_what_is_known_best),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
