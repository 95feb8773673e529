/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an entry of secrets (secrets.h) says of a proof: the same for a line of a file and for a row
 * of a database.
 */
#ifndef CULVERT_AAA_ENTRY_VERDICT_H
#define CULVERT_AAA_ENTRY_VERDICT_H

#include "aaa/backend.h"
#include "aaa/secrets.h"

/*
 * Get the name that the user of @request is looked up by, see auth_looked_up(). Returns octets of the
 * request, *@len of them, and writes the printable name to @v->user, see auth_show_user().
 */
const char *entry_name(struct auth_verdict *v, const struct auth_request *request, size_t *len);

/*
 * Returns true if somebody who has the secret of the user can judge the proof. Otherwise makes @v the
 * verdict that this cannot be told.
 */
bool entry_can_tell(struct auth_verdict *v, const struct auth_request *request);

/*
 * Make @v, zeroed but for the name, the verdict on @request by @entry. @entry is NULL if there is
 * none: @otherwise, AUTH_UNKNOWN_USER or AUTH_OTHER_SERVER, is the result then, and it takes as long
 * to come to it.
 */
void entry_verdict(struct auth_verdict *v, const struct auth_request *request,
		   const struct secrets_entry *entry, enum auth_result otherwise);

#endif
