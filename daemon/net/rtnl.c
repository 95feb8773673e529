// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/pptp.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "net/rtnl.h"

int rtnl_open(struct rtnl *rtnl)
{
	return nl_open(&rtnl->nl, NETLINK_ROUTE);
}

void rtnl_close(struct rtnl *rtnl)
{
	nl_close(&rtnl->nl);
}

static struct nlmsghdr *link_request(struct rtnl *rtnl, uint16_t type, int ifindex,
				     unsigned int flags, unsigned int change)
{
	struct nlmsghdr *nlh = nl_request(&rtnl->nl, type, 0, sizeof(struct ifinfomsg));
	struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);

	ifi->ifi_family = AF_UNSPEC;
	ifi->ifi_index = ifindex;
	ifi->ifi_flags = flags;
	ifi->ifi_change = change;
	return nlh;
}

int rtnl_link_up(struct rtnl *rtnl, int ifindex, unsigned int mtu)
{
	struct nlmsghdr *nlh = link_request(rtnl, RTM_NEWLINK, ifindex, IFF_UP, IFF_UP);

	mnl_attr_put_u32(nlh, IFLA_MTU, mtu);
	return nl_talk(&rtnl->nl, nlh, NULL, NULL);
}

int rtnl_link_down(struct rtnl *rtnl, int ifindex)
{
	struct nlmsghdr *nlh = link_request(rtnl, RTM_NEWLINK, ifindex, 0, IFF_UP);

	return nl_talk(&rtnl->nl, nlh, NULL, NULL);
}

int rtnl_pptp_add(struct rtnl *rtnl, const char *name, const struct rtnl_pptp *settings,
		  int *ifindex)
{
	struct nlmsghdr *nlh = link_request(rtnl, RTM_NEWLINK, 0, IFF_UP, IFF_UP);
	struct nlattr *info, *data;
	int err;

	nlh->nlmsg_flags |= NLM_F_CREATE | NLM_F_EXCL;
	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	mnl_attr_put_u32(nlh, IFLA_MTU, settings->mtu);
	if (settings->vrf)
		mnl_attr_put_u32(nlh, IFLA_MASTER, settings->vrf);
	info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_str(nlh, IFLA_INFO_KIND, "pptp");
	data = mnl_attr_nest_start(nlh, IFLA_INFO_DATA);
	mnl_attr_put_u32(nlh, IFLA_PPTP_MODE, settings->mode);
	mnl_attr_put_u8(nlh, IFLA_PPTP_REVERSE_PATH, settings->reverse_path);
	mnl_attr_put_u8(nlh, IFLA_PPTP_MSS_CLAMP, settings->mss_clamp);
	mnl_attr_put_u32(nlh, IFLA_PPTP_OWNER, settings->owner);
	mnl_attr_nest_end(nlh, data);
	mnl_attr_nest_end(nlh, info);
	err = nl_talk(&rtnl->nl, nlh, NULL, NULL);
	if (err)
		return err;
	*ifindex = if_nametoindex(name);
	return *ifindex ? 0 : -errno;
}

int rtnl_link_set_vrf(struct rtnl *rtnl, int ifindex, int vrf)
{
	struct nlmsghdr *nlh = link_request(rtnl, RTM_NEWLINK, ifindex, 0, 0);

	mnl_attr_put_u32(nlh, IFLA_MASTER, vrf);
	return nl_talk(&rtnl->nl, nlh, NULL, NULL);
}

static uint32_t table_of_vrf(const struct nlattr *info)
{
	const struct nlattr *attr, *data = NULL;
	bool is_vrf = false;

	mnl_attr_for_each_nested(attr, info) {
		if (mnl_attr_get_type(attr) == IFLA_INFO_DATA)
			data = attr;
		else if (mnl_attr_get_type(attr) == IFLA_INFO_KIND &&
			 mnl_attr_validate(attr, MNL_TYPE_STRING) == 0)
			is_vrf = !strncmp(mnl_attr_get_str(attr), "vrf",
					  mnl_attr_get_payload_len(attr));
	}
	if (!is_vrf || !data)
		return 0;
	mnl_attr_for_each_nested(attr, data)
		if (mnl_attr_get_type(attr) == IFLA_VRF_TABLE &&
		    mnl_attr_validate(attr, MNL_TYPE_U32) == 0)
			return mnl_attr_get_u32(attr);
	return 0;
}

static int read_vrf(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *attr;
	uint32_t *table = arg;

	mnl_attr_for_each(attr, nlh, sizeof(struct ifinfomsg))
		if (mnl_attr_get_type(attr) == IFLA_LINKINFO)
			*table = table_of_vrf(attr);
	return MNL_CB_OK;
}

int rtnl_vrf_get(struct rtnl *rtnl, const char *name, int *ifindex, uint32_t *table)
{
	int err;

	*table = 0;
	*ifindex = if_nametoindex(name);
	if (!*ifindex) {
		snprintf(rtnl->nl.reason, sizeof(rtnl->nl.reason), "there is no VRF %s", name);
		return -ENODEV;
	}
	err = nl_talk(&rtnl->nl, link_request(rtnl, RTM_GETLINK, *ifindex, 0, 0), read_vrf, table);
	if (!err && !*table) {
		snprintf(rtnl->nl.reason, sizeof(rtnl->nl.reason), "%s is no VRF", name);
		err = -EINVAL;
	}
	return err;
}

int rtnl_link_del(struct rtnl *rtnl, int ifindex)
{
	struct nlmsghdr *nlh = link_request(rtnl, RTM_DELLINK, ifindex, 0, 0);

	return nl_talk(&rtnl->nl, nlh, NULL, NULL);
}

struct link_answer {
	char *name;
	unsigned int *mtu;
	struct rtnl_stats *stats;
};

static int read_link(const struct nlmsghdr *nlh, void *arg)
{
	const struct link_answer *a = arg;
	struct rtnl_link_stats64 s64;
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct ifinfomsg)) {
		switch (mnl_attr_get_type(attr)) {
		case IFLA_IFNAME:
			if (a->name && mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) == 0)
				snprintf(a->name, IFNAMSIZ, "%s", mnl_attr_get_str(attr));
			break;
		case IFLA_MTU:
			if (a->mtu && mnl_attr_validate(attr, MNL_TYPE_U32) == 0)
				*a->mtu = mnl_attr_get_u32(attr);
			break;
		case IFLA_STATS64:
			if (!a->stats || mnl_attr_get_payload_len(attr) <
					 offsetof(struct rtnl_link_stats64, rx_errors))
				break;
			/* The attribute is only 4-aligned. */
			memcpy(&s64, mnl_attr_get_payload(attr),
			       offsetof(struct rtnl_link_stats64, rx_errors));
			a->stats->rx_packets = s64.rx_packets;
			a->stats->tx_packets = s64.tx_packets;
			a->stats->rx_bytes = s64.rx_bytes;
			a->stats->tx_bytes = s64.tx_bytes;
			break;
		}
	}
	return MNL_CB_OK;
}

int rtnl_link_get(struct rtnl *rtnl, int ifindex, char *name, unsigned int *mtu,
		  struct rtnl_stats *stats)
{
	struct link_answer a = { .name = name, .mtu = mtu, .stats = stats };

	return nl_talk(&rtnl->nl, link_request(rtnl, RTM_GETLINK, ifindex, 0, 0), read_link, &a);
}

static struct nlmsghdr *addr_request(struct rtnl *rtnl, uint16_t type, uint16_t flags, int ifindex,
				     struct in_addr local, struct in_addr remote)
{
	struct nlmsghdr *nlh = nl_request(&rtnl->nl, type, flags, sizeof(struct ifaddrmsg));
	struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);

	ifa->ifa_family = AF_INET;
	ifa->ifa_prefixlen = 32;
	ifa->ifa_scope = RT_SCOPE_UNIVERSE;
	ifa->ifa_index = ifindex;
	mnl_attr_put_u32(nlh, IFA_LOCAL, local.s_addr);
	mnl_attr_put_u32(nlh, IFA_ADDRESS, remote.s_addr);
	return nlh;
}

int rtnl_addr_add(struct rtnl *rtnl, int ifindex, struct in_addr local, struct in_addr remote)
{
	return nl_talk(&rtnl->nl, addr_request(rtnl, RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE,
					       ifindex, local, remote), NULL, NULL);
}

int rtnl_addr_del(struct rtnl *rtnl, int ifindex, struct in_addr local, struct in_addr remote)
{
	return nl_talk(&rtnl->nl, addr_request(rtnl, RTM_DELADDR, 0, ifindex, local, remote),
		       NULL, NULL);
}

static struct nlmsghdr *route_request(struct rtnl *rtnl, uint16_t type, uint16_t flags, int ifindex,
				      struct in_addr from, struct in_addr to)
{
	struct nlmsghdr *nlh = nl_request(&rtnl->nl, type, flags, sizeof(struct rtmsg));
	struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);

	rtm->rtm_family = AF_INET;
	rtm->rtm_dst_len = 32;
	rtm->rtm_table = RT_TABLE_MAIN;
	rtm->rtm_protocol = RTPROT_STATIC;
	rtm->rtm_scope = RT_SCOPE_LINK;
	rtm->rtm_type = RTN_UNICAST;
	mnl_attr_put_u32(nlh, RTA_DST, to.s_addr);
	mnl_attr_put_u32(nlh, RTA_PREFSRC, from.s_addr);
	mnl_attr_put_u32(nlh, RTA_OIF, ifindex);
	return nlh;
}

int rtnl_route_add(struct rtnl *rtnl, int ifindex, struct in_addr from, struct in_addr to)
{
	return nl_talk(&rtnl->nl, route_request(rtnl, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE,
						ifindex, from, to), NULL, NULL);
}

int rtnl_route_del(struct rtnl *rtnl, int ifindex, struct in_addr from, struct in_addr to)
{
	return nl_talk(&rtnl->nl, route_request(rtnl, RTM_DELROUTE, 0, ifindex, from, to),
		       NULL, NULL);
}

struct route_answer {
	int oif;
	unsigned int mtu;
	uint8_t type;			/* RTN_UNICAST, RTN_LOCAL, ... */
};

static int read_route(const struct nlmsghdr *nlh, void *arg)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	struct route_answer *a = arg;
	const struct nlattr *attr, *metric;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*rtm))
		return MNL_CB_ERROR;
	a->type = rtm->rtm_type;
	mnl_attr_for_each(attr, nlh, sizeof(struct rtmsg)) {
		switch (mnl_attr_get_type(attr)) {
		case RTA_OIF:
			if (mnl_attr_validate(attr, MNL_TYPE_U32) == 0)
				a->oif = mnl_attr_get_u32(attr);
			break;
		case RTA_METRICS:
			mnl_attr_for_each_nested(metric, attr) {
				if (mnl_attr_get_type(metric) == RTAX_MTU &&
				    mnl_attr_validate(metric, MNL_TYPE_U32) == 0)
					a->mtu = mnl_attr_get_u32(metric);
			}
			break;
		}
	}
	return MNL_CB_OK;
}

/* How packets from @from (0.0.0.0: anywhere here) to @to are routed. */
static int route_get(struct rtnl *rtnl, struct in_addr from, struct in_addr to,
		     struct route_answer *a)
{
	struct nlmsghdr *nlh = nl_request(&rtnl->nl, RTM_GETROUTE, 0, sizeof(struct rtmsg));
	struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);

	memset(a, 0, sizeof(*a));
	rtm->rtm_family = AF_INET;
	rtm->rtm_dst_len = 32;
	mnl_attr_put_u32(nlh, RTA_DST, to.s_addr);
	if (from.s_addr) {
		rtm->rtm_src_len = 32;
		mnl_attr_put_u32(nlh, RTA_SRC, from.s_addr);
	}
	return nl_talk(&rtnl->nl, nlh, read_route, a);
}

int rtnl_path_mtu(struct rtnl *rtnl, struct in_addr from, struct in_addr to, unsigned int *mtu)
{
	struct route_answer a;
	int err = route_get(rtnl, from, to, &a);

	if (err)
		return err;
	if (a.mtu) {
		*mtu = a.mtu;
		return 0;
	}
	if (!a.oif)
		return -ENETUNREACH;
	return rtnl_link_get(rtnl, a.oif, NULL, mtu, NULL);
}

bool rtnl_addr_is_local(struct rtnl *rtnl, struct in_addr address)
{
	const struct in_addr anywhere = { 0 };
	struct route_answer a;

	return !route_get(rtnl, anywhere, address, &a) && a.type == RTN_LOCAL;
}

int rtnl_watch_open(struct rtnl *rtnl)
{
	int group = RTNLGRP_IPV4_IFADDR;
	int err = nl_open(&rtnl->nl, NETLINK_ROUTE);

	if (err)
		return err;
	if (mnl_socket_setsockopt(rtnl->nl.sock, NETLINK_ADD_MEMBERSHIP, &group,
				  sizeof(group)) == 0)
		return 0;
	err = -errno;
	nl_close(&rtnl->nl);
	return err;
}

void rtnl_watch_read(struct rtnl *rtnl)
{
	char buf[16384];
	ssize_t n;

	/* ENOBUFS: some were lost, which is as good as having heard them. */
	do {
		n = recv(mnl_socket_get_fd(rtnl->nl.sock), buf, sizeof(buf), MSG_DONTWAIT);
	} while (n > 0 || (n < 0 && (errno == EINTR || errno == ENOBUFS)));
}
