/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A pool of IPv4 addresses that peers get as their inner addresses.
 *
 * The time to take or give back an address does not grow with the pool. A user
 * gets an address that this user had before, if one of them is free. Otherwise
 * the user gets the address that has been free for longest, so that addresses
 * are reused as late as possible. A user who may have only some addresses
 * ("restricted") gets the next free one of these after the address that was last
 * taken in this way, so that these are reused late, too, by and large.
 *
 * A pool may have a next one, which is asked when no address of it will do. All of them are a
 * chain, which has an end.
 *
 * The memory is allocated when the pool is made: about 24 octets for an address.
 * One thread only.
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
 * Make a pool of the @n ranges, without the addresses in @exclude (the servers'
 * own, for example). Returns NULL if there is no memory, or if
 * the ranges overlap or hold more than POOL_MAX_ADDRESSES.
 */
struct pool *pool_new(const struct ipv4_range *ranges, size_t n, const struct ip_addr *exclude,
		      size_t n_exclude);

/*
 * Leave out addresses of @list, too, since users have them as their own: only pool_counts tells them
 * from excluded ones. None of them may be taken. Those that the pool does not have do no harm.
 */
void pool_reserve(struct pool *pool, const struct ip_addr *list, size_t n);

/*
 * References: pool_new() returns a pool with one reference. A function that keeps
 * a pool that it was passed must take a reference with pool_get(). pool_put() of
 * the last reference frees the pool.
 */
struct pool *pool_get(struct pool *pool);
void pool_put(struct pool *pool);	/* NULL is allowed */

/*
 * Replace the addresses of @pool by those of @fresh, from which no address was
 * taken, and free @fresh, which has no next pool; that of @pool stays. An address that is taken from @pool stays taken if
 * @fresh has it and does not exclude it. Otherwise it is forgotten, and giving it
 * back does nothing.
 */
void pool_become(struct pool *pool, struct pool *fresh);

/*
 * Let @next be asked after @pool, which takes a reference to it; NULL: none. Later ones of @next
 * must not have @pool as their next one.
 */
void pool_set_next(struct pool *pool, struct pool *next);
struct pool *pool_next(const struct pool *pool);

/*
 * Whether the pool knows which user had an address last, and gives it to this user again; it does
 * if nothing is said.
 */
void pool_set_sticky(struct pool *pool, bool sticky);
bool pool_is_sticky(const struct pool *pool);

/* Returns the number by which pools know a user, whose name has @len octets; 0 without a name. */
uint32_t pool_user(const void *name, size_t len);

/*
 * Tell that the user with this number had @address last, before all that was taken since the pool
 * was made and after all that was told before. Does nothing if it is no free address of a sticky
 * pool.
 */
void pool_recall(struct pool *pool, struct ip_addr address, uint32_t user);

/* Says which user wants an address, and which addresses are allowed. */
struct pool_wish {
	const void *user;
	size_t user_len;		/* octets of any value; 0: unknown user */
	/* Ranges that do not overlap; earlier ones are preferred. NULL: any address. */
	const struct ipv4_range *within;
	size_t n_within;
	/* Returns true for an address that may be taken; should do so for most. NULL: for all. */
	bool (*allowed)(const void *ctx, struct ip_addr address);
	const void *ctx;
};

/*
 * Take an address that fits @wish from @pool or, if it has none that is free, from those after it.
 * But an address that the user had before comes first, whichever pool of the chain it is of.
 * Returns the pool that it is from, without a reference, or NULL if no such address is free. The
 * time grows with the number of pools, of ranges in @within, of ranges in the pools, of addresses
 * that the user has, and of addresses that @allowed refuses.
 */
struct pool *pool_take(struct pool *pool, const struct pool_wish *wish, struct ip_addr *address);

/*
 * Take the given @address from this pool and no other one. Returns 0, or -EBUSY if it is taken. Returns
 * -EADDRNOTAVAIL if it is excluded, -ENOENT if it is not an address of this pool:
 * then the pool never gives this address to anybody, and nothing is taken.
 */
int pool_take_address(struct pool *pool, struct ip_addr address);

/* Give an address back. Does nothing if it is not in the pool or not taken. */
void pool_give_back(struct pool *pool, struct ip_addr address);

/* All are numbers of addresses, but the last. The last two are since the pool was made. */
struct pool_counts {
	size_t size;			/* all, without the excluded and the reserved ones */
	size_t used;			/* taken now */
	size_t reserved;		/* see pool_reserve() */
	size_t most;			/* taken at the same time */
	uint64_t refused;		/* wishes that it and those after it could not fulfil */
};

struct pool_counts pool_counts(const struct pool *pool);

static inline size_t pool_size(const struct pool *pool)
{
	return pool_counts(pool).size;
}

static inline size_t pool_used(const struct pool *pool)
{
	return pool_counts(pool).used;
}

/*
 * Returns true if the pool has come to have POOL_SCARCE_PERCENT of its addresses in use: once, and
 * again after they were fewer than POOL_AMPLE_PERCENT meanwhile.
 */
#define POOL_SCARCE_PERCENT	90
#define POOL_AMPLE_PERCENT	80
bool pool_becomes_scarce(struct pool *pool);

#endif
