/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names of interfaces that are made for users, by a pattern as "ppp-%u".
 *
 * A user's name may be anything, since a peer sends it, and rules of a firewall may name interfaces.
 * So a name has octets of IFNAME_PLAIN only, and begins as the pattern does, which begins with a
 * letter: nobody gets the name of another kind of interface. Where the user's name had to be changed
 * or cut, a '~' and a number follow, and so they do while the name is taken. A name without them is
 * of one user only.
 */
#ifndef CULVERT_UTIL_IFNAME_H
#define CULVERT_UTIL_IFNAME_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/ip.h"

/* Octets of names that need no quotes anywhere; '~' is not among them. */
#define IFNAME_PLAIN	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-"

/* What a pattern stands for. */
struct ifname_values {
	const char *user;		/* %u */
	bool unproven;			/* somebody who only calls himself @user: as if it were cut */
	uint64_t session;		/* %i */
	struct ip_addr peer;		/* %p: with dashes instead of dots or colons */
};

/*
 * Returns NULL if @pattern has octets of IFNAME_PLAIN and %u, %i and %p, begins with a letter, and
 * leaves room for what these stand for and for a number; or what is expected instead. A %d at the end
 * of a pattern that has no other % stands for a free number, which is not for this file to find.
 */
const char *ifname_pattern_flaw(const char *pattern);

/*
 * Write the name for @values to @name. The user's name is cut first if there is no room. Returns false
 * if ifname_number() has to follow, since the name could be mistaken for that of somebody else.
 */
bool ifname_of(char name[IFNAMSIZ], const char *pattern, const struct ifname_values *values);

/* Write @base, cut if there is no room, a '~' and @number to @name. */
void ifname_number(char name[IFNAMSIZ], const char *base, unsigned int number);

#endif
