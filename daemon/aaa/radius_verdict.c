// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "aaa/grant.h"
#include "aaa/radius_verdict.h"
#include "util/text.h"

/* What the peer hears if something is wrong that is neither the user's doing nor temporary. */
#define NOT_WHOLE	"The server cannot let you in; its operator has to look at it"

/* --- texts ----------------------------------------------------------------------------------- */

/* Append to a text of AUTH_TEXT_MAX octets. What does not fit is left out. */
__attribute__((format(printf, 2, 3))) static void say(char *text, const char *format, ...)
{
	size_t len = strlen(text);
	va_list args;

	va_start(args, format);
	vsnprintf(text + len, AUTH_TEXT_MAX + 1 - len, format, args);
	va_end(args);
}

static const char *code_name(unsigned int code)
{
	switch (code) {
	case RADIUS_ACCESS_ACCEPT:
		return "Access-Accept";
	case RADIUS_ACCESS_REJECT:
		return "Access-Reject";
	default:
		return "Access-Challenge";
	}
}

static const char *remark_name(const struct radius_remark *remark)
{
	return remark->about ? remark->about->name : "a Vendor-Specific of Microsoft";
}

static void say_remarks(struct auth_verdict *v, const struct radius_reply *reply,
			const char *server)
{
	const unsigned int kept = reply->n_remarks < RADIUS_REMARKS_MAX ? reply->n_remarks :
									  RADIUS_REMARKS_MAX;

	if (!kept)
		return;
	say(v->remark, "%s of RADIUS server %s: ", code_name(reply->code), server);
	for (unsigned int i = 0; i < kept; i++)
		say(v->remark, "%s%s %s", i ? "; " : "", remark_name(&reply->remarks[i]),
		    reply->remarks[i].what);
	if (reply->n_remarks > kept)
		say(v->remark, "; and %u more", reply->n_remarks - kept);
}

/* Take words of the server for the peer's user, so that they fit and are printable. */
static void tell_peer(struct auth_verdict *v, const char *words)
{
	if (*words)
		text_show(v->link.message, sizeof(v->link.message), words, strlen(words));
}

/* --- refusals -------------------------------------------------------------------------------- */

/* The server wants to let the user in, but the reply lacks something. @v->why says what. */
static void refuse_accept(struct auth_verdict *v)
{
	auth_refuse(v, AUTH_REFUSED, MSCHAP_ERR_NO_DIALIN_PERMISSION, NOT_WHOLE);
}

static bool is_mschap(enum ppp_auth_method method)
{
	return method == PPP_AUTH_MSCHAP || method == PPP_AUTH_MSCHAPV2;
}

static void quote_words(struct auth_verdict *v, const char *words)
{
	char shown[AUTH_TEXT_MAX + 1], quoted[TEXT_QUOTE_SIZE];

	if (!*words)
		return;
	text_show(shown, sizeof(shown), words, strlen(words));
	say(v->why, ": %s", text_quote(quoted, shown));
}

static void reject(struct auth_verdict *v, const struct radius_reply *reply,
		   const struct auth_request *request, const char *server)
{
	const struct radius_mschap_error *error = &reply->mschap_error;
	const bool told = error->given && is_mschap(request->proof->method);
	const uint16_t code = told && error->error ? error->error :
						     MSCHAP_ERR_AUTHENTICATION_FAILURE;
	const char *words = told && *error->message ? error->message : reply->message;

	auth_refuse(v, code == MSCHAP_ERR_AUTHENTICATION_FAILURE ? AUTH_WRONG_SECRET : AUTH_REFUSED,
		    code, "");
	v->link.retry = told && error->retry;
	tell_peer(v, words);
	say(v->why, "rejected by RADIUS server %s", server);
	if (code != MSCHAP_ERR_AUTHENTICATION_FAILURE)
		say(v->why, " (%s)", mschap_error_text(code));
	if (reply->error_cause.given)
		say(v->why, ", Error-Cause %u", reply->error_cause.value);
	quote_words(v, words);
}

/* --- Access-Challenge ------------------------------------------------------------------------ */

static uint32_t wait_ms(const struct radius_reply *reply)
{
	const uint32_t s = reply->session_timeout.value;

	return s < UINT32_MAX / 1000 ? s * 1000 : UINT32_MAX;
}

static void challenge(struct auth_verdict *v, const struct radius_reply *reply,
		      const struct auth_request *request, const char *server)
{
	if (request->proof->method != PPP_AUTH_EAP) {
		say(v->why, "RADIUS server %s asks for more (Access-Challenge), and %s cannot ask "
		    "the user", server, ppp_auth_name(request->proof->method));
		quote_words(v, reply->message);
		auth_refuse(v, AUTH_REFUSED, MSCHAP_ERR_NO_DIALIN_PERMISSION, NOT_WHOLE);
		return;
	}
	if (!reply->eap_len) {
		say(v->why, "Access-Challenge of RADIUS server %s has no EAP-Message", server);
		auth_refuse(v, AUTH_REFUSED, MSCHAP_ERR_NO_DIALIN_PERMISSION, NOT_WHOLE);
		return;
	}
	v->result = AUTH_CONTINUES;
	v->link.result = PPP_AUTH_CONTINUE;
	v->link.eap = reply->eap;
	v->link.eap_len = reply->eap_len;
	v->link.eap_wait_ms = wait_ms(reply);
}

/* --- keys ------------------------------------------------------------------------------------ */

/*
 * MS-MPPE-Send-Key and -Recv-Key are start keys, made as RFC 3079 section 3 says for MS-CHAPv2, or
 * section 4 for EAP-TLS, of whose 32 octets the first 16 count. The server calls that the send key
 * which the NAS, and so we, send with (RFC 2548 section 2.4.2).
 */
static void take_directed_keys(struct mppe_keys *keys, const struct radius_reply *reply)
{
	if (reply->send_key.len < MPPE_KEY_LEN || reply->recv_key.len < MPPE_KEY_LEN)
		return;
	memcpy(keys->send, reply->send_key.octets, MPPE_KEY_LEN);
	memcpy(keys->recv, reply->recv_key.octets, MPPE_KEY_LEN);
	keys->valid = true;
}

/*
 * MS-CHAP-MPPE-Keys has hashes, of which the challenge makes a start key (RFC 3079 section 2.4).
 * Servers send zeroes for a hash that they do not have: anybody could make a key of those.
 */
static void take_hashes(struct mppe_keys *keys, const struct radius_reply *reply,
			const struct ppp_auth_request *proof)
{
	static const uint8_t none[sizeof(reply->nt_key)];

	if (reply->has_mschap_keys && memcmp(reply->nt_key, none, sizeof(reply->nt_key)))
		mppe_keys_mschap(keys, reply->nt_key, proof->challenge,
				 memcmp(reply->lm_key, none, sizeof(reply->lm_key)) ?
				 reply->lm_key : NULL);
}

/* Take the keys of the link, if the reply has any for this way to log in. */
static void take_keys(struct mppe_keys *keys, const struct radius_reply *reply,
		      const struct ppp_auth_request *proof)
{
	if (proof->method == PPP_AUTH_MSCHAP)
		take_hashes(keys, reply, proof);
	else if (proof->method == PPP_AUTH_MSCHAPV2 || proof->method == PPP_AUTH_EAP)
		take_directed_keys(keys, reply);
}

static const char *missing_keys(enum ppp_auth_method method)
{
	switch (method) {
	case PPP_AUTH_MSCHAP:
		return "the server has to send MS-CHAP-MPPE-Keys, with the hash of the NT hash";
	case PPP_AUTH_MSCHAPV2:
	case PPP_AUTH_EAP:
		return "the server has to send MS-MPPE-Send-Key and MS-MPPE-Recv-Key, of 16 octets "
		       "or more";
	default:
		return "this way to log in gives none";
	}
}

/* --- MPPE ------------------------------------------------------------------------------------ */

static uint8_t bits_of(uint32_t types)
{
	return (types & RADIUS_MPPE_40 ? PPP_MPPE_40 : 0) |
	       (types & RADIUS_MPPE_56 ? PPP_MPPE_56 : 0) |
	       (types & RADIUS_MPPE_128 ? PPP_MPPE_128 : 0);
}

/*
 * Find what counts for the link. Returns NULL, or why the server and the configuration do not go
 * together.
 */
static const char *agree_on_mppe(struct auth_verdict *v, const struct radius_reply *reply,
				 const struct auth_request *request)
{
	const struct radius_number policy = reply->mppe_policy;

	v->mppe = request->mppe;
	v->mppe_bits = request->mppe_bits;
	if (policy.given && policy.value == RADIUS_MPPE_REQUIRED) {
		if (request->mppe == PPP_MPPE_OFF)
			return "MS-MPPE-Encryption-Policy requires what mppe = off rules out";
		v->mppe = PPP_MPPE_REQUIRED;
	} else if (policy.given && policy.value != RADIUS_MPPE_ALLOWED) {
		return "MS-MPPE-Encryption-Policy is neither 1 (allowed) nor 2 (required)";
	}
	if (reply->mppe_types.given)
		v->mppe_bits &= bits_of(reply->mppe_types.value);
	if (v->mppe_bits)
		return NULL;
	if (v->mppe == PPP_MPPE_REQUIRED)
		return "MS-MPPE-Encryption-Types has no key length that mppe-bits allows here";
	v->mppe = PPP_MPPE_OFF;
	return NULL;
}

static bool has_usable_keys(const struct auth_verdict *v)
{
	const struct mppe_keys *keys = &v->link.keys;

	return keys->valid && (!keys->long_only || v->mppe_bits & PPP_MPPE_128);
}

/* Returns false after a refusal. */
static bool settle_mppe(struct auth_verdict *v, const struct radius_reply *reply,
			const struct auth_request *request, const char *server)
{
	const char *why = agree_on_mppe(v, reply, request);

	if (why) {
		say(v->why, "Access-Accept of RADIUS server %s: %s", server, why);
		return false;
	}
	take_keys(&v->link.keys, reply, request->proof);
	if (v->mppe != PPP_MPPE_REQUIRED || has_usable_keys(v))
		return true;
	if (v->link.keys.valid)
		why = "MS-CHAP-MPPE-Keys has no LM-Key, which keys of 40 and 56 bit are made of";
	else
		why = missing_keys(request->proof->method);
	say(v->why, "Access-Accept of RADIUS server %s has no keys for MPPE, which is required: %s",
	    server, why);
	return false;
}

/* --- Access-Accept --------------------------------------------------------------------------- */

/* Returns false after a refusal. */
static bool take_success(struct auth_verdict *v, const struct radius_reply *reply,
			 const struct ppp_auth_request *proof, const char *server)
{
	const struct radius_mschap2_success *success = &reply->mschap2_success;

	if (proof->method != PPP_AUTH_MSCHAPV2)
		return true;
	if (success->given && success->id == proof->id) {
		strcpy(v->link.authenticator, success->text);
		return true;
	}
	if (success->given)
		say(v->why, "MS-CHAP2-Success of RADIUS server %s has identifier %u, and the "
		    "response had %u", server, success->id, proof->id);
	else
		say(v->why, "Access-Accept of RADIUS server %s has no MS-CHAP2-Success, without "
		    "which the user's device would not go on", server);
	return false;
}

static void take_address(struct auth_verdict *v, const struct radius_reply *reply)
{
	switch (reply->address_choice) {
	case RADIUS_ADDRESS_GIVEN:
		v->address_kind = AUTH_ADDRESS_FIXED;
		v->address = reply->address;
		break;
	case RADIUS_ADDRESS_BY_USER:
		v->address_kind = AUTH_ADDRESS_CHOSEN;
		break;
	case RADIUS_ADDRESS_BY_NAS:
	case RADIUS_ADDRESS_NOT_GIVEN:
		v->address_kind = AUTH_ADDRESS_POOL;
		break;
	}
}

static void note_claim(struct auth_verdict *v, const struct auth_request *request,
		       const char *server)
{
	if (request->proof->method != PPP_AUTH_EAP)
		return;
	v->claimed = true;
	say(v->remark, "%sAccess-Accept of RADIUS server %s has no User-Name, so nothing but the "
	    "Identity of EAP says who the user is", *v->remark ? "; " : "", server);
}

/* @named: the reply says who the user is. */
static void let_in(struct auth_verdict *v, const struct radius_reply *reply, bool named,
		   const struct auth_request *request, const char *server)
{
	v->link.result = PPP_AUTH_OK;
	if (!take_success(v, reply, request->proof, server) ||
	    !settle_mppe(v, reply, request, server)) {
		refuse_accept(v);
		return;
	}
	v->grant = grant_new(reply);
	if (!v->grant) {
		auth_refuse_without_memory(v);
		return;
	}
	v->result = AUTH_OK;
	v->source = AUTH_SOURCE_RADIUS;
	tell_peer(v, reply->message);
	take_address(v, reply);
	if (!named)
		note_claim(v, request, server);
}

/* --- all replies ----------------------------------------------------------------------------- */

void radius_verdict_name(struct auth_verdict *v, const struct auth_request *request)
{
	const char *name = request->proof->user;
	size_t len = request->proof->user_len;

	if (request->strip_domain)
		name = mschap_bare_name(name, &len);
	auth_show_user(v->user, request, name, len);
}

void radius_verdict(struct auth_verdict *v, struct radius_reply *reply,
		    const struct auth_request *request, const char *user, size_t user_len,
		    const char *server)
{
	const bool named = *reply->user;

	memset(v, 0, sizeof(*v));
	if (named) {
		auth_show_user(v->user, request, reply->user, strlen(reply->user));
	} else {
		radius_verdict_name(v, request);
		memcpy(reply->user, user, user_len);
		reply->user[user_len] = '\0';
	}
	say_remarks(v, reply, server);
	if (reply->code == RADIUS_ACCESS_ACCEPT)
		let_in(v, reply, named, request, server);
	else if (reply->code == RADIUS_ACCESS_CHALLENGE)
		challenge(v, reply, request, server);
	else
		reject(v, reply, request, server);
}

void radius_verdict_unreadable(struct auth_verdict *v, const struct radius_reply *reply,
			       const char *server)
{
	memset(v, 0, sizeof(*v));
	say(v->why, "%s of RADIUS server %s is refused: %s %s", code_name(reply->code), server,
	    remark_name(&reply->refused), reply->refused.what);
	if (reply->code == RADIUS_ACCESS_REJECT)
		auth_refuse(v, AUTH_WRONG_SECRET, MSCHAP_ERR_AUTHENTICATION_FAILURE, "");
	else
		refuse_accept(v);
}

static const char *outcome_text(enum radius_outcome outcome)
{
	switch (outcome) {
	case RADIUS_NO_ROOM:
		return "too many requests wait for the RADIUS servers";
	case RADIUS_TOO_LONG:
		return "the login does not fit into a RADIUS packet";
	default:
		return "no RADIUS server answers";
	}
}

void radius_verdict_unanswered(struct auth_verdict *v, enum radius_outcome outcome)
{
	memset(v, 0, sizeof(*v));
	say(v->why, "%s", outcome_text(outcome));
	auth_refuse(v, AUTH_UNAVAILABLE, MSCHAP_ERR_RESTRICTED_LOGON_HOURS,
		    "Logins cannot be checked now, try again later");
}
