// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "metrics/text.h"

static void lines_stand_below_what_they_mean(void **state)
{
	struct metrics_text t;

	metrics_text_init(&t, 1 << 20);
	metrics_count(&t, METRICS_SESSIONS, 3, "office", "up");
	metrics_count(&t, METRICS_SESSIONS, 18446744073709551615u, "", "paused");
	metrics_number(&t, METRICS_CPU, 0.1);
	metrics_text_end(&t);
	assert_string_equal(t.text,
			    "# HELP culvert_sessions Sessions of servers.\n"
			    "# TYPE culvert_sessions gauge\n"
			    "culvert_sessions{server=\"office\",state=\"up\"} 3\n"
			    "culvert_sessions{server=\"\",state=\"paused\"} 18446744073709551615\n"
			    "# HELP process_cpu_seconds_total Processor time that culvertd has used, in the "
			    "kernel too.\n"
			    "# TYPE process_cpu_seconds_total counter\n"
			    "process_cpu_seconds_total 0.1\n"
			    "# HELP culvert_metrics_left_out Lines that were left out of this text, which "
			    "would be too long.\n"
			    "# TYPE culvert_metrics_left_out gauge\n"
			    "culvert_metrics_left_out 0\n");
	assert_int_equal(t.len, strlen(t.text));
	metrics_text_free(&t);
}

static void values_are_escaped(void **state)
{
	struct metrics_text t;

	metrics_text_init(&t, 1 << 20);
	metrics_count(&t, METRICS_CLIENT_UP, 1, "a\\b\"c\nd\xc3\xbc");
	assert_non_null(strstr(t.text, "culvert_client_up{client=\"a\\\\b\\\"c\\nd\xc3\xbc\"} 1\n"));
	metrics_text_free(&t);
}

static void buckets_have_those_below_in_them(void **state)
{
	struct histogram h = { 0 };
	struct metrics_text t;

	histogram_add(&h, 0);
	histogram_add(&h, 1000);	/* a bound belongs to its bucket */
	histogram_add(&h, 1001);
	histogram_add(&h, 30000001);
	assert_int_equal(h.counts[0], 2);
	assert_int_equal(h.counts[1], 1);
	assert_int_equal(h.counts[HISTOGRAM_BOUNDS], 1);
	metrics_text_init(&t, 1 << 20);
	metrics_histogram(&t, METRICS_SETUP, &h, "lcp");
	assert_non_null(strstr(t.text, "\n# TYPE culvert_session_setup_seconds histogram\n"
			       "culvert_session_setup_seconds_bucket{step=\"lcp\",le=\"0.001\"} 2\n"
			       "culvert_session_setup_seconds_bucket{step=\"lcp\",le=\"0.0025\"} 3\n"));
	assert_non_null(strstr(t.text,
			       "culvert_session_setup_seconds_bucket{step=\"lcp\",le=\"30\"} 3\n"
			       "culvert_session_setup_seconds_bucket{step=\"lcp\",le=\"+Inf\"} 4\n"
			       "culvert_session_setup_seconds_sum{step=\"lcp\"} 30.002002\n"
			       "culvert_session_setup_seconds_count{step=\"lcp\"} 4\n"));
	metrics_text_free(&t);
}

/* A heading without a line below it, or half of a histogram, would be worse than none. */
static void what_is_too_long_is_left_out_and_told(void **state)
{
	struct histogram h = { 0 };
	struct metrics_text t;
	char name[400];
	size_t before;

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	metrics_text_init(&t, 1000);
	metrics_count(&t, METRICS_CLIENT_UP, 1, "a");
	before = t.len;
	metrics_histogram(&t, METRICS_SETUP, &h, "lcp");
	metrics_count(&t, METRICS_POOL_SIZE, 1, name);
	metrics_count(&t, METRICS_POOL_USED, 1, name);
	metrics_count(&t, METRICS_POOL_USED, 1, name);
	assert_int_equal(t.left_out, HISTOGRAM_BOUNDS + 3 + 2);
	metrics_text_end(&t);
	assert_true(t.len <= 1000);
	assert_non_null(strstr(t.text, "\nculvert_metrics_left_out 19\n"));
	assert_null(strstr(t.text, "setup"));
	assert_non_null(strstr(t.text, "culvert_pool_addresses{"));
	assert_null(strstr(t.text, "culvert_pool_used"));
	assert_true(t.len > before);
	metrics_text_free(&t);
}

static void names_and_words_are_well_formed(void **state)
{
	const char *end;

	for (unsigned int i = 0; i < METRICS_NAMES; i++) {
		const struct metrics_family *f = &metrics_families[i];

		assert_non_null(f->name);
		assert_true(strspn(f->name, "abcdefghijklmnopqrstuvwxyz_") == strlen(f->name));
		assert_false(strncmp(f->name, "culvert_", 8) && strncmp(f->name, "process_", 8));
		end = strrchr(f->name, '_');
		assert_int_equal(!strcmp(end, "_total"), f->type == METRICS_COUNTER);
		assert_int_equal(f->help[strlen(f->help) - 1], '.');
		assert_null(strpbrk(f->help, "\\\n"));
		for (unsigned int j = 0; j < i; j++)
			assert_string_not_equal(f->name, metrics_families[j].name);
	}
}

static void the_manual_has_the_same_table(void **state)
{
	static char page[65536];
	FILE *f = fopen("../docs/man/culvert-metrics.7", "r");
	size_t rows = 0;
	char row[256];

	assert_non_null(f);
	assert_true(fread(page, 1, sizeof(page) - 1, f) > 0);
	fclose(f);
	for (unsigned int i = 0; i < METRICS_NAMES; i++) {
		const struct metrics_family *m = &metrics_families[i];
		int len = snprintf(row, sizeof(row), "\n.It Ic %s Pq %s", m->name,
				   metrics_type_name(m->type));

		for (unsigned int l = 0; m->labels[l]; l++)
			len += snprintf(row + len, sizeof(row) - len, " Ar %s", m->labels[l]);
		snprintf(row + len, sizeof(row) - len, "\n");
		if (!strstr(page, row))
			fail_msg("culvert-metrics(7) lacks: %s", row + 1);
	}
	for (const char *p = page; (p = strstr(p, "\n.It Ic ")); p++)
		rows++;
	assert_int_equal(rows, METRICS_NAMES);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_stand_below_what_they_mean),
		cmocka_unit_test(values_are_escaped),
		cmocka_unit_test(buckets_have_those_below_in_them),
		cmocka_unit_test(what_is_too_long_is_left_out_and_told),
		cmocka_unit_test(names_and_words_are_well_formed),
		cmocka_unit_test(the_manual_has_the_same_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
