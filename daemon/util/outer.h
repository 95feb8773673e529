/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How packets get to a peer, as far as an administrator may say something of it: DSCP, ECN, TTL,
 * Don't Fragment and mark in their IP header; and from where they leave. The configuration reads
 * it, and the kernel's session gets it.
 */
#ifndef CULVERT_UTIL_OUTER_H
#define CULVERT_UTIL_OUTER_H

#include <stdbool.h>
#include <stdint.h>

#include "util/place.h"

#define OUTER_TOS_INHERIT	1	/* no TOS octet: the last two bits belong to ECN */

enum outer_df {
	OUTER_DF_SET,			/* where the packet fits the path, whose MTU that finds */
	OUTER_DF_CLEAR,
};

struct outer {
	uint8_t tos;			/* DSCP * 4; or OUTER_TOS_INHERIT: of the packet inside */
	uint8_t ttl;			/* 0: that of the route */
	enum outer_df df;
	uint32_t mark;			/* of packets and of the lookup of their route; 0: none */
	bool ecn;			/* copied from the packet inside: the peer heeds it */
	struct place from;		/* .vrf may be any other device, too */
};

/* What packets have if nobody says anything. */
#define OUTER_DEFAULT ((struct outer){ .tos = OUTER_TOS_INHERIT })

#endif
