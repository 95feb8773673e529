/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Private to the configuration: a file's text taken apart into words and signs.
 *
 * Nothing stops the lexer. What is wrong is reported once, here, and the token
 * that it stands in is marked, so that its reader makes no further mistake of it.
 * culvert.conf(5) says what quotes, escapes and comments mean.
 */
#ifndef CULVERT_CONFIG_LEX_H
#define CULVERT_CONFIG_LEX_H

#include <stdbool.h>
#include <stddef.h>

#include "config/report.h"

#define LEX_MAX_TEXT 4096	/* octets of a word; no value that has a use is longer */

enum token_kind {
	TOKEN_END,		/* of the file, again and again */
	TOKEN_TEXT,		/* a word, in quotes or not */
	TOKEN_OPEN,		/* { */
	TOKEN_CLOSE,		/* } */
	TOKEN_EQUALS,		/* = */
	TOKEN_ADD,		/* += */
	TOKEN_COMMA,		/* , */
	TOKEN_PARENTHESIS,	/* ( or ), which have no meaning anywhere */
};

struct token {
	enum token_kind kind;
	bool wrong;		/* a mistake in it has been reported */
	bool quoted;
	unsigned int line;	/* in which it ends */
	size_t len;
	char text[LEX_MAX_TEXT + 1];	/* without quotes and escapes; of signs, the sign */
};

struct lexer {
	const char *text;
	size_t len, at;
	unsigned int line;
	unsigned int long_quote;	/* where the first quote with a line break begins, or 0 */
	unsigned int file;
	struct config_report *report;
	bool cut;		/* a } may be missing because of a mistake that was reported */
};

/* @text, of @len octets, is read in place. @file is the number that report_file() gave. */
void lexer_init(struct lexer *lexer, const char *text, size_t len, unsigned int file,
		struct config_report *report);

/* Write the next token to @token. */
void lexer_next(struct lexer *lexer, struct token *token);

#endif
