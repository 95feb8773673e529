// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "diag.h"

static void lines_are_complete(void **state)
{
	struct diag d;

	diag_init(&d);
	diag_error(&d, "a.conf", 7, "%s is %d", "x", 3);
	diag_warning(&d, "b.conf", 0, "readable by others");
	assert_int_equal(d.n_lines, 2);
	assert_int_equal(d.errors, 1);
	assert_int_equal(d.warnings, 1);
	assert_string_equal(d.lines[0].text, "a.conf:7: x is 3");
	assert_false(d.lines[0].warning);
	assert_string_equal(d.lines[1].text, "b.conf: readable by others");
	assert_true(d.lines[1].warning);
	diag_free(&d);
	assert_int_equal(d.n_lines, 0);
	assert_int_equal(d.errors, 0);
}

static void quoted_text_cannot_forge_lines(void **state)
{
	struct diag d;

	diag_init(&d);
	diag_error(&d, "a\nb", 1, "\"%s\"", "x\ny");
	assert_string_equal(d.lines[0].text, "a\\x0ab:1: \"x\\x0ay\"");
	diag_free(&d);
}

static void kept_lines_are_bounded(void **state)
{
	struct diag d;

	diag_init(&d);
	for (int i = 0; i < 3 * DIAG_MAX_LINES; i++)
		diag_error(&d, "f", 1, "%d", i);
	assert_int_equal(d.n_lines, DIAG_MAX_LINES);
	assert_int_equal(d.errors, 3 * DIAG_MAX_LINES);
	diag_free(&d);
}

static void lines_stand_in_the_order_of_their_ranks(void **state)
{
	static const uint64_t ranks[] = { 3, 1, DIAG_LAST, 1, 2 };
	struct diag d;

	diag_init(&d);
	for (unsigned int i = 0; i < 5; i++) {
		d.rank = ranks[i];
		diag_error(&d, "f", i + 1, "x");
	}
	assert_string_equal(d.lines[0].text, "f:2: x");
	assert_string_equal(d.lines[1].text, "f:4: x");
	assert_string_equal(d.lines[2].text, "f:5: x");
	assert_string_equal(d.lines[3].text, "f:1: x");
	assert_string_equal(d.lines[4].text, "f:3: x");
	diag_free(&d);
}

static void of_too_many_the_first_errors_are_kept(void **state)
{
	struct diag d;

	diag_init(&d);
	for (unsigned int i = 0; i < 2 * DIAG_MAX_LINES; i++) {
		d.rank = 2 * DIAG_MAX_LINES - i;
		diag_warning(&d, "w", (unsigned int)d.rank, "x");
	}
	assert_string_equal(d.lines[0].text, "w:1: x");
	assert_string_equal(d.lines[DIAG_MAX_LINES - 1].text, "w:50: x");
	d.rank = 1000;
	for (unsigned int i = 0; i < DIAG_MAX_LINES - 1; i++)
		diag_error(&d, "e", i, "x");
	assert_true(d.lines[0].warning);
	assert_string_equal(d.lines[0].text, "w:1: x");
	for (unsigned int i = 0; i < 2; i++)
		diag_error(&d, "e", 100 + i, "x");
	assert_int_equal(d.n_lines, DIAG_MAX_LINES);
	assert_string_equal(d.lines[0].text, "e: x");
	assert_string_equal(d.lines[DIAG_MAX_LINES - 1].text, "e:100: x");
	d.rank = 0;
	diag_warning(&d, "w", 0, "x");
	assert_string_equal(d.lines[0].text, "e: x");
	diag_free(&d);
}

static void what_was_not_kept_is_counted_in_the_end(void **state)
{
	struct diag d;

	diag_init(&d);
	diag_close(&d, "f");
	assert_int_equal(d.n_lines, 0);
	for (int i = 0; i < DIAG_MAX_LINES; i++)
		diag_error(&d, "f", 1, "x");
	diag_close(&d, "f");
	assert_string_equal(d.lines[DIAG_MAX_LINES - 1].text, "f:1: x");
	diag_error(&d, "f", 1, "x");
	diag_close(&d, "f");
	assert_int_equal(d.n_lines, DIAG_MAX_LINES);
	assert_string_equal(d.lines[DIAG_MAX_LINES - 1].text, "f: 2 more are not shown");
	diag_free(&d);
}

static void lines_of_another_report_come_where_the_rank_says(void **state)
{
	struct diag d, other;

	diag_init(&d);
	diag_init(&other);
	diag_error(&other, "b", 9, "x");
	diag_warning(&other, "b", 8, "x");
	d.rank = 2;
	diag_error(&d, "a", 2, "x");
	d.rank = 1;
	diag_move(&d, &other);
	assert_int_equal(other.n_lines, 0);
	assert_int_equal(d.errors, 2);
	assert_int_equal(d.warnings, 1);
	assert_string_equal(d.lines[0].text, "b:9: x");
	assert_string_equal(d.lines[1].text, "b:8: x");
	assert_string_equal(d.lines[2].text, "a:2: x");
	diag_free(&d);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_complete),
		cmocka_unit_test(quoted_text_cannot_forge_lines),
		cmocka_unit_test(kept_lines_are_bounded),
		cmocka_unit_test(lines_stand_in_the_order_of_their_ranks),
		cmocka_unit_test(of_too_many_the_first_errors_are_kept),
		cmocka_unit_test(what_was_not_kept_is_counted_in_the_end),
		cmocka_unit_test(lines_of_another_report_come_where_the_rank_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
