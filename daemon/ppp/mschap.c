// SPDX-License-Identifier: GPL-2.0-only
#include "ppp/mschap.h"

#include <nettle/des.h>
#include <nettle/md4.h>
#include <nettle/sha1.h>
#include <string.h>

const char *mschap_error_text(unsigned int error)
{
	switch (error) {
	case MSCHAP_ERR_RESTRICTED_LOGON_HOURS:
		return "login not allowed at this time";
	case MSCHAP_ERR_ACCT_DISABLED:
		return "account disabled";
	case MSCHAP_ERR_PASSWD_EXPIRED:
		return "password expired";
	case MSCHAP_ERR_NO_DIALIN_PERMISSION:
		return "no permission to dial in";
	case MSCHAP_ERR_AUTHENTICATION_FAILURE:
		return "wrong user or password";
	case MSCHAP_ERR_CHANGING_PASSWORD:
		return "password cannot be changed here";
	default:
		return "authentication failed";
	}
}

const char *mschap_bare_name(const char *name, size_t *len)
{
	const char *backslash = memrchr(name, '\\', *len);

	if (!backslash)
		return name;
	*len -= (size_t)(backslash + 1 - name);
	return backslash + 1;
}

void mschap_hash_nt_password_hash(const uint8_t hash[MSCHAP_HASH_LEN],
				  uint8_t hash_hash[MSCHAP_HASH_LEN])
{
	struct md4_ctx ctx;

	md4_init(&ctx);
	md4_update(&ctx, MSCHAP_HASH_LEN, hash);
	md4_digest(&ctx, MSCHAP_HASH_LEN, hash_hash);
	explicit_bzero(&ctx, sizeof(ctx));
}

/*
 * Encrypt one DES block. @key7 has 56 bits of key; they are spread over eight octets with
 * room for parity.
 */
static void des_block(const uint8_t key7[7], const uint8_t in[DES_BLOCK_SIZE],
		      uint8_t out[DES_BLOCK_SIZE])
{
	uint8_t key8[DES_KEY_SIZE];
	struct des_ctx ctx;

	key8[0] = key7[0];
	for (unsigned int i = 1; i < 7; i++)
		key8[i] = (uint8_t)(key7[i - 1] << (8 - i) | key7[i] >> i);
	key8[7] = (uint8_t)(key7[6] << 1);
	/* des_set_key() reports a weak key but sets it. MS-CHAP prescribes the key, so use it. */
	(void)des_set_key(&ctx, key8);
	des_encrypt(&ctx, DES_BLOCK_SIZE, out, in);
	explicit_bzero(key8, sizeof(key8));
	explicit_bzero(&ctx, sizeof(ctx));
}

bool mschap_lm_password_hash(const char *password, size_t len, uint8_t hash[MSCHAP_HASH_LEN])
{
	static const uint8_t magic[DES_BLOCK_SIZE] = "KGS!@#$%";
	uint8_t key[14] = { 0 };
	bool ok = len <= sizeof(key);

	for (size_t i = 0; i < len && ok; i++) {
		uint8_t c = (uint8_t)password[i];

		ok = c < 0x80;
		key[i] = c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c;
	}
	if (ok) {
		des_block(key, magic, hash);
		des_block(key + 7, magic, hash + 8);
	}
	explicit_bzero(key, sizeof(key));
	return ok;
}

void mschap_challenge_response(const uint8_t challenge[MSCHAP_CHALLENGE_LEN],
			       const uint8_t hash[MSCHAP_HASH_LEN],
			       uint8_t response[MSCHAP_RESPONSE_LEN])
{
	uint8_t key[21] = { 0 };

	memcpy(key, hash, MSCHAP_HASH_LEN);
	for (unsigned int i = 0; i < 3; i++)
		des_block(key + 7 * i, challenge, response + DES_BLOCK_SIZE * i);
	explicit_bzero(key, sizeof(key));
}

void mschapv2_challenge_hash(const uint8_t peer_challenge[MSCHAPV2_CHALLENGE_LEN],
			     const uint8_t auth_challenge[MSCHAPV2_CHALLENGE_LEN], const char *name,
			     size_t name_len, uint8_t challenge[MSCHAP_CHALLENGE_LEN])
{
	struct sha1_ctx ctx;

	sha1_init(&ctx);
	sha1_update(&ctx, MSCHAPV2_CHALLENGE_LEN, peer_challenge);
	sha1_update(&ctx, MSCHAPV2_CHALLENGE_LEN, auth_challenge);
	sha1_update(&ctx, name_len, (const uint8_t *)name);
	sha1_digest(&ctx, MSCHAP_CHALLENGE_LEN, challenge);
}

void mschapv2_authenticator_response(const uint8_t hash_hash[MSCHAP_HASH_LEN],
				     const uint8_t nt_response[MSCHAP_RESPONSE_LEN],
				     const uint8_t challenge[MSCHAP_CHALLENGE_LEN],
				     uint8_t response[MSCHAPV2_AUTHRESP_LEN])
{
	static const char magic1[] = "Magic server to client signing constant";
	static const char magic2[] = "Pad to make it do more than one iteration";
	uint8_t digest[SHA1_DIGEST_SIZE];
	struct sha1_ctx ctx;

	sha1_init(&ctx);
	sha1_update(&ctx, MSCHAP_HASH_LEN, hash_hash);
	sha1_update(&ctx, MSCHAP_RESPONSE_LEN, nt_response);
	sha1_update(&ctx, sizeof(magic1) - 1, (const uint8_t *)magic1);
	sha1_digest(&ctx, sizeof(digest), digest);

	sha1_update(&ctx, sizeof(digest), digest);
	sha1_update(&ctx, MSCHAP_CHALLENGE_LEN, challenge);
	sha1_update(&ctx, sizeof(magic2) - 1, (const uint8_t *)magic2);
	sha1_digest(&ctx, MSCHAPV2_AUTHRESP_LEN, response);
	explicit_bzero(digest, sizeof(digest));
	explicit_bzero(&ctx, sizeof(ctx));
}

void mschapv2_authenticator_text(const uint8_t response[MSCHAPV2_AUTHRESP_LEN],
				 char text[MSCHAPV2_AUTHRESP_TEXT_LEN + 1])
{
	static const char digits[] = "0123456789ABCDEF";

	*text++ = 'S';
	*text++ = '=';
	for (unsigned int i = 0; i < MSCHAPV2_AUTHRESP_LEN; i++) {
		*text++ = digits[response[i] >> 4];
		*text++ = digits[response[i] & 0xf];
	}
	*text = '\0';
}
