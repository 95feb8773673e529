/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Addresses that this host has, and the networks that it is in. local_has_address() does not use
 * rtnetlink, so that the loop may call it; local_networks() waits for the kernel's rtnl lock.
 */
#ifndef CULVERT_UTIL_LOCAL_H
#define CULVERT_UTIL_LOCAL_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>

#include "util/ip.h"

/* An IPv4 address of an interface, and the network that the interface is in. */
struct local_network {
	struct ip_addr address;
	struct ip_prefix network;
	char interface[IF_NAMESIZE];
};

/*
 * Returns true if an interface of this host has the address. Returns false if none has, or if this
 * cannot be found out.
 */
bool local_has_address(struct ip_addr address);

/*
 * Get the networks of all interfaces that are up, apart from loopback and from networks without a
 * place for neighbours (/31, /32, point-to-point). Returns an array of *@n, which the caller frees;
 * NULL with *@n 0 if there are none, or if this cannot be found out.
 */
struct local_network *local_networks(size_t *n);

#endif
