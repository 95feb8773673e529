// SPDX-License-Identifier: GPL-2.0-only
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "config/include.h"

/* The folder's name would be a pattern if it were in an include. */
static char folder[] = "/tmp/include-test[1]-XXXXXX";
static struct diag diag;
static struct config_draft draft;

static int make_folder(void **state)
{
	return mkdtemp(folder) && !chdir(folder) && !mkdir("conf.d", 0700) ? 0 : -1;
}

static int remove_folder(void **state)
{
	return chdir("/") || execlp("rm", "rm", "-rf", folder, NULL);
}

static int set_up(void **state)
{
	diag_init(&diag);
	draft_init(&draft, &diag);
	return 0;
}

static int tear_down(void **state)
{
	draft_free(&draft);
	diag_free(&diag);
	return 0;
}

static void write_octets(const char *path, const char *text, size_t len)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, len, f), len);
	assert_int_equal(fclose(f), 0);
}

static void write_file(const char *path, const char *text)
{
	write_octets(path, text, strlen(text));
}

static void expect_pools(const char *names)
{
	char all[256] = "";
	const struct config_section *s;

	for_each_section(&draft, s, &config_kind_pool)
		strcat(strcat(all, s->name), " ");
	assert_string_equal(all, names);
}

/* Check line @n of the report; % stands for the folder. */
static void expect_line(size_t n, const char *words)
{
	const char *rest = strchr(words, '%');
	char want[2 * PATH_MAX] = "";

	for (; rest; rest = strchr(words, '%')) {
		strncat(want, words, (size_t)(rest - words));
		strcat(want, folder);
		words = rest + 1;
	}
	strcat(want, words);
	assert_in_range(n, 0, diag.n_lines - 1);
	assert_string_equal(diag.lines[n].text, want);
}

static void files_are_read_where_they_are_included_and_in_order(void **state)
{
	char path[PATH_MAX];

	write_file("main", "pool a { }\ninclude \"conf.d/*.conf\"\npool z { }\ninclude 'one'\n");
	write_file("conf.d/b.conf", "pool c { }\n");
	write_file("conf.d/a.conf", "include \"more\"\n");
	write_file("conf.d/more", "pool b { }\n");
	write_file("conf.d/.hidden.conf", "pool h { }\n");
	snprintf(path, sizeof(path), "include '/tmp/include-test\\[1\\]%s/conf.d/B.conf'",
		 strrchr(folder, '-'));
	write_file("one", path);
	write_file("conf.d/B.conf", "pool B { }\n");
	/* From the working folder, and from any other folder. */
	config_read(&draft, "main");
	assert_int_equal(diag.n_lines, 1);
	snprintf(path, sizeof(path), "%s/conf.d/B.conf:1: the name \"B\" is taken already by a "
		 "section of this kind (conf.d/B.conf:1)", folder);
	assert_string_equal(diag.lines[0].text, path);
	expect_pools("a B b c z B ");
	tear_down(NULL);
	set_up(NULL);
	assert_int_equal(chdir("/"), 0);
	snprintf(path, sizeof(path), "%s/main", folder);
	config_read(&draft, path);
	expect_pools("a B b c z B ");
	assert_int_equal(chdir(folder), 0);
	unlink("conf.d/a.conf");
	unlink("conf.d/b.conf");
	unlink("conf.d/B.conf");
}

static void a_pattern_may_match_nothing_and_a_name_may_not(void **state)
{
	write_file("main", "include \"conf.d/*.none\"\ninclude \"no/*.conf\"\ninclude \"main/*\"\n"
			   "include \"none.conf\"\ninclude \"conf.d\"\n");
	config_read(&draft, "main");
	assert_int_equal(diag.n_lines, 2);
	expect_line(0, "main:4: none.conf cannot be read: No such file or directory");
	expect_line(1, "main:5: conf.d is not a regular file");
}

static void loops_are_told(void **state)
{
	write_file("main", "include \"./main\"\ninclude \"a\"\n");
	write_file("a", "pool a { }\ninclude \"b\"\n");
	write_file("b", "include \"*ain\"\n\ninclude \"conf.d/../a\"\npool b { }\n");
	config_read(&draft, "main");
	assert_int_equal(diag.n_lines, 3);
	expect_line(0, "main:1: ./main is included by itself");
	expect_line(1, "b:1: main is included by itself");
	expect_line(2, "b:3: conf.d/../a is included by itself");
	expect_pools("a b ");
	unlink("a");
	unlink("b");
}

static void depth_is_bounded(void **state)
{
	char name[8], text[64];

	for (int i = 1; i <= INCLUDE_MAX_DEPTH + 1; i++) {
		snprintf(name, sizeof(name), "d%d", i);
		snprintf(text, sizeof(text), "pool p%d { }\ninclude \"d%d\"\n", i, i + 1);
		write_file(name, text);
	}
	config_read(&draft, "d1");
	assert_int_equal(diag.n_lines, 1);
	expect_line(0, "d8:2: d9 is included more than 8 files deep");
	expect_pools("p1 p2 p3 p4 p5 p6 p7 p8 ");
}

static void the_number_of_files_is_bounded(void **state)
{
	static char many[INCLUDE_MAX_FILES * 16 + 1];

	for (int i = 0; i < INCLUDE_MAX_FILES; i++)
		strcat(many, "include \"empty\"\n");
	write_file("empty", "");
	write_file("main", many);
	config_read(&draft, "main");
	assert_int_equal(diag.n_lines, 1);
	expect_line(0, "main:1000: empty is one file too many; expected at most 1000");
}

static void size_is_bounded_and_the_bound_is_named(void **state)
{
	char *text = malloc(INCLUDE_MAX_SIZE + 1);

	assert_non_null(text);
	memset(text, '\n', INCLUDE_MAX_SIZE + 1);
	write_octets("big", text, INCLUDE_MAX_SIZE);
	config_read(&draft, "big");
	assert_int_equal(diag.n_lines, 0);
	write_octets("big", text, INCLUDE_MAX_SIZE + 1);
	free(text);
	config_read(&draft, "big");
	expect_line(0, "big: is larger than 1 MiB (1048576 octets)");
	tear_down(NULL);
	set_up(NULL);
	write_file("main", "\ninclude \"big\"");
	config_read(&draft, "main");
	expect_line(0, "main:2: big is larger than 1 MiB (1048576 octets)");
}

static void mistakes_come_in_the_order_of_files_and_lines(void **state)
{
	write_file("main", "log {\ninclude \"x\"\n level = x }\ninclude \"conf.d/*.c\"\npool \"!\" { }\n"
			   "control {");
	write_file("conf.d/1.c", "pool \"?\" { }\nlog { }\npool p { \n");
	write_file("conf.d/2.c", "pool \"+\" { }\n");
	write_octets("conf.d/3.c", "\n\0\n", 3);
	config_read(&draft, "main");
	expect_line(0, "main:2: include has to stand outside of any section");
	expect_line(1, "main:3: level is \"x\": expected error, warning, notice, info or debug");
	expect_line(2, "main:5: pool \"!\" needs a name of 1 to 63 letters, digits, dots, hyphens "
		    "and underscores");
	expect_line(3, "main:6: the { that begins here is never closed");
	expect_line(4, "conf.d/1.c:1: pool \"?\" needs a name of 1 to 63 letters, digits, dots, "
		    "hyphens and underscores");
	expect_line(5, "conf.d/1.c:2: there are two log sections; the first begins in main:1");
	expect_line(6, "conf.d/1.c:3: the { that begins here is never closed");
	expect_line(7, "conf.d/2.c:1: pool \"+\" needs a name of 1 to 63 letters, digits, dots, "
		    "hyphens and underscores");
	expect_line(8, "conf.d/3.c:2: there is a NUL octet; expected a text file");
	assert_int_equal(diag.n_lines, 9);
}

static void of_many_mistakes_the_first_are_told_and_the_others_counted(void **state)
{
	static char many[16384];
	struct config *config;

	strcpy(many, "server \"s\" { secrets = /nonexistent\n");
	for (int i = 0; i < 200; i++)
		strcat(many, "colour = blue\n");
	/* The brace that is never closed is found last, but reported before them. */
	write_file("main", many);
	config = config_load("main", &diag);
	assert_null(config);
	assert_int_equal(diag.n_lines, DIAG_MAX_LINES);
	expect_line(0, "main:1: the { that begins here is never closed");
	expect_line(1, "main:1: server \"s\" needs local-address (address)");
	expect_line(2, "/nonexistent: secrets cannot be read: No such file or directory");
	expect_line(3, "main:1: server \"s\" cannot do without /nonexistent");
	expect_line(4, "main:2: there is no option \"colour\" in server \"s\"; see culvert.conf(5)");
	expect_line(DIAG_MAX_LINES - 1, "main: 155 more are not shown");
}

static void long_paths_are_told(void **state)
{
	static char text[2 * PATH_MAX];

	snprintf(text, sizeof(text), "include \"%*s\"", PATH_MAX, "x");
	write_file("main", text);
	config_read(&draft, "main");
	expect_line(0, "main:1: the path of the file to be included has more than 4095 octets");
}

int main(void)
{
#define A_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		A_TEST(files_are_read_where_they_are_included_and_in_order),
		A_TEST(a_pattern_may_match_nothing_and_a_name_may_not),
		A_TEST(loops_are_told),
		A_TEST(depth_is_bounded),
		A_TEST(the_number_of_files_is_bounded),
		A_TEST(size_is_bounded_and_the_bound_is_named),
		A_TEST(mistakes_come_in_the_order_of_files_and_lines),
		A_TEST(of_many_mistakes_the_first_are_told_and_the_others_counted),
		A_TEST(long_paths_are_told),
	};
	int failed = cmocka_run_group_tests(tests, make_folder, NULL);

	return failed || remove_folder(NULL);
}
