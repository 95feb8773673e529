/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * MS-CHAP version 1 (RFC 2433) and version 2 (RFC 2759): the arithmetic, without packets.
 * Pure functions. Outputs never overlap inputs. Only functions that return a bool can fail;
 * they return true on success.
 *
 * Passwords are UTF-8, of any length in octets, but of at most NT_PASSWORD_MAX UTF-16
 * units. Octets that are not UTF-8 are taken for ISO 8859-1, each of them a character; pppd takes
 * all passwords for that. User names are octet strings without a leading "DOMAIN\" (see
 * mschap_bare_name()).
 */
#ifndef CULVERT_PPP_MSCHAP_H
#define CULVERT_PPP_MSCHAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/nt_hash.h"

#define MSCHAP_HASH_LEN			NT_HASH_LEN
#define MSCHAP_RESPONSE_LEN		24	/* LM or NT response */
#define MSCHAP_CHALLENGE_LEN		8
#define MSCHAP_VALUE_LEN		49	/* Value field of a Response, both versions */
#define MSCHAPV2_CHALLENGE_LEN		16	/* both the authenticator's and the peer's */
#define MSCHAPV2_AUTHRESP_LEN		20
#define MSCHAPV2_AUTHRESP_TEXT_LEN	42	/* "S=" and 40 hexadecimal digits */

/* Value field of a version 1 Response (RFC 2433 section 6): offsets. */
#define MSCHAP_VALUE_LM			0
#define MSCHAP_VALUE_NT			24
#define MSCHAP_VALUE_USE_NT		48

/* Value field of a version 2 Response (RFC 2759 section 4): offsets. */
#define MSCHAPV2_VALUE_PEER_CHALLENGE	0
#define MSCHAPV2_VALUE_RESERVED		16
#define MSCHAPV2_VALUE_NT		24
#define MSCHAPV2_VALUE_FLAGS		48

/* Error codes of a Failure packet (RFC 2759 section 6). */
enum mschap_error {
	MSCHAP_ERR_RESTRICTED_LOGON_HOURS	= 646,
	MSCHAP_ERR_ACCT_DISABLED		= 647,
	MSCHAP_ERR_PASSWD_EXPIRED		= 648,
	MSCHAP_ERR_NO_DIALIN_PERMISSION		= 649,
	MSCHAP_ERR_AUTHENTICATION_FAILURE	= 691,
	MSCHAP_ERR_CHANGING_PASSWORD		= 709,
};

/* Returns the meaning of @error in words. Never returns NULL. */
const char *mschap_error_text(unsigned int error);

/*
 * Returns the part of @name behind the last backslash. On entry *@len is the length of
 * @name, on return the length of that part.
 */
const char *mschap_bare_name(const char *name, size_t *len);

/* MD4 over the NT hash (util/nt_hash.h); the RFC calls it PasswordHashHash. */
void mschap_hash_nt_password_hash(const uint8_t hash[MSCHAP_HASH_LEN],
				  uint8_t hash_hash[MSCHAP_HASH_LEN]);

/*
 * DES over "KGS!@#$%", with the password in capitals as key. Only ASCII passwords of up to
 * 14 octets have this hash (RFC 2433 section A.2). Returns false for any other password.
 */
bool mschap_lm_password_hash(const char *password, size_t len, uint8_t hash[MSCHAP_HASH_LEN]);

/* Three DES blocks over the challenge, with a password hash as key (RFC 2759 section 8.5). */
void mschap_challenge_response(const uint8_t challenge[MSCHAP_CHALLENGE_LEN],
			       const uint8_t hash[MSCHAP_HASH_LEN],
			       uint8_t response[MSCHAP_RESPONSE_LEN]);

/*
 * Version 2: compute one challenge of eight octets from both challenges and the name
 * without the domain.
 */
void mschapv2_challenge_hash(const uint8_t peer_challenge[MSCHAPV2_CHALLENGE_LEN],
			     const uint8_t auth_challenge[MSCHAPV2_CHALLENGE_LEN], const char *name,
			     size_t name_len, uint8_t challenge[MSCHAP_CHALLENGE_LEN]);

/* Version 2: compute the value by which the authenticator shows that it knows the password too. */
void mschapv2_authenticator_response(const uint8_t hash_hash[MSCHAP_HASH_LEN],
				     const uint8_t nt_response[MSCHAP_RESPONSE_LEN],
				     const uint8_t challenge[MSCHAP_CHALLENGE_LEN],
				     uint8_t response[MSCHAPV2_AUTHRESP_LEN]);

/* Write "S=", the octets of @response as hexadecimal capitals, and a NUL. */
void mschapv2_authenticator_text(const uint8_t response[MSCHAPV2_AUTHRESP_LEN],
				 char text[MSCHAPV2_AUTHRESP_TEXT_LEN + 1]);

#endif
