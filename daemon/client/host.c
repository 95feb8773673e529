// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/host.h"
#include "client/log.h"
#include "util/container.h"
#include "util/ip.h"

#define log_net(h, fmt, ...) \
	log_client((h)->config, LOG_LEVEL_WARNING, fmt, ##__VA_ARGS__)

static void resolver_idle(struct resolver *r)
{
	struct client_host *h = container_of(r, struct client_host, resolver);

	h->ops->idle(h);
}

static void pin_settled(struct claims *pin);

void client_host_configure(struct client_host *h, const struct config_client *config,
			   uv_loop_t *loop, struct host_net *net, const struct client_host_ops *ops)
{
	memset(h, 0, sizeof(*h));
	h->config = config;
	h->net = net;
	h->ops = ops;
	claims_init(&h->routes, net, config, "", false, NULL);
	claims_init(&h->listening, net, config, ", to listen on", false, NULL);
	claims_init(&h->pin, net, config, ", past the tunnel", true, pin_settled);
	resolver_init(&h->resolver, loop, config->resolver, config->name, resolver_idle);
	if (resolver_has_record(config->interface))
		resolver_claim(&h->resolver, config->interface);
}

void client_host_use_vrf(struct client_host *h, const struct host_vrf *vrf)
{
	h->vrf = *vrf;
	if (!vrf->err)
		h->table = vrf->table;
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

/* --- routes into the tunnel --------------------------------------------------------------- */

/*
 * Claim the routes into the tunnel through @ifindex, with a metric that is larger by @more. If
 * @ifindex is 0 they refuse packets.
 */
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
		route.unreachable = !ifindex;
		list[n] = route;
	}
	claims_begin(claims, list, n);
	free(list);
}

/* --- the listening interface -------------------------------------------------------------- */

/* On the worker's thread. */
static int prepare(struct host_listening *l, const struct host_ops *ops, struct rtnl *rtnl)
{
	int err = 0, vrf = 0;

	if (*l->vrf)
		err = ops->vrf_get(rtnl, l->vrf, &vrf, &l->table);
	if (!err && vrf)
		err = ops->link_set_vrf(rtnl, l->ifindex, vrf);
	if (!err)
		err = ops->link_up(rtnl, l->ifindex, l->mtu);
	if (!err && ip_is_unicast(l->local))
		err = ops->addr_add(rtnl, l->ifindex, l->local, l->local);
	return err;
}

static void run_listen(struct host_job *job, struct rtnl *rtnl)
{
	struct host_listening *l = container_of(job, struct host_listening, job);

	l->err = prepare(l, job->net->ops, rtnl);
	if (l->err)
		snprintf(l->why, sizeof(l->why), "%s", rtnl->nl.reason);
}

static void listen_done(struct host_job *job)
{
	struct client_host *h = container_of(job, struct client_host, listen.job);
	const struct host_listening *l = &h->listen;

	h->listen.busy = false;
	if (l->err) {
		log_client(h->config, LOG_LEVEL_ERROR, "routes to be listened on: %s", l->why);
	} else {
		h->table = l->table;
		/* Routes of the session win. */
		claim_routes(h, &h->listening, h->listens_on, 1);
	}
	if (client_host_is_idle(h))
		h->ops->idle(h);
}

void client_host_listen(struct client_host *h, int ifindex, unsigned int mtu)
{
	h->listens_on = ifindex;
	h->listen = (struct host_listening){
		.job = { .run = run_listen, .done = listen_done },
		.busy = true, .local = h->config->local_address, .ifindex = ifindex, .mtu = mtu,
	};
	snprintf(h->listen.vrf, sizeof(h->listen.vrf), "%s", h->config->vrf);
	host_job_add(h->net, &h->listen.job);
}

bool client_host_listens(const struct client_host *h)
{
	return !h->listen.busy && claims_settled(&h->listening);
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

/* --- the session -------------------------------------------------------------------------- */

/*
 * What is to be done for a session's interface before routes lead there. @end is added behind
 * @begin: it takes back what that has done, and frees the structure.
 */
struct host_setup {
	struct host_job begin;
	struct host_job end;
	struct client_host *host;	/* for the loop alone; NULL: the session has ended */
	bool done;			/* likewise */

	/* the arguments */
	int ifindex;
	struct ip_addr server;
	uint32_t mark;			/* of the packets to the server */
	bool covered;			/* routes into the tunnel cover the server */
	bool masquerades;

	/* the results */
	struct route past;		/* how the server is reached, past the tunnel */
	int past_err;
	char why[NL_REASON_SIZE];
	struct masquerade masquerade;
	int masquerade_err;
};

/* The server is looked up before the routes into the tunnel are there. */
static void run_begin(struct host_job *job, struct rtnl *rtnl)
{
	struct host_setup *s = container_of(job, struct host_setup, begin);
	const struct host_ops *ops = job->net->ops;

	if (s->covered)
		s->past_err = ops->route_lookup(rtnl, s->server, s->mark, &s->past);
	if (s->past_err)
		snprintf(s->why, sizeof(s->why), "%s", rtnl->nl.reason);
	if (s->masquerades)
		s->masquerade_err = ops->masquerade_open(&s->masquerade, s->ifindex);
}

static void claim_session_routes(struct client_host *h)
{
	claim_routes(h, &h->routes, h->setup->ifindex, 0);
}

/*
 * The route past the tunnel is there; or another route serves; or it cannot be had, which was
 * logged. Routes into the tunnel that were made before would let the tunnel carry its own packets.
 */
static void pin_settled(struct claims *pin)
{
	claim_session_routes(container_of(pin, struct client_host, pin));
}

static void begin_done(struct host_job *job)
{
	struct host_setup *s = container_of(job, struct host_setup, begin);
	struct client_host *h = s->host;

	s->done = true;
	if (!h)
		return;
	if (s->past_err)
		log_net(h, "route to %s, past the tunnel: %s", ip_text(s->server), s->why);
	if (s->masquerade_err)
		log_net(h, "masquerade: %s", s->masquerade.reason);
	if (!s->covered || s->past_err || !claims_begin(&h->pin, &s->past, 1))
		claim_session_routes(h);
	h->ops->ready(h);
}

static void run_end(struct host_job *job, struct rtnl *rtnl)
{
	struct host_setup *s = container_of(job, struct host_setup, end);

	job->net->ops->masquerade_close(&s->masquerade);
}

static void end_done(struct host_job *job)
{
	free(container_of(job, struct host_setup, end));
}

static void take_back(struct client_host *h)
{
	if (h->setup) {
		h->setup->host = NULL;
		host_job_add(h->net, &h->setup->end);
	}
	h->setup = NULL;
	claims_end(&h->routes, false);
	claims_end(&h->pin, true);
}

static void bring_up(struct client_host *h, const struct session_record *session)
{
	h->setup = calloc(1, sizeof(*h->setup));
	if (!h->setup) {
		log_net(h, "routes: out of memory");
		return;
	}
	h->setup->begin = (struct host_job){ .run = run_begin, .done = begin_done };
	h->setup->end = (struct host_job){ .run = run_end, .done = end_done };
	h->setup->host = h;
	h->setup->ifindex = session->ifindex;
	h->setup->server = session->addr.remote;
	h->setup->mark = h->config->outer.mark;
	h->setup->covered = client_host_covers(h, session->addr.remote);
	h->setup->masquerades = h->config->masquerade;
	host_job_add(h->net, &h->setup->begin);
}

static void tell_resolver(struct client_host *h, const struct session_record *session)
{
	struct ip_addr dns[PPP_DNS_MAX];
	unsigned int n = 0;

	for (unsigned int i = 0; i < PPP_DNS_MAX; i++)
		if (session->ppp.ipv4.dns[i].s_addr)
			dns[n++] = ip_from_v4(session->ppp.ipv4.dns[i]);
	resolver_tell(&h->resolver, session->ifname, dns, n);
}

void client_host_up(struct client_host *h, const struct session_record *session)
{
	tell_resolver(h, session);
	/* A session whose inner addresses have changed has another interface. */
	if (!h->setup || h->setup->ifindex != session->ifindex) {
		take_back(h);
		bring_up(h, session);
	} else if (h->setup->done) {
		h->ops->ready(h);
	}
}

bool client_host_carries(const struct client_host *h)
{
	return !h->setup ||
	       (h->setup->done && claims_settled(&h->routes) && claims_settled(&h->pin));
}

void client_host_down(struct client_host *h)
{
	resolver_forget(&h->resolver);
	take_back(h);
}

bool client_host_is_idle(const struct client_host *h)
{
	return resolver_is_idle(&h->resolver) && !h->listen.busy;
}
