// SPDX-License-Identifier: GPL-2.0-only
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/netdevice.h>
#include <net/gro_cells.h>
#include <net/ip.h>
#include <net/ip_tunnels.h>
#include <net/rtnetlink.h>

#include "compat.h"
#include "link.h"
#include "link_device.h"
#include "path.h"
#include "pppox.h"
#include "session.h"

/* Default MTU: the payload of an Ethernet frame without the overhead of a data frame. */
#define PPTP_LINK_MTU		(ETH_DATA_LEN - PPTP_PATH_OVERHEAD)
#define PPTP_LINK_MTU_MAX	(IP_MAX_MTU - PPTP_PATH_OVERHEAD)

/*
 * A superpacket that is a list of packets as they were received (rx-gro-list) comes split, since
 * each of these may share its data with somebody, or lack its checksum.
 */
#define PPTP_LINK_FEATURES	(NETIF_F_SG | NETIF_F_FRAGLIST | NETIF_F_HIGHDMA |	\
				 NETIF_F_HW_CSUM |					\
				 (NETIF_F_GSO_SOFTWARE & ~NETIF_F_GSO_FRAGLIST))

static int pptp_link_dev_init(struct net_device *dev)
{
	struct pptp_link *link = netdev_priv(dev);
	int err;

	dev->tstats = netdev_alloc_pcpu_stats(struct pcpu_sw_netstats);
	if (!dev->tstats)
		return -ENOMEM;
	err = gro_cells_init(&link->cells, dev);
	if (err)
		goto err_stats;
	err = pptp_link_hops_init(link);
	if (err)
		goto err_cells;
	return 0;

err_cells:
	gro_cells_destroy(&link->cells);
err_stats:
	free_percpu(dev->tstats);
	return err;
}

/* The networking core waits for a grace period between this and pptp_link_dev_free(). */
static void pptp_link_dev_uninit(struct net_device *dev)
{
	struct pptp_link *link = netdev_priv(dev);

	pptp_link_empty(link);
	pptp_link_unown(link);
}

static void pptp_link_dev_free(struct net_device *dev)
{
	struct pptp_link *link = netdev_priv(dev);

	pptp_link_hops_destroy(link);
	gro_cells_destroy(&link->cells);
	free_percpu(dev->tstats);
}

static const struct net_device_ops pptp_link_ops = {
	.ndo_init = pptp_link_dev_init,
	.ndo_uninit = pptp_link_dev_uninit,
	.ndo_start_xmit = pptp_link_xmit,
	.ndo_get_stats64 = dev_get_tstats64,
};

/*
 * A link leaves its namespace, by moving to another one or for good.  No packet is being received
 * by now: the device has been down for a grace period.
 */
static int pptp_link_event(struct notifier_block *nb, unsigned long event, void *info)
{
	struct net_device *dev = netdev_notifier_info_to_dev(info);

	if (event == NETDEV_UNREGISTER && dev->netdev_ops == &pptp_link_ops)
		pptp_link_forget_sources(netdev_priv(dev));
	return NOTIFY_DONE;
}

static struct notifier_block pptp_link_notifier = {
	.notifier_call = pptp_link_event,
};

static const struct device_type pptp_link_type = { .name = "pptp" };

static void pptp_link_setup(struct net_device *dev)
{
	struct pptp_link *link = netdev_priv(dev);

	link->dev = dev;
	link->mss_clamp = true;
	link->outer = pptp_outer_default;
	INIT_LIST_HEAD(&link->sessions);

	dev->netdev_ops = &pptp_link_ops;
	dev->header_ops = &ip_tunnel_header_ops;
	dev->needs_free_netdev = true;
	dev->priv_destructor = pptp_link_dev_free;
	dev->type = ARPHRD_PPP;
	dev->flags = IFF_POINTOPOINT | IFF_NOARP | IFF_MULTICAST;
	dev->priv_flags |= IFF_NO_QUEUE;
	dev->mtu = PPTP_LINK_MTU;
	dev->min_mtu = IPV4_MIN_MTU;
	dev->max_mtu = PPTP_LINK_MTU_MAX;
	dev->needed_headroom = PPTP_PATH_OVERHEAD;
	dev->features |= PPTP_LINK_FEATURES;
	dev->hw_features |= PPTP_LINK_FEATURES;
	pptp_dev_set_lockless(dev);
	/* pptp_link_session() needs the route of a packet, which has the next hop. */
	netif_keep_dst(dev);
	SET_NETDEV_DEVTYPE(dev, &pptp_link_type);
}

static const struct nla_policy pptp_link_policy[IFLA_PPTP_MAX + 1] = {
	[IFLA_PPTP_MODE] = NLA_POLICY_MAX(NLA_U32, PPTP_LINK_MODE_SHARED),
	[IFLA_PPTP_REVERSE_PATH] = NLA_POLICY_MAX(NLA_U8, 1),
	[IFLA_PPTP_MSS_CLAMP] = NLA_POLICY_MAX(NLA_U8, 1),
	[IFLA_PPTP_SESSIONS] = { .type = NLA_REJECT },
	[IFLA_PPTP_OWNER] = { .type = NLA_S32 },
	[IFLA_PPTP_TOS] = NLA_POLICY_VALIDATE_FN(NLA_U8, pptp_outer_valid_tos),
	[IFLA_PPTP_TTL] = { .type = NLA_U8 },
	[IFLA_PPTP_DF] = NLA_POLICY_MAX(NLA_U8, PPTP_DF_CLEAR),
	[IFLA_PPTP_MARK] = { .type = NLA_U32 },
	[IFLA_PPTP_ECN] = NLA_POLICY_MAX(NLA_U8, 1),
};

static int pptp_link_validate(struct nlattr *tb[], struct nlattr *data[],
			      struct netlink_ext_ack *extack)
{
	if (tb[IFLA_ADDRESS]) {
		NL_SET_ERR_MSG_ATTR(extack, tb[IFLA_ADDRESS], "links of kind pptp have no address");
		return -EINVAL;
	}
	return 0;
}

static void pptp_link_change(struct pptp_link *link, struct nlattr *data[])
{
	struct pptp_outer outer;
	u8 given;

	if (!data)
		return;
	if (data[IFLA_PPTP_REVERSE_PATH])
		WRITE_ONCE(link->reverse_path, nla_get_u8(data[IFLA_PPTP_REVERSE_PATH]));
	if (data[IFLA_PPTP_MSS_CLAMP])
		WRITE_ONCE(link->mss_clamp, nla_get_u8(data[IFLA_PPTP_MSS_CLAMP]));
	given = pptp_outer_get(&outer, data, IFLA_PPTP_TOS);
	pptp_link_set_outer(link, &outer, given);
}

/* Make the session of a socket the owner of @link.  @attr: descriptor of the current process. */
static int pptp_link_own_by(struct pptp_link *link, struct nlattr *attr,
			    struct netlink_ext_ack *extack)
{
	struct sock *sk;
	int err;

	sk = pptp_pppox_from_fd(nla_get_s32(attr), &err);
	if (!sk) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "no PX_PROTO_PPTP socket");
		return err;
	}
	err = pptp_link_own(link, pptp_session_of(sk));
	if (err)
		NL_SET_ERR_MSG_ATTR(extack, attr, "socket owns a link already, or is dead");
	sock_put(sk);
	return err;
}

static int PPTP_NEWLINK(pptp_link_newlink)
{
	struct nlattr **attrs = pptp_newlink_data;
	struct pptp_link *link = netdev_priv(dev);
	int err;

	if (attrs && attrs[IFLA_PPTP_MODE])
		link->mode = nla_get_u32(attrs[IFLA_PPTP_MODE]);
	/*
	 * Default: in mode shared, peers must not send with the address of another peer.  In mode
	 * session, any network may be behind the peer.
	 */
	link->reverse_path = link->mode == PPTP_LINK_MODE_SHARED;
	pptp_link_change(link, attrs);
	err = register_netdevice(dev);
	if (err || !attrs || !attrs[IFLA_PPTP_OWNER])
		return err;
	err = pptp_link_own_by(link, attrs[IFLA_PPTP_OWNER], extack);
	if (err)
		unregister_netdevice(dev);
	return err;
}

static int pptp_link_changelink(struct net_device *dev, struct nlattr *tb[],
				struct nlattr *data[], struct netlink_ext_ack *extack)
{
	struct pptp_link *link = netdev_priv(dev);

	if (data && data[IFLA_PPTP_MODE] && nla_get_u32(data[IFLA_PPTP_MODE]) != link->mode) {
		NL_SET_ERR_MSG_ATTR(extack, data[IFLA_PPTP_MODE],
				    "the mode of a link is fixed when it is created");
		return -EOPNOTSUPP;
	}
	if (data && data[IFLA_PPTP_OWNER]) {
		NL_SET_ERR_MSG_ATTR(extack, data[IFLA_PPTP_OWNER],
				    "the owner of a link is named when it is created");
		return -EOPNOTSUPP;
	}
	pptp_link_change(link, data);
	return 0;
}

static size_t pptp_link_get_size(const struct net_device *dev)
{
	return nla_total_size(sizeof(u32)) +	/* IFLA_PPTP_MODE */
	       nla_total_size(sizeof(u8)) +	/* IFLA_PPTP_REVERSE_PATH */
	       nla_total_size(sizeof(u8)) +	/* IFLA_PPTP_MSS_CLAMP */
	       nla_total_size(sizeof(u32)) +	/* IFLA_PPTP_SESSIONS */
	       PPTP_OUTER_PUT_SIZE;		/* IFLA_PPTP_TOS to IFLA_PPTP_ECN */
}

static int pptp_link_fill_info(struct sk_buff *skb, const struct net_device *dev)
{
	struct pptp_link *link = netdev_priv(dev);

	if (nla_put_u32(skb, IFLA_PPTP_MODE, link->mode) ||
	    nla_put_u8(skb, IFLA_PPTP_REVERSE_PATH, link->reverse_path) ||
	    nla_put_u8(skb, IFLA_PPTP_MSS_CLAMP, link->mss_clamp) ||
	    nla_put_u32(skb, IFLA_PPTP_SESSIONS, READ_ONCE(link->count)) ||
	    pptp_outer_put(skb, IFLA_PPTP_TOS, &link->outer))
		return -EMSGSIZE;
	return 0;
}

static struct rtnl_link_ops pptp_link_rtnl_ops __read_mostly = {
	.kind = "pptp",
	.maxtype = IFLA_PPTP_MAX,
	.policy = pptp_link_policy,
	.priv_size = sizeof(struct pptp_link),
	.setup = pptp_link_setup,
	.validate = pptp_link_validate,
	.newlink = pptp_link_newlink,
	.changelink = pptp_link_changelink,
	.get_size = pptp_link_get_size,
	.fill_info = pptp_link_fill_info,
};

int pptp_link_attach(struct net *net, struct pptp_session *s, int ifindex, __be32 hop4,
		     const struct in6_addr *hop6, struct netlink_ext_ack *extack)
{
	struct net_device *dev;
	int err;

	if (s->upper == PPTP_UPPER_LINK) {
		NL_SET_ERR_MSG(extack, "session is attached to a link already");
		return -EBUSY;
	}
	if (s->upper == PPTP_UPPER_CHANNEL) {
		NL_SET_ERR_MSG(extack, "session is a channel of ppp_generic");
		return -EBUSY;
	}
	dev = dev_get_by_index(net, ifindex);
	if (!dev || dev->netdev_ops != &pptp_link_ops) {
		NL_SET_ERR_MSG(extack, "no link of kind pptp has this index");
		dev_put(dev);
		return -ENODEV;
	}
	err = pptp_link_add(netdev_priv(dev), s, hop4, hop6, extack);
	dev_put(dev);
	return err;
}

int pptp_link_init(void)
{
	int err = pptp_link_owner_init();

	if (err)
		return err;
	err = register_netdevice_notifier(&pptp_link_notifier);
	if (err)
		goto err_owner;
	err = rtnl_link_register(&pptp_link_rtnl_ops);
	if (err)
		goto err_notifier;
	return 0;

err_notifier:
	unregister_netdevice_notifier(&pptp_link_notifier);
err_owner:
	pptp_link_owner_exit();
	return err;
}

void pptp_link_exit(void)
{
	rtnl_link_unregister(&pptp_link_rtnl_ops);
	unregister_netdevice_notifier(&pptp_link_notifier);
	pptp_link_owner_exit();
}
