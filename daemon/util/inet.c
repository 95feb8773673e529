// SPDX-License-Identifier: GPL-2.0-only
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "inet.h"
#include "text.h"

/* Longest text of interest: "255.255.255.255-255.255.255.255". */
#define LONGEST (2 * INET_ADDRSTRLEN)

bool ipv4_parse(const char *text, struct in_addr *address)
{
	/* inet_pton() takes no short forms and no octal, which is what we want. */
	return inet_pton(AF_INET, text, address) == 1;
}

static bool parse_host(const char *text, uint32_t *address)
{
	struct in_addr in;

	if (!ipv4_parse(text, &in))
		return false;
	*address = ntohl(in.s_addr);
	return true;
}

/* Copy @text up to the first @mark; returns what is behind it. */
static const char *split(const char *text, char mark, char head[LONGEST])
{
	const char *found = strchr(text, mark);
	size_t len = found ? (size_t)(found - text) : 0;

	if (!found || len >= LONGEST)
		return NULL;
	memcpy(head, text, len);
	head[len] = '\0';
	return found + 1;
}

uint32_t ipv4_mask(unsigned int length)
{
	return length ? 0xffffffff << (32 - length) : 0;
}

bool ipv4_parse_prefix(const char *text, uint32_t *address, unsigned int *length)
{
	char head[LONGEST];
	const char *tail = split(text, '/', head);
	uint64_t n;

	if (!tail || !text_number(tail, 0, 32, &n) || !parse_host(head, address))
		return false;
	*length = (unsigned int)n;
	return true;
}

static const char *parse_prefix_range(const char *text, struct ipv4_range *range)
{
	unsigned int length;
	uint32_t address;

	if (!ipv4_parse_prefix(text, &address, &length))
		return "is not a prefix like 10.0.0.0/24";
	if (address & ~ipv4_mask(length))
		return "has bits set beyond the prefix length";
	range->first = address;
	range->last = address | ~ipv4_mask(length);
	if (length < 31) {
		range->first++;
		range->last--;
	}
	return NULL;
}

const char *ipv4_parse_range(const char *text, struct ipv4_range *range)
{
	char head[LONGEST];
	const char *tail;

	if (strchr(text, '/'))
		return parse_prefix_range(text, range);
	tail = split(text, '-', head);
	if (!tail) {
		if (!parse_host(text, &range->first))
			return "is not an address, a range or a prefix";
		range->last = range->first;
		return NULL;
	}
	if (!parse_host(head, &range->first) || !parse_host(tail, &range->last))
		return "is not a range like 10.0.0.10-10.0.0.99";
	if (range->first > range->last)
		return "ends before it begins";
	return NULL;
}

bool ipv4_ranges_overlap(const struct ipv4_range *a, const struct ipv4_range *b)
{
	return a->first <= b->last && b->first <= a->last;
}

char *ipv4_format(uint32_t address, char text[INET_ADDRSTRLEN])
{
	snprintf(text, INET_ADDRSTRLEN, "%u.%u.%u.%u", address >> 24, address >> 16 & 0xff,
		 address >> 8 & 0xff, address & 0xff);
	return text;
}

const char *ipv4_text(struct in_addr address)
{
	static char text[4][INET_ADDRSTRLEN];
	static unsigned int next;

	return ipv4_format(ntohl(address.s_addr), text[next++ % 4]);
}
