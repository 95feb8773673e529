/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Octets in a test, written as hexadecimal digits; blanks between them mean nothing.
 */
#ifndef CULVERT_RADIUS_HEX_TEST_H
#define CULVERT_RADIUS_HEX_TEST_H

#include <ctype.h>
#include <stddef.h>
#include <stdint.h>

static inline unsigned int hex_digit(char c)
{
	return isdigit((unsigned char)c) ? (unsigned int)(c - '0') :
					   (unsigned int)(tolower((unsigned char)c) - 'a' + 10);
}

/* Write the octets to @out, which has room for them. Returns how many they are. */
static inline size_t from_hex(const char *hex, uint8_t *out)
{
	size_t n = 0;

	for (; *hex; hex++) {
		if (*hex == ' ')
			continue;
		out[n++] = (uint8_t)(hex_digit(hex[0]) << 4 | hex_digit(hex[1]));
		hex++;
	}
	return n;
}

#endif
