// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "client/host.h"
#include "client/log.h"
#include "util/container.h"
#include "util/ip.h"

#define log_net(h, fmt, ...) \
	log_client((h)->config, LOG_LEVEL_WARNING, fmt, ##__VA_ARGS__)

void client_host_configure(struct client_host *h, const struct config_client *config,
			   uv_loop_t *loop, struct host_net *net, void (*idle)(struct resolver *r))
{
	memset(h, 0, sizeof(*h));
	h->config = config;
	h->net = net;
	claims_init(&h->routes, net, config, "", false);
	claims_init(&h->listening, net, config, ", to listen on", false);
	claims_init(&h->pin, net, config, ", past the tunnel", true);
	resolver_init(&h->resolver, loop, config->resolver, config->name, idle);
	if (resolver_has_record(config->interface))
		resolver_claim(&h->resolver, config->interface);
}

struct client_host *client_host_of(struct resolver *r)
{
	return container_of(r, struct client_host, resolver);
}

const char *client_host_reason(const struct client_host *h)
{
	return h->net->rtnl.nl.reason;
}

bool client_host_has_address(struct client_host *h, struct ip_addr address)
{
	return h->net->ops->addr_is_local(&h->net->rtnl, address);
}

int client_host_find_vrf(struct client_host *h)
{
	if (!*h->config->vrf)
		return 0;
	return h->net->ops->vrf_get(&h->net->rtnl, h->config->vrf, &h->vrf, &h->table);
}

/* Fill @route with route @i into the tunnel, through @ifindex. Returns false after the last. */
static bool tunnel_route(const struct client_host *h, size_t i, int ifindex, struct route *route)
{
	const struct config_client *config = h->config;

	*route = (struct route){
		.ifindex = ifindex, .metric = config->metric, .table = h->table,
	};
	if (i < config->routes.n) {
		route->to = config->routes.list[i];
		return true;
	}
	i -= config->routes.n;
	/* Two halves of all addresses: each is longer than the host's default route, and wins. */
	route->to.address = ip_from_number(i ? 0x80000000 : 0);
	route->to.length = 1;
	return config->default_route && i < 2;
}

bool client_host_covers(const struct client_host *h, struct ip_addr server)
{
	struct route route;

	/* Routes in the VRF's table do not concern the outer packets. */
	if (*h->config->vrf)
		return false;
	for (size_t i = 0; tunnel_route(h, i, 0, &route); i++)
		if (ip_prefix_contains(&route.to, server))
			return true;
	return false;
}

static void pin(struct client_host *h, struct ip_addr server)
{
	char text[IP_TEXT_SIZE];
	struct route route;

	if (h->net->ops->route_lookup(&h->net->rtnl, server, h->config->outer.mark, &route))
		log_net(h, "route to %s, past the tunnel: %s", ip_format(server, text),
			client_host_reason(h));
	else
		claims_begin(&h->pin, &route, 1);
}

/* Claim the routes into the tunnel through @ifindex, with a metric that is larger by @more. */
static void claim_routes(struct client_host *h, struct claims *claims, int ifindex,
			 unsigned int more)
{
	struct route *list = calloc(h->config->routes.n + 2, sizeof(*list));
	struct route route;
	size_t n;

	if (!list) {
		log_net(h, "routes: out of memory");
		return;
	}
	for (n = 0; tunnel_route(h, n, ifindex, &route); n++) {
		route.metric += more;
		list[n] = route;
	}
	claims_begin(claims, list, n);
	free(list);
}

int client_host_listen(struct client_host *h, int ifindex, unsigned int mtu)
{
	const struct ip_addr local = h->config->local_address;
	const struct host_ops *ops = h->net->ops;
	struct rtnl *rtnl = &h->net->rtnl;
	int err = client_host_find_vrf(h);

	if (!err && h->vrf)
		err = ops->link_set_vrf(rtnl, ifindex, h->vrf);
	if (!err)
		err = ops->link_up(rtnl, ifindex, mtu);
	if (!err && ip_is_unicast(local))
		err = ops->addr_add(rtnl, ifindex, local, local);
	/* Routes of the session win. */
	if (!err)
		claim_routes(h, &h->listening, ifindex, 1);
	h->listens_on = ifindex;
	return err;
}

void client_host_direct(struct client_host *h, int ifindex)
{
	if (h->listens_on == ifindex)
		return;
	h->listens_on = ifindex;
	if (ifindex)
		claims_lead_to(&h->listening, ifindex);
	else
		claims_refuse(&h->listening);
}

void client_host_ignore(struct client_host *h)
{
	/* Routes that refuse do not go with the interface. */
	claims_end(&h->listening, !h->listens_on);
}

void client_host_retry(struct client_host *h)
{
	claims_retry(&h->routes);
	claims_retry(&h->listening);
	claims_retry(&h->pin);
}

static void take_back(struct client_host *h)
{
	h->net->ops->masquerade_close(&h->masquerade);
	claims_end(&h->routes, false);
	claims_end(&h->pin, true);
	h->ifindex = 0;
}

static void bring_up(struct client_host *h, const struct session_record *session)
{
	if (client_host_covers(h, session->addr.remote))
		pin(h, session->addr.remote);
	if (h->config->masquerade && h->net->ops->masquerade_open(&h->masquerade, session->ifindex))
		log_net(h, "masquerade: %s", h->masquerade.reason);
	claim_routes(h, &h->routes, session->ifindex, 0);
	h->ifindex = session->ifindex;
}

void client_host_up(struct client_host *h, const struct session_record *session)
{
	struct ip_addr dns[PPP_DNS_MAX];
	unsigned int n = 0;

	/* A session whose inner addresses have changed has another interface. */
	if (h->ifindex != session->ifindex) {
		take_back(h);
		bring_up(h, session);
	}
	for (unsigned int i = 0; i < PPP_DNS_MAX; i++)
		if (session->ppp.ipv4.dns[i].s_addr)
			dns[n++] = ip_from_v4(session->ppp.ipv4.dns[i]);
	resolver_tell(&h->resolver, session->ifname, dns, n);
}

void client_host_down(struct client_host *h)
{
	resolver_forget(&h->resolver);
	take_back(h);
}

bool client_host_is_idle(const struct client_host *h)
{
	return resolver_is_idle(&h->resolver);
}
