// SPDX-License-Identifier: GPL-2.0-only
/* Which addresses users could have. */
#include <string.h>

#include "init.h"

/* The names of interfaces that our sessions have; see "interface" in culvert.conf(5). */
static bool is_ours(const struct init_network *network)
{
	return !strncmp(network->interface, "pptp", 4);
}

static struct ipv4_range range_of(const struct ip_prefix *prefix)
{
	const uint32_t host = prefix->length ? (uint32_t)((1ULL << (32 - prefix->length)) - 1) :
					       UINT32_MAX;
	const uint32_t first = ip_number(prefix->address) & ~host;

	return (struct ipv4_range){ .first = first, .last = first | host };
}

const char *init_parse_pool(const char *text, struct init_pool *pool)
{
	struct ip_prefix prefix;
	const char *fault;

	if (ip_parse_prefix_v4(text, &prefix)) {
		const struct ipv4_range all = range_of(&prefix);
		/* A /24 as in the examples: some addresses stay free for other purposes. */
		const bool roomy = prefix.length <= 24;

		if (prefix.length > 29 || prefix.length < 8)
			return "is no network of /8 to /29";
		pool->local = all.first + 1;
		pool->range.first = all.first + (roomy ? 10 : 2);
		pool->range.last = all.last - (roomy ? 5 : 1);
	} else {
		fault = ipv4_parse_range(text, &pool->range);
		if (fault)
			return fault;
		if (pool->range.first == pool->range.last)
			return "is a single address: expected a network like 10.99.0.0/24 or a range";
		pool->local = pool->range.first - 1;
	}
	if (!ip_is_unicast(ip_from_number(pool->local)) ||
	    !ip_is_unicast(ip_from_number(pool->range.last)))
		return "has addresses that no host can have";
	return NULL;
}

static bool has(const struct ipv4_range *range, uint32_t address)
{
	return range->first <= address && address <= range->last;
}

struct ip_prefix init_pool_prefix(const struct init_pool *pool)
{
	struct ip_prefix prefix = { .length = 32 };
	struct ipv4_range all;

	do {
		prefix.length--;
		prefix.address = ip_network(ip_from_number(pool->local), prefix.length);
		all = range_of(&prefix);
	} while (prefix.length && (!has(&all, pool->range.first) || !has(&all, pool->range.last)));
	return prefix;
}

const struct init_network *init_pool_overlaps(const struct init_pool *pool,
					      const struct init_network *networks, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct ipv4_range other;

		if (!networks[i].prefix.length || is_ours(&networks[i]))
			continue;
		other = range_of(&networks[i].prefix);
		if (ipv4_ranges_overlap(&pool->range, &other) || has(&other, pool->local))
			return &networks[i];
	}
	return NULL;
}

struct init_pool init_choose_pool(const struct init_network *networks, size_t n)
{
	struct init_pool pool, first = { 0 };

	/* 10.99.0.0/24, as in the examples, and others that few have chosen; 256 will do. */
	for (uint32_t i = 0; i < 256; i++) {
		const uint32_t network = 0x0a000000 | ((99 + i) % 256) << 16;

		pool = (struct init_pool){ .range = { network + 10, network + 250 },
					   .local = network + 1 };
		if (!init_pool_overlaps(&pool, networks, n))
			return pool;
		if (!i)
			first = pool;
	}
	/* All of 10/8 is somewhere, as when this host has a route to it. */
	for (uint32_t i = 0; i < 256; i++) {
		const uint32_t network = 0xac100000 | (4095 - i) << 8;

		pool = (struct init_pool){ .range = { network + 10, network + 250 },
					   .local = network + 1 };
		if (!init_pool_overlaps(&pool, networks, n))
			return pool;
	}
	return first;
}
