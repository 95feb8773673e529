/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pools that a configuration asks for, as they are before anybody has an address of them.
 *
 * Making them takes long where there are many addresses and many users with one of their own, so
 * that it is done on a thread beside the loop. Nothing is shared with pools that are in use.
 */
#ifndef CULVERT_POOL_PLAN_H
#define CULVERT_POOL_PLAN_H

#include "aaa/pool.h"
#include "config/config.h"

struct pool_plan {
	struct pool **pools;		/* one for each of the configuration's; NULL: taken out */
	size_t *reserved;		/* likewise: addresses left out since they are users' own */
	size_t n;
};

/* On any thread. NULL without memory. */
struct pool_plan *pool_plan_new(const struct config *config);

/* With the pools that were not taken out. NULL is allowed. */
void pool_plan_free(struct pool_plan *plan);

#endif
