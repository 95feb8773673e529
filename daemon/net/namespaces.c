// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "net/namespaces.h"
#include "util/netns.h"

#define OWN	"/proc/thread-self/ns/net"
#define AT_ONCE	8

static int watch(struct namespaces *all, struct genl *genl)
{
	struct epoll_event in = { .events = EPOLLIN, .data.ptr = genl };

	return epoll_ctl(all->events, EPOLL_CTL_ADD, mnl_socket_get_fd(genl->events.sock), &in) ?
	       -errno : 0;
}

int namespaces_open(struct namespaces *all, struct genl *home)
{
	LIST_INIT(&all->list);
	all->home = open(OWN, O_RDONLY | O_CLOEXEC);
	all->events = epoll_create1(EPOLL_CLOEXEC);
	if (all->home < 0 || all->events < 0)
		return -errno;
	return watch(all, home);
}

void namespaces_close(struct namespaces *all)
{
	if (all->home >= 0)
		close(all->home);
	if (all->events >= 0)
		close(all->events);
	all->home = -1;
	all->events = -1;
}

/* In the other namespace. */
static int open_genl(const void *arg)
{
	struct genl * const *genl = arg;

	return genl_open(*genl);
}

static struct namespace *find(struct namespaces *all, const char *name)
{
	struct namespace *ns;

	/* Another namespace may have got the name. */
	LIST_FOREACH(ns, &all->list, link)
		if (!strcmp(ns->name, name) && ns->number == netns_number(name))
			break;
	return ns;
}

/* What is counted there, but for the sessions that there are now. */
static int read_counted(struct genl *genl, struct net_totals *counted)
{
	int err;

	*counted = (struct net_totals){ 0 };
	err = genl_add_totals(genl, counted);
	counted->sessions = 0;
	return err;
}

static int begin(struct namespace *ns)
{
	struct genl *genl = &ns->genl;
	int err = netns_make_in(ns->fd, open_genl, &genl);

	if (err)
		return err;
	genl->netns = ns->name;
	genl->netns_fd = ns->fd;
	err = watch(ns->all, genl);
	if (err)
		genl_close(genl);
	else
		read_counted(genl, &ns->before);
	return err;
}

struct namespace *namespace_get(struct namespaces *all, const char *name, int *err)
{
	const size_t size = strlen(name) + 1;
	struct namespace *ns = find(all, name);

	if (ns) {
		ns->refs++;
		return ns;
	}
	ns = calloc(1, sizeof(*ns) + size);
	*err = -ENOMEM;
	if (!ns)
		return NULL;
	memcpy(ns->name, name, size);
	ns->all = all;
	ns->refs = 1;
	ns->number = netns_number(name);
	ns->fd = netns_open(name);
	*err = ns->fd < 0 ? ns->fd : begin(ns);
	if (*err) {
		if (ns->fd >= 0)
			close(ns->fd);
		free(ns);
		return NULL;
	}
	LIST_INSERT_HEAD(&all->list, ns, link);
	return ns;
}

static void leave(struct namespace *ns)
{
	struct net_totals counted;

	if (!read_counted(&ns->genl, &counted))
		net_totals_add(&ns->all->past, &counted, &ns->before);
}

void namespace_put(struct namespace *ns)
{
	if (!ns || --ns->refs)
		return;
	leave(ns);
	if (ns->all->surveyed == ns)
		ns->all->surveyed = LIST_NEXT(ns, link);
	LIST_REMOVE(ns, link);
	genl_close(&ns->genl);
	close(ns->fd);
	free(ns);
}

void namespaces_events(struct namespaces *all, net_lost_fn lost, void *ctx)
{
	struct epoll_event ready[AT_ONCE];
	int n = epoll_wait(all->events, ready, AT_ONCE, 0);

	for (int i = 0; i < n; i++)
		genl_events(ready[i].data.ptr, lost, ctx);
}

int namespaces_add_totals(struct namespaces *all, struct net_totals *totals)
{
	const struct net_totals none = { 0 };
	struct namespace *ns;
	int first = 0, err;

	net_totals_add(totals, &all->past, &none);
	LIST_FOREACH(ns, &all->list, link) {
		struct net_totals counted = { 0 };

		err = genl_add_totals(&ns->genl, &counted);
		if (!err)
			net_totals_add(totals, &counted, &ns->before);
		first = first ? first : err;
	}
	return first;
}

void namespaces_survey_begin(struct namespaces *all)
{
	all->surveyed = LIST_FIRST(&all->list);
}

bool namespaces_survey(struct namespaces *all, net_stats_fn fn, void *ctx)
{
	struct namespace *ns = all->surveyed;

	if (ns && genl_survey(&ns->genl, fn, ctx) <= 0)
		all->surveyed = LIST_NEXT(ns, link);
	return all->surveyed;
}
