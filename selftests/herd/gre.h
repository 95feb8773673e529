/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whole packets of a PPTP call: IPv4, enhanced GRE (RFC 2637 section 4.1) and the PPP frame in it.
 *
 * Pure. Addresses in network order, numbers in host order, lengths in octets. Packets that came
 * are hostile: what does not fit is refused.
 */
#ifndef CULVERT_HERD_GRE_H
#define CULVERT_HERD_GRE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room in front of a frame at most: IPv4 without options, GRE with both numbers, FF 03. */
#define GRE_HEADERS_MAX	(20 + 16 + 2)

struct gre {
	struct in_addr source;
	struct in_addr destination;
	uint16_t call_id;		/* the receiver's */
	bool has_seq;			/* there is a frame, numbered @seq */
	bool has_ack;			/* frames up to @ack have come */
	uint32_t seq;
	uint32_t ack;
	const uint8_t *frame;		/* PPP, from the protocol field on; valid with @has_seq */
	size_t frame_len;
};

/*
 * Read a packet as a raw socket gives it, from the IPv4 header on. @gre->frame points into it.
 * False if it is not a sound packet of PPTP.
 */
bool gre_parse(const uint8_t *packet, size_t len, struct gre *gre);

/*
 * Write a packet, its frame behind FF 03 as any peer must take it. Total length, identification and
 * checksum of IPv4 are left to the kernel, which fills them in where IP_HDRINCL is set. Returns the
 * length, or 0 if @size is too small.
 */
size_t gre_build(const struct gre *gre, uint8_t *packet, size_t size);

/*
 * The protocol of a frame, and in *@len the length of its field, which may be compressed to one
 * octet. False if the frame is too short.
 */
bool gre_frame_protocol(const uint8_t *frame, size_t frame_len, uint16_t *protocol, size_t *len);

#endif
