// SPDX-License-Identifier: GPL-2.0-only
#include <crypto/sha1.h>
#include <linux/string.h>

#include "compat.h"
#include "mppe_key.h"

#define MPPE_SHORT_KEY		8	/* bytes of a 40 or 56 bit key */
#define MPPE_PAD		40	/* bytes of each pad of GetNewKeyFromSHA */

/* RFC 3078 7.3: a 40-bit key keeps five octets of its own, a 56-bit key seven. */
static void pptp_mppe_salt(const struct pptp_mppe_chain *chain, u8 *key)
{
	static const u8 salt[] = { 0xd1, 0x26, 0x9e };

	if (chain->bits == 40)
		memcpy(key, salt, 3);
	else if (chain->bits == 56)
		memcpy(key, salt, 1);
}

/* GetNewKeyFromSHA: @key becomes the interim key. */
static void pptp_mppe_interim_key(const struct pptp_mppe_chain *chain, u8 *key)
{
	u8 message[2 * MPPE_KEY_MAX + 2 * MPPE_PAD];
	u8 digest[SHA1_DIGEST_SIZE];
	unsigned int len = chain->key_len;
	u8 *p = message;

	memcpy(p, chain->start, len);
	memset(p + len, 0x00, MPPE_PAD);
	p += len + MPPE_PAD;
	memcpy(p, key, len);
	memset(p + len, 0xf2, MPPE_PAD);
	p += len + MPPE_PAD;

	sha1(message, p - message, digest);
	memcpy(key, digest, len);
	memzero_explicit(message, sizeof(message));
	memzero_explicit(digest, sizeof(digest));
}

/* One step: @key becomes the key after it. */
static void pptp_mppe_next_key(struct pptp_mppe_chain *chain, u8 *key)
{
	struct pptp_rc4 rc4;

	chain->steps++;
	pptp_mppe_interim_key(chain, key);
	pptp_rc4_init(&rc4, key, chain->key_len);
	pptp_rc4_crypt(&rc4, key, chain->key_len);
	pptp_mppe_salt(chain, key);
	memzero_explicit(&rc4, sizeof(rc4));
}

/* Returns the place of the ready key number @n, from 0 on. */
static u8 *pptp_mppe_ready_key(struct pptp_mppe_chain *chain, unsigned int n)
{
	return chain->ready[(chain->ready_first + n) % MPPE_AHEAD];
}

void pptp_mppe_make_ready(struct pptp_mppe_chain *chain, unsigned int n)
{
	while (chain->ready_count < n) {
		pptp_mppe_next_key(chain, chain->tail);
		memcpy(pptp_mppe_ready_key(chain, chain->ready_count), chain->tail, MPPE_KEY_MAX);
		chain->ready_count++;
	}
}

void pptp_mppe_rekey(struct pptp_mppe_chain *chain)
{
	if (!chain->ready_count) {
		pptp_mppe_next_key(chain, chain->tail);
		memcpy(chain->key, chain->tail, MPPE_KEY_MAX);
		return;
	}
	memcpy(chain->key, pptp_mppe_ready_key(chain, 0), MPPE_KEY_MAX);
	chain->ready_first = (chain->ready_first + 1) % MPPE_AHEAD;
	chain->ready_count--;
}

void pptp_mppe_walk_start(const struct pptp_mppe_chain *chain, struct pptp_mppe_walk *walk)
{
	memcpy(walk->key, chain->key, MPPE_KEY_MAX);
	walk->steps = 0;
}

void pptp_mppe_walk_to(struct pptp_mppe_chain *chain, struct pptp_mppe_walk *walk, u32 steps)
{
	for (; walk->steps < steps; walk->steps++) {
		if (walk->steps < MPPE_AHEAD) {
			pptp_mppe_make_ready(chain, walk->steps + 1);
			memcpy(walk->key, pptp_mppe_ready_key(chain, walk->steps), MPPE_KEY_MAX);
		} else {
			pptp_mppe_next_key(chain, walk->key);
		}
	}
}

void pptp_mppe_walk_commit(struct pptp_mppe_chain *chain, const struct pptp_mppe_walk *walk)
{
	memcpy(chain->key, walk->key, MPPE_KEY_MAX);
	if (walk->steps <= chain->ready_count) {
		chain->ready_first = (chain->ready_first + walk->steps) % MPPE_AHEAD;
		chain->ready_count -= walk->steps;
	} else {
		chain->ready_count = 0;
		memcpy(chain->tail, walk->key, MPPE_KEY_MAX);
	}
}

void pptp_mppe_chain_start(struct pptp_mppe_chain *chain, const u8 *start_key, unsigned int bits)
{
	chain->bits = bits;
	chain->key_len = bits == 128 ? MPPE_KEY_MAX : MPPE_SHORT_KEY;
	memcpy(chain->start, start_key, MPPE_KEY_MAX);

	/* RFC 3079 3.1 to 3.3: the first session key is the interim key itself. */
	memcpy(chain->key, start_key, MPPE_KEY_MAX);
	pptp_mppe_interim_key(chain, chain->key);
	pptp_mppe_salt(chain, chain->key);
	memcpy(chain->tail, chain->key, MPPE_KEY_MAX);
}
