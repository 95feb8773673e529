/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Text from a peer or a user, made safe to print; and help for users who mistype a name.
 */
#ifndef CULVERT_UTIL_TEXT_H
#define CULVERT_UTIL_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The largest buffer that text_show() can need for @len octets, including the NUL. */
#define TEXT_SHOW_SIZE(len) ((len) * 4 + 1)

/*
 * Write the @len octets of @in to @out, of @size octets, so that they can be
 * printed on one line of a terminal or a log. Valid UTF-8 characters stay as they
 * are. Each octet of a control character, and each octet that is not UTF-8,
 * becomes \xHH. Control characters here are C0, DEL, C1, the line separators, the
 * characters that change the direction of writing, and U+FEFF. Writing stops
 * before the first character that does not fit; a character is never cut. @out is
 * always terminated unless @size is 0. Returns the length written.
 */
size_t text_show(char *out, size_t size, const void *in, size_t len);

/* A buffer for text_quote() and text_name(), which fits into a line of the log beside others. */
#define TEXT_QUOTE_SIZE	400

/*
 * Write the printable text @in to @out in double quotes, for a line of the log, in which a peer that
 * chose the text must not seem to say more: a quote inside becomes \x22, and a text for which there
 * is no room ends with "...". Returns @out.
 */
const char *text_quote(char out[TEXT_QUOTE_SIZE], const char *in);

/*
 * As text_quote(), but a text that cannot be mistaken stays as it is: one of letters, digits,
 * characters beyond ASCII and any of @\/._+-$.
 */
const char *text_name(char out[TEXT_QUOTE_SIZE], const char *in);

/*
 * Decode the UTF-8 character (RFC 3629) at @p, where @len octets can be read.
 * Returns its length and stores its code point in @code; returns 0 and leaves
 * @code unchanged if there is no valid character.
 */
size_t text_utf8(const uint8_t *p, size_t len, uint32_t *code);

/*
 * Returns how many insertions, deletions and replacements of an octet and
 * exchanges of two neighbours lead from @a to @b. If one string has more than 63
 * octets, returns 63, the largest distance.
 */
unsigned int text_distance(const char *a, const char *b);

/* Returns true if @typed is similar enough to @name to ask "did you mean @name". */
bool text_resembles(const char *typed, const char *name);

/* Returns the small letter of an ASCII capital; any other octet as it is. */
static inline char text_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Put small letters in the place of the ASCII capitals in @text. */
void text_fold(char *text);

/* Returns true if the string has a C0 control character or DEL in it. */
bool text_has_control(const char *text);

/*
 * Parse a decimal number without sign, blanks or leading zeros. Returns false, and
 * leaves @number unchanged, if @text is anything else or not in [@min, @max].
 */
bool text_number(const char *text, uint64_t min, uint64_t max, uint64_t *number);

#endif
