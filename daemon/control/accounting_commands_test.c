// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "accounting/accounting.h"
#include "control/called_test.h"

static json_int_t number(const json_t *object, const char *member)
{
	const json_t *value = json_object_get(object, member);

	assert_true(json_is_integer(value));
	return json_integer_value(value);
}

static void what_waits_is_shown(void **state)
{
	static const struct radius_group group;
	static struct accounting accounting;
	struct api api = { .accounting = &accounting };
	json_t *object;

	accounting.group = &group;
	accounting.has_ledger = true;
	accounting.n_accounts = 12;
	accounting.lost = 1;
	accounting.ledger.n_unwritten = 3;
	accounting.ledger.stored.records = 4;
	accounting.ledger.n_removals = 2;
	accounting.ledger.counts = (struct ledger_counts){
		.sent = 40, .merged = 5, .dropped = 6, .too_old = 7, .unusable = 8, .not_known = 9,
		.store_errors = 10,
	};
	accounting.ledger.sender.failures = 11;
	accounting.ledger.failed = true;
	strcpy(accounting.ledger.reason, "no room");
	TAILQ_INIT(&accounting.ledger.sender.all);
	TAILQ_INIT(&accounting.ledger.unwritten);
	object = called(&api, "org.culvert.Accounting.Status", NULL);
	assert_true(json_is_true(json_object_get(object, "radius")));
	assert_true(json_is_false(json_object_get(object, "file")));
	assert_int_equal(number(object, "sessions"), 12);
	assert_int_equal(number(object, "queued"), 5);
	assert_int_equal(number(object, "sent"), 40);
	assert_int_equal(number(object, "unanswered"), 11);
	assert_int_equal(number(object, "merged"), 5);
	assert_int_equal(number(object, "dropped"), 7);
	assert_int_equal(number(object, "too_old"), 7);
	assert_int_equal(number(object, "unusable"), 8);
	assert_int_equal(number(object, "not_known"), 9);
	assert_int_equal(number(object, "store_errors"), 10);
	assert_string_equal(json_string_value(json_object_get(object, "store_fault")), "no room");
	json_decref(object);
}

static void nothing_is_recorded(void **state)
{
	static struct accounting accounting;
	struct api api = { .accounting = &accounting };
	json_t *object = called(&api, "org.culvert.Accounting.Status", NULL);

	assert_true(json_is_false(json_object_get(object, "radius")));
	assert_string_equal(json_string_value(json_object_get(object, "store_fault")), "");
	assert_int_equal(number(object, "queued"), 0);
	json_decref(object);
	/* at the end of the daemon */
	api.accounting = NULL;
	assert_null(called(&api, "org.culvert.Accounting.Status", NULL));
	assert_string_equal(called_error.text, "culvertd is about to stop");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_waits_is_shown),
		cmocka_unit_test(nothing_is_recorded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
