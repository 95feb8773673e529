/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whole packets of a PPTP call: IPv4, enhanced GRE (RFC 2637 section 4.1) and the PPP frame in it.
 *
 * Pure. Addresses are in network order, numbers in host order, lengths in octets. Received packets
 * may be hostile: those that are not sound are refused.
 */
#ifndef CULVERT_HERD_GRE_H
#define CULVERT_HERD_GRE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Octets in front of a frame at most: IPv4 without options, GRE with @seq and @ack, FF 03. */
#define GRE_HEADERS_MAX	(20 + 16 + 2)

struct gre {
	struct in_addr source;
	struct in_addr destination;
	uint16_t call_id;		/* the receiver's */
	bool has_seq;			/* the packet carries a frame, with number @seq */
	bool has_ack;			/* the sender has received frames up to @ack */
	uint32_t seq;
	uint32_t ack;
	const uint8_t *frame;		/* PPP, from the protocol field on; valid with @has_seq */
	size_t frame_len;
};

/*
 * Read a packet as a raw socket gives it, from the IPv4 header on. @gre->frame points into @packet.
 * Returns false if it is not a sound packet of PPTP.
 */
bool gre_parse(const uint8_t *packet, size_t len, struct gre *gre);

/*
 * Write a packet. FF 03 is written in front of the frame: any peer must accept that form. Total
 * length, identification and checksum of IPv4 are 0: the kernel fills them in, as IP_HDRINCL is
 * set. Returns the length, or 0 if @size is too small.
 */
size_t gre_build(const struct gre *gre, uint8_t *packet, size_t size);

/*
 * Read the protocol of a frame, and in *@len the length of the protocol field, which may be
 * compressed to one octet. Returns false if the frame is too short.
 */
bool gre_frame_protocol(const uint8_t *frame, size_t frame_len, uint16_t *protocol, size_t *len);

#endif
