// SPDX-License-Identifier: GPL-2.0-only
#include <nettle/md5.h>
#include <nettle/memxor.h>
#include <string.h>

#include "radius/hide.h"
#include "util/bytes.h"

#define SALT_LEN	2
#define SALT_BIT	0x80		/* in its first octet: "this is a salt" */
#define BLOCK		RADIUS_HIDE_BLOCK

/* The first digest is made of the secret and these octets. */
struct start {
	const uint8_t *authenticator;
	const uint8_t *salt;		/* NULL, or SALT_LEN octets */
};

/* One digest of the stream: MD5 of the secret and what goes before the block. */
static void digest_block(struct radius_secret secret, const struct start *start,
			 const uint8_t *before, uint8_t digest[BLOCK])
{
	struct md5_ctx ctx;

	md5_init(&ctx);
	md5_update(&ctx, secret.len, secret.octets);
	md5_update(&ctx, BLOCK, before ? before : start->authenticator);
	if (!before && start->salt)
		md5_update(&ctx, SALT_LEN, start->salt);
	md5_digest(&ctx, BLOCK, digest);
	explicit_bzero(&ctx, sizeof(ctx));
}

/*
 * Hide or show @len octets, a multiple of BLOCK. The digest for each block but the first is made of
 * the hidden block before it, which is in @out when we hide and in @in when we show.
 */
static void transform(struct radius_secret secret, struct start start, const uint8_t *in,
		      const uint8_t *hidden, uint8_t *out, size_t len)
{
	uint8_t digest[BLOCK];

	for (size_t i = 0; i < len; i += BLOCK) {
		digest_block(secret, &start, i ? hidden + i - BLOCK : NULL, digest);
		memxor3(out + i, in + i, digest, BLOCK);
	}
	explicit_bzero(digest, sizeof(digest));
}

static size_t round_up(size_t len)
{
	return (len + BLOCK - 1) / BLOCK * BLOCK;
}

size_t radius_hide_password(const void *password, size_t len,
			    const uint8_t authenticator[RADIUS_AUTHENTICATOR_LEN],
			    struct radius_secret secret, uint8_t out[RADIUS_PASSWORD_MAX])
{
	const struct start start = { .authenticator = authenticator };
	uint8_t padded[RADIUS_PASSWORD_MAX] = { 0 };
	size_t padded_len = len ? round_up(len) : BLOCK;

	if (len > sizeof(padded))
		return 0;
	if (len)
		memcpy(padded, password, len);
	transform(secret, start, padded, out, out, padded_len);
	explicit_bzero(padded, sizeof(padded));
	return padded_len;
}

bool radius_show_mppe_keys(const uint8_t *value, size_t len,
			   const uint8_t authenticator[RADIUS_AUTHENTICATOR_LEN],
			   struct radius_secret secret, uint8_t keys[RADIUS_MPPE_KEYS_LEN])
{
	const struct start start = { .authenticator = authenticator };

	if (len != RADIUS_MPPE_KEYS_LEN)
		return false;
	transform(secret, start, value, value, keys, len);
	return true;
}

/* The plain octets are the length of the key, the key and zeroes, which are not looked at. */
static bool take_key(const uint8_t *plain, size_t len, uint8_t key[RADIUS_KEY_MAX],
		     uint8_t *key_len)
{
	if (!plain[0] || plain[0] > RADIUS_KEY_MAX || plain[0] > len - 1)
		return false;
	*key_len = plain[0];
	memcpy(key, plain + 1, *key_len);
	return true;
}

bool radius_show_key(const uint8_t *value, size_t len,
		     const uint8_t authenticator[RADIUS_AUTHENTICATOR_LEN],
		     struct radius_secret secret, uint8_t key[RADIUS_KEY_MAX], uint8_t *key_len)
{
	const struct start start = { .authenticator = authenticator, .salt = value };
	uint8_t plain[RADIUS_VALUE_MAX];
	size_t hidden = len - SALT_LEN;
	bool good;

	memset(key, 0, RADIUS_KEY_MAX);
	*key_len = 0;
	if (len < SALT_LEN + BLOCK || len > sizeof(plain) || hidden % BLOCK)
		return false;
	transform(secret, start, value + SALT_LEN, value + SALT_LEN, plain, hidden);
	good = take_key(plain, hidden, key, key_len);
	explicit_bzero(plain, sizeof(plain));
	return good;
}

size_t radius_hide_key(const uint8_t *key, size_t len, uint16_t salt,
		       const uint8_t authenticator[RADIUS_AUTHENTICATOR_LEN],
		       struct radius_secret secret, uint8_t out[RADIUS_HIDDEN_KEY_MAX])
{
	const struct start start = { .authenticator = authenticator, .salt = out };
	uint8_t plain[RADIUS_KEY_MAX + BLOCK] = { (uint8_t)len };
	size_t hidden = round_up(1 + len);

	memcpy(plain + 1, key, len);
	put_be16(out, salt);
	out[0] |= SALT_BIT;
	transform(secret, start, plain, out + SALT_LEN, out + SALT_LEN, hidden);
	explicit_bzero(plain, sizeof(plain));
	return SALT_LEN + hidden;
}
