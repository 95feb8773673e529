/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Codec of the enhanced GRE header (RFC 2637 4.1).
 *
 * Pure: reads and writes octets, and has no state.  On the wire all numbers are big-endian; in
 * struct pptp_gre all numbers are in host order.
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
 * @call_id: call ID of the receiver of the packet
 * @payload_len: octets of payload after the header
 * @has_seq: the packet carries a payload and a sequence number
 * @has_ack: the packet carries an acknowledgment
 * @seq: sequence number, if @has_seq
 * @ack: highest sequence number that the sender of the packet received, if @has_ack
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
	PPTP_GRE_TRUNCATED = 2,		/* header or payload longer than the packet */
};

/**
 * pptp_gre_header_len() - length of a header
 * @has_seq: the header has a sequence number
 * @has_ack: the header has an acknowledgment
 *
 * Return: octets.
 */
static inline unsigned int pptp_gre_header_len(bool has_seq, bool has_ack)
{
	return PPTP_GRE_MIN_LEN + 4 * has_seq + 4 * has_ack;
}

/**
 * pptp_gre_parse() - read a header
 * @gre: filled in on success; undefined on an error
 * @data: start of the GRE header
 * @len: octets readable at @data
 * @total: octets of the packet from @data on; at least @len
 *
 * @len may be less than @total if the rest of the packet is not in linear memory: a @len of
 * PPTP_GRE_MAX_LEN is always enough.  The caller trims octets beyond the payload length that the
 * header declares.  A packet without a sequence number must have no payload; a packet with neither
 * sequence number nor acknowledgment is malformed.
 *
 * Return: length of the header in octets, or a negative value of enum pptp_gre_error.
 */
int pptp_gre_parse(struct pptp_gre *gre, const void *data, size_t len, size_t total);

/**
 * pptp_gre_build() - write a header
 * @data: room for pptp_gre_header_len() octets, of any alignment
 * @gre: header to write
 */
void pptp_gre_build(void *data, const struct pptp_gre *gre);

#endif /* _CULVERT_GRE_H */
