// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "aaa/pool.h"
#include "aaa/pool_file.h"
#include "util/captured_log_test.h"
#include "util/ip_literal_test.h"

#define HEAD "culvert-addresses 1\n"

static uv_loop_t loop;
static struct pool_file f;
static char folder[32], path[64], other[80];
static char seen[4096];		/* what was known when the file was opened */

static void known(void *ctx, const struct pool_entry *entry)
{
	const char *address = ip_text(ip_from_number(entry->address));
	const size_t len = strlen(seen);

	if (entry->place)
		snprintf(seen + len, sizeof(seen) - len, "%s %08x in %x\n", address, entry->user,
			 entry->place);
	else
		snprintf(seen + len, sizeof(seen) - len, "%s %08x\n", address, entry->user);
}

static void open_file(void)
{
	seen[0] = '\0';
	pool_file_open(&f, &loop, path, known, NULL);
}

static void close_file(void)
{
	pool_file_close(&f);
	uv_run(&loop, UV_RUN_DEFAULT);
}

static void add_there(const char *address, uint32_t user, uint32_t place)
{
	pool_file_add(&f, &(struct pool_entry){ ip_number(ip(address)), user, place });
}

static void add(const char *address, uint32_t user)
{
	add_there(address, user, 0);
}

static void put(const char *octets, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, octets, len), len);
	close(fd);
}

/* Returns what is in @name; valid until the next call. */
static const char *content(const char *name)
{
	static char text[4096];
	int fd = open(name, O_RDONLY);
	ssize_t n;

	assert_true(fd >= 0);
	n = read(fd, text, sizeof(text) - 1);
	assert_true(n >= 0);
	text[n] = '\0';
	close(fd);
	return text;
}

static int set_up(void **state)
{
	strcpy(folder, "/tmp/culvert-test-XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/state/addresses", folder);
	snprintf(other, sizeof(other), "%s.damaged", path);
	uv_loop_init(&loop);
	return 0;
}

static int tear_down(void **state)
{
	char command[64];

	assert_int_equal(uv_loop_close(&loop), 0);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command);
}

static void what_was_added_is_known_later(void **state)
{
	struct stat st;

	open_file();
	assert_string_equal(seen, "");
	add("10.0.0.1", 0x1);
	add("10.0.0.2", 0xabcdef01);
	add("10.0.0.1", 0x3);
	close_file();
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_string_equal(content(path), HEAD "10.0.0.1 00000001\n10.0.0.2 abcdef01\n"
			    "10.0.0.1 00000003\n");
	open_file();
	assert_string_equal(seen, "10.0.0.2 abcdef01\n10.0.0.1 00000003\n");
	/* and written anew at once, without what does not count any more */
	assert_string_equal(content(path), HEAD "10.0.0.2 abcdef01\n10.0.0.1 00000003\n");
	close_file();
}

static void an_address_in_another_place_is_another_one(void **state)
{
	open_file();
	add("10.0.0.1", 0x1);
	add_there("10.0.0.1", 0x2, 0xab);
	add_there("10.0.0.1", 0x3, 0xab);
	close_file();
	open_file();
	assert_string_equal(seen, "10.0.0.1 00000001\n10.0.0.1 00000003 in ab\n");
	assert_string_equal(content(path), HEAD "10.0.0.1 00000001\n"
			    "10.0.0.1 00000003 000000ab\n");
	close_file();
}

/* Nobody closes the file when the daemon is killed. */
static void what_was_added_is_there_before_the_end(void **state)
{
	open_file();
	add("10.0.0.1", 0x1);
	while (!strstr(content(path), "10.0.0.1 00000001\n"))
		uv_run(&loop, UV_RUN_NOWAIT);
	add("10.0.0.2", 0x2);
	while (!strstr(content(path), "10.0.0.2 00000002\n"))
		uv_run(&loop, UV_RUN_ONCE);
	close_file();
}

static void a_line_that_a_kill_cut_off_is_left_out(void **state)
{
	open_file();
	close_file();
	put(HEAD "10.0.0.1 00000001\n10.0.0.2 000", strlen(HEAD) + 30);
	capture();
	open_file();
	assert_string_equal(captured(), "");
	assert_string_equal(seen, "10.0.0.1 00000001\n");
	add("10.0.0.3", 3);
	close_file();
	assert_string_equal(content(path), HEAD "10.0.0.1 00000001\n10.0.0.3 00000003\n");
	assert_int_equal(access(other, F_OK), -1);
}

static const struct {
	const char *what;
	const char *octets;
	size_t len;
	const char *line, *kept;
} damages[] = {
#define DAMAGE(what, text, line, kept) { what, text, sizeof(text) - 1, "line " line ":", kept }
	DAMAGE("the head", "culvert-addresses 2\n10.0.0.1 00000001\n", "1", ""),
	DAMAGE("no head", "10.0.0.1", "1", ""),
	DAMAGE("a word", HEAD "10.0.0.1 00000001\nfoo\n10.0.0.2 00000002\n", "3",
	       "10.0.0.1 00000001\n"),
	DAMAGE("no user", HEAD "10.0.0.1 00000000\n", "2", ""),
	DAMAGE("a short user", HEAD "10.0.0.1 0001\n", "2", ""),
	DAMAGE("a sign", HEAD "10.0.0.1 +0000001\n", "2", ""),
	DAMAGE("no address", HEAD "10.0.0 00000001\n", "2", ""),
	DAMAGE("NULs", HEAD "10.0.0.1 00000001\n\0\0\0\0", "3", "10.0.0.1 00000001\n"),
};

static void a_damaged_file_is_begun_anew(void **state)
{
	for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		const char *log;

		print_message("damage: %s\n", damages[i].what);
		open_file();
		close_file();
		put(damages[i].octets, damages[i].len);
		capture();
		open_file();
		log = captured();
		assert_non_null(strstr(log, damages[i].line));
		assert_non_null(strstr(log, other));
		assert_string_equal(seen, damages[i].kept);
		assert_memory_equal(content(other), damages[i].octets, damages[i].len);
		add("10.9.9.9", 9);
		close_file();
		capture();
		open_file();
		assert_string_equal(captured(), "");
		assert_non_null(strstr(seen, "10.9.9.9 00000009\n"));
		close_file();
	}
}

/* One login after the other, for ever, does not fill the disk. */
static void the_file_does_not_grow_without_bound(void **state)
{
	struct stat st;

	open_file();
	for (uint32_t i = 0; i < 20000; i++) {
		add(i % 2 ? "10.0.0.1" : "10.0.0.2", i + 1);
		if (i % 100 == 0)
			uv_run(&loop, UV_RUN_NOWAIT);
	}
	while (f.busy)
		uv_run(&loop, UV_RUN_ONCE);
	add("10.0.0.3", 7);
	close_file();
	assert_int_equal(stat(path, &st), 0);
	assert_in_range(st.st_size, 1, 1200 * 18 + 100);
	open_file();
	assert_string_equal(seen, "10.0.0.2 00004e1f\n10.0.0.1 00004e20\n10.0.0.3 00000007\n");
	close_file();
}

static void two_daemons_do_not_share_it(void **state)
{
	struct pool_file second = { 0 };

	open_file();
	capture();
	pool_file_open(&second, &loop, path, known, NULL);
	assert_non_null(strstr(captured(), "is in use by another culvertd"));
	pool_file_add(&second, &(struct pool_entry){ .address = 0x0a000002, .user = 2 });
	pool_file_close(&second);
	add("10.0.0.1", 1);
	close_file();
	assert_string_equal(content(path), HEAD "10.0.0.1 00000001\n");
}

static void without_the_file_all_goes_on(void **state)
{
	snprintf(path, sizeof(path), "/proc/addresses");
	capture();
	open_file();
	assert_non_null(strstr(captured(), "/proc/addresses cannot be opened"));
	add("10.0.0.1", 1);
	pool_file_close(&f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
		TEST(what_was_added_is_known_later),
		TEST(an_address_in_another_place_is_another_one),
		TEST(what_was_added_is_there_before_the_end),
		TEST(a_line_that_a_kill_cut_off_is_left_out),
		TEST(a_damaged_file_is_begun_anew),
		TEST(the_file_does_not_grow_without_bound),
		TEST(two_daemons_do_not_share_it),
		TEST(without_the_file_all_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
