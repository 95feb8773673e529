// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "util/deadline.h"
#include "util/due.h"

static void the_earliest_is_first(void **state)
{
	struct due_heap heap = { 0 };
	struct due a = { 0 }, b = { 0 }, c = { 0 };

	assert_null(due_first(&heap));
	due_set(&heap, &a, 30);
	due_set(&heap, &b, 10);
	due_set(&heap, &c, 20);
	assert_ptr_equal(due_first(&heap), &b);
	due_set(&heap, &b, 40);
	assert_ptr_equal(due_first(&heap), &c);
	due_set(&heap, &a, 5);
	assert_ptr_equal(due_first(&heap), &a);
	due_remove(&heap, &a);
	due_remove(&heap, &a);
	assert_false(due_is_set(&a));
	assert_ptr_equal(due_first(&heap), &c);
	due_remove(&heap, &b);
	due_remove(&heap, &c);
	assert_null(due_first(&heap));
}

#define MANY	200

/* Returns the earliest time of those that are set, found the slow way; NEVER if none is. */
static uint64_t earliest(const struct due *dues)
{
	uint64_t at = NEVER;

	for (int i = 0; i < MANY; i++)
		if (due_is_set(&dues[i]))
			at = earlier(at, dues[i].at);
	return at;
}

static void any_order_of_changes(void **state)
{
	struct due_heap heap = { 0 };
	struct due dues[MANY] = { 0 };
	uint64_t at;

	srandom(1);
	for (int i = 0; i < 20000; i++) {
		struct due *due = &dues[random() % MANY];

		if (random() % 4)
			due_set(&heap, due, (uint64_t)random() % 1000);
		else if (random() % 4)
			due_remove(&heap, due);
		else if (due_first(&heap))
			due_remove(&heap, due_first(&heap));
		assert_int_equal(due_first(&heap) ? due_first(&heap)->at : NEVER, earliest(dues));
	}
	while (due_first(&heap)) {
		at = due_first(&heap)->at;
		due_remove(&heap, due_first(&heap));
		assert_true(earliest(dues) >= at);
	}
	assert_int_equal(earliest(dues), NEVER);
}

/* No recursion: as many as there can be sessions. */
static void very_many(void **state)
{
	enum { N = 100000 };
	struct due *dues = calloc(N, sizeof(*dues));
	struct due_heap heap = { 0 };

	assert_non_null(dues);
	for (uint64_t i = 0; i < N; i++)
		due_set(&heap, &dues[i], N - i);
	for (uint64_t i = 1; i <= N; i++) {
		assert_int_equal(due_first(&heap)->at, i);
		due_remove(&heap, due_first(&heap));
	}
	free(dues);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_earliest_is_first),
		cmocka_unit_test(any_order_of_changes),
		cmocka_unit_test(very_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
