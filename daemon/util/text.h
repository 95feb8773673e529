/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Text that somebody else chose, made fit to be shown; and help for typists.
 */
#ifndef CULVERT_UTIL_TEXT_H
#define CULVERT_UTIL_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room that text_show() needs at most for @len octets, with the final NUL. */
#define TEXT_SHOW_SIZE(len) ((len) * 4 + 1)

/*
 * Write the @len octets of @in to @out, of @size octets, so that they can be
 * printed on one line of a terminal or a log: whole characters of valid UTF-8
 * stay as they are; control characters (those of C0 and C1, line separators and
 * the ones that turn the direction of writing) and octets that are not UTF-8
 * become \xHH. What does not fit is left out, whole characters at a time. @out
 * is always terminated. Returns the length written.
 */
size_t text_show(char *out, size_t size, const void *in, size_t len);

/*
 * Length of the UTF-8 character at @p, of at most @len octets (RFC 3629), and
 * its code point; 0 if there is none.
 */
size_t text_utf8(const uint8_t *p, size_t len, uint32_t *code);

/*
 * How many insertions, deletions, changes of a letter and exchanges of two
 * neighbours lead from @a to @b. Strings of more than 63 octets are as far
 * from each other as it gets.
 */
unsigned int text_distance(const char *a, const char *b);

/* True if @typed is near enough to @name to ask "did you mean". */
bool text_resembles(const char *typed, const char *name);

/*
 * A whole decimal number without sign, blanks or leading zeros, in
 * [@min, @max]. False if @text is something else.
 */
bool text_number(const char *text, uint64_t min, uint64_t max, uint64_t *number);

#endif
