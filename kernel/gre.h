/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Codec of the enhanced GRE header (RFC 2637 4.1).
 *
 * Pure: bytes in, numbers out and the reverse.  On the wire everything is big-endian; in
 * struct pptp_gre everything is in host order.
 *
 *	 0                   1                   2                   3
 *	|C|R|K|S|s|Recur|A| Flags | Ver |         Protocol Type         |
 *	|    Key (HW) Payload Length    |       Key (LW) Call ID        |
 *	|                  Sequence Number (if S)                       |
 *	|               Acknowledgment Number (if A)                    |
 */
#ifndef _CULVERT_GRE_H
#define _CULVERT_GRE_H

#include <linux/types.h>

#define PPTP_GRE_MIN_LEN	8	/* neither S nor A */
#define PPTP_GRE_MAX_LEN	16	/* both */

/**
 * struct pptp_gre - one header
 * @call_id: call ID of the receiving side
 * @payload_len: octets that follow the header
 * @has_seq: the packet carries a payload and a sequence number
 * @has_ack: the packet carries an acknowledgment
 * @seq: valid with @has_seq
 * @ack: valid with @has_ack: highest sequence number received
 */
struct pptp_gre {
	u16 call_id;
	u16 payload_len;
	bool has_seq;
	bool has_ack;
	u32 seq;
	u32 ack;
};

enum pptp_gre_error {
	PPTP_GRE_MALFORMED = 1,		/* not a header that RFC 2637 allows */
	PPTP_GRE_TRUNCATED = 2,		/* header or payload longer than what there is */
};

/**
 * pptp_gre_header_len() - octets that the header takes
 * @has_seq: with sequence number
 * @has_ack: with acknowledgment
 */
static inline unsigned int pptp_gre_header_len(bool has_seq, bool has_ack)
{
	return PPTP_GRE_MIN_LEN + 4 * has_seq + 4 * has_ack;
}

/**
 * pptp_gre_parse() - read a header
 * @gre: filled in on success, else undefined
 * @data: start of the GRE header
 * @len: octets readable at @data
 * @total: octets of the packet from @data on; at least @len
 *
 * @len may be less than @total when the rest of the packet is not in linear memory:
 * PPTP_GRE_MAX_LEN is always enough.  Octets beyond the declared payload are the caller's to
 * trim.  Without S there must be no payload, and a packet with neither S nor A says nothing
 * and is malformed.
 *
 * Return: length of the header, or the negative of an enum pptp_gre_error.
 */
int pptp_gre_parse(struct pptp_gre *gre, const void *data, size_t len, size_t total);

/**
 * pptp_gre_build() - write a header
 * @data: room for pptp_gre_header_len() octets, of any alignment
 * @gre: what to write
 */
void pptp_gre_build(void *data, const struct pptp_gre *gre);

#endif /* _CULVERT_GRE_H */
