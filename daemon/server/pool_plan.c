// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>

#include "aaa/admission.h"
#include "server/pool_plan.h"

struct addresses {
	struct ip_addr *list;
	size_t n;
};

/* Returns false if there is no memory. */
static bool append(struct addresses *to, const struct ip_addr *list, size_t n)
{
	struct ip_addr *longer = reallocarray(to->list, to->n + n + 1, sizeof(*longer));

	if (!longer)
		return false;
	for (size_t i = 0; i < n; i++)
		longer[to->n + i] = list[i];
	to->list = longer;
	to->n += n;
	return true;
}

/*
 * Exclude the addresses that users have as their own: a pool that gave such an address to somebody
 * else would lock its user out. Returns false if there is no memory.
 */
static bool reserve(struct addresses *excluded, const struct config_pool *pool,
		    const struct secrets *secrets)
{
	size_t n;
	struct ip_addr *own = admission_reserved(secrets, pool->ranges, pool->n_ranges, &n);
	bool done = own ? append(excluded, own, n) : !n;

	free(own);
	return done;
}

static bool is_first_with_secrets(const struct config *config, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (config->servers[j].secrets == config->servers[i].secrets)
			return false;
	return true;
}

/* Returns false if there is no memory. */
static bool plan_pool(struct pool_plan *plan, const struct config *config, size_t i)
{
	const struct config_pool *pool = &config->pools[i];
	struct addresses excluded = { NULL, 0 };
	bool done = append(&excluded, pool->exclude, pool->n_exclude);

	for (size_t j = 0; done && j < config->n_servers; j++)
		if (is_first_with_secrets(config, j))
			done = reserve(&excluded, pool, config->servers[j].secrets);
	if (done) {
		plan->reserved[i] = excluded.n - pool->n_exclude;
		plan->pools[i] = pool_new(pool->ranges, pool->n_ranges, excluded.list, excluded.n);
	}
	free(excluded.list);
	return plan->pools[i];
}

struct pool_plan *pool_plan_new(const struct config *config)
{
	struct pool_plan *plan = calloc(1, sizeof(*plan));

	if (!plan)
		return NULL;
	/* One element more than needed: calloc() of an empty array may return NULL. */
	plan->pools = calloc(config->n_pools + 1, sizeof(*plan->pools));
	plan->reserved = calloc(config->n_pools + 1, sizeof(*plan->reserved));
	if (plan->pools && plan->reserved)
		while (plan->n < config->n_pools && plan_pool(plan, config, plan->n))
			plan->n++;
	if (plan->pools && plan->reserved && plan->n == config->n_pools)
		return plan;
	pool_plan_free(plan);
	return NULL;
}

void pool_plan_free(struct pool_plan *plan)
{
	if (!plan)
		return;
	for (size_t i = 0; i < plan->n; i++)
		pool_put(plan->pools[i]);
	free(plan->pools);
	free(plan->reserved);
	free(plan);
}
