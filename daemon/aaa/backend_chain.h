/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The backend that asks others, one after the other: "users = secrets, radius" of a server.
 *
 * The next one is asked only if the one before says that it
 *
 *  - does not know the user (AUTH_UNKNOWN_USER), or
 *  - cannot tell (AUTH_UNAVAILABLE): no RADIUS server answers, or secrets are asked about EAP.
 *
 * Any other verdict stands, a wrong password above all: else a password that one backend has
 * changed or withdrawn would still be good for the other. So it matters what "unknown" is. The
 * secrets do not know a user whom no line names, "*" among them; a user of another server only is
 * known. RADIUS has no word for it: an Access-Reject does not say whether name or password are
 * wrong, and stands for a wrong password. RADIUS does not know a user whose name has no realm that
 * leads to servers, or does not fit into a request. So behind "radius, secrets" the secrets are for
 * the time when no server answers, and users that RADIUS does not have belong before it: "secrets,
 * radius".
 *
 * If the last one does not know the user, but one before could not tell, the user may well be that
 * one's: the verdict is that this cannot be told now, and no failed login. If the last one lets the
 * user in, auth_verdict.remark says why one before could not tell.
 *
 * A conversation (EAP) stays with the backend that began it, to the end.
 */
#ifndef CULVERT_AAA_BACKEND_CHAIN_H
#define CULVERT_AAA_BACKEND_CHAIN_H

#include "aaa/backend.h"

/*
 * Create a backend that asks those in @list, in their order; takes a reference to each. @n is at
 * least 1. Returns NULL if there is no memory.
 */
struct auth *auth_chain_new(struct auth * const *list, unsigned int n);

#endif
