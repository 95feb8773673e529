// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "client/host_ops.h"
#include "client/look.h"
#include "util/container.h"

/* The address of ours that is asked for may come later than the way. */
static void find_way(struct look *l, const struct host_ops *ops, struct rtnl *rtnl)
{
	ops->route_way(rtnl, l->to, l->mark, &l->way);
	if (ip_is_any(l->from))
		return;
	l->way.from = l->from;
	l->way.there = l->way.there && ops->addr_is_local(rtnl, l->from);
}

static void find_vrf(struct look *l, const struct host_ops *ops, struct rtnl *rtnl)
{
	struct host_vrf *vrf = &l->there;

	*vrf = (struct host_vrf){ .ifindex = 0 };
	if (!*l->vrf)
		return;
	vrf->err = ops->vrf_get(rtnl, l->vrf, &vrf->ifindex, &vrf->table);
	if (vrf->err)
		snprintf(vrf->why, sizeof(vrf->why), "%s", rtnl->nl.reason);
}

static void run(struct host_job *job, struct rtnl *rtnl)
{
	struct look *l = container_of(job, struct look, job);
	const struct host_ops *ops = job->net->ops;

	if (ip_is_set(l->to))
		find_way(l, ops, rtnl);
	l->has_local = ip_is_set(l->local) && ops->addr_is_local(rtnl, l->local);
	find_vrf(l, ops, rtnl);
}

static void done(struct host_job *job)
{
	struct look *l = container_of(job, struct look, job);

	l->busy = false;
	l->done(l);
}

void look_start(struct look *l, struct host_net *net, void (*when_done)(struct look *l))
{
	l->busy = true;
	l->done = when_done;
	l->job = (struct host_job){ .run = run, .done = done };
	host_job_add(net, &l->job);
}
