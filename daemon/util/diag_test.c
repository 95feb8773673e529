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

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_complete),
		cmocka_unit_test(quoted_text_cannot_forge_lines),
		cmocka_unit_test(kept_lines_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
