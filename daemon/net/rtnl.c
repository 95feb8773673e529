// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/pptp.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "net/rtnl.h"
#include "util/ifname.h"
#include "util/netns.h"

#define NUMBERS		100000	/* in names of interfaces; so many fit IFNAMSIZ */
#define SMALL_NUMBERS	8	/* which are tried first for an interface of a user */

int rtnl_open(struct rtnl *rtnl)
{
	return nl_open(&rtnl->nl, NETLINK_ROUTE);
}

static int open_there(const void *arg)
{
	struct rtnl * const *rtnl = arg;

	return rtnl_open(*rtnl);
}

int rtnl_open_in(struct rtnl *rtnl, const char *netns)
{
	return netns_make(netns ? netns : "", open_there, &rtnl);
}

int rtnl_open_at(struct rtnl *rtnl, int ns)
{
	return netns_make_in(ns, open_there, &rtnl);
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

/*
 * Start a request for one link, without its counters, behind @before. If @before is NULL this is
 * the first request.
 */
static struct nlmsghdr *put_link_get(struct rtnl *rtnl, const struct nlmsghdr *before,
				     const char *name)
{
	const size_t extra = sizeof(struct ifinfomsg);
	struct nlmsghdr *nlh = before ? nl_also(&rtnl->nl, before, RTM_GETLINK, 0, extra) :
					nl_request(&rtnl->nl, RTM_GETLINK, 0, extra);

	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	mnl_attr_put_u32(nlh, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	return nlh;
}

static int read_index(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	int *ifindex = arg;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*ifi))
		return MNL_CB_ERROR;
	*ifindex = ifi->ifi_index;
	return MNL_CB_OK;
}

/* Open the nested attributes of a link of kind "pptp"; end_pptp() closes them. */
static void begin_pptp(struct nlmsghdr *nlh, struct nlattr **info, struct nlattr **data)
{
	*info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_str(nlh, IFLA_INFO_KIND, "pptp");
	*data = mnl_attr_nest_start(nlh, IFLA_INFO_DATA);
}

static void end_pptp(struct nlmsghdr *nlh, struct nlattr *info, struct nlattr *data)
{
	mnl_attr_nest_end(nlh, data);
	mnl_attr_nest_end(nlh, info);
}

int rtnl_pptp_add(struct rtnl *rtnl, const char *name, const struct rtnl_pptp *settings,
		  int *ifindex)
{
	struct nlmsghdr *nlh = link_request(rtnl, RTM_NEWLINK, 0, IFF_UP, IFF_UP);
	struct nlattr *info, *data;
	int made = 0;
	int err;

	nlh->nlmsg_flags |= NLM_F_CREATE | NLM_F_EXCL;
	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	mnl_attr_put_u32(nlh, IFLA_MTU, settings->mtu);
	if (settings->vrf)
		mnl_attr_put_u32(nlh, IFLA_MASTER, settings->vrf);
	begin_pptp(nlh, &info, &data);
	mnl_attr_put_u32(nlh, IFLA_PPTP_MODE, settings->mode);
	mnl_attr_put_u8(nlh, IFLA_PPTP_REVERSE_PATH, settings->reverse_path);
	mnl_attr_put_u8(nlh, IFLA_PPTP_MSS_CLAMP, settings->mss_clamp);
	mnl_attr_put_u32(nlh, IFLA_PPTP_OWNER, settings->owner);
	end_pptp(nlh, info, data);
	/*
	 * A second request asks for the index, because kernels before 6.2 do not tell the index of
	 * a new link. After an error the interface with this name is not ours.
	 */
	err = nl_ask(&rtnl->nl, put_link_get(rtnl, nlh, name), read_index, &made);
	*ifindex = err ? 0 : made;
	return err || made ? err : -ENODEV;
}

int rtnl_pptp_add_free(struct rtnl *rtnl, const char *pattern, unsigned int *next_number,
		       const struct rtnl_pptp *settings, char name[IFNAMSIZ], int *ifindex)
{
	const char *number = strstr(pattern, "%d");
	int err = -EEXIST;

	if (!number) {
		snprintf(name, IFNAMSIZ, "%s", pattern);
		return rtnl_pptp_add(rtnl, name, settings, ifindex);
	}
	for (unsigned int i = 0; err == -EEXIST && i < NUMBERS; i++) {
		snprintf(name, IFNAMSIZ, "%.*s%u", (int)(number - pattern), pattern, *next_number);
		*next_number = (*next_number + 1) % NUMBERS;
		err = rtnl_pptp_add(rtnl, name, settings, ifindex);
	}
	return err;
}

int rtnl_pptp_add_numbered(struct rtnl *rtnl, const char *wanted, bool numbered,
			   unsigned int *next_number, const struct rtnl_pptp *settings,
			   char name[IFNAMSIZ], int *ifindex)
{
	int err = -EEXIST;

	snprintf(name, IFNAMSIZ, "%s", wanted);
	if (!numbered)
		err = rtnl_pptp_add(rtnl, name, settings, ifindex);
	for (unsigned int i = 1; err == -EEXIST && i < NUMBERS; i++) {
		/* Somebody may have thousands of sessions: these go on where the last one ended. */
		if (i > SMALL_NUMBERS)
			*next_number = (*next_number + 1) % NUMBERS;
		ifname_number(name, wanted, i > SMALL_NUMBERS ? *next_number : i);
		err = rtnl_pptp_add(rtnl, name, settings, ifindex);
	}
	return err;
}

int rtnl_pptp_set_mss_clamp(struct rtnl *rtnl, int ifindex, bool on)
{
	struct nlmsghdr *nlh = link_request(rtnl, RTM_NEWLINK, ifindex, 0, 0);
	struct nlattr *info, *data;

	begin_pptp(nlh, &info, &data);
	mnl_attr_put_u8(nlh, IFLA_PPTP_MSS_CLAMP, on);
	end_pptp(nlh, info, data);
	return nl_talk(&rtnl->nl, nlh, NULL, NULL);
}

int rtnl_link_set_vrf(struct rtnl *rtnl, int ifindex, int vrf)
{
	struct nlmsghdr *nlh = link_request(rtnl, RTM_NEWLINK, ifindex, 0, 0);

	mnl_attr_put_u32(nlh, IFLA_MASTER, vrf);
	return nl_talk(&rtnl->nl, nlh, NULL, NULL);
}

int rtnl_link_find(struct rtnl *rtnl, const char *name, int *ifindex)
{
	return nl_ask(&rtnl->nl, put_link_get(rtnl, NULL, name), read_index, ifindex);
}

struct link_answer {
	unsigned int flags;
	char *name;			/* of IFNAMSIZ octets */
};

static int read_link(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	struct link_answer *a = arg;
	const struct nlattr *attr;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*ifi))
		return MNL_CB_ERROR;
	a->flags = ifi->ifi_flags;
	mnl_attr_for_each(attr, nlh, sizeof(*ifi))
		if (mnl_attr_get_type(attr) == IFLA_IFNAME &&
		    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) == 0)
			snprintf(a->name, IFNAMSIZ, "%s", mnl_attr_get_str(attr));
	return MNL_CB_OK;
}

int rtnl_link_get(struct rtnl *rtnl, int ifindex, char name[IFNAMSIZ], unsigned int *flags)
{
	struct nlmsghdr *nlh = link_request(rtnl, RTM_GETLINK, ifindex, 0, 0);
	struct link_answer a = { .name = name };
	int err;

	*name = '\0';
	mnl_attr_put_u32(nlh, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	err = nl_ask(&rtnl->nl, nlh, read_link, &a);
	*flags = a.flags;
	return err;
}

bool rtnl_link_runs(struct rtnl *rtnl, int ifindex)
{
	const unsigned int runs = IFF_UP | IFF_RUNNING;
	char name[IFNAMSIZ];
	unsigned int flags;

	return !rtnl_link_get(rtnl, ifindex, name, &flags) && (flags & runs) == runs;
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

struct vrf_answer {
	int ifindex;
	uint32_t table;
};

static int read_vrf(const struct nlmsghdr *nlh, void *arg)
{
	struct vrf_answer *a = arg;
	const struct nlattr *attr;

	if (read_index(nlh, &a->ifindex) != MNL_CB_OK)
		return MNL_CB_ERROR;
	mnl_attr_for_each(attr, nlh, sizeof(struct ifinfomsg))
		if (mnl_attr_get_type(attr) == IFLA_LINKINFO)
			a->table = table_of_vrf(attr);
	return MNL_CB_OK;
}

int rtnl_vrf_get(struct rtnl *rtnl, const char *name, int *ifindex, uint32_t *table)
{
	struct vrf_answer a = { 0 };
	int err = nl_ask(&rtnl->nl, put_link_get(rtnl, NULL, name), read_vrf, &a);

	if (err == -ENODEV)
		snprintf(rtnl->nl.reason, sizeof(rtnl->nl.reason), "there is no VRF %s", name);
	if (!err && !a.table) {
		snprintf(rtnl->nl.reason, sizeof(rtnl->nl.reason), "%s is no VRF", name);
		err = -EINVAL;
	}
	*ifindex = a.ifindex;
	*table = a.table;
	return err;
}

int rtnl_vrf_find(struct rtnl *rtnl, const char *name, int *ifindex, uint32_t *table)
{
	*ifindex = 0;
	*table = 0;
	return *name ? rtnl_vrf_get(rtnl, name, ifindex, table) : 0;
}

int rtnl_link_del(struct rtnl *rtnl, int ifindex)
{
	struct nlmsghdr *nlh = link_request(rtnl, RTM_DELLINK, ifindex, 0, 0);

	return nl_talk(&rtnl->nl, nlh, NULL, NULL);
}

static struct nlmsghdr *addr_request(struct rtnl *rtnl, uint16_t type, uint16_t flags, int ifindex,
				     struct ip_addr local, struct ip_addr remote)
{
	struct nlmsghdr *nlh = nl_request(&rtnl->nl, type, flags, sizeof(struct ifaddrmsg));
	struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);

	ifa->ifa_family = local.family;
	ifa->ifa_prefixlen = ip_bits(local);
	ifa->ifa_scope = RT_SCOPE_UNIVERSE;
	ifa->ifa_index = ifindex;
	nl_put_address(nlh, IFA_LOCAL, local);
	nl_put_address(nlh, IFA_ADDRESS, remote);
	return nlh;
}

int rtnl_addr_add(struct rtnl *rtnl, int ifindex, struct ip_addr local, struct ip_addr remote)
{
	return nl_talk(&rtnl->nl,
		       addr_request(rtnl, RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, ifindex, local,
				    remote),
		       NULL, NULL);
}

int rtnl_addr_add_routeless(struct rtnl *rtnl, int ifindex, struct ip_addr local,
			    struct ip_addr remote)
{
	struct nlmsghdr *nlh = addr_request(rtnl, RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE,
					    ifindex, local, remote);

	mnl_attr_put_u32(nlh, IFA_FLAGS, IFA_F_NOPREFIXROUTE);
	return nl_talk(&rtnl->nl, nlh, NULL, NULL);
}

int rtnl_addr_del(struct rtnl *rtnl, int ifindex, struct ip_addr local, struct ip_addr remote)
{
	return nl_talk(&rtnl->nl, addr_request(rtnl, RTM_DELADDR, 0, ifindex, local, remote), NULL,
		       NULL);
}

int rtnl_watch_open(struct rtnl *rtnl)
{
	/* Routes that go with their link are not reported by themselves. */
	static const int groups[] = { RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV4_ROUTE, RTNLGRP_LINK };
	int err = nl_open(&rtnl->nl, NETLINK_ROUTE);

	for (size_t i = 0; !err && i < sizeof(groups) / sizeof(*groups); i++) {
		int group = groups[i];

		if (mnl_socket_setsockopt(rtnl->nl.sock, NETLINK_ADD_MEMBERSHIP, &group,
					  sizeof(group)))
			err = -errno;
	}
	if (err)
		nl_close(&rtnl->nl);
	return err;
}

void rtnl_watch_read(struct rtnl *rtnl)
{
	char buf[16384];
	ssize_t n = 1;

	/*
	 * ENOBUFS tells that messages were lost. That needs no handling: the caller looks at its
	 * addresses in any case.
	 */
	for (unsigned int i = 0; i < NL_EVENTS && (n > 0 || errno == EINTR || errno == ENOBUFS);
	     i++)
		n = recv(mnl_socket_get_fd(rtnl->nl.sock), buf, sizeof(buf), MSG_DONTWAIT);
}
