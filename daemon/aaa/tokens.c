// SPDX-License-Identifier: GPL-2.0-only
#include <nettle/memops.h>
#include <nettle/sha2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "aaa/tokens.h"
#include "util/file.h"
#include "util/text.h"

#define BLANKS	" \t\r"
#define WORDS	4	/* one more than there should be */

struct tokens {
	unsigned int refs;
	size_t n;
	struct token list[TOKENS_MAX];
};

/* Where a line stands, for what is said of it. */
struct here {
	const char *path;
	unsigned int line;
	struct diag *diag;
};

#define bad_line(here, ...) \
	diag_warning((here)->diag, (here)->path, (here)->line, __VA_ARGS__)

static bool read_name(const struct here *here, const char *word, struct token *token)
{
	static const char others[] = "._-@";
	const size_t len = strlen(word);

	for (size_t i = 0; i < len; i++) {
		const char c = text_lower(word[i]);

		if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && !strchr(others, c)) {
			bad_line(here, "the name \"%s\" has something else than letters, digits and "
				 "%s; this line lets nobody in", word, others);
			return false;
		}
	}
	if (len > TOKEN_NAME_MAX) {
		bad_line(here, "the name \"%s\" has more than %d characters; this line lets nobody in",
			 word, TOKEN_NAME_MAX);
		return false;
	}
	memcpy(token->name, word, len + 1);
	return true;
}

static bool read_rights(const struct here *here, char *word, struct token *token)
{
	char *rest, *right = strtok_r(word, ",", &rest);

	token->rights = TOKEN_READ;
	for (; right; right = strtok_r(NULL, ",", &rest)) {
		if (!strcmp(right, "write")) {
			token->rights |= TOKEN_WRITE;
		} else if (!strcmp(right, "capture")) {
			token->rights |= TOKEN_CAPTURE;
		} else if (strcmp(right, "read")) {
			bad_line(here, "\"%s\" is no right: expected read, write or capture, or several of "
				 "them as in write,capture; this line lets nobody in", right);
			return false;
		}
	}
	return true;
}

static int digit(char c)
{
	c = text_lower(c);
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_hash(const struct here *here, const char *word, struct token *token)
{
	bool good = strlen(word) == 2 * TOKEN_HASH_LEN;

	for (unsigned int i = 0; good && i < TOKEN_HASH_LEN; i++) {
		const int high = digit(word[2 * i]), low = digit(word[2 * i + 1]);

		good = high >= 0 && low >= 0;
		token->hash[i] = (uint8_t)(high << 4 | low);
	}
	/* What stands there may be the token itself: it is not shown. */
	if (!good)
		bad_line(here, "the last word has to be the SHA-256 of a token, %d hexadecimal digits, as "
			 "\"pppctl token\" makes it; this line lets nobody in", 2 * TOKEN_HASH_LEN);
	return good;
}

static void read_line(struct tokens *tokens, const struct here *here, char *line)
{
	char *words[WORDS], *rest, *word;
	struct token token = { 0 };
	unsigned int n = 0;

	line[strcspn(line, "#")] = '\0';
	for (word = strtok_r(line, BLANKS, &rest); word && n < WORDS;
	     word = strtok_r(NULL, BLANKS, &rest))
		words[n++] = word;
	if (!n)
		return;
	if (n != WORDS - 1)
		bad_line(here, "a line has three words, NAME RIGHTS HASH; this one lets nobody in");
	else if (tokens->n == TOKENS_MAX)
		bad_line(here, "there are more than %d tokens; this one lets nobody in", TOKENS_MAX);
	else if (read_name(here, words[0], &token) && read_rights(here, words[1], &token) &&
		 read_hash(here, words[2], &token))
		tokens->list[tokens->n++] = token;
}

struct tokens *tokens_parse(const char *path, const char *text, size_t len, struct diag *diag)
{
	struct tokens *tokens = calloc(1, sizeof(*tokens));
	char *copy = tokens ? malloc(len + 1) : NULL;
	struct here here = { .path = path, .diag = diag };

	if (!copy) {
		free(tokens);
		diag_error(diag, path, 0, "out of memory");
		return NULL;
	}
	memcpy(copy, text, len);
	copy[len] = '\0';
	tokens->refs = 1;
	for (char *next, *line = copy; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		here.line++;
		read_line(tokens, &here, line);
	}
	free(copy);
	return tokens;
}

struct tokens *tokens_load(const char *path, struct diag *diag)
{
	struct tokens *tokens = NULL;
	struct file file;

	if (file_read(&file, path, TOKENS_MAX_FILE)) {
		diag_error(diag, path, 0, "tokens %s", file.reason);
		return NULL;
	}
	if (file.mode & (S_IROTH | S_IWOTH))
		diag_error(diag, path, 0, "mode %04o lets others in on the tokens; expected 0600",
			   file.mode);
	else
		tokens = tokens_parse(path, file.data, file.len, diag);
	if (tokens && file.mode & S_IWGRP)
		diag_warning(diag, path, 0, "mode %04o lets a group change the tokens", file.mode);
	file_free(&file);
	return tokens;
}

struct tokens *tokens_get(struct tokens *tokens)
{
	tokens->refs++;
	return tokens;
}

void tokens_put(struct tokens *tokens)
{
	if (tokens && !--tokens->refs)
		free(tokens);
}

static void hash_of(const char *token, uint8_t hash[TOKEN_HASH_LEN])
{
	struct sha256_ctx ctx;

	sha256_init(&ctx);
	sha256_update(&ctx, strlen(token), (const uint8_t *)token);
	sha256_digest(&ctx, TOKEN_HASH_LEN, hash);
}

const struct token *tokens_find(const struct tokens *tokens, const char *token)
{
	const struct token *found = NULL;
	uint8_t hash[TOKEN_HASH_LEN];

	if (!tokens || strlen(token) > TOKEN_MAX)
		return NULL;
	hash_of(token, hash);
	for (size_t i = 0; i < tokens->n; i++)
		if (memeql_sec(tokens->list[i].hash, hash, sizeof(hash)) && !found)
			found = &tokens->list[i];
	return found;
}

const struct token *tokens_again(const struct tokens *tokens, const struct token *token)
{
	for (size_t i = 0; tokens && i < tokens->n; i++)
		if (!strcmp(tokens->list[i].name, token->name) &&
		    !memcmp(tokens->list[i].hash, token->hash, sizeof(token->hash)))
			return &tokens->list[i];
	return NULL;
}

size_t tokens_count(const struct tokens *tokens)
{
	return tokens ? tokens->n : 0;
}

const struct token *tokens_at(const struct tokens *tokens, size_t i)
{
	return &tokens->list[i];
}
