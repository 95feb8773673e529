// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include "net/proxy_arp.h"
#include "net/route.h"

#define LAN_LENGTH_MAX	30	/* longer prefixes are links between two */

/* --- entries -------------------------------------------------------------------------------- */

static struct nlmsghdr *request(struct rtnl *rtnl, uint16_t type, uint16_t flags, int ifindex)
{
	struct nlmsghdr *nlh = nl_request(&rtnl->nl, type, flags, sizeof(struct ndmsg));
	struct ndmsg *ndm = mnl_nlmsg_get_payload(nlh);

	ndm->ndm_family = AF_INET;
	ndm->ndm_ifindex = ifindex;
	ndm->ndm_flags = NTF_PROXY;
	return nlh;
}

struct entry {
	int ifindex;
	struct ip_addr address;
	uint8_t protocol;
};

static int read_entry(const struct nlmsghdr *nlh, void *arg)
{
	const struct ndmsg *ndm = mnl_nlmsg_get_payload(nlh);
	struct entry *entry = arg;
	const struct nlattr *attr;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*ndm))
		return MNL_CB_ERROR;
	*entry = (struct entry){ .ifindex = ndm->ndm_ifindex };
	mnl_attr_for_each(attr, nlh, sizeof(*ndm)) {
		if (mnl_attr_get_type(attr) == NDA_DST)
			entry->address = nl_get_address(attr);
		else if (mnl_attr_get_type(attr) == NDA_PROTOCOL &&
			 mnl_attr_validate(attr, MNL_TYPE_U8) == 0)
			entry->protocol = mnl_attr_get_u8(attr);
	}
	return MNL_CB_OK;
}

static int get(struct rtnl *rtnl, int ifindex, struct ip_addr address, struct entry *entry)
{
	struct nlmsghdr *nlh = request(rtnl, RTM_GETNEIGH, 0, ifindex);

	nl_put_address(nlh, NDA_DST, address);
	return nl_ask(&rtnl->nl, nlh, read_entry, entry);
}

int proxy_arp_find(struct rtnl *rtnl, int ifindex, struct ip_addr address)
{
	struct entry entry;

	return get(rtnl, ifindex, address, &entry);
}

/* The kernel does not tell by itself whether an entry was there before. */
int proxy_arp_add(struct rtnl *rtnl, int ifindex, struct ip_addr address)
{
	struct nlmsghdr *nlh;
	struct entry entry;

	if (get(rtnl, ifindex, address, &entry) == 0 && entry.protocol != ROUTE_PROTOCOL) {
		snprintf(rtnl->nl.reason, sizeof(rtnl->nl.reason), "somebody has an entry there");
		return -EEXIST;
	}
	nlh = request(rtnl, RTM_NEWNEIGH, NLM_F_CREATE, ifindex);
	nl_put_address(nlh, NDA_DST, address);
	mnl_attr_put_u8(nlh, NDA_PROTOCOL, ROUTE_PROTOCOL);
	return nl_talk(&rtnl->nl, nlh, NULL, NULL);
}

int proxy_arp_del(struct rtnl *rtnl, int ifindex, struct ip_addr address)
{
	struct nlmsghdr *nlh = request(rtnl, RTM_DELNEIGH, 0, ifindex);

	nl_put_address(nlh, NDA_DST, address);
	return nl_talk(&rtnl->nl, nlh, NULL, NULL);
}

/* --- entries that were left behind ---------------------------------------------------------- */

#define FOUND_MAX	64

struct found {
	struct entry list[FOUND_MAX];
	unsigned int n;
};

static int read_ours(const struct nlmsghdr *nlh, void *arg)
{
	struct found *found = arg;
	struct entry entry;

	if (read_entry(nlh, &entry) != MNL_CB_OK)
		return MNL_CB_ERROR;
	if (entry.protocol == ROUTE_PROTOCOL && found->n < FOUND_MAX)
		found->list[found->n++] = entry;
	return MNL_CB_OK;
}

/*
 * Remove the entries in @found. Returns how many were removed. One that is gone already is no error;
 * *@err is the first error of another one, and is left alone if there is none.
 */
static int del_found(struct rtnl *rtnl, const struct found *found, int *err)
{
	int n = 0;

	for (unsigned int i = 0; i < found->n; i++) {
		const struct entry *entry = &found->list[i];
		int failed = proxy_arp_del(rtnl, entry->ifindex, entry->address);

		n += !failed;
		if (failed && failed != -ENOENT && !*err)
			*err = failed;
	}
	return n;
}

int proxy_arp_del_ours(struct rtnl *rtnl)
{
	int err, removed, n = 0;
	struct found found;

	do {
		found.n = 0;
		err = nl_talk(&rtnl->nl, request(rtnl, RTM_GETNEIGH, NLM_F_DUMP, 0), read_ours,
			      &found);
		/* What changed meanwhile was not ours. */
		if (err == -EINTR)
			err = 0;
		removed = err ? 0 : del_found(rtnl, &found, &err);
		n += removed;
	} while (found.n == FOUND_MAX && removed);
	return err ? err : n;
}

/* --- LANs ----------------------------------------------------------------------------------- */

static int read_network(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	struct lans *lans = arg;
	const struct nlattr *attr;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*ifa))
		return MNL_CB_ERROR;
	if (ifa->ifa_prefixlen > LAN_LENGTH_MAX || lans->n == LANS_MAX)
		return MNL_CB_OK;
	mnl_attr_for_each(attr, nlh, sizeof(*ifa)) {
		struct ip_addr address = nl_get_address(attr);

		if (mnl_attr_get_type(attr) == IFA_ADDRESS && address.family == AF_INET)
			lans->list[lans->n++] = (struct lan){
				.network = { ip_network(address, ifa->ifa_prefixlen),
					     ifa->ifa_prefixlen },
				.ifindex = (int)ifa->ifa_index,
			};
	}
	return MNL_CB_OK;
}

static bool has_arp(struct rtnl *rtnl, struct lan *lan)
{
	const unsigned int want = IFF_UP | IFF_BROADCAST;
	const unsigned int no = IFF_LOOPBACK | IFF_POINTOPOINT | IFF_NOARP;
	unsigned int flags;

	return !rtnl_link_get(rtnl, lan->ifindex, lan->name, &flags) &&
	       (flags & (want | no)) == want;
}

int lans_read(struct rtnl *rtnl, struct lans *lans)
{
	struct nlmsghdr *nlh = nl_request(&rtnl->nl, RTM_GETADDR, NLM_F_DUMP,
					  sizeof(struct ifaddrmsg));
	struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	size_t n;
	int err;

	ifa->ifa_family = AF_INET;
	lans->n = 0;
	err = nl_talk(&rtnl->nl, nlh, read_network, lans);
	/* Addresses of others come and go all the time. */
	if (err && err != -EINTR)
		lans->n = 0;
	n = lans->n;
	lans->n = 0;
	for (size_t i = 0; i < n; i++)
		if (has_arp(rtnl, &lans->list[i]))
			lans->list[lans->n++] = lans->list[i];
	return err == -EINTR ? 0 : err;
}

const struct lan *lans_find(const struct lans *lans, struct ip_addr address)
{
	const struct lan *found = NULL;

	for (size_t i = 0; i < lans->n; i++) {
		const struct lan *lan = &lans->list[i];

		if (ip_prefix_contains(&lan->network, address) &&
		    (!found || lan->network.length > found->network.length))
			found = lan;
	}
	return found;
}
