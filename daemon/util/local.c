// SPDX-License-Identifier: GPL-2.0-only
#include <ifaddrs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "util/local.h"

#define ANY_PORT	9	/* nothing is sent */

/*
 * The kernel chooses the source address when a socket is connected, and for an address of the host
 * it chooses that address. To bind a socket would tell less: where net.ipv4.ip_nonlocal_bind is
 * set, that succeeds with any address.
 */
static bool is_own_source(int fd, struct ip_addr address)
{
	struct sockaddr_storage sa;
	socklen_t len = ip_to_sockaddr(address, ANY_PORT, &sa);

	if (connect(fd, (struct sockaddr *)&sa, len))
		return false;
	len = sizeof(sa);
	return !getsockname(fd, (struct sockaddr *)&sa, &len) &&
	       ip_equal(ip_from_sockaddr((struct sockaddr *)&sa), address);
}

bool local_has_address(struct ip_addr address)
{
	int fd = socket(address.family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool has;

	if (fd < 0)
		return false;
	has = is_own_source(fd, address);
	close(fd);
	return has;
}

/* Returns the number of leading ones of an IPv4 netmask. */
static unsigned int mask_length(const struct sockaddr *mask)
{
	uint32_t bits = ip_number(ip_from_sockaddr(mask));
	unsigned int n = 0;

	for (; bits & 0x80000000; bits <<= 1)
		n++;
	return n;
}

static bool has_neighbours(const struct ifaddrs *i)
{
	return i->ifa_addr && i->ifa_addr->sa_family == AF_INET && i->ifa_netmask &&
	       i->ifa_flags & IFF_UP && !(i->ifa_flags & (IFF_LOOPBACK | IFF_POINTOPOINT)) &&
	       mask_length(i->ifa_netmask) <= 30;
}

static void describe(struct local_network *to, const struct ifaddrs *i)
{
	to->address = ip_from_sockaddr(i->ifa_addr);
	to->network.length = mask_length(i->ifa_netmask);
	to->network.address = ip_network(to->address, to->network.length);
	snprintf(to->interface, sizeof(to->interface), "%s", i->ifa_name);
}

struct local_network *local_networks(size_t *n)
{
	struct local_network *list = NULL, *longer;
	struct ifaddrs *all;

	*n = 0;
	if (getifaddrs(&all))
		return NULL;
	for (const struct ifaddrs *i = all; i; i = i->ifa_next) {
		if (!has_neighbours(i))
			continue;
		longer = reallocarray(list, *n + 1, sizeof(*list));
		if (!longer)
			break;
		list = longer;
		describe(&list[(*n)++], i);
	}
	freeifaddrs(all);
	return list;
}
