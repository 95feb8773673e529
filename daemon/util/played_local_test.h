/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A simulated ("played") host, in place of util/local.c: beside loopback, it has one interface, or
 * none. Included by one file of a test program.
 */
#ifndef CULVERT_UTIL_PLAYED_LOCAL_TEST_H
#define CULVERT_UTIL_PLAYED_LOCAL_TEST_H

#include <stdlib.h>

#include "util/local.h"

static struct local_network played_interface;	/* not set: no interface has an address */

/* From now on the host has @address, in a network of the length @length. */
static inline void interface_has(struct ip_addr address, unsigned int length)
{
	played_interface = (struct local_network){
		.address = address,
		.network = { ip_network(address, length), length },
		.interface = "eth7",
	};
}

bool local_has_address(struct ip_addr address)
{
	return ip_equal(address, played_interface.address) || ip_number(address) >> 24 == 127;
}

struct local_network *local_networks(size_t *n)
{
	struct local_network *list = malloc(sizeof(*list));

	*n = list && ip_is_set(played_interface.address);
	if (*n) {
		*list = played_interface;
		return list;
	}
	free(list);
	return NULL;
}

#endif
