// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "aaa/entry_verdict.h"
#include "ppp/mschap.h"
#include "util/text.h"

_Static_assert(AUTH_MAX_RANGES >= SECRETS_MAX_RANGES, "a verdict has room for a line's addresses");

static bool allows_any(const struct secrets_entry *entry)
{
	for (size_t i = 0; i < entry->n_addresses; i++)
		if (!entry->addresses[i].deny)
			return true;
	return false;
}

/* Finish a verdict on a right proof: accept with the addresses that @entry allows, or refuse. */
static void grant(struct auth_verdict *v, const struct auth_request *request,
		  const struct secrets_entry *entry)
{
	if (!allows_any(entry)) {
		auth_refuse(v, AUTH_NO_ADDRESS, MSCHAP_ERR_NO_DIALIN_PERMISSION,
			    "No address is allowed for you");
		return;
	}
	v->result = AUTH_OK;
	v->source = AUTH_SOURCE_LOCAL;
	v->mppe = request->mppe;
	v->mppe_bits = request->mppe_bits;
	v->restricted = !secrets_allow_all(entry);
	v->n_within = v->restricted ? secrets_ranges(entry, v->within) : 0;
	v->address_kind = AUTH_ADDRESS_POOL;
	if (secrets_fixed_address(entry, &v->address))
		v->address_kind = AUTH_ADDRESS_FIXED;
}

static void check(const struct ppp_auth_request *proof, const struct secrets_entry *entry,
		  struct ppp_auth_verdict *verdict)
{
	if (entry->nt_hash)
		ppp_auth_check_nt_hash(proof, entry->secret, verdict);
	else
		ppp_auth_check(proof, (const char *)entry->secret, entry->secret_len, verdict);
}

/*
 * The peer proves itself in a way that nobody can check who has no more than the hash. It does not
 * hear so, or the answer would tell that there is such a user.
 */
static void refuse_hashed(struct auth_verdict *v, enum ppp_auth_method method)
{
	snprintf(v->why, sizeof(v->why), "the secrets have the NT hash of the password only, by "
		 "which %s cannot be checked", ppp_auth_name(method));
	auth_refuse(v, AUTH_WRONG_SECRET, MSCHAP_ERR_AUTHENTICATION_FAILURE,
		    "Wrong user name or password");
}

/*
 * The line of the user is wrong, so that nothing can be checked. That is no guess of a password and
 * does not count as one, but to the peer it looks so, too: it may try again.
 */
static void refuse_flawed(struct auth_verdict *v, const struct secrets_entry *entry)
{
	snprintf(v->why, sizeof(v->why), "%s", entry->flaw);
	auth_refuse(v, AUTH_REFUSED, MSCHAP_ERR_AUTHENTICATION_FAILURE, "Wrong user name or password");
	v->link.retry = true;
}

const char *entry_name(struct auth_verdict *v, const struct auth_request *request, size_t *len)
{
	const char *name = auth_looked_up(request, len);

	auth_show_user(v->user, request, name, *len);
	return name;
}

bool entry_can_tell(struct auth_verdict *v, const struct auth_request *request)
{
	if (request->proof->method != PPP_AUTH_EAP)
		return true;
	auth_refuse(v, AUTH_UNAVAILABLE, 0, "This method is not available");
	return false;
}

void entry_verdict(struct auth_verdict *v, const struct auth_request *request,
		   const struct secrets_entry *entry, enum auth_result otherwise)
{
	/* Used for an unknown user, so that the check takes as long as for a wrong password. */
	static const struct secrets_entry nobody = {
		.secret = (const uint8_t *)"nobody", .secret_len = 6,
	};
	const struct ppp_auth_request *proof = request->proof;

	check(proof, entry && !entry->flaw ? entry : &nobody, &v->link);
	if (!entry)
		auth_refuse(v, otherwise, MSCHAP_ERR_AUTHENTICATION_FAILURE,
			    "Wrong user name or password");
	else if (entry->flaw)
		refuse_flawed(v, entry);
	else if (entry->nt_hash && !ppp_auth_takes_nt_hash(proof->method))
		refuse_hashed(v, proof->method);
	else if (v->link.result != PPP_AUTH_OK)
		auth_refuse(v, AUTH_WRONG_SECRET, MSCHAP_ERR_AUTHENTICATION_FAILURE,
			    "Wrong user name or password");
	else
		grant(v, request, entry);
}
