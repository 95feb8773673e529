// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "aaa/database_row.h"
#include "util/ip_literal_test.h"

#define ROW(...) (const char * const[DATABASE_COLUMNS]){ __VA_ARGS__ }

static struct database_found found;
static struct database_row row;

static const char *read_row(const char * const texts[DATABASE_COLUMNS])
{
	database_found_clear(&found);
	assert_true(database_found_add(&found, texts, "office"));
	assert_true(database_found_any(&found));
	return database_row_read(&row, &found);
}

static int tear_down(void **state)
{
	database_found_clear(&found);
	return 0;
}

static void columns_are_known_by_name(void **state)
{
	assert_int_equal(database_column("secret"), DATABASE_SECRET);
	assert_int_equal(database_column("EXPIRES"), DATABASE_EXPIRES);
	assert_int_equal(database_column("id"), DATABASE_OTHER);
	assert_int_equal(database_column(""), DATABASE_OTHER);
}

static void a_row_with_a_secret_alone_allows_any_address(void **state)
{
	struct ip_addr fixed;

	assert_null(read_row(ROW([DATABASE_SECRET] = "pw")));
	assert_int_equal(row.entry.secret_len, 2);
	assert_memory_equal(row.entry.secret, "pw", 2);
	assert_false(row.entry.nt_hash);
	assert_true(secrets_allow_all(&row.entry));
	assert_false(secrets_fixed_address(&row.entry, &fixed));
	assert_string_equal(row.entry.server, "*");
	assert_string_equal(row.profile, "");
	assert_false(row.disabled);
	assert_int_equal(row.expires_s, 0);
}

static void all_columns_are_read(void **state)
{
	struct ip_addr fixed;

	assert_null(read_row(ROW("{nt}44ebba8d5312b8d611474411f56989ae", "office",
				 " 10.0.0.5 ", "gold", "t", "1800000000")));
	assert_true(row.entry.nt_hash);
	assert_int_equal(row.entry.secret_len, 16);
	assert_int_equal(row.entry.secret[0], 0x44);
	assert_int_equal(row.entry.secret[15], 0xae);
	assert_true(secrets_fixed_address(&row.entry, &fixed));
	assert_true(ip_equal(fixed, ip("10.0.0.5")));
	assert_string_equal(row.profile, "gold");
	assert_true(row.disabled);
	assert_int_equal(row.expires_s, 1800000000);
}

static void addresses_are_those_of_secrets(void **state)
{
	assert_null(read_row(ROW("pw", NULL, "!10.0.0.7 10.0.0.0/24\t10.1.0.0/16")));
	assert_int_equal(row.entry.n_addresses, 3);
	assert_true(secrets_allows(&row.entry, ip("10.0.0.8")));
	assert_false(secrets_allows(&row.entry, ip("10.0.0.7")));
	assert_true(secrets_allows(&row.entry, ip("10.1.2.3")));
	assert_false(secrets_allows(&row.entry, ip("10.2.0.1")));
	assert_null(read_row(ROW("pw", NULL, "-")));
	assert_false(secrets_allow_all(&row.entry));
	assert_null(read_row(ROW("pw", NULL, "")));
	assert_true(secrets_allow_all(&row.entry));
	assert_non_null(read_row(ROW("pw", NULL, "10.0.0.0/24+")));
	assert_non_null(read_row(ROW("pw", NULL, "host.example.org")));
}

static void too_many_addresses_are_refused(void **state)
{
	char many[65 * 2 + 1] = "";

	for (unsigned int i = 0; i < 64; i++)
		strcat(many, "* ");
	assert_null(read_row(ROW("pw", NULL, many)));
	strcat(many, "*");
	assert_non_null(read_row(ROW("pw", NULL, many)));
}

static void a_secret_that_is_none_is_refused(void **state)
{
	char longest[258];

	memset(longest, 'x', 257);
	longest[257] = '\0';
	assert_non_null(read_row(ROW(longest)));
	longest[256] = '\0';
	assert_null(read_row(ROW(longest)));
	assert_non_null(read_row(ROW("")));
	assert_non_null(read_row(ROW(NULL, "office")));
	assert_non_null(read_row(ROW("{NT}44ebba8d")));
	/* what is special in a file is not here */
	assert_null(read_row(ROW("@/etc/shadow")));
	assert_int_equal(row.entry.secret_len, 12);
	assert_null(read_row(ROW("a \\\"'#")));
	assert_memory_equal(row.entry.secret, "a \\\"'#", 6);
}

static void truth_has_many_words(void **state)
{
	static const char * const yes[] = { "t", "TRUE", "1", "yes", "on" };
	static const char * const no[] = { "f", "False", "0", "no", "off", "" };

	for (unsigned int i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		assert_null(read_row(ROW([DATABASE_SECRET] = "pw", [DATABASE_DISABLED] = yes[i])));
		assert_true(row.disabled);
	}
	for (unsigned int i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
		assert_null(read_row(ROW([DATABASE_SECRET] = "pw", [DATABASE_DISABLED] = no[i])));
		assert_false(row.disabled);
	}
	assert_non_null(read_row(ROW([DATABASE_SECRET] = "pw", [DATABASE_DISABLED] = "2")));
}

static void times_have_many_forms(void **state)
{
	static const struct {
		const char *text;
		uint64_t time_s;
	} times[] = {
		{ "2001-09-09", 999993600 },
		{ "2001-09-09 01:46", 999999960 },
		{ "2001-09-09 01:46:40", 1000000000 },
		{ "2001-09-09T01:46:40Z", 1000000000 },
		{ "2001-09-09 01:46:40.123456+00", 1000000000 },
		{ "2001-09-09 03:46:40+02", 1000000000 },
		{ "2001-09-09 03:46:40+02:00", 1000000000 },
		{ "2001-09-09 03:46:40+0200", 1000000000 },
		{ "2001-09-08 22:16:40-03:30", 1000000000 },
		{ "2024-02-29", 1709164800 },
		{ "1000000000", 1000000000 },
		{ "infinity", 0 },
		{ "", 0 },
	};
	static const char * const wrong[] = {
		"2001-02-29", "2001-13-01", "2001-9-9", "2001-09-09 25:00", "2001-09-09 01",
		"2001-09-09 01:46:40+2", "2001-09-09 01:46:40 CET", "soon", "-infinity", "-1", "0",
		"09.09.2001", "2001-09-09 ", "2001-09-09 01:60",
	};

	for (unsigned int i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		assert_null(read_row(ROW([DATABASE_SECRET] = "pw",
					 [DATABASE_EXPIRES] = times[i].text)));
		assert_int_equal(row.expires_s, times[i].time_s);
	}
	for (unsigned int i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_non_null(read_row(ROW([DATABASE_SECRET] = "pw",
					     [DATABASE_EXPIRES] = wrong[i])));
}

static void offer(const char *secret, const char *server)
{
	assert_true(database_found_add(&found, ROW(secret, server), "office"));
}

static void the_row_of_this_server_counts(void **state)
{
	offer("other", "elsewhere");
	assert_true(found.known);
	assert_false(database_found_any(&found));
	offer("any", "*");
	assert_string_equal(found.texts[DATABASE_SECRET], "any");
	offer("any again", NULL);
	assert_string_equal(found.texts[DATABASE_SECRET], "any");
	offer("this", "office");
	assert_string_equal(found.texts[DATABASE_SECRET], "this");
	offer("this again", "office");
	offer("any at last", "");
	assert_string_equal(found.texts[DATABASE_SECRET], "this");
	database_found_clear(&found);
	assert_false(found.known);
	assert_false(database_found_any(&found));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(columns_are_known_by_name),
		cmocka_unit_test_teardown(a_row_with_a_secret_alone_allows_any_address, tear_down),
		cmocka_unit_test_teardown(all_columns_are_read, tear_down),
		cmocka_unit_test_teardown(addresses_are_those_of_secrets, tear_down),
		cmocka_unit_test_teardown(too_many_addresses_are_refused, tear_down),
		cmocka_unit_test_teardown(a_secret_that_is_none_is_refused, tear_down),
		cmocka_unit_test_teardown(truth_has_many_words, tear_down),
		cmocka_unit_test_teardown(times_have_many_forms, tear_down),
		cmocka_unit_test_teardown(the_row_of_this_server_counts, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
