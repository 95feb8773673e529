// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <linux/rtnetlink.h>

#include "net/route.h"

static struct nlmsghdr *request(struct rtnl *rtnl, uint16_t type, uint16_t flags,
				const struct route *route)
{
	struct nlmsghdr *nlh = nl_request(&rtnl->nl, type, flags, sizeof(struct rtmsg));
	struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);

	rtm->rtm_family = AF_INET;
	rtm->rtm_dst_len = route->length;
	rtm->rtm_table = route->table ? RT_TABLE_UNSPEC : RT_TABLE_MAIN;
	rtm->rtm_protocol = RTPROT_STATIC;
	rtm->rtm_scope = route->via.s_addr ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
	rtm->rtm_type = RTN_UNICAST;
	if (route->length)
		mnl_attr_put_u32(nlh, RTA_DST, route->to.s_addr);
	if (route->via.s_addr)
		mnl_attr_put_u32(nlh, RTA_GATEWAY, route->via.s_addr);
	if (route->table)
		mnl_attr_put_u32(nlh, RTA_TABLE, route->table);
	mnl_attr_put_u32(nlh, RTA_OIF, route->ifindex);
	mnl_attr_put_u32(nlh, RTA_PRIORITY, route->metric);
	return nlh;
}

int route_add(struct rtnl *rtnl, const struct route *route)
{
	return nl_talk(&rtnl->nl, request(rtnl, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, route),
		       NULL, NULL);
}

int route_del(struct rtnl *rtnl, const struct route *route)
{
	return nl_talk(&rtnl->nl, request(rtnl, RTM_DELROUTE, 0, route), NULL, NULL);
}

static int read_route(const struct nlmsghdr *nlh, void *arg)
{
	struct route *route = arg;
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct rtmsg)) {
		if (mnl_attr_validate(attr, MNL_TYPE_U32) < 0)
			continue;
		switch (mnl_attr_get_type(attr)) {
		case RTA_OIF:
			route->ifindex = mnl_attr_get_u32(attr);
			break;
		case RTA_GATEWAY:
			route->via.s_addr = mnl_attr_get_u32(attr);
			break;
		}
	}
	return MNL_CB_OK;
}

int route_lookup(struct rtnl *rtnl, struct in_addr to, struct route *route)
{
	struct nlmsghdr *nlh = nl_request(&rtnl->nl, RTM_GETROUTE, 0, sizeof(struct rtmsg));
	struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	int err;

	memset(route, 0, sizeof(*route));
	route->to = to;
	route->length = 32;
	rtm->rtm_family = AF_INET;
	rtm->rtm_dst_len = 32;
	mnl_attr_put_u32(nlh, RTA_DST, to.s_addr);
	err = nl_talk(&rtnl->nl, nlh, read_route, route);
	if (!err && !route->ifindex) {
		snprintf(rtnl->nl.reason, sizeof(rtnl->nl.reason), "%s", strerror(ENETUNREACH));
		err = -ENETUNREACH;
	}
	return err;
}
