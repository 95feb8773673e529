/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * IPv4 addresses, prefixes and ranges as people write them.
 *
 * Parsing takes the whole text or nothing: no blanks, no octal, no short forms.
 */
#ifndef CULVERT_UTIL_INET_H
#define CULVERT_UTIL_INET_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Both ends belong to the range; host order; first <= last. */
struct ipv4_range {
	uint32_t first;
	uint32_t last;
};

/* "a.b.c.d" */
bool ipv4_parse(const char *text, struct in_addr *address);

/* "a.b.c.d/n", n from 0 to 32; the bits beyond n need not be zero. Host order. */
bool ipv4_parse_prefix(const char *text, uint32_t *address, unsigned int *length);

/*
 * "a.b.c.d", "a.b.c.d-e.f.g.h", or "a.b.c.d/n". Of a prefix shorter than 31, the
 * network and the broadcast address are left out. NULL, or what is wrong.
 */
const char *ipv4_parse_range(const char *text, struct ipv4_range *range);

bool ipv4_ranges_overlap(const struct ipv4_range *a, const struct ipv4_range *b);

/* The netmask of a prefix length from 0 to 32, host order. */
uint32_t ipv4_mask(unsigned int length);

/* Write "a.b.c.d" of an address in host order to @text and return it. */
char *ipv4_format(uint32_t address, char text[INET_ADDRSTRLEN]);

/*
 * The text of an address in network order, for a line that shows some: it stays until the fourth
 * call after this one. Of one thread only.
 */
const char *ipv4_text(struct in_addr address);

#endif
