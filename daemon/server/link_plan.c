// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "server/link.h"
#include "server/link_plan.h"
#include "server/server.h"
#include "server/servers.h"
#include "util/container.h"
#include "util/ip.h"
#include "util/text.h"

static const struct config_server *server_of(const struct link_plan *plan, size_t i)
{
	return &plan->config->servers[i];
}

/* --- on the worker's thread --------------------------------------------------------------- */

static void link_failed(struct link_plan *plan, size_t i, const char *why)
{
	snprintf(plan->error, sizeof(plan->error), "server %s: link: %s", server_of(plan, i)->name,
		 why);
}

static void make_link(struct link_plan *plan, size_t i, struct rtnl *rtnl)
{
	struct server_link *link = plan->list[i];

	plan->err = server_link_make(link, rtnl);
	if (plan->err)
		link_failed(plan, i, link->interface->net.reason);
}

static void set_mss_clamp(struct link_plan *plan, size_t i, struct rtnl *rtnl)
{
	struct server_link *link = plan->list[i];

	plan->err = server_link_set_mss_clamp(link, rtnl, server_of(plan, i)->mss_clamp);
	if (plan->err)
		link_failed(plan, i, link->interface->net.reason);
}

/* The clamps come last, since sessions could notice them. */
static void run(struct worker_job *job, struct rtnl *rtnl)
{
	struct link_plan *plan = container_of(job, struct link_plan, job);

	for (size_t i = 0; !plan->err && i < plan->config->n_servers; i++)
		make_link(plan, i, rtnl);
	for (size_t i = 0; !plan->err && i < plan->config->n_servers; i++)
		set_mss_clamp(plan, i, rtnl);
}

/* --- on the loop's thread ----------------------------------------------------------------- */

/* The local-address of a server must not be the inner address of a peer. */
static void check_address(struct link_plan *plan, size_t i)
{
	const struct config_server *config = server_of(plan, i);
	const struct session *holder = registry_find_inner(
		&plan->servers->sessions->registry, (struct place){ .vrf = config->shape.vrf },
		config->local_address);
	char user[TEXT_QUOTE_SIZE];

	if (!holder)
		return;
	snprintf(plan->error, sizeof(plan->error), "server %s: local-address %s is in use by "
		 "session %llu (%s)", config->name, ip_text(config->local_address),
		 (unsigned long long)holder->record.id, text_name(user, holder->record.user));
	plan->err = -EADDRINUSE;
}

/* A session may have come up whose address was given to it before the plan was made. */
static void done(struct worker_job *job)
{
	struct link_plan *plan = container_of(job, struct link_plan, job);

	for (size_t i = 0; !plan->err && i < plan->config->n_servers; i++)
		check_address(plan, i);
	plan->done(plan, plan->ctx);
}

static void plan_link(struct link_plan *plan, size_t i)
{
	struct servers *s = plan->servers;
	const struct config_server *config = server_of(plan, i);
	const struct server *server = servers_find(s, config->name);

	check_address(plan, i);
	if (plan->err)
		return;
	plan->list[i] = server_link_plan(&s->interfaces, s->sessions->backend,
					 server ? server->upper : NULL, config);
	if (!plan->list[i]) {
		link_failed(plan, i, "out of memory");
		plan->err = -ENOMEM;
	}
}

static struct link_plan *plan_new(struct servers *s, struct config *config)
{
	struct link_plan *plan = calloc(1, sizeof(*plan));

	if (!plan)
		return NULL;
	/* One element more than needed: calloc() of an empty array may return NULL. */
	plan->list = calloc(config->n_servers + 1, sizeof(*plan->list));
	if (!plan->list) {
		free(plan);
		return NULL;
	}
	plan->servers = s;
	plan->config = config_get(config);
	return plan;
}

int link_plan_begin(struct servers *s, struct config *config, bool now,
		    void (*when_done)(struct link_plan *plan, void *ctx), void *ctx)
{
	struct link_plan *plan = plan_new(s, config);

	if (!plan)
		return -ENOMEM;
	plan->done = when_done;
	plan->ctx = ctx;
	plan->job = (struct worker_job){ .run = run, .done = done };
	for (size_t i = 0; !plan->err && i < config->n_servers; i++)
		plan_link(plan, i);
	if (now)
		net_work_now(s->sessions->backend, &plan->job);
	else
		net_work(s->sessions->backend, &plan->job);
	return 0;
}

void link_plan_free(struct link_plan *plan)
{
	for (size_t i = 0; i < plan->config->n_servers; i++)
		server_link_put(plan->list[i]);
	server_interfaces_go_back(&plan->servers->interfaces);
	config_put(plan->config);
	free(plan->list);
	free(plan);
}
