/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * IP addresses of both families, and their prefixes; and ranges of IPv4 addresses, of which pools
 * consist.
 *
 * All layers pass addresses as struct ip_addr. Data that can only be IPv4 stays a struct in_addr:
 * the options of IPCP (ppp/), and the structures of sockets and of the kernel.
 *
 * A parser accepts a text only as a whole: no blanks, no octal, no short IPv4 forms ("10.1"), no
 * IPv6 zones. A parser returns false if it does not accept the text; then the result is undefined.
 */
#ifndef CULVERT_UTIL_IP_H
#define CULVERT_UTIL_IP_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zeroes means "no address"; this is not the same as 0.0.0.0 or ::. */
struct ip_addr {
	union {
		struct in_addr v4;	/* both in network order */
		struct in6_addr v6;
	};
	uint8_t family;			/* AF_UNSPEC, AF_INET or AF_INET6 */
};

struct ip_prefix {
	struct ip_addr address;
	uint8_t length;			/* in bits; at most ip_bits(@address) */
};

/* Octets of the longest text of an address or a prefix, including the NUL. */
#define IP_TEXT_SIZE	(INET6_ADDRSTRLEN + 4)

/* Returns "no address". */
struct ip_addr ip_none(void);

struct ip_addr ip_from_v4(struct in_addr address);

/* @address is in host order, so that the caller can do arithmetic with it. */
struct ip_addr ip_from_number(uint32_t address);

/* Returns an IPv4 address as a number in host order, or 0 if @address is not IPv4. */
uint32_t ip_number(struct ip_addr address);

/* Returns an IPv4 address in network order, or 0.0.0.0 if @address is not IPv4. */
struct in_addr ip_to_v4(struct ip_addr address);

/* Returns the IP address of a socket address, or no address if @sa is of another family. */
struct ip_addr ip_from_sockaddr(const struct sockaddr *sa);

/* Fill @sa with @address and @port (host order). Returns its length, or 0 without an address. */
socklen_t ip_to_sockaddr(struct ip_addr address, uint16_t port, struct sockaddr_storage *sa);

/* Returns true unless @address is "no address". */
bool ip_is_set(struct ip_addr address);

/* Returns true for 0.0.0.0 and ::, which mean all addresses of the host when a socket is bound. */
bool ip_is_any(struct ip_addr address);

/*
 * Returns true if a host can have the address: an IPv4 address outside 0.0.0.0/8, 127.0.0.0/8,
 * 224.0.0.0/4 and 240.0.0.0/4; or an IPv6 address other than ::, ::1 and multicast.
 */
bool ip_is_unicast(struct ip_addr address);

bool ip_equal(struct ip_addr a, struct ip_addr b);

/*
 * Returns a number less than, equal to or greater than 0 if @a sorts before, with or after @b. "No
 * address" sorts before IPv4, and IPv4 before IPv6.
 */
int ip_compare(struct ip_addr a, struct ip_addr b);

uint32_t ip_hash(struct ip_addr address);

/* Parse "a.b.c.d" or an IPv6 address. */
bool ip_parse(const char *text, struct ip_addr *address);

/* Parse "a.b.c.d" only. */
bool ip_parse_v4(const char *text, struct ip_addr *address);

/* Write the address to @text, or "" if there is no address. Returns @text. */
char *ip_format(struct ip_addr address, char text[IP_TEXT_SIZE]);

/*
 * Returns the text of an address, for a line that shows up to four of them. The text is valid until
 * the fourth call after this one by the same thread.
 */
const char *ip_text(struct ip_addr address);

/* Returns the number of bits of an address of this family: 32 or 128; 0 without an address. */
unsigned int ip_bits(struct ip_addr address);

/* Parse "a.b.c.d/n", n from 0 to 32. The bits beyond n need not be zero. */
bool ip_parse_prefix_v4(const char *text, struct ip_prefix *prefix);

/* Returns @address with all bits beyond the first @length set to zero. */
struct ip_addr ip_network(struct ip_addr address, unsigned int length);

/* Returns the prefix that contains only @address (/32 or /128). */
struct ip_prefix ip_host(struct ip_addr address);

bool ip_prefix_contains(const struct ip_prefix *prefix, struct ip_addr address);

bool ip_prefix_equal(const struct ip_prefix *a, const struct ip_prefix *b);

/* Write "address/length" to @text. Returns @text. */
char *ip_prefix_format(const struct ip_prefix *prefix, char text[IP_TEXT_SIZE]);

/* --- ranges of IPv4 addresses --------------------------------------------------------------- */

/* Includes both @first and @last. Host order; @first <= @last. */
struct ipv4_range {
	uint32_t first;
	uint32_t last;
};

/*
 * Parse "a.b.c.d", "a.b.c.d-e.f.g.h", or "a.b.c.d/n", where the bits beyond n must be zero. The
 * range of a prefix with n < 31 is without the network address and the broadcast address. Returns
 * NULL, or a static string with the error, to be printed after the text: "is not a ...".
 */
const char *ipv4_parse_range(const char *text, struct ipv4_range *range);

/* Returns true if the address is in one of the @n ranges. */
bool ipv4_ranges_contain(const struct ipv4_range *ranges, size_t n, struct ip_addr address);

bool ipv4_ranges_overlap(const struct ipv4_range *a, const struct ipv4_range *b);

#endif
