/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Values that are hidden with the secret and the authenticator of the Access-Request: passwords on
 * the way to the server, keys on the way back. Pure; outputs never overlap inputs.
 *
 * All three ways xor the value with a stream of MD5 digests. The stream is as strong as the secret
 * is hard to guess, and nothing here tells whether the value came unchanged: that is for the
 * authenticators of the packet (packet.h) to say.
 *
 * The caller erases what it no longer needs.
 */
#ifndef CULVERT_RADIUS_HIDE_H
#define CULVERT_RADIUS_HIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "radius/packet.h"

#define RADIUS_HIDE_BLOCK	16
#define RADIUS_PASSWORD_MAX	128	/* User-Password, RFC 2865 section 5.2 */
#define RADIUS_MPPE_KEYS_LEN	32	/* MS-CHAP-MPPE-Keys, RFC 2548 section 2.4.1 */
#define RADIUS_KEY_MAX		64	/* of MS-MPPE-Send- and -Recv-Key; EAP-TLS sends 32 */

/**
 * radius_hide_password() - make the value of User-Password (RFC 2865 section 5.2)
 * @password: any octets
 * @len: octets of @password
 * @authenticator: Request Authenticator of the Access-Request
 * @out: the value, for radius_put()
 *
 * Return: octets in @out, a multiple of 16 and at least 16; or 0 if the password has more than
 * %RADIUS_PASSWORD_MAX octets.
 */
size_t radius_hide_password(const void *password, size_t len,
			    const uint8_t authenticator[RADIUS_AUTHENTICATOR_LEN],
			    struct radius_secret secret, uint8_t out[RADIUS_PASSWORD_MAX]);

/**
 * radius_show_mppe_keys() - read MS-CHAP-MPPE-Keys (RFC 2548 section 2.4.1)
 * @value: value of the attribute
 * @len: octets of @value
 * @authenticator: Request Authenticator of the Access-Request
 * @keys: 8 octets of LM key, 16 of NT key, 8 of padding
 *
 * It is hidden as User-Password is.
 *
 * Return: true, or false if @len is not %RADIUS_MPPE_KEYS_LEN; then @keys is undefined.
 */
bool radius_show_mppe_keys(const uint8_t *value, size_t len,
			   const uint8_t authenticator[RADIUS_AUTHENTICATOR_LEN],
			   struct radius_secret secret, uint8_t keys[RADIUS_MPPE_KEYS_LEN]);

/**
 * radius_show_key() - read MS-MPPE-Send-Key or MS-MPPE-Recv-Key (RFC 2548 sections 2.4.2 and 2.4.3)
 * @value: value of the attribute: a salt of 2 octets, and the hidden octets
 * @len: octets of @value
 * @authenticator: Request Authenticator of the Access-Request
 * @key: the key
 * @key_len: its length; never 0
 *
 * Tunnel-Password (RFC 2868 section 3.5) is hidden in the same way, behind its tag. The bit by
 * which a salt is known is not asked for, since there are servers which do not set it.
 *
 * Return: true, or false if the octets are no such key: then it may have been hidden with another
 * secret, and @key has zeroes.
 */
bool radius_show_key(const uint8_t *value, size_t len,
		     const uint8_t authenticator[RADIUS_AUTHENTICATOR_LEN],
		     struct radius_secret secret, uint8_t key[RADIUS_KEY_MAX], uint8_t *key_len);

/**
 * radius_hide_key() - make the value that radius_show_key() reads, as a server does
 * @key: at most %RADIUS_KEY_MAX octets
 * @salt: 2 octets, another one for each key of a packet; the highest bit is set here
 * @out: the value
 *
 * For tests, which play the server.
 *
 * Return: octets in @out.
 */
#define RADIUS_HIDDEN_KEY_MAX	(2 + RADIUS_KEY_MAX + RADIUS_HIDE_BLOCK)
size_t radius_hide_key(const uint8_t *key, size_t len, uint16_t salt,
		       const uint8_t authenticator[RADIUS_AUTHENTICATOR_LEN],
		       struct radius_secret secret, uint8_t out[RADIUS_HIDDEN_KEY_MAX]);

#endif
