// SPDX-License-Identifier: GPL-2.0-only
#include "ping.h"
#include "util/bytes.h"

#define ICMP_ECHO_REPLY		0
#define ICMP_ECHO_REQUEST	8

/* RFC 1071. Returns 0 for the octets of a whole message whose checksum is right. */
static uint16_t checksum(const uint8_t *p, size_t len)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < len; i++)
		sum += i & 1 ? p[i] : p[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

/* Returns the ICMP message of an IPv4 packet. The reader is in error if the packet is not sound. */
static struct reader icmp_of(const uint8_t *packet, size_t len, struct ping *ping)
{
	struct reader r = rd_init(packet, len), bad = { .err = true };
	uint8_t version_ihl = rd_u8(&r);
	size_t header = (version_ihl & 0xf) * 4u, total;

	rd_skip(&r, 1);
	total = rd_be16(&r);
	rd_skip(&r, 5);
	if (rd_u8(&r) != IPPROTO_ICMP || version_ihl >> 4 != 4 || header < 20 || total < header)
		return bad;
	rd_skip(&r, 2);
	rd_copy(&r, &ping->source, sizeof(ping->source));
	rd_copy(&r, &ping->destination, sizeof(ping->destination));
	rd_skip(&r, header - 20);
	if (!rd_ok(&r) || checksum(packet, header))
		return bad;
	return rd_sub(&r, total - header);
}

bool ping_parse(const uint8_t *packet, size_t len, struct ping *ping)
{
	struct reader r = icmp_of(packet, len, ping);
	const uint8_t *message = r.pos;
	size_t message_len = rd_left(&r);
	uint8_t type = rd_u8(&r), code = rd_u8(&r);

	rd_skip(&r, 2);
	ping->id = rd_be16(&r);
	ping->seq = rd_be16(&r);
	ping->reply = type == ICMP_ECHO_REPLY;
	ping->data_len = rd_left(&r);
	ping->data = rd_bytes(&r, ping->data_len);
	return rd_ok(&r) && (ping->reply || type == ICMP_ECHO_REQUEST) && !code &&
	       ping->data_len <= PING_DATA_MAX && !checksum(message, message_len);
}

static void put_ip(struct writer *w, const struct ping *ping)
{
	wr_u8(w, 0x45);
	wr_u8(w, 0);
	wr_be16(w, PING_HEADERS + ping->data_len);
	wr_zero(w, 4);
	wr_u8(w, 64);
	wr_u8(w, IPPROTO_ICMP);
	wr_zero(w, 2);
	wr_copy(w, &ping->source, sizeof(ping->source));
	wr_copy(w, &ping->destination, sizeof(ping->destination));
}

static void put_icmp(struct writer *w, const struct ping *ping)
{
	wr_u8(w, ping->reply ? ICMP_ECHO_REPLY : ICMP_ECHO_REQUEST);
	wr_zero(w, 3);
	wr_be16(w, ping->id);
	wr_be16(w, ping->seq);
	wr_copy(w, ping->data, ping->data_len);
}

size_t ping_build(const struct ping *ping, uint8_t *packet, size_t size)
{
	struct writer w = wr_init(packet, size);

	put_ip(&w, ping);
	put_icmp(&w, ping);
	if (!wr_ok(&w))
		return 0;
	put_be16(packet + 10, checksum(packet, 20));
	put_be16(packet + 22, checksum(packet + 20, wr_len(&w) - 20));
	return wr_len(&w);
}
