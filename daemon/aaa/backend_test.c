// SPDX-License-Identifier: GPL-2.0-only
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "aaa/backend.h"
#include "aaa/grant.h"
#include "aaa/secrets.h"
#include "ppp/mschap.h"

static struct auth *auth;
static struct auth_job job;
static struct auth_verdict last;
static unsigned int calls;

static bool permits_a, permits_b;
static char pool[16];
static struct radius_rates rates;

static struct auth_request request;	/* how to ask() */

static bool permits(const struct auth_verdict *v, struct ip_addr address)
{
	if (v->result != AUTH_OK)
		return false;
	if (v->address_kind == AUTH_ADDRESS_FIXED)
		return ip_equal(v->address, address);
	return !v->restricted || ipv4_ranges_contain(v->within, v->n_within, address);
}

static void done(void *ctx, const struct auth_verdict *verdict)
{
	const struct ip_addr a = ip_from_number(0x0a000005), b = ip_from_number(0x0a000105);

	assert_ptr_equal(ctx, &job);
	permits_a = permits(verdict, a);
	permits_b = permits(verdict, b);
	if (verdict->grant) {
		snprintf(pool, sizeof(pool), "%s", verdict->grant->pool);
		rates = verdict->grant->rates;
	}
	last = *verdict;
	calls++;
}

static int set_up(void **state)
{
	static const char file[] = "User * clientPass *\n"
				   "fixed * pw 10.0.0.5\n"
				   "subnet * pw 10.0.1.0/24\n"
				   "several * pw 10.0.0.5 10.0.1.5\n"
				   "nowhere * pw -\n"
				   "here office pw *\n"
				   "Carol * pw *\n"
				   "typo * pw 10.0.0.5/x\n"
				   "gold * pw vip\n"
				   "slow * pw 10.0.0.5 2M/512\n"
				   "hashed * {NT}44ebba8d5312b8d611474411f56989ae *\n";
	struct diag diag;
	struct secrets *secrets;

	diag_init(&diag);
	secrets = secrets_parse("file", file, strlen(file), &diag);
	assert_non_null(secrets);
	auth = auth_secrets_new(secrets);
	assert_non_null(auth);
	secrets_put(secrets);
	diag_free(&diag);
	request = (struct auth_request){ .server = "office" };
	memset(&job, 0, sizeof(job));
	memset(&last, 0xee, sizeof(last));
	calls = 0;
	return 0;
}

static int tear_down(void **state)
{
	auth_put(auth);
	return 0;
}

static void ask(const struct ppp_auth_request *proof)
{
	unsigned int before = calls;

	request.proof = proof;
	auth_start(auth, &job, &request, done, &job);
	assert_int_equal(calls, before + 1);
	assert_null(job.auth);
	auth_cancel(&job);
}

static void ask_pap(const char *user, const char *password)
{
	struct ppp_auth_request proof = { .method = PPP_AUTH_PAP };

	proof.user_len = (uint16_t)strlen(user);
	memcpy(proof.user, user, proof.user_len);
	proof.response_len = (uint8_t)strlen(password);
	memcpy(proof.response, password, proof.response_len);
	ask(&proof);
}

static void right_and_wrong_passwords(void **state)
{
	ask_pap("User", "clientPass");
	assert_int_equal(last.result, AUTH_OK);
	assert_int_equal(last.link.result, PPP_AUTH_OK);
	assert_string_equal(last.user, "User");
	assert_int_equal(last.source, AUTH_SOURCE_LOCAL);
	assert_null(last.grant);
	assert_int_equal(last.address_kind, AUTH_ADDRESS_POOL);
	assert_false(last.restricted);
	assert_true(permits_a);

	ask_pap("User", "clientpass");
	assert_int_equal(last.result, AUTH_WRONG_SECRET);
	assert_int_equal(last.link.result, PPP_AUTH_FAILED);
	assert_int_equal(last.link.error, 691);
	assert_false(permits_a);
	assert_string_equal(auth_result_text(last.result), "wrong password");
}

static void unknown_user_looks_like_a_wrong_password(void **state)
{
	struct ppp_auth_verdict wrong;

	ask_pap("User", "x");
	wrong = last.link;
	ask_pap("nobody", "nobody");
	assert_int_equal(last.result, AUTH_UNKNOWN_USER);
	assert_string_equal(last.user, "nobody");
	assert_memory_equal(&last.link, &wrong, sizeof(wrong));
}

static void the_server_column_counts(void **state)
{
	struct ppp_auth_request proof = {
		.method = PPP_AUTH_PAP, .user = "here", .user_len = 4, .response = "pw",
		.response_len = 2,
	};

	request.server = "elsewhere";
	ask(&proof);
	assert_int_equal(last.result, AUTH_OTHER_SERVER);
	assert_true(auth_is_failure(last.result));
	assert_string_equal(auth_result_text(last.result), "the secrets have this user for another "
			    "server only (second column)");
	assert_int_equal(last.link.error, 691);
	assert_string_equal(last.link.message, "Wrong user name or password");
	request.server = "office";
	ask(&proof);
	assert_int_equal(last.result, AUTH_OK);
}

static void a_wrong_line_refuses_its_user(void **state)
{
	struct ppp_auth_verdict wrong;

	ask_pap("User", "x");
	wrong = last.link;
	ask_pap("typo", "pw");
	assert_int_equal(last.result, AUTH_REFUSED);
	assert_false(auth_is_failure(last.result));
	assert_memory_equal(auth_why(&last), "file:8: no address stands", 25);
	assert_memory_equal(&last.link, &wrong, sizeof(wrong));
}

static void lines_grant_pools_and_rates(void **state)
{
	ask_pap("gold", "pw");
	assert_int_equal(last.result, AUTH_OK);
	assert_non_null(last.grant);
	assert_string_equal(pool, "vip");
	assert_int_equal(rates.up, 0);
	assert_int_equal(last.address_kind, AUTH_ADDRESS_POOL);
	ask_pap("slow", "pw");
	assert_non_null(last.grant);
	assert_string_equal(pool, "");
	assert_int_equal(rates.down, 2000000);
	assert_int_equal(rates.up, 512000);
	assert_int_equal(last.address_kind, AUTH_ADDRESS_FIXED);
	ask_pap("gold", "x");
	assert_null(last.grant);
}

static void domains_are_stripped_if_asked(void **state)
{
	ask_pap("CORP\\User", "clientPass");
	assert_int_equal(last.result, AUTH_UNKNOWN_USER);
	request.strip_domain = true;
	ask_pap("CORP\\User", "clientPass");
	assert_int_equal(last.result, AUTH_OK);
	assert_string_equal(last.user, "User");
}

static struct ppp_auth_request mschapv2(const char *user, const char *hashed, const char *password)
{
	struct ppp_auth_request proof = {
		.method = PPP_AUTH_MSCHAPV2, .user_len = (uint16_t)strlen(user),
		.challenge = "challenge of us", .challenge_len = MSCHAPV2_CHALLENGE_LEN,
		.response_len = MSCHAP_VALUE_LEN,
	};
	uint8_t hash[NT_HASH_LEN], challenge[MSCHAP_CHALLENGE_LEN];

	strcpy(proof.user, user);
	assert_true(nt_hash(password, strlen(password), hash));
	mschapv2_challenge_hash(proof.response, proof.challenge, hashed, strlen(hashed), challenge);
	mschap_challenge_response(challenge, hash, proof.response + MSCHAPV2_VALUE_NT);
	return proof;
}

static void case_is_folded_if_asked(void **state)
{
	struct ppp_auth_request proof = mschapv2("CORP\\CAROL", "CAROL", "pw");

	ask_pap("CAROL", "pw");
	assert_int_equal(last.result, AUTH_UNKNOWN_USER);
	assert_string_equal(last.user, "CAROL");
	request.fold_case = true;
	ask_pap("CAROL", "pw");
	assert_int_equal(last.result, AUTH_OK);
	assert_string_equal(last.user, "Carol");
	ask_pap("CAROL", "PW");
	assert_int_equal(last.result, AUTH_WRONG_SECRET);
	assert_string_equal(last.user, "Carol");
	ask_pap("CAROLA", "pw");
	assert_int_equal(last.result, AUTH_UNKNOWN_USER);
	assert_string_equal(last.user, "carola");
	request.server = "elsewhere";
	ask_pap("HERE", "pw");
	assert_int_equal(last.result, AUTH_OTHER_SERVER);

	/* the proof covers the name as the peer has written it */
	request.strip_domain = true;
	ask(&proof);
	assert_int_equal(last.result, AUTH_OK);
	assert_string_equal(last.user, "Carol");
	proof = mschapv2("CAROL", "Carol", "pw");
	ask(&proof);
	assert_int_equal(last.result, AUTH_WRONG_SECRET);
}

static void realms_are_stripped_if_asked(void **state)
{
	struct ppp_auth_request proof = mschapv2("User@example.org", "User@example.org", "clientPass");

	ask_pap("User@example.org", "clientPass");
	assert_int_equal(last.result, AUTH_UNKNOWN_USER);
	request.strip_realm = true;
	ask_pap("User@example.org", "clientPass");
	assert_int_equal(last.result, AUTH_OK);
	assert_string_equal(last.user, "User");
	ask_pap("User@a@b", "clientPass");
	assert_int_equal(last.result, AUTH_UNKNOWN_USER);
	assert_string_equal(last.user, "User@a");
	ask_pap("@User", "clientPass");
	assert_int_equal(last.result, AUTH_UNKNOWN_USER);
	ask_pap("CORP\\User@example.org", "clientPass");
	assert_int_equal(last.result, AUTH_UNKNOWN_USER);
	request.strip_domain = true;
	ask_pap("CORP\\User@example.org", "clientPass");
	assert_int_equal(last.result, AUTH_OK);
	ask_pap("user@corp\\User", "clientPass");
	assert_int_equal(last.result, AUTH_OK);

	/* the proof covers the realm */
	ask(&proof);
	assert_int_equal(last.result, AUTH_OK);
	proof = mschapv2("User@example.org", "User", "clientPass");
	ask(&proof);
	assert_int_equal(last.result, AUTH_WRONG_SECRET);
}

static void who_is_in_no_line_of_his_own_has_small_letters(void **state)
{
	struct diag diag;
	struct secrets *secrets;

	diag_init(&diag);
	secrets = secrets_parse("file", "* * pw *\n", 9, &diag);
	auth_put(auth);
	auth = auth_secrets_new(secrets);
	secrets_put(secrets);
	diag_free(&diag);
	ask_pap("CAROL", "pw");
	assert_string_equal(last.user, "CAROL");
	request.fold_case = true;
	ask_pap("CAROL", "pw");
	assert_int_equal(last.result, AUTH_OK);
	assert_string_equal(last.user, "carol");
}

static void hostile_names_are_shown_escaped(void **state)
{
	ask_pap("x\n\x1b[2J", "pw");
	assert_int_equal(last.result, AUTH_UNKNOWN_USER);
	assert_string_equal(last.user, "x\\x0a\\x1b[2J");
}

static void address_columns(void **state)
{
	ask_pap("fixed", "pw");
	assert_int_equal(last.address_kind, AUTH_ADDRESS_FIXED);
	assert_int_equal(ip_number(last.address), 0x0a000005);
	assert_true(permits_a);
	assert_false(permits_b);

	ask_pap("subnet", "pw");
	assert_int_equal(last.address_kind, AUTH_ADDRESS_POOL);
	assert_false(permits_a);
	assert_true(permits_b);

	ask_pap("several", "pw");
	assert_int_equal(last.address_kind, AUTH_ADDRESS_POOL);
	assert_true(permits_a);
	assert_true(permits_b);

	ask_pap("nowhere", "pw");
	assert_int_equal(last.result, AUTH_NO_ADDRESS);
	assert_int_equal(last.link.result, PPP_AUTH_FAILED);
	assert_int_equal(last.link.error, 649);
	assert_false(permits_a);
}

/* RFC 2759 section 9.2, with the keys of RFC 3079 section 3.5.3. */
static void mschapv2_by_the_book(void **state)
{
	static const uint8_t challenge[16] = {
		0x5b, 0x5d, 0x7c, 0x7d, 0x7b, 0x3f, 0x2f, 0x3e,
		0x3c, 0x2c, 0x60, 0x21, 0x32, 0x26, 0x26, 0x28,
	};
	static const uint8_t value[49] = {
		0x21, 0x40, 0x23, 0x24, 0x25, 0x5e, 0x26, 0x2a,
		0x28, 0x29, 0x5f, 0x2b, 0x3a, 0x33, 0x7c, 0x7e,
		0, 0, 0, 0, 0, 0, 0, 0,
		0x82, 0x30, 0x9e, 0xcd, 0x8d, 0x70, 0x8b, 0x5e,
		0xa0, 0x8f, 0xaa, 0x39, 0x81, 0xcd, 0x83, 0x54,
		0x42, 0x33, 0x11, 0x4a, 0x3d, 0x85, 0xd6, 0xdf,
		0,
	};
	static const uint8_t send_start_key[16] = {
		0x8b, 0x7c, 0xdc, 0x14, 0x9b, 0x99, 0x3a, 0x1b,
		0xa1, 0x18, 0xcb, 0x15, 0x3f, 0x56, 0xdc, 0xcb,
	};
	struct ppp_auth_request proof = {
		.method = PPP_AUTH_MSCHAPV2, .user = "User", .user_len = 4,
		.challenge_len = sizeof(challenge), .response_len = sizeof(value),
	};

	memcpy(proof.challenge, challenge, sizeof(challenge));
	memcpy(proof.response, value, sizeof(value));
	ask(&proof);
	assert_int_equal(last.result, AUTH_OK);
	assert_string_equal(last.link.authenticator,
			    "S=407A5589115FD0D6209F510FE9C04566932CDA56");
	assert_true(last.link.keys.valid);
	assert_memory_equal(last.link.keys.send, send_start_key, sizeof(send_start_key));

	proof.response[30] ^= 1;
	ask(&proof);
	assert_int_equal(last.result, AUTH_WRONG_SECRET);
	assert_false(last.link.keys.valid);
	assert_string_equal(last.link.authenticator, "");

	proof.response[30] ^= 1;
	proof.response_len = 48;
	ask(&proof);
	assert_int_equal(last.result, AUTH_WRONG_SECRET);
}

static void a_hash_is_enough_for_pap_and_mschap(void **state)
{
	struct ppp_auth_request proof = { .method = PPP_AUTH_MSCHAP, .user = "hashed", .user_len = 6,
					  .challenge_len = 8, .response_len = MSCHAP_VALUE_LEN };
	uint8_t hash[NT_HASH_LEN], first[NT_HASH_LEN], second[NT_HASH_LEN];
	uint8_t challenge[MSCHAP_CHALLENGE_LEN];

	ask_pap("hashed", "clientPass");
	assert_int_equal(last.result, AUTH_OK);
	ask_pap("hashed", "clientpass");
	assert_int_equal(last.result, AUTH_WRONG_SECRET);
	ask_pap("hashed", "{NT}44ebba8d5312b8d611474411f56989ae");
	assert_int_equal(last.result, AUTH_WRONG_SECRET);

	assert_true(nt_hash("clientPass", 10, hash));
	mschap_challenge_response(proof.challenge, hash, proof.response + MSCHAP_VALUE_NT);
	proof.response[MSCHAP_VALUE_USE_NT] = 1;
	ask(&proof);
	assert_int_equal(last.result, AUTH_OK);
	assert_true(last.link.keys.valid);
	assert_true(last.link.keys.long_only);	/* the short keys are made of the LM hash */
	proof.response[MSCHAP_VALUE_NT] ^= 1;
	ask(&proof);
	assert_int_equal(last.result, AUTH_WRONG_SECRET);
	assert_false(last.link.keys.valid);

	proof.method = PPP_AUTH_MSCHAPV2;
	proof.challenge_len = MSCHAPV2_CHALLENGE_LEN;
	memset(proof.response, 0, sizeof(proof.response));
	mschapv2_challenge_hash(proof.response, proof.challenge, "hashed", 6, challenge);
	mschap_challenge_response(challenge, hash, proof.response + MSCHAPV2_VALUE_NT);
	ask(&proof);
	assert_int_equal(last.result, AUTH_OK);
	assert_true(last.link.keys.valid);
	memcpy(first, last.link.keys.send, sizeof(first));
	assert_int_equal(strlen(last.link.authenticator), MSCHAPV2_AUTHRESP_TEXT_LEN);
	ppp_auth_check(&proof, "clientPass", 10, &last.link);
	memcpy(second, last.link.keys.send, sizeof(second));
	assert_memory_equal(first, second, sizeof(first));
}

static void a_hash_is_not_enough_for_md5(void **state)
{
	struct ppp_auth_request proof = { .method = PPP_AUTH_CHAP_MD5, .user = "hashed",
					  .user_len = 6, .challenge_len = 16, .response_len = 16 };
	struct ppp_auth_verdict hashed;

	ask(&proof);
	assert_int_equal(last.result, AUTH_WRONG_SECRET);
	assert_string_equal(auth_why(&last), "the secrets have the NT hash of the password only, by "
			    "which chap-md5 cannot be checked");
	hashed = last.link;
	/* The peer hears no more than those who are wrong. */
	memcpy(proof.user, "nobody", 6);
	ask(&proof);
	assert_int_equal(last.result, AUTH_UNKNOWN_USER);
	assert_memory_equal(&last.link, &hashed, sizeof(hashed));
}

static void eap_is_not_for_files(void **state)
{
	struct ppp_auth_request proof = { .method = PPP_AUTH_EAP, .user = "User", .user_len = 4 };

	ask(&proof);
	assert_int_equal(last.result, AUTH_UNAVAILABLE);
	assert_int_equal(last.link.result, PPP_AUTH_FAILED);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(right_and_wrong_passwords, set_up, tear_down),
		cmocka_unit_test_setup_teardown(unknown_user_looks_like_a_wrong_password, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(the_server_column_counts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_wrong_line_refuses_its_user, set_up, tear_down),
		cmocka_unit_test_setup_teardown(lines_grant_pools_and_rates, set_up, tear_down),
		cmocka_unit_test_setup_teardown(domains_are_stripped_if_asked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(realms_are_stripped_if_asked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(case_is_folded_if_asked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(who_is_in_no_line_of_his_own_has_small_letters,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(hostile_names_are_shown_escaped, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(address_columns, set_up, tear_down),
		cmocka_unit_test_setup_teardown(mschapv2_by_the_book, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_hash_is_enough_for_pap_and_mschap, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_hash_is_not_enough_for_md5, set_up, tear_down),
		cmocka_unit_test_setup_teardown(eap_is_not_for_files, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
