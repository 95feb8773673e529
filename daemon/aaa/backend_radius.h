/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The backend that asks RADIUS servers (RFC 2865, 2548 and 3579). It answers later.
 *
 * Which servers. The realm of the name says which group of servers is asked: "user@realm", or else
 * "REALM\user" (case does not count). A name without a realm that is configured goes to the group
 * of the server section. If there is none for it, the user is unknown here.
 *
 * User-Name is the name as the peer sent it. A realm with @strip is left out, and so is a domain in
 * front of a backslash if auth_request.strip_domain says so. Not with EAP, where it has to be the
 * peer's Identity (RFC 3579 section 2.1). And "@realm" stays with MS-CHAPv2, whose response is a
 * hash of the name, too: the server could not check it. A domain in front of a backslash is not
 * hashed (RFC 2759 section 4), and may go.
 *
 * What RADIUS cannot carry is not asked: a name of more than 253 octets, or of none, is that of an
 * unknown user; a password of more than 128 octets is refused.
 *
 * EAP is passed through. A conversation stays with the server that sent the first Access-Challenge,
 * because no other one knows of it, and each State goes back to that server alone.
 *
 * What a reply means: radius_verdict.h.
 */
#ifndef CULVERT_AAA_BACKEND_RADIUS_H
#define CULVERT_AAA_BACKEND_RADIUS_H

#include "aaa/backend.h"
#include "aaa/radius.h"

struct auth_realm {
	const char *name;
	const struct radius_group *group;
	bool strip;
};

struct auth_radius_settings {
	const struct radius_group *group;	/* NULL: a user needs a realm that is in @realms */
	const struct auth_realm *realms;
	unsigned int n_realms;
};

/*
 * Create the backend. The groups are groups of @radius, to which a reference is taken; @settings is
 * copied. Returns NULL if there is no memory.
 */
struct auth *auth_radius_new(struct radius *radius, const struct auth_radius_settings *settings);

#endif
