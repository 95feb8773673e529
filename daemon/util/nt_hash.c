// SPDX-License-Identifier: GPL-2.0-only
#include <nettle/md4.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "util/nt_hash.h"

#define MARK	"{NT}"

/*
 * Reads the next character from the UTF-8 text at *@pos, and moves *@pos behind it. Returns
 * a negative number if the text is malformed there; overlong forms and surrogates are
 * malformed.
 */
static int32_t utf8_next(const uint8_t **pos, const uint8_t *end)
{
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	const uint8_t *p = *pos;
	unsigned int more;
	uint32_t c = *p++;

	if (c < 0x80)
		more = 0;
	else if ((c & 0xe0) == 0xc0)
		more = 1;
	else if ((c & 0xf0) == 0xe0)
		more = 2;
	else if ((c & 0xf8) == 0xf0)
		more = 3;
	else
		return -1;
	if (more > (size_t)(end - p))
		return -1;
	c &= more ? 0x3f >> more : 0x7f;
	for (unsigned int i = 0; i < more; i++, p++) {
		if ((*p & 0xc0) != 0x80)
			return -1;
		c = c << 6 | (*p & 0x3f);
	}
	if (c < least[more] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return -1;
	*pos = p;
	return (int32_t)c;
}

static void md4_utf16(struct md4_ctx *ctx, uint16_t unit)
{
	const uint8_t le[2] = { unit & 0xff, unit >> 8 };

	md4_update(ctx, sizeof(le), le);
}

static bool is_utf8(const uint8_t *pos, const uint8_t *end)
{
	while (pos < end)
		if (utf8_next(&pos, end) < 0)
			return false;
	return true;
}

/* Add a character to the hash. Returns how many UTF-16 units it has. */
static unsigned int md4_character(struct md4_ctx *ctx, int32_t c)
{
	if (c <= 0xffff) {
		md4_utf16(ctx, (uint16_t)c);
		return 1;
	}
	md4_utf16(ctx, (uint16_t)(0xd800 + ((c - 0x10000) >> 10)));
	md4_utf16(ctx, (uint16_t)(0xdc00 + ((c - 0x10000) & 0x3ff)));
	return 2;
}

bool nt_hash(const char *password, size_t len, uint8_t hash[NT_HASH_LEN])
{
	const uint8_t *pos = (const uint8_t *)password;
	const uint8_t *end = pos + len;
	const bool utf8 = is_utf8(pos, end);
	unsigned int units = 0;
	struct md4_ctx ctx;

	md4_init(&ctx);
	while (pos < end && units <= NT_PASSWORD_MAX)
		units += md4_character(&ctx, utf8 ? utf8_next(&pos, end) : *pos++);
	if (units <= NT_PASSWORD_MAX)
		md4_digest(&ctx, NT_HASH_LEN, hash);
	explicit_bzero(&ctx, sizeof(ctx));
	return units <= NT_PASSWORD_MAX;
}

bool nt_hash_is_marked(const char *text, size_t len)
{
	return len >= strlen(MARK) && !strncasecmp(text, MARK, strlen(MARK));
}

/* Returns the value of a hexadecimal digit; -1 if @c is none. */
static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool nt_hash_parse(const char *text, size_t len, uint8_t hash[NT_HASH_LEN])
{
	const char *digits = text + strlen(MARK);

	if (!nt_hash_is_marked(text, len) || len != NT_HASH_TEXT_LEN)
		return false;
	for (unsigned int i = 0; i < NT_HASH_LEN; i++) {
		int high = digit_of(digits[2 * i]), low = digit_of(digits[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		hash[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

void nt_hash_text(const uint8_t hash[NT_HASH_LEN], char text[NT_HASH_TEXT_LEN + 1])
{
	int at = sprintf(text, MARK);

	for (unsigned int i = 0; i < NT_HASH_LEN; i++)
		at += sprintf(text + at, "%02x", hash[i]);
}
