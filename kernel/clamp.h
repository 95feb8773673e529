/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * TCP MSS clamp: lower the maximum segment size so that segments fit the MTU of a link.
 */
#ifndef _CULVERT_CLAMP_H
#define _CULVERT_CLAMP_H

struct sk_buff;

/**
 * pptp_clamp_mss() - lower the MSS that a TCP SYN announces
 * @skb: IPv4 or IPv6 packet, as skb->protocol says; data and network header at the IP header, which
 *	is in linear memory
 * @mtu: largest allowed IP packet, octets
 *
 * Changes only a complete TCP SYN whose MSS option is too high for @mtu.  All other packets stay
 * as they are, also fragments and IPv6 packets with extension headers.
 */
void pptp_clamp_mss(struct sk_buff *skb, unsigned int mtu);

#endif /* _CULVERT_CLAMP_H */
