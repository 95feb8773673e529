// SPDX-License-Identifier: GPL-2.0-only
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <net/checksum.h>
#include <net/ip.h>
#include <net/tcp.h>

#include "clamp.h"
#include "compat.h"

/* Returns the offset of the TCP header; or 0 for another protocol or an IPv4 fragment. */
static unsigned int pptp_clamp_tcp(const struct sk_buff *skb)
{
	const struct iphdr *iph = ip_hdr(skb);

	if (skb->protocol == htons(ETH_P_IP))
		return iph->protocol == IPPROTO_TCP && !ip_is_fragment(iph) ? iph->ihl * 4 : 0;
	return ipv6_hdr(skb)->nexthdr == IPPROTO_TCP ? sizeof(struct ipv6hdr) : 0;
}

/* Returns the offset of the MSS value in the @len octets of options at @p; or -1 if none. */
static int pptp_clamp_option(const u8 *p, unsigned int len)
{
	unsigned int i = 0;

	while (i < len && p[i] != TCPOPT_EOL) {
		if (p[i] == TCPOPT_NOP) {
			i++;
			continue;
		}
		if (len - i < 2 || p[i + 1] < 2 || p[i + 1] > len - i)
			break;
		if (p[i] == TCPOPT_MSS)
			return p[i + 1] == TCPOLEN_MSS ? i + 2 : -1;
		i += p[i + 1];
	}
	return -1;
}

void pptp_clamp_mss(struct sk_buff *skb, unsigned int mtu)
{
	unsigned int tcp = pptp_clamp_tcp(skb), len, max;
	struct tcphdr *th;
	int option;
	u8 *value;
	u16 old;

	/* Most packets have no SYN flag, and nothing more is looked at. */
	if (!tcp || !pskb_may_pull(skb, tcp + sizeof(*th)))
		return;
	th = (struct tcphdr *)(skb->data + tcp);
	if (likely(!th->syn))
		return;

	len = th->doff * 4;
	if (len < sizeof(*th) || !pskb_may_pull(skb, tcp + len))
		return;
	th = (struct tcphdr *)(skb->data + tcp);
	option = pptp_clamp_option((u8 *)(th + 1), len - sizeof(*th));
	if (option < 0 || mtu <= tcp + sizeof(*th))
		return;

	max = mtu - (skb->protocol == htons(ETH_P_IP) ? sizeof(struct iphdr) :
		     sizeof(struct ipv6hdr)) - sizeof(*th);
	old = get_unaligned_be16((u8 *)(th + 1) + option);
	if (old <= max || skb_ensure_writable(skb, tcp + len))
		return;

	th = (struct tcphdr *)(skb->data + tcp);
	value = (u8 *)(th + 1) + option;
	put_unaligned_be16(max, value);
	/* The checksum sums 16-bit words: at an odd offset, the octets of the value are swapped. */
	if (option & 1)
		inet_proto_csum_replace2(&th->check, skb, htons(swab16(old)), htons(swab16(max)),
					 false);
	else
		inet_proto_csum_replace2(&th->check, skb, htons(old), htons(max), false);
}
