/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pools that a configuration asks for, before any address of them is given to a peer.
 *
 * Making them takes long if there are many addresses, or many users with an address of their own.
 * So it is done on a thread beside the loop. A plan shares nothing with the pools in use.
 */
#ifndef CULVERT_POOL_PLAN_H
#define CULVERT_POOL_PLAN_H

#include "aaa/pool.h"
#include "config/config.h"

struct pool_plan {
	struct pool **pools;		/* one for each of config->pools; NULL: taken over */
	size_t n;
};

/* May run on any thread. Returns NULL if there is no memory. */
struct pool_plan *pool_plan_new(const struct config *config);

/* Free the plan and the pools that were not taken over. NULL is allowed. */
void pool_plan_free(struct pool_plan *plan);

#endif
