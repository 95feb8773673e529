// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aaa/pool.h"
#include "config/check.h"
#include "config/terms.h"
#include "util/place.h"

#define AT(field) offsetof(struct pool_values, field)

static const struct config_option options[] = {
	{ "range", &config_type_ranges, AT(ranges), .min = 1, .max = 1000,
	  .means = "Addresses for callers: a list of addresses, ranges and networks" },
	{ "exclude", &config_type_addresses, AT(exclude), .max = 10000, .preset = "",
	  .means = "Addresses of the ranges that are given to nobody" },
	{ "next", &config_type_string, AT(next), .preset = "",
	  .means = "The pool that is asked when this one has no free address" },
	{ "sticky", &config_type_bool, AT(sticky), .preset = "true",
	  .means = "Whether users get their last address again" },
	{ "user-netns", &config_type_string, AT(netns), .max = NETNS_NAME_MAX, .preset = "",
	  .means = "The network namespace that the addresses are of" },
	{ "user-vrf", &config_type_optional_interface, AT(vrf), .preset = "",
	  .means = "The VRF that the addresses are of" },
	{ 0 },
};

#define RANGE_SIZE (2 * INET_ADDRSTRLEN)

static const char *range_text(const struct ipv4_range *range, char text[RANGE_SIZE])
{
	snprintf(text, RANGE_SIZE, "%s", ip_text(ip_from_number(range->first)));
	if (range->first != range->last) {
		strcat(text, "-");
		strcat(text, ip_text(ip_from_number(range->last)));
	}
	return text;
}

static void report_overlap(struct config_draft *d, const struct config_section *s,
			   const struct ipv4_range *range, const struct config_section *other,
			   const struct ipv4_range *theirs)
{
	struct config_place place = section_place(s, "range");
	char one[RANGE_SIZE], two[RANGE_SIZE], where[REPORT_WHERE_SIZE];

	report_error(&d->report, place, "range %s overlaps %s of pool \"%s\" (%s)",
		     range_text(range, one), range_text(theirs, two), other->name,
		     report_where(&d->report, place, section_place(other, "range"), where));
}

/* Report if range @index of the pool @s overlaps a range that comes before it. */
static void check_overlap(struct config_draft *d, const struct config_section *s, size_t index)
{
	const struct pool_values *mine = s->values;
	const struct ipv4_range *range = &mine->ranges.list[index];
	const struct config_section *other;

	for_each_section(d, other, &config_kind_pool) {
		const struct pool_values *theirs = other->values;

		/* The same address is another one in another place. */
		if (strcmp(mine->vrf, theirs->vrf) || strcmp(mine->netns, theirs->netns))
			continue;
		for (size_t i = 0; i < theirs->ranges.n; i++) {
			if (other == s && i == index)
				return;
			if (!ipv4_ranges_overlap(range, &theirs->ranges.list[i]))
				continue;
			report_overlap(d, s, range, other, &theirs->ranges.list[i]);
			return;
		}
	}
}

static void check_range(struct config_draft *d, const struct config_section *s, size_t index)
{
	const struct pool_values *v = s->values;
	const struct ipv4_range *range = &v->ranges.list[index];
	char text[RANGE_SIZE];

	if (!ip_is_unicast(ip_from_number(range->first)) ||
	    !ip_is_unicast(ip_from_number(range->last)))
		report_error(&d->report, section_place(s, "range"),
			     "range %s has addresses that no peer can have; expected unicast "
			     "addresses", range_text(range, text));
	check_overlap(d, s, index);
}

static void check_size(struct config_draft *d, const struct config_section *s)
{
	const struct pool_values *v = s->values;
	uint64_t total = 0;

	for (size_t i = 0; i < v->ranges.n; i++)
		total += (uint64_t)v->ranges.list[i].last - v->ranges.list[i].first + 1;
	if (total > POOL_MAX_ADDRESSES)
		report_error(&d->report, section_place(s, "range"),
			     "pool \"%s\" has %" PRIu64 " addresses; expected at most %d", s->name,
			     total, POOL_MAX_ADDRESSES);
}

/* Warn about an excluded address that is in no range of the pool. */
static void check_excluded(struct config_draft *d, const struct config_section *s,
			   struct ip_addr address)
{
	const struct pool_values *v = s->values;
	const uint32_t a = ip_number(address);
	const struct ipv4_range one = { a, a };

	for (size_t i = 0; i < v->ranges.n; i++)
		if (ipv4_ranges_overlap(&one, &v->ranges.list[i]))
			return;
	report_warning(&d->report, section_place(s, "exclude"),
		       "exclude has %s, which is not in pool \"%s\"", ip_text(address), s->name);
}

/* Returns the section of the pool that @s names as its next one, or NULL. */
static const struct config_section *next_of(const struct config_draft *d,
					    const struct config_section *s)
{
	const struct pool_values *v = s->values;

	return section_knows(s, "next") && *v->next ? draft_find(d, s->kind, v->next) : NULL;
}

static bool has(const struct config_section * const *list, size_t n, const struct config_section *s)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == s)
			return true;
	return false;
}

/* Returns true if of these @n pools @s comes first in the files. */
static bool is_first(const struct config_draft *d, const struct config_section * const *list,
		     size_t n, const struct config_section *s)
{
	const struct config_section *other;

	for_each_section(d, other, s->kind)
		if (has(list, n, other))
			return other == s;
	return false;
}

/*
 * Report if the pools after @s lead back to it, which is told of the first one of the circle; or if
 * they are too many. Others tell of a circle that @s leads to.
 */
static void check_chain(struct config_draft *d, const struct config_section *s)
{
	const struct config_section *chain[CONFIG_CHAIN_MAX] = { s }, *next = next_of(d, s);
	size_t n = 1;

	while (next && n < CONFIG_CHAIN_MAX && !has(chain, n, next)) {
		chain[n++] = next;
		next = next_of(d, next);
	}
	if (next == s && is_first(d, chain, n, s))
		report_error(&d->report, section_place(s, "next"),
			     "the pools after \"%s\" lead back to it; expected a last one without "
			     "next", s->name);
	else if (next && !has(chain, n, next))
		report_error(&d->report, section_place(s, "next"),
			     "\"%s\" begins a chain of more than %d pools; expected fewer", s->name,
			     CONFIG_CHAIN_MAX);
}

static void check(struct config_draft *d, struct config_section *s)
{
	const struct pool_values *v = s->values;

	config_check_name(d, s, "next", v->next, s->kind);
	check_chain(d, s);
	if (!section_knows(s, "range"))
		return;
	for (size_t i = 0; i < v->ranges.n; i++)
		check_range(d, s, i);
	check_size(d, s);
	for (size_t i = 0; section_knows(s, "exclude") && i < v->exclude.n; i++)
		check_excluded(d, s, v->exclude.list[i]);
}

static bool exclude_address(struct config_addresses *list, struct ip_addr address)
{
	struct ip_addr *grown;

	for (size_t i = 0; i < list->n; i++)
		if (ip_equal(list->list[i], address))
			return true;
	grown = reallocarray(list->list, list->n + 1, sizeof(*grown));
	if (!grown)
		return false;
	grown[list->n++] = address;
	list->list = grown;
	return true;
}

/*
 * Exclude the local-address of every server: no peer may get it from any pool. Returns false if
 * there is no memory.
 */
static bool exclude_servers(const struct config_draft *d, struct config_addresses *list)
{
	const struct config_section *s;

	for_each_section(d, s, &config_kind_server)
		if (!exclude_address(list,
				     ((struct server_values *)s->values)->server.local_address))
			return false;
	return true;
}

static bool move(struct config *config, const struct config_draft *d, struct config_section *s)
{
	struct config_pool *pool = &config->pools[config->n_pools];
	struct pool_values *v = s->values;

	if (!exclude_servers(d, &v->exclude))
		return false;
	config->n_pools++;
	pool->name = s->name;
	pool->ranges = v->ranges.list;
	pool->n_ranges = v->ranges.n;
	pool->exclude = v->exclude.list;
	pool->n_exclude = v->exclude.n;
	pool->sticky = v->sticky;
	pool->place = place_hash((struct place){ .netns = v->netns, .vrf = v->vrf });
	if (*v->next)
		pool->next = v->next;
	else
		free(v->next);
	free(v->netns);
	free(v->vrf);
	s->name = NULL;
	memset(v, 0, sizeof(*v));
	return true;
}

const struct config_kind config_kind_pool = {
	"pool", .means = "Addresses to be given to callers",
	.titled = true, .size = sizeof(struct pool_values), .options = options, .check = check,
	.move = move,
};
