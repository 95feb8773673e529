// SPDX-License-Identifier: GPL-2.0-only
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "client_net.h"
#include "log.h"
#include "util/container.h"
#include "util/inet.h"

#define log_net(cn, fmt, ...) \
	log_warning("client %s: " fmt, (cn)->config->name, ##__VA_ARGS__)

#define log_route(cn, route, what)							\
	do {										\
		char text_[INET_ADDRSTRLEN];						\
											\
		inet_ntop(AF_INET, &(route)->to, text_, sizeof(text_));			\
		log_net(cn, "route to %s/%u%s: %s", text_, (route)->length, what,	\
			(cn)->rtnl->nl.reason);						\
	} while (0)

void client_net_configure(struct client_net *cn, const struct config_client *config,
			  uv_loop_t *loop, struct rtnl *rtnl, void (*idle)(struct resolver *r))
{
	memset(cn, 0, sizeof(*cn));
	cn->config = config;
	cn->rtnl = rtnl;
	resolver_init(&cn->resolver, loop, config->resolver, config->name, idle);
}

struct client_net *client_net_of(struct resolver *r)
{
	return container_of(r, struct client_net, resolver);
}

int client_net_find_vrf(struct client_net *cn)
{
	if (!*cn->config->vrf)
		return 0;
	return rtnl_vrf_get(cn->rtnl, cn->config->vrf, &cn->vrf, &cn->table);
}

bool client_net_route(const struct client_net *cn, size_t i, int ifindex, struct route *route)
{
	const struct config_client *config = cn->config;

	*route = (struct route){
		.ifindex = ifindex, .metric = config->metric, .table = cn->table,
	};
	if (i < config->routes.n) {
		route->to = config->routes.list[i].address;
		route->length = config->routes.list[i].length;
		return true;
	}
	i -= config->routes.n;
	/* Two halves, which win over the default route that the host has. */
	route->to.s_addr = i ? htonl(0x80000000) : 0;
	route->length = 1;
	return config->default_route && i < 2;
}

static bool covers(const struct route *route, struct in_addr address)
{
	return !((ntohl(route->to.s_addr) ^ ntohl(address.s_addr)) & ipv4_mask(route->length));
}

bool client_net_covers(const struct client_net *cn, struct in_addr server)
{
	struct route route;

	/* What is in the table of a VRF does not concern packets outside. */
	if (*cn->config->vrf)
		return false;
	for (size_t i = 0; client_net_route(cn, i, 0, &route); i++)
		if (covers(&route, server))
			return true;
	return false;
}

static void pin(struct client_net *cn, struct in_addr server)
{
	int err = route_lookup(cn->rtnl, server, &cn->pin);

	if (!err)
		err = route_add(cn->rtnl, &cn->pin);
	cn->pinned = !err;
	if (err && err != -EEXIST)
		log_route(cn, &cn->pin, ", past the tunnel");
}

static void unpin(struct client_net *cn)
{
	int err = cn->pinned ? route_del(cn->rtnl, &cn->pin) : 0;

	/* It may have gone with the interface or the address that it needed. */
	if (err && err != -ESRCH)
		log_route(cn, &cn->pin, ", past the tunnel");
	cn->pinned = false;
}

static void add_routes(struct client_net *cn, int ifindex)
{
	struct route route;

	for (size_t i = 0; client_net_route(cn, i, ifindex, &route); i++)
		if (route_add(cn->rtnl, &route))
			log_route(cn, &route, "");
}

void client_net_up(struct client_net *cn, const struct session_record *session)
{
	if (client_net_covers(cn, session->addr.remote))
		pin(cn, session->addr.remote);
	if (cn->config->masquerade && masquerade_open(&cn->masquerade, session->ifindex))
		log_net(cn, "masquerade: %s", cn->masquerade.reason);
	add_routes(cn, session->ifindex);
	resolver_tell(&cn->resolver, session->ifname, session->ppp.ipv4.dns);
}

void client_net_down(struct client_net *cn)
{
	resolver_forget(&cn->resolver);
	masquerade_close(&cn->masquerade);
	unpin(cn);
}

bool client_net_is_idle(const struct client_net *cn)
{
	return resolver_is_idle(&cn->resolver);
}
