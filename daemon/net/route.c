// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include "net/route.h"

/* --- our routes --------------------------------------------------------------------------- */

static uint8_t scope_of(const struct route *route)
{
	return ip_is_set(route->via) || route->unreachable ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
}

static int change(struct rtnl *rtnl, uint16_t type, uint16_t flags, const struct route *route)
{
	struct nlmsghdr *nlh = nl_request(&rtnl->nl, type, flags, sizeof(struct rtmsg));
	struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);

	rtm->rtm_family = route->to.address.family;
	rtm->rtm_dst_len = route->to.length;
	rtm->rtm_table = route->table ? RT_TABLE_UNSPEC : RT_TABLE_MAIN;
	rtm->rtm_protocol = ROUTE_PROTOCOL;
	rtm->rtm_scope = scope_of(route);
	rtm->rtm_type = route->unreachable ? RTN_UNREACHABLE : RTN_UNICAST;
	rtm->rtm_flags = route->onlink ? RTNH_F_ONLINK : 0;
	if (route->to.length)
		nl_put_address(nlh, RTA_DST, route->to.address);
	nl_put_address(nlh, RTA_GATEWAY, route->via);
	nl_put_address(nlh, RTA_PREFSRC, route->from);
	if (route->table)
		mnl_attr_put_u32(nlh, RTA_TABLE, route->table);
	if (!route->unreachable)
		mnl_attr_put_u32(nlh, RTA_OIF, route->ifindex);
	mnl_attr_put_u32(nlh, RTA_PRIORITY, route->metric);
	return nl_talk(&rtnl->nl, nlh, NULL, NULL);
}

int route_add(struct rtnl *rtnl, const struct route *route)
{
	return change(rtnl, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, route);
}

int route_replace(struct rtnl *rtnl, const struct route *route)
{
	return change(rtnl, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, route);
}

int route_del(struct rtnl *rtnl, const struct route *route)
{
	return change(rtnl, RTM_DELROUTE, 0, route);
}

/* --- reading routes ------------------------------------------------------------------------ */

static uint32_t number(const struct nlattr *attr)
{
	return mnl_attr_validate(attr, MNL_TYPE_U32) < 0 ? 0 : mnl_attr_get_u32(attr);
}

static void read_attr(struct route *route, const struct nlattr *attr)
{
	switch (mnl_attr_get_type(attr)) {
	case RTA_DST:
		route->to.address = nl_get_address(attr);
		break;
	case RTA_GATEWAY:
		route->via = nl_get_address(attr);
		break;
	case RTA_OIF:
		route->ifindex = number(attr);
		break;
	case RTA_PRIORITY:
		route->metric = number(attr);
		break;
	case RTA_TABLE:
		route->table = number(attr);
		break;
	}
}

static int read_route(const struct nlmsghdr *nlh, void *arg)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	struct route *route = arg;
	const struct nlattr *attr;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*rtm))
		return MNL_CB_ERROR;
	*route = (struct route){
		.to = { .address = ip_from_number(0), .length = rtm->rtm_dst_len },
		.unreachable = rtm->rtm_type == RTN_UNREACHABLE,
	};
	mnl_attr_for_each(attr, nlh, sizeof(*rtm))
		read_attr(route, attr);
	return MNL_CB_OK;
}

/* --- routes that were left behind ---------------------------------------------------------- */

#define FOUND_MAX	32

struct found {
	struct route list[FOUND_MAX];
	unsigned int n;
};

/* Note the route if it is ours and there is room: not every kernel leaves out all others. */
static int read_ours(const struct nlmsghdr *nlh, void *arg)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	struct found *found = arg;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*rtm))
		return MNL_CB_ERROR;
	if (rtm->rtm_protocol != ROUTE_PROTOCOL || found->n == FOUND_MAX)
		return MNL_CB_OK;
	return read_route(nlh, &found->list[found->n++]);
}

static int find_ours(struct rtnl *rtnl, struct found *found)
{
	struct nlmsghdr *nlh = nl_request(&rtnl->nl, RTM_GETROUTE, NLM_F_DUMP,
					  sizeof(struct rtmsg));
	struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);

	found->n = 0;
	rtm->rtm_family = AF_INET;
	rtm->rtm_protocol = ROUTE_PROTOCOL;
	return nl_talk(&rtnl->nl, nlh, read_ours, found);
}

/*
 * Remove the routes in @found. Returns how many were removed. A route that is gone already is no
 * error; *@err is the first error of another route, and is left alone if there is none.
 */
static int del_found(struct rtnl *rtnl, const struct found *found, int *err)
{
	int n = 0;

	for (unsigned int i = 0; i < found->n; i++) {
		int failed = route_del(rtnl, &found->list[i]);

		n += !failed;
		if (failed && failed != -ESRCH && !*err)
			*err = failed;
	}
	return n;
}

int route_del_ours(struct rtnl *rtnl)
{
	int on = 1, err, removed, n = 0;
	struct found found;

	/* Of a million routes the kernel then lists ours only. */
	mnl_socket_setsockopt(rtnl->nl.sock, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	do {
		err = find_ours(rtnl, &found);
		/* What changed meanwhile was not ours. */
		if (err == -EINTR)
			err = 0;
		removed = err ? 0 : del_found(rtnl, &found, &err);
		n += removed;
	} while (found.n == FOUND_MAX && removed);
	return err ? err : n;
}

/* --- how the host routes ------------------------------------------------------------------ */

struct answer {
	uint8_t type;			/* RTN_UNICAST, RTN_LOCAL, ... */
	int oif;
	struct ip_addr via;
	struct ip_addr from;
};

static int read_answer(const struct nlmsghdr *nlh, void *arg)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	struct answer *a = arg;
	const struct nlattr *attr;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*rtm))
		return MNL_CB_ERROR;
	a->type = rtm->rtm_type;
	mnl_attr_for_each(attr, nlh, sizeof(*rtm)) {
		if (mnl_attr_get_type(attr) == RTA_OIF &&
		    mnl_attr_validate(attr, MNL_TYPE_U32) == 0)
			a->oif = mnl_attr_get_u32(attr);
		else if (mnl_attr_get_type(attr) == RTA_GATEWAY)
			a->via = nl_get_address(attr);
		else if (mnl_attr_get_type(attr) == RTA_PREFSRC)
			a->from = nl_get_address(attr);
	}
	return MNL_CB_OK;
}

/* Ask the kernel how it routes packets with this mark from this host to @to. */
static int ask(struct rtnl *rtnl, struct ip_addr to, uint32_t mark, struct answer *a)
{
	struct nlmsghdr *nlh = nl_request(&rtnl->nl, RTM_GETROUTE, 0, sizeof(struct rtmsg));
	struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);

	memset(a, 0, sizeof(*a));
	rtm->rtm_family = to.family;
	rtm->rtm_dst_len = ip_bits(to);
	nl_put_address(nlh, RTA_DST, to);
	if (mark)
		mnl_attr_put_u32(nlh, RTA_MARK, mark);
	return nl_ask(&rtnl->nl, nlh, read_answer, a);
}

static int unreachable(struct rtnl *rtnl)
{
	snprintf(rtnl->nl.reason, sizeof(rtnl->nl.reason), "%s", strerror(ENETUNREACH));
	return -ENETUNREACH;
}

int route_find(struct rtnl *rtnl, const struct route *like, struct route *there)
{
	struct nlmsghdr *nlh = nl_request(&rtnl->nl, RTM_GETROUTE, 0, sizeof(struct rtmsg));
	struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	int err;

	*there = (struct route){ .ifindex = 0 };
	rtm->rtm_family = like->to.address.family;
	rtm->rtm_dst_len = ip_bits(like->to.address);
	rtm->rtm_flags = RTM_F_FIB_MATCH;
	nl_put_address(nlh, RTA_DST, like->to.address);
	err = nl_ask(&rtnl->nl, nlh, read_route, there);
	if (err)
		return err;
	return ip_prefix_equal(&there->to, &like->to) && there->metric == like->metric ? 0 :
											 -ENOENT;
}

int route_lookup(struct rtnl *rtnl, struct ip_addr to, uint32_t mark, struct route *route)
{
	struct answer a;
	int err = ask(rtnl, to, mark, &a);

	*route = (struct route){ .to = ip_host(to), .via = a.via, .ifindex = a.oif };
	return err || a.oif ? err : unreachable(rtnl);
}

bool route_is_local(struct rtnl *rtnl, struct ip_addr address)
{
	struct answer a;

	return !ask(rtnl, address, 0, &a) && a.type == RTN_LOCAL;
}

void route_way(struct rtnl *rtnl, struct ip_addr to, uint32_t mark, struct route_way *way)
{
	struct answer a;

	*way = (struct route_way){ .there = false };
	if (ask(rtnl, to, mark, &a) || !a.oif)
		return;
	*way = (struct route_way){
		.there = true, .runs = rtnl_link_runs(rtnl, a.oif), .ifindex = a.oif,
		.via = a.via, .from = a.from,
	};
}

bool route_same_way(const struct route_way *a, const struct route_way *b)
{
	return a->there == b->there && a->runs == b->runs && a->ifindex == b->ifindex &&
	       ip_equal(a->via, b->via) && ip_equal(a->from, b->from);
}
