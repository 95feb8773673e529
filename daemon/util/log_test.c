// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "util/captured_log_test.h"
#include "util/ip_literal_test.h"
#include "util/log.h"
#include "util/log_rules.h"

static void open_log(enum log_level level, unsigned int burst, unsigned int per_minute)
{
	struct log_options options = {
		.level = level, .target = LOG_TARGET_STDERR, .limit_burst = burst,
		.limit_per_minute = per_minute,
	};

	log_open(&options);
}

static void levels_select(void **state)
{
	open_log(LOG_LEVEL_NOTICE, 0, 1);
	assert_true(log_enabled(LOG_LEVEL_ERROR));
	assert_false(log_enabled(LOG_LEVEL_INFO));
	capture();
	log_error("e %d", 1);
	log_warning("w");
	log_notice("n");
	log_info("i");
	log_debug("d");
	assert_string_equal(captured(), "culvertd: error: e 1\nculvertd: warning: w\n"
			    "culvertd: n\n");
	log_close();
}

static void lines_cannot_be_forged(void **state)
{
	char longest[5000];

	open_log(LOG_LEVEL_INFO, 0, 1);
	capture();
	log_info("user \"%s\"", "x\nculvertd: user root\x1b[0m\xff");
	assert_string_equal(captured(),
			    "culvertd: user \"x\\x0aculvertd: user root\\x1b[0m\\xff\"\n");
	memset(longest, '\n', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	capture();
	log_info("%s", longest);
	assert_int_equal(strlen(captured()), strlen("culvertd: ") + 4 * 1023 + 1);
	log_close();
}

/* What a line is about is told until it is taken back, and not of lines about others. */
static void json_has_what_a_line_is_about(void **state)
{
	const struct log_options options = {
		.level = LOG_LEVEL_INFO, .target = LOG_TARGET_JSON, .limit_burst = 1,
		.limit_per_minute = 60,
	};
	const struct log_fields about = { .user = "alice" };
	const char *text;

	log_open(&options);
	capture();
	log_limited("k", 0, LOG_LEVEL_INFO, "x");
	log_limited("k", 0, LOG_LEVEL_INFO, "y");
	log_with(&about, log_limited("k", 2000, LOG_LEVEL_INFO, "z"));
	log_info("over");
	text = captured();
	assert_non_null(strstr(text, "\"message\":\"x\"}\n{"));
	assert_non_null(strstr(text, "\"message\":\"1 more line about k suppressed\"}\n{"));
	assert_non_null(strstr(text, "\"message\":\"z\",\"user\":\"alice\"}\n{"));
	assert_non_null(strstr(text, "\"message\":\"over\"}\n"));
	log_close();
}

static void a_key_runs_dry_and_fills_again(void **state)
{
	open_log(LOG_LEVEL_INFO, 2, 6);
	capture();
	for (int i = 0; i < 5; i++)
		log_limited("192.0.2.1", 1000, LOG_LEVEL_WARNING, "bad %d", i);
	log_limited("192.0.2.2", 1000, LOG_LEVEL_WARNING, "other");
	log_tick(5000);
	log_tick(11000);
	log_tick(11000);
	log_limited("192.0.2.1", 11000, LOG_LEVEL_WARNING, "dry again");
	log_limited("192.0.2.1", 21000, LOG_LEVEL_WARNING, "bad 9");
	assert_string_equal(captured(), "culvertd: warning: bad 0\nculvertd: warning: bad 1\n"
			    "culvertd: warning: other\n"
			    "culvertd: warning: 3 more lines about 192.0.2.1 suppressed\n"
			    "culvertd: warning: 1 more line about 192.0.2.1 suppressed\n"
			    "culvertd: warning: bad 9\n");
	log_close();
}

static void a_full_bucket_holds_the_burst(void **state)
{
	open_log(LOG_LEVEL_INFO, 3, 60);
	capture();
	log_limited("k", 0, LOG_LEVEL_INFO, "x");
	for (int i = 0; i < 10; i++)
		log_limited("k", UINT64_C(1) << 50, LOG_LEVEL_INFO, "y");
	assert_string_equal(captured(),
			    "culvertd: x\nculvertd: y\nculvertd: y\nculvertd: y\n");
	capture();
	log_close();
	assert_string_equal(captured(), "culvertd: 7 more lines about k suppressed\n");
}

static void no_limit_if_not_wanted(void **state)
{
	size_t lines = 0;

	open_log(LOG_LEVEL_INFO, 0, 1);
	capture();
	for (int i = 0; i < 100; i++)
		log_limited("k", 0, LOG_LEVEL_INFO, "x");
	for (const char *p = captured(); *p; p++)
		lines += *p == '\n';
	assert_int_equal(lines, 100);
	log_close();
}

/* Returns how many lines were logged: written, or reported as suppressed. @said: lines written. */
static unsigned long lines_accounted_for(char *text, unsigned int *said)
{
	unsigned long n = 0, more;

	*said = 0;
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		++*said;
		n += sscanf(line, "culvertd: %lu more line", &more) == 1 ? more : 1;
	}
	return n;
}

/* With any number of keys, every suppressed line is reported, and the lines written are bounded. */
static void many_keys_are_accounted_for(void **state)
{
	enum { SOURCES = 5000, EACH = 3 };
	unsigned int said;
	char *text;

	open_log(LOG_LEVEL_INFO, 10, 60);
	capture();
	for (unsigned int i = 0; i < SOURCES; i++) {
		char key[16];

		snprintf(key, sizeof(key), "k%u", i);
		for (int j = 0; j < EACH; j++)
			log_limited(key, 1, LOG_LEVEL_INFO, "line about %s", key);
	}
	log_close();
	text = strdup(captured());
	assert_non_null(text);
	assert_int_equal(lines_accounted_for(text, &said), SOURCES * EACH);
	assert_in_range(said, 200, 201);
	free(text);
}

static void the_ceiling_moves_with_time(void **state)
{
	unsigned int said;
	char *text;

	open_log(LOG_LEVEL_INFO, 1, 1);
	capture();
	for (unsigned int i = 0; i < 100; i++) {
		char key[16];

		snprintf(key, sizeof(key), "k%u", i);
		/* ten lines a minute; all keys together may write twenty */
		log_limited(key, i * 6000, LOG_LEVEL_INFO, "line about %s", key);
	}
	text = strdup(captured());
	assert_int_equal(lines_accounted_for(text, &said), 100);
	assert_int_equal(said, 100);
	free(text);
	log_close();
}

static void a_flood_does_not_hide_logins(void **state)
{
	char *text;

	open_log(LOG_LEVEL_INFO, 1, 1);
	capture();
	for (unsigned int i = 0; i < 1000; i++) {
		char key[16];

		snprintf(key, sizeof(key), "k%u", i);
		log_limited(key, 0, LOG_LEVEL_INFO, "noise");
	}
	log_audit(0, LOG_LEVEL_NOTICE, "login of user \"%s\" refused", "eve");
	text = strdup(captured());
	assert_non_null(strstr(text, "culvertd: login of user \"eve\" refused\n"));
	free(text);
	log_close();
}

static void the_audit_trail_is_bounded(void **state)
{
	unsigned int said;
	char *text;

	open_log(LOG_LEVEL_INFO, 1, 1);
	capture();
	for (unsigned int i = 0; i < 50000; i++)
		log_audit(0, LOG_LEVEL_NOTICE, "x");
	/* After a second there is room for two hundred more lines. */
	log_audit(1000, LOG_LEVEL_NOTICE, "x");
	text = strdup(captured());
	assert_int_equal(lines_accounted_for(text, &said), 50001);
	assert_in_range(said, 1000, 2002);
	free(text);
	log_close();
}

/* A rule lets lines through, and keeps others out; it stays when options change, for its time. */
static void some_lines_have_a_level_of_their_own(void **state)
{
	const struct log_fields alice = { .user = "Alice" }, bob = { .user = "bob" };
	const struct log_rule loud = { .subject.user = "alice", .level = LOG_LEVEL_DEBUG,
				       .until_ms = 5000 };
	const struct log_rule quiet = { .subject.user = "bob", .level = LOG_LEVEL_ERROR,
					.until_ms = UINT64_MAX };

	open_log(LOG_LEVEL_INFO, 1, 1);
	assert_true(log_set_rule(&loud));
	assert_true(log_set_rule(&quiet));
	open_log(LOG_LEVEL_NOTICE, 1, 1);
	capture();
	log_debug("nobody");
	log_with(&alice, log_debug("alice"));
	log_with(&bob, log_notice("bob"));
	log_with(&bob, log_error("bob fails"));
	log_notice("all");
	assert_string_equal(captured(), "culvertd: debug: alice\nculvertd: error: bob fails\n"
			    "culvertd: all\n");
	capture();
	log_tick(5000);
	log_with(&alice, log_debug("alice"));
	assert_string_equal(captured(), "");
	assert_int_equal(log_rules_now(5000)->n, 1);
	log_close();
	assert_int_equal(log_rules_now(0)->n, 0);
}

/* Who asks for lines gets all of them, up to a bound. */
static void lines_that_were_asked_for_have_a_limit_of_their_own(void **state)
{
	const struct log_fields alice = { .user = "alice" };
	const struct log_rule rule = { .subject.user = "alice", .level = LOG_LEVEL_DEBUG,
				       .until_ms = UINT64_MAX };
	unsigned int lines = 0;

	open_log(LOG_LEVEL_INFO, 1, 1);
	log_set_rule(&rule);
	capture();
	for (int i = 0; i < 2500; i++)
		log_with(&alice, log_limited("alice", 0, LOG_LEVEL_DEBUG, "x"));
	for (const char *c = captured(); *c; c++)
		lines += *c == '\n';
	assert_int_equal(lines, 2000);
	capture();
	log_close();
	assert_string_equal(captured(), "culvertd: error: 500 more lines about what was asked for "
			    "suppressed\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(levels_select),
		cmocka_unit_test(lines_cannot_be_forged),
		cmocka_unit_test(some_lines_have_a_level_of_their_own),
		cmocka_unit_test(lines_that_were_asked_for_have_a_limit_of_their_own),
		cmocka_unit_test(json_has_what_a_line_is_about),
		cmocka_unit_test(a_key_runs_dry_and_fills_again),
		cmocka_unit_test(a_full_bucket_holds_the_burst),
		cmocka_unit_test(no_limit_if_not_wanted),
		cmocka_unit_test(many_keys_are_accounted_for),
		cmocka_unit_test(the_ceiling_moves_with_time),
		cmocka_unit_test(a_flood_does_not_hide_logins),
		cmocka_unit_test(the_audit_trail_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
