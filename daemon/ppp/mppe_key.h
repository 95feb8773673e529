/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keys for MPPE from the credentials of MS-CHAP (RFC 3079).
 *
 * A "start key" is what the data plane (our kernel module, or ppp_mppe) receives: the
 * result of GetAsymmetricStartKey or GetStartKey. The data plane derives the session keys
 * from it, with the salts for 40 and 56 bit.
 *
 * Pure functions. The caller wipes keys that it no longer needs.
 */
#ifndef CULVERT_PPP_MPPE_KEY_H
#define CULVERT_PPP_MPPE_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "ppp/mschap.h"

#define MPPE_KEY_LEN		16
#define MPPE_SHORT_KEY_LEN	8	/* octets of a 40 or 56 bit key */

/*
 * Start keys of one authenticated link, as seen from this end: @send encrypts frames that
 * this end sends. Of a 40 or 56 bit key the first MPPE_SHORT_KEY_LEN octets count.
 * MS-CHAPv1 takes these short keys from @lm instead, in both directions (@has_lm). If the
 * password has no LM hash there are no short keys (@long_only).
 *
 * A RADIUS back end can fill this structure from MS-MPPE-Send-Key, MS-MPPE-Recv-Key and
 * MS-CHAP-MPPE-Keys.
 */
struct mppe_keys {
	bool valid;
	bool has_lm;
	bool long_only;
	uint8_t send[MPPE_KEY_LEN];
	uint8_t recv[MPPE_KEY_LEN];
	uint8_t lm[MPPE_SHORT_KEY_LEN];
};

/* GetMasterKey of RFC 3079 section 3.4. */
void mppe_master_key(const uint8_t hash_hash[MSCHAP_HASH_LEN],
		     const uint8_t nt_response[MSCHAP_RESPONSE_LEN], uint8_t master[MPPE_KEY_LEN]);

/*
 * GetAsymmetricStartKey of RFC 3079 section 3.4, for a key of 16 octets; the key of 8
 * octets is its first half. @send: the key for frames that this end sends. @server: this
 * end is the authenticator.
 */
void mppe_asymmetric_start_key(const uint8_t master[MPPE_KEY_LEN], bool send, bool server,
			       uint8_t key[MPPE_KEY_LEN]);

/* Keys of both directions after MS-CHAPv2 (RFC 3079 section 3). */
void mppe_keys_mschapv2(struct mppe_keys *keys, const uint8_t hash_hash[MSCHAP_HASH_LEN],
			const uint8_t nt_response[MSCHAP_RESPONSE_LEN], bool server);

/*
 * Keys of both directions after MS-CHAPv1 (RFC 3079 section 2); they are equal. @lm_hash is
 * NULL if the password has no LM hash; then there are no keys of 40 and 56 bit.
 */
void mppe_keys_mschap(struct mppe_keys *keys, const uint8_t hash_hash[MSCHAP_HASH_LEN],
		      const uint8_t challenge[MSCHAP_CHALLENGE_LEN], const uint8_t *lm_hash);

/*
 * Write the start key of one direction to @key, zero padded to 16 octets. @bits is 40, 56
 * or 128; with @long_only only 128.
 */
void mppe_start_key(const struct mppe_keys *keys, bool send, unsigned int bits,
		    uint8_t key[MPPE_KEY_LEN]);

#endif
