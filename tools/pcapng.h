/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Write blocks of a file in the format pcapng (draft-ietf-opsawg-pcapng), which Wireshark and others
 * read. Pure: each function writes one block to @buf, of @size octets, in the order of octets of this
 * machine, and returns its length; 0 if it does not fit.
 *
 * A file begins with a section. Interfaces are numbered from 0, in the order of their blocks; each
 * comes before its first packet.
 */
#ifndef PPPCTL_PCAPNG_H
#define PPPCTL_PCAPNG_H

#include <stddef.h>
#include <stdint.h>

/* What packets begin with: https://www.tcpdump.org/linktypes.html */
#define PCAPNG_PPP	9	/* the protocol field of PPP */
#define PCAPNG_IP	101	/* the header of IPv4 or IPv6 */
#define PCAPNG_TEXT	147	/* for private use: here, a text */

#define PCAPNG_TEXT_MAX	1024	/* octets of a text that are written; it is cut behind them */
#define PCAPNG_OVERHEAD	2304	/* octets of a block besides the packet, at most */

enum pcapng_direction {
	PCAPNG_UNKNOWN,
	PCAPNG_RECEIVED,
	PCAPNG_SENT,
};

struct pcapng_packet {
	uint32_t interface;
	uint64_t time_us;		/* since 1970, UTC */
	enum pcapng_direction direction;
	const void *data;
	size_t len;			/* octets in @data */
	size_t original;		/* octets that the packet had */
	const char *comment;		/* UTF-8; NULL: none */
};

size_t pcapng_section(uint8_t *buf, size_t size, const char *program);
size_t pcapng_interface(uint8_t *buf, size_t size, uint16_t linktype, const char *name,
			const char *description);
size_t pcapng_packet(uint8_t *buf, size_t size, const struct pcapng_packet *packet);

#endif
