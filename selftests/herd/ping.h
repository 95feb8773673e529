/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The traffic of a herd: ICMP echoes in IPv4 (RFC 792), as they are inside of a session.
 *
 * Pure. Addresses in network order, numbers in host order, lengths in octets.
 */
#ifndef CULVERT_HERD_PING_H
#define CULVERT_HERD_PING_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PING_HEADERS	28	/* IPv4 without options, and ICMP's header of an echo */
#define PING_DATA_MAX	1472

struct ping {
	struct in_addr source;
	struct in_addr destination;
	bool reply;			/* or a request */
	uint16_t id;
	uint16_t seq;
	const uint8_t *data;
	size_t data_len;		/* at most PING_DATA_MAX */
};

/* Read an IPv4 packet; @ping->data points into it. False if it is no sound echo. */
bool ping_parse(const uint8_t *packet, size_t len, struct ping *ping);

/* Write it. Returns the length, or 0 if @size is too small. */
size_t ping_build(const struct ping *ping, uint8_t *packet, size_t size);

#endif
