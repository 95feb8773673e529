// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "aaa/tokens.h"

/* SHA-256 of "secret" and "abc". */
#define SECRET	"2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"
#define ABC	"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static struct diag diag;

static int set_up(void **state)
{
	diag_init(&diag);
	return 0;
}

static int tear_down(void **state)
{
	diag_free(&diag);
	return 0;
}

static struct tokens *parse(const char *text)
{
	struct tokens *tokens = tokens_parse("t", text, strlen(text), &diag);

	assert_non_null(tokens);
	return tokens;
}

static void a_token_has_name_and_rights(void **state)
{
	struct tokens *tokens = parse("# who\n\n  alice write " SECRET " # hers\r\nbob\tread\t" ABC);
	const struct token *alice = tokens_find(tokens, "secret");

	assert_int_equal(diag.warnings, 0);
	assert_int_equal(tokens_count(tokens), 2);
	assert_string_equal(alice->name, "alice");
	assert_int_equal(alice->rights, TOKEN_READ | TOKEN_WRITE);
	assert_string_equal(tokens_find(tokens, "abc")->name, "bob");
	assert_int_equal(tokens_find(tokens, "abc")->rights, TOKEN_READ);
	assert_null(tokens_find(tokens, "Secret"));
	assert_null(tokens_find(tokens, ""));
	assert_null(tokens_find(NULL, "secret"));
	tokens_put(tokens);
}

static void rights_are_several(void **state)
{
	struct tokens *tokens = parse("a write,capture " SECRET "\nb capture " ABC "\n");

	assert_int_equal(tokens_find(tokens, "secret")->rights,
			 TOKEN_READ | TOKEN_WRITE | TOKEN_CAPTURE);
	assert_int_equal(tokens_find(tokens, "abc")->rights, TOKEN_READ | TOKEN_CAPTURE);
	tokens_put(tokens);
}

static const struct {
	const char *line, *words;
} wrong[] = {
	{ "alice read", "t:2: a line has three words" },
	{ "alice read " SECRET " more", "t:2: a line has three words" },
	{ "al/ice read " SECRET, "t:2: the name \"al/ice\" has something else than letters" },
	{ "a23456789012345678901234567890123 read " SECRET, "has more than 32 characters" },
	{ "alice all " SECRET, "t:2: \"all\" is no right: expected read, write or capture" },
	{ "alice read secret", "t:2: the last word has to be the SHA-256 of a token" },
	{ "alice read x" ABC, "t:2: the last word has to be" },
	{ "alice read xb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b", "t:2: " },
};

static void a_wrong_line_lets_nobody_in(void **state)
{
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		char text[512];
		struct tokens *tokens;

		snprintf(text, sizeof(text), "\n%s\nbob read " ABC "\n", wrong[i].line);
		tokens = parse(text);
		assert_int_equal(diag.errors, 0);
		assert_int_equal(diag.warnings, 1);
		if (!strstr(diag.lines[0].text, wrong[i].words))
			fail_msg("\"%s\" lacks \"%s\"", diag.lines[0].text, wrong[i].words);
		assert_null(strstr(diag.lines[0].text, "secret"));
		assert_null(tokens_find(tokens, "secret"));
		assert_non_null(tokens_find(tokens, "abc"));
		tokens_put(tokens);
		diag_free(&diag);
	}
}

static void there_is_a_bound(void **state)
{
	const size_t size = 200000;
	char *text = malloc(size);
	struct tokens *tokens;
	int len = 0;

	for (int i = 0; i <= TOKENS_MAX; i++)
		len += snprintf(text + len, size - (size_t)len, "n%d read %064d\n", i, i);
	tokens = parse(text);
	assert_int_equal(tokens_count(tokens), TOKENS_MAX);
	assert_int_equal(diag.warnings, 1);
	tokens_put(tokens);
	free(text);
}

static void a_token_is_found_again(void **state)
{
	struct tokens *before = parse("a read " SECRET "\nb read " ABC "\n");
	struct tokens *after = parse("a write " SECRET "\nc read " ABC "\n");
	const struct token *a = tokens_find(before, "secret"), *b = tokens_find(before, "abc");

	assert_int_equal(tokens_again(after, a)->rights, TOKEN_READ | TOKEN_WRITE);
	assert_null(tokens_again(after, b));
	assert_null(tokens_again(NULL, a));
	tokens_put(before);
	tokens_put(after);
}

static void the_file_is_for_nobody_else(void **state)
{
	char path[] = "/tmp/tokens-test-XXXXXX";
	const char text[] = "a read " SECRET "\n";
	const int fd = mkstemp(path);
	struct tokens *tokens;

	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, 0660), 0);
	tokens = tokens_load(path, &diag);
	assert_int_equal(tokens_count(tokens), 1);
	assert_int_equal(diag.warnings, 1);
	tokens_put(tokens_get(tokens));
	tokens_put(tokens);
	assert_int_equal(fchmod(fd, 0644), 0);
	assert_null(tokens_load(path, &diag));
	assert_int_equal(diag.errors, 1);
	assert_non_null(strstr(diag.lines[1].text, "mode 0644 lets others in on the tokens; expected 0600"));
	unlink(path);
	close(fd);
	assert_null(tokens_load(path, &diag));
	assert_int_equal(diag.errors, 2);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(a_token_has_name_and_rights),
		TEST(rights_are_several),
		TEST(a_wrong_line_lets_nobody_in),
		TEST(there_is_a_bound),
		TEST(a_token_is_found_again),
		TEST(the_file_is_for_nobody_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
