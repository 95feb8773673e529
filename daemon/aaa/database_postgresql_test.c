// SPDX-License-Identifier: GPL-2.0-only
/*
 * The connection to PostgreSQL, with a server that the test plays on a thread of its own: it speaks as
 * much of PostgreSQL's protocol (version 3) as is needed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "aaa/database.h"

#ifndef CULVERT_POSTGRESQL

static void nobody_can_connect(void **state)
{
	char error[128];

	assert_false(database_can_connect("host=192.0.2.1", error, sizeof(error)));
	assert_non_null(strstr(error, "without libpq"));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(nobody_can_connect) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

/* --- the server ------------------------------------------------------------------------------ */

enum manner {
	ANSWERS,
	IS_SILENT,
	FAILS,				/* each query, with @sqlstate */
	HANGS_UP,			/* when it is asked */
	REJECTS,			/* who connects */
};

static char folder[] = "/tmp/culvert-postgresql.XXXXXX";
static struct sockaddr_un at;
static int listener = -1;
static pthread_t thread;
static atomic_int manner;
static atomic_uint connections, queries;
static const char *sqlstate = "42P01";
static char sql[512];			/* the last one; read by the test when it was answered */
static char server[64];			/* the second parameter, likewise */

struct buffer {
	uint8_t octets[8192];
	size_t len;
};

static void put(struct buffer *b, const void *from, size_t len)
{
	assert_true(b->len + len <= sizeof(b->octets));
	memcpy(b->octets + b->len, from, len);
	b->len += len;
}

static void put_text(struct buffer *b, const char *text)
{
	put(b, text, strlen(text) + 1);
}

static void put32(struct buffer *b, uint32_t n)
{
	n = htonl(n);
	put(b, &n, sizeof(n));
}

static void put16(struct buffer *b, uint16_t n)
{
	n = htons(n);
	put(b, &n, sizeof(n));
}

/* Begin a message; returns where its length is, for end(). */
static size_t begin(struct buffer *b, char kind)
{
	put(b, &kind, 1);
	put32(b, 0);
	return b->len - 4;
}

static void end(struct buffer *b, size_t where)
{
	const uint32_t len = htonl((uint32_t)(b->len - where));

	memcpy(b->octets + where, &len, sizeof(len));
}

static void put_simple(struct buffer *b, char kind, const void *body, size_t len)
{
	const size_t where = begin(b, kind);

	put(b, body, len);
	end(b, where);
}

static void put_error(struct buffer *b, const char *severity, const char *state, const char *words)
{
	const size_t where = begin(b, 'E');

	put(b, "S", 1);
	put_text(b, severity);
	put(b, "V", 1);
	put_text(b, severity);
	put(b, "C", 1);
	put_text(b, state);
	put(b, "M", 1);
	put_text(b, words);
	put(b, "", 1);
	end(b, where);
}

static void put_rows(struct buffer *b, const char *user)
{
	static const char * const columns[] = { "id", "secret", "profile" };
	size_t where = begin(b, 'T');

	put16(b, 3);
	for (unsigned int i = 0; i < 3; i++) {
		put_text(b, columns[i]);
		put32(b, 0);
		put16(b, 0);
		put32(b, 25);
		put16(b, 0xffff);
		put32(b, 0xffffffff);
		put16(b, 0);
	}
	end(b, where);
	if (!strcmp(user, "alice")) {
		where = begin(b, 'D');
		put16(b, 3);
		put32(b, 1);
		put(b, "7", 1);
		put32(b, 6);
		put(b, "wonder", 6);
		put32(b, 0xffffffff);
		end(b, where);
	}
	put_simple(b, 'C', "SELECT 1", 9);
}

static bool read_all(int fd, void *to, size_t len)
{
	while (len) {
		const ssize_t n = read(fd, to, len);

		if (n <= 0)
			return false;
		to = (char *)to + n;
		len -= (size_t)n;
	}
	return true;
}

static void greet(int fd)
{
	struct buffer b = { .len = 0 };

	put_simple(&b, 'R', "\0\0\0\0", 4);
	put_simple(&b, 'S', "server_version\00015.0", 20);
	put_simple(&b, 'S', "client_encoding\0UTF8", 21);
	put_simple(&b, 'K', "\0\0\0\1\0\0\0\2", 8);
	put_simple(&b, 'Z', "I", 1);
	assert_int_equal(send(fd, b.octets, b.len, MSG_NOSIGNAL), b.len);
}

/* Bind: portal, statement, formats, parameters. */
static void read_bind(const uint8_t *body, char *user, size_t size)
{
	const uint8_t *p = body + strlen((const char *)body) + 1;
	uint16_t n;
	uint32_t len;

	p += strlen((const char *)p) + 1;
	memcpy(&n, p, 2);
	p += 2 + 2 * ntohs(n);
	memcpy(&n, p, 2);
	assert_int_equal(ntohs(n), 2);
	memcpy(&len, p + 2, 4);
	len = ntohl(len);
	p += 6;
	snprintf(user, size, "%.*s", (int)len, p);
	p += len;
	memcpy(&len, p, 4);
	snprintf(server, sizeof(server), "%.*s", (int)ntohl(len), p + 4);
}

/* Returns false if it hangs up. */
static bool answer(int fd, const char *user)
{
	struct buffer b = { .len = 0 };
	const int how = manner;

	queries++;
	if (how == HANGS_UP) {
		put_error(&b, "FATAL", "57P01", "terminating connection");
		send(fd, b.octets, b.len, MSG_NOSIGNAL);
		return false;
	}
	if (how == IS_SILENT)
		return true;
	if (how == FAILS) {
		put_error(&b, "ERROR", sqlstate, "it does not exist");
	} else {
		put_simple(&b, '1', "", 0);
		put_simple(&b, '2', "", 0);
		put_rows(&b, user);
	}
	put_simple(&b, 'Z', "I", 1);
	send(fd, b.octets, b.len, MSG_NOSIGNAL);
	return true;
}

static void serve_one(int fd)
{
	uint8_t body[4096];
	char user[64] = "";
	uint32_t len;
	char kind;

	if (!read_all(fd, &len, 4) || !read_all(fd, body, ntohl(len) - 4))
		return;
	connections++;
	if (manner == REJECTS) {
		struct buffer b = { .len = 0 };

		put_error(&b, "FATAL", "28P01", "password authentication failed");
		send(fd, b.octets, b.len, MSG_NOSIGNAL);
		return;
	}
	greet(fd);
	while (read_all(fd, &kind, 1) && read_all(fd, &len, 4) &&
	       read_all(fd, body, ntohl(len) - 4)) {
		if (kind == 'P')
			snprintf(sql, sizeof(sql), "%s",
				 (const char *)body + strlen((const char *)body) + 1);
		if (kind == 'B')
			read_bind(body, user, sizeof(user));
		if (kind == 'S' && !answer(fd, user))
			return;
	}
}

static void *serve(void *ctx)
{
	int fd;

	while ((fd = accept(listener, NULL, NULL)) >= 0) {
		serve_one(fd);
		close(fd);
	}
	return NULL;
}

static void start_server(void)
{
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(listener, 5), 0);
	assert_int_equal(pthread_create(&thread, NULL, serve, NULL), 0);
}

/* Who is connected stays so, and is gone at the end of the thread: close that first. */
static void stop_server(void)
{
	shutdown(listener, SHUT_RDWR);
	pthread_join(thread, NULL);
	close(listener);
	unlink(at.sun_path);
	listener = -1;
}

/* --- the test -------------------------------------------------------------------------------- */

static uv_loop_t loop;
static struct database *database;
static struct database_found last;
static char last_fault[DATABASE_FAULT_MAX + 1];
static unsigned int answers;

static void answered(struct database_question *q, const struct database_answer *a)
{
	database_found_clear(&last);
	if (a->found && database_found_any(a->found))
		assert_true(database_found_add(&last, (const char * const *)a->found->texts, ""));
	snprintf(last_fault, sizeof(last_fault), "%s", a->fault);
	assert_true(a->found || *a->fault);
	answers++;
}

static void open_with(uint32_t timeout_ms, const char *query)
{
	char connection[128], error[128];
	const struct database_settings settings = {
		.name = "users", .type = DATABASE_POSTGRESQL, .file = "", .connection = connection,
		.password = "", .query = query, .timeout_ms = timeout_ms, .max_queued = 200,
	};

	snprintf(connection, sizeof(connection), "host=%s user=culvert dbname=isp", folder);
	assert_true(database_can_connect(connection, error, sizeof(error)));
	database = database_new(&loop, &settings, error, sizeof(error));
	assert_non_null(database);
}

static int set_up(void **state)
{
	strcpy(folder + strlen(folder) - 6, "XXXXXX");
	assert_non_null(mkdtemp(folder));
	at = (struct sockaddr_un){ .sun_family = AF_UNIX };
	snprintf(at.sun_path, sizeof(at.sun_path), "%s/.s.PGSQL.5432", folder);
	uv_loop_init(&loop);
	signal(SIGPIPE, SIG_IGN);
	manner = ANSWERS;
	connections = 0;
	queries = 0;
	answers = 0;
	return 0;
}

static int tear_down(void **state)
{
	database_drop(database);
	database_found_clear(&last);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
	if (listener >= 0)
		stop_server();
	assert_int_equal(rmdir(folder), 0);
	return 0;
}

static void wait_for_answers(unsigned int n)
{
	while (answers < n)
		uv_run(&loop, UV_RUN_ONCE);
}

static void wait_for_state(const char *state)
{
	while (strcmp(database_view(database).state, state))
		uv_run(&loop, UV_RUN_ONCE);
}

static const char *try_to_ask(const char *user)
{
	static struct database_question q;
	const unsigned int before = answers;
	const char *why;

	q = (struct database_question){ .user = user, .server = "office", .answered = answered };
	why = database_ask(database, &q);
	assert_int_equal(answers, before);
	if (!why)
		wait_for_answers(before + 1);
	return why;
}

static void ask(const char *user)
{
	assert_null(try_to_ask(user));
}

static void a_user_is_found(void **state)
{
	start_server();
	open_with(5000, "");
	ask("alice");
	assert_string_equal(last.texts[DATABASE_SECRET], "wonder");
	assert_null(last.texts[DATABASE_PROFILE]);
	assert_string_equal(sql, DATABASE_QUERY);
	assert_string_equal(server, "office");
	ask("bob");
	assert_false(database_found_any(&last));
	assert_string_equal(last_fault, "");
	ask("alice'; DROP TABLE culvert_users; --");
	assert_false(database_found_any(&last));
	assert_string_equal(sql, DATABASE_QUERY);
	assert_int_equal(connections, 1);
	assert_string_equal(database_view(database).state, "up");
	assert_string_equal(database_view(database).where + strlen(folder), " isp");
}

static void many_questions_are_under_way(void **state)
{
	static struct database_question many[150];

	start_server();
	open_with(5000, "");
	for (unsigned int i = 0; i < 150; i++) {
		many[i] = (struct database_question){
			.user = "alice", .server = "office", .answered = answered,
		};
		assert_null(database_ask(database, &many[i]));
	}
	for (unsigned int i = 0; i < 150; i += 3)
		database_give_up(&many[i]);
	wait_for_answers(100);
	assert_int_equal(answers, 100);
	assert_int_equal(database_view(database).counters.found, 100);
	assert_int_equal(connections, 1);
}

static void errors_of_the_query_are_told(void **state)
{
	start_server();
	open_with(5000, "");
	manner = FAILS;
	ask("alice");
	assert_string_equal(last_fault, "it does not exist; users.sql makes the table, and "
			    "for another one there is query");
	assert_string_equal(database_view(database).state, "down");
	/* the next one is asked all the same */
	sqlstate = "42501";
	ask("alice");
	assert_non_null(strstr(last_fault, "GRANT SELECT"));
	/* a name that cannot be there is not there */
	sqlstate = "22021";
	ask("\xff");
	assert_string_equal(last_fault, "");
	assert_false(database_found_any(&last));
	sqlstate = "42P01";
	manner = ANSWERS;
	ask("alice");
	assert_string_equal(database_view(database).state, "up");
	assert_int_equal(connections, 1);
}

static void a_lost_connection_is_made_again(void **state)
{
	start_server();
	open_with(5000, "");
	ask("alice");
	manner = HANGS_UP;
	/* it hangs up once more, and that is no good connection */
	ask("alice");
	assert_string_not_equal(last_fault, "");
	assert_string_equal(database_view(database).state, "down");
	assert_string_equal(try_to_ask("alice"), last_fault);
	manner = ANSWERS;
	wait_for_state("up");
	ask("alice");
	assert_string_equal(last.texts[DATABASE_SECRET], "wonder");
}

static void a_server_that_restarts_costs_no_question(void **state)
{
	static struct database_question q;

	start_server();
	open_with(5000, "");
	ask("alice");
	manner = HANGS_UP;
	q = (struct database_question){ .user = "alice", .server = "", .answered = answered };
	assert_null(database_ask(database, &q));
	while (queries < 2)
		usleep(1000);
	manner = ANSWERS;
	wait_for_answers(2);
	assert_string_equal(last_fault, "");
	assert_true(database_found_any(&last));
	assert_int_equal(connections, 2);
}

static void without_a_server_nobody_waits(void **state)
{
	open_with(5000, "");
	wait_for_state("down");
	assert_non_null(try_to_ask("alice"));
	assert_int_equal(database_view(database).counters.refused, 1);
	start_server();
	wait_for_state("up");
	ask("alice");
	assert_true(database_found_any(&last));
}

static void who_may_not_connect_is_told(void **state)
{
	start_server();
	manner = REJECTS;
	open_with(5000, "");
	wait_for_state("down");
	assert_non_null(strstr(try_to_ask("alice"), "password authentication failed"));
}

static void silence_has_an_end(void **state)
{
	start_server();
	open_with(200, "");
	ask("alice");
	manner = IS_SILENT;
	ask("alice");
	assert_string_equal(last_fault, "no answer within 0 s");
	assert_int_equal(database_view(database).counters.late, 1);
	assert_string_equal(database_view(database).state, "down");
	manner = ANSWERS;
	wait_for_state("up");
	ask("alice");
	assert_true(database_found_any(&last));
}

static void it_can_be_dropped_at_any_time(void **state)
{
	static struct database_question q;

	start_server();
	open_with(5000, "");
	q = (struct database_question){ .user = "alice", .server = "", .answered = answered };
	assert_null(database_ask(database, &q));
	database_give_up(&q);
	database_drop(database);
	database = NULL;
	uv_run(&loop, UV_RUN_DEFAULT);
	open_with(5000, "");
	ask("alice");
	manner = IS_SILENT;
	assert_null(database_ask(database, &q));
	uv_run(&loop, UV_RUN_NOWAIT);
	database_give_up(&q);
	assert_int_equal(answers, 1);
}

static void a_name_has_to_be_an_address(void **state)
{
	static const struct {
		const char *connection, *wrong;	/* NULL: it is right */
	} table[] = {
		{ "host=192.0.2.1", NULL },
		{ "host=2001:db8::1,/run/postgresql", NULL },
		{ "hostaddr=192.0.2.1 host=db.example.org sslmode=verify-full", NULL },
		{ "postgresql://culvert@192.0.2.1:5433/isp", NULL },
		{ "host=@abstract", NULL },
		{ "host=db.example.org", "no address" },
		{ "host=192.0.2.1,db.example.org", "no address" },
		{ "host=192.0.2.1,", "no address" },
		{ "dbname=isp", "no address" },
		{ "", "no address" },
		{ "host=/run/postgresql password=x", "password-file" },
		{ "host=/run/postgresql sslpassword=x", "has a secret" },
		{ "host=/run/postgresql service=x", "service" },
		{ "hots=192.0.2.1", "invalid connection option" },
		{ "host", "missing" },
	};
	char error[256];

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const bool right = database_can_connect(table[i].connection, error, sizeof(error));

		assert_int_equal(right, !table[i].wrong);
		if (!right)
			assert_non_null(strstr(error, table[i].wrong));
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_user_is_found),
		TEST(many_questions_are_under_way),
		TEST(errors_of_the_query_are_told),
		TEST(a_lost_connection_is_made_again),
		TEST(a_server_that_restarts_costs_no_question),
		TEST(without_a_server_nobody_waits),
		TEST(who_may_not_connect_is_told),
		TEST(silence_has_an_end),
		TEST(it_can_be_dropped_at_any_time),
		cmocka_unit_test(a_name_has_to_be_an_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
