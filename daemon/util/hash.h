/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * FNV-1a, 32 bits. Use it for tables with short keys that an attacker cannot choose: it is easy to
 * find many keys that hash to the same bucket.
 */
#ifndef CULVERT_UTIL_HASH_H
#define CULVERT_UTIL_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "util/text.h"

static inline uint32_t hash_bytes(const void *data, size_t len)
{
	const uint8_t *p = data;
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ p[i]) * 16777619u;
	return hash;
}

/* As hash_bytes(), with the ASCII capitals taken for small letters. */
static inline uint32_t hash_folded(const void *data, size_t len)
{
	const uint8_t *p = data;
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (uint8_t)text_lower((char)p[i])) * 16777619u;
	return hash;
}

/* Returns the hash of the octets before the NUL. */
static inline uint32_t hash_text(const char *text)
{
	return hash_bytes(text, strlen(text));
}

#endif
