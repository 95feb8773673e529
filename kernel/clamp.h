/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TCP MSS clamp.
 */
#ifndef _CULVERT_CLAMP_H
#define _CULVERT_CLAMP_H

struct sk_buff;

/**
 * pptp_clamp_mss() - lower the MSS that a TCP SYN announces
 * @skb: IPv4 or IPv6 packet, told by skb->protocol; data and network header at the IP header,
 *	which is in linear memory
 * @mtu: octets that an IP packet may have
 *
 * Anything but a whole SYN with an MSS option that is too high is left alone; so are fragments
 * and IPv6 packets with extension headers.
 */
void pptp_clamp_mss(struct sk_buff *skb, unsigned int mtu);

#endif /* _CULVERT_CLAMP_H */
