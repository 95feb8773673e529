// SPDX-License-Identifier: GPL-2.0-only
/* What top draws, and what keys do: lines and wishes, without a terminal and without a daemon. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "top/graph.h"
#include "top/view.h"
#include "width.h"

static const char reading[] =
	"{\"sessions\":["
	"{\"id\":7,\"user\":\"alice\",\"remote_address\":\"10.99.0.10\",\"interface\":\"ppp0\","
	"\"rx_bit_s\":1500,\"tx_bit_s\":20000000,\"rx_bytes\":1024,\"tx_bytes\":2048,\"idle_s\":3},"
	"{\"id\":9,\"user\":\"x\\u001b[2J\\nJ\\u00f6rg of a realm with a long name\","
	"\"remote_address\":null,\"interface\":\"\",\"rx_bit_s\":0,\"tx_bit_s\":0}],"
	"\"matched\":70,\"rx_bit_s\":1500,\"tx_bit_s\":20000000}";

static struct view_line lines[32];

static struct view view_of_two(void)
{
	struct view v = { .blocks = true };

	view_take(&v, json_loads(reading, 0, NULL));
	return v;
}

static void sessions_are_drawn(void **state)
{
	struct view v = view_of_two();

	view_draw(&v, lines, 6, 132);
	assert_string_equal(lines[0].text, "sessions: 70, receiving 1.5kbit/s, sending 20Mbit/s, by -rate");
	assert_string_equal(lines[1].text,
			    "      ID USER                 REMOTE          INTERFACE    RX BIT/S TX BIT/S "
			    "RATE OVER TIME                   RX         TX    IDLE");
	assert_string_equal(lines[2].text,
			    "       7 alice                10.99.0.10      ppp0             1.5k      20M "
			    "                       \xe2\x96\x88    1.0 KiB    2.0 KiB      3s");
	assert_int_equal(lines[1].look, LOOK_HEADING);
	assert_int_equal(lines[2].look, LOOK_CHOSEN);
	assert_int_equal(lines[3].look, LOOK_PLAIN);
	assert_string_equal(lines[4].text, "");
	assert_non_null(strstr(lines[5].text, "q quit"));
	view_free(&v);
}

/* However small the terminal is, nothing is wider, and nothing moves its cursor. */
static void lines_fit_any_terminal(void **state)
{
	struct view v = view_of_two();

	for (size_t columns = 1; columns < 160; columns++) {
		for (size_t rows = 1; rows < 32; rows++) {
			view_draw(&v, lines, rows, columns);
			for (size_t i = 0; i < rows; i++) {
				assert_true(width_of(lines[i].text) <= columns);
				assert_null(strpbrk(lines[i].text, "\033\n"));
			}
		}
	}
	view_draw(&v, lines, 6, 47);
	assert_string_equal(lines[2].text, "       7 alice                    1.5k      20M");
	view_free(&v);
}

static void keys_choose_and_sort(void **state)
{
	struct view v = view_of_two();
	char order[32];

	assert_int_equal(v.chosen, 7);
	assert_int_equal(view_key(&v, VIEW_KEY_DOWN), VIEW_DRAW);
	assert_int_equal(v.chosen, 9);
	view_key(&v, VIEW_KEY_DOWN);
	assert_int_equal(v.chosen, 9);
	view_key(&v, 'k');
	assert_int_equal(v.chosen, 7);
	assert_string_equal(view_order(&v, order), "-rate");
	assert_int_equal(view_key(&v, 'i'), VIEW_READ);
	assert_string_equal(view_order(&v, order), "rate");
	assert_int_equal(view_key(&v, 's'), VIEW_READ);
	assert_string_equal(view_order(&v, order), "-rx-rate");
	view_key(&v, 'S');
	view_key(&v, 'S');
	assert_string_equal(view_order(&v, order), "id");
	assert_int_equal(view_key(&v, 'q'), VIEW_QUIT);
	/* the first one is chosen when that which was is gone */
	view_take(&v, json_loads("{\"sessions\":[{\"id\":11},{\"id\":12}]}", 0, NULL));
	assert_int_equal(v.chosen, 11);
	view_take(&v, json_loads("{\"sessions\":[{\"id\":12},{\"id\":11}]}", 0, NULL));
	assert_int_equal(v.chosen, 11);
	view_free(&v);
}

/* Only y ends a session, and only the one that was asked for. */
static void a_session_is_ended_after_a_question(void **state)
{
	struct view v = view_of_two();

	assert_int_equal(view_key(&v, 'K'), VIEW_DRAW);
	view_draw(&v, lines, 6, 80);
	assert_string_equal(lines[5].text, "end session 7? (y/n)");
	assert_int_equal(lines[5].look, LOOK_BAD);
	view_take(&v, json_loads("{\"sessions\":[{\"id\":12}]}", 0, NULL));
	assert_int_equal(v.chosen, 7);
	assert_int_equal(view_key(&v, 'n'), VIEW_DRAW);
	assert_int_equal(view_key(&v, 'y'), VIEW_DRAW);
	view_key(&v, 'K');
	assert_int_equal(view_key(&v, VIEW_KEY_ENTER), VIEW_DRAW);
	view_key(&v, 'K');
	assert_int_equal(view_key(&v, 'y'), VIEW_KILL);
	assert_int_equal(v.mode, VIEW_LIST);
	view_free(&v);
}

static void a_filter_is_typed(void **state)
{
	struct view v = view_of_two();

	view_key(&v, 'f');
	for (const char *c = "user J\xc3\xb6q"; *c; c++)
		assert_int_equal(view_key(&v, (unsigned char)*c), VIEW_DRAW);
	view_key(&v, VIEW_KEY_ERASE);
	view_draw(&v, lines, 6, 80);
	assert_string_equal(lines[5].text, "only (as \"user NAME\" or \"idle 5m\"): user J\xc3\xb6");
	view_key(&v, VIEW_KEY_ERASE);
	assert_string_equal(v.typed, "user J");
	for (int i = 0; i < 1000; i++)
		view_key(&v, 'x');
	assert_int_equal(strlen(v.typed), sizeof(v.typed) - 1);
	assert_int_equal(view_key(&v, VIEW_KEY_ENTER), VIEW_FILTER);
	assert_int_equal(v.mode, VIEW_LIST);
	view_key(&v, '/');
	assert_int_equal(view_key(&v, VIEW_KEY_ESCAPE), VIEW_DRAW);
	assert_int_equal(v.mode, VIEW_LIST);
	view_free(&v);
}

static void one_session_is_shown(void **state)
{
	struct view v = view_of_two();

	assert_int_equal(view_key(&v, VIEW_KEY_ENTER), VIEW_READ);
	v.detail = json_loads("{\"id\":7,\"user\":\"alice\",\"peer\":\"192.0.2.10\"}", 0, NULL);
	view_draw(&v, lines, 12, 80);
	assert_string_equal(lines[1].text, "session 7");
	assert_memory_equal(lines[2].text, "rate over time  ", 16);
	assert_memory_equal(lines[7].text, "user            alice ", 22);
	assert_memory_equal(lines[11].text, "q back", 6);
	view_key(&v, 'q');
	assert_int_equal(v.mode, VIEW_LIST);
	assert_null(v.detail);
	view_free(&v);
}

static void graphs_have_the_highest_rate_on_top(void **state)
{
	static const uint64_t rates[] = { 0, 100, 50, 200 };
	struct memory m = { 0 };
	char text[512];

	for (size_t i = 0; i < 4; i++) {
		memory_begin(&m);
		memory_add(&m, 1, rates[i]);
	}
	graph(text, sizeof(text), &m, 1, 6, false);
	assert_string_equal(text, "  _=:#");
	graph(text, sizeof(text), &m, 1, 2, true);
	assert_string_equal(text, "\xe2\x96\x83\xe2\x96\x88");
	graph(text, sizeof(text), &m, 2, 3, true);
	assert_string_equal(text, "   ");
	/* it was not shown for two readings */
	for (size_t i = 0; i < 3; i++)
		memory_begin(&m);
	memory_add(&m, 1, 200);
	graph(text, sizeof(text), &m, 1, 4, false);
	assert_string_equal(text, "#__#");
	for (size_t i = 0; i < 100; i++) {
		memory_begin(&m);
		memory_add(&m, 2, i);
	}
	assert_int_equal(m.n, 1);
	graph(text, sizeof(text), &m, 2, 1000, true);
	assert_int_equal(strlen(text), 3 * GRAPH_LENGTH);
	memory_free(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sessions_are_drawn),
		cmocka_unit_test(lines_fit_any_terminal),
		cmocka_unit_test(keys_choose_and_sort),
		cmocka_unit_test(a_session_is_ended_after_a_question),
		cmocka_unit_test(a_filter_is_typed),
		cmocka_unit_test(one_session_is_shown),
		cmocka_unit_test(graphs_have_the_highest_rate_on_top),
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
