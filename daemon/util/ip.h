/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * IP addresses of both families, and prefixes of them; and ranges of IPv4 addresses, which pools
 * are made of.
 *
 * Every layer speaks of addresses as struct ip_addr. What is IPv4 by its own definition keeps
 * struct in_addr: the options of IPCP (ppp/), the sockets' and the kernel's structures.
 *
 * Parsing takes the whole text or nothing: no blanks, no octal, no short forms, no zones.
 */
#ifndef CULVERT_UTIL_IP_H
#define CULVERT_UTIL_IP_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zeroed, it is no address, which is something else than 0.0.0.0 or ::. */
struct ip_addr {
	union {
		struct in_addr v4;	/* in network order, as these structures are */
		struct in6_addr v6;
	};
	uint8_t family;			/* AF_UNSPEC, AF_INET or AF_INET6 */
};

struct ip_prefix {
	struct ip_addr address;
	uint8_t length;			/* in bits: at most ip_bits() of @address */
};

/* Octets of the longest text of an address or a prefix, its NUL included. */
#define IP_TEXT_SIZE	(INET6_ADDRSTRLEN + 4)

struct ip_addr ip_from_v4(struct in_addr address);

/* @address in host order, as one counts with it. */
struct ip_addr ip_from_number(uint32_t address);

/* The number of an IPv4 address, in host order; 0 for any other. */
uint32_t ip_number(struct ip_addr address);

/* The IPv4 address for a structure that knows no other; 0.0.0.0 if it is none. */
struct in_addr ip_to_v4(struct ip_addr address);

/* Of a socket's address; none if it has another family. */
struct ip_addr ip_from_sockaddr(const struct sockaddr *sa);

/* Fill @sa for @address and @port (host order), and return its length; 0 if there is no address. */
socklen_t ip_to_sockaddr(struct ip_addr address, uint16_t port, struct sockaddr_storage *sa);

/* Is there an address at all? */
bool ip_is_set(struct ip_addr address);

/* Is it 0.0.0.0 or ::, which to a socket are all addresses of the host? */
bool ip_is_any(struct ip_addr address);

/* Returns true if a host can have the address: it is set, not this network's, loopback or multicast. */
bool ip_is_unicast(struct ip_addr address);

bool ip_equal(struct ip_addr a, struct ip_addr b);

/* Less than, equal to or greater than 0, as @a comes before @b or not: IPv4 before IPv6. */
int ip_compare(struct ip_addr a, struct ip_addr b);

uint32_t ip_hash(struct ip_addr address);

/* "a.b.c.d", or an IPv6 address. */
bool ip_parse(const char *text, struct ip_addr *address);

/* "a.b.c.d" alone. */
bool ip_parse_v4(const char *text, struct ip_addr *address);

/* Write the address to @text and return it; "" if there is none. */
char *ip_format(struct ip_addr address, char text[IP_TEXT_SIZE]);

/*
 * The text of an address for a line that shows some: it stays until the fourth call after this one
 * by the same thread.
 */
const char *ip_text(struct ip_addr address);

/* The bits of an address of this family: 32 or 128. */
unsigned int ip_bits(struct ip_addr address);

/* "a.b.c.d/n", n from 0 to 32; the bits beyond n need not be zero. */
bool ip_parse_prefix_v4(const char *text, struct ip_prefix *prefix);

/* @address with the bits beyond @length zero. */
struct ip_addr ip_network(struct ip_addr address, unsigned int length);

/* The prefix that @address alone is in. */
struct ip_prefix ip_host(struct ip_addr address);

bool ip_prefix_contains(const struct ip_prefix *prefix, struct ip_addr address);

bool ip_prefix_equal(const struct ip_prefix *a, const struct ip_prefix *b);

/* Write "address/length" to @text and return it. */
char *ip_prefix_format(const struct ip_prefix *prefix, char text[IP_TEXT_SIZE]);

/* --- ranges of IPv4 addresses --------------------------------------------------------------- */

/* Both ends belong to the range; host order; first <= last. */
struct ipv4_range {
	uint32_t first;
	uint32_t last;
};

/*
 * "a.b.c.d", "a.b.c.d-e.f.g.h", or "a.b.c.d/n". Of a prefix shorter than 31, the
 * network and the broadcast address are left out. NULL, or what is wrong.
 */
const char *ipv4_parse_range(const char *text, struct ipv4_range *range);

/* Is the address in one of the @n ranges? */
bool ipv4_ranges_contain(const struct ipv4_range *ranges, size_t n, struct ip_addr address);

bool ipv4_ranges_overlap(const struct ipv4_range *a, const struct ipv4_range *b);

#endif
