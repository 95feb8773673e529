/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Differences between kernel versions, all in this file.  The rest of the module is written for the
 * newest kernel.  What an older kernel lacks, this file defines under the name of the newer kernel.
 *
 * Version numbers do not tell what a kernel has, since distributions and stable kernels backport
 * changes.  So this file tests for each feature itself: for a macro with the preprocessor, for
 * everything else with a line "feature NAME: EXPRESSION" in a comment of its own.  From these lines
 * the script "features" generates features.h, which defines NAME if the expression compiles with
 * the headers that are included before features.h.
 */
#ifndef _CULVERT_COMPAT_H
#define _CULVERT_COMPAT_H

#include <crypto/sha1.h>
#include <linux/hrtimer.h>
#include <linux/local_lock.h>
#include <linux/netdevice.h>
#include <linux/ppp_channel.h>
#include <linux/skbuff.h>
#include <linux/socket.h>
#include <linux/timer.h>
#include <linux/version.h>
#include <linux/workqueue.h>
#include <net/genetlink.h>
#include <net/rtnetlink.h>

#include "features.h"

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "culvert needs Linux 6.1 or newer"
#endif

#ifndef timer_container_of
#define timer_container_of from_timer
#endif

/* feature PPTP_HAVE_HRTIMER_SETUP: hrtimer_setup */
#ifndef PPTP_HAVE_HRTIMER_SETUP
static inline void hrtimer_setup(struct hrtimer *timer,
				 enum hrtimer_restart (*function)(struct hrtimer *),
				 clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}
#endif

/* Type of the address that bind() and connect() of struct proto_ops take. */
/* feature PPTP_HAVE_SOCKADDR_UNSIZED: sizeof(struct sockaddr_unsized) */
#ifndef PPTP_HAVE_SOCKADDR_UNSIZED
#define sockaddr_unsized sockaddr
#endif

/* Newer kernels declare skb_gso_segment() in a header of its own. */
/* feature PPTP_HAVE_NET_GSO_H: <net/gso.h> */
#ifdef PPTP_HAVE_NET_GSO_H
#include <net/gso.h>
#endif

/* feature PPTP_HAVE_LINUX_UNALIGNED_H: <linux/unaligned.h> */
#ifdef PPTP_HAVE_LINUX_UNALIGNED_H
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

/* One-shot SHA-1. */
/* feature PPTP_HAVE_SHA1: sha1 */
#ifndef PPTP_HAVE_SHA1
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

/* Returns the attributes of a dump request, or NULL if it has none. */
/* feature PPTP_HAVE_GENL_INFO_DUMP: genl_info_dump */
#ifdef PPTP_HAVE_GENL_INFO_DUMP
#define pptp_dump_attrs(cb)	(genl_info_dump(cb)->attrs)
#else
#define pptp_dump_attrs(cb)	(genl_dumpit_info(cb)->attrs)
#endif

/* Makes joining a multicast group need CAP_NET_ADMIN; older kernels let everybody join. */
#ifdef GENL_MCAST_CAP_NET_ADMIN
#define PPTP_MCGRP_ADMIN	.flags = GENL_MCAST_CAP_NET_ADMIN
#else
#define PPTP_MCGRP_ADMIN
#endif

/*
 * Locks of what a CPU has for its bottom halves.  They do something on PREEMPT_RT alone, where
 * tasks with bottom halves off can preempt each other since Linux 6.18.  On kernels without these
 * locks they cannot.
 */
#ifndef local_lock_nested_bh
#define local_lock_nested_bh(lock)	do { } while (0)
#define local_unlock_nested_bh(lock)	do { } while (0)
#endif

/* Allocates a device that only holds NAPI instances; freed by free_netdev(). */
/* feature PPTP_HAVE_ALLOC_NETDEV_DUMMY: alloc_netdev_dummy */
#ifndef PPTP_HAVE_ALLOC_NETDEV_DUMMY
static inline void pptp_dummy_setup(struct net_device *dev)
{
}

static inline struct net_device *alloc_netdev_dummy(int sizeof_priv)
{
	return alloc_netdev(sizeof_priv, "dummy#", NET_NAME_UNKNOWN, pptp_dummy_setup);
}
#endif

/* Flag of a workqueue that is per CPU; for older kernels that is the default. */
/* feature PPTP_HAVE_WQ_PERCPU: WQ_PERCPU */
#ifndef PPTP_HAVE_WQ_PERCPU
#define WQ_PERCPU 0
#endif

/* Make the core call the transmit function of a link without a lock. */
/* feature PPTP_HAVE_DEV_LLTX: ((struct net_device *)NULL)->lltx */
static inline void pptp_dev_set_lockless(struct net_device *dev)
{
#ifdef PPTP_HAVE_DEV_LLTX
	dev->lltx = true;
#else
	dev->features |= NETIF_F_LLTX;
#endif
}

/* Let the frames of a channel bypass the queueing discipline of the unit above it. */
/* feature PPTP_HAVE_DIRECT_XMIT: ((struct ppp_channel *)NULL)->direct_xmit */
static inline void pptp_channel_set_direct(struct ppp_channel *chan)
{
#ifdef PPTP_HAVE_DIRECT_XMIT
	chan->direct_xmit = true;
#endif
}

/* Arguments of rtnl_link_ops.newlink: one parameter block, or separate arguments. */
/* feature PPTP_HAVE_NEWLINK_PARAMS: sizeof(struct rtnl_newlink_params) */
#ifdef PPTP_HAVE_NEWLINK_PARAMS
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
