// SPDX-License-Identifier: GPL-2.0-only
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "hash.h"
#include "ip.h"
#include "text.h"

/* Buffer for the longest text that is parsed: "255.255.255.255-255.255.255.255". */
#define LONGEST (2 * INET_ADDRSTRLEN)

/* --- addresses ------------------------------------------------------------------------------ */

struct ip_addr ip_none(void)
{
	return (struct ip_addr){ .family = AF_UNSPEC };
}

struct ip_addr ip_from_v4(struct in_addr address)
{
	return (struct ip_addr){ .v4 = address, .family = AF_INET };
}

struct ip_addr ip_from_number(uint32_t address)
{
	return (struct ip_addr){ .v4.s_addr = htonl(address), .family = AF_INET };
}

uint32_t ip_number(struct ip_addr address)
{
	return ntohl(ip_to_v4(address).s_addr);
}

struct in_addr ip_to_v4(struct ip_addr address)
{
	const struct in_addr none = { 0 };

	return address.family == AF_INET ? address.v4 : none;
}

struct ip_addr ip_from_sockaddr(const struct sockaddr *sa)
{
	struct ip_addr address = { .family = AF_UNSPEC };

	if (sa->sa_family == AF_INET)
		return ip_from_v4(((const struct sockaddr_in *)sa)->sin_addr);
	if (sa->sa_family == AF_INET6) {
		address.v6 = ((const struct sockaddr_in6 *)sa)->sin6_addr;
		address.family = AF_INET6;
	}
	return address;
}

socklen_t ip_to_sockaddr(struct ip_addr address, uint16_t port, struct sockaddr_storage *sa)
{
	struct sockaddr_in6 *sin6 = (struct sockaddr_in6 *)sa;
	struct sockaddr_in *sin = (struct sockaddr_in *)sa;

	memset(sa, 0, sizeof(*sa));
	sa->ss_family = address.family;
	switch (address.family) {
	case AF_INET:
		sin->sin_addr = address.v4;
		sin->sin_port = htons(port);
		return sizeof(*sin);
	case AF_INET6:
		sin6->sin6_addr = address.v6;
		sin6->sin6_port = htons(port);
		return sizeof(*sin6);
	default:
		return 0;
	}
}

/* Returns how many octets are in use; these are the first octets of the union. */
static size_t size_of(struct ip_addr address)
{
	return ip_bits(address) / 8;
}

bool ip_is_set(struct ip_addr address)
{
	return address.family != AF_UNSPEC;
}

bool ip_is_any(struct ip_addr address)
{
	return ip_is_set(address) && !memcmp(&address.v6, &in6addr_any, size_of(address));
}

bool ip_is_unicast(struct ip_addr address)
{
	const uint32_t first = ip_number(address) >> 24;

	if (address.family == AF_INET6)
		return !IN6_IS_ADDR_UNSPECIFIED(&address.v6) &&
		       !IN6_IS_ADDR_LOOPBACK(&address.v6) && !IN6_IS_ADDR_MULTICAST(&address.v6);
	return address.family == AF_INET && first != 0 && first != 127 && first < 224;
}

int ip_compare(struct ip_addr a, struct ip_addr b)
{
	return a.family == b.family ? memcmp(&a.v6, &b.v6, size_of(a)) : a.family - b.family;
}

bool ip_equal(struct ip_addr a, struct ip_addr b)
{
	return !ip_compare(a, b);
}

uint32_t ip_hash(struct ip_addr address)
{
	return hash_bytes(&address.v6, size_of(address));
}

bool ip_parse_v4(const char *text, struct ip_addr *address)
{
	/* inet_pton() accepts no short forms and no octal, as required. */
	*address = (struct ip_addr){ .family = AF_INET };
	return inet_pton(AF_INET, text, &address->v4) == 1;
}

bool ip_parse(const char *text, struct ip_addr *address)
{
	if (ip_parse_v4(text, address))
		return true;
	*address = (struct ip_addr){ .family = AF_INET6 };
	return inet_pton(AF_INET6, text, &address->v6) == 1;
}

char *ip_format(struct ip_addr address, char text[IP_TEXT_SIZE])
{
	*text = '\0';
	if (ip_is_set(address))
		inet_ntop(address.family, &address.v6, text, IP_TEXT_SIZE);
	return text;
}

const char *ip_text(struct ip_addr address)
{
	static _Thread_local char text[4][IP_TEXT_SIZE];
	static _Thread_local unsigned int next;

	return ip_format(address, text[next++ % 4]);
}

/* --- prefixes ------------------------------------------------------------------------------- */

unsigned int ip_bits(struct ip_addr address)
{
	switch (address.family) {
	case AF_INET:
		return 32;
	case AF_INET6:
		return 128;
	default:
		return 0;
	}
}

/* Copy @text up to the first @mark to @head. Returns the text after @mark, or NULL. */
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

bool ip_parse_prefix_v4(const char *text, struct ip_prefix *prefix)
{
	char head[LONGEST];
	const char *tail = split(text, '/', head);
	uint64_t n;

	if (!tail || !text_number(tail, 0, 32, &n) || !ip_parse_v4(head, &prefix->address))
		return false;
	prefix->length = (uint8_t)n;
	return true;
}

struct ip_addr ip_network(struct ip_addr address, unsigned int length)
{
	uint8_t *octet = address.v6.s6_addr;

	for (size_t i = 0; i < size_of(address); i++) {
		const unsigned int before = 8 * i;

		if (length <= before)
			octet[i] = 0;
		else if (length < before + 8)
			octet[i] &= 0xff << (before + 8 - length);
	}
	return address;
}

struct ip_prefix ip_host(struct ip_addr address)
{
	return (struct ip_prefix){ .address = address, .length = (uint8_t)ip_bits(address) };
}

bool ip_prefix_contains(const struct ip_prefix *prefix, struct ip_addr address)
{
	return ip_equal(ip_network(prefix->address, prefix->length),
			ip_network(address, prefix->length));
}

bool ip_prefix_equal(const struct ip_prefix *a, const struct ip_prefix *b)
{
	return a->length == b->length && ip_equal(a->address, b->address);
}

char *ip_prefix_format(const struct ip_prefix *prefix, char text[IP_TEXT_SIZE])
{
	size_t len;

	ip_format(prefix->address, text);
	len = strlen(text);
	snprintf(text + len, IP_TEXT_SIZE - len, "/%u", prefix->length);
	return text;
}

/* --- ranges of IPv4 addresses --------------------------------------------------------------- */

static bool parse_number(const char *text, uint32_t *number)
{
	struct ip_addr address;

	if (!ip_parse_v4(text, &address))
		return false;
	*number = ip_number(address);
	return true;
}

static const char *parse_prefix_range(const char *text, struct ipv4_range *range)
{
	struct ip_prefix prefix;

	if (!ip_parse_prefix_v4(text, &prefix))
		return "is not a prefix like 10.0.0.0/24";
	if (!ip_equal(prefix.address, ip_network(prefix.address, prefix.length)))
		return "has bits set beyond the prefix length";
	range->first = ip_number(prefix.address);
	range->last = range->first | (uint32_t)(UINT64_C(0xffffffff) >> prefix.length);
	if (prefix.length < 31) {
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
		if (!parse_number(text, &range->first))
			return "is not an address, a range or a prefix";
		range->last = range->first;
		return NULL;
	}
	if (!parse_number(head, &range->first) || !parse_number(tail, &range->last))
		return "is not a range like 10.0.0.10-10.0.0.99";
	if (range->first > range->last)
		return "ends before it begins";
	return NULL;
}

bool ipv4_ranges_contain(const struct ipv4_range *ranges, size_t n, struct ip_addr address)
{
	const uint32_t number = ip_number(address);

	for (size_t i = 0; address.family == AF_INET && i < n; i++)
		if (number >= ranges[i].first && number <= ranges[i].last)
			return true;
	return false;
}

bool ipv4_ranges_overlap(const struct ipv4_range *a, const struct ipv4_range *b)
{
	return a->first <= b->last && b->first <= a->last;
}
