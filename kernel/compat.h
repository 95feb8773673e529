/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The only place that knows kernel versions.  The rest of the module is written for the newest
 * kernel; what an older one lacks is given here under the newer name.
 */
#ifndef _CULVERT_COMPAT_H
#define _CULVERT_COMPAT_H

#include <crypto/sha1.h>
#include <linux/hrtimer.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/timer.h>
#include <linux/version.h>
#include <net/rtnetlink.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "culvert needs Linux 6.1 or newer"
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 16, 0)
#define timer_container_of from_timer
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 13, 0)
static inline void hrtimer_setup(struct hrtimer *timer,
				 enum hrtimer_restart (*function)(struct hrtimer *),
				 clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}
#endif

/* bind() and connect() of struct proto_ops. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 19, 0)
#define sockaddr_unsized sockaddr
#endif

/* Segmentation moved to a header of its own. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#include <net/gso.h>
#endif

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

/* One-shot SHA-1. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 17, 0)
static inline void sha1(const u8 *data, size_t len, u8 out[SHA1_DIGEST_SIZE])
{
	u8 last[2 * SHA1_BLOCK_SIZE] = { };
	u32 w[SHA1_WORKSPACE_WORDS];
	u32 h[SHA1_DIGEST_WORDS];
	size_t rest = len, end, i;

	sha1_init(h);
	for (; rest >= SHA1_BLOCK_SIZE; rest -= SHA1_BLOCK_SIZE, data += SHA1_BLOCK_SIZE)
		sha1_transform(h, data, w);

	memcpy(last, data, rest);
	last[rest] = 0x80;
	end = rest + 9 > SHA1_BLOCK_SIZE ? 2 * SHA1_BLOCK_SIZE : SHA1_BLOCK_SIZE;
	put_unaligned_be64((u64)len * 8, last + end - 8);
	for (i = 0; i < end; i += SHA1_BLOCK_SIZE)
		sha1_transform(h, last + i, w);

	for (i = 0; i < SHA1_DIGEST_WORDS; i++)
		put_unaligned_be32(h[i], out + 4 * i);
	memzero_explicit(last, sizeof(last));
	memzero_explicit(w, sizeof(w));
	memzero_explicit(h, sizeof(h));
}
#endif

/* Attributes of a dump request, NULL without any. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
#define pptp_dump_attrs(cb)	(genl_info_dump(cb)->attrs)
#else
#define pptp_dump_attrs(cb)	(genl_dumpit_info(cb)->attrs)
#endif

/* A device for NAPI alone, freed by free_netdev(). */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
static inline void pptp_dummy_setup(struct net_device *dev)
{
}

static inline struct net_device *alloc_netdev_dummy(int sizeof_priv)
{
	return alloc_netdev(sizeof_priv, "dummy#", NET_NAME_UNKNOWN, pptp_dummy_setup);
}
#endif

/* Workqueues say that they are per CPU. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
#define WQ_PERCPU 0
#endif

/* Links whose transmit path takes no lock. */
static inline void pptp_dev_set_lockless(struct net_device *dev)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
	dev->lltx = true;
#else
	dev->features |= NETIF_F_LLTX;
#endif
}

/* Arguments of rtnl_link_ops.newlink: a parameter block since 6.15. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 15, 0)
#define PPTP_NEWLINK(name)						\
	name(struct net_device *dev, struct rtnl_newlink_params *params, \
	     struct netlink_ext_ack *extack)
#define pptp_newlink_data	(params->data)
#else
#define PPTP_NEWLINK(name)						\
	name(struct net *src_net, struct net_device *dev,		\
	     struct nlattr *tb[], struct nlattr *data[],		\
	     struct netlink_ext_ack *extack)
#define pptp_newlink_data	data
#endif

#endif /* _CULVERT_COMPAT_H */
