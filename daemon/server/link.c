// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/link.h"
#include "util/container.h"

/* --- interfaces --------------------------------------------------------------------------- */

static enum net_link_mode mode_of(const struct config_server *config)
{
	return config->link == CONFIG_LINK_SHARED ? NET_LINK_SHARED : NET_LINK_SESSION;
}

/* Returns true if the interface fits @config, apart from settings that can be changed. */
static bool is_asked_for(const struct server_interface *i, const struct config_server *config)
{
	if (i->net.mode != mode_of(config))
		return false;
	if (!place_name_equal(i->net.vrf, config->shape.vrf))
		return false;
	return i->net.mode == NET_LINK_SHARED ? !strcmp(i->asked, config->interface) :
						i->net.mss_clamp == config->mss_clamp;
}

/*
 * Returns an interface that fits @config: the current one; or the shared one that has the fixed
 * name, which another server may have used before; NULL if there is none.
 */
static struct server_interface *find(struct server_interfaces *all,
				     const struct server_link *current,
				     const struct config_server *config)
{
	struct server_interface *i;

	if (current && is_asked_for(current->interface, config))
		return current->interface;
	if (mode_of(config) != NET_LINK_SHARED || strchr(config->interface, '%'))
		return NULL;
	LIST_FOREACH(i, all, of_all)
		if (is_asked_for(i, config))
			break;
	return i;
}

static void run_go_back(struct worker_job *job, struct rtnl *rtnl)
{
	struct server_interface *i = container_of(job, struct server_interface, go_back);

	net_link_set_mss_clamp(i->backend, rtnl, &i->net, i->mss_clamp);
}

static void go_back_done(struct worker_job *job)
{
}

static void run_remove_interface(struct worker_job *job, struct rtnl *rtnl)
{
	struct server_interface *i = container_of(job, struct server_interface, remove);

	net_link_close(i->backend, rtnl, &i->net);
}

static void remove_interface_done(struct worker_job *job)
{
	free(container_of(job, struct server_interface, remove));
}

static struct server_interface *interface_new(struct server_interfaces *all,
					      const struct net_backend *backend,
					      const struct config_server *config)
{
	struct server_interface *i = calloc(1, sizeof(*i));

	if (!i)
		return NULL;
	LIST_INIT(&i->links);
	i->backend = backend;
	i->go_back = (struct worker_job){ .run = run_go_back, .done = go_back_done };
	i->remove = (struct worker_job){
		.run = run_remove_interface, .done = remove_interface_done,
	};
	i->net.mode = mode_of(config);
	i->net.mss_clamp = config->mss_clamp;
	i->mss_clamp = config->mss_clamp;
	snprintf(i->asked, sizeof(i->asked), "%s", config->interface);
	snprintf(i->net.vrf, sizeof(i->net.vrf), "%s",
		 config->shape.vrf ? config->shape.vrf : "");
	snprintf(i->net.name, sizeof(i->net.name), "%s",
		 i->net.mode == NET_LINK_SHARED ? config->interface : "pptp%d");
	LIST_INSERT_HEAD(all, i, of_all);
	return i;
}

/* Remove the interface if no link on it is left. */
static void interface_put(struct server_interface *i)
{
	if (!LIST_EMPTY(&i->links))
		return;
	LIST_REMOVE(i, of_all);
	net_work(i->backend, &i->remove);
}

void server_interfaces_settle(struct server_interfaces *all)
{
	struct server_interface *i;

	LIST_FOREACH(i, all, of_all)
		i->mss_clamp = i->net.mss_clamp;
}

void server_interfaces_go_back(struct server_interfaces *all)
{
	struct server_interface *i;

	LIST_FOREACH(i, all, of_all)
		if (i->net.mss_clamp != i->mss_clamp)
			net_work(i->backend, &i->go_back);
}

bool server_interfaces_have(const struct server_interfaces *all, struct ip_addr address)
{
	const struct server_interface *i;
	const struct server_link *link;

	LIST_FOREACH(i, all, of_all)
		LIST_FOREACH(link, &i->links, of_interface)
			if (ip_equal(link->local, address))
				return true;
	return false;
}

/* --- addresses on interfaces -------------------------------------------------------------- */

static struct server_link *find_on(struct server_interface *i, struct ip_addr local)
{
	struct server_link *link;

	LIST_FOREACH(link, &i->links, of_interface)
		if (ip_equal(link->local, local))
			break;
	return link;
}

static void run_remove_address(struct worker_job *job, struct rtnl *rtnl)
{
	struct server_link *link = container_of(job, struct server_link, remove);
	struct server_interface *i = link->interface;

	if (link->made)
		net_link_del_address(i->backend, rtnl, &i->net, link->local);
}

static void remove_address_done(struct worker_job *job)
{
	free(container_of(job, struct server_link, remove));
}

static struct server_link *link_new(struct server_interface *i, struct ip_addr local)
{
	struct server_link *link = calloc(1, sizeof(*link));

	if (!link)
		return NULL;
	link->refs = 1;
	link->interface = i;
	link->local = local;
	link->remove = (struct worker_job){
		.run = run_remove_address, .done = remove_address_done,
	};
	LIST_INSERT_HEAD(&i->links, link, of_interface);
	return link;
}

struct server_link *server_link_plan(struct server_interfaces *all,
				     const struct net_backend *backend,
				     const struct server_link *current,
				     const struct config_server *config)
{
	struct server_interface *i = find(all, current, config);
	struct server_link *link;

	if (!i)
		i = interface_new(all, backend, config);
	if (!i)
		return NULL;
	link = find_on(i, config->local_address);
	if (link)
		return server_link_get(link);
	link = link_new(i, config->local_address);
	if (!link)
		interface_put(i);
	return link;
}

int server_link_make(struct server_link *link, struct rtnl *rtnl)
{
	struct server_interface *i = link->interface;
	int err = i->made ? 0 : net_link_open(i->backend, rtnl, &i->net);

	if (err)
		return err;
	i->made = true;
	if (!link->made)
		err = net_link_add_address(i->backend, rtnl, &i->net, link->local);
	link->made = !err;
	return err;
}

struct server_link *server_link_get(struct server_link *link)
{
	link->refs++;
	return link;
}

void server_link_put(struct server_link *link)
{
	struct server_interface *i;

	if (!link || --link->refs)
		return;
	i = link->interface;
	LIST_REMOVE(link, of_interface);
	/* If this is the last link, the address is removed together with the interface. */
	if (LIST_EMPTY(&i->links))
		free(link);
	else
		net_work(i->backend, &link->remove);
	interface_put(i);
}

int server_link_set_mss_clamp(struct server_link *link, struct rtnl *rtnl, bool on)
{
	struct server_interface *i = link->interface;

	return net_link_set_mss_clamp(i->backend, rtnl, &i->net, on);
}
