// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "util/ip_literal_test.h"
#include "util/log_line.h"

/* Compare the fields of a line with @expected, one a line. */
static void journal_has(const char *line, const struct log_fields *about, const char *expected)
{
	char got[4096];
	struct log_journal j;
	size_t len = 0;

	log_journal_make(&j, 5, line, about);
	for (int i = 0; i < j.n; i++)
		len += (size_t)snprintf(got + len, sizeof(got) - len, "%.*s\n",
					(int)j.fields[i].iov_len, (char *)j.fields[i].iov_base);
	assert_string_equal(got, expected);
}

static const struct log_fields all = {
	.event = LOG_EVENT_LOGIN_REFUSED, .session = 18446744073709551615u,
	.user = "alice", .server = "office", .client = "home", .radius = "r1", .pool = "p",
	.database = "d", .coa = "c", .hook = "on-up",
	.reason = "limit",
};

static void a_line_is_about_nothing(void **state)
{
	const struct log_fields nothing = { .user = "" };

	journal_has("ready", NULL, "MESSAGE=ready\nPRIORITY=5\n");
	journal_has("ready", &nothing, "MESSAGE=ready\nPRIORITY=5\n");
}

static void what_is_known_is_told(void **state)
{
	struct log_fields about = all;

	about.peer = ip("192.0.2.1");
	journal_has("no", &about,
		    "MESSAGE=no\nPRIORITY=5\nMESSAGE_ID=1c58869aaf36aa4193ea3ab9501a21a3\n"
		    "CULVERT_EVENT=login-refused\nCULVERT_SESSION=18446744073709551615\n"
		    "CULVERT_USER=alice\nCULVERT_PEER=192.0.2.1\nCULVERT_SERVER=office\n"
		    "CULVERT_CLIENT=home\nCULVERT_RADIUS=r1\nCULVERT_POOL=p\n"
		    "CULVERT_DATABASE=d\nCULVERT_COA=c\nCULVERT_HOOK=on-up\n"
		    "CULVERT_REASON=limit\n");
}

static void nobody_forges_a_field(void **state)
{
	const struct log_fields about = { .user = "x\nCULVERT_SERVER=y" };

	journal_has("no", &about, "MESSAGE=no\nPRIORITY=5\nCULVERT_USER=x\\x0aCULVERT_SERVER=y\n");
}

static void what_is_too_long_is_cut(void **state)
{
	char line[LOG_LINE_SHOWN], user[5000];
	struct log_fields about = all;
	struct log_journal j;

	memset(line, 'l', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	memset(user, '\n', sizeof(user) - 1);
	user[sizeof(user) - 1] = '\0';
	about.user = user;
	log_journal_make(&j, 3, line, &about);
	assert_int_equal(j.fields[0].iov_len, strlen("MESSAGE=") + strlen(line));
	assert_true(j.used <= sizeof(j.room));
	assert_true(j.n >= 6);
	assert_memory_equal(j.fields[5].iov_base, "CULVERT_USER=\\x0a", 17);
}

/* --- JSON -------------------------------------------------------------------------------- */

static void json_is(enum log_level level, const char *line, const struct log_fields *about,
		    const char *expected)
{
	const struct timespec at = { .tv_sec = 1795876503, .tv_nsec = 4005999 };
	char out[LOG_JSON_SIZE];
	size_t len = log_json_make(out, &at, level, line, about);

	assert_int_equal(len, strlen(out));
	assert_string_equal(out, expected);
}

static void a_line_is_an_object(void **state)
{
	struct log_fields about = all;

	about.peer = ip("192.0.2.1");
	json_is(LOG_LEVEL_NOTICE, "ready", NULL,
		"{\"time\":\"2026-11-28T14:35:03.004005Z\",\"level\":\"notice\","
		"\"message\":\"ready\"}\n");
	json_is(LOG_LEVEL_ERROR, "no", &about,
		"{\"time\":\"2026-11-28T14:35:03.004005Z\",\"level\":\"error\",\"message\":\"no\","
		"\"event\":\"login-refused\",\"session\":18446744073709551615,\"user\":\"alice\","
		"\"peer\":\"192.0.2.1\",\"server\":\"office\",\"client\":\"home\","
		"\"radius\":\"r1\",\"pool\":\"p\",\"database\":\"d\",\"coa\":\"c\","
		"\"hook\":\"on-up\",\"reason\":\"limit\"}\n");
}

static void nobody_forges_a_member(void **state)
{
	const struct log_fields about = { .user = "a\",\"server\":\"b\\\n" };

	json_is(LOG_LEVEL_DEBUG, "user \"x\\", &about,
		"{\"time\":\"2026-11-28T14:35:03.004005Z\",\"level\":\"debug\","
		"\"message\":\"user \\\"x\\\\\","
		"\"user\":\"a\\\",\\\"server\\\":\\\"b\\\\\\\\x0a\"}\n");
}

static void the_longest_line_has_room(void **state)
{
	static const char end[] = "\"reason\":\"limit\"}\n";
	char line[LOG_LINE_SHOWN], user[5000], out[LOG_JSON_SIZE];
	struct log_fields about = all;
	size_t len;

	memset(line, '"', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	memset(user, '\n', sizeof(user) - 1);
	user[sizeof(user) - 1] = '\0';
	about.user = about.server = about.client = about.radius = about.pool = user;
	len = log_json_make(out, &(struct timespec){ 0 }, LOG_LEVEL_INFO, line, &about);
	assert_true(len < sizeof(out));
	assert_string_equal(out + len - strlen(end), end);
}

/* --- the catalogue ----------------------------------------------------------------------- */

static bool is_an_event(const char *id)
{
	for (int e = LOG_EVENT_NONE + 1; e < LOG_EVENTS; e++)
		if (!strcmp(log_event_id(e), id))
			return true;
	return false;
}

/* Returns how many entries have the ID @wanted. Each entry must have the ID of an event. */
static unsigned int entries_of(const char *wanted)
{
	FILE *f = fopen("../packaging/systemd/culvert.catalog", "r");
	unsigned int n = 0;
	char line[512], id[40];

	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "-- %39s", id) != 1)
			continue;
		assert_true(is_an_event(id));
		n += !strcmp(id, wanted);
	}
	fclose(f);
	return n;
}

/* Returns true if the page says @word behind .Cm, where events stand, or .It Li, where fields do. */
static bool is_in_the_manual(const char *macro, const char *word)
{
	FILE *f = fopen("../docs/man/culvertd.8", "r");
	bool found = false;
	char line[512];

	assert_non_null(f);
	while (!found && fgets(line, sizeof(line), f)) {
		if (strncmp(line, macro, strlen(macro)))
			continue;
		strtok(line, " \n");
		for (const char *w = ""; w && !found; w = strtok(NULL, " \n"))
			found = !strcmp(w, word);
	}
	fclose(f);
	return found;
}

static void each_field_is_in_the_manual(void **state)
{
	struct log_fields about = all;
	struct log_journal j;

	about.peer = ip("192.0.2.1");
	log_journal_make(&j, 5, "no", &about);
	assert_int_equal(j.n, 3 + LOG_LINE_PAIRS);
	for (int i = 3; i < j.n; i++) {
		const char *field = j.fields[i].iov_base;
		char name[64];

		snprintf(name, sizeof(name), "%.*s=", (int)strcspn(field, "="), field);
		if (!is_in_the_manual(".It Li ", name))
			fail_msg("culvertd(8) lacks %s", name);
	}
}

static void each_event_is_in_the_catalogue(void **state)
{
	for (int e = LOG_EVENT_NONE + 1; e < LOG_EVENTS; e++) {
		assert_non_null(log_event_name(e));
		assert_int_equal(strlen(log_event_id(e)), 32);
		assert_int_equal(entries_of(log_event_id(e)), 1);
		if (!is_in_the_manual(".Cm ", log_event_name(e)))
			fail_msg("culvertd(8) lacks the event %s", log_event_name(e));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_about_nothing),
		cmocka_unit_test(what_is_known_is_told),
		cmocka_unit_test(nobody_forges_a_field),
		cmocka_unit_test(what_is_too_long_is_cut),
		cmocka_unit_test(a_line_is_an_object),
		cmocka_unit_test(nobody_forges_a_member),
		cmocka_unit_test(the_longest_line_has_room),
		cmocka_unit_test(each_event_is_in_the_catalogue),
		cmocka_unit_test(each_field_is_in_the_manual),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
