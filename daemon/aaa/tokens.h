/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tokens, by which programs and people prove to the listener for HTTP who they are. They are in a
 * file, a line each:
 *
 *	NAME RIGHTS HASH
 *
 * A name has letters, digits and any of ._-@ ; several lines may have the same. RIGHTS are read, write
 * and capture, with commas between; each of the others holds read. HASH is the SHA-256 of the token, 64
 * hexadecimal digits, so that the file lets nobody in: tokens are random (`pppctl token`), and nothing
 * is gained by a slower hash. # begins a comment.
 *
 * A line that is wrong is warned of, and lets nobody in; the others count all the same.
 */
#ifndef CULVERT_AAA_TOKENS_H
#define CULVERT_AAA_TOKENS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/diag.h"

#define TOKENS_MAX		1000	/* lines that count */
#define TOKENS_MAX_FILE		(256 * 1024)
#define TOKEN_NAME_MAX		32	/* octets */
#define TOKEN_MAX		256	/* octets of a token itself */
#define TOKEN_HASH_LEN		32

#define TOKEN_READ		1
#define TOKEN_WRITE		2
#define TOKEN_CAPTURE		4

struct tokens;

struct token {
	char name[TOKEN_NAME_MAX + 1];
	uint8_t hash[TOKEN_HASH_LEN];
	unsigned int rights;		/* mask of TOKEN_* */
};

/*
 * Read the file @path. Returns the tokens with one reference. If the file cannot be read or lets others
 * in, or if there is no memory, returns NULL with an error in @diag.
 */
struct tokens *tokens_load(const char *path, struct diag *diag);

/* The same from the @len octets at @text, which are of the file @path. */
struct tokens *tokens_parse(const char *path, const char *text, size_t len, struct diag *diag);

/* The count is not atomic: one thread at a time. */
struct tokens *tokens_get(struct tokens *tokens);
void tokens_put(struct tokens *tokens);	/* NULL is allowed */

/*
 * Returns who has @token, a string; NULL: nobody. How long it takes does not tell how much of a token is
 * right. @tokens may be NULL.
 */
const struct token *tokens_find(const struct tokens *tokens, const char *token);

/* Returns the line with name and hash of @token, which may be of other tokens; NULL: none. */
const struct token *tokens_again(const struct tokens *tokens, const struct token *token);

size_t tokens_count(const struct tokens *tokens);

/* Returns the line at @i, which is less than tokens_count(). */
const struct token *tokens_at(const struct tokens *tokens, size_t i);

#endif
