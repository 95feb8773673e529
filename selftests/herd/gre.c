// SPDX-License-Identifier: GPL-2.0-only
#include "gre.h"
#include "util/bytes.h"

#define IP_VERSION_IHL	0x45		/* version 4, no options */
#define IP_TTL_SENT	64
#define IP_FRAGMENT	0x3fff		/* more fragments, or an offset */

#define GRE_KEY		0x2000
#define GRE_SEQ		0x1000
#define GRE_ACK		0x0080
#define GRE_VERSION	0x0001
#define GRE_PPP		0x880b		/* protocol type of enhanced GRE */

#define PPP_ADDRESS_CONTROL	0xff03

/*
 * Returns the payload of an IPv4 packet, as long as its total length says. The reader is in error
 * if the packet is not sound, a fragment, or not GRE.
 */
static struct reader ip_payload(const uint8_t *packet, size_t len, struct gre *gre)
{
	struct reader r = rd_init(packet, len), bad = { .err = true };
	uint8_t version_ihl = rd_u8(&r);
	size_t header = (version_ihl & 0xf) * 4u, total;

	rd_skip(&r, 1);
	total = rd_be16(&r);
	rd_skip(&r, 2);
	if (rd_be16(&r) & IP_FRAGMENT)
		return bad;
	rd_skip(&r, 1);
	if (rd_u8(&r) != IPPROTO_GRE || version_ihl >> 4 != 4 || header < 20 || total < header)
		return bad;
	rd_skip(&r, 2);
	rd_copy(&r, &gre->source, sizeof(gre->source));
	rd_copy(&r, &gre->destination, sizeof(gre->destination));
	rd_skip(&r, header - 20);
	return rd_sub(&r, total - header);
}

static void take_frame(struct gre *gre, const uint8_t *frame, size_t len)
{
	size_t skip = len >= 2 && (frame[0] << 8 | frame[1]) == PPP_ADDRESS_CONTROL ? 2 : 0;

	gre->frame = frame + skip;
	gre->frame_len = len - skip;
}

bool gre_parse(const uint8_t *packet, size_t len, struct gre *gre)
{
	struct reader r = ip_payload(packet, len, gre);
	uint16_t flags = rd_be16(&r), type = rd_be16(&r), payload = rd_be16(&r);
	const uint8_t *frame;

	gre->call_id = rd_be16(&r);
	gre->has_seq = flags & GRE_SEQ;
	gre->has_ack = flags & GRE_ACK;
	gre->seq = gre->has_seq ? rd_be32(&r) : 0;
	gre->ack = gre->has_ack ? rd_be32(&r) : 0;
	frame = rd_bytes(&r, payload);
	if (!rd_ok(&r) || (flags & ~(GRE_SEQ | GRE_ACK)) != (GRE_KEY | GRE_VERSION) ||
	    type != GRE_PPP || (payload && !gre->has_seq))
		return false;
	take_frame(gre, frame, payload);
	return true;
}

static void put_ip(struct writer *w, const struct gre *gre)
{
	wr_u8(w, IP_VERSION_IHL);
	wr_zero(w, 7);			/* TOS, length, identification, no fragment */
	wr_u8(w, IP_TTL_SENT);
	wr_u8(w, IPPROTO_GRE);
	wr_zero(w, 2);			/* checksum */
	wr_copy(w, &gre->source, sizeof(gre->source));
	wr_copy(w, &gre->destination, sizeof(gre->destination));
}

static void put_gre(struct writer *w, const struct gre *gre)
{
	wr_be16(w, GRE_KEY | GRE_VERSION | (gre->has_seq ? GRE_SEQ : 0) |
		   (gre->has_ack ? GRE_ACK : 0));
	wr_be16(w, GRE_PPP);
	wr_be16(w, gre->has_seq ? gre->frame_len + 2 : 0);
	wr_be16(w, gre->call_id);
	if (gre->has_seq)
		wr_be32(w, gre->seq);
	if (gre->has_ack)
		wr_be32(w, gre->ack);
}

size_t gre_build(const struct gre *gre, uint8_t *packet, size_t size)
{
	struct writer w = wr_init(packet, size);

	put_ip(&w, gre);
	put_gre(&w, gre);
	if (gre->has_seq) {
		wr_be16(&w, PPP_ADDRESS_CONTROL);
		wr_copy(&w, gre->frame, gre->frame_len);
	}
	return wr_ok(&w) ? wr_len(&w) : 0;
}

bool gre_frame_protocol(const uint8_t *frame, size_t frame_len, uint16_t *protocol, size_t *len)
{
	struct reader r = rd_init(frame, frame_len);

	/* RFC 1661 section 2: the last octet of the field is odd, an octet before it is even. */
	*protocol = rd_u8(&r);
	*len = 1;
	if (!(*protocol & 1)) {
		*protocol = *protocol << 8 | rd_u8(&r);
		*len = 2;
	}
	return rd_ok(&r);
}
