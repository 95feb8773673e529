/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The traffic of a herd: packets of ICMP echoes in IPv4 (RFC 792).
 *
 * Pure. Addresses are in network order, numbers in host order, lengths in octets.
 */
#ifndef CULVERT_HERD_PING_H
#define CULVERT_HERD_PING_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PING_HEADERS	28	/* IPv4 without options (20) and the ICMP header of an echo (8) */
#define PING_DATA_MAX	1472

struct ping {
	struct in_addr source;
	struct in_addr destination;
	bool reply;			/* false: request */
	uint16_t id;
	uint16_t seq;
	const uint8_t *data;
	size_t data_len;		/* at most PING_DATA_MAX */
};

/* Read an IPv4 packet. @ping->data points into @packet. Returns false if it is no sound echo. */
bool ping_parse(const uint8_t *packet, size_t len, struct ping *ping);

/* Write an IPv4 packet. Returns its length, or 0 if @size is too small. */
size_t ping_build(const struct ping *ping, uint8_t *packet, size_t size);

#endif
