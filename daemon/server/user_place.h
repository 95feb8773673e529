/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a user of a server lands: the VRF of the session's interface, and the name of the interface,
 * as the policy says. A shared interface has both from its server, for whoever is on it.
 */
#ifndef CULVERT_SERVER_USER_PLACE_H
#define CULVERT_SERVER_USER_PLACE_H

#include <stdbool.h>
#include <stddef.h>

#include "util/ip.h"
#include "util/place.h"

struct call;
struct policy;

/* Returns where the inner address is; the texts are those of @policy. */
struct place user_place(const struct policy *policy);

/*
 * Returns true if a user with @policy can be on the link of @c; or false after writing to @why, of
 * @size octets, why not.
 */
bool user_place_fits(const struct call *c, const struct policy *policy, char *why, size_t size);

/* @user comes in with @policy, whose texts belong to c->terms, and has @address. */
void user_place_take(struct call *c, const char *user, const struct policy *policy,
		     struct ip_addr address);

/*
 * Returns true if the user of @c is in another network namespace than the daemon, whose LANs and
 * sets of nftables are not the user's.
 */
bool user_place_is_beyond(const struct call *c);

#endif
