/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A place of this host where addresses are unique: a network namespace, and a VRF in it. The same
 * address in another place is another one.
 */
#ifndef CULVERT_UTIL_PLACE_H
#define CULVERT_UTIL_PLACE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "util/hash.h"

/* The texts belong to somebody else. */
struct place {
	const char *netns;		/* a name of ip-netns(8); NULL or "": the daemon's own */
	const char *vrf;		/* name of a VRF device; NULL or "": none */
};

/* Returns true if both are the same name, where NULL is "". */
static inline bool place_name_equal(const char *a, const char *b)
{
	return !strcmp(a ? a : "", b ? b : "");
}

static inline bool place_equal(struct place a, struct place b)
{
	return place_name_equal(a.netns, b.netns) && place_name_equal(a.vrf, b.vrf);
}

/* Returns true if it is the daemon's own namespace without a VRF. */
static inline bool place_is_here(struct place place)
{
	return place_equal(place, (struct place){ .netns = NULL });
}

/* Returns 0 for the daemon's own namespace without a VRF. */
static inline uint32_t place_hash(struct place place)
{
	return (place.netns && *place.netns ? hash_text(place.netns) : 0) ^
	       (place.vrf && *place.vrf ? 2 * hash_text(place.vrf) : 0);
}

#endif
