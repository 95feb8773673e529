// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aaa/grant.h"
#include "aaa/radius_verdict.h"
#include "radius/hex_test.h"
#include "util/ip_literal_test.h"

static struct radius_reply reply;
static struct ppp_auth_request proof;
static struct auth_request request;
static struct auth_verdict v;

static int set_up(void **state)
{
	memset(&reply, 0, sizeof(reply));
	memset(&proof, 0, sizeof(proof));
	memset(&v, 0xee, sizeof(v));
	proof.method = PPP_AUTH_PAP;
	strcpy(proof.user, "alice");
	proof.user_len = 5;
	request = (struct auth_request){
		.proof = &proof, .mppe = PPP_MPPE_OFF, .mppe_bits = PPP_MPPE_128,
	};
	return 0;
}

static int tear_down(void **state)
{
	if (v.result == AUTH_OK)
		grant_put(v.grant);
	return 0;
}

static void judge(enum radius_code code)
{
	reply.code = code;
	radius_verdict(&v, &reply, &request, "alice", 5, "r1");
}

static struct radius_number given(uint32_t value)
{
	return (struct radius_number){ .given = true, .value = value };
}

static void assert_refused(enum auth_result result, unsigned int error, const char *why)
{
	assert_int_equal(v.result, result);
	assert_int_equal(v.link.result, PPP_AUTH_FAILED);
	assert_int_equal(v.link.error, error);
	assert_string_equal(auth_why(&v), why);
	assert_false(v.link.keys.valid);
	assert_string_equal(v.link.authenticator, "");
	assert_null(v.grant);
	assert_int_equal(v.source, AUTH_SOURCE_NONE);
}

/* --- Access-Accept --------------------------------------------------------------------------- */

static void an_accept_lets_in(void **state)
{
	judge(RADIUS_ACCESS_ACCEPT);
	assert_int_equal(v.result, AUTH_OK);
	assert_int_equal(v.link.result, PPP_AUTH_OK);
	assert_int_equal(v.source, AUTH_SOURCE_RADIUS);
	assert_non_null(v.grant);
	assert_string_equal(v.user, "alice");
	assert_string_equal(v.grant->user, "alice");
	assert_string_equal(v.why, "");
	assert_string_equal(v.remark, "");
	assert_string_equal(v.link.message, "");
	assert_int_equal(v.address_kind, AUTH_ADDRESS_POOL);
	assert_false(v.restricted);
	assert_false(v.link.keys.valid);
	assert_int_equal(v.mppe, PPP_MPPE_OFF);
}

static void the_servers_name_counts(void **state)
{
	strcpy(reply.user, "Alice\n");
	strcpy(reply.message, "Welcome\x1b[2J");
	judge(RADIUS_ACCESS_ACCEPT);
	assert_string_equal(v.user, "Alice\\x0a");
	assert_string_equal(v.grant->user, "Alice\n");
	assert_string_equal(v.link.message, "Welcome\\x1b[2J");
}

static void a_long_message_is_cut(void **state)
{
	memset(reply.message, 'x', RADIUS_MESSAGE_MAX);
	judge(RADIUS_ACCESS_ACCEPT);
	assert_int_equal(strlen(v.link.message), PPP_TEXT_MAX);
}

static void addresses_are_given_or_chosen(void **state)
{
	reply.address_choice = RADIUS_ADDRESS_GIVEN;
	reply.address = ip("10.1.2.3");
	judge(RADIUS_ACCESS_ACCEPT);
	assert_int_equal(v.address_kind, AUTH_ADDRESS_FIXED);
	assert_ip(v.address, "10.1.2.3");
	grant_put(v.grant);

	reply.address_choice = RADIUS_ADDRESS_BY_USER;
	judge(RADIUS_ACCESS_ACCEPT);
	assert_int_equal(v.address_kind, AUTH_ADDRESS_CHOSEN);
	grant_put(v.grant);

	reply.address_choice = RADIUS_ADDRESS_BY_NAS;
	judge(RADIUS_ACCESS_ACCEPT);
	assert_int_equal(v.address_kind, AUTH_ADDRESS_POOL);
}

/* In PEAP and TTLS the Identity is any name that the peer likes. */
static void after_eap_only_the_server_knows_the_user(void **state)
{
	proof.method = PPP_AUTH_EAP;
	judge(RADIUS_ACCESS_ACCEPT);
	assert_int_equal(v.result, AUTH_OK);
	assert_string_equal(v.user, "alice");
	assert_true(v.claimed);
	assert_string_equal(v.remark, "Access-Accept of RADIUS server r1 has no User-Name, so "
			    "nothing but the Identity of EAP says who the user is");
	grant_put(v.grant);
	strcpy(reply.user, "dave");
	judge(RADIUS_ACCESS_ACCEPT);
	assert_string_equal(v.user, "dave");
	assert_false(v.claimed);
	assert_string_equal(v.remark, "");
	/* all others prove the name together with the password */
	grant_put(v.grant);
	proof.method = PPP_AUTH_PAP;
	*reply.user = '\0';
	judge(RADIUS_ACCESS_ACCEPT);
	assert_false(v.claimed);
	assert_string_equal(v.remark, "");
}

/* The server hears "alice", and so does accounting; but there may be others of that name. */
static void a_realm_stays_in_the_name_of_the_user(void **state)
{
	strcpy(proof.user, "CORP\\alice@b.example");
	proof.user_len = (uint16_t)strlen(proof.user);
	judge(RADIUS_ACCESS_ACCEPT);
	assert_string_equal(v.user, "CORP\\alice@b.example");
	assert_string_equal(v.grant->user, "alice");
	grant_put(v.grant);
	*reply.user = '\0';
	request.strip_domain = true;
	judge(RADIUS_ACCESS_ACCEPT);
	assert_string_equal(v.user, "alice@b.example");
	assert_string_equal(v.grant->user, "alice");
	grant_put(v.grant);
	strcpy(reply.user, "al");
	judge(RADIUS_ACCESS_ACCEPT);
	assert_string_equal(v.user, "al");
	assert_string_equal(v.grant->user, "al");
}

/* Accounting and the servers have the name as the servers have it. */
static void case_may_not_tell_users_apart(void **state)
{
	request.fold_case = true;
	strcpy(reply.user, "Alice@B.Example");
	judge(RADIUS_ACCESS_ACCEPT);
	assert_string_equal(v.user, "alice@b.example");
	assert_string_equal(v.grant->user, "Alice@B.Example");
	grant_put(v.grant);
	*reply.user = '\0';
	strcpy(proof.user, "ALICE");
	proof.user_len = 5;
	judge(RADIUS_ACCESS_ACCEPT);
	assert_string_equal(v.user, "alice");
}

static void remarks_make_one_line(void **state)
{
	const struct radius_definition *route = radius_definition(0, RADIUS_FRAMED_ROUTE);

	reply.remarks[0] = (struct radius_remark){ route, "is malformed" };
	reply.remarks[1] = (struct radius_remark){ NULL, "is there twice" };
	reply.n_remarks = 2;
	judge(RADIUS_ACCESS_ACCEPT);
	assert_int_equal(v.result, AUTH_OK);
	assert_string_equal(v.remark, "Access-Accept of RADIUS server r1: Framed-Route is "
			    "malformed; a Vendor-Specific of Microsoft is there twice");
	grant_put(v.grant);

	for (unsigned int i = 0; i < RADIUS_REMARKS_MAX; i++)
		reply.remarks[i] = reply.remarks[0];
	reply.n_remarks = 9;
	judge(RADIUS_ACCESS_ACCEPT);
	assert_string_equal(v.remark, "Access-Accept of RADIUS server r1: Framed-Route is "
			    "malformed; Framed-Route is malformed; Framed-Route is malformed; "
			    "Framed-Route is malformed; and 5 more");
}

/* --- MS-CHAP --------------------------------------------------------------------------------- */

/* What RFC 3079 section 3.5 has: of clientPass, as the NAS sends. */
static const char send_start[] = "8b7cdc149b993a1ba118cb153f56dccb";
static const char hash_hash[] = "41c00c584bd2d91c4017a2a12fa59f3f";
static const char proven[] = "S=407A5589115FD0D6209F510FE9C04566932CDA56";

static void mschapv2(uint8_t id)
{
	proof.method = PPP_AUTH_MSCHAPV2;
	proof.id = 7;
	reply.mschap2_success.given = true;
	reply.mschap2_success.id = id;
	strcpy(reply.mschap2_success.text, proven);
}

static void put_key(struct radius_key *key, const char *hex)
{
	key->len = (uint8_t)from_hex(hex, key->octets);
}

static void assert_key(const uint8_t key[MPPE_KEY_LEN], const char *hex)
{
	uint8_t expected[MPPE_KEY_LEN];

	assert_int_equal(from_hex(hex, expected), sizeof(expected));
	assert_memory_equal(key, expected, sizeof(expected));
}

static void the_servers_proof_is_passed_on(void **state)
{
	mschapv2(7);
	judge(RADIUS_ACCESS_ACCEPT);
	assert_int_equal(v.result, AUTH_OK);
	assert_string_equal(v.link.authenticator, proven);
}

static void an_accept_without_proof_is_refused(void **state)
{
	proof.method = PPP_AUTH_MSCHAPV2;
	judge(RADIUS_ACCESS_ACCEPT);
	assert_refused(AUTH_REFUSED, 649, "Access-Accept of RADIUS server r1 has no "
		       "MS-CHAP2-Success, without which the user's device would not go on");
	assert_string_equal(v.link.message, "The server cannot let you in; its operator has to "
			    "look at it");

	mschapv2(8);
	judge(RADIUS_ACCESS_ACCEPT);
	assert_refused(AUTH_REFUSED, 649, "MS-CHAP2-Success of RADIUS server r1 has identifier 8, "
		       "and the response had 7");
}

static void other_methods_need_no_proof(void **state)
{
	static const enum ppp_auth_method methods[] = {
		PPP_AUTH_PAP, PPP_AUTH_CHAP_MD5, PPP_AUTH_MSCHAP, PPP_AUTH_EAP,
	};

	for (unsigned int i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		proof.method = methods[i];
		judge(RADIUS_ACCESS_ACCEPT);
		assert_int_equal(v.result, AUTH_OK);
		grant_put(v.grant);
	}
	v.result = AUTH_REFUSED;
}

static void keys_have_a_direction(void **state)
{
	request.mppe = PPP_MPPE_REQUIRED;
	mschapv2(7);
	put_key(&reply.send_key, send_start);
	put_key(&reply.recv_key, "000102030405060708090a0b0c0d0e0f");
	judge(RADIUS_ACCESS_ACCEPT);
	assert_int_equal(v.result, AUTH_OK);
	assert_true(v.link.keys.valid);
	assert_false(v.link.keys.has_lm || v.link.keys.long_only);
	assert_key(v.link.keys.send, send_start);
	assert_key(v.link.keys.recv, "000102030405060708090a0b0c0d0e0f");
	assert_int_equal(v.mppe, PPP_MPPE_REQUIRED);
}

/* A server that does as RFC 3079 section 3 says sends what we would have made of the password. */
static void keys_are_those_of_the_password(void **state)
{
	uint8_t hash[MSCHAP_HASH_LEN], response[MSCHAP_RESPONSE_LEN];
	struct mppe_keys keys;

	from_hex(hash_hash, hash);
	from_hex("82309ecd8d708b5ea08faa3981cd83544233114a3d85d6df", response);
	mppe_keys_mschapv2(&keys, hash, response, true);
	request.mppe = PPP_MPPE_REQUIRED;
	mschapv2(7);
	reply.send_key.len = reply.recv_key.len = MPPE_KEY_LEN;
	memcpy(reply.send_key.octets, keys.send, MPPE_KEY_LEN);
	memcpy(reply.recv_key.octets, keys.recv, MPPE_KEY_LEN);
	judge(RADIUS_ACCESS_ACCEPT);
	assert_memory_equal(&v.link.keys, &keys, sizeof(keys));
	assert_key(v.link.keys.send, send_start);
}

/* RFC 3079 section 4: EAP-TLS makes 32 octets for each direction. */
static void of_longer_keys_the_first_half_counts(void **state)
{
	request.mppe = PPP_MPPE_REQUIRED;
	proof.method = PPP_AUTH_EAP;
	put_key(&reply.send_key, "000102030405060708090a0b0c0d0e0f"
		"101112131415161718191a1b1c1d1e1f");
	put_key(&reply.recv_key, "202122232425262728292a2b2c2d2e2f"
		"303132333435363738393a3b3c3d3e3f");
	judge(RADIUS_ACCESS_ACCEPT);
	assert_int_equal(v.result, AUTH_OK);
	assert_key(v.link.keys.send, "000102030405060708090a0b0c0d0e0f");
	assert_key(v.link.keys.recv, "202122232425262728292a2b2c2d2e2f");
	assert_null(v.link.eap);
}

/* RFC 3079 section 2.5: hashes, of which the challenge makes keys. */
static void mschap_has_hashes_instead_of_keys(void **state)
{
	request.mppe = PPP_MPPE_REQUIRED;
	request.mppe_bits = PPP_MPPE_40 | PPP_MPPE_128;
	proof.method = PPP_AUTH_MSCHAP;
	from_hex("102db5df085d3041", proof.challenge);
	reply.has_mschap_keys = true;
	from_hex(hash_hash, reply.nt_key);
	from_hex("76a152936096d783", reply.lm_key);
	judge(RADIUS_ACCESS_ACCEPT);
	assert_int_equal(v.result, AUTH_OK);
	assert_true(v.link.keys.valid && v.link.keys.has_lm);
	assert_key(v.link.keys.send, "a8947850cfc0acc1d1789fb62ddcddb0");
	assert_key(v.link.keys.recv, "a8947850cfc0acc1d1789fb62ddcddb0");
	assert_memory_equal(v.link.keys.lm, reply.lm_key, sizeof(reply.lm_key));
}

static void passwords_without_lm_hash_have_long_keys_only(void **state)
{
	request.mppe = PPP_MPPE_REQUIRED;
	request.mppe_bits = PPP_MPPE_40 | PPP_MPPE_128;
	proof.method = PPP_AUTH_MSCHAP;
	reply.has_mschap_keys = true;
	from_hex(hash_hash, reply.nt_key);
	judge(RADIUS_ACCESS_ACCEPT);
	assert_int_equal(v.result, AUTH_OK);
	assert_true(v.link.keys.long_only);
	grant_put(v.grant);

	request.mppe_bits = PPP_MPPE_40;
	judge(RADIUS_ACCESS_ACCEPT);
	assert_refused(AUTH_REFUSED, 649, "Access-Accept of RADIUS server r1 has no keys for MPPE, "
		       "which is required: MS-CHAP-MPPE-Keys has no LM-Key, which keys of 40 and "
		       "56 bit are made of");
}

/* As FreeRADIUS sends them if it has no NT hash. */
static void hashes_of_zeroes_are_none(void **state)
{
	request.mppe = PPP_MPPE_REQUIRED;
	proof.method = PPP_AUTH_MSCHAP;
	reply.has_mschap_keys = true;
	from_hex("76a152936096d783", reply.lm_key);
	judge(RADIUS_ACCESS_ACCEPT);
	assert_int_equal(v.result, AUTH_REFUSED);
	assert_non_null(strstr(v.why, "has no keys for MPPE"));
}

static void who_must_encrypt_needs_keys(void **state)
{
	static const struct {
		enum ppp_auth_method method;
		const char *why;
	} cases[] = {
		{ PPP_AUTH_MSCHAPV2, "the server has to send MS-MPPE-Send-Key and "
		  "MS-MPPE-Recv-Key, of 16 octets or more" },
		{ PPP_AUTH_EAP, "the server has to send MS-MPPE-Send-Key and MS-MPPE-Recv-Key, of "
		  "16 octets or more" },
		{ PPP_AUTH_MSCHAP, "the server has to send MS-CHAP-MPPE-Keys, with the hash of the "
		  "NT hash" },
		{ PPP_AUTH_PAP, "this way to log in gives none" },
		{ PPP_AUTH_CHAP_MD5, "this way to log in gives none" },
	};
	char why[256];

	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		set_up(state);
		request.mppe = PPP_MPPE_REQUIRED;
		mschapv2(7);
		proof.method = cases[i].method;
		/* One direction does not do, and neither do keys that are too short. */
		put_key(&reply.send_key, send_start);
		put_key(&reply.recv_key, "0001020304050607");
		judge(RADIUS_ACCESS_ACCEPT);
		snprintf(why, sizeof(why), "Access-Accept of RADIUS server r1 has no keys for "
			 "MPPE, which is required: %s", cases[i].why);
		assert_refused(AUTH_REFUSED, 649, why);

		/* Without keys there is no encryption, which will do where it is preferred. */
		request.mppe = PPP_MPPE_PREFERRED;
		judge(RADIUS_ACCESS_ACCEPT);
		assert_int_equal(v.result, AUTH_OK);
		assert_false(v.link.keys.valid);
		grant_put(v.grant);
	}
	v.result = AUTH_REFUSED;
}

/* --- policy ---------------------------------------------------------------------------------- */

#define NOT	(-1)		/* the attribute is not there */
#define ALL	(PPP_MPPE_40 | PPP_MPPE_56 | PPP_MPPE_128)

static void the_stricter_policy_counts(void **state)
{
	static const struct {
		enum ppp_mppe_policy ours;
		uint8_t bits;
		int policy, types;
		bool good;
		enum ppp_mppe_policy result;
		uint8_t result_bits;
	} cases[] = {
		{ PPP_MPPE_OFF, ALL, NOT, NOT, true, PPP_MPPE_OFF, ALL },
		{ PPP_MPPE_OFF, ALL, 1, 6, true, PPP_MPPE_OFF, PPP_MPPE_40 | PPP_MPPE_128 },
		{ PPP_MPPE_OFF, ALL, 2, NOT, false, 0, 0 },
		{ PPP_MPPE_PREFERRED, ALL, NOT, NOT, true, PPP_MPPE_PREFERRED, ALL },
		{ PPP_MPPE_PREFERRED, ALL, 1, NOT, true, PPP_MPPE_PREFERRED, ALL },
		{ PPP_MPPE_PREFERRED, ALL, 2, NOT, true, PPP_MPPE_REQUIRED, ALL },
		{ PPP_MPPE_PREFERRED, ALL, 2, 4, true, PPP_MPPE_REQUIRED, PPP_MPPE_128 },
		{ PPP_MPPE_PREFERRED, ALL, NOT, 2, true, PPP_MPPE_PREFERRED, PPP_MPPE_40 },
		{ PPP_MPPE_PREFERRED, ALL, NOT, 8, true, PPP_MPPE_PREFERRED, PPP_MPPE_56 },
		/* neither end has what the other one wants: no encryption, unless it must be */
		{ PPP_MPPE_PREFERRED, PPP_MPPE_128, 1, 2, true, PPP_MPPE_OFF, 0 },
		{ PPP_MPPE_PREFERRED, ALL, 1, 0, true, PPP_MPPE_OFF, 0 },
		{ PPP_MPPE_PREFERRED, PPP_MPPE_128, 2, 2, false, 0, 0 },
		{ PPP_MPPE_REQUIRED, PPP_MPPE_128, NOT, NOT, true, PPP_MPPE_REQUIRED,
		  PPP_MPPE_128 },
		{ PPP_MPPE_REQUIRED, PPP_MPPE_128, 1, 6, true, PPP_MPPE_REQUIRED, PPP_MPPE_128 },
		{ PPP_MPPE_REQUIRED, PPP_MPPE_128, 1, 2, false, 0, 0 },
		{ PPP_MPPE_REQUIRED, ALL, 1, 0, false, 0, 0 },
		{ PPP_MPPE_PREFERRED, ALL, 0, 6, false, 0, 0 },
		{ PPP_MPPE_PREFERRED, ALL, 3, 6, false, 0, 0 },
	};

	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		set_up(state);
		mschapv2(7);
		put_key(&reply.send_key, send_start);
		put_key(&reply.recv_key, send_start);
		request.mppe = cases[i].ours;
		request.mppe_bits = cases[i].bits;
		if (cases[i].policy != NOT)
			reply.mppe_policy = given((uint32_t)cases[i].policy);
		if (cases[i].types != NOT)
			reply.mppe_types = given((uint32_t)cases[i].types);
		judge(RADIUS_ACCESS_ACCEPT);
		if ((v.result == AUTH_OK) != cases[i].good)
			fail_msg("case %u: %s", i, auth_why(&v));
		if (v.result != AUTH_OK) {
			assert_non_null(strstr(v.why, "MS-MPPE-Encryption-"));
			continue;
		}
		if (v.mppe != cases[i].result || v.mppe_bits != cases[i].result_bits)
			fail_msg("case %u: policy %u, bits %u", i, v.mppe, v.mppe_bits);
		grant_put(v.grant);
	}
	v.result = AUTH_REFUSED;
}

/* --- Access-Reject --------------------------------------------------------------------------- */

static void a_reject_is_a_wrong_password(void **state)
{
	judge(RADIUS_ACCESS_REJECT);
	assert_refused(AUTH_WRONG_SECRET, 691, "rejected by RADIUS server r1");
	assert_false(v.link.retry);
	assert_string_equal(v.link.message, "");

	strcpy(reply.message, "No \"such\" user");
	reply.error_cause = given(502);
	judge(RADIUS_ACCESS_REJECT);
	assert_refused(AUTH_WRONG_SECRET, 691, "rejected by RADIUS server r1, Error-Cause 502: "
		       "\"No \\x22such\\x22 user\"");
	assert_string_equal(v.link.message, "No \"such\" user");
}

static void mschap_error_is_passed_on(void **state)
{
	proof.method = PPP_AUTH_MSCHAPV2;
	reply.mschap_error = (struct radius_mschap_error){
		.given = true, .error = 648, .message = "Password is old",
	};
	strcpy(reply.message, "less");
	judge(RADIUS_ACCESS_REJECT);
	assert_int_equal(v.result, AUTH_REFUSED);
	assert_int_equal(v.link.error, 648);
	assert_false(v.link.retry);
	assert_string_equal(v.link.message, "Password is old");
	assert_non_null(strstr(v.why, mschap_error_text(648)));
	assert_non_null(strstr(v.why, "\"Password is old\""));

	reply.mschap_error = (struct radius_mschap_error){
		.given = true, .error = 691, .retry = true,
	};
	judge(RADIUS_ACCESS_REJECT);
	assert_refused(AUTH_WRONG_SECRET, 691, "rejected by RADIUS server r1: \"less\"");
	assert_true(v.link.retry);
	assert_string_equal(v.link.message, "less");

	/* It means nothing to who does not speak MS-CHAP. */
	proof.method = PPP_AUTH_PAP;
	reply.mschap_error.error = 648;
	judge(RADIUS_ACCESS_REJECT);
	assert_refused(AUTH_WRONG_SECRET, 691, "rejected by RADIUS server r1: \"less\"");
	assert_false(v.link.retry);
}

/* --- Access-Challenge ------------------------------------------------------------------------ */

static void put_eap(void)
{
	reply.eap_len = (uint16_t)from_hex("01480007630102", reply.eap);
	proof.method = PPP_AUTH_EAP;
}

static void eap_goes_on(void **state)
{
	put_eap();
	judge(RADIUS_ACCESS_CHALLENGE);
	assert_int_equal(v.result, AUTH_CONTINUES);
	assert_int_equal(v.link.result, PPP_AUTH_CONTINUE);
	assert_ptr_equal(v.link.eap, reply.eap);
	assert_int_equal(v.link.eap_len, 7);
	assert_int_equal(v.link.eap_wait_ms, 0);
	assert_null(v.grant);

	reply.session_timeout = given(30);
	judge(RADIUS_ACCESS_CHALLENGE);
	assert_int_equal(v.link.eap_wait_ms, 30000);
	reply.session_timeout = given(UINT32_MAX);
	judge(RADIUS_ACCESS_CHALLENGE);
	assert_int_equal(v.link.eap_wait_ms, UINT32_MAX);
}

static void a_challenge_without_eap_is_a_refusal(void **state)
{
	proof.method = PPP_AUTH_EAP;
	judge(RADIUS_ACCESS_CHALLENGE);
	assert_refused(AUTH_REFUSED, 649, "Access-Challenge of RADIUS server r1 has no "
		       "EAP-Message");

	put_eap();
	proof.method = PPP_AUTH_PAP;
	strcpy(reply.message, "Your token?");
	judge(RADIUS_ACCESS_CHALLENGE);
	assert_refused(AUTH_REFUSED, 649, "RADIUS server r1 asks for more (Access-Challenge), and "
		       "pap cannot ask the user: \"Your token?\"");
}

/* The code decides, not what EAP says (RFC 3579 section 2.6.3). */
static void eap_does_not_decide(void **state)
{
	put_eap();
	from_hex("04480004", reply.eap);
	reply.eap_len = 4;
	judge(RADIUS_ACCESS_ACCEPT);
	assert_int_equal(v.result, AUTH_OK);
	grant_put(v.grant);
	from_hex("03480004", reply.eap);
	judge(RADIUS_ACCESS_REJECT);
	assert_refused(AUTH_WRONG_SECRET, 691, "rejected by RADIUS server r1");
}

/* --- no good reply --------------------------------------------------------------------------- */

static void what_cannot_be_read_lets_nobody_in(void **state)
{
	reply.code = RADIUS_ACCESS_ACCEPT;
	reply.refused.about = radius_definition(0, RADIUS_FRAMED_IP_ADDRESS);
	reply.refused.what = "is malformed";
	radius_verdict_unreadable(&v, &reply, "r1");
	assert_refused(AUTH_REFUSED, 649, "Access-Accept of RADIUS server r1 is refused: "
		       "Framed-IP-Address is malformed");

	reply.code = RADIUS_ACCESS_REJECT;
	reply.refused.about = NULL;
	radius_verdict_unreadable(&v, &reply, "r1");
	assert_refused(AUTH_WRONG_SECRET, 691, "Access-Reject of RADIUS server r1 is refused: "
		       "a Vendor-Specific of Microsoft is malformed");
}

static void silence_is_temporary(void **state)
{
	static const struct {
		enum radius_outcome outcome;
		const char *why;
	} cases[] = {
		{ RADIUS_NO_ANSWER, "no RADIUS server answers" },
		{ RADIUS_NO_ROOM, "too many requests wait for the RADIUS servers" },
		{ RADIUS_TOO_LONG, "the login does not fit into a RADIUS packet" },
	};

	for (unsigned int i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		radius_verdict_unanswered(&v, cases[i].outcome);
		assert_refused(AUTH_UNAVAILABLE, 646, cases[i].why);
		assert_string_equal(v.link.message, "Logins cannot be checked now, try again "
				    "later");
		assert_false(auth_is_failure(v.result));
	}
}

#define TEST(name)	cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(an_accept_lets_in),
		TEST(the_servers_name_counts),
		TEST(a_long_message_is_cut),
		TEST(addresses_are_given_or_chosen),
		TEST(after_eap_only_the_server_knows_the_user),
		TEST(a_realm_stays_in_the_name_of_the_user),
		TEST(case_may_not_tell_users_apart),
		TEST(remarks_make_one_line),
		TEST(the_servers_proof_is_passed_on),
		TEST(an_accept_without_proof_is_refused),
		TEST(other_methods_need_no_proof),
		TEST(keys_have_a_direction),
		TEST(keys_are_those_of_the_password),
		TEST(of_longer_keys_the_first_half_counts),
		TEST(mschap_has_hashes_instead_of_keys),
		TEST(passwords_without_lm_hash_have_long_keys_only),
		TEST(hashes_of_zeroes_are_none),
		TEST(who_must_encrypt_needs_keys),
		TEST(the_stricter_policy_counts),
		TEST(a_reject_is_a_wrong_password),
		TEST(mschap_error_is_passed_on),
		TEST(eap_goes_on),
		TEST(a_challenge_without_eap_is_a_refusal),
		TEST(eap_does_not_decide),
		TEST(what_cannot_be_read_lets_nobody_in),
		TEST(silence_is_temporary),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
