// SPDX-License-Identifier: GPL-2.0-only
/* Logins with a real database of SQLite. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "aaa/backend_database.h"
#include "aaa/grant.h"
#include "util/ip_literal_test.h"

#define TABLE	"CREATE TABLE culvert_users (name TEXT, secret TEXT, server TEXT DEFAULT '*', " \
		"addresses TEXT, profile TEXT, disabled BOOLEAN DEFAULT FALSE, expires TIMESTAMP);"
#define ALICE	TABLE "INSERT INTO culvert_users (name, secret) VALUES ('alice', 'wonder');"
#define ENDLESS	"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) " \
		"SELECT i AS secret FROM n WHERE i < 0 AND $1 = 'alice'"

static uv_loop_t loop;
static char folder[] = "/tmp/culvert-database.XXXXXX";
static char path[64];
static struct database *database;
static struct auth *auth;
static struct auth_job job;
static struct auth_verdict last;
static unsigned int verdicts;

static void done(void *ctx, const struct auth_verdict *verdict)
{
	grant_put(last.grant);
	last = *verdict;
	grant_get(last.grant);
	verdicts++;
}

static void write_sql(const char *file, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(file, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void open_with(const char *query, uint32_t timeout_ms, unsigned int max_queued)
{
	static const char * const profiles[] = { "silver", "gold" };
	const struct auth_database_settings profiled = { profiles, 2 };
	const struct database_settings settings = {
		.name = "users", .type = DATABASE_SQLITE, .file = path, .connection = "",
		.password = "", .query = query, .timeout_ms = timeout_ms,
		.max_queued = max_queued,
	};
	char error[128];

	database = database_new(&loop, &settings, error, sizeof(error));
	assert_non_null(database);
	assert_true(database_is_made_of(database, &settings));
	auth = auth_database_new(database, &profiled);
	assert_non_null(auth);
}

static void open_default(void)
{
	open_with("", 5000, 10);
}

static int set_up(void **state)
{
	umask(077);
	strcpy(folder + strlen(folder) - 6, "XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/users.db", folder);
	uv_loop_init(&loop);
	memset(&last, 0, sizeof(last));
	memset(&job, 0, sizeof(job));
	verdicts = 0;
	return 0;
}

static int tear_down(void **state)
{
	auth_put(auth);
	database_drop(database);
	grant_put(last.grant);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
	unlink(path);
	assert_int_equal(rmdir(folder), 0);
	return 0;
}

static void begin(struct auth_job *with, const char *user, size_t user_len, const char *password)
{
	struct ppp_auth_request proof = { .method = PPP_AUTH_PAP };
	struct auth_request request = { .proof = &proof, .server = "office" };

	proof.user_len = (uint16_t)user_len;
	memcpy(proof.user, user, user_len);
	proof.response_len = (uint8_t)strlen(password);
	memcpy(proof.response, password, proof.response_len);
	auth_start(auth, with, &request, done, with);
}

static void wait_for_verdicts(unsigned int n)
{
	while (verdicts < n)
		uv_run(&loop, UV_RUN_ONCE);
}

static enum auth_result ask(const char *user, const char *password)
{
	const unsigned int before = verdicts;

	begin(&job, user, strlen(user), password);
	wait_for_verdicts(before + 1);
	assert_int_equal(verdicts, before + 1);
	return last.result;
}

static void a_user_proves_himself(void **state)
{
	write_sql(path, ALICE);
	open_default();
	assert_int_equal(ask("alice", "wonder"), AUTH_OK);
	assert_int_equal(last.link.result, PPP_AUTH_OK);
	assert_int_equal(last.source, AUTH_SOURCE_DATABASE);
	assert_string_equal(last.user, "alice");
	assert_false(last.restricted);
	assert_null(last.grant);
	assert_int_equal(ask("alice", "Wonder"), AUTH_WRONG_SECRET);
	assert_int_equal(last.link.error, 691);
	assert_int_equal(ask("Alice", "wonder"), AUTH_UNKNOWN_USER);
	assert_int_equal(last.link.error, 691);
	assert_int_equal(database_view(database).counters.found, 2);
	assert_int_equal(database_view(database).counters.unknown, 1);
	assert_int_equal(database_view(database).counters.connects, 1);
	assert_string_equal(database_view(database).state, "up");
}

static void no_name_is_more_than_a_name(void **state)
{
	static const char * const names[] = {
		"alice' OR '1'='1", "' OR 1=1 --", "x'; DROP TABLE culvert_users; --",
		"alice\";", "$1", "%", "*", "alice ",
	};

	write_sql(path, ALICE);
	open_default();
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(ask(names[i], "wonder"), AUTH_UNKNOWN_USER);
	begin(&job, "alice\0x", 7, "wonder");
	wait_for_verdicts(verdicts + (auth_is_under_way(&job) ? 1 : 0));
	assert_int_equal(last.result, AUTH_UNKNOWN_USER);
	assert_int_equal(ask("", "wonder"), AUTH_UNKNOWN_USER);
	assert_int_equal(ask("alice", "wonder"), AUTH_OK);
}

static void eap_is_not_for_it(void **state)
{
	struct ppp_auth_request proof = { .method = PPP_AUTH_EAP, .user = "alice", .user_len = 5 };
	struct auth_request request = { .proof = &proof, .server = "office" };

	write_sql(path, ALICE);
	open_default();
	auth_start(auth, &job, &request, done, &job);
	assert_int_equal(verdicts, 1);
	assert_int_equal(last.result, AUTH_UNAVAILABLE);
}

static void columns_count(void **state)
{
	write_sql(path, TABLE "INSERT INTO culvert_users VALUES "
		  "('here', 'any', '*', NULL, NULL, FALSE, NULL),"
		  "('here', 'this', 'office', '10.0.0.5', 'gold', 0, '2999-12-31'),"
		  "('away', 'pw', 'elsewhere', NULL, NULL, 0, NULL),"
		  "('off', 'pw', '*', NULL, NULL, TRUE, NULL),"
		  "('old', 'pw', '*', NULL, NULL, 0, '2001-01-01 00:00:00+01'),"
		  "('lead', 'pw', '*', NULL, 'lead', 0, NULL),"
		  "('nowhere', 'pw', '*', '-', NULL, 0, NULL),"
		  "('odd', 'pw', '*', 'home', NULL, 0, NULL);");
	open_default();
	assert_int_equal(ask("here", "any"), AUTH_WRONG_SECRET);
	assert_int_equal(ask("here", "this"), AUTH_OK);
	assert_int_equal(last.address_kind, AUTH_ADDRESS_FIXED);
	assert_true(ip_equal(last.address, ip("10.0.0.5")));
	assert_int_equal(last.grant->n_filters, 1);
	assert_string_equal(last.grant->filters[0], "gold");
	assert_int_equal(ask("away", "pw"), AUTH_OTHER_SERVER);
	assert_string_equal(auth_why(&last), "database users has this user for another server only "
			    "(column server)");
	assert_int_equal(ask("off", "wrong"), AUTH_WRONG_SECRET);
	assert_false(last.disabled);
	/* what is made of these, admission says */
	assert_int_equal(ask("off", "pw"), AUTH_OK);
	assert_true(last.disabled);
	assert_int_equal(ask("old", "pw"), AUTH_OK);
	assert_int_equal(last.grant->expires_s, 978303600);
	assert_int_equal(last.grant->n_filters, 0);
	assert_int_equal(ask("lead", "pw"), AUTH_REFUSED);
	assert_string_equal(auth_why(&last), "database users: there is no profile \"lead\", which "
			    "the row names");
	assert_int_equal(ask("nowhere", "pw"), AUTH_NO_ADDRESS);
	assert_int_equal(ask("odd", "pw"), AUTH_REFUSED);
	assert_non_null(strstr(auth_why(&last), "addresses has a word that is none"));
	assert_string_equal(last.user, "odd");
}

static void another_table_has_its_query(void **state)
{
	write_sql(path, "CREATE TABLE people (login TEXT, pw TEXT, site TEXT);"
		  "INSERT INTO people VALUES ('alice', 'wonder', 'office');"
		  "INSERT INTO people VALUES ('bob', 'builder', 'home');");
	open_with("SELECT pw AS secret, 1 AS more FROM people WHERE site = $2 AND login = $1", 5000,
		  10);
	assert_int_equal(ask("alice", "wonder"), AUTH_OK);
	assert_int_equal(ask("bob", "builder"), AUTH_UNKNOWN_USER);
}

static void a_missing_file_is_noticed_and_a_new_one_too(void **state)
{
	char other[sizeof(path) + 4];

	open_default();
	assert_int_equal(ask("alice", "wonder"), AUTH_UNAVAILABLE);
	assert_string_equal(auth_why(&last), "database users: No such file or directory");
	assert_string_equal(database_view(database).state, "down");
	assert_false(auth_is_failure(last.result));
	write_sql(path, TABLE);
	assert_int_equal(ask("alice", "wonder"), AUTH_UNKNOWN_USER);
	assert_string_equal(database_view(database).state, "up");
	snprintf(other, sizeof(other), "%s.new", path);
	write_sql(other, ALICE);
	assert_int_equal(rename(other, path), 0);
	assert_int_equal(ask("alice", "wonder"), AUTH_OK);
	write_sql(path, "UPDATE culvert_users SET secret = 'other'");
	assert_int_equal(ask("alice", "wonder"), AUTH_WRONG_SECRET);
	assert_int_equal(database_view(database).counters.connects, 2);
	unlink(path);
	assert_int_equal(ask("alice", "other"), AUTH_UNAVAILABLE);
}

static void a_file_that_others_may_read_is_not_used(void **state)
{
	write_sql(path, ALICE);
	chmod(path, 0644);
	open_default();
	assert_int_equal(ask("alice", "wonder"), AUTH_UNAVAILABLE);
	assert_string_equal(auth_why(&last), "database users: mode 0644 lets others in on the "
			    "secrets; expected 0600");
	chmod(path, 0640);
	assert_int_equal(ask("alice", "wonder"), AUTH_OK);
}

static void a_table_that_is_not_there_is_named(void **state)
{
	write_sql(path, "CREATE TABLE other (i INTEGER)");
	open_default();
	assert_int_equal(ask("alice", "wonder"), AUTH_UNAVAILABLE);
	assert_string_equal(auth_why(&last), "database users: no such table: culvert_users; users.sql "
			    "makes the table, and for another one there is query");
	write_sql(path, ALICE);
	assert_int_equal(ask("alice", "wonder"), AUTH_OK);
}

static void what_is_no_database_is_said_so(void **state)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	for (unsigned int i = 0; i < 100; i++)
		fputs("this is no database\n", f);
	fclose(f);
	open_default();
	assert_int_equal(ask("alice", "wonder"), AUTH_UNAVAILABLE);
	assert_string_equal(auth_why(&last), "database users: file is not a database; expected a "
			    "database of SQLite 3");
}

static void a_lock_is_not_waited_for_for_ever(void **state)
{
	sqlite3 *db;

	write_sql(path, ALICE);
	open_with("", 400, 10);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	/* The answerer's thread may just be looking at the file. */
	sqlite3_busy_timeout(db, 10000);
	assert_int_equal(sqlite3_exec(db, "BEGIN EXCLUSIVE", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(ask("alice", "wonder"), AUTH_UNAVAILABLE);
	assert_int_equal(sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	while (ask("alice", "wonder") != AUTH_OK)
		;
	assert_string_equal(database_view(database).fault, "");
}

static void a_query_without_end_ends(void **state)
{
	write_sql(path, ALICE);
	open_with(ENDLESS, 300, 10);
	assert_int_equal(ask("alice", "wonder"), AUTH_UNAVAILABLE);
	assert_string_equal(database_view(database).state, "down");
}

static void too_many_questions_are_refused_at_once(void **state)
{
	struct auth_job jobs[4] = { 0 };

	write_sql(path, ALICE);
	open_with("", 5000, 3);
	for (unsigned int i = 0; i < 3; i++)
		begin(&jobs[i], "alice", 5, "wonder");
	assert_int_equal(verdicts, 0);
	begin(&jobs[3], "alice", 5, "wonder");
	assert_int_equal(verdicts, 1);
	assert_int_equal(last.result, AUTH_UNAVAILABLE);
	assert_int_equal(database_view(database).counters.refused, 1);
	wait_for_verdicts(4);
	assert_int_equal(last.result, AUTH_OK);
}

static void questions_can_be_given_up(void **state)
{
	struct auth_job jobs[3] = { 0 };

	write_sql(path, ALICE);
	open_default();
	for (unsigned int i = 0; i < 3; i++)
		begin(&jobs[i], "alice", 5, "wonder");
	auth_cancel(&jobs[0]);
	auth_cancel(&jobs[2]);
	wait_for_verdicts(1);
	assert_int_equal(ask("alice", "wonder"), AUTH_OK);
	assert_int_equal(verdicts, 2);
	/* the last one goes on when nobody else wants the database */
	begin(&jobs[0], "alice", 5, "wonder");
	auth_put(auth);
	database_drop(database);
	auth = NULL;
	database = NULL;
	wait_for_verdicts(3);
	assert_int_equal(last.result, AUTH_OK);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_user_proves_himself),
		TEST(no_name_is_more_than_a_name),
		TEST(eap_is_not_for_it),
		TEST(columns_count),
		TEST(another_table_has_its_query),
		TEST(a_missing_file_is_noticed_and_a_new_one_too),
		TEST(a_file_that_others_may_read_is_not_used),
		TEST(a_table_that_is_not_there_is_named),
		TEST(what_is_no_database_is_said_so),
		TEST(a_lock_is_not_waited_for_for_ever),
		TEST(a_query_without_end_ends),
		TEST(too_many_questions_are_refused_at_once),
		TEST(questions_can_be_given_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
