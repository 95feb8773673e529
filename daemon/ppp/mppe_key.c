// SPDX-License-Identifier: GPL-2.0-only
#include "ppp/mppe_key.h"

#include <nettle/sha1.h>
#include <string.h>

void mppe_master_key(const uint8_t hash_hash[MSCHAP_HASH_LEN],
		     const uint8_t nt_response[MSCHAP_RESPONSE_LEN], uint8_t master[MPPE_KEY_LEN])
{
	static const char magic1[] = "This is the MPPE Master Key";
	struct sha1_ctx ctx;

	sha1_init(&ctx);
	sha1_update(&ctx, MSCHAP_HASH_LEN, hash_hash);
	sha1_update(&ctx, MSCHAP_RESPONSE_LEN, nt_response);
	sha1_update(&ctx, sizeof(magic1) - 1, (const uint8_t *)magic1);
	sha1_digest(&ctx, MPPE_KEY_LEN, master);
	explicit_bzero(&ctx, sizeof(ctx));
}

void mppe_asymmetric_start_key(const uint8_t master[MPPE_KEY_LEN], bool send, bool server,
			       uint8_t key[MPPE_KEY_LEN])
{
	static const char client_sends[] =
		"On the client side, this is the send key; "
		"on the server side, it is the receive key.";
	static const char server_sends[] =
		"On the client side, this is the receive key; "
		"on the server side, it is the send key.";
	uint8_t pad1[40], pad2[40];
	struct sha1_ctx ctx;

	memset(pad1, 0x00, sizeof(pad1));
	memset(pad2, 0xf2, sizeof(pad2));
	sha1_init(&ctx);
	sha1_update(&ctx, MPPE_KEY_LEN, master);
	sha1_update(&ctx, sizeof(pad1), pad1);
	if (send == server)
		sha1_update(&ctx, sizeof(server_sends) - 1, (const uint8_t *)server_sends);
	else
		sha1_update(&ctx, sizeof(client_sends) - 1, (const uint8_t *)client_sends);
	sha1_update(&ctx, sizeof(pad2), pad2);
	sha1_digest(&ctx, MPPE_KEY_LEN, key);
	explicit_bzero(&ctx, sizeof(ctx));
}

void mppe_keys_mschapv2(struct mppe_keys *keys, const uint8_t hash_hash[MSCHAP_HASH_LEN],
			const uint8_t nt_response[MSCHAP_RESPONSE_LEN], bool server)
{
	uint8_t master[MPPE_KEY_LEN];

	mppe_master_key(hash_hash, nt_response, master);
	memset(keys, 0, sizeof(*keys));
	mppe_asymmetric_start_key(master, true, server, keys->send);
	mppe_asymmetric_start_key(master, false, server, keys->recv);
	keys->valid = true;
	explicit_bzero(master, sizeof(master));
}

void mppe_keys_mschap(struct mppe_keys *keys, const uint8_t hash_hash[MSCHAP_HASH_LEN],
		      const uint8_t challenge[MSCHAP_CHALLENGE_LEN], const uint8_t *lm_hash)
{
	struct sha1_ctx ctx;

	memset(keys, 0, sizeof(*keys));
	sha1_init(&ctx);
	sha1_update(&ctx, MSCHAP_HASH_LEN, hash_hash);
	sha1_update(&ctx, MSCHAP_HASH_LEN, hash_hash);
	sha1_update(&ctx, MSCHAP_CHALLENGE_LEN, challenge);
	sha1_digest(&ctx, MPPE_KEY_LEN, keys->send);
	memcpy(keys->recv, keys->send, MPPE_KEY_LEN);
	if (lm_hash)
		memcpy(keys->lm, lm_hash, MPPE_SHORT_KEY_LEN);
	keys->has_lm = lm_hash;
	keys->long_only = !lm_hash;
	keys->valid = true;
	explicit_bzero(&ctx, sizeof(ctx));
}

void mppe_start_key(const struct mppe_keys *keys, bool send, unsigned int bits,
		    uint8_t key[MPPE_KEY_LEN])
{
	const uint8_t *from = send ? keys->send : keys->recv;

	memset(key, 0, MPPE_KEY_LEN);
	if (bits == 128)
		memcpy(key, from, MPPE_KEY_LEN);
	else
		memcpy(key, keys->has_lm ? keys->lm : from, MPPE_SHORT_KEY_LEN);
}
