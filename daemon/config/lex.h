/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Private to the configuration: divides the text of a file into words and signs.
 *
 * The lexer never stops at a mistake. It reports the mistake and marks the token, so that the
 * parser does not report it a second time. culvert.conf(5) describes quotes, escapes and comments.
 */
#ifndef CULVERT_CONFIG_LEX_H
#define CULVERT_CONFIG_LEX_H

#include <stdbool.h>
#include <stddef.h>

#include "config/report.h"

#define LEX_MAX_TEXT 4096	/* octets of a word; no useful value is longer */

enum token_kind {
	TOKEN_END,		/* end of the file; returned again and again */
	TOKEN_TEXT,		/* a word, in quotes or not */
	TOKEN_OPEN,		/* { */
	TOKEN_CLOSE,		/* } */
	TOKEN_EQUALS,		/* = */
	TOKEN_ADD,		/* += */
	TOKEN_COMMA,		/* , */
	TOKEN_PARENTHESIS,	/* ( or ), which mean nothing anywhere */
};

struct token {
	enum token_kind kind;
	bool wrong;		/* a mistake in the token was reported */
	bool quoted;
	unsigned int line;	/* in which the token ends */
	size_t len;
	char text[LEX_MAX_TEXT + 1];	/* without quotes and escapes; of a sign, the sign itself */
};

struct lexer {
	const char *text;
	size_t len, at;
	unsigned int line;
	unsigned int long_quote;	/* line of the first quote with a line break, or 0 */
	unsigned int file;
	struct config_report *report;
	bool cut;		/* a } may be missing because of a reported mistake */
};

/* Begin with @text, of @len octets, which is not copied. @file is the number from report_file(). */
void lexer_init(struct lexer *lexer, const char *text, size_t len, unsigned int file,
		struct config_report *report);

/* Write the next token to @token. */
void lexer_next(struct lexer *lexer, struct token *token);

#endif
