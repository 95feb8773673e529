// SPDX-License-Identifier: GPL-2.0-only
#include "compat.h"
#include "gre.h"

#define GRE1_KEY	0x2000
#define GRE1_SEQ	0x1000
#define GRE1_ACK	0x0080
#define GRE1_VERSION	0x0001
#define GRE1_PROTO_PPP	0x880b

int pptp_gre_parse(struct pptp_gre *gre, const void *data, size_t len, size_t total)
{
	const u8 *p = data;
	unsigned int header_len;
	u16 flags;

	if (len < PPTP_GRE_MIN_LEN)
		return -PPTP_GRE_TRUNCATED;

	/* K must be set, the version must be 1, S and A are optional, all other bits must be 0. */
	flags = get_unaligned_be16(p);
	if ((flags & ~(GRE1_SEQ | GRE1_ACK)) != (GRE1_KEY | GRE1_VERSION))
		return -PPTP_GRE_MALFORMED;
	if (get_unaligned_be16(p + 2) != GRE1_PROTO_PPP)
		return -PPTP_GRE_MALFORMED;

	gre->payload_len = get_unaligned_be16(p + 4);
	gre->call_id = get_unaligned_be16(p + 6);
	gre->has_seq = flags & GRE1_SEQ;
	gre->has_ack = flags & GRE1_ACK;
	gre->seq = 0;
	gre->ack = 0;

	if (!gre->has_seq && (!gre->has_ack || gre->payload_len))
		return -PPTP_GRE_MALFORMED;

	header_len = pptp_gre_header_len(gre->has_seq, gre->has_ack);
	if (len < header_len || total - header_len < gre->payload_len)
		return -PPTP_GRE_TRUNCATED;

	p += PPTP_GRE_MIN_LEN;
	if (gre->has_seq) {
		gre->seq = get_unaligned_be32(p);
		p += 4;
	}
	if (gre->has_ack)
		gre->ack = get_unaligned_be32(p);

	return header_len;
}

void pptp_gre_build(void *data, const struct pptp_gre *gre)
{
	u16 flags = GRE1_KEY | GRE1_VERSION;
	u8 *p = data;

	if (gre->has_seq)
		flags |= GRE1_SEQ;
	if (gre->has_ack)
		flags |= GRE1_ACK;

	put_unaligned_be16(flags, p);
	put_unaligned_be16(GRE1_PROTO_PPP, p + 2);
	put_unaligned_be16(gre->payload_len, p + 4);
	put_unaligned_be16(gre->call_id, p + 6);

	p += PPTP_GRE_MIN_LEN;
	if (gre->has_seq) {
		put_unaligned_be32(gre->seq, p);
		p += 4;
	}
	if (gre->has_ack)
		put_unaligned_be32(gre->ack, p);
}
