/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keys for MPPE from the credentials of MS-CHAP (RFC 3079).
 *
 * A "start key" is what the data plane (ours, and ppp_mppe) is given: the
 * result of GetAsymmetricStartKey or GetStartKey. The session keys that follow
 * from it, with the salts for 40 and 56 bit, are the data plane's own work.
 *
 * Pure functions. The caller wipes keys that it no longer needs.
 */
#ifndef CULVERT_PPP_MPPE_KEY_H
#define CULVERT_PPP_MPPE_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "ppp/mschap.h"

#define MPPE_KEY_LEN		16
#define MPPE_SHORT_KEY_LEN	8	/* of 40 and 56 bit */

/*
 * Start keys of one authenticated link, as seen from this end: @send encrypts
 * what we send. For 40 and 56 bit the first MPPE_SHORT_KEY_LEN octets count,
 * unless @has_lm: MS-CHAPv1 takes @lm for those, in both directions. Without an
 * LM hash it has none of them: @long_only.
 * RADIUS fills the same structure from MS-MPPE-Send-Key, -Recv-Key and
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

/* RFC 3079 section 3.4, GetMasterKey. */
void mppe_master_key(const uint8_t hash_hash[MSCHAP_HASH_LEN],
		     const uint8_t nt_response[MSCHAP_RESPONSE_LEN],
		     uint8_t master[MPPE_KEY_LEN]);

/*
 * RFC 3079 section 3.4, GetAsymmetricStartKey, for a key of 16 octets; the one
 * of 8 octets is its beginning. @server: this end is the authenticator.
 */
void mppe_asymmetric_start_key(const uint8_t master[MPPE_KEY_LEN], bool send, bool server,
			       uint8_t key[MPPE_KEY_LEN]);

/* Both directions after MS-CHAPv2 (section 3). */
void mppe_keys_mschapv2(struct mppe_keys *keys, const uint8_t hash_hash[MSCHAP_HASH_LEN],
			const uint8_t nt_response[MSCHAP_RESPONSE_LEN], bool server);

/*
 * Both directions after MS-CHAPv1 (section 2), where they are the same. @lm_hash
 * is NULL when the password has none; then there are no keys of 40 and 56 bit.
 */
void mppe_keys_mschap(struct mppe_keys *keys, const uint8_t hash_hash[MSCHAP_HASH_LEN],
		      const uint8_t challenge[MSCHAP_CHALLENGE_LEN],
		      const uint8_t *lm_hash);

/*
 * The start key of one direction, zero padded to 16 octets. @bits: 40, 56 or 128,
 * the short ones not with @long_only.
 */
void mppe_start_key(const struct mppe_keys *keys, bool send, unsigned int bits,
		    uint8_t key[MPPE_KEY_LEN]);

#endif
