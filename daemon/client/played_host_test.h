/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A played host, for tests of clients. Routes are a table in memory. A name has the addresses that
 * the test gives it. The test writes the packets that are routed to the listening interface. To be
 * included by one file of a test program.
 */
#ifndef CULVERT_PLAYED_HOST_TEST_H
#define CULVERT_PLAYED_HOST_TEST_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "client/host_ops.h"
#include "util/container.h"

#define HOST_ROUTES	128
#define HOST_PACKETS	32
#define LISTEN_IFINDEX	50	/* of the listening interface */
#define OUTER_IFINDEX	60	/* of the interface through which servers are reached */
#define VRF_IFINDEX	70
#define VRF_TABLE	10

struct played_host {
	struct route routes[HOST_ROUTES];
	unsigned int n_routes;
	bool has_vrf;			/* "blue" */
	bool no_way;			/* servers cannot be reached */
	int way_ifindex;		/* the interface by which they can */
	unsigned int refusals;		/* so many routes through OUTER_IFINDEX are refused next */
	struct ip_addr lost_address;	/* the host does not have this address any more */
	unsigned int masquerades;	/* number that is open */
	unsigned int masqueraded;	/* number that was opened since the start */

	const char *name;		/* the only name that has addresses; NULL: none */
	struct ip_addr addresses[8];
	unsigned int n_addresses;
	bool slow_names;		/* a lookup is not answered before it is cancelled */
	unsigned int lookups;		/* number under way */
	uint32_t mark;			/* of the last question for a route */

	bool refuse_tun;
	bool listening;			/* the listening interface exists */
	bool listen_up;			/* it is up */
	int listen_vrf;			/* ifindex of its VRF; 0: none */
	struct ip_addr listen_address;	/* its address */
	int feed;			/* packets written here are routed to it */
	unsigned int n_passed;
	struct {
		char ifname[IFNAMSIZ];
		uint8_t first[32];	/* octets of the packet */
	} passed[HOST_PACKETS];

	int news[2];			/* writing to [1] reports a change of addresses */
	unsigned int open;		/* number of open sockets */
};

static struct played_host host;

static int refuse(struct rtnl *rtnl, int err, const char *reason)
{
	snprintf(rtnl->nl.reason, sizeof(rtnl->nl.reason), "%s", reason);
	return err;
}

static bool host_addr_is_local(struct rtnl *rtnl, struct ip_addr address)
{
	return !ip_equal(address, host.lost_address);
}

static int host_addr_add(struct rtnl *rtnl, int ifindex, struct ip_addr local,
			 struct ip_addr remote)
{
	assert_int_equal(ifindex, LISTEN_IFINDEX);
	assert_true(ip_equal(local, remote));
	host.listen_address = local;
	return 0;
}

static int host_vrf_get(struct rtnl *rtnl, const char *name, int *ifindex, uint32_t *table)
{
	if (!host.has_vrf || strcmp(name, "blue"))
		return refuse(rtnl, -ENODEV, "there is no such VRF");
	*ifindex = VRF_IFINDEX;
	*table = VRF_TABLE;
	return 0;
}

static int host_link_set_vrf(struct rtnl *rtnl, int ifindex, int vrf)
{
	assert_int_equal(ifindex, LISTEN_IFINDEX);
	host.listen_vrf = vrf;
	return 0;
}

static int host_link_up(struct rtnl *rtnl, int ifindex, unsigned int mtu)
{
	assert_int_equal(ifindex, LISTEN_IFINDEX);
	assert_int_equal(mtu, 1500);
	host.listen_up = true;
	return 0;
}

static bool same_route(const struct route *a, const struct route *b)
{
	return ip_prefix_equal(&a->to, &b->to) && a->metric == b->metric && a->table == b->table;
}

static void remove_route(unsigned int i)
{
	host.routes[i] = host.routes[--host.n_routes];
}

/* An interface is removed, and its routes with it. */
static void remove_routes_of(int ifindex)
{
	for (unsigned int i = host.n_routes; i-- > 0;)
		if (host.routes[i].ifindex == ifindex)
			remove_route(i);
}

static int host_route_add(struct rtnl *rtnl, const struct route *route)
{
	for (unsigned int i = 0; i < host.n_routes; i++)
		if (same_route(&host.routes[i], route))
			return refuse(rtnl, -EEXIST, "File exists");
	if (route->ifindex == LISTEN_IFINDEX && !host.listening)
		return refuse(rtnl, -ENODEV, "No such device");
	if (route->ifindex == OUTER_IFINDEX && host.refusals) {
		host.refusals--;
		return refuse(rtnl, -ENETDOWN, "Network is down");
	}
	assert_true(host.n_routes < HOST_ROUTES);
	host.routes[host.n_routes++] = *route;
	return 0;
}

static int host_route_replace(struct rtnl *rtnl, const struct route *route)
{
	for (unsigned int i = 0; i < host.n_routes; i++)
		if (same_route(&host.routes[i], route))
			remove_route(i);
	return host_route_add(rtnl, route);
}

static int host_route_find(struct rtnl *rtnl, const struct route *like, struct route *there)
{
	for (unsigned int i = 0; i < host.n_routes; i++) {
		if (same_route(&host.routes[i], like)) {
			*there = host.routes[i];
			return 0;
		}
	}
	return -ENOENT;
}

static int host_route_del(struct rtnl *rtnl, const struct route *route)
{
	for (unsigned int i = 0; i < host.n_routes; i++) {
		if (same_route(&host.routes[i], route)) {
			remove_route(i);
			return 0;
		}
	}
	return refuse(rtnl, -ESRCH, "No such process");
}

static int host_route_lookup(struct rtnl *rtnl, struct ip_addr to, uint32_t mark,
			     struct route *route)
{
	host.mark = mark;
	*route = (struct route){ .to = ip_host(to), .ifindex = OUTER_IFINDEX };
	return 0;
}

static void host_route_way(struct rtnl *rtnl, struct ip_addr to, uint32_t mark,
			   struct route_way *way)
{
	host.mark = mark;
	*way = (struct route_way){
		.there = !host.no_way, .runs = !host.no_way,
		.ifindex = host.no_way ? 0 : host.way_ifindex,
	};
}

/* Returns how many routes lead to the interface. */
static inline unsigned int routes_to(int ifindex)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < host.n_routes; i++)
		n += host.routes[i].ifindex == ifindex;
	return n;
}

static int host_watch_open(struct rtnl *watch, int *fd)
{
	assert_int_equal(pipe2(host.news, O_NONBLOCK | O_CLOEXEC), 0);
	*fd = host.news[0];
	host.open++;
	return 0;
}

static void host_watch_read(struct rtnl *watch)
{
	char octets[16];

	while (read(host.news[0], octets, sizeof(octets)) > 0)
		;
}

static void host_watch_close(struct rtnl *watch)
{
	close(host.news[0]);
	close(host.news[1]);
	host.open--;
}

static int host_masquerade_open(struct masquerade *m, int ifindex)
{
	static char something;

	assert_null(m->nft);
	m->nft = (struct nft_ctx *)&something;
	host.masquerades++;
	host.masqueraded++;
	return 0;
}

static void host_masquerade_close(struct masquerade *m)
{
	if (m->nft)
		host.masquerades--;
	m->nft = NULL;
}

static int host_tun_open(struct tun *tun, const char *pattern)
{
	int fds[2];

	if (host.refuse_tun)
		return -ENOENT;
	assert_false(host.listening);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds),
			 0);
	tun->fd = fds[0];
	tun->ifindex = LISTEN_IFINDEX;
	host.feed = fds[1];
	host.listening = true;
	return 0;
}

static void host_tun_close(struct tun *tun)
{
	assert_true(host.listening);
	close(tun->fd);
	close(host.feed);
	remove_routes_of(LISTEN_IFINDEX);
	host.listening = false;
	host.listen_up = false;
}

static ssize_t host_tun_read(struct tun *tun, uint8_t *packet, size_t size)
{
	ssize_t n = read(tun->fd, packet, size);

	if (n < 0)
		return errno == EAGAIN ? 0 : -errno;
	return n;
}

static int host_tun_pass_on(const char *ifname, const uint8_t *packet, size_t len)
{
	assert_true(host.n_passed < HOST_PACKETS);
	snprintf(host.passed[host.n_passed].ifname, IFNAMSIZ, "%s", ifname);
	assert_true(len >= sizeof(host.passed[0].first));
	memcpy(host.passed[host.n_passed++].first, packet, sizeof(host.passed[0].first));
	return 0;
}

/* A lookup under way. A timer brings the answer: later, as a process would. */
struct played_lookup {
	uv_timer_t timer;
	struct lookup *lookup;
	const char *name;
};

static struct played_lookup *lookup_under_way;

static void lookup_closed(uv_handle_t *handle)
{
	struct played_lookup *p = container_of((uv_timer_t *)handle, struct played_lookup, timer);
	struct lookup *l = p->lookup;

	free(p);
	host.lookups--;
	lookup_under_way = NULL;
	l->done(l);
}

static void lookup_cb(uv_timer_t *timer)
{
	struct played_lookup *p = container_of(timer, struct played_lookup, timer);

	if (host.name && !strcmp(host.name, p->name)) {
		p->lookup->n = host.n_addresses;
		memcpy(p->lookup->list, host.addresses, sizeof(host.addresses));
	} else {
		p->lookup->status = UV_EAI_NONAME;
	}
	uv_close((uv_handle_t *)timer, lookup_closed);
}

static void host_lookup_start(struct lookup *l, struct later_line *line, const char *name,
			      void (*done)(struct lookup *l))
{
	struct played_lookup *p;

	p = calloc(1, sizeof(*p));
	assert_non_null(p);
	memset(l, 0, sizeof(*l));
	l->done = done;
	p->lookup = l;
	p->name = name;
	uv_timer_init(line->idle.loop, &p->timer);
	if (!host.slow_names)
		uv_timer_start(&p->timer, lookup_cb, 5, 0);
	host.lookups++;
	lookup_under_way = p;
}

static void host_lookup_cancel(struct lookup *l)
{
	assert_ptr_equal(lookup_under_way->lookup, l);
	l->status = UV_ECANCELED;
	if (!uv_is_closing((uv_handle_t *)&lookup_under_way->timer))
		uv_close((uv_handle_t *)&lookup_under_way->timer, lookup_closed);
}

static const struct host_ops played_host_ops = {
	.addr_is_local = host_addr_is_local,
	.addr_add = host_addr_add,
	.vrf_get = host_vrf_get,
	.link_set_vrf = host_link_set_vrf,
	.link_up = host_link_up,
	.route_add = host_route_add,
	.route_replace = host_route_replace,
	.route_del = host_route_del,
	.route_find = host_route_find,
	.route_lookup = host_route_lookup,
	.route_way = host_route_way,
	.watch_open = host_watch_open,
	.watch_read = host_watch_read,
	.watch_close = host_watch_close,
	.masquerade_open = host_masquerade_open,
	.masquerade_close = host_masquerade_close,
	.tun_open = host_tun_open,
	.tun_close = host_tun_close,
	.tun_read = host_tun_read,
	.tun_pass_on = host_tun_pass_on,
	.lookup_start = host_lookup_start,
	.lookup_cancel = host_lookup_cancel,
};

/* Check that nothing is left of what clients did to the host. */
static inline void host_is_clean(void)
{
	assert_int_equal(host.n_routes, 0);
	assert_int_equal(host.masquerades, 0);
	assert_int_equal(host.lookups, 0);
	assert_int_equal(host.open, 0);
	assert_false(host.listening);
}

#endif
