/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A pool of IPv4 addresses to give to peers.
 *
 * Taking and freeing cost the same however large the pool is. A user gets the
 * address that he had last if it is free still; otherwise the address that has
 * been free for longest, so that addresses are reused as late as possible. Who
 * may have some of them only gets the next one of those after what was last
 * taken in this way, so that the same holds by and large.
 * Memory is fixed when the pool is made: about 24 octets an address, and no
 * more than POOL_MAX_ADDRESSES of them. One thread only.
 */
#ifndef CULVERT_AAA_POOL_H
#define CULVERT_AAA_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/ip.h"

#define POOL_MAX_ADDRESSES (1024 * 1024)

struct pool;

/*
 * Make a pool of the @n ranges, which must not overlap, without the addresses
 * in @exclude (those of the servers). NULL if there is no memory, or if the
 * ranges overlap or hold more than POOL_MAX_ADDRESSES.
 */
struct pool *pool_new(const struct ipv4_range *ranges, size_t n,
		      const struct ip_addr *exclude, size_t n_exclude);

/*
 * Everyone who keeps a pool beyond the call that handed it to him holds a
 * reference; pool_new() returns the first. It is freed with the last.
 */
struct pool *pool_get(struct pool *pool);
void pool_put(struct pool *pool);	/* NULL is allowed */

/*
 * Let @pool be made of what @fresh is made of; nothing was taken from @fresh,
 * which is freed. Addresses that are taken stay so as long as there are such;
 * others are forgotten, and giving them back is harmless.
 */
void pool_become(struct pool *pool, struct pool *fresh);

/* For whom an address is, and which it may be. */
struct pool_wish {
	const void *user;
	size_t user_len;		/* octets of any kind; 0 for an unknown one */
	/* One of these, which do not overlap, in this order; NULL: any. */
	const struct ipv4_range *within;
	size_t n_within;
	/* And one that this returns true for, which it should do for most; NULL: for all. */
	bool (*allowed)(const void *ctx, struct ip_addr address);
	const void *ctx;
};

/*
 * Take an address. 0, or -ENOSPC if all that will do are taken. It takes as long as @within has
 * ranges, the pool has those, the user has addresses, and @allowed refuses.
 */
int pool_take(struct pool *pool, const struct pool_wish *wish, struct ip_addr *address);

/*
 * Take just @address. 0; -EBUSY if it is taken; or the pool has nothing to say
 * about it, since it never gives it: -EADDRNOTAVAIL if it is excluded, -ENOENT
 * if it is no address of this pool.
 */
int pool_take_address(struct pool *pool, struct ip_addr address);

/* Give an address back. One that is not the pool's, or not taken, is ignored. */
void pool_give_back(struct pool *pool, struct ip_addr address);

size_t pool_size(const struct pool *pool);	/* addresses, without the excluded */
size_t pool_used(const struct pool *pool);	/* those that are taken now */

#endif
