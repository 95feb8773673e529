// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <linux/rtnetlink.h>

#include "net/route.h"

/* --- our routes --------------------------------------------------------------------------- */

static int change(struct rtnl *rtnl, uint16_t type, uint16_t flags, const struct route *route)
{
	struct nlmsghdr *nlh = nl_request(&rtnl->nl, type, flags, sizeof(struct rtmsg));
	struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);

	rtm->rtm_family = route->to.address.family;
	rtm->rtm_dst_len = route->to.length;
	rtm->rtm_table = route->table ? RT_TABLE_UNSPEC : RT_TABLE_MAIN;
	rtm->rtm_protocol = RTPROT_STATIC;
	rtm->rtm_scope = ip_is_set(route->via) ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
	rtm->rtm_type = RTN_UNICAST;
	if (route->to.length)
		nl_put_address(nlh, RTA_DST, route->to.address);
	nl_put_address(nlh, RTA_GATEWAY, route->via);
	nl_put_address(nlh, RTA_PREFSRC, route->from);
	if (route->table)
		mnl_attr_put_u32(nlh, RTA_TABLE, route->table);
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

/* --- how the host routes ------------------------------------------------------------------ */

struct answer {
	uint8_t type;			/* RTN_UNICAST, RTN_LOCAL, ... */
	int oif;
	struct ip_addr via;
	unsigned int mtu;		/* that the route itself has; 0: none */
	struct rtnl_link_mtu link;	/* of the link that was asked for as well */
};

static void read_metrics(const struct nlattr *metrics, struct answer *a)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, metrics)
		if (mnl_attr_get_type(attr) == RTAX_MTU &&
		    mnl_attr_validate(attr, MNL_TYPE_U32) == 0)
			a->mtu = mnl_attr_get_u32(attr);
}

static int read_route(const struct nlmsghdr *nlh, struct answer *a)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*rtm))
		return MNL_CB_ERROR;
	a->type = rtm->rtm_type;
	mnl_attr_for_each(attr, nlh, sizeof(*rtm)) {
		const bool is_u32 = mnl_attr_validate(attr, MNL_TYPE_U32) == 0;

		if (mnl_attr_get_type(attr) == RTA_METRICS)
			read_metrics(attr, a);
		else if (mnl_attr_get_type(attr) == RTA_OIF && is_u32)
			a->oif = mnl_attr_get_u32(attr);
		else if (mnl_attr_get_type(attr) == RTA_GATEWAY)
			a->via = nl_get_address(attr);
	}
	return MNL_CB_OK;
}

static int read_answer(const struct nlmsghdr *nlh, void *arg)
{
	struct answer *a = arg;

	return nlh->nlmsg_type == RTM_NEWLINK ? rtnl_read_mtu(nlh, &a->link) : read_route(nlh, a);
}

/*
 * How packets from @from (none: anywhere here) to @to are routed, and the MTU of the link @also,
 * if that is not 0.
 */
static int ask(struct rtnl *rtnl, struct ip_addr from, struct ip_addr to, int also,
	       struct answer *a)
{
	struct nlmsghdr *nlh = nl_request(&rtnl->nl, RTM_GETROUTE, 0, sizeof(struct rtmsg));
	struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);

	memset(a, 0, sizeof(*a));
	rtm->rtm_family = to.family;
	rtm->rtm_dst_len = ip_bits(to);
	rtm->rtm_src_len = ip_bits(from);
	nl_put_address(nlh, RTA_DST, to);
	nl_put_address(nlh, RTA_SRC, from);
	if (also)
		nlh = rtnl_also_link(rtnl, nlh, also);
	return nl_ask(&rtnl->nl, nlh, read_answer, a);
}

static int unreachable(struct rtnl *rtnl)
{
	snprintf(rtnl->nl.reason, sizeof(rtnl->nl.reason), "%s", strerror(ENETUNREACH));
	return -ENETUNREACH;
}

int route_lookup(struct rtnl *rtnl, struct ip_addr to, struct route *route)
{
	const struct ip_addr anywhere = { .family = AF_UNSPEC };
	struct answer a;
	int err = ask(rtnl, anywhere, to, 0, &a);

	*route = (struct route){ .to = ip_host(to), .via = a.via, .ifindex = a.oif };
	return err || a.oif ? err : unreachable(rtnl);
}

bool route_is_local(struct rtnl *rtnl, struct ip_addr address)
{
	const struct ip_addr anywhere = { .family = AF_UNSPEC };
	struct answer a;

	return !ask(rtnl, anywhere, address, 0, &a) && a.type == RTN_LOCAL;
}

int route_path_mtu(struct rtnl *rtnl, struct ip_addr from, struct ip_addr to, int *uplink,
		   unsigned int *mtu)
{
	struct answer a;
	int err = ask(rtnl, from, to, *uplink, &a);

	/* The interface of last time is gone. */
	if (err && *uplink)
		err = ask(rtnl, from, to, 0, &a);
	if (err)
		return err;
	*mtu = a.mtu;
	if (a.mtu)
		return 0;
	if (!a.oif)
		return unreachable(rtnl);
	*uplink = a.oif;
	*mtu = a.link.mtu;
	return a.oif == a.link.ifindex ? 0 : rtnl_link_get_mtu(rtnl, a.oif, mtu);
}
