/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The NT hash of a password (RFC 2759 section 8.3), which is all that MS-CHAP knows of it; and how a
 * file of secrets has it: "{NT}" in letters of any case, and 32 hexadecimal digits. Who has the hash
 * can log in by MS-CHAP, so it is as secret as the password.
 */
#ifndef CULVERT_UTIL_NT_HASH_H
#define CULVERT_UTIL_NT_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NT_HASH_LEN		16	/* octets */
#define NT_HASH_TEXT_LEN	36	/* octets of the text, without the NUL */
#define NT_PASSWORD_MAX		256	/* UTF-16 units, RFC 2759 section 8.3 */

/*
 * MD4 over the password in UTF-16LE. @password is UTF-8. If it is not, each octet is a character of
 * ISO 8859-1. Returns false if it has more than NT_PASSWORD_MAX units, and @hash is undefined then.
 */
bool nt_hash(const char *password, size_t len, uint8_t hash[NT_HASH_LEN]);

/* Returns true if the @len octets at @text begin as the text of a hash does. */
bool nt_hash_is_marked(const char *text, size_t len);

/* Read a hash from its text. Returns false if it is none, and @hash is undefined then. */
bool nt_hash_parse(const char *text, size_t len, uint8_t hash[NT_HASH_LEN]);

/* Write the text of @hash, and a NUL. */
void nt_hash_text(const uint8_t hash[NT_HASH_LEN], char text[NT_HASH_TEXT_LEN + 1]);

#endif
