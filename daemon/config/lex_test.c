// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "config/lex.h"

static struct diag diag;
static struct config_report report;
static struct lexer lexer;
static struct token token;

static int set_up(void **state)
{
	diag_init(&diag);
	report_init(&report, &diag);
	return report_file(&report, "f") ? -1 : 0;
}

static int tear_down(void **state)
{
	report_free(&report);
	diag_free(&diag);
	return 0;
}

static void begin(const char *text)
{
	lexer_init(&lexer, text, strlen(text), 0, &report);
}

static void expect_token(enum token_kind kind, const char *text)
{
	lexer_next(&lexer, &token);
	assert_int_equal(token.kind, kind);
	assert_string_equal(token.text, text);
	assert_int_equal(token.len, strlen(text));
}

static void expect_text(const char *text)
{
	expect_token(TOKEN_TEXT, text);
	assert_false(token.wrong);
}

/* Check that @source is one word without a mistake, and that its text is @text. */
static void expect_word(const char *source, const char *text)
{
	begin(source);
	expect_text(text);
	expect_token(TOKEN_END, "");
	assert_int_equal(diag.n_lines, 0);
}

/* Check that @words is everything that is reported about @source. */
static void expect_mistake(const char *source, const char *words)
{
	bool wrong = false;

	begin(source);
	do {
		lexer_next(&lexer, &token);
		wrong |= token.wrong;
	} while (token.kind != TOKEN_END);
	assert_int_equal(diag.n_lines, 1);
	assert_string_equal(diag.lines[0].text, words);
	assert_true(wrong || lexer.cut || diag.lines[0].warning);
	diag_free(&diag);
}

static void signs_and_words(void **state)
{
	begin("server \"a b\"{x=1,y+={z}}()\r\n");
	expect_text("server");
	expect_text("a b");
	expect_token(TOKEN_OPEN, "{");
	expect_text("x");
	expect_token(TOKEN_EQUALS, "=");
	expect_text("1");
	expect_token(TOKEN_COMMA, ",");
	expect_text("y");
	expect_token(TOKEN_ADD, "+=");
	expect_token(TOKEN_OPEN, "{");
	expect_text("z");
	expect_token(TOKEN_CLOSE, "}");
	expect_token(TOKEN_CLOSE, "}");
	expect_token(TOKEN_PARENTHESIS, "(");
	expect_token(TOKEN_PARENTHESIS, ")");
	expect_token(TOKEN_END, "");
	expect_token(TOKEN_END, "");
	assert_int_equal(diag.n_lines, 0);
}

static void comments_are_skipped(void **state)
{
	begin("a#b\n//c \" '\nd/* e\n*/f//g\n/**/h/*/ i */j/k #");
	expect_text("a");
	assert_int_equal(token.line, 1);
	expect_text("d");
	assert_int_equal(token.line, 3);
	expect_text("f");
	assert_int_equal(token.line, 4);
	expect_text("h");
	expect_text("j/k");
	expect_token(TOKEN_END, "");
	expect_mistake("a\n/* b\n*", "f:2: the comment that begins here is never closed");
	expect_mistake("/*/", "f:1: the comment that begins here is never closed");
}

static void escapes_in_double_quotes(void **state)
{
	expect_word("\"\\a\\b\\e\\f\\n\\r\\t\\v\\\"\\\\\\q\"", "\a\b\033\f\n\r\t\v\"\\q");
	expect_word("\"\\101\\7x\\377\"", "A\007x\377");
	expect_word("\"\\x41\\xg\\x4g\\xaBc\"", "Axg\004g\253c");
	expect_word("\"one \\\ntwo\"", "one two");
	expect_word("\"it's # // /*\"", "it's # // /*");
	expect_mistake("\"\\400\"", "f:1: there is no octet of this number; expected \\001 to \\377");
	expect_mistake("\"\\18\"", "f:1: there is no octet of this number; expected \\001 to \\377");
	expect_mistake("\"\\1234\"", "f:1: there is no octet of this number; expected \\001 to "
		       "\\377");
	expect_mistake("\"\n\\0\"", "f:2: an octet of the number 0 cannot be part of a text");
	expect_mistake("\"\\x00\"", "f:1: an octet of the number 0 cannot be part of a text");
}

static void escapes_in_single_quotes(void **state)
{
	expect_word("'\\n\\'\\\\\\x41\"'", "\\n'\\\\x41\"");
	expect_word("'one \\\ntwo'", "one two");
	expect_word("'${LEX_TEST}'", "${LEX_TEST}");
}

static void variables_of_the_environment(void **state)
{
	setenv("LEX_TEST", "it is", 1);
	unsetenv("LEX_NONE");
	expect_word("\"<${LEX_TEST}>\"", "<it is>");
	expect_word("\"<${LEX_NONE}>\"", "<>");
	expect_word("\"<${LEX_NONE:-a b}>\"", "<a b>");
	expect_word("\"<${LEX_TEST:-a b}>\"", "<it is>");
	expect_word("${LEX_TEST}", "it is");
	expect_word("${LEX_NONE:-a b}", "a b");
	expect_word("\"${LEX_NONE:-\"x\"}\"", "\"x\"");
	expect_word("\"${LEX_NONE:-x\ny}\"", "x\ny");
	expect_word("\"$\\{LEX_TEST}\"", "${LEX_TEST}");
	expect_word("a$", "a$");
	expect_mistake("a ${b ${c\n", "f:1: the ${ that begins here is never closed");
	expect_mistake("\"${b ${c ${d\n'\"}", "f:1: the ${ that begins here is never closed");
	expect_mistake("\"a${LEX_TEST\"\n}", "f:1: the ${ that begins here is never closed");
}

static void a_quote_that_is_never_closed_ends_with_its_line(void **state)
{
	begin("a = \"b\nc = 'd'");
	expect_text("a");
	expect_token(TOKEN_EQUALS, "=");
	expect_token(TOKEN_TEXT, "");
	assert_true(token.wrong);
	expect_text("c");
	expect_token(TOKEN_EQUALS, "=");
	expect_text("d");
	expect_token(TOKEN_END, "");
	assert_int_equal(diag.n_lines, 1);
	assert_string_equal(diag.lines[0].text, "f:1: the quote that begins here is never closed");
	assert_false(lexer.cut);
	diag_free(&diag);
	expect_mistake("{ 'x }\n", "f:1: the quote that begins here is never closed");
	assert_true(lexer.cut);
	expect_mistake("\"a${b\" }", "f:1: the quote that begins here is never closed");
	expect_mistake("'\\'", "f:1: the quote that begins here is never closed");
	expect_mistake("\"\\", "f:1: the quote that begins here is never closed");
	expect_mistake("\n\"a\n\nb\" \"", "f:4: the quote that begins here is never closed; does the "
		       "one that begins in line 2 end where it should?");
}

static void control_characters_are_told(void **state)
{
	expect_mistake("\na\033b\033c\n", "f:2: the control character 0x1b stands here; expected text");
	expect_mistake("\"a\n\001\002\"", "f:2: the control character 0x01 stands here; expected text");
	expect_mistake("\177", "f:1: the control character 0x7f stands here; expected text");
	begin("a# \033\n/* \001 */ \"\t\r\n\303\251\"");
	expect_text("a");
	expect_text("\t\r\n\303\251");
	lexer_init(&lexer, "a\0b", 3, 0, &report);
	expect_token(TOKEN_TEXT, "ab");
	assert_string_equal(diag.lines[0].text,
			    "f:1: the control character 0x00 stands here; expected text");
}

static void signs_without_meaning_are_skipped_with_a_warning(void **state)
{
	begin("a*b + = +=");
	expect_text("a");
	expect_text("b");
	expect_token(TOKEN_EQUALS, "=");
	expect_token(TOKEN_ADD, "+=");
	assert_int_equal(diag.errors, 0);
	assert_int_equal(diag.warnings, 2);
	assert_string_equal(diag.lines[0].text, "f:1: * has no meaning here and is skipped");
	assert_string_equal(diag.lines[1].text, "f:1: + has no meaning here and is skipped");
}

static void long_words_are_told(void **state)
{
	static char word[LEX_MAX_TEXT + 3];

	memset(word, 'a', LEX_MAX_TEXT);
	expect_word(word, word);
	word[LEX_MAX_TEXT] = word[LEX_MAX_TEXT + 1] = 'b';
	expect_mistake(word, "f:1: this text has more than 4096 octets");
	assert_int_equal(token.kind, TOKEN_END);
}

int main(void)
{
#define A_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		A_TEST(signs_and_words),
		A_TEST(comments_are_skipped),
		A_TEST(escapes_in_double_quotes),
		A_TEST(escapes_in_single_quotes),
		A_TEST(variables_of_the_environment),
		A_TEST(a_quote_that_is_never_closed_ends_with_its_line),
		A_TEST(control_characters_are_told),
		A_TEST(signs_without_meaning_are_skipped_with_a_warning),
		A_TEST(long_words_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
