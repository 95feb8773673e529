// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "config/lex.h"

void lexer_init(struct lexer *lexer, const char *text, size_t len, unsigned int file,
		struct config_report *report)
{
	*lexer = (struct lexer){
		.text = text, .len = len, .line = 1, .file = file, .report = report,
	};
}

static struct config_place at_line(const struct lexer *l, unsigned int line)
{
	return (struct config_place){ .file = l->file, .line = line };
}

#define wrong_at(l, number, ...) report_error((l)->report, at_line(l, number), __VA_ARGS__)

/*
 * Returns the character at @ahead characters behind the next one, or NUL behind the end of the
 * text.
 */
static char look(const struct lexer *l, size_t ahead)
{
	return l->len - l->at > ahead ? l->text[l->at + ahead] : '\0';
}

static bool at_end(const struct lexer *l)
{
	return l->at == l->len;
}

static bool begins_with(const struct lexer *l, const char *what)
{
	size_t len = strlen(what);

	return l->len - l->at >= len && !memcmp(l->text + l->at, what, len);
}

static char take(struct lexer *l)
{
	char c = l->text[l->at++];

	l->line += c == '\n';
	return c;
}

/* Returns the number of octets before the next @c, or before the end of the text. */
static size_t span_to(const struct lexer *l, char c)
{
	const char *rest = l->text + l->at, *found = memchr(rest, c, l->len - l->at);

	return found ? (size_t)(found - rest) : l->len - l->at;
}

/* ---- between the tokens ---- */

static void skip_long_comment(struct lexer *l)
{
	const char *end = memmem(l->text + l->at + 2, l->len - l->at - 2, "*/", 2);

	if (!end) {
		wrong_at(l, l->line, "the comment that begins here is never closed");
		l->cut = true;
		l->at = l->len;
		return;
	}
	while (l->text + l->at < end + 2)
		take(l);
}

static bool at_comment(const struct lexer *l)
{
	return look(l, 0) == '#' || begins_with(l, "//") || begins_with(l, "/*");
}

/*
 * Earlier versions skipped these signs, too. That hides a mistake, but files that rely on it stay
 * valid.
 */
static void skip_sign(struct lexer *l)
{
	char sign = take(l);

	report_warning(l->report, at_line(l, l->line), "%c has no meaning here and is skipped",
		       sign);
}

static void skip_to_token(struct lexer *l)
{
	while (!at_end(l)) {
		if (begins_with(l, "/*"))
			skip_long_comment(l);
		else if (at_comment(l))
			l->at += span_to(l, '\n');
		else if (strchr(" \t\r\n", look(l, 0)) && look(l, 0))
			take(l);
		else if (look(l, 0) == '*' || (look(l, 0) == '+' && look(l, 1) != '='))
			skip_sign(l);
		else
			return;
	}
}

/* ---- words ---- */

static void append(struct lexer *l, struct token *t, char c)
{
	if (t->len < LEX_MAX_TEXT) {
		t->text[t->len++] = c;
		return;
	}
	if (!t->wrong)
		wrong_at(l, l->line, "this text has more than %d octets", LEX_MAX_TEXT);
	t->wrong = true;
}

/* Append the next character of the file as it is; a control character is a mistake. */
static void append_raw(struct lexer *l, struct token *t)
{
	unsigned int line = l->line;
	char c = take(l);

	if (((unsigned char)c < ' ' && !strchr("\t\r\n", c)) || c == 0x7f || !c) {
		if (!t->wrong)
			wrong_at(l, line, "the control character 0x%02x stands here; expected text",
				 (unsigned char)c);
		t->wrong = true;
		return;
	}
	append(l, t, c);
}

/*
 * Returns the length of the ${NAME} or ${NAME:-text} that is next; 0 if it is not closed. It counts
 * as not closed, too, if both a quote and a line break come before the }.
 */
static size_t variable_length(const struct lexer *l)
{
	bool quote = false, line = false;

	for (size_t n = 2; n < LEX_MAX_TEXT && look(l, n) && !(quote && line); n++) {
		if (look(l, n) == '}')
			return n + 1;
		quote |= look(l, n) == '"' || look(l, n) == '\'';
		line |= look(l, n) == '\n';
	}
	return 0;
}

/*
 * Returns the value of the environment variable @name; if it is not set, the text behind :-, or "".
 */
static const char *value_of(char *name)
{
	const char *value, *otherwise = "";
	char *colon = strchr(name, ':');

	if (colon && colon[1] == '-') {
		*colon = '\0';
		otherwise = colon + 2;
	}
	value = getenv(name);
	return value ? value : otherwise;
}

static void take_variable(struct lexer *l, struct token *t)
{
	size_t len = variable_length(l);
	char name[LEX_MAX_TEXT];

	if (!len) {
		wrong_at(l, l->line, "the ${ that begins here is never closed");
		t->wrong = true;
		l->at += 2;
		return;
	}
	for (size_t i = 0; i < len; i++)
		name[i] = take(l);
	name[len - 1] = '\0';
	for (const char *c = value_of(name + 2); *c; c++)
		append(l, t, *c);
}

static bool in_word(const struct lexer *l)
{
	static const char others[] = " #\"'\t\n\r={}()+,*";

	return !at_end(l) && !memchr(others, look(l, 0), sizeof(others) - 1) && !at_comment(l);
}

static void take_word(struct lexer *l, struct token *t)
{
	t->kind = TOKEN_TEXT;
	if (begins_with(l, "${")) {
		take_variable(l, t);
		/* It is unknown where the word ends, so the rest of the line is skipped. */
		if (t->wrong)
			l->at += span_to(l, '\n');
		return;
	}
	while (in_word(l))
		append_raw(l, t);
}

/* ---- quotes ---- */

/* Returns how many digits from 0 to @last are next, at most @max. */
static size_t digits(const struct lexer *l, char last, size_t max)
{
	size_t n = 0;

	while (n < max && look(l, n) >= '0' && look(l, n) <= last)
		n++;
	return n;
}

static int hex_digit(char c)
{
	static const char all[] = "0123456789abcdef0123456789ABCDEF";
	const char *found = c ? strchr(all, c) : NULL;

	return found ? (int)(found - all) & 0xf : -1;
}

static void append_number(struct lexer *l, struct token *t, unsigned int number)
{
	if (number && number <= 0xff) {
		append(l, t, (char)number);
		return;
	}
	wrong_at(l, l->line, number ? "there is no octet of this number; expected \\001 to \\377" :
				      "an octet of the number 0 cannot be part of a text");
	t->wrong = true;
}

/*
 * One to three octal digits. A fourth digit, or an 8 or 9, is a mistake: other programs would read
 * it differently.
 */
static void take_octal(struct lexer *l, struct token *t)
{
	size_t all = digits(l, '9', SIZE_MAX), n = digits(l, '7', 3);
	unsigned int number = 0;

	for (size_t i = 0; i < n; i++)
		number = number * 8 + (unsigned int)(look(l, i) - '0');
	append_number(l, t, n == all ? number : 0x100);
	l->at += all;
}

static void take_hex(struct lexer *l, struct token *t)
{
	int high = hex_digit(look(l, 1)), low = hex_digit(look(l, 2));

	if (high < 0) {
		append(l, t, take(l));
		return;
	}
	append_number(l, t, (unsigned int)(low < 0 ? high : high * 16 + low));
	l->at += low < 0 ? 2 : 3;
}

/* Take what follows a backslash in double quotes. */
static void take_escape(struct lexer *l, struct token *t)
{
	static const char letters[] = "abefnrtv", meanings[] = "\a\b\033\f\n\r\t\v";
	const char *letter = look(l, 0) ? strchr(letters, look(l, 0)) : NULL;

	if (look(l, 0) >= '0' && look(l, 0) <= '9') {
		take_octal(l, t);
	} else if (look(l, 0) == 'x') {
		take_hex(l, t);
	} else if (letter) {
		take(l);
		append(l, t, meanings[letter - letters]);
	} else {
		append_raw(l, t);
	}
}

/*
 * Take a backslash in quotes of either kind, and what follows it. It is not the last octet of the
 * file.
 */
static void take_backslash(struct lexer *l, struct token *t, char quote)
{
	take(l);
	if (look(l, 0) == '\n')
		take(l);
	else if (quote == '"')
		take_escape(l, t);
	else if (look(l, 0) != '\'' && look(l, 0) != '\\')
		append(l, t, '\\');
	else
		append(l, t, take(l));
}

/* Returns true if the quote that is next is closed somewhere. */
static bool is_closed(const struct lexer *l)
{
	for (size_t i = l->at + 1; i < l->len; i++) {
		if (l->text[i] == l->text[l->at])
			return true;
		i += l->text[i] == '\\';
	}
	return false;
}

/*
 * A quote that is never closed ends with its line, so that mistakes further down are reported, too.
 */
static void take_open_quote(struct lexer *l, struct token *t)
{
	size_t end;

	if (l->long_quote)
		wrong_at(l, l->line, "the quote that begins here is never closed; does the one that "
			 "begins in line %u end where it should?", l->long_quote);
	else
		wrong_at(l, l->line, "the quote that begins here is never closed");
	t->wrong = true;
	end = span_to(l, '\n');
	l->cut |= memchr(l->text + l->at, '}', end) != NULL;
	l->at += end;
}

static void take_quoted(struct lexer *l, struct token *t)
{
	const unsigned int line = l->line;
	const size_t at = l->at;
	char quote;

	t->kind = TOKEN_TEXT;
	t->quoted = true;
	if (!is_closed(l)) {
		take_open_quote(l, t);
		return;
	}
	quote = take(l);
	while (!at_end(l) && look(l, 0) != quote) {
		if (look(l, 0) == '\\' && l->len - l->at > 1)
			take_backslash(l, t, quote);
		else if (quote == '"' && begins_with(l, "${") && !t->wrong)
			take_variable(l, t);
		else
			append_raw(l, t);
	}
	if (at_end(l)) {
		/* A ${ contained the closing quote. */
		l->at = at;
		l->line = line;
		take_open_quote(l, t);
		return;
	}
	take(l);
	if (l->line != line && !l->long_quote)
		l->long_quote = line;
}

/* ---- signs ---- */

static void take_sign(struct lexer *l, struct token *t, enum token_kind kind, size_t len)
{
	t->kind = kind;
	t->len = len;
	memcpy(t->text, l->text + l->at, len);
	l->at += len;
}

void lexer_next(struct lexer *l, struct token *t)
{
	skip_to_token(l);
	t->kind = TOKEN_END;
	t->wrong = t->quoted = false;
	t->len = 0;
	switch (look(l, 0)) {
	case '{':
		take_sign(l, t, TOKEN_OPEN, 1);
		break;
	case '}':
		take_sign(l, t, TOKEN_CLOSE, 1);
		break;
	case '=':
		take_sign(l, t, TOKEN_EQUALS, 1);
		break;
	case '+':
		take_sign(l, t, TOKEN_ADD, 2);
		break;
	case ',':
		take_sign(l, t, TOKEN_COMMA, 1);
		break;
	case '(':
	case ')':
		take_sign(l, t, TOKEN_PARENTHESIS, 1);
		break;
	case '"':
	case '\'':
		take_quoted(l, t);
		break;
	default:
		if (!at_end(l))
			take_word(l, t);
	}
	t->text[t->len] = '\0';
	t->line = l->line;
}
