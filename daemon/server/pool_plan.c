// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>

#include "aaa/admission.h"
#include "server/pool_plan.h"

/*
 * Reserve the addresses that users have as their own: a pool that gave such an address to somebody
 * else would lock its user out. Returns false if there is no memory.
 */
static bool reserve(struct pool *pool, const struct config_pool *config,
		    const struct secrets *secrets)
{
	size_t n;
	struct ip_addr *own = admission_reserved(secrets, config->ranges, config->n_ranges, &n);

	if (!own)
		return !n;
	pool_reserve(pool, own, n);
	free(own);
	return true;
}

static bool is_first_with_secrets(const struct config *config, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (config->servers[j].secrets == config->servers[i].secrets)
			return false;
	return true;
}

/* Returns NULL if there is no memory. */
static struct pool *make_pool(const struct config *config, const struct config_pool *from)
{
	struct pool *pool = pool_new(from->ranges, from->n_ranges, from->exclude, from->n_exclude);
	bool done = pool;

	if (pool)
		pool_set_sticky(pool, from->sticky);
	for (size_t i = 0; done && i < config->n_servers; i++)
		if (is_first_with_secrets(config, i))
			done = reserve(pool, from, config->servers[i].secrets);
	for (size_t i = 0; done && i < config->n_owners; i++)
		pool_reserve(pool, &config->owners[i]->address, 1);
	if (done)
		return pool;
	pool_put(pool);
	return NULL;
}

struct pool_plan *pool_plan_new(const struct config *config)
{
	struct pool_plan *plan = calloc(1, sizeof(*plan));

	if (!plan)
		return NULL;
	/* One element more than needed: calloc() of an empty array may return NULL. */
	plan->pools = calloc(config->n_pools + 1, sizeof(*plan->pools));
	while (plan->pools && plan->n < config->n_pools &&
	       (plan->pools[plan->n] = make_pool(config, &config->pools[plan->n])))
		plan->n++;
	if (plan->pools && plan->n == config->n_pools)
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
	free(plan);
}
