// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

#define DISTANCE_MAX_LENGTH 63

size_t text_utf8(const uint8_t *p, size_t len, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t c;
	size_t n;

	if (!len)
		return 0;
	if (p[0] < 0x80) {
		*code = p[0];
		return 1;
	}
	if (p[0] >= 0xc2 && p[0] <= 0xdf)
		n = 2;
	else if (p[0] >= 0xe0 && p[0] <= 0xef)
		n = 3;
	else if (p[0] >= 0xf0 && p[0] <= 0xf4)
		n = 4;
	else
		return 0;
	if (len < n)
		return 0;
	c = p[0] & (0x7f >> n);
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*code = c;
	return n;
}

static bool is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x200e || c == 0x200f ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

size_t text_show(char *out, size_t size, const void *in, size_t len)
{
	const uint8_t *p = in;
	size_t done = 0;

	if (!size)
		return 0;
	while (len) {
		uint32_t code = 0;
		size_t n = text_utf8(p, len, &code);
		bool plain = n && !is_control(code);

		if (!n)
			n = 1;
		if (done + (plain ? n : 4 * n) >= size)
			break;
		if (plain) {
			memcpy(out + done, p, n);
			done += n;
		} else {
			for (size_t i = 0; i < n; i++)
				done += (size_t)sprintf(out + done, "\\x%02x", p[i]);
		}
		p += n;
		len -= n;
	}
	out[done] = '\0';
	return done;
}

/* Write the character at @in, of @n octets, to @out. Returns the number of octets written. */
static size_t quote_character(char *out, const char *in, size_t n)
{
	if (*in == '"')
		return (size_t)sprintf(out, "\\x22");
	memcpy(out, in, n);
	return n;
}

const char *text_quote(char out[TEXT_QUOTE_SIZE], const char *in)
{
	const size_t room = TEXT_QUOTE_SIZE - sizeof("...\"") - 4;
	size_t left = strlen(in), done = 0;
	uint32_t code;

	out[done++] = '"';
	while (left && done <= room) {
		size_t n = text_utf8((const uint8_t *)in, left, &code);

		n = n ? n : 1;
		done += quote_character(out + done, in, n);
		in += n;
		left -= n;
	}
	strcpy(out + done, left ? "...\"" : "\"");
	return out;
}

static bool is_plain(const char *in)
{
	static const char others[] = "@\\/._+-$";

	for (; *in; in++)
		if (!(*in & 0x80) && !isalnum(*in) && !strchr(others, *in))
			return false;
	return true;
}

const char *text_name(char out[TEXT_QUOTE_SIZE], const char *in)
{
	size_t len = strlen(in);

	if (!len || len >= TEXT_QUOTE_SIZE || !is_plain(in))
		return text_quote(out, in);
	return memcpy(out, in, len + 1);
}

static unsigned int min3(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int m = a < b ? a : b;

	return m < c ? m : c;
}

/* Optimal string alignment distance. Three rows of the usual table are enough. */
unsigned int text_distance(const char *a, const char *b)
{
	unsigned int rows[3][DISTANCE_MAX_LENGTH + 1];
	unsigned int *before = rows[0], *above = rows[1], *row = rows[2];
	size_t la = strlen(a), lb = strlen(b);

	if (la > DISTANCE_MAX_LENGTH || lb > DISTANCE_MAX_LENGTH)
		return DISTANCE_MAX_LENGTH;
	for (size_t j = 0; j <= lb; j++)
		above[j] = (unsigned int)j;
	for (size_t i = 1; i <= la; i++) {
		unsigned int *oldest = before;

		row[0] = (unsigned int)i;
		for (size_t j = 1; j <= lb; j++) {
			unsigned int change = above[j - 1] + (a[i - 1] != b[j - 1]);

			row[j] = min3(above[j] + 1, row[j - 1] + 1, change);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    before[j - 2] + 1 < row[j])
				row[j] = before[j - 2] + 1;
		}
		before = above;
		above = row;
		row = oldest;
	}
	return above[lb];
}

bool text_resembles(const char *typed, const char *name)
{
	size_t len = strlen(name);

	return text_distance(typed, name) <= (len < 4 ? 1 : len < 8 ? 2 : 3);
}

bool text_number(const char *text, uint64_t min, uint64_t max, uint64_t *number)
{
	uint64_t n = 0;

	if (!*text || (text[0] == '0' && text[1]))
		return false;
	for (; *text; text++) {
		unsigned int digit;

		if (*text < '0' || *text > '9')
			return false;
		digit = (unsigned int)(*text - '0');
		if (n > (UINT64_MAX - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	if (n < min || n > max)
		return false;
	*number = n;
	return true;
}

void text_fold(char *text)
{
	for (; *text; text++)
		*text = text_lower(*text);
}

bool text_has_control(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return true;
	return false;
}
